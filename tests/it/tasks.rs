//! What people do with lmq, counted: the keys that it takes, and how often one has to look something up, since no line of the
//! screen names the key. The words of a card or of a name are not counted, a search is.

use crate::home::Lmq;
use crate::terminal::Terminal;

/// Each task with the most keys and look-ups that it may take.
const TASKS: [(&str, usize, usize); 12] = [
    ("give the first answer", 2, 0),
    ("come back after a gap", 1, 0),
    ("take back a suspension", 1, 0),
    ("take back a grade", 1, 0),
    ("edit the card on the screen", 2, 0),
    ("import a table", 1, 0),
    ("remove a deck", 3, 0),
    ("hide a built-in deck", 3, 0),
    ("add a card", 6, 0),
    ("see the statistics", 1, 0),
    ("find and suspend twelve cards", 15, 1),
    ("hand over a report", 0, 1),
];

/// A person at the keyboard, whose keys and look-ups are counted.
struct Hands {
    terminal: Terminal,
    keys: usize,
    lookups: usize,
}

impl Hands {
    fn at(lmq: &Lmq, args: &[&str], extra: &[(&str, &str)]) -> Self {
        Self { terminal: Terminal::start(lmq, args, 100, 24, extra), keys: 0, lookups: 0 }
    }

    /// Presses a key that the screen names by these words; else it has to be looked up.
    fn press(&mut self, key: &str, named: &str) {
        self.terminal.rests();
        self.lookups += usize::from(!self.terminal.text().contains(named));
        self.keys += 1;
        self.terminal.types(key);
    }

    /// The task is done, with what was counted since the last one.
    fn have_done(&mut self, task: &str) {
        let (_, keys, lookups) = TASKS.into_iter().find(|(name, ..)| *name == task).unwrap();
        let needed = (std::mem::take(&mut self.keys), std::mem::take(&mut self.lookups));
        assert!(needed.0 <= keys && needed.1 <= lookups, "{task}: {needed:?}, at most {:?}", (keys, lookups));
    }

    fn leave(mut self, keys: &[&str]) {
        for key in keys {
            self.terminal.types(key);
        }
        assert_eq!(self.terminal.ends().0, 0);
    }
}

