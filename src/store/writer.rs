//! An action being written.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Event;
use crate::core::event::Span;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::log::Chain;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::LAST_CLOCK_MS;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::behind::Answer;
use crate::store::behind::Behind;
use crate::store::behind::Caches;
use crate::store::chain;
use crate::store::chain::Tail;
use crate::store::columns::entry_id;
use crate::store::columns::i64_of;
use crate::store::facts::Salts;
use crate::store::files;
use crate::store::meta;
use crate::store::read_context;
use crate::store::set_meta;
use crate::store::sums::Sums;
use rusqlite::OptionalExtension as _;
use rusqlite::Transaction;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;

/// An action of one event so far: it needs no row of its own.
pub(super) struct Lone {
    kind: ActionKind,
    card: CardId,
    at: Timestamp,
    study_day: StudyDay,
}

impl Lone {
    pub(super) fn of(event: &Event) -> Self {
        Self { kind: ActionKind::of_lone(&event.kind), card: event.card, at: event.at, study_day: event.study_day }
    }
}

/// What is known before anything is written.
pub(super) struct Known<'s> {
    /// What was read of the log's context.
    pub(super) context: Option<Rc<Context>>,
    /// The number and the stamp of the device's last entry.
    pub(super) newest: Option<(u64, Hlc)>,
    /// The end of the device's log.
    pub(super) tail: Option<Tail>,
    pub(super) caches: Caches,
    /// Whether an action of this device is to be written.
    pub(super) writes_action: bool,
    pub(super) salts: Rc<Salts>,
    pub(super) behind: &'s RefCell<Behind>,
    pub(super) file: File<'s>,
}

/// The database's file: what was opened at its path.
#[derive(Clone, Copy)]
pub(super) struct File<'s> {
    pub(super) path: &'s Path,
    pub(super) identity: Option<(u64, u64)>,
}

impl File<'_> {
    /// A database that was moved away, or restored, while it was open would take what nobody finds again.
    pub(super) fn is_still_there(self) -> Result<(), Fault> {
        if files::identity(self.path) == self.identity { Ok(()) } else { Err(Fault::Replaced) }
    }
}

/// What is left of a writer once its action is committed.
pub(super) struct Written {
    pub(super) action: Option<ActionId>,
    pub(super) tail: Option<Tail>,
    /// The stamp of the action.
    pub(super) hlc: Hlc,
    pub(super) config: Option<(ConfigId, i64)>,
    pub(super) context: Option<Rc<Context>>,
    /// Whether the caches have all answers from before.
    pub(super) caches_moved: bool,
    /// The answer that the caches don't have yet.
    pub(super) waiting: Option<Answer>,
}

/// An action being written.
pub struct Writer<'s> {
    pub(super) tx: Transaction<'s>,
    pub(super) stamp: Stamp,
    pub(super) device: i64,
    pub(super) device_id: DeviceId,
    pub(super) first_sequence: u64,
    pub(super) next_sequence: u64,
    /// The stamp of the action, which all its entries share.
    pub(super) hlc: Hlc,
    /// Whether an action of this device is being written; else it is a union, or caches are made again.
    pub(super) writes_action: bool,
    /// Whether anything was written to the log.
    pub(super) touched: bool,
    pub(super) lone: Option<Lone>,
    pub(super) decks_moved: BTreeSet<i64>,
    /// The scheduler's configuration that was asked for last, and its number.
    pub(super) config: Option<(ConfigId, i64)>,
    /// The scheduler that was asked for last, with its id.
    pub(super) scheduler: Option<(Scheduler, ConfigId)>,
    pub(super) salts: Rc<Salts>,
    /// The other device that was named last, and its number.
    pub(super) other_device: Option<(DeviceId, i64)>,
    pub(super) deck_numbers: HashMap<String, i64>,
    pub(super) decks_to_list: BTreeSet<i64>,
    /// Cards whose answers were taken out of the sums, until they are counted again.
    pub(super) uncounted: BTreeSet<i64>,
    /// Sums that are gathered before they are written, while very many cards are folded.
    pub(super) gathered: Option<Sums>,
    pub(super) state_folder: Option<PathBuf>,
    pub(super) file: File<'s>,
    pub(super) behind: &'s RefCell<Behind>,
    pub(super) caches: Caches,
    /// Whether the caches of an answer may wait.
    pub(super) may_wait: bool,
    /// Whether the caches have more of the log than before.
    pub(super) caches_moved: bool,
    /// The answer that waits, if this action is one.
    pub(super) waiting: Option<Answer>,
    context: Option<Rc<Context>>,
    chain: Option<Chain>,
    tail: Option<Tail>,
}

