//! Blocks and inlines from tags that may be closed in any order, or not at all.

use crate::core::document::Block;
use crate::core::document::DEEPEST;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::formula_of;
use crate::core::document::html::tag::Tag;
use crate::core::document::push_with_formulas;

/// How text looks that comes now: how often each is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Look {
    strong: u32,
    emphasis: u32,
    underlined: u32,
    strike: u32,
    code: u32,
    raised: u32,
    lowered: u32,
    formula: u32,
    link: Option<String>,
}

/// Something in a line, before texts are put together.
enum Piece {
    Text(String, Look),
    Break,
    Other(Inline),
}

/// Blocks of which it is remembered that they were passed over.
const MOST_PASSED: usize = 64;

/// An open block.
enum Open {
    Quote(Vec<Block>),
    List { first: Option<u64>, items: Vec<Vec<Block>>, item: Option<Vec<Block>> },
    Table { rows: Vec<Vec<Vec<Inline>>>, row: Vec<Vec<Inline>>, in_cell: bool, has_head: bool },
}

#[derive(Default)]
pub(super) struct Tree {
    pub(super) left_out: usize,
    blocks: Vec<Block>,
    open: Vec<Open>,
    /// Opened and passed over, being too deep.
    passed: Vec<String>,
    pieces: Vec<Piece>,
    look: Look,
    /// A space is due before the next word.
    space: bool,
    /// The level of the heading that is open.
    heading: Option<u8>,
    /// The code in `pre`, and how often that is open.
    code: Option<(String, u32)>,
    /// The base of a ruby that is open, and its reading once that has begun.
    ruby: Option<(String, Option<String>)>,
    in_fallback: bool,
}