fn kinds(lmq: &Lmq) -> Vec<String> {
    let rows = lmq.json(["history", "--json"]);
    rows.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

fn decks(lmq: &Lmq) -> Vec<String> {
    let rows = lmq.json(["decks", "--json"]);
    rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_first_answer_takes_two_keys_and_coming_back_after_a_gap_one() {
    let lmq = Lmq::at_home();
    let mut hands = Hands::at(&lmq, &[], &[]);
    hands.terminal.sees("4 minutes: 10 cards");
    hands.press("\r", "Enter begins");
    hands.terminal.sees("New topic");
    hands.press(" ", "Space goes on");
    hands.terminal.sees("Space shows the answer");
    hands.have_done("give the first answer");
    hands.terminal.types(" ");
    hands.terminal.sees("3 Good");
    hands.terminal.types("3");
    hands.terminal.rests();
    hands.leave(&["\u{3}", "\u{3}"]);
    assert_eq!(kinds(&lmq), ["answered"]);

    let later = [("LMQ_NOW", "2026-02-05T09:00:00+01:00")];
    let mut hands = Hands::at(&lmq, &[], &later);
    hands.terminal.sees("Your last answer here was 21 days ago");
    hands.press("\r", "Enter review");
    hands.terminal.sees("1 due");
    hands.have_done("come back after a gap");
    hands.terminal.types(" ");
    hands.terminal.sees("3 Good");
    hands.terminal.types("3");
    hands.terminal.rests();
    hands.leave(&["\u{3}", "\u{3}"]);
    assert_eq!(kinds(&lmq), ["answered", "answered"]);
}

#[test]
fn in_a_session_a_step_is_taken_back_by_one_key_and_a_card_is_edited_by_two() {
    let lmq = Lmq::at_home();
    for front in ["one", "two", "three"] {
        lmq.ok(["add", "team", front, "an answer"]);
    }
    let mut hands = Hands::at(&lmq, &["review", "team"], &[]);
    hands.terminal.sees("one");
    hands.terminal.types("!");
    hands.terminal.sees("two");
    assert_eq!(lmq.cards("is:suspended").len(), 1);
    hands.press("u", "u takes it back");
    hands.terminal.sees("one");
    hands.have_done("take back a suspension");
    assert!(lmq.cards("is:suspended").is_empty());

    hands.terminal.types(" ");
    hands.terminal.sees("3 Good");
    hands.terminal.types("3");
    hands.terminal.sees("two");
    assert_eq!(lmq.cards("deck:team is:new").len(), 2);
    hands.press("u", "u undo");
    hands.terminal.sees("one");
    hands.have_done("take back a grade");
    assert_eq!(lmq.cards("deck:team is:new").len(), 3);

    hands.press("e", "e edit");
    hands.terminal.sees("Edit team/one");
    hands.terminal.types(" more");
    hands.press("\r", "Enter saves");
    hands.terminal.sees("one more");
    hands.have_done("edit the card on the screen");
    hands.leave(&["q"]);
    assert_eq!(lmq.listed("deck:team one"), ["one more → an answer [new]"]);
}

#[test]
fn at_home_decks_go_a_card_comes_and_the_statistics_are_there_by_a_few_keys() {
    let lmq = Lmq::at_home();
    let mut hands = Hands::at(&lmq, &[], &[]);
    hands.terminal.sees("▸ all decks");
    hands.press("\u{1b}[B", "▸");
    hands.press("x", "x decks");
    hands.press("h", "h     hide it");
    hands.terminal.sees("Hid differences. u takes it back");
    hands.have_done("hide a built-in deck");
    assert_eq!(decks(&lmq), ["quotes", "skills"]);

    hands.terminal.types("\u{1b}[A\u{1b}[A");
    hands.terminal.sees("▸ all decks");
    hands.press("a", "a add");
    hands.terminal.sees("Add a card");
    hands.terminal.types("team");
    for text in ["", "Who?", "Amara"] {
        hands.press("\t", "Tab next");
        hands.terminal.types(text);
    }
    hands.press("\r", "Enter saves");
    hands.terminal.sees("Added: ");
    hands.press("\u{1b}", "Esc leaves");
    hands.terminal.sees("Added 1 card");
    hands.have_done("add a card");
    assert_eq!(lmq.listed("deck:team"), ["Who? → Amara [new]"]);
    hands.leave(&["q"]);

    lmq.ok(["answer", &lmq.id("deck:team"), "good"]);
    let mut hands = Hands::at(&lmq, &[], &[]);
    hands.terminal.sees("Enter review");
    hands.press("s", "s stats");
    let shown = hands.terminal.sees("Likely known");
    hands.have_done("see the statistics");
    let line = lmq.ok(["stats"]).lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(line.starts_with("Likely known") && shown.contains(&line), "{line}: {shown}");

    hands.terminal.types("\u{1b}");
    hands.terminal.sees("▸ all decks");
    hands.press("\u{1b}[B", "▸");
    hands.press("x", "x decks");
    hands.press("D", "D     remove it");
    hands.terminal.sees("Removed team with 1 card. u takes it back");
    hands.have_done("remove a deck");
    assert_eq!(decks(&lmq), ["quotes", "skills"]);
    hands.terminal.types("u");
    hands.terminal.sees("team");
    hands.leave(&["q"]);
    assert!(decks(&lmq).contains(&"team".to_owned()));
}

#[test]
fn twelve_cards_are_found_and_suspended_by_fifteen_keys() {
    let lmq = Lmq::at_home();
    let rows: String =
        (0..14).map(|row| format!("word {row},meaning {row},{}\n", if row < 12 { "q4" } else { "q1" })).collect();
    lmq.import("words.csv", format!("front,back,tags\n{rows}"));
    let mut hands = Hands::at(&lmq, &[], &[]);
    hands.terminal.sees("Enter begins");
    hands.press("b", "b browse");
    hands.terminal.sees("x actions");
    hands.press("/", "/ filter");
    hands.terminal.sees("Enter to the list");
    let query = "tag:q4";
    hands.keys += query.len();
    hands.terminal.types(query);
    hands.terminal.sees("12 of ");
    hands.press("\r", "Enter to the list");
    hands.press("A", "A select all");
    hands.terminal.sees("12 selected");
    hands.press("x", "x actions");
    hands.press("!", "!     suspend");
    hands.terminal.sees("Suspended 12 cards. u takes it back");
    hands.have_done("find and suspend twelve cards");
    hands.leave(&["q", "q"]);
    assert_eq!((lmq.cards("tag:q4 is:suspended").len(), lmq.cards("is:suspended").len()), (12, 12));
}

#[test]
fn a_table_comes_in_with_one_question_and_a_report_goes_out_with_none() {
    let lmq = Lmq::at_home();
    lmq.write("w.csv", "type,word,german,english\nnoun,h,Haus,house\nverb,g,gehen,to go\n");
    let mut hands = Hands::at(&lmq, &["import", "w.csv"], &[]);
    hands.terminal.sees("Two numbers, or Enter");
    hands.press("\r", "or Enter for ");
    let shown = hands.terminal.sees("2 notes added to w");
    assert_eq!(shown.matches("Esc leaves").count(), 1, "{shown}");
    hands.have_done("import a table");
    hands.leave(&[]);
    assert_eq!(lmq.cards("deck:w").len(), 2);

    lmq.ok(["answer", "quotes/q14-ladder#1", "good"]);
    // The one look-up: the first page of the help has it.
    assert!(lmq.ok(["--help"]).contains("\n  report "));
    let mut hands = Hands::at(&lmq, &["report", "--out", "report.html"], &[]);
    hands.lookups += 1;
    hands.have_done("hand over a report");
    hands.leave(&[]);
    let page = lmq.read("report.html");
    assert!(page.contains("<html") && page.contains("1 answer"), "{}", page.len());
}
