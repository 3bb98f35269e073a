//! What is wrong with a query that can't be read, and where. The words stand here too: a query's errors are only ever
//! shown with the query, and a caret under the place.

use crate::core::card::CARD_KINDS;
use crate::core::excerpt::excerpt;
use crate::core::grade::GradeError;
use crate::core::search::FIELDS;
use crate::core::search::MOST_CHARS;
use crate::core::search::MOST_CONDITIONS;
use crate::core::search::STATES;
use crate::core::text::meant;
use crate::core::text::nearest;

/// Columns of a query that an error shows around its place.
pub(super) const SHOWN: usize = 70;

/// Fields of other programs' searches, and what to write here.
const ELSEWHERE: [(&[&str], &str); 7] = [
    (&["prop"], "here it is `ease<2.1`, `interval>=21d`, `lapses>3` or `due<=3d`, without `prop:`"),
    (&["note", "card", "mid", "type"], "here it is `kind:cloze` or another kind of card"),
    (
        &["front", "back", "question", "answer", "prompt"],
        "words are looked for in all texts of a card, without a field",
    ),
    (&["nid", "cid", "did", "dupe", "key", "id"], "`lmq show` takes the name of a card or the beginning of its id"),
    (&["introduced", "edited", "resched", "created"], "there are `added:30d`, `reviewed:7d` and `rated:7d:again`"),
    (&["flag", "star"], "here it is `is:marked`, for cards with your star"),
    (&["re", "w", "nc", "sc"], "words are looked for without patterns, case and accents: just write the word"),
];

/// A query that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct SearchError {
    /// Index of the character that it is about; the query's length for its end.
    pub at: usize,
    /// What is wrong.
    pub fault: SearchFault,
}

