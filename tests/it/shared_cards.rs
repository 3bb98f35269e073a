//! Cards that two files have: who has the say of them, and what is said of a file that came before under another name.

use crate::again::import_path;
use crate::again::write;
use crate::home::TEAM;
use crate::world::World;
use crate::world::field;
use lmq::ops::bulk::BulkChange;
use lmq::ops::edit::How;
use lmq::ops::import;
use lmq::ops::import::Options;
use std::fs;
use std::path::Path;

fn linked() -> Options {
    Options { link: true, ..Options::default() }
}

/// What comes in with the next start, as it is told.
fn follow(world: &mut World) -> String {
    world.pass(1);
    let stamp = world.stamp();
    import::follow(&mut world.store, stamp).unwrap().join("\n")
}

/// The prompt of the card that a file has alone.
fn own(file: &str) -> &'static str {
    if file == "a.toml" { "apple" } else { "bear" }
}

/// A deck file with a card that others share, and one of its own.
fn deck(shared: Option<&str>, own: (&str, &str)) -> String {
    let card = |key: &str, front: &str, back: &str| {
        format!("\n[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"{back}\"\n")
    };
    let shared = shared.map(|back| card("dog", "dog", back)).unwrap_or_default();
    format!("[deck]\nid = \"w\"\n{shared}{}", card(own.0, own.0, own.1))
}

/// Two followed files that share a card, of which the first says `Hund` and the second `chien`.
fn two(world: &mut World, root: &Path) {
    write(root, "a.toml", &deck(Some("Hund"), ("apple", "1")));
    write(root, "b.toml", &deck(Some("chien"), ("bear", "1")));
    let first = import_path(world, &root.join("a.toml"), &linked());
    assert_eq!(first.sentence(), "2 notes added");
    let second = import_path(world, &root.join("b.toml"), &linked());
    assert_eq!((second.added, second.changed, second.rejections), (1, 0, 1), "{}", second.sentence());
    assert!(second.rejected[0].contains("an earlier file has this card too"), "{second:?}");
}

fn answer_of(world: &World, front: &str) -> String {
    let found = world.found(front);
    assert_eq!(found.len(), 1, "{front}");
    found[0].text.answer(1)
}

#[test]
fn of_two_followed_files_the_first_one_has_the_say_of_a_card_that_both_have() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = World::bare();
    two(&mut world, root);
    for round in 2..5 {
        let number = round.to_string();
        write(root, "b.toml", &deck(Some(&format!("chien {round}")), ("bear", &number)));
        let said = follow(&mut world);
        assert!(said.contains("b.toml` changed: 1 changed, 1 left out"), "{said}");
        assert!(said.contains("an earlier file has this card too"), "{said}");
        assert_eq!((answer_of(&world, "dog"), answer_of(&world, "bear")), ("Hund".to_owned(), number.clone()));
        write(root, "a.toml", &deck(Some("Hund"), ("apple", &number)));
        let said = follow(&mut world);
        assert!(said.contains("a.toml` changed: 1 changed, 1 note unchanged"), "{said}");
        assert_eq!(answer_of(&world, "dog"), "Hund");
        assert_eq!(follow(&mut world), "", "they don't take turns");
    }
    // What the first one says of it counts.
    write(root, "a.toml", &deck(Some("der Hund"), ("apple", "4")));
    follow(&mut world);
    assert_eq!(answer_of(&world, "dog"), "der Hund");
    world.assert_sound();
}

#[test]
fn an_edit_of_a_card_that_two_followed_files_have_goes_into_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = World::bare();
    two(&mut world, root);
    world.edit("w/dog", None, How::default(), field("back", "der Hund"));
    world.change(&["w/dog"], BulkChange::Tag(vec!["animal".to_owned()]));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    assert!(read("a.toml").contains("der Hund") && read("a.toml").contains("animal"), "{}", read("a.toml"));
    assert_eq!(read("b.toml"), deck(Some("chien"), ("bear", "1")));
    assert_eq!(follow(&mut world), "");
    write(root, "b.toml", &deck(Some("chien"), ("bear", "2")));
    follow(&mut world);
    assert_eq!(answer_of(&world, "dog"), "der Hund");
    world.undo_newest();
    world.assert_sound();
}

