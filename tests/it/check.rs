//! `lmq check` and `lmq new`: for authors.

use lmq::core::lint::RULES;
use std::path::Path;
use std::process::Command;
use std::process::Output;

fn lmq(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lmq"))
        .args(args)
        .current_dir(folder)
        .env("LMQ_DB", folder.join("lmq.db"))
        .env("LMQ_CONFIG", folder.join("config.toml"))
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_built_in_decks_have_no_error_and_no_warning() {
    let folder = tempfile::tempdir().unwrap();
    let decks = Path::new(env!("CARGO_MANIFEST_DIR")).join("decks");
    let output = lmq(folder.path(), &["check", "--strict", decks.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).ends_with("in 3 files: 0 errors, 0 warnings\n"));
}

#[test]
fn decks_that_name_each_other_are_checked_together() {
    let folder = tempfile::tempdir().unwrap();
    let deck = |id: &str, sequence: &str, after: &str| {
        let card = |key: &str, after: &str| {
            format!(
                "[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"What is {key} of {id}?\"\nback = \"this\"\n\
                 source = [\"s\"]\ntopic = \"t\"\nafter = [{after}]\n"
            )
        };
        let text = format!(
            "[deck]\nid = \"{id}\"\nsequence = [{sequence}]\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n{}{}",
            card("k", after),
            card("l", "")
        );
        std::fs::write(folder.path().join(format!("{id}.toml")), text).unwrap();
    };
    deck("a", "\"t\", \"b/t\"", "\"b/k\"");
    deck("b", "", "\"a/l\"");
    let both = ["check", "--strict", "a.toml", "b.toml"];
    assert_eq!(text(&lmq(folder.path(), &both).stdout), "4 notes in 2 files: 0 errors, 0 warnings\n");
    // A built-in deck is known without being named.
    let known = format!("differences/{}", builtin_key());
    deck("b", "\"skils/t\"", &format!("\"a/k\", \"a/kk\", \"{known}\""));
    let output = lmq(folder.path(), &both);
    insta::assert_snapshot!(text(&output.stdout), @r#"
    a.toml:3:18: idle-sequence: `sequence` names `b/t`, and `b` has a sequence of its own: the word has no effect
        a deck is in one sequence: its own, else that of the first deck by id that names it; `after` reaches single cards of any deck
    a.toml:7:1: waiting-circle: `k`: these wait for each other, so that none is ever asked: `a/k` after `b/k` after `a/k`
        remove one of them from the `after` of another
    b.toml:3:13: lost-sequence: `sequence` names `skils/t`, and there is no such deck among these files
        did you mean `skills/t`? check decks that name each other together
    b.toml:7:1: lost-after: `k`: `after` names `a/kk`, and its deck has no such card: nothing holds the card back
        did you mean `a/k`? check decks that name each other together
    4 notes in 2 files: 0 errors, 4 warnings
    "#);
    assert_eq!(output.status.code(), Some(3));
    let alone = text(&lmq(folder.path(), &["check", "a.toml"]).stdout);
    assert!(alone.contains("lost-after") && alone.contains("lost-sequence"), "{alone}");
}

#[test]
fn lines_of_json_are_named_by_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let line = |key: &str, after: &str| {
        format!(
            "{{\"key\":\"{key}\",\"kind\":\"basic\",\"front\":\"What is {key}?\",\"back\":\"this\",\"after\":[{after}]}}\n"
        )
    };
    let lines = [line("one", ""), line("two", "\"one\""), line("three", "\"tow\"")].concat();
    std::fs::write(folder.path().join("a.jsonl"), lines).unwrap();
    let args = ["check", "a.jsonl", "--allow", "missing-source", "--allow", "missing-topic"];
    insta::assert_snapshot!(text(&lmq(folder.path(), &args).stdout), @"
    a.jsonl:3:1: lost-after: `three`: `after` names `tow`, and its deck has no such card: nothing holds the card back
        did you mean `a/two`? check decks that name each other together
    3 notes in 1 file: 0 errors, 1 warning
    ");
}

/// The key of some card of the first built-in deck.
fn builtin_key() -> String {
    let deck = lmq::formats::deck_toml::parse(lmq::ops::decks::BUILTIN[0].1).unwrap();
    deck.notes[0].key.clone().unwrap()
}

#[test]
fn figures_show_what_was_measured_to_people_and_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let mut deck = "[deck]\nid = \"d\"\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n".to_owned();
    // Nine of each side, in an order that tells nothing.
    let is_left = |number: i32| [0, 3, 4, 5, 8, 10, 11, 14, 17].contains(&number);
    for number in 0..18 {
        let (answer, planted) = if is_left(number) { ("left", "then") } else { ("right", "now") };
        deck.push_str(&format!(
            "[[card]]\nkey = \"k{number}\"\nkind = \"sort\"\nprompt = \"Person{number} goes {planted} to house {} of the old \
             street. Which side?\"\nanswer = \"{answer}\"\ncategories = [\"left\", \"right\"]\nsource = [\"s\"]\ntopic = \"t\"\n",
            number * 7
        ));
    }
    std::fs::write(folder.path().join("d.toml"), deck).unwrap();
    let shown = text(&lmq(folder.path(), &["check", "d.toml", "--figures"]).stdout);
    insta::assert_snapshot!(shown, @"
    d.toml:6:1: surface-cue: `k0`: the number of connecting words (1) gives `left` away: right in 9 of 9 scenes; the commonest answer in 50 %
        give scenes with other answers the same feature, or remove it from some of these; `lmq help cues` says how it is measured
    d.toml:6:1: surface-cue: `k0`: the word `then` gives `left` away: right in 9 of 9 sorts; the commonest answer in 50 %
        give scenes with other answers the same feature, or remove it from some of these; `lmq help cues` says how it is measured
    d.toml:14:1: surface-cue: `k1`: the number of connecting words (0) gives `right` away: right in 9 of 9 scenes; the commonest answer in 50 %
        give scenes with other answers the same feature, or remove it from some of these; `lmq help cues` says how it is measured
    d.toml:14:1: surface-cue: `k1`: the word `now` gives `right` away: right in 9 of 9 sorts; the commonest answer in 50 %
        give scenes with other answers the same feature, or remove it from some of these; `lmq help cues` says how it is measured
    d.toml: 18 sorts
        answers: left 9 (50 %), right 9 (50 %)
        in t: left 9 (50 %), right 9 (50 %)
        position of the right one: 1. 9 (50 %), 2. 9 (50 %)
        14 cues tried; the strongest:
          connecting-words: 0 → right: 9 of 9, by chance 50 %; a cue
          connecting-words: 1 → left: 9 of 9, by chance 50 %; a cue
          word: now → right: 9 of 9, by chance 50 %; a cue
          word: then → left: 9 of 9, by chance 50 %; a cue
          answer-before: left → right: 5 of 8, by chance 50 %; within chance
          answer-before: right → left: 5 of 9, by chance 50 %; within chance
          topic: t → left: 0 of 18, by chance 50 %; within chance
          length: 12 words or more → left: 0 of 18, by chance 50 %; within chance
          together: all but the words (connecting-words 1 → left, connecting-words 0 → right): 18 of 18, by chance 50 %; a cue
          together: all words (word then → left, word now → right): 18 of 18, by chance 50 %; a cue
          together: everything (connecting-words 1 → left, word then → left, connecting-words 0 → right): 18 of 18, by chance 50 %; a cue
    18 notes in 1 file: 0 errors, 4 warnings
    ");
    let json = lmq(folder.path(), &["check", "d.toml", "--figures", "--json"]);
    let all: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(all["findings"].as_array().unwrap().iter().all(|row| row["rule"] == "surface-cue"));
    let figures = &all["figures"][0];
    assert_eq!(
        (&figures["kind"], &figures["answers"]["left"], &figures["topics"]["t"]["right"]),
        (&"sort".into(), &9.into(), &9.into())
    );
    assert_eq!(figures["positions"], serde_json::json!([9, 9]));
    let word = figures["tried"].as_array().unwrap().iter().find(|tried| tried["value"] == "then").unwrap();
    assert_eq!(
        (&word["look"], &word["right"], &word["of"], &word["is_cue"]),
        (&"word".into(), &9.into(), &9.into(), &true.into())
    );
}

#[test]
fn a_new_deck_checks_and_imports_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(lmq(folder.path(), &["new", "team"]).status.code(), Some(0));
    let output = lmq(folder.path(), &["check", "--strict", "team.toml"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (Some(0), "9 notes in 1 file: 0 errors, 0 warnings\n")
    );
    assert_eq!(text(&lmq(folder.path(), &["import", "team.toml"]).stdout), "9 notes added to team\n");
    let again = lmq(folder.path(), &["new", "team"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("already exists"));
    assert_eq!(lmq(folder.path(), &["new", "a/b"]).status.code(), Some(2));
}

#[test]
fn errors_and_warnings_have_file_line_column_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("bad.toml"),
        "[deck]\nid = \"bad\"\n\n[[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"Is it so?\"\nback = \"Yes\"\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("worse.toml"),
        "[deck]\nid = \"worse\"\n[[card]]\nkey = \"a\"\nkind = \"basik\"\n",
    )
    .unwrap();
    let output = lmq(folder.path(), &["check", "bad.toml"]);
    insta::assert_snapshot!(text(&output.stdout), @r#"
    bad.toml:4:1: missing-source, missing-topic: `a`: the card names no source and no topic
    bad.toml:4:1: yes-no: `a`: the answer is a mere yes or no
        ask what, which or why: a coin gets half of the others right
    1 note in 1 file: 0 errors, 3 warnings
    "#);
    assert_eq!(output.status.code(), Some(0));
    let output = lmq(folder.path(), &["check", "worse.toml", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(rows[0]["rule"], "unknown-kind");
    assert_eq!((rows[0]["line"].as_u64(), rows[0]["column"].as_u64()), (Some(5), Some(8)));
    assert_eq!(rows[0]["severity"], "error");
    assert_eq!(rows[0]["help"], "did you mean `basic`?");
}

#[test]
fn a_rule_can_be_allowed_and_a_wrong_name_gets_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "front,back\nWhat is it?,This\n").unwrap();
    let output = lmq(folder.path(), &["check", "a.csv", "--allow", "missing-source", "--allow", "missing-topic"]);
    assert_eq!(text(&output.stdout), "1 note in 1 file: 0 errors, 0 warnings\n");
    let output = lmq(folder.path(), &["check", "a.csv", "--allow", "missing-sorce"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean `missing-source`?"));
}

#[test]
fn files_of_a_folder_that_are_no_decks_are_skipped_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let decks = folder.path().join("decks");
    std::fs::create_dir(&decks).unwrap();
    std::fs::write(decks.join("notes.pdf"), "%PDF").unwrap();
    std::fs::write(decks.join("ok.toml"), "[deck]\nid = \"ok\"\n").unwrap();
    let output = lmq(folder.path(), &["check", "decks"]);
    assert!(text(&output.stderr).contains("skipped decks/notes.pdf: not a deck"));
    assert_eq!(text(&output.stdout), "0 notes in 1 file: 0 errors, 0 warnings\n");
}

#[test]
fn a_deck_of_sixty_five_megabytes_is_said_to_be_for_csv() {
    let folder = tempfile::tempdir().unwrap();
    let mut deck = String::from("[deck]\nid = \"big\"\n");
    deck.push_str(&"# padding that no parser should have to read, line after line\n".repeat(1_100_000));
    std::fs::write(folder.path().join("big.toml"), deck).unwrap();
    for command in ["check", "import"] {
        let output = lmq(folder.path(), &[command, "big.toml"]);
        assert_eq!(output.status.code(), Some(3), "{command}");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("up to 64 MB") && said.contains("CSV or JSONL"), "{said}");
    }
}

#[test]
fn a_deck_of_forty_megabytes_comes_in_with_a_word_on_better_formats() {
    let folder = tempfile::tempdir().unwrap();
    let card = "[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"a?\"\nback = \"b\"\n";
    let deck = format!(
        "[deck]\nid = \"big\"\n{card}{}",
        "# padding that no parser should have to read, line after line\n".repeat(640_000)
    );
    std::fs::write(folder.path().join("big.toml"), deck).unwrap();
    let output = lmq(folder.path(), &["import", "big.toml"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "1 note added to big\n"));
    assert!(text(&output.stderr).contains("CSV or JSONL"), "{}", text(&output.stderr));
}

#[test]
fn every_script_and_direction_is_asked_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let prompts = ["مَن يقود؟", "誰が導くのか", "e\u{301}lan", "👩‍👩‍👧 or 🧭", "שאלה עם ניקוד נָכוֹן"];
    let mut deck = String::from("[deck]\nid = \"world\"\n");
    for (index, prompt) in prompts.iter().enumerate() {
        deck.push_str(&format!(
            "[[card]]\nkey = \"k{index}\"\nkind = \"basic\"\nfront = \"{prompt}\"\nback = \"x{index}\"\n"
        ));
    }
    std::fs::write(folder.path().join("world.toml"), deck).unwrap();
    assert_eq!(lmq(folder.path(), &["import", "world.toml"]).status.code(), Some(0));
    let cards: serde_json::Value =
        serde_json::from_slice(&lmq(folder.path(), &["cards", "deck:world", "--json"]).stdout).unwrap();
    let asked: Vec<&str> = cards.as_array().unwrap().iter().map(|card| card["prompt"].as_str().unwrap()).collect();
    assert_eq!(asked, prompts);
}

#[test]
fn every_rule_is_explained_with_a_bad_and_a_good_example() {
    let doc = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/authoring.md")).unwrap();
    for rule in RULES {
        let section = doc.split(&format!("### {rule}\n")).nth(1).unwrap_or_else(|| panic!("no section on {rule}"));
        let section = section.split("\n### ").next().unwrap();
        assert!(section.contains("- Bad:") && section.contains("- Good:"), "{rule}");
    }
}

#[test]
fn near_equal_prompts_among_many_cards_are_found_without_comparing_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = String::from("front\tback\n");
    for number in 0..20_000 {
        table.push_str(&format!(
            "In which of the many houses of street number {number} does person {} live\tanswer {number}\n",
            number * 7
        ));
    }
    table.push_str("In which of the many homes of street number 5 does person 35 live\tanother\n");
    std::fs::write(folder.path().join("many.tsv"), table).unwrap();
    let output =
        lmq(folder.path(), &["check", "many.tsv", "--json", "--allow", "missing-source", "--allow", "missing-topic"]);
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: Vec<u64> = rows.as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(found, [20_002]);
}

