//! One word for an idea: the names in `src/` keep to the glossary of CONTRIBUTING.md.

use crate::layers::sources;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The words that no name may have, from the last column of the table.
fn never() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let (_, words) = page.split_once("## Words").unwrap();
    let (words, _) = words.split_once("\n## ").unwrap();
    let rows = words.lines().filter_map(|line| line.strip_prefix("| ")?.rsplit('|').nth(1));
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

/// The names in a source text, comments and strings left out.
fn names(text: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        for code in code.split('"').step_by(2) {
            names.extend(code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()));
        }
    }
    names
}

/// A name in lower case with its words apart: `EaseFactor` and `ease_factor` are ` ease factor `.
fn words_of(name: &str) -> String {
    let mut words = String::from(" ");
    for c in name.chars() {
        if c == '_' || c.is_uppercase() && !words.ends_with(' ') {
            words.push(' ');
        }
        words.extend(c.to_lowercase().filter(|c| *c != '_'));
    }
    words.push(' ');
    words
}

fn breaks(name: &str, never: &BTreeSet<String>) -> bool {
    let words = words_of(name);
    never.iter().any(|word| words.contains(&format!(" {} ", word.replace('_', " "))))
}

#[test]
fn no_name_in_the_source_is_a_word_that_the_glossary_has_another_one_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let never = never();
    assert!(never.len() > 12, "{never:?}");
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut broken = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let names = names(&text).into_iter().filter(|name| breaks(name, &never));
        broken.extend(names.map(|name| format!("{}: {name}", file.strip_prefix(root).unwrap().display())));
    }
    assert_eq!(broken, Vec::<String>::new(), "see *Words* in CONTRIBUTING.md");
}

#[test]
fn a_word_is_found_in_every_spelling_and_only_as_a_word() {
    let never = BTreeSet::from(["reps".to_owned(), "epoch_day".to_owned()]);
    for name in ["reps", "card_reps", "CardReps", "reps_of_card", "epoch_day", "EpochDay", "from_epoch_day"] {
        assert!(breaks(name, &never), "{name}");
    }
    for name in ["repetitions", "preps", "epoch", "day", "epochs_day"] {
        assert!(!breaks(name, &never), "{name}");
    }
    let code = "let card = 1; // reps\nlet text = \"reps\"; fn ease() {}";
    assert_eq!(names(code), BTreeSet::from(["let", "card", "1", "text", "fn", "ease"]));
}
