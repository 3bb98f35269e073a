//! The full screen: drawn anew after each key, from the session's view; nothing is decided here.

mod bar;
mod browse;
mod canvas;
mod card;
mod checkup;
mod document;
mod edit;
mod end;
mod form;
mod input;
mod leech;
mod links;
mod missed;
mod note_form;
mod pages;
mod paint;
mod pick;
mod question;
mod review;
mod stats;
mod steps;
mod term;
mod today;
mod tried;
mod typist;

pub use term::give_back;
pub use today::Leave;
pub use today::today;

use crate::failure::Failure;
use crate::ops::checkup::CheckupSession;
use crate::ops::review::Review;
use crate::ui::Editor;
use crate::ui::Look;
use crate::ui::keymap::Keymap;

/// What every screen is given.
#[derive(Clone, Copy)]
pub(super) struct ScreenContext<'w> {
    pub(super) look: Look,
    pub(super) keys: &'w Keymap,
    pub(super) stop: &'w dyn Fn() -> bool,
    pub(super) editor: &'w dyn Editor,
}

/// An editor for screens under test, which gives nothing back.
#[cfg(test)]
struct NoEditor;

#[cfg(test)]
impl Editor for NoEditor {
    fn edit(&self, _: &str) -> Result<Option<String>, Failure> {
        Ok(None)
    }

    fn keep(&self, _: &str) -> Result<String, Failure> {
        Ok(String::new())
    }
}

/// A sitting in the terminal; what it came to is said on the normal screen after it.
///
/// `stop` says whether the program was told to end: everything answered is kept.
///
/// # Errors
/// When the terminal can't be used, or the database can't be read.
pub fn review(
    sitting: &mut Review<'_>,
    look: Look,
    keys: &Keymap,
    stop: &dyn Fn() -> bool,
    editor: &dyn Editor,
) -> Result<Vec<String>, Failure> {
    if sitting.session().current().is_some() {
        let mut term = term::Term::new()?;
        session(sitting, &mut term, ScreenContext { look, keys, stop, editor })?;
    }
    let summary = sitting.summary();
    Ok(crate::ui::words::summary(&summary, &sitting.waits()?, sitting.settings(), None))
}

/// A sitting with its end, from which it may go on. Gives whether what it came to was said.
fn session(sitting: &mut Review<'_>, term: &mut term::Term, with: ScreenContext<'_>) -> Result<bool, Failure> {
    let mut seen = review::Seen::default();
    loop {
        review::run(sitting, &mut seen, term, with)?;
        match end::run(sitting, &mut seen, term, with)? {
            end::Then::Back => {}
            end::Then::Said => return Ok(true),
            end::Then::Nothing => return Ok(false),
        }
    }
}

/// A check-up in the terminal; what it came to is said on the normal screen after it.
///
/// # Errors
/// When the terminal can't be used, or the database can't be read.
pub fn checkup(
    sitting: &mut CheckupSession<'_>,
    look: Look,
    keys: &Keymap,
    stop: &dyn Fn() -> bool,
    editor: &dyn Editor,
    confirm: bool,
) -> Result<(), Failure> {
    let mut term = term::Term::new()?;
    checkup::run(sitting, &mut term, ScreenContext { look, keys, stop, editor }, confirm)
}
