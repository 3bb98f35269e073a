//! A file that comes again: undone and brought back, mended, lying in folders beside others of its name. Its rows stay the notes
//! that they were.

use crate::world::World;
use crate::world::field;
use lmq::core::id::CardId;
use lmq::ops::bulk::BulkChange;
use lmq::ops::edit::How;
use lmq::ops::import;
use lmq::ops::import::Options;
use lmq::ops::import::Report;
use lmq::store::KeptPart;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fs;
use std::path::Path;

/// Three rows; the first ones are mended in later versions, and keys change with them.
fn version(format: &str, number: usize) -> String {
    let mended = |row: usize| if row < number { "?" } else { "" };
    let rows = ["Peru", "Chile", "Cuba"].iter().enumerate().map(|(row, country)| {
        let question = format!("What is the capital of the country that is called {country}{}", mended(row));
        (format!("{country}{}", mended(row).replace('?', "-2")), question, format!("capital {row}"))
    });
    match format {
        "w.csv" => rows.fold("front,back\n".to_owned(), |file, (_, front, back)| format!("{file}{front},{back}\n")),
        "w.tsv" => rows.fold("key\tfront\tback\n".to_owned(), |file, (key, front, back)| {
            format!("{file}{key}\t{front}\t{back}\n")
        }),
        "w.toml" => rows.fold("[deck]\nid = \"w\"\n".to_owned(), |file, (key, front, back)| {
            format!("{file}[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"{back}\"\n")
        }),
        _ => rows.fold(String::new(), |file, (_, front, back)| {
            format!("{file}{{\"kind\":\"basic\",\"front\":\"{front}\",\"back\":\"{back}\"}}\n")
        }),
    }
}

const FORMATS: [&str; 4] = ["w.csv", "w.tsv", "w.toml", "w.jsonl"];

/// The card that is answered most.
fn answers(world: &World, card: CardId) -> usize {
    world.events(card).len()
}

#[test]
fn importing_again_what_was_undone_is_a_redo_and_no_second_copy() {
    for format in FORMATS {
        let mut world = World::bare();
        world.import(format, version(format, 0));
        let card = world.id("Peru");
        world.answer(card, 4);
        world.import(format, version(format, 1));
        assert_eq!(world.found("").len(), 3, "{format}: mended");
        world.undo_newest().unwrap();
        assert!(!world.found("Peru")[0].text.prompt(1).ends_with('?'), "{format}: undone");
        for _ in 0..2 {
            world.import(format, version(format, 1));
            assert_eq!(world.found("").len(), 3, "{format}: done again");
            let found = &world.found("Peru")[0];
            assert_eq!((found.card, answers(&world, card)), (card, 1), "{format}: its history is on it");
            assert!(found.text.prompt(1).ends_with('?'), "{format}");
            world.undo_newest().unwrap();
        }
        // All of it undone, and the newest version first.
        world.undo_newest().unwrap();
        world.import(format, version(format, 2));
        assert_eq!(world.found("").len(), 3, "{format}: the newest first");
        assert_eq!(world.found("Peru")[0].card, card, "{format}: what was answered is still that card");
        world.assert_sound();
    }
}

#[derive(Debug, Clone)]
enum Step {
    Import(usize),
    Undo,
    Answer(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..4_usize).prop_map(Step::Import),
        2 => Just(Step::Undo),
        1 => (0..3_usize).prop_map(Step::Answer),
    ];
    proptest::collection::vec(step, 1..12)
}

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    // 64 unless PROPTEST_CASES says otherwise.
    ProptestConfig { cases: usual.cases.div_ceil(4), rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(config())]

    /// Whatever was imported, undone and answered before: after an import there are as many notes as the file has rows, and every
    /// answer that counts is on one of them.
    #[test]
    fn no_imports_and_undos_make_a_second_copy(steps in steps(), last in 0..4_usize, format in 0..4_usize) {
        let format = FORMATS[format];
        let mut world = World::bare();
        for step in &steps {
            match step {
                Step::Import(number) => {
                    world.import(format, version(format, *number));
                    prop_assert_eq!(world.found("").len(), 3, "{} {:?}", format, step);
                }
                Step::Undo => drop(world.undo_newest()),
                Step::Answer(row) => {
                    world.pass(1);
                    let found = world.found("");
                    if let Some(line) = found.get(*row) {
                        world.answer(line.card, 4);
                    }
                }
            }
        }
        let report = world.import(format, version(format, last));
        prop_assert_eq!(world.found("").len(), 3, "{}: {}", format, report.sentence());
        for (row, country) in ["Peru", "Chile", "Cuba"].iter().enumerate() {
            let found = world.found(country);
            prop_assert_eq!(found.len(), 1, "{}", format);
            prop_assert_eq!(found[0].text.prompt(1).ends_with('?'), row < last);
        }
        world.assert_sound();
    }
}

