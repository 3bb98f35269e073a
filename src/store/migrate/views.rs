//! The views for people: their words are core's, and what they say is what the program says.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::card::kind;
use crate::core::event::Asked;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::fact::Fact;
use crate::core::fact::SettingChange;
use crate::core::grade::Drill;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::Happened;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::laws::Command;
use crate::store::laws::Device;
use crate::store::laws::basic;
use crate::store::laws::command;
use crate::store::laws::cut;
use crate::store::laws::deliver;
use crate::store::migrate::MIGRATIONS;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::BTreeSet;

const DATA_MODEL: &str = include_str!("../../../docs/data-model.md");

/// The rows of a query, columns separated by `|` and without a value empty, as the sqlite3 shell prints them.
fn rows(db: &Connection, sql: &str) -> Vec<String> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let cells: Vec<String> = (0..columns)
            .map(|column| match row.get_ref(column).unwrap() {
                ValueRef::Null => String::new(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Real(number) => format!("{number:?}"),
                ValueRef::Text(text) => std::str::from_utf8(text).unwrap().to_owned(),
                ValueRef::Blob(_) => panic!("{sql}: bytes are nothing for people"),
            })
            .collect();
        found.push(cells.join("|"));
    }
    found
}

#[test]
fn the_words_of_the_views_are_cores() {
    let db = Connection::open_in_memory().unwrap();
    for (_, sql) in MIGRATIONS {
        db.execute_batch(sql).unwrap();
    }
    let device = 1_i64 << 32;
    db.execute("INSERT INTO device (id, uuid, name) VALUES (1, zeroblob(16), 'here')", []).unwrap();
    db.execute("INSERT INTO note_name (id, uid) VALUES (1, zeroblob(16))", []).unwrap();
    let (mut steps, mut answers) = (Vec::new(), Vec::new());
    for kind in ActionKind::ALL {
        db.execute(
            "INSERT INTO action (id, entries, kind, hlc, offset_min, study_day) VALUES (?1, 1, ?2, 0, 0, 0)",
            (device + i64::from(kind.code()), kind.code()),
        )
        .unwrap();
        steps.push(kind.name());
    }
    for kind in EventKind::ALL {
        let quality = kind.answer().map(|(quality, _)| u8::from(quality));
        db.execute(
            "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, offset_min) VALUES (513, ?1, 0, ?2, 0, ?3, 0, 0)",
            (device + 100 + i64::from(kind.code()), kind.code(), quality),
        )
        .unwrap();
        steps.push(ActionKind::of_lone(&kind).name());
        answers.extend(quality.map(|_| kind.name()));
    }
    let words = |sql: &str| rows(&db, sql);
    assert_eq!(words("SELECT kind FROM actions ORDER BY CAST(substr(action, 34) AS INTEGER)"), steps);
    assert_eq!(words("SELECT kind FROM answers"), answers);
    for (place, quality) in Quality::ALL.into_iter().enumerate() {
        let id = device + 200 + i64::try_from(place).unwrap();
        db.execute(
            "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, offset_min) VALUES (514, ?1, 0, 1, 0, ?2, 0, 0)",
            (id, u8::from(quality)),
        )
        .unwrap();
        let asked = Asked::ALL.get(place).map(|asked| asked.code());
        db.execute("INSERT INTO event_detail (id, asked) VALUES (?1, ?2)", (id, asked)).unwrap();
    }
    let buttons: Vec<String> = Quality::ALL.iter().map(|quality| quality.button().name().to_lowercase()).collect();
    assert_eq!(words("SELECT grade FROM answers WHERE card LIKE '%-2' ORDER BY quality"), buttons);
    let asked: Vec<&str> = Asked::ALL.iter().map(|asked| asked.name()).collect();
    assert_eq!(words("SELECT asked FROM answers WHERE asked IS NOT NULL ORDER BY quality"), asked);
}

