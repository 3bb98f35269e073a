//! The rows of a damaged database in a database of their own, each where its shape says that it belongs.
//!
//! No page is reached by way of another one, so a bad page costs the rows that lie in it and no others. What a row is tells
//! from its columns alone: no two tables of the log are alike in these. What the log's indexes and the caches name besides
//! tells what is missing, and gives back names whose own rows are lost.

use crate::core::id::is_deck_id;
use crate::core::log::TextRecord;
use crate::core::log::text_hash;
use crate::store::Fault;
use crate::store::columns::BROUGHT;
use crate::store::columns::EDITED;
use crate::store::columns::entry_parts;
use crate::store::migrate;
use crate::store::pages::Pages;
use crate::store::salvage::records::Of;
use crate::store::salvage::records::Record;
use crate::store::salvage::records::each_record;
use crate::store::set_meta;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::types::Value;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

/// The smallest number that an entry of the log can have here: the first one of the first device.
const FIRST_ENTRY: i64 = 1 << 32;

/// Bytes that no entry takes less than: a number that the file has no room for is damage.
const LEAST_BYTES: u64 = 8;

/// What was found in a damaged file.
pub(super) struct Gathered {
    /// The rows, in our schema without its guards.
    pub(super) db: Connection,
    /// By the number of a device, the number of the last entry that the file names, whether that entry is here or lost.
    pub(super) named: BTreeMap<i64, u64>,
    /// Texts whose words are not what their hashes say.
    pub(super) broken_texts: u64,
    /// Pages that the disk did not give.
    pub(super) unread: u64,
    /// Notes by their numbers of which the table of names says one uid, and its index the one that is here.
    pub(super) doubtful: Vec<(i64, [u8; 16])>,
    /// Decks whose ids are in doubt like that.
    pub(super) doubtful_decks: u64,
}

/// Names that stand elsewhere than in their own tables.
#[derive(Default)]
struct Hints {
    uids: BTreeMap<i64, BTreeSet<[u8; 16]>>,
    decks: BTreeMap<i64, BTreeSet<String>>,
    /// Notes as they are shown: number, deck, position, and the entries of the source's text and of the learner's.
    notes: Vec<[Option<i64>; 5]>,
}

impl Hints {
    /// The name of a deck by its number, from the cache or from an index. One index has files that are followed, by their paths.
    fn deck(&mut self, number: i64, name: &str) {
        if is_deck_id(name) && number > 0 && !Path::new(name).is_absolute() {
            self.decks.entry(number).or_default().insert(name.to_owned());
        }
    }
}

/// What a table's statement takes: its name and columns, and how many these are.
const TABLES: [(&str, &str, usize); 9] = [
    ("device", "id, uuid, name, parent, parent_sequence, parent_chain, created_at_ms", 7),
    ("config", "id, hash, json", 3),
    ("note_name", "id, uid", 2),
    ("deck_name", "id, name", 2),
    ("action", "id, entries, kind, subject, hlc, ahead, offset_min, study_day", 8),
    (
        "event_detail",
        "id, ahead, arg, asked, suggested, guessed, variant, speakers, form, confidence, due_offset_min, prev, program, \
         foreign_id",
        14,
    ),
    (
        "event_memory",
        "id, repetitions, interval_days, lapses, last_day, due, last_quality, ease, stability, difficulty",
        10,
    ),
    ("fact", "id, subject, kind, arg, position, edition, hash", 7),
    ("chain", "id, hash", 2),
];

/// Columns of the caches that names are taken from.
const DECK_WIDTH: usize = 17;
const NOTE_WIDTH: usize = 16;

/// Columns of the tables of the log that are not in [`TABLES`].
const EVENT_WIDTH: usize = 9;
const TEXT_WIDTH: usize = 4;

