//! Keys that a person expects to work wherever they are: taking back, help, and ends that are no surprise.

use crate::home::Lmq;
use crate::terminal::Terminal;

const DECK: &str = "[deck]\nid = \"t\"\n\
    [[topic]]\nid = \"T1\"\ntitle = \"the topic\"\nprimer = \"The idea of it all.\"\n\
    [[card]]\nkey = \"a\"\nkind = \"basic\"\nfront = \"First?\"\nback = \"x\"\n\
    [[card]]\nkey = \"b\"\nkind = \"basic\"\nfront = \"Second?\"\nback = \"y\"\nsource = [\"T1\"]\n\
    [[card]]\nkey = \"c\"\nkind = \"typed\"\nprompt = \"Third?\"\nanswer = \"word\"\n\
    [[card]]\nkey = \"d\"\nkind = \"list\"\nprompt = \"Fourth?\"\nitems = [\"one\", \"two\"]\n";

fn deck() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.import("t.toml", DECK);
    lmq
}

fn kinds(lmq: &Lmq) -> Vec<String> {
    let rows = lmq.json(["history", "--json"]);
    rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_key_changed_is_said_and_taken_back_on_a_primer_on_a_typed_card_and_at_the_end() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t"], 80, 24, &[]);
    terminal.sees("First?");
    terminal.types("!");
    // The next screen is a primer.
    terminal.sees("The idea of it all");
    terminal.sees("Suspended. u takes it back");
    terminal.types("?");
    terminal.sees("Keys here");
    terminal.types(" ");
    terminal.sees("The idea of it all");
    terminal.types("u");
    terminal.sees("First?");
    terminal.types("-");
    terminal.sees("Buried until tomorrow. u takes it back");
    terminal.types(" ");
    terminal.sees("Second?");
    terminal.types("-");
    terminal.sees("Third?");
    terminal.sees("Esc u takes it back");
    terminal.types("\u{1b}");
    terminal.sees("Esc types on");
    terminal.types("u");
    terminal.sees("Second?");
    terminal.types("-");
    terminal.sees("Third?");
    terminal.types("\u{1b}");
    terminal.types("-");
    terminal.sees("Fourth?");
    terminal.types("\u{1b}");
    terminal.types("-");
    // The last card is gone, and the end of the session is there.
    terminal.sees("Buried until tomorrow. u takes it back");
    terminal.sees("Done for now");
    // What is no longer than the screen has no other page, and a key for that leaves nothing.
    terminal.types("\u{1b}[6~\u{1b}[5~");
    terminal.types("u");
    terminal.sees("Fourth?");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);
    let counted = kinds(&lmq);
    assert_eq!(counted.iter().filter(|kind| *kind == "undone").count(), 3, "{counted:?}");
}

#[test]
fn esc_pressed_twice_on_a_typed_card_goes_back_to_typing_and_space_alone_shows() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t", "--search", "third"], 80, 24, &[]);
    terminal.sees("Third?");
    terminal.types("\u{1b}");
    terminal.sees("Esc types on");
    terminal.types("?");
    terminal.sees("Esc makes letters keys");
    terminal.types(" ");
    terminal.sees("Third?");
    terminal.types("\u{1b}");
    terminal.sees("Esc other keys");
    // With something typed a blank is a blank.
    terminal.types("a b");
    terminal.sees("> a b");
    terminal.types("\u{15}");
    terminal.types(" ");
    let shown = terminal.sees("3 Good");
    assert!(shown.contains("1 Again this session") && shown.contains("4 Easy 1 d"), "{shown}");
    terminal.types("u");
    terminal.sees("The answer is hidden again, and nothing was graded. Esc u now takes back the");
    terminal.types("\u{3}");
    terminal.ends();
    assert!(kinds(&lmq).is_empty(), "nothing was graded");
}

