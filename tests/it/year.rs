//! Learners who use the program for a year, through the real session: what reports are tested on, and what the pictures
//! in docs/ show. The same lives in every run.

use crate::world::World;
use lmq::core::action::Subject;
use lmq::core::card::Ask;
use lmq::core::checkup;
use lmq::core::event::EventKind;
use lmq::core::grade::Quality;
use lmq::core::id::CardId;
use lmq::core::queue::Candidate;
use lmq::core::queue::Origin;
use lmq::core::queue::Queue;
use lmq::core::queue::Siblings;
use lmq::core::scheduler::splitmix64;
use lmq::core::session::Effect;
use lmq::core::session::Input;
use lmq::core::session::Mode;
use lmq::core::session::Session;
use lmq::core::session::Stage;
use lmq::core::session::current::Loaded;
use lmq::core::study_day::StudyDay;
use lmq::core::study_day::Timestamp;
use lmq::ops;
use lmq::ops::bulk::BulkChange;
use lmq::store::CardLine;
use std::fmt::Write as _;
use std::fs;

/// How somebody learns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    /// Days of use.
    pub(crate) days: i64,
    /// Percent of days without a sitting.
    skips: u64,
    /// Percent by which memories last longer than their intervals, or shorter.
    memory: u64,
    /// New cards a day.
    new: u32,
    /// Answers a sitting at most.
    most: usize,
    /// A break of so many days, from that day on.
    pause: Option<(i64, i64)>,
}

/// A steady learner, one who forgets and skips, and one who came for three weeks and left.
pub(crate) const PROFILES: [Profile; 3] = [
    Profile { name: "steady", days: 365, skips: 10, memory: 110, new: 5, most: 40, pause: Some((200, 14)) },
    Profile { name: "forgetful", days: 150, skips: 40, memory: 65, new: 8, most: 30, pause: None },
    Profile { name: "brief", days: 21, skips: 0, memory: 80, new: 10, most: 25, pause: None },
];

pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        splitmix64(self.0) % sides
    }

    fn pick(&mut self, sides: u64) -> usize {
        usize::try_from(self.roll(sides)).unwrap()
    }
}

/// A deck of one's own: no topics; half of the cards have a tag; typed answers, and quotations to be given to speakers.
fn own_deck() -> String {
    let mut deck = "[deck]\nid = \"own\"\nname = \"my team\"\ntitle = \"My team\"\n".to_owned();
    let speakers = ["Ann Achebe", "Bo Berg", "Cleo Cruz"];
    for number in 0..30_usize {
        let tags = if number.is_multiple_of(2) { "tags = [\"meetings\"]\n" } else { "" };
        let (right, others) = (speakers[number % 3], [speakers[(number + 1) % 3], speakers[(number + 2) % 3]]);
        match number % 5 {
            0 | 3 => write!(
                deck,
                "\n[[card]]\nkey = \"w{number}\"\nkind = \"typed\"\nprompt = \"Word {number}?\"\n\
                 answer = \"delegation{number}\"\n{tags}"
            ),
            1 => write!(
                deck,
                "\n[[card]]\nkey = \"q{number}\"\nkind = \"choice\"\nprompt = \"Who said {number}?\"\nanswer = \"{right}\"\n\
                 distractors = [\"{}\", \"{}\"]\nspeaker = \"{right}, of {number}\"\n{tags}",
                others[0], others[1]
            ),
            _ => write!(
                deck,
                "\n[[card]]\nkey = \"b{number}\"\nkind = \"basic\"\nfront = \"Question {number}?\"\nback = \"{number}\"\n{tags}"
            ),
        }
        .unwrap();
    }
    deck
}

