//! A restore that is killed, or not the only one: at any moment there is one whole database, and whoever comes next says
//! which.

use crate::home::Lmq;
use crate::home::Run;
use lmq::core::scheduler::splitmix64;
use lmq::env::Env;
use lmq::ops;
use rusqlite::Connection;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

const FRESH: &str = "lmq.db.restoring-a1B2c3D4e5";
const ASIDE: &str = "lmq.db.set-aside.2026-01-15T090000+0100";
const NOTE: &str = "lmq.db.restore-note";
const TEXT: &str = "lmq restore 1\n.restoring-a1B2c3D4e5\n.set-aside.2026-01-15T090000+0100\nb.db\nend\n";

/// A database with two answers, and a backup with one.
fn with_backup() -> Lmq {
    let lmq = Lmq::new();
    for key in ["a", "b"] {
        lmq.run(["add", "team", key, "x", "--key", key]).done();
    }
    lmq.run(["answer", "team/a", "good"]).done();
    lmq.run(["backup", "b.db"]).done();
    lmq.run(["answer", "team/b", "good"]).done();
    lmq
}

fn answers(run: &Run) -> usize {
    let rows: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    rows.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count()
}

fn history(lmq: &Lmq) -> Run {
    lmq.run(["history", "--json"]).ok()
}

/// Which database is there after a restore that had come so far, and what the next start says.
#[track_caller]
fn assert_settled(step: &str, prepare: impl FnOnce(&Lmq), answers_left: usize, said: &str) {
    let lmq = with_backup();
    prepare(&lmq);
    let run = history(&lmq);
    assert_eq!(answers(&run), answers_left, "{step}: {run:?}");
    assert!(run.stderr.contains(said), "{step}: {}", run.stderr);
    assert_eq!(run.stderr.is_empty(), said.is_empty(), "{step}: {}", run.stderr);
    assert_eq!(history(&lmq).stderr, "", "{step}: it is said once");
    let left = || lmq.files().into_iter().filter(|name| name.contains("restor")).collect::<Vec<String>>();
    assert_eq!(left(), Vec::<String>::new(), "{step}");
    lmq.assert_sound();
    lmq.run(["restore", "b.db", "--yes"]).done();
    assert_eq!(answers(&history(&lmq)), 1, "{step}: and it can be done again");
    assert_eq!(left(), Vec::<String>::new(), "{step}");
    lmq.assert_sound();
}

#[test]
fn after_each_step_of_a_restore_the_next_start_finds_one_database_and_says_which() {
    let fresh = |lmq: &Lmq| {
        fs::copy(lmq.path("b.db"), lmq.path(FRESH)).unwrap();
    };
    let noted = |lmq: &Lmq| {
        fresh(lmq);
        lmq.write(NOTE, TEXT);
    };
    let aside = |lmq: &Lmq| fs::hard_link(lmq.db(), lmq.path(ASIDE)).unwrap();
    let put = |lmq: &Lmq| fs::rename(lmq.path(FRESH), lmq.db()).unwrap();
    let taken_back = "a restore of `b.db` was interrupted and taken back: `$T/lmq.db` is the database from before";
    let done = "a restore was interrupted after it was done: `$T/lmq.db` is the backup `b.db`";

    let begun = |lmq: &Lmq| {
        fresh(lmq);
        lmq.write(NOTE, "");
    };
    assert_settled("nothing was noted", begun, 2, "");
    let half = |lmq: &Lmq| {
        fresh(lmq);
        lmq.write(NOTE, TEXT.split_once("b.db").unwrap().0);
    };
    assert_settled("half was noted", half, 2, "");
    assert_settled("all was noted", noted, 2, taken_back);
    assert_settled(
        "two names",
        |lmq| {
            noted(lmq);
            aside(lmq);
        },
        2,
        taken_back,
    );
    // Where a file can have only one name there is a moment without a database.
    let moved = |lmq: &Lmq| {
        noted(lmq);
        fs::rename(lmq.db(), lmq.path(ASIDE)).unwrap();
    };
    assert_settled("moved", moved, 2, taken_back);
    assert_settled(
        "put",
        |lmq| {
            noted(lmq);
            aside(lmq);
            put(lmq);
        },
        1,
        done,
    );
    let lost = |lmq: &Lmq| {
        noted(lmq);
        fs::remove_file(lmq.db()).unwrap();
        fs::hard_link(lmq.path(FRESH), lmq.db()).unwrap();
    };
    assert_settled("put where nothing was", lost, 1, done);
}

#[test]
fn the_log_beside_a_database_comes_back_with_it() {
    let lmq = with_backup();
    // As a killed session leaves it: the newest answer is in the log only.
    let held = Connection::open(lmq.db()).unwrap();
    held.query_row("SELECT count(*) FROM device", [], |row| row.get::<_, i64>(0)).unwrap();
    lmq.run(["answer", "team/a", "easy"]).done();
    let killed = ["lmq.db", "lmq.db-wal"].map(|name| (name, fs::read(lmq.path(name)).unwrap()));
    assert!(!killed[1].1.is_empty());
    drop(held);
    for (name, bytes) in &killed {
        lmq.write(name, bytes);
    }
    fs::copy(lmq.path("b.db"), lmq.path(FRESH)).unwrap();
    lmq.write(NOTE, TEXT);
    fs::rename(lmq.path("lmq.db-wal"), lmq.path(&format!("{ASIDE}-wal"))).unwrap();
    fs::hard_link(lmq.db(), lmq.path(ASIDE)).unwrap();
    assert_eq!(answers(&history(&lmq)), 3);
    lmq.assert_sound();
}

