//! What is wrong with the fields of a card, in words: `core` only tells which fault it is.

use crate::core::card::Fault;
use crate::core::card::LONGEST_ANSWER_CHARS;
use crate::core::card::LONGEST_RETURN;
use crate::core::text::first_words;
use crate::core::text::one_line;
use crate::core::text::thousands;

/// Characters of an option that are shown.
const LONGEST_OPTION: usize = 60;

/// How a file writes what a card has beside its question and answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Syntax {
    /// A deck file.
    #[default]
    Toml,
    /// A field of an object.
    Json,
    /// A column.
    Table,
}

impl Syntax {
    /// That of an importer, by its name.
    #[must_use]
    pub fn of(importer: &str) -> Self {
        match importer {
            "toml" => Self::Toml,
            "json" | "jsonl" => Self::Json,
            _ => Self::Table,
        }
    }

    /// How to give a card a field with a value, which is written as in a deck file.
    #[must_use]
    pub fn adding(self, field: &str, value: &str) -> String {
        match self {
            Self::Toml => format!("add {field} = {value}"),
            Self::Json => format!("add \"{field}\": {value}"),
            Self::Table => format!("add a column `{field}`"),
        }
    }
}

/// What is wrong: a sentence without a full stop.
#[must_use]
pub fn what(fault: &Fault) -> String {
    match fault {
        Fault::RepeatedChoice(choice) => format!("`{choice}` is among the choices twice"),
        Fault::RepeatedItem(item) => format!("`{item}` is among the items twice"),
        Fault::UnclosedDeletion => "a hidden part begins with {{c and is not closed".to_owned(),
        Fault::NoDeletion => "nothing is hidden".to_owned(),
        Fault::BadDeletionNumber => "a hidden part has a number that no card can have".to_owned(),
        Fault::EmptyDeletion => "a hidden part is empty".to_owned(),
        Fault::TooFewItems => "there have to be at least two different items".to_owned(),
        Fault::NoSuchSide { answer, .. } => format!("`{answer}` is not among the categories"),
        Fault::TooManyCriteria(count) => format!("there are {count} criteria, and at most three can be kept in mind"),
        Fault::BadReturns => {
            format!("the days must be whole numbers from 1 to {LONGEST_RETURN}, each later than the one before")
        }
        Fault::TooFewSides => "there have to be at least two different categories".to_owned(),
        Fault::LongAnswer(field) => {
            let most = thousands(LONGEST_ANSWER_CHARS.try_into().unwrap_or(u64::MAX));
            format!("`{field}` is longer than {most} characters, too long to be typed")
        }
    }
}

/// What to do.
#[must_use]
pub fn help(fault: &Fault) -> String {
    match fault {
        Fault::RepeatedChoice(_) => "each choice has to be different; remove it or change it".to_owned(),
        Fault::RepeatedItem(_) => "each item counts once; remove it or change it".to_owned(),
        Fault::UnclosedDeletion => "close it with }}".to_owned(),
        Fault::NoDeletion => "hide the answer: {{c1::answer}} or {{c1::answer::hint}}".to_owned(),
        Fault::BadDeletionNumber => "number hidden parts from 1 to 500".to_owned(),
        Fault::EmptyDeletion => "write the answer between :: and }}".to_owned(),
        Fault::TooFewItems => "write them in the right order; they are shuffled when asked".to_owned(),
        Fault::NoSuchSide { sides, .. } => format!("use one of them: {}", sides.join(", ")),
        Fault::TooManyCriteria(_) => "keep the one to three that matter most".to_owned(),
        Fault::BadReturns => "for example 10, 30 and 90".to_owned(),
        Fault::TooFewSides => "name all sides, such as leader and manager".to_owned(),
        Fault::LongAnswer(_) => "shorten it, or use the kind `basic`, whose answer is not typed".to_owned(),
    }
}

/// That an answer looks like two, as so many others do; where the first of these are.
#[must_use]
pub fn two_answers(answer: &str, others: usize, places: &[String]) -> String {
    let answer = one_line(answer);
    let more = if others > places.len() { ", …" } else { "" };
    let places = format!("({}{more})", places.join(", "));
    let others = match others {
        0 => String::new(),
        1 => format!(", and so does another answer {places}"),
        others => format!(", and so do {} others {places}", thousands(others.try_into().unwrap_or(u64::MAX))),
    };
    format!("the typed answer `{answer}` looks like two answers in one{others}")
}

/// What to do about it.
#[must_use]
pub fn help_two_answers(each: &[String], syntax: Syntax) -> String {
    let [first, others @ ..] = each else { return String::new() };
    let others: Vec<String> = others.iter().map(|other| one_line(other)).collect();
    let how = match syntax {
        Syntax::Table => format!("`{}` in a column `accept`", others.join(" | ")),
        Syntax::Toml => format!("accept = [\"{}\"]", others.join("\", \"")),
        Syntax::Json => format!("\"accept\": [\"{}\"]", others.join("\", \"")),
    };
    format!("to accept either, give `{}` as the answer and {how}", one_line(first))
}

/// That several options of a choice stand in one.
#[must_use]
pub fn several_in_one(option: &str) -> String {
    format!("several options seem to be in one: `{}`", first_words(&one_line(option), LONGEST_OPTION))
}

/// What to do about it.
#[must_use]
pub fn help_several_in_one(syntax: Syntax) -> &'static str {
    match syntax {
        Syntax::Table => {
            "write the wrong answers one a line, or with ` | ` between them, and the right one in a column of its own"
        }
        Syntax::Toml => "write each as a text of its own: distractors = [\"one\", \"another\"]",
        Syntax::Json => "write each as a text of its own: \"distractors\": [\"one\", \"another\"]",
    }
}
