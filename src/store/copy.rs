//! Copies of the database, and the files that it lies in.

use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Trouble;
use crate::store::chain::device_info;
use crate::store::chain::newest_sequence;
use crate::store::columns;
use crate::store::patience::PATIENCE;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use rusqlite::OptionalExtension as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempPath;

pub(super) fn io_at(path: &Path) -> impl FnOnce(std::io::Error) -> Fault {
    let path = path.to_owned();
    move |source| Fault::Io { path, source }
}

#[cfg(unix)]
pub(super) fn private(path: &Path, mode: u32) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(io_at(path))
}

#[cfg(not(unix))]
pub(super) fn private(_: &Path, _: u32) -> Result<(), Fault> {
    Ok(())
}

/// Makes the folder of `path`, for its owner only, where it is missing.
///
/// # Errors
/// When it can't be made.
pub fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    let made = fs::create_dir_all(folder).map_err(io_at(folder)).and_then(|()| private(folder, 0o700));
    made.map_err(|fault| fault.at(path))
}

/// Makes an empty file that only its owner can read, where there is none: SQLite gives its side files the same rights.
pub(super) fn make_file(path: &Path) -> Result<(), Fault> {
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
        Err(source) => Err(Fault::Io { path: path.to_owned(), source }),
    }
}

/// Opens a file that somebody named, to read it; gives its length too. A pipe, a device or a folder is refused before it is
/// opened: opening a pipe waits for whoever writes to it, and a device has no end.
///
/// # Errors
/// When it is no file or can't be opened.
pub fn open_regular(path: &Path) -> std::io::Result<(fs::File, u64)> {
    let refuse = |meta: &fs::Metadata| match () {
        () if meta.is_dir() => Err(std::io::Error::other("it is a folder: name the files in it")),
        () if meta.is_file() => Ok(()),
        () => Err(std::io::Error::other("it is no file, but a pipe, a device or a socket")),
    };
    refuse(&fs::metadata(path)?)?;
    let file = fs::File::open(path)?;
    let meta = file.metadata()?;
    refuse(&meta)?;
    Ok((file, meta.len()))
}

/// Brings onto the disk which files there are in a folder.
///
/// # Errors
/// When the disk fails.
#[cfg(unix)]
pub fn sync_folder(folder: &Path) -> std::io::Result<()> {
    use std::io::ErrorKind;
    match fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems can't, and a folder that may only be written to can't be opened.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::PermissionDenied) => Ok(()),
        done => done,
    }
}

/// Other systems can't open a folder.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

pub(super) fn header_of(path: &Path) -> Result<Vec<u8>, Fault> {
    let mut header = Vec::new();
    match open_regular(path) {
        Ok((file, _)) => file.take(108).read_to_end(&mut header).map_err(io_at(path))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(header),
        Err(source) => return Err(Fault::Io { path: path.to_owned(), source }),
    };
    Ok(header)
}

/// What tells a file from another one that takes its place.
#[must_use]
pub fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().and_then(|meta| identity_in(&meta))
}

/// The same of a file that is open.
#[cfg(unix)]
#[must_use]
pub fn identity_in(meta: &fs::Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
#[must_use]
pub fn identity_in(_: &fs::Metadata) -> Option<(u64, u64)> {
    // An open file can't be replaced there.
    None
}

/// The folder that a file lies in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The names that SQLite gives to the files beside a database.
pub const SIDES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// `path` with something at the end of its name.
#[must_use]
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Refuses a place for a database beside which SQLite keeps the log of another one: it would write that into the new one.
///
/// # Errors
/// [`Fault::Beside`].
pub fn nothing_beside(path: &Path) -> Result<(), StoreError> {
    // A shared-memory file holds nothing that was written.
    let logs = ["-wal", "-journal"].map(|ending| with_ending(path, ending));
    match logs.into_iter().find(|log| log.symlink_metadata().is_ok()) {
        Some(log) => Err(Fault::Beside(log).at(path)),
        None => Ok(()),
    }
}

/// What keeps the names of unfinished files apart from each other, and from what a person would call a file.
const CHANCE_LETTERS: usize = 10;

/// A database that is being made beside the place where it is to be. Its name is chance, only its owner can read it, and it
/// goes, with the files that SQLite puts beside it, unless it is put in its place.
pub struct Unfinished {
    temp: Option<TempPath>,
    path: PathBuf,
}

impl Unfinished {
    /// Makes an empty file beside `path`, called like it with `what` and chance behind it.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn beside(path: &Path, what: &str) -> Result<Self, StoreError> {
        let folder = folder_of(path);
        let mut prefix = path.file_name().unwrap_or_default().to_owned();
        prefix.push(".");
        prefix.push(what);
        prefix.push("-");
        let made = tempfile::Builder::new().prefix(&prefix).rand_bytes(CHANCE_LETTERS).tempfile_in(folder);
        let temp = made.map_err(|error| io_at(path)(error).at(path))?.into_temp_path();
        Ok(Self { path: temp.to_path_buf(), temp: Some(temp) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it at `path`, which is there for good when this returns. What is there already is replaced only if it may be.
    ///
    /// # Errors
    /// When it can't be; where something is there already, the file system's error says so. [`Fault::Beside`] where
    /// another database's log is beside that place.
    pub fn put(mut self, path: &Path, may_replace: bool) -> Result<(), StoreError> {
        nothing_beside(path)?;
        let Some(temp) = self.temp.take() else { return Ok(()) };
        let put = if may_replace { temp.persist(path) } else { temp.persist_noclobber(path) };
        let put = put.map_err(|error| error.error).and_then(|()| sync_folder_of(path));
        put.map_err(|error| io_at(path)(error).at(path))
    }

    /// To be called once somebody else has put it in its place.
    pub fn is_put(mut self) {
        if let Some(temp) = self.temp.take() {
            temp.keep().ok();
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for side in SIDES {
            fs::remove_file(with_ending(&self.path, side)).ok();
        }
    }
}

/// Makes sure that what was made, renamed or removed in the folder of `path` is so after a power cut too.
///
/// # Errors
/// As [`sync_folder`].
pub fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    sync_folder(folder_of(path))
}

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

    /// Puts it at `to`, where nothing may be. Where words were erased meanwhile it goes instead: who erased them did not see it
    /// among the copies that they have to be taken out of.
    pub(super) fn put(self, to: &Path) -> Result<(), Fault> {
        self.copy.put(to, false)?;
        // In this order: who erases words looks for copies after that is in the log.
        if erasures(&self.db)? != self.erasures {
            fs::remove_file(to).and_then(|()| sync_folder_of(to)).map_err(io_at(to))?;
        }
        Ok(())
    }
}

fn erasures(db: &Connection) -> Result<i64, Fault> {
    let sql = format!("SELECT count(*) FROM fact WHERE kind = {}", columns::ERASED);
    Ok(db.query_row(&sql, [], |row| row.get(0))?)
}

/// Copies the database at `path` to `to`, where nothing may be, beside whoever works with it meanwhile. It is put there once
/// all of the copy was looked at.
///
/// # Errors
/// When it can't be read or written, or is damaged.
pub fn copy_aside(path: &Path, to: &Path) -> Result<(), StoreError> {
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
