//! The scan of a search: notes by their texts first, then the cards of those that are left.

use crate::core::grade::Quality;
use crate::core::search::Asked;
use crate::core::search::CardFacts;
use crate::core::search::NoteFacts;
use crate::core::search::Query;
use crate::core::search::scan::Scratch;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::store::Fault;
use crate::store::columns::ANSWERED;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::day_of;
use crate::store::columns::ordinals_of;
use crate::store::columns::quality_of;
use crate::store::columns::text;
use crate::store::columns::u32_of;
use crate::store::columns::words;
use crate::store::mastery::Seat;
use crate::store::notes::shown_text;
use crate::store::review_log::VoidIds;
use crate::store::search::plain::Kept as Plain;
use crate::store::search::plain::Making;
use crate::store::search::plain::has_marks;
use rusqlite::CachedStatement;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use rusqlite::Rows;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

/// Below one note in so many, their cards are looked for one by one.
const FEW: usize = 8;

/// A range of notes by their numbers, both ends included.
pub(super) type Range = (i64, i64);

/// Whether something is looked for one by one, of so many that there are.
pub(super) fn are_few(some: usize, all: usize) -> bool {
    some < FEW || some * FEW < all
}

/// A card that is meant.
pub(super) struct Hit {
    pub(super) note: i64,
    /// Where it is counted.
    pub(super) seat: Seat,
    pub(super) ordinal: u16,
    /// Whether it is asked in check-ups only.
    pub(super) held_out: bool,
}

impl Hit {
    /// The card's number.
    pub(super) fn card(&self) -> i64 {
        card_number(self.note, self.ordinal)
    }
}

/// A note that its text does not rule out, with the conditions that it fulfils.
struct Kept {
    note: i64,
    seat: Seat,
    held_out: bool,
    /// `None` for one card of ordinal 1, which nearly all notes have.
    ordinals: Option<Vec<u16>>,
    fulfils: u64,
}

impl Kept {
    /// From id, deck, ordinals, topic and whether it is held out.
    fn of(row: &Row<'_>, fulfils: u64) -> Result<Self, Fault> {
        let ordinals = match text(row, 2)? {
            None => None,
            Some(column) => {
                let mut ordinals = ordinals_of(Some(column))?;
                ordinals.sort_unstable();
                Some(ordinals)
            }
        };
        let seat = Seat { deck: row.get(1)?, topic: row.get::<_, Option<i64>>(3)?.unwrap_or(0) };
        Ok(Self { note: row.get(0)?, seat, held_out: row.get(4)?, ordinals, fulfils })
    }
}

/// What became of a card.
#[derive(Default)]
pub(super) struct Happened {
    pub(super) state: CardState,
    offered: bool,
}

/// The columns that [`Happened::of`] reads: no more than conditions ask for, since they are read of every card.
pub(super) const HAPPENED: &str = "card, offered, repetitions, interval_days, lapses, last_day, due, last_quality, ease, answers, \
     suspended, buried_until, marked, flag";

impl Happened {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        // No condition asks for stability and difficulty: a memory without an ease has zeros there.
        let mut numbers = [None, None, None, None, None, None, None, Some(0), Some(0)];
        for (column, number) in (2..9).zip(numbers.iter_mut()) {
            *number = row.get(column)?;
        }
        let state = CardState {
            memory: Memory::from_numbers(numbers),
            answers: u32_of(row.get(9)?),
            suspended: row.get(10)?,
            buried_until: row.get::<_, Option<i64>>(11)?.map(day_of),
            marked: row.get(12)?,
            flag: u8::try_from(row.get::<_, i64>(13)?).unwrap_or(0),
            ..CardState::default()
        };
        Ok(Self { offered: row.get(1)?, state })
    }
}

