//! Notes that the learner took out of a deck: a row of that deck still means them, wherever they lie now.

use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::matching::PromptMatch;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;

/// Notes by the deck that they lay in before, and by their prompt.
pub(super) type Moved = BTreeMap<i64, BTreeMap<i64, Vec<i64>>>;

impl Bulk<'_, '_> {
    /// The notes with that prompt that lay in a deck and that the learner took out of it.
    pub(super) fn moved_by_prompt(&mut self, deck: i64, prompt_hash: i64) -> Result<Vec<PromptMatch>, Fault> {
        let ids = self.moved()?.get(&deck).and_then(|of_deck| of_deck.get(&prompt_hash)).cloned().unwrap_or_default();
        let mut found = Vec::new();
        for id in ids {
            let row = self
                .writer
                .tx
                .prepare_cached("SELECT text_hash, position, retired FROM note WHERE id = ?1")?
                .query_row([id], |row| {
                    Ok(PromptMatch { id, text_hash: row.get(0)?, position: row.get(1)?, retired: row.get(2)? })
                })
                .optional()?;
            found.extend(row.filter(|found| !found.retired));
        }
        Ok(found)
    }

    /// All notes that the learner took out of a deck.
    pub(super) fn moved_from(&mut self, deck: i64) -> Result<Vec<i64>, Fault> {
        Ok(self.moved()?.get(&deck).map(|notes| notes.values().flatten().copied().collect()).unwrap_or_default())
    }

    /// They are read once a file, and only where a row has no note in its own deck: a person moves few notes, but to find
    /// them costs a look at every fact.
    fn moved(&mut self) -> Result<&Moved, Fault> {
        if self.moved.is_none() {
            self.moved = Some(self.read_moved()?);
        }
        Ok(self.moved.get_or_insert_with(Moved::new))
    }

    fn read_moved(&mut self) -> Result<Moved, Fault> {
        let context = self.writer.context()?;
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT f.arg, n.prompt_hash, n.id, f.id FROM fact p CROSS JOIN note n ON n.id = p.subject \
             CROSS JOIN fact f ON f.subject = n.id \
             WHERE p.kind = 8 AND f.kind IN (1, 8) AND f.arg <> n.deck AND n.retired = 0 AND n.id <= ?1",
        )?;
        let mut rows = statement.query([self.last_old_note])?;
        let mut moved = Moved::new();
        while let Some(row) = rows.next()? {
            if context.voided.has(context.reader.known(row.get(3)?)?) {
                continue;
            }
            let notes = moved.entry(row.get(0)?).or_default().entry(row.get(1)?).or_default();
            let id: i64 = row.get(2)?;
            if !notes.contains(&id) {
                notes.push(id);
            }
        }
        Ok(moved)
    }
}
