//! What a person changes about notes and decks that are there: each change a fact, so that an undo finds what was before.

use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::scheduler::Scheduler;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::bulk::DeckOrigin;
use crate::store::bulk::MatchResult;
use crate::store::columns::BROUGHT;
use crate::store::columns::PLACED;
use crate::store::facts::deck_number;
use crate::store::naming::named_ordinals;
use crate::store::notes::PackedNote;
use crate::store::notes::SOURCE_BESIDE_OWN;
use crate::store::notes::following;
use crate::store::notes::shown_text;
use crate::store::notes::text_of;
use crate::store::shown;
use crate::store::shown::NOT_LISTED;
use crate::store::shown::NoteRow;
use crate::store::shown::body_of;
use rusqlite::OptionalExtension as _;

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
    /// Whether a source has given it: a deck file, a table, a package.
    pub has_source: bool,
}

impl Store {
    /// Id and name of the deck that a person names by either, in any case: what is shown comes first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_named(&self, name: &str) -> Result<Option<(String, String)>, StoreError> {
        let wanted = name.trim().to_lowercase();
        let decks = self.deck_names()?;
        let named = decks.iter().find(|(.., name)| name.to_lowercase() == wanted);
        let found = named.or_else(|| decks.iter().find(|(_, id, _)| id.to_lowercase() == wanted));
        Ok(found.map(|(_, id, name)| (id.clone(), name.clone())))
    }

    /// The cards of a note, also of one whose words were erased; none of one that is gone.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn cards_of_note(&self, note: NoteUid) -> Result<Vec<CardId>, StoreError> {
        self.attempt(|| {
            let row: Option<(i64, Option<String>)> = self
                .db()
                .prepare_cached(
                    "SELECT n.id, n.ordinals FROM note_name u JOIN note n ON n.id = u.id WHERE u.uid = ?1 AND n.retired = 0",
                )?
                .query_row([note.0], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((number, ordinals)) = row else { return Ok(Vec::new()) };
            let ordinals = named_ordinals(self.db(), number, ordinals.as_deref())?;
            Ok(ordinals.into_iter().map(|ordinal| CardId { note, ordinal }).collect())
        })
    }

    /// The text of a note with its key and deck, as it is shown; nothing where the note is gone or erased.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn note_now(&self, note: NoteUid) -> Result<Option<NoteNow>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT x.body, n.tags, n.key, k.id, k.name_id, n.source IS NOT NULL, {SOURCE_BESIDE_OWN} FROM note_name u \
                 JOIN note n ON n.id = u.id JOIN deck k ON k.id = n.deck JOIN text x ON x.id = coalesce(n.own, n.source) \
                 WHERE u.uid = ?1 AND n.retired = 0 AND x.body IS NOT NULL"
            ))?;
            let mut rows = statement.query([note.0])?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let tags: Option<String> = row.get(1)?;
            let key: Option<String> = row.get(2)?;
            let source: Option<String> = row.get(6)?;
            let text = following(text_of(&row.get::<_, String>(0)?, tags.as_deref())?, source.as_deref());
            let name = self.name_of_note(&row.get::<_, String>(4)?, key.clone(), CardId { note, ordinal: 1 })?;
            Ok(Some(NoteNow { note, key, deck: row.get(3)?, name, text, has_source: row.get(5)? }))
        })
    }
}

