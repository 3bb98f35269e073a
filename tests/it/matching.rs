//! What an import takes for the same note, and what becomes of the learner's own words and answers.

use crate::home::TEAM;
use crate::world::World;
use crate::world::field;
use lmq::core::fact::Fact;
use lmq::core::id::CardId;
use lmq::failure::Kind;
use lmq::ops::bulk::BulkChange;
use lmq::ops::edit::How;
use lmq::store::Found;
use lmq::store::Happened;

fn toml(cards: &str) -> String {
    format!("[deck]\nid = \"d\"\n{cards}")
}

fn card(key: &str, front: &str, back: &str) -> String {
    format!("\n[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"{back}\"\n")
}

/// Imports a file; gives what is said.
#[track_caller]
fn said(world: &mut World, name: &str, content: impl AsRef<[u8]>) -> String {
    world.import(name, content).sentence()
}

fn repetitions(world: &World, name: &str) -> u32 {
    world.card(name).state.memory.unwrap().repetitions
}

fn ids(world: &World, query: &str) -> Vec<CardId> {
    world.found(query).iter().map(|line| line.card).collect()
}

#[test]
fn an_edited_card_keeps_its_history() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.answer_named("team/owner", 4);
    let (before, events) = (world.card("team/owner"), world.events(world.card("team/owner").card));
    assert_eq!(events.len(), 1);
    let edited = TEAM.replace("Who owns the roadmap?", "Whose is the plan?").replace("Amara", "Bela");
    assert_eq!(said(&mut world, "team.toml", edited), "1 changed, 2 notes unchanged");
    assert_eq!(world.listed("plan"), ["Whose is the plan? → Bela [learning]"]);
    let after = world.card("team/owner");
    assert_eq!((after.card, &after.state), (before.card, &before.state));
    assert_eq!(world.events(after.card), events);
    assert_eq!(world.newest_step().as_deref(), Some("imported 1 note into work::team"));
    world.undo_newest();
    assert_eq!(world.card("team/owner"), before, "undo gives the old text");
    let texts = world.history(before.card).into_iter().filter_map(|row| match row.what {
        Happened::Fact { fact: Fact::Brought { .. }, words, .. } => Some((words.unwrap(), row.voided)),
        _ => None,
    });
    let texts: Vec<(String, bool)> = texts.collect();
    let [(first, false), (second, true)] = texts.as_slice() else { panic!("{texts:?}") };
    assert!(first.contains("Amara") && second.contains("Bela"), "and the other one stays in the log: {texts:?}");
}

#[test]
fn a_card_whose_key_changed_is_known_by_its_prompt() {
    let mut world = World::bare();
    world.import("d.toml", toml(&(card("a", "one?", "1") + &card("b", "two?", "2"))));
    world.answer_named("d/a", 4);
    let id = world.id("deck:d one");
    let renamed = toml(&(card("first", "one?", "1") + &card("b", "two?", "2")));
    assert_eq!(said(&mut world, "d.toml", &renamed), "1 changed, 1 note unchanged");
    // Both names find it.
    for name in ["d/first", "d/a"] {
        assert_eq!((world.card(name).card, repetitions(&world, name)), (id, 1), "{name}");
    }
    assert_eq!(world.found("deck:d").len(), 2);
    assert_eq!(said(&mut world, "d.toml", &renamed), "2 notes unchanged");
    // Key and answer changed, the prompt is the same.
    let another = toml(&(card("erst", "one?", "eins") + &card("b", "two?", "2")));
    assert_eq!(said(&mut world, "d.toml", another), "1 changed, 1 note unchanged");
    assert_eq!(world.id("deck:d one"), id);
    world.assert_sound();
}

