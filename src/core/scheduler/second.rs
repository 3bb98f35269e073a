//! A second scheduler, for tests: FSRS-6 on rounded integers.
//!
//! It computes in `f64` with functions of `libm`, which give the same bits on every machine, and rounds stability and
//! difficulty after each step; each step starts from the rounded numbers of the one before. So computing again gives
//! what was there, and no law of the log needs to know which scheduler a card has.

use crate::core::grade::Button;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::splitmix64::fuzzed;
use crate::core::state::CardState;
use crate::core::state::Memory;
use crate::core::state::Model;
use crate::core::study_day::StudyDay;
use crate::core::units::Days;
use crate::core::units::Difficulty;
use crate::core::units::Stability;
use serde::Deserialize;
use serde::Serialize;

/// FSRS-6's default parameters, in ten-thousandths.
const USUAL: [u32; 21] = [
    2_120, 12_931, 23_065, 82_956, 64_133, 8_334, 30_194, 10, 18_722, 1_666, 7_960, 14_835, 614, 2_629, 16_483, 6_014,
    18_729, 5_425, 912, 658, 1_542,
];

/// The scheduler's parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Second {
    /// The weights w0 to w20, in ten-thousandths.
    pub weights: [u32; 21],
    /// The chance of recall at which a card is asked, in hundredths.
    pub retention: u32,
    /// The longest interval.
    pub maximum_interval: Days,
    /// Whether the due day moves a little.
    pub fuzz: bool,
}

impl Default for Second {
    fn default() -> Self {
        Self { weights: USUAL, retention: 90, maximum_interval: Days(36_500), fuzz: false }
    }
}

/// The button as a number from 1.
fn button(quality: Quality) -> f64 {
    match quality.button() {
        Button::Again => 1.0,
        Button::Hard => 2.0,
        Button::Good => 3.0,
        Button::Easy => 4.0,
    }
}

impl Second {
    fn w(&self, index: usize) -> f64 {
        f64::from(self.weights[index]) / 10_000.0
    }

    /// The state of `card` after an answer of `quality` on `today`. A repeat on the day of the last answer is a step over
    /// no time: it moves stability, difficulty and the due day, and counts nowhere.
    pub(super) fn answer(&self, card: CardId, before: &CardState, quality: Quality, today: StudyDay) -> CardState {
        let kind = AnswerKind::of(before, today);
        let counted = u32::from(kind != AnswerKind::Drill);
        let answers = before.answers.saturating_add(counted);
        let day = before.memory.as_ref().map_or(today, |memory| memory.last.max(today));
        let elapsed = before.memory.as_ref().map_or(0, |memory| day.since(memory.last));
        let model = self.step(before.memory.as_ref().map(|memory| memory.model), quality, elapsed);
        let shared = before.memory.clone().unwrap_or_else(|| Memory::before_first(day, model));
        let (repetitions, lapsed) = match kind {
            AnswerKind::Drill => (shared.repetitions, false),
            AnswerKind::First => (u32::from(quality.passed()), false),
            AnswerKind::Early | AnswerKind::Review if quality.passed() => (shared.repetitions.saturating_add(1), false),
            AnswerKind::Early | AnswerKind::Review => (0, true),
        };
        let interval = self.interval(&model);
        let maximum = self.maximum_interval.0.max(1);
        let days = if self.fuzz { fuzzed(card.hash(), answers, interval.0, maximum) } else { interval.0 };
        let memory = Memory {
            repetitions,
            interval,
            lapses: shared.lapses.saturating_add(u32::from(lapsed)),
            last: day,
            due: day.plus(i64::from(days)),
            last_quality: quality,
            model,
        };
        CardState { memory: Some(memory), answers, ..before.clone() }
    }

