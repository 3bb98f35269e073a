//! Everything that can be read of a damaged database, in a new one.
//!
//! The damaged file is read page by page (`store/pages.rs`, `records`), without SQLite, and nothing is written to it. Its rows are gathered
//! in a database without a name (`gather`); what is left of each action (`pieces`) comes into the new database by way of a union,
//! which checks it like the log of another device, under names that are sound (`plan`).

mod gather;
mod pieces;
mod plan;
mod records;

use crate::core::fact::ChainHash;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::MediaHash;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::scheduler::Scheduler;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::Here;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::chain;
use crate::store::chain::Tail;
use crate::store::columns::entry_parts;
use crate::store::doctor::hashes;
use crate::store::files::folder_of;
use crate::store::files::header_of;
use crate::store::files::io_at;
use crate::store::files::nothing_beside;
use crate::store::files::private;
use crate::store::files::sync_folder;
use crate::store::fork::forks_first;
use crate::store::media;
use crate::store::meta;
use crate::store::migrate;
use crate::store::notes::text_of;
use crate::store::pages::Pages;
use crate::store::review_log::Reader;
use crate::store::set_meta;
use crate::store::wal_name;
use gather::Gathered;
use gather::gather;
use pieces::Pieces;
use plan::Plan;
use plan::Plans;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::ffi;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;
use std::time::SystemTime;

/// Stamps further ahead of now than this are damage.
const TOO_FAR_MS: i64 = 1_000 * 366 * 86_400_000;

/// What was saved of a damaged database, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Salvaged {
    /// Events that are in the new database.
    pub events: u64,
    /// Facts that are there.
    pub facts: u64,
    /// Texts that are there with their words.
    pub texts: u64,
    /// Pictures and sounds that are there.
    pub media: u64,
    /// Entries of the log that are lost.
    pub lost_entries: u64,
    /// Texts whose words are lost, while their entries are there.
    pub lost_texts: u64,
    /// Pictures and sounds that are missing or have other bytes than their names say.
    pub lost_media: u64,
    /// Notes and decks whose ids can't be told for sure: two places say two.
    pub lost_names: u64,
    /// Pages that the disk did not give.
    pub unread_pages: u64,
    /// Entries that go by the name of a new device.
    pub renamed: u64,
}

impl Salvaged {
    /// Whether nothing is known to be lost.
    #[must_use]
    pub fn has_all(&self) -> bool {
        self.lost_entries + self.lost_texts + self.lost_names + self.lost_media + self.unread_pages == 0
    }

    /// Whether nothing is known to be lost or other than it was written.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.has_all() && self.renamed == 0
    }
}

/// What tells that a file was written to.
fn mark(path: &Path) -> [Option<(u64, Option<SystemTime>)>; 2] {
    [path.to_owned(), path.with_file_name(wal_name(path))]
        .map(|path| fs::metadata(path).ok().map(|meta| (meta.len(), meta.modified().ok())))
}

/// The devices by whose names entries are found. Where all their rows are lost, each is a new one.
fn give_devices(found: &Gathered, fresh: &mut DeviceId) -> Result<(), Fault> {
    let known: bool = found.db.query_row("SELECT EXISTS (SELECT 1 FROM device)", [], |row| row.get(0))?;
    if known {
        return Ok(());
    }
    for number in found.named.keys() {
        found.db.execute(
            "INSERT INTO device (id, uuid, name, created_at_ms) VALUES (?1, ?2, '', 0)",
            (number, next(fresh).0),
        )?;
    }
    Ok(())
}

/// A new device's id, and the one after it for the next.
fn next(fresh: &mut DeviceId) -> DeviceId {
    let this = *fresh;
    *fresh = DeviceId(crate::core::log::first_chain(this, None).0);
    this
}

/// The configurations that are what their hashes say. What is not is taken away, so that no event names it.
fn configs(db: &Connection) -> Result<BTreeMap<ConfigId, String>, Fault> {
    let mut all = BTreeMap::new();
    {
        let mut statement = db.prepare("SELECT hash, json FROM config")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            all.insert(ConfigId(row.get(0)?), row.get::<_, String>(1)?);
        }
    }
    for (id, _) in all.extract_if(.., |id, json| ConfigId::of_json(json) != *id) {
        db.execute("DELETE FROM config WHERE hash = ?1", [id.0])?;
    }
    let usual = Scheduler::default();
    all.insert(usual.id(), usual.to_json());
    Ok(all)
}

