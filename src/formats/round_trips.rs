//! Each exporter gives records back equal, or refuses them and names the field: whatever stands in them.

use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::id::MediaHash;
use crate::core::id::NoteUid;
use crate::core::id::is_deck_id;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::Record;
use crate::formats::Topic;
use crate::formats::csv::CSV;
use crate::formats::csv::CSV_OUT;
use crate::formats::csv::TSV;
use crate::formats::csv::TSV_OUT;
use crate::formats::deck_toml::DeckToml;
use crate::formats::json::JsonDocument;
use crate::formats::jsonl::JsonLines;
use crate::formats::testing::any_records;
use crate::formats::testing::config;
use crate::formats::testing::read;
use crate::formats::testing::records;
use proptest::prelude::*;
use std::io;

/// What some format, editor or system has trouble with.
const ODD: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{9b}",
    "\u{2028}",
    "\u{feff}",
    "\u{a0}",
    "\u{200b}",
    "\u{202e}",
    "e\u{301}",
    "\u{e9}",
    "가\u{11a8}",
    "𝕏",
    "|",
    "\n|\n",
    "\\|",
    "\\",
    "\\:",
    "\\n",
    "\\r",
    "\\u0041",
    "'''",
    "\"\"\"",
    "\"",
    "'",
    "#",
    "#tags:x",
    "=1+1",
    "-",
    "@",
    "{{c1::x}}",
    "{{c1::",
    "}}",
    "::",
    ",",
    ";",
    "/",
    "..",
    "<b>",
    "a",
    "word",
    "two words",
    "[deck]",
    "35a38e856193508e25bdabed8d6d3676",
    "null",
];

fn odd() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(ODD);
    prop_oneof![
        prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        prop::collection::vec(prop::char::range('\0', '\u{a1}'), 0..6).prop_map(|chars| chars.into_iter().collect()),
    ]
}

/// Puts odd texts in the places of others, some of the time.
struct Odd {
    texts: Vec<Option<String>>,
    at: usize,
}

impl Odd {
    fn next(&mut self) -> Option<String> {
        self.at += 1;
        self.texts.get((self.at - 1) % self.texts.len()).cloned().flatten()
    }

    fn change(&mut self, text: &mut String) {
        if let Some(odd) = self.next() {
            *text = odd;
        }
    }

    fn change_any(&mut self, text: &mut Option<String>) {
        if let Some(odd) = self.next() {
            *text = Some(odd).filter(|odd| odd != "null");
        }
    }

    /// A name is never empty: then it is none.
    fn change_name(&mut self, text: &mut String) {
        if let Some(odd) = self.next().filter(|odd| !odd.is_empty()) {
            *text = odd;
        }
    }

    fn note(&mut self, item: &mut Item) {
        let NoteText { fields, markup, tags, source, topic, speaker, hint, extra, group, after, media, .. } =
            &mut item.text;
        for value in fields.values_mut() {
            match value {
                Value::Text(text) => self.change(text),
                Value::Texts(texts) => texts.iter_mut().for_each(|text| self.change(text)),
            }
        }
        for words in [tags, source, after] {
            words.iter_mut().for_each(|word| self.change(word));
        }
        for text in [topic, speaker, hint, extra, group] {
            self.change_any(text);
        }
        *markup = [Markup::Markdown, Markup::Plain, Markup::Html][self.at % 3];
        if self.at.is_multiple_of(37) {
            media.insert("a.png".to_owned(), MediaHash([7; 32]));
        }
        if let Some(deck) = &mut item.deck {
            self.change_name(deck);
        }
        match (&mut item.identity, &mut item.key) {
            (Identity::Key(key), _) | (_, Some(key)) => self.change_name(key),
            _ => {}
        }
    }

