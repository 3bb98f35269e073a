//! The list of all cards, in a real pseudo-terminal.

use crate::home::Lmq;
use crate::screens::model;
use crate::terminal::Terminal;
use crate::terminal::given_back;

fn state(lmq: &Lmq, query: &str) -> Vec<String> {
    let cards = lmq.json(["cards", query, "--json"]);
    cards.as_array().unwrap().iter().map(|card| card["state"].as_str().unwrap().to_owned()).collect()
}

/// The list of six cards of one deck.
fn six(columns: u16, rows: u16) -> (Lmq, Terminal) {
    let lmq = Lmq::at_home().without_built_in_decks();
    for front in ["one", "two", "three", "four", "five", "six"] {
        lmq.ok(["add", "mine", front, "an answer"]);
    }
    lmq.ok(["answer", &lmq.id("one"), "good"]);
    let mut terminal = Terminal::start(&lmq, &[], columns, rows, &[]);
    terminal.sees("Enter review");
    terminal.types("b");
    terminal.sees("6 cards");
    (lmq, terminal)
}

#[test]
fn a_wrong_query_says_where_and_shows_no_rows_of_another_one() {
    let (_lmq, mut terminal) = six(80, 24);
    terminal.types("/t");
    terminal.sees("2 of 6 cards");
    terminal.types("\u{15}deck:nosuch");
    let wrong = terminal.sees("There is no deck `nosuch`");
    let lines: Vec<&str> = wrong.lines().collect();
    assert!(lines[0].starts_with("/ deck:nosuch") && !wrong.contains("0 cards"), "{wrong}");
    assert_eq!(lines[1].trim_end(), format!("{}^", " ".repeat("/ deck:".len())), "{wrong}");
    assert!(!wrong.contains(" two") && !wrong.contains(" three"), "none of its cards: {wrong}");
    terminal.types("\u{1b}");
    terminal.sees("6 cards");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
}

#[test]
fn where_no_card_matches_it_says_so_and_what_may_have_been_meant() {
    let (_lmq, mut terminal) = six(80, 24);
    terminal.types("/zebra");
    let none = terminal.sees("No card matches");
    assert!(!none.contains("deck:"), "{none}");
    terminal.types("\u{15}Mine");
    terminal.sees("No card matches. It is the name of a deck: deck:mine finds its cards");
    // Esc goes back a step at a time.
    terminal.types("\u{15}t\r");
    terminal.sees("2 of 6 cards");
    terminal.types(" ");
    terminal.sees("1 selected");
    terminal.types("\u{1b}");
    let filtered = settled(&terminal);
    assert!(!filtered.contains("selected") && filtered.contains("2 of 6 cards"), "{filtered}");
    terminal.types("\u{1b}");
    let all = settled(&terminal);
    assert!(!all.contains(" of 6") && all.contains("6 cards"), "{all}");
    terminal.types("\u{1b}");
    terminal.sees("Enter review");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
}

#[test]
fn to_delete_or_reset_many_cards_asks_first_and_the_default_is_no() {
    let (lmq, mut terminal) = six(100, 24);
    terminal.types("/t\rAD");
    terminal.sees("Delete the notes of 2 cards?");
    terminal.types("\r");
    terminal.sees("x actions");
    terminal.types("AAD");
    terminal.sees("Delete the notes of 2 cards?");
    terminal.types("n");
    terminal.sees("x actions");
    terminal.types("R");
    terminal.sees("Make 2 cards new again?");
    terminal.types("\u{1b}");
    terminal.sees("2 of 6 cards");
    assert_eq!(lmq.json(["cards", "deck:mine", "--json"]).as_array().unwrap().len(), 6);
    // Acts that lose nothing don't ask, and the count of all stays.
    terminal.types("*");
    terminal.sees("Marked 2 cards");
    terminal.sees("2 of 6 cards");
    terminal.types("D");
    terminal.types("y");
    terminal.sees("Deleted");
    terminal.sees("0 of 4 cards");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(lmq.json(["cards", "deck:mine", "--json"]).as_array().unwrap().len(), 4);
}

