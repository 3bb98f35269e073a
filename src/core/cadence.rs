//! The days, weeks and months that a report is written for over and over.

use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use chrono::Datelike as _;
use chrono::NaiveDate;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cadence {
    /// Each study day.
    Day,
    /// Each week from Monday.
    Week,
    /// Each calendar month.
    Month,
}

impl Cadence {
    fn first_day(self, day: StudyDay) -> StudyDay {
        let date = day.date();
        match self {
            Self::Day => day,
            Self::Week => day.plus(-i64::from(date.weekday().num_days_from_monday())),
            Self::Month => NaiveDate::from_ymd_opt(date.year(), date.month(), 1).map_or(day, StudyDay::from_date),
        }
    }

    /// The one that ends on the day before `first`.
    fn ending_before(self, first: StudyDay) -> Period {
        let to = first.plus(-1);
        Period { from: self.first_day(to), to }
    }

    /// The newest one that was over before `today`: run on any day of a week, it is the same.
    #[must_use]
    pub fn last_whole(self, today: StudyDay) -> Period {
        self.ending_before(self.first_day(today))
    }

    /// The one before this one.
    #[must_use]
    pub fn previous(self, period: Period) -> Period {
        self.ending_before(period.from)
    }

    /// Its name, of which one is as good as the other for sorting: `2026-01-31`, `2026-W05` (ISO 8601), `2026-01`.
    #[must_use]
    pub fn name(self, period: Period) -> String {
        let date = period.from.date();
        match self {
            Self::Day => period.from.iso(),
            Self::Week => format!("{}-W{:02}", date.iso_week().year(), date.iso_week().week()),
            Self::Month => date.format("%Y-%m").to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> StudyDay {
        StudyDay::from_date(NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap())
    }

    fn shown(every: Cadence, today: &str) -> [String; 4] {
        let period = every.last_whole(day(today));
        [period.from.iso(), period.to.iso(), every.name(period), every.name(every.previous(period))]
    }

    #[test]
    fn the_newest_whole_one_has_days_and_a_name() {
        for (every, today, expected) in [
            (Cadence::Day, "2026-03-01", ["2026-02-28", "2026-02-28", "2026-02-28", "2026-02-27"]),
            (Cadence::Week, "2026-02-02", ["2026-01-26", "2026-02-01", "2026-W05", "2026-W04"]),
            (Cadence::Week, "2026-02-08", ["2026-01-26", "2026-02-01", "2026-W05", "2026-W04"]),
            // The first days of January belong to the last week of the year before.
            (Cadence::Week, "2027-01-05", ["2026-12-28", "2027-01-03", "2026-W53", "2026-W52"]),
            (Cadence::Month, "2026-03-31", ["2026-02-01", "2026-02-28", "2026-02", "2026-01"]),
            (Cadence::Month, "2026-01-01", ["2025-12-01", "2025-12-31", "2025-12", "2025-11"]),
        ] {
            assert_eq!(shown(every, today), expected, "{every:?} {today}");
        }
    }

    #[test]
    fn all_days_of_a_week_give_the_same_week_and_weeks_follow_each_other() {
        for every in [Cadence::Week, Cadence::Month] {
            for number in 20_000..20_800 {
                let period = every.last_whole(StudyDay(number));
                assert!(period.to < StudyDay(number) && period.from <= period.to);
                assert_eq!(every.last_whole(period.to.plus(1)), period);
                assert_eq!(every.previous(period).to, period.from.plus(-1));
            }
        }
    }
}
