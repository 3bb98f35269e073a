//! What you know, on a screen of its own: the same text as `lmq stats`.

use crate::failure::Failure;
use crate::ops::workspace::Workspace;
use crate::report::Report;
use crate::report::render_text;
use crate::ui::Look;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::say;
use crate::ui::tui::term::Term;
use ratatui::text::Line;

/// Shows the report until a key.
pub(super) fn run(workspace: &Workspace, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    let report = workspace.report()?;
    pages::show(&|width| page(&report, width, with.look), term, with)
}

fn page(report: &Report, width: usize, look: Look) -> Vec<Line<'static>> {
    let mut text = Vec::new();
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
