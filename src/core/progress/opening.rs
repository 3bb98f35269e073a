//! What a report says before all else: what is known, what has changed, what to do next. Each with its number and, where it is an
//! estimate, its range; and where there is too little to tell, just that.

use crate::core::progress::FEWEST_FOR_TOPIC;
use crate::core::progress::Progress;
use crate::core::progress::knowledge::CERTAIN;
use crate::core::progress::knowledge::Known;
use crate::core::progress::period::Window;
use crate::core::study_day::StudyDay;
use crate::core::totals::Recalls;
use crate::core::totals::TopicTotals;
use crate::core::totals::wilson;

/// The 97.5th percentile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Fewer cards than this tell nothing about what somebody knows.
pub const FEWEST_CARDS: u64 = 10;

/// Days after which a month's end is far enough away to be compared with.
const FEWEST_DAYS: i64 = 14;

/// Well below the nine of ten that intervals are made for, so that nobody is told of a difference that makes none.
const TOO_HOPEFUL: f64 = 0.85;

/// What is known today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Now {
    /// No card was answered yet.
    Nothing,
    /// So few cards were answered that nothing follows.
    TooFew(u64),
    /// An estimate.
    Known {
        /// Of which cards how many.
        known: Known,
        /// Between how many and how many, 19 times of 20.
        range: (u64, u64),
    },
}

/// What has changed since an earlier day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There is no earlier day, or too little was known then or is known now.
    NothingEarlier,
    /// An estimate.
    Since {
        /// The end of that day.
        day: StudyDay,
        /// How many cards more are known today; fewer where it is below zero.
        more: i64,
        /// Between how many more and how many more, 19 times of 20.
        range: (i64, i64),
    },
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing until a break ends on that day.
    Paused(StudyDay),
    /// There are cards to review.
    Review {
        /// Due today, overdue ones too.
        due: u64,
        /// Due before today.
        overdue: u64,
        /// How long they take at the learner's own pace.
        minutes: Option<u64>,
    },
    /// Nothing is due, and so many new cards are left.
    Begin(u64),
    /// Nothing is due before that day.
    Later(StudyDay),
    /// There are no cards to come.
    Nothing,
}

/// What a report says first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// What is known.
    pub now: Now,
    /// True retention, where it lies so far below nine of ten that `now` is too hopeful.
    pub too_hopeful: Option<Recalls>,
    /// What has changed.
    pub change: Change,
    /// What to do.
    pub next: Next,
    /// The topic that needs it most.
    pub weakest: Option<TopicTotals>,
}

/// The variance of how many of these cards are recalled, at most: with chances p_i that have the mean p, the sum of p_i (1 − p_i)
/// over n cards is no more than n p (1 − p).
fn variance(known: Known) -> f64 {
    if known.cards == 0 {
        return 0.0;
    }
    let share = (known.millionths as f64 / (known.cards as f64 * CERTAIN as f64)).clamp(0.0, 1.0);
    known.cards as f64 * share * (1.0 - share)
}

/// A whole number of cards.
#[expect(clippy::cast_possible_truncation, reason = "a count of cards, far below 2^53")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

fn range(known: Known) -> (u64, u64) {
    let sum = known.millionths as f64 / CERTAIN as f64;
    let half = Z * variance(known).sqrt();
    let bound = |number: f64| u64::try_from(whole(number)).unwrap_or(0).min(known.cards);
    (bound(sum - half), bound(sum + half))
}

/// `None` where the whole range of true retention does not lie below 85 %.
#[must_use]
pub fn too_hopeful(progress: &Progress) -> Option<Recalls> {
    let rows = progress.retention.iter();
    let measured = rows.filter(|row| matches!(row.window, Window::Last30 | Window::Period)).map(|row| row.all());
    let recalls = measured.max_by_key(|recalls| recalls.all)?;
    wilson(recalls.passed, recalls.all).is_some_and(|(_, high)| high < TOO_HOPEFUL).then_some(recalls)
}

