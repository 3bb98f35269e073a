//! Erasing words: the one thing that is ever taken out of the log.
//!
//! An erasure is a fact that names notes, decks or all typed answers. Every text of theirs that comes before it in the
//! order of the log loses its body and salt, whoever wrote it, and whether it was here or comes later. Hashes, grades,
//! states and the chain stay as they are.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Asked;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::EventId;
use crate::core::log::Entry;
use crate::core::log::TextRecord;
use crate::core::units::Hlc;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::ANSWERED;
use crate::store::columns::ERASED;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::deck_number;
use crate::store::facts::fact_of;
use crate::store::facts::note_number;
use crate::store::review_log::Reader;
use crate::store::set_meta;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::ffi;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::collections::HashMap;

#[cfg(test)]
mod tests;

/// The name in `meta` that says that words were erased of which bytes may be left.
const TRACES: &str = "traces";

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Texts whose words are gone.
    pub texts: u64,
    /// Notes that they were of.
    pub notes: u64,
    /// Paths of followed files that some of these notes came from: they may still have the words.
    pub followed: Vec<String>,
}

/// The place of an entry in the log: the key of its total order.
type Order = (Hlc, EventId);

/// The newest erasure of each note and deck, and of all typed answers: what comes from elsewhere and is older than these
/// has no words here.
#[derive(Default)]
pub(super) struct Erasures {
    subjects: HashMap<i64, Order, FixedState>,
    typed: Option<Order>,
}

impl Erasures {
    /// Those that the log has.
    pub(super) fn of(db: &Connection, reader: &Reader) -> Result<Self, Fault> {
        let mut erasures = Self::default();
        each_erasure(db, reader, |what, subject, order| erasures.take(&what, subject, order))?;
        Ok(erasures)
    }

    /// One more. `subject` is the note's number, or the deck's made negative.
    pub(super) fn take(&mut self, what: &Erasure, subject: i64, order: Order) {
        match what {
            Erasure::Note(_) | Erasure::Deck(_) => {
                let newest = self.subjects.entry(subject).or_insert(order);
                *newest = order.max(*newest);
            }
            Erasure::Typed => self.typed = self.typed.max(Some(order)),
        }
    }

    /// Whether one of them covers the words of an entry.
    pub(super) fn cover(&self, db: &Connection, order: Order, entry: &Entry) -> Result<bool, Fault> {
        let of_note = |note: Option<i64>| note.is_some_and(|note| self.is_erased(note, order));
        Ok(match entry {
            Entry::Event(event) => {
                self.typed.is_some_and(|erased| order < erased) || of_note(note_number(db, event.card.note)?)
            }
            Entry::Fact(_, fact) => match (fact.note(), fact.deck()) {
                (Some(note), _) => of_note(note_number(db, note)?),
                (None, Some(deck)) => of_note(deck_number(db, deck)?.map(|deck| -deck)),
                (None, None) => false,
            },
        })
    }

    /// Whether words of that note were ever erased.
    pub(super) fn name(&self, note: i64) -> bool {
        self.subjects.contains_key(&note)
    }

    fn is_erased(&self, subject: i64, order: Order) -> bool {
        self.subjects.get(&subject).is_some_and(|erased| order < *erased)
    }

    /// The text of a fact from elsewhere as it may be kept here. `subject` is as in [`take`](Self::take).
    pub(super) fn of_fact<'t>(
        &self,
        subject: i64,
        order: Order,
        text: Option<&'t TextRecord>,
    ) -> Option<Cow<'t, TextRecord>> {
        text.map(|text| kept(self.is_erased(subject, order), text))
    }

    /// The words of an answer from elsewhere, to a card of the note of that number, as they may be kept here.
    pub(super) fn of_answer<'t>(
        &self,
        note: i64,
        order: Order,
        text: Option<&'t TextRecord>,
    ) -> Option<Cow<'t, TextRecord>> {
        text.map(|text| {
            let is_erased = self.typed.is_some_and(|erased| order < erased) || self.is_erased(note, order);
            kept(is_erased, text)
        })
    }
}

