//! Commands that change many cards at once: each one action, and an undo brings back everything.

use crate::home::Lmq;
use crate::world::World;
use crate::world::assert_same;
use lmq::core::id::CardId;
use lmq::ops::bulk;
use lmq::ops::bulk::BulkChange;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value;

const DECK: &str = "[deck]\nid = \"t\"\nname = \"people::t\"\n\n[[topic]]\nid = \"a\"\ntitle = \"A\"\n\n\
    [[card]]\nkey = \"one\"\nkind = \"basic\"\ntopic = \"a\"\nfront = \"One?\"\nback = \"1\"\ntags = [\"first\"]\n\n\
    [[card]]\nkey = \"two\"\nkind = \"cloze\"\ntext = \"{{c1::a}} and {{c2::b}}\"\n\n\
    [[card]]\nkey = \"three\"\nkind = \"sort\"\nprompt = \"Side?\"\nanswer = \"left\"\ncategories = [\"left\", \"right\"]\n\n\
    [[card]]\nkey = \"four\"\nkind = \"basic\"\nfront = \"Four?\"\nback = \"4\"\ngroup = \"g\"\n";

fn home() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.import("t.toml", DECK);
    lmq
}

fn names(lmq: &Lmq, query: &str) -> Vec<String> {
    let cards = lmq.json(["cards", "--json", query]);
    cards.as_array().unwrap().iter().map(|card| card["name"].as_str().unwrap().to_owned()).collect()
}

fn card(lmq: &Lmq, name: &str) -> Value {
    lmq.json(["show", "--json", name])
}

fn in_order(lmq: &Lmq) {
    assert_eq!(lmq.run(["doctor"]).code, 0, "{:?}", lmq.run(["doctor"]));
}

#[test]
fn suspended_cards_are_not_asked_until_they_are_put_back() {
    let lmq = home();
    assert_eq!(lmq.ok(["suspend", "t/one"]), "suspended t/one\n");
    assert_eq!(names(&lmq, "is:suspended"), ["t/one"]);
    assert_eq!(lmq.ok(["suspend", "deck:t", "kind:cloze", "--yes"]), "suspended 2 cards\n");
    assert_eq!(lmq.ok(["suspend", "t/two"]), "nothing to change in 2 cards\n");
    assert_eq!(lmq.ok(["unsuspend", "is:suspended", "-y"]), "put back 3 cards\n");
    assert!(names(&lmq, "is:suspended").is_empty());
    lmq.ok(["undo", "--yes"]);
    assert_eq!(names(&lmq, "is:suspended"), ["t/one", "t/two#1", "t/two#2"]);
    in_order(&lmq);
}

