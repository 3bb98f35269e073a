//! A log as a set of events: what two devices have is united by taking both.

use crate::core::event::Action;
use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::replay::Configs;
use crate::core::replay::Voided;
use crate::core::replay::fold;
use crate::core::state::CardState;
use crate::core::units::Hlc;
use std::collections::BTreeMap;

/// One line of the log on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogRecord {
    /// A device that wrote some of it.
    Device {
        /// Its id.
        id: DeviceId,
        /// Its name.
        name: String,
        /// The device that it was forked from, and the last sequence that both share.
        parent: Option<(DeviceId, Option<u64>)>,
        /// When it was made, ms.
        created_at_ms: i64,
    },
    /// A scheduler configuration.
    Config {
        /// Its content hash.
        id: ConfigId,
        /// Its name.
        name: String,
        /// Its canonical JSON.
        json: String,
    },
    /// An action, with the first of its events' sequences and their number.
    Action(Action, u64, u64),
    /// An event.
    Event(Box<Event>),
}

/// Events in their total order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Log(BTreeMap<(Hlc, EventId), Event>);

impl FromIterator<Event> for Log {
    fn from_iter<T: IntoIterator<Item = Event>>(events: T) -> Self {
        Self(events.into_iter().map(|event| (event.order(), event)).collect())
    }
}

