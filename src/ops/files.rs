//! Files written whole or not at all.

use crate::failure::Failure;
use crate::store;
use crate::store::SIDES;
use crate::store::SQLITE_MAGIC;
use crate::store::folder_of;
use crate::store::nothing_beside;
use crate::store::with_ending;
use std::fs;
use std::io;
use std::io::BufWriter;
use std::io::Read as _;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

/// What a format says that can't hold what is asked of it, where it is that which stopped the writing.
#[must_use]
pub fn of_format(error: &io::Error) -> Option<Failure> {
    if error.kind() != io::ErrorKind::InvalidInput {
        return None;
    }
    let said = error.get_ref().and_then(|inner| inner.downcast_ref::<Failure>());
    Some(said.cloned().unwrap_or_else(|| Failure::usage("this format can't hold that").at(error.to_string())))
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    if let Some(failure) = of_format(error) {
        return failure;
    }
    Failure::failed(format!("cannot write `{}`", path.display()))
        .at(error.to_string())
        .hint("nothing was changed; check the permissions of the folder and the space on the disk")
}

/// A path like `path` for a database, at which nothing is and beside which SQLite keeps nothing: with a number where there is
/// something already.
#[must_use]
pub fn free(path: &Path) -> PathBuf {
    let mut free = path.to_owned();
    let mut number = 1_u32;
    while free.symlink_metadata().is_ok() || nothing_beside(&free).is_err() {
        number += 1;
        let mut name = path.as_os_str().to_owned();
        name.push(format!("-{number}"));
        free = PathBuf::from(name);
    }
    free
}

/// What to do where there is a file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and that is a failure.
    Keep,
    /// The new one takes its place.
    Replace,
}

/// Who may read what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Whoever the umask lets; those of the file that is replaced, where there is one.
    Usual,
    /// Its owner only, whatever was there before.
    Private,
}

/// A file that a person made a name for, to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'p> {
    /// Its path.
    pub path: &'p Path,
    /// What to do where there is one.
    pub existing: Existing,
    /// Who may read it.
    pub rights: Rights,
    /// The database in use. Neither it nor a file that SQLite keeps beside it is ever replaced, whatever it is called here.
    pub db: &'p Path,
}

impl NewFile<'_> {
    /// Whether [`NewFile::write`] would refuse the path at once: to be asked before long work is done for it.
    ///
    /// # Errors
    /// When it is a folder, a pipe or a device, the database, or a file that has to stay.
    pub fn check(&self) -> Result<(), Failure> {
        let Self { path, existing, db, .. } = *self;
        is_file_or_free(path)?;
        let beside = SIDES.map(|ending| with_ending(db, ending));
        if std::iter::once(db).chain(beside.iter().map(PathBuf::as_path)).any(|part| is_same(path, part)) {
            return Err(no_database(path));
        }
        // A link that leads nowhere too: where others may write to the folder it may be anybody's who wants a file made.
        if existing == Existing::Keep && path.symlink_metadata().is_ok() {
            return Err(is_there(path));
        }
        Ok(())
    }

    /// Like [`write_whole`]. A file that is there stays unless the person said otherwise.
    ///
    /// # Errors
    /// Those of [`NewFile::check`] and [`write_whole`].
    pub fn write(&self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        self.check()?;
        write_with(self.path, self.existing, self.rights, content)
    }
}

fn no_database(path: &Path) -> Failure {
    Failure::usage(format!("cannot write `{}`: it is a database, or a part of one", path.display()))
        .hint("nothing was changed; give another name")
}

pub(super) fn is_there(path: &Path) -> Failure {
    Failure::failed(format!("`{}` already exists", path.display()))
        .hint("use --force to replace it, or give another name")
}

