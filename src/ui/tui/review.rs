//! The review screen: one card, its question set for the eye, the answer below without moving the question.

mod answering;
mod aside;
mod beside;
mod face;

use crate::core::card::Ask;
use crate::core::card::Unreadable;
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
use crate::ui::tui::input::Input;
use crate::ui::tui::leech;
use crate::ui::tui::paint::scrolls;
use crate::ui::tui::term::Guard;
use crate::ui::tui::term::HELD_MS;
use crate::ui::tui::term::Term;
use crate::ui::tui::term::leaves;
use crate::ui::tui::tried;
use crate::ui::tui::typist::Typist;
use crate::ui::words;
use crossterm::event::Event;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// What was typed for each card: the line, and the items before it.
type Drafts = BTreeMap<CardId, (Input, Vec<String>)>;

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
    /// Whether one of several was pointed at: a key that answers takes none before.
    pointed: bool,
    /// Whether letters go into the line that is being typed.
    typing: bool,
    /// Whether the answer has just come up: where it finds no room, the question makes way.
    revealed: bool,
    hint: bool,
    over: Over,
    /// Whether the primer comes before the card, under whatever is laid over it.
    primer: bool,
    scroll: u16,
    /// Whether the screen follows what is typed or chosen, until it is scrolled.
    follows: bool,
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
    /// Whether the card is asked again since a step was taken back: letters stay keys until somebody types.
    undone: bool,
    /// Tells words that are typed from keys, where letters are keys.
    typist: Typist,
    /// The card that the typed text is for.
    typed_for: Option<CardId>,
    /// What was typed for cards that somebody left without an answer: it is there again when they come again.
    drafts: Drafts,
    /// Whether it was said that the key before drops what was typed.
    warned: bool,
    /// The key that takes a step back.
    undo_key: String,
}

/// The key that shows the answer to somebody who gives none, on every card where digits are not typed.
const SHOWS: char = '0';

/// Whether the card on the screen is answered in one's own words, which nobody guesses.
fn is_in_own_words(review: &Review<'_>) -> bool {
    review.session().current().is_some_and(|current| current.question.ask == Ask::Say)
}

/// Whether letters go into a line.
fn is_typed(ask: Ask) -> bool {
    matches!(ask, Ask::Type | Ask::Say | Ask::List(_))
}

/// What a sitting remembers from one run of its screen to the next.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What is still to be said: of the last card, where there was no next one to say it under, or of a step that was taken back.
    pub(super) said: Option<String>,
    /// The numbers of the topics whose primers were shown: two decks may call theirs the same.
    primed: BTreeSet<i64>,
    /// Whether a step was taken back, so that its card is asked again.
    pub(super) undone: bool,
    /// What was typed for cards that were left without an answer.
    drafts: Drafts,
}

/// Runs until there is no card left, the time is over, or the learner leaves.
pub(super) fn run(
    review: &mut Review<'_>,
    seen: &mut Seen,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    let mut screen = Screen {
        typed: Input::default(),
        items: Vec::new(),
        order: Vec::new(),
        chosen: 0,
        pointed: false,
        typing: false,
        revealed: false,
        hint: false,
        over: Over::Nothing,
        primer: false,
        scroll: 0,
        follows: false,
        said: seen.said.take(),
        primed: std::mem::take(&mut seen.primed),
        guard: Guard::new(review.settings().look_ms),
        last_key: None,
        last_key_at: 0,
        face: None,
        leech: None,
        height: 1,
        asks_try: true,
        undone: std::mem::take(&mut seen.undone),
        typist: Typist::default(),
        typed_for: None,
        drafts: std::mem::take(&mut seen.drafts),
        warned: false,
        undo_key: with.keys.first(Command::Undo),
    };
    screen.go(review, term, with)?;
    screen.put_aside();
    (seen.said, seen.primed, seen.drafts) = (screen.said, screen.primed, screen.drafts);
    Ok(())
}

