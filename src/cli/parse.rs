//! Values of options.

pub(super) use crate::core::study_day::Ahead;

use crate::core::card::CARD_KINDS;
use crate::core::card::Markup;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::env::Env;
use crate::formats::ColumnChoice;
use crate::formats::EXPORTERS;
use crate::formats::IMPORTERS;
use crate::formats::is_encoding;
use crate::formats::parse_columns;
use crate::report::RENDERERS;
use clap::builder::PossibleValuesParser;

/// `--now`.
pub(super) fn now(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_rfc3339(text)
        .or_else(|| Env::local_time(text))
        .ok_or_else(|| "not a time; write 2026-01-15T09:00:00+01:00, or 2026-01-15T09:00 for local time".to_owned())
}

/// The name of a format that can be imported.
pub(super) fn importer() -> PossibleValuesParser {
    PossibleValuesParser::new(IMPORTERS.iter().map(|importer| importer.name()))
}

/// The name of a format that notes can be exported as.
pub(super) fn exporter() -> PossibleValuesParser {
    PossibleValuesParser::new(EXPORTERS.iter().map(|exporter| exporter.name()))
}

/// The name of a kind of card.
pub(super) fn kind() -> PossibleValuesParser {
    PossibleValuesParser::new(CARD_KINDS.iter().map(|kind| kind.name()))
}

/// The name of a form that a report can have.
pub(super) fn renderer() -> PossibleValuesParser {
    PossibleValuesParser::new(RENDERERS.iter().map(|renderer| renderer.name()))
}

/// A whole number.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse()
        .map_err(|_| if digits { "the number is too large" } else { "write a whole number, such as 5" }.to_owned())
}

/// A whole number of at least `from` and at most `to`.
pub(super) fn number(text: &str, from: u32, to: u32) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| (from..=to).contains(number));
    number.ok_or_else(|| format!("write a whole number from {from} to {to}"))
}

/// Milliseconds.
pub(super) fn milliseconds(text: &str) -> Result<u32, String> {
    number(text, 0, u32::MAX)
}

/// A date, or a number of days before today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    On(StudyDay),
    Ago(u32),
}

impl Day {
    pub(super) fn resolve(self, today: StudyDay) -> StudyDay {
        match self {
            Self::On(day) => day,
            Self::Ago(days) => today.plus(-i64::from(days)),
        }
    }
}

/// `2026-01-15` or `30d`.
pub(super) fn day(text: &str) -> Result<Day, String> {
    if let Some(days) = text.strip_suffix('d').and_then(|number| number.parse().ok()) {
        return Ok(Day::Ago(days));
    }
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map(|date| Day::On(StudyDay::from_date(date)))
        .map_err(|_| "not a day; write 2026-01-15, or 30d for thirty days ago".to_owned())
}

/// `2026-01-15`, `7d`, `today` or `tomorrow`.
pub(super) fn ahead(text: &str) -> Result<Ahead, String> {
    Ahead::read(text).ok_or_else(|| "not a day; write 2026-01-15, 7d for in seven days, today or tomorrow".to_owned())
}

/// A separator of columns: any text on one line, or the name of a character.
pub(super) fn delimiter(text: &str) -> Result<String, String> {
    let said = match text.to_lowercase().as_str() {
        "tab" | "\\t" => "\t",
        "comma" => ",",
        "semicolon" => ";",
        "pipe" => "|",
        "colon" => ":",
        "space" => " ",
        _ if text.is_empty() || text.contains(['"', '\n', '\r', '\0']) => {
            return Err("not a separator; give a text without quotes and line ends, or tab, comma, semicolon, pipe, \
                        colon, space"
                .to_owned());
        }
        _ => text,
    };
    Ok(said.to_owned())
}

/// An encoding by one of its usual names.
pub(super) fn encoding(text: &str) -> Result<String, String> {
    if is_encoding(text) {
        return Ok(text.to_owned());
    }
    Err("not a known encoding; usual ones are utf-8, utf-16le, windows-1252, windows-1250, windows-1251, \
         iso-8859-2, gb18030, big5, shift_jis, euc-jp, euc-kr"
        .to_owned())
}

/// How texts are marked up.
pub(super) fn markup(text: &str) -> Result<Markup, String> {
    match text.to_lowercase().as_str() {
        "plain" => Ok(Markup::Plain),
        "html" => Ok(Markup::Html),
        "markdown" => Ok(Markup::Markdown),
        _ => Err("not a markup; write plain, html or markdown".to_owned()),
    }
}

/// Yes or no.
pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

/// `front=2,back=3`; a type of its own, so that the command line takes it for one value.
#[derive(Debug, Clone)]
pub(super) struct Columns(pub(super) Vec<ColumnChoice>);

/// Which columns hold what.
pub(super) fn columns(text: &str) -> Result<Columns, String> {
    parse_columns(text).map(Columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_or_counted_back() {
        let today = StudyDay(100);
        assert_eq!(day("30d").unwrap().resolve(today), StudyDay(70));
        assert_eq!(day("1970-01-02").unwrap().resolve(today), StudyDay(1));
        for bad in ["", "d", "2026-13-01", "tomorrow", "-1d"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_ahead_are_dates_or_counted_forward() {
        let today = StudyDay(100);
        for (text, day) in [("7d", 107), ("today", 100), ("tomorrow", 101), ("1970-01-02", 1)] {
            assert_eq!(ahead(text).unwrap().resolve(today), StudyDay(day), "{text}");
        }
        for bad in ["", "d", "-1d", "99999d", "2026-13-01", "9999-01-01", "soon"] {
            assert!(ahead(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_refused_in_our_own_words() {
        assert_eq!(count("20"), Ok(20));
        for bad in ["", "x", "-1", "1.5", "99999999999999999999999"] {
            let said = count(bad).unwrap_err();
            assert!(!said.contains("digit") && said.contains("number"), "{bad}: {said}");
        }
        assert_eq!(number("5", 1, 9), Ok(5));
        for bad in ["0", "10", "", "five", "-3"] {
            assert_eq!(number(bad, 1, 9), Err("write a whole number from 1 to 9".to_owned()), "{bad}");
        }
    }

    #[test]
    fn separators_have_names() {
        assert_eq!(delimiter("tab").as_deref(), Ok("\t"));
        assert_eq!(delimiter(" - ").as_deref(), Ok(" - "));
        assert!(delimiter("").is_err() && delimiter("a\nb").is_err() && delimiter("\"").is_err());
    }
}
