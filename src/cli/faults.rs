//! The faults of deck files, drawn: where each is, and what to do.

use crate::core::excerpt::excerpt;
use crate::core::text::printable;
use crate::formats::FileFault;
use unicode_width::UnicodeWidthStr as _;

/// Columns of a source line that are shown around what a fault is about.
const SHOWN_COLUMNS: usize = 100;

/// Bytes of a line from which on only a part of it is looked at.
const LONG_LINE: usize = 10_000;

/// What stands around a byte in its line, and how many characters before it.
fn near(text: &str, at: usize) -> (&str, usize) {
    let at = text.floor_char_boundary(at);
    let from = text.floor_char_boundary(at.saturating_sub(400));
    let before = text.get(from..at).and_then(|before| before.rsplit('\n').next()).unwrap_or("");
    let from = at - before.len();
    let to = text.floor_char_boundary(at + 400);
    (text.get(from..to).and_then(|line| line.lines().next()).unwrap_or(""), before.chars().count())
}

/// The faults of a deck file, each with its line and carets under what it is about.
pub(super) fn draw(name: &str, text: &str, faults: &[FileFault]) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    faults
        .iter()
        .map(|fault| {
            let number = fault.place.line.to_string();
            let line =
                usize::try_from(fault.place.line).ok().and_then(|line| lines.get(line.checked_sub(1)?)).unwrap_or(&"");
            let before = usize::try_from(fault.place.column.saturating_sub(1)).unwrap_or(0);
            let (line, before) = if line.len() > LONG_LINE { near(text, fault.span.start) } else { (*line, before) };
            let about = text.get(fault.span.clone()).and_then(|about| about.lines().next()).unwrap_or("");
            // A long line is shown from a little before the fault on.
            let from = if before > SHOWN_COLUMNS / 2 { before - 20 } else { 0 };
            let (shown, columns) = excerpt(&line.replace('\t', " "), from, before, SHOWN_COLUMNS);
            let indent = " ".repeat(columns);
            let carets =
                "^".repeat(printable(about).width().clamp(1, SHOWN_COLUMNS - (before - from).min(SHOWN_COLUMNS - 1)));
            let margin = " ".repeat(number.len());
            format!(
                "{name}:{}: {}: {}\n {number} | {}\n {margin} | {indent}{carets} {}",
                fault.place,
                fault.what.rule(),
                printable(&fault.what.to_string()),
                shown,
                printable(&fault.what.help()),
            )
        })
        .collect()
}
