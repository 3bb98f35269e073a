//! Cards changed and added in the middle of a session, in a real pseudo-terminal.

use crate::home::Lmq;
use crate::review::model;
use crate::terminal::Terminal;
use crate::terminal::given_back;

fn card(lmq: &Lmq, name: &str) -> serde_json::Value {
    lmq.json(["show", name, "--json"])
}

fn at_the_first_card(lmq: &Lmq, extra: &[(&str, &str)]) -> Terminal {
    let mut terminal = Terminal::start(lmq, &["review", "model"], 80, 24, extra);
    terminal.puts_primer_away();
    terminal
}

#[test]
fn a_typo_is_mended_in_a_form_and_the_card_stays_on_the_screen() {
    let lmq = model();
    let mut terminal = at_the_first_card(&lmq, &[]);
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("e");
    terminal.sees("Edit model/plan-in-strategy");
    // The line of keys is drawn last.
    let form = terminal.sees("Enter saves");
    assert!(form.contains("front 1") && form.contains("front 2") && form.contains("Enter saves"), "{form}");
    terminal.types("\t\t");
    terminal.types("!");
    terminal.sees("part of it!");
    terminal.types("\r");
    let back = terminal.sees("edited model/plan-in-strategy");
    assert!(back.contains("The plan is a smaller part of it!") && back.contains("3 Good"), "not moved on: {back}");
    terminal.types("3");
    terminal.sees("The counterpart of vision");
    // A card with a schedule asks what was changed.
    terminal.types("u");
    terminal.sees("Took back");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(card(&lmq, "model/plan-in-strategy")["answer"], "The plan is a smaller part of it!");
    lmq.ok(["undo"]);
    assert_eq!(card(&lmq, "model/plan-in-strategy")["answer"], "The plan is a smaller part of it");
}

#[test]
fn another_meaning_is_asked_about_by_one_key_where_there_is_a_schedule() {
    let lmq = model();
    assert_eq!(lmq.run_at("2026-01-14T09:00:00+01:00", ["answer", "model/plan-in-strategy", "good"]).code, 0);
    let mut terminal = Terminal::start(&lmq, &["review", "model", "--new", "0"], 80, 24, &[]);
    terminal.sees("Space shows the answer");
    terminal.types("e");
    terminal.sees("Edit model/");
    terminal.types("\t\tX\r");
    terminal.sees("What did you change?");
    terminal.types("\u{1b}");
    terminal.sees("Enter saves");
    terminal.types("\r");
    terminal.sees("What did you change?");
    terminal.types("m");
    terminal.sees("with another meaning");
    terminal.types("q");
    terminal.ends();
    let after = card(&lmq, "model/plan-in-strategy");
    assert_eq!(after["events"].as_array().unwrap().last().unwrap()["kind"], "restarted", "{after}");
}

#[test]
fn the_terminal_is_lent_to_an_editor_and_taken_back() {
    let lmq = model();
    let script = lmq.root().join("ed.sh");
    std::fs::write(
        &script,
        "test -t 0 && test -t 1 || exit 9\necho in the editor; sed -i 's/part of it/share/' \"$1\"\n",
    )
    .unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = at_the_first_card(&lmq, &[("EDITOR", &editor)]);
    terminal.types("e");
    terminal.sees("Ctrl-E editor");
    terminal.types("\u{5}");
    let shown = terminal.sees("edited model/plan-in-strategy");
    assert!(shown.contains("Space shows the answer"), "{shown}");
    terminal.types(" ");
    terminal.sees("The plan is a smaller share");
    terminal.types("q");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
    let left = raw.matches("\u{1b}[?1049l").count();
    assert_eq!(left, 2, "for the editor and at the end");
    let before = raw.split("in the editor").next().unwrap();
    assert_eq!(before.matches("\u{1b}[?1049l").count(), 1, "on the normal screen");
}

#[test]
fn ctrl_c_that_is_meant_for_an_editor_ends_no_session_while_it_runs_or_as_it_closes() {
    let lmq = model();
    // An editor that goes on after Ctrl-C, and closes once a file is there.
    let script = "trap '' INT; echo in the editor; until test -e close; do sleep 0.05; done; echo '# seen' >> \"$1\"\n";
    lmq.write("ed.sh", script);
    let mut terminal = at_the_first_card(&lmq, &[("EDITOR", "sh ed.sh")]);
    terminal.types("e");
    terminal.sees("Ctrl-E editor");
    terminal.types("\u{5}");
    terminal.sees("in the editor");
    terminal.types_now("\u{3}\u{3}");
    lmq.write("close", "");
    terminal.types_now("\u{3}");
    terminal.sees("Nothing was changed");
    terminal.types_now("\u{3}\u{3}");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
    // Over lines, and later Ctrl-C ends the program as before.
    let mut terminal = Terminal::start(&lmq, &["review", "model", "--plain"], 80, 30, &[("EDITOR", "sh ed.sh")]);
    terminal.sees("Enter goes on");
    terminal.types("\r");
    terminal.sees("> ");
    terminal.types(":e\r");
    terminal.sees("Nothing was changed");
    terminal.types_now("\u{3}");
    terminal.types(":i\r");
    terminal.sees("Asked because");
}

