//! `lmq answer`.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::World;
use crate::world::time;

fn team() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    assert_eq!(lmq.run(["import", "team.toml"]).out(), "3 notes added to work::team\n");
    lmq
}

#[test]
fn an_answer_says_when_the_card_comes_back() {
    let lmq = team();
    assert_eq!(lmq.run(["answer", "team/owner", "good"]).out(), "team/owner: Good, due 2026-01-16 (interval 1d)\n");
    let card = lmq.run_at("2026-01-16T08:00:00+01:00", ["answer", "team/owner", "4", "--ms", "6500", "--json"]).json();
    assert_eq!(card["due"], "2026-01-22");
    assert_eq!(
        (card["interval_days"].as_u64(), card["repetitions"].as_u64(), card["ease"].as_f64()),
        (Some(6), Some(2), Some(2.6))
    );
    let history = lmq.run(["history", "team/owner", "--json"]).json();
    assert_eq!(history[1]["took_ms"], 6500);
    assert_eq!(history[1]["at"], "2026-01-16T08:00:00+01:00");
    lmq.assert_sound();
}

#[test]
fn a_card_goes_from_new_through_learning_to_review_and_back() {
    let mut world = World::bare();
    world.import("team.toml", TEAM);
    let state = |world: &World| world.word(&world.card("team/owner"));
    assert_eq!(state(&world), "new");
    for (now, quality, word) in [
        ("2026-01-15T09:00:00+01:00", 3, "learning"),
        ("2026-01-16T09:00:00+01:00", 4, "review"),
        ("2026-01-22T09:00:00+01:00", 2, "learning"),
    ] {
        world.set_now(time(now));
        world.answer_named("team/owner", quality);
        assert_eq!(state(&world), word, "{now}");
    }
    let memory = world.card("team/owner").state.memory.unwrap();
    assert_eq!((memory.lapses, memory.repetitions, memory.interval.0), (1, 0, 1));
    assert_eq!(memory.due.iso(), "2026-01-23");
}

#[test]
fn all_grades_and_their_words_are_taken_and_nothing_else() {
    let lmq = team();
    for (grade, button) in
        [("1", "Again"), ("2", "Hard"), ("3", "Good"), ("4", "Easy"), ("hard", "Hard"), ("Easy", "Easy")]
    {
        let said = lmq.run(["answer", "team/owner", grade]).out();
        assert!(said.starts_with(&format!("team/owner: {button},")), "as the key {grade} of a session: {said}");
    }
    for grade in ["0", "5", "6", "-1", "goood", "", "4.5"] {
        let error = lmq.run(["answer", "team/owner", "--", grade]).err(2);
        assert!(error.contains("use again, hard, good or easy, or 1 to 4 for these"), "{grade}: {error}");
    }
    lmq.run(["config", "set", "scale", "sm2"]).done();
    for (grade, button) in [("0", "Again"), ("3", "Hard"), ("4", "Good"), ("5", "Easy")] {
        let said = lmq.run(["answer", "team/owner", grade]).out();
        assert!(said.starts_with(&format!("team/owner: {button},")), "on six grades {grade} is: {said}");
    }
    assert!(lmq.run(["answer", "team/owner", "6"]).err(2).contains("or 0 to 5"));
    for ms in ["-5", "soon", "99999999999"] {
        let error = lmq.run(["answer", "team/owner", "4", "--ms", ms]).err(2);
        assert!(error.contains("--ms") || error.contains("-5"), "{error}");
    }
    let history = lmq.run(["history", "--json"]).json();
    assert_eq!(history.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count(), 10);
}

#[test]
fn a_response_is_judged_and_grades_where_no_grade_is_given() {
    let lmq = Lmq::new();
    lmq.run(["add", "geo", "Capital of Peru?", "Lima", "--typed"]).done();
    let name = "geo/capital-of-peru";
    let said = lmq.run(["answer", name, "--response", "lima"]).ok();
    assert!(said.stdout.starts_with(&format!("{name}: Good,")) && said.stderr.contains("Right"), "{said:?}");
    let card = lmq.run(["answer", name, "--response", "Quito", "--json"]).json();
    assert_eq!(card["verdict"]["outcome"], "wrong");
    assert_eq!(lmq.run(["history", "--json"]).json().as_array().unwrap().last().unwrap()["quality"], 2);
    let said = lmq.run(["answer", name, "hard", "--response", "Lima"]).ok();
    assert!(said.stdout.contains("Hard"), "your grade counts: {said:?}");
    lmq.run(["add", "geo", "Why?", "Because"]).done();
    let refused = lmq.run(["answer", "geo/why", "--response", "so"]).err(2);
    assert!(refused.contains("grade it yourself"), "{refused}");
    assert!(lmq.run(["answer", "geo/why"]).err(2).contains("give a grade or --response"));
    assert!(lmq.run(["answer", name, "--response", " "]).err(2).contains("--response is empty"));
    let wrong = lmq.run(["answer", name, "--response", "Quito"]).ok();
    assert!(wrong.stderr.contains("the answer is `Lima`"), "{wrong:?}");
    lmq.run(["add", "geo", "Which one?", "Peru", "Chile", "--kind", "choice"]).done();
    let refused = lmq.run(["answer", "geo/which-one", "--response", "7"]).err(2);
    assert!(refused.contains("choose 1 to 2") && refused.contains(" Chile\n"), "{refused}");
}