/// An instant to the second, with its own offset.
fn second(at: Timestamp) -> String {
    at.to_datetime().unwrap().format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The answers that count, as the history has them: instant, day, card, kind, grade.
fn answers_of(store: &Store) -> Vec<String> {
    let mut found = Vec::new();
    store
        .history(None, |row| {
            if let Happened::Event(event) = &row.what
                && let Some((quality, took)) = event.kind.answer()
                && !row.voided
            {
                let (at, quality) = (second(event.at), u8::from(quality));
                let seconds = f64::from(took.0) / 1000.0;
                found.push(format!(
                    "{at}|{}|{}|{}|{quality}|{seconds:?}",
                    event.study_day.iso(),
                    event.card,
                    event.kind.name()
                ));
            }
            Ok(())
        })
        .unwrap();
    found.sort();
    found
}

/// The first phrasing of the first field of a note.
fn first_field(text: &NoteText) -> &str {
    kind(&text.kind).and_then(|kind| kind.fields().first()).map_or("", |field| text.text(field.name))
}

/// The cards as `lmq cards` has them.
fn cards_of(store: &Store) -> Vec<String> {
    let mut found = Vec::new();
    store
        .cards(&DeckSet::All, &[], |line| {
            let memory = line.state.memory.as_ref();
            // The view knows of no today: nothing is held back, and nothing repeated, on a day after all others.
            let word = line.state.word(StudyDay(1_000_000), Drill::Failed);
            assert!(word != StateWord::Buried);
            found.push(format!(
                "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}",
                line.card,
                line.name(),
                line.deck,
                first_field(&line.text),
                serde_json::to_string(&line.text.tags).unwrap(),
                line.topic.clone().unwrap_or_default(),
                word.name(),
                memory.map_or_else(String::new, |memory| memory.due.iso()),
                memory.map_or_else(String::new, |memory| memory.interval.0.to_string()),
                memory
                    .and_then(crate::core::state::Memory::ease)
                    .map_or_else(String::new, |ease| format!("{:?}", ease.decimal())),
            ));
            Ok(())
        })
        .unwrap();
    found.sort();
    found
}

/// The steps of the whole log: name, instant, kind, entries, whether they were undone.
fn actions_of(device: &Device) -> Vec<String> {
    let voided = &device.store.context().unwrap().voided;
    let mut found: Vec<String> = device
        .log()
        .iter()
        .filter_map(|record| if let LogRecord::Action(action) = record { Some(action) } else { None })
        .map(|action| {
            let (name, undone) = (action.span.action, u8::from(voided.contains(action.span.action)));
            format!("{name}|{}|{}|{}|{undone}", second(action.at), action.kind.name(), action.span.entries)
        })
        .collect();
    found.sort();
    found
}

fn assert_views_are_right(device: &Device) {
    let db = &device.store.db;
    let sorted = |sql: &str| {
        let mut found = rows(db, sql);
        found.sort();
        found
    };
    assert_eq!(sorted("SELECT at, day, card, kind, quality, seconds FROM answers"), answers_of(&device.store));
    let cards = "SELECT card, name, deck, text, tags, topic_title, state, due, interval_days, ease FROM cards";
    assert_eq!(sorted(cards), cards_of(&device.store));
    assert_eq!(sorted("SELECT action, at, kind, entries, undone FROM actions"), actions_of(device));
    let undone: BTreeSet<i64> = rows(db, "SELECT id FROM undone").iter().map(|id| id.parse().unwrap()).collect();
    let context = device.store.context().unwrap();
    let entries = rows(db, "SELECT id FROM event UNION ALL SELECT id FROM fact");
    for id in entries.iter().map(|id| id.parse().unwrap()) {
        assert_eq!(undone.contains(&id), context.voided.has(context.reader.known(id).unwrap()), "entry {id}");
    }
    assert_eq!(
        rows(db, "SELECT coalesce(sum(notes), 0), coalesce(sum(answers), 0) FROM topics"),
        rows(
            db,
            "SELECT (SELECT count(*) FROM note WHERE retired = 0 AND topic > 0), count(*) FROM answers \
             WHERE kind = 'answered' AND topic IS NOT NULL"
        )
    );
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 400, ..crate::store::laws::config() })]

    #[test]
    fn the_views_say_what_the_program_says(
        one in proptest::collection::vec(command(), 0..40),
        other in proptest::collection::vec(command(), 0..40),
        most in 1usize..9,
    ) {
        let (mut first, mut second) = (Device::new(1), Device::new(2));
        one.iter().for_each(|command| first.take(command));
        other.iter().take(other.len() / 2).for_each(|command| second.take(command));
        let segments = cut(&first.log(), most);
        deliver(&mut second, &segments, 1);
        other.iter().skip(other.len() / 2).for_each(|command| second.take(command));
        assert_views_are_right(&first);
        assert_views_are_right(&second);
    }
}

