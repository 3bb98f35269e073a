//! What can be wrong with a JSON document or with one of its notes.

use crate::core::text::nearest;
use crate::core::text::thousands;
use crate::formats::columns::fault::NoteFault;
use crate::formats::json::FORMAT;
use crate::formats::json::KEYS;
use crate::formats::json::MOST_DECKS;
use crate::formats::json::VERSION;
use crate::formats::loss::ticked;
use crate::formats::table::survey::MOST_COLUMNS;

/// Why a value is no note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectFault {
    /// The note has a fault.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// It is no object.
    #[error("a note is an object")]
    NoObject,
    /// It has more keys than a note has texts.
    #[error("it has more than {MOST_COLUMNS} keys; no note has")]
    TooManyKeys,
    /// It is no object in a list of other programs' notes.
    #[error("a note is an object with a `front` and a `back`")]
    NoForeignObject,
    /// The value of a key is no text.
    #[error("`{0}` is not a text")]
    NoText(String),
    /// The value of a key is no list of texts.
    #[error("`{0}` is not a list of texts")]
    NoTexts(String),
    /// Its fields are no object.
    #[error("`fields` is not an object")]
    NoFields,
    /// Its id is none.
    #[error("`{0}` is not an id of 32 hexadecimal digits")]
    BadId(String),
    /// `held_out` is no truth value.
    #[error("`held_out` is neither true nor false")]
    BadHeldOut,
    /// `form` is none.
    #[error("`form` is not one of a, b and reserve")]
    BadForm,
    /// `markup` is none.
    #[error("`markup` is not one of markdown, plain and html")]
    BadMarkup,
    /// A key that no note has.
    #[error("a note has no `{}`; {}", .0, key_meant(.0))]
    UnknownKey(String),
    /// `media` is no object of hashes.
    #[error("`media` is not an object with the hash of each picture and sound")]
    BadMedia,
    /// A key that stands in it twice.
    #[error("`{0}` is there twice; remove one of them")]
    Twice(String),
    /// It names no kind.
    #[error("it does not say its `kind`")]
    KindMissing,
}

fn key_meant(name: &str) -> String {
    match nearest(name, KEYS.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", KEYS.join(", ")),
    }
}

/// Something that the person should know of notes in JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonWarning {
    /// The right one of several options is given by a number.
    #[error(
        "which option is right is given by numbers, and the first one was taken for number {0}; look at a few cards"
    )]
    FirstOption(u8),
    /// The right one may be given by its text or by its place.
    #[error(
        "each right answer may be the text of an option or its number or letter, and was taken for the text; look at a few cards, and if it is \
         the number call the key `answerIndex`"
    )]
    UnsureOption,
}

/// Why an input can't be read as a document of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentFault {
    /// A later version than is known.
    #[error("it was written by a newer lmq (version {0} of {FORMAT}, this one reads {VERSION}); update lmq")]
    Newer(u64),
    /// No version.
    #[error("it does not say its `version`")]
    NoVersion,
    /// Another format.
    #[error("its `format` is `{0}`, not `{FORMAT}`")]
    OtherFormat(String),
    /// The person named a key that no note has.
    #[error("no note has a key `{asked}`; there are {}", ticked(.keys))]
    NoSuchKey {
        /// What was asked for.
        asked: String,
        /// The keys that there are.
        keys: Vec<String>,
    },
    /// The person said what the keys of a document of ours are.
    #[error("it is a deck of lmq's own, whose keys say what they hold; leave --columns out")]
    OwnKeys,
    /// No format.
    #[error(
        "it is valid JSON but not a deck: a deck is {{\"format\": \"{FORMAT}\", \"version\": {VERSION}, \"decks\": \
         […]}}, or a list of \
         notes such as [{{\"front\": \"…\", \"back\": \"…\"}}]"
    )]
    NoFormat,
    /// Something in a document of ours is of another type.
    #[error("line {line}, column {column}: the JSON is valid, but not what a deck has there: {message}")]
    Shape {
        /// The line, from 1.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// serde's words.
        message: String,
    },
    /// More decks than a document may have.
    #[error("it has more than {} decks; split it", thousands(MOST_DECKS.try_into().unwrap_or(u64::MAX)))]
    TooManyDecks,
    /// A note or a text that is longer than any may be.
    #[error("line {line}: what begins here is longer than 16 MB; no card is, so a quote or a bracket is missing")]
    TooLong {
        /// The line, from 1.
        line: u64,
    },
    /// The head of a deck, or a topic, that can't be one; the reason.
    #[error("{0}")]
    Head(String),
    /// No JSON, or other JSON than a document has.
    #[error("line {line}, column {column}: the JSON is broken: {message}")]
    Broken {
        /// The line, from 1.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// serde's words.
        message: String,
    },
}
