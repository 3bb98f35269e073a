//! The log on its way out of one database and into another: the union of both.

use crate::core::event::Action;
use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::log::LogRecord;
use crate::core::replay::Voided;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::CHECKED;
use crate::store::columns::day_of;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

impl Store {
    /// The whole log: devices, configurations, actions, events by card.
    ///
    /// # Errors
    /// When it can't be read, or `record` fails.
    pub fn log(&self, mut record: impl FnMut(LogRecord) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let reader = Reader::new(&self.db)?;
        {
            let mut statement =
                self.db.prepare("SELECT uuid, name, parent, parent_sequence, created_at_ms FROM device ORDER BY id")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let parent = row.get::<_, Option<i64>>(2)?.and_then(|number| reader.device(number));
                let sequence = row.get::<_, Option<i64>>(3)?.map(u64_of);
                record(LogRecord::Device {
                    id: DeviceId(row.get(0)?),
                    name: row.get(1)?,
                    parent: parent.map(|parent| (parent, sequence)),
                    created_at_ms: row.get(4)?,
                })?;
            }
            let mut statement = self.db.prepare("SELECT hash, name, json FROM scheduler_config ORDER BY id")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                record(LogRecord::Config { id: ConfigId(row.get(0)?), name: row.get(1)?, json: row.get(2)? })?;
            }
            let mut statement = self.db.prepare(
                "SELECT device, number, kind, label, at_ms, offset_min, study_day, hlc, first_sequence, events FROM action \
                 ORDER BY device, number",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let Some(device) = reader.device(row.get(0)?) else { continue };
                let action = Action {
                    id: ActionId { device, number: u64_of(row.get(1)?) },
                    kind: row.get(2)?,
                    label: row.get(3)?,
                    at: Timestamp { unix_ms: row.get(4)?, offset_min: row.get(5)? },
                    study_day: day_of(row.get(6)?),
                    hlc: Hlc(row.get(7)?),
                };
                record(LogRecord::Action(action, u64_of(row.get(8)?), u64_of(row.get(9)?)))?;
            }
        }
        let mut statement = self.db.prepare(
            "SELECT DISTINCT e.card, n.uid, c.ordinal FROM event e LEFT JOIN card c ON c.id = e.card \
             LEFT JOIN note n ON n.id = c.note ORDER BY e.card",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let card = match (row.get::<_, Option<[u8; 16]>>(1)?, row.get::<_, Option<u16>>(2)?) {
                (Some(note), Some(ordinal)) => Some(CardId { note: NoteUid(note), ordinal }),
                _ => None,
            };
            let nobody = CardId { note: NoteUid([0; 16]), ordinal: 0 };
            for event in events_of(&self.db, &reader, row.get(0)?, card.unwrap_or(nobody))? {
                record(LogRecord::Event(Box::new(Event { card, ..event })))?;
            }
        }
        Ok(())
    }
}

/// Takes in the log of another database.
pub struct Union<'u, 's> {
    writer: &'u mut Writer<'s>,
    was: Voided,
    touched: BTreeSet<CardId>,
    /// Events that were new.
    pub added: u64,
    /// Events that were there.
    pub known: u64,
}

impl<'s> Writer<'s> {
    /// Begins to unite another log with this one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn union(&mut self) -> Result<Union<'_, 's>, StoreError> {
        let reader = Reader::new(&self.tx)?;
        let was = voided(&self.tx, &reader)?;
        Ok(Union { writer: self, was, touched: BTreeSet::new(), added: 0, known: 0 })
    }
}

