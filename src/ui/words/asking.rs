//! What is said of how a card is answered.

use crate::core::card::Ask;
use crate::ui::keymap::Command;
use crate::ui::keymap::Keymap;

/// Said to Enter where no grade is marked: the program saw no answer.
pub const CHOOSE_GRADE: &str = "Choose a grade: only you know what your answer would have been";

/// Said to a key or a line that gives an answer where there is none yet; `shows` is what shows the right one.
#[must_use]
pub fn unanswered(ask: Ask, shows: char) -> String {
    let first = match ask {
        Ask::Choose | Ask::Sort => "Choose one first",
        Ask::Order => "Put them in order first",
        Ask::Type | Ask::List(_) | Ask::Say | Ask::Recall => "Type an answer first",
    };
    format!("{first}; {shows} shows the answer")
}

/// Said to a key that leaves an answer which is not given yet.
pub const DROPS_ANSWER: &str = "What you typed is not given as an answer yet; the same key again drops it";

/// Said where the answer was hidden again; `undo` is what takes back the step before.
#[must_use]
pub fn hidden(undo: &str) -> String {
    format!("The answer is hidden again, and nothing was graded. {undo} now takes back the newest step")
}

/// Said to words that are typed on a card where letters are keys.
#[must_use]
pub fn letters_are_keys(ask: Ask, options: usize, keys: &Keymap) -> String {
    let how = match ask {
        Ask::Type | Ask::Say | Ask::List(_) => "Esc types an answer".to_owned(),
        Ask::Recall | Ask::Choose | Ask::Sort | Ask::Order => how(ask, options, Some(keys)),
    };
    format!("Letters are keys here, so what you typed did nothing. {how}; {} lists the keys", keys.first(Command::Help))
}

/// The same on a primer.
#[must_use]
pub fn letters_go_on(keys: &Keymap) -> String {
    let [on, help] = [keys.shown(Command::Reveal, "space"), keys.first(Command::Help)];
    format!("Letters are keys here, so what you typed did nothing. {on} goes on; {help} lists the keys")
}

/// Said to letters on a card whose answer is shown.
pub const TYPED_TOO_LATE: &str = "The answer is already shown, so typing does nothing now. Choose a grade";

/// How to answer, in a few words; with the keys that are bound, or over lines.
#[must_use]
pub fn how(ask: Ask, options: usize, keys: Option<&Keymap>) -> String {
    match (ask, keys) {
        (Ask::Recall, Some(keys)) => format!("{} shows the answer", keys.shown(Command::Reveal, "space")),
        (Ask::Recall, None) => "Enter shows the answer".to_owned(),
        (Ask::Type, Some(_)) => "Type it, then Enter; Enter alone shows the answer".to_owned(),
        (Ask::Type, None) => "Type it".to_owned(),
        (Ask::Say, Some(_)) => "Type it, or say it aloud; Enter shows the answer".to_owned(),
        (Ask::Say, None) => "Type it on one line, or say it aloud and press Enter".to_owned(),
        (Ask::Choose, _) => format!("Choose 1 to {options}"),
        (Ask::Sort, _) => "Name the side by its number or first letter".to_owned(),
        (Ask::List(1), Some(_)) => "1 item, Enter after it; Enter alone ends".to_owned(),
        (Ask::List(count), Some(_)) => format!("{count} items, Enter after each; Enter alone ends"),
        (Ask::List(count), None) => format!("{count} items, separated by semicolons"),
        (Ask::Order, Some(keys)) => {
            let [up, down] = [(Command::Up, "up"), (Command::Down, "down")].map(|(to, usual)| keys.shown(to, usual));
            let end = keys.shown(Command::Reveal, "enter");
            format!("{up}, {down} choose; Shift+{up}, Shift+{down} or a digit move; {end} ends")
        }
        (Ask::Order, None) => "Put them in order: type the numbers, such as 3 1 2".to_owned(),
    }
}

/// Why several grades may say the same interval.
pub const SAME_INTERVALS: &str = "The first two intervals are 1 and 6 days whatever the grade, so buttons may say the same. The grade \
     shows later: Easy makes the next intervals longer, Hard shorter.";
