//! A report beside an earlier one: each fact then and now, and what changed.

use crate::core::mastery::Level;
use crate::core::progress::knowledge::CERTAIN;
use crate::core::progress::knowledge::Known;
use crate::core::text::one_line;
use crate::core::totals::Recalls;
use crate::report::build::knowledge::level_name;
use crate::report::cell::Cell;
use crate::report::cell::Unit;
use crate::report::json::FORMAT;
use crate::report::json::VERSION;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::table::Column;
use crate::report::table::Table;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// Facts of the summary that are as of today, whatever the period: they can only be compared with a report of that day.
const AS_OF_TODAY: [&str; 8] = [
    "known",
    "known_friday",
    "streak_days",
    "longest_streak_days",
    "due_today",
    "daily_load",
    "overdue",
    "moved_since",
];

/// Of which sections' topics which columns are compared, and whether they are as of today.
const OF_TOPICS: [(&str, &str, bool); 4] = [
    ("topic_levels", "level", true),
    ("topic_levels", "solid", true),
    ("topics", "retention", false),
    ("topics", "answers", false),
];

/// Why a file can't be compared with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// It ends in the middle.
    #[error("it ends too early, at line {0}: a part of it is missing")]
    Cut(usize),
    /// It is not JSON.
    #[error("it is not JSON, from line {0}, column {1} on")]
    NotJson(usize, usize),
    /// It is JSON, but another kind of file.
    #[error("it is not a report of `lmq report --json`")]
    NotAReport,
    /// It comes from a newer program.
    #[error("it was written by a newer lmq: it has version {0} and this one knows {VERSION}; update lmq")]
    Newer(u64),
}

type TopicName = (String, String);

/// What is compared with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Earlier {
    /// Which one it is, for people.
    label: String,
    facts: BTreeMap<String, Cell>,
    topics: BTreeMap<(TopicName, &'static str), Cell>,
}

fn column(table: &Table, key: &str) -> Option<usize> {
    table.columns.iter().position(|column| column.key == key)
}

fn section<'r>(report: &'r Report, id: &str) -> Option<&'r Section> {
    report.sections.iter().find(|section| section.id == id)
}

fn summary(report: &Report) -> &[Fact] {
    match section(report, "summary").map(|section| &section.body) {
        Some(Body::Facts(facts)) => facts,
        _ => &[],
    }
}

/// The values of one column by topic: by its name and its deck's.
fn topics_of(report: &Report, id: &str, key: &str) -> Vec<(TopicName, Cell)> {
    let Some(Body::Table(table) | Body::Prose(table) | Body::Chart(_, table)) =
        section(report, id).map(|section| &section.body)
    else {
        return Vec::new();
    };
    let Some(value) = column(table, key) else { return Vec::new() };
    let row = |row: &Vec<Cell>| match (row.first(), row.get(1), row.get(value)) {
        (Some(Cell::Text(topic)), Some(Cell::Text(deck)), Some(cell)) => {
            Some(((one_line(topic), one_line(deck)), cell.clone()))
        }
        _ => None,
    };
    table.rows.iter().filter_map(row).collect()
}

/// Reads what the JSON of a report has for a cell like this one.
fn read(like: &Cell, value: &Value) -> Option<Cell> {
    let number = |key: &str| value.get(key).and_then(Value::as_u64);
    let scaled = |value: &Value, by: f64| {
        let number = (value.as_f64()? * by).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 2^53")]
        (0.0..9.0e15).contains(&number).then_some(number as u64)
    };
    match like {
        Cell::Count(_) => value.as_u64().map(Cell::Count),
        Cell::Days(_) => value.as_u64().map(Cell::Days),
        Cell::Time(_) => value.as_u64().map(Cell::Time),
        Cell::Mean(_) => value.as_u64().map(Cell::Mean),
        Cell::Percent(_) => {
            let (passed, all) = (number("passed")?, number("all")?);
            (passed <= all).then_some(Cell::Percent(Recalls { passed, all }))
        }
        Cell::Of(..) => Some(Cell::Of(number("count")?, number("of")?)),
        Cell::Part(..) => Some(Cell::Part(number("count")?, number("of")?)),
        Cell::Load(_) => scaled(value, 1000.0).map(Cell::Load),
        Cell::Known(_) => {
            let millionths = scaled(value.get("expected")?, CERTAIN as f64)?;
            Some(Cell::Known(Known { cards: number("cards")?, millionths }))
        }
        Cell::Named(..) => level(value.as_str()?).map(level_name),
        _ => None,
    }
}

fn level(name: &str) -> Option<Level> {
    Level::ALL.into_iter().find(|level| level.name() == name)
}

