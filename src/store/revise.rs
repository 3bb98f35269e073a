//! What a person changes about notes and decks that are there: each change a version of the note, or an event, so that
//! an undo finds what was before.

use crate::core::card::NoteText;
use crate::core::event::Detail;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::store::SourceFile;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::cards::name_of;
use crate::store::columns::i64_of;
use crate::store::columns::u64_of;
use crate::store::notes::DeckOrigin;
use crate::store::notes::PackedNote;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;
use rusqlite::OptionalExtension as _;

/// Decks that were given another name, newest first: events of the kind `configured`.
const RENAMED: &str = "SELECT e.device, e.action, d.extra FROM event e \
     JOIN event_detail d ON d.device = e.device AND d.sequence = e.sequence \
     WHERE e.card = 0 AND e.kind = 15 AND d.extra LIKE '{\"deck\":%' ORDER BY e.hlc DESC, e.device DESC";

/// A note as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteNow {
    /// The note.
    pub note: NoteUid,
    /// Its key, where it has one.
    pub key: Option<String>,
    /// Local number of its deck.
    pub deck: i64,
    /// What a person would type to name it.
    pub name: String,
    /// Its text.
    pub text: NoteText,
}

impl Store {
    /// Id and name of the deck that a person names by either, in any case.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_named(&self, name: &str) -> Result<Option<(String, String)>, StoreError> {
        let wanted = name.trim().to_lowercase();
        let decks = self.deck_names()?;
        Ok(decks
            .into_iter()
            .find(|(_, id, name)| id.to_lowercase() == wanted || name.to_lowercase() == wanted)
            .map(|(_, id, name)| (id, name)))
    }

    /// The cards of a note.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_of_note(&self, note: NoteUid) -> Result<Vec<CardId>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT c.ordinal FROM note n JOIN card c ON c.note = n.id WHERE n.uid = ?1 AND n.retired = 0 \
             AND c.retired = 0 ORDER BY c.ordinal",
        )?;
        let rows = statement.query_map([note.0], |row| Ok(CardId { note, ordinal: row.get(0)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The followed file that a note comes from, and its key there; nothing where it comes from none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn file_of_note(&self, note: NoteUid) -> Result<Option<(SourceFile, Option<String>)>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT source, key FROM note WHERE uid = ?1 AND source IS NOT NULL")?;
        let found = statement.query_row([note.0], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
        let Some((source, key)) = found else { return Ok(None) };
        let mut files = self.sources()?.into_iter().filter(|file| file.followed && !file.is_folder);
        Ok(files.find(|file| file.id == source).map(|file| (file, key)))
    }

    /// The text of a note with its key and deck, as it is shown; nothing where the note is gone.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn note_now(&self, note: NoteUid) -> Result<Option<NoteNow>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT n.body, n.key, k.id, k.name_id FROM note n JOIN deck k ON k.id = n.deck \
             WHERE n.uid = ?1 AND n.retired = 0 AND n.body <> ''",
        )?;
        let found = statement
            .query_row([note.0], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?))
            })
            .optional()?;
        let Some((body, key, deck, deck_id)) = found else { return Ok(None) };
        let text = text_of(&body)?;
        let name = name_of(&deck_id, Clone::clone(&key), CardId { note, ordinal: 1 });
        Ok(Some(NoteNow { note, key, deck, name, text }))
    }
}

