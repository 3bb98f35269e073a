//! Logs with forks, and what lies beside the database; `tests/it/salvage.rs` damages whole files.

use super::*;
use crate::core::id::NoteUid;
use crate::store::fork::tests::answer;
use crate::store::fork::tests::copy_of;
use crate::store::fork::tests::device;
use crate::store::fork::tests::live;
use crate::store::fork::tests::path_of;
use crate::store::fork::tests::put_over;
use crate::store::fork::tests::state_of;
use crate::store::laws::Command;
use crate::store::laws::Device;
use crate::store::laws::assert_in_order;
use crate::store::laws::basic;

/// What is saved of a device's database, as a device, and what was said of it.
fn saved(device: &Device) -> (Device, Salvaged) {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("saved.db");
    // As the file lies there.
    copy_of(device, "checkpoint");
    let here = Here { machine: "machine".to_owned(), state_folder: Some(state_of(device)), ..Device::here(90) };
    let done = Store::salvage(&path_of(device), &to, here, device.stamp()).unwrap();
    let store = Store::open(&to, Device::here(91), device.stamp().now).unwrap();
    (Device::over(store, device.now_ms, folder), done)
}

fn went_on(device: &mut Device) {
    answer(device, 0, 5);
    device.take(&Command::Wait { days: 1 });
    answer(device, 1, 4);
}

/// A device whose database was put back once, and went on: its log is a fork of what it was.
fn put_back() -> Device {
    let mut device = device(1);
    live(&mut device);
    let older = copy_of(&device, "older");
    went_on(&mut device);
    put_over(&mut device, &older, 11);
    device
}

fn entries(device: &Device) -> i64 {
    let sql = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM fact)";
    device.store.db().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
}

#[test]
fn a_log_that_went_back_once_keeps_its_names() {
    let mut device = put_back();
    answer(&mut device, 2, 4);
    let (mut saved, done) = saved(&device);
    assert_eq!((done.renamed, done.is_all()), (0, true));
    assert_eq!(saved.log(), device.log());
    assert_in_order(&mut saved);
}

#[test]
fn of_a_log_whose_end_is_gone_what_is_left_keeps_its_names_and_the_rest_is_counted() {
    let device = put_back();
    let (mut saved, done) = saved(&device);
    assert_eq!((done.renamed, done.lost_entries), (0, 2), "the two answers that the state folder knows of");
    assert_eq!(saved.log(), device.log());
    assert_in_order(&mut saved);
}

/// Changes an answer where nothing notices but the hashes.
fn damage(device: &Device, number: i64) {
    let db = device.store.db();
    let triggers: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'event'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for name in triggers {
        db.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    let sql = "UPDATE event SET took_ms = took_ms + 1 WHERE id = (SELECT min(id) FROM event WHERE id >> 32 = ?1)";
    assert_eq!(db.execute(sql, [number]).unwrap(), 1);
}

#[test]
fn what_was_forked_from_a_damaged_log_is_saved_with_it() {
    let mut device = put_back();
    answer(&mut device, 2, 4);
    device.take(&Command::Undo);
    device.take(&Command::Edit { note: 0, text: 1 });
    let had = entries(&device);
    damage(&device, 1);
    let (mut saved, done) = saved(&device);
    assert_eq!((i64::try_from(done.renamed).unwrap(), done.lost_entries), (had, 0), "no hash vouches for anything");
    assert_eq!(entries(&saved), had);
    assert_in_order(&mut saved);
    let undone =
        |device: &Device| device.store.db().query_row("SELECT count(*) FROM undone", [], |row| row.get::<_, i64>(0));
    assert_eq!(undone(&saved).unwrap(), undone(&device).unwrap());
}

#[test]
fn pictures_come_along_and_those_that_are_gone_are_counted() {
    let mut device = Device::new(1);
    let bird = device.store.put_media(b"a picture").unwrap();
    let fish = device.store.put_media(b"another picture").unwrap();
    let mut text = basic("What is this?", "a bird", &[]);
    text.media.extend([("bird.png".to_owned(), bird), ("fish.png".to_owned(), fish)]);
    let stamp = device.stamp();
    device.add(NoteUid([7; 16]), &text);
    fs::remove_file(device.store.media_file(fish).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("saved.db");
    let done = Store::salvage(device.store.path(), &to, Device::here(2), stamp).unwrap();
    assert_eq!((done.media, done.lost_media, done.lost_entries), (1, 1, 0));
    let saved = Store::open(&to, Device::here(3), stamp.now).unwrap();
    assert_eq!(fs::read(saved.media_file(bird).unwrap()).unwrap(), b"a picture");
    assert!(saved.media_file(fish).is_none());
    let refused = Store::salvage(device.store.path(), &to, Device::here(2), stamp);
    assert!(refused.is_err(), "nothing is written over what is there");
    assert_eq!(fs::read_dir(folder.path()).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count(), 1);
}

#[test]
fn what_a_killed_salvage_left_goes_a_day_later_and_nothing_else() {
    let mut device = device(1);
    live(&mut device);
    copy_of(&device, "checkpoint");
    let folder = tempfile::tempdir().unwrap();
    let old = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    for (name, is_old) in
        [(".lmq-salvage-Ab3dEf", true), (".lmq-salvage-fresh1", false), (".lmq-salvage-of-mine", true)]
    {
        let begun = folder.path().join(name);
        fs::create_dir(&begun).unwrap();
        fs::write(begun.join("lmq.db"), "words").unwrap();
        if is_old {
            fs::File::open(&begun).unwrap().set_modified(old).unwrap();
        }
    }
    let here = Here { machine: "machine".to_owned(), state_folder: Some(state_of(&device)), ..Device::here(90) };
    Store::salvage(&path_of(&device), &folder.path().join("saved.db"), here, device.stamp()).unwrap();
    let mut left: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, [".lmq-salvage-fresh1", ".lmq-salvage-of-mine", "saved.db"]);
}
