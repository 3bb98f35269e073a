//! Sittings that go on past the rollover hour, and rollover hours that are moved (docs/scheduling.md, *Study day*).

use crate::home::TEAM;
use crate::world::World;
use crate::world::time;
use lmq::core::grade::Quality;
use lmq::core::session::Input;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;

fn world() -> World {
    let mut world = World::bare();
    world.set_now(time("2026-03-01T12:00:00+01:00"));
    world.import("team.toml", TEAM);
    world
}

fn answer_at(world: &mut World, now: &str, name: &str, quality: u8) {
    world.set_now(time(now));
    world.answer_named(name, quality);
}

fn lapses(world: &World, name: &str) -> u32 {
    world.card(name).state.lapses()
}

/// The study days of a card's answers, as the log has them.
fn days(world: &World, name: &str) -> Vec<String> {
    let events = world.events(world.card(name).card);
    events.iter().filter(|event| event.kind.answer().is_some()).map(|event| event.study_day.iso()).collect()
}

/// In zones far apart, where UTC has another date, half an hour or summer time that begins in that very night.
const ZONES: [&str; 5] = ["+00:00", "+01:00", "-08:00", "+05:30", "+14:00"];

#[test]
fn a_card_that_is_failed_before_and_after_the_rollover_hour_has_lapsed_once() {
    for zone in ZONES {
        let mut world = world();
        let at = |time: &str| format!("2026-03-{time}:00{zone}");
        answer_at(&mut world, &at("02T22:00"), "team/owner", 4);
        // Other cards in between: what counts is the pause between answers, not between those of one card.
        answer_at(&mut world, &at("04T03:10"), "team/owner", 2);
        answer_at(&mut world, &at("04T03:55"), "team/pair#1", 4);
        answer_at(&mut world, &at("04T04:50"), "team/owner", 2);
        world.set_now(time(&at("04T05:00")));
        assert_eq!(lapses(&world, "team/owner"), 1, "{zone}");
        assert_eq!(world.card("team/owner").state.memory.unwrap().due.iso(), "2026-03-04", "{zone}");
        assert_eq!(days(&world, "team/owner"), ["2026-03-02", "2026-03-03", "2026-03-03"], "{zone}");
        // After a night it is a review, and another failure is another lapse.
        answer_at(&mut world, &at("04T09:00"), "team/owner", 2);
        assert_eq!(lapses(&world, "team/owner"), 2, "{zone}");
        world.set_now(time(&at("04T09:30")));
        world.assert_sound();
    }
}

#[test]
fn a_pause_of_an_hour_ends_a_sitting() {
    for (again, lapsed, day) in [("04:54:59", 1, "2026-03-03"), ("04:55:00", 2, "2026-03-04")] {
        let mut world = world();
        answer_at(&mut world, "2026-03-02T22:00:00+01:00", "team/owner", 4);
        answer_at(&mut world, "2026-03-04T03:55:00+01:00", "team/owner", 2);
        answer_at(&mut world, &format!("2026-03-04T{again}+01:00"), "team/owner", 2);
        assert_eq!(lapses(&world, "team/owner"), lapsed, "{again}");
        assert_eq!(days(&world, "team/owner").last().map(String::as_str), Some(day), "{again}");
    }
}

#[test]
fn review_and_answer_are_one_sitting_also_where_its_last_answer_was_undone() {
    let mut world = world();
    answer_at(&mut world, "2026-03-02T22:00:00+01:00", "team/owner", 4);
    answer_at(&mut world, "2026-03-04T03:50:00+01:00", "team/owner", 2);
    answer_at(&mut world, "2026-03-04T03:58:00+01:00", "team/pair#1", 4);
    world.set_now(time("2026-03-04T03:59:00+01:00"));
    world.undo_newest();
    // The repeat of the same sitting.
    world.set_now(time("2026-03-04T04:20:00+01:00"));
    let options = Options { new: Some(0), ..Options::default() };
    assert_eq!(world.next(&options).unwrap().name(), "team/owner");
    let mut review = Review::new(&mut world.store, &world.env, world.settings.clone(), &options).unwrap();
    review.feed(Input::Show).unwrap();
    review.feed(Input::Grade(Quality::Q2)).unwrap();
    drop(review);
    assert_eq!(lapses(&world, "team/owner"), 1);
    assert_eq!(days(&world, "team/owner"), ["2026-03-02", "2026-03-03", "2026-03-03"]);
}