/// The erasures that the log has, each with its subject's number as in [`Erasures::take`] and its place in the log.
fn each_erasure(db: &Connection, reader: &Reader, mut each: impl FnMut(Erasure, i64, Order)) -> Result<(), Fault> {
    let mut statement = db.prepare(&format!(
        "SELECT {FACT_COLUMNS}, a.hlc FROM fact f \
         JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) WHERE f.kind = {ERASED}"
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Fact::Erased { what } = fact_of(db, reader, row, 0)? {
            each(what, row.get(1)?, (Hlc(row.get(FACT_WIDTH)?), reader.known(row.get(0)?)?));
        }
    }
    Ok(())
}

fn kept(is_erased: bool, text: &TextRecord) -> Cow<'_, TextRecord> {
    if is_erased { Cow::Owned(TextRecord { hash: text.hash, salt: None, body: None }) } else { Cow::Borrowed(text) }
}

/// What erasures take, found before they take it.
#[derive(Default)]
pub(super) struct Taken {
    texts: BTreeSet<i64>,
    /// Texts whose words were left out of the history that brought them: they are not to come any more.
    left_out: BTreeSet<i64>,
    /// Notes that lose words.
    pub(super) notes: BTreeSet<i64>,
    /// Decks that do.
    pub(super) decks: BTreeSet<i64>,
    /// Cards whose answers are counted by their words: they have to be taken out of the sums before, and counted again.
    pub(super) cards: BTreeSet<i64>,
}

/// Whether an answer that was asked so is counted by what was right and what was given.
fn is_counted_by_words(kind: i64, asked: Option<i64>) -> bool {
    let code = |asked: Asked| Some(i64::from(asked.code()));
    kind == i64::from(ANSWERED) && (asked == code(Asked::Choose) || asked == code(Asked::Sort))
}

/// Columns of an answer with words that [`Finding::answers`] reads.
const ANSWER: &str = "SELECT e.id, e.hlc, e.card, e.kind, d.asked, x.body IS NULL FROM";
const LEFT_OUT: i64 = TextRecord::LEFT_OUT;

/// Looks for what an erasure takes.
struct Finding<'f> {
    db: &'f Connection,
    context: &'f Context,
    up_to: Order,
    taken: &'f mut Taken,
}

impl Finding<'_> {
    fn is_before(&self, hlc: i64, id: i64) -> Result<bool, Fault> {
        Ok((Hlc(hlc), self.context.reader.known(id)?) < self.up_to)
    }

    /// Texts of facts about a note, or about a deck whose number was made negative.
    fn facts(&mut self, subject: i64) -> Result<(), Fault> {
        let mut statement = self.db.prepare_cached(
            "SELECT f.id, a.hlc FROM fact f JOIN text x ON x.id = f.id \
             JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) \
             WHERE f.subject = ?1 AND x.body IS NOT NULL",
        )?;
        let mut rows = statement.query([subject])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !self.is_before(row.get(1)?, id)? {
                continue;
            }
            self.taken.texts.insert(id);
            if subject > 0 {
                self.taken.notes.insert(subject);
            } else {
                self.taken.decks.insert(-subject);
            }
        }
        Ok(())
    }

    /// Words of answers to the cards of a note, or of any.
    fn answers(&mut self, note: Option<i64>) -> Result<(), Fault> {
        let (sql, range) = match note {
            Some(note) => (
                format!(
                    "{ANSWER} event e JOIN event_detail d ON d.id = e.id JOIN text x ON x.id = d.id \
                     WHERE e.card BETWEEN ?1 AND ?2 AND (x.body IS NOT NULL OR x.salt = {LEFT_OUT})"
                ),
                (card_number(note, 0), card_number(note, MOST_ORDINAL)),
            ),
            None => (
                format!(
                    "{ANSWER} text x CROSS JOIN event_detail d ON d.id = x.id CROSS JOIN event e INDEXED BY event_id \
                     ON e.id = d.id WHERE (x.body IS NOT NULL OR x.salt = {LEFT_OUT}) AND ?1 = ?2"
                ),
                (0, 0),
            ),
        };
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query(range)?;
        while let Some(row) = rows.next()? {
            let (id, card) = (row.get(0)?, row.get(2)?);
            if !self.is_before(row.get(1)?, id)? {
                continue;
            }
            if row.get(5)? {
                self.taken.left_out.insert(id);
                continue;
            }
            self.taken.texts.insert(id);
            self.taken.notes.insert(card_parts(card).0);
            if is_counted_by_words(row.get(3)?, row.get(4)?) {
                self.taken.cards.insert(card);
            }
        }
        Ok(())
    }
}

