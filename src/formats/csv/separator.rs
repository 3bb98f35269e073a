//! Which text separates the columns of a table.

use crate::formats::FormatError;
use crate::formats::TableOptions;
use crate::formats::columns;
use crate::formats::csv::DASHES;
use crate::formats::csv::DELIMITERS;
use crate::formats::csv::LISTS;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::header::is_header;
use crate::formats::csv::header::names_clozes;
use crate::formats::csv::list::rows_below_headings;
use crate::formats::table::Rows;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey;
use crate::formats::table::survey::Survey;
use std::cmp::Reverse;

/// Finds the separator, sets it, and tells how the first rows look with it.
pub(super) fn find(
    rows: &mut Rows<'_>,
    head: &Head,
    options: &TableOptions,
    default: Option<u8>,
    warnings: &mut Vec<TableWarning>,
) -> Result<Survey, FormatError> {
    let comments = rows.comments;
    let sample = rows.sample()?.to_vec();
    let whole = rows.is_whole();
    let survey = |separator: &Separator| survey::survey(&sample, whole, separator, comments);
    let of_file = head.separator.as_deref().or(head.sep.as_deref()).map(Separator::of);
    let said = options.delimiter.as_deref().map(Separator::of).or(of_file).or(default.map(Separator::Byte));
    let one_column_will_do = |found: &Survey| {
        found.rows == 0
            || head.notetype.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("cloze"))
            || are_clozes(&survey(&Separator::Line))
    };
    if let Some(said) = said {
        let mut found = survey(&said);
        rows.separator = said.clone();
        if let Separator::Text(text) = &said
            && found.columns == 2
        {
            // A list of terms: a separator within what a term means is part of it.
            rows.separator = Separator::First(text.clone());
            found = survey(&rows.separator);
        }
        if let Some((escaped, found)) = with_escapes(&survey, &said, &found) {
            rows.separator = escaped;
            return Ok(found);
        }
        if found.split > 0 || one_column_will_do(&found) {
            return Ok(found);
        }
        // A spreadsheet saves with its own separator and keeps the line that names the old one.
        if let Some((separator, found)) = guess(&survey).filter(|_| options.delimiter.is_none()) {
            warnings.push(TableWarning::OtherSeparator { said: said.name(), taken: separator.name() });
            rows.separator = separator;
            return Ok(found);
        }
        return Err(FormatError::NotThis(TableFault::NothingSeparated(said.name()).into()));
    }
    let lines = survey(&Separator::Line);
    // Of most files this tells without a look at each sign.
    if lines.rows == 1
        && !are_clozes(&lines)
        && let Some((between, rows)) = several_rows_in_one(&survey)
    {
        return Err(FormatError::NotThis(TableFault::OneLine { between, rows }.into()));
    }
    let guessed = guess(&survey);
    // What hides something is a sentence, in which dashes and colons stand too. A blank stands behind each of its commas, and
    // hardly behind those of a table; none of a table stands in a gap.
    let is_text = |(separator, found): &(Separator, Survey)| match separator {
        separator if separator.is_comma() => {
            !is_header(&found.first) && (found.is_spaced_throughout() || clozes(found) < clozes(&lines))
        }
        separator => separator.is_of_list(),
    };
    if guessed.as_ref().is_none_or(is_text) && are_clozes(&lines) {
        rows.separator = Separator::Line;
        return Ok(lines);
    }
    if let Some((separator, found)) = guessed {
        let (separator, found) = with_escapes(&survey, &separator, &found).unwrap_or((separator, found));
        if separator.is_of_list() {
            warnings.push(TableWarning::TermList(separator.name()));
        }
        rows.separator = separator;
        return Ok(found);
    }
    if one_column_will_do(&lines) {
        rows.separator = Separator::Line;
        return Ok(lines);
    }
    let lists = dashes().map(|separator| (separator.clone(), survey(&separator)));
    let nearly = lists.filter(|(_, found)| found.split > 1 && !are_labels(found)).max_by_key(|(_, found)| found.split);
    Err(FormatError::NotThis(match nearly {
        Some((separator, Survey { split, rows, .. })) if split * 2 >= rows => {
            TableFault::HardlyAList { separator: separator.text(), split, rows }.into()
        }
        _ => TableFault::OneColumn.into(),
    }))
}

