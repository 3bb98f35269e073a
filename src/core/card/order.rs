//! `order`: items to be put in the right order.

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
use crate::core::compare::identity::repeated;
use crate::core::compare::letters::digit;
use crate::core::document::Document;
use crate::core::scheduler::shuffle_key;

pub(super) struct Order;

fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut from: Vec<usize> = (0..count).collect();
    from.sort_by_cached_key(|index| shuffle_key(seed, *index));
    // The right order would give itself away.
    if from.is_sorted() && !from.is_empty() {
        from.rotate_left(1);
    }
    from
}

/// The items in plain characters, in their order.
fn items(note: &NoteText) -> Vec<String> {
    note.told_apart(note.texts("items").iter())
}

/// The places of options that are named by their numbers, from 1 on.
fn by_number(response: &str, count: usize) -> Option<Vec<usize>> {
    let response: String = response.chars().map(|c| digit(c).unwrap_or(c)).collect();
    let parts: Vec<&str> = response.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let numbers: Vec<usize> = match parts.as_slice() {
        [run] if count > 1 && count < 10 && run.len() == count => {
            run.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| usize::try_from(digit).ok()).collect()
        }
        parts => parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?,
    };
    numbers
        .iter()
        .map(|number| number.checked_sub(1))
        .collect::<Option<Vec<_>>>()
        .filter(|places| is_each_once(places, count))
}

/// Whether all of so many places are there, each once.
fn is_each_once(places: &[usize], count: usize) -> bool {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    sorted.into_iter().eq(0..count)
}

/// Lines of an order that may be written out.
const MOST_IN_WORDS: usize = 50;

/// The places of options that are written out, each once: on a line each, or with one of the usual signs between them.
fn in_words(response: &str, options: &[String]) -> Option<Vec<usize>> {
    ['\n', '>', ';', ','].into_iter().find_map(|sign| {
        let parts: Vec<&str> = response.split(sign).collect();
        // Nobody writes out more, and each is looked for among all.
        if parts.len() != options.len() || parts.len() > MOST_IN_WORDS {
            return None;
        }
        let places: Option<Vec<usize>> = parts.iter().map(|part| choose(options, part).ok()).collect();
        places.filter(|places| is_each_once(places, options.len()))
    })
}

impl CardKind for Order {
    fn name(&self) -> &'static str {
        "order"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "prompt", shape: Shape::Variants, required: true },
            Field { name: "items", shape: Shape::Texts, required: true },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let items = fields.get("items").map_or(&[][..], Value::texts);
        if items.len() >= 2 && repeated(items.iter().map(String::as_str)).is_none() {
            return Vec::new();
        }
        vec![Fault::TooFewItems]
    }

    fn ordinals(&self, _: &NoteText) -> Vec<u16> {
        vec![1]
    }

    fn question(&self, note: &NoteText, _: u16, showing: Showing) -> Question {
        let all = items(note);
        let from = shuffled(all.len(), showing.seed);
        note.question(showing, Ask::Order, &all, from)
    }

    fn option_texts<'n>(&self, note: &'n NoteText) -> Vec<&'n str> {
        note.texts("items").iter().map(String::as_str).collect()
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        let numbered = note.texts("items").iter().enumerate();
        numbered.map(|(index, item)| format!("{}. {item}", index + 1)).collect::<Vec<_>>().join("\n")
    }

    fn answer_document(&self, note: &NoteText, _: u16) -> Document {
        Document::list(Some(1), note.texts("items").iter().map(|item| note.document(item)))
    }

    fn judge(
        &self,
        _: &NoteText,
        _: u16,
        question: &Question,
        response: &str,
        _: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let count = question.options.len();
        let Some(places) = by_number(response, count).or_else(|| in_words(response, &question.options)) else {
            return Err(Unreadable::NoOrder(count));
        };
        let mut right: Vec<usize> = (0..count).collect();
        right.sort_by_key(|place| question.from.get(*place));
        let wrong: Vec<usize> = (0..count).filter(|place| places.get(*place) != right.get(*place)).collect();
        let outcome = match wrong.as_slice() {
            [] => Correctness::Right,
            [first, second] if first + 1 == *second => Correctness::Near,
            _ => Correctness::Wrong,
        };
        let joined = |places: &[usize]| {
            let options = places.iter().filter_map(|place| question.options.get(*place));
            options.map(String::as_str).collect::<Vec<_>>().join(" > ")
        };
        let remark = if outcome == Correctness::Near { "two neighbours are swapped".to_owned() } else { String::new() };
        Ok(Some(Verdict { outcome, given: joined(&places), expected: joined(&right), remark, close: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note() -> NoteText {
        let items = ["vision", "strategy", "plan", "task"].map(str::to_owned).to_vec();
        NoteText { fields: Fields::from([("items".to_owned(), Value::Texts(items))]), ..NoteText::default() }
    }

    #[test]
    fn an_order_may_be_written_out() {
        let question = Order.question(&note(), 1, Showing { variant: 0, seed: 5 });
        let judged = |response: &str| Order.judge(&note(), 1, &question, response, Weights::default());
        for response in
            ["vision > strategy > plan > task", "vision, strategy, plan, task", "Vision\nstrategy\nplan\ntask"]
        {
            assert_eq!(judged(response).unwrap().unwrap().outcome, Correctness::Right, "{response}");
        }
        assert_eq!(judged("task; plan; strategy; vision").unwrap().unwrap().outcome, Correctness::Wrong);
        for response in ["vision, strategy, plan", "vision, vision, plan, task", "vision, strategy, plan, tree"] {
            assert_eq!(judged(response), Err(Unreadable::NoOrder(4)), "{response}");
        }
    }

    #[test]
    fn two_swapped_neighbours_are_nearly_right() {
        let question = Order.question(&note(), 1, Showing { variant: 0, seed: 5 });
        let place = |item: &str| question.options.iter().position(|option| option == item).unwrap() + 1;
        for (order, outcome) in [
            (["vision", "strategy", "plan", "task"], Correctness::Right),
            (["vision", "plan", "strategy", "task"], Correctness::Near),
            (["task", "strategy", "plan", "vision"], Correctness::Wrong),
            (["strategy", "vision", "task", "plan"], Correctness::Wrong),
        ] {
            let response = order.map(|item| place(item).to_string()).join(" ");
            assert_eq!(
                Order.judge(&note(), 1, &question, &response, Weights::default()).unwrap().unwrap().outcome,
                outcome,
                "{order:?}"
            );
        }
        for response in ["1 2 3", "1 1 2 3", "1 2 3 5", "x", "12345"] {
            assert_eq!(
                Order.judge(&note(), 1, &question, response, Weights::default()),
                Err(Unreadable::NoOrder(4)),
                "{response}"
            );
        }
        assert!(Order.judge(&note(), 1, &question, "4321", Weights::default()).is_ok());
    }

    #[test]
    fn the_right_order_is_never_what_is_shown() {
        for seed in 0..200 {
            assert_ne!(Order.question(&note(), 1, Showing { variant: 0, seed }).options, note().texts("items"));
        }
    }
}
