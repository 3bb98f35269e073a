//! `--theirs`: the file's version of a note takes the place of the learner's own, as far as the file says anything of it.

use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::bulk::Bulk;
use crate::store::facts;
use crate::store::notes::PackedNote;
use crate::store::shown::NoteRow;

impl Bulk<'_, '_> {
    /// Lets go of the learner's own text, tags, place and deletion of a note, of which the file has a version: of the text and the
    /// tags what the row says. Its source has it in that deck. Gives the note as it is then.
    pub(super) fn take_theirs(
        &mut self,
        id: i64,
        uid: NoteUid,
        deck: &str,
        row: &PackedNote,
    ) -> Result<NoteRow, Fault> {
        let now = |writer: &Writer<'_>| NoteRow::of(&writer.tx, id)?.ok_or(Fault::NoCard);
        let before = now(self.writer)?;
        if before.own.is_some() || before.tags.is_some() {
            let wanted = row.text()?.completed(row.said, &self.writer.shown(id)?.0);
            if wanted.is_whole() {
                self.writer.take_back(id, uid, &wanted)?;
            } else {
                // The learner made another kind of card of it, which the row is no part of.
                self.writer.clear_own(id, uid)?;
            }
        }
        self.place_in(id, uid, deck)?;
        if now(self.writer)?.retired {
            self.writer.append_fact(&Fact::Revived { note: uid }, None)?;
        }
        now(self.writer)
    }

    /// Puts a note into a deck where the learner has it in another one.
    pub(super) fn place_in(&mut self, id: i64, uid: NoteUid, deck: &str) -> Result<(), Fault> {
        let lies_in = NoteRow::of(&self.writer.tx, id)?.ok_or(Fault::NoCard)?.deck;
        if facts::deck_number(&self.writer.tx, deck)? == Some(lies_in) {
            return Ok(());
        }
        let fact = Fact::Placed { note: uid, deck: deck.to_owned(), position: None };
        self.writer.append_fact(&fact, None).map(drop)
    }
}
