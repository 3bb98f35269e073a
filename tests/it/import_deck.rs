//! The deck of a file: its own word for it says who its rows are, `--deck` says where the cards go.

use crate::again::import_path;
use crate::again::write;
use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::field;
use lmq::ops::bulk::BulkChange;
use lmq::ops::decks;
use lmq::ops::edit::How;
use lmq::ops::import;
use lmq::ops::import::Options;
use lmq::ops::import::Source;
use lmq::store::KeptPart;

const TABLE: &str = "front,back\nHund,dog\nKatze,cat\nMaus,mouse\n";

fn into(deck: &str) -> Options {
    Options { deck: Some(deck.to_owned()), ..Options::default() }
}

/// The decks of all cards, each once.
fn decks_of(world: &World) -> Vec<String> {
    let mut decks: Vec<String> = world.found("").iter().map(|line| line.deck.clone()).collect();
    decks.sort();
    decks.dedup();
    decks
}

/// Where the learner puts cards.
fn mine() -> BulkChange {
    BulkChange::Move { id: "Mine".to_owned(), name: "Mine".to_owned() }
}

#[test]
fn a_table_that_came_with_a_deck_comes_again_without_one() {
    for (name, text) in [
        ("w.csv", TABLE.to_owned()),
        ("w.tsv", TABLE.replace(',', "\t")),
        ("w.csv", format!("{TABLE}Hund,hound\nHund,hound\n")),
        ("w.csv", "key,front,back\nh,Hund,dog\nk,Katze,cat\n".to_owned()),
        ("w.json", r#"[{"front": "Hund", "back": "dog"}, {"front": "Katze", "back": "cat"}]"#.to_owned()),
    ] {
        let mut world = World::bare();
        world.import_into("Spanish", name, &text);
        let (seen, steps) = (world.seen(true), world.steps());
        let cards = world.found("").len();
        let report = world.try_import_with(name, &text, &Options { dry_run: true, ..Options::default() }).unwrap();
        assert_eq!((report.added, report.changes()), (0, false), "{name}: {report:?}");
        let report = world.import(name, &text);
        assert_eq!((report.added, report.changes(), report.warnings.len()), (0, false, 0), "{name}: {report:?}");
        assert_eq!((world.seen(true), world.steps()), (seen, steps), "{name}");
        // With another deck the source says another place.
        let said = world.import_into("Animals", name, &text);
        assert!(said.contains("moved to Animals") && !said.contains("added"), "{name}: {said}");
        assert_eq!((decks_of(&world), world.found("").len()), (vec!["Animals".to_owned()], cards), "{name}");
        assert!(!world.import_into("Animals", name, &text).contains("moved"), "{name}");
        world.undo_newest();
        assert_eq!(decks_of(&world), ["Spanish"], "{name}");
        world.assert_sound();
    }
}

#[test]
fn the_other_way_round_too_and_new_rows_go_where_the_import_says() {
    let mut world = World::bare();
    world.import("w.csv", TABLE);
    assert_eq!(world.import_into("Spanish", "w.csv", TABLE), "3 moved to Spanish");
    let report = world.import("w.csv", format!("{TABLE}Vogel,bird\n"));
    assert_eq!(report.sentence_with_deck(), "1 note added to w, 3 notes unchanged");
    // A changed answer is a change of the card where it lies, and so is a mended question.
    let report = world.import("w.csv", format!("{}Vogel,bird\n", TABLE.replace("cat", "the cat")));
    assert_eq!(report.sentence(), "1 changed, 3 notes unchanged");
    assert_eq!(world.found("Katze")[0].deck, "Spanish");
    let long = "What is the capital of the country that is called Peru,Lima\nChile,Santiago\n";
    world.import_into("Spanish", "c.csv", long);
    assert_eq!(world.import("c.csv", long.replace("Peru", "Peru?")).sentence(), "1 changed, 1 note unchanged");
    assert_eq!(world.found("Peru").len(), 1);
    world.assert_sound();
}

#[test]
fn what_the_learner_moved_stays_there_whatever_deck_a_file_is_put_into() {
    let mut world = World::bare();
    world.import_into("Spanish", "w.csv", TABLE);
    world.change(&["Hund"], mine());
    assert_eq!(world.import_into("Spanish", "w.csv", TABLE), "3 notes unchanged");
    assert_eq!(world.import("w.csv", TABLE).sentence(), "3 notes unchanged");
    let report = world.try_import_with("w.csv", TABLE, &into("Animals")).unwrap();
    assert_eq!(report.sentence(), "2 moved to Animals, 1 kept as you wrote it");
    assert_eq!(report.kept_notes[0].parts, [KeptPart::Place]);
    assert_eq!(world.found("Hund")[0].deck, "Mine");
    // With --theirs it goes where its source has it, which is no deck that is called like the file.
    assert_eq!(world.import_theirs("w.csv", TABLE), "1 moved to Animals, 2 notes unchanged");
    world.undo_newest();
    let theirs = Options { theirs: true, ..into("Animals") };
    assert_eq!(world.try_import_with("w.csv", TABLE, &theirs).unwrap().moved_to["Animals"], 1);
    world.assert_sound();
}

#[test]
fn a_file_of_another_name_finds_its_cards_in_the_deck_that_it_is_put_into() {
    let mut world = World::bare();
    world.import_into("Spanish", "w.csv", TABLE);
    world.answer_named(&world.id("Hund").to_string(), 4);
    let changed = TABLE.replace("mouse", "the mouse");
    assert_eq!(world.import_into("Spanish", "words.csv", &changed), "1 changed, 2 notes unchanged");
    // From now on it is known by this name too.
    assert_eq!(world.import("words.csv", &changed).sentence(), "3 notes unchanged");
    assert_eq!(world.found("").len(), 3);
    world.assert_sound();
}

#[test]
fn an_import_with_a_deck_that_was_undone_is_done_again_without_one() {
    let mut world = World::bare();
    world.import_into("Spanish", "w.csv", TABLE);
    world.answer_named(&world.id("Hund").to_string(), 4);
    world.undo_newest();
    world.undo_newest();
    assert_eq!(world.found("").len(), 0);
    assert_eq!(world.import("w.csv", TABLE).sentence(), "3 brought back");
    assert_eq!((world.found("").len(), decks_of(&world)), (3, vec!["Spanish".to_owned()]));
    world.assert_sound();
}

#[test]
fn two_files_of_one_name_that_go_into_two_decks_are_two_files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let french = "front,back\ndog,chien\ncat,chat\nmouse,souris\n";
    let german = "front,back\ndog,Hund\ncat,Katze\nmouse,Maus\n";
    write(root, "French/Unit1.csv", french);
    write(root, "German/Unit1.csv", german);
    let mut world = World::bare();
    for _ in 0..2 {
        import_path(&mut world, &root.join("French/Unit1.csv"), &into("French"));
        let report = import_path(&mut world, &root.join("German/Unit1.csv"), &into("German"));
        assert_eq!((report.changed, report.moved), (0, 0), "{report:?}");
        assert_eq!(world.found("deck:French").len(), 3);
        assert_eq!(world.found("deck:German").len(), 3);
    }
    // Without the decks each is still known, by its answers.
    for file in ["German/Unit1.csv", "French/Unit1.csv"] {
        let report = import_path(&mut world, &root.join(file), &Options::default());
        assert_eq!((report.same, report.changes()), (3, false), "{file}: {report:?}");
    }
    // One that is mended is the same file, wherever it goes.
    write(root, "French/Unit1.csv", &french.replace("chat", "le chat"));
    let report = import_path(&mut world, &root.join("French/Unit1.csv"), &into("Français"));
    assert_eq!((report.added, report.changed, report.moved), (0, 1, 2), "{report:?}");
    world.assert_sound();
}

