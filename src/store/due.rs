//! What a session can be made from. By index: the size of the collection does not matter.

use crate::core::card::NoteText;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::NoteUid;
use crate::core::queue::Candidate;
use crate::core::queue::DeckOffer;
use crate::core::queue::DueOrder;
use crate::core::queue::Overdue;
use crate::core::queue::Places;
use crate::core::queue::Siblings;
use crate::core::queue::Supply;
use crate::core::settings::DeckRules;
use crate::core::settings::NewOrder;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::cards::DUE_BY_DECK;
use crate::store::columns::day_of;
use crate::store::columns::quality_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::notes::text_of;
use crate::store::review_log::Reader;
use crate::store::review_log::voided_since;
use rusqlite::OptionalExtension as _;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::BinaryHeap;

/// How many new cards of a deck are looked at for one that may be introduced.
const MOST_LOOKED_AT: i64 = 5000;

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
}

/// What was done and what waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Reviews done today.
    pub reviews_done: u32,
    /// First answers given today.
    pub new_done: u32,
    /// Answers given today, repeats included.
    pub answers_today: u32,
    /// Cards that are due.
    pub due: u64,
    /// Due cards by deck, those that are held back today left out.
    pub due_by_deck: BTreeMap<i64, u64>,
    /// Cards that were never answered and may be offered.
    pub new: u64,
    /// The same by deck.
    pub new_by_deck: BTreeMap<i64, u64>,
    /// Cards to be repeated today.
    pub repeats: u64,
    /// The next day on which something falls due, after today.
    pub next_due: Option<StudyDay>,
}

/// A card's newest answer of today that counts.
struct AnsweredToday {
    card: i64,
    deck: i64,
    hlc: i64,
    again: bool,
}

/// A due card, greatest where it is most at risk.
#[derive(PartialEq, Eq)]
struct ByRisk {
    overdue: Overdue,
    card: i64,
    deck: i64,
}

impl Ord for ByRisk {
    fn cmp(&self, other: &Self) -> Ordering {
        other.overdue.by_risk(&self.overdue).then_with(|| other.card.cmp(&self.card))
    }
}

impl PartialOrd for ByRisk {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A card to be repeated, and the local number of its deck.
type Repeat = (Candidate, i64);

struct Asked {
    candidate: Candidate,
    buried: bool,
}

impl Store {
    fn asked(&self, card: i64, today: StudyDay) -> Result<Option<Asked>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT n.uid, c.ordinal, n.siblings, coalesce(s.buried_until, -2147483648) > ?2 FROM card c \
                 JOIN note n ON n.id = c.note LEFT JOIN card_state s ON s.card = c.id WHERE c.id = ?1",
            )?
            .query_row((card, today.0), |row| {
                let card = CardId { note: NoteUid(row.get(0)?), ordinal: row.get(1)? };
                let siblings = Siblings(row.get::<_, i64>(2)?.cast_unsigned());
                Ok(Asked { candidate: Candidate { card, siblings }, buried: row.get(3)? })
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
        let _snapshot = self.snapshot()?;
        let is_meant = |candidate: &Candidate| among.is_none_or(|cards| cards.contains(&candidate.card));
        let (repeats, met_today) = self.answered_today(decks, today, &limits.rules)?;
        let repeats = repeats.into_iter().map(|(candidate, _)| candidate).filter(is_meant).collect();
        let done = self.done(decks, today)?;
        let mut met = met_today.clone();
        let mut due = Vec::new();
        let mut places = limits.reviews.clone();
        self.each_due(decks, today, limits, |card, deck| {
            if places.of(deck) > 0
                && let Some(asked) = self.asked(card, today)?.filter(|asked| !asked.buried)
                && is_meant(&asked.candidate)
                && (!limits.keep_siblings_apart || met.insert(asked.candidate.siblings))
                && places.take(deck)
            {
                due.push(asked.candidate);
            }
            Ok(places.all() > 0)
        })?;
        let mut new = Vec::new();
        if limits.new.all() > 0 {
            for (deck, name_id, last_introduced) in self.offering_decks(decks)? {
                if limits.new.of(deck) == 0 {
                    continue;
                }
                let introduced_today = done.by_deck.get(&deck).copied().unwrap_or(0);
                let cards = self.new_cards(deck, &name_id, among, today, limits, &met)?;
                new.push(DeckOffer { deck, introduced_today, last_introduced: last_introduced.map(day_of), cards });
            }
        }
        Ok(Supply { due, new, repeats, met_today, reviews_done: done.reviews, new_done: done.new })
    }

    /// The due cards of these decks with their decks, in the order asked for, while `wants_more` says so.
    ///
    /// By due day they are read as far as they are wanted. By risk all of them have to be compared, from the index alone;
    /// then no more are put in order than are wanted.
    fn each_due(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        limits: &Limits,
        mut wants_more: impl FnMut(i64, i64) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        if limits.reviews.all() == 0 {
            return Ok(());
        }
        let mut statement = self.db.prepare_cached(
            "SELECT card, deck, due, interval_days, shuffle FROM card_state INDEXED BY card_due \
             WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 ORDER BY due, shuffle",
        )?;
        let mut rows = statement.query([limits.until.0])?;
        let mut by_risk = BinaryHeap::new();
        while let Some(row) = rows.next()? {
            let (card, deck) = (row.get(0)?, row.get(1)?);
            if !decks.has(deck) {
                continue;
            }
            match limits.due_order {
                DueOrder::Day => {
                    if !wants_more(card, deck)? {
                        return Ok(());
                    }
                }
                DueOrder::Risk => {
                    let overdue = Overdue {
                        days_late: today.since(day_of(row.get(2)?)),
                        interval: Days(u32_of(row.get(3)?)),
                        shuffle: row.get(4)?,
                    };
                    by_risk.push(ByRisk { overdue, card, deck });
                }
            }
        }
        while let Some(next) = by_risk.pop() {
            if !wants_more(next.card, next.deck)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether more is due in these decks than finds a place. Stops at the first card that finds none.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn overflows(&self, decks: &DeckSet, today: StudyDay, mut places: Places) -> Result<bool, StoreError> {
        let mut statement = self.db.prepare_cached(
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
    }

    /// The last study day before or on `today` with an answer, of any deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn last_practised(&self, today: StudyDay) -> Result<Option<StudyDay>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT study_day FROM day_sum WHERE study_day <= ?1 AND answers > 0 ORDER BY study_day DESC LIMIT 1",
            )?
            .query_row([today.0], |row| row.get(0).map(day_of))
            .optional()?)
    }

    fn offering_decks(&self, decks: &DeckSet) -> Result<Vec<(i64, String, Option<i64>)>, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT id, name_id, last_introduced FROM deck WHERE retired = 0 ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let all: Vec<(i64, String, Option<i64>)> = rows.collect::<Result<_, _>>()?;
        Ok(all.into_iter().filter(|(deck, _, _)| decks.has(*deck)).collect())
    }

