//! The lines above the rows of a table: Excel's `sep=;`, Anki's directives, and `#lmq`, which is ours.

use crate::core::text::nearest;
use crate::formats::FormatError;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::csv::VERSION;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::markdown;
use crate::formats::table::Rows;
use std::borrow::Cow;

/// What the lines above the rows say.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    /// There were directives, so a line that begins with `#` is a comment and not a card.
    pub(super) any: bool,
    pub(super) own: bool,
    pub(super) excel_safe: bool,
    pub(super) sep: Option<String>,
    pub(super) separator: Option<String>,
    pub(super) html: Option<bool>,
    pub(super) tags: Vec<String>,
    pub(super) columns: Option<String>,
    pub(super) notetype: Option<String>,
    pub(super) deck: Option<String>,
    /// Columns whose place a directive gives, counted from 0.
    pub(super) places: Vec<(usize, Column)>,
    /// Lines that look like directives and are none: their names, and what may be meant.
    pub(super) unknown: Vec<(String, Option<&'static str>)>,
    /// Directives whose value says nothing, as they are written.
    pub(super) senseless: Vec<String>,
    /// Other lines among the directives: comments.
    pub(super) comments: u64,
    /// Lines without a `#` that say something of all rows, as they are written.
    pub(super) of_all: Vec<String>,
    /// The file has a table of Markdown, whose first row names the columns.
    pub(super) is_markdown: bool,
    /// Lines above that table.
    pub(super) above: u64,
}

impl Head {
    pub(super) fn read(rows: &mut Rows<'_>) -> Result<Self, FormatError> {
        let mut head = Self::default();
        let mut first = true;
        loop {
            let sample = rows.sample()?;
            let end = sample.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(sample.len());
            let Ok(line) = std::str::from_utf8(sample.get(..end).unwrap_or_default()) else {
                break;
            };
            if let Some(sep) = excel_sep(line).filter(|_| first) {
                head.sep = Some(sep);
            } else if let Some((key, value)) = of_all(line, sample.get(end..).unwrap_or_default()).filter(|_| !head.any)
            {
                head.says_of_all(key, value);
                head.of_all.push(line.trim_end_matches(PADDING).to_owned());
            } else if !head.directive(line)? {
                break;
            }
            first = false;
            rows.skip_line()?;
        }
        head.find_markdown(rows)?;
        Ok(head)
    }

    /// Passes over what stands above a table or a list of Markdown.
    fn find_markdown(&mut self, rows: &mut Rows<'_>) -> Result<(), FormatError> {
        if self.own || rows.by_row || self.separator.is_some() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(rows.sample()?).into_owned();
        let found = markdown::table(&text);
        let above = found.map(|found| found.above).or_else(|| markdown::terms(&text));
        for line in text.lines().take(above.unwrap_or(0)) {
            self.above += u64::from(!line.trim().is_empty());
            rows.skip_line()?;
        }
        let Some(found) = found else { return Ok(()) };
        self.separator = Some("|".to_owned());
        self.is_markdown = found.has_names;
        Ok(())
    }

    /// `tags: verbs, spanish`, `deck: Spanish`
    fn says_of_all(&mut self, key: OfAll, value: &str) {
        match key {
            OfAll::Tags => {
                let tags = value.split([' ', '\t', ',', ';']).map(|tag| tag.trim_start_matches('#'));
                self.tags.extend(tags.filter(|tag| !tag.is_empty()).map(str::to_owned));
            }
            OfAll::Deck => self.deck = Some(value.to_owned()),
        }
    }

    /// Reads a line if it is a directive, or a comment after one; `false` if it is a row.
    fn directive(&mut self, line: &str) -> Result<bool, FormatError> {
        let line = unquoted(line);
        let Some(line) = line.strip_prefix('#') else {
            return Ok(false);
        };
        let Some((key, raw)) = line.split_once(':') else {
            self.comments += u64::from(self.any);
            return Ok(self.any);
        };
        let key = key.trim().to_lowercase();
        if !KNOWN.contains(&key.as_str()) {
            return Ok(self.unknown(&key));
        }
        // A spreadsheet pads the line to the width of the table.
        let bare = raw.trim_end_matches([',', ';', '\t', '|', ' ']).trim();
        let place = |column| bare.parse().ok().and_then(|place: usize| Some((place.checked_sub(1)?, column)));
        let makes_sense = match key.as_str() {
            "html" => bare.eq_ignore_ascii_case("true") || bare.eq_ignore_ascii_case("false"),
            "separator" => separator(raw, bare).is_some(),
            "columns" => bare.parse::<i64>().is_err(),
            key if key.ends_with(" column") => place(Column::Deck).is_some(),
            _ => true,
        };
        if !makes_sense {
            self.senseless.push(format!("#{key}:{bare}"));
            self.any = true;
            return Ok(true);
        }
        match key.as_str() {
            "lmq" => self.own(bare)?,
            "separator" => self.separator = separator(raw, bare),
            "html" => self.html = Some(bare.eq_ignore_ascii_case("true")),
            "tags" => self.tags = bare.split_whitespace().map(str::to_owned).collect(),
            "columns" => self.columns = Some(raw.to_owned()),
            "notetype" => self.notetype = Some(bare.to_owned()),
            "deck" => self.deck = Some(bare.to_owned()).filter(|deck| !deck.is_empty()),
            "notetype column" => self.places.extend(place(Column::NoteType)),
            "deck column" => self.places.extend(place(Column::Deck)),
            "tags column" => self.places.extend(place(Column::Tags)),
            "guid column" => self.places.extend(place(Column::Guid)),
            _ => {}
        }
        self.any = true;
        Ok(true)
    }

