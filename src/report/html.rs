//! One HTML file that needs nothing else: no script, no network, no fonts; pictures are inline SVG.
//!
//! The pictures have no view box: bars are placed in percent and text in pixels, so that a chart fills a phone as
//! well as a sheet of paper and its labels stay readable on both.

use std::io;
use std::io::Write;

use maud::DOCTYPE;
use maud::Markup;
use maud::PreEscaped;
use maud::html;

use crate::core::text::thousands;
use crate::report::Renderer;
use crate::report::model::Body;
use crate::report::model::Cell;
use crate::report::model::Chart;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Shape;
use crate::report::model::Table;
use crate::report::model::Weight;

const STYLE: &str = include_str!("report.css");

/// Nothing may be loaded or run, whatever a deck has put into a name.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Height of an upright bar that is full, in pixels.
const HEIGHT: f64 = 150.0;

/// Room above it for the upper half of the label of the upper line.
const HEADROOM: f64 = 8.0;

/// From one lying bar to the next, in pixels.
const PITCH: usize = 44;

/// Characters of a name beside a lying bar; what is longer would run into its value on a phone.
const NAME_CHARS: usize = 34;

/// Rows from which a table is folded away.
const LONG: usize = 20;

/// Colours of the parts of a bar.
const SERIES: [&str; 3] = ["s1", "s2", "s3"];

/// The renderer.
#[derive(Debug)]
pub(super) struct Html;

impl Renderer for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(report).into_string().as_bytes())?;
        writeln!(out)
    }
}

fn page(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="robots" content="noindex";
                title { (report.title) ", " (report.period.to.iso()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    header {
                        h1 { (report.title) }
                        p.decks { (report.decks()) }
                        p { (report.days()) " · written " (report.made()) }
                    }
                    @for part in report.sections.iter().filter(|section| section.is_shown()) { (section(part)) }
                    footer { p { (report.contents) } }
                }
            }
        }
    }
}