#[test]
fn selected_cards_are_changed_together_and_a_key_takes_it_back() {
    let (lmq, mut terminal) = six(100, 24);
    // Two by Space, which goes on, then two more by a range.
    terminal.types("  ");
    terminal.sees("2 selected");
    terminal.types("vj");
    terminal.sees("4 selected");
    // It shrinks again, and what was selected before it stays.
    terminal.types("kk");
    terminal.sees("3 selected");
    terminal.types("jj");
    terminal.sees("4 selected");
    terminal.types("!");
    terminal.sees("Suspended 4 cards. u takes it back");
    assert_eq!(state(&lmq, "is:suspended").len(), 4);
    terminal.types("!");
    terminal.sees("Put back 4 cards");
    // What changed several cards is named first.
    terminal.types("u");
    let named = terminal.sees("This changes 4 cards: u again takes it back");
    assert!(named.contains("put back 4 cards"), "{named}");
    terminal.types("\u{1b}");
    terminal.sees("x actions");
    assert_eq!(state(&lmq, "is:suspended").len(), 0);
    terminal.types("u");
    terminal.types("u");
    terminal.sees("Took back: put back 4 cards. Ctrl-R brings it back");
    assert_eq!(state(&lmq, "is:suspended").len(), 4);
    terminal.types("\u{12}");
    terminal.sees("Brought back: put back 4 cards. u takes it back again");
    assert_eq!(state(&lmq, "is:suspended").len(), 0);
    terminal.types("A");
    terminal.sees("6 selected");
    terminal.types("x");
    let menu = terminal.sees("give tags");
    assert!(menu.contains("6 cards") && menu.contains("delete their notes"), "{menu}");
    terminal.types("t");
    terminal.sees("Tags (6 cards)");
    terminal.types("week two\r");
    terminal.sees("Tagged 6 notes `week`, `two`");
    terminal.types("m");
    terminal.sees("Move to the deck");
    terminal.types("yours\r");
    terminal.sees("Moved 6 notes to `yours`");
    terminal.types("d");
    terminal.sees("Due on");
    terminal.types("someday\r");
    terminal.sees("`someday` is not a day");
    terminal.types("d");
    terminal.types("7d\r");
    terminal.sees("5 cards were never answered");
    terminal.types("A");
    terminal.types("jD");
    terminal.sees("Deleted");
    terminal.sees("5 cards");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(lmq.json(["cards", "tag:week tag:two deck:yours", "--json"]).as_array().unwrap().len(), 5);
}

#[test]
fn the_list_is_sorted_and_its_columns_are_chosen_and_both_stay() {
    let (_lmq, mut terminal) = six(100, 24);
    terminal.types("o");
    terminal.sees("Sort by");
    terminal.types("d");
    terminal.sees("deck ▾");
    terminal.types("o");
    terminal.types("i");
    let sorted = terminal.sees("interval ▴");
    let first = sorted.lines().nth(3).unwrap_or_default().to_owned();
    assert!(first.contains(" one"), "new cards have no interval: {sorted}");
    terminal.types("c");
    terminal.sees("Columns:");
    terminal.types("t");
    terminal.types("\u{1b}");
    terminal.rests();
    let shown = terminal.text();
    assert!(!shown.contains("tags") && shown.contains("lapses"), "{shown}");
    terminal.types("q");
    terminal.sees("Enter review");
    terminal.types("b");
    let again = terminal.sees("interval ▴");
    assert!(!again.contains("tags"), "{again}");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
}

/// The rows of the screen that hold a text.
fn rows_with(shown: &str, text: &str) -> Vec<usize> {
    shown.lines().enumerate().filter(|(_, line)| line.contains(text)).map(|(row, _)| row).collect()
}

