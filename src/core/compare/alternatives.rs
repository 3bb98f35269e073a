//! Whether an answer looks like two of which either is right, so that nobody would type it as it stands.
//!
//! A hint is worth something only where it is right, so what may be one thing passes: pairs of contraries (`true/false`), units, paths, sayings.

use crate::core::compare::answer::is_article;
use crate::core::compare::letters::is_letter;
use crate::core::compare::letters::is_unspaced;
use crate::core::compare::opposites::is_pair;
use crate::core::compare::search::fold;

/// Units, which are divided and mean one thing.
const UNITS: [&str; 22] = [
    "kg", "mg", "ml", "dl", "cl", "km", "cm", "mm", "ha", "lb", "ft", "oz", "kwh", "mol", "min", "sec", "mbit", "mb",
    "gb", "kb", "mi", "gal",
];

/// What stands in paths.
const FOLDERS: [&str; 20] = [
    "usr", "bin", "etc", "var", "home", "src", "lib", "tmp", "opt", "dev", "docs", "tests", "test", "include", "share",
    "local", "main", "java", "org", "com",
];

/// Words that begin or end what is one thing, where they stand beside an "or".
const NO_ALTERNATIVES: [&str; 24] = [
    "less", "more", "fewer", "later", "so", "else", "not", "never", "nothing", "better", "worse", "higher", "lower",
    "greater", "older", "younger", "one", "two", "zero", "both", "either", "whether", "no", "none",
];

/// What says "or" between two answers.
const ORS: [&str; 15] =
    ["or", "oder", "bzw.", "ou", "o", "или", "або", "lub", "albo", "nebo", "eller", "tai", "vagy", "sau", "veya"];

/// What stands before another answer in parentheses.
const ALSO: [&str; 17] = [
    "or",
    "or:",
    "also",
    "also:",
    "aka",
    "a.k.a.",
    "oder",
    "oder:",
    "auch",
    "auch:",
    "ou",
    "ou:",
    "aussi",
    "aussi:",
    "también",
    "также",
    "или",
];

/// What may be put in parentheses at the end of a word: other genders, numbers and cases.
const ENDINGS: [&str; 16] =
    ["s", "es", "e", "n", "en", "in", "innen", "er", "r", "a", "o", "as", "os", "ne", "le", "nen"];

/// From which likeness on two names with one first letter are those of one thing in two languages: `München`, `Munich`.
const NAMES: f64 = 0.5;

/// Letters that an alternative has at least.
const FEWEST_LETTERS: usize = 2;

/// From which likeness on two words with a comma between them are two spellings of one.
const SPELLINGS: f64 = 0.6;

/// Whether [`alternatives`] may find any in a sentence: most have none of these signs.
#[must_use]
pub fn may_have(text: &str) -> bool {
    text.contains(['/', ';', '(', '[', '|', '（', '／', '⁄'])
}

/// The answers that somebody may have meant by one: `colour/color` gives both. `None` where it looks like a single one. In a sentence
/// (`in_sentence`), whose words are hidden, "or" is mostly a word of it.
#[must_use]
pub fn alternatives(answer: &str, in_sentence: bool) -> Option<Vec<String>> {
    let answer = answer.trim();
    if answer.len() > 200 || answer.contains(['`', '\\', '$', '=', '<', '>', '{', '}', '~']) {
        return None;
    }
    let answer: String = answer
        .chars()
        .map(|c| match c {
            '／' | '⁄' => '/',
            '（' | '[' => '(',
            '）' | ']' => ')',
            c => c,
        })
        .collect();
    endings(&answer)
        .or_else(|| phrases(&answer))
        .or_else(|| strokes(&answer))
        .or_else(|| list(&answer))
        .or_else(|| by_word(&answer).filter(|_| !in_sentence))
        .or_else(|| aside(&answer))
        .or_else(|| optional(&answer))
        .or_else(|| lines(&answer))
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| is_letter(*c)).count()
}

