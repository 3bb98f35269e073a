//! What an import came to, in numbers and in words.

use crate::core::text::counted;
use crate::formats::Place;
use crate::store::Forgotten;
use crate::store::MatchResult;
use std::fmt::Display;
use std::path::PathBuf;

/// Rejected rows that are kept for the list; more are counted only.
const MOST_LISTED: usize = 1000;

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Notes that are new.
    pub added: u64,
    /// Notes whose text changed; their history stays.
    pub changed: u64,
    /// Notes that are as they were.
    pub same: u64,
    /// Notes that were retired and are back.
    pub restored: u64,
    /// Rows that said the same as one before them.
    pub duplicates: u64,
    /// Notes of the decks that are not in the files.
    pub missing: u64,
    /// Notes of followed or built-in decks that vanished from their file and were retired.
    pub retired: u64,
    /// Notes whose own text stays although the file has another one now.
    pub kept: u64,
    /// Entries of a log that are new here.
    pub entries_added: u64,
    /// Entries of a log that were here.
    pub entries_known: u64,
    /// What erasures in a history took; the copies are not cleaned of it yet.
    pub erased: Forgotten,
    /// Names of cards of which a history brought words that are newer than their erasure.
    pub rewritten: Vec<String>,
    /// Copies of the database from before a history was taken in.
    pub copies: Vec<PathBuf>,
    /// Bad rows: `file:line: reason`.
    pub rejected: Vec<String>,
    /// How many bad rows there were in all.
    pub rejections: u64,
    /// What the person should know.
    pub warnings: Vec<String>,
    /// Whether a note came that waits for others: they may wait for each other.
    pub waits: bool,
    /// The first notes, for a look before anything is written.
    pub first: Vec<(String, String)>,
    /// Files read.
    pub files: u64,
}

impl Report {
    /// Whether anything was changed, or would be.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.added + self.changed + self.restored + self.retired + self.entries_added > 0
    }

    pub(super) fn place(&mut self, placed: MatchResult, shown: &str, place: Place) {
        match placed {
            MatchResult::Added => self.added += 1,
            MatchResult::Changed => self.changed += 1,
            MatchResult::Same => self.same += 1,
            MatchResult::Restored => self.restored += 1,
            MatchResult::Duplicate => self.duplicates += 1,
            MatchResult::Kept => self.kept += 1,
            MatchResult::Later => {}
            MatchResult::Contradicts => {
                let reason = "its key or id was used before in this file, for another text; give it one of its own";
                self.reject(shown, place, reason);
            }
        }
    }

    pub(super) fn reject(&mut self, shown: &str, place: Place, reason: impl Display) {
        self.rejections += 1;
        if self.rejected.len() < MOST_LISTED {
            self.rejected.push(format!("{shown}:{place}: {reason}"));
        }
    }

    /// In one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: u64, one: &str, many: &str| {
            if count > 0 {
                parts.push(counted(count, one, many));
            }
        };
        part(self.added, "note added", "notes added");
        part(self.changed, "changed", "changed");
        part(self.restored, "brought back", "brought back");
        part(self.retired, "retired", "retired");
        part(self.same, "note as it was", "notes as they were");
        part(self.kept, "kept as you wrote it", "kept as you wrote them");
        part(self.duplicates, "row twice in the file", "rows twice in the file");
        part(self.entries_added, "entry of history added", "entries of history added");
        part(self.entries_known, "entry known already", "entries known already");
        part(self.rejections, "left out", "left out");
        if parts.is_empty() { "nothing to import".to_owned() } else { parts.join(", ") }
    }
}
