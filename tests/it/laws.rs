//! Laws of the database, under random use: the caches are the fold, an undo is as if it had never happened, and two
//! logs are united in any order.

use crate::world::MORNING;
use crate::world::World;
use crate::world::all_history_of;
use crate::world::assert_same;
use crate::world::time;
use lmq::core::action::ActionKind;
use lmq::core::action::Subject;
use lmq::core::checkup;
use lmq::core::event::Draft;
use lmq::core::event::EventKind;
use lmq::core::grade::Quality;
use lmq::core::id::ActionId;
use lmq::core::id::CardId;
use lmq::core::session::Input;
use lmq::core::session::Stage;
use lmq::core::state::CardState;
use lmq::core::study_day::Timestamp;
use lmq::core::units::Millis;
use lmq::ops::checkup::CheckupSession;
use lmq::ops::queue::Options;
use lmq::ops::review::Review;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is done to the card on the screen.
#[derive(Debug, Clone)]
enum Act {
    Grade(u8),
    Type(String),
    Bury,
    Suspend,
    Mark,
    TakeBack,
}

#[derive(Debug, Clone)]
enum Step {
    Answer { card: usize, quality: u8, took: u32 },
    Sit(Vec<Act>),
    Cram(Vec<u8>),
    Checkup(Vec<u8>),
    Undo,
    Redo,
    UndoOlder(usize),
    Toml { notes: usize, variants: Vec<u8> },
    Csv { variants: Vec<u8> },
    Pass { minutes: i64 },
    Travel { offset_min: i32 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0u8..6).prop_map(Act::Grade),
        2 => prop_oneof![Just("left"), Just("right"), Just("1"), Just("one")].prop_map(|text| Act::Type(text.to_owned())),
        1 => Just(Act::Bury),
        1 => Just(Act::Suspend),
        1 => Just(Act::Mark),
        1 => Just(Act::TakeBack),
    ]
}

fn toml() -> impl Strategy<Value = Step> {
    (1usize..9, proptest::collection::vec(0u8..4, 8)).prop_map(|(notes, variants)| Step::Toml { notes, variants })
}

fn csv() -> impl Strategy<Value = Step> {
    proptest::collection::vec(0u8..4, 1..5).prop_map(|variants| Step::Csv { variants })
}

/// One step of a learner that makes an action.
fn action() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..20, 0u8..6, 0u32..90_000).prop_map(|(card, quality, took)| Step::Answer { card, quality, took }),
        3 => act().prop_filter("is an undo", |act| !matches!(act, Act::TakeBack)).prop_map(|act| Step::Sit(vec![act])),
        1 => (0u8..6).prop_map(|grade| Step::Cram(vec![grade])),
        2 => (0u8..3).prop_map(|answer| Step::Checkup(vec![answer])),
        2 => toml(),
        1 => csv(),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0usize..20, 0u8..6, 0u32..90_000).prop_map(|(card, quality, took)| Step::Answer { card, quality, took }),
        4 => proptest::collection::vec(act(), 1..7).prop_map(Step::Sit),
        1 => proptest::collection::vec(0u8..6, 1..4).prop_map(Step::Cram),
        2 => proptest::collection::vec(0u8..4, 1..6).prop_map(Step::Checkup),
        2 => Just(Step::Undo),
        1 => Just(Step::Redo),
        2 => (0usize..12).prop_map(Step::UndoOlder),
        1 => toml(),
        1 => csv(),
        4 => (-2000i64..14_000).prop_map(|minutes| Step::Pass { minutes }),
        1 => prop_oneof![Just(-480), Just(60), Just(120), Just(780)].prop_map(|offset_min| Step::Travel { offset_min }),
    ];
    proptest::collection::vec(step, 1..24)
}

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        // 51 unless PROPTEST_CASES says otherwise.
        cases: usual.cases.div_ceil(5),
        rng_seed: RngSeed::Fixed(3),
        failure_persistence: None,
        ..usual
    }
}

