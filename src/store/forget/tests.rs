//! What is forgotten is in no byte of the files, and stays forgotten.

use super::*;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::Here;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Trouble;
use crate::store::chain::newest_sequence;
use crate::store::chain::tail;
use crate::store::copy::Aside;
use crate::store::notes::text_of;
use rusqlite::types::Value;
use std::fs;
use std::path::Path;

/// What is planted: long enough to be nowhere by chance, and of a kind that JSON leaves as it is.
const SECRET: &str = "xylophone-8231";

fn stamp(day: i32) -> Stamp {
    Stamp { now: Timestamp { unix_ms: i64::from(day) * 86_400_000, offset_min: 0 }, today: StudyDay(day) }
}

fn open(folder: &Path, device: u8) -> Store {
    let here = Here { state_folder: Some(folder.join("state")), ..Here::nameless(DeviceId([device; 16])) };
    Store::open(&folder.join("lmq.db"), here, stamp(0).now).unwrap()
}

fn uid(number: usize) -> NoteUid {
    NoteUid::of_key("d", &format!("k{number}"))
}

fn card(number: usize) -> CardId {
    CardId { note: uid(number), ordinal: 1 }
}

fn packed(front: &str, more: &str) -> PackedNote {
    let text = format!(r#"{{"kind":"basic","fields":{{"front":"{front}","back":"b"}}{more}}}"#);
    PackedNote::of(&text_of(&text, None).unwrap()).unwrap()
}

/// Imports notes into the deck `d` with what it says of itself.
fn import(store: &mut Store, day: i32, title: &str, notes: &[(usize, PackedNote)]) {
    let options = BulkOptions::new(DeckOrigin::File);
    let work = |writer: &mut Writer<'_>| {
        let mut bulk = Bulk::new(writer, options)?;
        bulk.deck("d", "d", [Some(title), None, None, None, None].into())?;
        for (number, note) in notes {
            bulk.note("d", NoteRef { uid: uid(*number), named: true }, None, note)?;
        }
        bulk.finish().map(drop)
    };
    store.write(stamp(day), ActionKind::Import, Subject::None, work).unwrap();
}

fn answer(store: &mut Store, number: usize, day: i32, detail: Detail) {
    let loaded = store.load(card(number)).unwrap().unwrap();
    let kind = EventKind::Answered { quality: Quality::Q4, took: Millis(900) };
    let draft = Draft { detail, ..Draft::new(card(number), kind, loaded.state.last_event) };
    let work = |writer: &mut Writer<'_>| writer.append(&draft, &Scheduler::default());
    store.write(stamp(day), ActionKind::Answer, Subject::Card(card(number)), work).unwrap();
}

fn said(asked: Asked, expected: Option<&str>, response: &str) -> Detail {
    Detail {
        asked: Some(asked),
        expected: expected.map(str::to_owned),
        response: Some(response.to_owned()),
        suggested: Some(Quality::Q4),
        ..Detail::default()
    }
}

