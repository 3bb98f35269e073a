//! `lmq export`.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::time;

const MODEL: &str = include_str!("data/model.toml");

/// Awkward texts.
const ODD: &str =
    "front,back,tags\n\"=1+1\",\"- two\nlines\",\"a,b\"\n\" é “quoted” \"\"x\"\" \",;|tab\there,\n#hash,'quote,\n";

/// The same as [`full`] without the built-in decks, in-process.
fn full_world() -> World {
    let mut world = World::bare();
    for (name, text) in [("team.toml", TEAM), ("model.toml", MODEL), ("odd.csv", ODD)] {
        world.import(name, text);
    }
    let mut text = lmq::ops::weekly_scene::basic("Capital of Peru?", "Lima");
    (text.hint, text.extra) = (Some("kings".to_owned()), Some("since 1535".to_owned()));
    world.try_add("Geo::Capitals", None, &text).unwrap();
    world
}

/// A database with decks of all kinds and awkward texts.
fn full() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.write("model.toml", MODEL);
    lmq.write("odd.csv", ODD);
    lmq.run(["import", "team.toml", "model.toml", "odd.csv"]).ok().out();
    lmq.run(["add", "Geo::Capitals", "Capital of Peru?", "Lima", "--hint", "kings", "--extra", "since 1535"])
        .ok()
        .out();
    lmq
}

#[test]
fn every_format_comes_back_equal_in_another_database() {
    let world = full_world();
    let names = ["team", "model", "odd", "Geo"].map(str::to_owned);
    let decks = lmq::ops::decks::named(&world.store, &names).unwrap();
    for format in ["json", "jsonl", "csv"] {
        let file = format!("all.{format}");
        let (mut out, exporter) = (Vec::new(), lmq::formats::exporter(format).unwrap());
        let written = lmq::ops::export::notes(&world.store, &decks, None, exporter, &mut out).unwrap().unwrap();
        assert_eq!(written, 16, "{format}");
        let mut other = World::bare();
        assert_eq!(other.import(&file, &out).sentence(), "16 notes added", "{format}");
        for deck in ["deck:work::team", "deck:model", "deck:odd", "deck:Geo::Capitals"] {
            let (mut ours, mut theirs) = (world.found(deck), other.found(deck));
            if format == "csv" {
                // A table has the deck's name only, and no titles of topics: docs/csv.md.
                for card in ours.iter_mut().chain(&mut theirs) {
                    (card.topic, card.named) = (None, true);
                    card.deck.clear();
                }
            }
            assert_eq!(ours, theirs, "{format} {deck}");
        }
        assert!(other.import(&file, &out).sentence().ends_with("16 notes unchanged"));
        other.assert_sound();
    }
}

#[test]
fn each_deck_goes_out_as_toml_and_comes_back_equal() {
    let world = full_world();
    for deck in ["team", "model"] {
        let mut other = World::bare();
        other.import("deck.toml", world.export(deck, "toml"));
        assert_eq!(world.found(&format!("deck:{deck}")), other.found(&format!("deck:{deck}")));
    }
    assert_eq!(world.export("team", "toml"), TEAM);
}

