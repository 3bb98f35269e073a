//! What a card's history adds up to.

use crate::core::grade::Drill;
use crate::core::grade::Quality;
use crate::core::id::ConfigId;
use crate::core::id::EventId;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Difficulty;
use crate::core::units::Ease;
use crate::core::units::Stability;

/// The tag that the program gives by itself, to cards that were failed too often.
pub const LEECH: &str = "leech";

/// Lapses after which a card is called a leech; the field's usual 8. Then every half of it again: 12, 16, …
pub const LEECH_LAPSES: u32 = 8;

/// What one kind of scheduler alone knows of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// SM-2's.
    Sm2 {
        /// The ease factor.
        ease: Ease,
    },
    /// FSRS's, and that of others which reckon with two numbers.
    Fsrs {
        /// How long the memory lasts.
        stability: Stability,
        /// How hard the card is to learn.
        difficulty: Difficulty,
    },
}

/// What a scheduler knows of a card that has been answered: what all of them share, and the numbers of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// Recalls in a row since the last failure.
    pub repetitions: u32,
    /// The interval that the last answer gave.
    pub interval: Days,
    /// Failures of a card that had been answered before; drills apart.
    pub lapses: u32,
    /// The study day of the last answer.
    pub last: StudyDay,
    /// The study day from which the card is asked again.
    pub due: StudyDay,
    /// The grade of the last answer, drills included.
    pub last_quality: Quality,
    /// The numbers of the scheduler that made it.
    pub model: Model,
}

impl Memory {
    /// The shared values before any answer.
    #[must_use]
    pub(crate) fn before_first(today: StudyDay, model: Model) -> Self {
        Self { repetitions: 0, interval: Days(0), lapses: 0, last: today, due: today, last_quality: Quality::Q0, model }
    }

    /// The ease factor, where a scheduler with one made this memory.
    #[must_use]
    pub fn ease(&self) -> Option<Ease> {
        match self.model {
            Model::Sm2 { ease } => Some(ease),
            Model::Fsrs { .. } => None,
        }
    }

    /// The memory of a card whose meaning changed: learned again from the first interval on, asked on `today` (or the
    /// day after, where it was answered on it).
    ///
    /// What tells how hard the card is to learn stays, the ease or the difficulty, and so do the lapses. A stability says
    /// how well the old meaning was known, so it is taken away: the next answer gives one as it does for a new card.
    #[must_use]
    pub fn restarted(&self, today: StudyDay) -> Self {
        let due = if self.last >= today { self.last.plus(1) } else { today };
        let model = match self.model {
            Model::Sm2 { ease } => Model::Sm2 { ease },
            Model::Fsrs { difficulty, .. } => Model::Fsrs { stability: Stability::default(), difficulty },
        };
        Self { repetitions: 0, interval: Days(0), due, model, ..self.clone() }
    }

    /// All of it as whole numbers, in the order of the log's columns: repetitions, interval, lapses, last day, due day,
    /// last grade, then ease (hundredths), stability (billionths of a day), difficulty (millionths), of which those that
    /// the model has not are `None`.
    #[must_use]
    pub fn numbers(&self) -> [Option<i64>; 9] {
        let (ease, stability, difficulty) = match self.model {
            Model::Sm2 { ease } => (Some(i64::from(ease.hundredths())), None, None),
            Model::Fsrs { stability, difficulty } => {
                (None, Some(i64::try_from(stability.0).unwrap_or(i64::MAX)), Some(i64::from(difficulty.0)))
            }
        };
        [
            Some(i64::from(self.repetitions)),
            Some(i64::from(self.interval.0)),
            Some(i64::from(self.lapses)),
            Some(i64::from(self.last.0)),
            Some(i64::from(self.due.0)),
            Some(i64::from(u8::from(self.last_quality))),
            ease,
            stability,
            difficulty,
        ]
    }

