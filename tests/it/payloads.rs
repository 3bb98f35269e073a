//! What a text may do to a terminal: nothing. A corpus of payloads through every command, judged byte by byte on a
//! pseudo-terminal, where programs are tempted to colour, and to show what a file has in it as it is.

use crate::home::Lmq;
use crate::terminal::Terminal;
use std::path::Path;

/// Each payload in words, and what may not come out of it.
const PAYLOADS: &[&str] = &[
    "\u{1b}[2J",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://evil\u{1b}\\",
    "\u{1b}P+q\u{1b}\\",
    "\u{1b}c",
    "\u{9b}31m",
    "\u{9d}0;t\u{9c}",
    "\u{85}",
    "\u{8}\u{8}\u{8}",
    "\u{7f}",
    "\u{0b}\u{0c}",
    "\u{e}",
    "\u{202a}\u{202b}\u{202d}\u{202e}\u{202c}",
    "\u{2066}\u{2067}\u{2068}\u{2069}",
    "\u{200e}\u{200f}\u{61c}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{2063}\u{2064}\u{feff}\u{ad}\u{34f}\u{180e}",
    "\u{206a}\u{206f}",
    "\u{e0001}\u{e0041}\u{e007f}",
    "\u{115f}\u{1160}\u{3164}\u{ffa0}\u{2800}",
    "\u{2028}\u{2029}",
    "\u{fff9}\u{fffa}\u{fffb}",
    "\u{fe0f}\u{e0100}",
    "\u{17b4}\u{1d173}\u{1bca0}",
];

fn all() -> String {
    PAYLOADS.iter().enumerate().map(|(place, payload)| format!("p{place}{payload}q")).collect()
}

/// Characters of the payloads that no terminal may get. Of those that the program itself sends in a session, to draw, there are
/// only the escape character and the bell's neighbours that nothing draws with.
fn bad(raw: &[u8], draws: bool) -> Option<char> {
    let text = std::str::from_utf8(raw).unwrap();
    let of_payloads: Vec<char> =
        PAYLOADS.iter().flat_map(|payload| payload.chars()).filter(|c| !c.is_ascii_graphic()).collect();
    text.chars().find(|c| match c {
        '\r' | '\n' | '\t' | ' ' => false,
        '\u{1b}' | '\u{8}' if draws => false,
        c => c.is_control() || of_payloads.contains(c),
    })
}

/// What a command sent, without the colours that are lmq's own: no payload is one of these.
fn without_colours(raw: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(raw).unwrap();
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').strip_prefix('m');
        if rest.is_none() {
            out.push_str("\u{1b}[");
        }
        out.push_str(rest.unwrap_or(part));
    }
    out.into_bytes()
}

/// Runs a command on a terminal to its end.
#[track_caller]
fn judge(lmq: &Lmq, args: &[&str], env: &[(&str, &str)]) -> String {
    let db = lmq.db().display().to_string();
    let config = lmq.path("config.toml").display().to_string();
    let mut all = vec![("LMQ_DB", db.as_str()), ("LMQ_CONFIG", config.as_str())];
    all.extend_from_slice(env);
    // What asks gets a no; what waits for more than that is ended, and told.
    let mut line = vec!["--foreground", "-s", "KILL", "20", env!("CARGO_BIN_EXE_lmq")];
    line.extend_from_slice(args);
    let mut terminal = Terminal::start_program(Path::new("/usr/bin/timeout"), lmq, &line, 100, 50, &all);
    let bytes = std::sync::Arc::clone(&terminal.raw);
    terminal.types_now("n\n\u{4}");
    let (code, shown, _) = terminal.ends();
    assert_ne!(code, 137, "{args:?} waits: {shown}");
    let raw = bytes.lock().unwrap().clone();
    assert_eq!(bad(&without_colours(&raw), false), None, "{args:?} {env:?}: {:?}", String::from_utf8_lossy(&raw));
    String::from_utf8(raw).unwrap()
}

/// A database in which everything that people and files can say holds the payloads.
fn poisoned() -> Lmq {
    let lmq = Lmq::new();
    let evil = all();
    let cell = format!("\"{}\"", evil.replace('"', ""));
    lmq.write(
        "evil.csv",
        format!("key,front,back,tags,hint,extra,topic,speaker\nk,{cell},{cell},t{cell},{cell},{cell},{cell},{cell}\n"),
    );
    lmq.run(["import", "evil.csv"]).done();
    let json = serde_json::json!({
        "format": "lmq", "version": 1,
        "decks": [{"id": "bad", "name": format!("bad {evil}"), "title": evil, "notes": [
            {"key": "c", "kind": "choice", "fields": {"prompt": evil, "answer": format!("a{evil}"), "distractors": [format!("b{evil}"), "c"]}},
            {"key": "z", "kind": "cloze", "fields": {"text": format!("{{{{c1::a{evil}::h{evil}}}}} b{evil}")}},
        ]}],
    });
    lmq.write("bad.json", json.to_string());
    let run = lmq.run(["import", "bad.json"]);
    assert!([0, 3].contains(&run.code), "{run:?}");
    lmq.run(["add", "plain", &evil, &evil]).done();
    lmq.run(["answer", "evil/k", "again"]).done();
    lmq
}

