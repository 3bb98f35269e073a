//! `sort`: to which side does it belong? The sides keep the deck's order.

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

use crate::core::card::Correctness;
use crate::core::card::Value;
use crate::core::card::compare::choose;
use crate::core::compare::answer::Weights;
use crate::core::compare::answer::key;
use crate::core::compare::identity::is_same;
use crate::core::compare::identity::repeated;

pub(super) struct Sort;

impl CardKind for Sort {
    fn name(&self) -> &'static str {
        "sort"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "answer", shape: Shape::Text, required: true },
            Field { name: "categories", shape: Shape::Texts, required: true },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let texts = |name: &str| fields.get(name).map_or(&[][..], Value::texts);
        let categories = texts("categories");
        let answer = texts("answer").first().map_or("", String::as_str);
        let mut faults = Vec::new();
        if side(categories, answer).is_none() {
            faults.push(Fault::NoSuchSide { answer: answer.to_owned(), sides: categories.to_vec() });
        }
        if categories.len() < 2 || repeated(categories.iter().map(String::as_str)).is_some() {
            faults.push(Fault::TooFewSides);
        }
        faults
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        let all = note.told_apart(note.texts("categories").iter());
        let from: Vec<usize> = (0..all.len()).collect();
        note.question(showing, Ask::Sort, &all, from)
    }

    fn option_texts<'n>(&self, note: &'n NoteText) -> Vec<&'n str> {
        note.texts("categories").iter().map(String::as_str).collect()
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.text("answer").to_owned()
    }

    fn judge(
        &self,
        note: &NoteText,
        _: u16,
        question: &Question,
        response: &str,
        _: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let chosen = choose(&question.options, response)?;
        let given = question.options.get(chosen).cloned().unwrap_or_default();
        let right = side(note.texts("categories"), note.text("answer"));
        let expected = right.and_then(|right| question.options.get(right)).cloned().unwrap_or_default();
        let is_right = right == Some(chosen);
        let outcome = if is_right { Correctness::Right } else { Correctness::Wrong };
        Ok(Some(Verdict { outcome, given, expected, ..Verdict::default() }))
    }
}

/// The side that an author means by an answer: the very text, else the one that is spelled so but for its capitals, say.
fn side(sides: &[String], answer: &str) -> Option<usize> {
    let alike = || sides.iter().position(|side| key(side) == key(answer));
    sides.iter().position(|side| is_same(side, answer)).or_else(alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(answer: &str, categories: &[&str]) -> Fields {
        Fields::from([
            ("prompt".to_owned(), Value::Text("Which role?".to_owned())),
            ("answer".to_owned(), Value::Text(answer.to_owned())),
            ("categories".to_owned(), Value::Texts(categories.iter().map(|text| (*text).to_owned()).collect())),
        ])
    }

    #[test]
    fn a_side_is_named_by_its_first_letter() {
        let note = NoteText { fields: fields("manager", &["leader", "manager", "both"]), ..NoteText::default() };
        let question = Sort.question(&note, 1, Showing::default());
        assert_eq!(question.options, ["leader", "manager", "both"]);
        for (response, outcome) in [("m", Correctness::Right), ("2", Correctness::Right), ("l", Correctness::Wrong)] {
            assert_eq!(
                Sort.judge(&note, 1, &question, response, Weights::default()).unwrap().unwrap().outcome,
                outcome,
                "{response}"
            );
        }
    }

    #[test]
    fn the_answer_has_to_be_one_of_several_sides() {
        assert!(Sort.check(&fields("leader", &["leader", "manager"])).is_empty());
        let sides = vec!["leader".to_owned(), "manager".to_owned()];
        let no_such = Fault::NoSuchSide { answer: "boss".to_owned(), sides };
        assert_eq!(Sort.check(&fields("boss", &["leader", "manager"])), [no_such]);
        assert_eq!(Sort.check(&fields("leader", &["leader", " leader"])), [Fault::TooFewSides]);
        assert!(Sort.check(&fields("-1", &["+1", "-1", "1"])).is_empty());
        assert!(Sort.check(&fields("Leader", &["leader", "manager"])).is_empty());
    }
}
