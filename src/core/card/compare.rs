//! How a typed answer is held against the right one: forgiving where the slip is of the finger, not of the mind.

use crate::core::card::Correctness;
use crate::core::card::Unreadable;
use crate::core::text::normalize;

/// Slips that a long answer may have.
const MOST_SLIPS: usize = 2;

/// Whether two folded texts differ by a typing slip: one from 4 characters on, two from 10 on. Digits must be right.
pub(super) fn near(given: &str, expected: &str) -> bool {
    // Before anything is counted: a character has at most four bytes.
    let is_far = |short: &str, long: &str| long.len() / 4 > short.len() + MOST_SLIPS;
    if is_far(given, expected) || is_far(expected, given) {
        return false;
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let slips = match expected.chars().count() {
        0..=3 => 0,
        4..=9 => 1,
        _ => MOST_SLIPS,
    };
    if digits(given) != digits(expected) {
        return false;
    }
    let letters = |text: &str| text.chars().collect::<Vec<char>>();
    within(&letters(given), &letters(expected), slips)
}

/// Whether at most so many letters are missing, superfluous, others or changed with their neighbours. With two of these at
/// most this goes through the texts a dozen times, and not once for each letter of the other one.
fn within(given: &[char], expected: &[char], slips: usize) -> bool {
    if given.len().abs_diff(expected.len()) > slips {
        return false;
    }
    let same = given.iter().zip(expected).take_while(|(a, b)| a == b).count();
    let (given, expected) = (given.get(same..).unwrap_or_default(), expected.get(same..).unwrap_or_default());
    let Some(left) = slips.checked_sub(1) else { return given.is_empty() && expected.is_empty() };
    match (given, expected) {
        ([], rest) | (rest, []) => rest.len() <= slips,
        ([a, given_rest @ ..], [b, expected_rest @ ..]) => {
            let swapped = match (given_rest, expected_rest) {
                ([c, given_rest @ ..], [d, expected_rest @ ..]) if a == d && b == c => {
                    within(given_rest, expected_rest, left)
                }
                _ => false,
            };
            swapped
                || within(given_rest, expected_rest, left)
                || within(given_rest, expected, left)
                || within(given, expected_rest, left)
        }
    }
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
    let wanted = normalize(response);
    let folded: Vec<String> = options.iter().map(|option| normalize(option)).collect();
    let named = folded.iter().position(|option| *option == wanted);
    if let (Ok(number), None) = (response.parse::<usize>(), named) {
        return number
            .checked_sub(1)
            .filter(|index| *index < options.len())
            .ok_or(Unreadable::OutOfRange(options.len()));
    }
    if let Some(index) = named {
        return Ok(index);
    }
    let those = |fits: &dyn Fn(&String) -> bool| -> Vec<usize> {
        folded.iter().enumerate().filter(|(_, option)| fits(option)).map(|(index, _)| index).collect()
    };
    match those(&|option| option.starts_with(&wanted)).as_slice() {
        [index] => Ok(*index),
        [] => match those(&|option| near(&wanted, option)).as_slice() {
            [index] => Ok(*index),
            _ => Err(Unreadable::NoOption { given: response.to_owned(), options: options.len() }),
        },
        _ => Err(Unreadable::Ambiguous(response.to_owned())),
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

    proptest::proptest! {
        #[test]
        fn slips_are_counted_as_the_usual_distance_counts_them(a in "[ab]{0,9}", b in "[ab]{0,9}", slips in 0_usize..3) {
            let letters = |text: &str| text.chars().collect::<Vec<char>>();
            assert_eq!(within(&letters(&a), &letters(&b), slips), strsim::osa_distance(&a, &b) <= slips);
        }
    }

    #[test]
    fn long_answers_are_compared_in_few_passes() {
        let long = "na".repeat(500_000);
        assert!(near(&format!("{long}b"), &long) && near(&long.replacen("nana", "naan", 1), &long));
        assert!(!near(&long.replace('n', "m"), &long));
    }

    #[test]
    fn an_option_is_chosen_by_number_text_or_beginning() {
        let options = ["leader".to_owned(), "manager".to_owned(), "both".to_owned(), "management".to_owned()];
        for (response, index) in [("1", 0), ("both", 2), ("L", 0), ("manager", 1), (" LEADER ", 0), ("managr", 1)] {
            assert_eq!(choose(&options, response), Ok(index), "{response}");
        }
        let no_option = |given: &str| Unreadable::NoOption { given: given.to_owned(), options: 4 };
        for (response, why) in [
            ("0", Unreadable::OutOfRange(4)),
            ("5", Unreadable::OutOfRange(4)),
            ("mana", Unreadable::Ambiguous("mana".to_owned())),
            ("x", no_option("x")),
            ("-1", no_option("-1")),
        ] {
            assert_eq!(choose(&options, response), Err(why), "{response}");
        }
    }
}
