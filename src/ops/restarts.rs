//! Restarts that belong to an edit of a followed file. The file is written before the database, so a kill between the two
//! leaves the new text, which the next start reads, and would lose that it means something else. What is to begin again is
//! therefore noted before the file is touched, and the note goes with the edit, in one transaction.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::scheduler::Scheduler;
use crate::ops::followed;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use serde::Deserialize;
use serde::Serialize;
use std::path::Path;

/// The cards that begin again once a file holds their new texts.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OfFile {
    /// The file.
    pub(super) path: String,
    /// The hash of what it holds then.
    pub(super) hash: i64,
    /// Notes and ordinals of the cards.
    pub(super) cards: Vec<(String, u16)>,
}

/// Notes what is to begin again, if anything is; gives the note, for the edit to forget.
pub(super) fn note(store: &Store, files: &[OfFile]) -> Result<Option<String>, StoreError> {
    if files.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(files).map_err(|error| Fault::Corrupt(error.to_string()).at(store.path()))?;
    store.note_restarts(&text)?;
    Ok(Some(text))
}

/// Does what an edit that was cut short had noted, where its file was written; forgets it where it was not. Gives what to tell.
pub(super) fn finish(store: &mut Store, stamp: Stamp, scheduler: &Scheduler) -> Result<Option<String>, StoreError> {
    let Some(noted) = store.noted_restarts()? else { return Ok(None) };
    let files: Vec<OfFile> = serde_json::from_str(&noted).unwrap_or_default();
    let mut drafts = Vec::new();
    for file in files {
        if followed::hash_of(Path::new(&file.path)).ok() != Some(file.hash) {
            continue;
        }
        for (note, ordinal) in file.cards {
            let Some(note) = NoteUid::from_hex(&note) else { continue };
            let card = CardId { note, ordinal };
            let Some(line) = store.card(card)? else { continue };
            if line.state.memory.is_some() {
                drafts.push(Draft::new(card, EventKind::Restarted, line.state.last_event));
            }
        }
    }
    let subject = drafts.first().map_or(Subject::None, |draft| Subject::Note(draft.card.note));
    store.write(stamp, ActionKind::Edit, subject, |writer| {
        // Another window may have finished it, or be at an edit of its own.
        if !writer.forget_restarts(&noted)? {
            drafts.clear();
        }
        drafts.iter().try_for_each(|draft| writer.append(draft, scheduler).map(drop))
    })?;
    Ok((!drafts.is_empty()).then(|| {
        "an edit was interrupted after its file was written: its cards start again now, as intended".to_owned()
    }))
}
