//! The database. The only folder that names rusqlite.
//!
//! The log is the truth; everything else is a cache of it, or local to this file. What an action changes is changed in one
//! transaction, except for the caches of a plain answer, which follow (`behind`). A store never decides: it commits what core
//! decided, and answers questions by index.

mod behind;
mod bulk;
mod by_prompt;
mod card_state;
mod cards;
mod chain;
mod checkups;
mod columns;
mod copy;
mod doctor;
mod due;
mod error;
mod facts;
mod files;
mod flights;
mod followed;
mod forget;
mod fork;
mod history;
mod known_files;
#[cfg(test)]
mod laws;
mod log_out;
mod mastery;
mod media;
mod migrate;
mod naming;
mod note_edits;
mod notes;
mod open;
mod own_words;
mod pages;
mod patience;
#[cfg(test)]
mod query_plan_tests;
mod read_only;
mod review_log;
mod salvage;
mod search;
mod shown;
mod snapshot;
mod sums;
#[cfg(test)]
mod tests;
mod totals;
mod tried;
mod undo;
mod union;
mod writer;

pub use bulk::Bulk;
pub use bulk::BulkOptions;
pub use bulk::DeckOrigin;
pub use bulk::EarlierFiles;
pub use bulk::Finished;
pub use bulk::HeadDetails;
pub use bulk::Kept;
pub use bulk::KeptPart;
pub use bulk::MatchResult;
pub use bulk::Missing;
pub use bulk::News;
pub use bulk::NoteRef;
pub use bulk::RowPlace;
pub use bulk::Twice;
pub use cards::BuiltinDeck;
pub use cards::CardLine;
pub use cards::DeckLine;
pub use cards::Notes;
pub use checkups::HeldOut;
pub use copy::Surplus;
pub use copy::copy_aside;
pub use doctor::Finding;
pub use doctor::Rule;
pub use due::Counts;
pub use due::DeckSet;
pub use due::Limits;
pub use due::Recall;
pub use error::Fault;
pub use error::StoreError;
pub use error::Trouble;
pub use facts::Salts;
pub use files::SIDES;
pub use files::Unfinished;
pub use files::folder_of;
pub use files::identity;
pub use files::identity_in;
pub use files::make_folder;
pub use files::nothing_beside;
pub use files::open_regular;
pub use files::sync_folder;
pub use files::sync_folder_of;
pub use files::with_ending;
pub use followed::SourceFile;
pub use forget::Forgotten;
pub use fork::Forked;
pub use history::Happened;
pub use history::HistoryRow;
pub use known_files::KnownAnswer;
pub use migrate::SQLITE_MAGIC;
pub use naming::Found;
pub use note_edits::NoteNow;
pub use notes::Ahead;
pub use notes::Edited;
pub use notes::PackedNote;
pub use open::lone_log;
pub use salvage::Salvaged;
pub use search::Hits;
pub use search::Listing;
pub use search::RowId;
pub use search::Sort;
pub use search::SortBy;
pub use tried::ShownTry;
pub use undo::ActionLine;
pub use undo::Taken;
pub use undo::Undo;
pub use union::Union;
pub use union::United;
pub use writer::Writer;

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::id::ShareId;
use crate::core::replay::Voided;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use behind::Behind;
use behind::Caches;
use chain::Tail;
use review_log::Reader;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use rusqlite::TransactionBehavior;
use snapshot::changes_by_others;
use std::cell::Cell;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;
use writer::File;
use writer::Known;

/// Actions after which a checkpoint is worth taking: an answer and its caches are about ten pages, and 1000 pages are SQLite's
/// usual.
const ACTIONS_A_CHECKPOINT: u32 = 100;

/// The same where nobody ever reads, so that each pause is somebody's wait: a checkpoint takes about 60 ms.
const ACTIONS_WITHOUT_REST: u32 = 4000;

/// Answers that wait for the caches where nobody ever reads: together they take little more than one.
const ANSWERS_WITHOUT_REST: usize = 32;

/// Where and by whom a database is opened; all of it from the outside.
#[derive(Debug, Clone)]
pub struct Here {
    /// Something that tells this machine from others.
    pub machine: String,
    /// A name for it that people recognise.
    pub device_name: String,
    /// The id of a new device, should one be needed.
    pub fresh_device: DeviceId,
    /// Chance, for the salts of texts.
    pub chance: [u8; 16],
    /// The folder where each device's newest number and chain are kept outside the database, so that a copied one is
    /// noticed; `None` keeps none.
    pub state_folder: Option<PathBuf>,
}

