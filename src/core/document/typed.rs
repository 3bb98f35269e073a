//! An answer as it is shown, and as somebody types it.

use crate::core::compare::answer::Nature;
use crate::core::document::Block;
use crate::core::document::Document;
use crate::core::document::Inline;
use crate::core::document::Markup;
use crate::core::document::formula;
use crate::core::document::is_bare;
use crate::core::document::markdown;
use std::borrow::Cow;

/// An answer, read once.
#[derive(Debug)]
pub struct Answer<'t> {
    /// What is shown of it, in plain characters.
    pub shown: Cow<'t, str>,
    /// Its words, without pictures and sounds.
    pub words: Cow<'t, str>,
    /// What may be typed for it beside the text as it is written: its words, all that is shown of it, and a formula without the marks
    /// around it. With what the answer is.
    pub ways: Vec<(String, Nature)>,
}

impl<'t> Answer<'t> {
    /// Reads an answer.
    #[must_use]
    pub fn of(text: &'t str, markup: Markup) -> Self {
        if is_bare(text, markup) {
            return Self { shown: text.into(), words: text.into(), ways: Vec::new() };
        }
        let document = Document::of(text, markup);
        let (shown, words) = (document.plain(), document.to_compare());
        let ways = if markup == Markup::Plain { Vec::new() } else { ways(text, markup, &document, [&words, &shown]) };
        Self { shown: shown.into(), words: words.into(), ways }
    }
}

fn ways(text: &str, markup: Markup, document: &Document, read: [&String; 2]) -> Vec<(String, Nature)> {
    let alone = alone(document);
    let nature = match alone {
        Some(Inline::Code(_)) => Nature::Code,
        Some(Inline::Formula { .. }) => Nature::Formula,
        _ if matches!(document.blocks.as_slice(), [Block::Code(_)]) => Nature::Code,
        _ => Nature::Words,
    };
    let mut ways: Vec<String> = read.into_iter().cloned().collect();
    if markup == Markup::Markdown {
        ways.extend(markdown::quotation(text).map(|quotation| quotation.to_compare()));
    }
    if let Some(Inline::Formula { source, .. }) = alone {
        ways.extend(formula::inner(source).map(str::to_owned));
    }
    ways.dedup();
    ways.retain(|way| !way.trim().is_empty() && (nature != Nature::Words || way.trim() != text.trim()));
    ways.into_iter().map(|way| (way, nature)).collect()
}

/// What a document is made of alone, emphasised or not.
fn alone(document: &Document) -> Option<&Inline> {
    let [Block::Plain(line) | Block::Paragraph(line)] = document.blocks.as_slice() else { return None };
    let mut line = line.as_slice();
    loop {
        match line {
            [Inline::Emphasis(inside, _) | Inline::Strong(inside, _)] => line = inside,
            [one] => return Some(one),
            _ => return None,
        }
    }
}
