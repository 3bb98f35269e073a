//! What can be said of segments without a database: every rule that does not need to know what is there already.

use crate::core::action::Action;
use crate::core::action::Subject;
use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::card::NoteText;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::fact::Head;
use crate::core::fact::LAST_POSITION;
use crate::core::fact::SettingChange;
use crate::core::fact::TopicText;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::log::Chain;
use crate::core::log::Entry;
use crate::core::log::EntryRef;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::scheduler::Scheduler;
use crate::core::study_day::LAST_OFFSET_MIN;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::formats::segment::LAST_ORDINAL;
use crate::formats::segment::fault::SegmentFault;
use std::collections::HashSet;

/// The largest number that an entry may have: a local id keeps it in 32 bits.
const LAST_SEQUENCE: u64 = u32::MAX as u64;

/// Days further from 1970 than this are no days of a calendar.
const LAST_DAY: i32 = 10_000_000;

/// The same in milliseconds, for instants and stamps.
const LAST_MS: i64 = LAST_DAY as i64 * 86_400_000;

/// Checks records one after the other, in the order in which they stand in a file.
#[derive(Default)]
pub(super) struct Checker(Option<Segment>);

/// What has to be remembered of the segment at hand.
struct Segment {
    device: DeviceId,
    from: u64,
    to: u64,
    after: ChainHash,
    chain: Chain,
    /// The number of the next entry.
    next: u64,
    /// The newest stamp.
    hlc: Option<Hlc>,
    /// The action whose entries are coming.
    action: Option<Action>,
    configs: HashSet<ConfigId>,
    starts: Starts,
}

impl Checker {
    /// Whether no segment is under way.
    pub(super) fn is_between(&self) -> bool {
        self.0.is_none()
    }

    /// Looks at the next record.
    ///
    /// # Errors
    /// With what is wrong with it.
    pub(super) fn see(&mut self, record: &LogRecord) -> Result<(), SegmentFault> {
        if let LogRecord::Head(head) = record {
            if self.0.is_some() {
                return Err(SegmentFault::SegmentInSegment);
            }
            self.0 = Some(Segment::begin(head)?);
            return Ok(());
        }
        let segment = self.0.as_mut().ok_or(SegmentFault::OutsideSegment)?;
        match record {
            LogRecord::Head(_) => Ok(()),
            LogRecord::Config { id, json } => segment.config(*id, json),
            LogRecord::Action(action) => segment.action(action),
            LogRecord::Entry(entry, text) => segment.entry(entry, text.as_ref()),
            LogRecord::End => {
                segment.end()?;
                self.0 = None;
                Ok(())
            }
        }
    }
}

impl Segment {
    fn begin(head: &SegmentHead) -> Result<Self, SegmentFault> {
        let device = &head.device;
        let first = match &device.parent {
            Some(parent) if parent.device == device.id => return Err(SegmentFault::OwnParent),
            Some(parent) if parent.sequence >= LAST_SEQUENCE => {
                return Err(SegmentFault::NoEntryNumber(parent.sequence));
            }
            Some(_) | None => device.first_sequence(),
        };
        let (from, to) = (head.from, head.to);
        if from == 0 || from > to {
            return Err(SegmentFault::NoRange { from, to });
        }
        number_of_entry(to)?;
        if from < first {
            return Err(SegmentFault::BeforeFirst { first, from });
        }
        if from == first && head.before != device.first_chain() {
            return Err(SegmentFault::WrongFirstHash);
        }
        instant(device.created_at_ms)?;
        let mut known = HashSet::new();
        for (device, sequence) in &head.knows {
            number_of_entry(*sequence)?;
            if !known.insert(device) {
                return Err(SegmentFault::KnownTwice(*device));
            }
        }
        Ok(Self {
            device: device.id,
            from,
            to,
            after: head.after,
            chain: Chain::after(head.before),
            next: from,
            hlc: None,
            action: None,
            configs: HashSet::new(),
            starts: Starts::default(),
        })
    }

