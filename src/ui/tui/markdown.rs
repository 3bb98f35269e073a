//! The little Markdown that cards are written in, as wrapped and styled lines.
//!
//! Emphasis, code, lists, quotes and tables are shown so that they can be told apart without colour. Lines break at
//! graphemes and at their real widths, so that a family emoji or a combining mark is never cut in two.

use crate::core::text::one_line;
use crate::core::text::printable;
use pulldown_cmark::Event;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;
use ratatui::style::Modifier;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// A run of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    style: Style,
}

/// A paragraph, a list item, a code line: wrapped on its own.
#[derive(Debug, Clone, Default)]
struct Block {
    pieces: Vec<Piece>,
    /// What stands before the first line, and before the following ones.
    first: String,
    rest: String,
    /// Code keeps its spaces and is cut, not wrapped at words.
    code: bool,
    /// Whether an empty line comes before it.
    gap: bool,
    /// Rows of cells, where it is a table; the first is the head.
    table: Vec<Vec<String>>,
}

/// Renders `text` into lines of at most `width` columns.
#[must_use]
pub(super) fn lines(text: &str, width: usize) -> Vec<Line<'static>> {
    let text = printable(text);
    let mut out: Vec<Line<'static>> = Vec::new();
    for block in blocks(&text) {
        if block.gap && !out.is_empty() {
            out.push(Line::default());
        }
        out.extend(if block.table.is_empty() { wrap(&block, width) } else { table(&block.table, width) });
    }
    if out.is_empty() { vec![Line::default()] } else { out }
}

/// Plain text, made one line first and wrapped at graphemes; `first` stands before it, and as much space before the rest.
#[must_use]
pub(super) fn hanging(first: &str, text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    // What hangs must leave room for the text itself.
    let rest = if first.width() * 2 <= width { first.width() } else { 0 };
    let block = Block {
        pieces: vec![Piece { text: one_line(text), style }],
        first: first.to_owned(),
        rest: " ".repeat(rest),
        ..Block::default()
    };
    let mut lines = wrap(&block, width);
    for line in &mut lines {
        for span in &mut line.spans {
            span.style = style;
        }
    }
    lines
}

/// Runs of text, each in its style, as one wrapped paragraph.
#[must_use]
pub(super) fn runs(runs: Vec<(String, Style)>, width: usize) -> Vec<Line<'static>> {
    let pieces = runs.into_iter().map(|(text, style)| Piece { text, style }).collect();
    wrap(&Block { pieces, ..Block::default() }, width)
}

