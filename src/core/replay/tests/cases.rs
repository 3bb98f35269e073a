//! Single cases of the rules.

use super::*;

/// One scheduler of each kind.
fn both() -> [Scheduler; 2] {
    [sm2(), second(90, false)]
}

fn sm2_numbers(memory: &Memory) -> (u32, u32, u32, u32, i32) {
    let ease = memory.ease().unwrap().hundredths();
    (memory.interval.0, ease, memory.repetitions, memory.lapses, memory.due.0)
}

fn second_numbers(memory: &Memory) -> (u64, u32) {
    match memory.model {
        Model::Fsrs { stability, difficulty } => (stability.0, difficulty.0),
        Model::Sm2 { .. } => panic!("{memory:?}"),
    }
}

/// A device after these answers (grade, day) to card 1.
fn after(scheduler: &Scheduler, answers: &[(u8, i32)]) -> Device {
    let mut device = Device::new(1, scheduler.clone());
    for (quality, day) in answers {
        device.answer(1, *quality, *day);
    }
    device
}

fn memory_after(scheduler: &Scheduler, answers: &[(u8, i32)]) -> Option<Memory> {
    after(scheduler, answers).log.memory(card(1))
}

fn seen(device: &Device, scheduler: &Scheduler) -> CardState {
    seen_by(card(1), device.log.of_card(card(1)), &device.log.voided(), configs(), scheduler)
}

#[test]
fn worked_case_22_undoing_four_answers_gives_the_state_after_three() {
    for scheduler in both() {
        let mut device = Device::new(1, scheduler);
        let (mut states, mut actions) = (Vec::new(), Vec::new());
        for quality in [4, 4, 4, 2, 4, 4, 4] {
            actions.push(device.answer(1, quality, device.day));
            let memory = device.log.memory(card(1)).unwrap();
            device.day = memory.due.0;
            states.push(memory);
        }
        for action in actions[3..].iter().rev() {
            device.undo(&[*action]);
        }
        let memory = device.log.memory(card(1)).unwrap();
        assert_eq!(memory, states[2]);
        if memory.ease().is_some() {
            assert_eq!(sm2_numbers(&memory), (15, 250, 3, 0, 22));
        }
    }
}

#[test]
fn undoing_an_older_answer_computes_the_later_ones_again() {
    for scheduler in both() {
        let mut device = after(&scheduler, &[(2, 0), (4, 1), (4, 2)]);
        device.undo(&[ActionId { device: device.id, number: 1 }]);
        let memory = device.log.memory(card(1)).unwrap();
        assert_eq!(Some(&memory), memory_after(&scheduler, &[(4, 1), (4, 2)]).as_ref());
        if memory.ease().is_some() {
            assert_eq!(sm2_numbers(&memory), (6, 250, 2, 0, 8));
        }
    }
}

#[test]
fn two_devices_that_undo_the_same_answer_agree_and_a_redo_names_both() {
    for scheduler in both() {
        let mut one = Device::new(1, scheduler.clone());
        let answer = one.answer(1, 4, 0);
        let mut two = Device::new(2, scheduler);
        two.meet(&one.log);
        let undos = [one.undo(&[answer]), two.undo(&[answer])];
        let both = one.log.union(&two.log);
        assert_eq!(both.memory(card(1)), None);
        let named: BTreeSet<_> = both.voided().counting_undos_of(answer).into_iter().collect();
        assert_eq!(named, BTreeSet::from(undos));
        // A redo that knew of one undo alone: the other still counts.
        let half = one.redo(answer);
        assert!(one.log.memory(card(1)).is_some());
        one.meet(&two.log);
        assert_eq!(one.log.memory(card(1)), None);
        let whole = one.redo(answer);
        assert!(one.log.memory(card(1)).is_some());
        // And the two redos are taken back one by one.
        one.undo(&[whole]);
        assert_eq!(one.log.memory(card(1)), None);
        assert_eq!(one.log.voided().counting_undos_of(answer).len(), 1);
        one.undo(&[half]);
        assert_eq!(one.log.voided().counting_undos_of(answer).len(), 2);
    }
}

