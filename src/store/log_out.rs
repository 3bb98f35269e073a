//! The log in the order in which each device wrote it: for segments and for the chain of hashes.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Event;
use crate::core::event::Span;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::chain;
use crate::store::columns::card_of;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::entry_id;
use crate::store::columns::u64_of;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::fact_of;
use crate::store::review_log::BESIDE_EVENT;
use crate::store::review_log::EVENT_WIDTH;
use crate::store::review_log::Reader;
use crate::store::review_log::action_of;
use crate::store::review_log::event_columns;
use rusqlite::Connection;
use rusqlite::Row;
use rusqlite::Rows;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator as _;

type Record<'r> = &'r mut dyn FnMut(LogRecord) -> Result<(), Fault>;

/// Rows that are gone through side by side with others, in the order of their first column.
pub(super) struct Cursor<'r> {
    rows: Rows<'r>,
    /// The first column of the row that is next.
    pub(super) next: Option<i64>,
}

impl<'r> Cursor<'r> {
    pub(super) fn new(rows: Rows<'r>) -> Result<Self, Fault> {
        let mut cursor = Self { rows, next: None };
        cursor.step()?;
        Ok(cursor)
    }

    pub(super) fn step(&mut self) -> Result<(), Fault> {
        self.rows.advance()?;
        self.next = match self.rows.get() {
            Some(row) => Some(row.get(0)?),
            None => None,
        };
        Ok(())
    }

    /// Passes by the rows that begin with `first`.
    pub(super) fn skip(&mut self, first: i64) -> Result<(), Fault> {
        while self.next == Some(first) {
            self.step()?;
        }
        Ok(())
    }

    pub(super) fn row(&self) -> Result<&Row<'r>, Fault> {
        self.rows.get().ok_or_else(|| Fault::Corrupt("a row is gone".to_owned()))
    }
}

/// Reads hash, salt and body of a text from column `first` on; `None` where there is no text. Words that are not UTF-8 are damaged
/// and as good as missing: the hash is still there, and all else hangs on that.
pub(super) fn text_of(row: &Row<'_>, first: usize) -> Result<Option<TextRecord>, Fault> {
    let hash: Option<[u8; 16]> = row.get(first)?;
    Ok(match hash {
        Some(hash) => {
            let bytes = row.get_ref(first + 2)?.as_bytes_or_null().map_err(rusqlite::Error::from)?;
            let body = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).map(str::to_owned);
            let salt = if body.is_some() || bytes.is_none() { row.get(first + 1)? } else { None };
            Some(TextRecord { hash, salt, body })
        }
        None => None,
    })
}

pub(super) fn action_row(row: &Row<'_>, id: EventId) -> Result<Action, Fault> {
    let hlc: i64 = row.get(4)?;
    let code: i64 = row.get(2)?;
    let unreadable = |what: &str| Fault::Corrupt(format!("action {id} has a {what} that this program can't read"));
    Ok(Action {
        span: Span { action: action_of(id), entries: u64_of(row.get(1)?) },
        kind: u8::try_from(code).ok().and_then(ActionKind::of_code).ok_or_else(|| unreadable("kind"))?,
        subject: match row.get_ref(3)?.as_str_or_null().map_err(rusqlite::Error::from)? {
            Some(text) => Subject::parse(text).ok_or_else(|| unreadable("subject"))?,
            None => Subject::None,
        },
        at: Timestamp {
            unix_ms: hlc.saturating_sub(row.get::<_, Option<i64>>(5)?.unwrap_or(0)),
            offset_min: row.get(6)?,
        },
        study_day: day_of(row.get(7)?),
        hlc: Hlc(hlc),
    })
}

/// The action of an event that is all of it.
pub(super) fn lone(event: &Event) -> Action {
    Action {
        span: Span { action: action_of(event.id), entries: 1 },
        kind: ActionKind::of_lone(&event.kind),
        subject: Subject::Card(event.card),
        at: event.at,
        study_day: event.study_day,
        hlc: event.hlc,
    }
}

/// The names of notes that were asked for lately: each has one place, which the next note of that place takes over. So the memory
/// is the same however many notes there are, and nothing is hashed.
struct Names<'c> {
    db: &'c Connection,
    known: Vec<(i64, [u8; 16])>,
}

impl<'c> Names<'c> {
    /// 6 MB, and no more of it is touched than there are notes.
    const MOST: u64 = 1 << 18;

    fn new(db: &'c Connection, entries: u64) -> Self {
        let places = usize::try_from(entries.clamp(1, Self::MOST)).unwrap_or(1);
        // No note has the number 0.
        Self { db, known: vec![(0, [0; 16]); places] }
    }

    fn uid(&mut self, note: i64) -> Result<[u8; 16], Fault> {
        let place = usize::try_from(note).unwrap_or(0) % self.known.len();
        let place = &mut self.known[place];
        if place.0 != note {
            *place = (note, super::facts::note_uid(self.db, note)?.0);
        }
        Ok(place.1)
    }
}

