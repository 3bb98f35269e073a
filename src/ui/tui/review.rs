//! The review screen: one card, its question set for the eye, the answer below without moving the question.

mod face;

use crate::core::card::Ask;
use crate::core::id::CardId;
use crate::core::session::Input as Step;
use crate::core::session::Stage;
use crate::core::text::joined;
use crate::failure::Failure;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ui::keymap::Command;
use crate::ui::open;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::card;
use crate::ui::tui::edit;
use crate::ui::tui::input::Input;
use crate::ui::tui::input::begun_with;
use crate::ui::tui::leech;
use crate::ui::tui::steps;
use crate::ui::tui::term::Came;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::tui::tried;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use std::collections::BTreeSet;

/// What is laid over the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Primer,
    Info,
    Help,
}

/// What the screen remembers beside the session.
struct Screen {
    typed: Input,
    items: Vec<String>,
    order: Vec<usize>,
    chosen: usize,
    /// Whether letters go into the line that is being typed.
    typing: bool,
    /// Whether the answer has just come up: where it finds no room, the question makes way.
    revealed: bool,
    hint: bool,
    over: Over,
    scroll: u16,
    said: Option<String>,
    /// The numbers of the topics whose primers were shown: two decks may call theirs the same.
    primed: BTreeSet<i64>,
    guard: Guard,
    last_key: Option<KeyEvent>,
    last_key_at: u64,
    face: Option<(CardId, bool, usize)>,
    /// A card that the last answer made a leech, and whether it was suspended for it.
    leech: Option<(CardId, bool)>,
    /// Lines of the body as it was drawn last: what a page is.
    height: u16,
    /// Whether to ask about a line to do before the next card.
    asks_try: bool,
    /// Whether it was said that the key before drops what was typed.
    warned: bool,
}

/// Said to a key that leaves a sentence which is not kept yet.
const DROPS_WORDS: &str = "What you typed is kept once you grade it; the same key again drops it";

/// Whether the card on the screen is answered in one's own words, which nobody guesses.
fn is_in_own_words(review: &Review<'_>) -> bool {
    review.session().current().is_some_and(|current| current.question.ask == Ask::Say)
}

/// Whether letters go into a line.
fn is_typed(ask: Ask) -> bool {
    matches!(ask, Ask::Type | Ask::Say | Ask::List(_))
}

/// Gives what is still to be said of the last card, where there was no next one to say it under.
pub(super) fn run(
    review: &mut Review<'_>,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<Option<String>, Failure> {
    let mut screen = Screen {
        typed: Input::default(),
        items: Vec::new(),
        order: Vec::new(),
        chosen: 0,
        typing: false,
        revealed: false,
        hint: false,
        over: Over::Nothing,
        scroll: 0,
        said: None,
        primed: BTreeSet::new(),
        guard: Guard::new(review.settings().look_ms),
        last_key: None,
        last_key_at: 0,
        face: None,
        leech: None,
        height: 1,
        asks_try: true,
        warned: false,
    };
    loop {
        if std::mem::take(&mut screen.asks_try) && !tried::ask(review, term, with)? {
            return Ok(None);
        }
        if let Some((card, suspended)) = screen.leech.take() {
            review.while_idle();
            screen.said = leech::run(card, suspended, review, term, with)?;
            screen.face = None;
        }
        if review.session().current().is_none() {
            return Ok(screen.said);
        }
        screen.meet(review);
        term.draw(|frame| screen.paint(frame, review, with))?;
        if screen.face != review.session().face() {
            screen.face = review.session().face();
            term.drain()?;
            screen.guard.look(review.session().rules().look_ms);
            screen.guard.shown(review.ticks_ms());
            review.while_idle();
        }
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(None),
            None => {}
            Some(Event::Paste(text)) if screen.typing => screen.typed.insert(&text),
            Some(Event::Key(key)) if !screen.key(&key, review, term, with)? => return Ok(None),
            Some(_) => {}
        }
    }
}

