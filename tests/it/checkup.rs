//! `lmq checkup`.

use crate::home::Lmq;
use crate::home::Run;
use crate::home::drives_a_terminal;
use crate::home::finish;
use crate::terminal::Terminal;
use crate::terminal::given_back;
use crate::terminal::trimmed;
use serde_json::Value;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::process::Stdio;

fn at(lmq: &Lmq, now: &str, args: &[&str], input: &str) -> Run {
    let mut command = lmq.command();
    command.args(args).env("LMQ_NOW", now);
    finish(command, input.as_bytes())
}

/// A day of 2026 at nine in the morning.
pub(crate) fn day(date: &str) -> String {
    format!("2026-{date}T09:00:00+01:00")
}

/// A deck with 33 scenes without forms, two topics, and a few cards to train.
pub(crate) fn scenes() -> String {
    let mut text = "[deck]\nid = \"scenes\"\n[[topic]]\nid = \"t1\"\ntitle = \"first topic\"\n\
        [[topic]]\nid = \"t2\"\ntitle = \"second topic\"\n"
        .to_owned();
    for number in 1..=33 {
        let answer = ["leader", "manager", "both"][number % 3];
        text.push_str(&format!(
            "[[card]]\nkey = \"s{number}\"\nkind = \"sort\"\ntopic = \"t{}\"\nheld_out = true\nanswer = \"{answer}\"\n\
             prompt = \"Scene {number}: somebody does something at work. Which role is it?\"\n\
             categories = [\"leader\", \"manager\", \"both\"]\nextra = \"Why it is so in scene {number}.\"\n",
            number % 2 + 1
        ));
    }
    for number in 1..=20 {
        text.push_str(&format!(
            "[[card]]\nkey = \"k{number}\"\nkind = \"basic\"\nfront = \"Question {number}?\"\nback = \"Answer\"\n"
        ));
    }
    text
}

/// A home with that deck and no built-in cards.
fn home() -> Lmq {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.import("scenes.toml", scenes());
    lmq
}

/// How many answers of check-ups the history shows.
fn answers(lmq: &Lmq) -> usize {
    let rows = lmq.json(["history", "--json"]);
    rows.as_array().unwrap().iter().filter(|row| row["kind"] == "checked").count()
}

/// Takes a check-up and gives what it printed.
fn take(lmq: &Lmq, date: &str, input: &str) -> String {
    let run = at(lmq, &day(date), &["checkup"], input);
    // After two months it asks whether the clock is right.
    assert!(run.code == 0 && (run.stderr.is_empty() || run.stderr.contains("Is the clock right?")), "{run:?}");
    run.stdout
}

fn database(lmq: &Lmq) -> rusqlite::Connection {
    let found: Vec<_> = walk(lmq.root());
    rusqlite::Connection::open(found.first().unwrap()).unwrap()
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else if path.ends_with("lmq.db") {
            found.push(path);
        }
    }
    found
}

fn glance(lmq: &Lmq, date: &str) -> String {
    lmq.run_at(&day(date), []).stdout
}

fn sections(lmq: &Lmq, date: &str, args: &[&str]) -> Value {
    let run = lmq.run_at(&day(date), [&["report", "--json"], args].concat());
    serde_json::from_str::<Value>(&run.stdout).unwrap()["sections"].clone()
}

const EIGHT: &str = "l\nm\nb\nl\nm\nb\nl\nm\n";

#[test]
fn a_check_up_over_lines_reads_like_this() {
    let lmq = home();
    let out = take(&lmq, "01-15", "l\nx\n:u\n\n:d\n:?\n:nonsense\nboth\n1\n2\n3\nl\nm\n");
    insta::assert_snapshot!("lines", trimmed(&out));
    assert!(!drives_a_terminal(&out));
}

#[test]
fn nothing_is_said_about_right_or_wrong_before_the_end() {
    let printed = |answers: &str| take(&home(), "01-15", answers);
    let (left, other) = (printed("l\nl\nl\nl\nl\nl\nl\n:q\n"), printed("m\nb\nm\n:d\nb\nm\nb\n:q\n"));
    assert_eq!(left, other, "the same whatever is answered");
    assert!(left.ends_with(
        "7 of 8 scenes are answered and kept.\n`lmq checkup` continues it today; the result comes at the end.\n"
    ));
    assert!(printed(EIGHT).contains(" of 8 right; "));
}

