//! `lmq doctor --salvage`: what can be read of a damaged database, in a new one.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::time;
use lmq::core::settings::Settings;
use lmq::env::Env;
use lmq::store::Here;
use lmq::store::Store;
use serde_json::Value;
use std::fs;
use std::path::Path;

const PAGE: usize = 4096;

/// A database that has something in each table of the log, and a whole copy of it.
fn used() -> (Lmq, Vec<u8>) {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    lmq.import("many.csv", (0..300).map(|n| format!("question number {n},answer {n}\n")).collect::<String>());
    for (card, grade) in
        [("team/owner", "good"), ("team/retro#1", "again"), ("team/pair#1", "easy"), ("team/retro#2", "good")]
    {
        lmq.run(["answer", card, grade]).done();
    }
    lmq.run(["undo"]).done();
    lmq.run(["tag", "people", "team/pair"]).done();
    lmq.run(["suspend", "team/pair#2", "-y"]).done();
    lmq.run(["move", "elsewhere", "team/retro", "-y"]).done();
    lmq.run(["backup", "whole.db"]).done();
    let whole = fs::read(lmq.path("whole.db")).unwrap();
    (lmq, whole)
}

/// What people see of a database.
fn seen(lmq: &Lmq, db: &str) -> [Value; 2] {
    [&["cards", "deck:*"][..], &["history"]]
        .map(|command| lmq.run([&["--db", db], command, &["--json"]].concat()).json())
}

fn salvage(lmq: &Lmq, db: &str) -> crate::home::Run {
    fs::remove_file(lmq.path("saved.db")).ok();
    lmq.run(["--db", db, "doctor", "--salvage", "saved.db"])
}

