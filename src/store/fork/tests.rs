//! A copy of a database is noticed before it writes, and copies that went on become equal again.

mod parted;

use super::*;
use crate::core::fact::ChainHash;
use crate::core::log::LogRecord;
use crate::core::study_day::Timestamp;
use crate::store::Here;
use crate::store::Union;
use crate::store::laws::Command;
use crate::store::laws::Device;
use crate::store::laws::assert_equal;
use crate::store::laws::assert_in_order;
use crate::store::laws::command;
use crate::store::laws::cut;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

const DAY_MS: i64 = 86_400_000;
const START_MS: i64 = 20_000 * DAY_MS;

fn id(number: u8) -> DeviceId {
    DeviceId([number; 16])
}

/// Opens the database of a machine that keeps its state in `state`; a new device would have the id of that number.
fn open(path: &Path, state: &Path, fresh: u8) -> Store {
    let here = Here {
        machine: "machine".to_owned(),
        device_name: format!("device {fresh}"),
        fresh_device: id(fresh),
        chance: [fresh; 16],
        state_folder: Some(state.to_owned()),
    };
    Store::open(path, here, Timestamp { unix_ms: START_MS, offset_min: 0 }).unwrap()
}

/// A device in a folder of its own; its state lies in the folder too.
pub(in crate::store) fn device(number: u8) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("lmq.db"), &folder.path().join("state"), number);
    Device::over(store, START_MS, folder)
}

pub(in crate::store) fn path_of(device: &Device) -> PathBuf {
    device.store.path().to_owned()
}

pub(in crate::store) fn state_of(device: &Device) -> PathBuf {
    device.store.path().with_file_name("state")
}

/// The device's database opened again, as the next start of the program does; `fresh` is the id of a new device.
fn again(device: &mut Device, fresh: u8) {
    let (path, state) = (path_of(device), state_of(device));
    device.store = open(&path, &state, fresh);
}

/// What lies at `path` now is `copy`'s bytes.
pub(in crate::store) fn put_over(device: &mut Device, copy: &Path, fresh: u8) {
    let (path, state) = (path_of(device), state_of(device));
    let elsewhere = copy.with_file_name("nothing");
    device.store = open(&elsewhere, &state, fresh);
    for ending in ["-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", path.display())).ok();
    }
    fs::copy(copy, &path).unwrap();
    device.store = open(&path, &state, fresh);
}

/// A copy of the whole database as one file, as `cp` makes it of a database that nobody has open.
pub(in crate::store) fn copy_of(device: &Device, name: &str) -> PathBuf {
    device.store.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let copy = path_of(device).with_file_name(name);
    fs::copy(path_of(device), &copy).unwrap();
    copy
}

/// A copy that nothing tells from the original, as of a virtual machine: it goes on as the same device. `fresh` is the id
/// that a new device gets there.
fn clone_of(device: &Device, fresh: u8) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmq.db");
    fs::copy(copy_of(device, "clone"), &path).unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    if let Ok(files) = fs::read_dir(state_of(device)) {
        for file in files {
            let file = file.unwrap();
            fs::copy(file.path(), state.join(file.file_name())).unwrap();
        }
    }
    let store = open(&path, &state, fresh);
    set_meta(store.db(), "place", &store.place()).unwrap();
    Device::over(store, device.now_ms, folder)
}

/// Some days with a deck.
pub(in crate::store) fn live(device: &mut Device) {
    for command in [
        Command::Import { version: 1, reversed: false },
        Command::Answer { card: 0, quality: 4 },
        Command::Wait { days: 1 },
        Command::Answer { card: 1, quality: 2 },
        Command::Tag { note: 2, tag: 1, on: true },
        Command::Undo,
    ] {
        device.take(&command);
    }
}

pub(in crate::store) fn answer(device: &mut Device, card: u8, quality: u8) {
    device.take(&Command::Answer { card, quality });
}

fn give(from: &Device, to: &mut Device) -> Result<(), Fault> {
    to.now_ms = to.now_ms.max(from.now_ms);
    to.unite(&from.log())
}

