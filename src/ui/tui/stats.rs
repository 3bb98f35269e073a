//! What you know, on a screen of its own: the same as `lmq stats`, and from there as `lmq stats --all`.

use crate::core::progress::Progress;
use crate::failure::Failure;
use crate::ops::workspace::Workspace;
use crate::report::Report;
use crate::report::render_text;
use crate::report::render_words;
use crate::ui::Emphasis;
use crate::ui::Look;
use crate::ui::stats_screen;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::bar::Place;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::column;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::style;
use crate::ui::tui::paint::wrapped;
use crate::ui::tui::term::Term;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;

/// Columns that the screen is made for, at most.
const WIDEST: u16 = 120;

/// Shows what matters until a key, and everything where that is asked for.
pub(super) fn run(workspace: &Workspace<'_>, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    let progress = workspace.progress()?;
    let lines = |width| screen(&progress, width, with.look);
    let mut scroll = 0;
    while pages::leaf(&lines, middle, (&mut scroll, Place::Stats), Some("everything"), term, with)? {
        let report = workspace.report()?;
        let all = |width| page(&report, width, with.look);
        pages::leaf(&all, column, (&mut 0, Place::Stats), None, term, with)?;
    }
    Ok(())
}

/// The middle of the screen, as wide as the blocks get.
fn middle(all: Rect) -> Rect {
    let margin = if all.width >= 44 { 2 } else { 0 };
    let width = all.width.saturating_sub(2 * margin + 1).min(WIDEST);
    Rect { x: (all.width - width) / 2, width, ..all }
}

fn screen(progress: &Progress, width: usize, look: Look) -> Vec<Line<'static>> {
    if !progress.has_history {
        return wrapped("No answers yet: go back and press Enter", width, Style::new());
    }
    let tone = |emphasis| match emphasis {
        Emphasis::Plain => Tone::Plain,
        Emphasis::Strong => Tone::Strong,
        Emphasis::Quiet => Tone::Quiet,
    };
    let rows = stats_screen(progress, width).into_iter();
    rows.map(|row| row.into_iter().map(|(text, emphasis)| Span::styled(text, style(tone(emphasis), look))).collect())
        .collect()
}

/// In fewer columns a table is none: its rows are told in words.
const LEAST_TABLE: usize = 30;

fn page(report: &Report, width: usize, look: Look) -> Vec<Line<'static>> {
    let mut text = Vec::new();
    if width < LEAST_TABLE {
        render_words(report, &mut text).ok();
        let text = String::from_utf8_lossy(&text);
        return text.lines().flat_map(|line| wrapped(line, width, Style::new())).collect();
    }
    // Nothing stands in the way of writing into memory.
    render_text(report, width, &mut text).ok();
    let text = String::from_utf8_lossy(&text);
    let is_rule = |line: &str| !line.is_empty() && line.chars().all(|c| c == '-' || c == '=');
    let mut lines = Vec::new();
    let mut rows = text.lines().peekable();
    while let Some(row) = rows.next() {
        // A heading is set in bold here, instead of the rule below it.
        if rows.next_if(|next| is_rule(next)).is_some() {
            lines.push(say(row, Tone::Strong, look));
        } else {
            lines.push(Line::from(row.to_owned()));
        }
    }
    lines
}
