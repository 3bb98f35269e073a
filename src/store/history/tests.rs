//! The log as people read it, against what was written.

use super::*;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Draft;
use crate::core::event::Foreign;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::DeviceId;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::Here;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Writer;
use crate::store::notes::text_of;
use std::path::Path;

fn stamp(day: i32) -> Stamp {
    Stamp { now: Timestamp { unix_ms: i64::from(day) * 86_400_000, offset_min: 60 }, today: StudyDay(day) }
}

fn open(folder: &Path, device: u8) -> Store {
    let here = Here::nameless(DeviceId([device; 16]));
    Store::open(&folder.join(format!("{device}.db")), here, stamp(0).now).unwrap()
}

fn uid(number: u8) -> NoteUid {
    NoteUid([number; 16])
}

fn card(number: u8, ordinal: u16) -> CardId {
    CardId { note: uid(number), ordinal }
}

/// Note 1 with a key, note 2 without, note 3 with two cards.
fn import(store: &mut Store, day: i32) {
    let options = BulkOptions::new(DeckOrigin::File);
    let work = |writer: &mut Writer<'_>| {
        let mut bulk = Bulk::new(writer, options)?;
        for (number, kind, key) in [(1, "basic", Some("one")), (2, "basic", None), (3, "reversed", Some("three"))] {
            let text = format!(r#"{{"kind":"{kind}","fields":{{"front":"q{number}","back":"a"}}}}"#);
            let who = NoteRef { uid: uid(number), named: true };
            bulk.note("d", who, key.map(str::to_owned), &PackedNote::of(&text_of(&text, None)?)?)?;
        }
        bulk.finish().map(drop)
    };
    store.write(stamp(day), ActionKind::Import, Subject::None, work).unwrap();
}

fn answer(store: &mut Store, card: CardId, day: i32, quality: Quality) -> ActionId {
    let last = store.load(card).unwrap().unwrap().state.last_event;
    let draft = Draft::new(card, EventKind::Answered { quality, took: Millis(1500) }, last);
    append(store, &draft, day)
}

fn append(store: &mut Store, draft: &Draft, day: i32) -> ActionId {
    let kind = ActionKind::of_lone(&draft.kind);
    let work = |writer: &mut Writer<'_>| writer.append(draft, &Scheduler::default());
    store.write(stamp(day), kind, Subject::Card(draft.card), work).unwrap().1.unwrap()
}

fn undo(store: &mut Store, action: ActionId, day: i32) {
    store.write(stamp(day), ActionKind::Undo, Subject::None, |writer| writer.undo(action)).unwrap();
}

fn history(store: &Store, card: Option<CardId>) -> Vec<HistoryRow> {
    let mut rows = Vec::new();
    store
        .history(card, |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

/// What happened, to what, on which day, and whether it was undone.
fn line(row: &HistoryRow) -> String {
    let (what, day) = match &row.what {
        Happened::Event(event) => (event.kind.name(), event.study_day.0),
        Happened::Fact { fact, study_day, .. } => (fact.name(), study_day.0),
    };
    format!("{day} {what} {}{}", row.name, if row.voided { " (undone)" } else { "" })
}

fn lines(store: &Store, card: Option<CardId>) -> Vec<String> {
    history(store, card).iter().map(line).collect()
}

fn repetitions(state: Option<&CardState>) -> Option<u32> {
    state.and_then(|state| state.memory.as_ref()).map(|memory| memory.repetitions)
}

#[test]
fn the_whole_log_is_told_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    assert_eq!(lines(&store, None), Vec::<String>::new());
    import(&mut store, 1);
    answer(&mut store, card(3, 2), 2, Quality::Q4);
    answer(&mut store, card(2, 1), 2, Quality::Q4);
    let rename = |writer: &mut Writer<'_>| writer.rename_deck("d", "new");
    let (_, renamed) = store.write(stamp(3), ActionKind::Rename, Subject::None, rename).unwrap();
    undo(&mut store, renamed.unwrap(), 4);
    let wanted = [
        "1 brought d/one",
        "1 brought 02020202020202020202",
        "1 brought d/three",
        "2 answered d/three#2",
        "2 answered 02020202020202020202",
        "3 renamed  (undone)",
        "4 undone ",
    ];
    let told = lines(&store, None);
    let without_head: Vec<&String> = told.iter().filter(|line| !line.contains(" head ")).collect();
    assert_eq!(without_head, wanted);
    let rows = history(&store, None);
    let Some(Happened::Fact { at, words, fact: Fact::Renamed { deck }, .. }) =
        rows.iter().map(|row| &row.what).find(|what| matches!(what, Happened::Fact { fact: Fact::Renamed { .. }, .. }))
    else {
        panic!("the deck was renamed");
    };
    assert_eq!((*at, words.as_deref(), deck.as_str()), (stamp(3).now, Some("new"), "d"));
}

#[test]
fn states_go_from_row_to_row_and_what_was_undone_shows_what_it_would_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1);
    answer(&mut store, card(1, 1), 2, Quality::Q4);
    answer(&mut store, card(3, 1), 2, Quality::Q4);
    let wrong = answer(&mut store, card(1, 1), 3, Quality::Q1);
    undo(&mut store, wrong, 3);
    answer(&mut store, card(1, 1), 4, Quality::Q5);
    let told = lines(&store, Some(card(1, 1)));
    assert_eq!(told, ["1 brought d/one", "2 answered d/one", "3 answered d/one (undone)", "4 answered d/one"]);
    let rows = history(&store, Some(card(1, 1)));
    let steps: Vec<_> =
        rows.iter().map(|row| (repetitions(row.before.as_ref()), repetitions(row.after.as_ref()))).collect();
    assert_eq!(steps, [(None, None), (None, Some(1)), (Some(1), Some(0)), (Some(1), Some(2))]);
    let last = rows.last().unwrap();
    assert_eq!(last.after, store.load(card(1, 1)).unwrap().map(|loaded| loaded.state));
    assert_eq!(lines(&store, Some(card(9, 1))), Vec::<String>::new(), "a card that is not there");
    let events = |card| lines(&store, Some(card)).iter().filter(|line| line.contains("answered")).count();
    assert_eq!((events(card(3, 1)), events(card(3, 2))), (1, 0), "a note's facts are those of all its cards");
}

