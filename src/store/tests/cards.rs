//! Cards: what the fold takes, what it leaves apart, breaks and check-ups.

use super::*;
use crate::core::checkup;
use crate::core::checkup::Taken;
use crate::core::grade::Drill;
use crate::core::scheduler::Sm2;
use crate::core::state::StateWord;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::core::tried::Tried;
use crate::core::units::Days;
use crate::store::Store;

const ONE: [(&str, &str, &str, &[&str]); 1] = [("a", "one", "1", &["x"])];

fn with_file() -> Device {
    let mut device = Device::new(1);
    device.take_in(&file(&ONE));
    device
}

#[test]
fn settings_never_enter_the_fold_and_act_from_the_next_answer_on() {
    let mut a = with_file();
    for _ in 0..4 {
        a.answer(uid("a"), 5);
        a.now_ms += 30 * DAY_MS;
    }
    let long = a.memory(uid("a"));
    assert!(long.interval.0 > 20, "{long:?}");
    let longest = Scheduler::Sm2(Sm2 { maximum_interval: Days(9), ..Sm2::default() });
    a.scheduler = longest.clone();
    assert_eq!(a.memory(uid("a")), long);
    let now = a.stamp();
    a.store.rebuild(now).unwrap();
    assert_eq!(a.memory(uid("a")), long, "made again, whatever the setting is by now");
    let shorter = a.answer(uid("a"), 5);
    assert_eq!(a.memory(uid("a")).interval, Days(9));
    // Each answer goes by the configuration that it names, on another device too.
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
    b.now_ms += 9 * DAY_MS;
    b.answer(uid("a"), 5);
    assert!(b.memory(uid("a")).interval > Days(9));
    meet(&mut [&mut a, &mut b]);
    let (configs, mut last) = (a.events(first(uid("a"))), None);
    for event in configs {
        assert!(event.config.is_some());
        last = event.config;
    }
    assert_ne!(last, Some(longest.id()));
    a.undo(shorter);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn moving_due_days_is_an_act_of_its_own() {
    let mut a = with_file();
    a.answer(uid("a"), 4);
    let before = a.memory(uid("a"));
    let memory = Memory { due: before.due.plus(40), ..before.clone() };
    let draft = Draft { memory: Some(memory.clone()), ..Draft::new(first(uid("a")), EventKind::Rescheduled, None) };
    let moved = a.draft(&draft);
    assert_eq!(a.memory(uid("a")), memory);
    let events = a.events(first(uid("a")));
    assert!(events.iter().all(|event| event.memory.is_some() == (event.kind == EventKind::Rescheduled)), "{events:?}");
    assert!(events.iter().all(|event| event.config.is_some()));
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
    a.undo(moved);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.memory(uid("a")), before);
}

#[test]
fn the_stored_study_day_is_the_raw_one() {
    let mut a = with_file();
    a.answer(uid("a"), 4);
    let last = a.stamp().today;
    a.now_ms -= 3 * DAY_MS;
    let raw = a.stamp().today;
    a.answer(uid("a"), 5);
    let days: Vec<StudyDay> = a.events(first(uid("a"))).iter().map(|event| event.study_day).collect();
    assert_eq!(days, [last, raw]);
    assert_eq!(a.memory(uid("a")).last, last, "only the memory goes by the card's last day");
    let counted: Vec<StudyDay> = a.store.day_totals(&DeckSet::All).unwrap().into_iter().map(|(day, _)| day).collect();
    assert_eq!(counted, [raw, last]);
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn suspended_buried_marked_and_flag_are_kept_apart() {
    let (mut a, mut b) = (with_file(), Device::new(2));
    b.after(&a);
    b.hears(&a);
    let today = a.stamp().today;
    let until = today.plus(2);
    a.answer(uid("a"), 4);
    a.happens(uid("a"), EventKind::Flagged { flag: 3 });
    b.happens(uid("a"), EventKind::Buried { until });
    b.happens(uid("a"), EventKind::Marked);
    let suspended = a.happens(uid("a"), EventKind::Suspended);
    meet(&mut [&mut a, &mut b]);
    let state = a.state(uid("a"));
    assert_eq!((state.suspended, state.buried_until, state.marked, state.flag), (true, Some(until), true, 3));
    // One word for people: suspended before buried before the rest.
    let word = |device: &Device, day: StudyDay| device.state(uid("a")).word(day, Drill::Failed);
    assert_eq!(word(&a, today), StateWord::Suspended);
    a.undo(suspended);
    assert_eq!((word(&a, today), word(&a, until)), (StateWord::Buried, StateWord::Learning));
    b.after(&a);
    b.happens(uid("a"), EventKind::Unmarked);
    meet(&mut [&mut a, &mut b]);
    let state = a.state(uid("a"));
    assert_eq!((state.suspended, state.buried_until, state.marked, state.flag), (false, Some(until), false, 3));
    assert_eq!(a.tags(uid("a")), ["x"], "none of them is a tag");
    assert_eq!(state.memory, b.state(uid("a")).memory);
}

#[test]
fn a_suspended_card_takes_no_answer_here_and_keeps_those_of_others() {
    let (mut a, mut b) = (with_file(), Device::new(2));
    b.after(&a);
    b.hears(&a);
    a.happens(uid("a"), EventKind::Suspended);
    let draft = Draft::new(
        first(uid("a")),
        EventKind::Answered { quality: quality(4), took: Millis(1) },
        a.state(uid("a")).last_event,
    );
    let (stamp, scheduler) = (a.stamp(), a.scheduler.clone());
    let refused = a.store.write(stamp, ActionKind::Answer, Subject::None, |writer| writer.append(&draft, &scheduler));
    assert!(matches!(refused.unwrap_err().fault, Fault::Suspended));
    b.after(&a);
    b.answer(uid("a"), 4);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.state(uid("a")).answers, a.state(uid("a")).suspended), (1, true));
}

