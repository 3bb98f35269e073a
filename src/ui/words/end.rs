//! What is said at the end of a session.

use crate::core::session::summary::Summary;
use crate::core::settings::Settings;
use crate::core::text::counted;
use crate::ops::review::Waits;
use crate::ui::keymap::Keymap;
use crate::ui::words::about;
use crate::ui::words::in_days;
use crate::ui::words::minutes;
use crate::ui::words::nothing;
use crate::ui::words::nothing_here;
use crate::ui::words::spaced;

/// The end of a sitting; with the keys that bring more, where these work.
#[must_use]
pub fn summary(summary: &Summary, counts: &Waits, settings: &Settings, keys: Option<&Keymap>) -> Vec<String> {
    let mut lines = Vec::new();
    if summary.answers > 0 {
        let (passed, of) = summary.recalled;
        let mut line = format!("{} in {}", counted(summary.answers, "answer", "answers"), about(summary.time));
        if of > 0 {
            line.push_str(&format!("; {}", recalled(passed, of)));
        }
        if summary.new > 0 {
            line.push_str(&format!("; {} met", counted(summary.new, "new card", "new cards")));
        }
        lines.push(line);
    }
    lines.extend(moved(summary));
    if let Some(try_line) = &summary.try_line {
        lines.push(format!("Try: {try_line}"));
    }
    let of_today = if counts.is_for_today { " for today" } else { "" };
    if summary.waiting.all() > 0 {
        let left = format!("{} left{of_today}", counted(summary.waiting.all(), "card is", "cards are"));
        lines.push(match counts.minutes_over {
            Some(over) => format!("{} are over; {left}", minutes(over)),
            None => left,
        });
        return lines;
    }
    lines.extend(counts.nothing.iter().flat_map(|why| match keys {
        Some(keys) => nothing_here(why, settings, keys),
        None => nothing(why, settings),
    }));
    if counts.left_today > 0 {
        lines.push(format!("{} left{of_today}", counted(counts.left_today, "card is", "cards are")));
        return lines;
    }
    if let Some(days) = counts.next_due_in_days {
        lines.push(format!("The next cards fall due {}", in_days(days)));
    }
    lines
}

/// How many cards were right when they were asked first today: what is asked again counts as nothing more.
#[must_use]
pub fn recalled(passed: usize, of: usize) -> String {
    format!("{passed} of {} right at the first try", counted(of, "card", "cards"))
}

/// What moved among the cards that were known before.
fn moved(summary: &Summary) -> Option<String> {
    let (further, nearer) = summary.moved;
    let mut parts = Vec::new();
    if further > 0 {
        let longest = summary.longest.map_or_else(String::new, |days| format!(", the furthest by {}", spaced(days)));
        parts.push(format!("{} further away{longest}", counted(further, "card moved", "cards moved")));
    }
    if nearer > 0 {
        parts.push(format!("{} nearer", counted(nearer, "card came", "cards came")));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}