fn refusal(done: Result<(), Fault>) -> String {
    match done {
        Err(Fault::Refused(what)) => what,
        other => panic!("{other:?}"),
    }
}

/// Devices with the numbers of the entries that are here of each.
fn held(device: &Device) -> Vec<(DeviceId, u64, u64)> {
    let mut held: Vec<(DeviceId, u64, u64)> = device
        .log()
        .into_iter()
        .filter_map(|record| match record {
            LogRecord::Head(head) => Some((head.device.id, head.from, head.to)),
            _ => None,
        })
        .collect();
    held.sort_unstable();
    held
}

fn newest(device: &Device) -> u64 {
    held(device).iter().map(|(.., to)| *to).max().unwrap()
}

/// The names of all actions that stand for one answer each.
fn answers(device: &Device) -> usize {
    let is_answer =
        |record: &LogRecord| matches!(record, LogRecord::Action(action) if action.kind == ActionKind::Answer);
    device.log().iter().filter(|record| is_answer(record)).count()
}

/// All take each other's logs until nothing changes, in an order that `seed` tells; what is refused is tried again. Gives
/// the last refusals, if any.
fn exchange(devices: &mut [Device], seed: u64, most: Option<usize>) -> Vec<String> {
    let mix = crate::core::scheduler::splitmix64;
    let mut refused = Vec::new();
    for round in 0..6 {
        refused.clear();
        let mut added = 0;
        let mut pairs: Vec<(usize, usize)> =
            (0..devices.len()).flat_map(|from| (0..devices.len()).map(move |to| (from, to))).collect();
        pairs.sort_by_key(|(from, to)| mix(seed ^ mix((from * 100 + to * 10 + round) as u64)));
        for (from, to) in pairs.into_iter().filter(|(from, to)| from != to) {
            let log = devices[from].log();
            devices[to].now_ms = devices[to].now_ms.max(devices[from].now_ms);
            let stamp = devices[to].stamp();
            for part in most.map_or_else(|| vec![log.clone()], |most| cut(&log, most)) {
                let feed = |union: &mut Union<'_, '_>| part.iter().try_for_each(|record| union.put(0, record));
                match devices[to].store.unite(stamp, false, feed) {
                    Ok(((), united)) => added += united.added,
                    Err(error) => match error.fault {
                        Fault::Refused(what) => refused.push(format!("{from} to {to}: {what}")),
                        fault => panic!("{fault}"),
                    },
                }
            }
        }
        if refused.is_empty() && added == 0 {
            break;
        }
    }
    refused
}

fn assert_all_equal(devices: &mut [Device]) {
    for device in devices.iter_mut() {
        assert_in_order(device);
        assert_eq!(device.store.awaited().unwrap(), []);
    }
    for (place, other) in devices.iter().enumerate().skip(1) {
        assert_equal(&devices[0].store, &other.store, &format!("devices 0 and {place}"));
        // No order in a history hangs on who came here first.
        assert!(devices[0].log() == other.log(), "the logs of devices 0 and {place} stand in another order");
    }
}

#[test]
fn a_backup_copied_over_the_database_is_a_new_device_at_its_next_write() {
    for takes_first in [false, true] {
        let mut one = device(1);
        live(&mut one);
        let shared = newest(&one);
        let backup = copy_of(&one, "backup");
        answer(&mut one, 0, 5);
        answer(&mut one, 1, 5);
        let mut elsewhere = device(2);
        give(&one, &mut elsewhere).unwrap();
        answer(&mut elsewhere, 2, 3);
        put_over(&mut one, &backup, 3);
        if takes_first {
            give(&elsewhere, &mut one).unwrap();
        }
        one.now_ms += 1;
        answer(&mut one, 0, 1);
        let last = if takes_first { shared + 2 } else { shared };
        assert!(held(&one).contains(&(id(3), last + 1, last + 1)), "{:?}", held(&one));
        give(&one, &mut elsewhere).unwrap();
        give(&elsewhere, &mut one).unwrap();
        assert_eq!(answers(&one), 2 + 2 + 1 + 1);
        let mut third = device(4);
        give(&elsewhere, &mut third).unwrap();
        assert_all_equal(&mut [one, elsewhere, third]);
    }
}

