//! The database. The only folder that names rusqlite.
//!
//! The log is the truth and everything else about learning a cache of it; both change in one transaction. A store
//! never decides: it commits what core decided, and answers questions by index.

mod card_state;
mod cards;
mod checkups;
mod columns;
mod doctor;
mod due;
mod look;
mod mastery;
mod migrate;
mod notes;
#[cfg(test)]
mod plans;
mod review_log;
mod revise;
mod search;
mod totals;
mod transfer;
mod undo;

pub use cards::CardLine;
pub use cards::DeckLine;
pub use cards::Found;
pub use cards::Notes;
pub use checkups::HeldOut;
pub use doctor::Finding;
pub use due::Counts;
pub use due::DeckSet;
pub use due::Limits;
pub use notes::Bulk;
pub use notes::BulkOptions;
pub use notes::DeckOrigin;
pub use notes::Edited;
pub use notes::Finished;
pub use notes::Overruled;
pub use notes::PackedNote;
pub use notes::Placed;
pub use notes::SourceFile;
pub use notes::Who;
pub use review_log::HistoryRow;
pub use revise::NoteNow;
pub use transfer::Union;
pub use undo::ActionLine;
pub use undo::Undo;

use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::ShareId;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use rusqlite::config::DbConfig;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

/// How long a command waits for another `lmq` that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long it waits before it tries again where SQLite does not wait by itself.
const SHORT: Duration = Duration::from_millis(10);

/// Actions after which a checkpoint is worth taking: an answer writes about ten pages, and 1000 pages are SQLite's usual.
const ACTIONS_A_CHECKPOINT: u32 = 100;

/// SQLite's page cache, as its pragma has it: negative numbers are kilobytes.
const CACHE_KB: i32 = -8000;
const BULK_CACHE_KB: i32 = -48_000;

/// What went wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite's own words.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The file system refused something.
    #[error("`{}`", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no database.
    #[error("`{}` is not a database", .0.display())]
    NotADatabase(PathBuf),
    /// The file is another program's database.
    #[error("`{}` is the database of another program", .0.display())]
    OtherProgram(PathBuf),
    /// The file is from a newer `lmq`.
    #[error("`{}` was written by a newer lmq (schema {found}, this one knows {known})", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Something in it can't be.
    #[error("{0}")]
    Corrupt(String),
    /// A card was answered elsewhere since the writer looked.
    #[error("the card was answered elsewhere meanwhile")]
    Stale,
    /// Given up on purpose by whoever was writing or reading: nothing of it is left.
    #[error("given up")]
    Abandoned,
    /// A card that is not there.
    #[error("no such card")]
    NoCard,
    /// A suspended card can't be answered.
    #[error("the card is suspended")]
    Suspended,
    /// An event with the name of another.
    #[error("two different events have the name {0}")]
    Clash(EventId),
}

impl StoreError {
    /// SQLite's primary result code, where it was SQLite that failed.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => match error.code {
                rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => Trouble::Busy,
                rusqlite::ErrorCode::DiskFull => Trouble::Full,
                rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::PermissionDenied => Trouble::ReadOnly,
                rusqlite::ErrorCode::CannotOpen => Trouble::CannotOpen,
                rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase => Trouble::Damaged,
                rusqlite::ErrorCode::SystemIoFailure => Trouble::Disk,
                _ => Trouble::Other,
            },
            Self::Corrupt(_) => Trouble::Damaged,
            Self::Sqlite(_)
            | Self::Io { .. }
            | Self::NotADatabase(_)
            | Self::OtherProgram(_)
            | Self::Newer { .. }
            | Self::Stale
            | Self::Abandoned
            | Self::NoCard
            | Self::Suspended
            | Self::Clash(_) => Trouble::Other,
        }
    }
}

/// The kinds of failure that a person can do something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another program is writing.
    Busy,
    /// No space left.
    Full,
    /// May not be written.
    ReadOnly,
    /// May not be opened.
    CannotOpen,
    /// The file is damaged.
    Damaged,
    /// The disk failed.
    Disk,
    /// None of these.
    Other,
}

/// Where and by whom a database is opened; all of it from the outside.
#[derive(Debug, Clone)]
pub struct Here {
    /// Something that tells this machine from others.
    pub machine: String,
    /// A name for it that people recognise.
    pub device_name: String,
    /// The id of a new device, should one be needed.
    pub fresh_device: DeviceId,
}

/// When something is written.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The instant.
    pub now: Timestamp,
    /// Its study day.
    pub today: StudyDay,
}

