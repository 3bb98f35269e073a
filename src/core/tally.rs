//! What one event adds to the kept sums.

use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::progress::DayTotals;
use crate::core::progress::Recalls;
use crate::core::scheduler::AnswerKind;
use crate::core::state::CardState;

/// Interval, in days, from which a card is mature. The field's usual 21.
pub const MATURE_DAYS: u32 = 21;

/// What an event adds to the sums of its study day, given the state of its card before it.
#[must_use]
pub fn of_event(before: &CardState, event: &Event) -> DayTotals {
    let mut totals = DayTotals::default();
    match &event.fact {
        Fact::Answered { quality, took } => {
            totals.answers = 1;
            totals.time_ms = u64::from(took.capped().0);
            let kind = AnswerKind::of(before, event.study_day);
            match kind {
                AnswerKind::First => totals.first = 1,
                AnswerKind::Early => totals.early = 1,
                AnswerKind::Review => totals.review = 1,
                AnswerKind::Drill => totals.drill = 1,
            }
            if let (AnswerKind::Early | AnswerKind::Review, Some(memory)) = (kind, &before.memory) {
                let recalls = Recalls { passed: u64::from(quality.passed()), all: 1 };
                if memory.interval.0 >= MATURE_DAYS {
                    totals.mature = recalls;
                } else {
                    totals.young = recalls;
                }
            }
        }
        Fact::Crammed { .. } => totals.crammed = 1,
        Fact::Imported { .. } => totals.imported = 1,
        Fact::Undone { .. }
        | Fact::DueSet
        | Fact::Reset
        | Fact::Suspended
        | Fact::Unsuspended
        | Fact::Buried { .. }
        | Fact::Unburied
        | Fact::Marked
        | Fact::Unmarked
        | Fact::Flagged { .. }
        | Fact::Adopted
        | Fact::Configured
        | Fact::Paused { .. }
        | Fact::Resumed => {}
    }
    totals
}

/// All numbers of the totals, in one fixed order: so that the store can add and take away without naming each.
#[must_use]
pub fn columns(totals: &DayTotals) -> [u64; 12] {
    [
        totals.answers,
        totals.first,
        totals.review,
        totals.early,
        totals.drill,
        totals.young.passed,
        totals.young.all,
        totals.mature.passed,
        totals.mature.all,
        totals.time_ms,
        totals.crammed,
        totals.imported,
    ]
}

/// The totals back from [`columns`].
#[must_use]
pub fn from_columns(numbers: [u64; 12]) -> DayTotals {
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
        time_ms,
        crammed,
        imported,
    ] = numbers;
    DayTotals {
        answers,
        first,
        review,
        early,
        drill,
        young: Recalls { passed: young_passed, all: young_all },
        mature: Recalls { passed: mature_passed, all: mature_all },
        time_ms,
        crammed,
        imported,
    }
}
