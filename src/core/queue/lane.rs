//! Cards that wait in a row.

use crate::core::id::CardId;
use crate::core::queue::Candidate;
use std::rc::Rc;

/// Cards in their order, taken from the front. A session is cloned at every step, so all clones share the cards; taking one only
/// moves where the row begins.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    cards: Rc<Vec<Candidate>>,
    /// How many of them were taken.
    taken: usize,
}

impl FromIterator<Candidate> for Lane {
    fn from_iter<I: IntoIterator<Item = Candidate>>(cards: I) -> Self {
        Self { cards: Rc::new(cards.into_iter().collect()), taken: 0 }
    }
}

impl PartialEq for Lane {
    fn eq(&self, other: &Self) -> bool {
        self.waiting() == other.waiting()
    }
}

impl Eq for Lane {}

impl Lane {
    /// Those that still wait.
    pub(super) fn waiting(&self) -> &[Candidate] {
        self.cards.get(self.taken..).unwrap_or_default()
    }

    pub(super) fn take_first(&mut self) {
        self.taken = (self.taken + 1).min(self.cards.len());
    }

    pub(super) fn add(&mut self, candidate: Candidate) {
        Rc::make_mut(&mut self.cards).push(candidate);
    }

    /// Takes a card out wherever it waits.
    pub(super) fn remove(&mut self, card: CardId) {
        if self.waiting().iter().any(|candidate| candidate.card == card) {
            *self = self.waiting().iter().filter(|candidate| candidate.card != card).copied().collect();
        }
    }
}
