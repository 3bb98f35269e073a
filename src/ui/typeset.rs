//! A document set in lines of a width, for the full screen and for lines alike: what is bold there has marks here.
//!
//! Lines break at spaces, else at graphemes and their real widths, so that a family emoji or a combining mark is never cut in
//! two. Nothing of the document reaches a terminal but through `printable`.

use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Side;
use crate::core::document::label;
use crate::core::document::marker;
use crate::core::document::script;
use crate::core::document::stands_last;
use crate::core::text::printable;
use std::rc::Rc;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Columns that a text needs beside what hangs before it.
const LEAST: usize = 6;

/// Columns from one stop of a tab to the next.
const TAB: usize = 8;

/// How a run of text looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Ink {
    pub(crate) strong: bool,
    pub(crate) emphasis: bool,
    pub(crate) underlined: bool,
    pub(crate) strike: bool,
    pub(crate) code: bool,
    pub(crate) quiet: bool,
    /// Where it leads.
    pub(crate) link: Option<Rc<str>>,
}

/// Text in one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) ink: Ink,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Row {
    pub(crate) runs: Vec<Run>,
    /// Whether it is a line of code, which has a ground of its own up to the edge.
    pub(crate) is_code: bool,
}

impl Row {
    fn width(&self) -> usize {
        self.runs.iter().map(|run| run.text.width()).sum()
    }

    fn prefix(&mut self, text: &str) {
        if !text.is_empty() {
            self.runs.insert(0, Run { text: text.to_owned(), ink: Ink::default() });
        }
    }
}

/// How to set a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Typeset {
    /// Columns of the longest line.
    pub(crate) width: usize,
    /// The side of the card that it stands on.
    pub(crate) side: Side,
    /// Whether looks are written as marks, there being no others.
    pub(crate) marks: bool,
    /// Whether links lead somewhere by themselves; else their address is written out with the answer.
    pub(crate) links: bool,
}

/// A document as lines of text without looks, for pipes and screen readers.
pub(crate) fn text_lines(document: &Document, side: Side, width: usize) -> Vec<String> {
    let rows = Typeset { width, side, marks: true, links: false }.rows(document);
    let line = |row: Row| row.runs.into_iter().map(|run| run.text).collect::<String>();
    rows.into_iter().map(|row| line(row).trim_end().to_owned()).collect()
}

impl Typeset {
    /// All lines of a document.
    pub(crate) fn rows(self, document: &Document) -> Vec<Row> {
        let mut out = Vec::new();
        self.blocks(&document.blocks, true, &mut out);
        out
    }

    fn narrower(self, by: usize) -> Self {
        Self { width: self.width.saturating_sub(by), ..self }
    }

    fn blocks(self, blocks: &[Block], gaps: bool, out: &mut Vec<Row>) {
        for (place, block) in blocks.iter().enumerate() {
            if place > 0 && gaps && block.wants_gap() {
                out.push(Row::default());
            }
            self.block(block, out);
        }
    }

