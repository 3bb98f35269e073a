use super::*;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Draft;
use crate::core::event::EventKind;
use crate::core::grade::Quality;
use crate::core::id::NoteUid;
use crate::core::units::Millis;
use crate::store::Bulk;
use crate::store::BulkOptions;
use crate::store::DeckOrigin;
use crate::store::Here;
use crate::store::NoteRef;
use crate::store::PackedNote;
use crate::store::StoreError;
use crate::store::Trouble;
use crate::store::laws::Device;
use crate::store::laws::assert_equal;
use crate::store::laws::assert_in_order;
use crate::store::laws::basic;
use proptest::prelude::*;

const CARDS: u8 = 6;

fn uid(card: u8) -> NoteUid {
    NoteUid::of_key("file", &card.to_string())
}

fn first(card: u8) -> CardId {
    CardId { note: uid(card % CARDS), ordinal: 1 }
}

/// A device with a few cards.
fn device(number: u8) -> Device {
    let mut device = Device::new(number);
    let stamp = device.stamp();
    let options = BulkOptions::new(DeckOrigin::File);
    device
        .store
        .write(stamp, ActionKind::Import, Subject::None, |writer| {
            let mut bulk = Bulk::new(writer, options)?;
            for card in 0..CARDS {
                let text = basic(&format!("front {card}"), "back", &[]);
                let who = NoteRef { uid: uid(card), named: true };
                bulk.note("file", who, Some(card.to_string()), &PackedNote::of(&text)?)?;
            }
            bulk.finish().map(drop)
        })
        .unwrap();
    device
}

/// Another program on the same database.
fn window(device: &Device, number: u8) -> Store {
    Store::open(device.store.path(), Device::here(number), device.stamp().now).unwrap()
}

/// The program is killed, and started again.
fn kill(device: &mut Device, number: u8) {
    let again = window(device, number);
    std::mem::forget(std::mem::replace(&mut device.store, again));
}

/// As a session does it: the card is loaded, and answered as it was loaded.
fn answer(store: &mut Store, stamp: Stamp, card: u8, quality: u8) -> Result<(), StoreError> {
    let Some(loaded) = store.load(first(card))? else { return Ok(()) };
    let quality = Quality::try_from(quality).unwrap();
    let kind = EventKind::Answered { quality, took: Millis(2000) };
    let draft = Draft::new(first(card), kind, loaded.state.last_event);
    store.write(stamp, ActionKind::Answer, Subject::Card(first(card)), |writer| {
        writer.append(&draft, &crate::core::scheduler::Scheduler::default())
    })?;
    Ok(())
}

fn waits(store: &Store) -> usize {
    store.behind.borrow().answers.len()
}

/// What the caches hold, whatever waits.
fn cached(store: &Store) -> (i64, i64) {
    let number = |sql: &str| store.db.query_row(sql, [], |row| row.get(0)).unwrap();
    (
        number("SELECT coalesce(sum(answers), 0) FROM card_state"),
        number("SELECT coalesce(sum(answers), 0) FROM day_sum"),
    )
}

#[test]
fn an_answer_is_in_the_log_at_once_and_in_the_caches_once_the_learner_looks_at_the_next_card() {
    let mut device = device(1);
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    answer(&mut device.store, stamp, 1, 4).unwrap();
    let logged: i64 = device.store.db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!((logged, waits(&device.store), cached(&device.store)), (2, 2, (0, 0)));
    device.store.while_idle();
    assert_eq!((waits(&device.store), cached(&device.store)), (0, (2, 2)));
}

#[test]
fn a_card_that_waits_is_read_with_its_answer() {
    let mut device = device(1);
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    assert_eq!(device.store.load(first(1)).unwrap().unwrap().state.answers, 0);
    assert_eq!(waits(&device.store), 1, "another card is of no interest");
    assert_eq!(device.store.load(first(0)).unwrap().unwrap().state.answers, 1);
    answer(&mut device.store, stamp, 1, 4).unwrap();
    assert_eq!(device.store.card(first(1)).unwrap().unwrap().state.answers, 1);
    assert_in_order(&mut device);
}

