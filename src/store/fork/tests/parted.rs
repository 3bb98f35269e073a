//! Copies of one database that both went on as the same device are told apart.

use super::*;

/// Two copies of one database that both went on as the same device, and somebody who met the first.
fn parted() -> (Device, Device, u64) {
    let mut one = device(1);
    live(&mut one);
    let shared = newest(&one);
    let mut two = clone_of(&one, 12);
    for device in [&mut one, &mut two] {
        again(device, if path_of(device).exists() { 11 } else { 12 });
    }
    again(&mut two, 12);
    answer(&mut one, 0, 5);
    // Takes back what both know, and what only it knows.
    one.take(&Command::Tag { note: 1, tag: 2, on: true });
    one.take(&Command::Undo);
    one.take(&Command::Undo);
    one.take(&Command::Undo);
    one.take(&Command::Redo);
    two.now_ms += 7;
    answer(&mut two, 0, 1);
    two.take(&Command::Edit { note: 0, text: 1 });
    assert_eq!((held(&one)[0].0, held(&two)[0].0), (id(1), id(1)));
    (one, two, shared)
}

#[test]
fn two_copies_that_both_went_on_are_told_apart() {
    let (mut one, mut two, shared) = parted();
    let (first, second) = (newest(&one), newest(&two));
    let stamp = one.stamp();
    assert_eq!(one.store.fork(stamp).unwrap(), Forked::NoneMet, "it has met no other copy");
    let before = (one.store.dump(), two.store.dump());
    let what = refusal(give(&two, &mut one));
    assert!(what.contains("two copies") && what.contains("lmq doctor --fork"), "{what}");
    refusal(give(&one, &mut two));
    assert_eq!((one.store.dump(), two.store.dump()), before, "nothing of it stays");
    assert_eq!(one.store.meta("parted").unwrap(), Some(format!("{} {shared}", id(1))));
    let chain = |device: &Device, number: i64, sequence: u64| -> ChainHash {
        let context = device.store.context().unwrap();
        chain::tail(&device.store.db, &context.reader, number, sequence).unwrap().hash
    };
    let hash = chain(&one, 1, first);
    let stamp = one.stamp();
    assert_eq!(one.store.fork(stamp).unwrap(), Forked::Entries(first - shared));
    assert_eq!(chain(&one, 2, first), hash, "no hash changes with the name");
    assert_eq!(held(&one), [(id(1), 1, shared), (id(11), shared + 1, first + 1)]);
    assert_in_order(&mut one);
    let stamp = one.stamp();
    assert_eq!(one.store.fork(stamp).unwrap(), Forked::NoneMet);
    // The state outside is the new device's.
    assert_eq!(chain::remembered(&state_of(&one), id(11)).unwrap().0.sequence, first + 1);
    again(&mut one, 21);
    answer(&mut one, 2, 4);
    assert_eq!(held(&one)[1], (id(11), shared + 1, first + 2));
    give(&two, &mut one).unwrap();
    give(&one, &mut two).unwrap();
    assert_eq!(held(&two), [(id(1), 1, second), (id(11), shared + 1, first + 2)]);
    assert_eq!(answers(&two), 2 + 2 + 1);
    answer(&mut two, 2, 4);
    assert_eq!(held(&two)[0], (id(1), 1, second + 1), "it stays who it was");
    let stamp = two.stamp();
    assert_eq!(two.store.fork(stamp).unwrap(), Forked::NoneMet, "the other one was told apart");
    let mut devices = [one, two, device(3)];
    assert_eq!(exchange(&mut devices, 1, None), Vec::<String>::new());
    assert_all_equal(&mut devices);
}

#[test]
fn both_copies_may_be_told_apart() {
    let (mut one, mut two, shared) = parted();
    refusal(give(&two, &mut one));
    refusal(give(&one, &mut two));
    let mut watcher = device(3);
    give(&two, &mut watcher).unwrap();
    for device in [&mut one, &mut two] {
        let stamp = device.stamp();
        assert!(matches!(device.store.fork(stamp).unwrap(), Forked::Entries(_)));
    }
    let mut devices = [one, two, watcher];
    assert_eq!(exchange(&mut devices, 5, None), Vec::<String>::new());
    assert_eq!(held(&devices[2])[0], (id(1), 1, shared));
    assert_eq!(held(&devices[2]).len(), 3);
    assert_all_equal(&mut devices);
}

