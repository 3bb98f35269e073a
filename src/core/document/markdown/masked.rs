//! A Markdown text in which one character stands for each thing that its reader does not know: formulas, sounds, and pictures as
//! other programs write them.
//!
//! So nothing inside of them is a mark, and wherever they stand, in HTML too, no name of a picture is shown before the answer. In
//! code they are what was written.

use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Markup;
use crate::core::document::formula;
use crate::core::document::formula_of;
use crate::core::document::html::tag_at;
use crate::core::document::plain;
use crate::core::document::push_text;
use std::borrow::Cow;
use std::ops::Range;

/// The first of the characters that stand for something: no text has a use for them, and they are neither spaces nor
/// punctuation.
const FIRST_STAND_IN: u32 = 0xf_0000;

/// The last of them.
const LAST_STAND_IN: u32 = 0xf_fffd;

/// Bytes of the longest name of a sound or picture.
const LONGEST: usize = 500;

pub(super) struct Masked<'t> {
    pub(super) source: Cow<'t, str>,
    pieces: Vec<(&'t str, Inline)>,
}

impl<'t> Masked<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let is_stand_in = |c: char| (FIRST_STAND_IN..=LAST_STAND_IN).contains(&u32::from(c));
        let may_have = text.bytes().any(|byte| matches!(byte, b'\\' | b'$' | b'[' | b'<'));
        let found = if may_have && !text.contains(is_stand_in) { pieces(text) } else { Vec::new() };
        let most = usize::try_from(LAST_STAND_IN - FIRST_STAND_IN).unwrap_or(0);
        if found.is_empty() || found.len() > most {
            return Self { source: text.into(), pieces: Vec::new() };
        }
        let mut source = String::with_capacity(text.len());
        let (mut rest, mut pieces) = (0, Vec::with_capacity(found.len()));
        for ((place, inline), number) in found.into_iter().zip(FIRST_STAND_IN..) {
            source.push_str(text.get(rest..place.start).unwrap_or_default());
            source.extend(char::from_u32(number));
            pieces.push((text.get(place.clone()).unwrap_or_default(), inline));
            rest = place.end;
        }
        source.push_str(text.get(rest..).unwrap_or_default());
        Self { source: source.into(), pieces }
    }

    /// The same with a backslash at some places, which makes the marks there text.
    pub(super) fn escaped_at(self, places: &[usize]) -> Self {
        let mut source = String::with_capacity(self.source.len() + places.len());
        let mut rest = 0;
        for at in places {
            source.push_str(self.source.get(rest..*at).unwrap_or_default());
            source.push('\\');
            rest = *at;
        }
        source.push_str(self.source.get(rest..).unwrap_or_default());
        Self { source: source.into(), ..self }
    }

    fn piece(&self, c: char) -> Option<&(&'t str, Inline)> {
        let number = u32::from(c).checked_sub(FIRST_STAND_IN)?;
        self.pieces.get(usize::try_from(number).ok()?)
    }

    /// A part of the source as it was written.
    pub(super) fn written(&self, part: &str) -> String {
        if self.pieces.is_empty() {
            return part.to_owned();
        }
        let mut out = String::with_capacity(part.len());
        for c in part.chars() {
            match self.piece(c) {
                Some((written, _)) => out.push_str(written),
                None => out.push(c),
            }
        }
        out
    }

    pub(super) fn written_at(&self, range: Range<usize>) -> String {
        self.written(self.source.get(range).unwrap_or_default())
    }

    /// A part of the source as what it says.
    pub(super) fn inlines(&self, text: &str) -> Vec<Inline> {
        let (mut inlines, mut rest) = (Vec::new(), text);
        let next = |rest: &str| if self.pieces.is_empty() { None } else { rest.find(|c| self.piece(c).is_some()) };
        while let Some(at) = next(rest) {
            let (before, from) = rest.split_at(at);
            push_text(&mut inlines, before);
            let mut chars = from.chars();
            inlines.extend(chars.next().and_then(|c| self.piece(c)).map(|(_, inline)| inline.clone()));
            rest = chars.as_str();
        }
        push_text(&mut inlines, rest);
        inlines
    }
}

