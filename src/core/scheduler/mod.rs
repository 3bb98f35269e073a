//! How an answer moves a card.

#[cfg(test)]
mod second;
mod sm2;
mod splitmix64;

#[cfg(test)]
pub use second::Second;
pub use sm2::Sm2;
pub use sm2::interval_after;
pub use splitmix64::shuffle_key;
pub use splitmix64::splitmix64;

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use serde::Deserialize;
use serde::Serialize;

/// A scheduler with its parameters: what an event's configuration names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "algorithm", rename_all = "lowercase")]
pub enum Scheduler {
    /// P. A. Woźniak's SM-2, on integers.
    Sm2(Sm2),
    /// A scheduler of the other shape, in floating point and with parameters: proves that the laws of the log hold for
    /// such a one.
    #[cfg(test)]
    Second(Second),
}

impl Default for Scheduler {
    fn default() -> Self {
        Self::Sm2(Sm2::default())
    }
}

impl Scheduler {
    /// The state of `card` after an answer of `quality` on `today`. `before` has a memory that this scheduler made, or
    /// none.
    #[must_use]
    pub fn answer(&self, card: CardId, before: &CardState, quality: Quality, today: StudyDay) -> CardState {
        match self {
            Self::Sm2(sm2) => sm2.answer(card, before, quality, today),
            #[cfg(test)]
            Self::Second(second) => second.answer(card, before, quality, today),
        }
    }

    /// Whether both make the same memory of the same answers. The longest interval, fuzz and the desired retention are no
    /// matter: they act from the next answer on, and move no memory that is there.
    #[must_use]
    pub fn same_memory(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sm2(_), Self::Sm2(_)) => true,
            #[cfg(test)]
            (Self::Second(one), Self::Second(two)) => one.weights == two.weights,
            #[cfg(test)]
            (Self::Sm2(_), Self::Second(_)) | (Self::Second(_), Self::Sm2(_)) => false,
        }
    }

    /// Whether answers given in other programs belong to its replay.
    #[must_use]
    pub fn replays_imported(&self) -> bool {
        match self {
            Self::Sm2(_) => false,
            #[cfg(test)]
            Self::Second(_) => true,
        }
    }

    /// Whether the numbers of `model` are of its kind.
    fn fits(&self, model: &Model) -> bool {
        match (self, model) {
            (Self::Sm2(_), Model::Sm2 { .. }) => true,
            (Self::Sm2(_), Model::Fsrs { .. }) => false,
            #[cfg(test)]
            (Self::Second(_), Model::Fsrs { .. }) => true,
            #[cfg(test)]
            (Self::Second(_), Model::Sm2 { .. }) => false,
        }
    }

    /// The memory that an event carried, taken over; `before` is what the replay has of the card so far, and `own` says
    /// whether the event's memory parameters are these.
    ///
    /// The shared values are the carried ones. The model's numbers are the carried ones where `own`; else those that the
    /// replay made of the answers, where there were any; else the carried ones where they are at least of this kind, and
    /// a guess from the shared values where they are not.
    #[must_use]
    pub(crate) fn adopted(&self, own: bool, before: Option<&Memory>, carried: &Memory) -> Memory {
        let computed = before.map(|memory| memory.model).filter(|model| self.fits(model));
        let model = match computed {
            _ if own && self.fits(&carried.model) => carried.model,
            Some(computed) => computed,
            None if self.fits(&carried.model) => carried.model,
            None => match self {
                Self::Sm2(_) => Sm2::guess(),
                #[cfg(test)]
                Self::Second(second) => second.guess(carried),
            },
        };
        Memory { model, ..carried.clone() }
    }

    /// The word that people know it by.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sm2(_) => "SM-2",
            #[cfg(test)]
            Self::Second(_) => "Second",
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
    /// Classifies an answer on `today` to a card in state `before` (docs/scheduling.md, *Kinds of answers*).
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
