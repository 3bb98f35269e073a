//! The new cards that a deck offers.

use crate::core::circles::circles;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::queue::Candidate;
use crate::core::queue::Offer;
use crate::core::queue::Places;
use crate::core::queue::Siblings;
use crate::core::queue::take_turns;
use crate::core::study_day::StudyDay;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::card_state::shuffle_of;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::ordinals_of;
use crate::store::columns::words;
use crate::store::due::OfferingDeck;
use crate::store::due::siblings_of;
use crate::store::facts::topic_number;
use crate::store::naming::note_of;
use crate::store::notes::WAITS;
use crate::store::notes::text_of;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

/// How many new notes of a deck are looked at for one that may be introduced.
const MOST_LOOKED_AT: usize = 5000;

/// Positions and numbers of notes, by topic.
type ByTopic = BTreeMap<i64, Vec<(i64, i64)>>;

/// A note with cards that are new.
struct NewNote {
    id: i64,
    uid: NoteUid,
    siblings: Siblings,
    ordinals: Vec<u16>,
    /// The text that says what it waits for: its source's, else the learner's own.
    text: Option<i64>,
}

/// The columns that [`NewNote::of`] reads.
const NEW_NOTE: &str = "n.id, u.uid, n.siblings, n.ordinals, coalesce(n.source, n.own)";

impl NewNote {
    fn of(row: &Row<'_>) -> Result<Self, Fault> {
        let uid = NoteUid(row.get(1)?);
        let ordinals = row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)?;
        let mut ordinals = ordinals_of(ordinals)?;
        ordinals.sort_unstable();
        Ok(Self { id: row.get(0)?, uid, siblings: siblings_of(row.get(2)?, uid), ordinals, text: row.get(4)? })
    }
}

/// New cards as they are chosen.
#[derive(Clone)]
pub(super) struct Choice<'c> {
    pub(super) among: Option<&'c BTreeSet<CardId>>,
    pub(super) today: StudyDay,
    pub(super) keep_siblings_apart: bool,
    pub(super) met: BTreeSet<Siblings>,
    pub(super) places: Places,
    pub(super) cards: Vec<(i64, Candidate)>,
}

impl Choice<'_> {
    /// How many notes are looked at.
    fn most(&self) -> usize {
        // What a search means may lie anywhere in the deck.
        if self.among.is_some() { usize::MAX } else { MOST_LOOKED_AT }
    }
}

impl Store {
    /// The new cards of decks with one order that may be introduced today: topic by topic, then the topics that the order does
    /// not name, for which the decks take turns as `own` says.
    pub(super) fn new_cards_in_order(
        &self,
        decks: &[&OfferingDeck],
        own: &[Offer],
        topics: &[(&OfferingDeck, &str)],
        mut choice: Choice<'_>,
    ) -> Result<Vec<(i64, Candidate)>, Fault> {
        let mut named = BTreeSet::new();
        let mut fresh: BTreeMap<i64, ByTopic> = BTreeMap::new();
        for (deck, topic) in topics {
            let Some(topic) = topic_number(self.db(), deck.number, topic)? else { continue };
            named.insert(topic);
            if let Entry::Vacant(place) = fresh.entry(deck.number) {
                place.insert(self.fresh_by_topic(deck.number, choice.most())?);
            }
            let notes = fresh.get_mut(&deck.number).and_then(|notes| notes.remove(&topic)).unwrap_or_default();
            for alike in notes.chunk_by(|one, next| one.0 == next.0) {
                let mut notes = Vec::new();
                for (_, id) in alike {
                    notes.extend(self.new_note(*id)?);
                }
                if !self.choose_alike(deck, notes, &mut choice)? {
                    break;
                }
            }
        }
        let mut rest = Vec::new();
        for (deck, own) in decks.iter().zip(own) {
            let mut choice = Choice { cards: Vec::new(), ..choice.clone() };
            if choice.places.of(deck.number) > 0 {
                self.choose_by_position(deck, &named, &mut choice)?;
            }
            rest.push(Offer { cards: choice.cards, ..own.clone() });
        }
        choice.cards.extend(take_turns(rest));
        Ok(choice.cards)
    }

