//! A database that was copied, moved or restored is another device: (device, sequence) never names two events.

use crate::world::WHOLE;
use crate::world::World;
use crate::world::history_of;
use lmq::core::event::EventKind;
use lmq::core::id::CardId;
use lmq::core::id::DeviceId;
use lmq::core::log::LogRecord;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::env::Env;
use lmq::ops;
use lmq::ops::restore::restore;
use lmq::store::Happened;
use lmq::store::Store;
use std::fs;
use std::path::Path;

fn lived_in() -> World {
    let mut world = World::bare();
    world.import(
        "t.toml",
        "[deck]\nid = \"t\"\nname = \"t\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"f\"\nback = \"b\"\n",
    );
    let card = world.card("t/k").card;
    for _ in 0..3 {
        world.answer(card, 4);
        world.pass(3 * 1440);
    }
    world
}

/// A device, and the one that it was forked from with the last sequence that both share.
type Device = (DeviceId, Option<(DeviceId, u64)>);

fn devices(store: &Store) -> Vec<Device> {
    let mut devices = Vec::new();
    store
        .log(&mut |record| {
            if let LogRecord::Head(head) = record {
                devices.push((head.device.id, head.device.parent.map(|parent| (parent.device, parent.sequence))));
            }
            Ok(())
        })
        .unwrap();
    devices
}

fn entries(store: &Store) -> u64 {
    let mut entries = 0;
    store
        .log(&mut |record| {
            entries += u64::from(matches!(record, LogRecord::Entry(..)));
            Ok(())
        })
        .unwrap();
    entries
}

fn env_at(now: Timestamp) -> Env {
    let mut env = Env::from_process();
    env.fix_now(now);
    env
}

/// Opens the file and answers its card.
fn answer_at(path: &Path, world: &World, grade: lmq::core::grade::Quality) -> Store {
    let env = env_at(world.now());
    let mut store = ops::open_as_is(path, &env).unwrap();
    let card = CardId { note: lmq::core::id::NoteUid::of_key("t", "k"), ordinal: 1 };
    ops::review::answer(&mut store, &env, &world.settings, card, grade, Millis(1), "").unwrap();
    store
}

fn copy_with_sides(from: &Path, to: &Path) {
    for ending in ["", "-wal"] {
        let side =
            |path: &Path| path.with_file_name(format!("{}{ending}", path.file_name().unwrap().to_string_lossy()));
        if side(from).exists() {
            fs::copy(side(from), side(to)).unwrap();
        }
    }
}

#[test]
fn a_file_found_at_another_path_is_a_new_device_that_knows_its_parent() {
    let mut world = lived_in();
    let (parent, shared) = (devices(&world.store)[0].0, entries(&world.store));
    let copy = world.folder.path().join("copy.db");
    copy_with_sides(&world.path(), &copy);
    let store = answer_at(&copy, &world, lmq::core::grade::Quality::Q4);
    let known = devices(&store);
    assert_eq!(known.len(), 2);
    assert_eq!(known[1].1, Some((parent, shared)), "forked after all that both know");
    // The one that stayed goes on under its own name, and both logs unite.
    let card = world.card("t/k").card;
    world.answer(card, 2);
    assert_eq!(devices(&world.store).len(), 1);
    let report = world.import("log.jsonl", log_of(&store));
    assert_eq!((report.entries_added, report.entries_known), (1, shared));
    assert_eq!(world.doctor(), []);
}

#[test]
fn a_file_that_is_only_read_elsewhere_becomes_no_new_device() {
    let world = lived_in();
    let copy = world.folder.path().join("copy.db");
    copy_with_sides(&world.path(), &copy);
    let store = ops::open_as_is(&copy, &env_at(world.now())).unwrap();
    assert_eq!(history_of(&store).len(), 3);
    assert_eq!(devices(&store).len(), 1);
}

#[test]
fn a_restored_database_is_a_new_device() {
    let mut world = lived_in();
    let (parent, shared) = (devices(&world.store)[0].0, entries(&world.store));
    let backup = world.folder.path().join("backup.db");
    ops::backup::backup(&world.store, &backup, false, &world.env, world.stamp()).unwrap();
    let card = world.card("t/k").card;
    world.answer(card, 5);
    let stamp = world.stamp();
    let path = world.path();
    let held = restore(&path, &backup, &world.env, stamp, |_| Ok(false)).map(drop).unwrap_err();
    assert!(held.to_string().contains("another lmq has the database open"), "{held}");
    // Somebody else's window is closed.
    let elsewhere = tempfile::tempdir().unwrap();
    world.store = ops::open_as_is(&elsewhere.path().join("lmq.db"), &world.env).unwrap();
    let restored = restore(&path, &backup, &world.env, stamp, |_| Ok(false)).unwrap();
    assert_eq!((restored.newer.answers, restored.united), (1, None));
    let store = answer_at(&path, &world, lmq::core::grade::Quality::Q1);
    let known = devices(&store);
    assert_eq!((known.len(), known[1].1), (2, Some((parent, shared))));
    drop(store);
    // What was set aside is united without two events of one name.
    let aside = restored.aside.unwrap();
    let restored = restore(&path, &aside, &world.env, stamp, |newer| Ok(newer.answers == 1)).unwrap();
    assert_eq!(restored.united, Some(1));
    let mut store = ops::open_as_is(&path, &world.env).unwrap();
    assert_eq!(history_of(&store).len(), 5);
    assert_eq!(store.doctor(stamp, false).unwrap(), []);
}

