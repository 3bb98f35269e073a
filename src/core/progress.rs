//! What a history amounts to: sums by day, by topic and by side, and what they mean.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::Datelike as _;
use chrono::NaiveDate;

use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::pause::Pauses;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::Known;
use crate::core::progress::outlook::Outlook;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;

pub mod knowledge;
pub mod outlook;
#[cfg(test)]
pub(crate) mod test_history;
#[cfg(test)]
mod tests;

/// Answers from which a share is shown as a percentage; below it a single answer moves it by a percent and more.
pub const FEWEST_FOR_PERCENT: u64 = 100;

/// Answers that count from which a topic may be called strong or weak.
pub const FEWEST_FOR_TOPIC: u64 = 5;

/// The most topics that are called strong, and the most that are called weak.
pub const MOST_TOPICS: usize = 5;

/// Days that the forecast covers, today included.
pub const FORECAST_DAYS: usize = 30;

/// The most spans that answers are summed into: days while there are no more of them, then weeks, months, years.
pub const MOST_SPANS: i64 = 92;

/// Recalls out of answers that count for retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recalls {
    /// Answers of 3 and above.
    pub passed: u64,
    /// All of them.
    pub all: u64,
}

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

/// Everything that a report is computed from, as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The study day of the report.
    pub today: StudyDay,
    /// First day of the period asked for; `None` for the beginning.
    pub since: Option<StudyDay>,
    /// Last day of the period asked for, inclusive; `None` for today.
    pub until: Option<StudyDay>,
    /// Sums by day, ascending, over the whole history (a streak may begin before the period), days without answers left out.
    pub days: Vec<(StudyDay, DayTotals)>,
    /// Sums by topic over the period.
    pub topics: Vec<TopicTotals>,
    /// What was taken for what over the period, times and typed answers too.
    pub sides: Vec<SideTotals>,
    /// What is known, by the cards that were ever answered.
    pub knowledge: Knowledge,
    /// How the cards of each topic stand now.
    pub mastery: Vec<TopicMastery>,
    /// How they stood at the end of an earlier day.
    pub mastery_then: Option<(StudyDay, Vec<TopicMastery>)>,
    /// The reviews to come of cards that were begun.
    pub outlook: Outlook,
    /// New cards a day, as the settings have it.
    pub new_per_day: u64,
    /// Cards by state, today.
    pub states: Vec<(StateWord, u64)>,
    /// Cards with an interval under 21 days and of 21 days or more; suspended ones left out.
    pub young_and_mature: (u64, u64),
    /// Cards that are leeches.
    pub leeches: u64,
    /// Answered, unsuspended cards by due day, ascending.
    pub due: Vec<(StudyDay, u64)>,
    /// Sum over those cards of 1 / max(1, interval), in thousandths of a review a day.
    pub daily_load_milli: u64,
    /// Breaks: their days keep a streak, and nothing falls due on them.
    pub pauses: Pauses,
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
}

/// The days that a report is about, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub from: StudyDay,
    /// Its last day.
    pub to: StudyDay,
}

impl Period {
    /// How many days it has; 0 where it ends before it begins.
    #[must_use]
    pub fn days(self) -> u64 {
        u64::try_from(self.to.since(self.from).saturating_add(1)).unwrap_or(0)
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn holds(self, day: StudyDay) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What true retention is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// The period of the report.
    Period,
    /// The study day of the report.
    Today,
    /// The one before.
    Yesterday,
    /// Seven days, today included.
    Last7,
    /// Thirty days, today included.
    Last30,
    /// 365 days, today included.
    Last365,
    /// Everything up to and with today.
    All,
}

impl Window {
    /// All of them, in the order in which reports list them.
    pub const ALL: [Self; 7] =
        [Self::Period, Self::Today, Self::Yesterday, Self::Last7, Self::Last30, Self::Last365, Self::All];

    /// First and last day, given the period and today.
    fn days(self, period: Period, today: StudyDay) -> Period {
        let last = |days: i64| Period { from: today.plus(1 - days), to: today };
        match self {
            Self::Period => period,
            Self::Today => last(1),
            Self::Yesterday => Period { from: today.plus(-1), to: today.plus(-1) },
            Self::Last7 => last(7),
            Self::Last30 => last(30),
            Self::Last365 => last(365),
            Self::All => Period { from: StudyDay(i32::MIN), to: today },
        }
    }
}

/// True retention over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Over which days.
    pub window: Window,
    /// Cards with an interval under 21 days before the answer.
    pub young: Recalls,
    /// Cards with an interval of 21 days or more before the answer.
    pub mature: Recalls,
}

