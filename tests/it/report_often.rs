//! `lmq report` for cron, for others, and beside an earlier one.

use crate::home::Lmq;
use std::fs;

const TWO_CARDS: &str = "[deck]\nid = \"team\"\n[[topic]]\nid = \"T1\"\ntitle = \"who does what\"\n\
    [[card]]\nkey = \"owner\"\nkind = \"basic\"\nfront = \"Who?\"\nback = \"Amara\"\ntopic = \"T1\"\n\
    [[card]]\nkey = \"role\"\nkind = \"basic\"\nfront = \"Which?\"\nback = \"Lead\"\ntopic = \"T1\"\n";

/// A deck of two cards, answered on three days of the week from 26 January, and on one day before.
fn used() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("team.toml", TWO_CARDS);
    lmq.run(["import", "team.toml"]).done();
    for (day, card, grade) in [
        ("2026-01-20", "team/owner", "good"),
        ("2026-01-26", "team/owner", "good"),
        ("2026-01-27", "team/role", "good"),
        ("2026-02-01", "team/role", "again"),
    ] {
        lmq.run_at(&format!("{day}T09:00:00+01:00"), ["answer", card, grade, "--ms", "4000"]).done();
    }
    lmq
}

const MONDAY: &str = "2026-02-02T07:00:00+01:00";

#[test]
fn the_last_whole_week_goes_to_a_file_of_its_name_once() {
    let lmq = used();
    let weekly = ["report", "--every", "week", "--out", "reports"];
    assert_eq!(lmq.run_at(MONDAY, weekly).ok().stderr, "wrote reports/report-2026-W05.html\n");
    let first = lmq.read("reports/report-2026-W05.html");
    assert!(first.starts_with("<!DOCTYPE html>") && first.contains("2026-01-26 to 2026-02-01, 7 days"));
    // Any other day of the week means the same file, and it stays.
    let sunday = "2026-02-08T23:00:00+01:00";
    assert_eq!(lmq.run_at(sunday, weekly).ok().stderr, "reports/report-2026-W05.html already exists\n");
    assert_eq!(lmq.run_at(sunday, ["report", "--every", "week", "--out", "reports", "-q"]).out(), "");
    assert_eq!(lmq.read("reports/report-2026-W05.html"), first);
    lmq.run_at(sunday, ["report", "--every", "week", "--out", "reports", "--force"]).done();
    assert_ne!(lmq.read("reports/report-2026-W05.html"), first, "it says when it was written");
    for (every, format, file) in [
        ("month", "json", "report-2026-01.json"),
        ("day", "md", "report-2026-02-01.md"),
        ("day", "csv", "report-2026-02-01.csv"),
    ] {
        lmq.run_at(MONDAY, ["report", "--every", every, "--out", "reports", "--format", format]).done();
        assert!(lmq.read(&format!("reports/{file}")).contains("2026-0"), "{file}");
    }
    let json = lmq.run_at(MONDAY, ["report", "--every", "week", "--out", "r", "--json", "--compare", "previous"]);
    json.done();
    let json: serde_json::Value = serde_json::from_str(&lmq.read("r/report-2026-W05.json")).unwrap();
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 3);
    assert_eq!(json["compared_with"], "2026-01-19 to 2026-01-25, 7 days");
}

