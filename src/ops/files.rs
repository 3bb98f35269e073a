//! Files written whole or not at all.

use crate::failure::Failure;
use crate::store::SQLITE_MAGIC;
use std::fs;
use std::io;
use std::io::BufWriter;
use std::io::Read as _;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

fn refused(path: &Path, error: &io::Error) -> Failure {
    // The formats say so when they can't hold what is asked of them: no fault of the folder.
    if error.kind() == io::ErrorKind::InvalidInput {
        return Failure::usage("this format can't hold that").at(error.to_string());
    }
    Failure::failed(format!("cannot write `{}`", path.display()))
        .at(error.to_string())
        .hint("nothing was changed; check the folder's rights and the space on the disk")
}

/// A path like `path` at which nothing is: with a number where there is something already.
#[must_use]
pub fn free(path: &Path) -> PathBuf {
    let mut free = path.to_owned();
    let mut number = 1_u32;
    while free.symlink_metadata().is_ok() {
        number += 1;
        let mut name = path.as_os_str().to_owned();
        name.push(format!("-{number}"));
        free = PathBuf::from(name);
    }
    free
}

/// The rights of a file that is new, as Unix counts them.
const NEW_FILE: u32 = 0o644;

/// What to do where there is a file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and that is a failure.
    Keep,
    /// The new one takes its place.
    Replace,
}

/// Like [`write_whole`], for files that a person made a name for: one that is there stays unless they said otherwise.
///
/// # Errors
/// Those of [`write_whole`], and when there is a file that has to stay.
pub fn write_new(
    path: &Path,
    existing: Existing,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    may_be_written(path, existing)?;
    write_whole(path, content)
}

/// Whether [`write_new`] would refuse the path at once: to be asked before long work is done for it.
///
/// # Errors
/// When it is a folder, or a file that has to stay.
pub fn may_be_written(path: &Path, existing: Existing) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(
            Failure::failed(format!("cannot write `{}`: it is a folder", path.display())).hint("name a file in it")
        );
    }
    if existing == Existing::Keep && path.is_file() {
        return Err(Failure::failed(format!("`{}` is there already", path.display()))
            .hint("say --force to replace it, or give another name"));
    }
    Ok(())
}

/// The bytes of a file that somebody handed in, or in a few words why not. Of a pipe or a device nobody can tell how
/// long it is; of a file that grows meanwhile no more than `most` is read.
///
/// # Errors
/// When it is no file, can't be read, or is longer than `most` bytes.
pub fn read_up_to(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let meta = fs::metadata(path).map_err(|error| error.to_string())?;
    if meta.is_dir() {
        return Err("it is a folder: name the files in it".to_owned());
    }
    if !meta.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    if meta.len() <= most {
        let file = fs::File::open(path).map_err(|error| error.to_string())?;
        file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    }
    if meta.len() > most || u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        return Err(format!("it is longer than the {} kB that such a file can have", most / 1024));
    }
    Ok(bytes)
}

/// Makes the folder that a file goes into, where the program chose it and not a person who may have mistyped it.
///
/// # Errors
/// When it can't be made.
pub fn make_folder_of(path: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| refused(path, &error)),
        None => Ok(()),
    }
}

/// Whether the folder of `path`, which the person knows as `shown`, is there: one that is missing was most often mistyped.
///
/// # Errors
/// When it is not there.
pub fn has_folder(path: &Path, shown: &Path) -> Result<(), Failure> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.exists() => {
            Err(Failure::failed(format!("cannot write `{}`", shown.display()))
                .at(format!("there is no folder `{}`", folder.display()))
                .hint("make it first, or name another"))
        }
        _ => Ok(()),
    }
}

