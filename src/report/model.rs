//! A report as values: what every renderer is given, and how a value is worded for people and for programs.

use crate::core::checkup::change;
use crate::core::checkup::points;
use std::collections::BTreeSet;

use chrono::Datelike as _;

use crate::core::progress::knowledge::CERTAIN;
use crate::core::progress::knowledge::Known;
use crate::core::progress::period::Period;
use crate::core::progress::spans::Granularity;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::core::totals::Recalls;
use crate::core::totals::wilson;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::in_seconds;
use crate::report::privacy::Privacy;

/// A report, ready to be rendered.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its heading.
    pub title: String,
    /// When it was made.
    pub generated_at: Timestamp,
    /// The study day that it was made on.
    pub today: StudyDay,
    /// The days that it is about.
    pub period: Period,
    /// The decks that it is about, as asked for; `None` for all. Text from outside: render it as hostile.
    pub deck: Option<String>,
    /// Its parts, in reading order.
    pub sections: Vec<Section>,
    /// What is in it and what is left out, in one line.
    pub contents: &'static str,
    /// How much of a person it may tell; `None` where it is about nobody in particular.
    pub privacy: Option<Privacy>,
    /// What it is compared with, if anything. Text from outside: render it as hostile.
    pub compared: Option<String>,
    /// Whether it has only what fits on one page.
    pub is_summary: bool,
}

impl Report {
    /// Only what fits on one page.
    #[must_use]
    pub fn on_one_page(mut self) -> Self {
        self.sections.retain(|section| ON_ONE_PAGE.contains(&section.id));
        self.is_summary = true;
        self
    }

    /// Which decks, for people.
    #[must_use]
    pub fn decks(&self) -> String {
        self.deck.as_deref().map_or_else(|| "All decks".to_owned(), one_line)
    }

    /// Which days, for people: `2026-01-15 to 2026-04-14, 90 days`.
    #[must_use]
    pub fn days(&self) -> String {
        let Period { from, to } = self.period;
        match self.period.days() {
            0 => format!("{} to {}, no days", from.iso(), to.iso()),
            1 => from.iso(),
            days => format!("{} to {}, {} days", from.iso(), to.iso(), thousands(days)),
        }
    }

    /// What it is compared with, for people.
    #[must_use]
    pub fn compared(&self) -> Option<String> {
        self.compared.as_deref().map(|earlier| format!("compared with {}", one_line(earlier)))
    }

    /// When it was made, for people: `2026-04-14 18:05 +02:00`.
    #[must_use]
    pub fn made(&self) -> String {
        self.generated_at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M %:z").to_string())
    }
}

/// The sections of a summary.
const ON_ONE_PAGE: [&str; 7] = ["summary", "comparison", "levels", "fading", "checkups", "outlook", "weakest"];

/// One part of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its name for programs: stable, lower case.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What to know when reading it. Our own words only, never text from a deck; code is in backticks.
    pub note: Option<String>,
    /// What it holds.
    pub body: Body,
}

impl Section {
    /// Whether people get to see it; programs get every section, empty or not.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        match &self.body {
            Body::Facts(facts) => self.id == "summary" || facts.iter().any(Fact::is_shown),
            Body::Table(table) | Body::Chart(_, table) => !table.rows.is_empty() || !table.when_empty.is_empty(),
        }
    }
}

/// What a section holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Single values, each with its name.
    Facts(Vec<Fact>),
    /// Values in rows.
    Table(Table),
    /// Values in rows, of which a picture can be drawn.
    Chart(Chart, Table),
}

/// How much room a fact is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// What people look for first.
    Major,
    /// The usual.
    Minor,
    /// Not shown to people while it is zero.
    Rare,
    /// Told to people in the words of a section; only programs get it by itself.
    Told,
}

/// One value with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// The value.
    pub value: Cell,
    /// How much room it is given.
    pub weight: Weight,
}

impl Fact {
    /// Whether people get to see it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        match self.weight {
            Weight::Major | Weight::Minor => true,
            Weight::Rare => !self.value.is_zero(),
            Weight::Told => false,
        }
    }
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Whether it holds numbers, which are set to the right.
    pub is_number: bool,
}

/// Rows of cells, each as long as `columns`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How many columns at the left name a row.
    pub names: usize,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// What to say where there are no rows; where this is empty too, people don't see the section. Our own words;
    /// code is in backticks.
    pub when_empty: &'static str,
}

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Upright bars side by side: time runs to the right.
    Columns,
    /// Bars below each other, each with its name.
    Bars,
    /// Bars below each other, all of the same length and cut into parts.
    Stacked,
    /// A dot for each share, with its range: time runs to the right.
    Ranges,
    /// A square for each day, a column for each week.
    Calendar,
    /// A square of names: what was right down, what was given across. The first two columns name a cell.
    Matrix,
}

/// Names in order, and by right name and given name the row of the table that has the two.
pub type Square<'t> = (Vec<&'t str>, Vec<Vec<Option<&'t Vec<Cell>>>>);

