//! `lmq forget`: words that are erased are gone for good, and everything else stays.

use crate::home::Lmq;
use crate::world::MORNING;
use crate::world::time;
use lmq::core::fact::Erasure;
use lmq::core::id::NoteUid;
use lmq::core::study_day::StudyDay;
use lmq::env::Env;
use lmq::store::Stamp;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

/// Words that nobody else writes; one for each place that a text can be in.
const PLANTED: [&str; 4] = ["Quixotic-Marigold", "Velvet-Ptarmigan", "Bramble-Octave", "Saffron-Isthmus"];

fn deck(front: &str, back: &str) -> String {
    format!(
        "[deck]\nid = \"diary\"\n\n[[topic]]\nid = \"T\"\ntitle = \"days\"\n\n\
         [[card]]\nkey = \"secret\"\nkind = \"typed\"\nprompt = \"{front}\"\nanswer = \"{back}\"\nextra = \"{}\"\nsource = [\"T\"]\n\n\
         [[card]]\nkey = \"plain\"\nkind = \"basic\"\nfront = \"What else?\"\nback = \"Nothing\"\nsource = [\"T\"]\n",
        PLANTED[2]
    )
}

/// A home whose database, log and copies hold the planted words, in texts of now and of before, and as they were typed.
fn planted() -> Lmq {
    let lmq = Lmq::new();
    lmq.write("diary.toml", deck(PLANTED[0], "first"));
    lmq.run(["import", "diary.toml"]).done();
    lmq.write("diary.toml", deck(PLANTED[0], PLANTED[1]));
    lmq.run(["import", "diary.toml"]).done();
    fs::remove_file(lmq.path("diary.toml")).unwrap();
    lmq.run_with(format!("{}\n\nq\n", PLANTED[3]), ["review", "--plain", "diary"]).done();
    assert_eq!(answers(&lmq, "diary/secret"), 1, "it was answered");
    lmq.run(["tag", "mine", "diary/secret"]).done();
    // Makes a copy.
    lmq.run(["doctor", "--fix"]).done();
    lmq
}

fn answers(lmq: &Lmq, card: &str) -> usize {
    let rows = lmq.run(["history", card, "--json"]).json();
    rows.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").count()
}

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_under(&path, found) } else { found.push(path) }
    }
}

/// Which of the planted words are in which file of a home.
fn found(lmq: &Lmq) -> Vec<String> {
    let mut files = Vec::new();
    files_under(&lmq.path(""), &mut files);
    let mut found = Vec::new();
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let has = |word: &&&str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
        found.extend(PLANTED.iter().filter(has).map(|word| format!("{word} in {name}")));
    }
    found.sort();
    found
}