#[test]
fn a_record_of_another_program_that_came_twice_is_told_twice_and_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1);
    let detail = Detail { foreign: Some(Foreign { program: "anki".to_owned(), id: 5 }), ..Detail::default() };
    let draft = Draft {
        at: Some((stamp(-300).now, StudyDay(-300))),
        detail,
        ..Draft::new(card(1, 1), EventKind::Imported { quality: Quality::Q4, took: Millis(1) }, None)
    };
    append(&mut store, &draft, 2);
    append(&mut store, &draft, 3);
    let told = lines(&store, Some(card(1, 1)));
    assert_eq!(told, ["1 brought d/one", "-300 imported d/one", "-300 imported d/one (undone)"]);
    assert_eq!(store.newest_own_instant().unwrap(), Some(stamp(3).now.unix_ms), "when they were written here");
}

#[test]
fn logs_of_two_devices_are_told_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let [mut here, mut there] = [2, 1].map(|device| open(folder.path(), device));
    import(&mut here, 1);
    let log_of = |store: &Store| {
        let mut records: Vec<LogRecord> = Vec::new();
        store
            .log(&mut |record| {
                records.push(record);
                Ok(())
            })
            .unwrap();
        records
    };
    let unite = |store: &mut Store, day, records: &[LogRecord]| {
        store.unite(stamp(day), false, |union| records.iter().try_for_each(|record| union.put(0, record))).unwrap();
    };
    unite(&mut there, 2, &log_of(&here));
    for day in [3, 5, 7] {
        answer(&mut here, card(1, 1), day, Quality::Q4);
        answer(&mut there, card(1, 1), day, Quality::Q3);
        answer(&mut there, card(2, 1), day + 1, Quality::Q3);
    }
    let (ours, theirs) = (log_of(&here), log_of(&there));
    unite(&mut here, 9, &theirs);
    unite(&mut there, 9, &ours);
    assert_eq!(history(&here, None), history(&there, None), "whatever the numbers of devices and notes are");
    let qualities: Vec<u8> = history(&here, Some(card(1, 1)))
        .iter()
        .filter_map(|row| match &row.what {
            Happened::Event(event) => event.kind.answer().map(|(quality, _)| u8::from(quality)),
            Happened::Fact { .. } => None,
        })
        .collect();
    assert_eq!(qualities, [3, 4, 3, 4, 3, 4], "at equal stamps by the device's id");
    assert_eq!(here.newest_own_instant().unwrap(), Some(stamp(7).now.unix_ms));
}

#[test]
fn the_newest_own_instant_is_that_of_what_was_written_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    assert_eq!(store.newest_own_instant().unwrap(), None);
    import(&mut store, 1);
    assert_eq!(store.newest_own_instant().unwrap(), Some(stamp(1).now.unix_ms), "facts count too");
    answer(&mut store, card(1, 1), 900, Quality::Q4);
    assert_eq!(store.newest_own_instant().unwrap(), Some(stamp(900).now.unix_ms));
    answer(&mut store, card(2, 1), 5, Quality::Q4);
    assert_eq!(store.newest_own_instant().unwrap(), Some(stamp(5).now.unix_ms), "the clock was put right");
    // A copy is another device, which has its parent's instants until it writes.
    let copy = folder.path().join("2.db");
    store.copy_to(&copy).unwrap();
    let mut copy = open(folder.path(), 2);
    assert_eq!(copy.newest_own_instant().unwrap(), Some(stamp(5).now.unix_ms));
    answer(&mut copy, card(3, 1), 6, Quality::Q4);
    assert_eq!(copy.this_device().unwrap(), Some(DeviceId([2; 16])));
    assert_eq!(copy.newest_own_instant().unwrap(), Some(stamp(6).now.unix_ms));
}

#[test]
fn a_reader_that_gives_up_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path(), 1);
    import(&mut store, 1);
    let mut told = 0;
    let given_up = store.history(None, |_| {
        told += 1;
        Err(Fault::Abandoned)
    });
    assert!(matches!(given_up.unwrap_err().fault, Fault::Abandoned) && told == 1);
}
