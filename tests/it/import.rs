//! `lmq import`: what comes in, what it says, and that nothing is lost.

use crate::home::Lmq;
use crate::home::drives_a_terminal;
use crate::home::states;

const DECK: &str = "[deck]\nid = \"geo\"\nname = \"Geo\"\n\n[[card]]\nkey = \"peru\"\nkind = \"basic\"\nfront = \"Capital of Peru?\"\nback = \"Lima\"\n\n\
    [[card]]\nkey = \"chile\"\nkind = \"basic\"\nfront = \"Capital of Chile?\"\nback = \"Santiago\"\n";

#[test]
fn a_deck_comes_in_once_and_again_changes_nothing() {
    let lmq = Lmq::at_home();
    assert_eq!(lmq.import("geo.toml", DECK), "2 notes added\n");
    let before = lmq.ok(["cards", "--json"]);
    assert_eq!(lmq.ok(["import", "geo.toml"]), "2 notes as they were\n");
    assert_eq!(lmq.ok(["cards", "--json"]), before);
    assert_eq!(
        lmq.json(["undo", "--list", "--json"]).as_array().unwrap().len(),
        1,
        "an import without effect is no step"
    );
}

#[test]
fn an_edited_card_keeps_its_history() {
    let lmq = Lmq::at_home();
    lmq.import("geo.toml", DECK);
    lmq.ok(["answer", "geo/peru", "good"]);
    assert_eq!(
        lmq.import("geo.toml", DECK.replace("Capital of Peru?", "Which city governs Peru?")),
        "1 changed, 1 note as it was\n"
    );
    let card = lmq.json(["show", "geo/peru", "--json"]);
    assert_eq!((card["prompt"].as_str(), card["repetitions"].as_u64()), (Some("Which city governs Peru?"), Some(1)));
    assert_eq!(card["events"].as_array().unwrap().len(), 1);
}

#[test]
fn a_changed_key_keeps_the_history_and_both_names() {
    let lmq = Lmq::at_home();
    lmq.import("geo.toml", DECK);
    lmq.ok(["answer", "geo/peru", "good"]);
    lmq.import("geo.toml", DECK.replace("key = \"peru\"", "key = \"peru-capital\""));
    for name in ["geo/peru-capital", "geo/peru"] {
        assert_eq!(lmq.json(["show", name, "--json"])["repetitions"], 1, "{name}");
    }
    assert_eq!(lmq.json(["cards", "deck:geo", "--json"]).as_array().unwrap().len(), 2);
}

#[test]
fn the_same_prompt_with_another_answer_is_another_note_and_stays_so() {
    let lmq = Lmq::at_home();
    let text = "front,back\nBank?,money house\nBank?,river side\n";
    assert_eq!(lmq.import("words.csv", text), "2 notes added\n");
    assert_eq!(lmq.import("words.csv", text), "2 notes as they were\n");
    lmq.import("words.csv", "front,back\nBank?,house of money\nBank?,river side\n");
    assert_eq!(lmq.json(["cards", "deck:words", "--json"]).as_array().unwrap().len(), 2, "the edited one is no third");
}

#[test]
fn a_prompt_that_is_nearly_the_same_with_the_same_answer_keeps_its_history() {
    let lmq = Lmq::at_home();
    lmq.import(
        "q.csv",
        "front,back\nWhich two questions does a manager ask first of all?,how and when\nother question entirely,x\n",
    );
    let id = lmq.json(["cards", "manager", "deck:q", "--json"])[0]["id"].as_str().unwrap().to_owned();
    lmq.ok(["answer", &id, "good"]);
    let said = lmq.import(
        "q.csv",
        "front,back\nWhich two questions does a manager ask first of al?,how and when\nother question entirely,x\n",
    );
    assert_eq!(said, "1 changed, 1 note as it was\n");
    assert_eq!(lmq.json(["show", &id, "--json"])["repetitions"], 1);
}

#[test]
fn rows_twice_in_a_file_come_in_once() {
    let lmq = Lmq::at_home();
    assert_eq!(lmq.import("a.csv", "front,back\na,b\na,b\nc,d\n"), "2 notes added, 1 row twice in the file\n");
}

