//! `lmq import --link`: files that are followed.

use crate::home::Lmq;
use crate::home::TEAM;

fn linked() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "--link", "team.toml"]).ok().stdout, "3 notes added to work::team\n");
    lmq
}

#[test]
fn an_edit_comes_in_with_the_next_command() {
    let lmq = linked();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    assert_eq!(lmq.run(["cards", "deck:team", "roadmap"]).out(), "team/owner  [learning]  Who owns the roadmap?\n");
    lmq.write("team.toml", TEAM.replace("Who owns the roadmap?", "Whose is the plan?"));
    let run = lmq.run(["cards", "deck:team", "plan"]).ok();
    assert_eq!(run.stdout, "team/owner  [learning]  Whose is the plan?\n");
    assert_eq!(run.stderr, "`$T/team.toml` changed: 1 changed, 2 notes unchanged\n");
    assert_eq!(
        lmq.run(["cards", "deck:team", "plan"]).out(),
        "team/owner  [learning]  Whose is the plan?\n",
        "said once"
    );
    lmq.assert_sound();
}

#[test]
fn a_file_is_followed_until_somebody_ends_it_which_is_said_at_once() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    let said = lmq.run(["import", "--link", "team.toml"]).ok().stderr;
    assert!(said.contains("follows this from now on") && said.contains("`lmq import --unlink`"), "{said}");
    lmq.run(["answer", "team/owner", "good"]).done();
    assert!(lmq.run(["import", "--unlink", "other.toml"]).err(2).contains("followed are `$T/team.toml`"));
    let ended = lmq.run(["import", "--unlink", "team.toml"]).out();
    assert_eq!(ended, "team.toml is not followed any more; its cards stay\n");
    lmq.write("team.toml", TEAM.replace("Who owns the roadmap?", "Whose is the plan?"));
    assert_eq!(lmq.run(["cards", "deck:team", "roadmap"]).out(), "team/owner  [learning]  Who owns the roadmap?\n");
    assert!(lmq.run(["import", "--unlink", "team.toml"]).err(2).contains("no file is followed"));
    // A file of a folder is followed as long as the folder is.
    lmq.write("d/a.csv", "front,back\none,1\n");
    lmq.run(["import", "d", "--link"]).done();
    assert!(lmq.run(["import", "--unlink", "d/a.csv"]).err(2).contains("as a part of"));
    lmq.run(["import", "--unlink", "d"]).done();
    lmq.write("d/b.csv", "front,back\ntwo,2\n");
    let decks = lmq.json(["decks", "--json"]);
    assert!(decks.as_array().unwrap().iter().all(|deck| deck["name"] != "b"), "{decks}");
    lmq.assert_sound();
}

#[test]
fn decks_say_from_which_file_they_are_followed() {
    let lmq = linked();
    let of = |deck: &str| {
        let decks = lmq.run(["decks", "--json"]).json();
        decks.as_array().unwrap().iter().find(|line| line["id"] == deck).unwrap()["linked"].clone()
    };
    assert_eq!(of("team").as_str().unwrap(), "$T/team.toml");
    assert!(of("skills").is_null());
    lmq.write("plain.csv", "q,a\n");
    lmq.run(["import", "plain.csv", "--link"]).done();
    assert_eq!(of("plain").as_str().unwrap(), "$T/plain.csv");
}

#[test]
fn a_broken_edit_is_said_each_time_and_the_cards_stay() {
    let lmq = linked();
    lmq.write("team.toml", TEAM.replace("back = \"Amara\"", "back = 3"));
    for _ in 0..2 {
        let run = lmq.run(["cards", "deck:team", "roadmap"]).ok();
        assert_eq!(run.stdout, "team/owner  [new]  Who owns the roadmap?\n");
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.stderr, @r"
            lmq: `$T/team.toml` was not imported: 1 fault
              $T/team.toml:14:8: `back` has to be a text, not integer
            hint: correct them and import it again; nothing was changed
            its cards stay as they were
            ");
        }
    }
    lmq.write("team.toml", TEAM.replace("Amara", "Bela"));
    assert_eq!(lmq.run(["cards", "bela"]).ok().stdout, "team/owner  [new]  Who owns the roadmap?\n");
    lmq.write("team.toml", "");
    let run = lmq.run(["cards", "bela"]).ok();
    assert_eq!(run.stdout, "team/owner  [new]  Who owns the roadmap?\n", "an emptied file takes nothing away");
    assert!(run.stderr.contains("empty"), "{}", run.stderr);
}

