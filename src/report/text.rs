//! Plain text of 80 columns, for a terminal, a pipe or a mail: no colour, and a number beside every bar.

use std::io;
use std::io::Write;

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::report::Renderer;
use crate::report::model::Body;
use crate::report::model::Chart;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Shape;
use crate::report::model::Table;

/// Columns that every line fits in.
const WIDTH: usize = 80;

/// Spaces before every line of a section.
const INDENT: &str = "  ";

/// Spaces between two columns of a table.
const GAP: &str = "  ";

/// The narrowest that a column of text is made.
const NARROWEST: usize = 8;

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

fn paragraph(out: &mut dyn Write, text: &str) -> io::Result<()> {
    for line in textwrap::wrap(text, WIDTH - INDENT.len()) {
        writeln!(out, "{INDENT}{line}")?;
    }
    Ok(())
}

fn facts(out: &mut dyn Write, facts: &[Fact]) -> io::Result<()> {
    let shown: Vec<(&str, String)> =
        facts.iter().filter(|fact| fact.is_shown()).map(|fact| (fact.label, fact.value.words())).collect();
    let label = shown.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    let value = shown.iter().map(|(_, value)| value.width()).max().unwrap_or(0);
    for (name, words) in shown {
        writeln!(out, "{INDENT}{}{GAP}{}", padded(name, label, false), padded(&words, value, true))?;
    }
    Ok(())
}

/// The width of each column; where a line would be too long, the widest column of text gives way.
fn widths(table: &Table, words: &[Vec<String>]) -> Vec<usize> {
    let mut widths: Vec<usize> = table.columns.iter().map(|column| column.label.width()).collect();
    for row in words {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let room = WIDTH - INDENT.len() - GAP.len() * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() > room {
        let texts = widths.iter_mut().zip(&table.columns).filter(|(_, column)| !column.is_number);
        match texts.map(|(width, _)| width).max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

/// A bar of whole characters; what is not nothing is at least one.
fn bar(length: f64, room: usize) -> String {
    let cells = (1..=room).take_while(|cell| *cell as f64 <= length * room as f64 + 0.5).count();
    "█".repeat(if length > 0.0 { cells.max(1) } else { cells })
}

fn table(out: &mut dyn Write, table: &Table, chart: Option<&Chart>) -> io::Result<()> {
    if table.rows.is_empty() {
        return paragraph(out, table.when_empty);
    }
    let hidden = match chart {
        Some(Chart { shape: Shape::Columns, .. }) => table.rows.len().saturating_sub(MOST_ROWS),
        _ => 0,
    };
    let rows = table.rows.get(hidden..).unwrap_or(&[]);
    let words: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.words()).collect()).collect();
    let widths = widths(table, &words);
    let used = INDENT.len() + widths.iter().sum::<usize>() + GAP.len() * widths.len();
    let room = WIDTH.saturating_sub(used).min(LONGEST_BAR);
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells = cells.zip(&widths).zip(&table.columns);
        let cells = cells.map(|((cell, width), column)| padded(&cut(cell, *width), *width, column.is_number));
        format!("{INDENT}{}", cells.collect::<Vec<_>>().join(GAP))
    };
    writeln!(out, "{}", line(&mut table.columns.iter().map(|column| column.label)).trim_end())?;
    for (row, words) in rows.iter().zip(&words) {
        let line = line(&mut words.iter().map(String::as_str));
        let length: f64 = chart.map_or(0.0, |chart| chart.lengths(row).iter().sum());
        let bar = if room < SHORTEST_BAR { String::new() } else { bar(length, room) };
        writeln!(out, "{}", format!("{line}{GAP}{bar}").trim_end())?;
    }
    if hidden > 0 {
        let which = if hidden == 1 { "The row before it is" } else { "The rows before them are" };
        writeln!(out)?;
        paragraph(out, &format!("The last {MOST_ROWS} of {}. {which} in the other forms.", table.rows.len()))?;
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
        writeln!(out, "{}\n{}", report.title, "=".repeat(report.title.width()))?;
        for line in [report.decks(), report.days(), format!("written {}", report.made())] {
            writeln!(out, "{}", cut(&line, WIDTH))?;
        }
        for section in report.sections.iter().filter(|section| section.is_shown()) {
            writeln!(out, "\n{}\n{}", section.title, "-".repeat(section.title.width()))?;
            match &section.body {
                Body::Facts(list) => facts(out, list)?,
                Body::Table(rows) => table(out, rows, None)?,
                Body::Chart(chart, rows) => table(out, rows, Some(chart))?,
            }
            if let Some(note) = &section.note {
                if !matches!(&section.body, Body::Facts(list) if !list.iter().any(Fact::is_shown)) {
                    writeln!(out)?;
                }
                paragraph(out, note)?;
            }
        }
        writeln!(out)?;
        for line in textwrap::wrap(report.contents, WIDTH) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}
