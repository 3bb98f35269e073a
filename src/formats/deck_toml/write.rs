//! Writing a deck file.

use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::core::id::in_deck;
use crate::core::id::is_deck_id;
use crate::core::text::one_line;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::Topic;
use crate::formats::deck_toml::DeckToml;
use crate::formats::deck_toml::deck_fault::DeckFault;
use crate::formats::deck_toml::faults::Faults;
use crate::formats::deck_toml::read::LARGEST;
use crate::formats::deck_toml::read::Names;
use crate::formats::deck_toml::read::check_waits;
use crate::formats::deck_toml::strings::quoted;
use crate::formats::faithful;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;
use std::ops::Range;

impl Exporter for DeckToml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn admits(&self, decks: usize) -> io::Result<()> {
        one_deck(decks)
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        Ok(Box::new(Writer {
            out,
            written: 0,
            decks: 0,
            deck: String::new(),
            sequence: Vec::new(),
            topics: BTreeSet::new(),
            keys: BTreeMap::new(),
            uids: BTreeMap::new(),
            waits: Vec::new(),
        }))
    }
}

/// A deck file being written.
struct Writer<'a> {
    out: &'a mut dyn Write,
    /// Bytes so far.
    written: usize,
    decks: usize,
    /// The id of the deck.
    deck: String,
    /// Its topics in the order of their cards.
    sequence: Vec<String>,
    /// Ids of the topics so far.
    topics: BTreeSet<String>,
    keys: BTreeMap<String, Place>,
    /// Ids of the cards that are written with one.
    uids: BTreeMap<NoteUid, String>,
    /// Keys of cards, each with one of those that it waits for.
    waits: Vec<(String, String, Range<usize>)>,
}

fn array(texts: &[String]) -> String {
    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    let line = format!("[{}]", items.join(", "));
    if line.chars().count() <= 100 { line } else { format!("[\n  {},\n]", items.join(",\n  ")) }
}

/// The lines of a card, in their usual order: each field with its value as TOML.
pub(super) fn card_lines(key: Option<&str>, text: &NoteText) -> Vec<(String, String)> {
    let names: Vec<(&str, Option<Shape>)> = kind(&text.kind).map_or_else(
        || text.fields.keys().map(|name| (name.as_str(), None)).collect(),
        |kind| kind.fields().iter().map(|field| (field.name, Some(field.shape))).collect(),
    );
    let one = |text: Option<&String>| text.map(|text| quoted(text));
    let several = |texts: &[String]| (!texts.is_empty()).then(|| array(texts));
    let mut lines = vec![("key", key.map(quoted)), ("kind", Some(quoted(&text.kind)))];
    lines.extend(names.into_iter().map(|(name, shape)| {
        let value = match text.fields.get(name) {
            Some(Value::Text(value)) => Some(quoted(value)),
            Some(Value::Texts(days)) if shape == Some(Shape::Days) => Some(format!("[{}]", days.join(", "))),
            Some(Value::Texts(values)) => Some(array(values)),
            None => None,
        };
        (name, value)
    }));
    // A reader takes the first source for the topic, so that one isn't written twice.
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
        ("form", text.form.map(|form| quoted(form.name()))),
        ("markup", (!text.markup.is_usual()).then(|| quoted(text.markup.name()))),
    ]);
    lines.into_iter().filter_map(|(field, value)| Some((field.to_owned(), value?))).collect()
}

impl Writer<'_> {
    fn line(&mut self, field: &str, value: &str) -> io::Result<()> {
        self.written += field.len() + value.len() + 4;
        if u64::try_from(self.written).unwrap_or(u64::MAX) > LARGEST - 64 {
            return Err(faithful::refused("a deck file may have 64 MB, and this deck has more"));
        }
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
            Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id).to_string(),
            Identity::None => String::new(),
        });
        let named = |reason: String| faithful::refused(&format!("the card `{}` {reason}", one_line(&key)));
        faithful::check(item)?;
        if key.is_empty() {
            return Err(named("has no `key`".to_owned()));
        }
        if !item.text.media.is_empty() {
            return Err(named("has `media`".to_owned()));
        }
        if self.keys.contains_key(&key) {
            return Err(named("has a `key` that another one of this file has, too".to_owned()));
        }
        let topic = item.text.topic.as_ref().filter(|topic| !self.topics.contains(*topic));
        if let Some(topic) = topic.cloned() {
            // It was named in another deck, from which the card came.
            self.topic(&Topic { id: topic, ..Topic::default() })?;
        }
        self.written += 10;
        writeln!(self.out, "\n[[card]]")?;
        let first = item.text.source.first();
        for (field, value) in card_lines(Some(&key), &item.text) {
            self.line(&field, &value)?;
            if field == "key" {
                self.uid(item, &key)?;
            }
            if field == "source" && item.text.topic.is_none() && first.is_some_and(|id| self.topics.contains(id)) {
                self.line("topic", "\"\"")?;
            }
        }
        self.waits.extend(item.text.after.iter().map(|after| (key.clone(), after.clone(), 0..0)));
        self.keys.insert(key, Place::default());
        Ok(())
    }

    /// Writes the id of a card where its key doesn't tell it: it had another key or was in another deck before.
    fn uid(&mut self, item: &Item, key: &str) -> io::Result<()> {
        let uid = match &item.identity {
            Identity::Uid(uid) => *uid,
            Identity::Foreign { namespace, id } => NoteUid::of_foreign(namespace, id),
            Identity::Key(_) | Identity::None => return Ok(()),
        };
        let looks_like_an_id = item.key.is_some() && NoteUid::in_place_of_key(key).is_some();
        if NoteUid::of_file_key(&self.deck, key) == uid && !looks_like_an_id {
            return Ok(());
        }
        self.uids.insert(uid, key.to_owned());
        self.line("id", &quoted(&uid.to_string()))
    }

    fn topic(&mut self, topic: &Topic) -> io::Result<()> {
        self.written += 11;
        writeln!(self.out, "\n[[topic]]")?;
        self.text("id", Some(&topic.id))?;
        // A topic that is only named has no title.
        self.text("title", Some(&topic.title).filter(|title| !title.is_empty()))?;
        self.text("primer", topic.primer.as_ref())?;
        self.text("try", topic.try_line.as_ref())?;
        self.topics.insert(topic.id.clone());
        Ok(())
    }
}

