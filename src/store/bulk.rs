//! Taking in the notes of one file: which note each row is, and what the file says that was not said before.
//!
//! A row is matched, in this order: by its uid (an id, a guid, deck and key, or what it says itself), since that is who it is;
//! then by its prompt in its deck, where just one unclaimed note has it, since a row whose answer was mended is still that
//! note; then, at the end of the file, by nearness among what is left on both sides, since only then it is known what is left.
//! Each note is claimed once: a second row with its prompt is another note.

use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::fact::LAST_POSITION;
use crate::core::fact::TopicText;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::EntryRef;
use crate::core::text::normalize;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::columns::entry_id;
use crate::store::columns::ordinals_column;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::shown_text;
use crate::store::notes::text_of;
use crate::store::shown::NoteRow;
use crate::store::shown::last_position;
use foldhash::fast::FixedState;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::HashSet;
use std::collections::btree_map::Entry;
use std::rc::Rc;

/// Rows that wait for the end of a file before they are matched to notes that are nearly equal.
const MOST_DEFERRED: usize = 1000;

/// Text that rows may hold, in bytes, while they wait for the end of a file, since the note with their prompt might
/// still be claimed by a row with just its text. What comes after that is an edit of that note at once.
const MOST_WAITING: usize = 4 << 20;

/// Pairs of a row and a note that are compared letter by letter at the end of a file.
const MOST_PAIRS: usize = 1000;

/// From which similarity of prompts, with the same answer, a row is taken for an edited note.
const NEAR: f64 = 0.9;

/// Where a deck's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeckOrigin {
    /// Embedded in the program.
    Builtin,
    /// Read from a file.
    File,
    /// Made by `lmq add`.
    Made,
}

impl DeckOrigin {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::File => "file",
            Self::Made => "made",
        }
    }
}

/// How a file's notes are taken in.
#[derive(Debug, Clone)]
pub struct BulkOptions {
    /// Where decks that are new come from.
    pub origin: DeckOrigin,
    /// The edition of a built-in deck; 0 for everything else.
    pub edition: u32,
    /// The deck that cards go into, whatever the file says; identities stay the file's.
    pub place_in: Option<String>,
    /// Whether the file's order becomes the notes' order, also for those that were there.
    pub reposition: bool,
    /// Whether notes of the file's decks that are not in the file any more are gone.
    pub retire_missing: bool,
    /// The namespace of topics and sources; the deck's id where there is none.
    pub namespace: Option<String>,
    /// The followed file that this is.
    pub source: Option<i64>,
    /// Whether the file's text takes the place of the learner's own.
    pub theirs: bool,
}

impl BulkOptions {
    /// A file that is read this once: it adds to what is there, and says nothing of order, places or what it lacks.
    #[must_use]
    pub fn new(origin: DeckOrigin) -> Self {
        Self {
            origin,
            edition: 0,
            place_in: None,
            reposition: false,
            retire_missing: false,
            namespace: None,
            source: None,
            theirs: false,
        }
    }
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchResult {
    /// It is new.
    Added,
    /// Its text changed; its history stays.
    Changed,
    /// It is as it was.
    Same,
    /// It was there, gone, and is back.
    Restored,
    /// The same note twice in one file.
    Duplicate,
    /// Another note of this file has its key or id, with another text.
    Contradicts,
    /// The source's text changed, the learner's own stays shown; or the learner deleted it.
    Kept,
    /// It is decided at the end of the file.
    Later,
}

/// A note that both the learner and the file changed: the learner's text stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The learner's text, which is shown.
    pub mine: NoteText,
    /// The file's.
    pub theirs: NoteText,
}

/// What the end of a file brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// What became of the rows that waited for it.
    pub late: Vec<MatchResult>,
    /// Notes of the file's decks that the file does not have.
    pub missing: u64,
    /// The first notes that both had changed.
    pub kept: Vec<Kept>,
}

/// Notes that both had changed of which the texts are given back.
const MOST_KEPT: usize = 100;

/// How a row says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoteRef {
    /// Its uid: made from a key or another program's id, given, or made from what the row says.
    pub uid: NoteUid,
    /// Whether it has a key or an id of its own.
    pub named: bool,
}

#[derive(Debug, Clone)]
struct DeckNow {
    /// Below 0 while it is only planned.
    id: i64,
    name_id: Rc<str>,
    position: i64,
    was_there: bool,
    /// A built-in deck, into which a file of the learner's writes their own register.
    is_builtin: bool,
}

/// A deck that is new: it is made when the first note goes there, and not where all notes of the file lie elsewhere.
struct Planned {
    head: Head,
    topics: Vec<TopicText>,
}

/// A set of note numbers, a bit each: what was claimed in a file of a million rows takes 125 kB.
#[derive(Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn place(number: i64) -> (usize, u64) {
        let number = u64::try_from(number).unwrap_or(0);
        (usize::try_from(number / 64).unwrap_or(0), 1 << (number % 64))
    }

    fn has(&self, number: i64) -> bool {
        let (word, bit) = Self::place(number);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    fn add(&mut self, number: i64) {
        let (word, bit) = Self::place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }
}

/// Whether a prompt may have come before in a file. Like a Bloom filter: no false negatives, rare false positives. Its size
/// does not grow with the file, and most rows of a new deck need no look into the database.
#[derive(Default)]
struct Seen(Bits);

impl Seen {
    /// Bits kept; with a million prompts one row in thirty is looked up for nothing.
    const BITS: i64 = 1 << 25;

    fn bit(deck: i64, prompt_hash: i64) -> i64 {
        prompt_hash.wrapping_add(deck).rem_euclid(Self::BITS)
    }

    fn may_have(&self, deck: i64, prompt_hash: i64) -> bool {
        self.0.has(Self::bit(deck, prompt_hash))
    }

    fn add(&mut self, deck: i64, prompt_hash: i64) {
        self.0.add(Self::bit(deck, prompt_hash));
    }
}

