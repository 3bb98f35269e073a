//! Which entries of a damaged log keep their names, and how the others are called.
//!
//! An entry keeps its name where a hash that was kept of the log vouches for it and for all before it: then it is what other
//! devices know under that name. What comes after a fault goes by the name of a new device, a fork of the one that wrote it,
//! whose numbers have no gaps. So the log is a sound one, and unites with every other.

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
use crate::store::columns::entries_of_device;
use crate::store::columns::entry_parts;
use crate::store::review_log::Reader;
use crate::store::salvage::pieces::Piece;
use crate::store::salvage::pieces::Pieces;
use rusqlite::Connection;
use std::collections::BTreeMap;

type Record<'r> = &'r mut dyn FnMut(LogRecord) -> Result<(), Fault>;

/// What becomes of one device's log.
pub(super) struct Plan {
    number: i64,
    pub(super) device: Device,
    /// The last entry that keeps its name, and the hash of the chain after it.
    cut: (u64, ChainHash),
    /// The numbers of the entries behind it that are left.
    rest: Vec<u64>,
    /// The first entries of actions that are lost, with the first one of each that is left.
    firsts: BTreeMap<u64, u64>,
    /// By whose name these go.
    pub(super) fresh: DeviceId,
    /// Entries that are lost.
    pub(super) missing: u64,
}

impl Plan {
    /// Looks at the log of a device. `outside` is what a file keeps of its end, `named` the last entry that the database names.
    pub(super) fn of(
        db: &Connection,
        reader: &Reader,
        number: i64,
        pieces: Pieces<'_>,
        (outside, named): (Option<(u64, ChainHash)>, u64),
        fresh: DeviceId,
    ) -> Result<Self, Fault> {
        let device = chain::device_info(db, reader, number)?;
        let mut kept = kept(db, number)?;
        kept.extend(outside);
        let begin = (device.first_sequence() - 1, device.first_chain());
        let (mut reached, mut vouched) = (begin, begin);
        let (mut fits, mut last_hlc) = (true, Hlc(0));
        let mut links = Links::after(begin.1);
        let mut numbers = Vec::new();
        let mut firsts = BTreeMap::new();
        pieces.each(number, &mut |piece| {
            let first = piece.action.span.action.number;
            let own: Vec<u64> = piece.entries.iter().map(|(entry, _)| entry.id().sequence).collect();
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
            while let Some((after, hash)) = kept.first_key_value().filter(|(after, _)| **after <= reached.0) {
                fits = fits && (*after <= begin.0 || (*after, *hash) == reached);
                vouched = if fits { reached } else { vouched };
                kept.pop_first();
            }
            Ok(())
        })?;
        // Where nothing speaks against it, all that was read is what was written.
        let is_all = fits && kept.is_empty() && named <= reached.0;
        let cut = if is_all { reached } else { vouched };
        let last = numbers
            .last()
            .copied()
            .unwrap_or(begin.0)
            .max(named)
            .max(kept.last_key_value().map_or(0, |(last, _)| *last));
        let missing = (last - begin.0).saturating_sub(u64::try_from(numbers.len()).unwrap_or(0));
        numbers.retain(|number| *number > cut.0);
        Ok(Self { number, device, cut, rest: numbers, firsts, fresh, missing })
    }

    /// Entries that go by another name.
    pub(super) fn renamed(&self) -> u64 {
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

/// The hashes that were kept of a device's log, by the entry that each is after.
fn kept(db: &Connection, device: i64) -> Result<BTreeMap<u64, ChainHash>, Fault> {
    let mut statement = db.prepare("SELECT id, hash FROM chain WHERE id BETWEEN ?1 AND ?2 AND length(hash) = 16")?;
    let rows = statement
        .query_map(entries_of_device(device), |row| Ok((entry_parts(row.get(0)?).1, ChainHash(row.get(1)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The plans of all devices of a log.
pub(super) struct Plans {
    pub(super) all: Vec<Plan>,
    /// Configurations, each with its JSON.
    pub(super) configs: BTreeMap<ConfigId, String>,
}

impl Plans {
    /// The name of an entry from now on.
    fn name(&self, id: EventId) -> EventId {
        let plan = self.all.iter().find(|plan| plan.device.id == id.device);
        let new = plan.and_then(|plan| Some(EventId { device: plan.fresh, sequence: plan.new_number(id.sequence)? }));
        new.unwrap_or(id)
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
            let piece = if is_fork { self.rename(piece, last_hlc) } else { piece };
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
    fn rename(&self, mut piece: Piece, before: Hlc) -> Piece {
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
