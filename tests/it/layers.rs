//! Who may name whom (ARCHITECTURE.md has the table and the reasons).

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// For each folder or file of `src/`: the parts of the crate that it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &["core"]),
    ("env", &["env", "core"]),
    ("failure", &["failure"]),
    ("store", &["store", "core"]),
    ("formats", &["formats", "core", "store::sqlite_file"]),
    ("report", &["report", "core"]),
    ("ops", &["ops", "core", "env", "store", "formats", "report", "failure"]),
    ("ui", &["ui", "core", "ops", "report", "failure"]),
    ("cli", &["cli", "core", "env", "store", "formats", "report", "ops", "ui", "failure"]),
    ("lib", &["core", "env", "failure", "store", "formats", "report", "ops", "ui", "cli"]),
    ("main", &[]),
];

/// What only these parts may name.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("clap::", &["cli"]),
    ("clap_complete", &["cli"]),
    ("crossterm", &["ui"]),
    ("csv::", &["formats", "report"]),
    ("maud", &["report"]),
    ("::now()", &["env"]),
    ("std::env::", &["env", "main"]),
    ("std::fs", &["env", "store", "ops", "cli"]),
    ("rand::", &["env"]),
    ("uuid::", &["env"]),
];

pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn layer_of(root: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(root).unwrap();
    inside.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

fn broken_rules(file: &str, layer: &str, text: &str) -> Vec<String> {
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{file}: `{layer}` is not in the table of tests/it/layers.rs")];
    };
    let mut broken = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let at = format!("{file}:{}", index + 1);
        for path in line.split("crate::").skip(1) {
            let named = |allowed: &&&str| {
                path.strip_prefix(**allowed)
                    .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
            };
            if !allowed.iter().any(|allowed| named(&allowed)) {
                broken.push(format!("{at}: `{layer}` may not name `crate::{}`", path.trim_end_matches(';')));
            }
        }
        for (word, layers) in ONLY_IN {
            if line.contains(word) && !layers.contains(&layer) {
                broken.push(format!("{at}: `{word}` belongs to {}", layers.join(", ")));
            }
        }
    }
    broken
}

#[test]
fn every_file_names_only_what_its_layer_may() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let broken: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
            broken_rules(&name, &layer_of(&root, file), &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(files.len() > 10);
}

#[test]
fn a_broken_rule_is_said_with_file_line_and_rule() {
    assert_eq!(
        broken_rules("src/report/html.rs", "report", "// crate::store is fine here\nuse crate::store::Store;\n"),
        ["src/report/html.rs:2: `report` may not name `crate::store::Store`"]
    );
    assert_eq!(
        broken_rules("src/ui/x.rs", "ui", "let c = rusqlite::Connection::open(p);"),
        ["src/ui/x.rs:1: `rusqlite` belongs to store"]
    );
    assert_eq!(
        broken_rules("src/extra/x.rs", "extra", ""),
        ["src/extra/x.rs: `extra` is not in the table of tests/it/layers.rs"]
    );
    assert!(broken_rules("src/formats/x.rs", "formats", "use crate::store::sqlite_file::open;").is_empty());
    assert!(!broken_rules("src/formats/x.rs", "formats", "use crate::store::sqlite_files;").is_empty());
}