struct NewNote {
    who: NoteRef,
    key: Option<String>,
    note: PackedNote,
    /// Its deck, at the position of the row.
    now: DeckNow,
}

/// A note that the index by prompt tells of, without a look at its row.
struct Likely {
    id: i64,
    text_hash: i64,
    position: i64,
    retired: bool,
}

/// A note that no row has claimed, folded for comparison.
struct Unclaimed {
    id: i64,
    kind: String,
    prompt: String,
    answer: String,
}

/// Rows of new decks that are written together: each statement is looked up once for all of them.
const FRESH_AT_A_TIME: usize = 256;

/// So many names from before are kept in memory, so that a new row needs no look into the database.
const MOST_OLD_NAMES: i64 = 1 << 16;

/// A note of a new deck that nothing can be known of, on its way into the database.
struct Fresh {
    uid: NoteUid,
    key: Option<String>,
    /// Where its text record lies in the buffer.
    body: std::ops::Range<usize>,
    salt: i64,
    hash: [u8; 16],
    deck: i64,
    deck_id: Rc<str>,
    position: i64,
    topic: Option<i64>,
    prompt_hash: i64,
    text_hash: i64,
    siblings: Option<i64>,
    ordinals: Option<String>,
    cards: i64,
    held_out: bool,
}

/// Takes in the notes of one file, as part of an action.
pub struct Bulk<'b, 's> {
    writer: &'b mut Writer<'s>,
    options: BulkOptions,
    decks: BTreeMap<String, DeckNow>,
    /// By the numbers that they go by until they are made.
    planned: BTreeMap<i64, Planned>,
    claimed: Bits,
    seen: Seen,
    last_old_note: i64,
    any_rows: bool,
    /// Rows for the end of the file, some with notes of their prompt that are still open.
    deferred: Vec<NewNote>,
    waiting: Vec<NewNote>,
    waiting_bytes: usize,
    files_decks: Vec<i64>,
    /// Numbers of topics by deck and name: rows of one topic are many.
    topics: BTreeMap<(i64, String), i64>,
    kept: Vec<Kept>,
    fresh: Vec<Fresh>,
    /// The text records of `fresh`, one behind the other.
    texts: String,
    /// Uids of this file, as far as they can be told apart.
    uids: Seen,
    /// All uids from before, where they are few.
    old_names: Option<HashSet<[u8; 16], FixedState>>,
}

impl<'b, 's> Bulk<'b, 's> {
    /// Begins with one file.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn new(writer: &'b mut Writer<'s>, options: BulkOptions) -> Result<Self, StoreError> {
        let last_old_note = writer.tx.query_row("SELECT coalesce(max(id), 0) FROM note_name", [], |row| row.get(0))?;
        let old_names = if last_old_note <= MOST_OLD_NAMES {
            let mut statement = writer.tx.prepare_cached("SELECT uid FROM note_name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Some(rows.collect::<Result<_, _>>()?)
        } else {
            None
        };
        Ok(Self {
            writer,
            options,
            decks: BTreeMap::new(),
            planned: BTreeMap::new(),
            claimed: Bits::default(),
            seen: Seen::default(),
            last_old_note,
            any_rows: false,
            deferred: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            files_decks: Vec::new(),
            topics: BTreeMap::new(),
            kept: Vec::new(),
            fresh: Vec::new(),
            texts: String::new(),
            uids: Seen::default(),
            old_names,
        })
    }

