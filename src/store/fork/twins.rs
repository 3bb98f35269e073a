//! The same actions under two names: a segment of a device whose entries are here as another one's, from before the two
//! were told apart or from after it.
//!
//! No action is ever kept twice. Where two devices claim it, it is the one's that was forked later, or, of two forks after
//! the same entry, the one's with the lower id. So all who hold the same actions hold them under the same names.

use crate::core::fact::ChainHash;
use crate::core::id::DeviceId;
use crate::core::log::SegmentHead;
use crate::store::Fault;
use crate::store::Union;
use crate::store::chain;
use crate::store::columns::entry_id;
use crate::store::columns::i64_of;
use crate::store::fork::move_entries;
use crate::store::log_out::action_with;
use crate::store::review_log::Reader;
use crate::store::set_meta;
use crate::store::union::Segment;
use crate::store::union::refused;
use rusqlite::Connection;

/// The number of an entry that an action ends with, and the hash of the chain after it.
pub(in crate::store) type End = (u64, ChainHash);

/// A device whose log here is that of a segment up to some entry.
pub(in crate::store) struct Twin {
    number: i64,
    id: DeviceId,
    /// The number of its first own entry.
    first: u64,
    /// The number of its last one here.
    newest: u64,
    /// Up to where both are the same.
    at: End,
    /// The last entry of its next action; 0 where it has none.
    next: u64,
    /// The ends of its actions after `at`, as far as they were read, the next one last.
    ahead: Vec<End>,
}

/// The devices whose logs go the way of a segment.
#[derive(Default)]
pub(in crate::store) struct Twins {
    /// Those that do so now.
    pub(in crate::store) now: Vec<Twin>,
    /// Forks that may begin to, each with the entry after which it was forked.
    later: Vec<(u64, i64)>,
}

impl Twin {
    fn at(db: &Connection, reader: &Reader, number: i64, at: End) -> Result<Self, Fault> {
        let info = chain::device_info(db, reader, number)?;
        let newest = chain::newest_sequence(db, number)?;
        let mut twin =
            Self { number, id: info.id, first: info.first_sequence(), newest, at, next: 0, ahead: Vec::new() };
        if newest > at.0
            && let Some(action) = action_with(db, reader, entry_id(number, at.0 + 1))?
        {
            twin.next = action.span.action.number + action.span.entries - 1;
        }
        Ok(twin)
    }

    fn is_at_end(&self) -> bool {
        self.at.0 == self.newest
    }

    fn read(&mut self, db: &Connection, reader: &Reader, to: u64) -> Result<(), Fault> {
        let (at, hash) = self.at;
        let ahead = &mut self.ahead;
        chain::hashes_over(db, reader, self.number, (at + 1, to), hash, &mut |end, hash| ahead.push((end, hash)))?;
        ahead.reverse();
        Ok(())
    }

    /// Whether its next action is the one that ends so; then it stands after it.
    fn takes(&mut self, db: &Connection, reader: &Reader, end: End) -> Result<bool, Fault> {
        if self.next != end.0 {
            return Ok(false);
        }
        if self.ahead.is_empty() {
            self.read(db, reader, self.next)?;
        }
        if self.ahead.last() != Some(&end) {
            return Ok(false);
        }
        self.ahead.pop();
        self.at = end;
        if self.ahead.is_empty() && !self.is_at_end() {
            // It is the same log: the rest is read at once.
            self.read(db, reader, self.newest)?;
        }
        self.next = self.ahead.last().map_or(0, |(next, _)| *next);
        Ok(true)
    }
}

