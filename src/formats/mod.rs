//! Formats that decks come in and go out as. One file per format; a new one is a file, its `mod` line and an entry.
//!
//! An importer stores nothing and an exporter asks for nothing: both deal in [`Record`]s.

pub mod card_words;
mod columns;
mod csv;
pub mod deck_toml;
mod decode;
mod diagnosis;
mod faithful;
mod fault;
mod json;
mod jsonl;
mod loss;
#[cfg(test)]
mod round_trips;
pub mod segment;
pub mod share;
mod table;
mod table_options;
#[cfg(test)]
mod testing;
mod xlsx;

pub use deck_toml::deck_fault::DeckFault;
pub use decode::is_encoding;
pub use diagnosis::ColumnRole;
pub use diagnosis::Diagnosis;
pub use diagnosis::Evidence;
pub use diagnosis::HeaderRow;
pub use diagnosis::Role;
pub use diagnosis::Unsure;
pub use fault::NotThis;
pub use fault::RecordFault;
pub use fault::Warning;
pub use loss::Loss;
pub use loss::LossKind;
pub use table_options::ColumnChoice;
pub use table_options::TableOptions;
pub use table_options::parse_columns;

use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::compare::answer::Weights;
use crate::core::id::NoteUid;
use crate::core::text::Escapes;
use crate::core::text::escape_unsafe;
use std::fmt;
use std::io;
use std::io::BufRead;
use std::io::Read;
use std::io::Seek;
use std::io::Write;

/// What importers read from: files, or standard input that was spooled to one.
pub trait ReadSeek: BufRead + Seek {}
impl<T: BufRead + Seek> ReadSeek for T {}

/// Every importer, in the order in which their `sniff` is asked.
pub const IMPORTERS: &[&dyn Importer] =
    &[&deck_toml::DeckToml, &jsonl::JsonLines, &json::JsonDocument, &xlsx::Workbook, &csv::TSV, &csv::CSV];

/// Every exporter, in the order in which the help lists them.
pub const EXPORTERS: &[&dyn Exporter] =
    &[&deck_toml::DeckToml, &csv::CSV_OUT, &csv::TSV_OUT, &json::JsonDocument, &jsonl::JsonLines];

/// Where in a file something stands. 1-based; 0 where it does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: u64,
    /// Column, in characters.
    pub column: u64,
    /// Row of a table, where rows of several lines come before it: a spreadsheet numbers rows.
    pub row: u64,
}

impl Place {
    /// A line.
    #[must_use]
    pub fn line(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// A column of a line.
    #[must_use]
    pub fn at(line: u64, column: u64) -> Self {
        Self { line, column, ..Self::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { line, column: 0, row: 0 } => write!(f, "{line}"),
            Self { line, column: 0, row } => write!(f, "{line} (row {row})"),
            Self { line, column, .. } => write!(f, "{line}:{column}"),
        }
    }
}

/// The head of a deck.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckHead {
    /// Who the deck is, for identities: stable, never shown as a name when there is one.
    pub id: String,
    /// Path-like name, `a::b`; the id where the file gives none.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// Licence of the text.
    pub license: Option<String>,
    /// The author's version of the text, as written.
    pub version: Option<String>,
    /// The order in which topics give their new cards: a `topic` of its own, `deck/topic` of another deck. Where it is left out
    /// the deck keeps the one that it has.
    pub sequence: Option<Vec<String>>,
    /// What counts in typed answers. What is left out stays as it was.
    pub weights: Weights,
}

/// A topic of a deck.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic {
    /// Id, unique in its deck.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Shown once before the topic's first new card.
    pub primer: Option<String>,
    /// One line to do, shown at the end of a session.
    pub try_line: Option<String>,
}

/// How a note says who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A key, unique in its deck.
    Key(String),
    /// The uid itself: our own JSON and CSV.
    Uid(NoteUid),
    /// Another program's id.
    Foreign {
        /// The program's namespace, `anki`.
        namespace: String,
        /// Its id there.
        id: String,
    },
    /// Nothing: matched by its prompt.
    None,
}

