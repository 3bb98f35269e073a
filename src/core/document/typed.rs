//! An answer as somebody types it.

use crate::core::compare::answer::Nature;
use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Markup;
use crate::core::document::formula;
use crate::core::document::is_bare;
use crate::core::document::markdown;

/// What may be typed for an answer, beside the text as it is written: its words, all that is shown of it, and a formula without the marks
/// around it. With what the answer is.
#[must_use]
pub fn typed_answers(text: &str, markup: Markup) -> Vec<(String, Nature)> {
    if markup == Markup::Plain || is_bare(text, markup) {
        return Vec::new();
    }
    let document = Document::of(text, markup);
    let nature = nature(&document);
    let mut typed = vec![document.to_compare(), document.plain()];
    if markup == Markup::Markdown {
        typed.extend(markdown::quotation(text).map(|quotation| quotation.to_compare()));
    }
    if let [Block::Plain(line) | Block::Paragraph(line)] = document.blocks.as_slice() {
        typed.extend(unmarked(line).map(str::to_owned));
    }
    typed.dedup();
    typed.retain(|typed| !typed.trim().is_empty() && (nature != Nature::Words || typed.trim() != text.trim()));
    typed.into_iter().map(|typed| (typed, nature)).collect()
}

/// What a document is where it is one thing alone.
fn nature(document: &Document) -> Nature {
    match document.blocks.as_slice() {
        [Block::Code(_)] => Nature::Code,
        [Block::Plain(line) | Block::Paragraph(line)] => nature_of(line),
        _ => Nature::Words,
    }
}

fn nature_of(line: &[Inline]) -> Nature {
    match line {
        [Inline::Code(_)] => Nature::Code,
        [Inline::Formula { .. }] => Nature::Formula,
        [Inline::Emphasis(inside, _) | Inline::Strong(inside, _)] => nature_of(inside),
        _ => Nature::Words,
    }
}

/// How a formula that is the whole line is written, without its marks: `\alpha`.
fn unmarked(line: &[Inline]) -> Option<&str> {
    match line {
        [Inline::Formula { source, .. }] => {
            let (open, close) = formula::marks(source)?;
            source.get(open.len()..)?.strip_suffix(close)
        }
        [Inline::Emphasis(inside, _) | Inline::Strong(inside, _)] => unmarked(inside),
        _ => None,
    }
}
