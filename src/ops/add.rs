//! One card, added by hand.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::card::NoteText;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::id::is_in_no_name;
use crate::core::text::one_line;
use crate::core::text::slug;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::bulk::is_anothers;
use crate::ops::decks::deck_name;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::MatchResult;
use crate::store::PackedNote;
use crate::store::Stamp;
use crate::store::Store;

/// The longest key that may be given, in characters.
const LONGEST_KEY: usize = 200;

/// What came of it.
pub struct Added {
    /// The cards of the note.
    pub cards: Vec<CardLine>,
    /// Whether the deck had this very note.
    pub known: bool,
}

/// A key as a person may give it. Decks that are imported keep theirs, whatever is in them.
///
/// # Errors
/// When nobody could type the name of the card then.
pub fn key_given(text: &str) -> Result<&str, Failure> {
    let key = text.trim();
    let is_name = |c: char| !c.is_whitespace() && !matches!(c, '/' | '#') && !is_in_no_name(c);
    if !key.is_empty() && key.chars().count() <= LONGEST_KEY && key.chars().all(is_name) {
        return Ok(key);
    }
    Err(Failure::usage(format!("`{}` can't be a key", one_line(text)))
        .hint("a key has at most 200 characters and no spaces, / or #: `capital-of-peru`"))
}

/// The words that a key is made from: what is asked first, without what any card of the note hides.
pub(super) fn words_of_key(text: &NoteText) -> String {
    let ordinals = text.ordinals();
    let (first, others) = ordinals.split_first().map_or((1, &[][..]), |(first, others)| (*first, others));
    let prompt = slug(&text.listed_prompt(first));
    // Other kinds ask for what another card of the note shows, and have no other words.
    if text.kind != "cloze" || others.is_empty() {
        return prompt;
    }
    let hidden: Vec<String> = others.iter().map(|ordinal| slug(&text.listed_answer(*ordinal))).collect();
    let is_hidden = |word: &&str| hidden.iter().any(|answer| answer.split('-').any(|part| part == *word));
    prompt.split('-').filter(|word| !is_hidden(word)).collect::<Vec<_>>().join("-")
}

/// A key made from the prompt that no card of the deck has; none where the prompt has neither letters nor digits.
fn free_key(store: &Store, deck: &str, text: &NoteText) -> Result<Option<String>, Failure> {
    let slug = words_of_key(text);
    if slug.is_empty() {
        return Ok(None);
    }
    for number in 1_u32.. {
        let key = if number == 1 { slug.clone() } else { format!("{slug}-{number}") };
        if !is_anothers(store, deck, &key, None)? {
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
    text.tags.iter().try_for_each(|tag| bulk::tag(tag).map(drop))?;
    let key = key.map(key_given).transpose()?;
    let names = store.deck_names()?;
    let (id, name) = match store.deck_named(deck)? {
        Some(known) => known,
        None => {
            let name = deck_name(deck)?;
            (name.clone(), name)
        }
    };
    if let Some(key) = key
        && is_anothers(store, &id, key, None)?
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Fields;
    use crate::core::card::Value;

    fn note(kind: &str, fields: &[(&str, &str)]) -> NoteText {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), Value::Text((*text).to_owned())));
        NoteText { kind: kind.to_owned(), fields: Fields::from_iter(fields), ..NoteText::default() }
    }

    #[test]
    fn a_key_that_is_made_gives_no_hidden_part_away() {
        let cloze = |text: &str| words_of_key(&note("cloze", &[("text", text)]));
        assert_eq!(cloze("On {{c1::Monday}} we plan, on {{c2::Friday}} we ship"), "on-we-plan-on-we-ship");
        assert_eq!(cloze("The retro is every {{c1::second Friday}}"), "the-retro-is-every");
        let both = note("reversed", &[("front", "Capital of Peru"), ("back", "Lima")]);
        assert_eq!(words_of_key(&both), "capital-of-peru");
    }

    #[test]
    fn a_key_that_nobody_could_type_is_refused() {
        assert_eq!(key_given(" peru ").unwrap(), "peru");
        for bad in ["", " ", "a b", "a/b", "a#2", "a\nb", "a\tb", "a\u{1b}[2J", &"x".repeat(201)] {
            let failure = key_given(bad).unwrap_err();
            assert!(failure.to_string().contains("no spaces, / or #"), "{bad:?}: {failure}");
        }
    }
}
