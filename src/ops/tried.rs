//! "Did you?": the line to do that a session showed comes back as a question when the next day's sitting begins.

use crate::core::action::ActionKind;
use crate::core::action::Subject;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::tried::Tried;
use crate::core::tried::Tries;
use crate::failure::Failure;
use crate::store::ShownTry;
use crate::store::Stamp;
use crate::store::Store;

/// Days after which nobody is asked about a line: who comes back after a gap begins with a card.
const REMEMBERED_DAYS: i64 = 7;

/// The line to ask about on `today`: the last one that a session showed, where that was on an earlier day and not long ago,
/// it was not asked about since, and lines to do are not switched off.
///
/// # Errors
/// When the database can't be read.
pub fn open(store: &Store, settings: &Settings, today: StudyDay) -> Result<Option<ShownTry>, Failure> {
    if !settings.try_line {
        return Ok(None);
    }
    Ok(store.shown_try()?.filter(|shown| shown.day < today && today.since(shown.day) < REMEMBERED_DAYS))
}

/// Keeps what was said of a line, or with `None` that nothing was: it is not asked about again.
///
/// # Errors
/// When it can't be written.
pub fn answer(store: &mut Store, stamp: Stamp, shown: &ShownTry, said: Option<Tried>) -> Result<(), Failure> {
    let Some(tried) = said else { return Ok(store.forget_try()?) };
    let subject = Subject::Deck(shown.deck.clone());
    store.write(stamp, ActionKind::Tried, subject, |writer| writer.answer_try(shown, tried))?;
    Ok(())
}

/// How many lines the learner did, of those that they were asked about from `since` to `until`. Only the learner's own
/// pages may have it: it is in no file that is shared.
///
/// # Errors
/// When the log can't be read.
pub fn tries(store: &Store, since: Option<StudyDay>, until: Option<StudyDay>) -> Result<Tries, Failure> {
    let is_meant = |day: StudyDay| since.is_none_or(|since| day >= since) && until.is_none_or(|until| day <= until);
    Ok(Tries::of(store.tries()?.into_iter().filter(|(day, _)| is_meant(*day)).map(|(_, tried)| tried)))
}
