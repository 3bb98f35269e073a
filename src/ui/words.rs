//! Everything that front ends say, in one place, as plain text without wrapping.

use crate::core::card::Ask;
use crate::core::card::Outcome;
use crate::core::card::Verdict;
use crate::core::queue::Comeback;
use crate::core::queue::Origin;
use crate::core::session::Choice;
use crate::core::session::Current;
use crate::core::session::Mode;
use crate::core::session::Session;
use crate::core::session::Summary;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::units::Days;
use crate::core::units::Millis;
use crate::ops::review::Said;

/// A number of days for people.
#[must_use]
pub fn in_days(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

/// That a break lasts.
#[must_use]
pub fn paused(until: StudyDay) -> String {
    format!("Paused until {}: nothing is due, and your streak keeps. `lmq pause --off` ends it", until.iso())
}

/// What waits for someone who was away or fell behind, and how it is spread.
#[must_use]
pub fn comeback(comeback: &Comeback) -> String {
    let count = |count: u64, one: &str, many: &str| counted(usize::try_from(count).unwrap_or(usize::MAX), one, many);
    let waiting = count(comeback.waiting, "due card waits", "due cards wait");
    let away = match comeback.away_days {
        0 => String::new(),
        days => format!("Welcome back after {}: ", count(days, "day", "days")),
    };
    if comeback.waiting <= comeback.today {
        return format!("{away}{waiting}, and today has a place for each");
    }
    let today = if comeback.today > 0 { format!(", {} of them today", comeback.today) } else { String::new() };
    let days = if comeback.today > 0 {
        count(comeback.days, "day", "days")
    } else {
        count(comeback.days, "more day", "more days")
    };
    format!("{away}{waiting}{today}; within the daily limit it takes {days}, most at risk first")
}

/// About how long.
#[must_use]
pub fn about(time: Millis) -> String {
    match time.0 / 1000 {
        0..=45 => "under a minute".to_owned(),
        seconds => counted(usize::try_from(seconds.div_ceil(60)).unwrap_or(0), "minute", "minutes"),
    }
}

/// What is left: `4 left, about 1 minute`.
#[must_use]
pub fn left(session: &Session) -> String {
    let waiting = session.waiting();
    let mut parts = Vec::new();
    for (count, word) in [(waiting.new, "new"), (waiting.reviews, "due"), (waiting.repeats, "again")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    format!("{} · {}", parts.join(", "), about(session.time_left()))
}

/// How to answer, in a few words; for keys (`keys`) or for lines.
#[must_use]
pub fn how(ask: Ask, options: usize, keys: bool) -> String {
    match (ask, keys) {
        (Ask::Recall, true) => "Space shows the answer".to_owned(),
        (Ask::Recall, false) => "Enter shows the answer".to_owned(),
        (Ask::Type, true) => "Type it, or Enter to see it".to_owned(),
        (Ask::Type, false) => "Type it, or press Enter to see it".to_owned(),
        (Ask::Choose, _) => format!("Choose 1 to {options}"),
        (Ask::Sort, _) => "Name the side by its number or first letter".to_owned(),
        (Ask::List(count), true) => format!("{count} items, one a line; an empty line ends"),
        (Ask::List(count), false) => format!("{count} items, separated by commas"),
        (Ask::Order, true) => "Move the lines with Left and Right, then Enter".to_owned(),
        (Ask::Order, false) => "Put them in order: the numbers, as 3 1 2".to_owned(),
    }
}

/// The word for how an answer compares.
#[must_use]
pub fn verdict(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Outcome::Right => "Right",
        Outcome::Near => "Nearly",
        Outcome::Wrong => "Not this time",
    }
}

/// A grade button: `3 Good 6d`.
#[must_use]
pub fn button(choice: &Choice, with_interval: bool) -> String {
    match choice.interval.filter(|_| with_interval) {
        Some(days) => format!("{} {} {}", choice.key, choice.label, days.short()),
        None => format!("{} {}", choice.key, choice.label),
    }
}

/// What comes of a grade.
#[must_use]
pub fn graded(choice: Option<&Choice>, repeats: bool) -> String {
    let then = match choice.and_then(|choice| choice.interval) {
        Some(Days(days)) => format!("back {}", in_days(i64::from(days))),
        None => "its interval stays".to_owned(),
    };
    let word = choice.map_or("", |choice| choice.label.as_str());
    if repeats { format!("{word}: once more in this session, then {then}") } else { format!("{word}: {then}") }
}

/// Something that happened, for people; nothing where nothing needs saying.
#[must_use]
pub fn said(said: &Said) -> Option<String> {
    match said {
        Said::AskAgain(why) => Some(why.clone()),
        Said::Leech { card, lapses, suspended } => Some(format!(
            "{card} is a leech: failed {lapses} times. {}",
            if *suspended { "It is suspended now" } else { "Rewrite it, split it, or suspend it" }
        )),
        Said::Undone(label) => Some(format!("Took back: {label}")),
        Said::NothingToUndo => Some("There is nothing to take back".to_owned()),
        Said::Stale(card) => Some(format!("{card} was answered elsewhere meanwhile; this answer was not taken")),
        Said::Marked(true) => Some("Marked".to_owned()),
        Said::Marked(false) => Some("The mark is gone".to_owned()),
        Said::Ignored => None,
    }
}

/// Why this card, and its numbers: a line each.
#[must_use]
pub fn info(current: &Current, session: &Session, today: StudyDay) -> Vec<String> {
    let state = &current.loaded.state;
    let mut lines = vec![match (session.mode(), current.origin) {
        (Mode::Cram, _) => "Asked because you cram: no schedule moves".to_owned(),
        (Mode::Normal, Origin::New) => "Asked because it is new".to_owned(),
        (Mode::Normal, Origin::Repeat) => "Asked again because it was not recalled well today".to_owned(),
        (Mode::Normal, Origin::Review) => match &state.memory {
            Some(memory) if memory.due > today => format!("Asked early: it is due {}", memory.due.iso()),
            Some(memory) if memory.due < today => {
                format!(
                    "Asked because it was due {} ({} late)",
                    memory.due.iso(),
                    counted(usize::try_from(today.since(memory.due)).unwrap_or(0), "day", "days")
                )
            }
            _ => "Asked because it is due today".to_owned(),
        },
    }];
    if let Some(memory) = &state.memory {
        lines.push(format!(
            "Interval {}, ease {:.2}, {}, {}",
            memory.interval.short(),
            memory.ease.decimal(),
            counted(usize::try_from(memory.repetitions).unwrap_or(0), "recall in a row", "recalls in a row"),
            counted(usize::try_from(memory.lapses).unwrap_or(0), "lapse", "lapses"),
        ));
    }
    let next: Vec<String> = session.choices(today).iter().map(|choice| button(choice, true)).collect();
    lines.push(format!("Next: {}", next.join("  ")));
    let mut facts = vec![current.loaded.name.clone(), format!("kind {}", current.loaded.text.kind)];
    if !current.loaded.text.source.is_empty() {
        facts.push(format!("source {}", current.loaded.text.source.join(", ")));
    }
    if !current.loaded.text.tags.is_empty() {
        facts.push(format!("tags {}", current.loaded.text.tags.join(", ")));
    }
    if state.marked {
        facts.push("marked".to_owned());
    }
    lines.push(facts.join(" · "));
    lines
}

/// The end of a sitting.
#[must_use]
pub fn summary(summary: &Summary, counts: &crate::ops::review::Waits, settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    if summary.answers > 0 {
        let (passed, of) = summary.recalled;
        let mut line = format!("{} in {}", counted(summary.answers, "answer", "answers"), about(summary.time));
        if of > 0 {
            line.push_str(&format!("; {passed} of {of} recalled"));
        }
        if summary.new > 0 {
            line.push_str(&format!("; {} met", counted(summary.new, "new card", "new cards")));
        }
        lines.push(line);
    }
    if let Some(try_line) = &summary.try_line {
        lines.push(format!("Try: {try_line}"));
    }
    if summary.waiting.all() > 0 {
        lines.push(format!("{} left for today", counted(summary.waiting.all(), "card is", "cards are")));
        return lines;
    }
    if summary.answers == 0 {
        lines.push(why_nothing(counts, settings));
    }
    if let Some(days) = counts.next_due_in_days {
        lines.push(format!("The next cards fall due {}", in_days(days)));
    }
    lines
}

fn why_nothing(counts: &crate::ops::review::Waits, settings: &Settings) -> String {
    if let Some(until) = counts.paused_until {
        paused(until)
    } else if counts.new > 0 && counts.new_done >= settings.new_per_day {
        format!(
            "Nothing is due, and today's {} are met. `lmq review --new 5` brings five more",
            counted(usize::try_from(settings.new_per_day).unwrap_or(0), "new card", "new cards")
        )
    } else if counts.due > 0 {
        "Today's reviews are done. `lmq review --limit 20` brings twenty more".to_owned()
    } else if counts.cards == 0 {
        "There are no cards yet. `lmq import FILE` or `lmq add` brings some".to_owned()
    } else {
        "Nothing is due".to_owned()
    }
}