/// An open database.
pub struct Store {
    db: Connection,
    path: PathBuf,
    here: Here,
    devices: Vec<(i64, DeviceId)>,
    /// Who writes here, once something was written.
    writes_as: Option<(i64, DeviceId)>,
    /// The configuration of the newest answer, and its number.
    config: Option<(ConfigId, i64)>,
    /// Actions since the last checkpoint.
    unmoved: Cell<u32>,
}

fn io_at(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

#[cfg(unix)]
fn private(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(io_at(path))
}

#[cfg(not(unix))]
fn private(_: &Path, _: u32) -> Result<(), StoreError> {
    Ok(())
}

/// Makes the folder of `path`, for its owner only, where it is missing.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(io_at(folder))?;
    private(folder, 0o700)
}

/// Makes an empty file that only its owner can read, where there is none: SQLite gives its side files the same rights.
fn make_file(path: &Path) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StoreError::Io { path: path.to_owned(), source }),
    }
}

fn header_of(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut header = Vec::new();
    match fs::File::open(path) {
        Ok(file) => file.take(108).read_to_end(&mut header).map_err(io_at(path))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(header),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
    };
    Ok(header)
}

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

fn set_up(db: &Connection) -> Result<(), StoreError> {
    db.pragma_update(None, "trusted_schema", false)?;
    use_wal(db)?;
    db.pragma_update(None, "synchronous", "full")?;
    // Checkpoints are taken by `Store::rest`, while the learner reads, and never inside an answer.
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
        let mut store = Self::over(db, path, here);
        store.read_devices()?;
        Ok(store)
    }

    fn over(db: Connection, path: &Path, here: Here) -> Self {
        Self {
            db,
            path: path.to_owned(),
            here,
            devices: Vec::new(),
            writes_as: None,
            config: None,
            unmoved: Cell::new(0),
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
    /// whose order is chance are written again and again; and no look-up of parents that the same action wrote.
    /// `doctor` looks at the references of all rows.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn write_much(&self, much: bool) -> Result<(), StoreError> {
        self.db.pragma_update(None, "cache_size", if much { BULK_CACHE_KB } else { CACHE_KB })?;
        self.db.pragma_update(None, "foreign_keys", !much)?;
        Ok(())
    }

    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn read_devices(&mut self) -> Result<(), StoreError> {
        self.devices = read_devices(&self.db)?;
        Ok(())
    }

    /// Runs `work` as one action in one transaction, committed to the disk when this returns.
    ///
    /// Where `work` writes nothing, there is no action and the result has no id.
    ///
    /// # Errors
    /// Whatever `work` fails with, or the commit does; nothing of it is left then.
    pub fn write<T>(
        &mut self,
        stamp: Stamp,
        kind: &str,
        label: impl FnOnce(&T) -> String,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, Option<ActionId>), StoreError> {
        let known = self.writes_as;
        let place = if known.is_none() { self.place() } else { String::new() };
        let (done, id) = {
            let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (device, device_id) = match known {
                Some(known) => known,
                None => device_here(&tx, &self.here, &place, stamp)?,
            };
            let mut writer = Writer::new(tx, device, device_id, stamp)?;
            writer.config = self.config;
            let done = work(&mut writer)?;
            let config = writer.config;
            let id = if writer.touched { Some(writer.finish(kind, &label(&done))?) } else { None };
            // A device that was made in a transaction without a commit is not there.
            self.writes_as = known.or(id.map(|_| (device, device_id)));
            self.config = id.and(config).or(self.config);
            self.unmoved.set(self.unmoved.get().saturating_add(1));
            (done, id)
        };
        if id.is_some_and(|id| !self.devices.iter().any(|(_, known)| *known == id.device)) {
            self.read_devices()?;
        }
        Ok((done, id))
    }

    /// What tells that this file was not copied here from another machine or path.
    fn place(&self) -> String {
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        format!("{}:{}", self.here.machine, path.display())
    }

    /// Moves what the write-ahead log has gathered into the database, where it is worth it. To be called while a
    /// person reads; a failure is no loss, the next one will do it.
    pub fn rest(&self) {
        // The length of the log's file tells nothing: it stays when its pages were moved.
        if self.unmoved.get() >= ACTIONS_A_CHECKPOINT {
            self.unmoved.set(0);
            self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).ok();
        }
    }

    /// Two things at once: `aside` in another thread over a connection of its own, `work` here. Where somebody writes at
    /// this very moment, the two could see different states of the database; then one follows the other.
    fn beside<A: Send, B>(
        &self,
        aside: impl Fn(&Connection) -> Result<A, StoreError> + Sync,
        work: impl FnOnce() -> Result<B, StoreError>,
    ) -> Result<(A, B), StoreError> {
        let seen = actions(&self.db)?;
        let path = self.path.as_path();
        let apart = &aside;
        let (beside, done) = std::thread::scope(|scope| {
            let beside = scope.spawn(move || -> Result<Option<A>, StoreError> {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let db = Connection::open_with_flags(path, flags)?;
                let snapshot = db.unchecked_transaction()?;
                if actions(&snapshot)? != seen {
                    return Ok(None);
                }
                apart(&snapshot).map(Some)
            });
            let done = work();
            (beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), done)
        });
        let beside = match beside {
            Ok(Some(beside)) => beside,
            // A second connection is a help and no need.
            Ok(None) | Err(_) => aside(&self.db)?,
        };
        Ok((beside, done?))
    }

    /// Copies the whole database, as it is at this moment, into a new file.
    ///
    /// # Errors
    /// When the copy can't be written, or does not read back whole.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        copy_to(&self.db, path)
    }

    /// Reads the whole file once.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a page is missing or makes no sense.
    pub fn check_whole(&self) -> Result<(), StoreError> {
        damage(&self.db)?.map_or(Ok(()), |damage| Err(StoreError::Corrupt(damage)))
    }

    /// Makes this database another one than the one it was copied from: the next writer is a new device. Taken before
    /// a restored copy is put in its place.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn leave_device(&mut self) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM meta WHERE name = 'place'", [])?;
        self.writes_as = None;
        Ok(())
    }

    /// Closes the database with everything in its one file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.db.close().map_err(|(_, error)| StoreError::Sqlite(error))
    }

    /// Answers that this database has and `other` does not.
    ///
    /// # Errors
    /// When one of them can't be read.
    pub fn answers_not_in(&self, other: &Self) -> Result<u64, StoreError> {
        let mut newer = 0;
        for (number, id) in &self.devices {
            let theirs: Option<i64> = other
                .db
                .query_row(
                    "SELECT max(e.sequence) FROM device d JOIN event e ON e.device = d.id WHERE d.uuid = ?1",
                    [id.0],
                    |row| row.get(0),
                )
                .optional()?
                .flatten();
            let more: i64 = self.db.query_row(
                "SELECT count(*) FROM event WHERE device = ?1 AND sequence > ?2 AND kind = 1",
                (number, theirs.unwrap_or(0)),
                |row| row.get(0),
            )?;
            newer += columns::u64_of(more);
        }
        Ok(newer)
    }

    /// One look at the database for many statements: they see the same moment, and SQLite takes its locks once.
    fn snapshot(&self) -> Result<Transaction<'_>, StoreError> {
        Ok(self.db.unchecked_transaction()?)
    }

    fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        meta(&self.db, name)
    }

    /// What this profile goes by in what it shares: `fresh` from the first time on. A backup keeps it, since it is the
    /// same person's.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn share_id(&mut self, fresh: ShareId) -> Result<ShareId, StoreError> {
        if let Some(id) = self.meta("share")?.as_deref().and_then(ShareId::from_hex) {
            return Ok(id);
        }
        set_meta(&self.db, "share", &fresh.to_string())?;
        Ok(fresh)
    }

    /// The hash of the built-in decks that this database holds, if it has been given any.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_hash(&self) -> Result<Option<String>, StoreError> {
        self.meta("builtin")
    }
}