/// A deck file of `notes` notes, each as its variant has it: other words, another topic, more or fewer cards.
pub(crate) fn deck_toml(notes: usize, variants: &[u8]) -> String {
    let mut text = "[deck]\nid = \"t\"\nname = \"t\"\n".to_owned();
    for topic in ["a", "b"] {
        write!(text, "\n[[topic]]\nid = \"{topic}\"\ntitle = \"Topic {topic}\"\nprimer = \"About {topic}.\"\n")
            .unwrap();
    }
    for (index, variant) in variants.iter().enumerate().take(notes) {
        let topic = if variant % 2 == 0 { "a" } else { "b" };
        write!(text, "\n[[card]]\nkey = \"k{index}\"\ntopic = \"{topic}\"\n").unwrap();
        let group = if index > 5 { "group = \"g\"\n" } else { "" };
        text.push_str(group);
        let body = match index % 4 {
            0 => format!("kind = \"basic\"\nfront = \"Question {index}?\"\nback = \"Answer {variant}\"\n"),
            1 => format!("kind = \"reversed\"\nfront = \"Word {index}\"\nback = \"Other {variant}\"\n"),
            2 => {
                let clozes: Vec<String> =
                    (1..=variant + 1).map(|number| format!("{{{{c{number}::hole{number}}}}}")).collect();
                format!("kind = \"cloze\"\ntext = \"Line {index}: {}.\"\n", clozes.join(" and "))
            }
            _ => format!(
                "kind = \"sort\"\nprompt = \"Which side is {index}, {variant}?\"\nanswer = \"left\"\n\
                 categories = [\"left\", \"right\"]\n"
            ),
        };
        text.push_str(&body);
    }
    for index in 0..4 {
        write!(
            text,
            "\n[[card]]\nkey = \"h{index}\"\nkind = \"sort\"\nheld_out = true\ntopic = \"a\"\nprompt = \"Scene {index}?\"\n\
             answer = \"left\"\ncategories = [\"left\", \"right\"]\n"
        )
        .unwrap();
    }
    text
}

pub(crate) fn deck_csv(variants: &[u8]) -> String {
    let mut text = "front,back\n".to_owned();
    for (index, variant) in variants.iter().enumerate() {
        let ending = ["", ".", "!", ""][usize::from(*variant)];
        writeln!(text, "What is the capital of land number {index}{ending},City {}", variant / 3).unwrap();
    }
    text
}

fn quality(number: u8) -> Quality {
    Quality::try_from(number).unwrap()
}

fn sit(world: &mut World, acts: &[Act], cram: bool) {
    let settings = world.settings.clone();
    let options = Options { cram, ..Options::default() };
    let mut review = Review::new(&mut world.store, &world.env, settings, &options).unwrap();
    for act in acts {
        match act {
            Act::TakeBack => {
                review.undo().unwrap();
                continue;
            }
            Act::Grade(_) if matches!(review.session().stage(), Stage::Front(_)) => {
                review.feed(Input::Show).unwrap();
            }
            Act::Grade(_) | Act::Type(_) | Act::Bury | Act::Suspend | Act::Mark => {}
        }
        match act {
            Act::Grade(grade) => drop(review.feed(Input::Grade(quality(*grade))).unwrap()),
            Act::Type(text) => {
                review.feed(Input::Respond(text.clone())).unwrap();
                review.feed(Input::Accept).unwrap();
            }
            Act::Bury => drop(review.feed(Input::Bury).unwrap()),
            Act::Suspend => drop(review.feed(Input::Suspend).unwrap()),
            Act::Mark => drop(review.feed(Input::Mark).unwrap()),
            Act::TakeBack => {}
        }
    }
}

/// A check-up: left, right, not known, and, for 3, the newest answer taken back.
fn check_up(world: &mut World, answers: &[u8]) {
    let settings = world.settings.clone();
    // All scenes may be gone with an undone import, or suspended.
    let Ok(mut sitting) = CheckupSession::new(&mut world.store, &world.env, settings, Some(1)) else { return };
    for answer in answers {
        match answer {
            0 => drop(sitting.feed(&checkup::Input::Respond("left".to_owned())).unwrap()),
            1 => drop(sitting.feed(&checkup::Input::Respond("right".to_owned())).unwrap()),
            2 => drop(sitting.feed(&checkup::Input::DontKnow).unwrap()),
            _ => drop(sitting.undo().unwrap()),
        }
    }
}