#[test]
fn an_editor_that_fails_or_leaves_rubbish_loses_nothing() {
    let lmq = model();
    let script = lmq.root().join("ed.sh");
    std::fs::write(&script, "sed -i 's/^back/bakc/' \"$1\"\n").unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = at_the_first_card(&lmq, &[("EDITOR", "no-such-editor"), ("VISUAL", &editor)]);
    terminal.types("e");
    terminal.sees("Ctrl-E editor");
    terminal.types("\u{5}");
    let faults = terminal.sees("The text has faults");
    assert!(faults.contains("did you mean `back`?"), "{faults}");
    terminal.types("k");
    terminal.sees("lmq edit --resume");
    terminal.types("\u{1b}");
    terminal.sees("Space shows the answer");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    let mut terminal = at_the_first_card(&lmq, &[("EDITOR", "no-such-editor")]);
    terminal.types("e");
    terminal.sees("Ctrl-E editor");
    terminal.types("\u{5}");
    terminal.sees("cannot run the editor");
    terminal.types("\u{1b}");
    terminal.sees("Space shows the answer");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(card(&lmq, "model/plan-in-strategy")["answer"], "The plan is a smaller part of it");
}

#[test]
fn a_card_is_added_from_the_first_screen_and_changed_from_the_list() {
    let lmq = model();
    // On the very first start every key leads into the first card.
    lmq.ok(["answer", "model/plan-in-strategy", "good"]);
    let mut terminal = Terminal::start(&lmq, &[], 60, 20, &[]);
    terminal.sees("Enter review");
    terminal.types("a");
    terminal.sees("Add a card");
    // The person's own deck stands there already, and the question comes first.
    terminal.types("\u{1b}[Z\u{1b}[Z\u{15}mine\r");
    terminal.sees("write something here");
    terminal.types("Whose?\tOurs\r");
    terminal.sees("Added: Whose?");
    terminal.types("\u{1b}");
    terminal.sees("Added 1 card");
    terminal.types("/");
    terminal.types("deck:mine");
    terminal.sees("1 of ");
    terminal.types("\r");
    terminal.types("e");
    terminal.sees("Edit ");
    terminal.types("\u{7f} is it?\r");
    terminal.sees("edited ");
    // The filter goes first.
    terminal.types("\u{1b}");
    terminal.types("q");
    terminal.sees("Enter review");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert!(lmq.ok(["cards", "deck:mine"]).contains("Whose is it?"));
}

#[test]
fn a_card_that_is_added_on_a_row_goes_into_its_deck_also_below_a_folded_one() {
    let lmq = model();
    lmq.ok(["answer", "model/plan-in-strategy", "good"]);
    for deck in ["a", "a::b", "a::c", "z"] {
        lmq.ok(["add", deck, "front", deck]);
    }
    let mut terminal = Terminal::start(&lmq, &[], 60, 30, &[]);
    terminal.sees("Enter review");
    // The second row is `a`, behind the deck in use: it is folded, and the row below it is chosen.
    terminal.types("jj");
    terminal.types("\u{1b}[D");
    terminal.sees("+ a");
    terminal.types("j");
    terminal.types("a");
    terminal.sees("Add a card");
    terminal.types("Under which?\tThe last\r");
    terminal.sees("Added: ");
    terminal.types("\u{1b}");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert!(lmq.ok(["cards", "deck:z"]).contains("Under which?"));
}

#[test]
fn in_a_terminal_faults_are_shown_and_the_text_opened_again_and_the_meaning_asked() {
    let lmq = model();
    assert_eq!(lmq.run_at("2026-01-14T09:00:00+01:00", ["answer", "model/plan-in-strategy", "good"]).code, 0);
    let script = lmq.root().join("ed.sh");
    // The first time it makes a fault, the second time it mends it.
    let text = "if grep -q ^bakc \"$1\"; then sed -i 's/^bakc/back/' \"$1\"; else sed -i 's/^back.*/bakc = \"A share\"/' \"$1\"; fi\n";
    std::fs::write(&script, text).unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = Terminal::start(&lmq, &["edit", "model/plan-in-strategy"], 100, 24, &[("EDITOR", &editor)]);
    terminal.sees("did you mean `back`?");
    terminal.sees("Open it again? [Y/n]");
    terminal.types("\r");
    terminal.sees("A typo (the schedule stays) or another meaning");
    terminal.types("m\r");
    terminal.sees("edited model/plan-in-strategy, with another meaning");
    assert_eq!(terminal.ends().0, 0);
    let after = card(&lmq, "model/plan-in-strategy");
    assert_eq!((after["answer"].as_str(), after["repetitions"].as_u64()), (Some("A share"), Some(0)));
}