#[test]
fn what_is_forgotten_is_in_no_byte_and_comes_back_from_no_history() {
    let lmq = planted();
    let copy = "lmq.db.before-fix.2026-01-15T090000+0100";
    for word in PLANTED {
        for file in ["lmq.db", copy] {
            assert!(found(&lmq).contains(&format!("{word} in {file}")), "{word} in {file}: {:?}", found(&lmq));
        }
    }
    let old = lmq.run(["export", "--what", "history", "-q"]).out();
    let other = Lmq::new();
    other.write("old.jsonl", &old);
    other.run(["import", "old.jsonl"]).done();
    fs::remove_file(other.path("old.jsonl")).unwrap();
    assert!(!found(&other).is_empty());
    let before = lmq.cards("deck:diary");
    let secret = |cards: &[serde_json::Value]| cards.iter().find(|card| card["key"] == "secret").cloned();
    let id = secret(&before).unwrap()["id"].as_str().unwrap().to_owned();

    let run = lmq.run(["forget", "diary/secret", "--yes"]).ok();
    assert!(run.stdout.starts_with("erased ") && run.stdout.contains("1 copy beside the database"), "{run:?}");
    assert_eq!(found(&lmq), Vec::<String>::new());
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    assert_eq!(lmq.run(["doctor", "--db", copy]).out(), "everything is in order\n");
    // What it was, how it was answered and what else there is stays.
    assert_eq!(answers(&lmq, &id), 1, "the answer is still there");
    assert!(
        lmq.listed("deck:diary").contains(&"What else? → Nothing [new]".to_owned()),
        "{:?}",
        lmq.listed("deck:diary")
    );
    assert_eq!(lmq.run(["stats", "--json"]).json()["sections"]["summary"]["values"]["answers"], 1);
    let undo = lmq.run(["undo", "--yes"]);
    assert_eq!(found(&lmq), Vec::<String>::new(), "{undo:?}");

    // Neither the history from before nor the copy brings it back.
    let history = lmq.run(["export", "--what", "history", "-q"]).out();
    assert!(PLANTED.iter().all(|word| !history.contains(word)), "a fresh export");
    lmq.write("old.jsonl", &old);
    lmq.run(["import", "old.jsonl"]).done();
    fs::remove_file(lmq.path("old.jsonl")).unwrap();
    assert_eq!(found(&lmq), Vec::<String>::new());
    // Nor does a device that learns of the erasure before it meets the words.
    let third = Lmq::new();
    for text in [&history, &old] {
        third.write("h.jsonl", text);
        third.run(["import", "h.jsonl"]).done();
        fs::remove_file(third.path("h.jsonl")).unwrap();
    }
    assert_eq!(found(&third), Vec::<String>::new());
    // A device that has them erases them once the two unite, in the copies beside its database too.
    other.run(["doctor", "--fix"]).done();
    let copies = found(&other);
    other.write("newer.jsonl", &history);
    let run = other.run(["import", "newer.jsonl"]).ok();
    assert!(run.stderr.contains("texts, as another device did"), "{run:?}");
    let kept: Vec<String> = other.files().into_iter().filter(|name| name.starts_with("lmq.db.before-")).collect();
    let of = |what: &str| kept.iter().any(|name| name.contains(what));
    assert!(of("before-fix") && of("before-union"), "{kept:?}");
    assert!(copies.iter().any(|found| found.contains("before-fix")), "{copies:?}");
    assert_eq!(found(&other), Vec::<String>::new());
    for db in kept.iter().map(String::as_str).chain(["lmq.db"]) {
        assert_eq!(other.run(["doctor", "-q", "--db", db]).out(), "everything is in order\n", "{db}");
    }

    // Who imports it anew wants it again, with its history.
    lmq.write("diary.toml", deck(PLANTED[0], PLANTED[1]));
    lmq.run(["import", "diary.toml"]).done();
    assert_eq!(lmq.cards("deck:diary").len(), before.len());
    let (was, is) = (secret(&before).unwrap(), secret(&lmq.cards("deck:diary")).unwrap());
    for field in ["id", "prompt", "answer", "state", "due", "interval_days", "ease", "repetitions"] {
        assert_eq!(was[field], is[field], "{field}");
    }
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
}

