//! One card, added by hand.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::text::slug;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::decks::deck_name;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::Found;
use crate::store::MatchResult;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;

/// What came of it.
pub struct Added {
    /// The cards of the note.
    pub cards: Vec<CardLine>,
    /// Whether the deck had this very note.
    pub known: bool,
}

/// Whether a living card of a deck goes by a key. One that was deleted or erased is in nobody's way.
fn is_taken(store: &Store, deck: &str, key: &str) -> Result<bool, Failure> {
    let cards = match store.find(&format!("{deck}/{key}"))? {
        Found::Nothing => return Ok(false),
        Found::Many(_) => return Ok(true),
        Found::One(card) => store.card(card)?,
    };
    Ok(cards.is_some_and(|line| !line.retired && !line.erased))
}

/// A key made from the prompt that no card of the deck has; none where the prompt has neither letters nor digits.
fn free_key(store: &Store, deck: &str, text: &NoteText) -> Result<Option<String>, Failure> {
    let slug = slug(&text.listed_prompt(text.ordinals().first().copied().unwrap_or(1)));
    if slug.is_empty() {
        return Ok(None);
    }
    for number in 1_u32.. {
        let key = if number == 1 { slug.clone() } else { format!("{slug}-{number}") };
        if !is_taken(store, deck, &key)? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Adds a note to a deck, which is made when it is missing.
///
/// # Errors
/// When the key is taken, or it can't be written.
pub fn add(
    store: &mut Store,
    env: &Env,
    stamp: Stamp,
    deck: &str,
    key: Option<&str>,
    text: &NoteText,
) -> Result<Added, Failure> {
    if let Some(field) = text.too_long() {
        return Err(Failure::usage(format!("`{field}` is longer than 1 MB")).hint(
            "shorten it, or make several cards \
            of it",
        ));
    }
    let names = store.deck_names()?;
    // A deck is meant by its id or by its name, in any case.
    let same = |text: &str| text.to_lowercase() == deck.to_lowercase();
    let (id, name) = match names.iter().find(|(_, id, name)| same(id) || same(name)) {
        Some((_, id, name)) => (id.clone(), name.clone()),
        None => {
            let name = deck_name(deck)?;
            (name.clone(), name)
        }
    };
    if let Some(key) = key
        && is_taken(store, &id, key)?
    {
        return Err(Failure::usage(format!("the deck `{id}` has a card with the key `{key}` already"))
            .hint("choose another key"));
    }
    let uid = key.map_or_else(|| NoteUid(env.fresh_uid()), |key| NoteUid::of_key(&id, key));
    // A name for people: whose it is the uid says, so that equal prompts on two devices are two notes.
    let derived = if key.is_none() { free_key(store, &id, text)? } else { None };
    let (placed, _) = store.write(stamp, ActionKind::Add, Subject::Note(uid), |writer| {
        if key.is_none() && writer.has_text(&id, text)? {
            return Ok(MatchResult::Duplicate);
        }
        writer.add(&id, &name, uid, key.or(derived.as_deref()), &PackedNote::of(text)?)
    })?;
    let mut cards = Vec::new();
    if placed == MatchResult::Duplicate {
        let prompt = text.prompt(text.ordinals().first().copied().unwrap_or(1));
        let of_deck = names.iter().filter(|(_, known, _)| *known == id).map(|(local, ..)| *local);
        store.cards(&DeckSet::Some(of_deck.collect()), &[], |line| {
            if line.text.prompt(line.card.ordinal) == prompt {
                cards.push(line);
            }
            Ok(())
        })?;
    } else {
        for ordinal in text.ordinals() {
            cards.extend(store.card(CardId { note: uid, ordinal })?);
        }
    }
    Ok(Added { cards, known: placed == MatchResult::Duplicate })
}