const FRENCH: &str = "What is item 4 called in French";

fn table(rows: &[(&str, &str)]) -> String {
    rows.iter().fold("front,back\n".to_owned(), |file, (front, back)| format!("{file}{front},{back}\n"))
}

fn parts(report: &Report) -> Vec<Vec<KeptPart>> {
    report.kept_notes.iter().map(|kept| kept.parts.clone()).collect()
}

#[test]
fn a_mended_question_is_recognised_whatever_the_learner_made_of_the_card() {
    type Act = (&'static str, fn(&mut World));
    let mended = format!("{FRENCH}?");
    let acts: [Act; 7] = [
        ("front", |world| edit(world, "front", "mine")),
        ("back", |world| edit(world, "back", "mine")),
        ("extra", |world| {
            let card = world.id("item").to_string();
            world.edit(&card, None, How::default(), |text| text.extra = Some("mine".to_owned()));
        }),
        ("tag", |world| drop(world.change(&["item"], BulkChange::Tag(vec!["own".to_owned()])))),
        ("move", |world| drop(world.change(&["item"], elsewhere()))),
        ("edit and move", |world| {
            edit(world, "front", "mine");
            world.change(&["mine"], elsewhere());
        }),
        ("delete", |world| drop(world.change(&["item"], BulkChange::Delete))),
    ];
    for (name, act) in acts {
        let mut world = World::bare();
        world.import("m.csv", table(&[(FRENCH, "r4"), ("z", "y")]));
        let card = world.id("item");
        act(&mut world);
        let report = world.import("m.csv", table(&[(&mended, "r4"), ("z", "y")]));
        assert_eq!(report.added, 0, "{name}: {}", report.sentence());
        let kept: &[&[KeptPart]] = match name {
            "front" | "back" | "extra" | "edit and move" => &[&[KeptPart::Text]],
            "delete" => &[&[KeptPart::Deletion]],
            _ => &[],
        };
        assert_eq!(parts(&report), kept, "{name}");
        if name == "delete" {
            assert_eq!((world.found("").len(), report.deleted, report.kept), (1, 1, 0), "{name}");
        } else {
            assert_eq!(world.found("").len(), 2, "{name}");
            assert!(world.found("").iter().any(|line| line.card == card), "{name}");
        }
        let steps = world.steps();
        let again = world.import("m.csv", table(&[(&mended, "r4"), ("z", "y")]));
        assert_eq!((again.added, again.changed, world.steps()), (0, 0, steps), "{name}: nothing new is no step");
        world.assert_sound();
    }
}

fn elsewhere() -> BulkChange {
    BulkChange::Move { id: "Mine".to_owned(), name: "Mine".to_owned() }
}

fn edit(world: &mut World, name: &str, value: &str) {
    let card = world.id("item");
    world.edit(&card.to_string(), None, How::default(), field(name, value));
}

#[test]
fn a_mended_answer_keeps_the_history_and_two_rows_of_one_question_stay_two_notes() {
    let mut world = World::bare();
    world.import("x.csv", table(&[("q1", "a1"), ("z", "z")]));
    let first = world.found("q1")[0].card;
    world.answer(first, 4);
    // One row: its answer was mended.
    assert_eq!(world.import("x.csv", table(&[("q1", "a1x"), ("z", "z")])).changed, 1);
    assert_eq!(world.found("q1")[0].card, first);
    world.import("x.csv", table(&[("q1", "a1"), ("z", "z")]));
    // Two rows: the old one is the old note, in either order.
    world.import("x.csv", table(&[("q1", "a2"), ("q1", "a1"), ("z", "z")]));
    let of = |world: &World, answer: &str| {
        world.found("q1").into_iter().find(|line| line.text.answer(1) == answer).map(|line| line.card)
    };
    assert_eq!((of(&world, "a1"), world.found("q1").len()), (Some(first), 2));
    let second = of(&world, "a2").unwrap();
    // Only the second one is left: it is the note that had this answer, and stays it when the answer is mended.
    // That the row means it is only a name, which is no step.
    for (answer, steps) in [("a2", 0), ("a2", 0), ("a2x", 1), ("a2x", 0), ("a2", 1)] {
        let before = world.steps().len();
        world.import("x.csv", table(&[("q1", answer), ("z", "z")]));
        assert_eq!((of(&world, "a1"), of(&world, answer)), (Some(first), Some(second)), "{answer}");
        assert_eq!((world.found("q1").len(), world.steps().len() - before), (2, steps), "{answer}");
    }
    // Both again, and the first one alone.
    world.import("x.csv", table(&[("q1", "a1"), ("q1", "a2"), ("z", "z")]));
    assert_eq!((of(&world, "a1"), of(&world, "a2"), world.found("q1").len()), (Some(first), Some(second), 2));
    world.import("x.csv", table(&[("q1", "a1"), ("z", "z")]));
    assert_eq!((of(&world, "a1"), of(&world, "a2"), world.found("q1").len()), (Some(first), Some(second), 2));
    world.assert_sound();
}

#[test]
fn a_row_of_one_of_two_notes_is_that_note_although_the_learner_edited_it() {
    let mut world = World::bare();
    world.import("x.csv", table(&[("q1", "a1"), ("z", "z")]));
    world.import("x.csv", table(&[("q1", "a1"), ("q1", "a2"), ("z", "z")]));
    let second = world.found("q1").into_iter().find(|line| line.text.answer(1) == "a2").unwrap().card;
    world.edit(&second.to_string(), None, How::default(), field("back", "own"));
    let report = world.import("x.csv", table(&[("q1", "a2"), ("z", "z")]));
    assert_eq!((report.added, report.changed), (0, 0), "{}", report.sentence());
    let answers: Vec<String> = world.found("q1").iter().map(|line| line.text.answer(1)).collect();
    assert_eq!(answers, ["a1", "own"]);
    world.assert_sound();
}

#[test]
fn a_row_of_one_of_two_notes_is_that_note_although_the_learner_moved_it() {
    let mut world = World::bare();
    world.import("x.csv", table(&[("q1", "a1"), ("q1", "a2"), ("z", "z")]));
    let [first, second] = ["a1", "a2"]
        .map(|answer| world.found("q1").into_iter().find(|line| line.text.answer(1) == answer).unwrap().card);
    world.edit(&first.to_string(), None, How::default(), field("back", "own"));
    world.change(&["a2"], elsewhere());
    let steps = world.steps().len();
    let report = world.import("x.csv", table(&[("q1", "a2"), ("z", "z")]));
    assert_eq!((report.added, report.changed, report.kept_notes.len()), (0, 0, 0), "{}", report.sentence());
    assert_eq!(world.card(&second.to_string()).text.answer(1), "a2");
    assert_eq!(world.card(&first.to_string()).text.answer(1), "own");
    assert!(world.steps().len() <= steps + 1);
    world.assert_sound();
}

#[test]
fn a_row_whose_own_name_comes_later_leaves_it_to_that_one() {
    let mut world = World::bare();
    let (old, new) = (FRENCH.to_owned(), format!("{FRENCH}?"));
    world.import("m.csv", table(&[(&old, "r4"), ("z", "y")]));
    world.import("m.csv", table(&[(&new, "r4"), ("z", "y")]));
    let card = world.id("item");
    // Both are in the file now: two notes, none of them left out, in either order.
    for rows in [[(&*new, "r4"), (&*old, "r4")], [(&*old, "r4"), (&*new, "r4")]] {
        let report = world.import("m.csv", table(&rows));
        assert_eq!((report.rejections, world.found("item").len()), (0, 2), "{rows:?} {}", report.sentence());
        assert!(world.found("item").iter().any(|line| line.card == card));
    }
    world.assert_sound();
}

#[test]
fn theirs_takes_text_tags_and_place_also_after_the_conflict_was_reported() {
    let mut world = World::bare();
    let file = |deck: &str, back: &str, tag: &str| {
        format!("guid,deck,front,back,tags\ng1,{deck},q1,{back},{tag}\ng2,{deck},q2,a2,t\n")
    };
    world.import("x.csv", file("A", "a1", "t"));
    let card = world.id("q1").to_string();
    world.edit(&card, None, How::default(), field("back", "mine"));
    world.change(&["q1"], BulkChange::Untag("t".to_owned()));
    world.change(&["q1"], elsewhere());
    let report = world.import("x.csv", file("B", "a1x", "t u"));
    assert_eq!(report.kept, 1, "{report:?}");
    let before = world.found("");
    for _ in 0..2 {
        assert_eq!(world.import_theirs("x.csv", file("B", "a1x", "t u")), "1 changed, 1 note unchanged");
        let line = &world.found("q1")[0];
        assert_eq!((line.deck.as_str(), line.text.answer(1).as_str()), ("B", "a1x"));
        assert_eq!(line.text.tags, ["t", "u"]);
        assert_eq!(world.import_theirs("x.csv", file("B", "a1x", "t u")), "2 notes unchanged");
        world.undo_newest();
        assert_eq!(world.found(""), before, "one undo");
    }
    // The file moves on from where the learner put it too: then it is nobody's own place any more.
    world.import_theirs("x.csv", file("B", "a1x", "t"));
    world.import("x.csv", file("C", "a1x", "t"));
    assert_eq!(world.found("q1")[0].deck, "C");
    world.assert_sound();
}

#[test]
fn theirs_brings_a_moved_card_back_in_every_format() {
    for format in FORMATS {
        let mut world = World::bare();
        world.import(format, version(format, 0));
        world.change(&["Peru"], elsewhere());
        assert_eq!(world.import_theirs(format, version(format, 0)), "1 moved to w, 2 notes unchanged", "{format}");
        assert_eq!(world.found("Peru")[0].deck, "w", "{format}");
        world.undo_newest();
        assert_eq!(world.found("Peru")[0].deck, "Mine", "{format}");
        world.assert_sound();
    }
}

/// Imports a file or folder as `lmq import` does.
pub(crate) fn import_path(world: &mut World, path: &Path, options: &Options) -> Report {
    let (sources, folder) = import::open(path).unwrap();
    let options = Options { folders: if options.link { folder.folders } else { Vec::new() }, ..options.clone() };
    let stamp = world.stamp();
    import::import(&mut world.store, stamp, sources, &options, &|_, _, _| Vec::new(), &mut |_| {}).unwrap()
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn decks_of(world: &World) -> Vec<String> {
    let mut decks: Vec<String> =
        world.found("").iter().map(|line| format!("{}: {}", line.deck, line.text.answer(1))).collect();
    decks.sort();
    decks
}

#[test]
fn files_of_one_name_in_several_folders_are_several_decks() {
    for link in [false, true] {
        let options = Options { link, ..Options::default() };
        let mut world = World::bare();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("decks");
        write(&root, "French/Unit1.csv", "front,back\ndog,chien\ncat,chat\n");
        write(&root, "German/Unit1.csv", "front,back\ndog,Hund\nhouse,Haus\n");
        let report = import_path(&mut world, &root, &options);
        assert_eq!(report.sentence(), "4 notes added");
        assert_eq!(report.warnings, ["2 files are called `Unit1`: their decks are `French::Unit1`, `German::Unit1`"]);
        let two = ["French::Unit1: chat", "French::Unit1: chien", "German::Unit1: Haus", "German::Unit1: Hund"];
        assert_eq!(decks_of(&world), two);
        assert_eq!(import_path(&mut world, &root, &options).sentence(), "4 notes unchanged");
        // A third one, and one of them alone.
        write(&root, "Latin/Unit1.csv", "front,back\ndog,canis\n");
        assert_eq!(import_path(&mut world, &root, &options).sentence(), "1 note added, 4 notes unchanged");
        let alone = import_path(&mut world, &root.join("French/Unit1.csv"), &Options::default());
        assert_eq!(alone.sentence(), "2 notes unchanged");
        fs::remove_file(root.join("German/Unit1.csv")).unwrap();
        fs::remove_file(root.join("Latin/Unit1.csv")).unwrap();
        assert_eq!(import_path(&mut world, &root, &Options::default()).sentence(), "2 notes unchanged");
        world.assert_sound();
    }
}

#[test]
fn a_file_that_was_alone_keeps_its_deck_when_another_one_of_its_name_comes() {
    let mut world = World::bare();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "b/Unit1.csv", "front,back\ndog,Hund\ncat,Katze\n");
    import_path(&mut world, root, &Options::default());
    assert_eq!(decks_of(&world), ["Unit1: Hund", "Unit1: Katze"]);
    write(root, "a/Unit1.csv", "front,back\ndog,chien\n");
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "1 note added, 2 notes unchanged");
    assert_eq!(decks_of(&world), ["Unit1: Hund", "Unit1: Katze", "a::Unit1: chien"]);
    let steps = world.steps();
    import_path(&mut world, root, &Options::default());
    assert_eq!(world.steps(), steps);
    // In the folder itself, without a folder to be called by.
    write(root, "Unit1.csv", "front,back\ndog,canis\nhouse,domus\n");
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "2 notes added, 3 notes unchanged");
    assert_eq!(world.found("").len(), 5);
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "5 notes unchanged");
    world.assert_sound();
}

