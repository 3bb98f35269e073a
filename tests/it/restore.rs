//! `lmq restore`.

use crate::home::Lmq;
use rusqlite::Connection;

fn with_backup() -> Lmq {
    let lmq = Lmq::new();
    for key in ["a", "b"] {
        lmq.run(["add", "team", key, "x", "--key", key]).ok().out();
    }
    lmq.run(["answer", "team/a", "good"]).ok().out();
    lmq.run(["backup", "b.db"]).ok().out();
    lmq
}

fn answers(lmq: &Lmq) -> usize {
    lmq.run(["history", "--json"]).json().as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count()
}

#[test]
fn the_present_database_is_set_aside_and_newer_answers_are_counted() {
    let lmq = with_backup();
    lmq.run(["answer", "team/b", "good"]).ok().out();
    lmq.run(["answer", "team/a", "again"]).ok().out();
    let run = lmq.run(["restore", "b.db", "--yes"]).ok();
    insta::assert_snapshot!(run.stdout, @r"
    set the database that was here aside: $T/lmq.db.set-aside.2026-01-15T090000+0100
    restored b.db
    the one set aside holds 2 answers that the backup does not have
    ");
    assert_eq!(answers(&lmq), 1);
    assert!(lmq.files().contains(&"lmq.db.set-aside.2026-01-15T090000+0100".to_owned()), "{:?}", lmq.files());
    lmq.assert_sound();
    // Answers given after the restore and those of the database set aside unite without a clash.
    lmq.run_at("2026-01-16T09:00:00+01:00", ["answer", "team/a", "easy"]).ok().out();
    let aside = "lmq.db.set-aside.2026-01-15T090000+0100";
    lmq.run(["--db", aside, "export", "--what", "history", "--out", "newer.jsonl", "-q"]).ok().out();
    let run = lmq.run(["import", "newer.jsonl"]).ok();
    assert!(run.stdout.starts_with("2 entries of history added"), "{}", run.stdout);
    insta::assert_snapshot!(run.stderr, @"uniting can't be undone; the database from before is at $T/lmq.db.before-union.2026-01-15T090000+0100");
    assert_eq!(answers(&lmq), 4);
    lmq.assert_sound();
}

#[test]
fn both_logs_can_be_united_at_once() {
    let lmq = with_backup();
    lmq.run(["answer", "team/b", "good"]).ok().out();
    let before = lmq.cards("deck:team");
    let run = lmq.run(["restore", "b.db", "--unite"]).out();
    assert!(run.ends_with("united both: 1 entry taken over\n"), "{run}");
    assert_eq!(lmq.cards("deck:team"), before);
    lmq.assert_sound();
}

#[test]
fn only_what_is_newer_is_counted_after_an_earlier_restore() {
    let lmq = with_backup();
    lmq.run(["restore", "b.db", "--yes"]).done();
    lmq.run(["add", "team", "c", "x", "--key", "c"]).done();
    let run = lmq.run(["restore", "b.db", "--yes"]).ok().stdout;
    assert!(run.ends_with("the one set aside holds 2 entries that the backup does not have\n"), "{run}");
}

#[test]
fn a_damaged_log_is_not_taken_over() {
    let lmq = with_backup();
    lmq.run(["answer", "team/b", "good"]).done();
    let db = Connection::open(lmq.path("lmq.db")).unwrap();
    db.execute_batch(
        "DROP TRIGGER event_is_append_only_u; UPDATE event SET quality = 1 WHERE id = (SELECT min(id) FROM event)",
    )
    .unwrap();
    drop(db);
    let run = lmq.run(["restore", "b.db", "--unite"]).code(3);
    assert!(run.stderr.contains("is damaged: nothing can be taken over from it"), "{run:?}");
    assert_eq!(answers(&lmq), 1, "the backup is there");
    lmq.assert_sound();
}

#[test]
fn twice_in_the_same_second_loses_nothing() {
    let lmq = with_backup();
    lmq.run(["answer", "team/b", "good"]).ok().out();
    lmq.run(["restore", "b.db", "--yes"]).done();
    lmq.run(["answer", "team/b", "easy"]).ok().out();
    lmq.run(["restore", "b.db", "--yes"]).done();
    let aside = lmq.files().iter().filter(|name| name.contains("set-aside")).count();
    assert_eq!(aside, 2, "{:?}", lmq.files());
}

#[test]
fn what_is_no_backup_leaves_the_database_where_it_is() {
    let lmq = with_backup();
    insta::assert_snapshot!(lmq.run(["restore", "nope.db"]).err(1), @"lmq: there is no file `nope.db`");
    lmq.write("text.db", "hello, I am a letter");
    let error = lmq.run(["restore", "text.db", "--yes"]).err(3);
    insta::assert_snapshot!(error, @r"
    lmq: `text.db` is not a database
    hint: nothing was changed; name a file that `lmq backup` wrote
    ");
    insta::assert_snapshot!(lmq.run(["restore", "lmq.db"]).err(2), @r"
    lmq: the backup and the database are the same file
    hint: name another with --db
    ");
    let bytes = std::fs::read(lmq.path("b.db")).unwrap();
    lmq.write("cut.db", &bytes[..bytes.len() / 2]);
    let error = lmq.run(["restore", "cut.db", "--yes"]).err(3);
    assert!(error.starts_with("lmq: the database `cut.db` is damaged") && !error.contains("lmq.db"), "{error}");
    assert_eq!(answers(&lmq), 1);
    assert_eq!(lmq.files(), ["b.db", "cut.db", "lmq.db", "text.db"]);
    lmq.assert_sound();
}

#[test]
fn a_damaged_database_can_be_replaced() {
    let lmq = with_backup();
    lmq.write("lmq.db", "scrambled");
    lmq.run(["decks"]).err(3);
    let run = lmq.run(["restore", "b.db"]).ok();
    assert!(run.stdout.contains("set the database that was here aside"), "{}", run.stdout);
    assert_eq!(answers(&lmq), 1);
    assert_eq!(lmq.read("lmq.db.set-aside.2026-01-15T090000+0100"), "scrambled");
}

#[test]
fn a_file_that_only_begins_like_one_of_a_restore_is_left_alone() {
    let lmq = with_backup();
    lmq.write("lmq.db.restoring-mine", "my notes");
    lmq.write("lmq.db.restoring-a1B2c3D4e5", "what a restore that was killed left");
    lmq.run(["restore", "b.db", "--yes"]).done();
    assert_eq!(lmq.read("lmq.db.restoring-mine"), "my notes");
    assert!(!lmq.files().contains(&"lmq.db.restoring-a1B2c3D4e5".to_owned()), "{:?}", lmq.files());
}

/// The same file with one letter of a text changed.
fn with_another_letter(lmq: &Lmq, from: &str, to: &str) {
    let mut bytes = std::fs::read(lmq.path(from)).unwrap();
    let at = bytes.windows(12).position(|window| window == br#""back":"xyz""#).unwrap();
    bytes[at + 8] = b'w';
    lmq.write(to, bytes);
}

#[test]
fn an_empty_or_damaged_backup_takes_no_database_s_place() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "a", "xyz", "--key", "a"]).done();
    lmq.run(["answer", "team/a", "good"]).done();
    lmq.run(["backup", "b.db"]).done();
    with_another_letter(&lmq, "b.db", "bad.db");
    lmq.write("none.db", "");
    let error = lmq.run(["restore", "bad.db", "--yes"]).err(3);
    assert!(error.contains("`bad.db` is damaged") && error.contains("--salvage"), "{error}");
    let error = lmq.run(["restore", "none.db", "--yes"]).err(3);
    assert!(error.contains("`none.db` is empty"), "{error}");
    assert_eq!(answers(&lmq), 1);
    lmq.assert_sound();
    // What can be read of it is a database like any other: it can be restored, and has backups of its own.
    let saved = lmq.run(["--db", "bad.db", "doctor", "--salvage", "saved.db"]).code(3);
    assert!(saved.stdout.ends_with("missing: 1 text\n"), "{saved:?}");
    lmq.run(["restore", "saved.db", "--yes"]).done();
    let looked = lmq.run(["doctor"]).ok();
    assert_eq!(looked.stdout, "everything is in order\n");
    assert!(looked.stderr.contains("1 text was lost before this database was salvaged"), "{looked:?}");
    lmq.run(["backup", "again.db"]).done();
    assert_eq!(answers(&lmq), 1);
}

#[test]
fn a_log_without_its_database_is_set_aside_and_a_union_says_that_it_is_none() {
    let lmq = with_backup();
    std::fs::remove_file(lmq.db()).unwrap();
    lmq.write("lmq.db-wal", "what was answered last");
    let run = lmq.run(["restore", "b.db", "--unite"]).code(3);
    assert!(run.stdout.contains("lmq.db.set-aside.2026-01-15T090000+0100-wal"), "{run:?}");
    assert!(run.stderr.contains("is there without its database"), "{run:?}");
    assert_eq!(lmq.read("lmq.db.set-aside.2026-01-15T090000+0100-wal"), "what was answered last");
    assert_eq!(answers(&lmq), 1);
}

#[test]
fn a_database_that_a_newer_program_wrote_is_set_aside_and_not_called_damaged() {
    for unite in [false, true] {
        let lmq = Lmq::new();
        lmq.run(["decks"]).done();
        lmq.run(["backup", "backup.db"]).done();
        let db = rusqlite::Connection::open(lmq.path("lmq.db")).unwrap();
        db.pragma_update(None, "user_version", 999).unwrap();
        db.close().unwrap();
        let args: &[&str] = if unite { &["restore", "backup.db", "--unite"] } else { &["restore", "backup.db"] };
        let run = lmq.run(args).code(if unite { 3 } else { 0 });
        assert!(run.stderr.contains("was written by a newer lmq: nothing can be taken over from it"), "{run:?}");
        assert!(!run.stderr.contains("damaged"), "{run:?}");
        lmq.run(["decks"]).done();
    }
}
