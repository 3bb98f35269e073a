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
pub enum GradeError {
    /// It is no grade on the scale that is in force.
    #[error("`{found}` is not a grade; use again, hard, good or easy{}", scale.map_or("", Scale::or_numbers))]
    NoGrade {
        /// The text as it came.
        found: String,
        /// The scale; none where decks have different ones.
        scale: Option<Scale>,
    },
    /// It is a number where decks have different scales.
    #[error("`{found}` is one grade in some decks and another in others; use again, hard, good or easy")]
    Ambiguous {
        /// The text as it came.
        found: String,
    },
}

/// A number that is no [`Quality`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a quality from 0 to 5")]
pub struct QualityError(pub u8);

impl TryFrom<u8> for Quality {
    type Error = QualityError;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.get(usize::from(number)).copied().ok_or(QualityError(number))
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

    /// The button with that word on it, in any case.
    #[must_use]
    pub fn of_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|button| button.name().eq_ignore_ascii_case(text.trim()))
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

    /// The grade that a person wrote: a button's word, or a number as the keys of a session have it.
    ///
    /// # Errors
    /// When it is neither.
    pub fn read(self, text: &str) -> Result<Quality, GradeError> {
        let number = || text.trim().parse().ok().and_then(|digit| self.quality(digit));
        Button::of_name(text)
            .map(Button::quality)
            .or_else(number)
            .ok_or_else(|| GradeError::NoGrade { found: text.to_owned(), scale: Some(self) })
    }

    /// Its numbers, for people, behind the words.
    fn or_numbers(self) -> &'static str {
        match self {
            Self::Four => ", or 1 to 4 for these",
            Self::Sm2 => ", or 0 to 5",
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
        for scale in [Scale::Four, Scale::Sm2] {
            for (text, quality) in
                [("again", Quality::Q2), ("HARD", Quality::Q3), ("good", Quality::Q4), (" easy ", Quality::Q5)]
            {
                assert_eq!(scale.read(text), Ok(quality));
            }
            for text in ["6", "-1", "", "goodish", "3.5", "1 2"] {
                assert!(scale.read(text).is_err(), "{text}");
            }
        }
        for (text, four, sm2) in [
            ("0", None, Some(Quality::Q0)),
            ("1", Some(Quality::Q2), Some(Quality::Q1)),
            ("3", Some(Quality::Q4), Some(Quality::Q3)),
            (" 4", Some(Quality::Q5), Some(Quality::Q4)),
            ("5", None, Some(Quality::Q5)),
        ] {
            assert_eq!(Scale::Four.read(text).ok(), four, "{text}");
            assert_eq!(Scale::Sm2.read(text).ok(), sm2, "{text}");
        }
        let said = |scale: Scale| scale.read("7").unwrap_err().to_string();
        assert_eq!(said(Scale::Four), "`7` is not a grade; use again, hard, good or easy, or 1 to 4 for these");
        assert_eq!(said(Scale::Sm2), "`7` is not a grade; use again, hard, good or easy, or 0 to 5");
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
