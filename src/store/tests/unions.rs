//! Unions: no action of their own, and the same end from either side.

use super::*;
use crate::core::study_day::LAST_CLOCK_MS;
use crate::store::laws::Command;
use rusqlite::types::Value as Cell;

/// Every row of every table, local numbers and all: what a byte of the database that changed would show in.
fn all_rows(device: &Device) -> Vec<String> {
    let db = &device.store.db;
    // What is awaited of others is only ever noted, and forgotten where it has come.
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'awaited' ORDER BY name";
    let mut statement = db.prepare(tables).unwrap();
    let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut lines = Vec::new();
    for table in tables {
        let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<Cell> = (0..columns).map(|column| row.get(column).unwrap()).collect();
            lines.push(format!("{table} {cells:?}"));
        }
    }
    lines
}

fn lived(number: u8, commands: &[Command]) -> Device {
    let mut device = Device::new(number);
    commands.iter().for_each(|command| device.take(command));
    device
}

fn assert_unchanged(device: &Device, before: &[String], why: &str) {
    let now = all_rows(device);
    let more: Vec<&String> = now.iter().filter(|row| !before.contains(row)).collect();
    let fewer: Vec<&String> = before.iter().filter(|row| !now.contains(row)).collect();
    assert!(more.is_empty() && fewer.is_empty() && now.len() == before.len(), "{why}\n{more:#?}\n{fewer:#?}");
}

/// Both sides take the other's log: they are equal, write nothing of their own, and taking it again changes nothing.
fn united_either_way(mut a: Device, mut b: Device) {
    let (of_a, of_b) = (a.log(), b.log());
    let entries = |log: &[LogRecord]| log.iter().filter(|record| matches!(record, LogRecord::Entry(..))).count();
    let devices = [a.store.this_device().unwrap(), b.store.this_device().unwrap()];
    a.unite(&of_b).unwrap();
    b.unite(&of_a).unwrap();
    assert_equal(&a.store, &b.store, "one into the other and the other into the one");
    assert_eq!(devices, [a.store.this_device().unwrap(), b.store.this_device().unwrap()]);
    assert_eq!(entries(&a.log()), entries(&of_a) + entries(&of_b), "a union writes nothing of its own");
    for (device, other) in [(&mut a, &of_b), (&mut b, &of_a)] {
        let before = all_rows(device);
        device.unite(other).unwrap();
        let own = device.log();
        device.unite(&own).unwrap();
        assert_unchanged(device, &before, "what is known changes nothing");
        assert_in_order(device);
    }
    let (whole, before) = (b.log(), all_rows(&a));
    a.unite(&whole).unwrap();
    assert_unchanged(&a, &before, "nor does its own log that comes back from elsewhere");
}

#[test]
fn what_comes_before_it_is_known_which_deck_it_is_in_stops_no_sums() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    b.after(&a);
    b.hears(&a);
    b.take(&Command::Answer { card: 0, quality: 4 });
    b.edit(uid("a"), "2").unwrap();
    let mut c = Device::new(3);
    c.after(&b);
    let own = b.store.this_device().unwrap();
    for segment in crate::store::laws::cut(&b.log(), 100) {
        if matches!(&segment[0], LogRecord::Head(head) if Some(head.device.id) == own) {
            c.unite(&segment).unwrap();
        }
    }
    let rules = crate::core::settings::Settings::default().rules([]);
    let today = c.stamp().today;
    for since in [None, Some(today)] {
        let totals = c.store.totals(&DeckSet::All, today, since, None, &rules).unwrap();
        assert_eq!((totals.days.len(), totals.topics.len(), totals.mastery.len()), (1, 0, 0), "{since:?}");
    }
    assert_in_order(&mut c);
    c.hears(&a);
    let totals = c.store.totals(&DeckSet::All, today, None, None, &rules).unwrap();
    assert_eq!((totals.topics.len(), totals.mastery.len()), (1, 1));
}

#[test]
fn a_union_can_not_be_undone_and_offers_no_step() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    b.after(&a);
    b.hears(&a);
    assert_eq!((b.store.newest_action(&[]).unwrap(), b.store.actions(9).unwrap()), (None, Vec::new()));
    assert_eq!(b.store.this_device().unwrap(), None, "who only took in another's log has written nothing");
}

#[test]
fn later_acts_here_come_after_all_that_was_heard() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    // A clock that is two months ahead.
    a.now_ms += 60 * DAY_MS;
    a.edit(uid("a"), "ahead");
    b.hears(&a);
    b.edit(uid("a"), "behind");
    meet(&mut [&mut a, &mut b]);
    assert_eq!(a.back(uid("a")).as_deref(), Some("behind"), "who knew of the other wins");
}