    fn block(self, block: &Block, out: &mut Vec<Row>) {
        match block {
            Block::Plain(text) | Block::Paragraph(text) => out.extend(self.paragraph(text, &Ink::default())),
            Block::Heading(level, text) if self.marks => {
                let mark = format!("{} ", "#".repeat(usize::from(*level)));
                let mut rows = self.paragraph(text, &Ink::default());
                rows.iter_mut().take(1).for_each(|row| row.prefix(&mark));
                out.extend(rows);
            }
            Block::Heading(_, text) => {
                let ink = Ink { strong: true, underlined: true, ..Ink::default() };
                out.extend(self.paragraph(text, &ink));
            }
            Block::List { first, delimiter, items } => {
                for (place, item) in items.iter().enumerate() {
                    let mark = match first {
                        None if !self.marks => "• ".to_owned(),
                        _ => marker(*first, *delimiter, place),
                    };
                    // What hangs must leave room for the text itself.
                    let hang = if mark.width() + LEAST <= self.width { mark.width() } else { 0 };
                    let mut rows = Vec::new();
                    if hang == 0 {
                        rows.extend(wrap(&[Run { text: mark.clone(), ink: Ink::default() }], self.width, false));
                    }
                    self.narrower(hang).blocks(item, false, &mut rows);
                    if rows.is_empty() {
                        rows.push(Row::default());
                    }
                    for (place, row) in rows.iter_mut().enumerate().filter(|_| hang > 0) {
                        let before = if place == 0 { mark.clone() } else { " ".repeat(hang) };
                        row.prefix(&before);
                    }
                    out.extend(rows);
                }
            }
            Block::Quote(inside) => {
                let bar = if self.marks { "> " } else { "│ " };
                let bar = if bar.width() + LEAST <= self.width { bar } else { "" };
                let mut rows = Vec::new();
                self.narrower(bar.width()).blocks(inside, true, &mut rows);
                rows.iter_mut().for_each(|row| row.prefix(bar));
                out.extend(rows);
            }
            Block::Code(code) => {
                let indent = if self.width >= LEAST { "  " } else { "" };
                for line in printable(code).split('\n') {
                    let run = Run { text: line.to_owned(), ink: Ink { code: !self.marks, ..Ink::default() } };
                    for mut row in wrap(&[run], self.width - indent.width(), true) {
                        row.is_code = true;
                        row.prefix(indent);
                        out.push(row);
                    }
                }
            }
            Block::Table { has_head, rows } => self.table(*has_head, rows, out),
            Block::Rule => {
                let run = Run { text: if self.marks { "---" } else { "───" }.to_owned(), ink: Ink::default() };
                out.push(Row { runs: vec![run], is_code: false });
            }
        }
    }

    fn paragraph(self, text: &[Inline], ink: &Ink) -> Vec<Row> {
        let mut runs = Vec::new();
        self.inlines(text, ink, &mut runs);
        wrap(&runs, self.width, false)
    }

    fn inlines(self, inlines: &[Inline], ink: &Ink, runs: &mut Vec<Run>) {
        for (place, inline) in inlines.iter().enumerate() {
            match inline {
                Inline::Text(text) => push(runs, &printable(text), ink),
                Inline::Emphasis(inside, mark) => {
                    self.inside(inside, &mark.to_string(), &Ink { emphasis: true, ..ink.clone() }, runs);
                }
                Inline::Strong(inside, mark) => {
                    self.inside(inside, &format!("{mark}{mark}"), &Ink { strong: true, ..ink.clone() }, runs);
                }
                Inline::Underlined(inside) => self.inside(inside, "_", &Ink { underlined: true, ..ink.clone() }, runs),
                Inline::Strike(inside) => self.inside(inside, "~~", &Ink { strike: true, ..ink.clone() }, runs),
                Inline::Raised(inside) | Inline::Lowered(inside) => {
                    let is_raised = matches!(inline, Inline::Raised(_));
                    push(runs, &script(&self.bare(inside), is_raised, stands_last(inlines.get(place + 1))), ink);
                }
                Inline::Code(code) if self.marks => push(runs, &fenced(&printable(code)), ink),
                Inline::Code(code) => push(runs, &printable(code), &Ink { code: true, ..ink.clone() }),
                Inline::Link { to, text } => self.link(to, text, ink, runs),
                Inline::Picture { .. } | Inline::Sound(_) => push(runs, &printable(&label(inline, self.side)), ink),
                Inline::Ruby { base, reading } => push(runs, &printable(&format!("{base}[{reading}]")), ink),
                Inline::Formula { source, shown } => push(runs, &printable(shown.as_ref().unwrap_or(source)), ink),
                Inline::Break => push(runs, "\n", ink),
            }
        }
    }

    fn inside(self, inside: &[Inline], mark: &str, ink: &Ink, runs: &mut Vec<Run>) {
        if self.marks {
            push(runs, mark, &Ink::default());
        }
        self.inlines(inside, ink, runs);
        if self.marks {
            push(runs, mark, &Ink::default());
        }
    }

    fn bare(self, inside: &[Inline]) -> String {
        let mut runs = Vec::new();
        Self { marks: false, ..self }.inlines(inside, &Ink::default(), &mut runs);
        runs.into_iter().map(|run| run.text).collect()
    }

