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

use crate::core::card::Close;
use crate::core::card::Correctness;
use crate::core::card::compare::keys;
use crate::core::card::compare::likeness;
use crate::core::card::compare::names;
use crate::core::card::compare::only_differs;
use crate::core::compare::answer::Difference;
use crate::core::compare::answer::Given;
use crate::core::compare::answer::Likeness;
use crate::core::compare::answer::Weights;
use crate::core::compare::answer::key;
use crate::core::compare::slip::is_slip;
use crate::core::document::Document;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::VecDeque;

pub(super) struct List;

/// What parts the items of a response, beside lines: each with the forms that it has in other scripts.
const BETWEEN: [&[char]; 2] = [&[';', '；', '؛'], &[',', '，', '、', '،', '､']];

/// The items of a response. Semicolons and commas part them only where none of the expected items has one.
fn items<'r>(response: &'r str, expected: &[String]) -> Vec<&'r str> {
    let parts: Vec<char> = BETWEEN
        .into_iter()
        .filter(|signs| !expected.iter().any(|item| item.contains(*signs)))
        .flatten()
        .copied()
        .collect();
    response.split(|c: char| c == '\n' || parts.contains(&c)).filter(|item| !key(item).is_empty()).collect()
}

/// Pairs of items that are compared letter by letter at most: what is left of a list of thousands would take minutes.
const MOST_COMPARED: usize = 100_000;

/// Which of the items that were named are asked for, and which of those named each of those asked for is; each counts once.
struct Paired {
    given: Vec<bool>,
    expected: Vec<Option<usize>>,
}

/// Finds for each expected item one of those given. Exact matches first, so that a slip for one item does not use up another
/// that was typed rightly.
fn pair(given: &[&str], note: &NoteText) -> Paired {
    let texts = note.texts("items");
    let given: Vec<String> = given.iter().map(|item| key(item)).collect();
    let mut paired = Paired { given: vec![false; given.len()], expected: vec![None; texts.len()] };
    let expected: Vec<Vec<String>> = texts.iter().map(|item| keys(item, note.markup)).collect();
    let mut places: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    for (place, item) in given.iter().enumerate() {
        places.entry(item).or_default().push_back(place);
    }
    let mut tick = |given: Option<usize>, named: &mut Option<usize>| {
        if let Some(ticked) = given.and_then(|place| paired.given.get_mut(place)) {
            (*ticked, *named) = (true, given);
        }
    };
    for (keys, named) in expected.iter().zip(&mut paired.expected) {
        tick(keys.iter().find_map(|key| places.get_mut(key.as_str()).and_then(VecDeque::pop_front)), named);
    }
    let mut left: Vec<usize> = places.into_values().flatten().collect();
    left.sort_unstable();
    let mut compared = 0;
    for (keys, named) in expected.iter().zip(&mut paired.expected).filter(|(_, named)| named.is_none()) {
        compared += left.len();
        if compared > MOST_COMPARED {
            break;
        }
        let is_near = |place: &usize| given.get(*place).is_some_and(|given| keys.iter().any(|key| is_slip(given, key)));
        let found = left.iter().position(is_near);
        tick(found.map(|found| left.remove(found)), named);
    }
    paired
}

/// How the items that were named differ from those asked for, and whether that counts.
fn differing(given: &[&str], note: &NoteText, named: &[Option<usize>], weights: Weights) -> (Vec<Difference>, bool) {
    let (mut all, mut counts) = (Vec::new(), false);
    for (item, place) in note.texts("items").iter().zip(named) {
        let Some(given) = place.and_then(|place| given.get(place)) else { continue };
        match likeness(&Given::new(given), item, note.markup, weights) {
            Likeness::Same(differences) => all.extend(differences),
            Likeness::Counted(differences) => {
                all.extend(differences);
                counts = true;
            }
            Likeness::Near | Likeness::Other => {}
        }
    }
    all.sort_unstable();
    all.dedup();
    (all, counts)
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
            from: Vec::new(),
            ask: Ask::List(note.texts("items").len()),
        }
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.texts("items").iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    }

    fn answer_document(&self, note: &NoteText, _: u16) -> Document {
        Document::list(None, note.texts("items").iter().map(|item| note.document(item)))
    }

    fn ticks(&self, note: &NoteText, given: &[String]) -> Vec<bool> {
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        pair(&given, note).given
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = note.texts("items");
        let given = items(response, expected);
        let named = pair(&given, note).expected;
        let missing: Vec<Cow<'_, str>> = expected
            .iter()
            .zip(&named)
            .filter(|(_, named)| named.is_none())
            .map(|(item, _)| note.plain(item))
            .collect();
        let (differences, counts) = differing(&given, note, &named, weights);
        let outcome = match missing.len() {
            0 if !counts => Correctness::Right,
            0 => Correctness::Near,
            1 if expected.len() > 1 => Correctness::Near,
            _ => Correctness::Wrong,
        };
        let remark = match (missing.is_empty(), counts, differences.is_empty()) {
            (false, _, _) => format!("missing: {}", missing.join("; ")),
            (true, true, _) => format!("look at the {}", names(&differences)),
            (true, false, false) => only_differs(&differences),
            (true, false, true) => String::new(),
        };
        let answer = self.answer(note, ordinal);
        let close = (!differences.is_empty()).then(|| Close { answer: answer.clone(), differences });
        let given = response.split('\n').map(str::trim).collect::<Vec<_>>().join("; ");
        Ok(Some(Verdict { outcome, given, expected: answer, remark, close }))
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
        let verdict = List.judge(&note, 1, &question, response, Weights::default()).unwrap().unwrap();
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
    fn items_are_parted_by_the_signs_of_their_script_and_told_apart_by_their_own() {
        assert_eq!(judged(&["赤", "青", "黄"], "黄、赤、青").0, Correctness::Right);
        assert_eq!(judged(&["أحمر", "أزرق"], "أزرق، أحمر").0, Correctness::Right);
        assert_eq!(judged(&["C", "C++", "C#"], "C#, C, C++"), (Correctness::Right, String::new()));
        assert_eq!(judged(&["C", "C++", "C#"], "C, C, C").0, Correctness::Wrong);
        assert_eq!(judged(&["año", "mes"], "mes, ano"), (Correctness::Right, "only the accents differ".to_owned()));
    }

    #[test]
    fn items_with_commas_are_parted_by_semicolons() {
        assert_eq!(judged(&["first, last", "middle"], "middle; first, last").0, Correctness::Right);
    }
}
