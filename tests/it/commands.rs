//! The commands that list, show, answer and take back; and the contract of their JSON.

use crate::home::Lmq;
use crate::world::World;
use lmq::ops::queue::Options;
use serde_json::Value;

fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_first_start_shows_the_day_and_what_to_type() {
    let lmq = Lmq::at_home();
    insta::assert_snapshot!(lmq.ok([]), @r"
    Today: 0 reviews, 10 new cards, 0 repeats
    Done today: 0 answers
    A first check-up shows where you start: 16 scenes in about 6 minutes; `lmq checkup`. It can do so until your tenth card.
    Type `lmq review` to begin
    ");
    assert!(lmq.path(".local/share/lmq/lmq.db").exists(), "in the platform's data folder");
}

#[test]
fn a_card_object_has_what_scripts_were_promised() {
    let lmq = Lmq::at_home();
    let cards = lmq.json(["cards", "--json"]);
    let card = &cards[0];
    for name in [
        "id",
        "deck",
        "key",
        "kind",
        "prompt",
        "state",
        "ease",
        "interval_days",
        "repetitions",
        "lapses",
        "due",
        "tags",
        "source",
        "topic",
    ] {
        assert!(fields(card).contains(&name), "{name}");
    }
    assert_eq!((card["ease"].as_f64(), &card["due"], card["state"].as_str()), (Some(2.5), &Value::Null, Some("new")));
    assert!(card["id"].is_string() && card["tags"].is_array() && card["source"].is_array());
    for deck in lmq.json(["decks", "--json"]).as_array().unwrap() {
        assert!(["id", "name", "title", "notes", "cards", "new", "due"].iter().all(|name| fields(deck).contains(name)));
    }
}

#[test]
fn an_answer_prints_the_card_after_it_and_the_log_has_it() {
    let lmq = Lmq::at_home();
    let card = lmq.json(["answer", "differences/frame-two-groups", "3", "--ms", "6500", "--json"]);
    assert_eq!(
        (card["due"].as_str(), card["interval_days"].as_u64(), card["repetitions"].as_u64()),
        (Some("2026-01-16"), Some(1), Some(1))
    );
    assert_eq!((card["state"].as_str(), card["ease"].as_f64()), (Some("learning"), Some(2.5)));
    let history = lmq.json(["history", "--json"]);
    let row = &history[0];
    for name in ["id", "card", "kind", "at", "study_day", "quality", "took_ms", "before", "after"] {
        assert!(fields(row).contains(&name), "{name}");
    }
    assert_eq!(
        (row["kind"].as_str(), row["quality"].as_u64(), row["took_ms"].as_u64()),
        (Some("answered"), Some(4), Some(6500))
    );
    assert_eq!(
        (row["at"].as_str(), row["study_day"].as_str()),
        (Some("2026-01-15T09:00:00+01:00"), Some("2026-01-15"))
    );
    assert_eq!(
        (&row["card"], &row["before"]["due"], row["after"]["due"].as_str()),
        (&card["id"], &Value::Null, Some("2026-01-16"))
    );
    let shown = lmq.json(["show", "differences/frame-two-groups", "--json"]);
    assert_eq!(shown["events"].as_array().unwrap().len(), 1);
    assert_eq!(shown["id"], card["id"]);
}

#[test]
fn the_words_for_a_card_follow_its_life() {
    let lmq = Lmq::at_home();
    let name = "differences/frame-two-groups";
    let state = |lmq: &Lmq, now: &str, args: &[&str]| {
        let run = lmq.run_at(now, args);
        assert_eq!(run.code, 0, "{run:?}");
        let card: Value = serde_json::from_str(&run.stdout).unwrap();
        card["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&lmq, "2026-01-15T09:00:00Z", &["show", name, "--json"]), "new");
    assert_eq!(state(&lmq, "2026-01-15T09:00:00Z", &["answer", name, "good", "--json"]), "learning");
    assert_eq!(state(&lmq, "2026-01-16T09:00:00Z", &["answer", name, "good", "--json"]), "review");
    assert_eq!(state(&lmq, "2026-01-22T09:00:00Z", &["answer", name, "again", "--json"]), "learning");
    let mut command = lmq.command();
    command.args(["review", "differences", "--new", "0"]).env("LMQ_NOW", "2026-01-30T09:00:00Z");
    let run = crate::home::finish(command, b":!\n:q\n");
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(state(&lmq, "2026-01-30T09:00:00Z", &["show", name, "--json"]), "suspended");
    let refused = lmq.run(["answer", name, "good"]);
    assert!(refused.code == 1 && refused.stderr.contains("suspended"), "{refused:?}");
}

#[test]
fn a_card_is_named_by_deck_and_key_by_number_or_by_the_beginning_of_its_id() {
    let lmq = Lmq::at_home();
    let id = lmq.json(["show", "differences/frame-two-groups", "--json"])["id"].as_str().unwrap().to_owned();
    let start = |digits| id.chars().take(digits).collect::<String>();
    for name in [id.as_str(), start(8).as_str(), start(32).as_str(), "differences/frame-two-groups#1"] {
        assert_eq!(lmq.json(["show", name, "--json"])["id"], id.as_str(), "{name}");
    }
    let run = lmq.run(["show", "differences/frame-focus"]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("could be several cards") && run.stderr.contains("differences/frame-focus#2"),
        "{}",
        run.stderr
    );
    for name in ["differences/no-such-key", "ffffffffffff", "xqzw"] {
        let run = lmq.run(["show", name]);
        assert!(run.code == 2 && run.stderr.contains("there is no card"), "{run:?}");
    }
}

#[test]
fn a_card_is_shown_by_its_words_with_all_that_its_author_wrote() {
    let lmq = Lmq::new();
    let deck = "[deck]\nid = \"team\"\nname = \"Team\"\n\n[[card]]\nkey = \"k\"\nkind = \"choice\"\nprompt = [\"Who leads the quorl?\", \
                \"Who is in front?\"]\nanswer = \"Ann\"\ndistractors = [\"Bela\", \"Cem, or nobody\"]\nhint = \"A short name\"\n\n\
                [[card]]\nkey = \"t\"\nkind = \"typed\"\nprompt = \"Who follows the quorl?\"\nanswer = \"Dora\"\naccept = [\"Dorothea\"]\n";
    lmq.write("team.toml", deck);
    lmq.run(["import", "team.toml"]).done();
    let choice = lmq.run(["show", "leads", "quorl"]).out();
    for line in [
        "distractors  Bela\n             Cem, or nobody\n",
        "hint         A short name\n",
        "or asked as  Who is in front?\n",
    ] {
        assert!(choice.contains(line), "{line}: {choice}");
    }
    assert!(lmq.run(["show", "dorothea"]).out().contains("accept       Dorothea\n"));
    lmq.run(["answer", "team/t", "again"]).done();
    let shown = lmq.run(["show", "team/t"]).out();
    assert!(shown.contains("answered Again in"), "{shown}");
    let several = lmq.run(["show", "quorl"]).err(2);
    assert!(several.contains("2 cards match `quorl`") && several.contains("team/k  Who leads the quorl?"), "{several}");
    assert!(lmq.run(["show", "xqzw", "here"]).err(2).contains("none has these words"));
}

#[test]
fn what_was_asked_wrongly_is_said_with_what_was_meant() {
    let lmq = Lmq::at_home();
    for (args, words) in [
        (&["review", "diferences"][..], "did you mean `differences`?"),
        (&["answer", "differences/frame-two-groups", "super"], "use again, hard, good or easy"),
        (&["answer", "differences/frame-two-groups", "6"], "is not a grade"),
        (&["report", "--since", "yesterday"], "2026-01-15"),
        (&["report", "--since", "2026-02-01", "--until", "2026-01-01"], "is after"),
        (&["report", "--format", "pdf"], "html"),
        (&["review", "--minutes", "1441"], "write a whole number from 0 to 1440"),
        (&["review", "--limit", "-1"], "has no option `-1`"),
        (&["--now", "soon"], "not a time"),
        (&["config", "get", "new_per_dya"], "did you mean `new_per_day`?"),
        (&["config", "set", "rollover", "24"], "0 to 23"),
        (&["export", "skills"], "--format"),
        (&["export", "--format", "xml"], "toml"),
        (&["revue"], "did you mean `lmq review`?"),
        (&["sync"], "lmq uses no network"),
        (&["untag"], "`lmq tag` is missing required arguments: TAG and QUERY"),
        (&["next", "--new", "x"], "write a whole number, such as 5"),
    ] {
        let run = lmq.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}: {run:?}");
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn every_command_has_help_with_examples() {
    let lmq = Lmq::at_home();
    for command in lmq_commands() {
        let help = lmq.ok([&command, "--help"]);
        assert!(help.contains("Examples:") && help.contains("lmq "), "{command}");
    }
}

fn lmq_commands() -> Vec<String> {
    lmq::cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn a_setting_is_changed_listed_and_taken_back() {
    let lmq = Lmq::at_home();
    assert_eq!(lmq.ok(["config", "get", "new_per_day"]), "10\n");
    assert_eq!(lmq.ok(["config", "set", "new_per_day", "3"]), "new_per_day = 3\n");
    assert!(lmq.ok(["config", "list"]).contains("new_per_day = 3"));
    assert!(lmq.ok([]).contains("3 new cards"));
    assert_eq!(lmq.ok(["config", "path"]).trim(), "$T/.config/lmq/config.toml");
    assert!(lmq.ok(["undo"]).contains("set new_per_day to 3"));
    assert_eq!(lmq.ok(["config", "get", "new_per_day"]), "10\n");
    lmq.ok(["config", "set", "scale", "sm2"]);
    assert_eq!(lmq.ok(["config", "get", "drill"]), "below-4\n", "the canonical repeat comes with the six grades");
    assert_eq!(lmq.ok(["config", "unset", "scale"]), "scale = four\n");
    lmq.write(".config/lmq/config.toml", "new_per_day = \"many\"\n");
    let run = lmq.run(["decks"]);
    assert!(run.code == 3 && run.stderr.contains("config.toml:1:1"), "{run:?}");
    assert_eq!(lmq.run(["config", "path"]).code, 0, "so that it can be found and mended");
}

#[test]
fn scripts_can_run_a_day_with_next_and_answer() {
    let mut world = World::with_built_in_decks();
    let mut asked = Vec::new();
    while let Some(card) = world.next(&Options::default()) {
        world.answer(card.card, 4);
        asked.push(card.card);
    }
    assert_eq!(asked.len(), 10, "the day's new cards");
    let more = world.next(&Options { new: Some(1), ..Options::default() }).unwrap();
    assert_eq!(world.word(&more), "new", "--new replaces the day's limit");
    let day = world.day();
    assert_eq!((day.counts.next_due, day.streak), (Some(world.today().plus(1)), 1));
}

#[test]
fn a_variable_with_a_bad_value_is_named_and_an_empty_one_is_none() {
    let lmq = Lmq::at_home();
    assert!(lmq.run_at("soon", ["decks"]).err(2).contains("`LMQ_NOW` can't be `soon`"));
    assert_eq!(lmq.run_at("", ["decks"]).code, 0);
}

#[test]
fn quiet_says_nothing_that_was_not_asked_for() {
    let lmq = Lmq::at_home();
    lmq.write("a.csv", "front,back\na,b\n");
    let run = lmq.run(["import", "a.csv", "--quiet"]);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("1 note added to a\n", ""));
    assert_eq!(lmq.run(["cards", "nothing-like-this", "-q"]).stderr, "");
}
