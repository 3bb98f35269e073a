//! `lmq cards`, and what a card is as JSON.

use crate::home::Lmq;
use crate::home::TEAM;
use serde_json::Value;

#[test]
fn cards_are_listed_one_a_line() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added to work::team\n");
    insta::assert_snapshot!(lmq.run(["cards", "deck:team"]).out(), @r"
    team/owner  [new]  Who owns the roadmap?
    team/pair#1  [new]  Mentor
    team/pair#2  [new]  Mentee
    team/retro#1  [new]  The retro is every [which?] Friday.
    team/retro#2  [new]  The retro is every second […].
    ");
    // By the deck's name and by that of its parent, with words in any case and without their accents.
    for query in ["deck:work::team ROADMAP", "deck:work roadmáp", "deck:team amara", "deck:TEAM owns"] {
        assert_eq!(lmq.run(["cards", query]).out(), "team/owner  [new]  Who owns the roadmap?\n", "{query}");
    }
    let none = lmq.run(["cards", "deck:team", "zebra"]).ok();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "no card matches\n"));
    assert_eq!(lmq.run(["cards", "zebra", "--json"]).out(), "[]\n");
    assert_eq!(lmq.run(["cards", "zebra", "--quiet"]).out(), "");
    insta::assert_snapshot!(lmq.run(["cards", "deck:taem"]).err(2), @r"
    lmq: there is no deck `taem`
      deck:taem
           ^
    hint: did you mean `team`? `lmq decks` lists all
    ");
}

#[test]
fn the_state_is_coloured_also_where_the_name_has_such_a_word() {
    let lmq = Lmq::new();
    lmq.run(["add", "odd", "Which?", "this", "--key", "a-[new]-one"]).done();
    let out = lmq.run(["--color", "always", "cards", "deck:odd"]).out();
    assert!(out.starts_with("odd/a-[new]-one  \u{1b}"), "{out:?}");
}

#[test]
fn a_card_as_json_is_what_scripts_rely_on() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added to work::team\n");
    insta::assert_snapshot!(lmq.run(["cards", "deck:team", "owner", "roadmap", "--json"]).out(), @r#"
    [
      {"id":"3658fa79885f7dc73e639fb61ffa8cc0-1","deck":"team","key":"owner","ordinal":1,"name":"team/owner","kind":"basic","markup":"markdown","prompt":"Who owns the roadmap?","answer":"Amara","state":"new","ease":2.5,"interval_days":0,"repetitions":0,"lapses":0,"due":null,"tags":[],"source":["T1"],"topic":"T1","topic_title":"who does what","speaker":null,"hint":null,"extra":null,"marked":false,"held_out":false,"form":null}
    ]
    "#);
}

/// The fields of the contract with their types; `?` may be null.
const FIELDS: [(&str, &str); 13] = [
    ("id", "text"),
    ("deck", "text"),
    ("key", "text?"),
    ("kind", "text"),
    ("prompt", "text"),
    ("state", "text"),
    ("ease", "number"),
    ("interval_days", "number"),
    ("repetitions", "number"),
    ("lapses", "number"),
    ("due", "text?"),
    ("tags", "array"),
    ("source", "array"),
];

/// Holds a card object to the contract.
pub(crate) fn assert_card(card: &Value) {
    for (field, wanted) in FIELDS.iter().chain(&[("topic", "text?")]) {
        let value = card.get(field).unwrap_or_else(|| panic!("no `{field}` in {card}"));
        let fits = match *wanted {
            "text" => value.is_string(),
            "text?" => value.is_string() || value.is_null(),
            "number" => value.is_number(),
            _ => value.as_array().is_some_and(|array| array.iter().all(Value::is_string)),
        };
        assert!(fits, "`{field}` should be {wanted}: {card}");
    }
    let state = card["state"].as_str().unwrap();
    assert!(["new", "learning", "review", "suspended", "buried"].contains(&state), "{state}");
    assert_eq!(card["due"].is_null(), state == "new", "due is null exactly for new cards: {card}");
    if let Some(due) = card["due"].as_str() {
        assert!(chrono::NaiveDate::parse_from_str(due, "%Y-%m-%d").is_ok(), "{due}");
    }
}

#[test]
fn every_card_of_every_deck_keeps_the_contract() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.write("a.csv", "front,back\nq,a\n");
    lmq.run(["import", "team.toml", "a.csv"]).ok().out();
    lmq.run(["answer", "team/owner", "easy"]).ok().out();
    let cards = lmq.run(["cards", "--json"]).json();
    assert!(cards.as_array().unwrap().len() > 45);
    cards.as_array().unwrap().iter().for_each(assert_card);
    let mut ids: Vec<&str> = cards.as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "ids are unique");
    assert_card(&lmq.run(["next", "--json"]).json());
    assert_card(&lmq.run(["show", "team/owner", "--json"]).json());
    assert_card(&lmq.run(["answer", "team/owner", "again", "--json"]).json());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    for line in [
        "cards",
        "cards --json",
        "history",
        "export --format json -q",
        "decks",
        "man",
        "report --format html",
        "--help",
    ] {
        let run = lmq.shell(&format!("lmq {line} | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"));
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line}");
    }
    // A reader that is gone before the first byte.
    let run = lmq.shell("lmq cards | true; exit ${PIPESTATUS[0]}");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}