/// The range of a share by its definition: the shares that a score test at 95 % does not refuse, found by halving.
fn score_interval(passed: f64, all: f64) -> (f64, f64) {
    let share = passed / all;
    let refused = |p: f64| (share - p).powi(2) > 1.959_963_984_540_054_f64.powi(2) * p * (1.0 - p) / all;
    let edge = |mut inside: f64, mut outside: f64| {
        for _ in 0..80 {
            let middle = f64::midpoint(inside, outside);
            if refused(middle) { outside = middle } else { inside = middle }
        }
        inside
    };
    (edge(share, 0.0), edge(share, 1.0))
}

fn near(value: &Value, wanted: f64) -> bool {
    (value.as_f64().unwrap() - wanted).abs() < 2e-6
}

#[test]
fn the_report_has_what_sql_finds_in_the_log() {
    let lmq = home();
    take(&lmq, "01-15", &"l\n".repeat(8));
    take(&lmq, "02-14", EIGHT);
    take(&lmq, "07-13", &"b\n".repeat(8));
    assert_eq!(lmq.run_at(&day("07-13"), ["undo"]).code, 0);
    take(&lmq, "07-13", "m\n");
    take(&lmq, "08-01", "m\nm\nm\n:q\n");
    let sections = sections(&lmq, "08-02", &[]);
    let rows = sections["checkups"]["rows"].as_array().unwrap();
    let db = database(&lmq);
    // Each answer is a step of its own, so that an undo names its event.
    let voided = "SELECT u.arg FROM fact u WHERE u.kind = 17";
    let mut statement = db
        .prepare(&format!(
            "SELECT date(min(e.study_day) * 86400, 'unixepoch'), sum(e.quality >= 3), count(*), max(d.arg % 2) FROM event e \
             JOIN event_detail d ON d.id = e.id WHERE e.kind = 15 AND e.id NOT IN ({voided}) GROUP BY d.arg / 2 \
             ORDER BY min(e.hlc)"
        ))
        .unwrap();
    let found: Vec<(String, i64, i64, bool)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found.len(), 4);
    assert_eq!(
        found.iter().map(|row| (row.2, row.3)).collect::<Vec<_>>(),
        [(8, true), (8, true), (8, true), (3, false)]
    );
    let (l1, u1) = score_interval(found[0].1 as f64, 8.0);
    let p1 = found[0].1 as f64 / 8.0;
    for (index, (row, (date, right, asked, finished))) in rows.iter().zip(&found).enumerate() {
        assert_eq!(row["day"].as_str(), Some(date.as_str()));
        assert_eq!((row["right"]["count"].as_i64(), row["right"]["of"].as_i64()), (Some(*right), Some(*asked)));
        assert_eq!(row["state"] != "left", *finished);
        let (low, high) = score_interval(*right as f64, *asked as f64);
        assert!(near(&row["range"]["low"], low) && near(&row["range"]["high"], high), "{row}: {low} {high}");
        if index == 0 || !finished {
            assert!(row["change"].is_null(), "{row}");
            continue;
        }
        let p2 = *right as f64 / *asked as f64;
        let difference = p2 - p1;
        let (below, above) = ((p2 - low).hypot(u1 - p1), (high - p2).hypot(p1 - l1));
        assert!(near(&row["change"]["difference"], difference), "{row}");
        assert!(near(&row["change"]["low"], difference - below) && near(&row["change"]["high"], difference + above));
    }
    let mut statement = db
        .prepare(&format!(
            "SELECT t.title, sum(e.quality >= 3), count(*) FROM event e JOIN note n ON n.id = e.card >> 9 \
             JOIN topic t ON t.id = n.topic WHERE e.kind = 15 AND e.id NOT IN ({voided}) GROUP BY t.title ORDER BY t.title"
        ))
        .unwrap();
    let by_topic: Vec<(String, i64, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let shown: Vec<(String, i64, i64)> = sections["checkup_topics"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let number = |key: &str| row["all"][key].as_i64().unwrap();
            (row["topic"].as_str().unwrap().to_owned(), number("count"), number("of"))
        })
        .collect();
    assert_eq!(shown, by_topic);
}

