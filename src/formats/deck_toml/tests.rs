use super::*;
use crate::core::card::CARD_KINDS;
use crate::core::card::Fields;
use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Place;
use crate::formats::Record;
use proptest::prelude::*;

const MODEL: &str = include_str!("../../../tests/it/data/model.toml");

fn faults(text: &str) -> Vec<String> {
    parse(text).unwrap_err().into_iter().map(|f| format!("{} {} {}", f.place, f.rule, f.what)).collect()
}

#[test]
fn every_kind_of_card_is_read() {
    let deck = parse(MODEL).unwrap();
    let kinds: Vec<&str> = deck.notes.iter().map(|note| note.text.kind.as_str()).collect();
    for kind in CARD_KINDS {
        assert!(kinds.contains(&kind.name()), "{}", kind.name());
    }
    assert_eq!(deck.topics[0].try_line.as_deref(), Some("Ask why before how."));
    assert_eq!(deck.notes[0].text.topic.as_deref(), Some("D09"), "the first source names the topic");
    assert_eq!(deck.head.version.as_deref(), Some("3"));
}

#[test]
fn all_faults_are_found_at_once_with_their_places() {
    let text = "[deck]\nid = \"d\"\nnmae = \"x\"\n\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n\n[[topic]]\nid = \"t\"\ntitle = \"\"\n\n\
        [[card]]\nkey = \"a\"\nkind = \"basik\"\n\n[[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = 3\n\n\
        [[card]]\nkey = \"b\"\nkind = \"sort\"\nprompt = \"p\"\nanswer = \"x\"\ncategories = [\"l\", \"m\"]\ntopic = \"q\"\nafter = [\"zz\"]\n";
    assert_eq!(
        faults(text),
        [
            "3:1 unknown-field [deck] has no field `nmae`",
            "10:6 duplicate-topic the topic `t` is there already, in line 5",
            "11:9 missing-field `title` is empty",
            "15:8 unknown-kind `basik` is no kind of card",
            "17:1 missing-field the `basic` card has no `back`",
            "20:9 wrong-type `front` has to be a text, not integer",
            "23:7 duplicate-key the key `b` is taken: a card in line 17 has it",
            "26:10 card `x` is not among the categories",
            "28:9 unknown-topic there is no topic `q` in this file",
            "29:10 unknown-after `after` names `zz`, which is no key of this file",
        ]
    );
}

#[test]
fn cards_that_wait_for_each_other_are_a_fault() {
    let card = |key: &str, after: &str| {
        format!(
            "[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{key}?\"\nback = \"x\"\nafter = [\"{after}\"]\n"
        )
    };
    let text = format!("[deck]\nid = \"d\"\n{}{}{}", card("a", "b"), card("b", "a"), card("c", "a"));
    let found = faults(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("wait for each other"));
    assert_eq!(faults(&format!("[deck]\nid = \"d\"\n{}", card("a", "a"))).len(), 1);
}

