//! Other ways in which a text may be written, where that can't be told letter by letter: `x^2` for x², `schoen` for schön, `3x4` for 3 × 4,
//! `F16` for F-16.
//!
//! Two texts say the same where any reading of the one is any of the other. A text has few: those that its own signs ask for.

use crate::core::compare::answer::Difference;
use crate::core::compare::answer::Nature;
use crate::core::compare::answer::dates::dated;
use crate::core::compare::answer::dates::with_day_first;
use crate::core::compare::answer::spelled::ends_with_function;
use crate::core::compare::answer::spelled::is_digit;
use crate::core::compare::answer::spelled::is_one;
use crate::core::compare::answer::spelled::level;
use crate::core::compare::answer::spelled::with_marks;
use crate::core::compare::letters::is_apostrophe;
use crate::core::compare::letters::is_letter;
use unicode_normalization::UnicodeNormalization as _;

/// Readings of one text at most.
const MOST: usize = 24;

/// Characters of the longest group, with its brackets: within groups there are others, and each is looked through.
const LONGEST_GROUP: usize = 60;

/// The signs of what is raised and of what is lowered.
pub(super) const BOTH: [char; 2] = ['^', '_'];

/// Units that are written with exponents: behind them a raised minus is a plain one too (`m s-2`).
const UNITS: [&str; 18] =
    ["m", "s", "g", "kg", "mg", "km", "cm", "mm", "h", "l", "L", "mol", "K", "J", "N", "V", "Pa", "min"];

/// What is put in brackets at the end of a word and may be left out: other genders, numbers and cases.
const ENDINGS: [&str; 14] = ["s", "es", "e", "n", "en", "in", "innen", "er", "r", "a", "as", "os", "ne", "nen"];

/// A text in other words, and how it differs from the one that it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) text: String,
    pub(super) differences: Vec<Difference>,
}

/// All readings, the text itself before the others.
pub(super) fn readings(text: &str, nature: Nature) -> Vec<Reading> {
    let mut all = vec![Reading { text: text.to_owned(), differences: Vec::new() }];
    if nature == Nature::Code {
        return all;
    }
    add(&mut all, &[Difference::Form], times);
    add(&mut all, &[], closed);
    add(&mut all, &[Difference::Form], grouped);
    add(&mut all, &[Difference::Form], multiplied);
    add(&mut all, &[Difference::Form], hydrated);
    add(&mut all, &[Difference::Form], in_thousands);
    add(&mut all, &[], dated);
    add(&mut all, &[Difference::Form], with_day_first);
    add(&mut all, &[Difference::Punctuation], unbracketed);
    add(&mut all, &[Difference::Punctuation], initials);
    add(&mut all, &[Difference::Form], levels);
    add(&mut all, &[Difference::Form], primed);
    add(&mut all, &[Difference::Punctuation], designated);
    if nature == Nature::Words {
        add(&mut all, &[Difference::Accents], in_letters);
    }
    all
}

/// Reads each of the texts anew.
fn add<I: IntoIterator<Item = String>>(all: &mut Vec<Reading>, differences: &[Difference], read: impl Fn(&str) -> I) {
    let mut more = Vec::new();
    for reading in &*all {
        for text in read(&reading.text) {
            let differences = reading.differences.iter().chain(differences).copied().collect();
            more.push(Reading { text, differences });
        }
    }
    all.extend(more);
    all.truncate(MOST);
}

/// With the sign for times where an `x` stands between numbers. `0x1F` is one number.
fn times(text: &str) -> Option<String> {
    if !text.contains(['x', 'X']) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let is_times = |place: usize| {
        let before = chars.get(..place).unwrap_or_default();
        let mut number = before.iter().rev().skip_while(|c| **c == ' ').take_while(|c| is_digit(**c));
        let is_number = number.next().is_some_and(|last| *last != '0' || number.next().is_some());
        let next = chars.get(place + 1..).unwrap_or_default().iter().find(|c| **c != ' ');
        is_number && next.is_some_and(|c| is_digit(*c))
    };
    let read: String = chars
        .iter()
        .enumerate()
        .map(|(place, c)| if matches!(c, 'x' | 'X') && is_times(place) { '×' } else { *c })
        .collect();
    (read != text).then_some(read)
}

