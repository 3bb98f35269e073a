//! The program in a real pseudo-terminal, and a terminal emulator that reads its screen.

use crate::home::Lmq;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::NativePtySystem;
use portable_pty::PtySize;
use portable_pty::PtySystem as _;
use std::io::Read as _;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

/// The program in a pseudo-terminal, with somebody who reads its screen.
pub(crate) struct Terminal {
    pub(crate) screen: Arc<Mutex<vt100::Parser>>,
    pub(crate) raw: Arc<Mutex<Vec<u8>>>,
    pub(crate) keys: Box<dyn Write + Send>,
    pub(crate) child: Box<dyn portable_pty::Child + Send + Sync>,
    reads: JoinHandle<()>,
    pub(crate) master: Box<dyn MasterPty + Send>,
    /// The screen as it was when keys were typed last.
    typed_at: String,
}

/// What is typed less than 150 ms after a change of the screen counts as typed ahead and is dropped. The program takes
/// the time when it has drawn, so on a busy machine it may begin later than the test sees.
const LOOK: Duration = Duration::from_millis(300);

/// A key that changes nothing on the screen holds a test up for this long; an answer on a busy disk may take as long.
const CHANGE: Duration = Duration::from_secs(2);

/// No program takes as long to end, on however busy a machine.
const END: Duration = Duration::from_secs(60);

impl Terminal {
    pub(crate) fn start(lmq: &Lmq, args: &[&str], columns: u16, rows: u16, extra: &[(&str, &str)]) -> Self {
        Self::start_program(Path::new(env!("CARGO_BIN_EXE_lmq")), lmq, args, columns, rows, extra)
    }

    pub(crate) fn start_program(
        program: &Path,
        lmq: &Lmq,
        args: &[&str],
        columns: u16,
        rows: u16,
        extra: &[(&str, &str)],
    ) -> Self {
        let pair = NativePtySystem::default()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        command.cwd(lmq.root());
        // As everywhere: the same database, the same zone.
        for (name, value) in lmq.program("lmq").get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in extra {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        // Its own end has to go, or the reader would never see the end.
        drop(pair.slave);
        let size = (rows.try_into().unwrap(), columns.try_into().unwrap());
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size.0, size.1, 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to_screen, to_raw) = (Arc::clone(&screen), Arc::clone(&raw));
        let reads = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                to_screen.lock().unwrap().process(&buffer[..count]);
                to_raw.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self {
            screen,
            raw,
            keys: pair.master.take_writer().unwrap(),
            child,
            reads,
            master: pair.master,
            typed_at: String::new(),
        }
    }

    pub(crate) fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until the screen shows `text`.
    pub(crate) fn sees(&self, text: &str) -> String {
        let started = started();
        loop {
            let shown = self.text();
            if shown.contains(text) {
                return shown;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "no `{text}` in:\n{shown}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until nothing more comes: the rest of a frame may still be under way.
    pub(crate) fn rests(&self) {
        let length = || self.raw.lock().unwrap().len();
        let mut before = usize::MAX;
        while before != length() {
            before = length();
            std::thread::sleep(Duration::from_millis(120));
        }
    }

    /// Gives the terminal another size, and waits until the program has drawn everything anew for it.
    pub(crate) fn resizes(&self, columns: u16, rows: u16) {
        let size = (rows.try_into().unwrap(), columns.try_into().unwrap());
        let drawn = self.raw.lock().unwrap().len();
        {
            let mut screen = self.screen.lock().unwrap();
            if screen.screen().size() == size {
                drop(screen);
                return self.rests();
            }
            screen.set_size(size.0, size.1);
        }
        self.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        let started = started();
        // All is drawn between these two.
        let (cleared, shown) = (b"\x1b[2J".as_slice(), b"\x1b[?2026l".as_slice());
        let has = |raw: &[u8], code: &[u8]| raw.windows(code.len()).rposition(|window| window == code);
        loop {
            let raw = self.raw.lock().unwrap();
            let new = raw.get(drawn..).unwrap_or_default();
            if has(new, cleared).is_some_and(|at| has(new, shown).is_some_and(|end| end > at)) {
                break;
            }
            drop(raw);
            assert!(started.elapsed() < Duration::from_secs(20), "nothing is drawn anew:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        self.rests();
    }

    /// Types, as a person does who has waited for what the last keys did, and looked at it.
    pub(crate) fn types(&mut self, keys: &str) {
        let shown = || self.screen.lock().unwrap().screen().state_formatted();
        let asked = started();
        let mut before = shown();
        while before == self.typed_at && asked.elapsed() < CHANGE {
            std::thread::sleep(Duration::from_millis(10));
            before = shown();
        }
        let mut since = started();
        while since.elapsed() < LOOK {
            std::thread::sleep(Duration::from_millis(10));
            let now = shown();
            if now != before {
                before = now;
                since = started();
            }
        }
        self.typed_at = before;
        self.types_now(keys);
    }

    pub(crate) fn types_now(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The first keys of a sitting whose first topic has a primer: it is read and put away, the first card is there.
    pub(crate) fn puts_primer_away(&mut self) {
        self.sees("New topic");
        self.types(" ");
        self.sees("Space shows");
    }

    /// The same, and the answer of that card is shown, to be graded.
    pub(crate) fn turns_first_card(&mut self) {
        self.puts_primer_away();
        self.types(" ");
        self.sees("3 Good");
    }

    pub(crate) fn ends(mut self) -> (u32, String, String) {
        let asked = started();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if asked.elapsed() > END => {
                    self.child.kill().ok();
                    panic!("the program does not end:\n{}", self.text());
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        // All that it wrote is read once its end of the terminal is gone.
        while !self.reads.is_finished() {
            assert!(asked.elapsed() < END, "somebody still holds the terminal:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        }
        let raw = String::from_utf8_lossy(&self.raw.lock().unwrap()).into_owned();
        (status.exit_code(), self.text(), raw)
    }
}

#[expect(clippy::disallowed_methods, reason = "how long to wait for a screen is measured on the real clock")]
pub(crate) fn started() -> Instant {
    Instant::now()
}

/// Whether what was sent takes the terminal and gives it back: alternate screen left, cursor shown.
pub(crate) fn given_back(raw: &str) -> bool {
    let last = |on: &str, off: &str| raw.rfind(on).is_some_and(|on| raw.rfind(off).is_some_and(|off| off > on));
    last("\u{1b}[?1049h", "\u{1b}[?1049l") && last("\u{1b}[?25l", "\u{1b}[?25h")
}

pub(crate) fn trimmed(screen: &str) -> String {
    screen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn who_never_took_the_terminal_gave_nothing_back() {
    assert!(!given_back("") && !given_back("just text\u{1b}[?25h"));
    let (taken, back) = ("\u{1b}[?1049h\u{1b}[?25l", "\u{1b}[?25h\u{1b}[?1049l");
    assert!(!given_back(taken) && given_back(&format!("{taken}x{back}")));
    assert!(!given_back(&format!("{taken}x{back}{taken}")), "taken again");
}
