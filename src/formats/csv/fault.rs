//! What can be wrong with a table or with one of its rows.

use crate::core::text::counted;
use crate::core::text::first_words;
use crate::core::text::one_line;
use crate::formats::Place;
use crate::formats::columns::fault::NoteFault;
use crate::formats::csv::VERSION;
use crate::formats::decode::EncodingFault;
use crate::formats::loss::one_or;
use crate::formats::loss::ticked;
use crate::formats::table::survey::MOST_COLUMNS;

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Its note has a fault.
    #[error(transparent)]
    Note(#[from] NoteFault),
    /// Its cells are no text any more.
    #[error("the separator cuts a character in two")]
    CutCharacter,
    /// It has too few columns for its note.
    #[error("{}, expected {least} or more (separated by {separator})", columns(.found))]
    TooNarrow {
        /// Its columns.
        found: usize,
        /// The columns that the note needs.
        least: usize,
        /// The separator, as messages name it.
        separator: String,
    },
    /// The table has no column for what its note needs.
    #[error("the table has no column for the {field} that a `{kind}` card needs")]
    NoColumn {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: &'static str,
    },
    /// It has more columns than the table.
    #[error(
        "{}, expected {known}; put \" around a cell that holds {separator}, or use --columns to say which columns to \
         read",
        columns(.found)
    )]
    TooWide {
        /// Its columns.
        found: usize,
        /// The columns that mean something.
        known: usize,
        /// The separator, as messages name it.
        separator: String,
    },
    /// All options of a question are one text.
    #[error(
        "its options are one text (`{}`); write them one a line, or with ` | ` or `;` between them",
        first_words(&one_line(.0), 60)
    )]
    OneOption(String),
    /// No option of a question has a sign, or several have one.
    #[error("which of its {0} options is right is not said; put a * before that one")]
    NoSign(usize),
    /// What is right is none of the options.
    #[error(
        "`{}` is none of its options ({}); say which one is right by its letter, its number or its text",
        one_line(.said), ticked(.options)
    )]
    NoOption {
        /// What is said to be right.
        said: String,
        /// The options.
        options: Vec<String>,
    },
    /// A quote is open to the end.
    #[error("the quote \" that begins a cell here is never closed; close it, or write it twice within quotes")]
    Unclosed,
    /// It is longer than any card.
    #[error("the row is longer than 16 MB; no card is")]
    TooLong,
}