#[test]
fn whoever_holds_what_was_told_apart_gives_it_the_new_name_in_any_order() {
    for seed in 0..12 {
        let (mut one, mut two, shared) = parted();
        // Each has a friend who met it before, one of them half.
        let mut friends = [device(3), device(4), device(5)];
        give(&one, &mut friends[0]).unwrap();
        answer(&mut friends[0], 0, 3);
        give(&two, &mut friends[1]).unwrap();
        for part in cut(&one.log(), 3).iter().take(3) {
            friends[2].unite(part).unwrap();
        }
        answer(&mut one, 1, 4);
        refusal(give(&two, &mut one));
        let stamp = one.stamp();
        assert!(matches!(one.store.fork(stamp).unwrap(), Forked::Entries(_)));
        answer(&mut one, 2, 2);
        answer(&mut two, 2, 3);
        let [a, b, c] = friends;
        let mut devices = [one, two, a, b, c];
        let most = (seed % 2 == 1).then(|| 1 + (seed / 2) as usize);
        assert_eq!(exchange(&mut devices, seed, most), Vec::<String>::new());
        assert_eq!(held(&devices[4])[0].2, shared + 3, "the second copy's, and nobody else's");
        assert_all_equal(&mut devices);
    }
}

#[test]
fn an_older_copy_that_wrote_nothing_takes_what_came_and_leaves_the_name() {
    let mut one = device(1);
    live(&mut one);
    let shared = newest(&one);
    let mut two = clone_of(&one, 12);
    answer(&mut one, 0, 5);
    give(&one, &mut two).unwrap();
    assert_eq!(held(&two), [(id(1), 1, shared + 1)]);
    answer(&mut two, 1, 5);
    assert_eq!(held(&two), [(id(1), 1, shared + 1), (id(12), shared + 2, shared + 2)]);
    answer(&mut one, 1, 2);
    let mut devices = [one, two];
    assert_eq!(exchange(&mut devices, 1, Some(2)), Vec::<String>::new());
    assert_all_equal(&mut devices);
}

#[test]
fn what_an_older_copy_takes_counts_as_it_did_there() {
    let mut one = device(1);
    live(&mut one);
    let mut two = clone_of(&one, 12);
    answer(&mut one, 0, 5);
    one.take(&Command::Undo);
    give(&one, &mut two).unwrap();
    assert_in_order(&mut two);
    assert_equal(&one.store, &two.store, "an undo among what came of the own device");
}

#[test]
fn a_copy_whose_whole_log_was_told_apart_elsewhere_is_a_fork_of_that() {
    let (mut one, two, _) = parted();
    let mut same = clone_of(&one, 13);
    let last = newest(&one);
    refusal(give(&two, &mut one));
    let stamp = one.stamp();
    one.store.fork(stamp).unwrap();
    give(&one, &mut same).unwrap();
    answer(&mut same, 2, 4);
    let parent = same.log().iter().find_map(|record| match record {
        LogRecord::Head(head) if head.device.id == id(13) => head.device.parent,
        _ => None,
    });
    assert_eq!(parent.map(|parent| (parent.device, parent.sequence)), Some((id(11), last + 1)));
    let mut devices = [one, two, same];
    assert_eq!(exchange(&mut devices, 1, None), Vec::<String>::new());
    assert_all_equal(&mut devices);
}

