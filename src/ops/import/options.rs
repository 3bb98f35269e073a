//! How to import: what the command line or a followed file asks for.

use crate::formats::TableOptions;
use crate::ops::followed::HowToRead;
use std::path::PathBuf;

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The deck that cards go into.
    pub deck: Option<String>,
    /// Name of the format; without one it is found out.
    pub format: Option<String>,
    /// What the person said of tables.
    pub table: TableOptions,
    /// Say what would happen, change nothing.
    pub dry_run: bool,
    /// One bad row and nothing goes in.
    pub strict: bool,
    /// Follow the file from now on.
    pub link: bool,
    /// Folders to follow from now on: what comes into them will be imported.
    pub folders: Vec<PathBuf>,
    /// Where both the user and the file changed a card, the file's text wins.
    pub theirs: bool,
    /// List all bad rows, and not only the first ones.
    pub lists_all: bool,
    /// Take a history from more than a year ahead of now, too.
    pub accept_future: bool,
    /// The guessed encoding of a followed file of which the person heard before.
    pub told: Option<String>,
}

impl Options {
    /// Those of a followed file that is read again.
    pub(super) fn of_followed(how: HowToRead) -> Self {
        let HowToRead { deck, format, table, word: _, told } = how;
        Self { deck, format, table, told, link: true, ..Self::default() }
    }

    /// Something that the person said of a table, by its name on the command line, although files of that format are none.
    pub(super) fn said_of_no_table(&self, format: &str) -> Option<&'static str> {
        let table = &self.table;
        let (is_text, is_sheet) = (matches!(format, "csv" | "tsv"), format == "xlsx");
        let has_keys = matches!(format, "json" | "jsonl");
        let said = [
            ("--columns", !table.columns.is_empty(), is_text || is_sheet || has_keys),
            ("--header", table.header.is_some(), is_text || is_sheet),
            ("--markup", table.markup.is_some(), is_text || is_sheet),
            ("--delimiter", table.delimiter.is_some(), is_text),
            ("--encoding", table.encoding.is_some(), is_text),
            ("--sheet", table.sheet.is_some(), is_sheet),
        ];
        said.into_iter().find(|(_, is_said, fits)| *is_said && !fits).map(|(name, ..)| name)
    }

    /// The part of them that is remembered of a file that is followed.
    pub(super) fn how_to_read(&self) -> HowToRead {
        HowToRead {
            deck: self.deck.clone(),
            format: self.format.clone(),
            table: self.table.clone(),
            ..HowToRead::default()
        }
    }
}
