//! Deck files: TOML, one file a deck. docs/deck-format.md is for authors.
//!
//! A file with faults is refused whole, so all of them are found at once: the reading goes on after each, in a tree
//! in which every value knows its bytes.

pub mod cards;
pub mod patch;

use crate::core::card::CARD_KINDS;
use crate::core::card::CardKind;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::is_deck_id;
use crate::core::text::escape_unsafe;
use crate::core::text::is_unsafe;
use crate::core::text::nearest;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::FileFault;
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
use crate::formats::Sink;
use crate::formats::Topic;
use std::collections::BTreeMap;
use std::io;
use std::io::Read as _;
use std::io::Write;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

/// The largest deck file; more cards than that stream better as CSV or JSONL.
const LARGEST: u64 = 64 << 20;

/// From this size on it is said that there are better formats for so many cards.
const LARGE: u64 = 32 << 20;

/// The longest text of one field.
const LONGEST: usize = 1 << 20;

const DECK_FIELDS: [&str; 7] = ["id", "name", "title", "description", "language", "license", "version"];
const TOPIC_FIELDS: [&str; 4] = ["id", "title", "primer", "try"];
const CARD_FIELDS: [&str; 11] =
    ["key", "kind", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after", "held_out"];

/// A deck file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckFile {
    /// The deck.
    pub head: DeckHead,
    /// Its topics, in the file's order.
    pub topics: Vec<Topic>,
    /// Its notes, in the file's order.
    pub notes: Vec<Item>,
}

type Node<'i> = Spanned<DeValue<'i>>;

/// Collects faults and knows where bytes are.
struct Faults<'t> {
    text: &'t str,
    lines: Vec<usize>,
    found: Vec<FileFault>,
}

/// Lines and columns of `text`'s bytes.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn place(text: &str, lines: &[usize], at: usize) -> Place {
    let line = lines.partition_point(|start| *start <= at);
    let start = lines.get(line.saturating_sub(1)).copied().unwrap_or(0);
    let column = text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
    Place { line: u64::try_from(line).unwrap_or(0), column: u64::try_from(column).unwrap_or(0) }
}

impl<'t> Faults<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, lines: line_starts(text), found: Vec::new() }
    }

    /// The text as a tree. After a syntax error there is none: what else is wrong in it may not be wrong at all.
    fn tree(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let (tree, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let help = "texts stand in \"quotes\", a \" inside one is written \\\"";
            self.add(error.span().unwrap_or(0..0), "syntax", one_sentence(error.message()), help.to_owned());
        }
        errors.is_empty().then_some(tree)
    }

    /// What was read, or all faults in the order of the text.
    fn or<T>(mut self, read: T) -> Result<T, Vec<FileFault>> {
        if self.found.is_empty() {
            return Ok(read);
        }
        self.found.sort_by_key(|fault| fault.span.start);
        Err(self.found)
    }

    fn place(&self, at: usize) -> Place {
        place(self.text, &self.lines, at)
    }

    fn add(&mut self, span: Range<usize>, rule: &'static str, what: String, help: String) {
        let place = self.place(span.start);
        self.found.push(FileFault { span, place, rule, what, help });
    }

    fn wrong_type(&mut self, node: &Node<'_>, field: &str, wanted: &str) {
        let found = node.get_ref().type_str();
        self.add(
            node.span(),
            "wrong-type",
            format!("`{field}` has to be {wanted}, not {found}"),
            format!("write {}", if wanted.contains("array") { "[\"…\", \"…\"]" } else { "\"…\"" }),
        );
    }

    fn text_fits(&mut self, span: &Range<usize>, field: &str, text: &str) -> bool {
        if text.len() > LONGEST {
            self.add(
                span.clone(),
                "too-large",
                format!("`{field}` is {} bytes long", text.len()),
                "a field may hold up to 1 MB; make it shorter or several cards".to_owned(),
            );
            return false;
        }
        if text.contains('\0') {
            self.add(
                span.clone(),
                "nul",
                format!("`{field}` holds a NUL character"),
                "take it out; it can't be shown".to_owned(),
            );
            return false;
        }
        true
    }

    /// The text of a field that has to be one, trimmed at the ends; an empty one is a fault.
    fn text(&mut self, node: &Node<'_>, field: &str) -> Option<String> {
        let Some(text) = node.get_ref().as_str() else {
            self.wrong_type(node, field, "a text");
            return None;
        };
        if !self.text_fits(&node.span(), field, text) {
            return None;
        }
        if text.trim().is_empty() {
            self.add(
                node.span(),
                "missing-field",
                format!("`{field}` is empty"),
                "write something, or take the line out".to_owned(),
            );
            return None;
        }
        Some(text.trim().to_owned())
    }

    fn texts(&mut self, node: &Node<'_>, field: &str) -> Option<Vec<String>> {
        let Some(array) = node.get_ref().as_array() else {
            self.wrong_type(node, field, "an array of texts");
            return None;
        };
        let texts: Vec<Option<String>> = array.iter().map(|node| self.text(node, field)).collect();
        texts.into_iter().collect()
    }

    fn unknown(&mut self, span: Range<usize>, field: &str, what: &str, known: &[&str]) {
        let help = match nearest(field, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", known.join(", ")),
        };
        self.add(span, "unknown-field", format!("{what} has no field `{field}`"), help);
    }

    fn missing(&mut self, span: Range<usize>, field: &str, what: &str) {
        self.add(span, "missing-field", format!("{what} has no `{field}`"), format!("add a line {field} = \"…\""));
    }
}