#[test]
fn buried_cards_come_back_by_themselves() {
    let lmq = home();
    assert_eq!(lmq.ok(["bury", "t/one"]), "buried t/one until 2026-01-16\n");
    assert_eq!(lmq.ok(["bury", "t/four", "--until", "7d"]), "buried t/four until 2026-01-22\n");
    assert_eq!(names(&lmq, "is:buried"), ["t/one", "t/four"]);
    let tomorrow = lmq.run_at("2026-01-16T09:00:00+01:00", ["cards", "is:buried"]);
    assert!(tomorrow.stdout.starts_with("t/four") && tomorrow.stdout.lines().count() == 1, "{tomorrow:?}");
    assert_eq!(lmq.ok(["unbury", "is:buried", "--yes"]), "no longer buried: 2 cards\n");
    let run = lmq.run(["bury", "t/one", "--until", "today"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("is not after today"), "{run:?}");
}

#[test]
fn a_star_is_given_and_taken_away() {
    let lmq = home();
    assert_eq!(lmq.ok(["mark", "t/one", "t/four", "--yes"]), "marked 2 cards\n");
    assert_eq!(names(&lmq, "is:marked"), ["t/one", "t/four"]);
    assert_eq!(lmq.ok(["unmark", "t/one"]), "no longer marked: t/one\n");
    assert_eq!(names(&lmq, "is:marked"), ["t/four"]);
}

#[test]
fn more_than_one_card_changes_only_when_it_was_said() {
    let lmq = home();
    let run = lmq.run(["suspend", "deck:t"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r"
    lmq: nothing was changed: this would change 5 cards
    hint: say --yes to do it, --dry-run to look; `lmq undo` takes it back
    ");
    insta::assert_snapshot!(lmq.ok(["delete", "deck:t", "--dry-run"]), @r"
    would have deleted 4 notes
      t/one
      t/two
      t/three
      t/four
    ");
    let many = lmq.ok(["mark", "deck:*", "--dry-run"]);
    assert!(many.lines().count() == 7 && many.ends_with(" more\n"), "{many}");
    assert!(names(&lmq, "is:suspended OR is:marked").is_empty());
    assert_eq!(names(&lmq, "deck:t").len(), 5);
    for (args, code, said) in [
        (&["suspend", "nowhere"][..], 1, "no card matches `nowhere`"),
        (&["delete", "t/fife"], 1, "no card matches `t/fife`"),
        (&["delete", " "], 2, "which cards?"),
        (&["delete"], 2, "required"),
        (&["reset", "(a"], 2, "never closed"),
        (&["tag", " ", "t/one"], 2, "a tag needs a name"),
        (&["move", "a/b", "t/one"], 2, "can't be the name of a deck"),
        (&["move", "a::", "t/one"], 2, "can't be the name of a deck"),
        (&["set-due", "soon", "t/one"], 2, "not a day"),
    ] {
        let run = lmq.run(args);
        assert!(run.code == code && run.stderr.contains(said), "{args:?}: {run:?}");
    }
}

#[test]
fn a_reset_card_is_new_and_keeps_its_history() {
    let lmq = home();
    lmq.ok(["answer", "t/one", "again"]);
    assert_eq!(lmq.ok(["reset", "deck:t"]), "made new again: t/one\n");
    let after = card(&lmq, "t/one");
    assert_eq!((after["state"].as_str(), after["lapses"].as_u64()), (Some("new"), Some(0)));
    assert_eq!(after["events"].as_array().unwrap().len(), 2);
    lmq.ok(["undo"]);
    assert_eq!(card(&lmq, "t/one")["state"], "learning");
    in_order(&lmq);
}

#[test]
fn a_due_day_can_be_set_where_there_is_one() {
    let lmq = home();
    lmq.ok(["answer", "t/one", "good"]);
    let before = card(&lmq, "t/one");
    let run = lmq.run(["set-due", "2026-03-01", "deck:t"]);
    assert_eq!(run.stdout, "set to fall due: t/one on 2026-03-01\n");
    assert!(run.stderr.contains("4 cards were never answered"), "{run:?}");
    let after = card(&lmq, "t/one");
    assert_eq!(after["due"], "2026-03-01");
    assert_eq!((&after["ease"], &after["interval_days"]), (&before["ease"], &before["interval_days"]));
    assert_eq!(lmq.ok(["set-due", "today", "t/one"]), "set to fall due: t/one on 2026-01-15\n");
    assert_eq!(names(&lmq, "is:due"), ["t/one"]);
    lmq.ok(["undo"]);
    assert_eq!(card(&lmq, "t/one")["due"], "2026-03-01");
    in_order(&lmq);
}

#[test]
fn tags_are_given_and_taken_away() {
    let lmq = home();
    assert_eq!(lmq.ok(["tag", "team::start", "deck:t", "-y"]), "tagged 4 notes `team::start`\n");
    assert_eq!(names(&lmq, "tag:team").len(), 5);
    assert_eq!(card(&lmq, "t/one")["tags"], serde_json::json!(["first", "team::start"]));
    assert_eq!(lmq.ok(["untag", "TEAM::start", "t/two"]), "took a tag from t/two: `TEAM::start`\n");
    assert_eq!(names(&lmq, "tag:team"), ["t/one", "t/three", "t/four"]);
    lmq.ok(["undo"]);
    lmq.ok(["undo", "--yes"]);
    assert_eq!(names(&lmq, "deck:t tag:*"), ["t/one"]);
    assert!(lmq.ok(["decks", "--edited"]).contains("no card that lmq or a followed file brings is edited"));
    lmq.ok(["tag", "mine", "quotes/q14-ladder"]);
    assert!(lmq.ok(["decks", "--edited"]).starts_with("quotes/q14-ladder\n"));
}

#[test]
fn moved_cards_take_their_answers_along() {
    let lmq = home();
    lmq.ok(["answer", "t/one", "good"]);
    lmq.ok(["answer", "t/three", "good"]);
    assert_eq!(lmq.ok(["move", "work::new", "t/one", "t/two", "-y"]), "moved 2 notes to `work::new`\n");
    assert_eq!(names(&lmq, "deck:work"), ["work::new/one", "work::new/two#1", "work::new/two#2"]);
    let answers = |deck: &str| {
        let report = lmq.json(["report", "--json", "--deck", deck]);
        report.to_string().matches("\"answers\":1").count() > 0
    };
    assert!(answers("work") && answers("t"));
    assert_eq!(card(&lmq, "t/one")["deck"], "work::new", "its old name finds it still");
    in_order(&lmq);
    assert!(lmq.import("t.toml", DECK).contains("4 notes as they were"));
    assert_eq!(names(&lmq, "deck:work").len(), 3, "importing again leaves a card where it was put");
    lmq.ok(["undo", "--yes"]);
    assert_eq!(names(&lmq, "deck:t"), ["t/one", "t/two#1", "t/two#2", "t/three", "t/four"]);
    in_order(&lmq);
}

#[test]
fn a_deck_is_renamed_with_those_inside_it() {
    let lmq = home();
    lmq.ok(["add", "people::t::deep", "Deep?", "Yes, deep"]);
    let decks = || -> Vec<String> {
        let decks = lmq.json(["decks", "--json"]);
        let own = decks.as_array().unwrap().iter().filter(|deck| deck["origin"] != "builtin");
        // By their ids, `people::t::deep` and `t`.
        own.map(|deck| deck["name"].as_str().unwrap().to_owned()).collect()
    };
    insta::assert_snapshot!(lmq.ok(["rename", "people", "team", "--dry-run"]), @r"
    would have renamed people::t::deep to team::t::deep
    would have renamed people::t to team::t
    ");
    assert_eq!(lmq.run(["rename", "t", "work"]).code, 2);
    lmq.ok(["rename", "t", "work", "--yes"]);
    assert_eq!(decks(), ["work::deep", "work"]);
    assert_eq!(names(&lmq, "deck:work").len(), 6);
    lmq.ok(["import", "t.toml"]);
    assert_eq!(decks(), ["work::deep", "work"], "the file's name does not take away the user's");
    lmq.ok(["undo"]);
    assert_eq!(decks(), ["people::t::deep", "people::t"]);
    lmq.ok(["undo", "--redo"]);
    assert_eq!(decks(), ["work::deep", "work"]);
    for (args, said) in [
        (&["rename", "wrk", "x"][..], "there is no deck `wrk`"),
        (&["rename", "work", "Quotes"], "there is a deck `Quotes` already"),
        (&["rename", "work", "a::::b"], "can't be the name"),
    ] {
        let run = lmq.run(args);
        assert!(run.code == 2 && run.stderr.contains(said), "{args:?}: {run:?}");
    }
    in_order(&lmq);
}

#[test]
fn deleted_notes_are_gone_but_for_their_history() {
    let lmq = home();
    lmq.ok(["answer", "t/two#1", "good"]);
    assert_eq!(lmq.ok(["delete", "t/two#1"]), "deleted t/two\n");
    assert_eq!(names(&lmq, "deck:t"), ["t/one", "t/three", "t/four"]);
    let history = lmq.json(["history", "--json"]);
    let kinds: Vec<&str> = history.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["answered", "deleted"]);
    in_order(&lmq);
    lmq.ok(["undo"]);
    assert_eq!(names(&lmq, "deck:t").len(), 5);
    in_order(&lmq);
}

#[test]
fn a_followed_file_neither_brings_back_what_was_deleted_nor_retires_what_was_put_there() {
    let lmq = Lmq::at_home();
    lmq.write("t.toml", DECK);
    lmq.ok(["import", "--link", "t.toml"]);
    lmq.ok(["delete", "t/one"]);
    lmq.ok(["add", "t", "Mine?", "Mine", "--key", "mine"]);
    lmq.ok(["move", "t", "quotes/q14-ladder"]);
    let more = "\n[[card]]\nkey = \"five\"\nkind = \"basic\"\nfront = \"Five?\"\nback = \"5\"\n";
    lmq.write("t.toml", format!("{DECK}{more}"));
    let mut found = names(&lmq, "deck:t");
    found.sort();
    assert_eq!(
        found,
        ["t/five", "t/four", "t/mine", "t/q14-ladder#1", "t/q14-ladder#2", "t/three", "t/two#1", "t/two#2"]
    );
}

#[derive(Debug, Clone)]
enum Step {
    Answer(usize, u8),
    Change(usize, u8),
    Undo,
    Pass(i64),
}

fn change(world: &World, which: u8) -> BulkChange {
    let today = world.today();
    match which {
        0 => BulkChange::Suspend,
        1 => BulkChange::Unsuspend,
        2 => BulkChange::Bury(today.plus(2)),
        3 => BulkChange::Unbury,
        4 => BulkChange::Mark,
        5 => BulkChange::Unmark,
        6 => BulkChange::Reset,
        7 => BulkChange::SetDue(today),
        8 => BulkChange::Tag("x".to_owned()),
        9 => BulkChange::Untag("X".to_owned()),
        10 => bulk::move_to(&world.store, "other").unwrap(),
        11 => bulk::move_to(&world.store, "t").unwrap(),
        _ => BulkChange::Delete,
    }
}

/// Every card whose number shares a bit with `mask`.
fn chosen(world: &World, mask: usize) -> Vec<CardId> {
    let cards = world.cards();
    cards.iter().enumerate().filter(|(index, _)| mask >> index & 1 == 1).map(|(_, line)| line.card).collect()
}

/// Makes a change, and says whether there was any.
fn make(world: &mut World, mask: usize, which: u8) -> bool {
    let change = change(world, which);
    let plan = bulk::plan(&world.store, world.today(), &chosen(world, mask), change).unwrap();
    let stamp = world.stamp();
    bulk::apply(&mut world.store, &world.settings, stamp, &plan).unwrap();
    plan.count() > 0
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_undo_of_any_change_brings_back_everything(
        steps in proptest::collection::vec(prop_oneof![
            4 => (0usize..6, 0u8..6).prop_map(|(card, grade)| Step::Answer(card, grade)),
            4 => (1usize..64, 0u8..13).prop_map(|(mask, which)| Step::Change(mask, which)),
            1 => Just(Step::Undo),
            2 => (1i64..9000).prop_map(Step::Pass),
        ], 1..16),
        mask in 1usize..64,
        which in 0u8..13,
    ) {
        let mut world = World::bare();
        world.import("t.toml", DECK);
        for step in &steps {
            match step {
                Step::Answer(card, grade) => {
                    let cards = world.cards();
                    if let Some(line) = cards.get(card % cards.len().max(1)).filter(|line| !line.state.suspended) {
                        world.answer(line.card, *grade);
                    }
                }
                Step::Change(mask, which) => drop(make(&mut world, *mask, *which)),
                Step::Undo => drop(world.undo_newest()),
                Step::Pass(minutes) => world.pass(*minutes),
            }
            world.pass(1);
        }
        let before = world.seen(true);
        if make(&mut world, mask, which) {
            let after = world.seen(true);
            world.pass(1);
            prop_assert_eq!(world.doctor(), []);
            world.undo_newest();
            assert_same(&before, &world.seen(true), "before a change and after its undo");
            prop_assert_eq!(world.doctor(), []);
            world.redo();
            assert_same(&after, &world.seen(true), "after a change and after its redo");
            prop_assert_eq!(world.doctor(), []);
        }
    }
}

#[test]
fn every_change_can_be_looked_at_first_counts_and_is_one_step_back() {
    use crate::home::Lmq;
    let lmq = Lmq::at_home();
    lmq.write("t.toml", DECK);
    lmq.run(["import", "t.toml"]).done();
    lmq.run(["answer", "t/one", "good"]).done();
    lmq.run(["answer", "t/four", "good"]).done();
    for (prepare, command, said) in [
        ("true", "suspend deck:t", "suspended 5 cards"),
        ("lmq suspend deck:t --yes", "unsuspend is:suspended", "put back 5 cards"),
        ("lmq undo --yes; lmq bury deck:t --yes", "unbury is:buried", "no longer buried: 5 cards"),
        ("lmq undo --yes", "bury deck:t --until 3d", "buried 5 cards until 2026-01-18"),
        ("true", "mark deck:t", "marked 5 cards"),
        ("lmq mark deck:t --yes", "unmark is:marked", "no longer marked: 5 cards"),
        ("lmq undo --yes", "tag late deck:t", "tagged 4 notes `late`"),
        ("true", "untag first deck:t", "took a tag from t/one: `first`"),
        ("true", "move else deck:t", "moved 4 notes to `else`"),
        ("true", "reset is:learning deck:t", "made new again: 2 cards"),
        ("true", "set-due 2026-03-01 'deck:t -is:new'", "set to fall due: 2 cards on 2026-03-01"),
        ("true", "delete deck:t", "deleted 4 notes"),
        ("true", "rename people::t else::t", "renamed"),
    ] {
        lmq.shell(prepare).done();
        let all = || (lmq.everything("deck:*"), lmq.run(["decks", "--json"]).out());
        let steps = || lmq.run(["undo", "--list", "--json"]).json();
        let (before, steps_before) = (all(), steps());
        let look = lmq.shell(&format!("lmq {command} --dry-run")).ok().stdout;
        assert!(look.contains("would"), "{command}: {look}");
        assert_eq!((all(), steps()), (before.clone(), steps_before.clone()), "{command}");
        let done = lmq.shell(&format!("lmq {command} --yes")).ok().stdout;
        assert!(done.contains(said), "{command}: {done}");
        assert_ne!(all(), before, "{command}");
        let (old, new) = (steps_before.as_array().unwrap(), steps());
        // The words name a note where it lies now.
        let step = |step: &Value| ["action", "kind", "at", "notes", "cards", "undone"].map(|field| step[field].clone());
        assert_eq!(step(&new[1]), step(&old[0]), "{command}: one step");
        lmq.run(["undo", "--yes"]).done();
        assert_eq!(all(), before, "{command}");
    }
    lmq.assert_sound();
}

#[test]
fn a_deleted_card_is_looked_at_deleted_once_and_comes_back_by_its_key() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Ann", "--key", "k"]).done();
    lmq.run(["answer", "team/k", "good"]).done();
    lmq.run(["delete", "team/k"]).done();
    assert_eq!(lmq.run(["delete", "team/k"]).out(), "nothing to change in 1 note\n");
    let shown = lmq.run(["show", "team/k"]).out();
    assert!(shown.contains("Ann") && shown.contains("state        deleted\ndue          –\n"), "{shown}");
    assert!(lmq.run(["history", "team/k"]).out().ends_with("team/k deleted\n"));
    assert_eq!(lmq.run(["show", "team/k", "--json"]).json()["state"], "deleted");
    lmq.run(["answer", "team/k", "good"]).err(2);
    lmq.run(["add", "team", "Who?", "Bela", "--key", "k"]).done();
    let shown = lmq.run(["show", "team/k"]).out();
    assert!(shown.contains("Bela") && shown.contains("repetitions  1\n"), "with its history: {shown}");
    lmq.run(["add", "team", "Who?", "Cem", "--key", "k"]).err(2);
    lmq.assert_sound();
}