fn wal_name(path: &Path) -> std::ffi::OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-wal");
    name
}

fn meta(db: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    Ok(db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?)
}

fn read_devices(db: &Connection) -> Result<Vec<(i64, DeviceId)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT id, uuid FROM device ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, DeviceId(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What SQLite finds wrong in a file, if anything.
fn damage(db: &Connection) -> Result<Option<String>, StoreError> {
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

/// How many actions there are, which every change of cards adds to.
fn actions(db: &Connection) -> Result<i64, StoreError> {
    Ok(db.query_row(
        "SELECT coalesce(sum((SELECT max(number) FROM action a WHERE a.device = d.id)), 0) FROM device d",
        [],
        |row| row.get(0),
    )?)
}

fn copy_to(db: &Connection, path: &Path) -> Result<(), StoreError> {
    make_folder(path)?;
    make_file(path)?;
    let mut copy = Connection::open(path)?;
    {
        let backup = rusqlite::backup::Backup::new(db, &mut copy)?;
        backup.run_to_completion(1000, Duration::from_millis(0), None)?;
    }
    if let Some(damage) = damage(&copy)? {
        return Err(StoreError::Corrupt(format!("the copy `{}` does not read back whole: {damage}", path.display())));
    }
    // Whoever writes to the copy is another device, also where it is put in the place of the original by hand: there
    // the path would say nothing, and two events would get the same name.
    copy.execute("DELETE FROM meta WHERE name = 'place'", [])?;
    // A copy is one file: no side files that could be forgotten when it is moved.
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error)?;
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(io_at(path))
}

/// The device that writes here: the present one, or a new one when the file is new, restored or found elsewhere.
fn device_here(tx: &Transaction<'_>, here: &Here, place: &str, stamp: Stamp) -> Result<(i64, DeviceId), StoreError> {
    let known = meta(tx, "device")?;
    if meta(tx, "place")?.as_deref() == Some(place)
        && let Some(id) = known.as_deref().and_then(DeviceId::from_hex)
    {
        let number = tx.prepare_cached("SELECT id FROM device WHERE uuid = ?1")?.query_row([id.0], |row| row.get(0))?;
        return Ok((number, id));
    }
    let parent: Option<i64> = match known.as_deref().and_then(DeviceId::from_hex) {
        Some(id) => tx.query_row("SELECT id FROM device WHERE uuid = ?1", [id.0], |row| row.get(0)).optional()?,
        None => None,
    };
    let forked_at: Option<i64> = match parent {
        Some(parent) => {
            tx.query_row("SELECT max(sequence) FROM event WHERE device = ?1", [parent], |row| row.get(0))?
        }
        None => None,
    };
    tx.execute(
        "INSERT INTO device (uuid, name, parent, parent_sequence, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        (here.fresh_device.0, &here.device_name, parent, forked_at, stamp.now.unix_ms),
    )?;
    let number = tx.last_insert_rowid();
    for (name, value) in [("device", here.fresh_device.to_string()), ("place", place.to_owned())] {
        set_meta(tx, name, &value)?;
    }
    Ok((number, here.fresh_device))
}

fn set_meta(db: &Connection, name: &str, value: &str) -> Result<(), StoreError> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([name, value])?;
    Ok(())
}

