//! A report for somebody who hears it: each row a line with the name of every number, and nothing drawn.

use crate::core::study_day::StudyDay;
use crate::report::HOW_TO_READ;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Report;
use crate::report::table::Column;
use crate::report::table::Table;
use crate::report::text::MOST_ROWS;
use std::collections::BTreeMap;
use std::io;
use std::io::Write;

/// Writes a report in words. No line is wrapped or cut: where it ends is a matter of the ear.
///
/// # Errors
/// Only when `out` refuses what is written to it.
pub fn render_words(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", report.title)?;
    let head =
        [Some(report.decks()), Some(report.days()), report.compared(), Some(format!("written {}", report.made()))];
    for line in head.into_iter().flatten() {
        writeln!(out, "{line}")?;
    }
    for section in report.sections.iter().filter(|section| section.is_shown()) {
        writeln!(out, "\n{}", section.title)?;
        match &section.body {
            Body::Sentences(sentences) => {
                for sentence in sentences {
                    writeln!(out, "{}", sentence.said())?;
                }
            }
            Body::Facts(facts) => {
                for fact in facts.iter().filter(|fact| fact.is_shown()) {
                    writeln!(out, "{}: {}", fact.label, fact.value.words())?;
                }
            }
            Body::Prose(table) | Body::Table(table) | Body::Chart(_, table) if table.rows.is_empty() => {
                writeln!(out, "{}", table.when_empty)?;
            }
            Body::Prose(table) => {
                for (heading, sentences) in table.prose() {
                    writeln!(out, "{heading}")?;
                    for (day, words) in sentences {
                        writeln!(out, "{day}: {words}")?;
                    }
                }
            }
            Body::Chart(chart, table) => match chart.shape {
                Shape::Calendar => weeks(out, table)?,
                Shape::Matrix if !Chart::is_any_mistaken(table) => writeln!(out, "{}", chart.description)?,
                Shape::Matrix => mistaken(out, table)?,
                // Time runs down, and what is long ago is in the other forms.
                Shape::Columns => rows(out, table, table.rows.len().saturating_sub(MOST_ROWS))?,
                Shape::Bars | Shape::Stacked | Shape::Ranges => rows(out, table, 0)?,
            },
            Body::Table(table) => rows(out, table, 0)?,
        }
        if let Some(note) = &section.note {
            writeln!(out, "{}", heard(note))?;
        }
    }
    writeln!(out, "\n{}", report.contents)
}

/// A note without what it says of a drawing.
fn heard(note: &str) -> String {
    note.replace(HOW_TO_READ, "").replace("The range in brackets contains", "The range contains")
}

/// Each row a line: what names it, then every cell that is not nothing behind the name of its column.
fn rows(out: &mut dyn Write, table: &Table, first: usize) -> io::Result<()> {
    // Days with nothing, one after the other, are one line.
    let mut empty: Option<(String, String)> = None;
    let say_empty = |out: &mut dyn Write, empty: Option<(String, String)>| match empty {
        Some((from, to)) if from == to => writeln!(out, "{from}: none"),
        Some((from, to)) => writeln!(out, "{from} to {to}: none"),
        None => Ok(()),
    };
    for row in table.rows.iter().skip(first) {
        let names: Vec<String> = row.iter().take(table.names.max(1)).map(Cell::words).collect();
        let columns = row.iter().zip(&table.columns).skip(table.names.max(1));
        let says = |(cell, column): &(&Cell, &Column)| {
            // None of two is something else than nothing at all.
            let is_said = matches!(cell, Cell::Of(_, of) if *of > 0) || !cell.is_zero();
            !matches!(cell, Cell::Nothing | Cell::Moved(0)) && is_said && column.key != "id"
        };
        let cells: Vec<String> = columns
            .filter(says)
            .map(|(cell, column)| format!("{} {}", column.label.to_lowercase(), cell.words()))
            .collect();
        if cells.is_empty() && matches!(row.first(), Some(Cell::Date(_))) {
            let name = names.join(", ");
            let from = empty.take().map_or_else(|| name.clone(), |(from, _)| from);
            empty = Some((from, name));
            continue;
        }
        say_empty(out, empty.take())?;
        let cells = if cells.is_empty() { "none".to_owned() } else { cells.join(", ") };
        writeln!(out, "{}: {cells}", names.join(", "))?;
    }
    say_empty(out, empty)
}

/// The days of a calendar, by week.
fn weeks(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    let mut weeks: BTreeMap<StudyDay, (u64, u64)> = BTreeMap::new();
    for (day, answers) in Chart::days(table) {
        let (days, sum) = weeks.entry(Chart::monday(day)).or_default();
        *days += u64::from(answers > 0);
        *sum += answers;
    }
    for (monday, (days, answers)) in weeks {
        writeln!(out, "week of {}: answers {answers}, days {days}", monday.iso())?;
    }
    Ok(())
}

/// What was taken for what.
fn mistaken(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    for row in table.rows.iter().filter(|row| row.first() != row.get(1)) {
        let cell = |column: usize| row.get(column).map(Cell::words).unwrap_or_default();
        writeln!(out, "{} taken for {}: {}", cell(0), cell(1), cell(2))?;
    }
    Ok(())
}
