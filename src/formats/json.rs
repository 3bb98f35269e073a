//! `json`: all notes in one document, and arrays of objects as other programs write them.
//!
//! The document is read twice: once for its form and the heads of its decks, which may stand after the notes
//! (keys may be sorted), and once for the notes, which are never held all at once.

use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::core::text::nearest;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::Rejected;
use crate::formats::Sink;
use crate::formats::Topic;
use crate::formats::columns;
use crate::formats::columns::Column;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::decode;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeSeed;
use serde::de::Error as _;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Value as Json;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::io::SeekFrom;
use std::io::Write;
use std::rc::Rc;

/// What the files call themselves.
pub(super) const FORMAT: &str = "lmq-notes";

/// Version that we write, and the last one that we read.
pub(super) const VERSION: u64 = 1;

/// A deck's head as the files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(expecting = "a deck, which is an object")]
pub(super) struct DeckJson<'a> {
    #[serde(default)]
    id: Cow<'a, str>,
    #[serde(default)]
    name: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    license: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<Cow<'a, str>>,
    /// Written apart from the head, one by one.
    #[serde(default, skip_serializing)]
    topics: Vec<TopicJson<'a>>,
}

impl<'a> From<&'a DeckHead> for DeckJson<'a> {
    fn from(head: &'a DeckHead) -> Self {
        let optional = |text: &'a Option<String>| text.as_deref().map(Cow::from);
        Self {
            id: head.id.as_str().into(),
            name: head.name.as_str().into(),
            title: optional(&head.title),
            description: optional(&head.description),
            language: optional(&head.language),
            license: optional(&head.license),
            version: optional(&head.version),
            topics: Vec::new(),
        }
    }
}

impl DeckJson<'_> {
    /// The head, where it says an id or a name, and the topics.
    pub(super) fn into_records(self) -> impl Iterator<Item = Record> {
        let name = if self.name.is_empty() { self.id.clone() } else { self.name };
        let head = (!name.is_empty()).then(|| DeckHead {
            id: self.id.into_owned(),
            name: name.into_owned(),
            title: self.title.map(Cow::into_owned),
            description: self.description.map(Cow::into_owned),
            language: self.language.map(Cow::into_owned),
            license: self.license.map(Cow::into_owned),
            version: self.version.map(Cow::into_owned),
        });
        let topics: Vec<Topic> = self.topics.into_iter().map(TopicJson::into_topic).collect();
        head.map(Record::Deck).into_iter().chain(topics.into_iter().map(Record::Topic))
    }
}

/// A topic as the files have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(expecting = "a topic, which is an object")]
pub(super) struct TopicJson<'a> {
    id: Cow<'a, str>,
    #[serde(default)]
    title: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    primer: Option<Cow<'a, str>>,
    #[serde(default, rename = "try", skip_serializing_if = "Option::is_none")]
    try_line: Option<Cow<'a, str>>,
}

impl<'a> From<&'a Topic> for TopicJson<'a> {
    fn from(topic: &'a Topic) -> Self {
        Self {
            id: topic.id.as_str().into(),
            title: topic.title.as_str().into(),
            primer: topic.primer.as_deref().map(Cow::from),
            try_line: topic.try_line.as_deref().map(Cow::from),
        }
    }
}

impl TopicJson<'_> {
    /// The topic.
    pub(super) fn into_topic(self) -> Topic {
        Topic {
            id: self.id.into_owned(),
            title: self.title.into_owned(),
            primer: self.primer.map(Cow::into_owned),
            try_line: self.try_line.map(Cow::into_owned),
        }
    }
}

/// A note as the files have it.
#[derive(Debug, Serialize)]
pub(super) struct NoteJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deck: Option<&'a str>,
    #[serde(flatten)]
    text: &'a NoteText,
}

impl<'a> From<&'a Item> for NoteJson<'a> {
    fn from(item: &'a Item) -> Self {
        let (id, key) = match &item.identity {
            Identity::Uid(uid) => (Some(uid.to_string()), item.key.as_deref()),
            Identity::Foreign { namespace, id } => {
                (Some(NoteUid::of_foreign(namespace, id).to_string()), item.key.as_deref())
            }
            Identity::Key(key) => (None, Some(key.as_str())),
            Identity::None => (None, item.key.as_deref()),
        };
        Self { id, key, deck: item.deck.as_deref(), text: &item.text }
    }
}

