//! Cards and decks as people list them, and how they are named.

use crate::core::card::NoteText;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::state::CardState;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::LAST_COLUMNS;
use crate::store::columns::STATE_COLUMNS;
use crate::store::columns::u64_of;
use crate::store::columns::whole_state_of;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;

/// Notes that are handed out together: enough that handing over costs nothing, few enough to stay in the processor's cache.
const NOTES_AT_A_TIME: usize = 256;

/// Digits of a uid that stand for a note without a key, in lists. A UUIDv7 begins with its time: notes of one import
/// share the first twelve digits and differ in what follows.
const SHORT_DIGITS: usize = 20;

/// `deck/key`, or the beginning of the id for a note without a key.
pub(super) fn name_of(deck: &str, key: Option<String>, card: CardId) -> String {
    match key {
        Some(key) => format!("{deck}/{key}"),
        None => card.note.to_string().chars().take(SHORT_DIGITS).collect(),
    }
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
    /// Its text.
    pub text: NoteText,
    /// Title of its topic.
    pub topic: Option<String>,
    /// Its state.
    pub state: CardState,
}

impl CardLine {
    /// What a person would type to name its note, all cards together.
    #[must_use]
    pub fn note_name(&self) -> String {
        name_of(&self.deck, self.key.clone(), self.card)
    }

    /// What a person would type to name it.
    #[must_use]
    pub fn name(&self) -> String {
        let name = name_of(&self.deck, self.key.clone(), self.card);
        if self.text.ordinals().len() > 1 { format!("{name}#{}", self.card.ordinal) } else { name }
    }
}

/// A deck with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckLine {
    /// Local number, for a [`DeckSet`].
    pub number: i64,
    /// Its id.
    pub id: String,
    /// Path-like name.
    pub name: String,
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Language.
    pub language: Option<String>,
    /// Licence.
    pub license: Option<String>,
    /// Version of its text.
    pub version: Option<String>,
    /// `builtin`, `file` or `made`.
    pub origin: String,
    /// The file that it is followed from.
    pub linked: Option<String>,
    /// Notes.
    pub notes: u64,
    /// Cards.
    pub cards: u64,
    /// New cards.
    pub new: u64,
    /// Due cards.
    pub due: u64,
}

/// What a person's name for a card stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Just this one.
    One(CardId),
    /// Several; the first few.
    Many(Vec<String>),
    /// None.
    Nothing,
}

/// How many cards of each deck are due on a day.
pub(super) const DUE_BY_DECK: &str = "SELECT deck, count(*) FROM card_state WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 \
     AND coalesce(buried_until, -2147483648) <= ?1 GROUP BY deck";

fn line_of(row: &rusqlite::Row<'_>) -> Result<CardLine, StoreError> {
    Ok(CardLine {
        card: CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? },
        deck: row.get(2)?,
        deck_name: row.get(3)?,
        key: row.get(4)?,
        text: text_of(&row.get::<_, String>(5)?)?,
        topic: row.get(6)?,
        state: whole_state_of(row, 8)?,
    })
}

