//! What is said to wait is what a sitting asks, wherever it is said; and where nothing waits, it is said why.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::time;
use lmq::core::grade::Quality;
use lmq::core::session::Input;
use lmq::ops;
use lmq::ops::bulk::BulkChange;
use lmq::ops::day::Nothing;
use lmq::ops::day::Waiting;
use lmq::ops::queue::Options;
use lmq::ops::report::Wanted;
use lmq::ops::report::build_progress;
use lmq::ops::review::Review;
use lmq::store::DeckSet;
use std::collections::BTreeSet;

/// The cards of one cloze note, learned on two days, both due on the 20th.
fn two_siblings() -> World {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    for (day, card) in [("15", "team/retro#1"), ("16", "team/retro#2")] {
        world.set_now(time(&format!("2026-01-{day}T09:00:00+01:00")));
        world.answer_named(card, 4);
    }
    world.set_now(time("2026-01-20T09:00:00+01:00"));
    world.set("new_per_day = 0\n");
    world
}

/// The due cards as each place counts them: the day, the decks, the prompt, the sitting itself, the statistics, and a report.
fn counted(world: &World) -> [u64; 7] {
    let day = world.day();
    let decks = ops::day::decks(&world.store, &world.settings, world.today()).unwrap();
    let Waiting { reviews, .. } = ops::day::waiting(&world.store, &world.settings, world.today()).unwrap();
    let daily = Options::daily(&world.store, &world.settings).unwrap();
    let asked = asked(world, &daily);
    let progress = build_progress(&world.store, &world.settings, world.stamp(), &Wanted::default()).unwrap();
    let told = progress.forecast.days[0];
    let report = world.report_json()["sections"]["summary"]["values"]["due_today"].as_u64().unwrap();
    let of_decks = decks.iter().filter(|deck| !deck.hidden).map(|deck| deck.due).sum();
    [day.counts.due, day.reviews, of_decks, reviews, u64::try_from(asked).unwrap(), told, report]
}

/// How many cards a sitting asks where each is answered well.
fn asked(world: &World, options: &Options) -> usize {
    let mut copy = World::reopened(copied(world), world.settings.clone(), world.now());
    let mut review = Review::new(&mut copy.store, &copy.env, copy.settings.clone(), options).unwrap();
    while review.session().current().is_some() {
        review.feed(Input::Show).unwrap();
        review.feed(Input::Grade(Quality::Q4)).unwrap();
    }
    review.session().answers()
}

/// The same database in another folder.
fn copied(world: &World) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    rusqlite::Connection::open(world.path())
        .unwrap()
        .execute("VACUUM INTO ?1", [folder.path().join("lmq.db").to_str().unwrap()])
        .unwrap();
    folder
}

fn nothing(world: &World, options: &Options) -> Nothing {
    let day = ops::day::day_of(&world.store, &world.settings, world.stamp(), options).unwrap();
    ops::day::nothing(&world.store, &world.settings, world.today(), options, &day).unwrap()
}

#[test]
fn a_card_whose_sibling_has_its_turn_today_is_counted_as_due_nowhere() {
    let mut world = two_siblings();
    assert_eq!(counted(&world), [1; 7], "both are due, and one of them is asked");
    world.answer_named("team/retro#1", 4);
    assert_eq!(counted(&world), [0; 7]);
    assert_eq!(world.next(&Options::default()), None);
    let day = world.day();
    assert_eq!((day.counts.siblings, day.counts.next_due.unwrap().iso()), (1, "2026-01-21".to_owned()));
    let why = nothing(&world, &Options::default());
    assert_eq!((why.siblings, why.past_limit, why.new), (1, 0, 3), "{why:?}");
    let said = lmq::ui::words::nothing(&why, &world.settings).join("\n");
    assert!(said.contains("1 due card waits until tomorrow") && !said.contains("--limit"), "{said}");
    // It comes the next day, as was said.
    world.set_now(time("2026-01-21T09:00:00+01:00"));
    assert_eq!(counted(&world), [1; 7]);
    // Who lets siblings meet has both at once.
    let mut world = two_siblings();
    world.set("new_per_day = 0\nsiblings = false\n");
    assert_eq!(counted(&world), [2; 7]);
    world.answer_named("team/retro#1", 4);
    assert_eq!(counted(&world), [1; 7]);
}

#[test]
fn a_hidden_deck_waits_for_nobody_and_keeps_its_history() {
    let mut world = two_siblings();
    world.import("other.csv", "front,back\nWhere?,here\n");
    world.set_now(time("2026-01-16T09:00:00+01:00"));
    let other = world.found("deck:other")[0].name();
    world.answer_named(&other, 4);
    world.set_now(time("2026-01-30T09:00:00+01:00"));
    assert_eq!(counted(&world), [2; 7]);
    let stamp = world.stamp();
    ops::decks::hide(&mut world.store, stamp, "other").unwrap();
    assert_eq!(counted(&world), [1; 7]);
    let share = ops::share::share(&mut world.store, &world.settings, stamp, &[], None).unwrap();
    assert!(share.decks.iter().all(|deck| deck.name != "other"), "{share:?}");
    let report = world.report_json();
    assert_eq!(report["sections"]["summary"]["values"]["answers"], 3);
    assert_eq!(report["sections"]["summary"]["values"]["known"]["cards"], 2, "{report}");
    assert!(!report["sections"]["topic_levels"].to_string().contains("other"), "{report}");
}