#[test]
fn the_preview_stands_below_and_from_120_columns_on_beside() {
    for (columns, beside) in [(80, false), (120, true), (200, true)] {
        let (_lmq, mut terminal) = six(columns, 24);
        let shown = terminal.sees("an answer");
        let (row, answer) = (rows_with(&shown, "▸")[0], rows_with(&shown, "an answer")[0]);
        assert_eq!(answer < row + 4, beside, "{columns}: {shown}");
        terminal.types("q");
        terminal.types("q");
        terminal.ends();
    }
    // Where it finds no room the list has all of it.
    let (_lmq, mut terminal) = six(40, 12);
    let shown = settled(&terminal);
    assert!(!shown.contains("an answer") && shown.contains("? keys"), "{shown}");
    terminal.types("?");
    let help = terminal.sees("Keys");
    assert!(!help.contains("grade Again"), "only what works here: {help}");
    terminal.types("\u{3}");
    terminal.types("q");
    terminal.types("q");
    terminal.ends();
}

fn settled(terminal: &Terminal) -> String {
    terminal.rests();
    terminal.text()
}

#[test]
fn an_act_that_is_typed_ahead_meets_the_cards_of_the_query_before_it() {
    let lmq = Lmq::at_home().without_built_in_decks();
    let cards = (1..3000).map(|number| format!("question {number},answer\n"));
    let rows: String = cards.chain(["needle,answer\n".to_owned()]).collect();
    lmq.import("many.csv", format!("front,back\n{rows}"));
    lmq.ok(["answer", &lmq.id("needle"), "good"]);
    let mut terminal = Terminal::start(&lmq, &[], 100, 24, &[]);
    terminal.sees("Enter review");
    terminal.types("b");
    terminal.sees("3,000 cards ");
    // The second act comes before the list that the first one changed is there again.
    terminal.types("*j*");
    terminal.sees("Marked");
    settled(&terminal);
    // All at once: the list of what is typed is far from whole when the last key is there.
    terminal.types("/needle\rD");
    terminal.sees("Deleted");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    let count = |query| lmq.json(["cards", query, "--json"]).as_array().unwrap().len();
    assert_eq!((count("is:marked"), count("needle"), count("question")), (2, 0, 2999));
}

#[test]
fn ctrl_d_leaves_the_list_a_form_and_its_questions() {
    let (_lmq, mut terminal) = six(80, 24);
    terminal.types("a");
    terminal.sees("Add a card");
    terminal.types("Whose?\u{4}");
    terminal.sees("Drop what you typed?");
    terminal.types("\u{1b}");
    terminal.sees("Enter saves");
    // A second one needs no other key.
    terminal.types("\u{4}");
    terminal.sees("Drop what you typed?");
    terminal.types("\u{4}");
    terminal.sees("x actions");
    terminal.types("/t");
    terminal.sees("2 of 6 cards");
    terminal.types("\u{4}");
    terminal.sees("Enter review");
    terminal.types("\u{4}");
    assert!(given_back(&terminal.ends().2));
}

#[test]
fn a_light_theme_has_colours_of_its_own_and_mono_none() {
    for (theme, wanted) in
        [("light", "\u{1b}[38;5;26"), ("dark", "\u{1b}[38;5;111"), ("mono", ""), ("auto", "\u{1b}[38;5;12")]
    {
        let lmq = model();
        lmq.write(".config/lmq/config.toml", format!("theme = \"{theme}\"\n"));
        lmq.ok(["answer", "model/plan-in-strategy", "good"]);
        let mut terminal = Terminal::start(&lmq, &[], 100, 24, &[]);
        terminal.sees("Enter review");
        terminal.types("b");
        terminal.sees("x actions");
        terminal.types("q");
        terminal.types("q");
        let raw = terminal.ends().2;
        assert!(raw.contains(wanted), "{theme}: {raw:?}");
        assert_eq!(raw.contains("\u{1b}[38;"), theme != "mono", "{theme}");
    }
}

