//! Events: what happened to one card, in the past tense.

use crate::core::grade::Quality;
use crate::core::id::ActionId;
use crate::core::id::CardId;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::state::Memory;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::units::Hlc;
use crate::core::units::Millis;

/// What happened to a card. Each says what undoing it means: as if it had never been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// It was answered. Undone: the later answers are computed again without it.
    Answered {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// It was answered in cram mode, which changes no schedule.
    Crammed {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// Its due day was set by hand, by another scheduler or by its note's `returns`; the event's memory has it.
    Rescheduled,
    /// It was made new again.
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
    /// An answer given in another program: kept, counted in statistics, not folded by SM-2.
    Imported {
        /// The grade.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
    },
    /// Another program's state taken over; folded only where the card has no answer of ours before it.
    Adopted,
    /// What the card asks has changed: its repetitions begin again; its ease or difficulty and its lapses stay.
    Restarted,
    /// A check-up scene was answered. It changes no schedule and counts nowhere but among check-ups. Undone: the scene
    /// was not asked.
    Checked {
        /// How the answer compares: 3 and above is right.
        quality: Quality,
        /// Time taken, raw.
        took: Millis,
        /// The check-up: the sequence of its first answer on the same device; 0 in a draft that begins one.
        checkup: u64,
        /// Whether the check-up ended with it.
        last: bool,
    },
}

impl EventKind {
    /// One of each kind, in the order of their codes, to walk over them all.
    pub const ALL: [Self; 15] = [
        Self::Answered { quality: Quality::Q4, took: Millis(0) },
        Self::Crammed { quality: Quality::Q4, took: Millis(0) },
        Self::Rescheduled,
        Self::Reset,
        Self::Suspended,
        Self::Unsuspended,
        Self::Buried { until: StudyDay(0) },
        Self::Unburied,
        Self::Marked,
        Self::Unmarked,
        Self::Flagged { flag: 0 },
        Self::Imported { quality: Quality::Q4, took: Millis(0) },
        Self::Adopted,
        Self::Restarted,
        Self::Checked { quality: Quality::Q4, took: Millis(0), checkup: 0, last: false },
    ];

    /// Its number in the log. Fixed for ever.
    #[must_use]
    pub fn code(&self) -> u8 {
        match self {
            Self::Answered { .. } => 1,
            Self::Crammed { .. } => 2,
            Self::Rescheduled => 3,
            Self::Reset => 4,
            Self::Suspended => 5,
            Self::Unsuspended => 6,
            Self::Buried { .. } => 7,
            Self::Unburied => 8,
            Self::Marked => 9,
            Self::Unmarked => 10,
            Self::Flagged { .. } => 11,
            Self::Imported { .. } => 12,
            Self::Adopted => 13,
            Self::Restarted => 14,
            Self::Checked { .. } => 15,
        }
    }

    /// Its name in JSON and in the views.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Crammed { .. } => "crammed",
            Self::Rescheduled => "rescheduled",
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
            Self::Restarted => "restarted",
            Self::Checked { .. } => "checked",
        }
    }

    /// Grade and time, for the kinds that are answers.
    #[must_use]
    pub fn answer(&self) -> Option<(Quality, Millis)> {
        match self {
            Self::Answered { quality, took }
            | Self::Crammed { quality, took }
            | Self::Imported { quality, took }
            | Self::Checked { quality, took, .. } => Some((*quality, *took)),
            Self::Rescheduled
            | Self::Reset
            | Self::Restarted
            | Self::Suspended
            | Self::Unsuspended
            | Self::Buried { .. }
            | Self::Unburied
            | Self::Marked
            | Self::Unmarked
            | Self::Flagged { .. }
            | Self::Adopted => None,
        }
    }

    /// The one number that some kinds need besides: the day, the flag, or twice the check-up plus one where it ended.
    #[must_use]
    pub fn arg(&self) -> Option<i64> {
        match self {
            Self::Buried { until } => Some(i64::from(until.0)),
            Self::Flagged { flag } => Some(i64::from(*flag)),
            Self::Checked { checkup, last, .. } => {
                Some(i64::try_from(*checkup).unwrap_or(i64::MAX / 2).saturating_mul(2) + i64::from(*last))
            }
            Self::Answered { .. }
            | Self::Crammed { .. }
            | Self::Rescheduled
            | Self::Reset
            | Self::Restarted
            | Self::Suspended
            | Self::Unsuspended
            | Self::Unburied
            | Self::Marked
            | Self::Unmarked
            | Self::Imported { .. }
            | Self::Adopted => None,
        }
    }

    /// A kind from its number and what it needs; `None` where this program does not know the number, or something that
    /// the kind needs is missing or out of its range.
    #[must_use]
    pub fn from_parts(code: u8, quality: Option<Quality>, took: Millis, arg: Option<i64>) -> Option<Self> {
        let day = || Some(StudyDay(i32::try_from(arg?).ok()?));
        Some(match code {
            1 => Self::Answered { quality: quality?, took },
            2 => Self::Crammed { quality: quality?, took },
            3 => Self::Rescheduled,
            4 => Self::Reset,
            5 => Self::Suspended,
            6 => Self::Unsuspended,
            7 => Self::Buried { until: day()? },
            8 => Self::Unburied,
            9 => Self::Marked,
            10 => Self::Unmarked,
            11 => Self::Flagged { flag: u8::try_from(arg?).ok()? },
            12 => Self::Imported { quality: quality?, took },
            13 => Self::Adopted,
            14 => Self::Restarted,
            15 => {
                let arg = u64::try_from(arg?).ok()?;
                Self::Checked { quality: quality?, took, checkup: arg / 2, last: arg % 2 == 1 }
            }
            _ => return None,
        })
    }
}

