//! `cloze`: a text with hidden parts, `{{c1::answer::hint}}`; a card for each number.
//!
//! Braces inside a part are counted, so that `{{c1::\frac{a}{b}}}` ends where its author meant it to. `\::` and `\}}` inside a
//! part stand for `::` and `}}` themselves. A formula is whole: `::` in one begins no hint.

use crate::core::card::Ask;
use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::Field;
use crate::core::card::Fields;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Shape;
use crate::core::card::Showing;
use crate::core::card::Unreadable;
use crate::core::card::Verdict;

use crate::core::card::Value;
use crate::core::card::compare::verdict;
use crate::core::compare::answer::Weights;
use crate::core::document;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub(super) struct Cloze;

/// The highest number of a deletion.
const HIGHEST: u16 = 500;

/// Levels of deletions inside deletions; what is deeper is plain text.
const DEEPEST: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hidden { numbers: Vec<u16>, inside: Vec<Self>, hint: Option<String> },
}

/// The numbers of an opening such as `c1::` or `c1,3::`, and what follows it.
fn opening(text: &str) -> Option<(Vec<u16>, &str)> {
    let text = text.strip_prefix('c')?;
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ',')?;
    let (numbers, rest) = (text.get(..end)?, text.get(end..)?.strip_prefix("::")?);
    let numbers: Vec<u16> = numbers.split(',').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    Some((numbers, rest))
}

/// Deletions that may be begun anew because a brace inside of them is never closed.
const MOST_BEGUN_ANEW: usize = 64;

/// A deletion that is open: where its braces stand, how many single braces are open inside, and where `}}` stood first while
/// some were.
struct OpenDeletion {
    place: usize,
    braces: usize,
    first_end: Option<usize>,
}

/// How many of the bytes behind the backslash at the beginning of `rest` it takes their meaning from.
fn escaped(rest: &str) -> usize {
    let behind = rest.get(1..).unwrap_or_default();
    let braces = behind.bytes().take_while(|byte| *byte == b'}').count();
    match behind.bytes().next() {
        Some(b':') if behind.starts_with("::") => 2,
        // Three are a brace of a formula, `\}`, and the end of the deletion.
        Some(b'}') => {
            if braces == 2 || braces > 3 {
                2
            } else {
                1
            }
        }
        Some(byte) if byte.is_ascii_punctuation() => 1,
        _ => 0,
    }
}

/// Where the deletions are that are closed: the place of each one's opening braces, with that of its closing ones. In one
/// pass: what is opened and not closed must not be read again for each that is opened inside of it.
fn closings(text: &str) -> BTreeMap<usize, usize> {
    let (mut open, mut closed): (Vec<OpenDeletion>, _) = (Vec::new(), BTreeMap::new());
    let (mut place, mut begun_anew) = (0, 0);
    loop {
        let next = text.get(place..).and_then(|rest| rest.find(['{', '}', '\\']));
        let Some(next) = next else {
            // A brace that is opened inside of a deletion and never closed is text: then the first `}}` ends it.
            let lost = open.iter().position(|deletion| deletion.first_end.is_some());
            let lost = lost.filter(|_| begun_anew < MOST_BEGUN_ANEW);
            let Some(deletion) = lost.and_then(|lost| open.drain(lost..).next()) else { return closed };
            begun_anew += 1;
            let end = deletion.first_end.unwrap_or(text.len());
            closed.retain(|from, _| *from < end);
            closed.insert(deletion.place, end);
            place = end + 2;
            continue;
        };
        place += next;
        let rest = text.get(place..).unwrap_or_default();
        if rest.starts_with('\\') {
            place += 1 + if open.is_empty() { 0 } else { escaped(rest) };
        } else if let Some((_, inner)) = rest.strip_prefix("{{").and_then(opening) {
            open.push(OpenDeletion { place, braces: 0, first_end: None });
            place = text.len() - inner.len();
        } else if let Some(deletion) = open.last_mut() {
            let ends = rest.starts_with("}}");
            if rest.starts_with('{') {
                deletion.braces += 1;
                place += 1;
            } else if deletion.braces > 0 {
                if ends && deletion.first_end.is_none() {
                    deletion.first_end = Some(place);
                }
                deletion.braces -= 1;
                place += 1;
            } else if ends {
                closed.insert(deletion.place, place);
                open.pop();
                place += 2;
            } else {
                place += 1;
            }
        } else {
            place += 1;
        }
    }
}