#[test]
fn one_redo_of_two_undos_is_one_action() {
    let mut one = Device::new(1, sm2());
    let answer = one.answer(1, 4, 0);
    let mut two = Device::new(2, sm2());
    two.meet(&one.log);
    one.undo(&[answer]);
    two.undo(&[answer]);
    one.meet(&two.log);
    let redo = one.redo(answer);
    assert_eq!(one.log.actions.get(&redo), Some(&2));
    assert!(one.log.memory(card(1)).is_some());
    one.undo(&[redo]);
    assert!(one.log.voided().spans().any(|span| span == Span { action: redo, entries: 2 }));
    assert_eq!(one.log.memory(card(1)), None);
}

#[test]
fn an_undone_action_is_void_with_all_its_entries_and_nothing_else() {
    let mut device = Device::new(1, sm2());
    device.answer(1, 4, 0);
    let buried = EventKind::Buried { until: StudyDay(9) };
    let bulk = device.write((1..=3).map(|number| Line::new(card(number), buried.clone())).collect());
    device.answer(1, 4, 1);
    let before = device.log.voided();
    assert!(before.is_empty());
    let undo = device.undo(&[bulk]);
    let voided = device.log.voided();
    let has = |sequence| voided.has(EventId { device: device.id, sequence });
    assert_eq!([1, 2, 3, 4, 5, 6].map(has), [false, true, true, true, false, false]);
    assert!(!voided.has(EventId { device: DeviceId([2; 16]), sequence: 3 }));
    let span = Span { action: bulk, entries: 3 };
    assert_eq!(voided.spans().collect::<Vec<_>>(), [span]);
    assert_eq!((voided.difference(&before), before.difference(&voided)), (vec![span], vec![span]));
    assert_eq!(voided.difference(&voided), []);
    let redo = device.redo(bulk);
    let redone = device.log.voided();
    assert!(redone.contains(undo) && !redone.contains(bulk) && !redone.contains(redo));
    assert_eq!(redone.difference(&voided), [span, Span { action: undo, entries: 1 }]);
}

#[test]
fn an_undo_that_is_known_before_its_action_acts_when_that_arrives() {
    let mut one = Device::new(1, sm2());
    let marked = one.write((1..=2).map(|number| Line::new(card(number), EventKind::Marked)).collect());
    let written = one.log.clone();
    one.undo(&[marked]);
    let undo = Log { undos: one.log.undos.clone(), ..Log::default() };
    let early = undo.voided();
    assert_eq!(early.spans().collect::<Vec<_>>(), [Span { action: marked, entries: 1 }]);
    let both = undo.union(&written);
    assert_eq!(both.states(), BTreeMap::new());
    assert_eq!(both.voided().difference(&early), [Span { action: marked, entries: 2 }]);
}

#[test]
fn an_undo_never_names_itself_or_what_comes_later() {
    let device = DeviceId([1; 16]);
    let undo = |number, names| {
        let span = Span { action: ActionId { device, number }, entries: 1 };
        let by = EventId { device, sequence: number };
        Undo { by, hlc: Hlc(i64::try_from(number).unwrap()), span, names: ActionId { device, number: names } }
    };
    assert!(Voided::of([undo(5, 5), undo(6, 9)], |_| 1).is_empty());
}

#[test]
fn another_scheduler_starts_from_a_replay_of_everything_that_counts() {
    let (first, then) = (sm2(), second(90, false));
    let mut device = after(&first, &[(4, 0), (2, 1), (4, 2), (4, 3)]);
    device.undo(&[ActionId { device: device.id, number: 2 }]);
    device.scheduler = then.clone();
    device.answer(1, 4, 9);
    assert_eq!(device.log.memory(card(1)), memory_after(&then, &[(4, 0), (4, 2), (4, 3), (4, 9)]));
    device.scheduler = first.clone();
    device.answer(1, 5, 30);
    assert_eq!(device.log.memory(card(1)), memory_after(&first, &[(4, 0), (4, 2), (4, 3), (4, 9), (5, 30)]));
    let state = device.log.state(card(1));
    assert_eq!((state.config, state.answers), (Some(first.id()), 5));
}