/// Without the blanks around a comma or colon between numbers, and behind the point of `p. 5`: a list of numbers is the same list, with and without.
fn closed(text: &str) -> Option<String> {
    if !text.contains(' ') {
        return None;
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars: Vec<char> = text.chars().collect();
    let near = |places: &mut dyn Iterator<Item = usize>| {
        places.filter_map(|place| chars.get(place).map(|c| (place, *c))).find(|(_, c)| *c != ' ')
    };
    let is_sign = |c: char| matches!(c, ',' | ':' | '、' | '，' | '：' | '،');
    let parts_numbers = |place: usize| {
        let before = near(&mut (0..place).rev());
        let after = near(&mut (place + 1..chars.len()));
        let digits = [before, after].into_iter().all(|c| c.is_some_and(|(_, c)| is_digit(c)));
        digits && chars.get(place).is_some_and(|c| is_sign(*c))
    };
    let is_needless = |place: usize| {
        let (Some((last, before)), Some((next, after))) =
            (near(&mut (0..place).rev()), near(&mut (place + 1..chars.len())))
        else {
            return false;
        };
        let is_abbreviated = before == '.'
            && is_digit(after)
            && last.checked_sub(1).and_then(|place| chars.get(place)).is_some_and(|c| is_letter(*c));
        is_abbreviated || parts_numbers(last) || parts_numbers(next)
    };
    let kept = chars.iter().enumerate().filter(|(place, c)| **c != ' ' || !is_needless(*place)).map(|(_, c)| *c);
    let read: String = kept.collect();
    (read != text).then_some(read)
}

/// With raised and lowered characters marked by `^` and `_`, each kind by itself and both.
fn levels(text: &str) -> Vec<String> {
    let has = |sign: char| !text.is_ascii() && text.chars().any(|c| level(c) == Some(sign));
    let (raised, lowered) = (has('^'), has('_'));
    let mut found = Vec::new();
    if raised {
        found.push(with_marks(text, &['^']));
        found.extend(with_plain_minus(&text.chars().collect::<Vec<_>>()));
    }
    if lowered {
        found.push(with_marks(text, &['_']));
    }
    if raised && lowered {
        found.push(with_marks(text, &BOTH));
        found.extend(with_charge_apart(&text.chars().collect::<Vec<_>>()));
    }
    found
}

/// `SO₄ ²⁻` for `SO₄²⁻`: what is raised behind what is lowered is typed behind a blank.
fn with_charge_apart(chars: &[char]) -> Option<String> {
    let mut read = String::with_capacity(chars.len() * 2);
    for (place, c) in chars.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| chars.get(before)).and_then(|before| level(*before));
        if level(*c) == Some('^') && before == Some('_') {
            read.push(' ');
        }
        read.push(*c);
    }
    chars.iter().copied().ne(read.chars()).then_some(read)
}

/// `m s-2` for `m s⁻²`, where that can be no difference: behind a unit that is not alone.
fn with_plain_minus(chars: &[char]) -> Option<String> {
    let is_behind_unit = |place: usize| {
        let before = chars.get(..place).unwrap_or_default();
        let length = before.iter().rev().take_while(|c| is_letter(**c)).count();
        let (rest, unit) = before.split_at(place - length);
        let unit: String = unit.iter().collect();
        UNITS.contains(&unit.as_str()) && rest.iter().any(|c| c.is_alphanumeric())
    };
    let read: String =
        chars.iter().enumerate().map(|(place, c)| if *c == '⁻' && is_behind_unit(place) { '-' } else { *c }).collect();
    chars.iter().copied().ne(read.chars()).then_some(read)
}

/// With what is raised or lowered held together in one way: `x^{n+1}` as `x^(n+1)`, `10^{-6}` and `x^(2)` without brackets, `v_max` with some, since
/// whole words are lowered.
fn grouped(text: &str) -> Option<String> {
    if !text.contains(['^', '_']) {
        return None;
    }
    let read = in_groups(&text.chars().collect::<Vec<_>>());
    (read != text).then_some(read)
}

