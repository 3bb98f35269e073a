//! `lmq` alone: the day at a glance.

use crate::cli::Ctx;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::failure::Failure;
use crate::ops;
use crate::ops::day::Day;
use crate::ops::day::Nothing;
use crate::ops::queue::Options;
use crate::ui::words;

/// Says what the day holds, how to `begin` where something waits, and how a `checkup` begins that is due.
pub(super) fn run(ctx: &mut Ctx, begin: &str, checkup: &str) -> Result<(), Failure> {
    let store = ctx.store()?;
    let when = ops::stamp_of_sitting(&store, &ctx.env, &ctx.settings)?;
    let today = when.today;
    let day = ops::day::day(&store, &ctx.settings, when)?;
    let waits = day.reviews + day.new + day.counts.repeats > 0;
    let nothing = if waits || day.pause.is_some() {
        None
    } else {
        let options = Options::daily(&store, &ctx.settings)?;
        Some(ops::day::nothing(&store, &ctx.settings, today, &options, &day)?)
    };
    let mut lines = lines(&day, nothing.as_ref(), today, begin, &ctx.settings);
    if let Some(offer) = crate::cli::checkup::offered(&store, ctx, checkup, |_| true)? {
        // What to do today stays the last line.
        lines.insert(lines.len().saturating_sub(1), offer);
    }
    for line in lines {
        ctx.counts(&line)?;
    }
    Ok(())
}

fn lines(day: &Day, nothing: Option<&Nothing>, today: StudyDay, begin: &str, settings: &Settings) -> Vec<String> {
    let counts = &day.counts;
    let mut lines = Vec::new();
    let more = if counts.due > day.reviews {
        format!(" of {}", counted(counts.due, "due card", "due cards"))
    } else {
        String::new()
    };
    lines.push(match day.pause {
        Some(pause) => words::paused(pause.until),
        None => format!(
            "Today: {}{more}, {}, {}",
            counted(day.reviews, "review", "reviews"),
            counted(day.new, "new card", "new cards"),
            counted(counts.repeats, "repeat", "repeats"),
        ),
    });
    lines.extend(day.comeback.as_ref().map(words::comeback));
    let done = counted(u64::from(counts.answers_today), "answer", "answers");
    lines.push(match day.streak {
        0 => format!("Done today: {done}"),
        days => format!("Done today: {done}; {} in a row", counted(days, "day", "days")),
    });
    if let Some(next) = counts.next_due {
        let days = next.since(today);
        let when = if days == 1 { "tomorrow".to_owned() } else { format!("on {} (in {days} days)", next.iso()) };
        lines.push(format!("After today, the next cards fall due {when}"));
    }
    if day.pause.is_some() {
        return lines;
    }
    match nothing {
        // What brings more stays the last line.
        Some(why) => lines.extend(words::nothing(why, settings)),
        None => lines.push(begin.to_owned()),
    }
    lines
}
