//! `lmq export`.

use crate::home::Lmq;
use crate::home::TEAM;
use std::fs;

/// A database with decks of all kinds and awkward texts.
fn full() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.write("model.toml", include_str!("data/model.toml"));
    lmq.write(
        "odd.csv",
        "front,back,tags\n\"=1+1\",\"- two\nlines\",\"a,b\"\n\" é “quoted” \"\"x\"\" \",;|tab\there,\n#hash,'quote,\n",
    );
    lmq.run(["import", "team.toml", "model.toml", "odd.csv"]).ok().out();
    lmq.run(["add", "Geo::Capitals", "Capital of Peru?", "Lima", "--hint", "kings", "--extra", "since 1535"])
        .ok()
        .out();
    lmq
}

#[test]
fn every_format_comes_back_equal_in_another_database() {
    let lmq = full();
    for format in ["json", "jsonl", "csv"] {
        let file = format!("all.{format}");
        let run = lmq.run(["export", "team", "model", "odd", "Geo", "--out", &file]).ok();
        assert_eq!(run.stderr, "wrote 16 notes\n", "{format}");
        let other = Lmq::new();
        fs::copy(lmq.path(&file), other.path(&file)).unwrap();
        assert_eq!(other.run(["import", &file]).out(), "16 notes added\n", "{format}");
        for deck in ["deck:work::team", "deck:model", "deck:odd", "deck:Geo::Capitals"] {
            let (mut ours, mut theirs) = (lmq.everything(deck), other.everything(deck));
            if format == "csv" {
                // A table has the deck's name only, and no titles of topics: docs/csv.md.
                for card in ours.as_array_mut().unwrap().iter_mut().chain(theirs.as_array_mut().unwrap()) {
                    for field in ["topic_title", "deck", "name"] {
                        drop(card[field].take());
                    }
                }
            }
            assert_eq!(ours, theirs, "{format} {deck}");
        }
        assert!(other.run(["import", &file]).out().ends_with("16 notes as they were\n"));
        other.assert_sound();
    }
}

#[test]
fn each_deck_goes_out_as_toml_and_comes_back_equal() {
    let lmq = full();
    for deck in ["team", "model"] {
        lmq.run(["export", deck, "--format", "toml", "--out", "deck.toml", "-q", "--force"]).ok().out();
        let other = Lmq::new();
        fs::copy(lmq.path("deck.toml"), other.path("deck.toml")).unwrap();
        other.run(["import", "deck.toml"]).ok().out();
        assert_eq!(lmq.everything(&format!("deck:{deck}")), other.everything(&format!("deck:{deck}")));
    }
    assert_eq!(lmq.run(["export", "team", "--format", "toml", "-q"]).out(), TEAM);
}

#[test]
fn a_keyless_note_keeps_its_id_through_toml() {
    let lmq = full();
    lmq.run(["export", "odd", "--out", "odd.toml", "-q"]).ok().out();
    let before = lmq.everything("deck:odd");
    let told = lmq.run(["import", "odd.toml"]).out();
    assert_eq!(lmq.cards("deck:odd").len(), 3, "{told}");
    let ids = |cards: &serde_json::Value| crate::home::texts(cards, "id");
    assert_eq!(ids(&lmq.everything("deck:odd")), ids(&before));
}

