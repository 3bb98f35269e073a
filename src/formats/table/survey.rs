//! How the first rows of a table look under one separator.

use crate::formats::table::Cells;
use crate::formats::table::Next;
use crate::formats::table::Row;
use crate::formats::table::Rows;
use crate::formats::table::separator::Separator;
use std::cmp::Reverse;

/// Whether a row is the line below the head of a table in Markdown: `| --- | :-: |`.
pub(in crate::formats) fn is_rule(cells: Option<Cells<'_>>, separator: &Separator) -> bool {
    let is_dashes =
        |cell: &str| cell.len() > 1 && cell.contains('-') && cell.trim_matches(':').bytes().all(|byte| byte == b'-');
    *separator == Separator::Byte(b'|')
        && cells.is_some_and(|cells| {
            let mut filled = cells.iter().map(|(cell, _)| cell.trim()).filter(|cell| !cell.is_empty()).peekable();
            filled.peek().is_some() && filled.all(is_dashes)
        })
}

/// How the rows of a sample look under one separator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::formats) struct Survey {
    /// The cells of the first row.
    pub(in crate::formats) first: Vec<String>,
    /// The same with the white space around them.
    pub(in crate::formats) first_raw: Vec<String>,
    /// The cells of the rows below it, with white space around them.
    pub(in crate::formats) below: Vec<Vec<String>>,
    /// The number of columns that most rows have.
    pub(in crate::formats) columns: usize,
    /// How many rows have that number.
    pub(in crate::formats) even: usize,
    /// How many rows have two columns or more.
    pub(in crate::formats) split: usize,
    /// How many rows have a quote at the start of a cell that quotes nothing: a sign of a wrong separator.
    pub(in crate::formats) strays: usize,
    /// How many rows have a quoted cell.
    pub(in crate::formats) quoted: usize,
    /// How many rows stand above the first blank line between rows.
    pub(in crate::formats) above_gap: Option<usize>,
    /// How many rows were looked at.
    pub(in crate::formats) rows: usize,
}

impl Survey {
    /// All rows with white space around their cells.
    pub(in crate::formats) fn all(&self) -> impl Iterator<Item = &Vec<String>> + Clone {
        std::iter::once(&self.first_raw).chain(&self.below)
    }

    /// Whether a blank stands behind each separator, as behind the commas of a text, and nothing is quoted.
    pub(in crate::formats) fn is_spaced_throughout(&self) -> bool {
        let mut later = self.all().flat_map(|row| row.iter().skip(1)).filter(|cell| !cell.is_empty()).peekable();
        self.quoted == 0 && later.peek().is_some() && later.all(|cell| cell.starts_with(' '))
    }
}

/// Columns of the widest table: no card has so many texts.
pub(in crate::formats) const MOST_COLUMNS: usize = 500;

/// Rows that a survey looks at.
const SURVEYED_ROWS: usize = 200;

/// Looks at the first rows of a sample.
pub(in crate::formats) fn survey(sample: &[u8], whole: bool, separator: &Separator, comments: bool) -> Survey {
    let mut rows = Rows::of_sample(sample, whole);
    rows.separator = separator.clone();
    rows.comments = comments;
    let mut row = Row::default();
    let mut survey = Survey::default();
    let mut counts: Vec<(usize, usize)> = Vec::new();
    let mut is_behind_gap = false;
    while survey.rows < SURVEYED_ROWS {
        let due = rows.line();
        match rows.next(&mut row) {
            Ok(Next::Row(line)) => is_behind_gap |= line > due,
            Ok(Next::Unclosed(_) | Next::TooLong(_)) => continue,
            Ok(Next::End) | Err(_) => break,
        }
        let texts = || row.cells().into_iter().flat_map(Cells::iter).map(|(cell, _)| cell).take(MOST_COLUMNS + 1);
        let is_blank = texts().all(|cell| cell.trim().is_empty());
        if is_blank || is_rule(row.cells(), separator) {
            is_behind_gap |= is_blank;
            continue;
        }
        if std::mem::take(&mut is_behind_gap) && survey.rows > 0 {
            survey.above_gap.get_or_insert(survey.rows);
        }
        if survey.rows == 0 {
            survey.first = texts().map(|cell| cell.trim().to_owned()).collect();
            survey.first_raw = texts().map(str::to_owned).collect();
        } else {
            survey.below.push(texts().map(str::to_owned).collect());
        }
        survey.rows += 1;
        survey.split += usize::from(row.len() > 1);
        let stray = |cells: Cells<'_>| cells.iter().any(|(cell, quoted)| !quoted && cell.starts_with('"'));
        survey.strays += usize::from(row.cells().is_some_and(stray));
        survey.quoted += usize::from(row.cells().is_some_and(|cells| cells.iter().any(|(_, quoted)| quoted)));
        match counts.iter_mut().find(|(columns, _)| *columns == row.len()) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.len(), 1)),
        }
    }
    // The first of equals: what a file begins with.
    counts.sort_by_key(|(_, count)| Reverse(*count));
    (survey.columns, survey.even) = counts.first().copied().unwrap_or_default();
    survey
}
