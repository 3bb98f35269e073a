//! What the columns of tables are taken for, by their names and by their cells.

use super::CSV;
use super::table_cases::lines;
use super::table_cases::options;
use super::table_cases::read;
use super::table_cases::read_so;
use super::table_cases::said;
use crate::formats::ImportItem;
use crate::formats::Importer as _;
use crate::formats::Item;
use crate::formats::Unsure;
use crate::formats::testing::notes;
use crate::formats::testing::rejected;
use std::io::Cursor;

#[test]
fn a_first_row_is_a_header_only_where_something_speaks_for_it() {
    for text in [
        "Pi,about three\ne,2.718\nphi,1.618\n",
        "Moon,small\nearth,12756\nmars,6792\n",
        "City,Ciudad\nHouse,Casa\nDog,Perro\n",
        "Capital,Hauptstadt\nHouse,Haus\nDog,Hund\n",
    ] {
        assert_eq!(lines(&read(text)).len(), 3, "{text}");
        assert!(said(&read(text)).contains("--header yes"), "{text}");
    }
    for text in [
        "Город,Население\nМосква,12600000\nКазань,1250000\n",
        "Foo,Bar,Baz\nx,1,20\ny,2,15\n",
        "Date,Événement\n1789,Révolution\n1804,Empire\n",
        "Country,Capital\nFrance,Paris\nPeru,Lima\n",
        "Name,Symbol\nHydrogen,H\nHelium,He\n",
        "Nome,Capitale\nItalia,Roma\nFrancia,Parigi\n",
    ] {
        assert_eq!(lines(&read(text)).len(), 2, "{text}: {:?}", lines(&read(text)));
    }
}

