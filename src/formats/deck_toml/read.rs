//! Reading a deck file.

use crate::core::card::CardKind;
use crate::core::card::Fields;
use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::circles::circles;
use crate::core::compare::answer::Weight;
use crate::core::compare::answer::Weights;
use crate::core::id::NoteUid;
use crate::core::id::in_deck;
use crate::core::id::is_deck_id;
use crate::core::lines::Lines;
use crate::core::text::nearest;
use crate::formats::DeckHead;
use crate::formats::FileFault;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::NotThis;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::ReadSeek;
use crate::formats::Record;
use crate::formats::Sink;
use crate::formats::Topic;
use crate::formats::Warning;
use crate::formats::columns;
use crate::formats::columns::fault::NoteFault;
use crate::formats::deck_toml::DeckFile;
use crate::formats::deck_toml::DeckToml;
use crate::formats::deck_toml::deck_fault::DeckFault;
use crate::formats::deck_toml::deck_fault::Part;
use crate::formats::deck_toml::deck_fault::Wanted;
use crate::formats::deck_toml::faults::Faults;
use crate::formats::deck_toml::faults::Node;
use crate::formats::deck_toml::faults::place;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

/// The largest deck file; more cards than that stream better as CSV or JSONL.
pub const LARGEST: u64 = 64 << 20;

/// From this size on the person is told which formats are better for so many cards.
const LARGE: u64 = 32 << 20;

const DECK_FIELDS: [&str; 12] = [
    "id",
    "name",
    "title",
    "description",
    "language",
    "license",
    "version",
    "sequence",
    "accents",
    "case",
    "punctuation",
    "markup",
];
const TOPIC_FIELDS: [&str; 4] = ["id", "title", "primer", "try"];
const CARD_FIELDS: [&str; 14] = [
    "key", "id", "kind", "markup", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after", "held_out",
    "form",
];

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

/// Where a deck file has what stands in no card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadPlaces {
    /// The words of `sequence`, in its order.
    pub sequence: Vec<Place>,
    /// The topics, in their order.
    pub topics: Vec<Place>,
}

/// Where a deck file that [`parse`] can read has what stands in no card.
#[must_use]
pub fn places(text: &str) -> HeadPlaces {
    let mut faults = Faults::new(text);
    let Some(tree) = faults.tree() else { return HeadPlaces::default() };
    let head = tree.get_ref().get("deck").and_then(|node| node.get_ref().as_table());
    let words = head.and_then(|head| head.get("sequence")).and_then(|node| node.get_ref().as_array());
    let sequence: Vec<usize> = words.into_iter().flat_map(|words| words.iter()).map(|node| node.span().start).collect();
    let topics: Vec<usize> =
        tables(tree.get_ref(), "topic", &mut faults).iter().map(|(node, _)| node.span().start).collect();
    let place = |at: &usize| faults.place(*at);
    HeadPlaces { sequence: sequence.iter().map(place).collect(), topics: topics.iter().map(place).collect() }
}

/// The bytes of a deck file as text.
///
/// # Errors
/// A fault for the first byte that isn't UTF-8, with the text that it points into.
pub fn decode(bytes: &[u8]) -> Result<String, Box<(String, FileFault)>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map(|text| with_line_feeds(text).into_owned()).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or(0);
        let text = String::from_utf8_lossy(bytes).into_owned();
        // Everything before the first bad byte is the same in the lossy text.
        let place = place(Lines::of(&text).place(at));
        let span = at..at + '\u{fffd}'.len_utf8();
        let fault = FileFault { span, place, what: DeckFault::NotUtf8(byte) };
        Box::new((text, fault))
    })
}

/// A text whose lines all end as those of old Macs did, with the line ends that TOML has. A carriage return among other line ends
/// stays, and is a fault.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') && !text.contains('\n') { text.replace('\r', "\n").into() } else { text.into() }
}

