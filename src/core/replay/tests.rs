//! The laws of the log, each for both kinds of scheduler: what two devices have is united by taking both, and what was
//! taken back never happened.

use super::*;
use crate::core::event::Detail;
use crate::core::event::Span;
use crate::core::id::ActionId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::scheduler::Second;
use crate::core::scheduler::Sm2;
use crate::core::state::Model;
use crate::core::study_day::Timestamp;
use crate::core::units::Days;
use crate::core::units::Difficulty;
use crate::core::units::Ease;
use crate::core::units::Millis;
use crate::core::units::Stability;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;
use std::sync::OnceLock;

mod cases;
mod laws;

const DAY_MS: i64 = 86_400_000;

/// The same cases in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` give others.
fn config() -> Config {
    let mut config = Config::default();
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

fn second(retention: u32, fuzz: bool) -> Scheduler {
    Scheduler::Second(Second { retention, fuzz, ..Second::default() })
}

/// Other memory parameters of the same algorithm.
fn other_second() -> Scheduler {
    let mut second = Second::default();
    second.weights[3] = 60_000;
    second.weights[8] = 17_000;
    Scheduler::Second(second)
}

fn short_sm2() -> Scheduler {
    Scheduler::Sm2(Sm2 { maximum_interval: Days(20), fuzz: true })
}

fn sm2() -> Scheduler {
    Scheduler::default()
}

fn configs() -> &'static Configs {
    static CONFIGS: OnceLock<Configs> = OnceLock::new();
    CONFIGS.get_or_init(|| {
        let all = [sm2(), short_sm2(), second(90, false), second(80, true), other_second()];
        all.into_iter().map(|scheduler| (scheduler.id(), scheduler)).collect()
    })
}

fn card(number: u8) -> CardId {
    CardId { note: NoteUid([number; 16]), ordinal: 1 }
}

fn answered(quality: u8) -> EventKind {
    EventKind::Answered { quality: Quality::try_from(quality).unwrap(), took: Millis(1) }
}

/// A log as the set of its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Log {
    events: BTreeMap<(Hlc, EventId), Event>,
    undos: BTreeMap<EventId, Undo>,
    actions: BTreeMap<ActionId, u64>,
}

impl Log {
    /// Both logs' entries, each once.
    fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.events.extend(other.events.clone());
        all.undos.extend(other.undos.clone());
        all.actions.extend(other.actions.clone());
        all
    }

    fn voided(&self) -> Voided {
        Voided::of(self.undos.values().copied(), |action| self.actions.get(&action).copied().unwrap_or(1))
    }

    fn of_card(&self, card: CardId) -> impl Iterator<Item = &Event> {
        self.events.values().filter(move |event| event.card == card)
    }

    fn state(&self, card: CardId) -> CardState {
        fold(self.of_card(card), &self.voided(), configs(), |_, _| {})
    }

    /// The cards about which anything is to be said.
    fn states(&self) -> BTreeMap<CardId, CardState> {
        let mut cards: BTreeMap<CardId, Vec<&Event>> = BTreeMap::new();
        for event in self.events.values() {
            cards.entry(event.card).or_default().push(event);
        }
        let voided = self.voided();
        let states = cards.into_iter().map(|(card, events)| (card, fold(events, &voided, configs(), |_, _| {})));
        states.filter(|(_, state)| *state != CardState::default()).collect()
    }

    fn memory(&self, card: CardId) -> Option<Memory> {
        self.state(card).memory
    }
}

/// A device that keeps its log as `lmq` does.
#[derive(Debug, Clone)]
struct Device {
    id: DeviceId,
    log: Log,
    next: u64,
    hlc: Hlc,
    day: i32,
    scheduler: Scheduler,
    /// The states as the store keeps them: moved on by each event, folded again only where that is needed.
    kept: BTreeMap<CardId, CardState>,
}

/// One event about to be written.
#[derive(Debug, Clone)]
struct Line {
    card: CardId,
    kind: EventKind,
    memory: Option<Memory>,
    /// The day, and the id in another program.
    foreign: Option<(i32, i64)>,
}

impl Line {
    fn new(card: CardId, kind: EventKind) -> Self {
        Self { card, kind, memory: None, foreign: None }
    }
}

impl Device {
    fn new(id: u8, scheduler: Scheduler) -> Self {
        Self {
            id: DeviceId([id; 16]),
            log: Log::default(),
            next: 1,
            hlc: Hlc::default(),
            day: 0,
            scheduler,
            kept: BTreeMap::new(),
        }
    }

    /// Takes over what another device has.
    fn meet(&mut self, other: &Log) {
        self.log = self.log.union(other);
        let newest = other.events.keys().map(|(hlc, _)| *hlc).chain(other.undos.values().map(|undo| undo.hlc)).max();
        self.hlc = self.hlc.max(newest.unwrap_or_default());
        self.kept = self.log.states();
    }

    fn begin(&mut self, entries: u64) -> ActionId {
        self.hlc = Hlc::after(self.hlc, i64::from(self.day) * DAY_MS);
        let action = ActionId { device: self.id, number: self.next };
        self.log.actions.insert(action, entries);
        self.next += entries;
        action
    }

