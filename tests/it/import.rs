//! `lmq import`: files, options, and what it says. Tables are in import_tables.rs; which notes rows become, in matching.rs.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::home::drives_a_terminal;
use crate::home::texts;
use crate::terminal::Terminal;
use std::io::Write as _;

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
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added to work::team\n");
    let before = lmq.cards("deck:team");
    let steps = lmq.run(["undo", "--list"]).out();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes unchanged\n");
    assert_eq!(lmq.cards("deck:team"), before);
    assert_eq!(lmq.run(["undo", "--list"]).out(), steps, "nothing changed is no step");
    let outcome = lmq.run(["import", "team.toml", "--json"]).json();
    insta::assert_snapshot!(outcome.to_string(), @r#"{"added":0,"added_to":{},"changed":0,"changes":[],"copies":[],"deleted":0,"dry_run":false,"duplicates":0,"entries_added":0,"entries_known":0,"files":1,"first":[{"answer":"Amara","prompt":"Who owns the roadmap?"},{"answer":"Mentee","prompt":"Mentor"},{"answer":"second","prompt":"The retro is every [which?] Friday."}],"kept":0,"kept_notes":[],"losses":[],"missing":0,"missing_names":[],"missing_notes":[],"moved":0,"moved_to":{},"new":[],"rejected":0,"rejections":[],"restored":0,"retired":0,"same":3,"skipped":[],"tables":[],"texts_erased":0,"warnings":[]}"#);
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
        (
            "1 note unchanged\n",
            "1 note of the deck is not in the file, and stays: `one?`\n`lmq delete d/a` deletes it\n"
        )
    );
    assert_eq!(lmq.listed("deck:d"), ["one? → 1 [new]", "two? → 2 [new]"]);
}

#[test]
fn a_look_at_a_second_version_shows_what_is_new_what_changes_and_what_is_missing() {
    let lmq = Lmq::new();
    lmq.write("d.csv", "question,answer\none?,1\ntwo?,2\nthree?,3\n");
    lmq.run(["import", "d.csv"]).ok().out();
    lmq.write("d.csv", "question,answer\none?,1\ntwo?,zwei\nfour?,4\n");
    let run = lmq.run(["import", "d.csv", "--dry-run"]).ok();
    let shown: Vec<&str> = run.stdout.lines().take(4).collect();
    assert_eq!(
        shown,
        [
            "would be: 1 note added to d, 1 changed, 1 note unchanged",
            "  new: four? → 4",
            "  was: two? → 2",
            "  now: two? → zwei"
        ]
    );
    let said =
        "1 note of the deck is not in the file, and stays: `three?`\n`lmq delete 594fe4ee37584fa82ace` deletes it\n";
    assert_eq!(run.stderr, said);
    let json = lmq.run(["import", "d.csv", "--dry-run", "--json"]).json();
    assert_eq!(json["new"], serde_json::json!([{"prompt": "four?", "answer": "4"}]));
    assert_eq!(json["changes"], serde_json::json!([{"before": "two? → 2", "after": "two? → zwei"}]));
    assert_eq!(json["missing_notes"], serde_json::json!(["three?"]));
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
    hint: give your deck another `id`; to change a built-in card, keep its key
    ");
    assert!(lmq.listed("roadmap").is_empty());
    lmq.assert_sound();
}

#[test]
fn a_folder_means_the_decks_in_it() {
    let lmq = Lmq::new();
    lmq.write("decks/team.toml", TEAM);
    lmq.write("decks/words.csv", "Hund,dog\n");
    lmq.write("decks/README.md", "no deck");
    lmq.write("decks/.hidden.csv", "a,b\n");
    let run = lmq.run(["import", "decks"]).ok();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("4 notes added\ndecks: work::team (3), words (1)\n", "skipped decks/README.md: not a deck\n")
    );
    assert_eq!(lmq.listed("deck:words"), ["Hund → dog [new]"]);
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: imported 4 notes into words, work::team\n", "one step");
    assert!(lmq.listed("deck:words").is_empty());
    lmq.write("none/README.md", "x");
    insta::assert_snapshot!(lmq.run(["import", "none"]).err(3), @r"
    lmq: there are no decks in `none`
    hint: decks are files that end in .toml, .csv, .tsv, .txt, .xlsx, .json or .jsonl
    ");
}

