//! Two windows on one database.

use crate::world::World;
use crate::world::assert_same;
use crate::world::history_of;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::event::Draft;
use lmq::core::event::EventKind;
use lmq::core::grade::Quality;
use lmq::core::id::CardId;
use lmq::core::session::Input;
use lmq::core::session::Stage;
use lmq::core::settings::Settings;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::failure::Kind;
use lmq::ops;
use lmq::ops::queue::Options;
use lmq::ops::review::Notice;
use lmq::ops::review::Review;
use lmq::store::Happened;
use lmq::store::Store;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::time::Duration;

fn world_of(cards: usize) -> World {
    let mut world = World::bare();
    let rows: String = (0..cards).map(|row| format!("question {row},answer {row}\n")).collect();
    world.import("deck.csv", format!("front,back\n{rows}"));
    world
}

fn answered(store: &Store) -> usize {
    let is_answer =
        |what: &Happened| matches!(what, Happened::Event(event) if matches!(event.kind, EventKind::Answered { .. }));
    history_of(store).iter().filter(|row| is_answer(&row.what) && !row.voided).count()
}

fn shown(review: &Review<'_>) -> CardId {
    review.session().current().unwrap().loaded.card
}

fn grade(review: &mut Review<'_>, quality: Quality) -> Vec<Notice> {
    if matches!(review.session().stage(), Stage::Front(_)) {
        review.feed(Input::Show).unwrap();
    }
    review.feed(Input::Grade(quality)).unwrap()
}

fn sitting<'s>(store: &'s mut Store, world_env: &'s lmq::env::Env) -> Review<'s> {
    Review::new(store, world_env, Settings::default(), &Options::default()).unwrap()
}

#[test]
fn a_card_that_the_other_window_answered_is_not_answered_twice() {
    let mut world = world_of(3);
    let mut other = world.another();
    let env = &world.env;
    let mut a = sitting(&mut world.store, env);
    let mut b = sitting(&mut other, env);
    let card = shown(&a);
    assert_eq!(card, shown(&b));
    assert_eq!(grade(&mut b, Quality::Q4), []);
    let said = grade(&mut a, Quality::Q0);
    assert!(matches!(said.as_slice(), [Notice::Stale(_)]), "{said:?}");
    assert_ne!(shown(&a), card, "it goes on with the next one");
    // That one too was left open in both; whoever is first wins.
    let next = shown(&a);
    assert_eq!(shown(&b), next);
    assert_eq!(grade(&mut a, Quality::Q5), []);
    assert!(matches!(grade(&mut b, Quality::Q2).as_slice(), [Notice::Stale(_)]));
    drop((a, b));
    assert_eq!(answered(&other), 2);
    let qualities: Vec<Option<Quality>> =
        [card, next].map(|card| world.state(card).memory.map(|memory| memory.last_quality)).to_vec();
    assert_eq!(qualities, [Some(Quality::Q4), Some(Quality::Q5)]);
    assert_eq!(world.doctor(), []);
}

#[test]
fn bury_suspend_and_mark_of_a_card_that_moved_on_are_refused_as_well() {
    for input in [Input::Bury, Input::Suspend, Input::Mark] {
        let mut world = world_of(2);
        let mut other = world.another();
        let mut a = sitting(&mut world.store, &world.env);
        let card = shown(&a);
        ops::review::answer(&mut other, &world.env, &Settings::default(), card, Quality::Q4, Millis(1), "").unwrap();
        let said = a.feed(input.clone()).unwrap();
        assert!(matches!(said.as_slice(), [Notice::Stale(_)]), "{input:?}: {said:?}");
        drop(a);
        assert_eq!(history_of(&world.store).len(), 1, "{input:?}");
    }
}

#[test]
fn an_answer_that_the_other_window_took_back_stands_in_nobodys_way() {
    let mut world = world_of(2);
    let mut other = world.another();
    let env = &world.env;
    let mut a = sitting(&mut world.store, env);
    let mut b = sitting(&mut other, env);
    let card = shown(&a);
    grade(&mut b, Quality::Q1);
    assert!(matches!(b.undo().unwrap(), Notice::Undone(_)));
    assert_eq!(grade(&mut a, Quality::Q5), []);
    drop((a, b));
    assert_eq!(
        world.state(card).memory.unwrap().ease().unwrap().hundredths(),
        260,
        "as if only the second answer were"
    );
    assert_eq!(world.doctor(), []);
}

#[test]
fn a_card_whose_import_the_other_window_took_back_is_there_again_once_it_is_answered() {
    for is_put_off in [true, false] {
        let mut world = world_of(3);
        let mut other = world.another();
        let env = &world.env;
        let stamp = ops::stamp(env, &Settings::default());
        let import = other.newest_action(&[]).unwrap().unwrap().id;
        let mut a = sitting(&mut world.store, env);
        let card = shown(&a);
        if is_put_off {
            ops::undo::undo(&mut other, stamp, import).unwrap();
            assert_eq!(grade(&mut a, Quality::Q4), [], "it is on the screen");
        } else {
            // The answer waits for its caches while the other one writes.
            assert_eq!(grade(&mut a, Quality::Q4), []);
            ops::undo::undo(&mut other, stamp, import).unwrap();
        }
        drop((a, other));
        assert_eq!(world.doctor(), []);
        assert_eq!(world.cards().iter().map(|line| line.card).collect::<Vec<_>>(), [card], "answers keep their cards");
        world.undo_newest();
        assert_eq!(world.doctor(), []);
    }
}