#[test]
fn what_was_answered_today_was_answered_whatever_is_shown_now() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.import("other.csv", "front,back\nWhere?,here\nWhen?,now\n");
    for card in world.found("deck:other") {
        world.answer(card.card, 4);
    }
    let done = |world: &World| {
        let counts = world.day().counts;
        let report = world.report_json();
        (counts.answers_today, counts.new_done, report["sections"]["summary"]["values"]["answers"].as_u64())
    };
    assert_eq!(done(&world), (2, 2, Some(2)));
    world.set("deck.other.active = false\n");
    assert_eq!(done(&world), (2, 2, Some(2)));
    let stamp = world.stamp();
    ops::decks::hide(&mut world.store, stamp, "other").unwrap();
    assert_eq!(done(&world), (2, 2, Some(2)));
    let removal = ops::decks::removal(&world.store, "other").unwrap();
    ops::decks::remove(&mut world.store, stamp, &removal).unwrap();
    assert_eq!(done(&world), (2, 2, Some(2)));
    assert_eq!(world.day().counts.due, 0);
}

#[test]
fn new_cards_of_a_search_wait_for_nothing_that_the_search_leaves_out() {
    let mut world = World::bare();
    world.set("new_per_day = 40\n");
    world.import("many.csv", (0..30).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    for card in world.cards() {
        world.answer(card.card, 4);
    }
    world.import("other.csv", "front,back\nWhere?,here\n");
    world.set("reviews_per_day = 5\n");
    world.set_now(time("2026-02-10T09:00:00+01:00"));
    let among = |deck: &str| world.found(deck).iter().map(|card| card.card).collect::<BTreeSet<_>>();
    let asked_of = |deck: &str| asked(&world, &Options { among: Some(among(deck)), ..Options::default() });
    assert_eq!(asked(&world, &Options::default()), 5, "after a break new cards wait while more is due than fits");
    assert_eq!((asked_of("deck:other"), asked_of("deck:many")), (1, 5));
}

#[test]
fn cards_of_one_group_are_counted_as_siblings_across_notes() {
    let mut world = World::bare();
    let card = |key: &str, group: &str| {
        format!("[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{key}?\"\nback = \"x\"\n{group}\n")
    };
    let group = "group = \"g\"";
    world.import("d.toml", format!("[deck]\nid = \"d\"\n{}{}{}", card("a", group), card("b", group), card("c", "")));
    for (day, name) in [("13", "d/a"), ("14", "d/b"), ("15", "d/c")] {
        world.set_now(time(&format!("2026-01-{day}T09:00:00+01:00")));
        world.answer_named(name, 4);
    }
    world.set_now(time("2026-01-20T09:00:00+01:00"));
    assert_eq!(counted(&world), [2; 7]);
    world.answer_named("d/a", 4);
    assert_eq!(counted(&world), [1; 7]);
    world.answer_named("d/c", 4);
    assert_eq!(counted(&world), [0; 7]);
    assert_eq!(nothing(&world, &Options::default()).siblings, 1);
}

#[test]
fn what_the_days_limit_leaves_out_is_said_to_and_what_brings_more_does() {
    let mut world = World::bare();
    world.import("many.csv", (0..9).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    world.set("new_per_day = 9\n");
    for card in world.cards() {
        world.answer(card.card, 4);
    }
    world.set("reviews_per_day = 3\n");
    world.set_now(time("2026-01-17T09:00:00+01:00"));
    let day = world.day();
    assert_eq!((day.counts.due, day.reviews, asked(&world, &Options::default())), (9, 3, 3));
    while let Some(card) = world.next(&Options::default()) {
        world.answer(card.card, 4);
    }
    let why = nothing(&world, &Options::default());
    assert_eq!((why.past_limit, world.day().counts.next_due.unwrap().iso()), (6, "2026-01-18".to_owned()));
    assert_eq!(asked(&world, &Options { limit: Some(20), ..Options::default() }), 6, "as many as it says");
    // A buried card is none of them, and a break leaves nothing.
    let buried = world.found("is:due")[0].name();
    world.change(&[&buried], BulkChange::Bury(world.today().plus(1)));
    let why = nothing(&world, &Options::default());
    assert_eq!((why.past_limit, why.buried), (5, 1));
}

#[test]
fn new_cards_are_promised_only_where_some_would_come() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.set("new_per_day = 2\n");
    let first = world.next(&Options::default()).unwrap();
    world.answer(first.card, 4);
    let second = world.next(&Options::default()).unwrap();
    world.answer(second.card, 4);
    let why = nothing(&world, &Options::default());
    let brings = asked(&world, &Options { new: Some(5), limit: Some(0), ..Options::default() });
    assert_eq!((why.new, why.more_new), (3, u64::try_from(brings).unwrap()), "the rest are siblings of what was met");
    assert!(brings < 3);
}

#[test]
fn a_search_that_finds_nothing_says_so() {
    let mut world = two_siblings();
    let among = |cards: BTreeSet<_>| Options { among: Some(cards), ..Options::default() };
    let why = nothing(&world, &among(BTreeSet::new()));
    assert_eq!(lmq::ui::words::nothing(&why, &world.settings), ["No card matches this search"]);
    // Of the cards of a search, and not of all.
    let owner = world.card("team/owner").card;
    world.answer(owner, 4);
    let why = nothing(&world, &among([owner].into()));
    assert_eq!((why.siblings, why.past_limit, why.new, why.no_cards), (0, 0, 0, false));
    let lmq = Lmq::new();
    lmq.import("team.toml", TEAM);
    let run = lmq.run_with("", ["review", "--search", "tag:nothing"]);
    assert_eq!(run.stdout, "no card matches `tag:nothing`\n", "{run:?}");
}

#[test]
fn the_command_line_says_the_same_everywhere() {
    let lmq = Lmq::new().without_built_in_decks();
    lmq.import("team.toml", TEAM);
    let on = |day: &str| format!("2026-01-{day}T09:00:00+01:00");
    lmq.run_at(&on("15"), ["answer", "team/retro#1", "good"]).done();
    lmq.run_at(&on("16"), ["answer", "team/retro#2", "good"]).done();
    lmq.ok(["config", "set", "new_per_day", "0"]);
    let due = |now: &str| {
        let decks = lmq.run_at(now, ["decks", "--json"]).json();
        let due = decks.as_array().unwrap().iter().map(|deck| deck["due"].as_u64().unwrap()).sum::<u64>();
        (due, lmq.run_at(now, ["remind"]).ok().stdout)
    };
    assert_eq!(due(&on("20")), (1, "1 card is due\n".to_owned()));
    lmq.run_at(&on("20"), ["answer", "team/retro#1", "good"]).done();
    assert_eq!(due(&on("20")), (0, String::new()));
    let next = lmq.run_at(&on("20"), ["next"]).ok().stdout;
    assert!(next.starts_with("nothing waits\n1 due card waits until tomorrow"), "{next}");
    let day = lmq.run_at(&on("20"), []).ok().stdout;
    assert!(
        day.contains("the next cards fall due tomorrow") && day.contains("1 due card waits until tomorrow"),
        "{day}"
    );
    let review = lmq.run_at(&on("20"), ["review"]).ok().stdout;
    assert!(review.contains("1 due card waits until tomorrow") && !review.contains("--limit"), "{review}");
    assert!(review.contains("The next cards fall due tomorrow"), "{review}");
}

#[test]
fn who_was_away_for_a_week_meets_new_cards_once_what_is_due_fits_into_one_sitting() {
    let mut world = World::bare();
    world.import("many.csv", (0..120).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    world.set("new_per_day = 100\n");
    for card in world.cards().iter().take(100) {
        world.answer(card.card, 4);
    }
    world.set("session_minutes = 1\n");
    // Six whole days away: as ever, though more is due than a minute takes.
    world.set_now(time("2026-01-22T09:00:00+01:00"));
    assert_eq!((world.day().new, world.day().reviews), (10, 100));
    // Seven: they wait, today and on the days after, until the rest fits.
    world.set_now(time("2026-01-23T09:00:00+01:00"));
    let day = world.day();
    assert_eq!((day.new, day.comeback.map(|comeback| comeback.new_wait)), (0, Some(true)));
    let at_start = ops::day::comeback(&world.store, &world.settings, world.stamp()).unwrap();
    assert_eq!(at_start, day.comeback, "a start says the same");
    for _ in 0..30 {
        let card = world.next(&Options::default()).unwrap();
        world.answer(card.card, 4);
    }
    assert_eq!(world.day().new, 0, "they wait though something was answered today");
    assert_eq!(asked(&world, &Options { new: Some(2), limit: Some(0), ..Options::default() }), 2, "who asks has them");
    world.set_now(time("2026-01-24T09:00:00+01:00"));
    assert_eq!(world.day().new, 0);
    while world.day().new == 0 {
        let card = world.next(&Options::default()).unwrap();
        world.answer(card.card, 4);
    }
    let due = world.store.counts(&DeckSet::All, world.today(), &world.settings.rules([])).unwrap().due;
    assert!((20..60).contains(&due), "as many as fit into a minute: {due}");
    assert_eq!(world.day().comeback, None);
}
