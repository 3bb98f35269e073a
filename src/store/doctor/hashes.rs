//! The log against the hashes that were kept of it when it was written or came in.
//!
//! They lie in the table `chain`, with forks (where they left their parent), in what was taken over, and, of the log that is
//! written here, in a file outside. This finds a mistake and bit rot, not somebody who makes the hashes fit.

use crate::core::fact::ChainHash;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::chain;
use crate::store::chain::Links;
use crate::store::columns::TOOK_OVER;
use crate::store::columns::entries_of_device;
use crate::store::columns::entry_id;
use crate::store::columns::entry_parts;
use crate::store::forget::Erasures;
use crate::store::log_out::each_entry;
use crate::store::review_log::Reader;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// What the log is not, that its hashes say.
#[derive(Default)]
pub(super) struct Looked {
    /// In words.
    pub(super) faults: Vec<String>,
    pub(super) broken_texts: u64,
    /// Texts whose words are not here, and that no erasure covers.
    pub(super) missing_texts: u64,
}

impl Looked {
    /// How many texts are not what was written, where some are.
    pub(super) fn broken_texts_in_words(&self) -> Option<String> {
        let (one, many) = ("text is not what its hash says", "texts are not what their hashes say");
        (self.broken_texts > 0).then(|| counted(self.broken_texts, one, many))
    }
}

/// A hash of the chain: the id of the entry that it is after, and who kept it.
pub(in crate::store) struct Kept {
    pub(in crate::store) after: i64,
    pub(in crate::store) hash: ChainHash,
    keeper: Keeper,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeper {
    Table,
    Fork(DeviceId),
    TookOver,
    Outside,
}

impl Keeper {
    fn name(self) -> String {
        match self {
            Self::Table => "the hash that this database kept".to_owned(),
            Self::Fork(device) => format!("the hash with which device {} was forked from it", device.short()),
            Self::TookOver => "the hash with which it was told apart from its copy".to_owned(),
            Self::Outside => "the hash that the state folder kept".to_owned(),
        }
    }
}

/// Makes all hashes again. `outside` is what a file keeps of the log that is written here.
pub(super) fn look(db: &Connection, outside: Option<(i64, ChainHash)>) -> Result<Looked, Fault> {
    let reader = Reader::new(db)?;
    let mut kept = kept(db, &reader)?;
    kept.extend(outside.map(|(after, hash)| Kept { after, hash, keeper: Keeper::Outside }));
    kept.sort_by_key(|kept| kept.after);
    let mut looked = Looked::default();
    let erasures = Erasures::of(db, &reader)?;
    let mut configs = db.prepare("SELECT hash, json FROM config ORDER BY hash")?;
    let mut rows = configs.query([])?;
    while let Some(row) = rows.next()? {
        let id = ConfigId(row.get(0)?);
        if ConfigId::of_json(&row.get::<_, String>(1)?) != id {
            looked.faults.push(format!("the scheduler's configuration {id} is not the one that its hash names"));
        }
    }
    for (number, _) in crate::store::read_devices(db)? {
        let (first, last) = entries_of_device(number);
        let from = kept.partition_point(|kept| kept.after < first);
        let to = kept.partition_point(|kept| kept.after <= last);
        look_at(db, &reader, number, kept.get(from..to).unwrap_or_default(), &erasures, &mut looked)?;
    }
    Ok(looked)
}

/// The device that writes here, and those that it was forked from.
fn ancestors(db: &Connection, reader: &Reader) -> Result<BTreeSet<DeviceId>, Fault> {
    let mut ancestors = BTreeSet::new();
    let mut next = crate::store::meta(db, "device")?.as_deref().and_then(DeviceId::from_hex);
    while let Some(device) = next.filter(|device| ancestors.insert(*device)) {
        next = match reader.device_number(device) {
            Some(number) => chain::device_info(db, reader, number)?.parent.map(|parent| parent.device),
            None => None,
        };
    }
    Ok(ancestors)
}

/// The hashes that the database keeps, in no order.
pub(in crate::store) fn kept(db: &Connection, reader: &Reader) -> Result<Vec<Kept>, Fault> {
    let mut kept = Vec::new();
    let mut gather = |sql: &str, of: &dyn Fn(i64, Option<[u8; 16]>) -> (i64, Keeper)| -> Result<(), Fault> {
        let mut statement = db.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (after, keeper) = of(row.get(0)?, row.get(2)?);
            kept.push(Kept { after, hash: ChainHash(row.get(1)?), keeper });
        }
        Ok(())
    };
    gather("SELECT id, hash, NULL FROM chain WHERE length(hash) = 16", &|after, _| (after, Keeper::Table))?;
    gather(
        "SELECT parent << 32 | parent_sequence, parent_chain, uuid FROM device WHERE parent IS NOT NULL AND length(parent_chain) = 16",
        &|after, fork| (reader.settled(after), Keeper::Fork(DeviceId(fork.unwrap_or_default()))),
    )?;
    gather(
        &format!(
            "SELECT id >> 32 << 32 | arg & 4294967295, hash, NULL FROM fact \
             WHERE subject = 0 AND kind = {TOOK_OVER} AND length(hash) = 16"
        ),
        &|after, _| (reader.settled(after), Keeper::TookOver),
    )?;
    // What other devices claim of the logs that they left is theirs: here it was not written.
    let ancestors = ancestors(db, reader)?;
    kept.retain(|kept| !matches!(kept.keeper, Keeper::Fork(device) if !ancestors.contains(&device)));
    Ok(kept)
}

