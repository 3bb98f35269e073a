//! `lmq doctor`.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::time;
use lmq::ops::bulk::BulkChange;
use rusqlite::Connection;

fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run(["answer", "team/retro#1", "again"]).ok().out();
    lmq
}

/// The same in-process.
fn used_world() -> World {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.answer_named("team/owner", 4);
    world.answer_named("team/retro#1", 2);
    world
}

/// What the doctor has to say, a line each.
fn findings(world: &mut World) -> String {
    world.doctor().iter().map(|finding| format!("{}: {}\n", finding.rule.name(), finding.what)).collect()
}

/// The database, closed, changed from outside and opened again.
fn changed(world: World, sql: &str) -> World {
    let (path, now) = (world.path(), world.now());
    let World { folder, settings, store, .. } = world;
    drop(store);
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
    World::reopened(folder, settings, now)
}

/// A moment that only a wrong clock shows.
const FUTURE: &str = "2027-06-01T09:00:00+02:00";

#[test]
fn a_used_database_is_in_order() {
    let lmq = used();
    lmq.assert_sound();
    assert_eq!(lmq.run(["doctor", "--json"]).out(), "[]\n");
    let fixed = lmq.run(["doctor", "--fix"]).ok();
    assert_eq!(fixed.stdout, "everything is in order\n");
    assert_eq!(fixed.stderr, "the database from before is at $T/lmq.db.before-fix.2026-01-15T090000+0100\n");
}

#[test]
fn states_that_are_not_what_the_log_says_are_found_and_made_again() {
    let lmq = used();
    let before = lmq.cards("deck:team");
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute_batch("UPDATE card_state SET due = due + 5, ease = 130; DELETE FROM day_sum").unwrap();
    drop(db);
    let run = lmq.run(["doctor"]).code(3);
    insta::assert_snapshot!(run.stdout, @r"
    caches: 2 rows of `card_state` differ from what the log says
    caches: 1 row of `day_sum` differs from what the log says
    ");
    insta::assert_snapshot!(run.stderr, @r"
    lmq: not everything is in order
    hint: `lmq doctor --fix` repairs what can be rebuilt from the log
    ");
    let json = lmq.run(["doctor", "--json"]).code(3);
    let rows: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((rows[0]["rule"].as_str(), rows[0]["fixed"].as_bool()), (Some("caches"), Some(false)));
    assert!(lmq.run(["doctor", "--fix"]).ok().stdout.contains("(repaired)"));
    assert_eq!(lmq.cards("deck:team"), before);
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
    let world = used_world();
    let db = Connection::open(world.path()).unwrap();
    let refused = db.execute("DELETE FROM event", []).unwrap_err().to_string();
    assert_eq!(refused, "the log is append-only: append an undo");
    assert!(db.execute("UPDATE event SET quality = 5", []).is_err());
    assert!(db.execute("UPDATE action SET kind = 1", []).is_err());
    drop(db);
    let less =
        "DROP TRIGGER event_is_append_only_d; DELETE FROM event WHERE id = (SELECT min(id) FROM event WHERE kind = 1)";
    let found = findings(&mut changed(world, less));
    assert!(found.contains("gaps: ") && found.contains("triggers: 24 of the 25"), "{found}");
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
    let mut world = used_world();
    for (now, quality) in [("2026-01-14T09:00:00+01:00", 2), ("2026-01-10T09:00:00+01:00", 4)] {
        world.set_now(time(now));
        world.answer_named("team/owner", quality);
    }
    let events = world.events(world.card("team/owner").card);
    let grades: Vec<u8> = events.iter().map(|event| event.kind.answer().unwrap().0.into()).collect();
    assert_eq!(grades, [4, 2, 4], "in the order of writing");
    world.set_now(time(crate::world::MORNING));
    world.assert_sound();
}

/// Each is something that no version writes, and what is said of it.
#[test]
fn whatever_was_changed_from_outside_is_seen_and_is_no_bug() {
    let caches = [
        ("UPDATE topic SET title = 'x'", " of `topic`"),
        ("DELETE FROM topic", " of `topic`"),
        ("INSERT INTO topic (deck, name_id, title) VALUES (999, 'x', 'x')", "caches: 1 row of `topic`"),
        ("INSERT INTO alias (alias, note) VALUES (1, 2)", "caches: 1 row of `alias`"),
        (
            "INSERT INTO note SELECT 999999, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, \
             ordinals, fresh, held_out, retired, made FROM note LIMIT 1",
            "caches: 1 row of `note`",
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
        let mut world = changed(used_world(), sql);
        let found = findings(&mut world);
        assert!(found.contains(said), "{sql}: {found}");
        if found.starts_with("caches: ") {
            let stamp = world.stamp();
            world.store.doctor(stamp, true).unwrap();
            assert_eq!(findings(&mut world), "", "{sql}");
        }
    }
}

#[test]
fn edits_from_the_future_are_listed_too() {
    let mut world = used_world();
    world.set_now(time(FUTURE));
    world.change(&["team/owner"], BulkChange::Tag(vec!["late".to_owned()]));
    world.set_now(time(crate::world::MORNING));
    let found = findings(&mut world);
    assert!(
        found.starts_with("future: 1 entry is from the future") && found.contains(": 2027-06-01 tag on "),
        "{found}"
    );
    world.set_now(time(FUTURE));
    world.undo_newest();
    world.set_now(time(crate::world::MORNING));
    world.assert_sound();
}

#[test]
fn an_answer_under_a_wrong_clock_is_no_finding_once_it_is_undone() {
    let mut world = used_world();
    let before = world.found("deck:team");
    world.set_now(time(FUTURE));
    world.answer_named("team/owner", 2);
    world.answer_named("team/owner", 2);
    world.set_now(time(crate::world::MORNING));
    let found = findings(&mut world);
    assert!(found.starts_with("future: 2 entries"), "{found}");
    world.undo_newest();
    world.undo_newest();
    world.assert_sound();
    assert_eq!(world.found("deck:team"), before);
    // What is written next comes after it in the order, and is of its own day.
    world.answer_named("team/pair#1", 4);
    world.assert_sound();
    assert_eq!(world.card("team/pair#1").state.memory.unwrap().due.iso(), "2026-01-16");
}
