//! Texts: decks, topics, notes with their versions, and where they came from.

use crate::core::card::NoteText;
use crate::core::card::kind;
use crate::core::event::Detail;
use crate::core::event::Fact;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::id::quick64;
use crate::core::replay::Voided;
use crate::core::scheduler::mix;
use crate::core::session::Loaded;
use crate::core::session::TopicLine;
use crate::core::text::fold;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::LAST_COLUMNS;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::hash_bits;
use crate::store::columns::u32_of;
use crate::store::columns::whole_state_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
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
    /// The deck that cards go into, whatever the file says; identities stay the file's.
    pub place_in: Option<String>,
    /// Whether the file's order becomes the notes' order, also for those that were there.
    pub reposition: bool,
    /// Whether notes of the file's decks that are not in the file any more are retired.
    pub retire_missing: bool,
    /// The namespace of topics and sources; the deck's id where there is none.
    pub namespace: Option<String>,
    /// The followed file that this is.
    pub source: Option<i64>,
    /// Whether the text is the user's own, and so stays when a program update brings another.
    pub by_user: bool,
}

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placed {
    /// It is new.
    Added,
    /// Its text changed; its history stays.
    Changed,
    /// It is as it was.
    Same,
    /// It was there, retired, and is back.
    Restored,
    /// The same note twice in one file.
    Duplicate,
    /// Another note of this file has its key or id, with another text.
    Contradicts,
    /// The program's text changed, the user's own stays shown.
    Kept,
    /// It is decided at the end of the file.
    Later,
}

/// A file or folder that is followed live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Local number; 0 for one that is followed from now on.
    pub id: i64,
    /// Its path.
    pub path: String,
    /// The followed folder that it was found in.
    pub folder: Option<i64>,
    /// Whether it is a folder itself.
    pub is_folder: bool,
    /// How it is to be read, as its importer wrote it.
    pub options: String,
    /// Size when last read.
    pub size: Option<i64>,
    /// Modification time when last read.
    pub mtime_ms: Option<i64>,
    /// Hash of its bytes when last read.
    pub hash: Option<i64>,
    /// Whether the step that began to follow it still counts.
    pub followed: bool,
}

/// A note whose shown text is the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// `deck/key`.
    pub name: String,
    /// The text that the program or its file brings.
    pub upstream: NoteText,
    /// The text that is shown.
    pub shown: NoteText,
}

#[derive(Debug, Clone)]
struct DeckNow {
    id: i64,
    name_id: Rc<str>,
    position: i64,
    was_there: bool,
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

/// Whether a prompt may have come before in a file: never no where it has, seldom yes where it has not. Its size does
/// not grow with the file, and most rows of a new deck need no look into the database.
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

/// A text of the user's own that a followed file has taken the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overruled {
    /// The user's text.
    pub mine: NoteText,
    /// The file's.
    pub theirs: NoteText,
}

/// What the end of a file brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// What became of the rows that waited for it.
    pub late: Vec<Placed>,
    /// Notes of the file's decks that the file does not have.
    pub missing: u64,
    /// Notes that both the user and the file had changed.
    pub overruled: Vec<Overruled>,
}

/// How a note says who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// By its uid, made from a key or another program's id, or given.
    Uid(NoteUid),
    /// By its prompt alone.
    Prompt,
}

struct Row {
    who: Who,
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

/// What a row is compared with of a note that is there.
struct Known {
    id: i64,
    text_hash: i64,
    position: i64,
    retired: bool,
    key: Option<String>,
    /// The log brought it, and no deck its text yet.
    is_stub: bool,
    deck: i64,
}

/// Selects from `note` what [`Known::of`] reads. Whole statements, since they are asked for with every row.
macro_rules! known {
    ($where:literal) => {
        concat!("SELECT n.id, n.text_hash, n.position, n.retired, n.key, n.body = '', n.deck FROM note n ", $where)
    };
}

impl Known {
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            text_hash: row.get(1)?,
            position: row.get(2)?,
            retired: row.get(3)?,
            key: row.get(4)?,
            is_stub: row.get(5)?,
            deck: row.get(6)?,
        })
    }
}

/// A note that no row has claimed, folded for comparison.
struct Unclaimed {
    id: i64,
    kind: String,
    prompt: String,
    answer: String,
}

/// A note's text as the database keeps it, with what it is matched and filed by. It is made without the database, so
/// that the thread that reads a file can do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedNote {
    body: String,
    prompt_hash: i64,
    text_hash: i64,
    topic: Option<String>,
    group: Option<String>,
    held_out: bool,
    ordinals: Vec<u16>,
}

impl PackedNote {
    /// Packs a text.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn of(text: &NoteText) -> Result<Self, StoreError> {
        use unicode_normalization::UnicodeNormalization as _;
        // Most bodies fit, so that the buffer seldom grows.
        let mut body = Vec::with_capacity(384);
        serde_json::to_writer(&mut body, text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let body = String::from_utf8(body).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let first = kind(&text.kind).and_then(|kind| kind.fields().first()).map_or("", |field| text.text(field.name));
        let prompt = first.trim();
        let prompt_hash = if prompt.is_ascii() {
            quick64(prompt.as_bytes())
        } else {
            quick64(prompt.nfc().collect::<String>().as_bytes())
        };
        Ok(Self {
            prompt_hash: hash_bits(prompt_hash),
            text_hash: hash_bits(quick64(body.as_bytes())),
            body,
            topic: text.topic.clone(),
            group: text.group.clone(),
            held_out: text.held_out,
            ordinals: text.ordinals(),
        })
    }

    /// How many bytes it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.body.len()
    }

    /// The text itself.
    ///
    /// # Errors
    /// When the body can't be read.
    pub fn text(&self) -> Result<NoteText, StoreError> {
        text_of(&self.body)
    }

    fn siblings(&self, deck_id: &str, uid: NoteUid) -> i64 {
        hash_bits(match &self.group {
            Some(group) => quick64(format!("group:{deck_id}/{group}").as_bytes()),
            None => quick64(&uid.0),
        })
    }
}

/// Reads a note's body. A body that can't be read is the database's fault, not the deck's.
pub(super) fn text_of(body: &str) -> Result<NoteText, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Corrupt(format!("a note's text can't be read: {error}")))
}

