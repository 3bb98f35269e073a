//! What is said of a query that can't be read: what is wrong, where in the query, and what to do.

use crate::core::excerpt::excerpt;

/// Columns of a query that an error shows around its place.
pub(super) const SHOWN: usize = 70;

/// A query that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct SearchError {
    /// Index of the character that it is about; the query's length for its end.
    pub at: usize,
    /// What is wrong: one sentence without a full stop.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl SearchError {
    pub(super) fn new(at: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, what: what.into(), help: help.into() }
    }

    /// The query (as much of it as fits) and, below, a caret under the place.
    #[must_use]
    pub fn drawn(&self, query: &str) -> [String; 2] {
        let from = self.at.saturating_sub(SHOWN / 2);
        let query: String = query.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (shown, columns) = excerpt(&query, from, self.at, SHOWN);
        [shown, format!("{}^", " ".repeat(columns))]
    }
}
