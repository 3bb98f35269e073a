//! Which note a row of a file is. A row is looked for in this order; the first that fits decides:
//!
//! 1. **By its uid**, or an alias of it. The uid comes from the row's id, guid or deck and key, or from what the row says, and
//!    it is the same on every device. So it wins over any likeness: a note is found by it even when all of its text changed.
//!    A row that is another name of a note waits until the end of the file, since a later row may have the note's own. A
//!    name whose texts and aliases were all undone decides nothing by itself: what it was another name of last is tried, then
//!    what follows, so that an import is done again as it was done first (`named`).
//!    A row without key or id is called by its prompt alone where the file has it once. It may still be another note of
//!    that prompt, from when there were several rows: the one that has just its answer.
//! 2. **By its prompt**, in its own deck only, since the same question in two decks is two notes; where that has none, among
//!    the notes that the learner changed or took out of that deck, as their file has them (`upstream`). This finds a row whose
//!    answer was corrected, and a row that gained or lost its key. A note with exactly the row's text is taken at once. A note
//!    with another answer waits until the end of the file, because a later row may have exactly that note's text. At the end
//!    it is taken if it is the only unclaimed note with that prompt; between two this would be a guess.
//! 3. **By nearness**: almost the same prompt and the same answer (`sides`), so that a corrected typing error does not cost
//!    the card its history. What is shown is compared, and what the file said last, also of notes that the learner deleted.
//!    This is decided at the end of the file, because only then is it known which rows and which notes
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
use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::decks::TargetDeck;
use crate::store::bulk::named::Named;
use crate::store::bulk::sides::Sides;
use crate::store::by_prompt::PromptMatch;
use crate::store::facts::note_number;
use crate::store::facts::note_uid;
use crate::store::notes::PackedNote;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Rows that wait for the end of a file before they are matched to notes that are nearly equal.
const MOST_DEFERRED: usize = 1000;

/// Text that rows may hold, in bytes, while they wait for the end of a file, since the note with their prompt might
/// still be claimed by a row with just its text. What comes after that is an edit of that note at once.
const MOST_WAITING: usize = 4 << 20;

/// Pairs of a row and a note that are compared letter by letter at the end of a file.
const MOST_PAIRS: usize = 1000;

/// A row that is decided at the end of the file.
pub(super) struct WaitingRow {
    who: NoteRef,
    key: Option<String>,
    note: PackedNote,
    /// Its deck, at the position of the row.
    now: TargetDeck,
    /// The deck among whose notes it is looked for.
    there: TargetDeck,
}