/// Reads a deck file.
///
/// # Errors
/// All faults of the file, in its order.
pub fn parse(text: &str) -> Result<DeckFile, Vec<FileFault>> {
    let mut faults = Faults::new(text);
    let Some(tree) = faults.tree() else { return Err(faults.found) };
    let deck = read_tree(tree.get_ref(), &mut faults);
    faults.or(deck)
}

fn one_sentence(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bytes of a deck file as text.
///
/// # Errors
/// A fault for what is no UTF-8.
pub fn decode(bytes: &[u8]) -> Result<String, Box<(String, FileFault)>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or(0);
        let text = String::from_utf8_lossy(bytes).into_owned();
        // Everything before the first bad byte is the same in the lossy text.
        let place = place(&text, &line_starts(&text), at);
        let fault = FileFault {
            span: at..at + '\u{fffd}'.len_utf8(),
            place,
            rule: "invalid-utf8",
            what: format!("byte 0x{byte:02x} is no UTF-8"),
            help: "save the file as UTF-8".to_owned(),
        };
        Box::new((text, fault))
    })
}

fn read_tree(tree: &DeTable<'_>, faults: &mut Faults<'_>) -> DeckFile {
    let mut deck = DeckFile::default();
    for key in tree.keys() {
        if !["deck", "topic", "card"].contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), "a deck file", &["deck", "topic", "card"]);
        }
    }
    match tree.get("deck") {
        None => faults.add(
            0..0,
            "missing-field",
            "there is no [deck]".to_owned(),
            "begin the file with [deck] and a line id = \"…\"".to_owned(),
        ),
        Some(node) => match node.get_ref().as_table() {
            Some(table) => deck.head = read_head(node, table, faults),
            None => faults.wrong_type(node, "deck", "a table: [deck]"),
        },
    }
    let mut topics: BTreeMap<String, Place> = BTreeMap::new();
    for (node, table) in tables(tree, "topic", faults) {
        let topic = read_topic(node, table, faults);
        if let Some(first) = topics.get(&topic.id).filter(|_| !topic.id.is_empty()) {
            let span = table.get("id").map_or_else(|| node.span(), Spanned::span);
            let what = format!("the topic `{}` is there already, in line {}", topic.id, first.line);
            faults.add(span, "duplicate-topic", what, "give it another id".to_owned());
        }
        topics.insert(topic.id.clone(), faults.place(node.span().start));
        deck.topics.push(topic);
    }
    read_cards(tree, &topics, &mut deck, faults);
    deck
}

fn tables<'t, 'i>(tree: &'t DeTable<'i>, name: &str, faults: &mut Faults<'_>) -> Vec<(&'t Node<'i>, &'t DeTable<'i>)> {
    let Some(node) = tree.get(name) else { return Vec::new() };
    let Some(array) = node.get_ref().as_array() else {
        faults.wrong_type(node, name, &format!("an array of tables: [[{name}]]"));
        return Vec::new();
    };
    array
        .iter()
        .filter_map(|node| match node.get_ref().as_table() {
            Some(table) => Some((node, table)),
            None => {
                faults.wrong_type(node, name, &format!("a table: [[{name}]]"));
                None
            }
        })
        .collect()
}

