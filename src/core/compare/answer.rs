//! Whether what was typed is the right answer.
//!
//! It is where both have the same [`key`]: letters without case and droppable marks, digits, and the signs that say something. What else
//! differs makes no answer wrong. It is told ([`Difference`]), and an author or a learner can make it count ([`Weights`]).
//!
//! What an answer is ([`Nature`]) says what may differ in it: in code all punctuation counts, in a formula each mark.
//!
//! What no rule of this file lets pass is wrong, or nearly right where it is a slip of the finger ([`slip`](crate::core::compare::slip)), or an
//! article that says little is missing (`answer/articles.rs`), or a gloss in brackets, or where many write one letter for the other
//! (`answer/akin.rs`).

mod akin;
mod articles;
mod dates;
mod readings;
mod signs;
mod spelled;
#[cfg(test)]
mod tests;

use crate::core::compare::answer::akin::differ_in_dot;
use crate::core::compare::answer::akin::differ_in_usual_marks;
use crate::core::compare::answer::articles::Article;
pub use crate::core::compare::answer::articles::ArticleApart;
pub use crate::core::compare::answer::articles::article_apart;
pub(in crate::core::compare) use crate::core::compare::answer::articles::is_article;
use crate::core::compare::answer::articles::without_article;
use crate::core::compare::answer::readings::BOTH;
use crate::core::compare::answer::readings::Reading;
use crate::core::compare::answer::readings::readings;
use crate::core::compare::answer::signs::Punctuation;
use crate::core::compare::answer::signs::SEAM;
use crate::core::compare::answer::signs::sorted;
use crate::core::compare::answer::spelled::level;
use crate::core::compare::answer::spelled::spelled;
use crate::core::compare::answer::spelled::with_marks;
use crate::core::compare::identity::identity;
use crate::core::compare::letters::Keep;
use crate::core::compare::letters::folded;
use crate::core::compare::letters::is_letter;
use crate::core::compare::slip::is_slip;
use crate::core::compare::symbols::has_marked_variable;
use crate::core::compare::symbols::symbols;
use serde::Deserialize;
use serde::Serialize;
use std::borrow::Cow;
use std::cell::OnceCell;

/// What an answer is, which says what of it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Words, or whatever looks like them.
    Words,
    /// Code, of which all punctuation counts.
    Code,
    /// A formula, in which a mark over a letter makes another one.
    Formula,
}

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

/// A text with what is compared of it: once, however many others it is held against.
#[derive(Debug)]
pub struct Read<'t> {
    text: Cow<'t, str>,
    nature: Nature,
    key: String,
    /// Whether it has raised or lowered characters. Those of one text may be plain ones in another, but `x²` is no `x₂`.
    is_leveled: bool,
    leveled: OnceCell<String>,
    seamed: OnceCell<String>,
    forms: OnceCell<Vec<Form>>,
    symbols: OnceCell<Vec<String>>,
    bare: OnceCell<Option<(Article, String)>>,
    without_gloss: OnceCell<Option<String>>,
}

/// A way in which a text may be written, with its key that has seams.
#[derive(Debug)]
struct Form {
    reading: Reading,
    key: String,
    /// Its key without seams, where that is another one.
    solid: Option<String>,
    is_leveled: bool,
}

impl Form {
    fn solid(&self) -> &str {
        self.solid.as_deref().unwrap_or(&self.key)
    }

    /// Letters that are spelled by two would have more slips than they are.
    fn has_its_letters(&self) -> bool {
        !self.reading.differences.contains(&Difference::Accents)
    }
}

fn is_leveled(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(|c| level(c).is_some())
}

impl<'t> Read<'t> {
    /// Reads a text.
    #[must_use]
    pub fn new(text: impl Into<Cow<'t, str>>, nature: Nature) -> Self {
        let text = text.into();
        let key = key_of(&text, nature, Punctuation::Dropped);
        let is_leveled = is_leveled(&text);
        Self {
            text,
            nature,
            key,
            is_leveled,
            leveled: OnceCell::new(),
            seamed: OnceCell::new(),
            forms: OnceCell::new(),
            symbols: OnceCell::new(),
            bare: OnceCell::new(),
            without_gloss: OnceCell::new(),
        }
    }

    /// What of it is compared.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    fn seamed(&self) -> &str {
        self.seamed.get_or_init(|| key_of(&self.text, self.nature, Punctuation::Seamed))
    }

    /// Its key with all raised and lowered characters marked.
    fn leveled(&self) -> &str {
        self.leveled.get_or_init(|| key_of(&with_marks(&self.text, &BOTH), self.nature, Punctuation::Dropped))
    }

    fn forms(&self) -> &[Form] {
        let form = |reading: Reading| {
            let is_itself = reading.text == *self.text;
            let key = if is_itself {
                self.seamed().to_owned()
            } else {
                key_of(&reading.text, self.nature, Punctuation::Seamed)
            };
            let solid = key.contains(SEAM).then(|| key.replace(SEAM, ""));
            Form { is_leveled: is_leveled(&reading.text), reading, key, solid }
        };
        self.forms.get_or_init(|| readings(&self.text, self.nature).into_iter().map(form).collect())
    }

    /// Whether a word of its key is one of which each letter counts.
    fn has_symbol(&self, word: &str) -> bool {
        let parts = || {
            let keys: Vec<String> = symbols(&self.text).map(key).collect();
            keys.iter().flat_map(|symbol| symbol.split(|c| !is_letter(c))).map(str::to_owned).collect()
        };
        self.symbols.get_or_init(parts).iter().any(|part| part == word)
    }

    /// Its key without the gloss at its end, where it has one.
    fn without_gloss(&self) -> Option<&str> {
        self.without_gloss.get_or_init(|| without_gloss(&self.text)).as_deref()
    }

    /// Its article, and its key without that.
    fn bare(&self) -> Option<(Article, &str)> {
        let bare = || without_article(&self.text, &self.key).map(|(article, rest)| (article, rest.to_owned()));
        self.bare.get_or_init(bare).as_ref().map(|(article, rest)| (*article, rest.as_str()))
    }
}

