//! More tables as people have them: exports of programs and of spreadsheets, and what is odd about each.

use super::CSV;
use super::fault::RowFault;
use super::fault::TableFault;
use super::table_cases::lines;
use super::table_cases::losses;
use super::table_cases::options;
use super::table_cases::read;
use super::table_cases::read_so;
use super::table_cases::said;
use crate::formats::Evidence;
use crate::formats::Importer as _;
use crate::formats::RecordFault;
use crate::formats::columns::fault::NoteFault;
use crate::formats::testing::rejected;
use std::io::Cursor;

#[test]
fn commas_of_a_text_that_a_blank_follows_are_put_back() {
    for (text, expected) in [
        (
            "Q,A\nRome,capital of Italy\nOslo,capital of Norway\nParis, France,the capital, I think\n",
            "Paris, France → the capital, I think",
        ),
        ("a,b\nc,d\nfront,back with, commas\n", "front → back with, commas"),
        ("a,b\nc,d\none, two, three,numbers\n", "one, two, three → numbers"),
        ("生命,life, existence\n水,water\n火,fire\n", "生命 → life, existence"),
    ] {
        let outcomes = read(text);
        assert!(lines(&outcomes).iter().any(|line| line == expected), "{:?}", lines(&outcomes));
        assert_eq!(rejected(&outcomes), [], "{text}");
        assert!(losses(&outcomes).iter().any(|loss| loss.contains("put together again")), "{:?}", losses(&outcomes));
    }
}

#[test]
fn where_nothing_tells_which_comma_is_of_the_text_the_row_is_a_bad_one() {
    for text in [
        "a,b\nc,d\ne,f\nParis,the capital,of France\n",
        "a,b\nc,d\ne,f\nParis, France, the capital\n",
        // A blank stands behind the commas between cells too.
        "a, b\nc, d\ne, f\nParis, the capital, of France\n",
    ] {
        let outcomes = read(text);
        let faults = rejected(&outcomes);
        assert_eq!(lines(&outcomes).len(), 3, "{text}");
        assert!(matches!(&faults[..], [(_, RecordFault::Row(RowFault::TooWide { .. }))]), "{text}: {faults:?}");
    }
}