fn edit(store: &mut Store, number: usize, day: i32, work: impl FnOnce(&mut Writer<'_>) -> Result<(), Fault>) {
    store.write(stamp(day), ActionKind::Edit, Subject::Note(uid(number)), work).unwrap();
}

/// Plants the secret in each place that a note has, and in those that its cards' answers have.
fn plant(store: &mut Store, number: usize, day: i32) {
    let more = format!(r#","tags":["{SECRET}"],"topic":"{SECRET} topic""#);
    import(store, day, "D", &[(number, packed(&format!("{SECRET} {}", "long ".repeat(400)), &more))]);
    answer(store, number, day + 1, said(Asked::Choose, Some(SECRET), SECRET));
    answer(store, number, day + 2, said(Asked::Sort, Some("one"), SECRET));
    answer(store, number, day + 3, said(Asked::Type, None, SECRET));
    edit(store, number, day + 4, |writer| {
        writer.retag(uid(number), &format!("{SECRET}-tag"), true)?;
        writer.retag(uid(number), SECRET, false)?;
        assert!(writer.rekey(uid(number), SECRET)?);
        writer.rewrite(uid(number), &packed(&format!("mine {SECRET}"), &more).text()?)
    });
}

fn fill(store: &mut Store, notes: usize, day: i32) {
    let notes: Vec<_> = (0..notes)
        .map(|number| (number, packed(&format!("q{number} {}", "x".repeat(number * 37 % 5000)), r#","topic":"t""#)))
        .collect();
    import(store, day, "D", &notes);
}

/// The files of a folder, and of those in it, that have the secret in their bytes.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(leaks(&path));
        } else if fs::read(&path).unwrap().windows(SECRET.len()).any(|bytes| bytes == SECRET.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn rows(store: &Store, sql: &str) -> Vec<Vec<Value>> {
    let mut statement = store.db().prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// The hash of the log of the device of that number, up to an entry.
fn hash(store: &Store, sequence: u64) -> crate::core::fact::ChainHash {
    let context = crate::store::read_context(store.db(), None).unwrap();
    tail(store.db(), &context.reader, 1, sequence).unwrap().hash
}

fn log_of(store: &Store) -> Vec<LogRecord> {
    let mut records = Vec::new();
    let mut put = |record| {
        records.push(record);
        Ok(())
    };
    store.log(&mut put).unwrap();
    records
}

fn unite(store: &mut Store, day: i32, records: &[LogRecord]) {
    store.unite(stamp(day), false, |union| records.iter().try_for_each(|record| union.put(0, record))).unwrap();
    clean(store);
}

fn forget(store: &mut Store, day: i32, what: &[Erasure]) -> Forgotten {
    let forgotten = store.forget(stamp(day), what).unwrap();
    assert!(store.has_traces().unwrap());
    clean(store);
    forgotten
}

fn clean(store: &mut Store) {
    if store.has_traces().unwrap() {
        store.scrub().unwrap();
        store.traces_are_gone().unwrap();
    }
}

#[test]
fn the_code_that_a_statement_names_is_cores() {
    assert_eq!(Fact::Erased { what: Erasure::Typed }.code(), ERASED);
}

#[test]
fn no_byte_of_a_forgotten_note_is_left_in_the_files() {
    for trial in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path(), 1);
        fill(&mut store, 40 + 60 * trial, 1);
        plant(&mut store, 7, 2);
        // What comes after splits pages and moves what is in them.
        fill(&mut store, 60 + 70 * trial, 9);
        for number in 0..20 {
            answer(&mut store, number, 10, said(Asked::Choose, Some("right"), "wrong"));
        }
        if trial % 2 == 0 {
            store.db().query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
        }
        assert!(!leaks(folder.path()).is_empty(), "it was there");
        let forgotten = forget(&mut store, 11, &[Erasure::Note(uid(7))]);
        assert_eq!(forgotten.notes, 1);
        assert_eq!(leaks(folder.path()), Vec::<String>::new(), "trial {trial}");
        store.check_whole().unwrap();
        assert_eq!(store.load(card(7)).unwrap(), None, "it is not asked any more");
        drop(store);
        assert_eq!(leaks(folder.path()), Vec::<String>::new());
    }
}

#[test]
fn no_byte_of_a_forgotten_deck_or_of_typed_answers_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1, SECRET, &[(1, packed("q", ""))]);
    store
        .write(stamp(2), ActionKind::Rename, Subject::None, |writer| {
            let topic = format!(r#"{{"id":"{SECRET}","title":"{SECRET}","primer":"{SECRET}"}}"#);
            writer.append_fact(&Fact::Topic { deck: "d".to_owned(), edition: 0 }, Some(topic))?;
            writer.rename_deck("d", SECRET)
        })
        .unwrap();
    let forgotten = forget(&mut store, 3, &[Erasure::Deck("d".to_owned())]);
    assert_eq!((forgotten.texts, forgotten.notes), (3, 0));
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
    assert_eq!(store.deck_names().unwrap().first().unwrap().2, "d", "its id is its name");
    assert!(store.load(card(1)).unwrap().is_some(), "its notes are there");

    answer(&mut store, 1, 4, said(Asked::Type, None, SECRET));
    answer(&mut store, 1, 5, said(Asked::Choose, Some(SECRET), "x"));
    assert_eq!(forget(&mut store, 6, &[Erasure::Typed]).texts, 2);
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
    assert!(store.load(card(1)).unwrap().is_some());
    answer(&mut store, 1, 7, said(Asked::Type, None, SECRET));
    assert!(!leaks(folder.path()).is_empty(), "what is typed from now on is kept");
}

#[test]
fn grades_states_sums_and_hashes_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    fill(&mut store, 20, 1);
    plant(&mut store, 3, 2);
    answer(&mut store, 4, 8, said(Asked::Choose, Some("shared"), "other"));
    let last = newest_sequence(store.db(), 1).unwrap();
    let kept = |store: &Store| {
        (
            hash(store, last),
            rows(
                store,
                "SELECT card, repetitions, interval_days, due, last_quality, ease, answers, last FROM card_state",
            ),
            rows(store, "SELECT * FROM day_sum"),
            rows(store, "SELECT month, sum(answers), sum(passed), sum(time_ms) FROM topic_sum GROUP BY month"),
            rows(store, "SELECT * FROM asked"),
            rows(store, "SELECT * FROM event"),
            rows(store, "SELECT hash FROM text"),
        )
    };
    let before = kept(&store);
    let sides = "SELECT kind, expected, given, count FROM side_sum ORDER BY kind, expected";
    assert_eq!(rows(&store, sides).len(), 4);
    let taken = forget(&mut store, 9, &[Erasure::Note(uid(3)), Erasure::Typed]);
    assert_eq!((taken.texts, taken.notes), (12, 2));
    assert_eq!(kept(&store), before);
    assert_eq!(
        rows(&store, sides),
        [[Value::from("typed".to_owned()), String::new().into(), "right".to_owned().into(), 1.into()]]
    );
    // The chain that the next action continues is that of the log with its erasure.
    let last = newest_sequence(store.db(), 1).unwrap();
    assert_eq!(store.tail.unwrap().hash, hash(&store, last));
    assert_eq!(store.doctor(stamp(9), false).unwrap(), []);
    assert_eq!(rows(&store, "SELECT count(*) FROM text WHERE (body IS NULL) <> (salt IS NULL)"), [[Value::from(0)]]);
}

#[test]
fn a_followed_file_that_may_still_have_the_words_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    fill(&mut store, 3, 1);
    let file = crate::store::SourceFile::new("/decks/d.csv".to_owned());
    store.write(stamp(1), ActionKind::Import, Subject::None, |writer| writer.follow(&file)).unwrap();
    store.db().execute("INSERT INTO note_followed SELECT n.id, f.id FROM note n, followed f LIMIT 1", []).unwrap();
    let first = NoteUid(
        store
            .db()
            .query_row("SELECT uid FROM note_name JOIN note_followed ON note = id", [], |row| row.get(0))
            .unwrap(),
    );
    assert_eq!(forget(&mut store, 2, &[Erasure::Note(first)]).followed, ["/decks/d.csv"]);
    let other = (0..3).map(uid).find(|note| *note != first).unwrap();
    assert_eq!(forget(&mut store, 2, &[Erasure::Note(other)]).followed, Vec::<String>::new());
}

#[test]
fn a_text_that_is_imported_anew_is_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    let note = [(1, packed(SECRET, ""))];
    import(&mut store, 1, "D", &note);
    answer(&mut store, 1, 2, Detail::default());
    let state = store.load(card(1)).unwrap().unwrap().state;
    forget(&mut store, 3, &[Erasure::Note(uid(1))]);
    assert_eq!(store.load(card(1)).unwrap(), None);
    import(&mut store, 4, "D", &note);
    assert_eq!(store.load(card(1)).unwrap().unwrap().state, state, "with its history");
    assert_eq!(store.doctor(stamp(4), false).unwrap(), []);
    // Forgotten once more, it is gone once more.
    forget(&mut store, 5, &[Erasure::Note(uid(1))]);
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
}

