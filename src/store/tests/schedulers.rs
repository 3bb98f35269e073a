//! A deck's scheduler is a logged fact, and all laws hold for both kinds of memory.

use super::*;
use crate::core::id::ConfigId;
use crate::core::scheduler::Second;
use crate::core::state::Model;
use crate::store::laws::cut;

const TWO: [(&str, &str, &str, &[&str]); 2] = [("a", "one", "1", &[]), ("b", "two", "2", &[])];

fn second() -> Scheduler {
    Scheduler::Second(Second::default())
}

fn with_file() -> Device {
    let mut device = Device::new(1);
    device.take_in(&file(&TWO));
    device
}

fn give(device: &mut Device, deck: &str, scheduler: Option<&Scheduler>) -> Option<ActionId> {
    device.act(ActionKind::Scheduler, |writer| writer.give_scheduler(deck, scheduler)).1
}

/// An answer as a session gives it: by the scheduler of the card's deck, else that of the settings.
fn answer(device: &mut Device, note: NoteUid, number: u8) -> ActionId {
    let loaded = device.store.load(first(note)).unwrap().unwrap();
    let scheduler = loaded.scheduler.unwrap_or_else(|| device.scheduler.clone());
    let kind = EventKind::Answered { quality: quality(number), took: Millis(2_000) };
    device.draft_under(&Draft::new(first(note), kind, None), &scheduler)
}

/// Answers with these grades, some days apart.
fn answers(device: &mut Device, note: NoteUid, numbers: &[u8]) {
    for number in numbers {
        answer(device, note, *number);
        device.now_ms += 6 * DAY_MS;
    }
}

fn is_second(memory: &Memory) -> bool {
    matches!(memory.model, Model::Fsrs { .. })
}

#[test]
fn a_deck_goes_to_another_scheduler_and_back() {
    let mut a = with_file();
    answers(&mut a, uid("a"), &[4, 3]);
    let by_sm2 = a.memory(uid("a"));
    give(&mut a, "file", Some(&second()));
    assert_eq!(a.memory(uid("a")), by_sm2, "nothing moves before the next answer");
    let shown = a.store.load(first(uid("a"))).unwrap().unwrap();
    assert!(
        is_second(shown.state.memory.as_ref().unwrap()),
        "a session shows what that scheduler makes of the history"
    );
    answers(&mut a, uid("a"), &[4]);
    let by_second = a.memory(uid("a"));
    assert!(is_second(&by_second));
    assert_in_order(&mut a);
    // As if it had had it from the beginning.
    let mut other = with_file();
    give(&mut other, "file", Some(&second()));
    other.now_ms -= MINUTE_MS;
    answers(&mut other, uid("a"), &[4, 3, 4]);
    assert_eq!(other.memory(uid("a")), by_second);
    // And back, with what was answered meanwhile.
    let back = give(&mut a, "file", None).unwrap();
    assert_eq!(a.store.scheduler_of("file").unwrap(), None);
    answers(&mut a, uid("a"), &[5]);
    let mut third = with_file();
    third.now_ms = other.now_ms - 18 * DAY_MS;
    answers(&mut third, uid("a"), &[4, 3, 4, 5]);
    assert_eq!(a.memory(uid("a")), third.memory(uid("a")));
    assert_in_order(&mut a);
    // Taken back, the deck is the second one's again; answers keep what they were given under.
    let before = a.memory(uid("a"));
    a.undo(back);
    assert_eq!((a.store.scheduler_of("file").unwrap(), a.memory(uid("a"))), (Some(second()), before));
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.store.scheduler_of("file").unwrap(), Some(second()));
    answers(&mut b, uid("a"), &[1]);
    meet(&mut [&mut a, &mut b]);
    assert!(is_second(&a.memory(uid("a"))));
}

#[test]
fn of_two_devices_schedulers_for_a_deck_the_newest_counts() {
    let mut a = with_file();
    let mut b = Device::new(2);
    b.after(&a);
    b.hears(&a);
    let other = Scheduler::Second(Second { retention: 80, ..Second::default() });
    give(&mut a, "file", Some(&second()));
    answers(&mut a, uid("a"), &[4, 4]);
    b.after(&a);
    let newest = give(&mut b, "file", Some(&other)).unwrap();
    answers(&mut b, uid("b"), &[5]);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.store.scheduler_of("file").unwrap(), Some(other));
    b.undo(newest);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.store.scheduler_of("file").unwrap(), Some(second()));
}

