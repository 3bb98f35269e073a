//! What a file would change, card by card, for a look before anything is written.

use crate::core::card::NoteText;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::decks::TargetDeck;
use crate::store::naming::name_of_any;
use crate::store::notes::PackedNote;

/// Cards that are told of each kind.
const MOST: usize = 10_000;

/// Missing cards that are told where nobody asked for all: as many as one command may name.
const MOST_MISSING: usize = 20;

/// What a file brings, changes and lacks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct News {
    /// The cards that are new.
    pub new: Vec<NoteText>,
    /// The cards that change: as they were, and as they are then.
    pub changed: Vec<(NoteText, NoteText)>,
    /// The cards of the deck that the file does not have.
    pub missing: Vec<Missing>,
}

/// A card of a deck that a file does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// What a person would type to name it.
    pub name: String,
    /// It itself.
    pub text: NoteText,
}

impl News {
    /// How many missing cards are told.
    pub(super) fn most_missing(all: bool) -> usize {
        if all { MOST } else { MOST_MISSING }
    }
}

impl Bulk<'_, '_> {
    /// A row's note is there. What changes is remembered where somebody wants to see it.
    pub(super) fn found(
        &mut self,
        (id, uid): (i64, NoteUid),
        deck: &TargetDeck,
        key: Option<String>,
        row: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        if !self.options.tells_news || self.news.changed.len() >= MOST {
            return self.taken_in((id, uid), deck, key, row);
        }
        let before = self.writer.shown(id).ok();
        let result = self.taken_in((id, uid), deck, key, row)?;
        if let (MatchResult::Changed, Some((before, _))) = (result, before) {
            let (after, _) = self.writer.shown(id)?;
            self.news.changed.push((before, after));
        }
        Ok(result)
    }

    /// Remembers a card that the file does not have.
    pub(super) fn lacks(&mut self, note: i64) -> Result<(), Fault> {
        if self.news.missing.len() < News::most_missing(self.options.tells_news) {
            let missing = self.writer.missing(note)?;
            self.news.missing.push(missing);
        }
        Ok(())
    }

    /// Remembers the cards that are new, once all are there.
    pub(super) fn tell_new(&mut self) -> Result<(), Fault> {
        if !self.options.tells_news {
            return Ok(());
        }
        let ids: Vec<i64> = self
            .writer
            .tx
            .prepare_cached("SELECT id FROM note WHERE id > ?1 AND retired = 0 ORDER BY id LIMIT ?2")?
            .query_map((self.last_old_note, i64::try_from(MOST).unwrap_or(i64::MAX)), |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in ids {
            let (text, _) = self.writer.shown(id)?;
            self.news.new.push(text);
        }
        Ok(())
    }
}

impl Writer<'_> {
    /// A card that a file does not have, by its number.
    pub(super) fn missing(&self, note: i64) -> Result<Missing, Fault> {
        let (text, _) = self.shown(note)?;
        let name = name_of_any(&self.tx, note)?.ok_or(Fault::NoCard)?;
        Ok(Missing { name, text })
    }
}