#[test]
fn tables_come_in_whatever_wrote_them() {
    let mut utf16: Vec<u8> = vec![0xff, 0xfe];
    utf16.extend("Größe\tsize\nÄrger\tanger\n".encode_utf16().flat_map(u16::to_le_bytes));
    let latin: Vec<u8> = "Front;Back\nGr\u{f6}\u{df}e;size\n\u{c4}rger;anger\n"
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let anki = "#separator:Comma\n#html:false\n#deck:T\n#columns:Front,Back,Tags\nGröße,size,a b\nÄrger,\"an \"\"anger\"\"\nof two lines\",a\n";
    for (name, bytes) in [
        ("plain.csv", "Größe,size\nÄrger,anger\n".as_bytes().to_vec()),
        ("bom.csv", "\u{feff}front,back\r\nGröße,size\r\nÄrger,anger\r\n".as_bytes().to_vec()),
        ("excel.csv", "sep=;\nGröße;size\nÄrger;anger\n".as_bytes().to_vec()),
        ("tab.txt", b"Gr\xc3\xb6\xc3\x9fe\tsize\n\xc3\x84rger\tanger\n".to_vec()),
        ("wide.tsv", utf16),
        ("latin.csv", latin),
        ("anki.txt", anki.as_bytes().to_vec()),
    ] {
        let lmq = Lmq::at_home();
        assert!(lmq.import(name, &bytes).starts_with("2 notes added"), "{name}");
        let cards = lmq.json(["cards", "Große", "--json"]);
        assert_eq!(cards.as_array().unwrap().len(), 1, "{name}: accents don't count in a search");
        assert_eq!(cards[0]["prompt"], "Größe", "{name}");
    }
}

