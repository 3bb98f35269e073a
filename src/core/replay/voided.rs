//! Which entries of the log count: what the undos say about all others.

use crate::core::event::Span;
use crate::core::id::ActionId;
use crate::core::id::EventId;
use crate::core::units::Hlc;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// A fact that takes an action back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undo {
    /// The fact's own name.
    pub by: EventId,
    /// That of its action.
    pub hlc: Hlc,
    /// The action that the fact is part of.
    pub span: Span,
    /// The action that it takes back.
    pub names: ActionId,
}

impl Undo {
    /// Whether it can be meant: an undo names what came before it. What one device says about another's action has no
    /// number to compare; there the order of the undos decides.
    fn looks_back(&self) -> bool {
        self.names.device != self.span.action.device || self.names.number < self.span.action.number
    }
}

/// What the undos say about all other entries, as ranges of the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Voided {
    /// The void actions, each with the number of its entries. No two of them overlap.
    spans: BTreeMap<ActionId, u64>,
    /// By which counting undos each of them is named, the newest first.
    undos: BTreeMap<ActionId, Vec<ActionId>>,
}

impl Voided {
    /// From all undos, in any order. `entries` says how many entries an action has, 1 where it is not known.
    ///
    /// An action is void while an undo that itself counts names it: along a chain of undo and redo, parity decides.
    /// Two devices that both undid the same action agree, and don't cancel each other out.
    #[must_use]
    pub fn of(undos: impl IntoIterator<Item = Undo>, mut entries: impl FnMut(ActionId) -> u64) -> Self {
        let mut undos: Vec<Undo> = undos.into_iter().filter(Undo::looks_back).collect();
        // Newest first: an undo names what came before it, so by its turn its own fate is known.
        undos.sort_unstable_by_key(|undo| std::cmp::Reverse((undo.hlc, undo.by)));
        let mut voided = Self::default();
        for undo in &undos {
            if voided.has(undo.by) {
                continue;
            }
            if let Entry::Vacant(vacant) = voided.spans.entry(undo.names) {
                vacant.insert(entries(undo.names).max(1));
            }
            let by = voided.undos.entry(undo.names).or_default();
            if !by.contains(&undo.span.action) {
                by.push(undo.span.action);
            }
        }
        voided
    }

    /// Whether the entry no longer counts.
    #[must_use]
    pub fn has(&self, entry: EventId) -> bool {
        if self.spans.is_empty() {
            return false;
        }
        let name = ActionId { device: entry.device, number: entry.sequence };
        let before = self.spans.range(..=name).next_back();
        before.is_some_and(|(action, entries)| Span { action: *action, entries: *entries }.has(entry))
    }

    /// Whether the action no longer counts.
    #[must_use]
    pub fn contains(&self, action: ActionId) -> bool {
        self.spans.contains_key(&action)
    }

    /// Whether everything counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The undos that make the action void, the newest first: a redo has to name them all.
    #[must_use]
    pub fn counting_undos_of(&self, action: ActionId) -> Vec<ActionId> {
        self.undos.get(&action).cloned().unwrap_or_default()
    }

    /// The void actions, by device and number.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.spans.iter().map(|(action, entries)| Span { action: *action, entries: *entries })
    }

    /// The actions whose fate differs between `self` and `other`, by device and number.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Vec<Span> {
        let only = |one: &Self, two: &Self| -> Vec<Span> {
            one.spans().filter(|span| two.spans.get(&span.action) < Some(&span.entries)).collect()
        };
        let mut all = only(self, other);
        all.extend(only(other, self));
        all.sort_unstable();
        all
    }
}