#[test]
fn what_to_do_is_said_in_the_words_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "t.csv",
        "kind,prompt,answer\ntyped,Hue?,colour/color\ntyped,Grey?,gray/grey\ntyped,Who?,\"a\nb\"\ntyped,Jog?,run or jog\n",
    );
    write(
        "t.toml",
        "[deck]\nid = \"t\"\n[[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"Where?\"\nback = \"here\"\n",
    );
    let said = |name: &str| text(&lmq(folder.path(), &["check", name, "--allow", "two-way"]).stdout);
    let table = said("t.csv");
    for words in [
        "missing-source",
        "and so do 2 others (line 3, line 6 (row 5))",
        "give `colour` as the answer and `color` in a column `accept`",
    ] {
        assert!(table.contains(words), "{words}: {table}");
    }
    assert!(!table.contains(" = "), "{table}");
    assert!(said("t.toml").contains("add source = [\"…\"]") || said("t.toml").contains("no topic"));
    let json: serde_json::Value =
        serde_json::from_slice(&lmq(folder.path(), &["check", "t.csv", "--json"]).stdout).unwrap();
    let rows = json.as_array().unwrap();
    assert!(rows.iter().any(|row| row["line"] == 6 && row["row"] == 5), "{json}");
    assert!(rows.iter().any(|row| row["help"].as_str().unwrap().contains("add a column `source`")), "{json}");
}

#[test]
fn a_check_ends_as_an_import_does() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("bad-row.csv", "front,back\nq,a\nr\n");
    write("unclear.csv", "type,word,german,english\nn,1,Hund,dog\nv,2,gehen,go\n");
    write("skills.csv", "front,back\nq,a\n");
    write("mixed.csv", "front,back\nq,a\nx\ny\nz\nv\n");
    write("good.toml", "[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"q\"\nback = \"a\"\n");
    for (name, said) in [
        ("bad-row.csv", "expected 2"),
        ("unclear.csv", "not clear which column"),
        ("skills.csv", "that one is built in"),
        ("mixed.csv", "4 of 5 rows"),
        ("good.toml", "missing-source"),
    ] {
        let check = lmq(folder.path(), &["check", name]);
        let import = lmq(folder.path(), &["import", name]);
        assert_eq!(check.status.code(), import.status.code(), "{name}: {}", text(&check.stdout));
        assert!(text(&check.stdout).contains(said), "{name}: {}", text(&check.stdout));
    }
    for command in ["check", "import"] {
        assert_eq!(lmq(folder.path(), &[command, "--strict", "bad-row.csv"]).status.code(), Some(3), "{command}");
    }
}
