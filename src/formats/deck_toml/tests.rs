use super::deck_fault::DeckFault;
use super::deck_fault::Part;
use super::deck_fault::Wanted;
use super::*;
use crate::core::card::CARD_KINDS;
use crate::core::card::Fault;
use crate::core::card::Fields;
use crate::core::card::Form;
use crate::core::card::LONGEST_FIELD_BYTES;
use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::formats::Exporter;
use crate::formats::Identity;
use crate::formats::Place;
use crate::formats::Record;
use proptest::prelude::*;

const MODEL: &str = include_str!("../../../tests/it/data/model.toml");
const SAY: &str = include_str!("../../../tests/it/data/say.toml");

fn faults(text: &str) -> Vec<(u64, u64, DeckFault)> {
    parse(text).unwrap_err().into_iter().map(|fault| (fault.place.line, fault.place.column, fault.what)).collect()
}

#[test]
fn every_kind_of_card_is_read() {
    let deck = parse(MODEL).unwrap();
    let say = parse(SAY).unwrap();
    let kinds: Vec<&str> = deck.notes.iter().chain(&say.notes).map(|note| note.text.kind.as_str()).collect();
    for kind in CARD_KINDS {
        assert!(kinds.contains(&kind.name()), "{}", kind.name());
    }
    assert_eq!(deck.topics[0].try_line.as_deref(), Some("Ask why before how."));
    assert_eq!(deck.notes[0].text.topic.as_deref(), Some("D09"), "the first source names the topic");
    assert_eq!(deck.head.version.as_deref(), Some("3"));
}

/// The deck has no such field.
fn unknown(field: &str) -> DeckFault {
    let known = vec![
        "id",
        "name",
        "title",
        "description",
        "language",
        "license",
        "version",
        "sequence",
        "accents",
        "case",
        "punctuation",
        "markup",
    ];
    DeckFault::UnknownField { part: Part::Deck, field: field.to_owned(), known }
}

#[test]
fn all_faults_are_found_at_once_with_their_places() {
    let text = "[deck]\nid = \"d\"\nnmae = \"x\"\n\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n\n[[topic]]\nid = \"t\"\ntitle = \"\"\n\n\
        [[card]]\nkey = \"a\"\nkind = \"basik\"\n\n[[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = 3\n\n\
        [[card]]\nkey = \"b\"\nkind = \"sort\"\nprompt = \"p\"\nanswer = \"x\"\ncategories = [\"l\", \"m\"]\ntopic = \"q\"\nafter = [\"zz\"]\n";
    let sides = vec!["l".to_owned(), "m".to_owned()];
    assert_eq!(
        faults(text),
        [
            (3, 1, unknown("nmae")),
            (10, 6, DeckFault::DuplicateTopic { id: "t".to_owned(), line: 5 }),
            (11, 9, DeckFault::Empty("title".to_owned())),
            (15, 8, DeckFault::UnknownKind("basik".to_owned())),
            (17, 1, DeckFault::Missing { part: Part::CardOf("basic"), field: "back" }),
            (20, 9, DeckFault::WrongType { field: "front".to_owned(), wanted: Wanted::Text, found: "integer" }),
            (23, 7, DeckFault::DuplicateKey { key: "b".to_owned(), line: 17 }),
            (26, 10, DeckFault::Card(Fault::NoSuchSide { answer: "x".to_owned(), sides })),
            (28, 9, DeckFault::UnknownTopic { id: "q".to_owned(), near: Some("t".to_owned()) }),
            (29, 10, DeckFault::UnknownAfter { key: "zz".to_owned(), near: None }),
        ]
    );
}

#[test]
fn a_form_of_a_check_up_is_a_b_or_reserve() {
    let card = |key: &str, form: &str| {
        format!("[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{key}?\"\nback = \"x\"\nform = {form}\n")
    };
    let text = format!("[deck]\nid = \"d\"\n{}{}", card("a", "\"c\""), card("b", "1"));
    let wrong_type = DeckFault::WrongType { field: "form".to_owned(), wanted: Wanted::Text, found: "integer" };
    assert_eq!(faults(&text), [(8, 8, DeckFault::NoForm("c".to_owned())), (14, 8, wrong_type)]);
    let text = format!("[deck]\nid = \"d\"\n{}", card("a", "\"b\""));
    assert_eq!(parse(&text).unwrap().notes[0].text.form, Some(Form::B));
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
    assert_eq!(found.len(), 2, "who only waits for them is in no circle: {found:?}");
    assert_eq!(found[0].2, DeckFault::WaitingCircle { key: "a".to_owned(), wanted: "b".to_owned() });
    assert_eq!(faults(&format!("[deck]\nid = \"d\"\n{}", card("a", "a"))).len(), 1);
}

