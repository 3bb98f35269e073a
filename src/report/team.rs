//! What a team report says, and in which order. It lays out what `core::team` lets be told, and adds nothing.

use crate::core::checkup::change::TOO_FEW;
use crate::core::checkup::change::is_told;
use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use crate::core::study_day::Timestamp;
use crate::core::team::CheckupFigures;
use crate::core::team::Figures;
use crate::core::team::TopicFigures;
use crate::core::totals::Recalls;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Weight;
use crate::report::table::Column;
use crate::report::table::Table;

const CONTENTS: &str = "In this report: how far people are, sums of answers, titles of topics and names of decks \
    that at least three people have, and the names of those whose files give one. Left out: the text of cards, what \
    was typed, when anyone answered, and every figure that is about one or two people, or from which such a figure \
    could be worked out by subtraction.";

const NO_TOPICS: &str = "No topic is in at least three files.";

const ALL_SOLID: &str = "There is no such topic, or none about which this may be said.";

const NO_CHECKUPS: &str =
    "Fewer than three people have a baseline, from a check-up before their tenth card, or may be reported on.";

fn name(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: false }
}

fn number(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: true }
}

fn fact(key: &'static str, label: &'static str, value: Cell) -> Fact {
    Fact { key, label, value, weight: Weight::Major }
}

/// Lays out what may be told of a team.
#[must_use]
pub fn team(figures: &Figures, generated_at: Timestamp, today: StudyDay) -> Report {
    Report {
        title: "Team report".to_owned(),
        generated_at,
        today,
        period: Period { from: today, to: today },
        deck: None,
        sections: vec![
            summary(figures),
            next(figures),
            topics(figures),
            checkups(figures),
            decks(figures),
            people(figures),
        ],
        contents: CONTENTS,
        privacy: None,
        compared: None,
        is_summary: false,
    }
}

fn summary(figures: &Figures) -> Section {
    Section {
        id: "summary",
        title: "At a glance".to_owned(),
        note: Some(
            "All counts are people. `-` is a figure that is held back because it would be about one or two \
             people."
                .to_owned(),
        ),
        body: Body::Facts(vec![
            fact("people", "People", Cell::Count(figures.people)),
            fact("topics", "Topics", Cell::Count(u64::try_from(figures.topics.len()).unwrap_or(u64::MAX))),
            fact("retention", "True retention", Cell::Percent(figures.recalls)),
        ]),
    }
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Nothing, |text| Cell::Text(text.to_owned()))
}

fn row(topic: &TopicFigures) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(topic.title.clone()), text(topic.deck.as_deref())];
    cells.extend(topic.reached.map(|people| people.map_or(Cell::Nothing, Cell::Count)));
    cells.push(topic.recalls.map_or(Cell::Nothing, Cell::Percent));
    cells
}

fn columns() -> Vec<Column> {
    vec![
        name("topic", "Topic"),
        name("deck", "Deck"),
        number("begun", "Begun"),
        number("familiar", "Familiar"),
        number("solid", "Solid"),
        number("mastered", "Mastered"),
        number("retention", "Retention"),
    ]
}

/// Which column of [`columns`] says for how many a topic is solid.
const SOLID: usize = 4;

fn next(figures: &Figures) -> Section {
    Section {
        id: "teach_next",
        title: "Worth teaching next".to_owned(),
        note: Some(format!(
            "The topics that are solid, or better, for the fewest of the {}: the bar is those people. Then those that the \
             fewest are familiar with, then the worst remembered.",
            figures.people
        )),
        body: Body::Chart(
            Chart {
                shape: Shape::Bars,
                series: vec![SOLID],
                full: figures.people,
                description: format!(
                    "For how many each topic is solid or better; a full bar is all {}.",
                    figures.people
                ),
            },
            Table { names: 2, columns: columns(), rows: figures.next.iter().map(row).collect(), when_empty: ALL_SOLID },
        ),
    }
}

fn topics(figures: &Figures) -> Section {
    Section {
        id: "topics",
        title: "How far people are".to_owned(),
        note: Some(
            "How many have reached each level or a higher one: a person has the highest level that half of the topic's \
             cards have reached. Someone who does not have the deck has not begun."
                .to_owned(),
        ),
        body: Body::Table(Table {
            names: 2,
            columns: columns(),
            rows: figures.topics.iter().map(row).collect(),
            when_empty: NO_TOPICS,
        }),
    }
}

fn checkups(figures: &Figures) -> Section {
    let row = |key, label, people: u64, score: Recalls, change| {
        vec![Cell::Named(key, label), Cell::Count(people), Cell::Percent(score), change]
    };
    let rows = figures.checkups.map_or_else(Vec::new, |CheckupFigures { people, before, after }| {
        let after = after.map(|after| row("latest", "Latest check-up", people, after, Cell::Change(before, after)));
        [Some(row("baseline", "Baseline", people, before, Cell::Nothing)), after].into_iter().flatten().collect()
    });
    let is_untold = figures.checkups.is_some_and(|sums| sums.after.is_some_and(|after| !is_told(sums.before, after)));
    let too_few = if is_untold { format!(" {TOO_FEW}") } else { String::new() };
    Section {
        id: "checkups",
        title: "Check-ups, before and after".to_owned(),
        note: Some(format!(
            "Scenes that are never practised, right of asked, for people with a baseline (a check-up from before their tenth \
             card) and a later one. If one or two people lack one of the two, up to two more are left out at random. \
             The ranges assume that answers are independent; those of one person are not quite.{too_few}"
        )),
        body: Body::Table(Table {
            names: 1,
            columns: vec![
                name("checkup", "Check-up"),
                number("people", "People"),
                number("right", "Right"),
                number("change", "Change"),
            ],
            rows,
            when_empty: NO_CHECKUPS,
        }),
    }
}

