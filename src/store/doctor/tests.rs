use super::*;
use crate::store::Here;
use crate::store::laws::Command;
use crate::store::laws::Device;
use crate::store::laws::assert_in_order;
use crate::store::laws::cut;
use crate::store::laws::deliver;
use std::collections::BTreeSet;

/// A device that keeps the end of its log outside, with every table of the log in use.
fn lived_in() -> Device {
    let folder = tempfile::tempdir().unwrap();
    let here = Here { state_folder: Some(folder.path().join("state")), ..Device::here(1) };
    let now = crate::core::study_day::Timestamp { unix_ms: 0, offset_min: 0 };
    let store = Store::open(&folder.path().join("lmq.db"), here, now).unwrap();
    let mut device = Device::over(store, 20_000 * 86_400_000, folder);
    live(&mut device);
    device
}

fn live(device: &mut Device) {
    for command in [
        Command::Import { version: 1, reversed: false },
        Command::Answer { card: 0, quality: 4 },
        Command::Typed { card: 1, quality: 2, asked: 1, words: 1 },
        Command::Wait { days: 1 },
        Command::Answer { card: 0, quality: 5 },
        Command::Tag { note: 2, tag: 1, on: true },
        Command::Undo,
        Command::Reschedule { card: 1, days: 3 },
        Command::Answer { card: 2, quality: 3 },
    ] {
        device.take(&command);
    }
}

fn rules(device: &mut Device, fix: bool) -> BTreeSet<&'static str> {
    let stamp = device.stamp();
    device.store.doctor(stamp, fix).unwrap().iter().map(|finding| finding.rule.name()).collect()
}

/// What is said of the log.
fn said(device: &mut Device) -> Vec<String> {
    let stamp = device.stamp();
    let findings = device.store.doctor(stamp, false).unwrap();
    findings.into_iter().filter(|finding| finding.rule == Rule::Log).map(|finding| finding.what).collect()
}

