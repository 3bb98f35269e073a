//! The least work that each task can be done with, on bare rusqlite: what a figure of ours is compared with.
//!
//! Every program has what the task can't do without and nothing more: WAL and `synchronous=FULL` (an answer must
//! survive a power cut), statements prepared once, and the indexes without which the next task would have to scan.

mod history;
mod import;

use crate::measure::now;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::fs;
use std::fs::File;
use std::io::BufRead as _;
use std::io::BufWriter;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

fn open(path: &str) -> Connection {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    db.pragma_update(None, "synchronous", "full").unwrap();
    // Or a prepared statement would be prepared again whenever a parameter changes.
    db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    db
}

/// `floor TASK ARG…`, a process of its own.
pub(crate) fn run(args: &[String]) {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["first", db] => first(db),
        ["import", tsv, db] => import::run(tsv, db),
        ["scan", db] => scan(db),
        ["sums", db] => sums(db),
        ["search", db] => search(db),
        ["parse", files @ ..] => parse(files),
        ["export", db, out] => export(db, out),
        ["history-out", db, out] => history::write(db, out),
        ["history-in", log, db] => history::read(log, db),
        ["lines", db, cards] => lines(db, cards.parse().unwrap()),
        ["screen", db, cards] => screen(db, cards.parse().unwrap()),
        _ => panic!("no floor {args:?}"),
    }
}

/// Start to first due card: open, one query by index, the text of one row.
fn first(path: &str) {
    let db = open(path);
    let body: String = db
        .query_row(
            "SELECT x.body FROM (SELECT card FROM card_state INDEXED BY card_due WHERE due IS NOT NULL AND offered = 1 \
             AND due <= 20468 ORDER BY due, shuffle LIMIT 1) s JOIN note n ON n.id = s.card >> 9 \
             JOIN text x ON x.id = coalesce(n.own, n.source)",
            [],
            |row| row.get(0),
        )
        .optional()
        .unwrap()
        .unwrap_or_default();
    println!("{body}");
}

/// Each file read and parsed, and nothing made of it.
fn parse(files: &[&str]) {
    let read = |file: &&str| serde_json::from_slice::<serde_json::Value>(&std::fs::read(file).unwrap()).unwrap();
    println!("{}", files.iter().map(read).filter(|value| value["version"] == 1).count());
}

/// A search for one word: every text is read once and looked through as it is, accents and case not folded.
fn search(path: &str) {
    let db = open(path);
    let mut statement = db.prepare("SELECT body FROM text WHERE body IS NOT NULL").unwrap();
    let mut rows = statement.query([]).unwrap();
    let mut found = 0;
    while let Some(row) = rows.next().unwrap() {
        found += u32::from(row.get_ref(0).unwrap().as_str().unwrap().contains("photosynthesis"));
    }
    println!("{found}");
}

/// Statistics from the log: every event once, in the order of the fold, with what a sum needs of it.
fn scan(path: &str) {
    let db = open(path);
    let mut statement =
        db.prepare("SELECT card, study_day, kind, quality, took_ms FROM event ORDER BY card, id").unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut answers, mut passed, mut mature, mut time, mut card, mut last) =
        (0_i64, 0_i64, 0_i64, 0_i64, 0_i64, 0_i64);
    while let Some(row) = rows.next().unwrap() {
        let (this, day): (i64, i64) = (row.get(0).unwrap(), row.get(1).unwrap());
        if this != card {
            (card, last) = (this, day);
        }
        if row.get::<_, i64>(2).unwrap() == 1 {
            answers += 1;
            passed += i64::from(row.get::<_, i64>(3).unwrap() >= 3);
            // The interval is nowhere in the log: the days since the last answer take its place.
            mature += i64::from(day - last >= 21);
            time += row.get::<_, i64>(4).unwrap().min(60_000);
            last = day;
        }
    }
    println!("{answers} {passed} {mature} {time}");
}

