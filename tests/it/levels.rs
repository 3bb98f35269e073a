//! Tests stand at the lowest level that can prove the thing (CONTRIBUTING.md): few of them start the program.

use crate::layers::sources;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Who names one of these starts the program: in a folder of its own, in a terminal, or by its path.
const STARTERS: [&str; 3] = ["Lmq", "Terminal", "CARGO_BIN_EXE_lmq"];

/// A function of a file of tests.
struct Function<'t> {
    name: &'t str,
    is_test: bool,
    /// The words of its signature and body.
    words: BTreeSet<&'t str>,
    /// What it calls: a function by its bare name, a method with its dot.
    calls: BTreeSet<String>,
}

impl Function<'_> {
    /// As calls name it.
    fn called(&self) -> String {
        if self.words.contains("self") { format!(".{}", self.name) } else { self.name.to_owned() }
    }
}

fn words(code: &str) -> impl DoubleEndedIterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// What a line calls. `World::found(…)` is none of the file's own.
fn calls(line: &str) -> impl Iterator<Item = String> {
    let mut parts: Vec<&str> = line.split('(').collect();
    parts.pop();
    parts.into_iter().filter_map(|before| {
        let name = words(before).next_back()?;
        match before.strip_suffix(name)?.chars().last() {
            Some('.') => Some(format!(".{name}")),
            Some(':') => None,
            _ => Some(name.to_owned()),
        }
    })
}

fn functions(text: &str) -> Vec<Function<'_>> {
    let mut functions: Vec<Function<'_>> = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        let line = line.split("//").next().unwrap_or_default();
        is_test |= line == "#[test]";
        if let Some(rest) = line.strip_prefix("pub(crate) ").unwrap_or(line).strip_prefix("fn ") {
            let name = words(rest).next().unwrap();
            functions.push(Function { name, is_test, words: BTreeSet::new(), calls: BTreeSet::new() });
            is_test = false;
        }
        if let Some(function) = functions.last_mut() {
            function.words.extend(words(line));
            function.calls.extend(calls(line));
        }
    }
    functions
}

/// How many tests a file has, and how many of them start the program, themselves or by a function of the file.
fn counted(text: &str) -> (usize, usize) {
    let functions = functions(text);
    let mut starters = BTreeSet::new();
    loop {
        let starts = |function: &&Function<'_>| {
            STARTERS.iter().any(|word| function.words.contains(word)) || !function.calls.is_disjoint(&starters)
        };
        let more: BTreeSet<String> = functions.iter().filter(starts).map(Function::called).collect();
        if more == starters {
            break;
        }
        starters = more;
    }
    let tests = || functions.iter().filter(|function| function.is_test);
    (tests().count(), tests().filter(|function| starters.contains(function.name)).count())
}

#[test]
fn at_most_a_third_of_the_tests_start_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["src", "tests"] {
        sources(&root.join(folder), &mut files);
    }
    let (mut all, mut starting) = (0, Vec::new());
    for file in files {
        let (tests, starts) = counted(&fs::read_to_string(&file).unwrap());
        all += tests;
        if !file.starts_with(root.join("src")) {
            starting.push((starts, file.strip_prefix(root).unwrap().display().to_string()));
        }
    }
    starting.sort_unstable_by(|one, other| other.cmp(one));
    let starts: usize = starting.iter().map(|(starts, _)| starts).sum();
    starting.truncate(12);
    assert!(
        starts * 3 <= all,
        "{starts} of {all} tests start the program, most of them here: {starting:?}; what is not about messages, exit codes, \
         options, files, pipes or a terminal belongs to `World` (tests/it/world.rs) or beside the code"
    );
}

#[test]
fn a_test_starts_the_program_by_its_own_words_or_by_a_helper() {
    let text = "use crate::home::Lmq;\n\n\
        fn home() -> Lmq {\n    Lmq::new()\n}\n\n\
        fn answered() -> u8 {\n    home();\n    1\n}\n\n\
        #[test]\nfn by_itself() {\n    Lmq::new();\n}\n\n\
        #[test]\nfn by_a_helper_of_a_helper() {\n    answered();\n}\n\n\
        #[test]\nfn not_at_all() {\n    // home() and Lmq are words of a comment.\n    let home = World::home();\n    world.answered();\n}\n\n\
        #[test]\nfn in_a_terminal() {\n    Terminal::start();\n}\n\n\
        impl Simulation {\n    fn next(&self) {\n        home();\n    }\n}\n\n\
        #[test]\nfn by_a_method() {\n    simulation.next();\n}\n";
    assert_eq!(counted(text), (5, 4));
    assert_eq!(counted("proptest! {\n    #[test]\n    fn law(x: u8) {\n        f(x);\n    }\n}\n"), (1, 0));
}
