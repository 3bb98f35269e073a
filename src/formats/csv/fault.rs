//! What can be wrong with a table or with one of its rows.

use crate::core::text::counted;
use crate::formats::columns::fault::NoteFault;
use crate::formats::csv::DELIMITERS;
use crate::formats::csv::VERSION;

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Its note has a fault.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// Its cells are no text any more.
    #[error("the separator cuts a character in two")]
    CutCharacter,
    /// It has too few columns for its note.
    #[error("{}, expected {least} or more (separated by {})", columns(.found), delimiter_name(.delimiter))]
    TooNarrow {
        /// Its columns.
        found: usize,
        /// The columns that the note needs.
        least: usize,
        /// The separator.
        delimiter: u8,
    },
    /// It has more columns than the table.
    #[error("{}, expected {known}; put \" around a cell that holds {}", columns(.found), delimiter_name(.delimiter))]
    TooWide {
        /// Its columns.
        found: usize,
        /// The columns that mean something.
        known: usize,
        /// The separator.
        delimiter: u8,
    },
    /// A quote is open to the end.
    #[error("the quote \" that begins a cell here is never closed; close it, or write it twice within quotes")]
    Unclosed,
    /// It is longer than any card.
    #[error("the row is longer than 1 MB; no card is")]
    TooLong,
}

/// Why an input can't be read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// The separator that the person named can't be one.
    #[error("the separator must be one ASCII character, and neither a quote nor a line end")]
    BadSeparator,
    /// The separator that the person or the file named separates nothing.
    #[error(
        "every row has one column when separated by {}; say what separates question and answer with --delimiter",
        delimiter_name(.0)
    )]
    NothingSeparated(u8),
    /// None of the usual separators separates anything.
    #[error(
        "its rows are one column each: {} were tried; say what separates question and answer with --delimiter",
        usual()
    )]
    OneColumn,
    /// A later version than is known; what the file says of itself.
    #[error("it was written by a newer lmq (`#lmq:{0}`, this one reads {VERSION}); update lmq")]
    Newer(String),
    /// It has no rows.
    #[error("there are no rows in it")]
    NoRows,
    /// Its rows have no kind.
    #[error(transparent)]
    NoKind(#[from] NoteFault),
}

/// Something that the person should know of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableWarning {
    /// It is no UTF-8.
    #[error(
        "line {line} is not UTF-8 (byte 0x{byte:02X}), so the whole file was read as Windows-1252; \
         if letters look wrong, save it as UTF-8 and import it again"
    )]
    NotUtf8 {
        /// The line of the first byte that is not.
        line: u64,
        /// That byte.
        byte: u8,
    },
    /// Its columns of these names are not read.
    #[error("columns that mean nothing here were left out: {}", ticked(.0))]
    UnknownColumns(Vec<String>),
    /// One of Anki's note types that is not known.
    #[error("the note type `{0}` is not known here: its notes are read as front and back")]
    UnknownNoteType(String),
    /// It is separated by another character than it says.
    #[error("nothing is separated by {}, so {} was taken", delimiter_name(.said), delimiter_name(.taken))]
    OtherSeparator {
        /// What it says.
        said: u8,
        /// What was taken.
        taken: u8,
    },
    /// It held NUL characters.
    #[error("there were NUL characters in it, which were left out")]
    Nul,
}

fn columns(found: &usize) -> String {
    counted(*found, "column", "columns")
}

fn ticked(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn usual() -> String {
    DELIMITERS.iter().map(delimiter_name).collect::<Vec<_>>().join(", ")
}

/// A separator as messages name it.
pub(super) fn delimiter_name(delimiter: &u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        b' ' => "space".to_owned(),
        other => format!("`{}`", char::from(*other)),
    }
}
