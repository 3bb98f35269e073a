//! `lmq` alone.

use crate::home::Lmq;

#[test]
fn the_day_at_a_glance() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(lmq.run([]).out(), @r"
    Today: 0 reviews, 10 new cards, 0 repeats
    Done today: 0 answers
    A first check-up shows where you start: 16 scenes in about 6 minutes; `lmq checkup`. It can do so until your tenth card.
    Type `lmq review` to begin
    ");
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    insta::assert_snapshot!(lmq.run([]).out(), @r"
    Today: 0 reviews, 9 new cards, 0 repeats
    Done today: 1 answer; 1 day in a row
    After today, the next cards fall due tomorrow
    A first check-up shows where you start: 16 scenes in about 6 minutes; `lmq checkup`. It can do so until your tenth card.
    Type `lmq review` to begin
    ");
    lmq.run(["answer", "team/who", "again"]).ok().out();
    let failed = lmq.run([]).out();
    assert!(
        failed.starts_with("Today: 0 reviews, 9 new cards, 1 repeat\nDone today: 2 answers; 1 day in a row\n"),
        "{failed}"
    );
    let next = lmq.run_at("2026-01-16T09:00:00+01:00", []).out();
    assert!(
        next.starts_with("Today: 1 review, 10 new cards, 0 repeats\nDone today: 0 answers; 1 day in a row\n"),
        "{next}"
    );
}

#[test]
fn it_says_why_nothing_waits() {
    let lmq = Lmq::new();
    lmq.run(["config", "set", "new_per_day", "1"]).ok().out();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    let text = lmq.run([]).out();
    assert!(
        text.ends_with("Nothing is due, and you have met today's 1 new card. `lmq review --new 5` brings five more\n"),
        "{text}"
    );
    lmq.run(["config", "set", "reviews_per_day", "0"]).ok().out();
    let text = lmq.run_at("2026-01-16T09:00:00+01:00", []).out();
    assert!(text.starts_with("Today: 0 reviews of 1 due card, 1 new card"), "{text}");
}

#[test]
fn help_has_examples_for_every_command() {
    let lmq = Lmq::new();
    let help = lmq.run(["--help"]).out();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(commands.len(), 10, "{commands:?}");
    for command in commands {
        let help = lmq.run([command, "--help"]).out();
        assert!(help.contains("\nExamples:\n  lmq "), "{command}:\n{help}");
    }
    insta::assert_snapshot!(lmq.run(["histroy"]).err(2), @r"
    lmq: there is no command `lmq histroy`
    hint: did you mean `lmq history`? `lmq help --all` lists every command
    ");
    assert!(lmq.files().is_empty());
}
