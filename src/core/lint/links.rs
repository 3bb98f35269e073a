//! What decks say of each other: `after` and `sequence` that name what is not there, and cards that wait in a circle.

use crate::core::card::NoteText;
use crate::core::circles::circles;
use crate::core::id::in_deck;
use crate::core::lint::About;
use crate::core::lint::Flaw;
use crate::core::queue::sequence::InOrder;
use crate::core::queue::sequence::sequences;
use crate::core::text::nearest;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// A deck, as far as others can name it.
#[derive(Debug, Clone, Copy)]
pub struct LinkedDeck<'d> {
    /// Its id.
    pub id: &'d str,
    /// The `sequence` of its head.
    pub sequence: &'d [String],
}

/// A note, as far as others can name it.
#[derive(Debug, Clone, Copy)]
pub struct LinkedNote<'d> {
    /// The id of its deck.
    pub deck: &'d str,
    /// Its key.
    pub key: Option<&'d str>,
    /// What it says.
    pub text: &'d NoteText,
}

/// A file with decks.
#[derive(Debug, Clone, Default)]
pub struct Linked<'d> {
    /// Its decks.
    pub decks: Vec<LinkedDeck<'d>>,
    /// Ids of decks and of topics in them.
    pub topics: Vec<(&'d str, &'d str)>,
    /// Its notes.
    pub notes: Vec<LinkedNote<'d>>,
}

/// Names that are not there for which one is looked for that may be meant.
const MOST_LOOKS: usize = 50;

