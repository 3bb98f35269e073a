//! The files and folders that a database lies in.

use crate::store::Fault;
use crate::store::StoreError;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
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
/// When it is not a file or can't be opened.
pub fn open_regular(path: &Path) -> std::io::Result<(fs::File, u64)> {
    let refuse = |meta: &fs::Metadata| match () {
        () if meta.is_dir() => Err(std::io::Error::other("it is a folder: name the files in it")),
        () if meta.is_file() => Ok(()),
        () => Err(std::io::Error::other("it is not a file, but a pipe, a device or a socket")),
    };
    let missing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => leads_nowhere(path).unwrap_or(error),
        _ => error,
    };
    refuse(&fs::metadata(path).map_err(missing)?)?;
    let file = fs::File::open(path)?;
    let meta = file.metadata()?;
    refuse(&meta)?;
    Ok((file, meta.len()))
}

/// What is wrong with a link to a file that is not there: the name itself is right.
fn leads_nowhere(path: &Path) -> Option<std::io::Error> {
    let to = fs::read_link(path).ok()?;
    Some(std::io::Error::other(format!("it is a link to `{}`, which does not exist", to.display())))
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_that_leads_nowhere_is_told_from_one_that_can_not_be_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, circle) = (folder.path().join("gone"), folder.path().join("circle"));
        symlink("nothing", &gone).unwrap();
        symlink("circle", &circle).unwrap();
        assert_eq!(open_regular(&gone).unwrap_err().to_string(), "it is a link to `nothing`, which does not exist");
        assert!(!open_regular(&circle).unwrap_err().to_string().contains("no file is"));
    }
}
