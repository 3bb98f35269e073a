//! A segment on its way in: its actions and entries are checked against themselves and against what is known here.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::Chain;
use crate::core::log::Entry;
use crate::core::log::EntryRef;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::store::Context;
use crate::store::Fault;
use crate::store::chain;
use crate::store::columns::card_number;
use crate::store::columns::entry_id;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::fork;
use crate::store::fork::twins::End;
use crate::store::fork::twins::Twins;
use crate::store::union::Union;

/// A stamp further ahead of now than this is of a clock that is wrong.
const FUTURE_MS: i64 = 366 * 86_400_000;

/// Further ahead than this no stamp is taken, whatever is asked for: later acts need room after it, here and wherever they are
/// taken in, and the present moves on faster than stamps do.
const TOO_FAR_MS: i64 = 1_000 * 366 * 86_400_000;

/// A segment on its way in.
pub(in crate::store) struct Segment {
    pub(in crate::store) device: DeviceId,
    pub(in crate::store) number: i64,
    /// The last entry of the device that was here before.
    pub(in crate::store) known: u64,
    /// The hash of the chain that was here: after `known`, or after the segment where it ends before that.
    pub(in crate::store) expected: Option<End>,
    /// The last one's stamp.
    last_hlc: i64,
    chain: Chain,
    action: Option<(u64, Action)>,
    left: u64,
    pub(in crate::store) to: u64,
    /// The last action that was whole.
    pub(in crate::store) reached: End,
    /// The last entry whose hash was kept.
    kept: u64,
    /// Devices that have the same actions here.
    pub(in crate::store) twins: Twins,
    /// Whether the entries that come are here as a twin's, and since which number.
    pub(in crate::store) is_elsewhere: bool,
    pub(in crate::store) same_since: u64,
    /// Entries of an action that may be a twin's: they wait until it is whole.
    pub(in crate::store) held: Vec<(u64, Entry, Option<TextRecord>)>,
    /// Of the own device: where the segment began, if after an entry that is here, and the actions that passed.
    pub(in crate::store) began: Option<End>,
    pub(in crate::store) passed: Vec<End>,
}

pub(in crate::store) fn refused(line: u64, what: impl std::fmt::Display) -> Fault {
    Fault::Refused(if line == 0 { what.to_string() } else { format!("line {line}: {what}") })
}

fn differs(line: u64, device: DeviceId, sequence: u64) -> Fault {
    let short = device.short();
    let what = format!(
        "device {short} has different entries up to {sequence} here and there under the same numbers: two copies of \
         its database were both used. `lmq doctor --fork` in one of them separates them, once it has seen the \
         other's history; then import its history first"
    );
    refused(line, what)
}

/// Whether an action is this one event and nothing else.
fn is_lone(action: &Action, entry: &Entry) -> bool {
    let Entry::Event(event) = entry else { return false };
    action.span.entries == 1
        && action.kind == ActionKind::of_lone(&event.kind)
        && action.subject == Subject::Card(event.card)
        && action.at == event.at
        && action.study_day == event.study_day
}

impl Segment {
    /// Whether the entry was here before, under the device's own name.
    pub(super) fn has(&self, entry: EventId) -> bool {
        !self.is_elsewhere && entry.sequence <= self.known
    }
}