#[test]
fn a_bad_row_is_named_and_the_rest_goes_in() {
    let lmq = Lmq::at_home();
    lmq.write("a.csv", "front,back\nok,yes\nlonely\n,no front\n\"open,never closed\nfine,too\n");
    let run = lmq.run(["import", "a.csv"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("2 notes added") && run.stdout.contains("3 left out"), "{run:?}");
    for place in ["a.csv:3: ", "a.csv:4: ", "a.csv:5: "] {
        assert!(run.stderr.contains(place), "{place} in {}", run.stderr);
    }
    let strict = Lmq::at_home();
    strict.write("a.csv", "front,back\nok,yes\nlonely\n");
    let run = strict.run(["import", "a.csv", "--strict"]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("a.csv:3: "), "{}", run.stderr);
    assert_eq!(strict.run(["cards", "deck:a"]).code, 2, "nothing went in");
}

#[test]
fn nothing_readable_is_bad_data() {
    for (name, bytes) in [
        ("empty.csv", &b""[..]),
        ("one.csv", b"just\nwords\n"),
        ("x.json", b"{\"format\":\"lmq-notes\""),
        ("y.jsonl", b"not json\nnor this\n"),
    ] {
        let lmq = Lmq::at_home();
        lmq.write(name, bytes);
        let run = lmq.run(["import", name]);
        assert_eq!(run.code, 3, "{name}: {run:?}");
        assert!(run.stderr.starts_with("lmq: ") && run.stderr.contains("hint: "), "{name}: {}", run.stderr);
    }
}

#[test]
fn a_deck_with_faults_is_refused_whole_with_every_fault_and_its_line() {
    let lmq = Lmq::at_home();
    lmq.write("bad.toml", "[deck]\nid = \"bad\"\nnam = \"x\"\n[[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"é?\"\nback = \"b\"\n[[card]]\nkey = \"a\"\nkind = \"clozee\"\n");
    let run = lmq.run(["import", "bad.toml"]);
    assert_eq!((run.code, run.stdout.as_str()), (3, ""));
    insta::assert_snapshot!(run.stderr, @r#"
    lmq: `bad.toml` was not imported: 3 faults
      bad.toml:3:1: unknown-field: [deck] has no field `nam`
       3 | nam = "x"
         | ^^^ did you mean `name`?
      bad.toml:10:7: duplicate-key: the key `a` is taken: a card in line 4 has it
       10 | key = "a"
          |       ^^^ each card needs a key of its own
      bad.toml:11:8: unknown-kind: `clozee` is no kind of card
       11 | kind = "clozee"
          |        ^^^^^^^^ did you mean `cloze`?
    hint: mend them and import it again; nothing was changed
    "#);
    assert_eq!(lmq.run(["cards", "deck:bad"]).code, 2, "nothing went in");
}

#[test]
fn hostile_text_comes_in_and_never_drives_a_terminal() {
    let lmq = Lmq::at_home();
    let deck = "[deck]\nid = \"evil\"\nname = \"e\\u001b[2Jvil\"\ntitle = \"\\u202eeltit\"\n[[topic]]\nid = \"t\"\ntitle = \"\\u001b]0;x\\u0007\"\nprimer = \"\\u009b2J\"\n\
        [[card]]\nkey = \"k\"\nkind = \"choice\"\nprompt = \"a\\u001b[31mb\"\nanswer = \"\\u001b[5mx\"\ndistractors = [\"\\u0008y\", \"z\"]\ntopic = \"t\"\nextra = \"\\u202e\"\nhint = \"\\u001b\"\nspeaker = \"\\u0007\"\ntags = [\"\\u001b\"]\n";
    lmq.import("evil.toml", deck);
    lmq.import("evil.csv", "front,back\n\u{1b}[2J one,\u{9b}5m two\n");
    for args in [
        &["cards"][..],
        &["cards", "--json"],
        &["decks"],
        &["decks", "--json"],
        &["show", "evil/k"],
        &["show", "evil/k", "--json"],
        &["next"],
        &["report", "--with-cards"],
        &["report", "--with-cards", "--format", "md"],
        &["report", "--with-cards", "--format", "csv"],
        &["report", "--with-cards", "--format", "html"],
        &["report", "--with-cards", "--json"],
        &["stats"],
        &["history"],
        &["undo", "--list"],
    ] {
        assert!(!drives_a_terminal(&lmq.ok(args)), "{args:?}");
    }
    let run = lmq.run_with(b"\n:i\n:h\n3\n1\n3\n", ["review", "evil"]);
    assert!(run.code == 0 && !drives_a_terminal(&run.stdout) && run.stdout.contains("two"), "{run:?}");
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let lmq = Lmq::at_home();
    for (name, bytes, words) in [
        ("latin.toml", &b"[deck]\nid = \"caf\xe9\"\n"[..], "latin.toml:2:10: invalid-utf8: byte 0xe9"),
        (
            "nul.toml",
            b"[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"a\\u0000\"\nback = \"b\"\n",
            "nul.toml:6:9: nul",
        ),
    ] {
        lmq.write(name, bytes);
        let run = lmq.run(["import", name]);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    let big = format!(
        "[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"{}\"\nback = \"b\"\n",
        "x".repeat((1 << 20) + 1)
    );
    lmq.write("big.toml", big);
    assert!(lmq.run(["import", "big.toml"]).stderr.contains("too-large"));
}

#[test]
fn json_nested_a_hundred_thousand_deep_is_refused_and_nothing_falls_over() {
    let lmq = Lmq::at_home();
    for name in ["deep.json", "deep.jsonl"] {
        lmq.write(
            name,
            format!(
                "{{\"format\":\"lmq-notes\",\"version\":1,\"decks\":{}1{}}}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
        );
        let run = lmq.run(["import", name]);
        assert_eq!(run.code, 3, "{name}: {} {}", run.code, run.stderr);
    }
}

#[test]
fn a_dry_run_shows_the_first_cards_and_changes_nothing() {
    let lmq = Lmq::at_home();
    lmq.write("a.csv", "front,back\nCapital of Peru?,Lima\n");
    assert_eq!(lmq.ok(["import", "a.csv", "--dry-run"]), "would be: 1 note added\n  Capital of Peru? → Lima\n");
    assert!(lmq.run(["cards", "deck:a"]).code == 2, "there is no such deck");
}

#[test]
fn standard_input_a_delimiter_and_a_deck_are_taken() {
    let lmq = Lmq::at_home();
    let run =
        lmq.run_with("Peru|Lima\nChile|Santiago\n", ["import", "-", "--deck", "Geo::Capitals", "--delimiter", "|"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "2 notes added\n"), "{run:?}");
    assert_eq!(lmq.json(["cards", "deck:geo", "--json"]).as_array().unwrap().len(), 2, "a parent means what is inside");
    assert_eq!(lmq.run(["import", "-", "--delimiter", "||"]).code, 2);
    assert_eq!(lmq.run(["import", "-", "--format", "xml"]).code, 2);
}

#[test]
fn a_folder_means_the_decks_in_it() {
    let lmq = Lmq::at_home();
    lmq.write("decks/geo.toml", DECK);
    lmq.write("decks/words.csv", "front,back\na,b\n");
    lmq.write("decks/readme.pdf", "%PDF");
    let run = lmq.run(["import", "decks"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "3 notes added\n"));
    assert!(run.stderr.contains("skipped decks/readme.pdf: no deck"));
    lmq.write("none/x.pdf", "");
    assert_eq!(lmq.run(["import", "none"]).code, 3);
    assert_eq!(lmq.run(["import", "absent.toml"]).code, 1);
}

#[test]
fn a_followed_file_is_read_again_when_it_changes_and_not_lost_when_it_is_bad() {
    let lmq = Lmq::at_home();
    let path = lmq.write("geo.toml", DECK);
    lmq.ok(["import", "geo.toml", "--link"]);
    lmq.ok(["answer", "geo/peru", "good"]);
    lmq.write("geo.toml", DECK.replace("Lima", "the city of Lima"));
    let run = lmq.run(["show", "geo/peru", "--json"]);
    assert!(run.stdout.contains("the city of Lima") && run.stderr.contains("changed"), "{run:?}");
    lmq.write("geo.toml", "[deck]\nid = \"geo\"\nnonsense");
    let run = lmq.run(["show", "geo/peru", "--json"]);
    assert!(run.code == 0 && run.stdout.contains("the city of Lima") && run.stderr.contains("geo.toml:3:"), "{run:?}");
    lmq.write("geo.toml", DECK.split("[[card]]").take(2).collect::<Vec<_>>().join("[[card]]"));
    let run = lmq.run(["cards", "deck:geo", "--json"]);
    assert!(run.stderr.contains("1 retired"), "{run:?}");
    std::fs::remove_file(path).unwrap();
    let run = lmq.run(["show", "geo/peru", "--json"]);
    assert!(run.code == 0 && run.stderr.contains("can't be read"), "{run:?}");
}

#[test]
fn an_undone_import_goes_but_what_was_answered_stays_and_again_is_no_second_copy() {
    let lmq = Lmq::at_home();
    lmq.import("geo.toml", DECK);
    lmq.ok(["answer", "geo/peru", "good"]);
    lmq.ok(["undo"]);
    lmq.ok(["answer", "geo/chile", "good"]);
    lmq.import("geo.toml", DECK.replace("Lima", "Lima!"));
    lmq.ok(["undo"]);
    assert_eq!(lmq.json(["show", "geo/peru", "--json"])["answer"], "Lima");
    // Now the newest step is the answer; take it and then the first import back.
    lmq.ok(["undo"]);
    lmq.ok(["answer", "geo/chile", "good"]);
    let steps = lmq.json(["undo", "--list", "--json"]);
    assert_eq!(steps[0]["kind"], "answer");
    assert_eq!(lmq.run(["undo", "--yes"]).code, 0);
    let refused = lmq.run(["undo"]);
    assert_eq!(refused.code, 2, "more than one card changes: {refused:?}");
    let run = lmq.run(["undo", "--yes"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "undid: imported 2 notes into Geo\n"), "{run:?}");
    assert_eq!(lmq.run(["show", "geo/peru"]).code, 2, "it is gone");
    assert_eq!(lmq.ok(["import", "geo.toml"]), "2 brought back\n");
    assert_eq!(lmq.json(["show", "geo/peru", "--json"])["answer"], "Lima!", "with the text of the file");
    assert_eq!(lmq.json(["cards", "deck:geo", "--json"]).as_array().unwrap().len(), 2);
    assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
}

#[test]
fn cards_answered_since_an_import_are_kept_and_named_when_it_is_undone() {
    let lmq = Lmq::at_home();
    lmq.import("geo.toml", DECK);
    lmq.ok(["answer", "geo/peru", "good"]);
    lmq.ok(["add", "other", "x?", "y"]);
    lmq.ok(["undo"]);
    let before = lmq.json(["undo", "--list", "--json"]);
    assert_eq!(before[0]["undone"], true);
    // The answer is newer than the import: undo the import by taking back the answer's step last.
    let run = lmq.run(["undo"]);
    assert!(run.stdout.contains("answered geo/peru"), "{run:?}");
    lmq.ok(["undo", "--redo"]);
    assert_eq!(lmq.json(["show", "geo/peru", "--json"])["repetitions"], 1);
}

#[test]
fn a_file_that_takes_a_built_in_decks_name_is_refused_with_a_way_out() {
    let lmq = Lmq::at_home();
    lmq.write("mine.toml", DECK.replace("\"geo\"", "\"differences\""));
    let run = lmq.run(["import", "mine.toml"]);
    assert_eq!(run.code, 3);
    assert!(
        run.stderr.contains("that one is built in") && run.stderr.contains("give your deck another `id`"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_built_in_card_that_was_edited_stays_the_users() {
    let lmq = Lmq::at_home();
    let deck = lmq.ok(["export", "quotes", "--format", "toml"]);
    assert!(lmq.import("quotes.toml", &deck).ends_with("notes as they were\n"));
    lmq.import("quotes.toml", deck.replacen("extra = \"", "extra = \"Mine: ", 1));
    let edited = lmq.ok(["decks", "--edited"]);
    assert!(edited.contains("brought:") && edited.contains("yours:"), "{edited}");
    assert_eq!(lmq.json(["decks", "--edited", "--json"]).as_array().unwrap().len(), 1);
}

#[test]
fn notes_go_out_and_into_another_database_in_every_format() {
    let lmq = Lmq::at_home();
    lmq.import("model.toml", include_str!("data/model.toml"));
    lmq.import("words.csv", "front,back\n=1+1,two\n");
    let cards = |lmq: &Lmq, deck: &str| lmq.json(["cards", &format!("deck:{deck}"), "--json"]);
    for format in ["toml", "csv", "json", "jsonl"] {
        let other = Lmq::at_home();
        for deck in ["model", "words"] {
            let file = format!("{deck}.{format}");
            other.write(&file, lmq.ok(["export", deck, "--format", format]));
            other.ok(["import", &file]);
            let (ours, theirs) = (cards(&lmq, deck), cards(&other, deck));
            assert_eq!(states(&ours), states(&theirs), "{deck} as {format}");
            let texts = |cards: &serde_json::Value| -> Vec<String> {
                cards
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|c| format!("{} {} {} {} {}", c["kind"], c["prompt"], c["answer"], c["tags"], c["source"]))
                    .collect()
            };
            assert_eq!(texts(&ours), texts(&theirs), "{deck} as {format}");
            assert!(
                other.ok(["import", &file]).contains("as they were") || deck == "words",
                "{deck} as {format} again"
            );
        }
    }
}

#[test]
fn the_history_goes_out_and_in_with_equal_states() {
    let lmq = Lmq::at_home();
    lmq.import("geo.toml", DECK);
    for (card, grade) in [("geo/peru", "good"), ("geo/chile", "again"), ("differences/frame-two-groups", "easy")] {
        lmq.ok(["answer", card, grade]);
    }
    lmq.ok(["undo"]);
    lmq.ok(["export", "--what", "history", "--format", "jsonl", "--out", "log.jsonl"]);
    let other = Lmq::at_home();
    other.write("log.jsonl", std::fs::read(lmq.path("log.jsonl")).unwrap());
    let said = other.ok(["import", "log.jsonl"]);
    assert!(said.contains("entries of history added"), "{said}");
    other.import("geo.toml", DECK);
    assert_eq!(states(&lmq.json(["cards", "--json"])), states(&other.json(["cards", "--json"])));
    assert!(other.ok(["import", "log.jsonl"]).contains("known already"));
    assert_eq!(other.ok(["doctor"]), "everything is in order\n");
    assert_eq!(lmq.json(["stats", "--json"])["sections"], other.json(["stats", "--json"])["sections"]);
}
