//! What people do, in an installation that is big enough for it.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::stage::Scene;

/// A table that takes more pages than one answer does.
fn table(rows: usize) -> String {
    (0..rows).map(|row| format!("What is question {row} of many?,The answer to question {row}\n")).collect()
}

/// A followed deck, two answers and a small table.
fn usual(lmq: &Lmq) {
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "--link", "team.toml"]).done();
    lmq.write("table.csv", table(120));
    for key in ["a", "b", "c", "d"] {
        lmq.run(["add", "work", key, "x", "--key", key]).done();
    }
    lmq.run(["answer", "team/owner", "good"]).done();
    lmq.run(["answer", "work/a", "again"]).done();
}

pub(crate) fn imported(lmq: &Lmq) {
    usual(lmq);
    lmq.run(["import", "table.csv"]).done();
}

fn many_cards(lmq: &Lmq) {
    lmq.write("table.csv", table(1000));
    lmq.run(["import", "table.csv"]).done();
}

fn with_backup(lmq: &Lmq) {
    usual(lmq);
    lmq.run(["backup", "b.db"]).done();
    lmq.run(["answer", "work/b", "good"]).done();
}

fn with_history(lmq: &Lmq) {
    usual(lmq);
    let other = Lmq::new();
    imported(&other);
    other.run(["answer", "work/c", "good"]).done();
    other.run(["export", "--what", "history", "--out", "history.jsonl"]).done();
    lmq.write("history.jsonl", other.read("history.jsonl"));
}

fn with_export(lmq: &Lmq) {
    usual(lmq);
    lmq.write("out.csv", "what was exported before\n");
}

fn nothing(_: &Lmq) {}

type Words = &'static [&'static str];

const fn one_step(name: &'static str, prepare: fn(&Lmq), args: Words, again: Words) -> Scene {
    Scene { name, args, answers: 0, steps: None, again, prepare }
}

pub(crate) const ANSWER: Scene =
    one_step("answer", usual, &["answer", "work/c", "good"], &["answer", "work/d", "good"]);

pub(crate) const IMPORT: Scene = one_step("import", usual, &["import", "table.csv"], &["import", "table.csv"]);

pub(crate) const UNDO: Scene = one_step("undo", imported, &["undo", "--yes"], &["undo", "--yes"]);

pub(crate) const EDIT: Scene = one_step(
    "edit",
    usual,
    &["edit", "team/owner", "--back", "Ben", "--meaning", "changed"],
    &["edit", "team/owner", "--back", "Chloe"],
);

pub(crate) const RESTORE: Scene =
    one_step("restore", with_backup, &["restore", "b.db", "--yes"], &["restore", "b.db", "--yes"]);

pub(crate) const UNITE: Scene =
    one_step("unite", with_backup, &["restore", "b.db", "--unite"], &["restore", "b.db", "--yes"]);

pub(crate) const BACKUP: Scene = one_step("backup", usual, &["backup", "copy.db"], &["backup", "copy.db", "--force"]);

pub(crate) const EXPORT: Scene = one_step(
    "export",
    with_export,
    &["export", "--format", "csv", "--out", "out.csv", "--force"],
    &["export", "--format", "csv", "--out", "out.csv", "--force"],
);

pub(crate) const UNION: Scene =
    one_step("union", with_history, &["import", "history.jsonl"], &["import", "history.jsonl"]);

pub(crate) const REBUILD: Scene = one_step("rebuild", usual, &["doctor", "--rebuild"], &["doctor", "--rebuild"]);

/// There is one migration, from nothing to the first schema.
pub(crate) const MIGRATION: Scene = one_step("migration", nothing, &["decks"], &["decks"]);

const fn sitting(name: &'static str, prepare: fn(&Lmq), answers: usize) -> Scene {
    Scene {
        name,
        args: &["review", "table", "--new", "1000", "--limit", "1000"],
        answers,
        steps: Some("Good:"),
        again: &["next", "table"],
        prepare,
    }
}

/// Sittings through a pipe.
pub(crate) const LINES: Scene = sitting("lines", imported, 6);
pub(crate) const ANSWERS: Scene = sitting("50 answers", imported, 50);
pub(crate) const MANY_ANSWERS: Scene = sitting("1000 answers", many_cards, 1000);
