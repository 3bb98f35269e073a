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
        let mut open: Vec<String> = note.texts("items").iter().map(|item| normalize(item)).collect();
        let given: Vec<String> = given.iter().map(|item| normalize(item)).collect();
        let mut ticks = vec![false; given.len()];
        // As in judging: exact matches first, so that a slip for one item does not use up another.
        for exact in [true, false] {
            for (tick, item) in ticks.iter_mut().zip(&given).filter(|(tick, _)| !**tick) {
                let found = open.iter().position(|wanted| if exact { wanted == item } else { near(item, wanted) });
                if let Some(index) = found {
                    open.remove(index);
                    *tick = true;
                }
            }
        }
        ticks
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = note.texts("items");
        let mut given = items(response, expected);
        let mut missing = Vec::new();
        // Exact matches first, so that a slip for one item does not use up another that was typed rightly.
        for exact in [true, false] {
            let open: Vec<&String> = if exact { expected.iter().collect() } else { std::mem::take(&mut missing) };
            for item in open {
                let wanted = normalize(item);
                let found = given.iter().position(|g| if exact { *g == wanted } else { near(g, &wanted) });
                match found {
                    Some(index) => drop(given.remove(index)),
                    None => missing.push(item),
                }
            }
        }
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
