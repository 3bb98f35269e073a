//! What a report says, and in which order.

use std::cmp::Reverse;

use crate::core::progress::FEWEST_FOR_TOPIC;
use crate::core::progress::Progress;
use crate::core::progress::knowledge::coming_friday;
use crate::core::progress::outlook::HORIZONS;
use crate::core::progress::period::Window;
use crate::core::progress::spans::Granularity;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::thousands;
use crate::core::totals::Counted;
use crate::core::totals::FEWEST_FOR_PERCENT;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Privacy;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Weight;
use crate::report::table::Column;
use crate::report::table::Table;

pub(super) mod knowledge;
mod opening;

/// What is said in place of numbers before the first answer.
const NO_ANSWERS_YET: &str = "No answers yet: run `lmq review`.";

/// What is said where there are answers, but outside the period.
const NO_ANSWERS_HERE: &str = "No answers in this period.";

const NO_REVIEWS_YET: &str = "No reviews yet: they begin the day after a card's first answer.";

const NO_WEAK_TOPIC: &str = "No topic stands out as weak yet.";

const NO_STRONG_TOPIC: &str = "No topic has enough answers yet.";

/// The most topics that are listed; those with the most answers stay.
const MOST_TOPICS_LISTED: usize = 300;

/// The most months that are shown; the last ones stay.
const MOST_MONTHS: usize = 60;

/// The most weeks of the calendar.
const MOST_WEEKS: i64 = 53;

/// One card, for reports that name cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// The title of its deck.
    pub deck: String,
    /// Its key or its prompt.
    pub card: String,
    /// Its state.
    pub state: StateWord,
    /// The day from which it is asked; `None` before its first answer.
    pub due: Option<StudyDay>,
    /// Its interval; `None` before its first answer.
    pub interval: Option<Days>,
    /// Its ease; `None` before its first answer.
    pub ease: Option<Ease>,
    /// Its failures.
    pub lapses: u64,
}

/// Lays out what a history amounts to.
///
/// `decks` names the decks asked for, `None` for all. Only with `cards` does a report hold text of cards.
#[must_use]
pub fn build(progress: &Progress, generated_at: Timestamp, decks: Option<&str>, cards: Option<&[CardLine]>) -> Report {
    let mut sections = vec![
        opening::opening(progress),
        summary(progress),
        knowledge::levels(progress),
        knowledge::over_time(progress),
        knowledge::fading(progress),
        knowledge::topic_levels(progress),
        retention(progress),
        retention_by_month(progress),
        ranked("weakest", "Weakest topics", &progress.weakest, progress),
        ranked("strongest", "Strongest topics", &progress.strongest, progress),
    ];
    sections.extend(Counted::MATRICES.map(|kind| knowledge::confusion(progress, kind)));
    sections.extend([
        knowledge::typed(progress),
        calendar(progress),
        practice(progress),
        forecast(progress),
        outlook(progress),
        states(progress),
        maturity(progress),
        topics(progress),
    ]);
    sections.extend(cards.map(card_list));
    Report {
        title: "Progress report".to_owned(),
        generated_at,
        today: progress.today,
        period: progress.period,
        deck: decks.map(str::to_owned),
        sections,
        contents: "",
        privacy: None,
        compared: None,
        is_summary: false,
    }
    .within(if cards.is_some() { Privacy::Cards } else { Privacy::Topics })
}

fn fact(key: &'static str, label: &'static str, value: Cell, weight: Weight) -> Fact {
    Fact { key, label, value, weight }
}

fn name(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: false }
}

fn number(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: true }
}

