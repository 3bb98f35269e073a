//! Rows and cells of separated text, under the rules of RFC 4180 and with line numbers that are right.
//!
//! The `csv` crate tells neither where a quote was left open, nor whether a cell was quoted, nor the true line of a row
//! after comments, blank lines and CRLF; a test holds this reader against it on files that are well formed.

use crate::formats::decode::CHUNK;
use std::cmp::Reverse;
use std::io;
use std::io::Read;

/// Bytes of the longest row: no card is that long, so a quote that is still open was never closed.
pub(super) const LONGEST_ROW: usize = 1024 * 1024;

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
    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
    }

    fn end_cell(&mut self, quoted: bool) {
        self.cells.push(Cell { end: self.bytes.len(), quoted });
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
    /// Separator of cells.
    pub(super) delimiter: u8,
    /// Whether lines that begin with `#` are left out.
    pub(super) comments: bool,
    /// Whether there were NUL bytes, which are left out.
    pub(super) had_nul: bool,
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
            delimiter: b',',
            comments: false,
            had_nul: false,
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
                    self.skip_line()?;
                    continue;
                }
                Some(_) => {}
            }
            match split(self.unused(), self.whole, self.delimiter, row) {
                Split::Row { used, lines } => {
                    let line = self.line;
                    self.start += used;
                    self.line += lines;
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
        let line = self.line;
        self.skip_line()?;
        Ok(Next::Unclosed(line))
    }
}

/// An opening quote: its place in the row, and how many lines of the row come before it.
#[derive(Debug, Clone, Copy)]
struct Open {
    at: usize,
    lines: u64,
}

enum Split {
    Row { used: usize, lines: u64 },
    Unclosed(Open),
    More(Option<Open>),
}

/// Bytes of the line end at the start of `bytes`; nothing where it takes one more byte to tell.
fn line_end(bytes: &[u8], whole: bool) -> Option<usize> {
    match bytes {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r'] if !whole => None,
        _ => Some(1),
    }
}