#[test]
fn lists_with_the_same_questions_do_not_take_each_others_deck() {
    let mut world = World::bare();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "b/Unit1.csv", "front,back\ndog,chien\ncat,chat\n");
    import_path(&mut world, root, &Options::default());
    write(root, "a/Unit1.csv", "front,back\ndog,Hund\ncat,Katze\n");
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "2 notes added, 2 notes unchanged");
    assert_eq!(decks_of(&world), ["Unit1: chat", "Unit1: chien", "a::Unit1: Hund", "a::Unit1: Katze"]);
    world.assert_sound();
}

#[test]
fn two_equal_files_of_one_name_keep_their_own_decks() {
    let mut world = World::bare();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let words = |cat: &str| format!("front,back\ndog,Hund\ncat,{cat}\n");
    write(root, "a/Unit1.csv", &words("Katze"));
    import_path(&mut world, root, &Options::default());
    write(root, "b/Unit1.csv", &words("Katze"));
    import_path(&mut world, root, &Options::default());
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "4 notes unchanged");
    write(root, "b/Unit1.csv", &words("Kater"));
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "1 changed, 3 notes unchanged");
    assert_eq!(decks_of(&world), ["Unit1: Hund", "Unit1: Katze", "b::Unit1: Hund", "b::Unit1: Kater"]);
    world.assert_sound();
}