#[test]
fn a_card_that_vanished_from_the_file_is_retired_and_can_come_back() {
    let lmq = linked();
    lmq.run(["answer", "team/retro#1", "good"]).ok().out();
    let before = lmq.cards("deck:team");
    let cut = TEAM.split("\n[[card]]\nkey = \"retro\"").next().unwrap();
    lmq.write("team.toml", cut);
    let run = lmq.run(["cards", "deck:team"]).ok();
    assert_eq!(run.stdout.lines().count(), 3);
    assert_eq!(run.stderr, "`$T/team.toml` changed: 1 retired, 2 notes unchanged\n");
    lmq.assert_sound();
    let shown = lmq.run(["show", "team/retro#1"]).out();
    assert!(shown.contains("state        deleted") && shown.contains("repetitions  1"), "{shown}");
    assert!(lmq.run(["history", "team/retro#1"]).out().contains("Good"));
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["decks"]).ok().stderr, "`$T/team.toml` changed: 1 brought back, 2 notes unchanged\n");
    assert_eq!(lmq.cards("deck:team"), before, "with its history");
}

#[test]
fn a_deleted_file_is_said_and_its_cards_stay() {
    let lmq = linked();
    std::fs::remove_file(lmq.path("team.toml")).unwrap();
    let run = lmq.run(["cards", "deck:team", "roadmap"]).ok();
    assert_eq!(run.stdout, "team/owner  [new]  Who owns the roadmap?\n");
    assert_eq!(run.stderr, "`$T/team.toml` is followed but can't be read; its cards stay as they were\n");
    assert_eq!(lmq.run(["cards", "deck:team", "roadmap", "--quiet"]).out().lines().count(), 1);
}

#[test]
fn cards_of_ones_own_in_a_followed_deck_stay_when_the_file_changes() {
    let lmq = linked();
    assert!(lmq.run(["add", "team", "Mine?", "Yes"]).ok().stderr.contains("is the id of the deck"));
    lmq.write("more.csv", "front,back,deck\nmore,1,team\n");
    lmq.run(["import", "more.csv", "-q"]).ok().out();
    lmq.write("team.toml", TEAM.replace("Amara", "Bela"));
    let run = lmq.run(["cards", "deck:team"]).ok();
    assert_eq!(run.stderr, "`$T/team.toml` changed: 1 changed, 2 notes unchanged\n");
    assert!(run.stdout.contains("Mine?") && run.stdout.contains("more"), "{}", run.stdout);
}

#[test]
fn two_followed_files_in_one_deck_leave_each_others_cards_alone() {
    let lmq = Lmq::new();
    lmq.write("d/a.csv", "one,1\ntwo,2\n");
    lmq.write("d/b.csv", "three,3\n");
    lmq.run(["import", "d", "--link", "--deck", "words", "-q"]).done();
    lmq.write("d/a.csv", "one,1\n");
    let run = lmq.run(["cards", "deck:words"]).ok();
    assert_eq!(run.stderr, "`$T/d/a.csv` changed: 1 retired, 1 note unchanged\n");
    assert_eq!(lmq.listed("deck:words"), ["one → 1 [new]", "three → 3 [new]"]);
}

