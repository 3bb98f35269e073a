//! What directives say of the columns.

use crate::formats::columns::Column;
use crate::formats::columns::note_types::NoteType;
use crate::formats::columns::note_types::note_type;
use crate::formats::csv::head::Head;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;

/// Whether the first row has a note type where a directive places it.
pub(super) fn is_note(head: &Head, survey: &Survey) -> bool {
    let is_type = |at: &usize| survey.first.get(*at).is_some_and(|cell| note_type(cell).is_some());
    head.places.iter().any(|(at, column)| *column == Column::NoteType && is_type(at))
}

/// Whether notes have a field that says whether there is a reversed card: a third one, which is no tag then.
pub(super) fn has_optional_reverse(head: &Head, survey: &Survey) -> bool {
    let is = |name: &str| note_type(name) == Some(NoteType::OptionalReverse);
    let column = head.places.iter().find(|(_, column)| *column == Column::NoteType).map(|(at, _)| *at);
    let in_row = |row: &Vec<String>| column.and_then(|at| row.get(at)).is_some_and(|name| is(name));
    head.notetype.as_deref().is_some_and(is) || survey.all().any(in_row)
}

/// The names that `#columns:` gives, by the table's separator or by the one that a spreadsheet left there.
pub(super) fn split_names(names: &str, separator: &Separator) -> Vec<String> {
    let mut split: Vec<String> = names.split(&separator.text()).map(|name| name.trim().to_owned()).collect();
    if split.len() < 2 {
        let other = ['\t', ';', ',', '|'].into_iter().find(|other| names.contains(*other));
        if let Some(other) = other {
            split = names.split(other).map(|name| name.trim().to_owned()).collect();
        }
    }
    while split.last().is_some_and(String::is_empty) {
        split.pop();
    }
    split
}