fn change(progress: &Progress) -> Change {
    let now = progress.knowledge.now;
    // Whatever the period of the report is: what is known is as of today too.
    let ends = progress.knowledge.ends.iter().rev();
    let mut far = ends.filter(|(day, _)| progress.today.since(**day) >= FEWEST_DAYS);
    let Some((day, then)) = far.next().filter(|_| now.cards >= FEWEST_CARDS) else { return Change::NothingEarlier };
    if then.cards < FEWEST_CARDS {
        return Change::NothingEarlier;
    }
    let more = (now.millionths as f64 - then.millionths as f64) / CERTAIN as f64;
    // The same cards are in both, so the true range is narrower if anything.
    let half = Z * (variance(now) + variance(*then)).sqrt();
    Change::Since { day: *day, more: whole(more), range: (whole(more - half), whole(more + half)) }
}

fn next(progress: &Progress) -> Next {
    if let Some(until) = progress.paused_until {
        return Next::Paused(until);
    }
    let due = progress.forecast.days.first().copied().unwrap_or(0);
    if due > 0 {
        let minutes = progress.pace.mean_ms.map(|mean| mean.saturating_mul(due).div_ceil(60_000));
        return Next::Review { due, overdue: progress.forecast.overdue, minutes };
    }
    if progress.new_left > 0 && progress.new_per_day > 0 {
        return Next::Begin(progress.new_left);
    }
    let days = (0_i64..).zip(progress.forecast.days);
    days.into_iter()
        .find(|(_, cards)| *cards > 0)
        .map_or(Next::Nothing, |(ahead, _)| Next::Later(progress.today.plus(ahead)))
}