fn optional(table: &DeTable<'_>, field: &str, faults: &mut Faults<'_>) -> Option<String> {
    table.get(field).and_then(|node| faults.text(node, field))
}

fn required(node: &Node<'_>, table: &DeTable<'_>, field: &str, what: &str, faults: &mut Faults<'_>) -> String {
    match table.get(field) {
        Some(node) => faults.text(node, field).unwrap_or_default(),
        None => {
            faults.missing(node.span(), field, what);
            String::new()
        }
    }
}

fn read_head(node: &Node<'_>, table: &DeTable<'_>, faults: &mut Faults<'_>) -> DeckHead {
    for key in table.keys() {
        if !DECK_FIELDS.contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), "[deck]", &DECK_FIELDS);
        }
    }
    let id = required(node, table, "id", "[deck]", faults);
    if let Some(node) = table.get("id").filter(|_| !id.is_empty() && !is_deck_id(&id)) {
        let what =
            format!("the id `{}` holds a character that has another meaning in names of cards", id.escape_debug());
        faults.add(node.span(), "wrong-type", what, "use letters, digits, - and _".to_owned());
    }
    let version = table.get("version").and_then(|node| match node.get_ref() {
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::String(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => faults.text(node, "version"),
    });
    DeckHead {
        name: optional(table, "name", faults).unwrap_or_else(|| id.clone()),
        id,
        title: optional(table, "title", faults),
        description: optional(table, "description", faults),
        language: optional(table, "language", faults),
        license: optional(table, "license", faults),
        version,
    }
}

fn read_topic(node: &Node<'_>, table: &DeTable<'_>, faults: &mut Faults<'_>) -> Topic {
    for key in table.keys() {
        if !TOPIC_FIELDS.contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), "a topic", &TOPIC_FIELDS);
        }
    }
    Topic {
        id: required(node, table, "id", "the topic", faults),
        title: required(node, table, "title", "the topic", faults),
        primer: optional(table, "primer", faults),
        try_line: optional(table, "try", faults),
    }
}

fn read_cards(tree: &DeTable<'_>, topics: &BTreeMap<String, Place>, deck: &mut DeckFile, faults: &mut Faults<'_>) {
    let mut keys: BTreeMap<String, Place> = BTreeMap::new();
    let mut waits: Vec<(String, String, Range<usize>)> = Vec::new();
    for (node, table) in tables(tree, "card", faults) {
        let key = required(node, table, "key", "the card", faults);
        let place = faults.place(node.span().start);
        if let (Some(first), Some(at)) = (keys.get(&key).filter(|_| !key.is_empty()), table.get("key")) {
            let what = format!("the key `{key}` is taken: a card in line {} has it", first.line);
            faults.add(at.span(), "duplicate-key", what, "each card needs a key of its own".to_owned());
        } else {
            keys.insert(key.clone(), place);
        }
        if let Some(after) = table.get("after").and_then(|node| node.get_ref().as_array()) {
            for node in after.iter() {
                if let Some(wanted) = node.get_ref().as_str() {
                    waits.push((key.clone(), wanted.to_owned(), node.span()));
                }
            }
        }
        if let Some(text) = read_card(node, table, topics, &[], faults) {
            deck.notes.push(Item { place, deck: None, identity: Identity::Key(key.clone()), key: Some(key), text });
        }
    }
    check_waits(&keys, &waits, faults);
}

/// `after` has to name keys of the file, and never in a circle.
fn check_waits(keys: &BTreeMap<String, Place>, waits: &[(String, String, Range<usize>)], faults: &mut Faults<'_>) {
    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, wanted, span) in waits {
        if keys.contains_key(wanted) {
            graph.entry(key).or_default().push(wanted);
        } else {
            let near = nearest(wanted, keys.keys().map(String::as_str));
            let help = near.map_or_else(
                || "name the key of a card of this file".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            faults.add(
                span.clone(),
                "unknown-after",
                format!("`after` names `{wanted}`, which is no key of this file"),
                help,
            );
        }
    }
    // Cards whose predecessors are all free are free; what is left over waits in a circle.
    let mut waiting = graph;
    loop {
        let free: Vec<&str> = waiting
            .iter()
            .filter(|(_, wanted)| wanted.iter().all(|key| !waiting.contains_key(key)))
            .map(|(key, _)| *key)
            .collect();
        if free.is_empty() {
            break;
        }
        for key in free {
            waiting.remove(key);
        }
    }
    for (key, wanted, span) in waits {
        if waiting.contains_key(key.as_str()) && waiting.contains_key(wanted.as_str()) {
            let what = format!("`{key}` and `{wanted}` wait for each other, so neither would ever be asked");
            faults.add(span.clone(), "unknown-after", what, "take one of them out of `after`".to_owned());
        }
    }
}

