//! A database of every released schema opens with its log as it was; what is not ours to open stays untouched; the log
//! can't be rewritten.

use crate::home::Lmq;
use crate::world::MORNING;
use crate::world::World;
use crate::world::history_of;
use crate::world::time;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::id::CardId;
use lmq::core::settings::Settings;
use lmq::env::Env;
use lmq::failure::Kind;
use lmq::ops;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// `lmq3`, from SQLite's header.
const APPLICATION_ID: i32 = 0x6c6d_7133;

/// `lmq1`: what the program called its databases before this log.
const UNRELEASED_ID: i32 = 0x6c6d_7131;

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn migrations() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(repository().join("migrations")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn env() -> Env {
    let mut env = Env::from_process();
    env.fix_now(time(MORNING));
    env
}

/// A database as the program of schema `version` left it: its migrations and the rows of tests/fixtures/.
fn released(version: usize, path: &Path) {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    for migration in migrations().iter().take(version) {
        db.execute_batch(&fs::read_to_string(migration).unwrap()).unwrap();
    }
    db.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
    db.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    db.pragma_update(None, "foreign_keys", false).unwrap();
    let rows = fixture(version);
    db.execute_batch(&fs::read_to_string(&rows).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", rows.display()));
}

fn fixture(version: usize) -> PathBuf {
    repository().join("tests/fixtures").join(format!("schema-{version:04}.sql"))
}

/// A file that is followed, a day that was set by hand, and a key that was changed.
fn follow_and_change(world: &mut World, card: CardId) {
    let path = world.folder.path().join("followed.csv");
    fs::write(&path, "front,back\nfollowed question,followed answer\n").unwrap();
    let (sources, _) = ops::import::open(&path).unwrap();
    let options = ops::import::Options { link: true, ..ops::import::Options::default() };
    let (stamp, settings) = (world.stamp(), world.settings.clone());
    ops::import::import(&mut world.store, stamp, sources, &options, &|_, _, _| Vec::new(), &mut |_| {}).unwrap();
    let change = ops::bulk::BulkChange::SetDue(stamp.today.plus(3));
    let plan = ops::bulk::plan(&world.store, stamp.today, &[card], change).unwrap();
    ops::bulk::apply(&mut world.store, &settings, stamp, &plan).unwrap();
    let (kind, two) = (ActionKind::Edit, world.card("t/two").card.note);
    world
        .store
        .write(stamp, kind, Subject::Note(two), |writer| writer.rekey(two, "second").map(|is_free| assert!(is_free)))
        .unwrap();
}

/// A small learner's life: every table has rows.
fn lived_in() -> World {
    let mut world = World::bare();
    let deck = |back: &str| {
        format!(
            "[deck]\nid = \"t\"\nname = \"t\"\nsequence = [\"a\"]\n\n[[topic]]\nid = \"a\"\ntitle = \"A\"\n\n\
             [[card]]\nkey = \"one\"\nkind = \"basic\"\ntopic = \"a\"\nfront = [\"One?\", \"Which is one?\"]\nback = \"{back}\"\n\n\
             [[card]]\nkey = \"two\"\nkind = \"sort\"\nprompt = \"Side?\"\nanswer = \"left\"\ncategories = [\"left\", \"right\"]\n\n\
             [[card]]\nkey = \"three\"\nkind = \"cloze\"\ntext = \"{{{{c1::a}}}} and {{{{c2::b}}}}\"\n"
        )
    };
    world.import("t.toml", deck("first"));
    world.import("c.csv", "front,back\nlone question,lone answer\n");
    let [one, two] = ["t/one", "t/two"].map(|name| world.card(name).card);
    for (grade, days) in [(4, 1), (4, 6), (2, 0), (4, 1), (5, 2)] {
        world.answer(one, grade);
        world.answer(two, 1);
        world.pass(days * 1440);
    }
    world.import("t.toml", deck("second"));
    {
        use lmq::core::session::Input;
        let settings = world.settings.clone();
        let options = ops::queue::Options::default();
        let mut review = ops::review::Review::new(&mut world.store, &world.env, settings, &options).unwrap();
        for input in [
            Input::Mark,
            Input::Respond("right".to_owned()),
            Input::Accept,
            Input::Respond("right".to_owned()),
            Input::Accept,
            Input::Bury,
            Input::Respond("anything".to_owned()),
            Input::Guessed,
            Input::Suspend,
        ] {
            review.feed(input).unwrap();
        }
    }
    world.answer(one, 0);
    world.undo_newest().unwrap();
    world.answer(one, 3);
    // Over the end of a month: what was known then is kept.
    let lone = world.cards().into_iter().find(|line| line.deck_name != "t").unwrap().card;
    world.pass(8 * 1440);
    world.answer(lone, 4);
    follow_and_change(&mut world, lone);
    world
}

/// Writes the rows of the present schema's fixture again. Only until that schema is released; a later one gets its own.
#[test]
#[ignore = "writes tests/fixtures/"]
fn write_the_fixture() {
    let world = lived_in();
    let db = Connection::open(world.path()).unwrap();
    let tables: Vec<String> = {
        let mut statement = db
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY rowid")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let mut text = String::new();
    for table in tables {
        let columns: String = db
            .query_row(
                "SELECT group_concat('quote(' || name || ')', ' || '', '' || ') FROM pragma_table_info(?1)",
                [&table],
                |row| row.get(0),
            )
            .unwrap();
        let mut statement = db.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        for row in rows {
            writeln!(text, "INSERT INTO {table} VALUES ({});", row.unwrap()).unwrap();
        }
    }
    fs::create_dir_all(repository().join("tests/fixtures")).unwrap();
    fs::write(fixture(migrations().len()), text).unwrap();
}

#[test]
fn a_database_of_every_released_schema_opens_with_its_log_and_states() {
    for version in 1..=migrations().len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        released(version, &path);
        // What happened to cards, and what was said about no note and no deck.
        let rows = "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM fact WHERE subject = 0)";
        let rows_before: i64 = Connection::open(&path).unwrap().query_row(rows, [], |row| row.get(0)).unwrap();
        let mut store = ops::open_as_is(&path, &env()).unwrap();
        let stamp = ops::stamp(&env(), &Settings::default());
        let findings: Vec<_> = store
            .doctor(stamp, false)
            .unwrap()
            .into_iter()
            .filter(|finding| finding.rule != lmq::store::Rule::Future)
            .collect();
        assert_eq!(findings, [], "schema {version}");
        let history = history_of(&store);
        assert_eq!(i64::try_from(history.len()).unwrap(), rows_before);
        assert!(history.len() > 15 && history.iter().any(|row| row.voided), "schema {version}");
        // Graded 4, 4 and 2 on time, 4 again that day, then 5, and 3 for a guess; what came after was undone or a repeat.
        let card = match store.find("t/one").unwrap() {
            lmq::store::Found::One(card) => store.card(card).unwrap().unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!(card.text.answer(1), "second");
        let memory = card.state.memory.unwrap();
        assert_eq!(
            (memory.repetitions, memory.interval.0, memory.ease().unwrap().hundredths(), memory.lapses),
            (2, 6, 214, 1),
            "schema {version}"
        );
        // A copy of what it was lies beside it where it was migrated.
        let beside: Vec<String> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("before-schema"))
            .collect();
        assert_eq!(beside.len(), usize::from(version < migrations().len()), "{beside:?}");
    }
}

#[test]
fn every_released_schema_has_a_fixture_that_fills_every_table() {
    for version in 1..=migrations().len() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        released(version, &path);
        let db = Connection::open(&path).unwrap();
        for table in [
            "device",
            "config",
            "note_name",
            "deck_name",
            "action",
            "event",
            "event_detail",
            "event_memory",
            "fact",
            "text",
            "meta",
            "followed",
            "note_followed",
            "deck",
            "topic",
            "note",
            "alias",
            "card_state",
            "asked",
            "day_sum",
            "topic_sum",
            "side_sum",
        ] {
            let rows: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
            assert!(rows > 0, "schema {version}: {table} is empty");
        }
    }
}

/// Every file of a folder with its bytes.
fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn what_is_not_ours_is_refused_and_left_byte_for_byte() {
    let newer = |path: &Path| {
        released(1, path);
        let db = Connection::open(path).unwrap();
        db.pragma_update(None, "user_version", i64::try_from(migrations().len() + 1).unwrap()).unwrap();
    };
    let foreign = |path: &Path| {
        let db = Connection::open(path).unwrap();
        db.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1; PRAGMA application_id = 7;").unwrap();
    };
    let nameless = |path: &Path| {
        Connection::open(path)
            .unwrap()
            .execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);")
            .unwrap();
    };
    let text = |path: &Path| fs::write(path, "front,back\nhello,world\n").unwrap();
    let one_byte = |path: &Path| fs::write(path, "S").unwrap();
    type Made<'m> = &'m dyn Fn(&Path);
    let empty_page = |path: &Path| {
        Connection::open(path).unwrap().execute_batch("PRAGMA application_id = 9;").unwrap();
    };
    let unreleased = |path: &Path| {
        released(1, path);
        Connection::open(path).unwrap().pragma_update(None, "application_id", UNRELEASED_ID).unwrap();
    };
    let cases: [(&str, Made<'_>, &str); 7] = [
        ("of before the first release", &unreleased, "was made by lmq before its first release"),
        ("of a program that has no tables yet", &empty_page, "is the database of another program"),
        ("from the future", &newer, "was written by a newer lmq"),
        ("of another program", &foreign, "is the database of another program"),
        ("of a program without a name", &nameless, "is the database of another program"),
        ("a text", &text, "is not a database"),
        ("one byte", &one_byte, "is not a database"),
    ];
    for (what, make, says) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lmq.db");
        make(&path);
        let before = all_files(folder.path());
        let Err(failure) = ops::open(&path, &env(), &Settings::default()).map(drop) else {
            panic!("{what} was opened")
        };
        assert_eq!(failure.kind, Kind::Data, "{what}");
        assert!(failure.what.contains(says), "{what}: {failure}");
        assert!(failure.hint.is_some(), "{what}: {failure}");
        assert!(all_files(folder.path()) == before, "{what}: the file, or one beside it, was touched");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_lmq"))
            .env("LMQ_CONFIG", folder.path().join("none.toml"))
            .arg("--db")
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{what}");
        assert!(all_files(folder.path()) == before, "{what}: the program touched it");
    }
}

