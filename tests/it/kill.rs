//! `kill -9` at any moment loses no committed answer, and leaves nothing half done.

use crate::home::Lmq;
use crate::home::TEAM;
use crate::world::MORNING;
use crate::world::time;
use lmq::core::event::Event;
use lmq::core::event::EventKind;
use lmq::core::grade::Quality;
use lmq::core::id::CardId;
use lmq::core::log::Entry;
use lmq::core::log::LogRecord;
use lmq::core::scheduler::splitmix64;
use lmq::core::session::Input;
use lmq::core::settings::Settings;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::env::Env;
use lmq::ops;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;
use lmq::store::DeckSet;
use lmq::store::Store;
use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

/// How often a child is killed; tests/proof kills whole commands more often.
const KILLS: u64 = 60;

/// Names the database to the child; its absence tells that this is no child.
const CHILD: &str = "LMQ_TEST_KILL";

fn env_at(day: i64) -> Env {
    let morning = time(MORNING);
    let mut env = Env::from_process();
    env.fix_now(Timestamp { unix_ms: morning.unix_ms + day * 86_400_000, ..morning });
    env
}

/// What is killed: answers cards without an end, and says so after each commit.
#[test]
#[ignore = "a helper that the others start and kill"]
#[expect(clippy::disallowed_methods, reason = "the parent says so in the environment what the child is to do")]
fn the_child() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let [how, day, path] = order.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{order}") };
    let env = env_at(day.parse().unwrap());
    let settings = Settings::default();
    let (mut store, _) = ops::open(Path::new(path), &env, &settings).unwrap();
    let say = |line: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
    };
    if how == "session" {
        let options = Options { limit: Some(usize::MAX), new: Some(usize::MAX), ..Options::default() };
        let mut review = Review::new(&mut store, &env, settings, &options).unwrap();
        let mut turn = 0_u64;
        while review.session().current().is_some() {
            review.while_idle();
            review.feed(Input::Show).unwrap();
            let button = [Quality::Q2, Quality::Q4, Quality::Q5][usize::try_from(splitmix64(turn) % 3).unwrap()];
            review.feed(Input::Grade(button)).unwrap();
            turn += 1;
            say("committed one");
        }
        return;
    }
    let mut cards: Vec<CardId> = Vec::new();
    store
        .cards(&DeckSet::All, &[], |line| {
            cards.push(line.card);
            Ok(())
        })
        .unwrap();
    for turn in 0_u64.. {
        let card = cards[usize::try_from(splitmix64(turn) % 40).unwrap()];
        // An answer whose action has an entry more, for the day on which the card returns, is not the newest one.
        if store.load(card).unwrap().is_some_and(|loaded| !loaded.text.returns().is_empty()) {
            continue;
        }
        let quality = Quality::try_from(u8::try_from(splitmix64(turn + 7) % 6).unwrap()).unwrap();
        ops::review::answer(&mut store, &env, &settings, card, quality, Millis(5), "").unwrap();
        let event = store.card(card).unwrap().unwrap().state.last_event.unwrap();
        say(&format!("committed {event}"));
        store.while_idle();
    }
}

