//! What is due, what keeps some of it from being asked today, and what the learner's own history says of pace and recall.

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::progress::knowledge::Known;
use crate::core::progress::knowledge::LastGrade;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Millis;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Limits;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::ANSWERED;
use crate::store::columns::ORDINAL_BITS;
use crate::store::columns::card_number;
use crate::store::columns::card_parts;
use crate::store::columns::day_of;
use crate::store::columns::quality_of;
use crate::store::columns::u32_of;
use crate::store::columns::u64_of;
use crate::store::columns::words;
use foldhash::fast::FixedState;
use rusqlite::OptionalExtension as _;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

/// Of so many due cards the note is looked at, which may name a group of siblings. Those after them are siblings by their note
/// alone, which their number tells: a start has no time for fifty thousand notes, and of such a mountain nobody counts the
/// groups.
const MOST_LOOKED_AT: usize = 500;

/// Days with answers that are looked at for someone who is back from a long absence.
const DAYS_LOOKED_AT: i64 = 60;

/// Cards that are kept to different days: those of a group, else those of a note. Whether it is a group, and the number.
type Group = (bool, i64);

/// The cards that are due, by what becomes of them today.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct DueCards {
    /// Those that can be asked, whatever the limits, by deck.
    pub(in crate::store) open: BTreeMap<i64, u64>,
    /// Those that wait until tomorrow: a sibling was asked today, or comes before them.
    pub(in crate::store) siblings: u64,
    /// Those that are buried.
    pub(in crate::store) buried: u64,
    /// The first day on which one of these comes back.
    pub(in crate::store) buried_until: Option<StudyDay>,
}

/// How much is recalled, of the cards with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recall {
    /// Today.
    pub now: Known,
    /// Later, if nothing is reviewed until then: millionths of a card.
    pub then: u64,
    /// Today by deck.
    pub by_deck: BTreeMap<i64, Known>,
}

/// The kind that a note's words begin with.
#[derive(Deserialize)]
struct OfKind<'w> {
    #[serde(borrow)]
    kind: Cow<'w, str>,
}