#[test]
fn weights_alone_begin_again_from_the_history_and_retention_acts_from_the_next_answer_on() {
    let mut a = with_file();
    give(&mut a, "file", Some(&second()));
    answers(&mut a, uid("a"), &[3, 4]);
    let before = a.memory(uid("a"));
    let model = before.model;
    let strict = Scheduler::Second(Second { retention: 97, ..Second::default() });
    give(&mut a, "file", Some(&strict));
    assert_eq!(a.memory(uid("a")), before);
    let loaded = a.store.load(first(uid("a"))).unwrap().unwrap();
    assert_eq!(loaded.state.memory.unwrap().model, model, "the memory is the same");
    let mut weights = Second::default().weights;
    weights[1] += 9_000;
    let other = Scheduler::Second(Second { weights, ..Second::default() });
    give(&mut a, "file", Some(&other));
    let loaded = a.store.load(first(uid("a"))).unwrap().unwrap();
    assert_ne!(loaded.state.memory.unwrap().model, model);
    answers(&mut a, uid("a"), &[4]);
    assert_in_order(&mut a);
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn an_undo_between_two_schedulers_replays_for_both() {
    let mut a = with_file();
    let lapse = answer(&mut a, uid("a"), 1);
    a.now_ms += 6 * DAY_MS;
    answers(&mut a, uid("a"), &[4]);
    give(&mut a, "file", Some(&second()));
    answers(&mut a, uid("a"), &[4, 5]);
    a.undo(lapse);
    assert_in_order(&mut a);
    let mut other = with_file();
    give(&mut other, "file", Some(&second()));
    other.now_ms += 6 * DAY_MS - MINUTE_MS;
    answers(&mut other, uid("a"), &[4, 4, 5]);
    assert_eq!(a.memory(uid("a")), other.memory(uid("a")));
    a.redo(lapse);
    let mut b = Device::new(2);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn a_scheduler_of_a_newer_program_is_kept_and_its_answers_are_counted() {
    let mut a = with_file();
    give(&mut a, "file", Some(&second()));
    answers(&mut a, uid("a"), &[4, 4]);
    // What a program with a third scheduler would have written.
    let json = r#"{"algorithm":"third"}"#.to_owned();
    let third = ConfigId::of_json(&json);
    let renamed: Vec<LogRecord> = a
        .log()
        .into_iter()
        .map(|record| match record {
            LogRecord::Config { .. } => LogRecord::Config { id: third, json: json.clone() },
            LogRecord::Entry(Entry::Event(mut event), text) => {
                event.config = event.config.map(|_| third);
                LogRecord::Entry(Entry::Event(event), text)
            }
            LogRecord::Entry(Entry::Fact(id, Fact::Scheduler { deck, config }), text) => {
                let fact = Fact::Scheduler { deck, config: config.map(|_| third) };
                LogRecord::Entry(Entry::Fact(id, fact), text)
            }
            other => other,
        })
        .collect();
    let mut b = Device::new(2);
    b.after(&a);
    for segment in cut(&renamed, 2) {
        b.unite(&segment).unwrap();
    }
    assert_in_order(&mut b);
    assert_eq!((b.state(uid("a")).memory, b.listed().len()), (None, 2));
    let answered: u64 = b.store.day_totals(&DeckSet::All).unwrap().iter().map(|(_, totals)| totals.answers).sum();
    assert_eq!(answered, 2);
    let now = b.stamp();
    b.store.rebuild(now).unwrap();
    assert_in_order(&mut b);
    // The next answer under a known one goes through them.
    b.answer(uid("a"), 4);
    assert_eq!(b.memory(uid("a")).repetitions, 3);
    assert_in_order(&mut b);
    let mut c = Device::new(3);
    c.after(&b);
    meet(&mut [&mut b, &mut c]);
}

#[test]
fn a_scheduler_that_the_log_does_not_have_is_refused() {
    let mut a = with_file();
    give(&mut a, "file", Some(&second()));
    let without: Vec<LogRecord> =
        a.log().into_iter().filter(|record| !matches!(record, LogRecord::Config { .. })).collect();
    let mut b = Device::new(2);
    b.after(&a);
    let refused = b.unite(&without).unwrap_err().to_string();
    assert!(refused.contains("configuration"), "{refused}");
    assert!(b.log().is_empty(), "nothing of it stays");
}