#[test]
fn a_database_at_another_place_is_a_new_device_and_goes_on_beside_the_other() {
    let mut one = device(1);
    live(&mut one);
    let shared = newest(&one);
    let folder = tempfile::tempdir().unwrap();
    fs::copy(copy_of(&one, "copy"), folder.path().join("lmq.db")).unwrap();
    let store = open(&folder.path().join("lmq.db"), &folder.path().join("state"), 2);
    let mut two = Device::over(store, one.now_ms, folder);
    answer(&mut one, 0, 5);
    answer(&mut two, 0, 2);
    // Undone where its parent was: the name is the parent's.
    assert_eq!(held(&two), [(id(1), 1, shared), (id(2), shared + 1, shared + 1)]);
    // A third, copied from the second before that wrote: nobody hears of a device that never wrote.
    let mut devices = [one, two, device(3)];
    assert_eq!(exchange(&mut devices, 7, None), Vec::<String>::new());
    assert_eq!(answers(&devices[2]), 4);
    assert_all_equal(&mut devices);
}

#[test]
fn a_device_that_never_wrote_is_nobodys_parent() {
    let mut one = device(1);
    live(&mut one);
    let shared = newest(&one);
    let copy = copy_of(&one, "copy");
    put_over(&mut one, &copy, 2);
    one.store.leave_device().unwrap();
    let stamp = one.stamp();
    one.store.write(stamp, ActionKind::Edit, Subject::None, |_| Ok(())).unwrap();
    assert_eq!(one.store.this_device().unwrap(), Some(id(2)));
    one.store.leave_device().unwrap();
    again(&mut one, 3);
    answer(&mut one, 0, 4);
    let log = one.log();
    let parents: Vec<_> = log
        .iter()
        .filter_map(|record| match record {
            LogRecord::Head(head) => head.device.parent.map(|parent| (head.device.id, parent.device, parent.sequence)),
            _ => None,
        })
        .collect();
    assert_eq!(parents, [(id(3), id(1), shared)]);
    // A second new device within one process has an id of its own.
    one.store.leave_device().unwrap();
    answer(&mut one, 1, 4);
    assert_eq!(held(&one).len(), 3);
    let mut devices = [one, device(4)];
    assert_eq!(exchange(&mut devices, 3, Some(2)), Vec::<String>::new());
    assert_all_equal(&mut devices);
}

#[test]
fn a_state_file_that_is_missing_or_garbage_is_no_harm() {
    for garbage in [None, Some("garbage"), Some("9 00 0\n"), Some("")] {
        let mut one = device(1);
        live(&mut one);
        let before = newest(&one);
        let file = state_of(&one).join(format!("{}.chain", id(1)));
        assert!(file.is_file());
        match garbage {
            None => fs::remove_dir_all(state_of(&one)).unwrap(),
            Some(text) => fs::write(&file, text).unwrap(),
        }
        again(&mut one, 2);
        answer(&mut one, 0, 4);
        assert_eq!(held(&one), [(id(1), 1, before + 1)]);
        let (tail, _) = chain::remembered(&state_of(&one), id(1)).unwrap();
        let context = one.store.context().unwrap();
        assert_eq!(tail.hash, chain::tail(&one.store.db, &context.reader, 1, before + 1).unwrap().hash);
        assert_in_order(&mut one);
    }
}

#[test]
fn a_state_file_of_another_copy_with_as_many_entries_is_noticed() {
    let mut one = device(1);
    live(&mut one);
    let shared = newest(&one);
    let backup = copy_of(&one, "backup");
    answer(&mut one, 0, 5);
    let first = copy_of(&one, "first");
    fs::remove_dir_all(state_of(&one)).unwrap();
    put_over(&mut one, &backup, 2);
    one.now_ms += 1;
    answer(&mut one, 0, 1);
    // Nothing told that it was a copy; now the state is that of the second, and the first is put back.
    assert_eq!(held(&one), [(id(1), 1, shared + 1)]);
    put_over(&mut one, &first, 3);
    answer(&mut one, 1, 4);
    assert_eq!(held(&one), [(id(1), 1, shared + 1), (id(3), shared + 2, shared + 2)]);
    assert_in_order(&mut one);
}

