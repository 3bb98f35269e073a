//! Sessions and check-ups: any cards, any inputs, any clock.

use super::Target;
use crate::mutate::Seeds;
use crate::mutate::files_in;
use crate::trial::Chance;
use lmq::core::action::ActionKind;
use lmq::core::card::NoteText;
use lmq::core::checkup;
use lmq::core::checkup::Checkup;
use lmq::core::checkup::Scene;
use lmq::core::compare::answer::Weights;
use lmq::core::event::Draft;
use lmq::core::event::EventKind;
use lmq::core::grade::Quality;
use lmq::core::grade::Scale;
use lmq::core::id::CardId;
use lmq::core::id::NoteUid;
use lmq::core::own_words::OwnWords;
use lmq::core::queue::Candidate;
use lmq::core::queue::Offer;
use lmq::core::queue::Places;
use lmq::core::queue::Queue;
use lmq::core::queue::Siblings;
use lmq::core::queue::Supply;
use lmq::core::scheduler::Scheduler;
use lmq::core::session::Effect;
use lmq::core::session::Input;
use lmq::core::session::Mode;
use lmq::core::session::Session;
use lmq::core::session::Stage;
use lmq::core::session::Transition;
use lmq::core::session::current::Loaded;
use lmq::core::settings::Settings;
use lmq::core::state::CardState;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::formats::IMPORTERS;
use lmq::formats::ImportItem;
use lmq::formats::ReadOptions;
use lmq::formats::Record;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Cursor;

/// The first and the last millisecond of the years that a clock can be set to.
const CLOCK: [i64; 2] = [-62_167_219_200_000, 253_402_300_799_999];

pub(super) fn targets() -> Vec<Target> {
    let texts = texts();
    assert!(texts.len() > 8, "the corpus has notes");
    let of_checkup = texts.clone();
    vec![
        Target::new("session", Seeds::of(&["search", "times"]), move |bytes, chance| session(&texts, bytes, chance)),
        Target::new("check-up", Seeds::of(&["search"]), move |bytes, chance| check_up(&of_checkup, bytes, chance)),
    ]
}

/// All notes of the corpus, in any format.
fn texts() -> Vec<NoteText> {
    let mut texts = Vec::new();
    for importer in IMPORTERS {
        for file in files_in(importer.name()) {
            let options = ReadOptions::default();
            let read = importer.read(&mut Cursor::new(file), &options, &mut |item| {
                if let ImportItem::Record(Record::Note(item)) = item {
                    texts.push(item.text);
                }
                Ok(())
            });
            drop(read);
        }
    }
    texts
}

/// The clock a while later, or set back, or set wrong.
fn moved(now: Timestamp, chance: &mut Chance) -> Timestamp {
    let ms = *chance.pick(&[0, 1, 900, 5_000, 70_000, 3_600_000, 86_400_000, -3_600_000]);
    let unix_ms = match chance.below(200) {
        0 => CLOCK[0],
        1 => CLOCK[1],
        _ => now.unix_ms.saturating_add(ms),
    };
    Timestamp { unix_ms: unix_ms.clamp(CLOCK[0], CLOCK[1]), ..now }
}

fn settings(chance: &mut Chance) -> Settings {
    Settings {
        scale: *chance.pick(&[Scale::Four, Scale::Sm2]),
        fuzz: chance.one_in(2),
        leech_lapses: *chance.pick(&[0, 1, 2, 8]),
        leech_suspend: chance.one_in(2),
        ..Settings::default()
    }
}

/// A state that answers on some days lead to.
fn state(card: CardId, today: StudyDay, chance: &mut Chance) -> CardState {
    let mut state = CardState { marked: chance.one_in(4), ..CardState::default() };
    for _ in 0..chance.below(5) {
        let day = today.plus(-i64::try_from(chance.below(400)).unwrap());
        state = Scheduler::default().answer(card, &state, *chance.pick(&Quality::ALL), day);
    }
    state
}

/// What the person may have typed: a right answer, a part of it, or anything.
fn response(text: &NoteText, ordinal: u16, bytes: &[u8], chance: &mut Chance) -> String {
    match chance.below(5) {
        0 => String::new(),
        1 => text.answer(ordinal),
        2 => (1 + chance.below(9)).to_string(),
        3 => String::from_utf8_lossy(&text.answer(ordinal).as_bytes()[chance.range(text.answer(ordinal).len())])
            .into_owned(),
        _ => String::from_utf8_lossy(&bytes[chance.range(bytes.len())]).into_owned(),
    }
}

struct Sitting {
    session: Session,
    cards: BTreeMap<CardId, Loaded>,
    /// The cards of the answers that were written, oldest first.
    answered: Vec<CardId>,
    now: Timestamp,
    today: StudyDay,
}