#[test]
fn what_comes_through_a_pipe_is_called_by_the_deck_that_it_goes_into() {
    let mut world = World::bare();
    let mut piped = |deck: &str, text: &str| {
        let source = Source::of_bytes("-", text.as_bytes().to_vec());
        let stamp = world.stamp();
        import::import(&mut world.store, stamp, vec![source], &into(deck), &|_, _, _| Vec::new(), &mut |_| {}).unwrap()
    };
    assert_eq!(piped("French", "dog\tchien\ncat\tchat\n").added, 2);
    assert_eq!(piped("German", "dog\tHund\ncat\tchat\n").added, 2, "nothing says that it is the same list");
    assert_eq!(piped("French", "dog\tchien\ncat\tle chat\n").changed, 1);
}

#[test]
fn a_followed_table_keeps_its_word_and_its_deck() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "w.csv", TABLE);
    let mut world = World::bare();
    let linked = Options { link: true, ..into("Spanish") };
    import_path(&mut world, &root.join("w.csv"), &linked);
    write(root, "w.csv", &format!("{TABLE}Vogel,bird\n"));
    world.pass(1);
    let stamp = world.stamp();
    let said = import::follow(&mut world.store, stamp).unwrap().join("\n");
    assert!(said.contains("1 note added, 3 notes unchanged"), "{said}");
    assert_eq!(decks_of(&world), ["Spanish"]);
    assert_eq!(import_path(&mut world, &root.join("w.csv"), &Options::default()).same, 4);
    // Followed from then on without the deck, its rows are still those cards, and go with it.
    world.store.sources().unwrap().iter().for_each(|source| world.store.unfollow(source.id).unwrap());
    import_path(&mut world, &root.join("w.csv"), &Options { link: true, ..Options::default() });
    write(root, "w.csv", "front,back\nHund,dog\nMaus,the mouse\nVogel,bird\n");
    world.pass(1);
    let stamp = world.stamp();
    let said = import::follow(&mut world.store, stamp).unwrap().join("\n");
    assert!(said.contains("1 changed, 1 retired, 2 notes unchanged"), "{said}");
    assert_eq!((decks_of(&world), world.found("").len()), (vec!["Spanish".to_owned()], 3));
    world.assert_sound();
}