fn child(how: &str, day: u64, db: &Path) -> Child {
    let this = std::env::current_exe().unwrap();
    Command::new(this)
        .args(["kill::the_child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{how} {day} {}", db.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many milliseconds a child takes here until its first commit, when nobody kills it.
fn first_commit(how: &str, db: &Path) -> u64 {
    let env = env_at(0);
    let started = env.ticks_ms();
    let mut child = child(how, 0, db);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("committed ")), "it commits something");
    let took = env.ticks_ms() - started;
    child.kill().unwrap();
    child.wait().unwrap();
    took.max(2)
}

/// Starts the child, kills it after `patience`, and gives what it had committed by its own words.
fn killed_child(how: &str, day: u64, db: &Path, patience: Duration) -> Vec<String> {
    let mut child = child(how, day, db);
    std::thread::sleep(patience);
    child.kill().unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    child.wait().unwrap();
    // A line that was cut off in the middle was not said.
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().filter_map(|line| Some(line.split_once("committed ")?.1.to_owned())).collect()
}

fn answers(store: &Store) -> Vec<Event> {
    let mut answers = Vec::new();
    store
        .log(&mut |record| {
            if let LogRecord::Entry(Entry::Event(event), _) = record
                && matches!(event.kind, EventKind::Answered { .. })
            {
                answers.push(*event);
            }
            Ok(())
        })
        .unwrap();
    answers
}

#[track_caller]
fn assert_in_order(store: &mut Store, day: u64) {
    let stamp = ops::stamp(&env_at(i64::try_from(day).unwrap()), &Settings::default());
    assert_eq!(store.doctor(stamp, false).unwrap(), []);
}

#[test]
fn sixty_kills_at_any_moment_lose_no_committed_answer_and_double_none() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("lmq.db");
    // What is in the machine's way lengthens both: making a database, and opening it to answer.
    let measured = folder.path().join("measure.db");
    let making = first_commit("answers", &measured);
    let mut opening = first_commit("answers", &measured).min(first_commit("session", &measured));
    let (mut known, mut committed, mut idle) = (0, 0, 0);
    let (mut said, mut kills) = (Vec::new(), 0);
    for kill in 0..KILLS {
        let how = if kill % 2 == 0 { "answers" } else { "session" };
        // The first kills fall into the making of the database and its decks, then anywhere.
        let most = if kill < 10 { making * (kill + 1) / 3 } else { opening * 6 };
        let most = most.max(1);
        let words = killed_child(how, kill, &db, Duration::from_millis(2 + splitmix64(kill) % most));
        idle += usize::from(words.is_empty());
        // What else runs here may begin or end: about a fifth of the kills fall before the first answer.
        opening = if words.is_empty() { opening * 5 / 4 + 1 } else { (opening * 19 / 20).max(2) };
        said.extend(words);
        kills += 1;
        // Often the next child finds what the killed one left; where we look, closing the file tidies it up.
        if kill % 3 != 1 && kill != KILLS - 1 {
            continue;
        }
        let mut store = ops::open_as_is(&db, &env_at(0)).unwrap();
        let log = answers(&store);
        let names: BTreeSet<String> = log.iter().map(|event| event.id.to_string()).collect();
        assert_eq!(names.len(), log.len(), "no name twice");
        for name in said.iter().filter(|name| *name != "one") {
            assert!(names.contains(name), "kill {kill}: {name} was committed and is lost");
        }
        // Each child may have been killed between a commit and saying so.
        let new = log.len() - known;
        assert!((said.len()..=said.len() + kills).contains(&new), "kill {kill}: {} said, {new} saved", said.len());
        committed += said.len();
        known = log.len();
        (said, kills) = (Vec::new(), 0);
        if kill % 25 == 1 || kill == KILLS - 1 {
            assert_in_order(&mut store, kill);
        }
    }
    // Each session began a backup of its day, and many were killed over it.
    let backups: Vec<_> = ops::copies::copies_of(&db).unwrap().into_iter().filter(|copy| copy.is_daily()).collect();
    // Five days and three weeks, and one more where the last kill came before the oldest was taken away.
    assert!(!backups.is_empty() && backups.len() <= 9, "{backups:?}");
    for backup in backups {
        Store::look(&backup.path).unwrap().unwrap().check_whole().unwrap();
    }
    assert!(committed > 150, "the children had too little time: {committed} answers");
    assert!(idle > 2, "no kill fell before the first answer: {idle}");
}

#[test]
fn a_killed_lmq_answer_has_saved_what_it_said_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("lmq.db");
    let lmq = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
        command.env("LMQ_CONFIG", folder.path().join("none.toml")).arg("--db").arg(&db);
        command.args(["--quiet", "--now", MORNING]).args(args).stdin(Stdio::null());
        command
    };
    let mut store = ops::open(&db, &env_at(0), &Settings::default()).unwrap().0;
    let mut cards: Vec<String> = Vec::new();
    store
        .cards(&DeckSet::All, &[], |line| {
            cards.push(line.card.to_string());
            Ok(())
        })
        .unwrap();
    // How long it takes here, when nobody kills it.
    let env = env_at(0);
    let timed = |card: &String| {
        let started = env.ticks_ms();
        assert!(lmq(&["answer", card, "good"]).stdout(Stdio::null()).status().unwrap().success());
        env.ticks_ms() - started
    };
    let mut whole = 1000 * cards[60..64].iter().map(timed).min().unwrap().max(1);
    let before = answers(&store).len();
    let (mut said_so, mut known) = (0, before);
    for kill in 0..60_u64 {
        let card = &cards[usize::try_from(kill).unwrap()];
        let mut child = lmq(&["answer", card, "good"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(splitmix64(kill) % (2 * whole)));
        child.kill().unwrap();
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        let log = answers(&store);
        let there = log.iter().filter(|event| event.card.to_string() == *card).count();
        assert!(there <= 1 && log.len() == known + there);
        let is_said = said.contains("Good");
        if is_said {
            said_so += 1;
            assert_eq!(there, 1, "kill {kill}: it said that it was saved");
        }
        known = log.len();
        // What else runs here may begin or end, so the kills go after the commit, from both sides.
        whole = if is_said { whole * 4 / 5 } else { whole * 5 / 4 };
    }
    let saved = known - before;
    assert!(said_so > 3 && saved < 60, "kills on both sides of the commit: {said_so} said, {saved} saved");
    assert_in_order(&mut store, 0);
}

