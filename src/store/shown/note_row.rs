//! A row of `note`, and what the facts about a note say has to be in it.

use crate::core::fact::Fact;
use crate::core::registers;
use crate::core::registers::Said;
use crate::store::Context;
use crate::store::Fault;
use crate::store::columns::ordinals_column;
use crate::store::columns::tag_number;
use crate::store::columns::u32_of;
use crate::store::columns::words;
use crate::store::facts::FactRow;
use crate::store::facts::facts_of;
use crate::store::notes::PackedNote;
use crate::store::notes::key_of;
use crate::store::notes::sibling_group;
use crate::store::notes::text_of;
use crate::store::shown::NO_DECK;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::cell::RefCell;

/// A row of `note`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct NoteRow {
    pub(in crate::store) deck: i64,
    pub(in crate::store) source: Option<i64>,
    pub(in crate::store) own: Option<i64>,
    pub(in crate::store) tags: Option<String>,
    pub(in crate::store) key: Option<String>,
    /// What its cards are counted by: the number of its topic, else what stands for its first tag.
    pub(in crate::store) topic: Option<i64>,
    pub(in crate::store) position: i64,
    pub(in crate::store) prompt_hash: i64,
    pub(in crate::store) text_hash: i64,
    pub(in crate::store) siblings: Option<i64>,
    /// As in the column.
    pub(in crate::store) ordinals: Option<String>,
    pub(in crate::store) held_out: bool,
    pub(in crate::store) retired: bool,
    pub(in crate::store) made: Option<i64>,
}

macro_rules! note_columns {
    () => {
        "n.deck, n.source, n.own, n.tags, n.key, n.topic, n.position, n.prompt_hash, n.text_hash, n.siblings, n.ordinals, \
         n.held_out, n.retired, n.made"
    };
}

/// The columns that [`NoteRow::read`] reads.
pub(in crate::store) const NOTE_COLUMNS: &str = note_columns!();

impl NoteRow {
    pub(in crate::store) fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
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

    pub(in crate::store) fn of(db: &Connection, note: i64) -> Result<Option<Self>, Fault> {
        Ok(db
            .prepare_cached(concat!("SELECT ", note_columns!(), " FROM note n WHERE n.id = ?1"))?
            .query_row([note], |row| Self::read(row, 0))
            .optional()?)
    }

    /// A note that is only named so far.
    pub(super) fn nameless() -> Self {
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
    pub(in crate::store) fn is_nameless(&self) -> bool {
        self.source.is_none() && self.own.is_none()
    }

    /// Whether cards of it may be asked in reviews.
    pub(in crate::store) fn is_askable(&self) -> bool {
        !self.retired && !self.held_out
    }
}

/// A body of the text table; `None` where it was erased.
pub(in crate::store) fn body_of(db: &Connection, id: i64) -> Result<Option<String>, Fault> {
    db.prepare_cached("SELECT body FROM text WHERE id = ?1")?
        .query_row([id], |row| Ok(words(row, 0).map(|body| body.map(str::to_owned))))
        .optional()?
        .ok_or_else(|| Fault::Corrupt("a text of a note is not there".to_owned()))?
}

impl NoteRow {
    /// Whether the note has words that nobody can read.
    pub(in crate::store) fn is_damaged(&self, db: &Connection) -> Result<bool, Fault> {
        let mut has_words = false;
        for id in [self.source, self.own].into_iter().flatten() {
            has_words |= body_of(db, id)?.is_some();
        }
        Ok(has_words && self.text_hash == 0)
    }
}

/// The highest edition of a deck that counts.
fn highest_edition(db: &Connection, context: &Context, deck: &str) -> Result<u32, Fault> {
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
pub(in crate::store) fn note_row(
    db: &Connection,
    context: &Context,
    note: i64,
    answered: bool,
    topic: &mut dyn FnMut(&str, &str) -> Result<i64, Fault>,
) -> Result<NoteRow, Fault> {
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
                failed = Some(Fault::Corrupt("a fact is of a device that is not there".to_owned()));
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
    let deck_of = |id: &str| crate::store::facts::deck_number(db, id).map(|number| number.unwrap_or(NO_DECK));
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
    // Words that are damaged are as if they had been erased, so that the note can be deleted, or given others.
    let read = |body: &str| Some((text_of(body, None).ok()?, key_of(body).ok()?));
    let base = source_body.as_deref().or(own_body.as_deref()).and_then(read);
    let shown_text = match (own, shown_body) {
        (Some(_), Some(body)) => read(body),
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
        _ => tags.first().map(|tag| tag_number(tag)),
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
