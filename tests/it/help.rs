//! `lmq help`, and what is said of a command line that can't be understood.

use crate::home::Lmq;
use crate::terminal::Terminal;

fn commands(text: &str) -> Vec<&str> {
    let list = text.split("Options:").next().unwrap();
    list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next()).collect()
}

#[test]
fn the_front_page_has_ten_commands_and_all_has_them_in_groups() {
    let lmq = Lmq::new();
    let short = lmq.run(["--help"]).out();
    assert_eq!(commands(&short).len(), 10, "{short}");
    assert_eq!(commands(&lmq.run(["help"]).out()), commands(&short));
    let all = lmq.run(["--help", "--all"]).out();
    assert_eq!(commands(&all).len(), lmq::cli::command().get_subcommands().count());
    let groups: Vec<&str> =
        all.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.strip_suffix(':')).collect();
    assert!(
        groups.starts_with(&["Every day", "Cards", "Decks", "In and out", "Reports", "Data", "Set-up"]),
        "{groups:?}"
    );
    for same in [&["--all", "--help"][..], &["help", "--all"], &["--all"]] {
        assert_eq!(commands(&lmq.run(same).out()), commands(&all), "{same:?}");
    }
}

#[test]
fn the_settings_that_are_listed_are_twelve() {
    let lmq = Lmq::new();
    let count = |text: &str| text.lines().filter(|line| line.contains(" = ") && !line.starts_with(' ')).count();
    let listed = lmq.ok(["config", "list"]);
    assert_eq!(count(&listed), 12);
    assert!(listed.contains("\nsession_minutes = 10") && listed.contains("\ntheme = auto"), "{listed}");
    assert_eq!(count(&lmq.ok(["config", "list", "--all"])), lmq::ops::settings::SETTINGS.len());
    lmq.run(["config", "set", "look_ms", "300"]).done();
    assert!(lmq.ok(["config", "list"]).contains("look_ms = 300"), "what you changed is listed too");
}

