//! The order in which decks give their new cards: each its own, or several decks one that they share.

use crate::core::id::in_deck;
use std::collections::BTreeSet;

/// What the order is made from: a deck that offers new cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InOrder<'d> {
    /// Its id.
    pub id: &'d str,
    /// The `sequence` of its head: a `topic` is its own, a `deck/topic` another deck's.
    pub sequence: &'d [String],
}

/// Decks whose new cards come in one order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sequence<'d> {
    /// The decks, by their place among those that were given.
    pub decks: Vec<usize>,
    /// Their topics in order, each with the place of its deck. Those that are not named come after them.
    pub topics: Vec<(usize, &'d str)>,
}

/// The order of all decks; each is in one sequence. A deck with a sequence of its own belongs to that, any other one to the first
/// sequence that names it, and where none does it is alone. What a sequence says of a deck of another one does not count.
#[must_use]
pub fn sequences<'d>(decks: &[InOrder<'d>]) -> Vec<Sequence<'d>> {
    let named = |own: &'d str, word: &'d str| {
        let (deck, topic) = in_deck(own, word);
        decks.iter().position(|there| there.id == deck).map(|place| (place, topic))
    };
    let mut of: Vec<Option<usize>> =
        decks.iter().enumerate().map(|(place, deck)| (!deck.sequence.is_empty()).then_some(place)).collect();
    for (place, deck) in decks.iter().enumerate() {
        for (other, _) in deck.sequence.iter().filter_map(|word| named(deck.id, word)) {
            if let Some(of) = of.get_mut(other) {
                of.get_or_insert(place);
            }
        }
    }
    let of: Vec<usize> = of.into_iter().enumerate().map(|(place, of)| of.unwrap_or(place)).collect();
    let mut all = Vec::new();
    for (place, deck) in decks.iter().enumerate().filter(|(place, _)| of.get(*place) == Some(place)) {
        let mut seen = BTreeSet::new();
        let topics = deck.sequence.iter().filter_map(|word| named(deck.id, word));
        all.push(Sequence {
            decks: (0..decks.len()).filter(|other| of.get(*other) == Some(&place)).collect(),
            topics: topics.filter(|topic| of.get(topic.0) == Some(&place) && seen.insert(*topic)).collect(),
        });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(decks: &[(&str, &[&str])]) -> Vec<String> {
        let words: Vec<Vec<String>> =
            decks.iter().map(|(_, words)| words.iter().map(|word| (*word).to_owned()).collect()).collect();
        let given: Vec<InOrder<'_>> =
            decks.iter().zip(&words).map(|((id, _), sequence)| InOrder { id, sequence }).collect();
        let name = |place: usize| given[place].id;
        let line = |one: &Sequence<'_>| {
            let decks: Vec<&str> = one.decks.iter().map(|place| name(*place)).collect();
            let topics: Vec<String> =
                one.topics.iter().map(|(place, topic)| format!("{}/{topic}", name(*place))).collect();
            format!("{}: {}", decks.join("+"), topics.join(" "))
        };
        sequences(&given).iter().map(line).collect()
    }

    #[test]
    fn each_deck_is_in_one_sequence() {
        for (decks, expected) in [
            (&[("a", &[][..]), ("b", &[])][..], &["a: ", "b: "][..]),
            (&[("a", &[]), ("b", &["t", "a/u", "b/v", "t", "nowhere/w"]), ("c", &[])], &["a+b: b/t a/u b/v", "c: "]),
            // What has a sequence of its own is not drawn into another, and the first one that names a deck has it.
            (&[("a", &["b/t", "x", "c/y"]), ("b", &["t", "c/y"]), ("c", &[])], &["a+c: a/x c/y", "b: b/t"]),
            (&[("a", &["b/t/u"]), ("b", &[])], &["a+b: b/t/u"]),
        ] {
            assert_eq!(shown(decks), expected, "{decks:?}");
        }
    }
}
