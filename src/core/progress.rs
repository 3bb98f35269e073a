//! What a history amounts to: sums by day, by topic and by side, and what they mean.

use crate::core::mastery::Level;
use crate::core::mastery::TopicMastery;
use crate::core::pause::Pauses;
use crate::core::progress::confusion::Confusion;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::Known;
use crate::core::progress::outlook::Outlook;
use crate::core::progress::period::Period;
use crate::core::progress::period::Window;
use crate::core::progress::spans::Granularity;
use crate::core::progress::spans::Span;
use crate::core::progress::spans::spans;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::totals::Counted;
use crate::core::totals::DayTotals;
use crate::core::totals::Recalls;
use crate::core::totals::SideTotals;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use std::cmp::Reverse;
use std::collections::BTreeMap;

pub mod confusion;
pub mod knowledge;
pub mod opening;
pub mod outlook;
pub mod period;
pub mod spans;
#[cfg(test)]
pub(crate) mod test_history;
#[cfg(test)]
mod tests;

/// Answers that count from which a topic may be called strong or weak.
pub const FEWEST_FOR_TOPIC: u64 = 5;

/// The most topics that are called strong, and the most that are called weak.
pub const MOST_TOPICS: usize = 5;

/// Days that the forecast covers, today included.
pub const FORECAST_DAYS: usize = 30;

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
    /// The longest interval, as the settings have it: new cards grow to it.
    pub maximum_interval: Days,
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

impl Forecast {
    /// The first of its days.
    #[must_use]
    pub fn first<const N: usize>(&self) -> [u64; N] {
        std::array::from_fn(|ahead| self.days.get(ahead).copied().unwrap_or(0))
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
    /// The day that `then` in the standings means; none where nothing had been answered by then.
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
            confusions: Counted::MATRICES
                .into_iter()
                .filter_map(|kind| Confusion::of_kind(&totals.sides, kind))
                .collect(),
            typed: typed(&totals.sides),
            pace: pace(sum_of(period)),
            known_over_time: known_over_time(&totals.knowledge, period, today),
            knowledge: totals.knowledge.clone(),
            standings: standings(totals),
            // Before the first answer there is nothing to compare with.
            standings_since: totals
                .mastery_then
                .as_ref()
                .map(|(day, _)| *day)
                .filter(|day| practised.iter().min().is_some_and(|first| first <= day)),
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

/// What falls due when, by the cards of each due day. While a break lasts, what falls due in it waits until the first day after it,
/// and nothing is overdue.
#[must_use]
pub fn forecast(due: &[(StudyDay, u64)], pauses: &Pauses, today: StudyDay) -> Forecast {
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

/// Moves cards that are due and held back today to tomorrow: nothing asks them before. Which days they were due on nobody counts; the
/// newest are the likely ones.
pub fn hold_back(due: &mut Vec<(StudyDay, u64)>, held: u64, today: StudyDay) {
    let mut rest = held;
    for (_, cards) in due.iter_mut().rev().filter(|(day, _)| *day <= today) {
        let taken = (*cards).min(rest);
        *cards -= taken;
        rest -= taken;
    }
    due.push((today.plus(1), held - rest));
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
        totals.maximum_interval,
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
