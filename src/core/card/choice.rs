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
use crate::core::compare::answer::Weights;
use crate::core::compare::identity::identity;
use crate::core::scheduler::shuffle_key;
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
        let answer = texts("answer").first().map(|text| identity(text)).unwrap_or_default();
        let mut seen = BTreeSet::from([answer]);
        let mut faults = Vec::new();
        for distractor in texts("distractors") {
            if !seen.insert(identity(distractor)) {
                faults.push(Fault::RepeatedChoice(distractor.clone()));
            }
        }
        faults
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        let all = options(note);
        let mut from: Vec<usize> = (0..all.len()).collect();
        from.sort_by_cached_key(|index| shuffle_key(showing.seed, *index));
        note.question(showing, Ask::Choose, &all, from)
    }

    fn option_texts<'n>(&self, note: &'n NoteText) -> Vec<&'n str> {
        note.texts("answer").iter().chain(note.texts("distractors")).map(String::as_str).collect()
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.text("answer").to_owned()
    }

    fn judge(
        &self,
        _: &NoteText,
        _: u16,
        question: &Question,
        response: &str,
        _: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let chosen = choose(&question.options, response)?;
        let option = |place: usize| question.options.get(place).cloned().unwrap_or_default();
        let right = question.from.iter().position(|index| *index == 0).unwrap_or_default();
        let (given, expected) = (option(chosen), option(right));
        let outcome = if chosen == right { Correctness::Right } else { Correctness::Wrong };
        Ok(Some(Verdict { outcome, given, expected, ..Verdict::default() }))
    }
}

/// What is chosen from: the answer, then the others.
fn options(note: &NoteText) -> Vec<String> {
    note.told_apart(note.texts("answer").iter().chain(note.texts("distractors")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_of_signs_are_told_apart() {
        let text = |text: &str| Value::Texts(vec![text.to_owned()]);
        for (answer, others) in [("+", vec!["-", "*", ">"]), ("**x**", vec!["x", "_x_"]), ("&nbsp;", vec!["a", ">"])] {
            let distractors = Value::Texts(others.iter().map(|other| (*other).to_owned()).collect());
            let fields = Fields::from([("answer".to_owned(), text(answer)), ("distractors".to_owned(), distractors)]);
            let note = NoteText { fields, ..NoteText::default() };
            let question = Choice.question(&note, 1, Showing::default());
            let judged = |place: usize| {
                let response = (place + 1).to_string();
                Choice.judge(&note, 1, &question, &response, Weights::default()).unwrap().unwrap().outcome
            };
            let right = (0..question.options.len()).filter(|place| judged(*place) == Correctness::Right).count();
            assert_eq!(right, 1, "{:?}", question.options);
            assert!(question.options.iter().all(|option| !option.trim().is_empty()), "{:?}", question.options);
        }
    }

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
    fn pictures_to_choose_from_give_nothing_away() {
        let flag = |name: &str| format!("![Flag of {name}]({name}.png)");
        let fields = Fields::from([
            ("answer".to_owned(), Value::Text(flag("Chad"))),
            ("distractors".to_owned(), Value::Texts(["Mali", "Peru"].map(flag).to_vec())),
        ]);
        for markup in [crate::core::card::Markup::Markdown, crate::core::card::Markup::Plain] {
            let note = NoteText { fields: fields.clone(), markup, ..NoteText::default() };
            for seed in 0..10 {
                let question = Choice.question(&note, 1, Showing { variant: 0, seed });
                assert_eq!(question.options, ["[picture 1]", "[picture 2]", "[picture 3]"]);
                let judged = |response: &str| Choice.judge(&note, 1, &question, response, Weights::default()).unwrap();
                let right = (1..=3).filter(|place| judged(&place.to_string()).unwrap().outcome == Correctness::Right);
                let places: Vec<usize> = right.collect();
                assert_eq!(places.len(), 1);
                assert_eq!(question.from[places[0] - 1], 0);
            }
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
            let verdict =
                Choice.judge(&note(), 1, &question, &(index + 1).to_string(), Weights::default()).unwrap().unwrap();
            assert_eq!(verdict.outcome == Correctness::Right, index == right);
        }
        assert_eq!(Choice.judge(&note(), 1, &question, "5", Weights::default()), Err(Unreadable::OutOfRange(4)));
    }

    #[test]
    fn the_same_choice_twice_is_a_fault() {
        let mut fields = note().fields;
        fields.insert(
            "distractors".to_owned(),
            Value::Texts(vec![" a".to_owned(), "é".to_owned(), "e\u{301}".to_owned()]),
        );
        let repeated = |choice: &str| Fault::RepeatedChoice(choice.to_owned());
        assert_eq!(Choice.check(&fields), [repeated(" a"), repeated("e\u{301}")]);
        fields.insert("answer".to_owned(), Value::Text("C++".to_owned()));
        fields.insert("distractors".to_owned(), Value::Texts(["C", "C#", "c"].map(str::to_owned).to_vec()));
        assert_eq!(Choice.check(&fields), []);
    }
}
