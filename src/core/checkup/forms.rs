//! Which scenes a check-up asks where they have forms: one whole form, and none that its baseline asked.

use crate::core::card::Form;
use crate::core::checkup::Scene;
use crate::core::checkup::Taken;
use crate::core::checkup::change::baseline;
use crate::core::checkup::in_order;
use crate::core::id::CardId;
use crate::core::id::DeviceId;
use crate::core::id::hash64;
use crate::core::scheduler::splitmix64;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// The scenes of one check-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Their form; `None` where scenes have none.
    pub form: Option<Form>,
    /// In the order in which they are asked.
    pub scenes: Vec<Scene>,
}

/// Whether there are forms: then scenes without one are not asked, since they would make two check-ups less alike.
#[must_use]
pub fn has_forms(kept: &[(CardId, Option<Form>)]) -> bool {
    kept.iter().any(|(_, form)| matches!(form, Some(Form::A | Form::B)))
}

/// The form that somebody begins with: as many begin with one as with the other, since devices have random names. So a
/// team has both orders, and a form that is harder than the other does not look like a change.
fn first_form(device: Option<DeviceId>) -> Form {
    if device.is_some_and(|device| hash64(&device.0) & 1 == 1) { Form::B } else { Form::A }
}

/// The scenes of the `turn`-th check-up of `device`, of those that are `kept` for check-ups. `all` are the check-ups so
/// far, in their order, and `begun` is the one of them that goes on, if one does: it keeps its form and its scenes.
///
/// Without forms these are all scenes, the least used first ([`in_order`]). With forms the check-up has the form that the
/// one before had not, and as many scenes as that form has: those that were never asked, or longest ago, of this form and
/// the reserve. The scenes of the baseline come last of all, after the other form's: what is compared shares none.
#[must_use]
pub fn draw(
    kept: &[(CardId, Option<Form>)],
    all: &[Taken],
    begun: Option<&Taken>,
    device: Option<DeviceId>,
    turn: u32,
) -> Draw {
    let past: Vec<&Taken> = all.iter().filter(|one| Some(*one) != begun).collect();
    let mut uses: BTreeMap<CardId, usize> = BTreeMap::new();
    let mut seen: BTreeMap<CardId, usize> = BTreeMap::new();
    for (place, one) in past.iter().enumerate() {
        for card in &one.cards {
            *uses.entry(*card).or_default() += 1;
            seen.insert(*card, place + 1);
        }
    }
    let scene = |card: &CardId| Scene { card: *card, uses: uses.get(card).copied().unwrap_or(0) };
    if !has_forms(kept) {
        return Draw { form: None, scenes: in_order(kept.iter().map(|(card, _)| scene(card)).collect(), turn) };
    }
    let last = past.iter().rev().find_map(|one| one.form);
    let wanted = begun.and_then(|one| one.form).or(last.map(Form::other)).unwrap_or_else(|| first_form(device));
    let count = |wanted: Form| kept.iter().filter(|(_, form)| *form == Some(wanted)).count();
    let form = if count(wanted) > 0 { wanted } else { wanted.other() };
    let before: BTreeSet<CardId> = baseline(all).map_or_else(BTreeSet::new, |one| one.cards.iter().copied().collect());
    let mix = |card: &CardId| splitmix64(card.hash() ^ splitmix64(u64::from(turn)));
    let mut pool: Vec<(CardId, Form)> = kept.iter().filter_map(|(card, form)| Some((*card, (*form)?))).collect();
    pool.sort_by_key(|(card, of)| {
        let is_other = *of == form.other();
        (before.contains(card), is_other, seen.get(card).copied().unwrap_or(0), *of != form, mix(card), *card)
    });
    pool.truncate(count(form));
    // Scenes of one form do not stand together.
    pool.sort_by_key(|(card, _)| (mix(card), *card));
    Draw { form: Some(form), scenes: pool.iter().map(|(card, _)| scene(card)).collect() }
}
