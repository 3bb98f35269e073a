//! Whether an answer is right but for a slip of the finger.
//!
//! A slip is a letter that is missing, superfluous, another one or changed with its neighbour. Letters are what a reader takes for
//! one: graphemes. What is no letter is no slip: digits, signs, the marks of scripts in which these make another word. Nor is another
//! letter in a formula, or another word of one letter (`vitamin K`).

use crate::core::compare::letters::is_dense;
use crate::core::compare::letters::is_letter;
use crate::core::compare::letters::is_small_kana;
use crate::core::compare::symbols::FUNCTIONS;
use unicode_normalization::char::decompose_canonical;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

/// Slips that a long answer may have.
const MOST_SLIPS: usize = 2;

/// A letter as a reader sees it, and whether it is a word of its own. Another one in its place is another word.
struct Letter<'t> {
    text: &'t str,
    is_alone: bool,
}

fn letters(text: &str) -> Vec<Letter<'_>> {
    let all: Vec<&str> = if text.is_ascii() {
        (0..text.len()).filter_map(|place| text.get(place..=place)).collect()
    } else {
        text.graphemes(true).collect()
    };
    let is_in_word = |letter: Option<&&str>| letter.and_then(|letter| letter.chars().next()).is_some_and(is_letter);
    let places = all.iter().enumerate();
    let is_alone = |place: usize| {
        let before = place.checked_sub(1).and_then(|before| all.get(before));
        is_in_word(all.get(place)) && !is_in_word(before) && !is_in_word(all.get(place + 1))
    };
    places.map(|(place, text)| Letter { text, is_alone: is_alone(place) }).collect()
}

/// Whether two texts, as [`key`](crate::core::compare::answer::key) gives them, differ by typing slips only: one from 4 letters on,
/// two from 10 on. Where a letter is a syllable or a word it is one from 6 on and two from 12 on.
#[must_use]
pub fn is_slip(given: &str, expected: &str) -> bool {
    // Before anything is counted: a letter has hardly more than sixteen bytes.
    let is_far = |short: &str, long: &str| long.len() / 16 > short.len() + MOST_SLIPS;
    if is_far(given, expected) || is_far(expected, given) || !exact(given).eq(exact(expected)) || is_formula(expected) {
        return false;
    }
    let letters_of_expected = letters(expected);
    let slips = most_slips(letters_of_expected.len(), expected.chars().any(is_dense));
    within(&letters(given), &letters_of_expected, slips)
}

fn most_slips(letters: usize, dense: bool) -> usize {
    match (letters, dense) {
        (0..=3, _) | (4..=5, true) => 0,
        (4..=9, _) | (10..=11, true) => 1,
        _ => MOST_SLIPS,
    }
}

/// Whether a text is a formula, of which each letter counts: it has signs or digits, or a function and its variable, and no word.
fn is_formula(text: &str) -> bool {
    let words = || text.split(|c| !is_letter(c)).filter(|word| !word.is_empty());
    let is_function = |word: &str| FUNCTIONS.contains(&word);
    let is_word = |word: &str| !is_function(word) && (word.chars().nth(3).is_some() || word.chars().any(is_dense));
    let is_sign = |c: char| !is_letter(c) && c != ' ' && c != '.';
    let is_call = || words().any(is_function) && words().any(|word| word.chars().nth(1).is_none());
    !words().any(is_word) && (text.contains(is_sign) || is_call())
}

/// What of a text has to be right, in its order: digits and the blanks between them, signs, and marks, which are left in a key only
/// where they make another letter.
fn exact(text: &str) -> impl Iterator<Item = char> {
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let (last, next) = (before.replace(c), rest.clone().next());
            let counts = match c {
                ' ' => [last, next].into_iter().all(|c| c.is_some_and(|c| c.is_ascii_digit())),
                // Between words it is as easily left out as a letter.
                '.' => [last, next].into_iter().any(|c| c.is_some_and(|c| c.is_ascii_digit() || c == '.')),
                c if is_combining_mark(c) || is_small_kana(c) => true,
                // Kana with their marks, and й, ї, ў.
                'ぁ'..='ヺ' | 'Ѐ'..='ԯ' => {
                    let mut mark = None;
                    decompose_canonical(c, |part| mark = is_combining_mark(part).then_some(part));
                    match mark {
                        Some(mark) => return Some(mark),
                        None => false,
                    }
                }
                c => !is_letter(c),
            };
            if counts {
                return Some(c);
            }
        }
    })
}

