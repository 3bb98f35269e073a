//! Decks that people manage: added, renamed, hidden, shown again, removed; and which of them are asked every day.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::terminal::Terminal;
use crate::world::World;
use lmq::ops::bulk::BulkChange;
use lmq::ops::deck_acts::DeckAct;
use lmq::ops::decks;
use lmq::ops::workspace::Workspace;

fn names(lmq: &Lmq, args: &[&str]) -> Vec<String> {
    let decks = lmq.json([&["decks", "--json"], args].concat());
    let there = decks.as_array().unwrap().iter().filter(|deck| deck["removed"] == false);
    there.map(|deck| deck["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_deck_is_added_empty_and_goes_when_it_was_emptied() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["decks", "add", "work::hiring"]).ok().stdout, "added the deck work::hiring\n");
    assert_eq!(names(&lmq, &[]), ["work::hiring", "differences", "quotes", "skills"], "your own comes first");
    lmq.run(["add", "work::hiring", "Who asks?", "Amara"]).done();
    assert_eq!(
        lmq.run(["decks", "add", "WORK::hiring"]).err(2).lines().next(),
        Some("lmq: there is already a deck `work::hiring`")
    );
    lmq.run(["delete", "work::hiring/who-asks"]).done();
    assert_eq!(names(&lmq, &[]), ["differences", "quotes", "skills"]);
    lmq.run(["undo"]).done();
    lmq.run(["move", "elsewhere", "deck:work::hiring", "--yes"]).done();
    assert_eq!(names(&lmq, &[]), ["elsewhere", "differences", "quotes", "skills"], "nor is one that was moved out of");
    lmq.run(["undo"]).done();
    lmq.run(["undo"]).done();
    lmq.run(["undo"]).done();
    assert!(!names(&lmq, &[]).contains(&"work::hiring".to_owned()), "adding it is a step too");
    assert!(lmq.run(["decks", "add", "a/b"]).err(2).contains("can't be the name of a deck"));
    lmq.assert_sound();
}

#[test]
fn a_hidden_deck_is_out_of_sight_and_of_the_day_until_it_is_shown_or_named() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    for deck in ["differences", "skills", "quotes"] {
        assert_eq!(lmq.run(["decks", "hide", deck]).out(), format!("hid {deck}\n"));
    }
    assert_eq!(names(&lmq, &[]), ["work::team"]);
    assert_eq!(names(&lmq, &["--all"]).len(), 4);
    let asked = lmq.json(["next", "--json"]);
    assert_eq!(asked["deck"], "team", "the built-in decks are not asked");
    assert_eq!(lmq.json(["next", "skills", "--json"])["deck"], "skills", "but whoever names one gets it");
    assert!(lmq.ok([]).contains("3 new cards"), "nor are they counted, one of each note: {}", lmq.ok([]));
    assert!(!lmq.ok([]).contains("check-up"), "nor is a check-up of their scenes offered: {}", lmq.ok([]));
    assert!(!lmq.cards("deck:quotes").is_empty(), "a search finds it");
    assert!(lmq.ok(["decks", "hide", "quotes"]).contains("already hidden"));
    assert_eq!(lmq.run(["decks", "show", "QUOTES"]).out(), "showing quotes\n");
    assert_eq!(names(&lmq, &[]), ["work::team", "quotes"]);
    assert_eq!(lmq.run(["undo"]).out(), "undid: showed the deck quotes again\n");
    assert_eq!(names(&lmq, &[]), ["work::team"]);
    assert!(lmq.run(["decks", "hide", "qoutes"]).err(2).contains("did you mean `quotes`?"));
    lmq.assert_sound();
}

#[test]
fn decks_inside_one_are_hidden_with_it_and_adding_to_one_shows_it() {
    let lmq = Lmq::new();
    for deck in ["work::a", "work::b", "works"] {
        lmq.run(["add", deck, "Who?", "Amara"]).done();
    }
    assert_eq!(lmq.run(["decks", "hide", "work"]).out(), "hid work::a\nhid work::b\n");
    lmq.run(["add", "work::a", "Who else?", "Bela"]).done();
    assert!(names(&lmq, &[]).contains(&"work::a".to_owned()), "a card in a hidden deck would be lost");
    assert!(!names(&lmq, &[]).contains(&"work::b".to_owned()));
}

#[test]
fn a_deck_is_removed_with_its_cards_and_comes_back() {
    let lmq = Lmq::new();
    let asks = lmq.run(["decks", "remove", "quotes"]).err(2);
    assert!(asks.contains("would change quotes with 21 cards") && asks.contains("--yes"), "{asks}");
    assert_eq!(lmq.run(["decks", "remove", "quotes", "--dry-run"]).out(), "would have removed quotes with 21 cards\n");
    assert_eq!(lmq.run(["decks", "remove", "quotes", "--yes"]).ok().stdout, "removed quotes with 21 cards\n");
    assert_eq!(names(&lmq, &["--all"]), ["differences", "skills"]);
    assert!(lmq.run(["next", "quotes"]).err(2).contains("there is no deck `quotes`"));
    // The next start brings the built-in decks up to date, and it stays away.
    lmq.run(["doctor", "--rebuild"]).done();
    assert_eq!(names(&lmq, &["--all"]), ["differences", "skills"]);
    lmq.run(["undo", "--yes"]).done();
    assert_eq!(names(&lmq, &[]), ["differences", "quotes", "skills"]);
    lmq.run(["decks", "rm", "quotes", "--yes"]).done();
    lmq.run(["add", "team", "Who?", "Amara"]).done();
    let back = lmq.run(["decks", "show", "quotes"]).out();
    assert!(back.starts_with("showing quotes\nbrought back 20 deleted notes"), "long after, without an undo: {back}");
    assert_eq!(names(&lmq, &[]), ["team", "differences", "quotes", "skills"]);
    lmq.assert_sound();
}

#[test]
fn a_removed_deck_is_listed_with_the_way_back_which_an_import_of_its_file_tells_too() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    lmq.run(["decks", "remove", "work::team", "--yes"]).done();
    let said = lmq.run(["import", "team.toml"]).ok();
    let way = "`lmq decks show work::team` brings it back with its cards";
    assert!(said.stdout.contains("3 stay deleted") && said.stderr.contains(way), "{said:?}");
    assert!(!said.stderr.contains("--theirs"), "{said:?}");
    assert!(!lmq.ok(["decks"]).contains("removed"));
    assert!(lmq.ok(["decks", "--all"]).contains(&format!("work::team (removed): {way}")));
    assert_eq!(lmq.json(["decks", "--all", "--json"])[3]["removed"], true);
    let theirs = lmq.run(["import", "team.toml", "--theirs"]).ok();
    assert!(theirs.stderr.contains("the deck work::team is hidden: `lmq decks show work::team`"), "{theirs:?}");
    lmq.run(["undo", "--yes"]).done();
    assert!(lmq.run(["decks", "show", "work::team"]).out().contains("brought back 3 deleted notes"));
    assert!(!lmq.ok(["decks", "--all"]).contains("removed"));
    lmq.assert_sound();
}

