//! Unions: no action of their own, and the same end from either side.

use super::*;
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