#[test]
fn a_backup_that_was_copied_over_the_database_by_hand_is_a_new_device_too() {
    let mut world = lived_in();
    let (path, backup) = (world.path(), world.folder.path().join("backup.db"));
    ops::backup::backup(&world.store, &backup, false, &world.env, world.stamp()).unwrap();
    let card = world.card("t/k").card;
    world.answer(card, 5);
    let ahead = world.log_text();
    let (stamp, settings, now, folder) = (world.stamp(), world.settings.clone(), world.now(), world.folder);
    world.store.close().unwrap();
    fs::copy(&backup, &path).unwrap();
    let mut world = World::reopened(folder, settings, now);
    world.answer(card, 1);
    assert_eq!(devices(&world.store).len(), 2);
    let report = world.import("ahead.jsonl", &ahead);
    assert_eq!(report.entries_added, 1, "the fourth answer of the lost file has a name of its own");
    assert_eq!(world.store.doctor(stamp, false).unwrap(), []);
}

#[test]
fn a_restore_takes_what_the_backups_write_ahead_log_holds() {
    let world = lived_in();
    let there = tempfile::tempdir().unwrap();
    // As a killed program leaves it: everything is in the file beside it.
    let killed = there.path().join("killed.db");
    copy_with_sides(&world.path(), &killed);
    assert!(fs::metadata(there.path().join("killed.db-wal")).unwrap().len() > 0);
    let before = (fs::read(&killed).unwrap(), fs::read(there.path().join("killed.db-wal")).unwrap());
    let db = there.path().join("lmq.db");
    restore(&db, &killed, &world.env, world.stamp(), |_| Ok(false)).unwrap();
    let store = ops::open_as_is(&db, &world.env).unwrap();
    let is_answer =
        |what: &Happened| matches!(what, Happened::Event(event) if matches!(event.kind, EventKind::Answered { .. }));
    let answers = history_of(&store).iter().filter(|row| is_answer(&row.what)).count();
    assert_eq!(answers, 3);
    assert!(before == (fs::read(&killed).unwrap(), fs::read(there.path().join("killed.db-wal")).unwrap()), "only read");
}

#[test]
fn a_restore_does_not_mix_with_what_a_lost_database_left_beside_it() {
    let mut world = lived_in();
    let there = tempfile::tempdir().unwrap();
    let backup = there.path().join("backup.db");
    ops::backup::backup(&world.store, &backup, false, &world.env, world.stamp()).unwrap();
    let card = world.card("t/k").card;
    world.answer(card, 5);
    // The database itself is gone, its write-ahead log is still there.
    let db = there.path().join("lmq.db");
    copy_with_sides(&world.path(), &db);
    fs::remove_file(&db).unwrap();
    restore(&db, &backup, &world.env, world.stamp(), |_| Ok(false)).unwrap();
    let mut store = ops::open_as_is(&db, &world.env).unwrap();
    assert_eq!(history_of(&store).len(), 3, "the backup, and nothing else");
    assert_eq!(store.doctor(world.stamp(), false).unwrap(), []);
}

#[test]
fn a_damaged_backup_is_refused_and_the_database_stays() {
    let world = lived_in();
    let backup = world.folder.path().join("backup.db");
    ops::backup::backup(&world.store, &backup, false, &world.env, world.stamp()).unwrap();
    let whole = fs::read(&backup).unwrap();
    let mut scribbled = whole.clone();
    scribbled[8192..].fill(0x5a);
    for (what, bytes) in [("cut", &whole[..whole.len() / 2]), ("scribbled over", &scribbled[..])] {
        fs::write(&backup, bytes).unwrap();
        let before = world.log_text();
        let restored = restore(&world.path(), &backup, &world.env, world.stamp(), |_| Ok(false));
        let failure = restored.map(drop).unwrap_err();
        assert_eq!(failure.kind, lmq::failure::Kind::Data, "{what}: {failure}");
        assert_eq!(before, ops::open_as_is(&world.path(), &world.env).map(|store| log_of(&store)).unwrap(), "{what}");
        let left: Vec<String> = fs::read_dir(world.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("restoring") || name.contains("aside"))
            .collect();
        assert_eq!(left, Vec::<String>::new(), "{what}");
    }
}

fn log_of(store: &Store) -> String {
    let mut log = Vec::new();
    ops::export::log(store, WHOLE, &mut log).unwrap().unwrap();
    String::from_utf8(log).unwrap()
}
