//! `lmq undo`.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::history_of;

#[test]
fn the_newest_step_is_taken_back_and_brought_back() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(lmq.run(["undo"]).err(1), @"lmq: there is nothing to undo");
    insta::assert_snapshot!(lmq.run(["undo", "--redo"]).err(1), @"lmq: there is nothing to bring back");
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    let answered = lmq.cards("deck:team");
    lmq.run(["answer", "team/owner", "again"]).ok().out();
    assert_eq!(lmq.run(["undo"]).out(), "undid: answered team/owner Again\n");
    assert_eq!(lmq.cards("deck:team"), answered);
    assert_eq!(lmq.run(["undo", "--redo"]).out(), "brought back: answered team/owner Again\n");
    assert_eq!(lmq.cards("deck:team roadmap")[0]["state"], "learning");
    let undone = lmq.run(["undo", "--json"]).json();
    assert_eq!(undone["undone"], "answered team/owner Again");
    assert_eq!(undone["cards"][0].as_str().unwrap(), lmq.id("deck:team roadmap"));
    assert_eq!(lmq.cards("deck:team"), answered);
    lmq.assert_sound();
}

#[test]
fn the_list_names_the_steps_and_changes_nothing() {
    let lmq = Lmq::new();
    let none = lmq.run(["undo", "--list"]).ok();
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "there is nothing to undo\n"));
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run(["undo"]).ok().out();
    for _ in 0..2 {
        insta::allow_duplicates! {
            insta::assert_snapshot!(lmq.run(["undo", "--list"]).out(), @r"
            2026-01-15 09:00  answered team/owner Good (undone)
            2026-01-15 09:00  imported 3 notes into work::team
            ");
        }
    }
    let steps = lmq.run(["undo", "--list", "--json"]).json();
    assert_eq!(
        (steps[1]["kind"].as_str(), steps[1]["notes"].as_u64(), steps[1]["undone"].as_bool()),
        (Some("import"), Some(3), Some(false))
    );
    assert_eq!(steps[0]["undone"], true);
    lmq.run(["undo", "--list", "--redo"]).err(2);
}

#[test]
fn a_card_without_a_key_goes_by_its_question_and_never_by_its_id() {
    let lmq = Lmq::new();
    lmq.import(
        "a.csv",
        "front,back\nWhich of the three roles in a team owns the budget of the year?,the lead\nWho?,Amara\n",
    );
    let id = lmq.id("deck:a Amara");
    let asks = "“Which of the three roles in a team owns the budget …”";
    let named = lmq.id("deck:a roles");
    lmq.run(["answer", &named, "good"]).done();
    lmq.run(["edit", &id, "--set", "back=Bela"]).done();
    assert_eq!(lmq.run(["undo"]).out(), "undid: edited “Who?”\n");
    assert_eq!(lmq.run(["undo", "--redo"]).out(), "brought back: edited “Who?”\n");
    let list = lmq.run(["undo", "--list"]).out();
    assert!(list.contains(&format!("answered {asks} Good")), "{list}");
    let history = lmq.run(["history"]).out();
    assert!(history.contains(&format!("{asks} answered Good")) && history.contains("“Who?” edited"), "{history}");
    for said in [list, history] {
        let begins = |name: &str| said.contains(name.get(..8).unwrap());
        assert!(!begins(&named) && !begins(&id), "{said}");
    }
    assert!(lmq.json(["history", "--json"]).to_string().contains(&named), "a program gets the id");
    // What it does not take back is named in the same way.
    lmq.run(["undo", "--yes"]).done();
    lmq.run(["undo", "--yes"]).done();
    lmq.run(["answer", &id, "good"]).done();
    lmq.assert_sound();
}

#[test]
fn what_a_redo_brought_back_is_what_an_undo_takes_back_next() {
    let lmq = Lmq::new();
    lmq.import("a.csv", "front,back\none,1\n");
    lmq.run(["tag", "early", "deck:a"]).done();
    lmq.run(["undo"]).done();
    lmq.import("b.csv", "front,back\ntwo,2\nthree,3\n");
    let again = lmq.run(["undo", "--redo"]).out();
    let undone = lmq.run(["undo"]).out();
    assert_eq!((again.replace("brought back", "undid"), undone.contains("tagged")), (undone.clone(), true), "{undone}");
    assert!(lmq.run(["undo", "--yes"]).out().starts_with("undid: imported 2 notes"));
    lmq.assert_sound();
}

