//! Copies of the database.

use crate::env::Env;
use crate::failure::Failure;
use crate::ops::copies;
use crate::ops::copies::Copy;
use crate::ops::files;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::ops::here;
use crate::store::Finding;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Surplus;
use crate::store::nothing_beside;
use crate::store::with_ending;
use std::path::Path;
use std::path::PathBuf;

/// Copies the database into `file`. It is put there once all of the copy was looked at: a damaged one never takes the place
/// of a good one.
///
/// # Errors
/// When the file is there (and `force` is not given), can't be written, or the database is damaged.
pub fn backup(store: &Store, file: &Path, force: bool, env: &Env, stamp: Stamp) -> Result<(), Failure> {
    let existing = if force { Existing::Replace } else { Existing::Keep };
    NewFile { path: file, existing, rights: Rights::Private, db: store.path() }.check()?;
    if files::lies_beside_a_database(file) {
        return Err(Failure::usage(format!("`{}` is a part of a database", file.display())).hint("choose another name"));
    }
    files::has_folder(file, file)?;
    nothing_beside(file).map_err(|error| refused(error, file))?;
    copy_checked(store, file, force, env, stamp)
}

/// Copies into a file beside `file`, looks at everything in it, and puts it there.
fn copy_checked(store: &Store, file: &Path, force: bool, env: &Env, stamp: Stamp) -> Result<(), Failure> {
    let unfinished = store.copy_beside(file)?;
    let damaged = |what: Vec<String>| {
        let failure =
            Failure::data(format!("the database `{}` is damaged: no backup was made", store.path().display()));
        what.into_iter().fold(failure, Failure::at).hint("the file that was there is unchanged. `lmq doctor` says more")
    };
    let found = match faults(unfinished.path(), env, stamp) {
        Ok(found) => found,
        // The copy has a name of chance, which says nothing to anybody.
        Err(error) => vec![error.fault.damage().map_err(|fault| fault.at(store.path()))?],
    };
    if !found.is_empty() {
        return Err(damaged(found));
    }
    unfinished.put(file, force).map_err(|error| refused(error, file))?;
    copies::sweep_begun(file);
    Ok(())
}

/// What is wrong with a copy that can't be made again. Afterwards it is one file.
fn faults(copy: &Path, env: &Env, stamp: Stamp) -> Result<Vec<String>, StoreError> {
    let mut copy = Store::open(copy, here(), env.now())?;
    copy.check_whole()?;
    let found = copy.doctor(stamp, false)?;
    copy.keep_others_out()?;
    Ok(found.into_iter().filter(Finding::is_for_good).map(|finding| finding.what).collect())
}

/// Why a copy could not be put at `file`.
fn refused(error: StoreError, file: &Path) -> Failure {
    // Another one was faster.
    if error.fault.is_taken() { files::is_there(file) } else { error.into() }
}

/// Copies the database to a new file beside it, before something that can't be undone. Gives its path.
///
/// # Errors
/// When it can't be written.
pub fn beside(store: &Store, before: &str, stamp: Stamp) -> Result<PathBuf, Failure> {
    let date = stamp.now.to_rfc3339().replace(':', "");
    let wanted = with_ending(store.path(), &format!(".before-{before}.{date}"));
    loop {
        let copy = files::free(&wanted);
        match store.copy_to(&copy) {
            Ok(()) => {
                copies::prune_steps(store.path(), stamp.now);
                return Ok(copy);
            }
            Err(error) if error.fault.is_taken() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// A copy beside the database, and what is in it.
pub struct Listed {
    /// The file.
    pub copy: Copy,
    /// What it holds; `None` where it can't be read, or is of an older schema.
    pub holds: Option<Holds>,
}

/// What a copy holds.
pub struct Holds {
    /// Answers.
    pub answers: u64,
    /// What the database has now and the copy does not, where the database can be read.
    pub newer: Option<Surplus>,
    /// What the copy has and the database does not.
    pub more: Option<Surplus>,
}

/// The copies beside the database, the newest first. Nothing is changed.
///
/// # Errors
/// When the folder can't be read.
pub fn list(db: &Path) -> Result<Vec<Listed>, Failure> {
    // Without a database, or where it is damaged, this is the list that somebody needs most.
    let present = Store::look(db).ok().flatten();
    let mut copies = copies::copies_of(db)?;
    copies.sort_by_key(|copy| std::cmp::Reverse((copy.made.map(|made| made.unix_ms), copy.path.clone())));
    let holds = |file: &Path| -> Option<Holds> {
        let copy = Store::look(file).ok().flatten()?;
        let present = present.as_ref();
        Some(Holds {
            answers: copy.answers_in_log().ok()?,
            newer: present.and_then(|present| present.entries_not_in(&copy).ok()),
            more: present.and_then(|present| copy.entries_not_in(present).ok()),
        })
    };
    Ok(copies.into_iter().map(|copy| Listed { holds: holds(&copy.path), copy }).collect())
}
