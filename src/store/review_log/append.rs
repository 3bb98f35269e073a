//! Appending events: each brings the state of its card and the sums up to date.

use crate::core::event::Draft;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::AnswerWords;
use crate::core::log::EntryRef;
use crate::core::log::TextRecord;
use crate::core::replay::apply;
use crate::core::replay::fold;
use crate::core::replay::replay_needed;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::behind::Answer;
use crate::store::card_state::CardRow;
use crate::store::columns::entry_id;
use crate::store::review_log::events_of;
use rusqlite::OptionalExtension as _;

const INSERT_EVENT: &str = "INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, config, offset_min) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

impl Writer<'_> {
    /// The local number of a configuration, added where it is new.
    pub(in crate::store) fn config_number(&mut self, scheduler: &Scheduler, id: ConfigId) -> Result<i64, Fault> {
        if let Some((_, number)) = self.config.filter(|(known, _)| *known == id) {
            return Ok(number);
        }
        let known = self
            .tx
            .prepare_cached("SELECT id FROM config WHERE hash = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        let number = match known {
            Some(number) => number,
            None => {
                self.tx.execute("INSERT INTO config (hash, json) VALUES (?1, ?2)", (id.0, scheduler.to_json()))?;
                self.forget_context();
                self.tx.last_insert_rowid()
            }
        };
        self.config = Some((id, number));
        Ok(number)
    }

    /// The local number of a device, added by its name alone where nothing of it is here yet.
    pub(in crate::store) fn device_number(&mut self, device: DeviceId) -> Result<i64, Fault> {
        if device == self.device_id {
            return Ok(self.device);
        }
        if let Some((_, number)) = self.other_device.filter(|(known, _)| *known == device) {
            return Ok(number);
        }
        let known = self
            .tx
            .prepare_cached("SELECT id FROM device WHERE uuid = ?1")?
            .query_row([device.0], |row| row.get(0))
            .optional()?;
        if let Some(number) = known {
            self.other_device = Some((device, number));
            return Ok(number);
        }
        self.tx.execute("INSERT INTO device (uuid, name) VALUES (?1, '')", [device.0])?;
        let number = self.tx.last_insert_rowid();
        self.amend_context(|context| context.reader.introduce(number, device));
        Ok(number)
    }

    /// The local id of an entry of any device.
    pub(in crate::store) fn local_id(&mut self, entry: EventId) -> Result<i64, Fault> {
        Ok(entry_id(self.device_number(entry.device)?, entry.sequence))
    }

    /// Inserts an event and what lies beside it, as they are. `card` and `config` are local numbers.
    pub(in crate::store) fn insert_event(
        &mut self,
        card: i64,
        event: &Event,
        config: Option<i64>,
        words: Option<&TextRecord>,
    ) -> Result<i64, Fault> {
        let id = self.local_id(event.id)?;
        let answer = event.kind.answer();
        self.tx.prepare_cached(INSERT_EVENT)?.execute((
            card,
            id,
            event.hlc.0,
            event.kind.code(),
            event.study_day.0,
            answer.map(|(quality, _)| u8::from(quality)),
            answer.map(|(_, took)| took.0),
            config,
            event.at.offset_min,
        ))?;
        let ahead = event.hlc.0.wrapping_sub(event.at.unix_ms);
        let (detail, arg) = (&event.detail, event.kind.arg());
        // Words lie beside it too: those that were erased elsewhere come as a hash alone.
        if ahead != 0 || arg.is_some() || event.prev.is_some() || !detail.is_empty() || words.is_some() {
            let prev = match event.prev {
                Some(prev) => Some(self.local_id(prev)?),
                None => None,
            };
            self.tx
                .prepare_cached(
                    "INSERT INTO event_detail (id, ahead, arg, asked, suggested, guessed, variant, speakers, form, confidence, \
                     due_offset_min, prev, program, foreign_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                )?
                .execute((
                    id,
                    (ahead != 0).then_some(ahead),
                    arg,
                    detail.asked.map(crate::core::event::Asked::code),
                    detail.suggested.map(u8::from),
                    detail.guessed.then_some(1),
                    detail.variant,
                    detail.speakers.then_some(1),
                    detail.form,
                    detail.confidence,
                    detail.due_offset_min,
                    prev,
                    detail.foreign.as_ref().map(|foreign| &foreign.program),
                    detail.foreign.as_ref().map(|foreign| foreign.id),
                ))?;
        }
        if let Some(memory) = &event.memory {
            let [repetitions, interval, lapses, last, due, quality, ease, stability, difficulty] = memory.numbers();
            self.tx
                .prepare_cached(
                    "INSERT INTO event_memory (id, repetitions, interval_days, lapses, last_day, due, last_quality, ease, stability, \
                     difficulty) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                )?
                .execute((id, repetitions, interval, lapses, last, due, quality, ease, stability, difficulty))?;
        }
        if let Some(words) = words {
            self.insert_text(id, words)?;
        }
        Ok(id)
    }

    /// Gives a draft its name, time and place, and appends it.
    fn write_event(&mut self, card: i64, event: &Event, config: Option<i64>) -> Result<i64, Fault> {
        let words = if event.detail.has_words() {
            let detail = &event.detail;
            let words = AnswerWords { response: detail.response.clone(), expected: detail.expected.clone() };
            let body = serde_json::to_string(&words).map_err(|error| Fault::Corrupt(error.to_string()))?;
            Some(TextRecord::new(self.salt(), body))
        } else {
            None
        };
        let id = self.insert_event(card, event, config, words.as_ref())?;
        self.chain()?.entry(EntryRef::Event(event), words.map(|words| words.hash));
        // What was taken from another program has an instant of its own, which is not that of the step.
        let is_now = (event.at, event.study_day) == (self.stamp.now, self.stamp.today);
        self.lone = (is_now && !self.touched).then(|| crate::store::writer::Lone::of(event));
        self.touched = true;
        Ok(id)
    }

    fn event_of(&mut self, draft: &Draft, last: Option<EventId>, config: Option<ConfigId>) -> Event {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let (at, study_day) = draft.at.unwrap_or((self.stamp.now, self.stamp.today));
        Event {
            id: EventId { device: self.device_id, sequence },
            hlc: self.hlc,
            at,
            study_day,
            card: draft.card,
            kind: draft.kind.clone(),
            config,
            prev: last.filter(|last| last.device != self.device_id),
            memory: draft.memory.clone(),
            detail: draft.detail.clone(),
        }
    }

    /// Appends an event and brings the card's state and the sums up to date; those of a plain answer may follow later. Gives
    /// the state after it.
    ///
    /// The draft's `prev` must be the card's last event, or an event of this very action.
    ///
    /// # Errors
    /// [`Fault::Stale`] when the card moved on since the draft was made; when the card is not there.
    pub fn append(&mut self, draft: &Draft, scheduler: &Scheduler) -> Result<CardState, Fault> {
        let context = self.context()?;
        let mut row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(Fault::NoCard)?;
        // Only an answer may wait for its caches, and only as the one event of its action.
        let may_wait = self.may_wait
            && row.askable
            && matches!(draft.kind, EventKind::Answered { .. })
            && self.next_sequence == self.first_sequence
            && !self.behind.borrow().has(draft.card);
        if !may_wait && self.lags() {
            self.catch_up()?;
            row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(Fault::NoCard)?;
        }
        if row.erased && !matches!(draft.kind, EventKind::Imported { .. } | EventKind::Adopted) {
            return Err(Fault::Stale);
        }
        let before = &row.state;
        if before.suspended && matches!(draft.kind, EventKind::Answered { .. }) {
            return Err(Fault::Suspended);
        }
        let mine =
            before.last_event.is_some_and(|last| last.device == self.device_id && last.sequence >= self.first_sequence);
        if !mine && draft.prev != before.last_event {
            return Err(Fault::Stale);
        }
        let configured = matches!(
            draft.kind,
            EventKind::Answered { .. } | EventKind::Imported { .. } | EventKind::Adopted | EventKind::Rescheduled
        );
        let id = self.config_id(scheduler);
        let config = if configured { Some(self.config_number(scheduler, id)?) } else { None };
        let event = self.event_of(draft, before.last_event, config.map(|_| id));
        // The configuration may have been new.
        let context = self.context()?;
        let needs_history = configured && replay_needed(before, scheduler, &context.reader.schedulers)
            || event.detail.foreign.is_some();
        self.write_event(row.id, &event, config)?;
        if needs_history {
            self.catch_up()?;
            self.caches_moved = true;
            // Usually the state after an event is the state before it, copied, with this one event applied. That is right only
            // where the events before it would give the same memory under this event's configuration. It does not hold for
            // another scheduler than the one that made this state, nor for another program's answers, which may lie before
            // the card's last event: then all events are folded again.
            let events = events_of(&self.tx, &context.reader, row.id, draft.card)?;
            let mut added = None;
            let after = fold(&events, &context.voided, &context.reader.schedulers, |before, folded| {
                if folded.id == event.id {
                    added = Some(before.clone());
                }
            });
            if let Some(before) = added {
                self.add_to_sums(&row, &before, &event, 1)?;
            }
            self.set_state(&row, &after)?;
            self.keep_note(&row, &after)?;
            return Ok(after);
        }
        let after = apply(before, &event, &context.reader.schedulers);
        let answer = Answer { row, event, after: after.clone() };
        if may_wait {
            self.waiting = Some(answer);
        } else {
            self.caches_moved = true;
            self.cache(&answer)?;
            self.keep_note(&answer.row, &after)?;
        }
        Ok(after)
    }

    /// A note whose import was taken back is there again once a card of it is answered: another window had it on its screen.
    fn keep_note(&mut self, row: &CardRow, after: &CardState) -> Result<(), Fault> {
        if !row.askable && row.state.answers == 0 && after.answers > 0 { self.refresh_note(row.note) } else { Ok(()) }
    }

    /// Appends the answer to a check-up scene: it touches neither the card's state nor any sum. Gives the check-up's number.
    ///
    /// # Errors
    /// [`Fault::Stale`] when another window has answered the scene in this very check-up; when the card is not
    /// there, or it can't be written.
    pub fn append_checked(&mut self, draft: &Draft) -> Result<u64, Fault> {
        let context = self.context()?;
        let row = CardRow::find(&self.tx, &context.reader, draft.card)?.ok_or(Fault::NoCard)?;
        if row.erased {
            return Err(Fault::Stale);
        }
        let EventKind::Checked { quality, took, checkup, last } = draft.kind else {
            return Err(Fault::Corrupt("not an answer of a check-up".to_owned()));
        };
        if checkup > 0 {
            for event in events_of(&self.tx, &context.reader, row.id, draft.card)? {
                let same = matches!(event.kind, EventKind::Checked { checkup: known, .. } if known == checkup);
                if same && event.id.device == self.device_id && !context.voided.has(event.id) {
                    return Err(Fault::Stale);
                }
            }
        }
        // It has no caches, and the mark goes past it.
        self.caches_moved = true;
        let number = if checkup > 0 { checkup } else { self.next_sequence };
        let kind = EventKind::Checked { quality, took, checkup: number, last };
        let event = self.event_of(&Draft { kind, ..draft.clone() }, None, None);
        self.write_event(row.id, &event, None)?;
        Ok(number)
    }
}