#[test]
fn files_of_one_name_keep_their_decks_when_all_answers_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let files = |a: &str, b: &str| {
        write(root, "a/Unit1.csv", &format!("front,back\ndog,Hund{a}\ncat,Katze{a}\n"));
        write(root, "b/Unit1.csv", &format!("front,back\ndog,chien{b}\ncat,chat{b}\n"));
    };
    let wanted = |a: &str, b: &str| {
        [
            format!("Unit1: chat{b}"),
            format!("Unit1: chien{b}"),
            format!("a::Unit1: Hund{a}"),
            format!("a::Unit1: Katze{a}"),
        ]
    };
    // That of `b` was there alone before.
    let mut world = World::bare();
    files("", "");
    import_path(&mut world, &root.join("b"), &Options::default());
    import_path(&mut world, root, &Options::default());
    assert_eq!(decks_of(&world), wanted("", ""));
    for (a, b, changed) in [("", "!", 2), ("!", "!", 2), ("?", "?", 4)] {
        files(a, b);
        let report = import_path(&mut world, root, &Options::default());
        assert_eq!((report.added, report.changed), (0, changed), "{}", report.sentence());
        assert_eq!(decks_of(&world), wanted(a, b));
    }
    // One of them by itself.
    files(".", "?");
    let report = import_path(&mut world, &root.join("a/Unit1.csv"), &Options::default());
    assert_eq!((report.added, report.changed), (0, 2), "{}", report.sentence());
    assert_eq!(decks_of(&world), wanted(".", "?"));
    world.assert_sound();
}

