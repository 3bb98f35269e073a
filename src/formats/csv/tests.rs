use super::export::write_value;
use super::fault::RowFault;
use super::fault::TableFault;
use super::fault::TableWarning;
use super::head::Head;
use super::layout::Layout;
use super::*;
use crate::core::card::CardKind;
use crate::core::card::Field;
use crate::core::card::Form;
use crate::core::card::Markup;
use crate::core::card::Said;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::id::NoteUid;
use crate::formats::Exporter;
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
use crate::formats::Warning;
use crate::formats::columns::Dialect;
use crate::formats::columns::Draft;
use crate::formats::columns::Given;
use crate::formats::columns::Target;
use crate::formats::columns::fault::NoteFault;
use crate::formats::table::Row;
use crate::formats::table::Rows;
use crate::formats::table::separator::Separator;
use crate::formats::table::survey::Survey;
use crate::formats::testing::Fake;
use crate::formats::testing::any_notes;
use crate::formats::testing::any_value;
use crate::formats::testing::config;
use crate::formats::testing::notes;
use crate::formats::testing::read;
use crate::formats::testing::read_with;
use crate::formats::testing::rejected;
use crate::formats::testing::warnings;
use crate::formats::testing::written;
use proptest::prelude::*;
use std::io;

fn good(file_name: &str, bytes: impl AsRef<[u8]>) -> Vec<ImportItem> {
    let importer = if file_name.ends_with(".tsv") { &TSV } else { &CSV };
    let (outcomes, result) = read(importer, file_name, bytes.as_ref());
    result.unwrap();
    outcomes
}

fn refusal(text: &str) -> TableFault {
    match read(&CSV, "x.csv", text.as_bytes()).1 {
        Err(FormatError::NotThis(NotThis::Table(fault))) => fault,
        other => panic!("{other:?}"),
    }
}

/// The rows that were left out: their lines, and why.
fn left_out(outcomes: &[ImportItem]) -> Vec<(u64, RowFault)> {
    let row = |(place, fault): (Place, RecordFault)| match fault {
        RecordFault::Row(fault) => (place.line, fault),
        other => panic!("{other:?}"),
    };
    rejected(outcomes).into_iter().map(row).collect()
}

fn header(names: &[(&str, &str)]) -> Warning {
    TableWarning::Header(names.iter().map(|(name, role)| ((*name).to_owned(), (*role).to_owned())).collect()).into()
}

fn losses(outcomes: &[ImportItem]) -> Vec<(&'static str, u64)> {
    let loss = |outcome: &ImportItem| match outcome {
        ImportItem::Loss(loss) => Some((loss.kind.name(), loss.count)),
        _ => None,
    };
    outcomes.iter().filter_map(loss).collect()
}

fn missing(field: &'static str) -> RowFault {
    NoteFault::Missing { kind: "basic", field }.into()
}

fn pairs(outcomes: &[ImportItem]) -> Vec<(&str, &str)> {
    notes(outcomes).into_iter().map(|item| (item.text.text("front"), item.text.text("back"))).collect()
}

#[test]
fn a_paste_from_quizlet_is_read() {
    let outcomes = good(
        "-",
        "Who holds the ladder?\tthe manager, mostly\n \u{a0}“Lead” or follow?\u{a0}\tboth; in turn\n\"Lead\", she said\tquote\n",
    );
    assert_eq!(
        pairs(&outcomes),
        [
            ("Who holds the ladder?", "the manager, mostly"),
            ("“Lead” or follow?", "both; in turn"),
            ("\"Lead\", she said", "quote")
        ]
    );
    assert_eq!(outcomes.len(), 3);
}