fn take(world: &mut World, step: &Step) {
    match step {
        Step::Answer { card, quality: grade, took } => {
            let cards = world.cards();
            if let Some(line) = cards.get(card % cards.len().max(1)) {
                let refused = world.try_answer(line.card, quality(*grade), *took).is_err();
                assert_eq!(refused, line.state.suspended, "only a suspended card is refused");
            }
        }
        Step::Sit(acts) => sit(world, acts, false),
        Step::Cram(grades) => {
            let acts: Vec<Act> = grades.iter().copied().map(Act::Grade).collect();
            sit(world, &acts, true);
        }
        Step::Checkup(answers) => check_up(world, answers),
        Step::Undo => drop(world.undo_newest()),
        Step::Redo => drop(world.redo()),
        Step::UndoOlder(back) => {
            let actions = world.store.actions(100).unwrap();
            if let Some(action) = actions.get(*back) {
                world.undo(action.id);
            }
        }
        Step::Toml { notes, variants } => drop(world.import("t.toml", deck_toml(*notes, variants))),
        Step::Csv { variants } => drop(world.import("c.csv", deck_csv(variants))),
        Step::Pass { minutes } => world.pass(*minutes),
        Step::Travel { offset_min } => {
            let now = world.now();
            world.set_now(Timestamp { offset_min: *offset_min, ..now });
        }
    }
    // Not two steps in the same millisecond.
    world.pass(1);
}

fn after(steps: &[Step]) -> World {
    let mut world = World::bare();
    take(&mut world, &Step::Toml { notes: 6, variants: vec![0, 1, 2, 3, 1, 0, 2, 1] });
    for step in steps {
        take(&mut world, step);
    }
    world
}

/// What the caches say is what the log and the texts say.
pub(crate) fn assert_in_order(world: &mut World) {
    let findings: Vec<_> =
        world.doctor().into_iter().filter(|finding| finding.rule != lmq::store::Rule::Future).collect();
    assert!(findings.is_empty(), "{findings:?}");
    let seen = world.seen(true);
    let stamp = world.stamp();
    world.store.rebuild(stamp).unwrap();
    assert_same(&seen, &world.seen(true), "what is seen before and after the caches were made again");
}

/// Every row of every cache.
fn caches(world: &World) -> Vec<String> {
    let db = rusqlite::Connection::open(world.path()).unwrap();
    let mut rows = Vec::new();
    for table in ["card_state", "day_sum", "topic_sum", "side_sum", "deck", "note"] {
        let mut statement = db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let values = (0..columns).map(|column| format!("{:?}", row.get_ref(column).unwrap()));
            rows.push(format!("{table} {}", values.collect::<Vec<_>>().join(" ")));
        }
    }
    rows
}

pub(crate) fn newest(world: &World) -> Option<ActionId> {
    world.store.newest_action(&[]).unwrap().map(|action| action.id)
}

