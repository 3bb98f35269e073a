//! Single cases of the laws of `laws.rs`, which random use once found or hardly finds.

use crate::laws::assert_in_order;
use crate::laws::deck_csv;
use crate::laws::deck_toml;
use crate::laws::newest;
use crate::laws::states;
use crate::world::World;
use crate::world::assert_same;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::event::Draft;
use lmq::core::event::EventKind;
use lmq::store::Fault;

#[test]
fn undoing_the_last_four_answers_gives_the_state_of_before() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(1, &[0]));
    let card = world.cards()[0].card;
    for grade in [4, 4, 4, 2, 4, 4, 4] {
        let due = world.state(card).memory.map_or(world.today(), |memory| memory.due);
        world.pass(due.since(world.today()) * 1440);
        world.answer(card, grade);
    }
    for _ in 0..4 {
        world.undo_newest().unwrap();
    }
    let memory = world.state(card).memory.unwrap();
    let first = lmq::core::study_day::StudyDay(20468);
    assert_eq!(
        (
            memory.interval.0,
            memory.ease().unwrap().hundredths(),
            memory.repetitions,
            memory.lapses,
            memory.due.since(first)
        ),
        (15, 250, 3, 0, 22)
    );
}

#[test]
fn an_import_of_what_was_undone_brings_the_same_cards_back_and_no_second_copy() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(4, &[0, 0, 0, 0]));
    world.import("c.csv", deck_csv(&[0, 1]));
    let before = states(&world);
    for _ in 0..2 {
        world.undo_newest().unwrap();
    }
    assert_eq!(world.cards().len(), 0);
    world.import("t.toml", deck_toml(4, &[0, 0, 0, 0]));
    world.import("c.csv", deck_csv(&[0, 1]));
    assert_eq!(states(&world), before);
    assert_in_order(&mut world);
}

#[test]
fn a_card_that_was_answered_since_its_import_is_kept_and_named_when_the_import_is_undone() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(2, &[0, 0]));
    let made = newest(&world).unwrap();
    let card = world.card("t/k0").card;
    world.answer(card, 4);
    let stamp = world.stamp();
    let (undo, _) = lmq::ops::undo::undo(&mut world.store, stamp, made).unwrap();
    assert_eq!(lmq::ops::undo::known_by(&world.store, &undo.kept).unwrap(), ["t/k0"]);
    let names: Vec<String> = world.cards().iter().map(lmq::store::CardLine::name).collect();
    assert_eq!(names, ["t/k0"], "the unanswered one is gone");
    assert_in_order(&mut world);
}

#[test]
fn a_card_that_was_edited_and_answered_is_kept_too_when_both_imports_are_undone() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(2, &[0, 0]));
    let made = newest(&world).unwrap();
    world.import("t.toml", deck_toml(2, &[3, 0]));
    let edited = newest(&world).unwrap();
    let card = world.card("t/k0").card;
    world.answer(card, 4);
    world.undo(edited);
    let stamp = world.stamp();
    let (undo, _) = lmq::ops::undo::undo(&mut world.store, stamp, made).unwrap();
    assert_eq!(lmq::ops::undo::known_by(&world.store, &undo.kept).unwrap(), ["t/k0"]);
    assert_eq!(world.card("t/k0").text.answer(1), "Answer 3", "with the newest of its texts, since none counts");
    assert_eq!(world.state(card).memory.unwrap().repetitions, 1);
    assert_in_order(&mut world);
}

#[test]
fn a_deck_comes_in_turn_by_its_newest_first_answer_whatever_was_undone_since() {
    // Three decks with one new card a day each: the deck that waited longest comes first.
    let mut world = World::bare();
    for deck in ["a", "b", "c"] {
        let rows: String = (0..9).map(|row| format!("{deck} question {row},answer {row}\n")).collect();
        world.import(&format!("{deck}.csv"), format!("front,back\n{rows}"));
    }
    let new_of = |world: &World, deck: &str| {
        world.cards().into_iter().find(|line| line.deck == deck && line.state.memory.is_none()).unwrap().card
    };
    for deck in ["a", "b", "c"] {
        let card = new_of(&world, deck);
        world.answer(card, 4);
        world.pass(1440);
    }
    let order = world.queue();
    assert!(order.iter().any(|line| line == &format!("New {}", new_of(&world, "a"))));
    // An answer to b's first card is taken back, and then one that was b's second: neither moves the decks' turns.
    let (old, second) = (
        world.cards().into_iter().find(|l| l.deck == "b" && l.state.memory.is_some()).unwrap().card,
        new_of(&world, "b"),
    );
    world.answer(old, 3);
    world.undo_newest().unwrap();
    assert_same(&order, &world.queue(), "after an undone answer to an old card");
    world.answer(second, 3);
    world.undo_newest().unwrap();
    assert_same(&order, &world.queue(), "after an undone first answer");
}

#[test]
fn a_repeat_that_was_undone_leaves_the_order_of_the_repeats_as_it_was() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(5, &[0; 5]));
    let (one, other) = (world.card("t/k0").card, world.card("t/k4").card);
    for card in [one, other] {
        world.answer(card, 1);
        world.pass(1);
    }
    let order = world.queue();
    world.answer(one, 1);
    assert_ne!(order, world.queue(), "the oldest answer is repeated first");
    world.undo_newest().unwrap();
    assert_same(&order, &world.queue(), "before, and after the undo");
}

#[test]
fn an_answer_to_a_card_that_another_window_answered_is_stale_and_nothing_of_it_is_kept() {
    let mut world = World::bare();
    world.import("t.toml", deck_toml(1, &[0]));
    let card = world.cards()[0].card;
    let draft = Draft::new(card, EventKind::Marked, None);
    world.answer(card, 4);
    let before = world.seen(true);
    let (stamp, scheduler) = (world.stamp(), world.settings.scheduler());
    let written =
        world.store.write(stamp, ActionKind::Mark, Subject::Card(card), |writer| writer.append(&draft, &scheduler));
    assert!(matches!(written.unwrap_err().fault, Fault::Stale));
    assert_same(&before, &world.seen(true), "before and after the refusal");
}

#[test]
fn an_undone_import_that_only_changed_the_order_gives_the_old_order_back() {
    let mut world = World::bare();
    let deck = |keys: [&str; 2]| {
        let card =
            |key: &str| format!("[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{key}?\"\nback = \"x\"\n");
        format!("[deck]\nid = \"t\"\nname = \"t\"\n{}{}", card(keys[0]), card(keys[1]))
    };
    world.import("t.toml", deck(["a", "b"]));
    let before = world.queue();
    world.import("t.toml", deck(["b", "a"]));
    assert_ne!(before, world.queue());
    world.undo_newest().unwrap();
    assert_same(&before, &world.queue(), "the order of new cards");
}
