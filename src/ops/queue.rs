//! Which cards a sitting asks, in which order: the queue as core makes it, of what the database supplies. Everything that says
//! how much waits asks here, so that it never says anything else than what a sitting then does.

use crate::core::id::CardId;
use crate::core::pace::MOST_ANSWERS;
use crate::core::pace::Pace;
use crate::core::queue::Candidate;
use crate::core::queue::DueOrder;
use crate::core::queue::Origin;
use crate::core::queue::Places;
use crate::core::queue::Queue;
use crate::core::queue::Supply;
use crate::core::queue::is_back;
use crate::core::session::current::Loaded;
use crate::core::settings::Settings;
use crate::core::study_day::StudyDay;
use crate::core::units::Millis;
use crate::failure::Failure;
use crate::ops::decks::daily;
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
    /// Ends at a card boundary after so many minutes; 0 or nothing: when there is no card left.
    pub minutes: Option<u32>,
    /// Also what falls due within so many days.
    pub ahead: u32,
    /// Ask without changing any schedule.
    pub cram: bool,
    /// Nothing but these cards, where a search named them.
    pub among: Option<BTreeSet<CardId>>,
}

impl Options {
    /// Those of a sitting for which nobody names anything.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn daily(store: &Store, settings: &Settings) -> Result<Self, StoreError> {
        Ok(Self { decks: daily(store, settings)?, ..Self::default() })
    }
}

/// What a sitting would ask.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// The cards.
    pub(super) queue: Queue,
    /// Whether new cards wait, since someone is back from a long absence and more is due than fits into one sitting.
    pub(super) new_wait: bool,
    /// Whether more is due than the day has places, or than fits into one sitting: then what is most at risk comes first.
    pub(super) is_behind: bool,
}

/// All that a sitting asks.
pub(super) fn queue(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
) -> Result<Queue, StoreError> {
    Ok(plan(store, settings, options, today, false)?.queue)
}

