//! A backup in the place of the database.

use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::files;
use crate::ops::here;
use crate::ops::open_as_is;
use crate::ops::swap::FRESH;
use crate::ops::swap::Swap;
use crate::ops::swap::behind_link;
use crate::store::Fault;
use crate::store::Finding;
use crate::store::SIDES;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Surplus;
use crate::store::Trouble;
use crate::store::Unfinished;
use crate::store::lone_log;
use crate::store::make_folder;
use crate::store::open_regular;
use crate::store::with_ending;
use std::fs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::path::PathBuf;

/// What a restore did.
pub struct Restored {
    /// Where the database that was there lies now.
    pub aside: Option<PathBuf>,
    /// What it has and the backup does not.
    pub newer: Surplus,
    /// What is wrong with it, where that keeps anything of it from being taken over: that may be why somebody restores a
    /// backup.
    pub damage: Vec<String>,
    /// Whether nothing is wrong with it but that a newer program wrote it.
    pub is_newer: bool,
    /// Entries that were taken over from it, where that was wanted.
    pub united: Option<u64>,
}

/// Puts the backup `file` in the place of the database `db`. `wants` is asked whether to take over what the present one has
/// and the backup does not; that is in the backup then before it is put there.
///
/// # Errors
/// When the backup is no database of ours or can't be read, or somebody has the present one open; it is then where it was.
pub fn restore(
    db: &Path,
    file: &Path,
    env: &Env,
    stamp: Stamp,
    wants: impl FnOnce(Surplus) -> Result<bool, Failure>,
) -> Result<Restored, Failure> {
    let length = match open_regular(file) {
        Ok((_, length)) => length,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Failure::failed(format!("there is no file `{}`", file.display())));
        }
        Err(error) => {
            return Err(Failure::failed(format!("cannot read `{}`", file.display()))
                .at(error.to_string())
                .hint("nothing was changed; `lmq restore` without a file lists the backups"));
        }
    };
    if length == 0 {
        return Err(Failure::data(format!("`{}` is empty, so it is not a backup", file.display()))
            .hint("nothing was changed; `lmq restore` without a file lists the backups"));
    }
    if fs::canonicalize(file).ok() == fs::canonicalize(db).ok() {
        return Err(Failure::usage("the backup and the database are the same file").hint("name another with --db"));
    }
    let db = &behind_link(db);
    if db.is_symlink()
        && let Err(error) = open_regular(db)
    {
        return Err(Failure::failed(format!("cannot use `{}`", db.display()))
            .at(error.to_string())
            .hint("nothing was changed; remove the link, or name another place with --db"));
    }
    make_folder(db)?;
    let (mut swap, _) = Swap::begin(db)?;
    // The backup is only read: it is copied to a place of its own first, and opened (and migrated) there.
    let fresh = Unfinished::beside(db, FRESH)?;
    copy_with_log(file, fresh.path())
        .map_err(|error| Failure::failed(format!("cannot copy `{}`", file.display())).at(error.to_string()))?;
    let mut backup = prepare(fresh.path(), env, file)?;
    backup.leave_device()?;
    let was_there = db.exists();
    let lone_log = lone_log(db).filter(|_| !was_there);
    // From here on nobody else can open it: what is answered until the end would be in the one that is set aside.
    let mut present = if was_there { Some(alone(db, env)?) } else { None };
    let is_newer = matches!(&present, Some(Err(Unopened { is_newer: true, .. })));
    let (newer, damage) = match &mut present {
        Some(Ok(present)) => surplus(present, &backup, stamp),
        Some(Err(unopened)) => (Surplus::default(), vec![unopened.why.clone()]),
        None => (Surplus::default(), lone_log.iter().cloned().map(|log| Fault::LoneLog(log).to_string()).collect()),
    };
    let united = match &present {
        Some(Ok(present)) if damage.is_empty() && wants(newer)? => Some(unite(&mut backup, present, stamp)?),
        _ => None,
    };
    if was_there {
        backup.expect_traces()?;
    }
    backup.keep_others_out()?;
    drop(backup);
    File::open(fresh.path())
        .and_then(|file| file.sync_all())
        .map_err(|error| Failure::failed(format!("cannot copy `{}`", file.display())).at(error.to_string()))?;
    let date = stamp.now.to_rfc3339().replace(':', "");
    let aside = files::free(&with_ending(db, &format!(".set-aside.{date}")));
    swap.swap(fresh, &aside, &one_line(&file.display().to_string())).map_err(|error| {
        Failure::failed(format!("cannot put the backup at `{}`", db.display()))
            .at(error.to_string())
            .hint("the database is as it was; check the permissions of the folder and the space on the disk")
    })?;
    let aside = match lone_log {
        Some(_) => Some(with_ending(&aside, SIDES[0])),
        None => was_there.then_some(aside),
    };
    Ok(Restored { aside, newer, damage, is_newer, united })
}

