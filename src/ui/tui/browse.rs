//! Browse: all cards or those of a query, in a table that can be sorted; what the chosen one says; and what can be done with
//! many at once.
//!
//! A list may have a hundred thousand cards. So it is made a slice at a time while no key waits, and texts are read of the lines
//! in sight alone.

mod acts;
mod complete;
mod face;
mod mouse;
mod saved;
mod table;

pub(super) use complete::condition;

use crate::core::compare::search::fold;
use crate::core::search::error::SearchError;
use crate::core::text::thousands;
use crate::failure::Failure;
use crate::ops::browse::CardLine;
use crate::ops::browse::Listing;
use crate::ops::browse::RowId;
use crate::ops::browse::Sort;
use crate::ops::workspace::Workspace;
use crate::ui::Look;
use crate::ui::keymap::BROWSE;
use crate::ui::keymap::Command;
use crate::ui::keymap::FORMS;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::bar::help;
use crate::ui::tui::browse::complete::Completion;
use crate::ui::tui::browse::table::Columns;
use crate::ui::tui::browse::table::Needs;
use crate::ui::tui::card;
use crate::ui::tui::edit;
use crate::ui::tui::input::Input;
use crate::ui::tui::pages;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::steps;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use ratatui::layout::Position;
use ratatui::layout::Rect;
use ratatui::layout::Size;
use ratatui::style::Style;
use std::cell::Cell;
use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Duration;

/// Milliseconds of work on a list before the first frame: longer looks like waiting.
const FIRST_MS: u64 = 8;

/// Lines whose texts are kept: those in sight are read in a moment.
const MOST_KEPT: usize = 2000;

/// How the list begins.
pub(super) enum Begin {
    /// All cards, and keys go to the query at first.
    Typing,
    /// The cards of a query.
    Query(String),
}

/// What stays from one time to the next.
#[derive(Default)]
pub(super) struct Kept {
    columns: Columns,
    sort: Sort,
}

/// The list and what is being done to it.
struct Browser<'w, 's> {
    workspace: &'w mut Workspace<'s>,
    kept: &'w mut Kept,
    query: Input,
    /// Whether keys are for the query.
    typing: bool,
    /// What is wrong with the query. There are no rows then.
    fault: Option<SearchError>,
    /// The list, until it is whole.
    listing: Option<Listing>,
    /// The last one, as long as there is something of it to keep.
    leftover: Option<Listing>,
    rows: Vec<RowId>,
    /// What may have been meant by a query that no card matches.
    tip: Option<String>,
    /// How many cards there are in all, where that is known.
    all: Option<usize>,
    /// The list of all of them, while they are counted for that.
    counting: Option<Listing>,
    chosen: usize,
    top: usize,
    /// Where the rows stand on the screen, as it was drawn last.
    list: Rect,
    selected: HashSet<RowId>,
    /// Where a range began, and what was selected before it.
    range: Option<(usize, HashSet<RowId>)>,
    /// The card to go to once the list is whole.
    goes_to: Option<RowId>,
    lines: HashMap<RowId, CardLine>,
    /// What the columns need for the lines that were read.
    needs: Needs,
    /// The card that is scrolled beside the list, and how far.
    preview: Cell<(Option<RowId>, u16)>,
    completion: Completion,
    /// The row that was clicked last, and when.
    clicked: Option<(usize, u64)>,
    said: Option<String>,
}

/// Shows cards until their reader leaves.
pub(super) fn run(
    workspace: &mut Workspace<'_>,
    kept: &mut Kept,
    begin: Begin,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    let has_mouse = workspace.settings().mouse;
    if has_mouse {
        term.mouse(true)?;
    }
    let left = go_through(&mut Browser::new(workspace, kept, begin), term, with);
    if has_mouse {
        term.mouse(false)?;
    }
    left
}

fn go_through(browser: &mut Browser<'_, '_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    browser.begin()?;
    let begun = browser.workspace.ticks_ms();
    browser.go_on(|workspace| workspace.ticks_ms().saturating_sub(begun) >= FIRST_MS)?;
    loop {
        browser.reads(term.size()?, with.look)?;
        term.draw(|frame| browser.draw(frame, with))?;
        // Whoever types waits for nothing: a list goes on while no key waits.
        if browser.listing.is_some() {
            let waits = || term.has_event(Duration::ZERO).unwrap_or(true);
            if browser.go_on(|_| waits())? {
                continue;
            }
        } else if browser.all.is_none() && browser.count_all(|| term.has_event(Duration::ZERO).unwrap_or(true))? {
            continue;
        }
        if browser.typing && !term.has_event(Duration::ZERO).unwrap_or(true) && browser.find_offers()? {
            continue;
        }
        while !term.has_event(Duration::ZERO).unwrap_or(true) && browser.keep() {}
        let event = match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            None => continue,
            Some(event) => event,
        };
        if browser.event(&event, term, with)? {
            return Ok(());
        }
    }
}