impl Screen {
    fn go(&mut self, review: &mut Review<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
        loop {
            if std::mem::take(&mut self.asks_try) && !tried::ask(review, &mut self.said, term, with)? {
                self.said = None;
                review.feed(Step::Quit)?;
                return Ok(());
            }
            if let Some((card, suspended)) = self.leech.take() {
                review.while_idle();
                self.said = leech::run(card, suspended, review, term, with)?;
                self.face = None;
            }
            if review.session().current().is_none() {
                return Ok(());
            }
            self.meet(review);
            term.draw(|frame| self.paint(frame, review, with))?;
            if self.face != review.session().face() {
                self.face = review.session().face();
                term.drain()?;
                self.guard.look(review.session().rules().look_ms);
                self.guard.shown(review.ticks_ms());
                review.while_idle();
            }
            match term.next(with.stop)? {
                None if (with.stop)() => return Ok(()),
                None => {}
                Some(Event::Paste(text)) if self.typing => self.typed.insert(&text),
                Some(Event::Key(key)) if !self.key(&key, review, term, with)? => {
                    self.said = None;
                    return Ok(());
                }
                Some(_) => {}
            }
        }
    }

    /// A new card or a new side of it: what was typed for the last one, and not given as an answer, waits for it.
    fn meet(&mut self, review: &Review<'_>) {
        let face = review.session().face();
        if self.face == face {
            return;
        }
        let Some(current) = review.session().current() else { return };
        let same_card =
            self.face.map(|(card, _, answers)| (card, answers)) == face.map(|(card, _, answers)| (card, answers));
        self.scroll = 0;
        self.follows = false;
        self.revealed = same_card && face.is_some_and(|(_, is_shown, _)| is_shown);
        if same_card {
            return;
        }
        let card = current.loaded.card;
        if self.typed_for != Some(card) {
            self.put_aside();
            (self.typed, self.items) = self.drafts.remove(&card).unwrap_or_default();
            self.typed_for = Some(card);
        }
        self.order = (0..current.question.options.len()).collect();
        (self.chosen, self.pointed) = (0, false);
        self.hint = false;
        self.over = Over::Nothing;
        self.primer = false;
        self.typing = is_typed(current.question.ask) && !self.undone;
        if let Some(topic) = current.loaded.topic.as_ref().filter(|topic| topic.primer.is_some())
            && current.loaded.primer_first
            && self.primed.insert(topic.number)
        {
            self.over = Over::Primer;
            self.primer = true;
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
        let front = matches!(review.session().stage(), Stage::Front(_));
        let drops = !std::mem::take(&mut self.warned) && self.has_typed(front, review);
        if leaves(key) {
            if drops {
                self.warn(front);
                return Ok(true);
            }
            self.feed(review, Step::Quit);
            return Ok(false);
        }
        let again = self.last_key == Some(*key) && now.saturating_sub(self.last_key_at) < HELD_MS;
        (self.last_key, self.last_key_at) = (Some(*key), now);
        // Terminals send Alt and a letter as Esc and that letter, which is how letters become keys.
        let alt = key.modifiers.contains(KeyModifiers::ALT) && !ctrl;
        let typing = front && self.typing && self.over == Over::Nothing && !alt && !with.keys.helps(key);
        let key = &KeyEvent { modifiers: key.modifiers.difference(KeyModifiers::ALT), ..*key };
        let shows = self.is_alone(key);
        let command = if typing { None } else { with.keys.command(key) };
        let moves =
            matches!(command, Some(Command::Undo | Command::Redo | Command::Bury | Command::Suspend | Command::Mark));
        let came = self.guard.came(now);
        // To show an answer does no harm, nor do letters: only a key that would grade, choose or move the card, or take an
        // empty line for an answer, has to wait for the next one.
        let only_shows = front
            && self.over == Over::Nothing
            && !moves
            && !(typing && shows)
            && review.session().current().is_some_and(|current| current.question.options.is_empty());
        // The first repeat of a held key comes late, after 200 to 700 ms; the ones after it come fast.
        let held = again && !only_shows && came.alone && term.repeats()?;
        let admitted = came.acts() && !held;
        if !typing && !alt && self.is_of_a_word(key, now, review, term, with)? {
            return Ok(true);
        }
        if self.over == Over::Info && with.keys.command(key) == Some(Command::Info) {
            self.card_page(review, term, with)?;
            return Ok(true);
        }
        if self.over == Over::Primer
            && let Some(command @ (Command::Undo | Command::Redo | Command::UndoList | Command::Edit)) = command
        {
            self.said = None;
            match command {
                Command::Edit => self.edit(review, term, with)?,
                _ if came.alone && !held => self.steps(command, review, term, with)?,
                _ => {}
            }
            return Ok(true);
        }
        if self.over != Over::Nothing {
            return Ok(self.over_key(key, (admitted, drops), with, review));
        }
        self.said = None;
        if typing {
            if came.meant && !held {
                self.follows = true;
                self.typing_key(key, review, came);
            }
            return Ok(true);
        }
        // The same key that made letters keys makes them letters again: pressed twice it does not leave.
        if front && key.code == KeyCode::Esc && review.session().current().is_some_and(|c| is_typed(c.question.ask)) {
            self.typing = true;
            return Ok(true);
        }
        if front && self.pick(key, review, admitted, with) {
            return Ok(true);
        }
        if front && key.code == KeyCode::Char(SHOWS) {
            if admitted {
                self.feed(review, Step::Show);
            }
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
        match command {
            Command::Quit if drops => self.warn(front),
            Command::Reveal if admitted && !front && review.session().preselected().is_none() => {
                self.said = Some(words::CHOOSE_GRADE.to_owned());
            }
            Command::Reveal if admitted => {
                let step = match review.session().stage() {
                    Stage::Back(_) => Step::Accept,
                    Stage::Front(_) | Stage::Between | Stage::Finished => self.answer_by(key, review),
                };
                self.feed(review, step);
            }
            Command::Guessed if !front && admitted && !is_in_own_words(review) => self.feed(review, Step::Guessed),
            // What it takes back was seen, however short this card was: it need not wait for the look.
            Command::Undo | Command::Redo | Command::UndoList if came.alone && !held => {
                self.steps(command, review, term, with)?;
            }
            Command::Edit => self.edit(review, term, with)?,
            Command::Search => self.search(review, term, with)?,
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
            command if scrolls(Some(command), &mut self.scroll, self.height) => self.follows = false,
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
            // Held back, or nothing on this screen.
            _ => {}
        }
        Ok(true)
    }

    /// Takes away what is laid over the card: a primer that was not read comes back.
    fn close(&mut self) {
        self.open(if self.primer { Over::Primer } else { Over::Nothing });
    }

    fn open(&mut self, over: Over) {
        self.over = over;
        self.scroll = 0;
    }

    fn over_key(
        &mut self,
        key: &KeyEvent,
        (admitted, drops): (bool, bool),
        with: ScreenContext<'_>,
        review: &mut Review<'_>,
    ) -> bool {
        let is_esc = key.code == KeyCode::Esc;
        match with.keys.command(key) {
            command if scrolls(command, &mut self.scroll, self.height) => {}
            Some(Command::Quit) if self.over == Over::Primer && !is_esc && drops => self.warn(true),
            Some(Command::Quit) if self.over == Over::Primer && !is_esc => {
                self.feed(review, Step::Quit);
                return false;
            }
            Some(Command::Help) if self.over == Over::Primer => self.open(Over::Help),
            Some(Command::Info) if self.over == Over::Primer => self.open(Over::Info),
            // A primer is there to be read: neither a held key nor any letter turns it away.
            command if self.over == Over::Primer && !(admitted && (command == Some(Command::Reveal) || is_esc)) => {}
            _ => {
                if self.over == Over::Primer {
                    self.primer = false;
                    review.begin_card();
                }
                self.close();
                self.guard.shown(review.ticks_ms());
            }
        }
        true
    }

    fn feed(&mut self, review: &mut Review<'_>, step: Step) {
        self.undone = false;
        let answers = review.session().answers();
        match review.feed(step) {
            Ok(said) => {
                if review.session().answers() > answers {
                    self.typed.clear();
                    self.items.clear();
                }
                self.leech = said.iter().find_map(|said| match said {
                    Notice::Leech { id, suspended, .. } => Some((*id, *suspended)),
                    _ => None,
                });
                // On a card that is typed, letters become keys by Esc.
                let front = matches!(review.session().stage(), Stage::Front(_));
                let typed = front && review.session().current().is_some_and(|c| is_typed(c.question.ask));
                let undo = if typed { format!("Esc {}", self.undo_key) } else { self.undo_key.clone() };
                let ask = review.session().current().map(|current| current.question.ask);
                let text = |said: &Notice| match (said, ask) {
                    (Notice::AskAgain(Unreadable::NoAnswer), Some(ask)) => Some(words::unanswered(ask, SHOWS)),
                    _ => words::said(said, &undo),
                };
                let texts: Vec<String> = said.iter().filter_map(text).collect();
                self.said = (!texts.is_empty()).then(|| joined(&texts));
            }
            Err(failure) => self.said = Some(failure.to_string()),
        }
    }
}