/// What a section without rows says; nothing before the first answer, since the summary has said it for all.
fn when_empty(progress: &Progress, otherwise: &'static str) -> &'static str {
    match (progress.has_history, progress.sum.answers) {
        (false, _) => "",
        (true, 0) => NO_ANSWERS_HERE,
        (true, _) => otherwise,
    }
}

fn summary(progress: &Progress) -> Section {
    let sum = progress.sum;
    let streak = progress.streak;
    let note = match (sum.answers, streak.current, streak.answered_today) {
        (0, _, _) if progress.has_history => Some(NO_ANSWERS_HERE.to_owned()),
        (0, _, _) => Some(NO_ANSWERS_YET.to_owned()),
        _ if progress.paused_until.is_some() => progress
            .paused_until
            .map(|day| format!("Paused until {}: nothing is due, and your streak is safe.", day.iso())),
        (_, 1.., false) => Some("Today is still open: one answer continues the streak.".to_owned()),
        _ => None,
    };
    let minor = if progress.has_history { Weight::Minor } else { Weight::Rare };
    let major = if progress.has_history { Weight::Major } else { Weight::Rare };
    let pace = progress.pace;
    let time_a_day = sum.time_ms.checked_div(progress.days_practised);
    let due_today = progress.forecast.days.first().copied().unwrap_or(0);
    let is_friday = coming_friday(progress.today).since(progress.today) == 7;
    let on_friday = if is_friday { "Next Friday, if you stop now" } else { "On Friday, if you stop now" };
    Section {
        id: "summary",
        title: "At a glance".to_owned(),
        note,
        body: Body::Facts(vec![
            fact("known", "Likely known today", Cell::Known(progress.knowledge.now), major),
            fact("known_friday", on_friday, Cell::Known(progress.knowledge.on_friday()), major),
            fact("retention", "True retention", Cell::Percent(progress.recalls(Window::Period)), major),
            fact("streak_days", "Current streak", Cell::Days(streak.current), major),
            fact("due_today", "Due today", Cell::Count(due_today), major),
            fact("answers", "Answers", Cell::Count(sum.answers), minor),
            fact("days_practised", "Days practised", Cell::Of(progress.days_practised, progress.period.days()), minor),
            fact("time_ms", "Time", Cell::Time(sum.time_ms), minor),
            fact("time_per_day_ms", "Time a day practised", time_a_day.map_or(Cell::Nothing, Cell::Time), minor),
            fact("time_mean_ms", "Time a card", pace.mean_ms.map_or(Cell::Nothing, Cell::Mean), minor),
            fact("longest_streak_days", "Longest streak", Cell::Days(streak.longest), minor),
            fact("daily_load", "Daily load", Cell::Load(progress.daily_load_milli), minor),
            fact("reviews", "Reviews", Cell::Count(sum.reviews()), minor),
            fact("first", "New cards begun", Cell::Count(sum.first), minor),
            fact("repeats", "Repeats on the same day", Cell::Count(sum.drill), minor),
            fact(
                "moved_since",
                "Levels compared with",
                progress.standings_since.filter(|_| progress.has_history).map_or(Cell::Nothing, Cell::Date),
                Weight::Rare,
            ),
            fact("overdue", "Overdue", Cell::Count(progress.forecast.overdue), Weight::Rare),
            fact("early", "Reviews ahead of time", Cell::Count(sum.early), Weight::Rare),
            fact("crammed", "Crammed, not counted", Cell::Count(sum.crammed), Weight::Rare),
            fact("imported", "Answers from another program", Cell::Count(sum.imported), Weight::Rare),
            fact("due_later", "Due after the next 30 days", Cell::Count(progress.forecast.later), Weight::Told),
            fact("new_per_day", "New cards a day", Cell::Count(progress.new_per_day), Weight::Told),
            fact("last_new", "Last new card begun", last_new(progress).map_or(Cell::Nothing, Cell::Date), Weight::Told),
        ]),
    }
}

fn practice(progress: &Progress) -> Section {
    let (title, unit, label) = match progress.step {
        Granularity::Day => ("Answers by day", "day", "Day"),
        Granularity::Week => ("Answers by week", "week", "Week from"),
        Granularity::Month => ("Answers by month", "month", "Month"),
        Granularity::Year => ("Answers by year", "year", "Year"),
    };
    let spans = if progress.sum.answers == 0 { [].as_slice() } else { progress.spans.as_slice() };
    let rows = spans.iter().map(|span| {
        vec![
            Cell::Span(progress.step, span.first),
            Cell::Count(span.totals.reviews()),
            Cell::Count(span.totals.first),
            Cell::Count(span.totals.drill),
            Cell::Count(span.totals.answers),
            Cell::Time(span.totals.time_ms),
        ]
    });
    let most = spans.iter().map(|span| span.totals.answers).max().unwrap_or(0);
    let busiest = spans.iter().find(|span| span.totals.answers == most).map(|span| span.first);
    let description = busiest.map_or_else(String::new, |first| {
        let first = Cell::Span(progress.step, first).words();
        format!(
            "{} answers in all. The most in one {unit}: {}, {first}.",
            thousands(progress.sum.answers),
            thousands(most)
        )
    });
    let table = Table {
        names: 1,
        columns: vec![
            name("from", label),
            number("reviews", "Reviews"),
            number("first", "New"),
            number("repeats", "Repeats"),
            number("answers", "Answers"),
            number("time_ms", "Time"),
        ],
        rows: rows.collect(),
        when_empty: when_empty(progress, NO_ANSWERS_HERE),
    };
    let chart = Chart { shape: Shape::Columns, series: vec![1, 2, 3], full: Chart::round_full(most), description };
    Section { id: "practice", title: title.to_owned(), note: None, body: Body::Chart(chart, table) }
}

fn window_name(window: Window) -> Cell {
    let (key, label) = match window {
        Window::Period => ("period", "This period"),
        Window::Today => ("today", "Today"),
        Window::Yesterday => ("yesterday", "Yesterday"),
        Window::Last7 => ("last_7", "Last 7 days"),
        Window::Last30 => ("last_30", "Last 30 days"),
        Window::Last365 => ("last_365", "Last 365 days"),
        Window::All => ("all", "All time"),
    };
    Cell::Named(key, label)
}

fn retention(progress: &Progress) -> Section {
    let is_any = progress.retention.iter().any(|row| row.all().all > 0);
    let rows = progress.retention.iter().filter(|_| is_any).map(|row| {
        vec![window_name(row.window), Cell::Percent(row.all()), Cell::Percent(row.young), Cell::Percent(row.mature)]
    });
    Section {
        id: "retention",
        title: "True retention".to_owned(),
        note: Some(format!(
            "How many reviews were recalled; first answers and repeats don't count. Young cards had an interval \
             under 21 days. The range in brackets contains the true share with 95 % certainty; under \
             {FEWEST_FOR_PERCENT} answers the counts are shown."
        )),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("window", "Over"),
                number("both", "All"),
                number("young", "Young"),
                number("mature", "Mature"),
            ],
            rows: rows.collect(),
            when_empty: if progress.has_history { NO_REVIEWS_YET } else { "" },
        }),
    }
}