/// The same, with what was decided on the way; with `first_only` perhaps no more than its first card.
pub(super) fn plan(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
    first_only: bool,
) -> Result<Plan, StoreError> {
    if !options.cram && store.pauses()?.on(today).is_some() {
        return Ok(Plan::default());
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
    let is_behind = !options.cram && is_behind(store, settings, options, today, days_places)?;
    let new_wait = is_behind && options.new.is_none() && is_back(store.newest_days(today)?, today);
    let reviews = places(options.limit, |s| s.reviews_per_day, &reviews_done);
    let new = if new_wait { 0.into() } else { places(options.new, |s| s.new_per_day, &new_done) };
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
    let queue = Queue::new(supply, &limits.reviews, limits.new, limits.keep_siblings_apart);
    Ok(Plan { queue, new_wait, is_behind })
}

/// Fewer cards than these fit into any sitting that deserves the name, whatever the pace, which takes a look at answers.
const FIT_ANYWAY: usize = 20;

/// Whether more is due than the day has places, or than fits into one sitting.
pub(super) fn is_behind(
    store: &Store,
    settings: &Settings,
    options: &Options,
    today: StudyDay,
    days_places: Places,
) -> Result<bool, StoreError> {
    let among = match &options.among {
        Some(cards) => Some(store.counts_among(&options.decks, Some(cards), today, &settings.rules([]))?.due_by_deck),
        None => None,
    };
    let overflows = |places: Places| match &among {
        Some(due) => Ok(places.fit(due) < due.values().sum::<u64>()),
        None => store.overflows(&options.decks, today, places),
    };
    if overflows(days_places)? {
        return Ok(true);
    }
    let minutes = options.minutes.unwrap_or(settings.session_minutes);
    if minutes == 0 || !overflows(FIT_ANYWAY.into())? {
        return Ok(false);
    }
    // By the same measure as what a sitting is said to take: else new cards would come that find no time.
    let limits = Limits {
        due_order: DueOrder::Day,
        rules: settings.rules([]),
        reviews: LOOKED_AT.into(),
        new: 0.into(),
        until: today,
        keep_siblings_apart: settings.bury_siblings,
        first_only: false,
    };
    let supply = store.supply_among(&options.decks, options.among.as_ref(), today, &limits)?;
    let due = Supply { repeats: Vec::new(), ..supply };
    let queue = Queue::new(due, &limits.reviews, limits.new, limits.keep_siblings_apart);
    let fit = fit(store, &Plan { queue, ..Plan::default() }, minutes)?;
    if fit.cards < fit.all || fit.all < u64::try_from(LOOKED_AT).unwrap_or(u64::MAX) {
        return Ok(fit.cards < fit.all);
    }
    let places = (u64::from(minutes) * 60_000 * fit.cards).checked_div(fit.time.0.into()).unwrap_or(u64::MAX);
    overflows(usize::try_from(places).unwrap_or(usize::MAX).into())
}

/// How fast the learner is.
pub(super) fn pace(store: &Store) -> Result<Pace, StoreError> {
    let times = store.newest_times(MOST_ANSWERS)?;
    Ok(Pace::new(times.iter().map(|(kind, took)| (kind.as_str(), *took))))
}

/// What the next cards of a queue need, `most` of them at most, in the order in which they come.
fn times(store: &Store, queue: &Queue, most: usize) -> Result<Vec<Millis>, StoreError> {
    let next: Vec<(Candidate, Origin)> = queue.clone().in_order().take(most).collect();
    if next.is_empty() {
        return Ok(Vec::new());
    }
    let pace = pace(store)?;
    let kinds = store.kinds(next.iter().map(|(candidate, _)| candidate.card))?;
    Ok(next.iter().zip(&kinds).map(|((_, origin), kind)| pace.of(kind, *origin)).collect())
}

/// What a card of this plan is likely to need: the mean of those that fit into so many minutes, so that a sitting which goes on from
/// there counts as many.
pub(super) fn per_card(store: &Store, plan: &Plan, minutes: u32) -> Result<Option<Millis>, StoreError> {
    let fit = fit(store, plan, minutes)?;
    let cards = u32::try_from(fit.cards).unwrap_or(u32::MAX);
    Ok(fit.time.0.checked_div(cards).map(Millis))
}

fn mean(times: &[Millis]) -> Option<Millis> {
    let sum: u64 = times.iter().map(|time| u64::from(time.0)).sum();
    let mean = sum.checked_div(u64::try_from(times.len()).ok()?)?;
    u32::try_from(mean).ok().map(Millis)
}

/// How much of what waits a sitting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fit {
    /// Cards that wait.
    pub all: u64,
    /// Those of them that fit into the time.
    pub cards: u64,
    /// What these need.
    pub time: Millis,
    /// The minutes that a sitting has; 0: as many as it needs.
    pub minutes: u32,
    /// Whether what is most at risk comes first.
    pub most_at_risk_first: bool,
}

/// Cards that are looked at one by one; what the others need their mean tells.
const LOOKED_AT: usize = 120;

/// How much of a plan fits into a sitting of so many minutes.
pub(super) fn fit(store: &Store, plan: &Plan, minutes: u32) -> Result<Fit, StoreError> {
    let all = u64::try_from(plan.queue.waiting().all()).unwrap_or(u64::MAX);
    let times = times(store, &plan.queue, LOOKED_AT)?;
    let rest = mean(&times).unwrap_or_default();
    let end = if minutes == 0 { u64::MAX } else { u64::from(minutes) * 60_000 };
    let (mut cards, mut time) = (0, 0);
    let each = times.into_iter().chain(std::iter::repeat(rest));
    for (took, _) in each.zip(0..all) {
        // The card during which the time ends is still asked.
        if time >= end {
            break;
        }
        time += u64::from(took.0);
        cards += 1;
    }
    let time = Millis(u32::try_from(time).unwrap_or(u32::MAX));
    Ok(Fit { all, cards, time, minutes, most_at_risk_first: plan.is_behind })
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
    let first = plan(store, settings, options, today, true)?.queue;
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