/// A note as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands.
    pub place: Place,
    /// The deck that the row itself names, if any.
    pub deck: Option<String>,
    /// Who it is.
    pub identity: Identity,
    /// Its key, where it has one beside its identity.
    pub key: Option<String>,
    /// Its text, checked by its kind.
    pub text: NoteText,
    /// What of it the row has a place for.
    pub says: Said,
}

/// One thing read from, or written to, a file. A deck comes before its topics, topics before notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// From here on, this deck.
    Deck(DeckHead),
    /// A topic of the current deck.
    Topic(Topic),
    /// A note of the current deck.
    Note(Box<Item>),
}

/// A record that could not be read; the rest goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where.
    pub place: Place,
    /// Why, and what to do.
    pub fault: RecordFault,
    /// Who it is, as far as it says so: with nothing of its text but the question.
    pub who: Option<Box<Item>>,
}

/// What an importer hands to its sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportItem {
    /// A record.
    Record(Record),
    /// A bad one.
    Rejected(Rejected),
    /// Something that the person should know, once a file.
    Warning(Warning),
    /// What was lost or changed on the way in, after the last record.
    Loss(Loss),
}

/// The sink has had enough (its store failed): stop reading and pass it on.
#[derive(Debug)]
pub struct Stop;

/// Where an importer puts what it reads.
pub type Sink<'a> = &'a mut dyn FnMut(ImportItem) -> Result<(), Stop>;

/// A fault in a deck file, with the bytes that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// Bytes of the source text.
    pub span: std::ops::Range<usize>,
    /// Line and column of its start.
    pub place: Place,
    /// What is wrong.
    pub what: DeckFault,
}

/// The input as a whole is not what it was taken for.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The source failed.
    #[error("cannot read it")]
    Io(#[from] io::Error),
    /// Not this format at all.
    #[error("{0}")]
    NotThis(NotThis),
    /// A deck file with faults: refused whole, all faults listed.
    #[error("{} in the deck file", crate::core::text::counted(.faults.len(), "fault", "faults"))]
    Faults {
        /// The text that the spans point into.
        source_text: String,
        /// All of them, in order.
        faults: Vec<FileFault>,
    },
    /// The sink stopped the reading.
    #[error("stopped")]
    Stopped,
}

impl From<Stop> for FormatError {
    fn from(_: Stop) -> Self {
        Self::Stopped
    }
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The file's name without its folder, `-` for standard input: for guessing and for deck names.
    pub file_name: String,
    /// What the person said of the table.
    pub table: TableOptions,
    /// Whether the file came with a folder, so that what was said of columns may be meant for other files.
    pub in_folder: bool,
}

impl ReadOptions {
    /// For a file of that name, of which nobody said anything.
    #[must_use]
    pub fn named(file_name: &str) -> Self {
        Self { file_name: file_name.to_owned(), ..Self::default() }
    }
}

/// A format that can be read.
pub trait Importer: Sync {
    /// Its name for `--format`.
    fn name(&self) -> &'static str;

    /// Whether a file of this name that begins with `head` (at most 64 KiB) looks like this format.
    fn sniff(&self, file_name: &str, head: &[u8]) -> bool;

    /// Reads all of it, one record at a time.
    ///
    /// # Errors
    /// Only when the input as a whole cannot be read as this format; a bad record goes to `sink` and the reading goes on.
    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError>;

    /// What the file is taken for, from its beginning and without reading its rows; nothing where its format says all of it.
    ///
    /// # Errors
    /// When the input as a whole cannot be read as this format.
    fn diagnose(
        &self,
        _input: &mut dyn ReadSeek,
        _options: &ReadOptions,
    ) -> Result<Option<Box<Diagnosis>>, FormatError> {
        Ok(None)
    }
}

/// A format that can be written.
pub trait Exporter: Sync {
    /// Its name for `--format`, and its usual file extension.
    fn name(&self) -> &'static str;

    /// Whether a file can hold so many decks: asked before the first byte is written.
    ///
    /// # Errors
    /// `InvalidInput`, with the reason, when it can't.
    fn admits(&self, _decks: usize) -> io::Result<()> {
        Ok(())
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When `out` fails.
    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>>;
}

/// A file being written.
pub trait RecordWriter {
    /// Writes one record. Notes carry their uid as [`Identity::Uid`] and their key beside it.
    ///
    /// # Errors
    /// When the output fails, or when the format can't hold the record (`InvalidInput`, with the reason).
    fn write(&mut self, record: &Record) -> io::Result<()>;