impl Writer<'_> {
    fn number_of(&self, note: NoteUid) -> Result<i64, StoreError> {
        self.tx
            .prepare_cached("SELECT id FROM note WHERE uid = ?1")?
            .query_row([note.0], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::NoCard)
    }

    /// Gives a note another text, the user's own. `aside`: its followed file was not changed with it, so that the text
    /// which the file had is kept too, as that of a built-in note is.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn rewrite(&mut self, note: NoteUid, text: &NoteText, aside: bool) -> Result<(), StoreError> {
        let number = self.number_of(note)?;
        let (old, old_topic, position) = self.shown(number)?;
        let topic = if text.topic == old.topic { old_topic } else { self.topic_for(number, text)? };
        self.revise(number, &PackedNote::of(text)?, None, topic, position, false, true, aside)
    }

    /// Whether a note still has this text and key.
    ///
    /// # Errors
    /// When the note is not there, or the database can't be read.
    pub fn still_is(&self, note: NoteUid, text: &NoteText, key: Option<&str>) -> Result<bool, StoreError> {
        let number = self.number_of(note)?;
        let known: Option<String> =
            self.tx.query_row("SELECT key FROM note WHERE id = ?1", [number], |row| row.get(0))?;
        Ok(known.as_deref() == key && self.shown(number)?.0 == *text)
    }

    /// Gives a note another key. Under the old one and the new one it is the same note, so that its history stays.
    /// False where another note of the deck has the key, or had it.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn rekey(&mut self, note: NoteUid, key: &str) -> Result<bool, StoreError> {
        let number = self.number_of(note)?;
        // The deck of its first text is the one that its file names.
        let (old, deck): (Option<String>, String) = self.tx.query_row(
            "SELECT n.key, k.name_id FROM note n JOIN deck k ON k.id = coalesce((SELECT v.deck FROM note_version v \
             WHERE v.note = n.id ORDER BY v.hlc LIMIT 1), n.deck) WHERE n.id = ?1",
            [number],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let uid = NoteUid::of_key(&deck, key);
        let taken: bool = self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM note WHERE uid = ?1 AND id <> ?2) \
             OR EXISTS (SELECT 1 FROM alias WHERE uid = ?1 AND note <> ?2) \
             OR EXISTS (SELECT 1 FROM note o JOIN note n ON n.deck = o.deck WHERE n.id = ?2 AND o.id <> ?2 AND o.key = ?3)",
            (uid.0, number, key),
            |row| row.get(0),
        )?;
        if taken {
            return Ok(false);
        }
        let known = "INSERT INTO alias (uid, note) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let alias = uid != note && self.tx.execute(known, (uid.0, number))? > 0;
        self.tx.execute("UPDATE note SET key = ?2 WHERE id = ?1", (number, key))?;
        let alias = alias.then(|| uid.to_string());
        let extra = serde_json::json!({ "note": note.to_string(), "new": key, "old": old, "alias": alias }).to_string();
        self.append_fact(Fact::Configured, Detail { extra: Some(extra), ..Detail::default() })?;
        Ok(true)
    }

    /// Takes a change of a key back, or makes it again: what `rekey` noted.
    pub(super) fn key_as_it_was(&self, change: &serde_json::Value, undone: bool) -> Result<(), StoreError> {
        let text = |name: &str| change.get(name).and_then(|text| text.as_str());
        let Some(note) = text("note").and_then(NoteUid::from_hex) else { return Ok(()) };
        let number = self.number_of(note)?;
        let key = text(if undone { "old" } else { "new" });
        self.tx.execute("UPDATE note SET key = ?2 WHERE id = ?1", (number, key))?;
        if let Some(alias) = text("alias").and_then(NoteUid::from_hex) {
            if undone {
                self.tx.execute("DELETE FROM alias WHERE uid = ?1 AND note = ?2", (alias.0, number))?;
            } else {
                let known = "INSERT INTO alias (uid, note) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                self.tx.execute(known, (alias.0, number))?;
            }
        }
        Ok(())
    }

    /// The topic that a text names, of the note's deck; made where it is missing.
    fn topic_for(&self, note: i64, text: &NoteText) -> Result<Option<i64>, StoreError> {
        let Some(id) = &text.topic else { return Ok(None) };
        let deck: i64 = self.tx.query_row("SELECT deck FROM note WHERE id = ?1", [note], |row| row.get(0))?;
        let known = self
            .tx
            .query_row("SELECT id FROM topic WHERE deck = ?1 AND name_id = ?2", (deck, id), |row| row.get(0))
            .optional()?;
        if known.is_some() {
            return Ok(known);
        }
        self.tx.execute("INSERT INTO topic (deck, name_id, title) VALUES (?1, ?2, ?2)", (deck, id))?;
        Ok(Some(self.tx.last_insert_rowid()))
    }

    /// Takes a note with its cards and what they add up to into another deck.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn relocate(&mut self, note: NoteUid, deck: i64) -> Result<(), StoreError> {
        let number = self.number_of(note)?;
        let (text, topic, position) = self.shown(number)?;
        self.revise(number, &PackedNote::of(&text)?, Some(deck), topic, position, false, true, false)
    }

    /// Takes a note out of everything but the history.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn retire(&mut self, note: NoteUid) -> Result<(), StoreError> {
        let number = self.number_of(note)?;
        let (text, topic, position) = self.shown(number)?;
        self.new_version(number, &text, topic, position, true, true)
    }

    /// The local number of the deck with this id; made under `name` where it is missing.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn deck_for(&mut self, id: &str, name: &str) -> Result<i64, StoreError> {
        let known =
            self.tx.query_row("SELECT id FROM deck WHERE name_id = ?1", [id], |row| row.get::<_, i64>(0)).optional()?;
        if let Some(number) = known {
            self.tx.execute("UPDATE deck SET retired = 0 WHERE id = ?1 AND retired = 1", [number])?;
            return Ok(number);
        }
        self.tx.execute(
            "INSERT INTO deck (name_id, name, namespace, origin, created_device, created_action) \
             VALUES (?1, ?2, ?1, ?3, ?4, ?5)",
            (id, name, DeckOrigin::Made.name(), self.device, i64_of(self.action)),
        )?;
        self.touched = true;
        Ok(self.tx.last_insert_rowid())
    }

    /// Gives a deck another name; its id, by which cards are named, stays.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn rename_deck(&mut self, id: &str, old: &str, new: &str) -> Result<(), StoreError> {
        self.tx.execute("UPDATE deck SET name = ?2 WHERE name_id = ?1", (id, new))?;
        // RENAMED wants `deck` first.
        let extra = serde_json::json!({ "deck": id, "new": new, "old": old }).to_string();
        self.append_fact(Fact::Configured, Detail { extra: Some(extra), ..Detail::default() })
    }

    /// The name that the user gave to a deck, which a new version of its file does not take away.
    pub(super) fn new_name_of(&self, id: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.tx.prepare_cached(RENAMED)?;
        let mut rows = statement.query([])?;
        let mut known = None;
        while let Some(row) = rows.next()? {
            let Ok(change) = serde_json::from_str::<serde_json::Value>(&row.get::<_, String>(2)?) else { continue };
            if change.get("deck").and_then(|deck| deck.as_str()) != Some(id) {
                continue;
            }
            let (reader, void) = match known.take() {
                Some(known) => known,
                None => {
                    let reader = Reader::new(&self.tx)?;
                    let void = voided(&self.tx, &reader)?;
                    (reader, void)
                }
            };
            let number = u64_of(row.get(1)?);
            let is_void = reader.device(row.get(0)?).is_some_and(|device| void.contains(ActionId { device, number }));
            if !is_void {
                return Ok(change.get("new").and_then(|name| name.as_str()).map(str::to_owned));
            }
            known = Some((reader, void));
        }
        Ok(None)
    }
}
