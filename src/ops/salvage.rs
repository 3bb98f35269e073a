//! Saving what can be read of a damaged database.

use crate::core::settings::Settings;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::here;
use crate::ops::stamp;
use crate::store::Salvaged;
use crate::store::Store;
use crate::store::folder_of;
use crate::store::open_regular;
use std::fs;
use std::path::Path;

/// Whether `file` is one that SQLite would take for a part of the database.
fn is_side_file(db: &Path, file: &Path) -> bool {
    let folder = |path: &Path| {
        let folder = folder_of(path);
        fs::canonicalize(folder).ok()
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let sides = ["-wal", "-shm", "-journal"].map(|side| name(db) + side);
    folder(db) == folder(file) && sides.contains(&name(file))
}

/// Writes everything that can be read of the database at `db` into a new one at `to`.
///
/// # Errors
/// When there is a file at `to`, or it can't be written; when nothing of ours is in the damaged one.
pub fn salvage(db: &Path, to: &Path, env: &Env, settings: &Settings) -> Result<Salvaged, Failure> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(Failure::failed(format!("`{}` already exists", to.display()))
            .hint("name a file that is not there: what is saved goes into a new database"));
    }
    if is_side_file(db, to) {
        return Err(
            Failure::usage(format!("`{}` belongs to the damaged database", to.display())).hint("name another file")
        );
    }
    if let Err(error) = open_regular(db) {
        return Err(Failure::failed(format!("cannot read `{}`", db.display()))
            .at(error.to_string())
            .hint("name the damaged database with --db"));
    }
    Ok(Store::salvage(db, to, here(), stamp(env, settings))?)
}
