//! Reading segments.

use super::MOST_NOTES;
use super::check::Checker;
use super::fault::SegmentError;
use super::fault::SegmentFault;
use super::line::ActionLine;
use super::line::AnswersLine;
use super::line::ConfigLine;
use super::line::DetailLine;
use super::line::EventLine;
use super::line::FactLine;
use super::line::HeadLine;
use super::line::Hex;
use super::line::ImportedLine;
use super::line::Line;
use super::line::NoteRef;
use super::line::Opening;
use super::line::TextLine;
use super::run::calendar_day;
use crate::core::action::Action;
use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::event::Detail;
use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::event::Foreign;
use crate::core::event::Span;
use crate::core::fact::ChainHash;
use crate::core::fact::ChainMark;
use crate::core::fact::Erasure;
use crate::core::fact::Fact;
use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::DeviceId;
use crate::core::id::EventId;
use crate::core::id::NoteUid;
use crate::core::log::AnswerWords;
use crate::core::log::Device;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::log::Parent;
use crate::core::log::SegmentHead;
use crate::core::log::TextRecord;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tried;
use crate::core::units::Hlc;
use crate::core::units::Millis;
use crate::formats::FormatError;
use crate::formats::NotThis;
use crate::formats::ReadSeek;
use crate::formats::Stop;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read as _;

/// The window that a compressed file may need, as a power of two: 8 MB, what the strongest usual level takes.
const LARGEST_WINDOW: u32 = 23;

/// Where records go, with the line that they stand in.
type Sink<'a> = &'a mut dyn FnMut(u64, LogRecord) -> Result<(), Stop>;

/// Reads segments, plain or compressed, and checks all that can be checked without a database. Memory does not grow with
/// the file.
///
/// A file is right as a whole or not at all: what came before an error must not be kept.
///
/// # Errors
/// When it is no such file, one of a newer version, or wrong in anything (with the line), when the source fails, or when
/// `record` stops.
pub fn read(
    input: &mut dyn ReadSeek,
    record: &mut dyn FnMut(u64, LogRecord) -> Result<(), Stop>,
) -> Result<(), FormatError> {
    read_with(input, MOST_NOTES, record)
}

pub(super) fn read_with(input: &mut dyn ReadSeek, most_notes: usize, record: Sink<'_>) -> Result<(), FormatError> {
    let start = input.stream_position()?;
    let mut magic = Vec::new();
    (&mut *input).take(4).read_to_end(&mut magic)?;
    input.seek(io::SeekFrom::Start(start))?;
    let reader = Reader::new(most_notes, record);
    if super::is_compressed(&magic) {
        reader.read(&mut BufReader::with_capacity(128 << 10, decoder(input)?), true)
    } else {
        reader.read(input, false)
    }
}

/// Takes a compressed file apart.
pub(super) fn decoder<'i, R: BufRead + 'i>(input: R) -> io::Result<zstd::stream::read::Decoder<'i, R>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
    decoder.window_log_max(LARGEST_WINDOW)?;
    Ok(decoder)
}

/// Why a line is the last that is read.
enum Halt {
    Fault(SegmentFault),
    Stopped,
}

impl From<SegmentFault> for Halt {
    fn from(fault: SegmentFault) -> Self {
        Self::Fault(fault)
    }
}

struct Reader<'a> {
    record: Sink<'a>,
    checker: Checker,
    line: u64,
    notes: Vec<NoteUid>,
    most_notes: usize,
    configs: Vec<ConfigId>,
    device: DeviceId,
    /// The number of the next entry, and that of the segment's last.
    next: u64,
    to: u64,
    /// The action whose entries are being read.
    action: Option<Action>,
}

impl<'a> Reader<'a> {
    fn new(most_notes: usize, record: Sink<'a>) -> Self {
        Self {
            record,
            checker: Checker::default(),
            line: 0,
            notes: Vec::new(),
            most_notes,
            configs: Vec::new(),
            device: DeviceId([0; 16]),
            next: 0,
            to: 0,
            action: None,
        }
    }

