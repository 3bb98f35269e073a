//! Cells of HTML.

use crate::core::card::Markup;
use crate::core::document::Document;
use crate::core::document::plain_text;
use crate::formats::columns::Column;
use crate::formats::columns::Target;
use std::borrow::Cow;

/// What stands between question and answer where Anki writes cards as they are shown: the answer's side begins with the question.
const LINES_ABOVE_ANSWERS: [&str; 3] = ["<hr id=answer>", "<hr id=\"answer\">", "<hr id='answer'>"];

/// What an HTML cell holds. Texts of a card stay as they came, for the export, unless they show nothing; names of decks and tags are
/// no HTML.
pub(super) fn of_html(cell: Cow<'_, str>, target: Target) -> Cow<'_, str> {
    let is_text = match target {
        Target::Field(..) | Target::Label(_) | Target::Line(..) => true,
        Target::Column(column) => matches!(column, Column::Speaker | Column::Hint | Column::Extra),
        Target::Wrong(_) | Target::Skip | Target::Surplus => false,
    };
    if !is_text {
        return plain_text(&cell, Markup::Html).trim().to_owned().into();
    }
    let cell = match LINES_ABOVE_ANSWERS.iter().find_map(|line| cell.split_once(line)) {
        Some((_, answer)) if !answer.trim().is_empty() => answer.trim().to_owned().into(),
        _ => cell,
    };
    if cell.starts_with(['<', '&']) && Document::of(&cell, Markup::Html).is_blank() { "".into() } else { cell }
}
