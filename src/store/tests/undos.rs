//! Undo: what it names, what it takes back, and how those of several devices go together.

use super::*;
use crate::core::fact::SettingChange;
use crate::core::id::DeviceId;
use crate::store::laws::Command;

const TWO: [(&str, &str, &str, &[&str]); 2] = [("a", "one", "1", &["x"]), ("b", "two", "2", &[])];

fn newest(device: &Device) -> Option<ActionId> {
    device.store.newest_action(&[]).unwrap().map(|line| line.id)
}

#[test]
fn an_old_answer_that_is_undone_before_the_clock_is_set_back_is_no_finding() {
    let mut a = Device::new(1);
    a.take_in(&file(&[("a", "one", "1", &[])]));
    a.take(&Command::Answer { card: 0, quality: 4 });
    a.now_ms += 3 * DAY_MS;
    a.take(&Command::Undo);
    a.now_ms -= DAY_MS;
    assert_in_order(&mut a);
    a.now_ms += DAY_MS;
    a.take(&Command::Redo);
    a.now_ms -= DAY_MS;
    assert_in_order(&mut a);
}

#[test]
fn undo_offers_what_this_device_did_and_its_parents_up_to_the_fork() {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    let first_answer = a.answer(uid("a"), 4);
    let second_answer = a.answer(uid("b"), 5);
    // Another device's acts are its own.
    b.hears(&a);
    assert_eq!(newest(&b), None);
    b.after(&a);
    let tagged = b.tag(uid("a"), "y", true);
    assert_eq!(newest(&b), Some(tagged));
    b.undo(tagged);
    assert_eq!((newest(&b), b.store.newest_undone().unwrap().map(|line| line.id)), (None, Some(tagged)));
    // A copy goes on where its parent was.
    let mut copy = a.copied(3);
    assert_eq!(newest(&copy), Some(second_answer));
    let marked = copy.happens(uid("a"), EventKind::Marked);
    assert_ne!(marked.device, second_answer.device, "the copy is a device of its own");
    let later = a.answer(uid("a"), 1);
    copy.undo(marked);
    assert_eq!(newest(&copy), Some(second_answer));
    copy.undo(second_answer);
    assert_eq!(newest(&copy), Some(first_answer));
    assert_eq!(copy.state(uid("b")).memory, None);
    let listed: Vec<(ActionId, bool)> =
        copy.store.actions(3).unwrap().into_iter().map(|line| (line.id, line.voided)).collect();
    assert_eq!(listed, [(marked, true), (second_answer, true), (first_answer, false)]);
    meet(&mut [&mut a, &mut b, &mut copy]);
    assert_eq!(newest(&copy), Some(first_answer), "what the parent did after the fork is its own");
    assert_eq!((newest(&a), a.state(uid("b")).memory), (Some(later), None));
}

#[test]
fn the_undos_of_two_devices_do_not_cancel_each_other_and_a_redo_names_all_that_it_knows() {
    let mut a = Device::new(1);
    a.take_in(&file(&TWO));
    let answer = a.answer(uid("a"), 4);
    let mut copy = a.copied(2);
    a.undo(answer);
    copy.after(&a);
    copy.undo(answer);
    meet(&mut [&mut a, &mut copy]);
    assert_eq!((a.state(uid("a")).answers, copy.state(uid("a")).answers), (0, 0), "taken back once");
    // The redo of one who knows of both.
    a.after(&copy);
    a.redo(answer);
    assert_eq!(a.state(uid("a")).answers, 1);
    let named = a.facts().into_iter().filter(|(fact, _)| matches!(fact, Fact::Undone { .. })).count();
    assert_eq!(named, 4, "two undos, and a redo that names both");
    meet(&mut [&mut a, &mut copy]);
    assert_eq!(copy.state(uid("a")).answers, 1);
    // Taken back again, and brought back by one who does not know that the other took it back too.
    a.undo(answer);
    copy.after(&a);
    copy.undo(answer);
    a.after(&copy);
    a.redo(answer);
    assert_eq!(a.state(uid("a")).answers, 1);
    meet(&mut [&mut a, &mut copy]);
    assert_eq!(
        (a.state(uid("a")).answers, copy.state(uid("a")).answers),
        (0, 0),
        "an undo that the redo did not know counts"
    );
    assert_eq!(a.store.newest_undone().unwrap().map(|line| line.id), None, "its own undo no longer counts");
    copy.redo(answer);
    meet(&mut [&mut a, &mut copy]);
    assert_eq!(a.state(uid("a")).answers, 1);
}

#[test]
fn an_undo_of_an_older_answer_computes_again_what_came_after_it() {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    let lapse = a.answer(uid("a"), 1);
    a.now_ms += 3 * DAY_MS;
    a.answer(uid("a"), 5);
    b.after(&a);
    b.hears(&a);
    b.now_ms += 9 * DAY_MS;
    b.answer(uid("a"), 4);
    meet(&mut [&mut a, &mut b]);
    a.after(&b);
    a.undo(lapse);
    meet(&mut [&mut a, &mut b]);
    // As if it had never been.
    let mut other = Device::new(3);
    other.take_in(&file(&TWO));
    other.now_ms = b.now_ms - 9 * DAY_MS;
    other.answer(uid("a"), 5);
    other.now_ms += 9 * DAY_MS;
    other.answer(uid("a"), 4);
    assert_eq!(a.memory(uid("a")), other.memory(uid("a")));
    assert_eq!(a.store.day_totals(&DeckSet::All).unwrap(), other.store.day_totals(&DeckSet::All).unwrap());
    a.redo(lapse);
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.memory(uid("a")).repetitions, 2);
}

