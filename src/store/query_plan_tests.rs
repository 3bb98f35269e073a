//! What a sitting asks the database for is found by index: no statement on the way of one answer reads a whole table
//! that grows with the collection or the log.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Drill;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::queue::DueOrder;
use crate::core::scheduler::Scheduler;
use crate::core::settings::DeckRules;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::DeckSet;
use crate::store::HeadDetails;
use crate::store::Here;
use crate::store::Limits;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;
use rusqlite::trace::TraceEvent;
use rusqlite::trace::TraceEventCodes;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;

/// Tables that stay small: a row a deck, a device, a setting, a configuration, a followed file; and one for the sums of a
/// deck's day, which is read from its newest day on.
const SMALL: [&str; 6] = ["deck", "device", "meta", "config", "followed", "day_sum"];

/// Indexes that stay small: of check-ups, which are few in a lifetime, and of the notes that are kept for them.
const SMALL_INDEXES: [&str; 2] = ["event_checked", "note_held_out"];

pub(super) fn stamp(day: i32) -> Stamp {
    let now = Timestamp { unix_ms: i64::from(day) * 86_400_000, offset_min: 0 };
    Stamp { now, today: StudyDay(day) }
}

pub(super) fn open(path: &Path) -> Store {
    Store::open(path, Here::nameless(DeviceId([1; 16])), stamp(0).now).unwrap()
}

fn fill(store: &mut Store) {
    let options = BulkOptions::new(DeckOrigin::File);
    let work = |writer: &mut crate::store::Writer<'_>| {
        let mut bulk = Bulk::new(writer, options)?;
        let sequence = ["t".to_owned()];
        bulk.deck("d", "d", HeadDetails { sequence: Some(&sequence), ..HeadDetails::default() })?;
        bulk.topic("d", "t", "T", None, None)?;
        for number in 0..33 {
            let text = format!(
                r#"{{"kind":"basic","fields":{{"front":["{number}?","{number}, what?"],"back":"{number}"}},"after":["k0"],"topic":"t"}}"#
            );
            let note = PackedNote::of(&crate::store::notes::text_of(&text, None)?)?;
            let who = NoteRef { uid: uid(number), named: true };
            // The last ones lie in a deck that is in no sequence.
            bulk.note(if number < 30 { "d" } else { "e" }, who, Some(format!("k{number}")), &note)?;
        }
        bulk.finish().map(drop)
    };
    store.write(stamp(1), ActionKind::Import, Subject::None, work).unwrap();
}

fn uid(number: u8) -> NoteUid {
    NoteUid::of_key("d", &format!("k{number}"))
}

fn answer(store: &mut Store, number: u8, day: i32, quality: Quality) {
    let card = CardId { note: uid(number), ordinal: 1 };
    let loaded = store.load(card).unwrap().unwrap();
    let scheduler = Scheduler::default();
    let kind = EventKind::Answered { quality, took: Millis(1) };
    let detail = Detail { variant: Some(0), ..Detail::default() };
    let draft = Draft { detail, ..Draft::new(card, kind, loaded.state.last_event) };
    let work = |writer: &mut crate::store::Writer<'_>| writer.append(&draft, &scheduler);
    store.write(stamp(day), ActionKind::Answer, Subject::Card(card), work).unwrap();
}

/// The statements that `work` ran, each once.
fn statements(store: &mut Store, work: impl FnOnce(&mut Store)) -> BTreeSet<String> {
    let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let hear = Arc::clone(&seen);
    let listen = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, _) = event {
            hear.lock().unwrap().insert(statement.sql().into_owned());
        }
    };
    store.db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(listen)).unwrap();
    work(store);
    store.db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, None::<fn(TraceEvent<'_>)>).unwrap();
    let seen = seen.lock().unwrap();
    seen.iter().filter(|sql| !sql.starts_with("--")).cloned().collect()
}

/// The steps of a statement's plan that read a whole table, or sort what they have read.
fn slow_steps(store: &Store, sql: &str) -> Vec<String> {
    let mut statement = store.db().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>(3)).unwrap();
    let steps: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
    let aliases = |step: &str| {
        let name = step.split(' ').nth(1).unwrap_or_default().to_owned();
        // `FROM deck k`: the plan has the alias only.
        SMALL.iter().any(|table| name == *table || sql.contains(&format!("{table} {name} ")))
    };
    let by_small = |step: &str| SMALL_INDEXES.iter().any(|index| step.ends_with(&format!(" USING INDEX {index}")));
    let scans =
        |step: &&String| step.starts_with("SCAN") && *step != "SCAN CONSTANT ROW" && !aliases(step) && !by_small(step);
    steps.iter().filter(scans).cloned().collect()
}

/// Asserts that nothing in `work` scans, and that what names `table` is found by `index`.
fn assert_by_index(store: &mut Store, by: &[(&str, &str)], work: impl FnOnce(&mut Store)) {
    let run = statements(store, work);
    assert!(!run.is_empty());
    for sql in
        run.iter().filter(|sql| !["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"].iter().any(|word| sql.starts_with(word)))
    {
        assert_eq!(slow_steps(store, sql), Vec::<String>::new(), "{sql}");
    }
    let mut plans = String::new();
    for sql in run.iter().filter(|sql| sql.starts_with("SELECT")) {
        let mut statement = store.db().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let parameters = vec![rusqlite::types::Null; statement.parameter_count()];
        let rows = statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get::<_, String>(3)).unwrap();
        for step in rows {
            plans.push_str(&step.unwrap());
            plans.push('\n');
        }
    }
    for (what, index) in by {
        let found = plans.lines().any(|step| step.starts_with(&format!("SEARCH {what} ")) && step.contains(index));
        assert!(found, "no search of {what} by {index} in:\n{plans}");
    }
}