#[test]
fn a_card_that_goes_from_one_followed_file_and_is_in_another_one_stays() {
    // Whether the other file changed too, whatever comes first, and with it the words of that file.
    for (goes, stays, says) in [("a.toml", "b.toml", "chien"), ("b.toml", "a.toml", "Hund")] {
        for other_changes in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path();
            let mut world = World::bare();
            two(&mut world, root);
            let card = world.id("dog");
            world.answer(card, 4);
            write(root, goes, &deck(None, (own(goes), "1")));
            if other_changes {
                write(root, stays, &deck(Some(says), (own(stays), "2")));
            }
            let said = follow(&mut world);
            assert_eq!(answer_of(&world, "dog"), says, "{goes} {other_changes}: {said}");
            assert_eq!((world.id("dog"), world.events(card).len()), (card, 1), "{goes} {other_changes}");
            assert_eq!(follow(&mut world), "", "{goes} {other_changes}");
            // From now on it is the other file's.
            write(root, stays, &deck(Some("canis"), (own(stays), "3")));
            follow(&mut world);
            assert_eq!(answer_of(&world, "dog"), "canis", "{goes} {other_changes}");
            world.assert_sound();
        }
    }
}

#[test]
fn a_card_of_ones_own_that_goes_from_one_followed_file_is_the_other_ones_too() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = World::bare();
    two(&mut world, root);
    world.edit("w/dog", None, How { leave_files: true, ..How::default() }, field("back", "mein Hund"));
    write(root, "a.toml", &deck(None, ("apple", "1")));
    follow(&mut world);
    assert_eq!(answer_of(&world, "dog"), "mein Hund");
    world.edit("w/dog", None, How::default(), field("back", "unser Hund"));
    let theirs = fs::read_to_string(root.join("b.toml")).unwrap();
    assert!(theirs.contains("unser Hund"), "{theirs}");
    world.assert_sound();
}

#[test]
fn a_followed_file_that_got_another_name_or_is_gone_has_no_say_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "d/a.toml", &deck(Some("Hund"), ("apple", "1")));
    let mut world = World::bare();
    import_path(&mut world, &root.join("d"), &linked());
    fs::rename(root.join("d/a.toml"), root.join("d/b.toml")).unwrap();
    follow(&mut world);
    write(root, "d/b.toml", &deck(Some("chien"), ("apple", "2")));
    follow(&mut world);
    assert_eq!((answer_of(&world, "dog"), answer_of(&world, "apple")), ("chien".to_owned(), "2".to_owned()));
    world.assert_sound();
}

#[test]
fn two_followed_files_of_a_built_in_deck_do_not_take_turns_either() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = World::with_built_in_decks();
    let card = world.found("deck:quotes")[0].card;
    world.edit(&card.to_string(), None, How::default(), |text| text.extra = Some("as it was".to_owned()));
    let exported = world.export("quotes", "toml");
    world.undo_newest();
    let saying = |extra: &str| exported.replace("as it was", extra);
    write(root, "a.toml", &saying("one"));
    write(root, "b.toml", &saying("two"));
    import_path(&mut world, &root.join("a.toml"), &linked());
    let second = import_path(&mut world, &root.join("b.toml"), &linked());
    assert_eq!((second.changed, second.rejections), (0, 1), "{second:?}");
    let extra = |world: &World| world.store.card(card).unwrap().unwrap().text.extra.unwrap();
    assert_eq!(extra(&world), "one");
    write(root, "b.toml", &saying("three"));
    follow(&mut world);
    assert_eq!(extra(&world), "one");
    write(root, "a.toml", &saying("four"));
    follow(&mut world);
    assert_eq!(extra(&world), "four");
    world.assert_sound();
}

