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
fn a_new_deck_checks_and_imports_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(lmq(folder.path(), &["new", "team"]).status.code(), Some(0));
    let output = lmq(folder.path(), &["check", "--strict", "team.toml"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout).as_str()),
        (Some(0), "9 notes in 1 file: 0 errors, 0 warnings\n")
    );
    assert_eq!(text(&lmq(folder.path(), &["import", "team.toml"]).stdout), "9 notes added\n");
    let again = lmq(folder.path(), &["new", "team"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("is there already"));
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
    bad.toml:4:1: missing-source: `a`: the card names no source
        add source = ["…"], so that the fact can be checked
    bad.toml:4:1: missing-topic: `a`: the card belongs to no topic
        add topic = "…", so that it is taught before it is asked
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
    assert!(text(&output.stderr).contains("skipped decks/notes.pdf: no deck"));
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
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(0), "1 note added\n"));
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
    table.push_str("In which of the many houses of street number 5 does person 36 live\tanother\n");
    std::fs::write(folder.path().join("many.tsv"), table).unwrap();
    let output =
        lmq(folder.path(), &["check", "many.tsv", "--json", "--allow", "missing-source", "--allow", "missing-topic"]);
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found: Vec<u64> = rows.as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(found, [20_002]);
}