/// The field of a record that contains a NUL character, if one does.
fn field_with_nul(record: &Record) -> Option<&str> {
    let has_nul = |text: &&String| text.contains('\0');
    let of = |fields: &[(&'static str, Option<&String>)]| {
        fields.iter().find(|(_, text)| text.as_ref().is_some_and(has_nul)).map(|(field, _)| *field)
    };
    match record {
        Record::Deck(head) => of(&[
            ("id", Some(&head.id)),
            ("name", Some(&head.name)),
            ("title", head.title.as_ref()),
            ("description", head.description.as_ref()),
            ("language", head.language.as_ref()),
            ("license", head.license.as_ref()),
            ("version", head.version.as_ref()),
            ("sequence", head.sequence.iter().flatten().find(|word| word.contains('\0'))),
        ]),
        Record::Topic(topic) => of(&[
            ("id", Some(&topic.id)),
            ("title", Some(&topic.title)),
            ("primer", topic.primer.as_ref()),
            ("try", topic.try_line.as_ref()),
        ]),
        Record::Note(item) => {
            let named = item.text.named_texts().find(|(_, text)| text.contains('\0')).map(|(field, _)| field);
            named.or_else(|| of(&[("key", item.key.as_ref())]))
        }
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
        if let Some(field) = field_with_nul(record) {
            return Err(faithful::refused(&format!("a `{field}` contains a NUL character, which no deck file may")));
        }
        faithful::check_head(record)?;
        match record {
            Record::Deck(head) => {
                self.decks += 1;
                one_deck(self.decks)?;
                if !is_deck_id(&head.id) {
                    let reason = format!("the `id` `{}` of the deck can't be one in a deck file", one_line(&head.id));
                    return Err(faithful::refused(&reason));
                }
                self.deck.clone_from(&head.id);
                writeln!(self.out, "[deck]")?;
                self.text("id", Some(&head.id))?;
                self.text("name", Some(&head.name).filter(|name| !name.is_empty()))?;
                self.text("title", head.title.as_ref())?;
                self.text("description", head.description.as_ref())?;
                self.text("language", head.language.as_ref())?;
                self.text("license", head.license.as_ref())?;
                match head.version.as_ref().map(|version| (version, version.parse::<u32>())) {
                    Some((version, Ok(number))) if *version == number.to_string() => self.line("version", version)?,
                    Some((version, _)) => self.line("version", &quoted(version))?,
                    None => {}
                }
                for (field, weight) in head.weights.named() {
                    if let Some(weight) = weight {
                        self.line(field, &quoted(weight.name()))?;
                    }
                }
                if let Some(sequence) = &head.sequence {
                    self.sequence.clone_from(sequence);
                    self.line("sequence", &array(sequence))?;
                }
                Ok(())
            }
            Record::Topic(topic) => self.topic(topic),
            Record::Note(item) => self.note(item),
        }
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        // Whoever reads the file would refuse it.
        let mut faults = Faults::new("");
        check_waits(Some(&self.deck), &Names { keys: &self.keys, uids: &self.uids }, &self.waits, &mut faults);
        if let Some(fault) = faults.found.first() {
            let reason = match &fault.what {
                DeckFault::UnknownAfter { key: wanted, .. } => {
                    let card = self.waits.iter().find(|(_, after, _)| in_deck(&self.deck, after).1 == wanted);
                    let key = one_line(card.map_or("", |(key, ..)| key));
                    format!("`{key}` comes `after` `{}`, which is not among the cards of this file", one_line(wanted))
                }
                other => one_line(&other.to_string()),
            };
            return Err(faithful::refused(&reason));
        }
        let is_lost = |word: &&String| {
            let (deck, topic) = in_deck(&self.deck, word);
            deck == self.deck && !self.topics.contains(topic)
        };
        if let Some(lost) = self.sequence.iter().find(is_lost) {
            let reason = format!("the `sequence` names `{}`, which is not a topic of the deck", one_line(lost));
            return Err(faithful::refused(&reason));
        }
        self.out.flush()
    }
}