#[test]
fn files_of_one_name_keep_their_decks_when_their_folders_get_other_names() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a/Unit1.csv", "front,back\nFruit of Newton,apple\nHighest mountain,Everest\n");
    write(root, "b/Unit1.csv", "front,back\nGerman dog,Hund\nGerman cat,Katze\n");
    let mut world = World::bare();
    import_path(&mut world, root, &Options::default());
    let decks = decks_of(&world);
    fs::rename(root.join("a"), root.join("c")).unwrap();
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "4 notes unchanged");
    // Each in the other's folder.
    fs::rename(root.join("b"), root.join("a")).unwrap();
    fs::rename(root.join("c"), root.join("b")).unwrap();
    assert_eq!(import_path(&mut world, root, &Options::default()).sentence(), "4 notes unchanged");
    assert_eq!(decks_of(&world), decks);
    world.assert_sound();
}

#[test]
fn a_card_in_two_files_with_two_texts_is_that_of_the_first_one_and_the_other_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let file = |back: &str| format!("#separator:comma\n#guid column:1\n#deck:w\ng1,dog,{back}\ng{back},{back},x\n");
    write(root, "a.txt", &file("Hund"));
    write(root, "b.txt", &file("chien"));
    write(root, "c.txt", &file("Hund"));
    for link in [false, true] {
        let mut world = World::bare();
        let options = Options { link, ..Options::default() };
        let first = import_path(&mut world, root, &options);
        assert_eq!((first.added, first.rejections), (3, 1), "{}", first.sentence());
        assert!(first.rejected[0].contains("b.txt:4") && first.rejected[0].contains("an earlier file"), "{first:?}");
        assert_eq!(world.found("dog")[0].text.answer(1), "Hund");
        let steps = world.steps();
        let again = import_path(&mut world, root, &options);
        assert_eq!((again.changed, again.rejections), (0, 1), "{}", again.sentence());
        assert_eq!(world.steps(), steps, "they don't take turns");
        // What the learner made of it is no fault of the files.
        let card = world.id("dog").to_string();
        world.edit(&card, None, How::default(), field("back", "mine"));
        let edited = import_path(&mut world, root, &options);
        assert_eq!((edited.changed, edited.rejections, edited.kept), (0, 1, 0), "{}", edited.sentence());
        world.assert_sound();
    }
}