#[test]
fn a_followed_table_that_got_another_name_has_the_cards_that_it_had() {
    let table = "front,back\nHund,dog\nKatze,cat\nMaus,mouse\n";
    for by_folder in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "d/old.csv", table);
        let mut world = World::bare();
        import_path(&mut world, &if by_folder { root.join("d") } else { root.join("d/old.csv") }, &linked());
        let card = world.id("Hund");
        world.answer(card, 4);
        world.edit(&card.to_string(), None, How::default(), field("back", "hound"));
        fs::rename(root.join("d/old.csv"), root.join("d/new.csv")).unwrap();
        if by_folder {
            assert_eq!(follow(&mut world), "");
        } else {
            assert!(follow(&mut world).contains("old.csv` is followed but can't be read"));
            let report = import_path(&mut world, &root.join("d/new.csv"), &linked());
            assert_eq!(report.sentence(), "3 notes unchanged");
        }
        assert_eq!((world.found("").len(), world.id("hound")), (3, card));
        write(root, "d/new.csv", &format!("{}Vogel,bird\n", table.replace("cat", "CAT")));
        let said = follow(&mut world);
        assert!(said.contains("new.csv` changed: 1 note added, 1 changed, 2 notes unchanged"), "{said}");
        assert!(!said.contains("old.csv"), "{said}");
        assert_eq!(world.decks().iter().filter(|deck| deck.name == "new").count(), 0);
        world.assert_sound();
    }
}

#[test]
fn two_files_that_come_for_a_lost_one_do_not_both_get_its_name() {
    let rows = ["Hund,dog", "Katze,cat", "Maus,mouse", "Vogel,bird"];
    let table = |rows: &[&str]| format!("front,back\n{}\n", rows.join("\n"));
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "old.csv", &table(&rows));
    let mut world = World::bare();
    import_path(&mut world, &root.join("old.csv"), &linked());
    fs::remove_file(root.join("old.csv")).unwrap();
    write(root, "d/x.csv", &table(&rows[..3]));
    write(root, "d/y.csv", &table(&[&rows[2..], &["Fisch,fish"]].concat()));
    import_path(&mut world, &root.join("d"), &Options::default());
    let mut decks: Vec<String> =
        world.decks().into_iter().filter(|deck| deck.cards > 0).map(|deck| deck.name).collect();
    decks.sort();
    assert_eq!(decks, ["old", "y"]);
    world.assert_sound();
}

#[test]
fn theirs_is_what_the_file_says_now_where_the_learner_had_that_before_it() {
    let file = |back: &str, tags: &str| {
        format!(
            "[deck]\nid = \"w\"\n[[card]]\nkey = \"h\"\nkind = \"basic\"\nfront = \"Hund\"\nback = \"{back}\"\ntags = [{tags}]\n"
        )
    };
    let mut world = World::bare();
    world.import("w.toml", file("dog", "\"a\", \"b\""));
    world.edit("w/h", None, How::default(), field("back", "hound"));
    world.change(&["w/h"], BulkChange::Untag("a".to_owned()));
    world.change(&["w/h"], BulkChange::Tag(vec!["own".to_owned()]));
    // Now the file says the same by itself.
    let now = file("hound", "\"b\"");
    world.import("w.toml", &now);
    assert_eq!(world.import_theirs("w.toml", &now), "1 changed");
    let text = world.card("w/h").text;
    assert_eq!((text.answer(1).as_str(), text.tags.as_slice()), ("hound", &["b".to_owned()][..]));
    assert_eq!(world.import_theirs("w.toml", &now), "1 note unchanged");
    world.undo_newest();
    assert_eq!(world.card("w/h").text.tags.len(), 2);
    world.assert_sound();
}