#[test]
fn a_leech_follows_from_the_answers_and_is_no_tag() {
    let mut a = with_file();
    a.answer(uid("a"), 5);
    for _ in 0..8 {
        a.now_ms += 40 * DAY_MS;
        a.answer(uid("a"), 1);
    }
    let threshold = 8;
    assert!(is_leech(a.state(uid("a")).lapses(), threshold));
    assert_eq!(a.tags(uid("a")), ["x"]);
    assert!(!a.facts().iter().any(|(fact, _)| matches!(fact, Fact::Tagged { .. } | Fact::Untagged { .. })));
    let answer = a.store.newest_action(&[ActionKind::Answer]).unwrap().unwrap().id;
    a.undo(answer);
    assert!(!is_leech(a.state(uid("a")).lapses(), threshold), "it goes as the answers do");
}

#[test]
fn a_restart_counts_while_its_action_does_whichever_text_is_shown() {
    let (mut a, mut b) = (with_file(), Device::new(2));
    for _ in 0..3 {
        a.answer(uid("a"), 4);
        a.now_ms += 20 * DAY_MS;
    }
    let before = a.memory(uid("a"));
    assert_eq!(before.repetitions, 3);
    let restart = Draft::new(first(uid("a")), EventKind::Restarted, a.state(uid("a")).last_event);
    let mut text = basic("one", "another meaning", &["x"]);
    let scheduler = a.scheduler.clone();
    let edit = a
        .act(ActionKind::Edit, |writer| {
            writer.rewrite(uid("a"), &text)?;
            writer.append(&restart, &scheduler)
        })
        .1
        .unwrap();
    assert!(a.store.action_line(edit).unwrap().unwrap().restarts);
    let after = a.memory(uid("a"));
    assert_eq!((after.repetitions, after.ease(), after.lapses), (0, before.ease(), before.lapses));
    // Another text is shown by now: the restart is none of its business.
    b.after(&a);
    b.hears(&a);
    text = basic("one", "a third", &["x"]);
    b.act(ActionKind::Edit, |writer| writer.rewrite(uid("a"), &text));
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(uid("a")).as_deref(), a.memory(uid("a"))), (Some("a third"), after));
    a.undo(edit);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((a.back(uid("a")).as_deref(), a.memory(uid("a"))), (Some("a third"), before));
}

