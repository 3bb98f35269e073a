//! Texts and lists that are as long as they may be: nothing is compared pair by pair. What takes too much of the processor, busy
//! or not, is ended by the system.

use crate::home::Lmq;
use std::fmt::Write as _;

/// The longest field.
const LONGEST: usize = 1 << 20;

/// How many texts an array has: compared in pairs they would keep the test build busy for many minutes.
const MANY: usize = 20_000;

fn many(what: &str) -> String {
    let mut array = "[".to_owned();
    for number in 0..MANY {
        write!(array, "\"{what} number {number:05}\",").unwrap();
    }
    array + "]"
}

/// The fields of a card of each kind, once with long texts and once with many.
fn cards() -> Vec<(&'static str, &'static str, String)> {
    let long = |begin: &str| format!("{begin} {}", "word ".repeat(LONGEST / 5 - 10));
    let cloze: String =
        (0..LONGEST / 24).map(|number| format!("{{{{c{}::w{}}}}} or ", number % 500 + 1, number % 7)).collect();
    let nested = "{{c1::".repeat(LONGEST / 7);
    vec![
        ("basic-long", "basic", format!("front = \"{}\"\nback = \"{}\"", long("f"), long("b"))),
        ("basic-many", "basic", format!("front = {}\nback = \"b\"", many("front"))),
        ("reversed-many", "reversed", format!("front = {}\nback = {}", many("front"), many("back"))),
        ("cloze-long", "cloze", format!("text = \"{cloze}\"")),
        ("cloze-open", "cloze", format!("text = \"{{{{c2::a}}}} {nested}\"")),
        (
            "choice-long",
            "choice",
            format!("prompt = \"p\"\nanswer = \"{}\"\ndistractors = [\"{}\"]", long("a"), long("b")),
        ),
        (
            "choice-many",
            "choice",
            format!("prompt = {}\nanswer = \"a\"\ndistractors = {}", many("prompt"), many("other")),
        ),
        (
            "sort-many",
            "sort",
            format!("prompt = {}\nanswer = \"side number 00000\"\ncategories = {}", many("prompt"), many("side")),
        ),
        ("list-long", "list", format!("prompt = \"{}\"\nitems = [\"{}\", \"{}\"]", long("p"), long("a"), long("b"))),
        ("list-many", "list", format!("prompt = \"p\"\nitems = {}", many("item"))),
        ("order-many", "order", format!("prompt = {}\nitems = {}", many("prompt"), many("item"))),
        ("typed-long", "typed", format!("prompt = \"p\"\nanswer = \"{}\"", long("a"))),
        ("typed-many", "typed", format!("prompt = \"p\"\nanswer = \"a\"\naccept = {}", many("answer"))),
    ]
}

/// Seconds of the processor that a command may take; each of them takes a tenth of it or less.
const MOST_SECONDS: u32 = 30;

/// Runs a line of shell that must come to its end by itself, with one of these exit codes.
#[track_caller]
fn ends(lmq: &Lmq, line: &str, codes: &[i32]) -> i32 {
    let run = lmq.shell(&format!("ulimit -t {MOST_SECONDS}; {line}"));
    let said = |text: &str| text.chars().take(300).collect::<String>();
    assert!(codes.contains(&run.code), "{line}: {}: {} {}", run.code, said(&run.stdout), said(&run.stderr));
    run.code
}

#[test]
fn a_card_of_any_kind_may_be_as_long_as_a_field_may_be() {
    let lmq = Lmq::new();
    // Answers that are near to all items, near to none, and longer than any may be.
    let near: String = (0..400).map(|number| format!("item numbr {number:05}, ")).collect();
    let far: String = (0..4900).map(|number| format!("{},", number % 10)).collect();
    lmq.write("answers", format!("{near}\n3\n:u\n{far}\n3\n:u\n{}\n1\n3\n:q\n", "item ".repeat(60_000)));
    for (name, kind, fields) in cards() {
        lmq.write(
            "big.toml",
            format!("[deck]\nid = \"{name}\"\n[[card]]\nkey = \"k\"\nkind = \"{kind}\"\nsource = [\"s\"]\n{fields}\n"),
        );
        ends(&lmq, "lmq check big.toml", &[0, 3]);
        if ends(&lmq, "lmq import -q big.toml", &[0, 3]) == 3 {
            continue;
        }
        for line in [
            "lmq next NAME --json",
            "lmq cards deck:NAME",
            "lmq export NAME --format toml",
            "lmq review NAME < answers",
        ] {
            ends(&lmq, &line.replace("NAME", name), &[0]);
        }
    }
    let decks = lmq.run(["decks"]).ok().stdout;
    for name in ["basic-long", "cloze-long", "choice-many", "list-many", "order-many", "typed-many"] {
        assert!(decks.contains(name), "{name} went in: {decks}");
    }
}
