//! Whether a file is a table at all. Commas and colons stand in every text, so a file that nobody named has to show that it is
//! one: text is split here and there, a table in nearly every line and into the same number of cells.

use crate::formats::Evidence;
use crate::formats::HeaderRow;
use crate::formats::columns;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;

/// What the first rows show. `is_said`: a directive at the top says what the file is.
pub(super) fn evidence(survey: &Survey, separator: &Separator, header: HeaderRow, is_said: bool) -> Evidence {
    let one_column = survey.first.first().is_some_and(|cell| columns::is_cloze(cell));
    if is_said || header == HeaderRow::Sure || one_column {
        return Evidence::Said;
    }
    let even = if survey.columns > 1 { survey.even } else { 0 };
    let is_even = match separator {
        // In a list all that comes later belongs to the meaning.
        Separator::First(_) => survey.split * 20 >= survey.rows * 19,
        // Hardly any text has tabs in it.
        Separator::Byte(b'\t') => survey.split * 4 >= survey.rows * 3,
        Separator::Byte(_) | Separator::Text(_) => even * 4 >= survey.rows * 3,
    };
    let sentences = rows(survey).filter(|row| is_sentence(row)).count();
    let is_text = matches!(separator, Separator::Byte(b',' | b';')) && sentences * 2 > survey.rows;
    let some = if matches!(separator, Separator::First(_)) { survey.split } else { even };
    if is_text || some * 2 < survey.rows {
        Evidence::None
    } else if !is_even {
        Evidence::MostRows
    } else if survey.rows < 2 {
        Evidence::OneRow
    } else {
        Evidence::Rows
    }
}

fn rows(survey: &Survey) -> impl Iterator<Item = &Vec<String>> {
    std::iter::once(&survey.first_raw).chain(&survey.below)
}

/// Words of a line that is hardly a question and its answer.
const MANY_WORDS: usize = 6;

/// Whether a row reads as a sentence: a blank behind each separator, and either a full stop at its end or many words in small
/// cells.
fn is_sentence(row: &[String]) -> bool {
    let [_, later @ ..] = row else { return false };
    let words: usize = row.iter().map(|cell| cell.split_whitespace().count()).sum();
    let ends = row.last().is_some_and(|cell| cell.trim_end().ends_with(['.', '!', '?', ':', ',', ';']));
    !later.is_empty() && later.iter().all(|cell| cell.starts_with(' ')) && (ends || words >= MANY_WORDS)
}
