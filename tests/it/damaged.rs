//! Databases that can't be used, and disks that can't be written: section F of the main job.

use crate::home::Lmq;
use crate::home::TEAM;
use std::fs;

fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let lmq = Lmq::new();
    lmq.write("lmq.db", "dear diary");
    for command in ["cards", "doctor", "next"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.run([command]).err(3), @r"
            lmq: `$T/lmq.db` is not a database
            hint: name another file with --db; this one was left as it is
            ");
        }
    }
    assert_eq!(lmq.read("lmq.db"), "dear diary");
    assert_eq!(lmq.files(), ["lmq.db"]);
}

#[test]
fn another_programs_database_is_left_as_it_is() {
    let lmq = Lmq::new();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')").unwrap();
    drop(db);
    let before = fs::read(lmq.db()).unwrap();
    insta::assert_snapshot!(lmq.run(["cards"]).err(3), @r"
    lmq: `$T/lmq.db` is the database of another program
    hint: name another file with --db; this one was left as it is
    ");
    assert_eq!(fs::read(lmq.db()).unwrap(), before);
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("PRAGMA application_id = 252006674; PRAGMA user_version = 3").unwrap();
    drop(db);
    lmq.run(["cards"]).err(3);
}

#[test]
fn a_database_of_a_newer_program_is_refused_untouched() {
    let lmq = used();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("PRAGMA user_version = 9; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(db);
    let before = fs::read(lmq.db()).unwrap();
    for command in ["cards", "doctor"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.run([command]).err(3), @r"
            lmq: `$T/lmq.db` was written by a newer lmq
              its schema is 9, this program knows 1
            hint: update lmq; the file was left as it is
            ");
        }
    }
    assert_eq!(fs::read(lmq.db()).unwrap(), before);
}

#[test]
fn a_cut_database_is_said_to_be_damaged() {
    let lmq = used();
    lmq.run(["backup", "whole.db"]).ok().out();
    let whole = fs::read(lmq.path("whole.db")).unwrap();
    for length in [0, 16, 99, 100, 4096, whole.len() / 2, whole.len() - 4096, whole.len() - 2000] {
        lmq.write("cut.db", &whole[..length]);
        let run = lmq.run(["--db", "cut.db", "doctor"]);
        if length == 0 {
            // An empty file is a new database.
            assert_eq!(run.code, 0, "{run:?}");
        } else {
            assert_eq!(run.code, 3, "cut to {length} of {}: {run:?}", whole.len());
            assert!(run.stderr.contains("damaged") || run.stderr.contains("not"), "{length}: {}", run.stderr);
        }
        let run = lmq.run(["--db", "cut.db", "cards", "deck:team"]);
        assert!(run.code == 3 || run.code == 0 || run.code == 2, "cut to {length}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{run:?}");
    }
}

#[test]
fn a_corrupt_page_in_the_middle_is_found_by_doctor() {
    let lmq = used();
    lmq.run(["backup", "whole.db"]).ok().out();
    let whole = fs::read(lmq.path("whole.db")).unwrap();
    let pages = whole.len() / 4096;
    for page in (2..pages).step_by(7) {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        lmq.write("bad.db", &bytes);
        let run = lmq.run(["--db", "bad.db", "doctor"]).code(3);
        assert!(!run.stderr.contains("panicked"), "page {page}: {run:?}");
        assert!(run.stdout.contains("damage: ") || run.stderr.contains("damaged"), "page {page}: {run:?}");
        for command in ["cards", "next", "history", "decks"] {
            let run = lmq.run(["--db", "bad.db", command]);
            assert!([0, 3].contains(&run.code), "page {page}, {command}: {run:?}");
            assert!(!run.stderr.contains("panicked"), "page {page}, {command}: {run:?}");
        }
    }
}

#[test]
fn a_folder_that_can_not_be_made_is_named() {
    let lmq = Lmq::new();
    lmq.write("file", "x");
    let run = lmq.run(["--db", "file/x/lmq.db", "cards"]).err(1);
    assert!(run.starts_with("lmq: cannot use `file/x"), "{run}");
    assert!(run.contains("hint: choose another place with --db, or change the rights of the folder"), "{run}");
    let run = lmq.run(["--db", ".", "cards"]).code(1);
    assert!(run.stderr.contains("folder") || run.stderr.contains("directory"), "{}", run.stderr);
    lmq.run(["--db", "new/folder/lmq.db", "decks"]).ok().out();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(lmq.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("new/folder"), mode("new/folder/lmq.db")), (0o700, 0o600));
    }
}

