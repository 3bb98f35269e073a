//! A search as a person typed it: read, checked against the decks that are there, answered.

use crate::core::grade::Scale;
use crate::core::id::CardId;
use crate::core::search::Asked;
use crate::core::search::Query;
use crate::core::search::error::SearchError;
use crate::core::search::parse::parse;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::failure::Failure;
use crate::ops::day::rules;
use crate::store::Store;

/// What a query is asked from.
///
/// # Errors
/// When the database can't be read.
pub fn asked(store: &Store, settings: &Settings, today: StudyDay) -> Result<Asked, Failure> {
    let rules = rules(store, settings)?;
    Ok(Asked { today, rules })
}

/// The scale that numbers of grades are written on; none where decks have different ones.
fn one_scale(settings: &Settings) -> Option<Scale> {
    settings.decks.values().all(|deck| deck.scale == settings.scale).then_some(settings.scale)
}

/// Reads a query.
///
/// # Errors
/// A usage failure with the query, a caret under the character that it is about, and what to do.
pub fn read(store: &Store, settings: &Settings, text: &str) -> Result<Query, Failure> {
    understood(store, settings, text)?.map_err(|error| {
        let [line, caret] = error.drawn(text);
        Failure::usage(error.fault.to_string()).at(line).at(caret).hint(error.fault.help())
    })
}

/// Reads a query; the inner error says what is wrong with it and where, for who shows that in a manner of their own.
///
/// # Errors
/// When the database can't be read.
pub fn understood(store: &Store, settings: &Settings, text: &str) -> Result<Result<Query, SearchError>, Failure> {
    let query = match parse(text, one_scale(settings), &settings.searches) {
        Ok(query) => query,
        Err(error) => return Ok(Err(error)),
    };
    let decks = store.deck_names()?;
    if let Err(error) = query.check_decks(decks.iter().map(|(_, id, name)| (id.as_str(), name.as_str()))) {
        // A deck that was there, as before its import was undone, has no cards; it is no mistake to ask.
        let known = store.all_deck_names()?;
        if query.check_decks(known.iter().map(|(id, name)| (id.as_str(), name.as_str()))).is_err() {
            return Ok(Err(error));
        }
    }
    Ok(Ok(query))
}

/// What to tell somebody whose query found nothing, where its words were meant as signs of another program.
#[must_use]
pub fn hint(query: &str) -> Option<&'static str> {
    query.split_whitespace().find_map(|word| match word {
        "or" | "Or" | "|" | "||" => Some("`or` is a word like any other: OR in capitals offers a choice"),
        "and" | "And" | "&" | "&&" => Some("words side by side must all match, so nothing is needed between them"),
        "not" | "Not" | "NOT" | "!" => Some("a minus leaves out: `-word`, `-tag:team`"),
        _ => None,
    })
}

/// The cards that a query means, in the order of decks, positions and ordinals.
///
/// # Errors
/// When the query can't be read, or the database.
pub fn cards(store: &Store, settings: &Settings, today: StudyDay, text: &str) -> Result<Vec<CardId>, Failure> {
    let query = read(store, settings, text)?;
    Ok(store.search(&query, &asked(store, settings, today)?)?)
}
