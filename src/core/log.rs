//! The log on its way out of one database and into another: segments, the chain of hashes that names them, and texts by
//! their salted hashes.
//!
//! A segment is the actions n to m of one device with all that they wrote. Databases are united by taking each other's
//! segments; what is known already changes nothing.

use crate::core::action::Action;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::fact::ChainHash;
use crate::core::fact::Fact;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

#[cfg(test)]
mod tests;

/// A text under its salted hash. `body` and `salt` are gone once it was erased; the hash stays, so that every name made
/// from it stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRecord {
    /// Chance, so that an erased text can't be guessed from its hash. [`Self::LEFT_OUT`] where the words are elsewhere.
    pub salt: Option<i64>,
    /// The first 16 bytes of SHA-256 over salt and body.
    pub hash: [u8; 16],
    /// The words.
    pub body: Option<String>,
}

impl TextRecord {
    /// The record of a text.
    #[must_use]
    pub fn new(salt: i64, body: String) -> Self {
        Self { hash: text_hash(salt, &body), salt: Some(salt), body: Some(body) }
    }

    /// Instead of a salt, where a history came without the words: they are not erased, and may follow.
    pub const LEFT_OUT: i64 = 0;

    /// The record without its words, which stay where they are.
    #[must_use]
    pub fn without_words(&self) -> Self {
        Self { salt: Some(Self::LEFT_OUT), hash: self.hash, body: None }
    }

    /// Whether the words were left out of the history that brought it.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.body.is_none() && self.salt == Some(Self::LEFT_OUT)
    }

    /// Whether hash, salt and body belong together; one that was erased or left out always does.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match (self.salt, &self.body) {
            (Some(salt), Some(body)) => text_hash(salt, body) == self.hash,
            (None, None) | (Some(Self::LEFT_OUT), None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// The first 16 bytes of SHA-256 over the salt (8 bytes, big-endian) and the body.
#[must_use]
pub fn text_hash(salt: i64, body: &str) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(salt.to_be_bytes());
    hasher.update(body.as_bytes());
    crate::core::id::first_16(&hasher.finalize())
}

/// The words of an answer: a text record under the event's name, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AnswerWords {
    /// What was typed, chosen, sorted or listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// What was right, where a wrong answer is one of a few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
}

/// Where a device was forked from another: it goes on with the other's numbers after `sequence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    /// The other device.
    pub device: DeviceId,
    /// Its last entry that both share.
    pub sequence: u64,
    /// The hash of its log up to there.
    pub chain: ChainHash,
}

/// A device that wrote some of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it was forked from.
    pub parent: Option<Parent>,
    /// When it was made, ms.
    pub created_at_ms: i64,
}

impl Device {
    /// The hash that its log begins with: its parent's where it was forked, else one over its id.
    #[must_use]
    pub fn first_chain(&self) -> ChainHash {
        first_chain(self.id, self.parent.as_ref())
    }

    /// The number of its first own entry.
    #[must_use]
    pub fn first_sequence(&self) -> u64 {
        self.parent.map_or(1, |parent| parent.sequence + 1)
    }
}

/// The hash that a device's log begins with.
#[must_use]
pub fn first_chain(device: DeviceId, parent: Option<&Parent>) -> ChainHash {
    parent.map_or_else(|| ChainHash(crate::core::id::first_16(&Sha256::digest(device.0))), |parent| parent.chain)
}

/// What a segment says of itself before its actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHead {
    /// Who wrote it, with where it was forked.
    pub device: Device,
    /// The number of its first entry.
    pub from: u64,
    /// The number of its last entry.
    pub to: u64,
    /// The hash of the device's log before the first entry.
    pub before: ChainHash,
    /// The hash after the last entry.
    pub after: ChainHash,
    /// The devices whose entries the writer knew, each with the number of the last one: what is awaited where it is not
    /// here yet. It blocks nothing.
    pub knows: Vec<(DeviceId, u64)>,
}

/// An event or a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Something that happened to a card.
    Event(Box<Event>),
    /// Something that happened to a note, a deck, the settings or the log.
    Fact(EventId, Fact),
}

impl Entry {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> EventId {
        match self {
            Self::Event(event) => event.id,
            Self::Fact(id, _) => *id,
        }
    }

    /// Whether a text record has to come with it.
    #[must_use]
    pub fn has_text(&self) -> bool {
        match self {
            Self::Event(event) => event.detail.has_words(),
            Self::Fact(_, fact) => fact.has_text(),
        }
    }
}