impl Retention {
    /// Young and mature cards together.
    #[must_use]
    pub fn all(self) -> Recalls {
        self.young.plus(self.mature)
    }
}

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
    fn first_day(self, day: StudyDay) -> StudyDay {
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
    fn next(self, first: StudyDay) -> StudyDay {
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

/// Days in a row with at least one answer; paused days are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Streak {
    /// Days in a row up to today, or up to yesterday while today has no answer yet.
    pub current: u64,
    /// The most days in a row, ever.
    pub longest: u64,
    /// Whether today already has an answer.
    pub answered_today: bool,
}

/// Cards by the day on which they fall due. Repeats and cards still new are not foreseen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Cards by day, today first; everything due before today is in today's.
    pub days: [u64; FORECAST_DAYS],
    /// How many of today's were due before today.
    pub overdue: u64,
    /// Cards due after the last of these days.
    pub later: u64,
}

/// How often what was taken for what, as a table: right answers down, given ones across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    /// What the names stand for.
    pub kind: Counted,
    /// The names that were right or given, in order; both sides of the table.
    pub names: Vec<String>,
    /// Counts by right name, then by given name.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Answers whose right name this was.
    #[must_use]
    pub fn of(&self, expected: usize) -> u64 {
        self.counts.get(expected).map_or(0, |row| row.iter().sum())
    }

    /// What was taken for something else, most often first: right name, given name, how often.
    #[must_use]
    pub fn mistaken(&self) -> Vec<(usize, usize, u64)> {
        let mut found: Vec<(usize, usize, u64)> = Vec::new();
        for (expected, row) in self.counts.iter().enumerate() {
            let others = row.iter().enumerate().filter(|(given, count)| *given != expected && **count > 0);
            found.extend(others.map(|(given, count)| (expected, given, *count)));
        }
        found.sort_by_key(|(expected, given, count)| (Reverse(*count), *expected, *given));
        found
    }
}

/// Typed answers, as the program judged them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Typed {
    /// As expected.
    pub right: u64,
    /// A slip away.
    pub near: u64,
    /// Another answer.
    pub wrong: u64,
}

/// Time an answer took, at most 60 s each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// The mean, in milliseconds; `None` without answers.
    pub mean_ms: Option<u64>,
}

/// A topic, how it stands and what moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The topic now.
    pub now: TopicMastery,
    /// Its cards by level then; `None` where that was not asked or the topic was not there.
    pub then: Option<[u64; 5]>,
}

impl Standing {
    /// The levels that it climbed (or fell) since then.
    #[must_use]
    pub fn moved(&self) -> i64 {
        let place = |level: Option<Level>| level.map_or(0, |level| i64::try_from(level.index()).unwrap_or(0));
        self.then.map_or(0, |then| place(self.now.level()) - place(crate::core::mastery::level_of(then)))
    }
}

