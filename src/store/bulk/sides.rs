//! Question and answer of a note, as rows are held against them.

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
}

impl Sides {
    pub(super) fn of(text: &NoteText) -> Self {
        Self { prompt: key(&text.prompt(1)), answer: key(&text.answer(1)), kind: text.kind.clone() }
    }
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
