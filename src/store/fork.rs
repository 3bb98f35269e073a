//! Telling two copies of one database apart that both went on.
//!
//! Both had written under the same numbers of one device. One of them gives what it wrote since they parted a device of its
//! own ([`Store::fork`]); whoever holds the same actions under the old name gives them the new one when that device's log
//! comes in ([`twins`]). The chain of hashes does not know of which device it is, so no hash changes by it. References to
//! other devices stay as they were written; what they mean is told when they are read ([`meant`]).

pub(super) mod twins;

#[cfg(test)]
pub(super) mod tests;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::fact::ChainMark;
use crate::core::fact::Fact;
use crate::core::id::ActionId;
use crate::core::id::DeviceId;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::behind::Caches;
use crate::store::chain;
use crate::store::chain::Tail;
use crate::store::columns::TOOK_OVER;
use crate::store::columns::UNDONE;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::columns::u64_of;
use crate::store::meta;
use crate::store::review_log::Reader;
use crate::store::review_log::entries_in;
use crate::store::review_log::entry_of;
use crate::store::set_meta;
use crate::store::writer::Known;
use rusqlite::Connection;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// What came of telling a database apart from another copy of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forked {
    /// So many entries are a new device's now.
    Entries(u64),
    /// It knows where the two parted, and nothing was written here since.
    NothingSince,
    /// It knows of no other copy that is still to be told apart: none's log was met by [`Store::unite`], or it was told apart.
    NoneMet,
}

/// Tables that hold entries under their ids.
const OF_ENTRIES: [&str; 6] = ["action", "event", "event_detail", "event_memory", "fact", "text"];

/// Remembers after which entry this database and another copy of it parted.
pub(super) fn remember_parting(db: &Connection, device: DeviceId, sequence: u64) -> Result<(), Fault> {
    set_meta(db, "parted", &format!("{device} {sequence}"))
}

fn parting(db: &Connection) -> Result<Option<(DeviceId, u64)>, Fault> {
    let Some(text) = meta(db, "parted")? else { return Ok(None) };
    let parted =
        text.split_once(' ').and_then(|(device, sequence)| Some((DeviceId::from_hex(device)?, sequence.parse().ok()?)));
    Ok(parted)
}

fn forget_parting(db: &Connection) -> Result<(), Fault> {
    db.execute("DELETE FROM meta WHERE name = 'parted'", [])?;
    Ok(())
}

/// The other copy was told apart, from the entry `from` of `device` on: then this one need not be.
pub(super) fn is_told_apart(db: &Connection, device: DeviceId, from: u64) -> Result<(), Fault> {
    if parting(db)?.is_some_and(|(known, last)| known == device && last + 1 >= from) {
        forget_parting(db)?;
    }
    Ok(())
}

/// Entries of a device that another one took over: who, and from which number to which.
pub(super) struct Taken {
    by: i64,
    from: i64,
    last: i64,
}

