//! Notes as their files have them, where the learner made something else of what is shown: they edited or tagged the note, took
//! it out of its deck, or deleted it. A row of that deck still means them.

use crate::core::fact::Fact;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::by_prompt::PromptMatch;
use crate::store::by_prompt::Upstream;
use crate::store::columns::PLACED;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::shown::NoteRow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

impl Bulk<'_, '_> {
    /// The notes with that prompt that a deck has in its files, where the learner changed, moved or deleted them.
    pub(super) fn upstream_by_prompt(&mut self, deck: i64, prompt_hash: i64) -> Result<Vec<PromptMatch>, Fault> {
        let upstream = self.upstream()?;
        Ok(upstream.get(&deck).and_then(|of_deck| of_deck.get(&prompt_hash)).cloned().unwrap_or_default())
    }

    /// All such notes of a deck.
    pub(super) fn upstream_of(&mut self, deck: i64) -> Result<BTreeSet<i64>, Fault> {
        let upstream = self.upstream()?;
        let notes = upstream.get(&deck).into_iter().flat_map(BTreeMap::values).flatten();
        Ok(notes.map(|likely| likely.id).collect())
    }

    /// Whether a deck has one.
    pub(super) fn any_upstream(&mut self, deck: i64) -> Result<bool, Fault> {
        Ok(self.upstream()?.contains_key(&deck))
    }

    /// They are read once an action, and only where a row has no note in its own deck: a person changes few notes, but to find
    /// them costs a look at every note.
    fn upstream(&mut self) -> Result<Rc<Upstream>, Fault> {
        if let Some(known) = &self.writer.upstream {
            return Ok(Rc::clone(known));
        }
        let read = Rc::new(self.read_upstream()?);
        self.writer.upstream = Some(Rc::clone(&read));
        Ok(read)
    }

    fn read_upstream(&mut self) -> Result<Upstream, Fault> {
        let context = self.writer.context()?;
        let mut candidates: Vec<i64> = {
            let mut statement = self.writer.tx.prepare_cached(
                "SELECT id FROM note WHERE (own IS NOT NULL OR tags IS NOT NULL OR retired <> 0) AND source IS NOT NULL \
                 AND id <= ?1",
            )?;
            statement.query_map([self.last_old_note], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        {
            let placed =
                format!("SELECT DISTINCT subject FROM fact WHERE kind = {PLACED} AND subject BETWEEN 1 AND ?1");
            let mut statement = self.writer.tx.prepare_cached(&placed)?;
            let placed = statement.query_map([self.last_old_note], |row| row.get::<_, i64>(0))?;
            candidates.extend(placed.collect::<Result<Vec<_>, _>>()?);
        }
        candidates.sort_unstable();
        candidates.dedup();
        let mut upstream = Upstream::new();
        for id in candidates {
            let Some(row) = NoteRow::of(&self.writer.tx, id)? else { continue };
            let mut facts = facts_of(&self.writer.tx, &context.reader, id)?;
            facts.retain(|fact| !context.voided.has(fact.id));
            if row.retired && !is_deleted(&mut facts) {
                continue;
            }
            // Where it lies is looked up in the table of notes, where it lies as its file has it.
            let has_own = row.own.is_some() || row.tags.is_some() || row.retired;
            let mut decks: BTreeSet<i64> = BTreeSet::new();
            for fact in &facts {
                if let Fact::Brought { deck, .. } | Fact::Placed { deck, .. } = &fact.fact {
                    decks.extend(crate::store::facts::deck_number(&self.writer.tx, deck)?);
                }
            }
            if !has_own {
                decks.remove(&row.deck);
            }
            let mut texts = vec![(row.prompt_hash, row.text_hash)];
            if has_own && let Some((said, _)) = self.said_last(row.source)? {
                let said = PackedNote::of(&said)?;
                texts.retain(|shown| shown.0 != said.prompt_hash);
                texts.push((said.prompt_hash, said.text_hash));
            }
            for deck in decks {
                let of_deck = upstream.entry(deck).or_default();
                for (prompt_hash, text_hash) in &texts {
                    of_deck.entry(*prompt_hash).or_default().push(PromptMatch {
                        id,
                        text_hash: *text_hash,
                        position: row.position,
                        retired: row.retired,
                    });
                }
            }
        }
        Ok(upstream)
    }
}

/// Whether it is the learner who took a note away, and not its file, and a file has it still.
fn is_deleted(facts: &mut [crate::store::facts::FactRow]) -> bool {
    facts.sort_by_key(|row| (row.hlc, row.id));
    let (mut is_deleted, mut is_there) = (false, false);
    for row in facts {
        match row.fact {
            Fact::Deleted { .. } => is_deleted = true,
            Fact::Revived { .. } | Fact::Edited { .. } | Fact::Cleared { .. } | Fact::Placed { .. } => {
                is_deleted = false;
            }
            Fact::Brought { .. } => is_there = true,
            Fact::Gone { .. } => is_there = false,
            _ => {}
        }
    }
    is_deleted && is_there
}