/// What stands where, in its order.
fn pieces(text: &str) -> Vec<(Range<usize>, Inline)> {
    let mut found = Vec::new();
    let mut from = 0;
    for place in formula::places(text) {
        media(text, from..place.start, &mut found);
        from = place.end;
        found.push((place.clone(), formula_of(text.get(place).unwrap_or_default())));
    }
    media(text, from..text.len(), &mut found);
    found
}

/// The sounds and pictures in a part of a text.
fn media(text: &str, within: Range<usize>, found: &mut Vec<(Range<usize>, Inline)>) {
    let mut at = within.start;
    while let Some(next) = text.get(at..within.end).and_then(|rest| rest.find(['\\', '[', '!', '<'])) {
        at += next;
        let rest = text.get(at..within.end).unwrap_or_default();
        let medium = match rest.bytes().next() {
            Some(b'\\') => {
                at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8);
                continue;
            }
            Some(b'<') => tag(rest),
            Some(b'[') => sound(rest),
            _ => embedded(rest).or_else(|| picture(rest)),
        };
        match medium {
            Some((inline, length)) => {
                found.push((at..at + length, inline));
                at += length;
            }
            None => at += 1,
        }
    }
}

/// What stands before the end of a name, if that is on its line and not too far.
fn up_to<'t>(text: &'t str, end: &str) -> Option<&'t str> {
    let most = text.floor_char_boundary(LONGEST);
    let (name, _) = text.get(..most)?.split_once(end)?;
    (!name.contains(['\n', '\r'])).then_some(name)
}

/// `[sound:x.mp3]`
fn sound(rest: &str) -> Option<(Inline, usize)> {
    let name = up_to(rest.strip_prefix("[sound:")?, "]")?;
    let length = "[sound:".len() + name.len() + 1;
    (!name.trim().is_empty()).then(|| (Inline::Sound(name.trim().to_owned()), length))
}

/// `![[x.png]]`, with a width or another text behind a bar.
fn embedded(rest: &str) -> Option<(Inline, usize)> {
    let inside = up_to(rest.strip_prefix("![[")?, "]]")?;
    let length = "![[".len() + inside.len() + "]]".len();
    let (name, alt) = inside.split_once('|').unwrap_or((inside, ""));
    let (name, alt) = (name.trim_end_matches('\\').trim(), alt.trim());
    if plain::is_sound(name) {
        return Some((Inline::Sound(name.to_owned()), length));
    }
    let is_width = alt.chars().all(|c| c.is_ascii_digit() || c == 'x');
    let alt = if is_width { String::new() } else { alt.to_owned() };
    plain::is_picture(name).then(|| (Inline::Picture { name: name.to_owned(), alt, written: None }, length))
}

/// `![alternative](name.png)`, where the name may have spaces, which CommonMark allows between `<` and `>` only.
fn picture(rest: &str) -> Option<(Inline, usize)> {
    let (name, alt, length) = plain::picture_at(rest)?;
    let alt = Document::of(alt, Markup::Markdown).plain();
    Some((Inline::Picture { name: name.to_owned(), alt, written: None }, length))
}

/// The tag of a picture or a sound.
fn tag(rest: &str) -> Option<(Inline, usize)> {
    let is_one = |name: &str| rest.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if !["img", "audio", "video", "source", "embed"].into_iter().any(is_one) {
        return None;
    }
    let tag = tag_at(rest)?;
    let source = tag.attribute("src").unwrap_or_default();
    let inline = match tag.name.as_str() {
        _ if tag.closes => return None,
        "img" => {
            let name = if source.starts_with("data:") { String::new() } else { source };
            Inline::Picture { name, alt: tag.attribute("alt").unwrap_or_default(), written: None }
        }
        _ if source.is_empty() => return None,
        "video" => Inline::Picture { name: source, alt: String::new(), written: None },
        _ => Inline::Sound(source),
    };
    let closing = format!("</{}>", tag.name);
    let is_closed = rest.get(tag.length..).is_some_and(|rest| rest.starts_with(&closing));
    Some((inline, tag.length + if is_closed { closing.len() } else { 0 }))
}
