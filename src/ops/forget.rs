//! Texts erased for good: from the log, from the database's own bytes, and from the copies beside it.

use crate::core::fact::Erasure;
use crate::core::id::NoteUid;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::nearest;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::copies::copies_of;
use crate::ops::copies::drafts_of;
use crate::ops::copies::remains_of;
use crate::ops::decks::by_shown_name;
use crate::ops::open_as_is;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

/// Names that a plan shows.
const SHOWN: usize = 5;

/// What a person wants erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted<'w> {
    /// Texts of notes and what was typed to them: cards by name, or a search.
    Cards(&'w [String]),
    /// All of a deck, by id or name.
    Deck(&'w str),
    /// What was typed to any card.
    Typed,
}

/// What would be erased.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ErasurePlan {
    what: Vec<Erasure>,
    /// Notes whose texts it takes.
    pub notes: usize,
    /// The first names.
    pub names: Vec<String>,
    /// What it is, in a few words.
    pub label: String,
    /// Names of deleted notes that still have words, where a search was to find what is meant: none finds those.
    pub unsearched: Vec<String>,
    /// Decks inside the one that is meant: they stay.
    pub inside: Vec<String>,
}

/// What was erased, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Done {
    /// Texts that are gone from the database.
    pub texts: u64,
    /// Followed files that may still hold the same.
    pub followed: Vec<String>,
    /// Texts beside the database that an editor left, and that are about one of those notes.
    pub drafts: Vec<PathBuf>,
    /// The copies beside it.
    pub cleaned: Cleaned,
}

/// What became of the copies beside a database when erased words were taken out of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Those that don't hold the words any more.
    pub copies: Vec<PathBuf>,
    /// Those that could not be changed, each with the reason.
    pub unreached: Vec<(PathBuf, String)>,
}

/// What it takes.
///
/// # Errors
/// When there are no such cards or there is no such deck, or the database can't be read.
pub fn plan(store: &Store, settings: &Settings, today: StudyDay, wanted: &Wanted<'_>) -> Result<ErasurePlan, Failure> {
    let (mut unsearched, mut inside) = (Vec::new(), Vec::new());
    let (notes, deck) = match wanted {
        Wanted::Typed => {
            return Ok(ErasurePlan {
                what: vec![Erasure::Typed],
                label: "everything that was typed for cards".to_owned(),
                ..ErasurePlan::default()
            });
        }
        Wanted::Cards(names) => {
            let named = bulk::named_ever(store, names)?;
            let is_search = named.is_empty();
            let cards = bulk::or_found(store, settings, today, names, named)?;
            if is_search {
                for note in store.deleted_with_words()? {
                    unsearched.extend(store.name_ever(note)?);
                }
            }
            let mut seen = BTreeSet::new();
            let notes: Vec<NoteUid> =
                cards.into_iter().map(|card| card.note).filter(|note| seen.insert(*note)).collect();
            (notes, None)
        }
        Wanted::Deck(name) => {
            by_shown_name(store, name)?;
            let (id, name) = match store.deck_named(name)? {
                Some(listed) => listed,
                // A deck of which nothing counts any more, as after an import that was undone, still has its words in the log.
                None if store.knows_deck(name.trim())? => (name.trim().to_owned(), name.trim().to_owned()),
                None => return Err(no_deck(store, name)?),
            };
            let prefix = format!("{name}::");
            inside = store.deck_names()?.into_iter().map(|(_, _, name)| name).collect();
            inside.retain(|other| other.starts_with(&prefix));
            // Those too that were deleted: their texts are in the log all the same.
            (store.notes_last_in(&id)?, Some((id, name)))
        }
    };
    let mut names = Vec::new();
    for note in notes.iter().take(SHOWN) {
        // Also of those that were erased before, and perhaps not everywhere.
        names.extend(store.name_ever(*note)?.map(|name| one_line(&name)));
    }
    let them = if notes.len() == 1 { "it" } else { "them" };
    let of_notes = format!("what {} and what was typed for {them}", counted(notes.len(), "note says", "notes say"));
    let label = match &deck {
        Some((_, name)) => format!("the deck {}, with {of_notes}", one_line(name)),
        None => of_notes,
    };
    let count = notes.len();
    let deck = deck.map(|(id, _)| Erasure::Deck(id));
    let what = deck.into_iter().chain(notes.into_iter().map(Erasure::Note)).collect();
    Ok(ErasurePlan { what, notes: count, names, label, unsearched, inside })
}