/// A whole life; the clock stands at the evening of its last day.
pub(crate) fn live(profile: Profile) -> World {
    let mut world = World::bare();
    let stamp = world.stamp();
    ops::decks::install(&mut world.store, stamp).unwrap();
    world.import("own.toml", own_deck());
    // A card that returns on days of its own, which those who compute a second time know nothing of.
    let returns = world.cards().into_iter().find(|line| !line.text.returns().is_empty()).unwrap();
    suspend(&mut world, returns.card);
    world.settings.new_per_day = profile.new;
    let mut dice = Dice(splitmix64(profile.days.unsigned_abs() * 1000 + profile.skips));
    let start = world.now();
    for day in 0..profile.days {
        world.set_now(Timestamp { unix_ms: start.unix_ms + day * 86_400_000, ..start });
        if let Some((from, days)) = profile.pause.filter(|(from, _)| *from == day) {
            let until = StudyDay(world.today().0 + i32::try_from(days).unwrap());
            assert_eq!(day, from);
            let stamp = world.stamp();
            ops::pause::pause(&mut world.store, stamp, until).unwrap();
        }
        let is_paused = ops::pause::current(&world.store, world.today()).unwrap().is_some();
        let is_skipped = dice.roll(100) < profile.skips && day > 0 && day + 1 < profile.days;
        if !is_skipped && !is_paused {
            take_checkup(&mut world, profile, &mut dice, day);
            if day % 25 == 15 {
                cram(&mut world, &mut dice);
            }
            // One card that is known and one that was never asked are taken out; on the last day one more of each is
            // held back.
            let kept_back = [(12, BulkChange::Suspend), (profile.days - 1, BulkChange::Bury(world.today().plus(2)))];
            for (_, change) in kept_back.into_iter().filter(|(on, _)| *on == day) {
                take_out(&mut world, &change);
            }
            sit(&mut world, profile, &mut dice);
        }
        if day % 37 == 20 && !is_skipped && !is_paused {
            world.undo_newest();
        }
    }
    world
}

/// The check-up of today, if the program offers one. Each month of practice helps, the more the better they remember.
/// Who is tired leaves it after three scenes.
fn take_checkup(world: &mut World, profile: Profile, dice: &mut Dice, day: i64) {
    let offer = ops::checkup::offer(&world.store, &world.settings, world.today()).unwrap();
    if !matches!(offer, Some(ops::checkup::Offer::Due { .. })) {
        return;
    }
    let texts = world.another();
    let most = if dice.roll(4) == 0 { 3 } else { usize::MAX };
    let mut sitting =
        ops::checkup::CheckupSession::new(&mut world.store, &world.env, world.settings.clone(), None).unwrap();
    while let checkup::Stage::Asking(asked) = sitting.checkup().stage() {
        if sitting.checkup().done() == most {
            break;
        }
        let answer = texts.load(asked.card).unwrap().unwrap().text.answer(asked.card.ordinal);
        let other = asked.question.options.iter().find(|option| **option != answer).cloned();
        let other = other.unwrap_or_else(|| "something else".to_owned());
        let chance = 45 + (day.unsigned_abs() / 30 * 8).min(40) * profile.memory / 100;
        let input = match dice.roll(100) {
            roll if roll < chance => checkup::Input::Respond(answer),
            roll if roll % 4 > 0 => checkup::Input::Respond(other),
            _ => checkup::Input::DontKnow,
        };
        assert_eq!(sitting.feed(&input).unwrap(), None);
    }
}

/// Three cards before a talk: that moves no schedule.
fn cram(world: &mut World, dice: &mut Dice) {
    let options = ops::queue::Options { cram: true, ..ops::queue::Options::default() };
    for _ in 0..3 {
        let when = ops::stamp_of_sitting(&world.store, &world.env, &world.settings).unwrap();
        let next = ops::queue::next(&world.store, &world.settings, &options, when.today).unwrap();
        let Some((loaded, origin)) = next else { return };
        let knows = dice.roll(100) < 80;
        ask(world, loaded, (origin, Mode::Cram), dice, knows);
    }
}

fn take_out(world: &mut World, change: &BulkChange) {
    let (settings, stamp) = (world.settings.clone(), world.stamp());
    for is_begun in [true, false] {
        let mine = |line: &CardLine| line.deck_name == "my team" && line.state.memory.is_some() == is_begun;
        let Some(line) = world.cards().into_iter().find(|line| mine(line) && !line.state.suspended) else { continue };
        let plan = ops::bulk::plan(&world.store, stamp.today, &[line.card], change.clone()).unwrap();
        ops::bulk::apply(&mut world.store, &settings, stamp, &plan).unwrap();
    }
}

fn suspend(world: &mut World, card: CardId) {
    let (settings, stamp) = (world.settings.clone(), world.stamp());
    let plan = ops::bulk::plan(&world.store, stamp.today, &[card], BulkChange::Suspend).unwrap();
    ops::bulk::apply(&mut world.store, &settings, stamp, &plan).unwrap();
}