#[test]
fn an_erased_card_keeps_its_place_and_its_history_and_is_no_card_of_its_deck_any_more() {
    let lmq = planted();
    let id = lmq.id("deck:diary is:learning");
    let (begins, short) = (&*id.chars().take(8).collect::<String>(), &*id.chars().take(20).collect::<String>());
    let before = lmq.run(["show", "diary/secret", "--json"]).json();
    lmq.run(["forget", "diary/secret", "--yes"]).done();

    insta::assert_snapshot!(lmq.run(["show", begins]).out().replace(&id, "ID").replace(short, "SHORT"), @r"
    SHORT

      [erased]

    id           ID
    deck         diary
    kind         erased
    state        erased
    due          2026-01-16
    interval     1d
    ease         2.18
    repetitions  0
    lapses       0

    2026-01-15 09:00 SHORT brought into diary
    2026-01-15 09:00 SHORT brought into diary

    2026-01-15 09:00 SHORT answered Again in 0.0 s → 1d, due 2026-01-16
    2026-01-15 09:00 SHORT tagged
    2026-01-15 09:00 SHORT erased
    ");
    // Its key is erased too, but its id was made from it.
    for name in [id.as_str(), begins, "diary/secret"] {
        let card = lmq.run(["show", name, "--json"]).json();
        for (field, is) in [("prompt", "[erased]"), ("answer", ""), ("state", "erased"), ("kind", "erased")] {
            assert_eq!(card[field], is, "{name}: {field}");
        }
        for field in ["id", "deck", "due", "interval_days", "ease", "repetitions", "lapses"] {
            assert_eq!(card[field], before[field], "{name}: {field}");
        }
        assert_eq!(answers(&lmq, name), 1, "{name}");
        assert!(lmq.run(["history", name]).out().contains("answered"), "{name}");
    }

    // One number of cards, whoever is asked.
    let cards = lmq.run(["cards", "deck:diary"]).out();
    assert_eq!(cards, "diary/plain  [new]  What else?\n");
    assert_eq!(lmq.run(["cards", "erased"]).ok().stdout, "");
    let decks = lmq.run(["decks", "--json"]).json();
    let diary = decks.as_array().unwrap().iter().find(|deck| deck["id"] == "diary").unwrap();
    let counts = ["notes", "cards", "new", "due"].map(|count| diary[count].as_i64().unwrap());
    assert_eq!(counts, [1, 1, 1, 0]);
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM cards WHERE deck = 'diary'"), 1);
    assert_eq!(count("SELECT sum(notes) FROM topics WHERE deck = 'diary'"), 1);
    let all: i64 = decks.as_array().unwrap().iter().map(|deck| deck["cards"].as_i64().unwrap()).sum();
    assert_eq!(count("SELECT count(*) FROM cards WHERE held_out = 0"), all);
    let states = lmq.run(["stats", "--json"]).json()["sections"]["cards"]["rows"].clone();
    let told: i64 = states.as_array().unwrap().iter().map(|row| row["cards"].as_i64().unwrap()).sum();
    assert_eq!(told, count("SELECT count(*) FROM cards WHERE held_out = 0"));
    assert_eq!(count("SELECT count(*) FROM answers WHERE deck = 'diary'"), 1, "its answer counts all the same");

    // Nothing of it can be asked or changed, and that is said.
    let refused = lmq.run(["answer", &id, "good"]).err(1);
    insta::assert_snapshot!(refused.replace(short, "SHORT"), @r"
    lmq: the words of `SHORT` were erased: it can't be asked or changed
    hint: `lmq show` has its history; importing its text anew brings it back
    ");
    for command in ["suspend", "reset", "edit"] {
        assert_eq!(lmq.run([command, begins]).err(1), refused, "{command}");
    }
    assert_eq!(lmq.run(["move", "elsewhere", "diary/secret"]).err(1), refused);
    let next = lmq.run(["next", "diary", "--json"]).json();
    assert_eq!(next["key"], "plain");
    // It can be put away.
    assert_eq!(lmq.run(["delete", begins]).out().replace(short, "SHORT"), "deleted SHORT\n");
    lmq.run(["show", begins]).err(2);
    assert_eq!(answers(&lmq, &id), 1, "with its history, as all that was deleted");
    lmq.assert_sound();
}

#[test]
fn forget_asks_first() {
    let lmq = planted();
    let before = found(&lmq);
    let error = lmq.run(["forget", "diary/secret"]).err(2);
    insta::assert_snapshot!(error, @r"
    lmq: nothing was erased: this would erase what 1 note says and what was typed for it
    hint: use --yes to erase it for good, or --dry-run to look
    ");
    let looked = lmq.run(["forget", "diary/secret", "--dry-run"]).out();
    assert_eq!(looked, "would have erased what 1 note says and what was typed for it\n  diary/secret\n");
    assert_eq!(found(&lmq), before);
}

#[test]
fn a_deck_and_what_was_typed_can_be_forgotten() {
    let lmq = planted();
    lmq.run(["forget", "--typed", "--yes"]).done();
    let run = lmq.run(["forget", "--typed", "--yes"]).ok();
    assert_eq!(
        run.stdout,
        "there was nothing to erase here, and nothing of it is left in 1 copy beside the database\n"
    );
    assert_eq!(Lmq::new().run(["forget", "--typed", "--yes"]).ok().stdout, "there was nothing to erase here\n");
    let left = found(&lmq);
    assert!(!left.iter().any(|found| found.starts_with(PLANTED[3])), "{left:?}");
    assert!(left.iter().any(|found| found.starts_with(PLANTED[0])), "{left:?}");
    lmq.run(["forget", "--deck", "diary", "--yes"]).done();
    assert_eq!(found(&lmq), Vec::<String>::new());
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
}

#[test]
fn what_was_written_after_an_erasure_elsewhere_stays_in_the_copies() {
    let (here, there) = (planted(), Lmq::new());
    let old = here.run(["export", "--what", "history", "-q"]).out();
    there.write("old.jsonl", &old);
    there.run(["import", "old.jsonl"]).done();
    fs::remove_file(there.path("old.jsonl")).unwrap();
    here.run(["forget", "--deck", "diary", "--yes"]).done();
    // A day later the other device, which has not heard of it, is told the same once more.
    let later = "2026-01-16T09:00:00+01:00";
    there.write("diary.toml", deck(PLANTED[0], "anew"));
    there.run(["import", "diary.toml", "--now", later]).done();
    fs::remove_file(there.path("diary.toml")).unwrap();
    there.write("new.jsonl", here.run(["export", "--what", "history", "-q"]).out());
    there.run(["import", "new.jsonl", "--now", later]).done();
    let copy = there.files().into_iter().filter(|name| name.contains("before-union")).max().unwrap();
    for db in ["lmq.db", &copy] {
        let shown = there.run(["cards", "deck:diary", "--json", "--db", db]).out();
        assert!(shown.contains(PLANTED[0]) && shown.contains("anew"), "{db}: {shown}");
        assert!(!found(&there).contains(&format!("{} in {db}", PLANTED[3])), "{:?}", found(&there));
    }
}

#[test]
fn an_erasure_that_was_interrupted_is_seen_and_ended() {
    for end in [["doctor", "--fix", "-q"], ["forget", "diary/secret", "--yes"], ["import", "own.jsonl", "-q"]] {
        let lmq = planted();
        lmq.write("own.jsonl", lmq.run(["export", "--what", "history", "-q"]).out());
        let mut store = lmq::ops::open_as_is(&lmq.path("lmq.db"), &Env::from_process()).unwrap();
        let note = NoteUid::of_key("diary", "secret");
        let stamp = Stamp { now: time(MORNING), today: StudyDay(20_468) };
        // What comes after that is the copies and the bytes.
        store.forget(stamp, &[Erasure::Note(note)]).unwrap();
        drop(store);
        let seen = lmq.run(["doctor"]).code(3);
        assert!(seen.stdout.starts_with("erased: ") && seen.stderr.contains("lmq doctor --fix"), "{seen:?}");
        assert!(!found(&lmq).is_empty());
        lmq.run(end).done();
        fs::remove_file(lmq.path("own.jsonl")).unwrap();
        assert_eq!(found(&lmq), Vec::<String>::new(), "{end:?}");
        assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    }
}

#[test]
fn a_forget_that_is_killed_at_any_moment_can_be_said_again() {
    let forget = |lmq: &Lmq, patience| lmq.run_or_kill(["forget", "diary/secret", "--yes", "-q"], patience);
    let whole = forget(&planted(), None);
    for part in 0..8 {
        let lmq = planted();
        let cards = lmq.cards("deck:diary");
        let id = cards.iter().find(|card| card["key"] == "secret").unwrap()["id"].as_str().unwrap();
        forget(&lmq, Some(Duration::from_millis(whole * part / 8)));
        lmq.run(["forget", id, "--yes"]).done();
        assert_eq!(found(&lmq), Vec::<String>::new(), "after {part} eighths of the time");
        assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    }
}

const COPY: &str = "lmq.db.before-fix.2026-01-15T090000+0100";

#[test]
fn a_copy_that_could_not_be_reached_is_named_until_it_is() {
    let lmq = planted();
    let held = Connection::open(lmq.path(COPY)).unwrap();
    held.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let run = lmq.run(["forget", "diary/secret", "--yes"]).ok();
    assert!(run.stdout.contains(&format!("not erased in $T/{COPY}")), "{run:?}");
    assert!(lmq.run(["doctor"]).code(3).stdout.starts_with("erased: "));
    let run = lmq.run(["doctor", "--fix"]).code(3);
    assert!(!run.stdout.contains("repaired") && run.stderr.contains(&format!("not erased in $T/{COPY}")), "{run:?}");
    drop(held);
    lmq.run(["doctor", "--fix", "-q"]).done();
    assert_eq!(found(&lmq), Vec::<String>::new());
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
}

#[test]
fn notes_of_a_deck_that_only_a_copy_has_are_forgotten_with_it() {
    let lmq = planted();
    lmq.run(["backup", "b.db"]).done();
    lmq.write("more.csv", format!("front,back,deck\n{} more,and more,diary\n", PLANTED[1]));
    lmq.run(["import", "more.csv"]).done();
    lmq.run(["restore", "b.db", "--yes"]).done();
    for file in ["more.csv", "b.db"] {
        fs::remove_file(lmq.path(file)).unwrap();
    }
    lmq.run(["forget", "--deck", "diary", "--yes"]).done();
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[test]
fn what_was_set_aside_is_cleaned_of_what_the_backup_knows_to_be_erased() {
    let lmq = planted();
    lmq.run(["backup", "old.db"]).done();
    lmq.run(["forget", "diary/secret", "--yes"]).done();
    lmq.run(["backup", "new.db"]).done();
    // The old one back, which has the words, and then the one that knows of the erasure.
    lmq.run(["restore", "old.db", "--yes"]).done();
    assert!(!found(&lmq).is_empty());
    fs::remove_file(lmq.path("old.db")).unwrap();
    lmq.run(["restore", "new.db", "--yes", "--now", "2026-01-15T09:05:00+01:00"]).done();
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[test]
fn a_restore_that_unites_takes_an_erasure_over_though_no_answer_is_newer() {
    let lmq = planted();
    lmq.run(["backup", "old.db"]).done();
    lmq.run(["forget", "diary/secret", "--yes"]).done();
    lmq.run(["restore", "old.db", "--unite"]).done();
    fs::remove_file(lmq.path("old.db")).unwrap();
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[test]
fn a_card_that_was_deleted_can_be_forgotten_by_its_name() {
    let lmq = planted();
    lmq.run(["delete", "diary/secret", "--yes"]).done();
    lmq.run(["forget", "diary/secret", "--yes"]).done();
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn what_a_person_named_is_theirs_and_what_was_never_finished_is_named() {
    let lmq = planted();
    lmq.run(["backup", "mine.db"]).done();
    std::os::unix::fs::symlink(lmq.path("mine.db"), lmq.path("lmq.db.before-fix.2020-01-01T000000+0000")).unwrap();
    fs::copy(lmq.path("mine.db"), lmq.path("lmq.db.before-mine")).unwrap();
    let begun = "lmq.db.before-union.2026-01-15T090000+0100.part";
    fs::copy(lmq.path("mine.db"), lmq.path(begun)).unwrap();
    let run = lmq.run(["forget", "diary/secret", "--yes"]).ok();
    assert!(run.stdout.contains(&format!("not erased in $T/{begun}: a copy that was never finished")), "{run:?}");
    let left: BTreeSet<String> =
        found(&lmq).iter().map(|found| found.split_once(" in ").unwrap().1.to_owned()).collect();
    let theirs = ["lmq.db.before-fix.2020-01-01T000000+0000", begun, "lmq.db.before-mine", "mine.db"];
    assert_eq!(left, theirs.map(str::to_owned).into());
}

/// The other tests stop the clock at a whole second of a zone with an offset, which is in the copies' names.
#[test]
fn copies_that_were_made_by_the_real_clock_are_reached() {
    let lmq = planted();
    for zone in ["UTC", "Europe/Berlin"] {
        let mut fix = lmq.command();
        fix.env_remove("LMQ_NOW").env("TZ", zone).args(["doctor", "--fix"]);
        lmq.finish(fix, b"").done();
    }
    let run = lmq.run(["forget", "diary/secret", "--yes"]).ok();
    assert!(run.stdout.contains("3 copies beside the database"), "{run:?}");
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[test]
fn words_that_were_written_after_their_erasure_are_told_on_both_devices() {
    let (one, other) = (planted(), Lmq::new());
    let carry = |from: &Lmq, to: &Lmq| {
        to.write("h.jsonl", from.run(["export", "--what", "history", "-q"]).out());
        let run = to.run(["import", "h.jsonl"]).ok();
        fs::remove_file(to.path("h.jsonl")).unwrap();
        run.stderr
    };
    let told = |said: &str| said.contains(" has words again") && said.contains("lmq forget");
    assert!(!told(&carry(&one, &other)));
    one.run(["forget", "diary/secret", "--yes"]).done();
    other.run_at("2026-01-15T12:00:00+01:00", ["edit", "diary/secret", "--set", "extra=late"]).done();
    let said = carry(&other, &one);
    assert!(told(&said), "{said}");
    let said = carry(&one, &other);
    assert!(told(&said), "{said}");
    assert!(!told(&carry(&other, &one)), "nothing new came");
    one.run_at("2026-01-15T13:00:00+01:00", ["forget", "diary/secret", "--yes"]).done();
    assert!(!told(&carry(&one, &other)));
    assert_eq!(found(&other), Vec::<String>::new());
}

#[test]
fn a_restore_says_that_forgotten_words_are_there_again() {
    let lmq = planted();
    lmq.run(["backup", "mine.db"]).done();
    lmq.run_at("2026-01-15T10:00:00+01:00", ["forget", "diary/secret", "--yes"]).done();
    let run = lmq.run_at("2026-01-15T11:00:00+01:00", ["restore", "mine.db", "--yes"]).ok();
    assert!(run.stderr.contains("words that were erased since the backup was made are back"), "{run:?}");
    let aside = lmq.files().into_iter().find(|file| file.contains("set-aside")).unwrap();
    lmq.run(["--db", &aside, "export", "--what", "history", "--out", "newer.zst", "-q"]).done();
    lmq.run(["import", "newer.zst"]).done();
    fs::remove_file(lmq.path("mine.db")).unwrap();
    assert_eq!(found(&lmq), Vec::<String>::new());
}

#[test]
fn the_cards_of_a_forgotten_deck_are_those_that_are_in_it_or_were_last() {
    let lmq = Lmq::new();
    let add = |deck: &str, front: &str, key: &str| lmq.run(["add", deck, front, "back", "--key", key]).done();
    add("diary", "mine alone", "a");
    add("diary", "deleted there", "b");
    add("diary", "taken elsewhere", "c");
    add("team", "moved and undone", "d");
    add("team", "came and went", "e");
    lmq.run(["delete", "diary/b"]).done();
    lmq.run(["move", "team", "diary/c"]).done();
    lmq.run(["move", "diary", "team/d"]).done();
    lmq.run(["undo"]).done();
    lmq.run(["move", "diary", "team/e"]).done();
    lmq.run(["move", "team", "diary/e"]).done();
    // A copy that has them where they were then.
    lmq.run(["doctor", "--rebuild"]).done();
    lmq.run(["forget", "--deck", "diary", "--yes"]).done();
    let log = lmq.run(["export", "--what", "history", "-q"]).out();
    for (text, stays) in [
        ("mine alone", false),
        ("deleted there", false),
        ("taken elsewhere", true),
        ("moved and undone", true),
        ("came and went", true),
    ] {
        assert_eq!(log.contains(text), stays, "{text}");
    }
    assert_eq!(lmq.cards("deck:team").len(), 3);
}

#[test]
fn deleted_notes_that_no_search_finds_and_texts_that_an_editor_left_are_named() {
    let lmq = Lmq::new();
    lmq.run(["add", "d", "alpha zebra", "b", "--key", "a"]).done();
    lmq.run(["add", "d", "beta zebra", "b", "--key", "b"]).done();
    lmq.run(["delete", "d/b"]).done();
    let id = lmq.run(["show", "d/a", "--json"]).json()["id"].as_str().unwrap().trim_end_matches("-1").to_owned();
    lmq.write("edit-a1B2c3.toml", format!("id = \"{id}\"\nfront = \"alpha zebra\""));
    // A deck of the learner's that is called so.
    lmq.write("edit-skills.toml", "front = \"alpha zebra\"");
    let run = lmq.run(["forget", "zebra", "--yes"]).ok();
    assert!(
        run.stderr.contains("1 deleted note still has its words; no search finds them, so name them: d/b"),
        "{run:?}"
    );
    assert!(run.stdout.contains("edit-a1B2c3.toml") && !run.stdout.contains("edit-skills"), "{run:?}");
    // It is not lmq's to keep watch over what an editor left.
    assert_eq!(lmq.run(["doctor"]).out(), "everything is in order\n");
    let run = lmq.run(["forget", "d/b", "--yes"]).ok();
    assert!(!run.stderr.contains("deleted note"), "{}", run.stderr);
    // What comes before an erasure can be taken back, and it is said that the erasure can't.
    let undone = lmq.run(["undo"]).ok();
    assert!(undone.stderr.contains("erased words can't be brought back"), "{}", undone.stderr);
}

#[test]
fn words_of_a_deck_of_which_nothing_counts_are_erased_and_decks_inside_of_it_stay() {
    let lmq = Lmq::new();
    lmq.write("s.csv", "front,back\nsecretq,x\n");
    lmq.run(["import", "s.csv", "--deck", "tab"]).done();
    lmq.run(["undo", "--yes"]).done();
    lmq.run(["forget", "--deck", "tab", "--yes"]).done();
    assert!(!lmq.run(["export", "--what", "history", "-q"]).out().contains("secretq"));
    lmq.run(["forget", "--deck", "nowhere", "--yes"]).err(2);
    lmq.run(["add", "w", "outer", "a"]).done();
    lmq.run(["add", "w::s", "inner", "a"]).done();
    let run = lmq.run(["forget", "--deck", "w", "--yes"]).ok();
    assert!(run.stderr.contains("stay: w::s"), "{run:?}");
    assert_eq!(lmq.cards("deck:w::s").len(), 1);
}

#[test]
fn a_card_of_another_deck_stays_whatever_the_numbers_of_its_clozes() {
    let lmq = Lmq::new();
    lmq.run(["add", "diary", "The {{c2::zebraword}} is x", "--key", "z"]).done();
    lmq.run(["add", "diary", "p", "pa", "--key", "p"]).done();
    // A copy that has it in the deck.
    lmq.run(["doctor", "--rebuild"]).done();
    lmq.run(["move", "keep", "diary/z", "--yes"]).done();
    lmq.run(["forget", "--deck", "diary", "--yes"]).done();
    assert_eq!(lmq.cards("deck:keep").len(), 1);
    let plan = lmq.run(["forget", "diary/z", "--dry-run"]).out();
    assert!(plan.contains("keep/z"), "{plan}");
}

#[test]
fn who_takes_in_words_that_were_erased_has_a_log_that_fits_its_hashes() {
    let lmq = Lmq::new();
    lmq.write("t.csv", "front,back\nq1,a1\n");
    lmq.run(["import", "t.csv", "--deck", "tab"]).done();
    lmq.run_with("foo\n3\nq\n", ["review", "tab", "--plain", "--yes"]).done();
    assert!(lmq.run(["export", "--what", "history", "-q"]).out().contains("foo"));
    lmq.run(["forget", "--typed", "--yes"]).done();
    lmq.write("h.jsonl", lmq.run(["export", "--what", "history", "-q"]).out());
    let other = Lmq::new();
    other.write("h.jsonl", lmq.read("h.jsonl"));
    other.run(["import", "h.jsonl"]).done();
    assert_eq!(other.run(["doctor"]).out(), "everything is in order\n");
    lmq.write("back.jsonl", other.run(["export", "--what", "history", "-q"]).out());
    lmq.run(["import", "back.jsonl"]).done();
}

#[test]
fn a_slip_in_a_name_is_no_search() {
    let lmq = Lmq::new();
    lmq.run(["add", "team", "Ask the dev/ops people?", "yes", "--key", "x"]).done();
    for args in [
        &["delete", "dev/ops"][..],
        &["forget", "dev/ops", "--yes"],
        &["suspend", "dev/ops"],
        &["move", "team", "dev/ops"],
    ] {
        let run = lmq.run(args).code(2);
        assert!(run.stderr.contains("there is no card `dev/ops`"), "{args:?}: {}", run.stderr);
    }
    // Nor in one of several names, or where the deck's name has a blank.
    lmq.run(["add", "Team A", "the Team A/onwer is x", "y", "--key", "owner"]).done();
    lmq.run(["add", "team", "about team/x and team/nobody", "y", "--key", "about"]).done();
    lmq.run(["delete", "Team A/onwer", "--yes"]).err(2);
    let run = lmq.run(["forget", "team/x", "team/nobody", "--yes"]).code(2);
    assert!(run.stderr.contains("there is no card `team/nobody`"), "{run:?}");
    lmq.run(["suspend", "\"dev/ops\""]).done();
}
