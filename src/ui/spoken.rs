//! What is said where somebody hears it (`--screen-reader`): no marks between letters, no columns, and a word before each number.

use crate::core::card::Ask;
use crate::core::card::Correctness;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::card::Verdict;
use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Side;
use crate::core::grade::Quality;
use crate::core::session::choices::Choice;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::units::Days;
use crate::ui::LONGEST_LINE;
use crate::ui::typeset::text_lines;

/// An interval in whole words: `6 days`, `3.2 months`.
#[must_use]
pub fn interval(days: Days) -> String {
    let short = days.short();
    let number = short.trim_end_matches(char::is_alphabetic);
    match short.get(number.len()..).unwrap_or_default() {
        "d" => counted(days.0, "day", "days"),
        "mo" => format!("{number} months"),
        _ => format!("{number} years"),
    }
}

/// The grades with what comes of each: `1 Again this session (Enter), 3 Good 6 days`.
#[must_use]
pub fn grades(choices: &[Choice], enter: Option<Quality>) -> String {
    let grade = |choice: &Choice| {
        let then = match choice.interval {
            _ if choice.repeats => " this session".to_owned(),
            Some(days) => format!(" {}", interval(days)),
            None => String::new(),
        };
        let mark = if enter == Some(choice.quality) { " (Enter)" } else { "" };
        format!("{} {}{then}{mark}", choice.key, choice.label)
    };
    choices.iter().map(grade).collect::<Vec<_>>().join(", ")
}

/// What was answered where it is not right: the words that are not, each with the one that is, or all of it.
#[must_use]
pub fn answered(verdict: &Verdict, ask: Ask) -> Option<String> {
    let is_list = matches!(ask, Ask::List(_));
    let says_more = verdict.close.is_some() || (verdict.outcome != Correctness::Right && !is_list);
    if verdict.given.is_empty() || !says_more {
        return None;
    }
    let given = one_line(&verdict.given);
    if !matches!(ask, Ask::Type | Ask::List(_)) {
        return Some(format!("You chose: {given}"));
    }
    let right = verdict.close.as_ref().map_or(&verdict.expected, |close| &close.answer);
    Some(wrote(&given, &one_line(right)))
}

/// The words that were typed wrong beside the right ones. Where there are more or fewer words, or most are others, all of it.
fn wrote(given: &str, right: &str) -> String {
    let (mine, theirs): (Vec<&str>, Vec<&str>) =
        (given.split_whitespace().collect(), right.split_whitespace().collect());
    let other: Vec<(&str, &str)> = mine
        .iter()
        .copied()
        .zip(theirs.iter().copied())
        .filter(|(mine, right)| mine.to_lowercase() != right.to_lowercase())
        .collect();
    if mine.len() != theirs.len() || other.len() * 2 > mine.len() || other.is_empty() {
        return format!("You wrote: {given}");
    }
    let pairs: Vec<String> = other.iter().map(|(mine, right)| format!("{mine}, right is {right}")).collect();
    format!("You wrote {}", pairs.join("; "))
}

/// A question as it is heard: the gap of a cloze is a word, and a table is sentences.
#[must_use]
pub fn question(document: &Document, text: &NoteText) -> Vec<String> {
    let lines = text_lines(&without_tables(document.clone()), Side::Question, LONGEST_LINE);
    lines.into_iter().map(|line| prompt(&line, text)).collect()
}

/// The answer behind a word that says what it is.
#[must_use]
pub fn answer(document: &Document, label: &str) -> Vec<String> {
    let mut lines = text_lines(&without_tables(document.clone()), Side::Answer, LONGEST_LINE);
    if let [one] = lines.as_mut_slice() {
        *one = format!("{label}: {one}");
    } else {
        lines.insert(0, format!("{label}:"));
    }
    lines
}

/// A line of what a card asks, as it is heard.
#[must_use]
pub fn prompt(line: &str, text: &NoteText) -> String {
    if text.kind == "cloze" { with_blanks(line, text) } else { line.to_owned() }
}

/// With words for gaps: `[…]` is punctuation, which many readers leave out.
fn with_blanks(line: &str, text: &NoteText) -> String {
    let mut heard = line.replace("[…]", "blank");
    let sources: Vec<&str> = text.fields.values().flat_map(Value::texts).map(String::as_str).collect();
    for hint in sources.iter().flat_map(|source| source.split("::").skip(1)).filter_map(|rest| rest.split_once("}}")) {
        let hint = hint.0.trim();
        if !hint.is_empty() {
            heard = heard.replace(&format!("[{hint}]"), &format!("blank ({hint})"));
        }
    }
    heard
}

/// A document whose tables are lists: a row is a sentence that names each cell by the head of its column.
#[must_use]
pub fn without_tables(mut document: Document) -> Document {
    for block in &mut document.blocks {
        if let Block::Table { has_head, rows } = block {
            let items = sentences(*has_head, std::mem::take(rows));
            *block = Block::List { first: None, delimiter: '.', items };
        }
    }
    document
}

/// The rows of a table, each as an item.
fn sentences(has_head: bool, mut rows: Vec<Vec<Vec<Inline>>>) -> Vec<Vec<Block>> {
    let head = if has_head && rows.len() > 1 { rows.remove(0) } else { Vec::new() };
    let sentence = |row: Vec<Vec<Inline>>| {
        let mut said = Vec::new();
        for (place, cell) in row.into_iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            if !said.is_empty() {
                said.push(Inline::Text("; ".to_owned()));
            }
            if let Some(name) = head.get(place).filter(|name| !name.is_empty()) {
                said.extend(name.iter().cloned());
                said.push(Inline::Text(": ".to_owned()));
            }
            said.extend(cell);
        }
        vec![Block::Paragraph(said)]
    };
    rows.into_iter().map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::document::Markup;

    #[test]
    fn what_was_typed_wrong_is_named_by_its_words() {
        for (given, right, wanted) in [
            ("drive chnage", "drive change", "You wrote chnage, right is change"),
            ("the tam and chnage", "the team and change", "You wrote tam, right is team; chnage, right is change"),
            ("color", "colour", "You wrote: color"),
            ("a word more", "a word", "You wrote: a word more"),
        ] {
            assert_eq!(wrote(given, right), wanted);
        }
    }

    #[test]
    fn intervals_are_said_in_whole_words() {
        for (days, wanted) in [(1, "1 day"), (6, "6 days"), (60, "2.0 months"), (400, "1.0 years")] {
            assert_eq!(interval(Days(days)), wanted);
        }
    }

    #[test]
    fn a_row_of_a_table_is_a_sentence_and_a_gap_is_a_word() {
        let table = Document::of("| key | what |\n|---|---|\n| a | first |\n| b | |\n", Markup::Markdown);
        let heard = answer(&table, "Answer");
        assert_eq!(heard, ["Answer:", "- key: a; what: first", "- key: b"]);
        let fields = [("text".to_owned(), Value::Text("A {{c1::gap}}, {{c1::b::a letter}}, [1].".to_owned()))];
        let text = NoteText { kind: "cloze".to_owned(), fields: fields.into(), ..NoteText::default() };
        assert_eq!(with_blanks("A […], [a letter], [1].", &text), "A blank, blank (a letter), [1].");
    }
}
