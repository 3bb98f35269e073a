//! Text of several lines being typed: it grows, and wraps at words.

use crate::core::text::printable;
use crate::ui::tui::input::Input;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// What is shown for a tab: its cells could not be drawn.
const TAB: &str = "    ";

/// Text of several lines with a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ui::tui) struct Area(Input);

fn is_line_end(grapheme: &str) -> bool {
    matches!(grapheme, "\n" | "\r\n" | "\r")
}

/// A grapheme as it is drawn.
fn drawn(grapheme: &str) -> String {
    if grapheme == "\t" { TAB.to_owned() } else { printable(grapheme).replace('\n', " ") }
}

impl Area {
    pub(in crate::ui::tui) fn of(text: &str) -> Self {
        Self(Input::of(text))
    }

    pub(in crate::ui::tui) fn text(&self) -> String {
        self.0.text()
    }

    pub(in crate::ui::tui) fn is_blank(&self) -> bool {
        self.0.text.iter().all(|grapheme| grapheme.trim().is_empty())
    }

    /// Whether what is typed next goes behind everything.
    pub(in crate::ui::tui) fn is_at_end(&self) -> bool {
        self.0.cursor == self.0.text.len()
    }

    /// Puts text in at the cursor, its lines with it. Line ends of other systems become ours.
    pub(in crate::ui::tui) fn insert(&mut self, text: &str) {
        self.0.put(&text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    fn grapheme(&self, at: usize) -> Option<&str> {
        self.0.text.get(at).map(String::as_str)
    }

    /// The first place of the line that the cursor stands in, and the place of its end.
    fn line(&self) -> (usize, usize) {
        let text = &self.0.text;
        let before = text.get(..self.0.cursor).unwrap_or_default();
        let from = before.iter().rposition(|grapheme| is_line_end(grapheme)).map_or(0, |at| at + 1);
        let behind = text.get(self.0.cursor..).unwrap_or_default();
        let to = behind.iter().position(|grapheme| is_line_end(grapheme)).map_or(text.len(), |at| self.0.cursor + at);
        (from, to)
    }

    /// The rows of at most `width` columns that the text is shown in, as ranges of graphemes without their line ends.
    fn layout(&self, width: usize) -> Vec<Range<usize>> {
        let (mut rows, mut from, mut used) = (Vec::new(), 0, 0);
        // Where a row can be broken: behind its last space.
        let mut gap = None;
        for (at, grapheme) in self.0.text.iter().enumerate() {
            if is_line_end(grapheme) {
                rows.push(from..at);
                (from, used, gap) = (at + 1, 0, None);
                continue;
            }
            let columns = drawn(grapheme).width();
            if grapheme == " " {
                // Spaces hang over the edge: no row begins with one.
                used += columns;
                gap = Some(at + 1);
                continue;
            }
            if used + columns > width && at > from {
                let cut = gap.take().unwrap_or(at);
                rows.push(from..cut);
                from = cut;
                used = self.columns(from..at);
            }
            used += columns;
        }
        rows.push(from..self.0.text.len());
        rows
    }

    fn columns(&self, range: Range<usize>) -> usize {
        self.0.text.get(range).unwrap_or_default().iter().map(|grapheme| drawn(grapheme).width()).sum()
    }

    /// The row that the cursor stands in, and its column there.
    fn place(&self, rows: &[Range<usize>]) -> (usize, usize) {
        let cursor = self.0.cursor;
        let row = rows.iter().rposition(|row| row.start <= cursor).unwrap_or(0);
        let start = rows.get(row).map_or(0, |row| row.start);
        (row, self.columns(start..cursor))
    }

    /// All of it, in rows of at most `width` columns, and the column and row of the cursor.
    pub(in crate::ui::tui) fn rows(&self, width: usize) -> (Vec<String>, (usize, usize)) {
        // One column is left for the cursor behind a full row.
        let width = width.max(3) - 1;
        let layout = self.layout(width);
        let (row, column) = self.place(&layout);
        let shown = |row: &Range<usize>| {
            let text: String =
                self.0.text.get(row.clone()).unwrap_or_default().iter().map(|grapheme| drawn(grapheme)).collect();
            if text.width() > width { text.trim_end().to_owned() } else { text }
        };
        (layout.iter().map(shown).collect(), (column.min(width), row))
    }

    /// Goes a row up or down in a text that is shown in so many columns; whether there was one.
    pub(in crate::ui::tui) fn goes(&mut self, down: bool, width: usize) -> bool {
        let rows = self.layout(width.max(3) - 1);
        let (row, column) = self.place(&rows);
        let target = if down { Some(row + 1) } else { row.checked_sub(1) };
        let Some(target) = target.and_then(|target| Some((target, rows.get(target)?.clone()))) else { return false };
        let (number, range) = target;
        // The end of a wrapped row is the beginning of the next one.
        let is_wrapped = rows.get(number + 1).is_some_and(|next| next.start == range.end);
        let last = if is_wrapped { range.end.saturating_sub(1).max(range.start) } else { range.end };
        let mut to = range.start;
        while to < last && self.columns(range.start..to + 1) <= column {
            to += 1;
        }
        self.0.cursor = to;
        true
    }

    /// Handles an editing key; whether it was one.
    pub(in crate::ui::tui) fn key(&mut self, key: &KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let (from, to) = self.line();
        match key.code {
            KeyCode::Char('u') if ctrl => {
                self.0.text.drain(from..self.0.cursor);
                self.0.cursor = from;
            }
            KeyCode::Char('a') if ctrl => self.0.cursor = from,
            KeyCode::Home => self.0.cursor = from,
            KeyCode::End => self.0.cursor = to,
            KeyCode::Char('w') if ctrl && from == self.0.cursor => self.0.remove_before(),
            KeyCode::Char('w') if ctrl => {
                let is_space = |area: &Self| area.grapheme(area.0.cursor - 1).is_some_and(|g| g.trim().is_empty());
                while self.0.cursor > from && is_space(self) {
                    self.0.remove_before();
                }
                while self.0.cursor > from && !is_space(self) {
                    self.0.remove_before();
                }
            }
            KeyCode::Char(c) if !ctrl => self.insert(c.encode_utf8(&mut [0; 4])),
            _ => return self.0.key(key),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, cursor: usize) -> Area {
        Area(Input { cursor, ..Input::of(text) })
    }

    fn rows(text: &str, width: usize) -> Vec<String> {
        Area::of(text).rows(width).0
    }

    fn press(area: &mut Area, code: KeyCode, modifiers: KeyModifiers) {
        assert!(area.key(&KeyEvent::new(code, modifiers)));
    }

    #[test]
    fn a_text_wraps_at_words_and_keeps_its_lines() {
        assert_eq!(rows("one two three", 8), ["one two", "three"]);
        assert_eq!(rows("a\nb\n", 8), ["a", "b", ""]);
        assert_eq!(rows("abcdefghij", 5), ["abcd", "efgh", "ij"]);
        assert_eq!(rows("日本語の質問", 6), ["日本", "語の", "質問"]);
        assert_eq!(rows("a\tb", 20), ["a    b"]);
        assert_eq!(rows("a\r\nb", 20), ["a", "b"], "line ends of others");
        assert_eq!(rows("", 9), [""]);
    }

    #[test]
    fn every_row_fits_and_nothing_is_lost() {
        for text in [
            "one two three four five",
            "a  b   c    d",
            "日本語 one 質問\n\n👩‍👩‍👧👩‍👩‍👧 x",
            "x".repeat(40).as_str(),
            "\u{202e}a\u{7}b",
        ] {
            for width in 3..20 {
                let (rows, (x, y)) = Area::of(text).rows(width);
                assert!(rows.iter().all(|row| row.width() < width.max(3)), "{width}: {rows:?}");
                assert!(x < width.max(3) && y == rows.len() - 1, "the cursor is at the end: {x} {y}");
                let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
                assert_eq!(letters(&rows.concat()), letters(&printable(text)), "{width}");
            }
        }
    }

    #[test]
    fn the_cursor_goes_up_and_down_in_its_column_and_says_where_the_text_ends() {
        let mut area = at("one two\nab\nlonger", 6);
        assert!(area.goes(true, 20));
        assert_eq!(area.0.cursor, 10, "the line is shorter");
        assert!(area.goes(true, 20));
        assert_eq!(area.0.cursor, 13);
        assert!(!area.goes(true, 20));
        assert!(area.goes(false, 20) && area.goes(false, 20) && !area.goes(false, 20));
        let mut wrapped = at("one two three", 2);
        assert!(wrapped.goes(true, 9));
        assert_eq!(wrapped.rows(9).1, (2, 1));
    }

    #[test]
    fn lines_are_pasted_and_edited_as_lines() {
        let mut area = at("ab", 1);
        area.insert("1\r\n2\r3");
        assert_eq!(area.text(), "a1\n2\n3b");
        press(&mut area, KeyCode::Home, KeyModifiers::NONE);
        press(&mut area, KeyCode::Char('x'), KeyModifiers::NONE);
        assert_eq!(area.text(), "a1\n2\nx3b");
        press(&mut area, KeyCode::End, KeyModifiers::NONE);
        press(&mut area, KeyCode::Char('w'), KeyModifiers::CONTROL);
        assert_eq!(area.text(), "a1\n2\n");
        press(&mut area, KeyCode::Char('w'), KeyModifiers::CONTROL);
        assert_eq!(area.text(), "a1\n2", "at its beginning a line joins the one before");
        press(&mut area, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(area.text(), "a1\n");
    }
}