    /// A directive that nobody knows, or a comment; `false` if it is a row.
    fn unknown(&mut self, key: &str) -> bool {
        let is_name =
            !key.is_empty() && key.len() <= 20 && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
        let meant = nearest(key, KNOWN.iter().copied().filter(|known| *known != "lmq"));
        if is_name && (self.any || meant.is_some()) {
            self.any = true;
            self.unknown.push((key.to_owned(), meant));
        } else {
            self.comments += u64::from(self.any);
        }
        self.any
    }

    /// `#lmq:1 excel-safe`
    fn own(&mut self, value: &str) -> Result<(), FormatError> {
        let mut words = value.split_whitespace();
        let version = words.next().and_then(|version| version.parse::<u32>().ok()).unwrap_or(0);
        if version == 0 || version > VERSION {
            return Err(FormatError::NotThis(TableFault::Newer(value.to_owned()).into()));
        }
        self.own = true;
        self.excel_safe = words.any(|word| word == "excel-safe");
        Ok(())
    }

    pub(super) fn dialect(&self) -> Dialect {
        match (self.own, self.any) {
            (true, _) => Dialect::Own,
            (false, true) => Dialect::Anki,
            (false, false) => Dialect::Plain,
        }
    }
}

/// The directives that there are.
const KNOWN: &[&str] = &[
    "lmq",
    "separator",
    "html",
    "tags",
    "columns",
    "notetype",
    "deck",
    "notetype column",
    "deck column",
    "tags column",
    "guid column",
    "if matches",
    "match scope",
];

/// What a line above the rows says of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfAll {
    Tags,
    Deck,
}

/// What a spreadsheet puts behind a line that has fewer cells than the table.
const PADDING: [char; 6] = [',', ';', '\t', '|', ' ', '"'];

/// Lines that are looked at to tell whether all of them have a word and a colon in front.
const LOOKED_AT: usize = 20;

/// A line such as `tags: verbs` with what it says, where the lines below are not written so: they may be a list of terms, in which `tags` is one.
fn of_all<'l>(line: &'l str, below: &[u8]) -> Option<(OfAll, &'l str)> {
    let (key, value) = line.trim_start_matches('"').split_once(':')?;
    let key = match key.trim().to_lowercase().as_str() {
        "tags" => OfAll::Tags,
        "deck" => OfAll::Deck,
        _ => return None,
    };
    let value = value.trim_end_matches(PADDING).trim();
    let below = String::from_utf8_lossy(below);
    let mut rows = below.lines().map(str::trim).filter(|line| !line.is_empty()).take(LOOKED_AT).peekable();
    let is_alike = |line: &&str| {
        let before = line.split_once(':').map(|(before, behind)| (before, behind.starts_with(char::is_whitespace)));
        before.is_some_and(|(before, is_apart)| is_apart && !before.contains(PADDING))
    };
    rows.peek()?;
    let (alike, others): (Vec<&str>, Vec<&str>) = rows.partition(is_alike);
    (alike.len() <= 1 && alike.len() < others.len() && value.contains(char::is_alphanumeric)).then_some((key, value))
}

/// A line whose first cell a spreadsheet put in quotes, without these.
fn unquoted(line: &str) -> Cow<'_, str> {
    match line.strip_prefix("\"#").and_then(|rest| rest.rsplit_once('"')) {
        Some((inner, _)) => format!("#{}", inner.replace("\"\"", "\"")).into(),
        None => line.into(),
    }
}

/// Excel's `sep=;`, which it quotes when it saves, and pads.
fn excel_sep(line: &str) -> Option<String> {
    let line = line.trim_start_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    let first = value.chars().next().filter(char::is_ascii)?;
    let is_padding = |c: char| matches!(c, '"' | ',' | ';' | '\t' | ' ') || c == first;
    (key.eq_ignore_ascii_case("sep=") && value.chars().all(is_padding)).then(|| first.to_string())
}

/// The separator that `#separator:` names.
fn separator(raw: &str, bare: &str) -> Option<String> {
    let said = match bare.to_lowercase().as_str() {
        "comma" => ",",
        "semicolon" => ";",
        "tab" | "\\t" => "\t",
        "space" => " ",
        "pipe" => "|",
        "colon" => ":",
        word if word.chars().filter(|c| c.is_alphanumeric()).count() > 1 => return None,
        // The character itself, perhaps with the padding of a spreadsheet.
        _ => return raw.chars().find(|c| *c != ' ').filter(|c| !matches!(c, '"' | '#')).map(String::from),
    };
    Some(said.to_owned())
}
