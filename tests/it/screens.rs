//! Every screen, as a terminal shows it; and what holds for any key pressed anywhere.

use crate::home::Lmq;
use crate::terminal::Terminal;
use crate::terminal::given_back;
use crate::terminal::started;
use crate::terminal::trimmed;
use lmq::core::scheduler::splitmix64;
use std::time::Duration;

const DECK: &str = include_str!("data/model.toml");

/// A deck of every kind, as `work::model`, beside one that holds nothing but another.
pub(crate) fn model() -> Lmq {
    let lmq = Lmq::at_home();
    lmq.import("model.toml", DECK.replace("name = \"model\"", "name = \"work::model\""));
    lmq
}

/// Where the answer of the one card that is due is shown, and waits for a grade.
fn at_the_only_answer(lmq: &Lmq) -> Terminal {
    assert_eq!(lmq.run_at("2026-01-10T09:00:00+01:00", ["answer", "model/plan-in-strategy", "good"]).code, 0);
    let mut terminal = Terminal::start(lmq, &["review", "work::model", "--new", "0"], 80, 24, &[]);
    terminal.sees("Space shows");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal
}

/// A screen with the style of each run of cells written out, where it is not the usual one.
fn styled(terminal: &Terminal) -> String {
    let guard = terminal.screen.lock().unwrap();
    let screen = guard.screen();
    let (rows, columns) = screen.size();
    let mut out = String::new();
    for row in 0..rows.get() {
        let (mut line, mut before) = (String::new(), String::new());
        for column in 0..columns.get() {
            let Some(cell) = screen.cell(row, column).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let mut style: Vec<String> = Vec::new();
            for (is, name) in [
                (cell.bold(), "bold"),
                (cell.dim(), "dim"),
                (cell.italic(), "italic"),
                (cell.underline(), "underlined"),
                (cell.inverse(), "reversed"),
            ] {
                if is {
                    style.push(name.to_owned());
                }
            }
            if cell.fgcolor() != vt100::Color::Default {
                style.push(format!("{:?}", cell.fgcolor()));
            }
            assert_eq!(cell.bgcolor(), vt100::Color::Default, "the background is the terminal's own");
            let style = style.join(" ");
            if style != before {
                line.push_str(&format!("⟨{style}⟩"));
                before = style;
            }
            line.push_str(if cell.has_contents() { cell.contents() } else { " " });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.trim_end().to_owned()
}

/// Goes through all screens and writes down what each shows.
fn tour(columns: u16, colour: bool) -> String {
    let lmq = model();
    let no_colour: &[(&str, &str)] = if colour { &[] } else { &[("NO_COLOR", "1")] };
    let mut album = String::new();
    let mut take = |terminal: &Terminal, name: &str, text: &str| {
        terminal.sees(text);
        terminal.rests();
        let shown = if colour { styled(terminal) } else { trimmed(&terminal.text()) };
        album.push_str(&format!("══ {name}\n{shown}\n"));
    };

    let mut terminal = Terminal::start(&lmq, &[], columns, 24, no_colour);
    take(&terminal, "today, first run", "Enter begins");
    terminal.types("?");
    take(&terminal, "help", "Keys");
    terminal.types(" ");
    terminal.sees("Enter begins");
    terminal.types("y\u{1b}[B\u{1b}[A");
    terminal.sees("▸ all decks");
    terminal.types("\r");
    terminal.sees("two roles that");
    terminal.types("\u{3}");
    terminal.sees("Enter begins");
    terminal.types("q");
    terminal.ends();

    let mut terminal = Terminal::start(&lmq, &["review", "work::model"], columns, 24, no_colour);
    take(&terminal, "primer", "New topic");
    terminal.types(" ");
    take(&terminal, "question", "Space shows");
    terminal.types("i");
    take(&terminal, "why", "Asked because");
    terminal.types("i");
    take(&terminal, "card, while it is asked", "Esc goes back");
    terminal.types("\u{1b}");
    terminal.sees("Space shows");
    terminal.types(" ");
    take(&terminal, "answer", "3 Good");
    terminal.types("3");
    terminal.sees("counterpart");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("3");
    terminal.sees("Aligning works");
    terminal.types("behavior\r");
    take(&terminal, "typed, nearly", "Nearly");
    terminal.types("2");
    terminal.sees("Choose 1 to 4");
    take(&terminal, "choice", "ward head");
    let options = terminal.text();
    let wrong = (1..5).find(|digit| !options.contains(&format!("{digit} influence"))).unwrap();
    terminal.types(&wrong.to_string());
    take(&terminal, "choice, wrong", "Not this time");
    terminal.types("g");
    terminal.sees("Which three");
    terminal.types("build trust\rcharm\r");
    take(&terminal, "list", "1 of 3 found");
    terminal.types("\r");
    terminal.sees("missing:");
    terminal.types("1");
    terminal.sees("From far");
    terminal.types("\u{1b}[B\u{1b}[D");
    take(&terminal, "order", "From far");
    terminal.types("U");
    take(&terminal, "steps", "newest first");
    terminal.types("j");
    terminal.sees("takes back 2");
    terminal.types("\r");
    terminal.sees("Took back 2 steps");
    terminal.types("\u{3}");
    terminal.ends();

    // A day later it fails: with this setting one failure makes a leech. The week is a new one then, too.
    lmq.write(".config/lmq/config.toml", "leech_lapses = 1\n");
    let monday = [no_colour, &[("LMQ_NOW", "2026-01-19T09:00:00+01:00")]].concat();
    let mut terminal =
        Terminal::start(&lmq, &["review", "work::model", "--new", "0", "--limit", "1"], columns, 24, &monday);
    take(&terminal, "did you", "Did you?");
    terminal.types("\r");
    terminal.sees("Space shows");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("1");
    take(&terminal, "leech", "A leech:");
    terminal.types("h");
    terminal.sees("Its hint");
    terminal.types("the smaller one\r");
    terminal.sees("has the hint now");
    terminal.types("h");
    terminal.sees("Hint: the smaller one");
    terminal.types(" ");
    take(&terminal, "answer of a leech", "A leech: failed");
    terminal.types("3");
    take(&terminal, "the end", "Done for now");
    terminal.types("w");
    terminal.sees("What happened?");
    terminal.types("Who asked why?\rThe one who led\r");
    terminal.sees("my scenes");
    terminal.types(" ");
    terminal.ends();

    let mut terminal = Terminal::start(&lmq, &[], columns, 24, &monday);
    terminal.sees("Enter review");
    terminal.types("kj\u{1b}[D");
    take(&terminal, "today, one deck folded", "+ work");
    terminal.types("b");
    take(&terminal, "browse, all cards", "x actions");
    terminal.types("/");
    terminal.sees("Enter to the list");
    terminal.types("plan-in");
    terminal.types("\u{15}deck:work::model relate");
    terminal.sees("model relate");
    take(&terminal, "browse", "Enter to the list");
    terminal.types("\r");
    terminal.sees("x actions");
    terminal.types("\r");
    take(&terminal, "card", "Esc goes back");
    terminal.types("\u{1b}[6~");
    take(&terminal, "card, a page on", "events, oldest first");
    terminal.types("\u{3}");
    terminal.sees("x actions");
    terminal.types("\u{3}");
    terminal.sees("Enter review");
    terminal.types("\u{3}");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
    assert!(colour || !raw.contains("\u{1b}[38;"), "no colour was asked for");
    assert_eq!(lmq.json(["cards", "deck:\"my scenes\"", "--json"]).as_array().unwrap().len(), 1);
    let doctor = lmq.run_at("2026-01-19T10:00:00+01:00", ["doctor"]);
    assert_eq!(doctor.stdout, "everything is in order\n");
    album
}

#[test]
fn all_screens_at_40_columns_are_these() {
    insta::assert_snapshot!("tour_40", tour(40, false));
}

#[test]
fn all_screens_at_80_columns_are_these() {
    insta::assert_snapshot!("tour_80", tour(80, false));
}

#[test]
fn all_screens_at_200_columns_are_these() {
    insta::assert_snapshot!("tour_200", tour(200, false));
}

#[test]
fn all_screens_in_colour_are_these() {
    insta::assert_snapshot!("tour_80_colour", tour(80, true));
}

#[test]
fn all_screens_in_colour_at_40_columns_are_these() {
    insta::assert_snapshot!("tour_40_colour", tour(40, true));
}

#[test]
fn all_screens_in_colour_at_200_columns_are_these() {
    insta::assert_snapshot!("tour_200_colour", tour(200, true));
}

#[test]
fn the_weekly_offer_is_switched_off_by_a_key_and_the_setting_stays() {
    let lmq = model();
    let mut terminal = at_the_only_answer(&lmq);
    terminal.types("3");
    terminal.sees("w write it down");
    terminal.types("n");
    terminal.sees("Not offered again");
    terminal.types(" ");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(lmq.ok(["config", "get", "weekly_scene"]), "false\n");
    assert!(lmq.ok(["undo"]).contains("weekly_scene"));
    assert_eq!(lmq.ok(["config", "get", "weekly_scene"]), "true\n");
}

#[test]
fn a_leech_is_split_or_taken_out_where_it_is_met() {
    for (keys, query, state) in [("!", "strategy relate", "suspended"), ("+", "\"How large\"", "new")] {
        let lmq = model();
        lmq.write(".config/lmq/config.toml", "leech_lapses = 1\n");
        let mut terminal = at_the_only_answer(&lmq);
        terminal.types("1");
        terminal.sees("A leech:");
        terminal.types(keys);
        if keys == "+" {
            terminal.sees("A smaller card");
            terminal.types("How large is a plan?\rSmaller\r");
            terminal.sees("Added");
        }
        terminal.types("\u{3}");
        terminal.types("\u{3}");
        terminal.ends();
        let cards = lmq.json(["cards", &format!("deck:work::model {query}"), "--json"]);
        let states: Vec<&str> = cards.as_array().unwrap().iter().map(|card| card["state"].as_str().unwrap()).collect();
        assert_eq!(states, [state], "{query}");
    }
}

#[test]
fn a_leech_by_the_setting_of_its_deck_is_said_to_be_one() {
    let lmq = model();
    lmq.write(".config/lmq/config.toml", "[deck.\"work::model\"]\nleech_lapses = 1\n");
    for (day, grade) in [("05", "good"), ("06", "again")] {
        let now = format!("2026-01-{day}T09:00:00+01:00");
        assert_eq!(lmq.run_at(&now, ["answer", "model/plan-in-strategy", grade]).code, 0);
    }
    let mut terminal = Terminal::start(&lmq, &["review", "work::model", "--new", "0"], 80, 24, &[]);
    terminal.sees("Space shows");
    terminal.types(" ");
    terminal.sees("A leech: failed 1 time");
    terminal.types("\u{3}");
    terminal.ends();
}

#[test]
fn that_the_last_answer_was_not_taken_is_said_at_the_end() {
    for by in [["answer", "model/plan-in-strategy", "good"], ["forget", "model/plan-in-strategy", "--yes"]] {
        let lmq = model();
        let mut terminal = at_the_only_answer(&lmq);
        lmq.ok(by);
        terminal.types("3");
        terminal.sees("changed elsewhere in the meantime");
        terminal.types("\u{3}");
        terminal.ends();
    }
}

#[test]
fn a_least_look_holds_keys_back_for_longer() {
    let lmq = model();
    lmq.write(".config/lmq/config.toml", "look_ms = 1500\n");
    let begun = started();
    let mut terminal = Terminal::start(&lmq, &["review", "work::model"], 80, 24, &[]);
    terminal.sees("New topic");
    // Keys that come too early change nothing: so the same one is pressed until it does.
    while !terminal.text().contains("Space shows") {
        assert!(begun.elapsed() < Duration::from_secs(20), "the key stays without effect:\n{}", terminal.text());
        terminal.types(" ");
        terminal.rests();
    }
    assert!(begun.elapsed() >= Duration::from_millis(1500), "it was on the screen for less than a second and a half");
    terminal.types("\u{3}");
    terminal.ends();
}

#[test]
fn any_keys_leave_log_and_state_in_order_and_the_terminal_as_it_was() {
    // Everything that a key can mean, the ways out left to the end.
    let keys = [
        " ",
        "\r",
        "1",
        "2",
        "3",
        "4",
        "u",
        "U",
        "-",
        "!",
        "*",
        "i",
        "h",
        "g",
        "+",
        "j",
        "k",
        "\u{1b}[A",
        "\u{1b}[B",
        "\u{1b}[C",
        "\u{1b}[D",
        "\u{1b}[5~",
        "\u{1b}[6~",
        "o",
        "/",
        "b",
        "?",
        "x",
        "é",
        "日",
        "\t",
        "\u{7f}",
        "\u{15}",
        "w",
        "n",
        "\u{1b}",
    ];
    for case in 0..6_u64 {
        let lmq = model();
        let args: &[&str] = if case % 2 == 0 { &["review", "work::model"] } else { &[] };
        let mut terminal = Terminal::start(&lmq, args, if case < 3 { 80 } else { 24 }, 24, &[]);
        terminal.sees(if case % 2 == 0 { "New" } else { "Enter begins" });
        let mut pressed = Vec::new();
        for turn in 0..40 {
            if terminal.child.try_wait().unwrap().is_some() {
                break;
            }
            let seed = splitmix64(case * 1000 + turn);
            // Two of three are the ones that answer, or hardly a card would be graded.
            let key = if !seed.is_multiple_of(3) {
                [" ", "3", "1", "\r"][usize::try_from(seed / 3 % 4).unwrap()]
            } else {
                keys[usize::try_from(seed / 3 % u64::try_from(keys.len()).unwrap()).unwrap()]
            };
            pressed.push(key);
            terminal.types_now(key);
            std::thread::sleep(Duration::from_millis(if seed.is_multiple_of(5) { 5 } else { 170 }));
        }
        let began = started();
        while terminal.child.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < Duration::from_secs(20), "ctrl-c does not leave after {pressed:?}");
            terminal.types_now("\u{3}");
            std::thread::sleep(Duration::from_millis(100));
        }
        let (code, _, raw) = terminal.ends();
        assert_eq!(code, 0, "{pressed:?}");
        assert!(given_back(&raw), "{pressed:?}");
        assert_eq!(lmq.ok(["doctor"]), "everything is in order\n", "{pressed:?}");
    }
}

