//! An import respects the learner: what they changed stays, whatever file comes again, and is said where both changed.

use crate::home::TEAM;
use crate::world::World;
use crate::world::field;
use lmq::ops::bulk::BulkChange;
use lmq::ops::edit::How;
use lmq::ops::import::Options;
use lmq::ops::import::Report;
use lmq::store::KeptPart;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A format with three notes, in a deck `w`; `{}` is the back of the first, `<>` are its tags.
struct Format {
    name: &'static str,
    text: &'static str,
}

const FORMATS: [Format; 5] = [
    Format { name: "w.csv", text: "front,back,tags\nHund,{},<>\nKatze,cat,a\nMaus,mouse,\n" },
    Format { name: "w.tsv", text: "key\tfront\tback\ttags\nh\tHund\t{}\t<>\nk\tKatze\tcat\ta\nm\tMaus\tmouse\t\n" },
    Format {
        name: "w.txt",
        text: "#separator:tab\n#guid column:1\n#tags column:4\n#deck:w\ng1\tHund\t{}\t<>\ng2\tKatze\tcat\ta\ng3\tMaus\tmouse\t\n",
    },
    Format {
        name: "w.toml",
        text: "[deck]\nid = \"w\"\n[[card]]\nkey = \"h\"\nkind = \"basic\"\nfront = \"Hund\"\nback = \"{}\"\ntags = [<>]\n\
               [[card]]\nkey = \"k\"\nkind = \"basic\"\nfront = \"Katze\"\nback = \"cat\"\ntags = [\"a\"]\n\
               [[card]]\nkey = \"m\"\nkind = \"basic\"\nfront = \"Maus\"\nback = \"mouse\"\n",
    },
    Format {
        name: "w.jsonl",
        text: "{\"deck\":\"w\",\"key\":\"h\",\"kind\":\"basic\",\"front\":\"Hund\",\"back\":\"{}\",\"tags\":[<>]}\n\
               {\"deck\":\"w\",\"key\":\"k\",\"kind\":\"basic\",\"front\":\"Katze\",\"back\":\"cat\",\"tags\":[\"a\"]}\n\
               {\"deck\":\"w\",\"key\":\"m\",\"kind\":\"basic\",\"front\":\"Maus\",\"back\":\"mouse\"}\n",
    },
];

impl Format {
    fn with(&self, back: &str, tags: &[&str]) -> String {
        let quoted = self.name.ends_with("toml") || self.name.ends_with("jsonl");
        let tags = if quoted {
            tags.iter().map(|tag| format!("\"{tag}\"")).collect::<Vec<_>>().join(", ")
        } else {
            tags.join(" ")
        };
        self.text.replace("{}", back).replace("<>", &tags)
    }

    fn plain(&self) -> String {
        self.with("dog", &["a", "b"])
    }
}

type Act = fn(&mut World);

fn elsewhere() -> BulkChange {
    BulkChange::Move { id: "Mine".to_owned(), name: "Mine".to_owned() }
}

/// What a learner may do to the first note, which stays findable as `dog` or `Hund`.
const ACTS: [(&str, Act); 9] = [
    ("back", |world| edit(world, "back", "hound")),
    ("prompt", |world| edit(world, "front", "der Hund")),
    ("tag", |world| drop(world.change(&["Hund"], BulkChange::Tag(vec!["own".to_owned()])))),
    ("untag", |world| drop(world.change(&["Hund"], BulkChange::Untag("a".to_owned())))),
    ("move", |world| drop(world.change(&["Hund"], elsewhere()))),
    ("suspend", |world| drop(world.change(&["Hund"], BulkChange::Suspend))),
    ("mark", |world| drop(world.change(&["Hund"], BulkChange::Mark))),
    ("delete", |world| drop(world.change(&["Hund"], BulkChange::Delete))),
    ("move and edit", |world| {
        edit(world, "front", "der Hund");
        world.change(&["Hund"], elsewhere());
    }),
];

fn edit(world: &mut World, name: &str, value: &str) {
    let card = world.id("Hund");
    world.edit(&card.to_string(), None, How::default(), field(name, value));
}

fn theirs() -> Options {
    Options { theirs: true, ..Options::default() }
}

fn parts(report: &Report) -> Vec<Vec<KeptPart>> {
    report.kept_notes.iter().map(|kept| kept.parts.clone()).collect()
}

