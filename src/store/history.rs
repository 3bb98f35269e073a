//! The log as people read it.

use crate::core::action::ActionKind;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::fact::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::replay::Configs;
use crate::core::replay::Folding;
use crate::core::replay::apply;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::store::Context;
use crate::store::Fault;
use crate::store::LastAnswer;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::cards::name_of_card;
use crate::store::chain::newest_sequence;
use crate::store::columns::ANSWERED;
use crate::store::columns::CRAMMED;
use crate::store::columns::card_number;
use crate::store::columns::card_of;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::entries_of_device;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::columns::words;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::fact_of;
use crate::store::facts::note_number;
use crate::store::log_out::action_with;
use crate::store::naming::name_of;
use crate::store::review_log::BESIDE_EVENT;
use crate::store::review_log::action_of;
use crate::store::review_log::event_columns;
use crate::store::snapshot::changes_by_others;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::HashMap;

#[cfg(test)]
mod tests;

/// An entry of the log as `lmq history` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// What happened: an event of a card, or a fact.
    pub what: Happened,
    /// `deck/key` or the start of the id of the card or note; empty for a fact about none.
    pub name: String,
    /// The state before, where it is about a card.
    pub before: Option<CardState>,
    /// The state after.
    pub after: Option<CardState>,
    /// Whether it was undone, or counted before under another name.
    pub voided: bool,
    /// The action that it is part of.
    pub action: ActionId,
}

/// What an entry says, with its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// Something that happened to a card.
    Event(Box<Event>),
    /// Something that happened to a note, a deck, the settings or the log.
    Fact {
        /// Its name.
        id: EventId,
        /// When it was written.
        at: Timestamp,
        /// On which study day.
        study_day: StudyDay,
        /// The fact.
        fact: Fact,
        /// Its words; `None` where it has none, or they were erased.
        words: Option<String>,
    },
}

/// Where an entry stands in the order of the log: stamp, rank of its device by uuid, id. And its card, or [`NO_CARD`].
type Place = (i64, u32, i64, i64);

/// Where a card stands for a fact.
const NO_CARD: i64 = 0;

/// A card while the log goes by.
struct Passing {
    card: CardId,
    name: String,
    folding: Folding,
}

impl Passing {
    fn new(db: &Connection, number: i64) -> Result<Self, Fault> {
        let (note, _) = card_parts(number);
        let uid: Option<[u8; 16]> = db
            .prepare_cached("SELECT uid FROM note_name WHERE id = ?1")?
            .query_row([note], |row| row.get(0))
            .optional()?;
        let Some(uid) = uid else {
            return Err(Fault::Corrupt(format!("an event names a note ({note}) that has no name")));
        };
        let card = card_of(number, uid);
        let name = name_of_card(db, note, Some(card.ordinal))?.unwrap_or_else(|| name_of("", None, card));
        Ok(Self { card, name, folding: Folding::default() })
    }

    /// The card's next event as a row.
    fn take(&mut self, event: Event, action: ActionId, context: &Context) -> HistoryRow {
        let configs = &context.reader.schedulers;
        let before = self.folding.state().clone();
        let counts = self.folding.take(&event, &context.voided, configs, |_| {});
        let after = if counts { self.folding.state().clone() } else { self.undone(&event, configs) };
        HistoryRow {
            what: Happened::Event(Box::new(event)),
            name: self.name.clone(),
            before: Some(before),
            after: Some(after),
            voided: !counts,
            action,
        }
    }

    /// What an event that no longer counts would do now, on the state that is there without it.
    fn undone(&self, event: &Event, configs: &Configs) -> CardState {
        let reckons = matches!(event.kind, EventKind::Answered { .. } | EventKind::Rescheduled);
        match event.config.filter(|_| reckons).and_then(|id| configs.get(&id)) {
            Some(scheduler) => apply(&self.folding.seen_by(event.card, scheduler, configs), event, configs),
            None => apply(self.folding.state(), event, configs),
        }
    }
}