#[test]
fn a_deck_that_is_not_active_is_asked_only_by_name() {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "active", "false", "--deck", "differences"]).done();
    assert_ne!(lmq.json(["next", "--json"])["deck"], "differences");
    assert_eq!(lmq.json(["next", "differences", "--json"])["deck"], "differences");
    let decks = lmq.json(["decks", "--json"]);
    assert_eq!(decks[0]["active"], false, "it is still listed");
    assert!(lmq.ok(["decks"]).contains("differences (not daily)"));
    lmq.run(["answer", "differences/frame-two-groups", "good"]).done();
    let next_day = "2026-01-16T09:00:00+01:00";
    assert_eq!(lmq.run_at(next_day, ["remind"]).out(), "");
    lmq.run(["config", "set", "active", "true", "--deck", "differences"]).done();
    assert_eq!(lmq.run_at(next_day, ["remind"]).out(), "1 card is due\n");
}

#[test]
fn what_hides_a_deck_travels_with_the_history() {
    let (here, there) = (Lmq::new(), Lmq::new());
    here.run(["decks", "hide", "quotes"]).done();
    here.run(["decks", "remove", "skills", "--yes"]).done();
    here.run(["export", "--what", "history", "--out", "log.jsonl"]).done();
    there.write("log.jsonl", here.read("log.jsonl"));
    there.run(["import", "log.jsonl"]).done();
    assert_eq!(names(&there, &[]), ["differences"]);
    assert_eq!(names(&there, &["--all"]), ["differences", "quotes"]);
    there.run(["decks", "show", "quotes"]).done();
    there.assert_sound();
}

