//! Whether an answer looks like two of which either is right, so that nobody would type it as it stands.

use crate::core::compare::letters::is_letter;

/// Units, which are divided and mean one thing.
const UNITS: [&str; 22] = [
    "kg", "mg", "ml", "dl", "cl", "km", "cm", "mm", "ha", "lb", "ft", "oz", "kwh", "mol", "min", "sec", "mbit", "mb",
    "gb", "kb", "mi", "gal",
];

/// Pairs with a stroke that are one word.
const ONE_WORD: [&str; 6] = ["and/or", "either/or", "input/output", "read/write", "client/server", "on/off"];

/// What may be put in parentheses at the end of a word: other genders, numbers and cases.
const ENDINGS: [&str; 14] = ["s", "es", "e", "n", "en", "in", "er", "r", "a", "o", "as", "os", "ne", "le"];

/// Letters that an alternative has at least.
const FEWEST_LETTERS: usize = 2;

/// From which likeness on two words with a comma between them are two spellings of one.
const SPELLINGS: f64 = 0.6;

/// The answers that somebody may have meant by one: `colour/color` gives both. `None` where it looks like a single one.
#[must_use]
pub fn alternatives(answer: &str) -> Option<Vec<String>> {
    let answer = answer.trim();
    if answer.len() > 200 || answer.contains(['\n', '`', '\\', '$', '=', '<', '>']) {
        return None;
    }
    strokes(answer).or_else(|| list(answer)).or_else(|| optional(answer))
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| is_letter(*c)).count()
}

/// Words and blanks, as an alternative has them.
fn is_words(text: &str) -> bool {
    let is_one = |c: char| is_letter(c) || c.is_whitespace() || matches!(c, '\'' | '’' | '-' | '!' | '?' | '¡' | '¿');
    letters(text) >= FEWEST_LETTERS && text.chars().all(is_one)
}

fn parts(answer: &str, by: char) -> Option<Vec<String>> {
    let parts: Vec<String> = answer.split(by).map(|part| part.trim().to_owned()).collect();
    ((2..=4).contains(&parts.len()) && parts.iter().all(|part| is_words(part))).then_some(parts)
}

/// `a/b`, but neither `1/2`, `km/h`, `usr/bin/ls` nor `TCP/IP`.
fn strokes(answer: &str) -> Option<Vec<String>> {
    let parts = parts(answer, '/')?;
    let is_one_word = ONE_WORD.contains(&answer.to_lowercase().as_str());
    let is_unit = |part: &String| UNITS.contains(&part.to_lowercase().as_str());
    let is_name = |part: &String| !part.chars().any(char::is_lowercase) && part.chars().any(char::is_uppercase);
    // Of more than two without blanks it may be a path.
    let is_path = parts.len() > 2 && !answer.contains(' ');
    (!is_one_word && !is_path && !parts.iter().any(is_unit) && !parts.iter().any(is_name)).then_some(parts)
}

/// `big; large`, and `colour, color` where both look alike.
fn list(answer: &str) -> Option<Vec<String>> {
    parts(answer, ';').or_else(|| {
        let parts = parts(answer, ',')?;
        let [one, other] = parts.as_slice() else { return None };
        let are_words = !one.contains(' ') && !other.contains(' ') && one != other;
        (are_words && strsim::normalized_levenshtein(one, other) >= SPELLINGS).then_some(parts)
    })
}

/// `(to) run`, `colo(u)r`, `word(s)`, but neither `f(x)` nor `print()`.
fn optional(answer: &str) -> Option<Vec<String>> {
    let (before, rest) = answer.split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    if after.contains(['(', ')']) || inside.is_empty() || !inside.chars().all(|c| is_letter(c) || c == ' ') {
        return None;
    }
    let is_first = before.is_empty() && after.starts_with(' ') && is_words(after);
    let is_letter_inside = !after.is_empty() && after.chars().all(is_letter) && is_words(before);
    let is_ending =
        after.is_empty() && letters(before) > FEWEST_LETTERS && is_words(before) && ENDINGS.contains(&inside);
    let is_attached = !before.ends_with(' ');
    (is_first || (is_attached && (is_letter_inside || is_ending))).then(|| {
        let with = format!("{before}{inside}{after}");
        let without = format!("{before}{after}");
        vec![with, without.trim().to_owned()]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_looks_like_two_gives_both() {
        for (answer, both) in [
            ("colour/color", "colour|color"),
            ("he / she", "he|she"),
            ("big; large", "big|large"),
            ("colour, color", "colour|color"),
            ("(to) run", "to run|run"),
            ("colo(u)r", "colour|color"),
            ("Lehrer(in)", "Lehrerin|Lehrer"),
            ("дом/здание", "дом|здание"),
            ("niño/niña", "niño|niña"),
            ("big / large / huge", "big|large|huge"),
        ] {
            assert_eq!(alternatives(answer).map(|found| found.join("|")).as_deref(), Some(both), "{answer}");
        }
        for answer in [
            "1/2",
            "km/h",
            "m/s",
            "mg/dl",
            "and/or",
            "2026/11/29",
            "29/11/2026",
            "usr/bin/ls",
            "/etc/passwd",
            "a/b",
            "TCP/IP",
            "GNU/Linux",
            "I/O",
            "w/o",
            "https://a.org/b",
            "f(x)",
            "print()",
            "sin(x)",
            "red, blue",
            "1, 2",
            "Paris",
            "",
            "x = a/b",
            "well (in the end)",
            "src/main.rs",
            "N/A",
            "24/7",
            "50/50",
            "for (;;)",
            "`a/b`",
            "Na+/K+",
            "3;4",
        ] {
            assert_eq!(alternatives(answer), None, "{answer}");
        }
    }
}