/// How an answer was asked and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// It was typed.
    Type,
    /// One of several was chosen.
    Choose,
    /// A scene was sorted to a side.
    Sort,
    /// A list was filled.
    List,
    /// Things were put in order.
    Order,
}

impl Asked {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Type, Self::Choose, Self::Sort, Self::List, Self::Order];

    /// Its name in the log and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Choose => "choose",
            Self::Sort => "sort",
            Self::List => "list",
            Self::Order => "order",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|asked| asked.name() == name)
    }

    /// Its number in the log. Fixed for ever.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Type => 1,
            Self::Choose => 2,
            Self::Sort => 3,
            Self::List => 4,
            Self::Order => 5,
        }
    }

    /// The one of that number.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|asked| asked.code() == code)
    }
}

/// Another program's own record that an event was made from: counted once, whoever imported it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Foreign {
    /// The program, for example `anki`.
    pub program: String,
    /// The record's id there.
    pub id: i64,
}

/// What is kept beside an event only where there is something to keep. Never in reports, but for the learner's own page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// How it was asked, where the answer was checked.
    pub asked: Option<Asked>,
    /// What was typed, chosen, sorted or listed. A text record: it can be erased.
    pub response: Option<String>,
    /// The right side or option, for kinds where a wrong answer is one of a few. In the same text record.
    pub expected: Option<String>,
    /// The grade that the program suggested.
    pub suggested: Option<Quality>,
    /// Whether the learner said that it was a guess.
    pub guessed: bool,
    /// Index of the phrasing that was shown, where there are several.
    pub variant: Option<u32>,
    /// Whether the choices were the speakers of quotations.
    pub speakers: bool,
    /// Which form of a check-up it was, where there are several.
    pub form: Option<u32>,
    /// How sure the learner was, in per cent, where they said.
    pub confidence: Option<u8>,
    /// Minutes by which the due time differs from the start of its day, for schedules within a day.
    pub due_offset_min: Option<i32>,
    /// The record of another program that it was made from.
    pub foreign: Option<Foreign>,
}

impl Detail {
    /// Whether the words of an answer are the learner's own, and no choice among those on the screen.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        !matches!(self.asked, Some(Asked::Choose | Asked::Sort | Asked::Order))
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether words were given: those are a text record of their own.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.response.is_some() || self.expected.is_some()
    }
}

