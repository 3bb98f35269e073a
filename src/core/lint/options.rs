//! Choices whose options were written into one text.

use crate::core::card::NoteText;
use crate::core::card::options_in_one;

/// The option of a choice in which several seem to stand: with letters or numbers before them, or as the only wrong one, with a sign
/// between them. Commas are part of a text.
#[must_use]
pub fn several_in_one(note: &NoteText) -> Option<&str> {
    if note.kind != "choice" {
        return None;
    }
    let wrong = note.texts("distractors");
    let is_only = wrong.len() == 1;
    let has_sign = |text: &str| text.contains([';', '；', '\n']) || text.contains(" | ");
    let holds_several = |text: &str, is_only: bool| {
        options_in_one(text).is_some_and(|options| options.are_lettered || (is_only && has_sign(text)))
    };
    let of_wrong = wrong.iter().find(|text| holds_several(text, is_only));
    of_wrong.or_else(|| note.texts("answer").iter().find(|text| holds_several(text, false))).map(String::as_str)
}
