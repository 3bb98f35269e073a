//! Answers and states of other programs: kept with their own times, and counted once.

use super::*;
use crate::core::event::Detail;
use crate::core::event::Foreign;
use crate::core::scheduler::Second;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::totals::DayTotals;
use crate::core::units::Days;
use crate::core::units::Ease;

const TWO: [(&str, &str, &str, &[&str]); 2] = [("a", "one", "1", &[]), ("b", "two", "2", &[])];

/// A day of a year ago, in another offset.
fn then(days: i64) -> (Timestamp, StudyDay) {
    let day = 19_600 + days;
    (Timestamp { unix_ms: day * DAY_MS + 7_000_000, offset_min: -300 }, StudyDay(i32::try_from(day).unwrap()))
}

fn foreign(program: &str, id: i64) -> Detail {
    Detail { foreign: Some(Foreign { program: program.to_owned(), id }), ..Detail::default() }
}

/// An answer given in another program.
fn imported(note: NoteUid, days: i64, number: u8, id: i64) -> Draft {
    let kind = EventKind::Imported { quality: quality(number), took: Millis(5_000) };
    Draft { at: Some(then(days)), detail: foreign("anki", id), ..Draft::new(first(note), kind, None) }
}

fn sm2_memory(interval: u32) -> Memory {
    Memory {
        repetitions: 4,
        interval: Days(interval),
        lapses: 1,
        last: then(40).1,
        due: then(40).1.plus(i64::from(interval)),
        last_quality: quality(4),
        model: Model::Sm2 { ease: Ease::from_hundredths(210) },
    }
}

/// Another program's state of a card.
fn adopted(note: NoteUid, interval: u32, id: i64) -> Draft {
    Draft {
        at: Some(then(40)),
        memory: Some(sm2_memory(interval)),
        detail: foreign("anki", id),
        ..Draft::new(first(note), EventKind::Adopted, None)
    }
}

fn all_days(device: &Device) -> Vec<(StudyDay, DayTotals)> {
    device.store.day_totals(&DeckSet::All).unwrap()
}

fn both() -> (Device, Device) {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    b.after(&a);
    b.hears(&a);
    (a, b)
}

/// Several events as one import.
fn import(device: &mut Device, drafts: &[Draft]) -> ActionId {
    let scheduler = device.scheduler.clone();
    let last: Vec<_> = drafts.iter().map(|draft| device.state(draft.card.note).last_event).collect();
    let work = |writer: &mut Writer<'_>| {
        for (draft, prev) in drafts.iter().zip(last) {
            writer.append(&Draft { prev, ..draft.clone() }, &scheduler)?;
        }
        Ok(())
    };
    device.act(ActionKind::Import, work).1.unwrap()
}

#[test]
fn what_two_devices_imported_is_counted_once_with_its_own_times() {
    let (mut a, mut b) = both();
    let drafts = || [imported(uid("a"), 0, 4, 1), imported(uid("a"), 3, 1, 2), imported(uid("b"), 3, 4, 1)];
    let here = import(&mut a, &drafts());
    b.after(&a);
    let there = import(&mut b, &drafts());
    // Again here: the third time.
    import(&mut a, &drafts());
    meet(&mut [&mut a, &mut b]);
    let counted = |days: i64, imported: u64| (then(days).1, DayTotals { imported, ..DayTotals::default() });
    assert_eq!(all_days(&a), [counted(0, 1), counted(3, 2)]);
    let events = a.events(first(uid("a")));
    assert_eq!(events.len(), 6, "all of them stay");
    for event in &events {
        assert!([0, 3].map(then).contains(&(event.at, event.study_day)), "{event:?}");
    }
    // The step itself was taken now.
    let line = a.store.action_line(here).unwrap().unwrap();
    assert!(
        (a.now_ms - line.at.unix_ms) < 10 * MINUTE_MS && line.at.offset_min == a.stamp().now.offset_min,
        "{line:?}"
    );
    // When the one that counts is taken back, the other's counts.
    a.undo(here);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(all_days(&b), [counted(0, 1), counted(3, 2)]);
    b.undo(there);
    let again = a.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
    a.undo(again);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(all_days(&a), []);
}

#[test]
fn one_imported_answer_is_a_step_of_today_too() {
    let (mut a, mut b) = both();
    let before = a.store.newest_own_instant().unwrap();
    let step = a.draft(&imported(uid("a"), 0, 4, 1));
    let line = a.store.action_line(step).unwrap().unwrap();
    assert_eq!(line.at, a.stamp().now, "not the day on which the card was answered elsewhere");
    assert_eq!(a.store.newest_own_instant().unwrap(), before.map(|before| before + MINUTE_MS));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.store.action_line(step).unwrap().unwrap().at, line.at);
    assert_eq!(b.events(first(uid("a")))[0].at, then(0).0);
}

