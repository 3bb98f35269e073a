//! Cards and decks as people list them.

mod decks;
#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
mod tests;

pub use decks::BuiltinDeck;
pub use decks::DeckLine;

use crate::core::card::NoteText;
use crate::core::card::has_key;
use crate::core::grade::Drill;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::card_number;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::columns::words;
use crate::store::facts::note_number;
use crate::store::naming::makes_several;
use crate::store::naming::name_of;
use crate::store::naming::name_of_any;
use crate::store::naming::named_ordinals;
use crate::store::naming::naming_key;
use crate::store::naming::with_ordinal;
use crate::store::notes::SOURCE_BESIDE_OWN;
use crate::store::notes::following;
use crate::store::notes::shown_text;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::whole_state_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use std::borrow::Cow;

/// Notes that are handed out together: enough that handing over costs nothing, few enough to stay in the processor's cache.
const NOTES_AT_A_TIME: usize = 256;

/// The ids of so many notes may be so far apart that all that lies between them is read too.
const FARTHEST: i64 = 512;

/// The words of the notes that fulfil a condition.
fn note_words(condition: &str) -> String {
    format!(
        "SELECT n.id, u.uid, n.key, n.tags, x.body, {SOURCE_BESIDE_OWN} FROM note n CROSS JOIN note_name u ON u.id = n.id \
         CROSS JOIN text x ON x.id = coalesce(n.own, n.source) WHERE x.body IS NOT NULL AND {condition}"
    )
}

/// A card with its text and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// The card.
    pub card: CardId,
    /// Id of its deck.
    pub deck: String,
    /// Path-like name of its deck.
    pub deck_name: String,
    /// Its key, where it has one.
    pub key: Option<String>,
    /// Whether the key names it. Of several notes that claim one key one has the name, the others go by their ids.
    pub named: bool,
    /// Its text.
    pub text: NoteText,
    /// Whether its note makes other cards, too. Known without reading the text.
    pub has_siblings: bool,
    /// Whether its words were erased: then it is not asked any more.
    pub erased: bool,
    /// Whether it was deleted, or its source has it no more.
    pub retired: bool,
    /// Title of its topic.
    pub topic: Option<String>,
    /// Its state.
    pub state: CardState,
}

impl CardLine {
    /// What a person would type to name its note, all cards together.
    #[must_use]
    pub fn note_name(&self) -> String {
        name_of(&self.deck, self.key.clone().filter(|_| self.named), self.card)
    }

    /// What a person would type to name it.
    #[must_use]
    pub fn name(&self) -> String {
        with_ordinal(self.note_name(), self.card.ordinal, self.has_siblings)
    }

    /// What tells it from other cards at a glance: its name, or what it asks where it would go by its id.
    #[must_use]
    pub fn known_by(&self, name: String) -> String {
        if self.erased { name } else { self.text.known_by(self.card.ordinal, &name) }
    }

    /// The one word for how it stands.
    #[must_use]
    pub fn word(&self, today: StudyDay, drill: Drill) -> &'static str {
        match (self.erased, self.retired) {
            (true, _) => "erased",
            (false, true) => "deleted",
            (false, false) => self.state.word(today, drill).name(),
        }
    }
}

/// What tells a card, or without an ordinal its note, from others at a glance, as [`CardLine::known_by`] has it: in every message
/// about a step. Also where it is retired.
pub(super) fn known_by(db: &Connection, note: i64, ordinal: Option<u16>) -> Result<Option<String>, Fault> {
    let Some(name) = name_of_card(db, note, ordinal)? else { return Ok(None) };
    // A long history names a card in each row: one with a key goes by it, and its text need not be read.
    let text = if has_key(&name) { None } else { text_of_note(db, note)? };
    Ok(Some(match text {
        Some(text) => text.known_by(ordinal.or(text.ordinals().first().copied()).unwrap_or(1), &name),
        None => name,
    }))
}

/// What people call a card, also one whose note is retired, as [`CardLine::name`] has it; without an ordinal its note.
pub(super) fn name_of_card(db: &Connection, note: i64, ordinal: Option<u16>) -> Result<Option<String>, Fault> {
    let Some(name) = name_of_any(db, note)? else { return Ok(None) };
    let Some(ordinal) = ordinal else { return Ok(Some(name)) };
    let mut statement = db.prepare_cached("SELECT ordinals FROM note WHERE id = ?1")?;
    let mut rows = statement.query([note])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let several = makes_several(&ordinals_of(text(row, 0)?)?, || text_of_note(db, note))?;
    Ok(Some(with_ordinal(name, ordinal, several)))
}

