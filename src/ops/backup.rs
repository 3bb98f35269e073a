//! Copies of the database, and the way back.

use crate::env::Env;
use crate::failure::Failure;
use crate::ops::failure;
use crate::ops::files;
use crate::ops::open_as_is;
use crate::store::Finding;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Surplus;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// Copies the database into `file`.
///
/// # Errors
/// When the file is there (and `force` is not given), or can't be written.
pub fn backup(store: &Store, file: &Path, force: bool) -> Result<(), Failure> {
    if file.is_dir() {
        return Err(
            Failure::failed(format!("cannot write `{}`: it is a folder", file.display())).hint("name a file in it")
        );
    }
    if fs::canonicalize(file).is_ok_and(|there| fs::canonicalize(store.path()).is_ok_and(|db| db == there)) {
        return Err(Failure::usage("the backup and the database are the same file").hint("choose another name"));
    }
    if files::lies_beside_a_database(file) {
        return Err(Failure::usage(format!("`{}` is a part of a database", file.display())).hint("choose another name"));
    }
    if file.exists() && !file.is_file() {
        return Err(
            Failure::failed(format!("cannot write `{}`: it is no file", file.display())).hint("choose another name")
        );
    }
    if file.exists() && !force {
        return Err(Failure::failed(format!("`{}` is there already", file.display()))
            .hint("choose another name, or say --force to replace it"));
    }
    files::has_folder(file, file)?;
    copy_beside(store, file)
}

/// Copies into a file beside `file` and renames it there.
fn copy_beside(store: &Store, file: &Path) -> Result<(), Failure> {
    let beside = files::free(&with_ending(file, "part"));
    let copied = store.copy_to(&beside).map_err(|error| failure(&error, &beside));
    let done = copied.and_then(|()| {
        fs::rename(&beside, file)
            .map_err(|error| Failure::failed(format!("cannot write `{}`", file.display())).at(error.to_string()))
    });
    if done.is_err() {
        fs::remove_file(&beside).ok();
    }
    done
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// What a restore did.
pub struct Restored {
    /// Where the database that was there lies now.
    pub aside: Option<PathBuf>,
    /// What it has and the backup does not.
    pub newer: Surplus,
    /// What is wrong with its log, if it has anything newer: that may be why somebody restores a backup, and then nothing of
    /// it may come in again.
    pub damage: Vec<String>,
}

/// Puts the backup `file` in the place of the database `db`.
///
/// # Errors
/// When the backup is no database of ours or can't be read; the present one is then where it was.
pub fn restore(db: &Path, file: &Path, env: &Env, stamp: Stamp) -> Result<Restored, Failure> {
    if !file.is_file() {
        return Err(Failure::failed(format!("there is no file `{}`", file.display())));
    }
    if fs::canonicalize(file).ok() == fs::canonicalize(db).ok() {
        return Err(Failure::usage("the backup and the database are the same file").hint("name another with --db"));
    }
    // The backup is only read: it is copied to a place of its own first, and opened (and migrated) there.
    let fresh = with_ending(db, "restoring");
    remove_with_sides(&fresh);
    let copied = copy_with_log(file, &fresh)
        .map_err(|error| Failure::failed(format!("cannot copy `{}`", file.display())).at(error.to_string()));
    let prepared = copied.and_then(|()| prepare(&fresh, env, file));
    let mut backup = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => {
            remove_with_sides(&fresh);
            return Err(failure);
        }
    };
    let was_there = db.exists();
    // One that can't be opened is set aside all the same: that may be why one restores.
    let (newer, damage) = match was_there.then(|| open_as_is(db, env)) {
        Some(Ok(present)) => surplus(present, &backup, stamp),
        Some(Err(_)) | None => (Surplus::default(), Vec::new()),
    };
    backup.leave_device().map_err(|error| failure(&error, &fresh))?;
    if was_there {
        backup.expect_traces().map_err(|error| failure(&error, &fresh))?;
    }
    backup.close().map_err(|error| failure(&error, &fresh))?;
    // Also where the database itself is gone: SQLite would take a log that it left behind for the backup's.
    let date = stamp.now.to_rfc3339().replace(':', "");
    let place = files::free(&with_ending(db, &format!("set-aside.{date}")));
    move_with_sides(db, &place)
        .map_err(|error| Failure::failed(format!("cannot set `{}` aside", db.display())).at(error.to_string()))?;
    let aside = was_there.then_some(place);
    fs::rename(&fresh, db).map_err(|error| {
        Failure::failed(format!("cannot put the backup at `{}`", db.display())).at(error.to_string())
    })?;
    Ok(Restored { aside, newer, damage })
}

