//! Taking in the log of another database: segments, checked against what is known before anything of them stays.
//!
//! A union writes no action of its own, or two databases that took each other's logs would never become equal.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Event;
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
use crate::core::units::Hlc;
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
use crate::store::columns::entry_id;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::forget::Erasures;
use crate::store::forget::Forgotten;
use crate::store::forget::Taken;
use crate::store::fork;
use crate::store::fork::twins::End;
use crate::store::fork::twins::Twins;
use crate::store::set_meta;
use foldhash::fast::FixedState;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;
use std::rc::Rc;

/// Events that wait to be put in order of their cards: rows of one card lie together.
const EVENTS_AT_A_TIME: usize = 1 << 16;

/// The bytes of the words that may wait with them: a sitting's answers have few, a hostile file's many.
const WAITING_BYTES: usize = 16 << 20;

/// Notes whose numbers are kept in memory.
const MOST_KNOWN_NOTES: usize = 1 << 18;

/// A stamp further ahead of now than this is of a clock that is wrong.
const FUTURE_MS: i64 = 366 * 86_400_000;

/// What a union came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct United {
    /// Entries that were new.
    pub added: u64,
    /// Entries that were there.
    pub known: u64,
    /// What erasures among the new ones took.
    pub erased: Forgotten,
}

/// A segment on its way in.
pub(super) struct Segment {
    pub(super) device: DeviceId,
    pub(super) number: i64,
    /// The last entry of the device that was here before.
    pub(super) known: u64,
    /// The hash of the chain that was here: after `known`, or after the segment where it ends before that.
    pub(super) expected: Option<End>,
    /// The last one's stamp.
    last_hlc: i64,
    chain: Chain,
    action: Option<(u64, Action)>,
    left: u64,
    pub(super) to: u64,
    /// The last action that was whole.
    pub(super) reached: End,
    /// The last entry whose hash was kept.
    kept: u64,
    /// Devices that have the same actions here.
    pub(super) twins: Twins,
    /// Whether the entries that come are here as a twin's, and since which number.
    pub(super) is_elsewhere: bool,
    pub(super) same_since: u64,
    /// Entries of an action that may be a twin's: they wait until it is whole.
    pub(super) held: Vec<(u64, Entry, Option<TextRecord>)>,
    /// Of the own device: where the segment began, if after an entry that is here, and the actions that passed.
    pub(super) began: Option<End>,
    pub(super) passed: Vec<End>,
}

/// Takes in the log of another database.
pub struct Union<'u, 's> {
    pub(super) writer: &'u mut Writer<'s>,
    was: Rc<Context>,
    accept_future: bool,
    pub(super) own: Option<DeviceId>,
    /// Where a segment of the own device and the own log were found to have parted.
    pub(super) parted: Option<(DeviceId, u64)>,
    /// Whether entries got another name: then everything is made again.
    pub(super) renamed: bool,
    /// Whether this file turned out to be an older copy of what came: whoever writes here next is a new device.
    pub(super) leaves: bool,
    segment: Option<Segment>,
    events: Vec<(i64, Event, Option<i64>, Option<TextRecord>)>,
    waiting_bytes: usize,
    /// Local ids of texts whose words are not here: they may come.
    wordless: HashSet<i64, FixedState>,
    /// Notes with new facts.
    notes: BTreeSet<i64>,
    decks: BTreeSet<i64>,
    aliases: BTreeSet<i64>,
    /// Erasures that are known, and those that came.
    erasures: Erasures,
    /// Those that came.
    to_erase: Vec<(Erasure, (Hlc, EventId))>,
    /// The stamp of the action that comes.
    hlc: Hlc,
    numbers: HashMap<[u8; 16], i64, FixedState>,
    configs: HashMap<ConfigId, i64, FixedState>,
    heard: i64,
    pub(super) done: United,
}

pub(super) fn refused(line: u64, what: impl std::fmt::Display) -> StoreError {
    StoreError::Refused(if line == 0 { what.to_string() } else { format!("line {line}: {what}") })
}

fn differs(line: u64, device: DeviceId, sequence: u64) -> StoreError {
    let short: String = device.to_string().chars().take(8).collect();
    let what = format!(
        "device {short} has other entries up to {sequence} here and there under the same numbers: two copies of its database \
         both went on. `lmq doctor --fork` in one of them tells them apart, once it has met the other's history; then that \
         one's history comes first"
    );
    refused(line, what)
}

