//! The program in a folder of its own: nothing of the machine's settings or data gets in, and nothing gets out.

use lmq::env::Env;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

/// The moment at which every command runs, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-01-15T09:00:00+01:00";

/// An installation: database, settings and home in a temporary folder, which is the working folder too.
pub(crate) struct Lmq {
    /// The folder goes when this does.
    _folder: TempDir,
    root: PathBuf,
    /// Whether nothing but the home says where things are, so that they are where the platform wants them.
    is_bare: bool,
}

/// What a run left: look at it, or say `.ok()`.
#[must_use = "a run whose outcome nobody looks at proves nothing"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Run {
    /// The same, if the exit code is 0.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.code(0)
    }

    /// Just that it worked, whatever it said.
    #[track_caller]
    pub(crate) fn done(self) {
        drop(self.ok());
    }

    /// The same, if the exit code is `wanted`.
    #[track_caller]
    pub(crate) fn code(self, wanted: i32) -> Self {
        assert_eq!(self.code, wanted, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output of a run that worked and had nothing to say besides.
    #[track_caller]
    pub(crate) fn out(self) -> String {
        let run = self.ok();
        assert_eq!(run.stderr, "", "stdout:\n{}", run.stdout);
        run.stdout
    }

    /// Standard error of a run that failed with `code` and wrote nothing else.
    #[track_caller]
    pub(crate) fn err(self, code: i32) -> String {
        let run = self.code(code);
        assert_eq!(run.stdout, "", "stderr:\n{}", run.stderr);
        run.stderr
    }

    /// Standard output as JSON, if the exit code is 0.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let run = self.ok();
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", run.stdout))
    }
}

impl Lmq {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        Self { _folder: folder, root, is_bare: false }
    }

    /// One that is told nothing but its home: database and settings are in the folders of the platform.
    pub(crate) fn at_home() -> Self {
        Self { is_bare: true, ..Self::new() }
    }

    /// The same without the built-in decks.
    pub(crate) fn without_built_in_decks(self) -> Self {
        for deck in ["differences", "skills", "quotes"] {
            self.run(["delete", &format!("deck:{deck}"), "--yes"]).done();
        }
        self
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The database.
    pub(crate) fn db(&self) -> PathBuf {
        self.path("lmq.db")
    }

    /// Writes a file, with the folders on the way to it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Names of the files in the folder, without the database's side files, and without the state folder as long as there
    /// is nothing in it but what devices know of their own logs.
    pub(crate) fn files(&self) -> Vec<String> {
        let names = |folder: &Path| -> Vec<String> {
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let states = self.path("xdg/lmq");
        let just_states = states.is_dir() && names(&states).iter().all(|name| name.ends_with(".chain"));
        let mut names = names(&self.root);
        let is_ours = |name: &str| name.ends_with("-wal") || name.ends_with("-shm") || just_states && name == "xdg";
        names.retain(|name| !is_ours(name));
        names.sort();
        names
    }

    /// The command, to be run with more than arguments.
    pub(crate) fn command(&self) -> Command {
        self.program(env!("CARGO_BIN_EXE_lmq"))
    }

    /// Another program that finds `lmq` and this installation.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(&self.root).env("LMQ_NOW", NOW).env("HOME", &self.root);
        if !self.is_bare {
            command.env("LMQ_DB", self.db()).env("LMQ_CONFIG", self.path("config.toml"));
            for folder in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
                command.env(folder, self.path("xdg"));
            }
        }
        let bin = Path::new(env!("CARGO_BIN_EXE_lmq")).parent().unwrap();
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()));
        #[expect(clippy::disallowed_methods, reason = "the tests are run once more under another time zone")]
        if let Some(zone) = std::env::var_os("TZ") {
            command.env("TZ", zone);
        }
        command
    }

    /// Runs a command to its end. In what it says the folder is `$T`.
    pub(crate) fn finish(&self, command: Command, stdin: &[u8]) -> Run {
        let root = self.root.display().to_string();
        let Run { stdout, stderr, code } = finish(command, stdin);
        Run { stdout: stdout.replace(&root, "$T"), stderr: stderr.replace(&root, "$T"), code }
    }

    pub(crate) fn run<'a>(&self, args: impl AsRef<[&'a str]>) -> Run {
        self.run_at(NOW, args)
    }

    /// Runs to its end, or kills it after a while. Gives how long that took, in milliseconds.
    pub(crate) fn run_or_kill<'a>(&self, args: impl AsRef<[&'a str]>, kill_after: Option<Duration>) -> u64 {
        let env = Env::from_process();
        let started = env.ticks_ms();
        let mut command = self.command();
        let mut child = command.args(args.as_ref()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if let Some(patience) = kill_after {
            std::thread::sleep(patience);
            child.kill().unwrap();
        }
        child.wait().unwrap();
        env.ticks_ms() - started
    }

    /// Runs at another moment than [`NOW`].
    pub(crate) fn run_at<'a>(&self, now: &str, args: impl AsRef<[&'a str]>) -> Run {
        let mut command = self.command();
        command.args(args.as_ref()).env("LMQ_NOW", now);
        self.finish(command, b"")
    }

    /// Runs with something on standard input.
    pub(crate) fn run_with<'a>(&self, stdin: impl AsRef<[u8]>, args: impl AsRef<[&'a str]>) -> Run {
        let mut command = self.command();
        command.args(args.as_ref());
        self.finish(command, stdin.as_ref())
    }

    /// Standard output of a run that has to work.
    #[track_caller]
    pub(crate) fn ok<'a>(&self, args: impl AsRef<[&'a str]>) -> String {
        self.run(args).ok().stdout
    }

    /// Standard output as JSON, of a run that has to work.
    #[track_caller]
    pub(crate) fn json<'a>(&self, args: impl AsRef<[&'a str]>) -> Value {
        self.run(args).json()
    }

    /// Imports a file of this text, which has to work; gives what was said.
    #[track_caller]
    pub(crate) fn import(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        self.write(name, text);
        self.ok(["import", name])
    }

    /// Runs a line of shell in which `lmq` is the program.
    pub(crate) fn shell(&self, line: &str) -> Run {
        let mut command = self.program("bash");
        command.args(["-c", line]);
        self.finish(command, b"")
    }

    /// All cards of a query as JSON objects.
    pub(crate) fn cards(&self, query: &str) -> Vec<Value> {
        self.run(["cards", query, "--json"]).json().as_array().unwrap().clone()
    }

    /// The cards of a query: prompt → answer [state].
    pub(crate) fn listed(&self, query: &str) -> Vec<String> {
        let text = |card: &Value, field: &str| card[field].as_str().unwrap().to_owned();
        let line =
            |card: &Value| format!("{} → {} [{}]", text(card, "prompt"), text(card, "answer"), text(card, "state"));
        self.cards(query).iter().map(line).collect()
    }

    /// The id of the one card of a query.
    pub(crate) fn id(&self, query: &str) -> String {
        let cards = self.cards(query);
        assert_eq!(cards.len(), 1, "{query}: {cards:?}");
        cards[0]["id"].as_str().unwrap().to_owned()
    }

    /// Whether doctor has nothing to say.
    #[track_caller]
    pub(crate) fn assert_sound(&self) {
        assert_eq!(self.run(["doctor"]).out(), "everything is in order\n");
    }
}