#[test]
fn the_newest_step_of_a_kind_is_found_however_old() {
    let mut a = Device::new(1);
    a.take_in(&file(&TWO));
    let answer = a.answer(uid("a"), 4);
    a.now_ms += 500 * DAY_MS;
    a.edit(uid("b"), "mine");
    a.tag(uid("b"), "y", true);
    let in_a_session = [ActionKind::Answer, ActionKind::Bury, ActionKind::Suspend, ActionKind::Mark];
    assert_eq!(a.store.newest_action(&in_a_session).unwrap().unwrap().id, answer);
    a.undo(answer);
    assert_eq!(a.store.newest_action(&in_a_session).unwrap(), None);
    assert_eq!(a.state(uid("a")), CardState::default());
}

#[test]
fn an_undo_says_what_a_newer_own_act_hides() {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    let note = || vec![uid("a")];
    let first_edit = a.edit(uid("a"), "first").unwrap();
    b.after(&a);
    b.hears(&a);
    b.edit(uid("a"), "second");
    a.after(&b);
    a.hears(&b);
    assert_eq!(a.undo(first_edit).hidden, note(), "the other's newer text stays");
    assert_eq!(a.back(uid("a")).as_deref(), Some("second"));
    meet(&mut [&mut a, &mut b]);
    // Of tags, places and deletions too.
    let tagged = a.tag(uid("a"), "y", true);
    b.after(&a);
    b.hears(&a);
    b.tag(uid("a"), "y", true);
    let other = a.tag(uid("a"), "z", true);
    a.hears(&b);
    assert_eq!(a.undo(other).hidden, Vec::<NoteUid>::new(), "a tag of its own is seen to go");
    assert_eq!(a.undo(tagged).hidden, note());
    let moved = a.relocate(uid("a"), "shelf");
    b.after(&a);
    b.hears(&a);
    b.relocate(uid("a"), "elsewhere");
    a.after(&b);
    a.hears(&b);
    assert_eq!(a.undo(moved).hidden, note());
    let deleted = a.delete(uid("b"));
    b.after(&a);
    b.hears(&a);
    b.delete(uid("b"));
    a.after(&b);
    a.hears(&b);
    assert_eq!(a.undo(deleted).hidden, [uid("b")]);
    meet(&mut [&mut a, &mut b]);
}

#[test]
fn cards_answered_since_an_import_are_kept_when_it_is_undone_and_listed() {
    let mut a = Device::new(1);
    let import = a.take_in(&file(&TWO)).action.unwrap();
    a.answer(uid("b"), 3);
    let undo = a.undo(import);
    assert_eq!((undo.kept, a.listed()), (vec![uid("b")], vec![uid("b")]));
    assert_eq!(a.redo(import).kept, Vec::<NoteUid>::new());
    assert_eq!(a.listed().len(), 2);
    assert_in_order(&mut a);
}

#[test]
fn a_changed_setting_is_told_so_that_its_file_can_follow() {
    let mut a = Device::new(1);
    let change = SettingChange::Setting { key: "new_per_day".to_owned(), old: Some("5".to_owned()), new: None };
    let words = serde_json::to_string(&change).unwrap();
    let work = |writer: &mut Writer<'_>| writer.append_fact(&Fact::Configured, Some(words)).map(drop);
    let changed = a.act(ActionKind::Configure, work).1.unwrap();
    assert_eq!(a.undo(changed).settings, [("new_per_day".to_owned(), Some("5".to_owned()))]);
    assert_eq!(a.redo(changed).settings, [("new_per_day".to_owned(), None)]);
}

#[test]
fn an_undo_may_come_before_what_it_names() {
    let mut a = Device::new(1);
    a.take_in(&file(&TWO));
    let mut copy = a.copied(2);
    copy.happens(uid("b"), EventKind::Marked);
    let answer = a.answer(uid("a"), 4);
    copy.after(&a);
    copy.hears(&a);
    // The copy can't take back what its parent did after the fork, but the log of a newer program might.
    copy.undo(answer);
    let of_the_copy: Vec<LogRecord> = {
        let log = copy.log();
        let segments = crate::store::laws::cut(&log, usize::MAX);
        let own = |segment: &&Vec<LogRecord>| matches!(segment.first(), Some(LogRecord::Head(head)) if head.device.id == DeviceId([2; 16]));
        segments.iter().find(own).unwrap().clone()
    };
    let mut late = Device::new(3);
    late.after(&copy);
    late.unite(&of_the_copy).unwrap();
    assert_in_order(&mut late);
    assert!(late.listed().is_empty());
    meet(&mut [&mut a, &mut copy, &mut late]);
    assert_eq!(late.state(uid("a")).answers, 0);
}

#[test]
fn the_action_that_an_undo_names_is_told_where_it_is_here() {
    let (mut a, mut b) = two();
    a.take_in(&file(&TWO));
    let answer = a.answer(uid("a"), 4);
    a.undo(answer);
    let told = |device: &Device| device.store.undone_line(answer, None).unwrap().map(|line| line.kind);
    assert_eq!((told(&a), told(&b)), (Some(ActionKind::Answer), None));
    b.hears(&a);
    assert_eq!(told(&b), Some(ActionKind::Answer));
}
