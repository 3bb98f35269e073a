//! What reports are made of: kept sums where they suffice, one pass over the log where they don't.

use crate::core::progress::DayTotals;
use crate::core::progress::Recalls;
use crate::core::progress::SideTotals;
use crate::core::progress::TopicTotals;
use crate::core::progress::Totals;
use crate::core::replay::fold;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::store::DeckSet;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::day_of;
use crate::store::columns::u64_of;
use crate::store::review_log::Reader;
use crate::store::review_log::events_of;
use crate::store::review_log::voided;
use std::collections::BTreeMap;

/// Numbers of a topic, before it has its title.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    answers: u64,
    recalls: Recalls,
    time_ms: u64,
}

type ByTopic = BTreeMap<(i64, i64), Sums>;
type BySide = BTreeMap<(String, String), u64>;

impl Store {
    /// The sums of each study day, ascending.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn day_totals(&self, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, StoreError> {
        let mut statement = self.db.prepare_cached("SELECT * FROM day_sum ORDER BY study_day, deck")?;
        let mut rows = statement.query([])?;
        let mut days: BTreeMap<StudyDay, [u64; 12]> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if decks.has(row.get(1)?) {
                let sums = days.entry(day_of(row.get(0)?)).or_default();
                for (index, sum) in sums.iter_mut().enumerate() {
                    *sum += u64_of(row.get(index + 2)?);
                }
            }
        }
        Ok(days
            .into_iter()
            .filter(|(_, numbers)| numbers.iter().any(|number| *number > 0))
            .map(|(day, numbers)| (day, tally::from_columns(numbers)))
            .collect())
    }

    /// Everything that a report over `since..=until` is computed from.
    ///
    /// Topics and sides come from kept sums where the period is made of whole months, else from one pass over the log.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn totals(
        &self,
        decks: &DeckSet,
        today: StudyDay,
        since: Option<StudyDay>,
        until: Option<StudyDay>,
        leech_lapses: u32,
        word: impl Fn(&crate::core::state::CardState) -> StateWord,
    ) -> Result<Totals, StoreError> {
        let months = |day: StudyDay| day.month();
        let begins_a_month = since.is_none_or(|day| day.plus(-1).month() != day.month());
        let ends_a_month = until.is_none_or(|day| day >= today || day.plus(1).month() != day.month());
        let (topics, sides) = if begins_a_month && ends_a_month {
            let from = since.map_or(i32::MIN, months);
            let to = until.map_or(i32::MAX, months);
            (self.topic_sums(decks, from, to)?, self.side_sums(decks, from, to)?)
        } else {
            self.sums_from_the_log(decks, since.unwrap_or(StudyDay(i32::MIN)), until.unwrap_or(StudyDay(i32::MAX)))?
        };
        let (states, young_and_mature, leeches, daily_load_milli) = self.states(decks, leech_lapses, word)?;
        Ok(Totals {
            today,
            since,
            until,
            days: self.day_totals(decks)?,
            topics: self.titled(topics)?,
            sides: sides
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|((expected, given), count)| SideTotals { expected, given, count })
                .collect(),
            states,
            young_and_mature,
            leeches,
            due: self.due_days(decks)?,
            daily_load_milli,
        })
    }

    fn topic_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<ByTopic, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT topic, deck, sum(answers), sum(passed), sum(counted), sum(time_ms) FROM topic_sum \
             WHERE month BETWEEN ?1 AND ?2 GROUP BY topic, deck",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = ByTopic::new();
        while let Some(row) = rows.next()? {
            let (topic, deck) = (row.get(0)?, row.get(1)?);
            if decks.has(deck) {
                sums.insert(
                    (topic, deck),
                    Sums {
                        answers: u64_of(row.get(2)?),
                        recalls: Recalls { passed: u64_of(row.get(3)?), all: u64_of(row.get(4)?) },
                        time_ms: u64_of(row.get(5)?),
                    },
                );
            }
        }
        Ok(sums)
    }

    fn side_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<BySide, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT deck, expected, given, sum(count) FROM side_sum WHERE month BETWEEN ?1 AND ?2 \
             GROUP BY deck, expected, given",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = BySide::new();
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?) {
                *sums.entry((row.get(1)?, row.get(2)?)).or_default() += u64_of(row.get(3)?);
            }
        }
        Ok(sums)
    }

    /// Topics and sides of a period that is not made of whole months: the cards answered in it are folded.
    fn sums_from_the_log(
        &self,
        decks: &DeckSet,
        since: StudyDay,
        until: StudyDay,
    ) -> Result<(ByTopic, BySide), StoreError> {
        let reader = Reader::new(&self.db)?;
        let voided = voided(&self.db, &reader)?;
        let cards: Vec<(i64, i64, i64)> = {
            let mut statement = self.db.prepare_cached(
                "SELECT DISTINCT e.card, c.deck, coalesce(n.topic, 0) FROM event e INDEXED BY event_day \
                 JOIN card c ON c.id = e.card JOIN note n ON n.id = c.note \
                 WHERE e.kind = 1 AND e.study_day BETWEEN ?1 AND ?2",
            )?;
            let rows = statement.query_map((since.0, until.0), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let (mut topics, mut sides) = (ByTopic::new(), BySide::new());
        for (card, deck, topic) in cards.into_iter().filter(|(_, deck, _)| decks.has(*deck)) {
            let nobody = crate::core::id::CardId { note: crate::core::id::NoteUid([0; 16]), ordinal: 1 };
            let events = events_of(&self.db, &reader, card, nobody)?;
            fold(&events, &voided, &reader.schedulers, |before, event| {
                if event.study_day < since || event.study_day > until {
                    return;
                }
                let totals = tally::of_event(before, event);
                let sums = topics.entry((topic, deck)).or_default();
                sums.answers += totals.answers;
                sums.recalls.passed += totals.young.passed + totals.mature.passed;
                sums.recalls.all += totals.young.all + totals.mature.all;
                sums.time_ms += totals.time_ms;
                if let (Some("sort"), Some(expected), Some(given)) =
                    (event.detail.asked.as_deref(), &event.detail.expected, &event.detail.response)
                {
                    *sides.entry((expected.clone(), given.clone())).or_default() += totals.answers;
                }
            });
        }
        Ok((topics, sides))
    }

    /// Sums with the titles that people know. Cards without a topic are summed up by their deck.
    fn titled(&self, sums: ByTopic) -> Result<Vec<TopicTotals>, StoreError> {
        let mut topics = Vec::new();
        for ((topic, deck), sums) in sums {
            if sums.answers == 0 {
                continue;
            }
            let (title, deck): (String, String) = self
                .db
                .prepare_cached(
                    "SELECT coalesce((SELECT title FROM topic WHERE id = ?1), title, name), name FROM deck WHERE id = ?2",
                )?
                .query_row((topic, deck), |row| Ok((row.get(0)?, row.get(1)?)))?;
            topics.push(TopicTotals {
                title,
                deck,
                answers: sums.answers,
                recalls: sums.recalls,
                time_ms: sums.time_ms,
            });
        }
        Ok(topics)
    }

    /// Cards by state, (young, mature), leeches, and the daily load in thousandths.
    #[expect(clippy::type_complexity, reason = "four sums of one pass; a struct would be used once")]
    fn states(
        &self,
        decks: &DeckSet,
        leech_lapses: u32,
        word: impl Fn(&crate::core::state::CardState) -> StateWord,
    ) -> Result<(Vec<(StateWord, u64)>, (u64, u64), u64, u64), StoreError> {
        let mut counts: BTreeMap<StateWord, u64> = BTreeMap::new();
        let (mut young, mut mature, mut leeches, mut load, mut buried_new) = (0, 0, 0, 0, 0);
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT s.deck, {} FROM card_state s JOIN card c ON c.id = s.card JOIN note n ON n.id = c.note \
             WHERE c.retired = 0 AND n.retired = 0 AND n.held_out = 0",
            crate::store::columns::STATE_COLUMNS
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if !decks.has(row.get(0)?) {
                continue;
            }
            let state = crate::store::columns::state_of(row, 1)?.state;
            let word = word(&state);
            buried_new += u64::from(word == StateWord::Buried && state.memory.is_none());
            *counts.entry(word).or_default() += 1;
            if let (Some(memory), true) = (&state.memory, word != StateWord::Suspended) {
                if memory.interval.0 >= tally::MATURE_DAYS {
                    mature += 1;
                } else {
                    young += 1;
                }
                load += 1000 / u64::from(memory.interval.0.max(1));
            }
            leeches += u64::from(crate::core::state::is_leech(state.lapses(), leech_lapses));
        }
        let mut statement =
            self.db.prepare_cached("SELECT deck, count(*) FROM card WHERE new_position IS NOT NULL GROUP BY deck")?;
        let mut rows = statement.query([])?;
        let mut fresh = 0;
        while let Some(row) = rows.next()? {
            if decks.has(row.get(0)?) {
                fresh += u64_of(row.get(1)?);
            }
        }
        // Most new cards have no state yet; the index has them all, those that are held back today included.
        counts.insert(StateWord::New, fresh.saturating_sub(buried_new));
        let states = StateWord::ALL.into_iter().map(|word| (word, counts.get(&word).copied().unwrap_or(0))).collect();
        Ok((states, (young, mature), leeches, load))
    }

    /// Answered cards that are offered, by due day.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_days(&self, decks: &DeckSet) -> Result<Vec<(StudyDay, u64)>, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT due, deck, count(*) FROM card_state WHERE due IS NOT NULL AND offered = 1 GROUP BY due, deck",
        )?;
        let mut rows = statement.query([])?;
        let mut days: BTreeMap<StudyDay, u64> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            if decks.has(row.get(1)?) {
                *days.entry(day_of(row.get(0)?)).or_default() += u64_of(row.get(2)?);
            }
        }
        Ok(days.into_iter().collect())
    }
}
