//! A table or a list of terms as Markdown has it, in a file that has hardly anything else.

use crate::formats::csv::LISTS;
use crate::formats::csv::list;

/// Lines of other text that may stand beside the table: what it is about, where it comes from.
const MOST_OTHERS: usize = 2;

/// A table in a text: how many lines stand above the names of its columns, and whether there are names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) above: usize,
    pub(super) has_names: bool,
}

/// What a line of Markdown is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    /// A heading.
    Heading,
    /// Cells between bars.
    Row(usize),
    /// The line below the names: so many cells of dashes.
    Rule(usize),
    Other,
}

/// The cells between the bars of a line; an escaped bar is one of the text.
fn cells(line: &str) -> Vec<String> {
    let bare = line.trim().replace("\\|", "");
    let bare = bare.strip_prefix('|').unwrap_or(&bare);
    bare.strip_suffix('|').unwrap_or(bare).split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn line(text: &str) -> Line {
    let trimmed = text.trim();
    let is_dashes =
        |cell: &String| cell.len() > 1 && cell.contains('-') && cell.trim_matches(':').bytes().all(|byte| byte == b'-');
    match trimmed {
        "" => Line::Blank,
        heading if heading.starts_with('#') => Line::Heading,
        row if row.contains('|') => {
            let cells = cells(row);
            if cells.iter().all(is_dashes) { Line::Rule(cells.len()) } else { Line::Row(cells.len()) }
        }
        _ => Line::Other,
    }
}

/// How many lines the settings take that some programs put at the top of a text, between two lines of dashes.
fn front_matter(lines: &[&str]) -> usize {
    let is_mark = |line: &&str| line.trim_end() == "---";
    match lines.first() {
        Some(first) if is_mark(first) => lines.iter().skip(1).position(is_mark).map_or(0, |end| end + 2),
        _ => 0,
    }
}

/// The table in a text that holds one, or several with the same names, and hardly anything else but headings.
pub(super) fn table(text: &str) -> Option<Found> {
    let lines: Vec<&str> = text.lines().collect();
    let start = front_matter(&lines);
    let rest = lines.get(start..)?;
    let kinds: Vec<Line> = rest.iter().map(|text| line(text)).collect();
    let count = |is: fn(&Line) -> bool| kinds.iter().filter(|kind| is(kind)).count();
    let others = count(|kind| *kind == Line::Other);
    let rows = count(|kind| matches!(kind, Line::Row(_)));
    let heads = kinds.windows(2).enumerate().filter_map(|(at, two)| match two {
        [Line::Row(cells), Line::Rule(dashes)] if cells == dashes && *cells > 1 => Some(at),
        _ => None,
    });
    let heads: Vec<usize> = heads.collect();
    let names: Vec<Vec<String>> = heads.iter().filter_map(|at| rest.get(*at)).map(|head| cells(head)).collect();
    let (first, at) = (names.first()?, *heads.first()?);
    let is_clean =
        count(|kind| matches!(kind, Line::Rule(_))) == heads.len() && names.iter().all(|other| other == first);
    let is_table = is_clean && others <= MOST_OTHERS && rows > heads.len() + others;
    // What stands above it has no bars: else it is a row.
    let is_first = !kinds.get(..at)?.iter().any(|kind| matches!(kind, Line::Row(_)));
    let has_names = first.iter().any(|name| !name.is_empty());
    (is_table && is_first).then_some(Found { above: start + at, has_names })
}

/// How many lines stand above a list of terms, `- term: definition` or `- term - definition`, in a text that holds hardly anything
/// else but headings.
pub(super) fn terms(text: &str) -> Option<usize> {
    let lines: Vec<&str> = text.lines().collect();
    let start = front_matter(&lines);
    let is_term = |text: &str| {
        let term = list::without_mark(text)?;
        // Two blanks are an indentation here.
        let signs = LISTS.iter().filter(|sign| !sign.trim().is_empty());
        signs
            .filter_map(|sign| term.split_once(sign))
            .any(|(term, meaning)| !term.trim().is_empty() && !meaning.trim().is_empty())
            .then_some(())
    };
    let (mut items, mut others) = (0, 0);
    for text in lines.get(start..)? {
        match line(text) {
            Line::Blank | Line::Heading => {}
            Line::Row(_) | Line::Rule(_) | Line::Other if is_term(text).is_some() => items += 1,
            Line::Row(_) | Line::Rule(_) | Line::Other => others += 1,
        }
    }
    (items > 1 && others <= MOST_OTHERS && items > others).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_terms_is_what_nearly_all_of_the_text_is() {
        for (text, above) in [
            ("- Hund: dog\n- Katze: cat\n", Some(0)),
            ("# Words\n\n* Hund — dog\n* Katze — cat\n", Some(0)),
            ("---\ntitle: x\n---\n## A\n1. **Hund** - dog\n2. **Katze** - cat\n", Some(3)),
            ("My words:\n- Hund = dog\n  - Katze = cat\n", Some(0)),
            ("- buy milk\n- call Anna\n", None),
            ("- Hund: dog\n", None),
            ("Some text: here.\nMore text: there.\n", None),
            ("- Hund: dog\n- Katze: cat\n\nProse.\n\nMore.\n\nStill more.\n", None),
            ("- [ ] task one\n- [x] task two\n", None),
        ] {
            assert_eq!(terms(text), above, "{text}");
        }
    }

    #[test]
    fn a_table_is_what_nearly_all_of_the_text_is() {
        for (text, above) in [
            ("| a | b |\n|---|---|\n| c | d |\n", Some(0)),
            ("# Words\n\n| a | b |\n| :-- | --: |\n| c | d |\n", Some(2)),
            ("a | b\n--|--\nc | d\n", Some(0)),
            ("---\ntitle: x\n---\n\nMy words:\n\n|a|b|\n|--|--|\n|c|d|\n|e|f|\n", Some(6)),
            ("## A\n|a|b|\n|--|--|\n|c|d|\n## B\n|a|b|\n|--|--|\n|e|f|\n", Some(1)),
            ("## A\n|a|b|\n|--|--|\n|c|d|\n## B\n|g|h|\n|--|--|\n|e|f|\n", None),
            ("# Title\n\nText.\n\nMore text.\n\nStill more.\n\n|a|b|\n|--|--|\n|c|d|\n|e|f|\n", None),
            ("|a|b|\n|c|d|\n", None),
            ("a - b\n---\nc - d\n", None),
            ("|a|b|\n|--|--|--|\n|c|d|\n", None),
            ("|a|b|\n|--|--|\n", None),
            ("", None),
        ] {
            assert_eq!(table(text).map(|found| found.above), above, "{text}");
        }
        assert_eq!(table("| | |\n|--|--|\n|c|d|\n|e|f|\n"), Some(Found { above: 0, has_names: false }));
    }
}
