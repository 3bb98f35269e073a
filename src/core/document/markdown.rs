//! Markdown: CommonMark with tables and strikethrough.
//!
//! The parser leaves out more than marks: definitions that no link names, what stands behind a fence, cells that the head of a
//! table has none for. All of that is shown as it was written, and so is HTML but for what cards are made of.

mod masked;
mod tags;

use crate::core::document::Block;
use crate::core::document::DEEPEST;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::formula_of;
use crate::core::document::html::of_windows;
use crate::core::document::markdown::masked::Masked;
use crate::core::document::markdown::tags::Piece;
use crate::core::document::markdown::tags::Tag as HtmlTag;
use crate::core::document::markdown::tags::paired;
use crate::core::document::markdown::tags::push;
use pulldown_cmark::CodeBlockKind;
use pulldown_cmark::Event;
use pulldown_cmark::LinkType;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use std::collections::BTreeSet;
use std::ops::Range;

/// What is read beside CommonMark.
const EXTENSIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH);

/// Whether a text is one line that would be the only item of a list, a quotation or a rule: `+`, `> 5`, `5. May`. Whoever writes
/// so means what is written, and a list of one shows no more.
pub(super) fn is_one_line_of_a_block(text: &str) -> bool {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return false;
    }
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t']);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let behind = text.get(digits..).unwrap_or_default();
    let is_rule = !text.is_empty() && text.chars().all(|c| matches!(c, '-' | '*' | '_' | ' '));
    is_rule
        || text.starts_with('>')
        || text.strip_prefix(['-', '+', '*']).is_some_and(is_end)
        || ((1..10).contains(&digits) && behind.strip_prefix(['.', ')']).is_some_and(is_end))
}

/// Reads such a line: with its marks of emphasis, and its beginning as it is written.
pub(super) fn read_line(text: &str) -> Document {
    // Behind a parenthesis nothing begins a block.
    let mut line = read(&format!("){}", text.trim()));
    if let [Block::Paragraph(inlines)] = line.blocks.as_mut_slice()
        && let Some(Inline::Text(first)) = inlines.first_mut()
        && first.starts_with(')')
    {
        first.remove(0);
        return line;
    }
    Document { blocks: vec![Block::Plain(vec![Inline::Text(text.to_owned())])], left_out: 0 }
}

/// One line of words behind `>`, as the quotation that it is elsewhere. `> 5` and `> x` say that something is greater.
pub(super) fn quotation(text: &str) -> Option<Document> {
    let words = text.trim().strip_prefix('>')?.trim_start();
    let begins = words.chars().take(2).filter(|c| c.is_alphabetic()).count() == 2;
    (is_one_line_of_a_block(text) && begins && !words.contains(char::is_numeric)).then(|| read(text))
}

/// Reads it.
pub(super) fn read(text: &str) -> Document {
    let masked = Masked::of(text);
    let (mut blocks, unused) = masked.blocks();
    if !unused.is_empty() {
        // Definitions that no link uses: a backslash makes each of them the text that it was meant to be.
        blocks = masked.escaped_at(&unused).blocks().0;
    }
    Document { blocks, left_out: 0 }
}

/// Where code stands in its lines, with the marks around it.
pub(super) fn codes(text: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(text, EXTENSIONS).into_offset_iter();
    events.filter(|(event, _)| matches!(event, Event::Code(_))).map(|(_, range)| range).collect()
}

impl Masked<'_> {
    /// Its blocks, and where definitions stand that no link uses.
    fn blocks(&self) -> (Vec<Block>, Vec<usize>) {
        let parser = Parser::new_ext(&self.source, EXTENSIONS);
        let mut defined: Vec<(String, usize)> = Vec::new();
        if self.source.contains("]:") {
            defined = parser.reference_definitions().iter().map(|(label, at)| (folded(label), at.span.start)).collect();
        }
        let mut builder =
            Builder { masked: self, stack: vec![Frame::new(What::Root, 0..0)], passed: 0, used: BTreeSet::new() };
        for (event, range) in parser.into_offset_iter() {
            builder.take(event, range);
        }
        let used = std::mem::take(&mut builder.used);
        defined.retain(|(label, _)| !used.contains(label));
        let mut unused: Vec<usize> = defined.into_iter().map(|(_, at)| at).collect();
        unused.sort_unstable();
        (builder.finish(), unused)
    }
}

