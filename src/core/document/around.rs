//! What stands around a part of a text, so that the part by itself can be read as what it is.

use crate::core::document::Markup;
use crate::core::document::formula;
use crate::core::document::markdown;
use std::ops::Range;

/// What a part of a text stands in, with the marks that make the same of the part alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// A formula.
    Formula(&'static str, &'static str),
    /// Code in a line.
    Code(&'static str, &'static str),
}

/// What each of several parts of a text stands in, in their order.
#[must_use]
pub fn around(text: &str, markup: Markup, parts: &[Range<usize>]) -> Vec<Option<Around>> {
    let (formulas, codes) = (formula::places(text), codes(text, markup));
    let holding = |places: &[Range<usize>], part: &Range<usize>| {
        let place = places.get(places.partition_point(|place| place.end <= part.start))?;
        (place.start < part.start && part.end < place.end).then(|| place.clone())
    };
    let around = |part: &Range<usize>| {
        if holding(&codes, part).is_some() {
            return code_marks(text.get(part.clone())?, markup);
        }
        let place = holding(&formulas, part)?;
        let (open, close) = formula::marks(text.get(place.clone())?)?;
        let is_inside = place.start + open.len() <= part.start && part.end + close.len() <= place.end;
        is_inside.then_some(Around::Formula(open, close))
    };
    parts.iter().map(around).collect()
}

/// Where code stands in the lines of a text, with its marks.
fn codes(text: &str, markup: Markup) -> Vec<Range<usize>> {
    match markup {
        Markup::Markdown if text.contains('`') => markdown::codes(text),
        Markup::Html => {
            let begins = text.match_indices("<code>");
            let ends = |at: usize| text.get(at..).and_then(|rest| rest.find("</code>")).map(|end| at + end + 7);
            let mut found: Vec<Range<usize>> = Vec::new();
            for (at, _) in begins {
                if found.last().is_none_or(|last| last.end <= at) {
                    let Some(end) = ends(at) else { break };
                    found.push(at..end);
                }
            }
            found
        }
        Markup::Markdown | Markup::Plain => Vec::new(),
    }
}

/// The marks around code. In Markdown it may have the mark itself, but not two in a row.
fn code_marks(code: &str, markup: Markup) -> Option<Around> {
    match markup {
        Markup::Html => Some(Around::Code("<code>", "</code>")),
        Markup::Markdown | Markup::Plain if code.contains("``") => None,
        Markup::Markdown | Markup::Plain if code.contains('`') => Some(Around::Code("`` ", " ``")),
        Markup::Markdown | Markup::Plain => Some(Around::Code("`", "`")),
    }
}