#[test]
fn the_same_session_over_lines_and_with_keys_gives_the_same_log() {
    // Answer and grade of each card, as lines and as keys.
    let session = [
        ("", " ", "3"),
        ("", " ", "1"),
        ("behaviour", "behaviour\r", "4"),
        ("2", "2", "2"),
        ("build trust; charm", "build trust\rcharm\r\r", "1"),
        ("3 1 2 4", "", "3"),
    ];
    let (with_lines, with_keys) = (model(), model());
    let input: String = session.iter().map(|(line, _, grade)| format!("{line}\n{grade}\n")).collect();
    let run = with_lines.run_with(format!("{input}:u\n:q\n"), ["review", "work::model"]);
    assert_eq!(run.code, 0, "{run:?}");

    let mut terminal = Terminal::start(&with_keys, &["review", "work::model"], 80, 24, &[]);
    terminal.sees("New topic");
    terminal.types(" ");
    for (_, keys, grade) in session {
        terminal.sees("new");
        if keys.is_empty() {
            // Lines 1 2 3 4 become 3 1 2 4: the third one goes up twice.
            for key in ["\u{1b}[B", "\u{1b}[B", "\u{1b}[D", "\u{1b}[D", "\r"] {
                terminal.types(key);
            }
        } else {
            for part in keys.split_inclusive('\r') {
                terminal.types(part);
            }
        }
        terminal.sees("3 Good");
        terminal.types(grade);
    }
    terminal.types("\u{1b}");
    terminal.types("u");
    terminal.sees("Took back");
    terminal.types("\u{3}");
    assert_eq!(terminal.ends().0, 0);

    let log = |lmq: &Lmq| -> Vec<serde_json::Value> {
        let rows = lmq.json(["history", "--json"]);
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let mut row = row.clone();
                // Names that each database makes for itself.
                for own in ["id", "event", "action", "device", "sequence", "undoes", "prev"] {
                    row.as_object_mut().unwrap().remove(own);
                }
                row
            })
            .collect()
    };
    assert_eq!(log(&with_keys), log(&with_lines));
    assert_eq!(log(&with_keys).len(), 7);
}