#[test]
fn a_third_copy_that_parted_later_is_told_apart_too() {
    for seed in 0..6 {
        let (mut one, two, shared) = parted();
        let fork = newest(&one);
        let mut third = clone_of(&one, 13);
        answer(&mut one, 1, 4);
        third.now_ms += 5;
        answer(&mut third, 1, 1);
        answer(&mut third, 2, 1);
        let mut watcher = device(5);
        give(&third, &mut watcher).unwrap();
        refusal(give(&two, &mut one));
        let stamp = one.stamp();
        one.store.fork(stamp).unwrap();
        let what = refusal(give(&one, &mut third));
        assert!(what.contains("third copy"), "{what}");
        refusal(give(&one, &mut watcher));
        let stamp = third.stamp();
        assert_eq!(third.store.fork(stamp).unwrap(), Forked::Entries(2));
        let mut devices = [one, two, third, watcher];
        assert_eq!(exchange(&mut devices, seed, (seed > 2).then_some(2)), Vec::<String>::new());
        assert_eq!(
            held(&devices[3])[..3],
            [(id(1), 1, shared + 2), (id(11), shared + 1, fork + 2), (id(13), fork + 1, fork + 3)]
        );
        assert_all_equal(&mut devices);
    }
}

#[test]
fn two_copies_that_told_the_same_entries_apart_agree_whose_they_are() {
    for seed in 0..8 {
        let (mut one, two, shared) = parted();
        let fork = newest(&one);
        let mut same = clone_of(&one, 13);
        same.now_ms += 4;
        let mut watcher = device(5);
        give(&one, &mut watcher).unwrap();
        for device in [&mut one, &mut same] {
            refusal(give(&two, device));
            device.now_ms += 3;
            let stamp = device.stamp();
            assert_eq!(device.store.fork(stamp).unwrap(), Forked::Entries(fork - shared));
            answer(device, 1, 4);
        }
        answer(&mut same, 2, 4);
        let mut devices = [one, two, same, watcher, device(6)];
        assert_eq!(exchange(&mut devices, seed, (seed > 3).then_some(1)), Vec::<String>::new());
        assert_eq!(held(&devices[4])[1..3], [(id(11), shared + 1, fork + 2), (id(13), fork + 1, fork + 3)]);
        assert_all_equal(&mut devices);
    }
}

#[test]
fn a_fork_of_what_was_told_apart_becomes_a_fork_of_its_new_name() {
    let (mut one, two, _) = parted();
    let fork = newest(&one);
    // A plain copy at another place, of the first copy before it was told apart.
    let folder = tempfile::tempdir().unwrap();
    fs::copy(copy_of(&one, "copy"), folder.path().join("lmq.db")).unwrap();
    let store = open(&folder.path().join("lmq.db"), &folder.path().join("state"), 14);
    let mut child = Device::over(store, one.now_ms + 9, folder);
    answer(&mut child, 1, 3);
    let parent_of = |device: &Device| {
        device.log().iter().find_map(|record| match record {
            LogRecord::Head(head) if head.device.id == id(14) => head.device.parent,
            _ => None,
        })
    };
    assert_eq!(parent_of(&child).map(|parent| (parent.device, parent.sequence)), Some((id(1), fork)));
    let mut watcher = device(5);
    give(&child, &mut watcher).unwrap();
    refusal(give(&two, &mut one));
    let stamp = one.stamp();
    one.store.fork(stamp).unwrap();
    let mut devices = [one, two, child, watcher];
    assert_eq!(exchange(&mut devices, 2, None), Vec::<String>::new());
    for device in &devices {
        assert_eq!(parent_of(device).map(|parent| (parent.device, parent.sequence)), Some((id(11), fork)));
    }
    assert_all_equal(&mut devices);
}

#[test]
fn two_forks_of_one_tail_and_a_fork_from_within_it_meet() {
    for seed in 0..8 {
        let (mut one, two, _) = parted();
        let mut same = clone_of(&one, 13);
        same.now_ms += 4;
        let folder = tempfile::tempdir().unwrap();
        fs::copy(copy_of(&one, "copy"), folder.path().join("lmq.db")).unwrap();
        let store = open(&folder.path().join("lmq.db"), &folder.path().join("state"), 14);
        let mut child = Device::over(store, one.now_ms + 9, folder);
        answer(&mut child, 1, 3);
        for device in [&mut one, &mut same] {
            refusal(give(&two, device));
            device.now_ms += 3;
            let stamp = device.stamp();
            assert!(matches!(device.store.fork(stamp).unwrap(), Forked::Entries(_)));
            give(&two, device).unwrap();
            // Now whoever comes next has two logs that go on where its tail ends: the other fork's, and the child's.
            give(&child, device).unwrap();
        }
        let mut devices = [one, two, child, same, device(6)];
        assert_eq!(exchange(&mut devices, seed, (seed > 3).then_some(2)), Vec::<String>::new());
        assert_all_equal(&mut devices);
    }
}