#[test]
fn what_waits_is_known_although_another_one_is_writing() {
    let mut device = device(1);
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    answer(&mut device.store, stamp, 1, 4).unwrap();
    let other = rusqlite::Connection::open(device.store.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    device.store.while_idle();
    assert_eq!(waits(&device.store), 2, "they stay behind");
    assert!(device.store.is_late.get());
    assert_eq!(device.store.load(first(0)).unwrap().unwrap().state.answers, 1);
    // Nobody waits again and again for the one that writes.
    device.store.cards(&crate::store::DeckSet::All, &[], |_| Ok(())).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    device.now_ms += 60_000;
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 5).unwrap();
    assert_eq!(
        device.store.card(first(0)).unwrap().unwrap().state.last_event,
        device.store.load(first(0)).unwrap().unwrap().state.last_event
    );
    assert_eq!(cached(&device.store).1, 3);
    assert_in_order(&mut device);
}

#[test]
fn the_first_answer_of_a_database_without_a_mark_puts_it_down() {
    let mut device = device(1);
    let stamp = device.stamp();
    device.store.db.execute("DELETE FROM meta WHERE name = 'cached'", []).unwrap();
    kill(&mut device, 1);
    answer(&mut device.store, stamp, 0, 4).unwrap();
    kill(&mut device, 1);
    assert_eq!(cached(&device.store), (1, 1));
    assert_in_order(&mut device);
}

#[test]
fn what_a_killed_program_left_is_cached_by_the_next_start() {
    let mut device = device(1);
    let stamp = device.stamp();
    for card in [0, 1, 2] {
        answer(&mut device.store, stamp, card, 4).unwrap();
    }
    kill(&mut device, 1);
    assert_eq!(cached(&device.store), (3, 3));
    assert_in_order(&mut device);
}

#[test]
fn an_answer_of_another_window_is_no_secret_although_its_caches_wait() {
    let mut device = device(1);
    let stamp = device.stamp();
    let mut other = window(&device, 1);
    let late = device.store.load(first(0)).unwrap().unwrap();
    answer(&mut other, stamp, 0, 5).unwrap();
    let draft =
        Draft::new(first(0), EventKind::Answered { quality: Quality::Q4, took: Millis(1000) }, late.state.last_event);
    let second = device.store.write(stamp, ActionKind::Answer, Subject::Card(first(0)), |writer| {
        writer.append(&draft, &crate::core::scheduler::Scheduler::default()).map(drop)
    });
    assert!(matches!(second.unwrap_err().fault, Fault::Stale));
    // The failed one brought nothing up to date; this one does, and the other window finds it done.
    answer(&mut device.store, stamp, 1, 4).unwrap();
    other.while_idle();
    device.store.while_idle();
    assert_eq!(cached(&device.store), (2, 2));
    assert_in_order(&mut device);
}

#[test]
fn the_caches_of_a_copy_follow_under_its_new_name() {
    let mut device = device(1);
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmq.db");
    // A copy as `cp` makes it of a database whose program was killed.
    for ending in ["", "-wal"] {
        let from = format!("{}{ending}", device.store.path().display());
        std::fs::copy(from, format!("{}{ending}", path.display())).unwrap();
    }
    let store = Store::open(&path, Device::here(2), stamp.now).unwrap();
    assert_eq!(cached(&store), (1, 1));
    let mut copy = Device::over(store, device.now_ms, folder);
    let stamp = copy.stamp();
    answer(&mut copy.store, stamp, 1, 4).unwrap();
    answer(&mut copy.store, stamp, 2, 4).unwrap();
    kill(&mut copy, 2);
    assert_eq!(cached(&copy.store), (3, 3));
    assert_in_order(&mut copy);
}