/// The separators of a list that hardly stand in a line by chance, but in sums.
fn dashes() -> impl Iterator<Item = Separator> {
    LISTS.iter().take(DASHES).map(|text| Separator::First(text.as_bytes().into())).chain([Separator::Dash])
}

/// The same separator with `\"` in quoted cells, where quotes only make sense so.
fn with_escapes(
    survey: &impl Fn(&Separator) -> Survey,
    separator: &Separator,
    found: &Survey,
) -> Option<(Separator, Survey)> {
    let Separator::Byte(byte) = separator else { return None };
    let has_slashes = |row: &Vec<String>| row.iter().any(|cell| cell.contains("\\\""));
    if found.strays == 0 || !found.all().any(has_slashes) {
        return None;
    }
    let escaped = Separator::Escaped(*byte);
    let better = survey(&escaped);
    (better.strays == 0 && better.split > 0 && even_rows(&better) >= even_rows(found)).then_some((escaped, better))
}

/// Words on each side of two pairs that stand on one line: more are a sentence.
const MOST_WORDS: usize = 5;

/// What stands between rows, where a file of one line holds several: `a - b; c - d; e - f`, `a,b;c,d;e,f`. There each cell but the first and the
/// last has it once.
fn several_rows_in_one(survey: &impl Fn(&Separator) -> Survey) -> Option<(char, usize)> {
    let between = |sides: Separator| {
        let found = survey(&sides);
        let inner = found.first_raw.get(1..found.first_raw.len().checked_sub(1)?)?;
        let is_tab = sides == Separator::Byte(b'\t');
        // Of two pairs a cell may as well be text: behind a tab, where a blank follows the sign, and around a colon.
        let parts = || found.first_raw.iter().flat_map(|cell| cell.split([';', '|', ',']));
        let are_short = || parts().all(|part| part.split_whitespace().count() <= MOST_WORDS);
        let may_be_two = |sign: char| match inner {
            [cell] if is_tab => !cell.contains(&format!("{sign} ")),
            [_] => are_short() && !matches!(sides.bytes(), b"  ") && !sides.bytes().contains(&b':'),
            inner => !inner.is_empty(),
        };
        let is_between = |sign: &char| inner.iter().all(|cell| cell.matches(*sign).count() == 1) && may_be_two(*sign);
        // Of a table with tabs any cell may have a comma.
        let signs = if is_tab || sides.is_comma() { [';', '|'].as_slice() } else { &[';', '|', ','] };
        let sign = signs.iter().copied().find(is_between)?;
        (found.rows == 1).then(|| (sign, inner.len() + 1))
    };
    let texts = LISTS.iter().map(|text| Separator::Text(text.as_bytes().into()));
    std::iter::once(Separator::Byte(b'\t')).chain(texts).chain([Separator::Byte(b',')]).find_map(between)
}

/// The separator that gives most rows the same two or more columns; else the one of a list.
fn guess(survey: &impl Fn(&Separator) -> Survey) -> Option<(Separator, Survey)> {
    let bytes = DELIMITERS.iter().map(|byte| Separator::Byte(*byte));
    let mut tried: Vec<(Separator, Survey)> = bytes.map(|separator| (separator.clone(), survey(&separator))).collect();
    tried.retain(|(_, found)| found.split > 0);
    // Hardly any text has tabs in it. Stable sorts: of equals the likelier one stays in front.
    let is_tabbed = |separator: &Separator, found: &Survey| {
        *separator == Separator::Byte(b'\t') && even_rows(found) * 20 >= found.rows * 19
    };
    tried.sort_by_cached_key(|(separator, found)| {
        let rank = (Reverse(even_rows(found)), found.strays, Reverse(found.split));
        (!is_header(&found.first), !is_tabbed(separator, found), is_doubtful(separator, found), rank)
    });
    let table = tried.into_iter().find(|(_, found)| {
        is_header(&found.first) || even_rows(found) * 2 > found.rows || found.split * 2 > found.rows
    });
    let is_sure = |(separator, found): &(Separator, Survey)| {
        is_header(&found.first) || (even_rows(found) == found.rows && !may_be_list(separator, found))
    };
    if table.as_ref().is_some_and(is_sure) {
        return table;
    }
    // A comma in nearly every line of a list is no wonder; a ` - ` in every line of a table would be one.
    let others = LISTS.iter().skip(DASHES).map(|text| Separator::First(text.as_bytes().into()));
    let mut lists = dashes()
        .chain(others)
        .map(|separator| (separator.clone(), survey(&separator)))
        .filter(|(_, found)| is_list(found));
    // A minus separates nothing where something else does: `5 - 3 = 2`.
    let mut sums = None;
    let list = lists.find(|list| {
        let is_sum = dashes().any(|dash| dash == list.0) && are_sums(&list.1);
        if is_sum {
            sums.get_or_insert_with(|| list.clone());
        }
        !is_sum
    });
    match (table, list.or(sums)) {
        (Some(table), Some((list, _)))
            if even_rows(&table.1) * 20 >= table.1.rows * 19
                && !(may_be_list(&table.0, &table.1) && is_rather_list(survey, &list, &table)) =>
        {
            Some(table)
        }
        (None, None) => dashes()
            .map(|separator| (separator.clone(), survey(&separator)))
            .find(|(_, found)| is_list_with_strays(found) && !are_sums(found)),
        (table, list) => list.or(table),
    }
}

