//! Tables as people have them: what is made of each.

use super::fault::TableFault;
use super::*;
use crate::core::card::Markup;
use crate::formats::FormatError;
use crate::formats::HeaderRow;
use crate::formats::ImportItem;
use crate::formats::Importer as _;
use crate::formats::Item;
use crate::formats::NotThis;
use crate::formats::ReadOptions;
use crate::formats::TableOptions;
use crate::formats::parse_columns;
use crate::formats::testing::notes;
use crate::formats::testing::read_with;
use crate::formats::testing::rejected;
use crate::formats::testing::warnings;
use std::io::Cursor;

pub(super) fn options(columns: &str) -> ReadOptions {
    let columns = if columns.is_empty() { Vec::new() } else { parse_columns(columns).unwrap() };
    ReadOptions { table: TableOptions { columns, ..TableOptions::default() }, ..ReadOptions::named("x.txt") }
}

pub(super) fn read_so(options: &ReadOptions, bytes: &[u8]) -> Result<Vec<ImportItem>, TableFault> {
    match read_with(&CSV, options, bytes) {
        (outcomes, Ok(())) => Ok(outcomes),
        (_, Err(FormatError::NotThis(NotThis::Table(fault)))) => Err(fault),
        (_, other) => panic!("{other:?}"),
    }
}

pub(super) fn read(text: &str) -> Vec<ImportItem> {
    read_so(&options(""), text.as_bytes()).unwrap()
}

/// `kind: question → answer (explanation) [tags]` of each note.
pub(super) fn lines(outcomes: &[ImportItem]) -> Vec<String> {
    let line = |item: &Item| {
        let text = &item.text;
        let first = ["front", "prompt", "text"].into_iter().map(|name| text.text(name)).find(|text| !text.is_empty());
        let second = ["back", "answer"].into_iter().map(|name| text.text(name)).find(|text| !text.is_empty());
        let mut line = format!("{} → {}", first.unwrap_or_default(), second.unwrap_or_default());
        if text.kind != "basic" {
            line = format!("{}: {line}", text.kind);
        }
        if let Some(extra) = &text.extra {
            line += &format!(" ({})", extra.replace('\n', "; "));
        }
        if !text.tags.is_empty() {
            line += &format!(" [{}]", text.tags.join("|"));
        }
        line
    };
    notes(outcomes).into_iter().map(line).collect()
}

pub(super) fn said(outcomes: &[ImportItem]) -> String {
    warnings(outcomes).iter().map(|warning| format!("{warning}\n")).collect()
}

pub(super) fn losses(outcomes: &[ImportItem]) -> Vec<String> {
    let loss = |outcome: &ImportItem| match outcome {
        ImportItem::Loss(loss) => Some(loss.to_string()),
        _ => None,
    };
    outcomes.iter().filter_map(loss).collect()
}

