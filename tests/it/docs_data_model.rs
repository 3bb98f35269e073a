//! docs/data-model.md: every table, column, kind and field is in it, with what lies beside it.

use crate::docs::explains;
use crate::docs::page;
use crate::docs::place;
use crate::docs::section;
use crate::home::Lmq;
use lmq::core::action::ActionKind;
use lmq::core::event::Asked;
use lmq::core::event::EventKind;
use lmq::core::fact::ChainHash;
use lmq::core::fact::Erasure;
use lmq::core::fact::Fact;
use lmq::core::id::ActionId;
use lmq::core::id::DeviceId;
use lmq::core::id::NoteUid;
use lmq::core::study_day::StudyDay;
use lmq::core::tried::Tried;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The names of the fields of a line of a history, with those of the objects in it.
fn fields_of_line(line: &serde_json::Map<String, Value>, names: &mut BTreeSet<String>) {
    for (name, value) in line {
        names.insert(name.clone());
        if let Value::Object(inner) = value {
            fields_of_line(inner, names);
        }
    }
}

#[test]
fn every_field_of_an_exported_history_is_in_the_data_model() {
    let lmq = Lmq::at_home();
    lmq.import("a.csv", "front,back\na,b\nc,d\n");
    let card = lmq.json(["next", "--json"])["id"].as_str().unwrap().to_owned();
    for args in [
        &["answer", &card, "good"][..],
        &["answer", &card, "again"],
        &["set-due", "2026-03-01", &card],
        &["bury", &card],
        &["tag", "x", "deck:a", "--yes"],
        &["move", "elsewhere", &card],
        &["config", "set", "new_per_day", "5"],
        &["undo"],
        &["pause", "--until", "2026-02-01"],
        &["forget", &card, "--yes"],
    ] {
        lmq.ok(args);
    }
    let log = lmq.ok(["export", "--what", "history"]);
    let mut names = BTreeSet::new();
    for line in log.lines() {
        fields_of_line(serde_json::from_str::<Value>(line).unwrap().as_object().unwrap(), &mut names);
    }
    assert!(names.contains("hash") && names.contains("memory") && names.contains("until"), "{names:?}");
    explains(section(&page("docs/data-model.md"), "Segments"), "a history", &names);
}

#[test]
fn every_table_and_column_is_in_the_data_model() {
    let doc = page("docs/data-model.md");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(place("migrations")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let db = rusqlite::Connection::open_in_memory().unwrap();
    for file in files {
        db.execute_batch(&std::fs::read_to_string(file).unwrap()).unwrap();
    }
    let rows = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let tables = rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'");
    assert!(tables.len() > 20);
    for table in tables {
        let columns = rows(&format!("SELECT name FROM pragma_table_info('{table}')"));
        explains(about_table(&doc, &table), &table, &columns.into_iter().collect());
    }
}

/// The part of the page about the data model that is about a table or view.
fn about_table<'d>(doc: &'d str, table: &str) -> &'d str {
    let heading = format!("`{table}`");
    let is_about = |part: &&str| part.lines().next().is_some_and(|line| line.split(", ").any(|name| name == heading));
    let part = doc.split("\n### ").find(is_about);
    let part = part.unwrap_or_else(|| panic!("docs/data-model.md has no ### {heading}"));
    part.split("\n## ").next().unwrap()
}

/// The rows of a table of kinds, `| 1 | `name` | … |`: number, name, and the last cell.
fn kinds(part: &str) -> Vec<(u8, &str, &str)> {
    part.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
            Some((cells.first()?.parse().ok()?, name, *cells.last()?))
        })
        .collect()
}

