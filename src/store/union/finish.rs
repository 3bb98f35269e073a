//! The end of a union: what hangs on the entries that came is made again, in one pass.

use crate::store::Fault;
use crate::store::chain;
use crate::store::columns::ALIASED;
use crate::store::columns::card_parts;
use crate::store::columns::i64_of;
use crate::store::forget::Taken;
use crate::store::fork;
use crate::store::naming::name_of_number;
use crate::store::set_meta;
use crate::store::union::Union;
use crate::store::union::United;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

impl Union<'_, '_> {
    /// Makes again all that hangs on what came.
    pub(super) fn finish(mut self) -> Result<United, Fault> {
        if self.segment.is_some() {
            return Err(Fault::Refused("the file ends before its last segment does".to_owned()));
        }
        self.write_events()?;
        let heard = crate::store::writer::heard(&self.writer.tx)?.0.max(self.heard);
        set_meta(&self.writer.tx, "heard", &heard.to_string())?;
        fork::settle_parents(&self.writer.tx)?;
        if self.leaves {
            chain::leave_place(&self.writer.tx)?;
        }
        self.writer.forget_context();
        if !self.to_erase.is_empty() {
            // Also where the words are not here (any more): the copies beside may have them.
            self.writer.leave_traces()?;
        }
        let mut taken = Taken::default();
        for (what, order) in std::mem::take(&mut self.to_erase) {
            self.writer.find_words(&what, order, &mut taken)?;
        }
        for card in &taken.cards {
            self.take_away(*card)?;
        }
        self.writer.erase(&taken)?;
        self.done.erased = self.writer.forgotten(&taken)?;
        self.notes.extend(&taken.notes);
        self.decks.extend(&taken.decks);
        if self.done.renamed {
            self.writer.gathered = None;
            self.writer.uncounted.clear();
            self.writer.rebuild()?;
            self.done.rewritten = self.rewritten()?;
            return Ok(self.done);
        }
        let now = self.writer.context()?;
        for span in self.was.voided.difference(&now.voided) {
            let Some(first) = now.reader.local(crate::store::review_log::entry_of(span.action)) else { continue };
            let range = (first, first + i64_of(span.entries) - 1);
            for card in crate::store::undo::cards_of(&self.writer.tx, range)? {
                self.take_away(card)?;
            }
            let mut statement = self.writer.tx.prepare_cached(&format!(
                "SELECT DISTINCT subject, kind = {ALIASED} FROM fact WHERE id BETWEEN ?1 AND ?2 AND subject <> 0"
            ))?;
            let rows = statement.query_map(range, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))?;
            for row in rows {
                match row? {
                    (alias, true) => self.aliases.insert(alias),
                    (note, false) if note > 0 => self.notes.insert(note),
                    (deck, false) => self.decks.insert(-deck),
                };
            }
        }
        self.notes.extend(self.writer.uncounted.iter().map(|card| card_parts(*card).0));
        // Decks before notes, since an edition decides what of them is still there; cards last, since their sums hang on where
        // their notes lie.
        for deck in std::mem::take(&mut self.decks) {
            self.writer.refresh_deck(deck)?;
        }
        for alias in std::mem::take(&mut self.aliases) {
            self.writer.refresh_alias(alias)?;
        }
        for note in &self.notes {
            self.writer.refresh_note(*note)?;
        }
        let mut answered = BTreeSet::new();
        for card in std::mem::take(&mut self.writer.uncounted) {
            self.writer.refold(card, None, &now.voided)?;
            answered.insert(card_parts(card).0);
        }
        // A note without a text that counts lives on an answer.
        for note in answered {
            let retired: Option<bool> = self
                .writer
                .tx
                .prepare_cached("SELECT retired FROM note WHERE id = ?1")?
                .query_row([note], |row| row.get(0))
                .optional()?;
            if retired == Some(true) {
                self.writer.refresh_note(note)?;
            }
        }
        self.writer.write_gathered()?;
        if self.done.erased.texts > 0 {
            self.writer.sweep()?;
        }
        self.done.rewritten = self.rewritten()?;
        Ok(self.done)
    }

    /// The names of notes with new facts that have words although their words were erased.
    fn rewritten(&self) -> Result<Vec<String>, Fault> {
        let db = &self.writer.tx;
        let mut has_words = db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM note n JOIN text x ON x.id = coalesce(n.own, n.source) \
             WHERE n.id = ?1 AND x.body IS NOT NULL)",
        )?;
        let mut names = Vec::new();
        for note in self.notes.iter().filter(|note| self.erasures.name(**note)) {
            if has_words.query_row([note], |row| row.get(0))? {
                names.extend(name_of_number(db, *note)?);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}
