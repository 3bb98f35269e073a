//! Keeps the rows of `deck` and `topic` as the facts about them say, and which decks are listed.

use crate::core::event::Span;
use crate::core::fact::LAST_POSITION;
use crate::core::registers;
use crate::core::registers::Said;
use crate::core::registers::ShownDeck;
use crate::store::Context;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::columns::BROUGHT;
use crate::store::columns::PLACED;
use crate::store::columns::sequence_column;
use crate::store::columns::weights_column;
use crate::store::facts::FactRow;
use crate::store::facts::deck_id;
use crate::store::facts::facts_of;
use crate::store::facts::topic_number;
use crate::store::shown::NO_DECK;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// What a row of `deck` says of its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct DeckRow {
    id: String,
    name: String,
    namespace: String,
    title: Option<String>,
    description: Option<String>,
    language: Option<String>,
    license: Option<String>,
    version: Option<String>,
    sequence: Option<String>,
    weights: Option<String>,
    origin: String,
    edition: u32,
    scheduler: Option<i64>,
    pub(in crate::store) listed: u8,
}

/// The values of `deck.listed`.
pub(in crate::store) const NOT_LISTED: u8 = 0;
pub(in crate::store) const LISTED: u8 = 1;
pub(in crate::store) const HIDDEN: u8 = 2;

/// What the facts about a deck say is shown of it.
pub(in crate::store) fn deck_row(db: &Connection, context: &Context, deck: i64) -> Result<DeckRow, Fault> {
    let shown = self::deck(db, context, deck)?;
    let listed = listed(db, context, deck, &shown)?;
    let id = crate::store::facts::deck_id(db, deck)?;
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
        sequence: sequence_column(&head.sequence),
        weights: weights_column(head.weights),
        origin: head.origin,
        edition: shown.edition,
        scheduler,
        listed,
        id,
    })
}

/// What is kept of a deck.
pub(in crate::store) fn kept_deck(db: &Connection, deck: i64) -> Result<Option<DeckRow>, Fault> {
    Ok(db
        .prepare_cached(
            "SELECT name_id, name, namespace, title, description, language, license, version, sequence, origin, edition, \
             scheduler, listed, weights FROM deck WHERE id = ?1",
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
                sequence: row.get(8)?,
                origin: row.get(9)?,
                edition: row.get(10)?,
                scheduler: row.get(11)?,
                listed: row.get(12)?,
                weights: row.get(13)?,
            })
        })
        .optional()?)
}

/// What a deck is called; or what it was called when an action was taken, before it or with what that says itself. Names that were
/// taken back since do not count.
pub(in crate::store) fn name_at(
    db: &Connection,
    context: &Context,
    deck: i64,
    at: Option<(Span, bool)>,
) -> Result<String, Fault> {
    let name = match at {
        None => {
            let mut statement = db.prepare_cached("SELECT name FROM deck WHERE id = ?1")?;
            statement.query_row([deck], |row| row.get(0)).optional()?
        }
        Some((span, is_before)) => {
            let facts = facts_of(db, &context.reader, -deck)?;
            let when = facts.iter().find(|row| span.has(row.id)).map(|row| row.hlc);
            let was_said = |row: &&FactRow| when.is_none_or(|when| row.hlc < when || !is_before && span.has(row.id));
            let said: Vec<Said<'_>> = facts.iter().filter(was_said).map(|row| row.said(&context.voided)).collect();
            let shown = registers::deck(&said);
            shown.renamed.or(shown.head.map(|head| head.name)).filter(|name| !name.is_empty())
        }
    };
    name.map_or_else(|| deck_id(db, deck), Ok)
}

/// Whether a deck is there for people, and whether they hide it. One that was emptied is there no more, nor is one that was
/// hidden or removed while it was empty; one that somebody made and that nothing was put into yet is.
pub(in crate::store) fn listed(db: &Connection, context: &Context, deck: i64, shown: &ShownDeck) -> Result<u8, Fault> {
    let lives: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0)")?
        .query_row([deck], |row| row.get(0))?;
    Ok(match lives || !shown.hidden && is_begun(db, context, deck, shown)? {
        false => NOT_LISTED,
        true if shown.hidden => HIDDEN,
        true => LISTED,
    })
}

/// Whether somebody made the deck, and nothing was put into it yet.
fn is_begun(db: &Connection, context: &Context, deck: i64, shown: &ShownDeck) -> Result<bool, Fault> {
    Ok(shown.made && !was_filled(db, context, deck)?)
}

/// Whether a deck was hidden or removed while it was empty.
pub(in crate::store) fn is_removed(db: &Connection, context: &Context, deck: i64) -> Result<bool, Fault> {
    let shown = self::deck(db, context, deck)?;
    Ok(shown.hidden && listed(db, context, deck, &shown)? == NOT_LISTED && is_begun(db, context, deck, &shown)?)
}

