//! The cards of a query as a list to go through: which they are and in what order, without their texts. A list is made a slice
//! at a time, so that whoever waits for it can see to other things meanwhile, or let it be.

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::search::Asked;
use crate::core::search::Query;
use crate::core::state::CardState;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::store::CardLine;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::text;
use crate::store::columns::words;
use crate::store::review_log::VoidIds;
use crate::store::search::plain::Made;
use crate::store::search::plain::Making;
use crate::store::search::scan::HAPPENED;
use crate::store::search::scan::Happened;
use crate::store::search::scan::Hit;
use crate::store::search::scan::Known;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

/// Notes that are looked at before somebody else may have a turn: well below a millisecond of work.
const SLICE: i64 = 1000;

/// Plain texts that are written before somebody else may have a turn: one look at the disk for all of them.
const KEPT_AT_ONCE: usize = 500;

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// Decks, and in each the order that it gives its notes.
    #[default]
    Deck,
    /// How the card stands.
    State,
    /// The day on which it is due.
    Due,
    /// Its interval.
    Interval,
    /// Its ease.
    Ease,
    /// How often it was failed.
    Lapses,
}

/// How a list is sorted. What a card has nothing for stands last in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the greatest comes first.
    pub downwards: bool,
}

/// A card of a list, by its number in this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(i64);

/// Where a card stands in the list, and its number.
type Place = ([i64; 2], i64);

/// A list in the making.
pub struct Listing {
    query: Query,
    asked: Asked,
    sort: Sort,
    decks: HashMap<i64, u64>,
    unlisted: HashSet<i64>,
    titles: HashMap<i64, String>,
    since: Option<StudyDay>,
    voids: VoidIds,
    /// The place of each deck.
    places: HashMap<i64, i64>,
    /// The next note, and the last one.
    next: i64,
    last: i64,
    found: Vec<Place>,
    made: Vec<Made>,
}

impl Listing {
    /// What was found so far, in order.
    pub fn rows(&mut self) -> Vec<RowId> {
        self.found.sort_unstable();
        self.found.iter().map(|(_, card)| RowId(*card)).collect()
    }
}

impl Store {
    /// Begins a list of the cards that a query means.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn list(&self, query: Query, asked: Asked, sort: Sort) -> Result<Listing, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let needs = query.needs();
            let since = needs.answers.map(|days| asked.today.plus(1 - i64::from(days)));
            let places = {
                let mut statement = self.db().prepare_cached("SELECT id FROM deck ORDER BY name_id")?;
                let decks = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
                decks.into_iter().zip(0..).collect()
            };
            let (decks, unlisted) = self.deck_conditions(&query)?;
            Ok(Listing {
                decks,
                unlisted,
                titles: if needs.texts { self.titles_of_topics()? } else { HashMap::new() },
                voids: self.voids_since(since)?,
                last: self.db().query_row("SELECT coalesce(max(id), 0) FROM note", [], |row| row.get(0))?,
                next: 1,
                query,
                asked,
                sort,
                since,
                places,
                found: Vec::new(),
                made: Vec::new(),
            })
        })
    }

    /// Goes on with a list until it is whole, or `pause` wants a turn; whether it is whole.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn go_on(&self, listing: &mut Listing, mut pause: impl FnMut() -> bool) -> Result<bool, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            while listing.next <= listing.last {
                let range = (listing.next, (listing.next + SLICE - 1).min(listing.last));
                let known = Known {
                    query: &listing.query,
                    asked: &listing.asked,
                    decks: &listing.decks,
                    unlisted: &listing.unlisted,
                    titles: &listing.titles,
                    since: listing.since,
                    voids: &listing.voids,
                    making: Making::default(),
                };
                let hits = known.hits(self.db(), range)?;
                listing.made.extend(known.making.end());
                places(self.db(), &hits, listing, range)?;
                listing.next = range.1 + 1;
                if listing.next <= listing.last && pause() {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        Ok(listing.next > listing.last)
    }

    /// Keeps some of the plain texts that a list made, so that the next search need not make them; whether there are more. After an
    /// import of many notes with markup it is a long work, which a key may end.
    pub fn keep_made(&self, listing: &mut Listing) -> bool {
        let rest = listing.made.len().saturating_sub(KEPT_AT_ONCE);
        self.keep_plain(&listing.made.split_off(rest));
        rest > 0
    }

    /// The names of some rows.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_of_rows(&self, rows: &[RowId]) -> Result<Vec<CardId>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached("SELECT uid FROM note_name WHERE id = ?1")?;
            rows.iter()
                .map(|RowId(card)| {
                    let (note, ordinal) = card_parts(*card);
                    Ok(CardId { note: NoteUid(statement.query_row([note], |row| row.get(0))?), ordinal })
                })
                .collect()
        })
    }

    /// Rows with their texts and states, in their order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn lines_of_rows(&self, rows: &[RowId]) -> Result<Vec<(RowId, CardLine)>, StoreError> {
        let cards = self.cards_of_rows(rows)?;
        self.attempt(|| {
            let mut lines = Vec::new();
            for (row, card) in rows.iter().zip(cards) {
                lines.extend(self.card_beside(card, None)?.map(|line| (*row, line)));
            }
            Ok(lines)
        })
    }

    /// The tags that cards have, in the order of the alphabet.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn known_tags(&self) -> Result<BTreeSet<String>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT n.tags, x.body FROM note n CROSS JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.retired = 0",
            )?;
            let mut rows = statement.query([])?;
            let mut tags = BTreeSet::new();
            while let Some(row) = rows.next()? {
                // Within a text the quotes are escaped: this is no part of one.
                let own = text(row, 0)?;
                let array = own.or_else(|| words(row, 1).ok()??.split_once(r#","tags":"#).map(|(_, array)| array));
                let Some(array) = array else { continue };
                let mut read = serde_json::Deserializer::from_str(array).into_iter::<Vec<String>>();
                if let Some(Ok(found)) = read.next() {
                    tags.extend(found);
                }
            }
            Ok(tags)
        })
    }
}

