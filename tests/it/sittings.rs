//! Sittings that go on past the rollover hour, and rollover hours that are moved (docs/scheduling.md, *Study day*).

use crate::home::Lmq;
use crate::home::TEAM;
use serde_json::Value;

fn lmq() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run_at("2026-03-01T12:00:00+01:00", ["import", "team.toml"]).done();
    lmq
}

fn card(lmq: &Lmq, now: &str, name: &str) -> Value {
    lmq.run_at(now, ["show", name, "--json"]).json()
}

/// The study days of a card's answers, as the log has them.
fn days(lmq: &Lmq, name: &str) -> Vec<String> {
    let rows = lmq.run(["history", name, "--json"]).json();
    rows.as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["quality"].as_u64().and(row["study_day"].as_str()))
        .map(str::to_owned)
        .collect()
}

/// In zones far apart, where UTC has another date, half an hour or summer time that begins in that very night.
const ZONES: [&str; 5] = ["+00:00", "+01:00", "-08:00", "+05:30", "+14:00"];

#[test]
fn a_card_that_is_failed_before_and_after_the_rollover_hour_has_lapsed_once() {
    for zone in ZONES {
        let lmq = lmq();
        let at = |time: &str| format!("2026-03-{time}:00{zone}");
        lmq.run_at(&at("02T22:00"), ["answer", "team/owner", "good"]).done();
        // Other cards in between: what counts is the pause between answers, not between those of one card.
        lmq.run_at(&at("04T03:10"), ["answer", "team/owner", "again"]).done();
        lmq.run_at(&at("04T03:55"), ["answer", "team/pair#1", "good"]).done();
        lmq.run_at(&at("04T04:50"), ["answer", "team/owner", "again"]).done();
        let shown = card(&lmq, &at("04T05:00"), "team/owner");
        assert_eq!(shown["lapses"], 1, "{zone}: {shown}");
        assert_eq!(shown["due"], "2026-03-04", "{zone}: {shown}");
        assert_eq!(days(&lmq, "team/owner"), ["2026-03-02", "2026-03-03", "2026-03-03"], "{zone}");
        // After a night it is a review, and another failure is another lapse.
        lmq.run_at(&at("04T09:00"), ["answer", "team/owner", "again"]).done();
        assert_eq!(card(&lmq, &at("04T09:00"), "team/owner")["lapses"], 2, "{zone}");
        assert_eq!(lmq.run_at(&at("04T09:30"), ["doctor"]).out(), "everything is in order\n");
    }
}

#[test]
fn a_pause_of_an_hour_ends_a_sitting() {
    for (again, lapses, day) in [("04:54:59", 1, "2026-03-03"), ("04:55:00", 2, "2026-03-04")] {
        let lmq = lmq();
        lmq.run_at("2026-03-02T22:00:00+01:00", ["answer", "team/owner", "good"]).done();
        lmq.run_at("2026-03-04T03:55:00+01:00", ["answer", "team/owner", "again"]).done();
        let again = format!("2026-03-04T{again}+01:00");
        lmq.run_at(&again, ["answer", "team/owner", "again"]).done();
        assert_eq!(card(&lmq, &again, "team/owner")["lapses"], lapses, "{again}");
        assert_eq!(days(&lmq, "team/owner").last().map(String::as_str), Some(day), "{again}");
    }
}

#[test]
fn review_and_answer_are_one_sitting_also_where_its_last_answer_was_undone() {
    let lmq = lmq();
    lmq.run_at("2026-03-02T22:00:00+01:00", ["answer", "team/owner", "good"]).done();
    lmq.run_at("2026-03-04T03:50:00+01:00", ["answer", "team/owner", "again"]).done();
    lmq.run_at("2026-03-04T03:58:00+01:00", ["answer", "team/pair#1", "good"]).done();
    lmq.run_at("2026-03-04T03:59:00+01:00", ["undo"]).done();
    // The repeat of the same sitting.
    let now = "2026-03-04T04:20:00+01:00";
    assert!(lmq.run_at(now, ["next", "--new", "0"]).ok().stdout.starts_with("team/owner"));
    let mut command = lmq.command();
    command.args(["review", "--new", "0"]).env("LMQ_NOW", now);
    drop(lmq.finish(command, b"\n1\n:q\n").ok());
    assert_eq!(card(&lmq, now, "team/owner")["lapses"], 1);
    assert_eq!(days(&lmq, "team/owner"), ["2026-03-02", "2026-03-03", "2026-03-03"]);
}

/// The new card that `lmq next` offers at that moment, with the rollover hour moved to `hour` first.
fn offered(lmq: &Lmq, now: &str, hour: &str) -> bool {
    lmq.run_at(now, ["config", "set", "rollover", hour]).done();
    lmq.run_at(now, ["next", "many", "--limit", "0"]).ok().stdout.contains("question")
}

