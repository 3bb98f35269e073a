//! `lmq review` over lines, and in a real pseudo-terminal.

use crate::support::Lmq;
use crate::support::drives_a_terminal;
use portable_pty::CommandBuilder;
use portable_pty::MasterPty;
use portable_pty::NativePtySystem;
use portable_pty::PtySize;
use portable_pty::PtySystem as _;
use std::io::Read as _;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

const DECK: &str = include_str!("data/model.toml");

fn model() -> Lmq {
    let lmq = Lmq::new();
    lmq.import("model.toml", DECK);
    lmq
}

fn lines(lmq: &Lmq, args: &[&str], input: &str) -> String {
    let new: &[&str] = if args.contains(&"--new") { &[] } else { &["--new", "20"] };
    let run = lmq.run_with(&[&["review", "model"], new, args].concat(), input.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    assert!(!drives_a_terminal(&run.stdout));
    run.stdout
}

#[test]
fn a_first_sitting_over_lines_reads_like_this() {
    let lmq = model();
    insta::assert_snapshot!("first_sitting", lines(&lmq, &[], "\n3\nbehavior\n\nx\n:u\n2\n\n:q\n"));
}

#[test]
fn every_kind_can_be_answered_over_lines_and_the_suggestion_taken() {
    let lmq = model();
    let mut session = String::new();
    // As the deck has them; the siblings of reversed and cloze wait for other days.
    for (answer, grade) in [
        ("", ""),
        ("", ""),
        ("behaviour", ""),
        ("influence / authority", ""),
        ("build trust, show empathi; talk respectfully", ""),
        ("1 2 3 4", ""),
        ("seventy", "4"),
    ] {
        session.push_str(&format!("{answer}\n{grade}\n"));
    }
    let out = lines(&lmq, &[], &session);
    assert!(out.contains("Right") && out.contains("Not this time"), "{out}");
    let history = lmq.json(&["history", "--json"]);
    let responses: Vec<&str> = history.as_array().unwrap().iter().filter_map(|row| row["response"].as_str()).collect();
    assert!(responses.contains(&"influence / authority") && responses.contains(&"behaviour"), "{responses:?}");
    assert!(history.as_array().unwrap().iter().all(|row| row["took_ms"] == 0), "a fixed clock takes no time");
}

#[test]
fn a_wrong_answer_comes_again_in_the_same_sitting_until_it_is_right() {
    let lmq = model();
    let out = lines(&lmq, &["--new", "1"], "\nagain\n\n1\n\n3\n");
    assert!(out.contains("once more in this session") && out.matches("How does a plan relate").count() == 2, "{out}");
    assert!(
        out.contains("Strategy and plan: which holds the other?"),
        "the least recently shown phrasing is asked: {out}"
    );
    let card = lmq.json(&["show", "model/plan-in-strategy", "--json"]);
    assert_eq!(
        (card["interval_days"].as_u64(), card["ease"].as_f64(), card["lapses"].as_u64()),
        (Some(1), Some(2.18), Some(0))
    );
}

#[test]
fn what_is_no_grade_is_asked_again_and_a_colon_can_be_typed() {
    let lmq = model();
    let out = lines(&lmq, &["--new", "1"], "::x\n7\n:nonsense\n:?\n:h\n:i\n:g\n");
    assert!(out.contains("`7` is no grade here") && out.contains("There is no command :nonsense"), "{out}");
    assert!(
        out.contains("take back the newest step")
            && out.contains("There is no hint")
            && out.contains("Asked because it is new")
    );
    assert_eq!(lmq.json(&["history", "--json"])[0]["quality"], 3, "a guess is Hard");
    assert_eq!(lmq.json(&["history", "--json"])[0]["response"], ":x");
}

#[test]
fn six_grades_are_taken_on_request() {
    let lmq = model();
    let out = lines(&lmq, &["--new", "1", "--scale", "sm2"], "\n5\n");
    assert!(out.contains("0 again") && out.contains("5 easy"), "{out}");
    assert_eq!(lmq.json(&["show", "model/plan-in-strategy", "--json"])["ease"], 2.6);
}

#[test]
fn cramming_moves_nothing_and_ahead_takes_what_is_due_soon() {
    let lmq = model();
    lines(&lmq, &["--new", "1"], "\n3\n");
    let before = lmq.ok(&["cards", "deck:model", "--json"]);
    let run = lmq.run_with(&["review", "model", "--cram", "--limit", "3", "--new", "2"], b"\n1\n\n1\n\n1\n");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(lmq.ok(&["cards", "deck:model", "--json"]), before);
    assert!(lmq.json(&["history", "--json"]).as_array().unwrap().iter().any(|row| row["kind"] == "crammed"));
    assert_eq!(lmq.at("2026-01-16T09:00:00+01:00", &["answer", "model/plan-in-strategy", "good"]).code, 0);
    let on_the_17th = |args: &[&str]| {
        let mut command = lmq.command();
        command.args(["review", "model", "--new", "0"]).args(args).env("LMQ_NOW", "2026-01-17T09:00:00+01:00");
        crate::support::finish(command, b"\n3\n").stdout
    };
    let nothing = on_the_17th(&[]);
    assert!(nothing.contains("Nothing is due") && nothing.contains("in 5 days"), "{nothing}");
    assert!(on_the_17th(&["--ahead", "4"]).contains("Nothing is due"));
    assert!(on_the_17th(&["--ahead", "5"]).contains("plan"));
    let card = lmq.json(&["show", "model/plan-in-strategy", "--json"]);
    assert_eq!(
        (card["interval_days"].as_u64(), card["due"].as_str()),
        (Some(15), Some("2026-02-01")),
        "an early answer counts as due"
    );
}

#[test]
fn held_out_cards_are_never_asked() {
    let lmq = model();
    let out = lines(&lmq, &[], &"\n4\n".repeat(40));
    assert!(!out.contains("Oskar"), "{out}");
}

// In a terminal ---------------------------------------------------------------------------------------------------

/// The program in a pseudo-terminal, with somebody who reads its screen.
pub(crate) struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub(crate) fn start(lmq: &Lmq, args: &[&str], columns: u16, rows: u16, extra: &[(&str, &str)]) -> Self {
        let pair = NativePtySystem::default()
            .openpty(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lmq"));
        command.args(args);
        command.env_clear();
        command.cwd(lmq.folder.path());
        command.env("HOME", lmq.folder.path());
        command.env("LMQ_NOW", crate::support::MORNING);
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
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                to_screen.lock().unwrap().process(&buffer[..count]);
                to_raw.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { screen, raw, keys: pair.master.take_writer().unwrap(), child, master: pair.master }
    }

    fn text(&self) -> String {
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

    /// Types, as a person does who has looked at the screen first.
    pub(crate) fn types(&mut self, keys: &str) {
        std::thread::sleep(Duration::from_millis(250));
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub(crate) fn ends(mut self) -> (u32, String, String) {
        let status = self.child.wait().unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let raw = String::from_utf8_lossy(&self.raw.lock().unwrap()).into_owned();
        (status.exit_code(), self.text(), raw)
    }
}

#[expect(clippy::disallowed_methods, reason = "how long to wait for a screen is measured on the real clock")]
fn started() -> Instant {
    Instant::now()
}

/// Whether what was sent gives the terminal back: alternate screen left, cursor shown.
pub(crate) fn given_back(raw: &str) -> bool {
    let last = |on: &str, off: &str| raw.rfind(off).unwrap_or(0) >= raw.rfind(on).unwrap_or(0);
    last("\u{1b}[?1049h", "\u{1b}[?1049l") && last("\u{1b}[?25l", "\u{1b}[?25h")
}

#[test]
fn a_card_is_answered_with_keys_and_the_terminal_given_back() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.sees("New topic");
    terminal.types(" ");
    insta::assert_snapshot!("front_80", trimmed(&terminal.sees("Space shows the answer")));
    terminal.types(" ");
    insta::assert_snapshot!("back_80", trimmed(&terminal.sees("3 Good")));
    terminal.types("4");
    terminal.sees("The counterpart of vision");
    terminal.types("u");
    terminal.sees("Took back");
    terminal.types("q");
    let (code, _, raw) = terminal.ends();
    assert_eq!(code, 0);
    assert!(given_back(&raw));
    let kinds: Vec<String> = lmq
        .json(&["history", "--json"])
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["answered", "undone"]);
}

pub(crate) fn trimmed(screen: &str) -> String {
    screen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn a_held_key_never_grades_a_card_that_nobody_saw() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.sees("New topic");
    std::thread::sleep(Duration::from_millis(250));
    // A key held down: repeats every 30 ms for two seconds, through primer, front and back.
    for _ in 0..66 {
        terminal.types_now(" ");
        std::thread::sleep(Duration::from_millis(30));
    }
    terminal.sees("Space");
    terminal.types("\u{3}");
    terminal.ends();
    assert_eq!(lmq.json(&["history", "--json"]).as_array().unwrap().len(), 0, "only the primer was turned away");
}

#[test]
fn a_key_held_since_the_question_does_not_grade_the_answer() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.sees("New topic");
    terminal.types(" ");
    terminal.sees("Space shows");
    // Pressed and held: the first repeat comes after half a second, the others every 30 ms.
    terminal.types(" ");
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..30 {
        terminal.types_now(" ");
        std::thread::sleep(Duration::from_millis(30));
    }
    terminal.sees("3 Good");
    terminal.types("\u{3}");
    terminal.ends();
    assert_eq!(lmq.json(&["history", "--json"]).as_array().unwrap().len(), 0);
}

