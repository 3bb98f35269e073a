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
use crate::core::card::Tick;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;
use crate::core::card::typed::long_answers;

use crate::core::card::Close;
use crate::core::card::Correctness;
use crate::core::card::Value;
use crate::core::card::compare::Expected;
use crate::core::card::compare::rank;
use crate::core::card::compare::remark;
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

/// Pairs of items that are compared letter by letter at most: what is left of a list of thousands would take minutes.
const MOST_COMPARED: usize = 20_000;

/// Items that were named without being asked for, as many as are told.
const MOST_TOLD: usize = 3;

/// Parts between signs that one item may have: `1 May 1886, Chicago, Illinois; ...`.
const MOST_PARTS: usize = 4;

/// The items that are asked for.
fn asked(note: &NoteText) -> Vec<Expected<'_>> {
    note.texts("items").iter().map(|item| Expected::new(item, note.markup)).collect()
}

/// The items of a response. Semicolons and commas part them only where none of the expected items has one.
fn items<'r>(response: &'r str, asked: &[Expected<'_>]) -> Vec<&'r str> {
    let is_free = |signs: &&[char]| !asked.iter().any(|item| item.shown().contains(*signs));
    let parts: Vec<char> = BETWEEN.iter().copied().filter(is_free).flatten().copied().collect();
    let items = response.split(|c: char| c == '\n' || parts.contains(&c)).map(str::trim);
    items.filter(|item| !key(item).is_empty()).collect()
}

/// The items of a response in which semicolons and commas part all that is no item with them. `None` where there are none, or too many to
/// look through.
fn items_with_signs<'r>(response: &'r str, asked: &[Expected<'_>], weights: Weights) -> Option<Vec<&'r str>> {
    let is_sign = |c: char| BETWEEN.iter().any(|signs| signs.contains(&c));
    let signs = response.matches(is_sign).count();
    if signs == 0 || signs * MOST_PARTS * asked.len() > MOST_COMPARED {
        return None;
    }
    let is_item = |text: &str| {
        let given = Given::new(text);
        asked.iter().any(|item| matches!(item.likeness(&given, weights), Likeness::Same(_)))
    };
    let mut items = Vec::new();
    for line in response.lines() {
        let mut rest = line;
        while !rest.is_empty() {
            let ends = || rest.match_indices(is_sign).map(|(at, _)| at).chain([rest.len()]).take(MOST_PARTS);
            let joined: Vec<&str> = ends().skip(1).filter_map(|end| rest.get(..end)).collect();
            let whole = joined.into_iter().rev().find(|text| is_item(text));
            let item = whole.or_else(|| rest.get(..ends().next()?)).unwrap_or(rest);
            items.push(item.trim());
            rest = rest.get(item.len()..).unwrap_or_default();
            rest = rest.strip_prefix(is_sign).unwrap_or(rest);
        }
    }
    items.retain(|item| !key(item).is_empty());
    Some(items)
}

/// Two lists that are being matched with each other.
struct Pairing<'n> {
    asked: &'n [Expected<'n>],
    given: Vec<&'n str>,
    read: Vec<Given<'n>>,
    weights: Weights,
    /// For each item that is asked for the place of the one that names it, and how these compare. No item names two.
    expected: Vec<Option<(usize, Likeness)>>,
    /// For each of those given the place of the one that it names.
    named: Vec<Option<usize>>,
    /// The places of those given that are not the very text of one that is asked for, each once.
    open: Vec<usize>,
    /// The places of the items that are asked for by what of them is compared.
    by_key: BTreeMap<&'n str, Vec<usize>>,
}

/// Finds for each expected item one of those given: first the very same text, then what says the same by the rules for answers, then what differs
/// in something that counts, then what is right but for a slip. So no slip takes up what another item was typed for. An item that was
/// typed twice is one.
fn pair<'n>(given: Vec<&'n str>, asked: &'n [Expected<'n>], weights: Weights) -> Pairing<'n> {
    let mut pairing = Pairing {
        asked,
        read: given.iter().copied().map(Given::new).collect(),
        weights,
        expected: vec![None; asked.len()],
        named: vec![None; given.len()],
        open: Vec::new(),
        by_key: by_key(asked),
        given,
    };
    pairing.take_equal();
    pairing.open = pairing.without_repeated();
    let fits = pairing.fits(|item| pairing.by_key.get(item.key()).map(Vec::as_slice).unwrap_or_default());
    pairing.match_up(&fits);
    let left = pairing.missing();
    let fits = pairing.fits(|_| &left);
    pairing.match_up(&fits);
    pairing
}

