//! HTML between the words of Markdown: what cards are made of is read, anything else stays as it was written.

use crate::core::document::Block;
use crate::core::document::DEEPEST;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Side;
use crate::core::document::html::tag_at;
use crate::core::document::push_text;

/// A part of a line before the tags in it have found each other.
pub(super) enum Piece {
    Inline(Inline),
    Tag(Tag),
}

/// A tag.
pub(super) struct Tag {
    element: Element,
    closes: bool,
    written: String,
}

/// What stands between two tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Strong,
    Emphasis,
    Underlined,
    Strike,
    Raised,
    Lowered,
    Code,
    /// What has a colour only.
    Look,
    Ruby,
    RubyBase,
    Reading,
    /// Brackets for whoever can't show a reading.
    Fallback,
    Break,
}

impl Tag {
    /// The tag that a piece of HTML is, if there is such a one.
    pub(super) fn of(html: &str) -> Option<Self> {
        let tag = tag_at(html).filter(|tag| tag.length == html.len())?;
        let element = match tag.name.as_str() {
            "b" | "strong" => Element::Strong,
            "i" | "em" => Element::Emphasis,
            "u" | "ins" => Element::Underlined,
            "s" | "del" | "strike" => Element::Strike,
            "sup" => Element::Raised,
            "sub" => Element::Lowered,
            "code" | "kbd" | "tt" => Element::Code,
            "span" | "font" | "mark" | "small" | "big" => Element::Look,
            "ruby" => Element::Ruby,
            "rb" => Element::RubyBase,
            "rt" => Element::Reading,
            "rp" => Element::Fallback,
            "br" => Element::Break,
            _ => return None,
        };
        Some(Self { element, closes: tag.closes, written: html.to_owned() })
    }

    /// Whether nothing but it is a line.
    pub(super) fn is_break(&self) -> bool {
        self.element == Element::Break
    }
}

/// Appends text or something else to pieces.
pub(super) fn push(pieces: &mut Vec<Piece>, inline: Inline) {
    match (pieces.last_mut(), inline) {
        (_, Inline::Text(text)) if text.is_empty() => {}
        (Some(Piece::Inline(Inline::Text(last))), Inline::Text(text)) => last.push_str(&text),
        (_, inline) => pieces.push(Piece::Inline(inline)),
    }
}

/// The inlines of a line: tags that have found each other are gone, the others are text.
pub(super) fn paired(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut open: Vec<(Tag, Vec<Inline>)> = Vec::new();
    let mut root = Vec::new();
    let mut was_break = false;
    for piece in pieces {
        let is_break = matches!(&piece, Piece::Tag(tag) if tag.is_break() && !tag.closes);
        let deep = open.len() >= DEEPEST;
        let top = open.last_mut().map_or(&mut root, |(_, inside)| inside);
        match piece {
            // The line ends there anyway.
            Piece::Inline(Inline::Break) if was_break => {}
            Piece::Inline(inline) => put(top, inline),
            Piece::Tag(_) if is_break => top.push(Inline::Break),
            Piece::Tag(tag) if !tag.closes && deep => push_text(top, &tag.written),
            Piece::Tag(tag) if !tag.closes => open.push((tag, Vec::new())),
            Piece::Tag(tag) => close(&tag, &mut open, &mut root),
        }
        was_break = is_break;
    }
    while !open.is_empty() {
        give_up(&mut open, &mut root);
    }
    root
}

/// Closes what a tag closes; one that closes nothing is text.
fn close(tag: &Tag, open: &mut Vec<(Tag, Vec<Inline>)>, root: &mut Vec<Inline>) {
    let place = open.iter().rposition(|(other, _)| other.element == tag.element);
    let inside = place.and_then(|place| {
        // What was opened inside and not closed is text, but for a reading, which its ruby ends too.
        while open.len() > place + 1 {
            give_up(open, root);
        }
        open.pop().map(|(_, inside)| inside)
    });
    let top = open.last_mut().map_or(root, |(_, inside)| inside);
    match inside {
        Some(inside) => wrapped(tag.element, inside).into_iter().for_each(|inline| put(top, inline)),
        None => push_text(top, &tag.written),
    }
}

/// What was opened last becomes text, with all that stands behind it.
fn give_up(open: &mut Vec<(Tag, Vec<Inline>)>, root: &mut Vec<Inline>) {
    let Some((tag, inside)) = open.pop() else { return };
    let is_in_ruby = open.iter().any(|(tag, _)| tag.element == Element::Ruby);
    let top = open.last_mut().map_or(root, |(_, inside)| inside);
    if is_in_ruby && matches!(tag.element, Element::Reading | Element::RubyBase) {
        wrapped(tag.element, inside).into_iter().for_each(|inline| put(top, inline));
        return;
    }
    push_text(top, &tag.written);
    inside.into_iter().for_each(|inline| put(top, inline));
}

fn put(inlines: &mut Vec<Inline>, inline: Inline) {
    if let Inline::Text(text) = &inline {
        push_text(inlines, text);
    } else {
        inlines.push(inline);
    }
}

fn words(inlines: Vec<Inline>) -> String {
    Document { blocks: vec![Block::Plain(inlines)], left_out: 0 }.shown(Side::Question)
}

/// What an element makes of what stands in it.
fn wrapped(element: Element, inside: Vec<Inline>) -> Vec<Inline> {
    let one = match element {
        Element::Strong => Inline::Strong(inside, '*'),
        Element::Emphasis => Inline::Emphasis(inside, '*'),
        Element::Underlined => Inline::Underlined(inside),
        Element::Strike => Inline::Strike(inside),
        Element::Raised => Inline::Raised(inside),
        Element::Lowered => Inline::Lowered(inside),
        Element::Code => Inline::Code(words(inside)),
        // A reading waits for its ruby.
        Element::Reading => Inline::Ruby { base: String::new(), reading: words(inside).trim().to_owned() },
        Element::Fallback | Element::Break => return Vec::new(),
        Element::Look | Element::RubyBase => return inside,
        Element::Ruby => return ruby(inside),
    };
    vec![one]
}

/// A reading that has no characters yet.
fn waiting(inline: &Inline) -> Option<String> {
    if let Inline::Ruby { base, reading } = inline {
        return base.is_empty().then(|| reading.clone());
    }
    None
}

/// Characters, each with the reading that follows it.
fn ruby(inside: Vec<Inline>) -> Vec<Inline> {
    let (mut out, mut base) = (Vec::new(), Vec::new());
    for inline in inside {
        let Some(reading) = waiting(&inline) else {
            base.push(inline);
            continue;
        };
        let base = words(std::mem::take(&mut base)).trim().to_owned();
        out.push(if base.is_empty() { Inline::Text(reading) } else { Inline::Ruby { base, reading } });
    }
    out.append(&mut base);
    out
}
