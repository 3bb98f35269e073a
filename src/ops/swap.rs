//! One database in the place of another, so that there is exactly one to go on with at any moment.
//!
//! A restore notes in a file beside the database what it is about to do, before it does it, and holds a lock on that file
//! until it is done. Who finds the note without the lock knows that the restore was killed, and takes it back, or finds that
//! it was done. An empty note says that nothing was begun.

use crate::failure::Failure;
use crate::store::SIDES;
use crate::store::Unfinished;
use crate::store::folder_of;
use crate::store::identity;
use crate::store::identity_in;
use crate::store::sync_folder_of;
use crate::store::with_ending;
use std::fs;
use std::fs::File;
use std::fs::TryLockError;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

/// What the note's name ends with.
const NOTE: &str = ".restore-note";

/// What a note begins and ends with.
const FIRST: &str = "lmq restore 1";
const LAST: &str = "end";

/// What a database is called, behind the name of the one that it is to replace, until it does.
pub(super) const FRESH: &str = "restoring";

/// Whether these are so many letters that keep files of one name apart.
pub(super) fn is_chance(letters: &str, count: usize) -> bool {
    letters.len() == count && letters.bytes().all(|letter| letter.is_ascii_alphanumeric())
}

/// Whether that is what a restore adds to the database's name for the one that it makes, or SQLite for its log. A file
/// that a person called `lmq.db.restoring-mine` is none.
pub(super) fn is_fresh(ending: &str) -> bool {
    let name = SIDES.iter().find_map(|side| ending.strip_suffix(side)).unwrap_or(ending);
    let letters = name.strip_prefix(FRESH).and_then(|rest| rest.strip_prefix('-'));
    letters.is_some_and(|letters| is_chance(letters, 10))
}

/// How long somebody waits for a restore that is under way.
const PATIENCE: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(10);

/// A note is a few lines; what is longer is something else.
const LONGEST_NOTE: u64 = 4096;

/// Where the database itself is: behind a link, if it is one.
pub(super) fn behind_link(db: &Path) -> PathBuf {
    if db.is_symlink() { fs::canonicalize(db).unwrap_or_else(|_| db.to_owned()) } else { db.to_owned() }
}

/// The only restore that is under way at this place.
pub(super) struct Swap {
    db: PathBuf,
    note: File,
}

/// What a note says.
struct Noted {
    /// What the backup is called, for people.
    backup: String,
    fresh: PathBuf,
    aside: PathBuf,
}

/// What became of a restore that was killed.
enum Outcome {
    /// It had not begun to change anything.
    NotBegun,
    /// It was done.
    Done(Noted),
    /// It was taken back.
    TakenBack(Noted),
}

impl Swap {
    /// Waits until no other restore is under way at this place, and keeps others from beginning one. What a killed one left
    /// is put in order first; that is said in `Some`.
    ///
    /// # Errors
    /// When another one takes too long, or a file is in the way.
    pub(super) fn begin(db: &Path) -> Result<(Self, Option<String>), Failure> {
        let path = with_ending(db, NOTE);
        let mut waited = Duration::ZERO;
        let note = loop {
            match take(&path) {
                Ok(Some(note)) => break note,
                Ok(None) if waited < PATIENCE => {
                    std::thread::sleep(SHORT);
                    waited += SHORT;
                }
                Ok(None) => {
                    return Err(Failure::failed("another lmq is restoring a backup")
                        .at(db.display().to_string())
                        .hint("nothing was changed; wait until it is done and try again"));
                }
                Err(error) => {
                    return Err(Failure::failed(format!("cannot use `{}`", path.display()))
                        .at(error.to_string())
                        .hint("lmq notes there what a restore is about to do; nothing was changed"));
                }
            }
        };
        let mut swap = Self { db: db.to_owned(), note };
        let said = swap.settle()?;
        // By the note, although it is empty, the next start finds what a restore had begun to make: so it has to be there first.
        sync_folder_of(db).map_err(|error| {
            Failure::failed(format!("cannot use `{}`", path.display()))
                .at(error.to_string())
                .hint("nothing was changed; check the disk")
        })?;
        Ok((swap, said))
    }

