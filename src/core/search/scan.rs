//! The scanner: the text of a note, folded for searching directly from its JSON, without parsing it.

use crate::core::compare::search::gap;
use crate::core::compare::search::join_copied;
use crate::core::compare::search::percent;
use crate::core::compare::search::push;
use crate::core::search::NoteFacts;
use std::borrow::Cow;
use std::ops::Range;

/// A field of a note that a condition can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A text that is looked through for words and nothing else.
    Text,
    Tag,
    Kind,
    Source,
    Topic,
    Speaker,
    /// Nothing that a person would look for.
    Aside,
}

/// Room for the text of one note at a time.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Everything normalized, fields separated by line ends.
    normalized: Vec<u8>,
    /// The places in the body of the fields that conditions name.
    parts: Vec<(Part, Range<usize>)>,
    /// The letters of Europe, normalized, by their number; filled when the first one comes.
    letters: Vec<Letter>,
}

/// A character, normalized.
#[derive(Debug, Clone, Copy)]
enum Letter {
    /// Up to three bytes.
    Bytes([u8; 3], usize),
    /// No letter and no digit.
    Gap,
    /// Has to be looked at more closely.
    Other,
}

/// The letters in the table: Latin, Greek, Cyrillic.
const LETTERS: Range<u32> = 0x80..0x530;

fn letter(number: u32) -> Letter {
    let Some(c) = char::from_u32(number) else { return Letter::Other };
    // Behind a letter, so that a mark shows that it does something to it.
    let mut folded = vec![b'x'];
    push(&mut folded, c);
    match folded.strip_prefix(b"x") {
        Some(b" ") => Letter::Gap,
        Some(letters) if std::str::from_utf8(letters).is_ok_and(|text| text.chars().all(char::is_alphanumeric)) => {
            let mut bytes = [0; 3];
            match bytes.get_mut(..letters.len()) {
                Some(place) if !letters.is_empty() => {
                    place.copy_from_slice(letters);
                    Letter::Bytes(bytes, letters.len())
                }
                _ => Letter::Other,
            }
        }
        Some(_) | None => Letter::Other,
    }
}

/// What normalizing makes of a byte inside a JSON string: itself in lower case, or one of those below.
const NORMALIZED: [u8; 256] = {
    let mut table = [GAP; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = byte.to_ascii_lowercase();
        } else if byte >= 128 {
            table[byte as usize] = WIDE;
        }
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    table[b'\'' as usize] = NOTHING;
    table[b'%' as usize] = PERCENT;
    table[b'"' as usize] = QUOTE;
    table[b'\\' as usize] = ESCAPE;
    table
};
const GAP: u8 = 0;
const NOTHING: u8 = 1;
const PERCENT: u8 = 2;
const QUOTE: u8 = 3;
const ESCAPE: u8 = 4;
const WIDE: u8 = 5;

impl Scratch {
    /// Forgets the note that it holds.
    pub(super) fn clear(&mut self) {
        self.parts.clear();
        self.normalized.clear();
    }

    /// The letters of a note, normalized, with those of its key and topic, in place of what was read before. A word
    /// that is not in here is in none of the fields, so for most notes these need not be read.
    pub(super) fn letters(&mut self, note: &NoteFacts<'_>) -> &str {
        self.clear();
        for text in [Some(note.body), note.key, note.topic].into_iter().flatten() {
            self.push_letters(text);
            self.normalized.push(b'\n');
        }
        self.normalized.make_ascii_lowercase();
        std::str::from_utf8(&self.normalized).unwrap_or_default()
    }

    /// Appends a text with its letters normalized and its punctuation left as it is: most of it is copied, which is what
    /// makes this fast.
    fn push_letters(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = first_to_normalize(rest.as_bytes()) {
            let (plain, from) = rest.split_at(at);
            self.normalized.extend_from_slice(plain.as_bytes());
            let mut chars = from.chars();
            match chars.next() {
                None | Some('\'') => {}
                Some(c) => {
                    join_copied(&mut self.normalized, c);
                    self.push_normalized(c);
                }
            }
            rest = chars.as_str();
        }
        self.normalized.extend_from_slice(rest.as_bytes());
    }

    /// Reads the fields of a note; their words too, where `words` says so.
    pub(super) fn read(&mut self, note: &NoteFacts<'_>, words: bool) {
        self.clear();
        self.scan(note.body, words);
        if words {
            for text in [note.key, note.topic].into_iter().flatten() {
                text.chars().for_each(|c| self.push_normalized(c));
                self.end_field();
            }
        }
    }

