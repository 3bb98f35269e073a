//! How a typed answer is held against the right one: forgiving where the slip is of the finger, not of the mind.

use crate::core::card::Correctness;
use crate::core::card::Unreadable;
use crate::core::text::normalize;

/// Whether two folded texts differ by a typing slip: one from 4 characters on, two from 10 on. Digits must be right.
pub(super) fn near(given: &str, expected: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let slips = match expected.chars().count() {
        0..=3 => 0,
        4..=9 => 1,
        _ => 2,
    };
    digits(given) == digits(expected) && strsim::osa_distance(given, expected) <= slips
}

/// Compares with the accepted answers; the first of them is the expected one.
pub(super) fn compare<'a>(given: &str, accepted: impl IntoIterator<Item = &'a str>) -> Correctness {
    let given = normalize(given);
    let mut outcome = Correctness::Wrong;
    for expected in accepted {
        let expected = normalize(expected);
        if given == expected && !given.is_empty() {
            return Correctness::Right;
        }
        if near(&given, &expected) {
            outcome = Correctness::Near;
        }
    }
    outcome
}

/// The option that a response means: its number as shown, its text, or an unambiguous beginning of it.
pub(super) fn choose(options: &[String], response: &str) -> Result<usize, Unreadable> {
    let response = response.trim();
    if let Ok(number) = response.parse::<usize>()
        && !options.iter().any(|option| normalize(option) == normalize(response))
    {
        return number
            .checked_sub(1)
            .filter(|index| *index < options.len())
            .ok_or_else(|| Unreadable(format!("choose 1 to {}", options.len())));
    }
    let wanted = normalize(response);
    if let Some(index) = options.iter().position(|option| normalize(option) == wanted) {
        return Ok(index);
    }
    let beginning: Vec<usize> = (0..options.len())
        .filter(|i| options.get(*i).is_some_and(|option| normalize(option).starts_with(&wanted)))
        .collect();
    match beginning.as_slice() {
        [index] => Ok(*index),
        [] => {
            let slip: Vec<usize> = (0..options.len())
                .filter(|i| options.get(*i).is_some_and(|option| near(&wanted, &normalize(option))))
                .collect();
            match slip.as_slice() {
                [index] => Ok(*index),
                _ => Err(Unreadable(format!(
                    "`{response}` is none of the choices; type its number, 1 to {}",
                    options.len()
                ))),
            }
        }
        _ => Err(Unreadable(format!("`{response}` could be several; type more of it, or its number"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near_and_a_wrong_digit_is_not() {
        for (given, expected, outcome) in [
            ("Box Checkers", "box checkers", Correctness::Right),
            ("box chekers", "box checkers", Correctness::Near),
            ("what", "why", Correctness::Wrong),
            ("teh", "the", Correctness::Wrong),
            ("70%", "70 %", Correctness::Right),
            ("71 %", "70 %", Correctness::Wrong),
            ("", "x", Correctness::Wrong),
            ("Café", "cafe", Correctness::Right),
        ] {
            assert_eq!(compare(given, [expected]), outcome, "{given} for {expected}");
        }
    }

    #[test]
    fn an_option_is_chosen_by_number_text_or_beginning() {
        let options = ["leader".to_owned(), "manager".to_owned(), "both".to_owned(), "management".to_owned()];
        for (response, index) in [("1", 0), ("both", 2), ("L", 0), ("manager", 1), (" LEADER ", 0), ("managr", 1)] {
            assert_eq!(choose(&options, response), Ok(index), "{response}");
        }
        for response in ["0", "5", "mana", "x", "-1"] {
            assert!(choose(&options, response).is_err(), "{response}");
        }
    }
}
