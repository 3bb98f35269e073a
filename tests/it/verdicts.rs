//! `lmq check` says of a file what `lmq import` does with it: whether it is taken, which rows are left out, and why.

use crate::world::World;
use lmq::failure::Failure;
use lmq::formats::ImportItem;
use lmq::ops::import;
use lmq::ops::import::Options;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Files of every kind, good and bad.
const FILES: [(&str, &str); 44] = [
    ("a.csv", "front,back\nq,a\nr,b\n"),
    ("a.csv", "q,a\n"),
    ("a.csv", "front,back\nq,a\n,b\nr\n"),
    ("a.csv", "front,back\n"),
    ("a.csv", "one\ntwo\n"),
    ("a.csv", "front,back\nq,a\nx\ny\nz\nv\n"),
    ("a.csv", "front,back\n,\n,b\n"),
    ("a.csv", ""),
    ("a.csv", "\n\n"),
    ("a.csv", "key,front,back\nk,q,a\nk,q,a\nk,r,b\n"),
    ("a.csv", "deck,front,back\nx/y,q,a\nz,r,b\n"),
    ("a.csv", "deck,front,back\nx/y,q,a\na#b,r,b\n"),
    ("a.csv", "type,word,german,english\nn,1,Hund,dog\nv,2,gehen,go\n"),
    ("a.csv", "Hund,dog,chien\nKatze,cat,chat\nMaus,mouse,souris\nBaum,tree,arbre\n"),
    ("a.csv", "front,back,kind\nq,a,basic\nr,b,nonsense\n"),
    ("a.csv", "front,back\n\"q,a\nr,b\ns,c\n"),
    ("a.csv", "front,back,tags\nq,a,leech x\n"),
    ("skills.csv", "front,back\nq,a\n"),
    ("skills.csv", "key,front,back\nnobody-has-this,q,a\n"),
    ("quotes.tsv", "q\ta\n"),
    ("a.tsv", "q\ta\nr\tb\n"),
    ("a.tsv", "q,a\nr,b\n"),
    ("a.txt", "#separator:tab\n#html:true\nq\ta\n"),
    ("a.txt", "#separator:Semicolon\n#foo\nq;a\n# c\n"),
    ("a.txt", "Hund - dog\nKatze - cat\n"),
    ("a.txt", "This is a letter.\nIt has no cards in it.\n"),
    ("a.toml", "[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"q\"\nback = \"a\"\n"),
    ("a.toml", "[deck]\nid = \"a\"\n"),
    ("a.toml", "[deck]\n"),
    ("a.toml", "[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basik\"\nfront = \"q\"\n"),
    ("a.toml", "[deck\n"),
    ("a.toml", "[deck]\nid = \"skills\"\n[[card]]\nkey = \"mine\"\nkind = \"basic\"\nfront = \"q\"\nback = \"a\"\n"),
    (
        "a.toml",
        "[deck]\nid = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"q\"\nback = \"a\"\n[[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"r\"\nback = \"b\"\n",
    ),
    (
        "a.json",
        "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"j\",\"name\":\"j\",\"notes\":[{\"kind\":\"basic\",\"fields\":{\"front\":\"q\",\"back\":\"a\"}}]}]}",
    ),
    (
        "a.json",
        "{\"format\":\"lmq-notes\",\"version\":1,\"decks\":[{\"id\":\"j\",\"name\":\"j\",\"notes\":[{\"kind\":\"basic\",\"fields\":{\"front\":\"q\"}}]}]}",
    ),
    ("a.json", "{\"name\":\"x\",\"version\":\"1.0.0\"}"),
    ("a.json", "[1, 2, 3]"),
    ("a.json", "{\"format\":"),
    ("a.json", "[{\"question\":\"q\",\"answer\":\"a\"},{\"question\":\"r\",\"answer\":\"b\"}]"),
    ("a.jsonl", "{\"kind\":\"basic\",\"front\":\"q\",\"back\":\"a\"}\n{\"kind\":\"basic\",\"front\":\"\"}\n"),
    ("a.jsonl", "{\"kind\":\"basic\",\"front\":\"\"}\n"),
    (
        "a.jsonl",
        "{\"deck\":\"a\",\"key\":\"k\",\"kind\":\"basic\",\"front\":\"q\",\"back\":\"a\"}\n{\"deck\":\"a\",\"key\":\"k\",\"kind\":\"basic\",\"front\":\"r\",\"back\":\"b\"}\n",
    ),
    ("a.jsonl", "not json\n"),
    ("a.bin", "\u{0}\u{1}\u{2}PK"),
];