/// How a picture of a table is drawn. The first column names the bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Upright or lying.
    pub shape: Shape,
    /// The columns whose values make up a bar, piled up in this order.
    pub series: Vec<usize>,
    /// The count that fills the chart; shares fill it at 100 %.
    pub full: u64,
    /// What the picture says, for those who cannot see it. No text from a deck.
    pub description: String,
}

impl Chart {
    /// The parts of the bar of a row, each as a share of the chart's height or width.
    #[must_use]
    pub fn lengths(&self, row: &[Cell]) -> Vec<f64> {
        self.series.iter().map(|column| row.get(*column).map_or(0.0, |cell| cell.length(self.full))).collect()
    }

    /// Shades of a count, that of nothing apart.
    pub const SHADES: u64 = 4;

    /// The shade of a count, 0 for none.
    #[must_use]
    pub fn shade(count: u64, full: u64) -> u64 {
        count.saturating_mul(Self::SHADES).div_ceil(full.max(1)).min(Self::SHADES)
    }

    /// Which counts have a shade.
    #[must_use]
    pub fn shade_words(&self, part: u64) -> String {
        let most = |part: u64| part * self.full / Self::SHADES;
        let (least, most) = (most(part.saturating_sub(1)) + 1, most(part));
        if least >= most { thousands(most) } else { format!("{}–{}", thousands(least), thousands(most)) }
    }

    /// The days of a calendar with their counts.
    #[must_use]
    pub fn days(table: &Table) -> Vec<(StudyDay, u64)> {
        let day = |row: &Vec<Cell>| match (row.first(), row.get(1)) {
            (Some(Cell::Date(day)), Some(Cell::Count(count))) => Some((*day, *count)),
            _ => None,
        };
        table.rows.iter().filter_map(day).collect()
    }

    /// The Monday of the week that holds the day.
    #[must_use]
    pub fn monday(day: StudyDay) -> StudyDay {
        day.plus(-i64::from(day.date().weekday().num_days_from_monday()))
    }

    /// The parts of a bar that is always full, each as a share of it.
    #[must_use]
    pub fn shares(&self, row: &[Cell]) -> Vec<f64> {
        let all = self.series.iter().map(|column| row.get(*column).map_or(0, Cell::count)).sum();
        self.series.iter().map(|column| row.get(*column).map_or(0.0, |cell| cell.length(all))).collect()
    }

    /// A table of pairs of names as a square: the names in order, and by right name and given name the row that has
    /// the two.
    #[must_use]
    pub fn square<'t>(&self, table: &'t Table) -> Square<'t> {
        let name = |row: &'t Vec<Cell>, column: usize| match row.get(column) {
            Some(Cell::Text(name)) => name.as_str(),
            _ => "",
        };
        let names: BTreeSet<&str> = table.rows.iter().flat_map(|row| [name(row, 0), name(row, 1)]).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let mut cells = vec![vec![None; names.len()]; names.len()];
        for row in &table.rows {
            let place = |column| names.binary_search(&name(row, column)).unwrap_or(0);
            if let Some(cell) = cells.get_mut(place(0)).and_then(|cells: &mut Vec<_>| cells.get_mut(place(1))) {
                *cell = Some(row);
            }
        }
        (names, cells)
    }

    /// The letter that stands for a name of a square.
    #[must_use]
    pub fn letter(place: usize) -> char {
        char::from(b'a' + u8::try_from(place % 26).unwrap_or(0))
    }

    /// Whether anything in a table of pairs of names was taken for something else.
    #[must_use]
    pub fn is_any_mistaken(table: &Table) -> bool {
        table.rows.iter().any(|row| row.first() != row.get(1))
    }

    /// The answers of one row of a square.
    #[must_use]
    pub fn answers(cells: &[Option<&Vec<Cell>>]) -> String {
        match cells.iter().flatten().find_map(|row| row.get(3)) {
            Some(Cell::Part(_, of)) => thousands(*of),
            _ => thousands(0),
        }
    }

    /// The smallest round number that is at least `most`, and even, so that the half of it is one too.
    #[must_use]
    pub fn round_full(most: u64) -> u64 {
        let mut power = 1_u64;
        loop {
            for step in [2, 3, 4, 5, 6, 8, 10] {
                let full = power.saturating_mul(step);
                if full >= most && (full.is_multiple_of(2) || full == u64::MAX) {
                    return full;
                }
            }
            power = power.saturating_mul(10);
        }
    }
}

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

/// Cards that are likely known, to the nearest whole one.
pub(super) fn whole(known: Known) -> u64 {
    (known.millionths + CERTAIN / 2) / CERTAIN
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
            Self::Known(known) => format!("{} of {}", thousands(whole(*known)), thousands(known.cards)),
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
    fn is_zero(&self) -> bool {
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

    #[test]
    fn a_chart_ends_at_a_round_even_number() {
        let fulls = [0, 1, 3, 9, 11, 42, 81, 999, 1001].map(Chart::round_full);
        assert_eq!(fulls, [2, 2, 4, 10, 20, 50, 100, 1000, 2000]);
        assert_eq!(Chart::round_full(u64::MAX), u64::MAX);
    }
}
