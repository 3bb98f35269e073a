//! Reading a document, twice: once for its form and the heads of its decks, which may stand after the notes (keys may
//! be sorted), and once for the notes, which are never held all at once.

use crate::formats::FormatError;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::RecordFault;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::decode;
use crate::formats::faithful;
use crate::formats::json::FORMAT;
use crate::formats::json::JsonDocument;
use crate::formats::json::Keys;
use crate::formats::json::MOST_DECKS;
use crate::formats::json::VERSION;
use crate::formats::json::any::Any;
use crate::formats::json::any::Of;
use crate::formats::json::bad;
use crate::formats::json::fault::DocumentFault;
use crate::formats::json::fault::ObjectFault;
use crate::formats::json::look::key_of_notes;
use crate::formats::json::look::look;
use crate::formats::json::note::foreign_note;
use crate::formats::json::note::note;
use crate::formats::json::records::DeckJson;
use crate::formats::json::stream::Again;
use crate::formats::json::stream::Meter;
use crate::formats::json::stream::Under;
use crate::formats::json::stream::parse;
use crate::formats::json::strict::Strict;
use crate::formats::table::survey::MOST_COLUMNS;
use serde::Deserialize;
use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::io::SeekFrom;
use std::rc::Rc;

/// Refuses a file that is not ours, or that a newer lmq wrote.
///
/// # Errors
/// When it is one of those.
pub(in crate::formats) fn check_version(format: Option<&str>, version: Option<u64>) -> Result<(), FormatError> {
    let fault = match (format, version) {
        (Some(FORMAT), Some(1..=VERSION)) => return Ok(()),
        (Some(FORMAT), Some(version)) => DocumentFault::Newer(version),
        (Some(FORMAT), None) => DocumentFault::NoVersion,
        (Some(other), _) => DocumentFault::OtherFormat(other.to_owned()),
        (None, _) => DocumentFault::NoFormat,
    };
    Err(FormatError::NotThis(fault.into()))
}

/// What serde calls a limit of recursion.
const TOO_DEEP: &str = "it is nested more than 128 deep";

/// The message of an error without its place, which is reported separately.
pub(in crate::formats) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if message == "recursion limit exceeded" { TOO_DEEP.to_owned() } else { message.to_owned() }
}

fn not_this(error: serde_json::Error) -> FormatError {
    if error.is_io() {
        return FormatError::Io(error.into());
    }
    let (line, column, message) = (error.line(), error.column(), without_place(&error));
    let fault = if message == TOO_MANY {
        DocumentFault::TooManyDecks
    } else if error.is_data() {
        DocumentFault::Shape { line, column, message }
    } else {
        DocumentFault::Broken { line, column, message }
    };
    FormatError::NotThis(fault.into())
}

/// Whether a file begins as one of our history files.
pub(in crate::formats) fn is_history(start: &str) -> bool {
    start.chars().take(300).collect::<String>().contains("\"lmq-segment\"")
}

/// The start of a file as text.
pub(in crate::formats) fn start_of(head: &[u8]) -> Cow<'_, str> {
    encoding_rs::UTF_8.decode(head).0
}

/// What a document calls itself, whatever else it is.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Title {
    #[serde(deserialize_with = "is_text")]
    format: bool,
}

/// Whether a value is a text. Another one is passed over, however large.
fn is_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    struct IsText;
    impl Of<'_> for IsText {
        type Value = bool;

        fn text(self) -> bool {
            true
        }
    }
    deserializer.deserialize_any(Any(IsText))
}

/// All of a document except its notes.
#[derive(Deserialize)]
struct Outline {
    format: Option<String>,
    version: Option<u64>,
    #[serde(default, deserialize_with = "bounded")]
    decks: Vec<DeckJson<'static>>,
}

/// What is said where a document has more than [`MOST_DECKS`].
const TOO_MANY: &str = "too many decks";

/// The heads of decks, and not more of them than memory should hold.
fn bounded<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<DeckJson<'static>>, D::Error> {
    struct Bounded;
    impl<'de> Visitor<'de> for Bounded {
        type Value = Vec<DeckJson<'static>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of decks")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut decks = Vec::new();
            while let Some(deck) = list.next_element()? {
                if decks.len() == MOST_DECKS {
                    return Err(A::Error::custom(TOO_MANY));
                }
                decks.push(deck);
            }
            Ok(decks)
        }
    }
    deserializer.deserialize_seq(Bounded)
}

