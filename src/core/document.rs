//! What a text of a note says once its markup is read: blocks and what stands in them.
//!
//! Whatever shows, searches or compares a text works from this, and reads no markup of its own. No reader loses a
//! character: what is no markup, or markup that nothing here can show, stands in the document as it was written.

mod around;
mod formula;
mod html;
mod markdown;
mod plain;
#[cfg(test)]
mod tests;
mod typed;

pub use around::Around;
pub use around::around;
pub use typed::Answer;

use crate::core::text::has_something_to_see;
use crate::core::text::one_line;
use serde::Deserialize;
use serde::Serialize;
use std::borrow::Cow;
use std::ops::Range;

/// How the texts of a note are marked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Markup {
    /// Markdown, as in deck files.
    #[default]
    Markdown,
    /// None: each character stands for itself, as in tables.
    Plain,
    /// HTML, as other programs store cards.
    Html,
}

impl Markup {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Plain, Self::Html];

    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Plain => "plain",
            Self::Html => "html",
        }
    }

    /// The markup of that name, in any case.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|markup| markup.name().eq_ignore_ascii_case(name))
    }

    /// Whether it is the one of deck files, which they need not name.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Blocks inside blocks; what is nested deeper stands at this depth.
const DEEPEST: usize = 12;

/// A text, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its blocks, from top to bottom.
    pub blocks: Vec<Block>,
    /// Scripts and style sheets that were left out.
    pub left_out: usize,
}

/// A part of a text that begins on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Text whose line ends and spaces all count.
    Plain(Vec<Inline>),
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading, and its level.
    Heading(u8, Vec<Inline>),
    /// A list.
    List {
        /// The number of the first item, where they are numbered.
        first: Option<u64>,
        /// What stands behind a number.
        delimiter: char,
        /// The items.
        items: Vec<Vec<Self>>,
    },
    /// A quotation.
    Quote(Vec<Self>),
    /// Code; its spaces count.
    Code(String),
    /// A table; rows may have fewer cells than the first.
    Table {
        /// Whether the first row is a head.
        has_head: bool,
        /// The rows.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A line across.
    Rule,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Text that is stressed, and the mark for it, `*` or `_`.
    Emphasis(Vec<Self>, char),
    /// Text that is stressed more, and the mark for it.
    Strong(Vec<Self>, char),
    /// Text with a line below.
    Underlined(Vec<Self>),
    /// Text that was struck out.
    Strike(Vec<Self>),
    /// Raised text.
    Raised(Vec<Self>),
    /// Lowered text.
    Lowered(Vec<Self>),
    /// Code.
    Code(String),
    /// A link.
    Link {
        /// Where it leads.
        to: String,
        /// What is shown for it.
        text: Vec<Self>,
    },
    /// A picture.
    Picture {
        /// The name of its file, or its address.
        name: String,
        /// What its author wrote for whoever can't see it.
        alt: String,
        /// How it was written, where that is shown instead.
        written: Option<String>,
    },
    /// A sound, by the name of its file.
    Sound(String),
    /// Characters with how they are read.
    Ruby {
        /// The characters.
        base: String,
        /// How they are read.
        reading: String,
    },
    /// A formula.
    Formula {
        /// How it was written, with its marks.
        source: String,
        /// The same in plain characters, where that is possible.
        shown: Option<String>,
    },
    /// The end of a line.
    Break,
}

/// On which side of a card a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Before the answer, which the name of a picture could give away.
    Question,
    /// With the answer, or where nothing is asked.
    Answer,
}

/// A picture or a sound of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Medium {
    /// Whether it is a sound.
    pub is_sound: bool,
    /// Its name in the text.
    pub name: String,
}

/// How plain characters stand for what a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wording {
    /// For people, on one side of a card.
    Shown(Side),
    /// For comparing: no pictures and no sounds, ruby without its readings, lists and tables without their marks.
    Words,
}