/// The parts of `text[from..to]`, and the hint, if that is the inside of a deletion.
fn parse(
    text: &str,
    closed: &BTreeMap<usize, usize>,
    (from, to): (usize, usize),
    depth: usize,
) -> (Vec<Part>, Option<String>) {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut hint: Option<String> = None;
    let mut place = from;
    // What ends the formula that `place` is in, and from where on there is none.
    let (mut formula, mut no_formula): (Option<&str>, usize) = (None, to);
    while let Some(rest) = text.get(place..to)
        && let Some(c) = rest.chars().next()
    {
        let inside = depth > 0;
        let run =
            rest.find(|c| matches!(c, '{' | ':') || (inside && matches!(c, '\\' | '$' | '['))).unwrap_or(rest.len());
        if run > 0 {
            hint.as_mut().unwrap_or(&mut plain).push_str(rest.get(..run).unwrap_or_default());
            place += run;
            continue;
        }
        if let Some(end) = formula.filter(|end| inside && rest.starts_with(*end)) {
            formula = None;
            hint.as_mut().unwrap_or(&mut plain).push_str(end);
            place += end.len();
        } else if inside
            && formula.is_none()
            && place < no_formula
            && let Some((begin, end)) = document::formula_marks(rest)
        {
            if rest.get(begin.len()..).is_some_and(|rest| rest.contains(end)) {
                formula = Some(end);
            } else {
                no_formula = place;
            }
            hint.as_mut().unwrap_or(&mut plain).push_str(begin);
            place += begin.len();
        } else if inside && formula.is_none() && rest.starts_with("::") && hint.is_none() {
            hint = Some(String::new());
            place += 2;
        } else if inside && formula.is_none() && c == '\\' {
            let count = escaped(rest);
            // Only two of a kind stand for themselves: any other backslash is one of the text's own markup.
            let kept = if count == 2 { rest.get(1..=count) } else { rest.get(..=count) };
            hint.as_mut().unwrap_or(&mut plain).push_str(kept.unwrap_or_default());
            place += 1 + count;
        } else if depth < DEEPEST
            && let Some(end) = closed.get(&place).filter(|end| **end <= to)
            && let Some((numbers, inner)) = rest.strip_prefix("{{").and_then(opening)
        {
            let (inside, inner_hint) = parse(text, closed, (to - inner.len(), *end), depth + 1);
            push_text(&mut parts, std::mem::take(&mut plain));
            parts.push(Part::Hidden { numbers, inside, hint: inner_hint });
            place = end + 2;
        } else {
            hint.as_mut().unwrap_or(&mut plain).push(c);
            place += c.len_utf8();
        }
    }
    push_text(&mut parts, plain);
    (parts, hint)
}

fn push_text(parts: &mut Vec<Part>, text: String) {
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
}

/// Whether something in the text is hidden as a cloze hides it, whatever its note calls itself.
#[must_use]
pub fn has_deletion(text: &str) -> bool {
    text.contains("{{c") && ordinals(&parts(text)).next().is_some()
}

fn parts(text: &str) -> Vec<Part> {
    parse(text, &closings(text), (0, text.len()), 0).0
}

fn numbers(parts: &[Part], found: &mut BTreeSet<u16>) {
    for part in parts {
        if let Part::Hidden { numbers: own, inside, .. } = part {
            found.extend(own);
            numbers(inside, found);
        }
    }
}

fn shown(parts: &[Part]) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Hidden { inside, .. } => shown(inside),
        })
        .collect()
}

/// The text with what is hidden under a number left out; after `most` bytes it may end.
fn asked(parts: &[Part], number: u16, most: usize, markup: Markup) -> String {
    let mut prompt = Prompt { text: String::new(), brackets: Vec::new() };
    ask(parts, number, most, &mut prompt);
    if markup == Markup::Markdown { unlinked(&prompt) } else { prompt.text }
}

/// A prompt, and where the brackets stand in it around what is left out.
struct Prompt {
    text: String,
    brackets: Vec<(usize, usize)>,
}

/// The prompt with a backslash before the brackets that Markdown would take for those of a link.
fn unlinked(prompt: &Prompt) -> String {
    let mut out = String::with_capacity(prompt.text.len());
    let mut rest = 0;
    for (begin, end) in &prompt.brackets {
        let before = prompt.text.get(rest..*begin).unwrap_or_default();
        out.push_str(before);
        let behind = prompt.text.get(*end..).unwrap_or_default();
        if behind.starts_with(['(', '[', ':']) || out.ends_with(['!', ']']) {
            out.push('\\');
        }
        rest = *begin;
    }
    out.push_str(prompt.text.get(rest..).unwrap_or_default());
    out
}