#[test]
fn cards_of_a_table_that_went_into_a_built_in_deck_stay_there() {
    let mut world = World::with_built_in_decks();
    assert_eq!(world.import_into("skills", "mine.csv", "q1,a1\nq2,a2\n"), "2 notes added");
    assert_eq!(world.import("mine.csv", "q1,a1\nq2,a2\n").sentence(), "2 notes unchanged");
    assert_eq!(world.import("mine.csv", "q1,a1\nq2,other\n").sentence(), "1 changed, 1 note unchanged");
    assert_eq!(world.listed("deck:skills q2"), ["q2 → other [new]"]);
    // A table that is only called like one has no cards of it, be they named or not.
    assert_eq!(world.import_into("Mine", "quotes.csv", "key,front,back\nk,q3,a3\n"), "1 note added");
    assert_eq!(world.card("Mine/k").text.answer(1), "a3");
    world.assert_sound();
}

#[test]
fn a_report_says_to_which_decks_cards_were_moved() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    let dry = lmq.run(["import", "team.toml", "--deck", "Work", "--dry-run"]).ok();
    assert_eq!(dry.stdout.lines().next(), Some("would be: 3 moved to Work"));
    assert_eq!(lmq.run(["import", "team.toml", "--deck", "Work"]).out(), "3 moved to Work\n");
    lmq.write("w.csv", "guid,front,back,deck\na,Hund,dog,x\nb,Katze,cat,x\nc,Maus,mouse,x\n");
    lmq.run(["import", "w.csv"]).done();
    lmq.write("w.csv", "guid,front,back,deck\na,Hund,dog,y\nb,Katze,cat,z\nc,Maus,mouse,z\n");
    assert_eq!(lmq.run(["import", "w.csv"]).out(), "3 moved\nmoved to: z (2), y (1)\n");
    let json = lmq.run(["import", "w.csv", "--deck", "Work", "--dry-run", "--json"]).json();
    assert_eq!((&json["moved"], &json["moved_to"]["Work"], &json["changed"]), (&3.into(), &3.into(), &0.into()));
}

#[test]
fn a_deck_that_a_table_calls_by_its_name_is_the_deck_of_that_name() {
    let mut world = World::bare();
    world.import("w.csv", TABLE);
    let stamp = world.stamp();
    let renamings = decks::renamings(&world.store, "w", "My words").unwrap();
    decks::rename(&mut world.store, stamp, &renamings).unwrap();
    let (table, file) = (world.export("My words", "csv"), world.export("My words", "toml"));
    assert!(table.contains(",My words,") && file.contains("id = \"w\""), "{table}{file}");
    // Elsewhere the table comes first and makes a deck of that name; the file says who it is.
    let mut other = World::bare();
    assert_eq!(other.import("x.csv", &table).sentence(), "3 notes added");
    assert_eq!(other.import("x.toml", &file).sentence(), "3 moved to My words");
    // From then on both mean the one that has the cards.
    for world in [&mut world, &mut other] {
        for _ in 0..2 {
            assert_eq!(world.import("x.csv", &table).sentence(), "3 notes unchanged");
            assert_eq!(world.import("x.toml", &file).sentence(), "3 notes unchanged");
        }
        assert_eq!(world.import_into("My words", "x.csv", &table), "3 notes unchanged");
        world.assert_sound();
    }
}

