//! Rows and cells of separated text, under the rules of RFC 4180 and with line numbers that are right.
//!
//! The `csv` crate tells neither where a quote was left open, nor whether a cell was quoted, nor the true line of a row
//! after comments, blank lines and CRLF; a test holds this reader against it on files that are well formed.

pub(super) mod separator;
mod split;
pub(super) mod survey;
#[cfg(test)]
mod tests;

use crate::formats::Place;
use crate::formats::decode::CHUNK;
use crate::formats::table::separator::Separator;
use crate::formats::table::split::Open;
use crate::formats::table::split::Split;
use crate::formats::table::split::line_end;
use crate::formats::table::split::split;
use std::io;
use std::io::Read;

/// Bytes of the longest row: no card of fields of up to 1 MB is that long, so a quote that is still open was never closed.
pub(super) const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// The cells of a row that are told apart.
const MOST_CELLS: usize = 100_000;

/// A byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The cells of one row. Reused from row to row.
#[derive(Debug, Default)]
pub(super) struct Row {
    bytes: Vec<u8>,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    end: usize,
    quoted: bool,
}

impl Row {
    /// Takes all cells out.
    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    fn end_cell(&mut self, quoted: bool) {
        let cell = Cell { end: self.bytes.len(), quoted };
        match self.cells.get_mut(MOST_CELLS) {
            // A line of nothing but separators: what it has more is one cell, and a table of so many columns is refused anyway.
            Some(last) => *last = cell,
            None => self.cells.push(cell),
        }
    }

    /// The row with each unquoted cell that begins with a blank put behind the one before it, where so many cells are left then:
    /// an unquoted comma of a text is followed by a blank, one between cells is not.
    pub(super) fn joined(&self, separator: &[u8], wanted: usize) -> Option<Self> {
        let mut joined = Self::default();
        let mut start = 0;
        for Cell { end, quoted } in &self.cells {
            let bytes = self.bytes.get(start..*end)?;
            let is_rest = !quoted && bytes.starts_with(b" ") && !bytes.trim_ascii().is_empty();
            match joined.cells.last_mut().filter(|_| is_rest) {
                Some(before) if !before.quoted => {
                    joined.bytes.extend_from_slice(separator);
                    joined.bytes.extend_from_slice(bytes);
                    before.end = joined.bytes.len();
                }
                _ => {
                    joined.bytes.extend_from_slice(bytes);
                    joined.end_cell(*quoted);
                }
            }
            start = *end;
        }
        (joined.len() == wanted && joined.len() < self.len()).then_some(joined)
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Its cells. Nothing where a separator cut a character.
    pub(super) fn cells(&self) -> Option<Cells<'_>> {
        Some(Cells { text: simdutf8::basic::from_utf8(&self.bytes).ok()?, cells: &self.cells })
    }
}

/// The cells of a row as text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    text: &'a str,
    cells: &'a [Cell],
}

impl<'a> Cells<'a> {
    /// The text of a cell, and whether it was quoted.
    pub(super) fn get(self, index: usize) -> Option<(&'a str, bool)> {
        let cell = self.cells.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.cells.get(before)).map_or(0, |before| before.end);
        Some((self.text.get(start..cell.end)?, cell.quoted))
    }

    /// All of them.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a str, bool)> {
        (0..self.cells.len()).filter_map(move |index| self.get(index))
    }
}

/// What comes next in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// A row that begins on this line; its cells are in the [`Row`].
    Row(u64),
    /// A quote was opened on this line and never closed. The next row is the line after it.
    Unclosed(u64),
    /// The row of this line is too long.
    TooLong(u64),
    /// No more rows.
    End,
}

/// The rows of a text, one after the other.
pub(super) struct Rows<'a> {
    input: Box<dyn Read + 'a>,
    /// Bytes read and not yet used are `buffer[start..end]`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// All of the input is in the buffer.
    whole: bool,
    /// Line that `start` is on.
    line: u64,
    /// Line breaks inside the cells of the rows before the last one, and with it; unknown behind a quote that was left open.
    breaks: Option<(u64, u64)>,
    /// Separator of cells.
    pub(super) separator: Separator,
    /// Whether lines that begin with `#` are left out.
    pub(super) comments: bool,
    /// How many such lines there were.
    pub(super) comment_lines: u64,
    /// Whether a row counts as one line, whatever its cells hold: it is one of a sheet.
    pub(super) by_row: bool,
    /// Whether there were NUL bytes, which are left out.
    pub(super) had_nul: bool,
    /// Whether a byte order mark stands before the last row: another file begins there.
    pub(super) is_marked: bool,
}

