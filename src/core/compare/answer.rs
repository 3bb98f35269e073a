//! Whether what was typed is the right answer.
//!
//! It is where both have the same [`key`]: letters without case and droppable marks, digits, and the signs that say something. What else
//! differs makes no answer wrong. It is told ([`Difference`]), and an author or a learner can make it count ([`Weights`]).
//!
//! What no rule of this file lets pass is wrong, or nearly right where it is a slip of the finger ([`slip`](crate::core::compare::slip)).

mod signs;
mod spelled;
#[cfg(test)]
mod tests;

use crate::core::compare::answer::signs::sorted;
use crate::core::compare::answer::spelled::Raised;
use crate::core::compare::answer::spelled::has_raised;
use crate::core::compare::answer::spelled::in_two_letters;
use crate::core::compare::answer::spelled::spelled;
use crate::core::compare::identity::identity;
use crate::core::compare::letters::Keep;
use crate::core::compare::letters::folded;
use crate::core::compare::slip::is_slip;
use serde::Deserialize;
use serde::Serialize;
use std::cell::OnceCell;

/// How two answers that say the same differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Difference {
    /// In accents and other marks: `ano` for `año`, `o` for `ø`.
    Accents,
    /// In capitals.
    Case,
    /// In punctuation: `dont` for `don't`.
    Punctuation,
    /// In the form of characters: `x2` for `x²`, `3` for `٣`, `ss` for `ß`.
    Form,
}

/// Whether a difference makes an answer nearly right only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// It is right.
    Ignore,
    /// It is nearly right.
    Count,
}

impl Weight {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ignore, Self::Count];

    /// Its name in settings and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Count => "count",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|weight| weight.name() == name)
    }
}

/// What counts in answers, as far as somebody said. What nobody says does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Weights {
    /// Accents and other marks that can be dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accents: Option<Weight>,
    /// Capitals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Weight>,
    /// Punctuation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub punctuation: Option<Weight>,
}

impl Weights {
    /// Their names in settings and files.
    pub const NAMES: [&'static str; 3] = ["accents", "case", "punctuation"];

    /// By name, as many as there are.
    #[must_use]
    pub fn named(self) -> [(&'static str, Option<Weight>); 3] {
        let [accents, case, punctuation] = Self::NAMES;
        [(accents, self.accents), (case, self.case), (punctuation, self.punctuation)]
    }

    /// The place of the one of that name.
    pub fn of_name(&mut self, name: &str) -> Option<&mut Option<Weight>> {
        let [accents, case, punctuation] = Self::NAMES;
        [(accents, &mut self.accents), (case, &mut self.case), (punctuation, &mut self.punctuation)]
            .into_iter()
            .find_map(|(known, weight)| (known == name).then_some(weight))
    }

    /// These, and where they say nothing the others.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            accents: self.accents.or(others.accents),
            case: self.case.or(others.case),
            punctuation: self.punctuation.or(others.punctuation),
        }
    }

    /// Whether nobody said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn counts(self, difference: Difference) -> bool {
        let weight = match difference {
            Difference::Accents => self.accents,
            Difference::Case => self.case,
            Difference::Punctuation => self.punctuation,
            Difference::Form => None,
        };
        weight == Some(Weight::Count)
    }
}

/// How an answer compares with one that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Likeness {
    /// It is that, but for differences that don't count.
    Same(Vec<Difference>),
    /// It is that, but for differences of which one counts.
    Counted(Vec<Difference>),
    /// It is that, but for a slip.
    Near,
    /// It is another one.
    Other,
}

/// What was given, with what is compared of it: once, however many answers it is held against.
#[derive(Debug)]
pub struct Given<'g> {
    text: &'g str,
    key: String,
    has_raised: bool,
    /// With raised signs marked, and the key of that.
    marked: OnceCell<(String, String)>,
    /// In its longer spelling, and the key of that, where it has one.
    long: OnceCell<Option<(String, String)>>,
}

