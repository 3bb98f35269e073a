//! Which entries of a damaged log keep their names, and how the others are called.
//!
//! An entry keeps its name where a hash that was kept of the log vouches for it and for all before it: then it is what other
//! devices know under that name. What comes after a fault goes by the name of a new device, a fork of the one that wrote it,
//! whose numbers have no gaps. So the log is a sound one, and unites with every other. A fork of what is renamed so can't go on
//! from there under its own name, since its hashes begin with the parent's: it is renamed as a whole ([`Plans::settle`]).

use crate::core::event::EventKind;
use crate::core::fact::ChainHash;
use crate::core::fact::Fact;
use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::Device;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::log::Parent;
use crate::core::log::SegmentHead;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::chain;
use crate::store::chain::Links;
use crate::store::review_log::Reader;
use crate::store::salvage::pieces::Piece;
use crate::store::salvage::pieces::Pieces;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

type Record<'r> = &'r mut dyn FnMut(LogRecord) -> Result<(), Fault>;

/// What becomes of one device's log.
pub(super) struct Plan {
    number: i64,
    pub(super) device: Device,
    /// The last entry that keeps its name, and the hash of the chain after it.
    cut: (u64, ChainHash),
    /// The numbers of all its entries that are left.
    numbers: Vec<u64>,
    /// Those of them that say which entries were told apart from a copy's. Under other names they are not true any more.
    told_apart: BTreeSet<u64>,
    /// The numbers of the entries behind the cut that are left and go by another name.
    rest: Vec<u64>,
    /// Where it was forked from, whatever its name is from now on.
    origin: Option<Parent>,
    /// The first entries of actions that are lost, with the first one of each that is left.
    firsts: BTreeMap<u64, u64>,
    /// By whose name these go.
    pub(super) fresh: DeviceId,
    /// Entries that are lost.
    pub(super) missing: u64,
}

impl Plan {
    /// Looks at the log of a device. `kept` are the hashes that the database keeps of it, by the entry that each is after,
    /// `outside` is what a file keeps of its end, `named` the last entry that the database names.
    pub(super) fn of(
        db: &Connection,
        reader: &Reader,
        number: i64,
        pieces: Pieces<'_>,
        kept: Vec<(u64, ChainHash)>,
        (outside, named): (Option<(u64, ChainHash)>, u64),
        fresh: DeviceId,
    ) -> Result<Self, Fault> {
        let device = chain::device_info(db, reader, number)?;
        let last_kept = kept.iter().map(|(after, _)| *after).max().unwrap_or(0);
        let mut kept: Vec<(u64, ChainHash)> = kept.into_iter().chain(outside).collect();
        kept.sort_by_key(|(after, _)| *after);
        let mut kept = kept.into_iter().peekable();
        let begin = (device.first_sequence() - 1, device.first_chain());
        let (mut reached, mut vouched) = (begin, begin);
        let (mut fits, mut last_hlc) = (true, Hlc(0));
        let mut links = Links::after(begin.1);
        let mut numbers = Vec::new();
        let mut firsts = BTreeMap::new();
        let mut told_apart = BTreeSet::new();
        pieces.each(number, &mut |piece| {
            let first = piece.action.span.action.number;
            let own: Vec<u64> = piece.entries.iter().map(|(entry, _)| entry.id().sequence).collect();
            let says = |entry: &Entry| matches!(entry, Entry::Fact(_, Fact::TookOver { .. }));
            let saying = piece.entries.iter().filter(|(entry, _)| says(entry));
            told_apart.extend(saying.map(|(entry, _)| entry.id().sequence));
            fits = fits
                && piece.is_whole
                && piece.action.hlc > last_hlc
                && own.iter().zip(reached.0 + 1..).all(|(number, next)| *number == next);
            last_hlc = piece.action.hlc;
            if let Some(left) = own.first().filter(|left| **left != first) {
                firsts.insert(first, *left);
            }
            numbers.extend(own);
            if !fits {
                return Ok(());
            }
            let Piece { action, entries, .. } = piece;
            links.take(LogRecord::Action(action));
            for (entry, text) in entries {
                reached = links.take(LogRecord::Entry(entry, text)).unwrap_or(reached);
            }
            while let Some((after, hash)) = kept.next_if(|(after, _)| *after <= reached.0) {
                fits = fits && (after <= begin.0 || (after, hash) == reached);
                vouched = if fits { reached } else { vouched };
            }
            Ok(())
        })?;
        // Where nothing speaks against it, all that was read is what was written. What is kept outside of a later end says no more
        // than that this log ended earlier once, as an older copy of it does.
        let is_all = fits && last_kept <= reached.0 && named <= reached.0;
        let cut = if is_all { reached } else { vouched };
        let last =
            [numbers.last().copied(), outside.map(|(last, _)| last), Some(named), Some(last_kept), Some(begin.0)];
        let last = last.into_iter().flatten().max().unwrap_or(0);
        let missing = (last - begin.0).saturating_sub(u64::try_from(numbers.len()).unwrap_or(0));
        let origin = device.parent;
        let mut plan =
            Self { number, device, cut, numbers, told_apart, rest: Vec::new(), origin, firsts, fresh, missing };
        plan.cut_at(cut);
        Ok(plan)
    }

