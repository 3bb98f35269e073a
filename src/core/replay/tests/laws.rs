//! The laws, over random logs.

use super::*;
use proptest::prelude::*;

/// What a device may do.
#[derive(Debug, Clone)]
enum Act {
    Answer { card: u8, quality: u8, days: u8 },
    Leech { card: u8 },
    Bury { cards: [u8; 2] },
    One { card: u8, kind: EventKind },
    Reschedule { card: u8, days: u8 },
    Import { card: u8, quality: u8, ago: u8 },
    Adopt { card: u8, ease: Option<u32>, interval: u32 },
    Switch { to: u8 },
    Undo { back: u8 },
    Redo { back: u8 },
}

/// Which schedulers there are.
#[derive(Debug, Clone, Copy)]
enum World {
    Sm2,
    Second,
    Both,
}

const WORLDS: [World; 3] = [World::Sm2, World::Second, World::Both];

impl World {
    fn schedulers(self) -> Vec<Scheduler> {
        match self {
            Self::Sm2 => vec![sm2(), short_sm2()],
            Self::Second => vec![second(90, false), second(80, true)],
            Self::Both => vec![sm2(), second(90, false), other_second(), short_sm2(), second(80, true)],
        }
    }
}

/// What happens to a card without more ado.
fn plain() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        Just(EventKind::Crammed { quality: Quality::Q1, took: Millis(1) }),
        Just(EventKind::Suspended),
        Just(EventKind::Unsuspended),
        Just(EventKind::Unburied),
        Just(EventKind::Marked),
        Just(EventKind::Unmarked),
        (0u8..8).prop_map(|flag| EventKind::Flagged { flag }),
        Just(EventKind::Reset),
        Just(EventKind::Restarted),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let card = || 0u8..4;
    prop_oneof![
        10 => (card(), 0u8..6, 0u8..9).prop_map(|(card, quality, days)| Act::Answer { card, quality, days }),
        1 => card().prop_map(|card| Act::Leech { card }),
        1 => [card(), card()].prop_map(|cards| Act::Bury { cards }),
        6 => (card(), plain()).prop_map(|(card, kind)| Act::One { card, kind }),
        1 => (card(), 0u8..40).prop_map(|(card, days)| Act::Reschedule { card, days }),
        2 => (card(), 0u8..6, 0u8..30).prop_map(|(card, quality, ago)| Act::Import { card, quality, ago }),
        1 => (card(), proptest::option::of(130u32..300), 1u32..60)
            .prop_map(|(card, ease, interval)| Act::Adopt { card, ease, interval }),
        1 => (0u8..5).prop_map(|to| Act::Switch { to }),
        3 => (0u8..6).prop_map(|back| Act::Undo { back }),
        1 => (0u8..6).prop_map(|back| Act::Redo { back }),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    proptest::collection::vec(act(), 0..40)
}

/// Acts of which none names another one.
fn forward() -> impl Strategy<Value = Vec<Act>> {
    let takes_back = |act: &Act| matches!(act, Act::Undo { .. } | Act::Redo { .. });
    acts().prop_map(move |acts| acts.into_iter().filter(|act| !takes_back(act)).collect())
}

/// Acts without what another program knew.
fn ours() -> impl Strategy<Value = Vec<Act>> {
    let theirs = |act: &Act| matches!(act, Act::Import { .. } | Act::Adopt { .. });
    acts().prop_map(move |acts| acts.into_iter().filter(|act| !theirs(act)).collect())
}

impl Device {
    /// The own action that is so many steps back.
    fn back(&self, back: u8) -> Option<ActionId> {
        let own = self.log.actions.keys().filter(|action| action.device == self.id);
        own.rev().nth(usize::from(back)).copied()
    }

    fn act(&mut self, act: &Act, schedulers: &[Scheduler]) {
        match act {
            Act::Answer { card, quality, days } => {
                self.answer(*card, *quality, self.day + i32::from(*days));
            }
            Act::Leech { card: number } => {
                let lines = [answered(1), EventKind::Suspended].map(|kind| Line::new(card(*number), kind));
                self.write(lines.to_vec());
            }
            Act::Bury { cards } => {
                let kind = EventKind::Buried { until: StudyDay(self.day + 1) };
                self.write(cards.map(|number| Line::new(card(number), kind.clone())).to_vec());
            }
            Act::One { card, kind } => {
                self.one(*card, kind.clone());
            }
            Act::Reschedule { card, days } => {
                self.reschedule(*card, self.day + i32::from(*days));
            }
            Act::Import { card, quality, ago } => {
                self.import(*card, *quality, self.day - i32::from(*ago), i64::from(*ago));
            }
            Act::Adopt { card, ease, interval } => {
                self.adopt(*card, foreign_memory(*ease, *interval, self.day - 3));
            }
            Act::Switch { to } => self.scheduler = schedulers[usize::from(*to) % schedulers.len()].clone(),
            Act::Undo { back } => {
                if let Some(action) = self.back(*back) {
                    self.undo(&[action]);
                }
            }
            Act::Redo { back } => {
                if let Some(action) = self.back(*back).filter(|action| self.log.voided().contains(*action)) {
                    self.redo(action);
                }
            }
        }
    }

    fn take(&mut self, acts: &[Act], world: World) {
        let schedulers = world.schedulers();
        for act in acts {
            self.act(act, &schedulers);
        }
    }
}

fn device(id: u8, acts: &[Act], world: World) -> Device {
    let mut device = Device::new(id, world.schedulers()[0].clone());
    device.take(acts, world);
    device
}

