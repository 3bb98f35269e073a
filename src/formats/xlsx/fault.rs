//! What can be wrong with a spreadsheet.

use crate::formats::loss::ticked;

/// Why a spreadsheet can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    /// It is encrypted.
    #[error(
        "it is protected by a password; take the password off in the program that it belongs to, and save it again"
    )]
    Password,
    /// It is of the time before XLSX.
    #[error("it is a spreadsheet in the old format (.xls); save it as XLSX or CSV")]
    Old,
    /// It is broken, in the words of the reader.
    #[error("it is damaged, or no spreadsheet after all: {0}")]
    Broken(String),
    /// It unpacks to more than any deck is.
    #[error("it unpacks to more than {MOST_MB} MB; save the sheet with the cards as CSV")]
    TooLarge,
    /// There is no such sheet.
    #[error("there is no sheet `{asked}`; there are {}", list(.sheets))]
    NoSheet {
        /// What was asked for.
        asked: String,
        /// The sheets that are there.
        sheets: Vec<String>,
    },
    /// It has no sheet with cells.
    #[error("there is no sheet with rows in it")]
    NoSheets,
    /// The sheet has one column.
    #[error("the sheet `{sheet}` has one column; a card needs two, a question and an answer{}", more(.others))]
    OneColumn {
        /// The sheet.
        sheet: String,
        /// The others.
        others: Vec<String>,
    },
}

/// Megabytes that a spreadsheet may unpack to.
pub(super) const MOST_MB: u64 = 256;

/// Of a spreadsheet with several sheets: which one was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sheet `{read}` was read; there are also {}; take another one with --sheet", list(.others))]
pub struct OneSheet {
    /// The sheet.
    pub read: String,
    /// The others, the hidden ones marked, and the empty ones before it.
    pub others: Vec<String>,
}

fn list(sheets: &[String]) -> String {
    ticked(sheets).replace(" (hidden)`", "` (hidden)").replace(" (empty)`", "` (empty)")
}

fn more(sheets: &[String]) -> String {
    if sheets.is_empty() { String::new() } else { format!("; take another sheet with --sheet: {}", list(sheets)) }
}