#[test]
fn headers_are_recognised_by_what_they_are() {
    for (text, expected) in [
        ("German,English\nHaus,house\nBaum,tree\n", "Haus → house"),
        ("Word,Translation\nHaus,house\nBaum,tree\n", "Haus → house"),
        ("Country;Capital\nFrance;Paris\nPeru;Lima\n", "France → Paris"),
        (
            "type,word,german,english\nnoun,house,Haus,house\nverb,go,gehen,to go\n",
            "house → Haus (type: noun; english: house)",
        ),
        (
            "type,word,german,english\nnoun,haus,Haus,house\nverb,gehen,gehen,to go\n",
            "haus → house (type: noun; german: Haus)",
        ),
        ("german,english\nhaus,house\nbaum,tree\n", "haus → house"),
        (
            "infinitive,past simple,past participle,german\ngo,went,gone,gehen\nsee,saw,seen,sehen\n",
            "go → gehen (past simple: went; past participle: gone)",
        ),
        ("type,german,english\nnoun,Haus,house\nverb,gehen,to go\n", "Haus → house (type: noun)"),
        ("Frage;Antwort;Schlagwörter\nWer?;ich;a b\nWas?;nichts;a\n", "Wer? → ich [a|b]"),
        ("Kanji,Reading,Meaning\n日本,にほん,Japan\n水,みず,water\n", "日本 → Japan (Reading: にほん)"),
        ("Hanzi,Pinyin,English\n水,shuǐ,water\n火,huǒ,fire\n", "水 → water (Pinyin: shuǐ)"),
        ("Symbol,Element,Atomic number\nH,Hydrogen,1\nHe,Helium,2\n", "H → Hydrogen (Atomic number: 1)"),
        ("Слово;Перевод;Пример\nдом;house;Это дом.\nлес;forest;\n", "дом → house (Пример: Это дом.)"),
        ("No.,Kelime,Anlam\n1,ev,house\n2,su,water\n", "ev → house"),
        ("en,de\nhouse,Haus\ntree,Baum\n", "house → Haus"),
        ("Simple,Romanised\nдом,dom\nлес,les\n", "дом → dom"),
        ("Spanish Word,English Translation\nrojo,red\nazul,blue\n", "rojo → red"),
        ("English Translation,Spanish Word\nred,rojo\nblue,azul\n", "rojo → red"),
        ("English word;German word\nhouse;Haus\ntree;Baum\n", "house → Haus"),
        ("mot français,traduction anglaise\nmaison,house\narbre,tree\n", "maison → house"),
        ("palabra en español;palabra en inglés\ncasa;house\nárbol;tree\n", "casa → house"),
        ("Deutsches Wort,englische Übersetzung,Beispiel\nHaus,house,\nBaum,tree,\n", "Haus → house"),
        ("英语单词,中文释义\nhouse,房子\ntree,树\n", "house → 房子"),
        ("질문,답변\n수도?,서울\n강?,한강\n", "수도? → 서울"),
        ("słówko;tłumaczenie\ndom;house\nlas;forest\n", "dom → house"),
        ("słówka;znaczenia\ndom;house\nlas;forest\n", "dom → house"),
        ("Wörter;Bedeutungen\nHaus;house\nBaum;tree\n", "Haus → house"),
        ("kelimeler,anlamlar\nev,house\nsu,water\n", "ev → house"),
        ("KELİME,İNGİLİZCE\nev,house\nsu,water\n", "ev → house"),
        ("orð,þýðing\nhús,house\ntré,tree\n", "hús → house"),
        ("کلمه,معنی\nخانه,house\nدرخت,tree\n", "خانه → house"),
        ("শব্দ,অর্থ\nবাড়ি,house\nগাছ,tree\n", "বাড়ি → house"),
        ("paraula,traducció\ncasa,house\narbre,tree\n", "casa → house"),
        ("Wo\u{308}rter;U\u{308}bersetzung\nHaus;house\nBaum;tree\n", "Haus → house"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(lines(&outcomes).len(), 2, "{text}");
        assert!(said(&outcomes).contains("--header no"), "{text}{}", said(&outcomes));
        let mut card = options("");
        card.table.header = Some(false);
        let first = read_so(&card, text.as_bytes()).map(|outcomes| lines(&outcomes).len());
        assert_eq!(first.ok(), Some(3), "{text}");
    }
}

#[test]
fn a_first_row_like_the_others_is_a_card() {
    for text in [
        "house,Haus\ntree,Baum\nwater,Wasser\n",
        "word,Wort\nquestion,Frage\nmeaning,Bedeutung\n",
        "name,nombre\ncity,ciudad\nyear,año\n",
        "German,Deutsch\nEnglish,Englisch\nFrench,Französisch\n",
        "What is a header?,a row of names\nWho?,me\n",
        "Paris,France\nLima,Peru\n",
        "#1 rule,listen\n#2 rule,listen more\n",
        "English breakfast,desayuno inglés\nFrench fries,patatas fritas\nIrish coffee,café irlandés\n",
        "german,alemán\nenglish,inglés\nfrench,francés\nlatin,latín\n",
        "Spanish word,palabra española\nGerman word,palabra alemana\nLatin word,palabra latina\n",
    ] {
        let rows = text.lines().count();
        assert_eq!(lines(&read(text)).len(), rows, "{text}");
    }
    let unsure = read("Name,Foo\nEva,bar\nIda,Bar\n");
    assert!(said(&unsure).contains("--header yes"), "{}", said(&unsure));
}

#[test]
fn columns_can_be_said_by_number_or_name() {
    let text = "type,word,german,english\nnoun,h,Haus,house\nverb,g,gehen,to go\n";
    let by_number = read_so(&options("front=3,back=4,extra=1"), text.as_bytes()).unwrap();
    assert_eq!(lines(&by_number)[0], "Haus → house (type: noun)");
    let by_name = read_so(&options("front=English,back=german,tags=type"), text.as_bytes()).unwrap();
    assert_eq!(lines(&by_name), ["house → Haus [noun]", "to go → gehen [verb]"]);
    let numbered = "Side - 1 of 2,Side - 2 of 2\nq,x\nr,u\n";
    let as_written = read_so(&options("front=Side - 1 of 2,back=Side - 2 of 2"), numbered.as_bytes()).unwrap();
    assert_eq!(lines(&as_written), ["q → x", "r → u"], "a name as it is written comes first");
    let fault = read_so(&options("front=Dutch,back=german"), text.as_bytes()).unwrap_err().to_string();
    assert_eq!(fault, "there is no column `Dutch`; there are `type`, `word`, `german`, `english`");
    let fault = read_so(&options("front=1,back=9"), b"a,b\nc,d\n").unwrap_err().to_string();
    assert_eq!(fault, "there is no column `9`; there are the numbers 1 to 2");
}

#[test]
fn names_that_a_directive_gives_are_columns_in_order() {
    let outcomes = read("#separator:tab\n#columns:Hanzi\tPinyin\tEnglish\tTags\n水\tshuǐ\twater\tnature hsk1\n");
    assert_eq!(lines(&outcomes), ["水 → shuǐ (English: water) [nature|hsk1]"]);
    let outcomes = read("#separator:tab\n#columns:Front\tBack\tContext\tURL\na\tb\tc\td\n");
    assert_eq!(lines(&outcomes), ["a → b (Context: c; URL: d)"]);
    let outcomes = read("#separator:Comma,,\n\"#columns:Back,Tags,Front\"\nb,x,f\n");
    assert_eq!(lines(&outcomes), ["f → b [x]"]);
}

#[test]
fn further_fields_of_anki_are_lines_of_the_explanation() {
    let outcomes = read(
        "#separator:tab\n#html:false\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:7\n\
         g1\tMine\tD\ta\tb\tc\tt1 t2\ng2\tMine\tD\td\te\t\t\n",
    );
    assert_eq!(lines(&outcomes), ["a → b (Field 3: c) [t1|t2]", "d → e"]);
    assert_eq!(losses(&outcomes), ["2 notes of the unknown note type `Mine` became `basic`"]);
}

#[test]
fn note_types_become_what_their_fields_say() {
    let head = "#separator:tab\n#html:true\n#notetype column:1\n";
    let outcomes = read(&format!(
        "{head}Lückentext (mein)\t{{{{c1::Paris}}}} is in France\tmore\n\
         Overlapper\tTitle\tthe {{{{c1::gap}}}}\n\
         Basic (optional reversed card)\ta\tb\t\n\
         Basic (optional reversed card)\tc\td\ty\n\
         Image Occlusion\t{{{{c1::image-occlusion:rect:left=.1}}}}\t<img src=\"x.png\">\n\
         Bilder\t{{{{c1::image-occlusion:rect:left=.1}}}}\t<img src=\"x.png\">\n"
    ));
    assert_eq!(
        lines(&outcomes),
        [
            "cloze: {{c1::Paris}} is in France →  (more)",
            "cloze: the {{c1::gap}} →  (Title)",
            "a → b",
            "reversed: c → d",
        ]
    );
    assert!(
        said(&outcomes).contains("`Lückentext (mein)` (1 as cloze), `Overlapper` (1 as cloze)"),
        "{}",
        said(&outcomes)
    );
    assert_eq!(losses(&outcomes)[0], "2 rows of image occlusion were left out");
}

#[test]
fn lists_of_terms_are_read_without_a_hand_on_them() {
    for text in [
        "hola - hello, hi\nadiós - goodbye\nbien - well - good\n",
        "hola – hello\nadiós – goodbye\nbien – well, good\n",
        "hola = hello\nadiós = goodbye, bye\nbien = well\n",
        "hola: hello\nadiós: goodbye, bye\nbien: well\n",
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes).len(), 3, "{text}");
        assert!(lines(&outcomes)[0].starts_with("hola → hello"), "{text}");
        assert!(said(&outcomes).contains("--delimiter"), "{text}");
    }
    for (text, first) in [
        ("rojo, roja - red\nblanco, blanca - white\nnegro, negra - black\n", "rojo, roja → red"),
        ("rojo; roja – red\nblanco; blanca – white\n", "rojo; roja → red"),
        ("der, die: the\nein, eine: a\nmein, meine: my\n", "der, die → the"),
        ("red = rojo, roja\nwhite = blanco, blanca\n", "red → rojo, roja"),
        ("rojo, roja\tred\nblanco, blanca\twhite\n", "rojo, roja → red"),
        ("rojo, roja\tred\nblanco, blanca\twhite\nnegro\tblack\nazul, azul\tblue\n", "rojo, roja → red"),
        // No blank stands behind these commas, and what they separate are forms of one word.
        ("rojo,roja - red\nblanco,blanca - white\n", "rojo,roja → red"),
        ("go,went,gone - gehen\nsee,saw,seen - sehen\n", "go,went,gone → gehen"),
        ("el gato,la gata – cat\nel perro,la perra – dog\n", "el gato,la gata → cat"),
        ("groß - big,large\nklein - small,little\n", "groß → big,large"),
        ("rojo;roja - red\nblanco;blanca - white\n", "rojo;roja → red"),
        // A minus and a range separate nothing where something else does.
        ("5 - 3 = 2\n9 - 4 = 5\n7 - 1 = 6\n", "5 - 3 → 2"),
        ("a - b = c\nx - y = z\n", "a - b → c"),
        ("1914 - 1918: First World War\n1939 - 1945: Second World War\n", "1914 - 1918 → First World War"),
        ("1914 - 1918,WWI\n1939 - 1945,WWII\n", "1914 - 1918 → WWI"),
        ("2 + 2 = 4\n3 + 3 = 6\n", "2 + 2 → 4"),
        ("1 - one\n2 - two\n", "1 → one"),
        ("6 - 3\n8 - 4\n", "6 → 3"),
        // Tables whose cells have the sign of a list in them.
        ("force,F = ma\nenergy,E = mc2\npower,P = W/t\n", "force → F = ma"),
        ("chien,dog - noun\nchat,cat - noun\n", "chien → dog - noun"),
        ("Paris,France: Europe\nLima,Peru: America\n", "Paris → France: Europe"),
        ("ADN,a molecule - it holds genes\nATP,the energy - of the cell\n", "ADN → a molecule - it holds genes"),
        ("\"rojo\",\"roja - red\"\n\"blanco\",\"blanca - white\"\n", "rojo → roja - red"),
        ("ADN,a molecule - it holds genes\nATP,energy - of the cell\n", "ADN → a molecule - it holds genes"),
        (
            "\"ADN\", \"a molecule - it holds genes\"\n\"ATP\", \"energy - of the cell\"\n",
            "ADN → a molecule - it holds genes",
        ),
        ("hola, hello\nbien, well - good\nsí, yes\n", "hola → hello"),
        ("Term, Meaning\nATP, energy - of the cell\nADN, genes - of it\n", "ATP → energy - of the cell"),
        ("a, b - c - d\ne, f - g - h\n", "a → b - c - d"),
    ] {
        assert_eq!(lines(&read(text))[0], first, "{text}");
    }
    let mut said = options("");
    said.table.delimiter = Some(" - ".to_owned());
    let outcomes = read_so(&said, b"hola - hello\nsi, claro - yes - of course\n").unwrap();
    assert_eq!(lines(&outcomes), ["hola → hello", "si, claro → yes - of course"]);
    said.table.delimiter = Some(" :: ".to_owned());
    assert_eq!(lines(&read_so(&said, b"a :: b :: c\nd :: e :: c\n").unwrap()), ["a → b [c]", "d → e [c]"]);
}

