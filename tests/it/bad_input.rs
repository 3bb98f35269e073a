//! Databases that are none, cut, damaged, from the future; disks that are full; clocks that are wrong.

use crate::home::Lmq;
use crate::home::finish;
use std::process::Command;

fn db(lmq: &Lmq) -> std::path::PathBuf {
    lmq.path(".local/share/lmq/lmq.db")
}

/// A database with a few answers, closed.
fn used() -> Lmq {
    let lmq = Lmq::at_home();
    for card in ["differences/frame-two-groups", "skills/s01-take-in-chunk#1"] {
        let run = lmq.run(["answer", card, "good"]);
        if run.code != 0 {
            // The key of a built-in card may change; any card will do.
            let next = lmq.json(["next", "--json"]);
            lmq.ok(["answer", next["id"].as_str().unwrap(), "good"]);
        }
    }
    lmq
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let lmq = Lmq::at_home();
    for (name, bytes) in [("notes.db", &b"these are my notes, not a database"[..]), ("short.db", b"SQLite")] {
        let path = lmq.write(name, bytes);
        for args in
            [&["--db", name][..], &["--db", name, "review"], &["--db", name, "doctor"], &["--db", name, "import", name]]
        {
            let run = lmq.run(args);
            assert_eq!(run.code, 3, "{args:?}: {run:?}");
            assert!(run.stderr.contains("is not a database") && run.stderr.contains("hint: "), "{}", run.stderr);
        }
        assert_eq!(std::fs::read(path).unwrap(), bytes);
    }
}

#[test]
fn a_database_that_was_cut_is_said_to_be_damaged() {
    let lmq = used();
    let bytes = std::fs::read(db(&lmq)).unwrap();
    std::fs::write(db(&lmq), &bytes[..bytes.len() / 3]).unwrap();
    let run = lmq.run(["cards"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("damaged") && run.stderr.contains("lmq restore"), "{}", run.stderr);
}

#[test]
fn a_damaged_page_is_found_by_the_doctor() {
    let lmq = used();
    let mut bytes = std::fs::read(db(&lmq)).unwrap();
    let page = bytes.len() / 4096 / 2 * 4096;
    for byte in &mut bytes[page..page + 4096] {
        *byte = 0xa5;
    }
    std::fs::write(db(&lmq), bytes).unwrap();
    let run = lmq.run(["doctor"]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!((run.stdout.clone() + &run.stderr).contains("damage"), "{run:?}");
}

#[test]
fn a_folder_that_is_missing_or_cannot_be_is_said() {
    let lmq = Lmq::at_home();
    let slip = lmq.run(["--db", "a/b/c/lmq.db"]);
    assert!(slip.code == 2 && slip.stderr.contains("the folder `a/b/c` is not there"), "{slip:?}");
    std::fs::create_dir_all(lmq.path("a/b/c")).unwrap();
    assert_eq!(lmq.run(["--db", "a/b/c/lmq.db"]).code, 0);
    lmq.write("file", "x");
    let run = lmq.run(["--db", "file/x/lmq.db"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("cannot use") && run.stderr.contains("--db"), "{}", run.stderr);
    let run = lmq.run(["--db", "a/b"]);
    assert!(run.code == 1 || run.code == 3, "a folder is no database: {run:?}");
}

/// The program with files of at most `blocks` half-kilobytes: a disk that fills up.
fn on_a_full_disk(lmq: &Lmq, blocks: u64, args: &str) -> crate::home::Run {
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{}' {args}", env!("CARGO_BIN_EXE_lmq"));
    command.args(["-c", &script]).current_dir(lmq.root()).env("HOME", lmq.root()).env("LMQ_NOW", crate::home::NOW);
    finish(command, b"")
}

#[test]
fn a_full_disk_says_so_and_loses_nothing() {
    let lmq = used();
    let before = lmq.ok(["history", "--json"]);
    let next = lmq.json(["next", "--json"]);
    let run = on_a_full_disk(&lmq, 1, &format!("answer {} good", next["id"].as_str().unwrap()));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("not saved") && run.stderr.contains("hint: "), "{}", run.stderr);
    assert_eq!(lmq.ok(["history", "--json"]), before);
    assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
    lmq.write("old.csv", "kept");
    let run = on_a_full_disk(&lmq, 4, "export --format csv --out old.csv");
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(std::fs::read_to_string(lmq.path("old.csv")).unwrap(), "kept", "no half file");
}

#[test]
fn an_output_that_cannot_be_written_is_said() {
    let lmq = used();
    lmq.write("folder/x", "");
    for args in [
        &["report", "--out", "folder"][..],
        &["export", "--format", "csv", "--out", "folder"],
        &["export", "--format", "csv", "--out", "folder/x/y.csv"],
        &["backup", "folder"],
        &["report", "--out", "typo/report.html"],
        &["export", "--format", "csv", "--out", "typo/x.csv"],
        &["backup", "typo/b.db"],
    ] {
        let run = lmq.run(args);
        assert_eq!(run.code, 1, "{args:?}: {run:?}");
        assert!(run.stderr.starts_with("lmq: cannot "), "{args:?}: {}", run.stderr);
    }
    assert!(!lmq.root().join("typo").exists(), "a folder that is mistyped is not made");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("'{}' cards --json > /dev/full", env!("CARGO_BIN_EXE_lmq"))]).env("HOME", lmq.root());
    let run = finish(command, b"");
    assert!(run.code == 1 && run.stderr.contains("cannot write the output"), "{run:?}");
}