/// Takes in the notes of one file, as part of an action.
pub struct Bulk<'b, 's> {
    writer: &'b mut Writer<'s>,
    options: BulkOptions,
    fresh_uid: &'b mut dyn FnMut() -> [u8; 16],
    decks: BTreeMap<String, DeckNow>,
    claimed: Bits,
    seen: Seen,
    last_old_note: i64,
    any_rows: bool,
    /// Notes of which only the position changed, with the old and the new one.
    moved: Vec<(i64, i64, i64)>,
    /// Rows for the end of the file, some with notes of their prompt that are still open.
    deferred: Vec<Row>,
    waiting: Vec<Row>,
    waiting_bytes: usize,
    files_decks: Vec<i64>,
    /// Notes of this file that the user gave another text, by the one that the file gave: read when first needed.
    asides: Option<BTreeMap<String, i64>>,
    overruled: Vec<Overruled>,
}

impl<'b, 's> Bulk<'b, 's> {
    /// Begins with one file. `fresh_uid` makes the uid of a note that has no identity of its own.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn new(
        writer: &'b mut Writer<'s>,
        options: BulkOptions,
        fresh_uid: &'b mut dyn FnMut() -> [u8; 16],
    ) -> Result<Self, StoreError> {
        let last_old_note = writer.tx.query_row("SELECT coalesce(max(id), 0) FROM note", [], |row| row.get(0))?;
        Ok(Self {
            writer,
            options,
            fresh_uid,
            decks: BTreeMap::new(),
            claimed: Bits::default(),
            seen: Seen::default(),
            last_old_note,
            any_rows: false,
            moved: Vec::new(),
            deferred: Vec::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            files_decks: Vec::new(),
            asides: None,
            overruled: Vec::new(),
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

    /// The deck of that id, made where it is missing. A `name` is the file's own word for it; without one the deck keeps
    /// the name that it has.
    fn deck_now(&mut self, id: &str, name: Option<&str>, details: [Option<&str>; 5]) -> Result<DeckNow, StoreError> {
        if let Some(known) = self.decks.get(id)
            && name.is_none()
        {
            return Ok(known.clone());
        }
        let tx = &self.writer.tx;
        let found: Option<(i64, i64, bool)> = tx
            .prepare_cached(
                "SELECT id, last_position, retired FROM deck WHERE name_id = ?1 OR (name = ?1 AND ?2 = ?1)",
            )?
            .query_row([id, name.unwrap_or(id)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let [title, description, language, license, version] = details;
        let now = if let Some((row, position, retired)) = found {
            if name.is_some() || retired || self.options.source.is_some() {
                let renamed = if name.is_some() { self.writer.new_name_of(id)? } else { None };
                let name = renamed.as_deref().or(name);
                let before = self.writer.head_of(row)?;
                let tx = &self.writer.tx;
                let changed = tx
                    .prepare_cached(
                        "UPDATE deck SET name = coalesce(?2, name), title = coalesce(?3, title), description = coalesce(?4, description), \
                         language = coalesce(?5, language), license = coalesce(?6, license), version = coalesce(?7, version), \
                         source = coalesce(?8, source), retired = 0 \
                         WHERE id = ?1 AND (name IS NOT coalesce(?2, name) OR title IS NOT coalesce(?3, title) \
                         OR description IS NOT coalesce(?4, description) OR language IS NOT coalesce(?5, language) \
                         OR license IS NOT coalesce(?6, license) OR version IS NOT coalesce(?7, version) \
                         OR source IS NOT coalesce(?8, source) OR retired = 1)",
                    )?
                    .execute((row, name, title, description, language, license, version, self.options.source))?;
                self.writer.touched |= changed > 0;
                let after = self.writer.head_of(row)?;
                self.remember_change("head", serde_json::json!(id), &before, &after)?;
            }
            DeckNow {
                id: row,
                name_id: id.into(),
                position: if self.options.reposition { 0 } else { position },
                was_there: true,
            }
        } else {
            tx.prepare_cached(
                "INSERT INTO deck (name_id, name, namespace, title, description, language, license, version, origin, source, \
                 created_device, created_action) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(rusqlite::params![
                id,
                name.unwrap_or(id),
                self.options.namespace.as_deref().unwrap_or(id),
                title,
                description,
                language,
                license,
                version,
                self.options.origin.name(),
                self.options.source,
                self.writer.device,
                super::columns::i64_of(self.writer.action),
            ])?;
            DeckNow { id: tx.last_insert_rowid(), name_id: id.into(), position: 0, was_there: false }
        };
        if !self.files_decks.contains(&now.id) {
            self.files_decks.push(now.id);
        }
        self.decks.insert(id.to_owned(), now.clone());
        Ok(now)
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
        let before = self.writer.topic_of(deck.id, id)?;
        let changed = self
            .writer
            .tx
            .prepare_cached(
                "INSERT INTO topic (deck, name_id, title, primer, try_line) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (deck, name_id) DO UPDATE SET title = excluded.title, primer = excluded.primer, \
                 try_line = excluded.try_line WHERE title IS NOT excluded.title OR primer IS NOT excluded.primer \
                 OR try_line IS NOT excluded.try_line",
            )?
            .execute((deck.id, id, title, primer, try_line))?;
        self.writer.touched |= changed > 0 && deck.was_there;
        if let Some(before) = before {
            let after = [Some(title.to_owned()), primer.map(str::to_owned), try_line.map(str::to_owned)];
            self.remember_change("topic", serde_json::json!([&*deck.name_id, id]), &before, &after)?;
        }
        Ok(())
    }

    /// Notes of what has no versions of its own how it was and how it is, for an undo.
    fn remember_change<T: serde::Serialize + PartialEq>(
        &mut self,
        what: &str,
        name: serde_json::Value,
        old: &T,
        new: &T,
    ) -> Result<(), StoreError> {
        // What the program brings is no step of the user's, and never undone.
        if !self.options.by_user || old == new {
            return Ok(());
        }
        let extra = serde_json::json!({ what: name, "old": old, "new": new }).to_string();
        self.writer.append_fact(Fact::Configured, Detail { extra: Some(extra), ..Detail::default() })
    }

    fn topic_number(&mut self, deck: i64, note: &PackedNote) -> Result<Option<i64>, StoreError> {
        let Some(id) = &note.topic else { return Ok(None) };
        let known = self
            .writer
            .tx
            .prepare_cached("SELECT id FROM topic WHERE deck = ?1 AND name_id = ?2")?
            .query_row((deck, id), |row| row.get(0))
            .optional()?;
        if known.is_some() {
            return Ok(known);
        }
        // A row format names topics by their titles only.
        self.writer.tx.execute("INSERT INTO topic (deck, name_id, title) VALUES (?1, ?2, ?2)", (deck, id))?;
        Ok(Some(self.writer.tx.last_insert_rowid()))
    }

    /// Takes in one note of deck `deck`: matched by uid, else by its prompt in that deck, else new.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn note(&mut self, deck: &str, who: Who, key: Option<String>, note: &PackedNote) -> Result<Placed, StoreError> {
        let place = self.options.place_in.clone();
        let now = self.next_place(place.as_deref().unwrap_or(deck))?;
        if let Who::Uid(uid) = who
            && let Some(known) = self.by_uid(uid)?
        {
            return self.found(&known, &now, key, note);
        }
        if matches!(who, Who::Prompt)
            && let Some(known) = self.aside(&note.body)?
        {
            return self.found(&known, &now, key, note);
        }
        let mut open = Vec::new();
        if now.was_there || (matches!(who, Who::Prompt) && self.seen.may_have(now.id, note.prompt_hash)) {
            for likely in self.by_prompt(now.id, note.prompt_hash)? {
                if self.is_taken(likely.id) {
                    if matches!(who, Who::Prompt) && likely.text_hash == note.text_hash {
                        return Ok(Placed::Duplicate);
                    }
                } else if likely.text_hash == note.text_hash {
                    self.alias(&who, likely.id)?;
                    return self.found_by_prompt(&likely, &now, key, note);
                } else {
                    open.push(likely);
                }
            }
        }
        if !open.is_empty() && self.waiting_bytes < MOST_WAITING {
            self.waiting_bytes += note.size();
            self.waiting.push(Row { who, key, note: note.clone(), now });
            return Ok(Placed::Later);
        }
        if let [one] = open.as_slice() {
            self.alias(&who, one.id)?;
            return self.found_by_prompt(one, &now, key, note);
        }
        if now.was_there && self.deferred.len() < MOST_DEFERRED && self.any_old(now.id)? {
            self.deferred.push(Row { who, key, note: note.clone(), now });
            return Ok(Placed::Later);
        }
        self.insert(&now, who, key, note)
    }

    /// The note that the followed file gave this very text, where the user gave it another one since.
    fn aside(&mut self, body: &str) -> Result<Option<Known>, StoreError> {
        let Some(source) = self.options.source else { return Ok(None) };
        if self.asides.is_none() {
            let mut statement = self
                .writer
                .tx
                .prepare("SELECT upstream, id FROM note WHERE source = ?1 AND upstream IS NOT NULL AND retired = 0")?;
            let rows = statement.query_map([source], |row| Ok((row.get(0)?, row.get(1)?)))?;
            self.asides = Some(rows.collect::<Result<_, _>>()?);
        }
        match self.asides.as_ref().and_then(|asides| asides.get(body)) {
            Some(note) => self.known(*note),
            None => Ok(None),
        }
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

    /// Adds one note without looking for one that it could be an edit of.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add(&mut self, deck: &str, who: Who, key: Option<String>, note: &PackedNote) -> Result<Placed, StoreError> {
        let now = self.next_place(deck)?;
        self.insert(&now, who, key, note)
    }

    /// Whether the deck has a note from before this file: then a row without a match waits.
    fn any_old(&self, deck: i64) -> Result<bool, StoreError> {
        Ok(self
            .writer
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM note WHERE deck = ?1 AND id <= ?2 AND retired = 0)")?
            .query_row((deck, self.last_old_note), |row| row.get(0))?)
    }

    fn by_uid(&self, uid: NoteUid) -> Result<Option<Known>, StoreError> {
        let tx = &self.writer.tx;
        let found = tx.prepare_cached(known!("WHERE n.uid = ?1"))?.query_row([uid.0], Known::of).optional()?;
        if found.is_some() {
            return Ok(found);
        }
        Ok(tx
            .prepare_cached(known!("JOIN alias a ON a.note = n.id WHERE a.uid = ?1"))?
            .query_row([uid.0], Known::of)
            .optional()?)
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
    ) -> Result<Placed, StoreError> {
        let is_same = likely.text_hash == note.text_hash && !likely.retired;
        if is_same && key.is_none() && self.options.source.is_none() {
            self.claimed.add(likely.id);
            self.put_in_place(likely.id, likely.position, deck)?;
            return Ok(Placed::Same);
        }
        match self.known(likely.id)? {
            Some(known) => self.found(&known, deck, key, note),
            None => Err(StoreError::Corrupt(format!("note {} is in an index and not in its table", likely.id))),
        }
    }

    /// Gives a note that is there the place that the file gives it, where that counts.
    fn put_in_place(&mut self, note: i64, old: i64, deck: &DeckNow) -> Result<(), StoreError> {
        if self.options.reposition && deck.position != old {
            self.writer.reposition(note, deck.position)?;
            self.moved.push((note, old, deck.position));
        }
        Ok(())
    }

    fn alias(&mut self, who: &Who, note: i64) -> Result<(), StoreError> {
        if let Who::Uid(uid) = who {
            self.writer.tx.execute("INSERT OR IGNORE INTO alias (uid, note) VALUES (?1, ?2)", (uid.0, note))?;
            self.writer.touched = true;
        }
        Ok(())
    }

    fn insert(
        &mut self,
        deck: &DeckNow,
        who: Who,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<Placed, StoreError> {
        let uid = match who {
            Who::Uid(uid) => uid,
            Who::Prompt => NoteUid((self.fresh_uid)()),
        };
        let topic = self.topic_number(deck.id, note)?;
        let tx = &self.writer.tx;
        tx.prepare_cached(
            "INSERT INTO note (uid, deck, key, body, topic, position, siblings, prompt_hash, text_hash, held_out, \
             created_device, created_action, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(rusqlite::params![
            uid.0,
            deck.id,
            key,
            note.body,
            topic,
            deck.position,
            note.siblings(&deck.name_id, uid),
            note.prompt_hash,
            note.text_hash,
            note.held_out,
            self.writer.device,
            super::columns::i64_of(self.writer.action),
            self.options.source,
        ])?;
        let number = tx.last_insert_rowid();
        let offered = (!note.held_out).then_some(deck.position);
        for &ordinal in &note.ordinals {
            insert_card(tx, number, CardId { note: uid, ordinal }, deck.id, offered)?;
        }
        self.seen.add(deck.id, note.prompt_hash);
        self.writer.touched = true;
        Ok(Placed::Added)
    }

    fn found(
        &mut self,
        known: &Known,
        deck: &DeckNow,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<Placed, StoreError> {
        let &Known { id, text_hash, position, retired, .. } = known;
        if self.is_taken(id) {
            return Ok(if text_hash == note.text_hash { Placed::Duplicate } else { Placed::Contradicts });
        }
        self.claimed.add(id);
        if let Some(source) = self.options.source {
            let changed = self
                .writer
                .tx
                .prepare_cached("UPDATE note SET source = ?2 WHERE id = ?1 AND source IS NOT ?2")?
                .execute((id, source))?;
            self.writer.touched |= changed > 0;
        }
        let place = if self.options.reposition { deck.position } else { position };
        let same_key = key.is_none() || key == known.key;
        // A file that is read again leaves alone what the user moved elsewhere since.
        let wanted = self.options.place_in.is_some() && !self.options.retire_missing;
        let moves = (wanted && known.deck != deck.id).then_some(deck.id);
        if text_hash == note.text_hash && !retired && same_key && moves.is_none() {
            self.put_in_place(id, position, deck)?;
            return Ok(Placed::Same);
        }
        if known.is_stub {
            // The log brought the note before any deck did: this is its first text.
            self.adopt_stub(id, deck, key, note)?;
            return Ok(Placed::Added);
        }
        let topic = self.topic_number(moves.unwrap_or(known.deck), note)?;
        if self.options.origin == DeckOrigin::Builtin && !self.options.by_user && self.writer.edited_by_user(id)? {
            let changed = self
                .writer
                .tx
                .execute("UPDATE note SET upstream = ?2 WHERE id = ?1 AND upstream IS NOT ?2", (id, &note.body))?;
            self.writer.touched |= changed > 0;
            return Ok(if changed > 0 { Placed::Kept } else { Placed::Same });
        }
        if retired && self.options.source.is_some() && self.writer.was_deleted(id)? {
            return Ok(Placed::Kept);
        }
        // The user's own text stays as long as the file says what it said when that was written.
        if !retired
            && self.options.source.is_some()
            && let Some(said) = self.writer.source_said(id)?
        {
            if said == note.body {
                return Ok(Placed::Kept);
            }
            let (mine, ..) = self.writer.shown(id)?;
            self.overruled.push(Overruled { mine, theirs: note.text()? });
        }
        if !same_key {
            self.writer.tx.execute("UPDATE note SET key = ?2 WHERE id = ?1", (id, &key))?;
            let uid = self.writer.uid_of(id)?.to_string();
            self.remember_change("note", serde_json::json!(uid), &known.key, &key)?;
            self.writer.touched = true;
        }
        self.writer.revise(id, note, moves, topic, place, false, self.options.by_user, false)?;
        Ok(if retired && text_hash == note.text_hash { Placed::Restored } else { Placed::Changed })
    }

    fn adopt_stub(
        &mut self,
        id: i64,
        deck: &DeckNow,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<(), StoreError> {
        let topic = self.topic_number(deck.id, note)?;
        let uid = self.writer.uid_of(id)?;
        self.writer.move_note_sums(id, -1)?;
        self.writer.tx.execute(
            "UPDATE note SET deck = ?2, key = ?3, body = ?4, topic = ?5, position = ?6, siblings = ?7, prompt_hash = ?8, \
             text_hash = ?9, held_out = ?10, retired = 0, created_device = ?11, created_action = ?12 WHERE id = ?1",
            rusqlite::params![
                id,
                deck.id,
                key,
                note.body,
                topic,
                deck.position,
                note.siblings(&deck.name_id, uid),
                note.prompt_hash,
                note.text_hash,
                note.held_out,
                self.writer.device,
                super::columns::i64_of(self.writer.action),
            ],
        )?;
        self.writer.tx.execute("UPDATE card SET deck = ?2 WHERE note = ?1", (id, deck.id))?;
        self.writer.touched = true;
        self.writer.fit_cards(id, uid, deck.id, &note.ordinals)?;
        self.writer.move_note_sums(id, 1)
    }

    /// Decides what was left for the end, and retires what vanished where that was asked for.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(mut self) -> Result<Finished, StoreError> {
        let mut placed = Vec::new();
        let mut rest = Vec::new();
        for row in std::mem::take(&mut self.waiting) {
            let mut open = self.by_prompt(row.now.id, row.note.prompt_hash)?;
            open.retain(|likely| !self.is_taken(likely.id));
            match open.as_slice() {
                [one] => {
                    self.alias(&row.who, one.id)?;
                    placed.push(self.found_by_prompt(one, &row.now, row.key, &row.note)?);
                }
                _ => rest.push(row),
            }
        }
        rest.append(&mut self.deferred);
        let mut unclaimed: BTreeMap<i64, Vec<Unclaimed>> = BTreeMap::new();
        let mut pairs = 0;
        for row in rest {
            let deck = row.now.id;
            if let Entry::Vacant(place) = unclaimed.entry(deck) {
                place.insert(self.unclaimed(deck)?);
            }
            let candidates = unclaimed.entry(deck).or_default();
            pairs += candidates.len();
            let matched = if pairs > MOST_PAIRS { None } else { nearest(candidates, &row.note.text()?) };
            let known = match matched {
                Some(note) => {
                    candidates.retain(|candidate| candidate.id != note);
                    self.known(note)?
                }
                None => None,
            };
            placed.push(match known {
                Some(known) => {
                    self.alias(&row.who, known.id)?;
                    self.found(&known, &row.now, row.key, &row.note)?
                }
                None => self.insert(&row.now, row.who, row.key, &row.note)?,
            });
        }
        let mut missing = 0;
        for deck in self.files_decks.clone() {
            if let Some(now) = self.decks.values().find(|now| now.id == deck) {
                self.writer.tx.execute(
                    "UPDATE deck SET last_position = max(last_position, ?2) WHERE id = ?1",
                    (deck, now.position),
                )?;
            }
            for note in self.unclaimed_ids(deck, usize::MAX)? {
                if self.options.retire_missing
                    && (!self.is_from_here(note)? || self.writer.was_put_there(note, deck)?)
                {
                    continue;
                }
                missing += 1;
                if self.options.retire_missing {
                    let (text, topic, position) = self.writer.shown(note)?;
                    self.writer.new_version(note, &text, topic, position, true, self.options.by_user)?;
                }
            }
        }
        let side =
            |of: fn(&(i64, i64, i64)) -> i64| self.moved.iter().map(|note| (note.0, of(note))).collect::<Vec<_>>();
        let (old, new) = (side(|note| note.1), side(|note| note.2));
        self.remember_change("order", serde_json::Value::Bool(true), &old, &new)?;
        // All cards of the file may lie elsewhere: then nothing needs the deck that was made for them.
        for deck in self.decks.values().filter(|deck| !deck.was_there) {
            if !self.any_rows {
                self.writer.touched = true;
                continue;
            }
            let empty = "WHERE deck = ?1 AND NOT EXISTS (SELECT 1 FROM note n WHERE n.deck = ?1)";
            self.writer.tx.execute(&format!("DELETE FROM topic {empty}"), [deck.id])?;
            let empty = "WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM note n WHERE n.deck = ?1)";
            self.writer.tx.execute(&format!("DELETE FROM deck {empty}"), [deck.id])?;
        }
        Ok(Finished { late: placed, missing, overruled: self.overruled })
    }

    fn known(&self, note: i64) -> Result<Option<Known>, StoreError> {
        Ok(self.writer.tx.prepare_cached(known!("WHERE n.id = ?1"))?.query_row([note], Known::of).optional()?)
    }

    /// Whether a note came from the file that is taken in: a followed file retires its own notes only, and the program
    /// those that it brought, not what a person put into the same deck.
    fn is_from_here(&self, note: i64) -> Result<bool, StoreError> {
        let tx = &self.writer.tx;
        Ok(match self.options.source {
            Some(source) => tx
                .prepare_cached("SELECT source IS ?2 FROM note WHERE id = ?1")?
                .query_row((note, source), |row| row.get(0))?,
            None => tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM note n JOIN action a ON a.device = n.created_device \
                     AND a.number = n.created_action WHERE n.id = ?1 AND a.kind = 'builtin') \
                     OR (SELECT created_device = ?2 AND created_action = ?3 FROM note WHERE id = ?1)",
                )?
                .query_row((note, self.writer.device, super::columns::i64_of(self.writer.action)), |row| row.get(0))?,
        })
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
            let (text, _, _) = self.writer.shown(id)?;
            notes.push(Unclaimed { id, prompt: fold(&text.prompt(1)), answer: fold(&text.answer(1)), kind: text.kind });
        }
        Ok(notes)
    }
}

