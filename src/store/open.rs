//! Opening the database, and how SQLite is set up for it.

use crate::core::study_day::Timestamp;
use crate::store::Fault;
use crate::store::Here;
use crate::store::Salts;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::copy::Check;
use crate::store::copy::copy_to;
use crate::store::files;
use crate::store::files::header_of;
use crate::store::files::make_file;
use crate::store::files::make_folder;
use crate::store::migrate;
use crate::store::patience::PATIENCE;
use crate::store::patience::when_free;
use crate::store::wal_name;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use std::cell::Cell;
use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;

/// SQLite's page cache, as its pragma has it: negative numbers are kilobytes.
const CACHE_KB: i32 = -8000;
const BULK_CACHE_KB: i32 = -48_000;
const ONCE_CACHE_KB: i32 = -2000;

/// Switches to the write-ahead log. At the very first start of two programs at once one of them would fail without patience.
fn use_wal(db: &Connection) -> Result<(), Fault> {
    when_free(|| Ok(db.pragma_update(None, "journal_mode", "wal")?))
}

/// Whether it has one: there are places where SQLite can keep none, and goes on with a journal.
fn has_wal(db: &Connection) -> Result<bool, Fault> {
    Ok(db.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))? == "wal")
}

/// How often the database is opened anew where it was restored meanwhile.
const TRIES: u32 = 5;

/// Whether SQLite noticed that the file that it has open is another one than the one at its path.
fn has_moved(fault: &Fault) -> bool {
    matches!(fault, Fault::Replaced)
        || matches!(fault, Fault::Sqlite(rusqlite::Error::SqliteFailure(error, _))
            if error.extended_code == rusqlite::ffi::SQLITE_READONLY_DBMOVED)
}

/// The write-ahead log of a database that is gone: it holds what was answered last, and SQLite throws it away at the first look.
#[must_use]
pub fn lone_log(path: &Path) -> Option<PathBuf> {
    let log = path.with_file_name(wal_name(path));
    let length = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len());
    // In this order: who makes a database has its file first, and its log then.
    (length(&log) > 0 && length(path) == 0).then_some(log)
}

/// SQLite opens the files beside a database by their names, and waits for ever where one of them is a pipe.
pub(super) fn side_files_are_files(path: &Path) -> Result<(), Fault> {
    for side in files::SIDES.map(|side| files::with_ending(path, side)) {
        if fs::metadata(&side).is_ok_and(|meta| !meta.is_file()) {
            let source =
                std::io::Error::other("it is not a file, but a folder, a pipe, a device or a socket: move it away");
            return Err(Fault::Io { path: side, source });
        }
    }
    Ok(())
}

pub(super) fn set_up(db: &Connection) -> Result<(), Fault> {
    db.pragma_update(None, "trusted_schema", false)?;
    use_wal(db)?;
    db.pragma_update(None, "synchronous", "full")?;
    // Checkpoints are taken by `Store::while_idle`, while the learner reads, and never inside an answer.
    db.pragma_update(None, "wal_autocheckpoint", 0)?;
    db.pragma_update(None, "cache_size", CACHE_KB)?;
    db.pragma_update(None, "temp_store", "memory")?;
    // Without this SQLite parses and plans a kept statement again each time that a parameter changes, in case the new
    // value wants another plan. Ours have one plan each.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(())
}

impl Store {
    /// Opens the database at `path`, makes it where there is none, brings its schema up to date.
    ///
    /// # Errors
    /// When the file is no database of ours or of a newer program (it is left untouched), or can't be read or written.
    pub fn open(path: &Path, here: Here, now: Timestamp) -> Result<Self, StoreError> {
        let mut tries = 1;
        loop {
            match Self::open_what_is_there(path, here.clone(), now) {
                Err(fault) if has_moved(&fault) && tries < TRIES => tries += 1,
                opened => return opened.map_err(|fault| fault.at(path)),
            }
        }
    }

