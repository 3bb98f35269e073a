//! A look at a database that must not wait for anybody and must not change anything: for a prompt, and for whoever wants to see
//! their cards where nothing can be written.

use crate::core::id::DeviceId;
use crate::store::Fault;
use crate::store::Here;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::files::header_of;
use crate::store::migrate;
use crate::store::open::side_files_are_files;
use crate::store::pages::Pages;
use crate::store::wal_name;
use rusqlite::Connection;
use rusqlite::MAIN_DB;
use rusqlite::OpenFlags;
use std::fs;
use std::path::Path;

/// `path` as SQLite's URI, so that a flag can be given with it.
fn immutable(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1")
}

/// How a database is looked at.
enum Opened {
    /// In the file.
    File(Connection),
    /// In memory.
    Image(Connection),
}

/// Where there is no write-ahead log, nobody has the database open, and SQLite is told that nobody will: it would leave
/// side files behind otherwise. Should somebody begin to write at this very moment, one prompt may be a card behind.
///
/// Where there is one, SQLite wants a file of 32 KB beside it to find its way in the log. Where that can't be made, because the
/// disk is full or the folder is read-only, file and log are put together in memory.
fn open(path: &Path) -> Result<Opened, Fault> {
    let has_log = fs::metadata(path.with_file_name(wal_name(path))).is_ok_and(|meta| meta.len() > 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !has_log {
        return Ok(Opened::File(Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI)?));
    }
    let opened = Connection::open_with_flags(path, flags)?;
    let read: rusqlite::Result<i64> = opened.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0));
    match read.map_err(Fault::from) {
        Ok(_) => Ok(Opened::File(opened)),
        Err(error) if error.trouble().is_of_writing() => Ok(Opened::Image(image(path)?)),
        Err(error) => Err(error),
    }
}

/// The database in memory, as the file and its write-ahead log have it.
fn image(path: &Path) -> Result<Connection, Fault> {
    let bytes = Pages::open(path)?.image()?;
    let mut db = Connection::open_in_memory()?;
    db.deserialize_read_exact(MAIN_DB, bytes.as_slice(), bytes.len(), false)?;
    Ok(db)
}

impl Store {
    /// Opens for reading alone: nothing is made, migrated, locked or waited for. `None` where there is no database, or
    /// one that has to be migrated first.
    ///
    /// # Errors
    /// When the file is no database of ours, or can't be read at once.
    pub fn look(path: &Path) -> Result<Option<Self>, StoreError> {
        Self::look_at(path).map_err(|fault| fault.at(path))
    }

    /// A copy in memory, to try what a step would do where nothing can be written. Nothing of it is kept. `None` as for
    /// [`Store::look`].
    ///
    /// # Errors
    /// As [`Store::look`].
    pub fn in_memory(path: &Path, here: Here) -> Result<Option<Self>, StoreError> {
        let copied = || -> Result<Option<Self>, Fault> {
            if Self::look_at(path)?.is_none() {
                return Ok(None);
            }
            // Nor is anything kept of its log's end.
            let store = Self::over(image(path)?, path, Here { state_folder: None, ..here });
            store.catch_up().ok();
            Ok(Some(store))
        };
        copied().map_err(|fault| fault.at(path))
    }

    fn look_at(path: &Path) -> Result<Option<Self>, Fault> {
        side_files_are_files(path)?;
        let header = header_of(path)?;
        if header.is_empty() {
            return Ok(None);
        }
        migrate::check_header(path, &header)?;
        let opened = open(path)?;
        let (Opened::File(db) | Opened::Image(db)) = &opened;
        // Nor may anything be written elsewhere.
        db.pragma_update(None, "temp_store", "memory")?;
        if !migrate::is_newest(db, path)? {
            return Ok(None);
        }
        // Nothing is written, so it does not matter who would be the writer.
        let here = Here::nameless(DeviceId([0; 16]));
        Ok(Some(match opened {
            Opened::File(db) => Self::over(db, path, here),
            Opened::Image(db) => {
                let store = Self::over(db, path, here);
                // What a program that was killed left behind can be made up for here, and nothing else: it would be lost.
                store.catch_up().ok();
                store.db.pragma_update(None, "query_only", true)?;
                store
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::action::ActionKind;
    use crate::core::action::Subject;
    use crate::core::study_day::StudyDay;
    use crate::core::study_day::Timestamp;
    use crate::store::Stamp;
    use crate::store::Trouble;

    #[test]
    fn a_look_makes_no_file_and_leaves_the_database_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let files = || fs::read_dir(folder.path()).unwrap().count();
        let path = folder.path().join("what? 100% #1.db");
        assert!(Store::look(&path).unwrap().is_none() && files() == 0);
        let here = Here::nameless(DeviceId([1; 16]));
        let store = Store::open(&path, here, Timestamp { unix_ms: 0, offset_min: 0 }).unwrap();
        let decks = |store: &Store| store.deck_names().unwrap().len();
        assert_eq!(Store::look(&path).unwrap().map(|look| decks(&look)), Some(0), "while another has it open");
        store.close().unwrap();
        let before = (fs::read(&path).unwrap(), files());
        assert_eq!(Store::look(&path).unwrap().map(|look| decks(&look)), Some(0));
        assert_eq!((fs::read(&path).unwrap(), files()), before);
        fs::write(&path, "no database").unwrap();
        assert!(Store::look(&path).is_err());
    }

    #[test]
    fn what_is_tried_in_memory_leaves_the_database_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        let here = || Here::nameless(DeviceId([1; 16]));
        assert!(Store::in_memory(&path, here()).unwrap().is_none());
        let now = Timestamp { unix_ms: 0, offset_min: 0 };
        let store = Store::open(&path, here(), now).unwrap();
        store.close().unwrap();
        let before = fs::read(&path).unwrap();
        let mut tried = Store::in_memory(&path, here()).unwrap().unwrap();
        let stamp = Stamp { now, today: StudyDay(0) };
        let write = tried.write(stamp, ActionKind::Rename, Subject::None, |writer| writer.rename_deck("a", "b"));
        assert!(write.unwrap().1.is_some());
        drop(tried);
        assert_eq!((fs::read(&path).unwrap(), fs::read_dir(folder.path()).unwrap().count()), (before, 1));
    }

    #[test]
    fn a_schema_that_no_version_made_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        for version in [0, -1, 1_000_000] {
            let path = folder.path().join(format!("{version}.db"));
            let db = Connection::open(&path).unwrap();
            db.execute_batch(&format!("CREATE TABLE t (x); PRAGMA user_version = {version};")).unwrap();
            db.pragma_update(None, "application_id", migrate::APPLICATION_ID).unwrap();
            db.close().unwrap();
            assert_eq!(
                Store::look(&path).err().map(|error| error.fault.trouble()),
                Some(Trouble::Damaged),
                "{version}"
            );
        }
    }
}