    fn new_cards(
        &self,
        deck: i64,
        name_id: &str,
        among: Option<&BTreeSet<CardId>>,
        today: StudyDay,
        limits: &Limits,
        met: &BTreeSet<Siblings>,
    ) -> Result<Vec<Candidate>, StoreError> {
        let order = match limits.rules.of(deck).new_order {
            NewOrder::Position => "c.new_position, c.ordinal",
            NewOrder::Random => "c.shuffle",
        };
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT c.id, n.body FROM card c JOIN note n ON n.id = c.note \
             WHERE c.deck = ?1 AND c.new_position IS NOT NULL ORDER BY {order} LIMIT ?2"
        ))?;
        // What a search means may lie anywhere in the deck.
        let mut rows = statement.query((deck, if among.is_some() { -1 } else { MOST_LOOKED_AT }))?;
        let mut met = met.clone();
        let mut cards = Vec::new();
        let most = limits.new.of(deck);
        while cards.len() < most
            && let Some(row) = rows.next()?
        {
            let body: String = row.get(1)?;
            // Few notes wait for others; those that don't need no parsing.
            if body.contains("\"after\":[") && !self.may_come(name_id, &text_of(&body)?)? {
                continue;
            }
            if let Some(asked) = self.asked(row.get(0)?, today)?.filter(|asked| !asked.buried)
                && among.is_none_or(|cards| cards.contains(&asked.candidate.card))
                && (!limits.keep_siblings_apart || met.insert(asked.candidate.siblings))
            {
                cards.push(asked.candidate);
            }
        }
        Ok(cards)
    }

    /// Whether all notes that this one comes after are in review, with all their cards. A key that no deck has holds
    /// nothing back.
    fn may_come(&self, deck: &str, text: &NoteText) -> Result<bool, StoreError> {
        for key in &text.after {
            let waiting: bool = self
                .db
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM note n JOIN card c ON c.note = n.id LEFT JOIN card_state s ON s.card = c.id \
                     WHERE n.uid = ?1 AND n.retired = 0 AND c.retired = 0 AND coalesce(s.repetitions, 0) < 2)",
                )?
                .query_row([NoteUid::of_key(deck, key).0], |row| row.get(0))?;
            if waiting {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Cards answered today: those to be repeated with their deck, oldest answer first, and the sibling groups that were met.
    fn answered_today(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        rules: &DeckRules,
    ) -> Result<(Vec<Repeat>, BTreeSet<Siblings>), StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT e.card, e.hlc, e.device, e.action, s.deck, s.last_quality, s.offered FROM event e \
             JOIN card_state s ON s.card = e.card WHERE e.kind = 1 AND e.study_day = ?1 AND s.last_day = ?1 ORDER BY e.hlc",
        )?;
        let mut rows = statement.query([today.0])?;
        let mut answers: Vec<(AnsweredToday, i64, i64)> = Vec::new();
        while let Some(row) = rows.next()? {
            let quality = row.get::<_, Option<i64>>(5)?.and_then(quality_of);
            let deck = row.get(4)?;
            let again =
                quality.is_some_and(|quality| rules.of(deck).drill.repeats(quality)) && row.get::<_, bool>(6)?;
            let answer = AnsweredToday { card: row.get(0)?, deck, hlc: row.get(1)?, again: again && decks.has(deck) };
            answers.push((answer, row.get(2)?, row.get(3)?));
        }
        let (mut repeats, mut met) = (Vec::new(), BTreeSet::new());
        let Some((first, _, _)) = answers.first() else { return Ok((repeats, met)) };
        // What was undone must not move a card to the end. An undo comes after what it names, so older ones don't matter.
        let reader = Reader::new(&self.db)?;
        let voided = voided_since(&self.db, &reader, first.hlc)?;
        let counts = |device: i64, action: i64| {
            let device = reader.device(device);
            device.is_none_or(|device| !voided.contains(ActionId { device, number: u64_of(action) }))
        };
        let mut newest: BTreeMap<i64, AnsweredToday> = BTreeMap::new();
        for (answer, device, action) in answers {
            if counts(device, action) {
                newest.insert(answer.card, answer);
            }
        }
        let mut newest: Vec<AnsweredToday> = newest.into_values().collect();
        newest.sort_by_key(|answer| answer.hlc);
        for answer in newest {
            let Some(asked) = self.asked(answer.card, today)? else { continue };
            met.insert(asked.candidate.siblings);
            if answer.again && !asked.buried {
                repeats.push((asked.candidate, answer.deck));
            }
        }
        Ok((repeats, met))
    }

    fn done(&self, decks: &DeckSet, today: StudyDay) -> Result<Done, StoreError> {
        let mut statement =
            self.db.prepare_cached("SELECT deck, review, first, answers FROM day_sum WHERE study_day = ?1")?;
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
    /// # Errors
    /// When the database can't be read.
    pub fn done_today(&self, today: StudyDay) -> Result<[BTreeMap<i64, u32>; 2], StoreError> {
        let done = self.done(&DeckSet::All, today)?;
        Ok([done.reviews_by_deck, done.by_deck])
    }

    /// How many due cards have one of these places. No more cards are counted than there are places.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_with_a_place(&self, today: StudyDay, mut places: Places) -> Result<u64, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT deck FROM card_state WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 \
             AND (buried_until IS NULL OR buried_until <= ?1)",
        )?;
        let mut rows = statement.query([today.0])?;
        let mut count = 0;
        while places.all() > 0
            && let Some(row) = rows.next()?
        {
            count += u64::from(places.take(row.get(0)?));
        }
        Ok(count)
    }

    /// What was done today and what waits. Counts by index; takes time only with the number of due and new cards.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn counts(&self, decks: &DeckSet, today: StudyDay, rules: &DeckRules) -> Result<Counts, StoreError> {
        let _snapshot = self.snapshot()?;
        let done = self.done(decks, today)?;
        let (repeats, _) = self.answered_today(decks, today, rules)?;
        let mut due_by_deck = self.by_deck(DUE_BY_DECK, [today.0])?;
        due_by_deck.retain(|deck, _| decks.has(*deck));
        let mut new_by_deck =
            self.by_deck("SELECT deck, count(*) FROM card WHERE new_position IS NOT NULL GROUP BY deck", [])?;
        new_by_deck.retain(|deck, _| decks.has(*deck));
        let mut statement = self.db.prepare_cached(
            "SELECT due, deck FROM card_state WHERE due IS NOT NULL AND offered = 1 AND due > ?1 ORDER BY due",
        )?;
        let mut rows = statement.query([today.0])?;
        let mut next_due = None;
        while next_due.is_none()
            && let Some(row) = rows.next()?
        {
            if decks.has(row.get(1)?) {
                next_due = Some(day_of(row.get(0)?));
            }
        }
        Ok(Counts {
            reviews_done: done.reviews,
            new_done: done.new,
            answers_today: done.answers,
            due: due_by_deck.values().sum(),
            due_by_deck,
            new: new_by_deck.values().sum(),
            new_by_deck,
            repeats: u64::try_from(repeats.len()).unwrap_or(0),
            next_due,
        })
    }

    /// Cards to be repeated today, by the local number of their deck.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn repeats_by_deck(&self, today: StudyDay, rules: &DeckRules) -> Result<BTreeMap<i64, u64>, StoreError> {
        let (repeats, _) = self.answered_today(&DeckSet::All, today, rules)?;
        let mut counts = BTreeMap::new();
        for (_, deck) in repeats {
            *counts.entry(deck).or_default() += 1;
        }
        Ok(counts)
    }

    /// The candidate of one card, whatever its state; for an undo that brings it back.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn candidate(&self, card: CardId) -> Result<Option<Candidate>, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT siblings FROM note WHERE uid = ?1")?
            .query_row([card.note.0], |row| {
                Ok(Candidate { card, siblings: Siblings(row.get::<_, i64>(0)?.cast_unsigned()) })
            })
            .optional()?)
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
