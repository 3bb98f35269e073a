//! The text of an answer as somebody types it: without the signs that mark it up.

use crate::core::card::Markup;
use crate::core::document::typed_text;
use pulldown_cmark::Event;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;

/// The text without the markup inside its lines, where it has some. What stands at the beginning of a line (`> 5`, `5. May`) is read
/// as it is written: an answer is no page. `2*3*4` is no emphasis to whoever wrote it.
pub(super) fn bare(text: &str, markup: Markup) -> Option<String> {
    match markup {
        Markup::Plain => None,
        Markup::Html => {
            Some(typed_text(text, markup).into_owned()).filter(|bare| bare != text && !bare.trim().is_empty())
        }
        // A formula is typed as it is shown.
        Markup::Markdown if ["\\(", "\\[", "$$", "[latex]"].iter().any(|begin| text.contains(begin)) => {
            Some(typed_text(text, markup).into_owned()).filter(|bare| bare != text && !bare.trim().is_empty())
        }
        Markup::Markdown => without_marks(text),
    }
}

fn without_marks(text: &str) -> Option<String> {
    if !text.contains(['*', '_', '`', '[', '\\', '<', '&', '~']) {
        return None;
    }
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let multiplies = text.char_indices().filter(|(_, c)| *c == '*').any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        is_word(before) && is_word(text.get(at + 1..).and_then(|text| text.chars().next()))
    });
    if multiplies && !text.contains('`') {
        return None;
    }
    // Behind a parenthesis nothing begins a block.
    let line = format!("){}", text.trim().replace(['\r', '\n'], " "));
    let mut out = String::new();
    for event in Parser::new_ext(&line, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::Start(_)
            | Event::End(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
    out.strip_prefix(')').map(str::to_owned).filter(|bare| bare != text.trim() && !bare.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_inside_a_line_is_left_out() {
        for (text, typed) in [
            ("**Paris**", Some("Paris")),
            ("`a*b`", Some("a*b")),
            ("~~x~~", Some("x")),
            ("\\(x^2\\)", Some("x²")),
            ("\\(\\frac{a}{b}\\)", Some("a/b")),
            ("`ls -l`", Some("ls -l")),
            ("_the_ word", Some("the word")),
            ("[Paris](https://example.org)", Some("Paris")),
            ("a \\* b", Some("a * b")),
            ("x &lt; y", Some("x < y")),
            ("> 5", None),
            ("5. Mai", None),
            ("- x", None),
            ("2*3*4", None),
            ("a * b", None),
            ("foo_bar_baz", None),
            ("C++", None),
        ] {
            assert_eq!(bare(text, Markup::Markdown).as_deref(), typed, "{text}");
        }
        assert_eq!(bare("**Paris**", Markup::Plain), None);
    }
}
