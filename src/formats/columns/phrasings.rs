//! Several phrasings of a question in one cell: a line with nothing but `|` between them.

use crate::core::card::Value;

/// Whether a line is the `|` between two phrasings, apart from backslashes before it.
fn is_bar(line: &str) -> bool {
    line.trim_start_matches('\\') == "|"
}

/// The phrasings in a cell, separated by lines that hold only `|`; one text if there is no such line.
///
/// A `|` at the very start says that there is a list of one. A phrasing is never empty: where one would be, the bars are text.
pub(in crate::formats) fn phrasings(cell: &str) -> Value {
    if !cell.contains('|') {
        return Value::Text(cell.to_owned());
    }
    let mut several = false;
    let mut texts = vec![String::new()];
    for (index, line) in cell.split('\n').enumerate() {
        if line == "|" {
            several = true;
            if index > 0 {
                // The break before the bar belongs to the bar.
                texts.last_mut().map(String::pop);
                texts.push(String::new());
            }
            continue;
        }
        if let Some(text) = texts.last_mut() {
            text.push_str(if is_bar(line) { line.strip_prefix('\\').unwrap_or(line) } else { line });
            text.push('\n');
        }
    }
    texts.last_mut().map(String::pop);
    if several && texts.iter().any(|text| text.trim().is_empty()) {
        return Value::Text(cell.to_owned());
    }
    match (several, texts.pop()) {
        (false, Some(text)) => Value::Text(text),
        (_, last) => {
            texts.extend(last);
            Value::Texts(texts)
        }
    }
}

/// Appends a phrasing; lines that would be read as the `|` between two are escaped.
pub(in crate::formats) fn write_phrasing(text: &str, out: &mut String) {
    if !text.contains('|') {
        out.push_str(text);
        return;
    }
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if is_bar(line) {
            out.push('\\');
        }
        out.push_str(line);
    }
}
