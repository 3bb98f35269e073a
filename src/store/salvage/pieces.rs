//! The actions of a log that may lack some of its rows: each with those of its entries that are left.
//!
//! Where the row of an action is lost, its entries are actions of their own: their kind is told by what they are, their moment
//! by the entry before.

use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Span;
use crate::core::fact::Fact;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::log::Entry;
use crate::core::log::TextRecord;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::Trouble;
use crate::store::columns::card_of;
use crate::store::columns::card_parts;
use crate::store::columns::entries_of_device;
use crate::store::facts::FACT_COLUMNS;
use crate::store::facts::FACT_WIDTH;
use crate::store::facts::fact_of;
use crate::store::facts::note_uid;
use crate::store::log_out::Cursor;
use crate::store::log_out::action_row;
use crate::store::log_out::lone;
use crate::store::log_out::text_of;
use crate::store::review_log::BESIDE_EVENT;
use crate::store::review_log::EVENT_WIDTH;
use crate::store::review_log::Reader;
use crate::store::review_log::action_of;
use crate::store::review_log::event_columns;
use rusqlite::Connection;
use rusqlite::Row;

/// What is left of an action.
pub(super) struct Piece {
    /// The action. Its span is the one that it had.
    pub(super) action: Action,
    pub(super) entries: Vec<(Entry, Option<TextRecord>)>,
    /// Whether nothing of it is known to be lost.
    pub(super) is_whole: bool,
}

/// What is left of damage, or the failure that is none.
fn left<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.trouble() == Trouble::Damaged => Ok(None),
        Err(error) => Err(error),
    }
}

/// What kind of step a fact is of, where the row that says it is lost.
fn kind_of_fact(fact: &Fact) -> ActionKind {
    match fact {
        Fact::Brought { edition: 0, .. }
        | Fact::Gone { .. }
        | Fact::Ordered { .. }
        | Fact::Aliased { .. }
        | Fact::Head { edition: 0, .. }
        | Fact::Topic { edition: 0, .. } => ActionKind::Import,
        Fact::Brought { .. } | Fact::Head { .. } | Fact::Topic { .. } => ActionKind::Builtin,
        Fact::Edited { .. } | Fact::Cleared { .. } | Fact::Keyed { .. } => ActionKind::Edit,
        Fact::Tagged { .. } | Fact::Untagged { .. } => ActionKind::Tag,
        Fact::Placed { .. } => ActionKind::Move,
        Fact::Deleted { .. } => ActionKind::Delete,
        Fact::Revived { .. } => ActionKind::Revive,
        Fact::Renamed { .. } => ActionKind::Rename,
        Fact::Scheduler { .. } => ActionKind::Scheduler,
        Fact::Undone { .. } => ActionKind::Undo,
        Fact::Configured => ActionKind::Configure,
        Fact::Paused { .. } | Fact::Resumed => ActionKind::Pause,
        Fact::Erased { .. } => ActionKind::Forget,
        Fact::TookOver { .. } => ActionKind::Fork,
        Fact::Tried { .. } => ActionKind::Tried,
        Fact::Hidden { .. } => ActionKind::Deck,
    }
}

/// Whether an event names a configuration.
fn is_configured(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Answered { .. } | EventKind::Imported { .. } | EventKind::Adopted | EventKind::Rescheduled
    )
}

/// Reads the actions of one device.
pub(super) struct Pieces<'d> {
    db: &'d Connection,
    reader: &'d Reader,
    /// What stands for a configuration that is lost.
    usual: ConfigId,
    /// Later stamps than this are damage.
    latest: Hlc,
    before: (Hlc, Timestamp, StudyDay),
    piece: Option<Piece>,
    /// The numbers of the entries that the row of the present action names, where there is one.
    named: Option<std::ops::RangeInclusive<u64>>,
}

impl<'d> Pieces<'d> {
    pub(super) fn new(db: &'d Connection, reader: &'d Reader, usual: ConfigId, latest: Hlc) -> Self {
        let begin = (Hlc(0), Timestamp { unix_ms: 0, offset_min: 0 }, StudyDay(0));
        Self { db, reader, usual, latest, before: begin, piece: None, named: None }
    }