#[test]
fn a_stamp_more_than_a_year_ahead_is_taken_only_when_that_is_asked_for() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    b.hears(&a);
    a.now_ms += 367 * DAY_MS;
    a.edit(uid("a"), "ahead");
    let log = a.log();
    let refused = b.unite(&log).unwrap_err().to_string();
    assert!(refused.contains("more than a year ahead") && refused.contains("--accept-future"), "{refused}");
    assert_eq!(b.back(uid("a")).as_deref(), Some("1"), "nothing of it stays");
    let stamp = b.stamp();
    b.store.unite(stamp, true, |union| log.iter().try_for_each(|record| union.put(0, record))).unwrap();
    // Acts here come after it, at their own instants and on their own days.
    b.edit(uid("a"), "later");
    assert_eq!(b.back(uid("a")).as_deref(), Some("later"));
    b.answer(uid("a"), 4);
    let answer = &b.events(first(uid("a")))[0];
    assert_eq!((answer.at, answer.study_day), (b.stamp().now, b.stamp().today));
    assert!(answer.hlc.0 > a.now_ms, "{answer:?}");
    let log = b.log();
    a.unite(&log).unwrap();
    assert_equal(&a.store, &b.store, "both");
}

#[test]
fn no_clock_writes_what_no_device_would_ever_take() {
    let (mut a, mut b) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    a.now_ms = LAST_CLOCK_MS - MINUTE_MS - 1;
    a.edit(uid("a"), "ahead");
    let (mut log, stamp) = (a.log(), b.stamp());
    a.now_ms += 1;
    let late = a.stamp();
    let written = a.store.write(late, ActionKind::Tag, Subject::None, |writer| writer.retag(uid("a"), "late", true));
    let refused = written.unwrap_err();
    assert!(matches!(refused.fault, Fault::Clock(at) if at == late.now), "{refused:?}");
    b.store.unite(stamp, true, |union| log.iter().try_for_each(|record| union.put(0, record))).unwrap();
    assert_equal(&a.store, &b.store, "what is written can be taken");
    for record in &mut log {
        if let LogRecord::Action(action) = record {
            action.hlc.0 += 1_000 * 366 * DAY_MS;
        }
    }
    let mut c = Device::new(3);
    let stamp = c.stamp();
    let taken = c.store.unite(stamp, true, |union| log.iter().try_for_each(|record| union.put(0, record)));
    let refused = taken.unwrap_err().to_string();
    assert!(refused.contains("a thousand years ahead"), "{refused}");
    assert_eq!(c.back(uid("a")), None, "nothing of it stays");
}

#[test]
fn stamps_of_a_device_rise_though_its_clock_is_set_back() {
    let mut a = Device::new(1);
    a.take_in(&file(&[("a", "one", "1", &[])]));
    a.answer(uid("a"), 4);
    a.now_ms -= 90 * DAY_MS;
    a.answer(uid("a"), 5);
    a.edit(uid("a"), "after");
    let mut stamps = Vec::new();
    for record in a.log() {
        if let LogRecord::Action(action) = record {
            stamps.push(action.hlc);
        }
    }
    assert!(stamps.is_sorted() && stamps.windows(2).all(|two| two[0] != two[1]), "{stamps:?}");
    assert_eq!((a.memory(uid("a")).last_quality, a.back(uid("a")).as_deref()), (quality(5), Some("after")));
    let mut b = Device::new(2);
    meet(&mut [&mut a, &mut b]);
}

mod law {
    use super::*;
    use crate::store::laws::command;
    use crate::store::laws::config;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn both_ways_and_again(
            ours in proptest::collection::vec(command(), 0..30),
            theirs in proptest::collection::vec(command(), 0..30),
        ) {
            united_either_way(lived(1, &ours), lived(2, &theirs));
        }
    }
}

#[test]
fn all_who_met_two_names_of_one_device_choose_the_same() {
    let (mut a, _) = two();
    a.take_in(&file(&[("a", "one", "1", &[])]));
    let log = a.log();
    let named = |name: &str, later_ms: i64| {
        let mut log = log.clone();
        let LogRecord::Head(head) = &mut log[0] else { panic!() };
        head.device.name = name.to_owned();
        head.device.created_at_ms += later_ms;
        log
    };
    let (first, second, later) = (named("attic", 0), named("cellar", 0), named("a", 5));
    for order in [[&first, &second, &later], [&later, &second, &first], [&second, &first, &later]] {
        let mut hearer = Device::new(9);
        hearer.after(&a);
        order.iter().for_each(|log| hearer.unite(log).unwrap());
        assert_eq!(hearer.log()[0], first[0]);
        // The writer hears of it too.
        let mut writer = a.copied(8);
        order.iter().for_each(|log| writer.unite(log).unwrap());
        assert_eq!(writer.log()[0], first[0]);
    }
}