#[test]
fn a_column_called_kind_in_which_a_word_is_a_kind_by_chance_is_none() {
    for (text, expected) in [
        ("Word,Kind,Meaning\nhouse,noun,Haus\ngo,verb,gehen\nlist,list,Liste\n", "house → Haus (Kind: noun)"),
        ("Word,Kind,Meaning\nlist,list,Liste\nhouse,noun,Haus\ngo,verb,gehen\n", "list → Liste (Kind: list)"),
        (
            "Wort;Kind;Bedeutung\nWahl;choice;choice\nHaus;;house\nBaum;tree;tree\nHund;dog;dog\n",
            "Wahl → choice (Kind: choice)",
        ),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
    // One that is mistyped is a fault of its row.
    let outcomes = read("kind,front,back\ntyped,a,b\nbasic,c,d\ntypd,e,f\n");
    assert_eq!(lines(&outcomes), ["typed: a → b", "c → d"]);
    assert_eq!(rejected(&outcomes).len(), 1);
}

#[test]
fn a_cell_of_somebody_elses_has_its_values_as_people_write_them() {
    let texts = |outcomes: &[ImportItem], field: &str| -> Vec<String> {
        notes(outcomes).iter().map(|item| item.text.texts(field).join("/")).collect()
    };
    let choices = |cell: &str| format!("kind,question,answer,distractors\nchoice,q,a,{cell}\nchoice,r,a,x\n");
    for (cell, values) in [
        ("motivator|need|drive", "motivator/need/drive"),
        ("motivator | need | drive", "motivator/need/drive"),
        ("a || b", "a || b"),
        ("`a|b`", "`a|b`"),
        ("P(A|B)", "P(A|B)"),
    ] {
        assert_eq!(texts(&read(&choices(cell)), "distractors")[0], values, "{cell}");
    }
    let bare = "line 2: `b|c` is read as 2 values, because `|` separates them; check this if it is one text\n";
    assert_eq!(said(&read(&choices("b|c"))), bare, "it is a guess");
    let both = choices("b | c").replace(",x\n", ",x|y\n");
    assert_eq!(texts(&read(&both), "distractors"), ["b/c", "x|y"], "the column has its own way");
    let ours = format!("#lmq:1\n#separator:Comma\n{}", choices("b|c").replace("question,answer", "prompt,answer"));
    assert_eq!(texts(&read(&ours), "distractors")[0], "b|c", "what is ours is as it was written");

    let lists = read("kind,question,answer\nlist,RACI,\"Responsible, Accountable, Consulted\"\nlist,one,only this\n");
    assert_eq!(texts(&lists, "items"), ["Responsible/Accountable/Consulted"]);
    let [(_, why)] = &rejected(&lists)[..] else { panic!("{:?}", rejected(&lists)) };
    assert!(why.to_string().contains("at least two items"), "{why}");

    let sources =
        read("question,answer,source\nq,a,Scrum Guide 2020\nr,a,\"Müller 2019, p. 12\"\ns,a,One Book; Another Book\n");
    let sources: Vec<String> = notes(&sources).iter().map(|item| item.text.source.join("/")).collect();
    assert_eq!(sources, ["Scrum Guide 2020", "Müller 2019, p. 12", "One Book/Another Book"]);
}

#[test]
fn source_and_target_are_the_sides_of_a_translation() {
    for (text, expected) in [
        ("Source,Target,Notes\nperro,dog,a pet\ngato,cat,\n", "perro → dog (a pet)"),
        ("Source language,Target language\nperro,dog\ngato,cat\n", "perro → dog"),
        ("Source text,Target text\nperro,dog\ngato,cat\n", "perro → dog"),
        ("Target,Source,Context\ndog,perro,x\ncat,gato,y\n", "perro → dog (Context: x)"),
        (
            "Source language,Target language,Source text,Target text\nEnglish,Spanish,hello,hola\nSpanish,English,adiós,bye\n",
            "hello → hola (Source language: English; Target language: Spanish)",
        ),
        (
            "Source_Term,Target_Term,Definition\nHund,dog,an animal\nKatze,cat,an animal\n",
            "Hund → dog (Definition: an animal)",
        ),
        ("Quelle;Ziel;Anmerkung\nHund;dog;x\nKatze;cat;y\n", "Hund → dog (x)"),
        // Beside a question and an answer a source is one.
        ("Question,Answer,Source,Target\nq,a,T1,x\nr,b,T2,y\n", "q → a (Target: x)"),
    ] {
        let outcomes = read(text);
        assert_eq!(lines(&outcomes)[0], expected, "{text}");
        assert_eq!(lines(&outcomes).len(), 2, "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn a_table_that_lacks_a_column_is_refused_once_with_its_name() {
    for (text, says) in [
        (
            "key,kind,prompt,answer\na,choice,q,x\nb,choice,r,y\nc,choice,s,z\n",
            "no column for the distractors that a `choice` card needs, and 3 of 3",
        ),
        (
            "key,kind,prompt,answer\na,basic,q,x\nb,choice,r,y\nc,choice,s,z\nd,choice,s,z\n",
            "`choice` card needs, and 3 of 4 rows are such cards, the first in line 3",
        ),
    ] {
        let fault = read_so(&options(""), text.as_bytes()).unwrap_err();
        assert!(fault.to_string().contains(says), "{fault}");
    }
    let outcomes = read("key,kind,prompt,answer\na,basic,q,x\nb,basic,r,y\nc,choice,s,z\n");
    assert_eq!((lines(&outcomes).len(), rejected(&outcomes).len()), (2, 1));
}

#[test]
fn questions_with_options_are_choices() {
    for (text, expected) in [
        ("Question,Option A,Option B,Option C,Answer\nq,x,y,z,B\nr,1,2,3,A\n", "q → y / x / z"),
        (
            "Question;Answer 1;Answer 2;Answer 3;Time limit;Correct answer(s)\nq;x;y;z;20;2\nr;1;2;3;20;1\n",
            "q → y / x / z",
        ),
        // What a template says of its cells, and rows that are counted.
        (
            "\u{feff},Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,\
             \"Time limit (sec) – 5, 10, or 20 secs\",Correct answer(s) - choose at least one\n1,q,x,y,20,2\n2,r,v,w,20,1\n",
            "q → y / x",
        ),
        // A number alone is no instruction.
        ("Question,Option - 1,Option - 2,Option - 3,Correct answer\nq,x,y,z,2\nr,u,v,w,1\n", "q → y / x / z"),
        ("Question,A,B,C,Correct\nq,x,y,z,y\nr,1,2,3,3\n", "q → y / x / z"),
        ("Question,A,B,C,Correct,Explanation\nq,x,y,,b,since\nr,1,2,3,c,\n", "q → y / x (Explanation: since)"),
        ("Frage;Antwort A;Antwort B;Richtige Antwort\nq;x;y;A\nr;1;2;B\n", "q → x / y"),
        ("Question;Correct answer;Wrong answer 1;Wrong answer 2\nq;y;x;z\nr;1;2;3\n", "q → y / x / z"),
        ("Question,Option 1,Option 2,Correct\nq,x,y,1\nr,v,w,0\n", "q → y / x"),
        // An option may be called like the place of another one: the other rows tell, or the name of the column.
        (
            "Question;Answer 1;Answer 2;Answer 3;Answer 4;Correct answer(s)\n1+3?;2;3;4;5;3\nr;x;y;z;w;1\n",
            "1+3? → 4 / 2 / 3 / 5",
        ),
        (
            "Question,Option A,Option B,Option C,Option D,Answer\nVitamin?,A,C,D,K,C\nr,w,x,y,z,B\n",
            "Vitamin? → D / A / C / K",
        ),
        ("Question,Option 1,Option 2,Option 3,Answer number\nq,2,3,1,3\nr,3,1,2,1\n", "q → 1 / 2 / 3"),
        ("Question,Option 1,Option 2,Option 3,Answer\nq,2,3,1,3\nr,x,y,z,y\n", "q → 3 / 2 / 1"),
        // One column says which one is right; another answer is a line.
        ("Question,Option A,Option B,Answer,Answer key\nq,x,y,y,B\nr,v,w,v,A\n", "q → y / x (Answer: y)"),
        // The letters before the options are none of their texts.
        ("Question,Option A,Option B,Option C,Answer\nq,A) Paris,B) Rome,,A\nr,A) x,B) y,C) z,B\n", "q → Paris / Rome"),
        ("Question,Option A,Option B,Answer\nq,A) Paris,B) Rome,Paris\nr,A) x,B) y,y\n", "q → Paris / Rome"),
    ] {
        let outcomes = read(text);
        let text_of = |item: &Item| {
            let text = &item.text;
            let extra = text.extra.as_deref().map(|extra| format!(" ({extra})")).unwrap_or_default();
            let options = text.texts("distractors").join(" / ");
            format!("{} → {} / {options}{extra}", text.text("prompt"), text.text("answer"))
        };
        let found: Vec<String> = notes(&outcomes).into_iter().map(text_of).collect();
        assert_eq!((found.len(), found[0].as_str()), (2, expected), "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
        assert!(said(&outcomes).contains("which one is right"), "{}", said(&outcomes));
        assert!(!CSV.diagnose(&mut Cursor::new(text), &options("")).unwrap().unwrap().is_unclear(), "{text}");
    }
    // Nothing tells: that is said, and so is the number of the first option.
    let unsure = read("Question,Option 1,Option 2,Option 3,Answer\nq,2,3,1,3\nr,3,1,2,1\n");
    assert!(said(&unsure).contains("was taken for the text"), "{}", said(&unsure));
    let numbers = read("Question,Option 1,Option 2,Answer\nq,x,y,2\nr,v,w,1\n");
    assert!(said(&numbers).contains("by its number, starting at 1"), "{}", said(&numbers));
    // Several right ones, or none: it stays a question and an answer.
    let outcomes = read("Question,Option A,Option B,Option C,Answer\nq,x,y,z,\"A,B\"\nr,1,2,3,C\n");
    assert_eq!(lines(&outcomes)[0], "q → x, y (Option A: x; Option B: y; Option C: z)");
    // Columns of a vocabulary.
    assert_eq!(
        lines(&read("Word,Alternative 1,Alternative 2,Translation\nx,y,z,w\na,b,c,d\n"))[0],
        "x → w (Alternative 1: y; Alternative 2: z)"
    );
    assert_eq!(lines(&read("Word,Answer,B\nx,y,z\nu,v,w\n"))[0], "x → y (B: z)");
}

#[test]
fn options_in_one_cell_are_choices_too() {
    for (text, expected) in [
        ("Frage;Optionen;Richtig\nq;A) x B) y C) z;B\nr;A) 1 B) 2;A\n", "q → y / x / z"),
        ("Frage;Antworten;Richtig\nq;\"A) x\nB) y\nC) z\";b)\nr;\"A) u\nB) v\";A\n", "q → y / x / z"),
        ("Question;Options;Correct answer\nq;\"x\ny\nz\";y\nr;\"u\nv\";u\n", "q → y / x / z"),
        ("Question\tOptions\tAnswer\nq\t1. x 2. y 3. z\t2\nr\t1. u 2. v\t1\n", "q → y / x / z"),
        ("Frage;Auswahl;Lösung\nq;\"x; y; z\";y\nr;\"u; v\";u\n", "q → y / x / z"),
        ("Frage;Auswahl;Lösung\nq;\"3,5; 4,5\";4,5\nr;\"u; v\";u\n", "q → 4,5 / 3,5"),
        ("Question,Choix\nq,\"x | *y | z\"\nr,\"*u | v\"\n", "q → y / x / z"),
        ("Question;Réponses;Bonne réponse\nq;\"x, y, z\";y\nr;\"u, v\";v\n", "q → y / x / z"),
        ("Pytanie;Odpowiedzi;Poprawna\nq;a) x b) y;b\nr;a) u b) v;a\n", "q → y / x"),
        ("Question;Answer;Wrong answers\nq;y;\"x; z\"\nr;u;\"v; w\"\n", "q → y / x / z"),
        // A column says of which kind each row is.
        ("Typ;Frage;Antworten;Richtig\nAuswahl;q;A) x B) y;B\nEinfach;r;;u\n", "q → y / x"),
        ("Tipo;Pregunta;Opciones;Respuesta correcta\nOpción múltiple;q;\"x; y\";y\nBásico;r;;u\n", "q → y / x"),
        ("kind,prompt,answer,distractors\nchoice,q,B,A) x B) y C) z\nchoice,r,A,A) u B) v\n", "q → y / x / z"),
        ("kind,prompt,answer,distractors\nchoice,q,y,x; z\nchoice,r,u,v; w\n", "q → y / x / z"),
    ] {
        let outcomes = read(text);
        let text_of = |item: &Item| {
            let text = &item.text;
            format!("{} → {} / {}", text.text("prompt"), text.text("answer"), text.texts("distractors").join(" / "))
        };
        let found: Vec<String> = notes(&outcomes).into_iter().map(text_of).collect();
        assert_eq!((found.len(), found[0].as_str()), (2, expected), "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
}

#[test]
fn options_of_which_none_is_right_or_that_are_one_text_are_refused() {
    let table = |row: &str| format!("Frage;Optionen;Richtig\nq;A) x B) y;B\nr;A) u B) v;A\n{row}\n");
    for (row, why) in [
        ("s;A) w B) z;D", "`D` is none of its options (`w`, `z`)"),
        ("s;Lead Manage;A", "its options are one text (`Lead Manage`)"),
        ("s;A) w B) z;", "is none of its options"),
    ] {
        let outcomes = read(&table(row));
        let said: Vec<String> = rejected(&outcomes).iter().map(|(_, fault)| fault.to_string()).collect();
        assert!(said.len() == 1 && said[0].contains(why), "{row}: {said:?}");
        assert_eq!(notes(&outcomes).len(), 2, "{row}");
    }
    let outcomes = read("Frage;Auswahl\nq;\"x; *y\"\nr;\"*u; v\"\ns;\"w; z\"\n");
    let said: Vec<String> = rejected(&outcomes).iter().map(|(_, fault)| fault.to_string()).collect();
    assert!(said.len() == 1 && said[0].contains("put a * before that one"), "{said:?}");
    // Letters alone are no answers, whatever the options are.
    let outcomes = read("Question,Options,Answer\nq,lead manage,B\nr,plan do,A\n");
    let said: Vec<String> = rejected(&outcomes).iter().map(|(_, fault)| fault.to_string()).collect();
    assert!(said.len() == 2 && said[1].contains("its options are one text"), "{said:?}");
    // A question without options stays one.
    assert_eq!(lines(&read(&table("s;;open")))[2], "s → open");
}

#[test]
fn names_of_cards_and_decks_are_no_longer_than_fields() {
    let long = "x".repeat((1 << 20) + 1);
    for name in ["key", "guid", "deck"] {
        let outcomes = read(&format!("front,back,{name}\na,b,{long}\nc,d,e\n"));
        let why: Vec<String> = rejected(&outcomes).iter().map(|(_, fault)| fault.to_string()).collect();
        assert_eq!(why, [format!("`{name}` is longer than 1 MB; shorten it, or make several cards of it")]);
        assert_eq!(lines(&outcomes), ["c → d"]);
    }
}

#[test]
fn names_of_things_and_of_what_is_said_of_them_are_a_header() {
    for (text, expected) in [
        ("command,description\nls,list files\ncd,change the directory\n", "ls → list files"),
        ("function,meaning\nsum,adds numbers\nlen,counts\n", "sum → adds numbers"),
        ("shortcut,action\nctrl+c,copy\nctrl+v,paste\n", "ctrl+c → copy"),
        ("flag,effect\n-l,long list\n-a,all files\n", "-l → long list"),
        ("flag,effect,example\n-l,long list,ls -l\n-a,all files,\n", "-l → long list (example: ls -l)"),
        ("befehl;beschreibung\nls;zeigt dateien\ncd;wechselt den ordner\n", "ls → zeigt dateien"),
        ("コマンド,説明\nls,一覧\ncd,移動\n", "ls → 一覧"),
        ("คำสั่ง,คำอธิบาย\nls,แสดงไฟล์\ncd,เปลี่ยน\n", "ls → แสดงไฟล์"),
        ("คำศัพท์,แปล,ตัวอย่าง\nแมว,cat,x\nหมา,dog,\n", "แมว → cat (ตัวอย่าง: x)"),
        ("ภาษาไทย,ภาษาอังกฤษ\nแมว,cat\nหมา,dog\n", "แมว → cat"),
        ("คำศัพท์ภาษาอังกฤษ,คำแปลภาษาไทย\ncat,แมว\ndog,หมา\n", "cat → แมว"),
    ] {
        let outcomes = read(text);
        assert_eq!((lines(&outcomes)[0].as_str(), lines(&outcomes).len()), (expected, 2), "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
    // Words for the same things in two languages, and two words that come again.
    for text in ["funktion,function\nhaus,house\nbaum,tree\n", "key,action\nkey,tecla\nhouse,casa\n"] {
        assert_eq!(lines(&read(text)).len(), 3, "{text}");
    }
}

#[test]
fn the_persons_of_a_verb_are_lines_of_the_answer() {
    for (text, expected) in [
        (
            "verb,yo,tú,él,nosotros,vosotros,ellos\nser,soy,eres,es,somos,sois,son\nir,voy,vas,va,vamos,vais,van\n",
            "ser → yo: soy\ntú: eres\nél: es\nnosotros: somos\nvosotros: sois\nellos: son",
        ),
        (
            "Infinitiv;ich;du;er/sie/es\nsein;bin;bist;ist\nhaben;habe;hast;hat\n",
            "sein → ich: bin\ndu: bist\ner/sie/es: ist",
        ),
        (",je,tu,il\nêtre,suis,es,est\navoir,ai,as,a\n", "être → je: suis\ntu: es\nil: est"),
        ("verb,1sg,2sg,3sg\nesse,sum,es,est\nire,eo,is,it\n", "esse → 1sg: sum\n2sg: es\n3sg: est"),
        (
            "verbo,significado,yo,tú,él\nser,to be,soy,eres,es\nir,to go,voy,vas,va\n",
            "ser → to be (yo: soy; tú: eres; él: es)",
        ),
        (
            "infinitive,english,ich,du,er\nsein,to be,bin,bist,ist\nhaben,to have,habe,hast,hat\n",
            "sein → to be (ich: bin; du: bist; er: ist)",
        ),
    ] {
        let outcomes = read(text);
        assert_eq!((lines(&outcomes)[0].as_str(), lines(&outcomes).len()), (expected, 2), "{text}");
        assert_eq!(rejected(&outcomes), [], "{text}");
    }
    // Whether the tense or the forms are the answer only a person can tell.
    let text = "verb,tense,yo,tú,él\nser,present,soy,eres,es\nser,past,era,eras,era\n";
    let diagnosis = CSV.diagnose(&mut Cursor::new(text), &options("")).unwrap().unwrap();
    assert_eq!(diagnosis.unsure, [Unsure::Sides]);
    // Which columns these are can be said.
    let diagnosis = CSV.diagnose(&mut Cursor::new("verb,yo,tú,él\nser,soy,eres,es\n"), &options("")).unwrap().unwrap();
    assert_eq!(diagnosis.as_columns(), "front=1,back=2,back=3,back=4");
    let outcomes = read_so(&options("front=1,back=2,back=3"), b"a,b,c\nd,e,f\n").unwrap();
    assert_eq!(lines(&outcomes), ["a → b\nc", "d → e\nf"]);
}
