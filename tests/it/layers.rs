//! Who may name whom (ARCHITECTURE.md has the table and the reasons).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// For each folder or file of `src/`: the parts of the crate that it may name.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &["core"]),
    ("env", &["env", "core"]),
    ("failure", &["failure"]),
    ("store", &["store", "core"]),
    ("formats", &["formats", "core"]),
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
    // Markup is read in one place: `core/document` makes of a text what everybody shows, searches and compares.
    ("pulldown_cmark", &["core"]),
    ("html_escape", &["core"]),
    ("maud", &["report"]),
    ("::now()", &["env"]),
    ("std::env::", &["env", "main"]),
    ("chrono::Local", &["env"]),
    ("std::fs", &["env", "store", "ops", "cli"]),
    ("rand::", &["env"]),
    ("uuid::", &["env"]),
];

/// Files of one layer that name each other, directly or through others, all files of each group. A new one has to be explained
/// here, or better, broken: what both need usually is a noun of its own.
const CIRCLES: &[(&[&str], &str)] = &[(
    &[
        "store::behind",
        "store::card_state",
        "store::chain",
        "store::facts",
        "store::fork",
        "store::log_out",
        "store::review_log",
        "store::sums",
        "store::writer",
    ],
    "an entry of the log, its hash and what hangs on it are written in one transaction",
)];

/// The name of the module that a file of `src/` is.
fn module(root: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(root).unwrap().with_extension("").display().to_string().replace('/', "::");
    inside.trim_end_matches("::mod").to_owned()
}

/// Whether one module lies inside the other: the two are one noun, told in two files.
fn is_kin(one: &str, other: &str) -> bool {
    let lies_in = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with("::"));
    lies_in(one, other) || lies_in(other, one)
}

/// By file, the other files of its layer that it names outside of its tests.
fn named_files(texts: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, text) in texts.iter().filter(|(file, _)| !file.ends_with("::tests") && !file.contains("::tests::")) {
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for path in line.split("crate::").skip(1) {
                let path = path.split(|c| !is_word(c)).next().unwrap_or_default();
                let mut parts: Vec<&str> = path.split("::").collect();
                let other = loop {
                    match texts.get_key_value(&parts.join("::")) {
                        Some((other, _)) => break Some(other),
                        None if parts.pop().is_none() => break None,
                        None => {}
                    }
                };
                let is_same_layer = |other: &str| other.split("::").next() == file.split("::").next();
                if let Some(other) =
                    other.filter(|other| *other != file && is_same_layer(other) && !is_kin(file, other))
                {
                    named.entry(file).or_default().insert(other);
                }
            }
        }
    }
    named
}

/// Groups of files that reach each other.
fn circles(texts: &BTreeMap<String, String>) -> Vec<BTreeSet<&str>> {
    let named = named_files(texts);
    let reached = |from: &str| {
        let mut reached = BTreeSet::new();
        let mut ahead: Vec<&str> = named.get(from).into_iter().flatten().copied().collect();
        while let Some(file) = ahead.pop() {
            if reached.insert(file) {
                ahead.extend(named.get(file).into_iter().flatten());
            }
        }
        reached
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = named.keys().map(|file| (*file, reached(file))).collect();
    let mut circles: Vec<BTreeSet<&str>> = Vec::new();
    for (file, others) in all.iter().filter(|(file, others)| others.contains(*file)) {
        let circle = others.iter().copied().filter(|other| all.get(other).is_some_and(|back| back.contains(file)));
        let circle: BTreeSet<&str> = circle.collect();
        if !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

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
fn no_files_of_a_layer_name_each_other_in_a_circle_that_nobody_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let texts = files.iter().map(|file| (module(&root, file), fs::read_to_string(file).unwrap())).collect();
    let circles = circles(&texts);
    let explained: Vec<BTreeSet<&str>> = CIRCLES.iter().map(|(files, _)| files.iter().copied().collect()).collect();
    assert_eq!(circles, explained);
}

#[test]
fn a_circle_is_found_through_other_files_but_not_within_one_noun() {
    let text =
        |files: &[(&str, &str)]| files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
    let round = text(&[
        ("ops::a", "use crate::ops::b::B;"),
        ("ops::b", "use crate::ops::c;\nuse crate::core::x;"),
        ("ops::c", "fn f() { crate::ops::a::g() }"),
        ("ops::d", "use crate::ops::a;"),
        ("core::x", ""),
    ]);
    assert_eq!(circles(&round), [BTreeSet::from(["ops::a", "ops::b", "ops::c"])]);
    let kin = text(&[("ops::a", "use crate::ops::a::b::B;"), ("ops::a::b", "use crate::ops::a::A;")]);
    assert!(circles(&kin).is_empty());
    let tests = text(&[
        ("ops::a", "use crate::ops::b;"),
        ("ops::b", "// crate::ops::a\n#[cfg(test)]\nmod tests {\n    use crate::ops::a;\n}"),
    ]);
    assert!(circles(&tests).is_empty());
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
    assert!(broken_rules("src/formats/x.rs", "formats", "use crate::core::id::CardId;").is_empty());
    assert!(!broken_rules("src/formats/x.rs", "formats", "use crate::core_of_another;").is_empty());
}
