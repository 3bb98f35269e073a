//! How a card gets the name that people type, and which card such a name stands for.

use crate::core::card::NoteText;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::MOST_ORDINAL;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::ordinals_of;
use crate::store::columns::text;
use crate::store::facts::note_number;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;

/// Digits of a uid that stand for a note without a key, in lists. A UUIDv7 begins with its time: notes of one import
/// share the first twelve digits and differ in what follows.
const SHORT_DIGITS: usize = 20;

/// So many of the cards that a name could be are given: one more than anybody is shown, who is told that there are others.
const SOME: usize = 9;

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

/// `deck/key`, or the beginning of the id for a note without a key.
pub(super) fn name_of(deck: &str, key: Option<String>, card: CardId) -> String {
    match key {
        Some(key) => format!("{deck}/{key}"),
        None => card.note.to_string().chars().take(SHORT_DIGITS).collect(),
    }
}

/// What a card is called, by what its note is called: its ordinal belongs to it where the note makes several.
pub(super) fn with_ordinal(note: String, ordinal: u16, several: bool) -> String {
    if several { format!("{note}#{ordinal}") } else { note }
}

/// Whether a note makes several cards. One that was put away has none that are asked, but its text tells how many it had.
pub(super) fn makes_several(
    ordinals: &[u16],
    text: impl FnOnce() -> Result<Option<NoteText>, Fault>,
) -> Result<bool, Fault> {
    Ok(match ordinals.len() {
        0 => text()?.is_some_and(|text| text.ordinals().len() > 1),
        cards => cards > 1,
    })
}

/// The key of a note where it names the note: not where the name is another note's, whose uid it makes or which has it
/// as an alias.
pub(super) fn naming_key(
    db: &Connection,
    deck: &str,
    key: Option<String>,
    note: NoteUid,
) -> Result<Option<String>, Fault> {
    let Some(key) = key else { return Ok(None) };
    let uid = NoteUid::of_key(deck, &key);
    if uid == note {
        return Ok(Some(key));
    }
    let Some(other) = note_of(db, uid)? else { return Ok(Some(key)) };
    let mut statement = db.prepare_cached("SELECT id FROM note_name WHERE uid = ?1")?;
    let own: Option<i64> = statement.query_row([note.0], |row| row.get(0)).optional()?;
    Ok((own == Some(other)).then_some(key))
}

/// What people call a living note, by its number; nothing where it is retired.
pub(super) fn name_of_number(db: &Connection, note: i64) -> Result<Option<String>, Fault> {
    name_among(db, note, false)
}

/// The same, also of one that is retired.
pub(super) fn name_of_any(db: &Connection, note: i64) -> Result<Option<String>, Fault> {
    name_among(db, note, true)
}