/// The pairing of a response. Where a sign parts what it should not, or does not part what it should, the other way to part it may name more.
fn pair_response<'n>(response: &'n str, asked: &'n [Expected<'n>], weights: Weights) -> Pairing<'n> {
    let pairing = pair(items(response, asked), asked, weights);
    if pairing.missing().is_empty() {
        return pairing;
    }
    let other = items_with_signs(response, asked, weights).map(|given| pair(given, asked, weights));
    other.filter(|other| other.missing().len() < pairing.missing().len()).unwrap_or(pairing)
}

fn by_key<'n>(asked: &'n [Expected<'n>]) -> BTreeMap<&'n str, Vec<usize>> {
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, item) in asked.iter().enumerate() {
        for key in item.keys() {
            let places = by_key.entry(key).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
    }
    by_key
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

    /// The places of the items that nothing names.
    fn missing(&self) -> Vec<usize> {
        self.expected.iter().enumerate().filter(|(_, by)| by.is_none()).map(|(place, _)| place).collect()
    }

    /// What is written as it was typed. An item that is shown as another one is written is named by its own text.
    fn take_equal(&mut self) {
        let mut places: BTreeMap<Cow<'_, str>, usize> = BTreeMap::new();
        let texts = self.asked.iter().map(Expected::text).enumerate();
        for (place, text) in texts.chain(self.asked.iter().map(Expected::shown).enumerate()) {
            places.entry(identity(text)).or_insert(place);
        }
        let found: Vec<Option<usize>> = self.given.iter().map(|item| places.get(&identity(item)).copied()).collect();
        for (place, expected) in found.into_iter().enumerate() {
            let is_open = |expected: &usize| self.expected.get(*expected).is_some_and(Option::is_none);
            if let Some(expected) = expected.filter(is_open) {
                self.take(place, expected, Likeness::Same(Vec::new()));
            }
        }
    }

    /// The places of what may name an item yet. What is typed again but for punctuation names nothing, unless as many items are written so.
    fn without_repeated(&self) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let mut room: BTreeMap<String, usize> = BTreeMap::new();
        for item in self.asked {
            *room.entry(told_apart(item.words())).or_default() += 1;
        }
        let mut is_new = |place: &usize| {
            let Some(item) = self.given.get(*place).filter(|item| seen.insert(identity(item))) else { return false };
            let room = room.entry(told_apart(item)).or_insert(1);
            let has_room = *room > 0;
            *room = room.saturating_sub(1);
            has_room
        };
        let (mut open, exact): (Vec<usize>, Vec<usize>) = (0..self.given.len()).partition(|place| self.is_free(*place));
        for place in &exact {
            is_new(place);
        }
        open.retain(is_new);
        open
    }

    /// The places of those that name nothing that is asked for, nor say again what another one said.
    fn extra(&self) -> Vec<usize> {
        let mut extra: Vec<usize> = self.open.iter().copied().filter(|place| self.is_free(*place)).collect();
        extra.retain(|place| !self.read.get(*place).is_some_and(|item| self.by_key.contains_key(item.key())));
        if extra.len() * self.asked.len() <= MOST_COMPARED {
            let is_like =
                |given: &Given<'_>| self.asked.iter().any(|item| item.likeness(given, self.weights) != Likeness::Other);
            extra.retain(|place| !self.read.get(*place).is_some_and(is_like));
        }
        extra
    }

    /// What each of those that name nothing yet may name, of the places that are looked at for it.
    fn fits<'p>(&self, of: impl Fn(&Given<'_>) -> &'p [usize]) -> BTreeMap<usize, Fits> {
        let mut fits: BTreeMap<usize, Fits> = BTreeMap::new();
        let mut compared = 0;
        for place in &self.open {
            let Some(item) = self.read.get(*place).filter(|_| self.is_free(*place)) else { continue };
            let expected = of(item);
            compared += expected.len();
            if compared > MOST_COMPARED {
                break;
            }
            let like = |expected: &usize| {
                let found = self.asked.get(*expected)?.likeness(item, self.weights);
                (found != Likeness::Other).then_some((*expected, found))
            };
            fits.insert(*place, expected.iter().filter_map(like).collect());
        }
        fits
    }

    /// Matches as many as can be, the best likeness first. What is matched stays so, if by another item.
    fn match_up(&mut self, fits: &BTreeMap<usize, Fits>) {
        // The very same, the same, what differs in something that counts, slips.
        for worst in [(0, 0), (0, usize::MAX), (1, usize::MAX), (2, 0)] {
            for place in fits.keys() {
                if self.is_free(*place) {
                    self.find(*place, worst, fits, &mut BTreeSet::new());
                }
            }
        }
    }

    /// Finds an expected item for one that was given, moving others to another one where that makes room.
    fn find(
        &mut self,
        given: usize,
        worst: (u8, usize),
        fits: &BTreeMap<usize, Fits>,
        tried: &mut BTreeSet<usize>,
    ) -> bool {
        let fit = fits.get(&given).into_iter().flatten().filter(|(_, found)| rank(found) <= worst);
        for (expected, found) in fit {
            // As deep as a list is long that anybody learns.
            if tried.len() > 100 || !tried.insert(*expected) {
                continue;
            }
            let by = self.expected.get(*expected).and_then(|by| by.as_ref().map(|(by, _)| *by));
            let is_free = match by {
                None => true,
                Some(by) => fits.contains_key(&by) && self.find(by, worst, fits, tried),
            };
            if is_free {
                self.take(given, *expected, found.clone());
                return true;
            }
        }
        false
    }
}