    fn link(self, to: &str, text: &[Inline], ink: &Ink, runs: &mut Vec<Run>) {
        let address = address(to);
        let leads = address.as_ref().filter(|_| self.links).map(|address| Rc::from(address.as_str()));
        let said = self.bare(text);
        self.inlines(
            text,
            &Ink { underlined: true, link: leads.clone().or_else(|| ink.link.clone()), ..ink.clone() },
            runs,
        );
        // Where it leads could give the answer away, as the name of a picture could.
        let is_said = said == to || to.strip_prefix("mailto:") == Some(&said);
        if leads.is_none() && self.side == Side::Answer && !is_said && !to.trim().is_empty() {
            push(runs, &format!(" ({})", printable(to).replace('\n', " ")), &Ink { quiet: true, ..Ink::default() });
        }
    }

    /// What stands between two cells of a table. Where looks are marks, so is this: nothing is drawn.
    fn between(self) -> &'static str {
        if self.marks { " | " } else { " │ " }
    }

    /// A table with its columns in line; where it is too wide the widest columns are wrapped.
    fn table(self, has_head: bool, rows: &[Vec<Vec<Inline>>], out: &mut Vec<Row>) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let between = 3 * columns.saturating_sub(1);
        if between + 2 * columns > self.width {
            // No room for columns: the cells one after the other.
            for row in rows {
                let mut runs = Vec::new();
                for (place, cell) in row.iter().enumerate() {
                    if place > 0 {
                        push(&mut runs, self.between(), &Ink::default());
                    }
                    self.inlines(cell, &Ink::default(), &mut runs);
                }
                out.extend(wrap(&runs, self.width, false));
            }
            return;
        }
        let set: Vec<Vec<Vec<Run>>> = rows
            .iter()
            .enumerate()
            .map(|(number, row)| {
                let ink = Ink { strong: has_head && number == 0 && !self.marks, ..Ink::default() };
                let cell = |cell: &Vec<Inline>| {
                    let mut runs = Vec::new();
                    self.inlines(cell, &ink, &mut runs);
                    runs
                };
                row.iter().map(cell).collect()
            })
            .collect();
        let room = self.width - between;
        let widest = |cell: &Vec<Run>| {
            let text: String = cell.iter().map(|run| run.text.as_str()).collect();
            text.split('\n').map(|line| line.width()).max().unwrap_or(0).min(room)
        };
        let mut widths: Vec<usize> = (0..columns)
            .map(|column| set.iter().filter_map(|row| row.get(column)).map(widest).max().unwrap_or(0).max(2))
            .collect();
        while widths.iter().sum::<usize>() > room
            && let Some(widest) = widths.iter_mut().max()
            && *widest > 2
        {
            *widest -= 1;
        }
        for (number, row) in set.iter().enumerate() {
            let cells: Vec<Vec<Row>> = widths
                .iter()
                .enumerate()
                .map(|(column, width)| row.get(column).map_or_else(Vec::new, |cell| wrap(cell, *width, false)))
                .collect();
            for place in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
                let mut line = Row::default();
                for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                    if column > 0 {
                        push(&mut line.runs, self.between(), &Ink::default());
                    }
                    let shown = cell.get(place).cloned().unwrap_or_default();
                    let pad = width.saturating_sub(shown.width());
                    line.runs.extend(shown.runs);
                    push(&mut line.runs, &" ".repeat(pad), &Ink::default());
                }
                out.push(line);
            }
            if number == 0 && has_head {
                let (line, cross) = if self.marks { ("-", "-|-") } else { ("─", "─┼─") };
                let rule: Vec<String> = widths.iter().map(|width| line.repeat(*width)).collect();
                out.push(Row { runs: vec![Run { text: rule.join(cross), ink: Ink::default() }], is_code: false });
            }
        }
    }
}

/// Code between backticks, of which there have to be more than stand side by side in it.
fn fenced(code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let mark = "`".repeat(longest + 1);
    let space = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    format!("{mark}{space}{code}{space}{mark}")
}

