//! How much of what was answered is still known, by the forgetting that the intervals imply.
//!
//! SM-2 itself predicts nothing. Its intervals are meant to end where about nine of ten cards are still recalled, so
//! a card that was last answered t days ago with an interval of i days is taken to be recalled with 0.9^(t / i). A card that its
//! last answer failed is not known until an answer recalls it: nobody who just failed nine cards believes a screen that says so.

use std::collections::BTreeMap;

use chrono::Datelike as _;
use chrono::NaiveDate;

use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;

/// A card that is recalled for certain, in millionths.
pub const CERTAIN: u64 = 1_000_000;

/// How many cards had been answered, and how many of them were likely known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Cards with an answer.
    pub cards: u64,
    /// Sum over them of the chance of recall, in millionths of a card.
    pub millionths: u64,
}

impl Known {
    /// Cards that are likely known, to the nearest whole one.
    #[must_use]
    pub fn whole(self) -> u64 {
        (self.millionths + CERTAIN / 2) / CERTAIN
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            cards: self.cards.saturating_add(other.cards),
            millionths: self.millionths.saturating_add(other.millionths),
        }
    }
}

/// The last grade of a card, as far as it tells of its recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LastGrade {
    /// Its study day.
    pub day: StudyDay,
    /// The interval that it gave.
    pub interval: Days,
    /// Whether it recalled the card, repeats of the day included.
    pub passed: bool,
}

impl LastGrade {
    /// The one that made a memory.
    #[must_use]
    pub fn of(memory: &Memory) -> Self {
        Self { day: memory.last, interval: memory.interval, passed: memory.last_quality.passed() }
    }

    /// Chance, in millionths, that the card is recalled on a day.
    #[must_use]
    pub fn chance_millionths(self, on: StudyDay) -> u64 {
        if self.passed { recall_millionths(on.since(self.day), self.interval) } else { 0 }
    }
}

/// Chance, in millionths, that a card is recalled so many days after its last answer: 0.9^(days / interval).
///
/// Made of additions and multiplications alone, so that every machine gets the same number: sums of it are kept.
fn recall_millionths(days: i64, interval: Days) -> u64 {
    /// −log2 0.9.
    const HALVINGS: f64 = 0.152_003_093_445_049_95;
    let halvings = HALVINGS * days.max(0) as f64 / f64::from(interval.0.max(1));
    if halvings >= 40.0 {
        return 0;
    }
    let mut whole = 1.0;
    let mut rest = halvings;
    while rest >= 1.0 {
        whole *= 0.5;
        rest -= 1.0;
    }
    // The series of e^x for x in (−ln 2, 0]; 18 terms are more than the type can hold.
    let x = -rest * std::f64::consts::LN_2;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..18 {
        term *= x / f64::from(n);
        sum += term;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and a million")]
    let millionths = (whole * sum * CERTAIN as f64 + 0.5) as u64;
    millionths
}

/// The last day of the month that holds `day`.
#[must_use]
pub fn month_end(day: StudyDay) -> StudyDay {
    let date = day.date();
    let (year, month) = if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).map_or(day, |next| StudyDay::from_date(next).plus(-1))
}

/// Months after which a card that was never asked again is no longer counted: a clock that was centuries off must not
/// make thousands of rows.
const LONGEST_MONTHS: usize = 1200;

/// The ends of months from `from` on and before `to`, for a hundred years at most.
pub fn month_ends(from: StudyDay, to: StudyDay) -> impl Iterator<Item = StudyDay> {
    let next = move |day: StudyDay| {
        let end = month_end(day);
        (end >= day && end < to).then_some(end)
    };
    std::iter::successors(next(from), move |end: &StudyDay| next(end.plus(1))).take(LONGEST_MONTHS)
}

/// The coming Friday; on a Friday, the next one.
#[must_use]
pub fn coming_friday(today: StudyDay) -> StudyDay {
    // 1970-01-01 was a Thursday: day 1 was a Friday.
    today.plus(7 - (i64::from(today.0) - 1).rem_euclid(7))
}

/// What is known today, how it fades if nothing is reviewed, and what it was at the end of each month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knowledge {
    today: StudyDay,
    /// Cards with an answer, and their chance of recall today.
    pub now: Known,
    /// The same cards on days to come, if none is reviewed until then; in order, each day once.
    pub ahead: Vec<(StudyDay, u64)>,
    /// The ends of the months before today.
    pub ends: BTreeMap<StudyDay, Known>,
}

impl Knowledge {
    /// Of no cards yet; the days ahead are the coming Friday, today in a week, and in 30 days.
    #[must_use]
    pub fn new(today: StudyDay) -> Self {
        let mut days = vec![coming_friday(today), today.plus(7), today.plus(30)];
        days.sort_unstable();
        days.dedup();
        Self {
            today,
            now: Known::default(),
            ahead: days.into_iter().map(|day| (day, 0)).collect(),
            ends: BTreeMap::new(),
        }
    }

