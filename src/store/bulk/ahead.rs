//! Rows that say what is there already, in the order in which it is there.
//!
//! A table that is imported again mostly lists its notes in the order in which they came. Then the note of the next row is the
//! one with the next number, and many are read at once: that costs a fifth of looking for each uid in the index, and then
//! for its note.

use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::decks::TargetDeck;
use crate::store::notes::PackedNote;

/// So many notes are read at once: few at first, since the rows may soon be in another order.
const FEWEST: usize = 16;
const MOST: usize = 512;

/// Notes of two rows that follow each other may be so far apart: the file may lack some.
const MOST_APART: i64 = 4;

/// A living note that a source brought, under its own uid.
struct NoteAhead {
    id: i64,
    uid: [u8; 16],
    deck: i64,
    text_hash: i64,
    position: i64,
    key: Option<String>,
}

/// The notes that the next rows are likely to be.
#[derive(Default)]
pub(super) struct NotesAhead {
    notes: Vec<NoteAhead>,
    /// How many of them lie behind.
    next: usize,
    /// The note of the row before, where it was looked for.
    last: i64,
}

impl NotesAhead {
    fn find(&mut self, uid: NoteUid) -> Option<&NoteAhead> {
        let near = self.notes.get(self.next..)?;
        let first = near.first()?.id;
        let skipped = near.iter().take_while(|note| note.id - first < MOST_APART).position(|note| note.uid == uid.0)?;
        self.next += skipped + 1;
        near.get(skipped)
    }
}

impl Bulk<'_, '_> {
    /// Whether a row says of the note that is likely to be its own just what is there, so that nothing is left to do. False
    /// says nothing.
    ///
    /// What was read ahead holds until its row comes: only the row of a note changes it.
    pub(super) fn is_unchanged(
        &mut self,
        uid: NoteUid,
        deck: &TargetDeck,
        key: Option<&str>,
        note: &PackedNote,
    ) -> Result<bool, Fault> {
        let options = &self.options;
        if deck.is_builtin || options.source.is_some() || options.theirs || options.edition > 0 {
            return Ok(false);
        }
        if self.ahead.next > 0 && self.ahead.next == self.ahead.notes.len() {
            let read = self.ahead.notes.len();
            let last = self.ahead.notes.last().map_or(0, |note| note.id);
            self.read_ahead(last, (read * 2).clamp(FEWEST, MOST))?;
        }
        let Some(likely) = self.ahead.find(uid) else { return Ok(false) };
        let is_same = likely.deck == deck.id
            && likely.text_hash == note.text_hash
            && (!self.options.reposition || likely.position == deck.position)
            && (key.is_none() || key == likely.key.as_deref());
        let id = likely.id;
        if !is_same || self.is_taken(id) {
            return Ok(false);
        }
        self.claimed.add(id);
        Ok(true)
    }

    /// A row's note had to be looked for: where it comes after the one of the row before, the next ones may go on like that.
    pub(super) fn was_looked_for(&mut self, id: i64) -> Result<(), Fault> {
        let before = std::mem::replace(&mut self.ahead.last, id);
        let is_after = |later: i64, earlier: i64| later > earlier && later - earlier <= MOST_APART;
        let is_read = self.ahead.notes.get(self.ahead.next).is_some_and(|note| is_after(note.id, id));
        if is_after(id, before) && !is_read { self.read_ahead(id, FEWEST) } else { Ok(()) }
    }

    fn read_ahead(&mut self, after: i64, most: usize) -> Result<(), Fault> {
        self.ahead.next = 0;
        self.ahead.notes.clear();
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT u.id, u.uid, n.deck, n.text_hash, n.position, n.key FROM note_name u CROSS JOIN note n ON n.id = u.id \
             WHERE u.id > ?1 AND u.id <= ?2 AND n.retired = 0 AND n.source IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.alias = u.id) ORDER BY u.id LIMIT ?3",
        )?;
        let mut rows = statement.query((after, self.last_old_note, i64::try_from(most).unwrap_or(i64::MAX)))?;
        while let Some(row) = rows.next()? {
            self.ahead.notes.push(NoteAhead {
                id: row.get(0)?,
                uid: row.get(1)?,
                deck: row.get(2)?,
                text_hash: row.get(3)?,
                position: row.get(4)?,
                key: row.get(5)?,
            });
        }
        Ok(())
    }
}
