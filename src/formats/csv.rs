//! `csv` and `tsv`: tables from spreadsheets, Quizlet and Anki's text export, and the table that we write ourselves.

mod export;
pub(super) mod fault;
mod head;
mod import;
mod layout;
mod separator;
#[cfg(test)]
mod tests;

pub(super) use export::TableExporter;
pub(super) use import::CSV;
pub(super) use import::TSV;

/// Version of the table that we write; a file of a later one is refused.
const VERSION: u32 = 1;

/// Separators that are tried, likeliest first.
const DELIMITERS: &[u8] = b"\t;,|";

/// Whether a spreadsheet would run the cell as a formula. An export puts a `'` before such a cell and an import takes
/// one away, so `'`s that stand there already are passed over.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