/// Whether at most so many letters are missing, superfluous, others or changed with their neighbours. With two of these at
/// most this goes through the texts a dozen times, and not once for each letter of the other one.
fn within(given: &[Letter<'_>], expected: &[Letter<'_>], slips: usize) -> bool {
    if given.len().abs_diff(expected.len()) > slips {
        return false;
    }
    let same = given.iter().zip(expected).take_while(|(a, b)| a.text == b.text).count();
    let (given, expected) = (given.get(same..).unwrap_or_default(), expected.get(same..).unwrap_or_default());
    let Some(left) = slips.checked_sub(1) else { return given.is_empty() && expected.is_empty() };
    match (given, expected) {
        ([], rest) | (rest, []) => rest.len() <= slips && !rest.iter().any(|letter| letter.is_alone),
        ([a, given_rest @ ..], [b, expected_rest @ ..]) => {
            let are_parts = !a.is_alone && !b.is_alone;
            let swapped = match (given_rest, expected_rest) {
                ([c, given_rest @ ..], [d, expected_rest @ ..])
                    if are_parts && !c.is_alone && !d.is_alone && a.text == d.text && b.text == c.text =>
                {
                    within(given_rest, expected_rest, left)
                }
                _ => false,
            };
            swapped
                || (are_parts && within(given_rest, expected_rest, left))
                || (!a.is_alone && within(given_rest, expected, left))
                || (!b.is_alone && within(given, expected_rest, left))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn slips_are_counted_as_the_usual_distance_counts_them(a in "[ab]{0,9}", b in "[ab]{0,9}", slips in 0_usize..3) {
            // Inside a word, since a letter that stands alone is none that a slip makes another one.
            let (a, b) = (format!("cc{a}cc"), format!("cc{b}cc"));
            assert_eq!(within(&letters(&a), &letters(&b), slips), strsim::osa_distance(&a, &b) <= slips);
        }
    }

    #[test]
    fn long_answers_are_compared_in_few_passes() {
        for syllable in ["na", "né"] {
            let long = syllable.repeat(20_000);
            assert!(is_slip(&format!("{long}b"), &long) && is_slip(&long.replacen('n', "m", 1), &long));
            assert!(!is_slip(&long.replace('n', "m"), &long));
        }
    }

    #[test]
    fn digits_signs_and_marks_that_make_another_letter_are_no_slips() {
        for (given, expected) in [
            ("chapter 12", "chapter 13"),
            ("10 000", "1 0000"),
            ("name+surname", "name surname"),
            ("git commit-m", "git commit-a"),
            ("ありがとうございまず", "ありがとうございます"),
            ("はっぴょうします", "はつぴょうします"),
            ("धन्यवाद जी हाँ", "धन्यवाद जि हाँ"),
            ("sin(x)", "cin(x)"),
            ("sinh(x)", "sin(x)"),
            ("sin x", "sinh x"),
            ("sin y", "sin x"),
            ("vitamin k", "vitamin d"),
            ("vitamin", "vitamin d"),
            ("plan b", "plan a"),
            ("hepatitis", "hepatitis b"),
            ("hepatitis b", "hepatitis"),
        ] {
            assert!(!is_slip(given, expected), "{given} / {expected}");
        }
        assert!(is_slip("git comit-m", "git commit-m"));
        assert!(is_slip("vitmin d", "vitamin d") && is_slip("vitamind", "vitamin d"));
        assert!(is_slip("안녕하새요", "안녕하세요"));
    }
}