/// A table with its columns in line; where it is too wide for the screen the widest columns are wrapped.
fn table(rows: &[Vec<String>], width: usize) -> Vec<Line<'static>> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0).max(1))
        .collect();
    let room = width.saturating_sub(3 * columns.saturating_sub(1)).max(columns);
    while widths.iter().sum::<usize>() > room
        && let Some(widest) = widths.iter_mut().max()
        && *widest > 1
    {
        *widest -= 1;
    }
    let mut lines = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let style = if number == 0 { Style::default().add_modifier(Modifier::BOLD) } else { Style::default() };
        let cells: Vec<Vec<Line<'static>>> = widths
            .iter()
            .enumerate()
            .map(|(column, width)| {
                let text = row.get(column).cloned().unwrap_or_default();
                wrap_to(&Block { pieces: vec![Piece { text, style }], ..Block::default() }, *width)
            })
            .collect();
        for place in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut spans = Vec::new();
            for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                if column > 0 {
                    spans.push(Span::raw(" │ "));
                }
                let shown = cell.get(place).cloned().unwrap_or_default();
                let pad = width.saturating_sub(shown.width());
                spans.extend(shown.spans);
                spans.push(Span::raw(" ".repeat(pad)));
            }
            lines.push(Line::from(spans));
        }
        if number == 0 {
            let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.push(Line::from(rule.join("─┼─")));
        }
    }
    lines
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut now = Block::default();
    let mut styles = vec![Style::default()];
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut quotes = 0_usize;
    let mut code = false;
    let mut gap = false;
    let mut row: Vec<String> = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cell = false;
    let finish = |now: &mut Block, blocks: &mut Vec<Block>, quotes: usize| {
        if !now.pieces.is_empty() || !now.first.is_empty() {
            let mut block = std::mem::take(now);
            join(&mut block.pieces);
            let bar = "│ ".repeat(quotes);
            block.first = format!("{bar}{}", block.first);
            block.rest = format!("{bar}{}", block.rest);
            blocks.push(block);
        }
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        let style = styles.last().copied().unwrap_or_default();
        match event {
            Event::Start(tag) => match tag {
                Tag::Paragraph => {
                    now.gap = gap && lists.is_empty();
                }
                Tag::Heading { .. } => {
                    now.gap = true;
                    styles.push(style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED));
                }
                Tag::Emphasis => styles.push(style.add_modifier(Modifier::ITALIC | Modifier::UNDERLINED)),
                Tag::Strong => styles.push(style.add_modifier(Modifier::BOLD)),
                Tag::Strikethrough => styles.push(style.add_modifier(Modifier::CROSSED_OUT)),
                Tag::List(first) => {
                    finish(&mut now, &mut blocks, quotes);
                    lists.push(first);
                }
                Tag::Item => {
                    finish(&mut now, &mut blocks, quotes);
                    let indent = "  ".repeat(lists.len().saturating_sub(1));
                    let bullet = match lists.last_mut() {
                        Some(Some(number)) => {
                            let bullet = format!("{number}. ");
                            *number += 1;
                            bullet
                        }
                        _ => "• ".to_owned(),
                    };
                    now.rest = format!("{indent}{}", " ".repeat(bullet.width()));
                    now.first = format!("{indent}{bullet}");
                }
                Tag::BlockQuote(_) => {
                    finish(&mut now, &mut blocks, quotes);
                    quotes += 1;
                }
                Tag::CodeBlock(_) => {
                    finish(&mut now, &mut blocks, quotes);
                    code = true;
                }
                Tag::TableHead | Tag::TableRow => row.clear(),
                Tag::TableCell => {
                    cell = true;
                    row.push(String::new());
                }
                _ => {}
            },
            Event::End(tag) => match tag {
                TagEnd::Paragraph | TagEnd::Item => {
                    finish(&mut now, &mut blocks, quotes);
                    gap = true;
                }
                TagEnd::Heading(_) => {
                    styles.pop();
                    finish(&mut now, &mut blocks, quotes);
                    gap = true;
                }
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => drop(styles.pop()),
                TagEnd::List(_) => drop(lists.pop()),
                TagEnd::BlockQuote(_) => {
                    finish(&mut now, &mut blocks, quotes);
                    quotes = quotes.saturating_sub(1);
                }
                TagEnd::CodeBlock => code = false,
                TagEnd::TableCell => cell = false,
                TagEnd::TableHead | TagEnd::TableRow => rows.push(std::mem::take(&mut row)),
                TagEnd::Table => {
                    blocks.push(Block { table: std::mem::take(&mut rows), gap, ..Block::default() });
                    gap = true;
                }
                _ => {}
            },
            Event::Text(text) if code => {
                for line in text.lines() {
                    let pieces = vec![Piece { text: line.to_owned(), style }];
                    blocks.push(Block {
                        pieces,
                        first: "  ".to_owned(),
                        rest: "  ".to_owned(),
                        code: true,
                        ..Block::default()
                    });
                }
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => match row.last_mut().filter(|_| cell) {
                Some(last) => last.push_str(&text),
                None => now.pieces.push(Piece { text: text.into_string(), style }),
            },
            Event::Code(text) => match row.last_mut().filter(|_| cell) {
                Some(last) => last.push_str(&text),
                None => now.pieces.push(Piece { text: format!("`{text}`"), style: style.add_modifier(Modifier::BOLD) }),
            },
            Event::SoftBreak => now.pieces.push(Piece { text: "\n".to_owned(), style }),
            Event::HardBreak => now.pieces.push(Piece { text: "\n".to_owned(), style }),
            Event::Rule => {
                finish(&mut now, &mut blocks, quotes);
                now.pieces.push(Piece { text: "───".to_owned(), style });
                finish(&mut now, &mut blocks, quotes);
            }
            _ => {}
        }
    }
    finish(&mut now, &mut blocks, quotes);
    blocks
}