/// Where a symbolic link leads, also when nothing is there yet.
fn behind(path: &Path) -> PathBuf {
    // A pipe behind /dev/stdout has no path: what is there is taken as it is.
    if path.exists() {
        return fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    }
    let mut path = path.to_owned();
    // Links to links are few, and those in a circle end in an error of their own.
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// Writes a file beside `path` and renames it there, so that there is never half a file.
///
/// Behind a symbolic link the file that it points to is replaced, and the link stays. What is no file (`/dev/stdout`,
/// a pipe) is written to as it is.
///
/// # Errors
/// When the folder is not there or can't be written, the disk is full, `path` is a folder, or `content` fails.
pub fn write_whole(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    write_with(path, NEW_FILE, content)
}

/// The same for what is nobody else's business: a file that is new can be read by its owner only.
///
/// # Errors
/// Those of [`write_whole`].
pub fn write_private(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    write_with(path, 0o600, content)
}

fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    path.is_file()
        && fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok()
        && head == *SQLITE_MAGIC
}

/// Whether SQLite keeps what was written to a database last in a file of that name.
pub(super) fn lies_beside_a_database(path: &Path) -> bool {
    let name = path.to_string_lossy();
    ["-wal", "-shm", "-journal"]
        .iter()
        .filter_map(|ending| name.strip_suffix(ending))
        .any(|database| is_database(Path::new(database)))
}

fn write_with(path: &Path, mode: u32, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(
            Failure::failed(format!("cannot write `{}`: it is a folder", path.display())).hint("name a file in it")
        );
    }
    let shown = path;
    let path = &behind(path);
    if path.exists() && !path.is_file() {
        let write = || -> io::Result<()> {
            let mut out = BufWriter::with_capacity(1 << 16, fs::OpenOptions::new().write(true).open(path)?);
            content(&mut out)?;
            out.flush()
        };
        return write().map_err(|error| {
            if error.kind() == io::ErrorKind::BrokenPipe { Failure::output(&error) } else { refused(shown, &error) }
        });
    }
    if is_database(path) || lies_beside_a_database(path) {
        return Err(Failure::usage(format!("cannot write `{}`: it is a database, or a part of one", shown.display()))
            .hint("nothing was changed; give another name"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    has_folder(path, shown)?;
    let write = || -> io::Result<()> {
        let file = tempfile::Builder::new().prefix(".lmq-").suffix(".tmp").tempfile_in(folder)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        content(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        keep_rights(path, file.path(), mode)?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| refused(shown, &error))
}

/// A new file gets the usual rights, not the private ones of a temporary file; one that was there keeps its own.
#[cfg(unix)]
fn keep_rights(path: &Path, temporary: &Path, new: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_or(new, |meta| meta.permissions().mode());
    fs::set_permissions(temporary, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn keep_rights(_: &Path, _: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        write_whole(&path, |out| out.write_all(b"old")).unwrap();
        let failure = write_whole(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(failure.unwrap_err().kind.code(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_database_is_never_replaced_nor_what_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        fs::write(&path, b"SQLite format 3\0 and so on").unwrap();
        fs::write(folder.path().join("lmq.db-wal"), b"the newest answers").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&path, folder.path().join("link")).unwrap();
        for name in ["lmq.db", "lmq.db-wal", "lmq.db-shm", "lmq.db-journal", "link"] {
            if name == "link" && cfg!(not(unix)) {
                continue;
            }
            let failure = write_whole(&folder.path().join(name), |_| Ok(())).unwrap_err();
            assert_eq!(failure.kind.code(), 2, "{name}");
        }
        assert_eq!(fs::read(folder.path().join("lmq.db-wal")).unwrap(), b"the newest answers");
        write_whole(&folder.path().join("notes-wal"), |out| out.write_all(b"a text")).unwrap();
    }

    #[test]
    fn a_folder_that_is_missing_is_said_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let failure = write_whole(&folder.path().join("typo/out.txt"), |_| Ok(())).unwrap_err();
        assert_eq!(failure.kind.code(), 1);
        assert!(failure.to_string().contains("cannot write"), "{failure}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_that_is_not_there_yet_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (link, file) = (folder.path().join("link"), folder.path().join("file"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        write_whole(&link, |out| out.write_all(b"new")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(file).unwrap(), "new");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_whole(folder.path(), |_| Ok(())).unwrap_err().what.contains("folder"));
    }
}
