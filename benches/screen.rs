//! The full screen on a real pseudo-terminal: from a key to the last byte of what it shows.

use crate::data;
use crate::data::Shape;
use crate::measure::Runs;
use crate::measure::ms;
use crate::measure::now;
use crate::measure::ratio;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::text;
use portable_pty::Child;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::NativePtySystem;
use portable_pty::PtySize;
use portable_pty::PtySystem as _;
use std::io::Read as _;
use std::io::Write;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::time::Duration;
use std::time::Instant;

/// Keys of each kind.
const KEYS: usize = 120;

/// Silence after which a frame is whole.
const SILENCE: Duration = Duration::from_millis(40);

/// A key sooner than this after the last one would not count: nobody has seen the card.
const LOOK: Duration = Duration::from_millis(170);

/// Columns and rows of a usual terminal.
const USUAL: (u16, u16) = (80, 24);

pub(crate) struct Terminal {
    keys: Box<dyn Write + Send>,
    bytes: Receiver<Instant>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    pub(crate) started: Instant,
}

impl Terminal {
    pub(crate) fn start(program: &str, args: &[&str], (cols, rows): (u16, u16)) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pair = NativePtySystem::default().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("TERM", "xterm-256color");
        command.env("LMQ_CONFIG", data::scratch("no-config.toml"));
        let started = now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (seen, bytes) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while reader.read(&mut buffer).is_ok_and(|count| count > 0) {
                if seen.send(now()).is_err() {
                    break;
                }
            }
        });
        Self { keys: pair.master.take_writer().unwrap(), bytes, child, _master: pair.master, started }
    }

    /// When the last byte came of what is being shown.
    pub(crate) fn frame(&self, since: Instant) -> Duration {
        self.frames(since, SILENCE).1
    }

    /// When the first and when the last byte came, before such a silence.
    fn frames(&self, since: Instant, silence: Duration) -> (Duration, Duration) {
        let first = self.bytes.recv_timeout(Duration::from_secs(20)).unwrap();
        let mut last = first;
        while let Ok(next) = self.bytes.recv_timeout(silence) {
            last = next;
        }
        (first.duration_since(since), last.duration_since(since))
    }

    fn key(&mut self, key: &[u8]) -> Duration {
        self.key_until(key, SILENCE).1
    }

    /// When the first and when the last byte came after a key, before such a silence.
    pub(crate) fn key_until(&mut self, key: &[u8], silence: Duration) -> (Duration, Duration) {
        std::thread::sleep(LOOK);
        while self.bytes.try_recv().is_ok() {}
        let pressed = now();
        self.keys.write_all(key).unwrap();
        self.keys.flush().unwrap();
        self.frames(pressed, silence)
    }

    pub(crate) fn end(mut self, key: &[u8]) {
        self.keys.write_all(key).unwrap();
        self.child.wait().unwrap();
    }
}

pub(crate) fn runs(times: Vec<Duration>) -> Runs {
    Runs { times, cpu: Duration::ZERO, peak_kb: 0 }
}

fn lmq(args: &[&str]) -> Terminal {
    let all: Vec<&str> = ["--now", data::NOW].into_iter().chain(args.iter().copied()).collect();
    Terminal::start(env!("CARGO_BIN_EXE_lmq"), &all, USUAL)
}

/// The floor's frame after each of two keys: one that only shows, and one that commits an answer before.
fn floor(size: usize) -> (Runs, Runs) {
    let db = data::scratch("screen-floor.db");
    let me = std::env::current_exe().unwrap();
    let mut terminal =
        Terminal::start(text(&me), &["floor", "screen", text(&db), &size.min(100_000).to_string()], USUAL);
    terminal.frame(terminal.started);
    let (mut shown, mut answered) = (Vec::new(), Vec::new());
    for _ in 0..KEYS {
        shown.push(terminal.key(b"r"));
        answered.push(terminal.key(b"g"));
    }
    terminal.end(b"q");
    (runs(shown), runs(answered))
}

pub(crate) fn run() {
    println!("\n### The full screen, 80 by 24, on a pseudo-terminal: from a key to the last byte of its frame\n");
    println!("| what | median | p99 | floor | ratio | bar | |\n| --- | ---: | ---: | ---: | ---: | --- | --- |");
    for size in sizes() {
        let db = data::copy(&data::database(Shape::Topics, size), "screen.db");
        let args = ["--db", text(&db), "review", "--new", "0"];
        let mut starts = Vec::new();
        for _ in 0..10 {
            let terminal = lmq(&args);
            starts.push(terminal.frame(terminal.started));
            terminal.end(b"q");
        }
        let mut terminal = lmq(&args);
        terminal.frame(terminal.started);
        let (mut revealed, mut answered, mut twice) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..KEYS {
            revealed.push(terminal.key(b" "));
            answered.push(terminal.key(b"3"));
        }
        for _ in 0..KEYS / 4 {
            terminal.key(b" ");
            twice.push(terminal.key(b" "));
        }
        terminal.end(b"q");
        let mut first = Vec::new();
        for _ in 0..10 {
            let terminal = lmq(&["--db", text(&db)]);
            first.push(terminal.frame(terminal.started));
            terminal.end(b"q");
        }
        let mut terminal = lmq(&["--db", text(&db)]);
        terminal.frame(terminal.started);
        terminal.key(b"b");
        terminal.key(b"\r");
        let moved: Vec<Duration> = (0..KEYS).map(|_| terminal.key(b"j")).collect();
        terminal.end(b"qq");
        let (shown, committed) = floor(size);
        for (what, times, bare, median, p99) in [
            ("start of `lmq review` to its first card", starts, None, Some(15), None),
            ("start of `lmq` to the first screen", first, None, None, None),
            ("Space to the answer", revealed, Some(&shown), Some(16), None),
            ("grade to the next card, committed", answered, Some(&committed), Some(5), Some(20)),
            // A key that would grade, again within a second, may be a held one: 80 ms tell.
            ("Space twice within a second, to the next card", twice, Some(&committed), None, None),
            ("down in the list of all cards", moved, Some(&shown), Some(16), None),
        ] {
            let times = runs(times);
            let (half, slow) = (times.median(), times.at(99));
            let (floor, share) = bare.map_or_else(
                || ("-".to_owned(), "-".to_owned()),
                |bare| (ms(bare.median()), format!("{:.2}", ratio(half, bare.median()))),
            );
            let (bar, met) = match (median, p99) {
                (Some(most), Some(slowest)) => {
                    (format!("≤ {most} ms, p99 ≤ {slowest} ms"), half.as_millis() < most && slow.as_millis() < slowest)
                }
                (Some(most), None) => (format!("≤ {most} ms"), half.as_millis() < most),
                (None, _) => (String::new(), true),
            };
            let met = match (bar.is_empty(), size == 100_000, met) {
                (false, true, true) => "met",
                (false, true, false) => "**missed**",
                _ => "",
            };
            println!(
                "| {what}, {} cards | {} | {} | {floor} | {share} | {bar} | {met} |",
                size_name(size),
                ms(half),
                ms(slow)
            );
        }
    }
}
