//! What can be said of segments without a database: every rule that does not need to know what is there already.

use crate::core::action::Action;
use crate::core::action::Subject;
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
use std::collections::HashSet;

/// The largest number that an entry may have: a local id keeps it in 32 bits.
const LAST_SEQUENCE: u64 = u32::MAX as u64;

/// Days further from 1970 than this are no days of a calendar.
const LAST_DAY: i32 = 10_000_000;

/// The same in milliseconds, for instants and stamps.
const LAST_MS: i64 = LAST_DAY as i64 * 86_400_000;

/// The largest ordinal: a local number keeps it in 9 bits.
const LAST_ORDINAL: u16 = 511;

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
    /// With what is wrong with it, as the rest of a sentence.
    pub(super) fn see(&mut self, record: &LogRecord) -> Result<(), String> {
        if let LogRecord::Head(head) = record {
            if self.0.is_some() {
                return Err("a segment begins before the last one has ended".to_owned());
            }
            self.0 = Some(Segment::begin(head)?);
            return Ok(());
        }
        let segment = self.0.as_mut().ok_or("it belongs to no segment")?;
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
    fn begin(head: &SegmentHead) -> Result<Self, String> {
        let device = &head.device;
        let first = match &device.parent {
            Some(parent) if parent.device == device.id => return Err("the device is its own parent".to_owned()),
            Some(parent) if parent.sequence >= LAST_SEQUENCE => {
                return Err(format!("{} is no number of an entry", parent.sequence));
            }
            Some(_) | None => device.first_sequence(),
        };
        let (from, to) = (head.from, head.to);
        if from == 0 || from > to {
            return Err(format!("entries {from} to {to} are no range"));
        }
        number_of_entry(to)?;
        if from < first {
            return Err(format!("the device's own entries begin with {first}, those of the segment with {from}"));
        }
        if from == first && head.before != device.first_chain() {
            return Err("the hash before the device's first entry is not the one that its log begins with".to_owned());
        }
        instant(device.created_at_ms)?;
        let mut known = HashSet::new();
        for (device, sequence) in &head.knows {
            number_of_entry(*sequence)?;
            if !known.insert(device) {
                return Err(format!("what was known of device {device} is said twice"));
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

    fn config(&mut self, id: ConfigId, json: &str) -> Result<(), String> {
        self.no_open_action()?;
        if ConfigId::of_json(json) != id {
            return Err("the scheduler's configuration is not the one that its id names".to_owned());
        }
        if Scheduler::from_json(json).is_none() {
            return Err(format!("this lmq does not know the scheduler or its parameters; {}", super::NEWER));
        }
        if self.configs.len() == super::MOST_CONFIGS {
            return Err(format!("a segment names at most {} configurations", super::MOST_CONFIGS));
        }
        if !self.configs.insert(id) {
            return Err(format!("the scheduler's configuration {id} is said twice"));
        }
        Ok(())
    }

    fn action(&mut self, action: &Action) -> Result<(), String> {
        self.no_open_action()?;
        let span = action.span;
        if span.action != (ActionId { device: self.device, number: self.next }) {
            return Err(format!("the action does not begin with entry {}", self.next));
        }
        if span.entries == 0 {
            return Err("the action has no entries".to_owned());
        }
        // Both are below 2^32, or the first test of the range is true.
        if span.entries > self.to - self.from + 1 || self.next + (span.entries - 1) > self.to {
            return Err(format!("the action goes beyond entry {}, the segment's last", self.to));
        }
        if action.hlc.0 < 0 || action.hlc.0 > LAST_MS {
            return Err(format!("{} is no stamp", action.hlc.0));
        }
        if self.hlc.is_some_and(|last| action.hlc <= last) {
            return Err(format!("the stamp {} is not after that of the action before", action.hlc.0));
        }
        timestamp(action.at)?;
        // A stamp is never before the clock that it was made by.
        if action.at.unix_ms > action.hlc.0 {
            return Err(format!("the action's instant is after its stamp {}", action.hlc.0));
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

    fn entry(&mut self, entry: &Entry, text: Option<&TextRecord>) -> Result<(), String> {
        let action = self.action.take().ok_or("the entry belongs to no action")?;
        let id = entry.id();
        if id != (EventId { device: self.device, sequence: self.next }) {
            return Err(format!("entry {} is missing", self.next));
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

    fn event(&self, action: &Action, event: &Event, text: Option<&TextRecord>) -> Result<(), String> {
        if event.hlc != action.hlc {
            return Err("the event's stamp is not that of its action".to_owned());
        }
        timestamp(event.at)?;
        day(event.study_day)?;
        card(event.card)?;
        match event.kind {
            EventKind::Buried { until } => day(until)?,
            EventKind::Checked { checkup, .. } if checkup == 0 || checkup > event.id.sequence => {
                return Err(format!("the check-up that began with entry {checkup} is none of this device's"));
            }
            _ => {}
        }
        if let Some(config) = event.config {
            self.known(config)?;
        } else if matches!(event.kind, EventKind::Answered { .. } | EventKind::Adopted | EventKind::Rescheduled) {
            return Err("the event names no scheduler configuration".to_owned());
        }
        if let Some(prev) = event.prev {
            number_of_reference(prev.sequence)?;
            if prev.device == self.device && prev.sequence >= event.id.sequence {
                return Err(format!("the event says that {} came before it", prev.sequence));
            }
        }
        let has_memory = matches!(event.kind, EventKind::Adopted | EventKind::Rescheduled);
        match &event.memory {
            Some(memory) if has_memory => {
                day(memory.last)?;
                day(memory.due)?;
                if memory.interval.0 > LAST_DAY.unsigned_abs() {
                    return Err(format!("{} days is no interval", memory.interval.0));
                }
            }
            Some(_) => return Err("the memory of such an event is computed, and not in the log".to_owned()),
            None if has_memory => return Err("the event has no memory".to_owned()),
            None => {}
        }
        if event.detail.confidence.is_some_and(|confidence| confidence > 100) {
            return Err("a confidence is 0 to 100 per cent".to_owned());
        }
        match text.map(|text| text.body.is_some()) {
            None if event.detail.has_words() => Err("the event's words have no hash".to_owned()),
            Some(true) if !event.detail.has_words() => Err("the event's text has no words".to_owned()),
            Some(false) if event.detail.has_words() => Err("the event has words that were erased".to_owned()),
            None | Some(_) => Ok(()),
        }
    }

    fn fact(&self, action: &Action, fact: &Fact, text: Option<&TextRecord>) -> Result<(), String> {
        if fact.has_text() != text.is_some() {
            return Err(format!(
                "a fact `{}` {}",
                fact.name(),
                if fact.has_text() { "needs a text" } else { "has no text" }
            ));
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
                    return Err(format!("entries {from} to {to} can't have been taken over"));
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
                    Some(field) => return Err(format!("`{field}` of a note is longer than 1 MB")),
                    None => None,
                },
                Err(error) => Some(error),
            },
            Fact::Head { .. } => serde_json::from_str::<Head>(body).err(),
            Fact::Topic { .. } => serde_json::from_str::<TopicText>(body).err(),
            Fact::Configured => serde_json::from_str::<SettingChange>(body).err(),
            _ => None,
        };
        match wrong {
            Some(error) => Err(format!("the text of a fact `{}` can't be read: {error}", fact.name())),
            None => Ok(()),
        }
    }

    /// An undo of an own action names one before it. What other devices did may still come, and numbers before a fork are
    /// those of the parent.
    fn undone(&self, by: ActionId, named: ActionId, mark: Option<ChainMark>) -> Result<(), String> {
        number_of_reference(named.number)?;
        if (named.device != self.device) != mark.is_some() {
            return Err("what it takes back has a `mark` just where it is another device's".to_owned());
        }
        if named.device != self.device {
            return Ok(());
        }
        let is_start = named.number.checked_sub(self.from).is_none_or(|place| self.starts.has(place));
        if named.number < by.number && is_start {
            return Ok(());
        }
        Err(format!("it takes back action {}, which this device has not taken before", named.number))
    }

    fn known(&self, config: ConfigId) -> Result<(), String> {
        if self.configs.contains(&config) {
            return Ok(());
        }
        Err(format!("the scheduler configuration {config} stands in no earlier line of the segment"))
    }

    fn no_open_action(&self) -> Result<(), String> {
        match &self.action {
            None => Ok(()),
            Some(action) => Err(format!(
                "action {} has {} entries, and only {} of them are there",
                action.span.action.number,
                action.span.entries,
                self.next - action.span.action.number
            )),
        }
    }

    fn end(&self) -> Result<(), String> {
        self.no_open_action()?;
        if self.next <= self.to {
            return Err(format!("the segment goes up to entry {}, and {} is missing", self.to, self.next));
        }
        if self.chain.hash() != self.after {
            return Err("the hash of the entries is not the one that the segment's head says: \
                        something in it was changed or damaged"
                .to_owned());
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
fn number_of_entry(number: u64) -> Result<(), String> {
    if number > LAST_SEQUENCE { Err(format!("{number} is no number of an entry")) } else { Ok(()) }
}

fn number_of_reference(number: u64) -> Result<(), String> {
    if number == 0 { Err("0 is no number of an entry".to_owned()) } else { number_of_entry(number) }
}

fn instant(ms: i64) -> Result<(), String> {
    if (-LAST_MS..=LAST_MS).contains(&ms) { Ok(()) } else { Err(format!("{ms} is no instant")) }
}

fn timestamp(at: Timestamp) -> Result<(), String> {
    instant(at.unix_ms)?;
    if (-LAST_OFFSET_MIN..=LAST_OFFSET_MIN).contains(&at.offset_min) {
        return Ok(());
    }
    Err(format!("{} minutes is no offset from UTC", at.offset_min))
}

fn day(day: StudyDay) -> Result<(), String> {
    if (-LAST_DAY..=LAST_DAY).contains(&day.0) { Ok(()) } else { Err(format!("{} is no study day", day.0)) }
}

fn card(card: CardId) -> Result<(), String> {
    if (1..=LAST_ORDINAL).contains(&card.ordinal) {
        return Ok(());
    }
    Err(format!("{} is no ordinal of a card, 1 to {LAST_ORDINAL}", card.ordinal))
}

/// Less strict than what people may call a deck: what is in a log must come out of it.
fn deck(id: &str) -> Result<(), String> {
    if id.trim().is_empty() || id.contains(char::is_control) {
        return Err("the id of a deck is empty or has control characters in it".to_owned());
    }
    Ok(())
}

fn position(position: i64) -> Result<(), String> {
    if (-LAST_POSITION..=LAST_POSITION).contains(&position) {
        return Ok(());
    }
    Err(format!("{position} is no position"))
}
