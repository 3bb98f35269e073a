//! `lmq report` and `lmq stats`: one model, five forms, and nothing of you in them that was not asked for.

use crate::home::Lmq;
use crate::world::World;

/// A database with a marker in every text, and answers that hold one too.
fn marked() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.write(
        "secret.toml",
        "[deck]\nid = \"secret\"\nname = \"secret\"\n[[topic]]\nid = \"t\"\ntitle = \"plans\"\nprimer = \"MARKER-primer\"\ntry = \"MARKER-try\"\n\
         [[card]]\nkey = \"k1\"\nkind = \"typed\"\nprompt = \"MARKER-prompt\"\nanswer = \"MARKER-answer\"\nhint = \"MARKER-hint\"\nextra = \"MARKER-extra\"\ntopic = \"t\"\n\
         [[card]]\nkey = \"k2\"\nkind = \"sort\"\nprompt = \"MARKER-scene\"\nanswer = \"leader\"\ncategories = [\"leader\", \"manager\"]\ntopic = \"t\"\n",
    );
    lmq.ok(["import", "secret.toml"]);
    let run = lmq.run_with(b"MARKER-typed\n1\nmanager\n\n\nleader\n\n", ["review", "secret", "--plain"]);
    assert_eq!(run.code, 0, "{run:?}");
    lmq
}

#[test]
fn no_form_shows_a_cards_text_or_an_answer_unless_cards_are_asked_for() {
    let lmq = marked();
    assert!(lmq.ok(["history", "--json"]).contains("MARKER-typed"), "the log has it");
    for format in ["text", "html", "md", "csv", "json"] {
        let report = lmq.ok(["report", "--format", format]);
        assert!(!report.contains("MARKER"), "{format}");
        assert!(report.contains("plans"), "{format}: topics go by their titles");
        let with = lmq.ok(["report", "--format", format, "--with-cards"]);
        assert!(with.contains("k1") && !with.contains("MARKER-typed"), "{format}");
    }
}

#[test]
fn the_form_goes_by_the_files_ending_and_the_file_is_whole() {
    let lmq = marked();
    for (name, begins) in
        [("r.html", "<!DOCTYPE html>"), ("r.md", "# "), ("r.csv", ""), ("r.json", "{"), ("r.txt", "Progress")]
    {
        lmq.ok(["report", "--out", name]);
        let text = std::fs::read_to_string(lmq.path(name)).unwrap();
        assert!(text.starts_with(begins) && text.len() > 200, "{name}: {text}");
    }
    let html = std::fs::read_to_string(lmq.path("r.html")).unwrap();
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("src=") && html.len() < 300_000);
}

#[test]
fn a_report_counts_what_the_log_holds() {
    let lmq = marked();
    let answers =
        lmq.json(["history", "--json"]).as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count();
    let report = lmq.json(["report", "--json"]);
    let shown = report.to_string();
    assert!(answers >= 3 && shown.contains(&format!("{answers}")), "{answers} in {shown}");
    assert_eq!((report["format"].as_str(), report["version"].as_u64()), (Some("lmq-report"), Some(1)));
    assert_eq!(lmq.json(["stats", "--json"])["sections"], report["sections"]);
    let summary = &report["sections"]["summary"]["values"];
    assert!(summary["moved_since"].is_null(), "before the first answer there is no day to compare with: {summary}");
    let sides = &report["sections"]["sides"];
    assert!(sides.to_string().contains("manager") && sides.to_string().contains("leader"), "{sides}");
}

#[test]
fn a_period_leaves_out_what_lies_outside() {
    let lmq = marked();
    let none = lmq.ok(["report", "--since", "2025-01-01", "--until", "2025-12-31"]);
    assert!(!none.contains("3 answers"), "{none}");
    for args in [
        &["report", "--since", "30d"][..],
        &["report", "--since", "2026-01-10", "--until", "2026-01-20"],
        &["stats", "--all", "--since", "2026-01-01"],
    ] {
        assert!(lmq.ok(args).contains("plans"), "{args:?}: whole months and ragged ones say the same");
    }
    assert_eq!(lmq.run(["report", "--deck", "nothing"]).code, 2);
}

#[test]
fn an_empty_history_reads_well() {
    let world = World::with_built_in_decks();
    for form in ["text", "html"] {
        assert!(world.report(form).contains("No answers yet"), "{form}");
    }
}
