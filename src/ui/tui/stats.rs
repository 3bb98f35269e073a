//! What you know, on a screen of its own: the same as `lmq stats`, and from there as `lmq stats --all`.

use crate::core::progress::Progress;
use crate::failure::Failure;
use crate::ops::workspace::Workspace;
use crate::report::Report;
use crate::report::render_text;
use crate::ui::Emphasis;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::stats_screen;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::pages;
use crate::ui::tui::paint::Tone;
use crate::ui::tui::paint::footer;
use crate::ui::tui::paint::parts;
use crate::ui::tui::paint::say;
use crate::ui::tui::paint::scrolled;
use crate::ui::tui::paint::style;
use crate::ui::tui::term::Term;
use crossterm::event::Event;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::text::Span;

/// Columns that the screen is made for, at most.
const WIDEST: u16 = 120;

/// Shows what matters until a key, and everything where that is asked for.
pub(super) fn run(workspace: &Workspace, term: &mut Term, with: ScreenContext<'_>) -> Result<(), Failure> {
    let progress = workspace.progress()?;
    let (mut scroll, mut height) = (0, 1);
    loop {
        term.draw(|frame| {
            let all = frame.area();
            let margin = if all.width >= 44 { 2 } else { 0 };
            let width = all.width.saturating_sub(2 * margin + 1).min(WIDEST);
            let (head, body, foot) = parts(Rect { x: (all.width - width) / 2, width, ..all }, 1);
            let body = Rect { y: head.y, height: body.y + body.height - head.y, ..body };
            height = body.height.max(1);
            scroll = scrolled(frame, body, screen(&progress, usize::from(body.width), with.look), scroll);
            let all = with.keys.first(Command::Open);
            let pieces = [(format!("{all} everything"), Tone::Quiet), ("Esc goes back".to_owned(), Tone::Quiet)];
            frame.render_widget(footer(&pieces, foot.width, with.look), foot);
        })?;
        match term.next(with.stop)? {
            None if (with.stop)() => return Ok(()),
            Some(Event::Key(key)) => match with.keys.command(&key) {
                Some(Command::Down) => scroll = scroll.saturating_add(1),
                Some(Command::Up) => scroll = scroll.saturating_sub(1),
                Some(Command::PageDown) => scroll = scroll.saturating_add(height),
                Some(Command::PageUp) => scroll = scroll.saturating_sub(height),
                Some(Command::Open | Command::Reveal) => {
                    let report = workspace.report()?;
                    pages::show(&|width| page(&report, width, with.look), term, with)?;
                }
                _ => return Ok(()),
            },
            _ => {}
        }
    }
}

fn screen(progress: &Progress, width: usize, look: Look) -> Vec<Line<'static>> {
    let tone = |emphasis| match emphasis {
        Emphasis::Plain => Tone::Plain,
        Emphasis::Strong => Tone::Strong,
        Emphasis::Quiet => Tone::Quiet,
    };
    let rows = stats_screen(progress, width).into_iter();
    rows.map(|row| row.into_iter().map(|(text, emphasis)| Span::styled(text, style(tone(emphasis), look))).collect())
        .collect()
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
