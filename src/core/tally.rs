//! What one event adds to the kept sums.

use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::grade::Quality;
use crate::core::mastery::Level;
use crate::core::progress::Counted;
use crate::core::progress::DayTotals;
use crate::core::progress::Recalls;
use crate::core::scheduler::AnswerKind;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;

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
        | Fact::Restarted
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
        | Fact::Resumed
        | Fact::Checked { .. } => {}
    }
    totals
}

/// What says in an event's detail that the choices were speakers.
pub const SPEAKERS: &str = r#"{"choices":"speakers"}"#;

/// What the names of two sides stand between in the name of a pair.
const PAIR: &str = " / ";

/// What was taken for what, if an answer tells: a kind of count, what was right, and what was given.
#[must_use]
pub fn counts(event: &Event) -> Option<(Counted, String, String)> {
    if matches!(event.fact, Fact::Answered { .. }) { confusion(&event.detail) } else { None }
}

/// What was right and what was given, where the answer was one of a few or was typed.
#[must_use]
pub fn confusion(detail: &Detail) -> Option<(Counted, String, String)> {
    let asked = detail.asked.as_deref()?;
    if asked == "type" {
        let given = match detail.suggested? {
            Quality::Q4 | Quality::Q5 => "right",
            Quality::Q3 => "near",
            Quality::Q0 | Quality::Q1 | Quality::Q2 => "wrong",
        };
        return Some((Counted::Typed, String::new(), given.to_owned()));
    }
    let (expected, given) = (detail.expected.clone()?, detail.response.clone()?);
    let kind = match asked {
        "sort" => Counted::Sides,
        "choose" if detail.extra.as_deref() == Some(SPEAKERS) => Counted::Speakers,
        "choose" if expected.contains(PAIR) && given.contains(PAIR) => Counted::Pairs,
        "choose" => Counted::Choices,
        _ => return None,
    };
    Some((kind, expected, given))
}

/// A state of a card that an event ended: at the ends of months in its span, what the card was worth is final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The day of the answer that made it.
    pub from: StudyDay,
    /// The day of the event.
    pub to: StudyDay,
    /// Its interval.
    pub interval: Days,
    /// Its level.
    pub level: Level,
}

/// The state that an event ended, if it ended one that had outlasted its day.
#[must_use]
pub fn ended(before: &CardState, event: &Event) -> Option<Ended> {
    let ends = matches!(event.fact, Fact::Answered { .. } | Fact::Reset);
    before.memory.as_ref().filter(|memory| ends && memory.last < event.study_day).map(|memory| Ended {
        from: memory.last,
        to: event.study_day,
        interval: memory.interval,
        level: Level::of(Some(memory)),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(asked: &str, expected: &str, response: &str) -> Detail {
        Detail {
            asked: Some(asked.to_owned()),
            expected: Some(expected.to_owned()),
            response: Some(response.to_owned()),
            ..Detail::default()
        }
    }

    #[test]
    fn what_was_taken_for_what_is_counted_apart_by_what_it_was() {
        let speakers = Detail { extra: Some(SPEAKERS.to_owned()), ..detail("choose", "Ann", "Bob") };
        let typed = |suggested| Detail { suggested: Some(suggested), expected: None, ..detail("type", "", "ledaer") };
        for (detail, kind, given) in [
            (detail("sort", "leader", "both"), Some(Counted::Sides), "both"),
            (detail("choose", "future / present", "ideas / system"), Some(Counted::Pairs), "ideas / system"),
            (detail("choose", "empathy", "integrity"), Some(Counted::Choices), "integrity"),
            (speakers, Some(Counted::Speakers), "Bob"),
            (typed(Quality::Q4), Some(Counted::Typed), "right"),
            (typed(Quality::Q3), Some(Counted::Typed), "near"),
            (typed(Quality::Q1), Some(Counted::Typed), "wrong"),
            (detail("order", "a", "b"), None, ""),
            (Detail::default(), None, ""),
        ] {
            let found = confusion(&detail);
            assert_eq!(found.as_ref().map(|(kind, _, _)| *kind), kind, "{detail:?}");
            assert!(found.is_none_or(|(_, _, found)| found == given));
        }
    }
}
