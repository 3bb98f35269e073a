//! Files with notes: every importer, and every exporter for the way back.

use super::Target;
use crate::mutate::Seeds;
use crate::mutate::files_in;
use crate::trial::Chance;
use lmq::core::card::Markup;
use lmq::core::card::NoteText;
use lmq::core::card::Said;
use lmq::core::card::Showing;
use lmq::core::card::Value;
use lmq::core::card::judge;
use lmq::core::card::kind;
use lmq::core::compare::answer::Weights;
use lmq::core::id::NoteUid;
use lmq::core::id::is_deck_id;
use lmq::formats;
use lmq::formats::DeckHead;
use lmq::formats::EXPORTERS;
use lmq::formats::Exporter;
use lmq::formats::FormatError;
use lmq::formats::IMPORTERS;
use lmq::formats::Identity;
use lmq::formats::ImportItem;
use lmq::formats::Importer;
use lmq::formats::Item;
use lmq::formats::Place;
use lmq::formats::ReadOptions;
use lmq::formats::Record;
use lmq::formats::Stop;
use lmq::formats::TableOptions;
use lmq::formats::Topic;
use std::collections::BTreeSet;
use std::hint::black_box;
use std::io::Cursor;

/// A target for each importer. A new format needs no line here, and a folder of its name in the corpus gets it deeper.
pub(super) fn targets() -> Vec<Target> {
    let target = |importer: &&'static dyn Importer| {
        let importer = *importer;
        let read = move |bytes: &[u8], chance: &mut Chance| read_notes(importer, bytes, chance);
        Target::new(format!("notes {}", importer.name()), seeds(importer), read)
    };
    IMPORTERS.iter().map(target).collect()
}

/// The corpus of this format, what its exporter makes of all that any format reads in the corpus, and one file of each other format.
fn seeds(importer: &dyn Importer) -> Seeds {
    let mut files = files_in(importer.name());
    for other in IMPORTERS {
        let of_other = files_in(other.name());
        if let Some(exporter) = formats::exporter(importer.name()) {
            for file in &of_other {
                let (found, _) = read(*other, file, &ReadOptions::default(), usize::MAX);
                let decks = Deck::all(found);
                files.extend(write(exporter, &decks[..decks.len().min(1)]).ok());
            }
        }
        files.extend(of_other.into_iter().take(1));
    }
    Seeds::new(files)
}

/// Reads a file, up to so many records.
fn read(
    importer: &dyn Importer,
    bytes: &[u8],
    options: &ReadOptions,
    most: usize,
) -> (Vec<ImportItem>, Result<(), FormatError>) {
    let mut found = Vec::new();
    let outcome = importer.read(&mut Cursor::new(bytes), options, &mut |item| {
        found.push(item);
        if found.len() > most { Err(Stop) } else { Ok(()) }
    });
    (found, outcome)
}

fn read_notes(importer: &dyn Importer, bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let file_name = chance.pick(&["x", "a::b.toml", "x.csv", "x.tsv", "x.jsonl", "-", ""]).to_owned();
    let table = TableOptions {
        delimiter: chance
            .one_in(8)
            .then(|| (*chance.pick(&[",", ";", "\t", "|", ":", " ", "x", " - ", "::"])).to_owned()),
        header: chance.one_in(8).then(|| chance.one_in(2)),
        markup: chance.one_in(8).then(|| *chance.pick(&Markup::ALL)),
        encoding: chance
            .one_in(8)
            .then(|| (*chance.pick(&["utf-8", "windows-1252", "shift_jis", "utf-16le"])).to_owned()),
        ..TableOptions::default()
    };
    importer.sniff(file_name, bytes);
    black_box(formats::sniff(file_name, bytes));
    black_box(formats::binary(bytes));
    let options = ReadOptions { file_name: file_name.to_owned(), in_folder: false, table };
    let most = if chance.one_in(50) { chance.below(9) } else { usize::MAX };
    let (found, outcome) = read(importer, bytes, &options, most);
    match outcome {
        Ok(()) | Err(FormatError::Io(_)) => {}
        Err(FormatError::Stopped) if most < usize::MAX => {}
        Err(FormatError::Stopped) => return Err("nobody stopped it".to_owned()),
        Err(FormatError::NotThis(why)) if !why.to_string().trim().is_empty() => {}
        Err(FormatError::NotThis(_)) => return Err("it is refused without a reason".to_owned()),
        Err(FormatError::Faults { source_text, faults }) => {
            let is_good = |fault: &formats::FileFault| {
                source_text.get(fault.span.clone()).is_some()
                    && !fault.what.to_string().is_empty()
                    && fault.place.line > 0
            };
            if faults.is_empty() || !faults.iter().all(is_good) {
                return Err(format!("a fault without place or words: {faults:?}"));
            }
        }
    }
    for item in &found {
        match item {
            ImportItem::Record(Record::Note(item)) => asked(&item.text, chance)?,
            ImportItem::Rejected(rejected) if rejected.fault.to_string().trim().is_empty() => {
                return Err(format!("rejected without a reason: {rejected:?}"));
            }
            _ => {}
        }
    }
    comes_back(Deck::all(found), chance)
}