/// The places of the entries that are asked for, in their order.
fn places(db: &Connection, card: Option<CardId>) -> Result<Vec<Place>, Fault> {
    let mut devices = super::read_devices(db)?;
    devices.sort_by_key(|(_, id)| *id);
    let ranks: HashMap<i64, u32, FixedState> = devices.iter().map(|(number, _)| *number).zip(0..).collect();
    let rank = |id: i64| ranks.get(&entry_parts(id).0).copied().unwrap_or(u32::MAX);
    let note = match card {
        Some(card) => match note_number(db, card.note)? {
            Some(note) => Some((note, card_number(note, card.ordinal))),
            None => return Ok(Vec::new()),
        },
        None => None,
    };
    let mut places = Vec::new();
    {
        let which = if note.is_some() { "card = ?1" } else { "?1 IS NULL" };
        let mut statement = db.prepare(&format!("SELECT hlc, id, card FROM event WHERE {which}"))?;
        let mut rows = statement.query([note.map(|(_, card)| card)])?;
        while let Some(row) = rows.next()? {
            let id = row.get(1)?;
            places.push((row.get(0)?, rank(id), id, row.get(2)?));
        }
    }
    let which = if note.is_some() { "f.subject = ?1" } else { "?1 IS NULL" };
    let mut statement = db.prepare(&format!(
        "SELECT a.hlc, f.id FROM fact f JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) WHERE {which}"
    ))?;
    let mut rows = statement.query([note.map(|(note, _)| note)])?;
    while let Some(row) = rows.next()? {
        let id = row.get(1)?;
        places.push((row.get(0)?, rank(id), id, NO_CARD));
    }
    places.sort_unstable();
    Ok(places)
}

/// The action that the entry of that id is part of.
fn action_of_entry(db: &Connection, context: &Context, id: i64) -> Result<ActionId, Fault> {
    let row: Option<(i64, i64)> = db
        .prepare_cached("SELECT id, entries FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let first = row.filter(|(first, entries)| id < first + entries).map_or(id, |(first, _)| first);
    Ok(action_of(context.reader.known(first)?))
}

/// A fact as a row.
fn fact_row(db: &Connection, context: &Context, id: i64) -> Result<Option<HistoryRow>, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {FACT_COLUMNS}, x.body, a.hlc - coalesce(a.ahead, 0), a.offset_min, a.study_day, u.uid \
         FROM fact f JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) \
         LEFT JOIN text x ON x.id = f.id LEFT JOIN note_name u ON u.id = f.subject WHERE f.id = ?1"
    ))?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let entry = context.reader.known(id)?;
    let name = match row.get(FACT_WIDTH + 4)? {
        Some(uid) => {
            let card = CardId { note: NoteUid(uid), ordinal: 1 };
            name_of_card(db, row.get(1)?, None)?.unwrap_or_else(|| name_of("", None, card))
        }
        None => String::new(),
    };
    Ok(Some(HistoryRow {
        what: Happened::Fact {
            id: entry,
            at: Timestamp { unix_ms: row.get(FACT_WIDTH + 1)?, offset_min: row.get(FACT_WIDTH + 2)? },
            study_day: day_of(row.get(FACT_WIDTH + 3)?),
            fact: fact_of(db, &context.reader, row, 0)?,
            words: words(row, FACT_WIDTH)?.map(str::to_owned),
        },
        name,
        before: None,
        after: None,
        voided: context.voided.has(entry),
        action: action_of_entry(db, context, id)?,
    }))
}

