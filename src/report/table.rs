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