#[test]
fn what_is_not_here_can_be_forgotten_and_then_comes_without_its_words() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [mut here, mut there] = [1, 2].map(|device| open(folders[usize::from(device) - 1].path(), device));
    plant(&mut there, 1, 1);
    forget(&mut here, 9, &[Erasure::Note(uid(1)), Erasure::Note(uid(77)), Erasure::Deck("none".to_owned())]);
    assert_eq!(here.doctor(stamp(9), false).unwrap(), []);
    unite(&mut here, 10, &log_of(&there));
    assert_eq!(leaks(folders[0].path()), Vec::<String>::new());
    assert_eq!(here.load(card(1)).unwrap(), None);
    assert_eq!(here.doctor(stamp(10), false).unwrap(), []);
}

#[test]
fn a_union_with_an_older_copy_brings_nothing_back() {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [mut here, mut there] = [1, 2].map(|device| open(folders[usize::from(device) - 1].path(), device));
    fill(&mut here, 20, 1);
    plant(&mut here, 1, 2);
    let old = log_of(&here);
    unite(&mut there, 7, &old);
    // On the other device too something is typed to the note, and its text is edited.
    answer(&mut there, 1, 8, said(Asked::Choose, Some(SECRET), "there"));
    answer(&mut there, 2, 8, said(Asked::Choose, Some("kept"), "there"));
    edit(&mut there, 1, 9, |writer| writer.rewrite(uid(1), &packed(&format!("there {SECRET}"), "").text()?));
    let theirs = log_of(&there);
    forget(&mut here, 10, &[Erasure::Note(uid(1))]);
    let erased = log_of(&here);

    unite(&mut here, 11, &old);
    assert_eq!(leaks(folders[0].path()), Vec::<String>::new(), "an old copy of its own log");
    unite(&mut here, 11, &theirs);
    assert_eq!(leaks(folders[0].path()), Vec::<String>::new(), "texts from elsewhere, written before");
    assert_eq!(here.load(card(1)).unwrap(), None);
    assert_eq!(rows(&here, "SELECT expected FROM side_sum WHERE kind = 'choices'"), [[Value::from("kept".to_owned())]]);

    assert!(!leaks(folders[1].path()).is_empty());
    unite(&mut there, 11, &erased);
    assert_eq!(leaks(folders[1].path()), Vec::<String>::new(), "the erasure came to the other device");
    assert_eq!(there.load(card(1)).unwrap(), None);
    for store in [&mut here, &mut there] {
        assert_eq!(store.doctor(stamp(11), false).unwrap(), []);
        store.check_whole().unwrap();
    }
    let sums = "SELECT month, kind, expected, given, count FROM side_sum";
    assert_eq!(rows(&here, sums), rows(&there, sums));
    assert_eq!(rows(&here, "SELECT hash FROM text ORDER BY hash"), rows(&there, "SELECT hash FROM text ORDER BY hash"));

    // What is written after the erasure is nobody's business but the writer's.
    import(&mut there, 12, "D", &[(1, packed(SECRET, ""))]);
    unite(&mut here, 13, &log_of(&there));
    assert!(!leaks(folders[0].path()).is_empty());
}