/// Copies a database with the write-ahead log beside it, where there is one: after a crash that holds what was last
/// answered.
fn copy_with_log(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    for ending in ["", "-wal"] {
        let (from, to) = (side(from, ending), side(to, ending));
        if from.exists() {
            fs::copy(from, &to)?;
            fs::File::open(&to)?.sync_all()?;
        }
    }
    Ok(())
}

fn prepare(fresh: &Path, env: &Env, file: &Path) -> Result<Store, Failure> {
    // What is wrong with the copy is wrong with the backup, which is the file that the person knows.
    let backup = open_as_is(fresh, env).map_err(|failure| {
        let (copy, named) = (fresh.display().to_string(), file.display().to_string());
        let failure = Failure { what: failure.what.replace(&copy, &named), ..failure };
        match failure.hint.as_deref() {
            Some(hint) if hint.contains("--db") => {
                failure.hint("nothing was changed; name a file that `lmq backup` wrote")
            }
            _ => failure,
        }
    })?;
    backup.check_whole().map_err(|error| {
        Failure::data(format!("the backup `{}` is damaged", file.display()))
            .at(error.to_string())
            .hint("nothing was changed; try an older one")
    })?;
    Ok(backup)
}

/// What the present database has and the backup does not, and what is wrong with its log.
fn surplus(mut present: Store, backup: &Store, stamp: Stamp) -> (Surplus, Vec<String>) {
    let newer = present.entries_not_in(backup).unwrap_or_default();
    let damage = match present.doctor(stamp, false) {
        _ if newer.entries == 0 => Vec::new(),
        Ok(findings) => findings.into_iter().filter(Finding::is_of_the_log).map(|finding| finding.what).collect(),
        Err(error) => vec![error.to_string()],
    };
    present.close().ok();
    (newer, damage)
}

fn side(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn move_with_sides(from: &Path, to: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        if side(from, ending).exists() {
            fs::rename(side(from, ending), side(to, ending))?;
        }
    }
    Ok(())
}

fn remove_with_sides(path: &Path) {
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(side(path, ending)).ok();
    }
}

/// Copies the database to a new file beside it, before something that can't be undone. Gives its path.
///
/// # Errors
/// When it can't be written.
pub fn beside(store: &Store, before: &str, stamp: Stamp) -> Result<PathBuf, Failure> {
    let date = stamp.now.to_rfc3339().replace(':', "");
    let copy = files::free(&with_ending(store.path(), &format!("before-{before}.{date}")));
    backup(store, &copy, false)?;
    Ok(copy)
}

/// Takes into the database `db` what the one at `other` has of the log. Gives the number of entries taken over. Nothing
/// is copied before: the one at `other` is there, and stays.
///
/// # Errors
/// When one of them can't be read or written.
pub fn unite(db: &Path, other: &Path, env: &Env, stamp: Stamp) -> Result<u64, Failure> {
    let source = open_as_is(other, env)?;
    let mut store = open_as_is(db, env)?;
    let ((), united) = store
        .unite(stamp, true, |union| {
            let mut number = 0;
            source.log(&mut |record| {
                number += 1;
                union.put(number, &record)
            })
        })
        .map_err(|error| failure(&error, db))?;
    Ok(united.added)
}
