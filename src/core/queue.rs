//! Which card comes next: due cards by day and shuffle, new ones spread among them, then today's repeats.

use crate::core::id::CardId;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use std::cmp::Ordering;
use std::collections::BTreeMap;
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
    /// The deck, by its local number.
    pub deck: i64,
    /// First answers in this deck today.
    pub introduced_today: u32,
    /// The study day of its latest first answer.
    pub last_introduced: Option<StudyDay>,
    /// New cards in the deck's own order.
    pub cards: Vec<Candidate>,
}

/// In which order due cards come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DueOrder {
    /// By due day, then by each card's fixed shuffle.
    #[default]
    Day,
    /// Most at risk first: where more is due than the day has places.
    Risk,
}

/// A due card's lateness, which says how much it is at risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// Days since it fell due; negative for one that is asked early.
    pub days_late: i64,
    /// The interval that it had waited by then.
    pub interval: Days,
    /// Its fixed shuffle.
    pub shuffle: i64,
}

impl Overdue {
    /// Most at risk first: days late in proportion to the interval. Ten days late is much for a card with an interval of
    /// six days, and next to nothing after a year. Among equals the one that is late for longer, then the shuffle.
    #[must_use]
    pub fn by_risk(&self, other: &Self) -> Ordering {
        let risk = |a: &Self, b: &Self| i128::from(a.days_late) * i128::from(b.interval.0.max(1));
        risk(other, self)
            .cmp(&risk(self, other))
            .then_with(|| other.days_late.cmp(&self.days_late))
            .then_with(|| self.shuffle.cmp(&other.shuffle))
    }
}

/// How many cards still have a place today: in all, and within the limits of decks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    all: usize,
    limits: Vec<usize>,
    /// The limits that count for a deck, as indexes.
    of_deck: BTreeMap<i64, Vec<usize>>,
}

impl From<usize> for Places {
    fn from(all: usize) -> Self {
        Self { all, ..Self::default() }
    }
}

impl Places {
    /// Adds a limit that several decks share: `left` places for them together.
    pub fn limit(&mut self, left: usize, decks: impl IntoIterator<Item = i64>) {
        for deck in decks {
            self.of_deck.entry(deck).or_default().push(self.limits.len());
        }
        self.limits.push(left);
    }

    /// Places for all decks together.
    #[must_use]
    pub fn all(&self) -> usize {
        self.all
    }

    /// Places for a card of this deck.
    #[must_use]
    pub fn of(&self, deck: i64) -> usize {
        let limits = self.of_deck.get(&deck).into_iter().flatten();
        limits.filter_map(|limit| self.limits.get(*limit).copied()).fold(self.all, usize::min)
    }

    /// Takes a place for a card of this deck, if there is one.
    pub fn take(&mut self, deck: i64) -> bool {
        self.take_up_to(deck, 1) == 1
    }

    fn take_up_to(&mut self, deck: i64, most: usize) -> usize {
        let taken = self.of(deck).min(most);
        self.all -= taken;
        for limit in self.of_deck.get(&deck).into_iter().flatten() {
            if let Some(left) = self.limits.get_mut(*limit) {
                *left -= taken;
            }
        }
        taken
    }

    /// How many of the cards that wait, by deck, find a place. Limits of decks lie inside each other or apart, so the
    /// order in which decks are served does not matter.
    #[must_use]
    pub fn fit(&self, waiting: &BTreeMap<i64, u64>) -> u64 {
        let mut places = self.clone();
        let served = waiting.iter().map(|(deck, count)| {
            let taken = places.take_up_to(*deck, usize::try_from(*count).unwrap_or(usize::MAX));
            u64::try_from(taken).unwrap_or(u64::MAX)
        });
        served.sum()
    }
}

/// Whole study days without an answer from which someone was away.
const AWAY_DAYS: i64 = 3;

/// What someone finds who was away, or who fell behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comeback {
    /// Whole study days without an answer before today.
    pub away_days: u64,
    /// Due cards that wait.
    pub waiting: u64,
    /// How many of them today has places for.
    pub today: u64,
    /// Study days that they take at the daily limit, today included; what falls due meanwhile not counted.
    pub days: u64,
}

