//! How long cards are remembered, in five words, and what that makes of a topic.

use crate::core::state::Memory;
use crate::core::totals::MATURE_DAYS;
use crate::core::totals::Recalls;

/// Interval, in days, from which a card is mastered: about three months.
pub const MASTERED_DAYS: u32 = 90;

/// How far a card has come, by the interval that its answers have earned. Whether it is *known* today is another question: that is its
/// chance of recall (`core/progress/knowledge.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Never answered.
    Unseen,
    /// Not yet recalled twice in a row, or failed when it was last asked.
    Learning,
    /// Interval under 21 days.
    Familiar,
    /// Interval of 21 to 89 days.
    Solid,
    /// Interval of 90 days and more.
    Mastered,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 5] = [Self::Unseen, Self::Learning, Self::Familiar, Self::Solid, Self::Mastered];

    /// The level of a card with this memory; a card without an answer has none, and is [`Self::Unseen`].
    #[must_use]
    pub fn of(memory: Option<&Memory>) -> Self {
        match memory {
            None => Self::Unseen,
            Some(m) if m.repetitions < 2 || !m.last_quality.passed() => Self::Learning,
            Some(m) if m.interval.0 < MATURE_DAYS => Self::Familiar,
            Some(m) if m.interval.0 < MASTERED_DAYS => Self::Solid,
            Some(_) => Self::Mastered,
        }
    }

    /// Its name for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::Learning => "learning",
            Self::Familiar => "familiar",
            Self::Solid => "solid",
            Self::Mastered => "mastered",
        }
    }

    /// Its place in [`Level::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Unseen => 0,
            Self::Learning => 1,
            Self::Familiar => 2,
            Self::Solid => 3,
            Self::Mastered => 4,
        }
    }
}

/// A topic and how its cards stand. Retired and held-out cards don't count; suspended and buried ones do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TopicMastery {
    /// What it is called wherever the same deck is: `deck/topic` by their ids (`differences/D09`); for cards without a
    /// topic `deck#tag` by their first tag, else the deck's id.
    pub id: String,
    /// Its title for people. Text from a deck: hostile until rendered.
    pub title: String,
    /// The name of the deck that it is in.
    pub deck: String,
    /// Cards by level, in the order of [`Level::ALL`].
    pub cards: [u64; 5],
    /// True retention over the period; nothing for a tag, by which no sums are kept.
    pub recalls: Recalls,
}

impl TopicMastery {
    /// All its cards.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.cards.iter().sum()
    }

    /// The highest level that at least half of its cards have reached; `None` where it has no cards.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        level_of(self.cards)
    }
}

/// The highest level that at least half of so many cards have reached; `None` where there are none.
#[must_use]
pub fn level_of(cards: [u64; 5]) -> Option<Level> {
    let all: u64 = cards.iter().sum();
    let mut reached = 0;
    for level in Level::ALL.into_iter().rev() {
        reached += cards.get(level.index()).copied().unwrap_or(0);
        if all > 0 && reached * 2 >= all {
            return Some(level);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grade::Quality;
    use crate::core::state::Model;
    use crate::core::study_day::StudyDay;
    use crate::core::units::Days;
    use crate::core::units::Ease;

    #[test]
    fn a_cards_level_follows_from_its_memory() {
        let memory = |repetitions, interval, last_quality| Memory {
            repetitions,
            interval: Days(interval),
            last_quality,
            ..Memory::before_first(StudyDay(0), Model::Sm2 { ease: Ease::START })
        };
        assert_eq!(Level::of(None), Level::Unseen);
        for (repetitions, interval, quality, level) in [
            (0, 1, Quality::Q2, Level::Learning),
            (1, 1, Quality::Q5, Level::Learning),
            (2, 6, Quality::Q3, Level::Familiar),
            (3, 20, Quality::Q4, Level::Familiar),
            (3, 21, Quality::Q4, Level::Solid),
            (5, 89, Quality::Q4, Level::Solid),
            (5, 90, Quality::Q4, Level::Mastered),
            // Failed in a repeat on the day of the last review.
            (5, 90, Quality::Q2, Level::Learning),
        ] {
            assert_eq!(Level::of(Some(&memory(repetitions, interval, quality))), level, "{repetitions} {interval}");
        }
    }

    #[test]
    fn a_topic_has_the_level_that_half_of_its_cards_have_reached() {
        for (cards, level) in [
            ([0, 0, 0, 0, 0], None),
            ([1, 0, 0, 0, 0], Some(Level::Unseen)),
            ([2, 1, 0, 0, 1], Some(Level::Learning)),
            ([3, 1, 0, 0, 1], Some(Level::Unseen)),
            ([0, 2, 0, 1, 1], Some(Level::Solid)),
            ([0, 2, 0, 0, 1], Some(Level::Learning)),
            ([0, 0, 1, 0, 1], Some(Level::Mastered)),
        ] {
            assert_eq!(level_of(cards), level, "{cards:?}");
        }
    }
}