/// Our own words, in which code stands between backticks.
fn words(text: &str) -> Markup {
    html! {
        @for (index, piece) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

fn note(section: &Section) -> Markup {
    html! { @if let Some(note) = &section.note { p.note { (words(note)) } } }
}

fn section(section: &Section) -> Markup {
    html! {
        section id=(section.id) aria-labelledby={ (section.id) "-heading" } {
            h2 id={ (section.id) "-heading" } { (section.title) }
            @match &section.body {
                Body::Facts(list) => { (facts(list, Weight::Major)) (note(section)) (facts(list, Weight::Minor)) },
                Body::Table(rows) | Body::Chart(_, rows) if rows.rows.is_empty() => {
                    p.note.empty { (words(rows.when_empty)) }
                },
                Body::Table(rows) => { (note(section)) (folded(rows, rows.rows.len() > LONG)) },
                Body::Chart(chart, rows) => {
                    (note(section))
                    figure {
                        (legend(chart, rows))
                        @match chart.shape {
                            Shape::Columns => (columns(section, chart, rows)),
                            Shape::Bars => (bars(section, chart, rows)),
                        }
                    }
                    (folded(rows, true))
                },
            }
        }
    }
}

fn facts(facts: &[Fact], weight: Weight) -> Markup {
    let is_major = weight == Weight::Major;
    let shown: Vec<&Fact> =
        facts.iter().filter(|fact| fact.is_shown() && (fact.weight == Weight::Major) == is_major).collect();
    html! {
        @if !shown.is_empty() {
            dl class=(if is_major { "major" } else { "minor" }) {
                @for fact in shown { div { dt { (fact.label) } dd { (fact.value.words()) } } }
            }
        }
    }
}

fn folded(table: &Table, is_folded: bool) -> Markup {
    html! {
        @if is_folded {
            details.long[table.rows.len() > LONG] { summary { "The numbers" } (rows(table)) }
        } @else {
            (rows(table))
        }
    }
}

fn rows(table: &Table) -> Markup {
    html! {
        div.scroll tabindex=[(table.columns.len() > 4).then_some("0")] {
            table {
                thead {
                    tr { @for column in &table.columns { th.n[column.is_number] scope="col" { (column.label) } } }
                }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                                @if index == 0 {
                                    th scope="row" { (cell.words()) }
                                } @else if column.is_number {
                                    td.n { (cell.words()) }
                                } @else {
                                    td.text { (cell.words()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn legend(chart: &Chart, table: &Table) -> Markup {
    let names = chart.series.iter().filter_map(|column| table.columns.get(*column)).zip(SERIES);
    html! {
        @if chart.series.len() > 1 {
            figcaption { @for (column, class) in names { span { i class=(class) {} (column.label) } } }
        }
    }
}

/// Title and description, by which a picture is announced.
fn titled(section: &Section, chart: &Chart) -> Markup {
    html! {
        title id={ (section.id) "-title" } { (section.title) }
        desc id={ (section.id) "-desc" } { (chart.description) }
    }
}

fn labels(section: &Section) -> String {
    format!("{0}-title {0}-desc", section.id)
}

fn first_words(row: &[Cell]) -> String {
    row.first().map(Cell::words).unwrap_or_default()
}

fn columns(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let count = table.rows.len().max(1) as f64;
    let pitch = 100.0 / count;
    let floor = HEADROOM + HEIGHT;
    let last = table.rows.len() - 1;
    let mut ticks =
        vec![(0, "start", 0.0), (last / 2, "middle", (((last / 2) as f64) + 0.5) * pitch), (last, "end", 100.0)];
    match table.rows.len() {
        0 | 1 => ticks.truncate(1),
        2..=4 => {
            ticks.remove(1);
        }
        _ => {}
    }
    html! {
        svg.columns role="img" aria-labelledby=(labels(section)) height=(format!("{:.0}", floor + 22.0)) {
            (titled(section, chart))
            @for (share, label) in [(1.0, chart.full), (0.5, chart.full / 2)] {
                @let y = format!("{:.1}", floor - share * HEIGHT);
                line x1="0" x2="100%" y1=(y) y2=(y) {}
                text x="-8" text-anchor="end" y=(format!("{:.1}", floor - share * HEIGHT + 4.0)) { (thousands(label)) }
            }
            @for (index, row) in table.rows.iter().enumerate() {
                (column(chart, row, index as f64 * pitch, pitch, floor))
            }
            line x1="0" x2="100%" y1=(floor) y2=(floor) {}
            @for (row, anchor, x) in ticks {
                text x=(format!("{x:.2}%")) y=(floor + 17.0) text-anchor=(anchor) {
                    (table.rows.get(row).map(|row| first_words(row)).unwrap_or_default())
                }
            }
        }
    }
}

fn column(chart: &Chart, row: &[Cell], x: f64, pitch: f64, floor: f64) -> Markup {
    let x = format!("{:.2}%", x + pitch * 0.12);
    let width = format!("{:.2}%", pitch * 0.76);
    let mut top = floor;
    let parts: Vec<(f64, f64, &str)> = chart
        .lengths(row)
        .into_iter()
        .zip(SERIES)
        .filter(|(length, _)| *length > 0.0)
        .map(|(length, class)| {
            top -= length * HEIGHT;
            (top, length * HEIGHT, class)
        })
        .collect();
    let counts = chart.series.iter().filter_map(|column| row.get(*column)).map(Cell::words).collect::<Vec<_>>();
    html! {
        @if !parts.is_empty() {
            g {
                title { (first_words(row)) ": " (counts.join(" + ")) }
                @for (y, height, class) in parts {
                    rect class=(class) x=(x) width=(width) y=(format!("{y:.1}")) height=(format!("{height:.1}")) {}
                }
            }
        }
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARS {
        return name.to_owned();
    }
    name.chars().take(NAME_CHARS - 1).chain(['…']).collect()
}

fn bars(section: &Section, chart: &Chart, table: &Table) -> Markup {
    let series = chart.series.first().copied().unwrap_or(0);
    html! {
        svg role="img" aria-labelledby=(labels(section)) height=(table.rows.len() * PITCH - 14) {
            (titled(section, chart))
            @for (index, row) in table.rows.iter().enumerate() {
                @let y = index * PITCH;
                @let length = chart.lengths(row).iter().sum::<f64>() * 100.0;
                g {
                    title { (first_words(row)) ": " (row.get(series).map(Cell::words).unwrap_or_default()) }
                    text.name x="0" y=(y + 14) { (shortened(&first_words(row))) }
                    text.value x="100%" y=(y + 14) text-anchor="end" {
                        (row.get(series).map(Cell::words).unwrap_or_default())
                    }
                    rect.track x="0" width="100%" y=(y + 22) height="8" rx="4" {}
                    @if length > 0.0 {
                        rect.s1 x="0" width=(format!("{length:.2}%")) y=(y + 22) height="8" rx="4" {}
                    }
                }
            }
        }
    }
}
