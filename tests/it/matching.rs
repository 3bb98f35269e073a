//! `lmq import`: deck files, folders, identity.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::home::texts;
use crate::home::without_texts;

fn toml(cards: &str) -> String {
    format!("[deck]\nid = \"d\"\n{cards}")
}

fn card(key: &str, front: &str, back: &str) -> String {
    format!("\n[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"{back}\"\n")
}

#[test]
fn importing_the_same_file_twice_changes_nothing() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added\n");
    let before = lmq.everything("deck:team");
    let steps = lmq.run(["undo", "--list"]).out();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes as they were\n");
    assert_eq!(lmq.everything("deck:team"), before);
    assert_eq!(lmq.run(["undo", "--list"]).out(), steps, "nothing changed is no step");
    let outcome = lmq.run(["import", "team.toml", "--json"]).json();
    insta::assert_snapshot!(outcome.to_string(), @r#"{"added":0,"changed":0,"copies":[],"dry_run":false,"duplicates":0,"entries_added":0,"entries_known":0,"files":1,"kept":0,"missing":0,"rejected":0,"rejections":[],"restored":0,"retired":0,"same":3,"texts_erased":0,"warnings":[]}"#);
}

#[test]
fn an_edited_card_keeps_its_history() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    let before = lmq.run(["show", "team/owner", "--json"]).json();
    lmq.write("team.toml", TEAM.replace("Who owns the roadmap?", "Whose is the plan?").replace("Amara", "Bela"));
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "1 changed, 2 notes as they were\n");
    let after = lmq.run(["show", "team/owner", "--json"]).json();
    assert_eq!((after["prompt"].as_str(), after["answer"].as_str()), (Some("Whose is the plan?"), Some("Bela")));
    for field in ["id", "due", "repetitions", "events"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(lmq.run(["undo"]).out(), "undid: imported 1 note into work::team\n");
    let undone = lmq.run(["show", "team/owner", "--json"]).json();
    assert_eq!(without_texts(&undone), without_texts(&before), "undo gives the old text");
    let [first, second] = undone["texts"].as_array().unwrap().as_slice() else { panic!("{undone}") };
    assert_eq!((first, &second["voided"]), (&before["texts"][0], &true.into()), "and the other one stays in the log");
}

#[test]
fn a_card_whose_key_changed_is_known_by_its_prompt() {
    let lmq = Lmq::new();
    lmq.write("d.toml", toml(&(card("a", "one?", "1") + &card("b", "two?", "2"))));
    lmq.run(["import", "d.toml"]).ok().out();
    lmq.run(["answer", "d/a", "good"]).ok().out();
    let id = lmq.id("deck:d one");
    lmq.write("d.toml", toml(&(card("first", "one?", "1") + &card("b", "two?", "2"))));
    assert_eq!(lmq.run(["import", "d.toml"]).out(), "1 changed, 1 note as it was\n");
    let show = lmq.run(["show", "d/first", "--json"]).json();
    assert_eq!((show["id"].as_str(), show["repetitions"].as_u64()), (Some(id.as_str()), Some(1)));
    assert_eq!(lmq.run(["import", "d.toml"]).out(), "2 notes as they were\n");
    // Key and answer changed, the prompt is the same.
    lmq.write("d.toml", toml(&(card("erst", "one?", "eins") + &card("b", "two?", "2"))));
    assert_eq!(lmq.run(["import", "d.toml"]).out(), "1 changed, 1 note as it was\n");
    assert_eq!(lmq.id("deck:d one"), id);
    lmq.assert_sound();
}

#[test]
fn a_card_that_is_not_in_the_file_any_more_stays() {
    let lmq = Lmq::new();
    lmq.write("d.toml", toml(&(card("a", "one?", "1") + &card("b", "two?", "2"))));
    lmq.run(["import", "d.toml"]).ok().out();
    lmq.write("d.toml", toml(&card("b", "two?", "2")));
    let run = lmq.run(["import", "d.toml"]).ok();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("1 note as it was\n", "1 note of the deck stays that is not in the file\n")
    );
    assert_eq!(lmq.listed("deck:d"), ["one? → 1 [new]", "two? → 2 [new]"]);
}

