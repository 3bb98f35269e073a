//! Grades: SM-2's six, which the log holds, and the four buttons that most people press.

use serde::Deserialize;
use serde::Serialize;

/// SM-2's grade of one answer. 3 and above is a recall.
///
/// 5 perfect, 4 after hesitation, 3 with serious difficulty, 2 wrong but the answer then seemed easy,
/// 1 wrong but recognised, 0 blackout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Quality {
    /// Blackout.
    Q0,
    /// Wrong, but recognised.
    Q1,
    /// Wrong, but the answer then seemed easy.
    Q2,
    /// Right, with serious difficulty.
    Q3,
    /// Right, after hesitation.
    Q4,
    /// Perfect.
    Q5,
}

impl Quality {
    /// All six, worst first.
    pub const ALL: [Self; 6] = [Self::Q0, Self::Q1, Self::Q2, Self::Q3, Self::Q4, Self::Q5];

    /// Whether the answer was a recall.
    #[must_use]
    pub fn passed(self) -> bool {
        self >= Self::Q3
    }

    /// The button that this grade belongs to.
    #[must_use]
    pub fn button(self) -> Button {
        match self {
            Self::Q0 | Self::Q1 | Self::Q2 => Button::Again,
            Self::Q3 => Button::Hard,
            Self::Q4 => Button::Good,
            Self::Q5 => Button::Easy,
        }
    }
}

impl From<Quality> for u8 {
    fn from(quality: Quality) -> Self {
        match quality {
            Quality::Q0 => 0,
            Quality::Q1 => 1,
            Quality::Q2 => 2,
            Quality::Q3 => 3,
            Quality::Q4 => 4,
            Quality::Q5 => 5,
        }
    }
}

/// What was given where a grade was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no grade; use 0 to 5, or again, hard, good, easy")]
pub struct GradeError {
    /// The text or number as it came.
    pub found: String,
}

impl TryFrom<u8> for Quality {
    type Error = GradeError;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.get(usize::from(number)).copied().ok_or_else(|| GradeError { found: number.to_string() })
    }
}

impl std::str::FromStr for Quality {
    type Err = GradeError;

    /// Reads `0` to `5` as the grade itself, or a button's name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(button) = Button::ALL.into_iter().find(|b| b.name().eq_ignore_ascii_case(text.trim())) {
            return Ok(button.quality());
        }
        text.trim()
            .parse::<u8>()
            .ok()
            .and_then(|number| Self::try_from(number).ok())
            .ok_or_else(|| GradeError { found: text.to_owned() })
    }
}

/// The four buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Button {
    /// Not recalled.
    Again,
    /// Recalled with trouble.
    Hard,
    /// Recalled.
    Good,
    /// Recalled at once.
    Easy,
}

impl Button {
    /// All four, worst first.
    pub const ALL: [Self; 4] = [Self::Again, Self::Hard, Self::Good, Self::Easy];

    /// The grade that the log gets. Again is 2: one Again costs 0.32 of ease, where 1 and 0 cost more than they teach.
    #[must_use]
    pub fn quality(self) -> Quality {
        match self {
            Self::Again => Quality::Q2,
            Self::Hard => Quality::Q3,
            Self::Good => Quality::Q4,
            Self::Easy => Quality::Q5,
        }
    }

    /// The word on the button.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Again => "Again",
            Self::Hard => "Hard",
            Self::Good => "Good",
            Self::Easy => "Easy",
        }
    }
}

/// Which keys a learner grades with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// 1 Again, 2 Hard, 3 Good, 4 Easy.
    #[default]
    Four,
    /// 0 to 5, SM-2's own.
    Sm2,
}

impl Scale {
    /// The grade behind a digit key, if it is one on this scale.
    #[must_use]
    pub fn quality(self, digit: u8) -> Option<Quality> {
        match self {
            Self::Four => Button::ALL.get(usize::from(digit).checked_sub(1)?).map(|button| button.quality()),
            Self::Sm2 => Quality::try_from(digit).ok(),
        }
    }
}

/// Which grades are asked again in the same session (SM-2, step 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drill {
    /// Everything below 4, as the algorithm's text has it.
    #[serde(rename = "below-4")]
    Below4,
    /// Only what was not recalled.
    Failed,
}

impl Drill {
    /// The usual choice for a scale: canonical on six grades, failures only on four buttons.
    #[must_use]
    pub fn usual(scale: Scale) -> Self {
        match scale {
            Scale::Four => Self::Failed,
            Scale::Sm2 => Self::Below4,
        }
    }

    /// Whether an answer of this grade is asked again today.
    #[must_use]
    pub fn repeats(self, quality: Quality) -> bool {
        match self {
            Self::Below4 => quality < Quality::Q4,
            Self::Failed => quality < Quality::Q3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buttons_and_numbers_are_both_read() {
        for (text, quality) in [
            ("again", Quality::Q2),
            ("HARD", Quality::Q3),
            ("good", Quality::Q4),
            (" easy ", Quality::Q5),
            ("0", Quality::Q0),
            ("5", Quality::Q5),
        ] {
            assert_eq!(text.parse::<Quality>(), Ok(quality));
        }
        for text in ["6", "-1", "", "goodish", "3.5"] {
            assert!(text.parse::<Quality>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_button_comes_back_from_its_grade() {
        for button in Button::ALL {
            assert_eq!(button.quality().button(), button);
        }
    }

    #[test]
    fn hard_is_drilled_on_six_grades_only() {
        assert!(Drill::usual(Scale::Sm2).repeats(Quality::Q3));
        assert!(!Drill::usual(Scale::Four).repeats(Quality::Q3));
    }
}
