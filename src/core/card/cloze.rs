//! `cloze`: a text with hidden parts, `{{c1::answer::hint}}`; a card for each number.
//!
//! Braces inside a part are counted, so that `{{c1::\frac{a}{b}}}` ends where its author meant it to. `\::` and `\}}` inside a
//! part stand for `::` and `}}` themselves. A formula is whole: `::` in one begins no hint, and what is hidden of one is a formula
//! too, with marks of its own where it is asked for.

#[cfg(test)]
mod tests;

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
use crate::core::document::Around;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) struct Cloze;

/// The highest number of a deletion.
const HIGHEST: u16 = 500;

/// Levels of deletions inside deletions; what is deeper is plain text.
const DEEPEST: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hidden { numbers: Vec<u16>, inside: Vec<Self>, hint: Option<String>, around: Option<Around> },
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
fn closings(text: &str, markup: Markup) -> BTreeMap<usize, usize> {
    // What is written where nobody sees it hides nothing.
    let unseen = if markup == Markup::Html && text.contains('<') { document::unseen(text) } else { Vec::new() };
    let is_unseen = |place: usize| {
        unseen.get(unseen.partition_point(|range| range.end <= place)).is_some_and(|range| range.start <= place)
    };
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
        } else if let Some((_, inner)) = rest.strip_prefix("{{").and_then(opening).filter(|_| !is_unseen(place)) {
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
            parts.push(Part::Hidden { numbers, inside, hint: inner_hint, around: None });
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

/// The texts that a cloze is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ClozeTexts {
    /// With nothing hidden.
    pub whole: String,
    /// With an ellipsis for each hidden part.
    pub beside: String,
    /// The hidden parts, one per line.
    pub hidden: String,
}

impl ClozeTexts {
    /// Those of a note.
    #[must_use]
    pub fn of(note: &NoteText) -> Self {
        let mut texts = Self::default();
        for part in parts_of(note) {
            match part {
                Part::Text(text) => {
                    texts.whole.push_str(&text);
                    texts.beside.push_str(&text);
                }
                Part::Hidden { inside, .. } => {
                    let shown = shown(&inside);
                    texts.whole.push_str(&shown);
                    texts.beside.push('…');
                    texts.hidden.push_str(&shown);
                    texts.hidden.push('\n');
                }
            }
        }
        texts
    }
}

/// Whether something in the text is hidden as a cloze hides it, whatever its note calls itself.
#[must_use]
pub fn has_deletion(text: &str) -> bool {
    text.contains("{{c") && ordinals(&parsed(text, Markup::Plain)).next().is_some()
}

/// The text with a number for each `{{hidden}}` part that has none: its own, behind those that have one. What lies inside of a
/// deletion is the deletion's own.
#[must_use]
pub fn numbered(text: &str) -> String {
    let closed = closings(text, Markup::Plain);
    let begun = text.match_indices("{{c").filter_map(|(place, _)| opening(text.get(place + 2..)?));
    let mut last = begun.flat_map(|(numbers, _)| numbers).max().unwrap_or(0);
    let (mut out, mut place) = (String::new(), 0);
    while let Some(next) = text.get(place..).and_then(|rest| rest.find("{{")) {
        let begin = place + next;
        // Of three braces the last two are those of a deletion, where there is one.
        let begin = begin + usize::from(closed.contains_key(&(begin + 1)));
        let end = closed.get(&begin).map_or(begin, |end| *end) + 2;
        out.push_str(text.get(place..end).unwrap_or_default());
        place = end;
        let inside = text.get(end..).unwrap_or_default().split("{{").next().unwrap_or_default();
        if !closed.contains_key(&begin)
            && opening(inside).is_none()
            && inside.contains("}}")
            && !inside.starts_with("}}")
        {
            last = last.saturating_add(1);
            out.push_str(&format!("c{last}::"));
        }
    }
    out.push_str(text.get(place..).unwrap_or_default());
    out
}

/// The parts of a text, of which it is not known what they stand in: enough to tell which cards there are.
fn parsed(text: &str, markup: Markup) -> Vec<Part> {
    parse(text, &closings(text, markup), (0, text.len()), 0).0
}

fn parts(text: &str, markup: Markup) -> Vec<Part> {
    let mut parts = parsed(text, markup);
    if markup != Markup::Plain
        && ["\\(", "\\[", "$", "[latex]", "`", "<code>"].into_iter().any(|mark| text.contains(mark))
    {
        let (mut whole, mut places) = (String::new(), Vec::new());
        place_hidden(&parts, &mut whole, &mut places);
        let mut around = document::around(&whole, markup, &places).into_iter();
        mark_hidden(&mut parts, &mut around);
    }
    parts
}

/// The parts of a note's text.
fn parts_of(note: &NoteText) -> Vec<Part> {
    parts(note.text("text"), note.markup)
}