#[test]
fn the_same_file_again_changes_nothing_of_ones_own_in_any_format() {
    for format in &FORMATS {
        for (name, act) in ACTS {
            let mut world = World::bare();
            world.import(format.name, format.plain());
            act(&mut world);
            let (seen, steps) = (world.seen(true), world.steps());
            for _ in 0..2 {
                let report = world.import(format.name, format.plain());
                assert_eq!(report.added, 0, "{} {name}: {}", format.name, report.sentence());
                assert_eq!(world.seen(true), seen, "{} {name}", format.name);
                assert_eq!(world.steps(), steps, "{} {name}: nothing new is no step", format.name);
                assert_eq!(report.kept_notes, [], "{} {name}", format.name);
            }
            world.assert_sound();
        }
    }
}

#[test]
fn a_file_that_changed_since_is_taken_where_the_learner_changed_nothing() {
    for format in &FORMATS {
        for (name, act) in ACTS {
            let mut world = World::bare();
            world.import(format.name, format.plain());
            act(&mut world);
            let report = world.import(format.name, format.with("DOG", &["b", "c"]));
            assert_eq!(report.added, 0, "{} {name}: {}", format.name, report.sentence());
            if name == "delete" {
                assert_eq!(world.found("DOG"), [], "{}", format.name);
                assert_eq!(parts(&report), [[KeptPart::Deletion]], "{}", format.name);
                continue;
            }
            let found = world.found("tag:c");
            assert_eq!(found.len(), 1, "{} {name}: the file's new tag is there", format.name);
            let mut tags = found[0].text.tags.clone();
            tags.sort();
            let own: &[&str] = if name == "tag" { &["b", "c", "own"] } else { &["b", "c"] };
            assert_eq!(tags, own, "{} {name}: tags meet one by one", format.name);
            let edited = matches!(name, "back" | "prompt" | "move and edit");
            let back = match name {
                "back" => "hound",
                "prompt" | "move and edit" => "dog",
                _ => "DOG",
            };
            assert_eq!(found[0].text.answer(1), back, "{} {name}", format.name);
            let deck = if name.starts_with("move") { "Mine" } else { "w" };
            assert_eq!(found[0].deck, deck, "{} {name}", format.name);
            let kept: &[&[KeptPart]] = if edited { &[&[KeptPart::Text]] } else { &[] };
            assert_eq!(parts(&report), kept, "{} {name}: {report:?}", format.name);
            // Said once: the file has nothing new the next time.
            let again = world.import(format.name, format.with("DOG", &["b", "c"]));
            assert_eq!((again.kept_notes.len(), again.changed), (0, 0), "{} {name}", format.name);
            world.assert_sound();
        }
    }
}

#[test]
fn with_theirs_the_files_text_and_tags_are_taken_in_one_step_that_can_be_undone() {
    for format in &FORMATS {
        let mut world = World::bare();
        world.import(format.name, format.plain());
        edit(&mut world, "back", "hound");
        world.change(&["Hund"], BulkChange::Tag(vec!["own".to_owned()]));
        let (before, steps) = (world.found(""), world.steps().len());
        let new = format.with("DOG", &["a", "c"]);
        let report = world.try_import_with(format.name, new, &theirs()).unwrap();
        assert_eq!((report.changed, report.kept_notes.len()), (1, 0), "{}: {report:?}", format.name);
        let found = world.found("Hund");
        assert_eq!(
            (found[0].text.answer(1).as_str(), &*found[0].text.tags),
            ("DOG", &["a".to_owned(), "c".to_owned()][..])
        );
        assert_eq!(world.steps().len(), steps + 1, "{}", format.name);
        world.undo_newest();
        assert_eq!(world.found(""), before, "{}", format.name);
        world.assert_sound();
    }
}

#[test]
fn a_key_of_ones_own_makes_no_import_a_step() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.edit("team/owner", Some("boss"), How::default(), |_| {});
    let (seen, steps) = (world.seen(true), world.steps());
    assert_eq!(world.import("team.toml", TEAM).sentence(), "3 notes unchanged");
    assert_eq!((world.seen(true), world.steps()), (seen, steps));
    let report = world.import("team.toml", TEAM.replace("Amara", "Bela"));
    assert_eq!(report.sentence(), "1 changed, 2 notes unchanged");
    assert_eq!(world.card("team/boss").text.answer(1), "Bela");
}