#[test]
fn a_database_of_before_the_first_release_says_what_to_do() {
    let lmq = Lmq::new();
    released(1, &lmq.db());
    Connection::open(lmq.db()).unwrap().pragma_update(None, "application_id", UNRELEASED_ID).unwrap();
    for line in ["lmq decks", "lmq review", "lmq doctor --fix", "lmq backup b.db", "lmq answer t/one good"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.shell(line).err(3), @r"
            lmq: `$T/lmq.db` was made by lmq before its first release
              this version can't read it
            hint: export its notes with the program that made it, then import them into a new database
            ");
        }
    }
    assert_eq!(lmq.files(), ["lmq.db"]);
}

#[test]
fn the_log_can_be_neither_changed_nor_deleted() {
    let world = lived_in();
    let db = Connection::open(world.path()).unwrap();
    for table in [
        "device",
        "config",
        "note_name",
        "deck_name",
        "action",
        "event",
        "event_detail",
        "event_memory",
        "fact",
        "text",
    ] {
        let rows: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert!(rows > 0, "{table} has rows to protect");
        let column: String = db
            .query_row("SELECT name FROM pragma_table_info(?1) ORDER BY cid DESC LIMIT 1", [table], |row| row.get(0))
            .unwrap();
        // Which devices there are stays; what this one is called, and which one it was forked from, is learnt later.
        let change = (table != "device").then(|| format!("UPDATE {table} SET {column} = {column}"));
        for sql in change.into_iter().chain([format!("DELETE FROM {table}")]) {
            let refused = db.execute(&sql, []).unwrap_err().to_string();
            assert!(refused.contains("append-only") || refused.contains("add another"), "{sql}: {refused}");
        }
        let after: i64 = db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(rows, after, "{table}");
    }
}

#[test]
fn no_statement_of_ours_replaces_rows_past_the_triggers() {
    // REPLACE deletes without asking a trigger.
    let mut folders = vec![repository().join("src/store")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            // The tests do what a person may.
            if path.ends_with("tests.rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap().to_uppercase();
            assert!(!text.contains("OR REPLACE") && !text.contains("REPLACE INTO"), "{}", path.display());
        }
    }
    assert!(files > 30, "{files} files were read");
}