#[test]
fn a_table_of_european_excel_is_read() {
    let outcomes = good(
        "x.csv",
        b"sep=;\r\nFrage;Antwort\r\n\"F\xfchren; hei\xdft?\";\"Wege\nzeigen\"\r\n\x84Ziel\x93;M\xfcnchen\r\n;\r\n",
    );
    assert_eq!(pairs(&outcomes), [("Führen; heißt?", "Wege\nzeigen"), ("„Ziel“", "München")]);
    let guessed = TableWarning::NotUtf8 { line: 3, byte: 0xfc, encoding: "windows-1252" };
    assert_eq!(warnings(&outcomes), [guessed.into(), header(&[("Frage", "the question"), ("Antwort", "the answer")])]);
}

#[test]
fn unicode_text_of_excel_is_read() {
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend("Front\tBack\r\nnaïve\t\"a \"\"b\"\"\"\r\n".encode_utf16().flat_map(u16::to_le_bytes));
    for name in ["x.tsv", "x.txt"] {
        assert_eq!(pairs(&good(name, &bytes)), [("naïve", "a \"b\"")]);
    }
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain("é,b".encode_utf16().flat_map(u16::to_be_bytes)).collect();
    assert_eq!(pairs(&good("x.csv", big)), [("é", "b")]);
}

#[test]
fn the_head_that_anki_reads_is_read_here_too() {
    let outcomes = good(
        "x.txt",
        "#separator:Comma\n#html:false\n#notetype column:2\n#deck column:3\n#guid column:1\n#tags column:6\n\
         #if matches:update current\nlmq-7f3a,Basic,Geo,\"Capital of Peru?\",Lima,geo capitals\n\
         # a comment, with \"\n#x,Basic,Geo,lost,too,\n\"#1\",Basic,Geo,a <b,c,\n",
    );
    assert_eq!(rejected(&outcomes), []);
    let found = notes(&outcomes);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].identity, Identity::Foreign { namespace: "anki".to_owned(), id: "lmq-7f3a".to_owned() });
    assert_eq!(found[0].deck.as_deref(), Some("Geo"));
    assert_eq!(found[0].text.tags, ["geo", "capitals"]);
    assert_eq!(found[0].place, Place::line(8));
    assert_eq!(pairs(&outcomes), [("Capital of Peru?", "Lima"), ("a <b", "c")]);
}

#[test]
fn directives_hold_for_all_rows() {
    let outcomes = good(
        "x.txt",
        "# Separator : Pipe\n#html:TRUE|||\n#tags:one two\n#deck:A::B\n#unknown:x\n\
         <b>a</b>&amp;lt;|b<br>c|two three\nd|e < f\n",
    );
    let found = notes(&outcomes);
    assert_eq!(pairs(&outcomes), [("<b>a</b>&amp;lt;", "b<br>c"), ("d", "e < f")]);
    assert_eq!(found[0].text.markup, Markup::Html);
    assert_eq!(found[0].text.tags, ["two", "three", "one"]);
    assert_eq!(warnings(&outcomes), [TableWarning::UnknownDirectives(vec!["`#unknown`".to_owned()]).into()]);
    assert_eq!(found[1].text.tags, ["one", "two"]);
    assert_eq!(found[1].deck.as_deref(), Some("A::B"));
    let outcomes = good("x.txt", "#separator:,\n#columns:Back,Tags,Front\nb,x,f\n");
    assert_eq!(pairs(&outcomes), [("f", "b")]);
    assert_eq!(notes(&outcomes)[0].text.tags, ["x"]);
}

#[test]
fn a_first_row_that_begins_with_a_hash_is_a_card() {
    let outcomes = good("x.csv", "#1 rule,listen\n#2 rule,listen more\na: b,c\n");
    assert_eq!(pairs(&outcomes), [("#1 rule", "listen"), ("#2 rule", "listen more"), ("a: b", "c")]);
}

#[test]
fn note_types_of_anki_have_their_kinds_and_unknown_ones_are_said_once() {
    let outcomes = good("x.txt", "#separator:tab\n#notetype column:1\nMine\ta\tb\nMine\tc\td\nEinfach\te\tf\n");
    assert_eq!(pairs(&outcomes), [("a", "b"), ("c", "d"), ("e", "f")]);
    assert_eq!(
        warnings(&outcomes),
        [TableWarning::UnknownNoteTypes(vec!["`Mine` (2 as front and back)".to_owned()]).into()]
    );
}