#[test]
fn a_nearly_equal_prompt_with_the_same_answer_is_the_same_card() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "Which river runs through the old town of Ljubljana?,Ljubljanica\n");
    lmq.run(["import", "a.csv"]).ok().out();
    let id = lmq.id("deck:a");
    lmq.run(["answer", &id, "good"]).ok().out();
    lmq.write("a.csv", "Which river runs trough the old town of Ljubljana?,Ljubljanica\n");
    assert_eq!(lmq.run(["import", "a.csv"]).out(), "1 changed\n");
    assert_eq!(lmq.id("deck:a"), id);
    assert_eq!(lmq.cards("deck:a")[0]["repetitions"], 1);
    // Another answer, or a prompt that is not so near: another card.
    lmq.write("a.csv", "Which river runs throug the old town of Ljubljana?,Sava\nWhich river runs here?,Ljubljanica\n");
    let run = lmq.run(["import", "a.csv"]).ok();
    assert_eq!(run.stdout, "2 notes added\n");
    assert_eq!(lmq.cards("deck:a").len(), 3);
    // A prompt that was the card's own once names it still, whatever the answer.
    lmq.write("a.csv", "Which river runs through the old town of Ljubljana?,the Ljubljanica\n");
    assert!(lmq.run(["import", "a.csv"]).ok().stdout.starts_with("1 changed"));
    assert_eq!(lmq.cards("deck:a")[0]["id"], id);
    assert_eq!(lmq.cards("deck:a")[0]["answer"], "the Ljubljanica");
}

#[test]
fn the_same_prompt_with_another_answer_is_another_card() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "bank,river\nbank,money\nbank,river\n");
    assert_eq!(lmq.run(["import", "a.csv"]).out(), "2 notes added, 1 row twice in the file\n");
    let before = lmq.everything("deck:a");
    for _ in 0..2 {
        assert_eq!(lmq.run(["import", "a.csv"]).out(), "2 notes as they were, 1 row twice in the file\n");
    }
    assert_eq!(lmq.everything("deck:a"), before);
    // The other order, and one of two edited.
    lmq.write("a.csv", "bank,money\nbank,river\n");
    assert_eq!(lmq.run(["import", "a.csv"]).out(), "2 notes as they were\n");
    lmq.write("a.csv", "bank,money\nbank,riverside\n");
    assert_eq!(lmq.run(["import", "a.csv"]).out(), "1 changed, 1 note as it was\n");
    assert_eq!(lmq.listed("deck:a"), ["bank → riverside [new]", "bank → money [new]"]);
    assert_eq!(texts(&lmq.everything("deck:a"), "id"), texts(&before, "id"));
}

#[test]
fn a_key_twice_in_a_table_is_a_bad_row() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "key,front,back\nk,one,1\nk,two,2\nk,one,1\n");
    let run = lmq.run(["import", "a.csv"]).ok();
    assert_eq!(run.stdout, "1 note added, 1 row twice in the file, 1 left out\n");
    assert_eq!(
        run.stderr,
        "a.csv:3: its key or id was used before in this file, for another text; give it one of its own\n"
    );
}