/// The one unclaimed note whose prompt is nearly the row's, with the same answer.
fn nearest(candidates: &[Unclaimed], text: &NoteText) -> Option<i64> {
    let (prompt, answer) = (fold(&text.prompt(1)), fold(&text.answer(1)));
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

fn insert_card(
    db: &Connection,
    note: i64,
    card: CardId,
    deck: i64,
    new_position: Option<i64>,
) -> Result<(), StoreError> {
    // 63 bits, so that SQLite's signed order is the order of the hash.
    let shuffle = i64::try_from(mix(card.hash()) >> 1).unwrap_or(0);
    db.prepare_cached("INSERT INTO card (note, ordinal, deck, shuffle, new_position) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((note, card.ordinal, deck, shuffle, new_position))?;
    Ok(())
}

impl Writer<'_> {
    fn uid_of(&self, note: i64) -> Result<NoteUid, StoreError> {
        Ok(NoteUid(self.tx.prepare_cached("SELECT uid FROM note WHERE id = ?1")?.query_row([note], |row| row.get(0))?))
    }

    pub(super) fn shown(&self, note: i64) -> Result<(NoteText, Option<i64>, i64), StoreError> {
        let (body, topic, position): (String, _, _) = self
            .tx
            .prepare_cached("SELECT body, topic, position FROM note WHERE id = ?1")?
            .query_row([note], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok((text_of(&body)?, topic, position))
    }

    fn edited_by_user(&self, note: i64) -> Result<bool, StoreError> {
        let reader = Reader::new(&self.tx)?;
        let voided = voided(&self.tx, &reader)?;
        Ok(newest_version(&self.tx, &reader, &voided, note)?.is_some_and(|version| version.counts && version.by_user))
    }

    /// Whether the user added the note, or moved it into the deck: it never was in the deck's file, and stays.
    fn was_put_there(&self, note: i64, deck: i64) -> Result<bool, StoreError> {
        Ok(self
            .tx
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM note n JOIN action a ON a.device = n.created_device \
                 AND a.number = n.created_action WHERE n.id = ?1 AND a.kind = 'add') \
                 OR EXISTS (SELECT 1 FROM note_version v JOIN action a ON a.device = v.device AND a.number = v.action \
                 WHERE v.note = ?1 AND v.deck = ?2 AND a.kind = 'move')",
            )?
            .query_row((note, deck), |row| row.get(0))?)
    }

    /// The text that the note's source gave last, where the shown one is the user's own.
    fn source_said(&self, note: i64) -> Result<Option<String>, StoreError> {
        let mut statement = self.tx.prepare_cached("SELECT upstream FROM note WHERE id = ?1")?;
        Ok(statement.query_row([note], |row| row.get(0))?)
    }

    /// Whether the user deleted the note: a followed file that still has it does not bring it back.
    fn was_deleted(&self, note: i64) -> Result<bool, StoreError> {
        let reader = Reader::new(&self.tx)?;
        let voided = voided(&self.tx, &reader)?;
        let mut statement = self.tx.prepare_cached(
            "SELECT v.device, v.action, a.kind FROM note_version v LEFT JOIN action a ON a.device = v.device \
             AND a.number = v.action WHERE v.note = ?1 ORDER BY v.hlc DESC, v.device DESC",
        )?;
        let mut rows = statement.query([note])?;
        while let Some(row) = rows.next()? {
            let number = super::columns::u64_of(row.get(1)?);
            let is_void = reader
                .device(row.get(0)?)
                .is_some_and(|device| voided.contains(crate::core::id::ActionId { device, number }));
            if !is_void {
                return Ok(row.get::<_, Option<String>>(2)?.as_deref() == Some("delete"));
            }
        }
        Ok(false)
    }

    /// The head of a deck: name, title, description, language, licence, version.
    fn head_of(&self, deck: i64) -> Result<[Option<String>; 6], StoreError> {
        Ok(self
            .tx
            .prepare_cached("SELECT name, title, description, language, license, version FROM deck WHERE id = ?1")?
            .query_row([deck], |row| {
                Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])
            })?)
    }

    /// Title, primer and line to do of a topic.
    fn topic_of(&self, deck: i64, id: &str) -> Result<Option<[Option<String>; 3]>, StoreError> {
        Ok(self
            .tx
            .prepare_cached("SELECT title, primer, try_line FROM topic WHERE deck = ?1 AND name_id = ?2")?
            .query_row((deck, id), |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
            .optional()?)
    }

    /// Puts one side of a change back that [`Bulk::remember_change`] noted; one of another kind is left alone.
    pub(super) fn put_back(&mut self, change: &serde_json::Value, side: &str) -> Result<(), StoreError> {
        let read = |what: &str, value: Option<&serde_json::Value>| -> Result<Vec<Option<String>>, StoreError> {
            let parts = value.cloned().unwrap_or_default();
            serde_json::from_value(parts)
                .map_err(|error| StoreError::Corrupt(format!("the change of a {what}: {error}")))
        };
        if let Some(deck) = change.get("head").and_then(|deck| deck.as_str()) {
            let head = read("deck", change.get(side))?;
            self.tx.execute(
                "UPDATE deck SET name = ?2, title = ?3, description = ?4, language = ?5, license = ?6, version = ?7 \
                 WHERE name_id = ?1",
                rusqlite::params_from_iter(std::iter::once(Some(deck.to_owned())).chain(head)),
            )?;
        }
        if let Some(topic) = change.get("topic") {
            let names = read("topic", Some(topic))?;
            let texts = read("topic", change.get(side))?;
            self.tx.execute(
                "UPDATE topic SET title = ?3, primer = ?4, try_line = ?5 \
                 WHERE deck = (SELECT id FROM deck WHERE name_id = ?1) AND name_id = ?2",
                rusqlite::params_from_iter(names.into_iter().chain(texts)),
            )?;
        }
        if change.get("order").is_some() {
            let places: Vec<(i64, i64)> = serde_json::from_value(change.get(side).cloned().unwrap_or_default())
                .map_err(|error| StoreError::Corrupt(format!("the change of an order: {error}")))?;
            for (note, place) in places {
                self.reposition(note, place)?;
            }
        }
        Ok(())
    }

    fn reposition(&mut self, note: i64, position: i64) -> Result<(), StoreError> {
        self.tx.prepare_cached("UPDATE note SET position = ?2 WHERE id = ?1")?.execute((note, position))?;
        self.tx
            .prepare_cached("UPDATE card SET new_position = ?2 WHERE note = ?1 AND new_position IS NOT NULL")?
            .execute((note, position))?;
        self.touched = true;
        Ok(())
    }

    /// Appends a version of a note and shows it. The first version of all is kept when the second one comes.
    pub(super) fn new_version(
        &mut self,
        note: i64,
        text: &NoteText,
        topic: Option<i64>,
        position: i64,
        retired: bool,
        by_user: bool,
    ) -> Result<(), StoreError> {
        self.revise(note, &PackedNote::of(text)?, None, topic, position, retired, by_user, false)
    }

    /// The same, with the deck that the note goes to; it stays where it is where there is none.
    #[expect(clippy::too_many_arguments, reason = "the columns of a version")]
    pub(super) fn revise(
        &mut self,
        note: i64,
        packed: &PackedNote,
        deck: Option<i64>,
        topic: Option<i64>,
        position: i64,
        retired: bool,
        by_user: bool,
        aside: bool,
    ) -> Result<(), StoreError> {
        let first: bool = self
            .tx
            .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM note_version WHERE note = ?1)")?
            .query_row([note], |row| row.get(0))?;
        if first {
            self.tx
                .prepare_cached(
                    "INSERT INTO note_version (note, hlc, device, action, body, deck, topic, position, retired, by_user, upstream) \
                     SELECT n.id, coalesce(a.hlc, 0), n.created_device, n.created_action, n.body, n.deck, n.topic, n.position, 0, \
                     0, n.upstream FROM note n LEFT JOIN action a ON a.device = n.created_device AND a.number = n.created_action \
                     WHERE n.id = ?1",
                )?
                .execute([note])?;
        }
        let hlc = self.tick();
        // A built-in note that was moved elsewhere still is one: the deck of its first version tells.
        let (old_deck, builtin, shown, upstream): (i64, bool, String, Option<String>) = self
            .tx
            .prepare_cached(
                "SELECT n.deck, (SELECT k.origin = 'builtin' FROM note_version v JOIN deck k ON k.id = v.deck \
                 WHERE v.note = n.id ORDER BY v.hlc LIMIT 1), n.body, n.upstream FROM note n WHERE n.id = ?1",
            )?
            .query_row([note], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let deck = deck.unwrap_or(old_deck);
        let keeps = aside || (builtin && by_user);
        let upstream = if keeps { upstream.or(Some(shown)).filter(|text| *text != packed.body) } else { None };
        self.tx
            .prepare_cached(
                "INSERT INTO note_version (note, hlc, device, action, body, deck, topic, position, retired, by_user, upstream) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(rusqlite::params![
                note,
                hlc.0,
                self.device,
                super::columns::i64_of(self.action),
                packed.body,
                deck,
                topic,
                position,
                retired,
                by_user,
                upstream,
            ])?;
        self.touched = true;
        self.show(note, packed, deck, topic, position, retired, upstream.as_deref())
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of a version, with the text and its hashes")]
    fn show(
        &mut self,
        note: i64,
        packed: &PackedNote,
        deck: i64,
        topic: Option<i64>,
        position: i64,
        retired: bool,
        upstream: Option<&str>,
    ) -> Result<(), StoreError> {
        let (uid, old_deck, old_topic, deck_id, is_offered_alike): (_, i64, Option<i64>, String, bool) = self
            .tx
            .prepare_cached(
                "SELECT n.uid, n.deck, n.topic, k.name_id, n.deck = ?2 AND n.position = ?3 AND n.retired = ?4 \
                 AND n.held_out = ?5 FROM note n JOIN deck k ON k.id = ?2 WHERE n.id = ?1",
            )?
            .query_row((note, deck, position, retired, packed.held_out), |row| {
                Ok((NoteUid(row.get(0)?), row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
        let moves = topic != old_topic || deck != old_deck;
        if moves {
            self.move_note_sums(note, -1)?;
        }
        if deck != old_deck {
            self.tx.prepare_cached("UPDATE note SET deck = ?2 WHERE id = ?1")?.execute((note, deck))?;
            self.tx.prepare_cached("UPDATE card SET deck = ?2 WHERE note = ?1")?.execute((note, deck))?;
        }
        self.tx
            .prepare_cached(
                "UPDATE note SET body = ?2, topic = ?3, position = ?4, siblings = ?5, prompt_hash = ?6, text_hash = ?7, \
                 held_out = ?8, retired = ?9, upstream = ?10 WHERE id = ?1",
            )?
            .execute(rusqlite::params![
                note,
                packed.body,
                topic,
                position,
                packed.siblings(&deck_id, uid),
                packed.prompt_hash,
                packed.text_hash,
                packed.held_out,
                retired,
                upstream,
            ])?;
        if !is_offered_alike || self.ordinals_of(note)? != packed.ordinals {
            self.fit_cards(note, uid, deck, &packed.ordinals)?;
        }
        if moves {
            self.move_note_sums(note, 1)?;
        }
        Ok(())
    }

    /// The cards of a note that are not retired, in their order.
    fn ordinals_of(&self, note: i64) -> Result<Vec<u16>, StoreError> {
        let mut statement =
            self.tx.prepare_cached("SELECT ordinal FROM card WHERE note = ?1 AND retired = 0 ORDER BY ordinal")?;
        let rows = statement.query_map([note], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Makes the cards of a note those that its text asks for: new ones added, vanished ones retired, never deleted.
    fn fit_cards(&mut self, note: i64, uid: NoteUid, deck: i64, wanted: &[u16]) -> Result<(), StoreError> {
        let there: Vec<u16> = {
            let mut statement = self.tx.prepare_cached("SELECT ordinal FROM card WHERE note = ?1")?;
            statement.query_map([note], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for ordinal in wanted {
            if !there.contains(ordinal) {
                insert_card(&self.tx, note, CardId { note: uid, ordinal: *ordinal }, deck, None)?;
            }
        }
        for ordinal in there.iter().chain(wanted).collect::<BTreeSet<_>>() {
            self.tx
                .prepare_cached("UPDATE card SET retired = ?3 WHERE note = ?1 AND ordinal = ?2 AND retired <> ?3")?
                .execute((note, ordinal, !wanted.contains(ordinal)))?;
            self.offer(CardId { note: uid, ordinal: *ordinal })?;
        }
        Ok(())
    }

    /// Brings up to date whether a card is offered, after its note changed.
    fn offer(&mut self, card: CardId) -> Result<(), StoreError> {
        let Some(row) = CardRow::find(&self.tx, card)? else { return Ok(()) };
        let offered = row.askable && !row.state.suspended;
        let new_position = (row.state.memory.is_none() && offered).then_some(row.position);
        self.tx
            .prepare_cached("UPDATE card SET new_position = ?2 WHERE id = ?1 AND new_position IS NOT ?2")?
            .execute((row.id, new_position))?;
        self.tx
            .prepare_cached("UPDATE card_state SET offered = ?2, deck = ?3 WHERE card = ?1")?
            .execute((row.id, offered, row.deck))?;
        Ok(())
    }

    fn cards_of(&self, note: i64) -> Result<Vec<CardId>, StoreError> {
        let uid = self.uid_of(note)?;
        let mut statement = self.tx.prepare_cached("SELECT ordinal FROM card WHERE note = ?1 ORDER BY ordinal")?;
        let rows = statement.query_map([note], |row| Ok(CardId { note: uid, ordinal: row.get(0)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes a note's answers out of the sums before its topic or deck changes (`sign` −1), and puts them back after.
    fn move_note_sums(&mut self, note: i64, sign: i64) -> Result<(), StoreError> {
        let reader = Reader::new(&self.tx)?;
        let voided = voided(&self.tx, &reader)?;
        for card in self.cards_of(note)? {
            self.move_sums(&reader, card, &voided, sign)?;
        }
        Ok(())
    }

    /// Shows of a note what counts, after an action that made or changed it was undone or redone.
    ///
    /// A note that was made by an undone action is retired, unless one of its cards has an answer: then it is kept,
    /// and named in the result.
    pub(super) fn show_newest(
        &mut self,
        reader: &Reader,
        voided: &Voided,
        note: i64,
    ) -> Result<Option<String>, StoreError> {
        let version = newest_version(&self.tx, reader, voided, note)?;
        let (device, action, name_id, key, deck): (i64, i64, String, Option<String>, i64) = self.tx.query_row(
            "SELECT n.created_device, n.created_action, k.name_id, n.key, k.id FROM note n JOIN deck k ON k.id = n.deck \
             WHERE n.id = ?1",
            [note],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
        )?;
        let made_by = reader
            .device(device)
            .map(|device| crate::core::id::ActionId { device, number: super::columns::u64_of(action) });
        let unmade = made_by.is_some_and(|action| voided.contains(action));
        let answered: bool = self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM card c JOIN card_state s ON s.card = c.id WHERE c.note = ?1 AND s.answers > 0)",
            [note],
            |row| row.get(0),
        )?;
        let unmade = version.as_ref().map_or(unmade, |version| !version.counts);
        match version {
            Some(version) => {
                let retired = if unmade { !answered } else { version.retired };
                let packed = PackedNote::of(&text_of(&version.body)?)?;
                let upstream = version.upstream.as_deref();
                self.show(note, &packed, version.deck, version.topic, version.position, retired, upstream)?;
            }
            None => {
                let (text, topic, position) = self.shown(note)?;
                self.show(note, &PackedNote::of(&text)?, deck, topic, position, unmade && !answered, None)?;
            }
        }
        if unmade && answered {
            let uid = self.uid_of(note)?;
            return Ok(Some(super::cards::name_of(&name_id, key, CardId { note: uid, ordinal: 1 })));
        }
        Ok(None)
    }

    /// Whether the deck has a note with this very text.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_text(&self, deck: &str, text: &NoteText) -> Result<bool, StoreError> {
        let packed = PackedNote::of(text)?;
        Ok(self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM note n JOIN deck k ON k.id = n.deck WHERE k.name_id = ?1 AND n.prompt_hash = ?2 \
             AND n.text_hash = ?3 AND n.retired = 0)",
            (deck, packed.prompt_hash, packed.text_hash),
            |row| row.get(0),
        )?)
    }

    /// Ids of the built-in decks, each with the uids that it has: what another file may not add to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_uids(&self) -> Result<Vec<(String, BTreeSet<NoteUid>)>, StoreError> {
        let mut statement = self.tx.prepare(
            "SELECT k.name_id, n.uid FROM deck k JOIN note n ON n.deck = k.id WHERE k.origin = 'builtin' ORDER BY k.id",
        )?;
        let mut rows = statement.query([])?;
        let mut decks: Vec<(String, BTreeSet<NoteUid>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            if decks.last().is_none_or(|(last, _)| *last != id) {
                decks.push((id, BTreeSet::new()));
            }
            if let Some((_, uids)) = decks.last_mut() {
                uids.insert(NoteUid(row.get(1)?));
            }
        }
        Ok(decks)
    }

    /// Remembers a file or folder that is followed live.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn follow(&mut self, file: &SourceFile) -> Result<i64, StoreError> {
        self.touched = true;
        // It counts as followed as long as the action that began it does: not after that was undone.
        let begins = file.id == 0;
        Ok(self.tx.query_row(
            "INSERT INTO source (path, folder, is_folder, options, size, mtime_ms, hash, device, action) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (path) DO UPDATE SET folder = excluded.folder, \
             is_folder = excluded.is_folder, options = excluded.options, size = excluded.size, \
             mtime_ms = excluded.mtime_ms, hash = excluded.hash, device = iif(?10, excluded.device, device), \
             action = iif(?10, excluded.action, action) RETURNING id",
            rusqlite::params![
                file.path,
                file.folder,
                file.is_folder,
                file.options,
                file.size,
                file.mtime_ms,
                file.hash,
                self.device,
                super::columns::i64_of(self.action),
                begins,
            ],
            |row| row.get(0),
        )?)
    }
}

struct Version {
    body: String,
    deck: i64,
    topic: Option<i64>,
    position: i64,
    retired: bool,
    by_user: bool,
    upstream: Option<String>,
    /// False for the last resort: the first text of all, where every action that gave one was undone.
    counts: bool,
}

/// The newest version of a note whose action counts. The first text is among the versions once there is a second, and
/// stays shown as the last resort even where the action that brought it was undone.
fn newest_version(db: &Connection, reader: &Reader, voided: &Voided, note: i64) -> Result<Option<Version>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT device, action, body, topic, position, retired, by_user, upstream, deck FROM note_version WHERE note = ?1 \
         ORDER BY hlc DESC, device DESC",
    )?;
    let mut rows = statement.query([note])?;
    let mut oldest = None;
    while let Some(row) = rows.next()? {
        let version = Version {
            body: row.get(2)?,
            topic: row.get(3)?,
            position: row.get(4)?,
            retired: row.get(5)?,
            by_user: row.get(6)?,
            upstream: row.get(7)?,
            deck: row.get(8)?,
            counts: false,
        };
        let number = super::columns::u64_of(row.get(1)?);
        let counts = reader
            .device(row.get(0)?)
            .is_none_or(|device| !voided.contains(crate::core::id::ActionId { device, number }));
        if counts {
            return Ok(Some(Version { counts, ..version }));
        }
        oldest = Some(version);
    }
    Ok(oldest)
}

impl Store {
    /// Everything that a session needs to ask the card; `None` where it is not there, retired, suspended or buried.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn load(&self, card: CardId) -> Result<Option<Loaded>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT c.id, n.body, k.name, k.name_id, n.key, t.id, t.title, t.primer, t.try_line, {STATE_COLUMNS}, {LAST_COLUMNS} \
             FROM note n JOIN card c ON c.note = n.id AND c.ordinal = ?2 JOIN deck k ON k.id = c.deck \
             LEFT JOIN topic t ON t.id = n.topic LEFT JOIN card_state s ON s.card = c.id \
             WHERE n.uid = ?1 AND n.retired = 0 AND c.retired = 0"
        ))?;
        let found = statement
            .query_row((card.note.0, card.ordinal), |row| {
                let topic: Option<(i64, Rc<TopicLine>)> = match row.get::<_, Option<i64>>(5)? {
                    Some(id) => Some((
                        id,
                        Rc::new(TopicLine { title: row.get(6)?, primer: row.get(7)?, try_line: row.get(8)? }),
                    )),
                    None => None,
                };
                let name = super::cards::name_of(&row.get::<_, String>(3)?, row.get(4)?, card);
                let row_id: i64 = row.get(0)?;
                Ok((row_id, row.get::<_, String>(1)?, row.get::<_, String>(2)?, name, topic, whole_state_of(row, 9)?))
            })
            .optional()?;
        let Some((row, body, deck, name, topic, state)) = found else { return Ok(None) };
        let text = text_of(&body)?;
        let name =
            if text.ordinals().len() > 1 && name.contains('/') { format!("{name}#{}", card.ordinal) } else { name };
        let primer_first = match &topic {
            Some((id, line)) if state.memory.is_none() && line.primer.is_some() => {
                let seen: bool = self
                    .db
                    .prepare_cached(
                        "SELECT EXISTS (SELECT 1 FROM topic t JOIN topic_sum s ON s.deck = t.deck AND s.topic = t.id \
                         WHERE t.id = ?1 AND s.answers > 0)",
                    )?
                    .query_row([id], |row| row.get(0))?;
                !seen
            }
            _ => false,
        };
        Ok(Some(Loaded {
            card,
            variant: self.variant(row, text.variants())?,
            state,
            text,
            deck,
            name,
            topic: topic.map(|(_, line)| line),
            primer_first,
        }))
    }

    /// Which of `variants` phrasings of a card was shown least recently: one never shown, the first of them.
    fn variant(&self, card: i64, variants: usize) -> Result<usize, StoreError> {
        if variants < 2 {
            return Ok(0);
        }
        let mut statement = self.db.prepare_cached(
            "SELECT d.variant, max(e.hlc) FROM event e JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence \
             WHERE e.card = ?1 AND d.variant IS NOT NULL GROUP BY d.variant",
        )?;
        let rows = statement.query_map([card], |row| Ok((u32_of(row.get(0)?), row.get::<_, i64>(1)?)))?;
        let shown: BTreeMap<u32, i64> = rows.collect::<Result<_, _>>()?;
        let variants = u32::try_from(variants).unwrap_or(u32::MAX);
        let least = (0..variants).min_by_key(|variant| (shown.get(variant).copied().unwrap_or(0), *variant));
        Ok(least.and_then(|variant| usize::try_from(variant).ok()).unwrap_or(0))
    }

    /// The files and folders that are followed live, and those that were until the step that began it was undone.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn sources(&self) -> Result<Vec<SourceFile>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, path, folder, is_folder, options, size, mtime_ms, hash, device, action FROM source ORDER BY id",
        )?;
        if !statement.exists([])? {
            return Ok(Vec::new());
        }
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let rows = statement.query_map([], |row| {
            let number = super::columns::u64_of(row.get(9)?);
            let began = reader.device(row.get(8)?).map(|device| crate::core::id::ActionId { device, number });
            Ok(SourceFile {
                followed: began.is_none_or(|action| !voided.contains(action)),
                id: row.get(0)?,
                path: row.get(1)?,
                folder: row.get(2)?,
                is_folder: row.get(3)?,
                options: row.get(4)?,
                size: row.get(5)?,
                mtime_ms: row.get(6)?,
                hash: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes whose shown text is the user's, with the text that the program or their followed file brings.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn edited(&self) -> Result<Vec<Edited>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT k.name_id, n.key, n.uid, n.upstream, n.body FROM note n JOIN deck k ON k.id = n.deck \
             WHERE n.upstream IS NOT NULL AND n.retired = 0 ORDER BY k.id, n.position",
        )?;
        let mut rows = statement.query([])?;
        let mut edited = Vec::new();
        while let Some(row) = rows.next()? {
            let card = CardId { note: NoteUid(row.get(2)?), ordinal: 1 };
            edited.push(Edited {
                name: super::cards::name_of(&row.get::<_, String>(0)?, row.get(1)?, card),
                upstream: text_of(&row.get::<_, String>(3)?)?,
                shown: text_of(&row.get::<_, String>(4)?)?,
            });
        }
        Ok(edited)
    }
}
