//! What is done with the list of cards and with those in it, by menus and keys.

use crate::core::text::capitalised;
use crate::core::text::counted;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::browse::Act;
use crate::ops::browse::RowId;
use crate::ops::browse::Sort;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse::Browser;
use crate::ui::tui::browse::table;
use crate::ui::tui::browse::table::Column;
use crate::ui::tui::paint::fit;
use crate::ui::tui::pick;
use crate::ui::tui::pick::Choice;
use crate::ui::tui::term::Term;
use std::collections::BTreeSet;

/// What can be done with cards, in the order of the menu.
const ACTS: &[(Command, &str)] = &[
    (Command::Suspend, "suspend, or put back"),
    (Command::Bury, "hold back until tomorrow, or no longer"),
    (Command::Mark, "give the star, or take it away"),
    (Command::Tag, "give tags"),
    (Command::Untag, "take a tag away"),
    (Command::Move, "move to another deck"),
    (Command::SetDue, "set the day on which they are due"),
    (Command::Reset, "make new again"),
    (Command::Delete, "delete their notes"),
];

impl Browser<'_, '_> {
    /// The rows that an act is for: those that are selected, else the chosen one.
    fn meant(&self) -> Vec<RowId> {
        if self.selected.is_empty() {
            return self.row().into_iter().collect();
        }
        self.rows.iter().filter(|row| self.selected.contains(row)).copied().collect()
    }

    /// What an act is for, in words.
    fn meant_in_words(&self) -> String {
        match (self.selected.len(), self.line()) {
            (0, Some(line)) => line.text.listed_prompt(line.card.ordinal),
            (count, _) => counted(count, "card", "cards"),
        }
    }

    pub(super) fn choose_sort(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let sorts: Vec<Column> = Column::ALL.into_iter().filter(|column| column.sorts().is_some()).collect();
        let now = self.kept.sort;
        let choice = |column: &Column| {
            let is_now = column.sorts() == Some(now.by);
            let what = match is_now {
                true if now.downwards => "now, the greatest first; again turns it round",
                true => "now; again turns it round",
                false => "",
            };
            Choice { key: first_letter(column.name()), what: format!("{}  {what}", column.name()).trim().to_owned() }
        };
        let choices: Vec<Choice> = sorts.iter().map(choice).collect();
        let at = sorts.iter().position(|column| column.sorts() == Some(now.by)).unwrap_or(0);
        let chosen = pick::one("Sort by", &choices, at, &|frame| self.draw(frame, with), term, with)?;
        match chosen.and_then(|place| sorts.get(place)) {
            Some(column) => self.sort_by(*column),
            None => Ok(()),
        }
    }

    /// Sorts by a column; by the same one again, the other way round.
    fn sort_by(&mut self, column: Column) -> Result<(), Failure> {
        let Some(by) = column.sorts() else { return Ok(()) };
        let now = self.kept.sort;
        self.kept.sort = Sort { by, downwards: by == now.by && !now.downwards };
        (self.chosen, self.top, self.range) = (0, 0, None);
        self.begin()
    }

    /// Sorts by the column whose head is at `x`.
    pub(super) fn sort_at(&mut self, x: u16) -> Result<(), Failure> {
        let columns = self.kept.columns.fitted(usize::from(self.list.width), &self.needs, self.kept.sort);
        match table::at(&columns, usize::from(x)) {
            Some(column) => self.sort_by(column),
            None => Ok(()),
        }
    }

    pub(super) fn choose_columns(&mut self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let columns: Vec<Column> = Column::ALL.into_iter().filter(|column| *column != Column::Card).collect();
        let mut at = 0;
        loop {
            let choice = |column: &Column| {
                let mark = if self.kept.columns.has(*column) { "✓" } else { " " };
                Choice { key: first_letter(column.name()), what: format!("{mark} {}", column.name()) }
            };
            let choices: Vec<Choice> = columns.iter().map(choice).collect();
            let title = "Columns: Enter shows one or hides it";
            let chosen = pick::one(title, &choices, at, &|frame| self.draw(frame, with), term, with)?;
            let Some(column) = chosen.and_then(|place| columns.get(place)) else { return Ok(()) };
            self.kept.columns.turn(*column);
            at = chosen.unwrap_or(0);
        }
    }

    pub(super) fn choose_action(&self, term: &mut Term, with: ScreenContext<'_>) -> Result<Option<Command>, Failure> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let choices: Vec<Choice> = ACTS
            .iter()
            .map(|(command, what)| Choice { key: with.keys.first(*command), what: (*what).to_owned() })
            .collect();
        let title = self.meant_in_words();
        let chosen = pick::one(&title, &choices, 0, &|frame| self.draw(frame, with), term, with)?;
        Ok(chosen.and_then(|place| ACTS.get(place)).map(|(command, _)| *command))
    }

    /// Whether an act is done: what many cards lose is asked about first, and nothing happens unless one says so.
    fn is_sure(&self, act: &Act, count: usize, term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
        let cards = counted(count, "card", "cards");
        let question = match act {
            Act::Delete => format!("Delete the notes of {cards}?"),
            Act::Reset => format!("Make {cards} new again?"),
            Act::Suspend | Act::Bury | Act::Mark | Act::Tag(_) | Act::Untag(_) | Act::Move(_) | Act::SetDue(_) => {
                return Ok(true);
            }
        };
        if count < 2 {
            return Ok(true);
        }
        let choices = ["no", "yes"].map(|word| Choice { key: first_letter(word), what: word.to_owned() });
        Ok(pick::one(&question, &choices, 0, &|frame| self.draw(frame, with), term, with)? == Some(1))
    }

    /// Does something to the cards that are meant, and says what.
    pub(super) fn act(&mut self, command: Command, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let meant = self.meant();
        if meant.is_empty() {
            return Ok(());
        }
        let mut ask = |what: &str, known: &dyn Fn() -> Result<BTreeSet<String>, Failure>| {
            pick::word(
                &format!("{what} ({})", fit(&self.meant_in_words(), 30)),
                known,
                &|frame| self.draw(frame, with),
                term,
                with,
            )
        };
        let (tags, decks) = (|| self.workspace.tags(), || self.workspace.decks());
        let act = match command {
            Command::Suspend => Some(Act::Suspend),
            Command::Bury => Some(Act::Bury),
            Command::Mark => Some(Act::Mark),
            Command::Reset => Some(Act::Reset),
            Command::Delete => Some(Act::Delete),
            Command::Tag => ask("Tags", &tags)?.map(Act::Tag),
            Command::Untag => ask("Take away the tag", &tags)?.map(Act::Untag),
            Command::Move => ask("Move to the deck", &decks)?.map(Act::Move),
            Command::SetDue => {
                let known = || Ok(["today", "tomorrow", "7d", "30d"].map(str::to_owned).into());
                ask("Due on", &known)?.map(Act::SetDue)
            }
            _ => None,
        };
        let Some(act) = act else { return Ok(()) };
        if !self.is_sure(&act, meant.len(), term, with)? {
            return Ok(());
        }
        self.said = Some(match self.workspace.act(&meant, &act) {
            Ok(said) => {
                let did = !said.first().is_some_and(|said| said.starts_with("nothing"));
                let back = format!("{} takes it back", with.keys.first(Command::Undo));
                capitalised(&joined(&said.into_iter().chain(Some(back).filter(|_| did)).collect::<Vec<_>>()))
            }
            Err(failure) => failure.to_string(),
        });
        self.anew()
    }
}

fn first_letter(word: &str) -> String {
    word.chars().take(1).collect()
}