#[test]
fn the_mouse_chooses_and_opens_where_it_may() {
    let (_lmq, mut terminal) = six(80, 24);
    let shown = settled(&terminal);
    let row = rows_with(&shown, " three")[0];
    let click = format!("\u{1b}[<0;10;{}M\u{1b}[<0;10;{}m", row + 1, row + 1);
    terminal.types(&click);
    let chosen = settled(&terminal);
    assert_eq!(rows_with(&chosen, "▸"), [row], "{chosen}");
    terminal.types(&format!("{click}{click}"));
    terminal.sees("Esc goes back");
    terminal.types("\u{3}");
    terminal.sees("x actions");
    terminal.types("\u{1b}[<64;10;5M");
    let up = settled(&terminal);
    assert_eq!(rows_with(&up, "▸"), [rows_with(&up, " one")[0]], "{up}");
    // The head of a column sorts, the line at the top filters, and a key below is pressed.
    let press = |column: usize, row: usize| format!("\u{1b}[<0;{column};{row}M\u{1b}[<0;{column};{row}m");
    let heads = up.lines().nth(2).unwrap();
    terminal.types(&press(heads.find("state").unwrap(), 3));
    terminal.sees("state ▴");
    terminal.types(&press(5, 1));
    terminal.sees("Tab completes");
    terminal.types("\r");
    let foot = terminal.sees("x actions");
    let keys = foot.lines().nth(23).unwrap();
    terminal.types(&press(keys.find("? keys").unwrap() + 1, 24));
    terminal.sees("Keys here");
    terminal.types("q");
    terminal.types("q");
    terminal.sees("Enter review");
    terminal.types("q");
    let raw = terminal.ends().2;
    let (on, off) = (raw.rfind("\u{1b}[?1000h").unwrap(), raw.rfind("\u{1b}[?1000l").unwrap());
    assert!(off > on, "it is given back");
    let lmq = model();
    lmq.write(".config/lmq/config.toml", "mouse = false\n");
    lmq.ok(["answer", "model/plan-in-strategy", "good"]);
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("Enter review");
    terminal.types("b");
    terminal.sees("x actions");
    terminal.types("q");
    terminal.types("q");
    assert!(!terminal.ends().2.contains("\u{1b}[?1000h"));
}

#[test]
fn a_click_on_a_row_chooses_it_while_a_message_takes_a_line_of_the_list() {
    let (_lmq, mut terminal) = six(80, 9);
    terminal.types("G");
    terminal.types("*");
    let shown = terminal.sees("Marked");
    let row = rows_with(&shown, " four")[0];
    terminal.types(&format!("\u{1b}[<0;10;{}M\u{1b}[<0;10;{}m", row + 1, row + 1));
    let chosen = settled(&terminal);
    assert_eq!(rows_with(&chosen, "▸"), rows_with(&chosen, " four"), "{chosen}");
    terminal.types("q");
    terminal.sees("Enter review");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
}

