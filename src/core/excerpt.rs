//! The part of a long line around a place in it: for messages that put a caret under what they are about.

use crate::core::text::printable;
use unicode_width::UnicodeWidthStr as _;

/// As many characters of a line as may be shown, beginning at character `from`, ready for a terminal; and how many columns
/// of it lie before character `at`.
#[must_use]
pub fn excerpt(line: &str, from: usize, at: usize, most: usize) -> (String, usize) {
    let shown = |count: usize| printable(&line.chars().skip(from).take(count).collect::<String>());
    (shown(most), shown(at.saturating_sub(from)).width())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_behind_wide_characters_is_counted_in_columns() {
        assert_eq!(excerpt("日本 tga:x", 0, 3, 100), ("日本 tga:x".to_owned(), 5));
        assert_eq!(excerpt("0123456789", 4, 6, 3), ("456".to_owned(), 2));
    }
}
