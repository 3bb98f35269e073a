//! Copies of the database.

use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trouble;
use crate::store::chain::device_info;
use crate::store::chain::newest_sequence;
use crate::store::columns;
use crate::store::files::Unfinished;
use crate::store::files::io_at;
use crate::store::files::make_folder;
use crate::store::files::sync_folder_of;
use crate::store::patience::PATIENCE;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::OptionalExtension as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Copies the database, as it is at this moment, into a file beside `path`.
pub(super) fn copy_beside(db: &Connection, path: &Path, what: &str) -> Result<Unfinished, Fault> {
    let unfinished = Unfinished::beside(path, what)?;
    let mut copy = Connection::open(unfinished.path())?;
    {
        let backup = rusqlite::backup::Backup::new(db, &mut copy)?;
        backup.run_to_completion(1000, Duration::from_millis(0), None)?;
    }
    // Whoever writes to the copy is another device, also where it is put in the place of the original by hand: there
    // the path would say nothing, and two events would get the same name.
    super::chain::leave_place(&copy)?;
    // A copy is one file: no side files that could be forgotten when it is moved.
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error)?;
    fs::File::open(unfinished.path()).and_then(|file| file.sync_all()).map_err(io_at(path))?;
    Ok(unfinished)
}

/// The same, looked at by SQLite and put at `path`, where nothing may be.
pub(super) fn copy_to(db: &Connection, path: &Path, check: Check) -> Result<(), Fault> {
    make_folder(path)?;
    let unfinished = copy_beside(db, path, "part")?;
    is_whole(unfinished.path(), check)?;
    Ok(unfinished.put(path, false)?)
}

/// A copy that was made beside whoever works with the database meanwhile, and is not at its place yet.
pub(super) struct Aside {
    db: Connection,
    copy: Unfinished,
    erasures: i64,
}

impl Aside {
    /// Copies the database at `path` into a file beside `to`. What is read is the database as it is at one moment, and nobody
    /// waits for it.
    pub(super) fn of(path: &Path, to: &Path) -> Result<Self, Fault> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(PATIENCE)?;
        let moment = db.unchecked_transaction()?;
        let erasures = erasures(&moment)?;
        let copy = copy_beside(&moment, to, "part")?;
        drop(moment);
        is_sound(copy.path())?;
        Ok(Self { db, copy, erasures })
    }

    /// Puts it at `to`, where nothing may be; gives whether it is there. Where words were erased meanwhile it goes instead: who
    /// erased them did not see it among the copies that they have to be taken out of.
    pub(super) fn put(self, to: &Path) -> Result<bool, Fault> {
        self.copy.put(to, false)?;
        // In this order: who erases words looks for copies after that is in the log.
        let stays = erasures(&self.db)? == self.erasures;
        if !stays {
            fs::remove_file(to).and_then(|()| sync_folder_of(to)).map_err(io_at(to))?;
        }
        Ok(stays)
    }
}

fn erasures(db: &Connection) -> Result<i64, Fault> {
    let sql = format!("SELECT count(*) FROM fact WHERE kind = {}", columns::ERASED);
    Ok(db.query_row(&sql, [], |row| row.get(0))?)
}

/// Copies the database at `path` to `to`, where nothing may be, beside whoever works with it meanwhile. It is put there once
/// all of the copy was looked at. Gives whether it is there: not where words were erased meanwhile.
///
/// # Errors
/// When it can't be read or written, or is damaged.
pub fn copy_aside(path: &Path, to: &Path) -> Result<bool, StoreError> {
    Aside::of(path, to).and_then(|aside| aside.put(to)).map_err(|fault| fault.at(path))
}

/// How closely a file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// Whether every page has its place: for a copy that is made in a hurry and replaces nothing.
    Pages,
    /// Whether every index has all rows too.
    All,
}

impl Check {
    fn pragma(self) -> &'static str {
        match self {
            Self::Pages => "PRAGMA quick_check(1)",
            Self::All => "PRAGMA integrity_check(1)",
        }
    }
}

fn is_whole(path: &Path, check: Check) -> Result<(), Fault> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    verdict(&copy, check)?
        .map_or(Ok(()), |damage| Err(Fault::Corrupt(format!("a copy of it does not read back whole: {damage}"))))
}