impl Log {
    /// Both logs' events, each once. Commutative, associative and idempotent, since an event's name is never used twice.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.0.values().chain(other.0.values()).cloned().collect()
    }

    /// The events in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.0.values()
    }

    /// The actions that no longer count.
    #[must_use]
    pub fn voided(&self) -> Voided {
        Voided::of(self.events().filter(|event| matches!(event.fact, Fact::Undone { .. })))
    }

    /// The state of every card that the log names.
    #[must_use]
    pub fn states(&self, configs: &Configs) -> BTreeMap<CardId, CardState> {
        let mut by_card: BTreeMap<CardId, Vec<&Event>> = BTreeMap::new();
        for event in self.events() {
            if let Some(card) = event.card {
                by_card.entry(card).or_default().push(event);
            }
        }
        let voided = self.voided();
        by_card.into_iter().map(|(card, events)| (card, fold(events, &voided, configs, |_, _| {}))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::After;
    use crate::core::event::Detail;
    use crate::core::grade::Quality;
    use crate::core::id::ActionId;
    use crate::core::id::NoteUid;
    use crate::core::scheduler::Scheduler;
    use crate::core::study_day::StudyDay;
    use crate::core::study_day::Timestamp;
    use crate::core::units::Millis;
    use proptest::prelude::*;

    /// A device that keeps its log as `lmq` does: each answer sees the state that the log before it adds up to.
    struct Device {
        id: DeviceId,
        log: Log,
        next: u64,
        hlc: Hlc,
    }

    #[derive(Debug, Clone)]
    enum Step {
        Answer { card: u8, quality: u8, days: u8 },
        Suspend { card: u8 },
        Unsuspend { card: u8 },
        Bury { card: u8 },
        Mark { card: u8 },
        Reset { card: u8 },
        Restart { card: u8 },
        Undo { back: u8 },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0u8..4, 0u8..6, 0u8..9).prop_map(|(card, quality, days)| Step::Answer { card, quality, days }),
            1 => (0u8..4).prop_map(|card| Step::Suspend { card }),
            1 => (0u8..4).prop_map(|card| Step::Unsuspend { card }),
            1 => (0u8..4).prop_map(|card| Step::Bury { card }),
            1 => (0u8..4).prop_map(|card| Step::Mark { card }),
            1 => (0u8..4).prop_map(|card| Step::Reset { card }),
            1 => (0u8..4).prop_map(|card| Step::Restart { card }),
            3 => (0u8..6).prop_map(|back| Step::Undo { back }),
        ];
        proptest::collection::vec(step, 0..40)
    }

    fn configs() -> Configs {
        let scheduler = Scheduler::default();
        Configs::from([(scheduler.id(), scheduler)])
    }

    fn card(number: u8) -> CardId {
        CardId { note: NoteUid([number; 16]), ordinal: 1 }
    }

    impl Device {
        fn new(id: u8, log: Log) -> Self {
            let hlc = log.events().map(|event| event.hlc).max().unwrap_or_default();
            Self { id: DeviceId([id; 16]), log, next: 1, hlc }
        }

        fn write(&mut self, card: Option<CardId>, fact: Fact, day: i32) {
            let states = self.log.states(&configs());
            let state = card.and_then(|card| states.get(&card).cloned()).unwrap_or_default();
            let after = match (&fact, card) {
                (Fact::Answered { quality, .. }, Some(card)) => Scheduler::default()
                    .answer(card, &state, *quality, StudyDay(day))
                    .memory
                    .map(|memory| After::of(&memory)),
                _ => None,
            };
            self.hlc = Hlc::after(self.hlc, i64::from(day) * 1000);
            let event = Event {
                id: EventId { device: self.id, sequence: self.next },
                action: self.next,
                hlc: self.hlc,
                at: Timestamp { unix_ms: i64::from(day) * 86_400_000, offset_min: 0 },
                study_day: StudyDay(day),
                card,
                fact,
                config: Some(Scheduler::default().id()),
                prev: state.last_event,
                after,
                detail: Detail::default(),
            };
            self.next += 1;
            self.log = self.log.union(&[event].into_iter().collect());
        }

        fn take(&mut self, steps: &[Step]) {
            let mut day = 0;
            for step in steps {
                match step {
                    Step::Answer { card: number, quality, days } => {
                        day += i32::from(*days);
                        let quality = Quality::try_from(*quality).unwrap();
                        self.write(Some(card(*number)), Fact::Answered { quality, took: Millis(1) }, day);
                    }
                    Step::Suspend { card: number } => self.write(Some(card(*number)), Fact::Suspended, day),
                    Step::Unsuspend { card: number } => self.write(Some(card(*number)), Fact::Unsuspended, day),
                    Step::Bury { card: number } => {
                        self.write(Some(card(*number)), Fact::Buried { until: StudyDay(day + 1) }, day);
                    }
                    Step::Mark { card: number } => self.write(Some(card(*number)), Fact::Marked, day),
                    Step::Reset { card: number } => self.write(Some(card(*number)), Fact::Reset, day),
                    Step::Restart { card: number } => self.write(Some(card(*number)), Fact::Restarted, day),
                    Step::Undo { back } => {
                        let number = self.next.saturating_sub(1 + u64::from(*back)).max(1);
                        if number < self.next {
                            self.write(None, Fact::Undone { action: ActionId { device: self.id, number } }, day);
                        }
                    }
                }
            }
        }
    }

    fn log_of(device: u8, steps: &[Step]) -> Log {
        let mut device = Device::new(device, Log::default());
        device.take(steps);
        device.log
    }

    fn without_outcomes(log: &Log) -> Log {
        log.events().cloned().map(|event| Event { after: None, ..event }).collect()
    }

    fn memories(log: &Log) -> BTreeMap<CardId, CardState> {
        log.states(&configs())
    }

    proptest! {
        #[test]
        fn sm2_recomputed_from_the_grades_equals_what_was_copied(steps in steps()) {
            let log = log_of(1, &steps);
            prop_assert_eq!(memories(&log), memories(&without_outcomes(&log)));
        }

        #[test]
        fn an_undone_action_never_happened(steps in steps(), extra in 0u8..4, quality in 0u8..6, later in steps()) {
            let mut with = Device::new(1, Log::default());
            with.take(&steps);
            let fact = Fact::Answered { quality: Quality::try_from(quality).unwrap(), took: Millis(1) };
            with.write(Some(card(extra)), fact, 400);
            let number = with.next - 1;
            with.write(None, Fact::Undone { action: ActionId { device: with.id, number } }, 400);
            let later: Vec<Step> = later.into_iter().filter(|step| !matches!(step, Step::Undo { .. })).collect();
            with.take(&later);
            let mut without = Device::new(1, Log::default());
            without.take(&steps);
            without.next += 2;
            without.hlc = Hlc(without.hlc.0.max(400_000_000) + 1);
            without.take(&later);
            let names_aside = |log: &Log| -> BTreeMap<CardId, CardState> {
                memories(log)
                    .into_iter()
                    .map(|(card, state)| (card, CardState { last_event: None, ..state }))
                    .filter(|(_, state)| *state != CardState::default())
                    .collect()
            };
            prop_assert_eq!(names_aside(&with.log), names_aside(&without.log));
        }

        #[test]
        fn an_undo_of_an_undo_is_as_before(steps in steps()) {
            let mut device = Device::new(1, Log::default());
            device.take(&steps);
            if device.next == 1 { return Ok(()); }
            let before = memories(&device.log);
            let number = device.next - 1;
            device.write(None, Fact::Undone { action: ActionId { device: device.id, number } }, 500);
            device.write(None, Fact::Undone { action: ActionId { device: device.id, number: number + 1 } }, 500);
            prop_assert_eq!(before, memories(&device.log));
        }

        #[test]
        fn uniting_logs_is_commutative_associative_and_idempotent(a in steps(), b in steps(), c in steps()) {
            let (a, b, c) = (log_of(1, &a), log_of(2, &b), log_of(3, &c));
            prop_assert_eq!(a.union(&b), b.union(&a));
            prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
            prop_assert_eq!(a.union(&a), a.clone());
            prop_assert_eq!(memories(&a.union(&b)), memories(&b.union(&a)));
            prop_assert_eq!(memories(&a.union(&b).union(&b)), memories(&a.union(&b)));
        }

        #[test]
        fn a_united_log_folds_as_if_one_hand_had_written_the_grades(a in steps(), b in steps()) {
            let both = log_of(1, &a).union(&log_of(2, &b));
            prop_assert_eq!(memories(&both), memories(&without_outcomes(&both)));
        }
    }

    #[test]
    fn worked_case_22_undoing_four_answers_gives_the_state_after_three() {
        let mut device = Device::new(1, Log::default());
        let mut day = 0;
        for quality in [4, 4, 4, 2, 4, 4, 4] {
            let fact = Fact::Answered { quality: Quality::try_from(quality).unwrap(), took: Millis(1) };
            device.write(Some(card(1)), fact, day);
            day = memories(&device.log)[&card(1)].memory.as_ref().unwrap().due.0;
        }
        for number in [7, 6, 5, 4] {
            device.write(None, Fact::Undone { action: ActionId { device: device.id, number } }, day);
        }
        let memory = memories(&device.log)[&card(1)].memory.clone().unwrap();
        assert_eq!(
            (memory.interval.0, memory.ease.hundredths(), memory.repetitions, memory.lapses, memory.due.0),
            (15, 250, 3, 0, 22)
        );
    }

    #[test]
    fn undoing_an_older_answer_computes_the_later_ones_again() {
        let mut device = Device::new(1, Log::default());
        for (quality, day) in [(2, 0), (4, 1), (4, 2)] {
            let fact = Fact::Answered { quality: Quality::try_from(quality).unwrap(), took: Millis(1) };
            device.write(Some(card(1)), fact, day);
        }
        device.write(None, Fact::Undone { action: ActionId { device: device.id, number: 1 } }, 3);
        let memory = memories(&device.log)[&card(1)].memory.clone().unwrap();
        assert_eq!((memory.interval.0, memory.ease.hundredths(), memory.repetitions), (6, 250, 2));
    }

    #[test]
    fn two_devices_that_undo_the_same_answer_agree() {
        let mut one = Device::new(1, Log::default());
        one.write(Some(card(1)), Fact::Answered { quality: Quality::Q4, took: Millis(1) }, 0);
        let mut two = Device::new(2, one.log.clone());
        let undo = Fact::Undone { action: ActionId { device: one.id, number: 1 } };
        one.write(None, undo.clone(), 1);
        two.write(None, undo, 1);
        let both = one.log.union(&two.log);
        assert_eq!(memories(&both)[&card(1)].memory, None);
    }
}
