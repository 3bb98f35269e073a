//! What can be wrong with JSON lines.

use crate::formats::json::fault::ObjectFault;

/// Why a line was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// It is longer than any card.
    #[error("the line is longer than 16 MB; no card is")]
    TooLong,
    /// It is no UTF-8.
    #[error("it is not UTF-8; save the file as UTF-8")]
    NotUtf8,
    /// It is no JSON; with serde's words.
    #[error("the JSON is broken: {0}")]
    Broken(String),
    /// It is no deck, or no topic; with serde's words.
    #[error("{0}")]
    Head(String),
    /// It is no note.
    #[error(transparent)]
    Object(#[from] ObjectFault),
}

/// Why an input can't be read as JSON lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinesFault {
    /// None of its lines is an object.
    #[error("line {line} is not a JSON object: {fault}")]
    NoObject {
        /// The first line that is none.
        line: u64,
        /// Why.
        fault: LineFault,
    },
    /// It has no lines.
    #[error("there are no lines in it")]
    Empty,
}
