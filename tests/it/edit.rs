//! `lmq edit`: another text for cards, from an editor, by hand or from a script; followed files with it.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::TEAM;
use crate::home::without_texts;
use crate::terminal::Terminal;
use crate::world::World;
use crate::world::field;
use crate::world::time;
use lmq::core::event::EventKind;
use lmq::core::fact::Fact;
use lmq::core::id::CardId;
use lmq::failure::Kind;
use lmq::ops;
use lmq::ops::edit::How;
use lmq::ops::edit::Meaning;
use lmq::ops::edit::Refusal;
use lmq::store::Found;
use lmq::store::Happened;
use proptest::prelude::*;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;

fn team() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml", "-q"]).done();
    lmq
}

fn world() -> World {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    world
}

const CHANGED: How = How { meaning: Meaning::Changed, side: None, leave_files: false };

fn linked() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "--link", "team.toml", "-q"]).done();
    lmq
}

/// Runs a command with a shell script as the editor: `$1` is the file.
fn with_editor(lmq: &Lmq, script: &str, command: &str) -> Run {
    lmq.write("ed.sh", script);
    lmq.shell(&format!("EDITOR='sh ed.sh' {command}"))
}

fn sed(lmq: &Lmq, change: &str, command: &str) -> Run {
    with_editor(lmq, &format!("sed -i -e {change:?} \"$1\""), command)
}

fn card(lmq: &Lmq, name: &str) -> Value {
    lmq.run(["show", name, "--json"]).json()
}

fn kept(lmq: &Lmq) -> Vec<String> {
    lmq.files().into_iter().filter(|name| name.starts_with("edit-")).collect()
}

#[test]
fn an_editor_gets_the_card_as_toml_and_what_it_saves_is_taken() {
    let lmq = team();
    lmq.run(["answer", "team/owner", "good"]).done();
    let before = card(&lmq, "team/owner");
    let run = with_editor(&lmq, "cp \"$1\" seen; sed -i 's/Amara/Bela/' \"$1\"", "lmq edit team/owner");
    assert_eq!(run.out(), "edited team/owner\n");
    let seen = lmq.read("seen");
    let id = before["id"].as_str().unwrap().split('-').next().unwrap().to_owned();
    assert!(seen.starts_with("# "), "{seen}");
    let wanted = format!(
        "[[card]]\nid = \"{id}\"\nkey = \"owner\"\nkind = \"basic\"\nfront = \"Who owns the roadmap?\"\nback = \"Amara\"\nsource = [\"T1\"]\n"
    );
    assert!(seen.ends_with(&wanted), "{seen}");
    let after = card(&lmq, "team/owner");
    assert_eq!(after["answer"], "Bela");
    for field in ["id", "due", "interval_days", "repetitions", "ease", "events"] {
        assert_eq!(after[field], before[field], "{field} stays");
    }
    assert_eq!(kept(&lmq), [""; 0]);
    assert_eq!(lmq.run(["undo"]).out(), "undid: edited team/owner\n");
    let undone = card(&lmq, "team/owner");
    assert_eq!(without_texts(&undone), without_texts(&before));
    assert_eq!(undone["texts"][0], before["texts"][0]);
    assert_eq!((&undone["texts"][1]["kind"], &undone["texts"][1]["voided"]), (&"edited".into(), &true.into()));
    lmq.assert_sound();
}

#[test]
fn what_is_left_as_it_was_or_emptied_changes_nothing() {
    let lmq = team();
    for script in ["true", ": > \"$1\"", "echo '# only a note' > \"$1\"", "echo '# more' >> \"$1\""] {
        assert_eq!(with_editor(&lmq, script, "lmq edit team/owner").out(), "nothing was changed\n", "{script}");
    }
    assert_eq!(kept(&lmq), [""; 0]);
    assert_eq!(lmq.run(["undo", "--list"]).out().lines().count(), 1, "the import alone");
}