fn in_groups(chars: &[char]) -> String {
    let mut out = String::with_capacity(chars.len() + 8);
    let mut rest = chars;
    while let [c, behind @ ..] = rest {
        out.push(*c);
        rest = behind;
        let is_word = |c: &char| c.is_alphanumeric() && level(*c).is_none();
        let (inside, brackets) = match (c, behind.first()) {
            ('^' | '_', Some('(')) => (enclosed(behind, ')'), 2),
            ('^' | '_', Some('{')) => (enclosed(behind, '}'), 2),
            ('_', Some(first)) if is_letter(*first) => {
                let length = behind.iter().take_while(|c| is_word(c)).count();
                (behind.get(..length).unwrap_or_default(), 0)
            }
            _ => continue,
        };
        if !inside.is_empty() {
            let inner = in_groups(inside);
            out.push_str(&if is_one(&inner) { inner } else { format!("({inner})") });
            rest = behind.get(inside.len() + brackets..).unwrap_or_default();
        }
    }
    out
}

/// What stands between the bracket at the beginning and the one that closes it, if that is near.
fn enclosed(chars: &[char], closes: char) -> &[char] {
    let Some(opens) = chars.first() else { return &[] };
    let mut depth = 0_usize;
    for (place, c) in chars.iter().take(LONGEST_GROUP).enumerate() {
        if c == opens {
            depth += 1;
        } else if *c == closes {
            depth -= 1;
            if depth == 0 {
                return chars.get(1..place).unwrap_or_default();
            }
        }
    }
    &[]
}

/// With primes for the apostrophes and quotation marks behind a number or a single letter.
fn primed(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 8);
    let mut letters = 0;
    let mut before = ' ';
    for c in text.chars() {
        let is_behind = is_digit(before) || before == '′' || letters == 1;
        let read = match c {
            c if is_behind && is_apostrophe(c) => '′',
            '"' | '“' | '”' if is_behind => '″',
            c => c,
        };
        out.push(read);
        letters = if is_letter(c) { letters + 1 } else { 0 };
        before = read;
    }
    (out != text).then_some(out)
}

/// Without the blanks between the factors of a formula that has single letters only: `π r²`, `F = m a`. Units with a negative exponent
/// are none: `ms⁻¹` is another unit.
fn multiplied(text: &str) -> Option<String> {
    let text = text.trim();
    let is_operator = |c: char| matches!(c, '=' | '+' | '*' | '^' | '²' | '³');
    let has_words = || text.split(|c| !is_letter(c)).any(|word| word.nfc().nth(1).is_some());
    if !text.contains(' ') || !text.contains(is_operator) || text.contains(['⁻', '-', '−']) || has_words() {
        return None;
    }
    Some(text.chars().filter(|c| *c != ' ').collect())
}

/// With a point before the water in a crystal (`CuSO₄·5H₂O`), as keyboards have it.
fn hydrated(text: &str) -> Option<String> {
    if !text.contains(['·', '⋅', '∙', '•']) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_compound) = (text.chars(), false);
    while let Some(c) = rest.next() {
        let is_before_compound = || rest.as_str().trim_start_matches(is_digit).starts_with(char::is_uppercase);
        let is_point = is_compound && matches!(c, '·' | '⋅' | '∙' | '•') && is_before_compound();
        out.push(if is_point { '.' } else { c });
        // A compound begins with a capital letter and has no sign.
        is_compound = c.is_uppercase() || (is_compound && (is_letter(c) || is_digit(c) || level(c) == Some('_')));
    }
    (out != text).then_some(out)
}

