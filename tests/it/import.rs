//! `lmq import`: files, options, and what it says. Tables are in import_tables.rs; which notes rows become, in matching.rs.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::home::drives_a_terminal;
use crate::home::texts;

fn toml(cards: &str) -> String {
    format!("[deck]\nid = \"d\"\n{cards}")
}

fn card(key: &str, front: &str, back: &str) -> String {
    format!("\n[[card]]\nkey = \"{key}\"\nkind = \"basic\"\nfront = \"{front}\"\nback = \"{back}\"\n")
}

#[test]
fn importing_the_same_file_twice_changes_nothing() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added\n");
    let before = lmq.everything("deck:team");
    let steps = lmq.run(["undo", "--list"]).out();
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes as they were\n");
    assert_eq!(lmq.everything("deck:team"), before);
    assert_eq!(lmq.run(["undo", "--list"]).out(), steps, "nothing changed is no step");
    let outcome = lmq.run(["import", "team.toml", "--json"]).json();
    insta::assert_snapshot!(outcome.to_string(), @r#"{"added":0,"changed":0,"copies":[],"dry_run":false,"duplicates":0,"entries_added":0,"entries_known":0,"files":1,"kept":0,"missing":0,"rejected":0,"rejections":[],"restored":0,"retired":0,"same":3,"texts_erased":0,"warnings":[]}"#);
}

#[test]
fn a_card_that_is_not_in_the_file_any_more_stays() {
    let lmq = Lmq::new();
    lmq.write("d.toml", toml(&(card("a", "one?", "1") + &card("b", "two?", "2"))));
    lmq.run(["import", "d.toml"]).ok().out();
    lmq.write("d.toml", toml(&card("b", "two?", "2")));
    let run = lmq.run(["import", "d.toml"]).ok();
    assert_eq!(
        (run.stdout.as_str(), run.stderr.as_str()),
        ("1 note as it was\n", "1 note of the deck stays that is not in the file\n")
    );
    assert_eq!(lmq.listed("deck:d"), ["one? → 1 [new]", "two? → 2 [new]"]);
}

