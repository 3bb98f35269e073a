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
use crate::core::card::typed::long_answers;

use crate::core::card::Close;
use crate::core::card::Correctness;
use crate::core::card::Value;
use crate::core::card::compare::keys;
use crate::core::card::compare::likeness;
use crate::core::card::compare::names;
use crate::core::card::compare::only_differs;
use crate::core::compare::answer::Difference;
use crate::core::compare::answer::Given;
use crate::core::compare::answer::Likeness;
use crate::core::compare::answer::Weights;
use crate::core::compare::answer::key;
use crate::core::compare::answer::told_apart;
use crate::core::compare::identity::identity;
use crate::core::compare::identity::repeated;
use crate::core::document::Document;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

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
    let items = response.split(|c: char| c == '\n' || parts.contains(&c)).map(str::trim);
    items.filter(|item| !key(item).is_empty()).collect()
}

/// Pairs of items that are compared letter by letter at most: what is left of a list of thousands would take minutes.
const MOST_COMPARED: usize = 20_000;

/// Items that were named without being asked for, as many as are told.
const MOST_TOLD: usize = 3;

/// What of the items that were named is asked for.
struct Paired {
    /// For each of those asked for the place of the one that names it, and how these compare. No item names two.
    expected: Vec<Option<(usize, Likeness)>>,
    /// The places of those that name nothing that is asked for.
    extra: Vec<usize>,
}

/// Finds for each expected item one of those given: first the very same text, then what says the same by the rules for answers, then what differs
/// in something that counts, then what is right but for a slip. So no slip takes up what another item was typed for. An item that was
/// typed twice is one.
fn pair(given: &[&str], note: &NoteText, weights: Weights) -> Paired {
    let texts = note.texts("items");
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = (0..given.len()).collect();
    open.retain(|place| given.get(*place).is_some_and(|item| seen.insert(told_apart(item))));
    let mut pairing = Pairing { texts, expected: vec![None; texts.len()], named: vec![None; given.len()] };
    pairing.take_equal(given, note, &open);
    let asked: Vec<Vec<String>> = texts.iter().map(|item| keys(item, note.markup)).collect();
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, keys) in asked.iter().enumerate() {
        for key in keys {
            by_key.entry(key).or_default().push(place);
        }
    }
    let read: Vec<Given<'_>> = given.iter().map(|item| Given::new(item)).collect();
    // Whether an item says again what another one said, and is no item too many.
    let says_again = |place: &usize| read.get(*place).is_some_and(|item| by_key.contains_key(item.key()));
    let of_key = |item: &Given<'_>| by_key.get(item.key()).into_iter().flatten().copied().collect::<Vec<_>>();
    pairing.match_up(&read, note, weights, &open, &of_key);
    let left: Vec<usize> =
        (0..texts.len()).filter(|place| pairing.expected.get(*place).is_some_and(Option::is_none)).collect();
    pairing.match_up(&read, note, weights, &open, &|_| left.clone());
    let mut extra: Vec<usize> =
        open.into_iter().filter(|place| pairing.named.get(*place).is_some_and(Option::is_none)).collect();
    extra.retain(|place| !says_again(place));
    if extra.len() * texts.len() <= MOST_COMPARED {
        let is_like =
            |given: &Given<'_>| texts.iter().any(|item| likeness(given, item, note.markup, weights) != Likeness::Other);
        extra.retain(|place| !read.get(*place).is_some_and(is_like));
    }
    Paired { expected: pairing.expected, extra }
}

/// Two lists that are being matched with each other.
struct Pairing<'n> {
    texts: &'n [String],
    expected: Vec<Option<(usize, Likeness)>>,
    named: Vec<Option<usize>>,
}

/// The better, the less.
fn level(likeness: &Likeness) -> Option<usize> {
    match likeness {
        Likeness::Same(differences) if differences.is_empty() => Some(0),
        Likeness::Same(_) => Some(1),
        Likeness::Counted(_) => Some(2),
        Likeness::Near => Some(3),
        Likeness::Other => None,
    }
}

/// What an item that was given may name: the places of expected items, and how each compares.
type Fits = Vec<(usize, Likeness)>;

