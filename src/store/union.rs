//! Taking in the log of another database: segments, checked against what is known before anything of them stays.
//!
//! A union writes no action of its own, or two databases that took each other's logs would never become equal.

use crate::core::action::Action;
use crate::core::event::Event;
use crate::core::fact::ChainHash;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::Chain;
use crate::core::log::Entry;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::state::CardState;
use crate::store::Context;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::chain;
use crate::store::columns::CHECKED;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::i64_of;
use crate::store::set_meta;
use foldhash::fast::FixedState;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::rc::Rc;

/// Events that wait to be put in order of their cards: rows of one card lie together.
const EVENTS_AT_A_TIME: usize = 1 << 16;

/// Notes whose numbers are kept in memory.
const MOST_KNOWN_NOTES: usize = 1 << 18;

/// A stamp further ahead of now than this is of a clock that is wrong.
const FUTURE_MS: i64 = 366 * 86_400_000;

/// What a union came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct United {
    /// Entries that were new.
    pub added: u64,
    /// Entries that were there.
    pub known: u64,
}

/// A segment on its way in.
struct Segment {
    device: DeviceId,
    number: i64,
    /// The last entry of the device that was here before.
    known: u64,
    /// The hash of the chain that was here: after `known`, or after the segment where it ends before that.
    expected: Option<(u64, ChainHash)>,
    /// The last one's stamp.
    last_hlc: i64,
    chain: Chain,
    action: Option<(u64, Action)>,
    left: u64,
    to: u64,
}

/// Takes in the log of another database.
pub struct Union<'u, 's> {
    writer: &'u mut Writer<'s>,
    was: Rc<Context>,
    accept_future: bool,
    own: Option<DeviceId>,
    segment: Option<Segment>,
    events: Vec<(i64, Event, Option<i64>, Option<TextRecord>)>,
    /// Cards with new events, whose sums were taken away.
    cards: BTreeSet<i64>,
    /// Notes with new facts.
    notes: BTreeSet<i64>,
    decks: BTreeSet<i64>,
    aliases: BTreeSet<i64>,
    erasures: Vec<Erasure>,
    numbers: HashMap<[u8; 16], i64, FixedState>,
    configs: HashMap<ConfigId, i64, FixedState>,
    heard: i64,
    done: United,
}

fn refused(line: u64, what: impl std::fmt::Display) -> StoreError {
    StoreError::Refused(if line == 0 { what.to_string() } else { format!("line {line}: {what}") })
}

fn differs(line: u64, device: DeviceId, sequence: u64) -> StoreError {
    let short: String = device.to_string().chars().take(8).collect();
    let what = format!(
        "device {short} has other entries up to {sequence} here and there under the same numbers: a copy of its database was \
         written to; `lmq doctor --fork` in the copy tells them apart"
    );
    refused(line, what)
}

impl Store {
    /// Unites another log with this one: `feed` hands over its records. Nothing of it stays where a record is refused.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with the line for what can't be; when the database can't be read or written.
    pub fn unite<T>(
        &mut self,
        stamp: Stamp,
        accept_future: bool,
        feed: impl FnOnce(&mut Union<'_, '_>) -> Result<T, StoreError>,
    ) -> Result<(T, United), StoreError> {
        self.write_much(true)?;
        let own = self.this_device()?;
        let mut done = United::default();
        let fed = self.write_unlogged(stamp, |writer| {
            let was = writer.context()?;
            writer.gather_sums();
            let mut union = Union {
                writer,
                was,
                accept_future,
                own,
                segment: None,
                events: Vec::new(),
                cards: BTreeSet::new(),
                notes: BTreeSet::new(),
                decks: BTreeSet::new(),
                aliases: BTreeSet::new(),
                erasures: Vec::new(),
                numbers: HashMap::default(),
                configs: HashMap::default(),
                heard: 0,
                done: United::default(),
            };
            let fed = feed(&mut union)?;
            done = union.finish()?;
            Ok(fed)
        });
        self.write_much(false)?;
        Ok((fed?, done))
    }
}

impl Union<'_, '_> {
    /// What was taken so far.
    #[must_use]
    pub fn so_far(&self) -> United {
        self.done
    }

