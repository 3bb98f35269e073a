//! Rows that were left out for a fault: the file has their notes all the same, so these are not missing from it.

use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::facts::note_number;
use crate::store::notes::PackedNote;
use rusqlite::OptionalExtension as _;

/// So many of them are remembered. A file with more is refused for most of its rows, or nobody reads what it lacks.
const MOST: usize = 100_000;

/// A row that was left out.
pub(super) struct LeftOut {
    deck: String,
    uid: NoteUid,
    prompt_hash: i64,
}

impl Bulk<'_, '_> {
    /// Remembers a row of a deck that was left out, with its question.
    pub fn left_out(&mut self, deck: &str, uid: NoteUid, question: &PackedNote) {
        if self.left_out.len() < MOST {
            let deck = self.options.place_in.as_deref().unwrap_or(deck).to_owned();
            self.left_out.push(LeftOut { deck, uid, prompt_hash: question.prompt_hash });
        }
    }

    /// Finds the notes of these rows: by name, else all of the deck with that question, since one of them is it.
    pub(super) fn find_left_out(&mut self) -> Result<(), Fault> {
        for row in std::mem::take(&mut self.left_out) {
            if let Some(name) = note_number(&self.writer.tx, row.uid)? {
                let mut statement = self.writer.tx.prepare_cached("SELECT note FROM alias WHERE alias = ?1")?;
                let note: Option<i64> = statement.query_row([name], |row| row.get(0)).optional()?;
                self.in_file.add(note.unwrap_or(name));
            }
            let known = self.decks.get(&row.deck).map(|deck| deck.id);
            let deck = match known {
                Some(deck) => Some(deck),
                None => self.deck_number(&row.deck, None)?,
            };
            let Some(deck) = deck.filter(|deck| *deck >= 0) else { continue };
            let mut alike: Vec<i64> = {
                let mut statement = self.writer.tx.prepare_cached(
                    "SELECT id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND prompt_hash = ?2",
                )?;
                let rows = statement.query_map((deck, row.prompt_hash), |row| row.get(0))?;
                rows.collect::<Result<_, _>>()?
            };
            alike.extend(self.upstream_by_prompt(deck, row.prompt_hash)?.iter().map(|likely| likely.id));
            alike.into_iter().for_each(|note| self.in_file.add(note));
        }
        Ok(())
    }
}
