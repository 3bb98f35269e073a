//! The first month of people who practise on weekdays: what they are told of it has to look like what it is.
//!
//! Their memories are simulated by a law that the program knows nothing of (half-lives, as in shared/learners.md): so what it says
//! they know can be held to what they would recall.

use crate::world::World;
use crate::world::time;
use crate::year::Dice;
use crate::year::ask;
use lmq::core::queue::Origin;
use lmq::core::session::Mode;
use lmq::core::study_day::Timestamp;
use lmq::env::Env;
use lmq::ops;
use lmq::ops::report::Wanted;
use lmq::ops::report::build_report;
use lmq::ops::workspace::Workspace;
use lmq::report::RENDERERS;
use lmq::report::renderer;
use serde_json::Value;
use std::collections::BTreeMap;

/// A memory.
#[derive(Debug, Clone, Copy)]
struct Learner {
    /// Half-life after a first answer, in hundredths of a day.
    begins: u64,
    /// By how much a success lengthens it, in hundredths.
    gains: u64,
    /// Percent of first answers that are right.
    first: u64,
}

/// From those who forget half of it over a weekend to those who hardly forget.
const LEARNERS: [Learner; 8] = [
    Learner { begins: 500, gains: 180, first: 50 },
    Learner { begins: 600, gains: 260, first: 40 },
    Learner { begins: 800, gains: 200, first: 60 },
    Learner { begins: 900, gains: 320, first: 55 },
    Learner { begins: 1200, gains: 240, first: 70 },
    Learner { begins: 1500, gains: 360, first: 60 },
    Learner { begins: 2000, gains: 300, first: 75 },
    Learner { begins: 3000, gains: 420, first: 80 },
];

/// Half-lives in days, and the days of the last answers, by the names of cards.
type Memory = BTreeMap<String, (f64, i64)>;

fn chance((half_life, last): (f64, i64), day: i64) -> f64 {
    0.98 * (-((day - last) as f64) / half_life).exp2()
}

/// A sitting: all that is due, and the day's new cards.
fn sit(world: &mut World, learner: Learner, memory: &mut Memory, dice: &mut Dice) {
    let day = i64::from(world.today().0);
    for _ in 0..80 {
        let options = ops::queue::Options::default();
        let next = ops::queue::next(&world.store, &world.settings, &options, world.today()).unwrap();
        let Some((loaded, origin)) = next else { return };
        let name = format!("{:?}", loaded.card);
        let before = memory.get(&name).copied();
        let likely = match before {
            _ if origin == Origin::Repeat => 0.9,
            Some(before) => chance(before, day),
            None => learner.first as f64 / 100.0,
        };
        let knows = (dice.roll(1000) as f64) < likely * 1000.0;
        let half_life = match before {
            None => learner.begins as f64 / 100.0,
            Some((half_life, last)) if last == day => half_life * 1.05,
            Some((half_life, _)) if knows => {
                half_life * (1.0 + learner.gains as f64 / 100.0 * (1.0 - likely).max(0.0).powf(0.6))
            }
            Some((half_life, _)) => 0.25 * half_life + 0.5,
        };
        memory.insert(name, (half_life, day));
        ask(world, loaded, (origin, Mode::Normal), dice, knows);
    }
}

fn report(world: &World) -> lmq::report::Report {
    build_report(&world.store, &world.settings, world.stamp(), &Wanted::default()).unwrap()
}

