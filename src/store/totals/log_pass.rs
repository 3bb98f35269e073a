//! One pass over the log, a card at a time, with no more of each event than nearly all cards take.

use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::replay::Voided;
use crate::core::replay::fold;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::store::Fault;
use crate::store::columns::ADOPTED;
use crate::store::columns::ANSWERED;
use crate::store::columns::IMPORTED;
use crate::store::columns::RESCHEDULED;
use crate::store::columns::RESET;
use crate::store::columns::RESTARTED;
use crate::store::columns::day_of;
use crate::store::columns::entry_parts;
use crate::store::columns::kind_of;
use crate::store::columns::quality_of;
use crate::store::review_log::Reader;
use crate::store::review_log::VoidIds;
use crate::store::review_log::events_of;
use crate::store::review_log::void_ids;
use crate::store::review_log::voided;
use rusqlite::Connection;
use rusqlite::Row;

/// Below one card in so many it is faster to look for each card's events than to read all: that takes as long as passing by some
/// twenty events.
const FEW: usize = 5;

/// The columns of an event that [`LogPass::take`] reads.
const OF_CARD: &str = "SELECT card, id, kind, study_day, quality, took_ms, config, hlc FROM event WHERE card = ?1";
const OF_CARDS: &str = "SELECT card, id, kind, study_day, quality, took_ms, config, hlc FROM event \
     WHERE card BETWEEN ?1 AND ?2 ORDER BY card, id";

/// Stands for the card in a fold of which nobody sees the due days: nothing else depends on which card it is.
const ANY_CARD: CardId = CardId { note: NoteUid([0; 16]), ordinal: 1 };

/// As much of an event as a pass reads.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Passed {
    id: i64,
    hlc: i64,
    kind: u8,
    pub(super) day: i32,
    quality: Option<i64>,
    took_ms: Option<i64>,
    config: Option<i64>,
}

impl Passed {
    pub(super) fn is_answer(&self) -> bool {
        self.kind == ANSWERED
    }

    pub(super) fn took_ms(&self) -> i64 {
        self.took_ms.unwrap_or(0)
    }

    /// Whether a fold has to know more of it: a memory that it left, or which record of another program it is.
    fn needs_all(&self) -> bool {
        matches!(self.kind, RESCHEDULED | ADOPTED | IMPORTED)
    }

    pub(super) fn passed(&self) -> bool {
        self.quality.and_then(quality_of).is_some_and(Quality::passed)
    }
}

/// What a pass over the log has to know beforehand. Each thread reads it for itself.
pub(in crate::store) struct LogPass {
    reader: Reader,
    voided: Voided,
    voids: VoidIds,
    replays_imported: bool,
}

impl LogPass {
    pub(in crate::store) fn new(db: &Connection) -> Result<Self, Fault> {
        let reader = Reader::new(db)?;
        let voided = voided(db, &reader)?;
        let voids = void_ids(&reader, &voided);
        let replays_imported = reader.schedulers.values().any(crate::core::scheduler::Scheduler::replays_imported);
        Ok(Self { reader, voided, voids, replays_imported })
    }

    /// Whether the entry of that local id no longer counts.
    pub(super) fn is_void(&self, id: i64) -> bool {
        !self.voids.is_empty() && self.voids.has(id)
    }