/// One piece of the log, in this order: a segment's head, the configurations that it names, then each action before its
/// entries. An action of one lone event comes as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogRecord {
    /// A segment begins.
    Head(Box<SegmentHead>),
    /// A scheduler configuration.
    Config {
        /// Its content hash.
        id: ConfigId,
        /// Its canonical JSON.
        json: String,
    },
    /// An action; its entries follow.
    Action(Action),
    /// The next entry of the action, with its words.
    Entry(Entry, Option<TextRecord>),
    /// The segment ends.
    End,
}

impl LogRecord {
    /// About how many bytes of text it holds.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        match self {
            Self::Entry(_, Some(TextRecord { body: Some(body), .. })) => body.len(),
            Self::Config { json, .. } => json.len(),
            Self::Head(_) | Self::Action(_) | Self::Entry(..) | Self::End => 0,
        }
    }
}

/// The chain of hashes over a device's log, an action at a time.
///
/// `next = first 16 bytes of SHA-256(previous, each entry with its text's hash, the action's head)`, all by global names in one
/// canonical form of bytes: every field in a fixed order, numbers as 8 bytes big-endian, texts with their length before
/// them, what may be missing with a byte that tells.
pub struct Chain {
    hash: ChainHash,
    hasher: Sha256,
    bytes: Vec<u8>,
}

impl Chain {
    /// Goes on after `hash`.
    #[must_use]
    pub fn after(hash: ChainHash) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(hash.0);
        Self { hash, hasher, bytes: Vec::with_capacity(256) }
    }

    /// The hash after the last action that was finished.
    #[must_use]
    pub fn hash(&self) -> ChainHash {
        self.hash
    }

    /// An entry of the action that is being written, with the hash of its text.
    pub fn entry(&mut self, entry: EntryRef<'_>, text: Option<[u8; 16]>) {
        self.bytes.clear();
        let mut out = Canonical(&mut self.bytes);
        match entry {
            EntryRef::Event(event) => out.event(event),
            EntryRef::Fact(id, fact) => out.fact(id, fact),
        }
        out.option(text.as_ref(), |out, hash| out.raw(hash));
        self.hasher.update(&self.bytes);
    }

    /// The action is whole; gives the hash after it. Its head comes last, since only then it is known how long it is.
    pub fn finish(&mut self, action: &Action) -> ChainHash {
        self.bytes.clear();
        Canonical(&mut self.bytes).action(action);
        self.hasher.update(&self.bytes);
        self.hash = ChainHash(crate::core::id::first_16(&self.hasher.finalize_reset()));
        self.hasher.update(self.hash.0);
        self.hash
    }
}

/// A borrowed [`Entry`].
#[derive(Debug, Clone, Copy)]
pub enum EntryRef<'e> {
    /// An event.
    Event(&'e Event),
    /// A fact, with its name.
    Fact(EventId, &'e Fact),
}

impl<'e> From<&'e Entry> for EntryRef<'e> {
    fn from(entry: &'e Entry) -> Self {
        match entry {
            Entry::Event(event) => Self::Event(event),
            Entry::Fact(id, fact) => Self::Fact(*id, fact),
        }
    }
}

/// The canonical bytes that the chain is made over. Own entries go by their numbers alone, and so do references to the own
/// device's, so that a fork that takes entries over keeps their hashes.
struct Canonical<'b>(&'b mut Vec<u8>);