/// The text of a note, retired or not, where it was not erased.
fn text_of_note(db: &Connection, note: i64) -> Result<Option<NoteText>, Fault> {
    let mut statement = db.prepare_cached(
        "SELECT x.body FROM note n CROSS JOIN text x ON x.id = coalesce(n.own, n.source) WHERE n.id = ?1",
    )?;
    let mut rows = statement.query([note])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    // One that can't be read is `lmq doctor`'s to tell.
    Ok(words(row, 0)?.and_then(|body| text_of(body, None).ok()))
}

impl Store {
    /// The living notes of a deck in its order: by position, those of one position by uid. From an index, without the
    /// texts.
    pub(super) fn notes_in_order(&self, deck: i64) -> Result<Vec<i64>, Fault> {
        let mut order: Vec<(i64, i64)> = {
            let mut statement = self.db().prepare_cached(
                "SELECT position, id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0",
            )?;
            let rows = statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        order.sort_unstable();
        // Positions that two notes share are few: they come from two devices.
        let mut statement = self.db().prepare_cached("SELECT uid FROM note_name WHERE id = ?1")?;
        for alike in order.chunk_by_mut(|(a, _), (b, _)| a == b).filter(|alike| alike.len() > 1) {
            let mut named: Vec<([u8; 16], (i64, i64))> = alike
                .iter()
                .map(|note| Ok((statement.query_row([note.1], |row| row.get(0))?, *note)))
                .collect::<Result<_, Fault>>()?;
            named.sort_unstable();
            for (to, (_, from)) in alike.iter_mut().zip(named) {
                *to = from;
            }
        }
        Ok(order.into_iter().map(|(_, note)| note).collect())
    }

    /// Cards of some decks, in the order of decks, positions and ordinals, one at a time.
    ///
    /// `words`: only cards whose text contains all of them, compared after folding.
    ///
    /// # Errors
    /// When the database can't be read, or `line` fails.
    pub fn cards(
        &self,
        decks: &DeckSet,
        words: &[String],
        mut line: impl FnMut(CardLine) -> Result<(), Fault>,
    ) -> Result<(), StoreError> {
        self.attempt(|| {
            self.each_line(
                decks,
                |_| true,
                |found| if words.is_empty() || matches(&found, words) { line(found) } else { Ok(()) },
            )
        })
    }

    /// The same, of those cards that are `wanted`: the texts of others are not read.
    pub(super) fn each_line(
        &self,
        decks: &DeckSet,
        wanted: impl Fn(CardId) -> bool,
        mut line: impl FnMut(CardLine) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT u.uid, n.key, t.title, n.ordinals, n.tags, x.body, {SOURCE_BESIDE_OWN}, {STATE_COLUMNS} FROM note n \
             CROSS JOIN note_name u ON u.id = n.id CROSS JOIN text x ON x.id = coalesce(n.own, n.source) \
             LEFT JOIN topic t ON t.id = n.topic LEFT JOIN card_state s ON s.card = (n.id << 9 | 1) WHERE n.id = ?1"
        ))?;
        // While this statement is open, all others see the database as it was when it began.
        let mut heads =
            self.db().prepare_cached("SELECT id, name_id, name FROM deck WHERE listed > 0 ORDER BY name_id")?;
        let mut heads = heads.query([])?;
        let context = self.context()?;
        while let Some(head) = heads.next()? {
            let deck = head.get(0)?;
            if !decks.has(deck) {
                continue;
            }
            let (deck_id, deck_name): (String, String) = (head.get(1)?, head.get(2)?);
            for number in self.notes_in_order(deck)? {
                let mut rows = statement.query([number])?;
                let Some(row) = rows.next()? else { continue };
                let note = NoteUid(row.get(0)?);
                let mut ordinals = ordinals_of(text(row, 3)?)?;
                let has_siblings = ordinals.len() > 1;
                ordinals.retain(|ordinal| wanted(CardId { note, ordinal: *ordinal }));
                ordinals.sort_unstable();
                if ordinals.is_empty() {
                    continue;
                }
                let body = words(row, 5)?;
                let (shown, erased) = (following(shown_text(body, text(row, 4)?), words(row, 6)?), body.is_none());
                let key: Option<String> = row.get(1)?;
                let named = naming_key(self.db(), &deck_id, key.clone(), note)?.is_some();
                let topic: Option<String> = row.get(2)?;
                let mut first = Some(whole_state_of(row, 7, &context.reader)?);
                drop(rows);
                for ordinal in ordinals {
                    let state = match first.take_if(|_| ordinal == 1) {
                        Some(state) => state,
                        None => self.state_of_card(card_number(number, ordinal), &context.reader)?,
                    };
                    // One at a time: a text may be long, and have very many cards.
                    line(CardLine {
                        card: CardId { note, ordinal },
                        deck: deck_id.clone(),
                        deck_name: deck_name.clone(),
                        key: key.clone(),
                        named,
                        text: shown.clone(),
                        has_siblings: has_siblings && !erased,
                        erased,
                        retired: false,
                        topic: topic.clone(),
                        state,
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The state of a card by its local number.
    fn state_of_card(&self, card: i64, reader: &Reader) -> Result<CardState, Fault> {
        let mut statement =
            self.db().prepare_cached(&format!("SELECT {STATE_COLUMNS} FROM card_state s WHERE s.card = ?1"))?;
        Ok(statement.query_row([card], |row| whole_state_of(row, 0, reader)).optional()?.unwrap_or_default())
    }

    /// What a card, or without an ordinal its note, goes by in messages: see [`CardLine::known_by`]. `None` where nothing is known
    /// of it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn known_by(&self, note: NoteUid, ordinal: Option<u16>) -> Result<Option<String>, StoreError> {
        self.attempt(|| match note_number(self.db(), note)? {
            Some(number) => known_by(self.db(), number, ordinal),
            None => Ok(None),
        })
    }

    /// One card, retired or not, erased or not: one that its note has, or that something happened to.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn card(&self, card: CardId) -> Result<Option<CardLine>, StoreError> {
        self.attempt(|| self.card_beside(card, None))
    }

    /// The same, where the text of its note may have been read for a card before.
    pub(super) fn card_beside(
        &self,
        card: CardId,
        before: Option<(NoteUid, NoteText)>,
    ) -> Result<Option<CardLine>, Fault> {
        if card.ordinal > MOST_ORDINAL {
            return Ok(None);
        }
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT k.name_id, k.name, n.key, t.title, n.ordinals, n.tags, x.body, s.card IS NOT NULL, n.id, n.retired, \
             {SOURCE_BESIDE_OWN}, {STATE_COLUMNS} \
             FROM note_name u CROSS JOIN note n ON n.id = u.id CROSS JOIN deck k ON k.id = n.deck \
             CROSS JOIN text x ON x.id = coalesce(n.own, n.source) LEFT JOIN topic t ON t.id = n.topic \
             LEFT JOIN card_state s ON s.card = (n.id << 9 | ?2) WHERE u.uid = ?1"
        ))?;
        let mut rows = statement.query((card.note.0, card.ordinal))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        if !row.get::<_, bool>(7)? && !named_ordinals(self.db(), row.get(8)?, text(row, 4)?)?.contains(&card.ordinal) {
            return Ok(None);
        }
        let body = words(row, 6)?;
        let (deck, key): (String, Option<String>) = (row.get(0)?, row.get(2)?);
        let shown = match before {
            Some((note, text)) if note == card.note => text,
            _ => following(shown_text(body, text(row, 5)?), words(row, 10)?),
        };
        // A note that was put away has no cards that are asked, but had some.
        let has_siblings = body.is_some() && makes_several(&ordinals_of(text(row, 4)?)?, || Ok(Some(shown.clone())))?;
        Ok(Some(CardLine {
            card,
            named: naming_key(self.db(), &deck, key.clone(), card.note)?.is_some(),
            deck,
            deck_name: row.get(1)?,
            key,
            text: shown,
            has_siblings,
            erased: body.is_none(),
            retired: row.get(9)?,
            topic: row.get(3)?,
            state: whole_state_of(row, 11, &self.context()?.reader)?,
        }))
    }

    /// The notes of a deck in their order, some hundred at a time, as they lie in the database. Those whose text was
    /// erased are left out: there is nothing of them to give.
    ///
    /// # Errors
    /// When the database can't be read, or `take` fails.
    pub fn notes(&self, deck: i64, mut take: impl FnMut(Notes) -> Result<(), Fault>) -> Result<(), StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let mut one_by_one = self.db().prepare_cached(&note_words("n.id = ?1"))?;
            let mut in_a_row = self.db().prepare_cached(&note_words("n.id BETWEEN ?1 AND ?2 ORDER BY n.id"))?;
            let mut room = 0;
            for ids in self.notes_in_order(deck)?.chunks(NOTES_AT_A_TIME) {
                let mut notes = Notes::with_room(room, ids.len());
                match ids {
                    // Notes that came together lie together: to go from one to the next costs a third of looking for it.
                    [first, .., last] if ids.is_sorted() && *last - *first <= FARTHEST => {
                        let mut wanted = ids.iter().peekable();
                        let mut rows = in_a_row.query((first, last))?;
                        while let Some(row) = rows.next()? {
                            let id: i64 = row.get(0)?;
                            while wanted.next_if(|wanted| **wanted < id).is_some() {}
                            if wanted.next_if_eq(&&id).is_some() {
                                notes.add_row(row)?;
                            }
                        }
                    }
                    _ => {
                        // They lie anywhere: with more pages in memory fewer are read twice.
                        self.read_much()?;
                        for id in ids {
                            let mut rows = one_by_one.query([id])?;
                            if let Some(row) = rows.next()? {
                                notes.add_row(row)?;
                            }
                        }
                    }
                }
                room = room.max(notes.size());
                take(notes)?;
            }
            Ok(())
        })
    }
}

