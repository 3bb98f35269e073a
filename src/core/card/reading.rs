//! The texts of a note, read: what is shown, compared and listed of them.

use crate::core::card::Ask;
use crate::core::card::LISTED_CHARS;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Question;
use crate::core::card::Showing;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::compare::identity::repeated;
use crate::core::document::Document;
use crate::core::document::Side;
use crate::core::document::is_bare;
use crate::core::document::line_of;
use crate::core::document::plain_text;
use crate::core::text::beginning;
use crate::core::text::first_words;
use crate::core::text::one_line;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Options in the order in which they are shown. Where only their pictures tell them apart these have numbers, by where they
/// stand: others would be learned instead of the pictures.
fn shown_options(all: &[String], from: &[usize]) -> Vec<String> {
    let options: Vec<&String> = from.iter().filter_map(|index| all.get(*index)).collect();
    let mut times = BTreeMap::<&String, usize>::new();
    options.iter().for_each(|option| *times.entry(*option).or_default() += 1);
    let numbered = |(place, option): (usize, &&String)| {
        let label = format!(" {}]", place + 1);
        if times.get(option).is_some_and(|times| *times > 1) {
            option.replace("[picture]", &format!("[picture{label}")).replace("[sound]", &format!("[sound{label}"))
        } else {
            (*option).clone()
        }
    };
    options.iter().enumerate().map(numbered).collect()
}

/// Whether what people would type for a card has a key in it: an id has no slash.
#[must_use]
pub fn has_key(name: &str) -> bool {
    name.contains('/')
}

/// Characters of a question that a card is known by.
const KNOWN_BY_CHARS: usize = 50;

impl NoteText {
    /// What is asked with one of its prompts, and with the options out of `all` whose places are `from`.
    pub(super) fn question(&self, showing: Showing, ask: Ask, all: &[String], from: Vec<usize>) -> Question {
        let prompt = self.variant_of("prompt", showing.variant).to_owned();
        Question { prompt, options: shown_options(all, &from), from, ask }
    }

    /// One of its texts, read as its markup says. Whatever shows a text of a note shows this.
    #[must_use]
    pub fn document(&self, text: &str) -> Document {
        Document::of(text, self.markup)
    }

    /// One of its texts in plain characters.
    #[must_use]
    pub fn plain<'t>(&self, text: &'t str) -> Cow<'t, str> {
        plain_text(text, self.markup)
    }

    /// Some of its texts as they are shown before the answer, or as they are written where they would not be told apart. Nothing
    /// is said of pictures: [`shown_options`] numbers them.
    pub(super) fn told_apart<'t>(&self, texts: impl Iterator<Item = &'t String>) -> Vec<String> {
        let texts: Vec<&String> = texts.collect();
        let read = |text: &&String| {
            if is_bare(text, self.markup) {
                return ((*text).clone(), false);
            }
            let document = self.document(text);
            (document.shown(Side::Question), !document.media().is_empty())
        };
        let shown: Vec<(String, bool)> = texts.iter().map(read).collect();
        let words = || shown.iter().filter(|(_, has_media)| !has_media).map(|(text, _)| text.as_str());
        let is_unclear = words().any(|text| text.trim().is_empty()) || repeated(words()).is_some();
        let both = texts.into_iter().zip(shown);
        both.map(|(text, (shown, has_media))| if is_unclear && !has_media { text.clone() } else { shown }).collect()
    }

    /// One of its texts in plain characters, on one line that is safe to print.
    #[must_use]
    pub fn line(&self, text: &str) -> String {
        line_of(text, self.markup, Side::Answer)
    }

    /// A hint, which is shown before the answer, in plain characters on one line that is safe to print.
    #[must_use]
    pub fn hint_line(&self, hint: &str) -> String {
        line_of(hint, self.markup, Side::Question)
    }

    /// What is asked first, read.
    #[must_use]
    pub fn prompt_document(&self, ordinal: u16) -> Document {
        self.document(&self.prompt(ordinal))
    }

    /// The answer, read.
    #[must_use]
    pub fn answer_document(&self, ordinal: u16) -> Document {
        kind(&self.kind).map_or_else(Document::default, |kind| kind.answer_document(self, ordinal))
    }

    /// The same note with all its texts in plain characters, for whoever looks for words in them.
    #[must_use]
    pub fn in_plain(&self) -> Self {
        let plain = |text: &String| self.plain(text).into_owned();
        let value = |value: &Value| match value {
            Value::Text(text) => Value::Text(plain(text)),
            Value::Texts(texts) => Value::Texts(texts.iter().map(plain).collect()),
        };
        Self {
            fields: self.fields.iter().map(|(name, field)| (name.clone(), value(field))).collect(),
            markup: Markup::Plain,
            speaker: self.speaker.as_ref().map(plain),
            hint: self.hint.as_ref().map(plain),
            extra: self.extra.as_ref().map(plain),
            ..self.clone()
        }
    }

    /// The prompts of all cards of this note as a list has them: on one line, and cut.
    #[must_use]
    pub fn listed_prompts(&self) -> Vec<(u16, String)> {
        let prompts = kind(&self.kind).map_or_else(Vec::new, |kind| kind.beginnings(self, LISTED_CHARS * 4));
        prompts.into_iter().map(|(ordinal, prompt)| (ordinal, self.listed(&prompt, Side::Question))).collect()
    }

    /// What is asked first as a list has it: on one line, and cut.
    #[must_use]
    pub fn listed_prompt(&self, ordinal: u16) -> String {
        self.listed(&self.prompt(ordinal), Side::Question)
    }

    /// What a card is known by in every message: its name where that has a key, `deck/key`, else the first words of what it asks.
    /// `name` is what people would type.
    #[must_use]
    pub fn known_by(&self, ordinal: u16, name: &str) -> String {
        let prompt = if has_key(name) { String::new() } else { self.listed_prompt(ordinal) };
        if prompt.is_empty() { name.to_owned() } else { format!("“{}”", first_words(&prompt, KNOWN_BY_CHARS)) }
    }

    /// The answer as a list has it: on one line, and cut.
    #[must_use]
    pub fn listed_answer(&self, ordinal: u16) -> String {
        self.listed(&self.answer(ordinal), Side::Answer)
    }

    fn listed(&self, text: &str, side: Side) -> String {
        // Markup takes room that nobody sees, but no list needs a megabyte of it.
        let most = text.floor_char_boundary(LISTED_CHARS * 8);
        let cut = text.get(..most).unwrap_or_default();
        let is_cut = cut.len() < text.len();
        let mut line = line_of(cut, self.markup, side);
        if is_cut && line.chars().nth(LISTED_CHARS).is_none() {
            line.push('…');
        }
        one_line(&beginning(&line, LISTED_CHARS))
    }
}
