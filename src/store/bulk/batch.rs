//! The notes of a new deck that nothing can be known of: no row has to be looked for, so they are written many at a time.

use crate::core::fact::Fact;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::EntryRef;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::bulk::MatchResult;
use crate::store::bulk::NoteRef;
use crate::store::bulk::decks::TargetDeck;
use crate::store::columns::entry_id;
use crate::store::columns::ordinals_column;
use crate::store::facts::note_number;
use crate::store::notes::PackedNote;
use foldhash::fast::FixedState;
use std::collections::HashSet;
use std::rc::Rc;

/// Rows of new decks that are written together: each statement is looked up once for all of them.
const FRESH_AT_A_TIME: usize = 256;

/// So many names from before are kept in memory, so that a new row needs no look into the database.
const MOST_OLD_NAMES: i64 = 1 << 16;

/// So many names are looked for before all are read: a folder may have thousands of files with a few rows each.
const FEW_LOOKS: u32 = 200;

/// The uids that the database had before the file. They are read once several rows may be new.
pub(super) enum OldNames {
    /// Not yet; so many were looked for one by one.
    Unread(u32),
    /// All of them.
    Few(HashSet<[u8; 16], FixedState>),
    /// Too many to keep: each is looked for.
    Many,
}

/// A note of a new deck that nothing can be known of, on its way into the database.
pub(super) struct NewNote {
    uid: NoteUid,
    key: Option<String>,
    /// Where its text record lies in the buffer.
    body: std::ops::Range<usize>,
    salt: i64,
    hash: [u8; 16],
    deck: i64,
    deck_id: Rc<str>,
    position: i64,
    topic: Option<i64>,
    prompt_hash: i64,
    text_hash: i64,
    siblings: Option<i64>,
    ordinals: Option<String>,
    cards: i64,
    held_out: bool,
}

impl Bulk<'_, '_> {
    /// Whether a row is surely a note of its own: in a deck that came with this file, under a uid and a prompt that neither
    /// the database nor the file had before.
    pub(super) fn is_fresh(&mut self, deck: &TargetDeck, who: NoteRef, note: &PackedNote) -> Result<bool, Fault> {
        let [a, b, c, d, e, f, g, h, ..] = who.uid.0;
        let short = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let seen = self.uids.may_have(0, short);
        self.uids.add(0, short);
        if deck.was_there || deck.is_builtin || self.options.edition > 0 || seen {
            return Ok(false);
        }
        if !who.named && self.seen.may_have(deck.id, note.prompt_hash) {
            return Ok(false);
        }
        Ok(!self.is_old_name(who.uid)?)
    }

    /// Whether the database had a uid before this file.
    fn is_old_name(&mut self, uid: NoteUid) -> Result<bool, Fault> {
        if let OldNames::Unread(looks) = &mut self.old_names {
            *looks += 1;
            if *looks <= FEW_LOOKS {
                return Ok(note_number(&self.writer.tx, uid)?.is_some());
            }
            self.old_names = if self.last_old_note <= MOST_OLD_NAMES {
                let mut statement = self.writer.tx.prepare_cached("SELECT uid FROM note_name WHERE id <= ?1")?;
                let rows = statement.query_map([self.last_old_note], |row| row.get(0))?;
                OldNames::Few(rows.collect::<Result<_, _>>()?)
            } else {
                OldNames::Many
            };
        }
        match &self.old_names {
            OldNames::Few(names) => Ok(names.contains(&uid.0)),
            OldNames::Unread(_) | OldNames::Many => Ok(note_number(&self.writer.tx, uid)?.is_some()),
        }
    }

