//! What is shown: the caches of notes, decks, topics and aliases, made from the facts about them.

use crate::core::fact::Fact;
use crate::core::id::NoteUid;
use crate::core::registers;
use crate::core::registers::Said;
use crate::store::Context;
use crate::store::StoreError;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::card_number;
use crate::store::columns::ordinals_column;
use crate::store::columns::ordinals_of;
use crate::store::columns::u32_of;
use crate::store::facts::FactRow;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::sibling_group;
use crate::store::notes::text_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The deck of notes that are only named so far.
pub(super) const NO_DECK: i64 = 0;

/// A row of `note`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoteRow {
    pub(super) deck: i64,
    pub(super) source: Option<i64>,
    pub(super) own: Option<i64>,
    pub(super) tags: Option<String>,
    pub(super) key: Option<String>,
    pub(super) topic: Option<i64>,
    pub(super) position: i64,
    pub(super) prompt_hash: i64,
    pub(super) text_hash: i64,
    pub(super) siblings: Option<i64>,
    /// As in the column.
    pub(super) ordinals: Option<String>,
    pub(super) held_out: bool,
    pub(super) retired: bool,
    pub(super) made: Option<i64>,
}

macro_rules! note_columns {
    () => {
        "n.deck, n.source, n.own, n.tags, n.key, n.topic, n.position, n.prompt_hash, n.text_hash, n.siblings, n.ordinals, \
         n.held_out, n.retired, n.made"
    };
}

/// The columns that [`NoteRow::read`] reads.
pub(super) const NOTE_COLUMNS: &str = note_columns!();

impl NoteRow {
    pub(super) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            deck: row.get(first)?,
            source: row.get(first + 1)?,
            own: row.get(first + 2)?,
            tags: row.get(first + 3)?,
            key: row.get(first + 4)?,
            topic: row.get(first + 5)?,
            position: row.get(first + 6)?,
            prompt_hash: row.get(first + 7)?,
            text_hash: row.get(first + 8)?,
            siblings: row.get(first + 9)?,
            ordinals: row.get(first + 10)?,
            held_out: row.get(first + 11)?,
            retired: row.get(first + 12)?,
            made: row.get(first + 13)?,
        })
    }

    pub(super) fn of(db: &Connection, note: i64) -> Result<Option<Self>, StoreError> {
        Ok(db
            .prepare_cached(concat!("SELECT ", note_columns!(), " FROM note n WHERE n.id = ?1"))?
            .query_row([note], |row| Self::read(row, 0))
            .optional()?)
    }

    /// A note that is only named so far.
    fn nameless() -> Self {
        Self {
            deck: NO_DECK,
            source: None,
            own: None,
            tags: None,
            key: None,
            topic: None,
            position: 0,
            prompt_hash: 0,
            text_hash: 0,
            siblings: None,
            ordinals: Some("[]".to_owned()),
            held_out: false,
            retired: true,
            made: None,
        }
    }

    /// Whether no text of it was ever here: then it has a row only for the sake of its cards' events.
    pub(super) fn is_nameless(&self) -> bool {
        self.source.is_none() && self.own.is_none()
    }

    /// Whether cards of it may be asked in reviews.
    pub(super) fn is_askable(&self) -> bool {
        !self.retired && !self.held_out
    }
}

/// A body of the text table; `None` where it was erased.
pub(super) fn body_of(db: &Connection, id: i64) -> Result<Option<String>, StoreError> {
    db.prepare_cached("SELECT body FROM text WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::Corrupt("a text of a note is not there".to_owned()))
}

/// The highest edition of a deck that counts.
fn highest_edition(db: &Connection, context: &Context, deck: &str) -> Result<u32, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT f.id, f.edition FROM fact f JOIN deck_name k ON f.subject = -k.id \
         WHERE k.name = ?1 AND f.kind = 13 AND f.edition > 0 ORDER BY f.edition DESC",
    )?;
    let mut rows = statement.query([deck])?;
    while let Some(row) = rows.next()? {
        if !context.voided.has(context.reader.known(row.get(0)?)?) {
            return Ok(u32_of(row.get(1)?));
        }
    }
    Ok(0)
}

