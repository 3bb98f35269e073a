//! Whether a file is a table at all. Commas and colons stand in every text, so a file that nobody named has to show that it is
//! one: text is split here and there, a table in nearly every line and into the same number of cells.

use crate::formats::Evidence;
use crate::formats::HeaderRow;
use crate::formats::columns;
use crate::formats::columns::names::is_in;
use crate::formats::csv::list::rows_below_headings;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;

/// What the first rows show. `is_said`: a directive at the top says what the file is.
pub(super) fn evidence(survey: &Survey, separator: &Separator, header: HeaderRow, is_said: bool) -> Evidence {
    let is_cloze = |row: &Vec<String>| row.first().is_some_and(|cell| columns::is_cloze(cell));
    // The first row may name the column.
    if is_said || header == HeaderRow::Sure || survey.all().take(2).any(is_cloze) {
        return Evidence::Said;
    }
    let even = if survey.columns > 1 { survey.even } else { 0 };
    let is_text = is_spaced(survey, separator);
    let is_even = match separator {
        // In a list all that comes later belongs to the meaning.
        Separator::First(_) | Separator::Dash => survey.split * 20 >= rows_below_headings(survey) * 19,
        // Hardly any text has tabs in it.
        Separator::Byte(b'\t') => survey.split * 4 >= survey.rows * 3,
        Separator::Byte(_) if is_text => even * 20 >= survey.rows * 19,
        Separator::Byte(_) | Separator::Escaped(_) | Separator::Text(_) | Separator::Line => {
            even * 4 >= survey.rows * 3
        }
    };
    let sentences = survey.all().filter(|row| is_sentence(row)).count();
    let of_log = survey.all().filter(|row| is_of_log(row)).count();
    let some = if separator.is_of_list() { survey.split } else { even };
    let is_prose = (is_text && sentences * 2 > filled_on_both_sides(survey))
        || of_log * 2 > survey.rows
        || is_mail(survey, separator)
        || survey.all().any(|row| is_of_subtitles(row))
        || are_settings(survey, separator);
    if is_prose || some * 2 < survey.rows {
        Evidence::None
    } else if !is_even {
        Evidence::MostRows
    } else if survey.rows < 2 {
        Evidence::OneRow
    } else {
        Evidence::Rows
    }
}

/// Whether the commas of most rows have a blank behind them, as those of a text do.
fn is_spaced(survey: &Survey, separator: &Separator) -> bool {
    let spaced = survey.all().filter(|row| later_are_spaced(row)).count();
    separator.is_comma() && spaced * 2 > filled_on_both_sides(survey)
}

/// Rows with something behind a separator. A comma at the end of a line, as in a letter, has nothing there.
fn filled_on_both_sides(survey: &Survey) -> usize {
    survey.all().filter(|row| row.iter().skip(1).any(|cell| !cell.trim().is_empty())).count()
}

fn later_are_spaced(row: &[String]) -> bool {
    let mut later = row.iter().skip(1).filter(|cell| !cell.is_empty()).peekable();
    later.peek().is_some() && later.all(|cell| cell.starts_with(' '))
}

/// Words of a line that is hardly a question and its answer.
const MANY_WORDS: usize = 6;

/// Words of a cell that is more than a term, where the row begins with a capital as a sentence does.
const FEW_WORDS: usize = 3;

/// Whether a row reads as a sentence: a blank behind each separator, and a full stop at its end, many words in small cells, the
/// capital and the words of a sentence, or a word with a colon in front of all, as in the head of a mail.
fn is_sentence(row: &[String]) -> bool {
    let words = |cell: &String| cell.split_whitespace().count();
    // A comma at the end of a line has nothing behind it.
    let ends = |cell: &String| cell.is_empty() || cell.trim_end().ends_with(['.', '!', '?', ':', ',', ';']);
    let first = row.first().map(|cell| cell.trim()).unwrap_or_default();
    let begins =
        first.chars().next().is_some_and(char::is_uppercase) && row.iter().any(|cell| words(cell) >= FEW_WORDS);
    let is_labelled = first.split_whitespace().next().is_some_and(|word| word.ends_with([':', ']']));
    later_are_spaced(row)
        && (row.last().is_some_and(ends) || begins || is_labelled || row.iter().map(words).sum::<usize>() >= MANY_WORDS)
}

/// What stands before the colons in the head of a mail.
const MAIL: &str = "\
    From|To|Subject|Date|Cc|Von|An|Betreff|Datum|De|À|Objet|Para|Asunto|Da|A|Oggetto|Assunto|Van|Aan|Onderwerp|Od|Do|\
    Temat|От|Кому|Тема";

