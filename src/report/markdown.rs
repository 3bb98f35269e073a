//! Markdown: headings and tables that are readable as they are, and that any forge or notebook shows.

use std::io;
use std::io::Write;

use crate::report::Renderer;
use crate::report::model::Body;
use crate::report::model::Fact;
use crate::report::model::Report;
use crate::report::table::Table;

/// The renderer.
#[derive(Debug)]
pub(super) struct Markdown;

/// The text with everything escaped that could make a table cell, a link, emphasis or HTML of it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>|~$&#!:@".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped.replace("www.", "www\\.")
}

fn facts(out: &mut dyn Write, facts: &[Fact]) -> io::Result<()> {
    for fact in facts.iter().filter(|fact| fact.is_shown()) {
        writeln!(out, "- {}: **{}**", fact.label, escaped(&fact.value.words()))?;
    }
    Ok(())
}

fn table(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    if table.rows.is_empty() {
        return writeln!(out, "{}", table.when_empty);
    }
    let labels: Vec<&str> = table.columns.iter().map(|column| column.label).collect();
    writeln!(out, "| {} |", labels.join(" | "))?;
    let rules: Vec<&str> = table.columns.iter().map(|column| if column.is_number { "---:" } else { "---" }).collect();
    writeln!(out, "| {} |", rules.join(" | "))?;
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|cell| escaped(&cell.words())).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn prose(out: &mut dyn Write, table: &Table) -> io::Result<()> {
    for (index, (heading, sentences)) in table.prose().into_iter().enumerate() {
        let before = if index > 0 { "\n" } else { "" };
        writeln!(out, "{before}### {}\n", escaped(&heading))?;
        for (day, words) in sentences {
            writeln!(out, "- {day}: {}", escaped(&words))?;
        }
    }
    Ok(())
}

impl Renderer for Markdown {
    fn name(&self) -> &'static str {
        "md"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn render(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "# {}\n", report.title)?;
        writeln!(out, "{} · {} · written {}", report.days(), escaped(&report.decks()), report.made())?;
        if let Some(compared) = report.compared() {
            writeln!(out, "\n{}", escaped(&compared))?;
        }
        for section in report.sections.iter().filter(|section| section.is_shown()) {
            writeln!(out, "\n## {}\n", section.title)?;
            if let Some(note) = &section.note {
                writeln!(out, "{note}\n")?;
            }
            match &section.body {
                Body::Sentences(sentences) => {
                    for sentence in sentences {
                        writeln!(out, "- {}", escaped(&sentence.said()))?;
                    }
                }
                Body::Facts(list) => facts(out, list)?,
                Body::Prose(rows) if !rows.rows.is_empty() => prose(out, rows)?,
                Body::Prose(rows) | Body::Table(rows) | Body::Chart(_, rows) => table(out, rows)?,
            }
        }
        writeln!(out, "\n---\n\n{}", report.contents)
    }
}