#[test]
fn a_nearly_equal_prompt_with_the_same_answer_is_the_same_card() {
    let mut world = World::bare();
    world.import("a.csv", "Which river runs through the old town of Ljubljana?,Ljubljanica\n");
    let id = world.id("deck:a");
    world.answer(id, 4);
    let slip = "Which river runs trough the old town of Ljubljana?,Ljubljanica\n";
    assert_eq!(said(&mut world, "a.csv", slip), "1 changed");
    assert_eq!(world.id("deck:a"), id);
    assert_eq!(world.state(id).memory.unwrap().repetitions, 1);
    // Another answer, or a prompt that is not so near: another card.
    let others = "Which river runs throug the old town of Ljubljana?,Sava\nWhich river runs here?,Ljubljanica\n";
    assert_eq!(said(&mut world, "a.csv", others), "2 notes added");
    assert_eq!(world.found("deck:a").len(), 3);
    // A prompt that was the card's own once names it still, whatever the answer.
    let first = "Which river runs through the old town of Ljubljana?,the Ljubljanica\n";
    assert!(said(&mut world, "a.csv", first).starts_with("1 changed"));
    let found = world.found("deck:a");
    assert_eq!((found[0].card, found[0].text.answer(1).as_str()), (id, "the Ljubljanica"));
}

#[test]
fn the_same_prompt_with_another_answer_is_another_card() {
    let mut world = World::bare();
    let twice = "bank,river\nbank,money\nbank,river\n";
    assert_eq!(said(&mut world, "a.csv", twice), "2 notes added, 1 row twice in the file");
    let before = world.found("deck:a");
    for _ in 0..2 {
        assert_eq!(said(&mut world, "a.csv", twice), "2 notes unchanged, 1 row twice in the file");
    }
    assert_eq!(world.found("deck:a"), before);
    // The other order, and one of two edited.
    assert_eq!(said(&mut world, "a.csv", "bank,money\nbank,river\n"), "2 notes unchanged");
    assert_eq!(said(&mut world, "a.csv", "bank,money\nbank,riverside\n"), "1 changed, 1 note unchanged");
    assert_eq!(world.listed("deck:a"), ["bank → riverside [new]", "bank → money [new]"]);
    assert_eq!(ids(&world, "deck:a"), before.iter().map(|line| line.card).collect::<Vec<_>>());
}

#[test]
fn a_key_twice_in_a_table_is_a_bad_row() {
    let mut world = World::bare();
    let report = world.import("a.csv", "key,front,back\nk,one,1\nk,two,2\nk,one,1\n");
    assert_eq!(report.sentence(), "1 note added, 1 row twice in the file, 1 left out");
    assert_eq!(
        report.rejected,
        ["a.csv:3: its key or id was used before in this file, for another text; give it one of its own"]
    );
}

#[test]
fn a_built_in_deck_exported_and_imported_again_changes_nothing() {
    let mut world = World::with_built_in_decks();
    let before = world.found("");
    assert!(!before.is_empty());
    for (deck, format) in [
        ("skills", "toml"),
        ("differences", "toml"),
        ("quotes", "toml"),
        ("skills", "csv"),
        ("quotes", "json"),
        ("differences", "jsonl"),
    ] {
        let text = world.export(deck, format);
        let told = said(&mut world, &format!("{deck}.{format}"), text);
        assert!(told.ends_with(" unchanged") && !told.contains(','), "{deck} as {format}: {told}");
    }
    assert_eq!(world.found(""), before);
    assert_eq!(world.steps(), [""; 0]);
}

#[test]
fn cards_are_placed_in_the_deck_that_is_asked_for() {
    let mut world = World::bare();
    world.import_into("Work::All", "team.toml", TEAM);
    assert_eq!(world.found("deck:Work::All").len(), 5);
    assert_eq!(world.import_into("Work::All", "team.toml", TEAM), "3 notes unchanged");
    // Who they are is what the file says: without --deck they are the same cards.
    assert_eq!(said(&mut world, "team.toml", TEAM), "3 notes unchanged");
    assert_eq!(world.found("roadmap").len(), 1);
    world.assert_sound();
}

#[test]
fn known_cards_go_to_the_deck_that_is_asked_for_and_back_by_an_undo() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world.answer_named("team/owner", 4);
    assert_eq!(world.import_into("Work", "team.toml", TEAM), "3 moved to Work");
    assert_eq!(world.found("deck:Work").len(), 5);
    assert_eq!(world.listed("deck:Work roadmap"), ["Who owns the roadmap? → Amara [learning]"]);
    assert_eq!(world.import_into("Work", "team.toml", TEAM), "3 notes unchanged");
    world.assert_sound();
    world.undo_newest();
    assert_eq!(world.found("deck:team").len(), 5);
    world.assert_sound();
}

