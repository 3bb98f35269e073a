//! The sums that reports and sessions are made of: by day, topic, side, and the cards that were answered of late.

use crate::core::event::Event;
use crate::core::event::EventKind;
use crate::core::mastery::Level;
use crate::core::progress::knowledge::month_ends;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use crate::core::tally;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::columns::day_sum_columns;
use crate::store::columns::i64_of;
use crate::store::columns::topic_sum_columns;
use foldhash::fast::FixedState;
use std::collections::BTreeMap;
use std::collections::HashMap;

/// Study days whose answered cards are looked at by card: today, and those that a flight or a clock set back can make today.
const DAYS_ASKED: i64 = 3;

/// Days that are kept besides: what is undone today is to be right also where the clock is set back then.
const DAYS_BESIDES: i64 = 2;

/// The first study day whose answered cards are looked at by card, on `today`.
pub(super) fn asked_from(today: StudyDay) -> StudyDay {
    today.plus(1 - DAYS_ASKED)
}

/// The first one of which they are kept.
fn kept_from(today: StudyDay) -> StudyDay {
    asked_from(today).plus(-DAYS_BESIDES)
}

/// Drops days before the given one, but never one of the four newest: an answer under a clock that is far ahead must not cost the
/// days of now, or they would be missing once it is undone. With two conditions SQLite would go through all rows before the given
/// day, those of the days that stay too, and this is done with each answer.
pub(super) const DROP_OLD_DAYS: &str = "DELETE FROM asked WHERE study_day < min(?1, (SELECT max(study_day) FROM asked \
     WHERE study_day < (SELECT max(study_day) FROM asked WHERE study_day < (SELECT max(study_day) FROM asked \
     WHERE study_day < (SELECT max(study_day) FROM asked)))))";

/// Sums, or what has to be added to them.
#[derive(Default)]
pub(super) struct Sums {
    /// By study day and deck: the twelve numbers of [`DayTotals::columns`].
    pub(super) days: BTreeMap<(i32, i64), [i64; 12]>,
    /// By deck, topic and month: answers, passed, counted, time, cards at four levels, millionths.
    pub(super) topics: BTreeMap<(i64, i64, i32), [i64; 9]>,
    /// By month, deck, kind, what was right and what was given.
    pub(super) sides: BTreeMap<(i32, i64, &'static str, String, String), i64>,
    /// By study day and card: answers, and the stamp of the newest.
    pub(super) asked: HashMap<(i32, i64), (i64, i64), FixedState>,
    /// The same of what is taken away. A card's answers are only ever taken away all together.
    unasked: HashMap<(i32, i64), i64, FixedState>,
}

impl Sums {
    /// Adds what an event amounts to, or takes it away (`sign` −1). No rows by card are kept of days before `asked_from`.
    pub(super) fn add(&mut self, row: &CardRow, before: &CardState, event: &Event, sign: i64, asked_from: StudyDay) {
        if let Some(ended) = tally::ended(before, event) {
            for end in month_ends(ended.last.day, ended.to) {
                let sums = self.topics.entry((row.deck, row.topic, end.month())).or_default();
                let level = match ended.level {
                    Level::Unseen => None,
                    Level::Learning => Some(4),
                    Level::Familiar => Some(5),
                    Level::Solid => Some(6),
                    Level::Mastered => Some(7),
                };
                if let Some(count) = level.and_then(|level| sums.get_mut(level)) {
                    *count += sign;
                }
                sums[8] += sign * i64_of(ended.last.chance_millionths(end));
            }
        }
        let totals = tally::of_event(before, event);
        let numbers = totals.columns().map(|number| i64_of(number) * sign);
        if numbers.iter().all(|number| *number == 0) {
            return;
        }
        let day = event.study_day;
        let sums = self.days.entry((day.0, row.deck)).or_default();
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
        if !matches!(event.kind, EventKind::Answered { .. }) {
            return;
        }
        if day >= asked_from {
            if sign < 0 {
                self.take_asked((day.0, row.id));
            } else {
                let (answers, hlc) = self.asked.entry((day.0, row.id)).or_default();
                *answers += sign;
                *hlc = event.hlc.0.max(*hlc);
            }
        }
        let [answers, _, _, _, _, young_passed, young_all, mature_passed, mature_all, time, _, _] = numbers;
        let sums = self.topics.entry((row.deck, row.topic, day.month())).or_default();
        for (sum, number) in sums.iter_mut().zip([answers, young_passed + mature_passed, young_all + mature_all, time])
        {
            *sum += number;
        }
        if let Some((kind, expected, given)) = tally::counts(event) {
            *self.sides.entry((day.month(), row.deck, kind.name(), expected, given)).or_default() += sign;
        }
    }

