//! `lmq import`: tables as people, spreadsheets and Anki write them.

use crate::home::Lmq;
use crate::world::World;
use lmq::core::card::Markup;
use lmq::formats::TableOptions;
use lmq::ops::import::Options;

fn imported(name: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    let mut world = World::bare();
    let report = world.import(name, content);
    assert!(report.added > 0, "{report:?}");
    world.listed(&format!("deck:{}", name.split('.').next().unwrap()))
}

const TWO: [&str; 2] = ["Lima → Peru [new]", "Quito → Ecuador [new]"];

#[test]
fn a_header_is_known_by_its_names_and_not_needed() {
    assert_eq!(imported("a.csv", "Lima,Peru\nQuito,Ecuador\n"), TWO);
    assert_eq!(imported("a.csv", "Front,Back\nLima,Peru\nQuito,Ecuador\n"), TWO);
    assert_eq!(imported("a.csv", "tags,ANSWER,Question\nx,Peru,Lima\ny z,Ecuador,Quito\n"), TWO);
    // Words of a header in a card are a card.
    assert_eq!(imported("a.csv", "front,Lima\nQuito,Ecuador\n"), ["front → Lima [new]", TWO[1]]);
}

#[test]
fn the_delimiter_is_the_one_that_makes_equal_columns() {
    assert_eq!(imported("a.csv", "Lima;Peru\nQuito;Ecuador\n"), TWO);
    assert_eq!(imported("a.txt", "Lima\tPeru\nQuito\tEcuador\n"), TWO);
    assert_eq!(imported("a.csv", "Lima|Peru\nQuito|Ecuador\n"), TWO);
    assert_eq!(imported("a.csv", "sep=;\nLima;Peru\nQuito;Ecuador\n"), TWO);
    assert_eq!(
        imported("a.csv", "\"at 10:30; sharp\",noon\n\"a; b\",c\n"),
        ["at 10:30; sharp → noon [new]", "a; b → c [new]"]
    );
    let mut world = World::bare();
    let table = TableOptions { delimiter: Some(":".to_owned()), ..TableOptions::default() };
    let options = Options { table, ..Options::default() };
    world.try_import_with("a.csv", "Lima, of the kings:Peru\n", &options).unwrap();
    assert_eq!(world.listed("deck:a"), ["Lima, of the kings → Peru [new]"]);
}

