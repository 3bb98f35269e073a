//! Deck files beyond their importer: a card that is changed where it stands, and cards that an editor gives back.

use super::Target;
use crate::mutate::Seeds;
use crate::trial::Chance;
use lmq::core::three_ways::with_changes;
use lmq::formats::deck_toml;
use lmq::formats::deck_toml::DeckFile;
use lmq::formats::deck_toml::cards;
use lmq::formats::deck_toml::cards::Known;
use lmq::formats::deck_toml::patch::CardPatch;
use lmq::formats::deck_toml::patch::Unfit;
use lmq::formats::deck_toml::patch::patch;

pub(super) fn targets() -> Vec<Target> {
    vec![
        Target::new("deck patch", Seeds::of(&["toml"]), patched),
        Target::new("cards", Seeds::of(&["cards", "toml"]), edited),
    ]
}

/// One card of the file is given the text of another one: then all but that one is as before.
fn patched(bytes: &[u8], chance: &mut Chance) -> Result<(), String> {
    let Ok(file) = deck_toml::decode(bytes) else { return Ok(()) };
    let deck = match deck_toml::parse(&file) {
        Ok(deck) => deck,
        Err(faults) if faults.is_empty() => return Err("refused without a fault".to_owned()),
        Err(_) => return Ok(()),
    };
    if deck.notes.is_empty() {
        return Ok(());
    }
    let (place, other) = (chance.below(deck.notes.len()), chance.pick(&deck.notes));
    let Some(key) = deck.notes[place].key.clone() else { return Err("a card without a key".to_owned()) };
    let new_key = if chance.one_in(3) { format!("{key}\u{e9}\"2") } else { key.clone() };
    let opened = deck.notes[place].text.clone();
    // Tags in another order are the same tags, so they stay as they stand.
    let text = if chance.one_in(4) { opened.clone() } else { with_changes(&opened, &opened, &other.text) };
    let change = CardPatch { key, new_key: new_key.clone(), opened, text: text.clone() };
    let after = match patch(&file, &[change]) {
        Ok(done) if done.texts == [text.clone()] => done.file,
        Ok(done) => return Err(format!("the card is to say something else: {:?}", done.texts)),
        // It says so, and the program then leaves the file as it is.
        Err(Unfit::Entangled | Unfit::Faults(..)) => return Ok(()),
        Err(Unfit::NoCard(key)) => return Err(format!("no card {key}, which was just read")),
    };
    let read: DeckFile = deck_toml::parse(&after).map_err(|faults| format!("no deck any more: {faults:?}\n{after}"))?;
    let same = |place: usize| (&read.notes[place].key, &read.notes[place].text);
    let others = (0..deck.notes.len()).filter(|other| *other != place);
    let are_same = others.into_iter().all(|other| same(other) == (&deck.notes[other].key, &deck.notes[other].text));
    if are_same && same(place) == (&Some(new_key), &text) {
        Ok(())
    } else {
        Err(format!("more than one card was changed, or another way:\n{after}"))
    }
}

/// What an editor gives back is read; each card that is right is written and read back equal.
fn edited(bytes: &[u8], _: &mut Chance) -> Result<(), String> {
    let text = String::from_utf8_lossy(bytes);
    let known = Known { topics: vec!["t1".to_owned()], keys: vec!["lima".to_owned()] };
    match cards::read(&text, &known) {
        Err(faults) if faults.is_empty() => Err("refused without a fault".to_owned()),
        Err(faults) => match faults.iter().find(|fault| text.get(fault.span.clone()).is_none()) {
            Some(fault) => Err(format!("a fault without a place: {fault:?}")),
            None => Ok(()),
        },
        Ok(read) => {
            for card in read {
                let written = cards::write(card.id.as_deref(), card.key.as_deref(), &card.text);
                let mut known = known.clone();
                known.keys.extend(card.text.after.iter().cloned());
                let again = cards::read(&written, &known).map_err(|faults| format!("{faults:?}\n{written}"))?;
                match &again[..] {
                    [one] if (&one.id, &one.key, &one.text) == (&card.id, &card.key, &card.text) => {}
                    other => return Err(format!("{card:?} became {other:?}\n{written}")),
                }
            }
            Ok(())
        }
    }
}
