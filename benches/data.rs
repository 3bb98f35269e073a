//! Made-up collections, always the same: texts through the real import, answers through the real union of logs, as
//! another device's history. So all that the program derives of them is its own work, and `lmq doctor` finds it in order
//! (`replay` runs it, and fails where it does not).

mod history;
mod texts;

use lmq::core::id::CardId;
use lmq::core::id::NoteUid;
use lmq::core::study_day::Timestamp;
use lmq::env::Env;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// The moment of all benches; its study day is [`TODAY`].
pub(crate) const NOW: &str = "2026-01-15T09:00:00+00:00";
const TODAY: i32 = 20_468;

/// When the texts were imported, long before the first answer.
pub(crate) const IMPORTED: &str = "2016-01-15T09:00:00+00:00";

/// What a collection is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 170 bytes of English words a card, 20 decks with 10 topics each. Its table of bare rows has two columns.
    Topics,
    /// The data that other programs are measured with: front and back of about 45 and 90 characters in several scripts, one
    /// to three tags, 20 decks, no topics. Its table has four columns.
    Tags,
}

impl Shape {
    pub(crate) const ALL: [Self; 2] = [Self::Topics, Self::Tags];

    /// In a word, for tables and names of files.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Topics => "topics",
            Self::Tags => "tags",
        }
    }

    /// A table as people import one.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Topics => "two columns",
            Self::Tags => "decks and tags",
        }
    }
}

pub(crate) fn env() -> Env {
    at(NOW)
}

/// The world at that moment.
pub(crate) fn at(moment: &str) -> Env {
    let mut env = Env::from_process();
    env.fix_now(Timestamp::from_rfc3339(moment).unwrap());
    env
}

pub(crate) fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("speed");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The path of a file that is not there.
pub(crate) fn scratch(name: &str) -> PathBuf {
    gone(folder().join(name))
}

/// A file and what may lie beside a database, taken away.
fn gone(path: PathBuf) -> PathBuf {
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{ending}", path.display())).ok();
    }
    path
}

/// A folder in memory, where a sync costs nothing; an ordinary one where the system has none.
pub(crate) fn in_memory(name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { gone(memory.join(format!("lmq-bench-{}-{name}", std::process::id()))) } else { scratch(name) }
}

/// A copy that goes on as the device which wrote the answers: a collection that was never copied and is used on one device.
pub(crate) fn copy(from: &Path, name: &str) -> PathBuf {
    let path = scratch(name);
    fs::copy(from, &path).unwrap();
    history::go_on_as_its_writer(&path);
    path
}

/// Reviews a card: ten, but two in a million cards, so that the log fits into a bench's patience; or what
/// `LMQ_BENCH_REVIEWS` says, such as 10 for the ten million reviews of a million cards.
#[expect(clippy::disallowed_methods, reason = "the one thing that can be chosen, since cargo eats options")]
pub(crate) fn reviews(size: usize) -> usize {
    let said = std::env::var("LMQ_BENCH_REVIEWS").ok().and_then(|text| text.parse().ok());
    said.unwrap_or(if size > 100_000 { 2 } else { 10 })
}

/// A table of a collection. `changed`: every tenth answer is another.
pub(crate) fn tsv(shape: Shape, size: usize, changed: bool) -> PathBuf {
    let path = folder().join(format!("{size}-{}{}.tsv", shape.name(), if changed { "-changed" } else { "" }));
    if !path.exists() {
        texts::write_table(shape, size, changed, &path);
    }
    path
}

fn lmq(db: &Path, now: &str, args: &[&str]) {
    let status = Command::new(env!("CARGO_BIN_EXE_lmq"))
        .args(["--quiet", "--now", now, "--db", db.to_str().unwrap()])
        .args(args)
        .env("LMQ_CONFIG", folder().join("no-config.toml"))
        .env("XDG_STATE_HOME", folder().join("state"))
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "lmq {args:?}");
}

/// Imports the texts of a collection, with their decks, into a database.
pub(crate) fn import_texts(shape: Shape, size: usize, db: &Path) {
    let table = match shape {
        Shape::Topics => {
            let csv = scratch("making.csv");
            texts::write_decks(size, &csv);
            csv
        }
        Shape::Tags => tsv(shape, size, false),
    };
    lmq(db, IMPORTED, &["import", table.to_str().unwrap()]);
}

/// A database of so many cards in 20 decks, all of them reviewed, 5 % due. Kept from run to run; another schema is another
/// file.
pub(crate) fn database(shape: Shape, size: usize) -> PathBuf {
    let schema = lmq::core::id::hash64(include_bytes!("../migrations/0001_log.sql"));
    let path = folder().join(format!("{size}-{}-{}-{schema:016x}.db", shape.name(), reviews(size)));
    if path.exists() {
        return path;
    }
    eprintln!("making a database of {size} cards ({}) …", shape.name());
    // A folder of its own, since a union leaves a copy from before it beside the database.
    let making = folder().join("making");
    fs::remove_dir_all(&making).ok();
    fs::create_dir_all(&making).unwrap();
    let (db, log) = (making.join("making.db"), making.join("history.jsonl"));
    import_texts(shape, size, &db);
    history::write(&cards(&db), reviews(size), &log);
    lmq(&db, NOW, &["import", log.to_str().unwrap()]);
    fs::rename(&db, &path).unwrap();
    fs::remove_dir_all(making).unwrap();
    path
}

/// The cards of a database, in the order in which they came, without those of the built-in decks.
pub(crate) fn cards(path: &Path) -> Vec<CardId> {
    let db = Connection::open(path).unwrap();
    let mut statement = db
        .prepare(
            "SELECT u.uid FROM note n JOIN note_name u ON u.id = n.id JOIN deck k ON k.id = n.deck \
             WHERE k.origin <> 'builtin' ORDER BY n.id",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok(CardId { note: NoteUid(row.get(0)?), ordinal: 1 }));
    rows.unwrap().map(Result::unwrap).collect()
}
