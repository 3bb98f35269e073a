//! A sentence of a report.

use crate::core::text::one_line;

/// A sentence: our own words with their numbers, and maybe a name from outside at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Its name for programs.
    pub key: &'static str,
    /// What it says, without a full stop.
    pub words: String,
    /// What it ends with, where it may: what leads to the name, the name (text from outside: hostile until rendered), and what is
    /// said of it.
    pub about: Option<(&'static str, String, String)>,
}

impl Sentence {
    /// One without a name from outside.
    pub(super) fn ours(key: &'static str, words: String) -> Self {
        Self { key, words, about: None }
    }

    /// All of it, on one line, without anything that could act on a terminal.
    #[must_use]
    pub fn said(&self) -> String {
        match &self.about {
            None => format!("{}.", self.words),
            Some((lead, name, then)) => format!("{}{lead} “{}” {then}.", self.words, one_line(name)),
        }
    }
}