#[test]
fn a_third_cell_that_is_no_tag_is_none() {
    assert_eq!(lines(&read("生命,life, existence\n水,water\n")), ["生命 → life, existence", "水 → water"]);
    assert_eq!(lines(&read("生命,life, existence\n日,day, sun\n")), ["生命 → life, existence", "日 → day, sun"]);
    let example = read("Haus,house,Das ist ein Haus.\nBaum,tree,Der Baum ist alt.\n");
    assert_eq!(lines(&example)[0], "Haus → house (Das ist ein Haus.)");
    assert_eq!(lines(&read("q1, \"a, 1\"\nq2, \"a2\"\n")), ["q1 → a, 1", "q2 → a2"]);
}

#[test]
fn what_a_spreadsheet_does_to_directives_is_undone() {
    for head in ["#deck:A::B,,\n", "\"#deck:A::B\",,\n", "#separator:Comma,,\n#deck:A::B,,\n", "sep=,\n#deck:A::B,,\n"]
    {
        let outcomes = read(&format!("{head}q,a,\n"));
        assert_eq!(notes(&outcomes)[0].deck.as_deref(), Some("A::B"), "{head}");
    }
    assert_eq!(lines(&read("front,back\n007,=\"007\"\n")), ["007 → 007"]);
    let outcomes = read("front,back\nsum,#NAME?\n");
    assert_eq!(losses(&outcomes), ["1 cell holds an error of the spreadsheet, such as #NAME?"]);
}

