//! docs/cli.md and docs/lmq.1 are written from the help: `UPDATE_DOCS=1 cargo test docs` writes them anew.

use crate::support::Lmq;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[expect(clippy::disallowed_methods, reason = "a person who changed the help says so")]
fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

fn kept(name: &str, made: &str) {
    if updating() {
        std::fs::write(place(name), made).unwrap();
    }
    let there = std::fs::read_to_string(place(name)).unwrap();
    assert!(there == made, "{name} is not what the help says: UPDATE_DOCS=1 cargo test docs");
}

/// The help of every command, at a width of 100.
fn reference() -> String {
    let mut out = String::from(
        "# Commands\n\nWritten from the help by a test (`tests/it/docs.rs`); change the comments in `src/cli/`, not this file.\n",
    );
    let mut root = lmq::cli::command().term_width(100);
    root.build();
    let mut section = |title: String, command: &clap::Command| {
        let help = command.clone().render_long_help().to_string();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        out.push_str(&format!("\n## {title}\n\n```text\n{}\n```\n", help.join("\n").trim()));
    };
    section("lmq".to_owned(), &root);
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        section(format!("lmq {}", command.get_name()), command);
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            section(format!("lmq {} {}", command.get_name(), inner.get_name()), inner);
        }
    }
    out
}

fn manual() -> String {
    let mut pages = Vec::new();
    let mut root = lmq::cli::command().disable_help_subcommand(true);
    root.build();
    clap_mangen::Man::new(root.clone()).render(&mut pages).unwrap();
    let commands: Vec<clap::Command> = root.get_subcommands().cloned().collect();
    for command in commands {
        let name = command.get_name().to_owned();
        let man = clap_mangen::Man::new(command);
        pages.extend(format!(".SH \"LMQ {}\"\n", name.to_uppercase()).bytes());
        man.render_synopsis_section(&mut pages).unwrap();
        man.render_description_section(&mut pages).unwrap();
        man.render_options_section(&mut pages).unwrap();
        man.render_extra_section(&mut pages).unwrap();
    }
    String::from_utf8(pages).unwrap()
}

#[test]
fn the_command_reference_and_the_manual_say_what_the_help_says() {
    kept("docs/cli.md", &reference());
    kept("docs/lmq.1", &manual());
}

fn names(value: &Value, into: &mut BTreeSet<String>) {
    let first = value.as_array().map_or(Some(value), |all| all.first());
    into.extend(first.and_then(Value::as_object).into_iter().flat_map(|object| object.keys().cloned()));
}

#[test]
fn every_field_of_the_json_is_in_its_doc() {
    let lmq = Lmq::new();
    lmq.import("a.csv", "front,back\na,b\n");
    let name = lmq.json(&["next", "--json"])["id"].as_str().unwrap().to_owned();
    let mut fields = BTreeSet::new();
    names(&lmq.json(&["answer", &name, "good", "--json"]), &mut fields);
    let history = lmq.json(&["history", "--json"]);
    names(&history, &mut fields);
    names(&history[0]["after"], &mut fields);
    for args in [
        &["cards", "--json"][..],
        &["decks", "--json"],
        &["show", &name, "--json"],
        &["undo", "--list", "--json"],
        &["import", "a.csv", "--json"],
        &["undo", "--json"],
        &["config", "list", "--json"],
    ] {
        names(&lmq.json(args), &mut fields);
    }
    lmq.write(
        "bad.toml",
        "[deck]\nid = \"b\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"a?\"\nback = \"b\"\n",
    );
    names(&lmq.json(&["check", "bad.toml", "--json"]), &mut fields);
    let doc = std::fs::read_to_string(place("docs/json.md")).unwrap();
    let missing: Vec<&String> = fields.iter().filter(|field| !doc.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "docs/json.md does not explain {missing:?}");
    assert!(fields.len() > 50);
}

#[test]
fn every_kind_of_card_has_its_section_and_its_example_works() {
    let doc = std::fs::read_to_string(place("docs/deck-format.md")).unwrap();
    for kind in lmq::core::card::CARD_KINDS {
        assert!(doc.contains(&format!("### {}\n", kind.name())), "{}", kind.name());
    }
    let examples: String =
        doc.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect::<Vec<_>>().join("\n");
    let deck = lmq::formats::deck_toml::parse(&examples).unwrap_or_else(|faults| panic!("{faults:?}"));
    let kinds: BTreeSet<&str> = deck.notes.iter().map(|note| note.text.kind.as_str()).collect();
    assert_eq!(kinds.len(), lmq::core::card::CARD_KINDS.len());
}

#[test]
fn every_command_that_the_readme_shows_is_one() {
    let readme = std::fs::read_to_string(place("README.md")).unwrap();
    let known: Vec<String> =
        lmq::cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    assert!(readme.contains("cargo run --release -- review") && readme.contains("cargo test"));
    for line in readme.lines().filter(|line| line.starts_with("lmq ") && !line.starts_with("lmq  ")) {
        let command = line.split_whitespace().nth(1).unwrap();
        assert!(command.starts_with('-') || known.iter().any(|name| name == command), "{line}");
    }
}

#[test]
fn every_file_of_a_list_is_in_its_list() {
    for (folder, list, skip) in [
        ("src/core/card", "src/core/card/mod.rs", &["mod.rs", "compare.rs"][..]),
        ("src/cli", "src/cli/mod.rs", &["mod.rs", "json.rs", "output.rs", "parse.rs", "glance.rs"]),
    ] {
        let text = std::fs::read_to_string(place(list)).unwrap();
        for entry in std::fs::read_dir(place(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(module) = name.strip_suffix(".rs").filter(|_| !skip.contains(&name.as_str())) else { continue };
            assert!(
                text.matches(&format!("{module}::")).count() + text.matches(&format!("=> {module},")).count() > 0,
                "{folder}/{name} is in no list"
            );
        }
    }
}

#[test]
fn every_dependency_has_a_licence_that_we_may_ship() {
    let allowed = [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "Unicode-3.0",
        "Unlicense",
        "CC0-1.0",
        "MPL-2.0",
        "MIT-0",
        "BSL-1.0",
        "Apache-2.0 WITH LLVM-exception",
    ];
    // What is really built here; the lock file also lists optional parts that nobody switched on.
    let output = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let packages: BTreeSet<&str> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    assert!(packages.len() > 50, "{packages:?}");
    let mut refused = Vec::new();
    for package in packages {
        let (name, licence) = package.split_once('|').unwrap();
        let licence = licence.replace('/', " OR ");
        // Every part that is joined by AND has to offer one that is allowed.
        let fine = licence.split(" AND ").all(|part| {
            part.trim_matches(['(', ')']).split(" OR ").any(|one| allowed.contains(&one.trim_matches(['(', ')', ' '])))
        });
        if !fine {
            refused.push(format!("{name}: {licence}"));
        }
        // A package from anywhere but crates.io names where it is from.
        assert!(
            !name.contains("http") && (!name.contains("(/") || name.starts_with("lmq ") || name.contains("proc-macro")),
            "{name}"
        );
    }
    assert!(refused.is_empty(), "{refused:?}");
}
