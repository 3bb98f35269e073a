//! Once a week: the offer to write down one moment of the week as a scene of one's own.

use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::add::add;
use crate::ops::settings;
use crate::ops::stamp;
use crate::store::DeckSet;
use crate::store::Store;
use chrono::Datelike as _;

/// The deck that scenes go into.
pub const DECK: &str = "my scenes";

/// The setting that switches the offer off.
const SETTING: &str = "weekly_scene";

/// A note of two texts: what is asked, and the answer.
#[must_use]
pub fn basic(question: &str, answer: &str) -> NoteText {
    let text = |text: &str| Value::Text(text.trim().to_owned());
    NoteText {
        kind: "basic".to_owned(),
        fields: [("front".to_owned(), text(question)), ("back".to_owned(), text(answer))].into(),
        markup: Markup::Plain,
        ..NoteText::default()
    }
}

fn is_due(days: &[StudyDay], today: StudyDay) -> bool {
    let monday = today.plus(-i64::from(today.date().weekday().num_days_from_monday()));
    days.iter().any(|day| *day < monday) && !days.iter().any(|day| *day >= monday && *day < today)
}

/// Whether the end of a sitting of `answers` answers is the moment to offer it: the first sitting of the first study day
/// of a week (from Monday), for somebody who has practised before that week. The log tells; nothing has to be remembered.
///
/// # Errors
/// When the database can't be read.
pub fn is_offered(store: &Store, env: &Env, settings: &Settings, answers: usize) -> Result<bool, Failure> {
    if !settings.weekly_scene || answers == 0 {
        return Ok(false);
    }
    let today = stamp(env, settings).today;
    let days = store.day_totals(&DeckSet::All)?;
    let of_today = days.iter().filter(|(day, _)| *day == today).map(|(_, sums)| sums.answers).sum::<u64>();
    let days: Vec<StudyDay> = days.into_iter().map(|(day, _)| day).collect();
    Ok(is_due(&days, today) && of_today <= u64::try_from(answers).unwrap_or(u64::MAX))
}

/// Adds a scene.
///
/// # Errors
/// When it can't be written.
pub fn write(store: &mut Store, env: &Env, settings: &Settings, question: &str, answer: &str) -> Result<(), Failure> {
    add(store, env, stamp(env, settings), DECK, None, &basic(question, answer)).map(drop)
}

/// Switches the offer off in the settings file: a step like any other, which can be undone.
///
/// # Errors
/// When the file or the database can't be written.
pub fn never_again(store: &mut Store, env: &Env, settings: &Settings) -> Result<(), Failure> {
    let change = (SETTING.to_owned(), Some("false"));
    settings::set(store, &settings::path()?, &[change], || Ok(stamp(env, settings)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offer_comes_on_the_first_study_day_of_a_week_and_never_in_the_first_week() {
        // 2026-01-12 is a Monday.
        let day = |text: &str| StudyDay::from_date(text.parse().unwrap());
        let wednesday = day("2026-01-14");
        assert!(!is_due(&[wednesday], wednesday), "nothing was practised before this week");
        assert!(is_due(&[day("2026-01-11"), wednesday], wednesday));
        assert!(!is_due(&[day("2026-01-11"), day("2026-01-12"), wednesday], wednesday));
    }
}
