//! Writing and reading events.

use crate::core::event::Draft;
use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::pause::Pauses;
use crate::core::replay::Configs;
use crate::core::replay::Folding;
use crate::core::replay::Outcome;
use crate::core::replay::Voided;
use crate::core::replay::apply;
use crate::core::replay::fold;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::PAUSED;
use crate::store::columns::RESUMED;
use crate::store::columns::UNDONE;
use crate::store::columns::after_of;
use crate::store::columns::checkup_arg;
use crate::store::columns::day_of;
use crate::store::columns::detail_of;
use crate::store::columns::fact;
use crate::store::columns::i64_of;
use crate::store::columns::kind_code;
use crate::store::columns::u64_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::collections::HashMap;

/// The columns that [`Reader::event`] reads, in its order.
const EVENT_COLUMNS: &str = "e.device, e.sequence, e.action, e.hlc, e.at_ms, e.offset_min, e.study_day, e.kind, e.quality, \
     e.took_ms, e.config, e.prev_device, e.prev_sequence, e.arg, e.arg_device, \
     e.repetitions, e.interval_days, e.ease, e.lapses, e.due, e.last_quality, \
     d.asked, d.response, d.expected, d.suggested, d.guessed, d.variant, d.extra";

const INSERT_EVENT: &str = "INSERT INTO event (card, hlc, device, sequence, action, kind, study_day, at_ms, offset_min, quality, \
     took_ms, config, prev_device, prev_sequence, arg, arg_device, repetitions, interval_days, ease, lapses, due, last_quality) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

/// An event as `lmq history` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The event.
    pub event: Event,
    /// `deck/key` or the start of its id; empty for a fact about no card.
    pub card_name: String,
    /// The state before, where the event is about a card.
    pub before: Option<CardState>,
    /// The state after.
    pub after: Option<CardState>,
    /// Whether it was undone.
    pub voided: bool,
}

/// Turns rows into events: knows devices and configurations by their local numbers.
pub(super) struct Reader {
    devices: Vec<(i64, DeviceId)>,
    configs: Vec<(i64, ConfigId)>,
    /// The schedulers that events name.
    pub(super) schedulers: Configs,
}

impl Reader {
    pub(super) fn new(db: &Connection) -> Result<Self, StoreError> {
        let mut statement = db.prepare_cached("SELECT id, hash, json FROM scheduler_config")?;
        let mut rows = statement.query([])?;
        let (mut configs, mut schedulers) = (Vec::new(), Configs::new());
        while let Some(row) = rows.next()? {
            let id = ConfigId(row.get(1)?);
            configs.push((row.get(0)?, id));
            if let Some(scheduler) = Scheduler::from_json(&row.get::<_, String>(2)?) {
                schedulers.insert(id, scheduler);
            }
        }
        Ok(Self { devices: super::read_devices(db)?, configs, schedulers })
    }

    pub(super) fn device(&self, number: i64) -> Option<DeviceId> {
        self.devices.iter().find(|(known, _)| *known == number).map(|(_, id)| *id)
    }

    pub(super) fn has_several_devices(&self) -> bool {
        self.devices.len() > 1
    }

    pub(super) fn event_id(&self, device: Option<i64>, sequence: Option<i64>) -> Option<EventId> {
        Some(EventId { device: self.device(device?)?, sequence: u64_of(sequence?) })
    }

    pub(super) fn event(&self, row: &Row<'_>, card: Option<CardId>) -> Result<Event, StoreError> {
        let device = self
            .device(row.get(0)?)
            .ok_or_else(|| StoreError::Corrupt("an event names a device that is not in the table".to_owned()))?;
        let sequence = u64_of(row.get(1)?);
        let id = EventId { device, sequence };
        let (arg, arg_device): (Option<i64>, Option<i64>) = (row.get(13)?, row.get(14)?);
        let undone = || Some(ActionId { device: self.device(arg_device?)?, number: u64_of(arg?) });
        let kind = row.get(7)?;
        let fact = fact(kind, row.get(8)?, row.get(9)?, arg, undone).ok_or_else(|| {
            StoreError::Corrupt(format!("event {id} has a kind ({kind}) that this program can't read"))
        })?;
        let config: Option<i64> = row.get(10)?;
        Ok(Event {
            id,
            action: u64_of(row.get(2)?),
            hlc: Hlc(row.get(3)?),
            at: Timestamp { unix_ms: row.get(4)?, offset_min: row.get(5)? },
            study_day: day_of(row.get(6)?),
            card,
            fact,
            config: config.and_then(|n| self.configs.iter().find(|(known, _)| *known == n).map(|(_, id)| *id)),
            prev: self.event_id(row.get(11)?, row.get(12)?),
            after: after_of(row, 15)?,
            detail: detail_of(row, 21)?,
        })
    }
}