impl Store {
    /// Erases words for good, from the log and all that is made from it. It is an action that can't be undone. Grades,
    /// states, counts and hashes stay. Bytes of the words may be left: [`scrub`](Self::scrub) takes them away.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget(&mut self, stamp: Stamp, what: &[Erasure]) -> Result<Forgotten, StoreError> {
        let subject = match what {
            [Erasure::Note(note)] => Subject::Note(*note),
            [Erasure::Deck(deck)] => Subject::Deck(deck.clone()),
            _ => Subject::None,
        };
        let (forgotten, _) = self.write(stamp, ActionKind::Forget, subject, |writer| writer.forget(what))?;
        Ok(forgotten)
    }

    /// Erases what the erasures in the log of another database cover: this one is an older copy of that one. No fact says
    /// so here, since a new one would cover more: what is here and was written after them stays.
    ///
    /// # Errors
    /// When one of them can't be read, or this one not written.
    pub fn erase_as_in(&mut self, stamp: Stamp, other: &Self) -> Result<(), StoreError> {
        let mut erasures = Vec::new();
        other.attempt(|| {
            each_erasure(other.db(), &other.context()?.reader, |what, _, order| erasures.push((what, order)))
        })?;
        self.write_unlogged(stamp, |writer| {
            let mut taken = Taken::default();
            for (what, order) in &erasures {
                writer.find_words(what, *order, &mut taken)?;
            }
            if taken.texts.is_empty() {
                return Ok(());
            }
            // The facts that cover them are still to come.
            for (_, (_, entry)) in &erasures {
                let device = writer.device_number(entry.device)?;
                writer.await_entry(device, entry.sequence)?;
            }
            writer.leave_traces()?;
            writer.erase_found(&taken, &BTreeSet::new())
        })
    }

    /// To be called before this database takes the place of another one: that one goes among the copies, and may have words
    /// that the log here says were erased.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn expect_traces(&mut self) -> Result<(), StoreError> {
        self.attempt(|| {
            let sql = format!(
                "INSERT INTO meta (name, value) SELECT ?1, '1' WHERE EXISTS (SELECT 1 FROM fact WHERE kind = {ERASED}) \
                 ON CONFLICT DO NOTHING"
            );
            self.db().execute(&sql, [TRACES])?;
            Ok(())
        })
    }

    /// Whether words were erased whose bytes may still be in the file, or in the copies beside it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_traces(&self) -> Result<bool, StoreError> {
        self.attempt(|| Ok(self.meta(TRACES)?.is_some()))
    }

    /// Writes the database's files anew, so that they hold nothing but what is there. Words that are overwritten where
    /// they lie are not gone: SQLite leaves copies where it once moved rows to other pages, and the write-ahead log has
    /// pages as they were.
    ///
    /// # Errors
    /// When it can't be written, or others who are reading keep the files from being cleaned ([`Trouble::Busy`]).
    ///
    /// [`Trouble::Busy`]: crate::store::Trouble::Busy
    pub fn scrub(&mut self) -> Result<(), StoreError> {
        self.attempt(|| {
            // As large as the database: not for memory.
            self.db().pragma_update(None, "temp_store", "file")?;
            let written = self.db().execute_batch("VACUUM");
            self.db().pragma_update(None, "temp_store", "memory")?;
            written?;
            let busy: bool = self.db().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if busy {
                let why = "somebody else is reading the database".to_owned();
                return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), Some(why)).into());
            }
            Ok(())
        })
    }

    /// Says that no bytes of erased words are left, here or in the copies beside.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn traces_are_gone(&mut self) -> Result<(), StoreError> {
        self.attempt(|| {
            self.db().execute("DELETE FROM meta WHERE name = ?1", [TRACES])?;
            Ok(())
        })
    }
}

