//! Notes: their texts as the database keeps them, and as a session needs them.

use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::id::quick64;
use crate::core::log::TextRecord;
use crate::core::log::text_hash;
use crate::core::own_words::OwnWords;
use crate::core::replay::replay_needed;
use crate::core::replay::seen_by;
use crate::core::session::current::Loaded;
use crate::core::session::current::TopicLine;
use crate::store::Fault;
use crate::store::LastAnswer;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::behind::Caches;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::hash_bits;
use crate::store::columns::ordinals_of;
use crate::store::columns::tag_number;
use crate::store::columns::u32_of;
use crate::store::columns::weights_of;
use crate::store::columns::words;
use crate::store::facts::Salts;
use crate::store::naming::with_ordinal;
use crate::store::review_log::events_of;
use crate::store::review_log::whole_state_of;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What stands in the place of a text that was erased, and of one that is damaged.
const ERASED: &str = "[erased]";
const UNREADABLE: &str = "[unreadable]";

/// Bytes that most notes find room in.
const ROOM: usize = 384;

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

/// A note's text as the database keeps it, with what it is matched and filed by. It is made without the database, so
/// that the thread that reads a file can do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedNote {
    pub(super) body: String,
    pub(super) prompt_hash: i64,
    pub(super) text_hash: i64,
    pub(super) topic: Option<String>,
    /// What stands for its first tag, by which it is counted where it has no topic.
    pub(super) tag: Option<i64>,
    pub(super) group: Option<String>,
    pub(super) held_out: bool,
    pub(super) ordinals: Vec<u16>,
    /// What of the note its source has a place for.
    pub(super) said: Said,
    /// Salt and hash of the text record, made where the note was packed for good.
    pub(super) seal: Option<(i64, [u8; 16])>,
}

/// What a source means that has no place for some parts of a note.
pub(super) enum Completed {
    /// Just what it says.
    Same,
    /// That with what it said before.
    Other(Box<PackedNote>),
    /// What is no card of its kind.
    Unfit,
}

/// What the texts of notes that wait for others have in their JSON, and hardly any other.
pub(super) const WAITS: &str = "\"after\":[";

impl PackedNote {
    /// Whether the note waits for others, as far as can be told without parsing it.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.body.contains(WAITS)
    }

    /// Packs a text.
    ///
    /// # Errors
    /// When it can't be written as JSON.
    pub fn of(text: &NoteText) -> Result<Self, Fault> {
        let unwritable = |error: &dyn std::fmt::Display| Fault::Corrupt(error.to_string());
        // Room for most notes at once: growing it would cost as much as writing it.
        let mut body = Vec::with_capacity(ROOM);
        serde_json::to_writer(&mut body, text).map_err(|error| unwritable(&error))?;
        let body = String::from_utf8(body).map_err(|error| unwritable(&error))?;
        let first = kind(&text.kind).and_then(|kind| kind.fields().first()).map_or("", |field| text.text(field.name));
        let prompt_hash = quick64(crate::core::compare::identity::identity(first).as_bytes());
        Ok(Self {
            prompt_hash: hash_bits(prompt_hash),
            text_hash: hash_bits(quick64(body.as_bytes())),
            body,
            topic: text.topic.clone(),
            tag: text.tags.first().map(|tag| tag_number(tag)),
            group: text.group.clone(),
            held_out: text.held_out,
            ordinals: text.ordinals(),
            said: Said::ALL,
            seal: None,
        })
    }

    /// The same from a source that has a place for these parts only.
    #[must_use]
    pub fn saying(self, said: Said) -> Self {
        Self { said, ..self }
    }

    /// Whether its source has a place for everything.
    pub(super) fn says_all(&self) -> bool {
        self.said == Said::ALL
    }

    /// What its source means if it said `before` last.
    pub(super) fn completed(&self, before: &NoteText) -> Result<Completed, Fault> {
        // Most notes are question and answer, which need no look at the row.
        if self.says_all() || before.is_said_with(self.said) {
            return Ok(Completed::Same);
        }
        let text = self.text()?.completed(self.said, before);
        let completed = Self::of(&text)?;
        Ok(if completed.text_hash == self.text_hash {
            Completed::Same
        } else if text.is_whole() {
            Completed::Other(Box::new(completed))
        } else {
            Completed::Unfit
        })
    }

    /// The same with its key in it and its text record's hash made, so that nothing is left to do but to write it.
    ///
    /// # Errors
    /// When the key can't be written as JSON.
    pub fn sealed(mut self, key: Option<&str>, salts: &Salts) -> Result<Self, Fault> {
        if key.is_some() {
            self.body = with_key(&self.body, key)?;
        }
        let salt = salts.next();
        self.seal = Some((salt, text_hash(salt, &self.body)));
        Ok(self)
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
    pub fn text(&self) -> Result<NoteText, Fault> {
        text_of(&self.body, None)
    }

    /// The hash of its sibling group; `None` where it has none but its own.
    pub(super) fn siblings(&self, deck_id: &str) -> Option<i64> {
        sibling_group(self.group.as_deref(), deck_id)
    }

    /// The text record of a note with that key.
    pub(super) fn record(&self, key: Option<&str>, salt: i64) -> Result<TextRecord, Fault> {
        match self.seal {
            // A row without a key is sealed without the one that its note has already.
            Some((salt, hash)) if key.is_none() || has_key(&self.body) => {
                Ok(TextRecord { salt: Some(salt), hash, body: Some(self.body.clone()) })
            }
            _ => Ok(TextRecord::new(salt, with_key(&self.body, key)?)),
        }
    }
}