    /// Goes through the JSON of a [`NoteText`](crate::core::card::NoteText) as `serde_json` writes it: strings are what counts, those before a `:`
    /// are names, and no letter or digit is ever escaped.
    fn scan(&mut self, body: &str, words: bool) {
        let bytes = body.as_bytes();
        let (mut at, mut depth, mut part) = (0, 0_u32, Part::Aside);
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'"' => {
                    let (start, kept) = (at, self.normalized.len());
                    let wants_text = words && !matches!(part, Part::Kind | Part::Aside | Part::Topic);
                    at = self.string(body, at, wants_text);
                    if bytes.get(at) == Some(&b':') {
                        self.normalized.truncate(kept);
                        if depth == 1 {
                            part = match body.get(start..at - 1).unwrap_or_default() {
                                "fields" | "extra" | "hint" => Part::Text,
                                "tags" => Part::Tag,
                                "kind" => Part::Kind,
                                "source" => Part::Source,
                                "topic" => Part::Topic,
                                "speaker" => Part::Speaker,
                                _ => Part::Aside,
                            };
                        }
                    } else {
                        self.end_field();
                        if !matches!(part, Part::Text | Part::Aside) {
                            self.parts.push((part, start..at - 1));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Goes through one string from behind its first quote; gives the place behind its last.
    fn string(&mut self, body: &str, mut at: usize, words: bool) -> usize {
        let bytes = body.as_bytes();
        if !words {
            while let Some(byte) = bytes.get(at) {
                at += match byte {
                    b'"' => return at + 1,
                    b'\\' => 2,
                    _ => 1,
                };
            }
            return at;
        }
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let mut end = None;
            for (index, byte) in rest.iter().enumerate() {
                match NORMALIZED[usize::from(*byte)] {
                    GAP => gap(&mut self.normalized),
                    NOTHING => {}
                    PERCENT => percent(&mut self.normalized),
                    stop @ (QUOTE | ESCAPE | WIDE) => {
                        end = Some((index, stop));
                        break;
                    }
                    letter => self.normalized.push(letter),
                }
            }
            let Some((index, stop)) = end else { return bytes.len() };
            at += index;
            match stop {
                QUOTE => return at + 1,
                ESCAPE => {
                    gap(&mut self.normalized);
                    at += if bytes.get(at + 1) == Some(&b'u') { 6 } else { 2 };
                }
                _ => {
                    let c = body.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
                    at += c.len_utf8();
                    self.push_normalized(c);
                }
            }
        }
    }

    /// One character as [`fold`](crate::core::compare::search::fold) does it.
    fn push_normalized(&mut self, c: char) {
        let index = usize::try_from(u32::from(c).wrapping_sub(LETTERS.start)).unwrap_or(usize::MAX);
        if index < LETTERS.len() {
            if self.letters.is_empty() {
                self.letters.extend(LETTERS.map(letter));
            }
            match self.letters.get(index) {
                Some(Letter::Bytes(bytes, length)) => {
                    return self.normalized.extend_from_slice(bytes.get(..*length).unwrap_or_default());
                }
                Some(Letter::Gap) => return gap(&mut self.normalized),
                Some(Letter::Other) | None => {}
            }
        }
        push(&mut self.normalized, c);
    }

    fn end_field(&mut self) {
        if self.normalized.last() == Some(&b' ') {
            self.normalized.pop();
        }
        if self.normalized.last().is_some_and(|last| *last != b'\n') {
            self.normalized.push(b'\n');
        }
    }

    /// Whether these normalized words stand next to each other in one field.
    pub(super) fn has_words(&self, words: &str) -> bool {
        std::str::from_utf8(&self.normalized).is_ok_and(|text| text.contains(words))
    }

    /// Whether any string of this part holds.
    pub(super) fn any(&self, body: &str, part: Part, holds: impl Fn(&str) -> bool) -> bool {
        self.parts.iter().filter(|(kind, _)| *kind == part).any(|(_, range)| holds(&unescaped(body, range)))
    }
}

/// The place of the first byte that is not simply copied. Whole blocks are tested at once, since few of them have one.
fn first_to_normalize(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let is_one = |byte: &u8| *byte >= 128 || *byte == b'\'';
    let block = bytes.chunks(BLOCK).position(|block| block.iter().fold(false, |any, byte| any | is_one(byte)))?;
    let start = block * BLOCK;
    bytes.get(start..)?.iter().position(is_one).map(|at| start + at)
}

/// A string of the body, by the place between its quotes.
fn unescaped<'b>(body: &'b str, range: &Range<usize>) -> Cow<'b, str> {
    let raw = body.get(range.clone()).unwrap_or_default();
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(serde_json::from_str(&format!("\"{raw}\"")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Fields;
    use crate::core::card::NoteText;
    use crate::core::card::Value;
    use crate::core::compare::search::fold;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_normalized_as_the_query_is(text in "[ -~éÉœﬁ½¼§ÆŒøŁŉﬀ’“”–…ßİıΑΩΆΣςЖйё\n\t日本한글がカﾞｶ٣كَहिเีʼ\u{301}\u{306}\u{308}\u{3099}\u{ad}\u{200c}]{0,30}") {
            let note = NoteText {
                kind: "basic".to_owned(),
                fields: Fields::from([("front".to_owned(), Value::Text(text.clone()))]),
                ..NoteText::default()
            };
            let body = serde_json::to_string(&note).unwrap();
            let mut scratch = Scratch::default();
            let facts = NoteFacts { body: &body, key: None, topic: None, added: None };
            let copied = scratch.letters(&facts).to_owned();
            scratch.read(&facts, true);
            let normalized = fold(&text);
            let letters = std::str::from_utf8(&scratch.normalized).unwrap().trim_end_matches('\n');
            if letters.is_empty() {
                prop_assert_eq!(normalized, text.trim());
            } else {
                prop_assert_eq!(letters, &normalized);
                // So that no note is passed over before it is read.
                let mut words = normalized.split(|c: char| !c.is_alphanumeric());
                prop_assert!(words.all(|word| copied.contains(word)), "{} in {}", normalized, copied);
            }
        }
    }
}
