//! Text without markup: each character stands for itself.

use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::push_text;

/// The ends of names by which files are pictures.
pub(super) const PICTURES: &[&str] =
    &[".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".avif", ".tif", ".tiff", ".heic"];

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
        from = start + 2;
        let inner = text.get(from..)?;
        // The next bracket decides: nothing is read twice.
        let Some(end) = inner.find(['[', ']', '\n']) else { continue };
        let (alt, after) = (inner.get(..end)?, inner.get(end..)?);
        let Some(target) = after.strip_prefix("](") else { continue };
        let Some(end) = target.find(['(', ')', ' ', '\n']) else { continue };
        let (name, behind) = (target.get(..end)?, target.get(end..)?);
        let is_picture = || PICTURES.iter().any(|end| name.to_ascii_lowercase().ends_with(end));
        if let Some(behind) = behind.strip_prefix(')').filter(|_| is_picture()) {
            let written = text.get(start..text.len() - behind.len())?.to_owned();
            let picture = Inline::Picture { name: name.to_owned(), alt: alt.to_owned(), written: Some(written) };
            return Some((text.get(..start)?, picture, behind));
        }
    }
    None
}