/// Whether a note that was read can be asked: it has a kind, and cards, and each of them a question and an answer.
fn asked(text: &NoteText, chance: &mut Chance) -> Result<(), String> {
    let Some(kind) = kind(&text.kind) else { return Err(format!("a note of no kind: {text:?}")) };
    let ordinals = text.ordinals();
    if ordinals.is_empty() || !ordinals.is_sorted() || text.too_long().is_some() {
        return Err(format!("a note without cards, or too long: {text:?}"));
    }
    drop(text.listed_prompts());
    let ordinal = *chance.pick(&ordinals);
    let question = kind.question(text, ordinal, Showing { variant: chance.below(3), seed: chance.next() });
    let answer = kind.answer(text, ordinal);
    if question.prompt.trim().is_empty() || answer.trim().is_empty() {
        return Err(format!("a card without a question or an answer: {text:?}"));
    }
    let response = match chance.below(4) {
        0 => answer.as_str(),
        1 => "1, 2",
        2 => "b",
        _ => question.options.first().map_or("", String::as_str),
    };
    judge(text, ordinal, &question, response, Weights::default()).ok();
    Ok(())
}

/// A deck as a database would have it after an import: topics and notes under their head, each note by its uid.
#[derive(Debug)]
struct Deck {
    head: DeckHead,
    topics: Vec<Topic>,
    notes: Vec<Item>,
}

impl Deck {
    fn all(found: Vec<ImportItem>) -> Vec<Self> {
        let mut decks: Vec<Self> = Vec::new();
        let mut current = DeckHead { id: "file".to_owned(), name: "file".to_owned(), ..DeckHead::default() };
        for item in found {
            let ImportItem::Record(record) = item else { continue };
            match record {
                Record::Deck(head) => {
                    let name = if head.name.is_empty() { head.id.clone() } else { head.name.clone() };
                    current = DeckHead { id: format!("d{}", decks.len()), name, ..head };
                }
                Record::Topic(topic) => {
                    let deck = Self::of(&mut decks, &current);
                    if !deck.topics.iter().any(|known| known.id == topic.id) {
                        deck.topics.push(topic);
                    }
                }
                Record::Note(item) => {
                    let named = item.deck.as_ref().map(|name| DeckHead {
                        id: format!("d{}", decks.len()),
                        name: name.clone(),
                        ..DeckHead::default()
                    });
                    Self::of(&mut decks, named.as_ref().unwrap_or(&current)).add(*item);
                }
            }
        }
        decks
    }

    fn of<'d>(decks: &'d mut Vec<Self>, head: &DeckHead) -> &'d mut Self {
        let known = decks.iter().position(|deck| deck.head.name == head.name);
        let place = known.unwrap_or_else(|| {
            decks.push(Self { head: head.clone(), topics: Vec::new(), notes: Vec::new() });
            decks.len() - 1
        });
        &mut decks[place]
    }

    fn add(&mut self, item: Item) {
        let key = match &item.identity {
            Identity::Key(key) => Some(key.clone()),
            _ => item.key.clone(),
        };
        let key = key.filter(|key| !self.notes.iter().any(|note| note.key.as_ref() == Some(key)));
        let uid = NoteUid::of_key(&self.head.id, &self.notes.len().to_string());
        if let Some(id) = item.text.topic.clone()
            && !self.topics.iter().any(|topic| topic.id == id)
        {
            self.topics.push(Topic { title: id.clone(), id, ..Topic::default() });
        }
        self.notes.push(Item {
            place: Place::default(),
            deck: None,
            identity: Identity::Uid(uid),
            key,
            text: item.text,
            says: Said::ALL,
        });
    }
}

