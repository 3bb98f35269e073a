//! docs/cli.md and docs/lmq.1 are written from the help: `UPDATE_DOCS=1 cargo test docs` writes them anew.

use crate::home::Lmq;
use lmq::core::grade::Quality;
use lmq::core::id::CardId;
use lmq::core::id::NoteUid;
use lmq::core::scheduler::Sm2;
use lmq::core::state::CardState;
use lmq::core::study_day::StudyDay;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

pub(crate) fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub(crate) fn page(name: &str) -> String {
    std::fs::read_to_string(place(name)).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a person who changed the help says so")]
pub(crate) fn updating() -> bool {
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
    for command in root.get_subcommands() {
        section(format!("lmq {}", command.get_name()), command);
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            section(format!("lmq {} {}", command.get_name(), inner.get_name()), inner);
        }
    }
    out
}

/// The parts of a command in the manual: clap_mangen writes whole pages, so its headings go one level down here.
fn part(command: &clap::Command) -> String {
    let inner = command.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    let man = clap_mangen::Man::new(inner);
    let mut page = Vec::new();
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    man.render_extra_section(&mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let lines: Vec<&str> = page.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el ")).collect();
    format!("{}\n", lines.join("\n").replace(".SH ", ".SS "))
}

const ENVIRONMENT: &str = r".SH ENVIRONMENT
.TP
\fBLMQ_DB\fR
The database file; \fB\-\-db\fR wins.
.TP
\fBLMQ_CONFIG\fR
The settings file.
.TP
\fBLMQ_NOW\fR
The moment to act as if it were; \fB\-\-now\fR wins.
.TP
\fBNO_COLOR\fR
Not empty: no colour.
.SH FILES
.TP
\fI~/.local/share/lmq/lmq.db\fR
The database, in the platform\(aqs data folder.
.TP
\fI~/.config/lmq/config.toml\fR
The settings, in the platform\(aqs settings folder.
.TP
\fI~/.local/state/lmq\fR
How far each database got, so that a copied one is noticed.
";

fn manual() -> String {
    let mut root = lmq::cli::command().disable_help_subcommand(true);
    root.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(root.clone()).render(&mut page).unwrap();
    let mut page = String::from_utf8(page).unwrap();
    for command in root.get_subcommands() {
        let name = command.get_name();
        // All commands are on this one page.
        page = page.replace(&format!("\nlmq\\-{name}(1)\n"), &format!("\n\\fBlmq {name}\\fR\n"));
        page.push_str(&format!(".SH \"LMQ {}\"\n{}", name.to_uppercase(), part(command)));
        for inner in command.get_subcommands() {
            page = page.replace(
                &format!("\nlmq\\-{name}\\-{}(1)\n", inner.get_name()),
                &format!("\n\\fBlmq {name} {}\\fR\n", inner.get_name()),
            );
            page.push_str(&format!(
                ".SH \"LMQ {} {}\"\n{}",
                name.to_uppercase(),
                inner.get_name().to_uppercase(),
                part(inner)
            ));
        }
    }
    page.push_str(ENVIRONMENT);
    as_written(&page)
}

/// What follows the help (its examples) under a name that says so, with its line breaks and columns kept.
fn as_written(page: &str) -> String {
    let mut out = String::new();
    let mut kept = false;
    for line in page.lines().filter(|line| *line != "Examples:") {
        if kept && line.starts_with(".S") {
            out.push_str(".fi\n");
            kept = false;
        }
        match line.strip_suffix(" EXTRA") {
            Some(heading) => {
                out.push_str(&format!("{heading} EXAMPLES\n.nf\n"));
                kept = true;
            }
            None => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

#[test]
fn the_command_reference_and_the_manual_say_what_the_help_says() {
    kept("docs/cli.md", &reference());
    kept("docs/lmq.1", &manual());
}

/// The part of a page under a heading.
pub(crate) fn section<'d>(doc: &'d str, heading: &str) -> &'d str {
    let mut parts = doc.split("\n## ");
    parts.find(|part| part.lines().next() == Some(heading)).unwrap_or_else(|| panic!("there is no `## {heading}`"))
}

/// The names of all fields of an object, or of all objects of an array.
fn fields(value: &Value) -> BTreeSet<String> {
    let rows = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    assert!(!rows.is_empty(), "nothing was printed, so nothing is known of its fields");
    rows.iter().flat_map(|row| row.as_object().unwrap().keys().cloned()).collect()
}

/// Fails where `text` does not name each of the fields.
pub(crate) fn explains(text: &str, what: &str, names: &BTreeSet<String>) {
    let missing: Vec<&String> = names.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
    assert!(!names.is_empty() && missing.is_empty(), "{what}: the page does not explain {missing:?}");
}

#[test]
fn every_rule_of_doctor_is_on_the_page_about_json() {
    let doc = page("docs/json.md");
    let names = lmq::store::Rule::ALL.map(|rule| rule.name().to_owned());
    explains(doc.split_once("`lmq doctor` prints").unwrap().1, "doctor", &BTreeSet::from(names));
}

#[test]
fn every_field_of_the_json_is_explained_where_its_command_is() {
    let doc = page("docs/json.md");
    let lmq = Lmq::at_home();
    lmq.import("a.csv", "front,back\na,b\n");
    let card = lmq.json(["next", "--json"]);
    let name = card["id"].as_str().unwrap().to_owned();
    let quote = lmq.json(["cards", "deck:quotes", "--json"])[0]["key"].as_str().unwrap().to_owned();
    lmq.import(
        "mine.toml",
        format!(
            "[deck]\nid = \"quotes\"\n[[card]]\nkey = \"{quote}\"\nkind = \"basic\"\nfront = \"a?\"\nback = \"b\"\n"
        ),
    );
    lmq.write(
        "bad.toml",
        "[deck]\nid = \"b\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"a?\"\nback = \"b\"\n",
    );
    for (args, heading) in [
        (&["answer", &name, "good", "--json"][..], "A card"),
        (&["add", "team", "a?", "b", "--json"], "A card"),
        (&["next", "--json"], "A card"),
        (&["cards", "--json"], "A card"),
        (&["show", &name, "--json"], "A card"),
        (&["history", "--json"], "A row of the history"),
        (&["decks", "--json"], "Decks"),
        (&["decks", "--edited", "--json"], "Decks"),
        (&["import", "a.csv", "--json"], "Import"),
        (&["undo", "--list", "--json"], "Undo"),
        (&["undo", "--json"], "Undo"),
        (&["check", "bad.toml", "--json"], "Check and doctor"),
        (&["check", "bad.toml", "--figures", "--json"], "Check and doctor"),
        (&["mark", &name, "--json"], "Changes of many cards"),
        (&["config", "list", "--json"], "Settings"),
        (&["checkup", "--json"], "Check-ups"),
    ] {
        explains(section(&doc, heading), &format!("{args:?}"), &fields(&lmq.json(args)));
    }
    lmq.run(["doctor", "--fix"]).done();
    explains(section(&doc, "Backups"), "backup", &fields(&lmq.json(["backup", "--list", "--json"])));
    let checked = lmq.run_with(b"1\n1\n1\n", ["checkup", "--minutes", "1", "--json"]);
    let checked: Value = serde_json::from_str(&checked.stdout).unwrap();
    let check_ups = section(&doc, "Check-ups");
    for (what, value) in [("one", &checked["this"]), ("its range", &checked["this"]["range"])] {
        explains(check_ups, what, &fields(value));
    }
    explains(check_ups, "a topic", &fields(&checked["this"]["topics"]));
    let history = lmq.json(["history", "--json"]);
    let answered = history.as_array().unwrap().iter().find(|row| row["kind"] == "answered").unwrap();
    for state in ["before", "after"] {
        explains(section(&doc, "A row of the history"), state, &fields(&answered[state]));
    }
    // An answer from the future is something that doctor finds.
    assert_eq!(lmq.run_at("2026-03-01T09:00:00+01:00", ["answer", &name, "good"]).code, 0);
    let doctor = lmq.run(["doctor", "--json"]);
    assert_eq!(doctor.code, 3, "{doctor:?}");
    explains(section(&doc, "Check and doctor"), "doctor", &fields(&serde_json::from_str(&doctor.stdout).unwrap()));

    explains(&page("docs/metrics.md"), "report", &fields(&lmq.json(["report", "--json"])["sections"]));
    let erased = fields(&lmq.json(["forget", "--typed", "--yes", "--json"]));
    explains(section(&doc, "Forget"), "forget", &erased);
}

#[test]
fn every_kind_of_card_has_its_section_and_its_example_works() {
    let doc = page("docs/deck-format.md");
    for kind in lmq::core::card::CARD_KINDS {
        assert!(doc.contains(&format!("### {}\n", kind.name())), "{}", kind.name());
    }
    let examples: String =
        doc.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect::<Vec<_>>().join("\n");
    let deck = lmq::formats::deck_toml::parse(&examples).unwrap_or_else(|faults| panic!("{faults:?}"));
    let kinds: BTreeSet<&str> = deck.notes.iter().map(|note| note.text.kind.as_str()).collect();
    assert_eq!(kinds.len(), lmq::core::card::CARD_KINDS.len());
}

/// The words that a shell would hand to the `lmq` of a line; none where it calls no `lmq`. Two spaces end an example:
/// what follows is said to people.
fn words(line: &str) -> Option<Vec<String>> {
    let line = line.trim();
    let start = if line == "lmq" || line.starts_with("lmq ") { 0 } else { line.find("| lmq ")? + 2 };
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut inside = 0;
    let mut chars = line.get(start..)?.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            // `$(…)` is one word, whatever the shell would make of it.
            (_, '(') | (_, ')') => inside += if c == '(' { 1 } else { -1 },
            (_, c) if inside > 0 => words.last_mut().unwrap().push(c),
            (None, ' ') if chars.peek() == Some(&' ') => break,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut().unwrap().push(c),
        }
    }
    let end = words.iter().position(|word| ["|", ">", ";", "&&"].contains(&word.as_str())).unwrap_or(words.len());
    words.truncate(end);
    Some(words)
}

fn examples_of(command: &clap::Command, found: &mut Vec<String>) {
    if let Some(help) = command.get_after_help() {
        found.extend(help.to_string().lines().map(str::to_owned));
    }
    command.get_subcommands().for_each(|inner| examples_of(inner, found));
}

#[test]
fn every_example_is_a_command_that_there_is() {
    let readme = page("README.md");
    assert!(readme.contains("cargo run --release -- review") && readme.contains("cargo test"));
    let mut lines: Vec<String> = Vec::new();
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/authoring.md",
        "docs/data-model.md",
        "docs/deck-format.md",
        "docs/json.md",
        "docs/reports.md",
        "docs/share.md",
    ] {
        let text = page(name);
        lines.extend(text.split("```").skip(1).step_by(2).flat_map(str::lines).map(str::to_owned));
    }
    let mut root = lmq::cli::command();
    root.build();
    let before = lines.len();
    examples_of(&root, &mut lines);
    assert!(lines.len() > before + 60, "the help has examples");
    let mut tried = 0;
    for line in &lines {
        let Some(words) = words(line) else { continue };
        tried += 1;
        if let Err(error) = lmq::cli::command().try_get_matches_from(&words) {
            panic!("{line}\n{words:?}\n{error}");
        }
    }
    assert!(tried > 60, "{tried}");
}

/// The text of all files in a folder and those inside it.
fn read_all(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, text);
        } else {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_message_that_the_readme_explains_is_one_that_there_is() {
    let readme = page("README.md");
    let table = section(&readme, "When something is wrong");
    let mut sources = String::new();
    for folder in ["src/ops", "src/cli", "src/store"] {
        read_all(&place(folder), &mut sources);
    }
    let mut found = 0;
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let message = line.split('`').nth(1).unwrap();
        // `…` stands for what differs from case to case, and so does a number.
        let differs = |c: char| c == '…' || c.is_ascii_digit();
        for part in message.split(differs).map(str::trim).filter(|part| !part.is_empty()) {
            assert!(sources.contains(part), "no message says `{part}`");
            found += 1;
        }
    }
    assert!(found > 5);
}