impl<'w, 's> Browser<'w, 's> {
    fn new(workspace: &'w mut Workspace<'s>, kept: &'w mut Kept, begin: Begin) -> Self {
        let (query, typing) = match begin {
            Begin::Typing => (Input::default(), true),
            Begin::Query(query) => (Input::of(&query), false),
        };
        Self {
            workspace,
            kept,
            query,
            typing,
            fault: None,
            listing: None,
            leftover: None,
            rows: Vec::new(),
            tip: None,
            all: None,
            counting: None,
            chosen: 0,
            top: 0,
            list: Rect::default(),
            selected: HashSet::new(),
            range: None,
            goes_to: None,
            lines: HashMap::new(),
            needs: Needs::default(),
            preview: Cell::default(),
            completion: Completion::default(),
            clicked: None,
            said: None,
        }
    }

    /// Begins the list of what is typed. The rows stay until there are others: a query with a fault has none, since an act must not
    /// meet cards that nobody asked for.
    fn begin(&mut self) -> Result<(), Failure> {
        match self.workspace.list(&self.query.text(), self.kept.sort)? {
            Ok(listing) => (self.listing, self.fault) = (Some(listing), None),
            Err(error) => {
                (self.listing, self.fault) = (None, Some(error));
                self.rows.clear();
            }
        }
        self.tip = None;
        Ok(())
    }

    /// Goes on with counting all cards; whether it came to an end.
    fn count_all(&mut self, waits: impl FnMut() -> bool) -> Result<bool, Failure> {
        if self.counting.is_none() {
            self.counting = self.workspace.list("", Sort::default())?.ok();
        }
        let Some(listing) = &mut self.counting else { return Ok(false) };
        let whole = self.workspace.go_on(listing, waits)?;
        if whole {
            self.all = self.counting.take().map(|mut listing| listing.rows().len());
        }
        Ok(whole)
    }

    /// The deck that a query names which no card matches, as the condition that finds its cards.
    fn meant_deck(&self) -> Result<Option<String>, Failure> {
        let typed = fold(self.query.text().trim());
        let is_it =
            |name: &String| fold(name) == typed || name.rsplit("::").next().is_some_and(|leaf| fold(leaf) == typed);
        let meant = self.workspace.decks()?.into_iter().find(is_it);
        Ok(meant.map(|deck| format!("It is the name of a deck: {} finds its cards", condition("deck", &deck))))
    }