#[test]
fn a_followed_folder_keeps_files_of_one_name_apart_too() {
    let mut world = World::bare();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "b/Unit1.csv", "front,back\ndog,Hund\ncat,Katze\n");
    import_path(&mut world, root, &Options { link: true, ..Options::default() });
    write(root, "a/Unit1.csv", "front,back\ndog,chien\nmouse,souris\n");
    write(root, "a/README.txt", "This is a letter, with commas.\nIt goes on, and on.\n");
    let stamp = world.stamp();
    let talk = import::follow(&mut world.store, stamp).unwrap().join("\n");
    assert!(talk.contains("a/Unit1.csv` changed: 2 notes added") && !talk.contains("README"), "{talk}");
    assert_eq!(decks_of(&world), ["Unit1: Hund", "Unit1: Katze", "a::Unit1: chien", "a::Unit1: souris"], "{talk}");
    // All of its rows are other ones now: it stays the same deck.
    write(root, "a/Unit1.csv", "front,back\nbird,oiseau\nfish,poisson\nhorse,cheval\n");
    write(root, "b/Unit1.csv", "front,back\ndog,der Hund\ncat,Katze\nbird,Vogel\n");
    import::follow(&mut world.store, stamp).unwrap();
    let now = [
        "Unit1: Katze",
        "Unit1: Vogel",
        "Unit1: der Hund",
        "a::Unit1: cheval",
        "a::Unit1: oiseau",
        "a::Unit1: poisson",
    ];
    assert_eq!(decks_of(&world), now);
    world.assert_sound();
}