impl Twins {
    /// Those of a segment of the device of that number. `is_here` tells that the entry before the segment is here under the
    /// device's own name: then only forks after it can go on as the segment does.
    pub(in crate::store) fn of(
        db: &Connection,
        reader: &Reader,
        number: i64,
        head: &SegmentHead,
        is_here: bool,
    ) -> Result<Self, Fault> {
        let mut twins = Self::default();
        let before = head.from - 1;
        // Where the segment's device begins, or goes on with what is here, only forks can have entries of its. So many devices
        // that have nothing to do with each other cost nothing.
        let any = before > 0 && !is_here;
        let mut statement = db.prepare_cached("SELECT id FROM device WHERE ?1 OR parent IS NOT NULL ORDER BY id")?;
        let others: Vec<i64> = statement.query_map([any], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for other in others {
            let newest = chain::newest_sequence(db, other)?;
            let info = chain::device_info(db, reader, other)?;
            let base = info.first_sequence() - 1;
            if other == number || newest <= base {
                continue;
            }
            if base > before && base < head.to {
                twins.later.push((base, other));
            } else if base == before || (base < before && before <= newest && !is_here) {
                let hash =
                    if base == before { info.first_chain() } else { chain::tail(db, reader, other, before)?.hash };
                if hash == head.before {
                    twins.now.push(Twin::at(db, reader, other, (before, hash))?);
                }
            }
        }
        Ok(twins)
    }

    /// Leaves out those whose next action ends elsewhere than the segment's.
    pub(in crate::store) fn keep_those_with(&mut self, end: u64) {
        self.now.retain(|twin| twin.next == end);
    }

    /// Looks for forks that were forked where the segment is now.
    pub(in crate::store) fn join(&mut self, db: &Connection, reader: &Reader, at: End) -> Result<(), Fault> {
        let mut here = self.later.iter().filter(|(base, _)| *base == at.0).peekable();
        if here.peek().is_none() {
            return Ok(());
        }
        for (_, number) in here {
            if chain::device_info(db, reader, *number)?.first_chain() == at.1 {
                self.now.push(Twin::at(db, reader, *number, at)?);
            }
        }
        Ok(())
    }
}

impl Union<'_, '_> {
    /// Whether the actions that the segment has in common with a twin are the segment's device's, not the twin's.
    fn is_owner(&self, segment: &Segment, twin: &Twin) -> Result<bool, Fault> {
        let base: i64 =
            self.writer
                .tx
                .query_row("SELECT parent_sequence FROM device WHERE id = ?1", [segment.number], |row| row.get(0))?;
        let since = i64_of(segment.same_since);
        Ok(base < since && (-base, segment.device) < (-i64_of(twin.first - 1), twin.id))
    }

    /// The segment begins after entries that are not here under its device's name.
    pub(in crate::store) fn begin_elsewhere(&mut self, line: u64, segment: &mut Segment) -> Result<(), Fault> {
        segment.is_elsewhere = true;
        segment.same_since = segment.reached.0;
        for place in 0..segment.twins.now.len() {
            let Some(twin) = segment.twins.now.get(place) else { break };
            if twin.is_at_end() && self.is_owner(segment, twin)? {
                let twin = segment.twins.now.swap_remove(place);
                self.rename(segment, &twin)?;
                return self.go_on(segment);
            }
        }
        segment.same_since += 1;
        segment.twins.now.retain(|twin| !twin.is_at_end());
        if segment.twins.now.is_empty() {
            return Err(self.gap(line, segment)?);
        }
        Ok(())
    }

    /// An action of the segment ends so: whose it is.
    pub(in crate::store) fn sort_out(&mut self, line: u64, segment: &mut Segment, end: End) -> Result<(), Fault> {
        let context = self.writer.context()?;
        let mut same = None;
        for (place, twin) in segment.twins.now.iter_mut().enumerate() {
            if twin.takes(&self.writer.tx, &context.reader, end)? {
                same = Some(place);
                break;
            }
        }
        let Some(place) = same else {
            if segment.is_elsewhere {
                self.part(line, segment)?;
            }
            segment.twins.now.clear();
            return Ok(());
        };
        let twin = segment.twins.now.swap_remove(place);
        segment.twins.now.clear();
        for (_, entry, text) in std::mem::take(&mut segment.held) {
            self.done.known += 1;
            self.give_missing_words(entry_id(twin.number, entry.id().sequence), &entry, text.as_ref())?;
        }
        if !segment.is_elsewhere {
            segment.is_elsewhere = true;
            segment.expected = None;
            segment.same_since = segment.reached.0 + 1;
        }
        if twin.is_at_end() && self.is_owner(segment, &twin)? {
            self.rename(segment, &twin)?;
            return self.go_on(segment);
        }
        segment.twins.now.push(twin);
        Ok(())
    }