fn name_among(db: &Connection, note: i64, retired_too: bool) -> Result<Option<String>, Fault> {
    let row: Option<(String, Option<String>, [u8; 16])> = db
        .prepare_cached(
            "SELECT k.name_id, n.key, u.uid FROM note n CROSS JOIN note_name u ON u.id = n.id \
             CROSS JOIN deck k ON k.id = n.deck WHERE n.id = ?1 AND n.retired <= ?2",
        )?
        .query_row((note, retired_too), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((deck, key, uid)) = row else { return Ok(None) };
    let card = CardId { note: NoteUid(uid), ordinal: 1 };
    Ok(Some(name_of(&deck, naming_key(db, &deck, key, card.note)?, card)))
}

/// The local number of the living note of that uid: the one that is called so, else the one that it is another name of.
pub(super) fn note_of(db: &Connection, uid: NoteUid) -> Result<Option<i64>, Fault> {
    let own = db
        .prepare_cached(
            "SELECT n.id FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid = ?1 AND n.retired = 0",
        )?
        .query_row([uid.0], |row| row.get(0))
        .optional()?;
    if own.is_some() {
        return Ok(own);
    }
    Ok(db
        .prepare_cached(
            "SELECT n.id FROM note_name u CROSS JOIN alias a ON a.alias = u.id CROSS JOIN note n ON n.id = a.note \
             WHERE u.uid = ?1 AND n.retired = 0",
        )?
        .query_row([uid.0], |row| row.get(0))
        .optional()?)
}

/// The ordinals by which the cards of a living note are named. A note has none once its words were erased, since only they
/// told how many: then those of the cards that something happened to, else the first.
pub(super) fn named_ordinals(db: &Connection, note: i64, ordinals: Option<&str>) -> Result<Vec<u16>, Fault> {
    let mut ordinals = ordinals_of(ordinals)?;
    if ordinals.is_empty() {
        let mut statement = db.prepare_cached("SELECT DISTINCT card FROM event WHERE card BETWEEN ?1 AND ?2")?;
        let cards = statement
            .query_map((card_number(note, 0), card_number(note, MOST_ORDINAL)), |row| Ok(card_parts(row.get(0)?).1))?;
        ordinals = cards.collect::<Result<_, _>>()?;
    }
    if ordinals.is_empty() {
        ordinals.push(1);
    }
    ordinals.sort_unstable();
    Ok(ordinals)
}

impl Store {
    /// What people call a note, also one that is no more; `None` where nothing is known of it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn name_ever(&self, note: NoteUid) -> Result<Option<String>, StoreError> {
        self.attempt(|| match note_number(self.db(), note)? {
            Some(number) => name_among(self.db(), number, true),
            None => Ok(None),
        })
    }

    /// What people call a note: `deck/key` where that name is its own, else the beginning of its id.
    pub(super) fn name_of_note(&self, deck: &str, key: Option<String>, card: CardId) -> Result<String, Fault> {
        let key = naming_key(&self.db, deck, key, card.note)?;
        Ok(name_of(deck, key, card))
    }

    /// The card that a person names: `deck/key`, `deck/key#ordinal`, the unique beginning of an id, or a key that one deck alone
    /// has. It may be one whose
    /// words were erased: its key is gone with them, but its id may have been made from it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn find(&self, name: &str) -> Result<Found, StoreError> {
        self.attempt(|| self.find_among(name, false))
    }

    /// The same, of those too that were deleted: their words are in the log.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn find_ever(&self, name: &str) -> Result<Found, StoreError> {
        self.attempt(|| self.find_among(name, true))
    }

    fn find_among(&self, name: &str, retired_too: bool) -> Result<Found, Fault> {
        if let Some(card) = CardId::parse(name)
            && self.card(card)?.is_some()
        {
            return Ok(Found::One(card));
        }
        let of_key = |name: &str| match name.rsplit_once('/') {
            Some((deck, key)) => self.notes_of_key(deck, key, retired_too),
            None => Ok(Vec::new()),
        };
        // A key may itself end in `#2`: the whole name comes first.
        let (mut notes, mut ordinal, mut is_key) = (of_key(name)?, None, true);
        if notes.is_empty() {
            let mut name = name;
            if let Some((front, number)) = name.rsplit_once('#')
                && let Ok(number) = number.parse::<u16>()
            {
                (name, ordinal) = (front, Some(number));
            }
            notes = of_key(name)?;
            if notes.is_empty() {
                is_key = false;
                notes = self.notes_of_prefix(name)?;
            }
            if notes.is_empty() && !name.contains('/') {
                notes = self.notes_of_bare_key(name, retired_too)?;
            }
        }
        // Where several claim one key it names none of them.
        let by_id = is_key && notes.len() > 1;
        let mut found = Vec::new();
        let mut statement = self.db().prepare_cached(
            "SELECT u.uid, k.name_id, n.key, n.ordinals FROM note n CROSS JOIN note_name u ON u.id = n.id \
             CROSS JOIN deck k ON k.id = n.deck WHERE n.id = ?1 AND n.retired <= ?2",
        )?;
        for number in notes {
            let mut rows = statement.query((number, retired_too))?;
            let Some(row) = rows.next()? else { continue };
            let (note, deck) = (NoteUid(row.get(0)?), row.get::<_, String>(1)?);
            let ordinals = named_ordinals(self.db(), number, text(row, 3)?)?;
            let key = if by_id { None } else { naming_key(self.db(), &deck, row.get(2)?, note)? };
            for each in ordinals {
                let card = CardId { note, ordinal: each };
                if ordinal.is_none_or(|wanted| wanted == each) {
                    found.push((card, format!("{}#{each}", name_of(&deck, key.clone(), card))));
                }
            }
        }
        Ok(match found.as_slice() {
            [] => Found::Nothing,
            [(card, _)] => Found::One(*card),
            many => Found::Many(many.iter().take(SOME).map(|(_, name)| name.clone()).collect()),
        })
    }

    /// The `deck/key` that is most like a name that stands for no card.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn nearest_name(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare(
                "SELECT k.name_id || '/' || n.key FROM note n JOIN deck k ON k.id = n.deck \
                 WHERE n.retired = 0 AND n.key IS NOT NULL LIMIT 50000",
            )?;
            let mut names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            // Among equals the first one is taken: the same on every device that has no more keys than are looked at.
            names.sort_unstable();
            Ok(crate::core::text::nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
        })
    }

    fn notes_of_key(&self, deck: &str, key: &str, retired_too: bool) -> Result<Vec<i64>, Fault> {
        if let Some(note) = note_of(self.db(), NoteUid::of_key(deck, key))? {
            return Ok(vec![note]);
        }
        // A deck's name, or a card that lies in another deck than the one it is named after.
        let mut statement = self.db().prepare_cached(
            "SELECT n.id FROM deck k CROSS JOIN note n ON n.deck = k.id CROSS JOIN note_name u ON u.id = n.id \
             WHERE (k.name_id = ?1 OR k.name = ?1) AND n.key = ?2 AND n.retired <= ?3 ORDER BY u.uid",
        )?;
        let rows = statement.query_map((deck, key, retired_too), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes of any deck that have that key. A pass over all of them: asked where nothing else has the name.
    fn notes_of_bare_key(&self, key: &str, retired_too: bool) -> Result<Vec<i64>, Fault> {
        let mut statement =
            self.db().prepare_cached("SELECT id FROM note NOT INDEXED WHERE key = ?1 AND retired <= ?2 LIMIT 9")?;
        let rows = statement.query_map((key, retired_too), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn notes_of_prefix(&self, prefix: &str) -> Result<Vec<i64>, Fault> {
        let digits: String = prefix.chars().filter(|c| *c != '-').collect::<String>().to_lowercase();
        if digits.len() < 4 || digits.len() > 32 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let end = |fill: &str| NoteUid::from_hex(&format!("{digits}{}", fill.repeat(32 - digits.len())));
        let (Some(first), Some(last)) = (end("0"), end("f")) else { return Ok(Vec::new()) };
        let mut statement = self.db().prepare_cached(
            "SELECT n.id FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid BETWEEN ?1 AND ?2 \
             ORDER BY u.uid LIMIT 9",
        )?;
        let rows = statement.query_map((first.0, last.0), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
