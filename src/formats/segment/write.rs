//! Writing segments.

use super::LONGEST_LINE;
use super::MOST_NOTES;
use super::line::ActionLine;
use super::line::ConfigLine;
use super::line::DetailLine;
use super::line::EventLine;
use super::line::FactLine;
use super::line::HeadLine;
use super::line::Hex;
use super::line::Line;
use super::line::NoteRef;
use super::line::ParentLine;
use super::line::TextLine;
use super::run::Answers;
use super::run::Imported;
use super::run::SharedByRun;
use crate::core::action::Action;
use crate::core::action::Subject;
use crate::core::event::Event;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::NoteUid;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use serde::Serialize;
use std::collections::HashMap;
use std::io;
use std::io::Write;

/// Writes records as segments, a line at a time. Memory does not grow with the log.
pub struct Writer<'w> {
    out: &'w mut dyn Write,
    line: Vec<u8>,
    notes: Notes,
    configs: HashMap<ConfigId, u32>,
    device: Option<DeviceId>,
    /// An action of one entry, which decides how both are written.
    held: Option<Action>,
    /// The action whose entries are being written, and how many are to come.
    action: Option<(Action, u64)>,
    answers: Option<Answers>,
    imported: Option<Imported>,
    begun: bool,
}

impl<'w> Writer<'w> {
    /// Writes to `out`. It is flushed once, after the first line, so that a compressed file can be known by its first bytes.
    #[must_use]
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self::with_notes(out, MOST_NOTES)
    }

    pub(super) fn with_notes(out: &'w mut dyn Write, most: usize) -> Self {
        Self {
            out,
            line: Vec::new(),
            notes: Notes { numbers: HashMap::default(), most },
            configs: HashMap::new(),
            device: None,
            held: None,
            action: None,
            answers: None,
            imported: None,
            begun: false,
        }
    }

    /// Writes the next record. What is complete is in `out` after [`LogRecord::End`].
    ///
    /// # Errors
    /// When `out` fails, or when a record is not one that can follow (`InvalidInput`).
    pub fn write(&mut self, record: &LogRecord) -> io::Result<()> {
        match record {
            LogRecord::Head(head) => self.head(head),
            LogRecord::Config { id, json } => self.config(*id, json),
            LogRecord::Action(action) => self.begin(action),
            LogRecord::Entry(entry, text) => self.entry(entry, text.as_ref()),
            LogRecord::End => {
                self.between()?;
                self.device = None;
                Ok(())
            }
        }
    }

    fn head(&mut self, head: &SegmentHead) -> io::Result<()> {
        if self.device.is_some() {
            return Err(order("a segment in a segment"));
        }
        let device = &head.device;
        put(
            self.out,
            &mut self.line,
            &HeadLine {
                format: super::FORMAT.into(),
                version: super::VERSION,
                device: Hex(device.id.0),
                name: device.name.as_str().into(),
                created: device.created_at_ms,
                parent: device.parent.as_ref().map(|parent| ParentLine {
                    device: Hex(parent.device.0),
                    sequence: parent.sequence,
                    chain: Hex(parent.chain.0),
                }),
                from: head.from,
                to: head.to,
                before: Hex(head.before.0),
                after: Hex(head.after.0),
                knows: head.knows.iter().map(|(device, sequence)| (Hex(device.0), *sequence)).collect(),
            },
        )?;
        if !self.begun {
            self.out.flush()?;
            self.begun = true;
        }
        self.device = Some(device.id);
        self.notes.numbers.clear();
        self.configs.clear();
        Ok(())
    }

    fn config(&mut self, id: ConfigId, json: &str) -> io::Result<()> {
        self.between()?;
        let number = u32::try_from(self.configs.len()).map_err(|_| order("too many configurations"))?;
        // The reader counts lines.
        if self.configs.insert(id, number).is_some() {
            return Err(order("a configuration twice"));
        }
        put(self.out, &mut self.line, &Line::Config(ConfigLine { id: Hex(id.0), json: json.into() }))
    }

    fn begin(&mut self, action: &Action) -> io::Result<()> {
        if self.device.is_none() || self.held.is_some() || self.action.is_some() {
            return Err(order("an action in no segment or in another action"));
        }
        if action.span.entries == 1 {
            self.held = Some(action.clone());
            return Ok(());
        }
        self.flush()?;
        self.announce(action)
    }

    fn announce(&mut self, action: &Action) -> io::Result<()> {
        put(
            self.out,
            &mut self.line,
            &Line::Action(ActionLine {
                kind: action.kind.name().into(),
                subject: match &action.subject {
                    Subject::None => None,
                    subject => Some(subject.to_string().into()),
                },
                entries: action.span.entries,
                hlc: action.hlc.0,
                at: (action.at.unix_ms != action.hlc.0).then_some(action.at.unix_ms),
                offset: action.at.offset_min,
                day: action.study_day.0,
            }),
        )?;
        self.action = Some((action.clone(), action.span.entries));
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, text: Option<&TextRecord>) -> io::Result<()> {
        if let Some(action) = self.held.take() {
            if let Entry::Event(event) = entry
                && let Some(sitting) = SharedByRun::of(&action, event)
            {
                return self.answer(sitting, event, text);
            }
            self.flush()?;
            self.announce(&action)?;
        }
        let Some((action, left)) = self.action.take() else { return Err(order("an entry in no action")) };
        match entry {
            Entry::Event(event) if text.is_none() && Imported::can_hold(event) => self.import(event)?,
            Entry::Event(event) => {
                self.flush()?;
                self.event(&action, event, text)?;
            }
            Entry::Fact(_, fact) => {
                self.flush()?;
                self.fact(&action, fact, text)?;
            }
        }
        if left > 1 {
            self.action = Some((action, left - 1));
            return Ok(());
        }
        self.flush()
    }

    /// One more answer of a sitting: its line is written when it can take no more.
    fn answer(&mut self, sitting: SharedByRun, event: &Event, text: Option<&TextRecord>) -> io::Result<()> {
        let goes_on = self.answers.as_ref().is_some_and(|run| run.takes(&sitting, event));
        if self.notes.begin_again(event.card.note) || !goes_on {
            self.flush()?;
        }
        let run = match &mut self.answers {
            Some(run) => run,
            none => none.insert(Answers::new(sitting, config_number(&self.configs, event.config)?, event)),
        };
        run.add(event, self.notes.number(event.card.note), text);
        Ok(())
    }

    /// One more answer from another program.
    fn import(&mut self, event: &Event) -> io::Result<()> {
        let goes_on = self.imported.as_ref().is_some_and(|run| run.takes(event));
        if self.notes.begin_again(event.card.note) || !goes_on {
            self.flush()?;
        }
        let run = match &mut self.imported {
            Some(run) => run,
            none => none.insert(Imported::new(config_number(&self.configs, event.config)?, event)),
        };
        run.add(event, self.notes.number(event.card.note));
        Ok(())
    }

    fn event(&mut self, action: &Action, event: &Event, text: Option<&TextRecord>) -> io::Result<()> {
        let answer = event.kind.answer();
        let line = Line::Event(EventLine {
            kind: event.kind.name().into(),
            note: self.notes.name(event.card.note),
            ordinal: event.card.ordinal,
            quality: answer.map(|(quality, _)| quality.into()),
            took: answer.map(|(_, took)| took.0),
            arg: event.kind.arg(),
            at: (event.at.unix_ms != action.at.unix_ms).then_some(event.at.unix_ms),
            offset: (event.at.offset_min != action.at.offset_min).then_some(event.at.offset_min),
            day: (event.study_day != action.study_day).then_some(event.study_day.0),
            config: config_number(&self.configs, event.config)?,
            prev: event.prev.map(|prev| (Hex(prev.device.0), prev.sequence)),
            memory: event.memory.as_ref().map(crate::core::state::Memory::numbers),
            detail: DetailLine::of(&event.detail),
            text: text.map(TextLine::of),
        });
        put(self.out, &mut self.line, &line)
    }

    fn fact(&mut self, action: &Action, fact: &Fact, text: Option<&TextRecord>) -> io::Result<()> {
        let mut line = FactLine { kind: fact.name().into(), text: text.map(TextLine::of), ..FactLine::default() };
        match fact {
            Fact::Brought { note, deck, position, edition } => {
                line.note = Some(self.notes.name(*note));
                line.deck = Some(deck.into());
                line.position = Some(*position);
                line.edition = *edition;
            }
            Fact::Ordered { note, position } => {
                line.note = Some(self.notes.name(*note));
                line.position = Some(*position);
            }
            Fact::Placed { note, deck, position } => {
                line.note = Some(self.notes.name(*note));
                line.deck = Some(deck.into());
                line.position = *position;
            }
            Fact::Gone { note }
            | Fact::Edited { note }
            | Fact::Cleared { note }
            | Fact::Tagged { note }
            | Fact::Untagged { note }
            | Fact::Deleted { note }
            | Fact::Revived { note }
            | Fact::Keyed { note }
            | Fact::Erased { what: Erasure::Note(note) } => line.note = Some(self.notes.name(*note)),
            Fact::Aliased { alias, note } => {
                line.alias = Some(self.notes.name(*alias));
                line.note = Some(self.notes.name(*note));
            }
            Fact::Head { deck, edition } | Fact::Topic { deck, edition } => {
                line.deck = Some(deck.into());
                line.edition = *edition;
            }
            Fact::Renamed { deck } | Fact::Erased { what: Erasure::Deck(deck) } => line.deck = Some(deck.into()),
            Fact::Scheduler { deck, config } => {
                line.deck = Some(deck.into());
                line.config = config_number(&self.configs, *config)?;
            }
            Fact::Undone { action: named, mark } => {
                line.mark = mark.map(|mark| Hex(mark.0));
                line.device = (named.device != action.span.action.device).then_some(Hex(named.device.0));
                line.action = Some(named.number);
            }
            Fact::Configured | Fact::Resumed => {}
            Fact::Tried { deck, tried } => {
                line.deck = Some(deck.into());
                line.tried = Some(tried.name().into());
            }
            Fact::Hidden { deck, hidden } => {
                line.deck = Some(deck.into());
                line.hidden = Some(*hidden);
            }
            Fact::Paused { until } => line.until = Some(until.0),
            Fact::Erased { what: Erasure::Typed } => line.typed = true,
            Fact::TookOver { device, from, to, chain } => {
                line.device = Some(Hex(device.0));
                line.from = Some(*from);
                line.to = Some(*to);
                line.chain = Some(Hex(chain.0));
            }
        }
        put(self.out, &mut self.line, &Line::Fact(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(run) = self.answers.take() {
            put(self.out, &mut self.line, &Line::Answers(run.into_line()))?;
        }
        if let Some(run) = self.imported.take() {
            put(self.out, &mut self.line, &Line::Imported(run.into_line()))?;
        }
        Ok(())
    }

    /// In a segment, and in no action.
    fn between(&mut self) -> io::Result<()> {
        if self.device.is_none() || self.held.is_some() || self.action.is_some() {
            return Err(order("a configuration or an end where none can be"));
        }
        self.flush()
    }
}

fn order(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("the log can't be written as a segment: {what}"))
}

