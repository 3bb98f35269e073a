//! Text without markup: each character stands for itself.

use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::push_text;

/// The ends of names by which files are pictures.
pub(super) const PICTURES: &[&str] =
    &[".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".avif", ".tif", ".tiff", ".heic"];

/// The ends of names by which files are sounds.
const SOUNDS: &[&str] = &[".mp3", ".ogg", ".oga", ".opus", ".wav", ".flac", ".m4a", ".aac", ".3gp"];

/// Bytes of the longest picture, with its alternative and its name.
const LONGEST: usize = 1000;

/// Brackets that a name may have.
const MOST_BRACKETS: usize = 4;

/// Reads it. All of it is text, to the letter. Only a picture as Markdown writes it is known as one, since its name could
/// give the answer away before it is asked for; with the answer it is shown as it was written.
pub(super) fn read(text: &str) -> Document {
    if text.is_empty() {
        return Document::default();
    }
    let mut inlines = Vec::new();
    let mut rest = text;
    while let Some((before, picture, behind)) = picture(rest) {
        push_text(&mut inlines, before);
        inlines.push(picture);
        rest = behind;
    }
    push_text(&mut inlines, rest);
    Document { blocks: vec![Block::Plain(inlines)], left_out: 0 }
}

/// The first `![alternative](name.png)`, with what stands before and behind it.
fn picture(text: &str) -> Option<(&str, Inline, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find("![") {
        let start = from + at;
        let rest = text.get(start..)?;
        if let Some((name, alt, length)) = picture_at(rest) {
            let (written, behind) = rest.split_at(length);
            let written = Some(written.to_owned());
            let picture = Inline::Picture { name: name.to_owned(), alt: alt.to_owned(), written };
            return Some((text.get(..start)?, picture, behind));
        }
        from = start + "![".len();
    }
    None
}

/// Whether a file is a picture by its name.
pub(super) fn is_picture(name: &str) -> bool {
    has_end(name, PICTURES)
}

/// Whether a file is a sound by its name.
pub(super) fn is_sound(name: &str) -> bool {
    has_end(name, SOUNDS)
}

fn has_end(name: &str, ends: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    ends.iter().any(|end| name.len() > end.len() && name.ends_with(end))
}

/// The picture that stands at the beginning of a text as Markdown writes it, `![alternative](name.png "title")`: its name, which
/// may have spaces, its alternative, and how many bytes all of it has.
pub(super) fn picture_at(rest: &str) -> Option<(&str, &str, usize)> {
    let inner = rest.strip_prefix("![")?;
    let inner = inner.get(..inner.floor_char_boundary(LONGEST))?;
    // The next bracket decides: nothing is read twice.
    let (alt, after) = inner.split_at(inner.find(['[', ']'])?);
    if alt.contains("\n\n") {
        return None;
    }
    let behind = after.strip_prefix("](")?;
    behind.match_indices(')').take(MOST_BRACKETS).find_map(|(end, _)| {
        let target = behind.get(..end)?.trim();
        let name = named(target).filter(|name| is_picture(name) && !name.contains("](") && !name.contains('\n'))?;
        Some((name, alt, "![".len() + alt.len() + "](".len() + end + ")".len()))
    })
}

/// The name in a target, without its title and its angle brackets.
fn named(target: &str) -> Option<&str> {
    let untitled = ['"', '\''].into_iter().find_map(|quote| {
        let (before, _) = target.strip_suffix(quote)?.rsplit_once(quote)?;
        before.ends_with([' ', '\t']).then_some(before.trim_end())
    });
    let name = untitled.unwrap_or(target);
    match name.strip_prefix('<') {
        Some(inside) => inside.strip_suffix('>'),
        None => Some(name),
    }
}