#[test]
fn not_more_answers_wait_than_fit() {
    let mut device = device(1);
    for turn in 0..u8::MAX {
        let stamp = device.stamp();
        device.now_ms += 60_000;
        // Each of another card than those that wait, as far as there are any.
        answer(&mut device.store, stamp, turn, 4).unwrap();
        assert!(waits(&device.store) <= usize::from(CARDS));
    }
    let mut behind = device.store.behind.borrow_mut();
    assert!(!behind.is_full());
    let one = behind.answers.pop().unwrap();
    for _ in 0..MOST_BEHIND {
        let row = CardRow { state: one.row.state.clone(), ..one.row };
        behind.push(Answer { row, event: one.event.clone(), after: one.after.clone() });
    }
    assert!(behind.is_full());
    behind.clear();
}

#[test]
fn a_card_that_was_loaded_ahead_is_taken_where_nothing_but_the_answer_before_it_was_written() {
    let mut device = device(1);
    let mut other = window(&device, 1);
    let stamp = device.stamp();
    let ahead = |store: &Store| store.load_ahead(first(1)).unwrap().unwrap();
    answer(&mut device.store, stamp, 5, 4).unwrap();

    let early = ahead(&device.store);
    assert_eq!(device.store.loaded_ahead(early, first(1)), None, "nothing was answered yet");
    let early = ahead(&device.store);
    answer(&mut device.store, stamp, 0, 4).unwrap();
    let loaded = device.store.load(first(1)).unwrap();
    assert_eq!(device.store.loaded_ahead(early, first(1)), loaded);

    let early = ahead(&device.store);
    answer(&mut device.store, stamp, 2, 4).unwrap();
    assert_eq!(device.store.loaded_ahead(early, first(3)), None, "it is another card");

    let early = ahead(&device.store);
    answer(&mut device.store, stamp, 3, 4).unwrap();
    answer(&mut device.store, stamp, 4, 4).unwrap();
    assert_eq!(device.store.loaded_ahead(early, first(1)), None, "two were answered");

    let early = ahead(&device.store);
    answer(&mut other, stamp, 1, 4).unwrap();
    device.now_ms += 86_400_000;
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    assert_eq!(device.store.loaded_ahead(early, first(1)), None, "another window wrote");
}

#[test]
fn the_end_of_the_log_that_is_kept_outside_never_goes_back_and_survives_a_kill() {
    let mut device = device(1);
    let state = tempfile::tempdir().unwrap();
    let here = Here { state_folder: Some(state.path().to_owned()), ..Device::here(1) };
    let open = |device: &Device| Store::open(device.store.path(), here.clone(), device.stamp().now).unwrap();
    device.store = open(&device);
    let mut other = open(&device);
    let id = device.store.this_device().unwrap().unwrap();
    let kept = || chain::remembered(state.path(), id).map(|(tail, _)| tail.sequence);
    let newest = |store: &Store| Some(chain::newest_sequence(&store.db, 1).unwrap());

    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    answer(&mut other, stamp, 1, 4).unwrap();
    other.while_idle();
    device.store.while_idle();
    assert_eq!(kept(), newest(&other), "the older end does not take the newer one's place");

    answer(&mut device.store, stamp, 2, 4).unwrap();
    let again = open(&device);
    std::mem::forget(std::mem::replace(&mut device.store, again));
    assert_eq!(kept(), newest(&device.store), "the next start keeps what a killed one could not");
}

#[derive(Debug, Clone)]
enum Act {
    Answer { card: u8, quality: u8 },
    OtherWindow { card: u8, quality: u8 },
    Suspend { card: u8 },
    UndoNewest,
    Read,
    Rest,
    Kill,
    NextDay,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..CARDS, 0..6u8).prop_map(|(card, quality)| Act::Answer { card, quality }),
        2 => (0..CARDS, 0..6u8).prop_map(|(card, quality)| Act::OtherWindow { card, quality }),
        1 => (0..CARDS).prop_map(|card| Act::Suspend { card }),
        1 => Just(Act::UndoNewest),
        1 => Just(Act::Read),
        1 => Just(Act::Rest),
        2 => Just(Act::Kill),
        1 => Just(Act::NextDay),
    ]
}

