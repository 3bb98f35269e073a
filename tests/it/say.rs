//! Cards that are answered in one's own words: they come back on their days, and what was typed stays with the learner.

use crate::home::Lmq;
use crate::world::World;
use crate::world::time;
use lmq::core::grade::Quality;
use lmq::core::units::Millis;
use lmq::ops;
use lmq::ops::export::LogOptions;
use lmq::ops::forget::Wanted;
use lmq::report::Privacy;
use lmq::report::RENDERERS;
use lmq::report::renderer;

pub(crate) const DECK: &str = include_str!("data/say.toml");

/// What nobody but the learner may read.
const PLANTED: &str = "Xanthippe, whose fault is it?";

fn world() -> World {
    let mut world = World::bare();
    world.import("team.toml", DECK);
    world
}

/// Answers the card in some words on a day after the first one, at nine in the morning.
#[track_caller]
fn say(world: &mut World, days: i64, quality: u8, words: &str) {
    let first = time(crate::world::MORNING);
    let now = lmq::core::study_day::Timestamp { unix_ms: first.unix_ms + days * 86_400_000, ..first };
    world.set_now(now);
    let card = world.card("team/launch").card;
    let quality = Quality::try_from(quality).unwrap();
    ops::review::answer(&mut world.store, &world.env, &world.settings, card, quality, Millis(9000), words).unwrap();
}

/// The day on which the card is due, after the first one.
fn due(world: &World) -> i64 {
    let first = ops::stamp(&World::bare().env, &world.settings).today;
    world.card("team/launch").state.memory.unwrap().due.since(first)
}