#[test]
fn a_header_in_any_order_and_case_names_the_columns() {
    let outcomes = good(
        "x.csv",
        "TAGS,Key,Definition,colour,Term,Notes,Hint,Deck\n\"geo, two words\",k1,Lima,red,Peru?,why,L…,South\n",
    );
    let item = notes(&outcomes)[0];
    assert_eq!(pairs(&outcomes), [("Peru?", "Lima")]);
    assert_eq!(item.identity, Identity::Key("k1".to_owned()));
    assert_eq!(item.deck.as_deref(), Some("South"));
    assert_eq!(item.text.tags, ["geo", "two words"]);
    assert_eq!((item.text.extra.as_deref(), item.text.hint.as_deref()), (Some("colour: red\n\nwhy"), Some("L…")));
    assert_eq!(losses(&outcomes), [("columns_merged", 1)]);
}

#[test]
fn an_id_is_ours_a_guid_is_ankis() {
    let hex = "35a38e856193508e25bdabed8d6d3676";
    let outcomes = good("x.csv", format!("id,front,back,key\n{hex},a,b,k\n17,c,d,\n17,e,f,k2\n"));
    let found = notes(&outcomes);
    assert_eq!(Some(&found[0].identity), NoteUid::from_hex(hex).map(Identity::Uid).as_ref());
    assert_eq!(found[0].key.as_deref(), Some("k"));
    assert_eq!(found[1].identity, Identity::None);
    assert_eq!(found[2].identity, Identity::Key("k2".to_owned()));
    let outcomes = good("x.csv", "guid,front,back\n#a`b,a,b\n");
    assert_eq!(notes(&outcomes)[0].identity, Identity::Foreign { namespace: "anki".to_owned(), id: "#a`b".to_owned() });
}

#[test]
fn a_third_column_is_tags_where_there_are_exactly_three() {
    let outcomes = good("x.csv", "a,b,x y\nc,d,x y\ne,f,\n");
    assert_eq!(notes(&outcomes)[0].text.tags, ["x", "y"]);
    let outcomes = good("x.csv", "a,b,,\nc,d,e,f\ng,h\n");
    assert_eq!(pairs(&outcomes), [("a", "b"), ("g", "h")]);
    assert_eq!(left_out(&outcomes), [(2, RowFault::TooWide { found: 4, known: 2, separator: "`,`".to_owned() })]);
}

#[test]
fn ragged_rows_are_left_out_with_their_lines() {
    let outcomes = good("x.csv", "a,b\n\nc\n,d\ne,\nf,g,,\nh,i,j\n \n,\nk,l\nm,n\n");
    assert_eq!(pairs(&outcomes), [("a", "b"), ("f", "g"), ("k", "l"), ("m", "n")]);
    assert_eq!(
        left_out(&outcomes),
        [
            (3, RowFault::TooNarrow { found: 1, least: 2, separator: "`,`".to_owned() }),
            (4, missing("front")),
            (5, missing("back")),
            (7, RowFault::TooWide { found: 3, known: 2, separator: "`,`".to_owned() }),
        ]
    );
}

#[test]
fn a_row_of_a_kind_that_does_not_fit_is_left_out() {
    let outcomes = good(
        "x.csv",
        "kind,front,back,held_out,text\nbasci,a,b,,\nbasic,a,b,perhaps,\nbasic,a,b,,c\n,a,b,YES,\n,c,d,,\n,e,f,,\n",
    );
    let no_field = NoteFault::NoField { kind: "basic", field: "text".to_owned(), known: vec!["front", "back"] };
    assert_eq!(
        left_out(&outcomes),
        [
            (2, NoteFault::NoKind("basci".to_owned()).into()),
            (3, NoteFault::BadHeldOut("perhaps".to_owned()).into()),
            (4, no_field.into()),
        ]
    );
    assert!(notes(&outcomes)[0].text.held_out);
}