#[test]
fn a_file_may_not_pass_for_a_built_in_deck() {
    let lmq = Lmq::new();
    lmq.write("s.toml", TEAM.replace("\"team\"", "\"skills\""));
    insta::assert_snapshot!(lmq.run(["import", "s.toml"]).err(3), @r"
    lmq: `s.toml` can't be the deck `skills`: that one is built in
      the built-in deck has no card `owner`
      the built-in deck has no card `pair`
      the built-in deck has no card `retro`
    hint: give your deck another `id`; to change a built-in card keep its key
    ");
    assert!(lmq.listed("roadmap").is_empty());
    lmq.assert_sound();
}

#[test]
fn a_built_in_deck_exported_and_imported_again_changes_nothing() {
    let lmq = Lmq::new();
    let before = lmq.everything("");
    for (deck, format) in [
        ("skills", "toml"),
        ("differences", "toml"),
        ("quotes", "toml"),
        ("skills", "csv"),
        ("quotes", "json"),
        ("differences", "jsonl"),
    ] {
        let file = format!("{deck}-{format}.{format}");
        lmq.run(["export", deck, "--format", format, "--out", &file, "-q"]).ok().out();
        let told = lmq.run(["import", &file]).out();
        assert!(told.ends_with(" as they were\n") && !told.contains(','), "{file}: {told}");
    }
    assert_eq!(lmq.everything(""), before);
    assert_eq!(lmq.run(["undo", "--list", "--json"]).out(), "[]\n");
}

#[test]
fn a_folder_means_the_decks_in_it() {
    let lmq = Lmq::new();
    lmq.write("decks/team.toml", TEAM);
    lmq.write("decks/words.csv", "Hund,dog\n");
    lmq.write("decks/README.md", "no deck");
    lmq.write("decks/.hidden.csv", "a,b\n");
    let run = lmq.run(["import", "decks"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("4 notes added\n", "skipped decks/README.md: no deck\n"));
    assert_eq!(lmq.listed("deck:words"), ["Hund → dog [new]"]);
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: imported 4 notes into words, work::team\n", "one step");
    assert!(lmq.listed("deck:words").is_empty());
    lmq.write("none/README.md", "x");
    insta::assert_snapshot!(lmq.run(["import", "none"]).err(3), @r"
    lmq: there are no decks in `none`
    hint: decks are files that end in .toml, .csv, .tsv, .txt, .json or .jsonl
    ");
    // One bad file among them: nothing of the others comes in.
    lmq.write("decks/z.toml", "[deck]\n");
    lmq.run(["import", "decks", "--quiet"]).err(3);
    assert!(lmq.listed("deck:words").is_empty());
}

#[test]
fn standard_input_is_a_file_too() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run_with("Hund\tdog\nKatze\tcat\n", ["import", "-", "--deck", "Words"]).out(), "2 notes added\n");
    assert_eq!(lmq.listed("deck:Words"), ["Hund → dog [new]", "Katze → cat [new]"]);
    assert_eq!(lmq.run_with(TEAM, ["import", "-"]).out(), "3 notes added\n");
    insta::assert_snapshot!(lmq.run_with("", ["import", "-"]).err(3), @r"
    lmq: `-` is empty
    hint: nothing was imported
    ");
    insta::assert_snapshot!(lmq.run_with("a,b\n", ["import", "-", "--link"]).err(2), @r"
    lmq: standard input can't be followed
    hint: name a file
    ");
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\ntwo,2\nthree,3\nfour,4\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--dry-run"]).out(), @r"
    would be: 4 notes added
      one → 1
      two → 2
      three → 3
    ");
    assert_eq!(lmq.run(["import", "a.csv", "--dry-run", "--json"]).json()["dry_run"], true);
    assert!(lmq.run(["cards", "deck:a"]).err(2).contains("there is no deck `a`"));
    assert!(!lmq.run(["decks", "--json"]).out().contains("\"a\""));
    lmq.run(["import", "a.csv", "--dry-run", "--link"]).err(2);
    assert_eq!(lmq.run(["undo", "--list", "--json"]).out(), "[]\n");
}

#[test]
fn cards_are_placed_in_the_deck_that_is_asked_for() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml", "--deck", "Work::All"]).ok().out();
    assert_eq!(lmq.cards("deck:Work::All").len(), 5);
    assert_eq!(lmq.run(["import", "team.toml", "--deck", "Work::All"]).out(), "3 notes as they were\n");
    // Who they are is what the file says: without --deck they are the same cards.
    let run = lmq.run(["import", "team.toml"]).ok();
    assert_eq!(run.stdout, "3 notes as they were\n");
    assert_eq!(lmq.cards("roadmap").len(), 1);
    lmq.assert_sound();
}

#[test]
fn every_kind_of_card_comes_in_and_is_shown() {
    let lmq = Lmq::new();
    lmq.write("model.toml", include_str!("data/model.toml"));
    assert_eq!(lmq.run(["import", "model.toml"]).out(), "9 notes added\n");
    let kinds = texts(&lmq.everything("deck:model"), "kind");
    for kind in ["basic", "reversed", "cloze", "choice", "sort", "list", "order", "typed"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }
    insta::assert_snapshot!(lmq.run(["cards", "deck:model"]).out(), @r"
    model/plan-in-strategy  [new]  How does a plan relate to a strategy?
    model/vision-execution#1  [new]  The counterpart of vision
    model/vision-execution#2  [new]  The counterpart of execution
    model/three-things#1  [new]  Aligning works on [what they do], thoughts and engagement.
    model/three-things#2  [new]  Aligning works on behaviour, […] and engagement.
    model/three-things#3  [new]  Aligning works on behaviour, thoughts and […].
    model/hand-washing  [new]  One ward head tells a patient's story, the other signs the rota. Which pair is this?
    model/carry-out  [new]  Ines redraws the shifts for the week without ovens. Which role is she playing?
    model/three-habits  [new]  Which three habits does leading through influence rest on?
    model/from-far-to-near  [new]  From far to near:
    model/engagement-share  [new]  How much of the variance in engagement do managers account for?
    model/kept-aside  [new]  Oskar asks what the street will need in ten years. Which role is he playing?
    ");
}

#[test]
fn formats_are_named_or_the_nearest_is_offered() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--format", "cvs"]).err(2), @r"
    lmq: there is no format `cvs`
    hint: did you mean `csv`?
    ");
    let error = lmq.run(["import", "a.csv", "--format", "powerpoint"]).err(2);
    assert_eq!(error, "lmq: there is no format `powerpoint`\nhint: there are toml, jsonl, json, tsv, csv\n");
    insta::assert_snapshot!(lmq.run(["import", "nope.csv"]).err(1), @r"
    lmq: cannot read `nope.csv`
      No such file or directory (os error 2)
    hint: check the name; `-` reads standard input
    ");
    lmq.write("x.docx", b"PK\x03\x04\x00\x00\xff\xfe\x00binary\x00");
    lmq.run(["import", "x.docx"]).err(3);
    lmq.run(["import"]).err(2);
}

#[test]
fn known_cards_go_to_the_deck_that_is_asked_for_and_back_by_an_undo() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    lmq.run(["answer", "team/owner", "good"]).done();
    assert_eq!(lmq.run(["import", "team.toml", "--deck", "Work"]).out(), "3 changed\n");
    assert_eq!(lmq.cards("deck:Work").len(), 5);
    assert_eq!(lmq.listed("deck:Work roadmap"), ["Who owns the roadmap? → Amara [learning]"]);
    assert_eq!(lmq.run(["import", "team.toml", "--deck", "Work"]).out(), "3 notes as they were\n");
    lmq.assert_sound();
    lmq.run(["undo", "--yes"]).done();
    assert_eq!(lmq.cards("deck:team").len(), 5);
    lmq.assert_sound();
}

#[test]
fn a_deck_that_would_stay_empty_is_not_made() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml", "--deck", "Work"]).done();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes as they were\n");
    let decks = lmq.run(["decks", "--json"]).json();
    assert!(decks.as_array().unwrap().iter().all(|deck| deck["id"] != "team"), "{decks}");
    assert_eq!(lmq.run(["undo", "--list", "--json"]).json().as_array().unwrap().len(), 1, "the second one was no step");
    // It is made with its head and topics when the first card goes there.
    let more = "\n[[card]]\nkey = \"more\"\nkind = \"basic\"\nfront = \"More?\"\nback = \"Yes\"\ntopic = \"T1\"\n";
    lmq.write("team.toml", format!("{TEAM}{more}"));
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "1 note added, 3 notes as they were\n");
    assert_eq!(lmq.listed("deck:team"), ["More? → Yes [new]"]);
    assert_eq!(lmq.cards("deck:team")[0]["topic_title"], "who does what");
    let decks = lmq.run(["decks", "--json"]).json();
    let team = decks.as_array().unwrap().iter().find(|deck| deck["id"] == "team").unwrap();
    assert_eq!((&team["name"], &team["title"]), (&"work::team".into(), &"Our team".into()));
    lmq.assert_sound();
}