/// What was given, read as what it is held against.
#[derive(Debug)]
pub struct Given<'g> {
    words: Read<'g>,
    code: OnceCell<Read<'g>>,
    formula: OnceCell<Read<'g>>,
}

impl<'g> Given<'g> {
    /// Takes what was given.
    #[must_use]
    pub fn new(text: &'g str) -> Self {
        Self { words: Read::new(text, Nature::Words), code: OnceCell::new(), formula: OnceCell::new() }
    }

    /// What of it is compared.
    #[must_use]
    pub fn key(&self) -> &str {
        self.words.key()
    }

    fn read_as(&self, nature: Nature) -> &Read<'g> {
        let other = || Read::new(self.words.text.clone(), nature);
        match nature {
            Nature::Words => &self.words,
            Nature::Code => self.code.get_or_init(other),
            Nature::Formula => self.formula.get_or_init(other),
        }
    }
}

/// How what was given compares with what is right.
#[must_use]
pub fn liken(given: &Given<'_>, expected: &Read<'_>, weights: Weights) -> Likeness {
    let given = given.read_as(expected.nature);
    if given.key.is_empty() {
        return Likeness::Other;
    }
    if expected.nature == Nature::Words && differ_in_dot(&given.text, &expected.text) {
        return Likeness::Counted(vec![Difference::Accents]);
    }
    let are_leveled = given.is_leveled && expected.is_leveled;
    let is_same = if are_leveled { given.leveled() == expected.leveled() } else { given.key == expected.key };
    if is_same {
        return same(&given.text, &expected.text, &[], weights);
    }
    if !are_leveled && agree(given.seamed(), expected.seamed()) {
        return same(&given.text, &expected.text, &[Difference::Punctuation], weights);
    }
    let pairs = || {
        let all = given.forms().iter().flat_map(|given| expected.forms().iter().map(move |form| (given, form)));
        all.filter(|(given, expected)| !(given.is_leveled && expected.is_leveled))
    };
    let found = pairs().find(|(given, expected)| agree(&given.key, &expected.key));
    if let Some((Form { reading: given, .. }, Form { reading: expected, .. })) = found {
        let others: Vec<Difference> = given.differences.iter().chain(&expected.differences).copied().collect();
        return same(&given.text, &expected.text, &others, weights);
    }
    let is_slip = |given: &str, expected_key: &str| is_slip(given, expected_key, &|word| expected.has_symbol(word));
    let is_near = expected.nature == Nature::Words
        && (pairs()
            .filter(|(given, expected)| given.has_its_letters() && expected.has_its_letters())
            .any(|(given, expected)| is_slip(given.solid(), expected.solid()))
            || differ_in_usual_marks(&given.key, &expected.key)
            || (!are_leveled
                && (differ_in_article(given, expected, &is_slip) || lacks_gloss(given, expected, &is_slip))));
    if is_near { Likeness::Near } else { Likeness::Other }
}

/// Whether two texts say the same but for an article, which one of them lacks, or has in another form.
fn differ_in_article(given: &Read<'_>, expected: &Read<'_>, is_slip: &dyn Fn(&str, &str) -> bool) -> bool {
    let (mine, its) = match (given.bare(), expected.bare()) {
        (None, None) => return false,
        (Some((_, mine)), None) => (mine, expected.key()),
        (None, Some((_, its))) => (given.key(), its),
        (Some((article, mine)), Some((other, its))) if article == other => (mine, its),
        (Some(_), Some(_)) => return false,
    };
    mine == its || is_slip(mine, its)
}

/// Whether a text is another one without its gloss.
fn lacks_gloss(given: &Read<'_>, expected: &Read<'_>, is_slip: &dyn Fn(&str, &str) -> bool) -> bool {
    expected.without_gloss().is_some_and(|word| given.key == word || is_slip(&given.key, word))
}

/// The key of a text without the words in brackets at its end, which mostly explain it: `Hund (m)`, `adrenaline (epinephrine)`. What is a
/// number (`iron (III)`) or a letter of a row (`hepatitis (B)`) says which one it is.
fn without_gloss(text: &str) -> Option<String> {
    let (word, gloss) = text.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let is_word = |word: &str| word.chars().nth(1).is_some() && !word.chars().all(|c| "IVX".contains(c));
    let has_word = |text: &str| text.split(|c| !is_letter(c)).any(is_word);
    let is_gloss = gloss.chars().all(|c| is_letter(c) || matches!(c, ' ' | ',' | '.' | '-' | '/' | '\'' | '’'))
        && (has_word(gloss) || gloss.trim_end_matches('.').chars().all(char::is_lowercase));
    Some(key(word)).filter(|word| is_gloss && has_word(word) && word.ends_with(is_letter))
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
    key_of(text, Nature::Words, Punctuation::Dropped)
}

fn key_of(text: &str, nature: Nature, punctuation: Punctuation) -> String {
    let punctuation = if nature == Nature::Code { Punctuation::Kept } else { punctuation };
    let marks = nature != Nature::Words || has_marked_variable(text);
    reduced(text, punctuation, Keep { marks, ..Keep::default() })
}

fn reduced(text: &str, punctuation: Punctuation, keep: Keep) -> String {
    let reduced = folded(&sorted(&spelled(text.trim()), punctuation), keep);
    if reduced.is_empty() { alone(text) } else { reduced }
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
    reduced(text, Punctuation::Dropped, Keep { marks: true, case: true, turkish: false })
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
