use super::fault::DocumentFault;
use super::fault::ObjectFault;
use super::*;
use crate::core::card::NoteText;
use crate::core::card::Said;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::formats::DeckHead;
use crate::formats::FormatError;
use crate::formats::Identity;
use crate::formats::ImportItem;
use crate::formats::Importer;
use crate::formats::Item;
use crate::formats::NotThis;
use crate::formats::Place;
use crate::formats::ReadOptions;
use crate::formats::Record;
use crate::formats::RecordFault;
use crate::formats::TableOptions;
use crate::formats::Topic;
use crate::formats::columns::fault::NoteFault;
use crate::formats::parse_columns;
use crate::formats::testing::any_records;
use crate::formats::testing::config;
use crate::formats::testing::notes;
use crate::formats::testing::read;
use crate::formats::testing::read_with;
use crate::formats::testing::records;
use crate::formats::testing::rejected;
use crate::formats::testing::warnings;
use crate::formats::testing::written;
use proptest::prelude::*;
use std::io;

fn refusal(text: &str) -> DocumentFault {
    match read(&JsonDocument, "x.json", text.as_bytes()).1 {
        Err(FormatError::NotThis(NotThis::Json(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

/// Where it is refused as broken JSON, and what serde says of it.
fn broken(text: &str) -> (usize, usize, String) {
    match refusal(text) {
        DocumentFault::Broken { line, column, message } => (line, column, message),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(given in any_records(false)) {
        let bytes = written(&JsonDocument, &given);
        let (outcomes, result) = read(&JsonDocument, "x.json", &bytes);
        result.unwrap();
        prop_assert_eq!(records(outcomes), given);
    }
}

#[test]
fn a_document_has_one_note_a_line() {
    let deck = DeckHead { id: "geo".to_owned(), name: "Geo".to_owned(), ..DeckHead::default() };
    let topic = Topic { id: "t".to_owned(), title: "T".to_owned(), ..Topic::default() };
    let mut text = NoteText { kind: "basic".to_owned(), ..NoteText::default() };
    text.fields.insert("front".to_owned(), Value::Text("a".to_owned()));
    text.fields.insert("back".to_owned(), Value::Text("b".to_owned()));
    let uid = Identity::Uid(NoteUid([1; 16]));
    let note =
        Item { place: Place::default(), deck: None, identity: uid, key: Some("k".to_owned()), text, says: Said::ALL };
    let records = [
        Record::Deck(deck.clone()),
        Record::Topic(topic),
        Record::Note(Box::new(note.clone())),
        Record::Note(Box::new(note)),
        Record::Deck(deck),
    ];
    assert_eq!(
        String::from_utf8(written(&JsonDocument, &records)).unwrap(),
        r#"{"format":"lmq-notes","version":1,"decks":[
{"id":"geo","name":"Geo","topics":[
{"id":"t","title":"T"}
],"notes":[
{"id":"01010101010101010101010101010101","key":"k","kind":"basic","fields":{"back":"b","front":"a"},"markup":"markdown"},
{"id":"01010101010101010101010101010101","key":"k","kind":"basic","fields":{"back":"b","front":"a"},"markup":"markdown"}
]},
{"id":"geo","name":"Geo"}
]}
"#
    );
    assert_eq!(written(&JsonDocument, &[]), b"{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[\n\n]}\n");
}

#[test]
fn keys_may_come_in_any_order() {
    let text = r#"{"decks":[{"notes":[{"fields":{"back":"b","front":"a"},"kind":"basic"}],"name":"Geo",
        "topics":[{"title":"T","id":"t"}]}],"format":"lmq-notes","version":1,"other":[1,{"x":[]}]}"#;
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    let records = records(outcomes);
    assert!(matches!(&records[..], [Record::Deck(deck), Record::Topic(_), Record::Note(_)]
        if deck.name == "Geo" && deck.id == "Geo"));
}

#[test]
fn a_bad_note_is_left_out_with_its_line_and_number() {
    let text = "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"geo\",\"notes\":[\n\
        {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":5}},\n\
        {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":\"b\"}},\n\n\
        {\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":\"b\",\"side\":\"c\"}},7,\n\
        {\"id\":\"x\",\"kind\":\"basic\"},{\"fields\":{}}]}]}";
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    assert_eq!(notes(&outcomes).len(), 1);
    assert_eq!(notes(&outcomes)[0].place.line, 3);
    let note = |line, number, fault| (Place::line(line), RecordFault::Note { number, deck: "geo".to_owned(), fault });
    let no_field = NoteFault::NoField { kind: "basic", field: "side".to_owned(), known: vec!["front", "back"] };
    assert_eq!(
        rejected(&outcomes),
        [
            note(2, 1, ObjectFault::NoText("back".to_owned())),
            note(5, 3, no_field.into()),
            note(5, 4, ObjectFault::NoObject),
            note(6, 5, ObjectFault::BadId("x".to_owned())),
            note(6, 6, ObjectFault::KindMissing),
        ]
    );
}

