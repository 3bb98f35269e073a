//! When a check-up is offered, which scenes it asks, and what it leaves in the log and the sums.

use crate::checkup::day;
use crate::checkup::scenes;
use crate::world::World;
use crate::world::history_of;
use crate::world::time;
use lmq::core::checkup::Input;
use lmq::core::event::EventKind;
use lmq::core::id::CardId;
use lmq::ops;
use lmq::ops::checkup::CheckupSession;
use lmq::ops::checkup::Notice;
use lmq::ops::checkup::Offer;
use lmq::ops::queue::Options;
use lmq::store::Happened;
use lmq::store::HistoryRow;
use std::collections::BTreeMap;

fn with_scenes() -> World {
    let mut world = World::bare();
    world.import("scenes.toml", scenes());
    world
}

/// Answers up to so many scenes of that day's check-up in-process, none of them known.
fn take_in(world: &mut World, date: &str, scenes: usize) {
    world.set_now(time(&day(date)));
    let mut session = CheckupSession::new(&mut world.store, &world.env, world.settings.clone(), Some(3)).unwrap();
    for _ in 0..scenes {
        assert_eq!(session.feed(&Input::DontKnow).unwrap(), None);
    }
}

/// The scenes that were asked, in the order of the log.
fn scenes_of(world: &World) -> Vec<CardId> {
    let rows = history_of(&world.store);
    let scene = |row: &HistoryRow| match &row.what {
        Happened::Event(event) if matches!(event.kind, EventKind::Checked { .. }) => Some(event.card),
        _ => None,
    };
    rows.iter().filter_map(scene).collect()
}

#[test]
fn four_check_ups_ask_32_scenes_and_none_of_them_twice() {
    let mut world = with_scenes();
    for date in ["01-15", "02-14", "07-13", "12-31"] {
        take_in(&mut world, date, 8);
    }
    let uses = |world: &World| {
        let mut uses: BTreeMap<CardId, usize> = BTreeMap::new();
        scenes_of(world).into_iter().for_each(|card| *uses.entry(card).or_default() += 1);
        (uses.len(), uses.values().copied().max().unwrap())
    };
    assert_eq!(uses(&world), (32, 1));
    take_in(&mut world, "12-31", 8);
    assert_eq!(uses(&world), (33, 2));
}

#[test]
fn a_check_up_counts_nowhere_else_and_an_undone_one_has_never_been() {
    let mut world = with_scenes();
    let first = world.next(&Options::default()).unwrap().card;
    world.answer(first, 4);
    let seen = |world: &World| {
        let mut report = world.report_json();
        let checkups = ["checkups", "checkup_topics"].map(|name| report["sections"][name].take());
        let next = world.next(&Options::default());
        ((report["sections"].take(), world.found(""), next, world.day()), checkups)
    };
    let before = seen(&world);
    take_in(&mut world, "01-15", 8);
    let after = seen(&world);
    assert_eq!(before.0, after.0);
    assert_ne!(before.1, after.1);
    for _ in 0..8 {
        world.undo_newest();
    }
    assert_eq!(before, seen(&world));
    world.assert_sound();
    for _ in 0..8 {
        assert!(world.redo());
    }
    assert_eq!(after, seen(&world));
}

#[test]
fn it_is_offered_on_day_1_30_180_and_365_unless_the_settings_say_no() {
    let mut world = with_scenes();
    let due = |world: &mut World, date: &str| {
        world.set_now(time(&day(date)));
        ops::checkup::offer(&world.store, &world.settings, world.today()).unwrap()
    };
    assert!(due(&mut world, "01-15").is_some());
    take_in(&mut world, "01-15", 8);
    assert_eq!((due(&mut world, "01-15"), due(&mut world, "02-12")), (None, None));
    let offer = due(&mut world, "02-13").unwrap();
    assert_eq!(offer, Offer::Due { day: 30, scenes: 8, is_start: false });
    assert_eq!(
        lmq::ui::checkup::offer(offer, "`lmq checkup`"),
        "A check-up is due, day 30: 8 scenes in about 3 minutes; `lmq checkup`"
    );
    take_in(&mut world, "02-20", 8);
    assert_eq!((due(&mut world, "02-20"), due(&mut world, "07-12")), (None, None));
    assert!(due(&mut world, "07-13").is_some());
    world.settings.checkup = false;
    assert_eq!(due(&mut world, "07-13"), None);
    take_in(&mut world, "07-13", 8);
    world.settings.checkup = true;
    assert_eq!(due(&mut world, "12-31"), None);
}