/// Words and blanks, as an alternative has them.
fn is_words(text: &str) -> bool {
    let is_one = |c: char| is_letter(c) || c.is_whitespace() || matches!(c, '\'' | '’' | '-' | '!' | '?' | '¡' | '¿');
    let fewest = if text.chars().any(is_unspaced) { 1 } else { FEWEST_LETTERS };
    letters(text) >= fewest && text.chars().all(is_one)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn are_spellings(one: &str, other: &str) -> bool {
    one != other && strsim::normalized_levenshtein(one, other) >= SPELLINGS
}

fn parts(answer: &str, by: char) -> Option<Vec<String>> {
    let parts: Vec<String> = answer.split(by).map(|part| part.trim().to_owned()).collect();
    ((2..=4).contains(&parts.len()) && parts.iter().all(|part| is_words(part))).then_some(parts)
}

/// `a/b` and `a|b`, but neither `1/2`, `km/h`, `usr/bin/ls` nor `TCP/IP`.
fn strokes(answer: &str) -> Option<Vec<String>> {
    if let Some(parts) = parts(answer, '|').filter(|_| !answer.contains('/')) {
        // A pipe leads from one command to another one.
        return matches!(parts.as_slice(), [one, other] if are_spellings(one, other)).then_some(parts);
    }
    let parts = parts(answer, '/')?;
    if parts.windows(2).any(|two| matches!(two, [one, other] if one == other || is_pair(one, other))) {
        return None;
    }
    let small: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
    if answer.contains(" /") && answer.contains("/ ") {
        return Some(parts);
    }
    let has_vowel =
        |part: &String| !part.is_ascii() || part.contains(['a', 'e', 'i', 'o', 'u', 'y', 'A', 'E', 'I', 'O', 'U', 'Y']);
    let is_capital = |part: &String| part.chars().next().is_some_and(char::is_uppercase);
    let is_name = |part: &String| is_capital(part) && !part.chars().any(char::is_lowercase);
    let is_known = small.iter().any(|part| UNITS.contains(&part.as_str()) || FOLDERS.contains(&part.as_str()));
    let is_like = matches!(parts.as_slice(), [one, other] if are_spellings(one, other));
    // Two names are mostly those of a pair: `Austria/Hungary`.
    let are_names = parts.iter().all(is_capital)
        && !is_like
        && !matches!(parts.as_slice(), [one, other] if are_one_name(one, other));
    // The stroke stands between two words and not between what they begin: `mother/father ratio`.
    let is_inside = parts.windows(2).any(|two| matches!(two, [one, other] if words(one) != words(other)));
    let is_one = is_known || are_names || is_inside || parts.iter().any(is_name) || !parts.iter().all(has_vowel);
    (!is_one).then_some(parts)
}

/// Whether two names are one in two languages.
fn are_one_name(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    one.chars().next() == other.chars().next() && strsim::normalized_levenshtein(&one, &other) >= NAMES
}

/// `the product owner/the PO`, `3 months/a quarter`, `Jurgen Appelo/Appelo`: on each side of the stroke stands a phrase of its own, or
/// the end of the other one.
fn phrases(answer: &str) -> Option<Vec<String>> {
    let (one, other) = answer.split_once('/')?;
    let (one, other) = (one.trim(), other.trim());
    let [first, second]: [Vec<&str>; 2] = [one, other].map(|part| part.split_whitespace().collect());
    let is_number = |word: &&str| word.bytes().all(|byte| byte.is_ascii_digit());
    let after = |part: &[&str]| {
        let (head, rest) = part.split_first()?;
        let is_phrase = is_article(&head.to_lowercase()) || is_number(head);
        (is_phrase && is_words(&rest.join(" "))).then(|| rest.join(" ").to_lowercase())
    };
    let are_phrases = || {
        let (Some(first_rest), Some(second_rest)) = (after(&first), after(&second)) else { return false };
        let is_unit = |rest: &String| rest.split(' ').any(|word| UNITS.contains(&word));
        let are_numbers = first.first().is_some_and(is_number) && second.first().is_some_and(is_number);
        first_rest != second_rest
            && !are_numbers
            && ![&first_rest, &second_rest].into_iter().any(is_unit)
            && !is_pair(&first_rest, &second_rest)
    };
    let is_end = |whole: &[&str], end: &[&str]| {
        let is_name = end.first().is_some_and(|word| word.chars().next().is_some_and(char::is_uppercase));
        is_name && whole.len() > end.len() && whole.ends_with(end)
    };
    let is_named = || is_words(one) && is_words(other) && (is_end(&first, &second) || is_end(&second, &first));
    (are_phrases() || is_named()).then(|| vec![one.to_owned(), other.to_owned()])
}

/// `big; large`, `to run, to jog`, and `colour, color` where both look alike.
fn list(answer: &str) -> Option<Vec<String>> {
    parts(answer, ';').or_else(|| {
        let parts = parts(answer, ',')?;
        if parts.iter().all(|part| part.starts_with("to ")) {
            return Some(parts);
        }
        let [one, other] = parts.as_slice() else { return None };
        let are_words = !one.contains(' ') && !other.contains(' ');
        (are_words && are_spellings(one, other)).then_some(parts)
    })
}

/// `run or jog`, but neither `now or never`, `10 or less` nor `trick or treat`.
fn by_word(answer: &str) -> Option<Vec<String>> {
    let all: Vec<&str> = answer.split_whitespace().collect();
    let mut places = all.iter().enumerate().filter(|(_, word)| ORS.contains(word)).map(|(place, _)| place);
    let (place, None) = (places.next()?, places.next()) else { return None };
    let (before, after) = (all.get(..place)?, all.get(place + 1..)?);
    let is_short = |words: &[&str]| (1..=2).contains(&words.len());
    let is_one = |word: &&str| NO_ALTERNATIVES.contains(&word.to_lowercase().as_str());
    let (first, last) = (before.join(" "), after.join(" "));
    // Spanish and Italian say it with one letter, and so do names.
    let is_letter_alone = all.get(place) == Some(&"o");
    let are_small = !all.iter().any(|word| word.chars().any(char::is_uppercase));
    let fits = is_short(before)
        && before.len() == after.len()
        && !before.iter().chain(after).any(is_one)
        && is_words(&first)
        && is_words(&last)
        && !is_pair(&first, &last)
        && (!is_letter_alone || (are_small && letters(&first) > 2 && letters(&last) > 2));
    fits.then(|| vec![first, last])
}

/// `amigo/a`, `niño, -a`, `Lehrer/-in`
fn endings(answer: &str) -> Option<Vec<String>> {
    let (word, rest) = answer.split_once(['/', ','])?;
    let (word, rest) = (word.trim(), rest.trim());
    let ending = rest.strip_prefix('-').unwrap_or(rest);
    let is_marked = rest.starts_with('-') || (!answer.contains(',') && matches!(ending, "a" | "as" | "in" | "innen"));
    let is_one = is_marked && !word.contains(' ') && is_words(word) && letters(word) > 2 && ENDINGS.contains(&ending);
    let stem = match ending {
        "a" | "as" => word.trim_end_matches(['o', 'e', 's']),
        _ => word,
    };
    is_one.then(|| vec![word.to_owned(), format!("{stem}{ending}")])
}

/// `color (or colour)`, `sth. (also: something)`, and the reading of a word: `お茶（おちゃ）`
fn aside(answer: &str) -> Option<Vec<String>> {
    let (before, inside) = answer.strip_suffix(')')?.split_once('(')?;
    let (before, inside) = (before.trim(), inside.trim());
    let is_phrase = |text: &str| is_words(&text.replace('.', ""));
    if let Some((also, other)) = inside.split_once(' ') {
        let fits = ALSO.contains(&also) && is_phrase(before) && is_phrase(other);
        return fits.then(|| vec![before.to_owned(), other.trim().to_owned()]);
    }
    let is_kana = |c: char| matches!(c, 'ぁ'..='ヿ');
    let has_kanji = before.chars().any(|c| is_unspaced(c) && !is_kana(c));
    let is_reading = has_kanji && is_words(before) && !inside.is_empty() && inside.chars().all(is_kana);
    is_reading.then(|| vec![before.to_owned(), inside.to_owned()])
}

/// `(to) run`, `colo(u)r`, `word(s)`, but neither `f(x)` nor `print()`.
fn optional(answer: &str) -> Option<Vec<String>> {
    let (before, rest) = answer.split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    if after.contains(['(', ')']) || inside.is_empty() || !inside.chars().all(|c| is_letter(c) || c == ' ') {
        return None;
    }
    let is_first = before.is_empty()
        && is_words(after)
        && (after.starts_with(' ') || after.chars().next().is_some_and(is_unspaced));
    let is_letter_inside = !after.is_empty() && after.chars().all(is_letter) && is_words(before);
    let is_ending =
        after.is_empty() && letters(before) > FEWEST_LETTERS && is_words(before) && ENDINGS.contains(&inside);
    let is_short = after.is_empty() && inside == "sse" && is_words(before);
    let is_attached = !before.ends_with(' ');
    (is_first || (is_attached && (is_letter_inside || is_ending || is_short))).then(|| {
        let with = format!("{before}{inside}{after}");
        let without = format!("{before}{after}");
        vec![with.trim().to_owned(), without.trim().to_owned()]
    })
}

/// Two words or three, each on a line of its own: one line is all that is typed.
fn lines(answer: &str) -> Option<Vec<String>> {
    parts(answer, '\n').filter(|lines| lines.iter().all(|line| words(line) <= 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_looks_like_two_gives_both() {
        for (answer, both) in [
            ("colour/color", "colour|color"),
            ("he / she", "he|she"),
            ("he/she", "he|she"),
            ("er/sie/es", "er|sie|es"),
            ("go/went/gone", "go|went|gone"),
            ("UK / United Kingdom", "UK|United Kingdom"),
            ("grey/gray", "grey|gray"),
            ("actor/actress", "actor|actress"),
            ("der/die", "der|die"),
            ("red／blue", "red|blue"),
            ("犬/狗", "犬|狗"),
            ("Lehrer/Lehrerin", "Lehrer|Lehrerin"),
            ("to run/to jog", "to run|to jog"),
            ("color|colour", "color|colour"),
            ("big; large", "big|large"),
            ("hund; kot", "hund|kot"),
            ("colour, color", "colour|color"),
            ("to run, to jog", "to run|to jog"),
            ("run or jog", "run|jog"),
            ("to run or to jog", "to run|to jog"),
            ("Paris or Lyon", "Paris|Lyon"),
            ("rot oder rouge", "rot|rouge"),
            ("Müller bzw. Meier", "Müller|Meier"),
            ("chien ou chat", "chien|chat"),
            ("perro o gato", "perro|gato"),
            ("собака или пёс", "собака|пёс"),
            ("color (or colour)", "color|colour"),
            ("sth. (also: something)", "sth.|something"),
            ("Samstag (auch: Sonnabend)", "Samstag|Sonnabend"),
            ("お茶（おちゃ）", "お茶|おちゃ"),
            ("（お）茶", "お茶|茶"),
            ("(to) run", "to run|run"),
            ("[the] house", "the house|house"),
            ("colo(u)r", "colour|color"),
            ("Lehrer(in)", "Lehrerin|Lehrer"),
            ("étudiant(e)", "étudiante|étudiant"),
            ("maître(sse)", "maîtresse|maître"),
            ("amigo/a", "amigo|amiga"),
            ("niño, -a", "niño|niña"),
            ("Lehrer/-in", "Lehrer|Lehrerin"),
            ("дом/здание", "дом|здание"),
            ("niño/niña", "niño|niña"),
            ("big / large / huge", "big|large|huge"),
            ("run\njog", "run|jog"),
            ("München/Munich", "München|Munich"),
            ("Florenz/Florence", "Florenz|Florence"),
            ("3 months/a quarter", "3 months|a quarter"),
            ("15 minutes/a quarter of an hour", "15 minutes|a quarter of an hour"),
            ("the product owner/the PO", "the product owner|the PO"),
            ("Jurgen Appelo/Appelo", "Jurgen Appelo|Appelo"),
        ] {
            assert_eq!(alternatives(answer, false).map(|found| found.join("|")).as_deref(), Some(both), "{answer}");
        }
    }

    #[test]
    fn an_or_inside_a_sentence_is_a_word_of_it() {
        assert_eq!(alternatives("direction or policy", true), None);
        assert_eq!(alternatives("colour/color", true), alternatives("colour/color", false));
    }

    #[test]
    fn one_answer_is_one() {
        for answer in [
            "1/2",
            "km/h",
            "m/s",
            "mg/dl",
            "and/or",
            "and / or",
            "2026/11/29",
            "29/11/2026",
            "usr/bin/ls",
            "src/lib",
            "/etc/passwd",
            "a/b",
            "TCP/IP",
            "AC/DC",
            "S/N",
            "GNU/Linux",
            "I/O",
            "w/o",
            "c/o",
            "n/a",
            "https://a.org/b",
            "example.com/a",
            "f(x)",
            "print()",
            "main(void)",
            "sin(x)",
            "red, blue",
            "yes, sir",
            "1, 2",
            "Paris",
            "Paris, France",
            "Berlin, 1989",
            "Martin Luther King, Jr.",
            "Ready, steady, go",
            "Hello, world!",
            "",
            "x = a/b",
            "well (in the end)",
            "he said (quietly)",
            "New York (NY)",
            "Washington (state)",
            "one (1)",
            "copper(II) sulfate",
            "iron(III) oxide",
            "(R)-lactic acid",
            "Ca(OH)₂",
            "CO(NH2)2",
            "O(n log n)",
            "(C)",
            "src/main.rs",
            "N/A",
            "24/7",
            "9/11",
            "50/50",
            "3/4",
            "for (;;)",
            "int x; int y;",
            "a; b;",
            "`a/b`",
            "Na+/K+",
            "3;4",
            "dy/dx",
            "true/false",
            "true / false",
            "left/right",
            "on/off",
            "read/write",
            "input/output",
            "client/server",
            "mother/father ratio",
            "A/B test",
            "3 km/a min",
            "3 wins/2 losses",
            "Marx/Engels",
            "Black/Scholes",
            "Austria/Hungary",
            "kg·m/s²",
            "J/(mol·K)",
            "sin(x)/x",
            "s/a/b/",
            "P(A|B)",
            "a || b",
            "x | y",
            "ls | wc",
            "sort | uniq",
            "x or y",
            "not a or b",
            "now or never",
            "trick or treat",
            "life or death",
            "more or less",
            "do or die",
            "give or take",
            "sooner or later",
            "to be or not to be",
            "lord of the rings",
            "1:10 or less",
            "ten or more",
            "one or two",
            "Either/Or",
            "either red or blue",
            "sí o no",
            "sí/no",
            "ou",
            "o",
            "oder",
            "yes or no",
            "the one or the other",
            "Jack o Lantern",
            "a ? b : c",
            "rgb(0, 0, 0)",
            "[0, 1)",
            "a[i]",
            "{1, 2}",
            "(1, 2)",
            "std::vector<int>",
            "SELECT a, b FROM t",
            "All that glitters\nis not gold, they say",
        ] {
            assert_eq!(alternatives(answer, false), None, "{answer}");
        }
    }
}
