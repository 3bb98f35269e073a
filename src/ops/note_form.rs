//! What a form asks for beside editing: faults by their fields, and a text that outlives a crash.

use crate::core::card::CardKind;
use crate::core::card::Fault;
use crate::core::card::Field;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::kind;
use crate::core::id::NoteUid;
use crate::failure::Failure;
use crate::formats::card_words;
use crate::ops::bulk;
use crate::ops::copies::FORM_DRAFT;
use crate::ops::copies::LONGEST_DRAFT;
use crate::ops::decks::names;
use crate::ops::edit::NoteEditor;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::ops::files::read_up_to;
use crate::store::folder_of;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name.
    pub field: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub what: String,
}

/// A text that was not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The note that it is of, in hexadecimal digits; none for a new one.
    pub note: Option<String>,
    /// The deck that it was to go into.
    pub deck: String,
    /// What was typed.
    pub text: NoteText,
}

/// What is wrong with a text, field by field, in words of a form; nothing where it can be saved.
#[must_use]
pub fn faults(text: &NoteText) -> Vec<FieldFault> {
    let Some(kind) = kind(&text.kind) else { return Vec::new() };
    let mut found: Vec<FieldFault> = Vec::new();
    let mut add = |field, what: String| found.push(FieldFault { field, what });
    for field in kind.fields() {
        let texts = text.texts(field.name);
        let is_blank = texts.iter().all(|text| text.trim().is_empty());
        if field.required && is_blank {
            add(field.name, "write something here".to_owned());
        } else if field.shape == Shape::Days && texts.iter().any(|day| day.trim().parse::<u16>().is_err()) {
            add(field.name, "write a whole number of days, such as 10".to_owned());
        }
    }
    for (name, one) in text.named_texts() {
        let Some(field) = field_named(kind, name) else { continue };
        if one.contains('\0') {
            add(field, "it contains a character that can't be shown; remove it".to_owned());
        }
    }
    if let Some(field) = text.too_long().and_then(|name| field_named(kind, name)) {
        add(field, "it is longer than 1 MB; shorten it, or make several cards of it".to_owned());
    }
    for tag in &text.tags {
        if let Err(failure) = bulk::tag(tag) {
            add("tags", failure.what);
        }
    }
    if found.is_empty() {
        found.extend(
            kind.check(&text.fields).iter().map(|fault| FieldFault { field: fault.field(), what: in_form(fault) }),
        );
    }
    // A file may hold a list of one item. Whoever types one has most likely put all of them into one row.
    if found.is_empty() && kind.name() == "list" && text.texts("items").len() < 2 {
        found.push(FieldFault { field: "items", what: in_form(&Fault::TooFewItems) });
    }
    found
}

/// The tags that somebody types into one line: separated by commas, or where there are none by blanks, as in a table.
#[must_use]
pub fn tags_of(typed: &str) -> Vec<String> {
    let is_between = |c: char| if typed.contains(',') { c == ',' } else { c.is_whitespace() };
    let mut tags: Vec<String> = Vec::new();
    for tag in typed.split(is_between).map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|had| had == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// Tags as they stand in one line that is read so.
#[must_use]
pub fn tags_in_a_line(tags: &[String]) -> String {
    match tags {
        [one] if one.contains(char::is_whitespace) => format!("{one},"),
        tags => tags.join(", "),
    }
}

/// The name of a field as it lives as long as the program.
fn field_named(kind: &dyn CardKind, name: &str) -> Option<&'static str> {
    let own = kind.fields().iter().map(|field| field.name);
    own.chain(["tags", "hint", "extra"]).find(|field| *field == name)
}

/// How a form takes several texts of one field.
const A_ROW_EACH: &str = "write each in a row of its own: Tab goes to the next row";

fn in_form(fault: &Fault) -> String {
    match fault {
        Fault::BadReturns => "whole numbers of days, each later than the one before, such as 10, 30 and 90".to_owned(),
        Fault::TooFewSides => format!("at least two different sides, such as leader and manager; {A_ROW_EACH}"),
        Fault::TooFewItems => format!("at least two items; {A_ROW_EACH}"),
        fault => format!("{}; {}", card_words::what(fault), card_words::help(fault)),
    }
}

/// What is asked of a kind in a few words, for who chooses one.
#[must_use]
pub fn kind_in_words(name: &str) -> String {
    kind(name).map_or_else(String::new, |kind| {
        let asks = |field: &Field| match field.shape {
            Shape::Texts => format!("{} (a row for each)", field.name),
            Shape::Text | Shape::Variants | Shape::Days => field.name.to_owned(),
        };
        kind.fields().iter().filter(|field| field.required).map(asks).collect::<Vec<_>>().join(", ")
    })
}

