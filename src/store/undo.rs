//! Taking actions back, and back again. Undo only ever adds to the log.

use crate::core::event::Detail;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::study_day::Timestamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

/// Kinds of action that are no step of the user's here: taking them back would take away the program's own decks, or
/// answers that were given on another device.
/// Following a file changes nothing that undoing could bring back.
const NOT_OURS: [&str; 4] = ["undo", "builtin", "union", "link"];

/// Kinds of action that write no texts: their notes need not be looked for.
const WITHOUT_TEXTS: [&str; 10] =
    ["answer", "bury", "suspend", "mark", "config", "undo", "union", "schedule", "rename", "pause"];

/// An action as `lmq undo --list` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionLine {
    /// Its name.
    pub id: ActionId,
    /// Its kind.
    pub kind: String,
    /// What it was.
    pub label: String,
    /// When.
    pub at: Timestamp,
    /// Cards that its events are about.
    pub cards: u64,
    /// Notes that it made or changed.
    pub notes: u64,
    /// Whether it was taken back.
    pub voided: bool,
}

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Undo {
    /// Cards whose state was made again, those of the named action.
    pub cards: Vec<CardId>,
    /// Notes that stay although the import that brought them was undone, since they were answered.
    pub kept: Vec<String>,
    /// Settings to put back: key, and the value from before (none where it was not set).
    pub settings: Vec<(String, Option<String>)>,
}

fn line(db: &Connection, device: i64, number: i64, kind: &str) -> Result<(u64, u64), StoreError> {
    let cards: i64 = db
        .prepare_cached(
            "SELECT count(DISTINCT e.card) FROM action a JOIN event e ON e.device = a.device \
             AND e.sequence >= a.first_sequence AND e.sequence < a.first_sequence + a.events \
             WHERE a.device = ?1 AND a.number = ?2 AND e.card <> 0",
        )?
        .query_row((device, number), |row| row.get(0))?;
    Ok((u64_of(cards), u64::try_from(notes_of(db, device, number, kind)?.len()).unwrap_or(0)))
}

/// Notes that an action of this kind made or changed. No index: only undoing an import or an edit looks.
fn notes_of(db: &Connection, device: i64, number: i64, kind: &str) -> Result<Vec<i64>, StoreError> {
    if WITHOUT_TEXTS.contains(&kind) {
        return Ok(Vec::new());
    }
    let mut statement = db.prepare_cached(
        "SELECT id FROM note WHERE created_device = ?1 AND created_action = ?2 UNION \
         SELECT note FROM note_version WHERE device = ?1 AND action = ?2",
    )?;
    let rows = statement.query_map((device, number), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Store {
    /// The actions of this device, newest first, at most `most` of them; undos themselves left out.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn actions(&self, most: usize) -> Result<Vec<ActionLine>, StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let Some(device) = self.this_device()? else { return Ok(Vec::new()) };
        let mut statement = self.db.prepare_cached(
            "SELECT number, kind, label, at_ms, offset_min FROM action WHERE device = ?1 ORDER BY number DESC",
        )?;
        let mut rows = statement.query([device])?;
        let mut lines = Vec::new();
        while lines.len() < most
            && let Some(row) = rows.next()?
        {
            let kind: String = row.get(1)?;
            let number: i64 = row.get(0)?;
            let Some(id) = reader.device(device).map(|device| ActionId { device, number: u64_of(number) }) else {
                continue;
            };
            if NOT_OURS.contains(&kind.as_str()) {
                continue;
            }
            let (cards, notes) = line(&self.db, device, number, &kind)?;
            lines.push(ActionLine {
                id,
                kind,
                label: row.get(2)?,
                at: Timestamp { unix_ms: row.get(3)?, offset_min: row.get(4)? },
                cards,
                notes,
                voided: voided.contains(id),
            });
        }
        Ok(lines)
    }

    /// The newest action of this device that counts, of one of `kinds` (of any kind, where that is empty).
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_action(&self, kinds: &[&str]) -> Result<Option<ActionLine>, StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let Some(device) = self.this_device()? else { return Ok(None) };
        let mut statement = self.db.prepare_cached(
            "SELECT number, kind, label, at_ms, offset_min FROM action WHERE device = ?1 ORDER BY number DESC",
        )?;
        let mut rows = statement.query([device])?;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(1)?;
            let number: i64 = row.get(0)?;
            let Some(id) = reader.device(device).map(|device| ActionId { device, number: u64_of(number) }) else {
                continue;
            };
            let wanted = kinds.is_empty() || kinds.contains(&kind.as_str());
            if !wanted || NOT_OURS.contains(&kind.as_str()) || voided.contains(id) {
                continue;
            }
            let (cards, notes) = line(&self.db, device, number, &kind)?;
            let at = Timestamp { unix_ms: row.get(3)?, offset_min: row.get(4)? };
            return Ok(Some(ActionLine { id, kind, label: row.get(2)?, at, cards, notes, voided: false }));
        }
        Ok(None)
    }

    /// The newest undo of this device that counts, and the label of what it took back.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_undo(&self) -> Result<Option<(ActionId, String)>, StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let Some(device) = self.this_device()? else { return Ok(None) };
        let mut statement = self.db.prepare_cached(
            "SELECT a.number, coalesce(t.label, a.label) FROM action a JOIN event e ON e.device = a.device \
             AND e.sequence = a.first_sequence AND e.kind = 3 \
             LEFT JOIN action t ON t.device = e.arg_device AND t.number = e.arg \
             WHERE a.device = ?1 AND a.kind = 'undo' AND coalesce(t.kind, '') <> 'undo' ORDER BY a.number DESC",
        )?;
        let mut rows = statement.query([device])?;
        while let Some(row) = rows.next()? {
            let Some(id) =
                reader.device(device).map(|id| ActionId { device: id, number: u64_of(row.get(0).unwrap_or(0)) })
            else {
                continue;
            };
            if !voided.contains(id) {
                return Ok(Some((id, row.get(1)?)));
            }
        }
        Ok(None)
    }

    fn this_device(&self) -> Result<Option<i64>, StoreError> {
        let Some(id) = self.meta("device")?.as_deref().and_then(crate::core::id::DeviceId::from_hex) else {
            return Ok(None);
        };
        Ok(self.db.query_row("SELECT id FROM device WHERE uuid = ?1", [id.0], |row| row.get(0)).optional()?)
    }
}