    /// One action of these events.
    fn write(&mut self, lines: Vec<Line>) -> ActionId {
        let action = self.begin(u64::try_from(lines.len()).unwrap());
        for (line, sequence) in lines.into_iter().zip(action.number..) {
            let last = self.kept.get(&line.card).and_then(|state| state.last_event);
            let day = line.foreign.map_or(self.day, |(day, _)| day);
            let configured = matches!(
                line.kind,
                EventKind::Answered { .. } | EventKind::Imported { .. } | EventKind::Adopted | EventKind::Rescheduled
            );
            let foreign = line.foreign.map(|(_, id)| Foreign { program: "anki".to_owned(), id });
            let event = Event {
                id: EventId { device: self.id, sequence },
                hlc: self.hlc,
                at: Timestamp { unix_ms: i64::from(day) * DAY_MS, offset_min: 0 },
                study_day: StudyDay(day),
                card: line.card,
                kind: line.kind,
                config: configured.then(|| self.scheduler.id()),
                prev: last.filter(|last| last.device != self.id),
                memory: line.memory,
                detail: Detail { foreign, ..Detail::default() },
            };
            self.log.events.insert(event.order(), event.clone());
            self.keep(&event);
        }
        action
    }

    /// What the store does with an event that it has just written.
    fn keep(&mut self, event: &Event) {
        let before = self.kept.get(&event.card).cloned().unwrap_or_default();
        let replays = event.config.is_some() && replay_needed(&before, &self.scheduler, configs());
        let after = if replays || event.detail.foreign.is_some() {
            self.log.state(event.card)
        } else {
            apply(&before, event, configs())
        };
        self.kept.insert(event.card, after);
    }

    fn one(&mut self, number: u8, kind: EventKind) -> ActionId {
        self.write(vec![Line::new(card(number), kind)])
    }

    fn answer(&mut self, number: u8, quality: u8, day: i32) -> ActionId {
        self.day = day;
        self.one(number, answered(quality))
    }

    /// An answer of another program, given on `day`.
    fn import(&mut self, number: u8, quality: u8, day: i32, id: i64) -> ActionId {
        let kind = EventKind::Imported { quality: Quality::try_from(quality).unwrap(), took: Millis(1) };
        self.write(vec![Line { foreign: Some((day, id)), ..Line::new(card(number), kind) }])
    }

    fn adopt(&mut self, number: u8, memory: Memory) -> ActionId {
        self.write(vec![Line { memory: Some(memory), ..Line::new(card(number), EventKind::Adopted) }])
    }

    /// Sets a card's due day, as the store does it: the memory that it carries is the present one with that day.
    fn reschedule(&mut self, number: u8, due: i32) -> ActionId {
        let card = card(number);
        let before = seen_by(card, self.log.of_card(card), &self.log.voided(), configs(), &self.scheduler);
        let memory = before.memory.unwrap_or_else(|| new_memory(&self.scheduler, self.day));
        let memory = Some(Memory { due: StudyDay(due), ..memory });
        self.write(vec![Line { memory, ..Line::new(card, EventKind::Rescheduled) }])
    }

    /// Takes all of these back in one action: an undo where it is one, a redo where they are undos.
    fn undo(&mut self, names: &[ActionId]) -> ActionId {
        let entries = u64::try_from(names.len()).unwrap();
        let span = Span { action: self.begin(entries), entries };
        for (names, sequence) in names.iter().zip(span.action.number..) {
            let by = EventId { device: self.id, sequence };
            self.log.undos.insert(by, Undo { by, hlc: self.hlc, span, names: *names });
        }
        self.kept = self.log.states();
        span.action
    }

    fn redo(&mut self, action: ActionId) -> ActionId {
        let undos = self.log.voided().counting_undos_of(action);
        self.undo(&undos)
    }
}

/// What a card that was never answered carries when its day is set.
fn new_memory(scheduler: &Scheduler, day: i32) -> Memory {
    let model = match scheduler {
        Scheduler::Sm2(_) => Model::Sm2 { ease: Ease::START },
        Scheduler::Second(_) => {
            Model::Fsrs { stability: Stability::default(), difficulty: Difficulty::from_decimal(5.0) }
        }
    };
    Memory::before_first(StudyDay(day), model)
}

/// Another program's state of a card.
fn foreign_memory(ease: Option<u32>, interval: u32, last: i32) -> Memory {
    let model = match ease {
        Some(ease) => Model::Sm2 { ease: Ease::from_hundredths(ease) },
        None => Model::Fsrs {
            stability: Stability::from_days(f64::from(interval) + 0.25),
            difficulty: Difficulty::from_decimal(6.5),
        },
    };
    let due = StudyDay(last).plus(i64::from(interval));
    Memory {
        repetitions: 4,
        interval: Days(interval),
        lapses: 1,
        due,
        last_quality: Quality::Q4,
        ..Memory::before_first(StudyDay(last), model)
    }
}
