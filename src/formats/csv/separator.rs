//! Which text separates the columns of a table.

use crate::formats::FormatError;
use crate::formats::TableOptions;
use crate::formats::columns;
use crate::formats::csv::DELIMITERS;
use crate::formats::csv::LISTS;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::header::is_header;
use crate::formats::table::Rows;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey;
use crate::formats::table::survey::Survey;
use std::cmp::Reverse;

/// Finds the separator, sets it, and tells how the first rows look with it.
pub(super) fn find(
    rows: &mut Rows<'_>,
    head: &Head,
    options: &TableOptions,
    default: Option<u8>,
    warnings: &mut Vec<TableWarning>,
) -> Result<Survey, FormatError> {
    let comments = rows.comments;
    let sample = rows.sample()?.to_vec();
    let whole = rows.is_whole();
    let survey = |separator: &Separator| survey::survey(&sample, whole, separator, comments);
    let of_file = head.separator.as_deref().or(head.sep.as_deref()).map(Separator::of);
    let said = options.delimiter.as_deref().map(Separator::of).or(of_file).or(default.map(Separator::Byte));
    let one_column_will_do = |found: &Survey| {
        found.rows == 0
            || head.notetype.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("cloze"))
            || found.first.first().is_some_and(|cell| columns::is_cloze(cell))
    };
    if let Some(said) = said {
        let mut found = survey(&said);
        rows.separator = said.clone();
        if let Separator::Text(text) = &said
            && found.columns == 2
        {
            // A list of terms: a separator within what a term means is part of it.
            rows.separator = Separator::First(text.clone());
            found = survey(&rows.separator);
        }
        if found.split > 0 || one_column_will_do(&found) {
            return Ok(found);
        }
        // A spreadsheet saves with its own separator and keeps the line that names the old one.
        if let Some((separator, found)) = guess(&survey).filter(|_| options.delimiter.is_none()) {
            warnings.push(TableWarning::OtherSeparator { said: said.name(), taken: separator.name() });
            rows.separator = separator;
            return Ok(found);
        }
        return Err(FormatError::NotThis(TableFault::NothingSeparated(said.name()).into()));
    }
    if let Some((separator, found)) = guess(&survey) {
        if matches!(separator, Separator::First(_)) {
            warnings.push(TableWarning::TermList(separator.name()));
        }
        rows.separator = separator;
        return Ok(found);
    }
    let found = survey(&Separator::Byte(b','));
    if one_column_will_do(&found) {
        return Ok(found);
    }
    Err(FormatError::NotThis(TableFault::OneColumn.into()))
}

/// The separator that gives most rows the same two or more columns; else the one of a list.
fn guess(survey: &impl Fn(&Separator) -> Survey) -> Option<(Separator, Survey)> {
    let bytes = DELIMITERS.iter().map(|byte| Separator::Byte(*byte));
    let mut tried: Vec<(Separator, Survey)> = bytes.map(|separator| (separator.clone(), survey(&separator))).collect();
    tried.retain(|(_, found)| found.split > 0);
    // Stable sorts: of equals the likelier one stays in front.
    let unlikeliness =
        |found: &Survey| (!is_header(&found.first), Reverse(even_rows(found)), found.strays, Reverse(found.split));
    tried.sort_by_key(|(_, found)| unlikeliness(found));
    let table = tried.into_iter().find(|(_, found)| {
        is_header(&found.first) || even_rows(found) * 2 > found.rows || found.split * 2 > found.rows
    });
    if table.as_ref().is_some_and(|(_, found)| is_header(&found.first) || even_rows(found) == found.rows) {
        return table;
    }
    // A comma in nearly every line of a list is no wonder; a ` - ` in every line of a table would be one.
    let lists = LISTS.iter().map(|text| Separator::First(text.as_bytes().into()));
    let list = lists
        .map(|separator| (separator.clone(), survey(&separator)))
        .find(|(_, found)| found.rows > 1 && found.split * 20 >= found.rows * 19 && !are_labels(found));
    match (table, list) {
        (Some(table), Some(_)) if even_rows(&table.1) * 20 >= table.1.rows * 19 => Some(table),
        (table, list) => list.or(table),
    }
}

/// Whether what stands before the separator are labels of the lines, as in `Q: …` and `A: …`, and no terms.
fn are_labels(survey: &Survey) -> bool {
    let terms = survey.below.iter().chain(std::iter::once(&survey.first_raw)).filter_map(|row| row.first());
    let mut terms: Vec<&str> = terms.map(|term| term.trim()).collect();
    let all = terms.len();
    terms.sort_unstable();
    terms.dedup();
    all > 3 && terms.len() * 2 <= all
}

fn even_rows(survey: &Survey) -> usize {
    if survey.columns > 1 { survey.even } else { 0 }
}
