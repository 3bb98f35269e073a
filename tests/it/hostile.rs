//! What a hostile or broken file, or a slip on the command line, may not do.

use crate::home::Lmq;
use crate::home::Run;
use crate::world::World;
use lmq::failure::Kind;

/// ESC, a C1 control sequence introducer, BEL, a bidirectional override.
const EVIL: &str = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}";

#[track_caller]
fn assert_harmless(run: &Run) {
    for (stream, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let bad = text
            .chars()
            .find(|c| (c.is_control() && *c != '\n' && *c != '\t') || matches!(*c, '\u{202e}' | '\u{feff}'));
        assert_eq!(bad, None, "{stream}: {text:?}");
    }
}

#[test]
fn terminal_escape_codes_in_a_deck_never_reach_the_terminal() {
    let lmq = Lmq::new();
    lmq.write("evil.csv", format!("key,front,back,tags,hint,extra,topic,speaker\nk,Q{EVIL}q,A{EVIL}a,t{EVIL},h{EVIL},e{EVIL},T{EVIL},S{EVIL}\n"));
    lmq.run(["import", "evil.csv"]).ok().out();
    lmq.run(["add", "plain", &format!("front{EVIL}"), &format!("back{EVIL}")]).ok().out();
    lmq.write("named.toml", "[deck]\nid = \"named\"\nname = \"n\\u001b[2J\\u202e\"\ntitle = \"t\\u001b[31m\"\n");
    lmq.run(["import", "named.toml"]).done();
    assert_harmless(&lmq.run(["add", &format!("deck{EVIL}"), "front", "back"]).code(2));
    lmq.run(["answer", "evil/k", "good"]).ok().out();
    for args in [
        &["cards"][..],
        &["cards", "--json"],
        &["show", "evil/k"],
        &["show", "evil/k", "--json"],
        &["next", "evil", "--new", "5"],
        &["next", "evil", "--json"],
        &["decks"],
        &["decks", "--json"],
        &["history"],
        &["history", "--json"],
        &["undo", "--list"],
        &["undo", "--list", "--json"],
        &["report"],
        &["report", "--with-cards"],
        &["report", "--with-cards", "--format", "md"],
        &["report", "--with-cards", "--format", "json"],
        &["report", "--with-cards", "--format", "csv"],
        &["report", "--with-cards", "--format", "html"],
        &["stats"],
        &["doctor"],
        &["export", "evil", "--format", "toml"],
        &["export", "evil", "--format", "json"],
        &["export", "evil", "--format", "jsonl"],
    ] {
        let line: Vec<String> = args.iter().map(|arg| format!("'{arg}'")).collect();
        let run = lmq.shell(&format!("lmq {}", line.join(" "))).ok();
        assert_harmless(&run);
    }
}

#[test]
fn nor_do_those_in_messages() {
    let lmq = Lmq::new();
    let toml = format!(
        "[deck]\nid = \"d\"\n[[card]]\nkey = \"k\"\nkind = \"bad{}\"\n",
        EVIL.escape_unicode()
            .to_string()
            .replace("\\u{1b}", "\\u001b")
            .replace("\\u{9b}", "\\u009b")
            .replace("\\u{7}", "\\u0007")
            .replace("\\u{202e}", "\\u202e")
            .replace("\\u{5b}", "[")
            .replace("\\u{32}", "2")
            .replace("\\u{4a}", "J")
            .replace("\\u{33}", "3")
            .replace("\\u{31}", "1")
            .replace("\\u{6d}", "m")
    );
    lmq.write("e.toml", toml);
    let run = lmq.run(["import", "e.toml"]).code(3);
    assert!(run.stderr.contains("unknown-kind"), "{}", run.stderr);
    assert_harmless(&run);
    let name = format!("x{EVIL}");
    for run in [
        lmq.run(["cards", &format!("deck:{name}")]),
        lmq.run(["show", &name]),
        lmq.run(["answer", &name, "good"]),
        lmq.run(["import", &name]),
        lmq.run(["config", "get", &name]),
        lmq.run(["restore", &name]),
        lmq.run(["export", &name, "--format", "csv"]),
    ] {
        assert!([1, 2].contains(&run.code), "{run:?}");
        assert_harmless(&run);
    }
    // File names, in what is said while all goes well.
    let folder = format!("f{EVIL}");
    lmq.write(&format!("{folder}/a.csv"), "one,1\ntwo,2\nbad\n");
    lmq.write(&format!("{folder}/b.md"), "no deck");
    assert_harmless(&lmq.run(["import", &folder, "--link"]).ok());
    lmq.write(&format!("{folder}/a.csv"), "one,1\ntwo,2\nthree,3\n");
    let run = lmq.run(["decks"]).ok();
    assert!(run.stderr.contains("changed"), "{run:?}");
    assert_harmless(&run);
    assert_harmless(&lmq.run(["undo", "--list"]).ok());
    std::fs::remove_file(lmq.path(&format!("{folder}/a.csv"))).unwrap();
    assert_harmless(&lmq.run(["decks"]).ok());
    assert_harmless(&lmq.run(["backup", &format!("{folder}/b.db")]).ok());
    assert_harmless(&lmq.run(["restore", &format!("{folder}/b.db")]).ok());
    assert_harmless(&lmq.run(["report", "--out", &format!("{folder}/r.md")]).ok());
}