/// Does what the triggers forbid, and leaves them as they were.
fn force(device: &Device, sql: &str) {
    let mut triggers: Vec<(String, String)> = Vec::new();
    let mut statement =
        device.store.db().prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    triggers.extend(rows.map(Result::unwrap));
    for (name, _) in &triggers {
        device.store.db().execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    device.store.db().execute_batch(sql).unwrap();
    for (_, sql) in &triggers {
        device.store.db().execute_batch(sql).unwrap();
    }
}

fn states(device: &Device) -> Vec<String> {
    let sql = "SELECT group_concat(card || ' ' || ifnull(due, '') || ' ' || answers || ' ' || ifnull(last, '')) FROM card_state";
    vec![device.store.db().query_row(sql, [], |row| row.get(0)).unwrap()]
}

#[test]
fn a_row_that_is_put_over_another_one_of_the_log_is_refused_or_found() {
    let mut device = lived_in();
    assert_in_order(&mut device);
    for (table, columns, is_refused) in [
        ("device", "id, randomblob(16), 'other', parent, parent_sequence, parent_chain, created_at_ms", true),
        ("device", "id + 100, uuid, 'other', parent, parent_sequence, parent_chain, created_at_ms", true),
        ("config", "id, randomblob(16), json", true),
        ("config", "id + 100, hash, '{}'", true),
        ("note_name", "id, randomblob(16)", false),
        ("note_name", "id + 100, uid", false),
        ("deck_name", "id, 'other'", true),
        ("deck_name", "id + 100, name", true),
        ("action", "id, entries, 9, subject, hlc, ahead, offset_min + 15, study_day", true),
        ("event", "card, id, hlc, kind, study_day, 1, took_ms, config, offset_min", false),
        ("event", "card + 1, id, hlc, kind, study_day, quality, took_ms, config, offset_min", false),
        (
            "event_detail",
            "id, 5, arg, asked, suggested, guessed, variant, speakers, form, confidence, due_offset_min, prev, program, foreign_id",
            false,
        ),
        (
            "event_memory",
            "id, repetitions + 1, interval_days, lapses, last_day, due, last_quality, ease, stability, difficulty",
            true,
        ),
        ("fact", "id, subject, kind, arg, position, ifnull(edition, 0) + 1, hash", false),
        ("text", "id, salt, hash, replace(body, 'a', 'b')", false),
        ("text", "id, salt, randomblob(16), body", false),
    ] {
        let sql = format!("INSERT OR REPLACE INTO {table} SELECT {columns} FROM {table} ORDER BY id LIMIT 1");
        let done = device.store.db().execute(&sql, []);
        assert_eq!(done.is_err(), is_refused, "{sql}: {done:?}");
        if let Err(refused) = done {
            assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
            assert_in_order(&mut device);
            continue;
        }
        let before = states(&device);
        let found = rules(&mut device, true);
        assert!(found.iter().any(|rule| ["damage", "gaps", "log", "texts"].contains(rule)), "{sql}: {found:?}");
        assert_eq!(states(&device), before, "{sql}: nothing follows a log that is not sound");
        device = lived_in();
    }
    let renamed = device.store.db().execute("UPDATE OR REPLACE device SET id = id + 1", []);
    assert!(renamed.unwrap_err().to_string().contains("append-only"));
}

/// A device that heard of another one in segments of two actions.
fn hearer() -> Device {
    let mut writer = Device::new(1);
    live(&mut writer);
    let mut hearer = Device::new(2);
    hearer.now_ms = writer.now_ms;
    deliver(&mut hearer, &cut(&writer.log(), 2), 1);
    assert_in_order(&mut hearer);
    hearer
}

#[test]
fn a_changed_event_is_found_between_the_two_hashes_that_were_kept_around_it() {
    let mut device = hearer();
    let (first, last): (i64, i64) = device
        .store
        .db()
        .query_row(
            "SELECT max(c.id) & 4294967295, (SELECT min(id) FROM chain WHERE id >= e.id) & 4294967295 \
             FROM (SELECT max(id) AS id FROM event WHERE kind = 1 AND quality = 5) e JOIN chain c ON c.id < e.id",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    force(&device, "UPDATE event SET took_ms = took_ms + 1 WHERE kind = 1 AND quality = 5");
    let expected = format!(
        "entries {} to {last} of device 01010101 (device 1) are not what was written: the hash that this database \
         kept is different",
        first + 1
    );
    assert_eq!(said(&mut device), [expected]);
    assert_eq!(
        rules(&mut device, true),
        ["caches", "log"].into(),
        "the triggers are there, and the sums were not made again"
    );
    assert_eq!(rules(&mut device, false), ["caches", "log"].into());
}

#[test]
fn entries_that_were_cut_off_at_the_end_are_missed() {
    let mut device = hearer();
    force(&device, "DELETE FROM event WHERE id = (SELECT max(id) FROM event)");
    let said = said(&mut device);
    assert!(said.len() == 1 && said[0].contains("device 01010101 (device 1) are missing at the end"), "{said:?}");
}

#[test]
fn a_parent_s_log_is_held_to_the_hash_that_its_fork_went_on_from() {
    let mut writer = Device::new(1);
    live(&mut writer);
    let mut copy = writer.copied(3);
    live(&mut copy);
    assert_in_order(&mut copy);
    force(&copy, "UPDATE event SET took_ms = took_ms + 1 WHERE kind = 1 AND id >> 32 = 1 AND quality = 5");
    let said = said(&mut copy);
    assert!(said.len() == 1 && said[0].contains("with which device 03030303 was forked from it"), "{said:?}");
}

#[test]
fn a_configuration_is_held_to_its_hash() {
    let mut device = lived_in();
    force(&device, "UPDATE config SET json = replace(json, 'false', 'true')");
    let said = said(&mut device);
    assert!(said.len() == 1 && said[0].contains("is not the one that its hash names"), "{said:?}");
}

#[test]
fn typed_words_and_what_decks_say_are_held_to_their_hashes() {
    let mut device = lived_in();
    force(
        &device,
        "UPDATE text SET salt = salt + 1 WHERE id IN (SELECT id FROM event UNION SELECT id FROM fact WHERE subject < 0)",
    );
    let stamp = device.stamp();
    let findings = device.store.doctor(stamp, false).unwrap();
    let changed: i64 = device
        .store
        .db()
        .query_row(
            "SELECT count(*) FROM text WHERE id IN (SELECT id FROM event UNION SELECT id FROM fact WHERE subject < 0)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(changed >= 2);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].what, format!("{changed} texts are not what their hashes say"));
}

#[test]
fn an_event_that_its_index_does_not_have_is_found() {
    let mut device = hearer();
    let db = device.store.db();
    db.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    db.execute_batch(
        "DROP INDEX event_id; CREATE UNIQUE INDEX event_id ON event (id) WHERE quality IS NOT 5; PRAGMA writable_schema = on; \
         UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX event_id ON event (id)' WHERE name = 'event_id'; \
         PRAGMA writable_schema = reset;",
    )
    .unwrap();
    let stamp = device.stamp();
    let findings = device.store.doctor(stamp, false).unwrap();
    let found: Vec<&str> =
        findings.iter().filter(|finding| finding.rule == Rule::Damage).map(|finding| finding.what.as_str()).collect();
    assert_eq!(found, ["SQLite reports: wrong # of entries in index event_id"]);
}

#[test]
fn an_end_of_the_log_that_is_not_there_is_found_and_nothing_follows_it() {
    let newest = "(SELECT max(id) FROM (SELECT max(id) AS id FROM event UNION ALL SELECT max(id) FROM fact))";
    for (sql, words) in [
        // The newest answer: only the file outside knows of it.
        (format!("DELETE FROM event_detail WHERE id = {newest}; DELETE FROM event WHERE id = {newest}"), "its end was lost"),
        // The last entry of an action of several.
        (
            "DELETE FROM text WHERE id = (SELECT max(id) FROM fact); DELETE FROM fact WHERE id = (SELECT max(id) FROM fact)"
                .to_owned(),
            "is not whole",
        ),
        ("UPDATE action SET entries = 99999999 WHERE id = (SELECT max(id) FROM action)".to_owned(), "is not whole"),
        (
            format!("INSERT INTO action SELECT {newest} + 1, 1, kind, subject, hlc, ahead, offset_min, study_day FROM action LIMIT 1"),
            "without entries",
        ),
    ] {
        let mut device = lived_in();
        if words == "is not whole" {
            device.take(&Command::Import { version: 2, reversed: false });
        }
        assert_in_order(&mut device);
        force(&device, &sql);
        let before = states(&device);
        let found = said(&mut device);
        assert!(found.iter().any(|what| what.contains(words)), "{sql}: {found:?}");
        assert!(rules(&mut device, true).contains("log"));
        assert_eq!(states(&device), before, "{sql}: nothing follows a log that is not sound");
    }
}

#[test]
fn a_log_that_grows_while_it_is_looked_at_is_whole() {
    let mut device = lived_in();
    let (path, here) = (device.store.path.clone(), device.store.here.clone());
    let began = device.stamp();
    let mut stamp = began;
    stamp.now.unix_ms += 1_000 * 86_400_000;
    let ready = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| {
            let mut store = Store::open(&path, here, began.now).unwrap();
            ready.wait();
            let looks = (0..60).flat_map(|_| store.doctor(stamp, false).unwrap());
            looks.map(|finding| finding.what).collect::<BTreeSet<_>>()
        });
        ready.wait();
        while !looking.is_finished() {
            device.take(&Command::Answer { card: 0, quality: 3 });
            device.take(&Command::Answer { card: 1, quality: 4 });
        }
        assert_eq!(looking.join().unwrap(), BTreeSet::new());
    });
    assert_in_order(&mut device);
}