/// What the facts about a note say is shown of it. `answered`: whether an answer to one of its cards counts. Topics get their
/// numbers from `topic`.
pub(super) fn note_row(
    db: &Connection,
    context: &Context,
    note: i64,
    answered: bool,
    topic: &mut dyn FnMut(&str, &str) -> Result<i64, StoreError>,
) -> Result<NoteRow, StoreError> {
    let facts = facts_of(db, &context.reader, note)?;
    // A name that only other notes use, or that only events know, has no fact of its own here.
    let said: Vec<Said<'_>> = facts
        .iter()
        .filter(|row| !matches!(row.fact, Fact::Aliased { .. } | Fact::Erased { .. }))
        .map(|row: &FactRow| row.said(&context.voided))
        .collect();
    let mut failed = None;
    let trouble = RefCell::new(None);
    let edition = |deck: &str| {
        highest_edition(db, context, deck).unwrap_or_else(|error| {
            trouble.replace(Some(error));
            0
        })
    };
    let shown = registers::note(&said, answered, &edition);
    if let Some(error) = trouble.take() {
        return Err(error);
    }
    let mut local = |id: Option<crate::core::id::EventId>| match id {
        Some(id) => {
            let local = context.reader.local(id);
            if local.is_none() {
                failed = Some(StoreError::Corrupt("a fact is of a device that is not there".to_owned()));
            }
            local
        }
        None => None,
    };
    let (source, own, text, made) = (local(shown.source), local(shown.own), local(shown.text), local(shown.made));
    if let Some(error) = failed {
        return Err(error);
    }
    let Some(text) = text else { return Ok(NoteRow { made, ..NoteRow::nameless() }) };
    let deck_of = |id: &str| super::facts::deck_number(db, id).map(|number| number.unwrap_or(NO_DECK));
    let deck = match &shown.deck {
        Some(deck) => deck_of(deck)?,
        None => NO_DECK,
    };
    // Where neither register counts, the text that is shown stands for the source's.
    let (source, own) = match (source, own) {
        (None, None) => (Some(text), None),
        (source, own) => (source, own),
    };
    let source_body = match source {
        Some(source) => body_of(db, source)?,
        None => None,
    };
    let own_body = match own {
        Some(own) => body_of(db, own)?,
        None => None,
    };
    // A text that its source brought anew takes the place of an own one that was erased.
    let own = own.filter(|_| own_body.is_some() || source_body.is_none());
    let own_is_erased = own.is_some() && own_body.is_none();
    let shown_body = if own.is_some() { own_body.as_deref() } else { source_body.as_deref() };
    let base = match source_body.as_deref().or(own_body.as_deref()) {
        Some(body) => Some((text_of(body, None)?, key_of(body)?)),
        None => None,
    };
    let shown_text = match (own, shown_body) {
        (Some(_), Some(body)) => Some((text_of(body, None)?, key_of(body)?)),
        (None, Some(_)) => base.clone(),
        (_, None) => None,
    };
    let (Some((base, base_key)), Some((text, text_key)), false) = (base, shown_text, own_is_erased) else {
        // Erased: the winner without its words. Its cards keep their history and are not asked.
        return Ok(NoteRow {
            deck,
            source,
            own,
            position: shown.position,
            key: shown.key,
            retired: !shown.living,
            made,
            ..NoteRow::nameless()
        });
    };
    let packed = PackedNote::of(&base)?;
    let source_tags: &[String] = if source.is_some() { &base.tags } else { &[] };
    let tags = registers::tags(source_tags, &shown);
    let home = shown.home.as_deref().or(shown.deck.as_deref());
    let topic = match (&text.topic, home) {
        (Some(name), Some(home)) => Some(topic(home, name)?),
        _ => None,
    };
    Ok(NoteRow {
        deck,
        source,
        own,
        tags: (tags != text.tags).then(|| serde_json::to_string(&tags).unwrap_or_default()),
        key: shown.key.or(text_key).or(base_key),
        topic,
        position: shown.position,
        prompt_hash: packed.prompt_hash,
        text_hash: packed.text_hash,
        siblings: sibling_group(text.group.as_deref(), shown.deck.as_deref().unwrap_or_default()),
        ordinals: ordinals_column(&text.ordinals()),
        held_out: base.held_out,
        retired: !shown.living,
        made,
    })
}

