//! Pieces that screens are made of.

use crate::core::text::printable;
use crate::ui::Look;
use crate::ui::keymap::Command;
use crate::ui::palette::Role;
use crate::ui::tui::document;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Columns of text that an eye follows without losing its line.
pub(super) const COLUMN: u16 = 100;

/// Columns from which a pane stands beside the text.
const WIDE: u16 = 120;

/// Columns of that pane, and of what parts it from the text.
const PANE: u16 = 40;
const BETWEEN: u16 = 3;

/// What a piece of text is, and so how it looks. No colour is needed to understand anything.
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
    /// Cards that are due.
    Due,
    /// New cards.
    New,
    /// Cards to be repeated, and leeches.
    Again,
}

pub(super) fn style(tone: Tone, look: Look) -> Style {
    let in_colour = |role: Role| {
        let colour = Some(role).filter(|_| look.colour).and_then(|role| look.palette.colour(role));
        colour.map_or_else(Style::new, |colour| Style::new().fg(colour))
    };
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().add_modifier(Modifier::BOLD),
        Tone::Quiet => match in_colour(Role::Muted) {
            style if style.fg.is_some() => style,
            style => style.add_modifier(Modifier::DIM),
        },
        Tone::Good => in_colour(Role::Right).add_modifier(Modifier::BOLD),
        Tone::Near => in_colour(Role::Near).add_modifier(Modifier::BOLD),
        Tone::Bad => in_colour(Role::Wrong).add_modifier(Modifier::BOLD),
        Tone::Chosen => Style::new().add_modifier(Modifier::REVERSED),
        Tone::Accent => in_colour(Role::Accent),
        Tone::Due => in_colour(Role::Due),
        Tone::New => in_colour(Role::New),
        Tone::Again => in_colour(Role::Again),
    }
}

/// One line; spaces stay as they are, since tables are made of them.
pub(super) fn say(text: &str, tone: Tone, look: Look) -> Line<'static> {
    Line::from(Span::styled(printable(text).replace(['\n', '\t'], " "), style(tone, look)))
}

/// The column in the middle of the screen, at most [`COLUMN`] wide, with a margin where there is room for one.
pub(super) fn column(area: Rect) -> Rect {
    middle(area, COLUMN)
}

/// The same with room for a pane beside it, where one is wanted and the screen has that; and whether it has.
pub(super) fn column_beside(area: Rect, wants_pane: bool) -> (Rect, bool) {
    let has_pane = wants_pane && area.width >= WIDE;
    (middle(area, if has_pane { COLUMN + BETWEEN + PANE } else { COLUMN }), has_pane)
}

fn middle(area: Rect, most: u16) -> Rect {
    let margin = if area.width >= 44 { 2 } else { 0 };
    // A narrow screen keeps one column free at its edge, for the mark that there is more.
    let free = u16::from(margin == 0 && area.width > 10);
    let width = area.width.saturating_sub(2 * margin + free).min(most);
    Rect { x: area.x + (area.width - free - width) / 2, width, ..area }
}

/// The text, the rule and the pane of a body with room for all three.
pub(super) fn halves(body: Rect) -> [Rect; 3] {
    let text = Rect { width: body.width.saturating_sub(PANE + BETWEEN), ..body };
    let rule = Rect { x: text.x + text.width + 1, width: 1, ..body };
    [text, rule, Rect { x: rule.x + 2, width: PANE, ..body }]
}

/// Draws the pane beside the text, with the rule between them; gives what is left for the text.
pub(super) fn pane(
    frame: &mut Frame<'_>,
    body: Rect,
    look: Look,
    lines: impl FnOnce(usize) -> Vec<Line<'static>>,
) -> Rect {
    let [text, rule, pane] = halves(body);
    frame.render_widget(Paragraph::new(vec![say("│", Tone::Quiet, look); usize::from(rule.height)]), rule);
    let lines = cut_off(lines(usize::from(pane.width)), pane.height, look);
    frame.render_widget(Paragraph::new(lines), pane);
    text
}

