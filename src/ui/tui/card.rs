//! The page of one card: everything about it, and why it is asked today or not.

use crate::core::document::Side;
use crate::failure::Failure;
use crate::ops::card_details::CardDetails;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::document;
use crate::ui::tui::pages::show;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use crate::ui::words;
use ratatui::style::Style;
use ratatui::text::Line;

/// Shows the page until a key. `why` takes the place of the reason where a session knows a better one; `hidden`: the card
/// is being asked, so its answer is not shown.
pub(super) fn run(
    page: &CardDetails,
    why: Option<&str>,
    hidden: bool,
    term: &mut Term,
    with: ScreenContext<'_>,
) -> Result<(), Failure> {
    show(&|width| lines(page, why, hidden, width, with), term, with)
}

fn lines(
    page: &CardDetails,
    why: Option<&str>,
    hidden: bool,
    width: usize,
    with: ScreenContext<'_>,
) -> Vec<Line<'static>> {
    let line = &page.line;
    let quiet = |text: &str| say(text, Tone::Quiet, with.look);
    let mut lines = wrapped(&line.name(), width, style(Tone::Strong, with.look));
    let why = why.map_or_else(|| words::stands(page, Some(with.keys)), str::to_owned);
    lines.extend(wrapped(&why, width, Style::new()));
    lines.push(Line::default());
    let hidden = hidden || line.text.held_out;
    let side = if hidden { Side::Question } else { Side::Answer };
    lines.extend(document::lines(&line.text.prompt_document(line.card.ordinal), side, width, with.look));
    lines.push(quiet(&"─".repeat(width)));
    if hidden {
        let later = "The answer is shown here once you have answered";
        let why = if line.text.held_out { words::HELD_OUT } else { later };
        lines.extend(wrapped(why, width, style(Tone::Quiet, with.look)));
    } else {
        lines.extend(document::lines(&line.text.answer_document(line.card.ordinal), Side::Answer, width, with.look));
        if let Some(extra) = &line.text.extra {
            lines.push(Line::default());
            lines.extend(document::lines(&line.text.document(extra), Side::Answer, width, with.look));
        }
    }
    lines.push(Line::default());
    for (label, value) in words::facts(page, hidden) {
        lines.extend(document::hanging(&format!("{label:<9} "), &value, width, Style::new()));
    }
    lines.push(Line::default());
    lines.push(quiet(if page.events.is_empty() { "no events yet" } else { "events, oldest first" }));
    for row in &page.events {
        let tone = if row.voided { Tone::Quiet } else { Tone::Plain };
        lines.extend(document::hanging("", &words::event(row), width, style(tone, with.look)));
    }
    lines
}
