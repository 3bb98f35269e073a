//! What matters of one's progress, on one screen: at 80 columns it fits the 24 lines of a usual terminal.

use crate::core::progress::Progress;
use crate::core::progress::knowledge::Known;
use crate::core::progress::opening::too_hopeful;
use crate::core::progress::period::Window;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::thousands;
use crate::core::totals::Recalls;
use crate::core::totals::wilson;
use crate::report::Chart;
use crate::ui::words;
use chrono::Datelike as _;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// How a piece of a line reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// As it is.
    Plain,
    /// What a line is about.
    Strong,
    /// What is beside the point.
    Quiet,
}

/// A line, in pieces.
pub type Row = Vec<(String, Emphasis)>;

/// From so many columns on there are two columns of blocks.
const TWO_COLUMNS: usize = 100;

/// Columns between the two.
const BETWEEN: usize = 4;

/// Columns of what a line is about, where there is room beside it.
const LABEL: usize = 16;

/// A narrower block has its label above it.
const NARROW: usize = 56;

/// Weeks in the heat map, at most: three months.
const MOST_WEEKS: usize = 14;

/// Days of the forecast that are shown.
const DAYS_AHEAD: usize = 14;

/// Topics that are named as weak.
const WEAKEST: usize = 3;

/// Weeks that are told in words.
const WEEKS_TOLD: usize = 4;

/// The least months that make a curve.
const FEWEST_FOR_CURVE: usize = 3;

const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Said where there is nothing to show yet.
const NO_ANSWERS: &str = "No answers yet: run `lmq review`.";

/// What the numbers are, a sentence each: docs/metrics.md has them too, with the formulas.
pub const WHAT_THEY_ARE: &[&str] = &[
    "Likely known: for each card that you have met, the chance that you recall it today; the number is their sum.",
    "If you stop now: the same sum on a later day, if you review nothing until then.",
    "True retention: how many of your reviews were right. First answers and repeats on the same day are left out.",
    "A range such as (76–90 %): your true share lies within it 19 times out of 20; the more reviews, the narrower it is.",
    "Young and mature: cards with an interval below 21 days, and of 21 days or more.",
    "Familiar, solid, mastered: the interval that a card has earned, below 21 days, below 90, and 90 or more.",
    "Next two weeks: cards by the day on which they fall due; new cards and failures can't be foreseen.",
    "Weakest topics: those with the lowest true retention, of topics with at least five reviews.",
];