/// The local ids of texts whose words are not here.
fn wordless(db: &Connection) -> Result<HashSet<i64, FixedState>, StoreError> {
    let mut statement = db.prepare("SELECT id FROM text WHERE body IS NULL")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
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
    fn has(&self, entry: EventId) -> bool {
        !self.is_elsewhere && entry.sequence <= self.known
    }
}

impl Store {
    /// Unites another log with this one: `feed` hands over its records. Nothing of it stays where a record is refused. Where
    /// it brought erasures, bytes of the words may be left ([`has_traces`](Self::has_traces)).
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
        let mut parted = None;
        let fed = self.write_unlogged(stamp, |writer| {
            let was = writer.context()?;
            let erasures = Erasures::of(&writer.tx, &was.reader)?;
            let wordless = wordless(&writer.tx)?;
            writer.gather_sums();
            let mut union = Union {
                writer,
                was,
                accept_future,
                own,
                parted: None,
                renamed: false,
                leaves: false,
                segment: None,
                events: Vec::new(),
                waiting_bytes: 0,
                wordless,
                notes: BTreeSet::new(),
                decks: BTreeSet::new(),
                aliases: BTreeSet::new(),
                erasures,
                to_erase: Vec::new(),
                hlc: Hlc(0),
                numbers: HashMap::default(),
                configs: HashMap::default(),
                heard: 0,
                done: United::default(),
            };
            let fed = feed(&mut union);
            parted = union.parted;
            let fed = fed?;
            done = union.finish()?;
            Ok(fed)
        });
        self.write_much(false)?;
        // It may have become another device's file.
        self.writes_as = None;
        if let Some((device, sequence)) = parted.filter(|_| matches!(fed, Err(StoreError::Refused(_)))) {
            fork::remember_parting(self.db(), device, sequence)?;
        }
        Ok((fed?, done))
    }
}

impl Writer<'_> {
    /// Notes that a device has written up to that entry.
    pub(super) fn await_entry(&self, device: i64, sequence: u64) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(
                "INSERT INTO awaited (device, sequence) VALUES (?1, ?2) \
                 ON CONFLICT DO UPDATE SET sequence = max(sequence, ?2)",
            )?
            .execute((device, i64_of(sequence)))?;
        Ok(())
    }
}

impl Union<'_, '_> {
    /// What was taken so far.
    #[must_use]
    pub fn so_far(&self) -> United {
        self.done.clone()
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
        for (device, sequence) in &head.knows {
            let number = self.writer.device_number(*device)?;
            let context = self.writer.context()?;
            // Said before that device's log was told apart from a copy's, it may be meant of either.
            if !fork::is_taken(context.reader.taken(&self.writer.tx)?, entry_id(number, *sequence)) {
                self.writer.await_entry(number, *sequence)?;
            }
        }
        self.segment = Some(segment);
        Ok(())
    }