impl Comeback {
    /// What to say, if anything: `waiting` due cards of which `today` find a place, `per_day` on each day after; `last`
    /// is the last study day with an answer.
    #[must_use]
    pub fn new(last: Option<StudyDay>, on: StudyDay, waiting: u64, today: u64, per_day: u32) -> Option<Self> {
        let away = on.since(last?).saturating_sub(1).max(0);
        if waiting == 0 || (away < AWAY_DAYS && waiting <= today) {
            return None;
        }
        let later = waiting.saturating_sub(today).div_ceil(u64::from(per_day.max(1)));
        let away_days = u64::try_from(away).unwrap_or(0);
        Some(Self { away_days, waiting, today, days: later + u64::from(today > 0) })
    }
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
fn take_turns(mut offers: Vec<DeckOffer>) -> Vec<(i64, Candidate)> {
    let mut introduced: Vec<u32> = offers.iter().map(|offer| offer.introduced_today).collect();
    let mut waiting: Vec<VecDeque<(i64, Candidate)>> = offers
        .iter_mut()
        .map(|offer| std::mem::take(&mut offer.cards).into_iter().map(|card| (offer.deck, card)).collect())
        .collect();
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
    /// A queue of as many due and new cards as have a place. `keep_siblings_apart`: of each group only the first
    /// card stays, and none whose sibling was answered today. Repeats are never hidden: they were answered today.
    #[must_use]
    pub fn new(supply: Supply, reviews: &Places, mut new: Places, keep_siblings_apart: bool) -> Self {
        let mut met = supply.met_today;
        let mut open = |candidate: &Candidate| !keep_siblings_apart || met.insert(candidate.siblings);
        let due: VecDeque<Candidate> = supply.due.into_iter().filter(|c| open(c)).take(reviews.all()).collect();
        let fresh: VecDeque<Candidate> = take_turns(supply.new)
            .into_iter()
            .filter(|(deck, card)| new.of(*deck) > 0 && open(card) && new.take(*deck))
            .map(|(_, card)| card)
            .collect();
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

    fn queue(supply: Supply) -> Queue {
        Queue::new(supply, &200.into(), 10.into(), true)
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
            assert_eq!(order(queue(supply)), expected, "{reviews} reviews, {new} new");
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
        let whole = order(queue(whole));
        assert_eq!(whole.get(4..), Some(order(queue(rest)).as_str()));
    }

    #[test]
    fn decks_take_turns_and_the_one_that_waited_begins() {
        let taken = take_turns(vec![offer(0..3), offer(10..11), offer(20..22)]);
        let numbers: Vec<u8> = taken.iter().map(|(_, c)| c.card.note.0[0]).collect();
        assert_eq!(numbers, [0, 10, 20, 1, 21, 2]);
        let mut first = offer(0..2);
        first.last_introduced = Some(StudyDay(9));
        let mut second = offer(10..12);
        second.last_introduced = Some(StudyDay(8));
        let mut third = offer(20..22);
        third.introduced_today = 1;
        let numbers: Vec<u8> = take_turns(vec![first, second, third]).iter().map(|(_, c)| c.card.note.0[0]).collect();
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
        let mut queue = queue(supply.clone());
        let mut cards = Vec::new();
        while let Some((next, _)) = queue.pop() {
            cards.push(next.card.note.0[0]);
        }
        cards.sort_unstable();
        assert_eq!(cards, [1, 3, 6, 9]);
        assert_eq!(Queue::new(supply, &200.into(), 10.into(), false).waiting().all(), 7);
    }

    #[test]
    fn repeats_come_last_round_after_round() {
        let supply = Supply { due: vec![candidate(1)], repeats: vec![candidate(2)], ..Supply::default() };
        let mut queue = queue(supply);
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

    #[test]
    fn most_at_risk_is_late_in_proportion_to_its_interval() {
        let late = |days_late, interval, shuffle| Overdue { days_late, interval: Days(interval), shuffle };
        let mut cards = [
            late(10, 365, 1),
            late(0, 1, 2),
            late(10, 6, 3),
            late(1, 1, 4),
            late(20, 20, 5),
            late(-2, 6, 6),
            late(20, 20, 0),
            late(3, 0, 7),
        ];
        cards.sort_by(Overdue::by_risk);
        assert_eq!(cards.map(|card| card.shuffle), [7, 3, 0, 5, 4, 1, 2, 6]);
    }

    #[test]
    fn limits_of_decks_lie_within_the_limit_of_the_day() {
        // Decks 1 and 2 share three places, two of which are for 2; deck 3 has the day's limit only.
        let mut places = Places::from(5);
        places.limit(3, [1, 2]);
        places.limit(2, [2]);
        for (waiting, expected) in [
            (vec![(1, 9)], 3),
            (vec![(2, 9)], 2),
            (vec![(3, 9)], 5),
            (vec![(1, 1), (2, 9), (3, 9)], 5),
            (vec![(1, 9), (2, 9)], 3),
            (vec![(1, 1), (2, 1)], 2),
        ] {
            let waiting: BTreeMap<i64, u64> = waiting.into_iter().collect();
            assert_eq!(places.fit(&waiting), expected, "{waiting:?}");
        }
        let taken: Vec<i64> = [2, 2, 2, 1, 1, 3, 3, 3].into_iter().filter(|deck| places.take(*deck)).collect();
        assert_eq!(taken, [2, 2, 1, 3, 3]);
        assert_eq!(places.all(), 0);
    }

    #[test]
    fn new_cards_of_a_deck_end_at_its_limit_and_the_others_take_the_places() {
        let deck = |deck: i64, cards| DeckOffer { deck, ..offer(cards) };
        let supply = Supply { new: vec![deck(1, 0..9), deck(2, 10..19)], ..Supply::default() };
        let mut new = Places::from(6);
        new.limit(1, [1]);
        let mut queue = Queue::new(supply, &200.into(), new, true);
        let mut cards = Vec::new();
        while let Some((next, _)) = queue.pop() {
            cards.push(next.card.note.0[0]);
        }
        assert_eq!(cards, [0, 10, 11, 12, 13, 14]);
    }

    #[test]
    fn coming_back_says_what_waits_and_how_long_it_takes() {
        // (last answer, waiting, places today, per day) on day 100 → (away, days)
        for (last, waiting, today, per_day, expected) in [
            (Some(90), 340, 200, 200, Some((9, 2))),
            (Some(96), 10, 200, 200, Some((3, 1))),
            (Some(97), 10, 200, 200, None),
            (Some(99), 201, 200, 200, Some((0, 2))),
            (Some(100), 150, 50, 200, Some((0, 2))),
            (Some(100), 150, 0, 100, Some((0, 2))),
            (Some(90), 7, 0, 0, Some((9, 7))),
            (Some(90), 0, 0, 200, None),
            (None, 300, 200, 200, None),
            (Some(101), 10, 200, 200, None),
        ] {
            let comeback = Comeback::new(last.map(StudyDay), StudyDay(100), waiting, today, per_day);
            assert_eq!(comeback.map(|c| (c.away_days, c.days)), expected, "{last:?}, {waiting}, {today}, {per_day}");
        }
    }
}