fn no_deck(store: &Store, name: &str) -> Result<Failure, Failure> {
    let decks = store.deck_names()?;
    let near = nearest(name, decks.iter().map(|(_, id, _)| id.as_str()));
    Ok(Failure::usage(format!("there is no deck `{}`", one_line(name))).hint(match near {
        Some(near) => format!("did you mean `{near}`? `lmq decks` lists all"),
        None => "`lmq decks --all` lists all decks".to_owned(),
    }))
}

/// Erases it, here and in the copies beside the database.
///
/// # Errors
/// When the database can't be written. Of a copy that can't be changed the result tells.
pub fn forget(store: &mut Store, env: &Env, stamp: Stamp, plan: &ErasurePlan) -> Result<Done, Failure> {
    let path = store.path().to_owned();
    // With a fact in each of them: one that is put in the place of the database does not take the words from an older
    // history again. The database last: where the program is killed before, the card is there to be named once more. What
    // keeps a copy from being changed shows when it is cleaned.
    let copies: Vec<PathBuf> = copies_of(&path)?.into_iter().map(|copy| copy.path).collect();
    let mut what = plan.what.clone();
    // A copy may have notes of a deck that are not here.
    for deck in plan.what.iter().filter_map(Erasure::deck) {
        for copy in &copies {
            let mut last = Vec::new();
            in_copy(copy, env, |copy| copy.notes_last_in(deck).map(|notes| last = notes)).ok();
            for note in last {
                // What is known here too is of the deck that it is in here.
                if store.name_ever(note)?.is_none() {
                    what.push(Erasure::Note(note));
                }
            }
        }
    }
    what.sort();
    what.dedup();
    for copy in &copies {
        in_copy(copy, env, |copy| copy.forget(stamp, &what).map(drop)).ok();
    }
    let forgotten = store.forget(stamp, &what)?;
    let cleaned = clean(store, env, stamp)?;
    let followed = forgotten.followed.into_iter().filter(|path| Path::new(path).exists()).collect();
    let drafts = drafts_of(&path, what.iter().filter_map(Erasure::note))?;
    Ok(Done { texts: forgotten.texts, followed, drafts, cleaned })
}

/// Takes away what erasures left: the words in the copies beside the database, and the bytes that they lay in.
///
/// # Errors
/// When the database can't be written. Of a copy that can't be changed the result tells.
pub fn clean(store: &mut Store, env: &Env, stamp: Stamp) -> Result<Cleaned, Failure> {
    let path = store.path().to_owned();
    let mut cleaned = Cleaned::default();
    for file in remains_of(&path)? {
        cleaned.unreached.push((file, "a copy that was never finished; delete it".to_owned()));
    }
    // Opening a copy of an older schema makes a copy of that.
    let mut seen = BTreeSet::new();
    while let Some(copy) = copies_of(&path)?.into_iter().map(|copy| copy.path).find(|copy| !seen.contains(copy)) {
        seen.insert(copy.clone());
        let done = in_copy(&copy, env, |copy| {
            copy.erase_as_in(stamp, store)?;
            if copy.has_traces()? {
                copy.scrub()?;
                copy.traces_are_gone()?;
            }
            Ok(())
        });
        match done {
            Ok(()) => cleaned.copies.push(copy),
            Err(why) => cleaned.unreached.push((copy, why.what)),
        }
    }
    store.scrub().map_err(|error| {
        let failed = Failure::from(error);
        Failure {
            what: format!("the words are erased, but their bytes may still be in the file: {}", failed.what),
            ..failed
        }
        .hint("close other programs that have the database open, then run `lmq doctor --fix`")
    })?;
    // A session that made its backup meanwhile has put it away, or saw that it holds what is erased, and deleted it.
    cleaned.unreached.retain(|(path, _)| path.symlink_metadata().is_ok());
    if cleaned.unreached.is_empty() {
        store.traces_are_gone()?;
    }
    Ok(cleaned)
}

/// A copy is a database like any other.
fn in_copy(path: &Path, env: &Env, work: impl FnOnce(&mut Store) -> Result<(), StoreError>) -> Result<(), Failure> {
    let mut copy = open_as_is(path, env)?;
    work(&mut copy)?;
    Ok(copy.close()?)
}
