//! Undo, with what lies outside the database: the settings file and followed files.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::id::ActionId;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::linked;
use crate::ops::settings;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Undo;
use crate::store::Writer;

/// Notes that a sentence about a hidden effect names; more are counted.
const SHOWN: usize = 5;

/// Takes back an action. Settings that it changed are put back in their file, texts in followed files.
///
/// # Errors
/// When it can't be written.
pub fn undo(store: &mut Store, stamp: Stamp, action: ActionId) -> Result<Undo, Failure> {
    write(store, stamp, |writer| writer.undo(action))
}

/// Brings an action back that was taken back: every undo of it that is known is taken back itself.
///
/// # Errors
/// When it can't be written.
pub fn redo(store: &mut Store, stamp: Stamp, action: ActionId) -> Result<Undo, Failure> {
    write(store, stamp, |writer| writer.redo(action))
}

fn write(
    store: &mut Store,
    stamp: Stamp,
    work: impl FnOnce(&mut Writer<'_>) -> Result<Undo, Fault>,
) -> Result<Undo, Failure> {
    let (mut undo, _) = store.write(stamp, ActionKind::Undo, Subject::None, work)?;
    if let Some(file) = Env::config_file() {
        for (key, value) in &undo.settings {
            settings::change(&file, key, value.as_deref())?;
        }
    }
    undo.talk = linked::after_undo(store, stamp, &undo)?;
    undo.talk.extend(hidden(&undo.hidden));
    Ok(undo)
}

/// That nothing is seen of it where the person wrote something newer.
fn hidden(names: &[String]) -> Option<String> {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", one_line(name))).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| {
        format!("nothing changes in what is shown of {}{more}: a newer edit of yours comes first", shown.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_in_which_nothing_is_seen_of_an_undo_are_named() {
        let names: Vec<String> = (1..=7).map(|number| format!("team/{number}")).collect();
        assert_eq!(hidden(&[]), None);
        let one = hidden(names.get(..1).unwrap()).unwrap();
        assert!(one.contains("of `team/1`: a newer edit"), "{one}");
        let many = hidden(&names).unwrap();
        assert!(many.contains("`team/5` and 2 more:"), "{many}");
    }
}
