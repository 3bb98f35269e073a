//! `lmq add`.

use crate::home::Lmq;
use crate::world::World;

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
fn without_a_deck_the_card_is_asked_for_where_somebody_is_there_to_answer() {
    let lmq = Lmq::new();
    assert!(lmq.run(["add"]).err(2).contains("lmq add DECK QUESTION ANSWER"));
    let said = lmq.run_with("team\nWho leads?\nAmara\n", ["add", "--screen-reader"]).ok().stdout;
    assert!(said.contains("Deck: Question: Answer: added team/who-leads"), "{said}");
    let said =
        lmq.run_with("team\nThe retro is on {{Friday}}\n\n", ["add", "--screen-reader", "--tag", "q1"]).ok().stdout;
    assert!(said.contains("added team/the-retro-is-on"), "a cloze has its answer: {said}");
    assert_eq!(lmq.cards("tag:q1").len(), 1);
    assert!(lmq.run_with("team\n\n", ["add", "--screen-reader"]).ok().stdout.contains("nothing was added"));
    assert_eq!(lmq.cards("deck:team").len(), 2);
}

#[test]
fn a_card_without_a_back_is_a_cloze_or_refused() {
    let lmq = Lmq::new();
    let cards = lmq.run(["add", "team", "Retro: {{c1::second}} {{c2::Friday}}", "--json"]).json();
    assert_eq!(cards.as_array().unwrap().len(), 2);
    assert_eq!((cards[0]["kind"].as_str(), cards[0]["answer"].as_str()), (Some("cloze"), Some("second")));
    assert_eq!(cards[1]["ordinal"], 2);
    insta::assert_snapshot!(lmq.run(["add", "team", "no hole"]).err(3), @r"
    lmq: there is no answer, and as a cloze nothing is hidden
    hint: hide the answer: {{c1::answer}} or {{c1::answer::hint}}; or give an answer: lmq add DECK QUESTION ANSWER
    ");
    insta::assert_snapshot!(lmq.run(["add", "team", " ", "x"]).err(2), @r"
    lmq: deck, question and answer must not be empty
    hint: lmq add DECK QUESTION ANSWER
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
        ("", "the deck already has this card; nothing was added\n")
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
    let mut world = World::bare();
    let mut name = |front: &str| world.add("team", None, front, "x").cards[0].name();
    let (first, second) = (name("one"), name("two"));
    assert_ne!(first, second);
    assert_eq!(world.card(&first).text.prompt(1), "one");
    assert_eq!(world.card(&second).text.prompt(1), "two");
}

#[test]
fn an_added_card_can_be_undone() {
    let mut world = World::bare();
    world.add("team", None, "Who?", "Amara");
    assert_eq!(world.newest_step().as_deref(), Some("added to team: Who?"));
    world.undo_newest();
    assert_eq!(world.listed("deck:team"), [""; 0]);
    world.assert_sound();
}

#[test]
fn the_editor_opens_with_a_card_of_each_kind_to_choose_from() {
    let lmq = Lmq::new();
    lmq.write(
        "ed.sh",
        "cp \"$1\" seen; sed -i -e 's/^front = .*/front = \"Who?\"/' -e 's/^back = .*/back = \"Amara\"/' \"$1\"",
    );
    assert!(lmq.shell("EDITOR='sh ed.sh' lmq add team").out().starts_with("added "));
    assert_eq!(lmq.listed("deck:team"), ["Who? → Amara [new]"]);
    let seen = lmq.read("seen");
    let kinds: Vec<&str> = seen.lines().filter_map(|line| line.strip_prefix("#kind = \"")?.strip_suffix('"')).collect();
    assert_eq!(kinds, ["reversed", "cloze", "typed", "choice", "sort", "list", "order"]);
    // Each of them can be added as it stands.
    for (number, kind) in kinds.iter().enumerate() {
        let card = seen.split("#[[card]]").nth(number + 1).unwrap();
        let text = format!("[[card]]{}", card.replace("\n#", "\n"));
        let cards = lmq.run_with(text, ["add", "kinds", "-", "--json"]).json();
        assert_eq!(cards[0]["kind"], *kind);
    }
    assert_eq!(lmq.files().iter().filter(|name| name.starts_with("edit-")).count(), 0);
}

#[test]
fn an_editor_that_adds_nothing_or_rubbish_loses_nothing() {
    let lmq = Lmq::new();
    assert_eq!(lmq.shell("EDITOR=true lmq add team").out(), "nothing was added\n");
    assert!(lmq.run(["add", "team"]).err(1).contains("there is no editor"));
    lmq.write("ed.sh", "sed -i -e 's/^back = .*/bakc = \"Amara\"/' \"$1\"");
    let text = lmq.shell("EDITOR='sh ed.sh' lmq add team").err(3);
    assert!(text.contains("missing-field: `front` is empty") && text.contains("did you mean `back`?"), "{text}");
    let name = lmq.files().into_iter().find(|name| name.starts_with("edit-")).unwrap();
    assert!(text.contains(&format!("`lmq add team --resume $T/{name}` opens it again")), "{text}");
    lmq.write("ed.sh", "sed -i -e 's/^bakc/back/' -e 's/^front = .*/front = \"Who?\"/' \"$1\"");
    lmq.shell(&format!("EDITOR='sh ed.sh' lmq add team --resume {name}")).done();
    assert_eq!(lmq.listed("deck:team"), ["Who? → Amara [new]"]);
    let two = "[[card]]\nkind = 'basic'\nfront = 'a'\nback = 'b'\n".repeat(2);
    assert!(lmq.run_with(two, ["add", "team", "-"]).err(2).contains("there are 2 cards in the text"));
}

const WRITTEN: &str =
    "[[card]]\nkind = \"basic\"\nfront = \"Who?\"\nback = \"Amara\"\ntags = [\"own\"]\nhint = \"mine\"\n";

/// What the options say of a card that is written elsewhere counts too; what the card says itself comes first.
#[test]
fn options_count_for_a_card_from_standard_input_and_from_the_editor() {
    let lmq = Lmq::new();
    let options = ["--key", "k", "--tag", "x", "--tag", "own", "--extra", "more", "--hint", "other"];
    lmq.run_with(WRITTEN, [&["add", "piped", "-"][..], &options].concat()).done();
    lmq.write("card.toml", WRITTEN);
    lmq.write("ed.sh", "cp card.toml \"$1\"\n");
    let mut command = lmq.command();
    command.args(["add", "typed"]).args(options).env("EDITOR", "sh ed.sh");
    lmq.finish(command, b"").done();
    for deck in ["piped", "typed"] {
        let card = lmq.json(["show", &format!("{deck}/k"), "--json"]);
        assert_eq!(card["tags"].to_string(), r#"["own","x"]"#, "{card}");
        assert_eq!(card["hint"], "mine", "{card}");
        assert!(card.to_string().contains("more"), "{card}");
    }
}

#[test]
fn a_card_is_named_by_its_question_and_the_name_is_its_decks_alone() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["add", "team", "Who owns the roadmap?", "Amara"]).out(), "added team/who-owns-the-roadmap\n");
    lmq.run(["edit", "team/who-owns-the-roadmap", "--back", "Bela"]).done();
    assert_eq!(lmq.listed("deck:team"), ["Who owns the roadmap? → Bela [new]"]);
    let id = lmq.id("deck:team");
    assert_eq!(lmq.run(["add", "team", "Who owns: the ROADMAP", "Cem"]).out(), "added team/who-owns-the-roadmap-2\n");
    assert_eq!(lmq.run(["add", "other", "Who owns the roadmap?", "Dora"]).out(), "added other/who-owns-the-roadmap\n");
    assert_eq!(lmq.json(["show", "team/who-owns-the-roadmap", "--json"])["id"], id.as_str(), "an older name stays");
    // Two devices that ask the same have two notes: the name is for people.
    let there = Lmq::new();
    there.run(["add", "team", "Who owns the roadmap?", "Amara"]).done();
    assert_ne!(there.id("deck:team"), id);
    let said = lmq.run(["add", "team", "???", "what"]).out();
    assert!(!said.contains('/'), "without a word in it a card goes by its id: {said}");
    assert_eq!(lmq.run(["add", "w", "Größe ändern", "x"]).out(), "added w/grosse-andern\n");
    lmq.run(["delete", "team/who-owns-the-roadmap"]).done();
    assert_eq!(lmq.run(["add", "team", "Who owns the roadmap?!", "Eva"]).out(), "added team/who-owns-the-roadmap\n");
    lmq.assert_sound();
}

