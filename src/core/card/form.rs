//! The parallel forms of a check-up that a held-out note can belong to.

use serde::Deserialize;
use serde::Serialize;

/// Which set of check-up scenes a held-out note belongs to. Two forms ask the same ideas in different scenes, so that
/// what is asked before and what is asked after are equally hard and never the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The first form.
    A,
    /// The second form.
    B,
    /// Neither: asked in place of a scene that was seen already.
    Reserve,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::Reserve];

    /// Its name in a deck file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::Reserve => "reserve",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Its number in the log. Fixed for ever.
    #[must_use]
    pub fn code(self) -> u32 {
        match self {
            Self::A => 1,
            Self::B => 2,
            Self::Reserve => 3,
        }
    }

    /// The one of that number.
    #[must_use]
    pub fn of_code(code: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// The form that comes after it.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B | Self::Reserve => Self::A,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_comes_back_from_its_name_and_number() {
        for form in Form::ALL {
            assert_eq!((Form::of_name(form.name()), Form::of_code(form.code())), (Some(form), Some(form)));
            assert_eq!(serde_json::to_value(form).unwrap(), form.name(), "a text record has the name too");
        }
        assert_eq!((Form::of_name("A"), Form::of_name("c"), Form::of_code(0)), (None, None, None));
    }
}