    /// Gives the counting events of some cards, in the order of the fold, a card at a time. `items` are in the order of
    /// their cards' numbers, which `card` tells, each once; `all` is how many cards there are.
    pub(in crate::store) fn each_card<T>(
        &self,
        db: &Connection,
        items: &[T],
        card: impl Fn(&T) -> i64,
        all: usize,
        mut visit: impl FnMut(&T, &[Passed]) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return Ok(()) };
        let mut events = Vec::new();
        if items.len() < all / FEW {
            let mut statement = db.prepare_cached(OF_CARD)?;
            for item in items {
                let mut rows = statement.query([card(item)])?;
                while let Some(row) = rows.next()? {
                    self.take(row, &mut events)?;
                }
                self.put_in_order(&mut events);
                visit(item, &events)?;
                events.clear();
            }
            return Ok(());
        }
        let mut statement = db.prepare_cached(OF_CARDS)?;
        let mut rows = statement.query((card(first), card(last)))?;
        let mut items = items.iter().peekable();
        let (mut number, mut here) = (None, None);
        while let Some(row) = rows.next()? {
            let next: i64 = row.get(0)?;
            if number != Some(next) {
                if let Some(item) = here {
                    self.put_in_order(&mut events);
                    visit(item, &events)?;
                    events.clear();
                }
                number = Some(next);
                while items.next_if(|item| card(item) < next).is_some() {}
                here = items.next_if(|item| card(item) == next);
            }
            if here.is_some() {
                self.take(row, &mut events)?;
            }
        }
        if let Some(item) = here {
            self.put_in_order(&mut events);
            visit(item, &events)?;
        }
        Ok(())
    }

    fn take(&self, row: &Row<'_>, events: &mut Vec<Passed>) -> Result<(), Fault> {
        let id = row.get(1)?;
        if !self.is_void(id) {
            events.push(Passed {
                id,
                hlc: row.get(7)?,
                kind: row.get(2)?,
                day: row.get(3)?,
                quality: row.get(4)?,
                took_ms: row.get(5)?,
                config: row.get(6)?,
            });
        }
        Ok(())
    }

    /// The table has the events of each device in their order, one device after the other.
    fn put_in_order(&self, events: &mut [Passed]) {
        if let [first, .., last] = events
            && entry_parts(first.id).0 != entry_parts(last.id).0
        {
            events.sort_unstable_by_key(|event| {
                let (device, sequence) = entry_parts(event.id);
                (event.hlc, self.reader.device(device), sequence)
            });
        }
    }

    /// Whether the days of a card's answers alone tell the first one, repeats and reviews apart. Else the card was reset,
    /// another program's state came in between, or this program can't compute what one of the answers did.
    pub(super) fn days_suffice(&self, events: &[Passed]) -> bool {
        events.iter().all(|event| match event.kind {
            ANSWERED => self.is_computable(event),
            RESCHEDULED | RESET | ADOPTED => false,
            IMPORTED => !self.replays_imported,
            _ => true,
        })
    }

    fn is_computable(&self, event: &Passed) -> bool {
        let config = event.config.and_then(|number| self.reader.config(number));
        config.is_some_and(|config| self.reader.schedulers.contains_key(&config))
    }

    /// Folds a card in full. What `visit` sees is right but for the due days.
    pub(super) fn fold(
        &self,
        db: &Connection,
        card: i64,
        visit: impl FnMut(&CardState, &Event),
    ) -> Result<CardState, Fault> {
        let events = events_of(db, &self.reader, card, ANY_CARD)?;
        Ok(fold(&events, &self.voided, &self.reader.schedulers, visit))
    }

    /// Folds a card from the events that a pass has given, in full where these don't suffice. What `visit` sees is right but for
    /// the due days, and for what stands beside an event.
    pub(in crate::store) fn fold_passed(
        &self,
        db: &Connection,
        card: i64,
        events: &[Passed],
        mut visit: impl FnMut(&CardState, &Event),
    ) -> Result<(), Fault> {
        if events.iter().any(Passed::needs_all) {
            self.fold(db, card, visit)?;
            return Ok(());
        }
        let events: Vec<Event> = events.iter().filter_map(|event| self.event(event)).collect();
        fold(&events, &Voided::default(), &self.reader.schedulers, |before, event| visit(before, event));
        Ok(())
    }

    /// The state of a card at the end of a day, from the events that a pass has given: right in all that makes its level.
    pub(in crate::store) fn state_at_end_of(
        &self,
        db: &Connection,
        card: i64,
        events: &[Passed],
        day: StudyDay,
    ) -> Result<CardState, Fault> {
        let events = if events.iter().any(Passed::needs_all) {
            let mut events = events_of(db, &self.reader, card, ANY_CARD)?;
            events.retain(|event| event.study_day <= day && !self.voided.has(event.id));
            events
        } else {
            // What else may happen to a card leaves its memory alone.
            let counts = |event: &&Passed| matches!(event.kind, ANSWERED | RESET | RESTARTED) && event.day <= day.0;
            events.iter().filter(counts).filter_map(|event| self.event(event)).collect()
        };
        Ok(fold(&events, &Voided::default(), &self.reader.schedulers, |_, _| {}))
    }

    /// The whole event, for the kinds that need nothing but what a pass reads.
    fn event(&self, event: &Passed) -> Option<Event> {
        Some(Event {
            id: self.reader.entry(event.id)?,
            hlc: Hlc(event.hlc),
            at: Timestamp { unix_ms: event.hlc, offset_min: 0 },
            study_day: day_of(i64::from(event.day)),
            card: ANY_CARD,
            kind: kind_of(i64::from(event.kind), event.quality, event.took_ms, None)?,
            config: event.config.and_then(|number| self.reader.config(number)),
            prev: None,
            memory: None,
            detail: Detail::default(),
        })
    }
}