/// An event about to be written; the store gives it its id, time and place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The card.
    pub card: CardId,
    /// What happened.
    pub kind: EventKind,
    /// The card's last event that the writer knew; a stale one is refused.
    pub prev: Option<EventId>,
    /// For `rescheduled` and `adopted`: the memory that it leaves.
    pub memory: Option<Memory>,
    /// When it happened, where that is not now: in another program.
    pub at: Option<(Timestamp, StudyDay)>,
    /// More to keep.
    pub detail: Detail,
}

impl Draft {
    /// A plain event.
    #[must_use]
    pub fn new(card: CardId, kind: EventKind, prev: Option<EventId>) -> Self {
        Self { card, kind, prev, memory: None, at: None, detail: Detail::default() }
    }
}

/// One written event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub id: EventId,
    /// Its place in the order of all actions; that of its action.
    pub hlc: Hlc,
    /// When, with the local offset of that moment.
    pub at: Timestamp,
    /// The raw study day; replay reads it and never computes it again.
    pub study_day: StudyDay,
    /// The card.
    pub card: CardId,
    /// What happened.
    pub kind: EventKind,
    /// The scheduler configuration in force, for answers, `adopted` and `rescheduled`.
    pub config: Option<ConfigId>,
    /// The card's last event that the writer knew, where another device wrote that one.
    pub prev: Option<EventId>,
    /// For `rescheduled` and `adopted`: the memory that it leaves. For all others it is computed.
    pub memory: Option<Memory>,
    /// More.
    pub detail: Detail,
}

impl Event {
    /// The key of the total order: (hlc, device, sequence).
    #[must_use]
    pub fn order(&self) -> (Hlc, EventId) {
        (self.hlc, self.id)
    }
}

/// The range of entries that one action has in its device's log: events and facts are numbered together, from 1,
/// without gaps, and the number of the first one names the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The action.
    pub action: ActionId,
    /// How many entries it has; at least one.
    pub entries: u64,
}

impl Span {
    /// Whether the entry of that name is part of the action.
    #[must_use]
    pub fn has(&self, entry: EventId) -> bool {
        entry.device == self.action.device
            && entry.sequence >= self.action.number
            && entry.sequence - self.action.number < self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_from_its_number_and_what_it_needs() {
        let day = StudyDay(20_468);
        let took = Millis(900);
        let with_numbers = [
            EventKind::Answered { quality: Quality::Q3, took },
            EventKind::Buried { until: day },
            EventKind::Flagged { flag: 7 },
            EventKind::Checked { quality: Quality::Q2, took, checkup: 41, last: false },
            EventKind::Checked { quality: Quality::Q2, took, checkup: 41, last: true },
        ];
        for kind in EventKind::ALL.iter().chain(&with_numbers) {
            let (quality, took) = kind.answer().map_or((None, Millis(0)), |(quality, took)| (Some(quality), took));
            let back = EventKind::from_parts(kind.code(), quality, took, kind.arg());
            assert_eq!(back.as_ref(), Some(kind));
        }
        // What a kind needs and has not, and numbers that mean nothing.
        for code in [1, 2, 7, 11, 12, 15, 0, 16] {
            assert_eq!(EventKind::from_parts(code, None, took, None), None, "{code}");
        }
        assert_eq!(EventKind::from_parts(11, None, took, Some(256)), None);
        assert_eq!(EventKind::from_parts(7, None, took, Some(i64::MAX)), None);
    }

    #[test]
    fn how_it_was_asked_comes_back_from_name_and_number() {
        for asked in Asked::ALL {
            assert_eq!((Asked::of_name(asked.name()), Asked::of_code(asked.code())), (Some(asked), Some(asked)));
        }
        assert_eq!((Asked::of_name("guess"), Asked::of_code(0), Asked::of_code(6)), (None, None, None));
    }

    #[test]
    fn words_are_what_was_given_or_right() {
        let words = || Some("left".to_owned());
        assert!(Detail { response: words(), ..Detail::default() }.has_words());
        assert!(Detail { expected: words(), ..Detail::default() }.has_words());
        assert!(!Detail { guessed: true, ..Detail::default() }.has_words());
    }
}
