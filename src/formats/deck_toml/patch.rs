//! One card of a deck file changed where it stands: every other byte of the file stays as its author wrote it.
//!
//! Values are replaced by their bytes, not by writing a tree again: toml_edit keeps comments and order, but gives all
//! lines one kind of end and loses a byte-order mark.

use crate::core::card::NoteText;
use crate::core::compare::identity::composed;
use crate::core::three_ways::with_changes;
use crate::formats::FileFault;
use crate::formats::Item;
use crate::formats::deck_toml::faults::Faults;
use crate::formats::deck_toml::parse;
use crate::formats::deck_toml::strings::quoted;
use crate::formats::deck_toml::write::card_lines;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// A card to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPatch {
    /// The key by which the file has it.
    pub key: String,
    /// Its key then.
    pub new_key: String,
    /// The text that was changed. The file may have another one: what was not changed stays as the file has it.
    pub opened: NoteText,
    /// What it was changed to.
    pub text: NoteText,
}

/// A file with some of its cards changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchedFile {
    /// The file then.
    pub file: String,
    /// What it says then of the cards that were changed, in the order of the changes.
    pub texts: Vec<NoteText>,
}

/// Why a file can't be changed in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// It has no card of that key.
    NoCard(String),
    /// It has faults; with the text that they point into.
    Faults(String, Vec<FileFault>),
    /// The change would not read back as what was meant.
    Entangled,
}

