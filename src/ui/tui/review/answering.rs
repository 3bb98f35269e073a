//! What is typed, chosen or put in order on a card, until it is given as an answer.

use crate::core::card::Ask;
use crate::core::session::Input as Step;
use crate::core::session::Stage;
use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::input::Input;
use crate::ui::tui::input::option_of;
use crate::ui::tui::input::order_key;
use crate::ui::tui::review::Over;
use crate::ui::tui::review::SHOWS;
use crate::ui::tui::review::Screen;
use crate::ui::tui::review::is_in_own_words;
use crate::ui::tui::review::is_typed;
use crate::ui::tui::term::Came;
use crate::ui::tui::term::Term;
use crate::ui::tui::typist::Is;
use crate::ui::tui::typist::Meaning;
use crate::ui::tui::typist::Typist;
use crate::ui::tui::typist::WORD_MS;
use crate::ui::words;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use std::time::Duration;

/// Said to a key that leaves a sentence which is not kept yet.
const DROPS_WORDS: &str = "What you typed is kept once you grade it; the same key again drops it";

impl Screen {
    /// Whether a key belongs to a word that is typed where letters are keys. Such a word changes nothing, nor does the Enter that ends it
    /// where the answer is shown; on a card that is asked again it is an answer.
    pub(super) fn is_of_a_word(
        &mut self,
        key: &KeyEvent,
        now: u64,
        review: &Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let Some(current) = review.session().current() else { return Ok(false) };
        let ask = current.question.ask;
        let front = matches!(review.session().stage(), Stage::Front(_));
        let asked_again = front && self.undone && is_typed(ask);
        let meaning = match self.meaning(key, review, with) {
            // Any key takes away what is laid over the card.
            _ if matches!(self.over, Over::Info | Over::Help) => Meaning::Acts,
            Meaning::Nothing => Meaning::Nothing,
            _ if asked_again => Meaning::Leads,
            meaning => meaning,
        };
        let is = match self.typist.came(key, meaning, now, !front) {
            Is::Unclear => {
                let next = term.follows(Duration::from_millis(WORD_MS))?;
                self.typist.followed(key, next.as_ref())
            }
            is => is,
        };
        match is {
            Is::Key | Is::Unclear => return Ok(false),
            Is::Begins if asked_again => {
                (self.typing, self.follows, self.typist) = (true, true, Typist::default());
                self.typed.key(key);
                return Ok(true);
            }
            // What the first letter opened is closed again, and what it did is still said.
            Is::Goes if !self.primer => self.close(),
            Is::Begins | Is::Goes | Is::Within => {}
        }
        let did = self.said.take().filter(|_| is != Is::Begins);
        self.said = Some(match did {
            Some(did) => did,
            None if self.primer => words::letters_go_on(with.keys),
            None if front => words::letters_are_keys(ask, current.question.options.len(), with.keys),
            None => words::TYPED_TOO_LATE.to_owned(),
        });
        Ok(true)
    }

    /// What a key means on the card as it is.
    fn meaning(&self, key: &KeyEvent, review: &Review<'_>, with: ScreenContext<'_>) -> Meaning {
        let Some(current) = review.session().current() else { return Meaning::Nothing };
        let front = matches!(review.session().stage(), Stage::Front(_));
        let (ask, options) = (current.question.ask, &current.question.options);
        let orders = || {
            let (mut order, mut chosen) = (self.order.clone(), self.chosen);
            ask == Ask::Order && order_key(key, with.keys, &mut order, &mut chosen)
        };
        if front && self.over == Over::Nothing && orders() {
            return Meaning::Moves;
        }
        if front && self.over == Over::Nothing && option_of(key, ask, options).is_some() {
            return Meaning::Acts;
        }
        if let KeyCode::Char('0'..='9') = key.code {
            let shows = front && key.code == KeyCode::Char(SHOWS) && ask != Ask::Recall;
            return if shows || !front { Meaning::Acts } else { Meaning::Nothing };
        }
        match with.keys.command(key) {
            Some(
                Command::Up | Command::Down | Command::Left | Command::Right | Command::PageUp | Command::PageDown,
            ) => Meaning::Moves,
            Some(Command::Again | Command::Hard | Command::Good | Command::Easy) if !front => Meaning::Acts,
            // `g` is the first letter of Good, and would grade Hard.
            Some(Command::Guessed) if !front => Meaning::Leads,
            Some(
                Command::Quit | Command::Edit | Command::Split | Command::Search | Command::Open | Command::UndoList,
            ) => Meaning::Leads,
            Some(
                Command::Reveal
                | Command::Undo
                | Command::Redo
                | Command::Bury
                | Command::Suspend
                | Command::Mark
                | Command::Info
                | Command::Hint
                | Command::Help,
            ) => Meaning::Acts,
            _ => Meaning::Nothing,
        }
    }

    /// What was typed and is not given as an answer waits for its card.
    pub(super) fn put_aside(&mut self) {
        let typed = (std::mem::take(&mut self.typed), std::mem::take(&mut self.items));
        if let Some(card) = self.typed_for.take().filter(|_| !(typed.0.text().trim().is_empty() && typed.1.is_empty()))
        {
            self.drafts.insert(card, typed);
        }
    }