impl Sitting {
    fn new(texts: &[NoteText], chance: &mut Chance) -> Self {
        let today = StudyDay(20_468);
        let now = Timestamp { unix_ms: 20_468 * 86_400_000, offset_min: 60 };
        let mut cards = BTreeMap::new();
        for number in 0..1 + chance.below(6) {
            let text = chance.pick(texts).clone();
            let note = NoteUid::of_key("d", &number.to_string());
            let card = CardId { note, ordinal: *chance.pick(&text.ordinals()) };
            cards.insert(
                card,
                Loaded {
                    card,
                    state: state(card, today, chance),
                    scheduler: None,
                    text,
                    weights: Weights::default(),
                    own: OwnWords::default(),
                    variant: chance.below(3),
                    deck: "d".to_owned(),
                    name: format!("d/{number}"),
                    topic: None,
                    primer_first: false,
                },
            );
        }
        let mut supply = Supply::default();
        let mut new = Offer::default();
        for loaded in cards.values() {
            let candidate = Candidate { card: loaded.card, siblings: Siblings(chance.next() % 4) };
            match (&loaded.state.memory, chance.below(2)) {
                (None, _) => new.cards.push((1, candidate)),
                (Some(_), 0) => supply.due.push(candidate),
                (Some(_), _) => supply.repeats.push(candidate),
            }
        }
        supply.new.push(new);
        let places = |chance: &mut Chance| Places::from(*chance.pick(&[0, 1, 3, 99]));
        let (reviews, new) = (places(chance), places(chance));
        let queue = Queue::new(supply, &reviews, new, chance.one_in(2));
        let mode = if chance.one_in(4) { Mode::Cram } else { Mode::Normal };
        let ends = chance.one_in(4).then(|| now.unix_ms + i64::try_from(chance.below(600_000)).unwrap());
        let session = Session::new(queue, settings(chance), mode, ends);
        Self { session, cards, answered: Vec::new(), now, today }
    }

    fn present(&mut self, chance: &mut Chance) {
        let wanted = self.session.wanted(self.now).and_then(|(wanted, _)| self.cards.get(&wanted.card));
        let loaded = wanted.filter(|_| !chance.one_in(20)).cloned();
        self.session = self.session.present(loaded, self.now, self.today);
    }

    fn give(&mut self, input: Input) -> Result<(), String> {
        let before = self.session.clone();
        let Transition { next, effects } = before.step(input.clone(), self.now, self.today);
        let wrong = |what: &str| Err(format!("{input:?}: {what}: {effects:?}"));
        let mut written = 0;
        for effect in &effects {
            match effect {
                Effect::Ignored | Effect::AskAgain(_) if next != before => return wrong("nothing was to change"),
                Effect::Append { kind, events } => {
                    let current = before.current().map(|current| current.loaded.card);
                    if events.is_empty() || events.iter().any(|event| Some(event.card) != current) {
                        return wrong("it is about another card than the one on the screen");
                    }
                    written += usize::from(*kind == ActionKind::Answer);
                    self.apply(events);
                }
                Effect::Leech { lapses: 0, .. } => return wrong("a leech without a lapse"),
                Effect::Ignored | Effect::AskAgain(_) | Effect::ShowBack | Effect::Leech { .. } => {}
            }
        }
        if next.answers() != before.answers() + written {
            return wrong("it counts other answers than it writes");
        }
        self.session = next;
        Ok(())
    }

    /// What the database would make of events.
    fn apply(&mut self, events: &[Draft]) {
        for event in events {
            let Some(loaded) = self.cards.get_mut(&event.card) else { continue };
            match event.kind {
                EventKind::Answered { quality, .. } => {
                    let scheduler = loaded.scheduler.clone().unwrap_or_default();
                    loaded.state = scheduler.answer(event.card, &loaded.state, quality, self.today);
                    self.answered.push(event.card);
                }
                EventKind::Crammed { .. } => self.answered.push(event.card),
                EventKind::Suspended => loaded.state.suspended = true,
                EventKind::Buried { until } => loaded.state.buried_until = Some(until),
                EventKind::Marked => loaded.state.marked = true,
                EventKind::Unmarked => loaded.state.marked = false,
                _ => {}
            }
        }
    }