#[test]
fn a_file_may_not_pass_for_a_built_in_deck() {
    let lmq = Lmq::new();
    lmq.write("s.toml", TEAM.replace("\"team\"", "\"skills\""));
    insta::assert_snapshot!(lmq.run(["import", "s.toml"]).err(3), @r"
    lmq: `s.toml` can't be the deck `skills`: that one is built in
      the built-in deck has no card `owner`
      the built-in deck has no card `pair`
      the built-in deck has no card `retro`
    hint: give your deck another `id`; to change a built-in card keep its key
    ");
    assert!(lmq.listed("roadmap").is_empty());
    lmq.assert_sound();
}

#[test]
fn a_folder_means_the_decks_in_it() {
    let lmq = Lmq::new();
    lmq.write("decks/team.toml", TEAM);
    lmq.write("decks/words.csv", "Hund,dog\n");
    lmq.write("decks/README.md", "no deck");
    lmq.write("decks/.hidden.csv", "a,b\n");
    let run = lmq.run(["import", "decks"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("4 notes added\n", "skipped decks/README.md: no deck\n"));
    assert_eq!(lmq.listed("deck:words"), ["Hund → dog [new]"]);
    assert_eq!(lmq.run(["undo", "--yes"]).out(), "undid: imported 4 notes into words, work::team\n", "one step");
    assert!(lmq.listed("deck:words").is_empty());
    lmq.write("none/README.md", "x");
    insta::assert_snapshot!(lmq.run(["import", "none"]).err(3), @r"
    lmq: there are no decks in `none`
    hint: decks are files that end in .toml, .csv, .tsv, .txt, .json or .jsonl
    ");
    // One bad file among them: nothing of the others comes in.
    lmq.write("decks/z.toml", "[deck]\n");
    lmq.run(["import", "decks", "--quiet"]).err(3);
    assert!(lmq.listed("deck:words").is_empty());
}

#[test]
fn standard_input_is_a_file_too() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run_with("Hund\tdog\nKatze\tcat\n", ["import", "-", "--deck", "Words"]).out(), "2 notes added\n");
    assert_eq!(lmq.listed("deck:Words"), ["Hund → dog [new]", "Katze → cat [new]"]);
    assert_eq!(lmq.run_with(TEAM, ["import", "-"]).out(), "3 notes added\n");
    insta::assert_snapshot!(lmq.run_with("", ["import", "-"]).err(3), @r"
    lmq: `-` is empty
    hint: nothing was imported
    ");
    insta::assert_snapshot!(lmq.run_with("a,b\n", ["import", "-", "--link"]).err(2), @r"
    lmq: standard input can't be followed
    hint: name a file
    ");
}

#[test]
fn a_dry_run_says_what_would_be_and_changes_nothing() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\ntwo,2\nthree,3\nfour,4\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--dry-run"]).out(), @r"
    would be: 4 notes added
      one → 1
      two → 2
      three → 3
    ");
    assert_eq!(lmq.run(["import", "a.csv", "--dry-run", "--json"]).json()["dry_run"], true);
    assert!(lmq.run(["cards", "deck:a"]).err(2).contains("there is no deck `a`"));
    assert!(!lmq.run(["decks", "--json"]).out().contains("\"a\""));
    lmq.run(["import", "a.csv", "--dry-run", "--link"]).err(2);
    assert_eq!(lmq.run(["undo", "--list", "--json"]).out(), "[]\n");
}

#[test]
fn every_kind_of_card_comes_in_and_is_shown() {
    let lmq = Lmq::new();
    lmq.write("model.toml", include_str!("data/model.toml"));
    assert_eq!(lmq.run(["import", "model.toml"]).out(), "9 notes added\n");
    let kinds = texts(&lmq.everything("deck:model"), "kind");
    for kind in ["basic", "reversed", "cloze", "choice", "sort", "list", "order", "typed"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }
    insta::assert_snapshot!(lmq.run(["cards", "deck:model"]).out(), @r"
    model/plan-in-strategy  [new]  How does a plan relate to a strategy?
    model/vision-execution#1  [new]  The counterpart of vision
    model/vision-execution#2  [new]  The counterpart of execution
    model/three-things#1  [new]  Aligning works on [what they do], thoughts and engagement.
    model/three-things#2  [new]  Aligning works on behaviour, […] and engagement.
    model/three-things#3  [new]  Aligning works on behaviour, thoughts and […].
    model/hand-washing  [new]  One ward head tells a patient's story, the other signs the rota. Which pair is this?
    model/carry-out  [new]  Ines redraws the shifts for the week without ovens. Which role is she playing?
    model/three-habits  [new]  Which three habits does leading through influence rest on?
    model/from-far-to-near  [new]  From far to near:
    model/engagement-share  [new]  How much of the variance in engagement do managers account for?
    model/kept-aside  [new]  Oskar asks what the street will need in ten years. Which role is he playing?
    ");
}

#[test]
fn formats_are_named_or_the_nearest_is_offered() {
    let lmq = Lmq::new();
    lmq.write("a.csv", "one,1\n");
    insta::assert_snapshot!(lmq.run(["import", "a.csv", "--format", "cvs"]).err(2), @r"
    lmq: there is no format `cvs`
    hint: did you mean `csv`?
    ");
    let error = lmq.run(["import", "a.csv", "--format", "powerpoint"]).err(2);
    assert_eq!(error, "lmq: there is no format `powerpoint`\nhint: there are toml, jsonl, json, tsv, csv\n");
    let error = lmq.run(["import", "a.csv", "--delimiter", "ab"]).err(2);
    assert!(error.contains("give one character, or tab, comma, semicolon, pipe, colon, space"), "{error}");
    insta::assert_snapshot!(lmq.run(["import", "nope.csv"]).err(1), @r"
    lmq: cannot read `nope.csv`
      No such file or directory (os error 2)
    hint: check the name; `-` reads standard input
    ");
    lmq.write("x.docx", b"PK\x03\x04\x00\x00\xff\xfe\x00binary\x00");
    lmq.run(["import", "x.docx"]).err(3);
    lmq.run(["import"]).err(2);
}

#[test]
fn an_unknown_card_is_answered_with_the_nearest_name() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).done();
    assert!(lmq.run(["show", "team/ownr"]).err(2).contains("did you mean `team/owner`?"));
}

#[test]
fn hostile_text_comes_in_and_never_drives_a_terminal() {
    let lmq = Lmq::at_home();
    let deck = "[deck]\nid = \"evil\"\nname = \"e\\u001b[2Jvil\"\ntitle = \"\\u202eeltit\"\n[[topic]]\nid = \"t\"\ntitle = \"\\u001b]0;x\\u0007\"\nprimer = \"\\u009b2J\"\n\
        [[card]]\nkey = \"k\"\nkind = \"choice\"\nprompt = \"a\\u001b[31mb\"\nanswer = \"\\u001b[5mx\"\ndistractors = [\"\\u0008y\", \"z\"]\ntopic = \"t\"\nextra = \"\\u202e\"\nhint = \"\\u001b\"\nspeaker = \"\\u0007\"\ntags = [\"\\u001b\"]\n";
    lmq.import("evil.toml", deck);
    lmq.import("evil.csv", "front,back\n\u{1b}[2J one,\u{9b}5m two\n");
    for args in [
        &["cards"][..],
        &["cards", "--json"],
        &["decks"],
        &["decks", "--json"],
        &["show", "evil/k"],
        &["show", "evil/k", "--json"],
        &["next"],
        &["report", "--with-cards"],
        &["report", "--with-cards", "--format", "md"],
        &["report", "--with-cards", "--format", "csv"],
        &["report", "--with-cards", "--format", "html"],
        &["report", "--with-cards", "--json"],
        &["stats"],
        &["history"],
        &["undo", "--list"],
    ] {
        assert!(!drives_a_terminal(&lmq.ok(args)), "{args:?}");
    }
    let run = lmq.run_with(b"\n:i\n:h\n3\n1\n3\n", ["review", "evil"]);
    assert!(run.code == 0 && !drives_a_terminal(&run.stdout) && run.stdout.contains("two"), "{run:?}");
}
