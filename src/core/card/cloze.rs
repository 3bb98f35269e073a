//! `cloze`: a text with hidden parts, `{{c1::answer::hint}}`; a card for each number.

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

use crate::core::card::Value;
use crate::core::card::compare::compare;
use crate::core::card::typed::verdict;
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

/// Where the deletions are that are closed: the place of each one's opening braces, with that of its closing ones. In one
/// pass: what is opened and not closed must not be read again for each that is opened inside of it.
fn closings(text: &str) -> BTreeMap<usize, usize> {
    let (mut open, mut closed) = (Vec::new(), BTreeMap::new());
    let mut place = 0;
    while let Some(rest) = text.get(place..)
        && let Some(next) = rest.find(['{', '}'])
    {
        place += next;
        let rest = rest.get(next..).unwrap_or_default();
        if let Some((_, inner)) = rest.strip_prefix("{{").and_then(opening) {
            open.push(place);
            place = text.len() - inner.len();
        } else if rest.starts_with("}}") {
            if let Some(opened) = open.pop() {
                closed.insert(opened, place);
                place += 2;
            } else {
                place += 1;
            }
        } else {
            place += 1;
        }
    }
    closed
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
    while let Some(rest) = text.get(place..to)
        && let Some(c) = rest.chars().next()
    {
        let run = rest.find(['{', ':']).unwrap_or(rest.len());
        if run > 0 {
            hint.as_mut().unwrap_or(&mut plain).push_str(rest.get(..run).unwrap_or_default());
            place += run;
        } else if depth > 0 && hint.is_none() && rest.starts_with("::") {
            hint = Some(String::new());
            place += 2;
        } else if depth < DEEPEST
            && let Some(end) = closed.get(&place)
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
fn asked(parts: &[Part], number: u16, most: usize) -> String {
    let mut prompt = String::new();
    ask(parts, number, most, &mut prompt);
    prompt
}

fn ask(parts: &[Part], number: u16, most: usize, prompt: &mut String) {
    for part in parts {
        let Some(room) = most.checked_sub(prompt.len()).filter(|room| *room > 0) else { return };
        match part {
            Part::Text(text) => prompt.push_str(text.get(..text.ceil_char_boundary(room)).unwrap_or_default()),
            Part::Hidden { numbers, hint, .. } if numbers.contains(&number) => {
                let hint = hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty()).unwrap_or("…");
                prompt.push('[');
                prompt.push_str(hint);
                prompt.push(']');
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
        &[Field { name: "text", shape: Shape::Text, required: true }]
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
        let prompt = asked(&parts(note.text("text")), ordinal, usize::MAX);
        Question { prompt, options: Vec::new(), ask: Ask::Type }
    }

    fn beginnings(&self, note: &NoteText, most: usize) -> Vec<(u16, String)> {
        let parts = parts(note.text("text"));
        ordinals(&parts).map(|number| (number, asked(&parts, number, most))).collect()
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
    ) -> Result<Option<Verdict>, Unreadable> {
        let expected = self.answer(note, ordinal);
        Ok(Some(verdict(compare(response, [expected.as_str()]), response, &expected)))
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
        let verdict = Cloze.judge(&note, 1, &question, "Vison").unwrap().unwrap();
        assert_eq!(verdict.outcome, crate::core::card::Correctness::Near);
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
        assert_eq!(asked(&parts("{{c1::a {{c2::b}} c"), 2, 100), "{{c1::a […] c");
        assert_eq!(asked(&parts("a }} {{c1::b::hint}}}"), 1, 100), "a }} [hint]}");
    }
}
