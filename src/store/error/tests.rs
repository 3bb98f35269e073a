//! An error names the file that it is about, also where that is not the open database.

use super::*;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::id::DeviceId;
use crate::core::study_day::StudyDay;
use crate::store::Here;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Unfinished;
use crate::store::copy_aside;
use rusqlite::Connection;
use std::fs;

const STAMP: Stamp = Stamp { now: Timestamp { unix_ms: 0, offset_min: 0 }, today: StudyDay(0) };

fn here(device: u8) -> Here {
    Here::nameless(DeviceId([device; 16]))
}

/// Takes a table away from a database, whoever has it open.
fn lose(path: &Path, table: &str) {
    Connection::open(path).unwrap().execute_batch(&format!("DROP TABLE {table}")).unwrap();
}

#[test]
fn a_read_and_a_write_name_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmq.db");
    let mut store = Store::open(&path, here(1), STAMP.now).unwrap();
    let written = store.write(STAMP, ActionKind::Edit, Subject::None, |_| Err::<(), _>(Fault::Stale));
    let refused = written.unwrap_err();
    assert!(refused.path == path && matches!(refused.fault, Fault::Stale), "{refused:?}");
    lose(&path, "deck");
    let unread = store.deck_names().unwrap_err();
    assert!(unread.path == path && matches!(unread.fault, Fault::Sqlite(_)), "{unread:?}");
}

#[test]
fn of_two_open_databases_the_one_that_failed_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, theirs) = (folder.path().join("ours.db"), folder.path().join("theirs.db"));
    let mut store = Store::open(&ours, here(1), STAMP.now).unwrap();
    let other = Store::open(&theirs, here(2), STAMP.now).unwrap();
    store.erase_as_in(STAMP, &other).unwrap();
    lose(&ours, "meta");
    assert_eq!(store.erase_as_in(STAMP, &other).unwrap_err().path, ours);
    lose(&theirs, "fact");
    assert_eq!(store.erase_as_in(STAMP, &other).unwrap_err().path, theirs);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (text, to) = (folder.path().join("diary"), folder.path().join("new.db"));
    fs::write(&text, "Dear diary, today I learned nothing.".repeat(200)).unwrap();
    assert_eq!(Store::open(&text, here(1), STAMP.now).err().map(|error| error.path), Some(text.clone()));
    assert_eq!(Store::look(&text).err().map(|error| error.path), Some(text.clone()));
    assert_eq!(Store::salvage(&text, &to, here(1), STAMP).err().map(|error| error.path), Some(text.clone()));
    assert_eq!(copy_aside(&text, &to).err().map(|error| error.path), Some(text));
}

#[test]
fn a_copy_that_finds_its_place_taken_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let unfinished = Unfinished::beside(&file, "part").unwrap();
    fs::write(&file, "another one was faster").unwrap();
    let refused = unfinished.put(&file, false).unwrap_err();
    assert!(refused.path == file && refused.fault.is_taken(), "{refused:?}");
}