#[test]
fn imported_answers_are_no_answers_of_ours() {
    let (mut a, mut b) = both();
    let now = a.stamp();
    let today = (now.now, now.today);
    let of_today = Draft { at: Some(today), ..imported(uid("a"), 0, 4, 9) };
    import(&mut a, &[imported(uid("a"), 0, 4, 1), of_today]);
    assert_eq!(a.state(uid("a")), CardState::default(), "SM-2 folds none of them");
    assert_eq!(a.store.last_practised(now.today).unwrap(), None, "nor do they make a streak");
    let [reviews, new] = a.store.done_today(now.today, crate::core::study_day::Rollover::DEFAULT).unwrap();
    assert!(reviews.values().chain(new.values()).all(|done| *done == 0), "or use up a limit");
    assert_eq!(a.store.first_answer_day().unwrap(), None);
    // The first answer of ours is a first answer.
    a.answer(uid("a"), 4);
    assert_eq!(a.memory(uid("a")).interval, Days(1));
    assert_eq!(all_days(&a).last().unwrap().1.first, 1);
    // A note of which only they are left is not held by them.
    let import = a.store.newest_action(&[ActionKind::Import]).unwrap().unwrap().id;
    a.undo(import);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn equal_numbers_of_other_programs_or_other_cards_are_other_records() {
    let (mut a, mut b) = both();
    let of_another = Draft { detail: foreign("mnemosyne", 1), ..imported(uid("a"), 1, 4, 1) };
    import(&mut a, &[imported(uid("a"), 0, 4, 1), of_another, imported(uid("b"), 2, 4, 1)]);
    b.after(&a);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(all_days(&b).iter().map(|(_, totals)| totals.imported).sum::<u64>(), 3);
}

#[test]
fn a_state_taken_over_counts_only_where_no_answer_of_ours_came_before() {
    let (mut a, mut b) = both();
    a.draft(&adopted(uid("a"), 30, 1));
    assert_eq!((a.memory(uid("a")), a.state(uid("a")).answers), (sm2_memory(30), 0));
    // The next answer goes on from it.
    a.now_ms += DAY_MS;
    let answer = a.answer(uid("a"), 4);
    assert_eq!((a.memory(uid("a")).repetitions, a.memory(uid("a")).ease()), (5, Some(Ease::from_hundredths(210))));
    assert_eq!(all_days(&a).last().unwrap().1.review, 1, "it is a review");
    // Elsewhere it was answered before that program's state came.
    let early = b.answer(uid("b"), 5);
    let own = b.memory(uid("b"));
    b.after(&a);
    b.draft(&adopted(uid("b"), 99, 2));
    assert_eq!(b.memory(uid("b")), own);
    meet(&mut [&mut a, &mut b]);
    // An answer that no longer counts is none.
    b.undo(early);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.memory(uid("b")), sm2_memory(99));
    a.undo(answer);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.memory(uid("a")), sm2_memory(30));
}

#[test]
fn of_equal_records_of_a_state_the_first_counts() {
    let (mut a, mut b) = both();
    let here = a.draft(&adopted(uid("a"), 30, 1));
    b.after(&a);
    b.draft(&adopted(uid("a"), 60, 1));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.memory(uid("a")).interval, Days(30));
    // A newer state of that program is another record.
    let newer = b.draft(&adopted(uid("a"), 90, 2));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.memory(uid("a")).interval, Days(90));
    b.undo(newer);
    a.undo(here);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.memory(uid("a")).interval, Days(60));
}

#[test]
fn the_second_scheduler_begins_with_what_was_answered_elsewhere_at_its_own_instants() {
    let second = Scheduler::Second(Second::default());
    let drafts = || [imported(uid("a"), 9, 4, 2), imported(uid("a"), 0, 4, 1), imported(uid("a"), 30, 1, 3)];
    let (mut a, mut b) = both();
    import(&mut a, &drafts());
    b.after(&a);
    import(&mut b, &drafts());
    let answer = Draft::new(first(uid("a")), EventKind::Answered { quality: quality(4), took: Millis(1) }, None);
    a.draft_under(&answer, &second);
    let with_history = a.memory(uid("a"));
    meet(&mut [&mut a, &mut b]);
    assert_eq!(b.memory(uid("a")), with_history, "each once, whoever imported it");
    // As if each had been answered here then.
    let mut other = Device::with_scheduler(3, second.clone());
    other.take_in(&file(&TWO));
    let now_ms = a.now_ms;
    for (days, number) in [(0, 4), (9, 4), (30, 1)] {
        other.now_ms = then(days).0.unix_ms;
        other.answer(uid("a"), number);
    }
    other.now_ms = now_ms;
    other.answer(uid("a"), 4);
    assert_eq!(other.memory(uid("a")), with_history);
    assert_ne!(with_history.lapses, 0);
    assert_eq!(a.state(uid("a")).answers, 1, "of ours there is one");
    assert_eq!(all_days(&a).last().unwrap().1.first, 1);
}

#[test]
fn records_of_another_program_may_come_before_their_note() {
    let (mut a, mut b) = both();
    import(&mut a, &[imported(uid("a"), 0, 4, 1), adopted(uid("a"), 30, 7)]);
    // The device that brought the note is heard of last.
    let segments = crate::store::laws::cut(&a.log(), 1);
    let mut late = Device::new(3);
    late.after(&a);
    b.after(&a);
    import(&mut b, &[adopted(uid("a"), 60, 7), adopted(uid("b"), 50, 8)]);
    let own = crate::store::laws::cut(&b.log(), 99);
    for segment in own
        .iter()
        .filter(|segment| matches!(segment.first(), Some(LogRecord::Head(head)) if head.device.name == "device 2"))
    {
        late.unite(segment).unwrap();
    }
    assert_in_order(&mut late);
    assert!(late.listed().is_empty());
    for segment in &segments {
        late.unite(segment).unwrap();
        assert_in_order(&mut late);
    }
    meet(&mut [&mut a, &mut b, &mut late]);
    assert_eq!((late.memory(uid("a")).interval, late.memory(uid("b")).interval), (Days(30), Days(50)));
}