impl Writer<'_> {
    /// The number of a topic, given where it is new.
    pub(super) fn topic_number(&self, deck: i64, name: &str) -> Result<i64, StoreError> {
        let known = self
            .tx
            .prepare_cached("SELECT id FROM topic WHERE deck = ?1 AND name_id = ?2")?
            .query_row((deck, name), |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok(known);
        }
        // A row format names topics by their titles only; a deck file says more of them with its own facts.
        self.tx
            .prepare_cached("INSERT INTO topic (deck, name_id, title) VALUES (?1, ?2, ?2)")?
            .execute((deck, name))?;
        Ok(self.tx.last_insert_rowid())
    }

    /// Brings up to date what is shown of the subject of a fact.
    pub(super) fn refresh_subject(&mut self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::Undone { .. } => self.forget_context(),
            Fact::Aliased { alias, .. } => {
                let alias = self.name_note(*alias)?;
                self.refresh_alias(alias)?;
            }
            _ => {
                if let Some(note) = fact.note() {
                    let note = self.name_note(note)?;
                    self.refresh_note(note)?;
                } else if let Some(deck) = fact.deck() {
                    let deck = deck.to_owned();
                    let deck = self.name_deck(&deck)?;
                    self.refresh_deck(deck)?;
                }
            }
        }
        Ok(())
    }

    fn has_events(&self, note: i64) -> Result<bool, StoreError> {
        Ok(self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE card BETWEEN ?1 AND ?2)")?
            .query_row((card_number(note, 0), card_number(note, super::columns::MOST_ORDINAL)), |row| row.get(0))?)
    }

    /// Whether an answer to a card of the note counts.
    pub(super) fn is_answered(&self, note: i64) -> Result<bool, StoreError> {
        Ok(self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM card_state WHERE card BETWEEN ?1 AND ?2 AND answers > 0)")?
            .query_row((card_number(note, 0), card_number(note, super::columns::MOST_ORDINAL)), |row| row.get(0))?)
    }

    /// Makes again what is shown of a note, from the facts about it, and what hangs on that: its cards, and where they are
    /// counted.
    pub(super) fn refresh_note(&mut self, note: i64) -> Result<(), StoreError> {
        if self.show_plain(note)? {
            return Ok(());
        }
        let context = self.context()?;
        let answered = self.is_answered(note)?;
        let now = {
            let mut topic = |home: &str, name: &str| -> Result<i64, StoreError> {
                let deck = super::facts::deck_number(&self.tx, home)?.unwrap_or(NO_DECK);
                self.topic_number(deck, name)
            };
            note_row(&self.tx, &context, note, answered, &mut topic)?
        };
        if now.is_nameless() && !self.has_events(note)? {
            self.tx.prepare_cached("DELETE FROM note WHERE id = ?1")?.execute([note])?;
        } else {
            self.show(note, &now)?;
        }
        // Its uid may be another name of a note as well, as long as it has no text of its own.
        let is_alias: bool = self
            .tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM fact WHERE subject = ?1 AND kind = 12)")?
            .query_row([note], |row| row.get(0))?;
        if is_alias { self.refresh_alias(note) } else { Ok(()) }
    }

    /// Shows a note that has no row yet and of which nothing is known but a text that a source brought and that counts, which is
    /// what registers would say of it. False where there is more to say.
    fn show_plain(&mut self, note: i64) -> Result<bool, StoreError> {
        let context = self.context()?;
        let brought: Option<(i64, i64, i64, String)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT f.id, f.kind = 1 AND f.edition IS NULL AND x.body IS NOT NULL, f.arg, f.position, x.body FROM fact f \
                 LEFT JOIN text x ON x.id = f.id \
                 WHERE f.subject = ?1 AND NOT EXISTS (SELECT 1 FROM note WHERE id = ?1) LIMIT 2",
            )?;
            let mut rows = statement.query([note])?;
            let first = match rows.next()? {
                Some(row) if row.get(1)? => Some((row.get(0)?, row.get(2)?, row.get(3)?, row.get(4)?)),
                _ => None,
            };
            if rows.next()?.is_some() { None } else { first }
        };
        let Some((id, deck, position, body)) = brought else { return Ok(false) };
        if context.voided.has(context.reader.known(id)?) {
            return Ok(false);
        }
        let text = text_of(&body, None)?;
        let packed = PackedNote::of(&text)?;
        let topic = match &packed.topic {
            Some(topic) => Some(self.topic_number(deck, topic)?),
            None => None,
        };
        let row = NoteRow {
            deck,
            source: Some(id),
            own: None,
            tags: None,
            key: key_of(&body)?,
            topic,
            position,
            prompt_hash: packed.prompt_hash,
            text_hash: packed.text_hash,
            siblings: packed.siblings(&super::facts::deck_id(&self.tx, deck)?),
            ordinals: ordinals_column(&packed.ordinals),
            held_out: packed.held_out,
            retired: false,
            made: Some(id),
        };
        self.insert_note(note, &row, packed.ordinals.len())?;
        self.list_deck(deck);
        self.tx
            .prepare_cached("UPDATE deck SET last_position = ?2 WHERE id = ?1 AND last_position < ?2")?
            .execute((deck, position))?;
        Ok(true)
    }

    /// Shows a note as `now` says.
    pub(super) fn show(&mut self, note: i64, now: &NoteRow) -> Result<(), StoreError> {
        let context = self.context()?;
        let before = NoteRow::of(&self.tx, note)?;
        if before.as_ref() == Some(now) {
            return Ok(());
        }
        let moves = before.as_ref().is_some_and(|before| before.deck != now.deck || before.topic != now.topic);
        let cards = if moves { self.counted_cards(note)? } else { Vec::new() };
        if moves {
            for card in &cards {
                if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                    self.move_sums(&row, &context.voided, -1)?;
                }
            }
        }
        self.tx
            .prepare_cached(
                "INSERT INTO note (id, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, ordinals, \
                 fresh, held_out, retired, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?13, ?14, ?15) \
                 ON CONFLICT (id) DO UPDATE SET deck = excluded.deck, source = excluded.source, own = excluded.own, \
                 tags = excluded.tags, key = excluded.key, topic = excluded.topic, position = excluded.position, \
                 prompt_hash = excluded.prompt_hash, text_hash = excluded.text_hash, siblings = excluded.siblings, \
                 ordinals = excluded.ordinals, held_out = excluded.held_out, retired = excluded.retired, made = excluded.made",
            )?
            .execute(rusqlite::params![
                note,
                now.deck,
                now.source,
                now.own,
                now.tags,
                now.key,
                now.topic,
                now.position,
                now.prompt_hash,
                now.text_hash,
                now.siblings,
                now.ordinals,
                now.held_out,
                now.retired,
                now.made,
            ])?;
        if moves {
            for card in &cards {
                if let Some(row) = CardRow::of_number(&self.tx, &context.reader, *card)? {
                    self.move_sums(&row, &context.voided, 1)?;
                }
            }
        }
        self.offer(note, now)?;
        for deck in before.iter().map(|before| before.deck).chain([now.deck]) {
            self.list_deck(deck);
        }
        self.tx
            .prepare_cached("UPDATE deck SET last_position = ?2 WHERE id = ?1 AND last_position < ?2")?
            .execute((now.deck, now.position))?;
        Ok(())
    }

    /// The cards of a note that something may be counted of. Answers of another program leave no state.
    fn counted_cards(&self, note: i64) -> Result<Vec<i64>, StoreError> {
        let mut statement =
            self.tx.prepare_cached("SELECT DISTINCT card FROM event WHERE card BETWEEN ?1 AND ?2 ORDER BY card")?;
        let rows = statement
            .query_map((card_number(note, 0), card_number(note, super::columns::MOST_ORDINAL)), |row| row.get(0))?;
        let mut cards: Vec<i64> = rows.collect::<Result<_, _>>()?;
        cards.retain(|card| !self.uncounted.contains(card));
        Ok(cards)
    }

    /// Brings up to date which cards of a note are offered, and how many are new.
    fn offer(&self, note: i64, row: &NoteRow) -> Result<(), StoreError> {
        let ordinals = ordinals_of(row.ordinals.as_deref())?;
        let mut fresh = if row.is_askable() { i64::try_from(ordinals.len()).unwrap_or(0) } else { 0 };
        let states: Vec<(i64, bool, bool)> = {
            let mut statement = self.tx.prepare_cached(
                "SELECT card, repetitions IS NULL, suspended FROM card_state WHERE card BETWEEN ?1 AND ?2",
            )?;
            let rows = statement
                .query_map((card_number(note, 0), card_number(note, super::columns::MOST_ORDINAL)), |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?;
            rows.collect::<Result<_, _>>()?
        };
        for (card, is_new, suspended) in states {
            let asked = row.is_askable() && ordinals.contains(&super::columns::card_parts(card).1);
            if asked && (!is_new || suspended) {
                fresh -= 1;
            }
            self.tx.prepare_cached("UPDATE card_state SET offered = ?2, deck = ?3 WHERE card = ?1")?.execute((
                card,
                asked && !suspended,
                row.deck,
            ))?;
        }
        self.tx.prepare_cached("UPDATE note SET fresh = ?2 WHERE id = ?1 AND fresh <> ?2")?.execute((note, fresh))?;
        Ok(())
    }

    /// Makes again what is shown of a deck, from the facts about it.
    pub(super) fn refresh_deck(&mut self, deck: i64) -> Result<(), StoreError> {
        if deck == NO_DECK {
            return Ok(());
        }
        let context = self.context()?;
        let now = deck_row(&self.tx, &context, deck)?;
        let before = kept_deck(&self.tx, deck)?;
        if before.as_ref() != Some(&now) {
            let position = if before.is_none() { last_position(&self.tx, deck)? } else { 0 };
            self.tx
                .prepare_cached(
                    "INSERT INTO deck (id, name_id, name, namespace, title, description, language, license, version, origin, \
                     edition, scheduler, listed, last_position) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                     ON CONFLICT (id) DO UPDATE SET name = excluded.name, namespace = excluded.namespace, title = excluded.title, \
                     description = excluded.description, language = excluded.language, license = excluded.license, \
                     version = excluded.version, origin = excluded.origin, edition = excluded.edition, \
                     scheduler = excluded.scheduler, listed = excluded.listed",
                )?
                .execute(rusqlite::params![
                    deck,
                    now.id,
                    now.name,
                    now.namespace,
                    now.title,
                    now.description,
                    now.language,
                    now.license,
                    now.version,
                    now.origin,
                    now.edition,
                    now.scheduler,
                    now.listed,
                    position,
                ])?;
        }
        self.refresh_topics(deck)?;
        self.list_deck(deck);
        // Another edition of a built-in deck decides which of its notes are still there.
        if before.is_some_and(|before| before.edition != now.edition) {
            let notes: Vec<i64> = {
                let mut statement = self.tx.prepare(
                    "SELECT DISTINCT subject FROM fact WHERE kind = 1 AND arg = ?1 AND edition > 0 ORDER BY subject",
                )?;
                statement.query_map([deck], |row| row.get(0))?.collect::<Result<_, _>>()?
            };
            for note in notes {
                self.refresh_note(note)?;
            }
        }
        Ok(())
    }

    /// Makes again what is shown of the topics of a deck.
    fn refresh_topics(&mut self, deck: i64) -> Result<(), StoreError> {
        let context = self.context()?;
        let facts = facts_of(&self.tx, &context.reader, -deck)?;
        let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
        let shown = registers::deck(&said);
        let topics: BTreeMap<&str, _> = shown.topics.iter().map(|topic| (topic.id.as_str(), topic)).collect();
        let known: Vec<(i64, String)> = {
            let mut statement = self.tx.prepare_cached("SELECT id, name_id FROM topic WHERE deck = ?1")?;
            statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?
        };
        for topic in &shown.topics {
            self.topic_number(deck, &topic.id)?;
        }
        for topic in topics.values() {
            self.tx
                .prepare_cached(
                    "UPDATE topic SET title = ?3, primer = ?4, try_line = ?5, position = ?6 WHERE deck = ?1 AND name_id = ?2",
                )?
                .execute((deck, &topic.id, &topic.title, &topic.primer, &topic.try_line, topic.position))?;
        }
        for (number, name) in known {
            if !topics.contains_key(name.as_str()) {
                // Nobody says anything of it any more: notes may still name it.
                self.tx
                    .prepare_cached(
                        "UPDATE topic SET title = name_id, primer = NULL, try_line = NULL, position = NULL WHERE id = ?1",
                    )?
                    .execute([number])?;
            }
        }
        Ok(())
    }

    /// Whether the deck is listed has to be found again at the end of the action.
    fn list_deck(&mut self, deck: i64) {
        if deck != NO_DECK {
            self.decks_to_list.insert(deck);
        }
    }

    /// Brings up to date which decks are listed: those that somebody made, and those with a living note in them.
    pub(super) fn list_decks(&mut self) -> Result<(), StoreError> {
        for deck in std::mem::take(&mut self.decks_to_list) {
            let has_row: bool = self
                .tx
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM deck WHERE id = ?1)")?
                .query_row([deck], |row| row.get(0))?;
            if !has_row {
                self.refresh_deck(deck)?;
            }
            let context = self.context()?;
            let listed = deck_is_listed(&self.tx, &context, deck)?;
            self.tx
                .prepare_cached("UPDATE deck SET listed = ?2 WHERE id = ?1 AND listed <> ?2")?
                .execute((deck, listed))?;
        }
        self.decks_to_list.clear();
        Ok(())
    }

    /// Makes again which note another name stands for.
    pub(super) fn refresh_alias(&mut self, alias: i64) -> Result<(), StoreError> {
        let context = self.context()?;
        match alias_of(&self.tx, &context, alias)? {
            Some(note) => {
                let note = self.name_note(note)?;
                self.tx
                    .prepare_cached(
                        "INSERT INTO alias (alias, note) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET note = ?2",
                    )?
                    .execute((alias, note))?;
            }
            None => {
                self.tx.prepare_cached("DELETE FROM alias WHERE alias = ?1")?.execute([alias])?;
            }
        }
        Ok(())
    }
}