fn files_in(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_sound_database_comes_out_whole_and_under_its_own_names() {
    let (lmq, _) = used();
    let before = files_in(lmq.root());
    let run = salvage(&lmq, "lmq.db").ok();
    assert!(run.stdout.starts_with("saved in saved.db: ") && run.stdout.ends_with("\nnothing is missing\n"), "{run:?}");
    assert!(!run.stdout.contains("new device"), "{run:?}");
    let after: Vec<_> = files_in(lmq.root()).into_iter().filter(|(name, _)| name != "saved.db").collect();
    assert!(before == after, "the damaged file and all beside it are as they were");
    assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).out(), "everything is in order\n");
    assert_eq!(seen(&lmq, "saved.db"), seen(&lmq, "lmq.db"));
    let log = |db: &str| lmq.run(["--db", db, "export", "--what", "history"]).ok().stdout;
    assert_eq!(log("saved.db"), log("lmq.db"), "nothing is said again");
    // Whoever goes on with it is another device, so that the two unite.
    lmq.run(["--db", "saved.db", "answer", "team/pair#1", "good"]).done();
    lmq.run(["answer", "team/owner", "hard"]).done();
    lmq.run(["--db", "saved.db", "export", "--what", "history", "--out", "log.jsonl"]).done();
    lmq.run(["import", "log.jsonl"]).done();
    lmq.assert_sound();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(lmq.path("saved.db")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let (lmq, _) = used();
    lmq.write("saved.db", "mine");
    let said = lmq.run(["doctor", "--salvage", "saved.db"]).err(1);
    insta::assert_snapshot!(said, @r"
    lmq: `saved.db` already exists
    hint: name a file that is not there: what is saved goes into a new database
    ");
    assert_eq!(lmq.read("saved.db"), "mine");
    for name in ["lmq.db-journal", "./lmq.db-journal"] {
        drop(lmq.run(["doctor", "--salvage", name]).code(2));
    }
    lmq.write("diary", "dear diary");
    let said = lmq.run(["--db", "diary", "doctor", "--salvage", "new.db"]).err(3);
    assert!(said.starts_with("lmq: `diary` is not a database"), "{said}");
    lmq.run(["--db", "nothing.db", "doctor", "--salvage", "new.db"]).err(1);
    assert!(!lmq.path("new.db").exists());
}

/// The place of the page where the names of the decks are, from 0.
fn page_of_decks(lmq: &Lmq) -> usize {
    let db = rusqlite::Connection::open(lmq.path("whole.db")).unwrap();
    let root: i64 =
        db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'deck_name'", [], |row| row.get(0)).unwrap();
    usize::try_from(root - 1).unwrap()
}

/// What is saved of a file in this process; whether that is all, and how many cards it shows.
fn saved(lmq: &Lmq, bad: &Path) -> (bool, usize) {
    let to = lmq.path("saved.db");
    fs::remove_file(&to).ok();
    let mut env = Env::from_process();
    env.fix_now(time(crate::home::NOW));
    let stamp = lmq::ops::stamp(&env, &Settings::default());
    let here = || Here { state_folder: Some(lmq.path("xdg/lmq")), ..Here::nameless(Env::fresh_device()) };
    let done = Store::salvage(bad, &to, here(), stamp).unwrap();
    let mut store = Store::open(&to, here(), stamp.now).unwrap();
    lmq::ops::decks::install(&mut store, stamp).unwrap();
    let found = store.doctor(stamp, false).unwrap();
    assert!(found.is_empty(), "{done:?}: {found:?}");
    store.close().unwrap();
    let db = rusqlite::Connection::open(&to).unwrap();
    let cards: i64 = db.query_row("SELECT count(*) FROM cards", [], |row| row.get(0)).unwrap();
    (done.is_all(), usize::try_from(cards).unwrap())
}

/// Each page in turn holds something else. What is saved is a sound database, and no more is missing than lay on that page.
#[test]
fn one_bad_page_costs_what_lay_on_it_and_nothing_else() {
    let (lmq, whole) = used();
    let bad = lmq.write("bad.db", &whole);
    let (is_all, all) = saved(&lmq, &bad);
    assert!(is_all && all > 300);
    let (mut lossless, mut lossy) = (0, 0);
    let mut faults = Vec::new();
    for page in 0..whole.len() / PAGE {
        let mut bytes = whole.clone();
        bytes[page * PAGE..(page + 1) * PAGE].fill(0xa5);
        lmq.write("bad.db", &bytes);
        let (is_all, left) = saved(&lmq, &bad);
        if is_all {
            lossless += 1;
        } else {
            lossy += 1;
        }
        if left + if is_all { 0 } else { 60 } < all {
            faults.push(format!("page {}: {left} of {all} cards", page + 1));
        }
        assert!(fs::read(lmq.path("bad.db")).unwrap() == bytes, "page {page}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(lossless > 40 && lossy > 10, "{lossless} without loss, {lossy} with");
    // The program says it.
    let mut bytes = whole;
    bytes[page_of_decks(&lmq) * PAGE..][..PAGE].fill(0xa5);
    lmq.write("bad.db", &bytes);
    let run = salvage(&lmq, "bad.db");
    assert!([0, 3].contains(&run.code) && !run.stderr.contains("panicked"), "{run:?}");
    assert_eq!(run.code == 0, run.stdout.contains("nothing is missing"), "{run:?}");
    assert!(run.stdout.contains(" texts"), "{run:?}");
}

#[test]
fn half_a_file_gives_what_is_in_that_half() {
    let (lmq, whole) = used();
    for keep in [whole.len() / 2, whole.len() - PAGE, whole.len() - 2000] {
        lmq.write("cut.db", &whole[..keep]);
        let run = salvage(&lmq, "cut.db");
        assert!([0, 3].contains(&run.code), "{keep}: {run:?}");
        let doctor = lmq.run(["--db", "saved.db", "doctor"]);
        assert_eq!(doctor.stdout, "everything is in order\n", "{keep}: {run:?}");
    }
    // Without its beginning nothing of the schema is left.
    lmq.write("cut.db", [vec![0; PAGE * 8], whole[PAGE * 8..].to_vec()].concat());
    let run = salvage(&lmq, "cut.db");
    assert!([0, 3].contains(&run.code), "{run:?}");
    assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).stdout, "everything is in order\n");
}

#[test]
fn answers_that_only_the_write_ahead_log_has_are_saved_and_a_torn_frame_costs_only_itself() {
    let (lmq, _) = used();
    lmq.run(["backup", "begun.db"]).done();
    let db = rusqlite::Connection::open(lmq.path("begun.db")).unwrap();
    db.pragma_update(None, "journal_mode", "wal").unwrap();
    // Held open, so that nobody moves the log's pages into the file.
    let held: i64 = db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    for card in ["team/owner", "team/pair#1"] {
        lmq.run(["--db", "begun.db", "answer", card, "good"]).done();
    }
    let (file, log) = (fs::read(lmq.path("begun.db")).unwrap(), fs::read(lmq.path("begun.db-wal")).unwrap());
    drop(db);
    lmq.write("killed.db", &file);
    lmq.write("killed.db-wal", &log);
    let run = salvage(&lmq, "killed.db").ok();
    assert!(run.stdout.contains(&format!(": {} events", held + 2)), "{run:?}");
    for at in (40..log.len()).step_by(PAGE * 2) {
        let mut torn = log.clone();
        torn[at] ^= 0x10;
        lmq.write("killed.db", &file);
        lmq.write("killed.db-wal", &torn);
        let run = salvage(&lmq, "killed.db");
        assert!([0, 3].contains(&run.code), "{at}: {run:?}");
        assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).stdout, "everything is in order\n", "{at}");
    }
}