impl Pairing<'_> {
    fn take(&mut self, given: usize, expected: usize, likeness: Likeness) {
        if let (Some(named), Some(by)) = (self.named.get_mut(given), self.expected.get_mut(expected)) {
            (*named, *by) = (Some(expected), Some((given, likeness)));
        }
    }

    fn is_free(&self, given: usize) -> bool {
        self.named.get(given).is_some_and(Option::is_none)
    }

    /// What is written as it was typed.
    fn take_equal(&mut self, given: &[&str], note: &NoteText, open: &[usize]) {
        let mut places: BTreeMap<Cow<'_, str>, usize> = BTreeMap::new();
        for (place, text) in self.texts.iter().enumerate() {
            places.entry(identity(text).into_owned().into()).or_insert(place);
            places.entry(identity(&note.plain(text)).into_owned().into()).or_insert(place);
        }
        for place in open {
            let expected = given.get(*place).and_then(|item| places.get(&identity(item)));
            if let Some(expected) =
                expected.filter(|expected| self.expected.get(**expected).is_some_and(Option::is_none))
            {
                self.take(*place, *expected, Likeness::Same(Vec::new()));
            }
        }
    }

    /// Matches as many as can be, the best likeness first. What is matched stays so, if by another item.
    fn match_up(
        &mut self,
        read: &[Given<'_>],
        note: &NoteText,
        weights: Weights,
        open: &[usize],
        of: &dyn Fn(&Given<'_>) -> Vec<usize>,
    ) {
        let mut fits: BTreeMap<usize, Fits> = BTreeMap::new();
        let mut compared = 0;
        for place in open {
            let Some(item) = read.get(*place).filter(|_| self.is_free(*place)) else { continue };
            let expected = of(item);
            compared += expected.len();
            if compared > MOST_COMPARED {
                break;
            }
            let like = |expected: usize| {
                let text = self.texts.get(expected)?;
                Some((expected, likeness(item, text, note.markup, weights))).filter(|(_, found)| level(found).is_some())
            };
            fits.insert(*place, expected.into_iter().filter_map(like).collect());
        }
        for most in 0..=3 {
            for place in fits.keys() {
                if self.is_free(*place) {
                    self.find(*place, most, &fits, &mut BTreeSet::new());
                }
            }
        }
    }

    /// Finds an expected item for one that was given, moving others to another one where that makes room.
    fn find(&mut self, given: usize, most: usize, fits: &BTreeMap<usize, Fits>, tried: &mut BTreeSet<usize>) -> bool {
        let fit =
            fits.get(&given).into_iter().flatten().filter(|(_, found)| level(found).is_some_and(|level| level <= most));
        for (expected, found) in fit {
            // As deep as a list is long that anybody learns.
            if tried.len() > 100 || !tried.insert(*expected) {
                continue;
            }
            let by = self.expected.get(*expected).and_then(|by| by.as_ref().map(|(by, _)| *by));
            let is_free = match by {
                None => true,
                Some(by) => fits.contains_key(&by) && self.find(by, most, fits, tried),
            };
            if is_free {
                self.take(given, *expected, found.clone());
                return true;
            }
        }
        false
    }
}

/// How a list was answered, for people.
fn remark(missing: &[Cow<'_, str>], extra: &[&str], differences: &[Difference], counts: bool, slips: bool) -> String {
    if !missing.is_empty() || !extra.is_empty() {
        let mut said = Vec::new();
        if !missing.is_empty() {
            said.push(format!("missing: {}", missing.join("; ")));
        }
        if !extra.is_empty() {
            let more = extra.len().saturating_sub(MOST_TOLD);
            let told = extra.get(..extra.len() - more).unwrap_or_default().join("; ");
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            said.push(format!("not on the list: {told}{more}"));
        }
        return said.join(" – ");
    }
    match (slips, counts, differences.is_empty()) {
        (true, _, _) => "look at the spelling".to_owned(),
        (false, true, _) => format!("look at the {}", names(differences)),
        (false, false, false) => only_differs(differences),
        (false, false, true) => String::new(),
    }
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

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let items = fields.get("items").map_or(&[][..], Value::texts);
        let twice = repeated(items.iter().map(String::as_str)).and_then(|place| items.get(place));
        let twice = twice.map(|item| Fault::RepeatedItem(item.clone()));
        twice.into_iter().chain(long_answers(fields, &["items"])).collect()
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
        let mut ticks = vec![false; given.len()];
        for (place, _) in pair(&given, note, Weights::default()).expected.into_iter().flatten() {
            if let Some(tick) = ticks.get_mut(place) {
                *tick = true;
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
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = note.texts("items");
        let given = items(response, expected);
        let paired = pair(&given, note, weights);
        // What was typed, with each item as it should be.
        let mut corrected: Vec<Cow<'_, str>> = given.iter().map(|item| Cow::Borrowed(*item)).collect();
        let mut missing = Vec::new();
        let (mut differences, mut counts, mut slips) = (Vec::new(), false, false);
        for (item, named) in expected.iter().zip(&paired.expected) {
            let Some((place, likeness)) = named else {
                missing.push(note.plain(item));
                continue;
            };
            if let Some(typed) = corrected.get_mut(*place) {
                *typed = note.typed(item);
            }
            match likeness {
                Likeness::Same(found) => differences.extend(found),
                Likeness::Counted(found) => {
                    differences.extend(found);
                    counts = true;
                }
                Likeness::Near => slips = true,
                Likeness::Other => {}
            }
        }
        differences.sort_unstable();
        differences.dedup();
        let extra: Vec<&str> = paired.extra.iter().filter_map(|place| given.get(*place).copied()).collect();
        let outcome = match (missing.len(), extra.len()) {
            (0, 0) if !counts && !slips => Correctness::Right,
            (0, 0 | 1) => Correctness::Near,
            (1, 0 | 1) if expected.len() > 1 => Correctness::Near,
            _ => Correctness::Wrong,
        };
        let remark = remark(&missing, &extra, &differences, counts, slips);
        let differs = slips || !differences.is_empty();
        let close = differs.then(|| Close { answer: corrected.join("; "), differences });
        Ok(Some(Verdict { outcome, given: given.join("; "), expected: self.answer(note, ordinal), remark, close }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::compare::answer::Weight;

    fn note(items: &[&str]) -> NoteText {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        NoteText { fields: Fields::from([("items".to_owned(), Value::Texts(items))]), ..NoteText::default() }
    }

    fn verdict(note: &NoteText, response: &str, weights: Weights) -> Verdict {
        let question = List.question(note, 1, Showing::default());
        List.judge(note, 1, &question, response, weights).unwrap().unwrap()
    }

    fn judged(items: &[&str], response: &str) -> (Correctness, String) {
        let verdict = verdict(&note(items), response, Weights::default());
        (verdict.outcome, verdict.remark)
    }

    #[test]
    fn all_items_in_any_order_are_right_and_one_missing_is_nearly() {
        let items = ["build trust", "show empathy", "talk respectfully"];
        assert_eq!(judged(&items, "show empathy, talk respectfully; build trust"), (Correctness::Right, String::new()));
        assert_eq!(
            judged(&items, "build trust\nshow empathy"),
            (Correctness::Near, "missing: talk respectfully".to_owned())
        );
        assert_eq!(
            judged(&items, "build trust, charm, rank"),
            (Correctness::Wrong, "missing: show empathy; talk respectfully – not on the list: charm; rank".to_owned())
        );
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
    fn a_slip_in_an_item_is_nearly_right_and_shown() {
        let note = note(&["build trust", "talk respectfully"]);
        let verdict = verdict(&note, "Talk respectfuly, build trust", Weights::default());
        assert_eq!((verdict.outcome, verdict.remark.as_str()), (Correctness::Near, "look at the spelling"));
        let close = verdict.close.unwrap();
        assert_eq!(
            (verdict.given.as_str(), close.answer.as_str()),
            ("Talk respectfuly; build trust", "talk respectfully; build trust")
        );
    }

    #[test]
    fn each_item_that_was_typed_names_one_and_exact_ones_come_first() {
        let items = ["é", "e", "E"];
        assert_eq!(judged(&items, "e; e; e").0, Correctness::Wrong);
        assert_eq!(judged(&items, "e; E; e"), (Correctness::Near, "missing: é".to_owned()));
        assert_eq!(judged(&items, "E; é; e"), (Correctness::Right, String::new()));
        let count = Weights { accents: Some(Weight::Count), ..Weights::default() };
        // By pairs, and not one after the other: É is é, and e is E.
        let verdict = verdict(&note(&["E", "é"]), "e; É", count);
        assert_eq!((verdict.outcome, verdict.remark.as_str()), (Correctness::Right, "only the capitals differ"));
        // One that fits both is left for the one that nothing else fits.
        assert_eq!(judged(&["colour", "colours"], "colors; colour").0, Correctness::Near);
        assert_eq!(judged(&["x²", "x2y"], "x^2; x2y"), (Correctness::Right, "only the characters differ".to_owned()));
    }

    #[test]
    fn what_is_not_on_the_list_counts() {
        let items = ["people", "tasks"];
        let extra = |given: &str| judged(&items, given);
        assert_eq!(extra("people, tasks, rank"), (Correctness::Near, "not on the list: rank".to_owned()));
        assert_eq!(extra("people, rank"), (Correctness::Near, "missing: tasks – not on the list: rank".to_owned()));
        assert_eq!(extra("people, tasks, a, b, c, d, e").0, Correctness::Wrong);
        assert_eq!(extra("people, tasks, a, b, c, d, e").1, "not on the list: a; b; c and 2 more");
        // Said again, or mended, it is no other one.
        assert_eq!(extra("people, tasks, People., tasks").0, Correctness::Right);
        assert_eq!(extra("poeple, people, tasks").0, Correctness::Right);
        let words: Vec<String> = (0..5000).map(|number| format!("word{}", "x".repeat(number % 7))).collect();
        assert_eq!(judged(&items, &format!("people, tasks, {}", words.join(", "))).0, Correctness::Wrong);
    }

    #[test]
    fn the_same_item_twice_is_a_fault() {
        let check = |items: &[&str]| List.check(&note(items).fields);
        assert_eq!(check(&["a", " a"]), [Fault::RepeatedItem(" a".to_owned())]);
        assert_eq!(check(&["a", "A", "á", "a+"]), []);
    }

    #[test]
    fn long_lists_are_matched_in_a_moment() {
        let items: Vec<String> = (0..2000).map(|number| format!("item{number}é")).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let typed = items.iter().rev().map(|item| item.replace('é', "e")).collect::<Vec<_>>().join("\n");
        assert_eq!(judged(&items, &typed), (Correctness::Right, "only the accents differ".to_owned()));
    }

    #[test]
    fn items_with_commas_are_parted_by_semicolons() {
        assert_eq!(judged(&["first, last", "middle"], "middle; first, last").0, Correctness::Right);
    }
}
