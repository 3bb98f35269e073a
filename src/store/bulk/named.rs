//! What the name of a row says of the note that it means.
//!
//! A name is the uid of a note, or another name of one (an alias). What was undone does not count, but it is remembered: a name of
//! which nothing counts is what it was last, so that an import is done again as it was done first.

use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::decks::TargetDeck;
use crate::store::bulk::sides::Sides;
use crate::store::columns::ALIASED;
use crate::store::facts::facts_of;
use crate::store::facts::note_number;
use crate::store::facts::note_uid;
use crate::store::notes::PackedNote;
use rusqlite::OptionalExtension as _;

/// What a uid says of the note that its row means.
pub(super) enum Named {
    /// The note of that uid, with a text that counts or with answers.
    Note(i64, NoteUid),
    /// It is, or was last, another name of that note.
    Other(OtherName),
    /// Nobody knows it, or nothing but what was undone does; then this is its number.
    Nobody(Option<i64>),
}

/// Another name of a note.
#[derive(Clone, Copy)]
pub(super) struct OtherName {
    pub(super) id: i64,
    pub(super) uid: NoteUid,
    /// Whether the alias is there. Where it was undone it has to be written again.
    pub(super) is_written: bool,
    /// The number of the name, where it names nothing else.
    pub(super) name: Option<i64>,
}

/// What is shown of the note that has a name, as far as it tells whether the name stands.
struct Shown {
    text_hash: i64,
    retired: bool,
    /// As [`NoteRow::is_nameless`](crate::store::shown::NoteRow::is_nameless).
    is_nameless: bool,
}

impl Bulk<'_, '_> {
    /// What a row's uid says of the note that it means.
    pub(super) fn named(&mut self, who: NoteRef, deck: &TargetDeck, note: &PackedNote) -> Result<Named, Fault> {
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT u.id, a.note, n.text_hash, n.retired, n.source IS NULL AND n.own IS NULL FROM note_name u \
             LEFT JOIN alias a ON a.alias = u.id LEFT JOIN note n ON n.id = u.id WHERE u.uid = ?1",
        )?;
        // Of the note itself only what is asked here: for a row that is found the rest is read once it is known to be that.
        let found: Option<(i64, Option<i64>, Option<Shown>)> = statement
            .query_row([who.uid.0], |row| {
                let text_hash: Option<i64> = row.get(2)?;
                let shown = match text_hash {
                    Some(text_hash) => Some(Shown { text_hash, retired: row.get(3)?, is_nameless: row.get(4)? }),
                    None => None,
                };
                Ok((row.get(0)?, row.get(1)?, shown))
            })
            .optional()?;
        drop(statement);
        let (own, shown) = match found {
            None => return Ok(Named::Nobody(None)),
            Some((name, Some(id), _)) => {
                let uid = note_uid(&self.writer.tx, id)?;
                return Ok(Named::Other(OtherName { id, uid, is_written: true, name: Some(name) }));
            }
            Some((own, None, shown)) => (own, shown),
        };
        let stands = match &shown {
            // Events brought the name before any text did.
            Some(shown) => !shown.retired || shown.is_nameless || self.has_text(own)?,
            None => false,
        };
        if !stands {
            return Ok(match self.was_other_name(own, false)? {
                Some((id, uid)) if !self.is_taken(id) => {
                    Named::Other(OtherName { id, uid, is_written: false, name: Some(own) })
                }
                _ => Named::Nobody(Some(own)),
            });
        }
        let says_another = shown.is_some_and(|shown| shown.text_hash != note.text_hash);
        if !who.named && says_another && !self.is_taken(own) {
            return self.of_that_answer((own, who.uid), deck, note);
        }
        Ok(Named::Note(own, who.uid))
    }

    /// A row that is named by its prompt alone says something else than the note of that name. Where another note of that prompt
    /// has just its answer, it is that one: the file had several rows with the prompt before. That is remembered as an alias,
    /// though it shows nothing while the name has a text of its own, so that it stays this note when its answer is mended.
    fn of_that_answer(
        &mut self,
        (own, uid): (i64, NoteUid),
        deck: &TargetDeck,
        note: &PackedNote,
    ) -> Result<Named, Fault> {
        let wanted = Sides::of(&note.text()?);
        if self.sides(own)?.contains(&wanted) {
            return Ok(Named::Note(own, uid));
        }
        let other = self.was_other_name(own, true)?.filter(|(id, _)| !self.is_taken(*id));
        let mut notes: Vec<i64> = other.iter().map(|(id, _)| *id).collect();
        notes.extend(self.by_prompt(deck.id, note, Some(own))?.iter().map(|likely| likely.id));
        notes.extend(self.upstream_by_prompt(deck.id, note.prompt_hash)?.iter().map(|likely| likely.id));
        for id in notes {
            if id != own && !self.is_taken(id) && self.sides(id)?.contains(&wanted) && self.has_text(id)? {
                let is_written = other.is_some_and(|(other, _)| other == id);
                let uid = note_uid(&self.writer.tx, id)?;
                return Ok(Named::Other(OtherName { id, uid, is_written, name: None }));
            }
        }
        Ok(match other {
            Some((id, uid)) => Named::Other(OtherName { id, uid, is_written: true, name: None }),
            None => Named::Note(own, uid),
        })
    }

    /// The note that a name was given to last, where that shows nothing any more: it was undone (`counts` is false), or the name
    /// has a text of its own from before (`counts` is true).
    fn was_other_name(&mut self, name: i64, counts: bool) -> Result<Option<(i64, NoteUid)>, Fault> {
        let is_known: bool = self
            .writer
            .tx
            .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM fact WHERE subject = ?1 AND kind = {ALIASED})"))?
            .query_row([name], |row| row.get(0))?;
        if !is_known {
            return Ok(None);
        }
        let context = self.writer.context()?;
        let mut facts = facts_of(&self.writer.tx, &context.reader, name)?;
        facts.retain(|row| {
            matches!(row.fact, Fact::Aliased { .. } | Fact::Brought { .. } | Fact::Edited { .. })
                && context.voided.has(row.id) != counts
        });
        let newest = facts.iter().max_by_key(|row| (row.hlc, row.id));
        let Some(Fact::Aliased { alias, note }) = newest.map(|row| &row.fact) else { return Ok(None) };
        if alias == note {
            return Ok(None);
        }
        Ok(note_number(&self.writer.tx, *note)?.map(|number| (number, *note)))
    }

    /// Whether a text of a note counts.
    pub(super) fn has_text(&mut self, note: i64) -> Result<bool, Fault> {
        let context = self.writer.context()?;
        let facts = facts_of(&self.writer.tx, &context.reader, note)?;
        let is_text = |fact: &Fact| matches!(fact, Fact::Brought { .. } | Fact::Edited { .. });
        Ok(facts.iter().any(|row| is_text(&row.fact) && !context.voided.has(row.id)))
    }

    /// Takes in a row whose uid is another name of a note.
    pub(super) fn found_by_other_name(
        &mut self,
        other: OtherName,
        who: NoteRef,
        deck: &TargetDeck,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        if !other.is_written {
            self.alias(who, other.id)?;
        }
        let placed = self.found((other.id, other.uid), deck, key, note)?;
        // A second row of that name is the same note twice.
        if let Some(name) = other.name {
            self.claimed.add(name);
        }
        Ok(placed)
    }
}