    fn record(&mut self, record: &mut Record) {
        match record {
            Record::Deck(DeckHead {
                id,
                name,
                title,
                description,
                language,
                license,
                version,
                sequence,
                weights: _,
            }) => {
                self.change_name(id);
                self.change_name(name);
                for text in [title, description, language, license, version] {
                    self.change_any(text);
                }
                *sequence = self.next().map(|word| vec![word, "x/y".to_owned()]);
            }
            Record::Topic(topic) => {
                self.change_name(&mut topic.id);
                self.change(&mut topic.title);
                self.change_any(&mut topic.primer);
                self.change_any(&mut topic.try_line);
            }
            Record::Note(item) => self.note(item),
        }
    }
}

/// Records with odd texts in them; `seldom` so that whole records of them are written.
fn odd_records(seldom: bool) -> impl Strategy<Value = Vec<Record>> {
    let weight = if seldom { 0.08 } else { 0.5 };
    let texts = prop::collection::vec(prop::option::weighted(weight, odd()), 7..60);
    (any_records(false), texts).prop_map(|(mut records, texts)| {
        let mut odd = Odd { texts, at: 0 };
        records.iter_mut().for_each(|record| odd.record(record));
        records
    })
}

/// The bytes; nothing where the exporter refuses and names a field.
fn exported(exporter: &dyn Exporter, records: &[Record]) -> Result<Option<Vec<u8>>, TestCaseError> {
    let mut bytes = Vec::new();
    let mut write = || -> io::Result<()> {
        let mut writer = exporter.begin(&mut bytes)?;
        records.iter().try_for_each(|record| writer.write(record))?;
        writer.finish()
    };
    match write() {
        Ok(()) => Ok(Some(bytes)),
        Err(error) => {
            prop_assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            let said = error.to_string();
            prop_assert!(said.contains('`') || said.contains(" empty;") || said.contains(": "), "{}", said);
            Ok(None)
        }
    }
}

fn read_back(importer: &dyn Importer, name: &str, bytes: &[u8]) -> Result<Vec<Record>, TestCaseError> {
    let (outcomes, result) = read(importer, name, bytes);
    let text = String::from_utf8_lossy(bytes).into_owned();
    result.map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
    if let Some(bad) = outcomes.iter().find(|outcome| !matches!(outcome, crate::formats::ImportItem::Record(_))) {
        return Err(TestCaseError::fail(format!("{bad:?}\n{text}")));
    }
    Ok(records(outcomes))
}

/// The records as a table has them: notes alone, each with its deck.
fn as_rows(given: &[Record]) -> Vec<Record> {
    let mut current = None;
    let mut rows = Vec::new();
    for record in given {
        match record {
            Record::Deck(head) => current = Some(if is_deck_id(&head.name) { &head.name } else { &head.id }),
            Record::Topic(_) => {}
            Record::Note(item) => {
                let deck = item.deck.as_ref().or(current).cloned();
                rows.push(Record::Note(Box::new(Item { deck, ..(**item).clone() })));
            }
        }
    }
    rows
}

/// The first deck of the records as a deck file has it: what cards come after and the sequence name what is there.
fn as_one_deck(given: &[Record], coherent: bool) -> Vec<Record> {
    let is_head = |record: &Record| matches!(record, Record::Deck(_));
    let mut one: Vec<Record> = given.iter().take(1).cloned().collect();
    one.extend(given.iter().skip(1).take_while(|record| !is_head(record)).cloned());
    let topics: Vec<String> = one
        .iter()
        .filter_map(|record| if let Record::Topic(topic) = record { Some(topic.id.clone()) } else { None })
        .collect();
    let mut before: Option<String> = None;
    for record in &mut one {
        match record {
            Record::Deck(head) if coherent => {
                head.sequence =
                    head.sequence.as_ref().map(|_| topics.iter().filter(|id| !id.contains('/')).cloned().collect());
            }
            Record::Deck(_) | Record::Topic(_) => {}
            Record::Note(item) => {
                item.deck = None;
                if coherent {
                    let wanted =
                        before.clone().filter(|key| !key.contains('/')).unwrap_or_else(|| "other/x".to_owned());
                    item.text.after.iter_mut().for_each(|word| word.clone_from(&wanted));
                }
                before = match &item.identity {
                    Identity::Key(key) => Some(key.clone()),
                    _ => item.key.clone(),
                };
            }
        }
    }
    one
}

