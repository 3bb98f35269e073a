//! The faults of a text, collected: a file with faults is refused whole, so all of them are found at once, in a tree in
//! which every value knows its bytes.

use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::lines::Lines;
use crate::formats::FileFault;
use crate::formats::Place;
use crate::formats::deck_toml::deck_fault::DeckFault;
use crate::formats::deck_toml::deck_fault::Part;
use crate::formats::deck_toml::deck_fault::Wanted;
use crate::formats::deck_toml::strings;
use std::cell::Cell;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

/// A value with its bytes.
pub(super) type Node<'i> = Spanned<DeValue<'i>>;

/// Faults that are kept: nobody reads more of them, and a file of nothing else has millions.
const MOST: usize = 100_000;

/// Bytes up to which all errors of syntax are looked for; in a larger text the first has to do.
const MOST_RECOVERED: usize = 1 << 20;

/// The faults of a text that is being read.
pub(super) struct Faults<'t> {
    text: &'t str,
    lines: Lines<'t>,
    /// A byte whose column is known: in a file of one long line the next place is not far from the last one.
    last: Cell<(usize, usize)>,
    pub(super) found: Vec<FileFault>,
}

/// The line and column of a byte.
pub(super) fn place((line, column): (usize, usize)) -> Place {
    Place::at(u64::try_from(line).unwrap_or(0), u64::try_from(column).unwrap_or(0))
}

impl<'t> Faults<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, lines: Lines::of(text), last: Cell::new((0, 1)), found: Vec::new() }
    }

    /// The text as a tree; `None` after a syntax error, since other faults found in such a text may not be real.
    pub(super) fn tree(&mut self) -> Option<Spanned<DeTable<'t>>> {
        let (tree, errors) = if self.text.len() <= MOST_RECOVERED {
            let (tree, errors) = DeTable::parse_recoverable(self.text);
            (Some(tree), errors)
        } else {
            match DeTable::parse(self.text) {
                Ok(tree) => (Some(tree), Vec::new()),
                Err(error) => (None, vec![error]),
            }
        };
        for error in &errors {
            self.add(error.span().unwrap_or(0..0), DeckFault::Syntax(one_sentence(error.message())));
        }
        tree.filter(|_| errors.is_empty())
    }

    /// What was read, or all faults in the order of the text.
    pub(super) fn or<T>(mut self, read: T) -> Result<T, Vec<FileFault>> {
        if self.found.is_empty() {
            return Ok(read);
        }
        self.found.sort_by_key(|fault| fault.span.start);
        Err(self.found)
    }

    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.lines.line(at);
        let start = self.lines.start(line);
        let chars = |range: Range<usize>| self.text.get(range).map_or(0, |part| part.chars().count());
        let (known, column) = self.last.get();
        let column = if (start..=at).contains(&known) {
            column + chars(known..at)
        } else if known > at && known - at < at - start && !self.has_line_end(at..known) {
            column.saturating_sub(chars(at..known))
        } else {
            chars(start..at) + 1
        };
        self.last.set((at, column));
        place((line, column))
    }

    /// Whether a line ends within these bytes.
    fn has_line_end(&self, range: Range<usize>) -> bool {
        self.lines.line(range.start) != self.lines.line(range.end)
    }

    /// Whether so many faults were found that no more are kept.
    pub(super) fn are_many(&self) -> bool {
        self.found.len() >= MOST
    }

    pub(super) fn add(&mut self, span: Range<usize>, what: DeckFault) {
        // A parser that goes on may find one fault many times.
        let is_known = self.found.last().is_some_and(|last| last.span == span && last.what == what);
        if is_known || self.are_many() {
            return;
        }
        let place = self.place(span.start);
        self.found.push(FileFault { span, place, what });
    }

    pub(super) fn wrong_type(&mut self, node: &Node<'_>, field: &str, wanted: Wanted) {
        let found = node.get_ref().type_str();
        self.add(node.span(), DeckFault::WrongType { field: field.to_owned(), wanted, found });
    }

    fn text_fits(&mut self, span: &Range<usize>, field: &str, text: &str) -> bool {
        if text.len() > LONGEST_FIELD_BYTES {
            self.add(span.clone(), DeckFault::TooLarge { field: field.to_owned(), bytes: text.len() });
            return false;
        }
        if text.contains('\0') {
            self.add(span.clone(), DeckFault::Nul(field.to_owned()));
            return false;
        }
        true
    }

    /// The text of a field that has to hold one, as [`strings::meant`] reads it; an empty text is a fault.
    pub(super) fn text(&mut self, node: &Node<'_>, field: &str) -> Option<String> {
        let text = self.text_or_empty(node, field)?;
        if text.is_empty() {
            self.add(node.span(), DeckFault::Empty(field.to_owned()));
            return None;
        }
        Some(text)
    }

    /// The text of a field that may be empty.
    pub(super) fn text_or_empty(&mut self, node: &Node<'_>, field: &str) -> Option<String> {
        let Some(text) = node.get_ref().as_str() else {
            self.wrong_type(node, field, Wanted::Text);
            return None;
        };
        if !self.text_fits(&node.span(), field, text) {
            return None;
        }
        let typed = self.text.get(node.span()).unwrap_or_default();
        Some(strings::meant(typed, text).into_owned())
    }

    pub(super) fn texts(&mut self, node: &Node<'_>, field: &str) -> Option<Vec<String>> {
        let Some(array) = node.get_ref().as_array() else {
            self.wrong_type(node, field, Wanted::Texts);
            return None;
        };
        let texts: Vec<Option<String>> = array.iter().map(|node| self.text(node, field)).collect();
        texts.into_iter().collect()
    }

    /// Whole numbers of days, as texts; whether days can be so many is the card's to say.
    pub(super) fn days(&mut self, node: &Node<'_>, field: &str) -> Option<Vec<String>> {
        let Some(array) = node.get_ref().as_array() else {
            self.wrong_type(node, field, Wanted::Days);
            return None;
        };
        let day = |node: &Node<'_>| match node.get_ref() {
            DeValue::Integer(number) => {
                let value = i64::from_str_radix(number.as_str(), number.radix());
                Some(value.map_or_else(|_| number.as_str().to_owned(), |value| value.to_string()))
            }
            _ => {
                self.wrong_type(node, field, Wanted::Day);
                None
            }
        };
        let days: Vec<Option<String>> = array.iter().map(day).collect();
        days.into_iter().collect()
    }

    pub(super) fn unknown(&mut self, span: Range<usize>, field: &str, part: Part, known: &[&'static str]) {
        self.add(span, DeckFault::UnknownField { part, field: field.to_owned(), known: known.to_vec() });
    }
}

fn one_sentence(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
