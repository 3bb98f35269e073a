//! Core's types in the database's columns. Core itself knows of no database.

use crate::core::compare::answer::Weights;
use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::id::quick64;
use crate::core::log::AnswerWords;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::units::Millis;
use crate::store::Fault;
use rusqlite::Row;

/// Codes of event kinds that statements name. The test below holds them to core's.
pub(super) const ANSWERED: u8 = 1;
pub(super) const CRAMMED: u8 = 2;
pub(super) const RESCHEDULED: u8 = 3;
pub(super) const RESET: u8 = 4;
pub(super) const IMPORTED: u8 = 12;
pub(super) const ADOPTED: u8 = 13;
pub(super) const RESTARTED: u8 = 14;
pub(super) const CHECKED: u8 = 15;

/// Codes of fact kinds that statements name.
pub(super) const BROUGHT: u8 = 1;
pub(super) const DELETED: u8 = 9;
pub(super) const EDITED: u8 = 4;
pub(super) const PLACED: u8 = 8;
pub(super) const ALIASED: u8 = 12;
pub(super) const UNDONE: u8 = 17;
pub(super) const CONFIGURED: u8 = 18;
pub(super) const PAUSED: u8 = 19;
pub(super) const RESUMED: u8 = 20;
pub(super) const ERASED: u8 = 21;
pub(super) const TOOK_OVER: u8 = 22;
pub(super) const TRIED: u8 = 23;

/// Bits of an entry's id that hold its sequence; the device's number is above them.
const SEQUENCE_BITS: u32 = 32;
/// Bits of a card's number that hold its ordinal; the note's number is above them.
pub(super) const ORDINAL_BITS: u32 = 9;
/// The highest ordinal that a card can have.
pub(super) const MOST_ORDINAL: u16 = (1 << ORDINAL_BITS) - 1;

/// The local id of an entry.
pub(super) fn entry_id(device: i64, sequence: u64) -> i64 {
    device << SEQUENCE_BITS | i64_of(sequence)
}

/// The number of the device of an entry, and its sequence.
pub(super) fn entry_parts(id: i64) -> (i64, u64) {
    (id >> SEQUENCE_BITS, u64_of(id & ((1 << SEQUENCE_BITS) - 1)))
}

/// The ids that entries of a device can have.
pub(super) fn entries_of_device(device: i64) -> (i64, i64) {
    (device << SEQUENCE_BITS, (device << SEQUENCE_BITS) | ((1 << SEQUENCE_BITS) - 1))
}

/// The local number of a card.
pub(super) fn card_number(note: i64, ordinal: u16) -> i64 {
    note << ORDINAL_BITS | i64::from(ordinal & MOST_ORDINAL)
}

/// The number of the note of a card, and its ordinal.
pub(super) fn card_parts(card: i64) -> (i64, u16) {
    (card >> ORDINAL_BITS, u16::try_from(card & i64::from(MOST_ORDINAL)).unwrap_or(0))
}

/// What stands for a tag where topics have their numbers: below 0, and the same in every database. Short, since it stands in
/// every row of a note without a topic.
pub(super) fn tag_number(tag: &str) -> i64 {
    -1 - i64_of(quick64(tag.as_bytes()) >> 17)
}

/// The card of that number, whose note has that uid.
pub(super) fn card_of(card: i64, uid: [u8; 16]) -> CardId {
    CardId { note: NoteUid(uid), ordinal: card_parts(card).1 }
}

pub(super) fn quality_of(number: i64) -> Option<Quality> {
    u8::try_from(number).ok().and_then(|number| Quality::try_from(number).ok())
}

pub(super) fn day_of(number: i64) -> StudyDay {
    StudyDay(i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX }))
}

