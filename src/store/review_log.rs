//! Writing and reading events: what happened to cards.

use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Span;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::AnswerWords;
use crate::core::log::EntryRef;
use crate::core::log::TextRecord;
use crate::core::pause::Pauses;
use crate::core::replay::Configs;
use crate::core::replay::Undo;
use crate::core::replay::Voided;
use crate::core::replay::apply;
use crate::core::replay::fold;
use crate::core::replay::replay_needed;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::behind::Answer;
use crate::store::card_state::CardRow;
use crate::store::columns::DETAIL_COLUMNS;
use crate::store::columns::DETAIL_WIDTH;
use crate::store::columns::MEMORY_COLUMNS;
use crate::store::columns::PAUSED;
use crate::store::columns::RESUMED;
use crate::store::columns::UNDONE;
use crate::store::columns::day_of;
use crate::store::columns::detail_of;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::columns::kind_of;
use crate::store::columns::memory_of;
use crate::store::columns::state_of;
use crate::store::columns::u64_of;
use crate::store::fork::Taken;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::cell::Cell;
use std::cell::OnceCell;

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

const INSERT_EVENT: &str = "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, config, offset_min) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// Turns rows into events: knows devices and configurations by their local numbers.
pub(super) struct Reader {
    devices: Vec<(i64, DeviceId)>,
    /// Forks: each with its parent and the last entry that both share.
    forks: Vec<(i64, i64, u64)>,
    taken: OnceCell<Vec<Taken>>,
    configs: Vec<(i64, ConfigId)>,
    /// The schedulers that events name.
    pub(super) schedulers: Configs,
    /// The action that is being written: the id of its first entry, and its stamp. It has no row until it is whole.
    pub(super) pending: Cell<Option<(i64, i64)>>,
}