#[test]
fn arrays_of_other_programs_are_read_by_their_names() {
    let text = "\u{feff}[{\"Term\":\"one\",\"definition\":1,\"notes\":\"n\"},\n{\"front\":\"a\"}]";
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    let found = notes(&outcomes);
    assert_eq!((found[0].text.text("front"), found[0].text.text("back")), ("one", "1"));
    assert_eq!(found[0].text.extra.as_deref(), Some("n"));
    let missing = NoteFault::Missing { kind: "basic", field: "back" };
    let fault = RecordFault::Note { number: 2, deck: String::new(), fault: missing.into() };
    assert_eq!(rejected(&outcomes), [(Place::line(2), fault)]);
}

#[test]
fn an_object_with_more_keys_than_a_table_may_have_columns_is_no_note() {
    let keys: String = (0..500).map(|number| format!(",\"k{number}\":\"v\"")).collect();
    let text = format!("[{{\"front\":\"a\",\"back\":\"b\"{keys}}},\n{{\"front\":\"c\",\"back\":\"d\"}}]");
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    assert_eq!(notes(&outcomes).len(), 1);
    let fault = RecordFault::Note { number: 1, deck: String::new(), fault: ObjectFault::TooManyKeys };
    assert_eq!(rejected(&outcomes), [(Place::line(1), fault)]);
}

/// `kind: question → answer (explanation)` of each note.
fn lines(text: &str) -> Vec<String> {
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    let line = |item: &&Item| {
        let text = &item.text;
        let front = if text.kind == "cloze" { text.text("text") } else { text.text("front") };
        let extra = text.extra.as_deref().map(|extra| format!(" ({})", extra.replace('\n', "; "))).unwrap_or_default();
        format!("{}: {front} → {}{extra}", text.kind, text.text("back"))
    };
    notes(&outcomes).iter().map(line).collect()
}