#[test]
fn a_form_of_a_check_up_is_read_and_other_forms_of_other_programs_are_passed_over() {
    let head = "front,back,held_out,form\n";
    let rows = "a,b,yes,reserve\nc,d,,plural\n";
    let theirs = good("x.csv", format!("{head}{rows}"));
    let forms = |outcomes: &[ImportItem]| notes(outcomes).iter().map(|note| note.text.form).collect::<Vec<_>>();
    assert_eq!(forms(&theirs), [Some(Form::Reserve), None]);
    let ours = good("x.csv", format!("#lmq:1 excel-safe\n#separator:Comma\n{head}{rows}"));
    assert_eq!(forms(&ours), [Some(Form::Reserve)]);
    assert_eq!(left_out(&ours), [(5, NoteFault::BadForm("plural".to_owned()).into())]);
}

#[test]
fn an_open_quote_among_a_thousand_rows_costs_one_row() {
    for quotes in [false, true] {
        let row = |n: usize| {
            if quotes { format!("\"front {n}\",\"back {n}\"\n") } else { format!("front {n},back {n}\n") }
        };
        let text: String =
            (1..=1000).map(|n| if n == 500 { "front 500,\"back 500\n".to_owned() } else { row(n) }).collect();
        let outcomes = good("x.csv", text);
        assert_eq!(notes(&outcomes).len(), 999);
        assert_eq!(left_out(&outcomes), [(500, RowFault::Unclosed)]);
        assert_eq!(notes(&outcomes)[499].place.line, 501);
    }
}

#[test]
fn the_separator_is_the_one_that_splits_rows_evenly() {
    for (text, pair) in [
        ("time 10:30,noon; sharp\na,b\nc;,d\n", ("time 10:30", "noon; sharp")),
        ("a, b;c\nd;e, f\ng;h\n", ("a, b", "c")),
        ("a, b\tc, d\ne, f\tg\n", ("a, b", "c, d")),
        ("a|b\nc|d\n", ("a", "b")),
        ("\"a;b\",c\n\"d;e\",f\n", ("a;b", "c")),
        ("front,back\na;b,c;d\n", ("a;b", "c;d")),
    ] {
        assert_eq!(pairs(&good("x.csv", text))[0], pair, "{text}");
    }
}

#[test]
fn a_separator_that_was_said_is_taken() {
    let options = |delimiter: &str| ReadOptions {
        table: TableOptions { delimiter: Some(delimiter.to_owned()), ..TableOptions::default() },
        ..ReadOptions::named("x.tsv")
    };
    let (outcomes, result) = read_with(&TSV, &options(":"), b"a:b\tx\n");
    result.unwrap();
    assert_eq!(pairs(&outcomes), [("a", "b\tx")]);
    let (_, result) = read_with(&CSV, &options("|"), b"a,b\n");
    let fault = TableFault::NothingSeparated("`|`".to_owned());
    assert!(matches!(result, Err(FormatError::NotThis(NotThis::Table(found))) if found == fault));
}

#[test]
fn a_separator_that_a_spreadsheet_changed_is_found_again() {
    let outcomes = good("x.csv", "#lmq:1 excel-safe;;\n#separator:Comma;;\nkey;front;back\nk;a;'=b\n");
    assert_eq!(pairs(&outcomes), [("a", "=b")]);
    assert_eq!(
        warnings(&outcomes),
        [TableWarning::OtherSeparator { said: "`,`".to_owned(), taken: "`;`".to_owned() }.into()]
    );
}