impl Here {
    /// Nobody in particular, nowhere: for who only looks, and for tests.
    #[must_use]
    pub fn nameless(fresh_device: DeviceId) -> Self {
        let DeviceId(chance) = fresh_device;
        Self { machine: String::new(), device_name: String::new(), fresh_device, chance, state_folder: None }
    }
}

/// When something is written.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// The instant.
    pub now: Timestamp,
    /// Its study day.
    pub today: StudyDay,
}

/// What has to be known to read the log: devices and configurations by their numbers, and what was undone.
struct Context {
    reader: Reader,
    voided: Voided,
}

/// When an answer was given, in milliseconds since 1970, and on which study day.
pub type LastAnswer = (i64, StudyDay);

/// An open database.
pub struct Store {
    db: Connection,
    path: PathBuf,
    /// Which file that is, where it can be told.
    file: Option<(u64, u64)>,
    here: Here,
    /// Who writes here, once something was written, and SQLite's mark of changes by others at that time.
    writes_as: Option<(i64, DeviceId)>,
    writes_since: i64,
    /// When the newest answer was given that was written here, and on which study day. It holds as long as `writes_as` does.
    newest_answer: Option<LastAnswer>,
    /// Machine and path, once they were looked at. They are compared with `meta.place`, which tells a copied file.
    lies_at: Option<String>,
    /// The end of the log of who writes here, as far as it is known.
    tail: Option<Tail>,
    /// The stamp of the last action of who writes here, as far as it is known.
    last_hlc: Option<Hlc>,
    /// The configuration of the newest answer, and its number.
    config: Option<(ConfigId, i64)>,
    /// The scheduler of the newest answer with its id, which is a hash.
    scheduler: Option<(Scheduler, ConfigId)>,
    /// What was read of the log's context, and SQLite's mark of changes by others at that time.
    context: RefCell<Option<(i64, Rc<Context>)>>,
    salts: Rc<Salts>,
    /// An end of the log that is not kept outside yet.
    unsaid: Cell<Option<(DeviceId, Tail, Hlc)>>,
    /// Answers that the caches don't have yet, and SQLite's mark of changes by others at which they lack nothing else.
    behind: RefCell<Behind>,
    caches_known_at: Cell<Option<i64>>,
    /// Whether the caches could not be brought up to date when that was tried last.
    is_late: Cell<bool>,
    /// Actions since the last checkpoint.
    actions_since_checkpoint: Cell<u32>,
    /// How often something was written.
    writes: u64,
    /// Notes whose cards could not be asked.
    left_out: RefCell<BTreeSet<NoteUid>>,
}