/// Without what parts thousands: the apostrophe of Switzerland (`1'000`), and a comma or point that stands twice in a number, each before
/// three digits (`1,000,000`). Standing once it may be the decimal one.
fn in_thousands(text: &str) -> Option<String> {
    let is_sign = |c: char| matches!(c, ',' | '.');
    if !text.contains(|c: char| is_sign(c) || is_apostrophe(c)) {
        return None;
    }
    let mut read = String::with_capacity(text.len());
    for run in text.split_inclusive(|c: char| !(is_digit(c) || is_apostrophe(c) || is_sign(c))) {
        let number = run.trim_end_matches(|c: char| !is_digit(c));
        let groups: Vec<&str> = number.split(|c: char| !is_digit(c)).collect();
        let signs: Vec<char> = number.chars().filter(|c| !is_digit(*c)).collect();
        let is_parted = match signs.as_slice() {
            [sign] => is_apostrophe(*sign),
            [first, rest @ ..] => rest.iter().all(|sign| sign == first),
            [] => false,
        };
        let are_thousands = groups.first().is_some_and(|first| (1..=3).contains(&first.chars().count()))
            && groups.iter().skip(1).all(|group| group.chars().count() == 3);
        if is_parted && are_thousands {
            read.extend(groups);
            read.push_str(run.get(number.len()..).unwrap_or_default());
        } else {
            read.push_str(run);
        }
    }
    (read != text).then_some(read)
}

/// Without the brackets of a number or single letter that is the whole answer (`(1)`, `A)`), begins it (`(1) red`) or stands behind a
/// word (`Hund (m)`), and of the end of a word or letters in it that may be left out (`Lehrer(in)`, `colou(r)`), and with a blank for those of `iron(III)`.
fn unbracketed(text: &str) -> Option<String> {
    if !text.contains(')') {
        return None;
    }
    let text = text.trim();
    let is_one = |inside: &str| {
        let is_letter_alone = inside.nfc().nth(1).is_none() && inside.chars().all(is_letter);
        !inside.is_empty() && (is_letter_alone || inside.chars().all(is_digit))
    };
    if let Some(inside) = text.strip_suffix(')').filter(|inside| is_one(inside)) {
        return Some(inside.to_owned());
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, behind)) = rest.split_once('(') {
        out.push_str(before);
        let Some((inside, after)) = behind.split_once(')') else {
            out.push('(');
            rest = behind;
            continue;
        };
        let letters = out.trim_end().chars().rev().take_while(|c| is_letter(*c)).take(3).count();
        let is_behind_word = out.ends_with(' ') && letters > 1;
        let is_apart = after.chars().next().is_none_or(|c| !is_letter(c) && !is_digit(c));
        let is_part = letters > 2 && !out.ends_with(' ') && is_ending(inside, after) && !ends_with_function(&out);
        if is_part || (is_one(inside) && is_apart && (out.is_empty() || is_behind_word)) {
            out.push_str(inside);
        } else if letters > 1 && is_apart && is_valence(inside) {
            out.extend([" ", inside]);
        } else {
            out.extend(["(", inside, ")"]);
        }
        rest = after;
    }
    out.push_str(rest);
    (out != text).then_some(out)
}

/// Whether it is a number as in `iron(III) oxide`, which is typed behind a blank too.
fn is_valence(inside: &str) -> bool {
    !inside.is_empty() && inside.chars().all(|c| matches!(c, 'I' | 'V'))
}

/// Whether what stands in brackets right behind a word belongs to it, unlike the argument of a function: endings that are known, and any letters
/// before others.
fn is_ending(inside: &str, after: &str) -> bool {
    let goes_on = after.starts_with(is_letter) && inside.chars().all(is_letter);
    ENDINGS.contains(&inside) || (goes_on && !inside.is_empty() && inside.chars().all(char::is_lowercase))
}

/// Without the points of initials that stand apart: `J. S. Bach`, `z. B.`
fn initials(text: &str) -> Option<String> {
    let is_initial = |word: &str| {
        word.strip_suffix('.').is_some_and(|letter| letter.nfc().count() == 1 && letter.chars().all(is_letter))
    };
    let words: Vec<&str> = text.split(' ').collect();
    if !words.windows(2).any(|two| two.iter().all(|word| is_initial(word))) {
        return None;
    }
    let bare = words.iter().map(|word| if is_initial(word) { word.trim_end_matches('.') } else { word });
    Some(bare.collect::<Vec<_>>().join(" "))
}