/// What a part of the screen is about, and what there is to say of it.
type Block = (&'static str, Vec<String>);

/// The screen, in so many columns.
#[must_use]
pub fn stats_screen(progress: &Progress, width: usize) -> Vec<Row> {
    if !progress.has_history {
        return vec![plain(NO_ANSWERS)];
    }
    let is_wide = width >= TWO_COLUMNS;
    let block = if is_wide { (width - BETWEEN) / 2 } else { width };
    let set = |blocks: Vec<Block>| -> Vec<Row> {
        blocks.iter().flat_map(|(label, texts)| labelled(label, texts, block)).collect()
    };
    let mut left = set(known(progress, true).into_iter().chain(retention(progress)).collect());
    let mut practised = set(vec![practice(progress)]);
    practised.extend(heat_map(progress, block));
    let mut right = set(ahead(progress, true).into_iter().collect());
    let weakest = set(weakest(progress));
    if !is_wide {
        left.extend(practised);
        left.append(&mut right);
        left.extend(weakest);
        return left;
    }
    left.push(Row::new());
    left.extend(weakest);
    right.push(Row::new());
    right.extend(practised);
    let count = left.len().max(right.len());
    left.resize(count, Row::new());
    right.resize(count, Row::new());
    let beside = |(mut left, right): (Row, Row)| {
        if !right.is_empty() {
            let used: usize = left.iter().map(|(text, _)| text.width()).sum();
            left.push((" ".repeat(block + BETWEEN - used.min(block)), Emphasis::Plain));
            left.extend(right);
        }
        left
    };
    left.into_iter().zip(right).map(beside).collect()
}

/// The same in words, a line for each thing: what is drawn there is told in numbers.
#[must_use]
pub fn stats_words(progress: &Progress) -> Vec<String> {
    if !progress.has_history {
        return vec![NO_ANSWERS.to_owned()];
    }
    let mut blocks: Vec<Block> = known(progress, false).into_iter().chain(retention(progress)).collect();
    blocks.push(practice(progress));
    blocks.extend(weeks(progress));
    blocks.extend(ahead(progress, false));
    blocks.extend(weakest(progress));
    blocks.into_iter().map(|(label, texts)| format!("{label}: {}", texts.join("; "))).collect()
}

fn plain(text: &str) -> Row {
    vec![(text.to_owned(), Emphasis::Plain)]
}

/// What a label is about, beside it or, where that is narrow, below it. Nothing is cut: texts are wrapped.
fn labelled(label: &str, texts: &[String], width: usize) -> Vec<Row> {
    let indent = if width < NARROW { 2 } else { LABEL };
    let mut rows = Vec::new();
    let mut label = Some(label);
    if width < NARROW {
        rows.extend(label.take().map(|label| vec![(label.to_owned(), Emphasis::Strong)]));
    }
    for text in texts {
        for line in textwrap::wrap(text, width.saturating_sub(indent).max(10)) {
            let label = label.take().unwrap_or_default();
            rows.push(vec![(format!("{label:<indent$}"), Emphasis::Strong), (line.into_owned(), Emphasis::Plain)]);
        }
    }
    rows
}

fn short(day: StudyDay) -> String {
    day.date().format("%-d %b").to_string()
}

fn known(progress: &Progress, draws: bool) -> Option<Block> {
    let known = progress.knowledge.now;
    let (now, all) = (known.whole(), known.cards);
    if all == 0 {
        return None;
    }
    let share = Recalls { passed: now, all }.whole_percent().map_or_else(String::new, |share| format!(" ({share} %)"));
    let mut texts = vec![format!("{} of {}{share}", thousands(now), counted(all, "card", "cards"))];
    let ahead = progress.knowledge.ahead.iter();
    let ahead: Vec<String> = ahead
        .map(|(day, sum)| {
            let days = day.since(progress.today);
            let when = if days <= 7 { words::on_weekday(*day, progress.today) } else { format!("in {days} days") };
            format!("{} {when}", thousands(Known { millionths: *sum, ..known }.whole()))
        })
        .collect();
    texts.push(format!("{} if you stop now", ahead.join(", ")));
    texts.extend(too_hopeful(progress).map(|_| FEWER.to_owned()));
    let ends: Vec<u64> = progress.known_over_time.iter().map(|(_, known)| known.whole()).collect();
    let earlier = progress.known_over_time.iter().rev().find(|(day, _)| *day < progress.today);
    let gain = earlier.map(|(day, known)| {
        let then = known.whole();
        let sign = if now >= then { "+" } else { "−" };
        format!("{sign}{} since {}", thousands(now.abs_diff(then)), short(*day))
    });
    let curve = Some(heights(&ends)).filter(|_| draws && ends.len() >= FEWEST_FOR_CURVE);
    let moved: Vec<String> = curve.into_iter().chain(gain).collect();
    if !moved.is_empty() {
        texts.push(moved.join("  "));
    }
    Some(("Likely known", texts))
}

/// Said where the numbers of [`known`] are too good.
const FEWER: &str = "probably fewer: this assumes that nine of ten reviews are right";

fn heights(counts: &[u64]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let height = |count: &u64| usize::try_from((count * 8).div_ceil(most)).unwrap_or(8);
    counts.iter().filter_map(|count| HEIGHTS.get(height(count).saturating_sub(1))).collect()
}

/// A share with what it is of; with its range where a percentage says something.
pub(super) fn share(recalls: Recalls) -> String {
    let of = format!("{} of {}", thousands(recalls.passed), thousands(recalls.all));
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    match (recalls.whole_percent(), wilson(recalls.passed, recalls.all)) {
        (Some(share), Some((low, high))) => format!("{share} % ({}–{} %), {of}", percent(low), percent(high)),
        _ => of,
    }
}

fn retention(progress: &Progress) -> Option<Block> {
    // A period that was asked for, or that is not a month yet, stands for itself.
    let is_long = progress.period.to == progress.today && progress.period.days() >= 30;
    let (window, days) = if is_long { (Window::Last30, 30) } else { (Window::Period, progress.period.days()) };
    let row = progress.retention.iter().find(|row| row.window == window && row.all().all > 0)?;
    let mut texts = vec![format!("{} in {}", share(row.all()), counted(days, "day", "days"))];
    if let (Some(young), Some(mature)) = (row.young.whole_percent(), row.mature.whole_percent()) {
        texts.push(format!("{young} % of young cards, {mature} % of mature ones"));
    }
    Some(("True retention", texts))
}

fn practice(progress: &Progress) -> Block {
    let mut texts = Vec::new();
    let streak = progress.streak;
    if streak.longest > 1 {
        texts.push(format!(
            "{} in a row, {} at best",
            counted(streak.current, "day", "days"),
            thousands(streak.longest)
        ));
    }
    let minutes = progress.sum.time_ms / 60_000 / progress.days_practised.max(1);
    texts.push(format!(
        "{} of {}, {} a day",
        thousands(progress.days_practised),
        counted(progress.period.days(), "day", "days"),
        if minutes == 0 { "under a minute".to_owned() } else { counted(minutes, "minute", "minutes") },
    ));
    ("Practice", vec![texts.join("; ")])
}

/// What the heat map shows, in numbers: the last weeks, this one first.
fn weeks(progress: &Progress) -> Option<Block> {
    let mut weeks: BTreeMap<StudyDay, (u64, u64)> = BTreeMap::new();
    for (day, sum) in &progress.calendar {
        let (days, answers) = weeks.entry(Chart::monday(*day)).or_default();
        *days += u64::from(sum.answers > 0);
        *answers += sum.answers;
    }
    let texts: Vec<String> = weeks
        .iter()
        .rev()
        .take(WEEKS_TOLD)
        .map(|(monday, (days, answers))| {
            let answers = counted(*answers, "answer", "answers");
            format!("{answers} on {} from {}", counted(*days, "day", "days"), short(*monday))
        })
        .collect();
    (!texts.is_empty()).then_some(("By week from Monday, the newest first", texts))
}

/// A row for each weekday, a column for each week. No weekday or week is left out: a gap is seen as one.
fn heat_map(progress: &Progress, width: usize) -> Vec<Row> {
    let indent = if width < NARROW { 2 } else { LABEL };
    let (Some((first, _)), last) = (progress.calendar.first(), progress.period.to) else { return Vec::new() };
    let weeks = usize::try_from(Chart::monday(last).since(Chart::monday(*first)) / 7 + 1).unwrap_or(1);
    let weeks = weeks.min(MOST_WEEKS).min(width.saturating_sub(indent + 5) / 2);
    let monday = Chart::monday(last).plus(-7 * i64::try_from(weeks.saturating_sub(1)).unwrap_or(0));
    let begin = progress.calendar.partition_point(|(day, _)| *day < monday);
    let shown: BTreeMap<StudyDay, u64> =
        progress.calendar.iter().skip(begin).map(|(day, sum)| (*day, sum.answers)).collect();
    let full = Chart::round_full(shown.values().copied().max().unwrap_or(0));
    let day_of = |week: usize, weekday: i64| monday.plus(7 * i64::try_from(week).unwrap_or(0) + weekday);
    let mut months = String::new();
    for week in 0..weeks {
        let date = day_of(week, 6).date();
        // Each month above the week in which it begins, where its name has room.
        if date.day() <= 7 && months.width() <= week * 2 {
            months.push_str(&" ".repeat(week * 2 - months.width()));
            months.push_str(&date.format("%b ").to_string());
        }
    }
    let mut rows = Vec::new();
    if !months.is_empty() {
        rows.push(vec![(format!("{}{}", " ".repeat(indent + 4), months.trim_end()), Emphasis::Quiet)]);
    }
    for (weekday, name) in (0_i64..).zip(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) {
        let mut line = String::new();
        for week in 0..weeks {
            let day = day_of(week, weekday);
            let shade = usize::try_from(Chart::shade(shown.get(&day).copied().unwrap_or(0), full)).unwrap_or(0);
            line.push(if day > last { ' ' } else { Chart::SHADE_SIGNS.get(shade).copied().unwrap_or(' ') });
            line.push(' ');
        }
        rows.push(vec![
            (format!("{}{name} ", " ".repeat(indent)), Emphasis::Quiet),
            (line.trim_end().to_owned(), Emphasis::Plain),
        ]);
    }
    rows
}

fn ahead(progress: &Progress, draws: bool) -> Option<Block> {
    let days = progress.forecast.days.get(..DAYS_AHEAD).unwrap_or_default();
    let [today, rest @ ..] = days else { return None };
    let sum: u64 = rest.iter().sum();
    if today + sum == 0 {
        return None;
    }
    let overdue = match progress.forecast.overdue {
        0 => String::new(),
        overdue => format!(" ({} overdue)", thousands(overdue)),
    };
    let text = format!("{} today{overdue}, {} after that", thousands(*today), thousands(sum));
    if draws {
        return Some(("Next two weeks", vec![format!("{}  {text}", heights_or_blank(days))]));
    }
    let (most, day) = rest.iter().zip(1..).max_by_key(|(count, day)| (**count, -*day))?;
    let day = progress.today.plus(day).date().format("%A, %-d %B");
    Some(("Next two weeks", vec![text, format!("at most {}, on {day}", thousands(*most))]))
}

/// As [`heights`], with a dot for a day on which nothing falls due.
fn heights_or_blank(counts: &[u64]) -> String {
    counts.iter().zip(heights(counts).chars()).map(|(count, height)| if *count == 0 { '·' } else { height }).collect()
}

fn weakest(progress: &Progress) -> Vec<Block> {
    let topics = progress.weakest.iter().take(WEAKEST);
    let texts: Vec<String> =
        topics.map(|topic| format!("{}: {}", one_line(&topic.title), share(topic.recalls))).collect();
    let mut blocks = Vec::new();
    if !texts.is_empty() {
        blocks.push(("Weakest topics", texts));
    }
    let mistaken = progress.confusions.iter().flat_map(|confusion| {
        confusion.mistaken().into_iter().filter_map(|(expected, given, count)| {
            let name = |place: usize| confusion.names.get(place).map(|name| one_line(name));
            Some((count, name(expected)?, name(given)?))
        })
    });
    if let Some((count, expected, given)) = mistaken.max_by_key(|(count, ..)| *count) {
        let text = format!("{expected} for {given}, {}", counted(count, "time", "times"));
        blocks.push(("Mixed up most", vec![text]));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::progress::Totals;
    use crate::core::progress::test_history;

    fn shown(totals: &Totals, width: usize) -> Vec<String> {
        let rows = stats_screen(&Progress::new(totals), width);
        rows.iter().map(|row| row.iter().map(|(text, _)| text.as_str()).collect::<String>()).collect()
    }

    #[test]
    fn a_screen_of_24_lines_holds_it_at_80_columns_and_no_line_is_too_wide() {
        let totals = test_history::totals();
        for width in [20, 40, 56, 80, 99, 100, 120, 200] {
            let lines = shown(&totals, width);
            assert!(lines.iter().all(|line| line.width() <= width.max(26)), "{width}: {lines:#?}");
            // One line for what is said below, and one for the prompt.
            assert!(width < 80 || lines.len() <= 22, "{width}: {} lines", lines.len());
        }
    }

    #[test]
    fn it_says_what_is_known_kept_practised_and_to_come() {
        let totals = test_history::totals();
        insta::assert_snapshot!("stats_80", shown(&totals, 80).join("\n"));
        insta::assert_snapshot!("stats_120", shown(&totals, 120).join("\n"));
        insta::assert_snapshot!("stats_40", shown(&totals, 40).join("\n"));
    }

    #[test]
    fn in_words_nothing_is_drawn_and_no_number_is_lost() {
        let lines = stats_words(&Progress::new(&test_history::totals()));
        insta::assert_snapshot!("stats_words", lines.join("\n"));
        let drawn = |c: char| matches!(c, '\u{2500}'..='\u{28ff}' | '·');
        assert!(!lines.concat().contains(drawn), "{lines:#?}");
        let mut totals = test_history::totals();
        totals.days.clear();
        assert_eq!(stats_words(&Progress::new(&totals)), [NO_ANSWERS]);
    }

    #[test]
    fn who_recalls_much_less_than_is_assumed_is_told() {
        let mut progress = Progress::new(&test_history::totals());
        let is_said = |progress: &Progress| stats_words(progress).concat().contains(FEWER);
        assert!(!is_said(&progress));
        for row in &mut progress.retention {
            (row.young, row.mature) = (Recalls { passed: 62, all: 100 }, Recalls::default());
        }
        assert!(is_said(&progress));
    }

    #[test]
    fn known_is_what_is_likely_known_and_retention_is_true_retention() {
        for width in [40, 80, 120] {
            let text = shown(&test_history::totals(), width).join("\n").to_lowercase();
            let all = |word: &str| text.matches(word).count();
            assert!(all("known") == 1 && all("likely known") == 1, "{text}");
            assert!(all("retention") == 1 && all("true retention") == 1 && all("master") == 0, "{text}");
        }
    }

    #[test]
    fn a_period_that_was_asked_for_has_its_own_practice_and_retention() {
        let mut totals = test_history::totals();
        totals.since = Some(totals.today.plus(-80));
        totals.until = Some(totals.today.plus(-60));
        let lines = shown(&totals, 80).join("\n");
        assert!(lines.contains("in 21 days") && lines.contains('▓'), "{lines}");
    }

    #[test]
    fn a_first_day_has_no_curves_and_no_history_says_how_to_begin() {
        let mut totals = test_history::totals();
        totals.days.truncate(1);
        assert_eq!(shown(&totals, 80).iter().filter(|line| line.contains("Practice")).count(), 1);
        totals.days.clear();
        assert_eq!(shown(&totals, 80), ["No answers yet: run `lmq review`."]);
    }
}