#[test]
fn rubbish_is_refused_with_its_places_and_can_be_opened_again() {
    let lmq = team();
    let run = sed(&lmq, "s/^back = .*/bakc = 3/", "lmq edit team/owner");
    let text = run.err(3);
    assert!(text.contains("nothing was changed: 2 faults"), "{text}");
    assert!(text.contains(":9:1: unknown-field: a `basic` card has no field `bakc`"), "{text}");
    assert!(text.contains("^^^^ did you mean `back`?"), "{text}");
    let [name] = kept(&lmq).try_into().unwrap();
    assert!(
        text.ends_with(&format!("hint: your text is kept: `lmq edit --resume $T/{name}` opens it again\n")),
        "{text}"
    );
    assert_eq!(std::fs::metadata(lmq.path(&name)).unwrap().permissions().mode() & 0o077, 0, "nobody else reads it");
    let still = sed(&lmq, "s/no such thing//", &format!("lmq edit --resume {name}")).err(3);
    assert!(still.contains("2 faults") && kept(&lmq).len() == 1, "{still}");
    let run = sed(&lmq, "s/^bakc = .*/back = 'Bela'/", &format!("lmq edit --resume {name}"));
    assert_eq!(run.out(), "edited team/owner\n");
    assert_eq!((card(&lmq, "team/owner")["answer"].as_str(), kept(&lmq).len()), (Some("Bela"), 0));
}

