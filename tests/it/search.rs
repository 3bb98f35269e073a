//! The search language through every command that takes it.

use crate::home::Lmq;
use crate::world::World;
use lmq::core::search::Asked;
use lmq::core::search::parse::parse;
use lmq::core::settings::Settings;
use lmq::store::DeckSet;
use std::collections::BTreeMap;

const DECK: &str = "[deck]\nid = \"t\"\nname = \"people::t\"\n\n[[topic]]\nid = \"a\"\ntitle = \"Naïve questions\"\n\n\
    [[card]]\nkey = \"one\"\nkind = \"basic\"\ntopic = \"a\"\nfront = \"Où est le café?\"\nback = \"Là\"\ntags = [\"lang::fr\"]\n\n\
    [[card]]\nkey = \"two\"\nkind = \"cloze\"\ntext = \"{{c1::a}} and {{c2::b}}\"\nspeaker = \"Amara Osei\"\n\n\
    [[card]]\nkey = \"three\"\nkind = \"sort\"\nprompt = \"Side?\"\nanswer = \"left\"\ncategories = [\"left\", \"right\"]\n";

fn found(lmq: &Lmq, query: &[&str]) -> Vec<String> {
    let args: Vec<&str> = ["cards", "--json"].iter().chain(query).copied().collect();
    let cards = lmq.json(&args);
    cards.as_array().unwrap().iter().map(|card| card["name"].as_str().unwrap().to_owned()).collect()
}

fn home() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.import("t.toml", DECK);
    lmq
}

#[test]
fn a_search_is_saved_used_everywhere_listed_and_taken_back() {
    let lmq = home();
    lmq.ok(["config", "set", "searches.clozes", "deck:t kind:cloze"]);
    lmq.ok(["config", "set", "searches.not those", "deck:t -saved:clozes"]);
    assert_eq!(found(&lmq, &["saved:Clozes"]), ["t/two#1", "t/two#2"]);
    assert_eq!(found(&lmq, &["saved:\"not those\" -kind:sort"]), ["t/one"]);
    lmq.ok(["suspend", "saved:clozes", "--yes"]);
    assert_eq!(found(&lmq, &["saved:clozes is:suspended"]).len(), 2);
    let list = lmq.ok(["config", "list"]);
    assert!(
        list.contains("searches.clozes = deck:t kind:cloze") && list.contains("searches.\"not those\" = deck:t"),
        "{list}"
    );
    let json = lmq.json(["config", "list", "--json"]);
    let saved = json.as_array().unwrap().iter().find(|row| row["key"] == "searches.clozes").unwrap();
    assert_eq!((saved["value"].as_str(), saved["table"].as_str()), (Some("deck:t kind:cloze"), Some("searches")));
    assert_eq!(lmq.ok(["config", "get", "searches.CLOZES"]), "deck:t kind:cloze\n");
    // What can't be is refused, and nothing is changed.
    let wrong = lmq.run(["config", "set", "searches.bad", "kind:clozse"]).err(2);
    assert!(wrong.contains("there is no kind of card `clozse`"), "{wrong}");
    let circle = lmq.run(["config", "set", "searches.clozes", "saved:\"not those\""]).err(2);
    assert!(circle.contains("holds itself"), "{circle}");
    let unknown = lmq.run(["cards", "saved:clozs"]).err(2);
    assert!(unknown.contains("did you mean `clozes`?"), "{unknown}");
    // Each change is a step.
    lmq.ok(["config", "unset", "searches.clozes"]);
    let broken = lmq.run(["cards", "saved:\"not those\""]).err(2);
    assert!(broken.contains("in the saved search `not those`: there is no saved search `clozes`"), "{broken}");
    let undone = lmq.ok(["undo", "--yes"]);
    assert!(undone.contains("removed the saved search `clozes`"), "{undone}");
    assert_eq!(found(&lmq, &["saved:clozes"]).len(), 2);
    assert!(lmq.ok(["help", "search"]).contains("saved:"));
}

#[test]
fn cards_are_found_by_words_and_conditions() {
    let mut world = World::with_built_in_decks();
    world.import("t.toml", DECK);
    assert_eq!(world.names("deck:people"), ["t/one", "t/two#1", "t/two#2", "t/three"]);
    assert_eq!(world.names("CAFE naive"), ["t/one"]);
    assert_eq!(world.names("deck:t -kind:cloze OR speaker:osei"), ["t/one", "t/two#1", "t/two#2", "t/three"]);
    assert_eq!(world.names("-tag:lang deck:t -kind:cloze"), ["t/three"]);
    world.answer_named("t/one", 2);
    assert_eq!(world.names("rated:1d:again"), ["t/one"]);
    assert_eq!(world.names("deck:t is:learning ease<2.5"), ["t/one"]);
    world.undo_newest();
    assert_eq!(world.names("reviewed:9d"), [""; 0], "an answer that was taken back is none");
    assert_eq!(world.names("added:1d deck:t kind:sort"), ["t/three"]);
}