#[test]
fn a_path_that_can_not_be_written_is_said_before_anything_else() {
    let lmq = used();
    lmq.write("file", "x");
    insta::assert_snapshot!(lmq.run(["report", "--every", "week", "--out", "file"]).err(1), @r"
    lmq: `file` is not a folder
    hint: with --every, --out names the folder that the reports go to
    ");
    insta::assert_snapshot!(lmq.run(["report", "--out", "file"]).err(1), @r"
    lmq: `file` already exists
    hint: use --force to replace it, or give another name
    ");
    lmq.run(["report", "--out", "file", "--force"]).done();
    assert!(lmq.read("file").starts_with("Progress report"));
    assert!(lmq.run(["report", "--out", "/dev/full"]).err(1).contains("it is not a file"));
    assert!(lmq.run(["report", "--every", "week"]).err(2).contains("--out"));
    for path in ["/proc/none/x.html", "/proc/version"] {
        let error = lmq.run(["report", "--out", path, "--force"]).err(1);
        assert!(error.starts_with(&format!("lmq: cannot write `{path}`")), "{error}");
    }
    assert_eq!(lmq.files(), ["file", "lmq.db", "team.toml"], "nothing is left of what failed");
}

#[test]
fn neither_a_share_nor_a_weekly_report_is_half_written() {
    let lmq = used();
    fs::create_dir(lmq.path("folder")).unwrap();
    lmq.write("old.json", "old");
    // Whoever may write everywhere finds no read-only folder but the kernel's.
    lmq.write("closed/x", "");
    let closed = lmq.path("closed");
    fs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o555)).unwrap();
    let closed = if fs::File::create(closed.join("probe")).is_ok() {
        fs::remove_file(closed.join("probe")).unwrap();
        "/proc/sys".to_owned()
    } else {
        "closed".to_owned()
    };
    // The first share gives the profile its number: what is full below is the place of the file.
    lmq.run_at(MONDAY, ["report", "--share", "first.json", "--yes"]).done();
    let before = lmq.files();
    for (args, path, why) in [
        ("--share folder", "folder", "it is a folder"),
        ("--share folder --force", "folder", "it is a folder"),
        ("--share /dev/full", "/dev/full", "it is not a file"),
        (&format!("--share {closed}/x.json"), &format!("{closed}/x.json"), "os error"),
        (&format!("--out {closed}/x.html"), &format!("{closed}/x.html"), "os error"),
        (&format!("--every week --out {closed}"), &format!("{closed}/report-2026-W05.html"), "os error"),
    ] {
        let error = lmq.shell(&format!("lmq report --now {MONDAY} --yes {args}").replace("--yes --o", "--o")).err(1);
        assert!(error.starts_with(&format!("lmq: cannot write `{path}`")) && error.contains(why), "{args}: {error}");
        assert!(error.contains("\nhint: "), "{args}: {error}");
    }
    assert!(lmq.run(["report", "--share", "old.json", "--yes"]).err(1).contains("`old.json` already exists"));
    // A limit on the size of files is as good as a full disk, once its signal is ignored. SQLite's own files fit.
    let full = "trap '' XFSZ; ulimit -f 34; lmq report";
    for args in ["--every week --out .", "--out new.html", "--out old.json --force --format html"] {
        let error = lmq.shell(&format!("{full} --now {MONDAY} {args}")).err(1);
        assert!(error.starts_with("lmq: cannot write ") && error.contains("nothing was changed"), "{args}: {error}");
    }
    assert_eq!((lmq.read("old.json"), lmq.files()), ("old".to_owned(), before), "nothing is left of what failed");
    lmq.run_at(MONDAY, ["report", "--share", "old.json", "--yes", "--force"]).done();
    lmq::formats::share::read(lmq.read("old.json").as_bytes()).unwrap();
}

#[test]
fn what_moved_since_the_last_report_is_told_from_its_file() {
    let lmq = Lmq::new();
    lmq.write("team.toml", TWO_CARDS);
    lmq.run(["import", "team.toml"]).done();
    let answer = |day: &str, card: &str| {
        lmq.run_at(&format!("{day}T09:00:00+01:00"), ["answer", card, "good"]).done();
    };
    let report = ["report", "--json", "--out", "last.json", "--compare", "last.json", "--force"];
    assert!(lmq.run(report).err(3).contains("No such file"), "the first time there is none");
    answer("2026-01-20", "team/owner");
    lmq.run_at("2026-01-20T20:00:00+01:00", ["report", "--json", "--out", "last.json"]).done();
    // Read, then replaced: the next one is compared with this one.
    for (day, answers, level) in [("2026-01-21", [1, 2, 1], 1), ("2026-01-28", [2, 3, 1], 0)] {
        answer(day, "team/owner");
        lmq.run_at(&format!("{day}T20:00:00+01:00"), report).done();
        let json: serde_json::Value = serde_json::from_str(&lmq.read("last.json")).unwrap();
        assert_eq!(compared(&json, "answers"), answers, "{day}");
        let rows = json["sections"]["comparison_topics"]["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["value"] == "level" && row["topic"] == "who does what").unwrap();
        assert_eq!(row["change"], level, "{row}");
    }
    let text = lmq.run_at("2026-01-28T20:00:00+01:00", ["report", "--compare", "last.json"]).out();
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("level Familiar Familiar ="), "{text}");
}