#[test]
fn an_undo_of_an_undo_of_an_undo_is_told_by_the_views_too() {
    let mut device = Device::new(1);
    device.take(&Command::Import { version: 1, reversed: false });
    device.take(&Command::Answer { card: 0, quality: 4 });
    for _ in 0..3 {
        device.take(&Command::Undo);
        device.take(&Command::Redo);
    }
    assert_eq!(rows(&device.store.db, "SELECT count(*) FROM answers"), ["1"]);
    assert_views_are_right(&device);
    device.take(&Command::Undo);
    assert_eq!(rows(&device.store.db, "SELECT count(*) FROM answers"), ["0"]);
    assert_views_are_right(&device);
}

#[test]
fn an_undo_of_what_a_fork_has_of_its_parent_is_told_by_the_views_too() {
    let mut parent = Device::new(1);
    parent.take(&Command::Import { version: 1, reversed: false });
    parent.take(&Command::Answer { card: 0, quality: 4 });
    let answer = parent.store.newest_action(&[]).unwrap().unwrap().id;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmq.db");
    parent.store.copy_to(&path).unwrap();
    let store = Store::open(&path, Device::here(2), parent.stamp().now).unwrap();
    let mut fork = Device::over(store, parent.now_ms, folder);
    fork.take(&Command::Answer { card: 1, quality: 4 });
    assert_eq!(rows(&fork.store.db, "SELECT count(*) FROM answers"), ["2"]);
    let stamp = fork.stamp();
    fork.store.write(stamp, ActionKind::Undo, Subject::None, |writer| writer.undo(answer)).unwrap();
    assert_eq!(rows(&fork.store.db, "SELECT count(*) FROM answers"), ["1"]);
    assert_views_are_right(&fork);
}

/// The SQL of the page about the data model.
fn examples() -> Vec<&'static str> {
    DATA_MODEL.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

const JANUARY_15: i32 = 20_468;

/// Noon of a day, an hour east of Greenwich, and so many minutes later.
fn noon(day: i32, minutes: i64) -> Stamp {
    let unix_ms = (i64::from(day) * 1440 + 11 * 60 + minutes) * 60_000;
    Stamp { now: Timestamp { unix_ms, offset_min: 60 }, today: StudyDay(day) }
}