fn retention_by_month(progress: &Progress) -> Section {
    let months = progress.retention_by_month.as_slice();
    let shown = months.get(months.len().saturating_sub(MOST_MONTHS)..).unwrap_or(months);
    let rows =
        shown.iter().map(|(month, recalls)| vec![Cell::Span(Granularity::Month, *month), Cell::Percent(*recalls)]);
    Section {
        id: "retention_by_month",
        title: "True retention by month".to_owned(),
        note: None,
        body: Body::Chart(
            Chart {
                shape: Shape::Ranges,
                series: vec![1],
                full: 1,
                description: format!(
                    "Share of reviews recalled in each of {} months, with its 95 % range, which is wider the fewer \
                     reviews there were.",
                    shown.len()
                ),
            },
            Table {
                names: 1,
                columns: vec![name("month", "Month"), number("retention", "Retention")],
                rows: rows.collect(),
                when_empty: "",
            },
        ),
    }
}

fn calendar(progress: &Progress) -> Section {
    let last = progress.calendar.last().map_or(progress.period.to, |(day, _)| *day);
    let from = last.plus(1 - 7 * MOST_WEEKS);
    let shown = progress.calendar.iter().filter(|(day, _)| *day >= from);
    let rows: Vec<Vec<Cell>> =
        shown.map(|(day, sum)| vec![Cell::Date(*day), Cell::Count(sum.answers), Cell::Time(sum.time_ms)]).collect();
    let most = progress.calendar.iter().map(|(_, sum)| sum.answers).max().unwrap_or(0);
    Section {
        id: "calendar",
        title: "Calendar".to_owned(),
        note: progress
            .calendar
            .first()
            .is_some_and(|(day, _)| *day < from)
            .then(|| format!("The last {MOST_WEEKS} weeks of the period.")),
        body: Body::Chart(
            Chart {
                shape: Shape::Calendar,
                series: vec![1],
                full: most,
                description: format!(
                    "Answers of each day, a column for each week from Monday to Sunday. {} days with answers; the most \
                     on one day: {}.",
                    thousands(u64::try_from(rows.len()).unwrap_or(u64::MAX)),
                    thousands(most)
                ),
            },
            Table {
                names: 1,
                columns: vec![name("day", "Day"), number("answers", "Answers"), number("time_ms", "Time")],
                rows,
                when_empty: "",
            },
        ),
    }
}