/// A copy that takes the place of older ones is looked at as a whole, its log and texts too.
fn is_sound(path: &Path) -> Result<(), Fault> {
    let Some(copy) = Store::look(path)? else { return is_whole(path, Check::All) };
    match copy.log_faults()?.as_slice() {
        [] => Ok(()),
        [first, ..] => Err(Fault::Corrupt(format!("a copy of it does not read back whole: {first}"))),
    }
}

impl Fault {
    /// Whether SQLite called the database at `path` damaged, and a look at all of it finds nothing: it says the same of a page
    /// that the disk did not give.
    #[must_use]
    pub fn has_passed(&self, path: &Path) -> bool {
        let is_of_sqlite = matches!(self, Self::Sqlite(rusqlite::Error::SqliteFailure(..)));
        is_of_sqlite && self.trouble() == Trouble::Damaged && is_whole(path, Check::All).is_ok()
    }
}

/// What one database has and another one does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surplus {
    /// Entries of all kinds.
    pub entries: u64,
    /// Those of them that are answers.
    pub answers: u64,
    /// Those of them that erased words.
    pub erasures: u64,
}

/// What SQLite finds wrong in a file, if anything.
fn verdict(db: &Connection, check: Check) -> Result<Option<String>, Fault> {
    let verdict: String = db.query_row(check.pragma(), [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

impl Store {
    /// Copies the whole database, as it is at this moment, into a new file.
    ///
    /// # Errors
    /// When the copy can't be written, or does not read back whole, or something is at `path`.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        self.attempt(|| copy_to(self.db(), path, Check::Pages))
    }

    /// Copies it into a file that is not at `path` yet.
    ///
    /// # Errors
    /// When the copy can't be written.
    pub fn copy_beside(&self, path: &Path) -> Result<Unfinished, StoreError> {
        self.attempt(|| copy_beside(self.db(), path, "part"))
    }

    /// Reads the whole file, and compares what is in it twice.
    ///
    /// # Errors
    /// [`Fault::Corrupt`] where a page or a row is missing or makes no sense.
    pub fn check_whole(&self) -> Result<(), StoreError> {
        self.attempt(|| verdict(self.db(), Check::All)?.map_or(Ok(()), |damage| Err(Fault::Corrupt(damage))))
    }

    /// Makes this database another one than the one it was copied from: the next writer is a new device. Taken before
    /// a restored copy is put in its place.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn leave_device(&mut self) -> Result<(), StoreError> {
        self.attempt(|| super::chain::leave_place(self.db()))?;
        self.writes_as = None;
        Ok(())
    }

    /// Closes the database with everything in its one file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.attempt(|| {
            self.catch_up()?;
            Ok(self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        })
    }

    /// How many answers the log holds.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn answers_in_log(&self) -> Result<u64, StoreError> {
        self.attempt(|| {
            let sql = format!("SELECT count(*) FROM event WHERE kind = {}", columns::ANSWERED);
            Ok(columns::u64_of(self.db().query_row(&sql, [], |row| row.get(0))?))
        })
    }

    /// What this database has and `other` does not.
    ///
    /// # Errors
    /// When one of them can't be read.
    pub fn entries_not_in(&self, other: &Self) -> Result<Surplus, StoreError> {
        self.attempt(|| {
            let mut surplus = Surplus::default();
            let context = self.context()?;
            for (number, id) in super::read_devices(self.db())? {
                let theirs: Option<i64> = other
                    .db()
                    .query_row("SELECT id FROM device WHERE uuid = ?1", [id.0], |row| row.get(0))
                    .optional()?;
                let known = match theirs {
                    Some(theirs) => newest_sequence(other.db(), theirs)?,
                    // The numbers before those of a fork are its parent's.
                    None => device_info(self.db(), &context.reader, number)?.first_sequence() - 1,
                };
                let newer = (columns::entry_id(number, known + 1), columns::entries_of_device(number).1);
                let count = |what: &str| -> Result<u64, Fault> {
                    let sql = format!("SELECT count(*) FROM {what} AND id BETWEEN ?1 AND ?2");
                    Ok(columns::u64_of(self.db().query_row(&sql, newer, |row| row.get(0))?))
                };
                surplus.answers += count(&format!("event WHERE kind = {}", columns::ANSWERED))?;
                surplus.erasures += count(&format!("fact WHERE kind = {}", columns::ERASED))?;
                surplus.entries += newest_sequence(self.db(), number)?.saturating_sub(known);
            }
            Ok(surplus)
        })
    }
}