impl<'g> Given<'g> {
    /// Takes what was given.
    #[must_use]
    pub fn new(text: &'g str) -> Self {
        let (marked, long) = (OnceCell::new(), OnceCell::new());
        Self { text, key: key(text), has_raised: has_raised(text), marked, long }
    }

    fn marked(&self) -> &(String, String) {
        self.marked.get_or_init(|| with_key(marked(self.text)))
    }

    fn long(&self) -> Option<&(String, String)> {
        self.long.get_or_init(|| in_two_letters(self.text).map(with_key)).as_ref()
    }
}

fn with_key(text: String) -> (String, String) {
    let key = key(&text);
    (text, key)
}

/// How what was given compares with what is right.
#[must_use]
pub fn liken(given: &Given<'_>, expected: &str, weights: Weights) -> Likeness {
    let expected_key = key(expected);
    match agreeing(given, expected, &expected_key) {
        Some((given, expected, others)) => {
            let mut differences = differences(&given, &expected);
            differences.extend(others.filter(|other| !differences.contains(other)));
            differences.sort_unstable();
            if differences.iter().any(|difference| weights.counts(*difference)) {
                Likeness::Counted(differences)
            } else {
                Likeness::Same(differences)
            }
        }
        None if is_slip(&given.key, &expected_key) => Likeness::Near,
        None => Likeness::Other,
    }
}

/// What of a text is compared. Nothing is left of it only where the text is blank: one of punctuation alone is compared as it is.
#[must_use]
pub fn key(text: &str) -> String {
    let key = folded(&sorted(&spelled(text, Raised::Plain), false), Keep::default());
    if key.is_empty() { identity(text).into_owned() } else { key }
}

/// The two spellings in which the texts agree, and how these differ from the texts themselves.
fn agreeing(given: &Given<'_>, expected: &str, expected_key: &str) -> Option<(String, String, Option<Difference>)> {
    if given.key.is_empty() {
        return None;
    }
    let texts = |given: &str, expected: &str, difference| Some((given.to_owned(), expected.to_owned(), difference));
    if given.key == expected_key {
        return texts(given.text, expected, None);
    }
    if given.has_raised || has_raised(expected) {
        let (text, key) = given.marked();
        let (expected, expected_key) = with_key(marked(expected));
        if *key == expected_key {
            return texts(text, &expected, Some(Difference::Form));
        }
    }
    if let Some(long) = in_two_letters(expected).filter(|long| key(long) == given.key) {
        return texts(given.text, &long, Some(Difference::Accents));
    }
    match given.long().filter(|(_, key)| key == expected_key) {
        Some((long, _)) => texts(long, expected, Some(Difference::Accents)),
        None => None,
    }
}

fn marked(text: &str) -> String {
    spelled(text, Raised::Marked).into_iter().collect()
}

/// How two texts that agree differ.
fn differences(given: &str, expected: &str) -> Vec<Difference> {
    let solid = |text: &str| identity(text).split_whitespace().collect::<String>();
    if solid(given) == solid(expected) {
        return Vec::new();
    }
    let is_turkish = [given, expected].into_iter().any(|text| text.contains(['ı', 'İ']));
    let turkish = Keep { turkish: is_turkish, ..Keep::default() };
    let mut found = Vec::new();
    for (difference, keep, punctuation) in [
        (Difference::Accents, Keep { marks: true, ..turkish }, false),
        (Difference::Case, Keep { case: true, ..turkish }, false),
        (Difference::Punctuation, Keep::default(), true),
    ] {
        let kept = |text: &str| folded(&sorted(&spelled(text, Raised::Plain), punctuation), keep);
        if kept(given) != kept(expected) {
            found.push(difference);
        }
    }
    if found.is_empty() {
        found.push(Difference::Form);
    }
    found
}

/// A whole number that was typed alone, in the digits of any script.
#[must_use]
pub fn number(text: &str) -> Option<usize> {
    let text: String = spelled(text.trim(), Raised::Plain).into_iter().collect();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