/// What two databases with the same log must agree on: states by card and sums by day, whatever texts each of them has.
fn learned(world: &World) -> Vec<String> {
    let mut learned = Vec::new();
    for row in all_history_of(&world.store) {
        learned.push(format!("{:?} {:?} {:?} voided {}", row.what, row.before, row.after, row.voided));
    }
    learned.push(format!("{:?}", world.store.day_totals(&lmq::store::DeckSet::All).unwrap()));
    let scores = lmq::ops::checkup::all(&world.store).unwrap();
    learned.extend(scores.iter().map(|one| format!("{:?} {} {:?}", one.cards, one.finished, one.score)));
    learned
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_caches_are_the_fold_of_the_log_after_any_use(steps in steps()) {
        let mut world = after(&steps);
        assert_in_order(&mut world);
    }

    #[test]
    fn an_undone_action_has_never_happened_and_a_redone_one_has(steps in steps(), last in action()) {
        let mut world = after(&steps);
        let (before, was_newest, now) = (world.seen(true), newest(&world), world.now());
        take(&mut world, &last);
        world.set_now(now);
        let (after, is_newest) = (world.seen(true), newest(&world));
        if is_newest == was_newest {
            assert_same(&before, &after, "a step without an action");
        } else {
            prop_assert_eq!(world.undo_newest(), is_newest);
            assert_same(&before, &world.seen(true), "before, and after the undo");
            prop_assert!(world.redo());
            assert_same(&after, &world.seen(true), "after, and after the redo");
            prop_assert_eq!(world.undo_newest(), is_newest);
            assert_same(&before, &world.seen(true), "before, and after the undo of what was redone");
        }
        assert_in_order(&mut world);
    }

    #[test]
    fn a_check_up_moves_no_state_no_sum_and_no_queue(steps in steps(), answers in proptest::collection::vec(0u8..4, 1..9)) {
        let mut world = after(&steps);
        let unmoved = |world: &World| -> Vec<String> {
            let seen = world.seen(true);
            seen.into_iter().filter(|line| !line.contains("Checked {") && !line.contains("checkup: ")).collect()
        };
        let (before, rows) = (unmoved(&world), caches(&world));
        check_up(&mut world, &answers);
        assert_same(&before, &unmoved(&world), "before and after a check-up");
        assert_same(&rows, &caches(&world), "the caches before and after a check-up");
        assert_in_order(&mut world);
    }

    #[test]
    fn a_log_read_into_an_empty_database_gives_the_same_states_and_sums(steps in steps()) {
        let world = after(&steps);
        let mut empty = World::bare();
        empty.set_now(world.now());
        let report = empty.import("log.jsonl", world.log_text());
        prop_assert_eq!(report.rejections, 0);
        assert_same(&learned(&world), &learned(&empty), "the log here and there");
        let again = empty.import("log.jsonl", world.log_text());
        prop_assert_eq!(again.entries_added, 0, "twice adds nothing");
        prop_assert!(empty.try_import("log.jsonl", empty.log_text()).unwrap().entries_added == 0, "nor does its own");
        // Its texts come later, and its history is there already.
        empty.import("t.toml", deck_toml(8, &[1; 8]));
        assert_in_order(&mut empty);
    }

    #[test]
    fn two_logs_united_either_way_are_the_same(ours in steps(), theirs in steps()) {
        let (mut here, mut there) = (after(&ours), after(&theirs));
        let later = if here.now() > there.now() { here.now() } else { there.now() };
        here.set_now(later);
        there.set_now(later);
        let (our_log, their_log) = (here.log_text(), there.log_text());
        here.import("there.jsonl", &their_log);
        there.import("here.jsonl", &our_log);
        assert_same(&learned(&here), &learned(&there), "united here and there");
        assert_in_order(&mut here);
        assert_in_order(&mut there);
        // What is written on top of the union is in order too, on both sides.
        here.pass(3000);
        there.pass(3001);
        take(&mut here, &Step::Answer { card: 1, quality: 4, took: 5 });
        take(&mut there, &Step::Answer { card: 1, quality: 2, took: 5 });
        let their_log = there.log_text();
        prop_assert!(here.import("there.jsonl", &their_log).entries_added <= 1);
        prop_assert_eq!(here.import("there.jsonl", &their_log).entries_added, 0);
        assert_in_order(&mut here);
    }

    #[test]
    fn undoing_any_step_however_old_leaves_what_a_log_without_it_would(facts in facts(), which in 0usize..40) {
        let mut world = World::bare();
        let mut twin = World::bare();
        for world in [&mut world, &mut twin] {
            world.import("t.toml", deck_toml(8, &[0, 1, 2, 3, 1, 0, 2, 1]));
        }
        let which = which % facts.len();
        let mut named = None;
        let mut now = time(MORNING);
        for (index, (minutes, card, fact)) in facts.iter().enumerate() {
            now = Timestamp { unix_ms: now.unix_ms + minutes * 60_000, ..now };
            let refused = is_refused(&world, *card, fact) || is_refused(&twin, *card, fact);
            for (world, takes) in [(&mut world, true), (&mut twin, index != which)] {
                world.set_now(now);
                if takes && !refused {
                    let id = write_fact(world, *card, fact);
                    if index == which { named = id; }
                }
            }
        }
        if let Some(named) = named {
            world.undo(named);
        }
        assert_same(&world.seen(false), &twin.seen(false), "undone, and never written");
        assert_in_order(&mut world);
    }

    #[test]
    fn a_step_that_was_undone_for_a_while_counts_as_if_it_always_had(
        facts in facts(),
        which in 0usize..40,
        (until_undone, until_redone) in (0usize..20, 0usize..20),
    ) {
        let mut world = World::bare();
        let mut twin = World::bare();
        for world in [&mut world, &mut twin] {
            world.import("t.toml", deck_toml(8, &[0, 1, 2, 3, 1, 0, 2, 1]));
        }
        let which = which % facts.len();
        let (mut named, mut undone_at, mut redone) = (None, None, false);
        let mut now = time(MORNING);
        for (index, (minutes, card, fact)) in facts.iter().enumerate() {
            now = Timestamp { unix_ms: now.unix_ms + minutes * 60_000, ..now };
            for world in [&mut world, &mut twin] {
                world.set_now(now);
            }
            if is_refused(&world, *card, fact) || is_refused(&twin, *card, fact) {
                continue;
            }
            let id = write_fact(&mut world, *card, fact);
            write_fact(&mut twin, *card, fact);
            named = if index == which { id } else { named };
            let Some(named) = named else { continue };
            if index >= which + until_undone && undone_at.is_none() {
                world.undo(named);
                undone_at = Some(index);
            }
            if undone_at.is_some_and(|at| index >= at + until_redone) && !redone {
                world.bring_back(named);
                redone = true;
            }
        }
        if let (Some(named), Some(_), false) = (named, undone_at, redone) {
            world.bring_back(named);
        }
        assert_same(&world.seen(false), &twin.seen(false), "undone for a while, and never");
        assert_in_order(&mut world);
    }
}

