//! Finding the cards that a query means: by a scan that reads no more of the database than the query asks for.

mod browse;
mod plain;
mod scan;
#[cfg(test)]
mod tests;
mod totals;

pub use browse::Listing;
pub use browse::RowId;
pub use browse::Sort;
pub use browse::SortBy;
pub use totals::Hits;

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::search::Asked;
use crate::core::search::Query;
use crate::core::study_day::StudyDay;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::card_parts;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::review_log::VoidIds;
use crate::store::review_log::void_ids;
use crate::store::search::plain::Made;
use crate::store::search::plain::Making;
use crate::store::search::scan::Hit;
use crate::store::search::scan::Known;
use crate::store::search::scan::are_few;
use crate::store::shown::HIDDEN;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

/// From so many cards on, one pass over all texts is faster than looking for each.
const MANY: usize = 10_000;

/// From so many notes on, half of them are looked through by a second thread.
const MANY_NOTES: i64 = 10_000;

/// What a search found.
struct Found {
    /// The cards that are meant, in the order of their numbers.
    hits: Vec<Hit>,
    /// How many notes there are at most.
    all: usize,
    /// Plain forms of texts that are to be kept.
    made: Vec<Made>,
}

impl Store {
    /// The cards that a query means, in the order of decks, positions, uids and ordinals.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn search(&self, query: &Query, asked: &Asked) -> Result<Vec<CardId>, StoreError> {
        self.attempt(|| {
            let snapshot = self.snapshot()?;
            let found = self.hits(query, asked)?;
            let cards = self.in_order(&found.hits, are_few(found.hits.len(), found.all))?;
            drop(snapshot);
            self.keep_plain(&found.made);
            Ok(cards)
        })
    }

    fn hits(&self, query: &Query, asked: &Asked) -> Result<Found, Fault> {
        let needs = query.needs();
        let since = needs.answers.map(|days| asked.today.plus(1 - i64::from(days)));
        let voids = self.voids_since(since)?;
        let titles = if needs.texts { self.titles_of_topics()? } else { HashMap::new() };
        let (decks, unlisted) = self.deck_conditions(query)?;
        let making = Making::default();
        let known =
            Known { query, asked, decks: &decks, unlisted: &unlisted, titles: &titles, since, voids: &voids, making };
        let last: i64 = self.db().query_row("SELECT coalesce(max(id), 0) FROM note", [], |row| row.get(0))?;
        let hits = if last < MANY_NOTES {
            known.hits(self.db(), (1, last))?
        } else {
            let half = last / 2;
            let (more, mut hits) =
                self.in_parallel(|db| known.hits(db, (half + 1, last)), || known.hits(self.db(), (1, half)))?;
            hits.extend(more);
            hits
        };
        Ok(Found { hits, all: usize::try_from(last).unwrap_or(usize::MAX), made: known.making.end() })
    }

    /// What was taken back, where answers since a day are asked for.
    fn voids_since(&self, since: Option<StudyDay>) -> Result<VoidIds, Fault> {
        if since.is_none() {
            return Ok(VoidIds::default());
        }
        let context = self.context()?;
        Ok(void_ids(&context.reader, &context.voided))
    }

    fn titles_of_topics(&self) -> Result<HashMap<i64, String>, Fault> {
        let mut statement = self.db().prepare_cached("SELECT id, title FROM topic")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Which conditions each deck fulfils, and the decks whose cards the query leaves out.
    fn deck_conditions(&self, query: &Query) -> Result<(HashMap<i64, u64>, HashSet<i64>), Fault> {
        let mut statement = self.db().prepare_cached("SELECT id, name_id, name, listed FROM deck")?;
        let mut rows = statement.query([])?;
        let (mut decks, mut unlisted) = (HashMap::new(), HashSet::new());
        while let Some(row) = rows.next()? {
            let fulfils = query.on_deck(text(row, 1)?.unwrap_or_default(), text(row, 2)?.unwrap_or_default());
            // Left out where there is nothing to say: every card is looked up in here.
            if fulfils != 0 {
                decks.insert(row.get(0)?, fulfils);
            }
            if row.get::<_, u8>(3)? == HIDDEN && query.leaves_out_hidden(fulfils) {
                unlisted.insert(row.get(0)?);
            }
        }
        Ok((decks, unlisted))
    }

    /// The cards by deck id, position, uid and ordinal: the same order on every device.
    fn in_order(&self, hits: &[Hit], are_few: bool) -> Result<Vec<CardId>, Fault> {
        let places: HashMap<i64, usize> = {
            let mut statement = self.db().prepare_cached("SELECT id FROM deck ORDER BY name_id")?;
            let decks = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
            decks.into_iter().zip(0..).collect()
        };
        let mut found = Vec::with_capacity(hits.len());
        let mut add = |hit: &Hit, row: &Row<'_>| -> rusqlite::Result<()> {
            let place = places.get(&hit.seat.deck).copied().unwrap_or(usize::MAX);
            let card = CardId { note: NoteUid(row.get(1)?), ordinal: hit.ordinal };
            found.push((place, row.get::<_, i64>(2)?, card));
            Ok(())
        };
        let named = "SELECT n.id, u.uid, n.position FROM note n NOT INDEXED CROSS JOIN note_name u ON u.id = n.id";
        if are_few {
            let mut statement = self.db().prepare_cached(&format!("{named} WHERE n.id = ?1"))?;
            for hit in hits {
                statement.query_row([hit.note], |row| add(hit, row))?;
            }
        } else {
            let mut hits = hits.iter().peekable();
            let mut statement = self.db().prepare_cached(&format!("{named} ORDER BY n.id"))?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let note: i64 = row.get(0)?;
                while let Some(hit) = hits.next_if(|hit| hit.note == note) {
                    add(hit, row)?;
                }
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().map(|(_, _, card)| card).collect())
    }

    /// The cards that a query means, with their texts and states, in order, one at a time.
    ///
    /// # Errors
    /// When the database can't be read, or `line` fails.
    pub fn found(
        &self,
        query: &Query,
        asked: &Asked,
        line: impl FnMut(CardLine) -> Result<(), Fault>,
    ) -> Result<(), StoreError> {
        let cards = self.search(query, asked)?;
        self.lines(&cards, line)
    }

    /// These cards with their texts and states, one at a time.
    ///
    /// # Errors
    /// When the database can't be read, or `line` fails.
    pub fn lines(
        &self,
        cards: &[CardId],
        mut line: impl FnMut(CardLine) -> Result<(), Fault>,
    ) -> Result<(), StoreError> {
        self.attempt(|| {
            if cards.len() > MANY {
                let wanted: BTreeSet<CardId> = cards.iter().copied().collect();
                return self.each_line(&DeckSet::All, |card| wanted.contains(&card), line);
            }
            let mut before = None;
            let mut next = cards.iter().skip(1);
            for card in cards {
                let has_sibling = next.next().is_some_and(|next| next.note == card.note);
                if let Some(found) = self.card_beside(*card, before.take())? {
                    before = has_sibling.then(|| (card.note, found.text.clone()));
                    line(found)?;
                }
            }
            Ok(())
        })
    }

    /// The cards that lie in some decks: those that their notes have, and those that something happened to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_in(&self, decks: &DeckSet) -> Result<BTreeSet<CardId>, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let mut notes: HashMap<i64, NoteUid> = HashMap::new();
            let mut cards = BTreeSet::new();
            let mut statement = self.db().prepare_cached(
                "SELECT n.id, u.uid, n.deck, n.ordinals FROM note n NOT INDEXED CROSS JOIN note_name u ON u.id = n.id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if decks.has(row.get(2)?) {
                    let note = NoteUid(row.get(1)?);
                    notes.insert(row.get(0)?, note);
                    cards.extend(ordinals_of(text(row, 3)?)?.into_iter().map(|ordinal| CardId { note, ordinal }));
                }
            }
            let mut statement = self.db().prepare_cached("SELECT card FROM card_state")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (note, ordinal) = card_parts(row.get(0)?);
                cards.extend(notes.get(&note).map(|note| CardId { note: *note, ordinal }));
            }
            Ok(cards)
        })
    }

    /// The decks that the notes of these cards belong to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks_of(&self, cards: &[CardId]) -> Result<DeckSet, StoreError> {
        self.attempt(|| {
            let mut statement = self
                .db()
                .prepare_cached("SELECT n.deck FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid = ?1")?;
            let mut decks = BTreeSet::new();
            for card in cards {
                decks.extend(statement.query_row([card.note.0], |row| row.get::<_, i64>(0)).optional()?);
            }
            Ok(DeckSet::Some(decks))
        })
    }
}