fn decks(figures: &Figures) -> Section {
    let rows = figures.decks.iter().map(|(deck, versions)| {
        vec![Cell::Text(deck.clone()), text((!versions.is_empty()).then(|| versions.join(", ")).as_deref())]
    });
    Section {
        id: "decks",
        title: "Decks".to_owned(),
        note: Some("Versions that at least three have; topics are the same in all of them.".to_owned()),
        body: Body::Table(Table {
            names: 1,
            columns: vec![name("deck", "Deck"), name("versions", "Versions")],
            rows: rows.collect(),
            when_empty: "",
        }),
    }
}

fn people(figures: &Figures) -> Section {
    Section {
        id: "people",
        title: "People who gave their name".to_owned(),
        note: Some("Nothing else here is about them.".to_owned()),
        body: Body::Table(Table {
            names: 0,
            columns: vec![name("name", "Name")],
            rows: figures.names.iter().map(|name| vec![Cell::Text(name.clone())]).collect(),
            when_empty: "",
        }),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::report::RENDERERS;

    /// What must not work in any form.
    const HOSTILE: &str =
        "=HYPERLINK(\"http://x.test\")<script>alert(1)</script>\u{1b}[2J\u{9b}1m\u{202e}|`x`\n# h *b*";

    fn figures() -> Figures {
        let topic = |title: &str, reached, recalls: Option<(u64, u64)>| TopicFigures {
            id: title.to_owned(),
            title: title.to_owned(),
            deck: Some("differences".to_owned()),
            reached,
            recalls: recalls.map(|(passed, all)| Recalls { passed, all }),
        };
        let topics = vec![
            topic("people / things", [Some(12), Some(9), Some(6), Some(3)], Some((180, 200))),
            topic("vision / execution", [Some(9), None, Some(4), None], Some((40, 60))),
            topic("two roles that overlap", [Some(0); 4], None),
        ];
        Figures {
            people: 12,
            names: vec!["Amara".into(), "Ben".into()],
            decks: vec![("differences".into(), vec!["1".into(), "2".into()])],
            next: vec![topics[2].clone(), topics[1].clone()],
            topics,
            recalls: Recalls { passed: 220, all: 260 },
            checkups: Some(CheckupFigures {
                people: 9,
                before: Recalls { passed: 70, all: 108 },
                after: Some(Recalls { passed: 91, all: 108 }),
            }),
        }
    }

    /// A report on a team of twelve.
    pub(in crate::report) fn sample() -> Report {
        report_on(&figures())
    }

    fn report_on(figures: &Figures) -> Report {
        let at = Timestamp::from_rfc3339("2026-04-14T18:05:00+02:00").unwrap();
        team(figures, at, StudyDay(20_557))
    }

    fn rendered(figures: &Figures) -> Vec<(&'static str, String)> {
        let report = report_on(figures);
        let render = |form: &&dyn crate::report::Renderer| {
            let mut out = Vec::new();
            form.render(&report, &mut out).unwrap();
            (form.name(), String::from_utf8(out).unwrap())
        };
        RENDERERS.iter().map(render).collect()
    }

    #[test]
    fn a_team_in_every_form() {
        for (form, text) in rendered(&figures()) {
            if ["text", "csv"].contains(&form) {
                insta::assert_snapshot!(format!("team_{form}"), text);
            }
            assert!(text.contains("vision / execution") && text.contains("Amara"), "{form}");
        }
    }

    #[test]
    fn a_hostile_name_is_harmless_in_every_form() {
        let mut hostile = figures();
        hostile.names = vec![HOSTILE.into(), "@SUM(A1)".into(), "-1+1".into()];
        hostile.topics[0].title = HOSTILE.into();
        hostile.topics[0].deck = Some(HOSTILE.into());
        hostile.next[0].title = HOSTILE.into();
        hostile.decks[0] = (HOSTILE.into(), vec![HOSTILE.into()]);
        for (form, text) in rendered(&hostile) {
            assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{form}");
            assert!(!text.contains("\n# h"), "{form}");
            match form {
                "html" => assert!(!text.contains("<script") && text.contains("&lt;script&gt;")),
                "md" => assert!(!text.replace("\\<", "").contains("<script") && !text.contains("http://")),
                "csv" => {
                    for record in ::csv::Reader::from_reader(text.as_bytes()).records() {
                        for field in record.unwrap().iter() {
                            assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
                        }
                    }
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_change_that_chance_explains_is_said_to_be_one() {
        let sums = |passed| Recalls { passed, all: 108 };
        let told = |after| {
            let checkups = Some(CheckupFigures { people: 9, before: sums(70), after });
            let text = rendered(&Figures { checkups, ..figures() }).remove(0).1;
            text.split_whitespace().collect::<Vec<_>>().join(" ").contains(TOO_FEW)
        };
        assert_eq!([Some(sums(76)), Some(sums(91)), None].map(told), [true, false, false]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let empty = Figures {
            names: vec![],
            decks: vec![],
            topics: vec![],
            next: vec![],
            recalls: Recalls::default(),
            checkups: None,
            ..figures()
        };
        for (form, text) in rendered(&empty).into_iter().filter(|(form, _)| ["text", "html", "md"].contains(form)) {
            for said in [NO_TOPICS, NO_CHECKUPS] {
                let said = said.split(',').next().unwrap();
                assert!(text.replace('\n', " ").contains(said), "{form} {said}: {text}");
            }
            assert!(!text.contains("People who gave their name"), "{form}");
        }
    }
}
