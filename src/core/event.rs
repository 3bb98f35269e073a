//! Facts, in the past tense: everything that the log can hold.

use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Days;
use crate::core::units::Ease;
use crate::core::units::Hlc;
use crate::core::units::Millis;

/// What happened. Each says what undoing it means: as if it had never been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A card was answered. Undone: the later answers are computed again without it.
    Answered {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// A card was answered in cram mode, which changes no schedule.
    Crammed {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// An action was taken back. It may itself be an undo; undoing this one is a redo.
    Undone {
        /// The action that no longer counts.
        action: ActionId,
    },
    /// The due day was set by hand; the event's after-state has it.
    DueSet,
    /// The card was made new again.
    Reset,
    /// Taken out of reviews.
    Suspended,
    /// Put back.
    Unsuspended,
    /// Held back until a day.
    Buried {
        /// The first study day on which the card is asked again.
        until: StudyDay,
    },
    /// No longer held back.
    Unburied,
    /// Given the learner's star.
    Marked,
    /// The star taken away.
    Unmarked,
    /// Given a coloured flag.
    Flagged {
        /// 0 for none.
        flag: u8,
    },
    /// An answer given in another program: kept, counted in statistics, not folded.
    Imported {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// Another program's state taken over; folded only where the card has no answer of ours before it.
    Adopted,
    /// A setting was changed; the detail has key, old and new value.
    Configured,
    /// A break was announced: until a day nothing is due.
    Paused {
        /// The first study day on which cards are asked again.
        until: StudyDay,
    },
    /// The break was ended.
    Resumed,
}

impl Fact {
    /// Its name in the log and in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Crammed { .. } => "crammed",
            Self::Undone { .. } => "undone",
            Self::DueSet => "due-set",
            Self::Reset => "reset",
            Self::Suspended => "suspended",
            Self::Unsuspended => "unsuspended",
            Self::Buried { .. } => "buried",
            Self::Unburied => "unburied",
            Self::Marked => "marked",
            Self::Unmarked => "unmarked",
            Self::Flagged { .. } => "flagged",
            Self::Imported { .. } => "imported",
            Self::Adopted => "adopted",
            Self::Configured => "configured",
            Self::Paused { .. } => "paused",
            Self::Resumed => "resumed",
        }
    }

    /// Grade and time, for the facts that are answers.
    #[must_use]
    pub fn answer(&self) -> Option<(Quality, Millis)> {
        match self {
            Self::Answered { quality, took } | Self::Crammed { quality, took } | Self::Imported { quality, took } => {
                Some((*quality, *took))
            }
            Self::Undone { .. }
            | Self::DueSet
            | Self::Reset
            | Self::Suspended
            | Self::Unsuspended
            | Self::Buried { .. }
            | Self::Unburied
            | Self::Marked
            | Self::Unmarked
            | Self::Flagged { .. }
            | Self::Adopted
            | Self::Configured
            | Self::Paused { .. }
            | Self::Resumed => None,
        }
    }
}

/// What an event leaves a card's memory at: the narrow integers of the log. The day of the answer is the event's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Recalls in a row.
    pub repetitions: u32,
    /// The stored interval.
    pub interval: Days,
    /// The ease factor.
    pub ease: Ease,
    /// Failures.
    pub lapses: u32,
    /// The due day.
    pub due: StudyDay,
    /// The last grade.
    pub last_quality: Quality,
}

impl After {
    /// The log's form of a memory.
    #[must_use]
    pub fn of(memory: &Memory) -> Self {
        Self {
            repetitions: memory.repetitions,
            interval: memory.interval,
            ease: memory.ease,
            lapses: memory.lapses,
            due: memory.due,
            last_quality: memory.last_quality,
        }
    }

    /// The memory that it stands for, with `last` as the day of the last answer.
    #[must_use]
    pub fn memory(&self, last: StudyDay) -> Memory {
        Memory {
            repetitions: self.repetitions,
            interval: self.interval,
            ease: self.ease,
            lapses: self.lapses,
            last,
            due: self.due,
            last_quality: self.last_quality,
        }
    }
}

/// What is kept beside an event only where there is something to keep. Never in reports.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// How it was asked, where the answer was checked: `sort`, `choose`, `type`, `list`, `order`.
    pub asked: Option<String>,
    /// What was typed, chosen, sorted or listed.
    pub response: Option<String>,
    /// The right side or option, for kinds where a wrong answer is one of a few.
    pub expected: Option<String>,
    /// The grade that the program suggested.
    pub suggested: Option<Quality>,
    /// Whether the learner said that it was a guess.
    pub guessed: bool,
    /// Index of the phrasing that was shown, where there are several.
    pub variant: Option<u32>,
    /// Anything else, as JSON.
    pub extra: Option<String>,
}

impl Detail {
    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A fact about to be written; the store gives it its id, time and place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The card, or none.
    pub card: Option<CardId>,
    /// What happened.
    pub fact: Fact,
    /// The card's last event that the writer knew; a stale one is refused.
    pub prev: Option<EventId>,
    /// Where it leaves the memory; `None` where the fact leaves it alone or takes it away.
    pub after: Option<After>,
    /// More to keep.
    pub detail: Detail,
}

/// One written fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub id: EventId,
    /// The action that it is part of; same device.
    pub action: u64,
    /// Its place in the order of all events.
    pub hlc: Hlc,
    /// When, with the local offset of that moment.
    pub at: Timestamp,
    /// The raw study day; replay reads it and never computes it again.
    pub study_day: StudyDay,
    /// The card, or none.
    pub card: Option<CardId>,
    /// What happened.
    pub fact: Fact,
    /// The scheduler configuration in force, for answers.
    pub config: Option<ConfigId>,
    /// The card's last event that the writer knew.
    pub prev: Option<EventId>,
    /// Where it left the memory.
    pub after: Option<After>,
    /// More.
    pub detail: Detail,
}

impl Event {
    /// The action that it is part of.
    #[must_use]
    pub fn action_id(&self) -> ActionId {
        ActionId { device: self.id.device, number: self.action }
    }

    /// The key of the total order: (hlc, device, sequence).
    #[must_use]
    pub fn order(&self) -> (Hlc, EventId) {
        (self.hlc, self.id)
    }
}

/// One user-visible step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub id: ActionId,
    /// What kind of step: `answer`, `import`, `undo`, …
    pub kind: String,
    /// What `lmq undo` says it was.
    pub label: String,
    /// When.
    pub at: Timestamp,
    /// On which study day.
    pub study_day: StudyDay,
    /// The stamp of its last event: no later action of the device has a smaller one.
    pub hlc: Hlc,
}