/// Gives notes other names. Gives those that they had. A name that another note has, or whose note is gone, stays where it is: what
/// is damaged may say anything.
fn swap_names(db: &Connection, names: &[(i64, [u8; 16])]) -> Result<Vec<(i64, [u8; 16])>, Fault> {
    let mut had: Vec<(i64, [u8; 16])> = Vec::new();
    for (number, _) in names {
        let before = db.query_row("SELECT uid FROM note_name WHERE id = ?1", [number], |row| row.get(0)).optional()?;
        had.extend(before.map(|before| (*number, before)));
    }
    // Two notes may have each other's.
    for (number, _) in &had {
        db.execute("DELETE FROM note_name WHERE id = ?1", [number])?;
    }
    for (number, uid) in names.iter().filter(|(number, _)| had.iter().any(|(known, _)| known == number)).chain(&had) {
        db.execute("INSERT OR IGNORE INTO note_name (id, uid) VALUES (?1, ?2)", (number, uid))?;
    }
    Ok(had)
}

/// The hashes of the media that texts name.
fn media_of(db: &Connection) -> Result<BTreeSet<MediaHash>, Fault> {
    let mut statement = db.prepare("SELECT body FROM text WHERE body LIKE '%\"media\":{%'")?;
    let mut rows = statement.query([])?;
    let mut all = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        all.extend(text_of(body, None).map(|text| text.media).unwrap_or_default().into_values());
    }
    Ok(all)
}

impl Store {
    /// Reads what can be read of the damaged database at `from` into a new one at `to`. The damaged file is left as it is.
    ///
    /// # Errors
    /// When nothing of ours is in the file or somebody writes to it; when there is a file at `to`, or it can't be written.
    pub fn salvage(from: &Path, to: &Path, here: Here, stamp: Stamp) -> Result<Salvaged, StoreError> {
        nothing_beside(to)?;
        Self::salvage_to(from, to, here, stamp).map_err(|fault| fault.at(from))
    }

    fn salvage_to(from: &Path, to: &Path, here: Here, stamp: Stamp) -> Result<Salvaged, Fault> {
        let before = mark(from);
        let header = header_of(from).unwrap_or_default();
        let of_ours = migrate::check_header(from, &header);
        if let Err(newer @ Fault::Newer { .. }) = of_ours {
            return Err(newer);
        }
        let found = gather(Pages::open(from)?)?;
        if mark(from) != before {
            let why = "somebody else wrote to the database meanwhile".to_owned();
            return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), Some(why)).into());
        }
        if found.named.is_empty() {
            return Err(of_ours.err().unwrap_or_else(|| Fault::NotADatabase(from.to_owned())));
        }
        let folder = folder_of(to);
        // Whoever is killed here leaves a folder with a name of chance, and nothing at `to`.
        sweep_begun(folder);
        let beside = tempfile::Builder::new().prefix(BEGUN).tempdir_in(folder).map_err(io_at(folder))?;
        private(beside.path(), 0o700)?;
        let path = beside.path().join("lmq.db");
        // What is kept outside is of the damaged one.
        let said = chain::said_outside(&found.db, &here)?;
        // Where it was written to: damaged files are copied before anybody looks at them. One that was put back has no place until it
        // is written to, and ended earlier.
        let place = meta(&found.db, "place")?.unwrap_or_default();
        let here = Here { state_folder: None, ..here };
        let mut store = Self::open(&path, here.clone(), stamp.now)?;
        let mut done = fill(&mut store, &found, (said, &place), here.fresh_device, stamp)?;
        if done.lost_texts > 0 {
            store.take_missing_for_lost()?;
        }
        for hash in media_of(&store.db)? {
            if media::copy(from, to, hash)? {
                done.media += 1;
            } else {
                done.lost_media += 1;
            }
        }
        store.close()?;
        fs::File::open(&path).and_then(|file| file.sync_all()).map_err(io_at(&path))?;
        nothing_beside(to)?;
        // A link is not made over a file that is there, as a rename would be. Not every file system has them.
        let placed = fs::hard_link(&path, to);
        let placed = placed.or_else(|error| if to.exists() { Err(error) } else { fs::rename(&path, to) });
        placed.map_err(io_at(to))?;
        sync_folder(folder).map_err(io_at(folder))?;
        Ok(done)
    }
}

