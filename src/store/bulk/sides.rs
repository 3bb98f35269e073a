//! Question and answer of a note, as rows are held against them.
//!
//! Of a cloze these are the whole text and what is hidden of it, so that a mended word counts once, wherever it stands.

use crate::core::card::ClozeTexts;
use crate::core::card::NoteText;
use crate::core::compare::answer::key;
use crate::store::Fault;
use crate::store::bulk::Bulk;
use crate::store::shown::NoteRow;

/// A text as it is compared for nearness.
#[derive(PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) kind: String,
    pub(super) prompt: String,
    pub(super) answer: String,
    /// What a cloze says beside its hidden parts; empty for other kinds.
    beside: String,
}

/// From which similarity on two longer texts are nearly the same.
const NEAR: f64 = 0.9;

/// Characters that stand for one edit in a short text, and edits that it has at most.
const PER_EDIT: usize = 4;
const MOST_EDITS: usize = 2;

/// Bytes of the longest text that is compared: it takes as many steps as both have letters multiplied.
const LONGEST_NEAR: usize = 2000;

impl Sides {
    pub(super) fn of(text: &NoteText) -> Self {
        let kind = text.kind.clone();
        if kind == "cloze" {
            let texts = ClozeTexts::of(text);
            return Self { prompt: key(&texts.whole), answer: key(&texts.hidden), beside: key(&texts.beside), kind };
        }
        Self { prompt: key(&text.prompt(1)), answer: key(&text.answer(1)), beside: String::new(), kind }
    }

    /// How much of it says the same, from 0 to 1, where one may be the other with a mended word: nearly the same prompt and
    /// the same answer, or a cloze with a mended word in what it hides.
    pub(super) fn likeness(&self, other: &Self) -> Option<f64> {
        let same_beside = !self.beside.is_empty() && self.beside == other.beside;
        let comparable = self.kind == other.kind
            && (self.answer == other.answer || same_beside)
            && self.prompt.len().max(other.prompt.len()) <= LONGEST_NEAR;
        comparable.then(|| near(&self.prompt, &other.prompt)).flatten()
    }
}

/// How similar two prompts are, where one may be the other with typing errors. In a short prompt one or two edits are more than
/// a tenth of it; then its numbers have to be the same, since another number is another question.
fn near(one: &str, other: &str) -> Option<f64> {
    let characters = one.chars().count().max(other.chars().count());
    let edits = strsim::osa_distance(one, other);
    let allowed = (characters / PER_EDIT).min(MOST_EDITS);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // Exact: no text is longer than LONGEST_NEAR.
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let similarity = 1.0 - share(edits) / share(characters.max(1));
    let is_near = similarity >= NEAR || (edits <= allowed && digits(one) == digits(other));
    is_near.then_some(similarity)
}

impl Bulk<'_, '_> {
    /// A note's text as it is shown, and as its file has it where the learner changed it.
    pub(super) fn sides(&mut self, id: i64) -> Result<Vec<Sides>, Fault> {
        let mut texts = vec![Sides::of(&self.writer.shown(id)?.0)];
        if let Some(row) = NoteRow::of(&self.writer.tx, id)?.filter(|row| row.own.is_some())
            && let Some((said, _)) = self.said_last(row.source)?
        {
            texts.push(Sides::of(&said));
        }
        Ok(texts)
    }
}
