//! Settings: which there are, the file that holds them, and the log's word of each change.

mod file;
mod registry;
pub mod searches;
#[cfg(test)]
mod tests;

pub use file::Loaded;
pub use file::Origin;
pub use file::change;
pub use file::dotted;
pub use file::dotted_search;
pub use file::in_words;
pub use file::load;
pub use file::read;
pub use file::read_text;
pub use file::saved_search;
pub use file::template;
pub use file::without_deck;
pub use registry::SETTINGS;
pub use registry::SHORT_LIST;
pub use registry::Setting;
pub use registry::setting;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::fact::Fact;
use crate::core::fact::SettingChange;
use crate::env::Env;
use crate::failure::Failure;
use crate::store::Stamp;
use crate::store::Store;
use std::path::Path;
use std::path::PathBuf;

/// The settings file.
///
/// # Errors
/// When nothing says where it could be.
pub fn path() -> Result<PathBuf, Failure> {
    Env::config_file().ok_or_else(|| {
        Failure::failed("cannot tell where your settings are: there is no home folder").hint("set LMQ_CONFIG to a file")
    })
}

/// Changes settings in the file, and then in the log as one step, which can be undone. Where the log can't be written the file gets
/// back what it had: the change would be in no log. `stamp` is taken with what the file says then.
///
/// # Errors
/// When the file or the database can't be written.
pub fn set(
    store: &mut Store,
    path: &Path,
    changes: &[(String, Option<&str>)],
    stamp: impl FnOnce() -> Result<Stamp, Failure>,
) -> Result<(), Failure> {
    let mut done: Vec<SettingChange> = Vec::new();
    let all_of_them = || {
        for (key, new) in changes {
            let old = change(path, key, *new)?;
            if old.as_deref() != *new {
                done.push(SettingChange::Setting { key: key.clone(), old, new: new.map(str::to_owned) });
            }
        }
        let stamp = stamp()?;
        if done.is_empty() { Ok(()) } else { remember(store, stamp, &done) }
    };
    if let Err(failure) = all_of_them() {
        for SettingChange::Setting { key, old, .. } in done.iter().rev() {
            change(path, key, old.as_deref())?;
        }
        return Err(failure);
    }
    Ok(())
}

/// Writes into the log that settings were changed, as one step, so that it can be undone.
///
/// # Errors
/// When the database can't be written.
pub fn remember(store: &mut Store, stamp: Stamp, changes: &[SettingChange]) -> Result<(), Failure> {
    let words = changes.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
    let words = words.map_err(|error| Failure::bug(error.to_string()))?;
    store.write(stamp, ActionKind::Configure, Subject::None, |writer| {
        words.into_iter().try_for_each(|words| writer.append_fact(&Fact::Configured, Some(words)).map(drop))
    })?;
    Ok(())
}