#[test]
fn an_open_window_goes_on_as_who_the_file_is_by_then() {
    let (mut one, two, shared) = parted();
    let mut window = open(&path_of(&one), &state_of(&one), 21);
    let stamp = one.stamp();
    let pause = |store: &mut Store| {
        store
            .write(stamp, ActionKind::Pause, Subject::None, |writer| writer.append_fact(&Fact::Resumed, None).map(drop))
            .unwrap();
    };
    pause(&mut window);
    refusal(give(&two, &mut one));
    let fork = newest(&one);
    let stamp = one.stamp();
    one.store.fork(stamp).unwrap();
    pause(&mut window);
    assert_eq!(held(&one), [(id(1), 1, shared), (id(11), shared + 1, fork + 2)]);
    drop(window);
    assert_in_order(&mut one);
}

#[test]
fn the_guards_of_the_log_are_there_again() {
    let (mut one, two, _) = parted();
    let guards = |device: &Device| -> Vec<String> {
        let mut statement = device.store.db().prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
        let mut guards: Vec<String> =
            statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        guards.sort();
        guards
    };
    let before = guards(&one);
    refusal(give(&two, &mut one));
    let stamp = one.stamp();
    one.store.fork(stamp).unwrap();
    assert_eq!(guards(&one), before);
    assert!(one.store.db().execute("UPDATE event SET id = id + 1", []).is_err());
}

#[test]
fn a_redo_of_another_device_means_the_undo_that_it_knew() {
    a_redo_means_what_it_knew(false);
}

#[test]
fn a_redo_means_the_undo_that_it_knew_of_two_by_one_name() {
    a_redo_means_what_it_knew(true);
}

/// `both_undo`: the second copy has an undo under the number of the first one's, else something else.
fn a_redo_means_what_it_knew(both_undo: bool) {
    let (mut one, mut two, shared) = parted();
    // The parent's answer is taken back in the first copy; a plain fork from before both takes it back as well, and then
    // brings it back from both.
    let reader = |device: &Device| device.store.context().unwrap();
    let named = ActionId { device: id(1), number: 1 };
    let undo = |device: &mut Device| {
        device.now_ms += 60_000;
        let stamp = device.stamp();
        device.store.write(stamp, ActionKind::Undo, Subject::None, |writer| writer.undo(named)).unwrap().1.unwrap()
    };
    let by_first = undo(&mut one);
    let mut child = device(7);
    give(&one, &mut child).unwrap();
    let by_child = undo(&mut child);
    assert!(reader(&child).voided.contains(named));
    child.now_ms += 60_000;
    let stamp = child.stamp();
    child.store.write(stamp, ActionKind::Undo, Subject::None, |writer| writer.redo(named)).unwrap();
    assert!(!reader(&child).voided.contains(named));
    while newest(&two) + 1 < by_first.number {
        answer(&mut two, 1, 4);
    }
    if both_undo {
        undo(&mut two);
    } else {
        answer(&mut two, 1, 4);
    }
    assert_eq!(newest(&two), by_first.number, "another act under the same name");
    refusal(give(&two, &mut one));
    let stamp = one.stamp();
    one.store.fork(stamp).unwrap();
    let mut devices = [one, two, child, device(8)];
    assert_eq!(exchange(&mut devices, 4, None), Vec::<String>::new());
    assert_all_equal(&mut devices);
    let voided = &reader(&devices[3]).voided;
    assert_eq!(voided.contains(named), both_undo, "both undos are taken back, but not the second copy's");
    assert!(voided.contains(by_child));
    assert!(voided.contains(ActionId { device: id(11), ..by_first }));
    assert!(!voided.contains(by_first), "what has that number now is another act");
    assert!(shared < by_first.number);
}
