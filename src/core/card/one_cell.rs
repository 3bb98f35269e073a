//! Options that stand in one cell: one a line, with a sign between them, or each behind its letter or number.

use crate::core::card::items::between_bars;
use crate::core::card::items::items_of_line;

/// Signs that stand before or behind the right option.
const SIGNS: &[&str] = &["*", "✓", "✔", "✅", "☑", "[x]", "(x)", "[X]", "(X)"];

/// Words that stand behind it in brackets.
const WORDS: &[&str] = &[
    "correct", "right", "true", "richtig", "korrekt", "vrai", "correcta", "correcto", "giusta", "certa", "juist",
    "goed",
];

/// Longest list of options: one has a letter for each.
const MOST: usize = 26;

/// The options of a cell, told apart.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionsInOne {
    /// Their texts, without letters and signs.
    pub texts: Vec<String>,
    /// Places of those with a sign that they are right.
    pub marked: Vec<usize>,
    /// Whether each has its letter or number.
    pub are_lettered: bool,
}

/// The options in a cell; nothing where it is one text.
#[must_use]
pub fn options_in_one(cell: &str) -> Option<OptionsInOne> {
    let parts = parts(cell);
    if !(2..=MOST).contains(&parts.len()) {
        return None;
    }
    let (mut texts, mut marked) = (Vec::new(), Vec::new());
    // A sign may stand before the letter or behind it.
    let signed: Vec<(&str, bool)> = parts.iter().map(|part| without_sign(part)).collect();
    let bare: Option<Vec<&str>> = signed.iter().enumerate().map(|(at, (text, _))| without_mark(at, text)).collect();
    let are_lettered = bare.is_some();
    for (at, (text, is_signed)) in signed.iter().enumerate() {
        let text = bare.as_ref().and_then(|bare| bare.get(at)).unwrap_or(text);
        let (text, is_marked) = without_sign(text);
        if *is_signed || is_marked {
            marked.push(at);
        }
        texts.push(text.to_owned());
    }
    // What all have is a bullet.
    if marked.len() == texts.len() {
        marked.clear();
    }
    texts.iter().all(|text| !text.is_empty()).then_some(OptionsInOne { texts, marked, are_lettered })
}

/// The parts of a cell, with whatever stands before each.
fn parts(cell: &str) -> Vec<String> {
    let lines: Vec<&str> = cell.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let [line] = lines.as_slice() else {
        let end = |line: &&str| line.trim_end_matches([';', ',']).trim_end().to_owned();
        return lines.iter().map(end).collect();
    };
    if let Some(parts) = lettered(line) {
        return parts;
    }
    let barred: Vec<&str> = line.split(" | ").collect();
    if barred.len() > 1 {
        return barred.into_iter().map(|part| part.trim().to_owned()).collect();
    }
    between_bars(line).unwrap_or_else(|| items_of_line(line))
}

/// The parts of a line in which each begins with its letter or number: `A) … B) …`, `1. … 2. …`.
fn lettered(line: &str) -> Option<Vec<String>> {
    [')', '.', ':'].into_iter().flat_map(|end| ["A", "a", "1"].map(|first| (first, end))).find_map(|(first, end)| {
        let mut starts = Vec::new();
        let mut from = 0;
        while let Some(start) = find_mark(line, from, &mark(first, starts.len())?, end) {
            starts.push(start);
            from = start + 1;
            if starts.len() > MOST {
                return None;
            }
        }
        if starts.first() != Some(&0) || starts.len() < 2 {
            return None;
        }
        let ends = starts.iter().skip(1).copied().chain([line.len()]);
        let part = |(start, end): (&usize, usize)| {
            let part = line.get(*start..end).unwrap_or_default().trim();
            part.trim_end_matches([';', ',', '|', '/']).trim_end().to_owned()
        };
        Some(starts.iter().zip(ends).map(part).collect())
    })
}

/// The letter or number of the option at a place, where the first one has this.
fn mark(first: &str, at: usize) -> Option<String> {
    if first == "1" {
        return Some((at + 1).to_string());
    }
    let letter = first.as_bytes().first()?.checked_add(u8::try_from(at).ok()?)?;
    letter.is_ascii_alphabetic().then(|| char::from(letter).to_string())
}

