//! Taking in the log of another database: segments, checked against what is known before anything of them stays.
//!
//! A union writes no action of its own, or two databases that took each other's logs would never become equal.

mod finish;
mod segment;

pub(super) use segment::Segment;
pub(super) use segment::refused;

use crate::core::event::Event;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::log::TextRecord;
use crate::core::state::CardState;
use crate::core::units::Hlc;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::CHECKED;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::i64_of;
use crate::store::forget::Erasures;
use crate::store::forget::Forgotten;
use crate::store::fork;
use foldhash::fast::FixedState;
use rusqlite::Connection;
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

/// What a union came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct United {
    /// Entries that were new.
    pub added: u64,
    /// Entries that were there.
    pub known: u64,
    /// Whether entries that were there go by another device's name now.
    pub renamed: bool,
    /// What erasures among the new ones took.
    pub erased: Forgotten,
    /// Names of cards whose words were erased and that have words of a later time, of those that the new entries are about:
    /// whoever wrote them may not have known.
    pub rewritten: Vec<String>,
}

/// Takes in the log of another database.
pub struct Union<'u, 's> {
    pub(super) writer: &'u mut Writer<'s>,
    was: Rc<Context>,
    accept_future: bool,
    pub(super) own: Option<DeviceId>,
    /// Where a segment of the own device and the own log were found to have parted.
    pub(super) parted: Option<(DeviceId, u64)>,
    /// Whether this file turned out to be an older copy of what came: whoever writes here next is a new device.
    pub(super) leaves: bool,
    segment: Option<Segment>,
    events: Vec<(i64, Event, Option<i64>, Option<TextRecord>)>,
    waiting_bytes: usize,
    /// Local ids of texts whose words are not here: they may come.
    pub(super) wordless: HashSet<i64, FixedState>,
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

impl Store {
    /// Unites another log with this one: `feed` hands over its records. Nothing of it stays where a record is refused. Where
    /// it brought erasures, bytes of the words may be left ([`has_traces`](Self::has_traces)).
    ///
    /// # Errors
    /// [`Fault::Refused`] with the line for what can't be; when the database can't be read or written.
    pub fn unite<T>(
        &mut self,
        stamp: Stamp,
        accept_future: bool,
        feed: impl FnOnce(&mut Union<'_, '_>) -> Result<T, Fault>,
    ) -> Result<(T, United), StoreError> {
        let own = self.this_device()?;
        let mut done = United::default();
        let mut parted = None;
        let work = |writer: &mut Writer<'_>| {
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
        };
        let fed = self.write_much(|store| store.write_unlogged(stamp, work))?;
        // It may have become another device's file.
        self.writes_as = None;
        if let Some((device, sequence)) =
            parted.filter(|_| matches!(&fed, Err(error) if matches!(error.fault, Fault::Refused(_))))
        {
            self.attempt(|| fork::remember_parting(self.db(), device, sequence))?;
        }
        Ok((fed?, done))
    }
}

/// The local ids of texts whose words are not here.
fn wordless(db: &Connection) -> Result<HashSet<i64, FixedState>, Fault> {
    let mut statement = db.prepare("SELECT id FROM text WHERE body IS NULL")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Writer<'_> {
    /// Notes that a device has written up to that entry.
    pub(super) fn await_entry(&self, device: i64, sequence: u64) -> Result<(), Fault> {
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
    pub fn put(&mut self, line: u64, record: &LogRecord) -> Result<(), Fault> {
        match record {
            LogRecord::Head(head) => self.head(line, head),
            LogRecord::Config { id, json } => self.config(*id, json),
            LogRecord::Action(action) => self.action(line, action),
            LogRecord::Entry(entry, text) => self.entry(line, entry, text.as_ref()),
            LogRecord::End => self.end(line),
        }
    }

    fn config(&mut self, id: ConfigId, json: &str) -> Result<(), Fault> {
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

    /// Takes an entry that is new.
    fn take(&mut self, line: u64, entry: &Entry, text: Option<&TextRecord>) -> Result<(), Fault> {
        self.done.added += 1;
        match entry {
            Entry::Event(event) => self.event(line, event, text),
            Entry::Fact(id, fact) => self.fact((self.hlc, *id), fact, text),
        }
    }

    fn note(&mut self, uid: crate::core::id::NoteUid) -> Result<i64, Fault> {
        if let Some(number) = self.numbers.get(&uid.0) {
            return Ok(*number);
        }
        let number = self.writer.name_note(uid)?;
        if self.numbers.len() < MOST_KNOWN_NOTES {
            self.numbers.insert(uid.0, number);
        }
        Ok(number)
    }

    fn event(&mut self, line: u64, event: &Event, text: Option<&TextRecord>) -> Result<(), Fault> {
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
    fn write_events(&mut self) -> Result<(), Fault> {
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
    fn take_away(&mut self, card: i64) -> Result<(), Fault> {
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

    fn fact(&mut self, order: (Hlc, EventId), fact: &Fact, text: Option<&TextRecord>) -> Result<(), Fault> {
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
}