#[test]
fn json_nested_a_hundred_thousand_deep_is_refused() {
    let mut world = World::bare();
    for (name, text) in [
        ("a.json", "[".repeat(100_000)),
        ("b.json", "{\"a\":".repeat(100_000)),
        ("c.jsonl", "{\"a\":".repeat(100_000)),
        ("d.json", format!("{{\"lmq\":1,\"decks\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000))),
        ("e.toml", format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000))),
    ] {
        let refused = world.try_import(name, text).unwrap_err();
        let words = refused.to_string();
        assert!(refused.kind == Kind::Data && words.len() < 2000, "{name}: {} bytes", words.len());
    }
    world.assert_sound();
}

#[test]
fn broken_json_is_said_with_its_place() {
    let mut world = World::bare();
    let refused = world.try_import("a.json", "{\"lmq\": 1, \"decks\": [").unwrap_err();
    assert_eq!((refused.kind, refused.what.as_str()), (Kind::Data, "cannot read `a.json`"));
    assert!(refused.places[0].starts_with("line "), "{refused}");
    for (name, text) in [("b.json", "{}"), ("c.json", "[1, 2, 3]")] {
        assert_eq!(world.try_import(name, text).unwrap_err().kind, Kind::Data, "{name}");
    }
    let report = world.import("d.jsonl", "{\"front\":\"q\",\"back\":\"a\"}\nnot json\n");
    assert!(report.rejected[0].contains("d.jsonl"), "{report:?}");
}

#[test]
fn times_that_are_none_are_refused() {
    let lmq = Lmq::new();
    for now in ["soon", "2026-02-30T09:00:00+01:00", "2026-01-15T25:00", "12", "2026-01-15T09:00:00+18:01"] {
        let error = lmq.run(["--now", now, "decks"]).err(2);
        assert!(error.contains("not a time; write 2026-01-15T09:00:00+01:00"), "{now}: {error}");
    }
    for now in ["2026-01-15T09:00", "2026-01-15", "2026-01-15 09:00:00", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
    {
        lmq.run(["--now", now, "decks"]).done();
    }
    // What is written then no other device would take.
    for now in ["3000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let error = lmq.run(["--now", now, "add", "team", "a", "b"]).err(1);
        assert!(error.starts_with("lmq: not saved: the clock says ") && error.contains("set the clock"), "{error}");
    }
    lmq.run(["--now", "2999-12-31T23:00:00-18:00", "add", "team", "a", "b"]).err(1);
    lmq.run(["--now", "2999-12-31T23:00:00Z", "add", "team", "a", "b"]).done();
    let other = Lmq::new();
    other.write("h.jsonl", lmq.run(["export", "--what", "history", "-q"]).out());
    other.run(["import", "h.jsonl", "--accept-future"]).done();
}

#[test]
fn options_that_are_none_are_refused() {
    let lmq = Lmq::new();
    for args in [["--color", "blue"], ["--colour", "never"], ["--db", ""], ["frobnicate", "x"]] {
        assert!(lmq.run(args).err(2).contains(args[0]), "{args:?}");
    }
    for colour in ["auto", "always", "never"] {
        lmq.run(["--color", colour, "decks"]).ok().out();
    }
}

#[test]
fn the_database_is_in_the_data_folder_of_the_platform() {
    let lmq = Lmq::new();
    lmq.shell("env -u LMQ_DB lmq decks").done();
    assert!(lmq.path("xdg/lmq/lmq.db").exists());
}
