//! Which card comes next: due cards by day and shuffle, new ones spread among them, then today's repeats.

use crate::core::id::CardId;
use crate::core::study_day::StudyDay;
use std::collections::BTreeSet;
use std::collections::VecDeque;

/// Hash of a sibling group: cards that should not meet on one day share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Siblings(pub u64);

/// A card that could be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The card.
    pub card: CardId,
    /// Its sibling group.
    pub siblings: Siblings,
}

/// Why a card is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Never answered before.
    New,
    /// Due (or, in ahead and cram mode, asked for).
    Review,
    /// Repeated today, since it was not recalled well.
    Repeat,
}

/// The new cards that one deck offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckOffer {
    /// First answers in this deck today.
    pub introduced_today: u32,
    /// The study day of its latest first answer.
    pub last_introduced: Option<StudyDay>,
    /// New cards in the deck's own order.
    pub cards: Vec<Candidate>,
}

/// Everything that a queue is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supply {
    /// Due cards by (due day, shuffle).
    pub due: Vec<Candidate>,
    /// New cards by deck, in the order of decks.
    pub new: Vec<DeckOffer>,
    /// Cards to be repeated today, oldest answer first.
    pub repeats: Vec<Candidate>,
    /// Sibling groups with an answer today that was no repeat.
    pub met_today: BTreeSet<Siblings>,
    /// Reviews done today in the decks asked for.
    pub reviews_done: u32,
    /// First answers given today in the decks asked for.
    pub new_done: u32,
}

/// The order of a session. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    reviews: VecDeque<Candidate>,
    new: VecDeque<Candidate>,
    repeats: VecDeque<Candidate>,
    first: VecDeque<(Candidate, Origin)>,
    reviews_done: u32,
    new_done: u32,
    reviews_in_all: u64,
    new_in_all: u64,
}

/// Decks take turns, each in its own order. The deck with the fewest introductions today begins; among equals the one
/// that waited longest, then the order of decks. So the first day runs through the decks in order, and with more decks
/// than new cards a day none is left out for ever.
fn take_turns(mut offers: Vec<DeckOffer>) -> Vec<Candidate> {
    let mut introduced: Vec<u32> = offers.iter().map(|offer| offer.introduced_today).collect();
    let mut waiting: Vec<VecDeque<Candidate>> =
        offers.iter_mut().map(|offer| std::mem::take(&mut offer.cards).into()).collect();
    let mut turns = Vec::new();
    loop {
        let next = (0..waiting.len())
            .filter(|deck| waiting.get(*deck).is_some_and(|cards| !cards.is_empty()))
            .min_by_key(|deck| {
                (introduced.get(*deck).copied(), offers.get(*deck).and_then(|offer| offer.last_introduced), *deck)
            });
        let Some(deck) = next else { return turns };
        if let (Some(cards), Some(count)) = (waiting.get_mut(deck), introduced.get_mut(deck)) {
            turns.extend(cards.pop_front());
            *count += 1;
        }
    }
}

impl Queue {
    /// A queue of at most `reviews` due cards and `new` new ones. `keep_siblings_apart`: of each group only the first
    /// card stays, and none whose sibling was answered today. Repeats are never hidden: they were answered today.
    #[must_use]
    pub fn new(supply: Supply, reviews: usize, new: usize, keep_siblings_apart: bool) -> Self {
        let mut met = supply.met_today;
        let mut open = |candidate: &Candidate| !keep_siblings_apart || met.insert(candidate.siblings);
        let due: VecDeque<Candidate> = supply.due.into_iter().filter(|c| open(c)).take(reviews).collect();
        let fresh: VecDeque<Candidate> = take_turns(supply.new).into_iter().filter(|c| open(c)).take(new).collect();
        let count = |done: u32, waiting: usize| u64::from(done) + u64::try_from(waiting).unwrap_or(0);
        Self {
            reviews_in_all: count(supply.reviews_done, due.len()),
            new_in_all: count(supply.new_done, fresh.len()),
            reviews: due,
            new: fresh,
            repeats: supply.repeats.into(),
            first: VecDeque::new(),
            reviews_done: supply.reviews_done,
            new_done: supply.new_done,
        }
    }

