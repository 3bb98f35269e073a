//! The caches: a card's state, and the sums that reports are made of.

use crate::core::event::Event;
use crate::core::id::CardId;
use crate::core::mastery::Level;
use crate::core::progress::knowledge::month_ends;
use crate::core::progress::knowledge::recall_millionths;
use crate::core::state::CardState;
use crate::core::tally;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::columns::LAST_COLUMNS;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::i64_of;
use crate::store::columns::whole_state_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

/// A card with what its state and the sums depend on.
pub(super) struct CardRow {
    pub(super) id: i64,
    pub(super) deck: i64,
    pub(super) shuffle: i64,
    pub(super) topic: i64,
    pub(super) position: i64,
    /// Neither retired nor held out: may be asked, unless it is suspended.
    pub(super) askable: bool,
    pub(super) new_position: Option<i64>,
    pub(super) state: CardState,
}

impl CardRow {
    pub(super) fn find(db: &Connection, card: CardId) -> Result<Option<Self>, StoreError> {
        let mut statement = db.prepare_cached(&format!(
            "SELECT c.id, c.deck, c.shuffle, coalesce(n.topic, 0), n.position, \
             n.retired = 0 AND c.retired = 0 AND n.held_out = 0, c.new_position, {STATE_COLUMNS}, {LAST_COLUMNS} \
             FROM note n JOIN card c ON c.note = n.id AND c.ordinal = ?2 \
             LEFT JOIN card_state s ON s.card = c.id WHERE n.uid = ?1"
        ))?;
        let found = statement
            .query_row((card.note.0, card.ordinal), |row| {
                Ok(Self {
                    id: row.get(0)?,
                    deck: row.get(1)?,
                    shuffle: row.get(2)?,
                    topic: row.get(3)?,
                    position: row.get(4)?,
                    askable: row.get(5)?,
                    new_position: row.get(6)?,
                    state: whole_state_of(row, 7)?,
                })
            })
            .optional()?;
        Ok(found)
    }
}

/// What is added to a topic's sums of one month.
#[derive(Debug, Default)]
struct TopicSums {
    answers: i64,
    passed: i64,
    counted: i64,
    time: i64,
    /// Where a card stood at the end of the month, with its chance of recall in millionths.
    level: Option<Level>,
    millionths: i64,
}

