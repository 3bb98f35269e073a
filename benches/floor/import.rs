//! A table in.

use crate::floor::open;
use lmq::core::id::NoteUid;
use rusqlite::Connection;
use rusqlite::Statement;
use std::collections::HashMap;
use std::fs::File;
use std::hash::Hasher as _;
use std::io::BufRead as _;
use std::io::BufReader;

/// The deck of a table that names none.
const DECK: &str = "bench";

const TABLES: &str = "\
CREATE TABLE IF NOT EXISTS deck (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT; \
CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, uid BLOB NOT NULL UNIQUE, deck INTEGER NOT NULL, \
prompt_hash INTEGER NOT NULL, front TEXT NOT NULL, back TEXT NOT NULL, tags TEXT NOT NULL) STRICT; \
CREATE INDEX IF NOT EXISTS note_prompt ON note (deck, prompt_hash); \
CREATE TABLE IF NOT EXISTS card (id INTEGER PRIMARY KEY, note INTEGER NOT NULL, deck INTEGER NOT NULL, \
shuffle INTEGER NOT NULL, new_position INTEGER) STRICT; \
CREATE INDEX IF NOT EXISTS card_new ON card (deck, new_position) WHERE new_position IS NOT NULL;";

/// An import that can be repeated: a note with a unique name, made of what the row says as the product makes it (logs of two
/// devices must mean the same note by it), an index by deck and prompt (to find the note again when its text was changed),
/// a card, and an index by deck and place (the next new card must not take a scan). A row that is there with the same
/// text is left alone. Two columns, or four where a header says so.
pub(super) fn run(tsv: &str, path: &str) {
    let mut db = open(path);
    db.execute_batch(TABLES).unwrap();
    // As many pages as the product takes: the more it has, the less often the indexes' pages are written.
    db.pragma_update(None, "cache_size", -48_000).unwrap();
    let tx = db.transaction().unwrap();
    {
        let old: i64 = tx.query_row("SELECT coalesce(max(id), 0) FROM note", [], |row| row.get(0)).unwrap();
        let mut find = tx
            .prepare("SELECT id, front, back, tags FROM note WHERE deck = ?1 AND prompt_hash = ?2 AND id <= ?3")
            .unwrap();
        let mut update = tx.prepare("UPDATE note SET back = ?2, tags = ?3 WHERE id = ?1").unwrap();
        let mut note = tx
            .prepare("INSERT INTO note (uid, deck, prompt_hash, front, back, tags) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .unwrap();
        let mut card =
            tx.prepare("INSERT INTO card (note, deck, shuffle, new_position) VALUES (?1, ?2, ?3, ?4)").unwrap();
        let mut decks = HashMap::new();
        let mut input = BufReader::with_capacity(1 << 16, File::open(tsv).unwrap());
        let mut line = String::new();
        let mut number = 0_i64;
        let mut is_first = true;
        while input.read_line(&mut line).unwrap() > 0 {
            let mut cells = line.trim_end_matches('\n').split('\t');
            let (front, back) = (cells.next().unwrap(), cells.next().unwrap());
            let (tags, deck_name) = (cells.next().unwrap_or_default(), cells.next().unwrap_or(DECK));
            if std::mem::take(&mut is_first) && deck_name == "deck" {
                line.clear();
                continue;
            }
            let deck = deck_number(&tx, &mut decks, deck_name);
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write(front.as_bytes());
            let hash = hasher.finish().cast_signed();
            if old == 0 || !is_known(&mut find, &mut update, (deck, hash, old), [front, back, tags]) {
                number += 1;
                let uid = NoteUid::of_row(deck_name, front, None).0;
                note.execute((uid, deck, hash, front, back, tags)).unwrap();
                card.execute((tx.last_insert_rowid(), deck, hash >> 1, number)).unwrap();
            }
            line.clear();
        }
    }
    tx.commit().unwrap();
}

fn deck_number(db: &Connection, known: &mut HashMap<String, i64>, name: &str) -> i64 {
    if let Some(number) = known.get(name) {
        return *number;
    }
    db.execute("INSERT INTO deck (name) VALUES (?1) ON CONFLICT DO NOTHING", [name]).unwrap();
    let number = db.query_row("SELECT id FROM deck WHERE name = ?1", [name], |row| row.get(0)).unwrap();
    known.insert(name.to_owned(), number);
    number
}

/// Whether the row's note is there; it then has the row's text.
fn is_known(
    find: &mut Statement<'_>,
    update: &mut Statement<'_>,
    (deck, hash, old): (i64, i64, i64),
    [front, back, tags]: [&str; 3],
) -> bool {
    let mut rows = find.query((deck, hash, old)).unwrap();
    let mut known = false;
    while let Some(row) = rows.next().unwrap() {
        let cell = |index: usize| row.get_ref(index).unwrap().as_str().unwrap();
        if cell(1) == front {
            if cell(2) != back || cell(3) != tags {
                update.execute((row.get::<_, i64>(0).unwrap(), back, tags)).unwrap();
            }
            known = true;
        }
    }
    known
}
