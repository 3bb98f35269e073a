//! What is heard instead of seen: whole sittings in lines that are read in the order in which they come.

use crate::home::Lmq;
use crate::screens::model;
use crate::terminal::Terminal;

/// Whether everything is text and line ends: nothing that drives a terminal, nothing drawn.
#[track_caller]
fn is_only_text(said: &str) {
    let odd = |c: &char| {
        c.is_control() && *c != '\n'
            // Boxes, blocks, shades, triangles, Braille, and the dot between the parts of a line.
            || matches!(c, '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}' | '·')
    };
    assert_eq!(said.chars().find(odd), None, "{said}");
}

/// Whether these were said one after the other.
#[track_caller]
fn in_this_order(said: &str, parts: &[&str]) {
    let mut rest = said;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("no `{part}` in:\n{rest}\n══ all of it:\n{said}")
        };
        rest = after;
    }
}

const DECK: &str = "[deck]\nid = \"t\"\n\
    [[topic]]\nid = \"T1\"\ntitle = \"the topic\"\nprimer = \"The idea | of it all.\"\n\
    [[card]]\nkey = \"a\"\nkind = \"choice\"\nprompt = \"Which one?\"\nanswer = \"this\"\ndistractors = [\"that\"]\nsource = [\"T1\"]\n\
    [[card]]\nkey = \"b\"\nkind = \"typed\"\nprompt = \"A word?\"\nanswer = \"colour\"\nhint = \"Of light\"\n\
    [[card]]\nkey = \"c\"\nkind = \"cloze\"\ntext = \"A {{c1::gap}} in a line.\"\n\
    [[card]]\nkey = \"d\"\nkind = \"list\"\nprompt = \"Two things?\"\nitems = [\"one\", \"two\"]\n\
    [[card]]\nkey = \"e\"\nkind = \"order\"\nprompt = \"In order:\"\nitems = [\"first\", \"second\", \"third\"]\n\
    [[card]]\nkey = \"f\"\nkind = \"basic\"\nfront = \"\"\"| a | b |\n|---|---|\n| 1 | 2 |\n\n> said\"\"\"\nback = \"x\"\n";

fn deck() -> Lmq {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.import("t.toml", DECK);
    lmq
}

/// A whole sitting with a card of each kind, a step taken back and a card taken out.
const LINES: &str = "that\n\n:?\ncolor\n2\n:u\n:h\ncolour\n3\n:i\ngap\n3\none; two\n3\n1 2 3\n1\n:!\n:u\n:?\n\n3\n:q\n";

#[test]
fn a_whole_sitting_through_a_pipe_is_text_in_the_order_in_which_things_happen() {
    let lmq = deck();
    let run = lmq.run_with(LINES, ["--screen-reader", "--color", "always", "review"]).ok();
    is_only_text(&run.stdout);
    insta::assert_snapshot!("sitting_heard", run.stdout);
    in_this_order(
        &run.stdout,
        &[
            "New topic: the topic",
            "The idea | of it all.",
            "6 new, ",
            "Which one?",
            "  1  ",
            "  2  ",
            "Choose 1 to 2",
            "Not this time",
            "You chose: that",
            "Right: this",
            "1 Again this session (Enter)",
            "Again: once more in this session",
            "A word?",
            ":h for a hint",
            ":h, :hint  the hint",
            "Nearly",
            "You wrote: color",
            "Right: colour",
            "Hard: back",
            "A blank in a line.",
            "Took back: answered t/b Hard",
            "A word?",
            "Hint: Of light",
            "Right",
            "Good: back",
            "Asked because it is new",
            "Next: 1 Again this session, 2 Hard 1 day, ",
            "Right",
            "Answer: gap",
            "Two things?",
            "2 items, separated by semicolons",
            "Right",
            "In order:",
            "type the numbers, such as 3 1 2",
            "a: 1; b: 2",
            "Suspended. :u takes it back",
            "Took back: suspended t/f",
            "> said",
            ":!, :suspend  take the card out",
            "answers in",
        ],
    );
}