    /// Puts in order what a killed restore left. Gives what the person should know.
    fn settle(&mut self) -> Result<Option<String>, Failure> {
        let outcome = self.outcome().map_err(|error| {
            Failure::failed("a restore was interrupted, and can't be finished or taken back")
                .at(format!("{}: {error}", self.db.display()))
                .hint("check the permissions of the folder and the space on the disk, then try again")
        })?;
        let db = self.db.display();
        Ok(match outcome {
            Outcome::NotBegun => None,
            Outcome::Done(noted) if noted.aside.exists() => Some(format!(
                "a restore was interrupted after it was done: `{db}` is the backup `{}`, and the database from before is at {}",
                noted.backup,
                noted.aside.display()
            )),
            Outcome::Done(noted) => {
                Some(format!("a restore was interrupted after it was done: `{db}` is the backup `{}`", noted.backup))
            }
            Outcome::TakenBack(noted) if !self.db.exists() => Some(format!(
                "a restore of `{}` was interrupted before it put a database at `{db}`: restore it again",
                noted.backup
            )),
            Outcome::TakenBack(noted) => Some(format!(
                "a restore of `{}` was interrupted and taken back: `{db}` is the database from before, with all answers",
                noted.backup
            )),
        })
    }

    fn outcome(&mut self) -> io::Result<Outcome> {
        let Some(noted) = self.read()? else {
            self.note(None)?;
            self.remove_fresh()?;
            return Ok(Outcome::NotBegun);
        };
        let db = &self.db;
        // On some systems files can't be told apart: there the fresh one is gone once it was put in its place.
        let is_done = match (identity(&noted.fresh), identity(db)) {
            (Some(fresh), Some(there)) => fresh == there,
            _ => db.exists() && !noted.fresh.exists(),
        };
        if is_done {
            sync_folder_of(db)?;
        } else {
            take_back(db, &noted.aside)?;
            for side in SIDES {
                take_back(&with_ending(db, side), &with_ending(&noted.aside, side))?;
            }
            sync_folder_of(db)?;
        }
        // The note goes before the fresh database does: by that it is told what was done.
        self.note(None)?;
        self.remove_fresh()?;
        Ok(if is_done { Outcome::Done(noted) } else { Outcome::TakenBack(noted) })
    }