impl Store {
    /// Where the database lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Does something with the database. What goes wrong names its file.
    fn attempt<T>(&self, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, StoreError> {
        work().map_err(|fault| fault.at(&self.path))
    }

    /// What has to be known to read the log; read again only where somebody changed the database meanwhile.
    fn context(&self) -> Result<Rc<Context>, Fault> {
        self.context_at(changes_by_others(&self.db)?)
    }

    /// The same, where SQLite's mark of changes by others was read just now.
    fn context_at(&self, mark: i64) -> Result<Rc<Context>, Fault> {
        if let Some((known, context)) = &*self.context.borrow()
            && *known == mark
        {
            return Ok(Rc::clone(context));
        }
        let context = read_context(&self.db, None)?;
        self.context.replace(Some((mark, Rc::clone(&context))));
        Ok(context)
    }

    /// Runs `work` as one action in one transaction, committed to the disk when this returns.
    ///
    /// Where `work` writes nothing to the log, there is no action and the result has no id.
    ///
    /// # Errors
    /// Whatever `work` fails with, or the commit does; nothing of it is left then.
    pub fn write<T>(
        &mut self,
        stamp: Stamp,
        kind: ActionKind,
        subject: Subject,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>,
    ) -> Result<(T, Option<ActionId>), StoreError> {
        let written = self.write_action(stamp, kind, &subject, work);
        written.map_err(|fault| fault.at(&self.path))
    }

    fn write_action<T>(
        &mut self,
        stamp: Stamp,
        kind: ActionKind,
        subject: &Subject,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>,
    ) -> Result<(T, Option<ActionId>), Fault> {
        if self.lies_at.is_none() {
            self.lies_at = Some(self.place());
        }
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        // Nobody else commits until this is done, and own commits don't move the mark: it is right before and after.
        let mark = changes_by_others(&tx)?;
        let context = self.known_context(&tx, mark)?;
        // What others wrote may have made this file another device's.
        let writes_as = self.writes_as.filter(|_| self.writes_since == mark);
        let (device, device_id, is_new) = match writes_as {
            Some((device, id)) => (device, id, false),
            None => {
                let place = self.lies_at.as_deref().unwrap_or_default();
                chain::device_here(&tx, &context.reader, &self.here, place, stamp)?
            }
        };
        let context = if is_new { None } else { Some(context) };
        let tail = self.tail.filter(|_| self.writes_as == Some((device, device_id)));
        let newest = writes_as.and(tail.zip(self.last_hlc)).map(|(tail, hlc)| (tail.sequence, hlc));
        let caches = if is_new { Caches::Unknown } else { self.caches_at(mark) };
        let scheduler = self.scheduler.take();
        let known = Known { context, newest, tail, caches, ..self.known() };
        let mut writer = Writer::new(tx, (device, device_id), stamp, known)?;
        writer.config = self.config;
        writer.scheduler = scheduler;
        writer.state_folder.clone_from(&self.here.state_folder);
        writer.may_wait = kind == ActionKind::Answer && !self.behind.borrow().is_full();
        if !writer.may_wait || caches == Caches::Unknown {
            writer.catch_up()?;
        }
        let done = work(&mut writer)?;
        let scheduler = writer.scheduler.take();
        let finished = writer.finish(kind, subject)?;
        // A device that was made in a transaction without a commit is not there; here it was committed.
        self.writes_as = Some((device, device_id));
        self.writes_since = mark;
        self.newest_answer = match (kind, finished.action) {
            (ActionKind::Answer, Some(_)) => Some((stamp.now.unix_ms, stamp.today)),
            // Another window may have answered since.
            _ => self.newest_answer.filter(|_| writes_as.is_some()),
        };
        self.caches_known_at.set(Some(mark));
        if finished.caches_moved {
            self.behind.borrow_mut().clear();
        }
        let waits = finished.waiting.is_some();
        if let Some(answer) = finished.waiting {
            self.behind.borrow_mut().push(answer);
        }
        self.scheduler = scheduler;
        self.config = finished.config.or(self.config);
        self.tail = finished.tail;
        self.last_hlc = finished.action.map(|_| finished.hlc).or(self.last_hlc.filter(|_| writes_as.is_some()));
        self.context.replace(finished.context.map(|context| (mark, context)));
        self.actions_since_checkpoint.set(self.actions_since_checkpoint.get().saturating_add(1));
        self.writes += 1;
        if let (Some(tail), Some(_)) = (self.tail, finished.action) {
            self.unsaid.set(Some((device_id, tail, finished.hlc)));
        }
        // What an answer leaves to do is done together.
        if !waits {
            self.say_outside();
        }
        Ok((done, finished.action))
    }

    fn file(&self) -> File<'_> {
        File { path: &self.path, identity: self.file }
    }

    /// Changes that are no action of this device: a union, caches that are made again.
    fn write_unlogged<T>(
        &mut self,
        stamp: Stamp,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let done = self.attempt(|| self.unlogged(stamp, work))?;
        self.context.replace(None);
        self.actions_since_checkpoint.set(ACTIONS_A_CHECKPOINT);
        self.writes += 1;
        Ok(done)
    }

    /// The same where nothing is there afterwards that was not there before: what was read of the log still holds.
    fn unlogged<T>(&self, stamp: Stamp, work: impl FnOnce(&mut Writer<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mark = changes_by_others(&tx)?;
        let known = meta(&tx, "device")?.as_deref().and_then(DeviceId::from_hex);
        let context = self.known_context(&tx, mark)?;
        let device =
            known.and_then(|id| Some((context.reader.device_number(id)?, id))).unwrap_or((0, DeviceId([0; 16])));
        let known =
            Known { context: Some(context), caches: self.caches_at(mark), writes_action: false, ..self.known() };
        let mut writer = Writer::new(tx, device, stamp, known)?;
        writer.catch_up()?;
        let done = work(&mut writer)?;
        let context = writer.finish_unlogged()?;
        self.context.replace(context.map(|context| (mark, context)));
        self.behind.borrow_mut().clear();
        self.caches_known_at.set(Some(mark));
        Ok(done)
    }

    /// What a writer starts with where nothing is known of the database.
    fn known(&self) -> Known<'_> {
        Known {
            context: None,
            newest: None,
            tail: None,
            caches: Caches::Unknown,
            writes_action: true,
            salts: Rc::clone(&self.salts),
            behind: &self.behind,
            file: self.file(),
        }
    }

