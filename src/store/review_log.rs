//! Events, which are what happened to cards: this file reads them from their rows.

mod append;
mod pauses;
mod refold;
mod void;

pub(super) use void::VoidIds;
pub(super) use void::entries_in;
pub(super) use void::void_ids;
pub(super) use void::voided;

use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::replay::Configs;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::columns::DETAIL_COLUMNS;
use crate::store::columns::DETAIL_WIDTH;
use crate::store::columns::MEMORY_COLUMNS;
use crate::store::columns::day_of;
use crate::store::columns::detail_of;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::columns::kind_of;
use crate::store::columns::memory_of;
use crate::store::columns::state_of;
use crate::store::columns::u64_of;
use crate::store::fork::Taken;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::Row;
use std::cell::Cell;
use std::cell::OnceCell;
use std::collections::HashMap;

/// The columns that [`Reader::event`] reads, in its order, of `event e` with what lies beside it. Nothing is looked for
/// where nothing can be: a text only beside a detail, a memory only for the kinds that have one.
pub(super) fn event_columns() -> String {
    format!(
        "e.id, e.hlc, e.study_day, e.kind, e.quality, e.took_ms, e.config, e.offset_min, d.id, d.ahead, d.arg, d.prev, \
         {MEMORY_COLUMNS}, {DETAIL_COLUMNS}"
    )
}

/// What `event e` is joined with for [`event_columns`].
pub(super) const BESIDE_EVENT: &str = "LEFT JOIN event_detail d ON d.id = e.id \
     LEFT JOIN event_memory m ON m.id = iif(e.kind IN (3, 13), e.id, NULL) LEFT JOIN text x ON x.id = d.id";

/// How many columns [`event_columns`] are.
pub(super) const EVENT_WIDTH: usize = 12 + 9 + DETAIL_WIDTH;

/// Turns rows into events: knows devices and configurations by their local numbers.
pub(super) struct Reader {
    devices: HashMap<i64, DeviceId, FixedState>,
    numbers: HashMap<DeviceId, i64, FixedState>,
    /// Forks: each with its parent and the last entry that both share.
    forks: HashMap<i64, (i64, u64), FixedState>,
    taken: OnceCell<Vec<Taken>>,
    configs: Vec<(i64, ConfigId)>,
    /// The schedulers that events name.
    pub(super) schedulers: Configs,
    /// The action that is being written: the id of its first entry, and its stamp. It has no row until it is whole.
    pub(super) pending: Cell<Option<(i64, i64)>>,
}