/// Whether a text begins as a mail that was saved.
fn is_mail(survey: &Survey, separator: &Separator) -> bool {
    let is_cut = separator.bytes().contains(&b':');
    let label = |row: &&Vec<String>| {
        let cell = row.first().map(String::as_str).unwrap_or_default();
        let label = cell.split_once(':').map_or(if is_cut { cell } else { "" }, |(label, _)| label);
        is_in(MAIL, label)
    };
    survey.all().take_while(label).count() > 1
}

/// How the lines of a log say what they are of.
const LEVELS: &str = "TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL";

/// Whether a row is one of a log or of a chat: a moment to the second, a day and a time, or a level.
fn is_of_log(row: &[String]) -> bool {
    let first = row.first().map(|cell| cell.trim_matches(['[', ']', ':', ' '])).unwrap_or_default();
    is_in(LEVELS, first)
        || row.iter().any(|cell| time_at(cell).is_some_and(|behind| time_at(behind).is_some() || is_second(behind)))
        || (begins_with_day(first) && row.iter().any(|cell| time_at(cell).is_some()))
}

/// Whether a row is the line of a subtitle that says when it is shown.
fn is_of_subtitles(row: &[String]) -> bool {
    row.iter().any(|cell| cell.contains("-->") && time_at(cell).is_some())
}

/// What stands behind the minutes of the first time in a text: `10:15`.
fn time_at(text: &str) -> Option<&str> {
    let is_digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let is_time = |colon: usize| colon > 0 && [colon - 1, colon + 1, colon + 2].into_iter().all(is_digit);
    text.match_indices(':').find(|(colon, _)| is_time(*colon)).and_then(|(colon, _)| text.get(colon + 3..))
}

/// Whether seconds follow.
fn is_second(behind: &str) -> bool {
    let mut bytes = behind.bytes();
    bytes.next() == Some(b':') && bytes.by_ref().take(2).filter(u8::is_ascii_digit).count() == 2
}

/// Whether a text begins with a day in digits: `12/01/24`, `2024-01-12`.
fn begins_with_day(text: &str) -> bool {
    let day = text.split([' ', ',']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a text holds the settings of a program: names that are no words, values that only a program reads, or numbers behind
/// names that programs have.
fn are_settings(survey: &Survey, separator: &Separator) -> bool {
    let is_value = |value: &str| {
        matches!(value, "true" | "false" | "null" | "localhost")
            || value.starts_with(['/', '"'])
            || value.contains("://")
    };
    let is_one = |row: &&Vec<String>| match &row[..] {
        [name, value] => {
            let name = name.trim();
            !name.contains(char::is_whitespace)
                && (name.trim_matches('_').contains(['_', '.']) || is_value(value.trim()))
        }
        _ => false,
    };
    matches!(separator.bytes(), b" = " | b": " | b" : ")
        && (survey.all().filter(is_one).count() * 2 >= survey.rows || are_numbers_of_settings(survey))
}

/// Names of settings that programs have.
const SETTINGS: &str = "\
    port|host|hostname|timeout|retries|retry|workers|threads|version|width|height|debug|verbose|max|min|ttl|interval|delay|limit|cache|\
    buffer|backlog|fps|dpi|seed|epochs|batch|indent|tabsize|fontsize|columns|rows|uid|gid|pid|replicas|depth|enabled";

/// Units of numbers that only a program reads.
const UNITS: &str = "s|ms|us|kb|mb|gb|kib|mib|gib|px";

/// Whether names in small letters stand before values of which at least half are numbers, and one of them is that of a program's
/// setting, or a section is there, or a unit. Words for numbers stand before them too: `sieben = 7`, `gold: 79`.
fn are_numbers_of_settings(survey: &Survey) -> bool {
    let is_section =
        |row: &&Vec<String>| matches!(&row[..], [name] if name.trim().starts_with('[') && name.trim().ends_with(']'));
    let rows = || survey.all().filter(|row| !is_section(row));
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    let is_setting = |row: &Vec<String>| matches!(&row[..], [name, _] if is_name(name.trim()));
    // What stands behind the digits: a unit, or the other numbers of a version.
    let behind = |row: &Vec<String>| {
        let value = row.get(1)?.trim();
        let rest = value.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_short = rest.len() <= 3 || value.split('.').count() == 4;
        (rest.len() < value.len() && is_short && !value.contains(' ')).then(|| rest.to_lowercase())
    };
    // Of names with a hyphen in them are numbers too: `twenty-one`.
    let is_known = |row: &Vec<String>| {
        let name = row.first().map(|name| name.trim()).unwrap_or_default();
        name.contains(['_', '.']) || name.split('-').any(|part| is_in(SETTINGS, part))
    };
    let has_unit = |row: &Vec<String>| behind(row).is_some_and(|unit| is_in(UNITS, &unit));
    rows().all(is_setting)
        && rows().filter_map(behind).count() * 2 >= rows().count()
        && (survey.all().any(|row| is_section(&row)) || rows().any(is_known) || rows().any(has_unit))
}