/// What a history amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The study day of the report.
    pub today: StudyDay,
    /// The days that it is about; from the first answer to today unless asked otherwise.
    pub period: Period,
    /// Whether there is any answer up to today, be it outside the period.
    pub has_history: bool,
    /// The period's sums.
    pub sum: DayTotals,
    /// Days of the period with at least one answer.
    pub days_practised: u64,
    /// What `spans` are.
    pub step: Granularity,
    /// The period's answers by day, week, month or year, without a gap; from the first answer at the earliest.
    pub spans: Vec<Span>,
    /// True retention, in the order of [`Window::ALL`].
    pub retention: Vec<Retention>,
    /// Days in a row.
    pub streak: Streak,
    /// The first day after the break that lasts today.
    pub paused_until: Option<StudyDay>,
    /// Cards by state, in the order of [`StateWord::ALL`], each one present.
    pub states: Vec<(StateWord, u64)>,
    /// Cards with an interval under 21 days; suspended ones left out.
    pub young: u64,
    /// Cards with an interval of 21 days or more; suspended ones left out.
    pub mature: u64,
    /// Cards that are leeches.
    pub leeches: u64,
    /// What falls due when.
    pub forecast: Forecast,
    /// Reviews a day that the cards ask for in the long run, in thousandths.
    pub daily_load_milli: u64,
    /// Topics with answers in the period, by deck and title.
    pub topics: Vec<TopicTotals>,
    /// At most [`MOST_TOPICS`] topics, best retention first; each has [`FEWEST_FOR_TOPIC`] answers that count.
    pub strongest: Vec<TopicTotals>,
    /// The same from the other end, worst first. None is in both lists, and each has been failed at least once.
    pub weakest: Vec<TopicTotals>,
    /// What was taken for what, a table for each kind that has any answer.
    pub confusions: Vec<Confusion>,
    /// Typed answers of the period.
    pub typed: Typed,
    /// Time an answer took, over the period.
    pub pace: Pace,
    /// What is known now and how it fades.
    pub knowledge: Knowledge,
    /// What was known at the ends of the months, by day; the last row is today.
    pub known_over_time: Vec<(StudyDay, Known)>,
    /// Topics with cards, by deck and title.
    pub standings: Vec<Standing>,
    /// The day that `then` in the standings means.
    pub standings_since: Option<StudyDay>,
    /// The work to come, new cards included.
    pub outlook: Outlook,
    /// New cards left to begin.
    pub new_left: u64,
    /// New cards a day, as the settings have it.
    pub new_per_day: u64,
    /// The period's answers by day, for the calendar: days without answers left out.
    pub calendar: Vec<(StudyDay, DayTotals)>,
    /// True retention by month of the period, with answers that count; the first of each month.
    pub retention_by_month: Vec<(StudyDay, Recalls)>,
}

impl Progress {
    /// Judges the sums.
    #[must_use]
    pub fn new(totals: &Totals) -> Self {
        let today = totals.today;
        let past: Vec<&(StudyDay, DayTotals)> = totals.days.iter().filter(|(day, _)| *day <= today).collect();
        let practised: Vec<StudyDay> = past.iter().filter(|(_, sum)| sum.answers > 0).map(|(day, _)| *day).collect();
        let to = totals.until.unwrap_or(today);
        let beginning = past.first().map_or(today, |(day, _)| *day);
        let period = Period { from: totals.since.unwrap_or_else(|| beginning.min(to)), to };
        let sum_of = |period: Period| {
            let inside = totals.days.iter().filter(|(day, _)| period.holds(*day));
            inside.fold(DayTotals::default(), |sum, (_, day)| sum.plus(*day))
        };
        let (step, spans) = spans(&totals.days, period);
        let retention = Window::ALL.map(|window| {
            let DayTotals { young, mature, .. } = sum_of(window.days(period, today));
            Retention { window, young, mature }
        });
        let (strongest, weakest) = strongest_and_weakest(&totals.topics);
        let mut topics: Vec<TopicTotals> = totals.topics.iter().filter(|topic| topic.answers > 0).cloned().collect();
        topics.sort_by(|a, b| (&a.deck, &a.title).cmp(&(&b.deck, &b.title)));
        let (young, mature) = totals.young_and_mature;
        Self {
            today,
            period,
            has_history: !practised.is_empty(),
            sum: sum_of(period),
            days_practised: count(totals.days.iter().filter(|(day, sum)| period.holds(*day) && sum.answers > 0)),
            step,
            spans,
            retention: retention.to_vec(),
            streak: streak(&practised, &totals.pauses, today),
            paused_until: totals.pauses.on(today).map(|pause| pause.until),
            states: StateWord::ALL.map(|word| (word, cards_in(&totals.states, word))).to_vec(),
            young,
            mature,
            leeches: totals.leeches,
            forecast: forecast(&totals.due, &totals.pauses, today),
            daily_load_milli: totals.daily_load_milli,
            topics,
            strongest,
            weakest,
            confusions: Counted::MATRICES.into_iter().filter_map(|kind| confusion(&totals.sides, kind)).collect(),
            typed: typed(&totals.sides),
            pace: pace(sum_of(period)),
            known_over_time: known_over_time(&totals.knowledge, period, today),
            knowledge: totals.knowledge.clone(),
            standings: standings(totals),
            standings_since: totals.mastery_then.as_ref().map(|(day, _)| *day),
            outlook: outlook_with_new(totals),
            new_left: cards_in(&totals.states, StateWord::New),
            new_per_day: totals.new_per_day,
            calendar: totals.days.iter().filter(|(day, sum)| period.holds(*day) && sum.answers > 0).copied().collect(),
            retention_by_month: by_month(&totals.days, period),
        }
    }