    /// The number of the segment's device, introduced where it is new.
    fn device(&mut self, line: u64, head: &SegmentHead) -> Result<i64, StoreError> {
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
            self.writer.forget_context();
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
        if action.hlc.0 > latest && !segment.has(first) && !self.accept_future {
            let at = crate::core::study_day::Timestamp { unix_ms: action.hlc.0, offset_min: 0 }.to_rfc3339();
            let what = format!(
                "it was written at {at}, more than a year ahead of now: a clock was wrong, there or here; with \
                 --accept-future it is taken, and later acts here come after it"
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

    fn entry(&mut self, line: u64, entry: &Entry, text: Option<&TextRecord>) -> Result<(), StoreError> {
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
            if let Some(text) = text.filter(|text| text.body.is_some() && self.wordless.contains(&local)) {
                self.give_words(local, entry, text)?;
            }
        } else if waits {
            segment.held.push((line, entry.clone(), text.cloned()));
        } else {
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

    /// Gives a known entry the words that were not here, unless they were erased.
    fn give_words(&mut self, local: i64, entry: &Entry, text: &TextRecord) -> Result<(), StoreError> {
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
    fn close(&mut self, line: u64, segment: &mut Segment, action: &Action, entry: &Entry) -> Result<(), StoreError> {
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
            } else {
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

    /// Takes an entry that is new.
    fn take(&mut self, line: u64, entry: &Entry, text: Option<&TextRecord>) -> Result<(), StoreError> {
        self.done.added += 1;
        match entry {
            Entry::Event(event) => self.event(line, event, text),
            Entry::Fact(id, fact) => self.fact((self.hlc, *id), fact, text),
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
        let text = self.erasures.of_answer(note, event.order(), text).map(Cow::into_owned);
        self.waiting_bytes += text.as_ref().and_then(|text| text.body.as_ref()).map_or(0, String::len);
        self.events.push((card, event.clone(), config, text));
        if self.events.len() >= EVENTS_AT_A_TIME || self.waiting_bytes >= WAITING_BYTES {
            self.write_events()?;
        }
        Ok(())
    }

    /// Writes the events that wait, in the order in which the table has them.
    fn write_events(&mut self) -> Result<(), StoreError> {
        let mut events = std::mem::take(&mut self.events);
        self.waiting_bytes = 0;
        // Small keys are put in order, not the events themselves.
        let mut order: Vec<(i64, u64, usize)> =
            events.iter().enumerate().map(|(place, (card, event, ..))| (*card, event.id.sequence, place)).collect();
        order.sort_unstable();
        let mut last = None;
        for (_, _, place) in order {
            let Some((card, event, config, text)) = events.get(place) else { continue };
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
        if !self.writer.uncounted.insert(card) {
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

    fn fact(&mut self, order: (Hlc, EventId), fact: &Fact, text: Option<&TextRecord>) -> Result<(), StoreError> {
        let subject = match fact.note() {
            Some(note) => self.note(note)?,
            None => self.writer.subject_of(fact)?,
        };
        let local = self.writer.local_id(order.1)?;
        let text = self.erasures.of_fact(subject, order, text);
        self.writer.insert_fact(local, subject, fact, text.as_deref())?;
        match fact {
            Fact::Aliased { .. } => {
                self.aliases.insert(subject);
            }
            Fact::Erased { what } => {
                self.erasures.take(what, subject, order);
                self.to_erase.push((what.clone(), order));
                match subject {
                    0 => {}
                    deck if deck < 0 => drop(self.decks.insert(-deck)),
                    note => drop(self.notes.insert(note)),
                }
            }
            Fact::TookOver { device, from, to, .. } => {
                fork::is_told_apart(&self.writer.tx, *device, *from)?;
                let number = self.writer.device_number(*device)?;
                self.writer.tx.execute(
                    "DELETE FROM awaited WHERE device = ?1 AND sequence BETWEEN ?2 AND ?3",
                    (number, i64_of(*from), i64_of(*to)),
                )?;
                self.writer.forget_context();
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
            // However short it is: nothing outside of the database keeps the end of another device's log.
            Some(mut segment) if segment.left == 0 => self.keep_hash(&mut segment),
            Some(_) => Err(refused(line, "the last action of a segment is not whole")),
            None => Err(refused(line, "a segment ends that did not begin")),
        }
    }

    /// Keeps the hash after what came of a segment, where that is new.
    fn keep_hash(&self, segment: &mut Segment) -> Result<(), StoreError> {
        if segment.is_elsewhere || segment.reached.0 <= segment.known {
            return Ok(());
        }
        segment.kept = segment.reached.0;
        chain::keep_at(&self.writer.tx, segment.number, segment.reached)
    }

    /// Makes again all that hangs on what came.
    fn finish(mut self) -> Result<United, StoreError> {
        if self.segment.is_some() {
            return Err(StoreError::Refused("the file ends before its last segment does".to_owned()));
        }
        self.write_events()?;
        let heard = super::writer::heard(&self.writer.tx)?.0.max(self.heard);
        set_meta(&self.writer.tx, "heard", &heard.to_string())?;
        fork::settle_parents(&self.writer.tx)?;
        if self.leaves {
            chain::leave_place(&self.writer.tx)?;
        }
        self.writer.forget_context();
        if !self.to_erase.is_empty() {
            // Also where the words are not here (any more): the copies beside may have them.
            self.writer.leave_traces()?;
        }
        let mut taken = Taken::default();
        for (what, order) in std::mem::take(&mut self.to_erase) {
            self.writer.find_words(&what, order, &mut taken)?;
        }
        for card in &taken.cards {
            self.take_away(*card)?;
        }
        self.writer.erase(&taken)?;
        self.done.erased = self.writer.forgotten(&taken)?;
        self.notes.extend(&taken.notes);
        self.decks.extend(&taken.decks);
        if self.renamed {
            self.writer.gathered = None;
            self.writer.uncounted.clear();
            self.writer.rebuild()?;
            return Ok(self.done);
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
        self.notes.extend(self.writer.uncounted.iter().map(|card| card_parts(*card).0));
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
        for card in std::mem::take(&mut self.writer.uncounted) {
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
        if self.done.erased.texts > 0 {
            self.writer.sweep()?;
        }
        Ok(self.done)
    }
}
