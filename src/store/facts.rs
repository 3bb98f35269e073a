//! Writing and reading facts and their words: what happened to notes, decks, settings and the log itself.

use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::EntryRef;
use crate::core::log::TextRecord;
use crate::core::registers::Said;
use crate::core::replay::Voided;
use crate::core::tried::Tried;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::columns::day_of;
use crate::store::columns::entry_parts;
use crate::store::columns::i64_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::columns::words;
use crate::store::review_log::Reader;
use crate::store::review_log::action_of;
use crate::store::review_log::entry_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use rusqlite::Row;
use rusqlite::types::ValueRef;
use std::cell::Cell;

/// The columns of `fact f` that [`fact_of`] reads, in its order.
pub(super) const FACT_COLUMNS: &str = "f.id, f.subject, f.kind, f.arg, f.position, f.edition, f.hash";

/// How many columns [`FACT_COLUMNS`] are.
pub(super) const FACT_WIDTH: usize = 7;

const OF_NOTE: i64 = 1;
const OF_DECK: i64 = 2;
const OF_TYPED: i64 = 3;

/// A fact with its place in the order and its words.
pub(super) struct FactRow {
    pub(super) id: EventId,
    pub(super) hlc: Hlc,
    pub(super) fact: Fact,
    /// `None` where it has none, or they were erased.
    pub(super) words: Option<String>,
}

impl FactRow {
    /// What core's registers are told.
    pub(super) fn said(&self, voided: &Voided) -> Said<'_> {
        Said {
            id: self.id,
            hlc: self.hlc,
            fact: &self.fact,
            counts: !voided.has(self.id),
            words: self.words.as_deref(),
        }
    }
}

pub(super) fn note_uid(db: &Connection, number: i64) -> Result<NoteUid, Fault> {
    db.prepare_cached("SELECT uid FROM note_name WHERE id = ?1")?
        .query_row([number], |row| row.get(0).map(NoteUid))
        .optional()?
        .ok_or_else(|| Fault::Corrupt(format!("the log names a note ({number}) that has no name")))
}