/// Looks at what the files say of each other. Gives the place of the file, what in it the flaw is about, and the flaw.
#[must_use]
pub fn links(files: &[Linked<'_>]) -> Vec<(usize, About, Flaw)> {
    let notes: BTreeMap<(&str, &str), (usize, usize)> = files
        .iter()
        .enumerate()
        .flat_map(|(file, linked)| {
            let named = linked.notes.iter().enumerate();
            named.filter_map(move |(index, note)| Some(((note.deck, note.key?), (file, index))))
        })
        .collect();
    let all = || files.iter().flat_map(|linked| &linked.notes);
    let heads = || files.iter().flat_map(|linked| &linked.decks);
    let decks: BTreeSet<&str> = heads().map(|deck| deck.id).chain(all().map(|note| note.deck)).collect();
    let named = all().filter_map(|note| Some((note.deck, note.text.topic.as_deref()?)));
    let topics: BTreeSet<(&str, &str)> =
        files.iter().flat_map(|linked| linked.topics.iter().copied()).chain(named).collect();
    // To look for a likely name takes a look at all names: in a file where all of them are lost, a few looks will do.
    let looks_left = Cell::new(MOST_LOOKS);
    let near = |wanted: (&str, &str), there: &mut dyn Iterator<Item = (&str, &str)>| {
        looks_left.set(looks_left.get().checked_sub(1)?);
        if !decks.contains(wanted.0) {
            return nearest(wanted.0, decks.iter().copied()).map(|deck| format!("{deck}/{}", wanted.1));
        }
        let there: Vec<&str> = there.filter(|(deck, _)| *deck == wanted.0).map(|(_, name)| name).collect();
        nearest(wanted.1, there).map(|name| format!("{}/{name}", wanted.0))
    };
    // By id, as the store has them: the first one that names a deck has it.
    let mut sequence_of: BTreeMap<&str, &[String]> = decks.iter().map(|id| (*id, &[][..])).collect();
    sequence_of.extend(heads().map(|deck| (deck.id, deck.sequence)));
    let in_order: Vec<InOrder<'_>> = sequence_of.into_iter().map(|(id, sequence)| InOrder { id, sequence }).collect();
    let mut homes: BTreeMap<&str, &str> = BTreeMap::new();
    for sequence in sequences(&in_order) {
        let members: Vec<&InOrder<'_>> = sequence.decks.iter().filter_map(|place| in_order.get(*place)).collect();
        if let Some(home) = members.iter().find(|deck| !deck.sequence.is_empty()) {
            homes.extend(members.iter().map(|deck| (deck.id, home.id)));
        }
    }
    let mut found = Vec::new();
    let mut waits: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for (file, linked) in files.iter().enumerate() {
        for deck in &linked.decks {
            for word in deck.sequence {
                let wanted = in_deck(deck.id, word);
                if let Some(of) = homes.get(wanted.0).filter(|of| **of != deck.id) {
                    let of = (*of).to_owned();
                    found.push((file, About::Deck, Flaw::IdleSequence { word: word.clone(), of }));
                } else if !topics.contains(&wanted) {
                    let (has_deck, near) = (decks.contains(wanted.0), near(wanted, &mut topics.iter().copied()));
                    found.push((file, About::Deck, Flaw::LostSequence { word: word.clone(), has_deck, near }));
                }
            }
        }
        for (index, note) in linked.notes.iter().enumerate() {
            for word in &note.text.after {
                let wanted = in_deck(note.deck, word);
                if let Some(other) = notes.get(&wanted) {
                    let other_note = files.get(other.0).and_then(|linked| linked.notes.get(other.1));
                    if other_note.is_some_and(|note| note.text.held_out) {
                        found.push((file, About::Note(index), Flaw::AfterHeldOut(word.clone())));
                        continue;
                    }
                    waits.entry((file, index)).or_default().push(*other);
                } else {
                    let (has_deck, near) = (decks.contains(wanted.0), near(wanted, &mut notes.keys().copied()));
                    found.push((file, About::Note(index), Flaw::LostAfter { word: word.clone(), has_deck, near }));
                }
            }
        }
    }
    let name = |(file, index): &(usize, usize)| {
        let note = files.get(*file).and_then(|linked| linked.notes.get(*index));
        note.map_or_else(String::new, |note| format!("{}/{}", note.deck, note.key.unwrap_or_default()))
    };
    for circle in circles(&waits) {
        if let Some((file, index)) = circle.first() {
            let members = circle.iter().map(name).collect();
            found.push((*file, About::Note(*index), Flaw::WaitingCircle { members }));
        }
    }
    found.sort_by_key(|(file, about, _)| (*file, *about));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(after: &[&str], topic: Option<&str>) -> NoteText {
        let after = after.iter().map(|word| (*word).to_owned()).collect();
        NoteText { after, topic: topic.map(str::to_owned), ..NoteText::default() }
    }

    /// What is found among notes of decks, each given as deck, key and what it comes after; each deck is a file.
    fn said(notes: &[(&str, &str, &[&str])], sequence: &[&str]) -> Vec<String> {
        let texts: Vec<NoteText> = notes.iter().map(|(_, _, after)| note(after, Some("t"))).collect();
        let sequence: Vec<String> = sequence.iter().map(|word| (*word).to_owned()).collect();
        let mut files: BTreeMap<&str, Linked<'_>> = BTreeMap::new();
        for ((deck, key, _), text) in notes.iter().zip(&texts) {
            files.entry(deck).or_default().notes.push(LinkedNote { deck, key: Some(key), text });
        }
        let mut files: Vec<Linked<'_>> = files.into_values().collect();
        files[0].decks.push(LinkedDeck { id: notes[0].0, sequence: &sequence });
        files[0].topics.push((notes[0].0, "taught"));
        let line = |(file, about, flaw): (usize, About, Flaw)| format!("{file} {about:?} {flaw:?}");
        links(&files).into_iter().map(line).collect()
    }

    #[test]
    fn what_is_named_and_not_there_is_found_in_its_place() {
        let good: &[(&str, &str, &[&str])] =
            &[("a", "one", &["two", "b/x"]), ("a", "two", &["a/three"]), ("a", "three", &[])];
        let with_b = [good, &[("b", "x", &[])]].concat();
        assert!(said(&with_b, &["taught", "t", "b/t", "a/taught"]).is_empty());
        assert_eq!(
            said(good, &["tought", "b/t"]),
            [
                "0 Deck LostSequence { word: \"tought\", has_deck: true, near: Some(\"a/taught\") }",
                "0 Deck LostSequence { word: \"b/t\", has_deck: false, near: Some(\"a/t\") }",
                "0 Note(0) LostAfter { word: \"b/x\", has_deck: false, near: Some(\"a/x\") }",
            ]
        );
        assert_eq!(
            said(&[("a", "one", &["b/ex"]), ("bb", "x", &["thirty"])], &[]),
            [
                "0 Note(0) LostAfter { word: \"b/ex\", has_deck: false, near: Some(\"a/ex\") }",
                "1 Note(0) LostAfter { word: \"thirty\", has_deck: true, near: None }",
            ]
        );
    }

    #[test]
    fn what_counts_for_nothing_is_found() {
        let texts =
            [note(&["b/kept"], Some("t")), NoteText { held_out: true, ..note(&[], Some("u")) }, note(&[], Some("v"))];
        let words = [vec!["t".to_owned(), "b/u".to_owned(), "c/v".to_owned()], vec!["u".to_owned()]];
        let also = ["c/v".to_owned()];
        let deck = |id, sequence, key, text| Linked {
            decks: vec![LinkedDeck { id, sequence }],
            topics: Vec::new(),
            notes: vec![LinkedNote { deck: id, key: Some(key), text }],
        };
        let files = [
            deck("a", &words[0], "one", &texts[0]),
            deck("b", &words[1], "kept", &texts[1]),
            deck("c", &[][..], "three", &texts[2]),
            Linked { decks: vec![LinkedDeck { id: "d", sequence: &also }], ..Linked::default() },
        ];
        let line = |(file, about, flaw): (usize, About, Flaw)| format!("{file} {about:?} {flaw:?}");
        assert_eq!(
            links(&files).into_iter().map(line).collect::<Vec<_>>(),
            [
                "0 Deck IdleSequence { word: \"b/u\", of: \"b\" }",
                "0 Note(0) AfterHeldOut(\"b/kept\")",
                "3 Deck IdleSequence { word: \"c/v\", of: \"a\" }",
            ]
        );
    }

    #[test]
    fn a_circle_is_named_once_with_its_members() {
        let notes: &[(&str, &str, &[&str])] = &[
            ("a", "outside", &["in"]),
            ("a", "in", &["free", "b/through"]),
            ("a", "free", &[]),
            ("b", "through", &["c/back"]),
            ("c", "back", &["a/in"]),
            ("c", "self", &["self"]),
        ];
        assert_eq!(
            said(notes, &[]),
            [
                "0 Note(1) WaitingCircle { members: [\"a/in\", \"b/through\", \"c/back\"] }",
                "2 Note(1) WaitingCircle { members: [\"c/self\"] }",
            ]
        );
    }
}
