//! One value of a report, and how it is worded for people and for programs.

use crate::core::checkup::change::change;
use crate::core::checkup::change::points;
use crate::core::progress::knowledge::CERTAIN;
use crate::core::progress::knowledge::Known;
use crate::core::progress::spans::Granularity;
use crate::core::study_day::StudyDay;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::core::totals::Recalls;
use crate::core::totals::wilson;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::in_seconds;

/// One value of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing to say.
    Nothing,
    /// Text from outside: a title, a deck, a prompt. Hostile until rendered.
    Text(String),
    /// A word of ours: for programs, then for people.
    Named(&'static str, &'static str),
    /// A whole number.
    Count(u64),
    /// Recalls out of answers.
    Percent(Recalls),
    /// In which range the true share lies (Wilson, 95 %), where there are few answers and it is worth saying all the same.
    Likely(Recalls),
    /// The change from one share to another, as its 95 % interval (Newcombe).
    Change(Recalls, Recalls),
    /// Some out of all, where it's not about recalls.
    Part(u64, u64),
    /// Some out of all, where nothing is estimated by it: always shown as counts.
    Of(u64, u64),
    /// Cards that are likely known, of those that were answered.
    Known(Known),
    /// Levels climbed (or fallen) since an earlier day.
    Moved(i64),
    /// More or less than before, of something.
    Difference(i64, Unit),
    /// A mean time, in milliseconds, which people read in seconds.
    Mean(u64),
    /// Whole days.
    Days(u64),
    /// An interval, which people read in days, months or years.
    Interval(Days),
    /// Time spent, in milliseconds.
    Time(u64),
    /// A study day.
    Date(StudyDay),
    /// A study day, which people read with its weekday.
    Weekday(StudyDay),
    /// The day, week, month or year that begins on a day.
    Span(Granularity, StudyDay),
    /// Reviews a day, in thousandths.
    Load(u64),
    /// Ease factor.
    Ease(Ease),
}

/// What a change is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Pieces.
    Count,
    /// Whole days.
    Days,
    /// Milliseconds, which people read in minutes.
    Time,
    /// Milliseconds, which people read in seconds.
    Seconds,
    /// Percentage points.
    Points,
    /// Thousandths of a review a day.
    Load,
}

impl Unit {
    fn words(self, size: u64) -> String {
        match self {
            Self::Count => thousands(size),
            Self::Points => format!("{size} {}", if size == 1 { "point" } else { "points" }),
            Self::Days => Cell::Days(size).words(),
            // Two times that read the same may differ by seconds.
            Self::Time if size < 60_000 => format!("{} s", (size + 500) / 1000),
            Self::Time => time(size),
            Self::Seconds => Cell::Mean(size).words(),
            Self::Load => Cell::Load(size).words(),
        }
    }

    /// For programs: its name, and the change in it.
    fn raw(self, change: i64) -> (&'static str, Raw) {
        match self {
            Self::Count => ("count", Raw::Signed(change)),
            Self::Days => ("days", Raw::Signed(change)),
            Self::Time | Self::Seconds => ("ms", Raw::Signed(change)),
            Self::Points => ("points", Raw::Signed(change)),
            Self::Load => ("per_day", decimal(Some(change as f64 / 1000.0))),
        }
    }
}

/// A number or a word as programs get it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// No value.
    Null,
    /// Text of ours, or from outside.
    Text(String),
    /// A whole number.
    Whole(u64),
    /// A whole number that may be below zero.
    Signed(i64),
    /// A share or a mean, to six places.
    Decimal(f64),
}

/// One part of a cell for programs: its name within the cell (empty where the cell is one value), unit and value.
pub(super) type Part = (&'static str, &'static str, Raw);

fn decimal(value: Option<f64>) -> Raw {
    value.map_or(Raw::Null, |value| Raw::Decimal((value * 1e6).round() / 1e6))
}

/// `92 % (85–96)`, or `11 of 12` where there are too few for a percentage, or `-` where there are none.
fn share(recalls: Recalls) -> String {
    match (recalls.all, recalls.whole_percent(), wilson(recalls.passed, recalls.all)) {
        (0, _, _) => "-".to_owned(),
        (_, Some(percent), Some((low, high))) => {
            format!("{percent} % ({:.0}–{:.0})", low * 100.0, high * 100.0)
        }
        (all, _, _) => format!("{} of {}", thousands(recalls.passed), thousands(all)),
    }
}

fn ratio(known: Known) -> Option<f64> {
    Recalls { passed: known.millionths, all: known.cards.saturating_mul(CERTAIN) }.ratio()
}