    /// Takes a note that is surely new along, to be written with others.
    pub(super) fn gather(
        &mut self,
        deck: &TargetDeck,
        who: NoteRef,
        key: Option<String>,
        note: &PackedNote,
    ) -> Result<MatchResult, Fault> {
        let made;
        let deck = if deck.id < 0 {
            made = self.settled(deck)?;
            &made
        } else {
            deck
        };
        let topic = self.topic_number(deck.id, note)?;
        let start = self.texts.len();
        let (salt, hash) = match note.seal {
            Some(seal) => {
                self.texts.push_str(&note.body);
                seal
            }
            None => {
                let salt = self.writer.salt();
                let record = note.record(key.as_deref(), salt)?;
                self.texts.push_str(record.body.as_deref().unwrap_or_default());
                (salt, record.hash)
            }
        };
        self.seen.add(deck.id, note.prompt_hash);
        self.fresh.push(NewNote {
            uid: who.uid,
            key,
            body: start..self.texts.len(),
            salt,
            hash,
            deck: deck.id,
            deck_id: Rc::clone(&deck.name_id),
            position: deck.position,
            topic,
            prompt_hash: note.prompt_hash,
            text_hash: note.text_hash,
            siblings: note.siblings(&deck.name_id),
            ordinals: ordinals_column(&note.ordinals),
            cards: if note.held_out { 0 } else { i64::try_from(note.ordinals.len()).unwrap_or(0) },
            held_out: note.held_out,
        });
        if self.fresh.len() >= FRESH_AT_A_TIME {
            self.flush()?;
        }
        Ok(MatchResult::Added)
    }

    /// Writes the notes that were gathered, table by table.
    pub(super) fn flush(&mut self) -> Result<(), Fault> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let fresh = std::mem::take(&mut self.fresh);
        let first = self.writer.next_sequence;
        let sequences = || first..;
        let id = |sequence| entry_id(self.writer.device, sequence);
        let tx = &self.writer.tx;
        let mut numbers = Vec::with_capacity(fresh.len());
        {
            let mut statement = tx.prepare_cached("INSERT INTO note_name (uid) VALUES (?1)")?;
            for note in &fresh {
                statement.execute([note.uid.0])?;
                numbers.push(tx.last_insert_rowid());
            }
        }
        {
            let mut statement =
                tx.prepare_cached("INSERT INTO fact (id, subject, kind, arg, position) VALUES (?1, ?2, 1, ?3, ?4)")?;
            for ((note, number), sequence) in fresh.iter().zip(&numbers).zip(sequences()) {
                statement.execute((id(sequence), number, note.deck, note.position))?;
            }
        }
        {
            let mut statement = tx.prepare_cached("INSERT INTO text (id, salt, hash, body) VALUES (?1, ?2, ?3, ?4)")?;
            for (note, sequence) in fresh.iter().zip(sequences()) {
                let body = self.texts.get(note.body.clone()).unwrap_or_default();
                statement.execute((id(sequence), note.salt, note.hash, body))?;
            }
        }
        {
            // What the registers of a single fact would say, without asking them.
            let mut statement = tx.prepare_cached(
                "INSERT INTO note (id, deck, source, key, topic, position, prompt_hash, text_hash, siblings, ordinals, fresh,                  held_out, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?3)",
            )?;
            for ((note, number), sequence) in fresh.iter().zip(&numbers).zip(sequences()) {
                statement.execute((
                    number,
                    note.deck,
                    id(sequence),
                    &note.key,
                    note.topic,
                    note.position,
                    note.prompt_hash,
                    note.text_hash,
                    note.siblings,
                    &note.ordinals,
                    note.cards,
                    note.held_out,
                ))?;
            }
        }
        if let Some(source) = self.options.source {
            let mut statement = tx.prepare_cached("INSERT INTO note_followed (note, followed) VALUES (?1, ?2)")?;
            for number in &numbers {
                statement.execute((number, source))?;
            }
        }
        let device = self.writer.device_id;
        let chain = self.writer.chain()?;
        for (note, sequence) in fresh.iter().zip(sequences()) {
            let fact =
                Fact::Brought { note: note.uid, deck: note.deck_id.to_string(), position: note.position, edition: 0 };
            chain.entry(EntryRef::Fact(EventId { device, sequence }, &fact), Some(note.hash));
        }
        self.writer.next_sequence += u64::try_from(fresh.len()).unwrap_or(0);
        self.writer.touched = true;
        self.writer.lone = None;
        self.fresh = fresh;
        self.fresh.clear();
        self.texts.clear();
        Ok(())
    }
}