#[test]
fn a_deck_that_would_stay_empty_is_not_made() {
    let mut world = World::bare();
    world.import_into("Work", "team.toml", TEAM);
    assert_eq!(said(&mut world, "team.toml", TEAM), "3 notes unchanged");
    assert!(world.decks().iter().all(|deck| deck.id != "team"), "{:?}", world.decks());
    assert_eq!(world.steps().len(), 1, "the second one was no step");
    // It is made with its head and topics when the first card goes there.
    let more = "\n[[card]]\nkey = \"more\"\nkind = \"basic\"\nfront = \"More?\"\nback = \"Yes\"\ntopic = \"T1\"\n";
    assert_eq!(said(&mut world, "team.toml", format!("{TEAM}{more}")), "1 note added, 3 notes unchanged");
    assert_eq!(world.listed("deck:team"), ["More? → Yes [new]"]);
    assert_eq!(world.card("team/more").topic.as_deref(), Some("who does what"));
    let decks = world.decks();
    let team = decks.iter().find(|deck| deck.id == "team").unwrap();
    assert_eq!((team.name.as_str(), team.title.as_deref()), ("work::team", Some("Our team")));
    world.assert_sound();
}

#[test]
fn with_theirs_the_files_text_and_tags_come_back_and_that_is_said() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    let before = world.found("deck:team");
    world.edit("team/owner", None, How::default(), field("back", "Bela"));
    world.change(&["team/pair"], BulkChange::Tag(vec!["mine".to_owned()]));
    world.change(&["team/retro"], BulkChange::Delete);
    assert_eq!(said(&mut world, "team.toml", TEAM), "2 notes unchanged, 1 stays deleted");
    assert_eq!(world.import_theirs("team.toml", TEAM), "2 changed, 1 brought back");
    assert_eq!(world.found("deck:team"), before);
    assert_eq!(world.import_theirs("team.toml", TEAM), "3 notes unchanged");
    world.undo_newest();
    assert_eq!(world.found("deck:team roadmap")[0].text.answer(1), "Bela", "yours again");
    assert_eq!(world.found("deck:team").len(), 3);
    world.assert_sound();
}

#[test]
fn with_theirs_a_card_that_was_added_by_hand_gets_the_files_text() {
    let mut world = World::bare();
    world.add("team", Some("owner"), "Who owns the plan?", "Me");
    assert!(said(&mut world, "team.toml", TEAM).contains("1 kept as you wrote it"));
    assert_eq!(world.found("deck:team")[0].text.answer(1), "Me");
    world.import_theirs("team.toml", TEAM);
    assert_eq!(world.card("team/owner").text.answer(1), "Amara");
    world.assert_sound();
}

#[test]
fn names_that_no_deck_can_have_are_refused() {
    let mut world = World::bare();
    let table = "front,back,deck\nq,r,fine\ns,t,a/b\n";
    let options = lmq::ops::import::Options { deck: Some("a/b".to_owned()), ..Default::default() };
    let refused = world.try_import_with("a.csv", table, &options).unwrap_err();
    assert!(refused.kind == Kind::Usage && refused.what.contains("`a/b` can't be the name of a deck"), "{refused}");
    let refused = world.try_add("a#b", None, &lmq::ops::weekly_scene::basic("x", "y")).err().unwrap();
    assert!(refused.kind == Kind::Usage && refused.what.contains("`a#b` can't be the name of a deck"), "{refused}");
    let report = world.import("a.csv", table);
    assert_eq!(report.sentence(), "1 note added, 1 left out");
    let [rejected] = report.rejected.as_slice() else { panic!("{:?}", report.rejected) };
    assert!(rejected.starts_with("a.csv:3") && rejected.contains("`a/b` can't be the name of a deck"), "{rejected}");
    for breaks in ["a\nb", "a\u{2028}b", "a\u{2029}b", "a\u{1b}b"] {
        let options = lmq::ops::import::Options { deck: Some(breaks.to_owned()), ..Default::default() };
        let refused = world.try_import_with("a.csv", "q,r\n", &options).unwrap_err();
        assert!(refused.kind == Kind::Usage && refused.hint.unwrap().contains("a line break"), "{breaks:?}");
        let report = world.import(
            "a.jsonl",
            serde_json::json!({"deck": breaks, "front": "q", "back": "r"}).to_string()
                + "\n{\"front\": \"s\", \"back\": \"t\"}",
        );
        assert!(report.rejected[0].contains("it has a line break"), "{:?}", report.rejected);
    }
    // The name of a file may have one. As that of a deck nobody could type it.
    world.import("line\u{2028}break.csv", "front,back\nw,x\n");
    assert_eq!(world.found("deck:\"line break\"").len(), 1);
    world.import("b#1.csv", "front,back\nu,v\n");
    assert_eq!(world.found("deck:b-1").len(), 1);
}

