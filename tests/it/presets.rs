//! Settings of single decks: limits, order, grades, repeats, leeches, intervals.

use crate::home::Lmq;
use serde_json::Value;

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

/// Which new cards a session of today would bring, by the decks of those that it asks, in order.
fn session(lmq: &Lmq, now: &str, args: &str) -> Vec<String> {
    let mut decks = Vec::new();
    loop {
        let next = lmq.shell(&format!("LMQ_NOW={now} lmq next --json {args}")).json();
        if next == Value::Null {
            return decks;
        }
        decks.push(next["deck"].as_str().unwrap().to_owned());
        lmq.run_at(now, ["answer", next["id"].as_str().unwrap(), "good"]).done();
    }
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
        let lmq = three(config);
        let glance = lmq.run([]).out();
        assert!(glance.contains(&format!(" {} new card", a + b + c)), "{config}: {glance}");
        let decks = session(&lmq, &at("01-15"), "");
        assert_eq!((count(&decks, "a"), count(&decks, "a::b"), count(&decks, "c")), (a, b, c), "{config}");
        assert_eq!(session(&lmq, &at("01-15"), ""), Vec::<String>::new(), "{config}: what was done counts");
    }
}

#[test]
fn a_number_on_the_command_line_replaces_the_limits_of_decks_too() {
    let lmq = three("[deck.a]\nnew_per_day = 1");
    let shown = lmq.run(["next", "a", "--new", "1", "--json"]).json();
    lmq.run(["answer", shown["id"].as_str().unwrap(), "good"]).done();
    assert_eq!(lmq.run(["next", "a"]).out(), "nothing waits\n");
    assert_ne!(lmq.run(["next", "a", "--new", "1"]).out(), "nothing waits\n");
    let undone = lmq.run(["undo"]).out();
    assert!(undone.starts_with("undid: answered"), "{undone}");
    assert_ne!(lmq.run(["next", "a"]).out(), "nothing waits\n", "an undo gives the place back");
}

#[test]
fn reviews_of_a_deck_end_at_its_limit_most_at_risk_first() {
    let lmq = three("new_per_day = 20\n[deck.a]\nreviews_per_day = 3");
    assert_eq!(session(&lmq, &at("01-15"), "").len(), 15);
    let glance = lmq.run_at(&at("01-16"), []).out();
    assert!(glance.starts_with("Today: 8 reviews of 15 due cards"), "{glance}");
    assert!(glance.contains("15 due cards wait, 8 of them today"), "{glance}");
    let decks = session(&lmq, &at("01-16"), "");
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
    let lmq = three("new_per_day = 0\n[deck.c]\nmaximum_interval_days = 3");
    let (a, c) = (lmq.cards("deck:a")[0].clone(), lmq.cards("deck:c")[0].clone());
    for card in [&a, &c] {
        for day in ["01-13", "01-14"] {
            lmq.run_at(&at(day), ["answer", card["id"].as_str().unwrap(), "good"]).done();
        }
    }
    let interval =
        |card: &Value| lmq.run(["show", card["id"].as_str().unwrap(), "--json"]).json()["interval_days"].clone();
    assert_eq!((interval(&a), interval(&c)), (6.into(), 3.into()));
    let history = lmq.run(["export", "--what", "history", "-q"]).out();
    let configs: Vec<&str> = history.lines().filter(|line| line.starts_with("{\"config\"")).collect();
    assert_eq!(configs.len(), 2, "{configs:?}");
    assert!(configs.iter().any(|line| line.contains("maximum_interval\\\":3")), "{configs:?}");
    lmq.assert_sound();
}

#[test]
fn the_order_of_new_cards_is_that_of_their_deck() {
    let lmq = three("new_per_day = 20\n[deck.c]\nnew_order = \"random\"");
    let order = |deck: &str| -> Vec<String> {
        let mut prompts = Vec::new();
        for _ in 0..5 {
            let next = lmq.run(["next", deck, "--json"]).json();
            prompts.push(next["prompt"].as_str().unwrap().to_owned());
            lmq.run(["answer", next["id"].as_str().unwrap(), "good"]).done();
        }
        prompts
    };
    assert_eq!(order("c").len(), 5);
    assert_eq!(order("a::b"), ["a::b1?", "a::b2?", "a::b3?", "a::b4?", "a::b5?"]);
}

#[test]
fn a_table_without_a_deck_is_a_word_of_warning_and_no_more() {
    let lmq = three("new_per_day = 20\n[deck.\"a::bb\"]\nnew_per_day = 1");
    let review = lmq.run(["review", "--plain", "--new", "0"]).ok();
    assert_eq!(review.stderr, "$T/config.toml:2:7: there is no deck `a::bb`; did you mean `a::b`?\n");
    assert_eq!(lmq.run(["next", "--json"]).ok().stderr, "");
}
