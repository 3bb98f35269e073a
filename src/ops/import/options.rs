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
}

impl Options {
    /// Those of a followed file that is read again.
    pub(super) fn of_followed(how: HowToRead) -> Self {
        let HowToRead { deck, format, table, word: _ } = how;
        Self { deck, format, table, link: true, ..Self::default() }
    }

    /// The part of them that is remembered of a file that is followed.
    pub(super) fn how_to_read(&self) -> HowToRead {
        HowToRead { deck: self.deck.clone(), format: self.format.clone(), table: self.table.clone(), word: None }
    }
}