#[test]
fn a_built_in_deck_with_cards_of_ones_own_goes_to_another_machine() {
    let (mut world, mut other) = (World::with_built_in_decks(), World::with_built_in_decks());
    world.add("quotes", None, "Own question", "Own answer");
    world.add("quotes", Some("another"), "Another", "One");
    assert!(said(&mut other, "quotes.toml", world.export("quotes", "toml")).starts_with("2 notes added"));
    assert_eq!(other.listed("deck:quotes \"Own question\""), ["Own question → Own answer [new]"]);
    other.assert_sound();
}

#[test]
fn an_undone_import_goes_but_what_was_answered_stays_and_again_is_no_second_copy() {
    let mut world = World::bare();
    let (first, second) = (card("peru", "Capital of Peru?", "Lima"), card("chile", "Capital of Chile?", "Santiago"));
    let deck = |cards: &str| format!("[deck]\nid = \"geo\"\nname = \"Geo\"\n{cards}");
    let lima = deck(&(first.clone() + &second));
    let changed = lima.replace("Lima", "Lima!");
    world.import("geo.toml", &lima);
    world.answer_named("geo/peru", 4);
    world.undo_newest();
    world.answer_named("geo/chile", 4);
    world.import("geo.toml", &changed);
    world.undo_newest();
    assert_eq!(world.card("geo/peru").text.answer(1), "Lima");
    // Now the newest step is the answer; take it and then the first import back.
    world.undo_newest();
    world.answer_named("geo/chile", 4);
    assert_eq!(world.newest_step().as_deref(), Some("answered geo/chile Good"));
    world.undo_newest();
    assert_eq!(world.newest_step().as_deref(), Some("imported 2 notes into Geo"));
    world.undo_newest();
    assert_eq!(world.store.find("geo/peru").unwrap(), Found::Nothing, "it is gone");
    assert_eq!(said(&mut world, "geo.toml", &changed), "2 brought back");
    assert_eq!(world.card("geo/peru").text.answer(1), "Lima!", "with the text of the file");
    assert_eq!(world.found("deck:geo").len(), 2);
    world.assert_sound();
}

#[test]
fn a_table_without_kinds_leaves_cards_of_the_kind_that_they_are() {
    let mut world = World::bare();
    let first = "question,answer\nWho owns it?,the owner\nThe pillars?,\"a, b, c\"\nWho owns it?,the owner\nWhy?,so\n";
    world.import("trainer.csv", first);
    let kinds = "question,answer,kind,items,accept\nWho owns it?,the owner,typed,,the PO\nThe pillars?,,list,a | b | c,\n\
                 Why?,so,,,\n";
    world.import("trainer.csv", kinds);
    let before = world.listed("deck:trainer");
    assert_eq!(said(&mut world, "trainer.csv", first), "3 notes unchanged, 1 row twice in the file");
    assert_eq!(world.listed("deck:trainer"), before);
    // Another answer is an item each, and what is no list is left out.
    let other = first.replace("a, b, c", "a, b, d");
    assert_eq!(said(&mut world, "trainer.csv", &other), "1 changed, 2 notes unchanged, 1 row twice in the file");
    assert_eq!(world.found("pillars kind:list").len(), 1);
    let report = world.import("trainer.csv", first.replace("a, b, c", "only a"));
    assert!(report.rejected[0].contains("in the deck this card is of a kind"), "{:?}", report.rejected);
}
