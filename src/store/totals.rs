//! What reports are made of: kept sums where they suffice, one pass over the log where they don't.

use crate::core::mastery::Level;
use crate::core::progress::Totals;
use crate::core::progress::knowledge::Knowledge;
use crate::core::progress::knowledge::Known;
use crate::core::progress::knowledge::month_end;
use crate::core::settings::DeckRules;
use crate::core::state::StateWord;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::core::totals::Counted;
use crate::core::totals::DayTotals;
use crate::core::totals::Recalls;
use crate::core::totals::SideTotals;
use crate::core::totals::TopicTotals;
use crate::core::units::Days;
use crate::store::DeckSet;
use crate::store::Fault;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::columns::ANSWERED;
use crate::store::columns::DETAIL_COLUMNS;
use crate::store::columns::day_of;
use crate::store::columns::day_sum_columns;
use crate::store::columns::detail_of;
use crate::store::columns::u64_of;
use crate::store::mastery::Groups;
use crate::store::mastery::Recalled;
use crate::store::mastery::Remembered;
use crate::store::mastery::Seat;
use crate::store::totals::log_pass::LogPass;
use crate::store::totals::scan::Wanted;
use crate::store::totals::states::Judge;
use crate::store::totals::states::States;
use chrono::Datelike as _;
use chrono::NaiveDate;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub(super) mod log_pass;
pub(super) mod scan;
pub(super) mod states;
#[cfg(test)]
mod tests;

/// Numbers of a topic, before it has its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sums {
    pub(super) answers: u64,
    pub(super) recalls: Recalls,
    pub(super) time_ms: u64,
}

impl Sums {
    pub(super) fn add(&mut self, more: &Self) {
        self.answers += more.answers;
        self.recalls.passed += more.recalls.passed;
        self.recalls.all += more.recalls.all;
        self.time_ms += more.time_ms;
    }
}

/// Sums by topic; those of notes without one under their deck alone.
pub(super) type BySeat = BTreeMap<Seat, Sums>;
pub(super) type BySide = BTreeMap<(Counted, String, String), u64>;

/// The first and the last of some days.
pub(super) type Period = (StudyDay, StudyDay);

/// What was read, before it is judged.
pub(super) struct Gathered {
    pub(super) since: Option<StudyDay>,
    pub(super) until: Option<StudyDay>,
    pub(super) days: Vec<(StudyDay, DayTotals)>,
    pub(super) topics: BySeat,
    pub(super) sides: BySide,
    pub(super) states: States,
    /// Cards that are new and not held back.
    pub(super) new: u64,
    /// What was known at the ends of months by answers that are not the newest of their cards.
    pub(super) ended: BTreeMap<StudyDay, Known>,
    pub(super) groups: Groups,
    /// The day whose evening is compared with now, and where it is written down how cards stood then.
    pub(super) then: (StudyDay, Remembered),
    /// Cards in no group that may have stood elsewhere then.
    pub(super) others: Vec<i64>,
}

/// The day whose evening is compared with now: the last before the period; where the report begins with the first
/// answer, the last end of a month that is four weeks ago or more.
pub(super) fn looked_back_to(since: Option<StudyDay>, today: StudyDay) -> StudyDay {
    const FOUR_WEEKS: i64 = 28;
    since
        .unwrap_or_else(|| StudyDay::from_date(today.plus(1 - FOUR_WEEKS).date().with_day(1).unwrap_or_default()))
        .plus(-1)
}

fn days_of(db: &Connection, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, Fault> {
    let mut statement =
        db.prepare_cached(concat!("SELECT ", day_sum_columns!(), " FROM day_sum ORDER BY study_day, deck"))?;
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
        .map(|(day, numbers)| (day, DayTotals::from_columns(numbers)))
        .collect())
}

/// Adds the cards that are new, of which only notes know. Gives how many they are.
fn add_new(db: &Connection, decks: &DeckSet, groups: &mut Groups) -> Result<u64, Fault> {
    let mut statement =
        db.prepare_cached("SELECT deck, topic, fresh, id FROM note INDEXED BY note_new WHERE fresh > 0")?;
    let mut rows = statement.query([])?;
    let mut all = 0;
    while let Some(row) = rows.next()? {
        let deck = row.get(0)?;
        if decks.has(deck) {
            let seat = Seat { deck, topic: row.get::<_, Option<i64>>(1)?.unwrap_or(0) };
            let cards = u64_of(row.get(2)?);
            groups.add(seat, row.get(3)?, Level::Unseen, cards);
            all += cards;
        }
    }
    Ok(all)
}

