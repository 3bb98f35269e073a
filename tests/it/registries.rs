//! Nothing may be forgotten in a list: a test file that is not run, a command without tests, a format that nobody finds.

use std::fs;
use std::path::Path;

/// Files of `src/cli` that are no commands.
const NO_COMMANDS: [&str; 19] = [
    "place",
    "telling",
    "home",
    "ask",
    "import_json",
    "import_question",
    "editor",
    "mod",
    "bulk",
    "busy",
    "colour",
    "faults",
    "json",
    "lint_words",
    "output",
    "parse",
    "screen",
    "share",
    "usage",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn modules(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text between `from` and the next `;`.
fn list<'t>(text: &'t str, from: &str) -> &'t str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once("];")).unwrap_or_else(|| panic!("no `{from}`")).0
}

#[test]
fn every_test_file_is_run() {
    let main = read("tests/it/main.rs");
    for name in modules("tests/it").iter().filter(|name| *name != "main") {
        assert!(main.contains(&format!("\nmod {name};")), "tests/it/{name}.rs is not in tests/it/main.rs");
    }
}

#[test]
fn every_command_is_run_by_some_test() {
    let tests: String = modules("tests/it").iter().map(|name| read(&format!("tests/it/{name}.rs"))).collect();
    for file in modules("src/cli") {
        let name = match file.as_str() {
            "glance" => continue,
            "move_cards" => "move",
            other => &other.replace('_', "-"),
        };
        if !NO_COMMANDS.contains(&file.as_str()) {
            let as_word = [format!("[\"{name}\""), format!("lmq {name} ")];
            assert!(as_word.iter().any(|word| tests.contains(word)), "no test runs `lmq {name}`");
        }
    }
}

#[test]
fn every_importer_and_exporter_is_in_its_list() {
    let registry = read("src/formats/mod.rs");
    let importers = list(&registry, "pub const IMPORTERS: &[&dyn Importer] =");
    let exporters = list(&registry, "pub const EXPORTERS: &[&dyn Exporter] =");
    let mut implementations = 0;
    for name in modules("src/formats") {
        // A format with a folder of its own may implement the traits in files there.
        let folder = format!("src/formats/{name}");
        let parts = if root().join(&folder).is_dir() { modules(&folder) } else { Vec::new() };
        let files = parts.iter().map(|part| format!("{folder}/{part}.rs")).chain([format!("{folder}.rs")]);
        for file in files {
            let text = read(&file);
            for (of, listed) in [("impl Importer for ", importers), ("impl Exporter for ", exporters)] {
                if text.contains(of) {
                    implementations += 1;
                    assert!(listed.contains(&format!("{name}::")), "{file}: `{of}` is not in its list");
                }
            }
        }
    }
    assert!(implementations >= 8, "only {implementations} implementations were found: look where they went");
}

#[test]
fn every_renderer_is_in_its_list() {
    let renderers = read("src/report/mod.rs");
    let listed = list(&renderers, "pub const RENDERERS");
    for name in modules("src/report") {
        if read(&format!("src/report/{name}.rs")).contains("impl Renderer for ") {
            assert!(listed.contains(&format!("{name}::")), "src/report/{name}.rs is not in RENDERERS");
        }
    }
}

#[test]
fn every_kind_of_card_is_in_its_list_and_in_the_manual_of_deck_files() {
    let kinds = read("src/core/card/mod.rs");
    let listed = list(&kinds, "pub const CARD_KINDS");
    let manual = read("docs/deck-format.md");
    for name in modules("src/core/card") {
        if read(&format!("src/core/card/{name}.rs")).contains("impl CardKind for ") {
            assert!(listed.contains(&format!("{name}::")), "src/core/card/{name}.rs is not in CARD_KINDS");
            assert!(manual.contains(&format!("\n### {name}\n")), "docs/deck-format.md has no section headed `{name}`");
        }
    }
}
