//! HTML as card programs store it.
//!
//! A tag is only what has the name of an element and is written as one: `<ESC>`, `Vec<String>` and `a<b and c>d` are text.
//! A reference is decoded once: `&amp;lt;` is `&lt;`.

mod tag;
mod tree;

use crate::core::document::Document;
use crate::core::document::html::tag::Closings;
use crate::core::document::html::tag::Tag;
use crate::core::document::html::tree::Tree;
use html_escape::NAMED_ENTITIES;
use std::ops::Range;

/// Reads it.
pub(super) fn read(html: &str) -> Document {
    let closings = Closings::of(html);
    let mut tree = Tree::default();
    let mut before = None;
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        // Runs of plain characters in one step.
        let run = rest.find(['<', '&']).unwrap_or(rest.len());
        if run > 0 {
            let (text, behind) = rest.split_at(run);
            tree.text(text);
            before = text.chars().next_back();
            rest = behind;
            continue;
        }
        let used = if c == '<' {
            markup(rest, html.len() - rest.len(), before, &closings, &mut tree)
        } else {
            reference(rest, &mut tree)
        };
        let used = used.unwrap_or_else(|| {
            tree.text(rest.get(..1).unwrap_or_default());
            1
        });
        before = rest.get(..used).and_then(|text| text.chars().next_back());
        rest = rest.get(used..).unwrap_or_default();
    }
    tree.finish()
}

/// Where its comments and tags stand.
pub(super) fn unseen(html: &str) -> Vec<Range<usize>> {
    let closings = Closings::of(html);
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(next) = html.get(at..).and_then(|rest| rest.find('<')) {
        let before = html.get(..at + next).and_then(|text| text.chars().next_back());
        at += next;
        let rest = html.get(at..).unwrap_or_default();
        match markup(rest, at, before, &closings, &mut Tree::default()) {
            Some(used) => {
                found.push(at..at + used);
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

/// The tag at the beginning of `rest`, whatever closes it.
pub(super) fn tag_at(rest: &str) -> Option<Tag<'_>> {
    Tag::at(rest, None, |_| true)
}

/// Takes the tag or comment at the beginning of `rest`, if there is one; gives how many bytes it has.
fn markup(rest: &str, at: usize, before: Option<char>, closings: &Closings, tree: &mut Tree) -> Option<usize> {
    if rest.starts_with("<!--") {
        return closings.ends_comment(at).then(|| rest.find("-->")).flatten().map(|end| end + 3);
    }
    if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) {
        return rest.bytes().take(300).position(|byte| byte == b'>').map(|end| end + 1);
    }
    let tag = Tag::at(rest, before, |name| closings.is_closed(name, at))?;
    if !tag.closes && matches!(tag.name.as_str(), "script" | "style" | "svg") {
        let end = closings.end_of(&tag.name, at)?;
        if tag.name == "svg" {
            tree.picture("svg", "");
        } else {
            tree.left_out += 1;
        }
        return Some(end - at);
    }
    let used = tag.length;
    tree.tag(&tag);
    Some(used)
}

/// Decodes the character reference at the start of `rest`, `&amp;` or `&#38;`, if there is one; gives how many bytes it has.
fn reference(rest: &str, tree: &mut Tree) -> Option<usize> {
    let (text, used) = decoded(rest)?;
    match text.as_str() {
        // A space that no line breaks at, and that stands beside others.
        "\u{a0}" => tree.hard_space(),
        text => tree.text(text),
    }
    Some(used)
}

/// What the references 128 to 159 stand for, which are those of Windows and no control characters.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// The character of Windows that a reference with this number means, if it means one.
pub(super) fn of_windows(code: u32) -> Option<char> {
    WINDOWS.chars().nth(usize::try_from(code.checked_sub(0x80)?).ok()?)
}

/// What the reference at the start of `rest` stands for, and how many bytes it has.
fn decoded(rest: &str) -> Option<(String, usize)> {
    let end = rest.bytes().take(34).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let text = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let code = code.ok()?;
        of_windows(code).or_else(|| char::from_u32(code)).filter(|c| *c != '\0')?.to_string()
    } else {
        let found = NAMED_ENTITIES.binary_search_by_key(&name.as_bytes(), |(known, _)| known).ok()?;
        NAMED_ENTITIES.get(found)?.1.to_owned()
    };
    Some((text, end + 1))
}

/// The value of an attribute with its references decoded.
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, _)) = rest.split_once('&') {
        out.push_str(before);
        rest = rest.get(before.len()..).unwrap_or_default();
        let (text, used) = decoded(rest).unwrap_or_else(|| ("&".to_owned(), 1));
        out.push_str(&text);
        rest = rest.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