impl Store {
    /// The scheduler that a deck was given, by the deck's id; `None` for that of the settings.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn scheduler_of(&self, deck: &str) -> Result<Option<Scheduler>, StoreError> {
        self.attempt(|| {
            let number: Option<Option<i64>> = self
                .db()
                .prepare_cached("SELECT scheduler FROM deck WHERE name_id = ?1")?
                .query_row([deck], |row| row.get(0))
                .optional()?;
            let Some(Some(number)) = number else { return Ok(None) };
            let context = self.context()?;
            Ok(context.reader.config(number).and_then(|id| context.reader.schedulers.get(&id).cloned()))
        })
    }

    /// Deleted notes that have words in the log that nobody erased.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deleted_with_words(&self) -> Result<Vec<NoteUid>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(
                "SELECT u.uid FROM note n JOIN text t ON t.id = coalesce(n.own, n.source, n.made) \
                 JOIN note_name u ON u.id = n.id WHERE n.retired = 1 AND t.body IS NOT NULL ORDER BY n.id",
            )?;
            let rows = statement.query_map([], |row| row.get(0).map(NoteUid))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether anything was ever put into a deck of that id.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn knows_deck(&self, id: &str) -> Result<bool, StoreError> {
        self.attempt(|| Ok(deck_number(self.db(), id)?.is_some()))
    }

    /// The notes of a deck, by its id: those that are in it, and those that are no more but were in it last. One that was only
    /// there for a while, or whose move was undone, is of another deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn notes_last_in(&self, deck: &str) -> Result<Vec<NoteUid>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(&format!(
                "SELECT DISTINCT u.uid FROM deck_name k JOIN fact f ON f.arg = k.id AND f.kind IN ({BROUGHT}, {PLACED}) \
                 JOIN note_name u ON u.id = f.subject WHERE k.name = ?1 \
                 AND NOT EXISTS (SELECT 1 FROM note n WHERE n.id = u.id AND n.deck <> k.id) ORDER BY u.uid"
            ))?;
            let rows = statement.query_map([deck], |row| row.get(0).map(NoteUid))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// A text without its tags, which have a register of their own.
pub(super) fn bare(text: &NoteText) -> NoteText {
    NoteText { tags: Vec::new(), ..text.clone() }
}

