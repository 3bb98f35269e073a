//! What a person shares with a team.

use crate::core::checkup::change::baseline;
use crate::core::checkup::change::latest;
use crate::core::id::ShareId;
use crate::core::settings::Settings;
use crate::core::team::Share;
use crate::core::team::SharedDeck;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::store::Stamp;
use crate::store::Store;

/// Sums over the whole history of the decks, as they stand today.
///
/// # Errors
/// When a deck means nothing, or the database can't be read or written.
pub fn share(
    store: &mut Store,
    settings: &Settings,
    stamp: Stamp,
    decks: &[String],
    name: Option<&str>,
) -> Result<Share, Failure> {
    let named = ops::decks::named(store, decks)?;
    let rules = ops::day::rules(store, settings)?;
    // As in reports: what there is to know is what one still sees, unless somebody names it.
    let shown = if decks.is_empty() { ops::decks::shown(store)? } else { named.clone() };
    let totals = store.totals(&shown, stamp.today, None, None, &rules)?;
    let heads = store.deck_heads()?;
    let mut topics = totals.mastery;
    topics.sort_by(|a, b| a.id.cmp(&b.id));
    // Decks without any card that can be asked have no topic, and nothing to tell.
    let is_told = |deck: &str| topics.iter().any(|topic| topic.deck == deck);
    let mut decks: Vec<SharedDeck> = heads
        .into_iter()
        .filter(|deck| shown.has(deck.number) && is_told(&deck.name))
        .map(|deck| SharedDeck { id: deck.id, name: deck.name, version: deck.version })
        .collect();
    decks.sort();
    let checkups = ops::checkup::among(store, &named, None)?;
    let (baseline, latest_checkup) = (baseline(&checkups).map(|one| one.score), latest(&checkups).map(|one| one.score));
    let id = store.share_id(ShareId(Env::fresh_share()))?;
    Ok(Share { id, name: name.map(str::to_owned), made: stamp.now, decks, topics, baseline, latest_checkup })
}