impl Union<'_, '_> {
    pub(super) fn head(&mut self, line: u64, head: &SegmentHead) -> Result<(), Fault> {
        if self.segment.is_some() {
            return Err(refused(line, "a segment begins before the one before it ended"));
        }
        if head.from <= head.device.parent.map_or(0, |parent| parent.sequence) {
            return Err(refused(line, "a segment begins before its device's own log does"));
        }
        // A file may say the same twice, and go on with what it said before: what waits has to be there to be compared.
        self.write_events()?;
        let number = self.device(line, head)?;
        let context = self.writer.context()?;
        let (tx, reader) = (&self.writer.tx, &context.reader);
        let first = chain::device_info(tx, reader, number)?.first_sequence();
        let known = chain::newest_sequence(tx, number)?;
        // What is here already has to be the same: the hashes of the chain tell, wherever the segment is cut.
        let before = head.from - 1;
        let is_within = first <= head.from && before <= known;
        let is_here = is_within && chain::tail(tx, reader, number, before)?.hash == head.before;
        let twins = Twins::of(tx, reader, number, head, is_here && before >= first)?;
        let last = head.to.min(known);
        let expected =
            if is_here && last >= head.from { Some((last, chain::tail(tx, reader, number, last)?.hash)) } else { None };
        let last_hlc = if is_here && known == before { chain::newest_hlc(tx, number, known)?.0 } else { 0 };
        let mut segment = Segment {
            device: head.device.id,
            number,
            known,
            expected,
            last_hlc,
            chain: Chain::after(head.before),
            action: None,
            left: 0,
            to: head.to,
            reached: (before, head.before),
            kept: before,
            twins,
            is_elsewhere: false,
            same_since: 0,
            held: Vec::new(),
            began: is_here.then_some((before, head.before)),
            passed: Vec::new(),
        };
        if !is_here {
            if is_within && segment.twins.now.is_empty() {
                return Err(differs(line, head.device.id, before));
            }
            self.begin_elsewhere(line, &mut segment)?;
        }
        let mut knows = Vec::with_capacity(head.knows.len());
        for (device, sequence) in &head.knows {
            knows.push((self.writer.device_number(*device)?, *sequence));
        }
        let context = self.writer.context()?;
        let taken = context.reader.taken(&self.writer.tx)?;
        for (number, sequence) in knows {
            // Said before that device's log was told apart from a copy's, it may be meant of either.
            if !fork::is_taken(taken, entry_id(number, sequence)) {
                self.writer.await_entry(number, sequence)?;
            }
        }
        self.segment = Some(segment);
        Ok(())
    }