/// Runs `lmq` with a limit on the size of files, in blocks of 1024 bytes: writes beyond it fail.
fn on_full_disk(lmq: &Lmq, blocks: u64, args: &str) -> crate::home::Run {
    lmq.shell(&format!("trap '' XFSZ; ulimit -f {blocks}; exec lmq {args}"))
}

#[test]
fn a_full_disk_is_said_and_nothing_is_lost() {
    let lmq = used();
    let before = lmq.everything("deck:team");
    lmq.write("big.csv", (0..3000).map(|n| format!("question number {n},answer {n}\n")).collect::<String>());
    let blocks = fs::metadata(lmq.db()).unwrap().len() / 1024 + 8;
    let run = on_full_disk(&lmq, blocks, "import big.csv");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.starts_with("lmq: not saved: the disk "), "{}", run.stderr);
    assert!(run.stderr.contains("everything answered before is safe"), "{}", run.stderr);
    assert_eq!(lmq.everything("deck:team"), before);
    assert!(lmq.cards("number 2999").is_empty());
    lmq.assert_sound();
    let run = on_full_disk(&lmq, 8, "answer team/pair#1 good");
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(lmq.everything("deck:team"), before);
    let run = on_full_disk(&lmq, 8, "export team --out out.csv --format csv");
    assert!(run.code == 0 || run.code == 1, "{run:?}");
    let run = on_full_disk(&lmq, 8, "backup b.db");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!lmq.files().iter().any(|name| name.starts_with("b.db")), "{:?}", lmq.files());
    lmq.assert_sound();
    lmq.run(["answer", "team/pair#1", "good"]).ok().out();
}

#[test]
fn a_full_disk_at_a_rebuild_or_in_the_middle_of_a_union_leaves_everything_as_it_was() {
    let lmq = used();
    lmq.write("big.csv", (0..3000).map(|n| format!("question number {n},answer {n}\n")).collect::<String>());
    lmq.run(["import", "big.csv"]).ok().out();
    drop(lmq.run(["export", "--what", "history", "--out", "log.jsonl"]).code(0));
    let before = lmq.everything("deck:*");
    for blocks in [8, fs::metadata(lmq.db()).unwrap().len() / 2048] {
        let run = on_full_disk(&lmq, blocks, "doctor --rebuild");
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(lmq.everything("deck:*"), before);
        lmq.assert_sound();
    }
    drop(lmq.run(["doctor", "--rebuild"]).code(0));
    assert_eq!(lmq.everything("deck:*"), before);
    let other = Lmq::new();
    other.run(["decks"]).ok().out();
    other.write("log.jsonl", fs::read_to_string(lmq.path("log.jsonl")).unwrap());
    let blocks = fs::metadata(other.db()).unwrap().len() / 1024 + 64;
    let run = on_full_disk(&other, blocks, "import log.jsonl");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(other.cards("number 2999").is_empty());
    other.assert_sound();
    drop(other.run(["import", "log.jsonl"]).code(0));
    assert_eq!(other.cards("number 2999").len(), 1);
}

#[test]
fn a_first_start_on_a_full_disk_fails_and_the_next_one_works() {
    let lmq = Lmq::new();
    for blocks in [0, 4, 40, 100] {
        let run = on_full_disk(&lmq, blocks, "decks");
        assert_eq!(run.code, 1, "{blocks}: {run:?}");
        assert!(run.stderr.starts_with("lmq: "), "{blocks}: {}", run.stderr);
    }
    lmq.run(["decks"]).ok().out();
    lmq.assert_sound();
}