#[test]
fn topics_are_pages_in_the_program_and_commands_have_theirs() {
    let lmq = Lmq::new();
    for (topic, holds) in [
        ("search", "is:leech"),
        ("import", "delimiter"),
        ("schedule", "ease"),
        ("settings", "new_per_day"),
        ("kinds", "cloze"),
    ] {
        let page = lmq.run(["help", topic]).out();
        assert!(page.contains(holds) && page.lines().count() > 40, "{topic}");
    }
    assert!(lmq.run(["help", "decks", "add"]).out().contains("lmq decks add hiring"));
    assert!(lmq.run(["help", "review"]).out().contains("--minutes"));
    assert!(lmq.run(["help", "topics"]).out().contains("  search "));
    let unknown = lmq.run(["help", "serach"]).err(2);
    assert!(unknown.contains("did you mean `lmq help search`?"), "{unknown}");
    assert!(lmq.run(["help", "decks", "rmove"]).err(2).contains("did you mean `lmq help decks remove`?"));
    // Every topic that is listed is a page, here and for `man`, with the same words.
    let listed = lmq.run(["help", "topics"]).out();
    let topics: Vec<&str> = listed.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert!(topics.len() > 10, "{listed}");
    for topic in topics {
        let page = lmq.run(["help", topic]).out();
        assert!(!page.contains(".md)"), "an installed user has no such file: {topic}");
        let manual = lmq.run(["man", topic]).out();
        assert!(manual.starts_with(&format!(".TH lmq\\-{} 7\n", topic.replace('-', "\\-"))), "{topic}");
        let plain =
            [("\\&", ""), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\-", "-"), ("\\e", "\\")];
        let plain = plain.iter().fold(manual, |text, (from, to)| text.replace(from, to));
        let words = |text: &str| {
            let kept = |c: char| if c.is_alphanumeric() { c } else { ' ' };
            let text: String = text.chars().map(kept).collect();
            text.split_whitespace().map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
        };
        let lost: Vec<String> = words(&page).difference(&words(&plain)).cloned().collect();
        assert!(lost.len() < 12, "{topic}: {lost:?}");
    }
    assert!(lmq.run(["man", "serach"]).err(2).contains("did you mean `lmq man search`?"));
}

#[test]
fn names_from_other_programs_work_or_say_what_there_is() {
    let lmq = Lmq::new();
    let all = lmq.run(["cards", "deck:quotes"]).out();
    for name in ["ls", "search", "find"] {
        assert_eq!(lmq.run([name, "deck:quotes"]).out(), all, "{name}");
    }
    assert!(lmq.run(["rm", "quotes/q14-ladder"]).out().starts_with("deleted "));
    assert!(lmq.run(["log"]).out().contains("deleted"));
    for (name, says) in [
        ("sync", "lmq uses no network"),
        ("browse", "b browses"),
        ("list", "`lmq cards` lists cards, `lmq decks` lists decks"),
        ("study", "`lmq review`"),
        ("reveiw", "did you mean `lmq review`?"),
    ] {
        let error = lmq.run([name]).err(2);
        assert!(
            error.starts_with(&format!("lmq: there is no command `lmq {name}`\nhint: ")) && error.contains(says),
            "{error}"
        );
    }
}

#[test]
fn what_is_done_is_undone_by_off() {
    let lmq = Lmq::new();
    let card = "quotes/q14-ladder#1";
    let is = |word: &str| lmq.cards(&format!("is:{word}")).len();
    for (command, word) in [("suspend", "suspended"), ("bury", "buried"), ("mark", "marked")] {
        lmq.run([command, card]).done();
        assert_eq!(is(word), 1, "{command}");
        lmq.run([command, "--off", card]).done();
        assert_eq!(is(word), 0, "{command} --off");
    }
    lmq.run(["tag", "hot", card]).done();
    lmq.run(["tag", "--off", "hot", card]).done();
    assert!(lmq.cards("tag:hot").is_empty());
}

#[test]
fn with_json_an_error_is_json_too() {
    let lmq = Lmq::new();
    for (args, code, what) in [
        (&["show", "no/such", "--json"][..], 2, "there is no card `no/such`"),
        (&["cards", "tga:x", "--json"], 2, "there is no field `tga`"),
        (&["next", "--json", "--new", "x"], 2, "`--new` can't be `x`"),
        (&["next", "--json", "--no-such"], 2, "`lmq next` has no option `--no-such`"),
    ] {
        let error = lmq.run(args).err(code);
        let error: serde_json::Value = serde_json::from_str(&error).unwrap_or_else(|_| panic!("{args:?}: {error}"));
        assert_eq!(
            (error["error"]["what"].as_str(), error["error"]["exit_code"].as_i64()),
            (Some(what), Some(code.into()))
        );
        assert!(error["error"]["hint"].is_string() && error["error"]["places"].is_array());
    }
    assert!(lmq.run(["show", "no/such"]).err(2).starts_with("lmq: there is no card"));
}

/// The commands below this one that take `--json`, each with a word for everything that it requires.
fn commands_with_json(command: &clap::Command, words: &[String], found: &mut Vec<(Vec<String>, usize)>) {
    for inner in command.get_subcommands() {
        let mut words = [words, &[inner.get_name().to_owned()]].concat();
        commands_with_json(inner, &words, found);
        if inner.get_arguments().any(|argument| argument.get_long() == Some("json")) {
            let names = words.len();
            words.extend(inner.get_positionals().filter(|one| one.is_required_set()).map(|_| "x".to_owned()));
            found.push((words, names));
        }
    }
}

#[test]
fn every_command_with_json_tells_every_error_in_json() {
    let lmq = Lmq::new();
    let mut commands = Vec::new();
    commands_with_json(&lmq::cli::command(), &[], &mut commands);
    let told = |run: &crate::home::Run| {
        let error: serde_json::Value =
            run.stderr.lines().next_back().and_then(|line| serde_json::from_str(line).ok())?;
        let error = &error["error"];
        let is_whole = error["what"].is_string() && error["places"].is_array() && error["hint"].is_string();
        (is_whole && error["exit_code"] == run.code).then(|| error["what"].as_str().unwrap().to_owned())
    };
    for (words, names) in &commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let name = words[..*names].join(" ");
        let run = lmq.run([&words[..*names], &["--json", "--no-such"]].concat());
        assert_eq!(told(&run), Some(format!("`lmq {name}` has no option `--no-such`")), "{run:?}");
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{name}");
        let run = lmq.run([&["--db", "no/such.db"][..], &words, &["--json"]].concat());
        // What only one of several arguments can satisfy is asked for before the database is.
        let expected = if ["edit", "forget"].contains(&name.as_str()) {
            format!("`lmq {name}` is missing a required argument")
        } else if name == "set-due" {
            "`DAY` can't be `x`".to_owned()
        } else {
            "the folder `no` is not there".to_owned()
        };
        assert!(told(&run).is_some_and(|what| what.starts_with(&expected)), "{name}: {run:?}");
    }
    assert!(commands.len() > 18, "{commands:?}");
}