/// Takes one row from the start of `bytes`.
fn split(bytes: &[u8], whole: bool, delimiter: u8, row: &mut Row) -> Split {
    row.clear();
    let mut at = 0;
    let mut lines = 0;
    loop {
        let mut end = None;
        if bytes.get(at) == Some(&b'"') {
            let before = row.bytes.len();
            match quoted(bytes, at + 1, whole, delimiter, &mut row.bytes) {
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
            let length =
                rest.iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
            row.bytes.extend_from_slice(rest.get(..length).unwrap_or_default());
            row.end_cell(false);
            at + length
        });
        match bytes.get(end) {
            None if whole => return Split::Row { used: end, lines },
            None => return Split::More(None),
            Some(byte) if *byte == delimiter => at = end + 1,
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
fn quoted(bytes: &[u8], mut at: usize, whole: bool, delimiter: u8, text: &mut Vec<u8>) -> Quoted {
    let mut breaks = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(length) = rest.iter().position(|byte| matches!(byte, b'"' | b'\r' | b'\n')) else {
            return Quoted::Open;
        };
        text.extend_from_slice(rest.get(..length).unwrap_or_default());
        let rest = rest.get(length..).unwrap_or_default();
        at += length;
        match rest {
            [b'"', b'"', ..] => {
                text.push(b'"');
                at += 2;
            }
            [b'"', after @ ..] => {
                let blanks =
                    after.iter().take_while(|byte| **byte != delimiter && matches!(byte, b' ' | b'\t')).count();
                let end = at + 1 + blanks;
                return match bytes.get(end) {
                    None if !whole => Quoted::Open,
                    Some(byte) if *byte != delimiter && !matches!(byte, b'\n' | b'\r') => Quoted::Stray { breaks },
                    _ => Quoted::Closed { end, breaks },
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

/// How the rows of a sample look under one separator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Survey {
    /// The cells of the first row.
    pub(super) first: Vec<String>,
    /// The number of columns that most rows have.
    pub(super) columns: usize,
    /// How many rows have that number.
    pub(super) even: usize,
    /// How many rows have two columns or more.
    pub(super) split: usize,
    /// How many rows have a quote at the start of a cell that quotes nothing: a sign of a wrong separator.
    pub(super) strays: usize,
    /// How many rows were looked at.
    pub(super) rows: usize,
}

/// Rows that a survey looks at.
const SURVEYED_ROWS: usize = 200;

/// Looks at the first rows of a sample.
pub(super) fn survey(sample: &[u8], whole: bool, delimiter: u8, comments: bool) -> Survey {
    let mut rows = Rows::of_sample(sample, whole);
    rows.delimiter = delimiter;
    rows.comments = comments;
    let mut row = Row::default();
    let mut survey = Survey::default();
    let mut counts: Vec<(usize, usize)> = Vec::new();
    while survey.rows < SURVEYED_ROWS {
        match rows.next(&mut row) {
            Ok(Next::Row(_)) => {}
            Ok(Next::Unclosed(_) | Next::TooLong(_)) => continue,
            Ok(Next::End) | Err(_) => break,
        }
        if survey.rows == 0 {
            survey.first =
                row.cells().into_iter().flat_map(Cells::iter).map(|(cell, _)| cell.trim().to_owned()).collect();
        }
        survey.rows += 1;
        survey.split += usize::from(row.len() > 1);
        let stray = |cells: Cells<'_>| cells.iter().any(|(cell, quoted)| !quoted && cell.starts_with('"'));
        survey.strays += usize::from(row.cells().is_some_and(stray));
        match counts.iter_mut().find(|(columns, _)| *columns == row.len()) {
            Some((_, count)) => *count += 1,
            None => counts.push((row.len(), 1)),
        }
    }
    // The first of equals: what a file begins with.
    counts.sort_by_key(|(_, count)| Reverse(*count));
    (survey.columns, survey.even) = counts.first().copied().unwrap_or_default();
    survey
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing::config;
    use proptest::prelude::*;

    fn read(text: &[u8], delimiter: u8, comments: bool) -> Vec<(Next, Vec<String>)> {
        let mut rows = Rows::new(Box::new(text));
        rows.delimiter = delimiter;
        rows.comments = comments;
        let mut row = Row::default();
        let mut found = Vec::new();
        loop {
            let next = rows.next(&mut row).unwrap();
            if next == Next::End {
                return found;
            }
            let cells = match next {
                Next::Row(_) => row.cells().unwrap().iter().map(|(cell, _)| cell.to_owned()).collect(),
                _ => Vec::new(),
            };
            found.push((next, cells));
        }
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text.as_bytes(), b',', false).into_iter().map(|(_, cells)| cells).collect()
    }

    fn lines(text: &str) -> Vec<Next> {
        read(text.as_bytes(), b',', true).into_iter().map(|(next, _)| next).collect()
    }

    #[test]
    fn quotes_separators_and_breaks_follow_rfc_4180() {
        assert_eq!(cells("a,b\n"), [["a", "b"]]);
        assert_eq!(cells("\"a \"\"x\"\", y\",\"two\r\nlines\"\r\n"), [["a \"x\", y", "two\nlines"]]);
        assert_eq!(cells("5\" disk,x"), [["5\" disk", "x"]]);
        assert_eq!(cells("a,"), [["a", ""]]);
        assert_eq!(cells("\"\",\"\""), [["", ""]]);
        assert_eq!(cells("\"a\" ,b"), [["a", "b"]]);
    }

    #[test]
    fn text_that_begins_with_a_quotation_keeps_its_quotes() {
        assert_eq!(cells("\"Lead\" or \"follow\"?,b\n"), [["\"Lead\" or \"follow\"?", "b"]]);
    }

    #[test]
    fn lf_crlf_and_bare_cr_end_rows() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "c,\"d", "e\"", "", "f,g"].join(end);
            assert_eq!(cells(&text), [["a", "b"], ["c", "d\ne"], ["f", "g"]], "{end:?}");
            assert_eq!(lines(&text), [Next::Row(1), Next::Row(2), Next::Row(5)], "{end:?}");
        }
    }

    #[test]
    fn lines_are_right_after_comments_blank_lines_and_long_cells() {
        assert_eq!(
            lines("# one \" quote\r\n\r\na,b\r\n\"x\r\n\r\ny\",z\r\n\n#\na,b"),
            [Next::Row(3), Next::Row(4), Next::Row(9)]
        );
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        assert_eq!(lines("a,b\nc,\"d\ne,f\ng,h\n"), [Next::Row(1), Next::Unclosed(2), Next::Row(3), Next::Row(4)]);
        assert_eq!(
            lines("\"a\",\"b\"\n\"c\",\"d\n\"e\",\"f\"\n\"g\",\"h\"\n"),
            [Next::Row(1), Next::Unclosed(2), Next::Row(3), Next::Row(4)]
        );
        assert_eq!(lines("\"two\nlines\",\"x\ny,z\n"), [Next::Unclosed(2), Next::Row(3)]);
    }

    #[test]
    fn an_open_quote_is_given_up_after_a_megabyte() {
        let text = format!("a,\"b\n{}c,d\n", "e,f\n".repeat(LONGEST_ROW));
        let found = lines(&text);
        assert_eq!(found.first(), Some(&Next::Unclosed(1)));
        assert_eq!(found.len(), LONGEST_ROW + 2);
    }

    #[test]
    fn a_row_without_end_is_left_out() {
        let text = format!("a,b\n{}\nc,d\n", "x".repeat(3 * LONGEST_ROW));
        assert_eq!(lines(&text), [Next::Row(1), Next::TooLong(2), Next::Row(3)]);
        // One that happens to be in the buffer whole is no shorter for that.
        for (longer, row) in [(0, Next::Row(2)), (1, Next::TooLong(2))] {
            let text = format!("a,b\n{}\nc,d\n", "x".repeat(LONGEST_ROW - 1 + longer));
            assert_eq!(lines(&text), [Next::Row(1), row, Next::Row(3)]);
        }
    }

    #[test]
    fn nul_bytes_vanish() {
        let mut rows = Rows::new(Box::new(&b"\0a,\0\0b\0\n\0"[..]));
        let mut row = Row::default();
        assert_eq!(rows.next(&mut row).unwrap(), Next::Row(1));
        assert_eq!(row.cells().unwrap().iter().collect::<Vec<_>>(), [("a", false), ("b", false)]);
        assert!(rows.had_nul);
        assert_eq!(rows.next(&mut row).unwrap(), Next::End);
    }

    #[test]
    fn a_survey_counts_columns_under_real_quote_rules() {
        let sample = b"\"a,b\";c\nd;e\nf;g;h\n";
        let found = survey(sample, true, b';', false);
        assert_eq!((found.columns, found.even, found.split, found.rows), (2, 2, 3, 3));
        assert_eq!(found.first, ["a,b", "c"]);
        assert_eq!(survey(sample, true, b'\t', false).split, 0);
    }

    /// A reader that gives few bytes at a time.
    struct Dripping<'a>(&'a [u8], usize);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let room = buffer.len().min(self.1);
            self.0.read(&mut buffer[..room])
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn well_formed_files_read_as_the_csv_crate_reads_them(
            table in prop::collection::vec(prop::collection::vec("[a-c\"\n, \té#]{0,5}", 2..4), 1..8),
            crlf: bool,
            drip in 1..7_usize,
        ) {
            let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let mut writer = csv::WriterBuilder::new().terminator(terminator).flexible(true).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = writer.into_inner().unwrap();
            let mut rows = Rows::new(Box::new(Dripping(&text, drip)));
            let mut row = Row::default();
            let mut expected = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
            for record in expected.records() {
                prop_assert!(matches!(rows.next(&mut row).unwrap(), Next::Row(_)));
                let record = record.unwrap();
                prop_assert_eq!(row.cells().unwrap().iter().map(|(cell, _)| cell).collect::<Vec<_>>(), record.iter().collect::<Vec<_>>());
            }
            prop_assert_eq!(rows.next(&mut row).unwrap(), Next::End);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(prop::sample::select(b"a\"\",\r\n\0#".to_vec()), 0..60), drip in 1..5_usize) {
            let mut rows = Rows::new(Box::new(Dripping(&bytes, drip)));
            rows.comments = true;
            let mut row = Row::default();
            let mut last = 0;
            while let Next::Row(line) | Next::Unclosed(line) | Next::TooLong(line) = rows.next(&mut row).unwrap() {
                prop_assert!(line > last);
                last = line;
            }
        }
    }
}