fn read_tree(tree: &DeTable<'_>, faults: &mut Faults<'_>) -> DeckFile {
    let mut deck = DeckFile::default();
    for key in tree.keys() {
        if !["deck", "topic", "card"].contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), Part::File, &["deck", "topic", "card"]);
        }
    }
    match tree.get("deck") {
        None => faults.add(0..0, DeckFault::NoDeck),
        Some(node) => match node.get_ref().as_table() {
            Some(table) => deck.head = read_head(node, table, faults),
            None => faults.wrong_type(node, "deck", Wanted::Table),
        },
    }
    let mut topics: BTreeMap<String, Place> = BTreeMap::new();
    for (node, table) in tables(tree, "topic", faults) {
        let topic = read_topic(node, table, faults);
        if let Some(first) = topics.get(&topic.id).filter(|_| !topic.id.is_empty()) {
            let span = table.get("id").map_or_else(|| node.span(), Spanned::span);
            faults.add(span, DeckFault::DuplicateTopic { id: topic.id.clone(), line: first.line });
        }
        topics.insert(topic.id.clone(), faults.place(node.span().start));
        deck.topics.push(topic);
    }
    check_sequence(tree, &deck.head.id, &topics, faults);
    read_cards(tree, &topics, &mut deck, faults);
    deck
}

/// The tables of the array `name`.
pub(super) fn tables<'t, 'i>(
    tree: &'t DeTable<'i>,
    name: &str,
    faults: &mut Faults<'_>,
) -> Vec<(&'t Node<'i>, &'t DeTable<'i>)> {
    let Some(node) = tree.get(name) else { return Vec::new() };
    let Some(array) = node.get_ref().as_array() else {
        faults.wrong_type(node, name, Wanted::Tables);
        return Vec::new();
    };
    array
        .iter()
        .filter_map(|node| match node.get_ref().as_table() {
            Some(table) => Some((node, table)),
            None => {
                faults.wrong_type(node, name, Wanted::TableInArray);
                None
            }
        })
        .collect()
}

fn optional(table: &DeTable<'_>, field: &str, faults: &mut Faults<'_>) -> Option<String> {
    table.get(field).and_then(|node| faults.text(node, field))
}

fn required(node: &Node<'_>, table: &DeTable<'_>, field: &'static str, part: Part, faults: &mut Faults<'_>) -> String {
    match table.get(field) {
        Some(node) => faults.text(node, field).unwrap_or_default(),
        None => {
            faults.add(node.span(), DeckFault::Missing { part, field });
            String::new()
        }
    }
}

fn read_head(node: &Node<'_>, table: &DeTable<'_>, faults: &mut Faults<'_>) -> DeckHead {
    for key in table.keys() {
        if !DECK_FIELDS.contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), Part::Deck, &DECK_FIELDS);
        }
    }
    let id = required(node, table, "id", Part::Deck, faults);
    if let Some(node) = table.get("id").filter(|_| !id.is_empty() && !is_deck_id(&id)) {
        faults.add(node.span(), DeckFault::BadDeckId(id.clone()));
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
        sequence: table.get("sequence").and_then(|node| faults.texts(node, "sequence")),
        weights: read_weights(table, faults),
    }
}

fn read_weights(table: &DeTable<'_>, faults: &mut Faults<'_>) -> Weights {
    let mut weights = Weights::default();
    for field in Weights::NAMES {
        let Some(node) = table.get(field) else { continue };
        let Some(given) = faults.text(node, field) else { continue };
        let weight = Weight::of_name(&given);
        if weight.is_none() {
            faults.add(node.span(), DeckFault::NoWeight { field, given });
        }
        if let Some(place) = weights.of_name(field) {
            *place = weight;
        }
    }
    weights
}

