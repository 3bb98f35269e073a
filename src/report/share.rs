//! What is in a file that a person is about to share: everything, so that nothing in it is a surprise.

use crate::core::mastery::TopicMastery;
use crate::core::progress::period::Period;
use crate::core::study_day::StudyDay;
use crate::core::team::Share;
use crate::report::cell::Cell;
use crate::report::model::Body;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::table::Column;
use crate::report::table::Table;

const CONTENTS: &str = "This is everything in the file, with long texts cut; the file is plain text, so you can read \
    it before you send it. Left out: the text of cards, what was typed or chosen, when each answer was given, how \
    long it took, where your files \
    are, and what this machine is called.";

fn name(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: false }
}

fn number(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: true }
}

fn section(
    id: &'static str,
    title: &str,
    note: Option<&str>,
    names: usize,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
) -> Section {
    Section {
        id,
        title: title.to_owned(),
        note: note.map(str::to_owned),
        body: Body::Table(Table { names, columns, rows, when_empty: "None." }),
    }
}

fn topic(topic: &TopicMastery) -> Vec<Cell> {
    let mut row = vec![Cell::Text(topic.id.clone())];
    row.extend(topic.cards.map(Cell::Count));
    row.push(Cell::Of(topic.recalls.passed, topic.recalls.all));
    row
}

/// Lays out a share for the person whose it is.
#[must_use]
pub fn share(share: &Share, today: StudyDay) -> Report {
    let text = |text: &str| Cell::Text(text.to_owned());
    let whose = vec![
        vec![Cell::Named("name", "Name"), share.name.as_deref().map_or(Cell::Named("none", "none given"), text)],
        vec![Cell::Named("share", "Number, the same in all you share"), text(&share.id.to_string())],
        vec![Cell::Named("made", "Written"), text(&share.made.to_rfc3339())],
    ];
    let decks = share.decks.iter();
    let decks =
        decks.map(|deck| vec![text(&deck.name), text(&deck.id), deck.version.as_deref().map_or(Cell::Nothing, text)]);
    let checkups = [("Baseline", share.baseline), ("Latest", share.latest_checkup)];
    let is_compared = share.latest_checkup.is_some();
    let checkups = checkups.into_iter().filter_map(|(label, score)| {
        let missing = || is_compared.then_some(Cell::Named("none", "no baseline"));
        let cell = score.map(|score| Cell::Of(score.passed, score.all)).or_else(missing)?;
        Some(vec![Cell::Named(label, label), cell])
    });
    Report {
        title: "What you share".to_owned(),
        generated_at: share.made,
        today,
        period: Period { from: today, to: today },
        deck: None,
        sections: vec![
            section("whose", "Whose", None, 1, vec![name("what", "What"), name("value", "Value")], whose),
            section(
                "decks",
                "Decks",
                None,
                1,
                vec![name("deck", "Deck"), name("id", "Id"), name("version", "Version")],
                decks.collect(),
            ),
            section(
                "topics",
                "Topics",
                None,
                2,
                vec![name("id", "Id"), name("topic", "Title")],
                share.topics.iter().map(|topic| vec![text(&topic.id), text(&topic.title)]).collect(),
            ),
            section(
                "levels",
                "How they stand",
                Some("Cards by level; recalled of all reviews."),
                1,
                vec![
                    name("id", "Id"),
                    number("unseen", "Unseen"),
                    number("learning", "Learning"),
                    number("familiar", "Familiar"),
                    number("solid", "Solid"),
                    number("mastered", "Mastered"),
                    number("recalls", "Recalled"),
                ],
                share.topics.iter().map(topic).collect(),
            ),
            section(
                "checkups",
                "Check-ups",
                None,
                1,
                vec![name("checkup", "Check-up"), number("right", "Right")],
                checkups.collect(),
            ),
        ],
        contents: CONTENTS,
        privacy: None,
        compared: None,
        is_summary: false,
    }
}
