//! Settings of single decks: limits, order, grades, repeats, leeches, intervals.

use crate::home::Lmq;
use crate::world::World;
use crate::world::time;
use lmq::ops::queue::Options;

fn at(day: &str) -> String {
    format!("2026-{day}T09:00:00+01:00")
}

/// Five cards each in `a`, `a::b` and `c`; the built-in decks have no new ones.
fn three(config: &str) -> Lmq {
    let lmq = Lmq::new();
    for deck in ["a", "a::b", "c"] {
        let cards: String = (1..=5).map(|number| format!("{deck}{number}?\tx\n")).collect();
        lmq.write("cards.tsv", format!("front\tback\n{cards}"));
        lmq.run(["import", "cards.tsv", "--deck", deck]).done();
    }
    let none = ["differences", "skills", "quotes"].map(|deck| format!("[deck.{deck}]\nnew_per_day = 0\n")).join("");
    lmq.write("config.toml", format!("{config}\n{none}"));
    lmq
}

/// The same in-process, without the built-in decks.
fn world_of_three(config: &str) -> World {
    let mut world = World::bare();
    for deck in ["a", "a::b", "c"] {
        let cards: String = (1..=5).map(|number| format!("{deck}{number}?\tx\n")).collect();
        world.import_into(deck, "cards.tsv", format!("front\tback\n{cards}"));
    }
    world.set(config);
    world
}

/// What of a deck is asked.
fn of(world: &World, deck: &str, new: Option<usize>) -> Options {
    let decks = lmq::ops::decks::named(&world.store, &[deck.to_owned()]).unwrap();
    Options { decks, new, ..Options::default() }
}

/// The decks of the cards that a session of today asks, each answered well, in order.
fn session(world: &mut World) -> Vec<String> {
    let mut decks = Vec::new();
    while let Some(next) = world.next(&Options::default()) {
        world.answer(next.card, 4);
        decks.push(next.deck);
    }
    decks
}

fn count(decks: &[String], deck: &str) -> usize {
    decks.iter().filter(|name| *name == deck).count()
}

#[test]
fn limits_of_decks_hold_within_the_limit_of_the_day() {
    for (config, a, b, c) in [
        ("new_per_day = 20", 5, 5, 5),
        ("new_per_day = 20\n[deck.a]\nnew_per_day = 3", 2, 1, 5),
        ("new_per_day = 20\n[deck.a]\nnew_per_day = 4\n[deck.\"a::b\"]\nnew_per_day = 1", 3, 1, 5),
        ("new_per_day = 20\n[deck.\"A::B\"]\nnew_per_day = 1", 5, 1, 5),
        ("new_per_day = 20\n[preset.calm]\nnew_per_day = 2\n[deck.c]\npreset = \"calm\"", 5, 5, 2),
        ("new_per_day = 4\n[deck.a]\nnew_per_day = 9", 2, 1, 1),
        ("new_per_day = 4\n[deck.a]\nnew_per_day = 1", 1, 0, 3),
        ("new_per_day = 0\n[deck.a]\nnew_per_day = 9", 0, 0, 0),
    ] {
        let mut world = world_of_three(config);
        assert_eq!(usize::try_from(world.day().new).unwrap(), a + b + c, "{config}");
        let decks = session(&mut world);
        assert_eq!((count(&decks, "a"), count(&decks, "a::b"), count(&decks, "c")), (a, b, c), "{config}");
        assert_eq!(session(&mut world), [""; 0], "{config}: what was done counts");
    }
}

#[test]
fn a_number_on_the_command_line_replaces_the_limits_of_decks_too() {
    let mut world = world_of_three("[deck.a]\nnew_per_day = 1");
    let next = |world: &World, new: Option<usize>| world.next(&of(world, "a", new));
    let first = next(&world, Some(1)).unwrap();
    world.answer(first.card, 4);
    assert_eq!(next(&world, None), None);
    assert!(next(&world, Some(1)).is_some());
    assert!(world.newest_step().unwrap().starts_with("answered"));
    world.undo_newest();
    assert!(next(&world, None).is_some(), "an undo gives the place back");
}

#[test]
fn it_says_that_new_cards_wait_for_the_limits_of_their_decks() {
    let lmq = three("new_per_day = 20\n[deck.a]\nnew_per_day = 0\n[deck.c]\nnew_per_day = 1");
    let first = lmq.run(["next", "--json"]).json();
    lmq.run(["answer", first["id"].as_str().unwrap(), "good"]).done();
    let said = "new cards wait for another day, by the limits of their decks. `lmq review --new 5`";
    let (glance, review) = (lmq.run([]).out(), lmq.run(["review", "--plain"]).out().replace('\n', " "));
    assert!(glance.contains(said) && review.contains(said), "{glance}\n{review}");
}