fn compared(json: &serde_json::Value, key: &str) -> [i64; 3] {
    let schema = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults = validator.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path()));
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
    let rows = json["sections"]["comparison"]["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["value"] == key).unwrap_or_else(|| panic!("no {key}: {rows:?}"));
    ["before", "now", "change"].map(|column| row[column].as_i64().unwrap())
}

#[test]
fn a_period_stands_beside_the_one_before() {
    let lmq = used();
    let json = lmq
        .run_at(MONDAY, ["report", "--json", "--since", "2026-01-26", "--until", "2026-02-01", "--compare", "previous"])
        .json();
    assert_eq!(compared(&json, "answers"), [1, 3, 2]);
    assert_eq!(compared(&json, "time_ms"), [4000, 12_000, 8000]);
    let text = json["sections"]["comparison"].to_string();
    assert!(!text.contains("streak"), "what is as of today is the same for both periods: {text}");
    let topics = json["sections"]["comparison_topics"]["rows"].as_array().unwrap();
    let answers = topics.iter().find(|row| row["value"] == "answers" && row["topic"] == "who does what").unwrap();
    assert_eq!((&answers["before"], &answers["now"], &answers["change"]), (&1.into(), &3.into(), &2.into()));
    // The whole history, and how it stood a week ago.
    let json = lmq.run_at(MONDAY, ["report", "--json", "--compare", "7d"]).json();
    assert_eq!(compared(&json, "answers"), [2, 4, 2]);
    for form in ["text", "html", "md", "csv"] {
        let shown = lmq.run_at(MONDAY, ["report", "--format", form, "--compare", "7d"]).out();
        assert!(shown.contains("2026-01-20 to 2026-01-26"), "{form}");
    }
    insta::assert_snapshot!(lmq.run(["report", "--compare", "previous"]).err(2), @r"
    lmq: there is nothing before the first answer to compare with
    hint: give the first day with --since, or compare with another period: --compare 30d
    ");
}

#[test]
fn an_earlier_report_file_is_read_with_care() {
    let lmq = used();
    let before = "2026-01-27T20:00:00+01:00";
    lmq.run_at(before, ["report", "--json", "--out", "before.json"]).done();
    lmq.run(["rename", "team", "crew"]).done();
    let json = lmq.run_at(MONDAY, ["report", "--json", "--compare", "before.json"]).json();
    assert_eq!(compared(&json, "answers"), [3, 4, 1]);
    let topics = json["sections"]["comparison_topics"]["rows"].as_array().unwrap();
    let rows: Vec<_> =
        topics.iter().filter(|row| row["value"] == "answers" && row["topic"] == "who does what").collect();
    assert_eq!(rows.len(), 2, "a renamed deck is there under both names: {rows:?}");
    let good = lmq.read("before.json");
    lmq.write("cut.json", &good.as_bytes()[..good.len() / 2]);
    lmq.write("newer.json", good.replace("\"version\": 1,", "\"version\": 7,"));
    lmq.write("other.json", "{\"format\": \"lmq-share\", \"version\": 1}");
    lmq.write("words.json", "hello");
    fs::create_dir(lmq.path("folder")).unwrap();
    fs::File::create(lmq.path("big.json")).unwrap().set_len(500 << 20).unwrap();
    for (file, said) in [
        ("cut.json", "it ends too early"),
        ("newer.json", "it was written by a newer lmq: it has version 7 and this one knows 1; update lmq"),
        ("other.json", "it is not a report of `lmq report --json`"),
        ("words.json", "it is not JSON, from line 1, column 1 on"),
        ("folder", "it is a folder"),
        ("big.json", "it is longer than"),
        ("0d", "No such file"),
        ("yesterday", "No such file"),
    ] {
        let error = lmq.run_at(MONDAY, ["report", "--compare", file]).err(3);
        assert!(error.starts_with(&format!("lmq: cannot compare with `{file}`\n  {said}")), "{error}");
        assert!(error.contains("\nhint: give "), "{error}");
    }
    // Nonsense in the right places is no fault, and harmless.
    let hostile = "=cmd()<script>\u{1b}[2J\u{202e}";
    let mut nonsense: serde_json::Value = serde_json::from_str(&good).unwrap();
    nonsense["period"]["from"] = hostile.into();
    nonsense["sections"]["summary"]["values"]["answers"] = "many".into();
    nonsense["sections"]["summary"]["values"]["retention"] = serde_json::json!({"passed": 9, "all": 1});
    for row in nonsense["sections"]["topics"]["rows"].as_array_mut().unwrap() {
        row["topic"] = hostile.into();
    }
    lmq.write("nonsense.json", nonsense.to_string());
    for form in ["text", "html", "md", "csv", "json"] {
        let shown = lmq.run_at(MONDAY, ["report", "--format", form, "--compare", "nonsense.json"]).out();
        assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{form}");
        assert!(form != "html" || !shown.contains("<script"));
        let starts_formula = |line: &str| line.split(',').any(|cell| cell.trim_matches('"').starts_with('='));
        assert!(form != "csv" || !shown.lines().any(starts_formula), "{shown}");
    }
}

/// A marker in every place of a deck where a person can write, and in names of files and of what was typed.
fn marked() -> Lmq {
    let lmq = Lmq::new();
    lmq.write(
        "MARKfile.toml",
        "[deck]\nid = \"MARKid\"\nname = \"DECKMARK\"\ntitle = \"DECKTITLEMARK\"\ndescription = \"MARKdescription\"\n\
         [[topic]]\nid = \"TOPICIDMARK\"\ntitle = \"TOPICMARK\"\nprimer = \"MARKprimer\"\ntry = \"MARKtry\"\n\
         [[card]]\nkey = \"MARKkey1\"\nkind = \"typed\"\nprompt = \"MARKprompt\"\nanswer = \"MARKanswer\"\nhint = \"MARKhint\"\n\
         extra = \"MARKextra\"\ntopic = \"TOPICIDMARK\"\ntags = [\"MARKtag\"]\nspeaker = \"MARKspeaker\"\n\
         [[card]]\nkey = \"MARKkey2\"\nkind = \"sort\"\nprompt = \"MARKscene\"\nanswer = \"MARKside\"\n\
         categories = [\"MARKside\", \"MARKother\"]\ntopic = \"TOPICIDMARK\"\n\
         [[card]]\nkey = \"MARKkey3\"\nkind = \"choice\"\nprompt = \"MARKquestion\"\nanswer = \"MARKchoice\"\n\
         distractors = [\"MARKwrong1\", \"MARKwrong2\", \"MARKa / MARKb\"]\ntopic = \"TOPICIDMARK\"\n",
    );
    lmq.run(["import", "MARKfile.toml"]).done();
    for now in ["2026-01-15T09:00:00+01:00", "2026-01-16T09:00:00+01:00", "2026-01-23T09:00:00+01:00"] {
        let mut input = String::new();
        for _ in 0..6 {
            input.push_str("MARKtyped\n1\n");
        }
        lmq.run_with(input, ["review", "DECKMARK", "--plain", "--now", now]).done();
    }
    let log = lmq.run(["export", "--what", "history", "--with-typed"]).ok().stdout;
    assert!(log.contains("MARKtyped"), "the log has what was typed");
    lmq
}

/// Names that reports on topics may hold.
const NAMES: [&str; 3] = ["DECKMARK", "TOPICMARK", "DECKTITLEMARK"];

#[test]
fn each_level_of_privacy_holds_what_it_says_and_nothing_else() {
    let lmq = marked();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let root = lmq.path("").display().to_string();
    for form in ["text", "html", "md", "csv", "json"] {
        for deck in [None, Some("DECKMARK")] {
            let report = |level: &str| {
                let about = deck.map_or_else(String::new, |deck| format!("--deck {deck}"));
                let line =
                    format!("lmq report --now 2026-01-24T09:00:00+01:00 --privacy {level} --format {form} {about}");
                let shown = lmq.shell(&format!("{line} --compare 3d")).out();
                assert!(!shown.contains("$T") && !shown.contains(root.trim_end_matches('/')), "{level} {form}: a path");
                assert!(host.trim().len() < 4 || !shown.contains(host.trim()), "{level} {form}: the machine");
                assert!(shown.contains(&format!("({level})")) || form == "csv", "{level} {form} says what it is");
                shown
            };
            let totals = report("totals");
            assert!(!totals.contains("MARK"), "{form}: {totals}");
            let ours = ["If nothing is reviewed", "fading"];
            assert!(ours.iter().any(|ours| totals.contains(ours)), "{form}: what is ours stays");
            let topics = report("topics");
            assert!(topics.contains("TOPICMARK"), "{form}");
            let mut rest = topics.replace("TOPICIDMARK", "").replace("MARKid/", "").replace("MARKid", "");
            for name in NAMES {
                rest = rest.replace(name, "");
            }
            assert!(!rest.contains("MARK"), "{form}: {}", rest.split("MARK").nth(1).unwrap());
            let cards = report("cards");
            assert!(cards.contains("MARKkey1"), "{form}");
            for kept in [
                "MARKanswer",
                "MARKtyped",
                "MARKhint",
                "MARKextra",
                "MARKprimer",
                "MARKtag",
                "MARKfile",
                "MARKside",
                "MARKchoice",
            ] {
                assert!(!cards.contains(kept), "{form}: {kept}");
            }
        }
    }
    // Nor is there more in a summary, in one for cron, or beside a report that told more.
    lmq.run_at("2026-01-20T09:00:00+01:00", ["report", "--privacy", "cards", "--json", "--out", "more.json"]).done();
    for form in ["text", "html", "md", "csv", "json"] {
        for how in ["--summary", "--compare more.json", "--every week --out cron --force"] {
            for (level, allowed) in [("totals", [].as_slice()), ("topics", NAMES.as_slice())] {
                let line =
                    format!("lmq report --now 2026-01-26T09:00:00+01:00 -q --privacy {level} --format {form} {how}");
                let mut shown = lmq.shell(&line).out();
                if how.starts_with("--every") {
                    let ending = if form == "text" { "txt" } else { form };
                    shown = lmq.read(&format!("cron/report-2026-W04.{ending}"));
                }
                assert!(shown.len() > 500, "{line}: {shown}");
                let mut rest = shown.replace("TOPICIDMARK", "").replace("MARKid/", "").replace("MARKid", "");
                rest = if level == "totals" { shown } else { rest };
                for name in allowed {
                    rest = rest.replace(name, "");
                }
                assert!(!rest.contains("MARK"), "{line}: {}", rest.split("MARK").nth(1).unwrap());
            }
        }
    }
    for form in ["text", "html", "md", "csv", "json"] {
        let searched = lmq.run(["report", "--format", form, "--search", "MARKprompt"]).out();
        assert!(!searched.contains("MARKprompt") && searched.contains("the cards of a search"), "{form}");
    }
    assert_eq!(
        lmq.run(["report", "--with-cards", "--json"]).json()["privacy"],
        lmq.run(["report", "--privacy", "cards", "--json"]).json()["privacy"]
    );
}

#[test]
fn a_share_holds_no_more_than_it_shows_and_is_written_after_it_was_seen() {
    let lmq = marked();
    let now = "2026-01-24T09:00:00+01:00";
    let refused = lmq.run_at(now, ["report", "--share", "me.json", "--name", "Amara"]).code(2);
    assert_eq!(
        refused.stderr,
        "lmq: nothing was written: nobody could be asked whether to share this\n\
         hint: use --yes once you have seen it\n"
    );
    assert!(!lmq.path("me.json").exists());
    assert!(refused.stdout.contains("Amara") && refused.stdout.contains("TOPICMARK"), "{}", refused.stdout);
    let run = lmq.run_at(now, ["report", "--share", "me.json", "--name", "Amara", "--yes"]).ok();
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", "wrote me.json\n"));
    let text = lmq.read("me.json");
    let mut rest = text.replace("TOPICIDMARK", "").replace("MARKid", "");
    for name in NAMES {
        rest = rest.replace(name, "");
    }
    assert!(!rest.contains("MARK"), "{rest}");
    let (share, _) = lmq::formats::share::read(text.as_bytes()).unwrap();
    assert_eq!(share.name.as_deref(), Some("Amara"));
    let topic = share.topics.iter().find(|topic| topic.id == "MARKid/TOPICIDMARK").unwrap();
    assert_eq!(topic.all(), 3);
    assert!(share.topics.iter().any(|topic| topic.id == "differences/D09"), "those not begun too");
    for topic in &share.topics {
        assert!(refused.stdout.contains(topic.title.chars().next().unwrap()), "{}", topic.title);
    }
    assert!(share.decks.iter().any(|deck| deck.id == "differences" && deck.version.is_some()));
    // The same profile keeps its number, also from a backup.
    lmq.run_at(now, ["report", "--share", "again.json", "--yes", "--deck", "differences"]).done();
    let (again, _) = lmq::formats::share::read(lmq.read("again.json").as_bytes()).unwrap();
    assert_eq!((again.id, again.name), (share.id, None));
    assert!(again.topics.iter().all(|topic| topic.deck == "differences"));
    lmq.run(["backup", "copy.db"]).done();
    lmq.run(["report", "--share", "copy.json", "--yes", "--db", "copy.db"]).done();
    assert_eq!(lmq::formats::share::read(lmq.read("copy.json").as_bytes()).unwrap().0.id, share.id);
    let other = Lmq::new();
    other.run(["report", "--share", "other.json", "--yes"]).done();
    assert_ne!(lmq::formats::share::read(other.read("other.json").as_bytes()).unwrap().0.id, share.id);
    assert!(lmq.run(["report", "--share", "me.json", "--yes"]).err(1).contains("`me.json` already exists"));
    for bad in ["--out=x.html", "--every=week", "--privacy=cards", "--json", "--search=a"] {
        lmq.run(["report", "--share", "x.json", "--yes", bad]).err(2);
    }
    assert!(lmq.run(["report", "--share", "x.json", "--yes", "--name", " "]).err(2).contains("a name has 1 to 200"));
}

#[test]
fn three_profiles_become_a_team() {
    let mut files = Vec::new();
    let team = Lmq::new();
    for (number, name) in ["Amara", "Ben", "Chidi"].into_iter().enumerate() {
        let lmq = Lmq::new();
        let card = &lmq.cards("deck:differences")[number]["id"];
        lmq.run(["answer", card.as_str().unwrap(), "good"]).done();
        lmq.run(["report", "--share", "me.json", "--yes", "--name", name]).done();
        let file = format!("{name}.json");
        team.write(&file, lmq.read("me.json"));
        files.push(file);
    }
    let json = team.run(["team", &files[0], &files[1], &files[2], "--json"]).json();
    assert_eq!(json["sections"]["people"]["rows"].as_array().unwrap().len(), 3);
    assert!(json["sections"]["topics"]["rows"].as_array().unwrap().len() >= 15, "{json}");
    assert_eq!(json["sections"]["teach_next"]["rows"].as_array().unwrap().len(), 5);
}

/// Every way to report on a history, however odd: all end well, and say nothing that can't be.
#[track_caller]
fn reports_well(lmq: &Lmq, now: &str) -> serde_json::Value {
    for line in [
        "lmq stats",
        "lmq report --format text --compare 30d",
        "lmq report --format html --since 90d --compare previous",
        "lmq report --format md --privacy totals",
        "lmq report --format csv --with-cards",
        "lmq report --every month --out often --force -q",
        "lmq report --share odd.json --yes --force -q",
        "lmq remind",
    ] {
        let shown = lmq.shell(&format!("{line} --now {now}")).out();
        assert!(!shown.contains("NaN") && !shown.contains("inf ") && !shown.contains("-1 day"), "{line}: {shown}");
    }
    lmq::formats::share::read(lmq.read("odd.json").as_bytes()).unwrap();
    lmq.run_at(now, ["report", "--json", "--compare", "30d"]).json()
}

#[test]
fn no_answer_and_one_answer_are_reported() {
    let lmq = Lmq::new();
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 0);
    lmq.run(["add", "team", "Who?", "Amara", "--key", "who"]).done();
    lmq.run(["answer", "team/who", "good", "--ms", "4000"]).done();
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 1);
    assert_eq!(compared(&json, "answers"), [0, 1, 1]);
}