#[test]
fn the_last_item_of_a_list_shows_nothing_and_the_empty_line_that_ends_it_grades_nothing() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t", "--search", "fourth"], 80, 24, &[]);
    terminal.sees("Fourth?");
    terminal.types("one\r");
    terminal.sees("1 of 2 found, 1 named");
    terminal.types("too");
    terminal.types("\r");
    let shown = terminal.sees("1 of 2 found, 2 named");
    assert!(!shown.contains("3 Good"), "{shown}");
    // What was named wrongly is taken back into the line.
    terminal.types("\u{7f}");
    terminal.sees("> too");
    terminal.types("\u{15}");
    terminal.types("two\r");
    terminal.sees("2 of 2 found");
    terminal.types("\r");
    terminal.sees("Right");
    terminal.types("\u{3}");
    terminal.ends();
    assert!(kinds(&lmq).is_empty(), "nothing was graded: {:?}", kinds(&lmq));
}

#[test]
fn lines_in_a_column_move_by_the_keys_of_a_column_and_by_digits() {
    let lmq = Lmq::at_home();
    lmq.import(
        "o.toml",
        "[deck]\nid = \"o\"\n[[card]]\nkey = \"o\"\nkind = \"order\"\nprompt = \"Sort?\"\nitems = [\"aa\", \"bb\", \"cc\"]\n",
    );
    let mut terminal = Terminal::start(&lmq, &["review", "o"], 80, 24, &[]);
    let shown = terminal.sees("Sort?");
    let places = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter(|line| ["aa", "bb", "cc"].iter().any(|item| line.ends_with(item)));
        lines.map(|line| line.chars().rev().take(2).collect()).collect()
    };
    let before = places(&shown);
    // Shift and Down: the first line goes below the second.
    terminal.types("\u{1b}[1;2B");
    terminal.rests();
    let moved = places(&terminal.text());
    assert_eq!(moved, [before[1].clone(), before[0].clone(), before[2].clone()]);
    // A digit: it goes to that place.
    terminal.types("3");
    terminal.rests();
    assert_eq!(places(&terminal.text()), [before[1].clone(), before[2].clone(), before[0].clone()]);
    terminal.types("\u{3}");
    terminal.ends();
}

#[test]
fn the_first_screen_begins_with_enter_alone_and_lets_one_choose_whose_cards() {
    let lmq = deck();
    for (key, sees) in [("1", "First?"), ("2", "New topic"), ("\r", "new")] {
        let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
        let shown = terminal.sees("Enter begins");
        assert!(shown.contains("1 begins with your own cards"), "{shown}");
        terminal.types("\u{1b}[B");
        terminal.types("y");
        terminal.rests();
        assert!(terminal.text().contains("▸") && terminal.text().contains("Enter begins"), "{}", terminal.text());
        terminal.types("\u{1b}[A");
        terminal.types(key);
        terminal.sees(sees);
        terminal.types("\u{3}");
        terminal.sees("Enter begins");
        terminal.types("q");
        assert_eq!(terminal.ends().0, 0);
    }
}