#[test]
fn directives_that_are_none_are_named_and_comments_counted() {
    let outcomes = read("#seperator:tab\n#deck:D\na\tb\n#include <stdio.h>\theader\n");
    assert!(said(&outcomes).contains("`#seperator` (did you mean `#separator`?)"), "{}", said(&outcomes));
    assert_eq!(lines(&outcomes), ["a → b"]);
    assert!(losses(&outcomes).iter().any(|loss| loss.starts_with("1 line begins with #")), "{:?}", losses(&outcomes));
    assert_eq!(lines(&read("#include <stdio.h>\theader\n#define X\tmacro\n")).len(), 2);
}

#[test]
fn a_second_head_in_mid_file_is_no_card() {
    let outcomes = read("front,back\na,b\n\u{feff}front,back\nc,d\n");
    assert_eq!(lines(&outcomes), ["a → b", "c → d"]);
    assert_eq!(losses(&outcomes), ["1 row that names the columns again was left out"]);
}

#[test]
fn text_is_plain_unless_something_says_otherwise() {
    let outcomes = read("2*3*4,<b>x</b>\n__init__,<br>\n");
    assert!(notes(&outcomes).iter().all(|note| note.text.markup == Markup::Plain));
    assert!(said(&outcomes).contains("--markup html"), "{}", said(&outcomes));
    let outcomes =
        read("#html:true\n#separator:tab\n<ESC> or <C-[>\t<img src=\"flag.png\">\nx\t<b>y</b> [sound:a.mp3]\n");
    assert!(notes(&outcomes).iter().all(|note| note.text.markup == Markup::Html));
    assert_eq!(lines(&outcomes)[0], "<ESC> or <C-[> → <img src=\"flag.png\">");
    let lost = losses(&outcomes);
    assert_eq!(lost.len(), 3, "{lost:?}");
    let mut said = options("");
    said.table.markup = Some(Markup::Markdown);
    assert_eq!(notes(&read_so(&said, b"a,b\n").unwrap())[0].text.markup, Markup::Markdown);
}