#[test]
fn a_column_that_counts_the_rows_is_left_out_and_said() {
    for (text, expected, column) in [
        ("Nr.,Deutsch,Englisch\n1,Haus,house\n2,Baum,tree\n3,Hund,dog\n", "Haus → house", "Nr."),
        ("#,German,English\n1,Haus,house\n2,Baum,tree\n", "Haus → house", "#"),
        ("№;Слово;Перевод\n1;дом;house\n2;лес;forest\n", "дом → house", "№"),
        ("番号,単語,意味\n1,水,water\n2,火,fire\n", "水 → water", "番号"),
        ("Lp.;Polski;Angielski\n1;dom;house\n2;las;forest\n", "dom → house", "Lp."),
        ("Number,Word,Meaning\n1,a,b\n2,c,d\n", "a → b", "Number"),
        ("1,Haus,house\n2,Baum,tree\n3,Hund,dog\n", "Haus → house", "1"),
        ("1.\tHaus\thouse\n2.\tBaum\ttree\n3.\tHund\tdog\n", "Haus → house", "1"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        let loss = format!("a column that is not read: `{column}`");
        assert!(losses(&outcomes).iter().any(|line| line.contains(&loss)), "{text}: {:?}", losses(&outcomes));
    }
    // Beside one other column the number is what is asked.
    assert_eq!(lines(&read("1,one\n2,two\n3,three\n"))[0], "1 → one");
    assert_eq!(lines(&read("Number,Word\n1,one\n2,two\n"))[0], "one → 1");
}

#[test]
fn comments_below_directives_are_counted() {
    let outcomes = read("#separator:tab\n# made by me\n#\na\tb\n#c\td\n");
    assert_eq!(
        losses(&outcomes),
        ["3 lines begin with # and so are comments here; put the first cell in quotes to make one a card"]
    );
    let one = read("#separator:tab\n# made by me\na\tb\n");
    assert!(losses(&one)[0].starts_with("1 line begins with # and so is a comment"), "{:?}", losses(&one));
}

#[test]
fn files_that_were_put_together_are_read_as_one_or_refused() {
    // The second file has a header and a mark, the first has none.
    let outcomes = read("a,b\nc,d\n\u{feff}Front,Back\ne,f\n");
    assert_eq!(lines(&outcomes), ["a → b", "c → d", "e → f"]);
    assert_eq!(losses(&outcomes), ["1 row that names the columns again was left out"]);
    for text in ["a,b\nc,d\n\u{feff}Back,Front\ne,f\n", "front,back\na,b\n\u{feff}back,front\nc,d\n"] {
        let fault = read_so(&options(""), text.as_bytes()).unwrap_err();
        assert!(matches!(fault, TableFault::AnotherTable { place, .. } if place.line >= 3), "{text}: {fault}");
    }
}

#[test]
fn words_that_also_name_columns_are_cards_like_any_other() {
    for (text, cards) in [
        ("hot,cold\nbig,small\nfront,back\nleft,right\n", 4),
        ("term,definition\nlock,x\nkey,hint\nback,front\ndoor,y\n", 4),
        ("English,German\nhouse,Haus\nword,Wort\nquestion,Frage\ncat,Katze\n", 4),
        ("front,back\nquestion,answer\n", 1),
        ("word,mot\nhouse,maison\ntree,arbre\n", 3),
        ("Wort,word\nHaus,house\n", 2),
        ("note,Note\nhouse,Haus\ntree,Baum\n", 3),
    ] {
        assert_eq!(lines(&read(text)).len(), cards, "{text}: {:?}", lines(&read(text)));
    }
    // Of an Anki export, which has no header, the row that looks like one is told.
    let outcomes = read("#separator:tab\n#html:true\nfront\tback\nhot\tcold\n");
    assert!(said(&outcomes).contains("--header no"), "{}", said(&outcomes));
}

#[test]
fn names_of_roles_that_hold_something_else_are_shown_with_the_answer() {
    for (text, card) in [
        ("word,kind,meaning\nhouse,noun,Haus\ngo,verb,gehen\n", "house → Haus (kind: noun)"),
        ("Kind;Englisch\nHund;dog\nKatze;cat\n", "Hund → dog"),
        ("Text,Translation\na house,ein Haus\na tree,ein Baum\n", "a house → ein Haus"),
        ("word,translation,text\na,b,in a text\nc,d,another text\n", "a → b (text: in a text)"),
        ("word,definition,form\nran,laufen,past\ngo,gehen,base\n", "ran → laufen (form: past)"),
        ("Question,Answer,Items\nq,a,x\nr,b,y\n", "q → a (Items: x)"),
    ] {
        assert_eq!(lines(&read(text))[0], card, "{text}: {}", said(&read(text)));
    }
}

#[test]
fn a_name_that_comes_twice_and_a_directive_that_says_nothing_are_told() {
    let outcomes = read("front,back,back\na,b,c\nd,e,f\n");
    assert_eq!(lines(&outcomes)[0], "a → b (back: c)");
    let outcomes = read("front,back,tags,tags\na,b,x,y\nd,e,x,\n");
    assert_eq!(lines(&outcomes)[0], "a → b [x|y]");
    for (directive, said_so) in [
        ("#tags column:9", "#tags column:9"),
        ("#deck column:0", "#deck column:0"),
        ("#deck column:-1", "#deck column:-1"),
        ("#notetype column:two", "#notetype column:two"),
        ("#html:perhaps", "#html:perhaps"),
        ("#separator:Blank", "#separator:Blank"),
        ("#columns:3", "#columns:3"),
    ] {
        let outcomes = read(&format!("{directive}\na;b;x\nc;d;x\n"));
        let warned = said(&outcomes);
        assert!(warned.contains(&format!("`{said_so}`")), "{directive}: {warned}");
        assert!(warned.contains("3 columns"), "{directive}: {warned}");
        assert_eq!(lines(&outcomes).len(), 2, "{directive}");
    }
}

#[test]
fn columns_that_say_the_same_in_each_row_are_neither_question_nor_answer() {
    let outcomes = read("English,German,hello,hallo\nEnglish,German,dog,Hund\nEnglish,German,cat,Katze\n");
    assert_eq!(lines(&outcomes)[1], "dog → Hund (English; German)");
    for (text, expected) in [
        // A phrasebook of a translator has both directions in it.
        (
            "English,Spanish,hello,hola\nSpanish,English,gracias,thank you\nEnglish,Spanish,dog,perro\n",
            "hello → hola (English; Spanish)",
        ),
        ("Spanish,English,gracias,thank you\nEnglish,Spanish,dog,perro\n", "gracias → thank you (Spanish; English)"),
        (
            "English\tGerman\thello\thallo\nEnglish\tFrench\tdog\tchien\nGerman\tEnglish\tja\tyes\n",
            "hello → hallo (English; German)",
        ),
        ("en,es,hello,hola\nes,en,gracias,thank you\n", "hello → hola (en; es)"),
        // A table of languages.
        ("German,Deutsch,Germany,Berlin\nFrench,Français,France,Paris\n", "German → Deutsch (Germany; Berlin)"),
    ] {
        assert_eq!(lines(&read(text))[0], expected, "{text}");
        assert_eq!(rejected(&read(text)), [], "{text}");
    }
}

#[test]
fn a_note_that_says_front_and_back_is_no_header_where_its_type_stands_beside_it() {
    let outcomes = read("#separator:tab\n#notetype column:1\nBasic\tFront\tBack\nBasic\ta\tb\n");
    assert_eq!(lines(&outcomes), ["Front → Back", "a → b"]);
}

#[test]
fn notes_are_the_answer_where_nothing_else_can_be_and_labels_are_no_terms() {
    assert_eq!(lines(&read("Vocab,Notes\nHaus,house\nBaum,tree\n")), ["Haus → house", "Baum → tree"]);
    let text = "Q: hello\nA: hallo\n\nQ: dog\nA: Hund\n";
    assert_eq!(read_so(&options(""), text.as_bytes()), Err(TableFault::OneColumn));
}

#[test]
fn a_list_from_a_page_keeps_its_terms_where_a_line_was_wrapped() {
    let terms = "der Raum - room\ndie Frist - deadline\ndas Gehalt - salary\n";
    let text =
        format!("At the office\n{terms}- 12 -\nder Chef, der einem Team\nvorsteht - boss\ndie Schicht - shift\n");
    let outcomes = read(&text);
    assert_eq!(lines(&outcomes).len(), 5, "{:?}", lines(&outcomes));
    assert_eq!(rejected(&outcomes).len(), 1);
    let half = format!("{terms}one\ntwo\nthree\n");
    let refused = TableFault::HardlyAList { separator: " - ".to_owned(), split: 3, rows: 6 };
    assert_eq!(read_so(&options(""), half.as_bytes()), Err(refused));
    let prose = "They met at noon - again\nand nobody knew\nwhy it had come\nto this\n";
    assert_eq!(read_so(&options(""), prose.as_bytes()), Err(TableFault::OneColumn));
}

#[test]
fn columns_of_blanks_are_a_list() {
    let outcomes = read("dog    Hund\nbig cat  große Katze\nbird   Vogel\n");
    assert_eq!(lines(&outcomes), ["dog → Hund", "big cat → große Katze", "bird → Vogel"]);
}

#[test]
fn titles_above_a_header_are_no_cards() {
    for text in [
        "My words,\nGerman,English\nHaus,house\nBaum,tree\n",
        "Unit 3;;\n;;\nGerman;English;Example\nHaus;house;Das Haus.\nBaum;tree;\n",
        "My words\nmade in 2024\nGerman\tEnglish\nHaus\thouse\nBaum\ttree\n",
        "My words,\n,\n,\nGerman,English\nHaus,house\nBaum,tree\n",
        "My words\n\nmade in 2024\n\n\nGerman,English\nHaus,house\nBaum,tree\n",
        "My words,,\n\nGerman,,English\nHaus,,house\nBaum,,tree\n",
        "My words,by me\n,\nGerman,English\nHaus,house\nBaum,tree\n",
        "My words,by me\n\nGerman,English\nHaus,house\nBaum,tree\n",
        "My words,,Unit 3\nGerman,English,Example\nHaus,house,Das Haus.\nBaum,tree,\n",
        "Unit;;3\nby;;me\n;;\nWort;Bedeutung;Beispiel\nHaus;house;Das Haus.\nBaum;tree;\n",
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes).len(), 2, "{text}: {:?}", lines(&outcomes));
        assert!(losses(&outcomes).iter().any(|loss| loss.contains("above the names of the columns")), "{text}");
    }
}