/// Where the notes go.
struct Notes<'a> {
    sink: Sink<'a>,
    meter: Rc<Meter>,
    stopped: bool,
    /// Name of the current deck; empty in a list without decks.
    deck: String,
    /// Notes of the current deck so far.
    count: u64,
    /// Objects so far, which alone can be notes.
    objects: u64,
    /// What is known of the keys, in a list that another program wrote.
    foreign: Option<Keys>,
}

impl Notes<'_> {
    fn put<E: serde::de::Error>(&mut self, outcome: ImportItem) -> Result<(), E> {
        (self.sink)(outcome).map_err(|_stop| {
            self.stopped = true;
            E::custom("stopped")
        })
    }
}

/// The next value of a list is a note.
struct NoteSeed<'r, 'a>(&'r mut Notes<'a>);

impl<'de> DeserializeSeed<'de> for NoteSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let notes = self.0;
        let place = Place::line(notes.meter.line());
        notes.meter.begin_note(place.line);
        let (twice, kept) = (RefCell::default(), RefCell::default());
        let strict = if notes.foreign.is_some() { Strict::keeping(&twice, &kept) } else { Strict::new(&twice) };
        let value = strict.deserialize(deserializer)?;
        notes.meter.end_note();
        notes.count += 1;
        notes.objects += u64::from(value.is_object());
        let (written, known) = (kept.borrow().clone(), value.clone());
        let read = match (twice.into_inner(), &mut notes.foreign) {
            (Some(key), _) => Err(ObjectFault::Twice(key)),
            (None, None) => note(value, place),
            (None, Some(_)) if kept.borrow().len() > MOST_COLUMNS => Err(ObjectFault::TooManyKeys),
            (None, Some(keys)) if value.is_object() => foreign_note(kept.into_inner(), keys, place),
            (None, Some(_)) => Err(ObjectFault::NoForeignObject),
        };
        let outcome = match read {
            Ok(item) => ImportItem::Record(Record::Note(item)),
            Err(fault) => {
                let fault = RecordFault::Note { number: notes.count, deck: notes.deck.clone(), fault };
                let who = if notes.foreign.is_some() { bad::who(&written, place) } else { bad::who_of(&known, place) };
                ImportItem::Rejected(Rejected { place, fault, who })
            }
        };
        notes.put(outcome)
    }
}

/// A list of notes.
struct NotesSeed<'r, 'a>(&'r mut Notes<'a>);

impl<'de> DeserializeSeed<'de> for NotesSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for NotesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of notes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(NoteSeed(self.0))?.is_some() {}
        Ok(())
    }
}

/// The notes of one deck.
struct OfDeck<'r, 'a>(&'r mut Notes<'a>);

impl<'de> Again<'de> for OfDeck<'_, '_> {
    fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        map.next_value_seed(NotesSeed(self.0))
    }
}

/// The decks, with the heads that were read before.
struct Decks<'r, 'a> {
    notes: &'r mut Notes<'a>,
    outlines: std::vec::IntoIter<Vec<Record>>,
}

impl<'de> Again<'de> for Decks<'_, '_> {
    fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error> {
        map.next_value_seed(DeckList(self))
    }
}

struct DeckList<'d, 'r, 'a>(&'d mut Decks<'r, 'a>);

impl<'de> DeserializeSeed<'de> for DeckList<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for DeckList<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of decks")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Decks { notes, outlines } = self.0;
        for outline in outlines {
            notes.deck.clear();
            notes.count = 0;
            for record in outline {
                if let Record::Deck(head) = &record {
                    head.name.clone_into(&mut notes.deck);
                }
                notes.put(ImportItem::Record(record))?;
            }
            list.next_element_seed(Under { key: "notes", seed: OfDeck(notes) })?;
        }
        match list.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(A::Error::custom("the file changed while it was read")),
        }
    }
}