/// The address of a link as a terminal may have it: of the web or of mail, and of plain characters only.
fn address(to: &str) -> Option<String> {
    let is_known = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| to.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !is_known || to.len() > 2000 {
        return None;
    }
    let mut address = String::with_capacity(to.len());
    for byte in to.bytes() {
        if byte.is_ascii_graphic() {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(address)
}

/// Appends text; what has the look of the text before it goes on with that, so that no line breaks between them.
fn push(runs: &mut Vec<Run>, text: &str, ink: &Ink) {
    match runs.last_mut().filter(|last| last.ink == *ink) {
        Some(last) => last.text.push_str(text),
        None if text.is_empty() => {}
        None => runs.push(Run { text: text.to_owned(), ink: ink.clone() }),
    }
}

/// Sets runs of text in lines of at most `width` columns: they break at spaces where there are any, else at graphemes. Code
/// breaks at the edge only.
pub(crate) fn wrap(runs: &[Run], width: usize, is_code: bool) -> Vec<Row> {
    let mut rows = vec![Row::default()];
    let mut used = 0;
    let put = |rows: &mut Vec<Row>, text: &mut String, ink: &Ink| {
        if let Some(row) = rows.last_mut() {
            push(&mut row.runs, text, ink);
        }
        text.clear();
    };
    for run in runs {
        for word in run.text.split_inclusive([' ', '\n', '\t']) {
            let shown = word.trim_end_matches([' ', '\n', '\t']).width();
            if used + shown > width && used > 0 && !is_code {
                rows.push(Row::default());
                used = 0;
            }
            let mut text = String::new();
            for grapheme in word.graphemes(true) {
                match grapheme {
                    "\n" | "\r\n" => {
                        put(&mut rows, &mut text, &run.ink);
                        rows.push(Row::default());
                        used = 0;
                        continue;
                    }
                    "\t" => {
                        let stop = (TAB - used % TAB).min(width.saturating_sub(used));
                        text.push_str(&" ".repeat(stop));
                        used += stop;
                        continue;
                    }
                    // A line ends with its last word.
                    " " if used >= width => continue,
                    _ => {}
                }
                let columns = grapheme.width();
                if used + columns > width && used > 0 {
                    put(&mut rows, &mut text, &run.ink);
                    rows.push(Row::default());
                    used = 0;
                }
                text.push_str(grapheme);
                used += columns;
            }
            put(&mut rows, &mut text, &run.ink);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::document::Markup;
    use crate::core::document::Markup::Html;
    use crate::core::document::Markup::Markdown;
    use crate::core::document::Markup::Plain;

    fn shown(text: &str, markup: Markup, width: usize) -> Vec<String> {
        let set = Typeset { width, side: Side::Answer, marks: false, links: false };
        let line = |row: &Row| row.runs.iter().map(|run| run.text.as_str()).collect::<String>().trim_end().to_owned();
        set.rows(&Document::of(text, markup)).iter().map(line).collect()
    }

    fn lines(text: &str, markup: Markup) -> Vec<String> {
        text_lines(&Document::of(text, markup), Side::Answer, 40)
    }

    #[test]
    fn words_wrap_at_their_display_width() {
        assert_eq!(shown("one two three four", Markdown, 9), ["one two", "three", "four"]);
        assert_eq!(shown("日本語 日本語", Markdown, 7), ["日本語", "日本語"]);
        assert_eq!(shown("aaaaaaaaaaaa", Markdown, 5), ["aaaaa", "aaaaa", "aa"]);
        assert_eq!(shown("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", Markdown, 4), ["👩‍👩‍👧👩‍👩‍👧", "👩‍👩‍👧"]);
    }

    #[test]
    fn lists_quotes_code_and_tables_keep_their_shape() {
        assert_eq!(shown("- one\n- two words here\n", Markdown, 10), ["• one", "• two", "  words", "  here"]);
        assert_eq!(shown("1. a\n2. b", Markdown, 20), ["1. a", "2. b"]);
        assert_eq!(shown("- a\n  - b\n    1. c\n- d", Markdown, 20), ["• a", "  • b", "    1. c", "• d"]);
        assert_eq!(shown("> said so\n> again", Markdown, 20), ["│ said so", "│ again"]);
        assert_eq!(shown("> 5", Markdown, 20), ["> 5"], "one line is no page");
        assert_eq!(shown("```\nif x:\n    y\n\n  z\n```", Markdown, 20), ["  if x:", "      y", "", "    z"]);
        assert_eq!(shown("| a | bb |\n|---|---|\n| one | 2 |", Markdown, 20), ["a   │ bb", "────┼───", "one │ 2"]);
        assert_eq!(
            shown("| who | what |\n|---|---|\n| leader | asks why and what for |", Markdown, 18),
            ["who    │ what", "───────┼──────────", "leader │ asks why", "       │ and what", "       │ for"]
        );
        assert_eq!(
            shown("<table><tr><td>日本語</td><td>x</td></tr><tr><td>a</td><td><b>y</b></td></tr></table>", Html, 12),
            ["日本語 │ x", "a      │ y"]
        );
        assert_eq!(shown("| a | b | c | d | e |\n|-|-|-|-|-|\n| 1 | 2 | 3 | 4 | 5 |", Markdown, 10).len(), 4);
    }

    #[test]
    fn plain_text_is_shown_to_the_letter() {
        for text in ["2*3*4", "__init__", "~~~", r"\(a_1\)", "https://example.org/a*b*c", "# x", "<b>x</b>", "`x`"] {
            assert_eq!(shown(text, Plain, 40), [text]);
            assert_eq!(lines(text, Plain), [text]);
        }
        assert_eq!(shown("\tx\n  y\n\n\nz", Plain, 40), ["        x", "  y", "", "", "z"]);
    }

    #[test]
    fn every_line_fits_whatever_comes() {
        for text in [
            "x".repeat(500),
            "é ".repeat(300),
            "日".repeat(99),
            "a\u{301}".repeat(80),
            "**b** _i_ `c`".repeat(30),
            "- ".repeat(30) + "x",
            "a\tb ".repeat(50),
        ] {
            for markup in Markup::ALL {
                for width in [7, 20, 72] {
                    for line in shown(&text, markup, width) {
                        assert!(line.width() <= width, "{width}: {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_line_never_breaks_behind_a_bracket() {
        assert_eq!(shown("leaders on [something new], so", Markdown, 14), ["leaders on", "[something", "new], so"]);
    }

    #[test]
    fn line_breaks_of_a_card_stay() {
        assert_eq!(shown("two\nlines\n\nand a paragraph", Markdown, 40), ["two", "lines", "", "and a paragraph"]);
    }

    #[test]
    fn lines_have_marks_for_what_a_screen_shows_by_its_look() {
        assert_eq!(
            lines("# T\n\n**b** *i* `c` ~~s~~\n> q\n- x", Markdown),
            ["# T", "", "**b** *i* `c` ~~s~~", "> q", "- x"]
        );
        assert_eq!(lines("<b>b</b> <i>i</i> <code>c</code> <u>u</u>", Html), ["**b** *i* `c` _u_"]);
    }

    #[test]
    fn an_address_is_shown_with_the_answer_only() {
        let document = Document::of("[Lima](https://e.org/Lima)", Markdown);
        assert_eq!(text_lines(&document, Side::Question, 40), ["Lima"]);
        assert_eq!(text_lines(&document, Side::Answer, 40), ["Lima (https://e.org/Lima)"]);
        assert_eq!(lines("<https://e.org>", Markdown), ["https://e.org"]);
        let set = Typeset { width: 40, side: Side::Answer, marks: false, links: true };
        let link = |text: &str| {
            let rows = set.rows(&Document::of(text, Markdown));
            rows[0].runs[0].ink.link.as_deref().map(str::to_owned)
        };
        assert_eq!(link("[x](https://e.org/ä)").as_deref(), Some("https://e.org/%C3%A4"));
        assert_eq!(link("[x](javascript:alert)"), None);
        assert_eq!(link("[x](<https://e.org/\u{1b}]8;;>)").as_deref(), Some("https://e.org/%1B]8;;"));
    }

    #[test]
    fn nothing_that_drives_a_terminal_is_set() {
        for markup in Markup::ALL {
            let text = "a\u{1b}[2Jb `\u{9b}c` [x\u{202e}](y\u{7}) &#27; <img src='\u{1b}'> ![\u{1b}](\u{1b})";
            for line in text_lines(&Document::of(text, markup), Side::Answer, 60) {
                assert!(!crate::core::text::has_unsafe(&line), "{line:?}");
            }
        }
    }
}