    /// What was read of the log's context, or it is read now. Where what follows fails, it must not stay.
    fn known_context(&self, tx: &Connection, mark: i64) -> Result<Rc<Context>, Fault> {
        match self.context.take().filter(|(known, _)| *known == mark) {
            Some((_, context)) => Ok(context),
            None => read_context(tx, None),
        }
    }

    /// Keeps the end of the log outside of the database.
    fn say_outside(&self) {
        if let (Some((device, tail, hlc)), Some(folder)) = (self.unsaid.take(), &self.here.state_folder)
            // Another window may have gone on since.
            && chain::remembered(folder, device).is_none_or(|(kept, _)| kept.sequence < tail.sequence)
        {
            chain::remember(folder, device, tail, hlc);
        }
    }

    /// Machine and path, which tell that this file was not copied here from elsewhere.
    fn place(&self) -> String {
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        format!("{}:{}", self.here.machine, path.display())
    }

    /// The device that writes here; `None` before anything was written.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn this_device(&self) -> Result<Option<DeviceId>, StoreError> {
        self.attempt(|| Ok(self.meta("device")?.as_deref().and_then(DeviceId::from_hex)))
    }

    /// Brings the caches up to date with the last answer, and moves what the write-ahead log has gathered into the
    /// database, where it is worth it. To be called while a person reads; a failure is no loss, the next one will do it.
    pub fn while_idle(&self) {
        self.catch_up().ok();
        self.checkpoint_after(ACTIONS_A_CHECKPOINT);
    }

    /// To be called instead where the next answer is there already: only what must not grow for ever is done.
    pub fn while_busy(&self) {
        if self.behind.borrow().len() >= ANSWERS_WITHOUT_REST {
            self.catch_up().ok();
        }
        self.checkpoint_after(ACTIONS_WITHOUT_REST);
    }

    fn checkpoint_after(&self, actions: u32) {
        // The length of the log's file tells nothing: it stays when its pages were moved.
        if self.actions_since_checkpoint.get() >= actions {
            self.actions_since_checkpoint.set(0);
            self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).ok();
        }
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Fault> {
        meta(&self.db, name)
    }

    /// What this profile goes by in what it shares: `fresh` from the first time on. A backup keeps it, since it is the
    /// same person's.
    ///
    /// # Errors
    /// When the database can't be read or written.
    pub fn share_id(&mut self, fresh: ShareId) -> Result<ShareId, StoreError> {
        self.attempt(|| {
            // Two that share for the first time at once have to go by one id.
            let first = |db: &Connection| -> Result<Option<ShareId>, Fault> {
                Ok(meta(db, "share")?.as_deref().and_then(ShareId::from_hex))
            };
            if let Some(id) = first(&self.db)? {
                return Ok(id);
            }
            let tx = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
            if let Some(id) = first(&tx)? {
                return Ok(id);
            }
            set_meta(&tx, "share", &fresh.to_string())?;
            self.file().is_still_there()?;
            tx.commit()?;
            Ok(fresh)
        })
    }

    /// The hash of the built-in decks that this database holds, if it has been given any.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_hash(&self) -> Result<Option<String>, StoreError> {
        self.attempt(|| self.meta("builtin"))
    }
}

fn wal_name(path: &Path) -> std::ffi::OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-wal");
    name
}

fn read_context(db: &Connection, pending: Option<(i64, i64)>) -> Result<Rc<Context>, Fault> {
    let reader = Reader::new(db)?;
    reader.pending.set(pending);
    let voided = review_log::voided(db, &reader)?;
    Ok(Rc::new(Context { reader, voided }))
}

fn meta(db: &Connection, name: &str) -> Result<Option<String>, Fault> {
    Ok(db.prepare_cached("SELECT value FROM meta WHERE name = ?1")?.query_row([name], |row| row.get(0)).optional()?)
}

fn set_meta(db: &Connection, name: &str, value: &str) -> Result<(), Fault> {
    db.prepare_cached(
        "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute([name, value])?;
    Ok(())
}

fn read_devices(db: &Connection) -> Result<Vec<(i64, DeviceId)>, Fault> {
    let mut statement = db.prepare_cached("SELECT id, uuid FROM device ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, DeviceId(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
