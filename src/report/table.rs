//! The tables of a report.

use crate::report::cell::Cell;

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name for programs.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// Whether it holds numbers, which are set to the right.
    pub is_number: bool,
}

/// Rows of cells, each as long as `columns`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How many columns at the left name a row.
    pub names: usize,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// What to say where there are no rows; where this is empty too, people don't see the section. Our own words;
    /// code is in backticks.
    pub when_empty: &'static str,
}

impl Table {
    /// The rows of [`Body::Prose`](crate::report::Body::Prose), in words: each heading, with the days and sentences under it.
    pub(super) fn prose(&self) -> Vec<(String, Vec<(String, String)>)> {
        let mut parts: Vec<(String, Vec<(String, String)>)> = Vec::new();
        let mut last = None;
        for row in &self.rows {
            let [about, heading, day, words] = row.as_slice() else { continue };
            if last != Some(about) {
                parts.push((heading.words(), Vec::new()));
                last = Some(about);
            }
            if let Some((_, sentences)) = parts.last_mut() {
                sentences.push((day.words(), words.words()));
            }
        }
        parts
    }
}
