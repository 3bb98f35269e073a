//! The day at a glance: what waits within its limits, breaks, the streak. What every front end says of a day.

use crate::core::pause::Pause;
use crate::core::progress::streak_of;
use crate::core::queue::Comeback;
use crate::core::queue::DueOrder;
use crate::core::queue::is_back;
use crate::core::settings::DeckRules;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::ops::decks::daily;
use crate::ops::queue::Fit;
use crate::ops::queue::Options;
use crate::ops::queue::Plan;
use crate::ops::queue::fit;
use crate::ops::queue::is_behind;
use crate::ops::queue::plan;
use crate::ops::queue::queue;
use crate::store::Counts;
use crate::store::DeckLine;
use crate::store::DeckSet;
use crate::store::Limits;
use crate::store::Stamp;
use crate::store::Store;
use crate::store::StoreError;

/// Due cards that are brought at once past the day's limit.
pub const MORE_REVIEWS: usize = 20;

/// New cards that are brought at once past the day's limit.
pub const MORE_NEW: usize = 5;

/// A day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// What waits whatever the limits, and what was done. While a break lasts nothing is due.
    pub counts: Counts,
    /// Due cards that a sitting would ask.
    pub reviews: u64,
    /// New cards that a sitting would ask.
    pub new: u64,
    /// Study days in a row.
    pub streak: u64,
    /// The break that lasts today.
    pub pause: Option<Pause>,
    /// What someone finds who was away or fell behind.
    pub comeback: Option<Comeback>,
    pub(super) plan: Plan,
}

/// Why a sitting has nothing to ask, and what would bring more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nothing {
    /// The end of a break that lasts today.
    pub paused_until: Option<StudyDay>,
    /// Whether no card is meant at all: the search found none, or there is none.
    pub no_cards: bool,
    /// Whether there are cards, and none of them in a deck that is asked every day.
    pub none_daily: bool,
    /// Whether it is about decks that were named, or the cards of a search, and not about the decks of every day.
    pub of_some: bool,
    /// Due cards past the day's limit.
    pub past_limit: u64,
    /// Due cards that wait until tomorrow, since a sibling was asked today.
    pub siblings: u64,
    /// Due cards that are buried.
    pub buried: u64,
    /// Cards that were never answered.
    pub new: u64,
    /// How many of these five more places would bring.
    pub more_new: u64,
    /// Whether the day's new cards are met.
    pub new_met: bool,
    /// Whether new cards wait for someone who is back from a long absence.
    pub new_wait: bool,
}

impl Nothing {
    /// Whether there are cards that a longer session would ask today.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.paused_until.is_none() && self.past_limit + self.more_new > 0
    }

    /// Whether there are cards that something keeps from being asked today, other than that none is due.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.past_limit + self.siblings + self.buried + self.new > 0
    }
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

/// The decks with what waits in them. While a break lasts nothing is due.
///
/// # Errors
/// When the database can't be read.
pub fn decks(store: &Store, settings: &Settings, today: StudyDay) -> Result<Vec<DeckLine>, StoreError> {
    let mut decks = store.decks(today, settings.bury_siblings)?;
    if store.pauses()?.on(today).is_some() {
        decks.iter_mut().for_each(|deck| deck.due = 0);
    }
    Ok(decks)
}

/// The day over all decks.
///
/// # Errors
/// When the database can't be read.
pub fn day(store: &Store, settings: &Settings, when: Stamp) -> Result<Day, StoreError> {
    day_of(store, settings, when, &Options::daily(store, settings)?)
}

/// The day as far as a sitting goes: of its decks, its cards, within its limits.
///
/// # Errors
/// When the database can't be read.
pub fn day_of(store: &Store, settings: &Settings, when: Stamp, options: &Options) -> Result<Day, StoreError> {
    let today = when.today;
    let mut counts = store.counts_among(&options.decks, options.among.as_ref(), today, &rules(store, settings)?)?;
    let days = store.day_totals(&DeckSet::All)?;
    let pauses = store.pauses_and_flights(&days, when, settings.rollover)?;
    let pause = pauses.on(today);
    let streak = streak_of(&days, &pauses, today).current;
    let plan = plan(store, settings, options, today, false)?;
    let waiting = plan.queue.waiting();
    let [reviews, new] = [waiting.reviews, waiting.new].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
    if let Some(pause) = pause {
        let next_due = if counts.due > 0 { Some(pause.until) } else { counts.next_due.map(|day| day.max(pause.until)) };
        counts =
            Counts { due: 0, due_by_deck: [].into(), new: 0, new_by_deck: [].into(), repeats: 0, next_due, ..counts };
    } else if counts.due > reviews {
        // What finds no place today has one tomorrow.
        counts.next_due = Some(today.plus(1));
    }
    let last = store.last_practised(today)?;
    let new_wait = plan.new_wait && counts.new > 0 && settings.new_per_day > 0;
    let comeback = Comeback::new(last, today, (counts.due, reviews), settings.reviews_per_day, new_wait, &pauses);
    Ok(Day { counts, reviews, new, streak, pause, comeback, plan })
}

