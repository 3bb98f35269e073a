//! Which card comes next: due cards by day and shuffle, new ones spread among them, then today's repeats.

mod lane;
pub mod sequence;
#[cfg(test)]
mod tests;

use crate::core::id::CardId;
use crate::core::pause::Pauses;
use crate::core::queue::lane::Lane;
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

/// The new cards of one deck, or of the decks of a common order: what takes turns with other such offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// First answers in its decks today.
    pub introduced_today: u32,
    /// The study day of their latest first answer.
    pub last_introduced: Option<StudyDay>,
    /// New cards in their order, each with the local number of its deck.
    pub cards: Vec<(i64, Candidate)>,
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

/// Whole study days without an answer or a break from which someone was away.
const AWAY_DAYS: u64 = 3;

/// What someone finds who was away, or who fell behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comeback {
    /// Days since the last answer, where it is long ago and no break is why; else 0.
    pub last_days_ago: u64,
    /// Due cards that wait.
    pub waiting: u64,
    /// How many of them today has places for.
    pub today: u64,
    /// Study days that they take at the daily limit, today included; what falls due meanwhile not counted.
    pub days: u64,
    /// Whether new cards wait until what is due fits into one sitting.
    pub new_wait: bool,
}

impl Comeback {
    /// What to say, if anything: `waiting` due cards of which `today` find a place, `per_day` on each day after; `last`
    /// is the last study day with an answer. Days in a break are none that someone was away.
    #[must_use]
    pub fn new(
        last: Option<StudyDay>,
        on: StudyDay,
        (waiting, today): (u64, u64),
        per_day: u32,
        new_wait: bool,
        pauses: &Pauses,
    ) -> Option<Self> {
        let last = last?;
        let was_away = pauses.days_without(last, on) >= AWAY_DAYS;
        if waiting == 0 || (!was_away && waiting <= today) {
            return None;
        }
        let later = waiting.saturating_sub(today).div_ceil(u64::from(per_day.max(1)));
        let last_days_ago = u64::try_from(on.since(last)).ok().filter(|_| was_away).unwrap_or(0);
        Some(Self { last_days_ago, waiting, today, days: later + u64::from(today > 0), new_wait })
    }
}

/// Whole study days without an answer after which new cards wait until what is due fits into one sitting.
const LONG_AWAY_DAYS: i64 = 7;

/// Whether someone is back from a long absence and has begun nothing new since. `days` are the study days with an answer, newest
/// first, each with the first answers given on it.
#[must_use]
pub fn is_back(days: impl IntoIterator<Item = (StudyDay, u64)>, today: StudyDay) -> bool {
    let mut after = today;
    for (day, begun) in days {
        if after.since(day) > LONG_AWAY_DAYS {
            return true;
        }
        if begun > 0 {
            return false;
        }
        after = day;
    }
    false
}

/// Everything that a queue is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supply {
    /// Due cards by (due day, shuffle).
    pub due: Vec<Candidate>,
    /// New cards, in the order of decks.
    pub new: Vec<Offer>,
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
    reviews: Lane,
    new: Lane,
    repeats: Lane,
    first: VecDeque<(Candidate, Origin)>,
    reviews_done: u32,
    new_done: u32,
    reviews_in_all: u64,
    new_in_all: u64,
}