fn time(ms: u64) -> String {
    let minutes = ms.saturating_add(30_000) / 60_000;
    match (ms, minutes) {
        (0, _) => "0 min".to_owned(),
        (_, 0) => "< 1 min".to_owned(),
        (_, minutes @ 1..60) => format!("{minutes} min"),
        (_, minutes) => format!("{} h {:02} min", thousands(minutes / 60), minutes % 60),
    }
}

impl Cell {
    /// The value in words and figures: the only place where a report is worded for people.
    ///
    /// Text comes back on one line, without anything that could act on a terminal.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Nothing => "-".to_owned(),
            Self::Text(text) => one_line(text),
            Self::Named(_, label) => (*label).to_owned(),
            Self::Count(count) => thousands(*count),
            Self::Percent(recalls) => share(*recalls),
            Self::Likely(recalls) => match wilson(recalls.passed, recalls.all) {
                Some((low, high)) => format!("{:.0}–{:.0} %", low * 100.0, high * 100.0),
                None => "-".to_owned(),
            },
            Self::Change(before, after) => points(*before, *after).unwrap_or_else(|| "-".to_owned()),
            Self::Part(count, of) => share(Recalls { passed: *count, all: *of }),
            Self::Of(count, of) => format!("{} of {}", thousands(*count), thousands(*of)),
            Self::Known(known) => format!("{} of {}", thousands(known.whole()), thousands(known.cards)),
            Self::Moved(0) => "=".to_owned(),
            Self::Moved(levels) => format!("{}{}", if *levels > 0 { '+' } else { '−' }, levels.unsigned_abs()),
            Self::Difference(0, _) => "=".to_owned(),
            Self::Difference(change, unit) => {
                format!("{}{}", if *change > 0 { '+' } else { '−' }, unit.words(change.unsigned_abs()))
            }
            Self::Mean(ms) => in_seconds(*ms),
            Self::Days(days) => format!("{} {}", thousands(*days), if *days == 1 { "day" } else { "days" }),
            Self::Interval(days) => days.short(),
            Self::Time(ms) => time(*ms),
            Self::Date(day) | Self::Span(Granularity::Day | Granularity::Week, day) => day.iso(),
            Self::Weekday(day) => format!("{} {}", day.date().format("%a"), day.iso()),
            Self::Span(Granularity::Month, day) => day.date().format("%Y-%m").to_string(),
            Self::Span(Granularity::Year, day) => day.date().format("%Y").to_string(),
            Self::Load(milli) => {
                let tenths = milli.saturating_add(50) / 100;
                format!("{}.{} a day", thousands(tenths / 10), tenths % 10)
            }
            Self::Ease(ease) => format!("{}.{:02}", ease.hundredths() / 100, ease.hundredths() % 100),
        }
    }

    /// The value as programs get it: nothing rounded for the eye, no word that a translation would change.
    #[must_use]
    pub(super) fn raw(&self) -> Vec<Part> {
        match self {
            Self::Nothing => vec![("", "", Raw::Null)],
            Self::Text(text) => vec![("", "text", Raw::Text(one_line(text)))],
            Self::Named(key, _) => vec![("", "text", Raw::Text((*key).to_owned()))],
            Self::Count(count) => vec![("", "count", Raw::Whole(*count))],
            Self::Percent(recalls) => vec![
                ("passed", "count", Raw::Whole(recalls.passed)),
                ("all", "count", Raw::Whole(recalls.all)),
                ("ratio", "ratio", decimal(recalls.ratio())),
                ("low", "ratio", decimal(wilson(recalls.passed, recalls.all).map(|(low, _)| low))),
                ("high", "ratio", decimal(wilson(recalls.passed, recalls.all).map(|(_, high)| high))),
            ],
            Self::Likely(recalls) => {
                let range = wilson(recalls.passed, recalls.all);
                vec![
                    ("low", "ratio", decimal(range.map(|(low, _)| low))),
                    ("high", "ratio", decimal(range.map(|(_, high)| high))),
                ]
            }
            Self::Change(before, after) => {
                let change = change(*before, *after);
                vec![
                    ("difference", "ratio", decimal(change.map(|(difference, _, _)| difference))),
                    ("low", "ratio", decimal(change.map(|(_, low, _)| low))),
                    ("high", "ratio", decimal(change.map(|(_, _, high)| high))),
                ]
            }
            Self::Part(count, of) | Self::Of(count, of) => {
                vec![("count", "count", Raw::Whole(*count)), ("of", "count", Raw::Whole(*of))]
            }
            Self::Known(known) => vec![
                ("cards", "count", Raw::Whole(known.cards)),
                ("expected", "cards", decimal(Some(known.millionths as f64 / 1e6))),
                ("ratio", "ratio", decimal(ratio(*known))),
            ],
            Self::Moved(levels) => vec![("", "levels", Raw::Signed(*levels))],
            Self::Difference(change, unit) => {
                let (unit, raw) = unit.raw(*change);
                vec![("", unit, raw)]
            }
            Self::Mean(ms) => vec![("", "ms", Raw::Whole(*ms))],
            Self::Days(days) => vec![("", "days", Raw::Whole(*days))],
            Self::Interval(days) => vec![("", "days", Raw::Whole(u64::from(days.0)))],
            Self::Time(ms) => vec![("", "ms", Raw::Whole(*ms))],
            Self::Date(day) | Self::Weekday(day) | Self::Span(_, day) => vec![("", "date", Raw::Text(day.iso()))],
            Self::Load(milli) => vec![("", "per_day", decimal(Some(*milli as f64 / 1000.0)))],
            Self::Ease(ease) => vec![("", "factor", decimal(Some(ease.decimal())))],
        }
    }

    /// The count that it is, 0 for anything else.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Count(count) => *count,
            _ => 0,
        }
    }

    /// A share of recalls with the range that its true value lies in: low, share, high.
    pub(super) fn range(&self) -> Option<(f64, f64, f64)> {
        let Self::Percent(recalls) = self else { return None };
        let (low, high) = wilson(recalls.passed, recalls.all)?;
        Some((low, recalls.ratio()?, high))
    }

    /// Whether it says that there was nothing.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Count(number) | Self::Days(number) | Self::Time(number) | Self::Load(number) => *number == 0,
            Self::Percent(recalls) | Self::Likely(recalls) => recalls.all == 0,
            Self::Part(count, _) | Self::Of(count, _) => *count == 0,
            Self::Known(known) => known.cards == 0,
            Self::Nothing => true,
            _ => false,
        }
    }

    /// The value as a share of a bar that is full at `full`; shares are full at 100 %.
    pub(super) fn length(&self, full: u64) -> f64 {
        let share = match self {
            Self::Percent(recalls) => recalls.ratio(),
            Self::Count(count) => Recalls { passed: *count, all: full }.ratio(),
            Self::Part(count, of) => Recalls { passed: *count, all: *of }.ratio(),
            Self::Known(known) => Recalls { passed: known.millionths, all: full.saturating_mul(CERTAIN) }.ratio(),
            _ => None,
        };
        share.unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(passed: u64, all: u64) -> Cell {
        Cell::Percent(Recalls { passed, all })
    }

    #[test]
    fn few_answers_are_shown_as_counts_and_none_as_a_dash() {
        assert_eq!(percent(0, 0).words(), "-");
        assert_eq!(percent(11, 12).words(), "11 of 12");
        assert_eq!(percent(90, 100).words(), "90 % (83–94)");
        assert_eq!(Cell::Part(22, 118).words(), "19 % (13–27)");
        assert_eq!(Cell::Of(76, 190).words(), "76 of 190");
    }

    #[test]
    fn a_person_reads_rounded_values_and_a_program_raw_ones() {
        for (cell, words, raw) in [
            (Cell::Time(29_999), "< 1 min", Raw::Whole(29_999)),
            (Cell::Time(90_000), "2 min", Raw::Whole(90_000)),
            (Cell::Time(3_900_000), "1 h 05 min", Raw::Whole(3_900_000)),
            (Cell::Days(1), "1 day", Raw::Whole(1)),
            (Cell::Interval(Days(38)), "1.2mo", Raw::Whole(38)),
            (Cell::Load(27_460), "27.5 a day", Raw::Decimal(27.46)),
            (Cell::Ease(Ease::START), "2.50", Raw::Decimal(2.5)),
            (Cell::Known(Known { cards: 500, millionths: 412_500_000 }), "413 of 500", Raw::Whole(500)),
            (Cell::Moved(-2), "−2", Raw::Signed(-2)),
            (Cell::Mean(7_449), "7.4 s", Raw::Whole(7_449)),
            (Cell::Span(Granularity::Month, StudyDay(20_557)), "2026-04", Raw::Text("2026-04-14".to_owned())),
        ] {
            assert_eq!((cell.words().as_str(), cell.raw().first().map(|part| part.2.clone())), (words, Some(raw)));
        }
        assert_eq!(percent(2, 3).raw().get(2), Some(&("ratio", "ratio", Raw::Decimal(0.666_667))));
        assert_eq!(percent(0, 0).raw().get(2), Some(&("ratio", "ratio", Raw::Null)));
    }
}