#[test]
fn keys_typed_ahead_grade_nothing() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.types_now(" 3 3 3 3 3");
    terminal.sees("New topic");
    terminal.types("\u{3}");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
    assert_eq!(lmq.json(&["history", "--json"]).as_array().unwrap().len(), 0);
}

impl Terminal {
    fn types_now(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }
}

#[test]
fn signals_and_a_lost_terminal_leave_everything_in_order() {
    for signal in ["TERM", "HUP", "INT"] {
        let lmq = model();
        let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
        terminal.sees("New topic");
        terminal.types(" ");
        terminal.sees("Space shows");
        terminal.types(" ");
        terminal.sees("3 Good");
        terminal.types("3");
        terminal.sees("counterpart");
        let pid = terminal.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        let (_, _, raw) = terminal.ends();
        assert!(given_back(&raw), "{signal}");
        assert_eq!(lmq.json(&["history", "--json"]).as_array().unwrap().len(), 1, "{signal}");
        assert_eq!(lmq.ok(&["doctor"]), "everything is in order\n");
    }
}

#[test]
fn keys_can_be_bound_and_a_key_for_two_commands_is_refused_with_both() {
    let lmq = model();
    lmq.write(".config/lmq/config.toml", "[keys]\nquit = \"x\"\n");
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.sees("New topic");
    terminal.types(" ");
    terminal.sees("Space shows");
    terminal.types("?");
    terminal.sees("(undo_list)");
    terminal.types(" ");
    terminal.sees("Space shows");
    terminal.types("x");
    assert_eq!(terminal.ends().0, 0);
    lmq.write(".config/lmq/config.toml", "[keys]\nquit = \"x\"\nbury = \"x\"\n");
    let terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.sees("`x` is bound to both `bury` and `quit`");
    assert_eq!(terminal.ends().0, 3);
}