#[test]
fn more_than_one_card_wants_a_yes() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    insta::assert_snapshot!(lmq.run(["undo"]).err(2), @r"
    lmq: this would change 3 cards
      imported 3 notes into work::team
    hint: use --yes to do it
    ");
    assert_eq!(lmq.cards("deck:team").len(), 5);
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: imported 3 notes into work::team\n");
    assert_eq!(lmq.cards("deck:team").len(), 0);
    assert!(!lmq.run(["decks"]).out().contains("work::team"), "a deck without cards is not listed");
    lmq.assert_sound();
}

#[test]
fn cards_answered_since_an_import_are_kept_and_named() {
    // On another machine the deck, which came there with the history, was answered; that comes here after the import.
    let (lmq, other) = (Lmq::new(), Lmq::new());
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["export", "--what", "history", "--out", "log.jsonl", "-q"]).ok().out();
    other.write("log.jsonl", lmq.read("log.jsonl"));
    other.run(["import", "log.jsonl"]).done();
    other.run(["answer", "team/owner", "good"]).ok().out();
    other.run(["export", "--what", "history", "--out", "log.jsonl", "-q", "--force"]).ok().out();
    lmq.write("log.jsonl", other.read("log.jsonl"));
    let said = lmq.run(["import", "log.jsonl"]).ok();
    assert!(said.stdout.contains(" of history added") && said.stderr.contains("uniting can't be undone"), "{said:?}");
    insta::assert_snapshot!(lmq.run(["undo", "--yes"]).out(), @r"
    undid: imported 3 notes into work::team
      kept, because it was answered: team/owner
    ");
    assert_eq!(lmq.listed("deck:team"), ["Who owns the roadmap? → Amara [learning]"]);
    lmq.assert_sound();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "2 brought back, 1 note unchanged\n");
    assert_eq!(lmq.cards("deck:team").len(), 5);
}

#[test]
fn an_import_that_was_undone_comes_back_by_importing_again() {
    let mut world = World::bare();
    let table = "front,back\none,1\ntwo,2\n";
    world.import("a.csv", table);
    let before = world.found("deck:a");
    world.undo_newest();
    assert_eq!(world.found("deck:a"), []);
    assert_eq!(world.import("a.csv", table).sentence(), "2 brought back");
    assert_eq!(world.found("deck:a"), before, "the same cards with the same ids");
    world.undo_newest();
    assert_eq!(world.found("deck:a"), []);
    assert!(world.redo());
    assert_eq!(world.found("deck:a"), before);
    world.import("team.toml", TEAM);
    world.undo_newest();
    assert_eq!(world.import("team.toml", TEAM).sentence(), "3 brought back");
    assert_eq!(world.found("deck:team").len(), 5);
    world.assert_sound();
}

#[test]
fn an_undone_import_gives_back_heads_topics_keys_and_order() {
    let mut world = World::bare();
    let deck = |title: &str, primer: &str, keys: [&str; 2]| {
        let mut text = format!(
            "[deck]\nid = \"d\"\nname = \"d\"\ntitle = \"{title}\"\n[[topic]]\nid = \"T\"\ntitle = \"t\"\nprimer = \"{primer}\"\n"
        );
        for key in keys {
            let front = key.trim_end_matches('2');
            text += &format!(
                "[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}?\"\nback = \"x\"\ntopic = \"T\"\n"
            );
        }
        text
    };
    world.import("d.toml", deck("One", "Old primer.", ["a", "b"]));
    let before = world.export("d", "toml");
    world.import("d.toml", deck("Two", "New primer.", ["b2", "a"]));
    let after = world.export("d", "toml");
    assert!(after.contains("Two") && after.contains("New primer.") && after.contains("b2"), "{after}");
    world.undo_newest();
    assert_eq!(world.export("d", "toml"), before);
    world.assert_sound();
    assert!(world.redo());
    assert_eq!(world.export("d", "toml"), after);
    world.assert_sound();
}

#[test]
fn undo_walks_back_and_redo_walks_forth() {
    let mut world = World::with_built_in_decks();
    assert_eq!(world.newest_step(), None, "the built-in decks are no step of the user's");
    let name = "differences/frame-two-groups";
    world.answer_named(name, 4);
    world.pass(24 * 60);
    world.answer_named(name, 2);
    for grade in ["Again", "Good"] {
        assert_eq!(world.newest_step(), Some(format!("answered {name} {grade}")));
        world.undo_newest();
    }
    assert_eq!(world.card(name).state.memory, None);
    assert_eq!(world.newest_step(), None);
    assert!(world.redo());
    assert_eq!(world.card(name).state.memory.unwrap().repetitions, 1, "the older one first");
    let undone: Vec<bool> = world.store.actions(9).unwrap().iter().map(|line| line.voided).collect();
    assert_eq!(undone, [true, false]);
    assert_eq!(history_of(&world.store).len(), 5, "nothing is ever taken out of the log");
    world.assert_sound();
}