fn one(key: &str, value: Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text),
        _ => Err(format!("`{key}` is no text")),
    }
}

fn several(key: &str, value: Json) -> Result<Vec<String>, String> {
    match value {
        Json::Array(values) => values.into_iter().map(|value| one(key, value)).collect(),
        _ => Err(format!("`{key}` is no list of texts")),
    }
}

/// Keys of a note.
const KEYS: &[&str] = &[
    "id", "key", "deck", "kind", "fields", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after",
    "held_out",
];

/// A note of ours.
///
/// # Errors
/// When it is none, with the reason.
pub(super) fn note(value: Json, place: Place) -> Result<Box<Item>, String> {
    let Json::Object(map) = value else {
        return Err("a note is an object".to_owned());
    };
    let mut text = NoteText::default();
    let (mut uid, mut key, mut deck) = (None, None, None);
    for (name, value) in map {
        let name = name.as_str();
        match name {
            _ if value.is_null() => {}
            "id" => {
                let id = one(name, value)?;
                uid = Some(NoteUid::from_hex(&id).ok_or_else(|| format!("`{id}` is no id of 32 hexadecimal digits"))?);
            }
            "key" => key = Some(one(name, value)?),
            "deck" => deck = Some(one(name, value)?),
            "kind" => text.kind = one(name, value)?,
            "fields" => text.fields = fields(value)?,
            "tags" => text.tags = several(name, value)?,
            "source" => text.source = several(name, value)?,
            "after" => text.after = several(name, value)?,
            "topic" => text.topic = Some(one(name, value)?),
            "speaker" => text.speaker = Some(one(name, value)?),
            "hint" => text.hint = Some(one(name, value)?),
            "extra" => text.extra = Some(one(name, value)?),
            "group" => text.group = Some(one(name, value)?),
            "held_out" => text.held_out = value.as_bool().ok_or("`held_out` is neither true nor false")?,
            unknown => {
                return Err(match nearest(unknown, KEYS.iter().copied()) {
                    Some(near) => format!("a note has no `{unknown}`; did you mean `{near}`?"),
                    None => format!("a note has no `{unknown}`; it has {}", KEYS.join(", ")),
                });
            }
        }
    }
    if text.kind.is_empty() {
        return Err("it does not say its `kind`".to_owned());
    }
    let kind = kind(&text.kind).ok_or_else(|| columns::no_kind(&text.kind))?;
    columns::check(kind, &text.fields)?;
    let (identity, key) = match (uid, key) {
        (Some(uid), key) => (Identity::Uid(uid), key),
        (None, Some(key)) => (Identity::Key(key), None),
        (None, None) => (Identity::None, None),
    };
    Ok(Box::new(Item { place, deck, identity, key, text }))
}

fn fields(value: Json) -> Result<Fields, String> {
    let Json::Object(map) = value else {
        return Err("`fields` is no object".to_owned());
    };
    map.into_iter()
        .map(|(name, value)| {
            let value = match value {
                Json::Array(_) => Value::Texts(several(&name, value)?),
                value => Value::Text(one(&name, value)?),
            };
            Ok((name, value))
        })
        .collect()
}

/// A note as another program writes it: an object with texts under names that columns of tables have too.
///
/// # Errors
/// When it is none, with the reason.
pub(super) fn foreign_note(value: Json, place: Place) -> Result<Box<Item>, String> {
    if value.get("fields").is_some() && value.get("kind").is_some() {
        return note(value, place);
    }
    let Json::Object(map) = value else {
        return Err("a note is an object with a `front` and a `back`".to_owned());
    };
    let text_of = |column| {
        let found = map.iter().find(|(name, _)| columns::named(name) == column);
        found.and_then(|(_, value)| value.as_str()).filter(|text| !text.trim().is_empty())
    };
    let named = text_of(Column::Kind).or_else(|| text_of(Column::NoteType)).unwrap_or("basic");
    let kind = columns::kind_called(named.trim()).ok_or_else(|| columns::no_kind(named))?;
    let mut draft = Draft::new(kind);
    for (name, value) in map {
        let given = match value {
            Json::String(text) if !text.trim().is_empty() => Given::Text(text.trim().to_owned().into()),
            Json::Number(number) => Given::Text(number.to_string().into()),
            Json::Bool(yes) => Given::Text(if yes { "yes" } else { "no" }.into()),
            Json::Array(values) if !values.is_empty() => Given::Texts(several(&name, Json::Array(values))?),
            _ => continue,
        };
        draft.put(columns::target(columns::named(&name), kind), given, Dialect::Plain)?;
    }
    draft.finish(place)
}

