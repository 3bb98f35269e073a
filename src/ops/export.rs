//! Files out: notes in any format, and the log itself.

use crate::core::study_day::StudyDay;
use crate::failure::Failure;
use crate::formats::DeckHead;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Item;
use crate::formats::Place;
use crate::formats::Record;
use crate::formats::Topic;
use crate::formats::history;
use crate::ops::failure;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use std::io;
use std::io::Write;

/// Why writing stopped: the database, or the output.
fn refused(store: &Store, error: Stopped) -> Result<io::Error, Failure> {
    match error {
        Stopped::Out(error) => Ok(error),
        Stopped::Store(error) => Err(failure(&error, store.path())),
    }
}

enum Stopped {
    Out(io::Error),
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Out(error)
    }
}

/// Writes the notes of some decks. Gives their number.
///
/// # Errors
/// The outer error is the database's; the inner one the output's, or the format's that can't hold this.
pub fn notes(
    store: &Store,
    decks: &DeckSet,
    today: StudyDay,
    exporter: &dyn Exporter,
    out: &mut dyn Write,
) -> Result<io::Result<u64>, Failure> {
    let written = || -> Result<u64, Stopped> {
        let mut writer = exporter.begin(out)?;
        let mut count = 0;
        for deck in store.decks(today)?.into_iter().filter(|deck| decks.has(deck.number)) {
            if deck.notes == 0 && *decks == DeckSet::All {
                continue;
            }
            writer.write(&Record::Deck(DeckHead {
                id: deck.id.clone(),
                name: deck.name,
                title: deck.title,
                description: deck.description,
                language: deck.language,
                license: deck.license,
                version: deck.version,
            }))?;
            for (id, title, primer, try_line) in store.topics(deck.number)? {
                writer.write(&Record::Topic(Topic { id, title, primer, try_line }))?;
            }
            let mut failed = None;
            store
                .notes(deck.number, |uid, key, text| {
                    let item = Item { place: Place::default(), deck: None, identity: Identity::Uid(uid), key, text };
                    count += 1;
                    writer.write(&Record::Note(Box::new(item))).map_err(|error| {
                        failed = Some(error);
                        StoreError::Stale
                    })
                })
                .map_err(|error| match failed.take() {
                    Some(error) => Stopped::Out(error),
                    None => Stopped::Store(error),
                })?;
        }
        writer.finish()?;
        Ok(count)
    }();
    match written {
        Ok(count) => Ok(Ok(count)),
        Err(error) => refused(store, error).map(Err),
    }
}

/// Writes the log itself. Gives the number of records.
///
/// # Errors
/// As [`notes`].
pub fn log(store: &Store, out: &mut dyn Write) -> Result<io::Result<u64>, Failure> {
    if let Err(error) = history::begin(out) {
        return Ok(Err(error));
    }
    let mut count = 0;
    let mut failed = None;
    let done = store.log(|record| {
        count += 1;
        history::write(out, &record).map_err(|error| {
            failed = Some(error);
            StoreError::Stale
        })
    });
    match (done, failed) {
        (_, Some(error)) => Ok(Err(error)),
        (Err(error), None) => Err(failure(&error, store.path())),
        (Ok(()), None) => Ok(Ok(count)),
    }
}