/// Decks take turns, each in its own order; decks with a common order are as one. The one with the fewest introductions today
/// begins; among equals the one that waited longest, then the order of decks. So the first day runs through the decks in order,
/// and with more decks than new cards a day none is left out for ever.
#[must_use]
pub fn take_turns(mut offers: Vec<Offer>) -> Vec<(i64, Candidate)> {
    let mut introduced: Vec<u32> = offers.iter().map(|offer| offer.introduced_today).collect();
    let mut waiting: Vec<VecDeque<(i64, Candidate)>> =
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

/// How many of the day's reviews come before its next new card, done ones included. The k-th new one of the day (from 0) comes
/// after floor((k + 1) × R / (N + 1)) of R reviews.
fn reviews_before_new(new_done: u32, new_in_all: u64, reviews_in_all: u64) -> u64 {
    (u64::from(new_done) + 1) * reviews_in_all / (new_in_all + 1)
}

/// With so many due cards a due one comes first, however many more there are and whichever new ones: at most `new`.
///
/// A caller that needs only the first card can stop here.
#[must_use]
pub fn due_that_decide(reviews_done: u32, new_done: u32, new: usize) -> usize {
    let new_in_all = u64::from(new_done).saturating_add(u64::try_from(new).unwrap_or(u64::MAX));
    // The least number with reviews_before_new(…) > reviews_done.
    let reviews_in_all =
        (u64::from(reviews_done) + 1).saturating_mul(new_in_all.saturating_add(1)).div_ceil(u64::from(new_done) + 1);
    usize::try_from(reviews_in_all - u64::from(reviews_done)).unwrap_or(usize::MAX)
}

impl Queue {
    /// A queue of as many due and new cards as have a place. `keep_siblings_apart`: of each group only the first
    /// card stays, and none whose sibling was answered today. Repeats are never hidden: they were answered today.
    #[must_use]
    pub fn new(supply: Supply, reviews: &Places, mut new: Places, keep_siblings_apart: bool) -> Self {
        let mut met = supply.met_today;
        let mut open = |candidate: &Candidate| !keep_siblings_apart || met.insert(candidate.siblings);
        let due: Lane = supply.due.into_iter().filter(|c| open(c)).take(reviews.all()).collect();
        let fresh: Lane = take_turns(supply.new)
            .into_iter()
            .filter(|(deck, card)| new.of(*deck) > 0 && open(card) && new.take(*deck))
            .map(|(_, card)| card)
            .collect();
        let count = |done: u32, waiting: usize| u64::from(done) + u64::try_from(waiting).unwrap_or(0);
        Self {
            reviews_in_all: count(supply.reviews_done, due.waiting().len()),
            new_in_all: count(supply.new_done, fresh.waiting().len()),
            reviews: due,
            new: fresh,
            repeats: supply.repeats.into_iter().collect(),
            first: VecDeque::new(),
            reviews_done: supply.reviews_done,
            new_done: supply.new_done,
        }
    }

    /// The next card. What was done earlier today counts for the places of new ones: a day in two sittings has the same order as
    /// a day in one.
    #[must_use]
    pub fn peek(&self) -> Option<(Candidate, Origin)> {
        if let Some(first) = self.first.front() {
            return Some(*first);
        }
        let place = reviews_before_new(self.new_done, self.new_in_all, self.reviews_in_all);
        let first = |lane: &Lane, origin| lane.waiting().first().map(|candidate| (*candidate, origin));
        let new = first(&self.new, Origin::New);
        let review = first(&self.reviews, Origin::Review);
        let new_first = review.is_none() || u64::from(self.reviews_done) >= place;
        if new_first { new.or(review) } else { review.or(new) }.or_else(|| first(&self.repeats, Origin::Repeat))
    }

    /// Its cards in the order in which they come, each as if the one before had been answered.
    pub fn in_order(mut self) -> impl Iterator<Item = (Candidate, Origin)> {
        std::iter::from_fn(move || {
            let (candidate, origin) = self.pop()?;
            self.count(origin);
            Some((candidate, origin))
        })
    }

    /// Takes the next card out.
    #[must_use]
    pub fn pop(&mut self) -> Option<(Candidate, Origin)> {
        let next = self.peek();
        if self.first.pop_front().is_none() {
            match next.map(|(_, origin)| origin) {
                Some(Origin::New) => self.new.take_first(),
                Some(Origin::Review) => self.reviews.take_first(),
                Some(Origin::Repeat) => self.repeats.take_first(),
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
        self.repeats.add(candidate);
    }

    /// Whether a card is to be asked before everything else.
    #[must_use]
    pub fn has_first(&self) -> bool {
        !self.first.is_empty()
    }

    /// Asks the card at once, before everything else.
    pub fn put_first(&mut self, candidate: Candidate, origin: Origin) {
        self.forget(candidate.card);
        self.first.push_front((candidate, origin));
    }

    /// Takes the card out wherever it waits.
    pub fn forget(&mut self, card: CardId) {
        for lane in [&mut self.reviews, &mut self.new, &mut self.repeats] {
            lane.remove(card);
        }
        self.first.retain(|(candidate, _)| candidate.card != card);
    }

    /// Cards that wait: new, due, to be repeated.
    #[must_use]
    pub fn waiting(&self) -> Waiting {
        let mut waiting = Waiting {
            new: self.new.waiting().len(),
            reviews: self.reviews.waiting().len(),
            repeats: self.repeats.waiting().len(),
        };
        for (_, origin) in &self.first {
            waiting.add(*origin);
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

    /// Counts one more.
    pub fn add(&mut self, origin: Origin) {
        match origin {
            Origin::New => self.new += 1,
            Origin::Review => self.reviews += 1,
            Origin::Repeat => self.repeats += 1,
        }
    }
}
