//! The learner's own page: what they said in their own words, beside their check-ups.

use crate::failure::Failure;
use crate::ops;
use crate::report::OwnCard;
use crate::report::Report;
use crate::report::mine;
use crate::store::DeckSet;
use crate::store::Stamp;
use crate::store::Store;

/// Reads the sentences card by card, in the order in which the cards were first answered, and all check-ups.
///
/// # Errors
/// When the database can't be read.
pub fn page(store: &Store, stamp: Stamp) -> Result<Report, Failure> {
    let mut cards = Vec::new();
    for card in store.cards_with_own_words()? {
        let Some(line) = store.card(card)?.filter(|line| line.text.is_in_own_words()) else { continue };
        let sentences = store.own_words(card)?.sentences;
        if !sentences.is_empty() {
            cards.push(OwnCard {
                name: line.name(),
                prompt: line.text.prompt_document(card.ordinal).plain(),
                sentences,
            });
        }
    }
    let first_day = |card: &OwnCard| card.sentences.first().map(|said| said.day);
    cards.sort_by(|a, b| (first_day(a), &a.name).cmp(&(first_day(b), &b.name)));
    let checkups = ops::checkup::among(store, &DeckSet::All, None)?;
    let tries = ops::tried::tries(store, None, None)?;
    Ok(mine(&cards, &checkups, tries, stamp.now, stamp.today))
}
