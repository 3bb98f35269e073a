//! What is wrong with the fields of a card, in words: `core` only tells which fault it is.

use crate::core::card::Fault;
use crate::core::card::LONGEST_ANSWER_CHARS;
use crate::core::card::LONGEST_RETURN;
use crate::core::text::one_line;
use crate::core::text::thousands;

/// What is wrong: a sentence without a full stop.
#[must_use]
pub fn what(fault: &Fault) -> String {
    match fault {
        Fault::RepeatedChoice(choice) => format!("`{choice}` stands among the choices twice"),
        Fault::RepeatedItem(item) => format!("`{item}` stands among the items twice"),
        Fault::UnclosedDeletion => "a deletion is opened with {{c and not closed".to_owned(),
        Fault::NoDeletion => "nothing is hidden".to_owned(),
        Fault::BadDeletionNumber => "a deletion has a number that no card can have".to_owned(),
        Fault::EmptyDeletion => "a deletion hides nothing".to_owned(),
        Fault::TooFewItems => "there have to be two items at least, each another one".to_owned(),
        Fault::NoSuchSide { answer, .. } => format!("`{answer}` is not among the categories"),
        Fault::TooManyCriteria(count) => format!("there are {count} criteria, and at most three can be kept in mind"),
        Fault::BadReturns => {
            format!("the days are not whole numbers from 1 to {LONGEST_RETURN}, each later than the one before")
        }
        Fault::TooFewSides => "there have to be two categories at least, each another one".to_owned(),
        Fault::LongAnswer(field) => {
            let most = thousands(LONGEST_ANSWER_CHARS.try_into().unwrap_or(u64::MAX));
            format!("`{field}` is longer than {most} characters, and so much can't be typed")
        }
    }
}

/// What to do.
#[must_use]
pub fn help(fault: &Fault) -> String {
    match fault {
        Fault::RepeatedChoice(_) => "each choice has to be another one; take it out or change it".to_owned(),
        Fault::RepeatedItem(_) => "each item counts once; take it out or change it".to_owned(),
        Fault::UnclosedDeletion => "close it with }}".to_owned(),
        Fault::NoDeletion => "hide the answer: {{c1::answer}} or {{c1::answer::hint}}".to_owned(),
        Fault::BadDeletionNumber => "number deletions from 1 to 500".to_owned(),
        Fault::EmptyDeletion => "write the answer between :: and }}".to_owned(),
        Fault::TooFewItems => "write them in the right order; they are shuffled when asked".to_owned(),
        Fault::NoSuchSide { sides, .. } => format!("use one of them: {}", sides.join(", ")),
        Fault::TooManyCriteria(_) => "keep the one to three that matter most".to_owned(),
        Fault::BadReturns => "for example returns = [10, 30, 90]".to_owned(),
        Fault::TooFewSides => "for example categories = [\"leader\", \"manager\"]".to_owned(),
        Fault::LongAnswer(_) => "make it shorter, or of the kind `basic`, whose answer is not typed".to_owned(),
    }
}

/// That an answer looks like two, as so many do.
#[must_use]
pub fn two_answers(answer: &str, count: usize) -> String {
    let answer = one_line(answer);
    let others = match count {
        0 | 1 => String::new(),
        2 => ", and so does another answer".to_owned(),
        count => format!(", and so do {} others", thousands((count - 1).try_into().unwrap_or(u64::MAX))),
    };
    format!("the typed answer `{answer}` looks like two that are right by themselves{others}")
}

/// What to do about it.
#[must_use]
pub fn help_two_answers(each: &[String]) -> String {
    let [first, others @ ..] = each else { return String::new() };
    let others: Vec<String> = others.iter().map(|other| format!("\"{}\"", one_line(other))).collect();
    format!("to take either, give \"{}\" as the answer and accept = [{}]", one_line(first), others.join(", "))
}