#[test]
fn a_sequence_names_topics_of_the_deck_and_of_others() {
    let text = "[deck]\nid = \"d\"\nsequence = [\"t\", \"e/u\", \"d/t\"]\n\n[[topic]]\nid = \"t\"\ntitle = \"T\"\n";
    let deck = parse(text).unwrap();
    assert_eq!(deck.head.sequence.as_deref(), Some(&["t", "e/u", "d/t"].map(str::to_owned)[..]));
    let mut out = Vec::new();
    let mut writer = DeckToml.begin(&mut out).unwrap();
    writer.write(&Record::Deck(deck.head.clone())).unwrap();
    writer.write(&Record::Topic(deck.topics[0].clone())).unwrap();
    writer.finish().unwrap();
    assert_eq!(parse(std::str::from_utf8(&out).unwrap()).unwrap(), deck, "it goes out and comes back");
    assert_eq!(parse(&text.replace("\"t\", \"e/u\", \"d/t\"", "")).unwrap().head.sequence, Some(Vec::new()));
    let lost = |id: &str| DeckFault::UnknownTopic { id: id.to_owned(), near: Some("t".to_owned()) };
    let found = faults(&text.replace("[\"t\"", "[\"tt\"").replace("d/t", "d/tu"));
    assert_eq!(found, [(3, 13, lost("tt")), (3, 26, lost("tu"))]);
}

#[test]
fn what_a_card_comes_after_may_be_in_another_deck() {
    let card = |after: &str| {
        format!(
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"q\"\nback = \"x\"\nafter = [\"{after}\"]\n"
        )
    };
    assert_eq!(parse(&card("e/b")).unwrap().notes[0].text.after, ["e/b"]);
    assert_eq!(faults(&card("d/b"))[0].2, DeckFault::UnknownAfter { key: "b".to_owned(), near: Some("a".to_owned()) });
    assert_eq!(faults(&card("d/a"))[0].2, DeckFault::WaitingCircle { key: "a".to_owned(), wanted: "a".to_owned() });
}

#[test]
fn a_syntax_error_has_its_line_and_column() {
    let found = faults("[deck]\nid = \"d\n");
    assert!(matches!(found[0], (2, _, DeckFault::Syntax(_))), "{found:?}");
}