    fn read(mut self, input: &mut dyn BufRead, compressed: bool) -> Result<(), FormatError> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            self.line += 1;
            let longest = u64::try_from(super::LONGEST_LINE).unwrap_or(u64::MAX);
            // What went wrong in the system has a number; all else is the fault of the bytes.
            let length = (&mut *input).take(longest).read_until(b'\n', &mut bytes).map_err(|error| {
                if !compressed || error.raw_os_error().is_some() {
                    return FormatError::Io(error);
                }
                refused(self.line, SegmentFault::Compressed(error.to_string()))
            })?;
            if length == 0 {
                break;
            }
            let outcome = if bytes.last() == Some(&b'\n') {
                self.line(&bytes)
            } else if length == super::LONGEST_LINE {
                Err(SegmentFault::TooLong.into())
            } else {
                Err(SegmentFault::CutOff.into())
            };
            match outcome {
                Ok(()) => {}
                Err(Halt::Stopped) => return Err(FormatError::Stopped),
                Err(Halt::Fault(fault)) => return Err(refused(self.line, fault)),
            }
        }
        match (self.line, self.checker.is_between()) {
            (1, _) => Err(FormatError::NotThis(NotThis::Segments(SegmentError::Empty))),
            (_, true) => Ok(()),
            (line, false) => Err(refused(line, SegmentFault::EndsEarly { next: self.next, last: self.to })),
        }
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        if bytes.trim_ascii().is_empty() {
            return Err(SegmentFault::Empty.into());
        }
        if self.checker.is_between() {
            return self.head(bytes);
        }
        match parse(bytes)? {
            Line::Config(line) => self.config(line),
            Line::Answers(line) => self.answers(line),
            Line::Action(line) => self.action(&line),
            Line::Event(line) => self.event(line),
            Line::Fact(line) => self.fact(line),
            Line::Imported(line) => self.imported(line),
        }
    }

    /// Checks a record and passes it on.
    fn give(&mut self, record: LogRecord) -> Result<(), Halt> {
        self.checker.see(&record)?;
        (self.record)(self.line, record).map_err(|Stop| Halt::Stopped)
    }

    fn head(&mut self, bytes: &[u8]) -> Result<(), Halt> {
        let opening: Opening<'_> = serde_json::from_slice(bytes).map_err(|_| SegmentFault::NoSegment)?;
        if opening.format != super::FORMAT {
            return Err(SegmentFault::OtherFormat(opening.format.into_owned()).into());
        }
        if opening.version > super::VERSION {
            return Err(SegmentFault::Newer.into());
        }
        let line: HeadLine<'_> = parse(bytes)?;
        if line.version != super::VERSION {
            return Err(SegmentFault::NoVersion(line.version).into());
        }
        let head = SegmentHead {
            device: Device {
                id: DeviceId(line.device.0),
                name: line.name.into_owned(),
                parent: line.parent.map(|parent| Parent {
                    device: DeviceId(parent.device.0),
                    sequence: parent.sequence,
                    chain: ChainHash(parent.chain.0),
                }),
                created_at_ms: line.created,
            },
            from: line.from,
            to: line.to,
            before: ChainHash(line.before.0),
            after: ChainHash(line.after.0),
            knows: line.knows.into_iter().map(|(device, sequence)| (DeviceId(device.0), sequence)).collect(),
        };
        self.notes.clear();
        self.configs.clear();
        self.device = head.device.id;
        self.next = head.from;
        self.to = head.to;
        self.action = None;
        self.give(LogRecord::Head(Box::new(head)))
    }

    fn config(&mut self, line: ConfigLine<'_>) -> Result<(), Halt> {
        let id = ConfigId(line.id.0);
        self.give(LogRecord::Config { id, json: line.json.into_owned() })?;
        self.configs.push(id);
        Ok(())
    }

    fn begin(&mut self, action: Action) -> Result<(), Halt> {
        self.action = Some(action.clone());
        self.give(LogRecord::Action(action))
    }

    fn entry(&mut self, entry: Entry, text: Option<TextRecord>) -> Result<(), Halt> {
        self.give(LogRecord::Entry(entry, text))?;
        if self.next == self.to {
            return self.give(LogRecord::End);
        }
        self.next += 1;
        Ok(())
    }

    fn action(&mut self, line: &ActionLine<'_>) -> Result<(), Halt> {
        let kind = ActionKind::of_name(&line.kind).ok_or_else(|| unknown("action", &line.kind))?;
        let subject = line.subject.as_deref().unwrap_or_default();
        let subject = Subject::parse(subject).ok_or_else(|| no_subject("an action", subject))?;
        self.begin(Action {
            span: Span { action: ActionId { device: self.device, number: self.next }, entries: line.entries },
            kind,
            subject,
            at: Timestamp { unix_ms: line.at.unwrap_or(line.hlc), offset_min: line.offset },
            study_day: StudyDay(line.day),
            hlc: Hlc(line.hlc),
        })
    }

    fn answers(&mut self, line: AnswersLine<'_>) -> Result<(), Halt> {
        let code = match line.kind.as_deref() {
            None => 1,
            Some("crammed") => 2,
            Some(kind) => return Err(unknown("answer", kind).into()),
        };
        let about_card = match line.subject.as_deref() {
            None => true,
            Some("none") => false,
            Some(subject) => return Err(no_subject("an answer", subject).into()),
        };
        let config = self.config_of(line.config)?;
        let columns = Columns { note: line.note, ordinal: line.ordinal, quality: line.quality, took: line.took };
        let count = columns.count(&[line.gap.len() + 1])?;
        self.leaves_room_for(count)?;
        self.number(&line.new);
        let mut hlc = line.hlc;
        let mut more = line.more.into_iter().peekable();
        for place in 0..count {
            let (card, quality, took) = self.card_of(&columns, place)?;
            if let Some(gap) = place.checked_sub(1).and_then(|before| line.gap.get(before)) {
                let next = hlc.checked_add(took.0.into()).and_then(|hlc| hlc.checked_add(*gap));
                hlc = next.ok_or(SegmentFault::Overflow("a stamp"))?;
            }
            let beside = more.next_if(|(of, _)| *of == place).map(|(_, more)| more).unwrap_or_default();
            let (detail, text) = words(beside.detail, beside.text)?;
            let at = Timestamp {
                unix_ms: hlc.checked_sub(line.ahead).ok_or(SegmentFault::Overflow("an instant"))?,
                offset_min: line.offset,
            };
            self.begin(Action {
                span: Span { action: ActionId { device: self.device, number: self.next }, entries: 1 },
                kind: ActionKind::Answer,
                subject: if about_card { Subject::Card(card) } else { Subject::None },
                at,
                study_day: StudyDay(line.day),
                hlc: Hlc(hlc),
            })?;
            let event = Event {
                id: EventId { device: self.device, sequence: self.next },
                hlc: Hlc(hlc),
                at,
                study_day: StudyDay(line.day),
                card,
                kind: EventKind::from_parts(code, Some(quality), took, None).ok_or(SegmentFault::NoAnswer)?,
                config,
                prev: beside.prev.map(event_id),
                memory: None,
                detail,
            };
            self.entry(Entry::Event(Box::new(event)), text)?;
        }
        if more.next().is_some() {
            return Err(SegmentFault::StrayMore.into());
        }
        Ok(())
    }

    fn imported(&mut self, line: ImportedLine<'_>) -> Result<(), Halt> {
        let config = self.config_of(line.config)?;
        let columns = Columns { note: line.note, ordinal: line.ordinal, quality: line.quality, took: line.took };
        let count = columns.count(&[line.at.len()])?;
        self.leaves_room_for(count)?;
        if ![0, count].contains(&line.shift.len()) || ![0, count].contains(&line.id.len()) {
            return Err(SegmentFault::UnequalColumns.into());
        }
        self.number(&line.new);
        let hlc = self.action.as_ref().ok_or(SegmentFault::EventsOutsideAction)?.hlc;
        let mut at = Timestamp { unix_ms: 0, offset_min: line.offset };
        for (place, later) in line.at.iter().enumerate() {
            let (card, quality, took) = self.card_of(&columns, place)?;
            at.unix_ms = at.unix_ms.checked_add(*later).ok_or(SegmentFault::Overflow("an instant"))?;
            let id = at.unix_ms.checked_add(line.id.get(place).copied().unwrap_or(0));
            let id = id.ok_or(SegmentFault::Overflow("an id"))?;
            let foreign = Foreign { program: line.program.clone().into_owned(), id };
            let event = Event {
                id: EventId { device: self.device, sequence: self.next },
                hlc,
                at,
                study_day: calendar_day(at).plus(line.shift.get(place).copied().unwrap_or(0).into()),
                card,
                kind: EventKind::Imported { quality, took },
                config,
                prev: None,
                memory: None,
                detail: Detail { foreign: Some(foreign), ..Detail::default() },
            };
            self.entry(Entry::Event(Box::new(event)), None)?;
        }
        Ok(())
    }

    fn event(&mut self, line: EventLine<'_>) -> Result<(), Halt> {
        let note = self.note(line.note)?;
        let action = self.action.as_ref().ok_or(SegmentFault::EventOutsideAction)?;
        let known = EventKind::ALL.iter().find(|kind| kind.name() == line.kind);
        let code = known.ok_or_else(|| unknown("event", &line.kind))?.code();
        let quality = line.quality.map(quality_of).transpose()?;
        let kind = EventKind::from_parts(code, quality, Millis(line.took.unwrap_or(0)), line.arg)
            .filter(|kind| kind.arg() == line.arg && kind.answer().map(|(_, took)| took.0) == line.took)
            .filter(|kind| kind.answer().map(|(quality, _)| quality) == quality)
            .ok_or_else(|| SegmentFault::NotOfKind(line.kind.clone().into_owned()))?;
        let memory = match line.memory {
            None => None,
            Some(numbers) => {
                let memory = Memory::from_numbers(numbers).filter(|memory| memory.numbers() == numbers);
                Some(memory.ok_or(SegmentFault::BadMemory)?)
            }
        };
        let (detail, text) = words(line.detail, line.text)?;
        let event = Event {
            id: EventId { device: self.device, sequence: self.next },
            hlc: action.hlc,
            at: Timestamp {
                unix_ms: line.at.unwrap_or(action.at.unix_ms),
                offset_min: line.offset.unwrap_or(action.at.offset_min),
            },
            study_day: line.day.map_or(action.study_day, StudyDay),
            card: CardId { note, ordinal: line.ordinal },
            kind,
            config: self.config_of(line.config)?,
            prev: line.prev.map(event_id),
            memory,
            detail,
        };
        self.entry(Entry::Event(Box::new(event)), text)
    }

    fn fact(&mut self, mut line: FactLine<'_>) -> Result<(), Halt> {
        // In the order in which the writer names them.
        let alias = line.alias.take().map(|note| self.note(note)).transpose()?;
        let note = line.note.take().map(|note| self.note(note)).transpose()?;
        let kind = line.kind.clone();
        let missing =
            |needs: &'static [&'static str]| SegmentFault::Incomplete { kind: kind.clone().into_owned(), needs };
        let note = || note.ok_or_else(|| missing(&["note"]));
        let deck = || line.deck.clone().map(std::borrow::Cow::into_owned).ok_or_else(|| missing(&["deck"]));
        let device = || line.device.map(|device| DeviceId(device.0));
        let edition = line.edition;
        let fact = match &*kind {
            "brought" => Fact::Brought {
                note: note()?,
                deck: deck()?,
                position: line.position.ok_or_else(|| missing(&["position"]))?,
                edition,
            },
            "gone" => Fact::Gone { note: note()? },
            "ordered" => {
                Fact::Ordered { note: note()?, position: line.position.ok_or_else(|| missing(&["position"]))? }
            }
            "edited" => Fact::Edited { note: note()? },
            "cleared" => Fact::Cleared { note: note()? },
            "tagged" => Fact::Tagged { note: note()? },
            "untagged" => Fact::Untagged { note: note()? },
            "placed" => Fact::Placed { note: note()?, deck: deck()?, position: line.position },
            "deleted" => Fact::Deleted { note: note()? },
            "revived" => Fact::Revived { note: note()? },
            "keyed" => Fact::Keyed { note: note()? },
            "aliased" => Fact::Aliased { alias: alias.ok_or_else(|| missing(&["alias"]))?, note: note()? },
            "head" => Fact::Head { deck: deck()?, edition },
            "renamed" => Fact::Renamed { deck: deck()? },
            "topic" => Fact::Topic { deck: deck()?, edition },
            "scheduler" => Fact::Scheduler { deck: deck()?, config: self.config_of(line.config)? },
            "undone" => Fact::Undone {
                action: ActionId {
                    device: device().unwrap_or(self.device),
                    number: line.action.ok_or_else(|| missing(&["action"]))?,
                },
                mark: line.mark.map(|mark| ChainMark(mark.0)),
            },
            "configured" => Fact::Configured,
            "tried" => Fact::Tried {
                deck: deck()?,
                tried: line.tried.as_deref().and_then(Tried::of_name).ok_or_else(|| missing(&["tried"]))?,
            },
            "hidden" => Fact::Hidden { deck: deck()?, hidden: line.hidden.ok_or_else(|| missing(&["hidden"]))? },
            "paused" => Fact::Paused { until: StudyDay(line.until.ok_or_else(|| missing(&["until"]))?) },
            "resumed" => Fact::Resumed,
            "erased" => Fact::Erased {
                what: match (note(), deck(), line.typed) {
                    (Ok(note), Err(_), false) => Erasure::Note(note),
                    (Err(_), Ok(deck), false) => Erasure::Deck(deck),
                    (Err(_), Err(_), true) => Erasure::Typed,
                    _ => return Err(missing(&["note", "deck", "typed"]).into()),
                },
            },
            "took-over" => Fact::TookOver {
                device: device().ok_or_else(|| missing(&["device"]))?,
                from: line.from.ok_or_else(|| missing(&["from"]))?,
                to: line.to.ok_or_else(|| missing(&["to"]))?,
                chain: ChainHash(line.chain.ok_or_else(|| missing(&["chain"]))?.0),
            },
            kind => return Err(unknown("fact", kind).into()),
        };
        let id = EventId { device: self.device, sequence: self.next };
        self.entry(Entry::Fact(id, fact), line.text.map(TextLine::read).transpose()?)
    }

    /// The segment ends with its last entry: no line goes beyond it.
    fn leaves_room_for(&self, count: usize) -> Result<(), Halt> {
        if u64::try_from(count).is_ok_and(|count| count <= self.to - self.next + 1) {
            return Ok(());
        }
        Err(SegmentFault::RunTooLong { count, last: self.to }.into())
    }

    /// Gives the next number to a note.
    fn add_note(&mut self, note: NoteUid) {
        if self.notes.len() == self.most_notes {
            self.notes.clear();
        }
        self.notes.push(note);
    }

    fn number(&mut self, new: &[Hex<16>]) {
        for uid in new {
            self.add_note(NoteUid(uid.0));
        }
    }

    fn note(&mut self, note: NoteRef) -> Result<NoteUid, SegmentFault> {
        match note {
            NoteRef::New(note) => {
                self.add_note(note);
                Ok(note)
            }
            NoteRef::Known(number) => usize::try_from(number)
                .ok()
                .and_then(|number| self.notes.get(number).copied())
                .ok_or(SegmentFault::UnknownNote(number)),
        }
    }

    fn config_of(&self, number: Option<u32>) -> Result<Option<ConfigId>, SegmentFault> {
        let Some(number) = number else { return Ok(None) };
        match usize::try_from(number).ok().and_then(|number| self.configs.get(number)) {
            Some(config) => Ok(Some(*config)),
            None => Err(SegmentFault::UnknownConfigNumber(number)),
        }
    }

    fn card_of(&mut self, columns: &Columns, place: usize) -> Result<(CardId, Quality, Millis), Halt> {
        let note = columns.note.get(place).copied().ok_or(SegmentFault::UnequalColumns)?;
        let digit = columns.quality.as_bytes().get(place).copied().ok_or(SegmentFault::UnequalColumns)?;
        Ok((
            CardId {
                note: self.note(NoteRef::Known(note))?,
                ordinal: columns.ordinal.get(place).copied().unwrap_or(1),
            },
            quality_of(digit.wrapping_sub(b'0'))?,
            Millis(columns.took.get(place).copied().ok_or(SegmentFault::UnequalColumns)?),
        ))
    }
}

