//! `lmq next`.

use crate::home::Lmq;

#[test]
fn next_and_answer_make_a_session() {
    let lmq = Lmq::new();
    for word in ["one", "two"] {
        lmq.run(["add", "team", word, "x", "--key", word]).ok().out();
    }
    assert_eq!(lmq.run(["next", "team"]).out(), "team/one\none\n");
    lmq.run(["answer", "team/one", "again"]).ok().out();
    assert_eq!(lmq.run(["next", "team"]).out(), "team/two\ntwo\n", "other cards come before a repeat");
    lmq.run(["answer", "team/two", "good"]).ok().out();
    assert_eq!(lmq.run(["next", "team", "--json"]).json()["key"], "one", "what was failed comes again the same day");
    lmq.run(["answer", "team/one", "good"]).ok().out();
    assert_eq!(lmq.run(["next", "team"]).out(), "nothing waits\n");
    assert_eq!(lmq.run(["next", "team", "--json"]).out(), "null\n");
    assert_ne!(lmq.run_at("2026-01-16T09:00:00+01:00", ["next", "team"]).out(), "nothing waits\n");
}

#[test]
fn an_unknown_deck_or_number_is_refused() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(lmq.run(["next", "skils"]).err(2), @r"
    lmq: there is no deck `skils`
    hint: did you mean `skills`? `lmq decks` lists all
    ");
    for number in ["-1", "x", "1.5"] {
        let error = lmq.run(["next", &format!("--new={number}")]).err(2);
        assert!(error.contains(&format!("`--new` can't be `{number}`")), "{error}");
    }
}

#[test]
fn every_kind_is_asked_with_what_it_takes_to_answer_it() {
    let lmq = Lmq::new();
    lmq.run(["add", "k", "Who leads?", "Amara", "Bela", "Cem", "--kind", "choice"]).done();
    let asked = lmq.run(["next", "k", "--json"]).json();
    assert_eq!((asked["ask"].as_str(), asked["question"].as_str()), (Some("choose"), Some("Who leads?")));
    let options: Vec<&str> =
        asked["options"].as_array().unwrap().iter().map(|option| option.as_str().unwrap()).collect();
    assert_eq!(options.len(), 3);
    let lines: Vec<String> = options.iter().zip(1..).map(|(option, number)| format!("  {number} {option}\n")).collect();
    assert_eq!(lmq.run(["next", "k"]).out(), format!("k/who-leads\nWho leads?\n{}", lines.concat()));
    let right = options.iter().position(|option| *option == "Amara").unwrap() + 1;
    let said = lmq.run(["answer", "k/who-leads", "--response", &right.to_string(), "--json"]).json();
    assert_eq!(said["verdict"]["outcome"], "right", "the numbers are those that were shown");

    lmq.run(["add", "o", "From far to near:", "vision", "strategy", "plan", "--kind", "order"]).done();
    let asked = lmq.run(["next", "o", "--json"]).json();
    let place = |item: &str| asked["options"].as_array().unwrap().iter().position(|one| one == item).unwrap() + 1;
    let order = format!("{} {} {}", place("vision"), place("strategy"), place("plan"));
    assert_eq!(asked["ask"], "order");
    let said = lmq.run(["answer", "o/from-far-to-near", "--response", &order, "--json"]).json();
    assert_eq!(said["verdict"]["outcome"], "right");

    lmq.run(["add", "l", "Three parts?", "one", "two", "three", "--kind", "list"]).done();
    let asked = lmq.run(["next", "l", "--json"]).json();
    assert_eq!(
        (asked["ask"].as_str(), asked["items"].as_u64(), &asked["options"]),
        (Some("list"), Some(3), &serde_json::json!([]))
    );
    assert!(lmq.run(["next", "l"]).out().ends_with("(3 items)\n"));
}

#[test]
fn the_name_of_a_card_gives_no_answer_away() {
    let lmq = Lmq::new();
    lmq.run(["add", "p", "On {{c1::Monday}} we plan, on {{c2::Friday}} we ship"]).done();
    assert!(lmq.run(["next", "p"]).out().starts_with("p/on-we-plan-on-we-ship#1\n"));
    lmq.run(["add", "q", "Who leads the team?", "leads", "--key", "amara-leads"]).done();
    assert!(lmq.run(["next", "q"]).out().starts_with("q/amara-leads\n"), "the question says it too");
    lmq.run(["add", "r", "Who owns it?", "Amara", "--key", "amara"]).done();
    let asked = lmq.run(["next", "r"]).out();
    assert!(!asked.contains("amara"), "{asked}");
    let long = "the person who has been leading the whole platform group since spring: Amara";
    lmq.run(["add", "s", "Who owns it?", long, "--key", "amara"]).done();
    let asked = lmq.run(["next", "s"]).out();
    assert!(!asked.contains("amara"), "{asked}");
    lmq.run(["answer", asked.lines().next().unwrap(), "good"]).done();
}
