//! Who writes here, and the chain of hashes over each device's log: how a copied database is noticed.

use crate::core::action::Action;
use crate::core::fact::ChainHash;
use crate::core::id::DeviceId;
use crate::core::log::Chain;
use crate::core::log::Device;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::Parent;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::Here;
use crate::store::Stamp;
use crate::store::columns::entries_of_device;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::files::open_regular;
use crate::store::files::private;
use crate::store::log_out::each_entry;
use crate::store::meta;
use crate::store::review_log::Reader;
use crate::store::set_meta;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use std::fs;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

/// Entries after which the hash of the chain is kept, so that nobody has to make it from the beginning.
pub(super) const ENTRIES_A_CHECKPOINT: u64 = 1024;

/// The end of a device's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// The number of the last entry.
    pub(super) sequence: u64,
    /// The hash of the chain after it.
    pub(super) hash: ChainHash,
    /// The last entry whose hash was kept, as far as that is known; 0 where it is not.
    pub(super) checkpoint: u64,
}

/// The number of a device's last entry here; where it has none yet, that of the last one of its parent.
pub(super) fn newest_sequence(db: &Connection, device: i64) -> Result<u64, Fault> {
    let (first, last) = entries_of_device(device);
    let newest = |sql: &str| -> Result<Option<i64>, Fault> {
        Ok(db.prepare_cached(sql)?.query_row((first, last), |row| row.get(0))?)
    };
    let event = newest("SELECT max(id) FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2")?;
    let fact = newest("SELECT max(id) FROM fact WHERE id BETWEEN ?1 AND ?2")?;
    if let Some(id) = event.max(fact) {
        return Ok(entry_parts(id).1);
    }
    let parent: Option<i64> = db
        .prepare_cached("SELECT parent_sequence FROM device WHERE id = ?1")?
        .query_row([device], |row| row.get(0))
        .optional()?;
    Ok(parent.map_or(0, u64_of))
}

/// The stamp of the device's entry of that number, which is its last one.
pub(super) fn newest_hlc(db: &Connection, device: i64, sequence: u64) -> Result<Hlc, Fault> {
    let id = entry_id(device, sequence);
    let of_event: Option<i64> = db
        .prepare_cached("SELECT hlc FROM event INDEXED BY event_id WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(hlc) = of_event {
        return Ok(Hlc(hlc));
    }
    let (first, _) = entries_of_device(device);
    let of_action: Option<i64> = db
        .prepare_cached("SELECT hlc FROM action WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1")?
        .query_row((first, id), |row| row.get(0))
        .optional()?;
    Ok(Hlc(of_action.unwrap_or(0)))
}

/// What the log says of a device.
pub(super) fn device_info(db: &Connection, reader: &Reader, number: i64) -> Result<Device, Fault> {
    let (id, name, parent, sequence, chain, created) = db
        .prepare_cached(
            "SELECT uuid, name, parent, parent_sequence, parent_chain, created_at_ms FROM device WHERE id = ?1",
        )?
        .query_row([number], |row| {
            Ok((
                DeviceId(row.get(0)?),
                row.get(1)?,
                row.get::<_, Option<i64>>(2)?,
                row.get::<_, i64>(3)?,
                row.get::<_, Option<[u8; 16]>>(4)?,
                row.get::<_, Option<i64>>(5)?,
            ))
        })?;
    let parent = match (parent.and_then(|number| reader.device(number)), chain) {
        (Some(device), Some(chain)) => Some(Parent { device, sequence: u64_of(sequence), chain: ChainHash(chain) }),
        _ => None,
    };
    Ok(Device { id, name, parent, created_at_ms: created.unwrap_or(0) })
}