    /// Makes or updates a deck. `head` empty but for id and name: it is only made where it is missing.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn deck(&mut self, id: &str, name: &str, details: [Option<&str>; 5]) -> Result<(), StoreError> {
        let shown = self.options.place_in.clone();
        match shown {
            // The cards go elsewhere: the file's own deck is a name for identities only.
            Some(place) => self.deck_now(&place, None, [None; 5]).map(drop),
            None => self.deck_now(id, Some(name), details).map(drop),
        }
    }

    /// The deck that a file's word means: an id, else a unique own name, else a new id.
    fn deck_number(&mut self, id: &str, name: Option<&str>) -> Result<Option<i64>, StoreError> {
        let tx = &self.writer.tx;
        let by_id: Option<i64> = tx
            .prepare_cached("SELECT id FROM deck WHERE name_id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        if by_id.is_some() || name.is_some_and(|name| name != id) {
            return Ok(by_id);
        }
        let mut statement = tx.prepare_cached("SELECT id FROM deck WHERE name = ?1 AND listed = 1")?;
        let named: Vec<i64> = statement.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(if let [one] = named.as_slice() { Some(*one) } else { None })
    }

    /// The deck of that id, planned where it is missing. A `name` is the file's own word for it; without one the deck keeps
    /// the name that it has.
    fn deck_now(&mut self, id: &str, name: Option<&str>, details: [Option<&str>; 5]) -> Result<DeckNow, StoreError> {
        if let Some(known) = self.decks.get(id)
            && name.is_none()
        {
            return Ok(known.clone());
        }
        let text = |text: Option<&str>| text.map(str::to_owned);
        let [title, description, language, license, version] = details.map(text);
        if let Some(now) = self.planned_as(id, name) {
            if let Some(Planned { head, .. }) = self.planned.get_mut(&now.id) {
                head.name = name.map_or_else(|| head.name.clone(), str::to_owned);
                head.title = title.or(head.title.take());
                head.description = description.or(head.description.take());
                head.language = language.or(head.language.take());
                head.license = license.or(head.license.take());
                head.version = version.or(head.version.take());
            }
            self.decks.insert(id.to_owned(), now.clone());
            return Ok(now);
        }
        let found = self.deck_number(id, name)?;
        let now = if let Some(number) = found {
            let (name_id, before, edition, is_listed, position) = self.head_of(number)?;
            let is_builtin = edition > 0;
            let own = is_builtin && self.options.edition == 0;
            // What the file leaves out stays as it was. A file of the learner's own says nothing about a built-in deck's head.
            let head = Head {
                name: name.map_or_else(|| before.name.clone(), str::to_owned),
                title: title.or(before.title.clone()),
                description: description.or(before.description.clone()),
                language: language.or(before.language.clone()),
                license: license.or(before.license.clone()),
                version: version.or(before.version.clone()),
                namespace: self.options.namespace.clone().or(before.namespace.clone()),
                origin: before.origin.clone(),
            };
            if !own && (self.options.edition > 0 || head != before || !is_listed) {
                self.write_head(&name_id, &head)?;
            }
            DeckNow {
                id: number,
                name_id: name_id.into(),
                position: if self.options.reposition { 0 } else { position },
                was_there: true,
                is_builtin: own,
            }
        } else {
            let head = Head {
                name: name.unwrap_or(id).to_owned(),
                title,
                description,
                language,
                license,
                version,
                namespace: self.options.namespace.clone(),
                origin: self.options.origin.name().to_owned(),
            };
            let planned = -1 - i64::try_from(self.decks.len()).unwrap_or(0);
            let now = DeckNow { id: planned, name_id: id.into(), position: 0, was_there: false, is_builtin: false };
            self.planned.insert(planned, Planned { head, topics: Vec::new() });
            self.decks.insert(id.to_owned(), now.clone());
            // An edition is a whole, whatever lies in it.
            return if self.options.edition > 0 { self.settled(&now) } else { Ok(now) };
        };
        if !self.files_decks.contains(&now.id) {
            self.files_decks.push(now.id);
        }
        self.decks.insert(id.to_owned(), now.clone());
        Ok(now)
    }

    /// The planned deck that a file's word means: an id, else a unique name.
    fn planned_as(&self, id: &str, name: Option<&str>) -> Option<DeckNow> {
        let of_number = |number: i64| self.decks.values().find(|now| now.id == number).cloned();
        if let Some(known) = self.decks.get(id).filter(|now| self.planned.contains_key(&now.id)) {
            return Some(known.clone());
        }
        if name.is_some_and(|name| name != id) || self.decks.contains_key(id) {
            return None;
        }
        let mut named = self.planned.iter().filter(|(_, planned)| planned.head.name == id).map(|(number, _)| *number);
        match (named.next(), named.next()) {
            (Some(one), None) => of_number(one),
            _ => None,
        }
    }

    /// The deck as it is once a note lies in it: one that was planned is made now.
    fn settled(&mut self, deck: &DeckNow) -> Result<DeckNow, StoreError> {
        if deck.id >= 0 {
            return Ok(deck.clone());
        }
        let planned = self.planned.remove(&deck.id);
        if let Some(planned) = &planned {
            self.write_head(&deck.name_id, &planned.head)?;
        }
        let number = self.writer.name_deck(&deck.name_id)?;
        let now = DeckNow { id: number, ..deck.clone() };
        if let Some(planned) = planned {
            for known in self.decks.values_mut().filter(|known| known.id == deck.id) {
                known.id = number;
            }
            self.files_decks.push(number);
            for topic in planned.topics {
                self.write_topic(&now, topic)?;
            }
        }
        Ok(now)
    }

    fn write_head(&mut self, id: &str, head: &Head) -> Result<(), StoreError> {
        let words = serde_json::to_string(head).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let fact = Fact::Head { deck: id.to_owned(), edition: self.options.edition };
        self.writer.append_fact(&fact, Some(words)).map(drop)
    }

    /// Id, head as its source says, edition, whether it is listed, and the last position.
    fn head_of(&mut self, deck: i64) -> Result<(String, Head, u32, bool, i64), StoreError> {
        let context = self.writer.context()?;
        let facts = facts_of(&self.writer.tx, &context.reader, -deck)?;
        let said: Vec<_> = facts.iter().map(|row| row.said(&context.voided)).collect();
        let shown = crate::core::registers::deck(&said);
        let (id, listed, position): (String, bool, i64) = self
            .writer
            .tx
            .prepare_cached("SELECT name_id, listed, last_position FROM deck WHERE id = ?1")?
            .query_row([deck], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let head = shown.head.unwrap_or_else(|| Head {
            name: id.clone(),
            origin: self.options.origin.name().to_owned(),
            ..Head::default()
        });
        Ok((id, head, shown.edition, listed, position))
    }

    /// Makes or updates a topic of a deck.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn topic(
        &mut self,
        deck: &str,
        id: &str,
        title: &str,
        primer: Option<&str>,
        try_line: Option<&str>,
    ) -> Result<(), StoreError> {
        let deck = self.options.place_in.clone().unwrap_or_else(|| deck.to_owned());
        let deck = self.deck_now(&deck, None, [None; 5])?;
        if deck.is_builtin {
            return Ok(());
        }
        let topics = match self.planned.get(&deck.id) {
            Some(planned) => planned.topics.len(),
            None => self.topics.range((deck.id, String::new())..(deck.id + 1, String::new())).count(),
        };
        let topic = TopicText {
            id: id.to_owned(),
            title: title.to_owned(),
            primer: primer.map(str::to_owned),
            try_line: try_line.map(str::to_owned),
            position: u32::try_from(topics).unwrap_or(0),
        };
        match self.planned.get_mut(&deck.id) {
            Some(planned) => planned.topics.push(topic),
            None => self.write_topic(&deck, topic)?,
        }
        Ok(())
    }

    fn write_topic(&mut self, deck: &DeckNow, topic: TopicText) -> Result<(), StoreError> {
        let number = self.writer.topic_number(deck.id, &topic.id)?;
        let same: bool = self
            .writer
            .tx
            .prepare_cached(
                "SELECT title = ?2 AND primer IS ?3 AND try_line IS ?4 AND position IS ?5 FROM topic WHERE id = ?1",
            )?
            .query_row((number, &topic.title, &topic.primer, &topic.try_line, topic.position), |row| row.get(0))?;
        let words = serde_json::to_string(&topic).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        self.topics.insert((deck.id, topic.id), number);
        if same && self.options.edition == 0 {
            return Ok(());
        }
        let fact = Fact::Topic { deck: deck.name_id.to_string(), edition: self.options.edition };
        self.writer.append_fact(&fact, Some(words)).map(drop)
    }

    fn topic_number(&mut self, deck: i64, note: &PackedNote) -> Result<Option<i64>, StoreError> {
        let Some(id) = &note.topic else { return Ok(None) };
        if let Some(known) = self.topics.get(&(deck, id.clone())) {
            return Ok(Some(*known));
        }
        let number = self.writer.topic_number(deck, id)?;
        self.topics.insert((deck, id.clone()), number);
        Ok(Some(number))
    }

    /// Takes in one note of deck `deck`.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note(
        &mut self,
        deck: &str,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, StoreError> {
        let place = self.options.place_in.clone();
        let now = self.next_place(place.as_deref().unwrap_or(deck))?;
        if self.is_fresh(&now, who, note)? {
            return self.gather(&now, who, key, note);
        }
        self.flush()?;
        if let Some(known) = self.by_uid(who.uid)? {
            return self.found(known, &now, key, note);
        }
        let mut open = Vec::new();
        if now.was_there || (!who.named && self.seen.may_have(now.id, note.prompt_hash)) {
            for likely in self.by_prompt(now.id, note.prompt_hash)? {
                if self.is_taken(likely.id) {
                    if !who.named && likely.text_hash == note.text_hash {
                        return Ok(MatchResult::Duplicate);
                    }
                } else if likely.text_hash == note.text_hash {
                    self.alias(who, likely.id)?;
                    return self.found_by_prompt(&likely, &now, key, note);
                } else {
                    open.push(likely);
                }
            }
        }
        if !open.is_empty() && self.waiting_bytes < MOST_WAITING {
            self.waiting_bytes += note.size();
            self.waiting.push(NewNote { who, key, note: note.clone(), now });
            return Ok(MatchResult::Later);
        }
        if let [one] = open.as_slice() {
            self.alias(who, one.id)?;
            return self.found_by_prompt(one, &now, key, note);
        }
        if now.was_there && self.deferred.len() < MOST_DEFERRED && self.any_old(now.id)? {
            self.deferred.push(NewNote { who, key, note: note.clone(), now });
            return Ok(MatchResult::Later);
        }
        self.insert(&now, who, key, note)
    }

    /// Whether a row is surely a note of its own: in a deck that came with this file, under a uid and a prompt that neither
    /// the database nor the file had before.
    fn is_fresh(&mut self, deck: &DeckNow, who: NoteRef, note: &PackedNote) -> Result<bool, StoreError> {
        let [a, b, c, d, e, f, g, h, ..] = who.uid.0;
        let short = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let seen = self.uids.may_have(0, short);
        self.uids.add(0, short);
        if deck.was_there || deck.is_builtin || self.options.edition > 0 || seen {
            return Ok(false);
        }
        if !who.named && self.seen.may_have(deck.id, note.prompt_hash) {
            return Ok(false);
        }
        Ok(match &self.old_names {
            Some(names) => !names.contains(&who.uid.0),
            None => self.by_uid(who.uid)?.is_none(),
        })
    }

    /// Takes a note that is surely new along, to be written with others.
    fn gather(
        &mut self,
        deck: &DeckNow,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, StoreError> {
        let made;
        let deck = if deck.id < 0 {
            made = self.settled(deck)?;
            &made
        } else {
            deck
        };
        let topic = self.topic_number(deck.id, note)?;
        let start = self.texts.len();
        let (salt, hash) = match note.seal {
            Some(seal) => {
                self.texts.push_str(&note.body);
                seal
            }
            None => {
                let salt = self.writer.salt();
                let record = note.record(key.as_deref(), salt)?;
                self.texts.push_str(record.body.as_deref().unwrap_or_default());
                (salt, record.hash)
            }
        };
        self.seen.add(deck.id, note.prompt_hash);
        self.fresh.push(Fresh {
            uid: who.uid,
            key,
            body: start..self.texts.len(),
            salt,
            hash,
            deck: deck.id,
            deck_id: Rc::clone(&deck.name_id),
            position: deck.position,
            topic,
            prompt_hash: note.prompt_hash,
            text_hash: note.text_hash,
            siblings: note.siblings(&deck.name_id),
            ordinals: ordinals_column(&note.ordinals),
            cards: if note.held_out { 0 } else { i64::try_from(note.ordinals.len()).unwrap_or(0) },
            held_out: note.held_out,
        });
        if self.fresh.len() >= FRESH_AT_A_TIME {
            self.flush()?;
        }
        Ok(MatchResult::Added)
    }

    /// Writes the notes that were gathered, table by table.
    fn flush(&mut self) -> Result<(), StoreError> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let fresh = std::mem::take(&mut self.fresh);
        let first = self.writer.next_sequence;
        let sequences = || first..;
        let id = |sequence| entry_id(self.writer.device, sequence);
        let tx = &self.writer.tx;
        let mut numbers = Vec::with_capacity(fresh.len());
        {
            let mut statement = tx.prepare_cached("INSERT INTO note_name (uid) VALUES (?1)")?;
            for note in &fresh {
                statement.execute([note.uid.0])?;
                numbers.push(tx.last_insert_rowid());
            }
        }
        {
            let mut statement =
                tx.prepare_cached("INSERT INTO fact (id, subject, kind, arg, position) VALUES (?1, ?2, 1, ?3, ?4)")?;
            for ((note, number), sequence) in fresh.iter().zip(&numbers).zip(sequences()) {
                statement.execute((id(sequence), number, note.deck, note.position))?;
            }
        }
        {
            let mut statement = tx.prepare_cached("INSERT INTO text (id, salt, hash, body) VALUES (?1, ?2, ?3, ?4)")?;
            for (note, sequence) in fresh.iter().zip(sequences()) {
                let body = self.texts.get(note.body.clone()).unwrap_or_default();
                statement.execute((id(sequence), note.salt, note.hash, body))?;
            }
        }
        {
            // What the registers of a single fact would say, without asking them.
            let mut statement = tx.prepare_cached(
                "INSERT INTO note (id, deck, source, key, topic, position, prompt_hash, text_hash, siblings, ordinals, fresh,                  held_out, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?3)",
            )?;
            for ((note, number), sequence) in fresh.iter().zip(&numbers).zip(sequences()) {
                statement.execute((
                    number,
                    note.deck,
                    id(sequence),
                    &note.key,
                    note.topic,
                    note.position,
                    note.prompt_hash,
                    note.text_hash,
                    note.siblings,
                    &note.ordinals,
                    note.cards,
                    note.held_out,
                ))?;
            }
        }
        if let Some(source) = self.options.source {
            let mut statement = tx.prepare_cached("INSERT INTO note_followed (note, followed) VALUES (?1, ?2)")?;
            for number in &numbers {
                statement.execute((number, source))?;
            }
        }
        let device = self.writer.device_id;
        let chain = self.writer.chain()?;
        for (note, sequence) in fresh.iter().zip(sequences()) {
            let fact =
                Fact::Brought { note: note.uid, deck: note.deck_id.to_string(), position: note.position, edition: 0 };
            chain.entry(EntryRef::Fact(EventId { device, sequence }, &fact), Some(note.hash));
        }
        self.writer.next_sequence += u64::try_from(fresh.len()).unwrap_or(0);
        self.writer.touched = true;
        self.writer.lone = None;
        self.fresh = fresh;
        self.fresh.clear();
        self.texts.clear();
        Ok(())
    }

    /// The deck, with the position after the last one.
    fn next_place(&mut self, deck: &str) -> Result<DeckNow, StoreError> {
        self.any_rows = true;
        if !self.decks.contains_key(deck) {
            self.deck_now(deck, None, [None; 5])?;
        }
        match self.decks.get_mut(deck) {
            Some(kept) => {
                kept.position += 1;
                Ok(kept.clone())
            }
            None => self.deck_now(deck, None, [None; 5]),
        }
    }

    /// Whether a note is from this very file, or was claimed by a row of it.
    fn is_taken(&self, note: i64) -> bool {
        note > self.last_old_note || self.claimed.has(note)
    }

    /// Whether the deck has a note from before this file: then a row without a match waits.
    fn any_old(&self, deck: i64) -> Result<bool, StoreError> {
        Ok(self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM note WHERE deck = ?1 AND id <= ?2 AND retired = 0)")?
            .query_row((deck, self.last_old_note), |row| row.get(0))?)
    }

    /// The note of that uid, by its own name or another; one that only events know so far counts too.
    fn by_uid(&self, uid: NoteUid) -> Result<Option<(i64, NoteUid)>, StoreError> {
        let found: Option<(i64, Option<i64>)> = self
            .writer
            .tx
            .prepare_cached(
                "SELECT u.id, a.note FROM note_name u LEFT JOIN alias a ON a.alias = u.id WHERE u.uid = ?1",
            )?
            .query_row([uid.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(match found {
            Some((_, Some(note))) => Some((note, super::facts::note_uid(&self.writer.tx, note)?)),
            Some((note, None)) => Some((note, uid)),
            None => None,
        })
    }

    fn by_prompt(&self, deck: i64, prompt_hash: i64) -> Result<Vec<Likely>, StoreError> {
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT id, text_hash, position, retired FROM note INDEXED BY note_prompt \
             WHERE deck = ?1 AND prompt_hash = ?2 ORDER BY retired, position",
        )?;
        let rows = statement.query_map((deck, prompt_hash), |row| {
            Ok(Likely { id: row.get(0)?, text_hash: row.get(1)?, position: row.get(2)?, retired: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A row's note by its prompt. Where nothing is new, which is most often, its row in the database stays unread.
    fn found_by_prompt(
        &mut self,
        likely: &Likely,
        deck: &DeckNow,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, StoreError> {
        let is_same = likely.text_hash == note.text_hash && !likely.retired;
        let in_place = !self.options.reposition || likely.position == deck.position;
        if is_same && in_place && key.is_none() && self.options.source.is_none() && !self.options.theirs {
            self.claimed.add(likely.id);
            return Ok(MatchResult::Same);
        }
        let uid = super::facts::note_uid(&self.writer.tx, likely.id)?;
        self.found((likely.id, uid), deck, key, note)
    }

    /// Records that a row's uid is another name of a note. Gives the note's own.
    fn alias(&mut self, who: NoteRef, note: i64) -> Result<NoteUid, StoreError> {
        let uid = super::facts::note_uid(&self.writer.tx, note)?;
        if uid != who.uid {
            self.writer.append_fact(&Fact::Aliased { alias: who.uid, note: uid }, None)?;
        }
        Ok(uid)
    }

    /// A note that nothing is known of yet.
    fn insert(
        &mut self,
        deck: &DeckNow,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, StoreError> {
        if deck.is_builtin {
            let number = self.writer.name_note(who.uid)?;
            self.claimed.add(number);
            return self.write_own(number, who.uid, deck, key.as_deref(), note).map(|()| MatchResult::Added);
        }
        if self.options.edition > 0 {
            // A newer edition may be here from elsewhere: the registers decide.
            let number = self.writer.name_note(who.uid)?;
            return self.bring(number, who.uid, deck, deck.position, key.as_deref(), note).map(|()| MatchResult::Added);
        }
        let deck = &self.settled(deck)?;
        let topic = self.topic_number(deck.id, note)?;
        self.writer.tx.prepare_cached("INSERT INTO note_name (uid) VALUES (?1)")?.execute([who.uid.0])?;
        let number = self.writer.tx.last_insert_rowid();
        let fact = Fact::Brought {
            note: who.uid,
            deck: deck.name_id.to_string(),
            position: deck.position,
            edition: self.options.edition,
        };
        let record = note.record(key.as_deref(), self.writer.salt())?;
        let id = self.writer.append_packed(number, &fact, Some(&record))?;
        // What the registers of a single fact would say, without asking them.
        let row = NoteRow {
            deck: deck.id,
            source: Some(id),
            own: None,
            tags: None,
            key,
            topic,
            position: deck.position,
            prompt_hash: note.prompt_hash,
            text_hash: note.text_hash,
            siblings: note.siblings(&deck.name_id),
            ordinals: ordinals_column(&note.ordinals),
            held_out: note.held_out,
            retired: false,
            made: Some(id),
        };
        self.writer.insert_note(number, &row, note.ordinals.len())?;
        if let Some(source) = self.options.source {
            self.comes_from(number, source)?;
        }
        self.seen.add(deck.id, note.prompt_hash);
        Ok(MatchResult::Added)
    }

    /// Remembers from which followed file a note comes; tells whether that is what was known.
    fn comes_from(&self, note: i64, source: i64) -> Result<bool, StoreError> {
        let changed = self
            .writer
            .tx
            .prepare_cached(
                "INSERT INTO note_followed (note, followed) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET followed = ?2 \
                 WHERE followed <> ?2",
            )?
            .execute((note, source))?;
        Ok(changed == 0)
    }

    /// Where this device's sources last put a note, if what they last said of it is what the row says. Other devices may
    /// have brought something else since: to that a file that says what it said has nothing to say.
    fn place_where_said(&mut self, id: i64, key: Option<&str>, note: &PackedNote) -> Result<Option<i64>, StoreError> {
        let (context, own) = (self.writer.context()?, self.writer.device);
        let mut facts = facts_of(&self.writer.tx, &context.reader, id)?;
        facts.retain(|row| {
            let here = context.reader.settled(entry_id(own, row.id.sequence));
            context.reader.local(row.id) == Some(here) && !context.voided.has(row.id)
        });
        facts.sort_by_key(|row| (row.hlc, row.id));
        let (mut said, mut place) = (None, 0);
        for row in &facts {
            match row.fact {
                Fact::Brought { position, .. } => (said, place) = (row.words.as_deref(), position),
                Fact::Ordered { position, .. } => place = position,
                Fact::Gone { .. } => said = None,
                _ => {}
            }
        }
        let Some(said) = said else { return Ok(None) };
        let is_it = text_of(said, None)? == note.text()? && (key.is_none() || key_of(said)?.as_deref() == key);
        Ok(is_it.then_some(place))
    }

    /// Writes the learner's own register: what a file of theirs says of a built-in note.
    fn write_own(
        &mut self,
        number: i64,
        uid: NoteUid,
        deck: &DeckNow,
        key: Option<&str>,
        note: &PackedNote,
    ) -> Result<(), StoreError> {
        let is_new = NoteRow::of(&self.writer.tx, number)?.is_none_or(|row| row.source.is_none() && row.own.is_none());
        self.writer.write_own_text(number, uid, key, &note.text()?)?;
        if is_new {
            let position = Some(deck.position);
            self.writer.append_only(&Fact::Placed { note: uid, deck: deck.name_id.to_string(), position }, None)?;
        }
        self.writer.refresh_note(number)
    }

    /// A row's note is there: what the file says of it that its source did not say yet is written.
    fn found(
        &mut self,
        (id, uid): (i64, NoteUid),
        deck: &DeckNow,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, StoreError> {
        let before = NoteRow::of(&self.writer.tx, id)?;
        if self.is_taken(id) {
            let same = before.is_some_and(|before| before.text_hash == note.text_hash);
            return Ok(if same { MatchResult::Duplicate } else { MatchResult::Contradicts });
        }
        self.claimed.add(id);
        let is_from_here = match self.options.source {
            Some(source) => self.comes_from(id, source)?,
            None => false,
        };
        let Some(before) = before.filter(|before| before.source.is_some() || before.own.is_some()) else {
            // Events or an undo brought the name before any source did: this is the first text.
            if deck.is_builtin {
                self.write_own(id, uid, deck, key.as_deref(), note)?;
            } else {
                self.bring(id, uid, deck, deck.position, key.as_deref(), note)?;
            }
            return Ok(MatchResult::Added);
        };
        if deck.is_builtin {
            let (shown, _) = self.writer.shown(id)?;
            if shown == note.text()? && !before.retired {
                return Ok(MatchResult::Same);
            }
            self.write_own(id, uid, deck, key.as_deref(), note)?;
            return Ok(MatchResult::Changed);
        }
        let position = if self.options.reposition { deck.position } else { before.position };
        let same_key = key.is_none() || key == before.key;
        // Whether the learner moved it shows only in the registers.
        let said = if before.deck == deck.id && !before.retired && before.source.is_some() {
            None
        } else {
            Some(self.writer.source_place(id)?)
        };
        let (same_deck, gone) = match &said {
            None => (true, false),
            Some(Some(place)) => {
                let wanted = self.options.place_in.is_some() && !self.options.retire_missing;
                (place.deck == *deck.name_id || !wanted, place.gone)
            }
            Some(None) => (false, true),
        };
        let same_text = before.text_hash == note.text_hash;
        if is_from_here
            && !self.options.theirs
            && (!same_text || !same_key || gone || position != before.position)
            && let Some(place) = self.place_where_said(id, key.as_deref(), note)?
        {
            if self.options.reposition && place != position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            return Ok(if before.retired || before.own.is_some() { MatchResult::Kept } else { MatchResult::Same });
        }
        if same_text && same_key && same_deck && !gone && self.options.edition == 0 {
            if position != before.position {
                self.writer.append_fact(&Fact::Ordered { note: uid, position }, None)?;
            }
            if self.options.theirs {
                let after = self.take_theirs(id, uid)?;
                return Ok(if before.retired {
                    MatchResult::Restored
                } else if after.own == before.own && after.tags == before.tags {
                    MatchResult::Same
                } else {
                    MatchResult::Changed
                });
            }
            let kept = before.retired || (before.own.is_some() && self.options.source.is_some());
            return Ok(if kept { MatchResult::Kept } else { MatchResult::Same });
        }
        let to = match said {
            // Where the file does not say where its cards go, they stay where its source had them.
            Some(Some(place)) if same_deck => Rc::from(place.deck.as_str()),
            _ => Rc::clone(&deck.name_id),
        };
        // A planned deck is made only where the note goes there.
        let number =
            if to == deck.name_id { deck.id } else { super::facts::deck_number(&self.writer.tx, &to)?.unwrap_or(0) };
        let target = DeckNow { id: number, name_id: to, ..deck.clone() };
        let key = key.or_else(|| before.key.clone());
        self.bring(id, uid, &target, position, key.as_deref(), note)?;
        let after = if self.options.theirs {
            self.take_theirs(id, uid)?
        } else {
            NoteRow::of(&self.writer.tx, id)?.unwrap_or_else(|| before.clone())
        };
        Ok(if after.retired {
            MatchResult::Kept
        } else if before.retired {
            if same_text { MatchResult::Restored } else { MatchResult::Changed }
        } else if after.own.is_some() && !same_text {
            if self.kept.len() < MOST_KEPT {
                self.kept.push(Kept { mine: self.writer.shown(id)?.0, theirs: note.text()? });
            }
            MatchResult::Kept
        } else if same_text
            && same_key
            && (after.deck, &after.own, &after.tags) == (before.deck, &before.own, &before.tags)
        {
            MatchResult::Same
        } else {
            MatchResult::Changed
        })
    }

    /// Lets go of the learner's own text, tags and deletion of a note; gives the row as it is then.
    fn take_theirs(&mut self, id: i64, uid: NoteUid) -> Result<NoteRow, StoreError> {
        let row = |writer: &Writer<'_>| NoteRow::of(&writer.tx, id)?.ok_or(StoreError::NoCard);
        let now = row(self.writer)?;
        if now.own.is_some() || now.tags.is_some() {
            self.writer.clear_own(id, uid)?;
        }
        if row(self.writer)?.retired {
            self.writer.append_fact(&Fact::Revived { note: uid }, None)?;
        }
        row(self.writer)
    }

    fn bring(
        &mut self,
        number: i64,
        uid: NoteUid,
        deck: &DeckNow,
        position: i64,
        key: Option<&str>,
        note: &PackedNote,
    ) -> Result<(), StoreError> {
        let deck = self.settled(deck)?;
        let fact = Fact::Brought { note: uid, deck: deck.name_id.to_string(), position, edition: self.options.edition };
        let record = note.record(key, self.writer.salt())?;
        self.writer.append_packed(number, &fact, Some(&record))?;
        self.writer.refresh_note(number)
    }

    /// Decides what was left for the end, and says what is gone where that was asked for.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> Result<Finished, StoreError> {
        self.flush()?;
        let mut placed = Vec::new();
        let mut rest = Vec::new();
        for row in std::mem::take(&mut self.waiting) {
            if let Some(known) = self.by_uid(row.who.uid)? {
                placed.push(self.found(known, &row.now, row.key, &row.note)?);
                continue;
            }
            let mut open = self.by_prompt(row.now.id, row.note.prompt_hash)?;
            open.retain(|likely| !self.is_taken(likely.id));
            match open.as_slice() {
                [one] => {
                    self.alias(row.who, one.id)?;
                    placed.push(self.found_by_prompt(one, &row.now, row.key, &row.note)?);
                }
                _ => rest.push(row),
            }
        }
        rest.append(&mut self.deferred);
        let mut unclaimed: BTreeMap<i64, Vec<Unclaimed>> = BTreeMap::new();
        let mut pairs = 0;
        for row in rest {
            // A row before it may have had the same name.
            if let Some(known) = self.by_uid(row.who.uid)? {
                placed.push(self.found(known, &row.now, row.key, &row.note)?);
                continue;
            }
            let deck = row.now.id;
            if let Entry::Vacant(place) = unclaimed.entry(deck) {
                place.insert(self.unclaimed(deck)?);
            }
            let candidates = unclaimed.entry(deck).or_default();
            pairs += candidates.len();
            let matched = if pairs > MOST_PAIRS { None } else { nearest(candidates, &row.note.text()?) };
            placed.push(match matched {
                Some(note) => {
                    candidates.retain(|candidate| candidate.id != note);
                    let uid = self.alias(row.who, note)?;
                    self.found((note, uid), &row.now, row.key, &row.note)?
                }
                // A name may stand twice among the rows that waited.
                None => match self.by_uid(row.who.uid)? {
                    Some(known) => self.found(known, &row.now, row.key, &row.note)?,
                    None => self.insert(&row.now, row.who, row.key, &row.note)?,
                },
            });
        }
        let mut missing = 0;
        for deck in self.files_decks.clone() {
            if let Some(now) = self.decks.values().find(|now| now.id == deck) {
                self.writer.tx.execute(
                    "UPDATE deck SET last_position = max(last_position, ?2) WHERE id = ?1",
                    (deck, now.position),
                )?;
                self.writer.decks_to_list.insert(deck);
            }
            // An edition of a built-in deck is whole: what it lacks is gone without a word.
            if self.options.edition > 0 {
                continue;
            }
            for note in self.unclaimed_ids(deck, usize::MAX)? {
                if self.options.retire_missing && !self.is_from_here(note, deck)? {
                    continue;
                }
                missing += 1;
                if self.options.retire_missing {
                    let uid = super::facts::note_uid(&self.writer.tx, note)?;
                    self.writer.append_fact(&Fact::Gone { note: uid }, None)?;
                }
            }
        }
        if !self.any_rows {
            let planned: Vec<DeckNow> = self.decks.values().filter(|deck| deck.id < 0).cloned().collect();
            for deck in planned {
                self.settled(&deck)?;
            }
            let made: Vec<i64> = self.decks.values().filter(|deck| !deck.was_there).map(|deck| deck.id).collect();
            self.writer.decks_to_list.extend(made);
        }
        Ok(Finished { late: placed, missing, kept: self.kept })
    }

    /// Whether a note came from the file that is taken in, and its source put it into that deck: a followed file takes away
    /// its own notes only, not what a person put into the same deck.
    fn is_from_here(&mut self, note: i64, deck: i64) -> Result<bool, StoreError> {
        let Some(source) = self.options.source else { return Ok(false) };
        let is_from: bool = self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM note_followed WHERE note = ?1 AND followed = ?2)")?
            .query_row((note, source), |row| row.get(0))?;
        if !is_from {
            return Ok(false);
        }
        let id = super::facts::deck_id(&self.writer.tx, deck)?;
        Ok(self.writer.source_place(note)?.is_some_and(|place| place.deck == id))
    }

    /// Notes of a deck from before this file that no row has claimed, at most so many. From the index alone: a note
    /// without a text is always retired.
    fn unclaimed_ids(&self, deck: i64, most: usize) -> Result<Vec<i64>, StoreError> {
        let mut statement = self.writer.tx.prepare_cached(
            "SELECT id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0 AND id <= ?2",
        )?;
        let mut rows = statement.query((deck, self.last_old_note))?;
        let mut ids = Vec::new();
        while ids.len() < most
            && let Some(row) = rows.next()?
        {
            let note = row.get(0)?;
            if !self.claimed.has(note) {
                ids.push(note);
            }
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn unclaimed(&self, deck: i64) -> Result<Vec<Unclaimed>, StoreError> {
        let mut notes = Vec::new();
        for id in self.unclaimed_ids(deck, MOST_PAIRS + 1)? {
            let (text, _) = self.writer.shown(id)?;
            notes.push(Unclaimed {
                id,
                prompt: normalize(&text.prompt(1)),
                answer: normalize(&text.answer(1)),
                kind: text.kind,
            });
        }
        Ok(notes)
    }
}

/// The one unclaimed note whose prompt is nearly the row's, with the same answer.
fn nearest(candidates: &[Unclaimed], text: &NoteText) -> Option<i64> {
    let (prompt, answer) = (normalize(&text.prompt(1)), normalize(&text.answer(1)));
    let mut best: Vec<(f64, i64)> = candidates
        .iter()
        .filter(|other| other.kind == text.kind && other.answer == answer)
        .map(|other| (strsim::normalized_levenshtein(&prompt, &other.prompt), other.id))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0));
    match best.as_slice() {
        [only] => Some(only.1),
        [first, second, ..] if first.0 > second.0 => Some(first.1),
        _ => None,
    }
}

/// What the source register says of a note's place.
pub(super) struct SourcePlace {
    pub(super) deck: String,
    pub(super) position: i64,
    /// Whether the source no longer has the note.
    pub(super) gone: bool,
}

impl Writer<'_> {
    /// Inserts a row of `note` that was not there.
    pub(super) fn insert_note(&self, number: i64, row: &NoteRow, cards: usize) -> Result<(), StoreError> {
        let fresh = if row.is_askable() { i64::try_from(cards).unwrap_or(0) } else { 0 };
        self.tx
            .prepare_cached(
                "INSERT INTO note (id, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, ordinals, \
                 fresh, held_out, retired, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(rusqlite::params![
                number,
                row.deck,
                row.source,
                row.own,
                row.tags,
                row.key,
                row.topic,
                row.position,
                row.prompt_hash,
                row.text_hash,
                row.siblings,
                row.ordinals,
                fresh,
                row.held_out,
                row.retired,
                row.made,
            ])?;
        Ok(())
    }

    /// What the source register says of a note's place; `None` where no source brought it, or none that counts.
    pub(super) fn source_place(&mut self, note: i64) -> Result<Option<SourcePlace>, StoreError> {
        let context = self.context()?;
        let facts = facts_of(&self.tx, &context.reader, note)?;
        let said: Vec<_> = facts
            .iter()
            .filter(|row| matches!(row.fact, Fact::Brought { .. } | Fact::Gone { .. } | Fact::Ordered { .. }))
            .map(|row| row.said(&context.voided))
            .filter(|said| said.counts)
            .collect();
        let shown = crate::core::registers::note(&said, false, &|_| 0);
        Ok(match (shown.source, shown.home) {
            (Some(_), Some(deck)) => Some(SourcePlace { deck, position: shown.position, gone: !shown.living }),
            _ => None,
        })
    }

    /// The text of a note as it is shown, with its key.
    pub(super) fn shown(&self, note: i64) -> Result<(NoteText, Option<String>), StoreError> {
        let (body, tags, key): (Option<String>, Option<String>, Option<String>) = self
            .tx
            .prepare_cached(
                "SELECT x.body, n.tags, n.key FROM note n LEFT JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.id = ?1",
            )?
            .query_row([note], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok((shown_text(body.as_deref(), tags.as_deref())?, key))
    }

    /// The last place of a deck's order.
    pub(super) fn last_place(&self, deck: i64) -> Result<i64, StoreError> {
        let known: Option<i64> = self
            .tx
            .prepare_cached("SELECT last_position FROM deck WHERE id = ?1")?
            .query_row([deck], |row| row.get(0))
            .optional()?;
        let known = known.map_or_else(|| last_position(&self.tx, deck), Ok)?;
        // What another device wrote may leave no room to go on counting; notes at one place go by their uids.
        Ok(known.min(LAST_POSITION / 2))
    }
}