/// Whether what a sign stands between are mostly numbers or letters of formulas.
fn are_sums(found: &Survey) -> bool {
    let is_operand = |word: Option<&str>| {
        word.map(|word| word.trim_matches(['(', ')', '[', ']'])).is_some_and(|word| {
            let mut chars = word.chars();
            let is_letter =
                matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic() && c < '\u{530}');
            is_letter || word.contains(|c: char| c.is_ascii_digit())
        })
    };
    let is_sum = |row: &&Vec<String>| match &row[..] {
        [one, other, ..] => {
            is_operand(one.split_whitespace().next_back()) && is_operand(other.split_whitespace().next())
        }
        _ => false,
    };
    found.all().filter(is_sum).count() * 2 > found.rows
}

/// Whether what would separate is hardly even, or rather part of the texts in most rows. A table has such signs in its cells too, so
/// this tells only where another one separates as well.
fn is_doubtful(separator: &Separator, found: &Survey) -> bool {
    let of_texts = found.all().filter(|row| is_of_texts(separator, row)).count();
    even_rows(found) * 4 < found.rows * 3 || of_texts * 4 > found.rows * 3
}

/// Whether what separates a row seems to be part of its texts: nothing behind it (`COMMIT;`), a blank behind it and none before
/// (`large; huge`), another separator right behind it (`t;,all rows`), digits on both sides (`1,5`), or bars around the whole row.
fn is_of_texts(separator: &Separator, row: &[String]) -> bool {
    let rival = |c: char| !separator.bytes().contains(&(c as u8)) && c.is_ascii() && DELIMITERS.contains(&(c as u8));
    let digit = |c: char| c.is_ascii_digit();
    let is_spaced = |(before, behind): (&str, &str)| !before.ends_with(' ') && behind.starts_with(' ');
    // Of two signs side by side the first one ends a text, as that of a statement does.
    let is_at_edge = |(_, behind): (&str, &str)| behind.starts_with(rival);
    let is_decimal = |(before, behind): (&str, &str)| before.ends_with(digit) && behind.starts_with(digit);
    let pairs = || row.iter().map(String::as_str).zip(row.iter().skip(1).map(String::as_str));
    let begins = |sign: char| row.first().is_some_and(|cell| cell.trim_start().starts_with(sign));
    let ends = |sign: char| row.last().is_some_and(|cell| cell.trim_end().ends_with(sign));
    let is_of_markdown = *separator != Separator::Byte(b'|') && begins('|') && ends('|');
    row.iter().filter(|cell| !cell.trim().is_empty()).count() < 2
        || is_of_markdown
        || pairs().all(is_spaced)
        || pairs().any(is_at_edge)
        || (separator.bytes() == b"," && pairs().all(is_decimal))
}

/// Whether what looks like a table may be a list, with a comma in each term: `rojo, roja - red`.
fn may_be_list(separator: &Separator, found: &Survey) -> bool {
    let has_sign = |row: &Vec<String>| row.iter().any(|cell| LISTS.iter().any(|sign| cell.contains(sign)));
    separator.is_comma()
        && found.rows > 1
        && found.quoted == 0
        && (found.is_spaced_throughout() || found.all().all(has_sign))
}

