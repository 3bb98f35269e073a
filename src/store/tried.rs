//! The line to do that a session showed last, and what was said of such lines.

use crate::core::fact::Fact;
use crate::core::study_day::StudyDay;
use crate::core::tried::Tried;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::columns::TRIED;
use crate::store::columns::day_of;
use crate::store::columns::entry_id;
use crate::store::meta;
use crate::store::set_meta;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

/// The name in `meta` of the line that a session showed last.
const SHOWN: &str = "try";

/// What `meta` has of it: the study day, the ids of its deck and topic, and once it was answered the local number of that
/// entry. Where that is undone it is to be asked about again.
type Kept = (i32, String, String, Option<i64>);

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

fn kept(db: &Connection) -> Result<Option<Kept>, Fault> {
    // What an older build has there is no line to ask about.
    Ok(meta(db, SHOWN)?.and_then(|kept| serde_json::from_str(&kept).ok()))
}

fn keep(db: &Connection, kept: &Kept) -> Result<(), Fault> {
    set_meta(db, SHOWN, &serde_json::to_string(kept).map_err(|error| Fault::Corrupt(error.to_string()))?)
}

/// Whether what was said of a line was not taken back.
fn counts(context: &Context, answer: i64) -> Result<bool, Fault> {
    Ok(!context.voided.has(context.reader.known(answer)?))
}

/// Entries from the first to the last were given other local numbers.
pub(super) fn move_answer(db: &Connection, (first, last): (i64, i64), offset: i64) -> Result<(), Fault> {
    match kept(db)? {
        Some((day, deck, topic, Some(answer))) if (first..=last).contains(&answer) => {
            keep(db, &(day, deck, topic, Some(answer + offset)))
        }
        _ => Ok(()),
    }
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
            keep(self.db(), &(day.0, deck, topic, None))
        })
    }

    /// The line that a session showed last, if it is still to be asked about and its topic still has one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn shown_try(&self) -> Result<Option<ShownTry>, StoreError> {
        self.attempt(|| {
            let Some((day, deck, topic, answer)) = kept(self.db())? else { return Ok(None) };
            if let Some(answer) = answer
                && counts(&*self.context()?, answer)?
            {
                return Ok(None);
            }
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
    pub fn forget_try(&self) -> Result<(), StoreError> {
        self.attempt(|| Ok(self.db().execute("DELETE FROM meta WHERE name = ?1", [SHOWN]).map(drop)?))
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
    /// Writes down what was said of a line. Where another window was told first, it stays with that.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn answer_try(&mut self, shown: &ShownTry, tried: Tried) -> Result<(), Fault> {
        let Some((day, deck, topic, answer)) = kept(&self.tx)? else { return Ok(()) };
        if (StudyDay(day), &deck, &topic) != (shown.day, &shown.deck, &shown.topic) {
            return Ok(());
        }
        if let Some(answer) = answer
            && counts(&*self.context()?, answer)?
        {
            return Ok(());
        }
        let answer = self.append_fact(&Fact::Tried { deck: deck.clone(), tried }, Some(topic.clone()))?;
        keep(&self.tx, &(day, deck, topic, Some(entry_id(self.device, answer.sequence))))
    }
}