#[test]
fn u_takes_back_the_newest_answer_of_the_device_whichever_window_gave_it() {
    let mut world = world_of(4);
    let mut other = world.another();
    let env = &world.env;
    let mut a = sitting(&mut world.store, env);
    let first = shown(&a);
    grade(&mut a, Quality::Q4);
    let open_in_a = shown(&a);
    let mut b = sitting(&mut other, env);
    let second = shown(&b);
    assert_eq!(open_in_a, second);
    grade(&mut b, Quality::Q4);
    // The newest answer is b's, to the very card that a has on its screen.
    assert!(matches!(a.undo().unwrap(), Notice::Undone(_)));
    assert_eq!(shown(&a), second);
    assert_eq!(grade(&mut a, Quality::Q5), [], "asked anew, its state is the present one");
    // Then a's answers are the newest ones, for b too.
    assert!(matches!(b.undo().unwrap(), Notice::Undone(_)));
    assert_eq!(shown(&b), second);
    assert!(matches!(b.undo().unwrap(), Notice::Undone(_)));
    assert_eq!(shown(&b), first);
    assert_eq!(b.undo().unwrap(), Notice::NothingToUndo);
    drop((a, b));
    assert_eq!(answered(&other), 0);
    assert!([first, second].iter().all(|card| world.state(*card).memory.is_none()));
    assert_eq!(world.doctor(), []);
}

/// Another window, for a thread of its own.
fn another(path: &std::path::Path, now: Timestamp) -> (Store, lmq::env::Env) {
    let mut env = lmq::env::Env::from_process();
    env.fix_now(now);
    (ops::open_as_is(path, &env).unwrap(), env)
}

/// Holds the database's write lock for `time`, in a thread of its own, then commits an answer to `card`.
fn busy(world: &World, card: CardId, time: Duration) -> std::thread::JoinHandle<()> {
    let (path, now) = (world.path(), world.now());
    let (stamp, settings) = (world.stamp(), world.settings.clone());
    let (tell, hear) = channel();
    let thread = std::thread::spawn(move || {
        let mut store = another(&path, now).0;
        let draft = Draft::new(card, EventKind::Marked, None);
        store
            .write(stamp, ActionKind::Mark, Subject::Card(card), |writer| {
                let state = writer.append(&draft, &settings.scheduler());
                tell.send(()).unwrap();
                std::thread::sleep(time);
                state
            })
            .unwrap();
    });
    hear.recv().unwrap();
    thread
}

#[test]
fn a_second_writer_waits_for_a_busy_one() {
    let mut world = world_of(2);
    let [one, two] = [0, 1].map(|index| world.cards()[index].card);
    let started = world.env.ticks_ms();
    let thread = busy(&world, one, Duration::from_millis(400));
    world.answer(two, 4);
    assert!(world.env.ticks_ms() - started >= 400, "it waited");
    thread.join().unwrap();
    assert!(world.state(one).marked && world.state(two).memory.is_some());
    assert_eq!(world.doctor(), []);
}

#[test]
fn a_writer_that_waited_too_long_says_so_and_has_written_nothing() {
    let mut world = world_of(2);
    let [one, two] = [0, 1].map(|index| world.cards()[index].card);
    let thread = busy(&world, one, Duration::from_millis(11_500));
    let failure = world.try_answer(two, Quality::Q4, 1).unwrap_err();
    assert_eq!((failure.kind, failure.what.as_str()), (Kind::Failed, "another lmq is writing to the database"));
    thread.join().unwrap();
    assert!(world.state(one).marked && world.state(two).memory.is_none());
    world.answer(two, 4);
    assert_eq!(world.doctor(), []);
}

#[test]
fn reading_neither_waits_for_a_writer_nor_sees_what_is_not_committed() {
    let mut world = world_of(2);
    let stamp = world.stamp();
    ops::decks::install(&mut world.store, stamp).unwrap();
    let card = world.cards().iter().find(|line| line.deck == "deck").unwrap().card;
    let before = world.seen(true);
    let thread = busy(&world, card, Duration::from_millis(4000));
    assert_same(&before, &world.seen(true), "before and while another writes");
    // A program that starts now reads as well.
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_lmq"))
        .env("LMQ_CONFIG", world.folder.path().join("none.toml"))
        .arg("--db")
        .arg(world.path())
        .args(["next", "--json"])
        .output()
        .unwrap();
    assert!(!thread.is_finished(), "all that while the other was writing");
    assert!(output.status.success() && output.stdout.starts_with(b"{"), "{output:?}");
    thread.join().unwrap();
    assert!(world.state(card).marked, "once it is committed it is seen");
}