#[test]
fn keys_that_were_bound_anew_work_on_every_screen_and_are_those_that_it_names() {
    let lmq = deck();
    lmq.write(
        ".config/lmq/config.toml",
        "new_per_day = 9\nsession_minutes = 0\n[keys]\nreveal = \"x\"\ndown = \"n ctrl-n\"\nup = \"p\"\nquit = \"z\"\nhelp = \"f\"\n\
         form_save = \"ctrl-s\"\nform_leave = \"ctrl-x\"\nactions = \"y\"\nundo_list = \"w\"\nscene = \"v\"\n",
    );
    let mut terminal = Terminal::start(&lmq, &[], 100, 30, &[("LMQ_CONFIG", ".config/lmq/config.toml")]);
    let home = terminal.sees("x begins");
    assert!(
        home.contains("Press x for the first one") && home.contains("f keys") && home.contains("z leave"),
        "{home}"
    );
    terminal.types("f");
    terminal.sees("x             begin, with the deck that is chosen");
    terminal.types("z");
    terminal.sees("x begins");
    terminal.types("\r");
    terminal.types("n");
    terminal.sees("▸ t");
    // A list, its menu, and a form.
    terminal.types("b");
    terminal.sees("y actions");
    terminal.types("y");
    terminal.sees("Enter chooses");
    terminal.types("\u{e}");
    terminal.sees("▸ -");
    terminal.types("z");
    terminal.types("e");
    terminal.sees("Ctrl-S saves");
    terminal.sees("Ctrl-X leaves");
    terminal.types("\u{18}");
    terminal.sees("y actions");
    terminal.types("/");
    terminal.sees("Ctrl-S to the list");
    terminal.types("first\u{13}");
    terminal.sees("y actions");
    terminal.types("z");
    terminal.sees("x begins");
    // A session: the key of before does nothing, that of now all that it did.
    terminal.types("x");
    terminal.sees("x shows the answer");
    terminal.types(" ");
    terminal.rests();
    assert!(terminal.text().contains("x shows the answer"), "{}", terminal.text());
    terminal.types("x");
    terminal.sees("3 Good");
    terminal.types("x");
    terminal.sees("x goes on");
    terminal.types("x");
    terminal.sees("Second?");
    terminal.types("w");
    terminal.sees("x takes back 1 step");
    terminal.types("z");
    terminal.sees("Second?");
    terminal.types("\u{3}");
    terminal.sees("x review");
    terminal.types("z");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn what_is_chosen_and_put_in_order_moves_by_the_keys_that_are_bound() {
    let lmq = Lmq::at_home();
    lmq.import(
        "o.toml",
        "[deck]\nid = \"o\"\n[[card]]\nkey = \"a\"\nkind = \"order\"\nprompt = \"In order:\"\nitems = [\"aa\", \"bb\", \"cc\"]\n",
    );
    lmq.write(".config/lmq/config.toml", "[keys]\ndown = \"n\"\nup = \"p\"\n");
    let mut terminal = Terminal::start(&lmq, &["review", "o"], 100, 24, &[("LMQ_CONFIG", ".config/lmq/config.toml")]);
    let shown = terminal.sees("p, n choose; Shift+p, Shift+n or a digit move; Enter ends");
    let rows = |shown: &str| -> Vec<String> {
        shown
            .lines()
            .filter_map(|line| line.trim_start_matches([' ', '▸']).get(2..).map(str::to_owned))
            .filter(|row| row.len() == 2)
            .collect()
    };
    let before = rows(&shown);
    terminal.types("n");
    terminal.sees("▸ 2");
    terminal.types("N");
    let after = rows(&terminal.sees("▸ 3"));
    assert_eq!(after, [before[0].clone(), before[2].clone(), before[1].clone()], "{}", terminal.text());
    terminal.types("\u{3}");
    terminal.ends();
}

#[test]
fn what_is_typed_after_the_answer_was_shown_edits_and_grades_nothing_and_its_enter_neither() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t", "--search", "third"], 80, 24, &[]);
    terminal.sees("Third?");
    terminal.types(" ");
    let shown = terminal.sees("3 Good");
    assert!(!shown.contains('▸'), "nothing was typed: {shown}");
    // Letters that are keys (e edits, x, - and ! move the card), digits, blanks, and Enter at once.
    terminal.types("tea -! 25 words, e x\r");
    terminal.sees("The answer is already shown");
    terminal.types("everything");
    terminal.rests();
    // The Enter that ends a word comes late, too.
    terminal.types("\r");
    assert!(terminal.sees("3 Good").contains("Third?"), "{}", terminal.text());
    assert!(kinds(&lmq).is_empty(), "{:?}", kinds(&lmq));
    // A key alone is a key.
    terminal.types("e");
    terminal.sees("Edit t/c");
    terminal.types("\u{1b}");
    terminal.sees("3 Good");
    terminal.types("3");
    terminal.sees("Done for now");
    terminal.types("\u{3}");
    terminal.ends();
    assert_eq!(kinds(&lmq), ["answered"]);
}