impl Importer for JsonDocument {
    fn name(&self) -> &'static str {
        "json"
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        let start = start_of(head);
        let start = start.trim_start();
        if is_history(start) {
            return false;
        }
        if file_name.to_ascii_lowercase().ends_with(".json") {
            return !start.is_empty();
        }
        let key = start.strip_prefix('{').map(str::trim_start);
        key.is_some_and(|key| key.starts_with("\"decks\"") || (key.starts_with('"') && key.contains(FORMAT)))
            || start.strip_prefix('[').is_some_and(|inner| inner.trim_start().starts_with('{'))
    }

    fn read(&self, input: &mut dyn ReadSeek, options: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let start = input.stream_position()?;
        let meter = Rc::<Meter>::default();
        let mut notes = Notes {
            sink,
            meter: Rc::clone(&meter),
            stopped: false,
            deck: String::new(),
            count: 0,
            objects: 0,
            foreign: None,
        };
        let first = first_byte(&mut *decode::marked(input)?)?;
        input.seek(SeekFrom::Start(start))?;
        let refused = |error: serde_json::Error| match meter.too_long() {
            Some(line) => FormatError::NotThis(DocumentFault::TooLong { line }.into()),
            None => not_this(error),
        };
        if first == Some(b'[') {
            return foreign_list(input, options, notes, None);
        }
        let outline = match parse(input, &meter, |json| Outline::deserialize(json)) {
            Ok(outline) => outline,
            // What is sound JSON and no document of ours is not broken.
            Err(error) => {
                input.seek(SeekFrom::Start(start))?;
                meter.again();
                let is_ours = if first == Some(b'{') {
                    parse(input, &meter, |json| Title::deserialize(json)).map_err(refused)?.format
                } else {
                    parse(input, &meter, |json| IgnoredAny::deserialize(json)).map_err(refused)?;
                    false
                };
                if is_ours {
                    return Err(refused(error));
                }
                Outline { format: None, version: None, decks: Vec::new() }
            }
        };
        if outline.format.is_none() {
            input.seek(SeekFrom::Start(start))?;
            let key = key_of_notes(input, options).ok_or(FormatError::NotThis(DocumentFault::NoFormat.into()))?;
            input.seek(SeekFrom::Start(start))?;
            return foreign_list(input, options, notes, Some(&key));
        }
        check_version(outline.format.as_deref(), outline.version)?;
        // In a folder it is said of the tables.
        if !options.table.columns.is_empty() && !options.in_folder {
            return Err(FormatError::NotThis(DocumentFault::OwnKeys.into()));
        }
        input.seek(SeekFrom::Start(start))?;
        meter.again();
        let outlines: Vec<Vec<Record>> = outline.decks.into_iter().map(|deck| deck.into_records().collect()).collect();
        if let Some(reason) = outlines.iter().flatten().find_map(faithful::unfit_head) {
            return Err(FormatError::NotThis(DocumentFault::Head(reason).into()));
        }
        let decks = Decks { notes: &mut notes, outlines: outlines.into_iter() };
        parse(input, &meter, |json| Under { key: "decks", seed: decks }.deserialize(json))
            .map_err(|error| if notes.stopped { FormatError::Stopped } else { refused(error) })
    }
}

/// Reads the list of notes of another program, which may stand under a key: `{"title": …, "questions": […]}`.
fn foreign_list(
    input: &mut dyn ReadSeek,
    options: &ReadOptions,
    mut notes: Notes<'_>,
    key: Option<&str>,
) -> Result<(), FormatError> {
    let start = input.stream_position()?;
    let meter = Rc::clone(&notes.meter);
    let look = look(input, &meter, key, options);
    input.seek(SeekFrom::Start(start))?;
    meter.again();
    notes.foreign = Some(Keys::new(&look));
    let read = parse(input, &meter, |json| match key {
        Some(key) => Under { key, seed: OfDeck(&mut notes) }.deserialize(json),
        None => NotesSeed(&mut notes).deserialize(json),
    });
    read.map_err(|error| match meter.too_long() {
        _ if notes.stopped => FormatError::Stopped,
        Some(line) => FormatError::NotThis(DocumentFault::TooLong { line }.into()),
        None => not_this(error),
    })?;
    if notes.count > 0 && notes.objects == 0 {
        return Err(FormatError::NotThis(DocumentFault::NoFormat.into()));
    }
    let keys = notes.foreign.take().unwrap_or_default();
    if let Some(fault) = keys.missing().filter(|_| notes.objects > 0) {
        return Err(FormatError::NotThis(fault.into()));
    }
    for warning in keys.warnings() {
        (notes.sink)(ImportItem::Warning(warning.into()))?;
    }
    for loss in keys.losses() {
        (notes.sink)(ImportItem::Loss(loss))?;
    }
    Ok(())
}

/// The first byte that isn't white space.
fn first_byte(text: &mut dyn Read) -> io::Result<Option<u8>> {
    BufReader::new(text).bytes().find(|byte| byte.as_ref().map_or(true, |byte| !byte.is_ascii_whitespace())).transpose()
}