/// What a row of `deck` says of its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeckRow {
    id: String,
    name: String,
    namespace: String,
    title: Option<String>,
    description: Option<String>,
    language: Option<String>,
    license: Option<String>,
    version: Option<String>,
    origin: String,
    edition: u32,
    scheduler: Option<i64>,
    listed: bool,
}

/// What the facts about a deck say is shown of it.
pub(super) fn deck_row(db: &Connection, context: &Context, deck: i64) -> Result<DeckRow, StoreError> {
    let facts = facts_of(db, &context.reader, -deck)?;
    let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
    let shown = registers::deck(&said);
    let id = super::facts::deck_id(db, deck)?;
    let head = shown.head.unwrap_or_default();
    let name = shown.renamed.or(Some(head.name).filter(|name| !name.is_empty())).unwrap_or_else(|| id.clone());
    let scheduler = match shown.scheduler {
        Some(config) => db
            .prepare_cached("SELECT id FROM config WHERE hash = ?1")?
            .query_row([config.0], |row| row.get(0))
            .optional()?,
        None => None,
    };
    Ok(DeckRow {
        name,
        namespace: head.namespace.unwrap_or_else(|| id.clone()),
        title: head.title,
        description: head.description,
        language: head.language,
        license: head.license,
        version: head.version,
        origin: head.origin,
        edition: shown.edition,
        scheduler,
        listed: deck_is_listed(db, context, deck)?,
        id,
    })
}