fn log(id: u8, acts: &[Act], world: World) -> Log {
    device(id, acts, world).log
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_undone_action_never_happened(earlier in acts(), extra in act(), later in forward()) {
        for world in WORLDS {
            let mut with = device(1, &earlier, world);
            let mut without = with.clone();
            let before = with.log.actions.len();
            with.act(&extra, &world.schedulers());
            if with.log.actions.len() == before {
                continue;
            }
            let action = with.back(0).unwrap();
            with.undo(&[action]);
            (without.next, without.hlc, without.day) = (with.next, with.hlc, with.day);
            prop_assert_eq!(with.log.states(), without.log.states());
            with.take(&later, world);
            without.take(&later, world);
            prop_assert_eq!(with.log.states(), without.log.states());
        }
    }

    #[test]
    fn an_undo_of_an_undo_is_as_before(acts in acts(), back in 0u8..9) {
        for world in WORLDS {
            let mut device = device(1, &acts, world);
            let Some(action) = device.back(back) else { continue };
            let before = device.log.states();
            let undo = device.undo(&[action]);
            device.undo(&[undo]);
            prop_assert_eq!(&before, &device.log.states());
        }
    }

    #[test]
    fn a_redo_counts_whoever_undid_it(acts in acts(), back in 0u8..9) {
        for world in WORLDS {
            let mut one = device(1, &acts, world);
            let Some(action) = one.back(back).filter(|action| !one.log.voided().contains(*action)) else { continue };
            let before = one.log.states();
            let mut two = Device::new(2, sm2());
            two.meet(&one.log);
            one.undo(&[action]);
            two.undo(&[action]);
            one.meet(&two.log);
            prop_assert!(one.log.voided().contains(action));
            one.redo(action);
            prop_assert_eq!(&before, &one.log.states());
        }
    }

    #[test]
    fn uniting_logs_is_commutative_associative_and_idempotent(a in acts(), b in acts(), c in acts()) {
        for world in WORLDS {
            let (a, b, c) = (log(1, &a, world), log(2, &b, world), log(3, &c, world));
            prop_assert_eq!(a.union(&b), b.union(&a));
            prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
            prop_assert_eq!(&a.union(&a), &a);
            prop_assert_eq!(a.union(&b).states(), b.union(&a).states());
            prop_assert_eq!(a.union(&b).union(&b).states(), a.union(&b).states());
        }
    }

    #[test]
    fn devices_that_met_before_end_with_the_same_states(a in acts(), b in acts(), more in acts()) {
        for world in WORLDS {
            let (mut one, mut two) = (device(1, &a, world), device(2, &b, world));
            one.meet(&two.log);
            one.take(&more, world);
            two.take(&a, world);
            let known = two.log.clone();
            two.meet(&one.log);
            one.meet(&known);
            prop_assert_eq!(&one.log, &two.log);
            prop_assert_eq!(&one.kept, &two.kept);
        }
    }

    #[test]
    fn states_that_are_moved_on_event_by_event_are_those_of_the_fold(acts in acts()) {
        for world in WORLDS {
            let mut device = device(1, &acts, world);
            device.kept.retain(|_, state| *state != CardState::default());
            prop_assert_eq!(&device.kept, &device.log.states());
        }
    }

    #[test]
    fn computing_all_of_it_again_gives_what_was_there(acts in ours()) {
        for scheduler in [sm2(), second(90, false), second(80, true)] {
            let mut device = Device::new(1, scheduler.clone());
            acts.iter().for_each(|act| device.act(act, std::slice::from_ref(&scheduler)));
            let voided = device.log.voided();
            for number in 0..4 {
                let folding = folding(device.log.of_card(card(number)), &voided, configs(), &mut |_, _| {});
                let again = folding.replayed(card(number), &scheduler, configs());
                prop_assert_eq!(&again.memory, &folding.state().memory);
            }
        }
    }

    /// Switching loses nothing, in any direction: whatever schedulers a card went through, its memory is what the one of
    /// its last answer makes of all of them.
    #[test]
    fn the_memory_is_that_of_the_last_scheduler(acts in ours()) {
        let mut device = Device::new(1, sm2());
        acts.iter().for_each(|act| device.act(act, &[sm2(), second(90, false), other_second()]));
        let voided = device.log.voided();
        for number in 0..4 {
            let events: Vec<Event> = device.log.of_card(card(number)).cloned().collect();
            let last = events.iter().rev().find(|event| event.config.is_some() && !voided.has(event.id));
            let Some(last) = last.and_then(|event| event.config) else { continue };
            let alike: Vec<Event> =
                events.iter().cloned().map(|event| Event { config: event.config.and(Some(last)), ..event }).collect();
            let memory = |events: &[Event]| fold(events, &voided, configs(), |_, _| {}).memory;
            prop_assert_eq!(memory(&events), memory(&alike));
        }
    }

    #[test]
    fn a_record_of_another_program_counts_once_whoever_brought_it(
        a in acts(), b in acts(), ids in proptest::collection::vec(0i32..6, 1..12),
    ) {
        for world in WORLDS {
            let (mut one, mut two) = (device(1, &a, world), device(2, &b, world));
            for id in &ids {
                one.import(9, 4, *id, i64::from(*id));
                two.import(9, 4, *id, i64::from(*id));
            }
            let both = one.log.union(&two.log);
            let mut counted = Vec::new();
            fold(both.of_card(card(9)), &both.voided(), configs(), |_, event| counted.push(event.study_day.0));
            counted.sort_unstable();
            let distinct: Vec<i32> = ids.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            prop_assert_eq!(counted, distinct);
        }
    }
}