/// The table that a numbered row is of, by its columns; `None` for caches and for what makes no sense.
fn table_of(number: i64, columns: &[Option<Value>]) -> Option<&'static str> {
    let second = columns.get(1)?.as_ref();
    let is_blob = matches!(second, Some(Value::Blob(_)));
    let is_entry = number >= FIRST_ENTRY;
    match (columns.len(), second) {
        (7, Some(Value::Blob(_))) => Some("device"),
        (7, Some(Value::Integer(_))) if is_entry => Some("fact"),
        (3, Some(Value::Blob(_))) => Some("config"),
        (2, Some(Value::Blob(_))) if is_entry => Some("chain"),
        (2, Some(Value::Blob(_))) => Some("note_name"),
        (2, Some(Value::Text(_))) => Some("deck_name"),
        (8, Some(Value::Integer(_))) if is_entry => Some("action"),
        (14, _) if is_entry && !is_blob => Some("event_detail"),
        (10, Some(Value::Integer(_))) if is_entry => Some("event_memory"),
        _ => None,
    }
}

/// Whether a row was taken. One that the schema refuses is none of ours.
fn is_taken(done: rusqlite::Result<usize>) -> Result<bool, Fault> {
    match done {
        Ok(rows) => Ok(rows > 0),
        Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == rusqlite::ErrorCode::ConstraintViolation => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Reads all pages.
pub(super) fn gather(mut pages: Pages) -> Result<Gathered, Fault> {
    // As large as the log may be: in a file without a name, which is gone with the connection.
    let db = Connection::open("")?;
    migrate::make(&db)?;
    let triggers: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for name in triggers {
        db.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA journal_mode = OFF; BEGIN")?;
    let mut into = Into { db: &db, hints: Hints::default(), named: BTreeMap::new(), broken_texts: 0, most: 0 };
    into.most = u64::from(pages.count) * u64::try_from(pages.usable).unwrap_or(0) / LEAST_BYTES;
    let mut failed = None;
    for number in 1..=pages.count {
        if pages.is_free(number) {
            continue;
        }
        let Some(page) = pages.page(number) else { continue };
        each_record(&mut pages, number, &page, &mut |record| {
            if failed.is_none() {
                failed = into.take(record).err();
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    let doubtful = into.give_names()?;
    let doubtful_decks = into.give_deck_names()?;
    into.give_facts()?;
    let Into { named, broken_texts, .. } = into;
    db.execute_batch("COMMIT")?;
    Ok(Gathered { db, named, broken_texts, unread: pages.unread, doubtful, doubtful_decks })
}

struct Into<'d> {
    db: &'d Connection,
    hints: Hints,
    named: BTreeMap<i64, u64>,
    broken_texts: u64,
    /// More entries than the file has room for.
    most: u64,
}

impl Into<'_> {
    /// Whether an entry may have that number.
    fn is_entry(&self, id: i64) -> bool {
        let (device, sequence) = entry_parts(id);
        device > 0 && sequence > 0 && sequence <= self.most
    }

    fn name(&mut self, id: i64) {
        let (device, sequence) = entry_parts(id);
        if self.is_entry(id) {
            let last = self.named.entry(device).or_default();
            *last = sequence.max(*last);
        }
    }

    fn take(&mut self, record: Record) -> Result<(), Fault> {
        let Record { of, number, columns } = record;
        if of == Of::Index {
            return self.take_index(&columns);
        }
        if columns.len() == TEXT_WIDTH && matches!(columns.get(2), Some(Some(Value::Blob(_)))) {
            return self.take_text(number, &columns);
        }
        if let (DECK_WIDTH, Some(Some(Value::Text(name)))) = (columns.len(), columns.get(1)) {
            self.hints.deck(number, name);
            return Ok(());
        }
        if columns.len() == NOTE_WIDTH {
            let column = |index: usize| match columns.get(index) {
                Some(Some(Value::Integer(number))) => Some(*number),
                _ => None,
            };
            self.hints.notes.push([Some(number), column(1), column(7), column(2), column(3)]);
            return Ok(());
        }
        let Some(table) = table_of(number, &columns) else { return Ok(()) };
        if number >= FIRST_ENTRY && !self.is_entry(number) {
            return Ok(());
        }
        let Some((_, names, _)) = TABLES.iter().find(|(name, _, width)| *name == table && *width == columns.len())
        else {
            return Ok(());
        };
        // A word that is not UTF-8 makes the row unreadable.
        let Some(mut values) = columns.into_iter().collect::<Option<Vec<Value>>>() else { return Ok(()) };
        let Some(first) = values.first_mut() else { return Ok(()) };
        *first = Value::Integer(number);
        if table == "fact" {
            self.name(number);
        }
        let marks = vec!["?"; values.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})");
        is_taken(self.db.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(values)))?;
        Ok(())
    }

    /// A text whose words are not what its hash says keeps the hash: the log's hashes hang on it, and another history may have
    /// the words. Of two versions the erased one is the later.
    fn take_text(&mut self, id: i64, columns: &[Option<Value>]) -> Result<(), Fault> {
        let (Some(Some(Value::Blob(hash))), true) = (columns.get(2), self.is_entry(id)) else { return Ok(()) };
        let Ok(hash) = <[u8; 16]>::try_from(hash.as_slice()) else { return Ok(()) };
        let (salt, body) = match (columns.get(1), columns.get(3)) {
            (Some(Some(Value::Integer(salt))), Some(Some(Value::Text(body)))) if text_hash(*salt, body) == hash => {
                (Some(*salt), Some(body))
            }
            (Some(Some(Value::Integer(TextRecord::LEFT_OUT))), Some(Some(Value::Null))) => {
                (Some(TextRecord::LEFT_OUT), None)
            }
            (Some(Some(Value::Null)), Some(Some(Value::Null))) => (None, None),
            _ => {
                self.broken_texts += 1;
                (None, None)
            }
        };
        // Words that were left out give way to what became of them.
        let taken = self
            .db
            .prepare_cached(
                "INSERT INTO text (id, salt, hash, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE \
                 SET salt = excluded.salt, body = excluded.body WHERE salt = ?5 AND hash = excluded.hash",
            )?
            .execute((id, salt, hash, body, TextRecord::LEFT_OUT));
        if !is_taken(taken)? && salt.is_none() {
            self.db
                .prepare_cached("UPDATE text SET salt = NULL, body = NULL WHERE id = ?1 AND hash = ?2")?
                .execute((id, hash))?;
        }
        Ok(())
    }

    fn take_index(&mut self, columns: &[Option<Value>]) -> Result<(), Fault> {
        match columns {
            [Some(Value::Integer(id)), Some(Value::Integer(_))] if *id >= FIRST_ENTRY => self.name(*id),
            [Some(Value::Integer(_)), Some(Value::Integer(id))] if *id >= FIRST_ENTRY => self.name(*id),
            [Some(Value::Blob(uid)), Some(Value::Integer(number))] => {
                if let Ok(uid) = <[u8; 16]>::try_from(uid.as_slice()) {
                    self.hints.uids.entry(*number).or_default().insert(uid);
                }
            }
            [Some(Value::Text(name)), Some(Value::Integer(number))] => self.hints.deck(*number, name),
            [Some(Value::Text(name)), Some(Value::Text(value))]
                if ["builtin", "device", "place", "share"].contains(&name.as_str()) =>
            {
                set_meta(self.db, name, value)?;
            }
            [_, Some(Value::Integer(id)), ..] if columns.len() == EVENT_WIDTH && self.is_entry(*id) => {
                self.name(*id);
                let row = columns.iter().cloned().collect::<Option<Vec<Value>>>().unwrap_or_default();
                let taken = self
                    .db
                    .prepare_cached(
                        "INSERT OR IGNORE INTO event (card, id, hlc, kind, study_day, quality, took_ms, config, offset_min) \
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    )?
                    .execute(rusqlite::params_from_iter(row));
                is_taken(taken)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Facts whose own rows are lost while their texts are there, from what is shown of the notes: a page of facts is one of two
    /// hundred texts.
    fn give_facts(&self) -> Result<(), Fault> {
        let mut statement = self.db.prepare(
            "INSERT OR IGNORE INTO fact (id, subject, kind, arg, position) \
             SELECT id, ?2, ?3, ?4, ?5 FROM text WHERE id = ?1 AND body IS NOT NULL",
        )?;
        for [note, deck, position, source, own] in &self.hints.notes {
            statement.execute((source, note, BROUGHT, deck, position))?;
            statement.execute((own, note, EDITED, None::<i64>, None::<i64>))?;
        }
        Ok(())
    }

    /// Names whose own rows are lost, from where else they stand. A uid in an index may be a device's or a configuration's. Gives
    /// the notes whose rows say another name than their index.
    fn give_names(&mut self) -> Result<Vec<(i64, [u8; 16])>, Fault> {
        let mut doubtful = Vec::new();
        for (number, uids) in &self.hints.uids {
            let known = self.uid_of(*number)?;
            if known.is_some_and(|known| uids.contains(&known)) {
                continue;
            }
            let mut fitting = Vec::new();
            for uid in uids {
                if !self.is_another(*number, uid)? {
                    fitting.push(*uid);
                }
            }
            match (known, fitting.as_slice()) {
                (None, [uid]) => {
                    // Its row may be there under another number, which no index has.
                    self.db.prepare_cached("DELETE FROM note_name WHERE uid = ?1")?.execute([uid])?;
                    let mut insert = self.db.prepare_cached("INSERT INTO note_name (id, uid) VALUES (?1, ?2)")?;
                    insert.execute((number, uid))?;
                }
                (Some(_), [uid]) => doubtful.push((*number, *uid)),
                _ => {}
            }
        }
        Ok(doubtful)
    }

    /// The same for decks. Gives how many have two ids.
    fn give_deck_names(&self) -> Result<u64, Fault> {
        let mut doubtful = 0;
        for (number, names) in &self.hints.decks {
            let mut name = self.db.prepare_cached("SELECT name FROM deck_name WHERE id = ?1")?;
            let known: Option<String> = name.query_row([number], |row| row.get(0)).optional()?;
            match (known, Vec::from_iter(names).as_slice()) {
                (None, [name]) => {
                    self.db.execute("INSERT OR IGNORE INTO deck_name (id, name) VALUES (?1, ?2)", (number, name))?;
                }
                (Some(known), _) => doubtful += u64::from(!names.contains(&known)),
                (None, _) => {}
            }
        }
        Ok(doubtful)
    }

    /// What the table of names says of a note.
    fn uid_of(&self, number: i64) -> Result<Option<[u8; 16]>, Fault> {
        let mut uid = self.db.prepare_cached("SELECT uid FROM note_name WHERE id = ?1")?;
        Ok(uid.query_row([number], |row| row.get(0)).optional()?)
    }

    /// Whether a uid is that of a device, of a configuration, or of a note with another number that an index has too.
    fn is_another(&self, number: i64, uid: &[u8; 16]) -> Result<bool, Fault> {
        let no_note =
            "SELECT EXISTS (SELECT 1 FROM device WHERE uuid = ?1) OR EXISTS (SELECT 1 FROM config WHERE hash = ?1)";
        if self.db.prepare_cached(no_note)?.query_row([uid], |row| row.get(0))? {
            return Ok(true);
        }
        let mut of = self.db.prepare_cached("SELECT id FROM note_name WHERE uid = ?1 AND id <> ?2")?;
        let other: Option<i64> = of.query_row((uid, number), |row| row.get(0)).optional()?;
        Ok(other.is_some_and(|other| self.hints.uids.get(&other).is_some_and(|uids| uids.contains(uid))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a row is, is told by how many columns it has: a column more in the schema has to be one more here.
    #[test]
    fn the_widths_that_rows_are_known_by_are_those_of_the_schema() {
        let db = Connection::open_in_memory().unwrap();
        migrate::make(&db).unwrap();
        let columns = |table: &str| -> Vec<String> {
            let mut statement = db.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid").unwrap();
            statement.query_map([table], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        for (table, names, width) in TABLES {
            assert_eq!(columns(table), names.split(", ").collect::<Vec<_>>(), "{table}");
            assert_eq!(columns(table).len(), width, "{table}");
        }
        let (deck, note) = (columns("deck"), columns("note"));
        assert_eq!((deck.len(), note.len()), (DECK_WIDTH, NOTE_WIDTH));
        assert_eq!(deck[1], "name_id");
        assert_eq!([1, 7, 2, 3].map(|at: usize| note[at].as_str()), ["deck", "position", "source", "own"]);
        assert_eq!(columns("event").len(), EVENT_WIDTH);
        assert_eq!(columns("text").len(), TEXT_WIDTH);
    }
}