    fn act(&mut self, bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
        self.now = moved(self.now, chance);
        let current = self.session.current().map(|current| current.loaded.clone());
        let any = *chance.pick(&self.cards.keys().copied().collect::<Vec<CardId>>());
        match chance.below(24) {
            0..=5 => self.present(chance),
            6..=9 => {
                let loaded = current.unwrap_or_else(|| self.cards[&any].clone());
                self.give(Input::Respond(response(&loaded.text, loaded.card.ordinal, bytes, chance)))?;
            }
            10 | 11 => self.give(Input::Grade(*chance.pick(&Quality::ALL)))?,
            12 => self.give(Input::Accept)?,
            13 => self.give(Input::Guessed)?,
            14 => self.give(Input::Mark)?,
            15 => self.give(if chance.one_in(2) { Input::Bury } else { Input::Suspend })?,
            16 => {
                if let Some(card) = self.answered.pop() {
                    self.session = self.session.undone(&[card]);
                }
            }
            17 => self.session = self.session.without(any),
            18 => self.session = self.session.without_current(),
            19 => self.session = self.session.refreshed(&self.cards[&any].state).hinted(any, "a hint").begun(self.now),
            20 => {
                if let Some(loaded) = current {
                    let text = self.cards[&any].text.clone();
                    self.session = self.session.with_text(Loaded { text, ..loaded }, self.today);
                }
            }
            21 => self.give(Input::Show)?,
            22 => self.give(Input::Hide)?,
            _ if chance.one_in(6) => self.give(Input::Quit)?,
            _ => self.today = self.today.plus(i64::try_from(chance.below(3)).unwrap() - 1),
        }
        Ok(())
    }

    /// What a front end shows at any moment.
    fn look(&self) -> Result<(), String> {
        let waiting = self.session.waiting().all();
        if waiting > self.cards.len() {
            return Err(format!("{waiting} cards wait, of {}", self.cards.len()));
        }
        black_box(self.session.time_left(self.now));
        black_box(self.session.face());
        black_box(self.session.suggestion());
        let choices = self.session.choices(self.today);
        if choices.is_empty() == self.session.current().is_some() {
            return Err(format!("{} grades to choose from", choices.len()));
        }
        let summary = self.session.summary(self.today);
        if summary.answers != self.session.answers() || summary.recalled.0 > summary.recalled.1 {
            return Err(format!("{summary:?} of {} answers", self.session.answers()));
        }
        Ok(())
    }
}

fn session(texts: &[NoteText], bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let mut sitting = Sitting::new(texts, chance);
    for _ in 0..30 {
        sitting.act(bytes, chance)?;
        sitting.look()?;
    }
    // Who answers every card well comes to the end.
    for _ in 0..3 * (sitting.cards.len() + 1) {
        match sitting.session.stage() {
            Stage::Finished => return Ok(()),
            Stage::Between => sitting.present(chance),
            Stage::Front(_) => sitting.give(Input::Show)?,
            Stage::Back(_) => sitting.give(Input::Grade(Quality::Q5))?,
        }
    }
    match sitting.session.stage() {
        Stage::Finished => Ok(()),
        stage => Err(format!("it never ends: {stage:?}")),
    }
}

fn check_up(texts: &[NoteText], bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let mut now = Timestamp { unix_ms: 20_468 * 86_400_000, offset_min: 60 };
    let scene = |number: usize| {
        let text = &texts[number % texts.len()];
        let note = NoteUid::of_key("d", &number.to_string());
        (Scene { card: CardId { note, ordinal: text.ordinals()[0] }, uses: number % 3 }, text)
    };
    let scenes: Vec<(Scene, &NoteText)> = (0..chance.below(12)).map(|_| scene(chance.below(99))).collect();
    let order = checkup::in_order(scenes.iter().map(|(scene, _)| *scene).collect(), 1);
    let minutes = *chance.pick(&[None, Some(0), Some(1), Some(3), Some(60)]);
    let mut sitting = Checkup::new(1, order, minutes, None, now);
    for _ in 0..30 {
        now = moved(now, chance);
        let before = sitting.clone();
        let known = sitting.wanted().and_then(|card| scenes.iter().find(|(scene, _)| scene.card == card));
        let text = known.map(|(_, text)| (*text).clone());
        let input = match chance.below(8) {
            0..=2 => {
                sitting = sitting.present(text.filter(|_| !chance.one_in(9)), now);
                continue;
            }
            3 | 4 => {
                let (scene, text) = scene(chance.below(99));
                checkup::Input::Respond(response(text, scene.card.ordinal, bytes, chance))
            }
            5 => checkup::Input::DontKnow,
            6 if chance.one_in(5) => checkup::Input::Quit,
            6 => {
                sitting = sitting.undone().unwrap_or(sitting);
                continue;
            }
            _ => {
                sitting = sitting.without_current().begun(now);
                continue;
            }
        };
        let checkup::Transition { next, effect } = before.step(&input, now);
        let is_answer = matches!(effect, Some(checkup::Effect::Append(_)));
        if next.done() != before.done() + usize::from(is_answer) || next.planned() > before.planned() {
            return Err(format!("{input:?}: {effect:?} took it from {} to {}", before.done(), next.done()));
        }
        if matches!(effect, Some(checkup::Effect::Ignored | checkup::Effect::AskAgain(_))) && next != before {
            return Err(format!("{input:?}: nothing was to change"));
        }
        sitting = if is_answer { next.numbered(7) } else { next };
    }
    Ok(())
}