#[test]
fn with_theirs_a_file_takes_over_the_cards_of_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let mut world = World::bare();
    two(&mut world, root);
    let theirs = Options { theirs: true, ..linked() };
    assert_eq!(import_path(&mut world, &root.join("b.toml"), &theirs).changed, 1);
    assert_eq!(answer_of(&world, "dog"), "chien");
    write(root, "a.toml", &deck(Some("Hund"), ("apple", "2")));
    let said = follow(&mut world);
    assert!(said.contains("1 changed, 1 left out"), "{said}");
    assert_eq!(answer_of(&world, "dog"), "chien");
    world.assert_sound();
}

#[test]
fn cards_of_a_file_that_came_under_another_name_are_said() {
    let table = "front,back\nHund,dog\nKatze,cat\nMaus,mouse\n";
    let mut world = World::bare();
    assert_eq!(world.import("w.csv", table).warnings, [""; 0]);
    let report = world.import("words.csv", format!("{table}Vogel,bird\n"));
    assert_eq!(report.sentence(), "4 notes added");
    let [said] = report.warnings.as_slice() else { panic!("{:?}", report.warnings) };
    assert!(said.starts_with("words.csv: 3 of these cards are in the deck `w` already"), "{said}");
    assert!(said.contains("`lmq undo`") && said.contains("--deck"), "{said}");
    // What it advises.
    world.undo_newest();
    assert_eq!(
        world.import_into("w", "words.csv", format!("{table}Vogel,bird\n")),
        "1 brought back, 3 notes unchanged"
    );
    assert_eq!(world.found("").len(), 4);
    // The same questions with other answers, or a few cards among many, are another deck; so is what is asked for.
    let other = "front,back\nHund,chien\nKatze,chat\nMaus,souris\n";
    assert_eq!(world.import("french.csv", other).warnings, [""; 0]);
    let many: String = (0..9).map(|n| format!("q{n},a{n}\n")).collect();
    assert_eq!(world.import("many.csv", format!("{table}{many}")).warnings, [""; 0]);
    let options = Options { deck: Some("again".to_owned()), ..Options::default() };
    assert_eq!(world.try_import_with("w.csv", table, &options).unwrap().warnings, [""; 0]);
    world.assert_sound();
}

#[test]
fn theirs_takes_back_what_deck_put_elsewhere() {
    let json = r#"[{"deck": "w", "key": "a", "front": "Hund", "back": "dog"}, {"deck": "w", "key": "b", "front": "Katze", "back": "cat"}]"#;
    let table = "key\tdeck\tfront\tback\na\tw\tHund\tdog\nb\tw\tKatze\tcat\n";
    let file = deck(Some("Hund"), ("apple", "1"));
    for (name, text) in [("w.toml", file.as_str()), ("w.json", json), ("w.tsv", table)] {
        for is_known in [false, true] {
            let mut world = World::bare();
            if is_known {
                world.import(name, text);
            }
            world.import_into("Other", name, text);
            let decks = |world: &World| world.found("").iter().map(|line| line.deck.clone()).collect::<Vec<_>>();
            // Without a word of where they go they stay where they were put.
            assert_eq!(world.import(name, text).sentence(), "2 notes unchanged", "{name}");
            assert_eq!(decks(&world), ["Other", "Other"], "{name}");
            assert_eq!(world.import_theirs(name, text), "2 moved to w", "{name}");
            assert_eq!(decks(&world), ["w", "w"], "{name}");
            assert_eq!(world.import_theirs(name, text), "2 notes unchanged", "{name}");
            assert_eq!(world.import(name, text).sentence(), "2 notes unchanged", "{name}");
            world.undo_newest();
            assert_eq!(decks(&world), ["Other", "Other"], "{name}: one undo");
            world.redo();
            assert_eq!(world.import_into("Other", name, text), "2 moved to Other", "{name}");
            assert_eq!(decks(&world), ["Other", "Other"], "{name}");
            world.assert_sound();
        }
    }
}