    /// The next card. The k-th new one of the day (from 0) comes after floor((k + 1) × R / (N + 1)) of R reviews,
    /// what was done earlier today included: a day in two sittings has the same order as a day in one.
    #[must_use]
    pub fn peek(&self) -> Option<(Candidate, Origin)> {
        if let Some(first) = self.first.front() {
            return Some(*first);
        }
        let place = (u64::from(self.new_done) + 1) * self.reviews_in_all / (self.new_in_all + 1);
        let new_first = self.reviews.is_empty() || u64::from(self.reviews_done) >= place;
        let new = self.new.front().map(|candidate| (*candidate, Origin::New));
        let review = self.reviews.front().map(|candidate| (*candidate, Origin::Review));
        let repeat = self.repeats.front().map(|candidate| (*candidate, Origin::Repeat));
        if new_first { new.or(review) } else { review.or(new) }.or(repeat)
    }

    /// Takes the next card out.
    #[must_use]
    pub fn pop(&mut self) -> Option<(Candidate, Origin)> {
        let next = self.peek();
        if self.first.pop_front().is_none() {
            match next.map(|(_, origin)| origin) {
                Some(Origin::New) => drop(self.new.pop_front()),
                Some(Origin::Review) => drop(self.reviews.pop_front()),
                Some(Origin::Repeat) => drop(self.repeats.pop_front()),
                None => {}
            }
        }
        next
    }

    /// Counts an answer to a card of that origin, so that new cards keep their places.
    pub fn count(&mut self, origin: Origin) {
        match origin {
            Origin::New => self.new_done += 1,
            Origin::Review => self.reviews_done += 1,
            Origin::Repeat => {}
        }
    }

    /// Takes a counted answer back.
    pub fn uncount(&mut self, origin: Origin) {
        match origin {
            Origin::New => self.new_done = self.new_done.saturating_sub(1),
            Origin::Review => self.reviews_done = self.reviews_done.saturating_sub(1),
            Origin::Repeat => {}
        }
    }

    /// Asks the card again at the end of the session.
    pub fn repeat(&mut self, candidate: Candidate) {
        self.repeats.push_back(candidate);
    }

    /// Asks the card at once, before everything else.
    pub fn put_first(&mut self, candidate: Candidate, origin: Origin) {
        self.forget(candidate.card);
        self.first.push_front((candidate, origin));
    }

    /// Takes the card out wherever it waits.
    pub fn forget(&mut self, card: CardId) {
        for cards in [&mut self.reviews, &mut self.new, &mut self.repeats] {
            cards.retain(|candidate| candidate.card != card);
        }
        self.first.retain(|(candidate, _)| candidate.card != card);
    }

    /// Cards that wait: new, due, to be repeated.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let mut waiting = Waiting { new: self.new.len(), reviews: self.reviews.len(), repeats: self.repeats.len() };
        for (_, origin) in &self.first {
            match origin {
                Origin::New => waiting.new += 1,
                Origin::Review => waiting.reviews += 1,
                Origin::Repeat => waiting.repeats += 1,
            }
        }
        waiting
    }
}

/// How many cards of each origin are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// New cards.
    pub new: usize,
    /// Due cards.
    pub reviews: usize,
    /// Repeats.
    pub repeats: usize,
}

impl Waiting {
    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.new + self.reviews + self.repeats
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::NoteUid;

    fn candidate(number: u8) -> Candidate {
        Candidate { card: CardId { note: NoteUid([number; 16]), ordinal: 1 }, siblings: Siblings(u64::from(number)) }
    }

    fn offer(cards: std::ops::Range<u8>) -> DeckOffer {
        DeckOffer { cards: cards.map(candidate).collect(), ..DeckOffer::default() }
    }