#[test]
fn many_windows_answering_at_once_keep_the_log_whole() {
    let world = world_of(12);
    let cards: Vec<CardId> = world.cards().into_iter().map(|line| line.card).collect();
    let saved: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4_usize)
            .map(|number| {
                let (cards, path, now) = (&cards, world.path(), world.now());
                scope.spawn(move || {
                    let (mut store, env) = another(&path, now);
                    let mut saved = 0;
                    for turn in 0..40_usize {
                        let card = cards[(turn * (number + 1) + number) % cards.len()];
                        let done = ops::review::answer(
                            &mut store,
                            &env,
                            &Settings::default(),
                            card,
                            Quality::Q3,
                            Millis(1),
                            "",
                        );
                        match done {
                            Ok(_) => saved += 1,
                            Err(failure) => assert!(failure.what.contains("answered elsewhere"), "{failure}"),
                        }
                    }
                    saved
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    let mut world = world;
    assert_eq!(answered(&world.store), saved);
    assert!(saved > 40, "{saved}");
    assert_eq!(world.doctor(), []);
}

#[test]
fn a_doctor_beside_windows_that_answer_finds_nothing_and_drops_nothing() {
    let world = world_of(12);
    let cards: Vec<CardId> = world.cards().into_iter().map(|line| line.card).collect();
    let (path, now, stamp) = (world.path(), world.now(), world.stamp());
    let is_over = AtomicBool::new(false);
    let saved: usize = std::thread::scope(|scope| {
        let doctors = [false, true].map(|fix| {
            let (path, is_over) = (&path, &is_over);
            scope.spawn(move || {
                let mut store = another(path, now).0;
                let mut looks = 0;
                while !is_over.load(Ordering::Relaxed) || looks == 0 {
                    assert_eq!(store.doctor(stamp, fix).unwrap(), [], "fix: {fix}, look {looks}");
                    looks += 1;
                }
                looks
            })
        });
        let windows: Vec<_> = (0..2_usize)
            .map(|number| {
                let (cards, path) = (&cards, &path);
                scope.spawn(move || {
                    let (mut store, env) = another(path, now);
                    let answer = |turn: usize| {
                        let card = cards[(turn * 2 + number) % cards.len()];
                        ops::review::answer(&mut store, &env, &Settings::default(), card, Quality::Q3, Millis(1), "")
                    };
                    (0..60).map(answer).filter(Result::is_ok).count()
                })
            })
            .collect();
        let saved = windows.into_iter().map(|window| window.join().unwrap()).sum();
        is_over.store(true, Ordering::Relaxed);
        let looks: usize = doctors.into_iter().map(|doctor| doctor.join().unwrap()).sum();
        assert!(looks > 4, "{looks}");
        saved
    });
    let mut world = world;
    assert!(saved > 60, "{saved}");
    assert_eq!((answered(&world.store), world.doctor()), (saved, Vec::new()));
}

#[test]
fn many_programs_that_start_on_a_new_database_at_once_all_find_it_ready() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..4 {
        // A folder that is not there would be a slip of the name, and an error.
        let new = folder.path().join(format!("new-{round}"));
        std::fs::create_dir(&new).unwrap();
        let db = new.join("lmq.db");
        let children: Vec<_> = (0..6)
            .map(|_| {
                std::process::Command::new(env!("CARGO_BIN_EXE_lmq"))
                    .env("LMQ_CONFIG", folder.path().join("none.toml"))
                    .arg("--db")
                    .arg(&db)
                    .args(["next", "--json"])
                    .stdout(std::process::Stdio::piped())
                    .stderr(std::process::Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert!(output.stdout.starts_with(b"{"), "a card is asked");
        }
        let env = lmq::env::Env::from_process();
        let mut store = ops::open_as_is(&db, &env).unwrap();
        let stamp = ops::stamp(&env, &Settings::default());
        assert_eq!(store.doctor(stamp, false).unwrap(), []);
    }
}

#[cfg(unix)]
#[test]
fn a_sitting_whose_database_was_moved_or_restored_stops_before_an_answer_is_lost() {
    let mut world = world_of(3);
    let path = world.path().to_owned();
    let env = &world.env;
    let mut open = sitting(&mut world.store, env);
    assert_eq!(grade(&mut open, Quality::Q4), []);
    open.while_idle();
    // As a restore does it: the file is set aside, and a copy stands in its place.
    let aside = path.with_extension("aside");
    std::fs::rename(&path, &aside).unwrap();
    std::fs::copy(&aside, &path).unwrap();
    open.feed(Input::Show).unwrap();
    let card = shown(&open);
    let refused = open.feed(Input::Grade(Quality::Q4)).unwrap_err();
    assert!(refused.to_string().contains("another file has taken the place of the database"), "{refused}");
    assert_eq!(shown(&open), card, "the card is still on the screen");
    // And where nothing is.
    std::fs::remove_file(&path).unwrap();
    let refused = open.feed(Input::Grade(Quality::Q4)).unwrap_err();
    assert!(refused.to_string().contains("another file has taken the place of the database"), "{refused}");
    assert!(!path.exists());
    // Back where it was, the sitting goes on.
    std::fs::rename(&aside, &path).unwrap();
    assert_eq!(open.feed(Input::Grade(Quality::Q4)).unwrap(), []);
}
