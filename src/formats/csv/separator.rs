//! Which character separates the columns of a table.

use crate::formats::FormatError;
use crate::formats::ReadOptions;
use crate::formats::columns;
use crate::formats::csv::DELIMITERS;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::layout::is_header;
use crate::formats::table;
use crate::formats::table::Rows;
use crate::formats::table::Survey;
use std::cmp::Reverse;

/// Finds the separator, sets it, and tells how the first rows look with it.
pub(super) fn find(
    rows: &mut Rows<'_>,
    head: &Head,
    options: &ReadOptions,
    default: Option<u8>,
    warnings: &mut Vec<TableWarning>,
) -> Result<Survey, FormatError> {
    if options.delimiter.is_some_and(|byte| !byte.is_ascii() || matches!(byte, b'"' | b'\n' | b'\r' | 0)) {
        return Err(FormatError::NotThis(TableFault::BadSeparator.into()));
    }
    let comments = rows.comments;
    let sample = rows.sample()?.to_vec();
    let whole = rows.is_whole();
    let survey = |delimiter| table::survey(&sample, whole, delimiter, comments);
    let said = options.delimiter.or(head.separator).or(head.sep).or(default);
    let one_column_will_do = |found: &Survey| {
        found.rows == 0
            || head.notetype.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("cloze"))
            || found.first.first().is_some_and(|cell| columns::is_cloze(cell))
    };
    if let Some(said) = said {
        let found = survey(said);
        rows.delimiter = said;
        if found.split > 0 || one_column_will_do(&found) {
            return Ok(found);
        }
        // A spreadsheet saves with its own separator and keeps the line that names the old one.
        if let Some((delimiter, found)) = guess(survey).filter(|_| options.delimiter.is_none()) {
            rows.delimiter = delimiter;
            warnings.push(TableWarning::OtherSeparator { said, taken: delimiter });
            return Ok(found);
        }
        return Err(FormatError::NotThis(TableFault::NothingSeparated(said).into()));
    }
    if let Some((delimiter, found)) = guess(survey) {
        rows.delimiter = delimiter;
        return Ok(found);
    }
    let found = survey(b',');
    if one_column_will_do(&found) {
        return Ok(found);
    }
    Err(FormatError::NotThis(TableFault::OneColumn.into()))
}

/// The separator that gives most rows the same two or more columns.
fn guess(survey: impl Fn(u8) -> Survey) -> Option<(u8, Survey)> {
    let mut tried: Vec<(u8, Survey)> = DELIMITERS.iter().map(|delimiter| (*delimiter, survey(*delimiter))).collect();
    tried.retain(|(_, found)| found.split > 0);
    // Stable sorts: of equals the likelier one stays in front.
    let unlikeliness =
        |found: &Survey| (!is_header(&found.first), Reverse(even_rows(found)), found.strays, Reverse(found.split));
    tried.sort_by_key(|(_, found)| unlikeliness(found));
    tried
        .into_iter()
        .find(|(_, found)| is_header(&found.first) || even_rows(found) * 2 > found.rows || found.split * 2 > found.rows)
}

fn even_rows(survey: &Survey) -> usize {
    if survey.columns > 1 { survey.even } else { 0 }
}