    /// Reads what [`Memory::numbers`] gave. `None` where there are no repetitions, where neither model is whole, or where
    /// a number is out of its range.
    #[must_use]
    pub fn from_numbers(numbers: [Option<i64>; 9]) -> Option<Self> {
        let [repetitions, interval, lapses, last, due, last_quality, ease, stability, difficulty] = numbers;
        let u32_of = |number: Option<i64>| u32::try_from(number?).ok();
        let day_of = |number: Option<i64>| Some(StudyDay(i32::try_from(number?).ok()?));
        let model = match (ease, stability, difficulty) {
            (Some(_), _, _) => Model::Sm2 { ease: Ease::from_hundredths(u32_of(ease)?) },
            (None, stability, difficulty) => Model::Fsrs {
                stability: Stability(u64::try_from(stability?).ok()?),
                difficulty: Difficulty(u32_of(difficulty)?),
            },
        };
        Some(Self {
            repetitions: u32_of(repetitions)?,
            interval: Days(u32_of(interval)?),
            lapses: u32_of(lapses)?,
            last: day_of(last)?,
            due: day_of(due)?,
            last_quality: Quality::try_from(u8::try_from(last_quality?).ok()?).ok()?,
            model,
        })
    }
}

/// The state of a card: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardState {
    /// `None` until the first answer, and again after a reset.
    pub memory: Option<Memory>,
    /// The configuration that made the memory: of the last answer, or of what carried the memory. `None` for a card
    /// without either, and again after a reset. One that this program can't read is named too: the memory is then older.
    pub config: Option<ConfigId>,
    /// Answers of ours that were no drills, ever; the first counts in any case. The fuzz goes by them.
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

    fn memory(model: Model) -> Memory {
        Memory {
            repetitions: 3,
            interval: Days(15),
            lapses: 2,
            last: StudyDay(-7),
            due: StudyDay(22),
            last_quality: Quality::Q3,
            model,
        }
    }

    fn models() -> [Model; 2] {
        let (stability, difficulty) = (Stability(15_123_456_789), Difficulty(6_413_300));
        [Model::Sm2 { ease: Ease::from_hundredths(218) }, Model::Fsrs { stability, difficulty }]
    }

    #[test]
    fn a_memory_comes_back_from_its_numbers_and_nothing_comes_from_half_of_them() {
        for model in models() {
            let memory = memory(model);
            let numbers = memory.numbers();
            assert_eq!(Memory::from_numbers(numbers), Some(memory));
            for index in 0..9 {
                let mut fewer = numbers;
                let mut wrong = numbers;
                if numbers[index].is_none() {
                    continue;
                }
                fewer[index] = None;
                wrong[index] = Some(i64::MIN);
                assert_eq!(Memory::from_numbers(fewer), None, "without number {index}");
                assert_eq!(Memory::from_numbers(wrong), None, "with a wrong number {index}");
            }
        }
        assert_eq!(Memory::from_numbers([None; 9]), None);
    }

    #[test]
    fn restarting_keeps_what_tells_how_hard_a_card_is_and_its_lapses() {
        for model in models() {
            let restarted = memory(model).restarted(StudyDay(9));
            assert_eq!((restarted.repetitions, restarted.interval, restarted.due), (0, Days(0), StudyDay(9)));
            assert_eq!(restarted.lapses, 2);
            let kept = match (model, restarted.model) {
                (Model::Sm2 { ease }, Model::Sm2 { ease: now }) => ease == now,
                (Model::Fsrs { difficulty, .. }, Model::Fsrs { stability, difficulty: now }) => {
                    difficulty == now && stability == Stability(0)
                }
                (Model::Sm2 { .. }, Model::Fsrs { .. }) | (Model::Fsrs { .. }, Model::Sm2 { .. }) => false,
            };
            assert!(kept, "{restarted:?}");
        }
        let answered_today = memory(models()[0]).restarted(StudyDay(-7));
        assert_eq!(answered_today.due, StudyDay(-6));
    }

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
