//! The work that is to come, by a simple simulation that says what it assumes.
//!
//! Every card is answered on the day it falls due and recalled with a grade of 4, so intervals grow by SM-2's usual
//! path; new cards are begun at the limit of each day until none is left. Failures, repeats and days off are not in it.

use crate::core::scheduler::interval_after;
use crate::core::units::Days;
use crate::core::units::Ease;

/// How many days it looks ahead, today included.
pub const OUTLOOK_DAYS: usize = 365;

/// How far ahead the work is summed up, in days.
pub const HORIZONS: [usize; 3] = [30, 90, 365];

/// What one day asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Reviews of cards that had been begun by today.
    pub reviews: u64,
    /// New cards begun.
    pub new: u64,
    /// Reviews of cards begun since.
    pub reviews_of_new: u64,
}

impl Work {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            reviews: self.reviews.saturating_add(other.reviews),
            new: self.new.saturating_add(other.new),
            reviews_of_new: self.reviews_of_new.saturating_add(other.reviews_of_new),
        }
    }

    /// Everything.
    #[must_use]
    pub fn answers(self) -> u64 {
        self.reviews.saturating_add(self.new).saturating_add(self.reviews_of_new)
    }
}

/// The work of each day ahead, today first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// One a day, [`OUTLOOK_DAYS`] of them.
    pub days: Vec<Work>,
    /// The day, counted from today, on which the last new card is begun; `None` where new cards are left after it all,
    /// or there are none.
    pub last_new: Option<usize>,
}

impl Default for Outlook {
    fn default() -> Self {
        Self { days: vec![Work::default(); OUTLOOK_DAYS], last_new: None }
    }
}

/// What the intervals of a card grow by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// Recalls in a row.
    pub repetitions: u32,
    /// The interval that it has.
    pub interval: Days,
    /// The ease, which a grade of 4 leaves alone.
    pub ease: Ease,
    /// The longest interval of its deck.
    pub maximum: Days,
}

impl Outlook {
    fn walk(mut ahead: usize, path: Path, mut visit: impl FnMut(usize)) {
        let Path { mut repetitions, mut interval, ease, maximum } = path;
        while ahead < OUTLOOK_DAYS {
            visit(ahead);
            repetitions = repetitions.saturating_add(1);
            // What came from elsewhere may have no interval at all, and would fall due on one day for ever.
            interval = Days(interval_after(repetitions, interval, ease, maximum).0.max(1));
            ahead = ahead.saturating_add(usize::try_from(interval.0).unwrap_or(usize::MAX));
        }
    }

    /// Adds a card that falls due so many days from today (0 for what is overdue), with its memory as it is.
    pub fn add(&mut self, ahead: usize, path: Path) {
        Self::walk(ahead, path, |day| {
            if let Some(work) = self.days.get_mut(day) {
                work.reviews += 1;
            }
        });
    }

    /// Adds the work of other cards, before any new ones are begun.
    pub fn join(&mut self, others: &Self) {
        for (day, more) in self.days.iter_mut().zip(&others.days) {
            *day = day.plus(*more);
        }
    }

    /// Adds new cards: `today` of them still today, then `per_day`, until `left` are begun; none before day `from`. Their intervals
    /// grow to `maximum`.
    pub fn begin(&mut self, left: u64, today: u64, per_day: u64, from: usize, maximum: Days) {
        let mut left = left;
        for day in from..OUTLOOK_DAYS {
            let begun = left.min(if day == 0 { today } else { per_day });
            left -= begun;
            if begun == 0 {
                if left == 0 || (per_day == 0 && day > 0) {
                    break;
                }
                continue;
            }
            if let Some(work) = self.days.get_mut(day) {
                work.new += begun;
            }
            // The first answer gives an interval of a day.
            let path = Path { repetitions: 1, interval: Days(1), ease: Ease::START, maximum };
            Self::walk(day + 1, path, |later| {
                if let Some(work) = self.days.get_mut(later) {
                    work.reviews_of_new += begun;
                }
            });
            self.last_new = (left == 0).then_some(day);
        }
    }

    /// Everything within so many days, today included.
    #[must_use]
    pub fn within(&self, days: usize) -> Work {
        self.days.iter().take(days).fold(Work::default(), |sum, day| sum.plus(*day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(outlook: &Outlook, pick: fn(&Work) -> u64) -> Vec<(usize, u64)> {
        outlook.days.iter().enumerate().map(|(day, work)| (day, pick(work))).filter(|(_, n)| *n > 0).collect()
    }

    fn path(repetitions: u32, interval: u32, maximum: u32) -> Path {
        Path { repetitions, interval: Days(interval), ease: Ease::START, maximum: Days(maximum) }
    }

    #[test]
    fn a_card_comes_back_on_the_path_of_passing_grades() {
        let mut outlook = Outlook::default();
        outlook.add(0, path(0, 1, 36_500));
        assert_eq!(days(&outlook, |w| w.reviews), [(0, 1), (1, 1), (7, 1), (22, 1), (60, 1), (155, 1)]);
        let mut outlook = Outlook::default();
        outlook.add(10, path(4, 100, 36_500));
        assert_eq!(days(&outlook, |w| w.reviews), [(10, 1), (260, 1)]);
        let mut outlook = Outlook::default();
        outlook.add(OUTLOOK_DAYS, path(4, 100, 36_500));
        assert_eq!(outlook.within(365), Work::default());
    }

    #[test]
    fn a_card_without_an_interval_is_asked_each_day_and_no_more() {
        let mut outlook = Outlook::default();
        outlook.add(0, path(5, 0, 36_500));
        assert_eq!(days(&outlook, |w| w.reviews)[..4], [(0, 1), (1, 1), (4, 1), (12, 1)]);
    }

    #[test]
    fn no_interval_is_longer_than_the_deck_allows() {
        let mut outlook = Outlook::default();
        outlook.add(0, path(4, 100, 21));
        assert_eq!(outlook.within(365).reviews, 18, "every 21 days");
        let mut begun = Outlook::default();
        begun.begin(1, 1, 1, 0, Days(21));
        assert_eq!(days(&begun, |w| w.reviews_of_new)[..4], [(1, 1), (7, 1), (22, 1), (43, 1)]);
    }

    #[test]
    fn new_cards_are_begun_until_none_is_left() {
        let mut outlook = Outlook::default();
        outlook.begin(25, 3, 10, 0, Days(36_500));
        assert_eq!(days(&outlook, |w| w.new), [(0, 3), (1, 10), (2, 10), (3, 2)]);
        assert_eq!(outlook.last_new, Some(3));
        // Begun on day 0, asked on days 1, 7, 22, 60, 155; the others a day or more later.
        assert_eq!(outlook.within(5).reviews_of_new, 3 + 10 + 10 + 2);
        assert_eq!(outlook.within(365).reviews_of_new, 25 * 5);
        let mut none = Outlook::default();
        none.begin(25, 0, 0, 0, Days(36_500));
        assert_eq!((none.within(365), none.last_new), (Work::default(), None));
        let mut paused = Outlook::default();
        paused.begin(5, 5, 10, 4, Days(36_500));
        assert_eq!(days(&paused, |w| w.new), [(4, 5)]);
        let mut many = Outlook::default();
        many.begin(10_000, 10, 10, 0, Days(36_500));
        assert_eq!((many.within(365).new, many.last_new), (3_650, None));
    }
}