/// The file with some of its cards changed. What is no value of theirs is the same, byte for byte.
///
/// # Errors
/// When the file has faults, before or after, lacks a card, or is written in a way that can't be changed in place.
pub fn patch(file: &str, changes: &[CardPatch]) -> Result<PatchedFile, Unfit> {
    let before = parse(file).map_err(|faults| Unfit::Faults(file.to_owned(), faults))?;
    let mut wanted = before.clone();
    let mut texts = Vec::new();
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    {
        let mut faults = Faults::new(file);
        let Some(tree) = faults.tree() else { return Err(Unfit::Faults(file.to_owned(), faults.found)) };
        let cards = tree.get_ref().get("card").and_then(|node| node.get_ref().as_array());
        for change in changes {
            let missing = || Unfit::NoCard(change.key.clone());
            let key = composed(&change.key);
            let is_meant = |note: &Item| note.key.as_ref().is_some_and(|other| composed(other) == key);
            let place = before.notes.iter().position(is_meant);
            let note = place.and_then(|place| wanted.notes.get_mut(place)).ok_or_else(missing)?;
            let node = place.and_then(|place| cards.and_then(|cards| cards.get(place))).ok_or_else(missing)?;
            let table = node.get_ref().as_table().ok_or(Unfit::Entangled)?;
            let text = with_changes(&note.text, &change.opened, &change.text);
            let old = card_lines(Some(&change.key), &note.text);
            let mut new = card_lines(Some(&change.new_key), &text);
            // Cards of a file that has another markup for all of them say so where they are Markdown.
            if text.markup.is_usual() && !note.text.markup.is_usual() && !table.contains_key("markup") {
                new.push(("markup".to_owned(), quoted(text.markup.name())));
            }
            edits.extend(edits_of(file, node.span(), table, &old, &new)?);
            note.text = text.clone();
            texts.push(text);
            if composed(&change.new_key) != key {
                note.key = Some(change.new_key.clone());
            }
        }
    }
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::with_capacity(file.len() + 256);
    let mut at = 0;
    for (range, new) in &edits {
        out.push_str(file.get(at..range.start).ok_or(Unfit::Entangled)?);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(file.get(at..).ok_or(Unfit::Entangled)?);
    // What comes out has to be what was meant, and nothing else: whatever the file's author has thought of.
    let after = parse(&out).map_err(|faults| Unfit::Faults(out.clone(), faults))?;
    let same = after.head == before.head
        && after.topics == before.topics
        && after.notes.len() == wanted.notes.len()
        && after.notes.iter().zip(&wanted.notes).all(|(a, b)| a.key == b.key && a.text == b.text);
    if same { Ok(PatchedFile { file: out, texts }) } else { Err(Unfit::Entangled) }
}

/// The bytes to replace, each with what comes there.
fn edits_of(
    file: &str,
    card: Range<usize>,
    table: &DeTable<'_>,
    old: &[(String, String)],
    new: &[(String, String)],
) -> Result<Vec<(Range<usize>, String)>, Unfit> {
    let find = |lines: &[(String, String)], field: &str| {
        lines.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    };
    let end = if file.contains("\r\n") { "\r\n" } else { "\n" };
    let as_here = |value: &str| value.replace('\n', end);
    // A [[card]] has a line for each field; an inline table, `card = [{…}]`, has none to add or take away.
    let has_lines = file.get(card).is_some_and(|text| text.starts_with("[["));
    let mut edits = Vec::new();
    for (key, value) in table.iter() {
        let field = key.get_ref().as_ref();
        match (find(old, field), find(new, field)) {
            (was, Some(now)) if was.as_ref() != Some(&now) => edits.push((value.span(), as_here(&now))),
            // What is written, though it says nothing (`tags = []`, a topic that is the first source), stays.
            (Some(_), None) => {
                let whole = whole_lines(file, key.span().start..value.span().end);
                edits.push((whole.filter(|_| has_lines).ok_or(Unfit::Entangled)?, String::new()));
            }
            _ => {}
        }
    }
    for (place, (field, value)) in new.iter().enumerate() {
        let is_written = table.iter().any(|(key, _)| key.get_ref() == field.as_str());
        // What the head of the file says for all cards need not stand in each.
        if is_written || (field == "markup" && find(old, field).as_ref() == Some(value)) {
            continue;
        }
        // Behind the nearest of the lines that usually come before it and that stays.
        let behind = new.iter().take(place).rev().find_map(|(name, _)| value_of(table, name));
        let behind = behind.ok_or(Unfit::Entangled)?;
        let at = line_end(file, behind.span().end);
        let begins = if file.get(..at).is_some_and(|text| text.ends_with('\n')) { "" } else { end };
        let line = format!("{begins}{field} = {}{end}", as_here(value));
        edits.push((at..at, if has_lines { line } else { return Err(Unfit::Entangled) }));
    }
    Ok(edits)
}

fn value_of<'t, 'i>(table: &'t DeTable<'i>, field: &str) -> Option<&'t Spanned<toml::de::DeValue<'i>>> {
    table.iter().find(|(key, _)| key.get_ref() == field).map(|(_, value)| value)
}

/// Behind the end of the line that `at` is in.
fn line_end(file: &str, at: usize) -> usize {
    file.get(at..).and_then(|rest| rest.find('\n')).map_or(file.len(), |length| at + length + 1)
}

/// The lines of a field with their end and with a comment behind it; nothing where something else is on them.
fn whole_lines(file: &str, span: Range<usize>) -> Option<Range<usize>> {
    let start = file.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = line_end(file, span.end);
    let alone = file.get(start..span.start)?.trim().is_empty();
    let rest = file.get(span.end..end)?.trim();
    (alone && (rest.is_empty() || rest.starts_with('#'))).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Value;

    const FILE: &str = "# head\r\n[deck]\r\nid = 'd' # who\r\n\r\n[[topic]]\r\nid = \"T\"\r\ntitle = \"t\"\r\n\r\n# first\r\n\
        [[card]] # one\r\n  key   = \"a\"   # its name\r\nback = '''x'''\r\nkind = \"basic\"\r\nfront = [ \"q\", # why\r\n  \"r\" ]\r\n\
        hint = \"h\" # soon gone\r\nsource = [\"T\"]\r\ntags = []\r\n\r\n# second\r\n[[card]]\r\nkey = \"b\"\r\nkind = \"basic\"\r\n\
        front = \"f\"\r\nback = \"z\"";

    /// The text of a card of a file.
    fn card(file: &str, key: &str) -> NoteText {
        let is_it = |note: &Item| note.key.as_deref() == Some(key);
        parse(file).unwrap().notes.into_iter().find(is_it).unwrap().text
    }

    fn change(key: &str, opened: &NoteText, text: &NoteText) -> CardPatch {
        CardPatch { key: key.to_owned(), new_key: key.to_owned(), opened: opened.clone(), text: text.clone() }
    }

    fn changed(key: &str, with: impl FnOnce(&mut NoteText)) -> CardPatch {
        let opened = card(FILE, key);
        let mut text = opened.clone();
        with(&mut text);
        change(key, &opened, &text)
    }

    fn patched(file: &str, changes: &[CardPatch]) -> String {
        patch(file, changes).unwrap().file
    }

    fn set(text: &mut NoteText, field: &str, value: &str) {
        text.fields.insert(field.to_owned(), Value::Text(value.to_owned()));
    }

    #[test]
    fn only_the_value_that_changed_is_written() {
        let out = patched(FILE, &[changed("a", |text| set(text, "back", "y"))]);
        assert_eq!(out, FILE.replace("'''x'''", "\"y\""));
        assert_eq!(patched(FILE, &[changed("a", |_| {})]), FILE);
    }

    #[test]
    fn what_was_not_changed_stays_as_the_file_has_it() {
        let opened = NoteText { hint: Some("mine".to_owned()), ..card(FILE, "a") };
        let mut text = opened.clone();
        set(&mut text, "back", "y");
        let done = patch(FILE, &[change("a", &opened, &text)]).unwrap();
        assert_eq!(done.file, FILE.replace("'''x'''", "\"y\""));
        assert_eq!(done.texts, [card(&done.file, "a")]);
        assert_eq!(done.texts[0].hint.as_deref(), Some("h"));
    }

    #[test]
    fn a_field_is_added_where_it_usually_stands_and_taken_away_with_its_line() {
        let out = patched(
            FILE,
            &[
                changed("a", |text| {
                    text.hint = None;
                    text.extra = Some("two\nlines".to_owned());
                }),
                changed("b", |text| text.tags = vec!["t".to_owned()]),
            ],
        );
        let wanted = FILE
            .replace("hint = \"h\" # soon gone\r\n", "")
            .replace("source = [\"T\"]\r\n", "source = [\"T\"]\r\nextra = \"\"\"\r\ntwo\r\nlines\"\"\"\r\n")
            + "\r\ntags = [\"t\"]\r\n";
        assert_eq!(out, wanted);
    }

    #[test]
    fn a_markup_that_the_head_of_the_file_gives_stays_there() {
        let file = FILE.replace("id = 'd' # who\r\n", "id = 'd'\r\nmarkup = \"plain\"\r\n");
        let opened = card(&file, "b");
        assert_eq!(opened.markup.name(), "plain");
        let mut text = opened.clone();
        set(&mut text, "back", "y");
        assert_eq!(patched(&file, &[change("b", &opened, &text)]), file.replace("\"z\"", "\"y\""));
        text.markup = crate::core::card::Markup::Markdown;
        let out = patched(&file, &[change("b", &opened, &text)]);
        assert_eq!(out, file.replace("\"z\"", "\"y\"") + "\r\nmarkup = \"markdown\"\r\n");
        assert_eq!(card(&out, "b"), text);
    }

    #[test]
    fn a_key_is_changed_unless_another_card_waits_for_it() {
        let mut change = changed("a", |_| {});
        change.new_key = "c".to_owned();
        assert_eq!(patched(FILE, &[change.clone()]), FILE.replace("\"a\"", "\"c\""));
        let waits = format!("{FILE}\r\nafter = [\"a\"]\r\n");
        assert!(
            matches!(patch(&waits, &[change]), Err(Unfit::Faults(_, faults)) if faults[0].what.rule() == "unknown-after")
        );
    }

    #[test]
    fn what_can_not_be_changed_in_place_is_refused() {
        let inline = "deck = { id = \"d\" }\ncard = [{ key = \"a\", kind = \"basic\", front = \"q\", back = \"x\" }]\n";
        let opened = card(inline, "a");
        let mut text = opened.clone();
        set(&mut text, "back", "y");
        assert_eq!(patched(inline, &[change("a", &opened, &text)]), inline.replace("\"x\"", "\"y\""));
        text.hint = Some("h".to_owned());
        assert_eq!(patch(inline, &[change("a", &opened, &text)]), Err(Unfit::Entangled));
        assert_eq!(patch(FILE, &[change("zz", &opened, &text)]), Err(Unfit::NoCard("zz".to_owned())));
        assert!(matches!(patch("[deck", &[]), Err(Unfit::Faults(..))));
    }
}
