//! Steps of a sitting that are brought back, and what is asked before one is taken back.

use crate::core::action::ActionKind;
use crate::core::settings::Settings;
use crate::core::study_day::Timestamp;
use crate::core::text::joined;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::action_words::words;
use crate::ops::review::Review;
use crate::ops::review::is_of_a_sitting;
use crate::ops::undo;
use crate::ops::undo::Doubt;
use crate::store::Store;

impl Review<'_> {
    /// When it began.
    pub(in crate::ops) fn began(&self) -> Timestamp {
        self.began
    }

    /// What it works with, for who looks at other cards meanwhile. [`show_edited`](Self::show_edited) shows what came of it.
    pub(in crate::ops) fn lent(&mut self) -> (&mut Store, &Env, &mut Settings) {
        (&mut *self.store, self.env, &mut self.settings)
    }

    /// What is asked before the newest step is taken back; nothing where there is no need.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn doubt(&self) -> Result<Option<Doubt>, Failure> {
        Ok(self.newest_step()?.and_then(|step| Doubt::of(&step, self.began)))
    }

    /// Brings back the step of a sitting that was taken back last, where nothing was done since; says in words what it was.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn redo(&mut self) -> Result<Option<String>, Failure> {
        let Some(step) = undo::undone_last(self.store)?.filter(is_of_a_sitting) else { return Ok(None) };
        let when = self.stamp();
        let (redone, talk) = undo::redo(self.store, when, step.id)?;
        match self.taken_back.pop() {
            // It goes on with the card that came after that step.
            Some(before) => self.session = before.begun(when.now),
            None if matches!(step.kind, ActionKind::Answer | ActionKind::Bury | ActionKind::Suspend) => {
                self.session = redone.cards.iter().fold(self.session.clone(), |session, card| session.without(*card));
            }
            None => {}
        }
        self.show_edited()?;
        self.advance()?;
        Ok(Some(joined(&[vec![words(&step)], talk].concat())))
    }
}
