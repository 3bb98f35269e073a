//! What people read: tables aligned by display width, cut at the width of the terminal, plain through a pipe; and nothing that
//! drives a terminal.

use crate::core::text::one_line;
use crate::core::text::printable;
use std::io;
use std::io::BufWriter;
use std::io::Write;
use textwrap::WordSeparator;
use textwrap::WordSplitter;
use textwrap::core::Word;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Standard output. To a terminal nothing goes that could drive it, whoever wrote it: a table goes out with the bytes that are in
/// its cells.
pub(super) struct Out {
    inner: BufWriter<Box<dyn Write>>,
    /// Whether it is such a terminal.
    is_cleaned: bool,
    /// The line so far: a character may come in two parts.
    line: Vec<u8>,
}

impl Out {
    pub(super) fn new(inner: Box<dyn Write>, is_cleaned: bool) -> Self {
        Self { inner: BufWriter::new(inner), is_cleaned, line: Vec::new() }
    }

    /// Writes a text of our own with the codes that colour it.
    pub(super) fn plainly(&mut self, text: &[u8]) -> io::Result<()> {
        self.pass(self.line.len())?;
        self.inner.write_all(text)
    }

    fn pass(&mut self, to: usize) -> io::Result<()> {
        let line: Vec<u8> = self.line.drain(..to).collect();
        self.inner.write_all(printable(&String::from_utf8_lossy(&line)).as_bytes())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_cleaned {
            return self.inner.write(bytes);
        }
        self.line.extend_from_slice(bytes);
        if bytes.contains(&b'\n')
            && let Some(end) = self.line.iter().rposition(|byte| *byte == b'\n')
        {
            self.pass(end + 1)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass(self.line.len())?;
        self.inner.flush()
    }
}

/// A text as a terminal of that width shows it: its lines broken between words and nowhere else, so that a path, an option or an id
/// can be copied. What follows begins below the beginning of its line.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    let fill = |line: &str| {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        let options = textwrap::Options::new(width.max(1))
            .word_separator(WordSeparator::Custom(words))
            .word_splitter(WordSplitter::NoHyphenation)
            .break_words(false)
            .subsequent_indent(&indent);
        textwrap::fill(line, options)
    };
    text.split('\n').map(fill).collect::<Vec<_>>().join("\n")
}

/// The words of a line. Scripts without blanks are broken by Unicode's rules, which would also break `team/owner`.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let (mut start, mut end) = (0, 0);
    let mut words = Vec::new();
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        end += word.len() + word.whitespace.len();
        let (before, behind) = (line.get(..end).unwrap_or_default(), line.get(end..).unwrap_or_default());
        let is_inside =
            before.ends_with(|c: char| c.is_ascii_graphic()) && behind.starts_with(|c: char| c.is_ascii_graphic());
        if !is_inside {
            words.extend(line.get(start..end).map(Word::from));
            start = end;
        }
    }
    Box::new(words.into_iter())
}

/// Cuts a text to `width` columns, at graphemes, with an ellipsis where something was cut.
pub(super) fn cut(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut wide = 0;
    for grapheme in text.graphemes(true) {
        wide += grapheme.width();
        // A column is left for the ellipsis, unless nothing follows that needs it.
        if wide > width || wide == width && text.len() > out.len() + grapheme.len() {
            break;
        }
        out.push_str(grapheme);
    }
    if out.len() == text.len() {
        return out;
    }
    out.push('…');
    out
}

/// A table whose columns are as wide as they need, but the one at `stretch`, which takes what is left of `width`.
/// Columns in `right` are aligned to the right. The cells of each line, padded, its head first.
pub(super) fn table(
    head: &[&str],
    rows: &[Vec<String>],
    stretch: usize,
    right: &[usize],
    width: usize,
) -> Vec<Vec<String>> {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| one_line(cell)).collect()).collect();
    let mut widths: Vec<usize> = head.iter().map(|title| title.width()).collect();
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(cell.width());
        }
    }
    let others: usize = widths.iter().enumerate().filter(|(i, _)| *i != stretch).map(|(_, w)| w + 2).sum();
    if let Some(stretched) = widths.get_mut(stretch) {
        *stretched = (*stretched).min(width.saturating_sub(others)).max(8);
    }
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).enumerate().map(|(index, (cell, width))| {
            let cell = if index == stretch { cut(cell, *width) } else { (*cell).to_owned() };
            let pad = " ".repeat(width.saturating_sub(cell.width()));
            let gap = if index > 0 { "  " } else { "" };
            if right.contains(&index) { format!("{gap}{pad}{cell}") } else { format!("{gap}{cell}{pad}") }
        });
        padded.collect()
    };
    let mut lines = vec![line(head.to_vec())];
    lines.extend(rows.iter().map(|row| line(row.iter().map(String::as_str).collect())));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    /// Each write by itself.
    #[derive(Clone, Default)]
    struct Writes(Rc<RefCell<Vec<String>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().push(String::from_utf8_lossy(bytes).into_owned());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_broken_between_words_and_nowhere_else() {
        for (text, lines) in [
            ("short", "short"),
            ("with --dry-run and --screen-reader", "with\n--dry-run and\n--screen-reader"),
            ("see decks/work/team.toml:3:1 there", "see\ndecks/work/team.toml:3:1\nthere"),
            ("  the hint of a line", "  the hint of\n  a line"),
            ("one two three four\n\nfive", "one two three\nfour\n\nfive"),
        ] {
            assert_eq!(wrapped(text, 14), lines);
        }
        assert!(wrapped("リーダーは人を動かす。信頼を築く。", 14).contains('\n'), "scripts without blanks break too");
    }

    #[test]
    fn a_coloured_list_goes_out_in_one_write_and_in_its_order() {
        let writes = Writes::default();
        let mut out = Out::new(Box::new(writes.clone()), true);
        for row in 0..10 {
            out.plainly(format!("\u{1b}[1m{row}\u{1b}[0m\n").as_bytes()).unwrap();
        }
        out.write_all(b"a\x1b[2J line and ").unwrap();
        out.plainly(b"\x1b[1mmore\x1b[0m").unwrap();
        out.write_all(", é".as_bytes()).unwrap();
        assert_eq!(writes.0.borrow().len(), 0);
        out.flush().unwrap();
        let written = writes.0.borrow();
        assert_eq!(written.len(), 1);
        let rows: String = (0..10).map(|row| format!("\u{1b}[1m{row}\u{1b}[0m\n")).collect();
        let cleaned = printable("a\u{1b}[2J line and ");
        assert_eq!(written.concat(), format!("{rows}{cleaned}\u{1b}[1mmore\u{1b}[0m, é"));
    }

    #[test]
    fn a_table_fits_its_width_and_counts_columns_not_bytes() {
        let rows = vec![
            vec!["日本語".to_owned(), "a very long prompt that has to be cut".to_owned(), "12".to_owned()],
            vec!["é".to_owned(), "short".to_owned(), "3".to_owned()],
        ];
        let lines = table(&["deck", "prompt", "due"], &rows, 1, &[2], 30);
        let lines: Vec<String> = lines.iter().map(|cells| cells.concat().trim_end().to_owned()).collect();
        assert_eq!(
            lines,
            ["deck    prompt             due", "日本語  a very long prom…   12", "é       short                3"]
        );
        assert!(lines.iter().all(|line| line.width() <= 30));
    }
}
