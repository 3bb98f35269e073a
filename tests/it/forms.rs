//! Check-ups over two forms: what is asked, what counts as a start, and what is said at the end.

use crate::checkup::day;
use crate::home::Lmq;
use crate::home::Run;
use crate::home::finish;
use crate::world::World;
use crate::world::time;
use lmq::core::checkup::Input;
use lmq::core::checkup::Stage;
use lmq::core::id::CardId;
use lmq::ops;
use lmq::ops::checkup::CheckupSession;
use lmq::ops::checkup::Offer;
use lmq::ops::queue::Options;
use serde_json::Value;
use std::collections::BTreeSet;

/// A deck with three scenes of each form and two in reserve, and cards to train.
fn deck(trained: usize) -> String {
    let mut text = "[deck]\nid = \"d\"\n[[topic]]\nid = \"t\"\ntitle = \"Sides\"\n".to_owned();
    for (form, count) in [("a", 3), ("b", 3), ("reserve", 2)] {
        for number in 1..=count {
            text.push_str(&format!(
                "[[card]]\nkey = \"{form}{number}\"\nkind = \"sort\"\nprompt = \"Scene {form}{number}: who?\"\nanswer = \"left\"\n\
                 categories = [\"left\", \"right\"]\ntopic = \"t\"\nextra = \"Because of {form}{number}.\"\nheld_out = true\n\
                 form = \"{form}\"\n"
            ));
        }
    }
    for number in 0..trained {
        text.push_str(&format!(
            "[[card]]\nkey = \"k{number}\"\nkind = \"basic\"\nfront = \"Question {number}?\"\nback = \"Answer\"\n"
        ));
    }
    text
}

fn take(world: &mut World, date: &str) -> BTreeSet<CardId> {
    world.set_now(time(&day(date)));
    let mut sitting = CheckupSession::new(&mut world.store, &world.env, world.settings.clone(), None).unwrap();
    let mut asked = BTreeSet::new();
    while let Stage::Asking(scene) = sitting.checkup().stage() {
        asked.insert(scene.card);
        sitting.feed(&Input::Respond("left".to_owned())).unwrap();
    }
    asked
}

fn train(world: &mut World, count: usize) {
    for _ in 0..count {
        let card = world.next(&Options::default()).unwrap().card;
        world.answer(card, 4);
    }
}

/// The change since the baseline that the newest check-up of the report has.
fn newest_change(world: &World) -> String {
    let report = world.report_json();
    report["sections"]["checkups"]["rows"].as_array().unwrap().last().unwrap()["change"].to_string()
}

#[test]
fn a_check_up_before_the_tenth_card_is_the_baseline_and_none_that_is_compared_shares_a_scene() {
    let mut world = World::bare();
    world.import("d.toml", deck(12));
    world.settings.new_per_day = 20;
    world.set_now(time(&day("01-15")));
    let offer = |world: &World| ops::checkup::offer(&world.store, &world.settings, world.today()).unwrap();
    train(&mut world, 9);
    let due = offer(&world).unwrap();
    assert_eq!(due, Offer::Due { day: 1, scenes: 3, is_start: true });
    assert_eq!(
        lmq::ui::checkup::offer(due, "`lmq checkup`"),
        "A first check-up shows where you start: 3 scenes in about 2 minutes; `lmq checkup`. It can do so until your tenth card."
    );
    let before = take(&mut world, "01-15");
    train(&mut world, 3);
    for date in ["02-14", "07-13", "12-31"] {
        let after = take(&mut world, date);
        assert_eq!((before.len(), after.len()), (3, 3));
        assert!(after.is_disjoint(&before), "{date}");
    }
    assert_ne!(newest_change(&world), "null");
    let stamp = world.stamp();
    let share = ops::share::share(&mut world.store, &world.settings, stamp, &[], None).unwrap();
    assert_eq!(
        (share.baseline.map(|score| score.all), share.latest_checkup.map(|score| score.all)),
        (Some(3), Some(3))
    );
    world.assert_sound();
}

#[test]
fn a_check_up_after_the_tenth_card_is_no_start() {
    let mut world = World::bare();
    world.import("d.toml", deck(12));
    world.settings.new_per_day = 20;
    world.set_now(time(&day("01-15")));
    train(&mut world, 10);
    let due = ops::checkup::offer(&world.store, &world.settings, world.today()).unwrap().unwrap();
    assert_eq!(
        lmq::ui::checkup::offer(due, "`lmq checkup`"),
        "A check-up shows where you stand: 3 scenes in about 2 minutes; `lmq checkup`"
    );
    take(&mut world, "01-15");
    take(&mut world, "02-27");
    assert_eq!(newest_change(&world), "null");
    assert!(world.report("text").replace('\n', " ").contains("No baseline: "));
    let stamp = world.stamp();
    let share = ops::share::share(&mut world.store, &world.settings, stamp, &[], None).unwrap();
    assert_eq!((share.baseline, share.latest_checkup.map(|score| score.all)), (None, Some(3)));
}

#[test]
fn a_check_up_that_was_taken_back_after_its_end_and_done_again_is_no_baseline() {
    let mut world = World::bare();
    world.import("d.toml", deck(0));
    let asked = take(&mut world, "01-15");
    for _ in &asked {
        world.undo_newest();
    }
    assert_eq!(take(&mut world, "01-15"), asked, "the same scenes, whose answers were shown");
    assert_eq!(take(&mut world, "02-14").len(), 3);
    assert_eq!(newest_change(&world), "null");
    world.assert_sound();
}