#[test]
fn a_folder_with_a_slip_in_it_is_named_and_not_made() {
    let lmq = Lmq::new();
    let error = lmq.run(["--db", "dokuments/lmq.db", "decks"]).err(2);
    assert!(error.starts_with("lmq: the folder `dokuments` is not there\n"), "{error}");
    assert!(!lmq.path("dokuments").exists());
    lmq.write("file", "x");
    assert!(lmq.run(["--db", "file/lmq.db", "decks"]).err(1).contains("file"));
    lmq.run(["--db", "new.db", "decks", "add", "x"]).done();
    assert!(lmq.path("new.db").exists(), "a database in a folder that is there is made");
    assert!(Lmq::at_home().run(["decks"]).code == 0, "and so is the folder of the platform");
}

#[test]
fn colour_is_ours_where_it_is_wanted_and_nowhere_else() {
    let lmq = Lmq::new();
    lmq.run(["answer", "quotes/q14-ladder#1", "good"]).done();
    let cards = ["cards", "deck:quotes"];
    for args in [&["decks"][..], &["--help"], &["help", "--all"], &cards, &[], &["config", "list"], &["stats"]] {
        let with = lmq.run([&["--color", "always"], args].concat()).ok();
        assert!(with.stdout.contains("\u{1b}["), "{args:?}: {}", with.stdout);
        assert!(!lmq.run([&["--color", "never"], args].concat()).ok().stdout.contains('\u{1b}'), "{args:?}");
        assert!(!lmq.run(args).ok().stdout.contains('\u{1b}'), "through a pipe: {args:?}");
    }
    let error = lmq.run(["--color", "always", "show", "x/y"]).err(2);
    assert!(error.starts_with("\u{1b}[") && error.contains("lmq:"), "{error:?}");
    let mut command = lmq.command();
    command.args(["decks", "--color", "always"]).env("NO_COLOR", "1");
    assert!(lmq.finish(command, b"").stdout.contains('\u{1b}'), "who says always means it");
}

#[test]
fn no_screen_has_a_colour_where_none_is_wanted_and_who_says_always_gets_them() {
    let lmq = Lmq::new();
    lmq.run(["answer", "quotes/q14-ladder#1", "good"]).done();
    let no_colour = [("NO_COLOR", "1")];
    for (args, extra, coloured) in [
        (&["--color", "never"][..], &[][..], false),
        (&[], &no_colour, false),
        (&["--color", "always"], &no_colour, true),
    ] {
        let mut terminal = Terminal::start(&lmq, args, 100, 24, extra);
        terminal.sees("Enter review");
        for (key, sees) in [("b", "x actions"), ("q", "Enter review"), ("s", "Likely known"), ("q", "Enter review")] {
            terminal.types(key);
            terminal.sees(sees);
        }
        // The first card of a new topic.
        for (key, sees) in [("\r", "Space goes on"), (" ", "? keys"), ("?", "Keys here")] {
            terminal.types(key);
            terminal.sees(sees);
        }
        terminal.types("\u{3}");
        terminal.sees("Enter review");
        terminal.types("q");
        let (_, _, raw) = terminal.ends();
        let has = ["\u{1b}[38;", "\u{1b}[48;"].iter().any(|code| raw.contains(code));
        assert_eq!(has, coloured, "{args:?} {extra:?}");
    }
}

#[test]
fn a_page_goes_through_a_pager_in_a_terminal() {
    let lmq = Lmq::new();
    let terminal = Terminal::start(&lmq, &["help", "search"], 80, 24, &[("PAGER", "head -n 1")]);
    terminal.sees("Searching");
    terminal.ends();
}

#[test]
fn a_search_that_matches_nothing_is_said_to_match_nothing() {
    let lmq = Lmq::new();
    let run = lmq.run(["review", "--search", "tag:nothing"]).ok();
    assert_eq!(run.stdout, "no card matches `tag:nothing`\n");
    lmq.run(["answer", "quotes/q14-ladder#1", "good"]).done();
    let run = lmq.run(["review", "--search", "rated:1d"]).ok();
    assert!(run.stdout.starts_with("1 card matches, but it is not due now"), "{run:?}");
}