    /// Takes the next record, from a line of a file (0 where there is none).
    ///
    /// # Errors
    /// When it can't be, or contradicts what is there.
    pub fn put(&mut self, line: u64, record: &LogRecord) -> Result<(), StoreError> {
        match record {
            LogRecord::Head(head) => self.head(line, head),
            LogRecord::Config { id, json } => self.config(*id, json),
            LogRecord::Action(action) => self.action(line, action),
            LogRecord::Entry(entry, text) => self.entry(line, entry, text.as_ref()),
            LogRecord::End => self.end(line),
        }
    }

    fn head(&mut self, line: u64, head: &SegmentHead) -> Result<(), StoreError> {
        let device = &head.device;
        if self.segment.is_some() {
            return Err(refused(line, "a segment begins before the one before it ended"));
        }
        let short = |id: DeviceId| id.to_string().chars().take(8).collect::<String>();
        if let Some(parent) = &device.parent
            && head.from <= parent.sequence
        {
            return Err(refused(line, "a fork has entries of its parent"));
        }
        let number = self.device(line, head)?;
        let known = chain::newest_sequence(&self.writer.tx, number)?;
        if head.from > known + 1 {
            let what = format!(
                "device {} ({}) has a gap: have {known}, comes {}; import what lies between first",
                short(device.id),
                device.name,
                head.from
            );
            return Err(refused(line, what));
        }
        let is_own = self.own == Some(device.id);
        if is_own && head.to > known {
            let what = format!(
                "it has entries of this very device ({}) that are not here: have {known}, comes {}. A copy of this database \
                 was written to, or this one was put back from a copy; `lmq doctor --fork` in the other one tells them apart",
                short(device.id),
                head.to
            );
            return Err(refused(line, what));
        }
        // What is here already has to be the same: the hashes of the chain tell, wherever the segment is cut.
        let before = head.from - 1;
        let context = self.writer.context()?;
        if chain::tail(&self.writer.tx, &context.reader, number, before)?.hash != head.before {
            return Err(differs(line, device.id, before));
        }
        let last = head.to.min(known);
        let expected = if last >= head.from {
            Some((last, chain::tail(&self.writer.tx, &context.reader, number, last)?.hash))
        } else {
            None
        };
        for (device, sequence) in &head.knows {
            let number = self.writer.device_number(*device)?;
            self.writer.tx.execute(
                "INSERT INTO awaited (device, sequence) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET sequence = max(sequence, ?2)",
                (number, i64_of(*sequence)),
            )?;
        }
        let last_hlc = if known >= head.from { 0 } else { chain::newest_hlc(&self.writer.tx, number, known)?.0 };
        self.segment = Some(Segment {
            device: device.id,
            number,
            known,
            expected,
            last_hlc,
            chain: Chain::after(head.before),
            action: None,
            left: 0,
            to: head.to,
        });
        Ok(())
    }

    /// The number of the segment's device, introduced where it is new.
    fn device(&mut self, line: u64, head: &SegmentHead) -> Result<i64, StoreError> {
        let device = &head.device;
        let number = self.writer.device_number(device.id)?;
        let known: Option<i64> = self.writer.tx.query_row(
            "SELECT created_at_ms FROM device WHERE id = ?1",
            [number],
            |row| row.get(0),
        )?;
        let parent = match &device.parent {
            Some(parent) => Some(self.writer.device_number(parent.device)?),
            None => None,
        };
        let sequence = device.parent.map_or(0, |parent| i64_of(parent.sequence));
        let hash = device.parent.map(|parent| parent.chain.0);
        if known.is_none() {
            self.writer.tx.execute(
                "UPDATE device SET name = ?2, parent = ?3, parent_sequence = ?4, parent_chain = ?5, created_at_ms = ?6 WHERE id = ?1",
                (number, &device.name, parent, sequence, hash, device.created_at_ms),
            )?;
            self.writer.forget_context();
            return Ok(number);
        }
        let same: bool = self.writer.tx.query_row(
            "SELECT parent IS ?2 AND parent_sequence = ?3 AND parent_chain IS ?4 FROM device WHERE id = ?1",
            (number, parent, sequence, hash),
            |row| row.get(0),
        )?;
        if !same {
            return Err(refused(line, "a device was forked elsewhere than is known here"));
        }
        Ok(number)
    }

    fn config(&mut self, id: ConfigId, json: &str) -> Result<(), StoreError> {
        let known = self.writer.known_config(id)?;
        let number = match known {
            Some(number) => number,
            None => {
                self.writer.tx.execute("INSERT INTO config (hash, json) VALUES (?1, ?2)", (id.0, json))?;
                self.writer.forget_context();
                self.writer.tx.last_insert_rowid()
            }
        };
        self.configs.insert(id, number);
        Ok(())
    }

