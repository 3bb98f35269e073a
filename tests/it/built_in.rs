//! `lmq decks`.

use crate::home::Lmq;
use crate::home::TEAM;

#[test]
fn the_built_in_decks_are_there_at_the_first_start() {
    let lmq = Lmq::new();
    let decks = lmq.run(["decks", "--json"]).json();
    let names: Vec<&str> = decks.as_array().unwrap().iter().map(|deck| deck["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["differences", "quotes", "skills"]);
    for deck in decks.as_array().unwrap() {
        assert_eq!(deck["origin"], "builtin");
        assert!(deck["linked"].is_null() && deck["title"].is_string() && deck["language"].is_string());
        for count in ["notes", "cards", "new", "due"] {
            assert!(deck[count].is_u64(), "{count}");
        }
    }
    let notes: u64 = decks.as_array().unwrap().iter().filter_map(|deck| deck["notes"].as_u64()).sum();
    assert!(notes >= 45, "{notes}");
}

#[test]
fn decks_are_a_table_with_what_waits_in_them() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TEAM);
    lmq.run(["import", "team.toml"]).ok().out();
    lmq.run(["answer", "team/owner", "easy"]).ok().out();
    let table = lmq.run_at("2026-01-16T09:00:00+01:00", ["decks"]).out();
    let line = table.lines().find(|line| line.starts_with("work::team")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["work::team", "Our", "team", "1", "4", "5"]);
    assert!(table.lines().next().unwrap().split_whitespace().eq(["deck", "title", "due", "new", "cards"]));
}

#[test]
fn an_edited_built_in_card_is_shown_with_the_text_of_the_program() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["decks", "--edited"]).out(), "you have not edited any card of lmq's or of a followed file\n");
    assert_eq!(lmq.run(["decks", "--edited", "--json"]).out(), "[]\n");
    lmq.run(["export", "skills", "--format", "toml", "--out", "skills.toml", "-q"]).ok().out();
    let text = lmq.read("skills.toml");
    let mine = text.replacen("back = \"", "back = \"MINE ", 1);
    assert_ne!(mine, text);
    lmq.write("skills.toml", &mine);
    let told = lmq.run(["import", "skills.toml"]).out();
    assert!(told.starts_with("1 changed, ") && told.ends_with(" unchanged\n"), "{told}");
    let edited = lmq.run(["decks", "--edited"]).out();
    let lines: Vec<&str> = edited.lines().collect();
    assert_eq!(lines.len(), 3, "{edited}");
    assert!(
        lines[0].starts_with("skills/") && lines[1].starts_with("  brought: ") && lines[2].starts_with("  yours: ")
    );
    assert!(lines[2].contains("→ MINE "), "{edited}");
    let json = lmq.run(["decks", "--edited", "--json"]).json();
    assert!(json[0]["shown"]["fields"]["back"].as_str().unwrap().starts_with("MINE "));
    assert!(!json[0]["upstream"]["fields"]["back"].as_str().unwrap().starts_with("MINE "));
    // Back to the program's own text: nothing is edited any more.
    lmq.write("skills.toml", &text);
    assert!(lmq.run(["import", "skills.toml"]).out().starts_with("1 changed, "));
    assert_eq!(lmq.run(["decks", "--edited"]).out(), "you have not edited any card of lmq's or of a followed file\n");
    lmq.assert_sound();
}

#[test]
fn a_card_of_ones_own_in_a_built_in_deck_stays_when_the_program_brings_other_decks() {
    let lmq = Lmq::new();
    lmq.run(["add", "skills", "Mine?", "Yes", "--key", "mine"]).ok().out();
    // As after an update: the database holds other built-in decks than the program.
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    assert_eq!(db.execute("UPDATE meta SET value = 'older' WHERE name = 'builtin'", []).unwrap(), 1);
    drop(db);
    assert_eq!(lmq.run(["show", "skills/mine", "--json"]).json()["answer"], "Yes");
    assert_ne!(lmq.run(["next", "skills"]).out(), "nothing waits\n");
    lmq.assert_sound();
}