/// What is wrong with a query. As text: one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchFault {
    /// A parenthesis is closed that was not opened.
    #[error("there is no `(` for this `)`")]
    UnopenedParenthesis,
    /// A parenthesis is not closed.
    #[error("this `(` is never closed")]
    UnclosedParenthesis,
    /// Parentheses with nothing in them.
    #[error("there is nothing in these parentheses")]
    EmptyParentheses,
    /// Parentheses are too deep inside each other.
    #[error("too many parentheses inside each other")]
    TooDeep,
    /// A quote is not closed.
    #[error("this quote is never closed")]
    UnclosedQuote,
    /// Quotes with nothing in them.
    #[error("there is nothing in these quotes")]
    EmptyQuotes,
    /// An `OR` at the end.
    #[error("nothing follows this `OR`")]
    NothingAfterOr,
    /// An `OR` at the beginning.
    #[error("there is nothing before this `OR`")]
    NothingBeforeOr,
    /// An `AND` at the end.
    #[error("nothing follows this `AND`")]
    NothingAfterAnd,
    /// A `-` that negates nothing.
    #[error("nothing follows this `-`")]
    NothingAfterMinus,
    /// It is longer than any that a person means.
    #[error("a query has at most {MOST_CHARS} characters")]
    TooLong,
    /// It has more conditions than there are bits for.
    #[error("a query has at most {MOST_CONDITIONS} conditions")]
    TooManyConditions,
    /// No field has this name.
    #[error("there is no field `{0}`")]
    UnknownField(String),
    /// This field is given without a value.
    #[error("`{0}` needs a value")]
    NoValue(&'static str),
    /// This field is compared, but holds no number.
    #[error("`{0}` can't be compared")]
    NotComparable(&'static str),
    /// No kind has this name.
    #[error("there is no kind of card `{0}`")]
    UnknownKind(String),
    /// No state has this name.
    #[error("there is no state `{0}`")]
    UnknownState(String),
    /// No deck has this name.
    #[error("there is no deck `{name}`")]
    UnknownDeck {
        /// The name.
        name: String,
        /// The deck with the nearest one.
        near: Option<String>,
    },
    /// No saved search has this name.
    #[error("there is no saved search `{name}`")]
    UnknownSaved {
        /// The name.
        name: String,
        /// The saved search with the nearest one.
        near: Option<String>,
    },
    /// A saved search holds itself, maybe through others.
    #[error("the saved search `{0}` holds itself")]
    SavedInCircle(String),
    /// A saved search can't be read.
    #[error("in the saved search `{name}`: {fault}")]
    InSaved {
        /// The name.
        name: String,
        /// What is wrong with it.
        fault: Box<Self>,
    },
    /// The value is no number for its field.
    #[error("`{given}` is not a number that `{field}` can have")]
    BadNumber {
        /// The value.
        given: String,
        /// The field.
        field: &'static str,
    },
    /// The last 0 days, of this field.
    #[error("today is the first of these days: 1d at least")]
    NoDays(&'static str),
    /// The value is no grade.
    #[error(transparent)]
    BadGrade(GradeError),
}

impl SearchFault {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::UnopenedParenthesis => "remove it, or put the words that contain it in \"quotes\"",
            Self::UnclosedParenthesis => "add a `)`, or put the text in \"quotes\"",
            Self::EmptyParentheses => "write a condition, or take them out",
            Self::TooDeep => "write it with fewer",
            Self::UnclosedQuote => "add another \" after the words",
            Self::EmptyQuotes => "write something, or take them out",
            Self::NothingAfterOr | Self::NothingAfterAnd => "write another condition after it",
            Self::NothingBeforeOr => "write a condition before it, or \"OR\" in quotes for the word",
            Self::NothingAfterMinus => "`-word` means cards without the word; quote it to look for the sign: \"-\"",
            Self::TooLong => "look for a part of it",
            Self::TooManyConditions => "search twice, or name a tag or a deck instead",
            Self::UnknownField(name) => {
                let name = name.to_ascii_lowercase();
                if let Some((_, here)) = ELSEWHERE.iter().find(|(there, _)| there.contains(&name.as_str())) {
                    return format!("{here}; to look for the text, put it in \"quotes\"");
                }
                return match nearest(&name, FIELDS) {
                    Some(near) => format!("did you mean `{near}`? To look for the text, put it in \"quotes\""),
                    None => format!("there are {}; to look for the text, put it in \"quotes\"", FIELDS.join(", ")),
                };
            }
            Self::UnknownKind(name) => return meant(name, CARD_KINDS.iter().map(|kind| kind.name())),
            Self::UnknownState(name) => return meant(name, STATES),
            Self::UnknownDeck { near: Some(near), .. } => {
                return format!("did you mean `{near}`? `lmq decks` lists all");
            }
            Self::UnknownDeck { near: None, .. } => "`lmq decks --all` lists all decks",
            Self::UnknownSaved { near: Some(near), .. } => {
                return format!("did you mean `{near}`? `lmq config list` shows those that you saved");
            }
            Self::UnknownSaved { near: None, .. } => {
                "`lmq config list` shows those that you saved; `f` in the list of cards saves one"
            }
            Self::SavedInCircle(name) | Self::InSaved { name, .. } => {
                return format!("`lmq config set 'searches.\"{name}\"' QUERY` changes it");
            }
            Self::NoValue(field) | Self::NotComparable(field) | Self::BadNumber { field, .. } | Self::NoDays(field) => {
                return example(field);
            }
            Self::BadGrade(_) => return example("rated"),
        };
        help.to_owned()
    }
}

fn example(field: &str) -> String {
    let example = match field {
        "deck" => "deck:quotes",
        "tag" => "tag:team",
        "kind" => "kind:cloze",
        "source" => "source:D09",
        "topic" => "topic:vision",
        "speaker" => "speaker:drucker",
        "is" => "is:due",
        "ease" => "ease<2.1",
        "interval" => "interval>=21d",
        "lapses" => "lapses>3",
        "due" => "due<=3d, or due<2026-03-01",
        "reviewed" => "reviewed:7d",
        "rated" => "rated:7d or rated:7d:again",
        "saved" => "saved:NAME",
        _ => "added:30d",
    };
    format!("write {example}")
}

impl SearchError {
    /// The query (as much of it as fits) and, below, a caret under the place.
    #[must_use]
    pub fn drawn(&self, query: &str) -> [String; 2] {
        let from = self.at.saturating_sub(SHOWN / 2);
        let query: String = query.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (shown, columns) = excerpt(&query, from, self.at, SHOWN);
        [shown, format!("{}^", " ".repeat(columns))]
    }
}
