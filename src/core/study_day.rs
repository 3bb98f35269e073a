//! Instants, the hour at which a study day begins, and study days.

use chrono::DateTime;
use chrono::Datelike as _;
use chrono::FixedOffset;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;

/// No place on earth is further from UTC, in minutes.
pub const LAST_OFFSET_MIN: i32 = 18 * 60;

/// Clocks are taken to be wrong from the year 3000 on: what is written must not be further ahead than another device takes.
pub const LAST_CLOCK_MS: i64 = 32_503_680_000_000;

/// A pause of this length ends a sitting.
const PAUSE_MS: i64 = 3_600_000;

/// An instant together with the offset from UTC that was the local one at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub unix_ms: i64,
    /// Minutes east of UTC, daylight saving included.
    pub offset_min: i32,
}

impl Timestamp {
    /// RFC 3339 with the offset, to the millisecond where there is a fraction.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_datetime().map_or_else(String::new, |at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    /// The local wall-clock time; `None` outside the years that a calendar can show.
    #[must_use]
    pub fn to_datetime(self) -> Option<DateTime<FixedOffset>> {
        let offset = FixedOffset::east_opt(self.offset_min.checked_mul(60)?)?;
        Some(DateTime::from_timestamp_millis(self.unix_ms)?.with_timezone(&offset))
    }

    /// Whether this instant is of the study day after `day`, by the clock of the place where the last answer of that day was given:
    /// then one night lies between the two, whatever date it is where this one is.
    #[must_use]
    pub fn follows(self, last: Self, day: StudyDay, rollover: Rollover) -> bool {
        StudyDay::of(Self { offset_min: last.offset_min, ..self }, rollover).since(day) <= 1
    }

    /// Reads RFC 3339 with an offset that a zone may have.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let at = DateTime::parse_from_rfc3339(text).ok()?;
        let offset_min = at.offset().local_minus_utc() / 60;
        let read = Self { unix_ms: at.timestamp_millis(), offset_min };
        (offset_min.abs() <= LAST_OFFSET_MIN && read.can_be_written()).then_some(read)
    }

    /// Whether its year has four digits, as RFC 3339 wants.
    #[must_use]
    pub fn can_be_written(self) -> bool {
        self.to_datetime().is_some_and(|at| (0..=9999).contains(&at.year()))
    }
}

/// The local hour, 0 to 23, at which the next study day begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollover(u8);

impl Rollover {
    /// The usual hour: late enough for night owls, early enough for early risers.
    pub const DEFAULT: Self = Self(4);

    /// A rollover hour; `None` where `hour` is not 0 to 23.
    #[must_use]
    pub fn new(hour: u8) -> Option<Self> {
        (hour < 24).then_some(Self(hour))
    }

    /// The hour.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.0
    }
}

/// A study day, counted from 1970-01-01. It begins at the rollover hour, local time.
///
/// Wall clock, not elapsed time: days of 23 and 25 hours are still one study day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StudyDay(pub i32);

impl StudyDay {
    /// The study day that holds `at`.
    ///
    /// `floor((unix seconds + 60 × offset − 3600 × rollover) / 86400)`: an answer at 03:59 with the rollover
    /// at 4 counts for the day before.
    #[must_use]
    pub fn of(at: Timestamp, rollover: Rollover) -> Self {
        let seconds = at.unix_ms.div_euclid(1000);
        let local = seconds.saturating_add(60 * i64::from(at.offset_min)).saturating_sub(3600 * i64::from(rollover.0));
        Self(i32::try_from(local.div_euclid(86_400)).unwrap_or(if local < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The study day of an answer at `now`, where this device gave its newest one at the instant `last`, on that study day.
    ///
    /// A sitting stays on the day on which it began, however late it gets, as long as no pause in it is of an hour: a card that is
    /// failed before the rollover hour and again after it has lapsed once.
    #[must_use]
    pub fn of_sitting(now: Timestamp, rollover: Rollover, last: Option<(i64, Self)>) -> Self {
        let today = Self::of(now, rollover);
        match last {
            Some((at, day)) if day.plus(1) == today && (0..PAUSE_MS).contains(&now.unix_ms.saturating_sub(at)) => day,
            _ => today,
        }
    }

    /// The day `days` later (or earlier, when negative).
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let day = i64::from(self.0).saturating_add(days);
        Self(i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX }))
    }