#[test]
fn braces_make_a_cloze_unless_they_are_the_questions_own() {
    let lmq = Lmq::new();
    let kind = |lmq: &Lmq, args: &[&str]| {
        let cards = lmq.json([&["add", "c"], args, &["--json"]].concat());
        (cards[0]["kind"].as_str().unwrap().to_owned(), cards[0]["answer"].as_str().unwrap().to_owned())
    };
    let cloze = |answer: &str| ("cloze".to_owned(), answer.to_owned());
    assert_eq!(kind(&lmq, &["every {{second Friday}}"]), cloze("second Friday"));
    assert_eq!(kind(&lmq, &["ask {{c1::x}} why", "it helps"]), cloze("x"), "what stands behind is shown with it");
    assert_eq!(lmq.cards("deck:c helps")[0]["extra"], "it helps");
    let basic = |answer: &str| ("basic".to_owned(), answer.to_owned());
    assert_eq!(kind(&lmq, &["What does {{ name }} do in a template?", "prints it"]), basic("prints it"));
    assert_eq!(kind(&lmq, &["What does {{c1::x}} mean?", "a cloze", "--kind", "basic"]), basic("a cloze"));
}

#[test]
fn every_kind_can_be_added_with_its_answers_in_order() {
    let lmq = Lmq::new();
    for (args, answer) in [
        (&["Who leads?", "Amara", "Bela", "Cem", "--kind", "choice"][..], "Amara"),
        (&["She draws the shifts. Which role is it?", "manager", "leader", "--kind", "sort"], "manager"),
        (&["How many?", "one", "1", "--kind", "typed"], "one"),
        (
            &["Your first sentence?", "What happened?", "It asks.", "--kind", "say"],
            "What happened?\n\nCheck yourself:\n- It asks.",
        ),
    ] {
        let cards = lmq.json([&["add", "k"], args, &["--json"]].concat());
        assert_eq!((cards[0]["kind"].as_str(), cards[0]["answer"].as_str()), (args.last().copied(), Some(answer)));
    }
    for (args, said) in [
        (&["a?", "b", "c"][..], "has no room for 2 answers"),
        (&["a?", "b", "--kind", "choice"], "needs more answers"),
        (&["a?", "--kind", "basic"], "needs an answer"),
        (&["a?", "b", "--kind", "chioce"], "did you mean `choice`?"),
    ] {
        let error = lmq.run([&["add", "k"], args].concat()).err(2);
        assert!(error.contains(said), "{args:?}: {error}");
    }
}