#[test]
fn moving_the_rollover_hour_brings_no_second_helping_of_new_cards() {
    let lmq = lmq();
    lmq.write("many.csv", (0..40).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    lmq.run_at("2026-03-01T12:00:00+01:00", ["import", "many.csv"]).done();
    lmq.run_at("2026-03-01T12:00:00+01:00", ["config", "set", "new_per_day", "2"]).done();
    let learn = |now: &str| {
        let name = lmq.run_at(now, ["next", "many"]).ok().stdout.lines().next().unwrap().to_owned();
        lmq.run_at(now, ["answer", &name, "good"]).done();
    };
    learn("2026-03-04T08:00:00+01:00");
    learn("2026-03-04T08:01:00+01:00");
    let later = "2026-03-04T10:30:00+01:00";
    assert!(!offered(&lmq, later, "4"), "the day's helping is had");
    assert!(!offered(&lmq, later, "12"), "of these hours yesterday was made");
    assert!(!offered(&lmq, later, "4"));
    // The other way round: written under yesterday, by an hour that is moved then.
    let lmq = {
        let lmq = self::lmq();
        lmq.write("many.csv", (0..40).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
        lmq.run_at("2026-03-01T12:00:00+01:00", ["import", "many.csv"]).done();
        lmq.run_at("2026-03-01T12:00:00+01:00", ["config", "set", "new_per_day", "2"]).done();
        lmq.run_at("2026-03-01T12:00:00+01:00", ["config", "set", "rollover", "12"]).done();
        lmq
    };
    for now in ["2026-03-04T08:00:00+01:00", "2026-03-04T08:01:00+01:00"] {
        let name = lmq.run_at(now, ["next", "many"]).ok().stdout.lines().next().unwrap().to_owned();
        lmq.run_at(now, ["answer", &name, "good"]).done();
    }
    assert!(!offered(&lmq, later, "12"));
    assert!(!offered(&lmq, later, "4"), "what was begun this morning is of today");
    assert!(offered(&lmq, "2026-03-05T08:00:00+01:00", "4"), "tomorrow has its own");
}

/// The days in a row that `lmq` alone tells of.
fn streak(lmq: &Lmq, now: &str) -> String {
    let said = lmq.run_at(now, []).ok().stdout;
    let line = said.lines().find(|line| line.starts_with("Done today")).unwrap().to_owned();
    line.split("; ").nth(1).unwrap_or("none").to_owned()
}

#[test]
fn a_streak_follows_nights_and_not_the_dates_that_a_flight_passed_over() {
    // From Los Angeles to Tokyo: an evening, one night, and a date is missing.
    let lmq = lmq();
    lmq.run_at("2026-03-03T20:00:00-08:00", ["answer", "team/owner", "good"]).done();
    lmq.run_at("2026-03-04T20:00:00-08:00", ["answer", "team/pair#1", "good"]).done();
    let landed = "2026-03-06T09:00:00+09:00";
    assert_eq!(streak(&lmq, landed), "2 days in a row", "today is open");
    lmq.run_at(landed, ["answer", "team/pair#2", "good"]).done();
    assert_eq!(streak(&lmq, landed), "3 days in a row");
    lmq.run_at("2026-03-07T09:00:00+09:00", ["answer", "team/owner", "good"]).done();
    assert_eq!(streak(&lmq, "2026-03-07T09:01:00+09:00"), "4 days in a row");
    let report = lmq.run_at("2026-03-07T09:01:00+09:00", ["stats"]).ok().stdout;
    assert!(report.contains("4 days"), "{report}");
    // Back: the same date twice, and no day is lost.
    lmq.run_at("2026-03-07T08:00:00-08:00", ["answer", "team/pair#1", "good"]).done();
    lmq.run_at("2026-03-08T08:00:00-08:00", ["answer", "team/pair#2", "good"]).done();
    assert_eq!(streak(&lmq, "2026-03-08T08:01:00-08:00"), "5 days in a row");
    assert_eq!(lmq.run_at("2026-03-08T09:00:00-08:00", ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn a_day_that_was_missed_breaks_a_streak_also_where_one_flew() {
    for (before, after) in [
        ("2026-03-04T20:00:00+01:00", "2026-03-06T09:00:00+01:00"),
        ("2026-03-04T08:00:00+00:00", "2026-03-06T20:00:00+05:30"),
        ("2026-03-04T20:00:00-08:00", "2026-03-07T09:00:00+09:00"),
    ] {
        let lmq = lmq();
        lmq.run_at(before, ["answer", "team/owner", "good"]).done();
        lmq.run_at(after, ["answer", "team/pair#1", "good"]).done();
        assert_eq!(streak(&lmq, after), "1 day in a row", "{before} to {after}");
    }
}