fn rendered(report: &lmq::report::Report, form: &str) -> String {
    let mut out = Vec::new();
    renderer(form).unwrap().render(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The sections of a report.
fn sections(world: &World) -> Value {
    let json: Value = serde_json::from_str(&rendered(&report(world), "json")).unwrap();
    json["sections"].clone()
}

fn sum(sections: &Value, levels: &[&str]) -> u64 {
    let rows = sections["levels"].as_array().or_else(|| sections["levels"]["rows"].as_array()).unwrap();
    let rows = rows.iter().filter(|row| levels.contains(&row["level"].as_str().unwrap()));
    rows.map(|row| row["cards"].as_u64().unwrap()).sum()
}

fn topics(sections: &Value) -> &Vec<Value> {
    sections["topic_levels"]["rows"].as_array().unwrap()
}

#[test]
fn a_first_week_moves_levels_and_after_a_month_people_are_told_what_they_know() {
    for (number, learner) in (0..).zip(LEARNERS) {
        let mut world = World::with_built_in_decks();
        let (mut memory, mut dice) = (Memory::new(), Dice(number * 1000));
        // A Monday.
        let start = time("2026-01-12T09:00:00+01:00");
        for day in 0..32 {
            world.set_now(Timestamp { unix_ms: start.unix_ms + day * 86_400_000, ..start });
            if day % 7 >= 5 {
                continue;
            }
            sit(&mut world, learner, &mut memory, &mut dice);
            let what = format!("learner {number}, day {}", day + 1);
            if day == 4 {
                let sections = sections(&world);
                let moved = topics(&sections).iter().filter(|row| row["moved"].as_i64().unwrap() > 0).count();
                assert!(moved >= 2, "{what}: {moved} topics moved");
                let familiar = sum(&sections, &["familiar", "solid", "mastered"]);
                assert!(familiar >= 10, "{what}: {familiar} cards are familiar");
                assert!(topics(&sections).iter().any(|row| row["level"] == "familiar"), "{what}");
            }
            if day != 31 {
                continue;
            }
            let sections = sections(&world);
            let summary = &sections["summary"]["values"];
            let number_of = |key: &str, value: &str| summary[key][value].as_f64().unwrap();
            let (known, met) = (number_of("known", "expected"), number_of("known", "cards"));
            let today = i64::from(world.today().0);
            let recalled: f64 = memory.values().map(|card| chance(*card, today)).sum();
            assert_eq!(summary["known"]["cards"], memory.len(), "{what}");
            assert!(met > 100.0 && recalled > met / 2.0, "{what}: {recalled} of {met}");
            // They are told about what they would recall, today and on Friday.
            assert!((known - recalled).abs() < 0.2 * met, "{what}: {known} known, {recalled} recalled, of {met}");
            let friday = number_of("known_friday", "expected");
            assert!(friday > 0.5 * known && friday < known, "{what}: {friday} of {known} on Friday");
            // Home says the same.
            let mut env = Env::from_process();
            env.fix_now(world.now());
            let (mut store, mut settings) = (world.another(), world.settings.clone());
            let workspace = Workspace::new(&mut store, &env, &mut settings);
            let (recall, _) = workspace.recall().unwrap();
            let home = [recall.now.millionths, recall.then].map(|sum| sum as f64 / 1e6);
            assert!((home[0] - known).abs() < 1e-6 && (home[1] - friday).abs() < 1e-6, "{what}: {home:?}");
            // Levels have moved on: most topics that were begun are familiar by now.
            let begun = topics(&sections).iter().filter(|row| row["level"] != "unseen").count();
            let familiar =
                topics(&sections).iter().filter(|row| row["level"] == "familiar" || row["level"] == "solid").count();
            assert!(begun >= 6 && familiar * 2 > begun, "{what}: {familiar} of {begun} topics");
            for form in RENDERERS {
                let text = rendered(&report(&world), form.name()).to_lowercase();
                let none = ["known today 0", "known 0", "known: 0", "known: **0", "\"known\": 0", "known,0"];
                let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(none.iter().all(|none| !flat.contains(none)), "{what}: {}", form.name());
            }
            let screen = lmq::ui::stats_screen(&workspace.progress().unwrap(), 80);
            let screen: String = screen.iter().flatten().map(|(text, _)| text.as_str()).collect();
            assert!(screen.contains(&format!("Likely known    {known:.0} of {met} cards")), "{what}: {screen}");
        }
    }
}