    fn action(&mut self, line: u64, action: &Action) -> Result<(), StoreError> {
        let now = self.writer.stamp.now.unix_ms;
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
        if action.hlc.0 > now.saturating_add(FUTURE_MS) && !self.accept_future {
            let at = crate::core::study_day::Timestamp { unix_ms: action.hlc.0, offset_min: 0 }.to_rfc3339();
            let what = format!(
                "it was written at {at}, more than a year ahead of now: a clock was wrong, there or here; with \
                 --accept-future it is taken, and later acts here come after it"
            );
            return Err(refused(line, what));
        }
        segment.last_hlc = action.hlc.0;
        segment.left = action.span.entries;
        segment.action = Some((line, action.clone()));
        Ok(())
    }

    fn entry(&mut self, line: u64, entry: &Entry, text: Option<&TextRecord>) -> Result<(), StoreError> {
        let Some(segment) = &mut self.segment else { return Err(refused(line, "an entry without a segment")) };
        let Some(left) = segment.left.checked_sub(1) else {
            return Err(refused(line, "an entry that no action has"));
        };
        segment.left = left;
        let id = entry.id();
        segment.chain.entry(EntryRef::from(entry), text.map(|text| text.hash));
        let is_known = id.sequence <= segment.known;
        let hlc = segment.last_hlc;
        let whole = if left == 0 { segment.action.take() } else { None };
        if let Some((_, action)) = &whole {
            let hash = segment.chain.finish(action);
            if let Some((last, expected)) = segment.expected
                && last == id.sequence
                && expected != hash
            {
                let device = segment.device;
                return Err(differs(line, device, last));
            }
        }
        if is_known {
            self.done.known += 1;
            return Ok(());
        }
        self.done.added += 1;
        self.heard = self.heard.max(hlc);
        if let Some((_, action)) = &whole {
            let is_lone = action.span.entries == 1 && matches!(entry, Entry::Event(_));
            let lone_kind = match entry {
                Entry::Event(event) => {
                    is_lone
                        && action.kind == crate::core::action::ActionKind::of_lone(&event.kind)
                        && action.subject == crate::core::action::Subject::Card(event.card)
                        && action.at == event.at
                        && action.study_day == event.study_day
                }
                Entry::Fact(..) => false,
            };
            if !lone_kind {
                let first = EventId { device: action.span.action.device, sequence: action.span.action.number };
                let id = self.writer.local_id(first)?;
                self.writer.insert_action(id, action)?;
            }
        }
        match entry {
            Entry::Event(event) => self.event(line, event, text),
            Entry::Fact(id, fact) => self.fact(*id, fact, text),
        }
    }

    fn note(&mut self, uid: crate::core::id::NoteUid) -> Result<i64, StoreError> {
        if let Some(number) = self.numbers.get(&uid.0) {
            return Ok(*number);
        }
        let number = self.writer.name_note(uid)?;
        if self.numbers.len() < MOST_KNOWN_NOTES {
            self.numbers.insert(uid.0, number);
        }
        Ok(number)
    }

    fn event(&mut self, line: u64, event: &Event, text: Option<&TextRecord>) -> Result<(), StoreError> {
        let note = self.note(event.card.note)?;
        let card = card_number(note, event.card.ordinal);
        let config = match event.config {
            Some(id) => match self.configs.get(&id) {
                Some(number) => Some(*number),
                None => return Err(refused(line, "an event names a configuration that the segment does not have")),
            },
            None => None,
        };
        self.events.push((card, event.clone(), config, text.cloned()));
        if self.events.len() >= EVENTS_AT_A_TIME {
            self.write_events()?;
        }
        Ok(())
    }

    /// Writes the events that wait, in the order in which the table has them.
    fn write_events(&mut self) -> Result<(), StoreError> {
        let mut events = std::mem::take(&mut self.events);
        events.sort_by_key(|(card, event, ..)| (*card, event.id.sequence));
        let mut last = None;
        for (card, event, config, text) in &events {
            // A check-up's answer leaves the state as it is, and no state where there was none.
            if event.kind.code() != CHECKED && last != Some(*card) {
                last = Some(*card);
                self.take_away(*card)?;
            }
            self.notes.insert(card_parts(*card).0);
            self.writer.insert_event(*card, event, *config, text.as_ref())?;
        }
        events.clear();
        self.events = events;
        Ok(())
    }