#[test]
fn a_moved_note_is_found_by_a_second_table_too() {
    let mut world = World::bare();
    world.import("w.csv", "Hund,dog\nKatze,cat\n");
    world.change(&["Hund"], elsewhere());
    // The same cards from somewhere else, into the same deck: one without a change, one corrected, one new.
    let options = Options { deck: Some("w".to_owned()), ..Options::default() };
    let second = world.try_import_with("other.csv", "Hund,dog\nVogel,bird\n", &options).unwrap();
    assert_eq!(second.sentence(), "1 note added, 1 note unchanged");
    assert_eq!(world.found("Hund").len(), 1);
    assert_eq!(world.found("Hund")[0].deck, "Mine");
    let third = world.try_import_with("third.csv", "Hund,hound\n", &options).unwrap();
    assert_eq!((third.added, third.changed), (0, 1), "{third:?}");
    assert_eq!((world.found("Hund").len(), world.found("Hund")[0].text.answer(1)), (1, "hound".to_owned()));
    // A note that was added by hand and moved, too.
    world.add("w", None, "Baum", "tree");
    world.change(&["Baum"], elsewhere());
    let fourth = world.try_import_with("fourth.csv", "Baum,tree\n", &options).unwrap();
    assert_eq!(fourth.added, 0, "{fourth:?}");
    assert_eq!(world.found("Baum").len(), 1);
    // A row that was mended is still near enough to the note that was moved.
    world.import("w.csv", "Which river runs trough the old town of Ljubljana?,Ljubljanica\n");
    world.change(&["Ljubljana"], elsewhere());
    let mended = world.import("w.csv", "Which river runs through the old town of Ljubljana?,Ljubljanica\n");
    assert_eq!((mended.added, mended.changed), (0, 1), "{mended:?}");
    world.assert_sound();
}

#[test]
fn a_table_without_a_column_of_tags_takes_none_away() {
    let mut world = World::bare();
    world.import("w.csv", FORMATS[0].plain());
    let (seen, steps) = (world.seen(true), world.steps());
    let options = Options { deck: Some("w".to_owned()), ..Options::default() };
    assert_eq!(world.try_import_with("w.tsv", "Hund\tdog\n", &options).unwrap().sentence(), "1 note unchanged");
    assert_eq!((world.seen(true), world.steps()), (seen, steps));
    assert_eq!(world.try_import_with("w.tsv", "Hund\tDOG\n", &options).unwrap().sentence(), "1 changed");
    let found = world.found("Hund");
    assert_eq!((found[0].text.answer(1).as_str(), found[0].text.tags.len()), ("DOG", 2));
    // One that has the column and leaves it empty does say so.
    world.import("w.csv", FORMATS[0].with("DOG", &[]));
    assert_eq!(world.found("Hund")[0].text.tags, [""; 0]);
}

