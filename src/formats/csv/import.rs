//! The importers `csv` and `tsv`.

use crate::formats::FormatError;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use crate::formats::csv::fault::TableWarning;
use crate::formats::csv::head::Head;
use crate::formats::csv::layout::Layout;
use crate::formats::csv::separator;
use crate::formats::decode;
use crate::formats::decode::BadByte;
use crate::formats::table::Next;
use crate::formats::table::Row;
use crate::formats::table::Rows;

/// Extensions of text files that hold no table.
const OTHER_TEXT: &[&str] = &[
    "md", "markdown", "org", "toml", "json", "jsonl", "ndjson", "yaml", "yml", "xml", "html", "htm", "rs", "py", "sh",
    "tex", "log", "sql",
];

/// Reader of tables.
pub(in crate::formats) struct TableImporter {
    name: &'static str,
    /// The separator to use when neither the person nor the file says one. `None`: guess it from the rows.
    delimiter: Option<u8>,
}

/// The importer `csv`: any separator.
pub(in crate::formats) static CSV: TableImporter = TableImporter { name: "csv", delimiter: None };

/// The importer `tsv`: tabs.
pub(in crate::formats) static TSV: TableImporter = TableImporter { name: "tsv", delimiter: Some(b'\t') };

fn extension(file_name: &str) -> String {
    file_name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

/// Whether bytes are text and not JSON.
fn is_texty(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut first = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    let json = matches!(
        (first.next(), first.next()),
        (Some(b'{'), Some(b'"' | b'}') | None) | (Some(b'['), Some(b'{' | b'[' | b'"' | b']') | None)
    );
    !json && !head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31))
}

impl Importer for TableImporter {
    fn name(&self) -> &'static str {
        self.name
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        match (self.delimiter, extension(file_name).as_str()) {
            (Some(_), extension) => matches!(extension, "tsv" | "tab"),
            (None, "csv" | "txt") => true,
            (None, extension) => !OTHER_TEXT.contains(&extension) && is_texty(head),
        }
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let (text, bad) = decode::text(input)?;
        if let Some(BadByte { line, byte }) = bad {
            sink(ImportItem::Warning(TableWarning::NotUtf8 { line, byte }.into()))?;
        }
        let mut rows = Rows::new(text);
        let head = Head::read(&mut rows)?;
        let mut warnings = Vec::new();
        rows.comments = head.any;
        let survey = separator::find(&mut rows, &head, options, self.delimiter, &mut warnings)?;
        let mut layout =
            Layout::of(head, &survey, rows.delimiter).map_err(|fault| FormatError::NotThis(fault.into()))?;
        let mut row = Row::default();
        layout.warnings.splice(0..0, warnings);
        let mut any = layout.has_header;
        let mut header_due = layout.has_header;
        loop {
            for warning in layout.warnings.drain(..) {
                sink(ImportItem::Warning(warning.into()))?;
            }
            let (line, read) = match rows.next(&mut row)? {
                Next::Row(_) if header_due => {
                    header_due = false;
                    continue;
                }
                Next::Row(line) => (line, layout.note(&row, line)),
                Next::Unclosed(line) => (line, Err(RowFault::Unclosed)),
                Next::TooLong(line) => (line, Err(RowFault::TooLong)),
                Next::End => break,
            };
            let place = Place { line, column: 0 };
            let outcome = match read {
                Ok(Some(item)) => ImportItem::Record(Record::Note(item)),
                Ok(None) => continue,
                Err(fault) => ImportItem::Rejected(Rejected { place, fault: fault.into() }),
            };
            any = true;
            sink(outcome)?;
        }
        if rows.had_nul {
            sink(ImportItem::Warning(TableWarning::Nul.into()))?;
        }
        if any { Ok(()) } else { Err(FormatError::NotThis(TableFault::NoRows.into())) }
    }
}