    /// Takes one answer of a card away: of those that were added here, as long as there are any.
    fn take_asked(&mut self, key: (i32, i64)) {
        match self.asked.get_mut(&key) {
            Some((answers, _)) if *answers > 1 => *answers -= 1,
            Some(_) => {
                self.asked.remove(&key);
            }
            None => *self.unasked.entry(key).or_default() += 1,
        }
    }
}

impl Writer<'_> {
    /// Adds what an event amounts to, or takes it away (`sign` −1).
    pub(super) fn add_to_sums(
        &mut self,
        row: &CardRow,
        before: &CardState,
        event: &Event,
        sign: i64,
    ) -> Result<(), Fault> {
        let kept_from = kept_from(self.stamp.today);
        if let Some(gathered) = &mut self.gathered {
            gathered.add(row, before, event, sign, kept_from);
            return Ok(());
        }
        let mut sums = Sums::default();
        sums.add(row, before, event, sign, kept_from);
        self.write_sums(&sums)
    }

    /// Adds sums to those that are kept.
    pub(super) fn write_sums(&mut self, sums: &Sums) -> Result<(), Fault> {
        for ((day, deck), numbers) in &sums.days {
            self.tx
                .prepare_cached(concat!(
                    "INSERT INTO day_sum (",
                    day_sum_columns!(),
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
                         ON CONFLICT (study_day, deck) DO UPDATE SET answers = answers + excluded.answers, \
                         first = first + excluded.first, review = review + excluded.review, \
                         early = early + excluded.early, drill = drill + excluded.drill, \
                         young_passed = young_passed + excluded.young_passed, \
                         young_all = young_all + excluded.young_all, \
                         mature_passed = mature_passed + excluded.mature_passed, \
                         mature_all = mature_all + excluded.mature_all, time_ms = time_ms + excluded.time_ms, \
                         crammed = crammed + excluded.crammed, imported = imported + excluded.imported"
                ))?
                .execute(rusqlite::params_from_iter([i64::from(*day), *deck].into_iter().chain(*numbers)))?;
            let [_, first, ..] = numbers;
            if *first > 0 {
                self.tx
                    .prepare_cached(
                        "UPDATE deck SET last_introduced = ?2 WHERE id = ?1 AND coalesce(last_introduced, -2147483649) < ?2",
                    )?
                    .execute((deck, day))?;
            }
        }
        for ((deck, topic, month), numbers) in &sums.topics {
            self.tx
                .prepare_cached(concat!(
                    "INSERT INTO topic_sum (",
                    topic_sum_columns!(),
                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) \
                         ON CONFLICT (deck, topic, month) DO UPDATE SET answers = answers + excluded.answers, \
                         passed = passed + excluded.passed, counted = counted + excluded.counted, \
                         time_ms = time_ms + excluded.time_ms, learning = learning + excluded.learning, \
                         familiar = familiar + excluded.familiar, known = known + excluded.known, \
                         mastered = mastered + excluded.mastered, millionths = millionths + excluded.millionths"
                ))?
                .execute(rusqlite::params_from_iter([*deck, *topic, i64::from(*month)].into_iter().chain(*numbers)))?;
        }
        for ((month, deck, kind, expected, given), count) in &sums.sides {
            self.tx
                .prepare_cached(
                    "INSERT INTO side_sum (month, deck, kind, expected, given, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                     ON CONFLICT (month, deck, kind, expected, given) DO UPDATE SET count = count + excluded.count",
                )?
                .execute((month, deck, kind, expected, given, count))?;
        }
        for ((day, card), answers) in &sums.unasked {
            self.tx
                .prepare_cached("UPDATE asked SET answers = answers - ?3 WHERE study_day = ?1 AND card = ?2")?
                .execute((day, card, answers))?;
            self.tx
                .prepare_cached("DELETE FROM asked WHERE study_day = ?1 AND card = ?2 AND answers <= 0")?
                .execute((day, card))?;
        }
        if sums.asked.is_empty() {
            return Ok(());
        }
        let kept_from = kept_from(self.stamp.today);
        self.tx.prepare_cached(DROP_OLD_DAYS)?.execute([kept_from.0])?;
        for ((day, card), (answers, hlc)) in &sums.asked {
            self.tx
                .prepare_cached(
                    "INSERT INTO asked (study_day, card, answers, hlc) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (study_day, card) \
                     DO UPDATE SET answers = answers + excluded.answers, hlc = max(hlc, excluded.hlc)",
                )?
                .execute((day, card, answers, hlc))?;
        }
        Ok(())
    }

    /// Gathers sums from now on, to write them together.
    pub(super) fn gather_sums(&mut self) {
        self.gathered.get_or_insert_default();
    }

    /// Writes what was gathered.
    pub(super) fn write_gathered(&mut self) -> Result<(), Fault> {
        match self.gathered.take() {
            Some(sums) => self.write_sums(&sums),
            None => Ok(()),
        }
    }
}