#[test]
fn undo_goes_on_over_typed_cards_until_somebody_types() {
    let lmq = Lmq::at_home();
    let card = |key: &str| {
        format!("[[card]]\nkey = \"{key}\"\nkind = \"typed\"\nprompt = \"Which {key}?\"\nanswer = \"word\"\n")
    };
    lmq.import("w.toml", ["[deck]\nid = \"w\"\n".to_owned(), card("one"), card("two"), card("six")].concat());
    let mut terminal = Terminal::start(&lmq, &["review", "w"], 80, 24, &[]);
    for prompt in ["Which one?", "Which two?"] {
        terminal.sees(prompt);
        terminal.types("word\r");
        terminal.sees("▸3 Good");
        terminal.types("\r");
    }
    terminal.sees("Which six?");
    terminal.types("\u{1b}");
    terminal.types("u");
    terminal.sees("Which two?");
    terminal.sees("Esc types an answer");
    terminal.types("u");
    terminal.sees("Which one?");
    // Who types a word there answers.
    terminal.types("word");
    terminal.sees("> word");
    terminal.types("\r");
    terminal.sees("Right");
    terminal.types("\u{3}");
    terminal.ends();
    assert_eq!(kinds(&lmq).iter().filter(|kind| *kind == "undone").count(), 2, "{:?}", kinds(&lmq));
}

#[test]
fn what_was_taken_back_comes_back_and_the_session_goes_on_where_it_was() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t"], 80, 24, &[]);
    terminal.sees("First?");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("3");
    terminal.sees("The idea of it all");
    terminal.types(" ");
    terminal.sees("Second?");
    terminal.types("!");
    terminal.sees("Third?");
    terminal.types("\u{1b}");
    terminal.types("u");
    terminal.sees("Took back: suspended");
    terminal.sees("Ctrl-R brings it back");
    terminal.sees("Second?");
    terminal.types("u");
    terminal.sees("First?");
    terminal.types("\u{12}");
    terminal.sees("Brought back: answered");
    terminal.sees("Second?");
    terminal.types("\u{12}");
    terminal.sees("Brought back: suspended");
    terminal.sees("Third?");
    terminal.types("\u{12}");
    terminal.sees("There is nothing to bring back");
    terminal.types("\u{3}");
    terminal.ends();
    assert_eq!(lmq.cards("is:suspended"), lmq.cards("deck:t second"));
    assert_eq!(lmq.cards("deck:t is:new").len(), 2);
}

#[test]
fn a_typed_answer_is_dropped_by_no_key_without_a_word() {
    let lmq = deck();
    for leave in ["\u{3}", "q"] {
        let mut terminal = Terminal::start(&lmq, &["review", "t", "--search", "third"], 80, 24, &[]);
        terminal.sees("Third?");
        terminal.types("a long answer");
        terminal.sees("> a long answer");
        if leave == "q" {
            terminal.types("\u{1b}");
        }
        terminal.types(leave);
        let warned = terminal.sees("the same key again drops it");
        assert!(warned.contains("> a long answer"), "{warned}");
        terminal.types(leave);
        assert_eq!(terminal.ends().0, 0);
    }
    assert!(kinds(&lmq).is_empty());
}

#[test]
fn other_cards_are_looked_for_in_a_session_which_comes_back_to_the_same_card() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t"], 80, 24, &[]);
    terminal.sees("First?");
    terminal.types("/");
    terminal.sees("to the list");
    terminal.types("deck:t fourth\r");
    terminal.sees("1 of ");
    terminal.types("!");
    terminal.sees("u takes it back");
    terminal.types("\u{1b}");
    terminal.types("q");
    terminal.sees("Space shows the answer");
    // The card itself may be taken out there.
    terminal.types("/deck:t first\r");
    terminal.sees("1 of ");
    terminal.types("!");
    terminal.sees("u takes it back");
    terminal.types("\u{1b}");
    terminal.types("q");
    terminal.sees("The idea of it all");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(lmq.cards("is:suspended").len(), 2);
}