    /// Removes what restores that were killed had begun to make.
    fn remove_fresh(&self) -> io::Result<()> {
        let folder = folder_of(&self.db);
        let name = self.db.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let begins = format!("{name}.");
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let file = entry.file_name().to_string_lossy().into_owned();
            let is_ours = file.strip_prefix(&begins).is_some_and(is_fresh);
            if is_ours && entry.file_type()?.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Sets the database at this place aside, with the log that SQLite left beside it, and puts `fresh` there. Nobody else may
    /// have it open.
    ///
    /// # Errors
    /// When that fails; then all is as it was, or the next start makes it so.
    pub(super) fn swap(&mut self, fresh: Unfinished, aside: &Path, backup: &str) -> io::Result<()> {
        let (db, there) = (self.db.clone(), self.db.exists());
        sync_folder_of(&db)?;
        self.note(Some((fresh.path(), aside, backup)))?;
        let done = || -> io::Result<()> {
            // These first: beside a new database SQLite would take them for that one's.
            for side in SIDES {
                let from = with_ending(&db, side);
                if from.exists() {
                    fs::rename(&from, with_ending(aside, side))?;
                }
            }
            sync_folder_of(&db)?;
            if there {
                set_aside(&db, aside)?;
                sync_folder_of(&db)?;
                fs::rename(fresh.path(), &db)?;
            } else {
                // A first start may be making one at this moment.
                set_aside(fresh.path(), &db)?;
                if fresh.path().exists() {
                    fs::remove_file(fresh.path())?;
                }
            }
            sync_folder_of(&db)
        };
        match done() {
            Ok(()) => {
                fresh.is_put();
                self.note(None)
            }
            Err(error) => {
                self.outcome().ok();
                Err(error)
            }
        }
    }

    /// Writes down what is about to be done, or that nothing is.
    fn note(&mut self, what: Option<(&Path, &Path, &str)>) -> io::Result<()> {
        self.note.set_len(0)?;
        if let Some((fresh, aside, backup)) = what {
            self.note.rewind()?;
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let ending = |path: &Path| name(path).strip_prefix(&name(&self.db)).unwrap_or_default().to_owned();
            let text = format!("{FIRST}\n{}\n{}\n{backup}\n{LAST}\n", ending(fresh), ending(aside));
            self.note.write_all(text.as_bytes())?;
        }
        self.note.sync_all()
    }

    fn read(&mut self) -> io::Result<Option<Noted>> {
        let mut text = String::new();
        self.note.rewind()?;
        (&self.note).take(LONGEST_NOTE).read_to_string(&mut text)?;
        Ok(match text.lines().collect::<Vec<_>>()[..] {
            [FIRST, fresh, aside, backup, LAST] => Some(Noted {
                backup: backup.to_owned(),
                fresh: with_ending(&self.db, fresh),
                aside: with_ending(&self.db, aside),
            }),
            // Half a note was never acted upon.
            _ => None,
        })
    }
}

impl Drop for Swap {
    fn drop(&mut self) {
        // A note that could not be settled stays for the next start.
        if self.note.metadata().is_ok_and(|meta| meta.len() == 0) {
            fs::remove_file(with_ending(&self.db, NOTE)).ok();
        }
    }
}

/// Opens the note and locks it; `None` while somebody else has it.
fn take(path: &Path) -> io::Result<Option<File>> {
    if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) {
        return Err(io::Error::other("it is in the way, and not a file"));
    }
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let note = options.open(path)?;
    match note.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let meta = note.metadata()?;
    if identity_in(&meta) != identity(path) {
        // Whoever had it took it away meanwhile.
        return Ok(None);
    }
    let mut begin = vec![0; FIRST.len().min(usize::try_from(meta.len()).unwrap_or(0))];
    (&note).read_exact(&mut begin)?;
    if !FIRST.as_bytes().starts_with(&begin) || meta.len() > LONGEST_NOTE {
        return Err(io::Error::other("it is in the way, and not written by lmq"));
    }
    Ok(Some(note))
}

/// Gives a file a second name, so that there is no moment without it under the first; where a file can have only one, it
/// is moved.
fn set_aside(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            if to.exists() {
                Err(io::ErrorKind::AlreadyExists.into())
            } else {
                fs::rename(from, to)
            }
        }
        done => done,
    }
}

/// Takes back what [`set_aside`] did.
fn take_back(from: &Path, to: &Path) -> io::Result<()> {
    if !to.exists() {
        return Ok(());
    }
    if !from.exists() {
        return fs::rename(to, from);
    }
    if identity(from).is_some() && identity(from) == identity(to) { fs::remove_file(to) } else { Ok(()) }
}

/// Puts in order what a restore left that was killed. Gives what the person should know of it.
///
/// # Errors
/// When another restore takes too long, or it can't be put in order.
pub fn settle(db: &Path) -> Result<Option<String>, Failure> {
    let db = behind_link(db);
    let path = with_ending(&db, NOTE);
    // Nearly always there is none.
    let Ok(meta) = fs::metadata(&path) else { return Ok(None) };
    if meta.is_file() && meta.len() == 0 {
        // The database is as it was, and what a killed restore had begun to make is of no use. One that is at it keeps its note.
        if let Ok(Some(note)) = take(&path) {
            Swap { db, note }.settle().ok();
        }
        return Ok(None);
    }
    if !meta.is_file() || !begins_like_one(&path) {
        return Ok(None);
    }
    Swap::begin(&db).map(|(_, said)| said)
}

/// Whether a file can be a note: one of that name may be somebody's.
fn begins_like_one(path: &Path) -> bool {
    let mut begin = Vec::new();
    let length = u64::try_from(FIRST.len()).unwrap_or(0);
    File::open(path).and_then(|file| file.take(length).read_to_end(&mut begin)).is_ok() && begin == FIRST.as_bytes()
}
