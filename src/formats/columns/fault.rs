//! What can be wrong with a note, whichever format it comes in.

use crate::core::card::CARD_KINDS;
use crate::core::card::Fault;
use crate::core::text::meant;
use crate::formats::card_words;

/// What is wrong with a note, and what to do: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// A field, or something beside the fields, that is too long.
    #[error("`{0}` is longer than 1 MB; shorten it, or make several cards of it")]
    TooLong(String),
    /// A field that the kind needs is not there.
    #[error("the {field} is empty; a `{kind}` card needs one")]
    Missing {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: &'static str,
    },
    /// Several texts in a field for one.
    #[error("`{0}` takes one text, not several")]
    NotOneText(&'static str),
    /// One text in a field for a list.
    #[error("`{0}` takes a list of texts")]
    NotAList(&'static str),
    /// A field with nothing in it.
    #[error("the {0} is empty; give it a text or leave it out")]
    Blank(&'static str),
    /// A list of one item.
    #[error(
        "a `list` card needs at least two items; write one a line, or ` | ` between them, or make it a `typed` card"
    )]
    OneItem,
    /// A field whose HTML shows nothing.
    #[error("the {0} shows nothing: it is HTML without text")]
    ShowsNothing(&'static str),
    /// A field that the kind does not have.
    #[error("`{field}` is not a field of a `{kind}` card, which has {}", .known.join(", "))]
    NoField {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: String,
        /// The fields that the kind has.
        known: Vec<&'static str>,
    },
    /// A kind that is not there.
    #[error("`{}` is not a kind of card; {}", .0, kind_meant(.0))]
    NoKind(String),
    /// Fields that the kind does not take.
    #[error("{}: {}; {}", .0.field(), card_words::what(.0), card_words::help(.0))]
    Card(Fault),
    /// Two columns that go to the same field.
    #[error("two columns fill the {0}; leave one of them empty")]
    FilledTwice(&'static str),
    /// No id in the column of ids.
    #[error("`{0}` is not an id of 32 hexadecimal digits; leave the cell empty for a new card")]
    BadId(String),
    /// Neither yes nor no.
    #[error("held_out is `{0}`; write yes or no")]
    BadHeldOut(String),
    /// No form of a check-up.
    #[error("form is `{0}`; write a, b or reserve")]
    BadForm(String),
    /// No markup.
    #[error("markup is `{0}`; write markdown, plain or html")]
    BadMarkup(String),
    /// A value that no column can hold, in a note that is to be written.
    #[error("`{field}` of a `{kind}` card contains something that is not allowed")]
    WrongShape {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: &'static str,
    },
}

fn kind_meant(name: &str) -> String {
    meant(name, CARD_KINDS.iter().map(|kind| kind.name()))
}