    /// Ends the file.
    ///
    /// # Errors
    /// When the output fails.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The importer of that name.
#[must_use]
pub fn importer(name: &str) -> Option<&'static dyn Importer> {
    IMPORTERS.iter().copied().find(|importer| importer.name() == name)
}

/// The exporter of that name.
#[must_use]
pub fn exporter(name: &str) -> Option<&'static dyn Exporter> {
    EXPORTERS.iter().copied().find(|exporter| exporter.name() == name)
}

/// Whole characters of JSON with what could drive a terminal escaped: an export to standard output is shown as it is.
fn harmless(json: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    // The first bytes of all such characters beyond the controls of ASCII, which JSON escapes itself: a quick no.
    let suspect =
        json.iter().any(|byte| matches!(byte, 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1 | 0xe2 | 0xe3 | 0xef | 0xf0 | 0xf3));
    if !suspect {
        return json.into();
    }
    match std::str::from_utf8(json) {
        Ok(text) => escape_unsafe(text, Escapes::Json).into_bytes().into(),
        Err(_) => json.into(),
    }
}

/// The first importer that takes the file for its own.
#[must_use]
pub fn sniff(file_name: &str, head: &[u8]) -> Option<&'static dyn Importer> {
    IMPORTERS.iter().copied().find(|importer| importer.sniff(file_name, head))
}

/// Whether a file is a spreadsheet that can be read here, or is known well enough to say why it can't.
#[must_use]
pub fn is_workbook(file_name: &str, head: &[u8]) -> bool {
    xlsx::is_workbook(file_name, head)
}

/// How files begin that are no text, whatever they are called, and what they are.
const BINARY: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive, as spreadsheets and packages are"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "compressed by gzip"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ\0", "compressed by xz"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a", "a rar archive"),
    (b"%PDF-", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3\0", "a database"),
    (b"{\\rtf", "a text of a word processor (RTF)"),
    (b"%!PS", "a PostScript file"),
];

/// What a text is that begins as a web page or XML does and goes on so; a deck may well ask what `<html>` means.
fn page(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let text = text.get(..text.len().min(4096)).unwrap_or_default().to_ascii_lowercase();
    let has = |part: &str| text.windows(part.len()).any(|window| window == part.as_bytes());
    let ends = text.windows(2).position(|window| window == b"?>").and_then(|at| text.get(at + 2..));
    if text.starts_with(b"<?xml ") && ends.is_some_and(|rest| rest.trim_ascii_start().starts_with(b"<")) {
        return Some("an XML file");
    }
    let is_page = text.starts_with(b"<!doctype html") || text.starts_with(b"<html");
    (is_page && ["</title>", "</head>", "</body>", "<meta "].into_iter().any(has)).then_some("a web page")
}

/// What a file is that begins with `head` and holds no text; nothing where it may be text. Without a mark of UTF-16 no text has
/// many control characters; one may stand there by mistake.
#[must_use]
pub fn binary(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"PK\x03\x04") && head.windows(24).any(|part| part == b"opendocument.spreadsheet") {
        return Some("an OpenDocument spreadsheet (save it as XLSX or CSV)");
    }
    if decode::guess::is_utf_32(head) {
        return Some("a text in UTF-32 (save it as UTF-8)");
    }
    let known = BINARY.iter().find(|(start, _)| head.starts_with(start)).map(|(_, what)| *what);
    let known = known.or_else(|| page(head));
    let is_marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let is_utf16 = is_marked || decode::guess::utf_16_without_mark(head).is_some();
    let controls = head.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    known.or_else(|| (!is_utf16 && controls * 20 > head.len()).then_some("no text: it is full of control characters"))
}

/// The start of `input`, at most 64 KiB, with the position put back to where it was.
///
/// # Errors
/// When `input` fails.
pub fn head(input: &mut dyn ReadSeek) -> io::Result<Vec<u8>> {
    let start = input.stream_position()?;
    let mut bytes = Vec::new();
    input.take(64 * 1024).read_to_end(&mut bytes)?;
    input.seek(io::SeekFrom::Start(start))?;
    Ok(bytes)
}