    /// Stability and difficulty after an answer, `elapsed` days after the last one.
    fn step(&self, before: Option<Model>, quality: Quality, elapsed: i64) -> Model {
        let r = button(quality);
        let first = self.w(quality.button() as usize);
        let (stability, difficulty) = match before {
            // A memory of SM-2 is never given to it.
            None | Some(Model::Sm2 { .. }) => (first, self.first_difficulty(r).clamp(1.0, 10.0)),
            Some(Model::Fsrs { stability: Stability(0), difficulty }) => {
                (first, self.next_difficulty(difficulty.decimal(), r))
            }
            Some(Model::Fsrs { stability, difficulty }) => {
                let (s, d) = (stability.days(), difficulty.decimal());
                (self.next_stability(s, d, r, elapsed), self.next_difficulty(d, r))
            }
        };
        Model::Fsrs {
            stability: Stability::from_days(stability.clamp(0.001, 36_500.0)),
            difficulty: Difficulty::from_decimal(difficulty),
        }
    }

    fn first_difficulty(&self, r: f64) -> f64 {
        self.w(4) - libm::exp(self.w(5) * (r - 1.0)) + 1.0
    }

    fn next_difficulty(&self, d: f64, r: f64) -> f64 {
        let moved = d + (10.0 - d) / 9.0 * (-self.w(6) * (r - 3.0));
        (self.w(7) * (self.first_difficulty(4.0) - moved) + moved).clamp(1.0, 10.0)
    }

    fn next_stability(&self, s: f64, d: f64, r: f64, elapsed: i64) -> f64 {
        if elapsed == 0 {
            let factor = libm::exp(self.w(17) * (r - 3.0 + self.w(18))) * libm::pow(s, -self.w(19));
            return s * if r >= 2.0 { factor.max(1.0) } else { factor };
        }
        let recall = libm::pow(1.0 + self.factor() * elapsed as f64 / s, -self.w(20));
        if r < 2.0 {
            let forgotten = self.w(11)
                * libm::pow(d, -self.w(12))
                * (libm::pow(s + 1.0, self.w(13)) - 1.0)
                * libm::exp(self.w(14) * (1.0 - recall));
            return forgotten.min(s / libm::exp(self.w(17) * self.w(18)));
        }
        let grade = if r < 3.0 {
            self.w(15)
        } else if r > 3.0 {
            self.w(16)
        } else {
            1.0
        };
        let gain =
            libm::exp(self.w(8)) * (11.0 - d) * libm::pow(s, -self.w(9)) * libm::expm1(self.w(10) * (1.0 - recall));
        s * (1.0 + gain * grade)
    }

    fn factor(&self) -> f64 {
        libm::pow(0.9, -1.0 / self.w(20)) - 1.0
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
    fn interval(&self, model: &Model) -> Days {
        let Model::Fsrs { stability, .. } = model else { return Days(1) };
        let retention = f64::from(self.retention) / 100.0;
        let days = stability.days() / self.factor() * (libm::pow(retention, -1.0 / self.w(20)) - 1.0);
        Days((libm::round(days) as u32).clamp(1, self.maximum_interval.0.max(1)))
    }

    /// The numbers of a card of which nothing but SM-2's are known.
    pub(super) fn guess(&self, carried: &Memory) -> Model {
        let ease = carried.ease().map_or(2.5, |ease| ease.decimal());
        let s = f64::from(carried.interval.0).clamp(0.001, 36_500.0);
        let gain = libm::exp(self.w(8)) * libm::pow(s, -self.w(9)) * libm::expm1(0.1 * self.w(10));
        let d = (11.0 - (ease - 1.0) / gain).clamp(1.0, 10.0);
        Model::Fsrs { stability: Stability::from_days(s), difficulty: Difficulty::from_decimal(d) }
    }
}

mod tests {
    use super::*;
    use crate::core::id::NoteUid;
    use crate::core::units::Ease;

    fn numbers(memory: &Memory) -> (f64, f64) {
        match memory.model {
            Model::Fsrs { stability, difficulty } => (stability.days(), difficulty.decimal()),
            Model::Sm2 { .. } => panic!("{memory:?}"),
        }
    }

