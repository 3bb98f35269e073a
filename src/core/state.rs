//! What a card's history adds up to.

use crate::core::grade::Drill;
use crate::core::grade::Quality;
use crate::core::id::EventId;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Ease;

/// Lapses after which a card is called a leech; the field's usual 8. Then every half of it again: 12, 16, …
pub const LEECH_LAPSES: u32 = 8;

/// What the scheduler knows of a card that has been answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Recalls in a row since the last failure.
    pub repetitions: u32,
    /// The interval that the last answer gave.
    pub interval: Days,
    /// The ease factor.
    pub ease: Ease,
    /// Failures of a card that had been answered before; drills apart.
    pub lapses: u32,
    /// The study day of the last answer.
    pub last: StudyDay,
    /// The study day from which the card is asked again.
    pub due: StudyDay,
    /// The grade of the last answer, drills included.
    pub last_quality: Quality,
}

impl Memory {
    /// SM-2's values before any answer.
    #[must_use]
    pub(crate) fn before_first(today: StudyDay) -> Self {
        Self {
            repetitions: 0,
            interval: Days(0),
            ease: Ease::START,
            lapses: 0,
            last: today,
            due: today,
            last_quality: Quality::Q0,
        }
    }

    /// The memory of a card whose meaning changed: learned again from the first interval on, asked on `today` (or the
    /// day after, where it was answered on it). The ease, which tells how hard it is to learn, and the lapses stay.
    #[must_use]
    pub fn restarted(&self, today: StudyDay) -> Self {
        let due = if self.last >= today { self.last.plus(1) } else { today };
        Self { repetitions: 0, interval: Days(0), due, ..self.clone() }
    }
}

/// The state of a card: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardState {
    /// `None` until the first answer, and again after a reset.
    pub memory: Option<Memory>,
    /// Answers of ours that were no drills, ever; the fuzz counts them.
    pub answers: u32,
    /// Taken out until the learner says otherwise.
    pub suspended: bool,
    /// Held back while the study day is before this one; ends by itself.
    pub buried_until: Option<StudyDay>,
    /// The learner's star.
    pub marked: bool,
    /// Another program's coloured flag, 0 for none.
    pub flag: u8,
    /// The event that the fold applied last; the next event of this card names it as `prev`.
    pub last_event: Option<EventId>,
}

/// The one word that people get to read for a card's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateWord {
    /// Never answered.
    New,
    /// Not yet recalled twice in a row, or to be repeated today.
    Learning,
    /// Known well enough to wait.
    Review,
    /// Taken out by the learner.
    Suspended,
    /// Held back until another day.
    Buried,
}

impl StateWord {
    /// All words, in the order in which reports list them.
    pub const ALL: [Self; 5] = [Self::New, Self::Learning, Self::Review, Self::Suspended, Self::Buried];

    /// The word itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Learning => "learning",
            Self::Review => "review",
            Self::Suspended => "suspended",
            Self::Buried => "buried",
        }
    }
}

impl CardState {
    /// Whether the card is to be repeated in today's session (SM-2, step 7).
    #[must_use]
    pub fn is_pending(&self, today: StudyDay, drill: Drill) -> bool {
        self.memory.as_ref().is_some_and(|memory| memory.last == today && drill.repeats(memory.last_quality))
    }

    /// Whether the card is held back today.
    #[must_use]
    pub fn is_buried(&self, today: StudyDay) -> bool {
        self.buried_until.is_some_and(|until| today < until)
    }

    /// One word: suspended > buried > new > learning > review.
    #[must_use]
    pub fn word(&self, today: StudyDay, drill: Drill) -> StateWord {
        if self.suspended {
            return StateWord::Suspended;
        }
        if self.is_buried(today) {
            return StateWord::Buried;
        }
        match &self.memory {
            None => StateWord::New,
            Some(_) if self.is_pending(today, drill) || !self.is_in_review() => StateWord::Learning,
            Some(_) => StateWord::Review,
        }
    }

    /// Recalled twice in a row at least: what `after` in a deck file waits for.
    #[must_use]
    pub fn is_in_review(&self) -> bool {
        self.memory.as_ref().is_some_and(|memory| memory.repetitions >= 2)
    }

    /// Failures so far; 0 for a card without an answer.
    #[must_use]
    pub fn lapses(&self) -> u32 {
        self.memory.as_ref().map_or(0, |memory| memory.lapses)
    }
}

/// Whether a card with so many lapses carries the tag `leech`.
#[must_use]
pub fn is_leech(lapses: u32, threshold: u32) -> bool {
    threshold > 0 && lapses >= threshold
}

/// Whether the lapse that made it `lapses` is one to speak of: the threshold, then every half of it (rounded up) again.
#[must_use]
pub fn leech_alarm(lapses: u32, threshold: u32) -> bool {
    is_leech(lapses, threshold) && (lapses - threshold).is_multiple_of(threshold.div_ceil(2).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leech_is_announced_at_8_then_12_then_16() {
        let announced: Vec<u32> = (0..20).filter(|lapses| leech_alarm(*lapses, LEECH_LAPSES)).collect();
        assert_eq!(announced, [8, 12, 16]);
        let odd: Vec<u32> = (0..12).filter(|lapses| leech_alarm(*lapses, 5)).collect();
        assert_eq!(odd, [5, 8, 11]);
        assert!(!leech_alarm(8, 0), "0 switches the alarm off");
    }

    #[test]
    fn the_word_for_people_follows_its_order_of_precedence() {
        let today = StudyDay(5);
        let mut state = CardState::default();
        assert_eq!(state.word(today, Drill::Failed), StateWord::New);
        state.buried_until = Some(StudyDay(6));
        assert_eq!(state.word(today, Drill::Failed), StateWord::Buried);
        assert_eq!(state.word(StudyDay(6), Drill::Failed), StateWord::New);
        state.suspended = true;
        assert_eq!(state.word(today, Drill::Failed), StateWord::Suspended);
    }
}
