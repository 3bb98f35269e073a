//! `lmq stats`.

use crate::home::Lmq;

#[test]
fn stats_are_one_screen_and_with_all_the_report_in_the_terminal() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).ok().out();
    lmq.run(["answer", "team/who", "good"]).ok().out();
    let screen = lmq.run(["stats"]).out();
    assert!(screen.contains("Likely known    1 of 1 card\n") && screen.contains("Practice"), "{screen}");
    assert!(screen.lines().count() <= 22, "{screen}");
    assert_eq!(lmq.run(["stats", "--all"]).out(), lmq.run(["report"]).out());
    assert_eq!(lmq.run(["stats", "--json"]).json(), lmq.run(["report", "--format", "json"]).json());
    assert!(lmq.run(["stats", "deck:team"]).out().contains("deck:team"));
    assert!(lmq.run(["stats", "--deck", "team", "--since", "30d"]).out().contains("team"));
    assert_eq!(lmq.run(["stats", "zebra"]).out(), "no card matches `zebra`\n");
    lmq.run(["add", "other", "Where?", "here"]).done();
    for all in [&["--all"][..], &[]] {
        let elsewhere = lmq.run([&["stats", "who", "--deck", "other"], all].concat()).out();
        assert_eq!(elsewhere, "no card matches `who`\n", "{all:?}");
    }
    lmq.run(["stats", "--since", "yesterday"]).err(2);
    lmq.run(["stats", "--deck", "taem"]).err(2);
}
