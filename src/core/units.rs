//! Numbers that carry their unit in their type.

use serde::Deserialize;
use serde::Serialize;

/// Ease factor in hundredths: 250 is the usual 2.5. Never below [`Ease::MIN`].
///
/// Hundredths lose nothing: SM-2 moves the ease by +10, 0, −14, −32, −54 or −80.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ease(u32);

impl Ease {
    /// SM-2's floor, 1.30.
    pub const MIN: Self = Self(130);
    /// Where every card starts, 2.50.
    pub const START: Self = Self(250);

    /// An ease from hundredths, raised to the floor where it is below it.
    #[must_use]
    pub fn from_hundredths(hundredths: u32) -> Self {
        Self(hundredths.max(Self::MIN.0))
    }

    /// The ease in hundredths.
    #[must_use]
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// The ease moved by `delta` hundredths, never below the floor.
    #[must_use]
    pub fn moved(self, delta: i32) -> Self {
        Self::from_hundredths(self.0.saturating_add_signed(delta))
    }

    /// The ease as the decimal that people know, for example 2.5.
    #[must_use]
    pub fn decimal(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// How long a memory lasts, in billionths of a day: the time after which nine of ten such cards are still recalled.
///
/// 0 means that there is none yet: the next answer gives one as it does for a new card. Billionths, since a scheduler in
/// floating point goes on from the rounded number, and coarser ones would move due days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Stability(pub u64);

impl Stability {
    /// Billionths in a day.
    const SCALE: f64 = 1e9;

    /// The nearest stability to so many days; 0 for what is below it or no number.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates, and NaN becomes 0"
    )]
    pub fn from_days(days: f64) -> Self {
        Self((days * Self::SCALE).round() as u64)
    }

    /// In days.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 billionths, which is 24,000 years")]
    pub fn days(self) -> f64 {
        self.0 as f64 / Self::SCALE
    }
}

/// How hard a card is to learn, in millionths: from 1 (1,000,000) to 10 (10,000,000).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Difficulty(pub u32);

impl Difficulty {
    /// Millionths in one.
    const SCALE: f64 = 1e6;

    /// The nearest difficulty to a decimal one.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates, and NaN becomes 0"
    )]
    pub fn from_decimal(difficulty: f64) -> Self {
        Self((difficulty * Self::SCALE).round() as u32)
    }

    /// The decimal that people know, from 1 to 10.
    #[must_use]
    pub fn decimal(self) -> f64 {
        f64::from(self.0) / Self::SCALE
    }
}

/// Whole study days. Never hours, never a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Days(pub u32);

impl Days {
    /// The interval in a few characters, as a grade button shows it: `6d`, `3.2mo`, `1.4y`.
    #[must_use]
    pub fn short(self) -> String {
        match self.0 {
            days @ 0..=30 => format!("{days}d"),
            days @ 31..=364 => format!("{}.{}mo", days / 30, days % 30 / 3),
            days => format!("{}.{}y", days / 365, days % 365 * 10 / 365),
        }
    }
}

/// Milliseconds of a person's time, as measured; statistics cap it, the log does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Millis(pub u32);

impl Millis {
    /// The most that one answer adds to the minutes of a day.
    pub const CAP: Self = Self(60_000);

    /// This time, but at most [`Millis::CAP`].
    #[must_use]
    pub fn capped(self) -> Self {
        self.min(Self::CAP)
    }
}

/// Milliseconds for people, to the nearest tenth of a second: `0.9 s`.
#[must_use]
pub fn in_seconds(ms: u64) -> String {
    let tenths = (ms + 50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// Place in the total order of all actions of all devices, in milliseconds since 1970.
///
/// `max(now, last + 1)`: within a device the order of writing, also when its clock was set back. It belongs to the action;
/// its entries share it and are told apart by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Hlc(pub i64);

impl Hlc {
    /// The next stamp, given the newest one known and the wall clock.
    #[must_use]
    pub fn after(last: Self, now_ms: i64) -> Self {
        Self(now_ms.max(last.0.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_nearest_tenth_of_a_second() {
        let told = [0, 49, 50, 849, 850, 949, 950, 6_500, 60_049].map(in_seconds);
        assert_eq!(told, ["0.0 s", "0.0 s", "0.1 s", "0.8 s", "0.9 s", "0.9 s", "1.0 s", "6.5 s", "60.0 s"]);
    }

    #[test]
    fn intervals_read_as_days_months_and_years() {
        let shown: Vec<String> = [1, 6, 30, 31, 38, 95, 364, 365, 548, 36500].map(|days| Days(days).short()).to_vec();
        assert_eq!(shown, ["1d", "6d", "30d", "1.0mo", "1.2mo", "3.1mo", "12.1mo", "1.0y", "1.5y", "100.0y"]);
    }

    #[test]
    fn the_logical_clock_never_steps_back() {
        let first = Hlc::after(Hlc(0), 1_000);
        assert_eq!(first, Hlc(1_000));
        assert_eq!(Hlc::after(first, 10), Hlc(1_001));
    }
}
