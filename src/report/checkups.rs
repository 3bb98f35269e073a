//! What a report says of check-ups: each one, and the change since the first. Sums only, no text of a scene.

use crate::core::checkup::Taken;
use crate::core::checkup::conclusion;
use crate::core::checkup::first_and_latest;
use crate::core::checkup::shown;
use crate::core::progress::Recalls;
use crate::core::study_day::StudyDay;
use crate::report::model::Body;
use crate::report::model::Cell;
use crate::report::model::Column;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Table;
use std::collections::BTreeMap;

/// What is said in place of rows.
const NO_CHECKUP_YET: &str = "No check-up yet: `lmq checkup` takes three minutes.";

/// Adds what check-ups came to, before the list of cards if there is one. They are those up to `until`, of all time:
/// the period of a report does not cut off what there was before.
#[must_use]
pub fn with_checkups(mut report: Report, all: &[Taken], until: Option<StudyDay>) -> Report {
    let shown: Vec<Taken> =
        shown(all, report.today).filter(|one| until.is_none_or(|until| one.day <= until)).cloned().collect();
    let place = report.sections.iter().position(|section| section.id == "card_list").unwrap_or(report.sections.len());
    report.sections.splice(place..place, [checkups(&shown), topics(&shown)]);
    report
}

fn checkups(all: &[Taken]) -> Section {
    let first = all.iter().find(|one| one.finished);
    let rows = all.iter().map(|one| {
        let change = match first {
            Some(first) if one.finished && first != one => Cell::Change(first.score, one.score),
            _ => Cell::Nothing,
        };
        vec![
            Cell::Date(one.day),
            Cell::Part(one.score.passed, one.score.all),
            Cell::Likely(one.score),
            change,
            if one.finished { Cell::Named("finished", "finished") } else { Cell::Named("left", "left early") },
        ]
    });
    let range = "Scenes that no review asks. The range says where the true share lies (Wilson, 95 %), the change is that since the \
                 first finished check-up, in points of a hundred (Newcombe, 95 %).";
    Section {
        id: "checkups",
        title: "Check-ups".to_owned(),
        note: (!all.is_empty()).then(|| format!("{range} {}", conclusion(all))),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("day", "Day"),
                number("right", "Right"),
                number("range", "95 % range"),
                number("change", "Change"),
                name("state", "State"),
            ],
            rows: rows.collect(),
            when_empty: NO_CHECKUP_YET,
        }),
    }
}

fn topics(all: &[Taken]) -> Section {
    let of = |one: Option<&Taken>, topic: &str| {
        let score = one.and_then(|one| one.topics.get(topic));
        score.map_or(Cell::Nothing, |score| Cell::Part(score.passed, score.all))
    };
    let finished = all.iter().find(|one| one.finished);
    let latest = first_and_latest(all).map(|(_, latest)| latest);
    let mut sums: BTreeMap<&str, Recalls> = BTreeMap::new();
    for one in all {
        for (topic, score) in &one.topics {
            let sum = sums.entry(topic).or_default();
            *sum = sum.plus(*score);
        }
    }
    let rows = sums.iter().map(|(topic, sum)| {
        vec![Cell::Text((*topic).to_owned()), of(finished, topic), of(latest, topic), Cell::Part(sum.passed, sum.all)]
    });
    Section {
        id: "checkup_topics",
        title: "Check-ups by topic".to_owned(),
        note: (!all.is_empty()).then(|| "A scene or two a topic: a hint where to look, and no measure.".to_owned()),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("topic", "Topic"),
                number("first", "First"),
                number("latest", "Latest"),
                number("all", "All check-ups"),
            ],
            rows: rows.collect(),
            when_empty: "",
        }),
    }
}

fn name(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: false }
}

fn number(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: true }
}