#[test]
fn nothing_of_a_deck_drives_a_terminal_whatever_the_command() {
    let lmq = poisoned();
    let mut shown = String::new();
    for line in [
        "cards",
        "cards --json",
        "cards p1",
        "show evil/k",
        "show evil/k --json",
        "next evil --new 9",
        "next evil --json",
        "decks",
        "decks --json",
        "decks --edited",
        "history",
        "history --json",
        "undo --list",
        "undo --list --json",
        "report",
        "report --with-cards",
        "report --with-cards --format md",
        "report --with-cards --format json",
        "report --with-cards --format csv",
        "report --with-cards --format html",
        "stats",
        "doctor",
        "remind",
        "export evil --format csv",
        "export --format csv",
        "export evil --format toml",
        "export --format json",
        "export --format jsonl",
        "export --what history",
        "check evil.csv",
        "check evil.csv --json",
        "check bad.json",
        "import evil.csv --dry-run",
        "import evil.csv",
        "import bad.json --dry-run --json",
        "tag evil/k hot",
        "mark evil/k",
        "suspend evil/k",
        "unsuspend evil/k",
        "delete evil/k --yes",
        "undo --yes",
        "config list",
        "edit evil/k --hint x",
        "edit evil/k --set hint=x",
        "",
    ] {
        let args: Vec<&str> = line.split_whitespace().collect();
        // Without a command a dumb terminal gets the day at a glance.
        let env: &[(&str, &str)] = if line.is_empty() { &[("TERM", "dumb")] } else { &[] };
        shown.push_str(&judge(&lmq, &args, env));
    }
    assert!(shown.contains("p0␛[2Jq"), "the texts themselves are shown");
    lmq.shell("lmq export evil --format csv --out out.csv").done();
    assert!(lmq.read("out.csv").contains('\u{9b}'), "a file has what the cards have");
}

#[test]
fn nor_does_what_somebody_types_on_the_command_line_or_sets() {
    let lmq = poisoned();
    for payload in PAYLOADS {
        let bad = format!("x{payload}y");
        for args in [
            vec![bad.as_str()],
            vec!["--color", &bad],
            vec!["--now", &bad, "decks"],
            vec!["--db", &bad, "remind"],
            vec!["report", "--since", &bad],
            vec!["report", "--format", &bad],
            vec![&format!("--{bad}")],
            vec!["decks", &format!("--{bad}={bad}")],
            vec!["answer", "evil/k", &bad],
            vec!["import", "evil.csv", "--delimiter", &bad],
            vec!["review", "--new", &bad],
        ] {
            judge(&lmq, &args, &[]);
        }
        judge(&lmq, &["decks"], &[("LMQ_NOW", &bad)]);
    }
    let bad = all();
    let short: String = bad.chars().take(80).collect();
    for args in [
        vec!["cards", &bad],
        vec!["cards", &format!("deck:{bad}")],
        vec!["cards", &format!("{bad}:x")],
        vec!["show", &bad],
        vec!["export", &bad, "--format", "csv"],
        vec!["report", "--deck", &bad],
        vec!["report", "--search", &bad],
        vec!["report", "--compare", &bad, "--since", "30d"],
        vec!["config", "get", &bad],
        vec!["config", "set", &bad, "1"],
        vec!["config", "set", "scale", &bad],
        vec!["import", &bad],
        vec!["import", "evil.csv", "--format", &bad],
        vec!["import", "evil.csv", "--deck", &bad],
        vec!["check", &bad],
        vec!["check", "evil.csv", "--allow", &bad],
        vec!["restore", &bad],
        vec!["team", &bad],
        vec!["tag", "evil/k", &bad],
        vec!["rename", "evil", &bad],
        vec!["move", "evil/k", &bad],
        vec!["new", &bad],
        vec!["remind", "--format", &bad],
        vec!["report", "--out", &format!("missing/{short}")],
        vec!["report", "--out", &short],
        vec!["report", "--out", &short],
        vec!["backup", &format!("b{short}")],
        vec!["edit", "evil/k", "--set", &bad],
        vec!["edit", "evil/k", "--resume", &bad],
        vec!["decks"],
    ] {
        judge(&lmq, &args, &[]);
    }
    lmq.write("config.toml", format!("scale = \"x{}\"\n[deck.\"{}\"]\nscale = 3\n", "\\u009b", "a\\u001b[2J\\u202e"));
    judge(&lmq, &["decks"], &[]);
}

#[test]
fn a_session_draws_by_itself_and_nothing_of_a_card_does() {
    let lmq = poisoned();
    let db = lmq.db().display().to_string();
    for (term, extra) in [("dumb", "--plain"), ("xterm-256color", "")] {
        let mut args = vec!["review", "evil", "--new", "5"];
        if term == "dumb" && extra == "--plain" {
            args.truncate(4);
        }
        let mut terminal =
            Terminal::start(&lmq, &args, 100, 40, &[("LMQ_DB", &db), ("TERM", term), ("LMQ_CONFIG", "")]);
        terminal.sees("p0");
        terminal.rests();
        terminal.types(if term == "dumb" { "\n" } else { " " });
        terminal.rests();
        terminal.types(if term == "dumb" { ":q\n" } else { "q" });
        let bytes = std::sync::Arc::clone(&terminal.raw);
        let (_, _, raw) = terminal.ends();
        assert_eq!(bad(&bytes.lock().unwrap(), true), None, "{term}: {raw:?}");
        for payload in PAYLOADS.iter().filter(|payload| payload.starts_with('\u{1b}')) {
            // `ESC c` and `ESC [2J` are what a screen may clear itself with; none stands behind our letters.
            let place = PAYLOADS.iter().position(|one| one == payload).unwrap();
            assert!(!raw.contains(&format!("p{place}{payload}")), "{term}: {payload:?}");
        }
    }
}