impl Document {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &str, markup: Markup) -> Self {
        match markup {
            Markup::Plain => plain::read(text),
            Markup::Markdown if markdown::is_one_line_of_a_block(text) => markdown::read_line(text),
            Markup::Markdown => markdown::read(text),
            Markup::Html => html::read(text),
        }
    }

    /// A list of texts, each with what is in it.
    #[must_use]
    pub fn list(first: Option<u64>, items: impl IntoIterator<Item = Self>) -> Self {
        let mut left_out = 0;
        let items = items.into_iter().map(|item| {
            left_out += item.left_out;
            item.blocks
        });
        let items = items.collect();
        Self { blocks: vec![Block::List { first, delimiter: '.', items }], left_out }
    }

    /// Words of the program itself.
    #[must_use]
    pub fn words(text: &str) -> Self {
        Self { blocks: vec![Block::Paragraph(vec![Inline::Text(text.to_owned())])], left_out: 0 }
    }

    /// This document with another one below.
    #[must_use]
    pub fn and(mut self, below: Self) -> Self {
        self.blocks.extend(below.blocks);
        self.left_out += below.left_out;
        self
    }

    /// All of it in plain characters.
    #[must_use]
    pub fn plain(&self) -> String {
        self.shown(Side::Answer)
    }

    /// What is shown of it on one side of a card, in plain characters.
    #[must_use]
    pub fn shown(&self, side: Side) -> String {
        self.text(Wording::Shown(side))
    }

    /// What somebody would type for it: its words, without pictures and sounds.
    #[must_use]
    pub fn to_compare(&self) -> String {
        self.text(Wording::Words)
    }

    /// What is shown of it, on one line that is safe to print.
    #[must_use]
    pub fn line(&self, side: Side) -> String {
        one_line(&self.shown(side))
    }

    /// Whether it shows nothing at all.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        !self.has_something_to_see()
    }

    /// Whether anybody sees anything of it: a letter, a sign, a picture, a sound, a line.
    #[must_use]
    pub fn has_something_to_see(&self) -> bool {
        has_something_to_see(&self.shown(Side::Question))
    }

    /// Its pictures and sounds, in their order.
    #[must_use]
    pub fn media(&self) -> Vec<Medium> {
        let mut found = Vec::new();
        media_of_blocks(&self.blocks, &mut found);
        found
    }

    fn text(&self, wording: Wording) -> String {
        let mut out = String::new();
        write_blocks(&self.blocks, wording, true, &mut out);
        let keeps_all = matches!(self.blocks.as_slice(), [Block::Plain(_)]);
        if !keeps_all {
            out.truncate(out.trim_end().len());
        }
        out
    }
}

/// A text in plain characters, as [`Document::plain`] has it. Most texts have no markup, which a look at their bytes tells.
#[must_use]
pub fn plain_text(text: &str, markup: Markup) -> Cow<'_, str> {
    if is_bare(text, markup) { text.into() } else { Document::of(text, markup).plain().into() }
}

/// What is shown of a text on one side of a card, on one line that is safe to print.
#[must_use]
pub fn line_of(text: &str, markup: Markup, side: Side) -> String {
    if is_bare(text, markup) { one_line(text) } else { Document::of(text, markup).line(side) }
}

/// Whether a text surely is its own plain form: one line of letters, digits and signs that no markup begins with.
#[must_use]
pub fn is_bare(text: &str, markup: Markup) -> bool {
    let is_sign = |byte: u8| match markup {
        Markup::Plain => byte == b'!',
        Markup::Markdown => {
            matches!(
                byte,
                b'\n' | b'\r' | b'\t' | b'\\' | b'`' | b'*' | b'_' | b'[' | b'<' | b'&' | b'|' | b'~' | b'$' | b'#'
            )
        }
        Markup::Html => matches!(byte, b'<' | b'&' | b'[' | b'\\' | b'$' | b'\n' | b'\r' | b'\t'),
    };
    if text.bytes().any(is_sign) {
        return false;
    }
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return true };
    match markup {
        Markup::Plain => true,
        // A number may begin a list, and spaces at both ends are none of the text.
        Markup::Markdown => first.is_alphabetic() && !last.is_whitespace(),
        Markup::Html => {
            let is_space = |c: char| c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}');
            !is_space(first)
                && !is_space(last)
                && !text.contains("  ")
                && !text.contains(['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}'])
        }
    }
}

impl Block {
    /// Whether an empty line stands before it, where it is not the first.
    #[must_use]
    pub fn wants_gap(&self) -> bool {
        match self {
            Self::Plain(_) | Self::Paragraph(_) | Self::Heading(..) | Self::Table { .. } => true,
            Self::List { .. } | Self::Quote(_) | Self::Code(_) | Self::Rule => false,
        }
    }
}

