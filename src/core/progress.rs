//! What a history amounts to: sums by day, by topic and by side, and what they mean.

use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;

/// Recalls out of answers that count for retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recalls {
    /// Answers of 3 and above.
    pub passed: u64,
    /// All of them.
    pub all: u64,
}

/// The sums of one study day, over the decks asked for. The store keeps them; `doctor` can make them again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayTotals {
    /// All unvoided answers, repeats included.
    pub answers: u64,
    /// First answers of a card.
    pub first: u64,
    /// Answers on or after the due day.
    pub review: u64,
    /// Answers before the due day.
    pub early: u64,
    /// Same-day repeats.
    pub drill: u64,
    /// True retention of cards whose interval before the answer was under 21 days.
    pub young: Recalls,
    /// True retention of cards whose interval before the answer was 21 days or more.
    pub mature: Recalls,
    /// Time of all answers, at most 60 s each, in milliseconds.
    pub time_ms: u64,
    /// Answers in cram mode: they change nothing and count nowhere else.
    pub crammed: u64,
    /// Answers given in another program before.
    pub imported: u64,
}

/// The sums of one topic over a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TopicTotals {
    /// Its title for people.
    pub title: String,
    /// The deck that it belongs to.
    pub deck: String,
    /// All unvoided answers, repeats included.
    pub answers: u64,
    /// True retention: first answers and repeats left out.
    pub recalls: Recalls,
    /// Time, at most 60 s an answer, in milliseconds.
    pub time_ms: u64,
}

/// How often, in a period, one side of the sort cards was taken for another (or rightly for itself).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SideTotals {
    /// The right side.
    pub expected: String,
    /// The side that was chosen.
    pub given: String,
    /// How often.
    pub count: u64,
}

/// Everything that a report is computed from, as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The study day of the report.
    pub today: StudyDay,
    /// First day of the period asked for; `None` for the beginning.
    pub since: Option<StudyDay>,
    /// Last day of the period asked for, inclusive; `None` for today.
    pub until: Option<StudyDay>,
    /// Sums by day, ascending, over the whole history (a streak may begin before the period), days without answers left out.
    pub days: Vec<(StudyDay, DayTotals)>,
    /// Sums by topic over the period.
    pub topics: Vec<TopicTotals>,
    /// Sort cards over the period.
    pub sides: Vec<SideTotals>,
    /// Cards by state, today.
    pub states: Vec<(StateWord, u64)>,
    /// Cards with an interval under 21 days and of 21 days or more; suspended ones left out.
    pub young_and_mature: (u64, u64),
    /// Cards that are leeches.
    pub leeches: u64,
    /// Answered, unsuspended cards by due day, ascending.
    pub due: Vec<(StudyDay, u64)>,
    /// Sum over those cards of 1 / max(1, interval), in thousandths of a review a day.
    pub daily_load_milli: u64,
}
