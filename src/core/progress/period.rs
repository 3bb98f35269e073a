//! Which days a report counts: its own period, and the windows of true retention.

use crate::core::study_day::StudyDay;

/// The days that a report is about, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day.
    pub from: StudyDay,
    /// Its last day.
    pub to: StudyDay,
}

impl Period {
    /// How many days it has; 0 where it ends before it begins.
    #[must_use]
    pub fn days(self) -> u64 {
        u64::try_from(self.to.since(self.from).saturating_add(1)).unwrap_or(0)
    }

    /// Whether the day lies in it.
    #[must_use]
    pub fn holds(self, day: StudyDay) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What true retention is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// The period of the report.
    Period,
    /// The study day of the report.
    Today,
    /// The one before.
    Yesterday,
    /// Seven days, today included.
    Last7,
    /// Thirty days, today included.
    Last30,
    /// 365 days, today included.
    Last365,
    /// Everything up to and with today.
    All,
}

impl Window {
    /// All of them, in the order in which reports list them.
    pub const ALL: [Self; 7] =
        [Self::Period, Self::Today, Self::Yesterday, Self::Last7, Self::Last30, Self::Last365, Self::All];

    /// First and last day, given the period and today.
    pub(super) fn days(self, period: Period, today: StudyDay) -> Period {
        let last = |days: i64| Period { from: today.plus(1 - days), to: today };
        match self {
            Self::Period => period,
            Self::Today => last(1),
            Self::Yesterday => Period { from: today.plus(-1), to: today.plus(-1) },
            Self::Last7 => last(7),
            Self::Last30 => last(30),
            Self::Last365 => last(365),
            Self::All => Period { from: StudyDay(i32::MIN), to: today },
        }
    }
}