/// Where the hits of a range stand.
fn places(db: &Connection, hits: &[Hit], listing: &mut Listing, range: (i64, i64)) -> Result<(), Fault> {
    let signed = |key: i64| if listing.sort.downwards { -key } else { key };
    if listing.sort.by == SortBy::Deck {
        let mut statement =
            db.prepare_cached("SELECT id, position FROM note NOT INDEXED WHERE id BETWEEN ?1 AND ?2 ORDER BY id")?;
        let mut rows = statement.query(range)?;
        let mut note: (i64, i64) = (0, 0);
        for hit in hits {
            while note.0 < hit.note {
                let Some(row) = rows.next()? else { break };
                note = (row.get(0)?, row.get(1)?);
            }
            let deck = listing.places.get(&hit.seat.deck).copied().unwrap_or(i64::MAX / 2);
            listing.found.push(([signed(deck), signed(note.1)], hit.card()));
        }
        return Ok(());
    }
    let mut statement =
        db.prepare_cached(&format!("SELECT {HAPPENED} FROM card_state WHERE card BETWEEN ?1 AND ?2 ORDER BY card"))?;
    let mut rows = statement.query((card_number(range.0, 0), card_number(range.1, MOST_ORDINAL)))?;
    let (mut at, mut state) = (i64::MIN, CardState::default());
    for hit in hits {
        while at < hit.card() {
            let Some(row) = rows.next()? else {
                at = i64::MAX;
                break;
            };
            at = row.get(0)?;
            state = Happened::of(row)?.state;
        }
        let new = CardState::default();
        let key = key(if at == hit.card() { &state } else { &new }, hit.seat.deck, listing);
        // What there is nothing for stands last, whatever the direction.
        listing.found.push((key.map_or([i64::MAX, 0], |key| [signed(key), 0]), hit.card()));
    }
    Ok(())
}

fn key(state: &CardState, deck: i64, listing: &Listing) -> Option<i64> {
    let memory = state.memory.as_ref();
    match listing.sort.by {
        SortBy::Deck => None,
        SortBy::State => {
            let word = state.word(listing.asked.today, listing.asked.rules.of(deck).drill);
            StateWord::ALL.iter().position(|one| *one == word).and_then(|place| i64::try_from(place).ok())
        }
        SortBy::Due => memory.map(|memory| i64::from(memory.due.0)),
        SortBy::Interval => memory.map(|memory| i64::from(memory.interval.0)),
        SortBy::Ease => memory.and_then(|memory| memory.ease()).map(|ease| i64::from(ease.hundredths())),
        SortBy::Lapses => memory.map(|memory| i64::from(memory.lapses)),
    }
}