#[test]
fn a_clock_years_ahead_is_refused_once_and_taken_on_demand() {
    let mut one = device(1);
    live(&mut one);
    let right = one.now_ms;
    one.now_ms += 5 * 365 * DAY_MS;
    answer(&mut one, 0, 5);
    one.now_ms = right + DAY_MS;
    again(&mut one, 9);
    answer(&mut one, 1, 5);
    let mut two = device(2);
    two.now_ms = one.now_ms;
    live(&mut two);
    let what = refusal(two.unite(&one.log()));
    assert!(what.contains("more than a year ahead") && what.contains("--accept-future"), "{what}");
    let stamp = two.stamp();
    let log = one.log();
    two.store.unite(stamp, true, |union| log.iter().try_for_each(|record| union.put(0, record))).unwrap();
    answer(&mut two, 0, 3);
    // What is known, and what was written after it, is no news of a wrong clock.
    two.unite(&one.log()).unwrap();
    one.unite(&two.log()).unwrap();
    answer(&mut one, 2, 3);
    two.unite(&one.log()).unwrap();
    one.unite(&two.log()).unwrap();
    let newest = |device: &Device| {
        let stamps = device.log().into_iter().filter_map(|record| match record {
            LogRecord::Action(action) => Some((action.hlc, action.span.action.device)),
            _ => None,
        });
        stamps.max().unwrap().1
    };
    assert_eq!((newest(&one), newest(&two)), (id(1), id(1)), "the newest act comes after all that its device knew");
    let mut devices = [one, two];
    for device in &mut devices {
        device.now_ms += 5 * 365 * DAY_MS;
    }
    assert_all_equal(&mut devices);
}

/// Two copies of one database go on, each with a friend that met it before they were told apart; all become equal.
fn the_law(commands: &[Vec<Command>; 6], most: Option<usize>, seed: u64) {
    let mut one = device(1);
    let live = |device: &mut Device, commands: &[Command]| commands.iter().for_each(|command| device.take(command));
    one.take(&Command::Import { version: 1, reversed: false });
    live(&mut one, &commands[0]);
    let mut two = clone_of(&one, 12);
    two.now_ms += 7;
    live(&mut one, &commands[1]);
    live(&mut two, &commands[2]);
    let mut friend = device(3);
    friend.now_ms = one.now_ms;
    give(&one, &mut friend).unwrap();
    live(&mut friend, &commands[3]);
    let mut other = device(4);
    give(&two, &mut other).unwrap();
    let meet = |one: &mut Device, two: &Device| {
        if let Err(error) = give(two, one) {
            let stamp = one.stamp();
            assert!(matches!(one.store.fork(stamp).unwrap(), Forked::Entries(_)), "{error}");
            assert_in_order(one);
        }
    };
    meet(&mut one, &two);
    live(&mut one, &commands[4]);
    live(&mut two, &commands[5]);
    // Where one of them had written nothing by then, they part only now.
    meet(&mut one, &two);
    let mut devices = [one, two, friend, other];
    assert_eq!(exchange(&mut devices, seed, most), Vec::<String>::new());
    assert_all_equal(&mut devices);
}

fn commands() -> impl Strategy<Value = [Vec<Command>; 6]> {
    let some = || proptest::collection::vec(command(), 0..8);
    let more = || proptest::collection::vec(command(), 1..8);
    [some(), more(), more(), some(), some(), some()]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, ..crate::store::laws::config() })]

    #[test]
    fn copies_that_went_on_become_equal_everywhere(commands in commands(), most in 0usize..6, seed in any::<u64>()) {
        the_law(&commands, (most > 0).then_some(most), seed);
    }
}