    fn open_what_is_there(path: &Path, here: Here, now: Timestamp) -> Result<Self, Fault> {
        side_files_are_files(path)?;
        if let Some(log) = lone_log(path) {
            return Err(Fault::LoneLog(log));
        }
        migrate::check_header(path, &header_of(path)?)?;
        make_folder(path)?;
        make_file(path)?;
        let file = files::identity(path);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(PATIENCE)?;
        migrate::check_before_use(&db, path)?;
        set_up(&db)?;
        // From here on there is a lock on it that keeps a restore out. One that was faster has put another file there.
        if files::identity(path) != file {
            return Err(Fault::Replaced);
        }
        // A restore that was killed while it kept others out leaves a journal whose head is empty. Beside a write-ahead log it
        // is nobody's, and nobody else would take it away.
        let journal = files::with_ending(path, "-journal");
        if journal.symlink_metadata().is_ok() && has_wal(&db)? {
            fs::remove_file(journal).ok();
        }
        migrate::migrate(&mut db, path, |db, version| {
            let date = now.to_rfc3339().replace(':', "");
            let copy = files::with_ending(path, &format!(".before-schema-{version}.{date}"));
            match copy_to(db, &copy, Check::All) {
                // Another one that starts at this moment has made it: whole, since a copy has its name only then.
                Err(fault) if fault.is_taken() => Ok(copy),
                done => done.map(|()| copy),
            }
        })?;
        let store = Self::over(db, path, here);
        // Where another one writes just now, it is done later.
        store.catch_up().ok();
        Ok(store)
    }

    /// Keeps all others out until this store is gone, with everything in the one file. Waits a little for those who have the
    /// database open.
    ///
    /// # Errors
    /// When they still have it open then, or it can't be written.
    pub fn keep_others_out(&mut self) -> Result<(), StoreError> {
        self.attempt(|| {
            self.catch_up()?;
            when_free(|| {
                // Who has a database with a write-ahead log open holds a lock on it all the time: it is left only without them.
                self.db.pragma_update(None, "locking_mode", "normal")?;
                self.db.pragma_update(None, "journal_mode", "delete")?;
                // Only now, or SQLite would keep a journal beside the file as well. A lock that was taken once then stays.
                self.db.pragma_update(None, "locking_mode", "exclusive")?;
                self.db.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
                let mode: String = self.db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
                if mode == "delete" {
                    return Ok(());
                }
                // Somebody came in between, and is in the way as if they had been there before.
                let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
                Err(Fault::Sqlite(rusqlite::Error::SqliteFailure(busy, None)))
            })
        })
    }

    pub(super) fn over(db: Connection, path: &Path, here: Here) -> Self {
        let salts = Rc::new(Salts::from_chance(here.chance));
        Self {
            db,
            path: path.to_owned(),
            file: files::identity(path),
            here,
            writes_as: None,
            writes_since: 0,
            newest_answer: None,
            lies_at: None,
            tail: None,
            last_hlc: None,
            config: None,
            scheduler: None,
            context: RefCell::new(None),
            salts,
            unsaid: Cell::new(None),
            behind: RefCell::default(),
            caches_known_at: Cell::new(None),
            is_late: Cell::new(false),
            actions_since_checkpoint: Cell::new(0),
            writes: 0,
            left_out: RefCell::default(),
        }
    }

    /// More memory for a command that reads the whole database, in an order that need not be the one it lies in.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn read_much(&self) -> Result<(), StoreError> {
        self.attempt(|| Ok(self.db.pragma_update(None, "cache_size", BULK_CACHE_KB)?))
    }

    /// For a pass through states and log in the order in which they lie: no page is wanted twice, so few are kept.
    ///
    /// # Errors
    /// When SQLite refuses, or `pass` fails.
    pub(super) fn read_once<T>(&self, pass: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        self.db.pragma_update(None, "cache_size", ONCE_CACHE_KB)?;
        let done = pass();
        self.db.pragma_update(None, "cache_size", CACHE_KB)?;
        done
    }

    /// Writes very many rows: with more pages in memory, or those of the indexes whose order is chance are written again and
    /// again.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn write_much<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<T, StoreError> {
        self.keep_in_memory(BULK_CACHE_KB)?;
        let done = work(self);
        self.keep_in_memory(CACHE_KB)?;
        Ok(done)
    }

    fn keep_in_memory(&self, kb: i32) -> Result<(), StoreError> {
        self.attempt(|| Ok(self.db.pragma_update(None, "cache_size", kb)?))
    }
}
