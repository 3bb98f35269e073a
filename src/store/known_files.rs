//! By what a file is known that comes again: which decks there are, and which of its rows are here.

use crate::core::card::NoteText;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::facts::deck_number;
use crate::store::facts::note_number;
use crate::store::shown::NoteRow;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

/// What is known of a row whose name is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAnswer {
    /// Whether its note has the row's answer, as it is shown or as its file says.
    pub is_same: bool,
    /// Id and name of the deck in which its note lies; nothing for one that never had a text.
    pub deck: Option<(String, String)>,
}

impl Writer<'_> {
    /// Whether there is any note, be it deleted.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_notes(&self) -> Result<bool, Fault> {
        Ok(self.tx.query_row("SELECT EXISTS (SELECT 1 FROM note)", [], |row| row.get(0))?)
    }

    /// Whether anything was ever put into a deck of that id.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn knows_deck(&self, id: &str) -> Result<bool, Fault> {
        Ok(deck_number(&self.tx, id)?.is_some())
    }

    /// The ids of all decks into which anything was ever put.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_ids(&self) -> Result<Vec<String>, Fault> {
        let mut statement = self.tx.prepare_cached("SELECT name_id FROM deck ORDER BY name_id")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The ids of the built-in decks.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_decks(&self) -> Result<BTreeSet<String>, Fault> {
        let mut statement = self.tx.prepare_cached("SELECT name_id FROM deck WHERE edition > 0")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// What is known of a row of that name and text. `None`: no note was ever called that.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_answer(&self, uid: NoteUid, text: &NoteText) -> Result<Option<KnownAnswer>, Fault> {
        let Some(name) = note_number(&self.tx, uid)? else { return Ok(None) };
        let note = self.note_of_alias(name)?.unwrap_or(name);
        let Some(row) = NoteRow::of(&self.tx, note)? else {
            return Ok(Some(KnownAnswer { is_same: false, deck: None }));
        };
        let deck = self
            .tx
            .prepare_cached("SELECT name_id, name FROM deck WHERE id = ?1")?
            .query_row([row.deck], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let mut is_same = false;
        for id in [row.own, row.source] {
            is_same |= self.body(id)?.is_some_and(|said| said.answer(1) == text.answer(1));
        }
        Ok(Some(KnownAnswer { is_same, deck }))
    }
}
