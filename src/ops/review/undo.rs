//! Steps of a sitting that are taken back and brought back, and what is asked before.

use crate::core::action::ActionKind;
use crate::core::id::CardId;
use crate::core::queue::Origin;
use crate::core::session::Input;
use crate::core::session::Stage;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::text::joined;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::action_words::words;
use crate::ops::review::Notice;
use crate::ops::review::Review;
use crate::ops::undo;
use crate::ops::undo::Doubt;
use crate::store::ActionLine;
use crate::store::Store;

/// What `u` takes back, however old.
const STEPS: [ActionKind; 6] =
    [ActionKind::Answer, ActionKind::Bury, ActionKind::Suspend, ActionKind::Mark, ActionKind::Edit, ActionKind::Tried];

/// The newest steps of any kind among which those of a sitting are looked for.
const STEPS_LISTED: usize = 50;

/// Whether a step is one that is made in a sitting: what was done to many cards at once was not.
fn is_of_a_sitting(step: &ActionLine) -> bool {
    STEPS.contains(&step.kind) && (step.cards <= 1 || step.kind == ActionKind::Edit)
}

impl Review<'_> {
    /// When it began.
    pub(in crate::ops) fn began(&self) -> Timestamp {
        self.began
    }

    /// What it works with, for who looks at other cards meanwhile. [`show_edited`](Self::show_edited) shows what came of it.
    pub(in crate::ops) fn lent(&mut self) -> (&mut Store, &Env, &mut Settings) {
        (&mut *self.store, self.env, &mut self.settings)
    }

    /// Whether what is taken back first is that the answer is shown: whoever takes it back then has graded nothing, and wants to
    /// answer.
    #[must_use]
    pub fn hides(&self) -> bool {
        matches!(self.session.stage(), Stage::Back(_)) && !self.is_written
    }

    /// Hides the answer that is shown; the card is asked as before.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn hide(&mut self) -> Result<(), Failure> {
        self.feed(Input::Hide).map(drop)
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

    /// The newest steps that [`undo`](Self::undo) can take back, newest first.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn steps(&self) -> Result<Vec<ActionLine>, Failure> {
        let mut steps = self.store.actions(STEPS_LISTED)?;
        steps.retain(is_of_a_sitting);
        Ok(steps)
    }

    /// Takes back the newest answer, bury, suspension, mark or edit of this device, however old, and asks it again.
    ///
    /// # Errors
    /// When it could not be committed.
    pub fn undo(&mut self) -> Result<Notice, Failure> {
        let Some(action) = self.newest_step()? else { return Ok(Notice::NothingToUndo) };
        let when = self.stamp();
        let (undone, talk) = undo::undo(self.store, when, action.id)?;
        self.taken_back.push(self.session.clone());
        let waiting = self.session.waiting().all();
        self.session = self.session.undone(&undone.cards);
        if self.session.waiting().all() == waiting && !matches!(action.kind, ActionKind::Mark | ActionKind::Tried) {
            // It was no answer of this sitting: ask it all the same, it is what the person wants to see.
            for card in undone.cards {
                self.ask_first(card, when.today)?;
            }
        }
        self.advance()?;
        Ok(Notice::Undone(joined(&[vec![words(&action)], talk].concat())))
    }

    fn newest_step(&self) -> Result<Option<ActionLine>, Failure> {
        let newest = self.store.newest_action(&STEPS)?;
        if newest.as_ref().is_none_or(is_of_a_sitting) {
            return Ok(newest);
        }
        Ok(self.steps()?.into_iter().find(|step| !step.voided))
    }

    fn ask_first(&mut self, card: CardId, today: StudyDay) -> Result<(), Failure> {
        let candidate = self.store.candidate(card)?;
        let loaded = self.store.load(card)?;
        if let (Some(candidate), Some(loaded)) = (candidate, loaded) {
            let origin = match &loaded.state.memory {
                None => Origin::New,
                Some(memory) if memory.last == today => Origin::Repeat,
                Some(_) => Origin::Review,
            };
            self.session = self.session.with_first(candidate, origin);
        }
        Ok(())
    }
}