    /// The segment goes on differently from its twin.
    fn part(&mut self, line: u64, segment: &mut Segment) -> Result<(), Fault> {
        let (at, hash) = segment.reached;
        let context = self.writer.context()?;
        let info = chain::device_info(&self.writer.tx, &context.reader, segment.number)?;
        if info.first_sequence() == at + 1 && info.first_chain() == hash {
            return self.go_on(segment);
        }
        // A fork from just where the segment is has nothing of it.
        segment.twins.now.retain(|twin| twin.at.0 >= twin.first);
        let Some(twin) = segment.twins.now.pop().filter(|_| segment.twins.now.is_empty()) else {
            return Err(self.gap(line, segment)?);
        };
        let are_forks_of_one = twin.first == info.first_sequence() && info.parent.is_some();
        if self.is_owner(segment, &twin)? {
            if are_forks_of_one {
                // What both have is the segment's; the twin is a fork of it from here on.
                self.rename(segment, &twin)?;
                self.refork(twin.number, segment.number, (at, hash))?;
                return self.go_on(segment);
            }
            if self.own == Some(twin.id) {
                self.parted = Some((twin.id, at));
            }
            return Err(third(line, segment.device, twin.id, at));
        }
        if twin.is_at_end() {
            return Err(self.gap(line, segment)?);
        }
        if are_forks_of_one && chain::newest_sequence(&self.writer.tx, segment.number)? < info.first_sequence() {
            self.refork(segment.number, twin.number, (at, hash))?;
            return self.go_on(segment);
        }
        Err(third(line, segment.device, twin.id, at))
    }

    /// What the twin has in common with the segment gets the name of the segment's device.
    fn rename(&mut self, segment: &Segment, twin: &Twin) -> Result<(), Fault> {
        let base: i64 =
            self.writer
                .tx
                .query_row("SELECT parent_sequence FROM device WHERE id = ?1", [segment.number], |row| row.get(0))?;
        let after = u64::try_from(base).unwrap_or(0).max(twin.first - 1);
        move_entries(&self.writer.tx, twin.number, segment.number, after, twin.at.0)?;
        self.done.renamed = true;
        if self.own == Some(twin.id) && twin.is_at_end() {
            // It was this file's: another copy was told apart with all that was written here.
            set_meta(&self.writer.tx, "device", &segment.device.to_string())?;
            self.own = Some(segment.device);
            self.leaves = true;
        }
        Ok(())
    }

    /// A device turns out to be a fork of another one, or a later one.
    fn refork(&mut self, device: i64, parent: i64, (at, hash): End) -> Result<(), Fault> {
        self.writer.tx.execute(
            "UPDATE device SET parent = ?2, parent_sequence = ?3, parent_chain = ?4 WHERE id = ?1",
            (device, parent, i64_of(at), hash.0),
        )?;
        self.writer.forget_context();
        self.done.renamed = true;
        Ok(())
    }

    /// From where the segment is now it is its device's own log that it goes along.
    fn go_on(&mut self, segment: &mut Segment) -> Result<(), Fault> {
        let context = self.writer.context()?;
        segment.is_elsewhere = false;
        segment.twins.now.clear();
        segment.known = chain::newest_sequence(&self.writer.tx, segment.number)?;
        let last = segment.to.min(segment.known);
        segment.expected = if last > segment.reached.0 {
            Some((last, chain::tail(&self.writer.tx, &context.reader, segment.number, last)?.hash))
        } else {
            None
        };
        Ok(())
    }

    /// What to say where entries are missing between those that are here and those that come.
    pub(in crate::store) fn gap(&self, line: u64, segment: &Segment) -> Result<Fault, Fault> {
        let known = chain::newest_sequence(&self.writer.tx, segment.number)?;
        let name: String =
            self.writer.tx.query_row("SELECT name FROM device WHERE id = ?1", [segment.number], |row| row.get(0))?;
        let what = format!(
            "device {} ({name}) has a gap: here it ends at {known}, and the file goes on at {}; import what lies \
             between first, or a whole history of it",
            segment.device.short(),
            segment.reached.0 + 1
        );
        Ok(refused(line, what))
    }

    /// After which of its actions the segment and this database's own log parted.
    pub(in crate::store) fn find_parting(&mut self, segment: &Segment) -> Result<(), Fault> {
        let Some((from, before)) = segment.began.filter(|_| self.own == Some(segment.device)) else { return Ok(()) };
        let context = self.writer.context()?;
        let mut theirs = segment.passed.iter();
        let (mut shared, mut is_same) = (from, true);
        let range = (from + 1, segment.known);
        let mut ours = |end, hash| {
            is_same = is_same && theirs.next() == Some(&(end, hash));
            if is_same {
                shared = end;
            }
        };
        chain::hashes_over(&self.writer.tx, &context.reader, segment.number, range, before, &mut ours)?;
        self.parted = Some((segment.device, shared));
        Ok(())
    }
}

fn third(line: u64, device: DeviceId, twin: DeviceId, at: u64) -> Fault {
    let what = format!(
        "device {} has what {} has up to entry {at}, and something else after it: a third copy of the database was \
         used too; `lmq doctor --fork` in that one separates them, and then import its history first",
        device.short(),
        twin.short()
    );
    refused(line, what)
}