/// As many lines as have room; where some have none, the last is an ellipsis.
pub(super) fn cut_off(mut lines: Vec<Line<'static>>, height: u16, look: Look) -> Vec<Line<'static>> {
    let rows = usize::from(height);
    if lines.len() > rows {
        lines.truncate(rows.saturating_sub(1));
        lines.push(say("…", Tone::Quiet, look));
    }
    lines
}

/// A bar of so many columns, filled as far as `part` of `all`.
pub(super) fn gauge(part: u64, all: u64, columns: u64) -> String {
    let filled = (part * columns + all / 2).checked_div(all).unwrap_or(0).min(columns);
    let count = |columns: u64| usize::try_from(columns).unwrap_or(0);
    format!("{}{}", "█".repeat(count(filled)), "░".repeat(count(columns - filled)))
}

/// Wraps plain text, made one line first, to `width` columns.
pub(super) fn wrapped(text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    document::hanging("", text, width, style)
}

/// The same in at most as many lines as leave room on a screen that is so high; `…` says that there is more.
pub(super) fn briefly(text: &str, width: usize, height: u16) -> Vec<Line<'static>> {
    let most = usize::from(height / 4).max(1);
    let mut lines = wrapped(text, width, Style::new());
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = Line::from(format!("{}…", fit(&last.to_string(), width.saturating_sub(1)).trim_end_matches('…')));
        }
    }
    lines
}

/// A text in at most `width` columns; `…` stands for what finds no room.
pub(super) fn fit(text: &str, width: usize) -> String {
    // The sum of the parts is what is drawn: as a whole some texts are narrower.
    let columns = |text: &str| text.graphemes(true).map(|grapheme| grapheme.width()).sum::<usize>();
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += grapheme.width();
        if used + 1 > width {
            break;
        }
        out.push_str(grapheme);
    }
    if width > 0 {
        out.push('…');
    }
    out
}

/// A text in just `width` columns, at their left.
pub(super) fn filled(text: &str, width: usize) -> String {
    let text = fit(text, width);
    let pad = " ".repeat(width.saturating_sub(text.width()));
    text + &pad
}

/// The same at their right, as numbers stand.
pub(super) fn right(text: &str, width: usize) -> String {
    let text = fit(text, width);
    " ".repeat(width.saturating_sub(text.width())) + &text
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

/// Goes through such lines where a command does that, pages of so many lines among them; whether it did.
pub(super) fn scrolls(command: Option<Command>, scroll: &mut u16, page: u16) -> bool {
    *scroll = match command {
        Some(Command::Down) => scroll.saturating_add(1),
        Some(Command::Up) => scroll.saturating_sub(1),
        Some(Command::PageDown) => scroll.saturating_add(page),
        Some(Command::PageUp) => scroll.saturating_sub(page),
        _ => return false,
    };
    true
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

/// Which of the pieces of a footer stands in a column.
pub(super) fn piece_at(pieces: &[(String, Tone)], column: usize) -> Option<usize> {
    let mut begin = 0;
    pieces.iter().position(|(text, _)| {
        let is_here = (begin..begin + text.width()).contains(&column);
        begin += text.width() + 2;
        is_here
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Palette;

    #[test]
    fn what_is_cut_says_so_and_fits() {
        for (text, width, shown) in [
            ("deck", 4, "deck"),
            ("decks", 4, "dec…"),
            ("日本語", 6, "日本語"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("e\u{301}e\u{301}", 1, "…"),
            ("👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"),
            ("x", 0, ""),
            ("", 3, ""),
        ] {
            assert_eq!(fit(text, width), shown, "{text} in {width}");
            assert!(fit(text, width).width() <= width);
            assert_eq!((filled(text, width).width(), right(text, width).width()), (width, width), "{text}");
        }
        assert_eq!((filled("ab", 4), right("ab", 4)), ("ab  ".to_owned(), "  ab".to_owned()));
    }

    #[test]
    fn keys_scroll_by_lines_and_by_pages() {
        let mut scroll = 3;
        for (command, at) in [
            (Command::Down, 4),
            (Command::PageDown, 14),
            (Command::Up, 13),
            (Command::PageUp, 3),
            (Command::PageUp, 0),
            (Command::Up, 0),
        ] {
            assert!(scrolls(Some(command), &mut scroll, 10));
            assert_eq!(scroll, at, "{}", command.name());
        }
        assert!(!scrolls(Some(Command::Reveal), &mut scroll, 10) && !scrolls(None, &mut scroll, 10));
    }

    #[test]
    fn no_tone_needs_a_colour_and_none_is_given_where_none_is_wanted() {
        let tones = [Tone::Plain, Tone::Strong, Tone::Quiet, Tone::Good, Tone::Near, Tone::Bad, Tone::Chosen];
        let hues = [Tone::Accent, Tone::Due, Tone::New, Tone::Again];
        let look = |colour| Look { colour, width: 80, links: false, palette: Palette::OWN, spoken: false };
        for tone in tones.into_iter().chain(hues) {
            let style = style(tone, look(false));
            assert_eq!((style.fg, style.bg), (None, None), "{tone:?}");
        }
        assert!(hues.iter().all(|tone| style(*tone, look(true)).fg.is_some()));
    }
}