/// Whether a note was ever put into a deck, by a fact that counts. A pass over the facts: asked of empty decks only.
fn was_filled(db: &Connection, context: &Context, deck: i64) -> Result<bool, Fault> {
    let mut statement =
        db.prepare_cached(&format!("SELECT id FROM fact WHERE kind IN ({BROUGHT}, {PLACED}) AND arg = ?1"))?;
    let mut rows = statement.query([deck])?;
    while let Some(row) = rows.next()? {
        if !context.voided.has(context.reader.known(row.get(0)?)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What core's registers say of a deck.
pub(in crate::store) fn deck(db: &Connection, context: &Context, deck: i64) -> Result<ShownDeck, Fault> {
    let facts = facts_of(db, &context.reader, -deck)?;
    let said: Vec<Said<'_>> = facts.iter().map(|row| row.said(&context.voided)).collect();
    Ok(registers::deck(&said))
}

/// Where the last note of a deck lies in its order.
pub(in crate::store) fn last_position(db: &Connection, deck: i64) -> Result<i64, Fault> {
    Ok(db
        .prepare_cached("SELECT coalesce(max(position), 0) FROM note INDEXED BY note_prompt WHERE deck = ?1")?
        .query_row([deck], |row| row.get(0))?)
}

impl Writer<'_> {
    /// Makes again what is shown of a deck, from the facts about it.
    pub(in crate::store) fn refresh_deck(&mut self, deck: i64) -> Result<(), Fault> {
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
                    "INSERT INTO deck (id, name_id, name, namespace, title, description, language, license, version, sequence, origin, \
                     edition, scheduler, listed, last_position, weights) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) \
                     ON CONFLICT (id) DO UPDATE SET name = excluded.name, namespace = excluded.namespace, title = excluded.title, \
                     description = excluded.description, language = excluded.language, license = excluded.license, \
                     version = excluded.version, sequence = excluded.sequence, origin = excluded.origin, edition = excluded.edition, \
                     scheduler = excluded.scheduler, listed = excluded.listed, weights = excluded.weights",
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
                    now.sequence,
                    now.origin,
                    now.edition,
                    now.scheduler,
                    now.listed,
                    position,
                    now.weights,
                ])?;
        }
        if let Some(names) = &mut self.listed_names {
            if let Some(named) = before.as_ref().and_then(|before| names.get_mut(&before.name)) {
                named.remove(&deck);
            }
            if now.listed != NOT_LISTED {
                names.entry(now.name.clone()).or_default().insert(deck);
            }
        }
        self.refresh_topics(deck)?;
        self.list_deck(deck);
        // Another edition of a built-in deck decides which of its notes are still there.
        if before.is_some_and(|before| before.edition != now.edition) {
            let notes: Vec<i64> = {
                let mut statement = self.tx.prepare(&format!(
                    "SELECT DISTINCT subject FROM fact WHERE kind = {BROUGHT} AND arg = ?1 AND edition > 0 ORDER BY subject"
                ))?;
                statement.query_map([deck], |row| row.get(0))?.collect::<Result<_, _>>()?
            };
            for note in notes {
                self.refresh_note(note)?;
            }
        }
        Ok(())
    }

    /// Makes again what is shown of the topics of a deck.
    fn refresh_topics(&mut self, deck: i64) -> Result<(), Fault> {
        let context = self.context()?;
        let shown = self::deck(&self.tx, &context, deck)?;
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

    /// The number of a topic, given where it is new.
    pub(in crate::store) fn topic_number(&self, deck: i64, name: &str) -> Result<i64, Fault> {
        if let Some(known) = topic_number(&self.tx, deck, name)? {
            return Ok(known);
        }
        // A row format names topics by their titles only; a deck file says more of them with its own facts.
        self.tx
            .prepare_cached("INSERT INTO topic (deck, name_id, title) VALUES (?1, ?2, ?2)")?
            .execute((deck, name))?;
        Ok(self.tx.last_insert_rowid())
    }

    /// Whether the deck is listed has to be found again at the end of the action.
    pub(in crate::store) fn list_deck(&mut self, deck: i64) {
        if deck != NO_DECK {
            self.decks_to_list.insert(deck);
        }
    }

    /// The deck that is listed under a name, if it is the only one. All names are read at once: a file may name thousands.
    pub(in crate::store) fn listed_deck_named(&mut self, name: &str) -> Result<Option<i64>, Fault> {
        if self.listed_names.is_none() {
            let mut names: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
            let mut statement = self.tx.prepare_cached("SELECT name, id FROM deck WHERE listed > 0")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                names.entry(row.get(0)?).or_default().insert(row.get(1)?);
            }
            drop(rows);
            drop(statement);
            self.listed_names = Some(names);
        }
        let named = self.listed_names.as_ref().and_then(|names| names.get(name));
        Ok(named.filter(|named| named.len() == 1).and_then(|named| named.first().copied()))
    }

    /// Brings up to date which decks are listed: those with a living note in them, and new ones that are still empty.
    pub(in crate::store) fn list_decks(&mut self) -> Result<(), Fault> {
        for deck in std::mem::take(&mut self.decks_to_list) {
            let has_row: bool = self
                .tx
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM deck WHERE id = ?1)")?
                .query_row([deck], |row| row.get(0))?;
            if !has_row {
                self.refresh_deck(deck)?;
            }
            let context = self.context()?;
            let listed = listed(&self.tx, &context, deck, &self::deck(&self.tx, &context, deck)?)?;
            self.tx
                .prepare_cached("UPDATE deck SET listed = ?2 WHERE id = ?1 AND listed <> ?2")?
                .execute((deck, listed))?;
        }
        self.decks_to_list.clear();
        self.listed_names = None;
        Ok(())
    }

    /// The last place of a deck's order.
    pub(in crate::store) fn last_place(&self, deck: i64) -> Result<i64, Fault> {
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
