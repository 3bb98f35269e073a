//! Settings: which there are, the file that holds them, and the log's word of each change.

mod file;
mod registry;
#[cfg(test)]
mod tests;

pub use file::Loaded;
pub use file::Origin;
pub use file::change;
pub use file::dotted;
pub use file::in_words;
pub use file::load;
pub use file::read;
pub use file::read_text;
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
use crate::failure::Failure;
use crate::store::Stamp;
use crate::store::Store;

/// Writes into the log that a setting was changed, so that it can be undone.
///
/// # Errors
/// When the database can't be written.
pub fn remember(
    store: &mut Store,
    stamp: Stamp,
    name: &str,
    old: Option<String>,
    new: Option<&str>,
) -> Result<(), Failure> {
    let change = SettingChange::Setting { key: name.to_owned(), old, new: new.map(str::to_owned) };
    let words = serde_json::to_string(&change).map_err(|error| Failure::bug(error.to_string()))?;
    store.write(stamp, ActionKind::Configure, Subject::None, |writer| {
        writer.append_fact(&Fact::Configured, Some(words))
    })?;
    Ok(())
}