/// How states are come by.
enum States<'s> {
    /// The query asks for none.
    Unasked,
    /// Each by itself.
    OneByOne(CachedStatement<'s>),
    /// All in the order of their cards, the next one read already.
    InOrder(Rows<'s>, Option<(i64, Happened)>),
}

impl<'s> States<'s> {
    fn in_order(statement: &'s mut CachedStatement<'_>, cards: (i64, i64)) -> Result<Self, Fault> {
        let mut rows = statement.query(cards)?;
        let next = read_next(&mut rows)?;
        Ok(Self::InOrder(rows, next))
    }

    /// The state of a card; those in order are asked for in theirs.
    fn of(&mut self, card: i64) -> Result<Happened, Fault> {
        match self {
            Self::Unasked => Ok(Happened::default()),
            Self::OneByOne(statement) => Ok(statement.query_row([card], Happened::of).optional()?.unwrap_or_default()),
            Self::InOrder(rows, next) => {
                while next.as_ref().is_some_and(|(number, _)| *number < card) {
                    *next = read_next(rows)?;
                }
                let found = next.take_if(|(number, _)| *number == card);
                if let Some((_, happened)) = found {
                    *next = read_next(rows)?;
                    return Ok(happened);
                }
                Ok(Happened::default())
            }
        }
    }
}

fn read_next(rows: &mut Rows<'_>) -> Result<Option<(i64, Happened)>, Fault> {
    Ok(match rows.next()? {
        Some(row) => Some((row.get(0)?, Happened::of(row)?)),
        None => None,
    })
}

/// What of a query does not depend on the single note or card.
pub(super) struct Known<'q> {
    pub(super) query: &'q Query,
    pub(super) asked: &'q Asked,
    /// What each deck fulfils; those that fulfil nothing are left out.
    pub(super) decks: &'q HashMap<i64, u64>,
    /// The decks whose cards are left out.
    pub(super) unlisted: &'q HashSet<i64>,
    /// The titles of topics, where texts are asked for.
    pub(super) titles: &'q HashMap<i64, String>,
    /// The first day whose answers are asked for.
    pub(super) since: Option<StudyDay>,
    pub(super) voids: &'q VoidIds,
    /// Plain forms of texts that were not kept yet.
    pub(super) making: Making,
}

impl Known<'_> {
    /// The cards that are meant, of the notes in a range, in the order of their numbers.
    pub(super) fn hits(&self, db: &Connection, range: Range) -> Result<Vec<Hit>, Fault> {
        let needs = self.query.needs();
        let needs_states = needs.states || self.since.is_some();
        let cards = (card_number(range.0, 0), card_number(range.1, MOST_ORDINAL));
        let mut all = db
            .prepare_cached(&format!("SELECT {HAPPENED} FROM card_state WHERE card BETWEEN ?1 AND ?2 ORDER BY card"))?;
        let mut hits = Vec::new();
        if needs.texts || needs.added {
            let (kept, looked_at) = self.keep_notes(db, range)?;
            let mut states = match needs_states {
                false => States::Unasked,
                true if are_few(kept.len(), looked_at) => {
                    States::OneByOne(db.prepare_cached(&format!("SELECT {HAPPENED} FROM card_state WHERE card = ?1"))?)
                }
                true => States::in_order(&mut all, cards)?,
            };
            for note in &kept {
                self.take(db, note, &mut states, &mut hits)?;
            }
            return Ok(hits);
        }
        // No text rules a note out.
        let mut states = if needs_states { States::in_order(&mut all, cards)? } else { States::Unasked };
        let mut notes = db.prepare_cached(
            "SELECT id, deck, ordinals, topic, held_out FROM note NOT INDEXED \
             WHERE id BETWEEN ?1 AND ?2 AND retired = 0 AND coalesce(own, source) IS NOT NULL ORDER BY id",
        )?;
        let mut notes = notes.query(range)?;
        while let Some(row) = notes.next()? {
            self.take(db, &Kept::of(row, 0)?, &mut states, &mut hits)?;
        }
        Ok(hits)
    }

    /// Adds the cards of a note that are meant.
    fn take(&self, db: &Connection, note: &Kept, states: &mut States<'_>, hits: &mut Vec<Hit>) -> Result<(), Fault> {
        if note.held_out && self.query.leaves_out_held_out() || self.unlisted.contains(&note.seat.deck) {
            return Ok(());
        }
        for ordinal in note.ordinals.as_deref().unwrap_or(&[1]) {
            let card = card_number(note.note, *ordinal);
            let happened = states.of(card)?;
            let answers = match self.since {
                Some(since) if was_answered_since(&happened.state, since) => self.answers(db, card, since)?,
                Some(_) | None => Vec::new(),
            };
            let facts = CardFacts {
                decks: self.decks.get(&note.seat.deck).copied().unwrap_or(0),
                rule: self.asked.rules.of(note.seat.deck),
                state: &happened.state,
                offered: happened.offered,
                held_out: note.held_out,
                answers: &answers,
            };
            if self.query.decide(note.fulfils, Some(&facts), self.asked) == Some(true) {
                hits.push(Hit { note: note.note, seat: note.seat, ordinal: *ordinal, held_out: note.held_out });
            }
        }
        Ok(())
    }

    /// A card's answers that count since a day.
    fn answers(&self, db: &Connection, card: i64, since: StudyDay) -> Result<Vec<(StudyDay, Quality)>, Fault> {
        let mut statement = db.prepare_cached(&format!(
            "SELECT id, study_day, quality FROM event WHERE card = ?1 AND kind = {ANSWERED} AND study_day >= ?2"
        ))?;
        let mut rows = statement.query((card, since.0))?;
        let mut answers = Vec::new();
        while let Some(row) = rows.next()? {
            if let Some(quality) = row.get::<_, Option<i64>>(2)?.and_then(quality_of)
                && !self.voids.has(row.get(0)?)
            {
                answers.push((day_of(row.get(1)?), quality));
            }
        }
        Ok(answers)
    }

    /// Notes that the query does not rule out by their texts, in the order of their numbers; and how many there are in all.
    fn keep_notes(&self, db: &Connection, range: Range) -> Result<(Vec<Kept>, usize), Fault> {
        let needs = self.query.needs();
        let mut statement = db.prepare_cached(if needs.texts {
            "SELECT n.id, n.deck, n.ordinals, n.topic, n.held_out, n.made, n.key, n.tags, x.body, x.id, x.hash FROM note n NOT INDEXED \
             CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
             WHERE n.id BETWEEN ?1 AND ?2 AND n.retired = 0 ORDER BY n.id"
        } else {
            "SELECT id, deck, ordinals, topic, held_out, made FROM note NOT INDEXED \
             WHERE id BETWEEN ?1 AND ?2 AND retired = 0 AND coalesce(own, source) IS NOT NULL ORDER BY id"
        })?;
        let mut rows = statement.query(range)?;
        let (mut kept, mut looked_at, mut scratch) = (Vec::new(), 0, Scratch::default());
        let mut days = DaysOfEntries::default();
        let mut plain = if needs.texts { Some(Plain::of(db)?) } else { None };
        while let Some(row) = rows.next()? {
            looked_at += 1;
            let added = match row.get(5)? {
                Some(made) if needs.added => days.of(db, made)?,
                Some(_) | None => None,
            };
            let mut facts = NoteFacts { body: "", key: None, topic: None, added };
            let body;
            if let Some(plain) = &mut plain {
                body = self.body_of(row, plain)?;
                facts.body = &body;
                facts.key = text(row, 6)?;
                facts.topic =
                    row.get::<_, Option<i64>>(3)?.and_then(|topic| self.titles.get(&topic)).map(String::as_str);
            }
            let fulfils = self.query.on_note(&facts, self.asked, &mut scratch);
            if self.query.decide(fulfils, None, self.asked) != Some(false) {
                kept.push(Kept::of(row, fulfils)?);
            }
        }
        Ok((kept, looked_at))
    }
}