impl Reader {
    pub(super) fn new(db: &Connection) -> Result<Self, StoreError> {
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
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, u64_of(row.get(2)?))))?;
        let forks = rows.collect::<Result<_, _>>()?;
        let devices = super::read_devices(db)?;
        Ok(Self { devices, forks, taken: OnceCell::new(), configs, schedulers, pending: Cell::new(None) })
    }

    pub(super) fn device(&self, number: i64) -> Option<DeviceId> {
        self.devices.iter().find(|(known, _)| *known == number).map(|(_, id)| *id)
    }

    pub(super) fn device_number(&self, device: DeviceId) -> Option<i64> {
        self.devices.iter().find(|(_, known)| *known == device).map(|(number, _)| *number)
    }

    pub(super) fn config(&self, number: i64) -> Option<ConfigId> {
        self.configs.iter().find(|(known, _)| *known == number).map(|(_, id)| *id)
    }

    /// The local id under which an entry lies. A fork may name its parent's entries as its own: it goes on with their numbers.
    pub(super) fn settled(&self, id: i64) -> i64 {
        let (mut device, sequence) = entry_parts(id);
        // At most once through all of them, whatever they say of each other.
        for _ in &self.forks {
            match self.forks.iter().find(|(fork, _, last)| *fork == device && sequence <= *last) {
                Some((_, parent, _)) => device = *parent,
                None => break,
            }
        }
        entry_id(device, sequence)
    }

    /// The last entry that a device shares with its parent; 0 where it is no fork.
    pub(super) fn parted_after(&self, device: i64) -> u64 {
        self.forks.iter().find(|(fork, ..)| *fork == device).map_or(0, |(.., last)| *last)
    }

    /// What was told apart, read once it is asked for.
    pub(super) fn taken(&self, db: &Connection) -> Result<&[Taken], StoreError> {
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
    pub(super) fn known(&self, id: i64) -> Result<EventId, StoreError> {
        self.entry(id).ok_or_else(|| StoreError::Corrupt("an entry names a device that is not in the table".to_owned()))
    }

    /// Reads [`event_columns`] from column `first` on.
    pub(super) fn event(&self, row: &Row<'_>, first: usize, card: CardId) -> Result<Event, StoreError> {
        let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
        let id = self.known(row.get(first)?)?;
        let hlc: i64 = row.get(first + 1)?;
        let code: i64 = row.get(first + 3)?;
        // Most events have nothing beside them: two dozen columns that need not be looked at.
        let has_detail = number(8)?.is_some();
        let (ahead, arg, prev) = if has_detail { (number(9)?, number(10)?, number(11)?) } else { (None, None, None) };
        let kind = kind_of(code, number(4)?, number(5)?, arg).ok_or_else(|| {
            StoreError::Corrupt(format!("event {id} has a kind ({code}) that this program can't read"))
        })?;
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
pub(super) fn events_of(db: &Connection, reader: &Reader, number: i64, card: CardId) -> Result<Vec<Event>, StoreError> {
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

/// How many entries an action has: one where it has no row.
pub(super) fn entries_in(db: &Connection, id: i64) -> Result<u64, StoreError> {
    let known: Option<i64> =
        db.prepare_cached("SELECT entries FROM action WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
    Ok(known.map_or(1, u64_of))
}

/// Whether an entry is part of an action that began before it.
fn is_inside_an_action(db: &Connection, id: i64) -> Result<bool, StoreError> {
    let before: Option<(i64, i64)> = db
        .prepare_cached("SELECT id, entries FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(before.is_some_and(|(first, entries)| first < id && id < first + entries))
}

/// What the undone-facts say.
pub(super) fn voided(db: &Connection, reader: &Reader) -> Result<Voided, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT f.id, f.arg, a.id, a.entries, a.hlc FROM fact f \
         LEFT JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) WHERE f.subject = 0 AND f.kind = {UNDONE}"
    ))?;
    let mut rows = statement.query([])?;
    let mut undos = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (first, entries, hlc) =
            match reader.pending.get().filter(|(first, _)| id >= *first && first >> 32 == id >> 32) {
                // Of the action that is being written nobody knows yet how long it will be.
                Some((first, hlc)) => (Some(first), u64::from(u32::MAX), hlc),
                None => (
                    row.get(2)?,
                    u64_of(row.get::<_, Option<i64>>(3)?.unwrap_or(0)),
                    row.get::<_, Option<i64>>(4)?.unwrap_or(0),
                ),
            };
        let named = super::fork::meant(db, reader, id, row.get(1)?)?;
        // An undo of anything but a whole action, which no program writes, acts on nothing.
        if is_inside_an_action(db, named)? {
            continue;
        }
        let (Some(by), Some(named), Some(action)) =
            (reader.entry(id), reader.entry(named), first.and_then(|first| reader.entry(first)))
        else {
            continue;
        };
        let span = Span { action: action_of(action), entries };
        undos.push(Undo { by, hlc: Hlc(hlc), span, names: action_of(named) });
    }
    if undos.is_empty() {
        return Ok(Voided::default());
    }
    let mut failed = None;
    let voided = Voided::of(undos, |action| {
        let Some(id) = reader.local(entry_of(action)) else { return 1 };
        entries_in(db, id).unwrap_or_else(|error| {
            failed = Some(error);
            1
        })
    });
    failed.map_or(Ok(voided), Err)
}

/// The action that an entry is the first of.
pub(super) fn action_of(entry: EventId) -> ActionId {
    ActionId { device: entry.device, number: entry.sequence }
}

/// The first entry of an action.
pub(super) fn entry_of(action: ActionId) -> EventId {
    EventId { device: action.device, sequence: action.number }
}

/// Void entries by their local ids: for passes over many rows.
#[derive(Debug, Clone, Default)]
pub(super) struct VoidIds(Vec<(i64, i64)>);

impl VoidIds {
    /// Whether the entry of that id no longer counts.
    pub(super) fn has(&self, id: i64) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= id);
        after.checked_sub(1).and_then(|place| self.0.get(place)).is_some_and(|(_, last)| id <= *last)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The void entries of `voided` by their local ids.
pub(super) fn void_ids(reader: &Reader, voided: &Voided) -> VoidIds {
    let mut ranges: Vec<(i64, i64)> = voided
        .spans()
        .filter_map(|span| {
            let first = reader.local(entry_of(span.action))?;
            Some((first, first + i64::try_from(span.entries).unwrap_or(1) - 1))
        })
        .collect();
    ranges.sort_unstable();
    VoidIds(ranges)
}