fn write(exporter: &dyn Exporter, decks: &[Deck]) -> std::io::Result<Vec<u8>> {
    exporter.admits(decks.len())?;
    let mut out = Vec::new();
    let mut writer = exporter.begin(&mut out)?;
    for deck in decks {
        writer.write(&Record::Deck(deck.head.clone()))?;
        for topic in &deck.topics {
            writer.write(&Record::Topic(topic.clone()))?;
        }
        for note in &deck.notes {
            writer.write(&Record::Note(Box::new(note.clone())))?;
        }
    }
    writer.finish()?;
    Ok(out)
}

/// What came in goes out in one of the formats, unless that refuses it, and comes in again equal.
fn comes_back(mut decks: Vec<Deck>, chance: &mut Chance) -> Result<(), String> {
    let exporter = *chance.pick(EXPORTERS);
    let Some(importer) = formats::importer(exporter.name()) else { return Ok(()) };
    if decks.is_empty() {
        return Ok(());
    }
    let bytes = match write(exporter, &decks) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => return Ok(()),
        Err(error) => return Err(format!("{} does not write it: {error}", exporter.name())),
    };
    let (found, outcome) = read(importer, &bytes, &ReadOptions::default(), usize::MAX);
    let told = || format!("through {}:\n{}", exporter.name(), String::from_utf8_lossy(&bytes));
    if let Err(error) = outcome {
        return Err(format!("what was written is refused: {error:?}, {}", told()));
    }
    if let Some(rejected) = found.iter().find(|item| matches!(item, ImportItem::Rejected(_))) {
        return Err(format!("what was written is rejected: {rejected:?}, {}", told()));
    }
    // A row of a table names a deck by its id where its name can't stand there.
    let is_table = matches!(exporter.name(), "csv" | "tsv");
    for head in decks.iter_mut().map(|deck| &mut deck.head).filter(|head| is_table && !is_deck_id(&head.name)) {
        head.name.clone_from(&head.id);
    }
    let (before, after) = (lines(&decks), lines(&Deck::all(found)));
    if before == after {
        return Ok(());
    }
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).take(2).cloned().collect::<Vec<_>>();
    Err(format!("it came back different: {:#?} became {:#?}, {}", only(&before, &after), only(&after, &before), told()))
}

/// Each note as a line, without what docs/csv.md says that tables lose (NUL characters, and which line ends they were), and
/// without white space around texts, which nowhere makes a difference.
fn lines(decks: &[Deck]) -> BTreeSet<String> {
    let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").trim().to_owned();
    let mut all = BTreeSet::new();
    for deck in decks {
        for note in &deck.notes {
            let mut text = note.text.clone();
            // A deck file says the topic by the first source, where that is one of its topics.
            let is_topic = |id: &&String| deck.topics.iter().any(|topic| topic.id == **id);
            text.topic = text.topic.or_else(|| text.source.first().filter(is_topic).cloned());
            for value in text.fields.values_mut() {
                match value {
                    Value::Text(text) => *text = plain(text),
                    Value::Texts(texts) => texts.iter_mut().for_each(|text| *text = plain(text)),
                }
            }
            let beside = [&mut text.topic, &mut text.speaker, &mut text.hint, &mut text.extra, &mut text.group];
            beside.into_iter().flatten().for_each(|text| *text = plain(text));
            let lists = [&mut text.tags, &mut text.source, &mut text.after];
            lists.into_iter().flatten().for_each(|text| *text = plain(text));
            all.insert(format!("{:?} {text:?}", plain(&deck.head.name)));
        }
    }
    all
}
