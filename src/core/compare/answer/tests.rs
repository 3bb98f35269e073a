//! What learners of many languages type, and what becomes of it. A row that turns out wrong is an argument, not a detail.

mod formulas;
mod learners;
mod scripts;

use super::*;
use Difference::Accents as A;
use Difference::Case as C;
use Difference::Form as F;
use Difference::Punctuation as P;

/// Right, with what differs.
const fn right(differences: &'static [Difference]) -> Expected {
    Expected::Right(differences)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Right(&'static [Difference]),
    Near,
    Wrong,
}
use Expected::Near;
use Expected::Wrong;

const R: Expected = right(&[]);
const ACCENTS: Expected = right(&[A]);
const CASE: Expected = right(&[C]);
const POINTS: Expected = right(&[P]);
const FORM: Expected = right(&[F]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Right,
    Near,
    Wrong,
}

/// What was typed, what is right, what that is, and why.
type Reasoned = (&'static str, &'static str, Outcome, &'static str);

type Row = (&'static str, &'static str, Expected);

/// Language or field; what was typed, what is right, what that is.
const TABLE: &[(&str, &[Row])] = &[
    (
        "English",
        &[
            ("box checkers", "Box Checkers", CASE),
            ("box chekers", "box checkers", Near),
            ("recieve", "receive", Near),
            ("what", "why", Wrong),
            ("teh", "the", Wrong),
            ("don't", "don’t", FORM),
            ("dont", "don’t", POINTS),
            ("eg", "e.g.", POINTS),
            ("e. g.", "e.g.", R),
            ("e.g", "e.g.", POINTS),
            ("U.S.A.", "USA", POINTS),
            ("PhD", "Ph.D.", POINTS),
            ("Dr Smith", "Dr. Smith", POINTS),
            ("J. R. R. Tolkien", "J.R.R. Tolkien", R),
            ("B12", "B 12", R),
            ("B13", "B12", Wrong),
            ("well known", "well-known", POINTS),
            ("well‑known", "well-known", FORM),
            ("ice cream", "ice  cream ", R),
            ("icecream", "ice cream", Near),
            ("Yes", "Yes.", POINTS),
            ("What is it", "“What is it?”", POINTS),
            ("to run", "(to) run", POINTS),
            ("run", "(to) run", Near),
            ("1914-1918", "1914–1918", FORM),
            ("1914-1919", "1914–1918", Wrong),
            ("COVID 19", "COVID-19", POINTS),
            ("covid19", "COVID-19", right(&[C, P])),
            ("cafe", "café", ACCENTS),
            ("", "x", Wrong),
            ("naïve", "naive", ACCENTS),
            ("rock n roll", "rock 'n' roll", POINTS),
        ],
    ),
    (
        "German",
        &[
            ("STRASSE", "Straße", CASE),
            ("Strasse", "Straße", FORM),
            ("Strase", "Straße", Near),
            ("schon", "schön", ACCENTS),
            ("schoen", "schön", ACCENTS),
            ("Müller", "Mueller", ACCENTS),
            ("Muenchen", "München", ACCENTS),
            ("zB", "z. B.", POINTS),
            ("das haus", "das Haus", CASE),
            ("die Haus", "das Haus", Wrong),
            ("E-Mail", "E‑Mail", FORM),
            ("Fußball", "FUSSBALL", CASE),
        ],
    ),
    (
        "French",
        &[
            ("oeuvre", "œuvre", ACCENTS),
            ("Œuvre", "œuvre", CASE),
            ("ca va", "ça va ?", right(&[A, P])),
            ("Ça va?", "Ça va ?", R),
            ("l’eau", "l'eau", FORM),
            ("leau", "l’eau", POINTS),
            ("est ce que", "est-ce que", POINTS),
            ("« bonjour »", "bonjour", POINTS),
            ("bonsoir", "bonjour", Wrong),
            ("lait", "laid", Near),
        ],
    ),
    (
        "Spanish",
        &[
            ("ano", "año", ACCENTS),
            ("Que tal", "¿Qué tal?", right(&[A, P])),
            ("¡Hola!", "Hola", POINTS),
            ("el agua", "la agua", Wrong),
            ("pero", "perro", Near),
            ("como", "cómo", ACCENTS),
            ("si", "sí", ACCENTS),
            ("no", "sí", Wrong),
        ],
    ),
    (
        "Portuguese",
        &[("nao", "não", ACCENTS), ("coração", "coracao", ACCENTS), ("avo", "avó", ACCENTS), ("mae", "pai", Wrong)],
    ),
    ("Catalan", &[("collegi", "col·legi", POINTS), ("col.legi", "col·legi", POINTS)]),
    (
        "Polish",
        &[("lodz", "łódź", ACCENTS), ("Łódź", "łódź", CASE), ("dziekuje", "dziękuję", ACCENTS), ("dom", "dym", Wrong)],
    ),
    ("Czech", &[("reka", "řeka", ACCENTS), ("pritel", "přítel", ACCENTS), ("pes", "les", Wrong)]),
    (
        "Turkish",
        &[
            ("ırmak", "IRMAK", CASE),
            ("istanbul", "İstanbul", CASE),
            ("kiz", "kız", ACCENTS),
            ("soguk", "soğuk", ACCENTS),
            ("kar", "kır", Wrong),
        ],
    ),
    (
        "Vietnamese",
        &[
            ("duong", "đường", ACCENTS),
            ("cám ơn", "cảm ơn", ACCENTS),
            ("ca\u{309}m ơn", "cảm ơn", R),
            ("xin chao", "xin chào", ACCENTS),
            ("ba", "bo", Wrong),
        ],
    ),
    (
        "Danish and Swedish",
        &[
            ("ol", "øl", ACCENTS),
            ("oel", "øl", ACCENTS),
            ("Oel", "Øl", ACCENTS),
            ("aeble", "æble", ACCENTS),
            ("goteborg", "Göteborg", right(&[A, C])),
            ("gaa", "gå", ACCENTS),
            ("smorgas", "smörgås", ACCENTS),
        ],
    ),
    ("Icelandic", &[("thing", "þing", ACCENTS), ("madur", "maður", ACCENTS)]),
    (
        "Greek",
        &[
            ("ΟΔΟΣ", "οδός", right(&[A, C])),
            ("λογος", "λόγος", ACCENTS),
            ("λογοσ", "λόγος", ACCENTS),
            ("ανθρωπος", "ἄνθρωπος", ACCENTS),
            ("Τι κανεις", "Τι κάνεις;", right(&[A, P])),
            ("Τι κάνεις;", "Τι κάνεις\u{37e}", R),
            ("γατα", "σκύλος", Wrong),
        ],
    ),
    (
        "Russian",
        &[
            ("елка", "ёлка", ACCENTS),
            ("замок", "за́мок", ACCENTS),
            ("мои", "мой", Wrong),
            ("мои\u{306}", "мой", R),
            ("Москва", "москва", CASE),
            ("здраствуйте", "здравствуйте", Near),
            ("кто то", "кто-то", POINTS),
        ],
    ),
    (
        "Ukrainian",
        &[
            ("п’ять", "п'ять", FORM),
            ("пʼять", "п'ять", FORM),
            ("пять", "п’ять", POINTS),
            ("іх", "їх", Wrong),
            ("гедзь", "ґедзь", Near),
            ("кіт", "кит", Wrong),
        ],
    ),
    ("Bulgarian and Macedonian", &[("и", "ѝ", ACCENTS), ("ѓон", "гон", Wrong), ("куќа", "кука", Wrong)]),
    (
        "Hebrew",
        &[
            ("שלום", "שָׁלוֹם", ACCENTS),
            ("צהל", "צה״ל", POINTS),
            ("צה\"ל", "צה״ל", FORM),
            ("בית ספר", "בית־ספר", POINTS),
            ("שלם", "שלום", Near),
            ("אב", "אם", Wrong),
        ],
    ),
    (
        "Arabic",
        &[
            ("مدرسة", "مَدْرَسَة", ACCENTS),
            ("كتاب", "كتــاب", FORM),
            ("ﻛﺘﺎﺏ", "كتاب", FORM),
            ("انا", "أنا", ACCENTS),
            ("كيف حالك", "كيف حالك؟", POINTS),
            ("٣", "3", FORM),
            ("٣", "4", Wrong),
            ("قلب", "كلب", Wrong),
            ("مدرسه", "مدرسة", Near),
        ],
    ),
    (
        "Persian",
        &[
            ("میخواهم", "می\u{200c}خواهم", FORM),
            ("می خواهم", "می\u{200c}خواهم", Near),
            ("كتاب", "کتاب", FORM),
            ("۱۴۰۲", "1402", FORM),
        ],
    ),
    (
        "Japanese",
        &[
            ("かっこう", "がっこう", Wrong),
            ("がっこう", "がっこう", R),
            ("か\u{3099}っこう", "がっこう", R),
            ("バン", "パン", Wrong),
            ("はん", "ぱん", Wrong),
            ("ｶﾞｯｺｳ", "ガッコウ", FORM),
            ("ガッコウ", "がっこう", Wrong),
            ("おばさん", "おばあさん", Wrong),
            ("きて", "きって", Wrong),
            ("きやく", "きゃく", Wrong),
            ("ビル", "ビール", Wrong),
            ("わたし は がくせい です", "わたしはがくせいです。", POINTS),
            ("赤青", "赤、青", POINTS),
            ("「はい」", "はい", POINTS),
            ("ながら", "〜ながら", POINTS),
            ("ジョンスミス", "ジョン・スミス", POINTS),
            ("東京", "京都", Wrong),
            ("ありがとうございまず", "ありがとうございます", Wrong),
            ("ありがとうごさいます", "ありがとうございます", Wrong),
            ("Ｔｏｋｙｏ", "Tokyo", FORM),
            ("３", "3", FORM),
        ],
    ),
    (
        "Chinese",
        &[
            ("你好", "你好！", POINTS),
            ("你 好", "你好", R),
            ("買", "卖", Wrong),
            ("ni hao", "nǐ hǎo", ACCENTS),
            ("ma", "mǎ", ACCENTS),
            ("红，绿", "红、绿", FORM),
            ("《红楼梦》", "红楼梦", POINTS),
        ],
    ),
    (
        "Korean",
        &[
            ("학교", "학교", R),
            ("\u{1112}\u{1161}\u{11a8}교", "학교", R),
            ("하교", "학교", Wrong),
            ("안녕하새요", "안녕하세요", Near),
            ("감사 합니다", "감사합니다", Near),
            ("네.", "네", POINTS),
        ],
    ),
    (
        "Hindi",
        &[
            ("कल", "कुल", Wrong),
            ("हिन्दी", "हिन्दी", R),
            ("हन्द", "हिन्दी", Wrong),
            ("हिंदी", "हिन्दी", FORM),
            ("मैं ठीक हूँ", "मैं ठीक हूँ।", POINTS),
            ("३", "3", FORM),
            ("क़लम", "क\u{93c}लम", R),
            ("दिन", "दीन", Wrong),
        ],
    ),
    ("Tamil", &[("கல்", "கால்", Wrong), ("நன்றி", "நன்றி", R), ("வணககம", "வணக்கம்", Wrong)]),
    (
        "Thai",
        &[
            ("เบยร", "เบียร์", Wrong),
            ("เบียร์", "เบียร์", R),
            ("ใกล", "ไกล", Wrong),
            ("สวัสดี ครับ", "สวัสดีครับ", R),
            ("มา", "ม้า", Wrong),
            ("๕", "5", FORM),
        ],
    ),
    ("Burmese", &[("မန", "မြန်", Wrong), ("မင်္ဂလာပါ", "မင်္ဂလာပါ။", POINTS), ("စာ", "စား", Wrong)]),
    (
        "Georgian and Armenian",
        &[("გამარჯობა", "ᲒᲐᲛᲐᲠᲯᲝᲑᲐ", CASE), ("Ինչպես ես", "Ինչպե՞ս ես", POINTS), ("Բարեւ", "Բարև", FORM)],
    ),
    (
        "a programmer",
        &[
            ("C", "C++", Wrong),
            ("C++", "C", Wrong),
            ("C#", "C", Wrong),
            ("c++", "C++", CASE),
            ("C ++", "C++", R),
            ("a || b", "a && b", Wrong),
            ("a&&b", "a && b", R),
            ("a = b", "a != b", Wrong),
            ("a == b", "a = b", Wrong),
            ("!x", "x", Wrong),
            ("x := 5", "x = 5", Wrong),
            ("print", "print()", Wrong),
            ("print ()", "print()", R),
            ("ls -l", "ls -a", Wrong),
            ("ls l", "ls -l", Wrong),
            ("--help", "help", Wrong),
            ("git comit -m", "git commit -m", Near),
            ("std::vec", "std::vec", R),
            ("std vec", "std::vec", Wrong),
            ("[1,2]", "[1, 2]", R),
            ("[12]", "[1, 2]", Wrong),
            ("foo_bar", "foobar", Wrong),
            ("cd ..", "cd", Wrong),
            ("0..10", "010", Wrong),
            ("a.txt", "a.txt", R),
            ("*.txt", "txt", Wrong),
            ("Vec<String>", "Vec<String>", R),
            ("VecString", "Vec<String>", Wrong),
            ("$x", "x", Wrong),
            ("chmod +x", "chmod -x", Wrong),
            ("utf8", "UTF-8", right(&[C, P])),
            (".5", "5", Wrong),
            ("->", "=>", Wrong),
        ],
    ),
    (
        "a mathematician",
        &[
            ("5", "-5", Wrong),
            ("-5", "−5", FORM),
            ("p > 0.05", "p < 0.05", Wrong),
            ("p<0.05", "p < 0.05", R),
            ("314", "3.14", Wrong),
            ("3,14", "3.14", Wrong),
            ("1000", "1.000", Wrong),
            ("10000", "10 000", R),
            ("10 00", "1000", Wrong),
            ("x2", "x²", FORM),
            ("x^2", "x²", FORM),
            ("x3", "x²", Wrong),
            ("106", "10⁶", Wrong),
            ("10^6", "10⁶", FORM),
            ("10^-3", "10⁻³", FORM),
            ("<=", "≤", FORM),
            ("<", "≤", Wrong),
            ("a-b", "a − b", FORM),
            ("a b", "a − b", Wrong),
            ("a+b", "a-b", Wrong),
            ("2*3", "2 × 3", FORM),
            ("2*3", "2·3", FORM),
            ("23", "2·3", Wrong),
            ("(a+b)*c", "a+b*c", Wrong),
            ("f(x)", "f'(x)", Wrong),
            ("n", "n!", Wrong),
            ("f (x)", "f(x)", R),
            ("1/2", "½", FORM),
            ("11/2", "1½", Wrong),
            ("x = 2", "x = 3", Wrong),
            ("50%", "50 %", R),
            ("50", "50 %", Wrong),
            ("3:1", "31", Wrong),
            ("10:30", "1030", Wrong),
            ("∑", "∏", Wrong),
            ("x_1", "x₁", FORM),
        ],
    ),
    (
        "a chemist and a doctor",
        &[
            ("H2O", "H₂O", FORM),
            ("h2o", "H₂O", CASE),
            ("H2O2", "H₂O", Wrong),
            ("SO42-", "SO₄²⁻", FORM),
            ("Na", "Na⁺", Wrong),
            ("Na+", "Na⁺", FORM),
            ("Cl", "Cl⁻", Wrong),
            ("25 °C", "25 ℃", FORM),
            ("5 kg", "5 ㎏", FORM),
            ("5 g", "5 kg", Wrong),
            ("km/h", "km / h", R),
            ("10 µg", "10 μg", FORM),
        ],
    ),
    (
        "a musician and a trader",
        &[
            ("F#", "F♯", FORM),
            ("F", "F♯", Wrong),
            ("Bb", "B♭", FORM),
            ("B", "B♭", Wrong),
            ("5 €", "5 $", Wrong),
            ("€5", "5", Wrong),
            ("R&D", "R & D", R),
            ("?", "!", Wrong),
            ("?", "?", R),
            ("¿", "?", Wrong),
        ],
    ),
];

fn compared(given: &str, expected: &str, weights: Weights) -> Likeness {
    liken(&Given::new(given), &Read::new(expected, Nature::Words), weights)
}

fn found(given: &str, expected: &str, weights: Weights) -> Result<Vec<Difference>, Expected> {
    match compared(given, expected, weights) {
        Likeness::Same(differences) => Ok(differences),
        Likeness::Near | Likeness::Counted(_) => Err(Near),
        Likeness::Other => Err(Wrong),
    }
}

#[test]
fn what_learners_type_is_right_nearly_right_or_wrong() {
    let mut wrong = Vec::new();
    for (language, rows) in TABLE {
        for (given, expected, outcome) in *rows {
            let found = found(given, expected, Weights::default());
            let is_so = match (&found, outcome) {
                (Ok(found), Expected::Right(differences)) => found == differences,
                (Err(found), outcome) => found == outcome,
                (Ok(_), Near | Wrong) => false,
            };
            if !is_so {
                let keys = (key(given), key(expected));
                wrong.push(format!("{language}: {given:?} for {expected:?} is {found:?}, not {outcome:?} {keys:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(TABLE.iter().map(|(_, rows)| rows.len()).sum::<usize>() > 250 && TABLE.len() > 30);
}

#[test]
fn each_script_and_each_field_has_its_ways() {
    let tables = || scripts::TABLE.iter().chain(formulas::TABLE).chain(learners::TABLE);
    let mut wrong = Vec::new();
    for (name, rows) in tables() {
        for (given, expected, outcome, why) in *rows {
            let found = match found(given, expected, Weights::default()) {
                Ok(_) => Outcome::Right,
                Err(Near) => Outcome::Near,
                Err(_) => Outcome::Wrong,
            };
            if found != *outcome {
                wrong.push(format!("{name}: {given:?} for {expected:?} is {found:?}, not {outcome:?}: {why}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tables().all(|(_, rows)| rows.len() >= 8) && scripts::TABLE.len() >= 20);
    assert!(tables().map(|(_, rows)| rows.len()).sum::<usize>() > 600);
}

/// What the page for authors says of one example after the other: what was typed, what is right.
fn examples(cell: &str) -> Vec<(&str, &str)> {
    let (mut typed, mut found) = (Vec::new(), Vec::new());
    for (place, part) in cell.split('`').enumerate() {
        if place % 2 == 1 {
            typed.push(part);
        } else if let Some(expected) = part.strip_prefix(" for *").and_then(|rest| rest.split('*').next()) {
            found.extend(typed.drain(..).map(|given| (given, expected)));
        }
    }
    found
}

#[test]
fn the_page_for_authors_has_examples_that_hold() {
    let page = include_str!("../../../../docs/deck-format.md");
    let (_, section) = page.split_once("## How answers are compared").unwrap();
    let (section, _) = section.split_once("## Texts").unwrap();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in section.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [_, shown, outcome] = cells.as_slice() else { continue };
        for (given, expected) in examples(shown) {
            count += 1;
            let found = match found(given, expected, Weights::default()) {
                Ok(_) => "right",
                Err(Near) => "nearly",
                Err(_) => "wrong",
            };
            if found != outcome.trim_end_matches([' ', '|']) {
                wrong.push(format!("{given} for {expected} is {found}"));
            }
        }
    }
    assert!(wrong.is_empty() && count > 60, "{count}: {wrong:#?}");
}

#[test]
fn what_is_right_and_written_otherwise_has_a_difference() {
    for (given, expected, outcome, _) in
        scripts::TABLE.iter().chain(formulas::TABLE).chain(learners::TABLE).flat_map(|(_, rows)| *rows)
    {
        let solid = |text: &str| identity(text).split_whitespace().collect::<String>();
        if *outcome == Outcome::Right && solid(given) != solid(expected) {
            assert_ne!(found(given, expected, Weights::default()), Ok(Vec::new()), "{given} / {expected}");
        }
    }
}

#[test]
fn what_is_made_to_count_is_nearly_right() {
    let count = Some(Weight::Count);
    let [accents, case, punctuation] = [
        Weights { accents: count, ..Weights::default() },
        Weights { case: count, ..Weights::default() },
        Weights { punctuation: count, ..Weights::default() },
    ];
    for (given, expected, weights, outcome) in [
        ("ano", "año", accents, Err(Near)),
        ("AÑO", "año", accents, Ok(vec![C])),
        ("oel", "øl", accents, Err(Near)),
        ("STRASSE", "Straße", accents, Ok(vec![C])),
        ("IRMAK", "ırmak", accents, Ok(vec![C])),
        ("ano", "año", case, Ok(vec![A])),
        ("haus", "Haus", case, Err(Near)),
        ("Haus", "Haus", case, Ok(vec![])),
        ("dont", "don't", punctuation, Err(Near)),
        ("don’t", "don't", punctuation, Ok(vec![F])),
        ("Bonjour!", "Bonjour !", punctuation, Ok(vec![])),
        ("Bonjour", "Bonjour !", punctuation, Err(Near)),
        ("x2", "x²", punctuation, Ok(vec![F])),
        ("kiz", "kız", accents, Err(Near)),
    ] {
        assert_eq!(found(given, expected, weights), outcome, "{given} / {expected}");
    }
    let own = Weights { accents: Some(Weight::Ignore), ..Weights::default() };
    assert_eq!(own.or(accents), own);
    assert_eq!(case.or(accents), Weights { accents: count, case: count, punctuation: None });
}

#[test]
fn long_texts_are_compared_in_a_few_passes() {
    for sign in ["'", "\"", ".", "(", ")", "()", "-", "- ", "a'", "5\"", "a.", "((a))", "!", "²", "٣ "] {
        let long = sign.repeat(20_000);
        assert!(matches!(compared(&long, &long, Weights::default()), Likeness::Same(_)), "{sign}");
    }
    let nested = format!("{}a{}", "(".repeat(20_000), ")".repeat(20_000));
    assert!(!key(&nested).is_empty());
}

#[test]
fn a_number_is_one_in_any_script() {
    assert_eq!(
        ["2", " ２ ", "٢", "+2", "-1", "2.", ""].map(number),
        [Some(2), Some(2), Some(2), None, None, None, None]
    );
}

proptest::proptest! {
    #[test]
    fn every_answer_is_right_for_itself(text in "\\PC{1,20}") {
        proptest::prop_assume!(!key(&text).is_empty());
        proptest::prop_assert_eq!(compared(&text, &text, Weights::default()), Likeness::Same(vec![]));
    }

    #[test]
    fn what_agrees_agrees_both_ways(one in "[-a-zäöüßéA-Z0-9.,'()! +²₂ⁿ^{}がカ]{0,8}", other in "[-a-zäöüßéA-Z0-9.,'()! +²₂ⁿ^{}がカ]{0,8}") {
        let is_same = |a: &str, b: &str| matches!(compared(a, b, Weights::default()), Likeness::Same(_));
        proptest::prop_assert_eq!(is_same(&one, &other), is_same(&other, &one));
    }
}
