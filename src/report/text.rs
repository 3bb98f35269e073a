//! Plain text for a terminal, a pipe or a mail: no colour, and a number beside every bar.

use std::io;
use std::io::Write;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

mod charts;
mod in_words;

pub use in_words::render_words;

use crate::report::Renderer;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::table::Table;

/// Columns that every line fits in, unless another width is asked for.
const WIDTH: usize = 80;

/// The narrowest that anything is laid out for.
const LEAST_WIDTH: usize = 30;

/// Spaces before every line of a section.
const INDENT: &str = "  ";

/// Spaces between two columns of a table.
const GAP: &str = "  ";

/// The narrowest that a column of text is made.
const NARROWEST: usize = 8;

/// A name of so many columns can mostly be told from the others.
const TELLING: usize = 20;

/// Bars shorter than this say nothing; then the table stands alone.
const SHORTEST_BAR: usize = 8;

/// The longest that a bar is drawn.
const LONGEST_BAR: usize = 32;

/// The most rows of a chart over time; earlier ones are in the other forms.
const MOST_ROWS: usize = 31;

/// The renderer.
#[derive(Debug)]
pub(super) struct Text;

/// The text in at most `width` columns, cut with `…`.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        if kept.width() + grapheme.width() + 1 > width {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.push('…');
    kept
}

fn padded(text: &str, width: usize, is_number: bool) -> String {
    let spaces = " ".repeat(width.saturating_sub(text.width()));
    if is_number { format!("{spaces}{text}") } else { format!("{text}{spaces}") }
}

fn paragraph(out: &mut dyn Write, width: usize, text: &str) -> io::Result<()> {
    for line in textwrap::wrap(text, width - INDENT.len()) {
        writeln!(out, "{INDENT}{line}")?;
    }
    Ok(())
}

/// Names and values in two columns; where these don't fit, each value beside its name or, wrapped, below it.
fn facts(out: &mut dyn Write, width: usize, facts: &[Fact]) -> io::Result<()> {
    let shown: Vec<(&str, String)> =
        facts.iter().filter(|fact| fact.is_shown()).map(|fact| (fact.label, fact.value.words())).collect();
    let label = shown.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let value = shown.iter().map(|(_, value)| value.width()).max().unwrap_or(0);
    let room = width - INDENT.len();
    let fits = label + GAP.len() + value <= room;
    for (name, words) in shown {
        if fits {
            writeln!(out, "{INDENT}{}{GAP}{}", padded(name, label, false), padded(&words, value, true))?;
        } else if name.width() + GAP.len() + words.width() <= room {
            writeln!(out, "{INDENT}{name}{}", padded(&words, room - name.width(), true))?;
        } else {
            paragraph(out, width, &format!("{name}:"))?;
            for line in textwrap::wrap(&words, room) {
                writeln!(out, "{INDENT}{}", padded(&line, room, true))?;
            }
        }
    }
    Ok(())
}

/// The columns that fit, and the width of each.
///
/// Where a line would be too long, the widest column of names gives way; before names can't be told apart any more the deck
/// is left out, then the last numbers are. A day is never cut.
fn widths(table: &Table, words: &[Vec<String>], width: usize) -> (Vec<usize>, Vec<usize>) {
    let mut shown: Vec<usize> = (0..table.columns.len()).collect();
    let is_number = |column: usize| table.columns.get(column).is_some_and(|column| column.is_number);
    let is_name = |column: usize| {
        let is_day =
            |row: &Vec<Cell>| matches!(row.get(column), Some(Cell::Date(_) | Cell::Weekday(_) | Cell::Span(..)));
        !is_number(column) && !table.rows.iter().any(is_day)
    };
    let natural = |column: usize| {
        let label = table.columns.get(column).map_or(0, |column| column.label.width());
        words.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0).max(label)
    };
    loop {
        let mut widths: Vec<usize> = shown.iter().map(|column| natural(*column)).collect();
        let room = (width - INDENT.len()).saturating_sub(GAP.len() * widths.len().saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let texts = widths.iter_mut().zip(&shown).filter(|(_, column)| is_name(**column));
            match texts.map(|(width, _)| width).max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        let is_cut = widths.first().is_some_and(|width| *width < natural(0) && *width < TELLING && is_name(0));
        let deck =
            shown.iter().position(|column| table.columns.get(*column).is_some_and(|column| column.key == "deck"));
        if let Some(place) = deck.filter(|place| is_cut && *place > 0) {
            shown.remove(place);
            continue;
        }
        let numbers = shown.iter().filter(|column| is_number(**column)).count();
        if widths.iter().sum::<usize>() <= room || shown.len() < 2 {
            return (shown, widths);
        }
        // A word that ends the row says less than the numbers before it.
        if shown.last().is_some_and(|column| !is_number(*column) && *column >= table.names) && numbers > 0 {
            shown.pop();
            continue;
        }
        // One number has to stay; then texts that name the row less closely go.
        match shown.iter().rposition(|column| is_number(*column) == (numbers > 1) && *column > 0) {
            Some(place) => shown.remove(place),
            None => return (shown, widths),
        };
    }
}

/// A bar of whole characters; what is not nothing is at least one.
fn bar(length: f64, room: usize) -> String {
    let cells = (1..=room).take_while(|cell| *cell as f64 <= length * room as f64 + 0.5).count();
    "█".repeat(if length > 0.0 { cells.max(1) } else { cells })
}

