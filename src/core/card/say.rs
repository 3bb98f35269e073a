//! `say`: a situation that is answered in the learner's own words, judged by the learner against a model.

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
use crate::core::card::Value;
use crate::core::card::Verdict;
use crate::core::compare::answer::Weights;
use crate::core::document::Document;

pub(super) struct Say;

/// Criteria that a person can hold in mind while they check their own sentence.
const MOST_CRITERIA: usize = 3;

/// The longest that a card may be kept away by its `returns`, in days: ten years.
pub const LONGEST_RETURN: u16 = 3650;

/// The days of `returns` in their order; `None` where they are no ascending whole numbers from 1 on.
fn days(texts: &[String]) -> Option<Vec<u16>> {
    let days: Vec<u16> = texts.iter().map(|text| text.trim().parse().ok()).collect::<Option<_>>()?;
    let ascending = days.is_sorted_by(|a, b| a < b);
    let in_range = days.iter().all(|days| (1..=LONGEST_RETURN).contains(days));
    (ascending && in_range).then_some(days)
}

impl CardKind for Say {
    fn name(&self) -> &'static str {
        "say"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "model", shape: Shape::Text, required: true },
            Field { name: "criteria", shape: Shape::Texts, required: true },
            Field { name: "returns", shape: Shape::Days, required: false },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let mut faults = Vec::new();
        let criteria = fields.get("criteria").map_or(0, |value| value.texts().len());
        if criteria > MOST_CRITERIA {
            faults.push(Fault::TooManyCriteria(criteria));
        }
        if fields.get("returns").map(Value::texts).is_some_and(|texts| days(texts).is_none()) {
            faults.push(Fault::BadReturns);
        }
        faults
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        note.question(showing, Ask::Say, &[], Vec::new())
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        let criteria: String = note.texts("criteria").iter().map(|criterion| format!("\n- {criterion}")).collect();
        format!("{}\n\nCheck yourself:{criteria}", note.text("model"))
    }

    fn answer_document(&self, note: &NoteText, _: u16) -> Document {
        let criteria = Document::list(None, note.texts("criteria").iter().map(|criterion| note.document(criterion)));
        note.document(note.text("model")).and(Document::words("Check yourself:")).and(criteria)
    }

    fn is_in_own_words(&self) -> bool {
        true
    }

    fn returns(&self, note: &NoteText) -> Vec<u16> {
        days(note.texts("returns")).unwrap_or_default()
    }

    fn judge(&self, _: &NoteText, _: u16, _: &Question, _: &str, _: Weights) -> Result<Option<Verdict>, Unreadable> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(criteria: &[&str], returns: Option<&[&str]>) -> Fields {
        let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        let mut fields = Fields::from([
            ("prompt".to_owned(), Value::Text("The launch slipped. Your first sentence?".to_owned())),
            ("model".to_owned(), Value::Text("What did we believe that was not true?".to_owned())),
            ("criteria".to_owned(), texts(criteria)),
        ]);
        fields.extend(returns.map(|returns| ("returns".to_owned(), texts(returns))));
        fields
    }

    #[test]
    fn a_card_has_one_to_three_criteria_and_returns_on_ascending_days() {
        for (criteria, returns, faults) in [
            (&["a"][..], None, vec![]),
            (&["a", "b", "c"], Some(&["10", "30", "90"][..]), vec![]),
            (&["a", "b", "c", "d"], None, vec![Fault::TooManyCriteria(4)]),
            (&["a"], Some(&["30", "10"]), vec![Fault::BadReturns]),
            (&["a"], Some(&["10", "10"]), vec![Fault::BadReturns]),
            (&["a"], Some(&["0"]), vec![Fault::BadReturns]),
            (&["a"], Some(&["3651"]), vec![Fault::BadReturns]),
            (&["a"], Some(&["soon"]), vec![Fault::BadReturns]),
        ] {
            assert_eq!(Say.check(&fields(criteria, returns)), faults, "{criteria:?} {returns:?}");
        }
    }

    #[test]
    fn the_answer_is_the_model_and_then_the_criteria_and_no_words_are_judged() {
        let note = NoteText { fields: fields(&["It asks.", "It is short."], None), ..NoteText::default() };
        assert_eq!(
            Say.answer(&note, 1),
            "What did we believe that was not true?\n\nCheck yourself:\n- It asks.\n- It is short."
        );
        let question = Say.question(&note, 1, Showing::default());
        assert_eq!(question.ask, Ask::Say);
        for response in ["", "What did we believe that was not true?", "It asks."] {
            assert_eq!(Say.judge(&note, 1, &question, response, Weights::default()), Ok(None), "{response}");
        }
    }
}