    /// The same cards on the coming Friday, if none is reviewed until then.
    #[must_use]
    pub fn on_friday(&self) -> Known {
        let friday = coming_friday(self.today);
        let millionths = self.ahead.iter().find(|(day, _)| *day == friday).map_or(0, |(_, sum)| *sum);
        Known { millionths, ..self.now }
    }

    /// Adds what a card's answer was worth at the ends of months until the next one, on day `to`.
    pub fn add_ended(&mut self, last: LastGrade, to: StudyDay) {
        self.add_ends(last, to, 1);
    }

    fn add_ends(&mut self, last: LastGrade, to: StudyDay, cards: u64) {
        for end in month_ends(last.day, to) {
            let known = self.ends.entry(end).or_default();
            *known = known.plus(Known { cards, millionths: cards * last.chance_millionths(end) });
        }
    }

    /// Adds a card by the last answer it had.
    pub fn add(&mut self, last: LastGrade) {
        self.add_alike(last, 1);
    }

    /// Adds so many cards of whose last answers the same can be said.
    pub fn add_alike(&mut self, last: LastGrade, cards: u64) {
        let chances = |day: StudyDay| cards * last.chance_millionths(day);
        self.now = self.now.plus(Known { cards, millionths: chances(self.today) });
        for (day, sum) in &mut self.ahead {
            *sum += chances(*day);
        }
        self.add_ends(last, self.today, cards);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_of_ten_are_recalled_when_the_interval_is_over() {
        assert_eq!(recall_millionths(0, Days(5)), CERTAIN);
        assert_eq!(recall_millionths(5, Days(5)), 900_000);
        assert_eq!(recall_millionths(10, Days(5)), 810_000);
        assert_eq!(recall_millionths(-3, Days(5)), CERTAIN);
        assert_eq!(recall_millionths(3, Days(0)), 729_000);
        assert_eq!(recall_millionths(100_000, Days(1)), 0);
        for (days, interval) in [(1, 7), (13, 4), (400, 38), (77, 3)] {
            let exact = 0.9_f64.powf(days as f64 / f64::from(interval)) * 1e6;
            assert!((recall_millionths(days, Days(interval)) as f64 - exact).abs() <= 0.51, "{days} {interval}");
        }
    }

    #[test]
    fn a_card_that_was_failed_is_not_known_until_it_is_recalled() {
        let today = StudyDay(100);
        let last = |passed| LastGrade { day: today, interval: Days(1), passed };
        let mut knowledge = Knowledge::new(today);
        knowledge.add_alike(last(false), 9);
        knowledge.add(last(true));
        assert_eq!(knowledge.now, Known { cards: 10, millionths: CERTAIN });
        assert!(knowledge.ahead.iter().all(|(_, sum)| *sum < CERTAIN), "{knowledge:?}");
    }

    #[test]
    fn the_ends_of_months_that_lie_in_a_span() {
        let day = |text: &str| StudyDay::from_date(text.parse().unwrap());
        let ends = |from, to| month_ends(day(from), day(to)).map(StudyDay::iso).collect::<Vec<_>>();
        assert_eq!(ends("2026-01-15", "2026-04-14"), ["2026-01-31", "2026-02-28", "2026-03-31"]);
        assert_eq!(ends("2026-01-31", "2026-02-01"), ["2026-01-31"]);
        assert_eq!(ends("2026-01-31", "2026-01-31"), Vec::<String>::new());
        assert_eq!(ends("2027-12-31", "2028-03-01"), ["2027-12-31", "2028-01-31", "2028-02-29"]);
        assert_eq!(ends("2026-02-01", "2025-02-01"), Vec::<String>::new());
    }

    #[test]
    fn the_days_ahead_are_the_coming_friday_a_week_and_a_month() {
        let days = |text: &str| {
            let knowledge = Knowledge::new(StudyDay::from_date(text.parse().unwrap()));
            knowledge.ahead.iter().map(|(day, _)| day.iso()).collect::<Vec<_>>()
        };
        assert_eq!(days("2026-04-14"), ["2026-04-17", "2026-04-21", "2026-05-14"]);
        assert_eq!(days("2026-04-17"), ["2026-04-24", "2026-05-17"], "on a Friday, the next one");
    }

    #[test]
    fn a_card_counts_from_its_last_answer_on() {
        let mut knowledge = Knowledge::new(StudyDay(20_557));
        let last = |day, days| LastGrade { day: StudyDay(day), interval: Days(days), passed: true };
        knowledge.add(last(20_557, 1));
        knowledge.add(last(20_557 - 30, 30));
        assert_eq!(knowledge.now, Known { cards: 2, millionths: 1_900_000 });
        assert_eq!(knowledge.ends.len(), 1);
        assert_eq!(knowledge.ahead[0].1, 729_000 + recall_millionths(33, Days(30)));
        assert_eq!(knowledge.on_friday(), Known { cards: 2, millionths: knowledge.ahead[0].1 });
    }
}
