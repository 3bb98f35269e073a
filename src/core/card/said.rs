//! Which parts of a note a source has a place for. A table without a column for hints says nothing of hints.

use crate::core::card::CARD_KINDS;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::between_bars;
use crate::core::card::items_of_line;
use crate::core::card::kind;
use crate::core::document::Markup;

/// The fields of kinds that a question may stand in, and an answer, whatever a source calls them.
pub const QUESTION_FIELDS: [&str; 3] = ["front", "prompt", "text"];
/// See [`QUESTION_FIELDS`].
pub const ANSWER_FIELDS: [&str; 4] = ["back", "answer", "items", "model"];

/// Parts of a note that all kinds have, by the names that deck files give them.
const PARTS: [&str; 13] = [
    "kind", "markup", "tags", "source", "topic", "speaker", "hint", "extra", "group", "after", "held_out", "form",
    "media",
];

/// The parts of a note that a source has a place for. It may leave them empty, which says that there is nothing; of all other
/// parts it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said(u64);

impl Said {
    /// A source that has a place for everything, such as a deck file.
    pub const ALL: Self = Self(u64::MAX);
    /// One that has none.
    pub const NOTHING: Self = Self(0);

    /// The same with a part, by its name in a deck file: one of the note or a field of a kind. Other names are no parts.
    #[must_use]
    pub fn and(self, part: &str) -> Self {
        Self(self.0 | bit(part))
    }

    /// Whether there is a place for a part.
    #[must_use]
    pub fn has(self, part: &str) -> bool {
        self.0 & bit(part) != 0
    }
}

fn bit(part: &str) -> u64 {
    let fields = CARD_KINDS.iter().flat_map(|kind| kind.fields()).map(|field| field.name);
    let at = PARTS.into_iter().chain(fields).position(|name| name == part);
    at.and_then(|at| 1_u64.checked_shl(u32::try_from(at).ok()?)).unwrap_or(0)
}

impl NoteText {
    /// What a source means that says this of a note: what it has no place for is as it was `before`.
    #[must_use]
    pub fn completed(mut self, said: Said, before: &Self) -> Self {
        if said == Said::ALL {
            return self;
        }
        if !said.has("kind")
            && let Some(fields) = self.fields_as(before)
        {
            self.kind.clone_from(&before.kind);
            self.fields = fields;
        }
        if self.kind == before.kind {
            let unsaid = before.fields.iter().filter(|(name, _)| !said.has(name));
            for (name, value) in unsaid {
                self.fields.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        // What plainly is HTML is no plain text, whether or not there is a place to say so.
        if !said.has("markup") && self.markup == Markup::Plain {
            self.markup = before.markup;
        }
        keep(said, "tags", &mut self.tags, &before.tags);
        keep(said, "source", &mut self.source, &before.source);
        keep(said, "topic", &mut self.topic, &before.topic);
        keep(said, "speaker", &mut self.speaker, &before.speaker);
        keep(said, "hint", &mut self.hint, &before.hint);
        keep(said, "extra", &mut self.extra, &before.extra);
        keep(said, "group", &mut self.group, &before.group);
        keep(said, "after", &mut self.after, &before.after);
        keep(said, "held_out", &mut self.held_out, &before.held_out);
        keep(said, "form", &mut self.form, &before.form);
        keep(said, "media", &mut self.media, &before.media);
        self
    }

    /// Whether a source that says this of a note can say all of it: then nothing is to be added to what it says. At a glance: false
    /// where that would need a closer look.
    #[must_use]
    pub fn is_said_with(&self, said: Said) -> bool {
        let is_plain = self.kind == "basic" && self.markup == Markup::Plain;
        // A row has question and answer, whatever they are called in it.
        let has_sides = self.fields.keys().all(|name| name == "front" || name == "back" || said.has(name));
        is_plain
            && has_sides
            && has_place(said, "tags", &self.tags)
            && has_place(said, "source", &self.source)
            && has_place(said, "topic", &self.topic)
            && has_place(said, "speaker", &self.speaker)
            && has_place(said, "hint", &self.hint)
            && has_place(said, "extra", &self.extra)
            && has_place(said, "group", &self.group)
            && has_place(said, "after", &self.after)
            && has_place(said, "held_out", &self.held_out)
            && has_place(said, "form", &self.form)
            && has_place(said, "media", &self.media)
    }

    /// Whether it is a card of its kind. What a source says may not fit what it has no place for.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        kind(&self.kind).is_some_and(|kind| {
            let has = |name: &str| self.texts(name).iter().any(|text| !text.trim().is_empty());
            kind.fields().iter().all(|field| !field.required || has(field.name)) && kind.check(&self.fields).is_empty()
        })
    }

    /// Question and answer as fields of the kind that the note was before; `None` where that has no place for them, or the note is
    /// of another kind that shows in its text, as a cloze does.
    fn fields_as(&self, before: &Self) -> Option<Fields> {
        if self.kind != "basic" || before.kind == self.kind {
            return None;
        }
        let kind = kind(&before.kind)?;
        let place = |names: &[&str]| kind.fields().iter().find(|field| names.contains(&field.name));
        let (question, answer) = (place(&QUESTION_FIELDS)?, place(&ANSWER_FIELDS)?);
        let mut fields = Fields::new();
        fields.insert(question.name.to_owned(), self.fields.get("front")?.clone());
        let answers = match (answer.shape, self.fields.get("back")?) {
            (Shape::Texts, Value::Text(text)) => Value::Texts(items_said(text, before.texts(answer.name))),
            (_, value) => value.clone(),
        };
        fields.insert(answer.name.to_owned(), answers);
        Some(fields)
    }
}