#[test]
fn cards_above_a_blank_line_or_with_an_empty_cell_are_no_titles() {
    for (text, cards) in [
        ("hot,cold\n\nbig,small\nlong,short\n", 3),
        ("front,back,\nhot,cold,front\nlong,short,\n", 2),
        ("Haus,house,\nBaum,tree,an oak\nHund,dog,\n", 3),
    ] {
        assert_eq!(lines(&read(text)).len(), cards, "{text}: {:?}", lines(&read(text)));
    }
}

#[test]
fn a_third_column_is_tags_only_where_these_come_again() {
    for (text, expected) in [
        ("水,water,shui\n火,fire,huo3 fire\n", "水 → water (shui)"),
        ("水,water,shui\n火,fire,huo\n土,earth,tu\n木,tree,mu\n金,gold,jin\n", "水 → water (shui)"),
        ("水,water,shui\n", "水 → water (shui)"),
        ("水,water,shui\n火,fire,\n", "水 → water (shui)"),
        ("a,b,ma1\nc,d,ma2\ne,f,ma1\ng,h,shi4\ni,j,shi2\nk,l,shi4\nm,n,ba\n", "a → b (ma1)"),
        ("Haus,house,noun\ngehen,go,verb\nBaum,tree,noun\n", "Haus → house [noun]"),
        ("Haus,house,noun unit1\nBaum,tree,noun unit1\n", "Haus → house [noun|unit1]"),
        ("Haus,house,noun\nBaum,tree,noun\nHund,dog,\nKatze,cat,\n", "Haus → house [noun]"),
    ] {
        assert_eq!(lines(&read(text))[0], expected, "{text}");
        assert_eq!(rejected(&read(text)), [], "{text}");
    }
}