#[test]
fn a_clock_that_is_wrong_is_spoken_of_before_the_first_answer() {
    let lmq = used();
    let back = lmq.run_at("2026-01-10T09:00:00+01:00", ["answer", "differences/frame-mirror#1", "good"]);
    assert!(back.stderr.contains("Is the clock right?") && back.stderr.contains("2026-01-15"), "{back:?}");
    let ahead = lmq.run_at("2026-06-01T09:00:00+02:00", ["answer", "differences/frame-two-groups", "good"]);
    assert_eq!(ahead.code, 0);
    assert!(ahead.stderr.contains("Is the clock right?"), "{ahead:?}");
    let doctor = lmq.run_at("2026-01-20T09:00:00+01:00", ["doctor"]);
    assert!(doctor.code == 3 && doctor.stdout.contains("future: "), "{doctor:?}");
}

#[test]
fn a_backup_is_whole_and_comes_back_with_what_came_after_it() {
    let lmq = used();
    assert_eq!(lmq.ok(["backup", "b.db"]), "wrote b.db\n");
    assert_eq!(lmq.run(["backup", "b.db"]).code, 1, "it is there");
    assert_eq!(lmq.run(["backup", "b.db", "--force"]).code, 0);
    lmq.ok(["answer", "differences/frame-mirror#1", "easy"]);
    let all = lmq.ok(["cards", "--json"]);
    let run = lmq.run(["restore", "b.db"]);
    assert!(run.code == 0 && run.stdout.contains("set the database that was here aside"), "{run:?}");
    assert!(run.stdout.contains("1 answer that the backup does not have"), "{run:?}");
    assert_eq!(lmq.json(["show", "differences/frame-mirror#1", "--json"])["state"], "new");
    lmq.ok(["answer", "differences/frame-two-groups", "good"]);
    assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
    lmq.write("c.db", "");
    assert_eq!(lmq.run(["restore", "absent.db"]).code, 1);
    lmq.write("no.db", "no database at all, but long enough to be looked at");
    assert_eq!(lmq.run(["restore", "no.db"]).code, 3);
    let fresh = Lmq::at_home();
    std::fs::copy(lmq.path("b.db"), fresh.path("b.db")).unwrap();
    fresh.ok(["restore", "b.db"]);
    assert_eq!(fresh.json(["history", "--json"]).as_array().unwrap().len(), 2);
    let united = used();
    united.ok(["backup", "b.db"]);
    united.ok(["answer", "differences/frame-mirror#1", "easy"]);
    let before = united.ok(["cards", "--json"]);
    assert!(united.ok(["restore", "b.db", "--unite"]).contains("united both"));
    assert_eq!(united.ok(["cards", "--json"]), before, "nothing is lost");
    assert_eq!(united.ok(["doctor"]), "everything is in order\n");
    drop(all);
}