/// The name of a definition as links may write it.
fn folded(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What a frame becomes.
enum What {
    Root,
    Paragraph,
    Heading(u8),
    Quote,
    List(Option<u64>, char),
    Item,
    Code(String),
    Table,
    Row,
    Cell,
    /// With the mark that it was written with.
    Emphasis(char),
    Strong(char),
    /// With how many tildes it was written.
    Strike(usize),
    Link(String),
    Picture(String),
}

/// Something that is open.
struct Frame {
    what: What,
    range: Range<usize>,
    blocks: Vec<Block>,
    inlines: Vec<Piece>,
    items: Vec<Vec<Block>>,
    cells: Vec<Vec<Inline>>,
    rows: Vec<Vec<Vec<Inline>>>,
    code: String,
    /// Where the last cell of a row ended.
    end: usize,
}

impl Frame {
    fn new(what: What, range: Range<usize>) -> Self {
        let end = range.start;
        Self {
            what,
            range,
            blocks: Vec::new(),
            inlines: Vec::new(),
            items: Vec::new(),
            cells: Vec::new(),
            rows: Vec::new(),
            code: String::new(),
            end,
        }
    }

    /// Text that stands in a block without a paragraph of its own becomes one.
    fn flush(&mut self) {
        if !self.inlines.is_empty() {
            let inlines = self.take();
            self.blocks.push(Block::Paragraph(inlines));
        }
    }

    /// What stands in it, the tags in there having found each other.
    fn take(&mut self) -> Vec<Inline> {
        paired(std::mem::take(&mut self.inlines))
    }
}

struct Builder<'m, 't> {
    masked: &'m Masked<'t>,
    stack: Vec<Frame>,
    /// Starts that were passed over, being too deep.
    passed: usize,
    /// Names of definitions that links use.
    used: BTreeSet<String>,
}

impl Builder<'_, '_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(),
            Event::Text(text) => match self.masked.source.get(range) {
                // `&#146;`: browsers show it, and for CommonMark it is a control character that vanishes.
                Some(reference) if reference.starts_with("&#") => {
                    let read = text.chars().map(|c| of_windows(u32::from(c)).unwrap_or(c));
                    self.text(&read.collect::<String>());
                }
                _ => self.text(&text),
            },
            Event::Code(code) => {
                let code = self.masked.written(&code);
                self.inline(Inline::Code(code));
            }
            Event::Html(html) => self.html(&html),
            Event::InlineHtml(html) => match (HtmlTag::of(&html), self.stack.last_mut()) {
                (Some(tag), Some(frame)) => frame.inlines.push(Piece::Tag(tag)),
                (_, _) => self.html(&html),
            },
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if let Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. } = &tag
            && !matches!(link_type, LinkType::Inline | LinkType::Autolink | LinkType::Email)
        {
            self.used.insert(folded(id));
        }
        let source = self.masked.source.get(range.clone()).unwrap_or_default();
        let what = match tag {
            Tag::Paragraph | Tag::HtmlBlock => What::Paragraph,
            Tag::Heading { level, .. } => What::Heading(level as u8),
            Tag::BlockQuote(_) => What::Quote,
            Tag::List(first) => {
                let behind = source.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
                What::List(first, if behind.starts_with(')') { ')' } else { '.' })
            }
            Tag::Item => What::Item,
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => What::Code(self.masked.written(&info)),
            Tag::CodeBlock(CodeBlockKind::Indented) => What::Code(String::new()),
            Tag::Table(_) => What::Table,
            Tag::TableHead | Tag::TableRow => What::Row,
            Tag::TableCell => What::Cell,
            Tag::Emphasis => What::Emphasis(source.chars().next().unwrap_or('*')),
            Tag::Strong => What::Strong(source.chars().next().unwrap_or('*')),
            Tag::Strikethrough => What::Strike(source.bytes().take_while(|byte| *byte == b'~').count()),
            Tag::Link { dest_url, .. } => What::Link(self.masked.written(&dest_url)),
            Tag::Image { dest_url, .. } => What::Picture(self.masked.written(&dest_url)),
            // None of these is switched on.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => What::Paragraph,
        };
        // An item is passed over with its list only, a cell with its table.
        let is_part = matches!(what, What::Item | What::Row | What::Cell);
        if self.passed > 0 || (self.stack.len() > DEEPEST * 2 && !is_part) {
            self.passed += 1;
            // Too deep to be a block, and still a line of its own.
            if matches!(what, What::Item | What::Paragraph | What::Heading(_) | What::Code(_)) {
                self.line();
            }
            if matches!(what, What::Item) {
                self.inline(Inline::Text("- ".to_owned()));
            }
            return;
        }
        if !matches!(
            what,
            What::Emphasis(_)
                | What::Strong(_)
                | What::Strike(_)
                | What::Link(_)
                | What::Picture(_)
                | What::Cell
                | What::Row
        ) && let Some(frame) = self.stack.last_mut()
        {
            frame.flush();
        }
        self.stack.push(Frame::new(what, range));
    }

    fn end(&mut self) {
        if self.passed > 0 {
            self.passed -= 1;
            // What was passed over stays apart from what follows it.
            if self.passed == 0 {
                self.line();
            }
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        self.close(frame);
    }

    fn close(&mut self, mut frame: Frame) {
        let written = |range: Range<usize>| self.masked.written_at(range).trim_end().to_owned();
        match frame.what {
            What::Root => {}
            What::Paragraph => {
                let mut inlines = frame.take();
                trim_end(&mut inlines);
                if !inlines.is_empty() {
                    self.block(Block::Paragraph(inlines));
                }
            }
            What::Heading(_) if frame.inlines.is_empty() => self.as_written(&written(frame.range)),
            What::Heading(level) => {
                let inlines = frame.take();
                self.block(Block::Heading(level, inlines));
            }
            What::Quote => {
                frame.flush();
                self.block(Block::Quote(frame.blocks));
            }
            What::List(first, delimiter) => self.block(Block::List { first, delimiter, items: frame.items }),
            What::Item => {
                frame.flush();
                if let Some(list) = self.stack.last_mut() {
                    list.items.push(frame.blocks);
                }
            }
            What::Code(info) if frame.code.is_empty() || info.trim().contains(char::is_whitespace) => {
                self.as_written(&written(frame.range));
            }
            What::Code(_) => {
                let code = frame.code.strip_suffix('\n').unwrap_or(&frame.code).to_owned();
                self.block(Block::Code(code));
            }
            What::Table => self.block(Block::Table { has_head: true, rows: frame.rows }),
            What::Row => {
                // Cells that the head has none for.
                let beyond = written(frame.end.max(frame.range.start)..frame.range.end);
                let beyond = beyond.trim().trim_matches('|').trim().to_owned();
                if !beyond.is_empty() {
                    frame.cells.push(vec![Inline::Text(beyond)]);
                }
                if let Some(table) = self.stack.last_mut() {
                    table.rows.push(frame.cells);
                }
            }
            What::Cell => {
                if let Some(row) = self.stack.last_mut() {
                    row.cells.push(frame.take());
                    row.end = row.end.max(frame.range.end);
                }
            }
            What::Emphasis(mark) => self.inline(Inline::Emphasis(frame.take(), mark)),
            What::Strong(mark) => self.inline(Inline::Strong(frame.take(), mark)),
            // One tilde is how people write "about".
            What::Strike(1) => {
                self.inline(Inline::Text("~".to_owned()));
                frame.take().into_iter().for_each(|inline| self.inline(inline));
                self.inline(Inline::Text("~".to_owned()));
            }
            What::Strike(_) => self.inline(Inline::Strike(frame.take())),
            What::Link(_) if frame.inlines.is_empty() => {
                let text = written(frame.range);
                self.inline(Inline::Text(text));
            }
            What::Link(to) => self.inline(Inline::Link { to, text: paired(frame.inlines) }),
            What::Picture(name) => {
                let alt = Document { blocks: vec![Block::Paragraph(paired(frame.inlines))], left_out: 0 }.plain();
                self.inline(Inline::Picture { name, alt, written: None });
            }
        }
    }

    fn text(&mut self, text: &str) {
        let masked = self.masked;
        let is_in_cell = self.stack.iter().any(|frame| matches!(frame.what, What::Cell));
        let Some(frame) = self.stack.last_mut() else { return };
        if matches!(frame.what, What::Code(_)) {
            frame.code.push_str(&masked.written(text));
        } else {
            for inline in masked.inlines(text) {
                push(&mut frame.inlines, if is_in_cell { in_cell(inline) } else { inline });
            }
        }
    }

    /// Other HTML is shown as it was written, on its lines.
    fn html(&mut self, html: &str) {
        if HtmlTag::of(html.trim()).is_some_and(|tag| tag.is_break()) {
            return;
        }
        for (place, line) in html.split('\n').enumerate() {
            if place > 0 {
                self.inline(Inline::Break);
            }
            self.text(line);
        }
    }

    /// What has no form of its own, on its lines.
    fn as_written(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.block(Block::Plain(vec![Inline::Text(text.to_owned())]));
        }
    }

    /// Begins a line, unless one has begun.
    fn line(&mut self) {
        let Some(frame) = self.stack.last_mut() else { return };
        let has_begun = match frame.inlines.last() {
            None | Some(Piece::Inline(Inline::Break)) => true,
            Some(Piece::Inline(Inline::Text(text))) => text == "- ",
            Some(_) => false,
        };
        if !has_begun {
            frame.inlines.push(Piece::Inline(Inline::Break));
        }
    }

    fn inline(&mut self, inline: Inline) {
        let Some(frame) = self.stack.last_mut() else { return };
        push(&mut frame.inlines, inline);
    }

    fn block(&mut self, block: Block) {
        let Some(frame) = self.stack.last_mut() else { return };
        frame.flush();
        frame.blocks.push(block);
    }

    fn finish(mut self) -> Vec<Block> {
        while self.stack.len() > 1
            && let Some(frame) = self.stack.pop()
        {
            self.close(frame);
        }
        let mut root = self.stack.pop().unwrap_or_else(|| Frame::new(What::Root, 0..0));
        root.flush();
        root.blocks
    }
}

/// A formula in a cell, where a backslash stands before a bar since cells end at bars.
fn in_cell(inline: Inline) -> Inline {
    if let Inline::Formula { source, .. } = &inline
        && source.contains("\\|")
    {
        return formula_of(&source.replace("\\|", "|"));
    }
    inline
}

fn trim_end(inlines: &mut Vec<Inline>) {
    while inlines.last() == Some(&Inline::Break) {
        inlines.pop();
    }
}
