//! docs/findings.md names the test that holds each promise: it has to be there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names of all functions in the Rust files below a folder.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim);
            while let Some(line) = lines.next() {
                if line == "#[test]"
                    && let Some(line) = lines.find(|line| line.starts_with("fn "))
                {
                    names.extend(line.trim_start_matches("fn ").split('(').next().map(str::to_owned));
                }
            }
        }
    }
}

#[test]
fn every_test_that_the_page_of_findings_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut there = BTreeSet::new();
    functions(&root.join("src"), &mut there);
    functions(&root.join("tests"), &mut there);
    let page = fs::read_to_string(root.join("docs/findings.md")).unwrap();
    let named: BTreeSet<String> =
        page.split('`').skip(1).step_by(2).filter(|word| word.matches('_').count() > 2).map(str::to_owned).collect();
    assert!(named.len() > 60, "{named:?}");
    assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
}