#[test]
fn a_search_is_saved_chosen_renamed_and_removed_in_the_list() {
    let (lmq, mut terminal) = six(100, 24);
    terminal.types("f");
    terminal.sees("No search is saved yet: / filters the list");
    terminal.types("/t");
    terminal.sees("2 of 6 cards");
    terminal.types("\r");
    terminal.types("f");
    let menu = terminal.sees("Saved searches");
    assert!(menu.contains("save t"), "{menu}");
    terminal.types("s");
    terminal.sees("Save this search as");
    terminal.types("with t\r");
    terminal.sees("Saved: `saved:\"with t\"` finds these cards anywhere. u takes it back");
    assert_eq!(lmq.json(["cards", "saved:\"with t\"", "--json"]).as_array().unwrap().len(), 2);
    // Typed, its name is completed.
    terminal.types("/\u{15}saved:w");
    terminal.sees("Tab completes");
    terminal.types("\t");
    terminal.sees("/ saved:\"with t\"");
    terminal.sees("2 of 6 cards");
    terminal.types("\u{1b}");
    terminal.sees("6 cards");
    terminal.types("f");
    terminal.sees("Saved searches");
    terminal.types("r");
    terminal.sees("Rename `with t` to");
    terminal.types("tees\r");
    terminal.sees("Renamed `with t` to `tees`");
    // Chosen by a click.
    terminal.types("f");
    let menu = terminal.sees("Saved searches");
    let row = menu.lines().position(|line| line.contains("tees")).unwrap() + 1;
    terminal.types(&format!("\u{1b}[<0;10;{row}M\u{1b}[<0;10;{row}m"));
    terminal.sees("2 of 6 cards");
    terminal.types("f");
    terminal.sees("Saved searches");
    terminal.types("D");
    terminal.sees("Removed the saved search `tees`. u takes it back");
    terminal.types("u");
    terminal.sees("Took back: removed the saved search `tees`");
    terminal.types("f");
    terminal.sees("tees");
    terminal.types("1");
    terminal.sees("/ t ");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(lmq.json(["cards", "saved:tees", "--json"]).as_array().unwrap().len(), 2);
}

#[test]
fn one_key_takes_back_what_was_done_here_and_names_what_is_older_first() {
    let lmq = Lmq::at_home().without_built_in_decks();
    let (first, second) = ("2026-01-15T09:00:00+01:00", "2026-01-16T09:00:00+01:00");
    lmq.run_at(first, ["add", "mine", "one", "an answer"]).done();
    lmq.run_at(first, ["answer", &lmq.id("one"), "good"]).done();
    let mut terminal = Terminal::start(&lmq, &[], 100, 24, &[("LMQ_NOW", second)]);
    terminal.sees("q leave");
    terminal.types("\u{12}");
    terminal.sees("There is nothing to bring back");
    terminal.types("u");
    let named = terminal.sees("You did this before you came here: u again takes it back");
    assert!(named.contains("answered") && named.contains("Good"), "{named}");
    terminal.types("\u{1b}");
    terminal.sees("q leave");
    terminal.types("b");
    terminal.sees("1 card");
    terminal.types("*");
    terminal.sees("Marked");
    terminal.types("u");
    terminal.sees("Took back: marked");
    terminal.sees("Ctrl-R brings it back");
    terminal.types("u");
    terminal.sees("You did this before you came here");
    terminal.types("u");
    terminal.sees("Took back: answered");
    terminal.types("\u{12}");
    terminal.sees("Brought back: answered");
    terminal.types("U");
    terminal.sees("Steps, newest first");
    terminal.types("\r");
    terminal.sees("Took back: ");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
    assert_eq!(state(&lmq, "one"), ["new"]);
}

#[test]
fn tab_completes_fields_decks_and_tags_and_b_lists_the_deck_that_is_chosen() {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.ok(["add", "my scenes", "one", "an answer", "--tag", "team"]);
    lmq.ok(["add", "other", "two", "an answer"]);
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("Enter begins");
    terminal.types("j");
    terminal.types("b");
    terminal.sees("/ deck:\"my scenes\"");
    terminal.sees("1 of 2 cards");
    terminal.types("/\u{15}d");
    terminal.sees("deck: · due:");
    terminal.types("\t");
    terminal.sees("/ deck:");
    terminal.types("m");
    terminal.sees("deck:\"my scenes\"");
    terminal.types("\t");
    terminal.sees("/ deck:\"my scenes\"");
    terminal.types(" ta\t");
    terminal.sees("tag:");
    terminal.types("t\t");
    terminal.sees("/ deck:\"my scenes\" tag:team");
    terminal.sees("1 of 2 cards");
    terminal.types("\u{1b}OP");
    terminal.sees("Keys here");
    terminal.types("\u{1b}");
    terminal.types("\r");
    terminal.types("q");
    terminal.types("q");
    assert!(given_back(&terminal.ends().2));
}
