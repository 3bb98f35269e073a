//! Pieces that screens are made of.

use crate::core::text::printable;
use crate::ui::Look;
use crate::ui::tui::document;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Columns of text that an eye follows without losing its line.
pub(super) const COLUMN: u16 = 72;

/// What a piece of text is, and so how it looks. Colours are the terminal's own sixteen, which its owner chose for
/// light or dark; none is needed to understand anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Quiet,
    Good,
    Near,
    Bad,
    Chosen,
    /// What can be acted on.
    Accent,
    /// Counts of due cards.
    Due,
    /// Counts of new cards.
    New,
    /// Counts of cards to be repeated.
    Again,
}

pub(super) fn style(tone: Tone, look: Look) -> Style {
    let colour = |colour: Color| if look.colour { Style::new().fg(colour) } else { Style::new() };
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
        Tone::Quiet => Style::new().add_modifier(Modifier::DIM),
        Tone::Good => colour(Color::Green).add_modifier(Modifier::BOLD),
        Tone::Near => colour(Color::Yellow).add_modifier(Modifier::BOLD),
        Tone::Bad => colour(Color::Red).add_modifier(Modifier::BOLD),
        Tone::Chosen => Style::new().add_modifier(Modifier::REVERSED),
        Tone::Accent => colour(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Due => colour(Color::Green),
        Tone::New => colour(Color::Blue),
        Tone::Again => colour(Color::Red),
    }
}

/// One line; spaces stay as they are, since tables are made of them.
pub(super) fn say(text: &str, tone: Tone, look: Look) -> Line<'static> {
    Line::from(Span::styled(printable(text).replace(['\n', '\t'], " "), style(tone, look)))
}

/// The column in the middle of the screen, at most [`COLUMN`] wide, with a margin where there is room for one.
pub(super) fn column(area: Rect) -> Rect {
    let margin = if area.width >= 44 { 2 } else { 0 };
    // A narrow screen keeps one column free at its edge, for the mark that there is more.
    let free = u16::from(margin == 0 && area.width > 10);
    let width = area.width.saturating_sub(2 * margin + free).min(COLUMN);
    Rect { x: area.x + (area.width - free - width) / 2, width, ..area }
}

/// Wraps plain text, made one line first, to `width` columns.
pub(super) fn wrapped(text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    document::hanging("", text, width, style)
}

/// As much of a text as fits into `width` columns.
pub(super) fn fit(text: &str, width: usize) -> String {
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() > width {
            break;
        }
        out.push_str(grapheme);
    }
    out
}

/// Draws lines into `area`, from line `scroll` on, and says beside their end whether there is more.
pub(super) fn scrolled(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>, scroll: u16) -> u16 {
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let furthest = count.saturating_sub(area.height);
    let scroll = scroll.min(furthest);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), area);
    if scroll < furthest && area.height > 0 {
        // Beside the text, never on it.
        let right = (area.x + area.width).min(frame.area().width.saturating_sub(1));
        let more = Rect { x: right, y: area.y + area.height - 1, width: 1, height: 1 };
        frame.render_widget(Paragraph::new("↓"), more);
    }
    scroll
}

/// A footer of short pieces that fits: pieces that find no room are left out from the end.
pub(super) fn footer(pieces: &[(String, Tone)], width: u16, look: Look) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut used = 0;
    for (text, tone) in pieces {
        let gap = if spans.is_empty() { 0 } else { 2 };
        if used + gap + text.width() > usize::from(width) {
            break;
        }
        if gap > 0 {
            spans.push(Span::raw("  "));
        }
        used += gap + text.width();
        spans.push(Span::styled(text.clone(), style(*tone, look)));
    }
    Line::from(spans)
}

/// Rows of buttons, broken between buttons where one row is not enough.
pub(super) fn buttons(pieces: &[(String, Tone)], width: u16, look: Look) -> Vec<Line<'static>> {
    let mut rows: Vec<Vec<(String, Tone)>> = vec![Vec::new()];
    let mut used = 0;
    for (text, tone) in pieces {
        if used > 0 && used + 2 + text.width() > usize::from(width) {
            rows.push(Vec::new());
            used = 0;
        }
        used += text.width() + if used > 0 { 2 } else { 0 };
        if let Some(row) = rows.last_mut() {
            row.push((text.clone(), *tone));
        }
    }
    rows.iter().map(|row| footer(row, width.max(40), look)).collect()
}

/// The screen, cut into a head line, the body and a foot of `foot` lines.
pub(super) fn parts(area: Rect, foot: u16) -> (Rect, Rect, Rect) {
    let head = Rect { height: area.height.min(1), ..area };
    let foot_height = foot.min(area.height.saturating_sub(1));
    let foot = Rect { y: area.y + area.height - foot_height, height: foot_height, ..area };
    let used = head.height + foot_height;
    // The gap above hangs on the screen alone: a foot that grows with the answer must not move the question.
    let above = u16::from(area.height > 7);
    let below = u16::from(area.height > used + above + 4);
    let body =
        Rect { y: area.y + head.height + above, height: area.height.saturating_sub(used + above + below), ..area };
    (head, body, foot)
}
