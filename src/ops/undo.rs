//! Undo, with what lies outside the database: the settings file and followed files.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::id::ActionId;
use crate::core::id::NoteUid;
use crate::core::study_day::Timestamp;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::linked;
use crate::ops::settings;
use crate::store::ActionLine;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Undo;
use crate::store::Writer;
use std::path::Path;

/// Why a step is named first, and taken back by one more key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It is about so many notes.
    Notes(u64),
    /// It is about so many cards.
    Cards(u64),
    /// It was made before the screen was opened.
    Older,
}

impl Doubt {
    /// The one about this step, for somebody who `began` then.
    #[must_use]
    pub fn of(step: &ActionLine, began: Timestamp) -> Option<Self> {
        match (step.notes, step.cards) {
            (2.., _) => Some(Self::Notes(step.notes)),
            // All cards of one note are changed with it.
            (0, 2..) => Some(Self::Cards(step.cards)),
            _ => (step.at.unix_ms < began.unix_ms).then_some(Self::Older),
        }
    }
}

/// What was taken back last, where nothing was done since.
///
/// # Errors
/// When the database can't be read.
pub fn undone_last(store: &Store) -> Result<Option<ActionLine>, Failure> {
    // What was done since may rest on that step being gone.
    Ok(if store.newest_kind()? == Some(ActionKind::Undo) { store.newest_undone()? } else { None })
}

/// Notes that a sentence about a hidden effect names; more are counted.
const SHOWN: usize = 5;

/// Takes back an action. Settings that it changed are put back in their file, texts in followed files. Gives what it did, and what
/// the person should know of it.
///
/// # Errors
/// When it can't be written.
pub fn undo(store: &mut Store, stamp: Stamp, action: ActionId) -> Result<(Undo, Vec<String>), Failure> {
    write(store, stamp, |writer| writer.undo(action))
}

/// Brings an action back that was taken back: every undo of it that is known is taken back itself.
///
/// # Errors
/// When it can't be written.
pub fn redo(store: &mut Store, stamp: Stamp, action: ActionId) -> Result<(Undo, Vec<String>), Failure> {
    write(store, stamp, |writer| writer.redo(action))
}

fn write(
    store: &mut Store,
    stamp: Stamp,
    work: impl FnOnce(&mut Writer<'_>) -> Result<Undo, Fault>,
) -> Result<(Undo, Vec<String>), Failure> {
    let (undo, _) = store.write(stamp, ActionKind::Undo, Subject::None, work)?;
    // The step is taken back by now, whatever becomes of files: what fails here is told, and is no failed undo.
    let mut talk = put_back(&undo.settings, Env::config_file().as_deref());
    talk.extend(linked::after_undo(store, stamp, &undo)?);
    talk.extend(hidden(&known_by(store, &undo.hidden)?));
    Ok((undo, talk))
}

/// Puts settings back in their file. Gives what could not be.
fn put_back(settings: &[(String, Option<String>)], file: Option<&Path>) -> Vec<String> {
    let change = |(key, value): &(String, Option<String>)| {
        let failure = settings::change(file?, key, value.as_deref()).err()?;
        let why = failure.places.first().map(|place| format!(": {}", one_line(place))).unwrap_or_default();
        Some(format!("the setting `{}` stays as it is: {}{why}", one_line(key), failure.what))
    };
    settings.iter().filter_map(change).collect()
}

/// What the notes that an undo tells of are known by.
///
/// # Errors
/// When the database can't be read.
pub fn known_by(store: &Store, notes: &[NoteUid]) -> Result<Vec<String>, Failure> {
    let mut known = Vec::new();
    for note in notes {
        known.extend(store.known_by(*note, None)?.map(|name| one_line(&name)));
    }
    Ok(known)
}

/// That nothing is seen of it where the person wrote something newer.
fn hidden(names: &[String]) -> Option<String> {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
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
        assert!(one.contains("of team/1: a newer edit"), "{one}");
        let many = hidden(&names).unwrap();
        assert!(many.contains("team/5 and 2 more:"), "{many}");
    }

    #[test]
    fn a_setting_that_cannot_be_put_back_is_told_and_the_others_are() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("config.toml"), folder.path().join("config.toml/config.toml"));
        let settings = [("new_per_day".to_owned(), Some("5".to_owned()))];
        assert_eq!(put_back(&settings, Some(&good)), [""; 0]);
        assert_eq!(std::fs::read_to_string(&good).unwrap(), "new_per_day = 5\n");
        let said = put_back(&settings, Some(&bad));
        assert!(said.len() == 1 && said[0].starts_with("the setting `new_per_day` stays as it is: "), "{said:?}");
        assert_eq!(put_back(&settings, None), [""; 0]);
    }
}
