//! CSV for spreadsheets and statistics: tidy, one value a line, raw numbers.

use std::io;
use std::io::Write;

use crate::core::text::one_line;
use crate::report::Renderer;
use crate::report::cell::Cell;
use crate::report::cell::Raw;
use crate::report::model::Body;
use crate::report::model::Privacy;
use crate::report::model::Report;

/// The renderer.
#[derive(Debug)]
pub(super) struct Csv;

/// The text with `'` before it where a spreadsheet would take it for a formula.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The error underneath, so that a closed pipe is still seen to be one.
fn refused(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn plain(raw: &Raw) -> String {
    match raw {
        Raw::Null => String::new(),
        Raw::Text(text) => inert(text),
        Raw::Whole(number) => number.to_string(),
        Raw::Signed(number) => number.to_string(),
        Raw::Decimal(number) => number.to_string(),
    }
}

/// A row's name: what its naming cells say to programs.
fn name_of(cells: &[Cell]) -> String {
    let parts = cells.iter().flat_map(Cell::raw).filter_map(|(_, _, raw)| match raw {
        Raw::Text(text) => Some(text),
        _ => None,
    });
    inert(&parts.collect::<Vec<_>>().join(" / "))
}

fn cell(out: &mut csv::Writer<&mut dyn Write>, section: &str, row: &str, column: &str, cell: &Cell) -> io::Result<()> {
    for (part, unit, raw) in cell.raw() {
        let column = if part.is_empty() { column.to_owned() } else { format!("{column}.{part}") };
        out.write_record([section, row, &column, &plain(&raw), unit]).map_err(refused)?;
    }
    Ok(())
}

impl Renderer for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["section", "row", "column", "value", "unit"]).map_err(refused)?;
        for (row, value, unit) in [
            ("generated_at", report.generated_at.to_rfc3339(), "time"),
            ("today", report.today.iso(), "date"),
            ("from", report.period.from.iso(), "date"),
            ("to", report.period.to.iso(), "date"),
            ("compared_with", inert(&one_line(report.compared.as_deref().unwrap_or_default())), "text"),
            ("privacy", report.privacy.map(Privacy::name).unwrap_or_default().to_owned(), "text"),
            ("deck", report.deck.as_deref().map(|deck| inert(&one_line(deck))).unwrap_or_default(), "text"),
        ] {
            csv.write_record(["report", row, "value", &value, unit]).map_err(refused)?;
        }
        for section in &report.sections {
            match &section.body {
                Body::Sentences(sentences) => {
                    for sentence in sentences {
                        csv.write_record([section.id, sentence.key, "value", &inert(&sentence.said()), "text"])
                            .map_err(refused)?;
                    }
                }
                Body::Facts(facts) => {
                    for fact in facts {
                        cell(&mut csv, section.id, fact.key, "value", &fact.value)?;
                    }
                }
                Body::Table(table) | Body::Prose(table) | Body::Chart(_, table) => {
                    for row in &table.rows {
                        let (names, values) = row.split_at(table.names.min(row.len()));
                        let name = name_of(names);
                        for (column, value) in table.columns.iter().skip(table.names).zip(values) {
                            cell(&mut csv, section.id, &name, column.key, value)?;
                        }
                    }
                }
            }
        }
        csv.flush()
    }
}