    /// True retention over one window; nothing of nothing where it was not counted.
    #[must_use]
    pub fn recalls(&self, window: Window) -> Recalls {
        self.retention.iter().find(|row| row.window == window).map_or_else(Recalls::default, |row| row.all())
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u64 {
    u64::try_from(items.count()).unwrap_or(u64::MAX)
}

fn cards_in(states: &[(StateWord, u64)], word: StateWord) -> u64 {
    states.iter().filter(|(state, _)| *state == word).map(|(_, cards)| cards).sum()
}

/// Sums the answers of the period by the finest step that keeps the spans few.
fn spans(days: &[(StudyDay, DayTotals)], period: Period) -> (Granularity, Vec<Span>) {
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

/// Study days in a row with at least one answer, from the sums of each day; paused ones are passed over, and today is
/// open until it ends.
#[must_use]
pub fn streak_of(days: &[(StudyDay, DayTotals)], pauses: &Pauses, today: StudyDay) -> Streak {
    let practised: Vec<StudyDay> =
        days.iter().filter(|(day, sum)| *day <= today && sum.answers > 0).map(|(day, _)| *day).collect();
    streak(&practised, pauses, today)
}

/// `practised`: days with an answer, ascending, none after today.
fn streak(practised: &[StudyDay], pauses: &Pauses, today: StudyDay) -> Streak {
    let (mut run, mut longest, mut previous) = (0, 0, None::<StudyDay>);
    for day in practised {
        run = if previous.is_some_and(|previous| pauses.bridge(previous, *day)) { run + 1 } else { 1 };
        longest = longest.max(run);
        previous = Some(*day);
    }
    let is_alive = previous.is_some_and(|last| pauses.bridge(last, today));
    Streak { current: if is_alive { run } else { 0 }, longest, answered_today: previous == Some(today) }
}

/// While a break lasts, what falls due in it waits until the first day after it, and nothing is overdue.
fn forecast(due: &[(StudyDay, u64)], pauses: &Pauses, today: StudyDay) -> Forecast {
    let mut forecast = Forecast { days: [0; FORECAST_DAYS], overdue: 0, later: 0 };
    let asked_from = pauses.asked_from(today);
    for (day, cards) in due {
        if *day < today && asked_from == today {
            forecast.overdue += cards;
        }
        let ahead = (*day).max(asked_from).since(today);
        match usize::try_from(ahead).ok().and_then(|ahead| forecast.days.get_mut(ahead)) {
            Some(sum) => *sum += cards,
            None => forecast.later += cards,
        }
    }
    forecast
}

/// Ranks topics with enough answers; with equal retention the one with more answers is the surer case and comes first.
fn strongest_and_weakest(topics: &[TopicTotals]) -> (Vec<TopicTotals>, Vec<TopicTotals>) {
    let mut ranked: Vec<&TopicTotals> = topics.iter().filter(|topic| topic.recalls.all >= FEWEST_FOR_TOPIC).collect();
    let passed_of_other = |a: &TopicTotals, b: &TopicTotals| u128::from(a.recalls.passed) * u128::from(b.recalls.all);
    let name = |topic: &TopicTotals| (topic.deck.clone(), topic.title.clone());
    let tie = |a: &TopicTotals, b: &TopicTotals| {
        Reverse(a.recalls.all).cmp(&Reverse(b.recalls.all)).then_with(|| name(a).cmp(&name(b)))
    };
    ranked.sort_by(|a, b| passed_of_other(b, a).cmp(&passed_of_other(a, b)).then_with(|| tie(a, b)));
    let places = MOST_TOPICS.min(ranked.len().div_ceil(2));
    let strongest = ranked.iter().take(places).map(|topic| (*topic).clone()).collect();
    let mut rest = ranked.split_off(places);
    rest.retain(|topic| topic.recalls.passed < topic.recalls.all);
    rest.sort_by(|a, b| passed_of_other(a, b).cmp(&passed_of_other(b, a)).then_with(|| tie(a, b)));
    (strongest, rest.into_iter().take(MOST_TOPICS).cloned().collect())
}

/// The most names of a table of what was taken for what; those that were mistaken most stay.
pub const MOST_NAMES: usize = 12;

/// The table of one kind; `None` without an answer.
fn confusion(sides: &[SideTotals], kind: Counted) -> Option<Confusion> {
    let of_kind = || sides.iter().filter(|side| side.kind == kind);
    let mut weight: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for side in of_kind() {
        let is_mistake = if side.expected == side.given { 0 } else { side.count };
        for name in [&side.expected, &side.given] {
            let (mistakes, answers) = weight.entry(name).or_default();
            *mistakes += is_mistake;
            *answers += side.count;
        }
    }
    let mut names: Vec<&str> = weight.keys().copied().collect();
    names.sort_by_key(|name| (Reverse(weight.get(name).copied().unwrap_or_default()), *name));
    names.truncate(MOST_NAMES);
    names.sort_unstable();
    let mut counts = vec![vec![0; names.len()]; names.len()];
    for side in of_kind() {
        let place = |name: &str| names.binary_search(&name).ok();
        if let (Some(expected), Some(given)) = (place(&side.expected), place(&side.given))
            && let Some(count) = counts.get_mut(expected).and_then(|row: &mut Vec<u64>| row.get_mut(given))
        {
            *count += side.count;
        }
    }
    (!names.is_empty()).then(|| Confusion { kind, names: names.into_iter().map(str::to_owned).collect(), counts })
}

fn typed(sides: &[SideTotals]) -> Typed {
    let count = |name: &str| {
        let found = sides.iter().filter(|side| side.kind == Counted::Typed && side.given == name);
        found.map(|side| side.count).sum()
    };
    Typed { right: count("right"), near: count("near"), wrong: count("wrong") }
}

fn pace(sum: DayTotals) -> Pace {
    Pace { mean_ms: (sum.answers > 0).then(|| (sum.time_ms + sum.answers / 2) / sum.answers) }
}

/// The ends of months of the period, and today where the period has it.
fn known_over_time(knowledge: &Knowledge, period: Period, today: StudyDay) -> Vec<(StudyDay, Known)> {
    let mut known: Vec<(StudyDay, Known)> =
        knowledge.ends.iter().filter(|(day, _)| period.holds(**day)).map(|(day, known)| (*day, *known)).collect();
    if period.holds(today) && knowledge.now.cards > 0 {
        known.push((today, knowledge.now));
    }
    known
}

fn standings(totals: &Totals) -> Vec<Standing> {
    let then: BTreeMap<&str, [u64; 5]> = totals
        .mastery_then
        .iter()
        .flat_map(|(_, topics)| topics.iter().map(|topic| (topic.id.as_str(), topic.cards)))
        .collect();
    let mut standings: Vec<Standing> = totals
        .mastery
        .iter()
        .filter(|topic| topic.all() > 0)
        .map(|topic| Standing { now: topic.clone(), then: then.get(topic.id.as_str()).copied() })
        .collect();
    standings.sort_by(|a, b| (&a.now.deck, &a.now.title, &a.now.id).cmp(&(&b.now.deck, &b.now.title, &b.now.id)));
    standings
}

/// The reviews of begun cards, and those of the new cards that the limit lets in.
fn outlook_with_new(totals: &Totals) -> Outlook {
    let mut outlook = totals.outlook.clone();
    let begun_today = totals.days.iter().find(|(day, _)| *day == totals.today).map_or(0, |(_, sum)| sum.first);
    let from = totals.pauses.asked_from(totals.today).since(totals.today);
    outlook.begin(
        cards_in(&totals.states, StateWord::New),
        totals.new_per_day.saturating_sub(begun_today),
        totals.new_per_day,
        usize::try_from(from).unwrap_or(0),
    );
    outlook
}

fn by_month(days: &[(StudyDay, DayTotals)], period: Period) -> Vec<(StudyDay, Recalls)> {
    let mut months: BTreeMap<StudyDay, Recalls> = BTreeMap::new();
    for (day, sum) in days.iter().filter(|(day, sum)| period.holds(*day) && sum.recalls().all > 0) {
        let month = months.entry(Granularity::Month.first_day(*day)).or_default();
        *month = month.plus(sum.recalls());
    }
    months.into_iter().collect()
}
