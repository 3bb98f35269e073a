//! Other screens that a card leads to, and from which one comes back to it.

use crate::core::session::Stage;
use crate::failure::Failure;
use crate::ops::review::Review;
use crate::ops::workspace::Workspace;
use crate::ui::keymap::Command;
use crate::ui::tui::ScreenContext;
use crate::ui::tui::browse;
use crate::ui::tui::browse::Begin;
use crate::ui::tui::card;
use crate::ui::tui::edit;
use crate::ui::tui::review::Screen;
use crate::ui::tui::review::is_typed;
use crate::ui::tui::steps;
use crate::ui::tui::term::Term;
use crate::ui::words;

impl Screen {
    /// Steps are taken back, or one is brought back; then the card is asked that comes now.
    pub(super) fn steps(
        &mut self,
        command: Command,
        review: &mut Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<(), Failure> {
        if command == Command::Undo && review.hides() {
            review.hide()?;
            let undo = with.keys.first(Command::Undo);
            let is_typing = self.typing && review.session().current().is_some_and(|now| is_typed(now.question.ask));
            self.said = Some(words::hidden(&if is_typing { format!("Esc {undo}") } else { undo }));
            return Ok(());
        }
        if let Some((said, changed)) = steps::act(command, review, term, with)? {
            self.said = Some(said);
            if changed {
                self.face = None;
                (self.asks_try, self.undone) = (true, true);
            }
        }
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    /// Cards are looked for in their list; then the same card is asked, unless it was taken out there.
    pub(super) fn search(
        &mut self,
        review: &mut Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<(), Failure> {
        let kept = &mut browse::Kept::default();
        browse::run(&mut Workspace::beside(review), kept, Begin::Typing, term, with)?;
        self.shows_anew(review)
    }

    /// The card may be another text now.
    fn shows_anew(&mut self, review: &mut Review<'_>) -> Result<(), Failure> {
        review.show_edited()?;
        let options = review.session().current().map_or(0, |current| current.question.options.len());
        if options != self.order.len() {
            (self.order, self.chosen) = ((0..options).collect(), 0);
        }
        self.guard.shown(review.ticks_ms());
        Ok(())
    }

    /// The card's text is changed, and shown in place of the old one.
    pub(super) fn edit(
        &mut self,
        review: &mut Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<(), Failure> {
        let asked = review.session().current().map(|now| (now.loaded.card, now.question.prompt.clone()));
        let Some((card, prompt)) = asked else { return Ok(()) };
        self.said = edit::edit(&mut review.note_editor(), card, Some(&prompt), term, with)?;
        self.shows_anew(review)
    }

    /// Everything about the card on the screen; its answer only where it is shown already.
    pub(super) fn card_page(
        &mut self,
        review: &Review<'_>,
        term: &mut Term,
        with: ScreenContext<'_>,
    ) -> Result<(), Failure> {
        let session = review.session();
        if let Some(current) = session.current()
            && let Some(page) = review.page(current.loaded.card)?
        {
            let why = words::info(current, session, review.today()).into_iter().next();
            let hidden = !matches!(session.stage(), Stage::Back(_));
            card::run(&page, why.as_deref(), hidden, term, with)?;
        }
        self.close();
        self.guard.shown(review.ticks_ms());
        Ok(())
    }
}
