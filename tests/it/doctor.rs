//! `lmq doctor`.

use crate::home::Lmq;
use crate::home::TEAM;

fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run(["answer", "team/retro#1", "again"]).ok().out();
    lmq
}

#[test]
fn a_used_database_is_in_order() {
    let lmq = used();
    lmq.assert_sound();
    assert_eq!(lmq.run(["doctor", "--json"]).out(), "[]\n");
    let fixed = lmq.run(["doctor", "--fix"]).ok();
    assert_eq!(fixed.stdout, "everything is in order\n");
    assert_eq!(fixed.stderr, "a copy from before is at $T/lmq.db.before-fix.2026-01-15T090000+0100\n");
}

#[test]
fn states_that_are_not_what_the_log_says_are_found_and_made_again() {
    let lmq = used();
    let before = lmq.everything("deck:team");
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("UPDATE card_state SET due = due + 5, ease = 130; DELETE FROM day_sum").unwrap();
    drop(db);
    let run = lmq.run(["doctor"]).code(3);
    insta::assert_snapshot!(run.stdout, @r"
    caches: 2 rows of `card_state` differ from what the log says
    caches: 1 rows of `day_sum` differ from what the log says
    ");
    insta::assert_snapshot!(run.stderr, @r"
    lmq: not everything is in order
    hint: `lmq doctor --fix` mends what can be made again from the log
    ");
    let json = lmq.run(["doctor", "--json"]).code(3);
    let rows: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((rows[0]["rule"].as_str(), rows[0]["fixed"].as_bool()), (Some("caches"), Some(false)));
    assert!(lmq.run(["doctor", "--fix"]).ok().stdout.contains("(made right)"));
    assert_eq!(lmq.everything("deck:team"), before);
    lmq.assert_sound();
}

#[test]
fn all_that_is_not_log_is_made_again_from_it() {
    let lmq = used();
    lmq.run(["tag", "people", "team/pair"]).done();
    lmq.run(["suspend", "team/pair", "-y"]).done();
    lmq.run(["move", "elsewhere", "team/retro", "-y"]).ok().out();
    lmq.run(["undo"]).done();
    let seen = || ["cards", "decks", "stats", "history"].map(|command| lmq.run([command, "--json"]).json());
    let before = seen();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let tables: Vec<String> = db
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT IN ('device', \
             'config', 'note_name', 'deck_name', 'action', 'event', 'event_detail', 'event_memory', 'fact', 'text')",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(tables.len() > 9, "{tables:?}");
    for table in &tables {
        db.execute(&format!("DELETE FROM {table}"), []).unwrap();
    }
    drop(db);
    // What lies beside the database, copies and what is kept of its place, goes as well.
    for file in lmq.files() {
        if file.contains("lmq.db") && !file.ends_with("lmq.db") {
            std::fs::remove_file(lmq.path(&file)).unwrap();
        }
    }
    drop(lmq.run(["doctor", "--rebuild"]).code(0));
    lmq.assert_sound();
    assert_eq!(seen(), before);
}

#[test]
fn a_log_that_was_tampered_with_is_found() {
    let lmq = used();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let refused = db.execute("DELETE FROM event", []).unwrap_err().to_string();
    assert_eq!(refused, "the log is append-only: append an undo");
    assert!(db.execute("UPDATE event SET quality = 5", []).is_err());
    assert!(db.execute("UPDATE action SET kind = 1", []).is_err());
    db.execute_batch("DROP TRIGGER event_is_append_only_d; DELETE FROM event WHERE id = (SELECT min(id) FROM event)")
        .unwrap();
    drop(db);
    let run = lmq.run(["doctor"]).code(3);
    assert!(run.stdout.contains("gaps: ") && run.stdout.contains("triggers: 24 of the 25"), "{}", run.stdout);
}

#[test]
fn entries_from_the_future_are_listed() {
    let lmq = used();
    lmq.run_at("2027-06-01T09:00:00+02:00", ["answer", "team/owner", "good"]).done();
    let run = lmq.run(["doctor"]).code(3);
    let what = run.stdout.strip_prefix("future: 1 entry is from the future").unwrap_or_else(|| panic!("{run:?}"));
    assert!(what.contains(": 2027-06-01 team/owner on "), "day, card and device: {what}");
    let back = lmq.run(["answer", "team/pair#1", "good"]).ok();
    insta::assert_snapshot!(back.stderr, @"The clock says 2026-01-15T09:00:00+01:00, but the newest entry of the log is later: 2027-06-01T08:00:00+01:00. Is the clock right?");
    lmq.run(["show", "team/pair#1", "--json"]).done();
}

#[test]
fn a_clock_far_ahead_is_said_before_the_first_answer() {
    let lmq = used();
    let run = lmq.run_at("2026-06-01T09:00:00+02:00", ["answer", "team/owner", "good"]).ok();
    assert_eq!(
        run.stderr,
        "The newest entry of the log is from 2026-01-15T10:00:00+02:00, the clock says 2026-06-01T09:00:00+02:00. Is the clock right?\n"
    );
    let again = lmq.run_at("2026-06-01T09:01:00+02:00", ["answer", "team/pair#1", "good"]).ok();
    assert_eq!(again.stderr, "");
    lmq.run_at("2026-06-01T09:01:00+02:00", ["doctor"]).ok().out();
}

#[test]
fn a_clock_set_back_loses_no_order_and_no_answer() {
    let lmq = used();
    lmq.run_at("2026-01-14T09:00:00+01:00", ["answer", "team/owner", "again"]).done();
    lmq.run_at("2026-01-10T09:00:00+01:00", ["answer", "team/owner", "good"]).done();
    let rows = lmq.run(["history", "team/owner", "--json"]).json();
    let grades: Vec<u64> = rows.as_array().unwrap().iter().map(|row| row["quality"].as_u64().unwrap()).collect();
    assert_eq!(grades, [4, 2, 4], "in the order of writing");
    lmq.assert_sound();
}

/// Each is something that no version writes, and what is said of it.
#[test]
fn whatever_was_changed_from_outside_is_seen_and_is_no_bug() {
    let caches = [
        ("UPDATE topic SET title = 'x'", " rows of `topic`"),
        ("DELETE FROM topic", " rows of `topic`"),
        ("INSERT INTO topic (deck, name_id, title) VALUES (999, 'x', 'x')", "caches: 1 rows of `topic`"),
        ("INSERT INTO alias (alias, note) VALUES (1, 2)", "caches: 1 rows of `alias`"),
        (
            "INSERT INTO note SELECT 999999, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, \
             ordinals, fresh, held_out, retired, made FROM note LIMIT 1",
            "caches: 1 rows of `note`",
        ),
    ];
    let others = [
        ("DROP TRIGGER fact_is_append_only_d", "triggers: 24 of the 25"),
        (
            "DROP TRIGGER fact_is_append_only_d; CREATE TRIGGER fact_is_append_only_d BEFORE DELETE ON fact BEGIN SELECT 1; END",
            "triggers: 24 of the 25",
        ),
        ("DROP VIEW topics", "schema: not as this program makes them: topics"),
        ("DROP TRIGGER action_is_append_only_d; DELETE FROM action WHERE id = (SELECT min(id) FROM action)", "log: "),
        ("DROP TRIGGER event_is_append_only_u; UPDATE event SET offset_min = 9223372036854775807", "log: "),
    ];
    for (sql, said) in caches.iter().chain(&others) {
        let lmq = used();
        let db = rusqlite::Connection::open(lmq.db()).unwrap();
        db.execute_batch(sql).unwrap();
        drop(db);
        let run = lmq.run(["doctor"]).code(3);
        assert!(run.stdout.contains(said), "{sql}: {run:?}");
        if said.contains("rows of") {
            lmq.run(["doctor", "--fix"]).ok().stdout.contains("(made right)");
            assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n", "{sql}");
        }
    }
}

#[test]
fn edits_from_the_future_are_listed_too() {
    let lmq = used();
    lmq.run_at("2027-06-01T09:00:00+02:00", ["tag", "late", "team/owner"]).done();
    let run = lmq.run(["doctor"]).code(3);
    assert!(
        run.stdout.starts_with("future: 1 entry is from the future") && run.stdout.contains(": 2027-06-01 tag on "),
        "{run:?}"
    );
    lmq.run_at("2027-06-01T09:00:00+02:00", ["undo"]).done();
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
}

#[test]
fn an_answer_under_a_wrong_clock_is_no_finding_once_it_is_undone() {
    let lmq = used();
    let before = lmq.everything("deck:team");
    for _ in 0..2 {
        lmq.run_at("2027-06-01T09:00:00+02:00", ["answer", "team/owner", "again"]).done();
    }
    assert!(lmq.run(["doctor"]).code(3).stdout.starts_with("future: 2 entries"));
    lmq.run(["undo"]).done();
    lmq.run(["undo"]).done();
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    assert_eq!(lmq.everything("deck:team"), before);
    // What is written next comes after it in the order, and is of its own day.
    lmq.run(["answer", "team/pair#1", "good"]).done();
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    assert_eq!(lmq.run(["show", "team/pair#1", "--json"]).json()["due"], "2026-01-16");
}
