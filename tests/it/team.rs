//! `lmq team`: from files of many people to figures about none of them.

use crate::home::Lmq;
use lmq::core::id::ShareId;
use lmq::core::mastery::TopicMastery;
use lmq::core::study_day::Timestamp;
use lmq::core::team::Share;
use lmq::core::team::SharedDeck;
use lmq::core::totals::Recalls;
use std::fs;

const HOSTILE: &str = "=cmd()<script>alert(1)</script>\u{1b}[2J\u{9b}1m\u{202e}|`x`\n# h";

pub(crate) fn topic(id: &str, cards: [u64; 5], recalls: (u64, u64)) -> TopicMastery {
    let recalls = Recalls { passed: recalls.0, all: recalls.1 };
    TopicMastery { id: id.into(), title: format!("about {id}"), deck: "differences".into(), cards, recalls }
}

pub(crate) fn share(number: u8, name: Option<&str>, topics: Vec<TopicMastery>) -> Share {
    let score = |passed| Some(Recalls { passed, all: 8 });
    Share {
        id: ShareId([number; 16]),
        name: name.map(str::to_owned),
        made: Timestamp::from_rfc3339("2026-01-14T09:00:00+01:00").unwrap(),
        decks: vec![SharedDeck { id: "differences".into(), name: "differences".into(), version: Some("1".into()) }],
        topics,
        baseline: score(4),
        latest_checkup: score(6),
    }
}