#[test]
fn one_column_is_refused_with_what_was_tried() {
    let fault = refusal("one\ntwo\nthree\n");
    assert_eq!(fault, TableFault::OneColumn);
    assert!(
        fault.to_string().starts_with("its rows have only one column: tab, `;`, `,`, `|` were tried, and lists"),
        "{fault}"
    );
    for nothing in ["", "\n\n", "#html:true\n", "\u{feff}"] {
        assert_eq!(refusal(nothing), TableFault::NoRows);
    }
    assert_eq!(refusal("front,back\n"), TableFault::HeaderOnly);
    assert_eq!(good("x.csv", "#lmq:1\nfront,back\n"), []);
}

#[test]
fn a_table_of_a_newer_lmq_is_refused() {
    assert_eq!(refusal("#lmq:2 new,,\nfront,back\na,b\n"), TableFault::Newer("2 new".to_owned()));
}

#[test]
fn bare_cr_ends_rows_and_nul_bytes_are_told_once() {
    let outcomes = good("x.csv", "\u{feff}front,back\ra\0,b\rc\0,d");
    assert_eq!(pairs(&outcomes), [("a", "b"), ("c", "d")]);
    assert_eq!(warnings(&outcomes), [TableWarning::Nul.into()]);
}

#[test]
fn a_basic_deck_looks_sane_in_a_spreadsheet() {
    let (mut outcomes, _) = read(&CSV, "x.csv", b"key,front,back,tags\nk1,\"Say \"\"hi\"\"\",-1,geo eu\n");
    let Some(ImportItem::Record(Record::Note(item))) = outcomes.pop() else { panic!() };
    let deck = crate::formats::DeckHead { name: "Geo".to_owned(), ..Default::default() };
    let bytes = written(&CSV_OUT, &[Record::Deck(deck), Record::Note(item)]);
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "\u{feff}#lmq:1 excel-safe");
    assert_eq!(lines[1], "#separator:Comma");
    assert!(
        lines[2]
            .starts_with("id,key,deck,kind,front,back,hint,extra,tags,source,topic,speaker,group,after,held_out,form")
    );
    assert!(lines[3].starts_with(",k1,Geo,basic,\"Say \"\"hi\"\"\",'-1,,,geo eu,,,,,,"));
}

#[test]
fn what_a_table_can_not_hold_is_escaped_in_its_cell() {
    let (mut outcomes, _) = read(&CSV, "x.csv", b"front,back\na,b\n");
    let Some(ImportItem::Record(Record::Note(mut item))) = outcomes.pop() else { panic!() };
    for (hint, cell) in [
        ("a\r\nb\rc\0d", "\"\\:a\\r\nb\\rc\\0d\""),
        ("\\:\\frac", "\"\\:\\\\:\\\\frac\""),
        (" ", "\"\\: \""),
        ("\\frac\\r", "\\frac\\r"),
    ] {
        item.text.hint = Some(hint.to_owned());
        let bytes = written(&CSV_OUT, &[Record::Note(item.clone())]);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(&format!(",{cell},")), "{text}");
        // As a spreadsheet saves it.
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let (outcomes, _) = read(&CSV, "x.csv", text.as_bytes());
            assert_eq!(notes(&outcomes)[0].text.hint.as_deref(), Some(hint));
        }
    }
}

#[test]
fn a_line_end_of_another_system_in_a_list_or_a_phrasing_ends_neither() {
    let texts = |texts: &[&str]| Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    let (mut outcomes, _) = read(&CSV, "x.csv", b"kind,prompt,items\nlist,a,b | c\n");
    let Some(ImportItem::Record(Record::Note(mut item))) = outcomes.pop() else { panic!() };
    item.text.fields.insert("items".to_owned(), texts(&["a\r\nb", "c\rd", "|\0"]));
    item.text.fields.insert("prompt".to_owned(), texts(&["x\r|\ry", "z"]));
    let bytes = written(&CSV_OUT, &[Record::Note(item)]);
    let (outcomes, _) = read(&CSV, "x.csv", &bytes);
    let read = &notes(&outcomes)[0].text.fields;
    assert_eq!(read["items"], texts(&["a\r\nb", "c\rd", "|\0"]));
    assert_eq!(read["prompt"], texts(&["x\r|\ry", "z"]));
}