fn read_card(
    node: &Node<'_>,
    table: &DeTable<'_>,
    topics: &BTreeMap<String, Place>,
    also: &[&'static str],
    faults: &mut Faults<'_>,
) -> Option<NoteText> {
    let name = required(node, table, "kind", "the card", faults);
    let names: Vec<&str> = CARD_KINDS.iter().map(|kind| kind.name()).collect();
    let kind = kind(&name);
    if let (None, Some(node)) = (kind, table.get("kind").filter(|_| !name.is_empty())) {
        let help = match nearest(&name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        faults.add(node.span(), "unknown-kind", format!("`{name}` is no kind of card"), help);
    }
    // What every kind has is looked at in any case: all faults at once.
    let mut fields = None;
    if let Some(kind) = kind {
        let own = kind.fields().iter().map(|field| field.name);
        let known: Vec<&str> = CARD_FIELDS.into_iter().chain(own).chain(also.iter().copied()).collect();
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                faults.unknown(key.span(), key.get_ref(), &format!("a `{name}` card"), &known);
            }
        }
        let before = faults.found.len();
        let read = read_fields(node, table, kind, faults);
        if faults.found.len() == before {
            for fault in kind.check(&read) {
                let span = table.get(fault.field).map_or_else(|| node.span(), Spanned::span);
                faults.add(span, "card", fault.what, fault.help);
            }
        }
        fields = Some(read);
    }
    let mut texts = |field: &str| table.get(field).and_then(|node| faults.texts(node, field)).unwrap_or_default();
    let (tags, source, after) = (texts("tags"), texts("source"), texts("after"));
    let topic = match table.get("topic") {
        Some(node) => {
            let topic = faults.text(node, "topic");
            if let Some(id) = topic.as_ref().filter(|id| !topics.contains_key(*id)) {
                let near = nearest(id, topics.keys().map(String::as_str));
                let help = near.map_or_else(
                    || "add a [[topic]] with this id".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                faults.add(node.span(), "unknown-topic", format!("there is no topic `{id}` in this file"), help);
            }
            topic
        }
        None => source.first().filter(|id| topics.contains_key(*id)).cloned(),
    };
    let held_out = match table.get("held_out") {
        Some(node) => match node.get_ref().as_bool() {
            Some(held_out) => held_out,
            None => {
                faults.wrong_type(node, "held_out", "true or false");
                false
            }
        },
        None => false,
    };
    Some(NoteText {
        kind: name,
        tags,
        source,
        topic,
        speaker: optional(table, "speaker", faults),
        hint: optional(table, "hint", faults),
        extra: optional(table, "extra", faults),
        group: optional(table, "group", faults),
        after,
        held_out,
        media: std::collections::BTreeMap::new(),
        // Last: the lines above look for faults too.
        fields: fields?,
    })
}

fn read_fields(node: &Node<'_>, table: &DeTable<'_>, kind: &dyn CardKind, faults: &mut Faults<'_>) -> Fields {
    let mut fields = Fields::new();
    for field in kind.fields() {
        let Some(value) = table.get(field.name) else {
            if field.required {
                faults.missing(node.span(), field.name, &format!("the `{}` card", kind.name()));
            }
            continue;
        };
        let read = match (field.shape, value.get_ref().as_array()) {
            (Shape::Text, _) | (Shape::Variants, None) => faults.text(value, field.name).map(Value::Text),
            (Shape::Variants | Shape::Texts, Some(array)) if array.is_empty() => {
                let what = format!("`{}` is an empty array", field.name);
                faults.add(value.span(), "missing-field", what, "write at least one text in it".to_owned());
                None
            }
            (Shape::Variants | Shape::Texts, _) => faults.texts(value, field.name).map(Value::Texts),
        };
        if let Some(read) = read {
            fields.insert(field.name.to_owned(), read);
        }
    }
    fields
}

/// The importer and exporter `toml`.
pub(super) struct DeckToml;

impl Importer for DeckToml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        file_name.to_lowercase().ends_with(".toml")
            || head.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == b"[deck]")
    }

    fn read(&self, input: &mut dyn ReadSeek, _: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let mut bytes = Vec::new();
        input.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
            return Err(FormatError::NotThis(
                "deck files are for up to 64 MB; bring so many cards as CSV or JSONL, which are read row by row"
                    .to_owned(),
            ));
        }
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGE {
            sink(ImportItem::Warning(format!(
                "a deck file of {} MB is read whole; CSV or JSONL are read row by row",
                bytes.len() >> 20
            )))?;
        }
        let text = decode(&bytes).map_err(|bad| FormatError::Faults { source_text: bad.0, faults: vec![bad.1] })?;
        let deck = match parse(&text) {
            Ok(deck) => deck,
            Err(faults) => return Err(FormatError::Faults { source_text: text, faults }),
        };
        sink(ImportItem::Record(Record::Deck(deck.head)))?;
        for topic in deck.topics {
            sink(ImportItem::Record(Record::Topic(topic)))?;
        }
        for note in deck.notes {
            sink(ImportItem::Record(Record::Note(Box::new(note))))?;
        }
        Ok(())
    }
}