#[test]
fn a_clock_that_was_set_back_and_answers_from_the_future_are_reported() {
    let lmq = used();
    lmq.run_at("2026-03-01T09:00:00+01:00", ["answer", "team/owner", "good", "--ms", "4000"]).done();
    lmq.run_at("2026-02-01T10:00:00+01:00", ["answer", "team/owner", "good", "--ms", "4000"]).done();
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 5, "what is still to come does not count yet");
    let json = reports_well(&lmq, "2026-03-02T09:00:00+01:00");
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 6);
}

#[test]
fn ten_years_without_an_answer_are_reported() {
    let lmq = used();
    lmq.run_at("2036-02-01T09:00:00+01:00", ["answer", "team/owner", "again", "--ms", "4000"]).done();
    let json = reports_well(&lmq, "2036-02-02T09:00:00+01:00");
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 5);
    assert_eq!(json["sections"]["summary"]["values"]["streak_days"], 1);
    let html = lmq.run_at("2036-02-02T09:00:00+01:00", ["report", "--format", "html"]).out();
    assert!(html.len() < 300_000, "{}", html.len());
}

/// A log of so many answers to each of 200 cards, over 150 days, written past the program: it would take hours.
fn long_log(answers: i64) -> Lmq {
    let lmq = Lmq::new();
    lmq.run_at("2026-01-15T09:00:00+01:00", ["answer", "differences/d01-name", "good"]).done();
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let written = db.execute(
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?1), \
         c(id, place) AS (SELECT n.id << 9 | o.value, row_number() OVER (ORDER BY n.id, o.value) \
           FROM note n, json_each(coalesce(n.ordinals, '[1]')) o ORDER BY 1 LIMIT 200) \
         INSERT INTO event (card, id, hlc, kind, study_day, quality, took_ms, config, offset_min) \
         SELECT c.id, e.id + (c.place - 1) * ?1 + k, e.hlc + (c.place - 1) * ?1 + k, 1, e.study_day + k * 150 / ?1, \
           4, 3000, e.config, e.offset_min FROM event e, c, n WHERE e.kind = 1",
        [answers],
    );
    assert_eq!(written.unwrap(), usize::try_from(200 * answers).unwrap());
    drop(db);
    // States and sums follow what the log has more, as after a program that was killed.
    let looked = lmq.run_at(LONG, ["doctor"]);
    assert_eq!(looked.stdout, "everything is in order\n", "{looked:?}");
    let states = rusqlite::Connection::open(lmq.db()).unwrap().query_row(
        "SELECT count(*) FROM card_state WHERE answers >= 150",
        [],
        |row| row.get::<_, i64>(0),
    );
    assert_eq!(states.unwrap(), 200);
    lmq
}