#[test]
fn a_note_that_the_table_has_no_column_for_is_refused() {
    let mut item = Item {
        place: Place::default(),
        deck: None,
        identity: Identity::None,
        key: None,
        text: Default::default(),
        says: Said::ALL,
    };
    let mut out = Vec::new();
    let mut writer = CSV_OUT.begin(&mut out).unwrap();
    item.text.kind = "hologram".to_owned();
    let error = writer.write(&Record::Note(Box::new(item))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains(": `hologram` is not a kind of card"));
}

#[test]
fn tables_are_told_from_other_text() {
    for (name, head, ours) in [
        ("x.csv", &b""[..], true),
        ("x.TXT", b"a\tb", true),
        ("-", b"a\tb\n", true),
        ("-", b"\xff\xfea\0", true),
        ("words", b"caf\xe9;b\n", true),
        ("-", b"{{c1::a}} b\tc", true),
        ("-", b"[1] a\tb", true),
        ("-", b"{\"format\":\"lmq-segment\"}", false),
        ("-", b"[{\"a\":1}]", false),
        ("x.md", b"# a, b\n", false),
        ("-", b"PK\x03\x04", false),
        ("-", b"SQLite format 3\0", false),
    ] {
        assert_eq!(CSV.sniff(name, head), ours, "{name} {head:?}");
    }
    assert!(TSV.sniff("a.TSV", b""));
    assert!(!TSV.sniff("a.csv", b"a\tb"));
}

