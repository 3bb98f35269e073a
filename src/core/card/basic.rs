//! `basic`: a front, a back, judged by the learner.

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

pub(super) struct Basic;

impl CardKind for Basic {
    fn name(&self) -> &'static str {
        "basic"
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
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        Question {
            prompt: note.variant_of("front", showing.variant).to_owned(),
            options: Vec::new(),
            from: Vec::new(),
            ask: Ask::Recall,
        }
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.text("back").to_owned()
    }

    fn judge(&self, _: &NoteText, _: u16, _: &Question, _: &str, _: Weights) -> Result<Option<Verdict>, Unreadable> {
        Ok(None)
    }
}
