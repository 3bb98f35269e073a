//! Check-ups: the scenes that are kept for them, and the answers that they got.

use crate::core::checkup::Given;
use crate::core::checkup::is_right;
use crate::core::event::Draft;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::study_day::StudyDay;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::CHECKED;
use crate::store::columns::day_of;
use crate::store::columns::fact;
use crate::store::columns::u64_of;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;
use crate::store::review_log::voided_since;
use rusqlite::OptionalExtension as _;

/// A card that is kept for check-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldOut {
    /// The card.
    pub card: CardId,
    /// Whether the program can judge an answer to it.
    pub can_be_judged: bool,
}

impl Store {
    /// The answers of all check-ups that count, in their order.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn checked(&self) -> Result<Vec<Given>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT e.device, e.action, e.hlc, e.study_day, e.quality, e.took_ms, e.arg, n.uid, c.ordinal, c.deck, \
             coalesce(t.title, k.name) FROM event e CROSS JOIN card c ON c.id = e.card JOIN note n ON n.id = c.note \
             JOIN deck k ON k.id = c.deck LEFT JOIN topic t ON t.id = n.topic WHERE e.kind = {CHECKED} ORDER BY e.hlc"
        ))?;
        let mut rows = statement.query([])?;
        let mut answers = Vec::new();
        let mut known = None;
        while let Some(row) = rows.next()? {
            let hlc: i64 = row.get(2)?;
            if known.is_none() {
                // Most databases have no check-up and need neither.
                let reader = Reader::new(&self.db)?;
                let voided = voided_since(&self.db, &reader, hlc)?;
                known = Some((reader, voided));
            }
            let Some((reader, voided)) = &known else { continue };
            let Some(device) = reader.device(row.get(0)?) else { continue };
            let action = ActionId { device, number: u64_of(row.get(1)?) };
            if voided.contains(action) {
                continue;
            }
            let fact = fact(CHECKED, row.get(4)?, row.get(5)?, row.get(6)?, || None);
            let Some(Fact::Checked { quality, took, checkup, last }) = fact else { continue };
            answers.push(Given {
                device,
                number: checkup,
                hlc: Hlc(hlc),
                day: day_of(row.get(3)?),
                card: CardId { note: NoteUid(row.get(7)?), ordinal: row.get(8)? },
                deck: row.get(9)?,
                topic: row.get(10)?,
                right: is_right(quality),
                last,
                took: Millis(took.0),
            });
        }
        Ok(answers)
    }

    /// The device that writes here, and the number that its next check-up gets. Numbers of check-ups that were taken
    /// back are not given again: a redo would mix them up.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn next_checkup(&self) -> Result<(Option<DeviceId>, u32), StoreError> {
        let device = self.meta("device")?.as_deref().and_then(DeviceId::from_hex);
        let newest: Option<i64> = self
            .db
            .prepare_cached(&format!(
                "SELECT max(e.arg / 2) FROM event e CROSS JOIN device d ON d.id = e.device WHERE e.kind = {CHECKED} AND d.uuid = ?1"
            ))?
            .query_row([device.map(|device| device.0)], |row| row.get(0))?;
        let newest = newest.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        Ok((device, newest.saturating_add(1)))
    }

    /// The cards that are kept for check-ups, neither retired nor suspended.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn held_out(&self) -> Result<Vec<HeldOut>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT n.uid, c.ordinal, n.body FROM note n CROSS JOIN card c ON c.note = n.id LEFT JOIN card_state s ON s.card = c.id \
             WHERE n.held_out = 1 AND n.retired = 0 AND c.retired = 0 AND coalesce(s.suspended, 0) = 0",
        )?;
        let mut rows = statement.query([])?;
        let mut cards = Vec::new();
        while let Some(row) = rows.next()? {
            let card = CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? };
            let text = text_of(&row.get::<_, String>(2)?)?;
            cards.push(HeldOut { card, can_be_judged: crate::core::checkup::can_be_judged(&text, card.ordinal) });
        }
        Ok(cards)
    }

    /// The study day of the first answer that counts.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn first_answer_day(&self) -> Result<Option<StudyDay>, StoreError> {
        let first: Option<i64> = self
            .db
            .prepare_cached("SELECT study_day FROM day_sum WHERE answers > 0 ORDER BY study_day LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(first.map(day_of))
    }
}

impl Writer<'_> {
    /// Appends the answer to a check-up scene. It touches neither the card's state nor any sum.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another window has answered the scene in this very check-up; when the card is not
    /// there, or it can't be written.
    pub fn append_checked(&mut self, draft: &Draft) -> Result<(), StoreError> {
        let card = draft.card.ok_or(StoreError::NoCard)?;
        let row = CardRow::find(&self.tx, card)?.ok_or(StoreError::NoCard)?.id;
        if let Fact::Checked { checkup, .. } = &draft.fact {
            let mut statement = self.tx.prepare_cached(&format!(
                "SELECT action FROM event WHERE card = ?1 AND kind = {CHECKED} AND device = ?2 AND arg / 2 = ?3"
            ))?;
            let actions: Vec<i64> =
                statement.query_map((row, self.device, checkup), |row| row.get(0))?.collect::<Result<_, _>>()?;
            if !actions.is_empty() {
                let voided = voided(&self.tx, &Reader::new(&self.tx)?)?;
                let counts =
                    |number: &i64| !voided.contains(ActionId { device: self.device_id, number: u64_of(*number) });
                if actions.iter().any(counts) {
                    return Err(StoreError::Stale);
                }
            }
        }
        let event = self.event_of(draft, None, None);
        self.insert_event(row, &event, None)
    }
}
