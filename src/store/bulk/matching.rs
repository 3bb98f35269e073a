//! Which note a row of a file is. A row is looked for in this order; the first that fits decides:
//!
//! 1. **By its uid**, or an alias of it. The uid comes from the row's id, guid or deck and key, or from what the row says, and
//!    it is the same on every device. So it wins over any likeness: a note is found by it even when all of its text changed.
//! 2. **By its prompt**, in its own deck only, since the same question in two decks is two notes; where that has none, among
//!    the notes that the learner took out of that deck, which are found where they lie now. This finds a row whose
//!    answer was corrected, and a row that gained or lost its key. A note with exactly the row's text is taken at once. A note
//!    with another answer waits until the end of the file, because a later row may have exactly that note's text. At the end
//!    it is taken if it is the only unclaimed note with that prompt; between two this would be a guess.
//! 3. **By nearness**: almost the same prompt ([`NEAR`]) and the same answer, so that a corrected typing error does not cost
//!    the card its history. This is decided at the end of the file, because only then is it known which rows and which notes
//!    are left over. There has to be one best match. The number of compared pairs is limited ([`MOST_PAIRS`]), because each
//!    pair is compared letter by letter.
//! 4. Otherwise it is a new note.
//!
//! Each note is claimed once in a file: a second row with its prompt is another note, or a duplicate, which is reported and
//! never merged. A match by prompt or nearness is written to the log as an alias. Other devices read that and never match by
//! themselves: they have other notes, and would come to another result.

#[cfg(test)]
mod tests;

use crate::core::card::NoteText;
use crate::core::compare::answer::key;
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::decks::TargetDeck;
use crate::store::facts::note_uid;
use crate::store::notes::PackedNote;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Rows that wait for the end of a file before they are matched to notes that are nearly equal.
const MOST_DEFERRED: usize = 1000;

/// Text that rows may hold, in bytes, while they wait for the end of a file, since the note with their prompt might
/// still be claimed by a row with just its text. What comes after that is an edit of that note at once.
const MOST_WAITING: usize = 4 << 20;

/// Pairs of a row and a note that are compared letter by letter at the end of a file.
const MOST_PAIRS: usize = 1000;

/// From which similarity of prompts, with the same answer, a row is taken for an edited note.
const NEAR: f64 = 0.9;

/// A row that is decided at the end of the file.
pub(super) struct WaitingRow {
    who: NoteRef,
    key: Option<String>,
    note: PackedNote,
    /// Its deck, at the position of the row.
    now: TargetDeck,
}

/// A note with the row's prompt, as the index by prompt has it: its row in the table was not read.
pub(super) struct PromptMatch {
    pub(super) id: i64,
    pub(super) text_hash: i64,
    pub(super) position: i64,
    pub(super) retired: bool,
}

/// A note that no row has claimed, with its text as it is compared.
struct Unclaimed {
    id: i64,
    kind: String,
    prompt: String,
    answer: String,
}