#[test]
fn in_a_terminal_the_setting_leads_to_a_home_of_lines_and_no_escape_code_is_sent() {
    let lmq = deck();
    lmq.ok(["config", "set", "screen_reader", "true"]);
    let mut terminal = Terminal::start(&lmq, &["--color", "always"], 80, 60, &[]);
    let told = terminal.sees("? lists what else there is");
    in_this_order(&told, &["Today: 0 reviews, 6 new cards", "Enter begins a review"]);
    terminal.types("?\r");
    terminal.sees("Any command works here");
    terminal.types("\r");
    terminal.sees("The idea | of it all.");
    // What works on a card works on its primer.
    terminal.types("?\r");
    terminal.sees("Enter goes on to the card");
    terminal.types("\r");
    terminal.sees("Choose 1 to 2");
    terminal.types("this\r");
    terminal.sees("Right");
    terminal.types("\r");
    terminal.sees("A word?");
    terminal.types(":!\r");
    terminal.sees("Suspended. :u takes it back");
    terminal.types(":u\r");
    terminal.sees("Took back: suspended");
    terminal.types(":q\r");
    terminal.sees("left for today");
    terminal.sees("Back at the start: Enter begins a review");
    terminal.types("a\r");
    for (asked, said) in [("Deck:", "t"), ("Question:", "Who leads?"), ("Answer:", "Amara")] {
        terminal.sees(asked);
        terminal.types(&format!("{said}\r"));
    }
    terminal.sees("t/who-leads");
    for (line, said) in [
        ("s", "Practice:"),
        ("d", "t: 0 due, 6 new, 7 in all"),
        ("b word", "t/b"),
        ("lmq show t/b", "colour"),
        ("cards \"open", "quotation mark"),
        ("b \"x", "quotation mark"),
        ("show b", "colour"),
        ("nonsense", "there is no command"),
        ("u", "undid"),
        ("redo", "brought back"),
        (":undo", "undid"),
        ("u", "undid"),
        ("t", "6 new cards"),
        ("config set new_per_day 2", "new_per_day = 2"),
        ("t", "2 new cards"),
    ] {
        terminal.types(&format!("{line}\r"));
        terminal.sees(said);
    }
    terminal.types("q\r");
    let (code, _, raw) = terminal.ends();
    assert_eq!(code, 0, "{raw}");
    is_only_text(&raw.replace("\r\n", "\n").replace('\r', "\n"));
}

#[test]
fn a_check_up_is_heard_with_what_was_missed_and_why() {
    let lmq = model();
    let run = lmq.run_with("?\n1\n:d\n", ["checkup", "--screen-reader", "--minutes", "1", "--yes"]).ok();
    is_only_text(&run.stdout);
    in_this_order(&run.stdout, &["[1 of ", "  1  ", ":d if you don't know", ":u, :undo  take back"]);
}

/// Some months of practice: enough for everything that is drawn.
fn practised() -> Lmq {
    let lmq = deck();
    let days = ["2025-10-05", "2025-11-05", "2025-12-05", "2026-01-05", "2026-01-07", "2026-01-12", "2026-01-14"];
    for day in days {
        let mut command = lmq.command();
        command.args(["review", "--new", "2"]).env("LMQ_NOW", format!("{day}T09:00:00+01:00"));
        crate::home::finish(command, b"that\n1\nx\n3\ngap\n3\none\n3\n1 2 3\n1\n\n3\n").done();
    }
    lmq
}

#[test]
fn numbers_and_words_stand_for_all_that_is_drawn() {
    let lmq = practised();
    for command in [
        &["stats"][..],
        &["stats", "--all"],
        &["report"],
        &["report", "--format", "text", "--with-cards"],
        &["decks"],
        &["decks", "--all"],
        &["cards", "is:due"],
        &["history"],
        &["undo", "--list"],
        &["config", "list", "--all"],
        &["doctor"],
        &["check", "t.toml"],
        &["help", "search"],
        &["--help"],
        &[],
    ] {
        let run = lmq.run([&["--screen-reader"], command].concat());
        is_only_text(&run.stdout);
        is_only_text(&run.stderr);
        let heading = |line: &str| line.len() > 3 && line.chars().all(|c| "=-".contains(c));
        assert!(command.first() == Some(&"help") || !run.stdout.lines().any(heading), "{}", run.stdout);
    }
    let seen = lmq.ok(["stats"]);
    assert!(seen.contains('▁') || seen.contains('▒') || seen.contains('░'), "there is something to draw: {seen}");
}

#[test]
fn a_gap_is_heard_in_lists_too_with_its_hint() {
    let lmq = Lmq::at_home().without_built_in_decks();
    let text = "The sky is {{c1::blue::a colour}} and {{c1::far}}.";
    lmq.import("c.toml", format!("[deck]\nid = \"c\"\n[[card]]\nkey = \"sky\"\nkind = \"cloze\"\ntext = \"{text}\"\n"));
    let heard = "The sky is blank (a colour) and blank.";
    for args in [&["cards", "deck:c"][..], &["next", "c"], &["show", "c/sky"]] {
        let heard_so = lmq.ok([&["--screen-reader"], args].concat());
        assert!(heard_so.contains(heard), "{heard_so}");
        let seen = lmq.ok(args);
        assert!(seen.contains("The sky is [a colour] and […]."), "{seen}");
    }
}
