//! `lmq` alone: the day at a glance.

use crate::cli::Ctx;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::failure::Failure;
use crate::ops;
use crate::ops::day::Day;
use crate::ui::words;

pub(super) fn run(ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let when = ops::stamp_of_sitting(&store, &ctx.env, &ctx.settings)?;
    let today = when.today;
    let day = ops::day::day(&store, &ctx.settings, when)?;
    let mut lines = lines(&day, today, &ctx.settings);
    if let Some(offer) = crate::cli::checkup::offered(&store, ctx)? {
        // What to do today stays the last line.
        lines.insert(lines.len().saturating_sub(1), offer);
    }
    for line in lines {
        ctx.counts(&line)?;
    }
    Ok(())
}

fn lines(day: &Day, today: StudyDay, settings: &Settings) -> Vec<String> {
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
    if day.reviews + day.new + counts.repeats > 0 {
        lines.push("Type `lmq review` to begin".to_owned());
    } else if counts.new > 0 && counts.new_done < settings.new_per_day {
        lines.push(words::held_back(counts.new));
    } else if counts.new > 0 {
        lines.push(format!(
            "Nothing waits: the day's {} been met. `lmq review --new 5` brings five more",
            counted(u64::from(settings.new_per_day), "new card has", "new cards have")
        ));
    } else if counts.due > 0 {
        lines.push("Nothing waits: the day's reviews are done. `lmq review --limit 20` brings twenty more".to_owned());
    } else {
        lines.push("Nothing is due and there are no new cards. `lmq import FILE` or `lmq add` brings some".to_owned());
    }
    lines
}
