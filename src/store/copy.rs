//! Copies of the database, and the files that it lies in.

use crate::store::Store;
use crate::store::StoreError;
use crate::store::chain::device_info;
use crate::store::chain::newest_sequence;
use crate::store::columns;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

pub(super) fn io_at(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

#[cfg(unix)]
pub(super) fn private(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(io_at(path))
}

#[cfg(not(unix))]
pub(super) fn private(_: &Path, _: u32) -> Result<(), StoreError> {
    Ok(())
}

/// Makes the folder of `path`, for its owner only, where it is missing.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(io_at(folder))?;
    private(folder, 0o700)
}

/// Makes an empty file that only its owner can read, where there is none: SQLite gives its side files the same rights.
pub(super) fn make_file(path: &Path) -> Result<(), StoreError> {
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

pub(super) fn header_of(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut header = Vec::new();
    match open_regular(path) {
        Ok((file, _)) => file.take(108).read_to_end(&mut header).map_err(io_at(path))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(header),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
    };
    Ok(header)
}

/// What tells a file from another one that takes its place.
#[cfg(unix)]
#[must_use]
pub fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|meta| (meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
#[must_use]
pub fn identity(_: &Path) -> Option<(u64, u64)> {
    // An open file can't be replaced there.
    None
}

pub(super) fn copy_to(db: &Connection, path: &Path) -> Result<(), StoreError> {
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
    super::chain::leave_place(&copy)?;
    // A copy is one file: no side files that could be forgotten when it is moved.
    copy.pragma_update(None, "journal_mode", "delete")?;
    copy.close().map_err(|(_, error)| error)?;
    fs::File::open(path).and_then(|file| file.sync_all()).map_err(io_at(path))
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
pub(super) fn damage(db: &Connection) -> Result<Option<String>, StoreError> {
    let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((verdict != "ok").then_some(verdict))
}

impl Store {
    /// Copies the whole database, as it is at this moment, into a new file.
    ///
    /// # Errors
    /// When the copy can't be written, or does not read back whole.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        copy_to(self.db(), path)
    }

    /// Reads the whole file once.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where a page is missing or makes no sense.
    pub fn check_whole(&self) -> Result<(), StoreError> {
        damage(self.db())?.map_or(Ok(()), |damage| Err(StoreError::Corrupt(damage)))
    }

    /// Makes this database another one than the one it was copied from: the next writer is a new device. Taken before
    /// a restored copy is put in its place.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn leave_device(&mut self) -> Result<(), StoreError> {
        super::chain::leave_place(self.db())?;
        self.writes_as = None;
        Ok(())
    }

    /// Closes the database with everything in its one file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn close(self) -> Result<(), StoreError> {
        self.catch_up()?;
        Ok(self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// What this database has and `other` does not.
    ///
    /// # Errors
    /// When one of them can't be read.
    pub fn entries_not_in(&self, other: &Self) -> Result<Surplus, StoreError> {
        let mut surplus = Surplus::default();
        let context = self.context()?;
        for (number, id) in super::read_devices(self.db())? {
            let theirs: Option<i64> =
                other.db().query_row("SELECT id FROM device WHERE uuid = ?1", [id.0], |row| row.get(0)).optional()?;
            let known = match theirs {
                Some(theirs) => newest_sequence(other.db(), theirs)?,
                // The numbers before those of a fork are its parent's.
                None => device_info(self.db(), &context.reader, number)?.first_sequence() - 1,
            };
            let newer = (columns::entry_id(number, known + 1), columns::entries_of_device(number).1);
            let count = |what: &str| -> Result<u64, StoreError> {
                let sql = format!("SELECT count(*) FROM {what} AND id BETWEEN ?1 AND ?2");
                Ok(columns::u64_of(self.db().query_row(&sql, newer, |row| row.get(0))?))
            };
            surplus.answers += count(&format!("event WHERE kind = {}", columns::ANSWERED))?;
            surplus.erasures += count(&format!("fact WHERE kind = {}", columns::ERASED))?;
            surplus.entries += newest_sequence(self.db(), number)?.saturating_sub(known);
        }
        Ok(surplus)
    }
}