impl Writer<'_> {
    fn forget(&mut self, what: &[Erasure]) -> Result<Forgotten, Fault> {
        let mut taken = Taken::default();
        // What is only named by its erasure has a place in the caches too.
        let mut named = BTreeSet::new();
        for what in what {
            let fact = Fact::Erased { what: what.clone() };
            let up_to = (self.hlc, EventId { device: self.device_id, sequence: self.next_sequence });
            self.append_only(&fact, None)?;
            named.insert(self.subject_of(&fact)?);
            self.find_words(what, up_to, &mut taken)?;
        }
        let forgotten = self.forgotten(&taken)?;
        // Also where nothing is here (any more): the copies beside may have it.
        self.leave_traces()?;
        self.erase_found(&taken, &named)?;
        Ok(forgotten)
    }

    /// What was taken, for people.
    pub(super) fn forgotten(&self, taken: &Taken) -> Result<Forgotten, Fault> {
        let count = |all: &BTreeSet<i64>| u64::try_from(all.len()).unwrap_or(u64::MAX);
        Ok(Forgotten { texts: count(&taken.texts), notes: count(&taken.notes), followed: self.files_of(&taken.notes)? })
    }

    /// Erases, and makes again what is shown of the subjects and how their answers are counted. `named` are more subjects
    /// to show again: notes, and decks made negative.
    fn erase_found(&mut self, taken: &Taken, named: &BTreeSet<i64>) -> Result<(), Fault> {
        let context = self.context()?;
        self.gather_sums();
        for card in &taken.cards {
            if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                self.move_sums(&row, &context.voided, -1)?;
            }
        }
        self.erase(taken)?;
        for card in &taken.cards {
            if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                self.move_sums(&row, &context.voided, 1)?;
            }
        }
        let taken_of = taken.decks.iter().map(|deck| -deck).chain(taken.notes.iter().copied());
        for subject in named.iter().copied().chain(taken_of).collect::<BTreeSet<_>>() {
            match subject {
                0 => {}
                deck if deck < 0 => self.refresh_deck(-deck)?,
                note => self.refresh_note(note)?,
            }
        }
        self.write_gathered()?;
        self.sweep()
    }

    /// Adds to `taken` what an erasure at `up_to` takes of what is here.
    pub(super) fn find_words(&mut self, what: &Erasure, up_to: Order, taken: &mut Taken) -> Result<(), Fault> {
        let context = self.context()?;
        let mut finding = Finding { db: &self.tx, context: &context, up_to, taken };
        match what {
            Erasure::Note(uid) => {
                if let Some(note) = note_number(&self.tx, *uid)? {
                    finding.facts(note)?;
                    finding.answers(Some(note))?;
                }
            }
            Erasure::Deck(id) => {
                if let Some(deck) = deck_number(&self.tx, id)? {
                    finding.facts(-deck)?;
                }
            }
            Erasure::Typed => finding.answers(None)?,
        }
        Ok(())
    }

    /// Takes body and salt of texts. What is shown of their notes and decks, and the sums, are the caller's.
    pub(super) fn erase(&self, taken: &Taken) -> Result<(), Fault> {
        let mut statement = self.tx.prepare_cached("UPDATE text SET salt = NULL, body = NULL WHERE id = ?1")?;
        let mut kept = self.tx.prepare_cached("DELETE FROM text_plain WHERE id = ?1")?;
        for text in taken.texts.iter().chain(&taken.left_out) {
            statement.execute([text])?;
            kept.execute([text])?;
        }
        Ok(())
    }

    /// Notes that bytes of erased words may be left, here or in the copies beside: in the same transaction, so that a kill
    /// before they are gone is seen.
    pub(super) fn leave_traces(&self) -> Result<(), Fault> {
        // From now on this connection overwrites with zeros what it deletes.
        self.tx.pragma_update(None, "secure_delete", true)?;
        set_meta(&self.tx, TRACES, "1")
    }

    /// Drops what nothing is behind any more, and yet has words: sums of nothing, and topics that no note names and no deck
    /// file describes.
    pub(super) fn sweep(&self) -> Result<(), Fault> {
        self.tx.execute("DELETE FROM side_sum WHERE count = 0", [])?;
        // A number below 0 is made of a tag.
        self.tx.execute(
            "DELETE FROM topic_sum WHERE topic < 0 AND answers = 0 AND learning + familiar + known + mastered = 0",
            [],
        )?;
        self.tx.execute(
            "DELETE FROM topic WHERE position IS NULL AND id NOT IN (SELECT topic FROM note WHERE topic IS NOT NULL)",
            [],
        )?;
        Ok(())
    }

    /// The paths of the followed files that notes come from.
    fn files_of(&self, notes: &BTreeSet<i64>) -> Result<Vec<String>, Fault> {
        let mut statement = self.tx.prepare_cached(
            "SELECT w.path FROM note_followed f JOIN followed w ON w.id = f.followed WHERE f.note = ?1",
        )?;
        let mut paths = BTreeSet::new();
        for note in notes {
            let mut rows = statement.query([note])?;
            while let Some(row) = rows.next()? {
                paths.insert(row.get::<_, String>(0)?);
            }
        }
        Ok(paths.into_iter().collect())
    }
}
