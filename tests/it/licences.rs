//! Every dependency may be shipped: its licence is on the list of deny.toml, its source is crates.io.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn deny_toml() -> toml::Table {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml")).unwrap().parse().unwrap()
}

fn allowed() -> BTreeSet<String> {
    let table = deny_toml();
    let list = table["licenses"]["allow"].as_array().unwrap();
    list.iter().map(|licence| licence.as_str().unwrap().to_owned()).collect()
}

/// Whether an SPDX expression can be satisfied by the list: of what is joined by OR one has to be on it, of what is
/// joined by AND all. `/` is the old way to write OR; `WITH` belongs to the name before it.
fn satisfied(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let fine = any_of(&words, &mut at, allowed);
    fine && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut fine = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        fine |= all_of(words, at, allowed);
    }
    fine
}

fn all_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut fine = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        fine &= one(words, at, allowed);
    }
    fine
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.get(*at) else { return false };
    *at += 1;
    if *word == "(" {
        let fine = any_of(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return fine && closed;
    }
    let mut licence = (*word).to_owned();
    if let (Some(&"WITH"), Some(exception)) = (words.get(*at), words.get(*at + 1)) {
        licence.push_str(&format!(" WITH {exception}"));
        *at += 2;
    }
    allowed.contains(&licence)
}

fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Packages that are built on this machine, by these kinds of edges. The lock file also lists what other platforms need;
/// those are not fetched here, so nobody could read their licence without a network.
pub(crate) fn packages(edges: &str) -> BTreeSet<String> {
    let tree = cargo(&["tree", "--locked", "--offline", "--edges", edges, "--prefix", "none", "--format", "{p}"]);
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    tree.lines().filter(|line| !line.trim().is_empty()).map(name).collect()
}

/// What cargo knows of the packages of this machine.
pub(crate) fn metadata() -> Value {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let args = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    serde_json::from_str(&cargo(&args)).unwrap()
}

#[test]
fn every_dependency_has_a_licence_that_we_may_ship_and_is_from_the_registry() {
    let allowed = allowed();
    let here = packages("normal,build,dev");
    let metadata = metadata();
    let mut seen = BTreeSet::new();
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let text = |field: &str| package[field].as_str().unwrap_or_default();
        let name = format!("{} v{}", text("name"), text("version"));
        if !here.contains(&name) {
            continue;
        }
        if text("source") != REGISTRY && text("name") != "lmq" {
            refused.push(format!("{name} is from `{}`", text("source")));
        }
        if !satisfied(text("license"), &allowed) {
            refused.push(format!("{name} has the licence `{}`", text("license")));
        }
        seen.insert(name);
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(seen.is_superset(&here), "without metadata: {:?}", here.difference(&seen).collect::<Vec<_>>());
    assert!(seen.len() > 50, "{}", seen.len());
}

/// The same that `cargo deny check bans` does with that list.
#[test]
fn nothing_that_can_open_a_connection_is_in_the_binary() {
    let table = deny_toml();
    let name = |ban: &toml::Value| ban["crate"].as_str().unwrap().to_owned();
    let banned: BTreeSet<String> = table["bans"]["deny"].as_array().unwrap().iter().map(name).collect();
    assert!(banned.contains("tokio") && banned.contains("socket2"), "{banned:?}");
    let shipped = packages("normal,build");
    let name = |package: &String| package.split(' ').next().unwrap().to_owned();
    let found: Vec<String> = shipped.iter().map(name).filter(|name| banned.contains(name)).collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_licence_expression_is_read_as_it_is_meant() {
    let allowed: BTreeSet<String> =
        ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into_iter().collect();
    for (expression, fine) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT OR GPL-3.0-only", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(Apache-2.0 OR GPL-3.0-only) AND MIT", false),
        ("GPL-3.0-only OR MIT AND Unicode-3.0", true),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("Apache-2.0", false),
        ("", false),
        ("MIT MIT", false),
        ("(MIT", false),
    ] {
        assert_eq!(satisfied(expression, &allowed), fine, "{expression}");
    }
}