pub(super) fn u32_of(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

pub(super) fn u64_of(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn i64_of(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A hash as SQLite holds it: the same 64 bits, signed.
pub(super) fn hash_bits(hash: u64) -> i64 {
    hash.cast_signed()
}

/// The columns of `note.ordinals`: null stands for one card of ordinal 1.
pub(super) fn ordinals_of(column: Option<&str>) -> Result<Vec<u16>, Fault> {
    match column {
        None => Ok(vec![1]),
        Some(json) => serde_json::from_str(json)
            .map_err(|error| Fault::Corrupt(format!("the cards of a note can't be read: {error}"))),
    }
}

/// What [`ordinals_of`] reads.
pub(super) fn ordinals_column(ordinals: &[u16]) -> Option<String> {
    (ordinals != [1]).then(|| serde_json::to_string(ordinals).unwrap_or_default())
}

/// The column `deck.sequence`: null stands for none.
pub(super) fn sequence_of(column: Option<String>) -> Result<Vec<String>, Fault> {
    column.map_or(Ok(Vec::new()), |json| {
        serde_json::from_str(&json)
            .map_err(|error| Fault::Corrupt(format!("the sequence of a deck can't be read: {error}")))
    })
}

/// What [`sequence_of`] reads.
pub(super) fn sequence_column(sequence: &[String]) -> Option<String> {
    (!sequence.is_empty()).then(|| serde_json::to_string(sequence).unwrap_or_default())
}

/// The column `deck.weights`: null stands for none.
pub(super) fn weights_of(column: Option<String>) -> Result<Weights, Fault> {
    column.map_or(Ok(Weights::default()), |json| {
        serde_json::from_str(&json)
            .map_err(|error| Fault::Corrupt(format!("what counts in the answers of a deck can't be read: {error}")))
    })
}

/// What [`weights_of`] reads.
pub(super) fn weights_column(weights: Weights) -> Option<String> {
    (!weights.is_empty()).then(|| serde_json::to_string(&weights).unwrap_or_default())
}

/// An event's kind from its columns.
pub(super) fn kind_of(code: i64, quality: Option<i64>, took_ms: Option<i64>, arg: Option<i64>) -> Option<EventKind> {
    let took = Millis(u32_of(took_ms.unwrap_or(0)));
    EventKind::from_parts(u8::try_from(code).ok()?, quality.and_then(quality_of), took, arg)
}

/// The columns of `day_sum`, in the order in which statements have them: a macro, so that whole statements are constants.
macro_rules! day_sum_columns {
    () => {
        "study_day, deck, answers, first, review, early, drill, young_passed, young_all, mature_passed, mature_all, \
         time_ms, crammed, imported"
    };
}
pub(super) use day_sum_columns;

/// The same of `topic_sum`.
macro_rules! topic_sum_columns {
    () => {
        "deck, topic, month, answers, passed, counted, time_ms, learning, familiar, known, mastered, millionths"
    };
}
pub(super) use topic_sum_columns;

/// The columns of a memory, in the order of [`Memory::numbers`], prefixed by `$table`: a macro, so that whole statements
/// are constants.
macro_rules! memory_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".repetitions, ",
            $table,
            ".interval_days, ",
            $table,
            ".lapses, ",
            $table,
            ".last_day, ",
            $table,
            ".due, ",
            $table,
            ".last_quality, ",
            $table,
            ".ease, ",
            $table,
            ".stability, ",
            $table,
            ".difficulty"
        )
    };
}

/// The columns of `event_memory m` that [`memory_of`] reads.
pub(super) const MEMORY_COLUMNS: &str = memory_columns!("m");

/// Reads nine columns of a memory from `first` on; `None` where there is none.
pub(super) fn memory_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<Memory>> {
    let mut numbers = [None; 9];
    for (offset, number) in numbers.iter_mut().enumerate() {
        *number = row.get(first + offset)?;
    }
    Ok(Memory::from_numbers(numbers))
}

/// The columns of `card_state s` that [`state_of`] reads, in its order: sixteen, and the memory's nine first.
pub(super) const STATE_COLUMNS: &str =
    concat!(memory_columns!("s"), ", s.answers, s.suspended, s.buried_until, s.marked, s.flag, s.config, s.last");

/// Reads [`STATE_COLUMNS`] from column `first` on, and leaves the configuration and the last event out: a
/// [`Reader`](crate::store::review_log::Reader) knows their names. A left join without a row is the state of an untouched card.
pub(super) fn state_of(row: &Row<'_>, first: usize) -> rusqlite::Result<CardState> {
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    Ok(CardState {
        memory: memory_of(row, first)?,
        config: None,
        answers: u32_of(number(9)?.unwrap_or(0)),
        suspended: number(10)? == Some(1),
        buried_until: number(11)?.map(day_of),
        marked: number(12)? == Some(1),
        flag: u8::try_from(number(13)?.unwrap_or(0)).unwrap_or(0),
        last_event: None,
    })
}

/// The columns of `event_detail d` that [`detail_of`] reads, with its text as the last one.
pub(super) const DETAIL_COLUMNS: &str = "d.asked, d.suggested, d.guessed, d.variant, d.speakers, d.form, d.confidence, \
     d.due_offset_min, d.program, d.foreign_id, x.body";

/// How many columns [`DETAIL_COLUMNS`] are.
pub(super) const DETAIL_WIDTH: usize = 11;

