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

use crate::report::Renderer;
use crate::report::cell::Cell;
use crate::report::chart::Chart;
use crate::report::chart::Shape;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::model::Section;
use crate::report::model::Weight;
use crate::report::table::Table;

mod charts;

const STYLE: &str = include_str!("report.css");

/// Nothing may be loaded or run, whatever a deck has put into a name.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Rows from which a table is folded away.
const LONG: usize = 50;

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
                main.one[report.is_summary] {
                    header {
                        h1 { (report.title) }
                        p.decks { (report.decks()) }
                        p { (report.days()) " · written " (report.made()) }
                        @if let Some(compared) = report.compared() { p { (compared) } }
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
                Body::Sentences(list) => { @for sentence in list { p.said { (sentence.said()) } } },
                Body::Facts(list) => { (facts(list, Weight::Major)) (note(section)) (facts(list, Weight::Minor)) },
                Body::Table(rows) | Body::Prose(rows) | Body::Chart(_, rows) if rows.rows.is_empty() => {
                    p.note.empty { (words(rows.when_empty)) }
                },
                Body::Prose(rows) => { (note(section)) (prose(rows)) },
                Body::Table(rows) => { (note(section)) (folded(rows, rows.rows.len() > LONG)) },
                Body::Chart(chart, rows) if chart.shape == Shape::Matrix && !Chart::is_any_mistaken(rows) => {
                    p.note { (chart.description) }
                },
                Body::Chart(chart, rows) if chart.shape == Shape::Matrix => {
                    p.note { (chart.description) @if let Some(note) = &section.note { " " (words(note)) } }
                    (charts::matrix(section, chart, rows))
                },
                Body::Chart(chart, rows) => { (note(section)) (charts::figure(section, chart, rows)) (folded(rows, true)) },
            }
        }
    }
}

fn prose(table: &Table) -> Markup {
    html! {
        @for (heading, sentences) in table.prose() {
            h3 { (heading) }
            ul { @for (day, words) in sentences { li { (day) ": " (words) } } }
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
                @for fact in shown {
                    div { dt { (fact.label) } dd { @if is_major { (figure(&fact.value.words())) } @else { (fact.value.words()) } } }
                }
            }
        }
    }
}

/// A figure to be seen from afar: what it is out of, and its range, are set smaller.
fn figure(words: &str) -> Markup {
    let end = [" of ", " ("].iter().filter_map(|before| words.find(before)).min().unwrap_or(words.len());
    let (figure, rest) = words.split_at_checked(end).unwrap_or((words, ""));
    html! { (figure) @if !rest.is_empty() { small { (rest) } } }
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

/// A value in its cell, which may be broken into lines before its range or unit alone.
fn value(words: &str) -> Markup {
    let end = [" (", " points"].iter().filter_map(|before| words.find(before)).min();
    match end.and_then(|end| words.split_at_checked(end)) {
        Some((figure, rest)) => html! { td.n { span.short { (figure) } " " span.short { (rest.trim_start()) } } },
        None => html! { td.n.short[words.contains(' ')] { (words) } },
    }
}

/// Whether a cell may be broken into lines: names, but no days and no numbers.
fn is_prose(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(_) | Cell::Named(..))
}

fn rows(table: &Table) -> Markup {
    html! {
        div.scroll tabindex=[(table.columns.len() > 3).then_some("0")] {
            table {
                thead {
                    tr { @for column in &table.columns { th.n[column.is_number] scope="col" { (column.label) } } }
                }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (index, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                                @if index == 0 {
                                    th.short[!is_prose(cell)] scope="row" { (cell.words()) }
                                } @else if column.is_number {
                                    (value(&cell.words()))
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