    fn order(mut queue: Queue) -> String {
        let mut letters = String::new();
        while let Some((_, origin)) = queue.pop() {
            queue.count(origin);
            letters.push(match origin {
                Origin::New => 'n',
                Origin::Review => 'r',
                Origin::Repeat => 'p',
            });
        }
        letters
    }

    #[test]
    fn new_cards_are_spread_evenly_among_reviews() {
        for (reviews, new, expected) in [
            (6, 2, "rrnrrnrr"),
            (10, 3, "rrnrrrnrrnrrr"),
            (0, 3, "nnn"),
            (3, 0, "rrr"),
            (1, 4, "nnnnr"),
            (4, 4, "nrnrnrnr"),
        ] {
            let supply = Supply {
                due: (0..reviews).map(candidate).collect(),
                new: vec![offer(100..100 + new)],
                ..Supply::default()
            };
            assert_eq!(order(Queue::new(supply, 200, 10, true)), expected, "{reviews} reviews, {new} new");
        }
    }

    #[test]
    fn a_day_in_two_sittings_has_the_order_of_a_day_in_one() {
        let whole = Supply { due: (0..6).map(candidate).collect(), new: vec![offer(100..102)], ..Supply::default() };
        let rest = Supply {
            due: (3..6).map(candidate).collect(),
            new: vec![offer(101..102)],
            reviews_done: 3,
            new_done: 1,
            ..Supply::default()
        };
        let whole = order(Queue::new(whole, 200, 10, true));
        assert_eq!(whole.get(4..), Some(order(Queue::new(rest, 200, 10, true)).as_str()));
    }

    #[test]
    fn decks_take_turns_and_the_one_that_waited_begins() {
        let taken = take_turns(vec![offer(0..3), offer(10..11), offer(20..22)]);
        let numbers: Vec<u8> = taken.iter().map(|c| c.card.note.0[0]).collect();
        assert_eq!(numbers, [0, 10, 20, 1, 21, 2]);
        let mut first = offer(0..2);
        first.last_introduced = Some(StudyDay(9));
        let mut second = offer(10..12);
        second.last_introduced = Some(StudyDay(8));
        let mut third = offer(20..22);
        third.introduced_today = 1;
        let numbers: Vec<u8> = take_turns(vec![first, second, third]).iter().map(|c| c.card.note.0[0]).collect();
        assert_eq!(numbers, [10, 0, 20, 11, 1, 21]);
    }

    #[test]
    fn siblings_never_meet_on_one_day() {
        let twin = |number: u8, group: u64| Candidate { siblings: Siblings(group), ..candidate(number) };
        let supply = Supply {
            due: vec![twin(1, 7), twin(2, 7), twin(3, 8)],
            new: vec![DeckOffer { cards: vec![twin(4, 8), twin(5, 9), twin(6, 10)], ..DeckOffer::default() }],
            met_today: [Siblings(9)].into(),
            repeats: vec![twin(9, 9)],
            ..Supply::default()
        };
        let mut queue = Queue::new(supply.clone(), 200, 10, true);
        let mut cards = Vec::new();
        while let Some((next, _)) = queue.pop() {
            cards.push(next.card.note.0[0]);
        }
        cards.sort_unstable();
        assert_eq!(cards, [1, 3, 6, 9]);
        assert_eq!(Queue::new(supply, 200, 10, false).waiting().all(), 7);
    }

    #[test]
    fn repeats_come_last_round_after_round() {
        let supply = Supply { due: vec![candidate(1)], repeats: vec![candidate(2)], ..Supply::default() };
        let mut queue = Queue::new(supply, 200, 10, true);
        let mut asked = Vec::new();
        for round in 0..5 {
            let (next, _) = queue.pop().unwrap();
            asked.push(next.card.note.0[0]);
            if round < 3 {
                queue.repeat(next);
            }
        }
        assert_eq!(asked, [1, 2, 1, 2, 1]);
        assert_eq!(queue.pop(), None);
    }
}