#[test]
fn a_syntax_error_has_its_line_and_column() {
    let found = faults("[deck]\nid = \"d\n");
    assert!(found[0].starts_with("2:") && found[0].contains("syntax"), "{found:?}");
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let text = "\u{feff}[deck]\r\nid = \"é\"\r\n[[card]]\r\nkey = \"k\"\r\nkind = \"basic\"\r\nfront = \"\"\"one\r\ntwo\"\"\"\r\nback = \"b\"\r\n";
    let deck = parse(&decode(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(deck.notes[0].text.text("front").lines().count(), 2);
    let found = faults("[deck]\r\nid = \"é\"\r\nxid = 1\r\n");
    assert_eq!(found, ["3:1 unknown-field [deck] has no field `xid`"]);
}

#[test]
fn what_is_no_utf8_is_named_by_its_byte() {
    let bad = decode(b"[deck]\nid = \"caf\xe9\"\n").unwrap_err();
    assert_eq!((bad.1.place, bad.1.what.as_str()), (Place { line: 2, column: 10 }, "byte 0xe9 is no UTF-8"));
}

#[test]
fn a_megabyte_in_a_field_and_a_nul_are_faults() {
    let card = |front: &str| {
        format!("[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"b\"\n")
    };
    assert!(faults(&card(&"x".repeat(LONGEST_FIELD_BYTES + 1)))[0].contains("too-large"));
    assert!(faults(&card("a\\u0000b"))[0].contains("nul"));
    assert!(parse(&card(&"x".repeat(LONGEST_FIELD_BYTES))).is_ok());
}

#[test]
fn a_second_deck_is_refused_with_a_way_out() {
    let mut out = Vec::new();
    let mut writer = DeckToml.begin(&mut out).unwrap();
    writer.write(&Record::Deck(DeckHead::default())).unwrap();
    assert!(writer.write(&Record::Deck(DeckHead::default())).unwrap_err().to_string().contains("json"));
}

/// What the exporter says of a deck of this one card.
fn export(text: NoteText) -> Result<(), String> {
    let identity = Identity::Uid(NoteUid::of_key("d", "k"));
    let item = Item { place: Place::default(), deck: None, identity, key: Some("k".to_owned()), text };
    let mut out = Vec::new();
    let mut writer = DeckToml.begin(&mut out).unwrap();
    let written = writer.write(&Record::Note(Box::new(item))).and_then(|()| writer.finish());
    written.map_err(|error| error.to_string())
}

#[test]
fn what_a_reader_would_refuse_is_refused_by_the_exporter() {
    let fields = Fields::from(
        [("front", "a"), ("back", "b")].map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned()))),
    );
    let note = NoteText { kind: "basic".to_owned(), fields, ..NoteText::default() };
    assert_eq!(export(note.clone()), Ok(()));
    let nul = NoteText { hint: Some("a\0b".to_owned()), ..note.clone() };
    assert_eq!(
        export(nul),
        Err("a `hint` holds a NUL character, which no deck file may: use --format json".to_owned())
    );
    let lost = NoteText { after: vec!["lost".to_owned()], ..note };
    assert_eq!(
        export(lost),
        Err("`k` comes after `lost`, which is not among the cards of this file: use --format json".to_owned())
    );
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z“”é\\\\\"' ]{1,20}", "\\PC{1,12}", "[a-z]{1,5}\n[ -~]{0,9}\n[a-z]{1,3}", "x[\u{1}-\u{1f}]y"]
        .prop_map(|text: String| text.trim().to_owned())
        .prop_filter("not blank", |text| !text.trim().is_empty() && !text.contains('\0') && !text.contains('\r'))
}

proptest! {
    #[test]
    fn what_is_exported_comes_back_equal(
        front in proptest::collection::vec(text(), 1..4), back in text(), extra in proptest::option::of(text()),
        tags in proptest::collection::vec(text(), 0..3), source in proptest::collection::vec("[A-Z][0-9]{2}", 0..2),
        held_out: bool,
    ) {
        let front = if front.len() == 1 { Value::Text(front[0].clone()) } else { Value::Texts(front) };
        let note = NoteText {
            kind: "basic".to_owned(),
            fields: Fields::from([("front".to_owned(), front), ("back".to_owned(), Value::Text(back))]),
            tags, source, extra, held_out,
            ..NoteText::default()
        };
        let item = Item {
            place: Place::default(),
            deck: None,
            identity: Identity::Uid(NoteUid::of_key("d", "k")),
            key: Some("k".to_owned()),
            text: note.clone(),
        };
        let mut out = Vec::new();
        let mut writer = DeckToml.begin(&mut out).unwrap();
        let head = DeckHead { id: "d".to_owned(), name: "a::d".to_owned(), version: Some("1.2".to_owned()), ..DeckHead::default() };
        writer.write(&Record::Deck(head.clone())).unwrap();
        writer.write(&Record::Note(Box::new(item))).unwrap();
        writer.finish().unwrap();
        let written = String::from_utf8(out).unwrap();
        let deck = parse(&written).map_err(|faults| TestCaseError::fail(format!("{written}\n{faults:?}")))?;
        prop_assert_eq!(&deck.notes[0].text, &note, "{}", written);
        prop_assert_eq!(deck.head, head);
    }
}
