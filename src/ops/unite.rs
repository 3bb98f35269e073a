//! The log of another database taken in. It writes no step, so that two databases become equal by it, and therefore can't be
//! undone: a copy is made before.

use crate::failure::Failure;
use crate::ops::backup;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Union;
use crate::store::United;
use std::fs;
use std::path::PathBuf;

/// How to unite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Also take what is from more than a year ahead of now.
    pub accept_future: bool,
    /// Read and check all of it, and change nothing.
    pub dry_run: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// How much of it was new.
    pub united: United,
    /// The copy of the database from before; none where nothing changed.
    pub copy: Option<PathBuf>,
}

/// Takes in what `feed` gives. `told` says why `feed` gave up, where it did.
///
/// # Errors
/// When something in it is refused, or the database can't be written: nothing of it is taken then.
pub fn unite(
    store: &mut Store,
    stamp: Stamp,
    how: How,
    feed: impl FnOnce(&mut Union<'_, '_>) -> Result<(), Fault>,
    told: impl FnOnce() -> Option<Failure>,
) -> Result<Taken, Failure> {
    let copy = if how.dry_run { None } else { Some(backup::beside(store, "union", stamp)?) };
    let mut seen = United::default();
    let done = store.unite(stamp, how.accept_future, |union| {
        feed(union)?;
        if how.dry_run {
            seen = union.so_far();
            return Err(Fault::Abandoned);
        }
        Ok(())
    });
    let told = told();
    let united = match (done, told) {
        (Ok(((), united)), None) => Ok(united),
        (Err(StoreError { fault: Fault::Abandoned, .. }), None) if how.dry_run => Ok(seen),
        (_, Some(told)) => Err(told),
        (Err(error), None) => Err(error.into()),
    };
    // Where nothing changed the copy is of no use to anybody.
    let changed = united.as_ref().is_ok_and(|united| united.added > 0 || united.renamed);
    if let Some(path) = copy.as_ref().filter(|_| !changed) {
        fs::remove_file(path).ok();
    }
    Ok(Taken { united: united?, copy: copy.filter(|_| changed) })
}