/// The cells of a row below `front` and `back`: mostly two, sometimes too few, too many, or none at all.
fn any_row() -> impl Strategy<Value = Vec<String>> {
    let cell = || prop_oneof!["[a-z]{1,6}", "[a-z]é[ ,;|\t\"]{0,3}[a-z]", "[a-z]\n[a-z,]{0,3}[a-z]"];
    let row = (cell(), cell()).prop_map(|(front, back)| vec![front, back]);
    prop_oneof![
        6 => row,
        1 => cell().prop_map(|front| vec![front]),
        1 => cell().prop_map(|front| vec![front, String::new()]),
        1 => prop::collection::vec(cell(), 3..6),
        1 => Just(vec![String::new()]),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(items in any_notes(false), crlf: bool) {
        let records: Vec<Record> = items.iter().cloned().map(|item| Record::Note(Box::new(item))).collect();
        let mut bytes = written(&CSV_OUT, &records);
        if crlf {
            // As a spreadsheet or Git on Windows saves it.
            bytes = String::from_utf8(bytes).unwrap().replace('\n', "\r\n").into_bytes();
        }
        let (outcomes, result) = read(&CSV, "x.csv", &bytes);
        result.unwrap();
        prop_assert_eq!(rejected(&outcomes), []);
        let found: Vec<Item> =
            notes(&outcomes).into_iter().cloned().map(|item| Item { place: Place::default(), says: Said::ALL, ..item }).collect();
        prop_assert_eq!(found, items);
    }

    #[test]
    fn a_value_of_any_shape_comes_back_from_its_cell(
        text in any_value(Shape::Text, false),
        variants in any_value(Shape::Variants, false),
        texts in any_value(Shape::Texts, false),
    ) {
        static KIND: Fake = Fake(&[
            Field { name: "text", shape: Shape::Text, required: false },
            Field { name: "variants", shape: Shape::Variants, required: false },
            Field { name: "texts", shape: Shape::Texts, required: false },
        ]);
        let values = [text, variants, texts];
        let mut out = Vec::new();
        let mut scratch = String::new();
        for (field, value) in KIND.fields().iter().zip(&values) {
            write_value(value, field.shape, &mut scratch, &mut out).unwrap();
            out.push(b',');
        }
        let mut rows = Rows::new(Box::new(out.as_slice()));
        let mut row = Row::default();
        rows.next(&mut row).unwrap();
        let head = Head { any: true, own: true, excel_safe: true, ..Head::default() };
        let layout = Layout::of(head, &Survey::default(), &Separator::Byte(b','), &TableOptions::default()).unwrap();
        let mut draft = Draft::new(&KIND);
        for (field, cell) in KIND.fields().iter().zip(row.cells().unwrap().iter()) {
            let target = Target::Field(field.name, field.shape);
            draft.put(target, Given::Text(layout.clean(cell)), Dialect::Own).unwrap();
        }
        let fields = draft.finish(Place::default(), Said::ALL).unwrap().text.fields;
        let expected = KIND.fields().iter().zip(values).map(|(field, value)| (field.name.to_owned(), value));
        prop_assert_eq!(fields, expected.collect::<std::collections::BTreeMap<_, _>>());
    }

    #[test]
    fn each_row_comes_out_as_its_note_or_is_rejected_by_its_line(
        rows in prop::collection::vec(any_row(), 0..40),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let mut text = format!("front{delimiter}back{end}");
        let (mut line, mut expected, mut bad) = (2, Vec::new(), Vec::new());
        for cells in &rows {
            let quoted = |cell: &String| {
                if cell.contains(['"', '\n', delimiter]) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
            };
            text += &cells.iter().map(quoted).collect::<Vec<_>>().join(&delimiter.to_string());
            text += end;
            let separator = if delimiter == '\t' { "tab".to_owned() } else { format!("`{delimiter}`") };
            match &cells[..] {
                [front, back] if !back.is_empty() => expected.push((line, front.clone(), back.clone())),
                [_, _] => bad.push((line, missing("back"))),
                [blank] if blank.is_empty() => {}
                [_] => bad.push((line, RowFault::TooNarrow { found: 1, least: 2, separator })),
                more => bad.push((line, RowFault::TooWide { found: more.len(), known: 2, separator })),
            }
            line += 1 + u64::try_from(cells.concat().matches('\n').count()).unwrap();
        }
        let (outcomes, result) = read(&CSV, "x.csv", text.as_bytes());
        let (all, few) = (bad.len() + expected.len(), bad.len() + expected.len() < 10);
        let most = if few { !expected.is_empty() && bad.len() >= expected.len() * 3 } else { bad.len() > expected.len() };
        prop_assert_eq!(result.is_err(), most || all == 0);
        if result.is_err() {
            return Ok(());
        }
        let found: Vec<(u64, String, String)> = notes(&outcomes)
            .into_iter()
            .map(|item| (item.place.line, item.text.text("front").to_owned(), item.text.text("back").to_owned()))
            .collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(left_out(&outcomes), bad);
    }

    #[test]
    fn of_any_bytes_each_row_is_read_or_rejected_once(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[#a-z:,;=\"\n\t |]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            for importer in [&CSV, &TSV] {
                let (outcomes, result) = read(importer, "x", bytes);
                let mut last = 0;
                for outcome in &outcomes {
                    let line = match outcome {
                        ImportItem::Record(Record::Note(item)) => {
                            let texts = item.text.fields.values().flat_map(|value| value.texts().iter());
                            prop_assert!(texts.clone().count() > 0, "{item:?}");
                            prop_assert!(texts.clone().all(|text| !text.trim().is_empty()), "{item:?}");
                            item.place.line
                        }
                        ImportItem::Rejected(rejected) => rejected.place.line,
                        _ => continue,
                    };
                    prop_assert!(line > last, "line {line} after line {last}");
                    last = line;
                }
                let ends = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
                prop_assert!(last <= u64::try_from(ends).unwrap() + 1);
                let is_bad = |outcome: &&ImportItem| matches!(outcome, ImportItem::Rejected(_));
                prop_assert!(result.is_ok() || outcomes.iter().filter(is_bad).count() * 2 >= notes(&outcomes).len());
            }
        }
    }
}