/// The items that an answer of one text means for a card that had those: it was a list before, and stays one. Nothing where it
/// names a single one: that is no list.
fn items_said(text: &str, before: &[String]) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let [line] = lines.as_slice() else { return lines };
    if before.len() < 2 {
        return lines;
    }
    if [", ", "; ", " | "].iter().any(|between| before.join(between) == *line) {
        return before.to_vec();
    }
    let set_apart: Vec<String> = line.split(" | ").map(|item| item.trim().to_owned()).collect();
    let items = if set_apart.len() > 1 { set_apart } else { between_bars(line).unwrap_or_else(|| items_of_line(line)) };
    if items.len() > 1 { items } else { Vec::new() }
}

/// Takes over what a source has no place for, where it is empty.
fn keep<T: Clone + Default + PartialEq>(said: Said, part: &str, now: &mut T, before: &T) {
    if !said.has(part) && *now == T::default() {
        now.clone_from(before);
    }
}

/// Whether a source has a place for a part, where there is one.
fn has_place<T: Default + PartialEq>(said: Said, part: &str, before: &T) -> bool {
    *before == T::default() || said.has(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: &str, fields: &[(&str, Value)]) -> NoteText {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        NoteText { kind: kind.to_owned(), fields, ..NoteText::default() }
    }

    fn one(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn several(texts: &[&str]) -> Value {
        Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
    }

    #[test]
    fn each_part_has_a_place_of_its_own() {
        let fields = CARD_KINDS.iter().flat_map(|kind| kind.fields()).map(|field| field.name);
        for part in PARTS.into_iter().chain(fields) {
            let said = Said::NOTHING.and(part);
            assert!(said.has(part) && Said::ALL.has(part) && !Said::NOTHING.has(part), "{part}");
            assert!(!said.has(if part == "hint" { "extra" } else { "hint" }), "{part}");
        }
        assert_eq!(Said::NOTHING.and("deck"), Said::NOTHING);
    }

    #[test]
    fn what_a_source_has_no_place_for_stays_and_what_it_leaves_empty_goes() {
        let before = NoteText {
            tags: vec!["t".to_owned()],
            hint: Some("h".to_owned()),
            extra: Some("e".to_owned()),
            held_out: true,
            markup: Markup::Markdown,
            ..text("basic", &[("front", one("f")), ("back", one("b"))])
        };
        let now = NoteText { markup: Markup::Plain, ..text("basic", &[("front", one("f")), ("back", one("b2"))]) };
        let sides = Said::NOTHING.and("front").and("back");
        let wanted = NoteText { fields: now.fields.clone(), ..before.clone() };
        assert_eq!(now.clone().completed(sides, &before), wanted);
        assert_eq!(now.clone().completed(sides.and("hint"), &before), NoteText { hint: None, ..wanted.clone() });
        assert_eq!(now.clone().completed(Said::ALL, &before), now);
    }

    #[test]
    fn what_a_source_can_say_all_of_is_just_what_it_says() {
        let sides = Said::NOTHING.and("front").and("back");
        let row = text("basic", &[("front", one("f")), ("back", one("b2"))]);
        let plain = NoteText { markup: Markup::Plain, ..text("basic", &[("front", one("f")), ("back", one("b"))]) };
        let row = NoteText { markup: Markup::Plain, ..row };
        for (before, said, is_all) in [
            (plain.clone(), sides, true),
            (NoteText { tags: vec!["t".to_owned()], ..plain.clone() }, sides, false),
            (NoteText { tags: vec!["t".to_owned()], ..plain.clone() }, sides.and("tags"), true),
            (NoteText { hint: Some("h".to_owned()), ..plain.clone() }, sides.and("tags"), false),
            (NoteText { held_out: true, ..plain.clone() }, sides, false),
            (NoteText { markup: Markup::Html, ..plain.clone() }, sides, false),
            (text("typed", &[("prompt", one("f")), ("answer", one("b"))]), sides, false),
        ] {
            assert_eq!(before.is_said_with(said), is_all, "{before:?}");
            if is_all {
                assert_eq!(row.clone().completed(said, &before), row, "{before:?}");
            }
        }
    }

    #[test]
    fn a_row_of_two_sides_stays_the_kind_of_card_that_it_was() {
        let row = |back: &str| text("basic", &[("front", one("f2")), ("back", one(back))]);
        let sides = Said::NOTHING.and("front").and("back");
        let choice =
            text("choice", &[("prompt", one("f")), ("answer", one("b")), ("distractors", several(&["c", "d"]))]);
        let changed = row("b2").completed(sides, &choice);
        assert_eq!((changed.kind.as_str(), changed.text("prompt"), changed.text("answer")), ("choice", "f2", "b2"));
        assert_eq!(changed.texts("distractors"), ["c", "d"]);
        let list = text("list", &[("prompt", one("f")), ("items", several(&["a", "b"]))]);
        assert_eq!(row("a\n c \n").completed(sides, &list).texts("items"), ["a", "c"]);
        let on_a_line = |line: &str| row(line).completed(sides, &list);
        assert_eq!(on_a_line("a, b"), NoteText { fields: on_a_line("a\nb").fields, ..list.clone() });
        assert_eq!(on_a_line("a; c, d; e").texts("items"), ["a", "c, d", "e"]);
        assert_eq!(on_a_line("a|c").texts("items"), ["a", "c"]);
        assert!(on_a_line("a, c").is_whole() && !on_a_line("a").is_whole(), "one item is no list");
        assert!(changed.is_whole());
        let clash = row("c").completed(sides, &choice);
        assert!(clash.kind == "choice" && !clash.is_whole(), "the right answer is one of the wrong ones");
        // It says of what kind it is.
        assert_eq!(row("b2").completed(sides.and("kind"), &choice).kind, "basic");
        let cloze = text("cloze", &[("text", one("{{c1::x}}"))]);
        assert_eq!(row("b2").completed(sides, &cloze).kind, "basic", "a cloze has no place for an answer");
    }
}