#[test]
fn what_is_no_memory_parameter_acts_from_the_next_answer_on() {
    for (usual, other) in [(sm2(), short_sm2()), (second(90, false), second(80, true))] {
        let device = after(&usual, &[(4, 0), (4, 1)]);
        let state = device.log.state(card(1));
        assert!(usual.same_memory(&other) && !replay_needed(&state, &other, configs()));
        assert_eq!(seen(&device, &other), state);
    }
    assert!(!second(90, false).same_memory(&other_second()));
    assert!(!sm2().same_memory(&second(90, false)));
}

#[test]
fn a_session_sees_the_state_that_its_scheduler_starts_from() {
    let device = after(&sm2(), &[(4, 0), (4, 1)]);
    let under = seen(&device, &second(90, false));
    assert_eq!(under.memory, memory_after(&second(90, false), &[(4, 0), (4, 1)]));
    assert_eq!((under.last_event, under.answers), (device.log.state(card(1)).last_event, 2));
}

#[test]
fn statistics_see_the_state_as_it_was_before_the_replay() {
    let mut device = after(&sm2(), &[(4, 0), (4, 1)]);
    device.scheduler = second(90, false);
    device.answer(1, 4, 3);
    let mut seen = Vec::new();
    fold(device.log.of_card(card(1)), &Voided::default(), configs(), |before, event| {
        seen.push((before.memory.as_ref().map(|memory| memory.due.0), AnswerKind::of(before, event.study_day)));
    });
    assert_eq!(seen, [(None, AnswerKind::First), (Some(1), AnswerKind::Review), (Some(7), AnswerKind::Early)]);
}

#[test]
fn answers_of_another_program_belong_to_the_seconds_replay_at_their_own_instants() {
    let history = [(4, 0), (2, 3), (4, 4)];
    for scheduler in both() {
        let mut device = Device::new(1, scheduler.clone());
        device.day = 20;
        // They are brought in another order than they were given in.
        for index in [2, 0, 1] {
            let (quality, day) = history[index];
            device.import(1, quality, day, i64::from(day));
        }
        assert_eq!(device.log.states(), BTreeMap::new(), "an import alone leaves a card as it is");
        device.answer(1, 4, 21);
        let state = device.log.state(card(1));
        let answers = if scheduler.replays_imported() { [&history[..], &[(4, 21)]].concat() } else { vec![(4, 21)] };
        assert_eq!(state.memory, memory_after(&scheduler, &answers));
        assert_eq!(state.answers, 1);
    }
}

#[test]
fn an_answer_of_another_program_that_is_older_than_ours_comes_before_it_in_a_replay() {
    let mut device = after(&sm2(), &[(4, 10)]);
    device.day = 12;
    let mut again = device.clone();
    device.import(1, 2, 3, 1);
    device.scheduler = second(90, false);
    device.answer(1, 4, 15);
    assert_eq!(device.log.memory(card(1)), memory_after(&second(90, false), &[(2, 3), (4, 10), (4, 15)]));
    again.one(1, EventKind::Reset);
    again.import(1, 2, 3, 1);
    again.scheduler = second(90, false);
    again.answer(1, 4, 15);
    let fresh = memory_after(&second(90, false), &[(4, 15)]);
    assert_eq!(again.log.memory(card(1)), fresh, "a reset comes after what is older than it");
}

#[test]
fn an_undone_import_leaves_the_record_to_the_next_one() {
    let mut one = Device::new(1, second(90, false));
    let import = one.import(1, 4, 0, 7);
    let mut two = Device::new(2, second(90, false));
    two.meet(&one.log);
    two.import(1, 4, 0, 7);
    one.meet(&two.log);
    let counted = |log: &Log| {
        let mut counted = Vec::new();
        fold(log.of_card(card(1)), &log.voided(), configs(), |_, event| counted.push(event.id.device));
        counted
    };
    assert_eq!(counted(&one.log), [one.id]);
    one.undo(&[import]);
    assert_eq!(counted(&one.log), [two.id]);
}

