//! The plain forms of texts with markup, kept once a search has made them: to read the markup of all texts for each search would
//! take too long.
//!
//! A row is right as long as its text has the same hash, and the readers of markup are those that made it. So nobody else has to
//! think of it, but whoever erases words.

use crate::core::card::NoteText;
use crate::store::Fault;
use crate::store::Store;
use crate::store::patience::PATIENCE;
use rusqlite::CachedStatement;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// The readers of markup: raised whenever one of them shows something else.
const READERS: i64 = 1;

/// A plain form that is not kept yet.
pub(super) struct Made {
    text: i64,
    hash: Vec<u8>,
    body: String,
}

/// Those that a search made, on all of its threads.
#[derive(Default)]
pub(super) struct Making(Mutex<Vec<Made>>);

impl Making {
    pub(super) fn end(self) -> Vec<Made> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the JSON of a text may have marks that stand between the letters of what it says. Whole blocks are tested at once, since
/// few of them have one.
pub(super) fn has_marks(body: &str) -> bool {
    const BLOCK: usize = 32;
    let is_mark = |byte: &u8| matches!(byte, b'<' | b'&' | b'*');
    body.as_bytes().chunks(BLOCK).any(|block| block.iter().fold(false, |any, byte| any | is_mark(byte)))
        && !body.contains(r#""markup":"plain""#)
}

/// What is kept, as a search reads it.
pub(super) struct Kept<'c> {
    statement: CachedStatement<'c>,
}

impl<'c> Kept<'c> {
    pub(super) fn of(db: &'c Connection) -> Result<Self, Fault> {
        let sql = "SELECT body FROM text_plain WHERE id = ?1 AND hash = ?2 AND readers = ?3";
        Ok(Self { statement: db.prepare_cached(sql)? })
    }

    /// The JSON of a text, without its marks.
    pub(super) fn body(&mut self, text: i64, hash: &[u8], body: &str, making: &Making) -> Result<String, Fault> {
        if let Some(kept) = self.statement.query_row((text, hash, READERS), |row| row.get(0)).optional()? {
            return Ok(kept);
        }
        let made = plain(body)?;
        let mut all = making.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Made { text, hash: hash.to_vec(), body: made.clone() });
        Ok(made)
    }
}

fn plain(body: &str) -> Result<String, Fault> {
    let corrupt = |error: serde_json::Error| Fault::Corrupt(error.to_string());
    let text: NoteText = serde_json::from_str(body).map_err(corrupt)?;
    serde_json::to_string(&text.in_plain()).map_err(corrupt)
}

impl Store {
    /// Keeps what a search made. It only saves time: where nothing can be written, or somebody else is writing, the next search
    /// makes it again.
    pub(super) fn keep_plain(&self, made: &[Made]) {
        if made.is_empty() || self.db.busy_timeout(Duration::ZERO).is_err() {
            return;
        }
        let keep = || -> rusqlite::Result<()> {
            let tx = self.db.unchecked_transaction()?;
            {
                let mut statement = tx.prepare_cached(
                    "INSERT INTO text_plain (id, hash, readers, body) \
                     SELECT id, hash, ?3, ?4 FROM text WHERE id = ?1 AND hash = ?2 AND body IS NOT NULL \
                     ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, readers = excluded.readers, body = excluded.body",
                )?;
                for made in made {
                    statement.execute((made.text, &made.hash, READERS, &made.body))?;
                }
            }
            tx.commit()
        };
        keep().ok();
        self.db.busy_timeout(PATIENCE).ok();
    }
}