/// What someone finds who was away or fell behind: what [`day`] says of it, for a start that has no time for the rest. Whoever
/// practised yesterday and has a place for all that is due costs no more than a look.
///
/// # Errors
/// When the database can't be read.
pub fn comeback(store: &Store, settings: &Settings, when: Stamp) -> Result<Option<Comeback>, StoreError> {
    let today = when.today;
    let pauses = store.pauses()?;
    if pauses.on(today).is_some() {
        return Ok(None);
    }
    let decks = store.deck_names()?;
    let decks = decks.iter().map(|(number, _, name)| (*number, name.as_str()));
    let [reviews_done, _] = store.done_today(today, settings.rollover)?;
    let places = settings.places(|s| s.reviews_per_day, decks, &reviews_done);
    let last = store.last_practised(today)?;
    let options = Options::daily(store, settings)?;
    let overflows = store.overflows(&options.decks, today, places.clone())?;
    if !overflows && last.is_none_or(|last| today.since(last) <= 1) {
        return Ok(None);
    }
    let counts = store.counts(&options.decks, today, &rules(store, settings)?)?;
    let reviews = places.fit(&counts.due_by_deck);
    let new_wait = counts.new > 0
        && settings.new_per_day > 0
        && is_behind(store, settings, &options, today, places)?
        && is_back(store.newest_days(today)?, today);
    Ok(Comeback::new(last, today, (counts.due, reviews), settings.reviews_per_day, new_wait, &pauses))
}

/// How much of the day fits into a sitting of so many minutes; 0: of as many as it needs.
///
/// # Errors
/// When the database can't be read.
pub fn sitting(store: &Store, day: &Day, minutes: u32) -> Result<Fit, StoreError> {
    fit(store, &day.plan, minutes)
}

/// Why a sitting has nothing more to ask on the day that was made with the same options, and what would bring more.
///
/// # Errors
/// When the database can't be read.
pub fn nothing(
    store: &Store,
    settings: &Settings,
    today: StudyDay,
    options: &Options,
    day: &Day,
) -> Result<Nothing, StoreError> {
    let Day { counts, reviews, pause, plan, .. } = day;
    let more = Options { new: Some(MORE_NEW), limit: Some(0), ..options.clone() };
    let more_new = if counts.new > 0 { queue(store, settings, &more, today)?.waiting().new } else { 0 };
    let all = counts.due + counts.siblings + counts.buried + counts.new + counts.repeats;
    let is_daily = options.among.is_none() && options.decks == daily(store, settings)?;
    let has_none = is_daily && all == 0 && counts.next_due.is_none();
    Ok(Nothing {
        paused_until: pause.map(|pause| pause.until),
        no_cards: match &options.among {
            Some(cards) => cards.is_empty(),
            None => has_none && options.decks == DeckSet::All,
        },
        none_daily: has_none && options.decks != DeckSet::All,
        of_some: !is_daily,
        past_limit: counts.due.saturating_sub(*reviews),
        siblings: counts.siblings,
        buried: counts.buried,
        new: counts.new,
        more_new: u64::try_from(more_new).unwrap_or(u64::MAX),
        new_met: counts.new_done >= settings.new_per_day,
        new_wait: plan.new_wait,
    })
}

/// What was seen before and has a place today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Due cards that a sitting would ask.
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
    let options = Options::daily(store, settings)?;
    if !settings.decks.is_empty() {
        // Decks may have places of their own, and then it matters which card comes first.
        let waiting = queue(store, settings, &Options { new: Some(0), ..options }, today)?.waiting();
        let [reviews, repeats] =
            [waiting.reviews, waiting.repeats].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
        return Ok(Waiting { reviews, repeats });
    }
    if store.pauses()?.on(today).is_some() {
        return Ok(Waiting::default());
    }
    let [reviews_done, _] = store.done_today(today, settings.rollover)?;
    let limits = Limits {
        due_order: DueOrder::Day,
        rules: settings.rules([]),
        reviews: settings.places(|s| s.reviews_per_day, [], &reviews_done),
        new: 0.into(),
        until: today,
        keep_siblings_apart: settings.bury_siblings,
        first_only: false,
    };
    let repeats = store.repeats_by_deck(today, &limits.rules)?;
    Ok(Waiting {
        reviews: store.due_with_places(&options.decks, today, &limits)?,
        repeats: repeats.iter().filter(|(deck, _)| options.decks.has(**deck)).map(|(_, cards)| cards).sum(),
    })
}