#[test]
fn what_no_file_could_hold_is_not_added() {
    let lmq = Lmq::new();
    for args in [["--tag", ""], ["--tag", " "], ["--key", "a b"], ["--key", "a/b"], ["--key", "a#2"]] {
        lmq.run([&["add", "geo", "C", "A"][..], &args[..]].concat()).err(2);
    }
    lmq.run(["add", "geo", "C", "A", "--extra", "", "--hint", " ", "--key", "c"]).done();
    lmq.run(["edit", "geo/c", "--set", "key=a b"]).err(2);
    assert!(lmq.ok(["export", "geo", "--format", "toml", "-q"]).contains("front = \"C\""));
    // The same card from a file is no edit.
    lmq.run(["export", "geo", "--format", "json", "--out", "geo.json", "-q"]).done();
    lmq.run(["import", "geo.json"]).done();
    assert_eq!(lmq.json(["decks", "--edited", "--json"]), serde_json::json!([]));
    // Two cards of one name are none that anybody could name.
    lmq.run(["add", "other", "D", "E", "--key", "c"]).done();
    let refused = lmq.run(["move", "geo", "other/c"]).err(2);
    assert!(refused.contains("two cards of `geo` would have the key `c`"), "{refused}");
    let done = lmq.json(["tag", "x", "other/c", "--json"]);
    assert_eq!((done["changed"].as_u64(), done["dry_run"].as_bool()), (Some(1), Some(false)));
}
