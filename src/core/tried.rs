//! What learners say when they are asked whether they did the line to do that a session had shown.

/// An answer to "Did you?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tried {
    /// They did it.
    Yes,
    /// They did not.
    No,
    /// They did not, and still mean to.
    NotYet,
}

impl Tried {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::NotYet];

    /// Its name in the log and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotYet => "not-yet",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tried| tried.name() == name)
    }

    /// Its number in the log. Fixed for ever.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Yes => 1,
            Self::No => 2,
            Self::NotYet => 3,
        }
    }

    /// The one of that number.
    #[must_use]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tried| tried.code() == code)
    }

    /// The one that a key or a line stands for; `None` where it stands for none.
    #[must_use]
    pub fn of_input(input: &str) -> Option<Self> {
        match input.trim().to_lowercase().as_str() {
            "y" | "yes" => Some(Self::Yes),
            "n" | "no" => Some(Self::No),
            "t" | "not yet" => Some(Self::NotYet),
            _ => None,
        }
    }
}

/// How many lines to do were done, of those that were asked about and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// Those that were done.
    pub done: u64,
    /// All that were answered, those "not yet" done too.
    pub asked: u64,
}

impl Tries {
    /// Counts answers.
    #[must_use]
    pub fn of(answers: impl IntoIterator<Item = Tried>) -> Self {
        answers.into_iter().fold(Self::default(), |sum, tried| Self {
            done: sum.done + u64::from(tried == Tried::Yes),
            asked: sum.asked + 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_from_its_name_and_number_and_is_given_by_one_key() {
        for (tried, key) in Tried::ALL.into_iter().zip(["y", "N", " t\n"]) {
            assert_eq!((Tried::of_name(tried.name()), Tried::of_code(tried.code())), (Some(tried), Some(tried)));
            assert_eq!(Tried::of_input(key), Some(tried));
        }
        assert_eq!((Tried::of_name("maybe"), Tried::of_code(0), Tried::of_code(4)), (None, None, None));
        assert_eq!(["", "yy", "1"].map(Tried::of_input), [None; 3]);
    }

    #[test]
    fn what_is_not_yet_done_was_asked_about() {
        assert_eq!(Tries::of([]), Tries::default());
        assert_eq!(Tries::of([Tried::Yes, Tried::No, Tried::NotYet, Tried::Yes]), Tries { done: 2, asked: 4 });
    }
}