#[test]
fn theirs_brings_a_card_of_a_built_in_deck_back_too() {
    let mut world = World::with_built_in_decks();
    let file = world.export("quotes", "toml");
    let card = world.found("deck:quotes")[0].card.to_string();
    world.change(&[&card], BulkChange::Move { id: "Mine".to_owned(), name: "Mine".to_owned() });
    let steps = world.steps();
    assert!(world.import("quotes.toml", &file).sentence().ends_with("notes unchanged"));
    assert_eq!((world.steps(), world.card(&card).deck.as_str()), (steps, "Mine"));
    let said = world.import_theirs("quotes.toml", &file);
    assert!(said.starts_with("1 moved to quotes, "), "{said}");
    assert_eq!(world.card(&card).deck, "quotes");
    assert!(world.import_theirs("quotes.toml", &file).ends_with("notes unchanged"));
    world.undo_newest();
    assert_eq!(world.card(&card).deck, "Mine");
    world.assert_sound();
}

#[test]
fn what_both_changed_of_a_built_in_card_is_said_once_for_each_change_of_the_file() {
    let mut world = World::with_built_in_decks();
    let first = world.found("deck:quotes")[0].clone();
    let name = first.card.to_string();
    let extra = |value: &str| {
        let value = value.to_owned();
        move |text: &mut lmq::core::card::NoteText| text.extra = Some(value)
    };
    world.edit(&name, None, How::default(), extra("theirs 0"));
    let file = world.export("quotes", "toml");
    assert!(file.contains("\"theirs 0\""));
    world.edit(&name, None, How::default(), extra("mine"));
    let version = |number: usize| file.replace("theirs 0", &format!("theirs {number}"));
    for number in [1, 2, 1] {
        let steps = world.steps();
        let told = world.import("quotes.toml", version(number));
        assert_eq!((told.kept, told.kept_notes.len()), (1, 1), "{number}: {told:?}");
        let again = world.import("quotes.toml", version(number));
        assert_eq!((again.kept, again.kept_notes.len()), (0, 0), "{number}: {again:?}");
        assert_eq!(world.steps(), steps, "{number}: nothing changed that anybody could take back");
        assert_eq!(world.store.card(first.card).unwrap().unwrap().text.extra.as_deref(), Some("mine"));
        world.assert_sound();
    }
    // A tag of the file that comes with it is taken, and of a deleted card that is said once too.
    world.change(&[&name], BulkChange::Delete);
    assert_eq!(world.import("quotes.toml", version(3)).kept_notes.len(), 1);
    let again = world.import("quotes.toml", version(3));
    assert_eq!((again.deleted, again.kept_notes.len()), (1, 0));
    let said = world.import_theirs("quotes.toml", version(3));
    assert!(said.starts_with("1 changed"), "{said}");
    assert_eq!(world.store.card(first.card).unwrap().unwrap().text.extra.as_deref(), Some("theirs 3"));
    world.assert_sound();
}

#[test]
fn an_import_that_only_learns_a_name_is_no_step() {
    let mut world = World::bare();
    world.import("w.csv", "front,back\nHund,dog\nKatze,cat\n");
    let (steps, seen) = (world.steps(), world.found(""));
    let named = "key,front,back\nh,Hund,dog\nk,Katze,cat\n";
    let options = Options { deck: Some("w".to_owned()), ..Options::default() };
    let report = world.try_import_with("other.csv", "front,back\nHund,dog\n", &options).unwrap();
    assert_eq!(report.sentence(), "1 note unchanged");
    assert_eq!((world.steps(), world.found("")), (steps, seen), "nothing that anybody sees");
    // A key is something to see.
    world.import("w.csv", named);
    assert_eq!(world.card("w/h").text.answer(1), "dog");
    world.undo_newest();
    assert_eq!(world.found("Hund").len(), 1);
    // The name is known all the same.
    world.undo_newest();
    assert_eq!(world.found("").len(), 0);
    world.try_import_with("other.csv", "front,back\nHund,dog\n", &options).unwrap();
    assert_eq!(world.found("").len(), 1);
    world.import("team.toml", TEAM);
    world.assert_sound();
}