impl Canonical<'_> {
    fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: i64) {
        self.raw(&number.to_be_bytes());
    }

    fn count(&mut self, number: u64) {
        self.raw(&number.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.count(u64::try_from(text.len()).unwrap_or(u64::MAX));
        self.raw(text.as_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.raw(&[0]),
            Some(value) => {
                self.raw(&[1]);
                write(self, value);
            }
        }
    }

    /// An entry named by one of `own`: nothing but its number where it is of the same device.
    fn name(&mut self, own: DeviceId, device: DeviceId, sequence: u64) {
        self.option((device != own).then_some(device), |out, device| out.raw(&device.0));
        self.count(sequence);
    }

    fn subject(&mut self, subject: &Subject) {
        match subject {
            Subject::None => self.raw(&[0]),
            Subject::Card(card) => {
                self.raw(&[1]);
                self.raw(&card.note.0);
                self.raw(&card.ordinal.to_be_bytes());
            }
            Subject::Note(note) => {
                self.raw(&[2]);
                self.raw(&note.0);
            }
            Subject::Deck(id) => {
                self.raw(&[3]);
                self.text(id);
            }
            Subject::Day(day) => {
                self.raw(&[4]);
                self.number(i64::from(day.0));
            }
        }
    }

    fn action(&mut self, action: &Action) {
        self.raw(&[action.kind.code()]);
        self.subject(&action.subject);
        self.count(action.span.action.number);
        self.count(action.span.entries);
        self.number(action.hlc.0);
        self.number(action.at.unix_ms);
        self.number(i64::from(action.at.offset_min));
        self.number(i64::from(action.study_day.0));
    }

    fn event(&mut self, event: &Event) {
        self.raw(b"e");
        self.count(event.id.sequence);
        self.number(event.at.unix_ms);
        self.number(i64::from(event.at.offset_min));
        self.number(i64::from(event.study_day.0));
        self.raw(&event.card.note.0);
        self.raw(&event.card.ordinal.to_be_bytes());
        self.raw(&[event.kind.code()]);
        self.option(event.kind.answer(), |out, (quality, took)| {
            out.raw(&[u8::from(quality)]);
            out.raw(&took.0.to_be_bytes());
        });
        self.option(event.kind.arg(), Self::number);
        self.option(event.config, |out, config| out.raw(&config.0));
        let own = event.id.device;
        self.option(event.prev, |out, prev| out.name(own, prev.device, prev.sequence));
        self.option(event.memory.as_ref(), |out, memory| {
            for number in memory.numbers() {
                out.option(number, Self::number);
            }
        });
        self.detail(&event.detail);
    }

    /// Words are left out: they are in the hash of their text, and what is erased must not change the chain.
    fn detail(&mut self, detail: &Detail) {
        let Detail {
            asked,
            response: _,
            expected: _,
            suggested,
            guessed,
            variant,
            speakers,
            form,
            confidence,
            due_offset_min,
            foreign,
        } = detail;
        self.option(*asked, |out, asked| out.raw(&[asked.code()]));
        self.option(*suggested, |out, quality| out.raw(&[u8::from(quality)]));
        self.raw(&[u8::from(*guessed), u8::from(*speakers)]);
        self.option(*variant, |out, variant| out.number(i64::from(variant)));
        self.option(*form, |out, form| out.number(i64::from(form)));
        self.option(*confidence, |out, confidence| out.raw(&[confidence]));
        self.option(*due_offset_min, |out, offset| out.number(i64::from(offset)));
        self.option(foreign.as_ref(), |out, foreign| {
            out.text(&foreign.program);
            out.number(foreign.id);
        });
    }

    fn fact(&mut self, id: EventId, fact: &Fact) {
        use crate::core::fact::Erasure;
        self.raw(b"f");
        self.count(id.sequence);
        self.raw(&[fact.code()]);
        match fact {
            Fact::Brought { note, deck, position, edition } => {
                self.raw(&note.0);
                self.text(deck);
                self.number(*position);
                self.number(i64::from(*edition));
            }
            Fact::Ordered { note, position } => {
                self.raw(&note.0);
                self.number(*position);
            }
            Fact::Placed { note, deck, position } => {
                self.raw(&note.0);
                self.text(deck);
                self.option(*position, Self::number);
            }
            Fact::Gone { note }
            | Fact::Edited { note }
            | Fact::Cleared { note }
            | Fact::Tagged { note }
            | Fact::Untagged { note }
            | Fact::Deleted { note }
            | Fact::Revived { note }
            | Fact::Keyed { note } => self.raw(&note.0),
            Fact::Aliased { alias, note } => {
                self.raw(&alias.0);
                self.raw(&note.0);
            }
            Fact::Head { deck, edition } | Fact::Topic { deck, edition } => {
                self.text(deck);
                self.number(i64::from(*edition));
            }
            Fact::Renamed { deck } => self.text(deck),
            Fact::Scheduler { deck, config } => {
                self.text(deck);
                self.option(*config, |out, config| out.raw(&config.0));
            }
            Fact::Undone { action, mark } => {
                self.name(id.device, action.device, action.number);
                self.option(*mark, |out, mark| out.raw(&mark.0));
            }
            Fact::Configured | Fact::Resumed => {}
            Fact::Paused { until } => self.number(i64::from(until.0)),
            Fact::Erased { what } => match what {
                Erasure::Note(note) => {
                    self.raw(&[1]);
                    self.raw(&note.0);
                }
                Erasure::Deck(deck) => {
                    self.raw(&[2]);
                    self.text(deck);
                }
                Erasure::Typed => self.raw(&[3]),
            },
            Fact::TookOver { device, from, to, chain } => {
                self.raw(&device.0);
                self.count(*from);
                self.count(*to);
                self.raw(&chain.0);
            }
            Fact::Tried { deck, tried } => {
                self.text(deck);
                self.raw(&[tried.code()]);
            }
            Fact::Hidden { deck, hidden } => {
                self.text(deck);
                self.raw(&[u8::from(*hidden)]);
            }
        }
    }
}
