//! The new cards that a deck offers.

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::queue::Candidate;
use crate::core::queue::Siblings;
use crate::core::settings::NewOrder;
use crate::core::study_day::StudyDay;
use crate::store::Fault;
use crate::store::Store;
use crate::store::card_state::shuffle_of;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::ordinals_of;
use crate::store::columns::words;
use crate::store::due::siblings_of;
use crate::store::naming::note_of;
use crate::store::notes::text_of;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::collections::BTreeSet;

/// How many new notes of a deck are looked at for one that may be introduced.
const MOST_LOOKED_AT: usize = 5000;

/// What the texts of notes that wait for others have in their JSON, and hardly any other.
const WAITS: &str = "\"after\":[";

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

/// The new cards of one deck, as they are chosen.
pub(super) struct Choice<'c> {
    pub(super) deck: &'c str,
    pub(super) among: Option<&'c BTreeSet<CardId>>,
    pub(super) today: StudyDay,
    pub(super) keep_siblings_apart: bool,
    pub(super) met: BTreeSet<Siblings>,
    pub(super) most: usize,
    pub(super) cards: Vec<Candidate>,
}

impl Store {
    /// The new cards of a deck that may be introduced today, in its order.
    pub(super) fn new_cards(
        &self,
        deck: i64,
        order: NewOrder,
        mut choice: Choice<'_>,
    ) -> Result<Vec<Candidate>, Fault> {
        // What a search means may lie anywhere in the deck.
        let most = if choice.among.is_some() { usize::MAX } else { MOST_LOOKED_AT };
        match order {
            NewOrder::Position => self.choose_by_position(deck, most, &mut choice)?,
            NewOrder::Random => self.choose_at_random(deck, most, &mut choice)?,
        }
        Ok(choice.cards)
    }

    /// Notes in the order of their positions, those of one position by their uids.
    fn choose_by_position(&self, deck: i64, most: usize, choice: &mut Choice<'_>) -> Result<(), Fault> {
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT {NEW_NOTE}, n.position FROM note n INDEXED BY note_new CROSS JOIN note_name u ON u.id = n.id \
             WHERE n.deck = ?1 AND n.fresh > 0 ORDER BY n.position"
        ))?;
        let mut rows = statement.query([deck])?;
        let (mut alike, mut position, mut looked_at): (Vec<NewNote>, i64, usize) = (Vec::new(), 0, 0);
        loop {
            let next = match rows.next()? {
                Some(row) if looked_at < most => Some((NewNote::of(row)?, row.get::<_, i64>(5)?)),
                Some(_) | None => None,
            };
            looked_at += 1;
            if next.as_ref().is_none_or(|(_, at)| *at != position) {
                alike.sort_unstable_by_key(|note| note.uid);
                for note in alike.drain(..) {
                    for ordinal in &note.ordinals {
                        if !self.choose(&note, *ordinal, choice)? {
                            return Ok(());
                        }
                    }
                }
            }
            let Some((note, at)) = next else { return Ok(()) };
            position = at;
            alike.push(note);
        }
    }

    /// Cards by their fixed shuffles: made for all of the deck, since no table keeps them for cards without an answer.
    fn choose_at_random(&self, deck: i64, most: usize, choice: &mut Choice<'_>) -> Result<(), Fault> {
        let mut cards: Vec<(i64, CardId, i64)> = Vec::new();
        {
            let mut statement = self.db().prepare_cached(
                "SELECT n.id, u.uid, n.ordinals FROM note n INDEXED BY note_new CROSS JOIN note_name u ON u.id = n.id \
                 WHERE n.deck = ?1 AND n.fresh > 0",
            )?;
            let mut rows = statement.query([deck])?;
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
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT {NEW_NOTE} FROM note n CROSS JOIN note_name u ON u.id = n.id WHERE n.id = ?1"
        ))?;
        for (_, card, id) in cards {
            let mut rows = statement.query([id])?;
            if let Some(row) = rows.next()?
                && !self.choose(&NewNote::of(row)?, card.ordinal, choice)?
            {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes a card of a new note if it may be introduced today. Gives whether more are wanted.
    fn choose(&self, note: &NewNote, ordinal: u16, choice: &mut Choice<'_>) -> Result<bool, Fault> {
        let card = CardId { note: note.uid, ordinal };
        if choice.cards.len() < choice.most
            && choice.among.is_none_or(|cards| cards.contains(&card))
            && !(choice.keep_siblings_apart && choice.met.contains(&note.siblings))
            && self.is_new(card_number(note.id, ordinal), choice.today)?
            && self.may_come(choice.deck, note)?
        {
            choice.met.insert(note.siblings);
            choice.cards.push(Candidate { card, siblings: note.siblings });
        }
        Ok(choice.cards.len() < choice.most)
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

    /// Whether all notes that this one comes after are in review, with all their cards. A key that no deck has holds
    /// nothing back, and neither does a note whose text was erased: it is never asked again.
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
        for key in &after {
            if let Some(id) = note_of(self.db(), NoteUid::of_key(deck, key))?
                && self.is_waited_for(id)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether one of a note's cards is not in review yet.
    fn is_waited_for(&self, note: i64) -> Result<bool, Fault> {
        let ordinals: Option<Option<String>> = self
            .db()
            .prepare_cached(
                "SELECT n.ordinals FROM note n CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE n.id = ?1 AND n.retired = 0 AND x.body IS NOT NULL",
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