/// An action being written.
pub struct Writer<'s> {
    tx: Transaction<'s>,
    stamp: Stamp,
    device: i64,
    device_id: DeviceId,
    action: u64,
    first_sequence: u64,
    next_sequence: u64,
    hlc: Hlc,
    touched: bool,
    decks_moved: BTreeSet<i64>,
    /// The scheduler's configuration that was asked for last, and its number.
    config: Option<(ConfigId, i64)>,
}

impl<'s> Writer<'s> {
    fn new(tx: Transaction<'s>, device: i64, device_id: DeviceId, stamp: Stamp) -> Result<Self, StoreError> {
        let last =
            "SELECT number, hlc, first_sequence + events FROM action WHERE device = ?1 ORDER BY number DESC LIMIT 1";
        let (action, mut hlc, sequence) = tx
            .prepare_cached(last)?
            .query_row([device], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
            .optional()?
            .unwrap_or((0, 0, 1));
        let others: Vec<i64> = {
            let mut statement = tx.prepare_cached("SELECT id FROM device WHERE id <> ?1")?;
            statement.query_map([device], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for other in others {
            let theirs =
                tx.prepare_cached(last)?.query_row([other], |row| row.get::<_, i64>(1)).optional()?.unwrap_or(0);
            hlc = hlc.max(theirs);
        }
        let next_sequence = columns::u64_of(sequence);
        Ok(Self {
            tx,
            stamp,
            device,
            device_id,
            action: columns::u64_of(action) + 1,
            first_sequence: next_sequence,
            next_sequence,
            hlc: Hlc(hlc),
            touched: false,
            decks_moved: BTreeSet::new(),
            config: None,
        })
    }

    /// The action's name, once it is committed.
    fn id(&self) -> ActionId {
        ActionId { device: self.device_id, number: self.action }
    }

    fn tick(&mut self) -> Hlc {
        self.hlc = Hlc::after(self.hlc, self.stamp.now.unix_ms);
        self.hlc
    }

    fn finish(mut self, kind: &str, label: &str) -> Result<ActionId, StoreError> {
        self.set_last_introduced()?;
        let hlc = if self.next_sequence == self.first_sequence { self.tick() } else { self.hlc };
        self.tx
            .prepare_cached(
                "INSERT INTO action (device, number, kind, label, at_ms, offset_min, study_day, hlc, first_sequence, events) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute((
                self.device,
                columns::i64_of(self.action),
                kind,
                label,
                self.stamp.now.unix_ms,
                self.stamp.now.offset_min,
                self.stamp.today.0,
                hlc.0,
                columns::i64_of(self.first_sequence),
                columns::i64_of(self.next_sequence - self.first_sequence),
            ))?;
        let id = self.id();
        self.tx.commit()?;
        Ok(id)
    }

    /// Remembers which built-in decks this database holds.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_builtin_hash(&mut self, hash: &str) -> Result<(), StoreError> {
        self.touched = true;
        set_meta(&self.tx, "builtin", hash)
    }
}