#[test]
fn decks_stand_in_the_order_of_their_use() {
    let lmq = Lmq::new();
    for deck in ["a", "b", "c"] {
        lmq.run(["add", deck, "Who?", "Amara"]).done();
    }
    lmq.run(["answer", "b/who", "good"]).done();
    lmq.run(["answer", "quotes/q14-ladder#1", "good"]).done();
    assert_eq!(names(&lmq, &[]), ["b", "a", "c", "quotes", "differences", "skills"]);
}

#[test]
fn the_old_id_of_a_deck_is_no_hidden_name_and_steps_have_the_names_of_their_time() {
    let lmq = Lmq::new();
    lmq.run(["add", "zoo", "Who roars?", "the lion"]).done();
    lmq.run(["decks", "rename", "zoo", "gardens"]).done();
    lmq.run(["decks", "rename", "gardens", "park"]).done();
    let told = "`zoo` is the id of the deck `park`";
    for args in [&["decks", "add", "zoo"][..], &["decks", "remove", "zoo", "-y"], &["forget", "--deck", "zoo", "-y"]] {
        let refused = lmq.run(args).err(2);
        assert!(refused.contains(told), "{args:?}: {refused}");
    }
    let added = lmq.run(["add", "zoo", "Who barks?", "the dog"]).ok();
    assert!(added.stderr.contains(told), "{added:?}");
    lmq.run(["decks", "add", "gone"]).done();
    lmq.run(["decks", "remove", "gone"]).done();
    assert!(lmq.run(["decks", "remove", "gone"]).err(2).contains("there is no deck `gone`"));
    assert!(!names(&lmq, &["--all"]).contains(&"gone".to_owned()));
    let steps = lmq.json(["undo", "--list", "--json"]);
    let labels: Vec<&str> = steps.as_array().unwrap().iter().filter_map(|step| step["label"].as_str()).collect();
    for label in [
        "removed the deck gone",
        "added the deck gone",
        "renamed the deck gardens to park",
        "renamed the deck zoo to gardens",
    ] {
        assert!(labels.contains(&label), "{label}: {labels:?}");
    }
    assert_eq!(lmq.run(["decks", "show", "gone"]).out(), "showing gone\n");
    assert!(names(&lmq, &[]).contains(&"gone".to_owned()));
    lmq.assert_sound();
}

