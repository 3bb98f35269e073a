//! Formulas: where they stand in a text, and how plain characters can show the simple ones.
//!
//! `\frac{a}{b}` is `a/b`, `x^2` is `x²`, `\alpha` is `α`. One that would read as another gets brackets: `\frac{a}{b}c` is
//! `(a/b)c`. A formula with anything that has no such form is shown as it was written, whole.

mod read;
mod set;
mod signs;
#[cfg(test)]
mod tests;

use std::ops::Range;

/// The marks that a formula stands between.
const MARKS: &[(&str, &str)] =
    &[("\\(", "\\)"), ("\\[", "\\]"), ("$$", "$$"), ("[latex]", "[/latex]"), ("[$]", "[/$]"), ("[$$]", "[/$$]")];

/// Bytes of the longest formula that is shown in plain characters.
const LONGEST: usize = 400;

/// What opens a formula at the beginning of `rest`, and what closes it.
pub(super) fn marks(rest: &str) -> Option<(&'static str, &'static str)> {
    MARKS.iter().find(|(open, _)| rest.starts_with(open)).copied()
}

/// Where the formulas of a text stand, with their marks. One that is not closed within its paragraph is none.
pub(super) fn places(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Where each kind is closed next, once that was looked for; the end of the text where it is closed nowhere.
    let mut closed: [usize; MARKS.len()] = [0; MARKS.len()];
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['\\', '$', '['])) {
        at += next;
        let rest = text.get(at..).unwrap_or_default();
        let kind = MARKS.iter().zip(&mut closed).find(|((open, _), _)| rest.starts_with(open));
        if let Some(((open, close), end)) = kind {
            let start = at + open.len();
            if *end < start {
                *end = closing(text.get(start..).unwrap_or_default(), close).map_or(text.len(), |end| start + end);
            }
            if *end < text.len() && is_content(text.get(start..*end).unwrap_or_default(), open) {
                at = *end + close.len();
                found.push(start - open.len()..at);
                continue;
            }
        }
        // A backslash and what it stands before are passed over together: `\\(` begins no formula.
        at += match (rest.chars().next(), rest.chars().nth(1)) {
            (Some('\\'), Some(escaped)) => 1 + escaped.len_utf8(),
            (Some(c), _) => c.len_utf8(),
            (None, _) => 1,
        };
    }
    found
}

/// Where the closing mark stands, one behind `\\` aside.
fn closing(inner: &str, close: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + inner.get(from..)?.find(close)?;
        let slashes = inner.get(..at)?.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if close.starts_with('\\') && slashes % 2 == 1 {
            from = at + 1;
        } else {
            return Some(at);
        }
    }
}

fn is_content(inner: &str, open: &str) -> bool {
    let has_blank_line = || inner.contains("\n\n") || inner.contains("\n\r\n");
    !inner.contains(open) && !has_blank_line() && inner.contains(|c: char| !c.is_whitespace() && c != '\\')
}

/// A formula without its marks.
pub(super) fn inner(source: &str) -> Option<&str> {
    let (open, close) = marks(source)?;
    source.strip_prefix(open)?.strip_suffix(close)
}

/// A formula with its marks in plain characters, if it is simple enough.
pub(super) fn unicode(source: &str) -> Option<String> {
    let inner = inner(source)?.trim();
    if inner.len() > LONGEST {
        return None;
    }
    let shown = set::set(&read::read(inner)?)?;
    Some(shown.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|shown| !shown.is_empty())
}

/// Raised or lowered text: in characters of its own where Unicode has them all, else behind `^` or `_`, in brackets unless it
/// is one character that stands last.
pub(super) fn script(text: &str, is_raised: bool, is_last: bool) -> String {
    if let Some(moved) = signs::moved(text, is_raised) {
        return moved;
    }
    let mark = if is_raised { '^' } else { '_' };
    if is_last && text.chars().count() == 1 { format!("{mark}{text}") } else { format!("{mark}({text})") }
}
