//! What was seen before in a file, in memory that does not grow with it: a set of note numbers, and a filter of prompts.

use std::collections::BTreeSet;

/// A set of note numbers, a bit each: what was claimed in a file of a million rows takes 125 kB.
#[derive(Default)]
pub(super) struct BitSet(Vec<u64>);

impl BitSet {
    fn place(number: i64) -> (usize, u64) {
        let number = u64::try_from(number).unwrap_or(0);
        (usize::try_from(number / 64).unwrap_or(0), 1 << (number % 64))
    }

    pub(super) fn has(&self, number: i64) -> bool {
        let (word, bit) = Self::place(number);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    pub(super) fn add(&mut self, number: i64) {
        let (word, bit) = Self::place(number);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= bit;
        }
    }

    /// Adds all of another one.
    pub(super) fn add_all(&mut self, other: &Self) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        for (bits, more) in self.0.iter_mut().zip(&other.0) {
            *bits |= more;
        }
    }
}

/// The notes that the files of one import had so far, and their decks.
#[derive(Default)]
pub struct EarlierFiles {
    notes: BitSet,
    /// Those whose rows were left out: a later file has the say of them.
    pub(super) left_out: BitSet,
    pub(super) decks: BTreeSet<i64>,
}

impl EarlierFiles {
    pub(super) fn have(&self, note: i64) -> bool {
        self.notes.has(note)
    }

    /// Another file is done, which had these notes.
    pub(super) fn add(&mut self, claimed: &BitSet, new: impl Iterator<Item = i64>) {
        new.for_each(|note| self.notes.add(note));
        self.notes.add_all(claimed);
    }
}

/// Whether a prompt may have come before in a file. Like a Bloom filter: no false negatives, rare false positives. Its size
/// does not grow with the file, and most rows of a new deck need no look into the database.
#[derive(Default)]
pub(super) struct Seen(BitSet);

impl Seen {
    /// How many bits are kept: with a million prompts one row in thirty is looked up for nothing.
    const BITS: i64 = 1 << 25;

    fn bit(deck: i64, prompt_hash: i64) -> i64 {
        prompt_hash.wrapping_add(deck).rem_euclid(Self::BITS)
    }

    pub(super) fn may_have(&self, deck: i64, prompt_hash: i64) -> bool {
        self.0.has(Self::bit(deck, prompt_hash))
    }

    pub(super) fn add(&mut self, deck: i64, prompt_hash: i64) {
        self.0.add(Self::bit(deck, prompt_hash));
    }
}
