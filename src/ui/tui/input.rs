//! A line being typed: by graphemes, at their widths.

mod area;

pub(super) use area::Area;

use crate::core::card::Ask;
use crate::core::compare::search::fold;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;
use crossterm::event::KeyCode;
use crossterm::event::KeyEvent;
use crossterm::event::KeyModifiers;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Text with a cursor, counted in graphemes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Input {
    text: Vec<String>,
    cursor: usize,
}

impl Input {
    pub(super) fn of(text: &str) -> Self {
        let text: Vec<String> = text.graphemes(true).map(str::to_owned).collect();
        Self { cursor: text.len(), text }
    }

    pub(super) fn text(&self) -> String {
        self.text.concat()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts text in at the cursor; line ends become spaces.
    pub(super) fn insert(&mut self, text: &str) {
        self.put(&text.replace(['\r', '\n', '\t'], " "));
    }

    fn put(&mut self, text: &str) {
        // A combining mark joins what stands before it: cut the whole into graphemes again.
        let before: String = self.text.get(..self.cursor).unwrap_or_default().concat() + text;
        let after: String = self.text.get(self.cursor..).unwrap_or_default().concat();
        self.cursor = before.graphemes(true).count();
        self.text = (before + &after).graphemes(true).map(str::to_owned).collect();
        self.cursor = self.cursor.min(self.text.len());
    }

    /// Handles an editing key; whether it was one.
    pub(super) fn key(&mut self, key: &KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if ctrl => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            KeyCode::Char('w') if ctrl => {
                while self.cursor > 0 && self.text.get(self.cursor - 1).is_some_and(|g| g == " ") {
                    self.remove_before();
                }
                while self.cursor > 0 && self.text.get(self.cursor - 1).is_some_and(|g| g != " ") {
                    self.remove_before();
                }
            }
            KeyCode::Char('a') if ctrl => self.cursor = 0,
            KeyCode::Char('e') if ctrl => self.cursor = self.text.len(),
            KeyCode::Char(c) if !ctrl => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => self.remove_before(),
            KeyCode::Delete if self.cursor < self.text.len() => drop(self.text.remove(self.cursor)),
            KeyCode::Left => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn remove_before(&mut self) {
        if self.cursor > 0 {
            self.cursor -= 1;
            self.text.remove(self.cursor);
        }
    }

    /// All of it, in rows of at most `width` columns, and the column and row of the cursor.
    pub(super) fn rows(&self, width: usize) -> (Vec<String>, (usize, usize)) {
        let width = width.max(2);
        let (mut rows, mut row) = (Vec::new(), String::new());
        let mut cursor = (0, 0);
        for (place, grapheme) in self.text.iter().map(String::as_str).chain([" "]).enumerate() {
            if row.width() + grapheme.width() > width {
                rows.push(std::mem::take(&mut row));
            }
            if place == self.cursor {
                cursor = (row.width(), rows.len());
            }
            // The space at the end is room for the cursor.
            if place < self.text.len() {
                row.push_str(grapheme);
            }
        }
        rows.push(row);
        (rows, cursor)
    }

    /// Columns that graphemes take.
    fn wide(&self, from: usize, to: usize) -> usize {
        self.text.get(from..to).unwrap_or_default().iter().map(|grapheme| grapheme.width()).sum()
    }

    /// The first grapheme that is in sight, and the columns of the mark that stands for what is cut off before it.
    fn view_from(&self, width: usize) -> (usize, usize) {
        let mark = |from: usize| usize::from(from > 0 && width > 4);
        let mut from = 0;
        while self.wide(from, self.cursor) + mark(from) + 1 > width.max(2) {
            from += 1;
        }
        (from, mark(from))
    }

    /// What fits into `width` columns around the cursor, and the cursor's column in it.
    pub(super) fn view(&self, width: usize) -> (String, usize) {
        let (from, mark) = self.view_from(width);
        let mut shown = "…".repeat(mark);
        for grapheme in self.text.get(from..).unwrap_or_default() {
            if shown.width() + grapheme.width() > width {
                break;
            }
            shown.push_str(grapheme);
        }
        (shown, mark + self.wide(from, self.cursor))
    }

    /// The column of the character `at` in that view; that of its edge for one out of sight.
    pub(super) fn column_in_view(&self, at: usize, width: usize) -> usize {
        let (from, mark) = self.view_from(width);
        let mut chars = 0;
        let before = |grapheme: &&String| {
            chars += grapheme.chars().count();
            chars <= at
        };
        let place = self.text.iter().take_while(before).count();
        if place < from { 0 } else { (mark + self.wide(from, place)).min(width) }
    }
}

/// Where a key moves the chosen line of an ordering: one up, one down, or nowhere. The lines stand in a column, so what moves them
/// are the keys of a column, with Shift; Left and Right, which a numeric pad may be without, do too.
fn moves_line(key: &KeyEvent, keys: &Keymap) -> Option<isize> {
    let by = |command| match command {
        Some(Command::Up) => Some(-1),
        Some(Command::Down) => Some(1),
        _ => None,
    };
    match (keys.command(key), key.code) {
        (Some(Command::Left), _) => Some(-1),
        (Some(Command::Right), _) => Some(1),
        // Shift makes another letter of one.
        (None, KeyCode::Char(c)) if c.is_uppercase() => {
            let small = c.to_lowercase().next().map(|c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            by(small.and_then(|key| keys.command(&key)))
        }
        (command, _) if key.modifiers.contains(KeyModifiers::SHIFT) => by(command),
        _ => None,
    }
}

/// Moves the chosen line of an ordering where a key does that, by one place or to that of a digit; whether it was such a key.
pub(super) fn order_key(key: &KeyEvent, keys: &Keymap, order: &mut Vec<usize>, chosen: &mut usize) -> bool {
    let place = match key.code {
        KeyCode::Char(digit) => place_of(digit, order.len().saturating_sub(1)),
        _ => None,
    };
    match (moves_line(key, keys), place) {
        (Some(by), _) => put_line(order, chosen, by),
        (None, Some(place)) => put_line_at(order, chosen, place),
        (None, None) => return false,
    }
    true
}

/// The place that a digit means, where there is one; `last` is the last place, from 0.
fn place_of(digit: char, last: usize) -> Option<usize> {
    let place = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok())?.checked_sub(1)?;
    (place <= last).then_some(place)
}

/// The option that a key chooses at once: by its digit, and where sides are named by the letter that begins it.
pub(super) fn option_of(key: &KeyEvent, ask: Ask, options: &[String]) -> Option<usize> {
    let KeyCode::Char(c) = key.code else { return None };
    if !matches!(ask, Ask::Choose | Ask::Sort) || options.is_empty() {
        return None;
    }
    let by_letter = || (ask == Ask::Sort).then(|| begun_with(c, options)).flatten();
    place_of(c, options.len() - 1).or_else(by_letter)
}

/// Moves the chosen line of an ordering.
fn put_line(order: &mut Vec<usize>, chosen: &mut usize, by: isize) {
    put_line_at(order, chosen, chosen.saturating_add_signed(by));
}

/// Puts the chosen line of an ordering into a place; the lines between make way.
fn put_line_at(order: &mut Vec<usize>, chosen: &mut usize, place: usize) {
    if place < order.len() && *chosen < order.len() {
        let line = order.remove(*chosen);
        order.insert(place, line);
        *chosen = place;
    }
}

/// The option that a letter begins, where there is just one. Case and marks don't count: a keyboard may have none of them.
fn begun_with(letter: char, options: &[String]) -> Option<usize> {
    let letter = letter.is_alphabetic().then(|| fold(&letter.to_string()))?;
    let mut begun = (0..options.len()).filter(|at| options.get(*at).is_some_and(|o| fold(o).starts_with(&letter)));
    begun.next().filter(|_| begun.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[(KeyCode, KeyModifiers)]) -> Input {
        let mut input = Input::default();
        for (code, modifiers) in keys {
            input.key(&KeyEvent::new(*code, *modifiers));
        }
        input
    }

    #[test]
    fn backspace_takes_a_whole_grapheme() {
        let mut input = Input::of("né👩‍👩‍👧");
        input.key(&KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE));
        assert_eq!(input.text(), "né");
        input.insert("\u{301}");
        assert_eq!(input.text.len(), 2, "the mark joins the letter before it");
    }

    #[test]
    fn words_and_lines_are_taken_back_at_once() {
        let mut input = Input::of("one two ");
        input.key(&KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL));
        assert_eq!(input.text(), "one ");
        input.key(&KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert!(input.is_empty());
        assert_eq!(
            typed(&[
                (KeyCode::Char('b'), KeyModifiers::NONE),
                (KeyCode::Left, KeyModifiers::NONE),
                (KeyCode::Char('a'), KeyModifiers::NONE)
            ])
            .text(),
            "ab"
        );
    }

    #[test]
    fn a_long_text_is_shown_in_rows_with_the_cursor_in_its_place() {
        let rows = |text: &str, cursor: usize| Input { cursor, ..Input::of(text) }.rows(4);
        let shown = |rows: &[&str], cursor| (rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>(), cursor);
        assert_eq!(rows("", 0), shown(&[""], (0, 0)));
        assert_eq!(rows("abcdef", 6), shown(&["abcd", "ef"], (2, 1)));
        assert_eq!(rows("abcdef", 4), shown(&["abcd", "ef"], (0, 1)));
        assert_eq!(rows("abcd", 4), shown(&["abcd", ""], (0, 1)), "there is room for what comes next");
        assert_eq!(rows("a日本", 2), shown(&["a日", "本"], (0, 1)));
    }

    #[test]
    fn a_long_line_shows_what_is_around_the_cursor() {
        let input = Input::of("abcdefghij");
        assert_eq!(input.view(4), ("hij".to_owned(), 3));
        assert_eq!(Input::of("日本語").view(5), ("…語".to_owned(), 3));
    }

    #[test]
    fn a_caret_stands_under_its_character_also_where_the_line_is_cut() {
        let input = Input::of("日本 is:d");
        assert_eq!((input.column_in_view(0, 20), input.column_in_view(2, 20), input.column_in_view(3, 20)), (0, 4, 5));
        assert_eq!(input.column_in_view(7, 20), 9, "behind the end");
        let cut = Input::of("abcdefghij");
        assert_eq!(cut.view(6).0, "…ghij");
        assert_eq!((cut.column_in_view(6, 6), cut.column_in_view(1, 6)), (1, 0));
        let mut marks = Input::of("e");
        marks.insert("\u{301}x");
        assert_eq!(marks.column_in_view(2, 9), 1, "a letter with its mark is one column");
    }

    #[test]
    fn lines_of_an_ordering_move_by_keys_of_their_direction_and_to_the_place_of_a_digit() {
        let key = |code, modifiers| KeyEvent::new(code, modifiers);
        let changes = [("up", "p"), ("down", "n down")].map(|(name, keys)| (name.to_owned(), keys.to_owned()));
        let keys = Keymap::new(crate::core::settings::KeyPreset::Usual, &changes.into()).unwrap();
        assert_eq!(moves_line(&key(KeyCode::Up, KeyModifiers::SHIFT), &keys), None, "the arrow is bound no more");
        assert_eq!(moves_line(&key(KeyCode::Char('P'), KeyModifiers::SHIFT), &keys), Some(-1));
        assert_eq!(moves_line(&key(KeyCode::Char('N'), KeyModifiers::NONE), &keys), Some(1));
        assert_eq!(moves_line(&key(KeyCode::Down, KeyModifiers::SHIFT), &keys), Some(1));
        assert_eq!(moves_line(&key(KeyCode::Left, KeyModifiers::NONE), &keys), Some(-1));
        assert_eq!(moves_line(&key(KeyCode::Down, KeyModifiers::NONE), &keys), None, "that one chooses");
        assert_eq!(
            (place_of('3', 2), place_of('4', 2), place_of('0', 2), place_of('x', 2)),
            (Some(2), None, None, None)
        );
        let (mut order, mut chosen) = (vec![0, 1, 2, 3], 2);
        put_line(&mut order, &mut chosen, -1);
        assert_eq!((order.as_slice(), chosen), (&[0, 2, 1, 3][..], 1));
        put_line_at(&mut order, &mut chosen, 3);
        assert_eq!((order.as_slice(), chosen), (&[0, 1, 3, 2][..], 3));
        put_line(&mut order, &mut chosen, 1);
        assert_eq!(order, [0, 1, 3, 2], "there is no place behind the last one");
    }

    #[test]
    fn a_letter_with_or_without_its_mark_begins_an_option() {
        let options = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let sides = options(&["Öl", "Wasser"]);
        for letter in ['ö', 'Ö', 'o', 'O'] {
            assert_eq!(begun_with(letter, &sides), Some(0), "{letter}");
        }
        assert_eq!((begun_with('w', &sides), begun_with('x', &sides)), (Some(1), None));
        assert_eq!(begun_with('l', &options(&["left", "(lower)"])), None, "two begin so");
        assert_eq!(begun_with(' ', &sides), None);
    }
}
