//! Files of notes that are endless, cut, too deep, or written to meanwhile: the cause is said first, and nothing is half done.

use crate::home::Lmq;
use crate::world::World;
use lmq::ops::import;

const DECK: &str = "[deck]\nid = \"d\"\n";
const HEAD: &str = "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"d\",\"notes\":[";

fn refused(name: &str, text: impl AsRef<[u8]>) -> String {
    let mut world = World::bare();
    let failure = world.try_import(name, text).unwrap_err();
    assert_eq!(failure.kind, lmq::failure::Kind::Data, "{failure}");
    assert!(world.cards().is_empty() && world.decks().is_empty());
    failure.to_string().chars().take(500).collect()
}

/// One row is bad, and the good one beside it goes in.
fn left_out(name: &str, text: &str) -> String {
    let report = World::bare().try_import(name, text).unwrap();
    assert_eq!((report.added, report.rejections), (1, 1), "{:?}", report.rejected);
    report.rejected[0].clone()
}

fn card(more: &str) -> String {
    format!("{DECK}[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"f\"\nback = \"b\"\n{more}\n")
}

#[test]
fn deck_files_of_nonsense_are_refused_with_the_cause() {
    for (text, says) in [
        (card("tags = ").trim_end().to_owned(), "syntax"),
        (card("front = \"again\""), "duplicate key"),
        (card("held_out = nan"), "`held_out` has to be true or false, not float"),
        (card("hint = \"\\uD800\""), "syntax"),
        (card(&format!("hint = {}", "9".repeat(400))), "`hint` has to be a text, not integer"),
        (card(&format!("hint = {}", "[".repeat(100_000))), "syntax"),
        (card(&format!("x{} = 1", ".x".repeat(100_000))), "syntax"),
        (card("id = \"nonsense\""), "not an id of 32 hexadecimal digits"),
        (card("markup = \"word\""), "`word` is not a markup"),
        (card(&"[[card]]\nkey = \"k\"\n".repeat(3)), "duplicate-key"),
    ] {
        let error = refused("x.toml", &text);
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn a_deck_file_on_one_endless_line_takes_no_longer_than_another() {
    let cards: String = (0..20_000)
        .map(|n| format!("{{key=\"k{n}\",kind=\"basic\",front=\"f{n}\",back=\"{}\"}},", "b".repeat(100)))
        .collect();
    let deck = format!("deck={{id=\"d\"}}\ncard=[{cards}]\n");
    let report = World::bare().try_import("x.toml", &deck).unwrap();
    assert_eq!(report.added, 20_000);
    let failure = World::bare().try_import("x.toml", deck.replace("kind=\"basic\"", "kind=\"basik\"")).unwrap_err();
    assert!(failure.what.contains("20,000 faults"), "{}", failure.what);
}

#[test]
fn json_that_is_cut_doubled_or_too_large_is_left_out_or_refused() {
    let good = "{\"key\":\"g\",\"kind\":\"basic\",\"fields\":{\"front\":\"f\",\"back\":\"b\"}}";
    for (bad, says) in [
        (
            "{\"key\":\"k\",\"key\":\"l\",\"kind\":\"basic\",\"fields\":{\"front\":\"f\",\"back\":\"b\"}}",
            "`key` is there twice",
        ),
        ("{\"kind\":\"basic\",\"fields\":{\"front\":\"f\",\"front\":\"g\",\"back\":\"b\"}}", "`front` is there twice"),
        ("{\"kind\":\"basic\",\"fields\":{\"front\":1,\"back\":\"b\"}}", "`front` is not a text"),
        (
            "{\"kind\":\"basic\",\"fields\":{\"front\":\"f\",\"back\":\"b\"},\"markup\":\"word\"}",
            "`markup` is not one of",
        ),
    ] {
        for (name, text) in [
            ("x.json", format!("{HEAD}{good},{bad}]}}]}}")),
            (
                "x.jsonl",
                format!("{{\"format\":\"lmq-notes\",\"version\":1}}\n{{\"note\":{good}}}\n{{\"note\":{bad}}}\n"),
            ),
        ] {
            let said = left_out(name, &text);
            assert!(said.contains(says), "{name} {says}: {said}");
        }
    }
    let long = format!("{HEAD}{good},{{\"key\":\"k\",\"x\":\"{}\"}}]}}]}}", "x".repeat(17 << 20));
    let many: String = (0..50_000).map(|n| format!("\"k{n}\":1,")).collect();
    assert!(left_out("x.json", &format!("{HEAD}{good},{{{many}\"x\":1}}]}}]}}")).contains("a note has no `k"));
    for (text, says) in [
        (format!("{HEAD}{good},{{\"front\":nan"), "line 1, column"),
        (format!("{HEAD}{good},{{\"x\":\"\\ud800\"}}]}}]}}"), "hex escape"),
        (format!("{HEAD}{good},{{\"x\":1e999}}]}}]}}"), "number out of range"),
        (format!("{HEAD}{good},{}{}]}}]}}", "[".repeat(100_000), "]".repeat(100_000)), "nested more than 128 deep"),
        (format!("{HEAD}{good}"), "EOF"),
        (long, "longer than 16 MB"),
        (
            HEAD.replace("\"id\"", &format!("\"title\":\"{}\",\"id\"", "t".repeat(2 << 20))) + good + "]}]}",
            "`title` of the deck is longer",
        ),
        (HEAD.replace("\"id\":\"d\"", "\"id\":\"d\",\"id\":\"e\"") + good + "]}]}", "duplicate field"),
    ] {
        let error = refused("x.json", &text);
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn one_limit_holds_for_a_field_in_every_format() {
    let fits = "x".repeat(1 << 20);
    for (text, fine) in [(fits.clone(), true), (fits + "x", false)] {
        for (name, file) in [
            (
                "x.toml",
                format!(
                    "{DECK}[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"f\"\nback = \"{text}\"\nextra = \"{text}\"\n"
                ),
            ),
            (
                "x.json",
                format!(
                    "{HEAD}{{\"kind\":\"basic\",\"fields\":{{\"front\":\"f\",\"back\":\"{text}\"}},\"extra\":\"{text}\"}}]}}]}}"
                ),
            ),
            (
                "x.jsonl",
                format!(
                    "{{\"note\":{{\"kind\":\"basic\",\"fields\":{{\"front\":\"f\",\"back\":\"{text}\"}},\"extra\":\"{text}\"}}}}\n"
                ),
            ),
            ("x.csv", format!("front,back,extra\nf,{text},\"{text}\"\n")),
        ] {
            let mut world = World::bare();
            match (world.try_import(name, file), fine) {
                (Ok(report), true) => assert_eq!(report.added, 1, "{name}"),
                (Ok(report), false) => panic!("{name}: {}", report.sentence()),
                (Err(failure), fine) => {
                    let said: String = failure.to_string().chars().take(300).collect();
                    assert!(
                        !fine && said.contains("is longer than 1 MB") && said.contains("shorten it"),
                        "{name}: {said}"
                    );
                }
            }
        }
        let mut world = World::bare();
        let added = world.try_add("d", None, &lmq::ops::weekly_scene::basic("f", &text));
        assert_eq!(added.is_ok(), fine);
        if let Err(failure) = added {
            assert!(failure.to_string().contains("`back` is longer than 1 MB"), "{}", failure.what);
        }
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused_and_nothing_of_it_is_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.csv");
    let rows: String = (0..20_000).map(|row| format!("question {row},answer {row}\n")).collect();
    std::fs::write(&path, &rows).unwrap();
    let mut world = World::bare();
    let stamp = world.stamp();
    let (sources, _) = import::open(&path).unwrap();
    let mut grow = |_: u64| std::fs::write(&path, format!("{rows}one more,row\n")).unwrap();
    let options = import::Options::default();
    let failure =
        import::import(&mut world.store, stamp, sources, &options, &|_, _, _| Vec::new(), &mut grow).unwrap_err();
    assert!(failure.to_string().contains("was changed while it was read"), "{failure}");
    assert!(world.cards().is_empty() && world.steps().is_empty());
    world.assert_sound();
}

#[test]
fn ten_thousand_decks_come_in_and_are_there_again() {
    let mut world = World::bare();
    let table: String = (0..10_000).map(|row| format!("deck {row},question {row},answer {row}\n")).collect();
    let table = format!("deck,front,back\n{table}");
    assert_eq!(world.import("many.csv", &table).sentence(), "10,000 notes added");
    assert_eq!(world.decks().len(), 10_000);
    assert_eq!(world.import("many.csv", &table).sentence(), "10,000 notes unchanged");
}

#[test]
fn the_program_keeps_its_memory_whatever_the_file_is() {
    let lmq = Lmq::new();
    for (name, make) in [
        (
            "line.json",
            "printf '{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"d\",\"notes\":[{\"front\":\"'; head -c 100000000 /dev/zero | tr '\\0' x",
        ),
        ("line.jsonl", "printf '{\"front\":\"'; head -c 100000000 /dev/zero | tr '\\0' x"),
        ("line.toml", "printf '[deck]\\nid = \"'; head -c 100000000 /dev/zero | tr '\\0' x"),
        ("deep.json", "head -c 100000000 /dev/zero | tr '\\0' '['"),
        ("line.csv", "printf 'front,back\\n'; head -c 100000000 /dev/zero | tr '\\0' x"),
        ("line.tsv", "head -c 100000000 /dev/zero | tr '\\0' '\\t'"),
        ("line.txt", "yes 'word - meaning ' | tr -d '\\n' | head -c 100000000"),
        ("fields.toml", "printf '[deck]\\nid = \"d\"\\n'; seq -f 'f%.0f = 1' 100000"),
    ] {
        let run = lmq.shell(&format!(
            "({make}) > {name}; export MALLOC_ARENA_MAX=1; ulimit -v 700000; timeout -s KILL 100 lmq import {name}"
        ));
        assert_eq!(run.code, 3, "{name}: {}", run.stderr.chars().take(500).collect::<String>());
        assert!(run.stderr.starts_with("lmq: ") && run.stderr.contains(name), "{name}");
    }
    assert_eq!(lmq.run(["cards", "deck:d"]).code(2).stdout, "");
    lmq.assert_sound();
}