#[test]
fn one_that_was_left_goes_on_the_same_day_and_is_shown_as_left_on_the_next() {
    let lmq = home();
    take(&lmq, "01-15", "l\nm\n:q\n");
    assert!(glance(&lmq, "01-15").contains("A check-up continues after 2 scenes: `lmq checkup`\n"));
    assert_eq!(sections(&lmq, "01-15", &[])["checkups"]["rows"].as_array().unwrap().len(), 0, "it says nothing yet");
    let out = take(&lmq, "01-15", "l\n:q\n");
    assert!(out.contains("6 scenes, going on after 2 answered earlier today") && out.contains("[3 of 8]"), "{out}");
    assert_eq!(sections(&lmq, "01-16", &[])["checkups"]["rows"][0]["state"], "left");
    assert!(glance(&lmq, "01-16").contains("A check-up is due"), "it was no whole one");
    assert!(take(&lmq, "01-16", ":q\n").contains("[1 of 8]"));
    assert!(take(&lmq, "01-16", EIGHT).contains("Check-up 2, 2026-01-16: "));
}

#[test]
fn a_review_ends_with_the_offer_where_something_was_answered() {
    let lmq = home();
    let review = |args: &[&str], input: &str| {
        let run = at(&lmq, &day("01-15"), &[&["review"], args].concat(), input);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
        run.stdout.contains("A check-up is due")
    };
    assert!(!review(&[], ":q\n"));
    assert!(review(&[], "\n3\n:q\n"));
    assert!(!review(&["--quiet"], "\n3\n:q\n"));
    take(&lmq, "01-15", EIGHT);
    assert!(!review(&[], "\n3\n:q\n"));
}

#[test]
fn it_ends_when_the_time_is_up_and_says_its_result_as_json() {
    let lmq = home();
    let run = at(&lmq, &day("01-15"), &["checkup", "--minutes", "1", "--json"], "l\nl\n");
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("[2 of 2]") && !run.stderr.contains("[3 of"), "{}", run.stderr);
    let result: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((result["planned"].as_u64(), result["this"]["asked"].as_u64()), (Some(2), Some(2)));
    assert_eq!(result["this"], result["all"][0]);
    assert!(result["this"]["finished"].as_bool().unwrap() && result["change"].is_null());
    let left = at(&lmq, &day("03-15"), &["checkup", "--json"], "l\n:q\n");
    let result: Value = serde_json::from_str(&left.stdout).unwrap();
    assert!(!result["this"]["finished"].as_bool().unwrap());
    assert!(result["this"]["right"].is_null() && result["this"]["topics"].as_array().unwrap().is_empty());
    for wrong in ["0", "121", "x"] {
        assert_eq!(lmq.run(["checkup", "--minutes", wrong]).code, 2);
    }
}