/// Where the hidden parts stand in the text that hides nothing, in their order.
fn place_hidden(parts: &[Part], whole: &mut String, places: &mut Vec<Range<usize>>) {
    for part in parts {
        match part {
            Part::Text(text) => whole.push_str(text),
            Part::Hidden { inside, .. } => {
                let (begin, place) = (whole.len(), places.len());
                places.push(begin..begin);
                place_hidden(inside, whole, places);
                if let Some(range) = places.get_mut(place) {
                    range.end = whole.len();
                }
            }
        }
    }
}

/// Notes which hidden parts are parts of formulas or code.
fn mark_hidden(parts: &mut [Part], all: &mut impl Iterator<Item = Option<Around>>) {
    for part in parts {
        if let Part::Hidden { inside, around, .. } = part {
            *around = all.next().flatten();
            mark_hidden(inside, all);
        }
    }
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
            Part::Hidden { numbers, hint, around, .. } if numbers.contains(&number) => {
                let hint = hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
                let begin = prompt.text.len();
                match (hint, around) {
                    (None, _) => prompt.text.push_str("[…]"),
                    // Words, which a formula shows as they are.
                    (Some(hint), Some(Around::Formula(..))) if !hint.contains(['\\', '{', '}', '$', '^', '_']) => {
                        prompt.text.push_str(&format!("\\text{{[{hint}]}}"));
                    }
                    (Some(hint), _) => prompt.text.push_str(&format!("[{hint}]")),
                }
                if around.is_none() {
                    prompt.brackets.push((begin, prompt.text.len()));
                }
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

/// What is hidden under a number, each with what it is a part of.
fn hidden(parts: &[Part], number: u16, found: &mut Vec<(String, Option<Around>)>) {
    for part in parts {
        if let Part::Hidden { numbers, inside, around, .. } = part {
            if numbers.contains(&number) {
                found.push((shown(inside).trim().to_owned(), *around));
            } else {
                hidden(inside, number, found);
            }
        }
    }
}

/// What is hidden of a note under a number: as an answer, and as it was written where that is not the same. Code is code only: without its
/// marks it would be compared as words.
fn answers(note: &NoteText, number: u16) -> (String, Option<String>) {
    let mut found = Vec::new();
    hidden(&parts_of(note), number, &mut found);
    let part = |text: &str, around: Option<Around>| match around {
        Some(Around::Formula(open, close) | Around::Code(open, close)) => format!("{open}{text}{close}"),
        None => text.to_owned(),
    };
    let answer = found.iter().map(|(text, around)| part(text, *around)).collect::<Vec<_>>().join(", ");
    let is_code = |around: &Around| matches!(around, Around::Code(..));
    let written = found.iter().map(|(text, around)| part(text, around.filter(is_code))).collect::<Vec<_>>().join(", ");
    let differs = written != answer;
    (answer, differs.then_some(written))
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
        let parsed = parsed(text, Markup::Plain);
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
        if hides_nothing(&parsed) {
            faults.push(Fault::EmptyDeletion);
        }
        faults
    }

    fn ordinals(&self, note: &NoteText) -> Vec<u16> {
        ordinals(&parsed(note.text("text"), note.markup)).collect()
    }

    fn question(&self, note: &NoteText, ordinal: u16, _: Showing) -> Question {
        let prompt = asked(&parts_of(note), ordinal, usize::MAX, note.markup);
        Question { prompt, options: Vec::new(), from: Vec::new(), ask: Ask::Type }
    }

    fn beginnings(&self, note: &NoteText, most: usize) -> Vec<(u16, String)> {
        let parts = parts_of(note);
        ordinals(&parts).map(|number| (number, asked(&parts, number, most, note.markup))).collect()
    }

    fn answer(&self, note: &NoteText, ordinal: u16) -> String {
        answers(note, ordinal).0
    }

    fn judge(
        &self,
        note: &NoteText,
        ordinal: u16,
        _: &Question,
        response: &str,
        weights: Weights,
    ) -> Result<Option<Verdict>, Unreadable> {
        let (expected, written) = answers(note, ordinal);
        let others = note.texts("accept").iter().filter_map(|text| accepted(text, ordinal));
        let all = std::iter::once(expected.as_str()).chain(written.as_deref()).chain(others);
        Ok(Some(verdict(response, all, note.markup, weights)))
    }
}

/// Another right answer, where it is one of that card: `c2::color` is of the second alone.
fn accepted(text: &str, ordinal: u16) -> Option<&str> {
    match opening(text) {
        Some((numbers, answer)) => numbers.contains(&ordinal).then_some(answer),
        None => Some(text),
    }
}

/// Whether something is hidden that has no text.
fn hides_nothing(parsed: &[Part]) -> bool {
    parsed.iter().any(|part| match part {
        Part::Text(_) => false,
        Part::Hidden { inside, .. } => shown(inside).trim().is_empty() || hides_nothing(inside),
    })
}

fn unclosed(parsed: &[Part]) -> bool {
    parsed.iter().any(|part| match part {
        Part::Text(text) => text.match_indices("{{").any(|(at, _)| text.get(at + 2..).and_then(opening).is_some()),
        Part::Hidden { inside, .. } => unclosed(inside),
    })
}