pub(super) fn deck_id(db: &Connection, number: i64) -> Result<String, Fault> {
    db.prepare_cached("SELECT name FROM deck_name WHERE id = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?
        .ok_or_else(|| Fault::Corrupt(format!("the log names a deck ({number}) that has no name")))
}

/// The number of a note's name, where it has one here.
pub(super) fn note_number(db: &Connection, uid: NoteUid) -> Result<Option<i64>, Fault> {
    Ok(db.prepare_cached("SELECT id FROM note_name WHERE uid = ?1")?.query_row([uid.0], |row| row.get(0)).optional()?)
}

/// The number of a deck's id, where it has one here.
pub(super) fn deck_number(db: &Connection, id: &str) -> Result<Option<i64>, Fault> {
    Ok(db.prepare_cached("SELECT id FROM deck_name WHERE name = ?1")?.query_row([id], |row| row.get(0)).optional()?)
}

/// The number of a topic of that id, where the deck has one.
pub(super) fn topic_number(db: &Connection, deck: i64, id: &str) -> Result<Option<i64>, Fault> {
    Ok(db
        .prepare_cached("SELECT id FROM topic WHERE deck = ?1 AND name_id = ?2")?
        .query_row((deck, id), |row| row.get(0))
        .optional()?)
}

/// Reads [`FACT_COLUMNS`] from column `first` on.
pub(super) fn fact_of(db: &Connection, reader: &Reader, row: &Row<'_>, first: usize) -> Result<Fact, Fault> {
    let number = |offset: usize| row.get::<_, Option<i64>>(first + offset);
    let (id, subject, code): (i64, i64, i64) = (row.get(first)?, row.get(first + 1)?, row.get(first + 2)?);
    let (arg, position, edition) = (number(3)?, number(4)?, u32_of(number(5)?.unwrap_or(0)));
    let missing =
        || Fault::Corrupt(format!("fact {} has a kind ({code}) or parts that can't be read", entry_parts(id).1));
    let note = || note_uid(db, subject);
    let deck = || deck_id(db, -subject);
    Ok(match code {
        1 => Fact::Brought {
            note: note()?,
            deck: deck_id(db, arg.ok_or_else(missing)?)?,
            position: position.unwrap_or(0),
            edition,
        },
        2 => Fact::Gone { note: note()? },
        3 => Fact::Ordered { note: note()?, position: position.unwrap_or(0) },
        4 => Fact::Edited { note: note()? },
        5 => Fact::Cleared { note: note()? },
        6 => Fact::Tagged { note: note()? },
        7 => Fact::Untagged { note: note()? },
        8 => Fact::Placed { note: note()?, deck: deck_id(db, arg.ok_or_else(missing)?)?, position },
        9 => Fact::Deleted { note: note()? },
        10 => Fact::Revived { note: note()? },
        11 => Fact::Keyed { note: note()? },
        12 => Fact::Aliased { alias: note()?, note: note_uid(db, arg.ok_or_else(missing)?)? },
        13 => Fact::Head { deck: deck()?, edition },
        14 => Fact::Renamed { deck: deck()? },
        15 => Fact::Topic { deck: deck()?, edition },
        16 => Fact::Scheduler { deck: deck()?, config: arg.and_then(|number| reader.config(number)) },
        17 => {
            let mark = match row.get_ref(first + 6)? {
                ValueRef::Null => None,
                ValueRef::Blob(bytes) => Some(ChainMark(<[u8; 4]>::try_from(bytes).map_err(|_| missing())?)),
                _ => return Err(missing()),
            };
            Fact::Undone { action: action_of(reader.known(arg.ok_or_else(missing)?)?), mark }
        }
        18 => Fact::Configured,
        19 => Fact::Paused { until: day_of(arg.ok_or_else(missing)?) },
        20 => Fact::Resumed,
        21 => Fact::Erased {
            what: match arg {
                Some(OF_NOTE) => Erasure::Note(note()?),
                Some(OF_DECK) => Erasure::Deck(deck()?),
                Some(OF_TYPED) => Erasure::Typed,
                _ => return Err(missing()),
            },
        },
        22 => {
            let last = reader.known(arg.ok_or_else(missing)?)?;
            let hash = match row.get_ref(first + 6)? {
                ValueRef::Blob(bytes) => <[u8; 16]>::try_from(bytes).map_err(|_| missing())?,
                _ => return Err(missing()),
            };
            Fact::TookOver {
                device: last.device,
                from: u64_of(position.unwrap_or(0)),
                to: last.sequence,
                chain: ChainHash(hash),
            }
        }
        23 => {
            let said = arg.and_then(|code| Tried::of_code(u8::try_from(code).ok()?));
            Fact::Tried { deck: deck()?, tried: said.ok_or_else(missing)? }
        }
        24 => Fact::Hidden { deck: deck()?, hidden: arg.ok_or_else(missing)? == 1 },
        _ => return Err(missing()),
    })
}

/// The facts about one subject (a note's number, a deck's made negative, 0), in the order of their local ids.
pub(super) fn facts_of(db: &Connection, reader: &Reader, subject: i64) -> Result<Vec<FactRow>, Fault> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {FACT_COLUMNS}, x.body FROM fact f LEFT JOIN text x ON x.id = f.id WHERE f.subject = ?1"
    ))?;
    let mut rows = statement.query([subject])?;
    let mut facts = Vec::new();
    // Facts of one action lie side by side.
    let (mut action, mut hlc): (std::ops::Range<i64>, i64) = (0..0, 0);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if let Some((_, stamp)) = reader.pending.get().filter(|(first, _)| id >= *first && first >> 32 == id >> 32) {
            (action, hlc) = (id..id + 1, stamp);
        } else if !action.contains(&id) {
            let (first, entries, stamp): (i64, i64, i64) = db
                .prepare_cached("SELECT id, entries, hlc FROM action WHERE id <= ?1 ORDER BY id DESC LIMIT 1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            (action, hlc) = (first..first + entries, stamp);
            if !action.contains(&id) {
                return Err(Fault::Corrupt("a fact belongs to no action".to_owned()));
            }
        }
        let fact = fact_of(db, reader, row, 0)?;
        facts.push(FactRow {
            id: reader.known(id)?,
            hlc: Hlc(hlc),
            fact,
            words: words(row, FACT_WIDTH)?.map(str::to_owned),
        });
    }
    Ok(facts)
}