#[test]
fn an_entry_of_a_kind_that_nobody_knows_is_found() {
    for sql in [
        "UPDATE event SET kind = 99 WHERE id = (SELECT max(id) FROM event)",
        "UPDATE fact SET kind = 77 WHERE subject > 0",
    ] {
        let mut device = lived_in();
        force(&device, sql);
        assert!(rules(&mut device, true).contains("log"), "{sql}");
    }
}

#[test]
fn what_another_device_claims_of_the_log_here_is_no_fault_of_the_log() {
    let mut device = lived_in();
    let forged = "INSERT INTO device (uuid, name, parent, parent_sequence, parent_chain, created_at_ms) \
                  SELECT randomblob(16), 'liar', id, 3, randomblob(16), 0 FROM device LIMIT 1";
    device.store.db().execute(forged, []).unwrap();
    assert!(!rules(&mut device, false).contains("log"));
}

#[test]
fn words_that_are_gone_though_nothing_erased_them_are_found_and_nothing_follows() {
    let mut device = lived_in();
    let sql = "UPDATE text SET salt = NULL, body = NULL WHERE id = (SELECT min(x.id) FROM text x JOIN fact f ON f.id = x.id WHERE f.subject > 0)";
    device.store.db().execute(sql, []).unwrap();
    let before = states(&device);
    assert!(rules(&mut device, true).contains("texts"));
    assert_eq!(states(&device), before);
    assert!(rules(&mut device, true).contains("texts"), "and stay a finding");
}

#[test]
fn the_day_by_which_decks_take_turns_is_compared_and_made_again() {
    let mut device = lived_in();
    device.store.db().execute("UPDATE deck SET last_introduced = 99999", []).unwrap();
    assert!(rules(&mut device, true).contains("caches"));
    assert_in_order(&mut device);
}

#[test]
fn what_acts_on_the_log_and_is_not_of_this_program_is_named() {
    let mut device = lived_in();
    device
        .store
        .db()
        .execute_batch(
            "CREATE TRIGGER theirs AFTER INSERT ON event BEGIN DELETE FROM asked; END; \
             CREATE UNIQUE INDEX one_a_day ON event (card, study_day, hlc); CREATE TABLE diary (line TEXT)",
        )
        .unwrap();
    let stamp = device.stamp();
    let found: Vec<_> = device.store.doctor(stamp, false).unwrap().into_iter().map(|it| (it.rule, it.what)).collect();
    assert_eq!(found, [(Rule::Schema, "not made by this program: the index one_a_day, the trigger theirs".to_owned())]);
}