/// Why an input can't be read as a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableFault {
    /// Its bytes are no text that could be read for sure.
    #[error(transparent)]
    Encoding(#[from] EncodingFault),
    /// The separator that the person or the file named separates nothing.
    #[error(
        "every row has one column when separated by {0}; use --delimiter to say what separates question and answer"
    )]
    NothingSeparated(String),
    /// None of the usual separators separates anything.
    #[error(
        "its rows have only one column: tab, `;`, `,`, `|` were tried, and lists such as `term - definition`; use \
         --delimiter to say what separates question and answer"
    )]
    OneColumn,
    /// A dash separates many of its lines and not the others.
    #[error(
        "{split} of its {rows} lines have `{separator}` in them, too few for a list of terms; with --delimiter '{separator}' \
         these are read and the others left out"
    )]
    HardlyAList {
        /// The dash, with the blanks around it.
        separator: String,
        /// Lines with it.
        split: usize,
        /// All lines.
        rows: usize,
    },
    /// All of its rows stand on one line.
    #[error(
        "its {rows} rows are all on one line with `{between}` between them; put each on a line of its own, which \
         Quizlet's export \
         does with `New line` between cards"
    )]
    OneLine {
        /// What stands between them.
        between: char,
        /// How many there are.
        rows: usize,
    },
    /// No card has so many texts.
    #[error(
        "its rows have more than {MOST_COLUMNS} columns; if {0} does not separate them, use --delimiter to say what \
         does"
    )]
    TooManyColumns(String),
    /// Further down another table begins, with other columns.
    #[error(
        "line {place} names other columns ({}) than the table above it, as where two files were put together; make it a file \
         of its own",
        ticked(.names)
    )]
    AnotherTable {
        /// The row that does.
        place: Place,
        /// The names.
        names: Vec<String>,
    },
    /// A header, and nothing else.
    #[error("there is only a header in it and no row below; with --header no it is a card")]
    HeaderOnly,
    /// The person named a column that is not there.
    #[error("there is no column `{asked}`; there are {}", known_columns(.names, *.count))]
    NoSuchColumn {
        /// What was asked for.
        asked: String,
        /// The names of the columns, where they have some.
        names: Vec<String>,
        /// How many there are.
        count: usize,
    },
    /// Most rows are bad: what they are bad for is bad for the whole table.
    #[error(
        "{cause} (line {place}); {bad} of {rows} rows are like that. Use --columns front=1,back=2 to say which \
         columns to read, or --delimiter to say what separates them"
    )]
    MostDontFit {
        /// What is wrong with most of the bad rows.
        cause: Box<RowFault>,
        /// The first of these.
        place: Place,
        /// How many rows are bad.
        bad: u64,
        /// How many rows there are, or were looked at.
        rows: u64,
    },
    /// Its rows are bad because it lacks a column.
    #[error(
        "it has no column for the {field} that a `{kind}` card needs, and {bad} of {rows} rows are such cards, the first in line \
         {place}; add a column with the name `{field}`, or say which one it is with --columns"
    )]
    NoColumn {
        /// The kind.
        kind: &'static str,
        /// The field.
        field: &'static str,
        /// The first such row.
        place: Place,
        /// How many there are.
        bad: u64,
        /// How many rows there are, or were looked at.
        rows: u64,
    },
    /// A later version than is known; what the file says of itself.
    #[error("it was written by a newer lmq (`#lmq:{0}`, this one reads {VERSION}); update lmq")]
    Newer(String),
    /// It has no rows.
    #[error("there are no rows in it")]
    NoRows,
    /// Its rows have no kind.
    #[error(transparent)]
    NoKind(#[from] NoteFault),
}