/// What is kept of a deck.
pub(super) fn kept_deck(db: &Connection, deck: i64) -> Result<Option<DeckRow>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT name_id, name, namespace, title, description, language, license, version, origin, edition, scheduler, listed \
             FROM deck WHERE id = ?1",
        )?
        .query_row([deck], |row| {
            Ok(DeckRow {
                id: row.get(0)?,
                name: row.get(1)?,
                namespace: row.get(2)?,
                title: row.get(3)?,
                description: row.get(4)?,
                language: row.get(5)?,
                license: row.get(6)?,
                version: row.get(7)?,
                origin: row.get(8)?,
                edition: row.get(9)?,
                scheduler: row.get(10)?,
                listed: row.get(11)?,
            })
        })
        .optional()?)
}

/// The note that another name stands for, if it counts.
pub(super) fn alias_of(db: &Connection, context: &Context, alias: i64) -> Result<Option<NoteUid>, StoreError> {
    let facts = facts_of(db, &context.reader, alias)?;
    let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
    Ok(registers::alias(&said))
}

/// Whether a deck is shown: somebody made it and that counts, or a living note is in it.
pub(super) fn deck_is_listed(db: &Connection, context: &Context, deck: i64) -> Result<bool, StoreError> {
    let lives: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0)")?
        .query_row([deck], |row| row.get(0))?;
    if lives {
        return Ok(true);
    }
    let facts = facts_of(db, &context.reader, -deck)?;
    let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
    Ok(registers::deck(&said).made)
}

/// Where the last note of a deck lies in its order.
pub(super) fn last_position(db: &Connection, deck: i64) -> Result<i64, StoreError> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(position), 0) FROM note INDEXED BY note_prompt WHERE deck = ?1")?
        .query_row([deck], |row| row.get(0))?)
}
