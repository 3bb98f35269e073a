//! How answers are compared, what counts in them, and what a search finds, through the program.

use crate::home::Lmq;
use serde_json::Value;

/// A deck of typed cards, each with its answer as key number.
fn typed(head: &str, answers: &[&str]) -> String {
    let mut deck = format!("[deck]\nid = \"lang\"\n{head}\n");
    for (number, answer) in answers.iter().enumerate() {
        deck.push_str(&format!(
            "[[card]]\nkey = \"k{number}\"\nkind = \"typed\"\nprompt = \"Word {number}?\"\nanswer = '''{answer}'''\n"
        ));
    }
    deck
}

/// What `lmq answer` says of what was typed to the first card.
fn verdict(lmq: &Lmq, typed: &str) -> Value {
    let answered = lmq.json(["answer", "lang/k0", "good", "--typed", typed, "--json"]);
    answered["verdict"].clone()
}

#[test]
fn what_differs_and_does_not_count_is_right_and_shown() {
    let lmq = Lmq::at_home();
    lmq.import("lang.toml", typed("", &["año"]));
    for (given, outcome, differences) in [
        ("año", "right", &[][..]),
        ("ano", "right", &["accents"]),
        ("Año.", "right", &["case", "punctuation"]),
        ("mes", "wrong", &[]),
    ] {
        let verdict = verdict(&lmq, given);
        assert_eq!(verdict["outcome"], outcome, "{given}");
        assert_eq!(verdict["differences"], Value::from(differences.to_vec()), "{given}");
    }
    assert_eq!(lmq.json(["answer", "lang/k0", "good", "--json"])["verdict"], Value::Null);
    let said = lmq.run(["answer", "lang/k0", "good", "--typed", "ano"]).ok();
    assert!(said.stderr.contains("Right (only the accents differ)"), "{said:?}");
}

#[test]
fn a_sitting_over_lines_shows_where_an_answer_differs() {
    let lmq = Lmq::at_home();
    lmq.import("lang.toml", typed("", &["año", "がっこう", "recieve"]));
    let shown = lmq.run_with("ano\n\nかっこう\n\nreceive\n\n", ["review", "lang", "--new", "9"]).ok().stdout;
    for line in
        ["Right (only the accents differ)\n", "  you: a[n]{ñ}o", "Not this time\n", "Nearly (look at the spelling)\n"]
    {
        assert!(shown.contains(line), "{line:?} in {shown}");
    }
}

#[test]
fn a_deck_says_what_counts_and_a_learner_has_the_last_word() {
    let lmq = Lmq::at_home();
    lmq.import("lang.toml", typed("accents = \"count\"", &["año"]));
    assert_eq!(verdict(&lmq, "ano")["outcome"], "near");
    assert_eq!(verdict(&lmq, "AÑO")["outcome"], "right");
    lmq.ok(["config", "set", "accents", "ignore", "--deck", "lang"]);
    assert_eq!(verdict(&lmq, "ano")["outcome"], "right");
    lmq.ok(["config", "unset", "accents", "--deck", "lang"]);
    lmq.ok(["config", "set", "case", "count"]);
    assert_eq!(verdict(&lmq, "AÑO")["outcome"], "near");
    assert_eq!(verdict(&lmq, "ano")["outcome"], "near");
    for format in ["toml", "json", "jsonl"] {
        let out = lmq.ok(["export", "lang", "--format", format]);
        let other = Lmq::at_home();
        other.import(&format!("lang.{format}"), &out);
        assert_eq!(verdict(&other, "ano")["outcome"], "near", "{format}: {out}");
    }
    let bad = lmq.write("bad.toml", typed("accents = \"some\"", &["a"]));
    let said = lmq.run(["import", bad.to_str().unwrap()]).err(3);
    assert!(said.contains("`accents` can't be `some`") && said.contains("\"ignore\" or \"count\""), "{said}");
    lmq.assert_sound();
}

#[test]
fn choices_that_differ_in_a_sign_are_taken_and_told_apart() {
    let lmq = Lmq::at_home();
    let choice = |key: &str, answer: &str, others: &str| {
        format!(
            "[[card]]\nkey = \"{key}\"\nkind = \"choice\"\nprompt = \"{key}?\"\nanswer = \"{answer}\"\ndistractors = {others}\n"
        )
    };
    let deck = format!(
        "[deck]\nid = \"lang\"\n{}{}",
        choice("k0", "C++", "[\"C\", \"C#\"]"),
        choice("k1", "-1", "[\"+1\", \"1\"]")
    );
    lmq.import("lang.toml", deck);
    for (card, given, outcome) in [
        ("lang/k0", "C++", "right"),
        ("lang/k0", "C", "wrong"),
        ("lang/k0", "c#", "wrong"),
        ("lang/k1", "-1", "right"),
        ("lang/k1", "+1", "wrong"),
    ] {
        let answered = lmq.json(["answer", card, "good", &format!("--typed={given}"), "--json"]);
        assert_eq!(answered["verdict"]["outcome"], outcome, "{given}");
    }
    let twice = lmq.write("twice.toml", format!("[deck]\nid = \"t\"\n{}", choice("k", "C", "[\"C++\", \" C\"]")));
    let checked = lmq.run(["check", twice.to_str().unwrap()]);
    assert_eq!(checked.code, 3, "{checked:?}");
    assert!(checked.stdout.contains("is among the choices twice"), "{checked:?}");
}

#[test]
fn a_search_finds_what_is_meant() {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.import(
        "lang.toml",
        typed("", &["C++", "C", "Straße", "がっこう", "かっこう", "año", "ano", "IT", "it's", "œuvre"]),
    );
    let found = |query: &str| -> Vec<String> {
        lmq.cards(query).iter().map(|card| card["answer"].as_str().unwrap().to_owned()).collect()
    };
    for (query, answers) in [
        ("\"C++\"", &["C++"][..]),
        ("C++", &["C++"]),
        ("strasse", &["Straße"]),
        ("STRASSE", &["Straße"]),
        ("がっこう", &["がっこう"]),
        ("かっこう", &["かっこう"]),
        ("ano", &["año", "ano"]),
        ("\"año\"", &["año"]),
        ("\"ano\"", &["ano"]),
        ("\"IT\"", &["IT"]),
        ("\"it\"", &["it's"]),
        ("it", &["IT", "it's"]),
        ("oeuvre", &["œuvre"]),
    ] {
        assert_eq!(found(query), answers, "{query}");
    }
}

#[test]
fn answers_that_look_like_two_are_told_once() {
    let lmq = Lmq::at_home();
    let path = lmq.write("lang.toml", typed("", &["1/2", "colour/color", "(to) run", "km/h", "and/or"]));
    let path = path.to_str().unwrap();
    let said = lmq.run(["check", path, "--json"]);
    let two = "the typed answer `colour/color` looks like two answers in one, and so does another answer";
    assert_eq!(said.stdout.matches(two).count(), 1, "{said:?}");
    assert_eq!(said.stdout.matches("two-answers").count(), 1);
    let said = lmq.run(["import", path]).ok();
    assert!(said.stderr.contains(two) || said.stdout.contains(two), "{said:?}");
    assert!(format!("{said:?}").contains("accept = "), "{said:?}");
    let table = lmq.write("words.csv", "kind,prompt,answer\ntyped,Hue?,colour/color\ntyped,Half?,1/2\n");
    let said = lmq.run(["import", table.to_str().unwrap()]).ok();
    assert!(format!("{said:?}").contains("looks like two answers in one"), "{said:?}");
}