/// The hash that stands for a note's own sibling group.
pub(super) fn own_siblings(uid: [u8; 16]) -> i64 {
    hash_bits(quick64(&uid))
}

/// The hash of a sibling group of a deck; `None` where a note names none.
pub(super) fn sibling_group(group: Option<&str>, deck_id: &str) -> Option<i64> {
    group.map(|group| hash_bits(quick64(format!("group:{deck_id}/{group}").as_bytes())))
}

/// A body with the note's key in it, where there is one: the first field of its JSON.
fn with_key(body: &str, key: Option<&str>) -> Result<String, Fault> {
    match (key, body.strip_prefix('{')) {
        (Some(key), Some(rest)) => {
            let key = serde_json::to_string(key).map_err(|error| Fault::Corrupt(error.to_string()))?;
            Ok(format!("{{\"key\":{key},{rest}"))
        }
        (None, _) | (_, None) => Ok(body.to_owned()),
    }
}

/// Whether a body has a key in it.
fn has_key(body: &str) -> bool {
    body.starts_with("{\"key\":")
}

/// The key that a body has in it.
pub(super) fn key_of(body: &str) -> Result<Option<String>, Fault> {
    #[derive(Deserialize)]
    struct Key {
        #[serde(default)]
        key: Option<String>,
    }
    if !has_key(body) {
        return Ok(None);
    }
    serde_json::from_str::<Key>(body)
        .map(|found| found.key)
        .map_err(|error| Fault::Corrupt(format!("a note's text can't be read: {error}")))
}

/// Reads a note's body; `tags` takes the place of the tags in it. A body that can't be read is the database's fault, not
/// the deck's.
pub(super) fn text_of(body: &str, tags: Option<&str>) -> Result<NoteText, Fault> {
    let unreadable = |error| Fault::Corrupt(format!("a note's text can't be read: {error}"));
    let text: NoteText = serde_json::from_str(body).map_err(unreadable)?;
    Ok(match tags {
        Some(tags) => NoteText { tags: serde_json::from_str(tags).map_err(unreadable)?, ..text },
        None => text,
    })
}

/// In SQL, the words of a note's source where its own text is shown; nothing where the source's is shown itself.
pub(super) const SOURCE_BESIDE_OWN: &str =
    "CASE WHEN n.own IS NOT NULL THEN (SELECT s.body FROM text s WHERE s.id = n.source) END";

/// A note's own text with what its source alone says, whose words these are: which notes it waits for, and whether it is kept
/// for check-ups.
pub(super) fn following(own: NoteText, source: Option<&str>) -> NoteText {
    match source.and_then(|body| text_of(body, None).ok()) {
        Some(source) => NoteText { after: source.after, held_out: source.held_out, ..own },
        None => own,
    }
}