#[test]
fn decks_that_differ_by_case_or_form_are_one() {
    let outcomes = read("deck,front,back\nÉté,a,b\ne\u{301}te\u{301},c,d\nÉTÉ ,e,f\nGeo,g,h\n");
    let decks: Vec<Option<&str>> = notes(&outcomes).iter().map(|note| note.deck.as_deref()).collect();
    assert_eq!(decks, [Some("Été"), Some("Été"), Some("Été"), Some("Geo")]);
    assert!(said(&outcomes).contains("`ÉTÉ` is `Été`"), "{}", said(&outcomes));
}

#[test]
fn a_no_break_space_does_not_split_a_tag() {
    assert_eq!(lines(&read("front,back,tags\na,b,New\u{a0}York city\n")), ["a → b [New\u{a0}York|city]"]);
}

#[test]
fn most_rows_that_do_not_fit_keep_all_out_with_the_likely_cause_first() {
    let text = format!("a,b\n{}", "c,d,e,f,g\nh,i,j\n".repeat(57));
    let fault = read_so(&options(""), text.as_bytes()).unwrap_err();
    assert!(matches!(fault, TableFault::MostDontFit { bad: 57.., .. }), "{fault:?}");
    assert!(fault.to_string().contains("columns, expected"), "{fault}");
    assert!(fault.to_string().contains("--columns"), "{fault}");
}

