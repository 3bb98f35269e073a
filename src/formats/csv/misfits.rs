//! Rows that don't fit, and when they are too many for the good ones to go in alone.

use crate::formats::Place;
use crate::formats::columns::fault::NoteFault;
use crate::formats::csv::fault::RowFault;
use crate::formats::csv::fault::TableFault;
use std::mem::Discriminant;
use std::mem::discriminant;

/// So many rows a person looks through.
const FEW: u64 = 10;

/// How many rows fit and how many don't, and why.
#[derive(Debug, Default)]
pub(super) struct Misfits {
    /// Rows that became notes.
    pub(super) good: u64,
    /// Rows that could not.
    pub(super) bad: u64,
    /// Each reason once: how often, and its first row.
    causes: Vec<Cause>,
}

type Reason = (Discriminant<RowFault>, Option<Discriminant<NoteFault>>);

#[derive(Debug)]
struct Cause {
    reason: Reason,
    count: u64,
    first: RowFault,
    place: Place,
}

impl Misfits {
    pub(super) fn add(&mut self, fault: &RowFault, place: Place) {
        self.bad += 1;
        let of_note = if let RowFault::Note(fault) = fault { Some(discriminant(fault)) } else { None };
        let reason = (discriminant(fault), of_note);
        match self.causes.iter_mut().find(|cause| cause.reason == reason) {
            Some(cause) => cause.count += 1,
            None => self.causes.push(Cause { reason, count: 1, first: fault.clone(), place }),
        }
    }

    fn fault(self) -> Option<TableFault> {
        let rows = self.good + self.bad;
        let likeliest =
            self.causes.into_iter().reduce(|one, other| if other.count > one.count { other } else { one })?;
        let Cause { first, place, count, .. } = likeliest;
        Some(match first {
            RowFault::NoColumn { kind, field } => TableFault::NoColumn { kind, field, place, bad: count, rows },
            first => TableFault::MostDontFit { cause: Box::new(first), place, bad: self.bad, rows },
        })
    }

    /// Whether no row fits since the table lacks a column.
    fn lack_a_column(&self) -> bool {
        let lacks = |cause: &Cause| matches!(cause.first, RowFault::NoColumn { .. });
        self.good == 0 && !self.causes.is_empty() && self.causes.iter().all(lacks)
    }

    /// Why nothing goes in, once all rows were seen: most of them don't fit. Of a few rows it takes more than half: there the
    /// person sees each; and where none fits they are listed anyway, unless all of them lack the same.
    pub(super) fn verdict(self) -> Option<TableFault> {
        let few = self.good + self.bad < FEW;
        let most = if few { self.good > 0 && self.bad >= self.good * 3 } else { self.bad > self.good };
        if most || self.lack_a_column() { self.fault() } else { None }
    }

    /// The same of the first rows of a table, where the others will hardly be better.
    pub(super) fn verdict_at_once(self) -> Option<TableFault> {
        let rows = self.good + self.bad;
        if rows >= 20 && self.bad * 10 >= rows * 9 { self.fault() } else { None }
    }
}