/// Checks that the topics of its own that a deck's `sequence` names are there.
fn check_sequence(tree: &DeTable<'_>, deck: &str, topics: &BTreeMap<String, Place>, faults: &mut Faults<'_>) {
    let Some(head) = tree.get("deck").and_then(|node| node.get_ref().as_table()) else { return };
    let Some(words) = head.get("sequence").and_then(|node| node.get_ref().as_array()) else { return };
    for node in words.iter() {
        let Some((of, id)) = node.get_ref().as_str().map(|word| in_deck(deck, word)) else { continue };
        if of == deck && !topics.contains_key(id) {
            let near = nearest(id, topics.keys().map(String::as_str)).map(str::to_owned);
            faults.add(node.span(), DeckFault::UnknownTopic { id: id.to_owned(), near });
        }
    }
}

/// The markup that a deck or a card names, if it does.
fn markup(table: &DeTable<'_>, faults: &mut Faults<'_>) -> Option<Markup> {
    let node = table.get("markup")?;
    let name = faults.text(node, "markup")?;
    let found = Markup::of_name(&name);
    if found.is_none() {
        faults.add(node.span(), DeckFault::NoMarkup(name));
    }
    found
}

fn read_topic(node: &Node<'_>, table: &DeTable<'_>, faults: &mut Faults<'_>) -> Topic {
    for key in table.keys() {
        if !TOPIC_FIELDS.contains(&key.get_ref().as_ref()) {
            faults.unknown(key.span(), key.get_ref(), Part::Topic, &TOPIC_FIELDS);
        }
    }
    Topic {
        id: required(node, table, "id", Part::Topic, faults),
        title: optional(table, "title", faults).unwrap_or_default(),
        primer: optional(table, "primer", faults),
        try_line: optional(table, "try", faults),
    }
}

fn read_cards(tree: &DeTable<'_>, topics: &BTreeMap<String, Place>, deck: &mut DeckFile, faults: &mut Faults<'_>) {
    let mut keys: BTreeMap<String, Place> = BTreeMap::new();
    let mut uids: BTreeMap<NoteUid, String> = BTreeMap::new();
    let mut waits: Vec<(String, String, Range<usize>)> = Vec::new();
    let head = tree.get("deck").and_then(|node| node.get_ref().as_table());
    let usual = head.and_then(|head| markup(head, faults)).unwrap_or_default();
    for (node, table) in tables(tree, "card", faults) {
        let key = required(node, table, "key", Part::Card, faults);
        let place = faults.place(node.span().start);
        let uid = read_uid(table, faults);
        if let Some(uid) = uid
            && uids.insert(uid, key.clone()).is_some()
        {
            faults.add(table.get("id").map_or_else(|| node.span(), Spanned::span), DeckFault::DuplicateId);
        }
        if let (Some(first), Some(at)) = (keys.get(&key).filter(|_| !key.is_empty()), table.get("key")) {
            faults.add(at.span(), DeckFault::DuplicateKey { key: key.clone(), line: first.line });
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
        if let Some(mut text) = read_card(node, table, topics, faults) {
            if !table.contains_key("markup") {
                text.markup = usual;
            }
            let unseen = kind(&text.kind).and_then(|kind| columns::unseen(kind, &text));
            let what = match unseen {
                Some(NoteFault::ShowsNothing(field)) => Some((field, DeckFault::Empty(field.to_owned()))),
                Some(NoteFault::Card(fault)) => Some((fault.field(), DeckFault::Card(fault))),
                _ => None,
            };
            if let Some((field, what)) = what {
                faults.add(table.get(field).map_or_else(|| node.span(), Spanned::span), what);
            }
            let identity = uid.map_or_else(|| Identity::Key(key.clone()), Identity::Uid);
            deck.notes.push(Item { place, deck: None, identity, key: Some(key), text, says: Said::ALL });
        }
    }
    check_waits(Some(&deck.head.id), &Names { keys: &keys, uids: &uids }, &waits, faults);
}

/// The `id` of a card: who it is where its key doesn't tell.
fn read_uid(table: &DeTable<'_>, faults: &mut Faults<'_>) -> Option<NoteUid> {
    let node = table.get("id")?;
    let id = faults.text(node, "id")?;
    let uid = NoteUid::from_hex(&id);
    if uid.is_none() {
        faults.add(node.span(), DeckFault::BadCardId(id));
    }
    uid
}

/// The names that the cards of a file have.
pub(super) struct Names<'n> {
    /// Their keys.
    pub(super) keys: &'n BTreeMap<String, Place>,
    /// The ids that they have beside their keys, with these.
    pub(super) uids: &'n BTreeMap<NoteUid, String>,
}

