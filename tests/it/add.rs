//! `lmq add`.

use crate::home::Lmq;
use crate::home::NOW;

#[test]
fn a_card_is_added_and_its_deck_made() {
    let lmq = Lmq::new();
    let out = lmq.run(["add", "Geo::Capitals", "Capital of Peru?", "Lima", "--key", "peru", "--tag", "andes"]).out();
    assert_eq!(out, "added Geo::Capitals/peru\n");
    assert_eq!(lmq.listed("deck:Geo"), ["Capital of Peru? → Lima [new]"]);
    assert_eq!(lmq.cards("deck:Geo")[0]["tags"].to_string(), r#"["andes"]"#);
    lmq.assert_sound();
}

#[test]
fn a_card_without_a_back_is_a_cloze_or_refused() {
    let lmq = Lmq::new();
    let cards = lmq.run(["add", "team", "Retro: {{c1::second}} {{c2::Friday}}", "--json"]).json();
    assert_eq!(cards.as_array().unwrap().len(), 2);
    assert_eq!((cards[0]["kind"].as_str(), cards[0]["answer"].as_str()), (Some("cloze"), Some("second")));
    assert_eq!(cards[1]["ordinal"], 2);
    insta::assert_snapshot!(lmq.run(["add", "team", "no hole"]).err(2), @r"
    lmq: there is no back, and as a cloze nothing is hidden
    hint: hide the answer: {{c1::answer}} or {{c1::answer::hint}}; or give a back: lmq add DECK FRONT BACK
    ");
    insta::assert_snapshot!(lmq.run(["add", "team", " ", "x"]).err(2), @r"
    lmq: deck, front and back must not be empty
    hint: lmq add DECK FRONT BACK
    ");
}

#[test]
fn reversed_and_typed_cards_can_be_added() {
    let lmq = Lmq::new();
    assert_eq!(
        lmq.run(["add", "w", "Hund", "dog", "--reversed", "--key", "hund"]).out(),
        "added w/hund#1\nadded w/hund#2\n"
    );
    lmq.run(["add", "w", "7 × 8", "56", "--typed"]).ok().out();
    assert_eq!(lmq.listed("deck:w"), ["Hund → dog [new]", "dog → Hund [new]", "7 × 8 → 56 [new]"]);
}

#[test]
fn the_same_card_twice_is_one_card_and_a_key_is_taken_once() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara"]).ok().out();
    let again = lmq.run(["add", "TEAM", "Who?", "Amara"]).ok();
    assert_eq!(
        (again.stdout.as_str(), again.stderr.as_str()),
        ("", "the deck has this very card already; nothing was added\n")
    );
    assert_eq!(lmq.cards("deck:team").len(), 1);
    lmq.run(["add", "team", "Why?", "Because", "--key", "why"]).ok().out();
    insta::assert_snapshot!(lmq.run(["add", "team", "Why not?", "Because", "--key", "why"]).err(2), @r"
    lmq: the deck `team` has a card with the key `why` already
    hint: choose another key
    ");
}

#[test]
fn cards_that_were_added_in_the_same_moment_have_names_of_their_own() {
    let lmq = Lmq::new();
    let name = |front: &str| {
        let card = lmq.run(["add", "team", front, "x", "--json"]).json();
        card[0]["name"].as_str().unwrap().to_owned()
    };
    let (first, second) = (name("one"), name("two"));
    assert_ne!(first, second);
    assert_eq!(lmq.run(["show", &first, "--json"]).json()["prompt"], "one");
    assert_eq!(lmq.run(["answer", &second, "good", "--json"]).json()["prompt"], "two");
}

#[test]
fn an_added_card_can_be_undone() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara"]).ok().out();
    assert_eq!(lmq.run_at(NOW, ["undo"]).out(), "undid: added to team: Who?\n");
    assert!(lmq.listed("deck:team").is_empty());
    lmq.assert_sound();
}
