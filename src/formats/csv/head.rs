//! The lines above the rows of a table: Excel's `sep=;`, Anki's directives, and `#lmq`, which is ours.

use crate::formats::FormatError;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::csv::VERSION;
use crate::formats::csv::fault::TableFault;
use crate::formats::table::Rows;

/// What the lines above the rows say.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// There were directives, so a line that begins with `#` is a comment and not a card.
    pub(super) any: bool,
    pub(super) own: bool,
    pub(super) excel_safe: bool,
    pub(super) sep: Option<u8>,
    pub(super) separator: Option<u8>,
    pub(super) html: bool,
    pub(super) tags: Vec<String>,
    pub(super) columns: Option<String>,
    pub(super) notetype: Option<String>,
    pub(super) deck: Option<String>,
    /// Columns whose place a directive gives, counted from 0.
    pub(super) places: Vec<(usize, Column)>,
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
            } else if !head.directive(line)? {
                break;
            }
            first = false;
            rows.skip_line()?;
        }
        Ok(head)
    }

    /// Reads a line if it is a directive, or a comment after one; `false` if it is a row.
    fn directive(&mut self, line: &str) -> Result<bool, FormatError> {
        let Some(line) = line.strip_prefix('#') else {
            return Ok(false);
        };
        let Some((key, raw)) = line.split_once(':') else {
            return Ok(self.any);
        };
        // A spreadsheet pads the line to the width of the table.
        let bare = raw.trim_end_matches([',', ';', '\t', '|', ' ']).trim();
        let value = raw.trim();
        let place = |column| bare.parse().ok().and_then(|place: usize| Some((place.checked_sub(1)?, column)));
        match key.trim().to_lowercase().as_str() {
            "lmq" => self.own(bare)?,
            "separator" => self.separator = separator(raw, bare),
            "html" => self.html = bare.eq_ignore_ascii_case("true"),
            "tags" => self.tags = value.split_whitespace().map(str::to_owned).collect(),
            "columns" => self.columns = Some(raw.to_owned()),
            "notetype" => self.notetype = Some(value.to_owned()),
            "deck" => self.deck = Some(value.to_owned()).filter(|deck| !deck.is_empty()),
            "notetype column" => self.places.extend(place(Column::NoteType)),
            "deck column" => self.places.extend(place(Column::Deck)),
            "tags column" => self.places.extend(place(Column::Tags)),
            "guid column" => self.places.extend(place(Column::Guid)),
            "if matches" | "match scope" => {}
            _ => return Ok(self.any),
        }
        self.any = true;
        Ok(true)
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

/// Excel's `sep=;`, which it quotes when it saves.
fn excel_sep(line: &str) -> Option<u8> {
    let line = line.trim_matches('"');
    let (key, value) = line.split_at_checked(4)?;
    match value.as_bytes() {
        [byte, ..] if key.eq_ignore_ascii_case("sep=") && value.len() == 1 && byte.is_ascii() => Some(*byte),
        _ => None,
    }
}

/// The separator that `#separator:` names.
fn separator(raw: &str, bare: &str) -> Option<u8> {
    match bare.to_lowercase().as_str() {
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "tab" | "\\t" => Some(b'\t'),
        "space" => Some(b' '),
        "pipe" => Some(b'|'),
        "colon" => Some(b':'),
        // The character itself, perhaps with the padding of a spreadsheet.
        _ => raw.bytes().find(|byte| *byte != b' ').filter(|byte| byte.is_ascii() && !matches!(byte, b'"' | b'#')),
    }
}