/// Makes the hashes of one device's log again. Behind one that differs it goes on with the kept one, so that each fault tells
/// between which two entries it is.
fn look_at(
    db: &Connection,
    reader: &Reader,
    number: i64,
    kept: &[Kept],
    erasures: &Erasures,
    looked: &mut Looked,
) -> Result<(), Fault> {
    let device = chain::device_info(db, reader, number)?;
    let (first, newest) = (device.first_sequence(), chain::newest_sequence(db, number)?);
    let name = match one_line(&device.name) {
        name if name.is_empty() => device.id.short(),
        name => format!("{} ({name})", device.id.short()),
    };
    let mut kept = kept.iter().skip_while(|kept| entry_parts(kept.after).1 < first).peekable();
    let mut links = Links::after(device.first_chain());
    let (mut told, mut read) = (first - 1, first - 1);
    let Looked { faults, broken_texts, missing_texts } = looked;
    let mut hlc = Hlc(0);
    let done = each_entry(db, reader, number, first, newest, &mut |record| {
        if let LogRecord::Action(action) = &record {
            hlc = action.hlc;
        }
        if let LogRecord::Entry(entry, Some(text)) = &record {
            *broken_texts += u64::from(!text.is_whole());
            // What was typed to an answer may be elsewhere; nothing else ever is left out.
            let is_elsewhere = text.is_left_out() && matches!(entry, Entry::Event(event) if event.detail.is_typed());
            if text.body.is_none() && !is_elsewhere {
                *missing_texts += u64::from(!erasures.cover(db, (hlc, entry.id()), entry)?);
            }
        }
        let Some((end, hash)) = links.take(record) else { return Ok(()) };
        read = end;
        let (mut fits, mut other) = (false, None);
        let from = told + 1;
        while let Some(kept) = kept.next_if(|kept| entry_parts(kept.after).1 <= end) {
            told = entry_parts(kept.after).1;
            if (told, kept.hash) == (end, hash) {
                fits = true;
                continue;
            }
            other = Some(kept.hash).filter(|_| told == end);
            faults.push(format!(
                "entries {from} to {told} of device {name} are not what was written: {} is different",
                kept.keeper.name()
            ));
        }
        if let Some(hash) = other.filter(|_| !fits) {
            links = Links::after(hash);
        }
        Ok(())
    });
    if let Err(error) = done {
        faults.push(format!("the entries of device {name} after {read} can't be read: {error}"));
        return Ok(());
    }
    if links.left() > 0 {
        faults.push(format!("the last action of device {name}, after entry {read}, is not whole: its end is missing"));
    }
    // Hashes of what is not here.
    if let Some(last) = kept.last().filter(|last| entry_parts(last.after).1 > newest) {
        let whose = match last.keeper {
            Keeper::Outside => ": this file is an older copy of itself, or its end was lost",
            Keeper::Table | Keeper::Fork(_) | Keeper::TookOver => "",
        };
        let last = entry_parts(last.after).1;
        faults.push(format!(
            "entries {} to {last} of device {name} are missing at the end of its log{whose}",
            newest + 1
        ));
    }
    let rows: i64 = db
        .prepare_cached("SELECT count(*) FROM action WHERE id > ?1 AND id <= ?2")?
        .query_row((entry_id(number, newest), entries_of_device(number).1), |row| row.get(0))?;
    if rows > 0 {
        faults.push(format!("device {name} has {rows} actions without entries after the end of its log"));
    }
    Ok(())
}