/// Something that the person should know of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableWarning {
    /// It is no UTF-8; its encoding was guessed.
    #[error(
        "line {line} is not UTF-8 (byte 0x{byte:02X}), so the file was read as {encoding}; if letters look wrong, \
         name its encoding with --encoding, or save it as UTF-8"
    )]
    NotUtf8 {
        /// The line of the first byte that is not.
        line: u64,
        /// That byte.
        byte: u8,
        /// The encoding.
        encoding: &'static str,
    },
    /// It is UTF-16 and has no mark that says so.
    #[error("the file was read as {0}")]
    Utf16(&'static str),
    /// The first row was taken for the names of the columns.
    #[error("the first row was taken for a header ({}); --header no makes it a card", roles(.0))]
    Header(Vec<(String, String)>),
    /// The first row may be the names of the columns, and was taken for a card.
    #[error("the first row ({}) became a card; if it names the columns, use --header yes", ticked(.0))]
    FirstRowIsCard(Vec<String>),
    /// Columns whose names mean nothing here; they are lines of the explanation.
    #[error("{}, as in {example}", unknown_columns(.names))]
    UnknownColumns {
        /// Their names.
        names: Vec<String>,
        /// How it could be said.
        example: String,
    },
    /// There is no header, and more than two columns.
    #[error("{count} columns and no header: {taken}; use --columns to change that, as in {example}")]
    Positions {
        /// How many columns.
        count: usize,
        /// What was made of them.
        taken: String,
        /// How it could be said.
        example: String,
    },
    /// A table of two columns, of which one has the name of something that is neither question nor answer.
    #[error("there are two columns, so `{name}` is {role}; use --columns to change that")]
    OtherSide {
        /// The name of the column.
        name: String,
        /// What it was taken for.
        role: String,
    },
    /// Columns that the person's own table has too many of.
    #[error("{}: {}", one_or(.0, "a column that means nothing here was left out", "columns that mean nothing here were left out"), ticked(.0))]
    LeftOut(Vec<String>),
    /// Note types that are not known, with what was made of their notes.
    #[error("{}: {}", one_or(.0, "a note type that is not known here", "note types that are not known here"), .0.join(", "))]
    UnknownNoteTypes(Vec<String>),
    /// Its questions have options in columns of their own.
    #[error(
        "each row is a question with options ({}), and {} which one is right{}; use --columns to change \
         that",
        ticked(.options), who_says(.options, .right), by_number(*.first)
    )]
    Options {
        /// The columns of the options.
        options: Vec<String>,
        /// The column of the right one.
        right: String,
        /// The number of the first option, where numbers say it.
        first: Option<u8>,
    },
    /// The right one of several options may be said by its text or by its place.
    #[error(
        "what `{0}` says may be the text of an option or its number or letter, and was taken for the text; look at a few cards, and if it is \
         the number call the column `answer number`"
    )]
    UnsureOption(String),
    /// It is separated by another character than it says.
    #[error("nothing is separated by {said}, so {taken} was taken")]
    OtherSeparator {
        /// What it says.
        said: String,
        /// What was taken.
        taken: String,
    },
    /// Lines above the rows that say something of all cards.
    #[error("{}: {}", one_or(.0, "a line above the rows applies to all cards", "lines above the rows apply to all cards"), ticked(.0))]
    OfAll(Vec<String>),
    /// A list of terms and what they mean.
    #[error("each line is read as a term, {0} and what it means; use --delimiter to change that")]
    TermList(String),
    /// Lines that look like directives and are none.
    #[error(
        "{}: {}",
        one_or(.0, "an unknown directive was ignored", "unknown directives were ignored"),
        .0.join(", ")
    )]
    UnknownDirectives(Vec<String>),
    /// Directives whose value says nothing: a column that is not there, a word instead of a number.
    #[error(
        "{}: {}; the table has {}",
        one_or(.directives, "a directive that does not fit was ignored", "directives that do not fit were ignored"),
        ticked(.directives),
        columns(.count)
    )]
    Senseless {
        /// The directives.
        directives: Vec<String>,
        /// How many columns there are.
        count: usize,
    },
    /// Its texts look like HTML and nothing says so.
    #[error("several cells contain HTML ({0}), which is shown as it is; --markup html reads it")]
    LooksLikeHtml(String),
    /// Decks whose names differ only in the case or form of letters.
    #[error(
        "{}: {}",
        one_or(.0, "a deck that is written in several ways is one deck", "decks that are written in several ways are one deck each"),
        .0.join("; ")
    )]
    OneDeck(Vec<String>),
    /// A cell whose bars without blanks were taken for separators of its values.
    #[error("line {place}: `{}` is read as {count} values, because `|` separates them; check this if it is one text", one_line(.cell))]
    Bars {
        /// The first row where that is so.
        place: Place,
        /// The cell.
        cell: String,
        /// How many values.
        count: usize,
    },
    /// Cells that were put together again.
    #[error(
        "line {place}: {separator} is followed by a space, so it was taken for part of the text; with --columns such \
         a cell is \
         a column"
    )]
    Joined {
        /// The first row where that is so.
        place: Place,
        /// The separator.
        separator: String,
    },
    /// It held NUL characters.
    #[error("there were NUL characters in it, which were left out")]
    Nul,
}

fn columns(found: &usize) -> String {
    counted(*found, "column", "columns")
}

fn unknown_columns(names: &[String]) -> String {
    let what = one_or(
        names,
        "a column whose name is not known here is shown with the answer",
        "columns whose names are not known here are shown with the answer",
    );
    let say = one_or(names, "use --columns to say what it is", "use --columns to say what they are");
    format!("{what}: {}; {say}", ticked(names))
}

fn roles(columns: &[(String, String)]) -> String {
    columns.iter().map(|(name, role)| format!("`{name}` is {role}")).collect::<Vec<_>>().join(", ")
}

fn known_columns(names: &[String], count: usize) -> String {
    if names.is_empty() { format!("the numbers 1 to {count}") } else { ticked(names) }
}

/// What says which of several options is right.
fn who_says(options: &[String], right: &str) -> String {
    if options.iter().any(|option| option == right) { "a sign says".to_owned() } else { format!("`{right}` says") }
}

fn by_number(first: Option<u8>) -> String {
    first.map_or_else(String::new, |first| format!(" by its number, starting at {first}"))
}