const LONG: &str = "2026-06-20T09:00:00+02:00";

#[test]
fn a_log_of_any_length_is_read_in_the_same_memory() {
    let (short, long) = (long_log(1000), long_log(3000));
    // A search and a period that begins within a month read the log itself; a share and `lmq stats` only its sums.
    for line in [
        "lmq stats deck:differences --since 2026-01-01",
        "lmq report --since 2026-03-11 --json",
        "lmq stats",
        "lmq report --share me.json --yes --force -q",
    ] {
        // One arena: what the C library reserves for a second thread, and never touches, would count.
        let within = |lmq: &Lmq, kilobytes: u64| {
            let limits = format!("ulimit -c 0; ulimit -v {kilobytes}; export MALLOC_ARENA_MAX=1");
            // The second thread does without a connection where it gets none: what is enough by luck once is not enough.
            (0..4).all(|_| lmq.shell(&format!("{limits}; {line} --now {LONG}")).code == 0)
        };
        let enough = (1..200).map(|step| 20_000 + 1000 * step).find(|kilobytes| within(&short, *kilobytes)).unwrap();
        // Two cards at once are held whole; twenty bytes for each of 400,000 events more would be too many.
        assert!(within(&long, enough + 8000), "{line}: {enough} kB were enough");
    }
    let json = long.run_at(LONG, ["stats", "--json"]).json();
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 600_001);
}