/// Without what stands between backticks: links there are examples.
fn without_code(page: &str) -> String {
    page.lines().map(|line| line.split('`').step_by(2).collect::<String>() + "\n").collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut pages = vec!["README.md".to_owned()];
    for folder in [".", "docs"] {
        for entry in std::fs::read_dir(place(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    for name in pages {
        for link in without_code(&page(&name))
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')').map(|(link, _)| link.to_owned()))
        {
            let target = link.split('#').next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let there = place(&name).parent().unwrap().join(target);
            assert!(there.exists(), "{name} links to {target}, which is not there");
        }
    }
}

#[test]
fn every_file_of_a_list_is_in_its_list() {
    for (folder, list, skip) in [
        ("src/core/card", "src/core/card/mod.rs", &["mod.rs", "bare.rs", "compare.rs", "reading.rs", "verdict.rs"][..]),
        (
            "src/cli",
            "src/cli/mod.rs",
            &[
                "mod.rs",
                "bulk.rs",
                "busy.rs",
                "faults.rs",
                "json.rs",
                "lint_words.rs",
                "output.rs",
                "parse.rs",
                "glance.rs",
                "home.rs",
                "import_json.rs",
                "import_question.rs",
                "screen.rs",
                "share.rs",
                "colour.rs",
                "telling.rs",
                "usage.rs",
            ],
        ),
    ] {
        let text = std::fs::read_to_string(place(list)).unwrap();
        for entry in std::fs::read_dir(place(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(module) = name.strip_suffix(".rs").filter(|_| !skip.contains(&name.as_str())) else { continue };
            assert!(
                text.matches(&format!("{module}::")).count()
                    + text.matches(&format!("=> {module},")).count()
                    + text.matches(&format!("=> {module} common,")).count()
                    > 0,
                "{folder}/{name} is in no list"
            );
        }
    }
}

#[test]
fn every_setting_and_every_command_of_a_key_is_explained() {
    let page = std::fs::read_to_string("docs/configuration.md").unwrap();
    let settings = lmq::ops::settings::SETTINGS.iter().map(|setting| setting.key);
    let commands = lmq::ui::keymap::Command::ALL.iter().map(|command| command.name());
    for name in settings.chain(commands) {
        assert!(page.contains(&format!("`{name}`")), "docs/configuration.md has to explain `{name}`");
    }
    for toml in page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        let read = lmq::ops::settings::read(std::path::Path::new("page"), toml).unwrap();
        lmq::ui::keymap::Keymap::new(read.settings.key_preset, &read.settings.keys).unwrap();
    }
}

#[test]
fn the_worked_cases_of_the_page_on_scheduling_are_what_the_scheduler_does() {
    let doc = page("docs/scheduling.md");
    let numbers = |cell: &str| -> Vec<i64> { cell.split_whitespace().map(|word| word.parse().unwrap()).collect() };
    let card = CardId { note: NoteUid([1; 16]), ordinal: 1 };
    let mut cases = 0;
    for row in
        section(&doc, "Worked cases").lines().filter(|line| line.starts_with("| ") && line.contains(char::is_numeric))
    {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [grades, intervals, eases, repetitions, lapses, due] = cells[..] else { panic!("{row}") };
        let (mut state, mut day) = (CardState::default(), StudyDay(0));
        let (mut had_intervals, mut had_eases) = (Vec::new(), Vec::new());
        for grade in numbers(grades) {
            let quality = Quality::try_from(u8::try_from(grade).unwrap()).unwrap();
            state = Sm2::default().answer(card, &state, quality, day);
            let memory = state.memory.clone().unwrap();
            day = memory.due;
            had_intervals.push(i64::from(memory.interval.0));
            had_eases.push(i64::from(memory.ease().unwrap().hundredths()));
        }
        let memory = state.memory.unwrap();
        let had = (had_intervals, had_eases, i64::from(memory.repetitions), i64::from(memory.lapses), i64::from(day.0));
        let one = |cell: &str| numbers(cell)[0];
        assert_eq!(had, (numbers(intervals), numbers(eases), one(repetitions), one(lapses), one(due)), "{row}");
        cases += 1;
    }
    assert_eq!(cases, 7);
}

#[test]
fn the_page_on_metrics_has_what_the_statistics_say_of_their_numbers() {
    let page = page("docs/metrics.md");
    for sentence in lmq::ui::WHAT_THEY_ARE {
        assert!(page.contains(sentence), "docs/metrics.md lacks: {sentence}");
    }
}