impl Opening {
    /// Judges it.
    #[must_use]
    pub fn new(progress: &Progress) -> Self {
        let known = progress.knowledge.now;
        let now = match known.cards {
            0 => Now::Nothing,
            cards @ 1..FEWEST_CARDS => Now::TooFew(cards),
            _ => Now::Known { known, range: range(known) },
        };
        let weakest = progress.weakest.first().filter(|topic| topic.recalls.all >= FEWEST_FOR_TOPIC);
        Self {
            now,
            too_hopeful: too_hopeful(progress).filter(|_| matches!(now, Now::Known { .. })),
            change: change(progress),
            next: next(progress),
            weakest: weakest.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::fact::Fact;
    use crate::core::pause::Pauses;
    use crate::core::progress::Totals;
    use crate::core::progress::knowledge::Knowledge;
    use crate::core::progress::knowledge::LastGrade;
    use crate::core::progress::test_history;
    use crate::core::progress::test_history::TODAY;
    use crate::core::state::StateWord;
    use crate::core::totals::DayTotals;
    use crate::core::units::Days;

    /// So many cards were answered today, and those of an earlier month's end then.
    fn cards(passed: u64, failed: u64, then: u64) -> Totals {
        let mut knowledge = Knowledge::new(TODAY);
        let last = |passed| LastGrade { day: TODAY, interval: Days(6), passed };
        knowledge.add_alike(last(true), passed);
        knowledge.add_alike(last(false), failed);
        for _ in 0..then {
            knowledge.add_ended(LastGrade { day: TODAY.plus(-40), interval: Days(30), passed: true }, TODAY);
        }
        let sum = DayTotals { answers: passed + failed, first: passed + failed, ..DayTotals::default() };
        let days = [TODAY.plus(-40), TODAY].map(|day| (day, sum)).to_vec();
        Totals { knowledge, days, states: vec![], ..test_history::empty() }
    }

    fn opening(totals: &Totals) -> Opening {
        Opening::new(&Progress::new(totals))
    }

    #[test]
    fn before_anything_was_answered_nothing_is_known_and_new_cards_wait() {
        let opening = opening(&test_history::empty());
        assert_eq!(
            (opening.now, opening.change, opening.next),
            (Now::Nothing, Change::NothingEarlier, Next::Begin(549))
        );
        assert_eq!((opening.weakest, opening.too_hopeful), (None, None));
    }

    #[test]
    fn few_cards_prove_nothing() {
        assert_eq!(opening(&cards(9, 0, 0)).now, Now::TooFew(9));
        assert_eq!(opening(&cards(9, 0, 40)).change, Change::NothingEarlier);
        assert_eq!(opening(&cards(40, 0, 9)).change, Change::NothingEarlier);
    }

    #[test]
    fn what_is_known_has_a_range_that_ends_at_none_and_at_all() {
        let range = |passed, failed| match opening(&cards(passed, failed, 0)).now {
            Now::Known { known, range } => (known.whole(), known.cards, range),
            other @ (Now::Nothing | Now::TooFew(_)) => panic!("{other:?}"),
        };
        assert_eq!(range(12, 0), (12, 12, (12, 12)), "all recalled today");
        assert_eq!(range(0, 12), (0, 12, (0, 0)), "all failed today");
        // Half of 100: the standard deviation is 5 cards.
        assert_eq!(range(50, 50), (50, 100, (40, 60)));
        assert_eq!(range(1, 11).2.0, 0);
    }

    #[test]
    fn a_change_is_from_a_month_end_that_is_two_weeks_away() {
        let since = |totals: &Totals| match opening(totals).change {
            Change::Since { day, more, range } => (day.iso(), more, range),
            Change::NothingEarlier => panic!("nothing earlier"),
        };
        // 2026-04-14: the end of March is two weeks ago, and each of the 40 cards has a chance of 0.9^(26/30) then.
        assert_eq!(since(&cards(60, 0, 40)), ("2026-03-31".to_owned(), 23, (20, 27)));
        let (_, fewer, (low, high)) = since(&cards(5, 20, 40));
        assert!(fewer < 0 && low < fewer && high < 0, "{fewer} {low} {high}");
        let mut early = cards(60, 0, 40);
        early.today = TODAY.plus(-1);
        assert_eq!(opening(&early).change, Change::NothingEarlier, "thirteen days");
    }

    #[test]
    fn what_is_due_comes_before_what_is_new_and_a_break_before_both() {
        let mut totals = test_history::totals();
        let next = |totals: &Totals| opening(totals).next;
        assert!(matches!(next(&totals), Next::Review { due: 35, overdue: 6, minutes: Some(5) }), "{:?}", next(&totals));
        totals.due.retain(|(day, _)| *day > TODAY.plus(2));
        assert_eq!(next(&totals), Next::Begin(112));
        totals.new_per_day = 0;
        assert_eq!(next(&totals), Next::Later(TODAY.plus(3)));
        totals.due.clear();
        assert_eq!(next(&totals), Next::Nothing);
        let fact = Fact::Paused { until: TODAY.plus(9) };
        totals.pauses = Pauses::of([(TODAY.plus(-1), &fact)]);
        assert_eq!(next(&totals), Next::Paused(TODAY.plus(9)));
    }

    #[test]
    fn an_imported_history_is_known_without_a_day_of_practice() {
        let mut totals = cards(30, 0, 0);
        totals.days = vec![(TODAY.plus(-40), DayTotals { imported: 30, ..DayTotals::default() })];
        totals.states = vec![(StateWord::Review, 30)];
        let opening = opening(&totals);
        assert!(matches!(opening.now, Now::Known { .. }), "{opening:?}");
        assert_eq!(opening.next, Next::Nothing);
    }

    #[test]
    fn much_less_than_nine_of_ten_makes_the_estimate_too_hopeful() {
        let mut progress = Progress::new(&test_history::totals());
        assert_eq!(too_hopeful(&progress), None, "89 %");
        let mut recalled = |passed, all| {
            for row in &mut progress.retention {
                (row.young, row.mature) = (Recalls { passed, all }, Recalls::default());
            }
            too_hopeful(&progress)
        };
        assert_eq!(recalled(62, 100), Some(Recalls { passed: 62, all: 100 }));
        assert_eq!(recalled(3, 5), None, "five answers prove nothing");
    }

    #[test]
    fn a_decline_is_told_as_one() {
        let opening = opening(&test_history::totals());
        assert!(matches!(opening.change, Change::Since { more: -112, .. }), "{opening:?}");
    }

    #[test]
    fn the_weakest_topic_is_named_where_it_was_asked_often_enough() {
        assert_eq!(opening(&test_history::totals()).weakest.unwrap().title, "Conflict");
    }
}