/// Refuses what is not ours, or newer than we are.
///
/// # Errors
/// With the reason.
pub(super) fn check_version(format: Option<&str>, version: Option<u64>) -> Result<(), FormatError> {
    let reason = match (format, version) {
        (Some(FORMAT), Some(1..=VERSION)) => return Ok(()),
        (Some(FORMAT), Some(version)) => {
            format!(
                "it was written by a newer lmq (version {version} of {FORMAT}, this one reads {VERSION}); update lmq"
            )
        }
        (Some(FORMAT), None) => "it does not say its `version`".to_owned(),
        (Some(other), _) => format!("its `format` is `{other}`, not `{FORMAT}`"),
        (None, _) => format!("it has no `\"format\": \"{FORMAT}\"` and is no list of objects"),
    };
    Err(FormatError::NotThis(reason))
}

/// The message of an error without its place, which is told apart.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

fn not_this(error: serde_json::Error) -> FormatError {
    if error.is_io() {
        return FormatError::Io(error.into());
    }
    FormatError::NotThis(format!(
        "line {}, column {}: the JSON is broken: {}",
        error.line(),
        error.column(),
        without_place(&error)
    ))
}

/// Whether a file begins as one of our history files.
pub(super) fn is_history(start: &str) -> bool {
    start.chars().take(300).collect::<String>().contains("\"lmq-segment\"")
}

/// The start of a file as text.
pub(super) fn start_of(head: &[u8]) -> Cow<'_, str> {
    encoding_rs::UTF_8.decode(head).0
}

/// Counts the line feeds of what is read through it.
///
/// The JSON reader takes one byte at a time, so the count is right when a value begins.
struct Counting<R> {
    inner: R,
    lines: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let found = buffer.iter().take(read).filter(|byte| **byte == b'\n').count();
        self.lines.set(self.lines.get() + u64::try_from(found).unwrap_or(0));
        Ok(read)
    }
}

/// All of a document but its notes.
#[derive(Deserialize)]
struct Outline {
    format: Option<String>,
    version: Option<u64>,
    #[serde(default)]
    decks: Vec<DeckJson<'static>>,
}

/// Where the notes go.
struct Notes<'a> {
    sink: Sink<'a>,
    lines: Rc<Cell<u64>>,
    stopped: bool,
    /// Name of the current deck, for messages.
    deck: String,
    /// Notes of the current deck so far.
    count: u64,
    convert: fn(Json, Place) -> Result<Box<Item>, String>,
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
        let place = Place { line: notes.lines.get() + 1, column: 0 };
        let value = Json::deserialize(deserializer)?;
        notes.count += 1;
        let outcome = match (notes.convert)(value, place) {
            Ok(item) => ImportItem::Record(Record::Note(item)),
            Err(reason) => {
                let deck = if notes.deck.is_empty() { String::new() } else { format!(" of deck {}", notes.deck) };
                ImportItem::Rejected(Rejected { place, reason: format!("note {}{deck}: {reason}", notes.count) })
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

/// The value of one key of an object, where all others are passed over.
struct Under<S> {
    key: &'static str,
    seed: S,
}

/// A seed that can be used several times.
trait Again<'de> {
    fn again<A: MapAccess<'de>>(&mut self, map: &mut A) -> Result<(), A::Error>;
}

impl<'de, S: Again<'de>> DeserializeSeed<'de> for Under<S> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Again<'de>> Visitor<'de> for Under<S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == self.key {
                self.seed.again(&mut map)?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
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
    outlines: std::vec::IntoIter<DeckJson<'static>>,
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
            for record in outline.into_records() {
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

/// `json`
pub(super) struct JsonDocument;

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
            return start.starts_with(['{', '[']);
        }
        let key = start.strip_prefix('{').map(str::trim_start);
        key.is_some_and(|key| key.starts_with("\"decks\"") || (key.starts_with('"') && key.contains(FORMAT)))
            || start.strip_prefix('[').is_some_and(|inner| inner.trim_start().starts_with('{'))
    }

    fn read(&self, input: &mut dyn ReadSeek, _: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let start = input.stream_position()?;
        let lines = Rc::new(Cell::new(0));
        let mut notes =
            Notes { sink, lines: Rc::clone(&lines), stopped: false, deck: String::new(), count: 0, convert: note };
        let first = first_byte(&mut *decode::marked(input)?)?;
        input.seek(SeekFrom::Start(start))?;
        if first == Some(b'[') {
            notes.convert = foreign_note;
            return parse(input, &lines, |json| NotesSeed(&mut notes).deserialize(json))
                .map_err(|error| if notes.stopped { FormatError::Stopped } else { not_this(error) });
        }
        let outline: Outline = parse(input, &lines, |json| Outline::deserialize(json)).map_err(not_this)?;
        check_version(outline.format.as_deref(), outline.version)?;
        input.seek(SeekFrom::Start(start))?;
        lines.set(0);
        let decks = Decks { notes: &mut notes, outlines: outline.decks.into_iter() };
        parse(input, &lines, |json| Under { key: "decks", seed: decks }.deserialize(json))
            .map_err(|error| if notes.stopped { FormatError::Stopped } else { not_this(error) })
    }
}

