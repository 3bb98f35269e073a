//! `lmq import`: tables as people, spreadsheets and Anki write them.

use crate::home::Lmq;

fn imported(name: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    let lmq = Lmq::new();
    lmq.write(name, content);
    let run = lmq.run(["import", name]).ok();
    assert!(run.stdout.contains("added"), "{run:?}");
    lmq.listed(&format!("deck:{}", name.split('.').next().unwrap()))
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
    let lmq = Lmq::new();
    lmq.write("a.csv", "Lima, of the kings:Peru\n");
    lmq.run(["import", "a.csv", "--delimiter", ":"]).ok().out();
    assert_eq!(lmq.listed("deck:a"), ["Lima, of the kings → Peru [new]"]);
    let error = lmq.run(["import", "a.csv", "--delimiter", "ab"]).err(2);
    assert!(error.contains("give one character, or tab, comma, semicolon, pipe, colon, space"), "{error}");
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
    let lmq = Lmq::new();
    lmq.write("w.csv", b"caf\xe9,coffee\n\x80,euro\n");
    let run = lmq.run(["import", "w.csv"]).ok();
    insta::assert_snapshot!(run.stderr, @"w.csv: line 1 is not UTF-8 (byte 0xE9), so the whole file was read as Windows-1252; if letters look wrong, save it as UTF-8 and import it again");
    assert_eq!(lmq.listed("deck:w"), ["café → coffee [new]", "€ → euro [new]"]);
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
    assert_eq!(run.stdout, "2 notes added, 3 left out\n");
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
    hint: nothing was changed; without --strict the good rows go in
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
    let lmq = Lmq::new();
    lmq.write(
        "anki.txt",
        "#separator:tab\n#html:true\n#guid column:1\n#deck column:2\n#tags column:5\n\
         aB3$\tGeo::Rivers\tPo\t<b>Adriatic</b> &amp; sea\titaly river\n# a comment\n",
    );
    assert_eq!(lmq.run(["import", "anki.txt"]).out(), "1 note added\n");
    assert_eq!(lmq.listed("deck:Geo::Rivers"), ["Po → **Adriatic** & sea [new]"]);
    assert_eq!(lmq.cards("deck:Geo")[0]["tags"].to_string(), r#"["italy","river"]"#);
    let id = lmq.id("deck:Geo");
    lmq.write(
        "anki.txt",
        "#separator:comma\n#guid column:1\n#columns:guid,front,back\n#deck:Geo::Rivers\naB3$,Po river,Adriatic\n",
    );
    assert_eq!(lmq.run(["import", "anki.txt"]).out(), "1 changed\n", "the guid says who it is");
    assert_eq!(lmq.id("deck:Geo"), id);
    // Without a directive a line that begins with # is a card.
    lmq.write("b.csv", "#1 rule,be kind\n");
    assert_eq!(lmq.run(["import", "b.csv"]).out(), "1 note added\n");
}

#[test]
fn a_million_characters_in_a_cell_are_a_bad_row() {
    let lmq = Lmq::new();
    lmq.write("a.csv", format!("Lima,Peru\nbig,{}\n", "x".repeat(3_100_000)));
    let run = lmq.run(["import", "a.csv"]).ok();
    assert_eq!(run.stdout, "1 note added, 1 left out\n");
    assert!(run.stderr.starts_with("a.csv:2: ") && run.stderr.len() < 200, "{}", run.stderr.len());
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
    let run = lmq.run(["import", "head.csv"]).ok();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("nothing to import\n", "head.csv: there are no cards in it\n")
    );
    lmq.write("one.csv", "Lima\nQuito\n");
    let error = lmq.run(["import", "one.csv"]).err(3);
    assert!(error.starts_with("lmq: cannot read `one.csv`\n  "), "{error}");
    lmq.write("blank.csv", "\n\n  \n");
    lmq.run(["import", "blank.csv"]).err(3);
}
