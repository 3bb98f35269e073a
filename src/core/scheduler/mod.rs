//! How an answer moves a card.

mod mix;
mod sm2;

pub use mix::mix;
pub use mix::shuffle_key;
pub use sm2::Sm2;

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::state::CardState;
use crate::core::study_day::StudyDay;
use serde::Deserialize;
use serde::Serialize;

/// A scheduler with its parameters: what an event's configuration names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "algorithm", rename_all = "lowercase")]
pub enum Scheduler {
    /// P. A. Woźniak's SM-2, on integers.
    Sm2(Sm2),
}

impl Default for Scheduler {
    fn default() -> Self {
        Self::Sm2(Sm2::default())
    }
}

impl Scheduler {
    /// The state of `card` after an answer of `quality` on `today`.
    #[must_use]
    pub fn answer(&self, card: CardId, before: &CardState, quality: Quality, today: StudyDay) -> CardState {
        match self {
            Self::Sm2(sm2) => sm2.answer(card, before, quality, today),
        }
    }

    /// The word that people know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sm2(_) => "SM-2",
        }
    }

    /// The canonical JSON, from which [`Scheduler::id`] is made.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Scheduler::to_json`] wrote; `None` for a configuration of a newer program.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The content hash that events point to.
    #[must_use]
    pub fn id(&self) -> ConfigId {
        ConfigId::of_json(&self.to_json())
    }
}

/// What an answer was, seen from the state before it. Derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// The card's first answer.
    First,
    /// Before its due day.
    Early,
    /// On or after its due day.
    Review,
    /// Again on the day of an answer: changes no interval.
    Drill,
}

impl AnswerKind {
    /// Classifies an answer on `today` to a card in state `before` (scheduling.md A3, steps 1–3).
    #[must_use]
    pub fn of(before: &CardState, today: StudyDay) -> Self {
        match &before.memory {
            None => Self::First,
            Some(memory) if today <= memory.last => Self::Drill,
            Some(memory) if today < memory.due => Self::Early,
            Some(_) => Self::Review,
        }
    }
}
