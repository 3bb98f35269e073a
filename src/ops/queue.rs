//! Which cards a sitting asks, in which order: the queue as core makes it, of what the database supplies.

use crate::core::id::CardId;
use crate::core::queue::DueOrder;
use crate::core::queue::Origin;
use crate::core::queue::Queue;
use crate::core::queue::Supply;
use crate::core::session::current::Loaded;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::failure::Failure;
use crate::store::DeckSet;
use crate::store::Limits;
use crate::store::Store;
use crate::store::StoreError;
use std::collections::BTreeSet;

/// What kind of sitting.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The decks.
    pub decks: DeckSet,
    /// Due cards at most, instead of what is left of the day's limit.
    pub limit: Option<usize>,
    /// New cards at most, instead of what is left of the day's limit.
    pub new: Option<usize>,
    /// Ends at a card boundary after so many minutes.
    pub minutes: Option<u32>,
    /// Also what falls due within so many days.
    pub ahead: u32,
    /// Ask without changing any schedule.
    pub cram: bool,
    /// Nothing but these cards, where a search named them.
    pub among: Option<BTreeSet<CardId>>,
}

/// All that a sitting asks.
pub(super) fn queue(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
) -> Result<Queue, StoreError> {
    queue_as_far_as_wanted(store, settings, options, today, false)
}

/// The same; with `first_only` perhaps no more than its first card.
fn queue_as_far_as_wanted(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
    first_only: bool,
) -> Result<Queue, StoreError> {
    if !options.cram && store.pauses()?.on(today).is_some() {
        return Ok(Queue::default());
    }
    let [reviews_done, new_done] = store.done_today(today, settings.rollover)?;
    let names = if settings.decks.is_empty() { Vec::new() } else { store.deck_names()? };
    let names = names.iter().map(|(number, _, name)| (*number, name.as_str()));
    // A number on the command line stands for all limits, those of decks too.
    let places = |given: Option<usize>, limit: fn(&Settings) -> u32, done| match given {
        Some(given) => given.into(),
        None if options.cram => usize::MAX.into(),
        None => settings.places(limit, names.clone(), done),
    };
    let days_places = settings.places(|s| s.reviews_per_day, names.clone(), &reviews_done);
    let is_behind = !options.cram && store.overflows(&options.decks, today, days_places)?;
    let reviews = places(options.limit, |s| s.reviews_per_day, &reviews_done);
    let new = places(options.new, |s| s.new_per_day, &new_done);
    let limits = Limits {
        due_order: if is_behind { DueOrder::Risk } else { DueOrder::Day },
        rules: settings.rules(names.clone()),
        reviews,
        new,
        until: if options.cram { StudyDay(i32::MAX) } else { today.plus(i64::from(options.ahead)) },
        keep_siblings_apart: settings.bury_siblings && !options.cram,
        first_only,
    };
    let mut supply = store.supply_among(&options.decks, options.among.as_ref(), today, &limits)?;
    if options.cram {
        supply = Supply { repeats: Vec::new(), ..supply };
    }
    Ok(Queue::new(supply, &limits.reviews, limits.new, limits.keep_siblings_apart))
}

/// The card that a sitting of that day would ask now.
///
/// # Errors
/// When the database can't be read.
pub fn next(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
) -> Result<Option<(Loaded, Origin)>, Failure> {
    let first = queue_as_far_as_wanted(store, settings, options, today, true)?;
    match first.peek() {
        None => return Ok(None),
        Some((candidate, origin)) => {
            if let Some(loaded) = store.load(candidate.card)? {
                return Ok(Some((loaded, origin)));
            }
        }
    }
    // That one can't be asked, and what comes after it only the whole queue tells.
    let mut whole = queue(store, settings, options, today)?;
    while let Some((candidate, origin)) = whole.pop() {
        if let Some(loaded) = store.load(candidate.card)? {
            return Ok(Some((loaded, origin)));
        }
    }
    Ok(None)
}
