//! `choice`: one right answer among distractors, shuffled by card and day.

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
use crate::core::scheduler::shuffle_key;
use crate::core::text::normalize;
use std::collections::BTreeSet;

pub(super) struct Choice;

impl CardKind for Choice {
    fn name(&self) -> &'static str {
        "choice"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "answer", shape: Shape::Text, required: true },
            Field { name: "distractors", shape: Shape::Texts, required: true },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let texts = |name: &str| fields.get(name).map_or(&[][..], Value::texts);
        let answer = texts("answer").first().map(|text| normalize(text)).unwrap_or_default();
        let mut seen = BTreeSet::from([answer]);
        let mut faults = Vec::new();
        for distractor in texts("distractors") {
            if !seen.insert(normalize(distractor)) {
                faults.push(Fault::RepeatedChoice(distractor.clone()));
            }
        }
        faults
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        let all = note.texts("answer").iter().chain(note.texts("distractors"));
        let mut keyed: Vec<(u64, &String)> =
            all.enumerate().map(|(index, option)| (shuffle_key(showing.seed, index), option)).collect();
        keyed.sort_unstable_by_key(|(key, _)| *key);
        Question {
            prompt: note.variant_of("prompt", showing.variant).to_owned(),
            options: keyed.into_iter().map(|(_, option)| option.clone()).collect(),
            ask: Ask::Choose,
        }
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
    ) -> Result<Option<Verdict>, Unreadable> {
        let chosen = choose(&question.options, response)?;
        let given = question.options.get(chosen).cloned().unwrap_or_default();
        let expected = note.text("answer").to_owned();
        let outcome = if given == expected { Correctness::Right } else { Correctness::Wrong };
        Ok(Some(Verdict { outcome, given, expected, remark: String::new() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> NoteText {
        NoteText {
            fields: Fields::from([
                ("prompt".to_owned(), Value::Text("Which pair?".to_owned())),
                ("answer".to_owned(), Value::Text("a".to_owned())),
                ("distractors".to_owned(), Value::Texts(["b", "c", "d"].map(str::to_owned).to_vec())),
            ]),
            ..NoteText::default()
        }
    }

    #[test]
    fn the_order_is_one_of_the_card_and_the_day_and_not_of_chance() {
        let order = |seed| Choice.question(&note(), 1, Showing { variant: 0, seed }).options;
        assert_eq!(order(1), order(1));
        let first: std::collections::BTreeSet<String> = (0..40).map(|seed| order(seed)[0].clone()).collect();
        assert_eq!(first.len(), 4, "each option comes first on some day");
    }

    #[test]
    fn the_digit_means_the_option_as_shown() {
        let question = Choice.question(&note(), 1, Showing { variant: 0, seed: 3 });
        let right = question.options.iter().position(|option| option == "a").unwrap();
        for index in 0..4 {
            let verdict = Choice.judge(&note(), 1, &question, &(index + 1).to_string()).unwrap().unwrap();
            assert_eq!(verdict.outcome == Correctness::Right, index == right);
        }
        assert_eq!(Choice.judge(&note(), 1, &question, "5"), Err(Unreadable::OutOfRange(4)));
    }

    #[test]
    fn the_same_choice_twice_is_a_fault() {
        let mut fields = note().fields;
        fields.insert("distractors".to_owned(), Value::Texts(vec!["A".to_owned(), "b".to_owned(), "B!".to_owned()]));
        let repeated = |choice: &str| Fault::RepeatedChoice(choice.to_owned());
        assert_eq!(Choice.check(&fields), [repeated("A"), repeated("B!")]);
    }
}