    fn config(&mut self, id: ConfigId, json: &str) -> Result<(), SegmentFault> {
        self.no_open_action()?;
        if ConfigId::of_json(json) != id {
            return Err(SegmentFault::WrongConfigId);
        }
        if Scheduler::from_json(json).is_none() {
            return Err(SegmentFault::UnknownScheduler);
        }
        if self.configs.len() == super::MOST_CONFIGS {
            return Err(SegmentFault::TooManyConfigs);
        }
        if !self.configs.insert(id) {
            return Err(SegmentFault::ConfigTwice(id));
        }
        Ok(())
    }

    fn action(&mut self, action: &Action) -> Result<(), SegmentFault> {
        self.no_open_action()?;
        let span = action.span;
        if span.action != (ActionId { device: self.device, number: self.next }) {
            return Err(SegmentFault::WrongActionNumber(self.next));
        }
        if span.entries == 0 {
            return Err(SegmentFault::NoEntries);
        }
        // Both are below 2^32, or the first test of the range is true.
        if span.entries > self.to - self.from + 1 || self.next + (span.entries - 1) > self.to {
            return Err(SegmentFault::ActionTooLong(self.to));
        }
        if action.hlc.0 < 0 || action.hlc.0 > LAST_MS {
            return Err(SegmentFault::NoStamp(action.hlc.0));
        }
        if self.hlc.is_some_and(|last| action.hlc <= last) {
            return Err(SegmentFault::StampNotAfter(action.hlc.0));
        }
        timestamp(action.at)?;
        // A stamp is never before the clock that it was made by.
        if action.at.unix_ms > action.hlc.0 {
            return Err(SegmentFault::InstantAfterStamp(action.hlc.0));
        }
        day(action.study_day)?;
        match &action.subject {
            Subject::None | Subject::Note(_) => {}
            Subject::Card(subject) => card(*subject)?,
            Subject::Deck(id) => deck(id)?,
            Subject::Day(subject) => day(*subject)?,
        }
        self.starts.add(self.next - self.from);
        self.hlc = Some(action.hlc);
        self.action = Some(action.clone());
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, text: Option<&TextRecord>) -> Result<(), SegmentFault> {
        let action = self.action.take().ok_or(SegmentFault::EntryOutsideAction)?;
        let id = entry.id();
        if id != (EventId { device: self.device, sequence: self.next }) {
            return Err(SegmentFault::EntryMissing(self.next));
        }
        match entry {
            Entry::Event(event) => self.event(&action, event, text)?,
            Entry::Fact(_, fact) => self.fact(&action, fact, text)?,
        }
        self.chain.entry(EntryRef::from(entry), text.map(|text| text.hash));
        if self.next - action.span.action.number + 1 == action.span.entries {
            self.chain.finish(&action);
        } else {
            self.action = Some(action);
        }
        self.next += 1;
        Ok(())
    }

    fn event(&self, action: &Action, event: &Event, text: Option<&TextRecord>) -> Result<(), SegmentFault> {
        if event.hlc != action.hlc {
            return Err(SegmentFault::WrongEventStamp);
        }
        timestamp(event.at)?;
        day(event.study_day)?;
        card(event.card)?;
        match event.kind {
            EventKind::Buried { until } => day(until)?,
            EventKind::Checked { checkup, .. } if checkup == 0 || checkup > event.id.sequence => {
                return Err(SegmentFault::NoCheckup(checkup));
            }
            _ => {}
        }
        if let Some(config) = event.config {
            self.known(config)?;
        } else if matches!(event.kind, EventKind::Answered { .. } | EventKind::Adopted | EventKind::Rescheduled) {
            return Err(SegmentFault::NoConfig);
        }
        if let Some(prev) = event.prev {
            number_of_reference(prev.sequence)?;
            if prev.device == self.device && prev.sequence >= event.id.sequence {
                return Err(SegmentFault::WrongPrevious(prev.sequence));
            }
        }
        let has_memory = matches!(event.kind, EventKind::Adopted | EventKind::Rescheduled);
        match &event.memory {
            Some(memory) if has_memory => {
                day(memory.last)?;
                day(memory.due)?;
                if memory.interval.0 > LAST_DAY.unsigned_abs() {
                    return Err(SegmentFault::NoInterval(memory.interval.0));
                }
            }
            Some(_) => return Err(SegmentFault::ComputedMemory),
            None if has_memory => return Err(SegmentFault::NoMemory),
            None => {}
        }
        if event.detail.confidence.is_some_and(|confidence| confidence > 100) {
            return Err(SegmentFault::BadConfidence);
        }
        match text.map(|text| text.body.is_some()) {
            None if event.detail.has_words() => Err(SegmentFault::WordsWithoutHash),
            Some(true) if !event.detail.has_words() => Err(SegmentFault::TextWithoutWords),
            Some(false) if event.detail.has_words() => Err(SegmentFault::ErasedWords),
            None | Some(_) => Ok(()),
        }
    }