/// The events of one card, in the order of the fold.
pub(super) fn events_of(db: &Connection, reader: &Reader, row: i64, card: CardId) -> Result<Vec<Event>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {EVENT_COLUMNS} FROM event e \
         LEFT JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence WHERE e.card = ?1"
    ))?;
    let mut rows = statement.query([row])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(reader.event(row, Some(card))?);
    }
    // The table is in this order but for two devices with the very same stamp, which it has by their local numbers.
    events.sort_by_key(Event::order);
    Ok(events)
}

/// What the undo events say.
pub(super) fn voided(db: &Connection, reader: &Reader) -> Result<Voided, StoreError> {
    voided_since(db, reader, i64::MIN)
}

/// What the undo events from the stamp `hlc` on say: all that can be said about actions of that stamp and later ones.
pub(super) fn voided_since(db: &Connection, reader: &Reader, hlc: i64) -> Result<Voided, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {EVENT_COLUMNS} FROM event e LEFT JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence \
         WHERE e.card = 0 AND e.hlc >= ?1 AND e.kind = {UNDONE}"
    ))?;
    let mut rows = statement.query([hlc])?;
    let mut undos = Vec::new();
    while let Some(row) = rows.next()? {
        undos.push(reader.event(row, None)?);
    }
    Ok(Voided::of(&undos))
}

impl Store {
    /// The breaks that count.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn pauses(&self) -> Result<Pauses, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {EVENT_COLUMNS} FROM event e LEFT JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence \
             WHERE e.card = 0 AND e.kind IN ({PAUSED}, {RESUMED})"
        ))?;
        let mut rows = statement.query([])?;
        let Some(mut row) = rows.next()? else { return Ok(Pauses::default()) };
        let reader = Reader::new(&self.db)?;
        let mut events = Vec::new();
        loop {
            events.push(reader.event(row, None)?);
            match rows.next()? {
                Some(next) => row = next,
                None => break,
            }
        }
        let voided = voided(&self.db, &reader)?;
        events.retain(|event| !voided.contains(event.action_id()));
        events.sort_by_key(Event::order);
        Ok(Pauses::of(events.iter().map(|event| (event.study_day, &event.fact))))
    }
}