#[test]
fn a_keyless_note_keeps_its_id_through_toml() {
    let mut world = full_world();
    let before = world.found("deck:odd");
    let told = world.import("odd.toml", world.export("odd", "toml")).sentence();
    let after = world.found("deck:odd");
    assert_eq!(after.len(), 3, "{told}");
    let ids = |lines: &[lmq::store::CardLine]| lines.iter().map(|line| line.card).collect::<Vec<_>>();
    assert_eq!(ids(&after), ids(&before));
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
    hint: use --format toml, csv, tsv, json or jsonl
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
    let mut world = full_world();
    for (now, card, quality) in [
        ("2026-01-15T09:00:00+01:00", "team/owner", 4),
        ("2026-01-15T09:01:00+01:00", "team/retro#1", 2),
        ("2026-01-15T09:02:00+01:00", "team/retro#1", 3),
        ("2026-01-16T09:00:00+02:00", "team/owner", 5),
        ("2026-01-17T09:00:00+01:00", "model/plan-in-strategy", 0),
    ] {
        world.set_now(time(now));
        world.answer_named(card, quality);
    }
    world.set_now(time("2026-01-17T09:01:00+01:00"));
    world.undo_newest();
    let (log, written) = log_of(&world);
    for text_first in [true, false] {
        let mut other = World::bare();
        other.set_now(world.now());
        let decks = |other: &mut World| {
            other.import("team.toml", TEAM);
            other.import("model.toml", MODEL);
        };
        if text_first {
            decks(&mut other);
        }
        let taken = |world: &mut World, log: &str| {
            let report = world.import("log.jsonl", log);
            (report.entries_added, report.entries_known)
        };
        assert_eq!(taken(&mut other, &log), (written, 0));
        if !text_first {
            decks(&mut other);
        }
        for deck in ["deck:team", "deck:model"] {
            assert_eq!(world.found(deck), other.found(deck));
        }
        let card = world.card("team/retro#1").card;
        let told = |world: &World| -> Vec<String> {
            let rows = world.history(card);
            let rows = rows.iter().filter(|row| !lmq::ops::card_details::is_of_source(row));
            rows.map(|row| format!("{} {} {:?}", row.name, row.voided, row.after.as_ref().map(|state| &state.memory)))
                .collect()
        };
        assert_eq!(told(&world), told(&other));
        assert_eq!(report(&world), report(&other));
        assert_eq!(taken(&mut other, &log), (0, written), "again is nothing new");
        let (back, all) = log_of(&other);
        assert_eq!(taken(&mut world, &back), (all - written, written), "only what the other one wrote is new here");
        assert_eq!(taken(&mut world, &back), (0, all));
        for deck in ["deck:team", "deck:model"] {
            assert_eq!(world.found(deck), other.found(deck), "nor does anything change on the way back");
        }
        other.set_now(time("2026-01-17T09:02:00+01:00"));
        other.assert_sound();
    }
}

/// The log, and how many entries it has.
fn log_of(world: &World) -> (String, u64) {
    let mut out = Vec::new();
    let written = lmq::ops::export::log(&world.store, crate::world::WHOLE, &mut out).unwrap().unwrap().entries;
    (String::from_utf8(out).unwrap(), written)
}

/// What a report says of the answers.
fn report(world: &World) -> serde_json::Value {
    world.report_json()["sections"]["summary"].clone()
}

#[test]
fn a_log_that_says_otherwise_is_refused() {
    let lmq = full();
    lmq.run(["answer", "team/owner", "good"]).ok().out();
    lmq.run(["export", "--what", "history", "--out", "log.jsonl", "-q"]).ok().out();
    let log = lmq.read("log.jsonl");
    assert!(log.contains("\"quality\":\"4\""), "{}", log.lines().last().unwrap());
    lmq.write("forged.jsonl", log.replace("\"quality\":\"4\"", "\"quality\":\"5\""));
    let before = lmq.cards("deck:team");
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
    assert_eq!(lmq.cards("deck:team"), before);
    lmq.assert_sound();
    // A cut log changes nothing either, be it within a line or after one.
    let other = Lmq::new();
    let before = other.cards("");
    let line_end = log.trim_end().rfind('\n').unwrap() + 1;
    for (cut, reason) in [(log.len() - 20, "it is cut off"), (line_end, "the file ends where entry ")] {
        other.write("cut.jsonl", log.get(..cut).unwrap());
        let error = other.run(["import", "cut.jsonl"]).err(3);
        assert!(error.contains(&format!("  line {last}: {reason}")), "{error}");
        assert!(error.ends_with("hint: nothing was changed\n"), "{error}");
        assert_eq!(other.cards(""), before);
        assert!(other.run(["cards", "deck:team"]).err(2).contains("there is no deck `team`"));
    }
    other.assert_sound();
}

#[test]
fn what_a_format_can_not_hold_is_named_before_the_first_byte() {
    let lmq = Lmq::new();
    lmq.write(
        "a.json",
        r#"{"format":"lmq-notes","version":1,"decks":[{"id":"geo","notes":[
        {"key":"ok","kind":"basic","fields":{"front":"a","back":"b"}},
        {"key":"odd","kind":"basic","fields":{"front":"c\u0000","back":"d"}}]}]}"#,
    );
    lmq.run(["import", "a.json"]).done();
    let run = lmq.run(["export", "geo", "--format", "toml"]);
    assert!(run.code == 3 && run.stdout.is_empty(), "{run:?}");
    assert!(run.stderr.contains("geo/odd: ") && run.stderr.contains("lmq edit geo/odd"), "{run:?}");
    for (args, said) in [
        (&["export", "--out", "t.xlsx"][..], "lmq can't export to `.xlsx`"),
        (&["export", "--what", "history", "--out", "h.csv"], "can't be exported to `.csv`"),
        (&["report", "--out", "x.pdf"], "can't write a report as `.pdf`"),
    ] {
        assert!(lmq.run(args).err(2).contains(said), "{args:?}");
    }
}