impl Earlier {
    /// An earlier period of the same history.
    #[must_use]
    pub fn of_period(report: &Report) -> Self {
        let facts = summary(report).iter().filter(|fact| !AS_OF_TODAY.contains(&fact.key));
        let mut topics = BTreeMap::new();
        for (id, key, _) in OF_TOPICS.into_iter().filter(|(_, _, as_of_today)| !as_of_today) {
            topics.extend(topics_of(report, id, key).into_iter().map(|(name, cell)| ((name, key), cell)));
        }
        Self {
            label: report.days(),
            facts: facts.map(|fact| (fact.key.to_owned(), fact.value.clone())).collect(),
            topics,
        }
    }

    /// An earlier report, as `lmq report --json` wrote it. What it has no value for, or one that this program does not
    /// understand, is not compared.
    ///
    /// # Errors
    /// When it is cut, newer, or no report.
    pub fn of_file(bytes: &[u8], now: &Report) -> Result<Self, CompareError> {
        let document: Value = serde_json::from_slice(bytes).map_err(|error| {
            if error.is_eof() {
                CompareError::Cut(error.line())
            } else {
                CompareError::NotJson(error.line(), error.column())
            }
        })?;
        let version = document.get("version").and_then(Value::as_u64);
        let is_ours = document.get("format").and_then(Value::as_str) == Some(FORMAT);
        match version.filter(|_| is_ours) {
            Some(newer) if newer > u64::from(VERSION) => return Err(CompareError::Newer(newer)),
            // Of a report on a team nothing can be compared.
            Some(_) if document.pointer("/sections/summary/values/answers").is_some() => {}
            _ => return Err(CompareError::NotAReport),
        }
        let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).map(one_line).unwrap_or_default();
        let mut earlier = Self {
            label: format!("{} to {}, as of {}", text("/period/from"), text("/period/to"), text("/today")),
            ..Self::default()
        };
        for fact in summary(now) {
            let value = document.pointer(&format!("/sections/summary/values/{}", fact.key));
            if let Some(cell) = value.and_then(|value| read(&fact.value, value)) {
                earlier.facts.insert(fact.key.to_owned(), cell);
            }
        }
        for (id, key, _) in OF_TOPICS {
            let Some((_, like)) = topics_of(now, id, key).into_iter().next() else { continue };
            let rows = document.pointer(&format!("/sections/{id}/rows")).and_then(Value::as_array);
            for row in rows.into_iter().flatten() {
                let text = |key: &str| row.get(key).and_then(Value::as_str).map(one_line);
                if let (Some(topic), Some(deck), Some(cell)) =
                    (text("topic"), text("deck"), row.get(key).and_then(|value| read(&like, value)))
                {
                    earlier.topics.insert(((topic, deck), key), cell);
                }
            }
        }
        Ok(earlier)
    }
}

/// What changed. Of shares only where both are shown in percent: a difference of a few answers says nothing.
fn change(before: &Cell, now: &Cell) -> Cell {
    let difference = |before: u64, now: u64, unit| {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Cell::Difference(signed(now).saturating_sub(signed(before)), unit)
    };
    match (before, now) {
        (Cell::Count(a), Cell::Count(b)) => difference(*a, *b, Unit::Count),
        (Cell::Of(a, _), Cell::Of(b, _)) | (Cell::Part(a, _), Cell::Part(b, _)) => difference(*a, *b, Unit::Count),
        (Cell::Days(a), Cell::Days(b)) => difference(*a, *b, Unit::Days),
        (Cell::Time(a), Cell::Time(b)) => difference(*a, *b, Unit::Time),
        (Cell::Mean(a), Cell::Mean(b)) => difference(*a, *b, Unit::Seconds),
        (Cell::Load(a), Cell::Load(b)) => difference(*a, *b, Unit::Load),
        (Cell::Known(a), Cell::Known(b)) => difference(a.whole(), b.whole(), Unit::Count),
        (Cell::Percent(a), Cell::Percent(b)) => match (a.whole_percent(), b.whole_percent()) {
            (Some(a), Some(b)) => difference(a, b, Unit::Points),
            _ => Cell::Nothing,
        },
        (Cell::Named(a, _), Cell::Named(b, _)) => match (level(a), level(b)) {
            (Some(a), Some(b)) => {
                let place = |level: Level| i64::try_from(level.index()).unwrap_or(0);
                Cell::Moved(place(b) - place(a))
            }
            _ => Cell::Nothing,
        },
        _ => Cell::Nothing,
    }
}