    /// The notes with new cards by topic, each with its position; from an index alone.
    fn fresh_by_topic(&self, deck: i64, most: usize) -> Result<ByTopic, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT topic, position, id FROM note INDEXED BY note_new WHERE deck = ?1 AND fresh > 0 AND topic IS NOT NULL \
             ORDER BY position LIMIT ?2",
        )?;
        let mut rows = statement.query((deck, i64::try_from(most).unwrap_or(i64::MAX)))?;
        let mut notes = ByTopic::new();
        while let Some(row) = rows.next()? {
            notes.entry(row.get(0)?).or_default().push((row.get(1)?, row.get(2)?));
        }
        Ok(notes)
    }

    fn new_note(&self, id: i64) -> Result<Option<NewNote>, Fault> {
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT {NEW_NOTE} FROM note n CROSS JOIN note_name u ON u.id = n.id WHERE n.id = ?1"
        ))?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(NewNote::of).transpose()
    }

    /// Notes in the order of their positions, those of one position by their uids; without the topics `but`.
    fn choose_by_position(
        &self,
        deck: &OfferingDeck,
        but: &BTreeSet<i64>,
        choice: &mut Choice<'_>,
    ) -> Result<(), Fault> {
        let most = choice.most();
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT {NEW_NOTE}, n.position, n.topic FROM note n INDEXED BY note_new CROSS JOIN note_name u ON u.id = n.id \
             WHERE n.deck = ?1 AND n.fresh > 0 ORDER BY n.position"
        ))?;
        let mut rows = statement.query([deck.number])?;
        let (mut alike, mut position, mut looked_at): (Vec<NewNote>, i64, usize) = (Vec::new(), 0, 0);
        loop {
            let next = match rows.next()? {
                Some(row) if looked_at < most => {
                    looked_at += 1;
                    if row.get::<_, Option<i64>>(6)?.is_some_and(|topic| but.contains(&topic)) {
                        continue;
                    }
                    Some((NewNote::of(row)?, row.get::<_, i64>(5)?))
                }
                Some(_) | None => None,
            };
            if next.as_ref().is_none_or(|(_, at)| *at != position)
                && !self.choose_alike(deck, std::mem::take(&mut alike), choice)?
            {
                return Ok(());
            }
            let Some((note, at)) = next else { return Ok(()) };
            position = at;
            alike.push(note);
        }
    }

    /// Takes the cards of notes at one position that may be introduced today. Gives whether more are wanted.
    fn choose_alike(
        &self,
        deck: &OfferingDeck,
        mut notes: Vec<NewNote>,
        choice: &mut Choice<'_>,
    ) -> Result<bool, Fault> {
        notes.sort_unstable_by_key(|note| note.uid);
        for note in notes {
            for ordinal in &note.ordinals {
                if !self.choose(deck, &note, *ordinal, choice)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// The new cards of a deck that may be introduced today by their fixed shuffles: made for all of the deck, since no table
    /// keeps them for cards without an answer.
    pub(super) fn new_cards_at_random(
        &self,
        deck: &OfferingDeck,
        mut choice: Choice<'_>,
    ) -> Result<Vec<(i64, Candidate)>, Fault> {
        let most = choice.most();
        let mut cards: Vec<(i64, CardId, i64)> = Vec::new();
        {
            let mut statement = self.db().prepare_cached(
                "SELECT n.id, u.uid, n.ordinals FROM note n INDEXED BY note_new CROSS JOIN note_name u ON u.id = n.id \
                 WHERE n.deck = ?1 AND n.fresh > 0",
            )?;
            let mut rows = statement.query([deck.number])?;
            while let Some(row) = rows.next()? {
                let (id, note) = (row.get(0)?, NoteUid(row.get(1)?));
                for ordinal in ordinals_of(row.get_ref(2)?.as_str_or_null().map_err(rusqlite::Error::from)?)? {
                    let card = CardId { note, ordinal };
                    cards.push((shuffle_of(card), card, id));
                }
            }
        }
        if cards.len() > most {
            cards.select_nth_unstable(most);
            cards.truncate(most);
        }
        cards.sort_unstable();
        for (_, card, id) in cards {
            if let Some(note) = self.new_note(id)?
                && !self.choose(deck, &note, card.ordinal, &mut choice)?
            {
                break;
            }
        }
        Ok(choice.cards)
    }

    /// Takes a card of a new note if it may be introduced today. Gives whether more are wanted.
    fn choose(
        &self,
        deck: &OfferingDeck,
        note: &NewNote,
        ordinal: u16,
        choice: &mut Choice<'_>,
    ) -> Result<bool, Fault> {
        let card = CardId { note: note.uid, ordinal };
        if choice.places.of(deck.number) > 0
            && choice.among.is_none_or(|cards| cards.contains(&card))
            && !(choice.keep_siblings_apart && choice.met.contains(&note.siblings))
            && self.is_new(card_number(note.id, ordinal), choice.today)?
            && self.may_come(&deck.id, note)?
            && choice.places.take(deck.number)
        {
            choice.met.insert(note.siblings);
            choice.cards.push((deck.number, Candidate { card, siblings: note.siblings }));
        }
        Ok(choice.places.of(deck.number) > 0)
    }

    /// Whether a card of a note with new ones is itself new, and not held back today.
    fn is_new(&self, card: i64, today: StudyDay) -> Result<bool, Fault> {
        let may = self
            .db()
            .prepare_cached(
                "SELECT repetitions IS NULL AND suspended = 0 AND coalesce(buried_until, -2147483648) <= ?2 \
                 FROM card_state WHERE card = ?1",
            )?
            .query_row((card, today.0), |row| row.get(0))
            .optional()?;
        Ok(may.unwrap_or(true))
    }

    /// Whether all notes that this one comes after are in review, with all their cards. A deck that is not there, or a key that it
    /// does not have, holds nothing back, and neither does a note that reviews never ask: a held-out one, or one whose text was
    /// erased.
    fn may_come(&self, deck: &str, note: &NewNote) -> Result<bool, Fault> {
        let after = {
            let mut statement = self.db().prepare_cached("SELECT body FROM text WHERE id = ?1")?;
            let mut rows = statement.query([note.text])?;
            match rows.next()? {
                // Few notes wait for others; those that don't need no parsing.
                Some(row) => match words(row, 0)? {
                    Some(body) if body.contains(WAITS) => text_of(body, None).unwrap_or_default().after,
                    Some(_) | None => return Ok(true),
                },
                None => return Ok(true),
            }
        };
        for word in &after {
            if let Some(id) = note_of(self.db(), NoteUid::of_after(deck, word))?
                && self.is_waited_for(id)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// New notes that wait for each other in a circle, so that none of them is ever asked: their names, each circle from its first
    /// member on.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn waiting_circles(&self) -> Result<Vec<Vec<String>>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(
                "SELECT n.id, u.uid, k.name_id, n.key, x.body FROM note n JOIN note_name u ON u.id = n.id \
                 JOIN deck k ON k.id = n.deck JOIN text x ON x.id = coalesce(n.source, n.own) \
                 WHERE n.fresh > 0 AND instr(x.body, ?1) > 0",
            )?;
            let mut rows = statement.query([WAITS])?;
            let mut waits: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
            let mut notes = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let (id, deck): (i64, String) = (row.get(0)?, row.get(2)?);
                let Some(body) = words(row, 4)? else { continue };
                for word in text_of(body, None).unwrap_or_default().after {
                    waits.entry(id).or_default().extend(note_of(self.db(), NoteUid::of_after(&deck, &word))?);
                }
                let card = CardId { note: NoteUid(row.get(1)?), ordinal: 1 };
                notes.insert(id, (deck, row.get::<_, Option<String>>(3)?, card));
            }
            let name = |id: &i64| {
                let (deck, key, card) = notes.get(id)?;
                Some(self.name_of_note(deck, key.clone(), *card))
            };
            circles(&waits).iter().map(|circle| circle.iter().filter_map(name).collect()).collect()
        })
    }

    /// Whether one of a note's cards is not in review yet.
    fn is_waited_for(&self, note: i64) -> Result<bool, Fault> {
        let ordinals: Option<Option<String>> = self
            .db()
            .prepare_cached(
                "SELECT n.ordinals FROM note n CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE n.id = ?1 AND n.retired = 0 AND n.held_out = 0 AND x.body IS NOT NULL",
            )?
            .query_row([note], |row| row.get(0))
            .optional()?;
        let Some(ordinals) = ordinals else { return Ok(false) };
        let mut statement = self
            .db()
            .prepare_cached("SELECT card FROM card_state WHERE card BETWEEN ?1 AND ?2 AND repetitions >= 2")?;
        let numbers = (card_number(note, 0), card_number(note, MOST_ORDINAL));
        let in_review = statement.query_map(numbers, |row| row.get(0))?.collect::<Result<BTreeSet<i64>, _>>()?;
        Ok(ordinals_of(ordinals.as_deref())?
            .into_iter()
            .any(|ordinal| !in_review.contains(&card_number(note, ordinal))))
    }
}