/// Whether there is a place for a new card at that moment, with the rollover hour at `hour`.
fn offers(world: &mut World, now: &str, hour: u8) -> bool {
    world.set_now(time(now));
    world.set(&format!("new_per_day = 2\nrollover = {hour}"));
    world.next(&of_many(world, Some(0))).is_some()
}

/// What of the deck `many` is asked.
fn of_many(world: &World, limit: Option<usize>) -> Options {
    let decks = lmq::ops::decks::named(&world.store, &["many".to_owned()]).unwrap();
    Options { decks, limit, ..Options::default() }
}

/// Forty new cards beside the others, of which the first two are answered by a rollover hour.
fn two_of_many(hour: u8) -> World {
    let mut world = world();
    world.import("many.csv", (0..40).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    world.set(&format!("new_per_day = 2\nrollover = {hour}"));
    for now in ["2026-03-04T08:00:00+01:00", "2026-03-04T08:01:00+01:00"] {
        world.set_now(time(now));
        let next = world.next(&of_many(&world, None)).unwrap();
        world.answer(next.card, 4);
    }
    world
}

#[test]
fn moving_the_rollover_hour_brings_no_second_helping_of_new_cards() {
    let mut world = two_of_many(4);
    let later = "2026-03-04T10:30:00+01:00";
    assert!(!offers(&mut world, later, 4), "the day's helping is had");
    assert!(!offers(&mut world, later, 12), "of these hours yesterday was made");
    assert!(!offers(&mut world, later, 4));
    // The other way round: written under yesterday, by an hour that is moved then.
    let mut world = two_of_many(12);
    assert!(!offers(&mut world, later, 12));
    assert!(!offers(&mut world, later, 4), "what was begun this morning is of today");
    assert!(offers(&mut world, "2026-03-05T08:00:00+01:00", 4), "tomorrow has its own");
}

/// The days in a row at that moment.
fn streak(world: &mut World, now: &str) -> u64 {
    world.set_now(time(now));
    world.day().streak
}

#[test]
fn a_streak_follows_nights_and_not_the_dates_that_a_flight_passed_over() {
    // From Los Angeles to Tokyo: an evening, one night, and a date is missing.
    let mut world = world();
    answer_at(&mut world, "2026-03-03T20:00:00-08:00", "team/owner", 4);
    answer_at(&mut world, "2026-03-04T20:00:00-08:00", "team/pair#1", 4);
    let landed = "2026-03-06T09:00:00+09:00";
    assert_eq!(streak(&mut world, landed), 2, "today is open");
    answer_at(&mut world, landed, "team/pair#2", 4);
    assert_eq!(streak(&mut world, landed), 3);
    answer_at(&mut world, "2026-03-07T09:00:00+09:00", "team/owner", 4);
    assert_eq!(streak(&mut world, "2026-03-07T09:01:00+09:00"), 4);
    assert_eq!(world.report_json()["sections"]["summary"]["values"]["streak_days"], 4);
    // Back: the same date twice, and no day is lost.
    answer_at(&mut world, "2026-03-07T08:00:00-08:00", "team/pair#1", 4);
    answer_at(&mut world, "2026-03-08T08:00:00-08:00", "team/pair#2", 4);
    assert_eq!(streak(&mut world, "2026-03-08T08:01:00-08:00"), 5);
    world.set_now(time("2026-03-08T09:00:00-08:00"));
    world.assert_sound();
}

#[test]
fn a_day_that_was_missed_breaks_a_streak_also_where_one_flew() {
    for (before, after) in [
        ("2026-03-04T20:00:00+01:00", "2026-03-06T09:00:00+01:00"),
        ("2026-03-04T08:00:00+00:00", "2026-03-06T20:00:00+05:30"),
        ("2026-03-04T20:00:00-08:00", "2026-03-07T09:00:00+09:00"),
    ] {
        let mut world = world();
        answer_at(&mut world, before, "team/owner", 4);
        answer_at(&mut world, after, "team/pair#1", 4);
        assert_eq!(streak(&mut world, after), 1, "{before} to {after}");
    }
}
