//! The due cards that are most at risk, without a look at all that is due.
//!
//! Risk is lateness in proportion to the interval, so cards with one interval are in order already once they are in the order
//! of their due days. An index has them so; here the heads of all intervals are merged. An order that changes from day to day
//! needs no other index, as long as it keeps cards with one interval in the order of their due days.

use crate::core::queue::Overdue;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::store::Fault;
use crate::store::columns::day_of;
use crate::store::columns::u32_of;
use rusqlite::Connection;
use rusqlite::OptionalExtension as _;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::VecDeque;

/// Cards that are read of an interval at first; then twice as many each time, so that a long one is not read anew again and
/// again.
const FIRST_CARDS: i64 = 4;

/// A due card, greatest where it is most at risk.
#[derive(PartialEq, Eq)]
struct Head {
    overdue: Overdue,
    card: i64,
    deck: i64,
    /// Where its interval is among all of them.
    interval: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        other.overdue.by_risk(&self.overdue).then_with(|| other.card.cmp(&self.card))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The due cards with one interval, the latest first.
struct Interval {
    days: i64,
    /// How many of them were read.
    read: i64,
    cards: VecDeque<(Overdue, i64, i64)>,
}

/// The due cards that are not held back today, most at risk first.
pub(super) struct ByRisk<'d> {
    db: &'d Connection,
    until: StudyDay,
    today: StudyDay,
    intervals: Vec<Interval>,
    heads: BinaryHeap<Head>,
}

impl<'d> ByRisk<'d> {
    /// Those that are due on `until` or before it.
    pub(super) fn new(db: &'d Connection, until: StudyDay, today: StudyDay) -> Result<Self, Fault> {
        let mut all = Self { db, until, today, intervals: Vec::new(), heads: BinaryHeap::new() };
        let mut after = i64::MIN;
        while let Some(days) = all.next_interval(after)? {
            after = days;
            all.intervals.push(Interval { days, read: 0, cards: VecDeque::new() });
            all.advance(all.intervals.len() - 1)?;
        }
        Ok(all)
    }

    /// The next longer interval that a card has.
    fn next_interval(&self, after: i64) -> Result<Option<i64>, Fault> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT interval_days FROM card_state INDEXED BY card_risk \
                 WHERE due IS NOT NULL AND offered = 1 AND interval_days > ?1 ORDER BY interval_days LIMIT 1",
            )?
            .query_row([after], |row| row.get(0))
            .optional()?)
    }

    /// The next card, with its deck.
    pub(super) fn next(&mut self) -> Result<Option<(i64, i64)>, Fault> {
        let Some(head) = self.heads.pop() else { return Ok(None) };
        self.advance(head.interval)?;
        Ok(Some((head.card, head.deck)))
    }

    /// Puts the next card of an interval among the heads.
    fn advance(&mut self, index: usize) -> Result<(), Fault> {
        let (db, until, today) = (self.db, self.until, self.today);
        let Some(interval) = self.intervals.get_mut(index) else { return Ok(()) };
        if interval.cards.is_empty() {
            interval.read_more(db, until, today)?;
        }
        if let Some((overdue, card, deck)) = interval.cards.pop_front() {
            self.heads.push(Head { overdue, card, deck, interval: index });
        }
        Ok(())
    }
}

impl Interval {
    fn read_more(&mut self, db: &Connection, until: StudyDay, today: StudyDay) -> Result<(), Fault> {
        let mut statement = db.prepare_cached(
            "SELECT card, deck, due, shuffle FROM card_state INDEXED BY card_risk \
             WHERE due IS NOT NULL AND offered = 1 AND interval_days = ?1 AND due <= ?2 \
             AND coalesce(buried_until, -2147483648) <= ?3 ORDER BY due, shuffle LIMIT ?4 OFFSET ?5",
        )?;
        let most = self.read.max(FIRST_CARDS);
        let mut rows = statement.query((self.days, until.0, today.0, most, self.read))?;
        while let Some(row) = rows.next()? {
            let overdue = Overdue {
                days_late: today.since(day_of(row.get(2)?)),
                interval: Days(u32_of(self.days)),
                shuffle: row.get(3)?,
            };
            self.cards.push_back((overdue, row.get(0)?, row.get(1)?));
            self.read += 1;
        }
        Ok(())
    }
}