#[test]
fn somebody_who_reads_keeps_the_files_from_being_cleaned_and_then_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1, "D", &[(1, packed(SECRET, ""))]);
    store.db().busy_timeout(std::time::Duration::ZERO).unwrap();
    let reader = Connection::open(store.path()).unwrap();
    let reading = reader.unchecked_transaction().unwrap();
    let _: i64 = reading.query_row("SELECT count(*) FROM text", [], |row| row.get(0)).unwrap();
    store.forget(stamp(2), &[Erasure::Note(uid(1))]).unwrap();
    assert_eq!(store.scrub().unwrap_err().fault.trouble(), Trouble::Busy);
    assert_eq!(store.load(card(1)).unwrap(), None, "the words are gone already");
    drop(reading);
    assert_eq!(forget(&mut store, 2, &[Erasure::Note(uid(1))]).texts, 0);
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
}

#[test]
fn a_backup_that_was_begun_before_an_erasure_and_ends_after_it_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1, "D", &[(1, packed(SECRET, "")), (2, packed("other", ""))]);
    let to = folder.path().join("lmq.db.daily.2026-01-15T090000Z");
    let begun = Aside::of(store.path(), &to).unwrap();
    forget(&mut store, 2, &[Erasure::Note(uid(1))]);
    assert_ne!(leaks(folder.path()), Vec::<String>::new(), "the copy is from before");
    assert!(!begun.put(&to).unwrap(), "it says so: nobody may take away an older one for it");
    assert!(!to.exists());
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
    assert!(Aside::of(store.path(), &to).unwrap().put(&to).unwrap());
    assert!(to.exists(), "and one that was begun after it is");
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
}