impl Names<'_> {
    /// The key of the card that a word of the file names: it may be one that it had before.
    fn key_of(&self, deck: &str, word: &str) -> Option<&str> {
        let key = self.keys.get_key_value(word).map(|(key, _)| key);
        key.or_else(|| self.uids.get(&NoteUid::of_key(deck, word))).map(String::as_str)
    }
}

/// Keys among which the nearest is looked for.
const MOST_NEAR: usize = 10_000;

/// Faults of which it is said what was meant; to look for it takes long where there are many keys.
const MOST_MEANT: usize = 50;

/// Checks that `after` names keys of the file, and that no cards wait for each other. What it names in another deck than
/// `deck` is not known here.
pub(super) fn check_waits(
    deck: Option<&str>,
    names: &Names<'_>,
    waits: &[(String, String, Range<usize>)],
    faults: &mut Faults<'_>,
) {
    let mut graph: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let deck = deck.unwrap_or_default();
    let own = |wanted: &'_ str| {
        let (of, key) = in_deck(deck, wanted);
        (of == deck).then(|| names.key_of(deck, key).unwrap_or(key).to_owned())
    };
    let waits = waits.iter().filter_map(|(key, wanted, span)| Some((key.clone(), own(wanted)?, span.clone())));
    let waits: Vec<(String, String, Range<usize>)> = waits.collect();
    for (key, wanted, span) in &waits {
        if names.keys.contains_key(wanted) {
            graph.entry(key).or_default().push(wanted);
        } else {
            let few = names.keys.len() <= MOST_NEAR && faults.found.len() < MOST_MEANT;
            let keys = names.keys.keys().filter(|_| few).map(String::as_str);
            let near = nearest(wanted, keys).map(str::to_owned);
            faults.add(span.clone(), DeckFault::UnknownAfter { key: wanted.clone(), near });
        }
    }
    let circles = circles(&graph);
    let circle_of: BTreeMap<&str, usize> =
        circles.iter().enumerate().flat_map(|(number, circle)| circle.iter().map(move |key| (*key, number))).collect();
    for (key, wanted, span) in &waits {
        let (key, wanted) = (key.as_str(), wanted.as_str());
        if circle_of.get(key).is_some_and(|circle| circle_of.get(wanted) == Some(circle)) {
            faults.add(span.clone(), DeckFault::WaitingCircle { key: key.to_owned(), wanted: wanted.to_owned() });
        }
    }
}

