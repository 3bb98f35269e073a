//! Runs: many answers in one line, while it is being written.

use super::LONGEST_RUN;
use super::line::AnswersLine;
use super::line::DetailLine;
use super::line::Hex;
use super::line::ImportedLine;
use super::line::MoreLine;
use super::line::TextLine;
use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::id::ConfigId;
use crate::core::log::TextRecord;
use crate::core::study_day::Rollover;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Millis;

/// A run is complete once its words are longer than this.
const LONGEST_WORDS: usize = 256 << 10;

/// What the answers of one line share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SharedByRun {
    crammed: bool,
    about_card: bool,
    ahead: i64,
    offset_min: i32,
    day: StudyDay,
    pub(super) config: Option<ConfigId>,
}

impl SharedByRun {
    /// That of an action and its only event, if they can be told apart from others by what a run's columns hold.
    pub(super) fn of(action: &Action, event: &Event) -> Option<Self> {
        let crammed = match event.kind {
            EventKind::Answered { .. } => false,
            EventKind::Crammed { .. } => true,
            _ => return None,
        };
        let about_card = match action.subject {
            Subject::None => false,
            Subject::Card(card) if card == event.card => true,
            _ => return None,
        };
        let plain = action.kind == ActionKind::Answer
            && event.hlc == action.hlc
            && event.at == action.at
            && event.study_day == action.study_day
            && event.memory.is_none();
        plain.then_some(Self {
            crammed,
            about_card,
            ahead: action.hlc.0.checked_sub(action.at.unix_ms)?,
            offset_min: action.at.offset_min,
            day: action.study_day,
            config: event.config,
        })
    }
}

/// A run of answers that are actions of their own.
pub(super) struct Answers {
    shared: SharedByRun,
    last: i64,
    words: usize,
    line: AnswersLine<'static>,
}

impl Answers {
    /// An empty one that begins with `first`.
    pub(super) fn new(shared: SharedByRun, config: Option<u32>, first: &Event) -> Self {
        let line = AnswersLine {
            kind: shared.crammed.then(|| first.kind.name().into()),
            subject: (!shared.about_card).then(|| "none".into()),
            hlc: first.hlc.0,
            ahead: shared.ahead,
            offset: shared.offset_min,
            day: shared.day.0,
            config,
            ..AnswersLine::default()
        };
        Self { shared, last: first.hlc.0, words: 0, line }
    }

    fn gap(&self, event: &Event) -> Option<i64> {
        event.hlc.0.checked_sub(self.last)?.checked_sub(took(event).0.into())
    }

    /// Whether another answer with `shared` can stand in it.
    pub(super) fn takes(&self, shared: &SharedByRun, event: &Event) -> bool {
        self.shared == *shared
            && self.line.note.len() < LONGEST_RUN
            && self.words < LONGEST_WORDS
            && self.gap(event).is_some()
    }

    /// Adds an answer, with its note's number and whether that is a new one.
    pub(super) fn add(&mut self, event: &Event, (note, new): (u32, bool), text: Option<&TextRecord>) {
        if !self.line.note.is_empty() {
            self.line.gap.push(self.gap(event).unwrap_or(0));
        }
        self.last = event.hlc.0;
        let more = MoreLine {
            prev: event.prev.map(|prev| (Hex(prev.device.0), prev.sequence)),
            detail: DetailLine::of(&event.detail).map(DetailLine::into_owned),
            text: text.map(TextLine::of),
        };
        if more.prev.is_some() || more.detail.is_some() || more.text.is_some() {
            self.line.more.push((self.line.note.len(), more));
        }
        self.words += text.and_then(|text| text.body.as_ref()).map_or(0, String::len);
        if new {
            self.line.new.push(Hex(event.card.note.0));
        }
        self.line.note.push(note);
        self.line.ordinal.push(event.card.ordinal);
        self.line.quality.push(quality(event));
        self.line.took.push(took(event).0);
    }

    /// Its line.
    pub(super) fn into_line(self) -> AnswersLine<'static> {
        self.line
    }
}

/// A run of answers from another program, events of one action.
pub(super) struct Imported {
    config: Option<ConfigId>,
    last: i64,
    line: ImportedLine<'static>,
}

impl Imported {
    /// Whether such an event can stand in a run: an answer with its id in the other program, and nothing else.
    pub(super) fn can_hold(event: &Event) -> bool {
        let Event { prev: None, memory: None, kind: EventKind::Imported { .. }, detail, .. } = event else {
            return false;
        };
        let Some(foreign) = &detail.foreign else { return false };
        let alone = Detail { foreign: None, ..detail.clone() }.is_empty();
        alone && foreign.id.checked_sub(event.at.unix_ms).is_some() && shift(event).is_some()
    }

    /// An empty one that begins with `first`.
    pub(super) fn new(config: Option<u32>, first: &Event) -> Self {
        let program = first.detail.foreign.as_ref().map_or_else(String::new, |foreign| foreign.program.clone());
        let line =
            ImportedLine { program: program.into(), offset: first.at.offset_min, config, ..ImportedLine::default() };
        Self { config: first.config, last: 0, line }
    }

    /// Whether another such event can stand in it.
    pub(super) fn takes(&self, event: &Event) -> bool {
        self.config == event.config
            && self.line.offset == event.at.offset_min
            && self.line.note.len() < LONGEST_RUN
            && event.at.unix_ms.checked_sub(self.last).is_some()
            && event.detail.foreign.as_ref().is_some_and(|foreign| foreign.program == self.line.program)
    }

    /// Adds an event, with its note's number and whether that is a new one.
    pub(super) fn add(&mut self, event: &Event, (note, new): (u32, bool)) {
        let at = event.at.unix_ms;
        self.line.at.push(at.saturating_sub(self.last));
        self.last = at;
        self.line.shift.push(shift(event).unwrap_or(0));
        self.line.id.push(event.detail.foreign.as_ref().map_or(0, |foreign| foreign.id.saturating_sub(at)));
        if new {
            self.line.new.push(Hex(event.card.note.0));
        }
        self.line.note.push(note);
        self.line.ordinal.push(event.card.ordinal);
        self.line.quality.push(quality(event));
        self.line.took.push(took(event).0);
    }

    /// Its line.
    pub(super) fn into_line(self) -> ImportedLine<'static> {
        self.line
    }
}

/// The day of the calendar, from which a study day differs by little.
pub(super) fn calendar_day(at: Timestamp) -> StudyDay {
    Rollover::new(0).map_or(StudyDay(0), |midnight| StudyDay::of(at, midnight))
}

fn shift(event: &Event) -> Option<i32> {
    event.study_day.0.checked_sub(calendar_day(event.at).0)
}

fn took(event: &Event) -> Millis {
    event.kind.answer().map_or(Millis(0), |(_, took)| took)
}

fn quality(event: &Event) -> char {
    event.kind.answer().map_or('0', |(quality, _)| char::from(b'0' + u8::from(quality)))
}
