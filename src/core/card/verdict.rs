//! What becomes of an answer: how it compares, or why it is none.

use crate::core::compare::answer::Difference;
use crate::core::grade::Button;
use crate::core::grade::Quality;

/// How an answer compares with the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Correctness {
    /// All right.
    Right,
    /// Nearly: a typing slip, one item missing, two neighbours swapped.
    Near,
    /// Wrong.
    #[default]
    Wrong,
}

impl Correctness {
    /// The grade that the program suggests: Good, Hard, Again.
    #[must_use]
    pub fn suggestion(self) -> Quality {
        match self {
            Self::Right => Button::Good.quality(),
            Self::Near => Button::Hard.quality(),
            Self::Wrong => Button::Again.quality(),
        }
    }
}

/// A checked answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// How it compares.
    pub outcome: Correctness,
    /// The answer as understood: the option's text for a digit, and so on.
    pub given: String,
    /// What was expected, in the same form; for sorts and choices the right option's text.
    pub expected: String,
    /// What is missing or where it differs, as a sentence for people; empty where there is nothing to add.
    pub remark: String,
    /// The right answer that was typed but for small things, and what these are: shown against what was typed.
    pub close: Option<Close>,
}

/// A right answer that was nearly typed, or typed but for what does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The answer: the expected one, or another that is accepted.
    pub answer: String,
    /// How it differs; empty where that is a slip.
    pub differences: Vec<Difference>,
}

/// Why an answer is none. The learner is asked again; `ui/words.rs` has the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It says nothing where something has to be said.
    NoAnswer,
    /// It is longer than [`LONGEST_ANSWER_CHARS`](crate::core::card::LONGEST_ANSWER_CHARS).
    TooLong,
    /// A number that no option has; there are so many options.
    OutOfRange(usize),
    /// It means none of the options.
    NoOption {
        /// The answer.
        given: String,
        /// How many options there are.
        options: usize,
    },
    /// It means several of the options.
    Ambiguous(String),
    /// It does not put so many options in order.
    NoOrder(usize),
}