/// `gaps`: whether empty lines part what wants them, as they do but in the items of a list.
fn write_blocks(blocks: &[Block], wording: Wording, gaps: bool, out: &mut String) {
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            out.push_str(if gaps && block.wants_gap() { "\n\n" } else { "\n" });
        }
        match block {
            Block::Plain(text) | Block::Paragraph(text) | Block::Heading(_, text) => write_inlines(text, wording, out),
            Block::List { first, delimiter, items } => {
                for (place, item) in items.iter().enumerate() {
                    if place > 0 {
                        out.push('\n');
                    }
                    let mark = match wording {
                        Wording::Shown(_) => marker(*first, *delimiter, place),
                        Wording::Words => String::new(),
                    };
                    out.push_str(&mark);
                    let mut inside = String::new();
                    write_blocks(item, wording, false, &mut inside);
                    let rest = format!("\n{}", " ".repeat(mark.len()));
                    out.push_str(&inside.trim_end().replace('\n', &rest));
                }
            }
            Block::Quote(inside) => {
                let mut quoted = String::new();
                write_blocks(inside, wording, true, &mut quoted);
                out.push_str(quoted.trim_end());
            }
            Block::Code(code) => out.push_str(code),
            Block::Table { rows, .. } => {
                for (place, row) in rows.iter().enumerate() {
                    if place > 0 {
                        out.push('\n');
                    }
                    for (place, cell) in row.iter().enumerate() {
                        if place > 0 {
                            out.push_str(if wording == Wording::Words { " " } else { " | " });
                        }
                        let mut inside = String::new();
                        write_inlines(cell, wording, &mut inside);
                        out.push_str(&inside.replace('\n', " "));
                    }
                }
            }
            Block::Rule => out.push_str(if wording == Wording::Words { "" } else { "---" }),
        }
    }
}

/// What stands before the item at this place of a list.
#[must_use]
pub fn marker(first: Option<u64>, delimiter: char, place: usize) -> String {
    match first {
        Some(first) => format!("{}{delimiter} ", first.saturating_add(u64::try_from(place).unwrap_or(u64::MAX))),
        None => "- ".to_owned(),
    }
}

fn write_inlines(inlines: &[Inline], wording: Wording, out: &mut String) {
    for (place, inline) in inlines.iter().enumerate() {
        match inline {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Emphasis(inside, _)
            | Inline::Strong(inside, _)
            | Inline::Underlined(inside)
            | Inline::Strike(inside)
            | Inline::Link { text: inside, .. } => write_inlines(inside, wording, out),
            Inline::Raised(inside) | Inline::Lowered(inside) => {
                let mut text = String::new();
                write_inlines(inside, wording, &mut text);
                let is_last = stands_last(inlines.get(place + 1));
                out.push_str(&script(&text, matches!(inline, Inline::Raised(_)), is_last));
            }
            Inline::Picture { .. } | Inline::Sound(_) => match wording {
                Wording::Shown(side) => out.push_str(&label(inline, side)),
                Wording::Words => {
                    if let Inline::Picture { written: Some(written), .. } = inline {
                        out.push_str(written);
                    }
                }
            },
            Inline::Ruby { base, reading } => {
                out.push_str(base);
                if matches!(wording, Wording::Shown(_)) {
                    out.push_str(&format!("[{reading}]"));
                }
            }
            Inline::Formula { source, shown } => out.push_str(shown.as_ref().unwrap_or(source)),
            Inline::Break => out.push('\n'),
        }
    }
}

/// Raised or lowered text: in characters of its own where Unicode has them all, else behind `^` or `_`. `is_last`: whether
/// nothing follows that could be taken for a part of it.
#[must_use]
pub fn script(text: &str, is_raised: bool, is_last: bool) -> String {
    formula::script(text, is_raised, is_last)
}

/// Whether what is raised or lowered before `next` can't be taken together with it.
#[must_use]
pub fn stands_last(next: Option<&Inline>) -> bool {
    match next {
        None | Some(Inline::Break) => true,
        Some(Inline::Text(text)) => !text.starts_with(|c: char| c.is_alphanumeric() || c == '('),
        Some(_) => false,
    }
}

