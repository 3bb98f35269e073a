//! What is shown: the caches of notes, decks, topics and aliases, made from the facts about them.

mod alias;
mod deck;
mod note;
mod note_row;

pub(super) use alias::alias_of;
pub(super) use deck::HIDDEN;
pub(super) use deck::NOT_LISTED;
pub(super) use deck::deck;
pub(super) use deck::deck_row;
pub(super) use deck::is_removed;
pub(super) use deck::kept_deck;
pub(super) use deck::listed;
pub(super) use deck::name_at;
pub(super) use note::SourcePlace;
pub(super) use note_row::NOTE_COLUMNS;
pub(super) use note_row::NoteRow;
pub(super) use note_row::body_of;
pub(super) use note_row::note_row;

use crate::core::fact::Fact;
use crate::store::Fault;
use crate::store::Writer;

/// The deck of notes that are only named so far.
pub(super) const NO_DECK: i64 = 0;

impl Writer<'_> {
    /// Brings up to date what is shown of the subject of a fact.
    pub(super) fn refresh_subject(&mut self, fact: &Fact) -> Result<(), Fault> {
        match fact {
            Fact::Undone { .. } => self.forget_context(),
            Fact::Aliased { alias, .. } => {
                let alias = self.name_note(*alias)?;
                self.refresh_alias(alias)?;
            }
            _ => {
                if let Some(note) = fact.note() {
                    let note = self.name_note(note)?;
                    self.refresh_note(note)?;
                } else if let Some(deck) = fact.deck() {
                    let deck = deck.to_owned();
                    let deck = self.name_deck(&deck)?;
                    self.refresh_deck(deck)?;
                }
            }
        }
        Ok(())
    }
}
