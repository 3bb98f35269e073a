//! `lmq review` over lines, and in a real pseudo-terminal.

use crate::home::Lmq;
use crate::home::drives_a_terminal;
use crate::terminal::Terminal;
use crate::terminal::given_back;
use crate::terminal::started;
use crate::terminal::trimmed;
use crate::world::World;
use lmq::ops::queue::Options;
use portable_pty::CommandBuilder;
use portable_pty::NativePtySystem;
use portable_pty::PtySize;
use portable_pty::PtySystem as _;
use std::time::Duration;

const DECK: &str = include_str!("data/model.toml");

pub(crate) fn model() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.import("model.toml", DECK);
    lmq
}

fn lines(lmq: &Lmq, args: &[&str], input: &str) -> String {
    let new: &[&str] = if args.contains(&"--new") { &[] } else { &["--new", "20"] };
    let run = lmq.run_with(input, [&["review", "model"], new, args].concat());
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
    let history = lmq.json(["history", "--json"]);
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
    let card = lmq.json(["show", "model/plan-in-strategy", "--json"]);
    assert_eq!(
        (card["interval_days"].as_u64(), card["ease"].as_f64(), card["lapses"].as_u64()),
        (Some(1), Some(2.18), Some(0))
    );
}

#[test]
fn what_is_no_grade_is_asked_again_and_a_colon_can_be_typed() {
    let lmq = model();
    let out = lines(&lmq, &["--new", "1"], "::x\n7\n:nonsense\n:?\n:h\n:i\n:g\n");
    assert!(out.contains("`7` is not a grade here") && out.contains("There is no command :nonsense"), "{out}");
    assert!(
        out.contains("take back the newest step")
            && out.contains("There is no hint")
            && out.contains("Asked because it is new")
    );
    assert_eq!(lmq.json(["history", "--json"])[0]["quality"], 3, "a guess is Hard");
    assert_eq!(lmq.json(["history", "--json"])[0]["response"], ":x");
}

#[test]
fn six_grades_are_taken_on_request() {
    let lmq = model();
    let out = lines(&lmq, &["--new", "1", "--scale", "sm2"], "\n5\n");
    assert!(out.contains("0 again") && out.contains("5 easy"), "{out}");
    assert_eq!(lmq.json(["show", "model/plan-in-strategy", "--json"])["ease"], 2.6);
}

#[test]
fn cramming_moves_nothing_and_ahead_takes_what_is_due_soon() {
    let lmq = model();
    lines(&lmq, &["--new", "1"], "\n3\n");
    let before = lmq.ok(["cards", "deck:model", "--json"]);
    let run = lmq.run_with(b"\n1\n\n1\n\n1\n", ["review", "model", "--cram", "--limit", "3", "--new", "2"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(lmq.ok(["cards", "deck:model", "--json"]), before);
    let left = lmq.run_with(b"\n1\n:q\n", ["review", "model", "--cram"]).ok().stdout;
    assert!(left.contains(" left\n") && !left.contains("for today"), "{left}");
    assert!(lmq.json(["history", "--json"]).as_array().unwrap().iter().any(|row| row["kind"] == "crammed"));
    assert_eq!(lmq.run_at("2026-01-16T09:00:00+01:00", ["answer", "model/plan-in-strategy", "good"]).code, 0);
    let on_the_17th = |args: &[&str]| {
        let mut command = lmq.command();
        command.args(["review", "model", "--new", "0"]).args(args).env("LMQ_NOW", "2026-01-17T09:00:00+01:00");
        crate::home::finish(command, b"\n3\n").stdout
    };
    let nothing = on_the_17th(&[]);
    assert!(nothing.contains("Nothing is due") && nothing.contains("in 5 days"), "{nothing}");
    assert!(on_the_17th(&["--ahead", "4"]).contains("Nothing is due"));
    assert!(on_the_17th(&["--ahead", "5"]).contains("plan"));
    let card = lmq.json(["show", "model/plan-in-strategy", "--json"]);
    assert_eq!(
        (card["interval_days"].as_u64(), card["due"].as_str()),
        (Some(15), Some("2026-02-01")),
        "an early answer counts as due"
    );
}

#[test]
fn held_out_cards_are_never_asked() {
    let mut world = World::bare();
    world.import("model.toml", DECK);
    assert_eq!(world.names("Oskar"), ["model/kept-aside"]);
    let mut asked = Vec::new();
    while let Some(next) = world.next(&Options { new: Some(40), ..Options::default() }) {
        world.answer(next.card, 4);
        asked.push(next.name());
    }
    assert!(asked.len() > 5 && !asked.contains(&"model/kept-aside".to_owned()), "{asked:?}");
}

// In a terminal ---------------------------------------------------------------------------------------------------

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
        .json(["history", "--json"])
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["answered", "undone"]);
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
    assert_eq!(lmq.json(["history", "--json"]).as_array().unwrap().len(), 0, "only the primer was turned away");
}