#[test]
fn with_theirs_the_files_text_and_tags_come_back_and_that_is_said() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    let before = lmq.everything("deck:team");
    lmq.run(["edit", "team/owner", "--back", "Bela"]).done();
    lmq.run(["tag", "mine", "team/pair"]).done();
    lmq.run(["delete", "team/retro"]).done();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "2 notes as they were, 1 kept as you wrote it\n");
    assert_eq!(lmq.run(["import", "team.toml", "--theirs"]).out(), "2 changed, 1 brought back\n");
    assert_eq!(lmq.everything("deck:team"), before);
    assert_eq!(lmq.run(["import", "team.toml", "--theirs"]).out(), "3 notes as they were\n");
    lmq.run(["undo", "--yes"]).done();
    assert_eq!(lmq.cards("deck:team roadmap")[0]["answer"], "Bela", "yours again");
    assert_eq!(lmq.cards("deck:team").len(), 3);
    lmq.assert_sound();
}

#[test]
fn with_theirs_a_card_that_was_added_by_hand_gets_the_files_text() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who owns the plan?", "Me", "--key", "owner"]).done();
    lmq.write("team.toml", TEAM);
    assert!(lmq.run(["import", "team.toml"]).ok().stdout.contains("1 kept as you wrote it"));
    assert_eq!(lmq.cards("deck:team")[0]["answer"], "Me");
    lmq.run(["import", "team.toml", "--theirs"]).done();
    assert_eq!(lmq.run(["show", "team/owner", "--json"]).json()["answer"], "Amara");
    lmq.assert_sound();
}

