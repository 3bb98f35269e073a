//! Core's types in the log's columns. Core itself knows of no database.

use crate::core::event::After;
use crate::core::event::Detail;
use crate::core::event::Fact;
use crate::core::grade::Quality;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::Millis;
use rusqlite::Row;

/// Numbers of the kinds of events. Fixed for ever: they are in the log.
pub(super) const ANSWERED: i64 = 1;
pub(super) const UNDONE: i64 = 3;
pub(super) const DUE_SET: i64 = 4;
pub(super) const RESET: i64 = 5;
pub(super) const ADOPTED: i64 = 14;
pub(super) const PAUSED: i64 = 17;
pub(super) const RESUMED: i64 = 18;

/// The log's number of a fact.
pub(super) fn kind_code(fact: &Fact) -> i64 {
    match fact {
        Fact::Answered { .. } => ANSWERED,
        Fact::Crammed { .. } => 2,
        Fact::Undone { .. } => UNDONE,
        Fact::DueSet => DUE_SET,
        Fact::Reset => RESET,
        Fact::Suspended => 6,
        Fact::Unsuspended => 7,
        Fact::Buried { .. } => 8,
        Fact::Unburied => 9,
        Fact::Marked => 10,
        Fact::Unmarked => 11,
        Fact::Flagged { .. } => 12,
        Fact::Imported { .. } => 13,
        Fact::Adopted => ADOPTED,
        Fact::Configured => 15,
        Fact::Paused { .. } => PAUSED,
        Fact::Resumed => RESUMED,
    }
}

/// A fact from its number and the columns that it uses; `None` for a kind that this program does not know.
pub(super) fn fact(
    kind: i64,
    quality: Option<i64>,
    took_ms: Option<i64>,
    arg: Option<i64>,
    undone: impl FnOnce() -> Option<crate::core::id::ActionId>,
) -> Option<Fact> {
    let quality = quality.and_then(quality_of);
    let took = Millis(u32::try_from(took_ms.unwrap_or(0)).unwrap_or(u32::MAX));
    Some(match kind {
        ANSWERED => Fact::Answered { quality: quality?, took },
        2 => Fact::Crammed { quality: quality?, took },
        UNDONE => Fact::Undone { action: undone()? },
        DUE_SET => Fact::DueSet,
        RESET => Fact::Reset,
        6 => Fact::Suspended,
        7 => Fact::Unsuspended,
        8 => Fact::Buried { until: day_of(arg?) },
        9 => Fact::Unburied,
        10 => Fact::Marked,
        11 => Fact::Unmarked,
        12 => Fact::Flagged { flag: u8::try_from(arg?).ok()? },
        13 => Fact::Imported { quality: quality?, took },
        ADOPTED => Fact::Adopted,
        15 => Fact::Configured,
        PAUSED => Fact::Paused { until: day_of(arg?) },
        RESUMED => Fact::Resumed,
        _ => return None,
    })
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

/// An event's after-state from seven columns that begin at `first`.
pub(super) fn after_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Option<After>> {
    let Some(repetitions) = row.get::<_, Option<i64>>(first)? else { return Ok(None) };
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset).map(Option::unwrap_or_default);
    Ok(Some(After {
        repetitions: u32_of(repetitions),
        interval: Days(u32_of(number(1)?)),
        ease: Ease::from_hundredths(u32_of(number(2)?)),
        lapses: u32_of(number(3)?),
        due: day_of(number(4)?),
        last_quality: quality_of(number(5)?).unwrap_or(Quality::Q0),
    }))
}

/// The columns of `card_state` that [`state_of`] reads, in its order.
pub(super) const STATE_COLUMNS: &str = "s.repetitions, s.interval_days, s.ease, s.lapses, s.due, s.last_quality, \
     s.last_day, s.answers, s.suspended, s.buried_until, s.marked, s.flag";

/// The columns of the last event, after those of the state, for [`whole_state_of`].
pub(super) const LAST_COLUMNS: &str = "(SELECT uuid FROM device WHERE id = s.last_device), s.last_sequence";

/// Reads [`STATE_COLUMNS`] and then [`LAST_COLUMNS`] from column `first` on.
pub(super) fn whole_state_of(row: &Row<'_>, first: usize) -> rusqlite::Result<CardState> {
    let last: Option<([u8; 16], i64)> = row.get::<_, Option<_>>(first + 12)?.zip(row.get(first + 13)?);
    let last_event = last.map(|(device, sequence)| EventId { device: DeviceId(device), sequence: u64_of(sequence) });
    Ok(CardState { last_event, ..state_of(row, first)? })
}

/// Reads [`STATE_COLUMNS`] from column `first` on, and leaves the last event out. A left join without a row is the
/// state of an untouched card.
pub(super) fn state_of(row: &Row<'_>, first: usize) -> rusqlite::Result<CardState> {
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    let memory: Option<Memory> = match (after_of(row, first)?, number(6)?) {
        (Some(after), Some(last)) => Some(after.memory(day_of(last))),
        _ => None,
    };
    Ok(CardState {
        memory,
        answers: u32_of(number(7)?.unwrap_or(0)),
        suspended: number(8)? == Some(1),
        buried_until: number(9)?.map(day_of),
        marked: number(10)? == Some(1),
        flag: u8::try_from(number(11)?.unwrap_or(0)).unwrap_or(0),
        last_event: None,
    })
}

/// A detail from the columns asked, response, expected, suggested, guessed, variant, extra, beginning at `first`.
pub(super) fn detail_of(row: &Row<'_>, first: usize) -> rusqlite::Result<Detail> {
    Ok(Detail {
        asked: row.get(first)?,
        response: row.get(first + 1)?,
        expected: row.get(first + 2)?,
        suggested: row.get::<_, Option<i64>>(first + 3)?.and_then(quality_of),
        guessed: row.get::<_, Option<i64>>(first + 4)? == Some(1),
        variant: row.get::<_, Option<i64>>(first + 5)?.map(u32_of),
        extra: row.get(first + 6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::ActionId;

    #[test]
    fn the_numbers_of_kinds_are_those_of_the_data_model() {
        let page = include_str!("../../docs/data-model.md");
        let undone = || Some(ActionId { device: DeviceId([0; 16]), number: 1 });
        let mut written = Vec::new();
        for kind in 0..1000 {
            let Some(fact) = fact(kind, Some(4), Some(0), Some(1), undone) else { continue };
            assert_eq!(kind_code(&fact), kind);
            written.push(format!("| {kind} | `{}` |", fact.name()));
        }
        let numbered = |line: &&str| line.split('|').nth(1).is_some_and(|cell| cell.trim().parse::<i64>().is_ok());
        let in_page: Vec<String> = page
            .lines()
            .filter(numbered)
            .map(|line| line.split('|').take(3).collect::<Vec<_>>().join("|") + "|")
            .collect();
        assert_eq!(in_page, written);
    }
}