#[test]
fn a_key_held_since_the_question_does_not_grade_the_answer() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.puts_primer_away();
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
    assert_eq!(lmq.json(["history", "--json"]).as_array().unwrap().len(), 0);
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
    assert_eq!(lmq.json(["history", "--json"]).as_array().unwrap().len(), 0);
}

#[test]
fn signals_and_a_lost_terminal_leave_everything_in_order() {
    for signal in ["TERM", "HUP", "INT"] {
        let lmq = model();
        let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
        terminal.turns_first_card();
        terminal.types("3");
        terminal.sees("counterpart");
        let pid = terminal.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        let (_, _, raw) = terminal.ends();
        assert!(given_back(&raw), "{signal}");
        assert_eq!(lmq.json(["history", "--json"]).as_array().unwrap().len(), 1, "{signal}");
        assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
    }
}

#[test]
fn keys_can_be_bound_and_a_key_for_two_commands_is_refused_with_both() {
    let lmq = model();
    lmq.write(".config/lmq/config.toml", "[keys]\nquit = \"x\"\n");
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
    terminal.puts_primer_away();
    terminal.types("?");
    terminal.sees("Keys here");
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
        command.env("HOME", lmq.root());
        command.env("LMQ_NOW", crate::home::NOW);
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
    assert_eq!(lmq.ok(["doctor"]), "everything is in order\n");
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
    // `38;` alone may be the place of the cursor.
    assert!(["\u{1b}[38;5;", "\u{1b}[38;2;"].iter().all(|code| !raw.contains(code)), "no colour was asked for");
}