/// What stands for a picture or a sound on one side of a card; nothing for anything else.
#[must_use]
pub fn label(inline: &Inline, side: Side) -> String {
    match (inline, side) {
        (Inline::Picture { .. }, Side::Question) => "[picture]".to_owned(),
        (Inline::Picture { written: Some(written), .. }, Side::Answer) => written.clone(),
        (Inline::Picture { name, alt, .. }, Side::Answer) => {
            let said = if alt.trim().is_empty() { name } else { alt };
            if said.trim().is_empty() { "[picture]".to_owned() } else { format!("[picture: {}]", said.trim()) }
        }
        (Inline::Sound(_), _) => "[sound]".to_owned(),
        (
            Inline::Text(_)
            | Inline::Emphasis(..)
            | Inline::Strong(..)
            | Inline::Underlined(_)
            | Inline::Strike(_)
            | Inline::Raised(_)
            | Inline::Lowered(_)
            | Inline::Code(_)
            | Inline::Link { .. }
            | Inline::Ruby { .. }
            | Inline::Formula { .. }
            | Inline::Break,
            _,
        ) => String::new(),
    }
}

fn media_of_blocks(blocks: &[Block], found: &mut Vec<Medium>) {
    for block in blocks {
        match block {
            Block::Plain(text) | Block::Paragraph(text) | Block::Heading(_, text) => media_of(text, found),
            Block::List { items, .. } => items.iter().for_each(|item| media_of_blocks(item, found)),
            Block::Quote(inside) => media_of_blocks(inside, found),
            Block::Table { rows, .. } => rows.iter().flatten().for_each(|cell| media_of(cell, found)),
            Block::Code(_) | Block::Rule => {}
        }
    }
}

fn media_of(inlines: &[Inline], found: &mut Vec<Medium>) {
    for inline in inlines {
        match inline {
            Inline::Emphasis(inside, _)
            | Inline::Strong(inside, _)
            | Inline::Underlined(inside)
            | Inline::Strike(inside)
            | Inline::Raised(inside)
            | Inline::Lowered(inside)
            | Inline::Link { text: inside, .. } => media_of(inside, found),
            Inline::Picture { name, .. } => found.push(Medium { is_sound: false, name: name.clone() }),
            Inline::Sound(name) => found.push(Medium { is_sound: true, name: name.clone() }),
            Inline::Text(_) | Inline::Code(_) | Inline::Ruby { .. } | Inline::Formula { .. } | Inline::Break => {}
        }
    }
}

/// Texts that stand beside each other become one.
fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    if text.is_empty() {
        return;
    }
    match inlines.last_mut() {
        Some(Inline::Text(last)) => last.push_str(text),
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

/// A text in which formulas and sounds are found, for readers whose own markup has been read already.
fn push_with_formulas(inlines: &mut Vec<Inline>, text: &str) {
    let mut rest = 0;
    for place in formula::places(text) {
        push_with_sounds(inlines, text.get(rest..place.start).unwrap_or_default());
        inlines.push(formula_of(text.get(place.clone()).unwrap_or_default()));
        rest = place.end;
    }
    push_with_sounds(inlines, text.get(rest..).unwrap_or_default());
}

/// What opens a formula at the beginning of `rest`, and what closes it.
#[must_use]
pub fn formula_marks(rest: &str) -> Option<(&'static str, &'static str)> {
    formula::marks(rest)
}

/// Where comments and tags stand in HTML, whose insides nobody sees.
#[must_use]
pub fn unseen(html: &str) -> Vec<Range<usize>> {
    html::unseen(html)
}

fn formula_of(source: &str) -> Inline {
    Inline::Formula { source: source.to_owned(), shown: formula::unicode(source) }
}

/// A text in which `[sound:x.mp3]` stands for a sound.
fn push_with_sounds(inlines: &mut Vec<Inline>, text: &str) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[sound:")
        && let Some((name, behind)) = after.split_once(']')
        && !name.trim().is_empty()
    {
        push_text(inlines, before);
        inlines.push(Inline::Sound(name.trim().to_owned()));
        rest = behind;
    }
    push_text(inlines, rest);
}