impl Store {
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
        mut line: impl FnMut(CardLine) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT n.uid, c.ordinal, k.name_id, k.name, n.key, n.body, t.title, c.deck, {STATE_COLUMNS}, {LAST_COLUMNS} \
             FROM note n JOIN card c ON c.note = n.id JOIN deck k ON k.id = c.deck LEFT JOIN topic t ON t.id = n.topic \
             LEFT JOIN card_state s ON s.card = c.id \
             WHERE n.retired = 0 AND c.retired = 0 AND n.body <> '' ORDER BY c.deck, n.position, n.id, c.ordinal"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !decks.has(row.get(7)?) {
                continue;
            }
            let found = line_of(row)?;
            if words.is_empty() || matches(&found, words) {
                line(found)?;
            }
        }
        Ok(())
    }

    /// One card, retired or not.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn card(&self, card: CardId) -> Result<Option<CardLine>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT n.uid, c.ordinal, k.name_id, k.name, n.key, n.body, t.title, c.deck, {STATE_COLUMNS}, {LAST_COLUMNS} \
             FROM note n JOIN card c ON c.note = n.id AND c.ordinal = ?2 JOIN deck k ON k.id = c.deck \
             LEFT JOIN topic t ON t.id = n.topic LEFT JOIN card_state s ON s.card = c.id WHERE n.uid = ?1 AND n.body <> ''"
        ))?;
        let mut rows = statement.query((card.note.0, card.ordinal))?;
        match rows.next()? {
            Some(row) => line_of(row).map(Some),
            None => Ok(None),
        }
    }

    /// The card that a person names: `deck/key`, `deck/key#ordinal`, or the unique beginning of an id.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn find(&self, name: &str) -> Result<Found, StoreError> {
        if let Some(card) = CardId::parse(name)
            && self.card(card)?.is_some()
        {
            return Ok(Found::One(card));
        }
        let of_key = |name: &str| match name.rsplit_once('/') {
            Some((deck, key)) => self.notes_of_key(deck, key),
            None => Ok(Vec::new()),
        };
        // A key may itself end in `#2`: the whole name comes first.
        let (mut notes, mut ordinal) = (of_key(name)?, None);
        if notes.is_empty() {
            let mut name = name;
            if let Some((front, number)) = name.rsplit_once('#')
                && let Ok(number) = number.parse::<u16>()
            {
                (name, ordinal) = (front, Some(number));
            }
            notes = of_key(name)?;
            if notes.is_empty() {
                notes = self.notes_of_prefix(name)?;
            }
        }
        let mut found = Vec::new();
        for note in notes {
            let mut statement = self.db.prepare_cached(
                "SELECT c.ordinal, k.name_id, n.key FROM note n JOIN card c ON c.note = n.id JOIN deck k ON k.id = n.deck \
                 WHERE n.uid = ?1 AND n.retired = 0 AND c.retired = 0 ORDER BY c.ordinal",
            )?;
            let rows = statement.query_map([note.0], |row| {
                let card = CardId { note, ordinal: row.get(0)? };
                Ok((card, name_of(&row.get::<_, String>(1)?, row.get(2)?, card)))
            })?;
            for row in rows {
                let (card, name) = row?;
                if ordinal.is_none_or(|wanted| wanted == card.ordinal) {
                    found.push((card, format!("{name}#{}", card.ordinal)));
                }
            }
        }
        Ok(match found.as_slice() {
            [] => Found::Nothing,
            [(card, _)] => Found::One(*card),
            many => Found::Many(many.iter().take(8).map(|(_, name)| name.clone()).collect()),
        })
    }

    /// The `deck/key` that is most like a name that stands for no card.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn nearest_name(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.db.prepare(
            "SELECT k.name_id || '/' || n.key FROM note n JOIN deck k ON k.id = n.deck \
             WHERE n.retired = 0 AND n.key IS NOT NULL LIMIT 50000",
        )?;
        let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(crate::core::text::nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
    }

    fn notes_of_key(&self, deck: &str, key: &str) -> Result<Vec<NoteUid>, StoreError> {
        let uid = NoteUid::of_key(deck, key);
        let found: Option<NoteUid> = self
            .db
            .prepare_cached(
                "SELECT uid FROM note WHERE uid = ?1 UNION ALL \
                 SELECT n.uid FROM alias a JOIN note n ON n.id = a.note WHERE a.uid = ?1",
            )?
            .query_row([uid.0], |row| Ok(NoteUid(row.get(0)?)))
            .optional()?;
        if let Some(uid) = found {
            return Ok(vec![uid]);
        }
        // A deck's name, or a card that lies in another deck than the one it is named after.
        let mut statement = self.db.prepare_cached(
            "SELECT n.uid FROM deck k JOIN note n ON n.deck = k.id WHERE (k.name_id = ?1 OR k.name = ?1) AND n.key = ?2",
        )?;
        let rows = statement.query_map([deck, key], |row| Ok(NoteUid(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn notes_of_prefix(&self, prefix: &str) -> Result<Vec<NoteUid>, StoreError> {
        let digits: String = prefix.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
        if digits.len() < 4 || digits.len() > 32 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let end = |fill: &str| NoteUid::from_hex(&format!("{digits}{}", fill.repeat(32 - digits.len())));
        let (Some(first), Some(last)) = (end("0"), end("f")) else { return Ok(Vec::new()) };
        let mut statement =
            self.db.prepare_cached("SELECT uid FROM note WHERE uid BETWEEN ?1 AND ?2 ORDER BY uid LIMIT 9")?;
        let rows = statement.query_map((first.0, last.0), |row| Ok(NoteUid(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The decks with the number of their notes; nothing else is counted.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_heads(&self) -> Result<Vec<DeckLine>, StoreError> {
        let notes = self.by_deck("SELECT deck, count(*) FROM note WHERE retired = 0 GROUP BY deck", [])?;
        let mut statement = self.db.prepare_cached(
            "SELECT k.id, k.name_id, k.name, k.title, k.description, k.language, k.license, k.version, k.origin, \
             (SELECT path FROM source s WHERE s.id = k.source), k.created_device, k.created_action FROM deck k \
             WHERE k.retired = 0 ORDER BY k.id",
        )?;
        let sources = self.sources()?;
        let followed = |path: &String| sources.iter().any(|source| source.followed && source.path == *path);
        let rows = statement.query_map([], |row| {
            let number = row.get(0)?;
            let line = DeckLine {
                number,
                id: row.get(1)?,
                name: row.get(2)?,
                title: row.get(3)?,
                description: row.get(4)?,
                language: row.get(5)?,
                license: row.get(6)?,
                version: row.get(7)?,
                origin: row.get(8)?,
                linked: row.get::<_, Option<String>>(9)?.filter(followed),
                notes: notes.get(&number).copied().unwrap_or(0),
                cards: 0,
                new: 0,
                due: 0,
            };
            Ok((line, row.get(10)?, row.get(11)?))
        })?;
        let lines: Vec<(DeckLine, Option<i64>, Option<i64>)> = rows.collect::<Result<_, _>>()?;
        if lines.iter().all(|(line, ..)| line.notes > 0) {
            return Ok(lines.into_iter().map(|(line, ..)| line).collect());
        }
        // An empty deck is one that somebody made so, unless what made it was undone.
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let unmade = |device: Option<i64>, action: Option<i64>| {
            let device = device.and_then(|device| reader.device(device));
            device
                .zip(action)
                .is_some_and(|(device, number)| voided.contains(ActionId { device, number: u64_of(number) }))
        };
        Ok(lines
            .into_iter()
            .filter(|(line, device, action)| line.notes > 0 || !unmade(*device, *action))
            .map(|(line, ..)| line)
            .collect())
    }

    /// The decks, with their counts on `today`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks(&self, today: crate::core::study_day::StudyDay) -> Result<Vec<DeckLine>, StoreError> {
        let cards = self.by_deck(
            "SELECT c.deck, count(*) FROM card c JOIN note n ON n.id = c.note WHERE c.retired = 0 AND n.retired = 0 \
             GROUP BY c.deck",
            [],
        )?;
        let new = self.by_deck("SELECT deck, count(*) FROM card WHERE new_position IS NOT NULL GROUP BY deck", [])?;
        let due = self.by_deck(DUE_BY_DECK, [today.0])?;
        let mut decks = self.deck_heads()?;
        for deck in &mut decks {
            let of = |counts: &BTreeMap<i64, u64>| counts.get(&deck.number).copied().unwrap_or(0);
            (deck.cards, deck.new, deck.due) = (of(&cards), of(&new), of(&due));
        }
        Ok(decks)
    }

    /// Counts by deck, each made in one pass.
    pub(super) fn by_deck(&self, sql: &str, params: impl rusqlite::Params) -> Result<BTreeMap<i64, u64>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let rows = statement.query_map(params, |row| Ok((row.get(0)?, u64_of(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Ids and names of all decks with their local numbers: for finding one by name without counting anything.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn deck_names(&self) -> Result<Vec<(i64, String, String)>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT id, name_id, name FROM deck WHERE retired = 0 ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The topics of a deck: id, title, primer, line to do.
    ///
    /// # Errors
    /// When the database can't be read.
    #[expect(clippy::type_complexity, reason = "four columns of one table, taken apart at once by the exporter")]
    pub fn topics(&self, deck: i64) -> Result<Vec<(String, String, Option<String>, Option<String>)>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT name_id, title, primer, try_line FROM topic WHERE deck = ?1 ORDER BY id")?;
        let rows = statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The notes of a deck in their order, some hundred at a time, as they lie in the database.
    ///
    /// # Errors
    /// When the database can't be read, or `take` fails.
    pub fn notes(&self, deck: i64, mut take: impl FnMut(Notes) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let _snapshot = self.snapshot()?;
        // The order from an index, without the texts: SQLite would carry them along while it sorts.
        let mut order: Vec<(i64, i64)> = {
            let mut statement = self.db.prepare_cached(
                "SELECT position, id FROM note INDEXED BY note_prompt WHERE deck = ?1 AND retired = 0",
            )?;
            let rows = statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        order.sort_unstable();
        let mut statement = self.db.prepare_cached("SELECT uid, key, body FROM note WHERE id = ?1 AND body <> ''")?;
        for ids in order.chunks(NOTES_AT_A_TIME) {
            let mut notes = Notes::default();
            for (_, id) in ids {
                let mut rows = statement.query([id])?;
                if let Some(row) = rows.next()? {
                    let key = row.get_ref(1)?.as_str_or_null().map_err(rusqlite::Error::from)?;
                    let body = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
                    notes.add(NoteUid(row.get(0)?), key, body);
                }
            }
            take(notes)?;
        }
        Ok(())
    }
}

/// Notes in one piece of memory, so that another thread can be given them cheaply. Reading the texts out of their JSON
/// costs more than getting them from the database.
#[derive(Debug, Default)]
pub struct Notes {
    text: String,
    /// Uid, and where key and body end in `text`; no key where there is none.
    ends: Vec<(NoteUid, Option<usize>, usize)>,
}

impl Notes {
    fn add(&mut self, uid: NoteUid, key: Option<&str>, body: &str) {
        let key = key.map(|key| {
            self.text.push_str(key);
            self.text.len()
        });
        self.text.push_str(body);
        self.ends.push((uid, key, self.text.len()));
    }

    /// Uid, key and text of each.
    ///
    /// # Errors
    /// Each by itself, when its text can't be read.
    pub fn read(&self) -> impl Iterator<Item = Result<(NoteUid, Option<String>, NoteText), StoreError>> {
        let mut start = 0;
        self.ends.iter().map(move |&(uid, key, end)| {
            let from = std::mem::replace(&mut start, end);
            let part = |range: std::ops::Range<usize>| self.text.get(range).unwrap_or_default();
            let text = text_of(part(key.unwrap_or(from)..end))?;
            Ok((uid, key.map(|end| part(from..end).to_owned()), text))
        })
    }
}

fn matches(line: &CardLine, words: &[String]) -> bool {
    use crate::core::text::fold;
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