#[test]
fn words_that_are_not_what_was_written_are_left_out_and_the_note_waits_for_them() {
    let (lmq, whole) = used();
    let at = whole.windows(18).position(|bytes| bytes == b"question number 77").unwrap();
    let mut bytes = whole;
    bytes[at + 3] = 0xff;
    lmq.write("bad.db", &bytes);
    let run = salvage(&lmq, "bad.db").code(3);
    assert!(run.stdout.contains("missing: 1 text\n") && !run.stdout.contains("new device"), "{run:?}");
    let doctor = lmq.run(["--db", "saved.db", "doctor"]).ok();
    assert_eq!(doctor.stdout, "everything is in order\n");
    assert!(doctor.stderr.starts_with("1 text was lost before this database was salvaged"), "{doctor:?}");
    assert!(lmq.run(["--db", "saved.db", "cards", "number 78"]).ok().stdout.contains("question number 78"));
    lmq.run(["--db", "saved.db", "next"]).done();
    // Another history that has the words gives them back.
    lmq.run(["export", "--what", "history", "--out", "log.jsonl"]).done();
    lmq.run(["--db", "saved.db", "import", "log.jsonl"]).done();
    assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).stdout, "everything is in order\n");
    assert!(lmq.run(["--db", "saved.db", "cards", "number 77"]).ok().stdout.contains("question number 77"));
}

/// Sixteen bytes of the table of note names are other ones. By its index the names are mended, or it is said that they are in doubt.
#[test]
fn a_note_that_has_another_name_now_is_mended_or_counted() {
    let (lmq, whole) = used();
    lmq.write("whole.db", &whole);
    let uid = {
        let db = rusqlite::Connection::open(lmq.path("whole.db")).unwrap();
        let sql = "SELECT uid FROM note_name WHERE id = (SELECT min(card >> 9) FROM event)";
        db.query_row(sql, [], |row| row.get::<_, [u8; 16]>(0)).unwrap()
    };
    let places: Vec<usize> = (0..whole.len() - 16).filter(|at| whole[*at..*at + 16] == uid).collect();
    assert!(places.len() >= 2, "in the table and in its index");
    let wanted = seen(&lmq, "whole.db");
    for place in places {
        for before in [0, 3, 5, 10] {
            let mut bytes = whole.clone();
            bytes[place - before..place - before + 16].fill(0x11);
            lmq.write("bad.db", &bytes);
            let run = salvage(&lmq, "bad.db");
            let is_all = run.stdout.ends_with("\nnothing is missing\n");
            assert_eq!(is_all, run.code == 0, "{place} {before}: {run:?}");
            assert!(is_all || run.stdout.contains("missing: ") || run.stdout.contains("was changed"), "{run:?}");
            assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).stdout, "everything is in order\n");
            if is_all {
                assert!(seen(&lmq, "saved.db") == wanted, "{place} {before}: {run:?}");
            }
        }
    }
}

#[test]
fn what_was_forgotten_stays_forgotten() {
    let (lmq, _) = used();
    lmq.run(["forget", "team/owner", "-y"]).done();
    let run = salvage(&lmq, "lmq.db").ok();
    assert!(!run.stdout.contains("new device"), "{run:?}");
    assert_eq!(lmq.run(["--db", "saved.db", "doctor"]).stdout, "everything is in order\n");
    let bytes = fs::read(lmq.path("saved.db")).unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"roadmap"), "no word of it is in the file");
}

/// Bits that flip anywhere: never a panic, and what comes out is always in order, or lacks words.
#[test]
fn flipped_bits_never_stop_it() {
    let (lmq, whole) = used();
    let mut chance: u64 = 42;
    for round in 0..16 {
        let mut bytes = whole.clone();
        for _ in 0..1 + round % 4 * 8 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(chance >> 20).unwrap() % bytes.len();
            bytes[at] ^= 1 << (chance >> 9 & 7);
        }
        lmq.write("bad.db", &bytes);
        let run = salvage(&lmq, "bad.db");
        assert!([0, 3].contains(&run.code) && !run.stderr.contains("panicked"), "{round}: {run:?}");
        let doctor = lmq.run(["--db", "saved.db", "doctor"]);
        let is_in_order =
            doctor.stdout.lines().all(|line| line == "everything is in order" || line.starts_with("texts: "));
        assert!(is_in_order, "{round}: {run:?}\n{doctor:?}");
        for command in ["cards", "next", "decks", "stats"] {
            lmq.run(["--db", "saved.db", command]).done();
        }
    }
}