#[test]
fn breaks_cut_earlier_ones_off_at_their_own_day_and_answers_within_one_count() {
    let (mut a, mut b) = (with_file(), Device::new(2));
    b.after(&a);
    b.hears(&a);
    let today = a.stamp().today;
    let pause = |device: &mut Device, until: StudyDay| {
        device.act(ActionKind::Pause, |writer| writer.append_fact(&Fact::Paused { until }, None)).1.unwrap()
    };
    let days = |device: &Device| -> Vec<i64> {
        let pauses = device.store.pauses().unwrap();
        (0..20).filter(|day| pauses.on(today.plus(*day)).is_some()).collect()
    };
    pause(&mut a, today.plus(10));
    b.after(&a);
    b.now_ms += 3 * DAY_MS;
    let shorter = pause(&mut b, today.plus(5));
    assert_eq!(days(&b), [3, 4]);
    a.answer(uid("a"), 4);
    meet(&mut [&mut a, &mut b]);
    assert_eq!((days(&a), days(&b)), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]), "the later one is cut off nowhere");
    assert_eq!(a.state(uid("a")).answers, 1);
    assert_eq!(a.store.day_totals(&DeckSet::All).unwrap()[0].1.answers, 1);
    b.undo(shorter);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(days(&a), (0..10).collect::<Vec<_>>());
    a.after(&b);
    a.now_ms += DAY_MS;
    let ended = a.act(ActionKind::Pause, |writer| writer.append_fact(&Fact::Resumed, None)).1.unwrap();
    meet(&mut [&mut a, &mut b]);
    assert_eq!(days(&b), [0, 1, 2, 3]);
    a.undo(ended);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(days(&b).len(), 10);
}

fn scene(device: &mut Device, note: NoteUid, checkup: u64, last: bool) -> u64 {
    let kind = EventKind::Checked { quality: quality(4), took: Millis(9), checkup, last };
    device.act(ActionKind::Checkup, |writer| writer.append_checked(&Draft::new(first(note), kind, None))).0
}

fn taken(device: &Device) -> Vec<Taken> {
    checkup::taken(device.store.checked().unwrap(), None)
}

#[test]
fn a_check_up_is_named_by_its_device_and_first_action_and_a_fork_goes_on_with_none() {
    let mut a = Device::new(1);
    let mut held_out = file(&[("a", "one", "1", &[]), ("b", "two", "2", &[]), ("c", "three", "3", &[])]);
    for row in &mut held_out.rows {
        row.text.held_out = true;
    }
    a.take_in(&held_out);
    let mut b = Device::new(2);
    b.after(&a);
    b.hears(&a);
    // Both begin one under the same number: they are two.
    let [here, there] = [&mut a, &mut b].map(|device| scene(device, uid("a"), 0, false));
    scene(&mut a, uid("b"), here, false);
    meet(&mut [&mut a, &mut b]);
    let counts: Vec<usize> = taken(&a).iter().map(|one| one.cards.len()).collect();
    assert_eq!(counts.iter().sum::<usize>(), 3);
    assert_eq!(counts.len(), 2, "{here} {there}");
    assert_eq!(taken(&a), taken(&b));
    let today = a.stamp().today;
    let id = |device: &Device| device.store.this_device().unwrap().unwrap();
    assert_eq!(checkup::open(&taken(&a), id(&a), today).unwrap().number, here);
    // Answered in another window meanwhile.
    let kind = EventKind::Checked { quality: quality(1), took: Millis(9), checkup: here, last: false };
    let (stamp, draft) = (a.stamp(), Draft::new(first(uid("b")), kind, None));
    let again = a.store.write(stamp, ActionKind::Checkup, Subject::None, |writer| writer.append_checked(&draft));
    assert!(matches!(again.unwrap_err().fault, Fault::Stale));
    // A copy of the database is another device from its first entry on, and begins a check-up of its own.
    let mut copy = a.copied(3);
    copy.happens(uid("a"), EventKind::Marked);
    assert_ne!(id(&copy), id(&a));
    assert_eq!(checkup::open(&taken(&copy), id(&copy), today), None);
    let own = scene(&mut copy, uid("b"), 0, true);
    assert_ne!(own, here);
    let last = scene(&mut a, uid("c"), here, true);
    assert_eq!(last, here);
    meet(&mut [&mut a, &mut b, &mut copy]);
    let mut finished: Vec<(u64, usize)> =
        taken(&b).iter().filter(|one| one.finished).map(|one| (one.number, one.cards.len())).collect();
    finished.sort_unstable();
    assert_eq!(finished, [(here, 3), (own, 1)]);
    // They leave no trace in states or sums; an undone one was not asked.
    assert_eq!(a.state(uid("c")), CardState::default());
    assert!(a.store.day_totals(&DeckSet::All).unwrap().is_empty());
    let newest = a.store.newest_action(&[ActionKind::Checkup]).unwrap().unwrap().id;
    a.undo(newest);
    meet(&mut [&mut a, &mut b, &mut copy]);
    assert_eq!(taken(&b).iter().filter(|one| one.finished).count(), 1);
}