#[test]
fn a_quiz_on_kahoots_template_is_questions_with_options() {
    let text = "Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,\
        Answer 3 - max 75 characters,\"Time limit (sec) - 5, 10, 20, 30, 60, 90, 120, or 240 secs\",\
        Correct answer(s) - choose at least one\n\
        Capital of Peru?,Lima,Cusco,Quito,20,1\nCapital of Chile?,Lima,Santiago,Quito,20,2\n\
        Which are even?,2,4,5,30,\"1,2\"\n";
    let outcomes = read(text);
    let found = lines(&outcomes);
    assert!(found[0].contains("Lima") && found[1].contains("Santiago"), "{found:?}");
    assert!(found[2].contains("Which are even? → 2, 4") && found[2].contains("Answer 3: 5"), "{found:?}");
    assert!(!found.iter().any(|line| line.contains("Time limit")), "{found:?}");
    assert_eq!(rejected(&outcomes), []);
}

#[test]
fn a_bar_may_be_what_is_asked() {
    for (text, expected) in [
        ("|,pipe\n&,ampersand\n", "| → pipe"),
        ("pipe;|\nor;||\n", "pipe → |"),
        ("\"|\n|\",two bars\na,b\n", "|\n| → two bars"),
        ("| sign | name |\n| --- | --- |\n| \\| | pipe |\n| a\\|b | or |\n| c | d |\n", "| → pipe"),
        ("a\\|b|or\nc|d\n", "a|b → or"),
        (r"C:\x|drive\n", r"C:\x → drive\n"),
    ] {
        assert_eq!(lines(&read(text))[0], expected, "{text}");
        assert_eq!(rejected(&read(text)), [], "{text}");
    }
}

