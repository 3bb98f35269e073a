//! `reversed`: front and back, asked both ways, judged by the learner.

use crate::core::card::Ask;
use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::Field;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Shape;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::compare::answer::Weights;

pub(super) struct Reversed;

impl CardKind for Reversed {
    fn name(&self) -> &'static str {
        "reversed"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "front", shape: Shape::Variants, required: true },
            Field { name: "back", shape: Shape::Text, required: true },
        ]
    }

    fn check(&self, _: &Fields) -> Vec<Fault> {
        Vec::new()
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1, 2]
    }

    fn question(&self, note: &NoteText, ordinal: u16, showing: Showing) -> Question {
        let prompt = if ordinal == 2 { note.text("back") } else { note.variant_of("front", showing.variant) };
        Question { prompt: prompt.to_owned(), options: Vec::new(), from: Vec::new(), ask: Ask::Recall }
    }

    fn answer(&self, note: &NoteText, ordinal: u16) -> String {
        note.text(if ordinal == 2 { "front" } else { "back" }).to_owned()
    }

    fn judge(&self, _: &NoteText, _: u16, _: &Question, _: &str, _: Weights) -> Result<Option<Verdict>, Unreadable> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Value;

    #[test]
    fn the_second_card_asks_for_the_front() {
        let note = NoteText {
            fields: Fields::from([
                ("front".to_owned(), Value::Text("vision".to_owned())),
                ("back".to_owned(), Value::Text("execution".to_owned())),
            ]),
            ..NoteText::default()
        };
        assert_eq!(Reversed.question(&note, 2, Showing::default()).prompt, "execution");
        assert_eq!(Reversed.answer(&note, 2), "vision");
        assert_eq!(Reversed.answer(&note, 1), "execution");
    }
}