/// Whether the separator of a list stands once in each line, and the commas are of the texts around it. Several blanks separate columns,
/// and stand behind commas too; a colon stands in any text, and so it has to come behind the comma.
fn is_rather_list(
    survey: &impl Fn(&Separator) -> Survey,
    list: &Separator,
    (comma, table): &(Separator, Survey),
) -> bool {
    let found = survey(&Separator::Text(list.bytes().into()));
    let comma = comma.text();
    let are_behind = || found.all().all(|row| row.first().is_some_and(|term| term.contains(&comma)));
    list.bytes() != b"  "
        && found.columns == 2
        && found.even == found.rows
        && (!list.bytes().contains(&b':') || are_behind())
        && (table.is_spaced_throughout() || are_alike(&found, list, &comma))
}

/// Words of one of several forms of a term at most.
const MOST_WORDS_OF_FORM: usize = 3;

/// Whether commas that no blank follows are hardly those of a table: in most rows what they separate in a term are forms of one word
/// (`rojo,roja - red`), and no term and a text (`chien,dog - noun`); in a meaning they are of one kind (`groß - big,large`). An equals
/// sign and a colon stand in the cells of any table (`force,F = ma`), and of sums nobody can tell.
fn are_alike(found: &Survey, list: &Separator, comma: &str) -> bool {
    let words = |piece: &str| piece.split_whitespace().count();
    let is_of_one_kind = |side: &String| {
        let first = side.split(comma).next().map_or(0, words);
        (1..=MOST_WORDS_OF_FORM).contains(&first) && side.split(comma).all(|piece| words(piece) == first)
    };
    let has_forms = |row: &&Vec<String>| {
        let mut with_comma = row.iter().enumerate().filter(|(_, side)| side.contains(comma)).peekable();
        let is_alike = |(at, side): (usize, &String)| is_of_one_kind(side) && (at > 0 || share_a_stem(side, comma));
        with_comma.peek().is_some() && with_comma.all(is_alike)
    };
    let stands_in_cells = list.bytes().iter().any(|byte| b":=".contains(byte));
    !stands_in_cells && !are_sums(found) && found.all().filter(has_forms).count() * 4 >= found.rows * 3
}

/// Whether two of the forms of a term begin alike, as those of one word do: `el gato,la gata`, `go,went,gone`.
fn share_a_stem(term: &str, comma: &str) -> bool {
    let words: Vec<String> =
        term.split(comma).filter_map(|form| form.split_whitespace().next_back()).map(str::to_lowercase).collect();
    let is_stem = |(one, other): (&String, &String)| {
        let alike = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
        alike > 1 && alike * 5 >= one.chars().count().min(other.chars().count()) * 3
    };
    words.iter().enumerate().any(|(at, one)| words.iter().skip(at + 1).any(|other| is_stem((one, other))))
}

/// Whether nearly each line is a term and its meaning, but for headings.
fn is_list(found: &Survey) -> bool {
    let rows = rows_below_headings(found);
    rows > 1 && rows * 2 > found.rows && found.split * 20 >= rows * 19 && !are_labels(found)
}

/// Whether it is a list with a few lines that have nothing to separate, as where a line of a page was wrapped.
fn is_list_with_strays(found: &Survey) -> bool {
    let rows = rows_below_headings(found);
    rows > 4 && rows * 2 > found.rows && found.split * 5 >= rows * 4 && !are_labels(found)
}

/// How many rows have a cell that hides something as a cloze does.
fn clozes(found: &Survey) -> usize {
    found.all().filter(|row| row.iter().any(|cell| columns::is_cloze(cell))).count()
}

/// Whether nearly each line is a cloze, below one that may name the text.
fn are_clozes(lines: &Survey) -> bool {
    let below = lines.rows - usize::from(names_clozes(lines));
    below > 0 && clozes(lines) * 10 >= below * 9
}

/// Whether what stands before the separator are labels of the lines, as in `Q: …` and `A: …`, and no terms.
fn are_labels(survey: &Survey) -> bool {
    let terms = survey.all().filter_map(|row| row.first());
    let mut terms: Vec<&str> = terms.map(|term| term.trim()).collect();
    let all = terms.len();
    terms.sort_unstable();
    terms.dedup();
    all > 3 && terms.len() * 2 <= all
}

fn even_rows(survey: &Survey) -> usize {
    if survey.columns > 1 { survey.even } else { 0 }
}