    /// What is behind that entry goes by another name.
    fn cut_at(&mut self, cut: (u64, ChainHash)) {
        self.cut = cut;
        let behind = self.numbers.iter().filter(|number| **number > cut.0 && !self.told_apart.contains(number));
        self.rest = behind.copied().collect();
    }

    /// Whether a device that was forked after that entry finds another log there now.
    fn is_lost_to(&self, fork: Parent) -> bool {
        self.cut.0 < fork.sequence && (!self.rest.is_empty() || self.missing > 0)
    }

    /// Gives all its entries the new device's name, which is no fork.
    fn loosen(&mut self) {
        self.device.parent = None;
        self.cut_at((0, self.device.first_chain()));
    }

    /// Entries that go by another name.
    fn renamed(&self) -> u64 {
        u64::try_from(self.rest.len()).unwrap_or(u64::MAX)
    }

    /// The device that wrote last.
    pub(super) fn last_device(&self) -> DeviceId {
        if self.rest.is_empty() { self.device.id } else { self.fresh }
    }

    fn new_number(&self, number: u64) -> Option<u64> {
        let number = self.firsts.get(&number).copied().unwrap_or(number);
        let place = self.rest.binary_search(&number).ok()?;
        Some(self.cut.0 + 1 + u64::try_from(place).unwrap_or(0))
    }
}

/// The plans of all devices of a log.
pub(super) struct Plans {
    pub(super) all: Vec<Plan>,
    /// Configurations, each with its JSON.
    pub(super) configs: BTreeMap<ConfigId, String>,
}

impl Plans {
    /// Takes the forks of what is lost or renamed from their parents, whose hashes theirs begin with.
    pub(super) fn settle(&mut self) {
        loop {
            let lost = self.all.iter().position(|plan| {
                let parent = plan.device.parent;
                parent.is_some_and(|parent| self.of(parent.device).is_some_and(|of| of.is_lost_to(parent)))
            });
            match lost.and_then(|lost| self.all.get_mut(lost)) {
                Some(plan) => plan.loosen(),
                None => return,
            }
        }
    }

    /// Entries that go by another name.
    pub(super) fn renamed(&self) -> u64 {
        self.all.iter().map(Plan::renamed).sum()
    }

    fn of(&self, device: DeviceId) -> Option<&Plan> {
        self.all.iter().find(|plan| plan.device.id == device)
    }

    /// The name of an entry from now on. What a fork shares with its parent is the parent's.
    fn name(&self, mut id: EventId) -> EventId {
        // At most once through all of them, whatever a damaged row says.
        for _ in &self.all {
            let Some(plan) = self.of(id.device) else { break };
            match plan.origin.filter(|parent| id.sequence <= parent.sequence) {
                Some(parent) => id.device = parent.device,
                None => {
                    return plan
                        .new_number(id.sequence)
                        .map_or(id, |sequence| EventId { device: plan.fresh, sequence });
                }
            }
        }
        id
    }

