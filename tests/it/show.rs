//! `lmq show`.

use crate::cards::assert_card;
use crate::home::Lmq;
use crate::home::TEAM;

#[test]
fn everything_about_one_card() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "good", "--ms", "6450"]).ok().out();
    insta::assert_snapshot!(lmq.run(["show", "team/owner"]).out(), @r"
    team/owner

      Who owns the roadmap?

      Amara

    id           3658fa79885f7dc73e639fb61ffa8cc0-1
    deck         work::team
    kind         basic
    state        learning
    due          2026-01-16
    interval     1d
    ease         2.50
    repetitions  1
    lapses       0
    topic        who does what
    source       T1

    2026-01-15 09:00 team/owner answered Good in 6.5 s → 1d, due 2026-01-16
    ");
    let json = lmq.run(["show", "team/owner", "--json"]).json();
    assert_card(&json);
    assert_eq!(json["events"].as_array().unwrap().len(), 1);
    assert_eq!(json["events"][0]["kind"], "answered");
    let fresh = lmq.run(["show", "team/retro#2", "--json"]).json();
    assert_eq!(fresh["events"].to_string(), "[]");
    assert!(fresh["due"].is_null());
}

#[test]
fn a_name_that_fits_several_cards_lists_them() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    insta::assert_snapshot!(lmq.run(["show", "team/retro"]).err(2), @r"
    lmq: `team/retro` could be several cards
      team/retro#1
      team/retro#2
    hint: name one of them
    ");
    let id = lmq.run(["show", "team/owner", "--json"]).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        lmq.run(["show", id.get(..8).unwrap(), "--json"]).json()["id"],
        id.as_str(),
        "a unique beginning is enough"
    );
    assert_eq!(lmq.run(["show", &id.get(..8).unwrap().to_uppercase(), "--json"]).json()["id"], id.as_str());
    // Files keep the keys that they have.
    lmq.write("x.csv", "key,front,back\nk#2,q1,a\nc/d,q2,a\n");
    lmq.run(["import", "x.csv"]).done();
    for (name, key) in [("x/k#2", "k#2"), ("x/c/d", "c/d")] {
        assert_eq!(lmq.run(["show", name, "--json"]).json()["key"], key);
    }
    lmq.run(["add", "x", "q", "a", "--key", " "]).err(2);
    lmq.run(["show", "team/owner#2"]).err(2);
    lmq.run(["show", "zzzz"]).err(2);
}