    #[test]
    fn the_public_cases_of_fsrs() {
        type Case = (&'static str, &'static [(f64, f64, u32)]);
        let cases: [Case; 6] = [
            (
                "3:0 3:2 3:11 3:46",
                &[(2.3065, 2.1181, 2), (10.9643, 2.1112, 11), (46.2803, 2.1043, 46), (162.8623, 2.0975, 163)],
            ),
            ("1:0 3:0", &[(0.212, 6.4133, 1), (0.2467, 6.4021, 1)]),
            ("1:0 1:1 2:1 3:1", &[(0.212, 6.4133, 1), (0.1009, 8.8063, 1), (0.4511, 9.1928, 1), (1.2903, 9.1788, 1)]),
            ("2:0 3:1 2:5", &[(1.2931, 5.1122, 1), (4.546, 5.1023, 5), (11.766, 6.7339, 12)]),
            (
                "3:0 4:2 2:19 1:56",
                &[(2.3065, 2.1181, 2), (18.5218, 1.0, 19), (56.1002, 4.0106, 56), (3.0452, 8.0166, 3)],
            ),
            ("4:0 1:8 2:1", &[(8.2956, 1.0, 8), (1.3886, 7.027, 1), (2.7155, 8.0116, 3)]),
        ];
        let card = CardId { note: NoteUid([1; 16]), ordinal: 1 };
        for (answers, states) in cases {
            let mut state = CardState::default();
            let mut day = StudyDay(0);
            for (answer, (stability, difficulty, interval)) in answers.split(' ').zip(states) {
                let (button, wait) = answer.split_once(':').unwrap();
                let button = Button::ALL[button.parse::<usize>().unwrap() - 1];
                day = day.plus(wait.parse().unwrap());
                state = Second::default().answer(card, &state, button.quality(), day);
                let memory = state.memory.as_ref().unwrap();
                let (s, d) = numbers(memory);
                assert!((s - stability).abs() < 1e-4 && (d - difficulty).abs() < 1e-4, "{answers}: {s} {d}");
                assert_eq!((memory.interval.0, memory.due), (*interval, day.plus(i64::from(*interval))), "{answers}");
            }
        }
    }

    #[test]
    fn the_numbers_are_the_same_on_every_machine() {
        let card = CardId { note: NoteUid([1; 16]), ordinal: 1 };
        let mut state = CardState::default();
        let mut seen = Vec::new();
        for (quality, day) in [(4, 0), (3, 2), (1, 13), (5, 13), (4, 59)] {
            state = Second::default().answer(card, &state, Quality::try_from(quality).unwrap(), StudyDay(day));
            match state.memory.as_ref().unwrap().model {
                Model::Fsrs { stability, difficulty } => seen.push((stability.0, difficulty.0)),
                Model::Sm2 { .. } => panic!("{state:?}"),
            }
        }
        let expected = [
            (2_306_500_000, 2_118_104),
            (7_513_320_349, 4_752_859),
            (1_259_057_684, 8_260_529),
            (2_241_581_511, 7_664_507),
            (17_034_175_955, 7_652_071),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn difficulty_is_guessed_from_ease_and_interval() {
        for (interval, difficulty) in [(6, 7.2474), (15, 6.6285), (38, 5.8963), (100, 5.0036)] {
            let model = Model::Sm2 { ease: Ease::START };
            let memory = Memory { interval: Days(interval), ..Memory::before_first(StudyDay(0), model) };
            let guess = Second::default().guess(&memory);
            let (s, d) = numbers(&Memory { model: guess, ..memory });
            assert!((d - difficulty).abs() < 1e-4, "{interval}: {d}");
            assert_eq!(Stability::from_days(s), Stability(u64::from(interval) * 1_000_000_000));
        }
    }

    #[test]
    fn after_a_restart_the_stability_is_a_new_cards_and_the_difficulty_goes_on() {
        let card = CardId { note: NoteUid([1; 16]), ordinal: 1 };
        let second = Second::default();
        let mut state = CardState::default();
        for day in [0, 1, 5] {
            state = second.answer(card, &state, Quality::Q2, StudyDay(day));
        }
        let before = state.memory.clone().unwrap();
        state.memory = Some(before.restarted(StudyDay(9)));
        let after = second.answer(card, &state, Quality::Q4, StudyDay(9)).memory.unwrap();
        let (s, d) = numbers(&after);
        assert!((s - 2.3065).abs() < 1e-9, "{s}");
        assert!(d > 8.0, "{d}");
        assert_eq!((after.repetitions, after.lapses), (1, before.lapses));
    }
}
