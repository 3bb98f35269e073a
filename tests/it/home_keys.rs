//! What keys do on the first screen and in the forms that it leads to, so that nobody has to leave it for a command.

use crate::home::Lmq;
use crate::terminal::Terminal;

/// A deck of seven cards, two of which may be met a day.
fn seven() -> Lmq {
    let lmq = Lmq::at_home().without_built_in_decks();
    for front in ["one", "two", "three", "four", "five", "six", "seven"] {
        lmq.ok(["add", "mine", front, "an answer"]);
    }
    lmq.ok(["config", "set", "new_per_day", "2"]);
    for front in ["one", "two"] {
        lmq.ok(["answer", &lmq.id(&format!("deck:mine {front}")), "easy"]);
    }
    lmq
}

#[test]
fn once_nothing_waits_a_key_brings_more_new_cards() {
    let lmq = seven();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    let home = terminal.sees("m brings five more");
    assert!(home.contains("m more") && !home.contains("lmq review"), "{home}");
    terminal.types("m");
    terminal.sees("5 new");
    terminal.types("\u{3}");
    terminal.sees("m more");
    // For the chosen deck as well.
    terminal.types("j");
    terminal.types("\r");
    terminal.sees("brings five more");
    terminal.types("m");
    terminal.sees("5 new");
    terminal.types("\u{3}");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_break_ends_by_a_key() {
    let lmq = seven();
    lmq.ok(["pause", "--until", "2026-02-01"]);
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("x, then p,");
    terminal.types("x");
    terminal.sees("end the break");
    terminal.types("p");
    terminal.sees("Ended the break. u takes it back");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn a_new_card_begins_with_its_question_and_nothing_typed_is_dropped_unasked() {
    let lmq = seven();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("q leave");
    terminal.types("a");
    terminal.sees("Add a card");
    terminal.types("Who?");
    let form = terminal.sees("Who?");
    assert!(form.lines().any(|line| line.contains("front") && line.contains("Who?")), "{form}");
    assert!(form.lines().any(|line| line.contains("deck") && line.contains("mine")), "{form}");
    terminal.types("\u{1b}OP");
    terminal.sees("the next field");
    terminal.types("\u{1b}");
    for leave in ["\u{1b}", "\u{3}"] {
        terminal.types(leave);
        terminal.sees("Drop what you typed?");
        terminal.types("g");
        terminal.sees("Enter saves");
    }
    terminal.types("\u{3}");
    terminal.sees("Drop what you typed?");
    terminal.types("\u{3}");
    terminal.sees("q leave");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
    // A smaller form asks as well.
    let mut terminal = Terminal::start(&lmq, &["review", "--new", "5"], 80, 24, &[]);
    terminal.sees("Space shows the answer");
    terminal.types("+");
    terminal.sees("A smaller card beside this one");
    terminal.types("Half?\u{1b}");
    terminal.sees("Drop what you typed?");
    terminal.types("d");
    terminal.sees("Space shows the answer");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn the_statistics_explain_their_numbers() {
    let lmq = seven();
    let mut terminal = Terminal::start(&lmq, &["--color", "never"], 80, 40, &[]);
    terminal.sees("q leave");
    terminal.types("s");
    terminal.sees("? what these numbers are");
    terminal.types("?");
    let said = terminal.sees("Keys here");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in lmq::ui::WHAT_THEY_ARE {
        assert!(said.contains(sentence), "{sentence} in {said}");
    }
    terminal.types("q");
    terminal.types("q");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}