#[test]
fn a_deck_that_was_renamed_and_cards_that_are_gone_keep_their_answers() {
    let lmq = used();
    lmq.run_at(MONDAY, ["report", "--share", "before.json", "--yes"]).done();
    lmq.run(["rename", "team", "crew"]).done();
    lmq.run(["delete", "team/role"]).done();
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 4, "the log has them");
    let topic = |file: &str| {
        let (share, _) = lmq::formats::share::read(lmq.read(file).as_bytes()).unwrap();
        share.topics.into_iter().find(|topic| topic.id == "team/T1").unwrap()
    };
    assert_eq!((topic("before.json").all(), topic("odd.json").all()), (2, 1), "matched by id, not by the deck's name");
    assert_eq!((topic("before.json").deck.as_str(), topic("odd.json").deck.as_str()), ("team", "crew"));
}

#[test]
fn a_deck_that_was_retired_keeps_its_answers_and_is_no_topic_any_more() {
    let lmq = used();
    lmq.run(["import", "--link", "team.toml"]).done();
    let deck = lmq.read("team.toml");
    let (head, cards) = deck.split_once("[[card]]").unwrap();
    let (owner, _) = cards.split_once("[[card]]").unwrap();
    let topics = |json: &serde_json::Value, section: &str| {
        let rows = json["sections"][section]["rows"].as_array().unwrap();
        rows.iter().filter(|row| row["deck"] == "team").cloned().collect::<Vec<_>>()
    };
    // The author of a followed deck takes one card out, then puts another in the place of all.
    let goes_on = |text: String| {
        lmq.write("team.toml", text);
        let run = lmq.run_at(MONDAY, ["decks"]);
        assert!(run.stderr.contains("1 retired") || run.stderr.contains("1 added"), "{run:?}");
    };
    goes_on(format!("{head}[[card]]{owner}"));
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 4);
    let sum = |row: &serde_json::Value| {
        ["unseen", "learning", "familiar", "solid", "mastered"]
            .map(|level| row[level].as_u64().unwrap())
            .iter()
            .sum::<u64>()
    };
    assert_eq!(topics(&json, "topic_levels").iter().map(sum).collect::<Vec<_>>(), [1]);
    let other = "key = \"other\"\nkind = \"basic\"\nfront = \"Whence?\"\nback = \"Home\"\n";
    goes_on(format!("[deck]\nid = \"team\"\n[[card]]\n{other}"));
    let json = reports_well(&lmq, MONDAY);
    assert_eq!(json["sections"]["summary"]["values"]["answers"], 4, "the log has them");
    assert_eq!(topics(&json, "topic_levels").iter().map(|row| row["unseen"].clone()).collect::<Vec<_>>(), [1]);
    assert_eq!(topics(&json, "topics").iter().map(|row| row["answers"].as_u64().unwrap()).sum::<u64>(), 4);
    let (share, _) = lmq::formats::share::read(lmq.read("odd.json").as_bytes()).unwrap();
    let of_team: Vec<_> = share.topics.iter().filter(|topic| topic.deck == "team").collect();
    assert_eq!(of_team.iter().map(|topic| (topic.all(), topic.recalls.all)).collect::<Vec<_>>(), [(1, 0)]);
}