#[test]
fn a_killed_import_is_there_whole_or_not_at_all() {
    const ROWS: usize = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("lmq.db");
    let file = folder.path().join("big.csv");
    let mut text = "front,back\n".to_owned();
    for row in 0..ROWS {
        text.push_str(&format!("What is the number of row {row}?,It is {}\n", row * 7));
    }
    std::fs::write(&file, text).unwrap();
    let import = |db: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lmq"));
        command.env("LMQ_CONFIG", folder.path().join("none.toml")).arg("--db").arg(db);
        command.args(["--quiet", "--now", MORNING, "import"]).arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    // How long it takes here, when nothing else is in its way.
    let env = env_at(0);
    let timed = |name: &str| {
        let started = env.ticks_ms();
        assert!(import(&folder.path().join(name)).wait().unwrap().success());
        env.ticks_ms() - started
    };
    let whole = timed("measure.db").min(timed("again.db"));
    let imported = |store: &Store| {
        let mut notes = 0;
        let deck = store.deck_names().unwrap().into_iter().find(|(_, id, _)| id == "big");
        if let Some((deck, _, _)) = deck {
            store
                .notes(deck, |some| {
                    notes += some.read().map(Result::unwrap).count();
                    Ok(())
                })
                .unwrap();
        }
        notes
    };
    let mut nothing = 0;
    for kill in 0..8_u64 {
        let mut child = import(&db);
        std::thread::sleep(Duration::from_millis(whole * (1 + 2 * kill) / 17));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut store = ops::open_as_is(&db, &env).unwrap();
        let notes = imported(&store);
        assert!(notes == 0 || notes == ROWS, "kill {kill}: {notes} of {ROWS}");
        nothing += usize::from(notes == 0);
        assert_in_order(&mut store, 0);
    }
    assert!(nothing > 1, "the kills came too late");
    assert!(import(&db).wait().unwrap().success());
    let mut store = ops::open_as_is(&db, &env).unwrap();
    assert_eq!(imported(&store), ROWS, "and then it goes in, once");
    assert_in_order(&mut store, 0);
}

#[test]
fn a_killed_edit_with_another_meaning_has_both_or_neither() {
    let lmq = Lmq::new();
    lmq.import("team.toml", TEAM);
    lmq.run(["import", "--link", "team.toml"]).done();
    let mut both = 0;
    for turn in 0_u64..15 {
        // Each day a step further, so that beginning again can be seen.
        let now = format!("2026-01-{:02}T09:00:00+01:00", 16 + turn);
        lmq.run_at(&now, ["answer", "team/owner", "good"]).done();
        assert_eq!(lmq.run_at(&now, ["show", "team/owner", "--json"]).json()["repetitions"], 1);
        let new = format!("Owner {turn}");
        let mut command = lmq.command();
        command.args(["edit", "team/owner", "--back", &new, "--meaning", "changed"]).env("LMQ_NOW", &now);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // The file is written before the database: from then on to the end of the process lies what has to be whole.
        while !lmq.read("team.toml").contains(&new) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_micros(splitmix64(turn) % 3000));
        child.kill().ok();
        child.wait().unwrap();
        let card: serde_json::Value = lmq.run_at(&now, ["show", "team/owner", "--json"]).json();
        let (is_new, restarted) = (card["answer"] == new.as_str(), card["repetitions"] == 0);
        assert_eq!(is_new, restarted, "{card}");
        if !is_new {
            lmq.run_at(&now, ["reset", "team/owner", "--yes"]).done();
        }
        both += u32::from(is_new);
        assert!(!lmq.files().iter().any(|name| name.ends_with(".part")), "{:?}", lmq.files());
    }
    assert!(both > 0);
    assert_eq!(lmq.run_at("2026-02-01T09:00:00+01:00", ["doctor"]).out(), "everything is in order\n");
}

#[test]
fn an_edit_that_was_cut_short_after_its_file_was_written_is_finished_at_the_next_start() {
    for is_written in [true, false] {
        let lmq = Lmq::new();
        lmq.import("team.toml", TEAM);
        lmq.run(["import", "--link", "team.toml"]).done();
        lmq.run(["answer", "team/owner", "good"]).done();
        let id = lmq.id("\"owns the roadmap\"");
        let (note, _) = id.split_once('-').unwrap();
        let path = lmq.path("team.toml");
        let after = TEAM.replace("Amara", "Ben");
        // What `ops::edit` does up to the moment between the file and the commit.
        let hash = lmq::core::id::hash64(after.as_bytes()).cast_signed();
        let noted = serde_json::json!([{"path": path, "hash": hash, "cards": [[note, 1]]}]);
        let store = ops::open_as_is(&lmq.db(), &env_at(0)).unwrap();
        store.note_restarts(&noted.to_string()).unwrap();
        drop(store);
        if is_written {
            lmq.write("team.toml", &after);
        }
        let run = lmq.run(["show", "team/owner", "--json"]);
        assert_eq!(run.stderr.contains("an edit was interrupted"), is_written, "{}", run.stderr);
        let card = run.json();
        let wanted = if is_written { ("Ben", 0) } else { ("Amara", 1) };
        assert_eq!((card["answer"].as_str().unwrap(), card["repetitions"].as_u64().unwrap()), wanted);
        let store = ops::open_as_is(&lmq.db(), &env_at(0)).unwrap();
        assert_eq!(store.noted_restarts().unwrap(), None, "it is done once");
        drop(store);
        let tomorrow = "2026-01-16T09:00:00+01:00";
        lmq.run_at(tomorrow, ["answer", "team/owner", "good"]).done();
        assert_eq!(lmq.run_at(tomorrow, ["show", "team/owner", "--json"]).json()["repetitions"], wanted.1 + 1);
        assert_eq!(lmq.run_at(tomorrow, ["doctor"]).out(), "everything is in order\n");
    }
}
