//! Commands that change many cards at once: each one action, and an undo brings back everything.

use crate::home::Lmq;
use crate::world::World;
use crate::world::assert_same;
use crate::world::time;
use lmq::core::event::EventKind;
use lmq::core::fact::Fact;
use lmq::core::id::CardId;
use lmq::failure::Failure;
use lmq::failure::Kind;
use lmq::ops;
use lmq::ops::bulk;
use lmq::ops::bulk::BulkChange;
use lmq::store::Happened;
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

fn world() -> World {
    let mut world = World::bare();
    world.import("t.toml", DECK);
    world
}

fn names(lmq: &Lmq, query: &str) -> Vec<String> {
    let cards = lmq.json(["cards", "--json", query]);
    cards.as_array().unwrap().iter().map(|card| card["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn suspended_cards_are_not_asked_until_they_are_put_back() {
    let mut world = world();
    let asked = world.queue().len();
    assert_eq!(world.change(&["t/one"], BulkChange::Suspend).label(), "suspended t/one");
    assert_eq!(world.names("is:suspended"), ["t/one"]);
    assert_eq!(world.queue().len(), asked - 1);
    assert_eq!(world.change(&["deck:t", "kind:cloze"], BulkChange::Suspend).label(), "suspended 2 cards");
    let again = world.change(&["t/two"], BulkChange::Suspend);
    assert_eq!((again.count(), again.left), (0, 2), "nothing to change");
    assert_eq!(world.change(&["is:suspended"], BulkChange::Unsuspend).label(), "put back 3 cards");
    assert_eq!(world.names("is:suspended"), [""; 0]);
    world.undo_newest();
    assert_eq!(world.names("is:suspended"), ["t/one", "t/two#1", "t/two#2"]);
    world.assert_sound();
}

#[test]
fn buried_cards_come_back_by_themselves() {
    let mut world = world();
    let today = world.today();
    let plan = world.change(&["t/one"], BulkChange::Bury(today.plus(1)));
    assert_eq!(plan.label(), "buried t/one until 2026-01-16");
    let plan = world.change(&["t/four"], BulkChange::Bury(today.plus(7)));
    assert_eq!(plan.label(), "buried t/four until 2026-01-22");
    assert_eq!(world.names("is:buried"), ["t/one", "t/four"]);
    world.set_now(time("2026-01-16T09:00:00+01:00"));
    assert_eq!(world.names("is:buried"), ["t/four"]);
    world.set_now(time("2026-01-15T09:00:00+01:00"));
    assert_eq!(world.change(&["is:buried"], BulkChange::Unbury).label(), "no longer buried: 2 cards");
}

#[test]
fn a_star_is_given_and_taken_away() {
    let mut world = world();
    assert_eq!(world.change(&["t/one", "t/four"], BulkChange::Mark).label(), "marked 2 cards");
    assert_eq!(world.names("is:marked"), ["t/one", "t/four"]);
    assert_eq!(world.change(&["t/one"], BulkChange::Unmark).label(), "no longer marked: t/one");
    assert_eq!(world.names("is:marked"), ["t/four"]);
}

#[test]
fn more_than_one_card_changes_only_when_it_was_said() {
    let lmq = home();
    let run = lmq.run(["suspend", "deck:t"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r"
    lmq: nothing was changed: this would change 5 cards
    hint: use --yes to do it, or --dry-run to look first; `lmq undo` takes it back
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
        (&["unsuspend", "nowhere"], 1, "no card matches `nowhere`"),
        (&["unbury", "nowhere"], 1, "no card matches `nowhere`"),
        (&["unmark", "nowhere"], 1, "no card matches `nowhere`"),
        (&["untag", "x", "nowhere"], 1, "no card matches `nowhere`"),
        (&["delete", "t/fife"], 2, "there is no card `t/fife`"),
        (&["suspend", "NOT", "nowhere"], 1, "a minus leaves out: `-word`"),
        (&["delete", " "], 2, "which cards?"),
        (&["delete"], 2, "required"),
        (&["reset", "(a"], 2, "never closed"),
        (&["tag", " ", "t/one"], 2, "the tag is empty"),
        (&["move", "a/b", "t/one"], 2, "can't be the name of a deck"),
        (&["move", "a::", "t/one"], 2, "can't be the name of a deck"),
        (&["set-due", "soon", "t/one"], 2, "not a day"),
        (&["bury", "t/one", "--until", "today"], 2, "is not after today"),
    ] {
        let run = lmq.run(args);
        assert!(run.code == code && run.stderr.contains(said), "{args:?}: {run:?}");
    }
    // Cards without a key of somebody's are named by what they ask.
    lmq.import("w.csv", "front,back\nCapital of Peru?,Lima\nCapital of Chile?,Santiago\n");
    insta::assert_snapshot!(lmq.ok(["delete", "deck:w", "--dry-run"]), @"
    would have deleted 2 notes
      “Capital of Peru?”
      “Capital of Chile?”
    ");
}

#[test]
fn more_than_one_deck_is_renamed_only_when_it_was_said() {
    let lmq = home();
    lmq.ok(["add", "people::t::deep", "Deep?", "Yes, deep"]);
    insta::assert_snapshot!(lmq.ok(["rename", "people", "team", "--dry-run"]), @r"
    would have renamed people::t::deep to team::t::deep
    would have renamed people::t to team::t
    ");
    assert_eq!(lmq.run(["rename", "t", "work"]).code, 2);
    lmq.ok(["rename", "t", "work", "--yes"]);
    assert_eq!(lmq.run(["rename", "wrk", "x"]).code, 2);
}

#[test]
fn a_reset_card_is_new_and_keeps_its_history() {
    let mut world = world();
    world.answer_named("t/one", 2);
    assert_eq!(world.change(&["deck:t"], BulkChange::Reset).label(), "made new again: t/one");
    let after = world.card("t/one");
    assert_eq!((world.word(&after), after.state.lapses()), ("new", 0));
    assert_eq!(world.events(after.card).len(), 2);
    world.undo_newest();
    assert_eq!(world.word(&world.card("t/one")), "learning");
    world.assert_sound();
}

#[test]
fn a_due_day_can_be_set_where_there_is_one() {
    let mut world = world();
    world.answer_named("t/one", 4);
    let before = world.card("t/one").state.memory.unwrap();
    let day = world.today().plus(45);
    let plan = world.change(&["deck:t"], BulkChange::SetDue(day));
    assert_eq!(plan.label(), "set to fall due: t/one on 2026-03-01");
    assert_eq!(plan.without_due, 4, "those that were never answered");
    let after = world.card("t/one").state.memory.unwrap();
    assert_eq!(after.due.iso(), "2026-03-01");
    assert_eq!((after.ease(), after.interval), (before.ease(), before.interval));
    let plan = world.change(&["t/one"], BulkChange::SetDue(world.today()));
    assert_eq!(plan.label(), "set to fall due: t/one on 2026-01-15");
    assert_eq!(world.names("is:due"), ["t/one"]);
    world.undo_newest();
    assert_eq!(world.card("t/one").state.memory.unwrap().due, day);
    world.assert_sound();
}

#[test]
fn tags_are_given_and_taken_away() {
    let mut world = World::with_built_in_decks();
    world.import("t.toml", DECK);
    let tag = |tag: &str| BulkChange::Tag(vec![tag.to_owned()]);
    assert_eq!(world.change(&["deck:t"], tag("team::start")).label(), "tagged 4 notes `team::start`");
    assert_eq!(world.names("tag:team").len(), 5);
    assert_eq!(world.card("t/one").text.tags, ["first", "team::start"]);
    let untagged = world.change(&["t/two"], BulkChange::Untag("TEAM::start".to_owned()));
    assert_eq!(untagged.label(), "took a tag from t/two: `TEAM::start`");
    assert_eq!(world.names("tag:team"), ["t/one", "t/three", "t/four"]);
    world.undo_newest();
    world.undo_newest();
    assert_eq!(world.names("deck:t tag:*"), ["t/one"]);
    assert_eq!(world.edited(), []);
    world.change(&["quotes/q14-ladder"], tag("mine"));
    let edited: Vec<String> = world.edited().into_iter().map(|note| note.name).collect();
    assert_eq!(edited, ["quotes/q14-ladder"]);
}

#[test]
fn moved_cards_take_their_answers_along() {
    let mut world = world();
    world.answer_named("t/one", 4);
    world.answer_named("t/three", 4);
    let to = bulk::move_to(&world.store, "work::new").unwrap();
    assert_eq!(world.change(&["t/one", "t/two"], to).label(), "moved 2 notes to `work::new`");
    assert_eq!(world.names("deck:work"), ["work::new/one", "work::new/two#1", "work::new/two#2"]);
    let answers = |world: &World, deck: &str| {
        let decks = ops::decks::named(&world.store, &[deck.to_owned()]).unwrap();
        world.store.day_totals(&decks).unwrap().iter().map(|(_, sums)| sums.answers).sum::<u64>()
    };
    assert_eq!((answers(&world, "work"), answers(&world, "t")), (1, 1));
    assert_eq!(world.card("t/one").deck, "work::new", "its old name finds it still");
    world.assert_sound();
    assert!(world.import("t.toml", DECK).sentence().contains("4 notes unchanged"));
    assert_eq!(world.names("deck:work").len(), 3, "importing again leaves a card where it was put");
    world.undo_newest();
    assert_eq!(world.names("deck:t"), ["t/one", "t/two#1", "t/two#2", "t/three", "t/four"]);
    world.assert_sound();
}

#[test]
fn a_deck_is_renamed_with_those_inside_it() {
    let mut world = world();
    world.add("people::t::deep", None, "Deep?", "Yes, deep");
    // By their ids, `people::t::deep` and `t`.
    let decks = |world: &World| -> Vec<String> { world.decks().into_iter().map(|deck| deck.name).collect() };
    assert_eq!(
        renamed(&mut world, "people", "team").unwrap(),
        ["people::t::deep to team::t::deep", "people::t to team::t"]
    );
    world.undo_newest();
    assert_eq!(decks(&world), ["people::t::deep", "people::t"]);
    renamed(&mut world, "t", "work").unwrap();
    assert_eq!(decks(&world), ["work::deep", "work"]);
    assert_eq!(world.names("deck:work").len(), 6);
    world.import("t.toml", DECK);
    assert_eq!(decks(&world), ["work::deep", "work"], "the file's name does not take away the user's");
    world.undo_newest();
    assert_eq!(decks(&world), ["people::t::deep", "people::t"]);
    world.redo();
    assert_eq!(decks(&world), ["work::deep", "work"]);
    world.add("Quotes", None, "Whose?", "Mine");
    for (deck, new, said) in [
        ("wrk", "x", "there is no deck `wrk`"),
        ("work", "Quotes", "there is already a deck `Quotes`"),
        ("work", "a::::b", "can't be the name"),
    ] {
        let refused = renamed(&mut world, deck, new).unwrap_err();
        assert!(refused.kind == Kind::Usage && refused.what.contains(said), "{deck} to {new}: {refused}");
    }
    world.assert_sound();
}

/// `lmq rename`: what was renamed to what.
fn renamed(world: &mut World, deck: &str, new: &str) -> Result<Vec<String>, Failure> {
    let renamings = ops::decks::renamings(&world.store, deck, new)?;
    let stamp = world.stamp();
    ops::decks::rename(&mut world.store, stamp, &renamings)?;
    Ok(renamings.iter().map(|one| format!("{} to {}", one.old, one.new)).collect())
}

#[test]
fn deleted_notes_are_gone_but_for_their_history() {
    let mut world = world();
    world.answer_named("t/two#1", 4);
    let card = world.card("t/two#1").card;
    assert_eq!(world.change(&["t/two#1"], BulkChange::Delete).label(), "deleted t/two");
    assert_eq!(world.names("deck:t"), ["t/one", "t/three", "t/four"]);
    let mut rows = world.history(card);
    rows.retain(|row| !ops::card_details::is_of_source(row));
    let [answered, deleted] = rows.as_slice() else { panic!("{rows:?}") };
    assert!(matches!(&answered.what, Happened::Event(event) if matches!(event.kind, EventKind::Answered { .. })));
    assert!(matches!(&deleted.what, Happened::Fact { fact: Fact::Deleted { .. }, .. }), "{deleted:?}");
    world.assert_sound();
    world.undo_newest();
    assert_eq!(world.names("deck:t").len(), 5);
    world.assert_sound();
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
        8 => BulkChange::Tag(vec!["x".to_owned()]),
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
        let mut world = world();
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
    let lmq = Lmq::at_home();
    lmq.write("t.toml", DECK);
    lmq.run(["import", "t.toml"]).done();
    lmq.run(["answer", "t/one", "good"]).done();
    lmq.run(["answer", "t/four", "good"]).done();
    let looked = lmq.run(["set-due", "2026-03-01", "deck:t", "--dry-run"]).ok();
    assert!(looked.stderr.contains("3 cards were never answered"), "{looked:?}");
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
        let all = || (lmq.cards("deck:*"), lmq.run(["decks", "--json"]).out());
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
    let run = lmq.run(["add", "team", "Who?", "Bela", "--key", "k"]).ok();
    assert!(run.stderr.contains("continues the history") && run.stderr.contains("lmq reset team/k"), "{run:?}");
    let shown = lmq.run(["show", "team/k"]).out();
    assert!(shown.contains("Bela") && shown.contains("repetitions  1\n"), "with its history: {shown}");
    lmq.run(["add", "team", "Who?", "Cem", "--key", "k"]).err(2);
    lmq.assert_sound();
}
