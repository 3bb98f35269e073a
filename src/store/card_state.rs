//! The cache of a card's state.

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::scheduler::splitmix64;
use crate::core::state::CardState;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::i64_of;
use crate::store::columns::ordinals_of;
use crate::store::review_log::Reader;
use crate::store::review_log::whole_state_of;
use rusqlite::Connection;
use rusqlite::Row;

/// A card with what its state and the sums depend on.
pub(super) struct CardRow {
    /// Its local number.
    pub(super) id: i64,
    pub(super) card: CardId,
    /// The local number of its note.
    pub(super) note: i64,
    pub(super) deck: i64,
    /// What it is counted by: the number of its topic, else what stands for its first tag, else 0.
    pub(super) topic: i64,
    /// One of the cards of a note that is neither retired nor held out: may be asked, unless it is suspended.
    pub(super) askable: bool,
    /// Whether its note's words were erased: then nobody can have been asked it.
    pub(super) erased: bool,
    pub(super) state: CardState,
}

/// The place of a card among those of the same day: 63 bits, so that SQLite's signed order is the order of the hash.
pub(super) fn shuffle_of(card: CardId) -> i64 {
    i64_of(splitmix64(card.hash()) >> 1)
}

impl CardRow {
    fn columns() -> String {
        format!(
            "SELECT n.id, n.deck, coalesce(n.topic, 0), n.retired = 0 AND n.held_out = 0, n.ordinals, u.uid, \
             n.text_hash = 0, {STATE_COLUMNS}"
        )
    }

    fn of(row: &Row<'_>, reader: &Reader, ordinal: u16) -> Result<Self, Fault> {
        let note = row.get(0)?;
        let ordinals = ordinals_of(row.get_ref(4)?.as_str_or_null().map_err(rusqlite::Error::from)?)?;
        Ok(Self {
            id: card_number(note, ordinal),
            card: CardId { note: NoteUid(row.get(5)?), ordinal },
            note,
            deck: row.get(1)?,
            topic: row.get(2)?,
            askable: row.get::<_, bool>(3)? && ordinals.contains(&ordinal),
            erased: row.get(6)?,
            state: whole_state_of(row, 7, reader)?,
        })
    }

    /// The card of that name, of a note that is in the database, whether the note has such a card or had it once.
    pub(super) fn find(db: &Connection, reader: &Reader, card: CardId) -> Result<Option<Self>, Fault> {
        // A higher ordinal would be another note's card.
        if card.ordinal > MOST_ORDINAL {
            return Ok(None);
        }
        let mut statement = db.prepare_cached(&format!(
            "{} FROM note_name u JOIN note n ON n.id = u.id LEFT JOIN card_state s ON s.card = (n.id << 9 | ?2) \
             WHERE u.uid = ?1",
            Self::columns()
        ))?;
        let mut rows = statement.query((card.note.0, card.ordinal))?;
        match rows.next()? {
            Some(row) => Self::of(row, reader, card.ordinal).map(Some),
            None => Ok(None),
        }
    }

    /// The card of that local number.
    pub(super) fn of_number(db: &Connection, reader: &Reader, card: i64) -> Result<Option<Self>, Fault> {
        let (note, ordinal) = card_parts(card);
        let mut statement = db.prepare_cached(&format!(
            "{} FROM note n JOIN note_name u ON u.id = n.id LEFT JOIN card_state s ON s.card = ?2 WHERE n.id = ?1",
            Self::columns()
        ))?;
        let mut rows = statement.query((note, card))?;
        match rows.next()? {
            Some(row) => Self::of(row, reader, ordinal).map(Some),
            None => Ok(None),
        }
    }

    /// Whether a card in this state is new and offered.
    pub(super) fn is_fresh(&self, state: &CardState) -> bool {
        self.askable && !state.suspended && state.memory.is_none()
    }
}

impl Writer<'_> {
    /// Writes a card's state, and how many cards of its note are new. `row` has the state before.
    pub(super) fn set_state(&mut self, row: &CardRow, state: &CardState) -> Result<(), Fault> {
        let memory = state.memory.as_ref();
        let last = match state.last_event {
            Some(last) => Some(self.local_id(last)?),
            None => None,
        };
        // Also without a memory: one that this program can't compute has to be gone through again.
        let config = match state.config {
            Some(config) => self.known_config(config)?,
            None => None,
        };
        let [repetitions, interval, lapses, last_day, due, quality, ease, stability, difficulty] =
            memory.map_or([None; 9], crate::core::state::Memory::numbers);
        let update = || {
            self.tx
                .prepare_cached(
                    "UPDATE card_state SET deck = ?2, offered = ?3, repetitions = ?4, interval_days = ?5, lapses = ?6, \
                     last_day = ?7, due = ?8, last_quality = ?9, ease = ?10, stability = ?11, difficulty = ?12, config = ?13, \
                     answers = ?14, suspended = ?15, buried_until = ?16, marked = ?17, flag = ?18, last = ?19, topic = ?20 \
                     WHERE card = ?1",
                )?
                .execute(rusqlite::params![
                    row.id,
                    row.deck,
                    row.askable && !state.suspended,
                    repetitions,
                    interval,
                    lapses,
                    last_day,
                    due,
                    quality,
                    ease,
                    stability,
                    difficulty,
                    config,
                    state.answers,
                    state.suspended,
                    state.buried_until.map(|day| day.0),
                    state.marked,
                    state.flag,
                    last,
                    row.topic,
                ])
        };
        // Nearly every write is the next answer to a card that has a row: a plain update spares the look for a conflict.
        if *state == CardState::default() {
            self.tx.prepare_cached("DELETE FROM card_state WHERE card = ?1")?.execute([row.id])?;
        } else if update()? == 0 {
            self.tx
                .prepare_cached(
                    "INSERT INTO card_state (card, deck, topic, shuffle, offered, answers, suspended, marked, flag) \
                     VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, 0)",
                )?
                .execute((row.id, row.deck, row.topic, shuffle_of(row.card)))?;
            update()?;
        }
        let change = i64::from(row.is_fresh(state)) - i64::from(row.is_fresh(&row.state));
        if change != 0 {
            self.tx.prepare_cached("UPDATE note SET fresh = fresh + ?2 WHERE id = ?1")?.execute((row.note, change))?;
        }
        Ok(())
    }

    /// Finds the day of each deck's newest first answer again, after sums were taken away or added out of order.
    pub(super) fn set_last_introduced(&self) -> Result<(), Fault> {
        for deck in &self.decks_moved {
            self.tx
                .prepare_cached(
                    "UPDATE deck SET last_introduced = (SELECT study_day FROM day_sum WHERE deck = ?1 AND first > 0 \
                     ORDER BY study_day DESC LIMIT 1) WHERE id = ?1",
                )?
                .execute([deck])?;
        }
        Ok(())
    }
}