#[test]
fn keys_that_other_programs_have_are_read_as_the_headers_of_tables_are() {
    for (text, expected) in [
        (r#"[{"German":"Haus","English":"house","gender":"n"}]"#, "basic: Haus → house (gender: n)"),
        (r#"[{"English":"house","German":"Haus"}]"#, "basic: house → Haus"),
        (r#"[{"Spanish Word":"casa","English Translation":"house"}]"#, "basic: casa → house"),
        (r#"[{"en":"house","de":"Haus"}]"#, "basic: house → Haus"),
        (r#"[{"english":"house","word":"Haus"}]"#, "basic: Haus → house"),
        (r#"[{"country":"Peru","capital":"Lima"}]"#, "basic: Peru → Lima"),
        (r#"[{"level":"A1","front":"a","back":"b","note":"n"}]"#, "basic: a → b (level: A1; ; n)"),
        (r#"[{"front":"a","back":"b","forms":["x","y"],"more":{"z":1},"none":null}]"#, "basic: a → b (forms: x, y)"),
        (r#"[{"front":"a","back":"b","question":"c"}]"#, "basic: a → b (question: c)"),
        (r#"[{"text":"a","translation":"b"}]"#, "basic: a → b"),
        (r#"[{"word":"a","notes":"b"}]"#, "basic: a → b"),
        // Numbers keep their digits.
        (r#"[{"front":1.10,"back":12345678901234567890123}]"#, "basic: 1.10 → 12345678901234567890123"),
        (r#"[{"front":"a","back":1e3,"price":-0.50,"big":1e999}]"#, "basic: a → 1e3 (price: -0.50; big: 1e999)"),
        (r#"[{"question":"Sky is blue","answer":true}]"#, "basic: Sky is blue → true"),
        (r#"[{"word":"perro","meaning":"dog","group":"animals"}]"#, "basic: perro → dog (group: animals)"),
        // What hides something is a cloze.
        (r#"[{"front":"a {{c1::b}}","back":"c"}]"#, "cloze: a {{c1::b}} →  (c)"),
        (r#"[{"text":"a {{c1::b}}","source page":12}]"#, "cloze: a {{c1::b}} →  (source page: 12)"),
        (r#"[{"kind":"cloze","text":"a {{c1::b}}","extra":"c"}]"#, "cloze: a {{c1::b}} →  (c)"),
    ] {
        assert_eq!(lines(text), [expected], "{text}");
    }
    // The order of the first note holds for all.
    assert_eq!(
        lines(r#"[{"German":"Haus","English":"house"},{"English":"tree","German":"Baum"}]"#),
        ["basic: Haus → house", "basic: Baum → tree"]
    );
    // Objects of which nothing says that they are cards.
    for text in [
        r#"[{"name":"x","version":"1","url":"u"}]"#,
        r#"[{"name":"x","description":"y","id":3,"stars":4}]"#,
        r#"[{"foo":"x","bar":"y"}]"#,
    ] {
        assert_eq!(lines(text), [""; 0], "{text}");
    }
}

/// `question → answer / others (explanation)` of each note, and what is said of all.
fn choices(text: &str) -> (Vec<String>, Vec<String>) {
    let (outcomes, result) = read(&JsonDocument, "x.json", text.as_bytes());
    result.unwrap();
    let line = |item: &&Item| {
        let text = &item.text;
        if text.kind != "choice" {
            return format!("{}: {} → {}", text.kind, text.text("front"), text.text("back"));
        }
        let extra = text.extra.as_deref().map(|extra| format!(" ({extra})")).unwrap_or_default();
        format!("{} → {} / {}{extra}", text.text("prompt"), text.text("answer"), text.texts("distractors").join(" / "))
    };
    let said = warnings(&outcomes).iter().map(ToString::to_string).collect();
    (notes(&outcomes).iter().map(line).collect(), said)
}

#[test]
fn questions_with_options_are_choices() {
    for (text, expected) in [
        // The right one by its text, in any case.
        (r#"[{"question":"2+2","options":["3","4","5"],"answer":"4"}]"#, "2+2 → 4 / 3 / 5"),
        (r#"[{"question":"Sky?","choices":["Blue","Red"],"correct":"blue"}]"#, "Sky? → Blue / Red"),
        (r#"[{"question":"True?","options":["True","False"],"answer":true}]"#, "True? → True / False"),
        (
            r#"[{"prompt":"q","choices":["a","b"],"correct_answer":"b","explanation":"since"}]"#,
            "q → b / a (explanation: since)",
        ),
        (r#"[{"question":"q","options":["a","b"],"answer":"b","notes":"since"}]"#, "q → b / a (since)"),
        // By its letter.
        (r#"[{"question":"q","options":["x","y","z"],"correctAnswer":"B"}]"#, "q → y / x / z"),
        (r#"[{"question":"q","options":["A) x","B) y"],"answer":"B"}]"#, "q → y / x"),
        (r#"[{"question":"q","options":["A. x","B. y"],"answer":"B. y"}]"#, "q → y / x"),
        (r#"[{"question":"q","options":{"a":"x","b":"y"},"answer":"b"}]"#, "q → y / x"),
        (r#"[{"question":"q","options":[{"id":"a","text":"x"},{"id":"b","text":"y"}],"answer":"b"}]"#, "q → y / x"),
        // Options that have a key each.
        (r#"[{"question":"q","option_a":"x","option_b":"y","option_c":"z","answer":"B"}]"#, "q → y / x / z"),
        (r#"[{"question":"q","A":"x","B":"y","C":"z","answer":"y"}]"#, "q → y / x / z"),
        (r#"[{"question":"q","correct_answer":"y","wrong_answer_1":"x","wrong_answer_2":"z"}]"#, "q → y / x / z"),
        (r#"[{"question":"q","options":["10","12"],"answer":12}]"#, "q → 12 / 10"),
        // By a mark, or since the wrong ones have a key.
        (r#"[{"question":"q","answers":[{"text":"x","correct":false},{"text":"y","correct":true}]}]"#, "q → y / x"),
        (r#"[{"question":"q","correct_answer":"y","incorrect_answers":["x","z"]}]"#, "q → y / x / z"),
        (r#"[{"q":"q","options":["x","y","x"],"answer":"y"}]"#, "q → y / x"),
        // A kind that is none of ours is a line like any other.
        (r#"[{"kind":"mcq","question":"q","options":["x","y"],"answer":"y"}]"#, "q → y / x"),
        // Several right ones, none, and no others: it stays question and answer.
        (r#"[{"question":"q","options":["x","y","z"],"answer":["x","y"]}]"#, "basic: q → x\ny"),
        (r#"[{"question":"q","options":["x","y"],"answer":"w"}]"#, "basic: q → w"),
        (r#"[{"question":"q","options":["x"],"answer":"x"}]"#, "basic: q → x"),
        (r#"[{"question":"q","options":"none","answer":"x"}]"#, "basic: q → x"),
    ] {
        assert_eq!(choices(text), (vec![expected.to_owned()], vec![]), "{text}");
    }
}

#[test]
fn numbers_of_options_begin_where_the_file_shows_it() {
    let two = |one: u8, other: u8| {
        format!(
            r#"[{{"question":"q","options":["a","b","c"],"answer":{one}}},{{"question":"r","options":["x","y","z"],"answer":{other}}}]"#
        )
    };
    for (text, expected, first) in [
        (two(1, 0), ["q → b / a / c", "r → x / y / z"], 0),
        (two(1, 3), ["q → a / b / c", "r → z / x / y"], 1),
        (two(1, 2), ["q → b / a / c", "r → z / x / y"], 0),
    ] {
        let (lines, said) = choices(&text);
        assert_eq!(lines, expected, "{text}");
        assert!(matches!(&said[..], [said] if said.contains(&format!("taken for number {first}"))), "{said:?}");
        let rows = text.trim_matches(['[', ']']).replace("},{", "}\n{");
        let (outcomes, result) = read(&crate::formats::jsonl::JsonLines, "x.jsonl", rows.as_bytes());
        result.unwrap();
        assert_eq!(notes(&outcomes)[1].text.text("answer"), expected[1].split(' ').nth(2).unwrap(), "{rows}");
    }
}

#[test]
fn an_option_may_be_called_like_the_place_of_another_one() {
    for (text, expected, says) in [
        (
            r#"[{"question":"2+1?","options":["1","2","3","4"],"answerIndex":2}]"#,
            "2+1? → 3 / 1 / 2 / 4",
            "taken for number 0",
        ),
        (r#"[{"question":"q","options":["1","2","3","4"],"answer":2}]"#, "q → 3 / 1 / 2 / 4", "taken for number 0"),
        (r#"[{"question":"q","options":["1","2","3"],"answer":"2"}]"#, "q → 2 / 1 / 3", "was taken for the text"),
        (
            r#"[{"question":"q","options":["A","C","D"],"answer":"C"},{"question":"r","options":["x","y","z"],"answer":"A"}]"#,
            "q → D / A / C",
            "",
        ),
    ] {
        let (lines, said) = choices(text);
        assert_eq!(lines[0], expected, "{text}");
        assert!(said.join("").contains(says) && said.is_empty() == says.is_empty(), "{said:?}");
    }
}

#[test]
fn where_numbers_begin_is_looked_for_in_all_questions() {
    let questions = [
        r#"{"question":"Intro","answer":"x"}"#,
        r#"{"question":"q","options":["a","b","c"],"answer":1}"#,
        r#"{"question":"r","options":["a","b","c"],"answer":3}"#,
    ];
    assert_eq!(choices(&format!("[{}]", questions.join(","))).0[1..], ["q → a / b / c", "r → c / a / b"]);
    let rows = format!("{}\nnothing\n{}\n{}\n", questions[0], questions[1], questions[2]);
    let (outcomes, result) = read(&crate::formats::jsonl::JsonLines, "x.jsonl", rows.as_bytes());
    result.unwrap();
    assert_eq!(notes(&outcomes)[1].text.text("answer"), "a");
}

#[test]
fn what_is_said_of_the_columns_of_a_folder_is_meant_for_its_tables() {
    let columns = parse_columns("front=foo,back=bar").unwrap();
    let options = ReadOptions {
        table: TableOptions { columns, ..TableOptions::default() },
        in_folder: true,
        ..ReadOptions::named("x")
    };
    let own = r#"{"format":"lmq-notes","version":1,"decks":[{"name":"d","notes":[{"kind":"basic","fields":{"front":"a","back":"b"}}]}]}"#;
    let own_lines = "{\"format\":\"lmq-notes\",\"version\":1}\n{\"note\":{\"kind\":\"basic\",\"fields\":{\"front\":\"a\",\"back\":\"b\"}}}\n";
    let json: (&dyn Importer, &dyn Importer) = (&JsonDocument, &crate::formats::jsonl::JsonLines);
    for (importer, text) in [
        (json.0, own),
        (json.1, own_lines),
        (json.0, r#"[{"question":"a","answer":"b"}]"#),
        (json.1, r#"{"question":"a","answer":"b"}"#),
        (json.0, r#"[{"foo":"a","bar":"b"}]"#),
        (json.0, r#"{"title":"x","words":[{"foo":"a","bar":"b"}]}"#),
    ] {
        let (outcomes, result) = read_with(importer, &options, text.as_bytes());
        result.unwrap();
        let found = notes(&outcomes);
        assert_eq!((found[0].text.text("front"), found[0].text.text("back")), ("a", "b"), "{text}");
    }
}

#[test]
fn a_list_of_notes_may_stand_under_a_key_of_an_object() {
    for (text, expected) in [
        (
            r#"{"title":"Quiz","version":"1","questions":[{"question":"q","choices":["a","b"],"correct":0},{"question":"r","choices":["a","b"],"correct":1}]}"#,
            vec!["q → a / b", "r → b / a"],
        ),
        (
            r#"{"code":0,"results":[{"question":"q","correct_answer":"y","incorrect_answers":["x"]}]}"#,
            vec!["q → y / x"],
        ),
        (
            r#"{"cards":[{"front":"a","back":"b"},{"front":"c","back":"d"}],"tags":["x"],"n":1.5,"more":{"y":[{}]}}"#,
            vec!["basic: a → b", "basic: c → d"],
        ),
    ] {
        assert_eq!(choices(text).0, expected, "{text}");
    }
    // Of two lists nobody knows which one is meant, and other things are no notes.
    for text in [
        r#"{"one":[{"front":"a","back":"b"}],"two":[{"front":"a","back":"b"}]}"#,
        r#"{"contributors":[{"name":"x","email":"y"}],"version":"1.0.0"}"#,
        r#"{"questions":[]}"#,
    ] {
        assert_eq!(refusal(text), DocumentFault::NoFormat, "{text}");
    }
}

#[test]
fn a_kind_of_another_program_refuses_no_note() {
    for (text, expected) in [
        (r#"[{"word":"Haus","kind":"noun","meaning":"house"}]"#, "basic: Haus → house (kind: noun)"),
        (r#"[{"front":"a","back":"b","note type":"My type"}]"#, "basic: a → b (note type: My type)"),
        (r#"[{"q":"a","a":"b"}]"#, "basic: a → b"),
        (r#"[{"source":"Haus","target":"house","id":"17"}]"#, "basic: Haus → house"),
    ] {
        assert_eq!(lines(text), [expected], "{text}");
    }
}

#[test]
fn the_person_says_which_keys_are_read() {
    let read = |columns: &str, text: &str| {
        let columns = parse_columns(columns).unwrap();
        let options =
            ReadOptions { table: TableOptions { columns, ..TableOptions::default() }, ..ReadOptions::named("x") };
        let of = |importer: &dyn Importer, text: &str| read_with(importer, &options, text.as_bytes());
        let as_lines = text.trim_matches(['[', ']']).replace("},{", "}\n{");
        let (one, other) = (of(&JsonDocument, text), of(&crate::formats::jsonl::JsonLines, &as_lines));
        let line = |item: &Item| {
            let text = &item.text;
            format!("{} → {} ({})", text.text("front"), text.text("back"), text.extra.as_deref().unwrap_or_default())
        };
        let found = |read: &(Vec<ImportItem>, Result<(), FormatError>)| match &read.1 {
            Ok(()) => notes(&read.0).into_iter().map(line).collect::<Vec<_>>().join("|"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found(&one), found(&other), "{text}");
        found(&one)
    };
    let text = r#"[{"foo":"a","bar":"b","more":"c"},{"foo":"d","bar":"e"}]"#;
    assert_eq!(read("front=foo,back=bar", text), "a → b ()|d → e ()");
    assert_eq!(read("front=Bar,back=foo,extra=more", text), "b → a (more: c)|e → d ()");
    let numbered = r#"[{"a - 1 of 2":"a","a - 2 of 2":"b"}]"#;
    assert_eq!(read("front=a - 1 of 2,back=a - 2 of 2", numbered), "a → b ()", "a key as it is written comes first");
    let quiz = r#"[{"question":"q","options":["x","y"],"answer":"y"}]"#;
    assert_eq!(read("front=question,back=answer", quiz), "q → y ()");
    assert_eq!(read("front=foo,back=baz", text), "no note has a key `baz`; there are `foo`, `bar`, `more`");
    // However many keys there are.
    let many: Vec<String> = (0..120).map(|n| format!("{{\"foo\":\"a\",\"bar\":\"b\",\"k{n}\":\"c\"}}")).collect();
    let late = format!("[{},{{\"foo\":\"a\",\"bar\":\"b\",\"late\":\"d\"}}]", many.join(","));
    assert!(read("front=foo,back=bar,extra=late", &late).ends_with("a → b (late: d)"));
    let own = r#"{"format":"lmq-notes","version":1}"#;
    assert_eq!(read("front=foo,back=bar", own).split(',').next(), Some("it is a deck of lmq's own"));
}

#[test]
fn names_of_cards_and_decks_are_no_longer_than_fields() {
    let long = "x".repeat((1 << 20) + 1);
    for text in [
        format!(r#"[{{"front":"a","back":"b","key":"{long}"}}]"#),
        format!(r#"[{{"kind":"basic","fields":{{"front":"a","back":"b"}},"key":"{long}"}}]"#),
    ] {
        let (outcomes, _) = read(&JsonDocument, "x.json", text.as_bytes());
        let why = rejected(&outcomes)[0].1.to_string();
        assert_eq!(why, "note 1: `key` is longer than 1 MB; shorten it, or make several cards of it");
    }
}

#[test]
fn keys_that_are_lines_of_the_explanation_are_named_once() {
    let text = r#"[{"front":"a","back":"b","level":1,"more":{}},{"front":"c","back":"d","level":2,"unit":3}]"#;
    for (importer, text) in [
        (&JsonDocument as &dyn Importer, text.to_owned()),
        (&crate::formats::jsonl::JsonLines, text.trim_matches(['[', ']']).replace("},{", "}\n{")),
    ] {
        let (outcomes, result) = read(importer, "x", text.as_bytes());
        result.unwrap();
        let losses = outcomes.iter().filter_map(|outcome| match outcome {
            crate::formats::ImportItem::Loss(loss) => Some(loss.to_string()),
            _ => None,
        });
        assert_eq!(
            losses.collect::<Vec<_>>(),
            ["columns that became lines of the explanation: `level`, `unit`", "a column that is not read: `more`"],
            "{text}"
        );
        assert_eq!(notes(&outcomes)[1].text.extra.as_deref(), Some("level: 2\nunit: 3"));
    }
}

#[test]
fn a_document_that_is_not_ours_is_refused_with_the_reason() {
    for (text, fault) in [
        ("{\"format\":\"lmq-notes\",\"version\":2,\"decks\":[]}", DocumentFault::Newer(2)),
        ("{\"format\":\"lmq-notes\",\"decks\":[]}", DocumentFault::NoVersion),
        ("{\"format\":\"lmq-segment\",\"version\":1}", DocumentFault::OtherFormat("lmq-segment".to_owned())),
        ("{\"cards\":[]}", DocumentFault::NoFormat),
        // Valid JSON of other programs.
        ("{\"name\":\"x\",\"version\":\"1.0.0\",\"decks\":3}", DocumentFault::NoFormat),
        ("{\"type\":\"FeatureCollection\",\"format\":[1],\"features\":[{}]}", DocumentFault::NoFormat),
        ("[1,2,3]", DocumentFault::NoFormat),
        ("\"a text\"", DocumentFault::NoFormat),
        ("12", DocumentFault::NoFormat),
    ] {
        assert_eq!(refusal(text), fault, "{text}");
    }
    for (text, place, says) in [
        ("{\"format\":\"lmq-notes\",\n", (2, 0), "EOF"),
        ("", (1, 0), "EOF"),
        ("{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[]} x", (1, 47), "trailing"),
    ] {
        let (line, column, message) = broken(text);
        assert!((line, column) == place && message.starts_with(says), "{text}: {line}:{column}: {message}");
    }
}

#[test]
fn what_a_deck_has_of_another_type_is_no_broken_json() {
    let text = "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"name\":5}]}";
    let fault = refusal(text);
    assert!(matches!(fault, DocumentFault::Shape { line: 1, .. }), "{fault}");
    assert!(!fault.to_string().contains("broken"), "{fault}");
}

#[test]
fn a_million_keys_or_decks_are_not_held_at_once() {
    let keys: String = (0..1_000_000).map(|n| format!("\"k{n}\":{n},")).collect();
    assert_eq!(refusal(&format!("{{{keys}\"k\":1}}")), DocumentFault::NoFormat);
    let decks = "{},".repeat(1_000_000);
    let text = format!("{{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{decks}{{}}]}}");
    assert_eq!(refusal(&text), DocumentFault::TooManyDecks);
}

#[test]
fn nesting_100_000_deep_is_an_error_and_no_crash() {
    let deep = "[".repeat(100_000);
    assert_eq!(broken(&deep).2, "it is nested more than 128 deep");
    let document = format!("{{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{{\"id\":\"a\",\"notes\":[{deep}");
    assert_eq!(broken(&document).2, "EOF while parsing a list");
    let closed = format!("{document}{}]}}]}}", "]".repeat(100_000));
    assert_eq!(broken(&closed).2, "it is nested more than 128 deep");
}

#[test]
fn a_sink_that_stops_ends_the_reading() {
    let text = "[{\"front\":\"a\",\"back\":\"b\"}]";
    let mut input = io::Cursor::new(text);
    let result = JsonDocument.read(&mut input, &ReadOptions::default(), &mut |_| Err(crate::formats::Stop));
    assert!(matches!(result, Err(FormatError::Stopped)));
}

#[test]
fn utf_16_from_a_shell_is_read() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend("[{\"front\":\"é\",\"back\":\"b\"}]".encode_utf16().flat_map(u16::to_le_bytes));
    let (outcomes, result) = read(&JsonDocument, "x.json", &bytes);
    result.unwrap();
    assert_eq!(notes(&outcomes)[0].text.text("front"), "é");
}

#[test]
fn documents_are_told_from_lines_and_from_history() {
    for (name, text, ours) in [
        ("a.json", "{\"format\":\"lmq-notes\"", true),
        ("a.json", "[]", true),
        ("a.json", "{\"format\":\"lmq-segment\",\"version\":1}", false),
        ("-", "{ \"format\": \"lmq-notes\", \"version\": 1, \"decks\"", true),
        ("-", "{\"decks\":[", true),
        ("-", " [ {\"front\"", true),
        ("-", "{{c1::x}}\tb\n", false),
        ("-", "[a]\tb\n", false),
    ] {
        assert_eq!(JsonDocument.sniff(name, text.as_bytes()), ours, "{name} {text}");
    }
}