#[test]
fn a_toml_file_holds_one_deck() {
    let lmq = full();
    let run = lmq.run(["export", "team", "model", "--format", "toml", "--out", "two.toml"]);
    insta::assert_snapshot!(run.err(2), @r"
    lmq: this format can't hold that
      a TOML file holds one deck: name one deck, or use --format json
    ");
    assert!(!lmq.path("two.toml").exists());
    let run = lmq.run(["export", "team", "model", "--format", "toml"]);
    assert!(run.code == 2 && run.stdout.is_empty(), "nothing goes out before that is known: {run:?}");
    insta::assert_snapshot!(lmq.run(["export", "team"]).err(2), @r"
    lmq: the format is not given
    hint: say --format toml, csv, json or jsonl
    ");
    lmq.run(["export", "team", "--format", "xls"]).err(2);
    lmq.run(["export", "taem", "--format", "csv"]).err(2);
    lmq.run(["export", "--what", "history", "--format", "csv"]).err(2);
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let lmq = full();
    lmq.write("out.csv", "old");
    lmq.run(["export", "team", "--out", "out.csv", "-q", "--force"]).ok().out();
    assert!(lmq.read("out.csv").contains("Who owns the roadmap?"));
    lmq.write("keep/x", "");
    insta::assert_snapshot!(lmq.run(["export", "team", "--format", "csv", "--out", "keep"]).err(1), @r"
    lmq: cannot write `keep`: it is a folder
    hint: name a file in it
    ");
    let error = lmq.run(["export", "team", "--format", "csv", "--out", "out.csv/x.csv"]).err(1);
    assert!(error.starts_with("lmq: cannot write `out.csv/x.csv`\n  "), "{error}");
    std::os::unix::fs::symlink("real.json", lmq.path("link.json")).unwrap();
    lmq.write("real.json", "old");
    lmq.run(["export", "team", "--out", "link.json", "-q", "--force"]).ok().out();
    assert!(lmq.path("link.json").is_symlink() && lmq.read("real.json").contains("roadmap"));
    let run = lmq.shell("lmq export --format json > /dev/full");
    insta::assert_snapshot!(run.err(1), @r"
    lmq: cannot write the output
      No space left on device (os error 28)
    hint: check the space on the disk
    ");
}

#[test]
fn the_history_taken_into_another_database_gives_equal_states() {
    let lmq = full();
    for (now, card, grade) in [
        ("2026-01-15T09:00:00+01:00", "team/owner", "good"),
        ("2026-01-15T09:01:00+01:00", "team/retro#1", "again"),
        ("2026-01-15T09:02:00+01:00", "team/retro#1", "hard"),
        ("2026-01-16T09:00:00+02:00", "team/owner", "easy"),
        ("2026-01-17T09:00:00+01:00", "model/plan-in-strategy", "0"),
    ] {
        lmq.run_at(now, ["answer", card, grade]).ok().out();
    }
    lmq.run_at("2026-01-17T09:01:00+01:00", ["undo"]).ok().out();
    let run = lmq.run(["export", "--what", "history", "--out", "log.jsonl"]).ok();
    let written = run.stderr.strip_prefix("wrote ").and_then(|said| said.strip_suffix(" entries of the log\n"));
    let written: u64 = written.unwrap_or_else(|| panic!("{}", run.stderr)).parse().unwrap();
    for text_first in [true, false] {
        let other = Lmq::new();
        for file in ["team.toml", "model.toml", "log.jsonl"] {
            fs::copy(lmq.path(file), other.path(file)).unwrap();
        }
        let decks = || other.run(["import", "team.toml", "model.toml", "-q"]).ok().out();
        if text_first {
            decks();
        }
        let taken = |lmq: &Lmq, file: &str| {
            let said = lmq.run(["import", file, "--json"]).json();
            (said["entries_added"].as_u64().unwrap(), said["entries_known"].as_u64().unwrap())
        };
        assert_eq!(taken(&other, "log.jsonl"), (written, 0));
        if !text_first {
            decks();
        }
        for deck in ["deck:team", "deck:model"] {
            assert_eq!(lmq.everything(deck), other.everything(deck));
        }
        let log = |lmq: &Lmq| lmq.run(["history", "team/retro#1", "--json"]).json();
        assert_eq!(log(&lmq), log(&other));
        assert_eq!(taken(&other, "log.jsonl"), (0, written), "again is nothing new");
        let back = other.run(["export", "--what", "history", "--out", "back.jsonl"]).ok();
        let all: u64 = back.stderr.split(' ').nth(1).unwrap().parse().unwrap();
        fs::copy(other.path("back.jsonl"), lmq.path("back.jsonl")).unwrap();
        assert_eq!(taken(&lmq, "back.jsonl"), (all - written, written), "only what the other one wrote is new here");
        assert_eq!(taken(&lmq, "back.jsonl"), (0, all));
        for deck in ["deck:team", "deck:model"] {
            assert_eq!(lmq.everything(deck), other.everything(deck), "nor does anything change on the way back");
        }
        assert_eq!(other.run_at("2026-01-17T09:02:00+01:00", ["doctor"]).out(), "everything is in order\n");
    }
}

#[test]
fn a_log_that_says_otherwise_is_refused() {
    let lmq = full();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run(["export", "--what", "history", "--out", "log.jsonl", "-q"]).ok().out();
    let log = lmq.read("log.jsonl");
    assert!(log.contains("\"quality\":\"4\""), "{}", log.lines().last().unwrap());
    lmq.write("forged.jsonl", log.replace("\"quality\":\"4\"", "\"quality\":\"5\""));
    let before = lmq.everything("deck:team");
    let error = lmq.run(["import", "forged.jsonl"]).err(3);
    let last = log.lines().count();
    let reason =
        "the hash of the entries is not the one that the segment's head says: something in it was changed or damaged";
    assert_eq!(
        error,
        format!(
            "lmq: cannot read `forged.jsonl`\n  line {last}: {reason}\n  forged.jsonl\nhint: nothing was changed\n"
        )
    );
    assert_eq!(lmq.everything("deck:team"), before);
    lmq.assert_sound();
    // A cut log changes nothing either, be it within a line or after one.
    let other = Lmq::new();
    let before = other.everything("");
    let line_end = log.trim_end().rfind('\n').unwrap() + 1;
    for (cut, reason) in [(log.len() - 20, "it is cut off"), (line_end, "the file ends where entry ")] {
        other.write("cut.jsonl", log.get(..cut).unwrap());
        let error = other.run(["import", "cut.jsonl"]).err(3);
        assert!(error.contains(&format!("  line {last}: {reason}")), "{error}");
        assert!(error.ends_with("hint: nothing was changed\n"), "{error}");
        assert_eq!(other.everything(""), before);
        assert!(other.run(["cards", "deck:team"]).err(2).contains("there is no deck `team`"));
    }
    other.assert_sound();
}
