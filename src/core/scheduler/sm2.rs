//! SM-2 as its author described it, on integers. Source: P. A. Woźniak, *Optimization of learning* (1990),
//! steps 1–7, with the choices of docs/scheduling.md, *What the sources leave open*.

use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::splitmix64::fuzzed;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Ease;
use serde::Deserialize;
use serde::Serialize;

/// SM-2's parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sm2 {
    /// The longest interval that is stored.
    pub maximum_interval: Days,
    /// Whether the due day moves a little, so that cards learned together drift apart.
    pub fuzz: bool,
}

impl Default for Sm2 {
    fn default() -> Self {
        Self { maximum_interval: Days(36_500), fuzz: false }
    }
}

/// Step 5, exactly: 0.1 − (5 − q) × (0.08 + (5 − q) × 0.02), in hundredths.
fn ease_delta(quality: Quality) -> i32 {
    match quality {
        Quality::Q0 => -80,
        Quality::Q1 => -54,
        Quality::Q2 => -32,
        Quality::Q3 => -14,
        Quality::Q4 => 0,
        Quality::Q5 => 10,
    }
}

/// Step 3: the interval after an answer that brings the repetitions to `repetitions`, by the interval and the ease from before it.
/// From the third repetition on it is interval × ease, a fraction rounded up.
#[must_use]
pub fn interval_after(repetitions: u32, interval: Days, ease: Ease, maximum: Days) -> Days {
    let next = match repetitions {
        0 | 1 => 1,
        2 => 6,
        _ => (u64::from(interval.0) * u64::from(ease.hundredths())).div_ceil(100),
    };
    Days(u32::try_from(next).unwrap_or(u32::MAX).min(maximum.0.max(1)))
}

impl Sm2 {
    /// The state of `card` after an answer of `quality` on `today` (docs/scheduling.md, *The step*).
    ///
    /// An answer on the day of the last one is a drill and moves nothing but the last grade. A failed recall
    /// restarts the repetitions at one day; the ease moves after every answer that is no drill, failed ones
    /// included, and the interval grows by the ease from before the answer. Lateness neither helps nor harms.
    #[must_use]
    pub fn answer(&self, card: CardId, before: &CardState, quality: Quality, today: StudyDay) -> CardState {
        let kind = AnswerKind::of(before, today);
        let memory = before.memory.clone().unwrap_or_else(|| Memory::before_first(today, Self::guess()));
        let next = match kind {
            AnswerKind::Drill => Memory { last_quality: quality, ..memory },
            AnswerKind::First | AnswerKind::Early | AnswerKind::Review => {
                self.scheduled(card, memory, kind, quality, today, before.answers.saturating_add(1))
            }
        };
        let counted = u32::from(kind != AnswerKind::Drill);
        CardState { memory: Some(next), answers: before.answers.saturating_add(counted), ..before.clone() }
    }

    /// The ease of a card whose memory is another scheduler's: where every card starts, since numbers of another model are not
    /// converted.
    pub(super) fn guess() -> Model {
        Model::Sm2 { ease: Ease::START }
    }

