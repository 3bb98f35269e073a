//! Every command once: for tests of what none of them may do.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::TEAM;
use std::collections::BTreeSet;

/// Each command at least once, in an order in which each finds what it needs. Behind `<` are the lines that are typed; `_` is an
/// empty one.
pub(crate) const COMMANDS: &[&str] = &[
    "",
    "import team.toml --link",
    "import table.csv",
    "review team < _ 3 :q",
    "checkup --plain --yes < 1 :q",
    "next",
    "answer team/owner good",
    "add own question reply --key k",
    "edit team/owner --back Ben",
    "edit team/pair",
    "decks",
    "cards deck:work::team",
    "show team/owner",
    "suspend team/owner",
    "suspend --off team/owner",
    "bury team/owner",
    "bury --off team/owner",
    "mark team/owner",
    "mark --off team/owner",
    "tag hot team/owner",
    "tag --off hot team/owner",
    "move elsewhere team/retro --yes",
    "decks rename own mine",
    "reset team/owner --yes",
    "set-due 3d team/owner",
    "delete deck:table --yes",
    "pause --until 2026-01-20",
    "pause --off",
    "history",
    "undo --yes",
    "stats",
    "new fresh --out fresh.toml",
    "check fresh.toml",
    "export --format csv",
    "export --what history --out history.jsonl",
    "import history.jsonl",
    "report --out report.html",
    "report --share share.json --yes",
    "team share.json",
    "remind",
    "config set new_per_day 3",
    "backup copy.db",
    "restore copy.db --yes",
    "doctor",
    "doctor --fix",
    "forget deck:mine --yes",
    "completions bash",
    "man",
    "help search",
];

/// The one that fails: one person is no team.
pub(crate) const REFUSED: &str = "team share.json";

/// The one that starts an editor.
pub(crate) const EDITS: &str = "edit team/pair";

/// A folder in which they can be run.
pub(crate) fn ready() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.write("table.csv", "front,back\none,1\n");
    lmq
}

/// Runs one of them by a shell, as the last word of what stands in `before`.
pub(crate) fn run(lmq: &Lmq, before: &str, line: &str) -> Run {
    let (args, typed) = line.split_once(" < ").unwrap_or((line, ""));
    let typed: String = typed.split(' ').map(|line| line.replace('_', "") + "\n").collect();
    let mut command = lmq.program("bash");
    command.args(["-c", &format!("{before} lmq {args}")]).env("EDITOR", "sed -i s/Mentee/mentee/");
    lmq.finish(command, typed.as_bytes())
}

#[test]
fn they_are_all_that_there_are_and_each_does_what_it_is_for() {
    let tried: BTreeSet<&str> = COMMANDS.iter().filter_map(|line| line.split(' ').next()).collect();
    let command = lmq::cli::command();
    let missing: Vec<&str> =
        command.get_subcommands().map(clap::Command::get_name).filter(|name| !tried.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
    let lmq = ready();
    for line in COMMANDS {
        let run = run(&lmq, "", line);
        assert_eq!(run.code != 0, *line == REFUSED, "lmq {line}: {run:?}");
        let restored = "restore copy.db --yes";
        assert!(*line != restored || lmq.run(["show", "team/pair#1", "--json"]).json()["answer"] == "mentee");
    }
}
