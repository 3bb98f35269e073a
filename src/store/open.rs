//! Opening the database, and how SQLite is set up for it.

use crate::core::study_day::Timestamp;
use crate::store::Here;
use crate::store::Salts;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trouble;
use crate::store::copy;
use crate::store::copy::copy_to;
use crate::store::copy::header_of;
use crate::store::copy::make_file;
use crate::store::copy::make_folder;
use crate::store::migrate;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use std::cell::Cell;
use std::cell::RefCell;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// How long a command waits for another `lmq` that is writing.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How long it waits before it tries again where SQLite does not wait by itself.
const SHORT: Duration = Duration::from_millis(10);

/// SQLite's page cache, as its pragma has it: negative numbers are kilobytes.
const CACHE_KB: i32 = -8000;
const BULK_CACHE_KB: i32 = -48_000;

/// Switches to the write-ahead log. SQLite does not wait for others here, whatever the busy timeout says: at the very
/// first start of two programs at once one of them would fail.
fn use_wal(db: &Connection) -> Result<(), StoreError> {
    let mut waited = Duration::ZERO;
    loop {
        match db.pragma_update(None, "journal_mode", "wal").map_err(StoreError::from) {
            Err(error) if error.trouble() == Trouble::Busy && waited < PATIENCE => {
                std::thread::sleep(SHORT);
                waited += SHORT;
            }
            done => return done,
        }
    }
}

pub(super) fn set_up(db: &Connection) -> Result<(), StoreError> {
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
        migrate::check_header(path, &header_of(path)?)?;
        make_folder(path)?;
        make_file(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(PATIENCE)?;
        migrate::check_before_use(&db, path)?;
        set_up(&db)?;
        migrate::migrate(&mut db, path, |db, version| {
            let date = now.to_rfc3339().replace(':', "");
            let copy = PathBuf::from(format!("{}.before-schema-{version}.{date}", path.display()));
            copy_to(db, &copy)?;
            Ok(copy)
        })?;
        let store = Self::over(db, path, here);
        // Where another one writes just now, it is done later.
        store.catch_up().ok();
        Ok(store)
    }

    pub(super) fn over(db: Connection, path: &Path, here: Here) -> Self {
        let salts = Rc::new(Salts::from_chance(here.chance));
        Self {
            db,
            path: path.to_owned(),
            file: copy::identity(path),
            here,
            writes_as: None,
            writes_since: 0,
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
        Ok(self.db.pragma_update(None, "cache_size", BULK_CACHE_KB)?)
    }

    /// Before (`true`) and after (`false`) very many rows are written: more pages in memory, or those of the indexes
    /// whose order is chance are written again and again.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn write_much(&self, much: bool) -> Result<(), StoreError> {
        self.db.pragma_update(None, "cache_size", if much { BULK_CACHE_KB } else { CACHE_KB })?;
        Ok(())
    }
}
