//! `lmq history`.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::time;

#[test]
fn the_log_is_shown_oldest_first_and_an_undo_takes_nothing_out() {
    let lmq = Lmq::new();
    let none = lmq.run(["history"]).ok();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "no answers yet\n"));
    assert_eq!(lmq.run(["history", "--json"]).out(), "[]\n");
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good", "--ms", "6500"]).ok().out();
    lmq.run_at("2026-01-15T09:01:00+01:00", ["answer", "team/retro#2", "again"]).ok().out();
    assert_eq!(lmq.run_at("2026-01-15T09:02:00+01:00", ["undo"]).out(), "undid: answered team/retro#2 Again\n");
    let rows = lmq.run(["history", "--json"]).json();
    assert_eq!(rows[1]["action"], rows[2]["undoes"]);
    insta::assert_snapshot!(lmq.run(["history"]).out(), @r"
    2026-01-15 09:00 team/owner answered Good in 6.5 s → 1d, due 2026-01-16
    2026-01-15 09:01 team/retro#2 answered Again in 0.0 s (undone)
    2026-01-15 09:02 undid: answered team/retro#2 Again
    ");
    let redone = lmq.run_at("2026-01-15T09:03:00+01:00", ["undo", "--redo"]).out();
    assert_eq!(redone, "brought back: answered team/retro#2 Again\n");
    let history = lmq.run(["history"]).out();
    assert!(
        history.ends_with(&format!("undid: answered team/retro#2 Again (undone)\n2026-01-15 09:03 {redone}")),
        "{history}"
    );
    assert_eq!(lmq.run(["history", "team/owner", "--json"]).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_row_as_json_has_the_state_before_and_after() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run_at("2026-01-16T23:59:00-05:00", ["answer", "team/owner", "again", "--ms", "900"]).ok().out();
    lmq.run_at("2026-01-17T09:00:00+01:00", ["undo"]).ok().out();
    let rows = lmq.run(["history", "--json"]).json();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        for field in ["id", "kind", "at", "study_day"] {
            assert!(row[field].is_string(), "{field}: {row}");
        }
        for field in ["card", "quality", "took_ms", "before", "after"] {
            assert!(row.get(field).is_some(), "{field}: {row}");
        }
        assert!(chrono::DateTime::parse_from_rfc3339(row["at"].as_str().unwrap()).is_ok());
        assert!(chrono::NaiveDate::parse_from_str(row["study_day"].as_str().unwrap(), "%Y-%m-%d").is_ok());
    }
    let failed = &rows[1];
    assert_eq!(
        (failed["at"].as_str(), failed["study_day"].as_str()),
        (Some("2026-01-16T23:59:00-05:00"), Some("2026-01-16"))
    );
    assert_eq!((failed["quality"].as_u64(), failed["took_ms"].as_u64()), (Some(2), Some(900)));
    assert_eq!(failed["card"], lmq.id("deck:team roadmap").as_str());
    assert_eq!(failed["voided"], true);
    assert_eq!(rows[0]["before"]["due"], serde_json::Value::Null);
    assert_eq!((rows[0]["after"]["due"].as_str(), rows[0]["after"]["ease"].as_f64()), (Some("2026-01-16"), Some(2.5)));
    let undone = &rows[2];
    assert_eq!(
        (undone["kind"].as_str(), undone["quality"].is_null(), undone["card"].is_null()),
        (Some("undone"), true, true)
    );
    assert_eq!(undone["undoes"], failed["action"]);
}

#[test]
fn an_answer_before_four_in_the_morning_counts_for_the_day_before() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    // The second one more than an hour later: what goes on past that hour in one sitting stays on its day.
    for (now, card, day) in [
        ("2026-01-16T03:59:59+01:00", "team/owner", "2026-01-15"),
        ("2026-01-16T05:00:00+01:00", "team/pair#1", "2026-01-16"),
    ] {
        world.set_now(time(now));
        world.answer_named(card, 4);
        let [answered] = world.events(world.card(card).card).try_into().unwrap();
        assert_eq!(answered.study_day.iso(), day, "{now}");
    }
}

#[test]
fn a_history_with_an_event_of_a_later_version_is_refused_whole() {
    let (lmq, other) = (Lmq::new(), Lmq::new());
    let card = lmq.cards("deck:quotes")[0]["id"].as_str().unwrap().to_owned();
    lmq.run(["answer", &card, "good"]).done();
    lmq.run(["answer", &card, "good"]).done();
    // Answers stand in one line together; anything else has a line of its own.
    lmq.run(["mark", &card]).done();
    let history = lmq.run(["export", "--what", "history", "--format", "jsonl"]).ok().stdout;
    let later = history.replacen("\"marked\"", "\"dreamed\"", 1);
    assert_ne!(later, history);
    other.write("h.jsonl", later);
    let error = other.run(["import", "h.jsonl"]).err(3);
    assert!(error.contains("this lmq does not know the kind of event `dreamed`"), "{error}");
    assert_eq!(other.run(["history", "--json"]).out(), "[]\n");
    other.assert_sound();
}

#[test]
fn what_the_person_did_to_settings_notes_and_decks_is_shown_in_words() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["config", "set", "new_per_day", "3"]).done();
    lmq.run(["tag", "q1", "team/owner"]).done();
    lmq.run(["move", "geo", "team/owner"]).done();
    lmq.run(["rename", "geo", "maps"]).done();
    lmq.run(["answer", "geo/owner", "good"]).done();
    lmq.run(["set-due", "2026-02-01", "geo/owner"]).done();
    lmq.run(["pause", "--until", "2026-01-20"]).done();
    insta::assert_snapshot!(lmq.run(["history"]).out(), @r"
    2026-01-15 09:00 set new_per_day to 3
    2026-01-15 09:00 geo/owner tagged: q1
    2026-01-15 09:00 geo/owner placed in geo
    2026-01-15 09:00 renamed geo to maps
    2026-01-15 09:00 geo/owner answered Good in 0.0 s → 1d, due 2026-01-16
    2026-01-15 09:00 geo/owner rescheduled → 1d, due 2026-02-01
    2026-01-15 09:00 paused until 2026-01-20
    ");
    for _ in 0..5 {
        lmq.run(["undo", "--yes"]).done();
    }
    // A step names the decks that it was about, wherever the notes lie now.
    insta::assert_snapshot!(lmq.run(["undo", "--list"]).out(), @r"
    2026-01-15 09:00  paused until 2026-01-20 (undone)
    2026-01-15 09:00  set to fall due: team/owner on 2026-02-01 (undone)
    2026-01-15 09:00  answered team/owner Good (undone)
    2026-01-15 09:00  renamed the deck geo to maps (undone)
    2026-01-15 09:00  moved team/owner to `geo` (undone)
    2026-01-15 09:00  tagged team/owner `q1`
    2026-01-15 09:00  set new_per_day to 3
    2026-01-15 09:00  imported 3 notes into work::team
    ");
    lmq.assert_sound();
}