/// Whether two paths mean one file, be it by links; where there is none, whether they would.
fn is_same(one: &Path, other: &Path) -> bool {
    match (store::identity(one), store::identity(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => spelled_out(one) == spelled_out(other),
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The one spelling of a path, of which the last part need not be there.
fn spelled_out(path: &Path) -> Option<PathBuf> {
    let path = behind(path);
    fs::canonicalize(&path).ok().or_else(|| Some(fs::canonicalize(folder_of(&path)).ok()?.join(path.file_name()?)))
}

/// Refuses what can't be replaced by a file: a pipe would take what is written, and wait until somebody reads it.
fn is_file_or_free(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(
            Failure::failed(format!("cannot write `{}`: it is a folder", path.display())).hint("name a file in it")
        );
    }
    if path.exists() && !path.is_file() {
        return Err(Failure::failed(format!(
            "cannot write `{}`: it is not a file but a pipe, a device or a socket",
            path.display()
        ))
        .hint("name a file; what goes to standard output can be sent on from there"));
    }
    Ok(())
}

/// The bytes of a file that somebody handed in, or in a few words why not. Of a pipe or a device nobody can tell how
/// long it is; of a file that grows meanwhile no more than `most` is read.
///
/// # Errors
/// When it is not a file, can't be read, or is longer than `most` bytes.
pub fn read_up_to(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let (file, length) = store::open_regular(path)?;
    let mut bytes = Vec::new();
    if length <= most {
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    if length > most || u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        let most = if most < 1 << 21 { format!("{} kB", most >> 10) } else { format!("{} MB", most >> 20) };
        return Err(io::Error::other(format!("it is longer than {most}, the most that such a file can have")));
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
                .hint("create it first, or name another"))
        }
        _ => Ok(()),
    }
}