/// Says why a test proves less on this machine than elsewhere. Written past the test harness, which keeps what passing tests
/// print to itself.
pub(crate) fn left_out(what: &str) {
    writeln!(std::io::stderr(), "{what}").ok();
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command, stdin: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = stdin.to_owned();
    let writer = std::thread::spawn(move || {
        // The program may well have ended without reading its input.
        input.write_all(&bytes).ok();
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code().unwrap_or(-1) }
}

/// A deck file with three notes of one kind each.
pub(crate) const TEAM: &str = r#"[deck]
id = "team"
name = "work::team"
title = "Our team"

[[topic]]
id = "T1"
title = "who does what"

[[card]]
key = "owner"
kind = "basic"
front = "Who owns the roadmap?"
back = "Amara"
source = ["T1"]

[[card]]
key = "pair"
kind = "reversed"
front = "Mentor"
back = "Mentee"
tags = ["pairs"]

[[card]]
key = "retro"
kind = "cloze"
text = "The retro is every {{c1::second::which?}} {{c2::Friday}}."
"#;

/// One field of many cards.
pub(crate) fn texts(cards: &[Value], field: &str) -> Vec<String> {
    cards.iter().map(|card| card[field].as_str().map_or_else(|| card[field].to_string(), str::to_owned)).collect()
}

/// A card as `lmq show --json` gives it, without the texts that it ever had.
pub(crate) fn without_texts(card: &Value) -> Value {
    let mut card = card.clone();
    drop(card["texts"].take());
    card
}

/// Whether a text could drive a terminal.
pub(crate) fn drives_a_terminal(text: &str) -> bool {
    text.chars().any(|c| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}
