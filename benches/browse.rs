//! The list of all cards on a real pseudo-terminal, 200 by 50: its first frame, the echo of what is typed, and the rows of another
//! filter or order.

use crate::data;
use crate::data::Shape;
use crate::measure::ms;
use crate::measure::size_name;
use crate::measure::sizes;
use crate::measure::text;
use crate::screen::Terminal;
use crate::screen::runs;
use std::time::Duration;

/// How often each is measured.
const TIMES: usize = 30;

/// Silence after which no more rows come: they come some while after the key was echoed.
const SILENCE: Duration = Duration::from_millis(400);

fn lmq(db: &str) -> Terminal {
    let terminal = Terminal::start(env!("CARGO_BIN_EXE_lmq"), &["--now", data::NOW, "--db", db], (200, 50));
    terminal.frame(terminal.started);
    terminal
}

pub(crate) fn run() {
    println!("\n### The list of cards, 200 by 50, on a pseudo-terminal: from a key to what it shows\n");
    println!("| what | median | p99 |\n| --- | ---: | ---: |");
    for size in sizes() {
        let db = data::copy(&data::database(Shape::Topics, size), "browse.db");
        let mut first = Vec::new();
        for _ in 0..10 {
            let mut terminal = lmq(text(&db));
            first.push(terminal.key_until(b"b", SILENCE).0);
            terminal.end(b"qq");
        }
        let mut terminal = lmq(text(&db));
        terminal.key_until(b"b", SILENCE);
        terminal.key_until(b"/", SILENCE);
        let (mut echoed, mut filtered) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            for key in [b"4", b"7", b"\x7f", b"\x7f"] {
                let (echo, rows) = terminal.key_until(key, SILENCE);
                echoed.push(echo);
                filtered.push(rows);
            }
        }
        terminal.key_until(b"\x1b", SILENCE);
        let mut sorted = Vec::new();
        for _ in 0..TIMES {
            terminal.key_until(b"o", SILENCE);
            sorted.push(terminal.key_until(b"i", SILENCE).1);
        }
        // A range over everything, which grows by a row.
        terminal.key_until(b"v", SILENCE);
        terminal.key_until(b"G", SILENCE);
        let (mut ranged, mut moved) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            ranged.push(terminal.key_until(b"k", SILENCE).1);
        }
        terminal.key_until(b"v", SILENCE);
        for _ in 0..TIMES {
            moved.push(terminal.key_until(b"k", SILENCE).1);
        }
        terminal.end(b"qq");
        for (what, times) in [
            ("`b` to the first frame", first),
            ("a typed letter to its echo", echoed),
            ("a typed letter to the filtered rows", filtered),
            ("to the rows in another order", sorted),
            ("up, with all cards in a range", ranged),
            ("up", moved),
        ] {
            let times = runs(times);
            println!("| {what}, {} cards | {} | {} |", size_name(size), ms(times.median()), ms(times.at(99)));
        }
    }
}