/// Where an option with that letter or number begins, with a bracket or a sign before it. It stands at the beginning or behind a
/// blank, and something stands behind it.
fn find_mark(line: &str, from: usize, mark: &str, end: char) -> Option<usize> {
    let wanted = format!("{mark}{end}");
    line.match_indices(&wanted).filter(|(at, _)| *at >= from).find_map(|(at, _)| {
        let before = line.get(..at)?.trim_end_matches(['(', '[', '*', '✓', '✔', '✅', '☑']);
        let is_apart = before.is_empty() || before.ends_with([' ', '\t', ';', ',', '|', '/']);
        let behind = line.get(at + wanted.len()..)?;
        let is_open = if end == ')' { !behind.is_empty() } else { behind.starts_with([' ', '\t']) };
        (is_apart && is_open).then_some(before.len())
    })
}

/// An option without the letter or number of its place.
fn without_mark(at: usize, text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['(', '[']);
    ["A", "a", "1"].into_iter().find_map(|first| {
        let rest = text.strip_prefix(mark(first, at)?.as_str())?;
        let behind = rest.strip_prefix([')', ']', '.', ':'])?;
        let is_apart = rest.starts_with([')', ']']) || behind.starts_with([' ', '\t']);
        let bare = behind.trim();
        (is_apart && !bare.is_empty()).then_some(bare)
    })
}

/// An option without the sign that it is the right one, and whether it had one.
fn without_sign(text: &str) -> (&str, bool) {
    let text = text.trim();
    let stripped = SIGNS.iter().find_map(|sign| {
        text.strip_prefix(sign).map(|rest| rest.strip_suffix(sign).unwrap_or(rest)).or_else(|| text.strip_suffix(sign))
    });
    if let Some(bare) = stripped.map(str::trim).filter(|bare| !bare.is_empty()) {
        return (bare, true);
    }
    if let Some((bare, word)) = text.strip_suffix(')').and_then(|text| text.rsplit_once('('))
        && WORDS.contains(&word.trim().to_lowercase().as_str())
        && !bare.trim().is_empty()
    {
        return (bare.trim(), true);
    }
    (text, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_of_a_cell_are_told_apart() {
        for (cell, texts) in [
            ("A) Paris B) Rome C) Oslo", &["Paris", "Rome", "Oslo"][..]),
            ("A)Paris; B)Rome", &["Paris", "Rome"]),
            ("(A) Paris (B) Rome", &["Paris", "Rome"]),
            ("a. Paris b. Rome", &["Paris", "Rome"]),
            ("1. Paris 2. Rome 3. Oslo", &["Paris", "Rome", "Oslo"]),
            ("A) Paris\nB) Rome", &["Paris", "Rome"]),
            ("Paris\n Rome \n", &["Paris", "Rome"]),
            ("Paris;\nRome;", &["Paris", "Rome"]),
            ("Paris; Rome", &["Paris", "Rome"]),
            ("Paris | Rome", &["Paris", "Rome"]),
            ("Paris|Rome", &["Paris", "Rome"]),
            ("Paris, Rome, Oslo", &["Paris", "Rome", "Oslo"]),
            ("3,5; 4,5", &["3,5", "4,5"]),
            ("vitamin A) no", &[]),
            ("Paris", &[]),
            ("3,5", &[]),
        ] {
            assert_eq!(options_in_one(cell).map_or(Vec::new(), |options| options.texts), texts, "{cell}");
        }
    }

    #[test]
    fn a_sign_tells_the_right_one() {
        for (cell, marked) in [
            ("*Paris; Rome", &[0][..]),
            ("Paris; Rome*", &[1]),
            ("A) Paris\n*B) Rome", &[1]),
            ("A) Paris B) *Rome*", &[1]),
            ("A) Paris (richtig) B) Rome", &[0]),
            ("✓ Paris | Rome", &[0]),
            ("* Paris\n* Rome", &[]),
            ("Paris; Rome", &[]),
        ] {
            let options = options_in_one(cell).unwrap();
            assert_eq!(
                (options.texts, options.marked.as_slice()),
                (vec!["Paris".to_owned(), "Rome".to_owned()], marked),
                "{cell}"
            );
        }
    }
}