#[test]
fn byte_order_marks_utf16_and_old_windows_files_are_read() {
    assert_eq!(imported("a.csv", "\u{feff}Lima;Peru\r\nQuito;Ecuador\r\n"), TWO);
    let units = |little: bool| -> Vec<u8> {
        "\u{feff}Lima\tPeru\r\nQuito\tEcuador\r\n"
            .encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    assert_eq!(imported("a.txt", units(true)), TWO);
    assert_eq!(imported("a.txt", units(false)), TWO);
    assert_eq!(imported("a.csv", "Lima,Peru\rQuito,Ecuador\r"), TWO);
    assert_eq!(imported("a.csv", "Lima,Pe\0ru\nQuito,Ecuador\n"), TWO);
    let mut world = World::bare();
    let report = world.import("w.csv", b"caf\xe9,coffee\n\x80,euro\n");
    assert_eq!(
        report.warnings,
        ["w.csv: line 1 is not UTF-8 (byte 0xE9), so the file was read as windows-1252; if letters look wrong, \
             name its encoding with --encoding, or save it as UTF-8"]
    );
    assert_eq!(world.listed("deck:w"), ["café → coffee [new]", "€ → euro [new]"]);
}

#[test]
fn tables_come_in_whatever_wrote_them() {
    let mut utf16: Vec<u8> = vec![0xff, 0xfe];
    utf16.extend("Größe\tsize\nÄrger\tanger\n".encode_utf16().flat_map(u16::to_le_bytes));
    let latin: Vec<u8> = "Front;Back\nGr\u{f6}\u{df}e;size\n\u{c4}rger;anger\n"
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let anki = "#separator:Comma\n#html:false\n#deck:T\n#columns:Front,Back,Tags\nGröße,size,a b\nÄrger,\"an \"\"anger\"\"\nof two lines\",a\n";
    for (name, bytes) in [
        ("plain.csv", "Größe,size\nÄrger,anger\n".as_bytes().to_vec()),
        ("bom.csv", "\u{feff}front,back\r\nGröße,size\r\nÄrger,anger\r\n".as_bytes().to_vec()),
        ("excel.csv", "sep=;\nGröße;size\nÄrger;anger\n".as_bytes().to_vec()),
        ("tab.txt", b"Gr\xc3\xb6\xc3\x9fe\tsize\n\xc3\x84rger\tanger\n".to_vec()),
        ("wide.tsv", utf16),
        ("latin.csv", latin),
        ("anki.txt", anki.as_bytes().to_vec()),
    ] {
        let mut world = World::bare();
        assert!(world.import(name, &bytes).sentence().starts_with("2 notes added"), "{name}");
        let found = world.found("Große");
        assert_eq!(found.len(), 1, "{name}: accents don't count in a search");
        assert_eq!(found[0].text.prompt(1), "Größe", "{name}");
    }
}

#[test]
fn quotes_go_over_lines() {
    assert_eq!(
        imported("a.csv", "front,back\n\"two\nlines\",\"say \"\"yes\"\"\"\n5\" disk,old\n"),
        ["two\nlines → say \"yes\" [new]", "5\" disk → old [new]"]
    );
}

#[test]
fn bad_rows_are_listed_with_their_lines_and_the_rest_goes_in() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "front,back\nLima,Peru\nQuito\n,empty\n\"open,quote\nBogotá,Colombia\n");
    let run = lmq.run(["import", "a.csv"]).ok();
    assert_eq!(run.stdout, "2 notes added to a, 3 left out\n");
    insta::assert_snapshot!(run.stderr, @r#"
    a.csv:3: 1 column, expected 2 or more (separated by `,`)
    a.csv:4: the front is empty; a `basic` card needs one
    a.csv:5: the quote " that begins a cell here is never closed; close it, or write it twice within quotes
    "#);
    assert_eq!(lmq.listed("deck:a"), ["Lima → Peru [new]", "Bogotá → Colombia [new]"]);
    let json = lmq.run(["import", "a.csv", "--json"]).json();
    assert_eq!((json["rejected"].as_u64(), json["rejections"].as_array().unwrap().len()), (Some(3), 3));
}

#[test]
fn strict_imports_nothing_where_one_row_is_bad() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "front,back\nLima,Peru\nQuito\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--strict"]).err(3), @r"
    lmq: not imported: there are bad rows, and --strict was given
      a.csv:3: 1 column, expected 2 or more (separated by `,`)
    hint: nothing was changed; without --strict the good rows are imported
    ");
    assert!(lmq.run(["cards", "deck:a"]).err(2).contains("there is no deck `a`"));
    lmq.write("b.csv", "front,back\nQuito\n");
    let error = lmq.run(["import", "b.csv"]).err(3);
    assert!(error.starts_with("lmq: nothing in it could be read\n  b.csv:2: "), "{error}");
    lmq.write("c.csv", "Lima,Peru\n");
    lmq.run(["import", "c.csv", "--strict"]).ok().out();
}

#[test]
fn ankis_directives_are_obeyed() {
    let mut world = World::bare();
    let first = "#separator:tab\n#html:true\n#guid column:1\n#deck column:2\n#tags column:5\n\
         aB3$\tGeo::Rivers\tPo\t<b>Adriatic</b> &amp; sea\titaly river\n# a comment\n";
    assert_eq!(world.import("anki.txt", first).sentence(), "1 note added");
    let text = &world.found("deck:Geo::Rivers")[0].text;
    assert_eq!((text.text("back"), text.markup), ("<b>Adriatic</b> &amp; sea", Markup::Html), "HTML stays as it came");
    assert_eq!(world.found("deck:Geo")[0].text.tags, ["italy", "river"]);
    let id = world.id("deck:Geo");
    let second =
        "#separator:comma\n#guid column:1\n#columns:guid,front,back\n#deck:Geo::Rivers\naB3$,Po river,Adriatic\n";
    assert_eq!(world.import("anki.txt", second).sentence(), "1 changed", "the guid says who it is");
    assert_eq!(world.id("deck:Geo"), id);
    // Without a directive a line that begins with # is a card.
    assert_eq!(world.import("b.csv", "#1 rule,be kind\n").sentence(), "1 note added");
}