    /// Hands over what is left of each action of a device, in the order in which they were written.
    pub(super) fn each(mut self, device: i64, each: &mut dyn FnMut(Piece) -> Result<(), Fault>) -> Result<(), Fault> {
        let range = entries_of_device(device);
        let mut actions = self.db.prepare_cached(
            "SELECT id, entries, kind, subject, hlc, ahead, offset_min, study_day FROM action WHERE id BETWEEN ?1 AND ?2 \
             ORDER BY id",
        )?;
        let mut actions = Cursor::new(actions.query(range)?)?;
        let mut events = self.db.prepare_cached(&format!(
            "SELECT {}, e.card, x.hash, x.salt, x.body FROM event e INDEXED BY event_id {BESIDE_EVENT} \
             WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id",
            event_columns()
        ))?;
        let mut events = Cursor::new(events.query(range)?)?;
        let mut facts = self.db.prepare_cached(&format!(
            "SELECT {FACT_COLUMNS}, x.hash, x.salt, x.body FROM fact f LEFT JOIN text x ON x.id = f.id \
             WHERE f.id BETWEEN ?1 AND ?2 ORDER BY f.id"
        ))?;
        let mut facts = Cursor::new(facts.query(range)?)?;
        while let Some(id) = [actions.next, events.next, facts.next].into_iter().flatten().min() {
            if actions.next == Some(id) {
                let action = left(action_row(actions.row()?, self.reader.known(id)?))?;
                actions.step()?;
                self.begin(action.filter(|action| self.is_possible(action.hlc)), each)?;
            }
            if events.next == Some(id) {
                let event = left(self.event(events.row()?))?;
                events.step()?;
                if let Some((event, text)) = event.filter(|(event, _)| self.is_possible(event.hlc)) {
                    let own = lone(&event);
                    self.put(own, Entry::Event(Box::new(event)), text, each)?;
                }
            }
            if facts.next == Some(id) {
                let fact = left(self.fact(id, facts.row()?))?;
                facts.step()?;
                if let Some((fact, text)) = fact.filter(|(fact, text)| text.is_some() || !fact.has_text()) {
                    let name = self.reader.known(id)?;
                    let own = self.guessed(name, &fact);
                    self.put(own, Entry::Fact(name, fact), text, each)?;
                }
            }
        }
        self.end(each)
    }

    fn is_possible(&self, hlc: Hlc) -> bool {
        hlc > Hlc(0) && hlc <= self.latest
    }

    fn event(&self, row: &Row<'_>) -> Result<(Event, Option<TextRecord>), Fault> {
        let card: i64 = row.get(EVENT_WIDTH)?;
        let uid = note_uid(self.db, card_parts(card).0)?;
        let mut event = self.reader.event(row, 0, card_of(card, uid.0))?;
        if event.config.is_none() && is_configured(&event.kind) {
            event.config = Some(self.usual);
        }
        Ok((event, text_of(row, EVENT_WIDTH + 1)?))
    }

    fn fact(&self, id: i64, row: &Row<'_>) -> Result<(Fact, Option<TextRecord>), Fault> {
        self.reader.known(id)?;
        Ok((fact_of(self.db, self.reader, row, 0)?, text_of(row, FACT_WIDTH)?))
    }

    /// The action of a fact whose own row is lost.
    fn guessed(&self, id: EventId, fact: &Fact) -> Action {
        let (Hlc(hlc), at, study_day) = self.before;
        Action {
            span: Span { action: action_of(id), entries: 1 },
            kind: kind_of_fact(fact),
            subject: Subject::None,
            at,
            study_day,
            hlc: Hlc(hlc + 1),
        }
    }

    /// An action begins, if its row can be read.
    fn begin(&mut self, action: Option<Action>, each: &mut dyn FnMut(Piece) -> Result<(), Fault>) -> Result<(), Fault> {
        self.end(each)?;
        let Some(action) = action else { return Ok(()) };
        let first = action.span.action.number;
        self.named = Some(first..=first.saturating_add(action.span.entries).saturating_sub(1));
        self.piece = Some(Piece { action, entries: Vec::new(), is_whole: true });
        Ok(())
    }

    /// The next entry; `own` is its action where no row names it.
    fn put(
        &mut self,
        own: Action,
        entry: Entry,
        text: Option<TextRecord>,
        each: &mut dyn FnMut(Piece) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let number = entry.id().sequence;
        let is_named = self.named.as_ref().is_some_and(|named| named.contains(&number));
        let goes_on = match &self.piece {
            Some(_) if is_named => true,
            // What lies side by side under one stamp, or without any, was one step.
            Some(piece) if self.named.is_none() => {
                let last = piece.entries.last().map(|(entry, _)| entry.id().sequence);
                let is_next = last.is_some_and(|last| last + 1 == number);
                let before = piece.entries.last().map(|(entry, _)| matches!(entry, Entry::Fact(..)));
                let is_fact = matches!(entry, Entry::Fact(..));
                let same_hlc = piece.action.hlc == own.hlc;
                is_next && before == Some(is_fact) && if is_fact { piece.action.kind == own.kind } else { same_hlc }
            }
            _ => false,
        };
        if !goes_on {
            self.end(each)?;
            let is_whole = matches!(entry, Entry::Event(_));
            self.piece = Some(Piece { action: own, entries: Vec::new(), is_whole });
        }
        if let Some(piece) = &mut self.piece {
            piece.entries.push((entry, text));
            if self.named.is_none() {
                piece.action.span.entries = u64::try_from(piece.entries.len()).unwrap_or(u64::MAX);
                // Events of one step without its row: a lone one has none, several had one.
                piece.is_whole &= piece.entries.len() == 1;
            }
        }
        Ok(())
    }

    fn end(&mut self, each: &mut dyn FnMut(Piece) -> Result<(), Fault>) -> Result<(), Fault> {
        let named = self.named.take();
        let Some(mut piece) = self.piece.take() else { return Ok(()) };
        if named.is_some() {
            let there = u64::try_from(piece.entries.len()).unwrap_or(u64::MAX);
            piece.is_whole &= there == piece.action.span.entries;
        }
        self.before = (piece.action.hlc, piece.action.at, piece.action.study_day);
        if piece.entries.is_empty() { Ok(()) } else { each(piece) }
    }
}