/// What a list lacks and has too many, for people.
fn counted(missing: &[&str], extra: &[&str]) -> String {
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
    said.join(" – ")
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
        note.question(showing, Ask::List(note.texts("items").len()), &[], Vec::new())
    }

    fn answer(&self, note: &NoteText, _: u16) -> String {
        note.texts("items").iter().map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    }

    fn answer_document(&self, note: &NoteText, _: u16) -> Document {
        Document::list(None, note.texts("items").iter().map(|item| note.document(item)))
    }

    fn ticks(&self, note: &NoteText, given: &[String]) -> Vec<Tick> {
        let (given, asked) = (given.iter().map(String::as_str).collect(), asked(note));
        let paired = pair(given, &asked, Weights::default());
        let extra: BTreeSet<usize> = paired.extra().into_iter().collect();
        let tick = |(place, named): (usize, &Option<usize>)| match named {
            Some(_) => Tick::Named,
            None if extra.contains(&place) => Tick::Other,
            None => Tick::Again,
        };
        paired.named.iter().enumerate().map(tick).collect()
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let asked = asked(note);
        let paired = pair_response(response, &asked, weights);
        let given = &paired.given;
        // What was typed, with each item as it should be.
        let mut corrected = given.clone();
        let mut missing = Vec::new();
        let (mut differences, mut counts, mut slips) = (Vec::new(), false, false);
        for (item, named) in asked.iter().zip(&paired.expected) {
            let Some((place, likeness)) = named else {
                missing.push(item.shown());
                continue;
            };
            if let Some(typed) = corrected.get_mut(*place) {
                *typed = item.words();
            }
            match likeness {
                // Whoever types a list begins its items as they come to mind: capitals that don't count are nobody's mistake.
                Likeness::Same(found) => differences.extend(found.iter().filter(|found| **found != Difference::Case)),
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
        let extra: Vec<&str> = paired.extra().iter().filter_map(|place| given.get(*place).copied()).collect();
        let outcome = match (missing.len(), extra.len()) {
            (0, 0) if !counts && !slips => Correctness::Right,
            (0, 0 | 1) => Correctness::Near,
            (1, 0 | 1) if asked.len() > 1 => Correctness::Near,
            _ => Correctness::Wrong,
        };
        let whole = match (slips, counts) {
            (true, _) => Likeness::Near,
            (false, true) => Likeness::Counted(differences.clone()),
            (false, false) => Likeness::Same(differences.clone()),
        };
        let remark = if missing.is_empty() && extra.is_empty() { remark(&whole) } else { counted(&missing, &extra) };
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
    fn capitals_that_do_not_count_are_not_told_of_a_list() {
        let items = note(&["build trust", "show empathy"]);
        let same = verdict(&items, "Build trust; Show empathy", Weights::default());
        assert_eq!((same.outcome, same.remark.as_str(), same.close), (Correctness::Right, "", None));
        let slip = verdict(&items, "Build trust; Show empaty", Weights::default());
        assert!(slip.close.is_some_and(|close| !close.differences.contains(&Difference::Case)));
        let counts = Weights { case: Some(Weight::Count), ..Weights::default() };
        assert_eq!(verdict(&items, "Build trust; show empathy", counts).remark, "look at the capitals");
    }

    #[test]
    fn items_are_ticked_as_they_are_named() {
        let items = ["people", "tasks"].map(str::to_owned).to_vec();
        let note =
            NoteText { fields: Fields::from([("items".to_owned(), Value::Texts(items))]), ..NoteText::default() };
        let given = ["Peopl", "rank", "people", "tasks"].map(str::to_owned);
        assert_eq!(
            List.ticks(&note, &given),
            [Tick::Again, Tick::Other, Tick::Named, Tick::Named],
            "the slip does not take the exact one's place, and what was typed again rightly is not wrong"
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
        assert_eq!((verdict.outcome, verdict.remark.as_str()), (Correctness::Right, ""));
        // One that fits both is left for the one that nothing else fits.
        assert_eq!(judged(&["colour", "colours"], "colors; colour").0, Correctness::Near);
        assert_eq!(judged(&["x²", "x2y"], "x^2; x2y"), (Correctness::Right, "only the characters differ".to_owned()));
    }

    #[test]
    fn items_that_fold_alike_stay_their_own() {
        let right = (Correctness::Right, String::new());
        let form = (Correctness::Right, "only the characters differ".to_owned());
        for (items, given, judged_so) in [
            (&["x²", "x₂"][..], "x²; x₂", right.clone()),
            (&["x²", "x₂"], "x₂; x²", right.clone()),
            (&["x²", "x₂"], "x^2; x_2", form.clone()),
            (&["x²", "x₂"], "x²; x2", form.clone()),
            (&["x²", "x₂"], "x2; x2", (Correctness::Near, "missing: x₂".to_owned())),
            (&["it's", "its"], "it's; its", right.clone()),
            (&["it's", "its"], "its; it’s", form),
            (&["it's", "its"], "its; its", (Correctness::Near, "missing: it's".to_owned())),
            (&["C", "c", "C."], "c; C.; C", right.clone()),
            (&["**x**", "x"], "x; **x**", right),
        ] {
            assert_eq!(judged(items, given), judged_so, "{given} for {items:?}");
        }
        // A point makes no other item of what was named already.
        assert_eq!(judged(&["é", "e"], "e; e."), (Correctness::Near, "missing: é".to_owned()));
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

    proptest::proptest! {
        #[test]
        fn items_that_are_typed_as_they_are_shown_are_right(
            items in proptest::collection::btree_set("[a-cA-Cé²₂ⁿx1-3 '.*_`<>/^()!?;,+#-]{1,6}", 1..5),
        ) {
            for markup in crate::core::card::Markup::ALL {
                let items: Vec<&str> = items.iter().map(String::as_str).collect();
                let note = NoteText { markup, ..note(&items) };
                let shown: Vec<String> = items.iter().map(|item| note.plain(item).trim().to_owned()).collect();
                let are_typed = shown.iter().all(|item| !key(item).is_empty() && !item.contains('\n'));
                if are_typed && List.check(&note.fields).is_empty() && repeated(shown.iter().map(String::as_str)).is_none() {
                    let found = verdict(&note, &shown.join("\n"), Weights::default());
                    proptest::prop_assert_eq!(found.outcome, Correctness::Right, "{:?} for {:?}: {}", shown, items, found.remark);
                }
            }
        }
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
        assert_eq!(judged(&["a&comma;b", "c"], "c; a,b").0, Correctness::Right);
        assert_eq!(judged(&["first, last", "middle"], "middle; first, last").0, Correctness::Right);
        assert_eq!(judged(&["first, last", "middle"], "middle; frist, last").0, Correctness::Near);
    }

    #[test]
    fn a_sign_inside_an_item_parts_the_others_still() {
        for (items, given) in [
            (&["first, last", "middle"][..], "middle, first, last"),
            (&["first, last", "middle"], "first, last, middle"),
            (&["a; b", "c", "d"], "d; a; b; c"),
            (&["a; b", "c", "d"], "c, a; b, d"),
            (&["1 March 2020", "4 July 1776"], "July 4, 1776, March 1, 2020"),
            (&["Paris, France", "Rome"], "Rome\nParis, France"),
        ] {
            assert_eq!(judged(items, given).0, Correctness::Right, "{given} for {items:?}");
        }
        assert_eq!(
            judged(&["first, last", "middle"], "middle, first"),
            (Correctness::Near, "missing: first, last – not on the list: first".to_owned())
        );
    }
}