/// The end of a device's log at `sequence`, from the last hash that was kept.
pub(super) fn tail(db: &Connection, reader: &Reader, device: i64, sequence: u64) -> Result<Tail, Fault> {
    let (first, _) = entries_of_device(device);
    let kept: Option<(i64, [u8; 16])> = db
        .prepare_cached("SELECT id, hash FROM chain WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1")?
        .query_row((first, entry_id(device, sequence)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let info = device_info(db, reader, device)?;
    let (from, hash) = match kept {
        Some((id, hash)) => (entry_parts(id).1, ChainHash(hash)),
        None => (info.first_sequence() - 1, info.first_chain()),
    };
    let hash = hash_over(db, reader, device, from + 1, sequence, hash)?;
    Ok(Tail { sequence, hash, checkpoint: from })
}

/// The hash of the chain after the entries `from..=to`, where `hash` is the one before them.
pub(super) fn hash_over(
    db: &Connection,
    reader: &Reader,
    device: i64,
    from: u64,
    to: u64,
    hash: ChainHash,
) -> Result<ChainHash, Fault> {
    let mut last = hash;
    hashes_over(db, reader, device, (from, to), hash, &mut |_, hash| last = hash)?;
    Ok(last)
}

/// The number of the last entry of each action in a range, with the hash of the chain after it; `hash` is the one before.
pub(super) fn hashes_over(
    db: &Connection,
    reader: &Reader,
    device: i64,
    (from, to): (u64, u64),
    hash: ChainHash,
    each: &mut dyn FnMut(u64, ChainHash),
) -> Result<(), Fault> {
    let mut links = Links::after(hash);
    each_entry(db, reader, device, from, to, &mut |record| {
        if let Some((end, hash)) = links.take(record) {
            each(end, hash);
        }
        Ok(())
    })
}

/// The chain over records as they come out of a log.
pub(super) struct Links {
    chain: Chain,
    action: Option<Action>,
    left: u64,
}

impl Links {
    pub(super) fn after(hash: ChainHash) -> Self {
        Self { chain: Chain::after(hash), action: None, left: 0 }
    }

    /// Entries that the last action lacks.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Takes the next record. Where an action ends with it: the number of its last entry, and the hash after it.
    pub(super) fn take(&mut self, record: LogRecord) -> Option<(u64, ChainHash)> {
        match record {
            LogRecord::Action(next) => {
                self.left = next.span.entries;
                self.action = Some(next);
                None
            }
            LogRecord::Entry(entry, text) => {
                self.chain.entry(EntryRef::from(&entry), text.map(|text| text.hash));
                self.left -= 1;
                let action = if self.left == 0 { self.action.take() } else { None };
                action.map(|action| (entry.id().sequence, self.chain.finish(&action)))
            }
            LogRecord::Head(_) | LogRecord::Config { .. } | LogRecord::End => None,
        }
    }
}

/// Keeps the hash of the chain every so often.
pub(super) fn keep(db: &Connection, device: i64, before: Option<Tail>, now: Tail) -> Result<Tail, Fault> {
    let checkpoint = before.map_or(0, |tail| tail.checkpoint);
    if now.sequence < checkpoint + ENTRIES_A_CHECKPOINT {
        return Ok(Tail { checkpoint, ..now });
    }
    keep_at(db, device, (now.sequence, now.hash))?;
    Ok(Tail { checkpoint: now.sequence, ..now })
}

/// Keeps the hash of the chain after an entry.
pub(super) fn keep_at(db: &Connection, device: i64, (sequence, hash): (u64, ChainHash)) -> Result<(), Fault> {
    db.prepare_cached("INSERT INTO chain (id, hash) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
        .execute((entry_id(device, sequence), hash.0))?;
    Ok(())
}

fn state_file(folder: &Path, device: DeviceId) -> PathBuf {
    folder.join(format!("{device}.chain"))
}

/// Bytes of a state file, and more: a longer file is none.
const LONGEST_STATE: u64 = 4096;

/// Keeps the end of a device's log outside of the database, so that a copy that knows less is noticed. A failure is no loss:
/// then only the copy's place tells.
pub(super) fn remember(folder: &Path, device: DeviceId, tail: Tail, hlc: Hlc) {
    let path = state_file(folder, device);
    // Opening a pipe would wait for whoever reads it.
    if fs::metadata(&path).is_ok_and(|meta| !meta.is_file()) {
        return;
    }
    let open = || {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        options.open(&path)
    };
    let file = open().or_else(|_| {
        fs::create_dir_all(folder)?;
        private(folder, 0o700).ok();
        open()
    });
    // Always as long, so that nothing is left of what was there.
    let text = format!("{:>20} {} {:>20} {:>20}\n", tail.sequence, tail.hash, tail.checkpoint, hlc.0);
    file.and_then(|mut file| file.write_all(text.as_bytes())).ok();
}

/// What [`remember`] kept: the end of the device's log, and the stamp of its last action.
pub(super) fn remembered(folder: &Path, device: DeviceId) -> Option<(Tail, Hlc)> {
    let mut text = String::new();
    open_regular(&state_file(folder, device)).ok()?.0.take(LONGEST_STATE).read_to_string(&mut text).ok()?;
    let mut words = text.strip_suffix('\n')?.split_whitespace();
    let tail = Tail {
        sequence: words.next()?.parse().ok()?,
        hash: ChainHash::from_hex(words.next()?)?,
        checkpoint: words.next()?.parse().ok()?,
    };
    Some((tail, Hlc(words.next()?.parse().ok()?)))
}

/// Whether what was kept outside is of this log: it is neither an older one nor another one under the same numbers.
fn is_kept_of(db: &Connection, device: i64, newest: u64, (tail, hlc): (Tail, Hlc)) -> Result<bool, Fault> {
    Ok(tail.sequence <= newest && newest_hlc(db, device, tail.sequence)? == hlc)
}

/// Who writes here, and what is kept of its log outside. Whoever goes on to look at the log reads this first: who writes
/// meanwhile keeps more outside than a look has that began before.
pub(super) fn said_outside(db: &Connection, here: &Here) -> Result<Option<(DeviceId, Tail, Hlc)>, Fault> {
    let Some(id) = meta(db, "device")?.as_deref().and_then(DeviceId::from_hex) else { return Ok(None) };
    let kept = here.state_folder.as_deref().and_then(|folder| remembered(folder, id));
    Ok(kept.map(|(tail, hlc)| (id, tail, hlc)))
}

/// What was [`said_outside`], if it is of the log that is written here: the id of its last entry then, and the hash after
/// that. It may know more than is here, but is not of another log under the same numbers.
pub(super) fn kept_outside(
    db: &Connection,
    reader: &Reader,
    said: Option<(DeviceId, Tail, Hlc)>,
    place: &str,
) -> Result<Option<(i64, ChainHash)>, Fault> {
    let Some((id, tail, hlc)) = said else { return Ok(None) };
    let known = meta(db, "device")?.as_deref().and_then(DeviceId::from_hex);
    let Some(number) = known.filter(|known| *known == id).and_then(|id| reader.device_number(id)) else {
        return Ok(None);
    };
    let newest = newest_sequence(db, number)?;
    let is_of_this = meta(db, "place")?.as_deref() == Some(place)
        && (tail.sequence > newest || is_kept_of(db, number, newest, (tail, hlc))?);
    Ok(is_of_this.then(|| (entry_id(number, tail.sequence), tail.hash)))
}

/// The device that writes here: the present one, or a new one when the file is new, restored, found elsewhere, knows less
/// than what was last written from here, or something else under the same numbers. Tells whether it is new.
pub(super) fn device_here(
    tx: &Transaction<'_>,
    reader: &Reader,
    here: &Here,
    place: &str,
    stamp: Stamp,
) -> Result<(i64, DeviceId, bool), Fault> {
    let known = meta(tx, "device")?.as_deref().and_then(DeviceId::from_hex);
    let known = known.and_then(|id| Some((reader.device_number(id)?, id)));
    let newest = match known {
        Some((number, _)) => newest_sequence(tx, number)?,
        None => 0,
    };
    if let Some((number, id)) = known
        && meta(tx, "place")?.as_deref() == Some(place)
    {
        let goes_on = match here.state_folder.as_deref().and_then(|folder| remembered(folder, id)) {
            Some(kept) => is_kept_of(tx, number, newest, kept)?,
            None => true,
        };
        if goes_on {
            return Ok((number, id, false));
        }
    }
    let parent = known.map(|(number, _)| (number, newest));
    let (number, id) = new_device(tx, reader, here, parent, stamp)?;
    write_as(tx, id, place)?;
    Ok((number, id, true))
}

/// Makes a new device, forked from a device after one of its entries.
pub(super) fn new_device(
    tx: &Transaction<'_>,
    reader: &Reader,
    here: &Here,
    parent: Option<(i64, u64)>,
    stamp: Stamp,
) -> Result<(i64, DeviceId), Fault> {
    // A device that never wrote anything is nobody's parent: nobody will ever hear of it.
    let parent = parent.map(|(number, sequence)| entry_parts(reader.settled(entry_id(number, sequence))));
    let parent = match parent.filter(|(_, sequence)| *sequence > 0) {
        Some((number, sequence)) => Some((number, tail(tx, reader, number, sequence)?)),
        None => None,
    };
    let mut id = here.fresh_device;
    while reader.device_number(id).is_some() {
        // The second one that this process needs.
        id = DeviceId(crate::core::log::first_chain(id, None).0);
    }
    tx.execute(
        "INSERT INTO device (uuid, name, parent, parent_sequence, parent_chain, created_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            id.0,
            &here.device_name,
            parent.map(|(number, _)| number),
            parent.map_or(0, |(_, tail)| i64_of(tail.sequence)),
            parent.map(|(_, tail)| tail.hash.0),
            stamp.now.unix_ms,
        ),
    )?;
    let number = tx.last_insert_rowid();
    if let Some((parent, tail)) = parent {
        let heard = newest_hlc(tx, parent, tail.sequence)?.max(crate::store::writer::heard(tx)?);
        set_meta(tx, "heard", &heard.0.to_string())?;
    }
    Ok((number, id))
}

/// From now on this file, at this place, is written to by that device.
pub(super) fn write_as(tx: &Transaction<'_>, device: DeviceId, place: &str) -> Result<(), Fault> {
    set_meta(tx, "device", &device.to_string())?;
    set_meta(tx, "place", place)
}

/// Whoever writes here next is a new device.
pub(super) fn leave_place(db: &Connection) -> Result<(), Fault> {
    db.execute("DELETE FROM meta WHERE name = 'place'", [])?;
    Ok(())
}