#[test]
fn one_bad_file_of_a_folder_keeps_no_good_one_out_and_all_are_named() {
    let lmq = Lmq::new();
    lmq.write("decks/words.csv", "Hund,dog\n");
    lmq.write("decks/sub/more.csv", "Katze,cat\n");
    lmq.write("decks/broken.toml", "[deck]\n");
    lmq.write("decks/empty.txt", "");
    lmq.write("decks/package.json", "{\"name\": \"x\"}");
    lmq.write("decks/prose.txt", "This is a letter.\nIt has no cards in it.\n");
    lmq.write("decks/words.sync-conflict-20240102-030405-ABC1234.csv", "Hund,hound\n");
    lmq.write("decks/s.toml", TEAM.replace("\"team\"", "\"skills\""));
    let run = lmq.run(["import", "decks"]).ok();
    assert_eq!(run.stdout, "2 notes added\ndecks: more (1), words (1)\n");
    for said in [
        "skipped decks/broken.toml: ",
        "skipped decks/empty.txt: `decks/empty.txt` is empty",
        "skipped decks/package.json: not a deck",
        "skipped decks/prose.txt: ",
        "skipped decks/s.toml: `decks/s.toml` can't be the deck `skills`: that one is built in",
        "skipped decks/words.sync-conflict-20240102-030405-ABC1234.csv: a sync tool made this copy",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(lmq.listed("deck:words"), ["Hund → dog [new]"]);
    let json = lmq.run(["import", "decks", "--json", "--quiet"]).json();
    let reasons: Vec<&str> =
        json["skipped"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons.iter().filter(|reason| **reason == "bad").count(), 3, "{json}");
    assert!(reasons.starts_with(&["bad"; 3]) && reasons.contains(&"no_table"), "bad ones first: {json}");
    assert_eq!((json["same"].as_u64(), json["files"].as_u64()), (Some(2), Some(2)));
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: imported 2 notes into more, words\n", "one step");
    // With --strict one bad file is enough.
    let strict = lmq.run(["import", "decks", "--strict"]).code(3).stderr;
    assert!(strict.contains("decks/broken.toml"), "{strict}");
    assert!(lmq.listed("deck:words").is_empty());
    lmq.write("none/prose.txt", "This is a letter.\n");
    lmq.write("none/empty.csv", "");
    let none = lmq.run(["import", "none"]).code(3).stderr;
    assert!(none.contains("none of the files could be imported") && none.contains("none/empty.csv"), "{none}");
    lmq.assert_sound();
}

#[test]
fn all_bad_rows_are_in_the_json_and_the_first_ones_on_the_screen() {
    let lmq = Lmq::new();
    let good: String =
        (0..3000).map(|row| format!("{{\"kind\":\"basic\",\"front\":\"q{row}\",\"back\":\"a\"}}\n")).collect();
    let bad = "{\"kind\":\"basic\",\"front\":\"\"}\n".repeat(2500);
    lmq.write("rows.jsonl", format!("{good}{bad}"));
    let json = lmq.run(["import", "rows.jsonl", "--json", "--dry-run"]).json();
    assert_eq!((json["rejected"].as_u64(), json["rejections"].as_array().unwrap().len()), (Some(2500), 2500));
    let all = json["rejections"].as_array().unwrap();
    assert!(all[2499].as_str().unwrap().starts_with("rows.jsonl:5500: "), "{}", all[2499]);
    let run = lmq.run(["import", "rows.jsonl"]).code(0);
    assert_eq!(run.stdout, "3,000 notes added to rows, 2,500 left out\n");
    assert_eq!(run.stderr.lines().filter(|line| line.starts_with("rows.jsonl:")).count(), 20);
    assert!(run.stderr.contains("and 2480 more; --json lists them"), "{}", run.stderr);
    // Most of them bad: none goes in, and what is wrong with most comes first.
    let few: String = good.lines().take(1000).map(|line| format!("{line}\n")).collect();
    lmq.write("worse.jsonl", few + &bad);
    let refused = lmq.run(["import", "worse.jsonl"]).code(3).stderr;
    assert!(refused.lines().nth(1).unwrap().contains("2,500 rows, the first on line"), "{refused}");
    assert!(lmq.run(["cards", "deck:worse"]).err(2).contains("there is no deck `worse`"));
}

#[test]
fn of_a_table_that_is_not_clear_a_pipe_hears_what_to_say() {
    let lmq = Lmq::new();
    lmq.write("w.csv", "type,word,german,english\nnoun,h,Haus,house\nverb,g,gehen,to go\n");
    let refused = lmq.run(["import", "w.csv"]).err(3);
    assert!(refused.starts_with("lmq: it is not clear which column of `w.csv` is the question\n"), "{refused}");
    for said in
        ["column 2 `word`: h · g", "column 3 `german`: Haus · gehen", "hint: nothing was changed; name the columns"]
    {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    let run = lmq.run(["import", "w.csv", "--columns", "front=3,back=4"]).ok();
    assert_eq!(run.stdout, "2 notes added to w\n");
    assert_eq!(lmq.listed("deck:w"), ["Haus → house [new]", "gehen → to go [new]"]);
    // A look changes nothing, and tells what each column is taken for.
    let look = lmq.run(["import", "w.csv", "--dry-run"]).ok().stdout;
    assert!(look.contains("columns of w.csv: `type` → ") && look.contains("--columns "), "{look}");
    let json = lmq.run(["import", "w.csv", "--dry-run", "--json"]).ok().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["tables"][0]["is_clear"], false, "{json}");
    assert_eq!(json["tables"][0]["columns"][2]["name"], "german");
    assert!(json["first"].as_array().unwrap().len() == 2, "{json}");
}

#[test]
fn the_one_question_is_answered_in_a_terminal_or_left_with_nothing_done() {
    let lmq = Lmq::at_home();
    lmq.write("w.csv", "type,word,german,english\nnoun,h,Haus,house\nverb,g,gehen,to go\n");
    for key in ["\u{1b}", "\u{3}"] {
        let mut terminal = Terminal::start(&lmq, &["import", "w.csv"], 100, 30, &[]);
        terminal.sees("Two numbers, or Enter");
        terminal.keys.write_all(key.as_bytes()).unwrap();
        let shown = terminal.sees("not imported");
        assert!(shown.contains("column 3 `german`: Haus · gehen"), "{shown}");
        assert_eq!(terminal.child.wait().unwrap().exit_code(), 1);
        assert!(lmq.listed("Haus").is_empty());
    }
    let mut terminal = Terminal::start(&lmq, &["import", "w.csv"], 100, 30, &[]);
    terminal.sees("Two numbers, or Enter");
    terminal.keys.write_all(b"9\r").unwrap();
    terminal.sees("The columns are 1 to 4.");
    terminal.keys.write_all(b"3,5\x7f4\r").unwrap();
    terminal.sees("2 notes added to w");
    assert_eq!(terminal.child.wait().unwrap().exit_code(), 0);
    assert_eq!(lmq.listed("deck:w"), ["Haus → house [new]", "gehen → to go [new]"]);
}

#[test]
fn what_is_said_of_a_table_is_not_passed_over_for_another_file() {
    let lmq = Lmq::new();
    lmq.write("x.json", "[{\"front\": \"a\", \"back\": \"b\"}]");
    lmq.write("x.csv", "a,b\n");
    for (file, option) in [
        ("x.json", "--delimiter=;"),
        ("x.json", "--markup=html"),
        ("x.json", "--encoding=utf-8"),
        ("x.csv", "--sheet=2"),
    ] {
        let said = lmq.run(["import", file, option]).err(2);
        let name = option.split('=').next().unwrap();
        assert!(said.contains(name) && said.contains(file), "{said}");
    }
    assert_eq!(lmq.run(["import", "x.csv", "--markup", "html"]).out(), "1 note added to x\n");
}

#[test]
fn standard_input_is_a_file_too() {
    let lmq = Lmq::new();
    assert_eq!(
        lmq.run_with("Hund\tdog\nKatze\tcat\n", ["import", "-", "--deck", "Words"]).out(),
        "2 notes added to Words\n"
    );
    assert_eq!(lmq.listed("deck:Words"), ["Hund → dog [new]", "Katze → cat [new]"]);
    assert_eq!(lmq.run_with(TEAM, ["import", "-"]).out(), "3 notes added to work::team\n");
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
    would be: 4 notes added to a
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
fn every_kind_of_card_comes_in_and_is_shown() {
    let lmq = Lmq::new();
    lmq.write("model.toml", include_str!("data/model.toml"));
    assert_eq!(lmq.run(["import", "model.toml"]).out(), "9 notes added to model\n");
    let kinds = texts(&lmq.cards("deck:model"), "kind");
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
    ");
}

#[test]
fn formats_are_named_or_the_nearest_is_offered() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--format", "cvs"]).err(2), @r"
    lmq: `--format` can't be `cvs`
      possible values: toml, jsonl, json, xlsx, tsv, csv
    hint: did you mean `csv`? `lmq import --help` explains its options
    ");
    let error = lmq.run(["import", "a.csv", "--format", "powerpoint"]).err(2);
    assert!(error.contains("`--format` can't be `powerpoint`") && error.contains("json, xlsx, tsv, csv"), "{error}");
    let error = lmq.run(["import", "a.csv", "--delimiter", "a\nb"]).err(2);
    assert!(
        error.contains("give a text without quotes and line ends, or tab, comma, semicolon, pipe, colon, space"),
        "{error}"
    );
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
fn an_unknown_card_is_answered_with_the_nearest_name() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    assert!(lmq.run(["show", "team/ownr"]).err(2).contains("did you mean `team/owner`?"));
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
fn a_page_that_is_called_a_table_is_none_and_a_deck_about_pages_is_one() {
    let lmq = Lmq::new();
    for (text, what) in [
        ("<!DOCTYPE html>\n<html><head><title>Sign in, please</title></head></html>\n", "a web page"),
        ("\u{feff}<html lang=\"en\">\n<body>a, b</body>\n", "a web page"),
        ("<?xml version=\"1.0\"?>\n<map><node text=\"a, b\"/></map>\n", "an XML file"),
        ("{\\rtf1\\ansi a, b\\par c, d}\n", "RTF"),
    ] {
        lmq.write("x.csv", text);
        let error = lmq.run(["import", "x.csv"]).err(3);
        assert!(error.contains(what), "{error}");
    }
    let said = lmq.import("tags.csv", "<html>,the whole page\n<title>,its title\n<?xml ?>,a declaration\n");
    assert!(said.starts_with("3 notes added to tags"), "{said}");
}

#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let lmq = Lmq::new();
    lmq.write("folder/a.csv", "one,1\ntwo,2\n");
    let whole = lmq.path("folder/a.csv").display().to_string();
    for args in [
        &["folder/a.csv", "folder/a.csv"][..],
        &["folder/a.csv", &whole],
        &["folder", "folder"],
        &["folder", "folder/a.csv"],
    ] {
        lmq.run([&["import"], args].concat()).done();
        assert_eq!(lmq.listed("deck:a").len(), 2, "{args:?}");
    }
}

#[test]
fn a_check_of_a_folder_goes_past_what_can_not_be_read() {
    let lmq = Lmq::new();
    lmq.write("folder/good.csv", "one,1\ntwo,2\n");
    lmq.write("folder/empty.txt", "");
    lmq.write("folder/bad.toml", "[deck]\n");
    let run = lmq.run(["check", "folder"]).code(3);
    assert!(run.stdout.contains("bad.toml:1:") && run.stdout.contains("2 notes in "), "{run:?}");
    assert!(run.stderr.contains("skipped folder/empty.txt"), "{run:?}");
    let run = lmq.run(["check", "folder/empty.txt", "folder/bad.toml"]).code(3);
    assert!(run.stdout.contains("bad.toml:1:") && run.stderr.contains("empty"), "{run:?}");
}