/// One sitting, card by card as the program would ask them.
fn sit(world: &mut World, profile: Profile, dice: &mut Dice) {
    for _ in 0..profile.most {
        let options = ops::queue::Options::default();
        let when = ops::stamp_of_sitting(&world.store, &world.env, &world.settings).unwrap();
        let next = ops::queue::next(&world.store, &world.settings, &options, when.today).unwrap();
        let Some((loaded, origin)) = next else { return };
        let chance = match &loaded.state.memory {
            None => 60,
            Some(_) if origin == Origin::Repeat => 85,
            // Nine of ten at the end of the interval, for a memory that is as good as the scheduler hopes.
            Some(memory) => {
                let waited = f64::from((world.today().0 - memory.last.0).max(1));
                let lasting = f64::from(memory.interval.0.max(1)) * profile.memory as f64 / 100.0;
                format!("{:.0}", 0.9_f64.powf(waited / lasting) * 100.0).parse().unwrap()
            }
        };
        let knows = dice.roll(100) < chance;
        ask(world, loaded, (origin, Mode::Normal), dice, knows);
    }
}

/// One card, asked and graded by the session.
pub(crate) fn ask(world: &mut World, loaded: Loaded, (origin, mode): (Origin, Mode), dice: &mut Dice, knows: bool) {
    let took = i64::try_from(1500 + dice.roll(9000) + if dice.roll(40) == 0 { 120_000 } else { 0 }).unwrap();
    let shown = world.now();
    world.set_now(Timestamp { unix_ms: shown.unix_ms + took, ..shown });
    let (now, today) = (world.now(), world.today());
    let answer = loaded.text.answer(loaded.card.ordinal);
    let mut queue = Queue::default();
    queue.put_first(Candidate { card: loaded.card, siblings: Siblings(0) }, origin);
    let session = Session::new(queue, world.settings.clone(), mode, None).present(Some(loaded), shown, today);
    let current = session.current().unwrap();
    let right = current.question.options.iter().position(|option| *option == answer);
    let response = match (&current.question.ask, right) {
        (Ask::Choose | Ask::Sort, Some(right)) => {
            let others = current.question.options.len();
            let pick = if knows { right } else { (right + 1 + dice.pick(2) % (others - 1)) % others };
            (pick + 1).to_string()
        }
        (Ask::Type, _) if knows && dice.roll(5) == 0 => answer.replacen("e", "ee", 1),
        (Ask::Type, _) if knows => answer,
        (Ask::Type, _) => "something else".to_owned(),
        _ => String::new(),
    };
    let mut step = session.step(Input::Respond(response), now, today);
    if matches!(step.next.stage(), Stage::Front(_)) {
        step = session.step(Input::Show, now, today);
    }
    let input = match (step.next.suggestion(), knows) {
        (Some(_), _) => Input::Accept,
        (None, true) => Input::Grade([Quality::Q3, Quality::Q4, Quality::Q4, Quality::Q4, Quality::Q5][dice.pick(5)]),
        (None, false) => Input::Grade(Quality::Q1),
    };
    let scheduler = step.next.scheduler();
    let stamp = world.stamp();
    for effect in step.next.step(input, now, today).effects {
        if let Effect::Append { kind, events } = effect {
            world
                .store
                .write(stamp, kind, Subject::Card(events[0].card), |writer| {
                    events.iter().try_for_each(|draft| writer.append(draft, &scheduler).map(drop))
                })
                .unwrap();
            assert!(matches!(events[0].kind, EventKind::Answered { .. } | EventKind::Crammed { .. }), "{events:?}");
        }
    }
    world.pass(0);
}

/// Twelve people of one team: some quick, some slow, some who have hardly begun.
fn team() -> impl Iterator<Item = (String, Profile)> {
    let brief = PROFILES[2];
    (1..=12).map(move |number: i64| {
        let skips = 5 + number.unsigned_abs() * 7 % 45;
        let memory = 60 + number.unsigned_abs() * 37 % 80;
        (format!("team-{number:02}"), Profile { days: 45 + number * 17 % 90, skips, memory, new: 15, ..brief })
    })
}

/// Writes the lives for the pictures in docs/ and for the check of the pages: target/tmp/year/NAME.db, and in NAME.now the
/// moment at which each ends.
#[test]
#[ignore = "writes target/tmp/year/"]
fn write_the_years() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("year");
    fs::create_dir_all(&folder).unwrap();
    let lives = PROFILES.into_iter().map(|profile| (profile.name.to_owned(), profile)).chain(team());
    for (name, profile) in lives {
        let world = live(profile);
        let out = folder.join(format!("{name}.db"));
        fs::remove_file(&out).ok();
        let db = rusqlite::Connection::open(world.path()).unwrap();
        db.execute("VACUUM INTO ?1", [out.to_str().unwrap()]).unwrap();
        fs::write(out.with_extension("now"), world.now().to_rfc3339()).unwrap();
    }
}