#[test]
fn a_new_file_in_a_followed_folder_comes_in() {
    let lmq = Lmq::new();
    lmq.write("d/a.csv", "one,1\n");
    assert_eq!(lmq.run(["import", "d", "--link"]).ok().stdout, "1 note added to a\n");
    lmq.write("d/b.csv", "two,2\n");
    let run = lmq.run(["cards", "deck:b"]).ok();
    assert_eq!(run.stderr, "`$T/d/b.csv` changed: 1 note added\n");
    assert_eq!(lmq.listed("deck:b"), ["two → 2 [new]"]);
    lmq.write("d/b.csv", "two,2\nthree,3\n");
    assert_eq!(lmq.run(["decks"]).ok().stderr, "`$T/d/b.csv` changed: 1 note added, 1 note unchanged\n");
}

#[test]
fn following_is_no_step_of_its_own_for_undo() {
    let lmq = Lmq::new();
    lmq.write("d/a.csv", "one,1\n");
    lmq.run(["import", "d", "--link"]).done();
    assert_eq!(lmq.run(["undo", "--list"]).out(), "2026-01-15 09:00  imported 1 note into a\n");
    // Written again with the same text: nothing to say, and nothing to undo.
    std::thread::sleep(std::time::Duration::from_millis(20));
    lmq.write("d/a.csv", "one,1\n");
    lmq.run(["decks"]).ok().out();
    assert_eq!(lmq.run(["undo", "--list"]).out(), "2026-01-15 09:00  imported 1 note into a\n");
    lmq.write("d/a.csv", "one,1\ntwo,2\n");
    lmq.run(["decks"]).ok().done();
    assert_eq!(lmq.run(["undo"]).ok().stdout, "undid: imported 1 note into a\n");
    assert_eq!(lmq.listed("deck:a"), ["one → 1 [new]"]);
}

#[test]
fn an_undo_takes_back_what_was_there_before_it_and_not_what_it_read_itself() {
    let lmq = linked();
    lmq.run(["answer", "team/owner", "again"]).ok().out();
    lmq.write("team.toml", TEAM.replace("Amara", "Bela"));
    let run = lmq.run(["undo"]).ok();
    assert!(run.stderr.contains("1 changed"), "{}", run.stderr);
    assert!(run.stdout.starts_with("undid: answered"), "{}", run.stdout);
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Bela [new]"]);
    assert!(lmq.run(["undo"]).ok().stdout.starts_with("undid: imported"));
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Amara [new]"]);
}

#[test]
fn a_tag_or_an_edit_writes_only_what_it_changes_into_the_file() {
    // A text of one's own is shown, and the file says another one.
    let lmq = linked();
    lmq.run(["edit", "team/owner", "--back", "Mine", "--leave-file"]).ok().done();
    lmq.write("team.toml", TEAM.replace("Amara", "Theirs"));
    lmq.run(["cards", "roadmap"]).ok().done();
    lmq.run(["tag", "hard", "team/owner", "--yes"]).ok().done();
    let file = lmq.read("team.toml");
    assert!(file.contains("back = \"Theirs\"") && file.contains("tags = [\"hard\"]"), "{file}");
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Mine [new]"]);
    lmq.run(["undo"]).ok().done();
    assert!(!lmq.read("team.toml").contains("hard") && lmq.read("team.toml").contains("Theirs"));
    // What the file says next is held against what it said, and one's own stays.
    lmq.write("team.toml", lmq.read("team.toml").replace("Theirs", "Newer"));
    assert!(lmq.run(["cards", "roadmap"]).ok().stderr.contains("yours stays"));
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Mine [new]"]);
    lmq.assert_sound();
    // What was typed into the file, and taken back here, is not written over.
    let lmq = linked();
    lmq.write("team.toml", TEAM.replace("Amara", "Typed"));
    lmq.run(["cards", "roadmap"]).ok().done();
    lmq.run(["undo", "--yes"]).ok().done();
    lmq.run(["edit", "team/owner", "--set", "hint=think"]).ok().done();
    let file = lmq.read("team.toml");
    assert!(file.contains("back = \"Typed\"") && file.contains("hint = \"think\""), "{file}");
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Amara [new]"]);
    lmq.assert_sound();
}