impl NoteEditor<'_> {
    /// The names of the decks that there are.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn decks(&self) -> Result<BTreeSet<String>, Failure> {
        names(self.store)
    }

    /// The tags that there are.
    ///
    /// # Errors
    /// When the database can't be read.
    pub fn tags(&self) -> Result<BTreeSet<String>, Failure> {
        Ok(self.store.known_tags()?)
    }

    fn draft_of(&self, note: Option<NoteUid>) -> PathBuf {
        let of = note.map_or_else(|| "new".to_owned(), |note| note.to_string());
        folder_of(self.store.path()).join(format!("{}{of}{}", FORM_DRAFT.0, FORM_DRAFT.1))
    }

    /// Keeps what is being typed beside the database, readable by its owner only.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep_draft(&self, note: Option<NoteUid>, deck: &str, text: &NoteText) -> Result<(), Failure> {
        let draft = Draft { note: note.map(|note| note.to_string()), deck: deck.to_owned(), text: text.clone() };
        let file = NewFile {
            path: &self.draft_of(note),
            existing: Existing::Replace,
            rights: Rights::Private,
            db: self.store.path(),
        };
        file.write(|out| serde_json::to_writer(out, &draft).map_err(std::io::Error::from))
    }

    /// What was typed and not saved when the program ended, of that note or for a new one.
    #[must_use]
    pub fn draft(&self, note: Option<NoteUid>) -> Option<Draft> {
        // One that can't be read is nobody's text.
        let bytes = read_up_to(&self.draft_of(note), LONGEST_DRAFT).ok()?;
        serde_json::from_slice(&bytes).ok().filter(|draft: &Draft| kind(&draft.text.kind).is_some())
    }

    /// It was saved, or is not wanted.
    pub fn drop_draft(&self, note: Option<NoteUid>) {
        // Where it can't be taken away it is offered again: nothing is lost.
        fs::remove_file(self.draft_of(note)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::CARD_KINDS;
    use crate::core::card::Value;

    fn text(kind: &str, fields: &[(&str, &[&str])]) -> NoteText {
        let fields = fields.iter().map(|(name, texts)| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            ((*name).to_owned(), Value::Texts(texts))
        });
        NoteText { kind: kind.to_owned(), fields: fields.collect(), ..NoteText::default() }
    }

    fn said(text: &NoteText) -> Vec<(&'static str, String)> {
        faults(text).into_iter().map(|fault| (fault.field, fault.what)).collect()
    }

    #[test]
    fn one_item_is_no_list_and_the_form_says_where_the_next_one_goes() {
        for kind in ["list", "order"] {
            let one = said(&text(kind, &[("prompt", &["which?"]), ("items", &["a, b, c"])]));
            assert_eq!(one.len(), 1, "{kind}: {one:?}");
            assert!(one[0].0 == "items" && one[0].1.ends_with("a row of its own: Tab goes to the next row"), "{one:?}");
            assert_eq!(said(&text(kind, &[("prompt", &["which?"]), ("items", &["a", "b"])])), []);
            assert_eq!(kind_in_words(kind), "prompt, items (a row for each)");
        }
    }

    #[test]
    fn each_fault_stands_at_its_field_and_says_nothing_of_files() {
        let empty = "write something here".to_owned();
        assert_eq!(said(&text("basic", &[("front", &["q"]), ("back", &["a"])])), []);
        assert_eq!(said(&text("basic", &[("front", &[" "])])), [("front", empty.clone()), ("back", empty)]);
        let nothing_hidden = said(&text("cloze", &[("text", &["no gap"])]));
        assert_eq!(nothing_hidden[0].0, "text");
        let tags = NoteText { tags: vec!["leech".to_owned()], ..text("basic", &[("front", &["q"]), ("back", &["a"])]) };
        assert_eq!(said(&tags)[0].0, "tags");
        for kind in CARD_KINDS {
            // Each field with something that it can't hold, and with nothing.
            let odd: Vec<(&str, &[&str])> =
                kind.fields().iter().map(|field| (field.name, &["x", "x", "nought"][..])).collect();
            for text in [text(kind.name(), &odd), text(kind.name(), &[])] {
                for (field, what) in said(&text) {
                    assert!(kind.fields().iter().any(|known| known.name == field), "{}: {field}", kind.name());
                    let of_files = [" = ", "[\"", "line", "array", "TOML", "[["];
                    assert!(!of_files.iter().any(|word| what.contains(word)), "{}: {what}", kind.name());
                }
            }
        }
    }
}