fn config_number(configs: &HashMap<ConfigId, u32>, config: Option<ConfigId>) -> io::Result<Option<u32>> {
    let Some(config) = config else { return Ok(None) };
    configs.get(&config).map(|number| Some(*number)).ok_or_else(|| order("a configuration that was not written before"))
}

fn put(out: &mut dyn Write, line: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    line.clear();
    serde_json::to_writer(&mut *line, value)?;
    line.push(b'\n');
    let harmless = crate::formats::harmless(line);
    if harmless.len() > LONGEST_LINE {
        return Err(order("a text of it is longer than 16 MB"));
    }
    out.write_all(&harmless)
}

/// The numbers of notes.
struct Notes {
    numbers: HashMap<NoteUid, u32, foldhash::fast::RandomState>,
    most: usize,
}

impl Notes {
    /// Whether the numbers begin again with this note: earlier ones mean nothing any more.
    fn begin_again(&mut self, note: NoteUid) -> bool {
        let full = self.numbers.len() >= self.most && !self.numbers.contains_key(&note);
        if full {
            self.numbers.clear();
        }
        full
    }

    /// Its number, and whether it gets it now.
    fn number(&mut self, note: NoteUid) -> (u32, bool) {
        self.begin_again(note);
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        match self.numbers.entry(note) {
            std::collections::hash_map::Entry::Occupied(known) => (*known.get(), false),
            std::collections::hash_map::Entry::Vacant(new) => (*new.insert(next), true),
        }
    }

    fn name(&mut self, note: NoteUid) -> NoteRef {
        match self.number(note) {
            (_, true) => NoteRef::New(note),
            (number, false) => NoteRef::Known(number),
        }
    }
}