impl<'s> Writer<'s> {
    pub(super) fn new(
        tx: Transaction<'s>,
        (device, device_id): (i64, DeviceId),
        stamp: Stamp,
        known: Known<'s>,
    ) -> Result<Self, Fault> {
        let (newest, last) = match known.newest {
            Some(newest) => newest,
            None => {
                let newest = chain::newest_sequence(&tx, device)?;
                (newest, chain::newest_hlc(&tx, device, newest)?.max(heard(&tx)?))
            }
        };
        let hlc = Hlc::after(last, stamp.now.unix_ms);
        if stamp.now.unix_ms >= LAST_CLOCK_MS && known.writes_action {
            return Err(Fault::Clock(stamp.now));
        }
        if let Some(context) = known.context.as_ref().filter(|_| known.writes_action) {
            context.reader.pending.set(Some((entry_id(device, newest + 1), hlc.0)));
        }
        Ok(Self {
            tx,
            stamp,
            device,
            device_id,
            first_sequence: newest + 1,
            next_sequence: newest + 1,
            hlc,
            writes_action: known.writes_action,
            touched: false,
            lone: None,
            decks_moved: BTreeSet::new(),
            config: None,
            scheduler: None,
            salts: known.salts,
            other_device: None,
            deck_numbers: HashMap::new(),
            decks_to_list: BTreeSet::new(),
            uncounted: BTreeSet::new(),
            gathered: None,
            state_folder: None,
            behind: known.behind,
            file: known.file,
            caches: known.caches,
            may_wait: false,
            caches_moved: false,
            waiting: None,
            context: known.context,
            chain: None,
            tail: known.tail.filter(|tail| tail.sequence == newest),
        })
    }

    /// What has to be known to read the log, as it is now.
    pub(super) fn context(&mut self) -> Result<Rc<Context>, Fault> {
        if let Some(context) = &self.context {
            return Ok(Rc::clone(context));
        }
        // A union brings entries of any device, of this one too where the file is an older copy: none of them is pending.
        let pending = self.writes_action.then(|| (self.local_action(), self.hlc.0));
        let context = read_context(&self.tx, pending)?;
        self.context = Some(Rc::clone(&context));
        Ok(context)
    }

    /// Devices, configurations or what is undone changed: they have to be read again.
    pub(super) fn forget_context(&mut self) {
        self.context = None;
    }

    /// Says in what was read of them what changed: where there are many devices, reading them again for each takes long.
    pub(super) fn amend_context(&mut self, change: impl FnOnce(&mut Context)) {
        match self.context.as_mut().map(Rc::get_mut) {
            Some(Some(context)) => change(context),
            // Somebody still looks at it as it was.
            Some(None) => self.context = None,
            None => {}
        }
    }

    /// The chain of the device's log, which goes over all that the action writes.
    pub(super) fn chain(&mut self) -> Result<&mut Chain, Fault> {
        if self.chain.is_none() {
            let tail = match self.tail {
                Some(tail) => tail,
                None => {
                    let remembered =
                        self.state_folder.as_deref().and_then(|folder| chain::remembered(folder, self.device_id));
                    let last = self.first_sequence - 1;
                    match remembered {
                        Some((tail, hlc))
                            if tail.sequence == last && hlc == chain::newest_hlc(&self.tx, self.device, last)? =>
                        {
                            tail
                        }
                        Some(_) | None => {
                            let context = self.context()?;
                            chain::tail(&self.tx, &context.reader, self.device, last)?
                        }
                    }
                }
            };
            self.tail = Some(tail);
            self.chain = Some(Chain::after(tail.hash));
        }
        self.chain.as_mut().ok_or_else(|| Fault::Corrupt("the chain of the log is lost".to_owned()))
    }

    /// The id of a scheduler's configuration.
    pub(super) fn config_id(&mut self, scheduler: &Scheduler) -> ConfigId {
        if let Some((known, id)) = &self.scheduler
            && known == scheduler
        {
            return *id;
        }
        let id = scheduler.id();
        self.scheduler = Some((scheduler.clone(), id));
        id
    }