/// Facts about a few cards, each so many minutes after the one before.
fn facts() -> impl Strategy<Value = Vec<(i64, usize, EventKind)>> {
    let fact = prop_oneof![
        8 => (0u8..6).prop_map(|q| EventKind::Answered { quality: quality(q), took: Millis(900) }),
        1 => (0u8..6).prop_map(|q| EventKind::Crammed { quality: quality(q), took: Millis(900) }),
        1 => Just(EventKind::Suspended),
        1 => Just(EventKind::Unsuspended),
        1 => (20_468i32..20_480).prop_map(|day| EventKind::Buried { until: lmq::core::study_day::StudyDay(day) }),
        1 => Just(EventKind::Unburied),
        1 => Just(EventKind::Marked),
        1 => Just(EventKind::Unmarked),
        1 => Just(EventKind::Reset),
        1 => (0u8..8).prop_map(|flag| EventKind::Flagged { flag }),
    ];
    let minutes = prop_oneof![3 => 1i64..20, 2 => 600i64..9000, 1 => -1500i64..-1];
    proptest::collection::vec((minutes, 0usize..5, fact), 1..40)
}

/// Whether it is an answer to a card that is suspended.
fn is_refused(world: &World, card: usize, fact: &EventKind) -> bool {
    let cards = world.cards();
    let is_suspended = cards[card * 2 % cards.len()].state.suspended;
    is_suspended && matches!(fact, EventKind::Answered { .. } | EventKind::Crammed { .. })
}

/// Writes a fact about a card as an action, on the state that the card has.
fn write_fact(world: &mut World, card: usize, fact: &EventKind) -> Option<ActionId> {
    let cards = world.cards();
    let line = &cards[card * 2 % cards.len()];
    let scheduler = world.settings.scheduler();
    let stamp = world.stamp();
    let draft = Draft::new(line.card, fact.clone(), line.state.last_event);
    let (kind, subject) = (ActionKind::of_lone(fact), Subject::Card(line.card));
    world.store.write(stamp, kind, subject, |writer| writer.append(&draft, &scheduler)).unwrap().1
}

pub(crate) fn states(world: &World) -> BTreeMap<CardId, CardState> {
    world.cards().into_iter().map(|line| (line.card, line.state)).collect()
}