/// What an import says of a file: how it fails, or the rows that it leaves out.
type Said = Result<Vec<String>, (u8, String, Vec<String>)>;

fn failed(failure: Failure) -> (u8, String, Vec<String>) {
    (failure.kind.code(), failure.what, failure.places)
}

fn imported(world: &mut World, name: &str, text: &[u8]) -> Said {
    let options = Options { dry_run: true, lists_all: true, ..Options::default() };
    // Which column is the question is asked before anything is imported.
    let mut source = import::Source::of_bytes(name, text.to_vec());
    if let Some(diagnosis) = import::diagnose(&mut source, &options).filter(|found| !import::is_two_sided(found)) {
        return Err(failed(import::unclear(name, &diagnosis)));
    }
    let stamp = world.stamp();
    let draw = |_: &str, _: &str, faults: &[lmq::formats::FileFault]| {
        faults.iter().map(|fault| format!("line {}: {}", fault.place, fault.what)).collect()
    };
    let source = import::Source::of_bytes(name, text.to_vec());
    let done = import::import(&mut world.store, stamp, vec![source], &options, &draw, &mut |_| {});
    let mut rows = done.map_err(failed)?.rejected;
    rows.sort();
    Ok(rows)
}

fn checked(name: &str, text: &[u8]) -> Said {
    let source = || import::Source::of_bytes(name, text.to_vec());
    let verdict = import::verdict(&mut source()).map_err(failed)?;
    let mut rows: Vec<String> = verdict.left_out.iter().map(|(place, why)| format!("{name}:{place}: {why}")).collect();
    let done = import::read(source(), &mut |item| {
        if let ImportItem::Rejected(rejected) = item {
            rows.push(format!("{name}:{}: {}", rejected.place, rejected.fault));
        }
        Ok(())
    });
    match verdict.refusal {
        Some(refusal) => Err(failed(refusal)),
        None => {
            assert!(done.map_err(failed)?.is_ok(), "{name} {}", String::from_utf8_lossy(text));
            rows.sort();
            Ok(rows)
        }
    }
}

/// The bad rows of a refused file are listed by the import alone.
fn without_rows((code, what, places): (u8, String, Vec<String>), name: &str) -> (u8, String, Vec<String>) {
    let of_rows = format!("{name}:");
    (code, what, places.into_iter().filter(|place| !place.starts_with(&of_rows)).collect())
}

fn assert_same(world: &mut World, name: &str, text: &[u8]) {
    let (imported, checked) = (imported(world, name, text), checked(name, text));
    let shown = String::from_utf8_lossy(text);
    assert_eq!(
        imported.map_err(|why| without_rows(why, name)),
        checked.map_err(|why| without_rows(why, name)),
        "{name}:\n{shown}"
    );
}

#[test]
fn a_check_gives_the_verdict_of_an_import_in_every_format() {
    let mut world = World::with_built_in_decks();
    for (name, text) in FILES {
        assert_same(&mut world, name, text.as_bytes());
    }
    let taken = FILES.iter().filter(|(name, text)| checked(name, text.as_bytes()).is_ok()).count();
    assert!((15..30).contains(&taken), "some are good and some are bad: {taken}");
}

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..usual }
}

#[test]
fn a_check_gives_the_verdict_of_an_import_however_a_file_is_cut_and_doubled() {
    let world = std::cell::RefCell::new(World::with_built_in_decks());
    let mut runner = proptest::test_runner::TestRunner::new(config());
    let cut = (0..FILES.len(), 0..=1000_usize, 0..=1000_usize, 0..3_usize);
    runner
        .run(&cut, |(file, from, to, times)| {
            let (name, text) = FILES[file];
            let place = |thousandths: usize| text.floor_char_boundary(text.len() * thousandths / 1000);
            let (from, to) = (place(from.min(to)), place(from.max(to)));
            let changed = format!("{}{}", text.get(..to).unwrap(), text.get(from..to).unwrap().repeat(times));
            assert_same(&mut world.borrow_mut(), name, changed.as_bytes());
            Ok(())
        })
        .unwrap();
}
