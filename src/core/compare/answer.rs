//! Whether what was typed is the right answer.
//!
//! It is where both have the same [`key`]: letters without case and droppable marks, digits, and the signs that say something. What else
//! differs makes no answer wrong. It is told ([`Difference`]), and an author or a learner can make it count ([`Weights`]).
//!
//! What no rule of this file lets pass is wrong, or nearly right where it is a slip of the finger ([`slip`](crate::core::compare::slip)).

mod readings;
mod signs;
mod spelled;
#[cfg(test)]
mod tests;

use crate::core::compare::answer::readings::Reading;
use crate::core::compare::answer::readings::readings;
use crate::core::compare::answer::signs::Punctuation;
use crate::core::compare::answer::signs::SEAM;
use crate::core::compare::answer::signs::sorted;
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
    read: Read<'g>,
    others: OnceCell<Vec<(Reading, String)>>,
}

/// A text with its key, and the key that has its seams.
#[derive(Debug)]
struct Read<'t> {
    text: &'t str,
    key: String,
    seamed: OnceCell<String>,
}

impl<'t> Read<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, key: key(text), seamed: OnceCell::new() }
    }

    fn seamed(&self) -> &str {
        self.seamed.get_or_init(|| seamed(self.text))
    }
}

impl<'g> Given<'g> {
    /// Takes what was given.
    #[must_use]
    pub fn new(text: &'g str) -> Self {
        Self { read: Read::new(text), others: OnceCell::new() }
    }

    /// What of it is compared.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.read.key
    }

    fn others(&self) -> &[(Reading, String)] {
        self.others.get_or_init(|| others(self.read.text))
    }
}

fn others(text: &str) -> Vec<(Reading, String)> {
    let with_key = |reading: Reading| {
        let key = seamed(&reading.text);
        (reading, key)
    };
    readings(text).into_iter().map(with_key).collect()
}

/// How what was given compares with what is right.
#[must_use]
pub fn liken(given: &Given<'_>, expected: &str, weights: Weights) -> Likeness {
    let expected = Read::new(expected);
    if given.read.key.is_empty() {
        return Likeness::Other;
    }
    if given.read.key == expected.key {
        return same(given.read.text, expected.text, &[], weights);
    }
    if agree(given.read.seamed(), expected.seamed()) {
        return same(given.read.text, expected.text, &[Difference::Punctuation], weights);
    }
    let others = others(expected.text);
    let itself = |read: &Read<'_>| {
        let reading = Reading { text: read.text.to_owned(), differences: Vec::new() };
        (reading, read.seamed().to_owned())
    };
    let (given_itself, itself) = (itself(&given.read), itself(&expected));
    let mut pairs = std::iter::once(&given_itself)
        .chain(given.others())
        .flat_map(|given| std::iter::once(&itself).chain(&others).map(move |expected| (given, expected)));
    if let Some(((given, _), (expected, _))) = pairs.find(|((_, given), (_, expected))| agree(given, expected)) {
        let others: Vec<Difference> = given.differences.iter().chain(&expected.differences).copied().collect();
        return same(&given.text, &expected.text, &others, weights);
    }
    if is_slip(&given.read.key, &expected.key) { Likeness::Near } else { Likeness::Other }
}

/// That two texts say the same, with how they differ, and what differs beside that.
fn same(given: &str, expected: &str, others: &[Difference], weights: Weights) -> Likeness {
    let mut differences = differences(given, expected);
    differences.extend(others);
    differences.sort_unstable();
    differences.dedup();
    if differences.iter().any(|difference| weights.counts(*difference)) {
        Likeness::Counted(differences)
    } else {
        Likeness::Same(differences)
    }
}

/// What of a text is compared. Nothing is left of it only where the text is blank: one of punctuation alone is compared as it is.
#[must_use]
pub fn key(text: &str) -> String {
    let key = folded(&sorted(&spelled(text), Punctuation::Dropped), Keep::default());
    if key.is_empty() { alone(text) } else { key }
}

/// The key with a seam wherever a word may be parted.
fn seamed(text: &str) -> String {
    let key = folded(&sorted(&spelled(text), Punctuation::Seamed), Keep::default());
    if key.is_empty() { alone(text) } else { key }
}

/// Punctuation that is the whole answer. Only what keyboards have no key for is another form of what they have.
fn alone(text: &str) -> String {
    let plain = |c: char| match c {
        '“' | '”' | '„' | '‟' | '＂' => '"',
        '’' | '‘' | '‛' | '＇' => '\'',
        '！' => '!',
        '？' => '?',
        '，' => ',',
        '．' => '.',
        '：' => ':',
        '；' => ';',
        c => c,
    };
    identity(text).replace('…', "...").chars().map(plain).collect()
}

/// Whether two keys are the same, a blank or none at each seam.
fn agree(one: &str, other: &str) -> bool {
    if !one.contains(SEAM) && !other.contains(SEAM) {
        return one == other;
    }
    let (mut one, mut other) = (one.chars().peekable(), other.chars().peekable());
    loop {
        match (one.peek(), other.peek()) {
            (Some(&SEAM), _) => {
                one.next();
                other.next_if(|c| matches!(*c, SEAM | ' '));
            }
            (_, Some(&SEAM)) => {
                other.next();
                one.next_if(|c| matches!(*c, SEAM | ' '));
            }
            (None, None) => return true,
            (a, b) if a == b => {
                one.next();
                other.next();
            }
            _ => return false,
        }
    }
}

/// A text with its accents and capitals, and without its punctuation: items that are told apart have other ones.
#[must_use]
pub fn told_apart(text: &str) -> String {
    let kept = folded(&sorted(&spelled(text), Punctuation::Dropped), Keep { marks: true, case: true, turkish: false });
    if kept.is_empty() { alone(text) } else { kept }
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
        (Difference::Accents, Keep { marks: true, ..turkish }, Punctuation::Dropped),
        (Difference::Case, Keep { case: true, ..turkish }, Punctuation::Dropped),
        (Difference::Punctuation, Keep::default(), Punctuation::Kept),
    ] {
        let kept = |text: &str| folded(&sorted(&spelled(text), punctuation), keep).replace(' ', "");
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
    let text: String = spelled(text.trim()).into_iter().collect();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
