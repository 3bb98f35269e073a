//! How a full screen ends: killed, stopped by the shell, in a panic. The terminal is given back, and what was graded is kept.

use crate::home::Lmq;
use crate::screens::model;
use crate::terminal::Terminal;
use crate::terminal::given_back;
use crate::terminal::started;
use std::process::Command;
use std::time::Duration;

#[test]
fn kill_9_just_after_a_grade_loses_nothing_and_leaves_nothing_half_done() {
    let mut kept = 0;
    for delay in (0..=50).step_by(5) {
        let lmq = model();
        let mut terminal = Terminal::start(&lmq, &["review", "work::model"], 80, 24, &[]);
        terminal.turns_first_card();
        terminal.types("3");
        std::thread::sleep(Duration::from_millis(delay));
        // What is on the screen was committed before.
        let seen = terminal.text().contains("counterpart");
        assert!(
            Command::new("kill")
                .args(["-9", &terminal.child.process_id().unwrap().to_string()])
                .status()
                .unwrap()
                .success()
        );
        terminal.child.wait().unwrap();
        let answers = lmq.json(["history", "--json"]).as_array().unwrap().len();
        assert!(answers == 1 || (answers == 0 && !seen), "{delay} ms: {answers}");
        kept += answers;
        assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
    }
    assert!(kept > 0, "50 ms are enough for an answer");
}

/// The state of a process, as the kernel has it.
#[cfg(target_os = "linux")]
fn state_of(process: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    stat.rsplit(") ").next().unwrap().chars().take(1).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "work::model"], 80, 24, &[]);
    terminal.sees("New topic");
    terminal.types("\u{1a}");
    let process = terminal.child.process_id().unwrap();
    let began = started();
    while state_of(process) != "T" {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(50));
    assert!(given_back(&String::from_utf8_lossy(&terminal.raw.lock().unwrap())));
    assert!(Command::new("kill").args(["-CONT", &process.to_string()]).status().unwrap().success());
    let began = started();
    while given_back(&String::from_utf8_lossy(&terminal.raw.lock().unwrap())) {
        assert!(began.elapsed() < Duration::from_secs(10), "it does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
    terminal.sees("New topic");
    terminal.types("\u{3}");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
}

/// Panics in the middle of the screen: what it leaves behind is what the test looks at.
#[test]
#[ignore = "a helper that the other starts in a terminal"]
fn the_one_that_panics() {
    lmq::cli::end_at_a_panic();
    let env = lmq::env::Env::from_process();
    let here = std::env::current_dir().unwrap();
    let (mut store, _) =
        lmq::ops::open(&here.join("panic.db"), &env, &lmq::core::settings::Settings::default()).unwrap();
    let mut review = lmq::ops::review::Review::new(
        &mut store,
        &env,
        lmq::core::settings::Settings::default(),
        &lmq::ops::queue::Options::default(),
    )
    .unwrap();
    let keys = lmq::ui::keymap::Keymap::new(lmq::core::settings::KeyPreset::Usual, &std::collections::BTreeMap::new())
        .unwrap();
    let look = lmq::ui::Look { colour: false, width: 80, links: false, palette: lmq::ui::Palette::OWN, spoken: false };
    lmq::ui::review(&mut review, look, &keys, &|| panic!("in the middle of it"), &crate::over_lines::NoEditor).unwrap();
}

#[test]
fn a_panic_gives_the_terminal_back() {
    let lmq = Lmq::at_home();
    let this = std::env::current_exe().unwrap();
    let args = ["screen_ends::the_one_that_panics", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    let terminal = Terminal::start_program(&this, &lmq, &args, 80, 24, &[]);
    let (code, _, raw) = terminal.ends();
    assert_eq!(code, 4);
    assert!(raw.contains("\u{1b}[?1049h") && raw.contains("in the middle of it"), "{raw}");
    assert!(raw.contains("lmq: something happened that should never happen"), "{raw}");
    assert!(given_back(&raw), "{raw}");
}
