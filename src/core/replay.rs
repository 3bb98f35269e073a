//! From events to states. Settings never enter here: an event carries its outcome, or names its configuration.

use crate::core::event::Event;
use crate::core::event::Fact;
use crate::core::id::ActionId;
use crate::core::id::ConfigId;
use crate::core::scheduler::AnswerKind;
use crate::core::scheduler::Scheduler;
use crate::core::state::CardState;
use crate::core::state::Memory;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The scheduler configurations that events name.
pub type Configs = BTreeMap<ConfigId, Scheduler>;

/// What the undo events say about all others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Voided {
    voided: BTreeSet<ActionId>,
    named: BTreeSet<ActionId>,
}

impl Voided {
    /// From all undo events, in any order.
    ///
    /// An action is void while an undo that itself counts names it: along a chain of undo and redo, parity decides.
    /// Two devices that both undid the same action agree, and don't cancel each other out.
    #[must_use]
    pub fn of<'a>(undos: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut undos: Vec<(_, ActionId, ActionId)> = undos
            .into_iter()
            .filter_map(|event| match &event.fact {
                Fact::Undone { action } => Some((event.order(), event.action_id(), *action)),
                Fact::Answered { .. }
                | Fact::Crammed { .. }
                | Fact::DueSet
                | Fact::Reset
                | Fact::Restarted
                | Fact::Suspended
                | Fact::Unsuspended
                | Fact::Buried { .. }
                | Fact::Unburied
                | Fact::Marked
                | Fact::Unmarked
                | Fact::Flagged { .. }
                | Fact::Imported { .. }
                | Fact::Adopted
                | Fact::Configured
                | Fact::Paused { .. }
                | Fact::Resumed
                | Fact::Checked { .. } => None,
            })
            .collect();
        // Newest first: an undo can only name what came before it, so by its turn its own fate is known.
        undos.sort_unstable_by_key(|(order, _, _)| std::cmp::Reverse(*order));
        let mut voided = BTreeSet::new();
        for (_, undo, named) in &undos {
            if !voided.contains(undo) {
                voided.insert(*named);
            }
        }
        Self { voided, named: undos.into_iter().map(|(_, _, named)| named).collect() }
    }

    /// Whether the action no longer counts.
    #[must_use]
    pub fn contains(&self, action: ActionId) -> bool {
        self.voided.contains(&action)
    }

    /// Whether everything counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.voided.is_empty()
    }

    /// Whether any undo ever named the action, taken back since or not.
    #[must_use]
    pub fn was_named(&self, action: ActionId) -> bool {
        self.named.contains(&action)
    }

    /// The actions that an undo ever named.
    pub fn named(&self) -> impl Iterator<Item = ActionId> {
        self.named.iter().copied()
    }

    /// The actions whose fate differs between `self` and `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> BTreeSet<ActionId> {
        self.voided.symmetric_difference(&other.voided).copied().collect()
    }
}

/// Whether the outcome in an event may be taken as it is, or has to be computed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outcome {
    /// The writer saw just the state that the fold has: copy.
    #[default]
    Copy,
    /// Something before it was voided or came from another device: compute from grade, day and configuration.
    Recompute,
}

/// The state of a card after one event that counts. An unknown configuration (of a newer program) can only be copied.
#[must_use]
pub fn apply(before: &CardState, event: &Event, configs: &Configs, outcome: Outcome) -> CardState {
    let mut after = before.clone();
    after.last_event = Some(event.id);
    match &event.fact {
        Fact::Answered { quality, .. } => {
            let Some(card) = event.card else { return before.clone() };
            let scheduler = event.config.and_then(|id| configs.get(&id));
            match (&event.after, scheduler) {
                (None, None) => {}
                (None, Some(scheduler)) => {
                    after = scheduler.answer(card, &after, *quality, event.study_day);
                }
                (Some(_), Some(scheduler)) if outcome == Outcome::Recompute => {
                    after = scheduler.answer(card, &after, *quality, event.study_day);
                }
                (Some(outcome), _) => {
                    let last = before.memory.as_ref().map_or(event.study_day, |m| m.last.max(event.study_day));
                    let counted = AnswerKind::of(before, event.study_day) != AnswerKind::Drill;
                    after.memory = Some(outcome.memory(last));
                    after.answers = before.answers.saturating_add(u32::from(counted));
                }
            }
        }
        Fact::DueSet => {
            if let (Some(outcome), Some(memory)) = (&event.after, &before.memory) {
                after.memory = Some(Memory { due: outcome.due, ..memory.clone() });
            } else if let Some(outcome) = &event.after {
                after.memory = Some(outcome.memory(event.study_day));
            }
        }
        Fact::Reset => after.memory = None,
        Fact::Restarted => after.memory = before.memory.as_ref().map(|memory| memory.restarted(event.study_day)),
        Fact::Suspended => after.suspended = true,
        Fact::Unsuspended => after.suspended = false,
        Fact::Buried { until } => after.buried_until = Some(*until),
        Fact::Unburied => after.buried_until = None,
        Fact::Marked => after.marked = true,
        Fact::Unmarked => after.marked = false,
        Fact::Flagged { flag } => after.flag = *flag,
        Fact::Adopted => {
            if let (Some(outcome), 0) = (&event.after, before.answers) {
                after.memory = Some(outcome.memory(outcome.due.plus(-i64::from(outcome.interval.0))));
            }
        }
        Fact::Crammed { .. } => {}
        // Facts about no card, another program's history and check-ups leave a card as it is.
        Fact::Imported { .. }
        | Fact::Undone { .. }
        | Fact::Configured
        | Fact::Paused { .. }
        | Fact::Resumed
        | Fact::Checked { .. } => return before.clone(),
    }
    after
}

/// A fold on its way: the state of one card after the events that were taken so far.
#[derive(Debug, Clone, Default)]
pub struct Folding {
    state: CardState,
    outcome: Outcome,
}

impl Folding {
    /// The state so far.
    #[must_use]
    pub fn state(&self) -> &CardState {
        &self.state
    }

    /// Takes the card's next event. `visit` sees the state before it, if it counts; whether it does is given back.
    pub fn take(&mut self, event: &Event, voided: &Voided, configs: &Configs, visit: impl FnOnce(&CardState)) -> bool {
        if voided.contains(event.action_id()) {
            self.outcome = Outcome::Recompute;
            return false;
        }
        visit(&self.state);
        if !matches!(event.fact, Fact::Imported { .. } | Fact::Checked { .. }) && event.prev != self.state.last_event {
            self.outcome = Outcome::Recompute;
        }
        self.state = apply(&self.state, event, configs, self.outcome);
        if voided.was_named(event.action_id()) {
            self.outcome = Outcome::Recompute;
        }
        true
    }
}

/// The state that a card's events add up to. `events` are in (hlc, device, sequence) order.
///
/// Outcomes are copied while each event's `prev` is the one applied just before it. From the first that names
/// another, and from the first that comes after an action which was ever undone (or undone and redone), everything
/// is computed again: what follows may have been written on a state that is no longer there, even where its own
/// `prev` fits. `visit` sees each event that counts, with the state before it: statistics are made there.
pub fn fold<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    voided: &Voided,
    configs: &Configs,
    mut visit: impl FnMut(&CardState, &'a Event),
) -> CardState {
    let mut folding = Folding::default();
    for event in events {
        folding.take(event, voided, configs, |before| visit(before, event));
    }
    folding.state
}