/// Who a note of a deck file is, and the key by which people know it.
fn known_as(deck: &str, item: &Item) -> (NoteUid, Option<String>) {
    match (&item.identity, &item.key) {
        (Identity::Uid(uid), key) => (*uid, key.clone()),
        (Identity::Key(key), _) => {
            (NoteUid::of_file_key(deck, key), Some(key.clone()).filter(|key| NoteUid::in_place_of_key(key).is_none()))
        }
        (identity, _) => panic!("{identity:?}"),
    }
}

fn check_deck_file(given: &[Record]) -> Result<(), TestCaseError> {
    let Some(Record::Deck(head)) = given.first() else { return Ok(()) };
    let Some(bytes) = exported(&DeckToml, given)? else { return Ok(()) };
    let found = read_back(&DeckToml, "x.toml", &bytes)?;
    let text = String::from_utf8(bytes).unwrap();
    prop_assert_eq!(&found[0], &given[0], "{}", text);
    let topics = |records: &[Record]| -> Vec<Topic> {
        records
            .iter()
            .filter_map(|record| if let Record::Topic(topic) = record { Some(topic.clone()) } else { None })
            .collect()
    };
    let notes = |records: &[Record]| -> Vec<((NoteUid, Option<String>), NoteText)> {
        let note = |record: &Record| match record {
            Record::Note(item) => Some((known_as(&head.id, item), item.text.clone())),
            _ => None,
        };
        records.iter().filter_map(note).collect()
    };
    let (known, mut read) = (topics(given), topics(&found));
    // A topic that only cards name is written with nothing but its id.
    read.retain(|topic| known.contains(topic) || *topic != Topic { id: topic.id.clone(), ..Topic::default() });
    prop_assert_eq!(read, known, "{}", text);
    prop_assert_eq!(notes(&found), notes(given), "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn odd_records_come_back_from_json_or_are_refused(seldom in odd_records(true), often in odd_records(false)) {
        for given in [seldom, often] {
            if let Some(bytes) = exported(&JsonDocument, &given)? {
                prop_assert_eq!(read_back(&JsonDocument, "x.json", &bytes)?, given);
            }
        }
    }

    #[test]
    fn odd_records_come_back_from_lines_of_json_or_are_refused(seldom in odd_records(true), often in odd_records(false)) {
        for given in [seldom, often] {
            if let Some(bytes) = exported(&JsonLines, &given)? {
                prop_assert_eq!(read_back(&JsonLines, "x.jsonl", &bytes)?, given);
            }
        }
    }

    #[test]
    fn odd_records_come_back_from_a_table_or_are_refused(
        seldom in odd_records(true), often in odd_records(false), crlf: bool, tabs: bool,
    ) {
        let (exporter, importer) = if tabs { (&TSV_OUT, &TSV) } else { (&CSV_OUT, &CSV) };
        for given in [seldom, often] {
            let rows = as_rows(&given);
            if rows.is_empty() {
                continue;
            }
            if let Some(bytes) = exported(exporter, &given)? {
                let text = String::from_utf8(bytes).unwrap();
                let text = if crlf { text.replace('\n', "\r\n") } else { text };
                prop_assert_eq!(read_back(importer, "x", text.as_bytes())?, rows, "{}", text);
            }
        }
    }

    #[test]
    fn odd_records_come_back_from_a_deck_file_or_are_refused(
        seldom in odd_records(true), often in odd_records(false), coherent in prop::bool::weighted(0.8),
    ) {
        for given in [seldom, often] {
            let mut one = as_one_deck(&given, coherent);
            // Each card of a deck file has a name.
            one.retain(|record| !matches!(record, Record::Note(item) if item.identity == Identity::None));
            check_deck_file(&one)?;
        }
    }
}