/// What the took-over facts say.
pub(super) fn taken(db: &Connection) -> Result<Vec<Taken>, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT f.id >> 32, f.position, f.arg FROM fact f JOIN device d ON d.id = f.id >> 32 \
         WHERE f.subject = 0 AND f.kind = {TOOK_OVER} ORDER BY d.uuid, f.id"
    ))?;
    let rows = statement.query_map([], |row| {
        let last: i64 = row.get(2)?;
        let (device, _) = entry_parts(last);
        Ok(Taken { by: row.get(0)?, from: entry_id(device, u64_of(row.get(1)?)), last })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether somebody took over the entry of that name.
pub(super) fn is_taken(taken: &[Taken], id: i64) -> bool {
    taken.iter().any(|taken| (taken.from..=taken.last).contains(&id))
}

/// The action that an undone-fact means, by its local id; `None` where it is none of those that are here.
///
/// A device names its own actions, and those of its parents as its own, whatever became of them since. Another device's
/// name may be from before its log was told apart from a copy's: then the mark says which one of that number is meant.
pub(super) fn meant(
    db: &Connection,
    reader: &Reader,
    named: i64,
    mark: Option<ChainMark>,
) -> Result<Option<i64>, Fault> {
    let settled = reader.settled(named);
    let taken = reader.taken(db)?;
    let Some(mark) = mark.filter(|_| is_taken(taken, named)) else { return Ok(Some(settled)) };
    let renamed = taken
        .iter()
        .filter(|taken| (taken.from..=taken.last).contains(&named))
        .map(|taken| reader.settled(entry_id(taken.by, entry_parts(named).1)));
    for id in [settled].into_iter().chain(renamed) {
        if mark_of(db, reader, id)? == Some(mark) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The mark of the action that begins with an entry, where it is here.
pub(super) fn mark_of(db: &Connection, reader: &Reader, first: i64) -> Result<Option<ChainMark>, Fault> {
    let (device, sequence) = entry_parts(first);
    let last = sequence + entries_in(db, first)? - 1;
    if chain::newest_sequence(db, device)? < last {
        return Ok(None);
    }
    Ok(Some(chain::tail(db, reader, device, last)?.hash.mark()))
}

/// How the device of that number names an action in its log: one of its parents' as its own, so that the name stays right
/// when the parent's log is told apart.
pub(super) fn own_name(reader: &Reader, own: i64, action: ActionId) -> ActionId {
    match (reader.local(entry_of(action)), reader.device(own)) {
        (Some(id), Some(device)) if reader.settled(entry_id(own, action.number)) == reader.settled(id) => {
            ActionId { device, number: action.number }
        }
        _ => action,
    }
}

/// All devices, with those first whose log was told apart from another's, the latest fork first; the others after those that
/// they were forked from. It is the same order in every database that has them.
pub(super) fn forks_first(db: &Connection, reader: &Reader) -> Result<Vec<(i64, DeviceId)>, Fault> {
    let told_apart: BTreeSet<i64> = reader.taken(db)?.iter().map(|taken| taken.by).collect();
    let mut devices = super::read_devices(db)?;
    let parents: BTreeMap<i64, i64> = db
        .prepare_cached("SELECT id, parent FROM device WHERE parent IS NOT NULL")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    // No device has more ancestors than there are devices, whatever a damaged row says.
    let ancestors = |number: i64| {
        std::iter::successors(parents.get(&number), |parent| parents.get(parent)).take(parents.len()).count()
    };
    devices.sort_by_cached_key(|(number, id)| match told_apart.contains(number) {
        true => (0, Reverse(reader.parted_after(*number)), 0, *id),
        false => (1, Reverse(0), ancestors(*number), *id),
    });
    Ok(devices)
}

/// Makes the entries `after + 1 ..= last` of one device another one's, in all that is log or local; caches are to be made
/// again. Gives how many there are.
pub(super) fn move_entries(tx: &Transaction<'_>, from: i64, to: i64, after: u64, last: u64) -> Result<u64, Fault> {
    let offset = entry_id(to, 0) - entry_id(from, 0);
    let range = (entry_id(from, after + 1), entry_id(from, last), offset);
    // The log is append-only but for this: its guards are away within this transaction alone.
    let mut guards: Vec<(String, String)> = Vec::new();
    for table in OF_ENTRIES {
        let mut statement =
            tx.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1")?;
        let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            guards.push(row?);
        }
    }
    for (name, _) in &guards {
        tx.execute_batch(&format!("DROP TRIGGER {name}"))?;
    }
    let mut entries = 0;
    for table in OF_ENTRIES {
        let moved = tx.execute(&format!("UPDATE {table} SET id = id + ?3 WHERE id BETWEEN ?1 AND ?2"), range)?;
        if table == "event" || table == "fact" {
            entries += u64::try_from(moved).unwrap_or(0);
        }
    }
    tx.execute("UPDATE chain SET id = id + ?3 WHERE id BETWEEN ?1 AND ?2", range)?;
    tx.execute("UPDATE followed SET action = action + ?3 WHERE action BETWEEN ?1 AND ?2", range)?;
    super::tried::move_answer(tx, (range.0, range.1), offset)?;
    // What they say of their own device they say of the new one: it goes on with the numbers of the other.
    let moved = (entry_id(to, after + 1), entry_id(to, last), offset, from);
    tx.execute("UPDATE event_detail SET prev = prev + ?3 WHERE id BETWEEN ?1 AND ?2 AND prev >> 32 = ?4", moved)?;
    tx.execute(
        &format!(
            "UPDATE fact SET arg = arg + ?3 \
             WHERE id BETWEEN ?1 AND ?2 AND subject = 0 AND kind = {UNDONE} AND arg >> 32 = ?4"
        ),
        moved,
    )?;
    // What others had heard of may have been these.
    tx.execute("DELETE FROM awaited WHERE device = ?1", [from])?;
    for (_, sql) in &guards {
        tx.execute_batch(sql)?;
    }
    Ok(entries)
}

/// A device that was forked after entries that are another one's by now is that one's fork. All holders of the same
/// actions say the same of it.
pub(super) fn settle_parents(tx: &Transaction<'_>) -> Result<(), Fault> {
    // A fork of the same parent that begins earlier may have them; or the parent has become a fork that begins later, or just
    // after them.
    let mut statement = tx.prepare_cached(
        "SELECT c.id, c.parent_sequence, c.parent_chain, z.id FROM device c JOIN device z ON z.parent = c.parent \
         WHERE z.id <> c.id AND z.parent_sequence < c.parent_sequence \
         UNION SELECT c.id, c.parent_sequence, c.parent_chain, p.parent FROM device c JOIN device p ON p.id = c.parent \
         WHERE c.parent_sequence <= p.parent_sequence ORDER BY 1, 4",
    )?;
    loop {
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, u64_of(row.get(1)?), row.get::<_, Option<[u8; 16]>>(2)?, row.get(3)?))
        })?;
        let candidates: Vec<(i64, u64, Option<[u8; 16]>, i64)> = rows.collect::<Result<_, _>>()?;
        let reader = Reader::new(tx)?;
        let mut changed = false;
        for (child, sequence, hash, parent) in candidates {
            let first = chain::device_info(tx, &reader, parent)?.first_sequence();
            if sequence < first || chain::newest_sequence(tx, parent)? < sequence {
                continue;
            }
            if hash == Some(chain::tail(tx, &reader, parent, sequence)?.hash.0) {
                tx.execute("UPDATE device SET parent = ?2 WHERE id = ?1", (child, parent))?;
                changed = true;
                break;
            }
        }
        if !changed {
            return Ok(());
        }
    }
}

