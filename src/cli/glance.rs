//! `lmq` alone: the day at a glance.

use crate::cli::Ctx;
use crate::core::text::counted;
use crate::failure::Failure;
use crate::store::Counts;
use crate::store::DeckSet;

fn number(count: u64, one: &str, many: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), one, many)
}

pub(super) fn run(ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let today = ctx.stamp().today;
    let counts = store.counts(&DeckSet::All, today, ctx.settings.drill()).map_err(|error| ctx.failure(&error))?;
    let days = store.day_totals(&DeckSet::All).map_err(|error| ctx.failure(&error))?;
    let streak = crate::core::progress::streak_of(&days, today).current;
    let mut lines = lines(&counts, today, streak, &ctx.settings);
    if let Some(offer) = crate::cli::checkup::offered(&store, ctx)? {
        // What to do today stays the last line.
        lines.insert(lines.len().saturating_sub(1), offer);
    }
    for line in lines {
        ctx.line(line)?;
    }
    Ok(())
}

fn lines(
    counts: &Counts,
    today: crate::core::study_day::StudyDay,
    streak: u64,
    settings: &crate::core::settings::Settings,
) -> Vec<String> {
    let new_left = u64::from(settings.new_per_day.saturating_sub(counts.new_done)).min(counts.new);
    let reviews_left = u64::from(settings.reviews_per_day.saturating_sub(counts.reviews_done)).min(counts.due);
    let mut lines = Vec::new();
    let more = if counts.due > reviews_left {
        format!(" of {}", number(counts.due, "due card", "due cards"))
    } else {
        String::new()
    };
    lines.push(format!(
        "Today: {}{more}, {}, {}",
        number(reviews_left, "review", "reviews"),
        number(new_left, "new card", "new cards"),
        number(counts.repeats, "repeat", "repeats"),
    ));
    let done = number(u64::from(counts.answers_today), "answer", "answers");
    lines.push(match streak {
        0 => format!("Done today: {done}"),
        days => format!("Done today: {done}; {} in a row", number(days, "day", "days")),
    });
    if let Some(next) = counts.next_due {
        let days = next.since(today);
        let when = if days == 1 { "tomorrow".to_owned() } else { format!("on {} (in {days} days)", next.iso()) };
        lines.push(format!("After today, the next cards fall due {when}"));
    }
    if reviews_left + new_left + counts.repeats > 0 {
        lines.push("Type `lmq review` to begin".to_owned());
    } else if counts.new > 0 {
        lines.push(format!(
            "Nothing waits: the day's {} been met. `lmq review --new 5` brings five more",
            number(u64::from(settings.new_per_day), "new card has", "new cards have")
        ));
    } else if counts.due > 0 {
        lines.push("Nothing waits: the day's reviews are done. `lmq review --limit 20` brings twenty more".to_owned());
    } else {
        lines.push("Nothing is due and there are no new cards. `lmq import FILE` or `lmq add` brings some".to_owned());
    }
    lines
}