    /// Hands over the log of one device as segments that a union takes.
    pub(super) fn records(&self, plan: &Plan, pieces: Pieces<'_>, record: Record<'_>) -> Result<(), Fault> {
        let (cut, hash) = plan.cut;
        let first = plan.device.first_sequence();
        if cut >= first {
            let device = plan.device.clone();
            self.begin(
                SegmentHead {
                    before: device.first_chain(),
                    after: hash,
                    device,
                    from: first,
                    to: cut,
                    knows: Vec::new(),
                },
                record,
            )?;
        }
        let mut is_fork = false;
        let mut last_hlc = Hlc(0);
        pieces.each(plan.number, &mut |piece| {
            let starts = piece.entries.first().map_or(0, |(entry, _)| entry.id().sequence);
            if starts > cut && !is_fork {
                is_fork = true;
                if cut >= first {
                    record(LogRecord::End)?;
                }
                self.begin(fork(plan), record)?;
            }
            let piece = if is_fork { self.rename(plan, piece, last_hlc) } else { piece };
            if piece.entries.is_empty() {
                return Ok(());
            }
            last_hlc = piece.action.hlc;
            record(LogRecord::Action(piece.action))?;
            piece.entries.into_iter().try_for_each(|(entry, text)| record(LogRecord::Entry(entry, text)))
        })?;
        if is_fork || cut >= first { record(LogRecord::End) } else { Ok(()) }
    }

    fn begin(&self, head: SegmentHead, record: Record<'_>) -> Result<(), Fault> {
        record(LogRecord::Head(Box::new(head)))?;
        self.configs.iter().try_for_each(|(id, json)| record(LogRecord::Config { id: *id, json: json.clone() }))
    }

    /// A piece under its new name. Stamps that do not rise are raised: one that was lost had the place between.
    fn rename(&self, plan: &Plan, mut piece: Piece, before: Hlc) -> Piece {
        piece.entries.retain(|(entry, _)| !plan.told_apart.contains(&entry.id().sequence));
        piece.action.hlc = piece.action.hlc.max(Hlc(before.0 + 1));
        for (entry, _) in &mut piece.entries {
            match entry {
                Entry::Event(event) => {
                    let device = event.id.device;
                    event.id = self.name(event.id);
                    event.hlc = piece.action.hlc;
                    event.prev = event.prev.map(|prev| self.name(prev)).filter(|prev| prev.device != event.id.device);
                    if let EventKind::Checked { checkup, .. } = &mut event.kind {
                        *checkup = self.name(EventId { device, sequence: *checkup }).sequence;
                    }
                }
                Entry::Fact(id, fact) => {
                    *id = self.name(*id);
                    if let Fact::Undone { action, .. } = fact {
                        let named = self.name(EventId { device: action.device, sequence: action.number });
                        *action = ActionId { device: named.device, number: named.sequence };
                    }
                }
            }
        }
        if let Some((first, _)) = piece.entries.first() {
            let EventId { device, sequence } = first.id();
            piece.action.span.action = ActionId { device, number: sequence };
        }
        piece.action.span.entries = u64::try_from(piece.entries.len()).unwrap_or(u64::MAX);
        piece
    }
}

/// The head of what goes by a new device's name.
fn fork(plan: &Plan) -> SegmentHead {
    let (sequence, hash) = plan.cut;
    let is_from_the_start = sequence < plan.device.first_sequence();
    let parent = if is_from_the_start {
        plan.device.parent
    } else {
        Some(Parent { device: plan.device.id, sequence, chain: hash })
    };
    let device = Device { id: plan.fresh, parent, ..plan.device.clone() };
    let from = device.first_sequence();
    // Nobody has a hash of what is put together here: what follows is told apart by its name.
    let (before, to) = (device.first_chain(), from + plan.renamed() - 1);
    SegmentHead { before, after: before, device, from, to, knows: Vec::new() }
}