/// What the columns of all runs hold.
struct Columns {
    note: Vec<u32>,
    ordinal: Vec<u16>,
    quality: String,
    took: Vec<u32>,
}

impl Columns {
    /// How many answers there are, where all columns have as many.
    fn count(&self, others: &[usize]) -> Result<usize, SegmentFault> {
        let count = self.note.len();
        let equal = [self.quality.len(), self.took.len()].iter().chain(others).all(|length| *length == count);
        if count == 0 || !equal || ![0, count].contains(&self.ordinal.len()) {
            return Err(SegmentFault::UnequalColumns);
        }
        Ok(count)
    }
}

fn parse<'l, T: serde::Deserialize<'l>>(bytes: &'l [u8]) -> Result<T, SegmentFault> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (text, column) = (error.to_string(), error.column());
        let place = format!(" at line {} column {column}", error.line());
        let message = text.strip_suffix(&place).unwrap_or(&text).to_owned();
        SegmentFault::Json { column, message }
    })
}

fn refused(line: u64, fault: SegmentFault) -> FormatError {
    FormatError::NotThis(NotThis::Segments(SegmentError::Line { line, fault }))
}

fn unknown(of: &'static str, name: &str) -> SegmentFault {
    SegmentFault::UnknownKind { of, name: name.to_owned() }
}

fn no_subject(of: &'static str, subject: &str) -> SegmentFault {
    SegmentFault::NoSubject { of, subject: subject.to_owned() }
}

fn quality_of(number: u8) -> Result<Quality, SegmentFault> {
    Quality::try_from(number).map_err(|_| SegmentFault::BadQuality)
}

fn event_id((device, sequence): (Hex<16>, u64)) -> EventId {
    EventId { device: DeviceId(device.0), sequence }
}

/// The detail of an event with the words of its text.
fn words(detail: Option<DetailLine<'_>>, text: Option<TextLine>) -> Result<(Detail, Option<TextRecord>), SegmentFault> {
    let mut detail = detail.map(DetailLine::read).transpose()?.unwrap_or_default();
    let text = text.map(TextLine::read).transpose()?;
    if let Some(body) = text.as_ref().and_then(|text| text.body.as_deref()) {
        let words: AnswerWords =
            serde_json::from_str(body).map_err(|error| SegmentFault::BadWords(error.to_string()))?;
        detail.response = words.response;
        detail.expected = words.expected;
    }
    Ok((detail, text))
}