#[test]
fn a_leech_is_said_and_tagged() {
    let lmq = team();
    lmq.run(["config", "set", "leech_lapses", "2"]).ok().out();
    let mut said = String::new();
    for day in 10..30 {
        let now = format!("2026-02-{day}T09:00:00+01:00");
        let grade = if day % 3 == 0 { "again" } else { "good" };
        said.push_str(&lmq.run_at(&now, ["answer", "team/owner", grade]).ok().stderr);
        if day == 25 {
            break;
        }
    }
    assert!(said.contains("team/owner is a leech: failed 2 times"), "{said}");
    assert!(lmq.cards("deck:team")[0]["tags"].to_string().contains("leech"));
    assert_eq!(lmq.run_at("2026-02-25T09:00:00+01:00", ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn cards_are_named_by_key_number_or_beginning_of_the_id() {
    let lmq = team();
    insta::assert_snapshot!(lmq.run(["answer", "team/pair", "good"]).err(2), @r"
    lmq: `team/pair` could be several cards
      team/pair#1
      team/pair#2
    hint: name one of them
    ");
    lmq.run(["answer", "team/pair#2", "good"]).ok().out();
    let id = lmq.cards("deck:team")[0]["id"].as_str().unwrap().to_owned();
    lmq.run(["answer", &id, "good"]).ok().out();
    lmq.run(["answer", id.get(..12).unwrap(), "good"]).ok().out();
    insta::assert_snapshot!(lmq.run(["answer", "team/nobody", "good"]).err(2), @r"
    lmq: there is no card `team/nobody`
    hint: name it deck/key, deck/key#number, or by the beginning of its id; `lmq cards` lists all
    ");
    lmq.run(["answer", "team/pair#3", "good"]).err(2);
    lmq.run(["answer", "", "good"]).err(2);
    let undone = lmq.run(["undo"]).out();
    assert_eq!(undone, "undid: answered team/owner Good\n");
}

/// The exit codes of all the commands, run at once.
fn at_once(lmq: &Lmq, commands: &[&str]) -> (Vec<String>, String) {
    let jobs: Vec<String> = commands.iter().map(|line| format!("(lmq {line} >/dev/null; echo $?) &")).collect();
    let run = lmq.shell(&format!("{} wait", jobs.join(" "))).ok();
    (run.stdout.split_whitespace().map(str::to_owned).collect(), run.stderr)
}

#[test]
fn answers_to_several_cards_at_once_are_all_kept() {
    let lmq = team();
    let lines = [
        "answer team/owner good",
        "answer team/retro#1 hard",
        "answer team/retro#2 good",
        "answer team/pair#1 easy",
        "answer team/pair#2 again",
    ];
    for _ in 0..3 {
        assert_eq!(at_once(&lmq, &lines), (vec!["0".to_owned(); lines.len()], String::new()));
    }
    assert_eq!(lmq.run(["history", "--json"]).json().as_array().unwrap().len(), 15);
    lmq.assert_sound();
}

#[test]
fn of_answers_to_one_card_at_once_a_stale_one_is_refused_and_none_is_doubled() {
    let lmq = team();
    let (codes, stderr) = at_once(&lmq, &["answer team/owner good"; 8]);
    let kept = codes.iter().filter(|code| *code == "0").count();
    assert!(kept >= 1 && codes.iter().all(|code| code == "0" || code == "1"), "{codes:?}");
    let stale = "not saved: the card was answered elsewhere in the meantime";
    assert_eq!(stderr.matches(stale).count(), 8 - kept, "{stderr}");
    assert_eq!(lmq.run(["history", "--json"]).json().as_array().unwrap().len(), kept);
    lmq.assert_sound();
}

#[test]
fn many_first_starts_at_once_all_work() {
    for _ in 0..3 {
        let lmq = Lmq::new();
        assert_eq!(at_once(&lmq, &["decks"; 8]), (vec!["0".to_owned(); 8], String::new()));
        assert_eq!(lmq.run(["decks", "--json"]).json().as_array().unwrap().len(), 3);
        lmq.assert_sound();
    }
}
