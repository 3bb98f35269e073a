//! `typed`: a prompt whose answer is typed and checked.

use crate::core::card::Ask;
use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::Field;
use crate::core::card::Fields;
use crate::core::card::LONGEST_ANSWER_CHARS;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Shape;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;

use crate::core::card::compare::verdict;
use crate::core::compare::answer::Weights;

pub(super) struct Typed;

impl CardKind for Typed {
    fn name(&self) -> &'static str {
        "typed"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "answer", shape: Shape::Text, required: true },
            Field { name: "accept", shape: Shape::Texts, required: false },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        long_answers(fields, &["answer", "accept"])
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        note.question(showing, Ask::Type, &[], Vec::new())
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.text("answer").to_owned()
    }

    fn judge(
        &self,
        note: &NoteText,
        _: u16,
        _: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let accepted = std::iter::once(note.text("answer")).chain(note.texts("accept").iter().map(String::as_str));
        Ok(Some(verdict(response, accepted, note.markup, weights)))
    }
}

/// Which of the fields hold an answer that nobody can type, since none so long is compared.
pub(super) fn long_answers(fields: &Fields, answers: &[&'static str]) -> Vec<Fault> {
    let is_long = |text: &String| text.chars().nth(LONGEST_ANSWER_CHARS).is_some();
    let holds = |field: &&&'static str| fields.get(**field).is_some_and(|value| value.texts().iter().any(is_long));
    answers.iter().filter(holds).map(|field| Fault::LongAnswer(field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Correctness;
    use crate::core::card::Value;

    #[test]
    fn any_accepted_answer_is_right_and_a_slip_is_nearly() {
        let note = NoteText {
            fields: Fields::from([
                ("prompt".to_owned(), Value::Text("How much?".to_owned())),
                ("answer".to_owned(), Value::Text("70 %".to_owned())),
                ("accept".to_owned(), Value::Texts(vec!["70".to_owned(), "seventy percent".to_owned()])),
            ]),
            ..NoteText::default()
        };
        let question = Typed.question(&note, 1, Showing::default());
        for (response, outcome) in [
            ("70", Correctness::Right),
            ("Seventy  PERCENT", Correctness::Right),
            ("seventy percnt", Correctness::Near),
            ("7", Correctness::Wrong),
        ] {
            let verdict = Typed.judge(&note, 1, &question, response, Weights::default()).unwrap().unwrap();
            assert_eq!(verdict.outcome, outcome, "{response}");
        }
    }

    #[test]
    fn an_answer_that_nobody_could_type_is_a_fault() {
        let field = |length: usize| Value::Text("ä".repeat(length));
        let faults = |length| Typed.check(&Fields::from([("answer".to_owned(), field(length))]));
        assert_eq!(faults(LONGEST_ANSWER_CHARS), []);
        assert_eq!(faults(LONGEST_ANSWER_CHARS + 1), [Fault::LongAnswer("answer")]);
    }

    #[test]
    fn an_answer_that_is_longer_than_any_is_asked_for_again() {
        let field = |text: &str| Value::Text(text.to_owned());
        let long = "x".repeat(crate::core::card::LONGEST_ANSWER_CHARS);
        let fields = Fields::from([("prompt".to_owned(), field("?")), ("answer".to_owned(), field(&long))]);
        let note = NoteText { kind: "typed".to_owned(), fields, ..NoteText::default() };
        let question = Typed.question(&note, 1, Showing::default());
        let judged = |response: &str| crate::core::card::judge(&note, 1, &question, response, Weights::default());
        assert_eq!(judged(&long).unwrap().unwrap().outcome, Correctness::Right);
        assert_eq!(judged(&format!("{long}x")), Err(Unreadable::TooLong));
    }
}