/// Pieces of one style become one: the parser cuts texts at brackets, and a line must not break there.
fn join(pieces: &mut Vec<Piece>) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces.drain(..) {
        match joined.last_mut().filter(|last| last.style == piece.style) {
            Some(last) => last.text.push_str(&piece.text),
            None => joined.push(piece),
        }
    }
    *pieces = joined;
}

/// Greedy wrapping of styled text: at spaces where there are any, else at graphemes.
fn wrap(block: &Block, width: usize) -> Vec<Line<'static>> {
    wrap_to(block, width.max(4))
}

fn wrap_to(block: &Block, room: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Vec<Span<'static>>> = vec![Vec::new()];
    let mut used = block.first.width();
    push(&mut lines, &block.first, Style::default());
    let next_line = |lines: &mut Vec<Vec<Span<'static>>>, used: &mut usize| {
        lines.push(Vec::new());
        push(lines, &block.rest, Style::default());
        *used = block.rest.width();
    };
    for piece in &block.pieces {
        let mut words: Vec<&str> = Vec::new();
        for part in piece.text.split_inclusive([' ', '\n']) {
            words.push(part);
        }
        for word in words {
            let broken = word.ends_with('\n');
            let bare = word.trim_end_matches('\n');
            let shown = if block.code { bare.width() } else { bare.trim_end().width() };
            if used + shown > room && used > block.rest.width() && !block.code {
                next_line(&mut lines, &mut used);
            }
            let mut text = String::new();
            for grapheme in bare.graphemes(true) {
                if used + grapheme.width() > room && grapheme != " " {
                    push(&mut lines, &text, piece.style);
                    text.clear();
                    next_line(&mut lines, &mut used);
                }
                text.push_str(grapheme);
                used += grapheme.width();
            }
            push(&mut lines, &text, piece.style);
            if broken {
                next_line(&mut lines, &mut used);
            }
        }
    }
    lines.into_iter().map(Line::from).collect()
}

fn push(lines: &mut [Vec<Span<'static>>], text: &str, style: Style) {
    if let (Some(line), false) = (lines.last_mut(), text.is_empty()) {
        line.push(Span::styled(text.to_owned(), style));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: usize) -> Vec<String> {
        lines(text, width).iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn words_wrap_at_their_display_width() {
        assert_eq!(shown("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(shown("日本語 日本語", 7), ["日本語", "日本語"]);
        assert_eq!(shown("aaaaaaaaaaaa", 5), ["aaaaa", "aaaaa", "aa"]);
        assert_eq!(shown("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 4), ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]);
    }

    #[test]
    fn lists_quotes_code_and_tables_keep_their_shape() {
        assert_eq!(shown("- one\n- two words here\n", 10), ["• one", "• two", "  words", "  here"]);
        assert_eq!(shown("1. a\n2. b", 20), ["1. a", "2. b"]);
        assert_eq!(shown("> said so", 20), ["│ said so"]);
        assert_eq!(shown("```\nlet  x = 1;\n```", 20), ["  let  x = 1;"]);
        assert_eq!(shown("| a | bb |\n|---|---|\n| one | 2 |", 20), ["a   │ bb", "────┼───", "one │ 2"]);
        assert_eq!(
            shown("| who | what |\n|---|---|\n| leader | asks why and what for |", 18),
            ["who    │ what", "───────┼──────────", "leader │ asks why", "       │ and what", "       │ for"]
        );
    }

    #[test]
    fn every_line_fits_whatever_comes() {
        for text in
            ["x".repeat(500), "é ".repeat(300), "日".repeat(99), "a\u{301}".repeat(80), "**b** _i_ `c`".repeat(30)]
        {
            for width in [4, 20, 72] {
                for line in shown(&text, width) {
                    assert!(line.width() <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn a_line_never_breaks_behind_a_bracket() {
        assert_eq!(shown("leaders on [something new], so", 14), ["leaders on", "[something", "new], so"]);
    }

    #[test]
    fn line_breaks_of_a_card_stay() {
        assert_eq!(shown("two\nlines\n\nand a paragraph", 40), ["two", "lines", "", "and a paragraph"]);
    }
}