/// [`text_of`] for a text that may have been erased. One damaged note must not keep all others from being seen: something stands
/// in its place too.
pub(super) fn shown_text(body: Option<&str>, tags: Option<&str>) -> NoteText {
    // Of what kind it was only the words told.
    let instead = |kind: &str, words: &str| NoteText {
        kind: kind.to_owned(),
        fields: [("front".to_owned(), Value::Text(words.to_owned()))].into(),
        ..NoteText::default()
    };
    match body {
        Some(body) => text_of(body, tags).unwrap_or_else(|_| instead("unreadable", UNREADABLE)),
        None => instead("erased", ERASED),
    }
}

/// A card that was loaded while the one before it was on the screen.
#[derive(Debug)]
pub struct Ahead {
    loaded: Loaded,
    data_version: i64,
    writes: u64,
}

impl Store {
    /// Loads a card that is likely to be the next one, while the learner reads.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn load_ahead(&self, card: CardId) -> Result<Option<Ahead>, StoreError> {
        self.attempt(|| {
            let data_version = super::changes_by_others(&self.db)?;
            Ok(self.load(card)?.map(|loaded| Ahead { loaded, data_version, writes: self.writes }))
        })
    }

    /// Whether nothing was written since the card was loaded.
    #[must_use]
    pub fn is_fresh(&self, ahead: &Ahead) -> bool {
        self.was_written_since(ahead, 0)
    }

    /// The card that was loaded ahead, just after the answer to the one before it. `None` where it is another card, or
    /// anything else was written since; a primer's turn may have come by the answer.
    #[must_use]
    pub fn loaded_ahead(&self, ahead: Ahead, card: CardId) -> Option<Loaded> {
        let is_all_the_same = self.was_written_since(&ahead, 1);
        Some(ahead.loaded).filter(|loaded| is_all_the_same && loaded.card == card && !loaded.primer_first)
    }

    /// Whether so many actions were written since by this program, and none by others.
    fn was_written_since(&self, ahead: &Ahead, times: u64) -> bool {
        self.caches_known_at.get() == Some(ahead.data_version) && self.writes == ahead.writes + times
    }

    /// How many notes could not be asked because their texts are damaged.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out.borrow().len()
    }

    /// Everything that a session needs to ask the card; `None` where it is not there, retired, erased or damaged.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn load(&self, card: CardId) -> Result<Option<Loaded>, StoreError> {
        self.attempt(|| {
            // A session has no time for the caches of what it answered itself.
            let (_snapshot, mark) = self.snapshot_if(|caches| caches != Caches::Unknown)?;
            self.load_at(card, mark)
        })
    }

    /// The same, and what [`newest_own_answer`](Self::newest_own_answer) gives, in one look at the database.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn load_to_answer(&self, card: CardId) -> Result<(Option<Loaded>, Option<LastAnswer>), StoreError> {
        self.attempt(|| {
            let (_snapshot, mark) = self.snapshot_if(|caches| caches != Caches::Unknown)?;
            Ok((self.load_at(card, mark)?, self.newest_own_answer_at(mark)?))
        })
    }

    /// Loads a card within a snapshot, whose mark of changes by others is given.
    fn load_at(&self, card: CardId, mark: i64) -> Result<Option<Loaded>, Fault> {
        let context = self.context_at(mark)?;
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT n.id, x.body, n.tags, n.ordinals, k.name, k.name_id, n.key, t.id, t.title, t.primer, t.try_line, \
                 k.scheduler, k.weights, {STATE_COLUMNS} FROM note_name u JOIN note n ON n.id = u.id JOIN deck k ON k.id = n.deck \
                 JOIN text x ON x.id = coalesce(n.own, n.source) LEFT JOIN topic t ON t.id = n.topic \
                 LEFT JOIN card_state s ON s.card = (n.id << 9 | ?2) WHERE u.uid = ?1 AND n.retired = 0"
        ))?;
        let mut rows = statement.query((card.note.0, card.ordinal))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let column = |index: usize| row.get_ref(index)?.as_str_or_null().map_err(rusqlite::Error::from);
        let Some(body) = words(row, 1)? else { return Ok(None) };
        if !ordinals_of(column(3)?)?.contains(&card.ordinal) {
            return Ok(None);
        }
        let Ok(text) = text_of(body, column(2)?) else {
            self.left_out.borrow_mut().insert(card.note);
            return Ok(None);
        };
        let topic: Option<(i64, Rc<TopicLine>)> = match row.get::<_, Option<i64>>(7)? {
            Some(id) => Some((
                id,
                Rc::new(TopicLine { number: id, title: row.get(8)?, primer: row.get(9)?, try_line: row.get(10)? }),
            )),
            None => None,
        };
        let name = self.name_of_note(&row.get::<_, String>(5)?, row.get(6)?, card)?;
        let state = match self.behind.borrow().state(card) {
            Some(state) => state.clone(),
            None => whole_state_of(row, 13, &context.reader)?,
        };
        let name = with_ordinal(name, card.ordinal, text.ordinals().len() > 1);
        let primer_first = match &topic {
            Some((id, line)) if state.memory.is_none() && line.primer.is_some() => {
                let seen: bool = self
                    .db
                    .prepare_cached(
                        "SELECT EXISTS (SELECT 1 FROM note n JOIN topic_sum s ON s.deck = n.deck AND s.topic = n.topic \
                             WHERE n.id = ?2 AND s.topic = ?1 AND s.answers > 0)",
                    )?
                    .query_row((id, row.get::<_, i64>(0)?), |row| row.get(0))?;
                !seen && !self.behind.borrow().has_topic(*id)
            }
            _ => false,
        };
        let number = super::columns::card_number(row.get(0)?, card.ordinal);
        let scheduler = row
            .get::<_, Option<i64>>(11)?
            .and_then(|number| context.reader.config(number))
            .and_then(|id| context.reader.schedulers.get(&id).cloned());
        let own = if text.is_in_own_words() {
            OwnWords::of(&events_of(&self.db, &context.reader, number, card)?, &context.voided)
        } else {
            OwnWords::default()
        };
        let state = match &scheduler {
            Some(scheduler) if replay_needed(&state, scheduler, &context.reader.schedulers) => {
                let events = events_of(&self.db, &context.reader, number, card)?;
                seen_by(card, &events, &context.voided, &context.reader.schedulers, scheduler)
            }
            _ => state,
        };
        Ok(Some(Loaded {
            card,
            variant: self.variant(number, text.variants())?,
            state,
            scheduler,
            weights: weights_of(row.get(12)?)?,
            deck: row.get(4)?,
            text,
            own,
            name,
            topic: topic.map(|(_, line)| line),
            primer_first,
        }))
    }

    /// Which of `variants` phrasings of a card was shown least recently: one never shown, the first of them.
    fn variant(&self, card: i64, variants: usize) -> Result<usize, Fault> {
        if variants < 2 {
            return Ok(0);
        }
        let mut statement = self.db.prepare_cached(
            "SELECT d.variant, max(e.hlc) FROM event e JOIN event_detail d ON d.id = e.id \
             WHERE e.card = ?1 AND d.variant IS NOT NULL GROUP BY d.variant",
        )?;
        let rows = statement.query_map([card], |row| Ok((u32_of(row.get(0)?), row.get::<_, i64>(1)?)))?;
        let shown: BTreeMap<u32, i64> = rows.collect::<Result<_, _>>()?;
        let variants = u32::try_from(variants).unwrap_or(u32::MAX);
        let least = (0..variants).min_by_key(|variant| (shown.get(variant).copied().unwrap_or(0), *variant));
        Ok(least.and_then(|variant| usize::try_from(variant).ok()).unwrap_or(0))
    }

    /// Notes whose shown text is the user's, with the text that the program or their file brings.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn edited(&self) -> Result<Vec<Edited>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(
                "SELECT k.name_id, n.key, u.uid, s.body, x.body, n.tags FROM note n JOIN deck k ON k.id = n.deck \
                 JOIN note_name u ON u.id = n.id JOIN text s ON s.id = n.source JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE (n.own IS NOT NULL OR n.tags IS NOT NULL) AND n.retired = 0 ORDER BY k.name_id, n.position, u.uid",
            )?;
            let mut rows = statement.query([])?;
            let mut edited = Vec::new();
            while let Some(row) = rows.next()? {
                let card = CardId { note: NoteUid(row.get(2)?), ordinal: 1 };
                let tags: Option<String> = row.get(5)?;
                let upstream = shown_text(words(row, 3)?, None);
                let shown = shown_text(words(row, 4)?, tags.as_deref());
                // A card that was added here and came back from a file has a text of its own that nobody changed.
                if upstream != shown {
                    let name = self.name_of_note(&row.get::<_, String>(0)?, row.get(1)?, card)?;
                    edited.push(Edited { name, upstream, shown });
                }
            }
            Ok(edited)
        })
    }
}
