//! Other ways in which a text may be written, where that can't be told letter by letter: `x^2` for x², `schoen` for schön, `3x4` for 3 × 4.
//!
//! Two texts say the same where any reading of the one is any of the other. A text has few: those that its own signs ask for.

use crate::core::compare::answer::Difference;
use crate::core::compare::answer::spelled::level;
use crate::core::compare::letters::digit;
use crate::core::compare::letters::is_letter;
use unicode_normalization::UnicodeNormalization as _;

/// Readings of one text at most.
const MOST: usize = 24;

/// Units that are written with exponents: behind them a raised minus is a plain one too (`m s-2`).
const UNITS: [&str; 18] =
    ["m", "s", "g", "kg", "mg", "km", "cm", "mm", "h", "l", "L", "mol", "K", "J", "N", "V", "Pa", "min"];

/// A text in other words, and how it differs from the one that it is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) text: String,
    pub(super) differences: Vec<Difference>,
}

/// All readings but the text itself.
pub(super) fn readings(text: &str) -> Vec<Reading> {
    let mut all = vec![Reading { text: text.to_owned(), differences: Vec::new() }];
    add(&mut all, &[Difference::Form], |text| times(text).into_iter().collect());
    add(&mut all, &[], |text| closed(text).into_iter().collect());
    add(&mut all, &[Difference::Form], levels);
    add(&mut all, &[Difference::Accents], in_letters);
    all.remove(0);
    all
}

/// Reads each of the texts anew.
fn add(all: &mut Vec<Reading>, differences: &[Difference], read: impl Fn(&str) -> Vec<String>) {
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

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || digit(c).is_some()
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

/// With raised and lowered characters marked by `^` and `_`, each kind by itself and both; without the braces that TeX puts around them.
fn levels(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let chars: Vec<char> = text.chars().collect();
    let has = |sign: char| !text.is_ascii() && chars.iter().any(|c| level(*c) == Some(sign));
    let (raised, lowered) = (has('^'), has('_'));
    let marked = |signs: &[char]| {
        let mut out = String::with_capacity(text.len() + 8);
        let mut before = None;
        for c in &chars {
            let sign = level(*c);
            if let Some(sign) = sign.filter(|sign| before != Some(*sign) && signs.contains(sign)) {
                out.push(sign);
            }
            if signs.iter().any(|wanted| sign == Some(*wanted)) {
                out.extend(std::iter::once(*c).nfkc());
            } else {
                out.push(*c);
            }
            before = sign;
        }
        out
    };
    if raised {
        found.push(marked(&['^']));
        found.extend(with_plain_minus(&chars));
    }
    if lowered {
        found.push(marked(&['_']));
    }
    if raised && lowered {
        found.push(marked(&['^', '_']));
    }
    if ["^{", "^(", "_{", "_("].iter().any(|begins| text.contains(begins)) {
        found.push(without_braces(&chars));
    }
    found
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

/// `10^{-6}` and `x^(2)` without what only holds them together: a number with its sign, or a single letter.
fn without_braces(chars: &[char]) -> String {
    let mut out = String::with_capacity(chars.len());
    let mut place = 0;
    while let Some(c) = chars.get(place) {
        out.push(*c);
        place += 1;
        let closes = match (c, chars.get(place)) {
            ('^' | '_', Some('{')) => '}',
            ('^' | '_', Some('(')) => ')',
            _ => continue,
        };
        let rest = chars.get(place + 1..).unwrap_or_default();
        let inside =
            rest.get(..rest.iter().take(12).position(|c| *c == closes).unwrap_or_default()).unwrap_or_default();
        let number = inside
            .strip_prefix(&['-'])
            .or(inside.strip_prefix(&['−']))
            .or(inside.strip_prefix(&['+']))
            .unwrap_or(inside);
        let number = number.strip_suffix(&['-']).or(number.strip_suffix(&['+'])).unwrap_or(number);
        let is_simple = matches!(inside, [letter] if is_letter(*letter))
            || (!number.is_empty() && number.iter().all(|c| is_digit(*c)));
        // What TeX's braces hold is one thing, whatever it is.
        if is_simple || (closes == '}' && !inside.is_empty() && inside.iter().all(|c| c.is_alphanumeric())) {
            out.extend(inside);
            place += inside.len() + 2;
        }
    }
    out
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
