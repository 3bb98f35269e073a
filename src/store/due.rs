//! What a session can be made from. By index: the size of the collection does not matter.

mod fresh;
mod held;
mod risk;
#[cfg(test)]
mod tests;

use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::queue::Candidate;
use crate::core::queue::DueOrder;
use crate::core::queue::Offer;
use crate::core::queue::Places;
use crate::core::queue::Siblings;
use crate::core::queue::Supply;
use crate::core::queue::due_that_decide;
use crate::core::queue::sequence::InOrder;
use crate::core::queue::sequence::sequences;
use crate::core::settings::DeckRules;
use crate::core::settings::NewOrder;
use crate::core::study_day::Rollover;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::quality_of;
use crate::store::columns::sequence_of;
use crate::store::columns::u32_of;
use crate::store::due::fresh::Choice;
use crate::store::due::held::DueCards;
use crate::store::due::risk::ByRisk;
use crate::store::notes::own_siblings;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub use crate::store::due::held::Recall;

/// New cards of each deck; from an index alone.
pub(super) const NEW_BY_DECK: &str =
    "SELECT deck, sum(fresh) FROM note INDEXED BY note_new WHERE fresh > 0 GROUP BY deck";

/// The decks that something is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeckSet {
    /// All of them.
    #[default]
    All,
    /// These, by local number.
    Some(BTreeSet<i64>),
}

impl DeckSet {
    /// Whether a deck is among them.
    #[must_use]
    pub fn has(&self, deck: i64) -> bool {
        match self {
            Self::All => true,
            Self::Some(decks) => decks.contains(&deck),
        }
    }
}

/// How much to fetch.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Places for due cards.
    pub reviews: Places,
    /// Places for new cards.
    pub new: Places,
    /// Due up to this day.
    pub until: StudyDay,
    /// Order of due cards.
    pub due_order: DueOrder,
    /// The rules of decks: order of new cards, what is repeated.
    pub rules: DeckRules,
    /// Whether siblings are kept apart.
    pub keep_siblings_apart: bool,
    /// Whether nothing but the first card is wanted: then no more is read than decides which one that is.
    pub first_only: bool,
}

/// What was done and what waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// First answers given today, in all decks.
    pub new_done: u32,
    /// Answers given today in all decks, repeats included.
    pub answers_today: u32,
    /// Cards that are due and can be asked today, whatever the limits: of siblings one, and none whose sibling was asked today.
    pub due: u64,
    /// The same by deck.
    pub due_by_deck: BTreeMap<i64, u64>,
    /// Due cards that wait until tomorrow, since a sibling was asked today or comes before them.
    pub siblings: u64,
    /// Due cards that are buried.
    pub buried: u64,
    /// Cards that were never answered and may be offered.
    pub new: u64,
    /// The same by deck.
    pub new_by_deck: BTreeMap<i64, u64>,
    /// Cards to be repeated today.
    pub repeats: u64,
    /// The next day after today on which something falls due, or comes back that is held back today.
    pub next_due: Option<StudyDay>,
}

/// A card to be repeated, and the local number of its deck.
type Repeat = (Candidate, i64);

/// The sibling group of a note: that of its column, else its own.
fn siblings_of(column: Option<i64>, uid: NoteUid) -> Siblings {
    Siblings(column.unwrap_or_else(|| own_siblings(uid.0)).cast_unsigned())
}

impl Store {
    /// The candidate of a card by its local number.
    fn candidate_of(&self, card: i64) -> Result<Option<Candidate>, Fault> {
        let (note, ordinal) = card_parts(card);
        Ok(self
            .db()
            .prepare_cached(
                "SELECT u.uid, n.siblings FROM note n CROSS JOIN note_name u ON u.id = n.id WHERE n.id = ?1",
            )?
            .query_row([note], |row| {
                let note = NoteUid(row.get(0)?);
                Ok(Candidate { card: CardId { note, ordinal }, siblings: siblings_of(row.get(1)?, note) })
            })
            .optional()?)
    }

