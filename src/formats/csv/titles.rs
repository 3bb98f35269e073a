//! What stands above the names of the columns: a title, a date.

use crate::formats::FormatError;
use crate::formats::HeaderRow;
use crate::formats::TableOptions;
use crate::formats::csv::header;
use crate::formats::csv::header::Verdict;
use crate::formats::table::Row;
use crate::formats::table::Rows;
use crate::formats::table::survey::Survey;

/// Lines that may stand above a header.
const MOST_TITLES: usize = 5;

/// Takes away what stands above a header, and tells how many lines that were.
pub(super) fn below_titles(
    rows: &mut Rows<'_>,
    survey: Survey,
    options: &TableOptions,
    is_own: bool,
) -> Result<(Survey, u64), FormatError> {
    if is_own || options.header == Some(false) || survey.columns < 2 {
        return Ok((survey, 0));
    }
    let Some((titles, below)) = (1..=MOST_TITLES).find_map(|titles| Some((titles, below(&survey, titles)?))) else {
        return Ok((survey, 0));
    };
    let mut row = Row::default();
    for _ in 0..titles {
        rows.next(&mut row)?;
    }
    Ok((below, u64::try_from(titles).unwrap_or(0)))
}

fn filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// The table below so many titles; nothing where they are none.
///
/// A title has fewer cells than the names below it, or a blank line between it and them. One that has several cells may as well
/// be a card, so below it each cell has to be a name that columns have.
fn below(survey: &Survey, titles: usize) -> Option<Survey> {
    let (names, rows) = survey.below.get(titles - 1..)?.split_first()?;
    let above = || survey.all().take(titles);
    let is_apart = survey.above_gap == Some(titles);
    if filled(names) < 2 || !(is_apart || above().all(|row| filled(row) < filled(names))) {
        return None;
    }
    // The names have several cells too.
    let full = 1 + rows.iter().filter(|row| filled(row) > 1).count();
    if full * 10 < (1 + rows.len()) * 9 {
        return None;
    }
    let found = Survey {
        first: names.iter().map(|cell| cell.trim().to_owned()).collect(),
        first_raw: names.clone(),
        below: rows.to_vec(),
        rows: survey.rows - titles,
        ..*survey
    };
    let is_header =
        |survey: &Survey| matches!(header::verdict(survey), Verdict::Is(HeaderRow::Sure | HeaderRow::Likely));
    let are_bare = above().all(|row| filled(row) == 1);
    ((are_bare || (header::are_names(&found.first) && !is_header(survey))) && is_header(&found)).then_some(found)
}
