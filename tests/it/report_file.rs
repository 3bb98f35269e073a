//! `lmq report`.

use crate::home::Lmq;

/// Texts that must not be in a report unless cards are asked for.
const MARKERS: [&str; 5] = ["PROMPTMARK", "ANSWERMARK", "EXTRAMARK", "HINTMARK", "TAGMARK"];

fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write(
        "team.toml",
        r#"[deck]
id = "team"
title = "Our team"

[[topic]]
id = "T1"
title = "who does what"

[[card]]
key = "owner"
kind = "basic"
front = "PROMPTMARK who?"
back = "ANSWERMARK Amara"
extra = "EXTRAMARK"
hint = "HINTMARK"
tags = ["TAGMARK"]
source = ["T1"]

[[card]]
key = "role"
kind = "sort"
prompt = "PROMPTMARK which side?"
answer = "leader"
categories = ["leader", "manager"]
source = ["T1"]
"#,
    );
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["add", "team", "PROMPTMARK keyless?", "ANSWERMARK"]).ok().out();
    for (day, grade) in [(15, "good"), (16, "good"), (17, "again"), (22, "easy")] {
        let now = format!("2026-01-{day}T09:00:00+01:00");
        lmq.run_at(&now, ["answer", "team/owner", grade, "--ms", "4000"]).ok().out();
        lmq.run_at(&now, ["answer", "team/role", "good", "--ms", "8000"]).ok().out();
    }
    lmq
}

const LATER: &str = "2026-01-23T09:00:00+01:00";

#[test]
fn no_form_of_the_report_holds_card_texts_unless_asked() {
    let lmq = used();
    for format in ["text", "html", "md", "csv", "json"] {
        let plain = lmq.run_at(LATER, ["report", "--format", format]).out();
        for marker in MARKERS {
            assert!(!plain.contains(marker), "{format} leaks {marker}");
        }
        assert!(!plain.contains("$T") && !plain.contains("lmq.db"), "{format} leaks a path");
        assert!(plain.contains("who does what"), "{format} lacks topics");
        let with = lmq.run_at(LATER, ["report", "--format", format, "--with-cards"]).out();
        assert!(with.contains("owner") && with.contains("PROMPTMARK keyless?"), "{format}:\n{with}");
        assert!(!with.contains("ANSWERMARK"), "{format}: answers are never in it");
    }
    let stats = lmq.run_at(LATER, ["stats", "--all"]).out();
    assert!(MARKERS.iter().all(|marker| !stats.contains(marker)));
}

#[test]
fn the_numbers_are_those_of_the_answers() {
    let lmq = used();
    let json = lmq.run_at(LATER, ["report", "--json", "--deck", "team"]).json();
    let text = json.to_string();
    assert!(text.contains("\"answers\""), "{text}");
    assert_eq!(lmq.run_at(LATER, ["report", "--format", "json", "--deck", "team"]).json(), json);
    let none = lmq.run_at(LATER, ["report", "--format", "text", "--since", "2026-01-23"]).out();
    assert_ne!(none, lmq.run_at(LATER, ["report", "--format", "text"]).out());
    lmq.run_at(LATER, ["report", "--since", "30d", "--until", "2026-01-20"]).ok().out();
}

#[test]
fn the_ending_of_the_file_says_the_form() {
    let lmq = used();
    for (file, begin) in
        [("r.html", "<!DOCTYPE html>"), ("r.md", "# "), ("r.csv", ""), ("r.json", "{"), ("r.txt", "Progress report")]
    {
        let run = lmq.run_at(LATER, ["report", "--out", file]).ok();
        assert_eq!((run.stdout.as_str(), run.stderr), ("", format!("wrote {file}\n")));
        let text = lmq.read(file);
        assert!(text.starts_with(begin) && text.len() > 100, "{file}: {}", text.lines().next().unwrap());
    }
    let html = lmq.read("r.html");
    for bad in ["<script", "http://", "https://", "src=", "@import"] {
        assert!(!html.contains(bad), "{bad}");
    }
    insta::assert_snapshot!(lmq.run(["report", "--out", "no/such/folder.html"]).err(1), @r"
    lmq: cannot write `no/such/folder.html`
      there is no folder `no/such`
    hint: create it first, or name another
    ");
    lmq.write("no/x", "");
    insta::assert_snapshot!(lmq.run(["report", "--out", "no"]).err(1), @r"
    lmq: cannot write `no`: it is a folder
    hint: name a file in it
    ");
    let error = lmq.run(["report", "--out", "r.md/x.md"]).err(1);
    assert!(error.starts_with("lmq: cannot write `r.md/x.md`\n"), "{error}");
}

#[test]
fn impossible_days_decks_and_forms_are_refused() {
    let lmq = Lmq::new();
    for day in ["2026-02-30", "yesterday", "15.1.2026", "", "-3d"] {
        let error = lmq.run(["report", &format!("--since={day}")]).err(2);
        assert!(
            error.contains("write 2026-01-15, or 30d for thirty days ago") || error.contains("a value is required"),
            "{day}: {error}"
        );
    }
    insta::assert_snapshot!(lmq.run(["report", "--since", "2026-01-10", "--until", "2026-01-01"]).err(2), @r"
    lmq: 2026-01-10 is after 2026-01-01
    hint: give the earlier day to --since, the later to --until
    ");
    insta::assert_snapshot!(lmq.run(["report", "--deck", "skils"]).err(2), @r"
    lmq: there is no deck `skils`
    hint: did you mean `skills`? `lmq decks` lists all
    ");
    lmq.run(["report", "--format", "pdf"]).err(2);
    // Days far away are days.
    for day in ["0001-01-01", "9999-12-31", "4000000000d"] {
        lmq.run(["report", "--since", day]).ok().out();
    }
}