#[test]
fn with_theirs_only_what_the_row_says_is_taken() {
    let mut world = World::bare();
    world.import("w.csv", "key,front,back\nh,Hund,dog\nk,Katze,cat\n");
    world.edit("w/h", None, How::default(), |text| {
        field("back", "hound")(text);
        text.hint = Some("barks".to_owned());
        text.extra = Some("an animal".to_owned());
    });
    world.change(&["w/h", "w/k"], BulkChange::Tag(vec!["own".to_owned()]));
    assert_eq!(
        world.import_theirs("w.csv", "key,front,back\nh,Hund,dog\nk,Katze,cat\n"),
        "1 changed, 1 note unchanged"
    );
    let text = world.card("w/h").text;
    assert_eq!((text.answer(1).as_str(), text.hint.as_deref()), ("dog", Some("barks")));
    assert_eq!((text.extra.as_deref(), text.tags.as_slice()), (Some("an animal"), &["own".to_owned()][..]));
    assert_eq!(world.card("w/k").text.tags, ["own"]);
    assert_eq!(world.import_theirs("w.csv", "key,front,back\nh,Hund,dog\nk,Katze,cat\n"), "2 notes unchanged");
    // What a column says is taken, be it empty.
    world.import_theirs("w.csv", "key,front,back,hint,tags\nh,Hund,dog,,a\nk,Katze,cat,,\n");
    let text = world.card("w/h").text;
    assert_eq!((text.hint, text.extra.as_deref(), text.tags), (None, Some("an animal"), vec!["a".to_owned()]));
    assert_eq!(world.card("w/k").text.tags, [""; 0]);
    world.undo_newest();
    assert_eq!(world.card("w/h").text.hint.as_deref(), Some("barks"));
    world.assert_sound();
}

#[test]
fn with_theirs_a_row_of_a_built_in_deck_takes_only_what_it_says() {
    let mut world = World::with_built_in_decks();
    let first =
        world.found("deck:quotes kind:basic").first().cloned().unwrap_or_else(|| world.found("deck:quotes")[0].clone());
    let name = first.card.to_string();
    world.edit(&name, None, How::default(), |text| text.hint = Some("mine".to_owned()));
    world.change(&[&name], BulkChange::Tag(vec!["own".to_owned()]));
    let key = first.key.clone().unwrap();
    let (prompt, answer) = (first.text.prompt(1), first.text.answer(1));
    let json =
        serde_json::json!([{"deck": "quotes", "key": key, "front": prompt, "back": format!("{answer} and more")}]);
    world.import_theirs("x.json", json.to_string());
    let text = world.store.card(first.card).unwrap().unwrap().text;
    assert_eq!((text.hint.as_deref(), text.tags.contains(&"own".to_owned())), (Some("mine"), true), "{text:?}");
    world.assert_sound();
}

#[test]
fn rows_that_were_left_out_are_in_the_file() {
    for (name, good, bad) in [
        ("w.csv", TABLE.to_owned(), TABLE.replace("dog", "")),
        (
            "w.csv",
            "key,front,back\nh,Hund,dog\nk,Katze,cat\nm,Maus,mouse\n".to_owned(),
            "key,front,back\nh,,\nk,Katze,cat\nm,Maus,mouse\n".to_owned(),
        ),
        (
            "w.csv",
            TABLE.to_owned(),
            "front,back,kind\nHund,dog,nonsense\nKatze,cat,basic\nMaus,mouse,basic\n".to_owned(),
        ),
        ("w.csv", TABLE.to_owned(), "front,back,deck\nHund,dog,a/b\nKatze,cat,w\nMaus,mouse,w\n".to_owned()),
        ("w.tsv", "Hund\tdog\nKatze\tcat\nMaus\tmouse\n".to_owned(), "Hund\nKatze\tcat\nMaus\tmouse\n".to_owned()),
        (
            "w.json",
            r#"[{"front": "Hund", "back": "dog"}, {"front": "Katze", "back": "cat"}]"#.to_owned(),
            r#"[{"front": "Hund", "back": ""}, {"front": "Katze", "back": "cat"}]"#.to_owned(),
        ),
        (
            "w.jsonl",
            "{\"key\": \"h\", \"front\": \"Hund\", \"back\": \"dog\"}\n{\"front\": \"Katze\", \"back\": \"cat\"}\n"
                .to_owned(),
            "{\"key\": \"h\", \"front\": \"\", \"back\": \"dog\"}\n{\"front\": \"Katze\", \"back\": \"cat\"}\n"
                .to_owned(),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, &good);
        let mut world = World::bare();
        world.import(name, &good);
        let report = world.import(name, &bad);
        assert_eq!((report.rejections, report.missing), (1, 0), "{bad}: {report:?}");
        // Nor does a followed file take the card away.
        let linked = Options { link: true, ..Options::default() };
        let mut world = World::bare();
        import_path(&mut world, &folder.path().join(name), &linked);
        let all = world.found("").len();
        write(folder.path(), name, &bad);
        world.pass(1);
        let stamp = world.stamp();
        let said = import::follow(&mut world.store, stamp).unwrap().join("\n");
        assert!(!said.contains("retired"), "{bad}: {said}");
        assert_eq!(world.found("").len(), all, "{bad}");
    }
}