impl Exporter for DeckToml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn admits(&self, decks: usize) -> io::Result<()> {
        one_deck(decks)
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        Ok(Box::new(Writer { out, decks: 0 }))
    }
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    decks: usize,
}

/// A text as TOML: on several lines where it has them. What could drive a terminal is escaped, as in JSON.
fn quoted(text: &str) -> String {
    let plain = if text.contains('\n') && !text.contains('\r') {
        let mut out = String::from("\"\"\"\n");
        for c in text.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '"' => out.push_str("\\\""),
                '\n' | '\t' => out.push(c),
                c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
                c => out.push(c),
            }
        }
        // A space or tab before a line end would survive, but an editor may strip it: nothing to be done about that here.
        out.push_str("\"\"\"");
        out
    } else if text.chars().any(is_unsafe) {
        // A basic string, since a literal one has no escapes.
        let mut out = String::from('"');
        for c in text.chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                '"' => out.push_str("\\\""),
                c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
        out
    } else {
        toml::Value::String(text.to_owned()).to_string()
    };
    escape_unsafe(&plain)
}

fn array(texts: &[String]) -> String {
    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= 100 { line } else { format!("[\n  {},\n]", items.join(",\n  ")) }
}

/// The lines of a card, in their usual order: each field with its value as TOML.
fn card_lines(key: Option<&str>, text: &NoteText) -> Vec<(String, String)> {
    let names: Vec<&str> = kind(&text.kind).map_or_else(
        || text.fields.keys().map(String::as_str).collect(),
        |kind| kind.fields().iter().map(|field| field.name).collect(),
    );
    let one = |text: Option<&String>| text.map(|text| quoted(text));
    let several = |texts: &[String]| (!texts.is_empty()).then(|| array(texts));
    let mut lines = vec![("key", key.map(quoted)), ("kind", Some(quoted(&text.kind)))];
    lines.extend(names.into_iter().map(|name| {
        let value = match text.fields.get(name) {
            Some(Value::Text(value)) => Some(quoted(value)),
            Some(Value::Texts(values)) => Some(array(values)),
            None => None,
        };
        (name, value)
    }));
    // A topic that is the first source goes without saying.
    let topic = text.topic.as_ref().filter(|topic| text.source.first() != Some(*topic));
    lines.extend([
        ("source", several(&text.source)),
        ("topic", one(topic)),
        ("speaker", one(text.speaker.as_ref())),
        ("hint", one(text.hint.as_ref())),
        ("extra", one(text.extra.as_ref())),
        ("tags", several(&text.tags)),
        ("group", one(text.group.as_ref())),
        ("after", several(&text.after)),
        ("held_out", text.held_out.then(|| "true".to_owned())),
    ]);
    lines.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect()
}