/// Statistics from kept sums, with the two counts that only the cards' states have.
fn sums(path: &str) {
    let db = open(path);
    let days: (i64, i64, i64) = db
        .query_row("SELECT count(*), sum(answers), sum(time_ms) FROM day_sum", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    let mut statement =
        db.prepare("SELECT due, count(*) FROM card_state WHERE due IS NOT NULL AND offered = 1 GROUP BY due").unwrap();
    let due: Vec<(i64, i64)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let mature: i64 =
        db.query_row("SELECT count(*) FROM card_state WHERE interval_days >= 21", [], |row| row.get(0)).unwrap();
    println!("{days:?} {} {mature}", due.len());
}

/// Notes out: their rows in the order in which they lie, id, key and text, quoted; beside, synced and renamed.
fn export(path: &str, out: &str) {
    let db = open(path);
    let beside = format!("{out}.part");
    let mut file = BufWriter::with_capacity(1 << 16, File::create(&beside).unwrap());
    let mut statement = db
        .prepare(
            "SELECT lower(hex(u.uid)), n.key, k.name, x.body FROM note n JOIN deck k ON k.id = n.deck \
             JOIN note_name u ON u.id = n.id JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.retired = 0",
        )
        .unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cell = |index: usize| row.get_ref(index).unwrap().as_str_or_null().unwrap().unwrap_or_default();
        write!(file, "{},{},{},\"", cell(0), cell(1), cell(2)).unwrap();
        for (index, part) in cell(3).split('"').enumerate() {
            if index > 0 {
                file.write_all(b"\"\"").unwrap();
            }
            file.write_all(part.as_bytes()).unwrap();
        }
        file.write_all(b"\"\n").unwrap();
    }
    file.into_inner().unwrap().sync_all().unwrap();
    fs::rename(beside, out).unwrap();
}

/// A screen: raw keys in, a frame's worth of bytes out; `g` commits an answer first.
fn screen(path: &str, cards: usize) {
    let mut answers = Answers::new(Path::new(path), cards);
    crossterm::terminal::enable_raw_mode().unwrap();
    let frame = "x".repeat(1500);
    let (mut keys, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut key = [b'r'];
    while key != [b'q'] {
        if key == [b'g'] {
            answers.answer();
        }
        out.write_all(frame.as_bytes()).unwrap();
        out.flush().unwrap();
        keys.read_exact(&mut key).unwrap();
    }
    crossterm::terminal::disable_raw_mode().unwrap();
}

/// A session over lines: what a card takes to show, an answer, what its back takes, a grade, which is committed.
fn lines(path: &str, cards: usize) {
    let mut answers = Answers::new(Path::new(path), cards);
    let card = format!("{}\n", "x".repeat(170));
    let (mut typed, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut line = String::new();
    for prompt in ["> ", "grade> "].into_iter().cycle() {
        out.write_all(card.as_bytes()).unwrap();
        out.write_all(prompt.as_bytes()).unwrap();
        out.flush().unwrap();
        line.clear();
        typed.read_line(&mut line).unwrap();
        if line == ":q\n" {
            break;
        }
        if prompt == "grade> " {
            answers.answer();
        }
    }
}

/// Answers: a row into the log, another state with its due index; each committed to the disk.
pub(crate) struct Answers {
    db: Connection,
    next: i64,
}

impl Answers {
    pub(crate) fn new(path: &Path, cards: usize) -> Self {
        let mut db = open(path.to_str().unwrap());
        db.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
        db.execute_batch(
            "CREATE TABLE event (card INTEGER NOT NULL, hlc INTEGER NOT NULL, study_day INTEGER NOT NULL, at_ms INTEGER NOT NULL, \
             quality INTEGER, took_ms INTEGER, interval_days INTEGER, ease INTEGER, due INTEGER, PRIMARY KEY (card, hlc)) \
             STRICT, WITHOUT ROWID; \
             CREATE TABLE card_state (card INTEGER PRIMARY KEY, repetitions INTEGER, interval_days INTEGER, ease INTEGER, \
             due INTEGER) STRICT; \
             CREATE INDEX card_due ON card_state (due);",
        )
        .unwrap();
        let tx = db.transaction().unwrap();
        {
            let mut event =
                tx.prepare("INSERT INTO event VALUES (?1, ?2, 20000, 1728000000000, 4, 5000, 6, 250, 20006)").unwrap();
            let mut state = tx.prepare("INSERT INTO card_state VALUES (?1, 3, 15, 250, ?2)").unwrap();
            for card in 1..=i64::try_from(cards).unwrap() {
                for review in 0..10 {
                    event.execute((card, review)).unwrap();
                }
                state.execute((card, 20_400 + card * 7919 % 100)).unwrap();
            }
        }
        tx.commit().unwrap();
        db.set_prepared_statement_cache_capacity(16);
        Self { db, next: 1 }
    }

    pub(crate) fn answer(&mut self) -> Duration {
        let card: i64 = self.next * 7919 % 99_991 + 1;
        self.next += 1;
        let start = now();
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
        tx.prepare_cached("INSERT INTO event VALUES (?1, ?2, 20468, 1768467600000, 4, 5000, 38, 250, 20506)")
            .unwrap()
            .execute((card, 1_000_000 + self.next))
            .unwrap();
        tx.prepare_cached(
            "UPDATE card_state SET repetitions = 4, interval_days = 38, ease = 250, due = 20506 WHERE card = ?1",
        )
        .unwrap()
        .execute([card])
        .unwrap();
        tx.commit().unwrap();
        start.elapsed()
    }

    pub(crate) fn rest(&self) {
        self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
    }
}
