//! A session over lines, whose other end is a program that answers at once: from an answer to the next question.

use crate::data;
use crate::data::Shape;
use crate::measure::Line;
use crate::measure::Runs;
use crate::measure::ms;
use crate::measure::now;
use crate::measure::rate;
use crate::measure::ratio;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::table;
use crate::measure::text;
use std::io::Read as _;
use std::io::Write as _;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

/// Answers in a session, and how many sessions of each there are, turn and turn about.
const ANSWERS: usize = 1000;
const ROUNDS: usize = 3;

const BAR: f64 = 0.7;
const SLOWEST: Duration = Duration::from_millis(10);

/// The other end of a session.
struct Driver(Child);

impl Driver {
    fn start(program: &str, args: &[&str]) -> Self {
        let mut child = Command::new(program)
            .args(args)
            .env("LMQ_CONFIG", data::folder().join("no-config.toml"))
            .env("XDG_STATE_HOME", data::folder().join("state"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map(Self)
            .unwrap();
        child.wait_for(b"> ");
        child
    }

    fn say(&mut self, line: &[u8]) {
        self.0.stdin.as_mut().unwrap().write_all(line).unwrap();
    }

    /// Reads until what came ends with a prompt.
    fn wait_for(&mut self, prompt: &[u8]) {
        let out = self.0.stdout.as_mut().unwrap();
        let (mut seen, mut buffer) = (Vec::new(), [0; 1 << 14]);
        while !seen.ends_with(prompt) {
            let count = out.read(&mut buffer).unwrap();
            assert!(count > 0, "the session ended: {}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&buffer[..count]);
        }
    }

    /// Each from the first line of an answer to the question after it.
    fn answers(mut self) -> Vec<Duration> {
        let times = (0..ANSWERS).map(|_| {
            let asked = now();
            self.say(b"x\n");
            self.wait_for(b"grade> ");
            self.say(b"3\n");
            self.wait_for(b"> ");
            asked.elapsed()
        });
        let times = times.collect();
        self.say(b":q\n");
        drop(self.0.stdin.take());
        assert!(self.0.wait_with_output().unwrap().status.success());
        times
    }
}

pub(crate) fn run() {
    let mut lines = Vec::new();
    for size in sizes().into_iter().filter(|size| *size >= 100_000) {
        let (mut ours, mut bare) = (Runs::default(), Runs::default());
        let me = std::env::current_exe().unwrap();
        for _ in 0..ROUNDS {
            let db = data::copy(&data::database(Shape::Topics, size), "pipe.db");
            // The later the day, the more months of each card's interval go into the sums: it is always the same one.
            let when = ["--now", data::NOW, "--quiet", "--db", text(&db)];
            let args = [&when[..], &["review", "--plain", "--yes", "--new", "0", "--limit", "5000"]].concat();
            ours.times.extend(Driver::start(env!("CARGO_BIN_EXE_lmq"), &args).answers());
            let db = data::scratch("pipe-floor.db");
            let args = ["floor", "lines", text(&db), &size.min(100_000).to_string()];
            bare.times.extend(Driver::start(text(&me), &args).answers());
        }
        let mean = |runs: &Runs| runs.times.iter().sum::<Duration>() / u32::try_from(runs.times.len()).unwrap();
        let shown = |runs: &Runs| {
            let (half, slow, most) = (runs.median(), runs.at(99), runs.at(100));
            format!("{}; p50 {}, p99 {}, most {}", rate(1, mean(runs)), ms(half), ms(slow), ms(most))
        };
        let speed = ratio(mean(&bare), mean(&ours));
        lines.push(Line {
            what: format!("answers through pipes, {} cards", size_name(size)),
            figure: shown(&ours),
            floor: shown(&bare),
            ratio: speed,
            cpu_ratio: f64::NAN,
            memory: String::new(),
            bar: format!("≥ {BAR} × floor, most ≤ {}", ms(SLOWEST)),
            met: Some(speed >= BAR && ours.at(100) <= SLOWEST),
        });
    }
    table("A session over lines, by a program that answers at once", &lines);
}