impl Writer<'_> {
    /// Salts for a thread that packs texts for this writer.
    #[must_use]
    pub fn salts(&self) -> Salts {
        self.salts.apart()
    }

    /// Chance for one text.
    pub(super) fn salt(&mut self) -> i64 {
        self.salts.next()
    }

    pub(super) fn insert_text(&self, id: i64, text: &TextRecord) -> Result<(), Fault> {
        self.tx
            .prepare_cached("INSERT INTO text (id, salt, hash, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute((id, text.salt, text.hash, &text.body))?;
        Ok(())
    }

    /// The number of a note's name, given where it is new.
    pub(super) fn name_note(&self, uid: NoteUid) -> Result<i64, Fault> {
        if let Some(known) = note_number(&self.tx, uid)? {
            return Ok(known);
        }
        self.tx.prepare_cached("INSERT INTO note_name (uid) VALUES (?1)")?.execute([uid.0])?;
        Ok(self.tx.last_insert_rowid())
    }

    /// The number of a deck's id, given where it is new.
    pub(super) fn name_deck(&mut self, id: &str) -> Result<i64, Fault> {
        if let Some(number) = self.deck_numbers.get(id) {
            return Ok(*number);
        }
        let number = match deck_number(&self.tx, id)? {
            Some(known) => known,
            None => {
                self.tx.prepare_cached("INSERT INTO deck_name (name) VALUES (?1)")?.execute([id])?;
                self.tx.last_insert_rowid()
            }
        };
        self.deck_numbers.insert(id.to_owned(), number);
        Ok(number)
    }

    /// The number of what a fact is about: a note's, a deck's made negative, or 0.
    pub(super) fn subject_of(&mut self, fact: &Fact) -> Result<i64, Fault> {
        if let Some(note) = fact.note() {
            return self.name_note(note);
        }
        match fact.deck() {
            Some(deck) => Ok(-self.name_deck(deck)?),
            None => Ok(0),
        }
    }

    /// Inserts a fact and its words, as they are. `subject` is the number of what it is about.
    pub(super) fn insert_fact(
        &mut self,
        id: i64,
        subject: i64,
        fact: &Fact,
        words: Option<&TextRecord>,
    ) -> Result<(), Fault> {
        let (mut arg, mut position, mut edition, mut hash) = (None, None, None, None);
        match fact {
            Fact::Brought { deck, position: place, edition: of, .. } => {
                (arg, position, edition) = (Some(self.name_deck(deck)?), Some(*place), (*of > 0).then_some(*of));
            }
            Fact::Ordered { position: place, .. } => position = Some(*place),
            Fact::Placed { deck, position: place, .. } => (arg, position) = (Some(self.name_deck(deck)?), *place),
            Fact::Aliased { note, .. } => arg = Some(self.name_note(*note)?),
            Fact::Head { edition: of, .. } | Fact::Topic { edition: of, .. } => edition = (*of > 0).then_some(*of),
            Fact::Scheduler { config, .. } => {
                if let Some(config) = config {
                    let refused =
                        || Fault::Refused("a deck is given to a scheduler whose configuration is not there".to_owned());
                    arg = Some(self.known_config(*config)?.ok_or_else(refused)?);
                }
            }
            Fact::Undone { action, mark } => {
                arg = Some(self.local_id(entry_of(*action))?);
                hash = mark.map(|mark| mark.0.to_vec());
            }
            Fact::Paused { until } => arg = Some(i64::from(until.0)),
            Fact::Tried { tried, .. } => arg = Some(i64::from(tried.code())),
            Fact::Hidden { hidden, .. } => arg = Some(i64::from(*hidden)),
            Fact::Erased { what } => {
                arg = Some(match what {
                    Erasure::Note(_) => OF_NOTE,
                    Erasure::Deck(_) => OF_DECK,
                    Erasure::Typed => OF_TYPED,
                });
            }
            Fact::TookOver { device, from, to, chain } => {
                arg = Some(self.local_id(EventId { device: *device, sequence: *to })?);
                (position, hash) = (Some(i64_of(*from)), Some(chain.0.to_vec()));
            }
            Fact::Gone { .. }
            | Fact::Edited { .. }
            | Fact::Cleared { .. }
            | Fact::Tagged { .. }
            | Fact::Untagged { .. }
            | Fact::Deleted { .. }
            | Fact::Revived { .. }
            | Fact::Keyed { .. }
            | Fact::Renamed { .. }
            | Fact::Configured
            | Fact::Resumed => {}
        }
        self.tx
            .prepare_cached(
                "INSERT INTO fact (id, subject, kind, arg, position, edition, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((id, subject, fact.code(), arg, position, edition, hash))?;
        if let Some(words) = words {
            self.insert_text(id, words)?;
        }
        Ok(())
    }

    /// Appends a fact about the subject of that number, with its words packed already. Caches are the caller's.
    pub(super) fn append_packed(
        &mut self,
        subject: i64,
        fact: &Fact,
        words: Option<&TextRecord>,
    ) -> Result<i64, Fault> {
        let entry = EventId { device: self.device_id, sequence: self.next_sequence };
        self.next_sequence += 1;
        let id = super::columns::entry_id(self.device, entry.sequence);
        self.insert_fact(id, subject, fact, words)?;
        self.chain()?.entry(EntryRef::Fact(entry, fact), words.map(|words| words.hash));
        self.touched = true;
        self.lone = None;
        Ok(id)
    }

    /// Appends a fact with its words, and nothing else.
    pub(super) fn append_only(&mut self, fact: &Fact, words: Option<String>) -> Result<i64, Fault> {
        let subject = self.subject_of(fact)?;
        let words = words.map(|words| TextRecord::new(self.salt(), words));
        self.append_packed(subject, fact, words.as_ref())
    }

    /// Appends a fact with its words and brings what is shown up to date.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn append_fact(&mut self, fact: &Fact, words: Option<String>) -> Result<EventId, Fault> {
        let id = self.append_only(fact, words)?;
        self.refresh_subject(fact)?;
        Ok(EventId { device: self.device_id, sequence: entry_parts(id).1 })
    }
}

/// Salts of texts: a stream that begins with chance from outside.
pub struct Salts {
    chance: [u8; 16],
    count: Cell<u64>,
}

impl Salts {
    pub(super) fn from_chance(chance: [u8; 16]) -> Self {
        Self { chance, count: Cell::new(0) }
    }

    /// Another stream that begins with these ones' next: for a thread of its own.
    pub(super) fn apart(&self) -> Self {
        let mut chance = [0; 16];
        let (front, back) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        for (to, from) in chance.iter_mut().zip(front.into_iter().chain(back)) {
            *to = from;
        }
        Self::from_chance(chance)
    }

    /// The first 8 bytes of SHA-256 over the chance and a count: nobody who has one salt can tell another.
    pub(super) fn next(&self) -> i64 {
        let count = self.count.get();
        self.count.set(count.wrapping_add(1));
        let mut bytes = [0; 24];
        for (to, from) in bytes.iter_mut().zip(self.chance.into_iter().chain(count.to_be_bytes())) {
            *to = from;
        }
        crate::core::id::hash64(&bytes).cast_signed()
    }
}