#[test]
fn a_restore_that_is_killed_at_any_moment_leaves_one_whole_database() {
    let lmq = with_backup();
    let before = fs::read(lmq.db()).unwrap();
    let restore = |patience| lmq.run_or_kill(["restore", "b.db", "--yes", "-q"], patience);
    let again = || {
        for name in lmq.files().into_iter().filter(|name| name.starts_with("lmq.db")) {
            fs::remove_file(lmq.path(&name)).unwrap();
        }
        lmq.write("lmq.db", &before);
    };
    let whole = restore(None).max(2);
    let (mut old, mut new) = (0, 0);
    for kill in 0..16_u64 {
        again();
        restore(Some(Duration::from_micros(splitmix64(kill) % (1200 * whole))));
        assert!(lmq.db().exists(), "kill {kill}: {:?}", lmq.files());
        let run = history(&lmq);
        match answers(&run) {
            2 => old += 1,
            1 => {
                new += 1;
                let asides = lmq.files().iter().filter(|name| name.contains("set-aside")).count();
                assert_eq!(asides, 1, "kill {kill}: {:?}", lmq.files());
                let aside = lmq.run(["--db", ASIDE, "history", "--json"]).ok();
                assert_eq!(answers(&aside), 2, "kill {kill}");
            }
            other => panic!("kill {kill}: {other} answers: {run:?}"),
        }
        lmq.assert_sound();
    }
    assert!(old > 1, "the kills came too late: {old} before, {new} after");
}

#[test]
fn three_restores_at_once_take_their_turns() {
    let lmq = with_backup();
    let spawn = |_| {
        let mut command = lmq.command();
        command.args(["restore", "b.db", "--yes", "-q"]).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..3).map(spawn).collect();
    let mut done = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        done += usize::from(output.status.success());
        // On a slow machine one may wait for longer than it wants.
        assert!(output.status.success() || said.contains("another lmq is restoring a backup"), "{said}");
    }
    let asides: Vec<String> = lmq.files().into_iter().filter(|name| name.contains("set-aside")).collect();
    assert!(done > 0 && asides.len() == done, "{done}: {asides:?}");
    let of = |db: &String| answers(&lmq.run(["--db", db, "history", "--json"]).ok());
    assert_eq!(asides.iter().map(of).max(), Some(2), "nothing is lost");
    assert_eq!(lmq.files().len(), 2 + done, "{:?}", lmq.files());
    lmq.assert_sound();
}

#[test]
fn nothing_is_restored_under_a_session_that_has_the_database_open() {
    let lmq = with_backup();
    let session = ops::open_as_is(&lmq.db(), &Env::from_process()).unwrap();
    insta::assert_snapshot!(lmq.run(["restore", "b.db", "--yes"]).err(1), @r"
    lmq: another lmq has the database open
      $T/lmq.db
    hint: nothing was changed; close the other one (a session in another window?), then restore again
    ");
    assert_eq!(lmq.files(), ["b.db", "lmq.db"]);
    drop(session);
    lmq.run(["restore", "b.db", "--yes"]).done();
    assert_eq!(answers(&history(&lmq)), 1);
}

#[test]
fn a_note_of_somebodys_is_left_alone() {
    let lmq = with_backup();
    lmq.write(NOTE, "buy milk");
    lmq.assert_sound();
    let error = lmq.run(["restore", "b.db", "--yes"]).err(1);
    assert!(error.contains("not written by lmq"), "{error}");
    assert_eq!(lmq.read(NOTE), "buy milk");
    assert_eq!(answers(&history(&lmq)), 2);
}

#[test]
fn a_log_whose_database_is_gone_is_not_thrown_away() {
    for emptied in [false, true] {
        let lmq = with_backup();
        let log = b"the newest answers".to_vec();
        if emptied {
            drop(lmq.write("lmq.db", ""));
        } else {
            fs::remove_file(lmq.db()).unwrap();
        }
        lmq.write("lmq.db-wal", &log);
        for command in ["cards", "doctor"] {
            let error = lmq.run([command]).err(1);
            assert!(error.contains("the database `$T/lmq.db` is not there"), "{error}");
            assert_eq!(fs::read(lmq.path("lmq.db-wal")).unwrap(), log);
        }
        lmq.run(["restore", "b.db", "--yes"]).done();
        assert_eq!(fs::read(lmq.path(&format!("{ASIDE}-wal"))).unwrap(), log);
        assert_eq!(answers(&history(&lmq)), 1);
        lmq.assert_sound();
    }
}

#[test]
fn nothing_is_united_silently_with_what_cannot_be_read() {
    let lmq = with_backup();
    lmq.write("lmq.db", "scrambled");
    let run = lmq.run(["restore", "b.db", "--unite"]).code(3);
    assert!(run.stdout.contains("restored b.db"), "{run:?}");
    assert!(run.stderr.contains("is damaged: nothing can be taken over from it"), "{run:?}");
    assert_eq!(answers(&history(&lmq)), 1);
}

#[cfg(unix)]
#[test]
fn a_restored_database_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let lmq = with_backup();
    fs::set_permissions(lmq.path("b.db"), fs::Permissions::from_mode(0o644)).unwrap();
    lmq.run(["restore", "b.db", "--yes"]).done();
    for name in ["lmq.db", ASIDE] {
        assert_eq!(fs::metadata(lmq.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn who_gets_a_new_database_beside_copies_of_an_old_one_is_told() {
    let lmq = with_backup();
    lmq.run(["doctor", "--fix"]).done();
    fs::remove_file(lmq.db()).unwrap();
    let run = lmq.run(["decks"]).ok();
    assert!(run.stderr.contains("there are copies of an earlier one: `lmq restore` lists them"), "{run:?}");
    assert_eq!(lmq.run(["decks"]).ok().stderr, "");
}
