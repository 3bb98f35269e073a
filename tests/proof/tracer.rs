//! The program under a tracer that writes down what it asks of its files, kills it before a call, or lets a call fail.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::finish;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use tempfile::TempDir;

const SOURCE: &str = include_str!("shim/trace.c");

/// What the tracer's exit code means: 128 and SIGKILL.
pub(crate) const KILLED: i32 = 137;

/// A call that came to something, in the order of the ends.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// `make`, `write`, `size`, `sync`, `rename`, … (see shim/trace.c).
    pub(crate) name: String,
    /// What it gave: below 0 an error.
    pub(crate) result: i64,
    /// Where it wrote, or to what length it cut.
    pub(crate) at: u64,
    /// The path it is about, from the installation's folder on, and the second one of two.
    pub(crate) path: String,
    pub(crate) second: String,
    /// What was written.
    pub(crate) data: Vec<u8>,
}

/// A program that was traced to its end.
pub(crate) struct Traced {
    pub(crate) run: Run,
    pub(crate) calls: Vec<Call>,
}

impl Traced {
    /// What it told its user, as far as it came.
    pub(crate) fn said(&self) -> String {
        let said = self.calls.iter().filter(|call| call.name == "said");
        said.map(|call| String::from_utf8_lossy(&call.data)).collect()
    }
}

/// What runs a program with a fault.
pub(crate) struct Tracer {
    program: PathBuf,
    _folder: TempDir,
}

/// The tracer of this machine, or why there is none.
pub(crate) static TRACER: LazyLock<Result<Tracer, String>> = LazyLock::new(Tracer::build);

impl Tracer {
    fn build() -> Result<Self, String> {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return Err("calls are only traced on Linux on x86-64".to_owned());
        }
        let folder = tempfile::tempdir().unwrap();
        let (source, program) = (folder.path().join("trace.c"), folder.path().join("trace"));
        fs::write(&source, SOURCE).unwrap();
        let built = Command::new("cc").args(["-O1", "-o"]).arg(&program).arg(&source).output();
        match built {
            Ok(output) if output.status.success() => {}
            Ok(output) => return Err(format!("cc: {}", String::from_utf8_lossy(&output.stderr))),
            Err(error) => return Err(format!("there is no C compiler `cc`: {error}")),
        }
        let tracer = Self { program, _folder: folder };
        let lmq = Lmq::new();
        let tried = tracer.run(&lmq, "record", &["config", "path"], b"");
        if tried.run.code == 0 { Ok(tracer) } else { Err(format!("no program may be traced: {}", tried.run.stderr)) }
    }

    /// The tracer's program.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// The words that the tracer has to be started with so that it runs `lmq` with `args`.
    pub(crate) fn words<'a>(&self, how: &'a str, root: &'a str, log: &'a str, args: &[&'a str]) -> Vec<&'a str> {
        let mut words = vec![how, root, log, env!("CARGO_BIN_EXE_lmq")];
        words.extend(args);
        words
    }

    /// Runs `lmq` to its end, or to that of the fault. `how` is the tracer's first word.
    pub(crate) fn run(&self, lmq: &Lmq, how: &str, args: &[&str], stdin: &[u8]) -> Traced {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = lmq.program(self.program.to_str().unwrap());
        command.args(self.words(how, lmq.root().to_str().unwrap(), log.to_str().unwrap(), args));
        let Run { stdout, stderr, code } = finish(command, stdin);
        let root = lmq.root().display().to_string();
        let run = Run { stdout: stdout.replace(&root, "$T"), stderr: stderr.replace(&root, "$T"), code };
        Traced { run, calls: read(&log, &root) }
    }
}

/// Reads the tracer's log. A record that was cut off by a kill was not acted upon, so it is left out.
pub(crate) fn read(log: &Path, root: &str) -> Vec<Call> {
    let bytes = fs::read(log).unwrap_or_default();
    let (mut rest, mut calls) = (bytes.as_slice(), Vec::new());
    while let Some((call, behind)) = next(rest, root) {
        calls.push(call);
        rest = behind;
    }
    calls
}

fn next<'b>(bytes: &'b [u8], root: &str) -> Option<(Call, &'b [u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let [name, numbers @ ..] = &line.split(' ').collect::<Vec<_>>()[..] else { return None };
    let numbers: Vec<i64> = numbers.iter().map(|number| number.parse().unwrap()).collect();
    let [result, at, _, one, two, data] = numbers[..] else { return None };
    let mut rest = bytes.get(end + 1..)?;
    let mut part = |length: i64| {
        let (part, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        rest = behind;
        Some(part)
    };
    let inside = |path: &[u8]| {
        let path = String::from_utf8_lossy(path);
        path.strip_prefix(root)
            .map_or_else(|| path.clone().into_owned(), |path| path.trim_start_matches('/').to_owned())
    };
    let (path, second) = (inside(part(one)?), inside(part(two)?));
    let data = part(data)?.to_owned();
    part(1)?;
    let call = Call { name: (*name).to_owned(), result, at: at.cast_unsigned(), path, second, data };
    Some((call, rest))
}