pub(crate) fn text(share: &Share) -> String {
    let mut out = Vec::new();
    lmq::formats::share::write(share, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Five people in five files, `1.json` to `5.json`.
fn five() -> Lmq {
    let lmq = Lmq::new();
    for number in 1..=5 {
        let solid = if number <= 4 { [0, 0, 0, 2, 0] } else { [0, 2, 0, 0, 0] };
        let topics = vec![topic("d/D01", [0, 0, 0, 0, 3], (9, 10)), topic("d/D02", solid, (3, 6))];
        lmq.write(&format!("{number}.json"), text(&share(number, None, topics)));
    }
    lmq
}

#[test]
fn five_files_become_figures_in_every_form_without_a_database() {
    let lmq = five();
    let json = lmq.shell("lmq team ?.json --json").json();
    assert_eq!((&json["title"], &json["sections"]["summary"]["values"]["people"]), (&"Team report".into(), &5.into()));
    let rows = json["sections"]["topics"]["rows"].as_array().unwrap();
    assert_eq!(rows[0]["mastered"], 5);
    assert!(rows[1]["solid"].is_null(), "one of five is not there yet, and can't be told apart");
    assert_eq!(json["sections"]["checkups"]["rows"][1]["right"]["passed"], 30);
    for (form, begin) in [("html", "<!DOCTYPE html>"), ("md", "# Team"), ("csv", "section,"), ("txt", "Team report")] {
        let run = lmq.shell(&format!("lmq team ?.json --out team.{form}")).ok();
        assert_eq!((run.stdout.as_str(), run.stderr), ("", format!("wrote team.{form}\n")));
        assert!(lmq.read(&format!("team.{form}")).starts_with(begin), "{form}");
    }
    assert!(!lmq.files().iter().any(|file| file.contains("lmq.db")), "no database is made");
}

#[test]
fn two_people_are_too_few_and_the_same_one_thrice_is_one() {
    let lmq = five();
    insta::assert_snapshot!(lmq.run(["team", "1.json", "2.json"]).err(1), @r"
    lmq: 2 people are too few for a team report
    hint: it has no figure about fewer than 3; ask more people for `lmq report --share FILE`
    ");
    fs::copy(lmq.path("1.json"), lmq.path("copy.json")).unwrap();
    insta::assert_snapshot!(lmq.run(["team", "1.json", "1.json", "copy.json"]).err(1), @r"
    1.json: left out, 1.json is from the same person and as new or newer
    copy.json: left out, 1.json is from the same person and as new or newer
    lmq: 1 person is too few for a team report
    hint: it has no figure about fewer than 3; ask more people for `lmq report --share FILE`
    ");
    assert!(lmq.run(["team"]).err(2).contains("<FILE>..."));
}

#[test]
fn a_newer_file_of_the_same_person_replaces_the_older_one_in_any_order() {
    let lmq = five();
    let newer = Share {
        made: Timestamp::from_rfc3339("2026-01-15T08:00:00+01:00").unwrap(),
        ..share(5, None, vec![topic("d/D02", [0, 0, 0, 2, 0], (3, 6))])
    };
    lmq.write("5-newer.json", text(&newer));
    let solid = |line: &str| {
        let run = lmq.shell(line);
        assert!(run.stderr.contains("5.json: left out, 5-newer.json is"), "{run:?}");
        let json = run.json();
        let rows = json["sections"]["topics"]["rows"].as_array().unwrap().clone();
        rows.iter().find(|row| row["topic"] == "about d/D02").unwrap()["solid"].clone()
    };
    assert_eq!(solid("lmq team ?.json 5-newer.json --json"), 5);
    assert_eq!(solid("lmq team 5-newer.json ?.json --json"), 5);
}

#[test]
fn versions_and_other_names_of_a_deck_are_one_deck() {
    let lmq = Lmq::new();
    for number in 1..=6 {
        let is_newer = number > 3;
        let title = if is_newer { "people and things" } else { "people / things" };
        let name = if number == 6 { "mine" } else { "differences" };
        let one = TopicMastery { title: title.into(), deck: name.into(), ..topic("d/D01", [0, 0, 0, 2, 0], (3, 4)) };
        let mut share = share(number, None, vec![one]);
        let version = Some(if is_newer { "2" } else { "1" }.into());
        share.decks[0] = SharedDeck { id: "d".into(), name: name.into(), version };
        lmq.write(&format!("{number}.json"), text(&share));
    }
    let json = lmq.shell("lmq team ?.json --json").json();
    let topics = json["sections"]["topics"]["rows"].as_array().unwrap();
    assert_eq!((topics.len(), &topics[0]["solid"]), (1, &6.into()), "matched by its id: {topics:?}");
    assert_eq!(topics[0]["retention"]["all"], 24);
    let decks = json["sections"]["decks"]["rows"].as_array().unwrap();
    assert_eq!((decks.len(), &decks[0]["versions"]), (1, &"1, 2".into()), "{decks:?}");
}

#[test]
fn what_can_not_be_used_is_named_and_the_others_count() {
    let lmq = five();
    let good = lmq.read("1.json");
    lmq.write("cut.json", &good.as_bytes()[..300]);
    lmq.write("tampered.json", good.replace("\"passed\": 9", "\"passed\": 10"));
    lmq.write("newer.json", good.replace("\"version\": 1,", "\"version\": 2,"));
    lmq.write("report.json", "{\"format\": \"lmq-report\"}");
    lmq.write("empty.json", "");
    lmq.write("folder/x", "");
    let big = fs::File::create(lmq.path("big.json")).unwrap();
    big.set_len(500 << 20).unwrap();
    let bad = "cut.json tampered.json newer.json report.json empty.json folder big.json no.json /dev/zero";
    let run = lmq.shell(&format!("lmq team {bad} ?.json --json"));
    insta::assert_snapshot!(run.stderr, @r"
    lmq: 9 files can't be used
      cut.json: it ends too early, at line 12: a part of it is missing
      tampered.json: it was changed after it was written: its content does not match its hash
      newer.json: it was written by a newer lmq: it has version 2 and this one knows 1; update lmq
      report.json: it is not a file of `lmq report --share`
      empty.json: it ends too early, at line 1: a part of it is missing
      folder: it is a folder: name the files in it
      big.json: it is longer than 1024 kB, the most that such a file can have
      no.json: No such file or directory (os error 2)
      /dev/zero: it is not a file, but a pipe, a device or a socket
    ");
    assert_eq!(run.json()["sections"]["summary"]["values"]["people"], 5);
    let strict = lmq.shell(&format!("lmq team {bad} ?.json --strict --out team.html")).err(3);
    assert!(strict.contains("hint: correct or leave out the files named above; nothing was written"), "{strict}");
    assert!(!lmq.path("team.html").exists());
    let none = lmq.shell(&format!("lmq team {bad}")).err(3);
    assert!(none.ends_with("hint: each person writes one with `lmq report --share FILE`\n"), "{none}");
}

#[test]
fn hostile_names_are_harmless_and_are_only_those_that_files_give() {
    let lmq = Lmq::new();
    for number in 1..=3 {
        let bad =
            TopicMastery { title: HOSTILE.into(), deck: HOSTILE.into(), ..topic(HOSTILE, [0, 0, 0, 1, 0], (1, 1)) };
        let mut share = share(number, Some(HOSTILE), vec![bad]);
        share.decks[0] = SharedDeck { id: HOSTILE.into(), name: HOSTILE.into(), version: Some(HOSTILE.into()) };
        lmq.write(&format!("{number}.json"), text(&share));
    }
    for form in ["text", "html", "md", "csv", "json"] {
        let shown = lmq.shell(&format!("lmq team ?.json --format {form}")).out();
        assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{form}");
        assert!(!shown.contains("\n# h") && (form != "html" || !shown.contains("<script")), "{form}");
        let starts_formula = |line: &str| line.split(',').any(|cell| cell.trim_matches('"').starts_with('='));
        assert!(form != "csv" || !shown.lines().any(starts_formula), "{shown}");
    }
    lmq.write("esc\u{1b}[2J.json", "x");
    let run = lmq.shell("lmq team *.json");
    assert!(!run.stderr.contains('\u{1b}') && run.stderr.contains("esc␛[2J.json"), "{}", run.stderr);
}

#[test]
fn a_file_from_the_future_is_pointed_out() {
    let lmq = five();
    let ahead = Timestamp::from_rfc3339("2031-01-15T08:00:00+01:00").unwrap();
    lmq.write("6.json", text(&Share { made: ahead, ..share(6, None, vec![]) }));
    let run = lmq.shell("lmq team ?.json");
    assert_eq!(
        run.ok().stderr,
        "6.json: it is dated 2031-01-15T08:00:00+01:00, which is in the future; was a clock wrong?\n"
    );
}

#[test]
fn the_output_is_whole_or_not_there() {
    let lmq = five();
    lmq.write("old.html", "old");
    insta::assert_snapshot!(lmq.shell("lmq team ?.json --out old.html").err(1), @r"
    lmq: `old.html` already exists
    hint: use --force to replace it, or give another name
    ");
    assert_eq!(lmq.read("old.html"), "old");
    lmq.shell("lmq team ?.json --out old.html --force").done();
    assert!(lmq.read("old.html").len() > 1000);
    fs::create_dir(lmq.path("folder")).unwrap();
    assert!(lmq.shell("lmq team ?.json --out folder").err(1).contains("it is a folder"));
    assert!(lmq.shell("lmq team ?.json --out /dev/full").err(1).contains("it is not a file"));
    // A limit on the size of files is as good as a full disk, once its signal is ignored.
    let before = lmq.files();
    let full = lmq.shell("trap '' XFSZ; ulimit -f 1; lmq team ?.json --out half.html").err(1);
    assert!(full.contains("lmq: cannot write `half.html`\n") && full.contains("nothing was changed"), "{full}");
    assert_eq!(lmq.files(), before, "no half file, and nothing beside it");
}
