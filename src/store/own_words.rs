//! What a learner typed to cards in their own words.

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::own_words::OwnWords;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::card_state::CardRow;
use crate::store::columns::card_parts;
use crate::store::review_log::events_of;

impl Store {
    /// The cards to which words were typed that no program can check, where they are not erased. Retired ones too: the words
    /// are the learner's all the same. An answer that was taken back may be among them.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_with_own_words(&self) -> Result<Vec<CardId>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(
                "SELECT DISTINCT e.card, u.uid FROM event_detail d JOIN text x ON x.id = d.id JOIN event e ON e.id = d.id \
                 JOIN note_name u ON u.id = e.card >> 9 WHERE d.asked IS NULL AND x.body IS NOT NULL",
            )?;
            let card = |row: &rusqlite::Row<'_>| {
                let (_, ordinal) = card_parts(row.get(0)?);
                Ok(CardId { note: NoteUid(row.get(1)?), ordinal })
            };
            Ok(statement.query_map([], card)?.collect::<Result<_, _>>()?)
        })
    }

    /// What the learner typed to a card; nothing for one that is not there.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn own_words(&self, card: CardId) -> Result<OwnWords, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let Some(row) = CardRow::find(self.db(), &context.reader, card)? else { return Ok(OwnWords::default()) };
            Ok(OwnWords::of(&events_of(self.db(), &context.reader, row.id, card)?, &context.voided))
        })
    }
}
