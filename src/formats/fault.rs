//! What can be wrong with an input or with one record of it, and what else the person should know of it. Each format has
//! its own faults with their words; here is which there are.

use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::json::fault::DocumentFault;
use crate::formats::json::fault::JsonWarning;
use crate::formats::json::fault::ObjectFault;
use crate::formats::jsonl::fault::LineFault;
use crate::formats::jsonl::fault::LinesFault;
use crate::formats::segment::fault::SegmentError;
use crate::formats::xlsx::fault::OneSheet;
use crate::formats::xlsx::fault::SheetFault;

/// Why a record was left out, and what to do: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// A row of a table.
    #[error(transparent)]
    Row(#[from] RowFault),
    /// A line of JSON lines.
    #[error(transparent)]
    Line(#[from] LineFault),
    /// A note of a JSON document.
    #[error("note {number}{}: {fault}", of_deck(.deck))]
    Note {
        /// Its number in the deck, or in the list, from 1.
        number: u64,
        /// The deck's name; empty in a list without decks.
        deck: String,
        /// What is wrong with it.
        fault: ObjectFault,
    },
}

fn of_deck(deck: &str) -> String {
    if deck.is_empty() { String::new() } else { format!(" of deck {deck}") }
}

/// Why an input can't be read as its format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotThis {
    /// A table.
    #[error(transparent)]
    Table(#[from] TableFault),
    /// A JSON document, or the head of JSON lines.
    #[error(transparent)]
    Json(#[from] DocumentFault),
    /// JSON lines.
    #[error(transparent)]
    Lines(#[from] LinesFault),
    /// A spreadsheet.
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    /// Segments of the log.
    #[error(transparent)]
    Segments(#[from] SegmentError),
    /// A deck file that is too large to be read whole.
    #[error("deck files have up to 64 MB; use CSV or JSONL for so many cards, which are read row by row")]
    DeckTooLarge,
}

impl NotThis {
    /// Whether it is a text in which nothing is separated: no table, and nothing that is damaged.
    #[must_use]
    pub fn is_no_table(&self) -> bool {
        use TableFault::{HardlyAList, NoRows, NothingSeparated, OneColumn};
        matches!(self, Self::Table(OneColumn | HardlyAList { .. } | NothingSeparated(_) | NoRows))
    }
}

/// Something that the person should know of an input that was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// Of a table.
    #[error(transparent)]
    Table(#[from] TableWarning),
    /// Of a spreadsheet.
    #[error(transparent)]
    Sheet(#[from] OneSheet),
    /// Of notes in JSON.
    #[error(transparent)]
    Json(#[from] JsonWarning),
    /// A large deck file, of so many MB.
    #[error("a deck file of {0} MB is read whole; CSV or JSONL are read row by row")]
    LargeDeck(usize),
}

impl Warning {
    /// The encoding, where it says in which one the file was read, and that this was a guess.
    #[must_use]
    pub fn guessed_encoding(&self) -> Option<&'static str> {
        match self {
            Self::Table(TableWarning::NotUtf8 { encoding, .. } | TableWarning::Utf16(encoding)) => Some(encoding),
            Self::Table(_) | Self::Sheet(_) | Self::Json(_) | Self::LargeDeck(_) => None,
        }
    }
}