/// Does it; `at_once` never lets the caches wait, and is never killed.
fn run(acts: &[Act], at_once: bool) -> Device {
    let mut device = device(1);
    let mut other = window(&device, 1);
    for act in acts {
        device.now_ms += 60_000;
        let stamp = device.stamp();
        let done = match act {
            Act::Answer { card, quality } => answer(&mut device.store, stamp, *card, *quality),
            Act::OtherWindow { card, quality } => answer(&mut other, stamp, *card, *quality),
            Act::Suspend { card } => device
                .store
                .write(stamp, ActionKind::Suspend, Subject::Card(first(*card)), |writer| {
                    let draft = Draft::new(first(*card), EventKind::Suspended, writer_last(writer, *card)?);
                    writer.append(&draft, &crate::core::scheduler::Scheduler::default()).map(drop)
                })
                .map(drop),
            Act::UndoNewest => match device.store.newest_action(&[ActionKind::Answer]).unwrap() {
                Some(line) => {
                    device.store.write(stamp, ActionKind::Undo, Subject::None, |writer| writer.undo(line.id)).map(drop)
                }
                None => Ok(()),
            },
            Act::Read => device.store.cards(&crate::store::DeckSet::All, &[], |_| Ok(())),
            Act::Rest => {
                device.store.while_idle();
                Ok(())
            }
            Act::Kill => {
                if !at_once {
                    kill(&mut device, 1);
                }
                Ok(())
            }
            Act::NextDay => {
                device.now_ms += 86_400_000;
                Ok(())
            }
        };
        // What another window did meanwhile, or a suspended card, is refused alike.
        let is_expected = |error: &StoreError| matches!(error.fault, Fault::Stale | Fault::Suspended);
        assert!(done.as_ref().err().is_none_or(is_expected), "{done:?}");
        if at_once {
            device.store.while_idle();
            other.while_idle();
        }
    }
    device
}

fn writer_last(writer: &mut Writer<'_>, card: u8) -> Result<Option<crate::core::id::EventId>, Fault> {
    let context = writer.context()?;
    Ok(CardRow::find(&writer.tx, &context.reader, first(card))?.and_then(|row| row.state.last_event))
}

proptest! {
    #![proptest_config(crate::store::laws::config())]

    #[test]
    fn caches_that_wait_end_where_those_do_that_never_wait(acts in proptest::collection::vec(act(), 0..40)) {
        let mut late = run(&acts, false);
        let mut prompt = run(&acts, true);
        assert_equal(&late.store, &prompt.store, "one waits, the other does not");
        assert_in_order(&mut late);
        assert_in_order(&mut prompt);
    }
}

#[test]
fn a_doctor_who_may_not_write_looks_past_what_the_caches_lack_and_finds_the_rest() {
    let mut device = device(1);
    let stamp = device.stamp();
    answer(&mut device.store, stamp, 0, 4).unwrap();
    let mut look = Store::look(device.store.path()).unwrap().unwrap();
    assert_eq!(cached(&look), (0, 0), "the answer is in the log alone");
    assert_eq!(look.doctor(stamp, false).unwrap(), []);
    assert_eq!(cached(&look), (0, 0), "and still is");
    let other = rusqlite::Connection::open(device.store.path()).unwrap();
    other.execute("UPDATE deck SET title = 'another'", []).unwrap();
    let found = look.doctor(stamp, false).unwrap();
    assert_eq!(
        found.iter().map(|finding| finding.what.as_str()).collect::<Vec<_>>(),
        ["1 row of `deck` differs from what the log says"]
    );
    assert_eq!(look.doctor(stamp, true).unwrap_err().fault.trouble(), Trouble::ReadOnly);
}
