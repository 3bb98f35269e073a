//! What a learner can choose. Settings act from now on; they never enter the fold.

use crate::core::grade::Drill;
use crate::core::grade::Scale;
use crate::core::scheduler::Scheduler;
use crate::core::scheduler::Sm2;
use crate::core::state::LEECH_LAPSES;
use crate::core::study_day::Rollover;
use crate::core::units::Days;
use std::collections::BTreeMap;

/// The order in which a deck's new cards come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NewOrder {
    /// As the author wrote them.
    #[default]
    Position,
    /// By each card's fixed shuffle.
    Random,
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// First answers a study day.
    pub new_per_day: u32,
    /// Reviews a study day.
    pub reviews_per_day: u32,
    /// Order of new cards.
    pub new_order: NewOrder,
    /// Which keys grade.
    pub scale: Scale,
    /// Which grades are repeated the same day; `None` for the scale's usual.
    pub drill: Option<Drill>,
    /// The longest interval.
    pub maximum_interval: Days,
    /// Whether due days move a little.
    pub fuzz: bool,
    /// Lapses that make a leech; 0 for never.
    pub leech_lapses: u32,
    /// Whether a leech is suspended.
    pub leech_suspend: bool,
    /// Whether siblings are kept to different days.
    pub bury_siblings: bool,
    /// When a study day begins.
    pub rollover: Rollover,
    /// Whether a session ends with one line to do.
    pub try_line: bool,
    /// Whether check-ups are offered.
    pub checkup: bool,
    /// Keys that the learner bound: name of the command → keys, separated by spaces.
    pub keys: BTreeMap<String, String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            new_per_day: 10,
            reviews_per_day: 200,
            new_order: NewOrder::Position,
            scale: Scale::Four,
            drill: None,
            maximum_interval: Days(36_500),
            fuzz: false,
            leech_lapses: LEECH_LAPSES,
            leech_suspend: false,
            bury_siblings: true,
            rollover: Rollover::DEFAULT,
            try_line: true,
            checkup: true,
            keys: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Which grades are repeated the same day.
    #[must_use]
    pub fn drill(&self) -> Drill {
        self.drill.unwrap_or(Drill::usual(self.scale))
    }

    /// The scheduler that new answers are given to.
    #[must_use]
    pub fn scheduler(&self) -> Scheduler {
        Scheduler::Sm2(Sm2 { maximum_interval: self.maximum_interval, fuzz: self.fuzz })
    }
}