    /// Days from `earlier` to this day; negative where `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// The calendar date that the day begins on.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or(if self.0 < 0 { NaiveDate::MIN } else { NaiveDate::MAX })
    }

    /// The study day that begins on `date`.
    #[must_use]
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The date as ISO 8601, `2026-01-15`.
    #[must_use]
    pub fn iso(self) -> String {
        self.date().format("%Y-%m-%d").to_string()
    }

    /// The calendar month as year × 100 + month, `202601`.
    #[must_use]
    pub fn month(self) -> i32 {
        use chrono::Datelike as _;
        let date = self.date();
        date.year() * 100 + i32::try_from(date.month()).unwrap_or(0)
    }
}

/// A day from today on, as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// This very day.
    On(StudyDay),
    /// In so many days.
    In(u32),
}

impl Ahead {
    /// Reads `2026-01-15`, `7d`, `today` or `tomorrow`. A hundred years: what is further away is a slip.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "today" => return Some(Self::In(0)),
            "tomorrow" => return Some(Self::In(1)),
            _ => {}
        }
        let days = text.strip_suffix('d').and_then(|number| number.parse().ok()).filter(|days| *days <= 36_500);
        if let Some(days) = days {
            return Some(Self::In(days));
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|date| (1970..=2999).contains(&chrono::Datelike::year(date)))
            .map(|date| Self::On(StudyDay::from_date(date)))
    }

    /// The day, seen from today.
    #[must_use]
    pub fn resolve(self, today: StudyDay) -> StudyDay {
        match self {
            Self::On(day) => day,
            Self::In(days) => today.plus(i64::from(days)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, offset_min: i32) -> (i32, String) {
        let at = Timestamp { unix_ms: Timestamp::from_rfc3339(text).unwrap().unix_ms, offset_min };
        let day = StudyDay::of(at, Rollover::DEFAULT);
        (day.0, day.date().format("%m-%d").to_string())
    }

    #[test]
    fn study_days_of_the_table() {
        for (text, offset, number, date) in [
            ("2026-01-15T03:59:59Z", 0, 20467, "01-14"),
            ("2026-01-15T04:00:00Z", 0, 20468, "01-15"),
            ("2026-03-29T00:30:00Z", 60, 20540, "03-28"),
            ("2026-03-29T01:30:00Z", 120, 20540, "03-28"),
            ("2026-03-29T02:30:00Z", 120, 20541, "03-29"),
            ("2026-11-01T05:30:00Z", -240, 20757, "10-31"),
            ("2026-11-01T06:30:00Z", -300, 20757, "10-31"),
            ("2026-11-01T09:30:00Z", -300, 20758, "11-01"),
            ("2026-01-14T22:30:00Z", 330, 20468, "01-15"),
            ("2026-01-14T15:00:00Z", 780, 20468, "01-15"),
            ("2026-01-14T15:00:00Z", -660, 20467, "01-14"),
        ] {
            assert_eq!(day(text, offset), (number, date.to_owned()), "{text} {offset}");
        }
    }

    #[test]
    fn days_before_1970_floor_downwards() {
        let at = Timestamp { unix_ms: -1, offset_min: 0 };
        assert_eq!(StudyDay::of(at, Rollover::new(0).unwrap()), StudyDay(-1));
    }

    #[test]
    fn a_time_that_can_not_be_written_is_not_read() {
        // A leap second at the very end, which is the first of the year 10000.
        assert_eq!(Timestamp::from_rfc3339("9999-12-31T23:59:60.999-18:00"), None);
        assert!(Timestamp::from_rfc3339("9999-12-31T23:59:59.999-18:00").is_some());
        assert!(Timestamp::from_rfc3339("0000-01-01T00:00:00+18:00").is_some());
    }

    #[test]
    fn a_timestamp_keeps_its_own_offset() {
        let text = "2026-01-15T09:00:00+05:30";
        assert_eq!(Timestamp::from_rfc3339(text).unwrap().to_rfc3339(), text);
    }
}