/// The day on which the last new card would be begun; `None` where none is left, or that is more than a year away.
fn last_new(progress: &Progress) -> Option<StudyDay> {
    let ahead = progress.outlook.last_new.filter(|_| progress.new_left > 0)?;
    Some(progress.today.plus(i64::try_from(ahead).ok()?))
}

fn outlook(progress: &Progress) -> Section {
    let pace = progress.pace.mean_ms;
    let rows = HORIZONS.into_iter().map(|days| {
        let work = progress.outlook.within(days);
        vec![
            Cell::Days(u64::try_from(days).unwrap_or(u64::MAX)),
            Cell::Count(work.reviews),
            Cell::Count(work.new),
            Cell::Count(work.reviews_of_new),
            Cell::Count(work.answers()),
            pace.map_or(Cell::Nothing, |ms| Cell::Time(ms.saturating_mul(work.answers()))),
        ]
    });
    let new = match (progress.new_left, last_new(progress)) {
        (0, _) => "No new cards are left.".to_owned(),
        (left, Some(last)) => format!(
            "{} new {} left; at {} a day the last is begun on {}.",
            thousands(left),
            if left == 1 { "card is" } else { "cards are" },
            thousands(progress.new_per_day),
            last.iso()
        ),
        (left, None) => {
            format!("{} new cards are left: more than a year of {} a day.", thousands(left), progress.new_per_day)
        }
    };
    let is_empty = progress.outlook.within(usize::MAX).answers() == 0;
    Section {
        id: "outlook",
        title: "Work to come".to_owned(),
        note: (!is_empty).then(|| {
            format!(
                "{new} This assumes that every card is answered on its day with Good: failures and repeats come on \
                 top. Time is based on the mean of this period."
            )
        }),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("within", "Within"),
                number("reviews", "Reviews"),
                number("new", "New cards"),
                number("reviews_of_new", "Their reviews"),
                number("answers", "Answers"),
                number("time_ms", "Time"),
            ],
            rows: if is_empty { Vec::new() } else { rows.collect() },
            when_empty: "",
        }),
    }
}

fn forecast(progress: &Progress) -> Section {
    let forecast = &progress.forecast;
    let total: u64 = forecast.days.iter().sum();
    let rows = (0..).zip(forecast.days).map(|(ahead, cards)| {
        let overdue = if ahead == 0 { forecast.overdue } else { 0 };
        vec![
            Cell::Date(progress.today.plus(ahead)),
            Cell::Count(cards.saturating_sub(overdue)),
            Cell::Count(overdue),
            Cell::Count(cards),
        ]
    });
    let most = forecast.days.iter().copied().max().unwrap_or(0);
    let later = if forecast.later > 0 { format!("; {} later", thousands(forecast.later)) } else { String::new() };
    let sentence = format!(
        "{} {} due in the next 30 days, today included{later}.",
        thousands(total),
        if total == 1 { "card falls" } else { "cards fall" }
    );
    let is_empty = total == 0 && forecast.later == 0;
    Section {
        id: "forecast",
        title: "The next 30 days".to_owned(),
        note: (!is_empty).then(|| format!("{sentence} Repeats and new cards can't be foreseen.")),
        body: Body::Chart(
            Chart {
                shape: Shape::Columns,
                series: vec![1, 2],
                full: Chart::round_full(most),
                description: format!("{sentence} The most on one day: {}.", thousands(most)),
            },
            Table {
                names: 1,
                columns: vec![
                    name("day", "Day"),
                    number("due", "Due that day"),
                    number("overdue", "Overdue"),
                    number("cards", "Cards"),
                ],
                rows: if is_empty { Vec::new() } else { rows.collect() },
                when_empty: if progress.has_history { "Nothing is due." } else { "" },
            },
        ),
    }
}

fn states(progress: &Progress) -> Section {
    let rows = progress.states.iter().map(|(state, cards)| vec![state_name(*state), Cell::Count(*cards)]);
    let all: u64 = progress.states.iter().map(|(_, cards)| cards).sum();
    let words = progress.states.iter().map(|(state, cards)| format!("{} {}", thousands(*cards), state.name()));
    Section {
        id: "cards",
        title: "Cards by state".to_owned(),
        note: None,
        body: Body::Chart(
            Chart {
                shape: Shape::Bars,
                series: vec![1],
                full: progress.states.iter().map(|(_, cards)| *cards).max().unwrap_or(0).max(1),
                description: format!("{} cards: {}.", thousands(all), words.collect::<Vec<_>>().join(", ")),
            },
            Table {
                names: 1,
                columns: vec![name("state", "State"), number("cards", "Cards")],
                rows: if all == 0 { Vec::new() } else { rows.collect() },
                when_empty: "No cards yet.",
            },
        ),
    }
}