/// A note that no row has claimed: as it is shown, and as its file has it where that is something else.
struct Unclaimed {
    id: i64,
    texts: Vec<Sides>,
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
        let there = self.where_it_may_lie(&now)?;
        if self.is_unchanged(who.uid, &there, key.as_deref(), note)? {
            return Ok(MatchResult::Same);
        }
        if self.is_fresh(&there, who, note)? {
            return self.gather(&now, who, key, note);
        }
        self.flush()?;
        let own = match self.named(who, &there, note)? {
            Named::Note(id, uid) => {
                self.was_looked_for(id)?;
                return self.found((id, uid), &now, key, note);
            }
            // Its own name comes first, should a later row have that.
            Named::Other(other) if !self.is_taken(other.id) && self.waiting_bytes < MOST_WAITING => {
                return Ok(self.wait((&now, &there), who, key, note));
            }
            Named::Other(other) if !self.is_taken(other.id) || other.name.is_some_and(|name| self.is_taken(name)) => {
                return self.found_by_other_name(other, who, &now, key, note);
            }
            Named::Other(_) => None,
            Named::Nobody(own) => own,
        };
        let mut open = Vec::new();
        if there.was_there || (!who.named && self.seen.may_have(there.id, note.prompt_hash)) {
            for likely in self.by_prompt(there.id, note, own)? {
                if self.is_taken(likely.id) {
                    if !who.named && (likely.text_hash == note.text_hash || self.was_said(likely.id, note)?) {
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
            return Ok(self.wait((&now, &there), who, key, note));
        }
        if let [one] = open.as_slice() {
            self.alias(who, one.id)?;
            return self.found_by_prompt(one, &now, key, note);
        }
        if there.was_there && self.deferred.len() < MOST_DEFERRED && self.any_old(there.id)? {
            self.deferred.push(WaitingRow { who, key, note: note.clone(), now, there });
            return Ok(MatchResult::Later);
        }
        self.first_text(&now, who, key, note)
    }

    /// A row is decided at the end of the file.
    fn wait(
        &mut self,
        (now, there): (&TargetDeck, &TargetDeck),
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> MatchResult {
        self.waiting_bytes += note.size();
        self.waiting.push(WaitingRow { who, key, note: note.clone(), now: now.clone(), there: there.clone() });
        MatchResult::Later
    }

    /// The first text of a note, or the first one that counts.
    fn first_text(
        &mut self,
        deck: &TargetDeck,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        match note_number(&self.writer.tx, who.uid)? {
            Some(number) => self.found((number, who.uid), deck, key, note),
            None => self.insert(deck, who, key, note),
        }
    }

    /// Decides the rows that waited for the end of the file.
    pub(super) fn match_waiting(&mut self) -> Result<Vec<MatchResult>, Fault> {
        let mut placed = Vec::new();
        let mut unnamed = Vec::new();
        for row in std::mem::take(&mut self.waiting) {
            let own = match self.named(row.who, &row.there, &row.note)? {
                Named::Note(id, uid) => {
                    placed.push(self.found((id, uid), &row.now, row.key, &row.note)?);
                    continue;
                }
                Named::Other(other)
                    if !self.is_taken(other.id) || other.name.is_some_and(|name| self.is_taken(name)) =>
                {
                    placed.push(self.found_by_other_name(other, row.who, &row.now, row.key, &row.note)?);
                    continue;
                }
                Named::Other(_) => None,
                Named::Nobody(own) => own,
            };
            unnamed.push((row, own));
        }
        let mut rest = Vec::new();
        for (row, own) in unnamed {
            match self.one_of_that_prompt(&row, own)? {
                Some(one) => {
                    self.alias(row.who, one.id)?;
                    placed.push(self.found_by_prompt(&one, &row.now, row.key, &row.note)?);
                }
                None => rest.push(row),
            }
        }
        rest.append(&mut self.deferred);
        let mut unclaimed: BTreeMap<i64, Vec<Unclaimed>> = BTreeMap::new();
        let mut pairs = 0;
        for row in rest {
            // A row before it may have had the same name.
            match self.named(row.who, &row.there, &row.note)? {
                Named::Note(id, uid) => {
                    placed.push(self.found((id, uid), &row.now, row.key, &row.note)?);
                    continue;
                }
                Named::Other(other) if other.name.is_some_and(|name| self.is_taken(name)) => {
                    placed.push(self.found_by_other_name(other, row.who, &row.now, row.key, &row.note)?);
                    continue;
                }
                Named::Other(_) | Named::Nobody(_) => {}
            }
            let deck = row.there.id;
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
                None => self.first_text(&row.now, row.who, row.key, &row.note)?,
            });
        }
        Ok(placed)
    }

    /// The unclaimed note with a row's prompt: the one with its answer too, else the only one. Those that the learner took out of
    /// the deck count as well, since between two it would be a guess.
    fn one_of_that_prompt(&mut self, row: &WaitingRow, own: Option<i64>) -> Result<Option<PromptMatch>, Fault> {
        let mut open = self.by_prompt(row.there.id, &row.note, own)?;
        for likely in self.upstream_by_prompt(row.there.id, row.note.prompt_hash)? {
            if Some(likely.id) != own && !open.iter().any(|known| known.id == likely.id) {
                open.push(likely);
            }
        }
        open.retain(|likely| !self.is_taken(likely.id));
        if let [one] = open.as_slice() {
            return Ok(Some(one.clone()));
        }
        let wanted = Sides::of(&row.note.text()?);
        for likely in &open {
            if self.sides(likely.id)?.contains(&wanted) {
                return Ok(Some(likely.clone()));
            }
        }
        Ok(None)
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
        Ok(is_old || self.any_upstream(deck)?)
    }

    /// The notes of a deck with a row's prompt, living ones first; not the one of the row's own name, of which nothing counts.
    /// Of those that came with this very file only what says the same as the row.
    pub(super) fn by_prompt(
        &mut self,
        deck: i64,
        row: &PackedNote,
        own: Option<i64>,
    ) -> Result<Vec<PromptMatch>, Fault> {
        let prompt_hash = row.prompt_hash;
        let mut found = self.lying_in(deck, row)?;
        if let Some(own) = own {
            // Of what was undone only the row's own note may come back.
            let mut counting = Vec::new();
            for likely in found {
                if likely.id != own && (!likely.retired || self.has_text(likely.id)?) {
                    counting.push(likely);
                }
            }
            found = counting;
        }
        if found.is_empty() {
            found = self.upstream_by_prompt(deck, prompt_hash)?;
            found.retain(|likely| Some(likely.id) != own);
        }
        Ok(found)
    }

    fn lying_in(&self, deck: i64, row: &PackedNote) -> Result<Vec<PromptMatch>, Fault> {
        // A file may have one question ten thousand times, with as many answers.
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT id, text_hash, position, retired FROM note INDEXED BY note_prompt \
             WHERE deck = ?1 AND prompt_hash = ?2 AND (id <= ?3 OR text_hash = ?4) ORDER BY retired, position",
        )?;
        let rows = statement.query_map((deck, row.prompt_hash, self.last_old_note, row.text_hash), |row| {
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
    pub(super) fn alias(&mut self, who: NoteRef, note: i64) -> Result<NoteUid, Fault> {
        let uid = note_uid(&self.writer.tx, note)?;
        if uid != who.uid {
            self.writer.append_fact(&Fact::Aliased { alias: who.uid, note: uid }, None)?;
            let name = self.writer.name_note(who.uid)?;
            if !self.has_text(name)? {
                self.claimed.add(name);
            }
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

    /// The same notes with their texts, and those that the learner changed, moved or deleted. One more than may be compared, so
    /// that too many are noticed.
    fn unclaimed(&mut self, deck: i64) -> Result<Vec<Unclaimed>, Fault> {
        let mut ids = self.unclaimed_ids(deck, MOST_PAIRS + 1)?;
        let upstream = self.upstream_of(deck)?;
        ids.extend(upstream.into_iter().filter(|note| !self.is_taken(*note)).take(MOST_PAIRS + 1));
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().map(|id| Ok(Unclaimed { id, texts: self.sides(id)? })).collect()
    }
}

/// The one unclaimed note whose prompt is nearly the row's, with the same answer.
fn nearest(candidates: &[Unclaimed], text: &NoteText) -> Option<i64> {
    let row = Sides::of(text);
    let mut best: Vec<(f64, i64)> = candidates
        .iter()
        .filter_map(|other| {
            let nearest = other.texts.iter().filter_map(|texts| texts.likeness(&row)).max_by(f64::total_cmp)?;
            Some((nearest, other.id))
        })
        .collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0));
    match best.as_slice() {
        [only] => Some(only.1),
        [first, second, ..] if first.0 > second.0 => Some(first.1),
        _ => None,
    }
}