impl Writer<'_> {
    /// The local number of a configuration, added where it is new.
    fn config_number(&mut self, scheduler: &Scheduler, id: ConfigId) -> Result<i64, StoreError> {
        if let Some((_, number)) = self.config.filter(|(known, _)| *known == id) {
            return Ok(number);
        }
        let number = self.find_config(scheduler, id)?;
        self.config = Some((id, number));
        Ok(number)
    }

    fn find_config(&self, scheduler: &Scheduler, ConfigId(hash): ConfigId) -> Result<i64, StoreError> {
        let known = self
            .tx
            .prepare_cached("SELECT id FROM scheduler_config WHERE hash = ?1")?
            .query_row([hash], |row| row.get(0))
            .optional()?;
        if let Some(number) = known {
            return Ok(number);
        }
        self.tx.execute(
            "INSERT INTO scheduler_config (hash, name, json) VALUES (?1, ?2, ?3)",
            (hash, scheduler.name(), scheduler.to_json()),
        )?;
        Ok(self.tx.last_insert_rowid())
    }

    fn event_number(&self, id: EventId) -> Result<(i64, i64), StoreError> {
        if id.device == self.device_id {
            return Ok((self.device, i64_of(id.sequence)));
        }
        let device = self
            .tx
            .prepare_cached("SELECT id FROM device WHERE uuid = ?1")?
            .query_row([id.device.0], |row| row.get(0))?;
        Ok((device, i64_of(id.sequence)))
    }

    /// Inserts an event and its detail as they are.
    pub(super) fn insert_event(&mut self, row: i64, event: &Event, config: Option<i64>) -> Result<(), StoreError> {
        let (device, sequence) = self.event_number(event.id)?;
        let prev = event.prev.map(|prev| self.event_number(prev)).transpose()?;
        let (arg, arg_device) = match &event.fact {
            Fact::Undone { action } => {
                let named = EventId { device: action.device, sequence: action.number };
                let (device, number) = self.event_number(named)?;
                (Some(number), Some(device))
            }
            Fact::Buried { until } | Fact::Paused { until } => (Some(i64::from(until.0)), None),
            Fact::Flagged { flag } => (Some(i64::from(*flag)), None),
            Fact::Checked { checkup, last, .. } => (Some(checkup_arg(*checkup, *last)), None),
            Fact::Answered { .. }
            | Fact::Crammed { .. }
            | Fact::DueSet
            | Fact::Reset
            | Fact::Restarted
            | Fact::Suspended
            | Fact::Unsuspended
            | Fact::Unburied
            | Fact::Marked
            | Fact::Unmarked
            | Fact::Imported { .. }
            | Fact::Adopted
            | Fact::Configured
            | Fact::Resumed => (None, None),
        };
        let answer = event.fact.answer();
        let after = event.after.as_ref();
        self.tx.prepare_cached(INSERT_EVENT)?.execute(rusqlite::params![
            row,
            event.hlc.0,
            device,
            sequence,
            i64_of(event.action),
            kind_code(&event.fact),
            event.study_day.0,
            event.at.unix_ms,
            event.at.offset_min,
            answer.map(|(quality, _)| u8::from(quality)),
            answer.map(|(_, took)| took.0),
            config,
            prev.map(|(device, _)| device),
            prev.map(|(_, sequence)| sequence),
            arg,
            arg_device,
            after.map(|a| a.repetitions),
            after.map(|a| a.interval.0),
            after.map(|a| a.ease.hundredths()),
            after.map(|a| a.lapses),
            after.map(|a| a.due.0),
            after.map(|a| u8::from(a.last_quality)),
        ])?;
        let detail = &event.detail;
        if !detail.is_empty() {
            self.tx
                .prepare_cached(
                    "INSERT INTO event_detail (device, sequence, asked, response, expected, suggested, guessed, variant, extra) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute((
                    device,
                    sequence,
                    &detail.asked,
                    &detail.response,
                    &detail.expected,
                    detail.suggested.map(u8::from),
                    detail.guessed,
                    detail.variant,
                    &detail.extra,
                ))?;
        }
        self.touched = true;
        Ok(())
    }

    pub(super) fn event_of(&mut self, draft: &Draft, prev: Option<EventId>, config: Option<ConfigId>) -> Event {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        Event {
            id: EventId { device: self.device_id, sequence },
            action: self.action,
            hlc: self.tick(),
            at: self.stamp.now,
            study_day: self.stamp.today,
            card: draft.card,
            fact: draft.fact.clone(),
            config: config.filter(|_| matches!(draft.fact, Fact::Answered { .. })),
            prev,
            after: draft.after.clone(),
            detail: draft.detail.clone(),
        }
    }

    /// Appends a fact about no card.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn append_fact(&mut self, fact: Fact, detail: crate::core::event::Detail) -> Result<(), StoreError> {
        let draft = Draft { card: None, fact, prev: None, after: None, detail };
        let event = self.event_of(&draft, None, None);
        self.insert_event(0, &event, None)
    }

    /// Appends a fact about a card and brings its state and the sums up to date. Gives the state after it.
    ///
    /// The draft's `prev` must be the card's last event, or an event of this very action.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the card moved on since the draft was made; when the card is not there.
    pub fn append(&mut self, draft: &Draft, scheduler: &Scheduler) -> Result<CardState, StoreError> {
        let card = draft.card.ok_or(StoreError::NoCard)?;
        let row = CardRow::find(&self.tx, card)?.ok_or(StoreError::NoCard)?;
        let before = row.state.clone();
        let mine =
            before.last_event.is_some_and(|last| last.device == self.device_id && last.sequence >= self.first_sequence);
        if !mine && draft.prev != before.last_event {
            return Err(StoreError::Stale);
        }
        let id = scheduler.id();
        let event = self.event_of(draft, before.last_event, Some(id));
        let config = if event.config.is_some() { Some(self.config_number(scheduler, id)?) } else { None };
        self.insert_event(row.id, &event, config)?;
        let mut configs = Configs::new();
        configs.insert(id, scheduler.clone());
        let after = apply(&before, &event, &configs, Outcome::Copy);
        self.add_to_sums(&row, &before, &event, 1)?;
        self.set_state(&row, &after)?;
        Ok(after)
    }

    /// Folds a card's events again and writes its state; `was` says what counted when the sums were last right.
    pub(super) fn refold(
        &mut self,
        reader: &Reader,
        card: CardId,
        was: Option<&Voided>,
        now: &Voided,
    ) -> Result<(), StoreError> {
        if let Some(was) = was {
            self.move_sums(reader, card, was, -1)?;
        }
        let state = self.move_sums(reader, card, now, 1)?;
        match CardRow::find(&self.tx, card)? {
            Some(row) => self.set_state(&row, &state),
            None => Ok(()),
        }
    }

    /// Adds all of a card's answers to the sums, or takes them away (`sign` −1). Gives the state that they add up to.
    pub(super) fn move_sums(
        &mut self,
        reader: &Reader,
        card: CardId,
        voided: &Voided,
        sign: i64,
    ) -> Result<CardState, StoreError> {
        let Some(row) = CardRow::find(&self.tx, card)? else { return Ok(CardState::default()) };
        let events = events_of(&self.tx, reader, row.id, card)?;
        let mut seen: Vec<(CardState, &Event)> = Vec::with_capacity(events.len());
        let state = fold(&events, voided, &reader.schedulers, |before, event| seen.push((before.clone(), event)));
        for (before, event) in seen {
            self.add_to_sums(&row, &before, event, sign)?;
        }
        self.decks_moved.insert(row.deck);
        Ok(state)
    }
}

