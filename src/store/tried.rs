//! The line to do that a session showed last, and what was said of such lines.

use crate::core::study_day::StudyDay;
use crate::core::tried::Tried;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::columns::TRIED;
use crate::store::columns::day_of;
use crate::store::meta;
use crate::store::set_meta;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

/// The name in `meta` of the line that a session showed last: the study day, and the ids of its deck and topic.
const SHOWN: &str = "try";

/// A line to do that a session showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownTry {
    /// The study day of that session.
    pub day: StudyDay,
    /// The id of its deck.
    pub deck: String,
    /// The id of its topic.
    pub topic: String,
    /// The line, as the topic has it now.
    pub line: String,
}

/// What `meta` has of a line.
fn value(day: StudyDay, deck: &str, topic: &str) -> Result<String, Fault> {
    serde_json::to_string(&(day.0, deck, topic)).map_err(|error| Fault::Corrupt(error.to_string()))
}

/// Takes a line out of `meta`; whether it was still the one there.
fn forget(db: &Connection, shown: &ShownTry) -> Result<bool, Fault> {
    let value = value(shown.day, &shown.deck, &shown.topic)?;
    Ok(db.execute("DELETE FROM meta WHERE name = ?1 AND value = ?2", [SHOWN, &value])? > 0)
}

impl Store {
    /// Keeps in mind that a session showed the line of a topic, named by its local number.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn remember_try(&self, day: StudyDay, topic: i64) -> Result<(), StoreError> {
        self.attempt(|| {
            let names: Option<(String, String)> = self
                .db()
                .prepare_cached(
                    "SELECT k.name_id, t.name_id FROM topic t JOIN deck k ON k.id = t.deck WHERE t.id = ?1",
                )?
                .query_row([topic], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((deck, topic)) = names else { return Ok(()) };
            set_meta(self.db(), SHOWN, &value(day, &deck, &topic)?)
        })
    }

    /// The line that a session showed last, if it is still to be asked about and its topic still has one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn shown_try(&self) -> Result<Option<ShownTry>, StoreError> {
        self.attempt(|| {
            let kept = meta(self.db(), SHOWN)?;
            let Some((day, deck, topic)) = kept.and_then(|kept| serde_json::from_str::<(i32, String, String)>(&kept).ok())
            else {
                return Ok(None);
            };
            let line: Option<Option<String>> = self
                .db()
                .prepare_cached(
                    "SELECT t.try_line FROM deck k JOIN topic t ON t.deck = k.id WHERE k.name_id = ?1 AND t.name_id = ?2",
                )?
                .query_row([&deck, &topic], |row| row.get(0))
                .optional()?;
            Ok(line.flatten().map(|line| ShownTry { day: StudyDay(day), deck, topic, line }))
        })
    }

    /// It is not to be asked about any more.
    ///
    /// # Errors
    /// When the database can't be written.
    pub fn forget_try(&self, shown: &ShownTry) -> Result<(), StoreError> {
        self.attempt(|| forget(self.db(), shown).map(drop))
    }

    /// What was said of lines to do, as far as it counts, each with its study day.
    ///
    /// # Errors
    /// When the log can't be read.
    pub fn tries(&self) -> Result<Vec<(StudyDay, Tried)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT f.id, f.arg, a.study_day FROM deck_name k \
                 CROSS JOIN fact f INDEXED BY fact_subject ON f.subject = -k.id AND f.kind = {TRIED} \
                 JOIN action a ON a.id = (SELECT max(id) FROM action WHERE id <= f.id)"
            ))?;
            let context = self.context()?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let is_void = context.voided.has(context.reader.known(row.get(0)?)?);
                if let Some(tried) = Tried::of_code(row.get(1)?).filter(|_| !is_void) {
                    found.push((day_of(row.get(2)?), tried));
                }
            }
            Ok(found)
        })
    }
}

impl Writer<'_> {
    /// It is not to be asked about any more; whether it still was.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn forget_try(&self, shown: &ShownTry) -> Result<bool, Fault> {
        forget(&self.tx, shown)
    }
}
