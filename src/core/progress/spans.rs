//! Answers summed by day, week, month or year, whichever is the finest that still fits on a page.

use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use crate::core::totals::DayTotals;
use chrono::Datelike as _;
use chrono::NaiveDate;

/// The most spans that answers are summed into: days while there are no more of them, then weeks, months, years.
pub const MOST_SPANS: i64 = 92;

/// What answers are summed by, so that a long history still fits on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granularity {
    /// Study days.
    Day,
    /// Weeks that begin on Monday.
    Week,
    /// Calendar months.
    Month,
    /// Calendar years.
    Year,
}

impl Granularity {
    /// The finest step of which a period of so many days has few enough.
    fn for_days(days: i64) -> Self {
        if days <= MOST_SPANS {
            Self::Day
        } else if days <= MOST_SPANS * 7 {
            Self::Week
        } else if days <= MOST_SPANS * 30 {
            Self::Month
        } else {
            Self::Year
        }
    }

    /// The first day of the span that holds `day`.
    pub(super) fn first_day(self, day: StudyDay) -> StudyDay {
        let date = day.date();
        match self {
            Self::Day => day,
            // 1970-01-01 was a Thursday.
            Self::Week => day.plus(-(i64::from(day.0) + 3).rem_euclid(7)),
            Self::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1).map_or(day, StudyDay::from_date),
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1).map_or(day, StudyDay::from_date),
        }
    }

    /// The first day of the span after the one that begins on `first`.
    pub(super) fn next(self, first: StudyDay) -> StudyDay {
        match self {
            Self::Day => first.plus(1),
            Self::Week => first.plus(7),
            Self::Month => self.first_day(first.plus(31)),
            Self::Year => self.first_day(first.plus(366)),
        }
    }
}

/// The answers of one day, week, month or year, as far as it lies in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The day that it begins on; may lie before the period, whose days alone are summed.
    pub first: StudyDay,
    /// The sums.
    pub totals: DayTotals,
}

/// Sums the answers of the period by the finest step that keeps the spans few.
pub(super) fn spans(days: &[(StudyDay, DayTotals)], period: Period) -> (Granularity, Vec<Span>) {
    let Some((beginning, _)) = days.first() else {
        return (Granularity::Day, Vec::new());
    };
    let start = period.from.max(*beginning);
    let step = Granularity::for_days(period.to.since(start).saturating_add(1));
    let earliest = match step {
        Granularity::Day | Granularity::Week | Granularity::Month => start,
        Granularity::Year => start.max(period.to.plus(-366 * (MOST_SPANS - 1))),
    };
    let mut spans = Vec::new();
    let mut first = step.first_day(earliest);
    while first <= period.to {
        spans.push(Span { first, totals: DayTotals::default() });
        let next = step.next(first);
        if next <= first {
            break;
        }
        first = next;
    }
    for (day, sum) in days.iter().filter(|(day, _)| period.holds(*day)) {
        let place = spans.partition_point(|span| span.first <= *day);
        if let Some(span) = place.checked_sub(1).and_then(|index| spans.get_mut(index)) {
            span.totals = span.totals.plus(*sum);
        }
    }
    (step, spans)
}