/// A database that could not be opened.
struct Unopened {
    why: String,
    /// Whether a newer program wrote it, and nothing else is wrong.
    is_newer: bool,
}

/// Opens the present database and keeps everybody else out of it. One that can't be read is set aside all the same: that may
/// be why one restores.
fn alone(db: &Path, env: &Env) -> Result<Result<Store, Unopened>, Failure> {
    let opened = Store::open(db, here(), env.now()).and_then(|mut store| {
        store.keep_others_out()?;
        Ok(store)
    });
    match opened {
        Err(error) if error.fault.trouble() == Trouble::Busy => {
            Err(Failure::failed("another lmq has the database open")
                .at(db.display().to_string())
                .hint("nothing was changed; close the other one (a session in another window?), then restore again"))
        }
        Err(error) => {
            let is_newer = matches!(error.fault, Fault::Newer { .. });
            Ok(Err(Unopened { is_newer, why: Failure::from(error).what }))
        }
        Ok(store) => Ok(Ok(store)),
    }
}

/// Copies a database with the write-ahead log beside it, where there is one: after a crash that holds what was last
/// answered. What is copied is for its owner only, whatever the rights of the original are.
fn copy_with_log(from: &Path, to: &Path) -> io::Result<()> {
    let copy = |from: &Path, mut to: File| -> io::Result<()> {
        io::copy(&mut File::open(from)?, &mut to)?;
        to.sync_all()
    };
    copy(from, fs::OpenOptions::new().write(true).open(to)?)?;
    let log = with_ending(from, SIDES[0]);
    if log.is_file() {
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        copy(&log, options.open(with_ending(to, SIDES[0]))?)?;
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
    let damaged = |what: Vec<String>| {
        let shown = file.display();
        what.into_iter().fold(Failure::data(format!("the backup `{shown}` is damaged")), Failure::at).hint(format!(
            "nothing was changed; try an older one, or save what can be read of this one: lmq --db {shown} doctor --salvage saved.db"
        ))
    };
    backup.check_whole().map_err(|error| damaged(vec![error.to_string()]))?;
    match backup.log_faults()? {
        faults if faults.is_empty() => Ok(backup),
        faults => Err(damaged(faults)),
    }
}

/// What the present database has and the backup does not, and what is wrong with its log.
fn surplus(present: &mut Store, backup: &Store, stamp: Stamp) -> (Surplus, Vec<String>) {
    let newer = match present.entries_not_in(backup) {
        Ok(newer) if newer.entries == 0 => return (newer, Vec::new()),
        Ok(newer) => newer,
        Err(error) => return (Surplus::default(), vec![error.to_string()]),
    };
    let damage = match present.doctor(stamp, false) {
        Ok(findings) => findings.into_iter().filter(Finding::is_of_the_log).map(|finding| finding.what).collect(),
        Err(error) => vec![error.to_string()],
    };
    (newer, damage)
}

/// Takes over what `other` has of the log. Gives the number of entries.
fn unite(store: &mut Store, other: &Store, stamp: Stamp) -> Result<u64, StoreError> {
    let ((), united) = store.unite(stamp, true, |union| {
        let mut number = 0;
        Ok(other.log(&mut |record| {
            number += 1;
            union.put(number, &record)
        })?)
    })?;
    Ok(united.added)
}
