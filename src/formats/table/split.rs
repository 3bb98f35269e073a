//! One row taken from the start of some bytes.

use crate::formats::table::Row;
use crate::formats::table::separator::Separator;

/// An opening quote: its place in the row, and how many lines of the row come before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) at: usize,
    pub(super) lines: u64,
}

pub(super) enum Split {
    Row { used: usize, lines: u64 },
    Unclosed(Open),
    More(Option<Open>),
}

/// Bytes of the line end at the start of `bytes`; nothing where it takes one more byte to tell.
pub(super) fn line_end(bytes: &[u8], whole: bool) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] if !whole => None,
        _ => Some(1),
    }
}

fn ends_line(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// What cells are cut by. One byte is by far the usual case, so it has code of its own.
trait Cut: Copy {
    /// Bytes of the separator at the start of `bytes`; 0 where none stands there.
    fn length_at(self, bytes: &[u8]) -> usize;

    /// Where the first separator or line end stands; the end where there is none.
    fn find(self, bytes: &[u8]) -> usize;

    /// How many bytes tell for sure whether a separator stands somewhere.
    fn longest(self) -> usize;

    /// Takes the text of a cell that is not quoted.
    fn take(self, cell: &[u8], text: &mut Vec<u8>) {
        text.extend_from_slice(cell);
    }

    /// Whether `\"` in a quoted cell is a quote of its text.
    fn has_escapes(self) -> bool {
        false
    }
}

/// One byte. `ESCAPES`: with `\"` in quoted cells.
#[derive(Clone, Copy)]
struct One<const ESCAPES: bool>(u8);

impl<const ESCAPES: bool> Cut for One<ESCAPES> {
    fn length_at(self, bytes: &[u8]) -> usize {
        usize::from(bytes.first() == Some(&self.0))
    }

    fn find(self, bytes: &[u8]) -> usize {
        bytes.iter().position(|byte| *byte == self.0 || ends_line(*byte)).unwrap_or(bytes.len())
    }

    fn longest(self) -> usize {
        1
    }

    fn has_escapes(self) -> bool {
        ESCAPES
    }
}

/// The bars of a table as Markdown has it, in which `\|` is a bar of the text.
#[derive(Clone, Copy)]
struct Bar;

/// A bar, escaped or not.
const BAR: One<false> = One(b'|');

impl Cut for Bar {
    fn length_at(self, bytes: &[u8]) -> usize {
        BAR.length_at(bytes)
    }

    fn find(self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            at += BAR.find(bytes.get(at..).unwrap_or_default());
            let is_escaped = bytes.get(at) == Some(&b'|') && bytes.get(..at).is_some_and(|cell| cell.ends_with(b"\\"));
            if !is_escaped {
                return at;
            }
            at += 1;
        }
    }

    fn longest(self) -> usize {
        1
    }

    fn take(self, cell: &[u8], text: &mut Vec<u8>) {
        for (at, byte) in cell.iter().enumerate() {
            if *byte != b'\\' || cell.get(at + 1) != Some(&b'|') {
                text.push(*byte);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Several<'t>(&'t [u8]);

impl Cut for Several<'_> {
    fn length_at(self, bytes: &[u8]) -> usize {
        if bytes.starts_with(self.0) { self.0.len() } else { 0 }
    }

    fn find(self, bytes: &[u8]) -> usize {
        let first = self.0.first().copied().unwrap_or(b'\n');
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(next) = rest.iter().position(|byte| *byte == first || ends_line(*byte)) else {
                return bytes.len();
            };
            let found = rest.get(next..).unwrap_or_default();
            if found.first().is_some_and(|byte| ends_line(*byte)) || found.starts_with(self.0) {
                return at + next;
            }
            at += next + 1;
        }
    }

    fn longest(self) -> usize {
        self.0.len()
    }
}

/// A dash of any length, with a blank of any kind on both sides.
#[derive(Clone, Copy)]
struct Dash;

/// Dashes, and the minus.
const DASHES: &[&[u8]] = &[b"-", "–".as_bytes(), "—".as_bytes(), "−".as_bytes()];

/// Blanks: the usual one, the no-break ones, the thin one.
const BLANKS: &[&[u8]] = &[b" ", "\u{a0}".as_bytes(), "\u{202f}".as_bytes(), "\u{2009}".as_bytes()];

/// Bytes of the first of `texts` with which `bytes` begin.
fn beginning(bytes: &[u8], texts: &[&[u8]]) -> Option<usize> {
    texts.iter().find(|text| bytes.starts_with(text)).map(|text| text.len())
}

impl Cut for Dash {
    fn length_at(self, bytes: &[u8]) -> usize {
        let parts = [BLANKS, DASHES, BLANKS];
        let length = parts.iter().try_fold(0, |at, part| Some(at + beginning(bytes.get(at..)?, part)?));
        length.unwrap_or(0)
    }

    fn find(self, bytes: &[u8]) -> usize {
        let is_end = |at: &usize| {
            let rest = bytes.get(*at..).unwrap_or_default();
            rest.first().is_some_and(|byte| ends_line(*byte)) || self.length_at(rest) > 0
        };
        (0..bytes.len()).find(is_end).unwrap_or(bytes.len())
    }

    fn longest(self) -> usize {
        9
    }
}

/// Takes one row from the start of `bytes`.
pub(super) fn split(bytes: &[u8], whole: bool, separator: &Separator, row: &mut Row) -> Split {
    match separator {
        Separator::Byte(b'|') => cells(bytes, whole, Bar, row),
        Separator::Byte(byte) => cells(bytes, whole, One::<false>(*byte), row),
        Separator::Escaped(byte) => cells(bytes, whole, One::<true>(*byte), row),
        Separator::Text(text) => cells(bytes, whole, Several(text), row),
        Separator::First(text) => two(bytes, whole, Several(text), row),
        Separator::Dash => two(bytes, whole, Dash, row),
        // A quote that is closed nowhere is text, as in any line.
        Separator::Line => match cells(bytes, whole, Several(b"\n"), row) {
            Split::Unclosed(_) => two(bytes, whole, Several(b"\n"), row),
            split => split,
        },
    }
}

/// A line of a list: a term, and all that stands behind the first separator. Quotes are text there.
fn two(bytes: &[u8], whole: bool, cut: impl Cut, row: &mut Row) -> Split {
    row.clear();
    let end = bytes.iter().position(|byte| ends_line(*byte)).unwrap_or(bytes.len());
    let used = match bytes.get(end) {
        None if whole => end,
        None => return Split::More(None),
        Some(_) => match line_end(bytes.get(end..).unwrap_or_default(), whole) {
            Some(length) => end + length,
            None => return Split::More(None),
        },
    };
    let line = bytes.get(..end).unwrap_or_default();
    let term = cut.find(line);
    row.bytes.extend_from_slice(line.get(..term).unwrap_or_default());
    row.end_cell(false);
    let behind = line.get(term..).unwrap_or_default();
    if let Some(rest) = behind.get(cut.length_at(behind)..).filter(|_| !behind.is_empty()) {
        row.bytes.extend_from_slice(rest);
        row.end_cell(false);
    }
    Split::Row { used, lines: 1 }
}

/// `q, "a"`: how many blanks stand before a quote at the start of a cell that is closed on the same line. Nothing where the
/// quote is text, or where it takes more bytes to tell.
fn blanks_before_quote(bytes: &[u8], whole: bool, cut: impl Cut) -> Option<usize> {
    let blanks = bytes.iter().take_while(|byte| **byte == b' ').count();
    if bytes.get(blanks) != Some(&b'"') || cut.length_at(b" ") > 0 {
        return None;
    }
    let mut text = Vec::new();
    let closed = quoted(bytes, blanks + 1, whole, cut, &mut text);
    matches!(closed, Quoted::Closed { breaks: 0, .. }).then_some(blanks)
}

/// A row under the rules of RFC 4180.
fn cells(bytes: &[u8], whole: bool, cut: impl Cut, row: &mut Row) -> Split {
    row.clear();
    let mut at = 0;
    let mut lines = 0;
    loop {
        let mut end = None;
        if bytes.get(at) == Some(&b' ') {
            // Where more bytes are to come this may be too early to tell; the row is taken again then.
            at += blanks_before_quote(bytes.get(at..).unwrap_or_default(), whole, cut).unwrap_or(0);
        }
        if bytes.get(at) == Some(&b'"') {
            let before = row.bytes.len();
            match quoted(bytes, at + 1, whole, cut, &mut row.bytes) {
                Quoted::Closed { end: closed, breaks } => {
                    lines += breaks;
                    end = Some(closed);
                    row.end_cell(true);
                }
                Quoted::Open if whole => return Split::Unclosed(Open { at, lines }),
                Quoted::Open => return Split::More(Some(Open { at, lines })),
                // A closing quote in the middle of a later line is the opening one of that line.
                Quoted::Stray { breaks } if breaks > 0 => return Split::Unclosed(Open { at, lines }),
                // `"Lead" or "follow"`: text that begins with a quotation.
                Quoted::Stray { .. } => row.bytes.truncate(before),
            }
        }
        let end = end.unwrap_or_else(|| {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = cut.find(rest);
            cut.take(rest.get(..length).unwrap_or_default(), &mut row.bytes);
            row.end_cell(false);
            at + length
        });
        match bytes.get(end) {
            None if whole => return Split::Row { used: end, lines },
            None => return Split::More(None),
            Some(byte) if !ends_line(*byte) => at = end + cut.longest(),
            Some(_) => {
                return match line_end(bytes.get(end..).unwrap_or_default(), whole) {
                    Some(length) => Split::Row { used: end + length, lines: lines + 1 },
                    None => Split::More(None),
                };
            }
        }
    }
}

enum Quoted {
    Closed { end: usize, breaks: u64 },
    Stray { breaks: u64 },
    Open,
}

/// Takes a quoted cell, whose opening quote stands before `at`. Line ends in it become `\n`.
fn quoted(bytes: &[u8], mut at: usize, whole: bool, cut: impl Cut, text: &mut Vec<u8>) -> Quoted {
    let mut breaks = 0;
    let start = at;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\r' | b'\n')) else {
            return Quoted::Open;
        };
        text.extend_from_slice(rest.get(..length).unwrap_or_default());
        let rest = rest.get(length..).unwrap_or_default();
        at += length;
        let slashes =
            || bytes.get(start..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count();
        match rest {
            [b'"', ..] if cut.has_escapes() && slashes() % 2 == 1 => {
                text.pop();
                text.push(b'"');
                at += 1;
            }
            [b'"', b'"', ..] => {
                text.push(b'"');
                at += 2;
            }
            [b'"', after @ ..] => {
                let is_blank = |(at, byte): (usize, &u8)| {
                    matches!(byte, b' ' | b'\t') && cut.length_at(after.get(at..).unwrap_or_default()) == 0
                };
                let blanks = after.iter().enumerate().take_while(|(at, byte)| is_blank((*at, byte))).count();
                let end = at + 1 + blanks;
                let rest = bytes.get(end..).unwrap_or_default();
                return match rest.first() {
                    None if !whole => Quoted::Open,
                    None => Quoted::Closed { end, breaks },
                    Some(byte) if ends_line(*byte) || cut.length_at(rest) > 0 => Quoted::Closed { end, breaks },
                    Some(_) if !whole && rest.len() < cut.longest() => Quoted::Open,
                    Some(_) => Quoted::Stray { breaks },
                };
            }
            rest => {
                let Some(length) = line_end(rest, whole) else {
                    return Quoted::Open;
                };
                text.push(b'\n');
                breaks += 1;
                at += length;
            }
        }
    }
}
