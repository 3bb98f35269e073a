//! What a table is taken for, before a row of it goes in: for a look, and for the one question where it is not clear.

use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::Diagnosis;
use crate::formats::Importer;
use crate::formats::Unsure;
use crate::ops::import::options::Options;
use crate::ops::import::sources::Source;
use crate::ops::import::sources::find_importer;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;

/// The beginning of a table that tells what it is.
const LOOKED_AT: u64 = 1 << 20;

/// Columns that a refusal names.
const MOST_NAMED: usize = 12;

/// What a source is taken for, if it is a table. What can't be read is told by the import itself.
pub fn diagnose(source: &mut Source, options: &Options) -> Option<Box<Diagnosis>> {
    match find_importer(source, options) {
        Ok(Some(importer)) => diagnose_with(source, importer, options),
        Ok(None) | Err(_) => {
            source.close();
            None
        }
    }
}

/// The same, where it is known who reads it.
pub(super) fn diagnose_with(source: &mut Source, importer: &dyn Importer, options: &Options) -> Option<Box<Diagnosis>> {
    let found = looked_at(source, importer, options);
    source.input.rewind().ok()?;
    source.close();
    found
}

fn looked_at(source: &mut Source, importer: &dyn Importer, options: &Options) -> Option<Box<Diagnosis>> {
    source.input.rewind().ok()?;
    let read_options = source.read_options(options);
    // Spreadsheets lie in archives, of which a beginning tells nothing.
    if importer.name() != "csv" && importer.name() != "tsv" {
        return importer.diagnose(&mut *source.input, &read_options).ok().flatten();
    }
    let mut head = Vec::new();
    source.input.by_ref().take(LOOKED_AT).read_to_end(&mut head).ok()?;
    let is_utf16 = head.get(..256).unwrap_or(&head).contains(&0);
    if u64::try_from(head.len()).is_ok_and(|read| read == LOOKED_AT)
        && !is_utf16
        && let Some(end) = head.iter().rposition(|byte| *byte == b'\n')
    {
        head.truncate(end + 1);
    }
    importer.diagnose(&mut io::Cursor::new(head), &read_options).ok().flatten()
}

/// Whether it is clear which column is the question and which the answer.
#[must_use]
pub fn is_two_sided(diagnosis: &Diagnosis) -> bool {
    !diagnosis.unsure.contains(&Unsure::Sides)
}

/// A table of which only a person can tell which column is the question.
#[must_use]
pub fn unclear(shown: &str, diagnosis: &Diagnosis) -> Failure {
    let mut failure = Failure::data(format!("it is not clear which column of `{shown}` is the question"));
    for column in diagnosis.columns.iter().take(MOST_NAMED) {
        failure = failure.at(column_line(diagnosis, column.number));
    }
    let guess = diagnosis.as_columns();
    let guess = if guess.is_empty() { "front=1,back=2".to_owned() } else { guess };
    failure.hint(format!("nothing was changed; name the columns, for instance --columns {guess}"))
}

/// A column with its name and its first cells.
fn column_line(diagnosis: &Diagnosis, number: usize) -> String {
    let at = number.saturating_sub(1);
    let name = diagnosis.columns.get(at).and_then(|column| column.name.as_deref()).unwrap_or_default();
    let cells: Vec<String> = diagnosis
        .rows
        .iter()
        .filter_map(|row| row.get(at))
        .filter(|cell| !cell.is_empty())
        .take(3)
        .map(|cell| short(cell))
        .collect();
    let cells = cells.join(" · ");
    if name.is_empty() {
        format!("column {number}: {cells}")
    } else {
        format!("column {number} `{}`: {cells}", short(name))
    }
}

/// The beginning of a cell, on one line.
fn short(cell: &str) -> String {
    const SHOWN: usize = 30;
    let line = one_line(cell);
    if line.chars().count() <= SHOWN {
        return line;
    }
    let mut cut: String = line.chars().take(SHOWN - 1).collect();
    cut.push('…');
    cut
}