#[test]
fn an_answer_taken_back_before_the_end_leaves_the_check_up_a_baseline_on_every_device() {
    for back in 1..=3 {
        let mut world = World::bare();
        world.import("d.toml", deck(0));
        world.set_now(time(&day("01-15")));
        let mut sitting = CheckupSession::new(&mut world.store, &world.env, world.settings.clone(), None).unwrap();
        let answer = |sitting: &mut CheckupSession<'_>, said: &str| {
            sitting.feed(&Input::Respond(said.to_owned())).unwrap();
        };
        answer(&mut sitting, "right");
        answer(&mut sitting, "right");
        for _ in 0..back {
            sitting.undo().unwrap();
        }
        while matches!(sitting.checkup().stage(), Stage::Asking(_)) {
            answer(&mut sitting, "left");
        }
        let said = lmq::ui::checkup::result(&sitting.outcome().unwrap()).join("\n");
        assert!(said.contains("This is where you start"), "{back}: {said}");
        let mut there = World::bare();
        there.set_now(world.now());
        there.import("other.jsonl", world.log_text());
        for world in [&mut world, &mut there] {
            assert_eq!(take(world, "02-14").len(), 3);
            assert_ne!(newest_change(world), "null", "{back}");
        }
        // After the end the answers were shown, here as there.
        world.set_now(time(&day("01-15")));
        for _ in 0..6 {
            world.undo_newest();
        }
        take(&mut world, "02-14");
        take(&mut world, "03-14");
        assert_eq!(newest_change(&world), "null", "{back}");
        world.assert_sound();
    }
}

#[test]
fn a_first_check_up_that_comes_too_late_says_so_before_it_begins_and_a_first_sitting_offers_it_in_time() {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.import("d.toml", deck(12));
    let now = day("01-15");
    let mut lines = crate::terminal::Terminal::start(&lmq, &["review", "--plain"], 80, 24, &[("LMQ_NOW", &now)]);
    lines.sees("It can do so until your tenth card.");
    lines.sees(":q leaves");
    lines.rests();
    lines.types(":q\r");
    assert_eq!(lines.ends().0, 0);
    let early = at(&lmq, "01-15", &["checkup"], ":q\n").stdout;
    assert!(early.contains("Check-up: 3 scenes") && !early.contains("no baseline"), "{early}");
    at(&lmq, "01-15", &["review", "--new", "10"], &"\n3\n".repeat(10)).done();
    let late = at(&lmq, "01-15", &["checkup"], ":q\n").stdout;
    assert!(late.replace('\n', " ").contains("It is not a baseline: ten cards were answered before it"), "{late}");
}

fn at(lmq: &Lmq, date: &str, args: &[&str], input: &str) -> Run {
    let mut command = lmq.command();
    command.args(args).env("LMQ_NOW", day(date));
    finish(command, input.as_bytes())
}

#[test]
fn what_was_missed_is_shown_at_the_end_with_its_reason_and_no_sooner() {
    let lmq = Lmq::at_home();
    assert_eq!(lmq.run(["delete", "deck:differences", "--yes"]).code, 0);
    lmq.import("d.toml", deck(0));
    let run = at(&lmq, "01-15", &["checkup"], "r\nl\n:d\n");
    assert!(run.stdout.contains("Check-up: 3 scenes, about 2 minutes."), "{}", run.stdout);
    let (before, after) = run.stdout.split_once("What you missed:\n").unwrap();
    assert!(!before.contains("Because") && !before.contains("Right:"), "{before}");
    let order: Vec<&str> =
        before.lines().filter_map(|line| line.trim().strip_prefix("Scene ")?.strip_suffix(": who?")).collect();
    let missed =
        |scene: &str, said: &str| format!("  Scene {scene}: who?\n    {said}. Right: left.\n    Because of {scene}.\n");
    let wanted = missed(order[0], "You said: right") + &missed(order[2], "No answer");
    assert!(after.starts_with(&wanted), "{after}");
    assert!(after.contains("This is where you start"), "{after}");
    let second = at(&lmq, "02-14", &["checkup", "--json"], "l\nr\nl\n");
    let result: Value = serde_json::from_str(&second.stdout).unwrap();
    let (before, this) = (&result["all"][0], &result["this"]);
    assert_eq!((before["baseline"].as_bool(), this["baseline"].as_bool()), (Some(true), Some(false)));
    let forms: BTreeSet<&str> = [before, this].iter().map(|one| one["form"].as_str().unwrap()).collect();
    assert_eq!(forms, BTreeSet::from(["a", "b"]));
    let missed = result["missed"].as_array().unwrap();
    assert_eq!(missed.len(), 1);
    assert_eq!((missed[0]["response"].as_str(), missed[0]["answer"].as_str()), (Some("right"), Some("left")));
    assert!(missed[0]["extra"].as_str().unwrap().starts_with("Because of ") && missed[0]["topic"] == "Sides");
    assert_eq!(result["change"]["baseline"], 1);
    assert!(result["conclusion"].as_str().unwrap().contains("Too few scenes to tell"), "{}", result["conclusion"]);
}