    /// Whether something was typed that is not kept yet: an answer that is not given, or own words without their grade.
    pub(super) fn has_typed(&self, front: bool, review: &Review<'_>) -> bool {
        if !self.drafts.is_empty() {
            return true;
        }
        let is_asked = review.session().current().is_some_and(|current| is_typed(current.question.ask));
        let is_open = if front { is_asked } else { is_in_own_words(review) };
        is_open && !(self.typed.text().trim().is_empty() && self.items.is_empty())
    }

    pub(super) fn warn(&mut self, front: bool) {
        self.warned = true;
        self.said = Some(if front { words::DROPS_ANSWER } else { DROPS_WORDS }.to_owned());
    }

    /// Whether a key shows the answer while a line is typed: Enter, or Space as on other cards, with nothing typed yet.
    pub(super) fn is_alone(&self, key: &KeyEvent) -> bool {
        matches!(key.code, KeyCode::Enter | KeyCode::Char(' ')) && self.typed.is_empty()
    }

    /// A key while a line is being typed. Enter is an answer, so it waits for the look, and without a text for a key of its own.
    pub(super) fn typing_key(&mut self, key: &KeyEvent, review: &mut Review<'_>, came: Came) {
        let ask = review.session().current().map(|current| current.question.ask);
        match (key.code, ask) {
            (KeyCode::Esc, _) => self.typing = false,
            (KeyCode::Tab, _) => self.hint = true,
            // Enter takes an item, and alone it ends the list: nothing is shown, and then graded, by keys for the last item.
            (KeyCode::Enter, Some(Ask::List(_))) if !self.typed.is_empty() => {
                self.items.push(self.typed.text());
                self.typed.clear();
            }
            (KeyCode::Backspace, Some(Ask::List(_))) if self.typed.is_empty() => {
                self.typed = self.items.pop().map_or_else(Input::default, |item| Input::of(&item));
            }
            _ if self.is_alone(key) => {
                if came.acts() {
                    let step = self.answer_by(key, review);
                    self.feed(review, step);
                }
            }
            (KeyCode::Enter, _) => {
                if came.looked {
                    let step = self.answer_by(key, review);
                    self.feed(review, step);
                }
            }
            _ => drop(self.typed.key(key)),
        }
    }

    /// What a key does that answers: it gives what was typed, chosen or ordered. Space shows what nobody typed.
    pub(super) fn answer_by(&self, key: &KeyEvent, review: &Review<'_>) -> Step {
        let response = self.response(review);
        let is_typed = review.session().current().is_some_and(|current| is_typed(current.question.ask));
        if is_typed && key.code == KeyCode::Char(' ') && response.trim().is_empty() {
            Step::Show
        } else {
            Step::Respond(response)
        }
    }

    /// What was typed, chosen or ordered so far, as a response; empty where nothing was.
    fn response(&self, review: &Review<'_>) -> String {
        match review.session().current().map(|current| current.question.ask) {
            Some(Ask::Type | Ask::Say) => self.typed.text(),
            Some(Ask::List(_)) => {
                let typed = Some(self.typed.text()).filter(|typed| !typed.trim().is_empty());
                self.items.iter().cloned().chain(typed).collect::<Vec<_>>().join("\n")
            }
            // The order in which the lines are shown is never the right one.
            Some(Ask::Order) if !self.order.is_sorted() => {
                self.order.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" ")
            }
            Some(Ask::Choose | Ask::Sort) if self.pointed => (self.chosen + 1).to_string(),
            Some(Ask::Order | Ask::Choose | Ask::Sort | Ask::Recall) | None => String::new(),
        }
    }

    /// Keys that choose, sort or put in order; whether this was one.
    pub(super) fn pick(
        &mut self,
        key: &KeyEvent,
        review: &mut Review<'_>,
        admitted: bool,
        with: ScreenContext<'_>,
    ) -> bool {
        let Some(current) = review.session().current() else { return false };
        let (ask, options) = (current.question.ask, &current.question.options);
        let last = options.len().saturating_sub(1);
        if let Some(index) = option_of(key, ask, options) {
            if admitted {
                self.chosen = index;
                self.feed(review, Step::Respond((index + 1).to_string()));
            }
            return true;
        }
        if ask == Ask::Order && order_key(key, with.keys, &mut self.order, &mut self.chosen) {
            self.follows = true;
            return true;
        }
        let to = match (ask, with.keys.command(key)) {
            (Ask::Choose | Ask::Sort | Ask::Order, Some(Command::Up)) | (Ask::Sort, Some(Command::Left)) => {
                self.chosen.saturating_sub(1)
            }
            (Ask::Choose | Ask::Sort | Ask::Order, Some(Command::Down)) | (Ask::Sort, Some(Command::Right)) => {
                (self.chosen + 1).min(last)
            }
            _ => return false,
        };
        // The first of these keys only points, where nothing is marked before it.
        if std::mem::replace(&mut self.pointed, true) || ask == Ask::Order {
            self.chosen = to;
        }
        self.follows = true;
        true
    }
}
