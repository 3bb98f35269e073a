//! Decks that give a common order to their new cards, and cards that wait for those of another deck.

use crate::world::World;
use lmq::ops::queue::Options;

/// A deck file: its sequence, and cards by key, topic and what they come after.
fn deck(id: &str, sequence: &str, cards: &[(&str, &str, &str)]) -> String {
    let mut text = format!("[deck]\nid = \"{id}\"\n{sequence}");
    for topic in ["one", "two"] {
        text.push_str(&format!("[[topic]]\nid = \"{topic}\"\ntitle = \"{topic} of {id}\"\n"));
    }
    for (key, topic, after) in cards {
        text.push_str(&format!(
            "[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"What is {key} of {id}?\"\nback = \"it\"\ntopic = \"{topic}\"\n\
             after = [{after}]\n"
        ));
    }
    text
}

fn ideas(sequence: &str) -> String {
    deck("ideas", sequence, &[("last", "two", ""), ("idea", "one", ""), ("scene", "one", "\"idea\"")])
}

fn voices() -> String {
    deck("voices", "", &[("voice", "one", "\"ideas/idea\""), ("free", "two", "\"away/idea\"")])
}

/// The sequence that all tests here begin with.
const SEQUENCE: &str = "sequence = [\"one\", \"voices/one\", \"two\"]\n";

/// What a day asks, every answer Good.
fn day(world: &mut World) -> Vec<String> {
    let mut asked = Vec::new();
    while let Some(card) = world.next(&Options::default()) {
        world.answer(card.card, 4);
        asked.push(card.name());
    }
    world.pass(24 * 60);
    asked
}

/// The first three days of somebody who has these decks.
fn life(mut world: World) -> Vec<String> {
    let days: Vec<String> = (0..3).map(|_| day(&mut world).join(" ")).collect();
    assert!(world.doctor().is_empty());
    days
}

fn world() -> World {
    let mut world = World::bare();
    world.import("ideas.toml", ideas(SEQUENCE));
    world.import("voices.toml", voices());
    world
}

#[test]
fn new_cards_come_in_the_sequence_and_wait_for_those_of_other_decks() {
    // The scene and the voice wait until the idea was recalled twice, in their places: a deck that is not there holds nothing
    // back.
    let days = life(world());
    assert_eq!(
        days,
        [
            "ideas/idea ideas/last voices/free",
            "voices/free ideas/last ideas/idea ideas/scene voices/voice",
            "ideas/scene voices/voice"
        ]
    );
}

#[test]
fn a_sequence_goes_out_and_comes_back_in_toml_and_json() {
    let first = world();
    for format in ["toml", "json", "jsonl"] {
        let mut other = World::bare();
        for id in ["ideas", "voices"] {
            other.import(&format!("{id}.{format}"), first.export(id, format));
        }
        let sequence = other.decks().into_iter().find(|deck| deck.id == "ideas").unwrap().sequence;
        assert_eq!(sequence, ["one", "voices/one", "two"], "{format}");
        assert_eq!(life(other), life(world()), "{format}");
    }
}

#[test]
fn a_file_without_the_line_leaves_the_sequence_and_an_empty_one_takes_it_away() {
    let mut world = world();
    let sequence = |world: &World| world.decks().into_iter().find(|deck| deck.id == "ideas").unwrap().sequence;
    world.import("ideas.toml", ideas(""));
    assert_eq!(sequence(&world).len(), 3);
    world.import("ideas.toml", ideas("sequence = []\n"));
    assert_eq!(sequence(&world).len(), 0);
    assert_eq!(day(&mut world).join(" "), "ideas/last voices/free ideas/idea", "decks take turns again");
    assert!(world.doctor().is_empty());
}

#[test]
fn an_import_that_closes_a_circle_says_so_and_a_held_out_card_holds_nothing_back() {
    let mut world = World::bare();
    world.import("a.toml", deck("a", "", &[("ka", "one", "\"b/kb\"")]));
    assert_eq!(world.next(&Options::default()).unwrap().name(), "a/ka", "what is not here holds nothing back");
    let report = world.import("b.toml", deck("b", "", &[("kb", "one", "\"a/ka\""), ("free", "one", "\"kb\"")]));
    assert_eq!(
        report.warnings,
        [
            "these wait for each other, so that none is ever asked: `a/ka` after `b/kb` after `a/ka`; remove one of them from the `after` of another"
        ]
    );
    let kept = deck("c", "", &[("kept", "one", ""), ("kc", "one", "\"kept\"")])
        .replacen("after = []", "after = []\nheld_out = true", 1)
        .replace(
            "kind = \"basic\"\nfront = \"What is kept of c?\"\nback = \"it\"",
            "kind = \"sort\"\nprompt = \"Which?\"\nanswer = \"l\"\ncategories = [\"l\", \"r\"]",
        );
    assert_eq!(world.import("c.toml", kept).warnings, report.warnings, "until it is mended");
    assert!(
        std::iter::from_fn(|| {
            let card = world.next(&Options::default())?;
            world.answer(card.card, 4);
            Some(card.name())
        })
        .any(|name| name == "c/kc")
    );
    world.assert_sound();
}
