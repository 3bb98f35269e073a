//! Texts as deck files have them: pretty for those who edit them by hand, and exact.
//!
//! White space at the ends of a text is of no meaning where it is typed, so that `"""` may stand on lines of its own; written
//! as an escape (`\u0020`, `\t`, `\n`) it belongs to the text. Line ends that are typed are LF, whichever the file has, so that
//! the same file is the same deck on every system; a CR that belongs to the text is an escape, too.

use crate::core::text::Escapes;
use crate::core::text::escape_unsafe;
use crate::core::text::has_unsafe;
use std::borrow::Cow;

/// The text that a string of a deck file means: `raw` as it is typed, with its quotes, and what TOML makes of it.
pub(super) fn meant<'t>(raw: &str, decoded: &'t str) -> Cow<'t, str> {
    if decoded.trim().len() == decoded.len() && !decoded.contains('\r') {
        return decoded.into();
    }
    if raw.starts_with('\'') {
        return decoded.trim().replace("\r\n", "\n").into();
    }
    let mut text = String::with_capacity(decoded.len());
    // The ends of what is kept.
    let (mut first, mut end) = (None, 0);
    for (c, is_escaped) in marked(raw, decoded) {
        let is_typed_end = |before: char| before == '\r' && c == '\n' && !is_escaped;
        if text.chars().next_back().is_some_and(is_typed_end) && end < text.len() {
            text.pop();
        }
        let at = text.len();
        text.push(c);
        if is_escaped || !c.is_whitespace() {
            first.get_or_insert(at);
            end = text.len();
        }
    }
    // A CR that is typed stands before a line feed, and is gone unless something is kept behind both.
    first.and_then(|first| text.get(first..end)).unwrap_or_default().to_owned().into()
}

/// The characters of a text, each with whether it is typed as an escape.
fn marked<'t>(raw: &'t str, decoded: &'t str) -> impl Iterator<Item = (char, bool)> + 't {
    let body = raw.strip_prefix("\"\"\"").unwrap_or_else(|| raw.strip_prefix('"').unwrap_or(raw));
    let is_multiline = raw.starts_with("\"\"\"");
    let body = if is_multiline { body.strip_prefix("\r\n").or(body.strip_prefix('\n')).unwrap_or(body) } else { body };
    let mut typed = body.chars();
    decoded.chars().map(move |c| {
        let mut rest = typed.clone();
        let mut next = rest.next();
        // A backslash at the end of a line takes the line end and the blanks behind it away.
        while is_multiline && next == Some('\\') && rest.clone().next().is_some_and(char::is_whitespace) {
            rest = rest.as_str().trim_start_matches([' ', '\t', '\r', '\n']).chars();
            typed = rest.clone();
            next = rest.next();
        }
        if next != Some('\\') {
            // The reader may have taken the CR of a line end away already.
            if next == Some('\r') && c == '\n' {
                rest.next();
            }
            typed = rest;
            return (c, false);
        }
        let digits = match rest.next() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        for _ in 0..digits {
            rest.next();
        }
        typed = rest;
        (c, true)
    })
}

/// A text as TOML that [`meant`] reads back, on several lines if it has several. What could drive a terminal is escaped, as in
/// JSON.
pub(super) fn quoted(text: &str) -> String {
    let has_ends = text.trim().len() < text.len();
    let is_plain = !has_ends && !has_unsafe(text);
    let code = if !text.contains('\n') {
        if is_plain {
            return toml::Value::String(text.to_owned()).to_string();
        }
        format!("\"{}\"", escaped(text, false))
    } else if is_plain && text.contains('\\') && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    } else {
        // White space before a line end is written as it is, although an editor may strip it.
        format!("\"\"\"\n{}\"\"\"", escaped(text, true))
    };
    escape_unsafe(&code, Escapes::Toml)
}

/// What stands between the quotes of a text that takes escapes.
fn escaped(text: &str, is_multiline: bool) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let last = text.chars().next_back().map_or(0, |c| text.len() - c.len_utf8());
    let mut quotes = 0;
    for (at, c) in text.char_indices() {
        let is_end = at == 0 || at == last;
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            '\\' => out.push_str("\\\\"),
            // Three of them would end the text, and so does one at its end.
            '"' if !is_multiline || at == last || quotes % 3 == 0 => out.push_str("\\\""),
            '\n' if is_multiline && !is_end => out.push(c),
            '\n' => out.push_str("\\n"),
            '\t' if !is_end => out.push(c),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || (is_end && c.is_whitespace()) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::de::DeValue;

    fn read(code: &str) -> String {
        let value = DeValue::parse(code).unwrap();
        meant(code, value.get_ref().as_str().unwrap()).into_owned()
    }

    #[test]
    fn white_space_at_the_ends_counts_where_it_is_an_escape() {
        for (code, text) in [
            ("\" a \"", "a"),
            ("' a\t'", "a"),
            ("\"\"\"\n  a\n  b\n\"\"\"", "a\n  b"),
            ("'''\n  a\n  b\n'''", "a\n  b"),
            ("\"\\u0020 a \"", "  a"),
            ("\" \\t a \\n \"", "\t a \n"),
            ("\"\\u0020\"", " "),
            ("\"  \"", ""),
            ("\"\"\"\\\n   a \\\n   b\\n\\\n   \"\"\"", "a b\n"),
            ("\"\"\"a\\n\n\"\"\"", "a\n"),
            ("\"\\x20a\\U00002003\"", " a\u{2003}"),
        ] {
            assert_eq!(read(code), text, "{code}");
        }
    }

    #[test]
    fn line_ends_are_those_of_the_text_and_not_of_the_file() {
        for code in ["\"\"\"\na\nb\n\nc\n\"\"\"", "'''\na\nb\n\nc'''"] {
            assert_eq!(read(code), "a\nb\n\nc");
            assert_eq!(read(&code.replace('\n', "\r\n")), "a\nb\n\nc");
        }
        for code in ["\"\"\"\na\\r\nb\"\"\"", "\"\"\"\r\na\\r\r\nb\"\"\"", "\"a\\r\\nb\""] {
            assert_eq!(read(code), "a\r\nb", "{code}");
        }
        assert_eq!(read("\"\"\"\r\na\\r\r\n\"\"\""), "a\r");
        assert_eq!(read("\"a\\rb\""), "a\rb");
    }

    #[test]
    fn texts_stay_readable() {
        for (text, code) in [
            ("plain", "\"plain\""),
            ("two\nlines", "\"\"\"\ntwo\nlines\"\"\""),
            ("a \"quoted\" word\nand \"\"\"more\"", "\"\"\"\na \"quoted\" word\nand \"\"\\\"more\\\"\"\"\""),
            ("\\frac{a}{b}\n\\alpha", "'''\n\\frac{a}{b}\n\\alpha'''"),
            (" a ", "\"\\u0020a\\u0020\""),
            ("a\nb\n", "\"\"\"\na\nb\\n\"\"\""),
            ("\n", "\"\"\"\n\\n\"\"\""),
            ("a\r\nb", "\"\"\"\na\\r\nb\"\"\""),
        ] {
            assert_eq!(quoted(text), code);
            assert_eq!(read(code), text, "{code}");
        }
    }
}