impl Screen {
    /// A new card or a new side of it: what was typed for the last one is gone.
    fn meet(&mut self, review: &Review<'_>) {
        let face = review.session().face();
        if self.face == face {
            return;
        }
        let Some(current) = review.session().current() else { return };
        let same_card =
            self.face.map(|(card, _, answers)| (card, answers)) == face.map(|(card, _, answers)| (card, answers));
        self.scroll = 0;
        self.revealed = same_card;
        if same_card {
            return;
        }
        self.typed.clear();
        self.items.clear();
        self.order = (0..current.question.options.len()).collect();
        self.chosen = 0;
        self.hint = false;
        self.over = Over::Nothing;
        self.typing = is_typed(current.question.ask);
        if let Some(topic) = current.loaded.topic.as_ref().filter(|topic| topic.primer.is_some())
            && current.loaded.primer_first
            && self.primed.insert(topic.number)
        {
            self.over = Over::Primer;
        }
    }

    /// One key; whether the sitting goes on.
    fn key(
        &mut self,
        key: &KeyEvent,
        review: &mut Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<bool, Failure> {
        let now = review.ticks_ms();
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if ctrl && matches!(key.code, KeyCode::Char('c' | 'd')) {
            self.feed(review, Step::Quit);
            return Ok(false);
        }
        let again = self.last_key == Some(*key) && now.saturating_sub(self.last_key_at) < HELD_MS;
        (self.last_key, self.last_key_at) = (Some(*key), now);
        let front = matches!(review.session().stage(), Stage::Front(_));
        let typing = front && self.typing && self.over == Over::Nothing;
        let command = if typing { None } else { with.keys.command(key) };
        let moves = matches!(command, Some(Command::Undo | Command::Bury | Command::Suspend | Command::Mark));
        let came = self.guard.came(now);
        // To show an answer does no harm, nor do letters: only a key that would grade, choose or move the card, or take an
        // empty line for an answer, has to wait for the next one.
        let only_shows = front
            && self.over == Over::Nothing
            && !moves
            && !(typing && key.code == KeyCode::Enter && self.typed.is_empty())
            && review.session().current().is_some_and(|current| current.question.options.is_empty());
        // The first repeat of a held key comes late, after 200 to 700 ms; the ones after it come fast.
        let held = again && !only_shows && came.alone && term.repeats()?;
        let admitted = came.acts() && !held;
        if self.over == Over::Info && with.keys.command(key) == Some(Command::Info) {
            self.card_page(review, term, with)?;
            return Ok(true);
        }
        if self.over != Over::Nothing {
            return Ok(self.over_key(key, admitted, with, review));
        }
        self.said = None;
        if front && self.typing {
            if came.meant && !held {
                self.typing_key(key, review, came);
            }
            return Ok(true);
        }
        if front && self.pick(key, review, admitted) {
            return Ok(true);
        }
        if let (KeyCode::Char(c), false) = (key.code, front)
            && let Some(quality) =
                c.to_digit(10).and_then(|d| u8::try_from(d).ok()).and_then(|d| review.session().scale().quality(d))
        {
            if admitted {
                self.feed(review, Step::Grade(quality));
            }
            return Ok(true);
        }
        let Some(command) = command else { return Ok(true) };
        let drops_words = !front && is_in_own_words(review) && !self.typed.is_empty();
        let warned = std::mem::take(&mut self.warned);
        match command {
            Command::Undo | Command::Quit if drops_words && !warned => {
                self.warned = true;
                self.said = Some(DROPS_WORDS.to_owned());
            }
            Command::Reveal if admitted => {
                let step = match review.session().stage() {
                    Stage::Back(_) => Step::Accept,
                    Stage::Front(_) | Stage::Between | Stage::Finished => Step::Respond(self.response(review)),
                };
                self.feed(review, step);
            }
            Command::Guessed if !front && admitted && !is_in_own_words(review) => self.feed(review, Step::Guessed),
            // What it takes back was seen, however short this card was: it need not wait for the look.
            Command::Undo if came.alone && !held => self.undo(review, 1),
            Command::UndoList => {
                let back = steps::run(&review.steps()?, term, with)?;
                if back > 0 {
                    self.undo(review, back);
                }
                self.guard.shown(review.ticks_ms());
            }
            Command::Edit => self.edit(review, term, with)?,
            Command::Split => {
                if let Some(card) = review.session().current().map(|current| current.loaded.card) {
                    self.said = leech::split(card, review, term, with)?;
                    self.guard.shown(review.ticks_ms());
                }
            }
            Command::Bury if admitted => self.feed(review, Step::Bury),
            Command::Suspend if admitted => self.feed(review, Step::Suspend),
            Command::Mark if admitted => self.feed(review, Step::Mark),
            Command::Info => self.open(Over::Info),
            Command::Help => self.open(Over::Help),
            Command::Hint => self.hint = true,
            Command::Quit => {
                self.feed(review, Step::Quit);
                return Ok(false);
            }
            Command::Down | Command::PageDown => self.scroll = self.scroll.saturating_add(self.page(command)),
            Command::Up | Command::PageUp => self.scroll = self.scroll.saturating_sub(self.page(command)),
            Command::Open => {
                let ask = review.session().current().map(|current| current.question.ask);
                self.typing = front && ask.is_some_and(is_typed);
                let openable = review.openable()?;
                if !self.typing || !openable.targets.is_empty() || !openable.missing.is_empty() {
                    self.said = open(&openable, with.editor);
                }
            }
            Command::Again | Command::Hard | Command::Good | Command::Easy => {
                if let (Some(button), false, true) = (command.button(), front, admitted) {
                    self.feed(review, Step::Grade(button.quality()));
                }
            }
            Command::Reveal
            | Command::Guessed
            | Command::Undo
            | Command::Bury
            | Command::Suspend
            | Command::Mark
            | Command::Left
            | Command::Right
            | Command::Search
            | Command::Add
            | Command::Browse
            | Command::Checkup
            | Command::Stats
            // These belong to the list of cards.
            | Command::First
            | Command::Last
            | Command::Select
            | Command::SelectRange
            | Command::SelectAll
            | Command::Page
            | Command::Actions
            | Command::Sort
            | Command::Columns
            | Command::Tag
            | Command::Untag
            | Command::Move
            | Command::SetDue
            | Command::Reset
            | Command::Delete => {}
        }
        Ok(true)
    }

    /// The card's text is changed, and shown in place of the old one.
    fn edit(&mut self, review: &mut Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let Some(card) = review.session().current().map(|current| current.loaded.card) else { return Ok(()) };
        self.said = edit::edit(&mut review.note_editor(), card, term, with)?;
        review.show_edited()?;
        self.order = (0..review.session().current().map_or(0, |current| current.question.options.len())).collect();
        self.chosen = 0;
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    fn page(&self, command: Command) -> u16 {
        if matches!(command, Command::PageUp | Command::PageDown) { self.height } else { 1 }
    }

    /// Everything about the card on the screen; its answer only where it is shown already.
    fn card_page(&mut self, review: &Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        let session = review.session();
        if let Some(current) = session.current()
            && let Some(page) = review.page(current.loaded.card)?
        {
            let why = words::info(current, session, review.today()).into_iter().next();
            let hidden = !matches!(session.stage(), Stage::Back(_));
            card::run(&page, why.as_deref(), hidden, term, with)?;
        }
        self.open(Over::Nothing);
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    /// Takes back the newest steps, one after the other, and asks the last of them again.
    fn undo(&mut self, review: &mut Review<'_>, count: usize) {
        let (said, changed) = steps::take_back(count, || match review.undo()? {
            Notice::Undone(label) => Ok(Some(label)),
            _ => Ok(None),
        });
        self.said = Some(said);
        if changed {
            self.face = None;
            self.asks_try = true;
        }
    }

    fn open(&mut self, over: Over) {
        self.over = over;
        self.scroll = 0;
    }

    fn over_key(&mut self, key: &KeyEvent, admitted: bool, with: ScreenContext<'_>, review: &mut Review<'_>) -> bool {
        match with.keys.command(key) {
            Some(command @ (Command::Down | Command::PageDown)) => {
                self.scroll = self.scroll.saturating_add(self.page(command));
            }
            Some(command @ (Command::Up | Command::PageUp)) => {
                self.scroll = self.scroll.saturating_sub(self.page(command));
            }
            Some(Command::Quit) if self.over == Over::Primer && key.code != KeyCode::Esc => {
                self.feed(review, Step::Quit);
                return false;
            }
            // A primer is there to be read: a held key does not turn it away.
            _ if self.over == Over::Primer && !admitted => {}
            _ => {
                if self.over == Over::Primer {
                    review.begin_card();
                }
                self.open(Over::Nothing);
                self.guard.shown(review.ticks_ms());
            }
        }
        true
    }

    /// A key while a line is being typed. Enter is an answer, so it waits for the look, and without a text for a key of its own.
    fn typing_key(&mut self, key: &KeyEvent, review: &mut Review<'_>, came: Came) {
        let ask = review.session().current().map(|current| current.question.ask);
        match (key.code, ask) {
            (KeyCode::Esc, _) => self.typing = false,
            (KeyCode::Tab, _) => self.hint = true,
            (KeyCode::Enter, Some(Ask::List(count))) if !self.typed.is_empty() => {
                // The last line ends the list, and with it the question.
                if self.items.len() + 1 < count || came.looked {
                    self.items.push(self.typed.text());
                    self.typed.clear();
                }
                if self.items.len() >= count {
                    let response = self.items.join("\n");
                    self.feed(review, Step::Respond(response));
                }
            }
            (KeyCode::Enter, _) if came.acts() || (came.looked && !self.typed.is_empty()) => {
                let response = self.response(review);
                self.feed(review, Step::Respond(response));
            }
            (KeyCode::Enter, _) => {}
            _ => drop(self.typed.key(key)),
        }
    }

    /// What was typed, chosen or ordered so far, as a response.
    fn response(&self, review: &Review<'_>) -> String {
        match review.session().current().map(|current| current.question.ask) {
            Some(Ask::Type | Ask::Say) => self.typed.text(),
            Some(Ask::List(_)) => self.items.join("\n"),
            Some(Ask::Order) => self.order.iter().map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" "),
            Some(Ask::Choose | Ask::Sort) => (self.chosen + 1).to_string(),
            Some(Ask::Recall) | None => String::new(),
        }
    }

    /// Keys that choose, sort or put in order; whether this was one.
    fn pick(&mut self, key: &KeyEvent, review: &mut Review<'_>, admitted: bool) -> bool {
        let Some(current) = review.session().current() else { return false };
        let ask = current.question.ask;
        let options: Vec<String> = current.question.options.clone();
        let last = options.len().saturating_sub(1);
        let shift = key.modifiers.contains(KeyModifiers::SHIFT);
        match (ask, key.code) {
            (Ask::Choose | Ask::Sort, KeyCode::Char(c)) => {
                let by_digit = c.to_digit(10).and_then(|d| usize::try_from(d).ok()).and_then(|d| d.checked_sub(1));
                let by_letter = || (ask == Ask::Sort).then(|| begun_with(c, &options)).flatten();
                match by_digit.filter(|index| *index <= last).or_else(by_letter) {
                    Some(index) if admitted => {
                        self.chosen = index;
                        self.feed(review, Step::Respond((index + 1).to_string()));
                        true
                    }
                    Some(_) => true,
                    None => false,
                }
            }
            (Ask::Choose, KeyCode::Up) | (Ask::Sort, KeyCode::Up | KeyCode::Left) => {
                self.chosen = self.chosen.saturating_sub(1);
                true
            }
            (Ask::Choose, KeyCode::Down) | (Ask::Sort, KeyCode::Down | KeyCode::Right) => {
                self.chosen = (self.chosen + 1).min(last);
                true
            }
            (Ask::Order, KeyCode::Up | KeyCode::Char('k')) => {
                if shift || key.code == KeyCode::Char('K') {
                    self.shift(-1);
                } else {
                    self.chosen = self.chosen.saturating_sub(1);
                }
                true
            }
            (Ask::Order, KeyCode::Down | KeyCode::Char('j')) => {
                if shift {
                    self.shift(1);
                } else {
                    self.chosen = (self.chosen + 1).min(last);
                }
                true
            }
            (Ask::Order, KeyCode::Char('K') | KeyCode::Left) => {
                self.shift(-1);
                true
            }
            (Ask::Order, KeyCode::Char('J') | KeyCode::Right) => {
                self.shift(1);
                true
            }
            _ => false,
        }
    }

    /// Moves the chosen line of an ordering up or down.
    fn shift(&mut self, by: isize) {
        let to = self.chosen.saturating_add_signed(by);
        if to < self.order.len() && to != self.chosen {
            self.order.swap(self.chosen, to);
            self.chosen = to;
        }
    }

    fn feed(&mut self, review: &mut Review<'_>, step: Step) {
        match review.feed(step) {
            Ok(said) => {
                self.leech = said.iter().find_map(|said| match said {
                    Notice::Leech { id, suspended, .. } => Some((*id, *suspended)),
                    _ => None,
                });
                let texts: Vec<String> = said.iter().filter_map(words::said).collect();
                self.said = (!texts.is_empty()).then(|| joined(&texts));
            }
            Err(failure) => self.said = Some(failure.to_string()),
        }
    }
}