#[test]
fn the_first_screen_shows_the_day_and_leads_into_the_first_card() {
    let lmq = Lmq::at_home();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    insta::assert_snapshot!("today_80", trimmed(&terminal.sees("Enter begins")));
    terminal.types("\r");
    terminal.turns_first_card();
    terminal.types("3");
    terminal.types("\u{3}");
    terminal.sees("1 answer");
    terminal.types("b");
    terminal.sees("x actions");
    terminal.types("/");
    terminal.sees("Enter to the list");
    terminal.types("ladder");
    terminal.sees("quotes");
    terminal.types("\r");
    terminal.sees("x actions");
    terminal.types("q");
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

/// A key that is pressed, and then held for two seconds: the first repeat comes after half a second.
fn holds(terminal: &mut Terminal, key: &str) {
    terminal.types(key);
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..50 {
        terminal.types_now(key);
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn a_held_key_that_moves_a_card_moves_none_that_nobody_saw() {
    for (key, kind) in [("-", "buried"), ("!", "suspended"), ("*", "marked")] {
        let lmq = model();
        let mut terminal = Terminal::start(&lmq, &["review", "model"], 80, 24, &[]);
        terminal.puts_primer_away();
        holds(&mut terminal, key);
        terminal.types("\u{3}");
        terminal.ends();
        let rows = lmq.json(["history", "--json"]);
        let kinds: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, [kind], "{key} held");
    }
}

#[test]
fn a_held_u_takes_back_one_answer() {
    // Where a line is typed, Esc gives the letters their meaning as keys.
    for (args, text, first) in [(&["review", "model"][..], "Aligning", "\u{1b}"), (&[], "Enter review", "j")] {
        let lmq = model();
        for card in ["model/plan-in-strategy", "model/vision-execution#1", "model/hand-washing"] {
            lmq.ok(["answer", card, "good"]);
        }
        let mut terminal = Terminal::start(&lmq, args, 80, 24, &[]);
        terminal.sees(text);
        terminal.types(first);
        holds(&mut terminal, "u");
        terminal.types("\u{3}");
        terminal.ends();
        let rows = lmq.json(["history", "--json"]);
        let undone = rows.as_array().unwrap().iter().filter(|row| row["kind"] == "undone").count();
        assert_eq!(undone, 1, "of three answers, {args:?}");
    }
}

#[test]
fn what_is_typed_before_a_question_was_seen_is_no_answer_to_it() {
    let deck = "[deck]\nid = \"t\"\n\
        [[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"First?\"\nback = \"x\"\n\
        [[card]]\nkey = \"b\"\nkind = \"typed\"\nprompt = \"Second?\"\nanswer = \"word\"\n";
    // A held Enter, and keys that come late from a slow line.
    for keys in ["\r", "wrong\r"] {
        let lmq = Lmq::at_home();
        lmq.import("t.toml", deck);
        let mut terminal = Terminal::start(&lmq, &["review", "t"], 80, 24, &[]);
        terminal.sees("First?");
        terminal.types(" ");
        terminal.sees("3 Good");
        if keys == "\r" {
            terminal.types(keys);
            std::thread::sleep(Duration::from_millis(500));
        } else {
            terminal.types("3");
        }
        for key in keys.repeat(if keys == "\r" { 20 } else { 2 }).chars() {
            terminal.types_now(&key.to_string());
            std::thread::sleep(Duration::from_millis(30));
        }
        let screen = terminal.sees("Second?");
        assert!(!screen.contains("word"), "{keys:?}: {screen}");
        // And what is typed now counts, letter by letter, however fast.
        terminal.types("word\r");
        terminal.sees("3 Good");
        terminal.types(" ");
        terminal.sees("Done for now");
        terminal.types(" ");
        terminal.ends();
        let rows = lmq.json(["history", "--json"]);
        assert_eq!(rows[1]["response"], "word", "{keys:?}: {rows}");
    }
}

#[test]
fn what_is_said_after_the_screen_is_gone_breaks_between_words() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 40, 24, &[]);
    terminal.turns_first_card();
    terminal.types("3");
    terminal.sees("counterpart");
    terminal.types("q");
    let (code, shown, _) = terminal.ends();
    assert_eq!(code, 0);
    assert!(shown.contains("right at the first try") && shown.contains("`lmq"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 40));
}

#[test]
fn a_sitting_over_lines_can_be_left_at_a_primer() {
    for keys in ["\u{4}", ":q\r"] {
        let lmq = model();
        let mut terminal = Terminal::start(&lmq, &["review", "model", "--plain"], 80, 24, &[]);
        terminal.sees("Enter goes on");
        terminal.types(keys);
        terminal.sees("left for today");
        let (code, shown, _) = terminal.ends();
        assert!(code == 0 && !shown.contains("How does a plan"), "{shown}");
    }
}

#[test]
fn each_button_shows_its_interval_in_twenty_columns_too() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "model"], 20, 24, &[]);
    terminal.puts_primer_away();
    terminal.types(" ");
    let shown = terminal.sees("4 Easy");
    for button in ["1 Again soon", "2 Hard 1 d", "3 Good 1 d", "4 Easy 1 d", "smaller part"] {
        assert!(shown.contains(button), "{shown}");
    }
    terminal.types("q");
    terminal.ends();
}
