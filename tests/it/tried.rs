//! "Did you?": whether the line to do of the last session was done.

use crate::checkup::day;
use crate::home::Lmq;
use crate::home::finish;
use crate::terminal::Terminal;
use crate::world::World;
use crate::world::time;
use lmq::core::session::Input;
use lmq::core::study_day::StudyDay;
use lmq::core::tried::Tried;
use lmq::core::tried::Tries;
use lmq::ops;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;

const DECK: &str = "[deck]\nid = \"d\"\n[[topic]]\nid = \"t\"\ntitle = \"Topic\"\ntry = \"Ask why before how\"\n\
    [[card]]\nkey = \"one\"\nkind = \"basic\"\nfront = \"One?\"\nback = \"1\"\ntopic = \"t\"\n\
    [[card]]\nkey = \"two\"\nkind = \"basic\"\nfront = \"Two?\"\nback = \"2\"\ntopic = \"t\"\n\
    [[card]]\nkey = \"three\"\nkind = \"basic\"\nfront = \"Three?\"\nback = \"3\"\ntopic = \"t\"\n";

/// A sitting of one new card. Gives the line that it asked about, and says this of it.
fn sit(world: &mut World, date: &str, said: Option<Tried>) -> Option<(StudyDay, String)> {
    world.set_now(time(&day(date)));
    let options = Options { new: Some(1), ..Options::default() };
    let mut review = Review::new(&mut world.store, &world.env, world.settings.clone(), &options).unwrap();
    let asked = review.did_you().unwrap();
    if let Some(asked) = &asked {
        review.say_tried(asked, said).unwrap();
        assert_eq!(review.did_you().unwrap(), None, "it is not asked about again");
    }
    review.feed(Input::Show).unwrap();
    review.feed(Input::Accept).unwrap();
    assert_eq!(review.summary().answers, 1);
    asked.map(|asked| (asked.day, asked.line))
}

fn tries(world: &World) -> Tries {
    ops::tried::tries(&world.store, None, None).unwrap()
}

#[test]
fn the_last_line_to_do_is_asked_about_once_on_a_later_day_and_counted() {
    let mut world = World::bare();
    world.import("d.toml", DECK);
    assert_eq!(sit(&mut world, "01-15", None), None);
    let first = world.today();
    assert_eq!(sit(&mut world, "01-15", None), None, "not on the day that showed it");
    let asked = sit(&mut world, "01-16", Some(Tried::Yes));
    assert_eq!(asked, Some((first, "Ask why before how".to_owned())));
    assert_eq!(tries(&world), Tries { done: 1, asked: 1 });
    assert!(world.newest_step().is_some());
    assert_eq!(sit(&mut world, "01-16", None), None, "not twice on one day");
    assert!(sit(&mut world, "01-19", None).is_some(), "skipped");
    assert_eq!(tries(&world), Tries { done: 1, asked: 1 }, "what was skipped counts nowhere");
    assert!(sit(&mut world, "01-20", Some(Tried::NotYet)).is_some());
    assert_eq!(tries(&world), Tries { done: 1, asked: 2 });
    let of_the_20th = ops::tried::tries(&world.store, Some(world.today()), None).unwrap();
    assert_eq!(of_the_20th, Tries { done: 0, asked: 1 });
    let report = world.report("text");
    assert!(report.contains("You tried") && report.contains("1 of 2"), "{report}");
    let for_others = ops::report::Wanted { for_others: true, ..ops::report::Wanted::default() };
    assert!(!world.report_json_of(&for_others).to_string().contains("tried"), "it is the learner's alone");
    assert_eq!(sit(&mut world, "01-27", None), None, "nobody knows after a week");
    world.settings.try_line = false;
    assert_eq!(sit(&mut world, "01-28", None), None, "switched off");
    world.assert_sound();
}

#[test]
fn what_was_said_of_a_line_is_a_step_that_can_be_taken_back() {
    let mut world = World::bare();
    world.import("d.toml", DECK);
    sit(&mut world, "01-15", None);
    world.set_now(time(&day("01-16")));
    let shown = ops::tried::open(&world.store, &world.settings, world.today()).unwrap().unwrap();
    let stamp = world.stamp();
    ops::tried::answer(&mut world.store, stamp, &shown, Some(Tried::Yes)).unwrap();
    let stamp = world.stamp();
    ops::tried::answer(&mut world.store, stamp, &shown, Some(Tried::No)).unwrap();
    assert_eq!(tries(&world), Tries { done: 1, asked: 1 }, "another window that asked at the same time says nothing");
    assert_eq!(world.newest_step().as_deref(), Some("answered \"Did you?\" with yes"));
    let asked = |world: &World| ops::tried::open(&world.store, &world.settings, world.today()).unwrap();
    assert_eq!(asked(&world), None);
    world.undo_newest();
    assert_eq!((tries(&world), asked(&world)), (Tries::default(), Some(shown.clone())), "it is asked about again");
    assert!(world.redo());
    assert_eq!((tries(&world), asked(&world)), (Tries { done: 1, asked: 1 }, None));
    world.undo_newest();
    let stamp = world.stamp();
    ops::tried::answer(&mut world.store, stamp, &shown, Some(Tried::NotYet)).unwrap();
    assert_eq!((tries(&world), asked(&world)), (Tries { done: 0, asked: 1 }, None));
    world.assert_sound();
}

#[test]
fn it_is_asked_with_one_key_where_a_person_is_and_never_through_a_pipe() {
    let lmq = Lmq::at_home().without_built_in_decks();
    lmq.import("d.toml", DECK);
    let pipe = |date: &str, input: &str| {
        let mut command = lmq.command();
        command.args(["review", "--new", "1"]).env("LMQ_NOW", day(date));
        finish(command, input.as_bytes()).stdout
    };
    assert!(pipe("01-15", "\n3\n").contains("Try: Ask why before how"));
    assert!(!pipe("01-16", ":q\n").contains("Did you?"));
    let now = day("01-16");
    let mut lines = Terminal::start(&lmq, &["review", "--plain"], 80, 24, &[("LMQ_NOW", &now)]);
    lines.sees("Yesterday: Ask why before how. Did you?");
    lines.sees("t not yet");
    lines.rests();
    lines.types("n\r");
    lines.sees("Enter shows");
    lines.rests();
    lines.types(":u\r");
    lines.sees("answered \"Did you?\" with no");
    lines.sees("t not yet");
    lines.rests();
    lines.types("y\r");
    lines.sees("Enter shows");
    lines.types(":q\r");
    assert_eq!(lines.ends().0, 0);
    let stats = lmq.run_at(&now, ["stats", "--all"]).stdout;
    assert!(stats.contains("You tried") && stats.contains("1 of 1"), "{stats}");
    pipe("01-17", "\n3\n\n3\n");
    let now = day("01-18");
    let mut screen = Terminal::start(&lmq, &["review"], 80, 24, &[("LMQ_NOW", &now)]);
    insta::assert_snapshot!("did_you_80", crate::terminal::trimmed(&screen.sees("Did you?")));
    screen.types("y");
    screen.sees("Space shows");
    screen.rests();
    screen.types("u");
    screen.sees("Did you?");
    screen.rests();
    screen.types("n");
    screen.sees("Space shows");
    screen.types("q");
    assert_eq!(screen.ends().0, 0);
    assert!(lmq.run_at(&now, ["history"]).stdout.contains("tried of d, no: t"));
    assert!(lmq.run_at(&now, ["stats", "--all"]).stdout.contains("1 of 2"));
}