impl Store {
    /// The breaks that count.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn pauses(&self) -> Result<Pauses, StoreError> {
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT f.id, f.kind, f.arg, a.hlc, a.study_day FROM fact f \
             JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id) \
             WHERE f.subject = 0 AND f.kind IN ({PAUSED}, {RESUMED})"
        ))?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let kind: i64 = row.get(1)?;
            let until = if kind == i64::from(PAUSED) { Some(day_of(row.get(2)?)) } else { None };
            found.push((row.get::<_, i64>(0)?, Hlc(row.get(3)?), day_of(row.get(4)?), until));
        }
        if found.is_empty() {
            return Ok(Pauses::default());
        }
        let reader = Reader::new(self.db())?;
        let voided = voided(self.db(), &reader)?;
        let mut facts = Vec::new();
        for (id, hlc, day, until) in found {
            let entry = reader.known(id)?;
            if !voided.has(entry) {
                let fact =
                    until.map_or(crate::core::fact::Fact::Resumed, |until| crate::core::fact::Fact::Paused { until });
                facts.push(((hlc, entry), day, fact));
            }
        }
        facts.sort_by_key(|(order, ..)| *order);
        Ok(Pauses::of(facts.iter().map(|(_, day, fact)| (*day, fact))))
    }
}

impl Writer<'_> {
    /// The local number of a configuration, added where it is new.
    pub(super) fn config_number(&mut self, scheduler: &Scheduler, id: ConfigId) -> Result<i64, StoreError> {
        if let Some((_, number)) = self.config.filter(|(known, _)| *known == id) {
            return Ok(number);
        }
        let known = self
            .tx
            .prepare_cached("SELECT id FROM config WHERE hash = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        let number = match known {
            Some(number) => number,
            None => {
                self.tx.execute("INSERT INTO config (hash, json) VALUES (?1, ?2)", (id.0, scheduler.to_json()))?;
                self.forget_context();
                self.tx.last_insert_rowid()
            }
        };
        self.config = Some((id, number));
        Ok(number)
    }

    /// The local number of a device, added by its name alone where nothing of it is here yet.
    pub(super) fn device_number(&mut self, device: DeviceId) -> Result<i64, StoreError> {
        if device == self.device_id {
            return Ok(self.device);
        }
        if let Some((_, number)) = self.other_device.filter(|(known, _)| *known == device) {
            return Ok(number);
        }
        let known = self
            .tx
            .prepare_cached("SELECT id FROM device WHERE uuid = ?1")?
            .query_row([device.0], |row| row.get(0))
            .optional()?;
        if let Some(number) = known {
            self.other_device = Some((device, number));
            return Ok(number);
        }
        self.tx.execute("INSERT INTO device (uuid, name) VALUES (?1, '')", [device.0])?;
        self.forget_context();
        Ok(self.tx.last_insert_rowid())
    }

    /// The local id of an entry of any device.
    pub(super) fn local_id(&mut self, entry: EventId) -> Result<i64, StoreError> {
        Ok(entry_id(self.device_number(entry.device)?, entry.sequence))
    }

    /// Inserts an event and what lies beside it, as they are. `card` and `config` are local numbers.
    pub(super) fn insert_event(
        &mut self,
        card: i64,
        event: &Event,
        config: Option<i64>,
        words: Option<&TextRecord>,
    ) -> Result<i64, StoreError> {
        let id = self.local_id(event.id)?;
        let answer = event.kind.answer();
        self.tx.prepare_cached(INSERT_EVENT)?.execute((
            card,
            id,
            event.hlc.0,
            event.kind.code(),
            event.study_day.0,
            answer.map(|(quality, _)| u8::from(quality)),
            answer.map(|(_, took)| took.0),
            config,
            event.at.offset_min,
        ))?;
        let ahead = event.hlc.0.wrapping_sub(event.at.unix_ms);
        let (detail, arg) = (&event.detail, event.kind.arg());
        if ahead != 0 || arg.is_some() || event.prev.is_some() || !detail.is_empty() {
            let prev = match event.prev {
                Some(prev) => Some(self.local_id(prev)?),
                None => None,
            };
            self.tx
                .prepare_cached(
                    "INSERT INTO event_detail (id, ahead, arg, asked, suggested, guessed, variant, speakers, form, confidence, \
                     due_offset_min, prev, program, foreign_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                )?
                .execute((
                    id,
                    (ahead != 0).then_some(ahead),
                    arg,
                    detail.asked.map(crate::core::event::Asked::code),
                    detail.suggested.map(u8::from),
                    detail.guessed.then_some(1),
                    detail.variant,
                    detail.speakers.then_some(1),
                    detail.form,
                    detail.confidence,
                    detail.due_offset_min,
                    prev,
                    detail.foreign.as_ref().map(|foreign| &foreign.program),
                    detail.foreign.as_ref().map(|foreign| foreign.id),
                ))?;
        }
        if let Some(memory) = &event.memory {
            let [repetitions, interval, lapses, last, due, quality, ease, stability, difficulty] = memory.numbers();
            self.tx
                .prepare_cached(
                    "INSERT INTO event_memory (id, repetitions, interval_days, lapses, last_day, due, last_quality, ease, stability, \
                     difficulty) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?
                .execute((id, repetitions, interval, lapses, last, due, quality, ease, stability, difficulty))?;
        }
        if let Some(words) = words {
            self.insert_text(id, words)?;
        }
        Ok(id)
    }

    /// Gives a draft its name, time and place, and appends it.
    fn write_event(&mut self, card: i64, event: &Event, config: Option<i64>) -> Result<i64, StoreError> {
        let words = if event.detail.has_words() {
            let detail = &event.detail;
            let words = AnswerWords { response: detail.response.clone(), expected: detail.expected.clone() };
            let body = serde_json::to_string(&words).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            Some(TextRecord::new(self.salt(), body))
        } else {
            None
        };
        let id = self.insert_event(card, event, config, words.as_ref())?;
        self.chain()?.entry(EntryRef::Event(event), words.map(|words| words.hash));
        // What was taken from another program has an instant of its own, which is not that of the step.
        let is_now = (event.at, event.study_day) == (self.stamp.now, self.stamp.today);
        self.lone = (is_now && !self.touched).then(|| crate::store::writer::Lone::of(event));
        self.touched = true;
        Ok(id)
    }

    fn event_of(&mut self, draft: &Draft, last: Option<EventId>, config: Option<ConfigId>) -> Event {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let (at, study_day) = draft.at.unwrap_or((self.stamp.now, self.stamp.today));
        Event {
            id: EventId { device: self.device_id, sequence },
            hlc: self.hlc,
            at,
            study_day,
            card: draft.card,
            kind: draft.kind.clone(),
            config,
            prev: last.filter(|last| last.device != self.device_id),
            memory: draft.memory.clone(),
            detail: draft.detail.clone(),
        }
    }

    /// Appends an event and brings the card's state and the sums up to date; those of a plain answer may follow later. Gives
    /// the state after it.
    ///
    /// The draft's `prev` must be the card's last event, or an event of this very action.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the card moved on since the draft was made; when the card is not there.
    pub fn append(&mut self, draft: &Draft, scheduler: &Scheduler) -> Result<CardState, StoreError> {
        let context = self.context()?;
        let mut row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(StoreError::NoCard)?;
        // Only an answer may wait for its caches, and only as the one event of its action.
        let may_wait = self.may_wait
            && matches!(draft.kind, EventKind::Answered { .. })
            && self.next_sequence == self.first_sequence
            && !self.behind.borrow().has(draft.card);
        if !may_wait && self.lags() {
            self.catch_up()?;
            row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(StoreError::NoCard)?;
        }
        if row.erased && !matches!(draft.kind, EventKind::Imported { .. } | EventKind::Adopted) {
            return Err(StoreError::Stale);
        }
        let before = &row.state;
        if before.suspended && matches!(draft.kind, EventKind::Answered { .. }) {
            return Err(StoreError::Suspended);
        }
        let mine =
            before.last_event.is_some_and(|last| last.device == self.device_id && last.sequence >= self.first_sequence);
        if !mine && draft.prev != before.last_event {
            return Err(StoreError::Stale);
        }
        let configured = matches!(
            draft.kind,
            EventKind::Answered { .. } | EventKind::Imported { .. } | EventKind::Adopted | EventKind::Rescheduled
        );
        let id = self.config_id(scheduler);
        let config = if configured { Some(self.config_number(scheduler, id)?) } else { None };
        let event = self.event_of(draft, before.last_event, config.map(|_| id));
        // The configuration may have been new.
        let context = self.context()?;
        let needs_history = configured && replay_needed(before, scheduler, &context.reader.schedulers)
            || event.detail.foreign.is_some();
        self.write_event(row.id, &event, config)?;
        if needs_history {
            self.catch_up()?;
            self.caches_moved = true;
            // Another scheduler than the one that made this state, or another program's record: what came before has to be
            // gone through again.
            let events = events_of(&self.tx, &context.reader, row.id, draft.card)?;
            let mut added = None;
            let after = fold(&events, &context.voided, &context.reader.schedulers, |before, folded| {
                if folded.id == event.id {
                    added = Some(before.clone());
                }
            });
            if let Some(before) = added {
                self.add_to_sums(&row, &before, &event, 1)?;
            }
            self.set_state(&row, &after)?;
            return Ok(after);
        }
        let after = apply(before, &event, &context.reader.schedulers);
        let answer = Answer { row, event, after: after.clone() };
        if may_wait {
            self.waiting = Some(answer);
        } else {
            self.caches_moved = true;
            self.cache(&answer)?;
        }
        Ok(after)
    }

    /// Appends the answer to a check-up scene: it touches neither the card's state nor any sum. Gives the check-up's number.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another window has answered the scene in this very check-up; when the card is not
    /// there, or it can't be written.
    pub fn append_checked(&mut self, draft: &Draft) -> Result<u64, StoreError> {
        let context = self.context()?;
        let row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(StoreError::NoCard)?;
        if row.erased {
            return Err(StoreError::Stale);
        }
        let EventKind::Checked { quality, took, checkup, last } = draft.kind else {
            return Err(StoreError::Corrupt("not an answer of a check-up".to_owned()));
        };
        if checkup > 0 {
            for event in events_of(&self.tx, &context.reader, row.id, draft.card)? {
                let same = matches!(event.kind, EventKind::Checked { checkup: known, .. } if known == checkup);
                if same && event.id.device == self.device_id && !context.voided.has(event.id) {
                    return Err(StoreError::Stale);
                }
            }
        }
        // It has no caches, and the mark goes past it.
        self.caches_moved = true;
        let number = if checkup > 0 { checkup } else { self.next_sequence };
        let kind = EventKind::Checked { quality, took, checkup: number, last };
        let event = self.event_of(&Draft { kind, ..draft.clone() }, None, None);
        self.write_event(row.id, &event, None)?;
        Ok(number)
    }

    /// Folds a card's events again and writes its state; `was` says what counted when the sums were last right.
    pub(super) fn refold(&mut self, card: i64, was: Option<&Voided>, now: &Voided) -> Result<(), StoreError> {
        let context = self.context()?;
        let Some(row) = CardRow::of_number(&self.tx, &context.reader, card)? else { return Ok(()) };
        if let Some(was) = was {
            self.move_sums(&row, was, -1)?;
        }
        let state = self.move_sums(&row, now, 1)?;
        self.set_state(&row, &state)
    }

    /// Adds all of a card's answers to the sums, or takes them away (`sign` −1). Gives the state that they add up to.
    pub(super) fn move_sums(&mut self, row: &CardRow, voided: &Voided, sign: i64) -> Result<CardState, StoreError> {
        let context = self.context()?;
        let events = events_of(&self.tx, &context.reader, row.id, row.card)?;
        let mut seen: Vec<(CardState, &Event)> = Vec::with_capacity(events.len());
        let state =
            fold(&events, voided, &context.reader.schedulers, |before, event| seen.push((before.clone(), event)));
        for (before, event) in seen {
            self.add_to_sums(row, &before, event, sign)?;
        }
        self.decks_moved.insert(row.deck);
        Ok(state)
    }
}

/// The card and the kind of the first event in a range of ids.
pub(super) fn kind_at(db: &Connection, range: (i64, i64)) -> Result<Option<(i64, EventKind)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT e.card, e.kind, e.quality, e.took_ms, d.arg FROM event e INDEXED BY event_id \
         LEFT JOIN event_detail d ON d.id = e.id WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id LIMIT 1",
    )?;
    let mut rows = statement.query(range)?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(kind_of(row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?).map(|kind| (row.get(0).unwrap_or(0), kind)))
}