impl Writer<'_> {
    /// Writes a card's state, and whether it is offered as new.
    pub(super) fn set_state(&mut self, row: &CardRow, state: &CardState) -> Result<(), StoreError> {
        let memory = state.memory.as_ref();
        let last = match state.last_event {
            Some(id) if id.device == self.device_id => Some((self.device, i64_of(id.sequence))),
            Some(id) => {
                let device = self
                    .tx
                    .prepare_cached("SELECT id FROM device WHERE uuid = ?1")?
                    .query_row([id.device.0], |row| row.get::<_, i64>(0))?;
                Some((device, i64_of(id.sequence)))
            }
            None => None,
        };
        let update = || {
            self.tx
                .prepare_cached(
                    "UPDATE card_state SET deck = ?2, offered = ?3, repetitions = ?4, interval_days = ?5, ease = ?6, \
                     lapses = ?7, last_day = ?8, due = ?9, last_quality = ?10, answers = ?11, suspended = ?12, \
                     buried_until = ?13, marked = ?14, flag = ?15, last_device = ?16, last_sequence = ?17 WHERE card = ?1",
                )?
                .execute(rusqlite::params![
                    row.id,
                    row.deck,
                    row.askable && !state.suspended,
                    memory.map(|m| m.repetitions),
                    memory.map(|m| m.interval.0),
                    memory.map(|m| m.ease.hundredths()),
                    memory.map(|m| m.lapses),
                    memory.map(|m| m.last.0),
                    memory.map(|m| m.due.0),
                    memory.map(|m| u8::from(m.last_quality)),
                    state.answers,
                    state.suspended,
                    state.buried_until.map(|day| day.0),
                    state.marked,
                    state.flag,
                    last.map(|(device, _)| device),
                    last.map(|(_, sequence)| sequence),
                ])
        };
        // Nearly every write is the next answer to a card that has a row: a plain update spares the look for a conflict.
        if update()? == 0 {
            self.tx
                .prepare_cached(
                    "INSERT INTO card_state (card, deck, shuffle, offered, answers, suspended, marked, flag) \
                     VALUES (?1, ?2, ?3, 0, 0, 0, 0, 0)",
                )?
                .execute((row.id, row.deck, row.shuffle))?;
            update()?;
        }
        let new_position = (memory.is_none() && row.askable && !state.suspended).then_some(row.position);
        if new_position != row.new_position {
            self.tx
                .prepare_cached("UPDATE card SET new_position = ?2 WHERE id = ?1")?
                .execute((row.id, new_position))?;
        }
        Ok(())
    }

    /// Adds what an event amounts to, or takes it away (`sign` −1).
    pub(super) fn add_to_sums(
        &mut self,
        row: &CardRow,
        before: &CardState,
        event: &Event,
        sign: i64,
    ) -> Result<(), StoreError> {
        if let Some(ended) = tally::ended(before, event) {
            for end in month_ends(ended.from, ended.to) {
                let millionths = i64_of(recall_millionths(end.since(ended.from), ended.interval));
                let sums = TopicSums { level: Some(ended.level), millionths, ..TopicSums::default() };
                self.add_to_topic(row, end.month(), &sums, sign)?;
            }
        }
        let totals = tally::of_event(before, event);
        let numbers = tally::columns(&totals).map(|number| i64_of(number) * sign);
        if numbers.iter().all(|number| *number == 0) {
            return Ok(());
        }
        let [
            answers,
            first,
            review,
            early,
            drill,
            young_passed,
            young_all,
            mature_passed,
            mature_all,
            time,
            crammed,
            imported,
        ] = numbers;
        let day = event.study_day;
        self.tx
            .prepare_cached(
                "INSERT INTO day_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                 ON CONFLICT (study_day, deck) DO UPDATE SET answers = answers + excluded.answers, \
                 first = first + excluded.first, review = review + excluded.review, early = early + excluded.early, \
                 drill = drill + excluded.drill, young_passed = young_passed + excluded.young_passed, \
                 young_all = young_all + excluded.young_all, mature_passed = mature_passed + excluded.mature_passed, \
                 mature_all = mature_all + excluded.mature_all, time_ms = time_ms + excluded.time_ms, \
                 crammed = crammed + excluded.crammed, imported = imported + excluded.imported",
            )?
            .execute(rusqlite::params![
                day.0,
                row.deck,
                answers,
                first,
                review,
                early,
                drill,
                young_passed,
                young_all,
                mature_passed,
                mature_all,
                time,
                crammed,
                imported
            ])?;
        if answers == 0 {
            return Ok(());
        }
        let sums = TopicSums {
            answers,
            passed: young_passed + mature_passed,
            counted: young_all + mature_all,
            time,
            ..TopicSums::default()
        };
        self.add_to_topic(row, day.month(), &sums, 1)?;
        if let Some((kind, expected, given)) = tally::counts(event) {
            self.tx
                .prepare_cached(
                    "INSERT INTO side_sum (month, deck, kind, expected, given, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                     ON CONFLICT (month, deck, kind, expected, given) DO UPDATE SET count = count + excluded.count",
                )?
                .execute((day.month(), row.deck, kind.name(), expected, given, sign))?;
        }
        if first > 0 {
            self.tx
                .prepare_cached(
                    "UPDATE deck SET last_introduced = ?2 WHERE id = ?1 AND coalesce(last_introduced, -2147483649) < ?2",
                )?
                .execute((row.deck, day.0))?;
        }
        Ok(())
    }

    fn add_to_topic(&self, row: &CardRow, month: i32, sums: &TopicSums, sign: i64) -> Result<(), StoreError> {
        let at = |level| sign * i64::from(sums.level == Some(level));
        self.tx
            .prepare_cached(
                "INSERT INTO topic_sum VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                 ON CONFLICT (deck, topic, month) DO UPDATE SET answers = answers + excluded.answers, \
                 passed = passed + excluded.passed, counted = counted + excluded.counted, time_ms = time_ms + excluded.time_ms, \
                 learning = learning + excluded.learning, familiar = familiar + excluded.familiar, \
                 known = known + excluded.known, mastered = mastered + excluded.mastered, \
                 millionths = millionths + excluded.millionths",
            )?
            .execute((
                row.deck,
                row.topic,
                month,
                sign * sums.answers,
                sign * sums.passed,
                sign * sums.counted,
                sign * sums.time,
                at(Level::Learning),
                at(Level::Familiar),
                at(Level::Known),
                at(Level::Mastered),
                sign * sums.millionths,
            ))?;
        Ok(())
    }

    /// Finds the day of each deck's newest first answer again, after sums were taken away or added out of order.
    pub(super) fn set_last_introduced(&self) -> Result<(), StoreError> {
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
