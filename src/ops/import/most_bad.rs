//! Whether most rows of a file are bad, and why.

use crate::core::text::counted;
use crate::failure::Failure;
use crate::formats::Place;
use crate::formats::RecordFault;
use crate::formats::Rejected;

/// Kinds of faults that are told apart; the rest are counted as the last one.
const MOST_CAUSES: usize = 16;

/// Rows below which more than half is not yet most.
const FEW: u64 = 10;

/// Kinds of faults that are shown.
const CAUSES_SHOWN: usize = 3;

/// A kind of fault of rows: how many have it, what the first one says and where it is.
struct Cause {
    kind: String,
    count: u64,
    what: String,
    first: Place,
}

/// How many rows of a file are good and bad, and why these are.
#[derive(Default)]
pub(super) struct Tally {
    good: u64,
    bad: u64,
    is_table: bool,
    causes: Vec<Cause>,
}

/// A file of which most rows are bad.
pub(super) struct MostBad(Tally);

impl Tally {
    pub(super) fn good(&mut self) {
        self.good += 1;
    }

    pub(super) fn bad(&mut self, rejected: &Rejected) {
        self.bad += 1;
        self.is_table |= matches!(rejected.fault, RecordFault::Row(_));
        if self.causes.len() >= MOST_CAUSES {
            if let Some(last) = self.causes.last_mut() {
                last.count += 1;
            }
            return;
        }
        let what = rejected.fault.to_string();
        let kind = kind_of(&what);
        match self.causes.iter_mut().find(|cause| cause.kind == kind) {
            Some(known) => known.count += 1,
            None => self.causes.push(Cause { kind, count: 1, what, first: rejected.place }),
        }
    }

    /// A file of which most rows are bad is not what it was taken for, and the few others would be nonsense too. Of a few rows it
    /// takes more: somebody may well have mistyped three of five.
    pub(super) fn judge(self) -> Option<MostBad> {
        (self.good > 0).then(|| self.judge_alone()).flatten()
    }

    /// The same of a file that has to have something good in it.
    pub(super) fn judge_alone(self) -> Option<MostBad> {
        let is_few = self.good + self.bad < FEW;
        let is_most = self.bad > self.good && (!is_few || self.bad >= 3 * self.good);
        is_most.then_some(MostBad(self))
    }
}

/// What a fault says without what is the row's own: names and numbers.
fn kind_of(what: &str) -> String {
    let unquoted: Vec<&str> = what.split('`').step_by(2).collect();
    unquoted.join("`").chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

impl MostBad {
    pub(super) fn in_words(mut self, shown: &str) -> Failure {
        let all = self.0.good + self.0.bad;
        let what = if self.0.good == 0 { "none".to_owned() } else { self.0.good.to_string() };
        let mut failure = Failure::data(format!("`{shown}` was not imported: {what} of its {all} rows can be read"));
        self.0.causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
        for cause in self.0.causes.iter().take(CAUSES_SHOWN) {
            let rows = counted(cause.count, "row", "rows");
            failure = failure.at(format!("{rows}, the first on line {}: {}", cause.first, cause.what));
        }
        failure.hint(if self.0.is_table {
            "nothing was changed; `lmq import --dry-run` with --columns, --header or --delimiter shows how a table \
             is read"
        } else {
            "nothing was changed; correct the rows and import it again"
        })
    }
}