#[test]
fn enter_grades_nothing_that_nobody_answered() {
    let lmq = Lmq::at_home();
    let card = |key: &str, rest: &str| format!("[[card]]\nkey = \"{key}\"\nprompt = \"Which {key}?\"\n{rest}\n");
    let cards = [
        card("choice", "kind = \"choice\"\nanswer = \"right\"\ndistractors = [\"wrong\"]"),
        card("sort", "kind = \"sort\"\nanswer = \"left\"\ncategories = [\"left\", \"right\"]"),
        card("order", "kind = \"order\"\nitems = [\"aa\", \"bb\", \"cc\"]"),
        card("list", "kind = \"list\"\nitems = [\"one\", \"two\"]"),
        card("typed", "kind = \"typed\"\nanswer = \"word\""),
    ];
    lmq.import("q.toml", format!("[deck]\nid = \"q\"\n{}", cards.concat()));
    let mut terminal = Terminal::start(&lmq, &["review", "q"], 80, 24, &[]);
    for (key, asks, shows) in [
        ("choice", "Choose one first; 0 shows the answer", "0"),
        ("sort", "Choose one first; 0 shows the answer", "0"),
        ("order", "Put them in order first; 0 shows the answer", "0"),
        ("list", "", "\r"),
        ("typed", "", "\r"),
    ] {
        terminal.sees(&format!("Which {key}?"));
        if !asks.is_empty() {
            terminal.types("\r");
            let asked = terminal.sees(asks);
            assert!(!asked.contains("3 Good"), "{asked}");
        }
        terminal.types(shows);
        let shown = terminal.sees("3 Good");
        assert!(!shown.contains('▸'), "no grade is marked: {shown}");
        terminal.types("\r");
        terminal.sees("Choose a grade");
        terminal.types("3");
    }
    terminal.sees("Done for now");
    terminal.types("q");
    terminal.ends();
    assert_eq!(kinds(&lmq), ["answered"; 5]);
}

#[test]
fn a_word_typed_on_a_card_whose_letters_are_keys_changes_nothing_and_says_what_keys_do() {
    let lmq = deck();
    let mut terminal = Terminal::start(&lmq, &["review", "t", "--search", "first"], 80, 24, &[]);
    terminal.sees("First?");
    // Bury, suspend, edit, a grade, and Enter are among them.
    terminal.types("perhaps it is - no! e 3\r");
    terminal.sees("Letters are keys here");
    terminal.sees("answer; ? lists the keys");
    // What the first letter opened is closed; and no word leaves, edits or looks for cards.
    for word in ["ice", "quark", "edit", "over"] {
        terminal.types(word);
        terminal.rests();
        let shown = terminal.text();
        assert!(shown.contains("First?") && shown.contains("Letters are keys here"), "{word}: {shown}");
    }
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("good");
    terminal.sees("The answer is already shown");
    assert!(kinds(&lmq).is_empty(), "{:?}", kinds(&lmq));
    // What follows a word at once belongs to it.
    terminal.rests();
    terminal.types("3");
    terminal.sees("Done for now");
    terminal.types("q");
    terminal.ends();
    assert_eq!(kinds(&lmq), ["answered"]);
}

#[test]
fn half_an_answer_waits_for_its_card_while_a_step_is_taken_back_and_brought_back() {
    let lmq = Lmq::at_home();
    let card = |key: &str| {
        format!("[[card]]\nkey = \"{key}\"\nkind = \"typed\"\nprompt = \"Which {key}?\"\nanswer = \"word\"\n")
    };
    lmq.import("w.toml", ["[deck]\nid = \"w\"\n".to_owned(), card("one"), card("two")].concat());
    let mut terminal = Terminal::start(&lmq, &["review", "w"], 80, 24, &[]);
    terminal.sees("Which one?");
    terminal.types("word\r");
    terminal.sees("▸3 Good");
    terminal.types("\r");
    terminal.sees("Which two?");
    terminal.types("half a");
    terminal.sees("> half a");
    terminal.types("\u{1b}");
    terminal.sees("Esc types on");
    terminal.types("u");
    let back = terminal.sees("Which one?");
    assert!(!back.contains("half a"), "{back}");
    terminal.types("\u{12}");
    terminal.sees("Which two?");
    terminal.sees("> half a");
    // Leaving would drop it.
    terminal.types("\u{3}");
    terminal.sees("the same key again drops it");
    terminal.types("\u{1b}");
    terminal.types("n\r");
    terminal.sees("half an");
    // A shown answer that is hidden again leaves what was typed where it was.
    terminal.types("u");
    terminal.sees("The answer is hidden again");
    terminal.sees("> half an");
    terminal.types("\u{3}");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);
}