impl Writer<'_> {
    fn line(&mut self, field: &str, value: &str) -> io::Result<()> {
        writeln!(self.out, "{field} = {value}")
    }

    fn text(&mut self, field: &str, text: Option<&String>) -> io::Result<()> {
        match text {
            Some(text) => self.line(field, &quoted(text)),
            None => Ok(()),
        }
    }

    fn note(&mut self, item: &Item) -> io::Result<()> {
        let key = item.key.clone().unwrap_or_else(|| match &item.identity {
            Identity::Key(key) => key.clone(),
            Identity::Uid(uid) => uid.to_string(),
            Identity::Foreign { id, .. } => id.clone(),
            Identity::None => String::new(),
        });
        writeln!(self.out, "\n[[card]]")?;
        for (field, value) in card_lines(Some(&key), &item.text) {
            self.line(&field, &value)?;
        }
        Ok(())
    }
}

/// Whether a file can hold so many decks.
fn one_deck(decks: usize) -> io::Result<()> {
    if decks > 1 {
        let reason = "a TOML file holds one deck: name one deck, or use --format json";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
    }
    Ok(())
}

impl RecordWriter for Writer<'_> {
    fn write(&mut self, record: &Record) -> io::Result<()> {
        match record {
            Record::Deck(head) => {
                self.decks += 1;
                one_deck(self.decks)?;
                writeln!(self.out, "[deck]")?;
                self.text("id", Some(&head.id))?;
                self.text("name", Some(&head.name))?;
                self.text("title", head.title.as_ref())?;
                self.text("description", head.description.as_ref())?;
                self.text("language", head.language.as_ref())?;
                self.text("license", head.license.as_ref())?;
                match head.version.as_ref().map(|version| (version, version.parse::<u32>())) {
                    Some((version, Ok(number))) if *version == number.to_string() => self.line("version", version),
                    Some((version, _)) => self.line("version", &quoted(version)),
                    None => Ok(()),
                }
            }
            Record::Topic(topic) => {
                writeln!(self.out, "\n[[topic]]")?;
                self.text("id", Some(&topic.id))?;
                self.text("title", Some(&topic.title))?;
                self.text("primer", topic.primer.as_ref())?;
                self.text("try", topic.try_line.as_ref())
            }
            Record::Note(item) => self.note(item),
        }
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::NoteUid;
    use proptest::prelude::*;

    const MODEL: &str = include_str!("../../tests/it/data/model.toml");

    fn faults(text: &str) -> Vec<String> {
        parse(text).unwrap_err().into_iter().map(|f| format!("{} {} {}", f.place, f.rule, f.what)).collect()
    }

    #[test]
    fn every_kind_of_card_is_read() {
        let deck = parse(MODEL).unwrap();
        let kinds: Vec<&str> = deck.notes.iter().map(|note| note.text.kind.as_str()).collect();
        for kind in CARD_KINDS {
            assert!(kinds.contains(&kind.name()), "{}", kind.name());
        }
        assert_eq!(deck.topics[0].try_line.as_deref(), Some("Ask why before how."));
        assert_eq!(deck.notes[0].text.topic.as_deref(), Some("D09"), "the first source names the topic");
        assert_eq!(deck.head.version.as_deref(), Some("3"));
    }

    #[test]
    fn all_faults_are_found_at_once_with_their_places() {
        let text = "[deck]\nid = \"d\"\nnmae = \"x\"\n\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n\n[[topic]]\nid = \"t\"\ntitle = \"\"\n\n\
            [[card]]\nkey = \"a\"\nkind = \"basik\"\n\n[[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = 3\n\n\
            [[card]]\nkey = \"b\"\nkind = \"sort\"\nprompt = \"p\"\nanswer = \"x\"\ncategories = [\"l\", \"m\"]\ntopic = \"q\"\nafter = [\"zz\"]\n";
        assert_eq!(
            faults(text),
            [
                "3:1 unknown-field [deck] has no field `nmae`",
                "10:6 duplicate-topic the topic `t` is there already, in line 5",
                "11:9 missing-field `title` is empty",
                "15:8 unknown-kind `basik` is no kind of card",
                "17:1 missing-field the `basic` card has no `back`",
                "20:9 wrong-type `front` has to be a text, not integer",
                "23:7 duplicate-key the key `b` is taken: a card in line 17 has it",
                "26:10 card `x` is not among the categories",
                "28:9 unknown-topic there is no topic `q` in this file",
                "29:10 unknown-after `after` names `zz`, which is no key of this file",
            ]
        );
    }

    #[test]
    fn cards_that_wait_for_each_other_are_a_fault() {
        let card = |key: &str, after: &str| {
            format!(
                "[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{key}?\"\nback = \"x\"\nafter = [\"{after}\"]\n"
            )
        };
        let text = format!("[deck]\nid = \"d\"\n{}{}{}", card("a", "b"), card("b", "a"), card("c", "a"));
        let found = faults(&text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("wait for each other"));
        assert_eq!(faults(&format!("[deck]\nid = \"d\"\n{}", card("a", "a"))).len(), 1);
    }

    #[test]
    fn a_syntax_error_has_its_line_and_column() {
        let found = faults("[deck]\nid = \"d\n");
        assert!(found[0].starts_with("2:") && found[0].contains("syntax"), "{found:?}");
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_do_not_matter() {
        let text = "\u{feff}[deck]\r\nid = \"é\"\r\n[[card]]\r\nkey = \"k\"\r\nkind = \"basic\"\r\nfront = \"\"\"one\r\ntwo\"\"\"\r\nback = \"b\"\r\n";
        let deck = parse(&decode(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(deck.notes[0].text.text("front").lines().count(), 2);
        let found = faults("[deck]\r\nid = \"é\"\r\nxid = 1\r\n");
        assert_eq!(found, ["3:1 unknown-field [deck] has no field `xid`"]);
    }

    #[test]
    fn what_is_no_utf8_is_named_by_its_byte() {
        let bad = decode(b"[deck]\nid = \"caf\xe9\"\n").unwrap_err();
        assert_eq!((bad.1.place, bad.1.what.as_str()), (Place { line: 2, column: 10 }, "byte 0xe9 is no UTF-8"));
    }

    #[test]
    fn a_megabyte_in_a_field_and_a_nul_are_faults() {
        let card = |front: &str| {
            format!("[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"b\"\n")
        };
        assert!(faults(&card(&"x".repeat(LONGEST + 1)))[0].contains("too-large"));
        assert!(faults(&card("a\\u0000b"))[0].contains("nul"));
        assert!(parse(&card(&"x".repeat(LONGEST))).is_ok());
    }

    #[test]
    fn a_second_deck_is_refused_with_a_way_out() {
        let mut out = Vec::new();
        let mut writer = DeckToml.begin(&mut out).unwrap();
        writer.write(&Record::Deck(DeckHead::default())).unwrap();
        assert!(writer.write(&Record::Deck(DeckHead::default())).unwrap_err().to_string().contains("json"));
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["[a-z“”é\\\\\"' ]{1,20}", "\\PC{1,12}", "[a-z]{1,5}\n[ -~]{0,9}\n[a-z]{1,3}", "x[\u{1}-\u{1f}]y"]
            .prop_map(|text: String| text.trim().to_owned())
            .prop_filter("not blank", |text| !text.trim().is_empty() && !text.contains('\0') && !text.contains('\r'))
    }

    proptest! {
        #[test]
        fn what_is_exported_comes_back_equal(
            front in proptest::collection::vec(text(), 1..4), back in text(), extra in proptest::option::of(text()),
            tags in proptest::collection::vec(text(), 0..3), source in proptest::collection::vec("[A-Z][0-9]{2}", 0..2),
            held_out: bool,
        ) {
            let front = if front.len() == 1 { Value::Text(front[0].clone()) } else { Value::Texts(front) };
            let note = NoteText {
                kind: "basic".to_owned(),
                fields: Fields::from([("front".to_owned(), front), ("back".to_owned(), Value::Text(back))]),
                tags, source, extra, held_out,
                ..NoteText::default()
            };
            let item = Item {
                place: Place::default(),
                deck: None,
                identity: Identity::Uid(NoteUid::of_key("d", "k")),
                key: Some("k".to_owned()),
                text: note.clone(),
            };
            let mut out = Vec::new();
            let mut writer = DeckToml.begin(&mut out).unwrap();
            let head = DeckHead { id: "d".to_owned(), name: "a::d".to_owned(), version: Some("1.2".to_owned()), ..DeckHead::default() };
            writer.write(&Record::Deck(head.clone())).unwrap();
            writer.write(&Record::Note(Box::new(item))).unwrap();
            writer.finish().unwrap();
            let written = String::from_utf8(out).unwrap();
            let deck = parse(&written).map_err(|faults| TestCaseError::fail(format!("{written}\n{faults:?}")))?;
            prop_assert_eq!(&deck.notes[0].text, &note, "{}", written);
            prop_assert_eq!(deck.head, head);
        }
    }
}