    /// The local number of a configuration that is in the log.
    pub(super) fn known_config(&self, config: ConfigId) -> Result<Option<i64>, Fault> {
        if let Some((_, number)) = self.config.filter(|(known, _)| *known == config) {
            return Ok(Some(number));
        }
        Ok(self
            .tx
            .prepare_cached("SELECT id FROM config WHERE hash = ?1")?
            .query_row([config.0], |row| row.get(0))
            .optional()?)
    }

    /// The action's name, once it is committed.
    pub(super) fn id(&self) -> ActionId {
        ActionId { device: self.device_id, number: self.first_sequence }
    }

    /// The local id of the action.
    pub(super) fn local_action(&self) -> i64 {
        entry_id(self.device, self.first_sequence)
    }

    /// Writes the action's row, where it needs one, and commits.
    pub(super) fn finish(mut self, kind: ActionKind, subject: &Subject) -> Result<Written, Fault> {
        self.list_decks()?;
        self.set_last_introduced()?;
        if self.caches_moved {
            let next = if self.waiting.is_some() { self.first_sequence } else { self.next_sequence };
            self.set_cached(next - 1)?;
        }
        if !self.touched {
            self.forget_unwritten_action()?;
            return self.commit(None);
        }
        let id = self.id();
        let span = Span { action: id, entries: self.next_sequence - self.first_sequence };
        let action = match self.lone.take().filter(|lone| lone.kind == kind) {
            Some(lone) => Action {
                span,
                kind,
                subject: Subject::Card(lone.card),
                at: lone.at,
                study_day: lone.study_day,
                hlc: self.hlc,
            },
            None => {
                let Stamp { now, today } = self.stamp;
                let action = Action { span, kind, subject: subject.clone(), at: now, study_day: today, hlc: self.hlc };
                self.insert_action(self.local_action(), &action)?;
                action
            }
        };
        let hash = self.chain()?.finish(&action);
        let sequence = self.next_sequence - 1;
        let tail = chain::keep(&self.tx, self.device, self.tail, Tail { sequence, hash, checkpoint: 0 })?;
        self.tail = Some(tail);
        self.commit(Some(id))
    }

    /// Commits what is no action.
    pub(super) fn finish_unlogged(mut self) -> Result<Option<Rc<Context>>, Fault> {
        self.list_decks()?;
        self.set_last_introduced()?;
        // It may have become another device's file.
        if let Some(device) = meta(&self.tx, "device")?.as_deref().and_then(DeviceId::from_hex) {
            self.device = self.device_number(device)?;
            self.set_cached(chain::newest_sequence(&self.tx, self.device)?)?;
        }
        Ok(self.commit(None)?.context)
    }

    fn commit(self, action: Option<ActionId>) -> Result<Written, Fault> {
        self.file.is_still_there()?;
        self.tx.commit()?;
        if let Some(context) = &self.context {
            context.reader.pending.set(None);
        }
        Ok(Written {
            action,
            tail: self.tail,
            hlc: self.hlc,
            config: self.config,
            context: self.context,
            caches_moved: self.caches_moved,
            waiting: self.waiting,
        })
    }

    pub(super) fn insert_action(&self, id: i64, action: &Action) -> Result<(), Fault> {
        let ahead = action.hlc.0.wrapping_sub(action.at.unix_ms);
        let subject = action.subject.to_string();
        self.tx
            .prepare_cached(
                "INSERT INTO action (id, entries, kind, subject, hlc, ahead, offset_min, study_day) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                id,
                i64_of(action.span.entries),
                action.kind.code(),
                (!subject.is_empty()).then_some(subject),
                action.hlc.0,
                (ahead != 0).then_some(ahead),
                action.at.offset_min,
                action.study_day.0,
            ))?;
        Ok(())
    }

    /// Remembers which built-in decks this database holds.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn set_builtin_hash(&mut self, hash: &str) -> Result<(), Fault> {
        set_meta(&self.tx, "builtin", hash)
    }
}

/// The newest stamp of other devices that was ever united with this database: later acts here come after it.
pub(super) fn heard(tx: &Transaction<'_>) -> Result<Hlc, Fault> {
    Ok(Hlc(meta(tx, "heard")?.and_then(|stamp| stamp.parse().ok()).unwrap_or(0)))
}