    fn scheduled(
        &self,
        card: CardId,
        memory: Memory,
        kind: AnswerKind,
        quality: Quality,
        today: StudyDay,
        answers: u32,
    ) -> Memory {
        let repetitions = if quality.passed() { memory.repetitions.saturating_add(1) } else { 0 };
        let lapsed = !quality.passed() && kind != AnswerKind::First;
        // A memory of another model is never given to it; the ease of a new card is as good as any there.
        let ease = memory.ease().unwrap_or(Ease::START);
        let interval = interval_after(repetitions, memory.interval, ease, self.maximum_interval);
        let maximum = self.maximum_interval.0.max(1);
        let days = if self.fuzz { fuzzed(card.hash(), answers, interval.0, maximum) } else { interval.0 };
        Memory {
            repetitions,
            interval,
            lapses: memory.lapses.saturating_add(u32::from(lapsed)),
            last: today,
            due: today.plus(i64::from(days)),
            last_quality: quality,
            model: Model::Sm2 { ease: ease.moved(ease_delta(quality)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::grade::Drill;
    use crate::core::grade::Scale;
    use crate::core::id::NoteUid;

    fn card() -> CardId {
        CardId { note: NoteUid([1; 16]), ordinal: 1 }
    }

    fn on_time(grades: &[u8]) -> Vec<Memory> {
        let mut state = CardState::default();
        let mut day = StudyDay(0);
        grades
            .iter()
            .map(|grade| {
                state = Sm2::default().answer(card(), &state, Quality::try_from(*grade).unwrap(), day);
                let memory = state.memory.clone().unwrap();
                day = memory.due;
                memory
            })
            .collect()
    }

    #[test]
    fn fourteen_worked_cases() {
        type Case = (&'static [u8], &'static [u32], &'static [u32], u32, u32, i32);
        let cases: [Case; 14] = [
            (&[4, 4, 4, 4, 4], &[1, 6, 15, 38, 95], &[250, 250, 250, 250, 250], 5, 0, 155),
            (&[5, 5, 5, 5, 5], &[1, 6, 17, 48, 140], &[260, 270, 280, 290, 300], 5, 0, 212),
            (&[3, 3, 3, 3, 3], &[1, 6, 14, 30, 59], &[236, 222, 208, 194, 180], 5, 0, 110),
            (&[0, 0, 0, 4], &[1, 1, 1, 1], &[170, 130, 130, 130], 1, 2, 4),
            (&[2, 4, 4, 4], &[1, 1, 6, 14], &[218, 218, 218, 218], 3, 0, 22),
            (&[4, 4, 4, 2, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 14], &[250, 250, 250, 218, 218, 218, 218], 3, 1, 44),
            (&[4, 4, 4, 1, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 12], &[250, 250, 250, 196, 196, 196, 196], 3, 1, 42),
            (&[4, 4, 4, 0, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 11], &[250, 250, 250, 170, 170, 170, 170], 3, 1, 41),
            (
                &[5, 5, 5, 5, 2, 5, 5, 5],
                &[1, 6, 17, 48, 1, 1, 6, 17],
                &[260, 270, 280, 290, 258, 268, 278, 288],
                3,
                1,
                97,
            ),
            (&[3, 4, 5, 3, 4, 5], &[1, 6, 15, 37, 86, 200], &[236, 236, 246, 232, 232, 242], 6, 0, 345),
            (&[0, 0, 5, 5, 5], &[1, 1, 1, 6, 9], &[170, 130, 140, 150, 160], 3, 1, 18),
            (&[4, 4, 3, 3, 3, 3, 3], &[1, 6, 15, 36, 80, 167, 324], &[250, 250, 236, 222, 208, 194, 180], 7, 0, 629),
            (&[2, 2, 2, 2, 4, 4, 4], &[1, 1, 1, 1, 1, 6, 8], &[218, 186, 154, 130, 130, 130, 130], 3, 3, 19),
            (&[5, 4, 4, 3, 4], &[1, 6, 16, 42, 104], &[260, 260, 260, 246, 246], 5, 0, 169),
        ];
        for (grades, intervals, eases, repetitions, lapses, due) in cases {
            let memories = on_time(grades);
            let last = memories.last().unwrap();
            let seen: Vec<u32> = memories.iter().map(|m| m.interval.0).collect();
            assert_eq!(seen, intervals, "intervals of {grades:?}");
            let seen: Vec<u32> = memories.iter().map(|m| m.ease().unwrap().hundredths()).collect();
            assert_eq!(seen, eases, "eases of {grades:?}");
            assert_eq!((last.repetitions, last.lapses, last.due.0), (repetitions, lapses, due), "{grades:?}");
        }
    }

    #[test]
    fn worked_cases_with_days() {
        use AnswerKind::Drill as D;
        use AnswerKind::Early as E;
        use AnswerKind::First as F;
        use AnswerKind::Review as R;
        type Case = (&'static str, &'static [AnswerKind], (u32, u32, u32, u32, i32), &'static [bool]);
        let cases: [Case; 6] = [
            ("4@0 4@1 4@17 4@40", &[F, R, R, R], (38, 250, 4, 0, 78), &[false; 4]),
            ("4@0 4@1 4@4 4@10", &[F, R, E, E], (38, 250, 4, 0, 48), &[false; 4]),
            ("2@0 3@0 4@0 4@1", &[F, D, D, R], (1, 218, 1, 0, 2), &[true, true, false, false]),
            (
                "4@0 4@1 2@7 2@7 5@7 4@8",
                &[F, R, R, D, D, R],
                (1, 218, 1, 1, 9),
                &[false, false, true, true, false, false],
            ),
            ("3@10 4@10 4@11", &[F, D, R], (6, 236, 2, 0, 17), &[true, false, false]),
            ("4@5 2@5 4@6", &[F, D, R], (6, 250, 2, 0, 12), &[false, true, false]),
        ];
        for (answers, kinds, end, pending) in cases {
            let mut state = CardState::default();
            for (index, answer) in answers.split(' ').enumerate() {
                let (grade, day) = answer.split_once('@').unwrap();
                let quality = Scale::Sm2.read(grade).unwrap();
                let day = StudyDay(day.parse().unwrap());
                assert_eq!(AnswerKind::of(&state, day), kinds[index], "{answers}, answer {index}");
                state = Sm2::default().answer(card(), &state, quality, day);
                assert_eq!(state.is_pending(day, Drill::Below4), pending[index], "{answers}, answer {index}");
            }
            let m = state.memory.unwrap();
            assert_eq!(
                (m.interval.0, m.ease().unwrap().hundredths(), m.repetitions, m.lapses, m.due.0),
                end,
                "{answers}"
            );
        }
    }

    #[test]
    fn worked_case_21_the_maximum_interval_holds() {
        let intervals: Vec<u32> = on_time(&[4; 20]).iter().map(|m| m.interval.0).collect();
        assert_eq!(intervals[8..13], [3720, 9300, 23250, 36500, 36500]);
        assert!(intervals.iter().all(|days| *days <= 36500));
    }

    #[test]
    fn a_clock_that_went_back_makes_a_drill_and_never_an_older_day() {
        let first = Sm2::default().answer(card(), &CardState::default(), Quality::Q4, StudyDay(10));
        let again = Sm2::default().answer(card(), &first, Quality::Q2, StudyDay(8));
        let memory = again.memory.unwrap();
        assert_eq!((memory.last, memory.due, memory.last_quality), (StudyDay(10), StudyDay(11), Quality::Q2));
    }
}