#[test]
fn a_card_of_ten_thousand_lines_scrolls_and_a_hostile_one_does_nothing() {
    let lmq = Lmq::at_home();
    let long: String = (0..10_000).map(|line| format!("line {line}\\n\\n")).collect();
    let hostile = "\\u001b[2Jgone \\u202edrawkcab\\u202c \\u009b31m end";
    lmq.import(
        "long.toml",
        format!(
            "[deck]\nid = \"long\"\nname = \"long\"\nlanguage = \"en\"\nlicense = \"CC0-1.0\"\nversion = 1\n\
             [[card]]\nkey = \"long\"\nkind = \"basic\"\nfront = \"{long}\"\nback = \"x\"\n\
             [[card]]\nkey = \"hostile\"\nkind = \"basic\"\nfront = \"{hostile}\"\nback = \"{hostile}\"\nextra = \"{hostile}\"\nspeaker = \"{hostile}\"\nhint = \"{hostile}\"\ntags = [\"t\"]\n"
        ),
    );
    let mut terminal = Terminal::start(&lmq, &["review", "long"], 80, 24, &[]);
    terminal.sees("line 0");
    // What comes before a card was looked at is dropped.
    terminal.rests();
    for _ in 0..20 {
        terminal.types_now("\u{1b}[6~");
    }
    terminal.sees("line 190");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("3");
    terminal.sees("␛[2Jgone drawkcab");
    terminal.types("h");
    terminal.types(" ");
    terminal.sees("3 Good");
    terminal.types("i");
    terminal.types("i");
    terminal.sees("events");
    terminal.types("\u{3}");
    terminal.types("\u{3}");
    let (code, _, raw) = terminal.ends();
    assert!(code == 0 && given_back(&raw));
    assert!(!raw.contains("\u{1b}[2Jgone") && !raw.contains('\u{202e}') && !raw.contains('\u{9b}'));
}

#[test]
fn own_words_are_typed_in_as_many_rows_as_they_take_and_stand_under_those_of_earlier_days() {
    let lmq = Lmq::at_home();
    lmq.import("team.toml", crate::say::DECK);
    let earlier = ["answer", "team/launch", "good", "--typed", "Why are we late?"];
    lmq.run_at("2026-01-05T09:00:00+01:00", earlier).done();
    let mut terminal = Terminal::start(&lmq, &["review", "team"], 60, 24, &[("NO_COLOR", "1")]);
    terminal.sees("say it aloud");
    terminal.types("What did we believe that was not true, and who saw it coming first?");
    terminal.sees("first?");
    terminal.rests();
    let typed = trimmed(&terminal.text());
    terminal.types("\r");
    terminal.sees("3 Good");
    terminal.rests();
    insta::assert_snapshot!("own_words", format!("{typed}\n══\n{}", trimmed(&terminal.text())));
}
