//! Everything about one card, for a page of its own: its text, its state, what comes of each grade, and why it is asked
//! today or not.

use crate::core::fact::Fact;
use crate::core::grade::Drill;
use crate::core::id::CardId;
use crate::core::session::Mode;
use crate::core::session::choices::Choice;
use crate::core::session::choices::choices;
use crate::core::settings::Settings;
use crate::core::state::is_leech;
use crate::core::study_day::StudyDay;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::day::day;
use crate::ops::decks::daily;
use crate::ops::stamp_of_sitting;
use crate::store::CardLine;
use crate::store::DeckSet;
use crate::store::Stamp;
use crate::store::Store;

/// An event or a fact.
pub use crate::store::Happened;
/// An event with the states around it.
pub use crate::store::HistoryRow;

/// Why a card is asked today, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedToday {
    /// Taken out.
    Suspended,
    /// Held back until a day.
    Buried(StudyDay),
    /// Kept for a check-up, never asked.
    HeldOut,
    /// In a break that lasts until that day.
    Paused(StudyDay),
    /// In today's session over all decks, with so many cards before it.
    Waits(usize),
    /// Due or new, but the day's limit leaves it out.
    PastLimit,
    /// New, and some cards that it builds on are not known yet.
    BuildsOn,
    /// Due or new, but another card of its note comes today, or its turn is later.
    NotItsTurn,
    /// Its deck is hidden or not asked every day.
    NotDaily,
    /// Not due before that day.
    Later(StudyDay),
}

/// A card with all that there is to say about it.
pub struct CardDetails {
    /// Text and state.
    pub line: CardLine,
    /// Its events, oldest first.
    pub events: Vec<HistoryRow>,
    /// The grades that it could be given now.
    pub choices: Vec<Choice>,
    /// Why it is asked or not.
    pub asked_today: AskedToday,
    /// Whether it carries the tag `leech`.
    pub leech: bool,
    /// Today.
    pub today: StudyDay,
    /// Which grades are repeated the same day.
    pub drill: Drill,
}

/// The page of a card; `None` where there is no text for it.
///
/// # Errors
/// When the database can't be read.
pub fn card_details(
    store: &Store,
    env: &Env,
    settings: &Settings,
    card: CardId,
) -> Result<Option<CardDetails>, Failure> {
    let when = stamp_of_sitting(store, env, settings)?;
    let today = when.today;
    let Some(line) = store.card(card)? else { return Ok(None) };
    let mut events = Vec::new();
    store.history(Some(card), |row| {
        if !is_of_source(&row) {
            events.push(row);
        }
        Ok(())
    })?;
    let stands = stands(store, settings, when, &line)?;
    let rules = settings.of_deck(&line.deck_name);
    // As a session would ask it; a card that none would ask has the state that its events add up to.
    let loaded = store.load(card)?;
    let state = loaded.as_ref().map_or(&line.state, |loaded| &loaded.state);
    let comes_back = loaded.as_ref().and_then(|loaded| loaded.comes_back(today));
    let scheduler = loaded.as_ref().and_then(|loaded| loaded.scheduler.clone()).unwrap_or_else(|| rules.scheduler());
    Ok(Some(CardDetails {
        choices: choices(rules, &scheduler, Mode::Normal, card, state, comes_back, today),
        leech: is_leech(line.state.lapses(), rules.leech_lapses),
        asked_today: stands,
        events,
        line,
        today,
        drill: rules.drill(),
    }))
}

/// Whether a row tells what a file or the program said, and nothing that a person did: with each import there are as many
/// as notes.
#[must_use]
pub fn is_of_source(row: &HistoryRow) -> bool {
    match &row.what {
        Happened::Event(_) => false,
        Happened::Fact { fact, .. } => match fact {
            Fact::Brought { .. }
            | Fact::Gone { .. }
            | Fact::Ordered { .. }
            | Fact::Aliased { .. }
            | Fact::Head { .. }
            | Fact::Topic { .. } => true,
            Fact::Edited { .. }
            | Fact::Cleared { .. }
            | Fact::Tagged { .. }
            | Fact::Untagged { .. }
            | Fact::Placed { .. }
            | Fact::Deleted { .. }
            | Fact::Revived { .. }
            | Fact::Keyed { .. }
            | Fact::Renamed { .. }
            | Fact::Scheduler { .. }
            | Fact::Undone { .. }
            | Fact::Configured
            | Fact::Paused { .. }
            | Fact::Resumed
            | Fact::Erased { .. }
            | Fact::TookOver { .. }
            | Fact::Tried { .. }
            | Fact::Hidden { .. } => false,
        },
    }
}

fn stands(store: &Store, settings: &Settings, when: Stamp, line: &CardLine) -> Result<AskedToday, Failure> {
    let today = when.today;
    let state = &line.state;
    if state.suspended {
        return Ok(AskedToday::Suspended);
    }
    if let Some(until) = state.buried_until.filter(|until| today < *until) {
        return Ok(AskedToday::Buried(until));
    }
    if line.text.held_out {
        return Ok(AskedToday::HeldOut);
    }
    let day = day(store, settings, when)?;
    if let Some(pause) = day.pause {
        return Ok(AskedToday::Paused(pause.until));
    }
    let decks = daily(store, settings)?;
    if decks != DeckSet::All && !store.deck_names()?.iter().any(|(deck, id, _)| *id == line.deck && decks.has(*deck)) {
        return Ok(AskedToday::NotDaily);
    }
    // The very queue that a session would have: whatever decides there decides here.
    if let Some(before) = day.plan.queue.clone().in_order().position(|(candidate, _)| candidate.card == line.card) {
        return Ok(AskedToday::Waits(before));
    }
    Ok(match &state.memory {
        Some(memory) if memory.due > today => AskedToday::Later(memory.due),
        Some(_) if day.reviews < day.counts.due => AskedToday::PastLimit,
        Some(_) => AskedToday::NotItsTurn,
        None if !line.text.after.is_empty() && !known(store, line)? => AskedToday::BuildsOn,
        None if day.new < day.counts.new => AskedToday::PastLimit,
        None => AskedToday::NotItsTurn,
    })
}

/// Whether the cards that this one builds on are all in review.
fn known(store: &Store, line: &CardLine) -> Result<bool, Failure> {
    for word in &line.text.after {
        let note = crate::core::id::NoteUid::of_after(&line.deck, word);
        for card in store.cards_of_note(note)? {
            let found = store.card(card)?;
            if found.is_some_and(|found| !found.erased && !found.text.held_out && !found.state.is_in_review()) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
