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

/// What the pages and messages once said, and nobody says in English.
const NEVER_SAID: [&str; 24] = [
    "stand-up are enough",
    "Who comes back is told",
    "tables of any make",
    "puts what was before beside it",
    "says how much it tells",
    "looks whether",
    "what the log adds up to",
    "with the rights",
    "asked wrongly",
    "Say nothing but what",
    "streak keeps",
    "the streak keeps",
    "after so many minutes",
    "that this search means",
    "by the ending of --out",
    "what was before",
    "what is usual",
    "have come how far",
    "from each other",
    "how-manieth",
    "a sitting",
    "one sitting",
    "this sitting",
    "say --",
];

/// The texts of a source file that people may read: its literals, without those of its tests.
fn said(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n").replace("\\\"", "'").replace("'\"'", "");
    let parts = code.split('"').skip(1).step_by(2);
    parts.map(|part| part.split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn nothing_is_said_as_if_it_were_translated_and_no_hint_names_a_file_that_nobody_has() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = Vec::new();
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    for file in files.iter().filter(|file| !file.strip_prefix(root).unwrap().to_string_lossy().contains("test")) {
        for text in said(&fs::read_to_string(file).unwrap()) {
            let is_turned_round = text.contains(" is no ") && !text.contains("here is no ");
            let names_a_page = text.contains("docs/") && !text.starts_with("../");
            if is_turned_round || names_a_page {
                texts.push((file.clone(), text.clone()));
            }
            texts
                .extend(NEVER_SAID.iter().filter(|words| text.contains(**words)).map(|_| (file.clone(), text.clone())));
        }
    }
    for entry in
        fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).chain([root.join("README.md")])
    {
        // The page of findings names tests, and those of what was measured and of new cards are written by programs.
        let is_read = entry.extension().is_some_and(|extension| extension == "md") && !entry.ends_with("findings.md");
        let page = if is_read { fs::read_to_string(&entry).unwrap() } else { String::new() };
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        texts.extend(
            NEVER_SAID.iter().filter(|words| page.contains(**words)).map(|words| (entry.clone(), (*words).to_owned())),
        );
    }
    assert_eq!(texts, Vec::<(std::path::PathBuf, String)>::new());
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