#[test]
fn a_new_name_of_the_deck_comes_in_with_an_edit() {
    let lmq = linked();
    lmq.write("team.toml", TEAM.replace("work::team", "office::team").replace("title = \"Our team\"\n", ""));
    let decks = lmq.run(["decks", "--json"]).ok();
    assert!(decks.stdout.contains("\"name\": \"office::team\""), "{}", decks.stdout);
}

#[test]
fn following_a_folder_is_one_step_and_its_undo_stops_it() {
    let lmq = Lmq::new();
    lmq.write("d/a.csv", "front,back\na,b\n");
    lmq.run(["import", "d", "--link"]).done();
    let steps = lmq.run(["undo", "--list", "--json"]).json();
    assert_eq!(steps.as_array().unwrap().len(), 1, "{steps}");
    lmq.run(["undo", "--yes"]).done();
    assert!(!lmq.run(["decks", "--json"]).out().contains("\"a\""));
    lmq.write("d/a.csv", "front,back\na,changed\n");
    lmq.write("d/b.csv", "front,back\nc,d\n");
    assert_eq!(lmq.run(["cards", "changed"]).ok().stdout, "", "not followed any more");
    assert!(!lmq.run(["decks", "--json"]).out().contains("\"b\""));
    lmq.run(["undo", "--redo", "--yes"]).done();
    assert!(lmq.run(["cards", "changed"]).ok().stderr.contains("d/a.csv` changed: 1 changed"), "followed again");
    assert_eq!(lmq.listed("deck:b"), ["c → d [new]"]);
    lmq.assert_sound();
}

#[test]
fn a_file_whose_link_was_undone_is_followed_again_when_it_is_asked_for() {
    let lmq = linked();
    lmq.run(["undo", "--yes"]).done();
    assert_eq!(lmq.run(["import", "--link", "team.toml"]).ok().stdout, "3 brought back\n");
    lmq.write("team.toml", TEAM.replace("Amara", "Bela"));
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Bela [new]"]);
    lmq.assert_sound();
}

#[test]
fn a_copy_that_a_sync_tool_made_is_never_followed_and_that_is_said() {
    let lmq = Lmq::new();
    let copy = "team.sync-conflict-20240102-030405-ABC1234.toml";
    lmq.write("d/team.toml", TEAM);
    lmq.run(["import", "d", "--link"]).done();
    lmq.write(&format!("d/{copy}"), TEAM.replace("Amara", "Older"));
    let run = lmq.run(["cards", "deck:team", "roadmap"]).ok();
    assert!(run.stderr.contains(&format!("{copy}` is not followed: a sync tool made this copy")), "{}", run.stderr);
    assert_eq!(lmq.listed("roadmap"), ["Who owns the roadmap? → Amara [new]"]);
    let refused = lmq.run(["import", "--link", &format!("d/{copy}")]).err(2);
    assert!(refused.contains("which can't be followed"), "{refused}");
    assert_eq!(lmq.run(["import", &format!("d/{copy}")]).ok().stdout, "1 changed, 2 notes unchanged\n");
}

#[test]
fn a_new_file_in_a_new_sub_folder_of_a_followed_folder_comes_in() {
    let lmq = Lmq::new();
    lmq.write("d/a.csv", "one,1\n");
    lmq.write("d/sub/b.csv", "two,2\n");
    assert_eq!(lmq.run(["import", "d", "--link"]).ok().stdout, "2 notes added\ndecks: a (1), b (1)\n");
    lmq.write("d/sub/c.csv", "three,3\n");
    assert_eq!(lmq.listed("deck:c"), ["three → 3 [new]"]);
    lmq.write("d/new/deep/e.csv", "five,5\n");
    assert_eq!(lmq.listed("deck:e"), ["five → 5 [new]"]);
    lmq.write("d/new/deep/f.csv", "six,6\n");
    assert_eq!(lmq.listed("deck:f"), ["six → 6 [new]"]);
    lmq.assert_sound();
}