fn table(out: &mut dyn Write, width: usize, table: &Table, chart: Option<&Chart>) -> io::Result<()> {
    if table.rows.is_empty() {
        return paragraph(out, width, table.when_empty);
    }
    let hidden = match chart {
        Some(Chart { shape: Shape::Columns, .. }) => table.rows.len().saturating_sub(MOST_ROWS),
        _ => 0,
    };
    let rows = table.rows.get(hidden..).unwrap_or(&[]);
    let words: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.words()).collect()).collect();
    let (shown, widths) = widths(table, &words, width);
    let used = INDENT.len() + widths.iter().sum::<usize>() + GAP.len() * widths.len();
    let room = width.saturating_sub(used).min(LONGEST_BAR);
    let line = |cells: &[&str]| {
        let cells = shown.iter().zip(&widths).map(|(column, width)| {
            let is_number = table.columns.get(*column).is_some_and(|column| column.is_number);
            padded(&cut(cells.get(*column).copied().unwrap_or_default(), *width), *width, is_number)
        });
        format!("{INDENT}{}", cells.collect::<Vec<_>>().join(GAP))
    };
    let labels: Vec<&str> = table.columns.iter().map(|column| column.label).collect();
    if let Some(chart) = chart.filter(|chart| chart.series.len() > 1 && room >= SHORTEST_BAR) {
        let labels = chart.series.iter().filter_map(|column| table.columns.get(*column)).map(|column| column.label);
        let legend =
            labels.zip(charts::SERIES).map(|(label, symbol)| format!("{symbol}\u{a0}{}", label.to_lowercase()));
        paragraph(out, width, &legend.collect::<Vec<_>>().join("  "))?;
    }
    let scale = match chart {
        Some(Chart { shape: Shape::Ranges, .. }) if room >= SHORTEST_BAR => {
            format!("{GAP}0 %{:>w$}", "100 %", w = room - 3)
        }
        _ => String::new(),
    };
    writeln!(out, "{}", format!("{}{scale}", line(&labels)).trim_end())?;
    for (row, words) in rows.iter().zip(&words) {
        let line = line(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let drawn = match chart {
            Some(chart) if room >= SHORTEST_BAR => charts::beside(chart, row, room),
            _ => String::new(),
        };
        writeln!(out, "{}", format!("{line}{GAP}{drawn}").trim_end())?;
    }
    let left_out: Vec<&str> = (0..table.columns.len())
        .filter(|column| !shown.contains(column))
        .filter_map(|c| labels.get(c).copied())
        .collect();
    if !left_out.is_empty() {
        paragraph(out, width, &format!("Too narrow for: {}.", left_out.join(", ")))?;
    }
    if hidden > 0 {
        let which = if hidden == 1 { "The row before it is" } else { "The rows before them are" };
        writeln!(out)?;
        paragraph(out, width, &format!("The last {MOST_ROWS} of {}. {which} in the other forms.", table.rows.len()))?;
    }
    Ok(())
}

/// Sentences under their headings: they are wrapped and never cut.
fn prose(out: &mut dyn Write, width: usize, table: &Table) -> io::Result<()> {
    for (index, (heading, sentences)) in table.prose().into_iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        paragraph(out, width, &heading)?;
        for (day, words) in sentences {
            let first = format!("{INDENT}{INDENT}{day}{GAP}");
            let rest = " ".repeat(first.width());
            let options = textwrap::Options::new(width).initial_indent(&first).subsequent_indent(&rest);
            for line in textwrap::wrap(&words, options) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

/// Writes a report for a terminal of so many columns.
///
/// # Errors
/// Only when `out` refuses what is written to it.
pub fn render_text(report: &Report, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let width = width.max(LEAST_WIDTH);
    writeln!(out, "{}\n{}", report.title, "=".repeat(report.title.width()))?;
    let head =
        [Some(report.decks()), Some(report.days()), report.compared(), Some(format!("written {}", report.made()))];
    for line in head.into_iter().flatten() {
        writeln!(out, "{}", cut(&line, width))?;
    }
    for section in report.sections.iter().filter(|section| section.is_shown()) {
        writeln!(out, "\n{}\n{}", section.title, "-".repeat(section.title.width()))?;
        match &section.body {
            Body::Sentences(sentences) => {
                for sentence in sentences {
                    paragraph(out, width, &sentence.said())?;
                }
            }
            Body::Facts(list) => facts(out, width, list)?,
            Body::Prose(rows) if !rows.rows.is_empty() => prose(out, width, rows)?,
            Body::Prose(rows) | Body::Table(rows) => table(out, width, rows, None)?,
            Body::Chart(chart, rows) if chart.shape == Shape::Matrix && !Chart::is_any_mistaken(rows) => {
                paragraph(out, width, &chart.description)?;
                continue;
            }
            Body::Chart(_, rows) if rows.rows.is_empty() => paragraph(out, width, rows.when_empty)?,
            Body::Chart(chart, rows) => match chart.shape {
                Shape::Calendar => charts::calendar(out, width, chart, rows)?,
                Shape::Matrix => charts::matrix(out, width, chart, rows)?,
                Shape::Stacked => charts::stacked(out, width, chart, rows)?,
                Shape::Columns | Shape::Bars | Shape::Ranges => table(out, width, rows, Some(chart))?,
            },
        }
        if let Some(note) = &section.note {
            if !matches!(&section.body, Body::Facts(list) if !list.iter().any(Fact::is_shown)) {
                writeln!(out)?;
            }
            paragraph(out, width, note)?;
        }
    }
    writeln!(out)?;
    for line in textwrap::wrap(report.contents, width) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

impl Renderer for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        render_text(report, WIDTH, out)
    }
}