impl Bulk<'_, '_> {
    /// Takes in one note of deck `deck`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note(
        &mut self,
        deck: &str,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let place = self.options.place_in.clone();
        let now = self.next_place(place.as_deref().unwrap_or(deck))?;
        if self.is_unchanged(who.uid, &now, key.as_deref(), note)? {
            return Ok(MatchResult::Same);
        }
        if self.is_fresh(&now, who, note)? {
            return self.gather(&now, who, key, note);
        }
        self.flush()?;
        if let Some(known) = self.by_uid(who.uid)? {
            self.was_looked_for(known.0)?;
            return self.found(known, &now, key, note);
        }
        let mut open = Vec::new();
        if now.was_there || (!who.named && self.seen.may_have(now.id, note.prompt_hash)) {
            for likely in self.by_prompt(now.id, note.prompt_hash)? {
                if self.is_taken(likely.id) {
                    if !who.named && likely.text_hash == note.text_hash {
                        return Ok(MatchResult::Duplicate);
                    }
                } else if likely.text_hash == note.text_hash {
                    self.alias(who, likely.id)?;
                    return self.found_by_prompt(&likely, &now, key, note);
                } else {
                    open.push(likely);
                }
            }
        }
        if !open.is_empty() && self.waiting_bytes < MOST_WAITING {
            self.waiting_bytes += note.size();
            self.waiting.push(WaitingRow { who, key, note: note.clone(), now });
            return Ok(MatchResult::Later);
        }
        if let [one] = open.as_slice() {
            self.alias(who, one.id)?;
            return self.found_by_prompt(one, &now, key, note);
        }
        if now.was_there && self.deferred.len() < MOST_DEFERRED && self.any_old(now.id)? {
            self.deferred.push(WaitingRow { who, key, note: note.clone(), now });
            return Ok(MatchResult::Later);
        }
        self.insert(&now, who, key, note)
    }

    /// Decides the rows that waited for the end of the file.
    pub(super) fn match_waiting(&mut self) -> Result<Vec<MatchResult>, Fault> {
        let mut placed = Vec::new();
        let mut rest = Vec::new();
        for row in std::mem::take(&mut self.waiting) {
            if let Some(known) = self.by_uid(row.who.uid)? {
                placed.push(self.found(known, &row.now, row.key, &row.note)?);
                continue;
            }
            let mut open = self.by_prompt(row.now.id, row.note.prompt_hash)?;
            open.retain(|likely| !self.is_taken(likely.id));
            match open.as_slice() {
                [one] => {
                    self.alias(row.who, one.id)?;
                    placed.push(self.found_by_prompt(one, &row.now, row.key, &row.note)?);
                }
                _ => rest.push(row),
            }
        }
        rest.append(&mut self.deferred);
        let mut unclaimed: BTreeMap<i64, Vec<Unclaimed>> = BTreeMap::new();
        let mut pairs = 0;
        for row in rest {
            // A row before it may have had the same name.
            if let Some(known) = self.by_uid(row.who.uid)? {
                placed.push(self.found(known, &row.now, row.key, &row.note)?);
                continue;
            }
            let deck = row.now.id;
            if let Entry::Vacant(place) = unclaimed.entry(deck) {
                place.insert(self.unclaimed(deck)?);
            }
            let candidates = unclaimed.entry(deck).or_default();
            pairs += candidates.len();
            let matched = if pairs > MOST_PAIRS { None } else { nearest(candidates, &row.note.text()?) };
            placed.push(match matched {
                Some(note) => {
                    candidates.retain(|candidate| candidate.id != note);
                    let uid = self.alias(row.who, note)?;
                    self.found((note, uid), &row.now, row.key, &row.note)?
                }
                // A name may stand twice among the rows that waited.
                None => match self.by_uid(row.who.uid)? {
                    Some(known) => self.found(known, &row.now, row.key, &row.note)?,
                    None => self.insert(&row.now, row.who, row.key, &row.note)?,
                },
            });
        }
        Ok(placed)
    }

    /// Whether a note is from this very file, or was claimed by a row of it.
    pub(super) fn is_taken(&self, note: i64) -> bool {
        note > self.last_old_note || self.claimed.has(note)
    }

    /// Whether the deck has a note from before this file. Then a row without a match waits until the end of the file.
    fn any_old(&mut self, deck: i64) -> Result<bool, Fault> {
        let is_old: bool = self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM note WHERE deck = ?1 AND id <= ?2 AND retired = 0)")?
            .query_row((deck, self.last_old_note), |row| row.get(0))?;
        Ok(is_old || !self.moved_from(deck)?.is_empty())
    }

    /// The note of that uid, by its own name or another; one that only events know so far counts too.
    pub(super) fn by_uid(&self, uid: NoteUid) -> Result<Option<(i64, NoteUid)>, Fault> {
        let found: Option<(i64, Option<i64>)> = self
            .writer
            .tx
            .prepare_cached(
                "SELECT u.id, a.note FROM note_name u LEFT JOIN alias a ON a.alias = u.id WHERE u.uid = ?1",
            )?
            .query_row([uid.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            Some((_, Some(note))) => Some((note, note_uid(&self.writer.tx, note)?)),
            Some((note, None)) => Some((note, uid)),
            None => None,
        })
    }

    /// The notes of a deck with that prompt, living ones first.
    fn by_prompt(&mut self, deck: i64, prompt_hash: i64) -> Result<Vec<PromptMatch>, Fault> {
        let mut found = self.lying_in(deck, prompt_hash)?;
        if found.is_empty() {
            found = self.moved_by_prompt(deck, prompt_hash)?;
        }
        Ok(found)
    }

    fn lying_in(&self, deck: i64, prompt_hash: i64) -> Result<Vec<PromptMatch>, Fault> {
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT id, text_hash, position, retired FROM note INDEXED BY note_prompt \
             WHERE deck = ?1 AND prompt_hash = ?2 ORDER BY retired, position",
        )?;
        let rows = statement.query_map((deck, prompt_hash), |row| {
            Ok(PromptMatch { id: row.get(0)?, text_hash: row.get(1)?, position: row.get(2)?, retired: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes in a row whose note was found by its prompt. Mostly the row says nothing new: then the note's row is not read.
    fn found_by_prompt(
        &mut self,
        likely: &PromptMatch,
        deck: &TargetDeck,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let is_same = likely.text_hash == note.text_hash && !likely.retired;
        let in_place = !self.options.reposition || likely.position == deck.position;
        if is_same && in_place && key.is_none() && self.options.source.is_none() && !self.options.theirs {
            self.claimed.add(likely.id);
            return Ok(MatchResult::Same);
        }
        let uid = note_uid(&self.writer.tx, likely.id)?;
        self.found((likely.id, uid), deck, key, note)
    }

    /// Records that a row's uid is another name of a note. Gives the note's own.
    fn alias(&mut self, who: NoteRef, note: i64) -> Result<NoteUid, Fault> {
        let uid = note_uid(&self.writer.tx, note)?;
        if uid != who.uid {
            self.writer.append_fact(&Fact::Aliased { alias: who.uid, note: uid }, None)?;
        }
        Ok(uid)
    }

    /// Notes of a deck from before this file that no row has claimed, at most so many. From the index alone: a note
    /// without a text is always retired.
    pub(super) fn unclaimed_ids(&self, deck: i64, most: usize) -> Result<Vec<i64>, Fault> {
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0 AND id <= ?2",
        )?;
        let mut rows = statement.query((deck, self.last_old_note))?;
        let mut ids = Vec::new();
        while ids.len() < most
            && let Some(row) = rows.next()?
        {
            let note = row.get(0)?;
            if !self.claimed.has(note) {
                ids.push(note);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    /// The same notes with their texts. One more than may be compared, so that too many are noticed.
    fn unclaimed(&mut self, deck: i64) -> Result<Vec<Unclaimed>, Fault> {
        let mut notes = Vec::new();
        let mut ids = self.unclaimed_ids(deck, MOST_PAIRS + 1)?;
        let moved = self.moved_from(deck)?;
        ids.extend(moved.into_iter().filter(|note| !self.is_taken(*note)).take(MOST_PAIRS + 1));
        for id in ids {
            let (text, _) = self.writer.shown(id)?;
            notes.push(Unclaimed { id, prompt: key(&text.prompt(1)), answer: key(&text.answer(1)), kind: text.kind });
        }
        Ok(notes)
    }
}

/// Bytes of the longest prompt that is compared with others: it takes as many steps as both have letters multiplied.
const LONGEST_NEAR: usize = 2000;

/// The one unclaimed note whose prompt is nearly the row's, with the same answer.
fn nearest(candidates: &[Unclaimed], text: &NoteText) -> Option<i64> {
    let (prompt, answer) = (key(&text.prompt(1)), key(&text.answer(1)));
    let mut best: Vec<(f64, i64)> = candidates
        .iter()
        .filter(|other| other.kind == text.kind && other.answer == answer)
        .filter(|other| prompt.len().max(other.prompt.len()) <= LONGEST_NEAR)
        .map(|other| (strsim::normalized_levenshtein(&prompt, &other.prompt), other.id))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0));
    match best.as_slice() {
        [only] => Some(only.1),
        [first, second, ..] if first.0 > second.0 => Some(first.1),
        _ => None,
    }
}