#[test]
fn hostile_tables_are_refused_in_words() {
    let long = format!("{},b\n", "a".repeat(3 << 20));
    assert!(matches!(
        read_so(&options(""), long.as_bytes()),
        Err(TableFault::MostDontFit { .. } | TableFault::OneColumn)
    ));
    let wide = vec![b','; 1_000_000];
    assert!(read_so(&options(""), &wide).is_err());
    let wide = format!("{}\n", vec!["x"; 400_000].join(","));
    assert_eq!(read_so(&options(""), wide.as_bytes()), Err(TableFault::TooManyColumns("`,`".to_owned())));
    assert_eq!(read_so(&options(""), b"Frage;Antwort\n"), Err(TableFault::HeaderOnly));
}

#[test]
fn a_diagnosis_tells_what_a_table_is_taken_for() {
    let text = "type,word,german,english\nnoun,h,Haus,house\nverb,g,gehen,to go\n";
    let found = CSV.diagnose(&mut Cursor::new(text), &options("")).unwrap().unwrap();
    assert_eq!(found.header, HeaderRow::Likely);
    assert_eq!(found.as_columns(), "extra=1,front=2,back=3,extra=4");
    assert_eq!((found.encoding, found.separator.as_str()), ("utf-8", ","));
    assert_eq!(found.rows[0], ["noun", "h", "Haus", "house"]);
    assert!(found.is_unclear());
    let text = "type,word,german,english\nnoun,haus,Haus,house\nverb,gehen,gehen,to go\n";
    assert!(!CSV.diagnose(&mut Cursor::new(text), &options("")).unwrap().unwrap().is_unclear());
    let clear = CSV.diagnose(&mut Cursor::new("front,back\na,b\n"), &options("")).unwrap().unwrap();
    assert!(!clear.is_unclear() && clear.notices.is_empty());
}

