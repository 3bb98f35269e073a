//! `lmq pause`: breaks, and coming back from them.

use crate::home::Lmq;
use crate::world::World;
use crate::world::time;
use lmq::core::study_day::StudyDay;
use lmq::ops;
use lmq::ops::queue::Options;

fn at(day: &str) -> String {
    format!("2026-{day}T09:00:00+01:00")
}

/// One card of a deck of its own, answered on 14 and 15 January: a streak of two days, due on the 21st.
fn two_days() -> Lmq {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "new_per_day", "0"]).ok().out();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run_at(&at("01-14"), ["answer", "team/who", "good"]).done();
    lmq.run_at(&at("01-15"), ["answer", "team/who", "good"]).done();
    lmq
}

/// The same in-process.
fn world_of_two_days() -> World {
    let mut world = World::bare();
    world.add("team", Some("who"), "Who?", "Amara");
    for day in ["01-14", "01-15"] {
        world.set_now(time(&at(day)));
        world.answer_named("team/who", 4);
    }
    world
}

fn pause(world: &mut World, days: i64) {
    let stamp = world.stamp();
    ops::pause::pause(&mut world.store, stamp, stamp.today.plus(days)).unwrap();
}

/// The last day of the break that lasts.
fn paused(world: &World) -> Option<StudyDay> {
    ops::pause::current(&world.store, world.today()).unwrap().map(|pause| pause.until)
}