#[test]
fn an_answer_given_on_two_devices_at_once_is_two_in_one_order() {
    let (mut a, mut b) = (with_file(), Device::new(2));
    b.after(&a);
    b.hears(&a);
    // The same stamp to the millisecond: the device's id decides.
    b.now_ms = a.now_ms;
    a.answer(uid("a"), 1);
    b.answer(uid("a"), 5);
    let stamps = |device: &Device| device.events(first(uid("a")))[0].hlc;
    assert_eq!(stamps(&a), stamps(&b));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.memory(uid("a")).last_quality, quality(5));
    // What comes next names the other's event as the one before it.
    let both = a.events(first(uid("a")));
    a.answer(uid("a"), 4);
    let newest = a.events(first(uid("a"))).into_iter().max_by_key(Event::order).unwrap();
    assert_eq!(newest.prev, both.iter().map(|event| event.id).max());
}

#[test]
fn the_newest_own_answer_is_the_one_of_whichever_window_gave_it() {
    let mut a = with_file();
    let open = |device: &Device| Store::open(device.store.path(), Device::here(1), device.stamp().now).unwrap();
    let in_log = |device: &Device| open(device).newest_own_answer().unwrap();
    a.answer(uid("a"), 4);
    let known = a.store.newest_own_answer().unwrap();
    assert_eq!((known, known), (in_log(&a), Some((a.stamp().now.unix_ms, a.stamp().today))));
    let mut window = open(&a);
    a.now_ms += MINUTE_MS;
    let last = window.load(first(uid("a"))).unwrap().unwrap().state.last_event;
    let draft = Draft::new(first(uid("a")), EventKind::Answered { quality: quality(4), took: Millis(900) }, last);
    let work = |writer: &mut Writer<'_>| writer.append(&draft, &Scheduler::default());
    window.write(a.stamp(), ActionKind::Answer, Subject::None, work).unwrap();
    let other = Some((a.stamp().now.unix_ms, a.stamp().today));
    assert_eq!((a.store.newest_own_answer().unwrap(), in_log(&a)), (other, other));
    // What this window writes next does not make its own answer the newest one again.
    a.tag(uid("a"), "later", true);
    assert_eq!((a.store.newest_own_answer().unwrap(), in_log(&a)), (other, other));
}

#[test]
fn the_tenth_card_is_found_whoever_answered_and_without_what_was_undone() {
    let keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let (mut a, mut b) = two();
    a.take_in(&file(&keys.map(|key| (key, key, "back", &[][..]))));
    b.hears(&a);
    let tenth = |device: &Device| device.store.tenth_card().unwrap();
    for key in &keys[..6] {
        a.answer(uid(key), 4);
        a.answer(uid(key), 4);
    }
    b.after(&a);
    for key in &keys[4..9] {
        b.answer(uid(key), 3);
    }
    meet(&mut [&mut a, &mut b]);
    assert_eq!((tenth(&a), tenth(&b)), (None, None), "nine cards, however often");
    let void = a.happens(uid("j"), EventKind::Crammed { quality: quality(4), took: Millis(1) });
    let first = tenth(&a);
    assert!(first.is_some(), "in cram mode too");
    a.undo(void);
    assert_eq!(tenth(&a), None);
    a.happens(uid("k"), EventKind::Marked);
    a.answer(uid("k"), 1);
    meet(&mut [&mut a, &mut b]);
    assert!(tenth(&a) > first);
    let found = tenth(&b);
    a.answer(uid("l"), 1);
    assert_eq!((tenth(&a), tenth(&a).is_some()), (found, true), "the eleventh moves nothing");
}

#[test]
fn what_was_said_of_lines_to_do_meets_on_all_devices_and_can_be_taken_back() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    b.hears(&a);
    let say = |device: &mut Device, tried: Tried| {
        let fact = Fact::Tried { deck: "file".to_owned(), tried };
        device.act(ActionKind::Tried, |writer| writer.append_fact(&fact, Some("t".to_owned()))).1.unwrap()
    };
    say(&mut a, Tried::Yes);
    let void = say(&mut a, Tried::No);
    b.after(&a);
    say(&mut b, Tried::NotYet);
    meet(&mut [&mut a, &mut b]);
    let said = |device: &Device| -> Vec<Tried> {
        let mut said: Vec<Tried> = device.store.tries().unwrap().into_iter().map(|(_, tried)| tried).collect();
        said.sort();
        said
    };
    assert_eq!((said(&a), said(&b)), (Tried::ALL.to_vec(), Tried::ALL.to_vec()));
    a.undo(void);
    assert_eq!(said(&a), [Tried::Yes, Tried::NotYet]);
    assert_in_order(&mut a);
}