#[test]
fn over_lines_the_card_is_asked_anew_with_what_the_editor_left() {
    let lmq = model();
    let script = lmq.root().join("ed.sh");
    std::fs::write(&script, "sed -i 's/part of it/share/' \"$1\"\n").unwrap();
    let editor = format!("sh {}", script.display());
    let mut terminal = Terminal::start(&lmq, &["review", "model", "--plain"], 80, 30, &[("EDITOR", &editor)]);
    terminal.sees("Enter goes on");
    terminal.types("\r");
    terminal.sees("> ");
    terminal.types(":e\r");
    terminal.sees("edited model/plan-in-strategy");
    terminal.types("\r");
    terminal.sees("The plan is a smaller share");
    terminal.types(":q\r");
    assert_eq!(terminal.ends().0, 0);
    let run = lmq.run_with(b":e\n", ["review", "model", "--new", "1"]);
    assert!(run.stdout.contains("`lmq edit model/plan-in-strategy` changes this card"), "{}", run.stdout);
}

#[test]
fn where_the_input_ends_no_editor_is_opened_again() {
    let lmq = model();
    lmq.write("ed.sh", "echo opened >> opened; echo 'front = ' >> \"$1\"\n");
    for command in [&["edit", "model/plan-in-strategy"][..], &["add", "model"]] {
        let mut terminal = Terminal::start(&lmq, command, 80, 30, &[("EDITOR", "sh ed.sh")]);
        terminal.sees("Open it again? [Y/n]");
        terminal.types("\u{4}");
        let (code, text, _) = terminal.ends();
        assert_ne!(code, 0, "{text}");
        assert_eq!(lmq.read("opened"), "opened\n", "{command:?}");
        std::fs::remove_file(lmq.path("opened")).unwrap();
    }
}

#[test]
fn several_cards_are_written_in_a_row_with_lines_and_tags() {
    let lmq = model();
    lmq.ok(["answer", "model/plan-in-strategy", "good"]);
    lmq.ok(["tag", "culture", "model/plan-in-strategy"]);
    let mut terminal = Terminal::start(&lmq, &[], 80, 30, &[]);
    terminal.sees("Enter review");
    terminal.types("a");
    terminal.sees("Add a card");
    // A paste of several lines stays one field; `cul` is completed to the tag that is known.
    terminal.types("\u{1b}[Z\u{1b}[Z\u{15}mine\t\t\u{1b}[200~First line\nsecond line\u{1b}[201~\tOurs\tcul\u{1b}[C\r");
    terminal.sees("Added: First line");
    terminal.types("One more\tTheirs\r");
    terminal.sees("Added: One more");
    terminal.types("Half a thought\u{1b}");
    terminal.sees("Drop what you typed?");
    terminal.types("\r");
    terminal.sees("Half a thought");
    terminal.types("\u{1b}");
    terminal.sees("Drop what you typed?");
    terminal.types("d");
    terminal.sees("Added 2 cards");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    let cards = lmq.json(["cards", "deck:mine", "--json"]);
    let prompts: Vec<&str> = cards.as_array().unwrap().iter().map(|card| card["prompt"].as_str().unwrap()).collect();
    assert_eq!(prompts, ["First line\nsecond line", "One more"]);
    assert!(cards.as_array().unwrap().iter().all(|card| card["tags"] == serde_json::json!(["culture"])), "{cards}");
}

#[test]
fn what_was_typed_outlives_a_crash() {
    let lmq = model();
    lmq.ok(["answer", "model/plan-in-strategy", "good"]);
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("Enter review");
    terminal.types("a");
    terminal.types("\u{1b}[Z\u{1b}[Z\u{15}mine\t\tA long thought");
    terminal.sees("A long thought");
    // Once nobody types for a moment it is on the disk.
    let kept = lmq.path(".local/share/lmq/form-new.json");
    let draft = || std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("A long thought"));
    let begun = crate::terminal::started();
    while !draft() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "no draft");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    terminal.child.kill().unwrap();
    terminal.ends();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("Enter review");
    terminal.types("a");
    terminal.sees("front: A long thought");
    terminal.types("g");
    terminal.sees("mine");
    terminal.types("\tIts end\r");
    terminal.sees("Added: A long thought");
    terminal.types("\u{1b}");
    terminal.types("q");
    terminal.ends();
    assert!(!draft(), "what was saved is not offered again");
}
