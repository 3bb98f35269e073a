//! Twenty columns and eight rows: a terminal in a corner, large print, a refreshable display.

use crate::screens::model;
use crate::terminal::Terminal;
use crate::terminal::given_back;
use crate::terminal::trimmed;

#[test]
fn every_screen_works_in_twenty_columns_and_eight_rows() {
    let lmq = model();
    let monday = [("LMQ_NOW", "2026-01-19T09:00:00+01:00"), ("NO_COLOR", "1")];
    let mut album = String::new();
    let mut take = |terminal: &Terminal, name: &str| {
        terminal.rests();
        let shown = trimmed(&terminal.text());
        assert!(!shown.is_empty(), "{name} shows nothing");
        album.push_str(&format!("══ {name}\n{shown}\n"));
    };
    let mut terminal = Terminal::start(&lmq, &[], 20, 8, &[("NO_COLOR", "1")]);
    terminal.sees("10 cards");
    take(&terminal, "home, first run");
    terminal.types("?");
    take(&terminal, "help");
    terminal.types("q");
    terminal.types("a");
    take(&terminal, "form");
    terminal.types("Who leads sales in the north?\tteam\t");
    take(&terminal, "form, filled");
    terminal.types("\u{1b}");
    take(&terminal, "form, left with something in it");
    terminal.types("\r");
    terminal.types("\u{1b}\r");
    terminal.types("\u{3}\u{3}");
    terminal.types_now("\u{3}");
    assert_eq!(terminal.ends().0, 0);

    let mut terminal = Terminal::start(&lmq, &["review", "work::model"], 20, 8, &[("NO_COLOR", "1")]);
    terminal.sees("New topic");
    take(&terminal, "primer");
    for (keys, seen, name) in [
        (" ", "Space", "question"),
        ("i", "Asked", "why"),
        ("i", "Esc", "card, while it is asked"),
        ("\u{1b}", "Space", ""),
        (" ", "3 Good", "answer"),
        ("3", "counterpart", ""),
        (" ", "3 Good", ""),
        ("3", "Aligning", "typed"),
        ("behavior\r", "Nearly", "typed, nearly"),
        ("2", "ward", "choice"),
        ("\u{1b}[6~", "", "choice, a page on"),
        ("1", "", "choice, answered"),
        ("3", "three", "list"),
        ("build trust\rcharm\r", "1 of 3", "list, two named"),
        ("\r", "3 Good", "list, its answer"),
        ("3", "From far", "order"),
        ("U", "newest", "steps"),
        ("\u{1b}", "From far", ""),
    ] {
        terminal.types(keys);
        terminal.sees(seen);
        if !name.is_empty() {
            take(&terminal, name);
        }
    }
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);

    lmq.write(".config/lmq/config.toml", "leech_lapses = 1\n");
    let args = ["review", "work::model", "--new", "0", "--limit", "1"];
    let mut terminal = Terminal::start(&lmq, &args, 20, 8, &monday);
    terminal.sees("you?");
    take(&terminal, "did you");
    for (keys, seen, name) in
        [("y", "Space", ""), (" ", "3 Good", ""), ("1", "A leech", "leech"), ("x", "Space", ""), (" ", "3 Good", "")]
    {
        terminal.types(keys);
        terminal.sees(seen);
        if !name.is_empty() {
            take(&terminal, name);
        }
    }
    terminal.types("3");
    terminal.sees("Done for now");
    take(&terminal, "the end");
    terminal.types(" ");
    assert_eq!(terminal.ends().0, 0);

    let mut terminal = Terminal::start(&lmq, &[], 20, 8, &monday);
    terminal.sees("cards");
    take(&terminal, "home");
    for (keys, name) in [
        ("jj", "home, a deck chosen"),
        ("s", "statistics"),
        (" ", "statistics, everything"),
        ("q", ""),
        ("q", ""),
        ("b", "browse"),
        ("x", "browse, actions"),
        ("\u{1b}", ""),
        ("o", "browse, sort"),
        ("\u{1b}", ""),
        ("c", "browse, columns"),
        ("\u{1b}", ""),
        ("/", "browse, filter"),
        ("tag:\"", "browse, a wrong filter"),
        ("\u{1b}", ""),
        ("t", "browse, a tag"),
        ("\u{1b}", ""),
        ("\r", "browse, card"),
        ("q", ""),
        ("e", "edit"),
        ("\u{1b}", ""),
        ("q", ""),
        ("c", "check-up"),
        ("\r", ""),
        ("?", "check-up, keys"),
        ("q", ""),
        ("\u{3}", "check-up, left"),
    ] {
        terminal.types(keys);
        if !name.is_empty() {
            take(&terminal, name);
        }
    }
    let ended = crate::terminal::started();
    while terminal.child.try_wait().unwrap().is_none() && ended.elapsed().as_secs() < 20 {
        terminal.types("\u{3}");
    }
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw), "{raw}");
    insta::assert_snapshot!("tour_20_by_8", album);
    let doctor = lmq.run_at("2026-01-19T10:00:00+01:00", ["doctor"]);
    assert_eq!(doctor.stdout, "everything is in order\n");
}

#[test]
fn lines_are_wrapped_at_twenty_columns_and_nothing_is_cut() {
    let lmq = model();
    let mut terminal = Terminal::start(&lmq, &["review", "work::model", "--plain"], 20, 60, &[]);
    terminal.sees("Enter goes on");
    terminal.types("\r");
    terminal.sees("Enter shows the");
    terminal.types("\r");
    terminal.sees("grade>");
    terminal.types(":q\r");
    let (code, shown, _) = terminal.ends();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let text = words.join(" ");
    assert!(code == 0 && text.contains("The plan is a smaller part of it") && !text.contains('…'), "{shown}");
    assert!(text.contains("1 Again this session 2 Hard 1 d 3 Good 1 d (Enter) 4 Easy 1 d"), "{shown}");
}
