//! Two versions of a note, a line each, so that one sees what differs.

use crate::core::card::NoteText;
use crate::core::text::one_line;
use serde_json::Value as Json;

/// Characters of a field that are shown.
const SHOWN: usize = 80;

/// Characters before the first one that differs.
const BEFORE: usize = 20;

/// Fields that differ and are shown.
const MOST_FIELDS: usize = 4;

/// Two versions of a note, a line each: question and answer, and where these read the same, the fields that differ.
#[must_use]
pub fn side_by_side(one: &NoteText, other: &NoteText) -> (String, String) {
    let line = |text: &NoteText| format!("{} → {}", text.listed_prompt(1), text.listed_answer(1));
    let (mut first, mut second) = (line(one), line(other));
    if first != second {
        return (first, second);
    }
    let (one, other) = (fields(one), fields(other));
    let names: std::collections::BTreeSet<&String> = one.iter().chain(&other).map(|(name, _)| name).collect();
    let value = |of: &[(String, String)], name: &str| {
        of.iter().find(|(known, _)| known == name).map_or_else(String::new, |(_, value)| value.clone())
    };
    let differing = names.into_iter().filter(|name| value(&one, name) != value(&other, name));
    for name in differing.take(MOST_FIELDS) {
        let (mine, theirs) = (value(&one, name), value(&other, name));
        let (mine, theirs) = (around(&mine, &theirs), around(&theirs, &mine));
        first.push_str(&format!("; {name}: {mine}"));
        second.push_str(&format!("; {name}: {theirs}"));
    }
    (first, second)
}

/// The fields of a note, by the names that deck files give them.
fn fields(text: &NoteText) -> Vec<(String, String)> {
    let word = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let words = |value: &Json| match value.as_array() {
        Some(list) => list.iter().map(word).collect::<Vec<_>>().join(" | "),
        None => word(value),
    };
    let mut fields = Vec::new();
    // What can't be written as JSON can't be in the database either.
    let Ok(Json::Object(all)) = serde_json::to_value(text) else { return fields };
    for (name, value) in &all {
        match value.as_object().filter(|_| name == "fields") {
            Some(own) => fields.extend(own.iter().map(|(name, value)| (name.clone(), words(value)))),
            None => fields.push((name.clone(), words(value))),
        }
    }
    fields
}

/// A value on one line, cut so that the first place where it differs from another one is to be seen.
fn around(value: &str, other: &str) -> String {
    if value.is_empty() {
        return "nothing".to_owned();
    }
    let same = value.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let skipped = if same + BEFORE > SHOWN { same.saturating_sub(BEFORE) } else { 0 };
    let all = value.chars().count();
    let mut cut: String = value.chars().skip(skipped).take(SHOWN).collect();
    if skipped > 0 {
        cut.insert(0, '…');
    }
    if all > skipped + SHOWN {
        cut.push('…');
    }
    one_line(&cut)
}