impl Union<'_, '_> {
    /// Takes one record. Devices, configurations and actions come before the events that name them.
    ///
    /// # Errors
    /// When it can't be written, or contradicts what is there.
    pub fn put(&mut self, record: &LogRecord) -> Result<(), StoreError> {
        match record {
            LogRecord::Device { id, name, parent, created_at_ms } => {
                let parent_number = match parent {
                    Some((parent, _)) => self.device_number(*parent)?,
                    None => None,
                };
                self.writer.tx.execute(
                    "INSERT OR IGNORE INTO device (uuid, name, parent, parent_sequence, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                    (id.0, name, parent_number, parent.and_then(|(_, sequence)| sequence).map(i64_of), created_at_ms),
                )?;
            }
            LogRecord::Config { id, name, json } => {
                self.writer.tx.execute(
                    "INSERT OR IGNORE INTO scheduler_config (hash, name, json) VALUES (?1, ?2, ?3)",
                    (id.0, name, json),
                )?;
            }
            LogRecord::Action(action, first_sequence, events) => {
                let device = self.device_number(action.id.device)?.ok_or_else(|| unknown_device(action.id.device))?;
                self.writer.tx.execute(
                    "INSERT OR IGNORE INTO action (device, number, kind, label, at_ms, offset_min, study_day, hlc, first_sequence, \
                     events) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    (
                        device,
                        i64_of(action.id.number),
                        &action.kind,
                        &action.label,
                        action.at.unix_ms,
                        action.at.offset_min,
                        action.study_day.0,
                        action.hlc.0,
                        i64_of(*first_sequence),
                        i64_of(*events),
                    ),
                )?;
            }
            LogRecord::Event(event) => self.event(event)?,
        }
        Ok(())
    }

    fn device_number(&self, device: DeviceId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .writer
            .tx
            .prepare_cached("SELECT id FROM device WHERE uuid = ?1")?
            .query_row([device.0], |row| row.get(0))
            .optional()?)
    }

    fn event(&mut self, event: &Event) -> Result<(), StoreError> {
        let device = self.device_number(event.id.device)?.ok_or_else(|| unknown_device(event.id.device))?;
        let known: Option<(i64, i64, i64, i64, Option<u8>)> = self
            .writer
            .tx
            .prepare_cached(
                "SELECT hlc, kind, study_day, at_ms, quality FROM event WHERE device = ?1 AND sequence = ?2",
            )?
            .query_row((device, i64_of(event.id.sequence)), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .optional()?;
        if let Some(known) = known {
            let kind = super::columns::kind_code(&event.fact);
            let quality = event.fact.answer().map(|(quality, _)| quality.into());
            if known != (event.hlc.0, kind, event.study_day.0.into(), event.at.unix_ms, quality) {
                return Err(StoreError::Clash(event.id));
            }
            self.known += 1;
            return Ok(());
        }
        let row = match event.card {
            Some(card) => {
                if !self.writer.has_card(card)? {
                    self.stub(card)?;
                }
                // A check-up's answer leaves the state as it is, and no state where there was none.
                if !matches!(event.fact, Fact::Checked { .. }) && self.touched.insert(card) {
                    let reader = Reader::new(&self.writer.tx)?;
                    self.writer.move_sums(&reader, card, &self.was, -1)?;
                }
                CardRow::find(&self.writer.tx, card)?.ok_or(StoreError::NoCard)?.id
            }
            None => 0,
        };
        let config: Option<i64> = match event.config {
            Some(id) => self
                .writer
                .tx
                .prepare_cached("SELECT id FROM scheduler_config WHERE hash = ?1")?
                .query_row([id.0], |row| row.get(0))
                .optional()?,
            None => None,
        };
        self.added += 1;
        self.writer.insert_event(row, event, config)
    }

    /// A place for the history of a card whose text no deck has brought yet.
    fn stub(&mut self, card: CardId) -> Result<(), StoreError> {
        let tx = &self.writer.tx;
        tx.execute(
            "INSERT OR IGNORE INTO deck (name_id, name, namespace, origin, retired) VALUES ('', '', '', 'file', 1)",
            [],
        )?;
        let deck: i64 = tx.query_row("SELECT id FROM deck WHERE name_id = ''", [], |row| row.get(0))?;
        tx.execute(
            "INSERT OR IGNORE INTO note (uid, deck, body, position, siblings, prompt_hash, text_hash, retired, created_device, \
             created_action) VALUES (?1, ?2, '', 0, 0, 0, 0, 1, ?3, ?4)",
            (card.note.0, deck, self.writer.device, i64_of(self.writer.action)),
        )?;
        let (note, deck): (i64, i64) =
            tx.query_row("SELECT id, deck FROM note WHERE uid = ?1", [card.note.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let shuffle = i64_of(crate::core::scheduler::mix(card.hash()) >> 1);
        tx.execute(
            "INSERT INTO card (note, ordinal, deck, shuffle) VALUES (?1, ?2, ?3, ?4)",
            (note, card.ordinal, deck, shuffle),
        )?;
        Ok(())
    }

    /// Folds everything that changed.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(self) -> Result<(u64, u64), StoreError> {
        let reader = Reader::new(&self.writer.tx)?;
        let now = voided(&self.writer.tx, &reader)?;
        for card in &self.touched {
            self.writer.refold(&reader, *card, None, &now)?;
        }
        let mut others = BTreeSet::new();
        for action in self.was.difference(&now) {
            let mut statement = self.writer.tx.prepare_cached(
                &format!(
"SELECT DISTINCT n.uid, c.ordinal FROM device v JOIN action a ON a.device = v.id JOIN event e ON e.device = a.device \
                 AND e.sequence >= a.first_sequence AND e.sequence < a.first_sequence + a.events \
                 JOIN card c ON c.id = e.card JOIN note n ON n.id = c.note WHERE v.uuid = ?1 AND a.number = ?2 \
                 AND e.kind <> {CHECKED}"),
            )?;
            let rows = statement.query_map((action.device.0, i64_of(action.number)), |row| {
                Ok(CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? })
            })?;
            for card in rows {
                others.insert(card?);
            }
        }
        for card in others.difference(&self.touched) {
            self.writer.refold(&reader, *card, Some(&self.was), &now)?;
        }
        Ok((self.added, self.known))
    }
}

fn unknown_device(device: DeviceId) -> StoreError {
    StoreError::Corrupt(format!("the history names a device ({device}) that it does not introduce"))
}