    /// Goes on with the list; whether there is something new to show.
    fn go_on(&mut self, pause: impl Fn(&Workspace<'_>) -> bool) -> Result<bool, Failure> {
        let Some(listing) = &mut self.listing else { return Ok(false) };
        let workspace = &*self.workspace;
        let whole = workspace.go_on(listing, || pause(workspace))?;
        if !whole && !self.rows.is_empty() {
            return Ok(false);
        }
        // At the very beginning a part is better than nothing.
        let rows = listing.rows();
        let is_new = whole || !rows.is_empty();
        self.rows = rows;
        if whole {
            self.leftover = self.listing.take();
            if self.rows.is_empty() {
                self.tip = self.meant_deck()?;
            }
            // Its places are those of the rows before.
            self.range = None;
            if self.query.text().trim().is_empty() {
                self.all = Some(self.rows.len());
            }
            if !self.selected.is_empty() {
                let here: HashSet<RowId> = self.rows.iter().copied().collect();
                // What acts are for is in the list.
                self.selected.retain(|row| here.contains(row));
            }
            if let Some(row) = self.goes_to.take() {
                self.chosen = self.rows.iter().position(|one| *one == row).unwrap_or(self.chosen);
            }
        }
        self.chosen = self.chosen.min(self.rows.len().saturating_sub(1));
        Ok(is_new)
    }

    /// Keeps some of what the last list made; whether there is more.
    fn keep(&mut self) -> bool {
        let more = self.leftover.as_mut().is_some_and(|listing| self.workspace.keep_made(listing));
        if !more {
            self.leftover = None;
        }
        more
    }

    /// The list anew, after something was changed: with the same card chosen, where it is still there.
    fn anew(&mut self) -> Result<(), Failure> {
        self.lines.clear();
        self.needs = Needs::default();
        self.forget_names();
        self.range = None;
        (self.all, self.counting) = (None, None);
        self.goes_to = self.row();
        self.begin()
    }

    fn row(&self) -> Option<RowId> {
        self.rows.get(self.chosen).copied()
    }

    fn line(&self) -> Option<&CardLine> {
        self.lines.get(&self.row()?)
    }

    /// Says where the rows stand on a screen of that size, and reads the texts of those that it shows.
    fn reads(&mut self, size: Size, look: Look) -> Result<(), Failure> {
        self.list = self.places(Rect::from((Position::ORIGIN, size)), look).0.list;
        let rows = usize::from(self.list.height).max(1);
        // No row stays empty that a message had taken.
        self.top = self.top.min(self.chosen).min(self.rows.len().saturating_sub(rows));
        self.top = self.top.max((self.chosen + 1).saturating_sub(rows));
        if self.lines.len() > MOST_KEPT {
            self.lines.clear();
        }
        let wanted: Vec<RowId> =
            self.rows.iter().skip(self.top).take(rows).filter(|row| !self.lines.contains_key(row)).copied().collect();
        let read = self.workspace.lines(&wanted)?;
        let (today, settings) = (self.workspace.today(), self.workspace.settings());
        read.iter().for_each(|(_, line)| self.needs.meet(line, today, settings));
        self.lines.extend(read);
        Ok(())
    }

    /// Does what a key or a paste asks for; whether the screen is left.
    fn event(&mut self, event: &Event, term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
        self.said = None;
        match event {
            Event::Paste(text) if self.typing => {
                self.query.insert(text);
                self.retyped()?;
            }
            Event::Key(key) if leaves(key) => return Ok(true),
            Event::Key(key) if self.typing && with.keys.helps(key) => self.help(term, with)?,
            Event::Key(key) if self.typing => match (with.keys.among(FORMS, key), key.code) {
                (Some(Command::FormLeave), _) => {
                    self.typing = false;
                    if !self.query.is_empty() {
                        self.query.clear();
                        self.retyped()?;
                    }
                }
                (_, KeyCode::Tab) if self.complete()? => {}
                (Some(Command::FormSave | Command::FormNext), _) | (_, KeyCode::Down) => self.typing = false,
                _ => {
                    let before = self.query.text();
                    if self.query.key(key) && self.query.text() != before {
                        self.retyped()?;
                    }
                }
            },
            Event::Key(key) => return self.key(key, term, with),
            Event::Mouse(mouse) => return self.mouse(*mouse, term, with),
            _ => {}
        }
        Ok(false)
    }

    fn open_page(&self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        if let Some(line) = self.line()
            && let Some(page) = self.workspace.page(line.card)?
        {
            card::run(&page, None, false, term, with)?;
        }
        Ok(())
    }

    fn retyped(&mut self) -> Result<(), Failure> {
        (self.chosen, self.range, self.goes_to) = (0, None, None);
        self.is_typed();
        self.begin()
    }

    fn help(&self, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let lines = |width: usize| {
            let mut lines = help(Place::List, with, width);
            if self.workspace.settings().mouse {
                lines.extend(wrapped(mouse::MOUSE, width, Style::new()));
            }
            lines
        };
        pages::keys(&lines, term, with)
    }

    fn key(&mut self, key: &KeyEvent, term: &mut Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
        match with.keys.among(BROWSE, key) {
            Some(command) => self.obey(command, key, term, with),
            None => Ok(false),
        }
    }

    /// Does what a key asks for; whether the screen is left.
    fn obey(
        &mut self,
        command: Command,
        key: &KeyEvent,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let page = usize::from(self.list.height).max(2) - 1;
        // Of a letter Shift makes another one.
        let extends = key.modifiers.contains(KeyModifiers::SHIFT) && !matches!(key.code, KeyCode::Char(_));
        let needs_whole = match command {
            Command::Down | Command::Up | Command::PageDown | Command::PageUp | Command::First | Command::Last => {
                extends
            }
            Command::Search | Command::Saved | Command::Sort | Command::Columns | Command::Help | Command::Quit => {
                false
            }
            _ => true,
        };
        if needs_whole {
            // What was typed ahead is meant for the cards of the new list, not for those still in sight.
            self.go_on(|_| false)?;
        }
        let last = self.rows.len().saturating_sub(1);
        let to = match command {
            Command::Down => Some((self.chosen + 1).min(last)),
            Command::Up => Some(self.chosen.saturating_sub(1)),
            Command::PageDown => Some((self.chosen + page).min(last)),
            Command::PageUp => Some(self.chosen.saturating_sub(page)),
            Command::First => Some(0),
            Command::Last => Some(last),
            _ => None,
        };
        if let Some(to) = to {
            if extends {
                self.begin_range();
            }
            self.go_to(to);
            return Ok(false);
        }
        // The rows may be others, and no message takes lines from them any more.
        self.reads(term.size()?, with.look)?;
        match command {
            Command::Search => (self.typing, self.range) = (true, None),
            Command::Select => {
                self.range = None;
                if let Some(row) = self.row()
                    && !self.selected.remove(&row)
                {
                    self.selected.insert(row);
                }
                self.chosen = (self.chosen + 1).min(last);
            }
            Command::SelectRange => match self.range.take() {
                Some(_) => {}
                None => self.begin_range(),
            },
            Command::SelectAll => {
                self.range = None;
                if self.selected.len() == self.rows.len() {
                    self.selected.clear();
                } else {
                    self.selected = self.rows.iter().copied().collect();
                }
            }
            Command::Page | Command::Info => self.open_page(term, with)?,
            Command::Edit => {
                if let Some(card) = self.line().map(|line| line.card) {
                    self.said = edit::edit(&mut self.workspace.note_editor(), card, None, term, with)?;
                    self.anew()?;
                }
            }
            Command::Add => {
                let mut deck = self.line().map_or_else(String::new, |line| line.deck_name.clone());
                self.said = edit::add(&mut self.workspace.note_editor(), &mut deck, term, with)?;
                self.anew()?;
            }
            Command::Saved => self.saved_searches(term, with)?,
            Command::Sort => self.choose_sort(term, with)?,
            Command::Columns => self.choose_columns(term, with)?,
            Command::Actions => {
                if let Some(act) = self.choose_action(term, with)? {
                    self.act(act, term, with)?;
                }
            }
            Command::Undo | Command::Redo | Command::UndoList => {
                if let Some((said, _)) = steps::act(command, self.workspace, term, with)? {
                    self.said = Some(said);
                    self.anew()?;
                }
            }
            Command::Help => self.help(term, with)?,
            // Esc goes back a step at a time: first out of what is selected, then out of the filter.
            Command::Quit if key.code == KeyCode::Esc && !self.selected.is_empty() => {
                self.selected.clear();
                self.range = None;
            }
            Command::Quit if key.code == KeyCode::Esc && !self.query.is_empty() => {
                self.query.clear();
                self.retyped()?;
            }
            Command::Quit => return Ok(true),
            act => self.act(act, term, with)?,
        }
        Ok(false)
    }

    fn begin_range(&mut self) {
        if self.range.is_none() {
            self.range = Some((self.chosen, self.selected.clone()));
            self.selected.extend(self.row());
        }
    }

    /// Goes to a row; what lies between it and the beginning of a range is selected. Only the rows that come in or go out are
    /// looked at: a range may hold a hundred thousand.
    fn go_to(&mut self, to: usize) {
        let from = std::mem::replace(&mut self.chosen, to);
        if self.goes_to.is_some() {
            self.goes_to = self.row();
        }
        let Some((begun, before)) = &self.range else { return };
        let span = |end: usize| ((*begun).min(end), (*begun).max(end) + 1);
        let (old, new) = (span(from), span(to));
        let apart =
            |one: (usize, usize), other: (usize, usize)| [(one.0, one.1.min(other.0)), (one.0.max(other.1), one.1)];
        let rows = |(first, end): (usize, usize)| self.rows.get(first..end).unwrap_or_default();
        for row in apart(old, new).into_iter().flat_map(rows).filter(|row| !before.contains(row)) {
            self.selected.remove(row);
        }
        self.selected.extend(apart(new, old).into_iter().flat_map(rows));
    }
}

fn number(count: usize) -> String {
    thousands(u64::try_from(count).unwrap_or(u64::MAX))
}
