//! What a person does in a session.

use crate::core::grade::Quality;

/// What a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Gives an answer. An empty one is an answer only where it was given in the head or aloud.
    Respond(String),
    /// Shows the answer to somebody who gives none.
    Show,
    /// Hides the answer that is shown: the card is asked as before.
    Hide,
    /// Grades.
    Grade(Quality),
    /// Takes the grade that is [preselected](crate::core::session::Session::preselected).
    Accept,
    /// Says that the right answer was a guess: Hard, or Again where it was wrong.
    Guessed,
    /// Holds the card back until tomorrow.
    Bury,
    /// Takes the card out.
    Suspend,
    /// Sets or takes away the star.
    Mark,
    /// Leaves.
    Quit,
}