/// A learner with a deck of capitals, two weeks on.
fn learner() -> Device {
    let mut device = Device::new(1);
    let deck = |writer: &mut crate::store::Writer<'_>| {
        let options = BulkOptions::new(DeckOrigin::File);
        let mut bulk = Bulk::new(writer, options)?;
        bulk.deck("geo", "geo", [Some("Capitals"), None, None, None, None].into())?;
        bulk.topic("geo", "south", "South America", None, None)?;
        bulk.topic("geo", "north", "The North", None, None)?;
        for (key, front, back, topic) in [
            ("peru", "Capital of Peru?", "Lima", "south"),
            ("chile", "Capital of Chile?", "Santiago", "south"),
            ("iceland", "Capital of Iceland?", "Reykjavík", "north"),
        ] {
            let text = NoteText { topic: Some(topic.to_owned()), ..basic(front, back, &[]) };
            let who = NoteRef { uid: NoteUid::of_key("geo", key), named: true };
            bulk.note("geo", who, Some(key.to_owned()), &PackedNote::of(&text)?)?;
        }
        bulk.finish().map(drop)
    };
    let import = ActionKind::Import;
    device.store.write(noon(JANUARY_15, 0), import, Subject::Deck("geo".to_owned()), deck).unwrap();
    for (day, minutes, key, quality, took) in [
        (0, 1, "peru", 4, 4_000),
        (0, 2, "chile", 2, 21_500),
        (0, 3, "iceland", 5, 3_500),
        (1, 0, "peru", 4, 5_000),
        (1, 1, "chile", 2, 15_500),
        (1, 2, "iceland", 3, 9_000),
        (7, 0, "peru", 2, 12_000),
        (7, 1, "peru", 5, 2_000),
    ] {
        let card = CardId { note: NoteUid::of_key("geo", key), ordinal: 1 };
        let last = device.store.card(card).unwrap().unwrap().state.last_event;
        let quality = Quality::try_from(quality).unwrap();
        answer(&mut device.store, card, last, quality, took, noon(JANUARY_15 + day, minutes));
    }
    let undo = device.store.newest_action(&[]).unwrap().unwrap().id;
    let stamp = noon(JANUARY_15 + 7, 2);
    device.store.write(stamp, ActionKind::Undo, Subject::None, |writer| writer.undo(undo)).unwrap();
    let chile = NoteUid::of_key("geo", "chile");
    let stamp = noon(JANUARY_15 + 7, 3);
    device
        .store
        .write(stamp, ActionKind::Tag, Subject::Note(chile), |writer| writer.retag(chile, "hard", true))
        .unwrap();
    let change = SettingChange::Setting { key: "new_per_day".to_owned(), old: None, new: Some("5".to_owned()) };
    let stamp = noon(JANUARY_15 + 7, 4);
    device
        .store
        .write(stamp, ActionKind::Configure, Subject::None, |writer| {
            writer.append_fact(&Fact::Configured, Some(serde_json::to_string(&change).unwrap()))
        })
        .unwrap();
    device
}

fn answer(store: &mut Store, card: CardId, last: Option<EventId>, quality: Quality, took: u32, stamp: Stamp) {
    let draft = Draft::new(card, EventKind::Answered { quality, took: Millis(took) }, last);
    store
        .write(stamp, ActionKind::Answer, Subject::Card(card), |writer| writer.append(&draft, &Scheduler::default()))
        .unwrap();
}

#[test]
fn the_queries_of_the_page_about_the_data_model_do_what_it_says() {
    let device = learner();
    let results: Vec<Vec<String>> = examples().iter().map(|sql| rows(&device.store.db, sql)).collect();
    let expected: [&[&str]; 5] = [
        &["2026-01-22|1|1|0.2", "2026-01-16|3|1|0.5", "2026-01-15|3|1|0.5"],
        &["geo/chile|Capital of Chile?|1|1.86|2026-01-17", "geo/peru|Capital of Peru?|1|2.18|2026-01-23"],
        &[
            "geo/chile|Capital of Chile?|2|18.5",
            "geo/peru|Capital of Peru?|3|7.0",
            "geo/iceland|Capital of Iceland?|2|6.3",
        ],
        &["geo|South America|2|3|33.0", "geo|The North|1|1|100.0"],
        &[
            r#"2026-01-22T12:04:00+01:00|configure||{"change":"setting","key":"new_per_day","new":"5"}|0"#,
            "2026-01-22T12:03:00+01:00|tag|geo/chile|hard|0",
            "2026-01-22T12:02:00+01:00|undo|||0",
            "2026-01-15T12:00:00+01:00|import|geo||0",
        ],
    ];
    assert_eq!(results, expected);
}
