//! A database whose rows are put straight into the tables: what reads is tested without what writes.

use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::study_day::Timestamp;
use crate::store::Here;
use crate::store::Store;
use crate::store::card_state::shuffle_of;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::entry_id;
use crate::store::columns::ordinals_of;

/// The device that all entries are of.
pub(in crate::store) const DEVICE: DeviceId = DeviceId([1; 16]);

/// A database in a folder of its own.
pub(in crate::store) struct Fixture {
    pub(in crate::store) store: Store,
    /// The sequence of the newest entry.
    pub(in crate::store) newest: u64,
    _folder: tempfile::TempDir,
}

/// A note to be put in.
#[derive(Clone, Default)]
pub(in crate::store) struct Row<'r> {
    pub(in crate::store) deck: i64,
    pub(in crate::store) uid: u8,
    pub(in crate::store) key: Option<&'r str>,
    pub(in crate::store) position: i64,
    /// More of its JSON, after a comma.
    pub(in crate::store) more: &'r str,
    pub(in crate::store) own: Option<&'r str>,
    pub(in crate::store) tags: Option<&'r str>,
    pub(in crate::store) topic: Option<i64>,
    pub(in crate::store) siblings: Option<i64>,
    pub(in crate::store) ordinals: Option<&'r str>,
    pub(in crate::store) held_out: bool,
    pub(in crate::store) retired: bool,
    /// Then it has no cards and no hashes either.
    pub(in crate::store) erased: bool,
}

/// The uid of the note that is called so in tests.
pub(in crate::store) fn uid(number: u8) -> NoteUid {
    NoteUid([number; 16])
}

/// A card of it.
pub(in crate::store) fn card(number: u8, ordinal: u16) -> CardId {
    CardId { note: uid(number), ordinal }
}

impl Fixture {
    pub(in crate::store) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = Here::nameless(DEVICE);
        let now = Timestamp { unix_ms: 0, offset_min: 0 };
        let store = Store::open(&folder.path().join("lmq.db"), here, now).unwrap();
        store.db().execute("INSERT INTO device (id, uuid, name) VALUES (1, ?1, 'd')", [DEVICE.0]).unwrap();
        Self { store, newest: 0, _folder: folder }
    }

    pub(in crate::store) fn entry(&mut self) -> i64 {
        self.newest += 1;
        entry_id(1, self.newest)
    }

    pub(in crate::store) fn deck(&self, id: &str) -> i64 {
        self.store.db().execute("INSERT INTO deck_name (name) VALUES (?1)", [id]).unwrap();
        let number = self.store.db().last_insert_rowid();
        self.store
            .db()
            .execute(
                "INSERT INTO deck (id, name_id, name, namespace, origin, listed) VALUES (?1, ?2, 'Deck ' || ?2, ?2, 'file', 1)",
                (number, id),
            )
            .unwrap();
        number
    }

    pub(in crate::store) fn text(&mut self, body: Option<&str>) -> i64 {
        let id = self.entry();
        self.store
            .db()
            .execute("INSERT INTO text (id, salt, hash, body) VALUES (?1, 1, zeroblob(16), ?2)", (id, body))
            .unwrap();
        id
    }

    /// Gives the note's number.
    pub(in crate::store) fn note(&mut self, row: &Row<'_>) -> i64 {
        let more = if row.more.is_empty() { String::new() } else { format!(",{}", row.more) };
        let body = format!(r#"{{"kind":"basic","fields":{{"front":"q{0}","back":"a{0}"}}{more}}}"#, row.uid);
        let source = self.text((!row.erased).then_some(body.as_str()));
        let own = row.own.map(|own| self.text(Some(own)));
        let db = &self.store.db;
        db.execute("INSERT INTO note_name (uid) VALUES (?1)", [uid(row.uid).0]).unwrap();
        let number = db.last_insert_rowid();
        let ordinals = if row.erased { Some("[]") } else { row.ordinals };
        let cards = i64::try_from(ordinals_of(ordinals).unwrap().len()).unwrap();
        let fresh = if row.held_out || row.retired { 0 } else { cards };
        db.execute(
            "INSERT INTO note (id, deck, source, own, tags, key, topic, position, prompt_hash, text_hash, siblings, ordinals, \
             fresh, held_out, retired, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?14, ?14, ?9, ?10, ?11, ?12, ?13, ?3)",
            rusqlite::params![
                number,
                row.deck,
                source,
                own,
                row.tags,
                row.key,
                row.topic,
                row.position,
                row.siblings,
                ordinals,
                fresh,
                row.held_out,
                row.retired,
                if row.erased { 0 } else { number }
            ],
        )
        .unwrap();
        number
    }

    /// A card's answer: its event, what it left, and that the card is not new any more. Gives the event's id.
    pub(in crate::store) fn answered(
        &mut self,
        note: i64,
        ordinal: u16,
        day: i32,
        quality: u8,
        repetitions: u32,
    ) -> i64 {
        let id = self.entry();
        let card = card_number(note, ordinal);
        let db = &self.store.db;
        let hlc = i64::from(day) * 86_400_000 + id % 1000;
        db.execute(
            "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, offset_min) VALUES (?1, ?2, ?3, 1, ?4, ?5, 1, 0)",
            (card, id, hlc, day, quality),
        )
        .unwrap();
        let was_new = self.state(card) == 0;
        let db = &self.store.db;
        db.execute(
            "UPDATE card_state SET repetitions = ?2, interval_days = 1, lapses = 0, last_day = ?3, due = ?3 + 1, last_quality = ?4, \
             ease = 250, answers = answers + 1, last = ?5 WHERE card = ?1",
            (card, repetitions, day, quality, id),
        )
        .unwrap();
        if was_new {
            db.execute("UPDATE note SET fresh = fresh - 1 WHERE id = ?1", [note]).unwrap();
        }
        db.execute(
            "INSERT INTO asked (study_day, card, answers, hlc) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO UPDATE SET \
             answers = answers + 1, hlc = max(hlc, excluded.hlc)",
            (day, card, hlc),
        )
        .unwrap();
        id
    }

    /// Makes sure that a card has a state. Gives its answers.
    pub(in crate::store) fn state(&self, card: i64) -> i64 {
        let (note, ordinal) = card_parts(card);
        let db = &self.store.db;
        let (deck, topic, uid): (i64, i64, [u8; 16]) = db
            .query_row(
                "SELECT n.deck, coalesce(n.topic, 0), u.uid FROM note n JOIN note_name u ON u.id = n.id WHERE n.id = ?1",
                [note],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .unwrap();
        db.execute(
            "INSERT OR IGNORE INTO card_state (card, deck, topic, shuffle, offered, answers, suspended, marked, flag) \
             VALUES (?1, ?2, ?3, ?4, 1, 0, 0, 0, 0)",
            (card, deck, topic, shuffle_of(CardId { note: NoteUid(uid), ordinal })),
        )
        .unwrap();
        db.query_row("SELECT answers FROM card_state WHERE card = ?1", [card], |row| row.get(0)).unwrap()
    }

    pub(in crate::store) fn sql(&self, sql: &str) {
        self.store.db().execute_batch(sql).unwrap();
    }
}
