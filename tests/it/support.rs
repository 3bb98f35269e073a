//! The real program, in a world of its own.

use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// When tests begin, unless they say otherwise.
pub(crate) const MORNING: &str = "2026-01-15T09:00:00+01:00";

/// A home with a database, and the program that lives there.
pub(crate) struct Lmq {
    pub(crate) folder: tempfile::TempDir,
}

/// What a run came to. To be looked at: a run that nobody checks proves nothing.
#[must_use]
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Lmq {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
        let kept: Vec<(String, String)> = ["PATH", "TZ", "LANG", "LC_ALL", "LD_LIBRARY_PATH"]
            .iter()
            .filter_map(|name| variable(name).map(|value| ((*name).to_owned(), value)))
            .collect();
        command
            .env_clear()
            .envs(kept)
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("LMQ_NOW", MORNING);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, b"")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Run {
        let mut command = self.command();
        command.args(args);
        finish(command, input)
    }

    /// Runs at another moment.
    pub(crate) fn at(&self, now: &str, args: &[&str]) -> Run {
        let mut command = self.command();
        command.args(args).env("LMQ_NOW", now);
        finish(command, b"")
    }

    /// Runs and expects it to work; gives what it printed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, 0, "{args:?}: {run:?}");
        run.stdout
    }

    /// Runs and expects JSON.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let text = self.ok(args);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{args:?}: {error}: {text}"))
    }

    /// Imports a file of this text and expects it to work.
    pub(crate) fn import(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.write(name, text);
        self.ok(&["import", name])
    }
}

#[expect(clippy::disallowed_methods, reason = "the program under test inherits these")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(crate) fn finish(mut command: Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || {
        // The program may end before it has read everything.
        stdin.write_all(&input).ok();
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    Run {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

/// Whether a text could drive a terminal.
pub(crate) fn drives_a_terminal(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// The fields that a card's schedule consists of.
pub(crate) fn states(cards: &Value) -> Vec<Value> {
    cards
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            serde_json::json!([
                card["id"],
                card["state"],
                card["ease"],
                card["interval_days"],
                card["repetitions"],
                card["lapses"],
                card["due"]
            ])
        })
        .collect()
}