#[test]
fn names_that_no_deck_can_have_are_refused() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "front,back,deck\nq,r,fine\ns,t,a/b\n");
    assert!(lmq.run(["import", "a.csv", "--deck", "a/b"]).err(2).contains("`a/b` can't be the name of a deck"));
    assert!(lmq.run(["add", "a#b", "x", "y"]).err(2).contains("`a#b` can't be the name of a deck"));
    let run = lmq.run(["import", "a.csv"]).ok();
    assert_eq!(run.stdout, "1 note added, 1 left out\n");
    assert!(
        run.stderr.contains("a.csv:3") && run.stderr.contains("`a/b` can't be the name of a deck"),
        "{}",
        run.stderr
    );
    lmq.write("b#1.csv", "front,back\nu,v\n");
    lmq.run(["import", "b#1.csv"]).done();
    assert_eq!(lmq.cards("deck:b-1").len(), 1);
}

#[test]
fn a_built_in_deck_with_cards_of_ones_own_goes_to_another_machine() {
    let (lmq, other) = (Lmq::new(), Lmq::new());
    lmq.run(["add", "quotes", "Own question", "Own answer"]).done();
    lmq.run(["add", "quotes", "Another", "One", "--key", "another"]).done();
    let deck = lmq.run(["export", "quotes", "--format", "toml"]).ok().stdout;
    other.write("quotes.toml", deck);
    assert!(other.run(["import", "quotes.toml"]).ok().stdout.starts_with("2 notes added"));
    assert_eq!(other.listed("deck:quotes \"own question\""), ["Own question → Own answer [new]"]);
    other.assert_sound();
}

#[test]
fn an_unknown_card_is_answered_with_the_nearest_name() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    assert!(lmq.run(["show", "team/ownr"]).err(2).contains("did you mean `team/owner`?"));
}