/// A detail from [`DETAIL_COLUMNS`], beginning at `first`.
pub(super) fn detail_of(row: &Row<'_>, first: usize) -> Result<Detail, Fault> {
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    let words = match row.get_ref(first + 10)?.as_str_or_null().map_err(rusqlite::Error::from)? {
        Some(body) => serde_json::from_str(body)
            .map_err(|error| Fault::Corrupt(format!("what was answered can't be read: {error}")))?,
        None => AnswerWords::default(),
    };
    Ok(Detail {
        asked: number(0)?.and_then(|code| Asked::of_code(u8::try_from(code).ok()?)),
        response: words.response,
        expected: words.expected,
        suggested: number(1)?.and_then(quality_of),
        guessed: number(2)? == Some(1),
        variant: number(3)?.map(u32_of),
        speakers: number(4)? == Some(1),
        form: number(5)?.map(u32_of),
        confidence: number(6)?.and_then(|number| u8::try_from(number).ok()),
        due_offset_min: number(7)?.and_then(|number| i32::try_from(number).ok()),
        foreign: match (row.get::<_, Option<String>>(first + 8)?, number(9)?) {
            (Some(program), Some(id)) => Some(Foreign { program, id }),
            _ => None,
        },
    })
}

/// A text column without a copy of it.
pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, Fault> {
    row.get_ref(column)?
        .as_str_or_null()
        .map_err(|error| Fault::Corrupt(format!("a text in the database is none: {error}")))
}

/// The same for the words of a note. What is not UTF-8 is damage, and no words that anybody can read.
pub(super) fn words<'r>(row: &'r Row<'_>, column: usize) -> Result<Option<&'r str>, Fault> {
    let bytes = row.get_ref(column)?.as_bytes_or_null().map_err(rusqlite::Error::from)?;
    Ok(bytes.map(|bytes| std::str::from_utf8(bytes).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::fact::Fact;

    #[test]
    fn the_codes_that_statements_name_are_cores() {
        let took = Millis(0);
        let quality = Quality::Q4;
        assert_eq!(EventKind::Answered { quality, took }.code(), ANSWERED);
        assert_eq!(EventKind::Crammed { quality, took }.code(), CRAMMED);
        assert_eq!(EventKind::Rescheduled.code(), RESCHEDULED);
        assert_eq!(EventKind::Reset.code(), RESET);
        assert_eq!(EventKind::Imported { quality, took }.code(), IMPORTED);
        assert_eq!(EventKind::Adopted.code(), ADOPTED);
        assert_eq!(EventKind::Restarted.code(), RESTARTED);
        assert_eq!(EventKind::Checked { quality, took, checkup: 0, last: false }.code(), CHECKED);
        let note = NoteUid([0; 16]);
        let deck = String::new;
        assert_eq!(Fact::Brought { note, deck: deck(), position: 0, edition: 0 }.code(), BROUGHT);
        assert_eq!(Fact::Deleted { note }.code(), DELETED);
        assert_eq!(Fact::Edited { note }.code(), EDITED);
        assert_eq!(Fact::Placed { note, deck: deck(), position: None }.code(), PLACED);
        assert_eq!(Fact::Aliased { alias: note, note }.code(), ALIASED);
        assert_eq!(Fact::Configured.code(), CONFIGURED);
        assert_eq!(Fact::Erased { what: crate::core::fact::Erasure::Note(note) }.code(), ERASED);
        assert_eq!(Fact::Resumed.code(), RESUMED);
        assert_eq!(Fact::Paused { until: StudyDay(0) }.code(), PAUSED);
        assert_eq!(Fact::Tried { deck: String::new(), tried: crate::core::tried::Tried::Yes }.code(), TRIED);
        let device = crate::core::id::DeviceId([0; 16]);
        let action = crate::core::id::ActionId { device, number: 1 };
        assert_eq!(Fact::Undone { action, mark: None }.code(), UNDONE);
        let chain = crate::core::fact::ChainHash([0; 16]);
        assert_eq!(Fact::TookOver { device, from: 1, to: 1, chain }.code(), TOOK_OVER);
    }

    #[test]
    fn entries_and_cards_come_back_from_their_numbers() {
        assert_eq!(entry_parts(entry_id(3, 77)), (3, 77));
        let (first, last) = entries_of_device(3);
        assert!(first < entry_id(3, 1) && entry_id(3, u64::from(u32::MAX)) == last && last < entry_id(4, 1));
        assert_eq!(card_parts(card_number(12, 5)), (12, 5));
        assert_eq!(ordinals_of(ordinals_column(&[1]).as_deref()).unwrap(), [1]);
        assert_eq!(ordinals_of(ordinals_column(&[2, 300]).as_deref()).unwrap(), [2, 300]);
    }
}