    /// The number of the segment's device, introduced where it is new.
    fn device(&mut self, line: u64, head: &SegmentHead) -> Result<i64, Fault> {
        let device = &head.device;
        let number = self.writer.device_number(device.id)?;
        let (known, name, was, was_hash): (Option<i64>, String, i64, Option<[u8; 16]>) = self.writer.tx.query_row(
            "SELECT created_at_ms, name, parent_sequence, parent_chain FROM device WHERE id = ?1",
            [number],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
        let parent = match &device.parent {
            Some(parent) => Some(self.writer.device_number(parent.device)?),
            None => None,
        };
        let sequence = device.parent.map_or(0, |parent| i64_of(parent.sequence));
        let hash = device.parent.map(|parent| parent.chain.0);
        let Some(created) = known else {
            self.writer.tx.execute(
                "UPDATE device SET name = ?2, parent = ?3, parent_sequence = ?4, parent_chain = ?5, created_at_ms = ?6 WHERE id = ?1",
                (number, &device.name, parent, sequence, hash, device.created_at_ms),
            )?;
            if let Some(parent) = parent {
                let fork = |context: &mut Context| context.reader.introduce_fork(number, parent, u64_of(sequence));
                self.writer.amend_context(fork);
            }
            return Ok(number);
        };
        // No hash holds these: of what several histories say, all devices choose the same.
        if (device.created_at_ms, &device.name) < (created, &name) {
            self.writer.tx.execute(
                "UPDATE device SET name = ?2, created_at_ms = ?3 WHERE id = ?1",
                (number, &device.name, device.created_at_ms),
            )?;
        }
        if (was, was_hash) == (sequence, hash) {
            return Ok(number);
        }
        // Of two forks that were told apart with the same entries, one turns out to begin later.
        if was_hash.is_none() || hash.is_none() || was == sequence {
            return Err(refused(line, "a device was forked elsewhere than is known here"));
        }
        if sequence > was && chain::newest_sequence(&self.writer.tx, number)? == u64_of(was) {
            self.writer.tx.execute(
                "UPDATE device SET parent = ?2, parent_sequence = ?3, parent_chain = ?4 WHERE id = ?1",
                (number, parent, sequence, hash),
            )?;
            self.writer.forget_context();
        }
        Ok(number)
    }

    pub(super) fn action(&mut self, line: u64, action: &Action) -> Result<(), Fault> {
        // Ahead of what is written here: once such a stamp was taken, all later ones are near it.
        let latest = self.writer.hlc.0.saturating_add(FUTURE_MS);
        let Some(segment) = &mut self.segment else { return Err(refused(line, "an action without a segment")) };
        if segment.left > 0 {
            return Err(refused(line, "an action begins before the one before it is whole"));
        }
        if action.span.entries == 0 {
            return Err(refused(line, "an action without entries"));
        }
        if action.hlc.0 <= segment.last_hlc {
            return Err(refused(line, "the stamps of a device have to rise"));
        }
        let first = EventId { device: segment.device, sequence: action.span.action.number };
        let too_far = self.writer.stamp.now.unix_ms.saturating_add(TOO_FAR_MS);
        if action.hlc.0 > too_far && !segment.has(first) {
            return Err(refused(line, "it is dated more than a thousand years ahead of now: no clock is that wrong"));
        }
        if action.hlc.0 > latest && !segment.has(first) && !self.accept_future {
            let at = crate::core::study_day::Timestamp { unix_ms: action.hlc.0, offset_min: 0 }.to_rfc3339();
            let what = format!(
                "it was written at {at}, more than a year ahead of now: a clock was wrong, there or here; \
                 --accept-future imports it, and whatever is done here later comes after it"
            );
            return Err(refused(line, what));
        }
        segment.last_hlc = action.hlc.0;
        self.hlc = action.hlc;
        segment.left = action.span.entries;
        if !segment.is_elsewhere {
            segment.twins.keep_those_with(action.span.action.number.saturating_add(action.span.entries - 1));
        }
        segment.action = Some((line, action.clone()));
        Ok(())
    }

    pub(super) fn entry(&mut self, line: u64, entry: &Entry, text: Option<&TextRecord>) -> Result<(), Fault> {
        let Some(segment) = &mut self.segment else { return Err(refused(line, "an entry without a segment")) };
        let Some(left) = segment.left.checked_sub(1) else {
            return Err(refused(line, "an entry that no action has"));
        };
        segment.left = left;
        segment.chain.entry(EntryRef::from(entry), text.map(|text| text.hash));
        let waits = segment.is_elsewhere || !segment.twins.now.is_empty();
        if segment.has(entry.id()) {
            self.done.known += 1;
            let local = entry_id(segment.number, entry.id().sequence);
            self.give_missing_words(local, entry, text)?;
        } else if waits {
            segment.held.push((line, entry.clone(), text.cloned()));
        } else {
            let local = entry_id(segment.number, entry.id().sequence);
            self.expect_words(local, text);
            self.take(line, entry, text)?;
        }
        if left > 0 {
            return Ok(());
        }
        let Some(mut segment) = self.segment.take() else { return Ok(()) };
        if let Some((_, action)) = segment.action.take() {
            self.close(line, &mut segment, &action, entry)?;
        }
        self.segment = Some(segment);
        Ok(())
    }

    /// Words that don't come with their entry may come later in the same file.
    fn expect_words(&mut self, local: i64, text: Option<&TextRecord>) {
        if text.is_some_and(|text| text.body.is_none()) {
            self.wordless.insert(local);
        }
    }

    /// Gives a known entry its words, where they were not here.
    pub(in crate::store) fn give_missing_words(
        &mut self,
        local: i64,
        entry: &Entry,
        text: Option<&TextRecord>,
    ) -> Result<(), Fault> {
        match text.filter(|text| text.body.is_some() && self.wordless.contains(&local)) {
            Some(text) => self.give_words(local, entry, text),
            None => Ok(()),
        }
    }

    /// Gives a known entry the words that were not here, unless they were erased.
    fn give_words(&mut self, local: i64, entry: &Entry, text: &TextRecord) -> Result<(), Fault> {
        // Its row may still wait to be written.
        self.write_events()?;
        let order = (self.hlc, entry.id());
        let (subject, kept) = match entry {
            Entry::Event(event) => {
                let note = self.note(event.card.note)?;
                (note, self.erasures.of_answer(note, order, Some(text)))
            }
            Entry::Fact(_, fact) => {
                let subject = self.writer.subject_of(fact)?;
                (subject, self.erasures.of_fact(subject, order, Some(text)))
            }
        };
        let Some(kept) = kept.filter(|text| text.body.is_some()) else { return Ok(()) };
        if let Entry::Event(event) = entry {
            // Some answers are counted by their words.
            self.take_away(card_number(subject, event.card.ordinal))?;
        }
        let changed = self
            .writer
            .tx
            .prepare_cached("UPDATE text SET salt = ?2, body = ?3 WHERE id = ?1 AND hash = ?4")?
            .execute((local, kept.salt, &kept.body, kept.hash))?;
        if changed > 0 {
            self.done.added += 1;
            self.done.known -= 1;
            match subject {
                0 => {}
                deck if deck < 0 => drop(self.decks.insert(-deck)),
                note => drop(self.notes.insert(note)),
            }
        }
        Ok(())
    }

    /// An action is whole, with this entry as its last one.
    fn close(&mut self, line: u64, segment: &mut Segment, action: &Action, entry: &Entry) -> Result<(), Fault> {
        let end = (entry.id().sequence, segment.chain.finish(action));
        if self.own == Some(segment.device) && !segment.is_elsewhere {
            segment.passed.push(end);
        }
        if segment.is_elsewhere || !segment.twins.now.is_empty() {
            self.sort_out(line, segment, end)?;
        }
        if let Some((last, hash)) = segment.expected.filter(|(last, _)| *last <= end.0) {
            segment.expected = None;
            if (last, hash) != end {
                self.find_parting(segment)?;
                return Err(differs(line, segment.device, last));
            }
        }
        for (line, entry, text) in std::mem::take(&mut segment.held) {
            if segment.has(entry.id()) {
                self.done.known += 1;
                self.give_missing_words(entry_id(segment.number, entry.id().sequence), &entry, text.as_ref())?;
            } else {
                self.expect_words(entry_id(segment.number, entry.id().sequence), text.as_ref());
                self.take(line, &entry, text.as_ref())?;
            }
        }
        let first = EventId { device: segment.device, sequence: action.span.action.number };
        if !segment.is_elsewhere && !segment.has(first) {
            self.heard = self.heard.max(action.hlc.0);
            // What comes of this very device was written by a copy of this file, which knows more than it.
            self.leaves |= self.own == Some(segment.device);
            if !is_lone(action, entry) {
                let id = self.writer.local_id(first)?;
                self.writer.insert_action(id, action)?;
            }
        }
        segment.reached = end;
        if end.0 >= segment.kept + chain::ENTRIES_A_CHECKPOINT {
            self.keep_hash(segment)?;
        }
        let context = self.writer.context()?;
        segment.twins.join(&self.writer.tx, &context.reader, end)
    }

    pub(super) fn end(&mut self, line: u64) -> Result<(), Fault> {
        match self.segment.take() {
            // However short it is: nothing outside of the database keeps the end of another device's log.
            Some(mut segment) if segment.left == 0 => self.keep_hash(&mut segment),
            Some(_) => Err(refused(line, "the last action of a segment is not whole")),
            None => Err(refused(line, "a segment ends that did not begin")),
        }
    }

    /// Keeps the hash after what came of a segment, where that is new.
    fn keep_hash(&self, segment: &mut Segment) -> Result<(), Fault> {
        if segment.is_elsewhere || segment.reached.0 <= segment.known {
            return Ok(());
        }
        segment.kept = segment.reached.0;
        chain::keep_at(&self.writer.tx, segment.number, segment.reached)
    }
}