/// Notes in one piece of memory, so that another thread can be given them cheaply. Reading the texts out of their JSON
/// costs more than getting them from the database.
#[derive(Debug, Default)]
pub struct Notes {
    text: String,
    ends: Vec<Ends>,
}

/// A note's uid, and where its key, its tags and its body end; no end for what it does not have.
#[derive(Debug)]
struct Ends {
    uid: NoteUid,
    key: Option<usize>,
    tags: Option<usize>,
    body: usize,
}

impl Notes {
    fn with_room(bytes: usize, notes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(notes) }
    }

    fn add_row(&mut self, row: &Row<'_>) -> Result<(), Fault> {
        let mut body = Cow::Borrowed(text(row, 4)?.unwrap_or_default());
        if let Some(source) = text(row, 5)? {
            let own = following(text_of(&body, None)?, Some(source));
            body = serde_json::to_string(&own).map_err(|error| Fault::Corrupt(error.to_string()))?.into();
        }
        self.add(NoteUid(row.get(1)?), text(row, 2)?, text(row, 3)?, &body);
        Ok(())
    }

    fn add(&mut self, uid: NoteUid, key: Option<&str>, tags: Option<&str>, body: &str) {
        let mut end_of = |part: Option<&str>| {
            part.map(|part| {
                self.text.push_str(part);
                self.text.len()
            })
        };
        let (key, tags) = (end_of(key), end_of(tags));
        self.text.push_str(body);
        self.ends.push(Ends { uid, key, tags, body: self.text.len() });
    }

    /// Bytes of text that they hold.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.len()
    }

    /// Uid, key and text of each.
    ///
    /// # Errors
    /// Each by itself, when its text can't be read.
    pub fn read(&self) -> impl Iterator<Item = Result<(NoteUid, Option<String>, NoteText), Fault>> {
        let mut start = 0;
        self.ends.iter().map(move |ends| {
            let mut part = |end: usize| self.text.get(std::mem::replace(&mut start, end)..end).unwrap_or_default();
            let (key, tags) = (ends.key.map(&mut part), ends.tags.map(&mut part));
            Ok((ends.uid, key.map(str::to_owned), text_of(part(ends.body), tags)?))
        })
    }
}

fn matches(line: &CardLine, words: &[String]) -> bool {
    use crate::core::compare::search::fold;
    let mut text = String::new();
    for part in line
        .text
        .fields
        .values()
        .flat_map(crate::core::card::Value::texts)
        .chain(&line.text.tags)
        .chain(&line.text.source)
    {
        text.push_str(&fold(part));
        text.push(' ');
    }
    for part in [&line.text.speaker, &line.text.extra, &line.topic, &line.key].into_iter().flatten() {
        text.push_str(&fold(part));
        text.push(' ');
    }
    words.iter().all(|word| text.contains(&fold(word)))
}