fn kind_in(body: Option<&str>) -> String {
    let kind = body.and_then(|body| serde_json::from_str::<OfKind<'_>>(body).ok());
    kind.map_or_else(String::new, |of| of.kind.into_owned())
}

impl Store {
    /// The due cards of these decks, and of these cards where a search named them.
    pub(in crate::store) fn due_cards(
        &self,
        decks: &DeckSet,
        among: Option<&BTreeSet<CardId>>,
        today: StudyDay,
        keep_siblings_apart: bool,
    ) -> Result<DueCards, Fault> {
        let mut met = if keep_siblings_apart { self.groups_met(today)? } else { HashSet::default() };
        let mut statement = self.db().prepare_cached(
            "SELECT card, deck, buried_until FROM card_state INDEXED BY card_due \
             WHERE due IS NOT NULL AND offered = 1 AND due <= ?1 ORDER BY due, shuffle",
        )?;
        let mut rows = statement.query([today.0])?;
        let mut due = DueCards::default();
        let mut looked_at = 0;
        while let Some(row) = rows.next()? {
            let (card, deck): (i64, i64) = (row.get(0)?, row.get(1)?);
            if !decks.has(deck) {
                continue;
            }
            if let Some(among) = among
                && self.candidate_of(card)?.is_none_or(|candidate| !among.contains(&candidate.card))
            {
                continue;
            }
            if let Some(until) = row.get::<_, Option<i64>>(2)?.map(day_of).filter(|until| *until > today) {
                due.buried += 1;
                due.buried_until = Some(due.buried_until.map_or(until, |first| first.min(until)));
                continue;
            }
            let group = if keep_siblings_apart && looked_at < MOST_LOOKED_AT {
                looked_at += 1;
                self.group_of(card)?
            } else {
                (false, card_parts(card).0)
            };
            if keep_siblings_apart && !met.insert(group) {
                due.siblings += 1;
            } else {
                *due.open.entry(deck).or_default() += 1;
            }
        }
        Ok(due)
    }

    /// How many due cards find a place, in the order of their days. Any other order finds places for as many, unless decks have
    /// places of their own: then it matters which of two siblings comes first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_with_places(&self, decks: &DeckSet, today: StudyDay, limits: &Limits) -> Result<u64, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let mut met = if limits.keep_siblings_apart { self.groups_met(today)? } else { HashSet::default() };
            let mut places = limits.reviews.clone();
            let mut found = 0;
            self.each_due(decks, today, limits, |card, deck| {
                let comes = places.of(deck) > 0 && (!limits.keep_siblings_apart || met.insert(self.group_of(card)?));
                found += u64::from(comes && places.take(deck));
                Ok(places.all() > 0)
            })?;
            Ok(found)
        })
    }

    /// The group of a card.
    fn group_of(&self, card: i64) -> Result<Group, Fault> {
        let note = card_parts(card).0;
        let mut statement = self.db().prepare_cached("SELECT siblings FROM note WHERE id = ?1")?;
        let group: Option<i64> = statement.query_row([note], |row| row.get(0)).optional()?.flatten();
        Ok(group.map_or((false, note), |group| (true, group)))
    }

    /// The groups of the cards that were asked today.
    fn groups_met(&self, today: StudyDay) -> Result<HashSet<Group, FixedState>, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT a.card, (SELECT n.siblings FROM note n WHERE n.id = a.card >> ?2) \
             FROM asked a CROSS JOIN card_state s ON s.card = a.card \
             WHERE a.study_day = ?1 AND a.answers > 0 AND s.last_day >= ?1",
        )?;
        let mut rows = statement.query((today.0, ORDINAL_BITS))?;
        let mut met = HashSet::default();
        while let Some(row) = rows.next()? {
            let group: Option<i64> = row.get(1)?;
            met.insert(group.map_or((false, card_parts(row.get(0)?).0), |group| (true, group)));
        }
        Ok(met)
    }

    /// How many of these cards were never answered and may be asked some day.
    pub(in crate::store) fn new_among(&self, cards: &BTreeSet<CardId>) -> Result<u64, Fault> {
        let mut note = self.db().prepare_cached(
            "SELECT n.id FROM note_name u CROSS JOIN note n ON n.id = u.id WHERE u.uid = ?1 AND n.fresh > 0",
        )?;
        let mut state =
            self.db().prepare_cached("SELECT repetitions IS NULL AND suspended = 0 FROM card_state WHERE card = ?1")?;
        let mut new = 0;
        for card in cards {
            let Some(id) = note.query_row([card.note.0], |row| row.get(0)).optional()? else { continue };
            let is_new = state.query_row([card_number(id, card.ordinal)], |row| row.get(0)).optional()?;
            new += u64::from(is_new.unwrap_or(true));
        }
        Ok(new)
    }

    /// Study days with an answer, newest first, each with the first answers given on it: as far back as tells whether someone is
    /// back from a long absence.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_days(&self, today: StudyDay) -> Result<Vec<(StudyDay, u64)>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT study_day, sum(first) FROM day_sum WHERE study_day <= ?1 AND answers > 0 \
                 GROUP BY study_day ORDER BY study_day DESC LIMIT ?2",
            )?;
            let rows =
                statement.query_map((today.0, DAYS_LOOKED_AT), |row| Ok((day_of(row.get(0)?), u64_of(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The kinds of cards and the times of the newest answers, `most` at most: what tells a learner's pace.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn newest_times(&self, most: usize) -> Result<Vec<(String, Millis)>, StoreError> {
        self.attempt(|| {
            // Other events are passed over, and few of them: an import may have left a million.
            let mut statement = self.db().prepare_cached(&format!(
                "SELECT e.took_ms, x.body FROM (SELECT card, id FROM event INDEXED BY event_id ORDER BY id DESC LIMIT ?1) l \
                 CROSS JOIN event e ON e.card = l.card AND e.id = l.id AND e.kind = {ANSWERED} AND e.took_ms > 0 \
                 CROSS JOIN note n ON n.id = e.card >> ?2 CROSS JOIN text x ON x.id = coalesce(n.own, n.source)",
            ))?;
            let mut rows = statement.query((i64::try_from(most).unwrap_or(i64::MAX), ORDINAL_BITS))?;
            let mut times = Vec::new();
            while let Some(row) = rows.next()? {
                times.push((kind_in(words(row, 1)?), Millis(u32_of(row.get(0)?))));
            }
            Ok(times)
        })
    }

    /// The kinds of these cards; an empty one where there are no words.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn kinds(&self, cards: impl IntoIterator<Item = CardId>) -> Result<Vec<String>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT x.body FROM note_name u CROSS JOIN note n ON n.id = u.id \
                 CROSS JOIN text x ON x.id = coalesce(n.own, n.source) WHERE u.uid = ?1",
            )?;
            let mut kinds = Vec::new();
            for card in cards {
                let mut rows = statement.query([card.note.0])?;
                kinds.push(match rows.next()? {
                    Some(row) => kind_in(words(row, 0)?),
                    None => String::new(),
                });
            }
            Ok(kinds)
        })
    }

    /// How much is recalled today, and on a later day if nothing is reviewed until then. Reads the state of every card: for a
    /// moment in which somebody reads.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn recall(&self, decks: &DeckSet, today: StudyDay, later: StudyDay) -> Result<Recall, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(concat!(
                "SELECT deck, last_day, interval_days, last_quality FROM card_state ",
                "WHERE repetitions IS NOT NULL"
            ))?;
            let mut rows = statement.query([])?;
            // Many are alike, and one power is enough for all of them.
            let mut alike: HashMap<(i64, LastGrade), u64, FixedState> = HashMap::default();
            while let Some(row) = rows.next()? {
                let last = LastGrade {
                    day: day_of(row.get(1)?),
                    interval: Days(u32_of(row.get(2)?)),
                    passed: quality_of(row.get(3)?).is_some_and(Quality::passed),
                };
                *alike.entry((row.get(0)?, last)).or_default() += 1;
            }
            let mut recall = Recall::default();
            for ((deck, last), cards) in alike.into_iter().filter(|((deck, _), _)| decks.has(*deck)) {
                let chances = |day: StudyDay| cards * last.chance_millionths(day);
                let known = Known { cards, millionths: chances(today) };
                recall.now = recall.now.plus(known);
                recall.then += chances(later);
                let of_deck = recall.by_deck.entry(deck).or_default();
                *of_deck = of_deck.plus(known);
            }
            Ok(recall)
        })
    }
}