#[test]
fn a_terminal_that_is_closed_ends_the_program_and_keeps_the_answers() {
    let lmq = model();
    for args in [&["review", "model"][..], &[]] {
        let pair = NativePtySystem::default()
            .openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_lmq"));
        command.args(args);
        command.env_clear();
        command.env("HOME", lmq.folder.path());
        command.env("LMQ_NOW", crate::support::MORNING);
        command.env("TERM", "xterm-256color");
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        std::thread::sleep(Duration::from_millis(1500));
        assert!(child.try_wait().unwrap().is_none(), "{args:?}: it waits for a key");
        drop(pair.master);
        let started = started();
        while child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(15), "{args:?}: it goes on without a terminal");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    assert_eq!(lmq.ok(&["doctor"]), "everything is in order\n");
}

#[test]
fn a_narrow_a_tiny_and_a_changing_terminal_work() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 20, 6, &[("NO_COLOR", "1")]);
    terminal.sees("New topic");
    terminal.types(" ");
    terminal.sees("How does a plan");
    terminal.types(" ");
    terminal.sees("4 Easy");
    for (columns, rows) in [(300, 100), (40, 12), (20, 6), (80, 24)] {
        terminal.master.resize(PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    terminal.types("3");
    terminal.types("q");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
    assert!(!raw.contains("\u{1b}[38;"), "no colour was asked for");
}

#[test]
fn the_first_screen_shows_the_day_and_leads_into_the_first_card() {
    let lmq = Lmq::new();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    insta::assert_snapshot!("today_80", trimmed(&terminal.sees("Enter review")));
    terminal.types("\r");
    terminal.sees("New topic");
    terminal.types(" ");
    terminal.sees("Space shows");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("3");
    terminal.types("\u{3}");
    terminal.sees("1 answer");
    terminal.types("b");
    terminal.sees("search:");
    terminal.types("ladder");
    terminal.sees("quotes");
    terminal.types("\u{1b}");
    terminal.sees("Enter review");
    terminal.types("q");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
}

#[test]
fn a_terminal_that_cannot_place_the_cursor_gets_lines() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[("TERM", "dumb")]);
    terminal.sees("Enter goes on");
    terminal.types("\r");
    terminal.sees("Enter shows the answer");
    terminal.types("\r");
    terminal.sees("grade>");
    terminal.types(":q\r");
    let (code, _, raw) = terminal.ends();
    assert_eq!(code, 0);
    assert!(!raw.contains('\u{1b}'), "{raw:?}");
}