impl<'a> Rows<'a> {
    /// Rows of `input`, which must be UTF-8.
    pub(super) fn new(input: Box<dyn Read + 'a>) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            whole: false,
            line: 1,
            breaks: Some((0, 0)),
            separator: Separator::Byte(b','),
            comments: false,
            comment_lines: 0,
            by_row: false,
            had_nul: false,
            is_marked: false,
        }
    }

    fn unused(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads on. Amounts grow with what is there, so that a long row is not scanned again and again.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let wanted = self.end + CHUNK.max(self.end);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let read = match self.input.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        self.whole = read == 0;
        let fresh = room.get_mut(..read).unwrap_or_default();
        let mut kept = read;
        if fresh.contains(&0) {
            self.had_nul = true;
            kept = 0;
            for at in 0..read {
                if fresh.get(at).is_some_and(|byte| *byte != 0) {
                    fresh.swap(kept, at);
                    kept += 1;
                }
            }
        }
        self.end += kept;
        Ok(())
    }

    /// The next 64 KiB without using them up, or all that is left.
    pub(super) fn sample(&mut self) -> io::Result<&[u8]> {
        while !self.whole && self.end - self.start < CHUNK {
            self.fill()?;
        }
        Ok(self.unused())
    }

    /// The same rows from a sample: whole lines only.
    pub(super) fn of_sample(sample: &[u8], whole: bool) -> Rows<'static> {
        let end = if whole {
            sample.len()
        } else {
            sample.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(sample.len(), |at| at + 1)
        };
        let buffer = sample.get(..end).unwrap_or_default().to_vec();
        let mut rows = Rows::new(Box::new(io::empty()));
        rows.buffer = buffer;
        rows.end = end;
        rows.whole = true;
        rows
    }

    /// Where the last row stands, which began on that line: with its number where a spreadsheet has another one for it.
    pub(super) fn place(&self, line: u64) -> Place {
        let broken = self.breaks.map_or(0, |(before, _)| before);
        Place { row: if broken > 0 { line - broken } else { 0 }, ..Place::line(line) }
    }

    /// The line that comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the sample was all there is.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Leaves out the rest of this line.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.unused();
            let found = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let length = found.and_then(|at| Some(at + line_end(rest.get(at..)?, self.whole)?));
            match length {
                Some(length) => {
                    self.start += length;
                    self.line += 1;
                    return Ok(());
                }
                None if self.whole => {
                    self.start = self.end;
                    return Ok(());
                }
                None => {
                    self.start = found.map_or(self.end, |at| self.start + at);
                    self.fill()?;
                }
            }
        }
    }

    /// The next row that is no blank line and no comment.
    ///
    /// # Errors
    /// When the input fails.
    pub(super) fn next(&mut self, row: &mut Row) -> io::Result<Next> {
        self.is_marked = false;
        loop {
            match self.unused().first() {
                None if self.whole => return Ok(Next::End),
                None => {
                    self.fill()?;
                    continue;
                }
                Some(b'\n' | b'\r') => {
                    self.skip_line()?;
                    continue;
                }
                Some(b'#') if self.comments => {
                    self.comment_lines += 1;
                    self.skip_line()?;
                    continue;
                }
                // Two files that were put one behind the other.
                Some(0xef) if self.unused().starts_with(MARK) => {
                    self.start += MARK.len();
                    self.is_marked = true;
                    continue;
                }
                Some(0xef) if !self.whole && self.unused().len() < MARK.len() => {
                    self.fill()?;
                    continue;
                }
                Some(_) => {}
            }
            match split(self.unused(), self.whole, &self.separator, row) {
                Split::Row { used, lines } => {
                    let line = self.line;
                    self.start += used;
                    self.line += if self.by_row { 1 } else { lines };
                    let more = if self.by_row { 0 } else { lines.saturating_sub(1) };
                    self.breaks = self.breaks.map(|(_, all)| (all, all + more));
                    return Ok(if used > LONGEST_ROW { Next::TooLong(line) } else { Next::Row(line) });
                }
                Split::Unclosed(open) => return self.leave_out(open),
                Split::More(Some(open)) if self.end - self.start > LONGEST_ROW => return self.leave_out(open),
                Split::More(None) if self.end - self.start > LONGEST_ROW => {
                    let line = self.line;
                    self.skip_line()?;
                    return Ok(Next::TooLong(line));
                }
                Split::More(_) => self.fill()?,
            }
        }
    }

    fn leave_out(&mut self, open: Open) -> io::Result<Next> {
        self.start += open.at;
        self.line += open.lines;
        self.breaks = None;
        let line = self.line;
        self.skip_line()?;
        Ok(Next::Unclosed(line))
    }
}
