//! Files out: notes in any format, and the log itself.

use crate::core::card::Said;
use crate::core::id::NoteUid;
use crate::core::log::Entry;
use crate::core::log::LogRecord;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::Topic;
use crate::formats::segment;
use crate::ops::batches;
use crate::ops::batches::Giver;
use crate::ops::batches::Gone;
use crate::ops::batches::Taker;
use crate::store::DeckLine;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Notes;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;
use std::io;
use std::io::BufWriter;
use std::io::Write;
use std::sync::mpsc;

/// Bytes that come from it at a time.
const CHUNK: usize = 1 << 16;

/// Why writing stopped: the database, the output or the format, or the writing thread, which says why itself.
enum Stopped {
    Store(Fault),
    Out(io::Error),
    Ended,
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error.fault)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Out(error)
    }
}

/// Hands something of about so many bytes to the writing thread.
type Give<'g, T> = dyn FnMut(T, usize) -> Result<(), Stopped> + 'g;

/// What the writing thread is given.
enum Part {
    Record(Record),
    Notes(Notes),
}

/// The writing thread's output: bytes for the one that may write.
struct Sent(mpsc::Sender<Vec<u8>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The decks that are written, in their order: an empty one only where it was named.
fn going_out(store: &Store, decks: &DeckSet) -> Result<Vec<DeckLine>, StoreError> {
    let mut heads = store.bare_decks()?;
    heads.retain(|deck| decks.has(deck.number));
    if *decks != DeckSet::All {
        return Ok(heads);
    }
    let with_notes = heads.into_iter().map(|deck| Ok(store.has_notes(deck.number)?.then_some(deck)));
    with_notes.filter_map(Result::transpose).collect()
}

/// Gives on what the database reads out. Where the other side stopped, its reason is the one that counts.
fn relay<T>(
    give: &mut dyn FnMut(T) -> Result<(), Stopped>,
    read: impl FnOnce(&mut dyn FnMut(T) -> Result<(), Fault>) -> Result<(), StoreError>,
) -> Result<(), Stopped> {
    let mut stopped = None;
    let done = read(&mut |item| {
        give(item).map_err(|why| {
            stopped = Some(why);
            Fault::Abandoned
        })
    });
    stopped.map_or(Ok(()), Err)?;
    Ok(done?)
}

/// Gives all parts of an export in their order.
fn gather(store: &Store, decks: Vec<DeckLine>, give: &mut Give<'_, Part>) -> Result<(), Stopped> {
    let mut give = |part: Part| {
        let bytes = if let Part::Notes(notes) = &part { notes.size() } else { 0 };
        give(part, bytes)
    };
    for deck in decks {
        give(Part::Record(Record::Deck(DeckHead {
            id: deck.id.clone(),
            name: deck.name,
            title: deck.title,
            description: deck.description,
            language: deck.language,
            license: deck.license,
            version: deck.version,
            sequence: Some(deck.sequence).filter(|sequence| !sequence.is_empty()),
            weights: deck.weights,
        })))?;
        for (id, title, primer, try_line) in store.topics(deck.number)? {
            give(Part::Record(Record::Topic(Topic { id, title, primer, try_line })))?;
        }
        relay(&mut |notes| give(Part::Notes(notes)), |each| store.notes(deck.number, each))?;
    }
    Ok(())
}

/// What a format can't hold of the data, as a failure; of a note with the name by which it can be changed.
fn held(error: io::Error, note: Option<(&str, &Item)>) -> io::Error {
    if error.kind() != io::ErrorKind::InvalidInput {
        return error;
    }
    let failure = Failure::data("this format can't hold that");
    let name = note.and_then(|(deck, item)| match (&item.key, &item.identity) {
        (Some(key), _) => Some(one_line(&format!("{deck}/{key}"))),
        (None, Identity::Uid(uid)) => Some(uid.to_string()),
        (None, Identity::Key(_) | Identity::Foreign { .. } | Identity::None) => None,
    });
    let failure = match name {
        Some(name) => failure.at(format!("{name}: {error}")).hint(format!("correct the card: lmq edit {name}")),
        None => failure.at(error.to_string()),
    };
    io::Error::new(io::ErrorKind::InvalidInput, failure)
}

/// Writes parts as they come. Gives the number of notes.
fn write_parts(
    parts: Taker<Part>,
    among: Option<&BTreeSet<NoteUid>>,
    exporter: &dyn Exporter,
    out: Sent,
) -> Result<u64, Stopped> {
    let mut out = BufWriter::with_capacity(CHUNK, out);
    let mut writer = exporter.begin(&mut out)?;
    let (mut count, mut deck) = (0, String::new());
    let mut write = |part: &Part| -> Result<(), Stopped> {
        match part {
            Part::Record(record) => {
                if let Record::Deck(head) = record {
                    deck.clone_from(&head.id);
                }
                writer.write(record).map_err(|error| held(error, None).into())
            }
            Part::Notes(notes) => {
                for note in notes.read() {
                    let (uid, key, text) = note?;
                    if among.is_none_or(|notes| notes.contains(&uid)) {
                        let item = Item {
                            place: Place::default(),
                            deck: None,
                            identity: Identity::Uid(uid),
                            key,
                            text,
                            says: Said::ALL,
                        };
                        let record = Record::Note(Box::new(item));
                        writer.write(&record).map_err(|error| match &record {
                            Record::Note(item) => held(error, Some((&deck, item))),
                            Record::Deck(_) | Record::Topic(_) => error,
                        })?;
                        count += 1;
                    }
                }
                Ok(())
            }
        }
    };
    parts.each(|| (), &mut write)?;
    writer.finish().map_err(|error| held(error, None))?;
    out.flush()?;
    Ok(count)
}

/// Writes the notes of some decks, all of them or just `among`. Gives their number.
///
/// One thread reads the database and writes the output, another takes the texts apart and puts them into the format:
/// each does about half of the work.
///
/// # Errors
/// The outer error is the database's; the inner one the output's, or the format's that can't hold this.
pub fn notes(
    store: &Store,
    decks: &DeckSet,
    among: Option<&BTreeSet<NoteUid>>,
    exporter: &dyn Exporter,
    out: &mut dyn Write,
) -> Result<io::Result<u64>, Failure> {
    let heads = going_out(store, decks)?;
    if let Err(error) = exporter.admits(heads.len()) {
        return Ok(Err(error));
    }
    let (giver, taker) = batches::channel();
    let written = on_two_threads(
        out,
        giver,
        |give| gather(store, heads, give),
        move |sent| write_parts(taker, among, exporter, sent),
    );
    outcome(written, store)
}

/// Reads the database on this thread, and puts what is read into its format on another: each does about half of the work.
/// What the other one writes goes out here. Gives what it counted.
fn on_two_threads<T: Send>(
    out: &mut dyn Write,
    mut giver: Giver<T>,
    gather: impl FnOnce(&mut Give<'_, T>) -> Result<(), Stopped>,
    write: impl FnOnce(Sent) -> Result<u64, Stopped> + Send,
) -> Result<u64, Stopped> {
    std::thread::scope(|scope| {
        let (sent, chunks) = mpsc::channel();
        let writing = scope.spawn(move || write(Sent(sent)));
        let given = gather(&mut |part, bytes| {
            giver.give(part, bytes).map_err(|Gone| Stopped::Ended)?;
            chunks.try_iter().try_for_each(|chunk: Vec<u8>| out.write_all(&chunk)).map_err(Stopped::Out)
        });
        let given = given.and_then(|()| giver.finish().map_err(|Gone| Stopped::Ended));
        let rest = match &given {
            Ok(()) | Err(Stopped::Ended) => chunks.into_iter().try_for_each(|chunk| out.write_all(&chunk)),
            Err(_) => {
                // What the thread still sends goes nowhere, which ends it.
                drop(chunks);
                Ok(())
            }
        };
        let count = writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match given {
            Ok(()) => rest?,
            Err(Stopped::Ended) => {}
            Err(why) => return Err(why),
        }
        let count = count?;
        out.flush()?;
        Ok(count)
    })
}

fn outcome(written: Result<u64, Stopped>, store: &Store) -> Result<io::Result<u64>, Failure> {
    match written {
        Ok(count) => Ok(Ok(count)),
        Err(Stopped::Out(error)) => Ok(Err(error)),
        Err(Stopped::Store(fault)) => Err(fault.at(store.path()).into()),
        Err(Stopped::Ended) => Err(Failure::bug("the export ended by itself")),
    }
}

/// How the log goes out.
#[derive(Debug, Clone, Copy)]
pub struct LogOptions {
    /// Compressed by Zstandard.
    pub compressed: bool,
    /// With what was typed as answers; else those texts are their hashes, marked as left out.
    pub with_typed: bool,
}

/// What went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogWritten {
    /// Entries.
    pub entries: u64,
    /// Answers that went without what was typed, although it is here.
    pub without_typed: u64,
    /// Answers whose words were left out of the history that brought them.
    pub elsewhere: u64,
}

/// Writes the log itself, the segments of all devices that it knows.
///
/// # Errors
/// As [`notes`].
pub fn log(store: &Store, options: LogOptions, out: &mut dyn Write) -> Result<io::Result<LogWritten>, Failure> {
    let (giver, taker) = batches::channel();
    let (mut without_typed, mut elsewhere) = (0, 0);
    let written = on_two_threads(
        out,
        giver,
        |give| {
            // In the order of the log events lie anywhere in their table.
            store.read_much()?;
            let mut give = |mut record: LogRecord| {
                if let LogRecord::Entry(Entry::Event(event), Some(text)) = &mut record
                    && event.detail.is_typed()
                {
                    elsewhere += u64::from(text.is_left_out());
                    if !options.with_typed && text.body.is_some() {
                        *text = text.without_words();
                        without_typed += 1;
                    }
                }
                let bytes = record.text_bytes();
                give(record, bytes)
            };
            relay(&mut give, |each| store.log(each))
        },
        move |sent| write_segments(taker, options.compressed, sent),
    );
    Ok(outcome(written, store)?.map(|entries| LogWritten { entries, without_typed, elsewhere }))
}

/// Writes records as segments. Gives the number of entries.
fn write_segments(records: Taker<LogRecord>, compressed: bool, out: Sent) -> Result<u64, Stopped> {
    let mut out = BufWriter::with_capacity(CHUNK, out);
    let count = if compressed {
        let mut packed = segment::Compressed::new(&mut out)?;
        let count = write_records(records, &mut packed)?;
        packed.finish()?;
        count
    } else {
        write_records(records, &mut out)?
    };
    out.flush()?;
    Ok(count)
}

fn write_records(records: Taker<LogRecord>, out: &mut dyn Write) -> io::Result<u64> {
    let mut writer = segment::Writer::new(out);
    let mut count = 0;
    records.each(
        || (),
        |record| {
            count += u64::from(matches!(record, LogRecord::Entry(..)));
            writer.write(record)
        },
    )?;
    Ok(count)
}