#[test]
fn what_a_table_has_no_column_for_stays_as_it_was() {
    let whole = "key,kind,front,back,hint,extra,source,markup,accept\n\
                 h,typed,Hund,dog,barks,an animal,f1,html,hound\n\
                 k,choice,Katze,cat,,,,,\n";
    // A choice needs the wrong answers too.
    let whole = whole
        .replace(",accept", ",accept,distractors")
        .replace("k,choice,Katze,cat,,,,,", "k,choice,Katze,cat,,,,,,cow");
    let whole = whole.replace("html,hound", "html,hound,");
    for (name, text) in [
        ("w.csv", "key,front,back\nh,Hund,DOG\nk,Katze,CAT\n"),
        ("w.json", r#"[{"key": "h", "front": "Hund", "back": "DOG"}, {"key": "k", "front": "Katze", "back": "CAT"}]"#),
        (
            "w.jsonl",
            "{\"key\": \"h\", \"front\": \"Hund\", \"back\": \"DOG\"}\n{\"key\": \"k\", \"front\": \"Katze\", \"back\": \"CAT\"}\n",
        ),
    ] {
        let mut world = World::bare();
        world.import("w.csv", &whole);
        let before: Vec<_> = ["h", "k"].map(|key| world.card(&format!("w/{key}")).text).into();
        let report = world.import(name, text);
        assert_eq!((report.added, report.changed), (0, 2), "{name}: {}", report.sentence());
        for (key, mut wanted, answer) in
            ["h", "k"].into_iter().zip(before).zip(["DOG", "CAT"]).map(|((key, text), answer)| (key, text, answer))
        {
            field("answer", answer)(&mut wanted);
            assert_eq!(world.card(&format!("w/{key}")).text, wanted, "{name} {key}");
        }
        let steps = world.steps();
        assert_eq!(world.import(name, text).sentence(), "2 notes unchanged", "{name}");
        assert_eq!(world.steps(), steps, "{name}");
        // The learner's own text is held against what the file means, not against what it leaves out.
        world.edit(&world.id("Hund").to_string(), None, How::default(), |text| text.hint = Some("mine".to_owned()));
        assert_eq!(world.import(name, text).sentence(), "2 notes unchanged", "{name}");
        assert_eq!(world.card("w/h").text.hint.as_deref(), Some("mine"), "{name}");
        world.assert_sound();
    }
}

#[test]
fn what_does_not_fit_the_rest_of_its_card_is_left_out_and_said() {
    let mut world = World::bare();
    world.import("w.csv", "key,kind,prompt,answer,distractors\nb,choice,Sky is,blue,red | green\n");
    let before = world.found("Sky");
    let report = world.import("w.csv", "key,prompt,answer\nb,Sky is,red\nc,new,card\n");
    assert_eq!((report.added, report.changed, report.rejections), (1, 0, 1), "{}", report.sentence());
    assert!(report.rejected[0].contains("w.csv:2") && report.rejected[0].contains("no columns"), "{report:?}");
    assert_eq!(world.found("Sky"), before);
}

#[test]
fn a_key_that_comes_later_names_the_card_from_then_on() {
    for (first, second) in [
        (
            "guid,front,back\nGa,Q of apples,x\nGb,Z of pears,y\n",
            "guid,key,front,back\nGa,ka,Q of apples,x\nGb,kb,Z of pears,y\n",
        ),
        (
            "guid,key,front,back\nGa,k1,Q of apples,x\nGb,k2,Z of pears,y\n",
            "guid,key,front,back\nGa,ka,Q of apples,x\nGb,kb,Z of pears,y\n",
        ),
        ("front,back\nQ of apples,x\nZ of pears,y\n", "key,front,back\nka,Q of apples,x\nkb,Z of pears,y\n"),
    ] {
        let mut world = World::bare();
        world.import("w.csv", first);
        for card in [world.id("apples"), world.id("pears")] {
            world.answer(card, 4);
        }
        assert_eq!(world.import("w.csv", second).added, 0, "{second}");
        let report = world.import("w.csv", "key,front,back\nka,totally other,xx\nkb,Z of pears,y\n");
        assert_eq!((report.added, report.changed, report.same), (0, 1, 1), "{second}: {}", report.sentence());
        let other = world.id("totally");
        assert_eq!(world.events(other).len(), 1, "{second}: the answer is its");
        world.assert_sound();
    }
}

#[test]
fn names_that_look_the_same_are_the_same() {
    let (one, other) = ("caf\u{e9}", "cafe\u{301}");
    let mut world = World::bare();
    let table = |name: &str, back: &str| format!("key,front,back,tags\n{name},Q of apples,{back},{name}\n");
    world.import(&format!("{one}.csv"), table(one, "x"));
    world.change(&["apples"], BulkChange::Untag(one.to_owned()));
    let report = world.import(&format!("{other}.csv"), table(other, "x"));
    assert_eq!(report.sentence(), "1 note unchanged");
    assert_eq!(world.found("apples")[0].text.tags, [""; 0], "what was taken away stays away");
    let toml = |name: &str, back: &str| {
        format!(
            "[deck]\nid = \"{name}\"\n[[card]]\nkey = \"{name}\"\nkind = \"basic\"\nfront = \"Q of apples\"\nback = \"{back}\"\n"
        )
    };
    assert_eq!(world.import("x.toml", toml(other, "y")).sentence(), "1 changed");
    assert_eq!(world.import("x.toml", toml(one, "y")).sentence(), "1 note unchanged");
    assert_eq!((world.decks().len(), world.found("").len()), (1, 1));
}

#[test]
fn a_built_in_decks_file_says_nothing_of_what_its_cards_wait_for() {
    let mut world = World::with_built_in_decks();
    let steps = world.steps();
    let skills = world.export("skills", "toml");
    let kept = |line: &&str| !["after = ", "held_out = ", "form = "].iter().any(|part| line.starts_with(part));
    let without = skills.lines().filter(kept).collect::<Vec<_>>().join("\n");
    let report = world.import("skills.toml", &without);
    assert_eq!((report.changed, report.kept), (0, 0), "{}", report.sentence());
    assert_eq!(world.steps(), steps);
    assert_eq!(world.export("skills", "toml"), skills);
}

#[test]
fn what_a_note_waits_for_is_the_files_to_say_after_an_edit_of_ones_own_too() {
    let file = |more: &str| {
        format!(
            "[deck]\nid = \"w\"\n[[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"A\"\nback = \"1\"\n\
             [[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = \"B\"\nback = \"2\"\n{more}"
        )
    };
    let mut world = World::bare();
    world.import("w.toml", file(""));
    world.edit("w/b", None, How::default(), field("back", "two"));
    let report = world.import("w.toml", file("after = [\"a\"]\nheld_out = true\n"));
    assert_eq!((report.changed, report.kept_notes.len()), (1, 0), "{report:?}");
    let text = world.card("w/b").text;
    assert_eq!((text.answer(1).as_str(), text.after.as_slice(), text.held_out), ("two", &["a".to_owned()][..], true));
    assert!(world.export("w", "toml").contains("after = [\"a\"]"));
    let both = world.import("w.toml", file("after = []\n").replace("\"2\"", "\"zwei\""));
    assert_eq!(parts(&both), [[KeptPart::Text]]);
    let text = world.card("w/b").text;
    assert_eq!((text.answer(1).as_str(), text.after.len(), text.held_out), ("two", 0, false));
    world.assert_sound();
}

#[test]
fn a_note_whose_prompt_was_changed_here_is_found_by_what_its_source_calls_it() {
    let mut world = World::bare();
    world.import("w.csv", "Hund,dog\nKatze,cat\n");
    edit(&mut world, "front", "der Hund");
    let options = Options { deck: Some("w".to_owned()), ..Options::default() };
    let second = world.try_import_with("other.csv", "Hund,dog\n", &options).unwrap();
    assert_eq!(second.sentence(), "1 note unchanged");
    assert_eq!(world.listed("Hund"), ["der Hund → dog [new]"]);
}

#[test]
fn a_source_that_moves_a_note_is_followed_unless_the_learner_moved_it() {
    let file = |deck: &str| {
        format!("#separator:tab\n#guid column:1\n#deck column:4\ng1\tHund\tdog\t{deck}\ng2\tKatze\tcat\tw\n")
    };
    let mut world = World::bare();
    world.import("notes.txt", file("w"));
    assert_eq!(world.import("notes.txt", file("animals")).sentence(), "1 moved to animals, 1 note unchanged");
    assert_eq!(world.found("Hund")[0].deck, "animals");
    assert_eq!(world.import("notes.txt", file("animals")).sentence(), "2 notes unchanged");
    world.change(&["Hund"], elsewhere());
    assert_eq!(world.import("notes.txt", file("animals")).sentence(), "2 notes unchanged");
    let report = world.import("notes.txt", file("w"));
    assert_eq!((report.kept, parts(&report)), (1, vec![vec![KeptPart::Place]]), "{report:?}");
    assert_eq!(world.found("Hund")[0].deck, "Mine");
    world.import("notes.txt", file("animals"));
    world.try_import_with("notes.txt", file("w"), &theirs()).unwrap();
    assert_eq!(world.found("Hund")[0].deck, "w", "the source's place was taken");
    world.undo_newest();
    assert_eq!(world.found("Hund")[0].deck, "Mine");
    world.assert_sound();
}

#[test]
fn what_the_learner_did_to_a_built_in_deck_stays_when_a_file_of_it_comes_again() {
    let mut world = World::with_built_in_decks();
    let exported = world.export("quotes", "toml");
    let card = world.found("deck:quotes")[0].card;
    let name = card.to_string();
    let fields: Vec<String> = world.found("deck:quotes")[0].text.fields.keys().cloned().collect();
    let extra = |value: &str| {
        let value = value.to_owned();
        move |text: &mut lmq::core::card::NoteText| text.extra = Some(value)
    };
    world.edit(&name, None, How::default(), extra("mine"));
    world.change(&[&name], BulkChange::Tag(vec!["own".to_owned()]));
    let (seen, steps) = (world.seen(true), world.steps());
    let report = world.import("quotes.toml", &exported);
    assert!(report.sentence().ends_with("notes unchanged"), "{} {fields:?}", report.sentence());
    assert_eq!((world.seen(true), world.steps()), (seen, steps), "an older export takes nothing back");
    // A file that has the learner's own version, changed later on both sides.
    let mine = world.export("quotes", "toml");
    assert!(mine.contains("\"mine\""));
    let told = world.import("quotes.toml", mine.replace("\"mine\"", "\"of the file\""));
    assert_eq!((told.kept, parts(&told)), (1, vec![vec![KeptPart::Text]]), "{told:?}");
    assert_eq!(world.store.card(card).unwrap().unwrap().text.extra.as_deref(), Some("mine"));
    world.change(&[&name], BulkChange::Delete);
    let steps = world.steps();
    world.import("quotes.toml", &exported);
    assert_eq!(world.steps(), steps, "what was deleted stays deleted");
    world.assert_sound();
}

#[test]
fn a_note_that_came_from_an_export_of_ones_own_is_as_it_was() {
    for format in ["toml", "csv", "tsv", "json", "jsonl"] {
        let mut world = World::bare();
        world.import("w.toml", FORMATS[3].plain());
        for (_, act) in &ACTS[..7] {
            if world.found("deck:w Hund").len() == 1 {
                act(&mut world);
            }
        }
        let decks: Vec<String> = ["w", "Mine"].map(|deck| world.export(deck, format)).into();
        let found = world.found("");
        for text in decks {
            let report = world.import(&format!("out.{format}"), text);
            assert_eq!((report.added, report.changed), (0, 0), "{format}: {}", report.sentence());
        }
        // A deck file without the note that was moved has another order, which is no text of anybody's.
        assert_eq!(world.found(""), found, "{format}");
        world.assert_sound();
    }
}

/// An act of the learner's on one of the notes, or an import of one of the file's versions.
#[derive(Debug, Clone)]
enum Step {
    Own(usize, usize),
    Import(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..3_usize, 0..7_usize).prop_map(|(note, act)| Step::Own(note, act)),
        (0..3_usize).prop_map(Step::Import),
    ];
    proptest::collection::vec(step, 1..8)
}