impl Known<'_> {
    /// A note's text as it is shown, as JSON: the text as it lies in the database, but where it has marks that nobody sees, where
    /// the learner gave it other tags, or where it was erased.
    fn body_of<'r>(&self, row: &'r Row<'_>, plain: &mut Plain<'_>) -> Result<Cow<'r, str>, Fault> {
        let (body, tags) = (words(row, 8)?, text(row, 7)?);
        let body = match body {
            Some(body) if has_marks(body) => {
                let hash = row.get_ref(10)?.as_blob().map_err(|error| Fault::Corrupt(error.to_string()))?;
                Some(Cow::Owned(plain.body(row.get(9)?, hash, body, &self.making)?))
            }
            body => body.map(Cow::Borrowed),
        };
        match (body, tags) {
            (Some(body), None) => Ok(body),
            (body, tags) => serde_json::to_string(&shown_text(body.as_deref(), tags))
                .map(Cow::Owned)
                .map_err(|error| Fault::Corrupt(error.to_string())),
        }
    }
}

/// Whether a card in this state may have answers since a day. A card that was made new again no longer tells when.
fn was_answered_since(state: &CardState, since: StudyDay) -> bool {
    state.memory.as_ref().map_or(state.answers > 0, |memory| memory.last >= since)
}

/// The days on which entries were written, by what was found so far: notes of one import share theirs.
#[derive(Default)]
struct DaysOfEntries(BTreeMap<i64, (i64, StudyDay)>);

impl DaysOfEntries {
    /// The study day of the action that an entry is of.
    fn of(&mut self, db: &Connection, entry: i64) -> Result<Option<StudyDay>, Fault> {
        let known = self.0.range(..=entry).next_back();
        if let Some((_, (_, day))) = known.filter(|(_, (last, _))| entry <= *last) {
            return Ok(Some(*day));
        }
        let found = db
            .prepare_cached("SELECT id, entries, study_day FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
            .query_row([entry], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get(2).map(day_of)?)))
            .optional()?
            .filter(|(first, entries, _)| entry - first < *entries);
        Ok(found.map(|(first, entries, day)| {
            self.0.insert(first, (first + entries - 1, day));
            day
        }))
    }
}
