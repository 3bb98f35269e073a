//! Folding the events of a card again, after what counts of them has changed.

use crate::core::event::Event;
use crate::core::replay::Voided;
use crate::core::replay::fold;
use crate::core::state::CardState;
use crate::store::Fault;
use crate::store::Writer;
use crate::store::card_state::CardRow;
use crate::store::review_log::events_of;

impl Writer<'_> {
    /// Folds a card's events again and writes its state; `was` says what counted when the sums were last right.
    pub(in crate::store) fn refold(&mut self, card: i64, was: Option<&Voided>, now: &Voided) -> Result<(), Fault> {
        let context = self.context()?;
        let Some(row) = CardRow::of_number(&self.tx, &context.reader, card)? else { return Ok(()) };
        if let Some(was) = was {
            self.move_sums(&row, was, -1)?;
        }
        let state = self.move_sums(&row, now, 1)?;
        self.set_state(&row, &state)
    }

    /// Adds all of a card's answers to the sums, or takes them away (`sign` −1). Gives the state that they add up to.
    pub(in crate::store) fn move_sums(
        &mut self,
        row: &CardRow,
        voided: &Voided,
        sign: i64,
    ) -> Result<CardState, Fault> {
        let context = self.context()?;
        let events = events_of(&self.tx, &context.reader, row.id, row.card)?;
        let mut seen: Vec<(CardState, &Event)> = Vec::with_capacity(events.len());
        let state =
            fold(&events, voided, &context.reader.schedulers, |before, event| seen.push((before.clone(), event)));
        for (before, event) in seen {
            self.add_to_sums(row, &before, event, sign)?;
        }
        self.decks_moved.insert(row.deck);
        Ok(state)
    }
}
