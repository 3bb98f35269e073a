//! Answers that are in the log and not yet in the caches.
//!
//! An answer is safe once the log has it, which takes two pages. The card's state and the sums take six more: they are
//! written while the learner looks at the next card ([`Store::while_idle`]), before anything reads them ([`Store::db`]), and
//! when the database is closed. `meta` has the last entry of the device here that the caches know; where a program was
//! killed before they followed, whoever opens the database next, or writes to it, brings them up to date from the log.
//! A look that may change nothing (`Store::look`) can't: after a kill it is behind until then. `Store::doctor` knows which
//! answers they are.

use crate::core::event::Event;
use crate::core::id::CardId;
use crate::core::replay::fold;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::chain;
use crate::store::changes_by_others;
use crate::store::columns::CHECKED;
use crate::store::columns::day_of;
use crate::store::columns::entries_of_device;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::meta;
use crate::store::patience::PATIENCE;
use crate::store::review_log::events_of;
use crate::store::set_meta;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

/// The name in `meta` of the last entry of this device that the caches know.
pub(super) const CACHED: &str = "cached";

/// How long the caches wait for another `lmq` that is writing before they stay behind for now.
const SHORT_PATIENCE: Duration = Duration::from_millis(200);

/// So many answers may wait for the caches; the next one brings them up to date first.
const MOST_BEHIND: usize = 1024;

/// An answer that the caches don't have yet.
pub(super) struct Answer {
    /// The card, with its state before.
    pub(super) row: CardRow,
    pub(super) event: Event,
    pub(super) after: CardState,
}

/// The answers of this program that the caches don't have yet: each of another card.
#[derive(Default)]
pub(super) struct Behind {
    answers: Vec<Answer>,
    /// Where each card's answer is.
    places: HashMap<CardId, usize>,
}

impl Behind {
    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.answers.len()
    }

    pub(super) fn has(&self, card: CardId) -> bool {
        self.places.contains_key(&card)
    }

    /// The state of a card after its answer.
    pub(super) fn state(&self, card: CardId) -> Option<&CardState> {
        self.places.get(&card).and_then(|place| self.answers.get(*place)).map(|answer| &answer.after)
    }

    /// Whether a card of that topic was answered.
    pub(super) fn has_topic(&self, topic: i64) -> bool {
        self.answers.iter().any(|answer| answer.row.topic == topic)
    }

    pub(super) fn is_full(&self) -> bool {
        self.answers.len() >= MOST_BEHIND
    }

    pub(super) fn push(&mut self, answer: Answer) {
        self.places.insert(answer.row.card, self.answers.len());
        self.answers.push(answer);
    }

    pub(super) fn clear(&mut self) {
        self.answers.clear();
        self.places.clear();
    }
}

/// What a writer knows of the caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caches {
    /// They have all that is in the log.
    Current,
    /// They lack the answers of this program that wait, and nothing else.
    Behind,
    /// Others wrote meanwhile, or nobody has looked yet.
    Unknown,
}

/// The last entry that the caches know, by the device that wrote here then. Without it nothing ever waited: the first thing
/// that a device writes here puts it down.
fn cached(db: &Connection) -> Result<Option<i64>, Fault> {
    Ok(meta(db, CACHED)?.and_then(|id| id.parse().ok()))
}

/// The entries that the caches may lack: answers of the device that writes here, from the last one on that they know.
pub(super) fn uncached(db: &Connection) -> Result<Range<i64>, Fault> {
    Ok(cached(db)?.map_or(0..0, |known| known + 1..last_of_device(known) + 1))
}

/// The last entry of the device that the entry is of.
fn last_of_device(entry: i64) -> i64 {
    entries_of_device(entry_parts(entry).0).1
}

impl Writer<'_> {
    /// Brings the caches up to date with the log.
    pub(super) fn catch_up(&mut self) -> Result<(), Fault> {
        let gathered = self.gathered.take();
        match std::mem::replace(&mut self.caches, Caches::Current) {
            Caches::Current => {}
            behind @ (Caches::Behind | Caches::Unknown) => {
                self.gather_sums();
                if behind == Caches::Behind {
                    self.catch_up_from_memory()?;
                } else {
                    self.catch_up_from_log()?;
                }
                self.write_gathered()?;
                self.caches_moved = true;
            }
        }
        self.gathered = gathered;
        match self.waiting.take() {
            Some(answer) => self.cache(&answer),
            None => Ok(()),
        }
    }

    /// Whether an answer from before, or the one of this action, is not in the caches.
    pub(super) fn lags(&self) -> bool {
        self.caches != Caches::Current || self.waiting.is_some()
    }

    /// Writes the state of an answer's card, and adds the answer to the sums.
    pub(super) fn cache(&mut self, answer: &Answer) -> Result<(), Fault> {
        let Answer { row, event, after } = answer;
        self.add_to_sums(row, &row.state, event, 1)?;
        self.set_state(row, after)
    }

    fn catch_up_from_memory(&mut self) -> Result<(), Fault> {
        let behind = self.behind;
        behind.borrow().answers.iter().try_for_each(|answer| self.cache(answer))
    }

    fn catch_up_from_log(&mut self) -> Result<(), Fault> {
        let Some(cached) = cached(&self.tx)? else { return Ok(()) };
        let mut cards: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        {
            let mut statement = self.tx.prepare_cached(
                "SELECT card, id FROM event INDEXED BY event_id WHERE id > ?1 AND id <= ?2 AND kind <> ?3",
            )?;
            let mut rows = statement.query((cached, last_of_device(cached), CHECKED))?;
            while let Some(row) = rows.next()? {
                cards.entry(row.get(0)?).or_default().push(row.get(1)?);
            }
        }
        let context = self.context()?;
        for (card, ids) in cards {
            let Some(row) = CardRow::of_number(&self.tx, &context.reader, card)? else { continue };
            let events = events_of(&self.tx, &context.reader, card, row.card)?;
            let mut new = Vec::new();
            let after = fold(&events, &context.voided, &context.reader.schedulers, |before, event| {
                if context.reader.local(event.id).is_some_and(|id| ids.contains(&id)) {
                    new.push((before.clone(), event));
                }
            });
            for (before, event) in new {
                self.add_to_sums(&row, &before, event, 1)?;
            }
            self.set_state(&row, &after)?;
        }
        Ok(())
    }

    /// Writes down which entry is the last one that the caches know, once `last` is.
    pub(super) fn set_cached(&self, last: u64) -> Result<(), Fault> {
        set_meta(&self.tx, CACHED, &entry_id(self.device, last).to_string())
    }
}

