//! What was taken for what, as a table.

use crate::core::totals::Counted;
use crate::core::totals::SideTotals;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most names of a table of what was taken for what; those that were mistaken most stay.
pub const MOST_NAMES: usize = 12;

/// How often what was taken for what, as a table: right answers down, given ones across.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    /// What the names stand for.
    pub kind: Counted,
    /// The names that were right or given, in order; both sides of the table.
    pub names: Vec<String>,
    /// Counts by right name, then by given name.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// The table of one kind; `None` without an answer.
    pub(super) fn of_kind(sides: &[SideTotals], kind: Counted) -> Option<Self> {
        let counted = || sides.iter().filter(|side| side.kind == kind);
        let mut weight: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for side in counted() {
            let is_mistake = if side.expected == side.given { 0 } else { side.count };
            for name in [&side.expected, &side.given] {
                let (mistakes, answers) = weight.entry(name).or_default();
                *mistakes += is_mistake;
                *answers += side.count;
            }
        }
        let mut names: Vec<&str> = weight.keys().copied().collect();
        names.sort_by_key(|name| (Reverse(weight.get(name).copied().unwrap_or_default()), *name));
        names.truncate(MOST_NAMES);
        names.sort_unstable();
        let mut counts = vec![vec![0; names.len()]; names.len()];
        for side in counted() {
            let place = |name: &str| names.binary_search(&name).ok();
            if let (Some(expected), Some(given)) = (place(&side.expected), place(&side.given))
                && let Some(count) = counts.get_mut(expected).and_then(|row: &mut Vec<u64>| row.get_mut(given))
            {
                *count += side.count;
            }
        }
        (!names.is_empty()).then(|| Self { kind, names: names.into_iter().map(str::to_owned).collect(), counts })
    }

    /// Answers whose right name this was.
    #[must_use]
    pub fn of(&self, expected: usize) -> u64 {
        self.counts.get(expected).map_or(0, |row| row.iter().sum())
    }

    /// What was taken for something else, most often first: right name, given name, how often.
    #[must_use]
    pub fn mistaken(&self) -> Vec<(usize, usize, u64)> {
        let mut found: Vec<(usize, usize, u64)> = Vec::new();
        for (expected, row) in self.counts.iter().enumerate() {
            let others = row.iter().enumerate().filter(|(given, count)| *given != expected && **count > 0);
            found.extend(others.map(|(given, count)| (expected, given, *count)));
        }
        found.sort_by_key(|(expected, given, count)| (Reverse(*count), *expected, *given));
        found
    }
}