#[test]
fn of_ankis_cards_in_plain_text_the_answer_begins_below_the_line() {
    let mut world = World::bare();
    let cards = "#separator:tab\n#html:true\nWhat is it?\t\"What is it?\n\n<hr id=answer>\n\n<b>that</b>\"\n";
    assert_eq!(world.import("cards.txt", cards).sentence(), "1 note added");
    assert_eq!(world.found("deck:cards")[0].text.text("back"), "<b>that</b>");
}

#[test]
fn a_million_characters_in_a_cell_are_a_bad_row() {
    let mut world = World::bare();
    let report = world.import("a.csv", format!("Lima,Peru\nbig,{}\n", "x".repeat(3_100_000)));
    assert_eq!(report.sentence(), "1 note added, 1 left out");
    let [rejected] = report.rejected.as_slice() else { panic!("{:?}", report.rejected.len()) };
    assert!(rejected.starts_with("a.csv:2: ") && rejected.len() < 200, "{}", rejected.len());
}

#[test]
fn what_is_empty_or_has_one_column_is_said() {
    let lmq = Lmq::new();
    lmq.write("empty.csv", "");
    insta::assert_snapshot!(lmq.run(["import", "empty.csv"]).err(3), @r"
    lmq: `empty.csv` is empty
    hint: nothing was imported
    ");
    lmq.write("head.csv", "front,back\n");
    let error = lmq.run(["import", "head.csv"]).err(3);
    assert!(error.contains("there is only a header in it and no row below; with --header no it is a card"), "{error}");
    lmq.write("one.csv", "Lima\nQuito\n");
    let error = lmq.run(["import", "one.csv"]).err(3);
    assert!(error.starts_with("lmq: cannot read `one.csv`\n  "), "{error}");
    lmq.write("blank.csv", "\n\n  \n");
    lmq.run(["import", "blank.csv"]).err(3);
}

#[test]
fn a_header_that_is_said_later_takes_its_card_out_of_the_file_and_gives_the_others_their_columns() {
    let said = |header| {
        let table = TableOptions { header: Some(header), ..TableOptions::default() };
        Options { table, ..Options::default() }
    };
    for (text, before, after, changed, added, missing) in [
        (
            "Seite eins,Seite zwei\nLima,Peru\nQuito,Ecuador\n",
            &["Lima → Peru [new]", "Quito → Ecuador [new]", "Seite eins → Seite zwei [new]"][..],
            &["Lima → Peru [new]", "Quito → Ecuador [new]", "Seite eins → Seite zwei [new]"][..],
            0,
            0,
            1,
        ),
        (
            "word,note,meaning\nLima,x,Peru\nQuito,y,Ecuador\n",
            &["Lima → x [new]", "Quito → y [new]", "word → note [new]"],
            &["Lima → Peru [new]", "Quito → Ecuador [new]", "word → note [new]"],
            2,
            0,
            1,
        ),
        // Asked the other way round they are other cards.
        (
            "meaning,word\nPeru,Lima\n",
            &["Peru → Lima [new]", "meaning → word [new]"],
            &["Lima → Peru [new]", "Peru → Lima [new]", "meaning → word [new]"],
            0,
            1,
            2,
        ),
    ] {
        let mut world = World::bare();
        let sorted = |world: &mut World| {
            let mut listed = world.listed("deck:a");
            listed.sort();
            listed
        };
        world.try_import_with("a.csv", text, &said(false)).unwrap();
        assert_eq!(sorted(&mut world), before, "{text}");
        let report = world.try_import_with("a.csv", text, &said(true)).unwrap();
        assert_eq!((report.changed, report.added, report.missing), (changed, added, missing), "{text}");
        assert_eq!(sorted(&mut world), after, "{text}");
    }
}