impl Writer<'_> {
    /// Takes back an action: an undo of an undo is a redo. States, sums and texts are as if it had never been.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn undo(&mut self, action: ActionId) -> Result<Undo, StoreError> {
        let reader = Reader::new(&self.tx)?;
        let was = voided(&self.tx, &reader)?;
        self.append_fact(Fact::Undone { action }, Detail::default())?;
        // This very action may be the device's first; its number has to be known to the reader.
        let reader = Reader::new(&self.tx)?;
        let now = voided(&self.tx, &reader)?;
        let mut undo = Undo::default();
        let mut cards = BTreeSet::new();
        let mut notes = BTreeSet::new();
        for changed in was.difference(&now) {
            let device: Option<i64> = self
                .tx
                .query_row("SELECT id FROM device WHERE uuid = ?1", [changed.device.0], |row| row.get(0))
                .optional()?;
            let Some(device) = device else { continue };
            let number = i64_of(changed.number);
            {
                let mut statement = self.tx.prepare(
                    "SELECT DISTINCT n.uid, c.ordinal FROM action a JOIN event e ON e.device = a.device \
                     AND e.sequence >= a.first_sequence AND e.sequence < a.first_sequence + a.events \
                     JOIN card c ON c.id = e.card JOIN note n ON n.id = c.note WHERE a.device = ?1 AND a.number = ?2",
                )?;
                let rows = statement.query_map((device, number), |row| {
                    Ok(CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? })
                })?;
                for card in rows {
                    cards.insert(card?);
                }
            }
            let kind: Option<String> = self
                .tx
                .query_row("SELECT kind FROM action WHERE device = ?1 AND number = ?2", (device, number), |row| {
                    row.get(0)
                })
                .optional()?;
            notes.extend(notes_of(&self.tx, device, number, kind.as_deref().unwrap_or("undo"))?);
            let mut statement = self.tx.prepare(
                "SELECT d.extra FROM action a JOIN event e ON e.device = a.device \
                 AND e.sequence >= a.first_sequence AND e.sequence < a.first_sequence + a.events AND e.kind = 15 \
                 JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence WHERE a.device = ?1 AND a.number = ?2",
            )?;
            let rows = statement.query_map((device, number), |row| row.get::<_, Option<String>>(0))?;
            let extras: Vec<Option<String>> = rows.collect::<Result<_, _>>()?;
            drop(statement);
            for extra in extras {
                let Some(change) = extra.and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok()) else {
                    continue;
                };
                let side = if now.contains(changed) { "old" } else { "new" };
                self.put_back(&change, side)?;
                let name = change.get(side).and_then(|name| name.as_str());
                if let (Some(deck), Some(name)) = (change.get("deck").and_then(|deck| deck.as_str()), name) {
                    self.tx.execute("UPDATE deck SET name = ?2 WHERE name_id = ?1", [deck, name])?;
                }
                if let Some(key) = change.get("key").and_then(|key| key.as_str()) {
                    let value = change.get(side).and_then(|value| value.as_str()).map(str::to_owned);
                    undo.settings.push((key.to_owned(), value));
                }
            }
        }
        for card in cards {
            self.refold(&reader, card, Some(&was), &now)?;
            undo.cards.push(card);
        }
        for note in notes {
            undo.kept.extend(self.show_newest(&reader, &now, note)?);
        }
        Ok(undo)
    }
}
