//! The log out and in again: answers and texts as plain lines, compressed; no names, no hashes, nothing derived.

use crate::floor::open;
use rusqlite::Connection;
use rusqlite::Rows;
use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Write;

/// Rows that are put in order before they are inserted.
const AT_A_TIME: usize = 1 << 16;

fn each(rows: &mut Rows<'_>, columns: usize, out: &mut dyn Write) {
    while let Some(row) = rows.next().unwrap() {
        for index in 0..columns {
            let between = if index > 0 { "\t" } else { "" };
            write!(out, "{between}{}", row.get::<_, i64>(index).unwrap()).unwrap();
        }
        out.write_all(b"\n").unwrap();
    }
}

/// Every event in the order of the log, then every text.
pub(super) fn write(path: &str, out: &str) {
    let db = open(path);
    let mut encoder = zstd::stream::write::Encoder::new(File::create(out).unwrap(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    let mut lines = BufWriter::with_capacity(1 << 16, encoder);
    let mut events = db
        .prepare("SELECT card, id, hlc, study_day, quality, took_ms FROM event INDEXED BY event_id ORDER BY id")
        .unwrap();
    each(&mut events.query([]).unwrap(), 6, &mut lines);
    let mut texts = db.prepare("SELECT body FROM text WHERE body IS NOT NULL ORDER BY id").unwrap();
    let mut rows = texts.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        lines.write_all(b"#").unwrap();
        lines.write_all(row.get_ref(0).unwrap().as_str().unwrap().as_bytes()).unwrap();
        lines.write_all(b"\n").unwrap();
    }
    lines.flush().unwrap();
    let encoder = lines.into_inner().unwrap_or_else(|error| panic!("{}", error.error()));
    encoder.finish().unwrap().sync_all().unwrap();
}

fn insert(db: &Connection, events: &mut Vec<[i64; 6]>) {
    events.sort_unstable();
    let mut statement = db.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)").unwrap();
    for event in events.drain(..) {
        statement.execute(event).unwrap();
    }
}

/// The rows alone, with the index by name.
pub(super) fn read(log: &str, path: &str) {
    let mut db = open(path);
    db.execute_batch(
        "CREATE TABLE event (card INTEGER NOT NULL, id INTEGER NOT NULL, hlc INTEGER NOT NULL, study_day INTEGER NOT NULL, \
         quality INTEGER, took_ms INTEGER, PRIMARY KEY (card, id)) STRICT, WITHOUT ROWID; \
         CREATE UNIQUE INDEX event_id ON event (id); CREATE TABLE text (id INTEGER PRIMARY KEY, body TEXT) STRICT;",
    )
    .unwrap();
    db.pragma_update(None, "cache_size", -48_000).unwrap();
    let tx = db.transaction().unwrap();
    {
        let mut text = tx.prepare("INSERT INTO text (body) VALUES (?1)").unwrap();
        let mut input = BufReader::new(zstd::stream::read::Decoder::new(File::open(log).unwrap()).unwrap());
        let mut line = String::new();
        let mut events = Vec::with_capacity(AT_A_TIME);
        while input.read_line(&mut line).unwrap() > 0 {
            let row = line.trim_end_matches('\n');
            if let Some(body) = row.strip_prefix('#') {
                text.execute([body]).unwrap();
            } else {
                let mut event = [0; 6];
                for (number, word) in event.iter_mut().zip(row.split('\t')) {
                    *number = word.parse().unwrap();
                }
                events.push(event);
                if events.len() == AT_A_TIME {
                    insert(&tx, &mut events);
                }
            }
            line.clear();
        }
        insert(&tx, &mut events);
    }
    tx.commit().unwrap();
}