impl Writer<'_> {
    fn number_of(&self, note: NoteUid) -> Result<i64, Fault> {
        super::facts::note_number(&self.tx, note)?.ok_or(Fault::NoCard)
    }

    fn row_of(&self, number: i64) -> Result<NoteRow, Fault> {
        NoteRow::of(&self.tx, number)?.ok_or(Fault::NoCard)
    }

    pub(super) fn body(&self, id: Option<i64>) -> Result<Option<NoteText>, Fault> {
        let body = match id {
            Some(id) => body_of(&self.tx, id)?,
            None => None,
        };
        body.map(|body| text_of(&body, None)).transpose()
    }

    /// Gives a note another text, the learner's own. Of its tags only the differences from what is shown are written.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn rewrite(&mut self, note: NoteUid, text: &NoteText) -> Result<(), Fault> {
        let number = self.number_of(note)?;
        self.write_own_text(number, note, None, text)?;
        self.refresh_note(number)
    }

    /// The same where the followed file that the note comes from was changed too, and says `of_file` now: what it says just
    /// so is no text of the learner's own.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn rewrite_with_file(&mut self, note: NoteUid, text: &NoteText, of_file: &NoteText) -> Result<(), Fault> {
        let number = self.number_of(note)?;
        let row = self.row_of(number)?;
        let place = match self.source_place(number)? {
            Some(place) => (place.deck, place.position),
            None => (super::facts::deck_id(&self.tx, row.deck)?, row.position),
        };
        let record = PackedNote::of(of_file)?.record(row.key.as_deref(), self.salt())?;
        let fact = Fact::Brought { note, deck: place.0, position: place.1, edition: 0 };
        self.append_packed(number, &fact, Some(&record))?;
        self.refresh_note(number)?;
        self.rewrite(note, text)
    }

    /// Writes the learner's own text of a note, and what its tags differ by from those that are shown. What the source
    /// says just so is no text of their own.
    pub(super) fn write_own_text(
        &mut self,
        number: i64,
        note: NoteUid,
        key: Option<&str>,
        text: &NoteText,
    ) -> Result<(), Fault> {
        let row = NoteRow::of(&self.tx, number)?;
        let (source, own) = match &row {
            Some(row) => (self.body(row.source)?, self.body(row.own)?),
            None => (None, None),
        };
        // A note that no source has a text of has its key from its own.
        let key = key.or(row.as_ref().filter(|_| source.is_none()).and_then(|row| row.key.as_deref()));
        let wanted = bare(text);
        if source.as_ref().map(bare).as_ref() == Some(&wanted) {
            if own.is_some() {
                self.append_only(&Fact::Cleared { note }, None)?;
            }
        } else if own.as_ref() != Some(&wanted) {
            let record = PackedNote::of(&wanted)?.record(key, self.salt())?;
            self.append_packed(number, &Fact::Edited { note }, Some(&record))?;
        }
        self.write_tags(number, note, &text.tags)
    }

    /// Writes what `wanted` differs by from the tags that are shown.
    fn write_tags(&mut self, number: i64, note: NoteUid, wanted: &[String]) -> Result<(), Fault> {
        let shown = match NoteRow::of(&self.tx, number)? {
            Some(_) => self.shown(number)?.0.tags,
            None => Vec::new(),
        };
        for tag in shown.iter().filter(|tag| !wanted.contains(tag)) {
            self.append_only(&Fact::Untagged { note }, Some(tag.clone()))?;
        }
        for tag in wanted.iter().filter(|tag| !shown.contains(tag)) {
            self.append_only(&Fact::Tagged { note }, Some(tag.clone()))?;
        }
        Ok(())
    }

    /// Takes all of the learner's own text and tags of a note back: the source's are shown.
    pub(super) fn clear_own(&mut self, number: i64, note: NoteUid) -> Result<(), Fault> {
        let row = self.row_of(number)?;
        if row.own.is_some() && row.source.is_some() {
            self.append_only(&Fact::Cleared { note }, None)?;
        }
        self.refresh_note(number)?;
        if let Some(source) = self.body(row.source)? {
            self.write_tags(number, note, &source.tags)?;
            self.refresh_note(number)?;
        }
        Ok(())
    }

    /// The same, as far as `wanted` is the source's: what of it is not stays the learner's own.
    pub(super) fn take_back(&mut self, number: i64, note: NoteUid, wanted: &NoteText) -> Result<(), Fault> {
        if self.row_of(number)?.own.is_some() {
            self.write_own_text(number, note, None, wanted)?;
        } else {
            self.write_tags(number, note, &wanted.tags)?;
        }
        self.refresh_note(number)
    }

    /// Gives a note a tag, or takes it away.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn retag(&mut self, note: NoteUid, tag: &str, on: bool) -> Result<(), Fault> {
        self.number_of(note)?;
        let fact = if on { Fact::Tagged { note } } else { Fact::Untagged { note } };
        self.append_fact(&fact, Some(tag.to_owned())).map(drop)
    }

    /// Whether a note still has this text and key.
    ///
    /// # Errors
    /// When the note is not there, or the database can't be read.
    pub fn still_is(&self, note: NoteUid, text: &NoteText, key: Option<&str>) -> Result<bool, Fault> {
        let number = self.number_of(note)?;
        let (shown, known) = self.shown(number)?;
        Ok(known.as_deref() == key && shown == *text)
    }

    /// Gives a note another key. Under the old one and the new one it is the same note, so that its history stays.
    /// False where another note of the deck has the key, or had it.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn rekey(&mut self, note: NoteUid, key: &str) -> Result<bool, Fault> {
        let number = self.number_of(note)?;
        let deck = self.deck_of_source(number)?;
        let uid = NoteUid::of_key(&deck, key);
        let stands_there: bool = self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM note o JOIN note n ON n.deck = o.deck WHERE n.id = ?1 AND o.id <> ?1 AND o.key = ?2)",
            (number, key),
            |row| row.get(0),
        )?;
        if stands_there || self.is_anothers(uid, number)? {
            return Ok(false);
        }
        self.also_name(uid, note, number)?;
        self.append_fact(&Fact::Keyed { note }, Some(key.to_owned()))?;
        Ok(true)
    }

    /// Whether a name is that of another note than this one, or was given to another.
    fn is_anothers(&self, uid: NoteUid, number: i64) -> Result<bool, Fault> {
        Ok(self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM note_name u JOIN note o ON o.id = u.id WHERE u.uid = ?1 AND o.id <> ?2 \
             AND coalesce(o.own, o.source) IS NOT NULL) \
             OR EXISTS (SELECT 1 FROM note_name u JOIN alias a ON a.alias = u.id WHERE u.uid = ?1 AND a.note <> ?2)",
            (uid.0, number),
            |row| row.get(0),
        )?)
    }

    /// The note that a name, by its number, is another name of.
    pub(super) fn note_of_alias(&self, name: i64) -> Result<Option<i64>, Fault> {
        Ok(self.tx.query_row("SELECT note FROM alias WHERE alias = ?1", [name], |row| row.get(0)).optional()?)
    }

    /// Makes a name another one of a note, unless it is that already.
    fn also_name(&mut self, uid: NoteUid, note: NoteUid, number: i64) -> Result<(), Fault> {
        let known = match super::facts::note_number(&self.tx, uid)? {
            Some(name) => self.note_of_alias(name)?,
            None => None,
        };
        if uid != note && known != Some(number) {
            self.append_fact(&Fact::Aliased { alias: uid, note }, None)?;
        }
        Ok(())
    }

    /// The deck that a note's key is in: the one that its file names.
    fn deck_of_source(&mut self, number: i64) -> Result<String, Fault> {
        match self.source_place(number)? {
            Some(place) => Ok(place.deck),
            None => super::facts::deck_id(&self.tx, self.row_of(number)?.deck),
        }
    }

    /// Lets the key of a new note mean it where its id is made from another name: cards of the file that come after it say its
    /// key, and so do files without ids. Nothing happens where the name is another note's.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn also_called(&mut self, note: NoteUid, key: &str) -> Result<(), Fault> {
        let number = self.number_of(note)?;
        let deck = self.deck_of_source(number)?;
        let uid = NoteUid::of_key(&deck, key);
        if self.is_anothers(uid, number)? { Ok(()) } else { self.also_name(uid, note, number) }
    }

    /// Takes a note with its cards and what they add up to into another deck, by its id.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn relocate(&mut self, note: NoteUid, deck: &str) -> Result<(), Fault> {
        self.number_of(note)?;
        self.append_fact(&Fact::Placed { note, deck: deck.to_owned(), position: None }, None).map(drop)
    }

    /// Takes a note out of everything but the history.
    ///
    /// # Errors
    /// When the note is not there, or it can't be written.
    pub fn delete(&mut self, note: NoteUid) -> Result<(), Fault> {
        self.number_of(note)?;
        self.append_fact(&Fact::Deleted { note }, None).map(drop)
    }

    /// The local number of the deck with this id, for a note that is put into it: made under `name` where no head of it counts.
    /// One that the learner hid is shown again, or the note would be lost.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn deck_for(&mut self, id: &str, name: &str) -> Result<i64, Fault> {
        if let Some(number) = deck_number(&self.tx, id)? {
            let context = self.context()?;
            let shown = shown::deck(&self.tx, &context, number)?;
            if shown.hidden {
                self.hide_deck(id, false)?;
            }
            if shown.made || shown::listed(&self.tx, &context, number, &shown)? != NOT_LISTED {
                return Ok(number);
            }
        }
        self.write_made_head(id, name)?;
        self.name_deck(id)
    }

    fn write_made_head(&mut self, id: &str, name: &str) -> Result<(), Fault> {
        let head = Head { name: name.to_owned(), origin: DeckOrigin::Made.name().to_owned(), ..Head::default() };
        let words = serde_json::to_string(&head).map_err(|error| Fault::Corrupt(error.to_string()))?;
        self.append_fact(&Fact::Head { deck: id.to_owned(), edition: 0 }, Some(words)).map(drop)
    }

    /// Makes an empty deck, whose id is its name.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn make_deck(&mut self, name: &str) -> Result<(), Fault> {
        self.write_made_head(name, name)?;
        self.hide_deck(name, false)
    }

    /// Gives a deck another name; its id, by which cards are named, stays.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn rename_deck(&mut self, id: &str, new: &str) -> Result<(), Fault> {
        self.append_fact(&Fact::Renamed { deck: id.to_owned() }, Some(new.to_owned())).map(drop)
    }

    /// Takes a deck out of lists and of what is asked every day, or puts it back.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn hide_deck(&mut self, id: &str, hidden: bool) -> Result<(), Fault> {
        self.append_fact(&Fact::Hidden { deck: id.to_owned(), hidden }, None).map(drop)
    }

    /// Brings a deleted note back.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn revive(&mut self, note: NoteUid) -> Result<(), Fault> {
        self.append_fact(&Fact::Revived { note }, None).map(drop)
    }

    /// Gives a deck to a scheduler, by the deck's id; `None` gives it back to that of the settings.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn give_scheduler(&mut self, deck: &str, scheduler: Option<&Scheduler>) -> Result<(), Fault> {
        let config = match scheduler {
            Some(scheduler) => {
                let id = self.config_id(scheduler);
                self.config_number(scheduler, id)?;
                Some(id)
            }
            None => None,
        };
        self.append_fact(&Fact::Scheduler { deck: deck.to_owned(), config }, None).map(drop)
    }

    /// Adds a note by hand: the learner's own, of no source.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn add(
        &mut self,
        deck: &str,
        deck_name: &str,
        note: NoteUid,
        key: Option<&str>,
        packed: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let deck_number = self.deck_for(deck, deck_name)?;
        let number = self.name_note(note)?;
        let was_there = NoteRow::of(&self.tx, number)?.is_some_and(|row| row.source.is_some() || row.own.is_some());
        let position = Some(self.last_place(deck_number)? + 1);
        self.write_own_text(number, note, key, &packed.text()?)?;
        self.append_only(&Fact::Placed { note, deck: deck.to_owned(), position }, None)?;
        self.refresh_note(number)?;
        Ok(if was_there { MatchResult::Restored } else { MatchResult::Added })
    }

    /// Whether the deck has a note with this very text.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn has_text(&self, deck: &str, text: &NoteText) -> Result<bool, Fault> {
        let packed = PackedNote::of(text)?;
        let mut statement = self.tx.prepare_cached(
            "SELECT x.body, n.tags FROM deck k JOIN note n INDEXED BY note_prompt ON n.deck = k.id \
             JOIN text x ON x.id = coalesce(n.own, n.source) WHERE k.name_id = ?1 AND n.prompt_hash = ?2 AND n.retired = 0",
        )?;
        let mut rows = statement.query((deck, packed.prompt_hash))?;
        while let Some(row) = rows.next()? {
            let (body, tags): (Option<String>, Option<String>) = (row.get(0)?, row.get(1)?);
            if shown_text(body.as_deref(), tags.as_deref()) == *text {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ids of the built-in decks, each with the uids that it has: what another file may not add to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn builtin_uids(&self) -> Result<Vec<(String, std::collections::BTreeSet<NoteUid>)>, Fault> {
        let mut statement = self.tx.prepare(
            "SELECT k.name_id, u.uid FROM deck k JOIN note n ON n.deck = k.id JOIN note_name u ON u.id = n.id \
             WHERE k.edition > 0 ORDER BY k.name_id",
        )?;
        let mut rows = statement.query([])?;
        let mut decks: Vec<(String, std::collections::BTreeSet<NoteUid>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            if decks.last().is_none_or(|(last, _)| *last != id) {
                decks.push((id, std::collections::BTreeSet::new()));
            }
            if let Some((_, uids)) = decks.last_mut() {
                uids.insert(NoteUid(row.get(1)?));
            }
        }
        Ok(decks)
    }
}