#[test]
fn a_deck_is_hidden_shown_renamed_and_removed_and_each_is_one_step_back() {
    let World { folder: _folder, env, mut settings, mut store, .. } = World::with_built_in_decks();
    let mut workspace = Workspace::new(&mut store, &env, &mut settings);
    let names = |workspace: &Workspace<'_>| -> Vec<String> {
        workspace.overview().unwrap().decks.into_iter().map(|row| row.name).collect()
    };
    let before = names(&workspace);
    assert!(before.iter().any(|name| name == "quotes"), "{before:?}");
    let cases = [
        (DeckAct::Hide, "Hid quotes"),
        (DeckAct::Rename("voices".to_owned()), "Renamed quotes to voices"),
        (DeckAct::Remove, "Removed quotes with 21 cards"),
    ];
    for (act, words) in cases {
        assert_eq!(workspace.act_on_deck("quotes", &act).unwrap().as_deref(), Some(words));
        assert!(!names(&workspace).iter().any(|name| name == "quotes"), "{words}");
        let back = workspace.undo().unwrap().unwrap();
        assert!(!back.contains("notes"), "counted otherwise than when it was removed: {back}");
        assert_eq!(names(&workspace), before, "{words}");
    }
    workspace.act_on_deck("quotes", &DeckAct::Hide).unwrap();
    assert_eq!(workspace.hidden_decks().unwrap(), ["quotes"]);
    let again = workspace.act_on_deck("", &DeckAct::Show("quotes".to_owned())).unwrap();
    assert_eq!(again.as_deref(), Some("Showing quotes"));
    assert_eq!(workspace.act_on_deck("", &DeckAct::Show("quotes".to_owned())).unwrap(), None);
    assert!(workspace.act_on_deck("nosuch", &DeckAct::Hide).is_err());
}

#[test]
fn on_the_first_screen_a_deck_is_removed_after_a_question_and_a_hidden_one_comes_back_by_enter() {
    let lmq = Lmq::at_home();
    lmq.import(
        "t.toml",
        "[deck]\nid = \"aaa\"\n[[card]]\nkey = \"a\"\nkind = \"reversed\"\nfront = \"A\"\nback = \"x\"\n",
    );
    lmq.run(["decks", "hide", "quotes"]).done();
    let is_there = || names(&lmq, &[]).contains(&"aaa".to_owned());
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("aaa");
    // Esc goes back from everywhere, but does not leave from here.
    terminal.types("\u{1b}");
    terminal.sees("q leaves");
    terminal.types("\u{1b}[B");
    terminal.sees("▸ aaa");
    for (answer, stays) in [("\r", true), ("y", false)] {
        terminal.types("x");
        terminal.sees("remove it with its cards");
        terminal.types("D");
        terminal.sees("Remove aaa with 2 cards?");
        terminal.types(answer);
        terminal.sees(if stays { "▸ aaa" } else { "Removed aaa with 2 cards" });
        terminal.rests();
        assert_eq!(is_there(), stays);
    }
    terminal.types("x");
    terminal.sees("show a hidden deck again");
    terminal.types("s");
    terminal.sees("Show again");
    terminal.types("\r");
    terminal.sees("Showing ");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_removed_deck_comes_back_with_what_was_removed_with_it() {
    let table = "front,back\nHund,dog\nKatze,cat\nMaus,mouse\n";
    let mut world = World::bare();
    world.import("w.csv", table);
    world.change(&["Hund"], BulkChange::Delete);
    let stamp = world.stamp();
    let removal = decks::removal(&world.store, "w").unwrap();
    decks::remove(&mut world.store, stamp, &removal).unwrap();
    assert_eq!(world.found("").len(), 0);
    let again = decks::show(&mut world.store, stamp, "w").unwrap();
    assert_eq!((again.notes, world.found("").len(), world.found("Hund").len()), (2, 2, 0));
    // Removed once more after another one was deleted.
    world.change(&["Katze"], BulkChange::Delete);
    let removal = decks::removal(&world.store, "w").unwrap();
    decks::hide(&mut world.store, stamp, "w").unwrap();
    decks::remove(&mut world.store, stamp, &removal).unwrap();
    assert_eq!(decks::show(&mut world.store, stamp, "w").unwrap().notes, 1);
    assert_eq!(world.listed(""), ["Maus → mouse [new]"]);
    // What was deleted card by card was no removal.
    world.change(&["Maus"], BulkChange::Delete);
    assert!(decks::show(&mut world.store, stamp, "w").is_err());
    assert_eq!(world.import("w.csv", table).removed, [""; 0]);
    world.assert_sound();
}
