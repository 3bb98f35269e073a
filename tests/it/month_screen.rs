//! A month with nothing but the full screen, at three widths: cards are added, mended, found and taken out where they are
//! met, and a break is made in the middle.

use crate::home::Lmq;
use crate::review::model;
use crate::terminal::Terminal;
use crate::terminal::started;
use lmq::core::scheduler::splitmix64;
use std::time::Duration;

const WIDTHS: [u16; 3] = [40, 80, 200];

fn morning(day: u32) -> String {
    format!("2026-01-{:02}T07:30:00+01:00", day + 1)
}

fn open(lmq: &Lmq, day: u32) -> Terminal {
    let columns = WIDTHS[usize::try_from(day).unwrap() % 3];
    Terminal::start(lmq, &[], columns, 24, &[("LMQ_NOW", &morning(day)), ("LMQ_CONFIG", "config.toml")])
}

/// Answers all that waits; gives how many cards were met.
fn sitting(terminal: &mut Terminal, day: u32) -> u32 {
    let (begun, mut answers) = (started(), 0);
    loop {
        assert!(begun.elapsed() < Duration::from_secs(90), "day {day} does not end:\n{}", terminal.text());
        // What the last key led to has to be there before the next one is chosen.
        std::thread::sleep(Duration::from_millis(200));
        let shown = terminal.text();
        if shown.contains("Done for now") {
            terminal.types("x");
            terminal.sees("▸ all decks");
            return answers;
        }
        if shown.contains("▸ all decks") {
            return answers;
        }
        if shown.contains("A leech:") {
            terminal.types("x");
        } else if shown.contains("1 Again") {
            answers += 1;
            // Some are forgotten, as it goes.
            let again = splitmix64(u64::from(day * 1000 + answers)).is_multiple_of(7);
            terminal.types_now(if again { "1" } else { "3" });
        } else {
            // A choice that nobody makes.
            terminal.types_now(if shown.contains("0 shows") { "0" } else { " " });
        }
    }
}

#[test]
fn a_month_needs_nothing_but_the_screen() {
    let lmq = model();
    lmq.write("config.toml", "new_per_day = 1\n");
    let mut answers = 0;
    for day in 0..30 {
        let mut terminal = open(&lmq, day);
        terminal.sees(if day == 0 { "Press Enter" } else { "▸ all decks" });
        if day == 3 {
            terminal.types("a");
            terminal.sees("Add a card");
            terminal.types("\u{1b}[Z\u{1b}[Z\u{15}mine\t\tWhose is the street?\tEverybody's\r");
            terminal.sees("Added: ");
            terminal.types("\u{1b}");
            terminal.sees("Added 1 card");
        }
        if day == 5 {
            terminal.types("/");
            terminal.types("deck:mine");
            terminal.sees("1 of ");
            terminal.types("\r");
            terminal.types("e");
            terminal.sees("Edit ");
            terminal.types("?!\r");
            terminal.sees("What did you change?");
            terminal.types("t");
            terminal.types("q");
            terminal.sees("▸ all decks");
        }
        if (12..16).contains(&day) {
            // Nothing is asked in a break; the first screen says so.
            terminal.sees("Paused until");
        } else {
            terminal.types("\r");
            terminal.types(" ");
            answers += sitting(&mut terminal, day);
        }
        terminal.types("q");
        let (code, ..) = terminal.ends();
        assert_eq!(code, 0, "day {day}");
        if day == 11 {
            // The one thing that has no key.
            let run = lmq.run_at(&morning(12), ["pause", "--until", "2026-01-17"]);
            assert_eq!(run.code, 0, "{run:?}");
        }
    }
    let last = morning(29);
    let history: serde_json::Value = serde_json::from_str(&lmq.run_at(&last, ["history", "--json"]).stdout).unwrap();
    let kept = history.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count();
    // A key that comes while the next card is being drawn grades nothing.
    assert!(kept > 60 && kept <= usize::try_from(answers).unwrap(), "{kept} of {answers}");
    let added = lmq.run_at(&last, ["cards", "street", "--json"]).stdout;
    assert!(added.contains("Whose is the street??!") || added.contains("Whose is the street?!"), "{added}");
    assert_eq!(lmq.run_at(&last, ["doctor"]).stdout, "everything is in order\n");
}
