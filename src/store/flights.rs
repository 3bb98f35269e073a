//! Dates that a flight to the east passed over: nobody lived them, so they break no streak.
//!
//! Nothing is kept of them. Where a date or two is missing between days with answers, the log tells when the last answer before was
//! given and the first one after; its entries lie in the order of time, so a few probes find them.

use crate::core::pause::Pauses;
use crate::core::study_day::Rollover;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::totals::DayTotals;
use crate::store::Fault;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::chain::newest_sequence;
use crate::store::columns::ANSWERED;
use crate::store::columns::entry_id;
use rusqlite::OptionalExtension as _;
use std::collections::BTreeSet;

const DAY_MS: i64 = 86_400_000;

/// A day on earth begins at most so much before that of UTC, and ends as much after it; the rollover hour included.
const ELSEWHERE_MS: i64 = 2 * DAY_MS;

/// Dates that a flight can pass over: by the date line one at most is missing, and the rollover hour may add another.
const MOST_PASSED: i64 = 2;

impl Store {
    /// The breaks, and with them the dates between days with answers that a flight passed over.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn pauses_and_flights(
        &self,
        days: &[(StudyDay, DayTotals)],
        when: Stamp,
        rollover: Rollover,
    ) -> Result<Pauses, StoreError> {
        self.attempt(|| {
            let pauses = self.pauses()?;
            let practised = days.iter().filter(|(day, sum)| *day < when.today && sum.answers > 0).map(|(day, _)| *day);
            let has_today = days.iter().any(|(day, sum)| *day == when.today && sum.answers > 0);
            let practised: Vec<StudyDay> = practised.chain([when.today]).collect();
            let mut passed = BTreeSet::new();
            for pair in practised.windows(2) {
                let [before, after] = *pair else { continue };
                if !(2..=MOST_PASSED + 1).contains(&after.since(before)) || pauses.bridge(before, after) {
                    continue;
                }
                let next = if after == when.today && !has_today {
                    Some(when.now)
                } else {
                    self.answers_of(after)?.into_iter().min_by_key(|at| at.unix_ms)
                };
                let last = self.answers_of(before)?.into_iter().max_by_key(|at| at.unix_ms);
                if let (Some(last), Some(next)) = (last, next)
                    && next.follows(last, before, rollover)
                {
                    passed.extend((1..after.since(before)).map(|days| before.plus(days)));
                }
            }
            Ok(pauses.passing_over(passed))
        })
    }

    /// When the answers of a study day were given that count.
    fn answers_of(&self, day: StudyDay) -> Result<Vec<Timestamp>, Fault> {
        let begin = i64::from(day.0) * DAY_MS - ELSEWHERE_MS;
        let end = begin + DAY_MS + 2 * ELSEWHERE_MS;
        let context = self.context()?;
        let mut found = Vec::new();
        for (device, _) in super::read_devices(self.db())? {
            let last = newest_sequence(self.db(), device)?;
            let first = self.first_since(device, last, begin)?;
            let mut statement = self.db().prepare_cached(
                "SELECT e.id, e.hlc, e.hlc - coalesce(d.ahead, 0), e.offset_min, e.study_day, e.kind \
                 FROM event e INDEXED BY event_id LEFT JOIN event_detail d ON d.id = e.id \
                 WHERE e.id BETWEEN ?1 AND ?2 ORDER BY e.id",
            )?;
            let mut rows = statement.query((entry_id(device, first), entry_id(device, last)))?;
            while let Some(row) = rows.next()? {
                if row.get::<_, i64>(1)? > end {
                    break;
                }
                if (row.get::<_, i32>(4)?, row.get::<_, u8>(5)?) == (day.0, ANSWERED)
                    && !context.voided.has(context.reader.known(row.get(0)?)?)
                {
                    found.push(Timestamp { unix_ms: row.get(2)?, offset_min: row.get(3)? });
                }
            }
        }
        Ok(found)
    }

    /// The number of an entry of the device before which no event is stamped at `begin` or later.
    fn first_since(&self, device: i64, last: u64, begin: i64) -> Result<u64, Fault> {
        let mut probe = self.db().prepare_cached(
            "SELECT hlc FROM event INDEXED BY event_id WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1",
        )?;
        let (mut low, mut high) = (1, last + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let stamp: Option<i64> =
                probe.query_row((entry_id(device, middle), entry_id(device, last)), |row| row.get(0)).optional()?;
            if stamp.is_some_and(|stamp| stamp < begin) { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }
}