#[test]
fn a_state_is_taken_over_only_where_no_counting_answer_of_ours_came_before() {
    for scheduler in both() {
        let ease = (!scheduler.replays_imported()).then_some(230);
        let theirs = foreign_memory(ease, 30, 5);
        let mut device = Device::new(1, scheduler.clone());
        let answer = device.answer(1, 4, 0);
        let ours = device.log.memory(card(1));
        device.day = 8;
        device.adopt(1, theirs.clone());
        assert_eq!(device.log.memory(card(1)), ours);
        device.undo(&[answer]);
        assert_eq!(device.log.memory(card(1)), Some(theirs));
        // A second one takes the first one's place, until we answered: a repeat on its own day, even.
        let newer = foreign_memory(ease, 40, 8);
        device.adopt(1, newer.clone());
        assert_eq!(device.log.memory(card(1)), Some(newer));
        device.answer(1, 3, 8);
        let ours = device.log.state(card(1));
        device.adopt(1, foreign_memory(ease, 2, 1));
        assert_eq!(device.log.memory(card(1)), ours.memory);
        assert_eq!(ours.answers, 1);
    }
}

#[test]
fn a_state_of_another_model_keeps_its_schedule_and_has_its_numbers_from_the_answers_or_guessed() {
    // SM-2's ease is not guessed: it begins where every card's does.
    let mut device = Device::new(1, second(90, false));
    device.adopt(1, foreign_memory(None, 30, 0));
    device.scheduler = sm2();
    device.answer(1, 4, 30);
    assert_eq!(sm2_numbers(&device.log.memory(card(1)).unwrap()), (75, 250, 5, 1, 105));

    // The second scheduler has a guess where there is nothing but an ease …
    let mut device = Device::new(1, sm2());
    device.day = 40;
    device.adopt(1, foreign_memory(Some(250), 38, 5));
    let guessed = seen(&device, &second(90, false)).memory.unwrap();
    let (stability, difficulty) = second_numbers(&guessed);
    assert_eq!((stability, (difficulty + 50) / 100), (38_000_000_000, 58_963));
    assert_eq!((guessed.due, guessed.interval, guessed.lapses), (StudyDay(43), Days(38), 1));
    // … and computes where the answers came too.
    device.import(1, 4, 1, 1);
    device.import(1, 4, 5, 2);
    let computed = seen(&device, &second(90, false)).memory.unwrap();
    assert_eq!(computed.model, memory_after(&second(90, false), &[(4, 1), (4, 5)]).unwrap().model);
    assert_eq!((computed.due, computed.interval, computed.lapses), (StudyDay(43), Days(38), 1));
}

#[test]
fn a_state_of_other_parameters_keeps_its_numbers_unless_the_answers_came_too() {
    let theirs = foreign_memory(None, 30, 5);
    let mut device = Device::new(1, other_second());
    device.day = 40;
    device.adopt(1, theirs.clone());
    assert_eq!(seen(&device, &second(90, false)).memory, Some(theirs.clone()));
    device.import(1, 4, 1, 1);
    let computed = memory_after(&second(90, false), &[(4, 1)]).unwrap();
    let model = computed.model;
    assert_eq!(seen(&device, &second(90, false)).memory, Some(Memory { model, ..theirs.clone() }));
    assert_eq!(seen(&device, &other_second()).memory, Some(theirs), "they are its own");
}

#[test]
fn a_replay_changes_no_count_of_ours() {
    let mut device = after(&sm2(), &[(4, 10), (4, 15)]);
    // To the second scheduler ours were repeats of these, on the same days.
    device.import(1, 4, 10, 1);
    device.import(1, 4, 15, 2);
    let state = seen(&device, &second(90, false));
    let repeats = memory_after(&second(90, false), &[(4, 10), (4, 10), (4, 15), (4, 15)]);
    assert_eq!((state.memory, state.answers), (repeats, 2));
}

