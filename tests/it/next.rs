//! `lmq next`.

use crate::home::Lmq;

#[test]
fn next_and_answer_make_a_session() {
    let lmq = Lmq::new();
    for word in ["one", "two"] {
        lmq.run(["add", "team", word, "x", "--key", word]).ok().out();
    }
    assert_eq!(lmq.run(["next", "team"]).out(), "team/one\none\n");
    lmq.run(["answer", "team/one", "again"]).ok().out();
    assert_eq!(lmq.run(["next", "team"]).out(), "team/two\ntwo\n", "other cards come before a repeat");
    lmq.run(["answer", "team/two", "good"]).ok().out();
    assert_eq!(lmq.run(["next", "team", "--json"]).json()["key"], "one", "what was failed comes again the same day");
    lmq.run(["answer", "team/one", "good"]).ok().out();
    assert_eq!(lmq.run(["next", "team"]).out(), "nothing waits\n");
    assert_eq!(lmq.run(["next", "team", "--json"]).out(), "null\n");
    assert_ne!(lmq.run_at("2026-01-16T09:00:00+01:00", ["next", "team"]).out(), "nothing waits\n");
}

#[test]
fn an_unknown_deck_or_number_is_refused() {
    let lmq = Lmq::new();
    insta::assert_snapshot!(lmq.run(["next", "skils"]).err(2), @r"
    lmq: there is no deck `skils`
    hint: did you mean `skills`? `lmq decks` lists all
    ");
    for number in ["-1", "x", "1.5"] {
        let error = lmq.run(["next", &format!("--new={number}")]).err(2);
        assert!(error.contains(&format!("invalid value '{number}' for '--new <N>'")), "{error}");
    }
}