#[test]
fn reviews_of_a_deck_end_at_its_limit_most_at_risk_first() {
    let mut world = world_of_three("new_per_day = 20\n[deck.a]\nreviews_per_day = 3");
    assert_eq!(session(&mut world).len(), 15);
    world.set_now(time(&at("01-16")));
    let day = world.day();
    assert_eq!((day.reviews, day.counts.due), (8, 15));
    let comeback = day.comeback.unwrap();
    assert_eq!((comeback.waiting, comeback.today), (15, 8));
    let decks = session(&mut world);
    assert_eq!((count(&decks, "a") + count(&decks, "a::b"), count(&decks, "c")), (3, 5));
}

#[test]
fn scale_repeats_and_leeches_are_those_of_the_cards_deck() {
    let lmq = three(
        "new_per_day = 0\nreviews_per_day = 0\n[deck.c]\nscale = \"sm2\"\nleech_lapses = 1\nleech_suspend = true\n\
         [deck.\"a::b\"]\ndrill = \"below-4\"",
    );
    let first = |deck: &str| lmq.cards(&format!("deck:{deck} is:new -deck:a::b"))[0]["id"].as_str().unwrap().to_owned();
    let inner = lmq.cards("deck:a::b")[0]["id"].as_str().unwrap().to_owned();
    let (outer, sm2) = (first("a"), first("c"));
    for id in [&inner, &outer, &sm2] {
        lmq.run_at(&at("01-14"), ["answer", id, "hard"]).done();
    }
    // On six grades a 3 is repeated, and where the deck says so; on four buttons it is not.
    let now = at("01-14");
    let waits = |deck: &str| lmq.run_at(&now, ["next", deck]).out() != "nothing waits\n";
    assert!(waits("c") && waits("a::b"));
    assert!(lmq.run_at(&now, []).out().contains("2 repeats"));
    let state = |id: &str| lmq.run_at(&now, ["show", id, "--json"]).json()["state"].as_str().unwrap().to_owned();
    assert_eq!((state(&inner), state(&outer), state(&sm2)), ("learning".into(), "learning".into(), "learning".into()));
    let keys = lmq.shell(&format!("printf '\\n:?\\n:q\\n' | LMQ_NOW={now} lmq review --plain c")).ok().stdout;
    assert!(keys.contains("0 again") && keys.contains("5 easy"), "{keys}");
    let keys = lmq.shell(&format!("printf '\\n:?\\n:q\\n' | LMQ_NOW={now} lmq review --plain a")).ok().stdout;
    assert!(keys.contains("1 Again") && keys.contains("4 Easy"), "{keys}");
    // A leech after one failure in c, after eight elsewhere.
    for id in [&outer, &sm2] {
        lmq.run(["answer", id, "again"]).done();
    }
    assert_eq!(lmq.cards("is:leech").len(), 1);
    assert_eq!(lmq.cards("is:suspended")[0]["deck"], "c");
    lmq.assert_sound();
}

#[test]
fn the_longest_interval_of_a_deck_is_part_of_the_configuration_of_its_answers() {
    let mut world = world_of_three("new_per_day = 0\n[deck.c]\nmaximum_interval_days = 3");
    let [a, c] = ["deck:a", "deck:c"].map(|query| world.found(query)[0].card);
    for day in ["01-13", "01-14"] {
        world.set_now(time(&at(day)));
        world.answer(a, 4);
        world.answer(c, 4);
    }
    let interval = |card| world.state(card).memory.unwrap().interval.0;
    assert_eq!((interval(a), interval(c)), (6, 3));
    let history = world.log_text();
    let configs: Vec<&str> = history.lines().filter(|line| line.starts_with("{\"config\"")).collect();
    assert_eq!(configs.len(), 2, "{configs:?}");
    assert!(configs.iter().any(|line| line.contains("maximum_interval\\\":3")), "{configs:?}");
    world.assert_sound();
}

#[test]
fn the_order_of_new_cards_is_that_of_their_deck() {
    let mut world = world_of_three("new_per_day = 20\n[deck.c]\nnew_order = \"random\"");
    let order = |world: &mut World, deck: &str| -> Vec<String> {
        let mut prompts = Vec::new();
        for _ in 0..5 {
            let next = world.next(&of(world, deck, None)).unwrap();
            world.answer(next.card, 4);
            prompts.push(next.text.prompt(1));
        }
        prompts
    };
    assert_eq!(order(&mut world, "c").len(), 5);
    assert_eq!(order(&mut world, "a::b"), ["a::b1?", "a::b2?", "a::b3?", "a::b4?", "a::b5?"]);
}

#[test]
fn a_table_without_a_deck_is_a_word_of_warning_and_no_more() {
    let lmq = three("new_per_day = 20\n[deck.\"a::bb\"]\nnew_per_day = 1");
    let review = lmq.run(["review", "--plain", "--new", "0"]).ok();
    assert_eq!(review.stderr, "$T/config.toml:2:7: there is no deck `a::bb`; did you mean `a::b`?\n");
    assert_eq!(lmq.run(["next", "--json"]).ok().stderr, "");
}