/// The actions of a device that lie in `from..=to`, each before its entries, as they were written.
pub(super) fn each_entry(
    db: &Connection,
    reader: &Reader,
    device: i64,
    from: u64,
    to: u64,
    record: Record<'_>,
) -> Result<(), Fault> {
    let range = (entry_id(device, from), entry_id(device, to));
    let mut actions = db.prepare_cached(
        "SELECT id, entries, kind, subject, hlc, ahead, offset_min, study_day FROM action WHERE id BETWEEN ?1 AND ?2 \
         ORDER BY id",
    )?;
    let mut actions = Cursor::new(actions.query(range)?)?;
    let mut events = db.prepare_cached(&format!(
        "SELECT {}, e.card, x.hash, x.salt, x.body FROM event e INDEXED BY event_id {BESIDE_EVENT} \
         WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id",
        event_columns()
    ))?;
    let mut events = Cursor::new(events.query(range)?)?;
    let mut facts = db.prepare_cached(&format!(
        "SELECT {FACT_COLUMNS}, x.hash, x.salt, x.body FROM fact f LEFT JOIN text x ON x.id = f.id \
         WHERE f.id BETWEEN ?1 AND ?2 ORDER BY f.id"
    ))?;
    let mut facts = Cursor::new(facts.query(range)?)?;
    let mut names = Names::new(db, (to + 1).saturating_sub(from));
    let mut left = 0;
    loop {
        let next = match (events.next, facts.next) {
            (Some(event), Some(fact)) => event.min(fact),
            (Some(id), None) | (None, Some(id)) => id,
            (None, None) => return Ok(()),
        };
        let starts = actions.next == Some(next);
        if starts {
            let action = action_row(actions.row()?, reader.known(next)?)?;
            left = action.span.entries;
            record(LogRecord::Action(action))?;
            actions.step()?;
        }
        if events.next == Some(next) {
            let row = events.row()?;
            let card: i64 = row.get(EVENT_WIDTH)?;
            let (note, _) = card_parts(card);
            let event = reader.event(row, 0, card_of(card, names.uid(note)?))?;
            if left == 0 {
                left = 1;
                record(LogRecord::Action(lone(&event)))?;
            }
            let text = text_of(row, EVENT_WIDTH + 1)?;
            record(LogRecord::Entry(Entry::Event(Box::new(event)), text))?;
            events.step()?;
        } else {
            if left == 0 {
                return Err(Fault::Corrupt("a fact belongs to no action".to_owned()));
            }
            let row = facts.row()?;
            let fact = fact_of(db, reader, row, 0)?;
            let text = text_of(row, FACT_WIDTH)?;
            record(LogRecord::Entry(Entry::Fact(reader.known(next)?, fact), text))?;
            facts.step()?;
        }
        left -= 1;
    }
}

/// The action that an entry is part of.
pub(super) fn action_with(db: &Connection, reader: &Reader, entry: i64) -> Result<Option<Action>, Fault> {
    {
        let mut statement = db.prepare_cached(
            "SELECT id, entries, kind, subject, hlc, ahead, offset_min, study_day FROM action WHERE id <= ?1 \
             ORDER BY id DESC LIMIT 1",
        )?;
        let mut rows = statement.query([entry])?;
        if let Some(row) = rows.next()? {
            let (id, entries): (i64, i64) = (row.get(0)?, row.get(1)?);
            if entry < id + entries {
                return action_row(row, reader.known(id)?).map(Some);
            }
        }
    }
    let mut statement = db.prepare_cached(&format!(
        "SELECT {}, e.card, u.uid FROM event e INDEXED BY event_id {BESIDE_EVENT} JOIN note_name u ON u.id = e.card >> 9 \
         WHERE e.id = ?1",
        event_columns()
    ))?;
    let mut rows = statement.query([entry])?;
    match rows.next()? {
        Some(row) => {
            let card = card_of(row.get(EVENT_WIDTH)?, row.get(EVENT_WIDTH + 1)?);
            Ok(Some(lone(&reader.event(row, 0, card)?)))
        }
        None => Ok(None),
    }
}

impl Store {
    /// The whole log: a segment for each device whose entries are here. What was told apart comes before what it was told
    /// apart from, so that a reader who knows both under one name can take it in.
    ///
    /// # Errors
    /// When it can't be read, or `record` fails.
    pub fn log(&self, record: &mut dyn FnMut(LogRecord) -> Result<(), Fault>) -> Result<(), StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let context = super::read_context(self.db(), None)?;
            let reader = &context.reader;
            let devices = super::fork::forks_first(self.db(), reader)?;
            let mut knows = Vec::new();
            for (number, id) in &devices {
                let newest = chain::newest_sequence(self.db(), *number)?;
                if newest >= chain::device_info(self.db(), reader, *number)?.first_sequence() {
                    knows.push((*id, newest));
                }
            }
            let mut named = knows.clone();
            named.sort_unstable();
            for (number, id) in &devices {
                let device = chain::device_info(self.db(), reader, *number)?;
                let from = device.first_sequence();
                let Some((_, to)) = knows.iter().find(|(known, _)| known == id) else { continue };
                let head = SegmentHead {
                    before: device.first_chain(),
                    after: chain::tail(self.db(), reader, *number, *to)?.hash,
                    device,
                    from,
                    to: *to,
                    knows: named.iter().filter(|(known, _)| known != id).copied().collect(),
                };
                record(LogRecord::Head(Box::new(head)))?;
                {
                    let mut statement = self.db().prepare_cached("SELECT hash, json FROM config ORDER BY hash")?;
                    let mut rows = statement.query([])?;
                    while let Some(row) = rows.next()? {
                        record(LogRecord::Config { id: ConfigId(row.get(0)?), json: row.get(1)? })?;
                    }
                }
                each_entry(self.db(), reader, *number, from, *to, record)?;
                record(LogRecord::End)?;
            }
            Ok(())
        })
    }
}
