//! The day at a glance: what waits within its limits, breaks, the streak. What every front end says of a day.

use crate::core::pause::Pause;
use crate::core::progress::streak_of;
use crate::core::queue::Comeback;
use crate::core::settings::DeckRules;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::ops::decks::daily;
use crate::store::Counts;
use crate::store::DeckSet;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;

/// A day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// What waits whatever the limits, and what was done. While a break lasts nothing is due.
    pub counts: Counts,
    /// Due cards that have a place today.
    pub reviews: u64,
    /// New cards that have a place today.
    pub new: u64,
    /// Study days in a row.
    pub streak: u64,
    /// The break that lasts today.
    pub pause: Option<Pause>,
    /// What someone finds who was away or fell behind.
    pub comeback: Option<Comeback>,
}

/// The rules of the decks that are there.
///
/// # Errors
/// When the database can't be read.
pub fn rules(store: &Store, settings: &Settings) -> Result<DeckRules, StoreError> {
    if settings.decks.is_empty() {
        return Ok(settings.rules([]));
    }
    let decks = store.deck_names()?;
    Ok(settings.rules(decks.iter().map(|(number, _, name)| (*number, name.as_str()))))
}

/// The day over all decks.
///
/// # Errors
/// When the database can't be read.
pub fn day(store: &Store, settings: &Settings, when: Stamp) -> Result<Day, StoreError> {
    let today = when.today;
    let mut counts = store.counts(&daily(store, settings)?, today, &rules(store, settings)?)?;
    let days = store.day_totals(&DeckSet::All)?;
    let pauses = store.pauses_and_flights(&days, when, settings.rollover)?;
    let pause = pauses.on(today);
    let streak = streak_of(&days, &pauses, today).current;
    if let Some(pause) = pause {
        let next_due = if counts.due > 0 { Some(pause.until) } else { counts.next_due.map(|day| day.max(pause.until)) };
        counts =
            Counts { due: 0, due_by_deck: [].into(), new: 0, new_by_deck: [].into(), repeats: 0, next_due, ..counts };
    }
    let decks = store.deck_names()?;
    let decks = decks.iter().map(|(number, _, name)| (*number, name.as_str()));
    let [reviews_done, new_done] = store.done_today(today, settings.rollover)?;
    let reviews = settings.places(|s| s.reviews_per_day, decks.clone(), &reviews_done).fit(&counts.due_by_deck);
    let new = settings.places(|s| s.new_per_day, decks, &new_done).fit(&counts.new_by_deck);
    let last = store.last_practised(today)?;
    let comeback = Comeback::new(last, today, counts.due, reviews, settings.reviews_per_day);
    Ok(Day { counts, reviews, new, streak, pause, comeback })
}

/// What was seen before and has a place today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Due cards, as far as the day's limits go.
    pub reviews: u64,
    /// Cards to be repeated today.
    pub repeats: u64,
}

/// What waits of the cards that were seen before; nothing while a break lasts. Less than [`day`] asks for, so that a
/// prompt can have it.
///
/// # Errors
/// When the database can't be read.
pub fn waiting(store: &Store, settings: &Settings, today: StudyDay) -> Result<Waiting, StoreError> {
    if store.pauses()?.on(today).is_some() {
        return Ok(Waiting::default());
    }
    let decks = store.deck_names()?;
    let decks = decks.iter().map(|(number, _, name)| (*number, name.as_str()));
    let is_daily = daily(store, settings)?;
    let repeats = store.repeats_by_deck(today, &settings.rules(decks.clone()))?;
    let repeats = repeats.iter().filter(|(deck, _)| is_daily.has(**deck)).map(|(_, count)| count).sum();
    let [reviews_done, _] = store.done_today(today, settings.rollover)?;
    let mut places = settings.places(|s| s.reviews_per_day, decks.clone(), &reviews_done);
    places.limit(0, decks.map(|(deck, _)| deck).filter(|deck| !is_daily.has(*deck)));
    Ok(Waiting { reviews: store.due_with_a_place(today, places)?, repeats })
}