fn columns(names: &[Column]) -> Vec<Column> {
    let number = |key, label| Column { key, label, is_number: true };
    names
        .iter()
        .copied()
        .chain([number("before", "Before"), number("now", "Now"), number("change", "Change")])
        .collect()
}

fn name(key: &'static str, label: &'static str) -> Column {
    Column { key, label, is_number: false }
}

fn of_facts(now: &Report, earlier: &Earlier) -> Section {
    let rows = summary(now).iter().filter_map(|fact| {
        let before = earlier.facts.get(fact.key)?;
        let shown = Fact { value: before.clone(), ..fact.clone() };
        (fact.is_shown() || shown.is_shown()).then(|| {
            let changed = change(before, &fact.value);
            vec![Cell::Named(fact.key, fact.label), before.clone(), fact.value.clone(), changed]
        })
    });
    Section {
        id: "comparison",
        title: "Compared with before".to_owned(),
        note: Some(
            "Before: the period or report that was asked for; see above. Of shares the change is shown where both have \
             100 answers or more."
                .to_owned(),
        ),
        body: Body::Table(Table {
            names: 1,
            columns: columns(&[name("value", "Value")]),
            rows: rows.collect(),
            when_empty: "Nothing in it can be compared.",
        }),
    }
}

fn of_topics(now: &Report, earlier: &Earlier) -> Section {
    let mut values: BTreeMap<(TopicName, usize), [Cell; 2]> = BTreeMap::new();
    let compared: BTreeSet<&str> = earlier.topics.keys().map(|(_, key)| *key).collect();
    for (place, (id, key, _)) in OF_TOPICS.into_iter().enumerate().filter(|(_, (_, key, _))| compared.contains(key)) {
        for (topic, cell) in topics_of(now, id, key) {
            let before = earlier.topics.get(&(topic.clone(), key)).cloned().unwrap_or(Cell::Nothing);
            values.insert((topic, place), [before, cell]);
        }
        // What has gone meanwhile, or has another name now.
        for ((topic, _), before) in earlier.topics.iter().filter(|((_, other), _)| *other == key) {
            values.entry((topic.clone(), place)).or_insert_with(|| [before.clone(), Cell::Nothing]);
        }
    }
    let rows = values.into_iter().map(|(((topic, deck), place), [before, now])| {
        let label = match OF_TOPICS.get(place).map_or("", |(_, key, _)| key) {
            "level" => Cell::Named("level", "level"),
            "solid" => Cell::Named("solid", "solid cards"),
            "retention" => Cell::Named("retention", "true retention"),
            _ => Cell::Named("answers", "answers"),
        };
        let changed = change(&before, &now);
        vec![Cell::Text(topic), Cell::Text(deck), label, before, now, changed]
    });
    Section {
        id: "comparison_topics",
        title: "Topics compared with before".to_owned(),
        note: Some("Topics are compared by title and deck, so one that was renamed is there twice.".to_owned()),
        body: Body::Table(Table {
            names: 3,
            columns: columns(&[name("topic", "Topic"), name("deck", "Deck"), name("value", "Value")]),
            rows: rows.collect(),
            when_empty: "",
        }),
    }
}

impl Report {
    /// The report with what was before beside what is now.
    #[must_use]
    pub fn compared_with(mut self, earlier: &Earlier) -> Self {
        let sections = [of_facts(&self, earlier), of_topics(&self, earlier)];
        let place = self.sections.iter().position(|section| section.id == "summary").map_or(0, |place| place + 1);
        self.sections.splice(place..place, sections);
        self.compared = Some(earlier.label.clone());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_worded_with_its_sign_and_unit() {
        let percent = |passed, all| Cell::Percent(Recalls { passed, all });
        for (before, now, words) in [
            (Cell::Count(3), Cell::Count(1203), "+1,200"),
            (Cell::Count(5), Cell::Count(5), "="),
            (Cell::Days(4), Cell::Days(3), "−1 day"),
            (Cell::Time(80_000), Cell::Time(40_000), "−40 s"),
            (Cell::Time(0), Cell::Time(3_900_000), "+1 h 05 min"),
            (Cell::Load(1000), Cell::Load(2500), "+1.5 a day"),
            (percent(80, 100), percent(171, 190), "+10 points"),
            (percent(8, 10), percent(171, 190), "-"),
            (percent(0, 0), percent(171, 190), "-"),
            (Cell::Of(3, 7), Cell::Of(5, 7), "+2"),
            (Cell::Named("learning", "learning"), Cell::Named("solid", "solid"), "+2"),
            (Cell::Nothing, Cell::Count(5), "-"),
        ] {
            assert_eq!(change(&before, &now).words(), words, "{before:?} {now:?}");
        }
    }
}