type Document<'a> = serde_json::Deserializer<serde_json::de::IoRead<Counting<BufReader<Box<dyn Read + 'a>>>>>;

/// Reads one document to its end.
fn parse<T>(
    input: &mut dyn ReadSeek,
    lines: &Rc<Cell<u64>>,
    read: impl FnOnce(&mut Document<'_>) -> serde_json::Result<T>,
) -> serde_json::Result<T> {
    let text = decode::marked(input).map_err(serde_json::Error::io)?;
    let text = BufReader::with_capacity(decode::CHUNK, text);
    let mut json = serde_json::Deserializer::from_reader(Counting { inner: text, lines: Rc::clone(lines) });
    let found = read(&mut json)?;
    json.end()?;
    Ok(found)
}

/// The first byte that is no white space.
fn first_byte(text: &mut dyn Read) -> io::Result<Option<u8>> {
    BufReader::new(text).bytes().find(|byte| byte.as_ref().map_or(true, |byte| !byte.is_ascii_whitespace())).transpose()
}

impl Exporter for JsonDocument {
    fn name(&self) -> &'static str {
        "json"
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        let head = format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"decks\":[\n");
        Ok(Box::new(DocumentWriter { out, buffer: head.into_bytes(), inside: Inside::Decks { first: true } }))
    }
}

/// The list that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Decks { first: bool },
    Deck,
    Topics,
    Notes,
}

/// Writes one note a line, so that versions of a file can be compared.
struct DocumentWriter<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    inside: Inside,
}

impl DocumentWriter<'_> {
    fn text(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    fn close_deck(&mut self) {
        match self.inside {
            Inside::Decks { .. } => return,
            Inside::Deck => self.text("}"),
            Inside::Topics | Inside::Notes => self.text("\n]}"),
        }
        self.inside = Inside::Decks { first: false };
    }

    fn open_deck(&mut self, head: Option<&DeckHead>) -> io::Result<()> {
        self.close_deck();
        if self.inside == (Inside::Decks { first: false }) {
            self.text(",\n");
        }
        match head {
            None => self.text("{"),
            Some(head) => {
                serde_json::to_writer(&mut self.buffer, &DeckJson::from(head))?;
                // Left open for the lists.
                self.buffer.pop();
            }
        }
        self.inside = Inside::Deck;
        Ok(())
    }

    /// Gets ready for the next element of the list `wanted` of the current deck.
    fn element(&mut self, name: &str, wanted: Inside) -> io::Result<()> {
        if matches!(self.inside, Inside::Decks { .. }) {
            self.open_deck(None)?;
        }
        if self.inside == wanted {
            self.text(",\n");
            return Ok(());
        }
        if self.inside != Inside::Deck {
            self.text("\n]");
        }
        if self.buffer.last() != Some(&b'{') {
            self.text(",");
        }
        self.text("\"");
        self.text(name);
        self.text("\":[\n");
        self.inside = wanted;
        Ok(())
    }
}