#[test]
fn a_query_that_cannot_be_read_is_drawn_with_a_caret() {
    let lmq = home();
    let run = lmq.run(["cards", "culture", "tga:team"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.stderr, @r#"
    lmq: there is no field `tga`
      culture tga:team
              ^
    hint: did you mean `tag`? To look for the text, put it in "quotes"
    "#);
    for (args, said) in [
        (&["cards", "\"open"][..], "this quote is never closed"),
        (&["cards", "(a"], "this `(` is never closed"),
        (&["cards", "deck:qoutes"], "did you mean `quotes`?"),
        (&["review", "--search", "is:dued"], "did you mean `due`?"),
        (&["export", "--format", "json", "--search", "ease<x"], "not a number that `ease` can have"),
        (&["report", "--search", "rated:7d:9"], "`9` is not a grade"),
        (&["stats", ")"], "there is no `(`"),
    ] {
        let run = lmq.run(args);
        assert_eq!(run.code, 2, "{args:?}: {run:?}");
        assert!(run.stderr.contains(said) && run.stderr.contains('^'), "{args:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{args:?}");
    }
    let run = lmq.run(["cards", "\u{1b}[2J\u{202e}\" \"tga:"]);
    assert_eq!(run.code, 2);
    assert!(!crate::home::drives_a_terminal(&run.stderr), "{:?}", run.stderr);
}

#[test]
fn a_review_asks_nothing_but_what_the_search_means() {
    let lmq = home();
    let run = lmq.run_with(b"left\n\n", ["review", "--plain", "--search", "deck:t kind:sort"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("Side?") && !run.stdout.contains("café"), "{}", run.stdout);
    assert_eq!(found(&lmq, &["reviewed:1d"]), ["t/three"]);
}

#[test]
fn exports_and_reports_hold_nothing_but_what_the_search_means() {
    let lmq = home();
    lmq.ok(["answer", "t/one", "good"]);
    lmq.ok(["answer", "t/three", "good"]);
    let deck = lmq.ok(["export", "--format", "toml", "--search", "deck:t tag:lang"]);
    assert!(deck.contains("key = \"one\"") && !deck.contains("\"two\"") && !deck.contains("\"three\""), "{deck}");
    let report = lmq.json(["report", "--json", "--search", "deck:t tag:lang"]).to_string();
    let all = lmq.json(["report", "--json"]).to_string();
    assert_ne!(report, all);
    let stats = lmq.ok(["stats", "deck:t tag:lang"]);
    assert!(stats.contains("deck:t tag:lang"), "{stats}");
    let run = lmq.run(["export", "--what", "history", "--format", "jsonl", "--search", "a"]);
    assert_eq!(run.code, 2);
}

#[test]
fn sums_over_the_cards_of_a_search_are_the_kept_sums_where_it_means_all() {
    let mut world = World::bare();
    world.import("t.toml", DECK);
    for (index, grade) in [1, 4, 5, 3, 4, 0, 4].into_iter().enumerate() {
        for line in world.cards().into_iter().skip(index % 3) {
            world.answer(line.card, grade);
        }
        world.pass(1440 * i64::try_from(index).unwrap());
    }
    world.undo_newest();
    let rules = Settings { leech_lapses: 2, ..world.settings.clone() }.rules([]);
    let today = world.today();
    let asked = Asked { today, rules: rules.clone() };
    let all = world.store.hits_in(&DeckSet::All, &parse("", None, &BTreeMap::new()).unwrap(), &asked).unwrap();
    assert_eq!(world.store.names_of(&all).unwrap().len(), 4);
    for (since, until) in [(None, None), (Some(today.plus(-9)), Some(today.plus(-1)))] {
        let kept = world.store.totals(&DeckSet::All, today, since, until, &rules).unwrap();
        assert_eq!(world.store.totals_of(&all, &asked, since, until).unwrap(), kept);
    }
}

/// What is kept of texts with marks for the next search.
fn kept(lmq: &Lmq) -> Vec<String> {
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let mut statement = db.prepare("SELECT body FROM text_plain ORDER BY id").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_is_marked_up_is_found_by_what_it_shows_and_read_once() {
    let lmq = Lmq::new().without_built_in_decks();
    let note = |key: &str, markup: &str, front: &str| {
        let fields = serde_json::json!({ "front": front, "back": "x" });
        format!(
            "{}\n",
            serde_json::json!({ "note": { "key": key, "kind": "basic", "markup": markup, "fields": fields } })
        )
    };
    let head = "{\"format\":\"lmq-notes\",\"version\":1}\n{\"deck\":{\"id\":\"h\",\"name\":\"h\"}}\n";
    let notes = note("html", "html", "the of<b>fi</b>ce of &Eacute;mile")
        + &note("markdown", "markdown", "the gar**den** of Zo<sup>2</sup>")
        + &note("plain", "plain", "a<b and gar**den**");
    lmq.import("h.jsonl", &(head.to_owned() + &notes));
    assert_eq!(kept(&lmq), [""; 0]);
    assert_eq!(found(&lmq, &["office", "emile"]), ["h/html"]);
    assert_eq!(found(&lmq, &["garden"]), ["h/markdown"]);
    let first = kept(&lmq);
    assert!(first.len() == 2 && first.iter().all(|body| !body.contains("**") && !body.contains("<b>")), "{first:?}");
    assert_eq!(found(&lmq, &["office"]), ["h/html"]);
    assert_eq!(kept(&lmq), first);
    // What was made of another text, or by other readers, counts for nothing.
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    db.execute("UPDATE text_plain SET body = replace(body, 'office', 'palace'), readers = 0", []).unwrap();
    assert_eq!(found(&lmq, &["palace"]), [""; 0]);
    assert_eq!(kept(&lmq), first);
    lmq.run(["forget", "h/html", "-y"]).done();
    assert!(!kept(&lmq).iter().any(|body| body.contains("office")));
    lmq.run(["doctor", "--rebuild"]).done();
    assert_eq!(kept(&lmq), [""; 0]);
    lmq.assert_sound();
}
