//! Sums of answers. Events add to them (`tally`), the store keeps them, and reports judge them (`progress`).

use crate::core::units::Days;

/// Answers from which a share is shown as a percentage; below it a single answer moves it by a percent and more.
pub const FEWEST_FOR_PERCENT: u64 = 100;

/// Recalls out of answers that count for retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recalls {
    /// Answers of 3 and above.
    pub passed: u64,
    /// All of them.
    pub all: u64,
}

impl Recalls {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { passed: self.passed.saturating_add(other.passed), all: self.all.saturating_add(other.all) }
    }

    /// Recalled of all, 0 to 1; `None` where there were none: 0 of 0 is no 0 %.
    #[must_use]
    pub fn ratio(self) -> Option<f64> {
        (self.all > 0).then(|| self.passed.min(self.all) as f64 / self.all as f64)
    }

    /// The ratio in whole percent, halves up; 0 and 100 only where nothing and where everything was recalled.
    ///
    /// `None` under [`FEWEST_FOR_PERCENT`] answers: there the two counts say more.
    #[must_use]
    pub fn whole_percent(self) -> Option<u64> {
        if self.all < FEWEST_FOR_PERCENT {
            return None;
        }
        let (passed, all) = (u128::from(self.passed.min(self.all)), u128::from(self.all));
        let rounded = (200 * passed + all) / (2 * all);
        let kept = match passed {
            0 => 0,
            some if some == all => 100,
            _ => rounded.clamp(1, 99),
        };
        u64::try_from(kept).ok()
    }
}

/// The Wilson score interval at 95 %: in which range the true share lies, given `passed` of `all`; both ends 0 to 1.
///
/// `None` where there were none. Source: E. B. Wilson, *Probable inference* (1927).
#[must_use]
pub fn wilson(passed: u64, all: u64) -> Option<(f64, f64)> {
    /// The 97.5th percentile of the normal distribution.
    const Z: f64 = 1.959_963_984_540_054;
    let share = Recalls { passed, all }.ratio()?;
    let n = all as f64;
    let denominator = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / denominator;
    let half = Z / denominator * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

/// Interval, in days, from which a card is mature. The field's usual 21.
pub const MATURE_DAYS: u32 = 21;

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

impl DayTotals {
    /// Both days together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            answers: self.answers.saturating_add(other.answers),
            first: self.first.saturating_add(other.first),
            review: self.review.saturating_add(other.review),
            early: self.early.saturating_add(other.early),
            drill: self.drill.saturating_add(other.drill),
            young: self.young.plus(other.young),
            mature: self.mature.plus(other.mature),
            time_ms: self.time_ms.saturating_add(other.time_ms),
            crammed: self.crammed.saturating_add(other.crammed),
            imported: self.imported.saturating_add(other.imported),
        }
    }

    /// Answers that moved a schedule of a card seen before: on time, late or early.
    #[must_use]
    pub fn reviews(self) -> u64 {
        self.review.saturating_add(self.early)
    }

    /// True retention, young and mature cards together.
    #[must_use]
    pub fn recalls(self) -> Recalls {
        self.young.plus(self.mature)
    }

    /// All numbers, in one fixed order, so that the store can add and take away without naming each.
    #[must_use]
    pub fn columns(&self) -> [u64; 12] {
        [
            self.answers,
            self.first,
            self.review,
            self.early,
            self.drill,
            self.young.passed,
            self.young.all,
            self.mature.passed,
            self.mature.all,
            self.time_ms,
            self.crammed,
            self.imported,
        ]
    }

    /// The totals back from [`DayTotals::columns`].
    #[must_use]
    pub fn from_columns(numbers: [u64; 12]) -> Self {
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
        Self {
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

/// What answers are counted by, besides their day and topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Sort cards: which side was taken for which.
    Sides,
    /// Choice cards whose choices are pairs: which was taken for which.
    Pairs,
    /// Choice cards whose choices are speakers.
    Speakers,
    /// Other choice cards.
    Choices,
    /// Typed answers: right, nearly right, or wrong.
    Typed,
}

impl Counted {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sides, Self::Pairs, Self::Speakers, Self::Choices, Self::Typed];

    /// Those that say what was taken for what, in the order in which reports list them.
    pub const MATRICES: [Self; 4] = [Self::Sides, Self::Pairs, Self::Speakers, Self::Choices];

    /// Its name in the store and for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sides => "sides",
            Self::Pairs => "pairs",
            Self::Speakers => "speakers",
            Self::Choices => "choices",
            Self::Typed => "typed",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How often, in a period, one side, pair or speaker was taken for another (or rightly for itself).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SideTotals {
    /// What is counted.
    pub kind: Counted,
    /// What was right.
    pub expected: String,
    /// What was chosen.
    pub given: String,
    /// How often.
    pub count: u64,
}

/// What cards ask for in the long run if no new ones come: the sum of 1 ÷ interval over them. Cards with long intervals
/// are many and add little each, so it is summed finer than it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DailyLoad {
    billionths: u64,
}

impl DailyLoad {
    /// Adds a card of this interval; one that has none is asked every day.
    pub fn add(&mut self, interval: Days) {
        self.billionths = self.billionths.saturating_add(1_000_000_000 / u64::from(interval.0.max(1)));
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { billionths: self.billionths.saturating_add(other.billionths) }
    }

    /// In thousandths of a review a day, halves up.
    #[must_use]
    pub fn milli(self) -> u64 {
        self.billionths.saturating_add(500_000) / 1_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-5
    }

    #[test]
    fn wilson_gives_the_ranges_of_the_textbook() {
        // 9 of 10: centre (0.9 + 0.19207) / 1.38415 = 0.78898; half 1.41601 * sqrt(0.009 + 0.0096036) = 0.19314.
        let (low, high) = wilson(9, 10).unwrap();
        assert!(near(low, 0.59585) && near(high, 0.98212), "{low} {high}");
        let (low, high) = wilson(90, 100).unwrap();
        assert!(near(low, 0.82563) && near(high, 0.94478), "{low} {high}");
        let (low, high) = wilson(0, 10).unwrap();
        assert!(near(low, 0.0) && near(high, 0.27753), "{low} {high}");
        assert!(near(wilson(10, 10).unwrap().1, 1.0));
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn a_percentage_needs_100_answers_and_never_rounds_a_miss_away() {
        let percent = |passed, all| Recalls { passed, all }.whole_percent();
        assert_eq!(percent(99, 99), None);
        assert_eq!(percent(90, 100), Some(90));
        assert_eq!(percent(179, 200), Some(90), "89.5 rounds up");
        assert_eq!(percent(999, 1000), Some(99));
        assert_eq!(percent(1000, 1000), Some(100));
        assert_eq!(percent(1, 1000), Some(1));
        assert_eq!(percent(0, 1000), Some(0));
        assert_eq!(Recalls::default().ratio(), None);
    }

    #[test]
    fn many_long_intervals_add_up_to_a_load() {
        let load = |intervals: &[u32]| {
            let mut load = DailyLoad::default();
            intervals.iter().for_each(|days| load.add(Days(*days)));
            load.milli()
        };
        assert_eq!(load(&[]), 0);
        assert_eq!(load(&[0, 1, 2, 4]), 2750);
        assert_eq!(load(&[1500; 600]), 400, "not 0, as if each were rounded on its own");
    }
}