#[test]
fn setting_a_day_moves_the_day_of_the_present_memory_and_nothing_else() {
    for scheduler in both() {
        let mut device = after(&scheduler, &[(2, 0), (4, 1)]);
        let first = ActionId { device: device.id, number: 1 };
        let before = device.log.memory(card(1)).unwrap();
        device.reschedule(1, 100);
        assert_eq!(device.log.memory(card(1)), Some(Memory { due: StudyDay(100), ..before }));
        // The memory that it carried was made of an answer that no longer counts.
        device.undo(&[first]);
        let without = memory_after(&scheduler, &[(4, 1)]).unwrap();
        assert_eq!(device.log.memory(card(1)), Some(Memory { due: StudyDay(100), ..without }));
        // A new card has the carried memory.
        device.reschedule(2, 50);
        let carried = Memory { due: StudyDay(50), ..new_memory(&scheduler, device.day) };
        let state = device.log.state(card(2));
        assert_eq!((state.memory, state.config), (Some(carried), Some(scheduler.id())));
    }
}

#[test]
fn setting_days_under_new_parameters_brings_their_memory() {
    let mut device = after(&second(90, false), &[(4, 0), (5, 3)]);
    device.scheduler = other_second();
    device.reschedule(1, 60);
    let state = device.log.state(card(1));
    let computed = memory_after(&other_second(), &[(4, 0), (5, 3)]).unwrap();
    assert_eq!(state.memory, Some(Memory { due: StudyDay(60), ..computed }));
    assert_eq!(state.config, Some(other_second().id()));
}

#[test]
fn replays_begin_again_where_a_card_was_reset_or_restarted() {
    let hard = [(1, 0), (1, 1), (4, 2)];
    for (first, then) in [(sm2(), second(90, false)), (second(90, false), sm2()), (sm2(), sm2())] {
        let mut device = after(&first, &hard);
        device.one(1, EventKind::Restarted);
        let restarted = device.log.memory(card(1)).unwrap();
        assert_eq!((restarted.repetitions, restarted.lapses, restarted.due), (0, 1, StudyDay(3)));
        device.scheduler = then.clone();
        device.answer(1, 4, 3);
        let memory = device.log.memory(card(1)).unwrap();
        assert_eq!((memory.repetitions, memory.lapses), (1, 1));
        if memory.ease().is_some() {
            assert_eq!(memory.ease(), memory_after(&then, &hard).unwrap().ease(), "the ease stays");
        } else {
            let (stability, difficulty) = second_numbers(&memory);
            let fresh = second_numbers(&memory_after(&then, &[(4, 3)]).unwrap());
            assert_eq!(stability, fresh.0);
            assert!(difficulty > fresh.1, "the difficulty stays");
        }
        device.one(1, EventKind::Reset);
        let state = device.log.state(card(1));
        assert_eq!((state.memory, state.config, state.answers), (None, None, 4));
        device.scheduler = first.clone();
        device.answer(1, 4, 9);
        assert_eq!(device.log.memory(card(1)), memory_after(&first, &[(4, 9)]));
    }
}

#[test]
fn an_answer_of_a_newer_programs_scheduler_is_kept_and_counts_in_the_next_replay() {
    for scheduler in both() {
        let device = after(&scheduler, &[(4, 0), (2, 1), (4, 2)]);
        let unknown = ConfigId([9; 16]);
        let mut events: Vec<Event> = device.log.of_card(card(1)).cloned().collect();
        events[1].config = Some(unknown);
        let state = |events: &[Event]| fold(events, &Voided::default(), configs(), |_, _| {});
        let between = state(&events[..2]);
        assert_eq!(between.memory, memory_after(&scheduler, &[(4, 0)]), "as it was");
        assert_eq!((between.config, between.answers, between.last_event), (Some(unknown), 2, Some(events[1].id)));
        assert_eq!(state(&events).memory, memory_after(&scheduler, &[(4, 0), (2, 1), (4, 2)]));
    }
}

#[test]
fn check_ups_and_cramming_move_no_memory() {
    for scheduler in both() {
        let mut device = after(&scheduler, &[(4, 0)]);
        let before = device.log.state(card(1));
        let (quality, took) = (Quality::Q1, Millis(1));
        device.one(1, EventKind::Checked { quality, took, checkup: 2, last: true });
        assert_eq!(device.log.state(card(1)), before, "not even the last event");
        device.one(1, EventKind::Crammed { quality, took });
        assert_eq!(device.log.memory(card(1)), before.memory);
    }
}
