//! Cards without their file: what an editor is given, and what it gives back.

use crate::core::card::NoteText;
use crate::formats::FileFault;
use crate::formats::Place;
use crate::formats::deck_toml::deck_fault::DeckFault;
use crate::formats::deck_toml::faults::Faults;
use crate::formats::deck_toml::read::Names;
use crate::formats::deck_toml::read::check_waits;
use crate::formats::deck_toml::read::read_card;
use crate::formats::deck_toml::read::tables;
use crate::formats::deck_toml::strings::quoted;
use crate::formats::deck_toml::write::card_lines;
use std::collections::BTreeMap;
use std::ops::Range;

/// The line by which an edited card finds its note again, whatever else changes.
const ID: &str = "id";

/// What the deck of the cards knows, which their file would say.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Ids of its topics.
    pub topics: Vec<String>,
    /// Keys of its notes.
    pub keys: Vec<String>,
}

/// A card that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it says it is.
    pub id: Option<String>,
    /// Its key.
    pub key: Option<String>,
    /// Its text.
    pub text: NoteText,
    /// The bytes to point at when something is wrong with the card as a whole.
    pub span: Range<usize>,
}

/// A card as the `[[card]]` of a deck file, with the id of its note where it has to be found again.
#[must_use]
pub fn write(id: Option<&str>, key: Option<&str>, text: &NoteText) -> String {
    let mut out = String::from("[[card]]\n");
    if let Some(id) = id {
        out.push_str(&format!("{ID} = {}\n", quoted(id)));
    }
    for (field, value) in card_lines(key, text) {
        out.push_str(&format!("{field} = {value}\n"));
    }
    out
}

/// Reads cards, with the faults that a deck file with them would have. A key is not needed.
///
/// # Errors
/// All faults, in the order of the text.
pub fn read(text: &str, known: &Known) -> Result<Vec<Card>, Vec<FileFault>> {
    let mut faults = Faults::new(text);
    let Some(tree) = faults.tree() else { return Err(faults.found) };
    let tree = tree.get_ref();
    for key in tree.keys().filter(|key| key.get_ref() != "card") {
        faults.add(key.span(), DeckFault::NoCard(key.get_ref().clone().into_owned()));
    }
    let topics: BTreeMap<String, Place> = known.topics.iter().map(|id| (id.clone(), Place::default())).collect();
    let mut keys: BTreeMap<String, Place> = known.keys.iter().map(|key| (key.clone(), Place::default())).collect();
    let mut waits: Vec<(String, String, Range<usize>)> = Vec::new();
    let mut cards = Vec::new();
    for (node, table) in tables(tree, "card", &mut faults) {
        let mut line = |field: &str| table.get(field).and_then(|node| faults.text(node, field));
        let (id, key) = (line(ID), line("key"));
        let name = key.clone().unwrap_or_default();
        keys.extend(key.clone().map(|key| (key, faults.place(node.span().start))));
        if let Some(after) = table.get("after").and_then(|node| node.get_ref().as_array()) {
            let wanted = after.iter().filter_map(|node| Some((node.get_ref().as_str()?.to_owned(), node.span())));
            waits.extend(wanted.map(|(wanted, span)| (name.clone(), wanted, span)));
        }
        if let Some(text) = read_card(node, table, &topics, &mut faults) {
            cards.push(Card { id, key, text, span: node.span() });
        }
    }
    check_waits(None, &Names { keys: &keys, uids: &BTreeMap::new() }, &waits, &mut faults);
    faults.or(cards)
}

/// A fault of a card as a whole, which only its reader can know.
#[must_use]
pub fn fault(text: &str, span: Range<usize>, what: DeckFault) -> FileFault {
    let place = Faults::new(text).place(span.start);
    FileFault { span, place, what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::card::Value;

    const ONE: &str = "# a note\n[[card]]\nid = \"00\"\nkey = \"k\"\nkind = \"basic\"\nfront = \"q\"\nback = \"a\"\n";

    #[test]
    fn a_card_goes_out_and_comes_back_the_same() {
        let text = NoteText {
            kind: "basic".to_owned(),
            fields: [("front", "What \"is\"\nit?"), ("back", "a \u{202e} b")]
                .map(|(field, text)| (field.to_owned(), Value::Text(text.to_owned())))
                .into(),
            source: vec!["T1".to_owned()],
            topic: Some("T1".to_owned()),
            ..NoteText::default()
        };
        let known = Known { topics: vec!["T1".to_owned()], keys: Vec::new() };
        let cards = read(&write(Some("0011"), None, &text), &known).unwrap();
        assert_eq!((cards[0].id.as_deref(), cards[0].key.as_deref(), &cards[0].text), (Some("0011"), None, &text));
    }

    #[test]
    fn the_faults_are_those_of_a_deck_file_with_their_places() {
        let faults = read(&ONE.replace("back =", "bakc ="), &Known::default()).unwrap_err();
        let said: Vec<String> = faults.iter().map(|fault| format!("{} {}", fault.place, fault.what.rule())).collect();
        assert_eq!(said, ["2:1 missing-field", "7:1 unknown-field"]);
        let faults = read(&format!("x = 1\n{ONE}topic = \"T\"\nafter = [\"kk\"]"), &Known::default()).unwrap_err();
        let rules: Vec<&str> = faults.iter().map(|fault| fault.what.rule()).collect();
        assert_eq!(rules, ["unknown-field", "unknown-topic", "unknown-after"]);
        assert_eq!(read("[[card]", &Known::default()).unwrap_err()[0].what.rule(), "syntax");
    }
}
