//! Where the database of a command line lies.

use crate::env::Env;
use crate::failure::Failure;
use std::path::Path;
use std::path::PathBuf;

/// The database that was named, else the usual one.
pub(super) fn database(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let given = given.or_else(|| Env::variable("LMQ_DB").map(PathBuf::from));
    given.or_else(Env::data_file).ok_or_else(|| {
        Failure::failed("cannot tell where your data folder is: there is no home folder")
            .hint("name the database file with --db, or set LMQ_DB")
    })
}

/// The database, if the folder that it is to lie in is there. A folder that nobody made is a slip; only that of the platform is
/// made by lmq. Where a file stands in the way, whoever opens the database says so.
pub(super) fn in_a_folder(db: PathBuf) -> Result<PathBuf, Failure> {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let is_slip = |folder: &Path| folder.ancestors().skip(1).find(|above| above.exists()).is_none_or(Path::is_dir);
    let is_default = Env::data_file().as_deref() == Some(db.as_path());
    let Some(folder) = folder.filter(|folder| !is_default && is_slip(folder)) else { return Ok(db) };
    Err(Failure::usage(format!("the folder `{}` is not there", folder.display()))
        .at(format!("the database would be `{}`", db.display()))
        .hint("check --db or LMQ_DB for a typo; to start a database there, create the folder first"))
}

/// Refuses to look into a database that is not there, where somebody named it: it would be a new one, with nothing to see in it.
/// Whoever opens it says what else may be wrong with its place.
pub(super) fn is_there(db: &Path) -> Result<(), Failure> {
    let folder = db.parent().filter(|folder| !folder.as_os_str().is_empty());
    // A link that leads nowhere is there.
    if db.symlink_metadata().is_ok()
        || folder.is_some_and(|folder| !folder.is_dir())
        || crate::store::nothing_beside(db).is_err()
    {
        return Ok(());
    }
    Err(Failure::usage(format!("there is no database at `{}`", db.display()))
        .hint("check --db for a typo; `lmq review`, `lmq add` or `lmq import` starts a new database there"))
}
