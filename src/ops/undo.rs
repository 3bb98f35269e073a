//! Undo, with what lies outside the database: the settings file.

use crate::core::id::ActionId;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::failure;
use crate::ops::linked;
use crate::ops::settings;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Undo;

/// Takes back an action; an undo of an undo is a redo. Settings that it changed are put back in their file.
///
/// # Errors
/// When it can't be written.
pub fn undo(store: &mut Store, stamp: Stamp, action: ActionId, label: &str) -> Result<Undo, Failure> {
    let path = store.path().to_owned();
    let label = format!("undid: {label}");
    let (mut undo, _) =
        store.write(stamp, "undo", |_| label, |writer| writer.undo(action)).map_err(|error| failure(&error, &path))?;
    if let Some(file) = Env::config_file() {
        for (key, value) in &undo.settings {
            settings::change(&file, key, value.as_deref())?;
        }
    }
    undo.talk = linked::after_undo(store, stamp, &undo)?;
    Ok(undo)
}