#[test]
fn words_that_come_later_than_their_hash_are_taken_unless_they_were_erased() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [mut there, mut here, mut whole] =
        [1, 2, 3].map(|device| open(folders[usize::from(device) - 1].path(), device));
    plant(&mut there, 1, 1);
    let log = log_of(&there);
    let wordless: Vec<LogRecord> = log
        .iter()
        .map(|record| match record {
            LogRecord::Entry(entry, Some(text)) => {
                let text = TextRecord { hash: text.hash, salt: None, body: None };
                LogRecord::Entry(entry.clone(), Some(text))
            }
            record => record.clone(),
        })
        .collect();
    unite(&mut here, 9, &wordless);
    assert_eq!(here.load(card(1)).unwrap(), None);
    assert!(here.doctor(stamp(9), true).unwrap().iter().any(|finding| finding.rule == crate::store::Rule::Texts));
    unite(&mut here, 9, &log);
    unite(&mut whole, 9, &log);
    assert!(here.load(card(1)).unwrap().is_some());
    assert_eq!(here.doctor(stamp(9), false).unwrap(), []);
    for sql in [
        "SELECT hash, salt, body FROM text ORDER BY hash",
        "SELECT month, kind, expected, given, count FROM side_sum",
        "SELECT card & 511, repetitions, due, answers FROM card_state ORDER BY 1",
    ] {
        assert_eq!(rows(&here, sql), rows(&whole, sql), "{sql}");
    }
    forget(&mut here, 10, &[Erasure::Note(uid(1))]);
    unite(&mut here, 11, &log);
    assert_eq!(leaks(folders[1].path()), Vec::<String>::new());
}

#[test]
fn a_card_that_was_erased_while_it_was_on_the_screen_takes_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    fill(&mut store, 2, 1);
    let draft = |store: &Store, number| {
        let kind = EventKind::Answered { quality: Quality::Q4, took: Millis(900) };
        let loaded = store.load(card(number)).unwrap().unwrap();
        Draft { detail: said(Asked::Type, None, SECRET), ..Draft::new(card(number), kind, loaded.state.last_event) }
    };
    let asked = draft(&store, 1);
    forget(&mut store, 2, &[Erasure::Note(uid(1))]);
    let work = |writer: &mut Writer<'_>| writer.append(&asked, &Scheduler::default());
    let refused = store.write(stamp(3), ActionKind::Answer, Subject::Card(card(1)), work).unwrap_err();
    assert!(matches!(refused.fault, Fault::Stale));
    assert_eq!(leaks(folder.path()), Vec::<String>::new());
}