const FRONTS: [&str; 3] = ["Hund", "Katze", "Maus"];

fn own(world: &mut World, note: usize, act: usize) {
    let query = FRONTS[note];
    let Some(card) = world.found(query).first().map(|line| line.card.to_string()) else { return };
    match act {
        0 => drop(world.edit(&card, None, How::default(), field("back", "mine"))),
        1 => drop(world.edit(&card, None, How::default(), field("front", &format!("das Tier {query}")))),
        2 => drop(world.change(&[query], BulkChange::Tag(vec!["own".to_owned()]))),
        3 => drop(world.change(&[query], BulkChange::Untag("a".to_owned()))),
        4 => drop(world.change(&[query], elsewhere())),
        5 => drop(world.change(&[query], BulkChange::Suspend)),
        _ => drop(world.change(&[query], BulkChange::Delete)),
    }
}

/// All that the learner made of the notes: what an import may never change.
fn of_ones_own(world: &World) -> Vec<String> {
    let edited: Vec<String> =
        world.edited().iter().map(|edited| format!("{} {:?}", edited.name, edited.shown.fields)).collect();
    let state = world.cards().into_iter().map(|line| {
        let own_tag = line.text.tags.contains(&"own".to_owned());
        let place = if line.deck == "Mine" { "Mine" } else { "" };
        format!("{} {own_tag} {place} {} {}", line.card, line.state.suspended, line.retired)
    });
    state.chain(edited.into_iter().filter(|line| line.contains("mine") || line.contains("das Tier"))).collect()
}

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    // 32 unless PROPTEST_CASES says otherwise.
    ProptestConfig { cases: usual.cases.div_ceil(8), rng_seed: RngSeed::Fixed(5), failure_persistence: None, ..usual }
}

proptest! {
    #![proptest_config(config())]

    /// Importing anything twice, after any edits of one's own, changes nothing of one's own.
    #[test]
    fn no_import_changes_anything_of_ones_own(steps in steps(), format in 0..5_usize) {
        let format = &FORMATS[format];
        let versions = [format.plain(), format.with("DOG", &["b", "c"]), format.with("dog", &[])];
        let mut world = World::bare();
        world.import(format.name, &versions[0]);
        for step in &steps {
            match step {
                Step::Own(note, act) => own(&mut world, *note, *act),
                Step::Import(version) => {
                    let before = of_ones_own(&world);
                    let report = world.import(format.name, &versions[*version]);
                    prop_assert_eq!(report.added, 0);
                    prop_assert_eq!(of_ones_own(&world), before, "{}: {}", format.name, report.sentence());
                    let (seen, steps) = (world.seen(true), world.steps());
                    world.import(format.name, &versions[*version]);
                    prop_assert_eq!(world.seen(true), seen, "{}: the second time", format.name);
                    prop_assert_eq!(world.steps(), steps);
                }
            }
        }
    }
}