impl Store {
    /// Tells this database apart from another copy of it that went on too: what was written here since the two parted
    /// becomes a new device's.
    ///
    /// # Errors
    /// When the database can't be read or written; nothing is changed then.
    pub fn fork(&mut self, stamp: Stamp) -> Result<Forked, StoreError> {
        let forked = self.write_much(|store| store.fork_at(stamp))?;
        forked.map_err(|fault| fault.at(&self.path))
    }

    fn fork_at(&mut self, stamp: Stamp) -> Result<Forked, Fault> {
        let place = self.place();
        self.context.replace(None);
        let tx = Transaction::new_unchecked(self.db(), TransactionBehavior::Immediate)?;
        let reader = Reader::new(&tx)?;
        let own = meta(&tx, "device")?.as_deref().and_then(DeviceId::from_hex);
        let Some((old_id, after)) = parting(&tx)? else { return Ok(Forked::NoneMet) };
        // What another device writes here since has names of its own.
        let old = reader.device_number(old_id).filter(|_| own == Some(old_id));
        let Some(old) = old else { return Ok(Forked::NothingSince) };
        let to = chain::newest_sequence(&tx, old)?;
        forget_parting(&tx)?;
        if to <= after || after + 1 < chain::device_info(&tx, &reader, old)?.first_sequence() {
            tx.commit()?;
            return Ok(Forked::NothingSince);
        }
        let end = chain::tail(&tx, &reader, old, to)?;
        let (new, new_id) = chain::new_device(&tx, &reader, &self.here, Some((old, after)), stamp)?;
        let entries = move_entries(&tx, old, new, after, to)?;
        chain::write_as(&tx, new_id, &place)?;
        let reader = Reader::new(&tx)?;
        let start = chain::device_info(&tx, &reader, new)?.first_chain();
        if chain::hash_over(&tx, &reader, new, after + 1, to, start)? != end.hash {
            return Err(Fault::Corrupt("the log does not stay the same under another name".to_owned()));
        }
        settle_parents(&tx)?;
        let tail = Some(Tail { checkpoint: 0, ..end });
        // All caches are made again.
        let known = Known { tail, caches: Caches::Current, ..self.known() };
        let mut writer = Writer::new(tx, (new, new_id), stamp, known)?;
        writer.caches_moved = true;
        let fact = Fact::TookOver { device: old_id, from: after + 1, to, chain: end.hash };
        writer.append_only(&fact, None)?;
        writer.forget_context();
        writer.rebuild()?;
        let written = writer.finish(ActionKind::Fork, &Subject::None)?;
        self.writes_as = None;
        self.behind.borrow_mut().clear();
        self.tail = None;
        self.actions_since_checkpoint.set(super::ACTIONS_A_CHECKPOINT);
        self.writes += 1;
        self.unsaid.set(written.tail.map(|tail| (new_id, tail, written.hlc)));
        self.say_outside();
        Ok(Forked::Entries(entries))
    }
}
