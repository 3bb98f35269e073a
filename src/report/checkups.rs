//! What a report says of check-ups: each one, and the change since the baseline. Sums only, no text of a scene.

use crate::core::checkup::Taken;
use crate::core::checkup::change::baseline;
use crate::core::checkup::change::conclusion;
use crate::core::checkup::change::latest;
use crate::core::checkup::shown;
use crate::core::study_day::StudyDay;
use crate::core::totals::Recalls;
use crate::report::cell::Cell;
use crate::report::model::Body;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::table::Column;
use crate::report::table::Table;
use std::collections::BTreeMap;

/// What is said in place of rows.
const NO_CHECKUP_YET: &str = "No check-up yet: `lmq checkup` takes a few minutes.";

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
    let start = baseline(all);
    let rows = all.iter().map(|one| {
        let change = match start {
            Some(start) if one.finished && start != one => Cell::Change(start.score, one.score),
            _ => Cell::Nothing,
        };
        let state = match one.finished {
            true if Some(one) == start => Cell::Named("baseline", "baseline"),
            true => Cell::Named("finished", "finished"),
            false => Cell::Named("left", "left early"),
        };
        vec![Cell::Date(one.day), Cell::Part(one.score.passed, one.score.all), Cell::Likely(one.score), change, state]
    });
    let range = "Scenes that no review asks. The range says where the true share lies (Wilson, 95 %). The change is \
        since the baseline, a check-up from before your tenth card, in percentage points (Newcombe, 95 %).";
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
    let (before, latest) = (baseline(all), latest(all));
    let mut sums: BTreeMap<&str, Recalls> = BTreeMap::new();
    for one in all {
        for (topic, score) in &one.topics {
            let sum = sums.entry(topic).or_default();
            *sum = sum.plus(*score);
        }
    }
    let rows = sums.iter().map(|(topic, sum)| {
        vec![Cell::Text((*topic).to_owned()), of(before, topic), of(latest, topic), Cell::Part(sum.passed, sum.all)]
    });
    Section {
        id: "checkup_topics",
        title: "Check-ups by topic".to_owned(),
        note: (!all.is_empty()).then(|| {
            "One or two scenes a topic: a hint where to look, not a \
            measurement."
                .to_owned()
        }),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("topic", "Topic"),
                number("baseline", "Baseline"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::checkup::Given;
    use crate::core::checkup::taken;
    use crate::core::id::CardId;
    use crate::core::id::DeviceId;
    use crate::core::id::EventId;
    use crate::core::id::NoteUid;
    use crate::core::progress::Progress;
    use crate::core::progress::test_history;
    use crate::core::study_day::Timestamp;
    use crate::core::units::Hlc;
    use crate::core::units::Millis;
    use crate::report::RENDERERS;
    use crate::report::build;

    const TOPICS: [&str; 3] =
        ["people / things", "a title that is so long that it has to make room for others", "=1+1\u{1b}[2J|`x`"];

    /// Check-ups 100 days apart, so many of ten right in each; the last one was left.
    fn rights(rights: &[u64]) -> Vec<Taken> {
        let answers = rights.iter().enumerate().flat_map(|(index, right)| {
            let number = u32::try_from(index).unwrap();
            let day = test_history::TODAY.plus(i64::from(number) * 100 - 500);
            (0..10_u8).map(move |place| Given {
                seen: false,
                entry: EventId { device: DeviceId([1; 16]), sequence: u64::from(number) * 10 + u64::from(place) },
                number: number.into(),
                hlc: Hlc(i64::from(day.0) * 100 + i64::from(place)),
                day,
                card: CardId { note: NoteUid([place; 16]), ordinal: 1 },
                deck: 1,
                topic: TOPICS[usize::from(place) % 3].to_owned(),
                right: u64::from(place) < *right,
                last: place == 9 && number < 3,
                form: None,
                variant: 0,
                took: Millis(9000),
            })
        });
        taken(answers.collect(), None)
    }

    fn report(all: &[Taken], until: Option<StudyDay>) -> Report {
        let at = Timestamp::from_rfc3339("2026-04-14T18:05:00+02:00").unwrap();
        with_checkups(build(&Progress::new(&test_history::empty()), at, None, Some(&[])), all, until)
    }

    fn rendered(name: &str, report: &Report) -> String {
        let mut out = Vec::new();
        crate::report::renderer(name).unwrap().render(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_form_shows_each_check_up_and_the_change_since_the_first() {
        use unicode_width::UnicodeWidthStr as _;
        let report = report(&rights(&[3, 5, 9, 2]), None);
        let text = rendered("text", &report);
        insta::assert_snapshot!("checkups_text", text.split_once("Check-ups\n").unwrap().1);
        assert!(text.lines().all(|line| line.width() <= 80));
        for form in RENDERERS {
            let out = rendered(form.name(), &report).replace("</span> <span class=\"short\">", " ");
            let raw = matches!(form.name(), "csv" | "json");
            let words = if raw { "checkup_topics" } else { "95 % range" };
            assert!(
                out.contains(words) && out.contains(if raw { "0.6" } else { "+17 to +81 points" }),
                "{}: {out}",
                form.name()
            );
            assert!(!out.contains('\u{1b}') && !out.contains("<script"), "{}", form.name());
        }
        let json: serde_json::Value = serde_json::from_str(&rendered("json", &report)).unwrap();
        let rows = &json["sections"]["checkups"]["rows"];
        assert_eq!(rows.as_array().unwrap().len(), 4);
        assert_eq!(
            (rows[2]["right"]["count"].as_u64(), rows[2]["change"]["difference"].as_f64()),
            (Some(9), Some(0.6))
        );
        assert!(rows[3]["change"].is_null(), "one that was left is compared with nothing");
    }

    #[test]
    fn they_come_before_the_cards_and_up_to_the_last_day_of_the_report() {
        let all = rights(&[3, 5, 9]);
        let ids = |report: &Report| report.sections.iter().rev().take(3).map(|section| section.id).collect::<Vec<_>>();
        assert_eq!(ids(&report(&all, None)), ["card_list", "checkup_topics", "checkups"]);
        let early = report(&all, Some(all[1].day));
        let Body::Table(table) = &early.sections[early.sections.len() - 3].body else { panic!() };
        assert_eq!(table.rows.len(), 2);
        assert!(rendered("text", &report(&[], None)).contains(NO_CHECKUP_YET));
    }
}