/// One of each kind of fact, in the order of their numbers.
fn facts() -> Vec<Fact> {
    let (note, deck) = (NoteUid([0; 16]), String::new());
    let id = DeviceId([0; 16]);
    let facts = vec![
        Fact::Brought { note, deck: deck.clone(), position: 0, edition: 0 },
        Fact::Gone { note },
        Fact::Ordered { note, position: 0 },
        Fact::Edited { note },
        Fact::Cleared { note },
        Fact::Tagged { note },
        Fact::Untagged { note },
        Fact::Placed { note, deck: deck.clone(), position: None },
        Fact::Deleted { note },
        Fact::Revived { note },
        Fact::Keyed { note },
        Fact::Aliased { alias: note, note },
        Fact::Head { deck: deck.clone(), edition: 0 },
        Fact::Renamed { deck: deck.clone() },
        Fact::Topic { deck: deck.clone(), edition: 0 },
        Fact::Scheduler { deck: deck.clone(), config: None },
        Fact::Undone { action: ActionId { device: id, number: 1 }, mark: None },
        Fact::Configured,
        Fact::Paused { until: StudyDay(0) },
        Fact::Resumed,
        Fact::Erased { what: Erasure::Typed },
        Fact::TookOver { device: id, from: 1, to: 1, chain: ChainHash::default() },
        Fact::Tried { deck: deck.clone(), tried: Tried::Yes },
        Fact::Hidden { deck, hidden: true },
    ];
    for fact in &facts {
        // A new kind does not compile here until it is in the list above.
        match fact {
            Fact::Brought { .. } | Fact::Gone { .. } | Fact::Ordered { .. } | Fact::Edited { .. } => {}
            Fact::Cleared { .. } | Fact::Tagged { .. } | Fact::Untagged { .. } | Fact::Placed { .. } => {}
            Fact::Deleted { .. } | Fact::Revived { .. } | Fact::Keyed { .. } | Fact::Aliased { .. } => {}
            Fact::Head { .. } | Fact::Renamed { .. } | Fact::Topic { .. } | Fact::Scheduler { .. } => {}
            Fact::Undone { .. } | Fact::Configured | Fact::Paused { .. } | Fact::Resumed => {}
            Fact::Erased { .. } | Fact::TookOver { .. } | Fact::Tried { .. } | Fact::Hidden { .. } => {}
        }
    }
    facts
}

#[test]
fn every_kind_of_action_event_and_fact_is_in_the_data_model_with_what_lies_beside_it() {
    let doc = page("docs/data-model.md");
    let actions: Vec<(u8, &str, &str)> = ActionKind::ALL
        .iter()
        .map(|kind| (kind.code(), kind.name(), if kind.can_be_undone() { "yes" } else { "no" }))
        .collect();
    assert_eq!(kinds(about_table(&doc, "action")), actions);

    let events = kinds(about_table(&doc, "event"));
    let names = |kinds: &[(u8, &str, &str)]| -> Vec<(u8, String)> {
        kinds.iter().map(|(code, name, _)| (*code, (*name).to_owned())).collect()
    };
    let known: Vec<(u8, String)> = EventKind::ALL.iter().map(|kind| (kind.code(), kind.name().to_owned())).collect();
    assert_eq!(names(&events), known);
    for (kind, (_, name, beside)) in EventKind::ALL.iter().zip(&events) {
        assert_eq!(kind.answer().is_some(), beside.contains("quality") && beside.contains("time"), "{name}");
        assert_eq!(kind.arg().is_some(), beside.contains("`arg`"), "{name}");
        let has_memory = matches!(kind, EventKind::Rescheduled | EventKind::Adopted);
        assert_eq!(has_memory, beside.contains("memory"), "{name}");
    }

    let said = kinds(about_table(&doc, "fact"));
    let known: Vec<(u8, String)> = facts().iter().map(|fact| (fact.code(), fact.name().to_owned())).collect();
    assert_eq!(names(&said), known);
    for (fact, (_, name, beside)) in facts().iter().zip(&said) {
        assert_eq!(fact.has_text(), beside.contains("text"), "{name}");
    }
    for asked in Asked::ALL {
        let part = about_table(&doc, "event_detail");
        let row = part.lines().find(|line| line.starts_with("| `asked`")).unwrap();
        assert!(row.contains(&format!("{} ", asked.code())), "{}", asked.name());
    }
}