fn mine(world: &World, form: &str) -> String {
    let page = ops::mine::page(&world.store, world.stamp()).unwrap();
    let mut out = Vec::new();
    renderer(form).unwrap().render(&page, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_card_comes_back_after_10_30_and_90_days_and_then_as_its_scheduler_says() {
    for grades in [[4, 4, 4, 4], [2, 5, 2, 4], [2, 2, 2, 4]] {
        let mut world = world();
        let mut days = vec![0];
        for (grade, day) in grades.into_iter().zip([0, 10, 30, 90]) {
            say(&mut world, day, grade, "");
            days.push(due(&world));
        }
        let interval = world.card("team/launch").state.memory.unwrap().interval;
        assert_eq!(days, [0, 10, 30, 90, 90 + i64::from(interval.0)], "{grades:?}");
        world.assert_sound();
    }
}

#[test]
fn an_undo_takes_the_day_back_with_the_answer_and_a_redo_brings_both() {
    let mut world = world();
    say(&mut world, 0, 4, "one");
    say(&mut world, 10, 4, "two");
    assert_eq!(due(&world), 30);
    assert_eq!(world.newest_step().as_deref(), Some("answered team/launch Good"));
    world.undo_newest();
    assert_eq!(due(&world), 10);
    assert!(!mine(&world, "text").contains("two"), "what was taken back was not said");
    world.redo();
    assert_eq!(due(&world), 30);
    assert!(mine(&world, "text").contains("two"));
    world.assert_sound();
}

#[test]
fn two_devices_that_answered_apart_agree_on_the_day_and_on_all_that_was_said() {
    let (mut here, mut there) = (world(), world());
    say(&mut here, 0, 4, "here first");
    say(&mut there, 4, 2, "there later");
    there.import("other.jsonl", here.log_text());
    here.import("other.jsonl", there.log_text());
    here.set_now(there.now());
    assert_eq!((due(&here), due(&there)), (14, 14), "the day that was written last");
    assert_eq!(here.seen(true), there.seen(true));
    say(&mut here, 14, 4, "");
    assert_eq!(due(&here), 30, "counted from the first answer of both");
    assert_eq!(mine(&here, "csv"), {
        there.import("other.jsonl", here.log_text());
        there.set_now(here.now());
        mine(&there, "csv")
    });
}

#[test]
fn what_was_typed_is_in_no_export_no_report_and_no_share_file_but_on_the_learners_own_page() {
    let mut world = world();
    say(&mut world, 0, 4, PLANTED);
    say(&mut world, 10, 4, "What did we learn?");
    let is_in = |text: &str| text.contains("Xanthippe");
    for format in lmq::formats::EXPORTERS.iter().map(|exporter| exporter.name()) {
        assert!(!is_in(&world.export("team", format)), "{format}");
    }
    let wanted = ops::report::Wanted { with_cards: true, ..ops::report::Wanted::default() };
    for privacy in [Privacy::Totals, Privacy::Topics, Privacy::Cards] {
        let report = ops::report::build_report(&world.store, &world.settings, world.stamp(), &wanted).unwrap();
        let report = report.within(privacy);
        for form in RENDERERS {
            let mut out = Vec::new();
            form.render(&report, &mut out).unwrap();
            assert!(!is_in(&String::from_utf8(out).unwrap()), "{privacy:?} {}", form.name());
        }
    }
    let stamp = world.stamp();
    let share = ops::share::share(&mut world.store, &world.settings, stamp, &[], Some("Amara")).unwrap();
    let shared = crate::team::text(&share);
    assert!(shared.contains("Amara") && !is_in(&shared), "{shared}");
    assert!(is_in(&world.log_text()), "the way between one's own devices");
    for form in RENDERERS {
        let page = mine(&world, form.name());
        assert!(is_in(&page) && page.contains("What did we learn?"), "{}: {page}", form.name());
    }
}

#[test]
fn a_history_has_what_was_typed_only_where_it_is_asked_for_and_the_words_may_follow() {
    let mut here = world();
    say(&mut here, 0, 4, PLANTED);
    let mut bare = Vec::new();
    let options = LogOptions { compressed: false, with_typed: false };
    let written = ops::export::log(&here.store, options, &mut bare).unwrap().unwrap();
    let bare = String::from_utf8(bare).unwrap();
    assert!(written.without_typed == 1 && !bare.contains("Xanthippe") && bare.contains("launch"), "{bare}");
    let mut there = World::bare();
    there.import("bare.jsonl", bare);
    there.set_now(here.now());
    assert_eq!(due(&there), 10, "schedules need no words");
    there.assert_sound();
    assert!(mine(&there, "text").contains("Nothing yet"));
    let silent = ops::export::log(&there.store, options, &mut Vec::new()).unwrap().unwrap();
    assert_eq!(silent.without_typed, 0, "what is not here is not left out");
    there.import("whole.jsonl", here.log_text());
    assert!(mine(&there, "text").contains("Xanthippe"));
    there.assert_sound();
    here.import("back.jsonl", there.log_text());
    assert_eq!(here.seen(true), there.seen(true));
}

/// Empties the text that holds these words, as no erasure does.
fn vanish(lmq: &Lmq, words: &str) {
    let db = rusqlite::Connection::open(lmq.db()).unwrap();
    let sql = "UPDATE text SET salt = NULL, body = NULL WHERE instr(body, ?1) > 0";
    assert_eq!(db.execute(sql, [words]).unwrap(), 1);
}

#[test]
fn words_that_were_left_out_are_not_missed_and_words_that_vanished_are() {
    let (here, there) = (Lmq::new(), Lmq::new());
    here.import("team.toml", DECK);
    here.run(["answer", "team/launch", "good", "--typed", PLANTED]).done();
    let bare = here.run(["export", "--what", "history"]).ok().stdout;
    there.import("bare.jsonl", &bare);
    there.run(["answer", "team/launch", "good", "--typed", "Said there."]).done();
    assert_eq!(there.run(["doctor"]).code, 0);
    // What is not here can't be given on, and that is said.
    let again = there.run(["export", "--what", "history", "--with-typed"]).ok();
    assert!(again.stdout.contains("Said there.") && again.stderr.contains("what you typed for 1 answer is not here"));
    let third = Lmq::new();
    third.import("again.jsonl", &again.stdout);
    assert_eq!(third.run(["doctor"]).code, 0);
    vanish(&there, "Said there.");
    let found = there.run(["doctor"]);
    assert!(found.code == 3 && found.stdout.contains("1 text is missing"), "{}", found.stdout);
    // Nor does an erasure elsewhere make doctor blind for what vanished here.
    here.run(["answer", "team/launch", "good", "--typed", "Said later."]).done();
    here.run(["undo"]).done();
    here.run(["forget", "--typed", "--yes"]).done();
    here.run(["answer", "team/launch", "good", "--typed", "Said last."]).done();
    let whole = here.run(["export", "--what", "history", "--with-typed"]).ok().stdout;
    let fourth = Lmq::new();
    fourth.import("whole.jsonl", &whole);
    assert_eq!(fourth.run(["doctor"]).code, 0);
    vanish(&fourth, "Said last.");
    assert_eq!(fourth.run(["doctor"]).code, 3);
}

#[test]
fn words_that_are_erased_elsewhere_are_not_to_come_any_more() {
    let (here, there) = (Lmq::new(), Lmq::new());
    here.import("team.toml", DECK);
    here.run(["answer", "team/launch", "good", "--typed", PLANTED]).done();
    let export = |lmq: &Lmq, more: &[&str]| lmq.run([&["export", "--what", "history"][..], more].concat()).ok();
    there.import("bare.jsonl", export(&here, &[]).stdout);
    here.run(["forget", "--typed", "--yes"]).done();
    let erased = export(&here, &["--with-typed"]).stdout;
    there.import("erased.jsonl", &erased);
    let again = export(&there, &["--with-typed"]);
    assert!(!again.stderr.contains("is not here"), "{}", again.stderr);
    here.import("there.jsonl", &again.stdout);
    assert_eq!(export(&here, &["--with-typed"]).stdout, again.stdout, "equal databases write equal histories");
    assert_eq!(there.run(["doctor"]).code, 0);
}

#[test]
fn words_may_follow_in_the_same_file_and_come_with_the_first_import() {
    let (here, there) = (Lmq::new(), Lmq::new());
    here.import("team.toml", DECK);
    here.run(["answer", "team/launch", "good", "--typed", PLANTED]).done();
    let export = |more: &[&str]| here.run([&["export", "--what", "history"][..], more].concat()).ok().stdout;
    there.import("both.jsonl", export(&[]) + &export(&["--with-typed"]));
    assert!(there.run(["report", "--mine"]).ok().stdout.contains("Xanthippe"));
    assert_eq!(there.run(["doctor"]).code, 0);
}

#[test]
fn the_command_says_what_it_left_out() {
    let lmq = Lmq::new();
    lmq.import("team.toml", DECK);
    lmq.run(["answer", "team/launch", "good", "--typed", PLANTED]).done();
    let bare = lmq.run(["export", "--what", "history"]).ok();
    assert!(!bare.stdout.contains("Xanthippe"), "{}", bare.stdout);
    assert!(bare.stderr.contains("without what you typed for 1 answer: --with-typed includes it"), "{}", bare.stderr);
    let whole = lmq.run(["export", "--what", "history", "--with-typed"]).ok();
    assert!(whole.stdout.contains("Xanthippe") && !whole.stderr.contains("without"), "{}", whole.stderr);
    insta::assert_snapshot!(lmq.run(["export", "team", "--format", "json", "--with-typed"]).err(2), @r"
    lmq: only the history contains what you typed
    hint: lmq export --what history --with-typed --out FILE.jsonl.zst
    ");
}

#[test]
fn forgetting_what_was_typed_takes_it_from_the_log_and_from_the_learners_own_page() {
    let mut world = world();
    say(&mut world, 0, 4, PLANTED);
    let stamp = world.stamp();
    let plan = ops::forget::plan(&world.store, &world.settings, stamp.today, &Wanted::Typed).unwrap();
    let done = ops::forget::forget(&mut world.store, &world.env, stamp, &plan).unwrap();
    assert_eq!(done.texts, 1);
    assert!(!world.log_text().contains("Xanthippe"));
    assert!(mine(&world, "text").contains("Nothing yet"));
    assert_eq!(due(&world), 10, "the schedule stays");
    assert_eq!(world.store.own_words(world.card("team/launch").card).unwrap().sentences, []);
    say(&mut world, 10, 4, "What now?");
    assert!(mine(&world, "text").contains("What now?"));
    world.assert_sound();
}

#[test]
fn what_is_wrong_with_a_card_of_this_kind_is_said_with_its_place() {
    let mut world = World::bare();
    for (from, to, wanted) in [
        (
            "[10, 30, 90]",
            "[\"10\"]",
            "team.toml:10:12: wrong-type: `returns` has to hold whole numbers of days, not string",
        ),
        ("[10, 30, 90]", "10", "team.toml:10:11: wrong-type: "),
        ("[10, 30, 90]", "[]", "team.toml:10:11: missing-field: `returns` is an empty array"),
        ("[10, 30, 90]", "[30, 10]", "team.toml:10:11: card: the days must be whole numbers"),
        ("\"It blames nobody.\"", "\"b\", \"c\", \"d\"", "team.toml:9:12: card: there are 4 criteria"),
        ("kind = \"say\"", "kind = \"basic\"\nfront = \"x\"\nback = \"y\"", "a `basic` card has no field `returns`"),
    ] {
        let failure = world.try_import("team.toml", DECK.replace(from, to)).unwrap_err().to_string();
        assert!(failure.contains(wanted), "{failure}");
    }
}

#[test]
fn the_deck_comes_back_from_its_own_export_with_numbers_for_days() {
    let mut world = world();
    let toml = world.export("team", "toml");
    assert!(toml.contains("\nreturns = [10, 30, 90]\n"), "{toml}");
    assert_eq!(world.import("team.toml", toml).sentence(), "1 note unchanged");
    let json = world.export("team", "json").replace("\"10\"", "10");
    assert_eq!(world.import("team.json", json).sentence(), "1 note unchanged", "numbers are read as well");
    assert_eq!(world.names("kind:say"), ["team/launch"]);
}

#[test]
fn a_sitting_over_lines_shows_earlier_words_then_todays_then_the_model_and_its_criteria() {
    let lmq = Lmq::new();
    lmq.write("team.toml", DECK);
    lmq.run(["import", "team.toml"]).done();
    let days = ["2026-01-15T09:00:00+01:00", "2026-01-25T09:00:00+01:00", "2026-02-14T09:00:00+01:00"];
    let said = ["Why are we late? I want to know.", "What did we learn?"];
    for (day, words) in days.iter().zip(said) {
        lmq.run_at(day, ["answer", "team/launch", "good", "--typed", words]).done();
    }
    let mut command = lmq.command();
    command.args(["review", "team", "--plain"]).env("LMQ_NOW", days[2]);
    let out = lmq.finish(command, b"What did we believe? And who saw it?\n\n").ok().stdout;
    let (card, _) = out.split_once("\n\n1 answer").unwrap();
    insta::assert_snapshot!(card, @r"
    [1 due, under a minute] team

      The launch slipped by three weeks, and the team waits for you to speak. Say
      your first question.

    Type it on one line, or say it aloud and press Enter
    > 
    2026-01-15: Why are we late? I want to know.
    2026-01-25: What did we learn?
    You said: What did we believe? And who saw it?

    One way to say it:
      What did we believe that turned out not to be true?

      Check yourself:
      - It asks what or why.
      - It blames nobody.

    1 Again this session   2 Hard 2.0 mo   3 Good 2.0 mo (Enter)   4 Easy 2.0 mo
    grade> 
    Good: back in 60 days
    ");
    let history = lmq.run(["history", "team/launch", "--json"]).json();
    assert_eq!(history[4]["response"], "What did we believe? And who saw it?");
    assert_eq!(lmq.run(["show", "team/launch"]).out().matches(", “W").count(), 3);
}

#[test]
fn the_learners_own_page_is_a_private_file_and_never_part_of_what_is_shared() {
    let lmq = Lmq::new();
    lmq.write("team.toml", DECK);
    lmq.run(["import", "team.toml"]).done();
    lmq.run(["answer", "team/launch", "good", "--typed", PLANTED]).done();
    lmq.run(["report", "--mine", "--out", "mine.html"]).done();
    assert!(lmq.read("mine.html").contains("Xanthippe"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(lmq.path("mine.html")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o}");
    }
    let error = lmq.run(["report", "--mine", "--share", "me.json"]).err(2);
    assert!(error.contains("--mine") && !lmq.path("me.json").exists(), "{error}");
}