    fn fact(&self, action: &Action, fact: &Fact, text: Option<&TextRecord>) -> Result<(), SegmentFault> {
        if fact.has_text() != text.is_some() {
            let fault = if fact.has_text() { SegmentFault::FactWithoutText } else { SegmentFault::FactWithText };
            return Err(fault(fact.name()));
        }
        match fact {
            Fact::Brought { deck: id, position: place, .. } => {
                deck(id)?;
                position(*place)?;
            }
            Fact::Ordered { position: place, .. } => position(*place)?,
            Fact::Placed { deck: id, position: place, .. } => {
                deck(id)?;
                place.map_or(Ok(()), position)?;
            }
            Fact::Head { deck: id, .. }
            | Fact::Topic { deck: id, .. }
            | Fact::Renamed { deck: id }
            | Fact::Tried { deck: id, .. }
            | Fact::Hidden { deck: id, .. }
            | Fact::Erased { what: Erasure::Deck(id) } => deck(id)?,
            Fact::Scheduler { deck: id, config } => {
                deck(id)?;
                config.map_or(Ok(()), |config| self.known(config))?;
            }
            Fact::Undone { action: named, mark } => self.undone(action.span.action, *named, *mark)?,
            Fact::Paused { until } => day(*until)?,
            Fact::TookOver { device, from, to, .. } => {
                number_of_reference(*from)?;
                number_of_reference(*to)?;
                if from > to || *device == self.device {
                    return Err(SegmentFault::NotTakenOver { from: *from, to: *to });
                }
            }
            Fact::Gone { .. }
            | Fact::Edited { .. }
            | Fact::Cleared { .. }
            | Fact::Tagged { .. }
            | Fact::Untagged { .. }
            | Fact::Deleted { .. }
            | Fact::Revived { .. }
            | Fact::Keyed { .. }
            | Fact::Aliased { .. }
            | Fact::Configured
            | Fact::Resumed
            | Fact::Erased { what: Erasure::Note(_) | Erasure::Typed } => {}
        }
        let Some(body) = text.and_then(|text| text.body.as_deref()) else { return Ok(()) };
        let wrong = match fact {
            Fact::Brought { .. } | Fact::Edited { .. } => match serde_json::from_str::<NoteText>(body) {
                Ok(note) => match note.too_long() {
                    Some(field) => return Err(SegmentFault::LongField(field.to_owned())),
                    None => None,
                },
                Err(error) => Some(error),
            },
            Fact::Head { .. } => match serde_json::from_str::<Head>(body) {
                Ok(head) if head.name.len() > LONGEST_FIELD_BYTES => {
                    return Err(SegmentFault::LongField("name".to_owned()));
                }
                read => read.err(),
            },
            Fact::Topic { .. } => serde_json::from_str::<TopicText>(body).err(),
            Fact::Configured => serde_json::from_str::<SettingChange>(body).err(),
            // A key, a tag, the name of a deck.
            _ if body.len() > LONGEST_FIELD_BYTES => return Err(SegmentFault::LongField(fact.name().to_owned())),
            _ => None,
        };
        match wrong {
            Some(error) => Err(SegmentFault::BadFactText { kind: fact.name(), message: error.to_string() }),
            None => Ok(()),
        }
    }