fn state_name(state: StateWord) -> Cell {
    let label = match state {
        StateWord::New => "New",
        StateWord::Learning => "Learning",
        StateWord::Review => "Review",
        StateWord::Suspended => "Suspended",
        StateWord::Buried => "Buried",
    };
    Cell::Named(state.name(), label)
}

fn maturity(progress: &Progress) -> Section {
    let cards = progress.young + progress.mature + progress.leeches;
    let weight = if cards == 0 { Weight::Rare } else { Weight::Minor };
    Section {
        id: "maturity",
        title: "Young and mature cards".to_owned(),
        note: Some("Mature cards have an interval of 21 days or more. A leech was failed again and again.".to_owned()),
        body: Body::Facts(vec![
            fact("young", "Young", Cell::Count(progress.young), weight),
            fact("mature", "Mature", Cell::Count(progress.mature), weight),
            fact("leeches", "Leeches", Cell::Count(progress.leeches), weight),
        ]),
    }
}

fn topic_row(topic: &TopicTotals) -> Vec<Cell> {
    vec![
        Cell::Text(topic.title.clone()),
        Cell::Text(topic.deck.clone()),
        Cell::Percent(topic.recalls),
        Cell::Count(topic.answers),
        Cell::Time(topic.time_ms),
    ]
}

fn topic_table(topics: impl Iterator<Item = Vec<Cell>>, when_empty: &'static str) -> Table {
    Table {
        names: 2,
        columns: vec![
            name("topic", "Topic"),
            name("deck", "Deck"),
            number("retention", "Retention"),
            number("answers", "Answers"),
            number("time_ms", "Time"),
        ],
        rows: topics.collect(),
        when_empty,
    }
}

fn ranked(id: &'static str, title: &str, topics: &[TopicTotals], progress: &Progress) -> Section {
    let empty = when_empty(progress, if id == "weakest" { NO_WEAK_TOPIC } else { NO_STRONG_TOPIC });
    Section {
        id,
        title: title.to_owned(),
        note: (!topics.is_empty())
            .then(|| format!("By true retention, among topics with at least {FEWEST_FOR_TOPIC} answers that count.")),
        body: Body::Chart(
            Chart {
                shape: Shape::Bars,
                series: vec![2],
                full: 1,
                description: format!("{title} by true retention; a full bar is 100 %."),
            },
            topic_table(topics.iter().map(topic_row), empty),
        ),
    }
}

fn topics(progress: &Progress) -> Section {
    let mut listed: Vec<&TopicTotals> = progress.topics.iter().collect();
    let all = listed.len();
    listed.sort_by_key(|topic| Reverse(topic.answers));
    listed.truncate(MOST_TOPICS_LISTED);
    listed.sort_by(|a, b| (&a.deck, &a.title).cmp(&(&b.deck, &b.title)));
    let rows = listed.into_iter().map(topic_row);
    Section {
        id: "topics",
        title: "All topics".to_owned(),
        note: (all > MOST_TOPICS_LISTED).then(|| format!("The {MOST_TOPICS_LISTED} with the most answers, of {all}.")),
        body: Body::Table(topic_table(rows, when_empty(progress, NO_ANSWERS_HERE))),
    }
}

fn card_list(cards: &[CardLine]) -> Section {
    let rows = cards.iter().map(|card| {
        vec![
            Cell::Text(card.card.clone()),
            Cell::Text(card.deck.clone()),
            state_name(card.state),
            card.due.map_or(Cell::Nothing, Cell::Date),
            card.interval.map_or(Cell::Nothing, Cell::Interval),
            card.ease.map_or(Cell::Nothing, Cell::Ease),
            Cell::Count(card.lapses),
        ]
    });
    Section {
        id: "card_list",
        title: "Card by card".to_owned(),
        note: None,
        body: Body::Table(Table {
            names: 2,
            columns: vec![
                name("card", "Card"),
                name("deck", "Deck"),
                name("state", "State"),
                number("due", "Due"),
                number("interval_days", "Interval"),
                number("ease", "Ease"),
                number("lapses", "Lapses"),
            ],
            rows: rows.collect(),
            when_empty: "No cards here.",
        }),
    }
}