#[test]
fn every_kind_that_can_be_judged_is_asked_and_no_other() {
    let lmq = Lmq::at_home();
    let head = "held_out = true\nkey =";
    let body = format!(
        "[deck]\nid = \"mine\"\n\
         [[card]]\n{head} \"basic\"\nkind = \"basic\"\nfront = \"Not to be judged?\"\nback = \"b\"\n\
         [[card]]\n{head} \"choice\"\nkind = \"choice\"\nprompt = \"Choose?\"\nanswer = \"right one\"\ndistractors = [\"wrong one\"]\n\
         [[card]]\n{head} \"typed\"\nkind = \"typed\"\nprompt = \"Type?\"\nanswer = \":typed answer\"\n\
         [[card]]\n{head} \"list\"\nkind = \"list\"\nprompt = \"List?\"\nitems = [\"one\", \"two\"]\n\
         [[card]]\n{head} \"order\"\nkind = \"order\"\nprompt = \"Order?\"\nitems = [\"first\", \"second\", \"third\"]\n\
         [[card]]\n{head} \"cloze\"\nkind = \"cloze\"\ntext = \"A {{{{c1::hole}}}} here\"\n"
    );
    lmq.import("mine.toml", body);
    let lmq = lmq.without_built_in_decks();
    let mut child = lmq.command();
    child.args(["checkup"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = child.spawn().unwrap();
    let (mut keys, mut out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = String::new();
    let mut buffer = [0; 4096];
    for _ in 0..5 {
        // What is on the screen says how to answer.
        let shown = loop {
            let count = out.read(&mut buffer).unwrap();
            assert!(count > 0, "{seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
            if seen.ends_with("\n> ") {
                break seen.rsplit_once(" of 5]").unwrap().1.to_owned();
            }
        };
        let place = |text: &str| {
            let line = shown.lines().find(|line| line.ends_with(text)).unwrap();
            line.trim().chars().next().unwrap().to_string()
        };
        let answer = if shown.contains("Choose?") {
            place("right one")
        } else if shown.contains("Type?") {
            "::typed answer".to_owned()
        } else if shown.contains("List?") {
            "two; one".to_owned()
        } else if shown.contains("Order?") {
            [place("first"), place("second"), place("third")].join(" ")
        } else {
            assert!(shown.contains("here"), "{shown}");
            "hole".to_owned()
        };
        writeln!(keys, "{answer}").unwrap();
    }
    out.read_to_string(&mut seen).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(seen.contains("5 of 5 right") && !seen.contains("Not to be judged"), "{seen}");
    assert_eq!(lmq.run(["delete", "deck:mine", "--yes"]).code, 0);
    let none = lmq.run(["checkup"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""));
    assert!(none.stderr.contains("there are no check-up scenes"), "{}", none.stderr);
}

#[test]
fn a_hostile_scene_drives_no_terminal() {
    let lmq = home();
    let hostile = "\\u001b[2J\\u202e";
    lmq.import(
        "h.toml",
        format!(
            "[deck]\nid = \"h\"\n[[card]]\nkey = \"k\"\nheld_out = true\nkind = \"sort\"\nprompt = \"Which{hostile}?\"\n\
             answer = \"a{hostile}\"\ncategories = [\"a{hostile}\", \"b{hostile}\"]\ntopic = \"t\"\n\
             [[topic]]\nid = \"t\"\ntitle = \"Topic{hostile}\"\n"
        ),
    );
    let run = at(&lmq, &day("01-15"), &["checkup", "--minutes", "60"], &":d\n".repeat(40));
    assert!(run.stdout.contains("Which") && run.stdout.contains("Check-up 1"), "{}", run.stdout);
    assert!(!drives_a_terminal(&run.stdout) && !drives_a_terminal(&run.stderr));
    for form in ["text", "md", "csv", "json", "html"] {
        let out = lmq.ok(["report", "--format", form]);
        assert!(!drives_a_terminal(&out) && !out.contains("Which") && !out.contains("Scene 1"), "{form}");
    }
}

#[test]
fn a_kill_in_the_middle_keeps_what_was_answered() {
    let lmq = home();
    lmq.ok(["decks"]);
    let mut answered = 0;
    for round in 0..7 {
        let mut command = lmq.command();
        command.args(["checkup"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (mut keys, mut lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()).lines());
        let mut sees = |text: &str| while !lines.next().unwrap().unwrap().contains(text) {};
        sees(&format!("[{} of 8]", answered + 1));
        keys.write_all(b"l\n").unwrap();
        // The next scene shows once the answer is on the disk.
        sees(&format!("[{} of 8]", answered + 2));
        answered += 1;
        if round % 2 == 0 {
            // One more may be on its way.
            keys.write_all(b"m\n").unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let count = answers(&lmq);
        assert!((answered..=answered + usize::from(round % 2 == 0)).contains(&count), "{answered} said, {count} kept");
        answered = count;
        if answered >= 6 {
            break;
        }
    }
    assert_eq!(lmq.run(["doctor"]).code, 0);
    let out = take(&lmq, "01-15", &"l\n".repeat(8 - answered));
    assert!(out.contains(" of 8 right; "), "{out}");
}

// In a terminal ---------------------------------------------------------------------------------------------------

#[test]
fn the_screen_asks_with_keys_and_says_its_result_on_the_normal_one() {
    for (columns, rows) in [(40, 20), (80, 24), (200, 50)] {
        let lmq = home();
        let mut terminal = Terminal::start(&lmq, &["checkup"], columns, rows, &[]);
        insta::assert_snapshot!(format!("opening_{columns}"), trimmed(&terminal.sees("Enter begins")));
        terminal.types("\r");
        insta::assert_snapshot!(format!("scene_{columns}"), trimmed(&terminal.sees("1 of 8")));
        terminal.types("l");
        terminal.sees("2 of 8");
        terminal.types("u");
        terminal.sees("1 of 8");
        for place in 1..=8 {
            terminal.sees(&format!("{place} of 8"));
            // A key that shows answers nothing before one of them is pointed at.
            for keys in
                [&["m"][..], &["2"], &["\x1b[B", "\x1b[B", "\r"], &["0"], &["b"], &["l"], &[" ", "\x1b[A", " "], &["3"]]
                    [place - 1]
            {
                terminal.types(keys);
            }
        }
        let (code, _, raw) = terminal.ends();
        assert_eq!(code, 0);
        assert!(given_back(&raw) && raw.contains(" of 8"), "{raw}");
        let history = lmq.json(["history", "--json"]);
        let counted: Vec<&str> = history
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["kind"] == "checked" && row["voided"] == false)
            .map(|row| row["response"].as_str().unwrap_or("-"))
            .collect();
        assert_eq!(counted, ["manager", "manager", "manager", "-", "both", "leader", "leader", "both"], "{columns}");
    }
}

#[test]
fn a_held_key_answers_one_scene_and_not_the_next() {
    let lmq = home();
    let mut terminal = Terminal::start(&lmq, &["checkup", "--yes"], 80, 24, &[]);
    terminal.sees("1 of 8");
    terminal.types("lllllllllllllll");
    terminal.sees("2 of 8");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(answers(&lmq), 1);
}

#[test]
fn the_first_screen_leads_into_a_check_up_and_shows_its_result() {
    let lmq = home();
    let mut terminal = Terminal::start(&lmq, &[], 80, 24, &[]);
    terminal.sees("A check-up is due");
    terminal.types("c");
    terminal.sees("Enter begins");
    terminal.types("q");
    terminal.sees("Nothing was answered.");
    terminal.types("c");
    terminal.sees("Enter begins");
    terminal.types("\r");
    for place in 1..=8 {
        terminal.sees(&format!("{place} of 8"));
        terminal.types("b");
    }
    insta::assert_snapshot!("result_80", trimmed(&terminal.sees("Esc goes back")));
    terminal.types("\x1b");
    let shown = terminal.sees("Enter begins");
    assert!(!shown.contains("A check-up is due"), "{shown}");
    terminal.types("q");
    assert_eq!(terminal.ends().0, 0);
}

#[test]
fn the_screen_takes_what_is_typed_listed_and_ordered() {
    let lmq = Lmq::at_home();
    lmq.import(
        "mine.toml",
        "[deck]\nid = \"mine\"\n\
         [[card]]\nheld_out = true\nkey = \"list\"\nkind = \"list\"\nprompt = \"List?\"\nitems = [\"one\", \"two\"]\n\
         [[card]]\nheld_out = true\nkey = \"typed\"\nkind = \"typed\"\nprompt = \"Type?\"\nanswer = \"quick\"\n",
    );
    assert_eq!(lmq.run(["delete", "deck:differences", "--yes"]).code, 0);
    let mut terminal = Terminal::start(&lmq, &["checkup", "--yes"], 80, 24, &[]);
    for place in 1..=2 {
        let shown = terminal.sees(&format!("{place} of 2"));
        if shown.contains("List?") {
            terminal.types("two\r");
            terminal.sees("· two");
            terminal.types("one\r");
            terminal.sees("· one");
            terminal.types("\r");
        } else {
            terminal.types("quick\r");
        }
    }
    let (code, text, _) = terminal.ends();
    assert!(code == 0 && text.contains("2 of 2 right"), "{text}");
}