    /// Takes a card's answers out of the sums, as they counted before, and its state away: both are made again at the end.
    fn take_away(&mut self, card: i64) -> Result<(), StoreError> {
        if !self.cards.insert(card) {
            return Ok(());
        }
        let has_state: bool = self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE card = ?1)")?
            .query_row([card], |row| row.get(0))?;
        if has_state && let Some(row) = CardRow::of_number(&self.writer.tx, &self.was.reader, card)? {
            let was = Rc::clone(&self.was);
            self.writer.move_sums(&row, &was.voided, -1)?;
            self.writer.set_state(&row, &CardState::default())?;
        }
        Ok(())
    }

    fn fact(&mut self, id: EventId, fact: &Fact, text: Option<&TextRecord>) -> Result<(), StoreError> {
        let subject = match fact.note() {
            Some(note) => self.note(note)?,
            None => self.writer.subject_of(fact)?,
        };
        let local = self.writer.local_id(id)?;
        self.writer.insert_fact(local, subject, fact, text)?;
        match fact {
            Fact::Aliased { .. } => {
                self.aliases.insert(subject);
            }
            Fact::Erased { what } => self.erasures.push(what.clone()),
            Fact::TookOver { .. } => {
                return Err(StoreError::Refused(
                    "it tells a fork apart; import it with a version that can take that over".to_owned(),
                ));
            }
            _ if subject > 0 => {
                self.notes.insert(subject);
            }
            _ if subject < 0 => {
                self.decks.insert(-subject);
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, line: u64) -> Result<(), StoreError> {
        match self.segment.take() {
            Some(segment) if segment.left == 0 => {
                let now = chain::Tail { sequence: segment.to, hash: segment.chain.hash(), checkpoint: 0 };
                chain::keep(&self.writer.tx, segment.number, None, now).map(drop)
            }
            Some(_) => Err(refused(line, "the last action of a segment is not whole")),
            None => Err(refused(line, "a segment ends that did not begin")),
        }
    }

    /// Makes again all that hangs on what came.
    fn finish(mut self) -> Result<United, StoreError> {
        if self.segment.is_some() {
            return Err(StoreError::Refused("the file ends before its last segment does".to_owned()));
        }
        self.write_events()?;
        let heard = super::writer::heard(&self.writer.tx)?.0.max(self.heard);
        set_meta(&self.writer.tx, "heard", &heard.to_string())?;
        self.writer.forget_context();
        for erasure in std::mem::take(&mut self.erasures) {
            self.writer.erase_again(&erasure)?;
        }
        let now = self.writer.context()?;
        for span in self.was.voided.difference(&now.voided) {
            let Some(first) = now.reader.local(super::review_log::entry_of(span.action)) else { continue };
            let range = (first, first + i64_of(span.entries) - 1);
            for card in super::undo::cards_of(&self.writer.tx, range)? {
                self.take_away(card)?;
            }
            let mut statement = self.writer.tx.prepare_cached(
                "SELECT DISTINCT subject, kind = 12 FROM fact WHERE id BETWEEN ?1 AND ?2 AND subject <> 0",
            )?;
            let rows = statement.query_map(range, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?)))?;
            for row in rows {
                match row? {
                    (alias, true) => self.aliases.insert(alias),
                    (note, false) if note > 0 => self.notes.insert(note),
                    (deck, false) => self.decks.insert(-deck),
                };
            }
        }
        self.notes.extend(self.cards.iter().map(|card| card_parts(*card).0));
        // Decks before notes, since an edition decides what of them is still there; cards last, since their sums hang on where
        // their notes lie.
        for deck in std::mem::take(&mut self.decks) {
            self.writer.refresh_deck(deck)?;
        }
        for alias in std::mem::take(&mut self.aliases) {
            self.writer.refresh_alias(alias)?;
        }
        for note in &self.notes {
            self.writer.refresh_note(*note)?;
        }
        let mut answered = BTreeSet::new();
        for card in std::mem::take(&mut self.cards) {
            self.writer.refold(card, None, &now.voided)?;
            answered.insert(card_parts(card).0);
        }
        // A note without a text that counts lives on an answer.
        for note in answered {
            let retired: Option<bool> = self
                .writer
                .tx
                .prepare_cached("SELECT retired FROM note WHERE id = ?1")?
                .query_row([note], |row| row.get(0))
                .optional()?;
            if retired == Some(true) {
                self.writer.refresh_note(note)?;
            }
        }
        self.writer.write_gathered()?;
        Ok(self.done)
    }
}