impl Store {
    /// The database, with caches that have all that this program wrote. Where another `lmq` is writing just now, they
    /// stay behind for the moment.
    pub(super) fn db(&self) -> &Connection {
        // Inside of a snapshot nothing can be written.
        if self.db.is_autocommit() && (self.is_late.get() || !self.behind.borrow().is_empty()) {
            self.catch_up().ok();
        }
        &self.db
    }

    /// Brings the caches up to date with what this program wrote, and with what one wrote that was killed.
    ///
    /// # Errors
    /// When somebody else is writing, or it can't be written. Nothing is lost by that.
    pub(super) fn catch_up(&self) -> Result<(), Fault> {
        // Whoever waited in vain does not wait again at every look.
        self.catch_up_within(if self.is_late.get() { Duration::ZERO } else { SHORT_PATIENCE })
    }

    pub(super) fn catch_up_within(&self, patience: Duration) -> Result<(), Fault> {
        self.say_outside();
        let done = self.try_to_catch_up(patience);
        self.is_late.set(done.is_err());
        done
    }

    fn try_to_catch_up(&self, patience: Duration) -> Result<(), Fault> {
        let own = self.behind.borrow().answers.last().map(|answer| (answer.event.at, answer.event.study_day));
        let data_version = changes_by_others(&self.db)?;
        if own.is_none() && self.caches_at(data_version) != Caches::Unknown {
            return Ok(());
        }
        let left = match (own, cached(&self.db)?) {
            (Some(own), _) => Some(own),
            // Who has never written here has to write down first what the caches know.
            (None, None) => return Ok(()),
            (None, Some(cached)) => self.newest_after(cached)?,
        };
        let Some((now, today)) = left else {
            self.caches_known_at.set(Some(data_version));
            return Ok(());
        };
        self.db.busy_timeout(patience)?;
        let done = self.unlogged(Stamp { now, today }, |_| Ok(()));
        self.db.busy_timeout(PATIENCE)?;
        done?;
        if own.is_none() { self.say_what_was_left() } else { Ok(()) }
    }

    /// When the newest event after that entry was written, where there is any.
    fn newest_after(&self, entry: i64) -> Result<Option<(Timestamp, StudyDay)>, Fault> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT hlc, study_day FROM event INDEXED BY event_id WHERE id > ?1 AND id <= ?2 AND kind <> ?3 \
                 ORDER BY id DESC LIMIT 1",
            )?
            .query_row((entry, last_of_device(entry), CHECKED), |row| {
                Ok((Timestamp { unix_ms: row.get(0)?, offset_min: 0 }, day_of(row.get(1)?)))
            })
            .optional()?)
    }

    /// A program that was killed did not get to keep the end of the log outside of the database either.
    fn say_what_was_left(&self) -> Result<(), Fault> {
        let (Some(place), Some(device)) = (self.meta("place")?, self.this_device()?) else { return Ok(()) };
        let context = self.context()?;
        if place == self.place()
            && let Some(number) = context.reader.device_number(device)
        {
            let last = chain::newest_sequence(&self.db, number)?;
            let tail = chain::tail(&self.db, &context.reader, number, last)?;
            self.unsaid.set(Some((device, tail, chain::newest_hlc(&self.db, number, last)?)));
            self.say_outside();
        }
        Ok(())
    }

    /// Whether the caches have all that is in the log, as of SQLite's `data_version`.
    pub(super) fn caches_at(&self, data_version: i64) -> Caches {
        match (self.caches_known_at.get() == Some(data_version), self.behind.borrow().is_empty()) {
            (false, _) => Caches::Unknown,
            (true, true) => Caches::Current,
            (true, false) => Caches::Behind,
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.catch_up().ok();
    }
}

#[cfg(test)]
mod tests;