impl Store {
    /// The sums of each study day, ascending.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn day_totals(&self, decks: &DeckSet) -> Result<Vec<(StudyDay, DayTotals)>, StoreError> {
        self.attempt(|| days_of(self.db(), decks))
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
        rules: &DeckRules,
    ) -> Result<Totals, StoreError> {
        self.attempt(|| {
            let _snapshot = self.snapshot()?;
            let begins_a_month = since.is_none_or(|day| day.plus(-1).month() != day.month());
            let ends_a_month = until.is_none_or(|day| day >= today || day.plus(1).month() != day.month());
            let period = (since.unwrap_or(StudyDay(i32::MIN)), until.unwrap_or(StudyDay(i32::MAX)));
            let (mut topics, sides, of_log) = if begins_a_month && ends_a_month {
                let from = since.map_or(i32::MIN, StudyDay::month);
                let to = until.map_or(i32::MAX, StudyDay::month);
                (self.topic_sums(decks, from, to)?, self.side_sums(decks, from, to)?, BTreeSet::new())
            } else {
                let (topics, of_log) = self.sums_by_day(decks, period)?;
                let pass = LogPass::new(self.db())?;
                (topics, self.sides_from_the_log(&pass, period, |deck, _| decks.has(deck))?, of_log)
            };
            let judge = Judge { today, asked_from: self.pauses()?.asked_from(today), rules };
            let then = looked_back_to(since, today);
            let remembered = self.remembered(then)?;
            let wanted = Wanted {
                decks,
                judge,
                then,
                then_by_log: remembered == Remembered::Log,
                sums_by_log: (!of_log.is_empty()).then_some((&of_log, period)),
            };
            let scanned = self.scanned(&wanted)?;
            topics.extend(scanned.topics);
            let mut groups = scanned.groups;
            // The index has all that are new, those that are held back today included.
            let new = add_new(self.db(), decks, &mut groups)?.saturating_sub(scanned.states.buried_new);
            self.judged(
                today,
                Gathered {
                    since,
                    until,
                    days: days_of(self.db(), decks)?,
                    topics,
                    sides,
                    states: scanned.states,
                    new,
                    ended: self.ended(decks)?,
                    groups,
                    then: (then, remembered),
                    others: scanned.others,
                },
            )
        })
    }

    /// What was read, as reports take it.
    pub(super) fn judged(&self, today: StudyDay, read: Gathered) -> Result<Totals, Fault> {
        let Gathered { since, until, days, topics, sides, states, new, ended, groups, then, others } = read;
        let mut knowledge = Knowledge::new(today);
        states.add_to(&mut knowledge);
        for (end, known) in ended {
            let sum = knowledge.ends.entry(end).or_default();
            *sum = sum.plus(known);
        }
        let (then, remembered) = then;
        let before = self.standings_then(&groups, remembered, &others, then)?;
        let recalls: Recalled = topics.iter().map(|(seat, sums)| (*seat, sums.recalls)).collect();
        let words = StateWord::ALL.map(|word| (word, if word == StateWord::New { new } else { states.word(word) }));
        Ok(Totals {
            today,
            since,
            until,
            days,
            topics: self.titled(topics)?,
            sides: sides
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|((kind, expected, given), count)| SideTotals { kind, expected, given, count })
                .collect(),
            states: words.into(),
            young_and_mature: (states.young, states.mature),
            leeches: states.leeches,
            due: states.due(),
            daily_load_milli: states.load.milli(),
            pauses: self.pauses()?,
            knowledge,
            mastery: groups.titled(&groups.now(), self, &recalls)?,
            mastery_then: Some((then, groups.titled(&before, self, &Recalled::new())?)),
            outlook: states.outlook,
            new_per_day: 0,
            maximum_interval: Days(0),
        })
    }

    /// What was known at the ends of months by cards that were answered again since.
    fn ended(&self, decks: &DeckSet) -> Result<BTreeMap<StudyDay, Known>, Fault> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT deck, month, learning + familiar + known + mastered, millionths FROM topic_sum")?;
        let mut rows = statement.query([])?;
        let mut months: BTreeMap<i32, Known> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let known = Known { cards: u64_of(row.get(2)?), millionths: u64_of(row.get(3)?) };
            if decks.has(row.get(0)?) && known.cards > 0 {
                let sum = months.entry(row.get(1)?).or_default();
                *sum = sum.plus(known);
            }
        }
        let first =
            |month: i32| NaiveDate::from_ymd_opt(month.div_euclid(100), month.rem_euclid(100).unsigned_abs(), 1);
        Ok(months
            .into_iter()
            .filter_map(|(month, known)| Some((month_end(StudyDay::from_date(first(month)?)), known)))
            .collect())
    }

    fn topic_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<BySeat, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT deck, topic, sum(answers), sum(passed), sum(counted), sum(time_ms) FROM topic_sum \
             WHERE month BETWEEN ?1 AND ?2 GROUP BY deck, topic",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = BySeat::new();
        while let Some(row) = rows.next()? {
            let seat = Seat { deck: row.get(0)?, topic: row.get(1)? };
            if decks.has(seat.deck) {
                sums.entry(seat.without_tag()).or_default().add(&Sums {
                    answers: u64_of(row.get(2)?),
                    recalls: Recalls { passed: u64_of(row.get(3)?), all: u64_of(row.get(4)?) },
                    time_ms: u64_of(row.get(5)?),
                });
            }
        }
        Ok(sums)
    }

    /// The sums of a period that is not made of whole months, of those decks that have no topics: all their answers count for the
    /// deck, whose sums are kept by day. And the other decks, of which only the log tells.
    fn sums_by_day(&self, decks: &DeckSet, (since, until): Period) -> Result<(BySeat, BTreeSet<i64>), Fault> {
        let mut statement = self.db().prepare_cached("SELECT DISTINCT deck FROM topic_sum WHERE topic > 0")?;
        let mut with_topics = statement.query_map([], |row| row.get(0))?.collect::<Result<BTreeSet<i64>, _>>()?;
        with_topics.retain(|deck| decks.has(*deck));
        let mut statement = self.db().prepare_cached(
            "SELECT deck, answers, young_passed + mature_passed, young_all + mature_all, time_ms FROM day_sum \
             WHERE study_day BETWEEN ?1 AND ?2 AND answers > 0",
        )?;
        let mut rows = statement.query((since.0, until.0))?;
        let mut sums = BySeat::new();
        while let Some(row) = rows.next()? {
            let deck = row.get(0)?;
            if decks.has(deck) && !with_topics.contains(&deck) {
                sums.entry(Seat { deck, topic: 0 }).or_default().add(&Sums {
                    answers: u64_of(row.get(1)?),
                    recalls: Recalls { passed: u64_of(row.get(2)?), all: u64_of(row.get(3)?) },
                    time_ms: u64_of(row.get(4)?),
                });
            }
        }
        Ok((sums, with_topics))
    }

    fn side_sums(&self, decks: &DeckSet, from: i32, to: i32) -> Result<BySide, Fault> {
        let mut statement = self.db().prepare_cached(
            "SELECT deck, kind, expected, given, sum(count) FROM side_sum WHERE month BETWEEN ?1 AND ?2 \
             GROUP BY deck, kind, expected, given",
        )?;
        let mut rows = statement.query((from, to))?;
        let mut sums = BySide::new();
        while let Some(row) = rows.next()? {
            let kind = row.get_ref(1)?.as_str().ok().and_then(Counted::of_name);
            if let (true, Some(kind)) = (decks.has(row.get(0)?), kind) {
                *sums.entry((kind, row.get(2)?, row.get(3)?)).or_default() += u64_of(row.get(4)?);
            }
        }
        Ok(sums)
    }

    /// What was taken for what in the answers of a period, to those cards that `has` says, by deck and number.
    pub(super) fn sides_from_the_log(
        &self,
        pass: &LogPass,
        (since, until): Period,
        has: impl Fn(i64, i64) -> bool,
    ) -> Result<BySide, Fault> {
        let mut sides = BySide::default();
        // By the rows of the narrower table; `asked` are the kinds of answers that tell what was taken for what.
        let mut statement = self.db().prepare_cached(&format!(
            "SELECT n.deck, e.card, e.id, {DETAIL_COLUMNS} FROM event_detail d CROSS JOIN event e ON e.id = d.id \
             JOIN note n ON n.id = e.card >> 9 LEFT JOIN text x ON x.id = d.id \
             WHERE d.asked IS NOT NULL AND e.kind = {ANSWERED} AND e.study_day BETWEEN ?1 AND ?2"
        ))?;
        let mut rows = statement.query((since.0, until.0))?;
        while let Some(row) = rows.next()? {
            if has(row.get(0)?, row.get(1)?)
                && !pass.is_void(row.get(2)?)
                && let Some(key) = tally::confusion(&detail_of(row, 3)?)
            {
                *sides.entry(key).or_default() += 1;
            }
        }
        Ok(sides)
    }

    /// Sums with the titles that people know. Cards without a topic are summed up by their deck.
    fn titled(&self, sums: BySeat) -> Result<Vec<TopicTotals>, Fault> {
        let mut topics = Vec::new();
        for (Seat { deck, topic }, sums) in sums {
            if sums.answers == 0 {
                continue;
            }
            let named: Option<(String, String)> = self
                .db()
                .prepare_cached(
                    "SELECT coalesce((SELECT title FROM topic WHERE id = ?1), title, name), name FROM deck WHERE id = ?2",
                )?
                .query_row((topic, deck), |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            // Answers may be here before the texts of their cards: these have no deck yet.
            let Some((title, deck)) = named else { continue };
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

    /// Answered cards that are offered, by due day: for the week ahead.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn due_days(&self, decks: &DeckSet) -> Result<BTreeMap<StudyDay, u64>, StoreError> {
        self.attempt(|| {
            let mut statement = self.db().prepare_cached(
                "SELECT due, deck, count(*) FROM card_state WHERE due IS NOT NULL AND offered = 1 GROUP BY due, deck",
            )?;
            let mut rows = statement.query([])?;
            let mut days = BTreeMap::new();
            while let Some(row) = rows.next()? {
                if decks.has(row.get(1)?) {
                    *days.entry(day_of(row.get(0)?)).or_default() += u64_of(row.get(2)?);
                }
            }
            Ok(days)
        })
    }
}