impl Reader {
    pub(super) fn new(db: &Connection) -> Result<Self, Fault> {
        let mut statement = db.prepare_cached("SELECT id, hash, json FROM config")?;
        let mut rows = statement.query([])?;
        let (mut configs, mut schedulers) = (Vec::new(), Configs::new());
        while let Some(row) = rows.next()? {
            let id = ConfigId(row.get(1)?);
            configs.push((row.get(0)?, id));
            if let Some(scheduler) = Scheduler::from_json(&row.get::<_, String>(2)?) {
                schedulers.insert(id, scheduler);
            }
        }
        let mut statement =
            db.prepare_cached("SELECT id, parent, parent_sequence FROM device WHERE parent IS NOT NULL")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, u64_of(row.get(2)?)))))?;
        let forks = rows.collect::<Result<_, _>>()?;
        let devices: HashMap<_, _, _> = super::read_devices(db)?.into_iter().collect();
        let numbers = devices.iter().map(|(number, id)| (*id, *number)).collect();
        Ok(Self { devices, numbers, forks, taken: OnceCell::new(), configs, schedulers, pending: Cell::new(None) })
    }

    pub(super) fn device(&self, number: i64) -> Option<DeviceId> {
        self.devices.get(&number).copied()
    }

    /// Learns of a device that was introduced after this was read.
    pub(super) fn introduce(&mut self, number: i64, device: DeviceId) {
        self.devices.insert(number, device);
        self.numbers.insert(device, number);
    }

    /// Learns that a device is a fork.
    pub(super) fn introduce_fork(&mut self, number: i64, parent: i64, sequence: u64) {
        self.forks.insert(number, (parent, sequence));
    }

    pub(super) fn device_number(&self, device: DeviceId) -> Option<i64> {
        self.numbers.get(&device).copied()
    }

    pub(super) fn config(&self, number: i64) -> Option<ConfigId> {
        self.configs.iter().find(|(known, _)| *known == number).map(|(_, id)| *id)
    }

    /// The local id under which an entry lies. A fork may name its parent's entries as its own: it goes on with their numbers.
    pub(super) fn settled(&self, id: i64) -> i64 {
        let (mut device, sequence) = entry_parts(id);
        // At most once through all of them, whatever they say of each other.
        for _ in &self.forks {
            match self.forks.get(&device).filter(|(_, last)| sequence <= *last) {
                Some((parent, _)) => device = *parent,
                None => break,
            }
        }
        entry_id(device, sequence)
    }

    /// The last entry that a device shares with its parent; 0 where it is no fork.
    pub(super) fn parted_after(&self, device: i64) -> u64 {
        self.forks.get(&device).map_or(0, |(_, last)| *last)
    }

    /// What was told apart, read once it is asked for.
    pub(super) fn taken(&self, db: &Connection) -> Result<&[Taken], Fault> {
        if let Some(known) = self.taken.get() {
            return Ok(known);
        }
        let read = super::fork::taken(db)?;
        Ok(self.taken.get_or_init(|| read))
    }

    /// The name of the entry with that local id.
    pub(super) fn entry(&self, id: i64) -> Option<EventId> {
        let (device, sequence) = entry_parts(id);
        Some(EventId { device: self.device(device)?, sequence })
    }

    /// The local id of an entry; `None` where its device is not known here.
    pub(super) fn local(&self, entry: EventId) -> Option<i64> {
        Some(entry_id(self.device_number(entry.device)?, entry.sequence))
    }

    /// The name of an entry that has to be there.
    pub(super) fn known(&self, id: i64) -> Result<EventId, Fault> {
        self.entry(id).ok_or_else(|| Fault::Corrupt("an entry names a device that is not in the table".to_owned()))
    }

    /// Reads [`event_columns`] from column `first` on.
    pub(super) fn event(&self, row: &Row<'_>, first: usize, card: CardId) -> Result<Event, Fault> {
        let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
        let id = self.known(row.get(first)?)?;
        let hlc: i64 = row.get(first + 1)?;
        let code: i64 = row.get(first + 3)?;
        // Most events have nothing beside them: two dozen columns that need not be looked at.
        let has_detail = number(8)?.is_some();
        let (ahead, arg, prev) = if has_detail { (number(9)?, number(10)?, number(11)?) } else { (None, None, None) };
        let kind = kind_of(code, number(4)?, number(5)?, arg)
            .ok_or_else(|| Fault::Corrupt(format!("event {id} has a kind ({code}) that this program can't read")))?;
        let has_memory = matches!(kind, EventKind::Rescheduled | EventKind::Adopted);
        Ok(Event {
            id,
            hlc: Hlc(hlc),
            at: Timestamp { unix_ms: hlc.saturating_sub(ahead.unwrap_or(0)), offset_min: row.get(first + 7)? },
            study_day: day_of(row.get(first + 2)?),
            card,
            kind,
            config: number(6)?.and_then(|number| self.config(number)),
            prev: prev.and_then(|id| self.entry(id)),
            memory: if has_memory { memory_of(row, first + 12)? } else { None },
            detail: if has_detail { detail_of(row, first + 21)? } else { Detail::default() },
        })
    }
}

/// Reads [`STATE_COLUMNS`](crate::store::columns::STATE_COLUMNS) from column `first` on, with the names of the configuration
/// and of the last event.
pub(super) fn whole_state_of(row: &Row<'_>, first: usize, reader: &Reader) -> rusqlite::Result<CardState> {
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    Ok(CardState {
        config: number(14)?.and_then(|number| reader.config(number)),
        last_event: number(15)?.and_then(|id| reader.entry(id)),
        ..state_of(row, first)?
    })
}

/// The events of one card, in the order of the fold.
pub(super) fn events_of(db: &Connection, reader: &Reader, number: i64, card: CardId) -> Result<Vec<Event>, Fault> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {} FROM event e {BESIDE_EVENT} WHERE e.card = ?1", event_columns()))?;
    let mut rows = statement.query([number])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(reader.event(row, 0, card)?);
    }
    // The table is in this order within each device.
    events.sort_by_key(Event::order);
    Ok(events)
}

/// The action that an entry is the first of.
pub(super) fn action_of(entry: EventId) -> ActionId {
    ActionId { device: entry.device, number: entry.sequence }
}

/// The first entry of an action.
pub(super) fn entry_of(action: ActionId) -> EventId {
    EventId { device: action.device, sequence: action.number }
}

/// The card and the kind of the first event in a range of ids.
pub(super) fn kind_at(db: &Connection, range: (i64, i64)) -> Result<Option<(i64, EventKind)>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT e.card, e.kind, e.quality, e.took_ms, d.arg FROM event e INDEXED BY event_id \
         LEFT JOIN event_detail d ON d.id = e.id WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id LIMIT 1",
    )?;
    let mut rows = statement.query(range)?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(kind_of(row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?).map(|kind| (row.get(0).unwrap_or(0), kind)))
}