fn rules() -> DeckRules {
    Settings { drill: Some(Drill::Below4), ..Settings::default() }.rules([])
}

fn limits(day: i32) -> Limits {
    Limits {
        reviews: 200.into(),
        new: 10.into(),
        until: StudyDay(day),
        due_order: DueOrder::Day,
        rules: rules(),
        keep_siblings_apart: true,
        first_only: false,
    }
}

#[test]
fn a_sitting_begins_and_answers_by_index_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("lmq.db"));
    fill(&mut store);
    for (number, day, quality) in [(0, 2, Quality::Q4), (0, 3, Quality::Q4), (1, 3, Quality::Q4), (2, 4, Quality::Q1)] {
        answer(&mut store, number, day, quality);
    }
    let begin = [
        ("card_state", "card_due"),
        ("card_state", "card_risk"),
        ("n", "note_new"),
        ("note", "note_new"),
        ("a", "PRIMARY KEY"),
        ("u", "note_name_uid"),
        ("day_sum", "PRIMARY KEY"),
    ];
    assert_by_index(&mut store, &begin, |store| {
        let supply = store.supply(&DeckSet::All, StudyDay(4), &limits(4)).unwrap();
        assert!(!supply.due.is_empty() && !supply.new.iter().all(|offer| offer.cards.is_empty()));
        assert!(!supply.repeats.is_empty(), "every part of it ran");
        let by_risk = Limits { due_order: DueOrder::Risk, ..limits(4) };
        assert_eq!(store.supply(&DeckSet::All, StudyDay(4), &by_risk).unwrap().due.len(), supply.due.len());
        assert!(store.overflows(&DeckSet::All, StudyDay(4), 0.into()).unwrap());
        assert!(!store.overflows(&DeckSet::All, StudyDay(4), 200.into()).unwrap());
        store.pauses().unwrap();
        store.last_practised(StudyDay(4)).unwrap();
        store.done_today(StudyDay(4), crate::core::study_day::Rollover::DEFAULT).unwrap();
        store.newest_own_answer().unwrap().unwrap();
        store.builtin_hash().unwrap();
        store.sources().unwrap();
        store.load(CardId { note: uid(1), ordinal: 1 }).unwrap().unwrap();
        store.candidate(CardId { note: uid(1), ordinal: 1 }).unwrap().unwrap();
        store.find("d/k1").unwrap();
    });
    assert_by_index(&mut store, &[("u", "note_name_uid")], |store| answer(store, 3, 4, Quality::Q5));
    assert_by_index(&mut store, &[("event", "event_id"), ("fact", "fact_subject")], |store| {
        let newest = store.newest_action(&[ActionKind::Answer]).unwrap().unwrap();
        store.write(stamp(4), ActionKind::Undo, Subject::None, |writer| writer.undo(newest.id)).unwrap();
    });
}

#[test]
fn whether_a_check_up_is_due_is_found_by_index_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("lmq.db"));
    fill(&mut store);
    answer(&mut store, 0, 2, Quality::Q4);
    assert_by_index(&mut store, &[("u", "INTEGER PRIMARY KEY"), ("x", "INTEGER PRIMARY KEY")], |store| {
        assert_eq!(store.checked().unwrap(), []);
        store.held_out().unwrap();
        assert_eq!(store.first_answer_day().unwrap(), Some(StudyDay(2)));
    });
    assert_by_index(&mut store, &[("e", "event_id")], |store| assert_eq!(store.tenth_card().unwrap(), None));
}

#[test]
fn a_statement_that_reads_a_whole_table_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("lmq.db"));
    for sql in [
        "SELECT * FROM event WHERE quality = ?1",
        "SELECT own FROM note n WHERE key = ?1",
        "SELECT count(*) FROM card_state",
    ] {
        assert_eq!(slow_steps(&store, sql).len(), 1, "{sql}");
    }
    assert!(slow_steps(&store, "SELECT id FROM deck k WHERE listed > 0").is_empty());
}

#[cfg(unix)]
#[test]
fn the_folder_and_the_file_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deeper").join("lmq").join("lmq.db");
    let mut store = open(&path);
    fill(&mut store);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    for ending in ["", "-wal", "-shm"] {
        let file = path.with_file_name(format!("lmq.db{ending}"));
        assert_eq!(mode(&file), 0o600, "{ending}");
    }
    let copy = folder.path().join("copies").join("copy.db");
    store.copy_to(&copy).unwrap();
    assert_eq!((mode(copy.parent().unwrap()), mode(&copy)), (0o700, 0o600), "copies too");
}

#[test]
fn a_commit_is_on_the_disk_when_it_returns() {
    // Kills prove nothing about a power cut: that is SQLite's promise at FULL, and that it is set is ours.
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("lmq.db"));
    let pragma = |name: &str| store.db().pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
    assert_eq!(pragma("synchronous"), Ok(2.into()));
    assert_eq!(pragma("journal_mode"), Ok("wal".to_owned().into()));
    assert_eq!(pragma("foreign_keys"), Ok(1.into()));
}
