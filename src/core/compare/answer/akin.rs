//! Answers that are nearly right though no finger slipped: letters that many write for each other, and that are other letters all the same.

use crate::core::compare::identity::composed;
use crate::core::compare::letters::Keep;
use crate::core::compare::letters::folded;
use crate::core::compare::letters::is_letter;

/// Whether two answers are a single letter, and one is the dotless `ı` where the other is `i`. In a word the letter is told from its
/// neighbours; alone it is what is asked.
pub(super) fn differ_in_dot(given: &str, expected: &str) -> bool {
    // One letter with its marks: whoever compares thousands of items pays for nothing else.
    let is_short = |text: &str| text.len() <= 16;
    if !is_short(given) || !is_short(expected) {
        return false;
    }
    let dotted = |text: &str| text.contains(['ı', 'İ']);
    let (given, expected) = (composed(given.trim()), composed(expected.trim()));
    let is_letter_alone = |text: &str| {
        let mut letters = text.chars().filter(|c| is_letter(*c));
        letters.next().is_some_and(|letter| matches!(letter, 'i' | 'I' | 'ı' | 'İ')) && letters.next().is_none()
    };
    let keep = Keep { marks: true, case: false, turkish: true };
    (dotted(&given) || dotted(&expected))
        && is_letter_alone(&given)
        && is_letter_alone(&expected)
        && folded(&given, keep) != folded(&expected, keep)
}

/// The dot below a letter in the scripts of northern India.
const DOTS: [char; 2] = ['\u{93c}', '\u{a3c}'];

/// Letters with the dot that only loan words have, and that are mostly printed without it: `ज़` and `ज`. With the others it makes a letter that
/// every word has, as `ड़` beside `ड`.
fn is_of_loans(letter: char) -> bool {
    matches!(letter, 'क' | 'ख' | 'ग' | 'ज' | 'फ' | 'ਖ' | 'ਗ' | 'ਜ' | 'ਫ')
}

/// Whether a vowel is long: over its sign many write the dot of a nasal for the moon and dot (`मां`, `माँ`). Over a short one these are two sounds
/// (`हंस`, `हँस`).
fn is_long_vowel(c: char) -> bool {
    matches!(c, 'आ' | 'ई' | 'ऊ' | 'ए'..='औ' | '\u{93e}' | '\u{940}' | '\u{942}' | '\u{945}'..='\u{94c}')
}

/// A key as it would be without the dots of loan words, and with one sign for a long vowel through the nose.
fn plainer(key: &str) -> String {
    let mut plain = String::with_capacity(key.len());
    let mut before = None;
    for c in key.chars() {
        match (before, c) {
            (Some(letter), dot) if DOTS.contains(&dot) && is_of_loans(letter) => {}
            (Some(vowel), '\u{901}') if is_long_vowel(vowel) => plain.push('\u{902}'),
            (_, c) => plain.push(c),
        }
        before = Some(c);
    }
    plain
}

/// Whether two keys are the same but for dots and nasal signs that many leave out or write for each other.
pub(super) fn differ_in_usual_marks(given: &str, expected: &str) -> bool {
    // A long answer is not read again for each of many short options: no letter has so many marks.
    if given.len().min(expected.len()) < given.len().max(expected.len()) / 8 {
        return false;
    }
    let has_one = |key: &str| key.contains(|c| c == '\u{901}' || DOTS.contains(&c));
    (has_one(given) || has_one(expected)) && plainer(given) == plainer(expected)
}