impl Store {
    /// Whether the card's note is no more, because the learner deleted it or its source dropped it, and its words are still there.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn is_gone(&self, card: CardId) -> Result<bool, StoreError> {
        let mut is_gone = false;
        self.history(Some(card), |row| {
            if let Happened::Fact { fact, .. } = &row.what
                && !row.voided
            {
                is_gone |= matches!(fact, Fact::Deleted { .. } | Fact::Gone { .. });
            }
            Ok(())
        })?;
        Ok(is_gone && self.card(card)?.is_some_and(|line| line.retired && !line.erased))
    }

    /// The log as people read it, oldest first: all of it, or the events of one card and the facts about its note.
    ///
    /// Rows go to `row` one at a time. Memory: the place of each entry, and what each card is folded from.
    ///
    /// # Errors
    /// When the log can't be read, or `row` fails.
    pub fn history(
        &self,
        card: Option<CardId>,
        mut row: impl FnMut(HistoryRow) -> Result<(), Fault>,
    ) -> Result<(), StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let mut cards: HashMap<i64, Passing, FixedState> = HashMap::default();
            let mut statement = self.db().prepare(&format!(
                "SELECT {} FROM event e {BESIDE_EVENT} WHERE e.card = ?1 AND e.id = ?2",
                event_columns()
            ))?;
            for (_, _, id, number) in places(self.db(), card)? {
                if number == NO_CARD {
                    if let Some(fact) = fact_row(self.db(), &context, id)? {
                        row(fact)?;
                    }
                    continue;
                }
                let passing = match cards.entry(number) {
                    std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::hash_map::Entry::Vacant(new) => new.insert(Passing::new(self.db(), number)?),
                };
                let mut rows = statement.query((number, id))?;
                let Some(read) = rows.next()? else { continue };
                let event = context.reader.event(read, 0, passing.card)?;
                let action = action_of_entry(self.db(), &context, id)?;
                row(passing.take(event, action, &context))?;
            }
            Ok(())
        })
    }

    /// The instant of this device's newest entry, ms; of its parent's before it wrote anything itself. Later acts at earlier
    /// instants, after a clock was put right, win over the wrong ones: those must not be asked about again and again.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn newest_own_instant(&self) -> Result<Option<i64>, StoreError> {
        self.attempt(|| {
            let context = self.context()?;
            let mut device = self.this_device()?.and_then(|id| context.reader.device_number(id));
            while let Some(number) = device {
                if let Some(instant) = self.last_instant(&context, number)? {
                    return Ok(Some(instant));
                }
                device = self
                    .db()
                    .prepare_cached("SELECT parent FROM device WHERE id = ?1")?
                    .query_row([number], |row| row.get(0))
                    .optional()?
                    .flatten();
            }
            Ok(None)
        })
    }

    /// When this device gave its newest answer, and on which study day: for who asks whether a sitting goes on. Looks no further back
    /// than a sitting's last steps. It counts too where it was undone: somebody sat there.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn newest_own_answer(&self) -> Result<Option<LastAnswer>, StoreError> {
        self.attempt(|| self.newest_own_answer_at(changes_by_others(&self.db)?))
    }

    /// The same, where SQLite's mark of changes by others was read just now.
    pub(super) fn newest_own_answer_at(&self, mark: i64) -> Result<Option<LastAnswer>, Fault> {
        // Asked for with each answer: what was written here, and nobody wrote since, need not be read.
        if self.newest_answer.is_some() && self.writes_as.is_some() && self.writes_since == mark {
            return Ok(self.newest_answer);
        }
        let context = self.context_at(mark)?;
        let Some(device) = self.this_device()?.and_then(|id| context.reader.device_number(id)) else {
            return Ok(None);
        };
        // Within a sitting the caches wait: what is asked here is in the log.
        let mut statement = self.db.prepare_cached(
            "SELECT e.hlc - coalesce(d.ahead, 0), e.study_day, e.kind FROM event e INDEXED BY event_id \
                 LEFT JOIN event_detail d ON d.id = e.id WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id DESC LIMIT 100",
        )?;
        let mut rows = statement.query(entries_of_device(device))?;
        while let Some(row) = rows.next()? {
            if [ANSWERED, CRAMMED].contains(&row.get(2)?) {
                return Ok(Some((row.get(0)?, day_of(row.get(1)?))));
            }
        }
        Ok(None)
    }

    /// The instant of the newest action of a device. Answers that were given in another program have instants of their own,
    /// which say nothing of when they were written.
    fn last_instant(&self, context: &Context, device: i64) -> Result<Option<i64>, Fault> {
        let last = entry_id(device, newest_sequence(self.db(), device)?);
        let action = action_with(self.db(), &context.reader, last)?;
        Ok(action.map(|action| if action.kind == ActionKind::Import { action.hlc.0 } else { action.at.unix_ms }))
    }
}
