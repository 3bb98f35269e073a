//! What a report says of the lines to do, in one line of its first section.

use crate::core::tried::Tries;
use crate::report::cell::Cell;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Weight;

/// Adds how many lines the learner did, where they were asked about any. Only for a report that is the learner's own.
#[must_use]
pub fn with_tries(mut report: Report, tries: Tries) -> Report {
    let summary = report.sections.iter_mut().find(|section| section.id == "summary");
    if let Some(Body::Facts(facts)) = summary.map(|section| &mut section.body)
        && tries.asked > 0
    {
        let value = Cell::Of(tries.done, tries.asked);
        facts.push(Fact { key: "tried", label: "You tried", value, weight: Weight::Minor });
    }
    report
}