#[test]
fn lines_that_hide_something_are_cards_as_they_stand() {
    for (text, expected) in [
        ("The {{c1::x}}, and more\nA {{c1::y}}, or less\n", "cloze: The {{c1::x}}, and more → "),
        ("Text\nThe {{c1::x}}, and more\nA {{c1::y}}, or less\n", "cloze: The {{c1::x}}, and more → "),
        ("Lückentext\nOne {{c1::x}}\nOne {{c1::y}}, or less\n", "cloze: One {{c1::x}} → "),
        ("Text\nOne {{c1::x}}\nA {{c1::y}}\n", "cloze: One {{c1::x}} → "),
        ("One, two, {{c1::x}}\nA {{c1::y}}\nA {{c1::z}}; or, less\n", "cloze: One, two, {{c1::x}} → "),
        ("The {{c1::x,y}} is\nA {{c1::y,z}} is\n", "cloze: The {{c1::x,y}} is → "),
        ("The {{c1::x}}: one\nA {{c1::y}}: two\n", "cloze: The {{c1::x}}: one → "),
        ("A {{c1::x}} - one\nA {{c1::y}} - two\n", "cloze: A {{c1::x}} - one → "),
        // A column of its own stays one.
        (
            "{{c1::Paris}} is in France,Europe\n{{c1::Lima}} is in Peru,America\n",
            "cloze: {{c1::Paris}} is in France →  (Europe)",
        ),
        (
            "Text,Extra\n{{c1::Paris}} is in, France\n{{c1::Lima}} is in, Peru\n",
            "cloze: {{c1::Paris}} is in →  (France)",
        ),
        ("{{c1::Paris}}, France\tEurope\n{{c1::Lima}}, Peru\tAmerica\n", "cloze: {{c1::Paris}}, France →  (Europe)"),
    ] {
        let outcomes = read(text);
        let cards = text.lines().filter(|line| line.contains("{{")).count();
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(lines(&outcomes).len(), cards, "{text}: {:?}", lines(&outcomes));
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn a_text_that_nobody_named_has_to_show_that_it_is_a_table() {
    let found = |text: &str| CSV.diagnose(&mut Cursor::new(text), &options("")).unwrap().unwrap().evidence;
    for text in [
        "From: a@b.org, me\nTo: you, and me\nSubject: the thing, again\n",
        "Hi Anna, it is me\nThank you, that was good\nSee you soon, Bob\n",
        "The wind, it blows,\nThe rose, it grows,\nAnd no one, nobody knows,\n",
        "Tiger, tiger, burning bright\nIn the forests, of the night\nWhat immortal hand, or eye\nCould frame, thy fearful symmetry\n",
        "2024-01-02 10:15:02,123 INFO started\n2024-01-02 10:15:03,456 INFO stopped\n",
        "Jan 12 10:11:12 host sshd: in\nJan 12 10:11:13 host sshd: out\n",
        "From: Anna\nTo: Bob\nSubject: the thing\n",
        "Hi Bob,\n\nthanks for the words, they are great.\nI will learn them, I promise.\n\nBest,\nAnna\n",
        "12/01/24, 10:15 - Anna: Hi Bob\n12/01/24, 10:16 - Bob: Hi Anna\n",
        "127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326\n127.0.0.1 - - [10/Oct/2000:13:55:37 -0700] \"GET /a HTTP/1.0\" 200 23\n",
        "INFO: started server\nWARN: no port\nINFO: stopped server\n",
        "host = localhost\nport = 8080\n",
        "port = 80\nworkers = 4\ntimeout = 30s\n",
        "name = demo\nport = 80\nversion = 1.2\n",
        "retries: 80\nport: 90\n",
        "max-width = 80\nmargin = 4\n",
        "pause = 30s\nbeats = 4\n",
        "[server]\nlines = 4\nwait = 3\n",
        "port: 80\nretries: 3\n",
        "1\n00:00:01,000 --> 00:00:04,000\nHello, there\n\n2\n00:00:05,000 --> 00:00:06,000\nOh, hello\n",
        "[INFO] started, port 80\n[INFO] stopped, port 80\n[WARN] no file, no port\n",
    ] {
        assert_eq!(found(text), Evidence::None, "{text}");
    }
    for text in [
        "Hund,dog\nKatze,cat\n",
        "Hund, dog\nKatze, cat\nGuten Tag, good day\n",
        "der Hund, the dog\ndie Katze, the cat\n",
        "to go, gehen\nto be or not to be,sein oder nicht sein\n",
        "Wer bist du?;Who are you?\nIch liebe dich.;I love you.\n",
        "Hund - dog\nKatze - cat, a\n",
        "hola: hello\nadiós: goodbye\n",
        "perro = dog\ngato = cat\n",
        "uno = 1\ndos = 2\ntres = 3\n",
        "diez = 10\nveinte = 20\ncien = 100\n",
        "Hydrogen = 1\nOxygen = 8\nNitrogen = 7\n",
        "sieben = 7\ndrei = 3\nneun = 9\n",
        "gold: 79\niron: 26\n",
        "thirty-two = 32\ntwenty-one = 21\n",
        "Unit 4\n\nperro - dog\ngato - cat\n",
        "half past ten, 10:30\nnoon, 12:00\n",
        "Wer bist du?\tWho are you?\nIch liebe dich.\tI love you, too.\n",
        "1492,Columbus reaches America\n1789,the revolution begins\n",
        "What is the capital of Peru?,Lima\nWhat is the capital of Chile?,Santiago\n",
    ] {
        assert_eq!(found(text), Evidence::Rows, "{text}");
    }
}

#[test]
fn tables_of_markdown_are_tables() {
    for text in [
        "| German | English |\n| --- | --- |\n| Haus | house |\n| Baum | tree |\n",
        "| German | English |\n|:---|---:|\n| Haus | house |\n| Baum | tree |\n",
        "German | English\n--- | ---\nHaus | house\nBaum | tree\n",
        "| Haus | house |\n| Baum | tree |\n",
        "|German|English|\n|:-|--|\n|Haus|house|\n|Baum|tree|\n",
        "# Words\n\nFrom the first lesson:\n\n| German | English |\n| --- | --- |\n| Haus | house |\n| Baum | tree |\n",
        "---\ntitle: Words\n---\n\n| Wald | Meer |\n| --- | --- |\n| Haus | house |\n| Baum | tree |\n",
        "## A\n| Side | Other |\n|--|--|\n| Haus | house |\n\n## B\n| Side | Other |\n|--|--|\n| Baum | tree |\n",
        "|  |  |\n| --- | --- |\n| Haus | house |\n| Baum | tree |\n",
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes), ["Haus → house", "Baum → tree"], "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn a_markdown_file_is_a_table_where_it_holds_hardly_anything_else() {
    let table = "# Words\n\n| a | b |\n|---|---|\n| c | d |\n";
    for name in ["x.md", "x.markdown", "X.MD"] {
        assert!(CSV.sniff(name, table.as_bytes()), "{name}");
        for other in ["# Words\n\nText, and more.\n", "- a\n- c\n", "a,b\nc,d\n", ""] {
            assert!(!CSV.sniff(name, other.as_bytes()), "{name}: {other}");
        }
    }
    let outcomes = read(table);
    assert!(said(&outcomes).contains("the first row was taken for a header"), "{}", said(&outcomes));
    assert!(losses(&outcomes).iter().any(|loss| loss.starts_with("1 line above")), "{:?}", losses(&outcomes));
}

#[test]
fn a_list_of_terms_in_a_markdown_file_is_a_table_of_two_columns() {
    for text in [
        "- Hund: dog\n- Katze: cat, tomcat\n",
        "# Words\n\n- Hund — dog\n- Katze — cat, tomcat\n",
        "---\ntitle: Animals: a list\ntags: [a, b]\n---\n\n## A\n* Hund - dog\n* Katze - cat, tomcat\n* Maus - mouse\n\n## B\n* Vogel - bird\n* Kuh - cow\n",
        "1. Hund = dog\n2. Katze = cat, tomcat\n",
    ] {
        assert!(CSV.sniff("x.md", text.as_bytes()), "{text}");
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[..2], ["Hund → dog", "Katze → cat, tomcat"], "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn a_line_above_the_rows_that_says_tags_or_a_deck_applies_to_all() {
    for (text, expected) in [
        ("tags: spanish verbs\nser,to be\nir,to go\n", "ser → to be [spanish|verbs]"),
        ("Tags: spanish, verbs\nser,to be\nir,to go\n", "ser → to be [spanish|verbs]"),
        ("tags: #spanish #verbs\n\nser - to be\nir - to go\n", "ser → to be [spanish|verbs]"),
        ("tags: spanish,verbs\nfront,back\nser,to be\nir,to go\n", "ser → to be [spanish|verbs]"),
        ("\"tags: spanish, verbs\",\nser,to be\nir,to go\n", "ser → to be [spanish|verbs]"),
        ("tags:\tspanish verbs\nser\tto be\nir\tto go\n", "ser → to be [spanish|verbs]"),
        ("deck: Verbs\ntags: spanish\nser;to be\nir;to go\n", "ser → to be [spanish]"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!((lines(&outcomes).len(), rejected(&outcomes)), (2, vec![]), "{text}");
        assert!(said(&outcomes).contains("above the rows"), "{text}: {}", said(&outcomes));
    }
    // A list of terms with colons has that term.
    let text = "tags: labels of a card\ndeck: a set of notes\nnote: what somebody wrote\n";
    assert_eq!(lines(&read(text)), ["tags → labels of a card", "deck → a set of notes", "note → what somebody wrote"]);
}

#[test]
fn a_heading_with_a_dash_makes_no_card_where_the_terms_look_otherwise() {
    for text in [
        "Chapter 1 - Verbs\nser - to be\nir - to go\nver - to see\n",
        "ser - to be\nir - to go\nUnit 2 – More verbs\nver - to see\n",
        "Lektion 3: Verben\nser - to be\nir - to go\nver - to see\n",
        "第3課 - Verbs\nser - to be\nir - to go\nver - to see\n",
        "Unidad IV - Verbos\n- ser - to be\n- ir - to go\n- ver - to see\n",
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes), ["ser → to be", "ir → to go", "ver → to see"], "{text}");
        assert!(
            losses(&outcomes).iter().any(|loss| loss.starts_with("1 heading of the list")),
            "{:?}",
            losses(&outcomes)
        );
        assert!(!said(&outcomes).contains("became a card"), "{text}: {}", said(&outcomes));
    }
    for text in [
        "Chapter 1 - Loomings\nChapter 2 - The Carpet-Bag\nChapter 3 - The Spouter-Inn\n",
        "Part 1 - Hell\nDante - Italian poet\nVirgil - Roman poet\nBeatrice - Dante's love\n",
    ] {
        assert_eq!(lines(&read(text)).len(), text.lines().count(), "{text}");
    }
}

#[test]
fn html_of_which_nothing_can_be_seen_makes_no_card() {
    let rows = ["<br>\tx", "x\t<!-- y -->", "&nbsp;\tx", "x\t<div></div>", "<p> </p>\tx"];
    let text = format!("#html:true\n#separator:tab\na\tb\nc\td\ne\tf\n{}\n", rows.join("\n"));
    let outcomes = read(&text);
    assert_eq!(lines(&outcomes).len(), 3, "{:?}", lines(&outcomes));
    assert_eq!(rejected(&outcomes).len(), rows.len());
    // A deletion in a comment or in an attribute hides nothing.
    let text = "#html:true\n#notetype:Cloze\n#separator:tab\n<!-- {{c1::x}} -->y\tz\n{{c1::a}} b\tc\n";
    let outcomes = read(text);
    assert_eq!(lines(&outcomes), ["cloze: {{c1::a}} b →  (c)"]);
    let text = "#html:true\n#separator:tab\n<b title=\"{{c1::x}}\">y</b>\tz\na\tb\n";
    assert_eq!(lines(&read(text))[0], "<b title=\"{{c1::x}}\">y</b> → z");
}

#[test]
fn a_typed_answer_that_nobody_could_type_is_left_out() {
    let long = "x".repeat(10_001);
    let outcomes = read(&format!("kind,front,back\ntyped,a,{long}\nbasic,b,{long}\ntyped,c,d\n"));
    assert_eq!(lines(&outcomes).len(), 2);
    let faults = rejected(&outcomes);
    assert!(matches!(&faults[..], [(_, RecordFault::Row(RowFault::Note(NoteFault::Card(_))))]), "{faults:?}");
}
