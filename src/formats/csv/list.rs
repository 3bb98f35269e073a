//! Lists of terms as people write them: with a mark before each line, and headings between them.

use crate::formats::table::survey::Survey;
use std::collections::BTreeSet;

/// What people put before the lines of a list.
const MARKS: &[&str] = &["-", "*", "•", "+", "–", "—", "·", "▪", "◦", "‣", "●", "○"];

/// Words of a heading at most.
const MOST_WORDS: usize = 8;

/// A line without the mark before it: `- perro`, `2) perro`.
pub(super) fn without_mark(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = (1..=4).contains(&(line.len() - number.len()));
    let of_number = || number.strip_prefix(['.', ')']).filter(|_| is_number);
    let rest = MARKS.iter().find_map(|mark| line.strip_prefix(mark)).or_else(of_number)?;
    let text = rest.trim_start();
    (rest.len() > text.len() && !text.is_empty()).then_some(text)
}

/// Whether each line of a list has a mark before it, and the terms differ without it: `1. FC`, `2. FC` are terms.
pub(super) fn have_marks(survey: &Survey) -> bool {
    let terms = || survey.all().filter(|row| row.len() > 1).filter_map(|row| row.first());
    let bare: Option<Vec<&str>> = terms().map(|term| without_mark(term)).collect();
    bare.is_some_and(|bare| {
        let differ: BTreeSet<&str> = bare.iter().copied().collect();
        let are_counted = || terms().map(|term| term.trim()).collect::<BTreeSet<&str>>().len();
        bare.len() > 1 && differ.len() == are_counted()
    })
}

/// Whether a line of a list that nothing separates is a heading: the first one, one in capitals, one with a `#` before it or a colon
/// behind it, or the number of a page.
pub(super) fn is_heading(line: &str, first: &str) -> bool {
    let line = line.trim();
    let is_in_capitals = || line.contains(char::is_uppercase) && !line.contains(char::is_lowercase);
    let is_marked = line.starts_with('#') || line.ends_with(':');
    !line.is_empty()
        && !line.ends_with(['.', '!', '?', ','])
        && line.split_whitespace().count() <= MOST_WORDS
        && (is_marked || line == first.trim() || is_in_capitals() || is_page_number(line))
}

/// `12`, `- 12 -`, `12/40`: what stands between the pages of a text.
fn is_page_number(line: &str) -> bool {
    let number = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '[' | ']'));
    number.len() <= 9 && number.split('/').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

/// Rows of a list that are no headings.
pub(super) fn rows_below_headings(survey: &Survey) -> usize {
    let first = survey.first.first().map(String::as_str).unwrap_or_default();
    let is = |row: &&Vec<String>| matches!(&row[..], [line] if is_heading(line, first));
    survey.rows - survey.all().filter(is).count()
}