fn ask(parts: &[Part], number: u16, most: usize, prompt: &mut Prompt) {
    for part in parts {
        let Some(room) = most.checked_sub(prompt.text.len()).filter(|room| *room > 0) else { return };
        match part {
            Part::Text(text) => prompt.text.push_str(text.get(..text.ceil_char_boundary(room)).unwrap_or_default()),
            Part::Hidden { numbers, hint, .. } if numbers.contains(&number) => {
                let hint = hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty()).unwrap_or("…");
                let begin = prompt.text.len();
                prompt.text.push('[');
                prompt.text.push_str(hint);
                prompt.text.push(']');
                prompt.brackets.push((begin, prompt.text.len()));
            }
            Part::Hidden { inside, .. } => ask(inside, number, most, prompt),
        }
    }
}

/// The numbers that a card can have.
fn ordinals(parts: &[Part]) -> impl Iterator<Item = u16> {
    let mut found = BTreeSet::new();
    numbers(parts, &mut found);
    found.into_iter().filter(|number| (1..=HIGHEST).contains(number))
}

fn hidden(parts: &[Part], number: u16, found: &mut Vec<String>) {
    for part in parts {
        if let Part::Hidden { numbers, inside, .. } = part {
            if numbers.contains(&number) {
                found.push(shown(inside).trim().to_owned());
            } else {
                hidden(inside, number, found);
            }
        }
    }
}

impl CardKind for Cloze {
    fn name(&self) -> &'static str {
        "cloze"
    }

    fn fields(&self) -> &'static [Field] {
        &[
            Field { name: "text", shape: Shape::Text, required: true },
            Field { name: "accept", shape: Shape::Texts, required: false },
        ]
    }

    fn check(&self, fields: &Fields) -> Vec<Fault> {
        let text = fields.get("text").map_or(&[][..], Value::texts).first().map_or("", String::as_str);
        let parsed = parts(text);
        let mut found = BTreeSet::new();
        numbers(&parsed, &mut found);
        let mut faults = Vec::new();
        if unclosed(&parsed) {
            faults.push(Fault::UnclosedDeletion);
        } else if found.is_empty() {
            faults.push(Fault::NoDeletion);
        }
        if found.contains(&0) || found.iter().any(|number| *number > HIGHEST) {
            faults.push(Fault::BadDeletionNumber);
        }
        let mut answers = Vec::new();
        for number in &found {
            hidden(&parsed, *number, &mut answers);
        }
        if answers.iter().any(String::is_empty) {
            faults.push(Fault::EmptyDeletion);
        }
        faults
    }

    fn ordinals(&self, note: &NoteText) -> Vec<u16> {
        ordinals(&parts(note.text("text"))).collect()
    }

    fn question(&self, note: &NoteText, ordinal: u16, _: Showing) -> Question {
        let prompt = asked(&parts(note.text("text")), ordinal, usize::MAX, note.markup);
        Question { prompt, options: Vec::new(), ask: Ask::Type }
    }

    fn beginnings(&self, note: &NoteText, most: usize) -> Vec<(u16, String)> {
        let parts = parts(note.text("text"));
        ordinals(&parts).map(|number| (number, asked(&parts, number, most, note.markup))).collect()
    }

    fn answer(&self, note: &NoteText, ordinal: u16) -> String {
        let mut answers = Vec::new();
        hidden(&parts(note.text("text")), ordinal, &mut answers);
        answers.join(", ")
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = self.answer(note, ordinal);
        let others = note.texts("accept").iter().filter_map(|text| accepted(text, ordinal));
        Ok(Some(verdict(response, std::iter::once(expected.as_str()).chain(others), note.markup, weights)))
    }
}

/// Another right answer, where it is one of that card: `c2::color` is of the second alone.
fn accepted(text: &str, ordinal: u16) -> Option<&str> {
    match opening(text) {
        Some((numbers, answer)) => numbers.contains(&ordinal).then_some(answer),
        None => Some(text),
    }
}