impl Tree {
    pub(super) fn text(&mut self, text: &str) {
        if self.in_fallback {
            return;
        }
        for c in text.chars() {
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        // Where a word may be parted, and other characters without a width.
        if matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}') {
            return;
        }
        if let Some((code, _)) = &mut self.code {
            code.push(if c == '\u{a0}' { ' ' } else { c });
            return;
        }
        if let Some((base, reading)) = &mut self.ruby {
            reading.as_mut().unwrap_or(base).push(c);
            return;
        }
        if matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}') {
            self.space = true;
            return;
        }
        let space = std::mem::take(&mut self.space) && !self.is_at_start();
        match self.pieces.last_mut() {
            Some(Piece::Text(last, look)) if *look == self.look => {
                if space {
                    last.push(' ');
                }
                last.push(c);
            }
            last => {
                let mut text = String::new();
                match last {
                    // The space stands outside of what is stressed, where there is an outside.
                    Some(Piece::Text(last, look)) if space && *look == Look::default() => last.push(' '),
                    _ if space && self.look == Look::default() => text.push(' '),
                    _ if space => self.pieces.push(Piece::Text(" ".to_owned(), Look::default())),
                    _ => {}
                }
                text.push(c);
                self.pieces.push(Piece::Text(text, self.look.clone()));
            }
        }
    }

    /// `&nbsp;`, which is a space that counts.
    pub(super) fn hard_space(&mut self) {
        self.text("\u{a0}");
    }

    fn is_at_start(&self) -> bool {
        matches!(self.pieces.last(), None | Some(Piece::Break))
    }

    fn other(&mut self, inline: Inline) {
        if std::mem::take(&mut self.space) && !self.is_at_start() {
            self.pieces.push(Piece::Text(" ".to_owned(), Look::default()));
        }
        self.pieces.push(Piece::Other(inline));
    }

    pub(super) fn picture(&mut self, name: &str, alt: &str) {
        let name = if name.starts_with("data:") { "" } else { name };
        self.other(Inline::Picture { name: name.to_owned(), alt: alt.to_owned(), written: None });
    }

    fn line_break(&mut self) {
        self.space = false;
        if let Some((code, _)) = &mut self.code {
            code.push('\n');
        } else {
            self.end_ruby();
            self.pieces.push(Piece::Break);
        }
    }

    /// The beginning or end of what stands on lines of its own.
    fn line(&mut self) {
        if let Some((code, _)) = &mut self.code {
            if !code.is_empty() && !code.ends_with('\n') {
                code.push('\n');
            }
            return;
        }
        self.end_ruby();
        self.space = false;
        if !self.is_at_start() {
            self.pieces.push(Piece::Break);
        }
    }

    fn end_ruby(&mut self) {
        if let Some((base, reading)) = self.ruby.take() {
            self.in_fallback = false;
            let base = base.trim().to_owned();
            match reading.map(|reading| reading.trim().to_owned()).filter(|reading| !reading.is_empty()) {
                Some(reading) if !base.is_empty() => self.other(Inline::Ruby { base, reading }),
                Some(reading) => self.text(&reading),
                None => self.text(&base),
            }
        }
    }

    /// What was read since the last block, as inlines.
    fn inlines(&mut self) -> Vec<Inline> {
        self.end_ruby();
        self.space = false;
        let mut pieces = std::mem::take(&mut self.pieces);
        let is_blank = |piece: &Piece| match piece {
            Piece::Text(text, _) => text.trim().is_empty(),
            Piece::Break => true,
            Piece::Other(_) => false,
        };
        while pieces.last().is_some_and(is_blank) {
            pieces.pop();
        }
        let first = pieces.iter().position(|piece| !is_blank(piece)).unwrap_or(pieces.len());
        let mut inlines = Vec::with_capacity(pieces.len());
        let mut breaks = 0;
        for piece in pieces.drain(first..) {
            breaks = if matches!(piece, Piece::Break) { breaks + 1 } else { 0 };
            match piece {
                // One blank line says it.
                Piece::Break if breaks < 3 => inlines.push(Inline::Break),
                Piece::Break => {}
                Piece::Other(inline) => inlines.push(inline),
                Piece::Text(text, look) => wear(&mut inlines, &text.replace('\u{a0}', " "), look),
            }
        }
        inlines
    }

    /// Ends a paragraph.
    fn flush(&mut self) {
        if let Some((code, _)) = self.code.take() {
            let code = code.strip_prefix('\n').unwrap_or(&code).trim_end().to_owned();
            if !code.trim().is_empty() {
                self.block(Block::Code(code));
            }
        }
        let heading = self.heading.take();
        if matches!(self.open.last(), Some(Open::Table { in_cell: true, .. })) {
            return self.line();
        }
        let inlines = self.inlines();
        if !inlines.is_empty() {
            self.block(match heading {
                Some(level) => Block::Heading(level, inlines),
                None => Block::Paragraph(inlines),
            });
        }
    }

    fn block(&mut self, block: Block) {
        match self.open.last_mut() {
            None => self.blocks.push(block),
            Some(Open::Quote(inside)) => inside.push(block),
            Some(Open::List { item, .. }) => item.get_or_insert_default().push(block),
            // A cell holds lines only.
            Some(Open::Table { in_cell: true, .. }) => {
                let text = Document { blocks: vec![block], left_out: 0 }.plain();
                self.line();
                for line in text.lines() {
                    self.pieces.push(Piece::Text(line.to_owned(), Look::default()));
                    self.pieces.push(Piece::Break);
                }
            }
            Some(Open::Table { rows, row, .. }) => {
                if !row.is_empty() {
                    rows.push(std::mem::take(row));
                }
                let text = Document { blocks: vec![block], left_out: 0 }.plain();
                rows.push(vec![vec![Inline::Text(text)]]);
            }
        }
    }

    fn end_cell(&mut self) {
        if matches!(self.open.last(), Some(Open::Table { in_cell: true, .. })) {
            let inlines = self.inlines();
            if let Some(Open::Table { row, in_cell, .. }) = self.open.last_mut() {
                row.push(inlines);
                *in_cell = false;
            }
        } else if matches!(self.open.last(), Some(Open::Table { .. })) {
            self.flush();
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(Open::Table { rows, row, .. }) = self.open.last_mut()
            && !row.is_empty()
        {
            rows.push(std::mem::take(row));
        }
    }

    /// Closes the block that was opened last.
    fn close_last(&mut self) {
        if matches!(self.open.last(), Some(Open::Table { .. })) {
            self.end_row();
        } else {
            self.flush();
        }
        match self.open.pop() {
            Some(Open::Quote(inside)) if !inside.is_empty() => self.block(Block::Quote(inside)),
            Some(Open::List { first, mut items, item }) => {
                items.extend(item);
                if !items.is_empty() {
                    self.block(Block::List { first, delimiter: '.', items });
                }
            }
            Some(Open::Table { rows, has_head, .. }) if !rows.is_empty() => {
                self.block(Block::Table { has_head: has_head && rows.len() > 1, rows });
            }
            Some(Open::Quote(_) | Open::Table { .. }) | None => {}
        }
    }

    /// Closes the innermost block that `is_it`, and what is open inside of it.
    fn close(&mut self, name: &str, is_it: impl Fn(&Open) -> bool) {
        if let Some(place) = self.passed.iter().rposition(|passed| passed == name) {
            self.passed.remove(place);
            return self.line();
        }
        let Some(place) = self.open.iter().rposition(is_it) else { return };
        // What was passed over lies inside of what is closed now.
        self.passed.clear();
        while self.open.len() > place {
            self.close_last();
        }
    }

    fn open(&mut self, name: &str, open: Open) {
        if self.open.len() >= DEEPEST || matches!(self.open.last(), Some(Open::Table { .. })) {
            if self.passed.len() < MOST_PASSED {
                self.passed.push(name.to_owned());
            }
            return self.line();
        }
        self.flush();
        self.open.push(open);
    }

    pub(super) fn tag(&mut self, tag: &Tag<'_>) {
        let (name, closes) = (tag.name.as_str(), tag.closes);
        let count = |count: &mut u32| *count = if closes { count.saturating_sub(1) } else { *count + 1 };
        match name {
            "b" | "strong" => count(&mut self.look.strong),
            "i" | "em" | "var" | "cite" | "dfn" => count(&mut self.look.emphasis),
            "u" | "ins" => count(&mut self.look.underlined),
            "s" | "del" | "strike" => count(&mut self.look.strike),
            "code" | "kbd" | "samp" | "tt" => count(&mut self.look.code),
            "sup" => count(&mut self.look.raised),
            "sub" => count(&mut self.look.lowered),
            "anki-mathjax" => count(&mut self.look.formula),
            "a" => {
                self.look.link = if closes { None } else { tag.attribute("href").filter(|to| !to.trim().is_empty()) }
            }
            "br" => self.line_break(),
            "img" if !closes => {
                self.picture(&tag.attribute("src").unwrap_or_default(), &tag.attribute("alt").unwrap_or_default());
            }
            "audio" | "source" | "embed" | "video" if !closes => {
                if let Some(name) = tag.attribute("src") {
                    if name == "video" { self.picture(&name, "") } else { self.other(Inline::Sound(name)) }
                }
            }
            "ruby" => {
                self.end_ruby();
                if !closes && self.code.is_none() {
                    if std::mem::take(&mut self.space) && !self.is_at_start() {
                        self.pieces.push(Piece::Text(" ".to_owned(), Look::default()));
                    }
                    self.ruby = Some((String::new(), None));
                }
            }
            "rt" | "rtc" => match &mut self.ruby {
                Some((_, reading @ None)) if !closes => *reading = Some(String::new()),
                Some((_, Some(_))) if closes => {
                    self.end_ruby();
                    self.ruby = Some((String::new(), None));
                }
                Some(_) | None => {}
            },
            "rp" => self.in_fallback = !closes && self.ruby.is_some(),
            "p" | "dl" | "section" | "article" | "figure" | "header" | "footer" | "address" | "aside" | "body"
            | "html" | "head" => self.flush(),
            "div" | "dt" | "dd" | "center" | "caption" | "figcaption" | "details" | "summary" | "fieldset"
            | "legend" | "form" | "nav" | "main" | "hgroup" | "option" | "title" => self.line(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = if closes { None } else { name.get(1..).and_then(|level| level.parse().ok()) };
            }
            "hr" if !closes => {
                self.flush();
                self.block(Block::Rule);
            }
            "pre" => self.pre(closes),
            "ul" | "ol" | "menu" | "dir" => {
                if closes {
                    self.close(name, |open| matches!(open, Open::List { .. }));
                } else {
                    let start = || tag.attribute("start").and_then(|start| start.trim().parse().ok()).unwrap_or(1);
                    let first = (name == "ol").then(start);
                    self.open(name, Open::List { first, items: Vec::new(), item: None });
                }
            }
            "li" => self.item(closes),
            "blockquote" => {
                if closes {
                    self.close(name, |open| matches!(open, Open::Quote(_)));
                } else {
                    self.open(name, Open::Quote(Vec::new()));
                }
            }
            "table" => {
                if closes {
                    self.close(name, |open| matches!(open, Open::Table { .. }));
                } else {
                    self.open_table();
                }
            }
            "tr" | "thead" | "tbody" | "tfoot" => {
                if matches!(self.open.last(), Some(Open::Table { .. })) && self.passed.is_empty() {
                    self.end_row();
                } else {
                    self.line();
                }
            }
            "td" | "th" => self.cell(name == "th", closes),
            _ => {}
        }
    }

    fn open_table(&mut self) {
        self.open("table", Open::Table { rows: Vec::new(), row: Vec::new(), in_cell: false, has_head: false });
    }

    fn cell(&mut self, is_head: bool, closes: bool) {
        if !self.passed.is_empty() {
            return self.line();
        }
        if !matches!(self.open.last(), Some(Open::Table { .. })) {
            if closes || self.open.len() >= DEEPEST {
                return self.line();
            }
            self.open_table();
        }
        self.end_cell();
        if let (Some(Open::Table { rows, in_cell, has_head, .. }), false) = (self.open.last_mut(), closes) {
            *in_cell = true;
            *has_head |= is_head && rows.is_empty();
        }
    }

    fn pre(&mut self, closes: bool) {
        match (&mut self.code, closes) {
            (None, false) => {
                self.flush();
                self.code = Some((String::new(), 1));
            }
            (Some((_, depth)), false) => *depth += 1,
            (Some((_, depth)), true) if *depth > 1 => *depth -= 1,
            (Some(_), true) => self.flush(),
            (None, true) => {}
        }
    }

    fn item(&mut self, closes: bool) {
        if !self.passed.is_empty() || matches!(self.open.last(), Some(Open::Table { .. })) {
            self.line();
            if !closes {
                self.text("- ");
            }
            return;
        }
        // An item without a list is one of a list all the same.
        if !self.open.iter().any(|open| matches!(open, Open::List { .. })) {
            if closes || self.open.len() >= DEEPEST {
                return self.line();
            }
            self.open("ul", Open::List { first: None, items: Vec::new(), item: None });
        }
        while !matches!(self.open.last(), Some(Open::List { .. }) | None) {
            self.close_last();
        }
        self.flush();
        if let Some(Open::List { items, item, .. }) = self.open.last_mut() {
            items.extend(item.take());
            if !closes {
                *item = Some(Vec::new());
            }
        }
    }

    pub(super) fn finish(mut self) -> Document {
        while !self.open.is_empty() {
            self.close_last();
        }
        self.flush();
        Document { blocks: self.blocks, left_out: self.left_out }
    }
}

/// What makes an inline of those inside it.
type Wrap = fn(Vec<Inline>) -> Inline;

/// Text in its look.
fn wear(inlines: &mut Vec<Inline>, text: &str, look: Look) {
    let mut inside = Vec::new();
    if look.formula > 0 {
        inside.push(formula_of(&format!("\\({text}\\)")));
    } else if look.code > 0 {
        inside.push(Inline::Code(text.to_owned()));
    } else {
        push_with_formulas(&mut inside, text);
    }
    let wraps: [(u32, Wrap); 6] = [
        (look.lowered, Inline::Lowered),
        (look.raised, Inline::Raised),
        (look.strike, Inline::Strike),
        (look.underlined, Inline::Underlined),
        (look.emphasis, |inside| Inline::Emphasis(inside, '*')),
        (look.strong, |inside| Inline::Strong(inside, '*')),
    ];
    for (is_on, wrap) in wraps {
        if is_on > 0 {
            inside = vec![wrap(inside)];
        }
    }
    if let Some(to) = look.link {
        inside = vec![Inline::Link { to, text: inside }];
    }
    for inline in inside {
        match (inlines.last_mut(), inline) {
            (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
            (_, inline) => inlines.push(inline),
        }
    }
}
