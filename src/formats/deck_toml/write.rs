//! Writing a deck file.

use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::id::in_deck;
use crate::core::text::Escapes;
use crate::core::text::escape_unsafe;
use crate::core::text::has_unsafe;
use crate::core::text::one_line;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::RecordWriter;
use crate::formats::deck_toml::DeckToml;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;

impl Exporter for DeckToml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn admits(&self, decks: usize) -> io::Result<()> {
        one_deck(decks)
    }

    fn begin<'a>(&self, out: &'a mut dyn Write) -> io::Result<Box<dyn RecordWriter + 'a>> {
        Ok(Box::new(Writer { out, decks: 0, deck: String::new(), keys: BTreeSet::new(), waits: Vec::new() }))
    }
}

/// A deck file being written.
struct Writer<'a> {
    out: &'a mut dyn Write,
    decks: usize,
    /// The id of the deck.
    deck: String,
    keys: BTreeSet<String>,
    /// Keys of cards, each with one of those that it waits for.
    waits: Vec<(String, String)>,
}

/// A text as TOML, on several lines if it has several. What could drive a terminal is escaped, as in JSON.
pub(super) fn quoted(text: &str) -> String {
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
        // White space before a line end is written as it is, although an editor may strip it.
        out.push_str("\"\"\"");
        out
    } else if has_unsafe(text) {
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
    escape_unsafe(&plain, Escapes::Toml)
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
        self.waits.extend(item.text.after.iter().map(|after| (key.clone(), after.clone())));
        self.keys.insert(key);
        Ok(())
    }
}

/// The field of a record that holds a NUL character, if one does.
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

/// Why a deck file can't hold something that the other formats can.
fn refused(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{reason}: use --format json"))
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
            return Err(refused(format!("a `{field}` holds a NUL character, which no deck file may")));
        }
        match record {
            Record::Deck(head) => {
                self.decks += 1;
                one_deck(self.decks)?;
                self.deck.clone_from(&head.id);
                writeln!(self.out, "[deck]")?;
                self.text("id", Some(&head.id))?;
                self.text("name", Some(&head.name))?;
                self.text("title", head.title.as_ref())?;
                self.text("description", head.description.as_ref())?;
                self.text("language", head.language.as_ref())?;
                self.text("license", head.license.as_ref())?;
                match head.version.as_ref().map(|version| (version, version.parse::<u32>())) {
                    Some((version, Ok(number))) if *version == number.to_string() => self.line("version", version)?,
                    Some((version, _)) => self.line("version", &quoted(version))?,
                    None => {}
                }
                match head.sequence.as_deref() {
                    Some(sequence) if !sequence.is_empty() => self.line("sequence", &array(sequence)),
                    Some(_) | None => Ok(()),
                }
            }
            Record::Topic(topic) => {
                writeln!(self.out, "\n[[topic]]")?;
                self.text("id", Some(&topic.id))?;
                // A topic that is only named has no title, and a file has to give one.
                let title = if topic.title.trim().is_empty() { &topic.id } else { &topic.title };
                self.text("title", Some(title))?;
                self.text("primer", topic.primer.as_ref())?;
                self.text("try", topic.try_line.as_ref())
            }
            Record::Note(item) => self.note(item),
        }
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        // Whoever reads the file would refuse it.
        let is_lost = |after: &str| {
            let (deck, wanted) = in_deck(&self.deck, after);
            deck == self.deck && !self.keys.contains(wanted)
        };
        if let Some((key, after)) = self.waits.iter().find(|(_, after)| is_lost(after)) {
            let [key, after] = [key, after].map(|text| one_line(text));
            return Err(refused(format!("`{key}` comes after `{after}`, which is not among the cards of this file")));
        }
        self.out.flush()
    }
}