/// The text of a card. `None` if its kind is unknown.
pub(super) fn read_card(
    node: &Node<'_>,
    table: &DeTable<'_>,
    topics: &BTreeMap<String, Place>,
    faults: &mut Faults<'_>,
) -> Option<NoteText> {
    let name = required(node, table, "kind", Part::Card, faults);
    let kind = kind(&name);
    if let (None, Some(node)) = (kind, table.get("kind").filter(|_| !name.is_empty())) {
        faults.add(node.span(), DeckFault::UnknownKind(name.clone()));
    }
    // The fields that every kind has are checked even if the kind is unknown: all faults at once.
    let mut fields = None;
    if let Some(kind) = kind {
        let own = kind.fields().iter().map(|field| field.name);
        let known: Vec<&'static str> = CARD_FIELDS.into_iter().chain(own).collect();
        for key in table.keys() {
            if !known.contains(&key.get_ref().as_ref()) {
                faults.unknown(key.span(), key.get_ref(), Part::CardOf(kind.name()), &known);
            }
        }
        let before = faults.found.len();
        let read = read_fields(node, table, kind, faults);
        if faults.found.len() == before {
            for fault in kind.check(&read) {
                let span = table.get(fault.field()).map_or_else(|| node.span(), Spanned::span);
                faults.add(span, DeckFault::Card(fault));
            }
        }
        fields = Some(read);
    }
    let mut texts = |field: &str| table.get(field).and_then(|node| faults.texts(node, field)).unwrap_or_default();
    let (tags, source, after) = (texts("tags"), texts("source"), texts("after"));
    let topic = match table.get("topic") {
        Some(node) => {
            // An empty one says that there is none, although the first source would be one.
            let topic = faults.text_or_empty(node, "topic").filter(|topic| !topic.is_empty());
            if let Some(id) = topic.as_ref().filter(|id| !topics.contains_key(*id)) {
                let near = nearest(id, topics.keys().map(String::as_str)).map(str::to_owned);
                faults.add(node.span(), DeckFault::UnknownTopic { id: id.clone(), near });
            }
            topic
        }
        None => source.first().filter(|id| topics.contains_key(*id)).cloned(),
    };
    let held_out = match table.get("held_out") {
        Some(node) => match node.get_ref().as_bool() {
            Some(held_out) => held_out,
            None => {
                faults.wrong_type(node, "held_out", Wanted::Bool);
                false
            }
        },
        None => false,
    };
    let form = match table.get("form") {
        Some(node) => faults.text(node, "form").and_then(|name| {
            let form = Form::of_name(&name);
            if form.is_none() {
                faults.add(node.span(), DeckFault::NoForm(name));
            }
            form
        }),
        None => None,
    };
    let markup = markup(table, faults).unwrap_or_default();
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
        form,
        media: std::collections::BTreeMap::new(),
        // Last, so that `?` doesn't skip the lines above, which look for faults too.
        fields: fields?,
        markup,
    })
}

fn read_fields(node: &Node<'_>, table: &DeTable<'_>, kind: &dyn CardKind, faults: &mut Faults<'_>) -> Fields {
    let mut fields = Fields::new();
    for field in kind.fields() {
        let Some(value) = table.get(field.name) else {
            if field.required {
                faults.add(node.span(), DeckFault::Missing { part: Part::CardOf(kind.name()), field: field.name });
            }
            continue;
        };
        let read = match (field.shape, value.get_ref().as_array()) {
            (Shape::Text, _) | (Shape::Variants, None) => faults.text(value, field.name).map(Value::Text),
            (Shape::Variants | Shape::Texts | Shape::Days, Some(array)) if array.is_empty() => {
                faults.add(value.span(), DeckFault::EmptyArray(field.name));
                None
            }
            (Shape::Variants | Shape::Texts, _) => faults.texts(value, field.name).map(Value::Texts),
            (Shape::Days, _) => faults.days(value, field.name).map(Value::Texts),
        };
        // White space may be the text of a hint, but nobody can be asked it.
        let is_blank = |read: &Value| read.texts().iter().any(|text| text.trim().is_empty());
        if read.as_ref().is_some_and(is_blank) {
            faults.add(value.span(), DeckFault::Empty(field.name.to_owned()));
        } else if let Some(read) = read {
            fields.insert(field.name.to_owned(), read);
        }
    }
    fields
}

impl Importer for DeckToml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn sniff(&self, file_name: &str, head: &[u8]) -> bool {
        file_name.to_lowercase().ends_with(".toml")
            || head.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| line.trim_ascii() == b"[deck]")
    }

    fn read(&self, input: &mut dyn ReadSeek, _: &ReadOptions, sink: Sink<'_>) -> Result<(), FormatError> {
        let mut bytes = Vec::new();
        input.take(LARGEST + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
            return Err(FormatError::NotThis(NotThis::DeckTooLarge));
        }
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGE {
            sink(ImportItem::Warning(Warning::LargeDeck(bytes.len() >> 20)))?;
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