    /// An undo of an own action names one before it. What other devices did may still come, and numbers before a fork are
    /// those of the parent.
    fn undone(&self, by: ActionId, named: ActionId, mark: Option<ChainMark>) -> Result<(), SegmentFault> {
        number_of_reference(named.number)?;
        if (named.device != self.device) != mark.is_some() {
            return Err(SegmentFault::WrongMark);
        }
        if named.device != self.device {
            return Ok(());
        }
        let is_start = named.number.checked_sub(self.from).is_none_or(|place| self.starts.has(place));
        if named.number < by.number && is_start {
            return Ok(());
        }
        Err(SegmentFault::UndoneTooEarly(named.number))
    }

    fn known(&self, config: ConfigId) -> Result<(), SegmentFault> {
        if self.configs.contains(&config) {
            return Ok(());
        }
        Err(SegmentFault::UnknownConfig(config))
    }

    fn no_open_action(&self) -> Result<(), SegmentFault> {
        match &self.action {
            None => Ok(()),
            Some(action) => Err(SegmentFault::OpenAction {
                number: action.span.action.number,
                entries: action.span.entries,
                there: self.next - action.span.action.number,
            }),
        }
    }

    fn end(&self) -> Result<(), SegmentFault> {
        self.no_open_action()?;
        if self.next <= self.to {
            return Err(SegmentFault::OpenSegment { last: self.to, next: self.next });
        }
        if self.chain.hash() != self.after {
            return Err(SegmentFault::WrongHash);
        }
        Ok(())
    }
}

/// Which entries of a segment begin an action: a bit for each, only as far as they were seen.
#[derive(Default)]
struct Starts(Vec<u64>);

impl Starts {
    fn place(place: u64) -> Option<(usize, u64)> {
        Some((usize::try_from(place / 64).ok()?, 1 << (place % 64)))
    }

    fn add(&mut self, place: u64) {
        let Some((word, bit)) = Self::place(place) else { return };
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }

    fn has(&self, place: u64) -> bool {
        Self::place(place).is_some_and(|(word, bit)| self.0.get(word).is_some_and(|bits| bits & bit != 0))
    }
}

/// From 0 for none.
fn number_of_entry(number: u64) -> Result<(), SegmentFault> {
    if number > LAST_SEQUENCE { Err(SegmentFault::NoEntryNumber(number)) } else { Ok(()) }
}

fn number_of_reference(number: u64) -> Result<(), SegmentFault> {
    if number == 0 { Err(SegmentFault::NoEntryNumber(0)) } else { number_of_entry(number) }
}

fn instant(ms: i64) -> Result<(), SegmentFault> {
    if (-LAST_MS..=LAST_MS).contains(&ms) { Ok(()) } else { Err(SegmentFault::NoInstant(ms)) }
}

fn timestamp(at: Timestamp) -> Result<(), SegmentFault> {
    instant(at.unix_ms)?;
    if (-LAST_OFFSET_MIN..=LAST_OFFSET_MIN).contains(&at.offset_min) {
        return Ok(());
    }
    Err(SegmentFault::NoOffset(at.offset_min))
}

fn day(day: StudyDay) -> Result<(), SegmentFault> {
    if (-LAST_DAY..=LAST_DAY).contains(&day.0) { Ok(()) } else { Err(SegmentFault::NoStudyDay(day.0)) }
}

fn card(card: CardId) -> Result<(), SegmentFault> {
    if (1..=LAST_ORDINAL).contains(&card.ordinal) {
        return Ok(());
    }
    Err(SegmentFault::NoOrdinal(card.ordinal))
}

/// Less strict than what people may call a deck: what is in a log must come out of it.
fn deck(id: &str) -> Result<(), SegmentFault> {
    if id.trim().is_empty() || id.contains(char::is_control) {
        return Err(SegmentFault::BadDeckId);
    }
    Ok(())
}

fn position(position: i64) -> Result<(), SegmentFault> {
    if (-LAST_POSITION..=LAST_POSITION).contains(&position) {
        return Ok(());
    }
    Err(SegmentFault::NoPosition(position))
}