impl RecordWriter for DocumentWriter<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Deck(head) => self.open_deck(Some(head))?,
            Record::Topic(_) if self.inside == Inside::Notes => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "a topic comes after the notes of its deck"));
            }
            Record::Topic(topic) => {
                self.element("topics", Inside::Topics)?;
                serde_json::to_writer(&mut self.buffer, &TopicJson::from(topic))?;
            }
            Record::Note(item) => {
                self.element("notes", Inside::Notes)?;
                serde_json::to_writer(&mut self.buffer, &NoteJson::from(&**item))?;
            }
        }
        if self.buffer.len() >= decode::CHUNK {
            // The last byte stays: it says whether a comma is due.
            let last = self.buffer.pop();
            self.out.write_all(&super::harmless(&self.buffer))?;
            self.buffer.clear();
            self.buffer.extend(last);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.close_deck();
        self.text("\n]}\n");
        self.out.write_all(&super::harmless(&self.buffer))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::any_records;
    use crate::formats::testing::config;
    use crate::formats::testing::notes;
    use crate::formats::testing::read;
    use crate::formats::testing::records;
    use crate::formats::testing::rejected;
    use crate::formats::testing::written;
    use proptest::prelude::*;

    fn refusal(text: &str) -> String {
        read(&JsonDocument, "x.json", text.as_bytes()).1.unwrap_err().to_string()
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn what_is_written_is_read_back(given in any_records(false)) {
            let bytes = written(&JsonDocument, &given);
            let (outcomes, result) = read(&JsonDocument, "x.json", &bytes);
            result.unwrap();
            prop_assert_eq!(records(outcomes), given);
        }
    }

    #[test]
    fn a_document_has_one_note_a_line() {
        let deck = DeckHead { id: "geo".to_owned(), name: "Geo".to_owned(), ..DeckHead::default() };
        let topic = Topic { id: "t".to_owned(), title: "T".to_owned(), ..Topic::default() };
        let mut text = NoteText { kind: "basic".to_owned(), ..NoteText::default() };
        text.fields.insert("front".to_owned(), Value::Text("a".to_owned()));
        text.fields.insert("back".to_owned(), Value::Text("b".to_owned()));
        let uid = Identity::Uid(NoteUid([1; 16]));
        let note = Item { place: Place::default(), deck: None, identity: uid, key: Some("k".to_owned()), text };
        let records = [
            Record::Deck(deck.clone()),
            Record::Topic(topic),
            Record::Note(Box::new(note.clone())),
            Record::Note(Box::new(note)),
            Record::Deck(deck),
        ];
        assert_eq!(
            String::from_utf8(written(&JsonDocument, &records)).unwrap(),
            r#"{"format":"lmq-notes","version":1,"decks":[
{"id":"geo","name":"Geo","topics":[
{"id":"t","title":"T"}
],"notes":[
{"id":"01010101010101010101010101010101","key":"k","kind":"basic","fields":{"back":"b","front":"a"}},
{"id":"01010101010101010101010101010101","key":"k","kind":"basic","fields":{"back":"b","front":"a"}}
]},
{"id":"geo","name":"Geo"}
]}
"#
        );
        assert_eq!(written(&JsonDocument, &[]), b"{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[\n\n]}\n");
    }

    #[test]
    fn keys_may_come_in_any_order() {
        let text = r#"{"decks":[{"notes":[{"fields":{"back":"b","front":"a"},"kind":"basic"}],"name":"Geo",
            "topics":[{"title":"T","id":"t"}]}],"format":"lmq-notes","version":1,"other":[1,{"x":[]}]}"#;
        let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
        result.unwrap();
        let records = records(outcomes);
        assert!(matches!(&records[..], [Record::Deck(deck), Record::Topic(_), Record::Note(_)] if deck.name == "Geo"));
    }

    #[test]
    fn a_bad_note_is_left_out_with_its_line_and_number() {
        let text = "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"geo\",\"notes\":[\n\
            {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":5}},\n\
            {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":\"b\"}},\n\n\
            {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":\"b\",\"side\":\"c\"}},7,\n\
            {\"id\":\"x\",\"kind\":\"basic\"},{\"fields\":{}}]}]}";
        let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
        result.unwrap();
        assert_eq!(notes(&outcomes).len(), 1);
        assert_eq!(notes(&outcomes)[0].place.line, 3);
        assert_eq!(
            rejected(&outcomes),
            [
                "2: note 1 of deck geo: `back` is no text",
                "5: note 3 of deck geo: `side` is no field of a `basic` card, which has front, back",
                "5: note 4 of deck geo: a note is an object",
                "6: note 5 of deck geo: `x` is no id of 32 hexadecimal digits",
                "6: note 6 of deck geo: it does not say its `kind`",
            ]
        );
    }

    #[test]
    fn arrays_of_other_programs_are_read_by_their_names() {
        let text = "\u{feff}[{\"Term\":\"one\",\"definition\":1,\"notes\":\"n\"},\n{\"front\":\"a\"}]";
        let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
        result.unwrap();
        let found = notes(&outcomes);
        assert_eq!((found[0].text.text("front"), found[0].text.text("back")), ("one", "1"));
        assert_eq!(found[0].text.extra.as_deref(), Some("n"));
        assert_eq!(rejected(&outcomes), ["2: note 2: the back is empty; a `basic` card needs one"]);
    }

    #[test]
    fn a_document_that_is_not_ours_is_refused_with_the_reason() {
        for (text, reason) in [
            ("{\"format\":\"lmq-notes\",\"version\":2,\"decks\":[]}", "it was written by a newer lmq (version 2 of"),
            ("{\"format\":\"lmq-notes\",\"decks\":[]}", "it does not say its `version`"),
            ("{\"format\":\"lmq-segment\",\"version\":1}", "its `format` is `lmq-segment`, not `lmq-notes`"),
            ("{\"cards\":[]}", "it has no `\"format\": \"lmq-notes\"` and is no list of objects"),
            ("{\"format\":\"lmq-notes\",\n", "line 2, column 0: the JSON is broken: EOF"),
            ("", "line 1, column 0: the JSON is broken: EOF"),
            (
                "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[]} x",
                "line 1, column 47: the JSON is broken: trailing",
            ),
        ] {
            let found = refusal(text);
            assert!(found.starts_with(reason), "{found}");
        }
    }

    #[test]
    fn nesting_100_000_deep_is_an_error_and_no_crash() {
        let deep = "[".repeat(100_000);
        assert!(refusal(&deep).ends_with("recursion limit exceeded"));
        let document = format!("{{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{{\"id\":\"a\",\"notes\":[{deep}");
        assert!(refusal(&document).contains("the JSON is broken"));
        let closed = format!("{document}{}]}}]}}", "]".repeat(100_000));
        assert!(refusal(&closed).ends_with("recursion limit exceeded"));
    }

    #[test]
    fn a_sink_that_stops_ends_the_reading() {
        let text = "[{\"front\":\"a\",\"back\":\"b\"}]";
        let mut input = io::Cursor::new(text);
        let result = JsonDocument.read(&mut input, &ReadOptions::default(), &mut |_| Err(crate::formats::Stop));
        assert!(matches!(result, Err(FormatError::Stopped)));
    }

    #[test]
    fn utf_16_from_a_shell_is_read() {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend("[{\"front\":\"é\",\"back\":\"b\"}]".encode_utf16().flat_map(u16::to_le_bytes));
        let (outcomes, result) = read(&JsonDocument, "x.json", &bytes);
        result.unwrap();
        assert_eq!(notes(&outcomes)[0].text.text("front"), "é");
    }

    #[test]
    fn documents_are_told_from_lines_and_from_history() {
        for (name, text, ours) in [
            ("a.json", "{\"format\":\"lmq-notes\"", true),
            ("a.json", "[]", true),
            ("a.json", "{\"format\":\"lmq-segment\",\"version\":1}", false),
            ("-", "{ \"format\": \"lmq-notes\", \"version\": 1, \"decks\"", true),
            ("-", "{\"decks\":[", true),
            ("-", " [ {\"front\"", true),
            ("-", "{{c1::x}}\tb\n", false),
            ("-", "[a]\tb\n", false),
        ] {
            assert_eq!(JsonDocument.sniff(name, text.as_bytes()), ours, "{name} {text}");
        }
    }
}
