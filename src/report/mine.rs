//! The learner's own page. It holds what they typed, so it is never made into anything that is shared.

use crate::core::checkup::Taken;
use crate::core::own_words::Sentence;
use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::tried::Tries;
use crate::report::cell::Cell;
use crate::report::checkups::with_checkups;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Weight;
use crate::report::table::Column;
use crate::report::table::Table;

/// A card that was answered in the learner's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCard {
    /// `deck/key`, or the start of its id.
    pub name: String,
    /// What it asks, in its first phrasing.
    pub prompt: String,
    /// What was said, oldest first.
    pub sentences: Vec<Sentence>,
}

/// What is in it.
const CONTENTS: &str = "In this report: the sentences that you typed for cards of the kind say, what you tried, and \
    your check-ups. It is only for you: lmq puts nothing that you typed into what you share.";

/// Lays out the learner's own page: sentences first, then what the check-ups say.
#[must_use]
pub fn mine(cards: &[OwnCard], checkups: &[Taken], tries: Tries, at: Timestamp, today: StudyDay) -> Report {
    let said = cards.iter().flat_map(|card| &card.sentences).map(|said| said.day);
    let from = said.chain(checkups.iter().map(|one| one.day)).min().unwrap_or(today);
    let report = Report {
        title: "Your own words".to_owned(),
        generated_at: at,
        today,
        period: Period { from, to: today },
        deck: None,
        sections: [sentences(cards)].into_iter().chain(did_you(tries)).collect(),
        contents: CONTENTS,
        privacy: None,
        compared: None,
        is_summary: false,
    };
    with_checkups(report, checkups, None)
}

/// How many of the lines to do were done; nothing before the first was asked about.
fn did_you(tries: Tries) -> Option<Section> {
    let value = Cell::Of(tries.done, tries.asked);
    let fact = Fact { key: "tried", label: "You tried", value, weight: Weight::Major };
    let body = Body::Facts(vec![fact]);
    (tries.asked > 0).then(|| Section { id: "did_you", title: "Did you?".to_owned(), note: None, body })
}

fn sentences(cards: &[OwnCard]) -> Section {
    let rows = cards.iter().flat_map(|card| {
        card.sentences.iter().map(|said| {
            let text = |text: &str| Cell::Text(text.to_owned());
            vec![text(&card.name), text(&card.prompt), Cell::Date(said.day), text(&said.words)]
        })
    });
    let column = |key, label| Column { key, label, is_number: false };
    Section {
        id: "sentences",
        title: "What you said".to_owned(),
        note: None,
        body: Body::Prose(Table {
            names: 3,
            columns: vec![
                column("card", "Card"),
                column("prompt", "Prompt"),
                column("day", "Day"),
                column("words", "Words"),
            ],
            rows: rows.collect(),
            when_empty: "Nothing yet: what you type for cards of the kind `say` will be here.",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RENDERERS;

    fn page() -> Report {
        let said = |day: i32, words: &str| Sentence { day: StudyDay(day), words: words.to_owned() };
        let long = "What did we believe that turned out not to be true, and who was the first of us to see it come?";
        let cards = [
            OwnCard {
                name: "team/launch".to_owned(),
                prompt: "The launch slipped by three weeks, and the team waits for you to speak. Your first sentence?"
                    .to_owned(),
                sentences: vec![said(20_468, "Why are we late?"), said(20_478, long)],
            },
            OwnCard {
                name: "team/audit".to_owned(),
                prompt: "<b>=1+1\u{1b}[2J".to_owned(),
                sentences: vec![said(20_470, "`x` | *y*\nand more")],
            },
        ];
        let at = Timestamp::from_rfc3339("2026-02-14T18:05:00+01:00").unwrap();
        mine(&cards, &[], Tries::default(), at, StudyDay(20_498))
    }

    fn rendered(name: &str, report: &Report) -> String {
        let mut out = Vec::new();
        crate::report::renderer(name).unwrap().render(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_was_tried_is_counted_once_there_is_anything_to_count() {
        let at = Timestamp::from_rfc3339("2026-02-14T18:05:00+01:00").unwrap();
        let said = |tries| rendered("text", &mine(&[], &[], tries, at, StudyDay(0)));
        assert!(said(Tries { done: 6, asked: 9 }).contains("6 of 9"));
        assert!(!said(Tries::default()).contains("Did you?"));
    }

    #[test]
    fn the_text_has_each_sentence_whole_under_its_prompt() {
        let text = rendered("text", &page());
        let section = text.split_once("What you said\n-------------\n").unwrap().1.split_once("\nCheck-ups").unwrap().0;
        insta::assert_snapshot!(section.trim_end(), @r"
          The launch slipped by three weeks, and the team waits for you to speak. Your
          first sentence?
            2026-01-15  Why are we late?
            2026-01-25  What did we believe that turned out not to be true, and who was
                        the first of us to see it come?

          <b>=1+1␛[2J
            2026-01-17  `x` | *y* and more
        ");
    }

    #[test]
    fn every_form_has_every_sentence_and_nothing_in_it_works() {
        for form in RENDERERS {
            let out = rendered(form.name(), &page());
            for part in ["Why are we late?", "first of us to see", "2026-01-25"] {
                let flat = out.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(flat.contains(part), "{}: {part}: {out}", form.name());
            }
            assert!(!out.contains('\u{1b}') && (form.name() != "html" || !out.contains("<b>")), "{}", form.name());
        }
        let json: serde_json::Value = serde_json::from_str(&rendered("json", &page())).unwrap();
        let schema = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
        jsonschema::validator_for(&schema).unwrap().validate(&json).unwrap();
        let row = &json["sections"]["sentences"]["rows"][1];
        assert_eq!((row["card"].as_str(), row["day"].as_str()), (Some("team/launch"), Some("2026-01-25")));
    }

    #[test]
    fn where_nothing_was_said_that_is_said() {
        let at = Timestamp { unix_ms: 0, offset_min: 0 };
        let text = rendered("text", &mine(&[], &[], Tries::default(), at, StudyDay(0)));
        assert!(text.contains("Nothing yet"), "{text}");
    }
}