#[test]
fn what_a_file_lacks_goes_with_the_command_that_the_report_names() {
    let lmq = Lmq::new();
    lmq.write("my words.csv", "key,front,back\nh,Hund,dog\nit's,Katze,cat\n,Maus,mouse\nv,Vogel,bird\n");
    lmq.run(["import", "my words.csv"]).done();
    lmq.write("my words.csv", "key,front,back\nv,Vogel,bird\n");
    let said = lmq.run(["import", "my words.csv"]).ok().stderr;
    let command = said.split('`').find_map(|part| part.strip_prefix("lmq delete ")).unwrap_or_else(|| panic!("{said}"));
    assert!(said.ends_with("` deletes them\n") && command.contains("'my words/h'"), "{said}");
    // As a shell takes it apart.
    let shell = std::process::Command::new("sh").args(["-c", &format!("printf '%s\\n' {command}")]).output().unwrap();
    let words = String::from_utf8(shell.stdout).unwrap();
    let arguments: Vec<&str> = ["delete", "--yes"].into_iter().chain(words.lines()).collect();
    assert_eq!(lmq.run(arguments).out(), "deleted 3 notes\n");
    assert_eq!(lmq.listed("deck:\"my words\""), ["Vogel → bird [new]"]);
    assert_eq!(lmq.run(["import", "my words.csv"]).ok().stderr, "");
}

#[test]
fn an_encoding_that_was_guessed_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let german = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect::<Vec<u8>>();
    let table = "Größe,size\nÄrger,anger\nStraße,street\nschön,beautiful\n";
    let write = |name: &str, text: &str| std::fs::write(root.join(name), german(text)).unwrap();
    let mut world = World::bare();
    for name in ["a.csv", "b.csv", "c.csv"] {
        write(name, table);
    }
    let report = import_path(&mut world, root, &Options::default());
    let said: Vec<&String> = report.warnings.iter().filter(|line| line.contains("windows-1252")).collect();
    assert!(said.len() == 1 && said[0].contains("2 more files were read as windows-1252 too"), "{said:?}");
    // Of a followed file nobody hears it again.
    let linked = Options { link: true, ..Options::default() };
    let report = import_path(&mut world, &root.join("a.csv"), &linked);
    assert!(report.warnings.iter().any(|line| line.contains("windows-1252")), "{:?}", report.warnings);
    for more in ["Tür,door\n", "Tür,door\nÖl,oil\n"] {
        write("a.csv", &format!("{table}{more}"));
        world.pass(1);
        let stamp = world.stamp();
        let said = import::follow(&mut world.store, stamp).unwrap().join("\n");
        assert!(said.contains("1 note added") && !said.contains("windows-1252"), "{said}");
    }
}

#[test]
fn an_import_tells_of_options_that_are_one_text() {
    let mut world = World::bare();
    let deck = "[deck]\nid = \"d\"\n[[card]]\nkey = \"a\"\nkind = \"choice\"\nprompt = \"Which?\"\nanswer = \"x\"\n\
                distractors = [\"A) y B) z\"]\n";
    let warnings = world.import("d.toml", deck).warnings;
    assert!(
        warnings.iter().any(|line| line.contains("several options seem to be in one: `A) y B) z`")),
        "{warnings:?}"
    );
}