fn unclosed(parsed: &[Part]) -> bool {
    parsed.iter().any(|part| match part {
        Part::Text(text) => text.match_indices("{{").any(|(at, _)| text.get(at + 2..).and_then(opening).is_some()),
        Part::Hidden { inside, .. } => unclosed(inside),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(text: &str) -> NoteText {
        NoteText { fields: Fields::from([("text".to_owned(), Value::Text(text.to_owned()))]), ..NoteText::default() }
    }

    fn faces(text: &str) -> Vec<(u16, String, String)> {
        let note = note(text);
        let face = |n| (n, Cloze.question(&note, n, Showing::default()).prompt, Cloze.answer(&note, n));
        Cloze.ordinals(&note).into_iter().map(face).collect()
    }

    fn face(number: u16, prompt: &str, answer: &str) -> (u16, String, String) {
        (number, prompt.to_owned(), answer.to_owned())
    }

    #[test]
    fn each_number_makes_a_card_that_hides_its_parts_only() {
        assert_eq!(
            faces("{{c1::What}} and {{c2::why::a reason}} before {{c1::how}}."),
            [face(1, "[…] and why before […].", "What, how"), face(2, "What and [a reason] before how.", "why")]
        );
        assert_eq!(faces("a {{c1,3::b}}"), [face(1, "a […]", "b"), face(3, "a […]", "b")]);
    }

    #[test]
    fn deletions_nest() {
        assert_eq!(
            faces("{{c1::the {{c2::crew}} of a ship}}"),
            [face(1, "[…]", "the crew of a ship"), face(2, "the […] of a ship", "crew")]
        );
    }

    #[test]
    fn what_is_no_deletion_is_text() {
        assert_eq!(faces("{{x}} }} {{c1::y}} {{C1::z}}"), [face(1, "{{x}} }} […] {{C1::z}}", "y")]);
        assert_eq!(faces("std::vec {{c1::a::b::c}}"), [face(1, "std::vec [b::c]", "a")]);
    }

    #[test]
    fn braces_are_counted_and_formulas_are_whole() {
        for (text, asked, answer) in [
            (r"{{c1::\frac{a}{b}}} end", "[…] end", r"\frac{a}{b}"),
            (r"{{c1::\(\frac{a}{b}\)}} end", "[…] end", r"\(\frac{a}{b}\)"),
            (r"{{c1::\(x_{i_{j}}\)::how}}.", "[how].", r"\(x_{i_{j}}\)"),
            (r"\(\frac{{{c1::a}}}{b}\)", r"\(\frac{[…]}{b}\)", "a"),
            (r"{{c1::\{a\}}} end", "[…] end", r"\{a\}"),
            ("{{c1::Vue's {{x}} syntax}} end", "[…] end", "Vue's {{x}} syntax"),
            ("{{c1::a { b}} end", "[…] end", "a { b"),
            ("{{c1::a { b}} and {{c1::{c}}} end", "[…] and […] end", "a { b, {c}"),
            (r"{{c1::\(f :: A\)::what}} end", "[what] end", r"\(f :: A\)"),
            ("{{c1::}} }}", "[…] }}", ""),
        ] {
            let note = note(text);
            let prompt = Cloze.question(&note, 1, Showing::default()).prompt;
            assert_eq!((prompt.as_str(), Cloze.answer(&note, 1).as_str()), (asked, answer), "{text}");
        }
    }

    #[test]
    fn colons_and_braces_can_be_part_of_an_answer() {
        for (text, asked, answer) in [
            (r"{{c1::std\::vector}}", "[…]", "std::vector"),
            (r"{{c1::std\::vector::a \:: b}}", "[a :: b]", "std::vector"),
            (r"{{c1::a\}} b}} end", "[…] end", "a}} b"),
            (r"{{c1::x\}}}} end", "[…] end", "x}}"),
            (r"a\::b {{c1::c}}", r"a\::b […]", "c"),
            (r"{{c1::C:\\::path}}", "[path]", r"C:\\"),
            (r"{{c1::2\*3}}", "[…]", r"2\*3"),
            ("{{c1::{{c2::a}} b}}", "[…]", "a b"),
        ] {
            let note = note(text);
            let prompt = Cloze.question(&note, 1, Showing::default()).prompt;
            assert_eq!((prompt.as_str(), Cloze.answer(&note, 1).as_str()), (asked, answer), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_never_becomes_a_link() {
        let kind = "cloze".to_owned();
        let note = NoteText { kind, ..note("{{c1::a}}(b) and {{c1::c::d}}: e, {{c1::f}}{{c1::g}}") };
        assert_eq!(note.prompt_document(1).plain(), "[…](b) and [d]: e, […][…]");
        let plain = NoteText { markup: Markup::Plain, ..note };
        assert_eq!(plain.prompt_document(1).plain(), "[…](b) and [d]: e, […][…]");
    }

    #[test]
    fn a_deletion_is_seen_in_any_text() {
        assert!(has_deletion("<b>{{c2::x}}</b>"));
        assert!(!has_deletion("{{c0::x}} {{x}} {{c1:x}} {{c1::open"));
    }

    #[test]
    fn each_fault_is_told_from_the_others() {
        assert_eq!(Cloze.check(&note("{{c1::ok}}").fields), []);
        for (text, fault) in [
            ("nothing", Fault::NoDeletion),
            ("{{c1::open", Fault::UnclosedDeletion),
            ("{{c1::fine}} and {{c2::open", Fault::UnclosedDeletion),
            ("{{c0::zero}}", Fault::BadDeletionNumber),
            ("{{c501::much}}", Fault::BadDeletionNumber),
            ("{{c1::}}", Fault::EmptyDeletion),
            ("{{c1::::hint}}", Fault::EmptyDeletion),
        ] {
            assert_eq!(Cloze.check(&note(text).fields), [fault], "{text}");
        }
    }

    #[test]
    fn a_typed_word_is_checked() {
        let note = note("{{c1::vision}}");
        let question = Cloze.question(&note, 1, Showing::default());
        let verdict = Cloze.judge(&note, 1, &question, "Vison", Weights::default()).unwrap().unwrap();
        assert_eq!(verdict.outcome, crate::core::card::Correctness::Near);
    }

    #[test]
    fn other_answers_are_accepted_by_all_cards_or_by_one() {
        let mut note = note("The {{c1::colour}} of the {{c2::sky}}");
        let accept = ["color", "c2::heavens", "c1,2::x"].map(str::to_owned).to_vec();
        note.fields.insert("accept".to_owned(), Value::Texts(accept));
        for (number, right, wrong) in [(1, ["color", "colour", "x"], "heavens"), (2, ["heavens", "sky", "x"], "hue")] {
            let question = Cloze.question(&note, number, Showing::default());
            let is_right = |response: &str| {
                let verdict = Cloze.judge(&note, number, &question, response, Weights::default()).unwrap().unwrap();
                verdict.outcome == crate::core::card::Correctness::Right
            };
            assert!(right.into_iter().all(is_right) && !is_right(wrong), "{number}");
        }
    }

    #[test]
    fn what_is_opened_very_often_and_never_closed_is_read_once() {
        for opening in ["{{c1::", "{{c1,2,", "{{c1::{{", "{{c1::a}} {{c2::"] {
            let text = opening.repeat(20_000);
            assert_eq!(shown(&parts(&text)).is_empty(), text.is_empty());
        }
        let text = format!("{}x{}", "{{c1::".repeat(500), "}}".repeat(500));
        let parsed = parts(&text);
        let mut found = BTreeSet::new();
        numbers(&parsed, &mut found);
        assert_eq!(found, BTreeSet::from([1]));
        assert!(shown(&parsed).contains("{{c1"), "what is deeper is plain text");
    }

    #[test]
    fn a_list_gets_the_beginning_of_each_prompt_and_the_text_is_read_once() {
        let text = format!("é{{{{c1::one}}}} {{{{c2::two::2?}}}}{}", "x".repeat(100_000));
        let note = note(&text);
        let whole: Vec<String> = [1, 2].map(|n| Cloze.question(&note, n, Showing::default()).prompt).into();
        let beginnings = Cloze.beginnings(&note, 20);
        assert_eq!(beginnings.len(), 2);
        for ((_, beginning), whole) in beginnings.iter().zip(&whole) {
            assert!(whole.starts_with(beginning) && (20..24).contains(&beginning.len()), "{beginning}");
        }
    }

    #[test]
    fn what_is_opened_inside_of_something_that_is_never_closed_is_hidden_all_the_same() {
        assert_eq!(asked(&parts("{{c1::a {{c2::b}} c"), 2, 100, Markup::Markdown), "{{c1::a […] c");
        assert_eq!(asked(&parts("a }} {{c1::b::hint}}}"), 1, 100, Markup::Markdown), "a }} [hint]}");
    }
}