    /// The candidates of a session on `today`.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn supply(&self, decks: &DeckSet, today: StudyDay, limits: &Limits) -> Result<Supply, StoreError> {
        self.supply_among(decks, None, today, limits)
    }

    /// The same, of nothing but the cards of a search.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn supply_among(
        &self,
        decks: &DeckSet,
        among: Option<&BTreeSet<CardId>>,
        today: StudyDay,
        limits: &Limits,
    ) -> Result<Supply, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let is_meant = |candidate: &Candidate| among.is_none_or(|cards| cards.contains(&candidate.card));
            let (repeats, met_today) = self.answered_today(decks, today, &limits.rules)?;
            let repeats = repeats.into_iter().map(|(candidate, _)| candidate).filter(is_meant).collect();
            let done = self.done(decks, today)?;
            let enough =
                if limits.first_only { due_that_decide(done.reviews, done.new, limits.new.all()) } else { usize::MAX };
            let mut met = met_today.clone();
            let mut due = Vec::new();
            let mut places = limits.reviews.clone();
            self.each_due(decks, today, limits, |card, deck| {
                if places.of(deck) > 0
                    && let Some(candidate) = self.candidate_of(card)?
                    && is_meant(&candidate)
                    && (!limits.keep_siblings_apart || met.insert(candidate.siblings))
                    && places.take(deck)
                {
                    due.push(candidate);
                }
                Ok(places.all() > 0 && due.len() < enough)
            })?;
            let mut new: Vec<Offer> = Vec::new();
            if limits.new.all() > 0 && due.len() < enough {
                let choice = Choice {
                    among,
                    today,
                    keep_siblings_apart: limits.keep_siblings_apart,
                    met,
                    places: limits.new.clone(),
                    cards: Vec::new(),
                };
                new = self.offers(decks, &limits.rules, &done, &choice)?;
            }
            Ok(Supply { due, new, repeats, met_today, reviews_done: done.reviews, new_done: done.new })
        })
    }

    /// The due cards of these decks that are not held back today, with their decks, in the order asked for, while
    /// `wants_more` says so.
    ///
    /// They are read as far as they are wanted.
    fn each_due(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        limits: &Limits,
        mut wants_more: impl FnMut(i64, i64) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        if limits.reviews.all() == 0 {
            return Ok(());
        }
        let mut is_enough = |card, deck| Ok::<_, Fault>(decks.has(deck) && !wants_more(card, deck)?);
        if limits.due_order == DueOrder::Risk {
            let mut cards = ByRisk::new(self.db(), limits.until, today)?;
            while let Some((card, deck)) = cards.next()? {
                if is_enough(card, deck)? {
                    break;
                }
            }
            return Ok(());
        }
        let mut statement = self.db().prepare_cached(
            "SELECT card, deck FROM card_state INDEXED BY card_due \
             WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 AND coalesce(buried_until, -2147483648) <= ?2 \
             ORDER BY due, shuffle",
        )?;
        let mut rows = statement.query([limits.until.0, today.0])?;
        while let Some(row) = rows.next()? {
            if is_enough(row.get(0)?, row.get(1)?)? {
                break;
            }
        }
        Ok(())
    }

    /// Whether more is due in these decks than finds a place. Stops at the first card that finds none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn overflows(&self, decks: &DeckSet, today: StudyDay, mut places: Places) -> Result<bool, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT deck, coalesce(buried_until, -2147483648) > ?1 FROM card_state INDEXED BY card_due \
                 WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 ORDER BY due, shuffle",
            )?;
            let mut rows = statement.query([today.0])?;
            while let Some(row) = rows.next()? {
                let (deck, buried): (i64, bool) = (row.get(0)?, row.get(1)?);
                if decks.has(deck) && !buried && !places.take(deck) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }

    /// The last study day before or on `today` with an answer, of any deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn last_practised(&self, today: StudyDay) -> Result<Option<StudyDay>, StoreError> {
        self.attempt(|| {
            Ok(self
                .db()
                .prepare_cached(
                    "SELECT study_day FROM day_sum WHERE study_day <= ?1 AND answers > 0 ORDER BY study_day DESC LIMIT 1",
                )?
                .query_row([today.0], |row| row.get(0).map(day_of))
                .optional()?)
        })
    }

    /// The new cards of these decks, in the order in which they take turns: by id, the same on every device. `choice` is where
    /// each of them begins to choose.
    fn offers(
        &self,
        decks: &DeckSet,
        rules: &DeckRules,
        done: &Done,
        choice: &Choice<'_>,
    ) -> Result<Vec<Offer>, Fault> {
        let all = self.offering_decks()?;
        let in_order: Vec<InOrder<'_>> =
            all.iter().map(|deck| InOrder { id: &deck.id, sequence: &deck.sequence }).collect();
        let mut offers = Vec::new();
        for sequence in sequences(&in_order) {
            let mut together = Vec::new();
            for deck in sequence.decks.iter().filter_map(|place| all.get(*place)) {
                if !decks.has(deck.number) || choice.places.of(deck.number) == 0 {
                    continue;
                }
                // Who wants a deck in the order of chance does not want it in its author's.
                match rules.of(deck.number).new_order {
                    NewOrder::Position => together.push(deck),
                    NewOrder::Random => {
                        offers.push(deck.offer(done, self.new_cards_at_random(deck, choice.clone())?));
                    }
                }
            }
            let own: Vec<Offer> = together.iter().map(|deck| deck.offer(done, Vec::new())).collect();
            let topics = sequence.topics.iter().filter_map(|(place, topic)| Some((all.get(*place)?, *topic)));
            let topics: Vec<(&OfferingDeck, &str)> =
                topics.filter(|(deck, _)| together.iter().any(|there| there.number == deck.number)).collect();
            if !together.is_empty() {
                offers.push(Offer {
                    introduced_today: own.iter().map(|offer| offer.introduced_today).sum(),
                    last_introduced: own.iter().filter_map(|offer| offer.last_introduced).max(),
                    cards: self.new_cards_in_order(&together, &own, &topics, choice.clone())?,
                });
            }
        }
        Ok(offers)
    }

    /// The decks that may offer new cards, by id.
    fn offering_decks(&self) -> Result<Vec<OfferingDeck>, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT id, name_id, last_introduced, sequence FROM deck WHERE listed > 0 ORDER BY name_id",
        )?;
        let mut rows = statement.query([])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let last_introduced: Option<i64> = row.get(2)?;
            all.push(OfferingDeck {
                number: row.get(0)?,
                id: row.get(1)?,
                last_introduced: last_introduced.map(day_of),
                sequence: sequence_of(row.get(3)?)?,
            });
        }
        Ok(all)
    }

    /// Cards answered today, perhaps again under tomorrow where the clock went back: those to be repeated with their deck, oldest
    /// answer first, and the sibling groups that were met.
    fn answered_today(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        rules: &DeckRules,
    ) -> Result<(Vec<Repeat>, BTreeSet<Siblings>), Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT a.card, a.hlc, s.deck, s.last_quality, s.offered = 1 AND s.last_day = ?1 \
             AND coalesce(s.buried_until, -2147483648) <= ?1 FROM asked a CROSS JOIN card_state s ON s.card = a.card \
             WHERE a.study_day = ?1 AND a.answers > 0 AND s.last_day >= ?1",
        )?;
        let mut rows = statement.query([today.0])?;
        let (mut repeats, mut met): (Vec<(i64, Repeat)>, _) = (Vec::new(), BTreeSet::new());
        while let Some(row) = rows.next()? {
            let Some(candidate) = self.candidate_of(row.get(0)?)? else { continue };
            met.insert(candidate.siblings);
            let deck = row.get(2)?;
            let quality = row.get::<_, Option<i64>>(3)?.and_then(quality_of);
            let again = quality.is_some_and(|quality| rules.of(deck).drill.repeats(quality));
            if again && row.get::<_, bool>(4)? && decks.has(deck) {
                repeats.push((row.get(1)?, (candidate, deck)));
            }
        }
        repeats.sort_unstable_by_key(|(hlc, (candidate, _))| (*hlc, candidate.card));
        Ok((repeats.into_iter().map(|(_, repeat)| repeat).collect(), met))
    }

    fn done(&self, decks: &DeckSet, today: StudyDay) -> Result<Done, Fault> {
        let mut statement =
            self.db().prepare_cached("SELECT deck, review, first, answers FROM day_sum WHERE study_day = ?1")?;
        let mut rows = statement.query([today.0])?;
        let mut done = Done::default();
        while let Some(row) = rows.next()? {
            let deck = row.get(0)?;
            done.by_deck.insert(deck, u32_of(row.get(2)?));
            done.reviews_by_deck.insert(deck, u32_of(row.get(1)?));
            if decks.has(deck) {
                done.reviews += u32_of(row.get(1)?);
                done.new += u32_of(row.get(2)?);
                done.answers += u32_of(row.get(3)?);
            }
        }
        Ok(done)
    }

    /// Reviews and first answers of today by deck: what the day's limits count.
    ///
    /// A move of the rollover hour, or a flight back over the date line, can start today again. New cards that were begun in those
    /// hours still count: those written under tomorrow, and those written under yesterday that were given since today began, by the
    /// clock and the hour of that moment.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn done_today(&self, today: StudyDay, rollover: Rollover) -> Result<[BTreeMap<i64, u32>; 2], StoreError> {
        self.attempt(|| {
            let done = self.done(&DeckSet::All, today)?;
            let mut new = done.by_deck;
            for (deck, count) in self.done(&DeckSet::All, today.plus(1))?.by_deck {
                *new.entry(deck).or_default() += count;
            }
            // On most days of a long history nothing was begun, and then none of the day's answers is a first one.
            if self.done(&DeckSet::All, today.plus(-1))?.new > 0 {
                let mut statement = self.db().prepare_cached(
                    "SELECT s.deck, e.hlc - coalesce(d.ahead, 0), e.offset_min FROM asked a \
                     CROSS JOIN card_state s ON s.card = a.card AND s.answers = 1 \
                     CROSS JOIN event e ON e.card = s.card AND e.id = s.last LEFT JOIN event_detail d ON d.id = e.id \
                     WHERE a.study_day = ?1 AND a.answers > 0",
                )?;
                let mut rows = statement.query([today.plus(-1).0])?;
                while let Some(row) = rows.next()? {
                    let at = Timestamp { unix_ms: row.get(1)?, offset_min: row.get(2)? };
                    if StudyDay::of(at, rollover) == today {
                        *new.entry(row.get(0)?).or_default() += 1;
                    }
                }
            }
            Ok([done.reviews_by_deck, new])
        })
    }

    /// What was done today and what waits. Counts by index; takes time only with the number of due and new cards.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn counts(&self, decks: &DeckSet, today: StudyDay, rules: &DeckRules) -> Result<Counts, StoreError> {
        self.counts_among(decks, None, today, rules)
    }

    /// The same, of nothing but the cards of a search.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn counts_among(
        &self,
        decks: &DeckSet,
        among: Option<&BTreeSet<CardId>>,
        today: StudyDay,
        rules: &DeckRules,
    ) -> Result<Counts, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            // What was done was done, whatever is shown or asked for now; only what is still to do follows that.
            let done = self.done(&DeckSet::All, today)?;
            let is_meant = |candidate: &Candidate| among.is_none_or(|cards| cards.contains(&candidate.card));
            let (mut repeats, _) = self.answered_today(decks, today, rules)?;
            repeats.retain(|(candidate, _)| is_meant(candidate));
            let DueCards { open: due_by_deck, siblings, buried, buried_until } =
                self.due_cards(decks, among, today, rules.keep_siblings_apart())?;
            let mut new_by_deck = self.by_deck(NEW_BY_DECK, [])?;
            new_by_deck.retain(|deck, _| decks.has(*deck));
            let new = match among {
                Some(cards) => self.new_among(cards)?,
                None => new_by_deck.values().sum(),
            };
            let mut statement = self.db().prepare_cached(
                "SELECT due, deck, card FROM card_state WHERE due IS NOT NULL AND offered = 1 AND due > ?1 ORDER BY due",
            )?;
            let mut rows = statement.query([today.0])?;
            let mut next_due = None;
            while next_due.is_none()
                && let Some(row) = rows.next()?
            {
                if decks.has(row.get(1)?)
                    && (among.is_none() || self.candidate_of(row.get(2)?)?.as_ref().is_some_and(is_meant))
                {
                    next_due = Some(day_of(row.get(0)?));
                }
            }
            let tomorrow = (siblings > 0).then(|| today.plus(1));
            let next_due = [next_due, tomorrow, buried_until].into_iter().flatten().min();
            Ok(Counts {
                new_done: done.new,
                answers_today: done.answers,
                due: due_by_deck.values().sum(),
                due_by_deck,
                siblings,
                buried,
                new,
                new_by_deck,
                repeats: u64::try_from(repeats.len()).unwrap_or(0),
                next_due,
            })
        })
    }

    /// Cards to be repeated today, by the local number of their deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn repeats_by_deck(&self, today: StudyDay, rules: &DeckRules) -> Result<BTreeMap<i64, u64>, StoreError> {
        self.attempt(|| {
            let (repeats, _) = self.answered_today(&DeckSet::All, today, rules)?;
            let mut counts = BTreeMap::new();
            for (_, deck) in repeats {
                *counts.entry(deck).or_default() += 1;
            }
            Ok(counts)
        })
    }

    /// The candidate of one card, whatever its state; for an undo that brings it back.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn candidate(&self, card: CardId) -> Result<Option<Candidate>, StoreError> {
        self.attempt(|| {
            Ok(self
                .db()
                .prepare_cached("SELECT n.siblings FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid = ?1")?
                .query_row([card.note.0], |row| Ok(Candidate { card, siblings: siblings_of(row.get(0)?, card.note) }))
                .optional()?)
        })
    }
}

/// A deck that may offer new cards.
struct OfferingDeck {
    number: i64,
    id: String,
    last_introduced: Option<StudyDay>,
    sequence: Vec<String>,
}

impl OfferingDeck {
    fn offer(&self, done: &Done, cards: Vec<(i64, Candidate)>) -> Offer {
        let introduced_today = done.by_deck.get(&self.number).copied().unwrap_or(0);
        Offer { introduced_today, last_introduced: self.last_introduced, cards }
    }
}

#[derive(Default)]
struct Done {
    by_deck: BTreeMap<i64, u32>,
    reviews_by_deck: BTreeMap<i64, u32>,
    reviews: u32,
    new: u32,
    answers: u32,
}
