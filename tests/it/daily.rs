//! The backup of a day, and which copies are kept.

use crate::home::Lmq;
use crate::terminal::Terminal;
use crate::terminal::started;
use crate::world::World;
use crate::world::damage_an_index;
use lmq::core::settings::Settings;
use lmq::core::study_day::Timestamp;
use lmq::env::Env;
use lmq::ops;
use lmq::ops::copies::Copy;
use lmq::ops::copies::copies_of;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;
use lmq::store::Store;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// A sitting in which the person looks at the first card and leaves. Gives what it says of the backup.
fn sit(store: &mut Store, env: &Env, settings: &Settings) -> Option<String> {
    let mut review = Review::new(store, env, settings.clone(), &Options::default()).unwrap();
    review.while_idle();
    review.while_idle();
    review.end_backup()
}

fn with_a_card() -> World {
    let mut world = World::bare();
    world.import("deck.csv", "front,back\nquestion,answer\nanother,one\n");
    world
}

fn sit_in(world: &mut World) -> Option<String> {
    sit(&mut world.store, &world.env, &world.settings)
}

fn dailies(db: &Path) -> Vec<Copy> {
    copies_of(db).unwrap().into_iter().filter(Copy::is_daily).collect()
}

#[test]
fn the_first_session_of_a_day_makes_a_backup() {
    let mut world = with_a_card();
    let path = world.path();
    assert_eq!((sit_in(&mut world), sit_in(&mut world)), (None, None));
    assert_eq!(dailies(&path).len(), 1, "one a day");
    let card = world.cards()[0].card;
    world.answer(card, 4);
    // The day begins at four.
    world.pass(18 * 60);
    sit_in(&mut world);
    assert_eq!(dailies(&path).len(), 1);
    world.pass(2 * 60);
    sit_in(&mut world);
    let copies = dailies(&path);
    assert_eq!(copies.len(), 2);
    let held = |copy: &Copy| Store::look(&copy.path).unwrap().unwrap().answers_in_log().unwrap();
    assert_eq!(copies.iter().map(held).collect::<Vec<_>>(), [0, 1]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&copies[0].path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for _ in 0..40 {
        world.pass(24 * 60);
        sit_in(&mut world);
    }
    assert_eq!(dailies(&path).len(), 8, "five days and three weeks");
    world.settings.backups = false;
    world.pass(24 * 60);
    let before = dailies(&path);
    sit_in(&mut world);
    assert_eq!(dailies(&path), before);
    let left: Vec<String> = fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn a_session_over_lines_makes_a_backup_too() {
    let with_cards = || {
        let lmq = Lmq::new();
        lmq.import("deck.csv", "front,back\nquestion,answer\nanother,one\n");
        lmq
    };
    let lmq = with_cards();
    let db = lmq.db().display().to_string();
    let extra = [("LMQ_DB", db.as_str()), ("LMQ_CONFIG", ""), ("TERM", "dumb")];
    let mut terminal = Terminal::start(&lmq, &["review", "deck"], 80, 24, &extra);
    terminal.sees("> ");
    terminal.types(":q\n");
    assert_eq!(terminal.ends().0, 0);
    assert_eq!(dailies(&lmq.db()).len(), 1, "on a terminal");
    // Through a pipe with a person at its other end: an editor, or a program that reads aloud.
    let lmq = with_cards();
    let mut command = lmq.command();
    let mut session = command.args(["review", "deck"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let begun = started();
    while dailies(&lmq.db()).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no backup is made");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(session.stdin.take());
    assert!(session.wait().unwrap().success());
    // What asks or answers one thing does not wait for a backup.
    let lmq = with_cards();
    for args in [&["next"][..], &["answer", "deck/question", "good"], &["stats"], &["decks"]] {
        drop(lmq.run(args));
    }
    assert_eq!(dailies(&lmq.db()), []);
}

/// The other tests stop the clock at a whole second of a zone with an offset, which is in the copies' names.
#[test]
fn backups_by_the_real_clock_are_known_too() {
    let mut world = with_a_card();
    for (ms, offset_min) in [(234, 0), (5, -570), (999, 330)] {
        world.pass(48 * 60);
        let now = world.now();
        world.set_now(Timestamp { unix_ms: now.unix_ms + ms, offset_min });
        assert_eq!(sit_in(&mut world), None);
        let newest = dailies(&world.path()).into_iter().filter_map(|copy| copy.made).max_by_key(|made| made.unix_ms);
        assert_eq!(newest, Some(world.now()));
        assert_eq!(sit_in(&mut world), None);
    }
    assert_eq!(dailies(&world.path()).len(), 3);
}

#[test]
fn what_is_forgotten_is_forgotten_in_the_backups_of_days_too() {
    let lmq = Lmq::new();
    lmq.run(["add", "diary", "Quixotic-Marigold", "Velvet-Ptarmigan", "--key", "secret"]).done();
    for (day, ms, offset_min) in [(1, 0, 60), (2, 234, 0)] {
        let mut env = Env::from_process();
        env.fix_now(Timestamp { unix_ms: 1_768_464_000_000 + day * 86_400_000 + ms, offset_min });
        let mut store = ops::open_as_is(&lmq.db(), &env).unwrap();
        assert_eq!(sit(&mut store, &env, &Settings::default()), None);
    }
    assert_eq!(dailies(&lmq.db()).len(), 2);
    let holds = |name: &String| {
        let bytes = fs::read(lmq.path(name)).unwrap();
        ["Quixotic-Marigold", "Velvet-Ptarmigan"]
            .iter()
            .any(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    };
    let databases = || lmq.files().into_iter().filter(|name| name.starts_with("lmq.db")).collect::<Vec<_>>();
    assert_eq!(databases().iter().filter(|name| holds(name)).count(), 3);
    let run = lmq.run(["forget", "diary/secret", "--yes"]).ok();
    assert!(run.stdout.contains("2 copies beside the database"), "{run:?}");
    assert_eq!(databases().into_iter().filter(holds).collect::<Vec<_>>(), Vec::<String>::new());
    lmq.assert_sound();
}

#[test]
fn what_is_forgotten_while_the_backup_of_the_day_is_made_is_in_no_file() {
    let lmq = Lmq::new();
    lmq.write("many.csv", (0..4000).map(|n| format!("question {n},answer {n}\n")).collect::<String>());
    lmq.run(["import", "many.csv", "-q"]).done();
    let settings = Settings { backups_mb: 1, ..Settings::default() };
    for round in 0..5_i64 {
        let word = format!("Quixotic-Marigold-{round}");
        lmq.run(["add", "diary", &word, "x", "--key", "secret"]).done();
        let mut env = Env::from_process();
        env.fix_now(Timestamp { unix_ms: 1_768_464_000_000 + (1 + round) * 86_400_000, offset_min: 0 });
        let mut store = ops::open_as_is(&lmq.db(), &env).unwrap();
        let mut command = lmq.command();
        command.args(["forget", "diary/secret", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut review = Review::new(&mut store, &env, settings.clone(), &Options::default()).unwrap();
        // At another moment of what the other one does each time.
        std::thread::sleep(Duration::from_millis(40 * round.unsigned_abs()));
        review.while_idle();
        assert!(child.wait().unwrap().success(), "round {round}");
        assert_eq!(review.end_backup(), None, "round {round}");
        drop(review);
        drop(store);
        drop(lmq.run(["doctor", "--fix", "-q"]).ok());
        let holds = |name: &&String| {
            let bytes = fs::read(lmq.path(name)).unwrap();
            bytes.windows(word.len()).any(|window| window == word.as_bytes())
        };
        let names: Vec<String> = lmq.files().into_iter().filter(|name| name.starts_with("lmq.db")).collect();
        assert_eq!(names.iter().filter(holds).collect::<Vec<_>>(), Vec::<&String>::new(), "round {round}");
    }
    lmq.assert_sound();
}

#[test]
fn a_damaged_database_makes_no_backup_and_takes_none_away() {
    let mut world = with_a_card();
    for _ in 0..8 {
        sit_in(&mut world);
        world.pass(24 * 60);
    }
    let before = dailies(&world.path());
    damage_an_index(&world.path());
    let said = sit_in(&mut world).unwrap();
    assert!(said.starts_with("no backup was made today: ") && said.contains("the older ones stay"), "{said}");
    assert_eq!(dailies(&world.path()), before);
}

/// Changes a text of the log behind the back of what protects it.
fn change_a_text(db: &Path) {
    let open = rusqlite::Connection::open(db).unwrap();
    let mut triggers =
        open.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'text'").unwrap();
    let triggers: Vec<(String, String)> =
        triggers.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap();
    triggers.iter().for_each(|(name, _)| open.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    let changed =
        open.execute("UPDATE text SET body = replace(body, 'answer', 'bnswer') WHERE body LIKE '%answer%'", []);
    assert_eq!(changed.unwrap(), 1);
    triggers.iter().for_each(|(_, sql)| open.execute_batch(sql).unwrap());
}

#[test]
fn of_a_log_that_was_changed_no_copy_is_made_and_none_goes() {
    let mut world = with_a_card();
    for _ in 0..8 {
        sit_in(&mut world);
        world.pass(24 * 60);
    }
    let before = dailies(&world.path());
    change_a_text(&world.path());
    let said = sit_in(&mut world).unwrap();
    assert!(said.starts_with("no backup was made today: ") && said.contains("the older ones stay"), "{said}");
    assert_eq!(dailies(&world.path()), before);
}

#[test]
fn the_copies_are_listed_with_what_they_hold() {
    let lmq = Lmq::new();
    assert_eq!(lmq.run(["backup", "--list"]).out(), "there are no backups beside $T/lmq.db yet\n");
    assert_eq!(lmq.files(), Vec::<String>::new(), "a look makes nothing");
    lmq.run(["add", "team", "a", "x", "--key", "a"]).done();
    lmq.run(["doctor", "--fix"]).done();
    lmq.run(["answer", "team/a", "good"]).done();
    {
        let mut env = Env::from_process();
        env.fix_now(Timestamp::from_rfc3339("2026-01-16T10:30:00.25+01:00").unwrap());
        let mut store = ops::open_as_is(&lmq.db(), &env).unwrap();
        sit(&mut store, &env, &Settings::default());
    }
    insta::assert_snapshot!(lmq.run(["restore"]).ok().stdout, @r"
    2026-01-16 10:30  daily: 1 answer; the same as now
      $T/lmq.db.daily.2026-01-16T103000.250+0100
    2026-01-15 09:00  before-fix: 0 answers; lacks 1 answer given since then
      $T/lmq.db.before-fix.2026-01-15T090000+0100
    ");
    let listed = lmq.run(["backup", "--list", "--json"]).json();
    assert_eq!(lmq.run(["backup", "--json"]).json(), listed, "there is nothing else that it could print");
    assert_eq!(listed[0]["reason"], "daily");
    assert_eq!((&listed[0]["answers"], &listed[0]["answers_since"]), (&1.into(), &0.into()));
    assert_eq!((&listed[1]["answers"], &listed[1]["answers_since"]), (&0.into(), &1.into()));
    // Without a database it is the list that is needed most.
    fs::remove_file(lmq.db()).unwrap();
    let listed = lmq.run(["backup", "--list", "--json"]).json();
    assert_eq!((&listed[0]["answers"], &listed[0]["answers_since"]), (&1.into(), &serde_json::Value::Null));
    assert!(!lmq.db().exists());
    lmq.run(["restore", "lmq.db.daily.2026-01-16T103000.250+0100"]).done();
    lmq.assert_sound();
}
