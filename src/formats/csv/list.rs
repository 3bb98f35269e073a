//! Lists of terms as people write them: with a mark before each line, and headings between them.

use crate::formats::columns::names::is_in;
use crate::formats::table::survey::Survey;
use std::collections::BTreeSet;

/// What people put before the lines of a list.
const MARKS: &[&str] = &["-", "*", "•", "+", "–", "—", "·", "▪", "◦", "‣", "●", "○"];

/// Words of a heading at most.
const MOST_WORDS: usize = 8;

/// A line without the mark before it: `- perro`, `2) perro`.
pub(super) fn without_mark(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = (1..=4).contains(&(line.len() - number.len()));
    let of_number = || number.strip_prefix(['.', ')']).filter(|_| is_number);
    let rest = MARKS.iter().find_map(|mark| line.strip_prefix(mark)).or_else(of_number)?;
    let text = rest.trim_start();
    (rest.len() > text.len() && !text.is_empty()).then_some(text)
}

/// Whether each line of a list has a mark before it, and the terms differ without it: `1. FC`, `2. FC` are terms.
pub(super) fn have_marks(survey: &Survey) -> bool {
    let parts = has_parts(survey);
    let terms = || {
        let terms = survey.all().filter(|row| row.len() > 1).filter_map(|row| row.first());
        terms.filter(move |term| !(parts && is_part(term)))
    };
    let bare: Option<Vec<&str>> = terms().map(|term| without_mark(term)).collect();
    bare.is_some_and(|bare| {
        let differ: BTreeSet<&str> = bare.iter().copied().collect();
        let are_counted = || terms().map(|term| term.trim()).collect::<BTreeSet<&str>>().len();
        bare.len() > 1 && differ.len() == are_counted()
    })
}

/// Whether a line of a list that nothing separates is a heading: the first one, one in capitals, one with a `#` before it or a colon
/// behind it, or the number of a page.
pub(super) fn is_heading(line: &str, first: &str) -> bool {
    let line = line.trim();
    let is_in_capitals = || line.contains(char::is_uppercase) && !line.contains(char::is_lowercase);
    let is_marked = line.starts_with('#') || line.ends_with(':');
    !line.is_empty()
        && !line.ends_with(['.', '!', '?', ','])
        && line.split_whitespace().count() <= MOST_WORDS
        && (is_marked || line == first.trim() || is_in_capitals() || is_page_number(line))
}

/// What parts of a book or a course are called.
const PARTS: &str = "\
    chapter|unit|lesson|part|section|module|week|day|topic|kapitel|lektion|einheit|teil|modul|woche|chapitre|unité|leçon|partie|semaine|\
    capítulo|capitulo|unidad|lección|leccion|tema|semana|lezione|capitolo|unità|parte|modulo|unidade|lição|módulo|hoofdstuk|les|deel|\
    rozdział|lekcja|część|lekce|kapitola|lekcia|глава|урок|раздел|часть|тема|модуль|розділ|частина|avsnitt|del|bölüm|ünite|ders|kısım|\
    bab|pelajaran|bài|chương|บทที่|หน่วยที่";

/// Whether a line begins as the heading of a part does: `Chapter 1`, `Lektion IV`, `第3課`.
pub(super) fn is_part(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default().to_lowercase();
    let number = words.next().unwrap_or_default().trim_end_matches(['.', ':', ')']);
    let is_digits = |word: &str| !word.is_empty() && word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_roman = |word: &str| !word.is_empty() && word.len() <= 5 && word.chars().all(|c| "IVXL".contains(c));
    let is_numbered = || is_digits(number) || is_roman(number);
    let of_han = || {
        let rest = first
            .strip_prefix('第')?
            .trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        Some(rest.starts_with(['课', '課', '章', '回', '单', '單', '部', '과']))
    };
    (is_in(PARTS, &first) && is_numbered()) || of_han() == Some(true)
}

/// Whether a list has lines such as `Chapter 1 - Verbs` that are headings: few of them, with capitals where the terms or what these mean have
/// none. Else they may as well be terms, as in a list of what the chapters of a book are about.
pub(super) fn has_parts(survey: &Survey) -> bool {
    let (parts, terms): (Vec<&Vec<String>>, Vec<&Vec<String>>) =
        survey.all().filter(|row| row.len() > 1).partition(|row| row.first().is_some_and(|cell| is_part(cell)));
    let begins = |row: &&Vec<String>, side: usize, test: fn(char) -> bool| {
        row.get(side).and_then(|cell| cell.trim_start().chars().next()).is_some_and(test)
    };
    let differs = |side: usize| {
        parts.iter().all(|row| begins(row, side, |c| !c.is_lowercase()))
            && terms.iter().filter(|row| begins(row, side, |c| !c.is_uppercase())).count() * 4 >= terms.len() * 3
    };
    !parts.is_empty() && parts.len() * 2 < terms.len() && (differs(0) || differs(1))
}

/// Whether the first line of a list is such a heading.
pub(super) fn has_part_above(survey: &Survey) -> bool {
    survey.first.first().is_some_and(|cell| is_part(cell)) && has_parts(survey)
}

/// `12`, `- 12 -`, `12/40`: what stands between the pages of a text.
fn is_page_number(line: &str) -> bool {
    let number = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '[' | ']'));
    number.len() <= 9 && number.split('/').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
}

/// Rows of a list that are no headings.
pub(super) fn rows_below_headings(survey: &Survey) -> usize {
    let first = survey.first.first().map(String::as_str).unwrap_or_default();
    let is = |row: &&Vec<String>| matches!(&row[..], [line] if is_heading(line, first) || is_part(line));
    survey.rows - survey.all().filter(is).count()
}