#[test]
fn prose_in_a_folder_becomes_no_cards() {
    let mut world = World::bare();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "README.txt", "Decks: French, German\nAuthor: Anna\nYear: 2021\n");
    write(
        root,
        "LICENSE.txt",
        "MIT License\n\nCopyright (c) 2021 Anna\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software and associated files, to deal\nin the Software without restriction, including without limitation\nthe rights to use, copy, modify, merge, publish, distribute\n",
    );
    write(
        root,
        "letter.txt",
        "Dear Anna, how are you?\nI am well, and so is the dog.\nIt rains, as it always does here.\n",
    );
    write(
        root,
        "poem.txt",
        "The rose is red, the violet blue,\nThe honey's sweet, and so are you.\nThou art my love, and I am thine;\nI drew thee to my Valentine:\n",
    );
    write(root, "mail.txt", "From: a@b.org, me\nTo: you, and me\nSubject: the thing, again\n");
    write(root, "log.txt", "2024-01-02 10:15:02,123 INFO started\n2024-01-02 10:15:03,456 INFO stopped\n");
    write(root, "phrases.txt", "Guten Tag, good day\nder Hund, the dog\n");
    write(root, "one.txt", "Some notes about nothing\nand nothing else\n");
    write(root, "single.txt", "a line, with a comma\n");
    write(root, "words.txt", "Hund,dog\nKatze,cat\n");
    write(root, "list.txt", "Hund - dog\nKatze - cat, a\n");
    write(root, "tabs.txt", "Hund\tdog\nKatze\tcat\n");
    write(root, "single.csv", "Hund,dog\n");
    let report = import_path(&mut world, root, &Options::default());
    let named: Vec<String> = report
        .skipped
        .iter()
        .map(|one| format!("{} {}", one.path.file_name().unwrap().to_string_lossy(), one.reason.name()))
        .collect();
    assert_eq!(
        named,
        ["LICENSE.txt", "README.txt", "letter.txt", "log.txt", "mail.txt", "one.txt", "poem.txt", "single.txt"]
            .map(|name| format!("{name} no_table"))
    );
    assert_eq!(report.sentence(), "9 notes added");
    world.assert_sound();
}

#[test]
fn a_table_that_is_only_called_like_a_built_in_deck_does_not_mix_with_it() {
    let mut world = World::with_built_in_decks();
    let before = world.found("").len();
    let refused = world.try_import("skills.csv", "front,back\nq1,a1\nq2,a2\n").unwrap_err();
    assert!(refused.what.contains("that one is built in") && refused.hint.unwrap().contains("--deck NAME"));
    assert_eq!(world.found("").len(), before);
    // Who says so may.
    assert_eq!(world.import_into("skills", "skills.csv", "front,back\nq1,a1\n"), "1 note added");
    assert_eq!(world.import_into("Mine", "skills.csv", "front,back\nq2,a2\n"), "1 note added");
    let exported = world.export("skills", "csv");
    let report = world.import("skills.csv", exported);
    assert_eq!((report.added, report.changed), (0, 0), "{}", report.sentence());
    world.assert_sound();
}