/// How the folders begin in which databases are made, and what a salvage that was killed left of one goes after.
const BEGUN: &str = ".lmq-salvage-";
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Takes away what salvages left that were killed. Nobody is at one for a day.
fn sweep_begun(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().strip_prefix(BEGUN).is_some_and(|chance| chance.len() == 6);
        // A link says of itself that it is none.
        let age =
            entry.metadata().ok().filter(fs::Metadata::is_dir).and_then(|meta| meta.modified().ok()?.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > A_DAY) {
            // What can't be taken away is in the way of nothing.
            fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Takes what was found into a new database.
fn fill(
    store: &mut Store,
    found: &Gathered,
    (said, place): (Option<(DeviceId, Tail, Hlc)>, &str),
    mut fresh: DeviceId,
    stamp: Stamp,
) -> Result<Salvaged, Fault> {
    give_devices(found, &mut fresh)?;
    let db = &found.db;
    let configs = configs(db)?;
    let reader = Reader::new(db)?;
    let latest = Hlc(stamp.now.unix_ms.saturating_add(TOO_FAR_MS));
    let pieces = || Pieces::new(db, &reader, Scheduler::default().id(), latest);
    let mut plans = || -> Result<Plans, Fault> {
        let mut plans = Plans { all: Vec::new(), configs: configs.clone() };
        let mut kept: BTreeMap<i64, Vec<(u64, ChainHash)>> = BTreeMap::new();
        for one in hashes::kept(db, &reader)? {
            let (number, after) = entry_parts(one.after);
            kept.entry(number).or_default().push((after, one.hash));
        }
        let outside = chain::kept_outside(db, &reader, said, place)?.map(|(after, hash)| (entry_parts(after), hash));
        for (number, _) in forks_first(db, &reader)? {
            let kept = kept.remove(&number).unwrap_or_default();
            let outside = outside.filter(|((of, _), _)| *of == number).map(|((_, after), hash)| (after, hash));
            let named = found.named.get(&number).copied().unwrap_or(0);
            plans.all.push(Plan::of(db, &reader, number, pieces(), kept, (outside, named), next(&mut fresh))?);
        }
        plans.settle();
        Ok(plans)
    };
    let as_in_table = plans()?;
    let (plans, lost_names) = if found.doubtful.is_empty() {
        (as_in_table, 0)
    } else {
        // The hashes of the log may tell which of two names a note has.
        let of_table = swap_names(db, &found.doubtful)?;
        let as_in_index = plans()?;
        let doubtful = u64::try_from(found.doubtful.len()).unwrap_or(u64::MAX);
        match (as_in_table.renamed(), as_in_index.renamed()) {
            (1.., 0) => (as_in_index, 0),
            (in_table, in_index) => {
                swap_names(db, &of_table)?;
                (as_in_table, if in_table == 0 && in_index > 0 { 0 } else { doubtful })
            }
        }
    };
    let mut done = Salvaged {
        lost_texts: found.broken_texts,
        unread_pages: found.unread,
        lost_entries: plans.all.iter().map(|plan| plan.missing).sum(),
        lost_names: lost_names + found.doubtful_decks,
        renamed: plans.renamed(),
        ..Salvaged::default()
    };
    store.unite(stamp, true, |union| {
        for plan in &plans.all {
            plans.records(plan, pieces(), &mut |record| {
                if let LogRecord::Entry(entry, text) = &record {
                    done.events += u64::from(matches!(entry, Entry::Event(_)));
                    done.facts += u64::from(matches!(entry, Entry::Fact(..)));
                    done.texts += u64::from(text.as_ref().is_some_and(|text| text.body.is_some()));
                }
                union.put(0, &record)
            })?;
        }
        Ok(())
    })?;
    // Whoever writes to it next is a fork of the device that wrote to the damaged one, as after a restore.
    let own = meta(db, "device")?.as_deref().and_then(DeviceId::from_hex);
    if let Some(plan) = plans.all.iter().find(|plan| Some(plan.device.id) == own) {
        set_meta(&store.db, "device", &plan.last_device().to_string())?;
    }
    // Where something is lost, the built-in decks come in again and bring what was theirs.
    if let Some(builtin) = meta(db, "builtin")?.filter(|_| done.is_all()) {
        set_meta(&store.db, "builtin", &builtin)?;
    }
    if let Some(share) = meta(db, "share")? {
        set_meta(&store.db, "share", &share)?;
    }
    if store.has_traces()? {
        store.scrub()?;
        store.traces_are_gone()?;
    }
    Ok(done)
}

#[cfg(test)]
mod tests;