#[test]
fn a_break_is_announced_shown_ended_and_undone() {
    let lmq = two_days();
    assert_eq!(lmq.run(["pause"]).out(), "no pause\n");
    let said = "Paused until 2026-02-01: nothing is due, and your streak is safe. `lmq pause --off` ends the break\n";
    assert_eq!(lmq.run(["pause", "--until", "2026-02-01"]).out(), said);
    assert_eq!(lmq.run(["pause"]).out(), said);
    let json = lmq.run(["pause", "--json"]).json();
    assert_eq!(json, serde_json::json!({"paused": true, "since": "2026-01-15", "until": "2026-02-01"}));
    assert_eq!(lmq.run(["undo"]).out(), "undid: paused until 2026-02-01\n");
    assert_eq!(lmq.run(["pause"]).out(), "no pause\n");
    assert_eq!(lmq.run(["undo", "--redo"]).out(), "brought back: paused until 2026-02-01\n");
    assert_eq!(lmq.run_at(&at("01-31"), ["pause"]).out(), said);
    assert_eq!(lmq.run_at(&at("02-01"), ["pause"]).out(), "no pause\n");
    assert_eq!(lmq.run_at(&at("01-20"), ["pause", "--off"]).out(), "the break is over\n");
    assert_eq!(lmq.run_at(&at("01-20"), ["pause"]).out(), "no pause\n");
    assert_eq!(lmq.run_at(&at("01-20"), ["pause", "--off"]).out(), "no pause\n");
    let history = lmq.run(["history"]).out();
    assert!(history.contains("paused until 2026-02-01") && history.contains("resumed"), "{history}");
    assert_eq!(lmq.run_at(&at("01-20"), ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn days_that_cannot_end_a_break_are_refused() {
    let lmq = Lmq::new();
    let error = lmq.run(["pause", "--until", "2026-01-15"]).err(2);
    assert_eq!(
        error,
        "lmq: 2026-01-15 is not after today\nhint: give the first day on which you want to review again\n"
    );
    for bad in ["soon", "3", "2026-02-30"] {
        assert!(lmq.run(["pause", "--until", bad]).err(2).contains("not a day"), "{bad}");
    }
    assert!(lmq.run(["pause", "--until", "3d", "--off"]).err(2).contains("cannot be used with"));
}

#[test]
fn while_it_lasts_nothing_is_due_anywhere_and_the_streak_keeps() {
    let lmq = two_days();
    lmq.run(["config", "set", "new_per_day", "5"]).ok().out();
    lmq.run(["pause", "--until", "2026-02-01"]).done();
    let now = at("01-25");
    insta::assert_snapshot!(lmq.run_at(&now, []).out(), @r"
    Paused until 2026-02-01: nothing is due, and your streak is safe. `lmq pause --off` ends the break
    Done today: 0 answers; 2 days in a row
    After today, the next cards fall due on 2026-02-01 (in 7 days)
    ");
    assert_eq!(lmq.run_at(&now, ["next"]).out(), "paused until 2026-02-01\n");
    assert_eq!(lmq.run_at(&now, ["next", "--json"]).out(), "null\n");
    assert_eq!(lmq.run_at(&now, ["next", "--new", "5", "--limit", "5"]).out(), "paused until 2026-02-01\n");
    let review = lmq.run_at(&now, ["review", "--plain"]).out();
    assert!(review.contains("Paused until 2026-02-01") && review.contains("fall due in 7 days"), "{review}");
    let decks = lmq.run_at(&now, ["decks"]).out();
    assert!(decks.ends_with("`lmq pause --off` ends the break\n"), "{decks}");
    let due: u64 = lmq.run_at(&now, ["decks", "--json"]).json().as_array().unwrap().iter().map(due_of).sum();
    assert_eq!(due, 0);
    // Cramming changes no schedule; a card that is named is always taken.
    let cram = lmq.run_at(&now, ["review", "--plain", "--cram", "team"]).out();
    assert!(cram.contains("Who?"), "{cram}");
    lmq.run_at(&now, ["answer", "team/who", "good"]).done();
    assert!(lmq.run_at(&now, []).out().contains("Done today: 1 answer; 3 days in a row"));
    assert_eq!(lmq.run_at(&now, ["doctor"]).out(), "everything is in order\n");
}

fn due_of(deck: &serde_json::Value) -> u64 {
    deck["due"].as_u64().unwrap()
}

#[test]
fn after_it_the_streak_goes_on_and_the_report_agrees() {
    let mut world = world_of_two_days();
    pause(&mut world, 17);
    let streak = |world: &mut World, day: &str| {
        world.set_now(time(&at(day)));
        world.day().streak
    };
    assert_eq!([streak(&mut world, "02-01"), streak(&mut world, "02-02")], [2, 0]);
    assert_eq!(streak(&mut world, "02-01"), 2);
    world.answer_named("team/who", 4);
    assert_eq!(world.day().streak, 3);
    assert_eq!(world.report_json()["sections"]["summary"]["values"]["streak_days"], 3);
    assert!(world.report("text").contains('3'));
}

#[test]
fn the_forecast_waits_for_the_end_of_the_break() {
    let mut world = world_of_two_days();
    pause(&mut world, 10);
    world.set_now(time(&at("01-22")));
    let text = world.report("text");
    assert!(text.contains("Paused until 2026-01-25: nothing is due, and your streak is safe."), "{text}");
    let json = world.report_json();
    let rows = json["sections"]["forecast"]["rows"].as_array().unwrap();
    let due: Vec<(u64, u64)> =
        rows.iter().take(4).map(|row| (row["cards"].as_u64().unwrap(), row["overdue"].as_u64().unwrap())).collect();
    assert_eq!(due, [(0, 0), (0, 0), (0, 0), (1, 0)]);
}

#[test]
fn a_break_unites_with_the_history_of_another_device() {
    let (mut one, mut two) = (world_of_two_days(), World::bare());
    pause(&mut one, 17);
    two.import("history.jsonl", one.log_text());
    assert_eq!(paused(&two).map(StudyDay::iso).as_deref(), Some("2026-02-01"));
    let stamp = two.stamp();
    ops::pause::resume(&mut two.store, stamp).unwrap();
    one.import("history.jsonl", two.log_text());
    assert_eq!(paused(&one), None);
    one.assert_sound();
}

/// Who was answered when. d: interval 1, due the 4th; e: interval 1, due the 11th; a, b, c: interval 6, due the 8th.
const BEHIND: [(&str, &str); 8] = [
    ("team/a", "01-01"),
    ("team/b", "01-01"),
    ("team/c", "01-01"),
    ("team/a", "01-02"),
    ("team/b", "01-02"),
    ("team/c", "01-02"),
    ("team/d", "01-03"),
    ("team/e", "01-10"),
];

/// Cards with intervals of 1 day (answered once) and 6 days (twice), all long overdue.
fn behind() -> Lmq {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "new_per_day", "0"]).ok().out();
    lmq.run(["config", "set", "reviews_per_day", "3"]).ok().out();
    for key in ["a", "b", "c", "d", "e"] {
        lmq.run(["add", "team", &format!("{key}?"), "x", "--key", key]).ok().out();
    }
    for (card, day) in BEHIND {
        lmq.run_at(&at(day), ["answer", card, "good"]).done();
    }
    lmq
}

#[test]
fn coming_back_says_what_waits_and_asks_what_is_most_at_risk_first() {
    let lmq = behind();
    let now = at("01-20");
    let glance = lmq.run_at(&now, []).out();
    assert!(
        glance.starts_with(
            "Today: 3 reviews of 5 due cards, 0 new cards, 0 repeats\nWelcome back. Your last answer here was 10 days \
             ago. 5 due cards wait, 3 of them today; within the daily limit it takes 2 days, most at risk first\n"
        ),
        "{glance}"
    );
    let review = lmq.run_at(&now, ["review", "--plain"]).ok();
    assert!(review.stderr.contains("was 10 days ago. 5 due cards wait"), "{}", review.stderr);
    // 16 days late after one, 9 days late after one, 12 days late after six.
    let asked = |day: &str| lmq.run_at(&at(day), ["next"]).out().lines().next().unwrap_or_default().to_owned();
    assert_eq!(asked("01-20"), "team/d");
    lmq.run_at(&now, ["answer", "team/d", "good"]).done();
    assert_eq!(asked("01-20"), "team/e");
    lmq.run_at(&now, ["answer", "team/e", "good"]).done();
    let third = asked("01-20");
    assert!(["team/a", "team/b", "team/c"].contains(&third.as_str()), "{third}");
    lmq.run_at(&now, ["answer", &third, "good"]).done();
    assert_eq!(asked("01-20"), "nothing waits", "the day's limit holds");
    let left = lmq.run_at(&now, []).out();
    assert!(
        left.contains("\n2 due cards wait; within the daily limit it takes 1 more day, most at risk first\n"),
        "{left}"
    );
    let next_day = lmq.run_at(&at("01-21"), []).out();
    assert!(next_day.starts_with("Today: 2 reviews, 0 new cards, 0 repeats\nDone today"), "{next_day}");
}

#[test]
fn on_an_ordinary_day_cards_come_by_their_due_day() {
    let mut world = World::bare();
    for key in ["a", "b", "c", "d", "e"] {
        world.add("team", Some(key), &format!("{key}?"), "x");
    }
    for (card, day) in BEHIND {
        world.set_now(time(&at(day)));
        world.answer_named(card, 4);
    }
    world.set_now(time(&at("01-20")));
    world.set("new_per_day = 0\nreviews_per_day = 5");
    let next =
        |world: &World, limit: usize| world.next(&Options { limit: Some(limit), ..Options::default() }).unwrap().name();
    assert_eq!(next(&world, 5), "team/d", "due the 4th");
    world.answer_named("team/d", 4);
    for limit in [1, 4] {
        assert_ne!(next(&world, limit), "team/e", "due the 11th, after those of the 8th");
    }
}