#[test]
fn two_windows_answer_each_scene_once() {
    let mut world = World::bare();
    let card = |key: u8| {
        format!(
            "[[card]]\nheld_out = true\nkey = \"k{key}\"\nkind = \"typed\"\nprompt = \"What is {key}?\"\nanswer = \"a\"\n"
        )
    };
    world.import("d.toml", format!("[deck]\nid = \"d\"\n{}{}{}", card(1), card(2), card(3)));
    let mut other = world.another();
    let settings = world.settings.clone();
    let mut here = CheckupSession::new(&mut world.store, &world.env, settings.clone(), Some(3)).unwrap();
    let mut there = CheckupSession::new(&mut other, &world.env, settings, Some(3)).unwrap();
    let answer = || Input::Respond("a".to_owned());
    assert_eq!(here.feed(&answer()).unwrap(), None);
    assert_eq!(there.feed(&answer()).unwrap(), Some(Notice::Stale));
    assert_eq!(there.feed(&answer()).unwrap(), None);
    assert_eq!(there.undo().unwrap(), Notice::TookBack);
    assert_eq!(there.feed(&answer()).unwrap(), None, "what was taken back may be answered again");
    assert_eq!(here.feed(&answer()).unwrap(), Some(Notice::Stale));
    assert_eq!(here.feed(&answer()).unwrap(), None);
    let outcome = here.outcome().unwrap();
    let this = outcome.this.unwrap();
    assert_eq!((this.score.passed, this.score.all, this.finished), (3, 3, true));
}

#[test]
fn check_ups_of_two_devices_unite() {
    let (mut here, mut there) = (with_scenes(), with_scenes());
    take_in(&mut here, "01-15", 8);
    take_in(&mut there, "01-20", 8);
    take_in(&mut there, "02-20", 8);
    for world in [&mut here, &mut there] {
        world.set_now(time(&day("03-01")));
    }
    there.import("other.jsonl", here.log_text());
    here.import("other.jsonl", there.log_text());
    there.import("other.jsonl", here.log_text());
    let rows = |world: &World| world.report_json()["sections"]["checkups"]["rows"].clone();
    let days: Vec<String> =
        rows(&here).as_array().unwrap().iter().map(|row| row["day"].as_str().unwrap().to_owned()).collect();
    assert_eq!(days, ["2026-01-15", "2026-01-20", "2026-02-20"]);
    assert_eq!(rows(&there), rows(&here));
    here.assert_sound();
    there.assert_sound();
    // What either of them asked is used, for both.
    let used = scenes_of(&here);
    take_in(&mut here, "07-15", 8);
    let all = scenes_of(&here);
    assert_eq!(all.len(), used.len() + 8);
    assert!(all.iter().skip(used.len()).all(|card| !used.contains(card)));
}

#[test]
fn some_decks_only_have_the_sums_of_their_scenes() {
    let mut world = with_scenes();
    world.import("other.csv", "front,back\nquestion,answer\n");
    take_in(&mut world, "01-15", 8);
    let rows = |world: &World, wanted: &ops::report::Wanted<'_>| {
        world.report_json_of(wanted)["sections"]["checkups"]["rows"].as_array().unwrap().clone()
    };
    let of = |decks: &[&str]| decks.iter().copied().map(str::to_owned).collect::<Vec<String>>();
    let all = ops::report::Wanted::default();
    assert_eq!(rows(&world, &ops::report::Wanted { decks: &of(&["other"]), ..all }).len(), 0);
    assert_eq!(rows(&world, &ops::report::Wanted { decks: &of(&["scenes"]), ..all })[0]["right"]["of"], 8);
    let some = rows(&world, &ops::report::Wanted { search: Some("deck:scenes kind:sort"), ..all });
    assert_eq!(some[0]["right"]["of"], 8);
    let before = world.today().plus(-1);
    world.set_now(time(&day("03-01")));
    assert_eq!(rows(&world, &ops::report::Wanted { until: Some(before), ..all }).len(), 0);
}
