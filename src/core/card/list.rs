//! `list`: several items, in any order.

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
use crate::core::card::compare::near;
use crate::core::text::normalize;
use std::collections::BTreeMap;
use std::collections::VecDeque;

pub(super) struct List;

/// The items of a response. Lines and semicolons always part items; commas only where none of the expected items has one.
fn items(response: &str, expected: &[String]) -> Vec<String> {
    let commas = !expected.iter().any(|item| item.contains(','));
    response
        .split(|c: char| c == '\n' || c == ';' || (commas && c == ','))
        .map(normalize)
        .filter(|item| !item.is_empty())
        .collect()
}

/// Pairs of items that are compared letter by letter at most: what is left of a list of thousands would take minutes.
const MOST_COMPARED: usize = 100_000;

/// Which of the items that were named are asked for, and which of those asked for were named; each counts once.
struct Paired {
    given: Vec<bool>,
    expected: Vec<bool>,
}

/// Finds for each expected item one of those given, which are folded already. Exact matches first, so that a slip for one
/// item does not use up another that was typed rightly.
fn pair(given: &[String], expected: &[String]) -> Paired {
    let mut paired = Paired { given: vec![false; given.len()], expected: vec![false; expected.len()] };
    let expected: Vec<String> = expected.iter().map(|item| normalize(item)).collect();
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (place, item) in given.iter().enumerate() {
        places.entry(item).or_default().push_back(place);
    }
    let mut tick = |given: Option<usize>, named: &mut bool| {
        if let Some(given) = given.and_then(|place| paired.given.get_mut(place)) {
            (*given, *named) = (true, true);
        }
    };
    for (item, named) in expected.iter().zip(&mut paired.expected) {
        tick(places.get_mut(item.as_str()).and_then(VecDeque::pop_front), named);
    }
    let mut left: Vec<usize> = places.into_values().flatten().collect();
    left.sort_unstable();
    let mut compared = 0;
    for (item, named) in expected.iter().zip(&mut paired.expected).filter(|(_, named)| !**named) {
        compared += left.len();
        if compared > MOST_COMPARED {
            break;
        }
        let found = left.iter().position(|place| given.get(*place).is_some_and(|given| near(given, item)));
        tick(found.map(|found| left.remove(found)), named);
    }
    paired
}

impl CardKind for List {
    fn name(&self) -> &'static str {
        "list"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "items", shape: Shape::Texts, required: true },
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
            prompt: note.variant_of("prompt", showing.variant).to_owned(),
            options: Vec::new(),
            ask: Ask::List(note.texts("items").len()),
        }
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.texts("items").iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    }

    fn ticks(&self, note: &NoteText, given: &[String]) -> Vec<bool> {
        let given: Vec<String> = given.iter().map(|item| normalize(item)).collect();
        pair(&given, note.texts("items")).given
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = note.texts("items");
        let named = pair(&items(response, expected), expected).expected;
        let missing: Vec<&String> =
            expected.iter().zip(named).filter(|(_, named)| !named).map(|(item, _)| item).collect();
        let outcome = match missing.len() {
            0 => Correctness::Right,
            1 if expected.len() > 1 => Correctness::Near,
            _ => Correctness::Wrong,
        };
        let names: Vec<&str> = missing.into_iter().map(String::as_str).collect();
        let remark = if names.is_empty() { String::new() } else { format!("missing: {}", names.join("; ")) };
        let given = response.split('\n').map(str::trim).collect::<Vec<_>>().join("; ");
        Ok(Some(Verdict { outcome, given, expected: self.answer(note, ordinal), remark }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Value;

    fn judged(items: &[&str], response: &str) -> (Correctness, String) {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        let note =
            NoteText { fields: Fields::from([("items".to_owned(), Value::Texts(items))]), ..NoteText::default() };
        let question = List.question(&note, 1, Showing::default());
        let verdict = List.judge(&note, 1, &question, response).unwrap().unwrap();
        (verdict.outcome, verdict.remark)
    }

    #[test]
    fn all_items_in_any_order_are_right_and_one_missing_is_nearly() {
        let items = ["build trust", "show empathy", "talk respectfully"];
        assert_eq!(judged(&items, "show empathy, Talk respectfuly; build trust").0, Correctness::Right);
        assert_eq!(
            judged(&items, "build trust\nshow empathy"),
            (Correctness::Near, "missing: talk respectfully".to_owned())
        );
        assert_eq!(judged(&items, "build trust, charm, rank").0, Correctness::Wrong);
        assert_eq!(judged(&items, "").0, Correctness::Wrong);
    }

    #[test]
    fn items_are_ticked_as_they_are_named() {
        let items = ["people", "tasks"].map(str::to_owned).to_vec();
        let note =
            NoteText { fields: Fields::from([("items".to_owned(), Value::Texts(items))]), ..NoteText::default() };
        let given = ["Peopl", "rank", "people", "tasks"].map(str::to_owned);
        assert_eq!(
            List.ticks(&note, &given),
            [false, false, true, true],
            "the slip does not take the exact one's place"
        );
    }

    #[test]
    fn an_item_named_twice_counts_once() {
        assert_eq!(judged(&["people", "tasks"], "people, people").0, Correctness::Near);
    }

    #[test]
    fn items_with_commas_are_parted_by_semicolons() {
        assert_eq!(judged(&["first, last", "middle"], "middle; first, last").0, Correctness::Right);
    }
}
