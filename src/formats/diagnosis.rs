//! What a file is taken for, before a row of it goes in: for a look at it, and for the one question where it is not clear.

use crate::core::card::Markup;
use crate::formats::Warning;

/// What a table is taken for, decided from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// The encoding of its bytes, as `--encoding` names it.
    pub encoding: &'static str,
    /// What separates its columns; empty where nothing does, as in a spreadsheet.
    pub separator: String,
    /// The sheet that is read, where there are sheets.
    pub sheet: Option<String>,
    /// What its first row is.
    pub header: HeaderRow,
    /// Its columns, in order.
    pub columns: Vec<ColumnRole>,
    /// How its texts are marked up.
    pub markup: Markup,
    /// The cells of its first rows, without the header.
    pub rows: Vec<Vec<String>>,
    /// What only a person can tell. Where there is something, the guess above is all that is left to go on.
    pub unsure: Vec<Unsure>,
    /// What was made of things that are not known here, in words.
    pub notices: Vec<Warning>,
    /// What speaks for it being a table at all.
    pub evidence: Evidence,
}

impl Diagnosis {
    /// Whether a person should be asked before anything goes in.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        !self.unsure.is_empty()
    }

    /// What to give as `--columns` so that this reading is taken as it is.
    #[must_use]
    pub fn as_columns(&self) -> String {
        let said = |column: &ColumnRole| column.role.word().map(|role| format!("{role}={}", column.number));
        self.columns.iter().filter_map(said).collect::<Vec<_>>().join(",")
    }
}

/// What speaks for a file being a table, and not some text with commas in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Evidence {
    /// Nothing: its lines are cut here and there.
    None,
    /// A single row.
    OneRow,
    /// At least half of its rows have the same number of cells.
    MostRows,
    /// Nearly all of its rows do.
    Rows,
    /// Directives, names of columns, or the program that made it say so.
    #[default]
    Said,
}

/// What the first row of a table is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HeaderRow {
    /// A card like the others.
    #[default]
    None,
    /// The names of the columns: the person or the file says so, or two of them are lmq's own.
    Sure,
    /// The names of the columns, it seems.
    Likely,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRole {
    /// Its number, from 1.
    pub number: usize,
    /// Its name, where the table names it.
    pub name: Option<String>,
    /// What it is taken for.
    pub role: Role,
    /// Whether the name, the person or a directive says so; else it was guessed from its place and its cells.
    pub is_sure: bool,
}

/// What a column is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The question.
    Front,
    /// The answer.
    Back,
    /// Shown with the answer.
    Extra,
    /// Shown with the answer as a line of its own, `Label: …`.
    Labelled(String),
    /// Tags.
    Tags,
    /// The deck.
    Deck,
    /// Anything else that a note has, by its name: `key`, `hint`, `kind`.
    Other(&'static str),
    /// One of the options of a question, or a wrong answer.
    Option,
    /// It is not read.
    LeftOut,
}

impl Role {
    /// Its name in `--columns`; nothing where it has none.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Front => Some("front"),
            Self::Back => Some("back"),
            Self::Extra | Self::Labelled(_) => Some("extra"),
            Self::Tags => Some("tags"),
            Self::Deck => Some("deck"),
            Self::Other(name) => Some(name),
            Self::Option | Self::LeftOut => None,
        }
    }

    /// It as a sentence has it.
    #[must_use]
    pub fn in_words(&self) -> &'static str {
        match self {
            Self::Front => "the question",
            Self::Back => "the answer",
            Self::Extra | Self::Labelled(_) => "shown with the answer",
            Self::Tags => "tags",
            Self::Deck => "the deck",
            Self::Other(name) => name,
            Self::Option => "an option",
            Self::LeftOut => "left out",
        }
    }
}

/// What only a person can tell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsure {
    /// Which column is the question and which the answer: there are several, and nothing names them.
    Sides,
    /// Whether the first row names the columns.
    Header,
}
