//! What one event adds to the kept sums.

use crate::core::event::Asked;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::mastery::Level;
use crate::core::progress::knowledge::LastGrade;
use crate::core::scheduler::AnswerKind;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::totals::Counted;
use crate::core::totals::DayTotals;
use crate::core::totals::MATURE_DAYS;
use crate::core::totals::Recalls;

/// What an event adds to the sums of its study day, given the state of its card before it.
#[must_use]
pub fn of_event(before: &CardState, event: &Event) -> DayTotals {
    let mut totals = DayTotals::default();
    match &event.kind {
        EventKind::Answered { quality, took } => {
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
        EventKind::Crammed { .. } => totals.crammed = 1,
        EventKind::Imported { .. } => totals.imported = 1,
        EventKind::Rescheduled
        | EventKind::Reset
        | EventKind::Restarted
        | EventKind::Suspended
        | EventKind::Unsuspended
        | EventKind::Buried { .. }
        | EventKind::Unburied
        | EventKind::Marked
        | EventKind::Unmarked
        | EventKind::Flagged { .. }
        | EventKind::Adopted
        | EventKind::Checked { .. } => {}
    }
    totals
}

/// What the names of two sides stand between in the name of a pair.
const PAIR: &str = " / ";

/// What was taken for what, if an answer tells: a kind of count, what was right, and what was given.
#[must_use]
pub fn counts(event: &Event) -> Option<(Counted, String, String)> {
    if matches!(event.kind, EventKind::Answered { .. }) { confusion(&event.detail) } else { None }
}

/// What was right and what was given, where the answer was one of a few or was typed.
#[must_use]
pub fn confusion(detail: &Detail) -> Option<(Counted, String, String)> {
    let words = || Some((detail.expected.clone()?, detail.response.clone()?));
    match detail.asked? {
        Asked::Type => {
            let given = match detail.suggested? {
                Quality::Q4 | Quality::Q5 => "right",
                Quality::Q3 => "near",
                Quality::Q0 | Quality::Q1 | Quality::Q2 => "wrong",
            };
            Some((Counted::Typed, String::new(), given.to_owned()))
        }
        Asked::Sort => words().map(|(expected, given)| (Counted::Sides, expected, given)),
        Asked::Choose => words().map(|(expected, given)| {
            let kind = if detail.speakers {
                Counted::Speakers
            } else if expected.contains(PAIR) && given.contains(PAIR) {
                Counted::Pairs
            } else {
                Counted::Choices
            };
            (kind, expected, given)
        }),
        Asked::List | Asked::Order => None,
    }
}

/// A state of a card that an event ended: at the ends of months in its span, what the card was worth is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The answer that made it.
    pub last: LastGrade,
    /// The day of the event.
    pub to: StudyDay,
    /// Its level.
    pub level: Level,
}

/// The state that an event ended, if it ended one that had outlasted its day.
#[must_use]
pub fn ended(before: &CardState, event: &Event) -> Option<Ended> {
    let ends = matches!(event.kind, EventKind::Answered { .. } | EventKind::Reset);
    before.memory.as_ref().filter(|memory| ends && memory.last < event.study_day).map(|memory| Ended {
        last: LastGrade::of(memory),
        to: event.study_day,
        level: Level::of(Some(memory)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(asked: Asked, expected: &str, response: &str) -> Detail {
        Detail {
            asked: Some(asked),
            expected: Some(expected.to_owned()),
            response: Some(response.to_owned()),
            ..Detail::default()
        }
    }

    #[test]
    fn what_was_taken_for_what_is_counted_apart_by_what_it_was() {
        let speakers = Detail { speakers: true, ..detail(Asked::Choose, "Ann", "Bob") };
        let typed =
            |suggested| Detail { suggested: Some(suggested), expected: None, ..detail(Asked::Type, "", "ledaer") };
        for (detail, kind, given) in [
            (detail(Asked::Sort, "leader", "both"), Some(Counted::Sides), "both"),
            (detail(Asked::Choose, "future / present", "ideas / system"), Some(Counted::Pairs), "ideas / system"),
            (detail(Asked::Choose, "empathy", "integrity"), Some(Counted::Choices), "integrity"),
            (speakers, Some(Counted::Speakers), "Bob"),
            (typed(Quality::Q4), Some(Counted::Typed), "right"),
            (typed(Quality::Q3), Some(Counted::Typed), "near"),
            (typed(Quality::Q1), Some(Counted::Typed), "wrong"),
            (detail(Asked::Order, "a", "b"), None, ""),
            (Detail::default(), None, ""),
        ] {
            let found = confusion(&detail);
            assert_eq!(found.as_ref().map(|(kind, _, _)| *kind), kind, "{detail:?}");
            assert!(found.is_none_or(|(_, _, found)| found == given));
        }
    }
}