#[test]
fn line_ends_and_a_byte_order_mark_do_not_matter() {
    let text = "\u{feff}[deck]\r\nid = \"é\"\r\n[[card]]\r\nkey = \"k\"\r\nkind = \"basic\"\r\nfront = \"\"\"one\r\ntwo\"\"\"\r\nback = \"b\"\r\n";
    let deck = parse(&decode(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(deck.notes[0].text.text("front").lines().count(), 2);
    let found = faults("[deck]\r\nid = \"é\"\r\nxid = 1\r\n");
    assert_eq!(found, [(3, 1, unknown("xid"))]);
}

#[test]
fn what_is_no_utf8_is_named_by_its_byte() {
    let bad = decode(b"[deck]\nid = \"caf\xe9\"\n").unwrap_err();
    assert_eq!((bad.1.place, bad.1.what), (Place::at(2, 10), DeckFault::NotUtf8(0xe9)));
}

#[test]
fn a_megabyte_in_a_field_and_a_nul_are_faults() {
    let card = |front: &str| {
        format!("[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"b\"\n")
    };
    let (field, bytes) = ("front".to_owned(), LONGEST_FIELD_BYTES + 1);
    assert_eq!(faults(&card(&"x".repeat(bytes)))[0].2, DeckFault::TooLarge { field, bytes });
    assert_eq!(faults(&card("a\\u0000b"))[0].2, DeckFault::Nul("front".to_owned()));
    assert!(parse(&card(&"x".repeat(LONGEST_FIELD_BYTES))).is_ok());
}

#[test]
fn a_second_deck_is_refused_with_a_way_out() {
    let mut out = Vec::new();
    let mut writer = DeckToml.begin(&mut out).unwrap();
    let head = DeckHead { id: "d".to_owned(), ..DeckHead::default() };
    writer.write(&Record::Deck(head.clone())).unwrap();
    assert!(writer.write(&Record::Deck(head)).unwrap_err().to_string().contains("json"));
}

/// What the exporter says of a deck of this one card.
fn export(text: NoteText) -> Result<(), String> {
    let identity = Identity::Uid(NoteUid::of_key("d", "k"));
    let item = Item { place: Place::default(), deck: None, identity, key: Some("k".to_owned()), text, says: Said::ALL };
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
        Err("a `hint` contains a NUL character, which no deck file may: use --format json".to_owned())
    );
    let elsewhere = NoteText { after: vec!["e/b".to_owned()], ..note.clone() };
    assert_eq!(export(elsewhere), Ok(()), "what it comes after may be in another file");
    let lost = NoteText { after: vec!["lost".to_owned()], ..note };
    assert_eq!(
        export(lost),
        Err("`k` comes `after` `lost`, which is not among the cards of this file: use --format json".to_owned())
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
            says: Said::ALL,
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

#[test]
fn days_and_missing_lists_are_told_as_what_they_have_to_be() {
    let deck = |more: &str| {
        format!(
            "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"say\"\nprompt = \"Say it.\"\nmodel = \"That.\"\n{more}\n"
        )
    };
    let said = |more: &str| -> Vec<String> {
        let faults = parse(&deck(more)).unwrap_err();
        faults.iter().map(|fault| format!("{}: {}; {}", fault.place.line, fault.what, fault.what.help())).collect()
    };
    let criteria = "criteria = [\"one\", \"two\"]";
    assert_eq!(said(""), ["3: the `say` card has no `criteria`; add a line criteria = [\"…\", \"…\"]"]);
    for (returns, expected) in [
        ("10", "9: `returns` has to be an array of whole numbers of days, not integer; write [10, 30, 90]"),
        ("[10, \"soon\"]", "9: `returns` has to hold whole numbers of days, not string; write [10, 30, 90]"),
        (
            "[-1]",
            "9: the days must be whole numbers from 1 to 3650, each later than the one before; for example 10, 30 and 90",
        ),
        (
            "[10, 5]",
            "9: the days must be whole numbers from 1 to 3650, each later than the one before; for example 10, 30 and 90",
        ),
    ] {
        assert_eq!(said(&format!("{criteria}\nreturns = {returns}")), [expected], "{returns}");
    }
}

#[test]
fn the_lines_of_an_old_mac_are_read_and_a_stray_carriage_return_is_told() {
    let text =
        "[deck]\rid = \"d\"\r[[card]]\rkey = \"k\"\rkind = \"basic\"\rfront = \"\"\"one\rtwo\"\"\"\rback = \"b\"\r";
    let deck = parse(&decode(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(deck.notes[0].text.text("front"), "one\ntwo");
    let mixed = decode(b"[deck]\nid = \"d\"\r[[card]]\n").unwrap();
    let found = faults(&mixed);
    assert!(found[0].2.help().contains("CR throughout"), "{found:?}");
}

#[test]
fn html_of_which_nothing_can_be_seen_is_an_empty_field() {
    let deck = |lines: &str| format!("[deck]\nid = \"d\"\nmarkup = \"html\"\n[[card]]\nkey = \"k\"\n{lines}\n");
    for lines in [
        "kind = \"basic\"\nfront = \"<br>\"\nback = \"b\"",
        "kind = \"basic\"\nfront = \"a\"\nback = \"<!-- b -->\"",
        "kind = \"cloze\"\ntext = \"<!-- {{c1::a}} -->b\"",
    ] {
        assert_eq!(parse(&deck(lines)).unwrap_err().len(), 1, "{lines}");
    }
    assert!(parse(&deck("kind = \"basic\"\nfront = \"<b>a</b>\"\nback = \"<img src='b.png'>\"")).is_ok());
}

#[test]
fn each_hint_fits_what_is_wrong() {
    let card =
        |line: &str| format!("[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nback = \"b\"\n{line}\n");
    for (text, help) in [
        (card("front = \"a\"\nfront = \"b\""), "remove one of the two"),
        (card("front = \"C:\\dir\""), "is written \\\\"),
        (card("front = \"a"), "in \"quotes\""),
        (card("front = a"), "quotes"),
        (card("front = \"say \"hi\" now\""), "quotes\" is"),
        (card("front"), "field = \"text\""),
        (card("front ="), "texts are in \"quotes\""),
        (card("front = \"a\"\nand a second line of it"), "several lines"),
        (card("front = \"a\"\ntags = [\"x\" \"y\"]"), "a comma between its texts"),
        (card("front = \"a\"\ntags = [\"x\", "), "] at its end"),
        (card("front = \"a\"\n[[card"), "[[card]] before each card"),
        (card("front = \"a\"\n[card"), "[[card]] before each card"),
        (card("front = 007"), "begins with a digit"),
        ("deck = 3\n".to_owned(), "write a line [deck]"),
        ("[deck]\nid = \"d\"\n[card]\nkey = \"k\"\n".to_owned(), "begin each card with a line [[card]]"),
        ("topic = [1]\n[deck]\nid = \"d\"\n".to_owned(), "begin each topic with a line [[topic]]"),
        ("[deck]\nid = 3\n".to_owned(), "write \"…\""),
        (card("front = \"a\"\ntags = \"x\""), "write [\"…\", \"…\"]"),
        (card("front = \"a\"\nheld_out = \"yes\""), "true or false"),
        (card("front = \"\""), "write something"),
        (card(""), "add a line front = \"…\""),
        ("[deck]\nid = \"d\"\naccents = \"maybe\"\n".to_owned(), "accents = \"ignore\" or \"count\""),
    ] {
        let faults = parse(&text).unwrap_err();
        let first = &faults[0].what;
        assert!(first.help().contains(help), "{text}\n{first}; {}", first.help());
    }
}