#[test]
fn an_editor_that_is_missing_or_fails_changes_nothing() {
    let lmq = team();
    insta::assert_snapshot!(lmq.run(["edit", "team/owner"]).err(1), @r"
    lmq: there is no editor: VISUAL and EDITOR are not set
    hint: set one, as in EDITOR=nano; or give the texts on the command line, see --help
    ");
    insta::assert_snapshot!(lmq.shell("EDITOR=no-such-editor lmq edit team/owner 2>&1 | tail -2").stdout, @r"
    lmq: cannot run the editor `no-such-editor`
    hint: nothing was changed; VISUAL or EDITOR name the editor
    ");
    insta::assert_snapshot!(with_editor(&lmq, "exit 3", "lmq edit team/owner").err(1), @r"
    lmq: the editor `sh ed.sh` ended with exit status: 3
    hint: nothing was changed; VISUAL or EDITOR name the editor
    ");
    assert_eq!(kept(&lmq), [""; 0]);
    let text = with_editor(&lmq, "echo '# begun' >> \"$1\"; exit 1", "lmq edit team/owner").err(1);
    assert!(text.contains("nothing was changed. your text is kept"), "{text}");
    assert_eq!(kept(&lmq).len(), 1, "what was written before it failed");
    assert_eq!(lmq.run(["undo", "--list"]).out().lines().count(), 1);
    // Who named none gets one that is installed.
    let nano = lmq.write("bin/nano", "#!/bin/sh\n/bin/sed -i s/Amara/Ben/ \"$1\"\n");
    std::fs::set_permissions(nano, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = lmq.path("bin").display().to_string();
    let mut terminal = Terminal::start(&lmq, &["edit", "team/owner"], 80, 24, &[("PATH", &path)]);
    terminal.sees("another meaning");
    terminal.types("\r");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(lmq.cards("deck:work::team Ben").len(), 1);
}

#[test]
fn visual_comes_before_editor_and_may_have_arguments() {
    let lmq = team();
    lmq.write("my ed.sh", "sed -i \"s/Amara/$1/\" \"$2\"");
    let run = lmq.shell("EDITOR=false VISUAL=\"sh 'my ed.sh' Bela\" lmq edit team/owner");
    assert_eq!(run.out(), "edited team/owner\n");
    assert_eq!(card(&lmq, "team/owner")["answer"], "Bela");
}

#[test]
fn several_cards_are_edited_together_and_each_finds_its_note_again() {
    let lmq = team();
    let script = "sed -i -e 's/Mentee/mentee/' -e 's/Amara/Bela/' \"$1\"\n\
        awk 'BEGIN{RS=\"\\\\[\\\\[card\\\\]\\\\]\"} NR>1{c[NR]=$0} END{for(i=NR;i>1;i--) print \"[[card]]\" c[i]}' \"$1\" > t && cp t \"$1\"";
    assert_eq!(with_editor(&lmq, script, "lmq edit deck:team").out(), "edited 2 notes\n", "in another order too");
    assert_eq!(card(&lmq, "team/owner")["answer"], "Bela");
    assert_eq!(card(&lmq, "team/pair#1")["answer"], "mentee");
    let text = sed(&lmq, "s/^id = .*/id = 'ffffffffffffffffffffffffffffffff'/", "lmq edit deck:team").err(3);
    assert_eq!(text.matches("unknown-id: this is not one of the cards being edited").count(), 3, "{text}");
    let text = with_editor(&lmq, "cat \"$1\" \"$1\" > t; cp t \"$1\"", "lmq edit deck:team").err(3);
    assert_eq!(text.matches("duplicate-id").count(), 3, "{text}");
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: edited 2 notes\n");
    assert_eq!(card(&lmq, "team/owner")["answer"], "Amara");
}

#[test]
fn ids_that_were_swapped_swap_the_texts() {
    let lmq = Lmq::new();
    lmq.write("d.toml", "[deck]\nid = 'd'\n[[card]]\nkey = 'a'\nkind = 'basic'\nfront = 'A?'\nback = 'a'\n[[card]]\nkey = 'b'\nkind = 'basic'\nfront = 'B?'\nback = 'b'\n");
    lmq.run(["import", "d.toml", "-q"]).done();
    let script = "ids=$(grep '^id' \"$1\"); a=$(echo \"$ids\" | head -1); b=$(echo \"$ids\" | tail -1)\n\
        sed -i -e \"s/^$a/X/\" -e \"s/^$b/$a/\" -e \"s/^X/$b/\" -e '/^key/d' \"$1\"";
    assert_eq!(with_editor(&lmq, script, "lmq edit deck:d").out(), "edited 2 notes\n");
    assert_eq!(lmq.listed("deck:d"), ["B? → b [new]", "A? → a [new]"]);
    assert_eq!(card(&lmq, "d/a")["prompt"], "B?");
}

#[test]
fn scripts_change_fields_or_send_a_text() {
    let lmq = team();
    assert_eq!(
        lmq.run(["edit", "team/owner", "--front", "Whose roadmap?", "--back", "Bela"]).out(),
        "edited team/owner\n"
    );
    assert_eq!(
        lmq.run(["edit", "team/retro", "--set", "tags=a", "--set", "tags=b", "--set", "hint=h"]).out(),
        "edited team/retro\n"
    );
    let retro = card(&lmq, "team/retro#1");
    assert_eq!((&retro["tags"], &retro["hint"]), (&serde_json::json!(["a", "b"]), &Value::from("h")));
    lmq.run(["edit", "team/retro", "--set", "hint="]).done();
    assert_eq!(card(&lmq, "team/retro#1")["hint"], Value::Null);
    assert_eq!(lmq.run(["edit", "team/retro", "--set", "hint="]).out(), "nothing was changed\n");
    let text = "[[card]]\nkind = \"basic\"\nfront = \"A?\"\nback = \"B\"\n";
    let done = lmq.run_with(text, ["edit", "team/owner", "-", "--json"]).json();
    assert_eq!((&done["changed"], &done["label"]), (&Value::from(1), &Value::from("edited team/owner")));
    assert_eq!(done["cards"][0]["prompt"], "A?");
    insta::assert_snapshot!(lmq.run_with(text.replace("back", "bakc"), ["edit", "team/owner", "-"]).err(3), @r#"
    lmq: nothing was changed: 2 faults
      -:1:1: missing-field: the `basic` card has no `back`
       1 | [[card]]
         | ^^^^^^^^ add a line back = "…"
      -:4:1: unknown-field: a `basic` card has no field `bakc`
       4 | bakc = "B"
         | ^^^^ did you mean `back`?
    hint: correct it and try again
    "#);
}

#[test]
fn what_makes_no_sense_is_said() {
    let lmq = team();
    insta::assert_snapshot!(lmq.run(["edit", "deck:team", "--back", "x"]).err(2), @r"
    lmq: --front, --back and --set change one note, not 3 notes
    hint: name one card; several can be edited in an editor
    ");
    insta::assert_snapshot!(lmq.run(["edit", "team/owner", "--set", "hnit=x"]).err(2), @r"
    lmq: a `basic` card has no field `hnit`
    hint: did you mean `hint`?
    ");
    insta::assert_snapshot!(lmq.run(["edit", "team/retro", "--back", "x"]).err(2), @r"
    lmq: a `cloze` card has no back
    hint: name the field with --set; it has text, accept
    ");
    insta::assert_snapshot!(lmq.run(["edit", "team/retro", "--set", "text=no parts"]).err(3), @r"
    lmq: the card can't be like that
      nothing is hidden: hide the answer: {{c1::answer}} or {{c1::answer::hint}}
    hint: nothing was changed; `lmq help kinds` shows the fields of each kind
    ");
    let missing = lmq.run(["edit", "team/owner", "--set", "back="]).err(3);
    assert!(missing.contains("the `basic` card has no `back`"), "{missing}");
    let topic = lmq.run(["edit", "team/owner", "--set", "topic=T9"]).err(3);
    assert!(topic.contains("there is no topic `T9`"), "{topic}");
    insta::assert_snapshot!(lmq.run(["edit", "team/owner", "--set", "after=retro"]).err(2), @r"
    lmq: nothing was changed: `after` and `held_out` of `team/owner` follow the file that it came from
    hint: change them in that file and import it again; a followed file is changed by `lmq edit` itself
    ");
    assert_eq!(lmq.run(["edit", "team/owner", "--set", "held_out=true"]).code, 2);
    assert_eq!(lmq.run(["edit", "team/nobody"]).err(2).lines().next(), Some("lmq: there is no card `team/nobody`"));
}

#[test]
fn another_meaning_begins_again_gently_and_undo_gives_the_schedule_back() {
    let mut world = world();
    world.answer_named("team/owner", 4);
    for day in ["2026-01-16", "2026-01-22"] {
        world.set_now(time(&format!("{day}T09:00:00+01:00")));
        world.answer_named("team/owner", 3);
    }
    world.set_now(time("2026-01-25T09:00:00+01:00"));
    let card = world.card("team/owner").card;
    let shown = |world: &World| {
        let line = world.card("team/owner");
        let memory = line.state.memory.clone().unwrap();
        (line.text.answer(1), world.word(&line), memory)
    };
    let before = shown(&world);
    let done = world.edit("team/owner", None, CHANGED, field("back", "Bela"));
    assert_eq!(done.label, "edited team/owner, with another meaning");
    let after = shown(&world);
    assert_eq!((after.2.due.iso().as_str(), after.2.repetitions), ("2026-01-25", 0));
    assert_eq!((after.2.ease(), after.2.lapses), (before.2.ease(), before.2.lapses));
    assert_eq!(after.1, "learning");
    assert_eq!(world.events(card).last().unwrap().kind, EventKind::Restarted);
    world.assert_sound();
    world.answer_named("team/owner", 4);
    assert_eq!(shown(&world).2.interval.0, 1, "as after a first recall");
    world.undo_newest();
    world.undo_newest();
    assert_eq!(shown(&world), before);
    world.assert_sound();
}

#[test]
fn a_card_answered_today_begins_again_tomorrow() {
    let mut world = world();
    world.answer_named("team/owner", 5);
    world.edit("team/owner", None, CHANGED, field("back", "Bela"));
    assert_eq!(world.card("team/owner").state.memory.unwrap().due.iso(), "2026-01-16");
    world.edit("team/pair#1", None, CHANGED, field("back", "X"));
    assert_eq!(world.word(&world.card("team/pair#1")), "new", "what was never asked has nothing to begin again");
}

#[test]
fn another_key_and_another_kind_keep_the_history() {
    let mut world = world();
    world.answer_named("team/owner", 4);
    let id = world.card("team/owner").card;
    world.edit("team/owner", Some("lead"), How::default(), |text| text.kind = "reversed".to_owned());
    let lead = world.card("team/lead#1");
    let mut rows = world.history(id);
    rows.retain(|row| !ops::card_details::is_of_source(row));
    let kinds = rows.iter().map(|row| match &row.what {
        Happened::Event(event) => event.kind.answer().map_or("another", |_| "answered"),
        Happened::Fact { fact: Fact::Keyed { .. }, .. } => "keyed",
        Happened::Fact { fact: Fact::Edited { .. }, .. } => "edited",
        Happened::Fact { .. } => "another",
    });
    assert_eq!(
        (lead.card, kinds.filter(|kind| *kind != "edited").collect::<Vec<_>>()),
        (id, vec!["answered", "keyed"])
    );
    assert_eq!(world.word(&world.card("team/lead#2")), "new");
    let opened = ops::edit::open(&world.store, &[lead.card]).unwrap().remove(0);
    let rewrite = ops::edit::rewrite(&world.store, opened.clone(), Some("pair".to_owned()), &opened.text).unwrap();
    let taken = ops::edit::make(&mut world.store, &world.env, &world.settings, vec![rewrite], How::default());
    let Err(Refusal::Failure(taken)) = taken else { panic!("{taken:?}") };
    assert_eq!(
        (taken.kind, taken.what.as_str()),
        (Kind::Usage, "another card of the deck has the key `pair`, or had it")
    );
    assert_eq!(taken.hint.as_deref(), Some("choose another key"));
    let said = world.import("new.toml", TEAM.replace("\"owner\"", "\"lead\"").replace("Amara", "Cem")).sentence();
    assert_eq!(said, "2 notes unchanged, 1 kept as you wrote it", "the same note under its new key");
    assert_eq!(world.card("team/lead#1").text.answer(1), "Amara", "the learner's own text stays");
    world.undo_newest();
    assert_eq!(world.newest_step().as_deref(), Some("edited team/lead"));
    world.undo_newest();
    let owner = world.card("team/owner");
    assert_eq!((owner.card, owner.text.kind.as_str()), (id, "basic"));
    assert_eq!(world.store.find("team/lead").unwrap(), Found::Nothing);
    world.assert_sound();
}

#[test]
fn every_built_in_note_goes_to_the_editor_and_back_unchanged() {
    let lmq = Lmq::new();
    let text = with_editor(&lmq, "cp \"$1\" seen", "lmq edit deck:*").ok();
    assert_eq!(text.stdout, "nothing was changed\n");
    let seen = lmq.read("seen");
    assert!(seen.matches("[[card]]").count() > 150, "{}", seen.len());
    assert_eq!(lmq.run_with(&seen, ["edit", "deck:*", "-"]).out(), "nothing was changed\n");
    let first = lmq.cards("deck:skills")[0]["name"].as_str().unwrap().to_owned();
    lmq.run(["edit", first.as_str(), "--set", "hint=mine"]).done();
    assert_eq!(lmq.run(["decks", "--edited", "--json"]).json().as_array().unwrap().len(), 1);
    lmq.run(["undo"]).done();
    assert_eq!(lmq.run(["decks", "--edited", "--json"]).json().as_array().unwrap().len(), 0);
}

// Followed files --------------------------------------------------------------------------------------------------

#[test]
fn a_followed_deck_file_is_changed_in_place_and_the_next_look_finds_nothing_new() {
    let lmq = linked();
    let file = TEAM.replace("back = \"Amara\"", "back = 'Amara'   # since May").replace("[deck]", "# ours\n[deck]");
    lmq.write("team.toml", &file);
    lmq.run(["decks"]).ok().done();
    std::fs::set_permissions(lmq.path("team.toml"), std::fs::Permissions::from_mode(0o640)).unwrap();
    let run = lmq.run(["edit", "team/owner", "--back", "Bela"]);
    assert_eq!(run.out(), "edited team/owner\nchanged $T/team.toml with it\n");
    assert_eq!(lmq.read("team.toml"), file.replace("'Amara'", "\"Bela\""));
    assert_eq!(std::fs::metadata(lmq.path("team.toml")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(lmq.run(["cards", "bela"]).out(), "team/owner  [new]  Who owns the roadmap?\n");
    assert_eq!(lmq.run(["undo"]).out(), "undid: edited team/owner\n");
    assert_eq!(lmq.read("team.toml"), file.replace("'Amara'", "\"Amara\""));
    assert_eq!(lmq.run(["undo", "--redo"]).out(), "brought back: edited team/owner\n");
    assert!(lmq.read("team.toml").contains("\"Bela\"   # since May"));
    lmq.run(["edit", "team/owner", "--set", "key=lead"]).done();
    assert!(lmq.read("team.toml").contains("key = \"lead\""));
    lmq.run(["undo"]).done();
    assert!(lmq.read("team.toml").contains("key = \"owner\""));
    assert_eq!(lmq.run(["cards", "deck:team"]).out().lines().count(), 5, "and nothing to say");
    lmq.assert_sound();
}

#[test]
fn tags_go_into_the_followed_file_too() {
    let lmq = linked();
    assert_eq!(lmq.run(["tag", "people", "team/owner"]).out(), "tagged team/owner `people`\n");
    assert_eq!(lmq.read("team.toml"), TEAM.replace("source = [\"T1\"]\n", "source = [\"T1\"]\ntags = [\"people\"]\n"));
    assert_eq!(lmq.run(["untag", "pairs", "team/pair"]).ok().stderr, "");
    assert!(!lmq.read("team.toml").contains("pairs"));
    lmq.run(["undo"]).done();
    lmq.run(["undo"]).done();
    assert_eq!(lmq.read("team.toml"), TEAM);
}

#[test]
fn behind_a_link_the_file_itself_is_changed() {
    let lmq = Lmq::new();
    lmq.write("real/team.toml", TEAM);
    std::os::unix::fs::symlink("real/team.toml", lmq.path("team.toml")).unwrap();
    lmq.run(["import", "--link", "team.toml", "-q"]).done();
    lmq.run(["edit", "team/owner", "--back", "Bela"]).done();
    assert!(lmq.path("team.toml").is_symlink() && lmq.read("real/team.toml").contains("Bela"));
}

#[test]
fn a_file_that_is_gone_read_only_or_broken_stops_the_edit_and_there_is_a_way_out() {
    let lmq = linked();
    let edit = ["edit", "team/owner", "--back", "Bela"];
    std::fs::set_permissions(lmq.path("team.toml"), std::fs::Permissions::from_mode(0o444)).unwrap();
    insta::assert_snapshot!(lmq.run(edit).err(1), @r"
    lmq: the followed file `$T/team.toml` is read-only
    hint: nothing was changed. --leave-file changes only your own text, which then stays whatever the file says
    ");
    std::fs::remove_file(lmq.path("team.toml")).unwrap();
    let gone = lmq.run(edit).code(1).stderr;
    assert!(gone.contains("lmq: the followed file `$T/team.toml` is gone\nhint: nothing was changed."), "{gone}");
    lmq.write("team.toml", TEAM.replace("Amara", "3\""));
    let broken = lmq.run(edit).code(1).stderr;
    assert!(broken.contains("`$T/team.toml` has changes that could not be imported"), "{broken}");
    assert!(lmq.listed("roadmap")[0].contains("Amara"));
    lmq.write("team.toml", TEAM);
    let run = lmq.run(["edit", "team/owner", "--back", "Bela", "--leave-file"]).ok();
    assert_eq!(run.stdout, "edited team/owner\n");
    assert!(run.stderr.contains("`$T/team.toml` is followed and was not changed"), "{}", run.stderr);
    assert_eq!(lmq.read("team.toml"), TEAM);
    lmq.write("team.toml", TEAM.replace("Mentee", "mentee"));
    assert!(lmq.listed("roadmap")[0].contains("Bela"), "another card changed");
    lmq.write("team.toml", TEAM.replace("Amara", "Cem"));
    let said = lmq.run(["decks"]).ok().stderr;
    assert!(said.contains("a card that you had edited was changed there too"), "{said}");
    assert!(said.contains("the file's: Who owns the roadmap? → Cem\n  yours: Who owns the roadmap? → Bela"), "{said}");
    assert!(lmq.listed("roadmap")[0].contains("Bela"), "yours stays");
    let edited = lmq.run(["decks", "--edited", "--json"]).json();
    assert_eq!(edited[0]["upstream"]["fields"]["back"], "Cem", "what the file says now is known");
    assert_eq!(lmq.run(["import", "team.toml", "--link", "--theirs"]).ok().stdout, "1 changed, 2 notes unchanged\n");
    assert!(lmq.listed("roadmap")[0].contains("Cem"), "now it was asked for");
    lmq.run(["undo", "--yes"]).ok().done();
    assert!(lmq.listed("roadmap")[0].contains("Bela"), "nothing is lost");
    lmq.assert_sound();
}

#[test]
fn what_both_changed_is_shown_and_nothing_is_lost() {
    let lmq = linked();
    let theirs = TEAM.replace("Amara", "Cem");
    lmq.write("theirs.toml", &theirs);
    let script = "sed -i 's/Amara/Bela/' \"$1\"; cp theirs.toml team.toml";
    let run = with_editor(&lmq, script, "lmq edit team/owner").code(1);
    let [name] = kept(&lmq).try_into().unwrap();
    assert!(run.stderr.contains("a card was changed elsewhere in the meantime"), "{}", run.stderr);
    assert!(run.stderr.contains("back = \"Cem\"") && run.stderr.contains("back = \"Bela\""), "{}", run.stderr);
    assert!(run.stderr.contains(&format!("lmq edit --resume $T/{name}")), "{}", run.stderr);
    assert_eq!(card(&lmq, "team/owner")["answer"], "Cem");
    assert!(lmq.read(&name).contains("#   back = \"Cem\"") && lmq.read(&name).contains("\nback = \"Bela\""));
    assert_eq!(lmq.read("team.toml"), theirs);
    let run = with_editor(&lmq, "true", &format!("lmq edit --resume {name}"));
    assert_eq!(run.out(), "edited team/owner\nchanged $T/team.toml with it\n", "opened again it is a choice");
    assert_eq!(lmq.read("team.toml"), TEAM.replace("Amara", "Bela"));
    for (flag, wins) in [("--theirs", "Cem"), ("--mine", "Dee")] {
        lmq.write("team.toml", TEAM);
        let script = "sed -i 's/Amara/Dee/' \"$1\"; cp theirs.toml team.toml";
        with_editor(&lmq, script, &format!("lmq edit team/owner {flag}")).done();
        assert_eq!(card(&lmq, "team/owner")["answer"], wins);
        assert!(lmq.read("team.toml").contains(wins));
    }
    lmq.assert_sound();
}

#[test]
fn other_changes_of_the_file_come_in_and_stay() {
    let lmq = linked();
    lmq.write("theirs.toml", TEAM.replace("Mentee", "mentee"));
    let script = "sed -i 's/Amara/Bela/' \"$1\"; cp theirs.toml team.toml";
    let run = with_editor(&lmq, script, "lmq edit team/owner").ok();
    assert_eq!(run.stdout, "edited team/owner\nchanged $T/team.toml with it\n");
    assert_eq!(lmq.read("team.toml"), TEAM.replace("Mentee", "mentee").replace("Amara", "Bela"));
    assert_eq!(card(&lmq, "team/pair#1")["answer"], "mentee");
}

#[test]
fn a_followed_table_is_not_written_and_the_edit_stays_whatever_the_file_says() {
    let lmq = Lmq::new();
    lmq.write("words.csv", "one,1\ntwo,2\n");
    lmq.run(["import", "words.csv", "--link", "-q"]).done();
    let id = lmq.id("deck:words one");
    let run = lmq.run(["edit", &id, "--front", "uno", "--back", "I"]).ok();
    assert!(run.stdout.starts_with("edited "), "{}", run.stdout);
    assert!(run.stderr.contains("`$T/words.csv` is followed and was not changed: the text is yours"), "{}", run.stderr);
    lmq.write("words.csv", "one,1\ntwo,2\nthree,3\n");
    assert_eq!(lmq.listed("deck:words"), ["uno → I [new]", "two → 2 [new]", "three → 3 [new]"]);
    assert_eq!(lmq.run(["decks", "--edited", "--json"]).json()[0]["upstream"]["fields"]["front"], "one");
    lmq.write("words.csv", "one,ein\ntwo,2\nthree,3\n");
    assert_eq!(lmq.listed("deck:words"), ["uno → I [new]", "two → 2 [new]", "three → 3 [new]"]);
    assert_eq!(lmq.run(["decks", "--edited", "--json"]).json()[0]["upstream"]["fields"]["back"], "ein");
    lmq.run(["undo", "--yes"]).ok().done();
    lmq.run(["undo", "--yes"]).ok().done();
    lmq.run(["undo", "--yes"]).ok().done();
    assert_eq!(lmq.listed("deck:words")[0], "one → 1 [new]");
    lmq.assert_sound();
}

// Laws --------------------------------------------------------------------------------------------------------------

/// A part of an edit of a note.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Field(&'static str, String),
    Tags(String),
    Hint(String),
    Extra(String),
    Speaker(String),
    NoSource,
    Reversed,
    Key(String),
    AnotherMeaning,
}

fn any_edit() -> impl Strategy<Value = Vec<Part>> {
    let text = || prop_oneof![Just("x".to_owned()), "[a-zé\u{202e}\"'\\\\ ]{1,12}[a-z]", "[a-z]{1,4}\n[a-z ]{0,4}z"];
    let one = prop_oneof![
        text().prop_map(|text| Part::Field("front", text)),
        text().prop_map(|text| Part::Field("back", text)),
        text().prop_map(Part::Tags),
        text().prop_map(Part::Hint),
        text().prop_map(Part::Extra),
        text().prop_map(Part::Speaker),
        Just(Part::NoSource),
        Just(Part::Reversed),
        "[a-z]{1,5}".prop_map(Part::Key),
        Just(Part::AnotherMeaning),
    ];
    proptest::collection::btree_set(one, 1..4).prop_map(|parts| parts.into_iter().collect())
}

/// Makes an edit of the card; says whether it changed anything.
fn make(world: &mut World, card: CardId, parts: &[Part]) -> bool {
    let key = parts.iter().find_map(|part| if let Part::Key(key) = part { Some(key.as_str()) } else { None });
    let how = if parts.contains(&Part::AnotherMeaning) { CHANGED } else { How::default() };
    let done = world.edit(&card.to_string(), key, how, |text| {
        for part in parts.iter().cloned() {
            match part {
                Part::Field(name, value) => field(name, &value)(text),
                Part::Tags(tag) => text.tags = vec![tag],
                Part::Hint(hint) => text.hint = Some(hint),
                Part::Extra(extra) => text.extra = Some(extra),
                Part::Speaker(speaker) => text.speaker = Some(speaker),
                Part::NoSource => text.source.clear(),
                Part::Reversed => text.kind = "reversed".to_owned(),
                Part::Key(_) | Part::AnotherMeaning => {}
            }
        }
    });
    !done.notes.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, rng_seed: proptest::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_taken_back_leaves_cards_and_file_as_they_were(edits in proptest::collection::vec(any_edit(), 1..3)) {
        let mut world = World::bare();
        let file = world.folder.path().join("team.toml");
        std::fs::write(&file, TEAM).unwrap();
        let (sources, _) = ops::import::open(&file).unwrap();
        let follows = ops::import::Options { link: true, ..ops::import::Options::default() };
        let stamp = world.stamp();
        ops::import::import(&mut world.store, stamp, sources, &follows, &|_, _, _| Vec::new(), &mut |_| {}).unwrap();
        world.answer_named("team/owner", 4);
        world.answer_named("team/pair#1", 2);
        let card = world.card("team/owner").card;
        let state = |world: &World| (world.found("deck:team"), std::fs::read_to_string(&file).unwrap(), world.decks());
        let before = state(&world);
        let mut made = 0;
        for edit in &edits {
            made += usize::from(make(&mut world, card, edit));
            let followed = ops::import::follow(&mut world.store, stamp).unwrap();
            prop_assert_eq!(followed, [""; 0], "the next look finds nothing new");
        }
        let after = state(&world);
        world.assert_sound();
        for _ in 0..made {
            world.undo_newest();
        }
        prop_assert_eq!(state(&world), before);
        for _ in 0..made {
            world.redo();
        }
        prop_assert_eq!(state(&world), after);
        world.assert_sound();
    }
}

#[test]
fn a_card_that_was_written_here_keeps_its_key_when_it_is_edited() {
    let mut world = World::bare();
    world.add("team", Some("kk"), "Q", "A");
    world.edit("team/kk", None, How::default(), field("back", "B"));
    let cards = world.found("deck:team");
    assert_eq!((cards[0].key.as_deref(), cards[0].text.answer(1).as_str()), (Some("kk"), "B"));
    assert!(world.export("team", "toml").contains("key = \"kk\""));
    world.undo_newest();
    assert_eq!(world.found("deck:team")[0].key.as_deref(), Some("kk"));
    world.assert_sound();
}

#[test]
fn a_field_that_is_true_or_false_takes_nothing_else() {
    let lmq = Lmq::new();
    lmq.run(["add", "d", "Who?", "Amara", "--key", "k"]).done();
    insta::assert_snapshot!(lmq.run(["edit", "d/k", "--set", "held_out=yes"]).err(2), @r"
    lmq: `held_out` can't be `yes`
    hint: give true or false
    ");
    for value in ["true", "", "false"] {
        lmq.run(["edit", "d/k", "--set", &format!("held_out={value}")]).done();
    }
}