/// Without the hyphens of designations, a capital letter and a number: `F-16`, `G-7`, `3-D`. `n-1` and `N-1` are subtractions: where the
/// number has one digit the letter is none of those that stand for numbers.
fn designated(text: &str) -> Option<String> {
    const HYPHENS: [char; 4] = ['-', '‐', '‑', '–'];
    if !text.contains(HYPHENS) || text.contains(['=', '+', '*', '<', '>', '^']) {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| chars.get(place)).copied();
    let has_word = chars.windows(3).any(|three| three.iter().all(|c| is_letter(*c)));
    let is_name = |letter: char, digit: char| match letter {
        'N' | 'X' => false,
        'K' | 'M' | 'P' | 'T' | 'Y' | 'Z' => has_word,
        _ => has_word || !(matches!(digit, '0' | '1') || text.contains('(')),
    };
    let is_hyphen = |place: usize| {
        let (before, after) = (at(place.checked_sub(1)), at(Some(place + 1)));
        let (Some(before), Some(after)) = (before, after) else { return false };
        let is_first = at(place.checked_sub(2)).is_none_or(|c| c.is_whitespace() || c == '(');
        let is_last = at(Some(place + 2)).is_none_or(|c| !is_letter(c) && !is_digit(c) && c != '-');
        at(Some(place)).is_some_and(|c| HYPHENS.contains(&c))
            && is_first
            && match (is_digit(before), is_digit(after)) {
                (false, true) => {
                    before.is_uppercase() && (at(Some(place + 2)).is_some_and(is_digit) || is_name(before, after))
                }
                (true, false) => after.is_uppercase() && is_last && is_name(after, before),
                _ => false,
            }
    };
    let kept = chars.iter().enumerate().filter(|(place, _)| !is_hyphen(*place)).map(|(_, c)| *c);
    let read: String = kept.collect();
    (read != text).then_some(read)
}

/// With the letters that a keyboard lacks spelled by two, as each language does: `ae` for ä in German and the Nordic languages, `cx` or `ch` for ĉ in
/// Esperanto, `dj` for đ in Serbian, `v` for ü in pinyin.
fn in_letters(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return Vec::new();
    }
    let text: String = text.nfc().collect();
    [german, with_x, with_h, pinyin].into_iter().filter_map(|spell| respelled(&text, spell)).collect()
}

fn respelled(text: &str, spell: fn(char, Option<char>) -> Option<&'static str>) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 8);
    let (mut before, mut is_other) = (None, false);
    for c in text.chars() {
        let small = c.to_lowercase().next().unwrap_or(c);
        match spell(small, before) {
            Some(letters) if small == c => out.push_str(letters),
            Some(letters) => {
                let mut letters = letters.chars();
                out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                out.push_str(letters.as_str());
            }
            None => out.push(c),
        }
        is_other |= spell(small, before).is_some();
        before = Some(small);
    }
    is_other.then_some(out)
}

fn german(c: char, _: Option<char>) -> Option<&'static str> {
    Some(match c {
        'ä' => "ae",
        'ö' | 'ø' => "oe",
        'ü' => "ue",
        'å' => "aa",
        'đ' => "dj",
        _ => return None,
    })
}

fn with_x(c: char, _: Option<char>) -> Option<&'static str> {
    Some(match c {
        'ĉ' => "cx",
        'ĝ' => "gx",
        'ĥ' => "hx",
        'ĵ' => "jx",
        'ŝ' => "sx",
        'ŭ' => "ux",
        _ => return None,
    })
}

fn with_h(c: char, _: Option<char>) -> Option<&'static str> {
    Some(match c {
        'ĉ' => "ch",
        'ĝ' => "gh",
        'ĥ' => "hh",
        'ĵ' => "jh",
        'ŝ' => "sh",
        _ => return None,
    })
}

fn pinyin(c: char, before: Option<char>) -> Option<&'static str> {
    (matches!(before, Some('l' | 'n')) && matches!(c, 'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ')).then_some("v")
}