#[test]
fn a_sign_that_stands_in_the_texts_of_each_row_separates_nothing_where_another_one_does() {
    for (text, expected) in [
        ("big,large; huge\nsmall,tiny; little\nfast,quick; rapid\n", "big → large; huge"),
        ("SELECT * FROM t;,all rows\nDROP TABLE t;,delete table\nCOMMIT;,save\n", "SELECT * FROM t; → all rows"),
        ("color: red;,red text\nmargin: 0;,no margin\n", "color: red; → red text"),
        ("&lt;,less than\n&gt;,greater than\n", "&lt; → less than"),
        ("a loop,while(x) y; done\nanother,for(x) y; z\n", "a loop → while(x) y; done"),
        ("what,SELECT 1;\nhow,DROP t;\n", "what → SELECT 1;"),
        ("eins, zwei|one\ndrei, vier|two\n", "eins, zwei → one"),
        ("1,5|one and a half\n2,5|two and a half\n", "1,5 → one and a half"),
        ("| a,b | c |\n| d,e | f |\n", "a,b → c"),
        ("a, b;c\nd, e;f\n", "a, b → c"),
        ("1,5;one\n2,5;two\n", "1,5 → one"),
        // It is all there is, or the other one is a sign of the texts as well.
        ("dog; Hund\ncat; Katze\n", "dog → Hund"),
        ("rojo, roja; red\nbueno, buena; good\n", "rojo, roja → red"),
        ("1,one\n2,two\n", "1 → one"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn quoted_cells_of_one_column_of_clozes_are_cells_like_any_other() {
    for (text, expected) in [
        (
            "\"In C++, {{c1::vector}} is a {{c2::list, dynamic}}\"\nWater is {{c1::wet}}\n",
            ["In C++, {{c1::vector}} is a {{c2::list, dynamic}}", "Water is {{c1::wet}}"],
        ),
        (
            "Text\n\"He said \"\"{{c1::yes}}\"\", and went\"\n\"Two\n{{c1::lines}}\"\n",
            ["He said \"{{c1::yes}}\", and went", "Two\n{{c1::lines}}"],
        ),
        // Quotes that close nowhere, or that quote a word, are text.
        ("\"The {{c1::x}}\n\"A\" {{c1::y}}, or z\n", ["\"The {{c1::x}}", "\"A\" {{c1::y}}, or z"]),
    ] {
        let outcomes = read(text);
        let clozes: Vec<String> = lines(&outcomes);
        assert_eq!(clozes, expected.map(|cloze| format!("cloze: {cloze} → ")), "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn a_group_is_one_only_beside_other_names_of_ours() {
    let group = |text: &str| notes(&read(text))[0].text.group.clone();
    assert_eq!(group("Word,Meaning,Group\nperro,dog,animals\ngato,cat,animals\n"), None);
    assert_eq!(lines(&read("Word,Meaning,Group\nperro,dog,animals\n"))[0], "perro → dog (Group: animals)");
    assert_eq!(group("key,front,back,group\np,perro,dog,animals\n"), Some("animals".to_owned()));
}

#[test]
fn a_tag_of_two_words_in_a_column_by_another_name_is_one() {
    for (text, expected) in [
        ("Word,Meaning,Category\nhand,Hand,Body parts\neye,Auge,Body parts\n", "hand → Hand [Body parts]"),
        ("Wort,Bedeutung,Kategorie\nHand,hand,Der Körper\n", "Hand → hand [Der Körper]"),
        ("Word;Meaning;Category\nhand;Hand;Body parts, A1\n", "hand → Hand [Body parts|A1]"),
        ("Word,Meaning,Tags\nhand,Hand,body A1\n", "hand → Hand [body|A1]"),
    ] {
        assert_eq!(lines(&read(text))[0], expected, "{text}");
    }
}

#[test]
fn a_table_of_two_columns_has_a_question_and_an_answer_whatever_their_names() {
    for (text, expected) in [
        ("Key,Meaning\nk1,one\nk2,two\n", "k1 → one"),
        ("Quote,Speaker\nI came,Caesar\nI think,Descartes\n", "I came → Caesar"),
        ("Source,Target\nperro,dog\ngato,cat\n", "perro → dog"),
        ("Set,Elements\nA,one\nB,two\n", "A → one"),
        ("Word,Category\ndog,animal\noak,tree\n", "dog → animal"),
        ("Hint,Answer\nit barks,dog\nit purrs,cat\n", "it barks → dog"),
        ("ID,Meaning\n404,not found\n500,server error\n", "404 → not found"),
        ("Tag,Meaning\nb,bold\ni,italic\n", "b → bold"),
        ("Comment,Reply\nhow are you,fine\nthank you,welcome\n", "how are you → fine"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert!(said(&outcomes).matches("there are two columns").count() <= 1, "{text}: {}", said(&outcomes));
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
    assert!(said(&read("Word,Category\ndog,animal\n")).contains("`Category` is the answer"));
}

#[test]
fn small_letters_name_columns_too() {
    for text in [
        "q,a\nperro,dog\ngato,cat\n",
        "from,to\nperro,dog\ngato,cat\n",
        "es,en\nperro,dog\ngato,cat\n",
        "l1,l2\nperro,dog\ngato,cat\n",
    ] {
        assert_eq!(lines(&read(text)), ["perro → dog", "gato → cat"], "{text}");
    }
    assert_eq!(lines(&read("la,la\nperro,dog\n")).len(), 2);
}

#[test]
fn quotes_behind_a_backslash_are_text_where_nothing_else_makes_sense() {
    for (text, expected) in [
        (r#""Say \"hello\"","Decir \"hola\"""#, r#"Say "hello" → Decir "hola""#),
        ("\"Say, \\\"hello\\\"\",\"x\"\n\"b\",\"c\"\n", "Say, \"hello\" → x"),
        // A path ends in a backslash, and a quoted cell behind it.
        ("\"C:\\\",\"drive\"\n", "C:\\ → drive"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn marks_before_the_lines_of_a_list_are_no_part_of_the_terms() {
    for text in [
        "- perro - dog\n- gato - cat\n",
        "* perro: dog\n* gato: cat\n",
        "• perro – dog\n• gato – cat\n",
        "1. perro - dog\n2. gato - cat\n",
        "1) perro - dog\n2) gato - cat\n",
    ] {
        assert_eq!(lines(&read(text)), ["perro → dog", "gato → cat"], "{text}");
    }
    // A mark that tells terms apart is part of them, and so is one that not each line has.
    assert_eq!(lines(&read("1. Weltkrieg - WWI\n2. Weltkrieg - WWII\n"))[0], "1. Weltkrieg → WWI");
    assert_eq!(lines(&read("- perro - dog\ngato - cat\n"))[0], "- perro → dog");
}

#[test]
fn headings_of_lists_are_left_out_and_dashes_may_be_of_any_kind() {
    for (text, headings) in [
        ("Unit 4 Vocabulary\n\nperro - dog\ngato - cat\ncasa - house\n", 1),
        ("ANIMALS\nperro - dog\ngato - cat\nHOUSE\ncasa - house\n", 2),
        ("# Animals\nperro - dog\ngato - cat\n# House\ncasa - house\n", 2),
        ("Animals:\nperro = dog\ngato = cat\nHouse:\ncasa = house\n", 2),
        ("perro - dog\ngato – cat\ncasa — house\n", 0),
        ("perro\u{a0}–\u{a0}dog\ngato\u{a0}– cat\ncasa - house\n", 0),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes), ["perro → dog", "gato → cat", "casa → house"], "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
        let said = losses(&outcomes);
        assert_eq!(
            said.iter().filter(|loss| loss.contains("of the list")).count(),
            headings.min(1),
            "{text}: {said:?}"
        );
    }
}

#[test]
fn rows_that_all_stand_on_one_line_are_refused() {
    for (text, between, rows) in [
        ("mitochondria\tpowerhouse;ribosome\tmakes proteins;nucleus\tholds DNA", ';', 3),
        ("mitochondria\tpowerhouse;ribosome\tmakes proteins", ';', 2),
        ("a - b; c - d; e - f", ';', 3),
        ("hola - hello; adiós - goodbye", ';', 2),
        ("hola - hello | adiós - goodbye\n", '|', 2),
        ("hola = hello, adiós = goodbye", ',', 2),
        ("el perro,dog;el gato,cat;la casa,house", ';', 3),
    ] {
        let fault = read_so(&options(""), text.as_bytes()).unwrap_err();
        assert_eq!(fault, TableFault::OneLine { between, rows }, "{text}");
    }
    assert_eq!(lines(&read("a\tb; c\td\n")).len(), 1);
    assert_eq!(lines(&read("a\tb, c\td\n")).len(), 1);
    assert_eq!(lines(&read("A {{c1::x}} - one; a {{c2::y}} - two\n")).len(), 1);
}