/// Where a symbolic link leads, also when nothing is there yet.
fn behind(path: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(path) {
        return path;
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
/// Behind a symbolic link the file that it points to is replaced, and the link stays.
///
/// # Errors
/// When the folder is not there or can't be written, the disk is full, `path` is no file or is a database, or `content`
/// fails.
pub fn write_whole(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    write_with(path, Existing::Replace, Rights::Usual, content)
}

/// Puts `after` in the place of a file that holds `before`. Where it holds something else it stays, and this is false:
/// somebody else may be writing to it too, and what they write must not vanish.
///
/// # Errors
/// Those of [`write_whole`].
pub fn exchange(path: &Path, before: &[u8], after: &[u8]) -> Result<bool, Failure> {
    let shown = path;
    let path = &behind(path);
    let holds = |path: &Path, bytes: &[u8]| {
        // One byte more than is expected tells that there is more.
        let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        read_up_to(path, most).is_ok_and(|found| found == bytes)
    };
    if !holds(path, before) {
        return Ok(false);
    }
    let replaced = || -> io::Result<bool> {
        let mut file = beside(path, Rights::Usual)?;
        file.write_all(after)?;
        file.as_file().sync_all()?;
        // The old file under another name: what somebody appends to it in this moment can be seen there, and given back.
        let old = tempfile::Builder::new()
            .prefix(UNFINISHED.0)
            .suffix(UNFINISHED.1)
            .make_in(folder_of(path), |old| fs::hard_link(path, old));
        if !holds(path, before) {
            return Ok(false);
        }
        file.persist(path).map_err(|error| error.error)?;
        match old {
            Ok(old) if !holds(old.path(), before) => old.persist(path).map_err(|error| error.error).map(|_| false),
            // Not every file system knows a second name.
            Ok(_) | Err(_) => Ok(true),
        }
    };
    let done = replaced().map_err(|error| refused(shown, &error))?;
    sweep(folder_of(path));
    synced(path, shown)?;
    Ok(done)
}

fn is_database(path: &Path) -> bool {
    let mut head = [0; 16];
    store::open_regular(path).and_then(|(mut file, _)| file.read_exact(&mut head)).is_ok() && head == *SQLITE_MAGIC
}

/// Whether SQLite keeps what was written to a database last in a file of that name.
pub(super) fn lies_beside_a_database(path: &Path) -> bool {
    let name = path.to_string_lossy();
    SIDES.iter().filter_map(|ending| name.strip_suffix(ending)).any(|database| is_database(Path::new(database)))
}

fn write_with(
    path: &Path,
    existing: Existing,
    rights: Rights,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    is_file_or_free(path)?;
    let shown = path;
    let path = &behind(path);
    if is_database(path) || lies_beside_a_database(path) {
        return Err(no_database(shown));
    }
    has_folder(path, shown)?;
    let write = || -> io::Result<()> {
        let file = beside(path, rights)?;
        let mut out = BufWriter::with_capacity(1 << 16, file);
        content(&mut out)?;
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        match existing {
            Existing::Keep => file.persist_noclobber(path),
            Existing::Replace => file.persist(path),
        }
        .map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists { is_there(shown) } else { refused(shown, &error) }
    })?;
    sweep(folder_of(path));
    synced(path, shown)
}

/// Brings the new name of a file onto the disk.
fn synced(path: &Path, shown: &Path) -> Result<(), Failure> {
    store::sync_folder(folder_of(path)).map_err(|error| {
        Failure::failed(format!("`{}` was written, but may be gone after a power cut", shown.display()))
            .at(error.to_string())
    })
}

/// How the names of files begin and end that are not whole yet.
const UNFINISHED: (&str, &str) = (".lmq-", ".tmp");

/// A file for what will stand at `path`, under a name that nobody can foresee.
fn beside(path: &Path, rights: Rights) -> io::Result<tempfile::NamedTempFile> {
    let mut new = tempfile::Builder::new();
    new.prefix(UNFINISHED.0).suffix(UNFINISHED.1);
    #[cfg(unix)]
    if rights == Rights::Usual {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask takes from these what it takes from those of any new file.
        new.permissions(fs::Permissions::from_mode(0o666));
        let file = new.tempfile_in(folder_of(path))?;
        if let Ok(meta) = fs::metadata(path) {
            file.as_file().set_permissions(fs::Permissions::from_mode(meta.permissions().mode() & 0o777))?;
        }
        return Ok(file);
    }
    new.tempfile_in(folder_of(path))
}

/// From when on nobody writes to an unfinished file any more. Each write makes it young again.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// Takes away what runs left in the folder that were killed while they wrote.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = name.to_str().is_some_and(|name| name.starts_with(UNFINISHED.0) && name.ends_with(UNFINISHED.1));
        let is_old = || {
            let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(meta.modified().ok()?.elapsed().ok()? > ABANDONED)
        };
        if is_ours && is_old() == Some(true) {
            // Where it can't be taken away it is in nobody's way.
            fs::remove_file(entry.path()).ok();
        }
    }
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
    fn what_somebody_else_wrote_meanwhile_is_not_exchanged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deck.toml");
        for (there, done) in [("one\n", true), ("one\ntwo\n", false), ("on", false), ("", false)] {
            fs::write(&path, there).unwrap();
            assert_eq!(exchange(&path, b"one\n", b"ONE\n").unwrap(), done, "{there:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), if done { "ONE\n" } else { there });
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{there:?}");
        }
        fs::remove_file(&path).unwrap();
        assert!(!exchange(&path, b"one\n", b"ONE\n").unwrap() && !path.exists());
    }

    #[test]
    fn what_killed_runs_left_is_taken_away_and_what_others_write_just_now_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join(".lmq-aB3xYz.tmp"), folder.path().join(".lmq-cD4xYz.tmp"));
        let other = folder.path().join("mine.tmp");
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        for path in [&old, &new, &other] {
            fs::write(path, "half").unwrap();
            if path != &new {
                fs::File::options().append(true).open(path).unwrap().set_modified(long_ago).unwrap();
            }
        }
        write_whole(&folder.path().join("out.txt"), |out| out.write_all(b"whole")).unwrap();
        assert!(!old.exists() && new.exists() && other.exists());
    }

    #[test]
    fn a_file_that_somebody_else_made_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (path, db) = (folder.path().join("out.txt"), folder.path().join("lmq.db"));
        let file = NewFile { path: &path, existing: Existing::Keep, rights: Rights::Usual, db: &db };
        let failure = file.write(|out| {
            fs::write(&path, "theirs")?;
            out.write_all(b"mine")
        });
        assert!(failure.unwrap_err().what.contains("already exists"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_whole(folder.path(), |_| Ok(())).unwrap_err().what.contains("folder"));
    }
}