impl Store {
    /// The log as people read it: all of it, or one card's, oldest first.
    ///
    /// Rows go to `row` one at a time. Memory: the events of the cards asked for, since each row has the state before
    /// and after.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn history(
        &self,
        card: Option<CardId>,
        mut row: impl FnMut(HistoryRow) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        // Of each card its name and its fold so far: the log itself goes by, however long it is.
        let mut cards: HashMap<i64, (CardId, String, Folding)> = HashMap::new();
        // Two statements: one condition for both would go through all cards.
        let (which, one) = match card {
            Some(card) => ("n.uid = ?1 AND c.ordinal = ?2", (card.note.0, card.ordinal)),
            None => {
                let any = "?1 IS NOT NULL AND ?2 IS NOT NULL AND EXISTS (SELECT 1 FROM event e WHERE e.card = c.id)";
                (any, ([0; 16], 0))
            }
        };
        let mut statement = self.db.prepare(&format!(
            "SELECT c.id, n.uid, c.ordinal, k.name_id, n.key, \
             (SELECT count(*) FROM card o WHERE o.note = n.id AND o.retired = 0) FROM note n \
             JOIN card c ON c.note = n.id JOIN deck k ON k.id = n.deck WHERE {which}"
        ))?;
        let mut rows = statement.query(one)?;
        while let Some(row) = rows.next()? {
            let id = CardId { note: NoteUid(row.get(1)?), ordinal: row.get(2)? };
            let name = super::cards::name_of(&row.get::<_, String>(3)?, row.get(4)?, id);
            let several = row.get::<_, i64>(5)? > 1;
            let name = if several { format!("{name}#{}", id.ordinal) } else { name };
            cards.insert(row.get(0)?, (id, name, Folding::default()));
        }
        // Events are read one by one in their order over all cards, which the table does not have: of each its place.
        let mut places = Vec::new();
        {
            let read_places = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let one = card.and_then(|_| cards.keys().next().copied());
            let which = if card.is_some() { "card = ?1" } else { "?1 IS NULL" };
            let mut statement =
                self.db.prepare(&format!("SELECT hlc, device, sequence, card FROM event WHERE {which}"))?;
            let rows = statement.query_map([one], read_places)?;
            for place in rows {
                let (hlc, device, sequence, card): (i64, i64, i64, i64) = place?;
                places.push((hlc, reader.device(device), sequence, card, device));
            }
        }
        places.sort_unstable();
        let mut statement = self.db.prepare(&format!(
            "SELECT {EVENT_COLUMNS} FROM event e \
             LEFT JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence \
             WHERE e.card = ?1 AND e.hlc = ?2 AND e.device = ?3 AND e.sequence = ?4"
        ))?;
        for (hlc, _, sequence, number, device) in places {
            let mut rows = statement.query([number, hlc, device, sequence])?;
            let Some(read) = rows.next()? else { continue };
            if number == 0 {
                let event = reader.event(read, None)?;
                let voided = voided.contains(event.action_id());
                row(HistoryRow { event, card_name: String::new(), before: None, after: None, voided })?;
                continue;
            }
            let Some((id, name, folding)) = cards.get_mut(&number) else { continue };
            let event = reader.event(read, Some(*id))?;
            let before = folding.state().clone();
            let counts = folding.take(&event, &voided, &reader.schedulers, |_| {});
            // Undone: what it did when it was written, on the state that is there without it.
            let after = if counts {
                folding.state().clone()
            } else {
                apply(&before, &event, &reader.schedulers, Outcome::Copy)
            };
            row(HistoryRow {
                event,
                card_name: name.clone(),
                before: Some(before),
                after: Some(after),
                voided: !counts,
            })?;
        }
        Ok(())
    }

    /// The instant of the newest event of any device, if there is one.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn newest_event_ms(&self) -> Result<Option<i64>, StoreError> {
        let mut newest = None;
        for (device, _) in &self.devices {
            let at: Option<i64> = self
                .db
                .prepare_cached(
                    "SELECT at_ms FROM action WHERE device = ?1 AND events > 0 ORDER BY number DESC LIMIT 1",
                )?
                .query_row([device], |row| row.get(0))
                .optional()?;
            newest = newest.max(at);
        }
        Ok(newest)
    }
}
