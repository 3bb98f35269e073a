//! What the cells of a column tell of it.

use crate::formats::columns::names;
use crate::formats::columns::names::Title;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;
use std::collections::BTreeSet;

/// Whether a column has something in it below the first row.
pub(super) fn is_used(survey: &Survey, at: usize) -> bool {
    survey.below.iter().any(|row| row.get(at).is_some_and(|cell| !cell.trim().is_empty()))
}

/// Whether a column says the same in each of several rows.
pub(super) fn is_constant(survey: &Survey, at: usize) -> bool {
    let cell = |row: &Vec<String>| row.get(at).map(|cell| cell.trim().to_owned());
    let first = cell(&survey.first_raw).filter(|cell| !cell.is_empty());
    first.is_some() && survey.below.len() > 1 && survey.below.iter().all(|row| cell(row) == first)
}

/// The columns that say of each row which languages it is in, as the phrasebook of a translator does: nothing else stands in them, and
/// the same two languages come again.
pub(super) fn of_languages(survey: &Survey) -> Vec<usize> {
    let cell = |row: &Vec<String>, at: usize| names::plain(row.get(at).map(String::as_str).unwrap_or_default());
    let are = |at: usize, wanted: Title| survey.all().all(|row| names::title(&cell(row, at)) == Some(wanted));
    let of = |wanted: Title| (0..survey.columns).filter(|at| are(*at, wanted)).collect::<Vec<usize>>();
    let found = [Title::Language, Title::Code].map(of).into_iter().find(|columns| columns.len() == 2);
    let Some([one, other]) = found.as_deref() else { return Vec::new() };
    let pair = |row: &Vec<String>| {
        let (one, other) = (cell(row, *one), cell(row, *other));
        if one < other { (one, other) } else { (other, one) }
    };
    let pairs: BTreeSet<(String, String)> = survey.all().map(pair).collect();
    if pairs.len() < survey.rows && pairs.iter().all(|(one, other)| one != other) {
        vec![*one, *other]
    } else {
        Vec::new()
    }
}

/// Whether two columns say the same in each row, apart from capitals.
pub(super) fn say_the_same(survey: &Survey, one: usize, other: usize) -> bool {
    let cell = |row: &Vec<String>, at: usize| row.get(at).map(|cell| cell.trim().to_lowercase());
    survey.below.iter().all(|row| cell(row, one) == cell(row, other))
}

/// Whether a column counts its rows: 0, 1, 2 …; with the first row, and from 0 or 1 on, where nothing else tells.
pub(super) fn is_running(survey: &Survey, at: usize, from_the_first: bool) -> bool {
    let cell = |row: &Vec<String>| {
        let cell = row.get(at)?.trim().trim_end_matches(['.', ')']).trim_start_matches('#');
        cell.parse::<u64>().ok()
    };
    let first = std::iter::once(&survey.first_raw).filter(|_| from_the_first);
    let numbers: Vec<Option<u64>> = first.chain(&survey.below).map(cell).collect();
    numbers.len() > 1
        && (!from_the_first || (numbers.len() > 2 && matches!(numbers.first(), Some(Some(0 | 1)))))
        && numbers.windows(2).all(|pair| matches!(pair, [Some(one), Some(next)] if one.checked_add(1) == Some(*next)))
}

/// Whether what stands in a column is mostly text behind an unquoted comma: it begins with a blank, and the column before does
/// not.
pub(super) fn is_text_behind_a_separator(survey: &Survey, at: usize, separator: &Separator) -> bool {
    let begins = |at: usize| {
        let cells = survey.all().filter_map(|row| row.get(at));
        let filled: Vec<&String> = cells.filter(|cell| !cell.trim().is_empty()).collect();
        let blank = filled.iter().filter(|cell| cell.starts_with(' ')).count();
        (blank, filled.len())
    };
    let ((blank, filled), (before, of)) = (begins(at), begins(at.saturating_sub(1)));
    separator.bytes() != b"\t" && blank > 0 && blank * 2 > filled && before * 2 < of
}

/// Whether the cells of a third column are tags: short, without signs of a sentence, and the same ones again and again.
pub(super) fn are_tags(survey: &Survey, at: usize, separator: &Separator, is_ankis: bool) -> bool {
    if is_text_behind_a_separator(survey, at, separator) {
        return false;
    }
    let cells = survey.all().filter_map(|row| row.get(at)).map(|cell| cell.trim());
    let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
    let is_short = |cell: &str| {
        cell.chars().count() <= 60
            && !cell.contains(['.', '?', '!', '<', '(', '=', '。', '、', '？', '！', '[', '/', '"'])
            && cell.split_whitespace().all(|word| word.chars().count() <= 40)
    };
    let odd = cells.iter().filter(|cell| !is_short(cell)).count();
    let mut distinct: Vec<&str> = cells.clone();
    distinct.sort_unstable();
    distinct.dedup();
    // Tags come again: of many rows a third of them at most is new. Anki takes the column for tags whatever is in it.
    let come_again = if is_ankis {
        cells.len() < 6 || distinct.len() * 4 <= cells.len() * 3
    } else {
        cells.len() > 1 && distinct.len() * 3 <= cells.len() + 3
    };
    odd * 10 <= cells.len() && come_again
}
