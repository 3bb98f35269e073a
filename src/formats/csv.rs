//! `csv` and `tsv`: tables from spreadsheets, Quizlet and Anki's text export, and the table that we write ourselves.

mod cells;
#[cfg(test)]
mod column_cases;
mod directives;
mod evidence;
mod export;
pub(super) mod fault;
#[cfg(test)]
mod found_tables;
mod head;
mod header;
mod html;
mod import;
mod layout;
mod list;
mod markdown;
mod meanings;
mod misfits;
mod persons;
mod quiz;
mod roles;
mod separator;
#[cfg(test)]
mod table_cases;
mod tally;
#[cfg(test)]
mod tests;
mod titles;

pub(super) use export::CSV_OUT;
pub(super) use export::TSV_OUT;
pub(super) use import::CSV;
pub(super) use import::Opened;
pub(super) use import::TSV;

/// Version of the table that we write; a file of a later one is refused.
const VERSION: u32 = 1;

/// What a cell of ours begins with in which `\r` is a carriage return, `\0` a NUL and `\\` a backslash: a table can't hold
/// the first two, and a cell of white space alone is empty to most programs.
const ESCAPED: &str = "\\:";

/// The text of a cell that begins with [`ESCAPED`], from behind that on.
fn unescaped(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut chars = cell.chars();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.clone().next()) {
            ('\\', Some('r')) => '\r',
            ('\\', Some('0')) => '\0',
            ('\\', Some('\\')) => '\\',
            (c, _) => {
                text.push(c);
                continue;
            }
        };
        text.push(meant);
        chars.next();
    }
    text
}

/// Separators that are tried, likeliest first.
const DELIMITERS: &[u8] = b"\t;,|";

/// What stands between a term and its meaning in lists that people write, likeliest first; dashes come before all others.
const LISTS: &[&str] = &[" - ", " – ", " — ", " = ", " => ", " -> ", " → ", " :: ", " : ", ": ", " ~ ", "  "];

/// How many of these are dashes.
const DASHES: usize = 3;

/// Whether a spreadsheet would run the cell as a formula. An export puts a `'` before such a cell and an import takes
/// one away, so `'`s that stand there already are passed over.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}
