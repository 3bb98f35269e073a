//! The laws: the database is what a small model says, taking everything back leaves what was there before it, what goes out comes
//! in the same, and logs unite in any order.

use crate::Row;
use crate::learner::Learner;
use crate::learner::compare;
use crate::learner::elsewhere;
use crate::learner::found;
use crate::trial::Chance;
use crate::trial::Trial;
use crate::watch::Watch;
use crate::world::World;
use lmq::formats::EXPORTERS;
use lmq::ops::export;
use lmq::store::DeckSet;
use lmq::store::Rule;
use std::collections::BTreeSet;

/// Commands of a case.
const COMMANDS: usize = 60;

pub(crate) const ROW: Row = Row { name: "laws", promise: "the laws hold", run };

fn run(trial: &mut Trial) {
    let seed = trial.seed();
    let watch = Watch::over("laws".to_owned());
    // Long: 150,000 commands.
    trial.cases("model", trial.size(24, 2000), |number| {
        watch.case(number, || model(&mut Chance::of(seed, "laws model", number)))
    });
    trial.cases("unions", trial.size(6, 500), |number| {
        watch.case(number, || unions(&mut Chance::of(seed, "laws unions", number)))
    });
}

fn in_order(world: &mut World) -> Result<(), String> {
    let findings = world.doctor();
    match findings.iter().find(|finding| finding.rule != Rule::Future) {
        Some(finding) => Err(format!("doctor finds {}: {}", finding.rule.name(), finding.what)),
        None => Ok(()),
    }
}

/// A learner does anything; then everything goes out and comes in elsewhere; then everything is taken back.
fn model(chance: &mut Chance) -> Result<(), String> {
    let mut learner = Learner::new();
    let first = found(&learner.world);
    for command in 0..COMMANDS {
        learner.act(chance);
        learner.compare().map_err(|why| format!("after command {command}: {why}"))?;
    }
    in_order(&mut learner.world)?;
    log_comes_back(&learner.world)?;
    notes_come_back(&learner.world, chance)?;
    learner.undo_all(chance);
    learner.compare()?;
    compare(&first, &found(&learner.world), "before everything, and with everything taken back")?;
    in_order(&mut learner.world)
}

/// The log into an empty database: the same cards with the same states; and once more: nothing.
fn log_comes_back(world: &World) -> Result<(), String> {
    let mut other = elsewhere(world);
    let log = world.log_text();
    other.try_import("log.jsonl", &log).map_err(|failure| failure.to_string())?;
    compare(&found(world), &found(&other), "here, and where the log was taken in")?;
    in_order(&mut other)?;
    match other.import("log.jsonl", &log).entries_added {
        0 => Ok(()),
        added => Err(format!("the same log once more added {added} entries")),
    }
}

/// The text of each note with its deck, whatever its cards' states.
fn texts(world: &World) -> BTreeSet<String> {
    let tags = |tags: &[String]| tags.iter().cloned().collect::<BTreeSet<String>>();
    let cards = world.cards().into_iter();
    cards
        .map(|line| format!("{} {} {:?} {:?}", line.card, line.deck, line.text.fields, tags(&line.text.tags)))
        .collect()
}

/// The notes in any format into an empty database: the same notes in the same decks.
fn notes_come_back(world: &World, chance: &mut Chance) -> Result<(), String> {
    let exporter = *chance.pick(EXPORTERS);
    let mut out = Vec::new();
    match export::notes(&world.store, &DeckSet::All, None, exporter, &mut out).map_err(|failure| failure.to_string())? {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::InvalidInput => return Ok(()),
        Err(error) => return Err(error.to_string()),
    }
    let text = String::from_utf8(out).map_err(|error| error.to_string())?;
    if world.cards().is_empty() {
        return Ok(());
    }
    let mut other = elsewhere(world);
    let name = format!("notes.{}", exporter.name());
    other.try_import(&name, &text).map_err(|failure| format!("{failure}\n{text}"))?;
    compare(&texts(world), &texts(&other), &format!("here, and where {name} was taken in"))
}

/// Three who each go on by themselves, and then hear of the others in any order, are the same.
fn unions(chance: &mut Chance) -> Result<(), String> {
    let mut learners: Vec<Learner> = (0..3).map(|_| Learner::new()).collect();
    for (place, learner) in learners.iter_mut().enumerate() {
        // No two of them do anything in one millisecond.
        let now = learner.world.now();
        let later = i64::try_from(place + 1).unwrap() * 100_003;
        learner.world.set_now(lmq::core::study_day::Timestamp { unix_ms: now.unix_ms + later, ..now });
        for _ in 0..COMMANDS / 3 {
            learner.act(chance);
        }
    }
    let logs: Vec<String> = learners.iter().map(|learner| learner.world.log_text()).collect();
    let latest = learners.iter().map(|learner| learner.world.now()).max().unwrap();
    let mut worlds: Vec<World> = learners.into_iter().map(|learner| learner.world).collect();
    for world in &mut worlds {
        world.set_now(latest);
        // Each log twice, in any order; the own one is known already.
        let mut order = vec![0, 1, 2, 0, 1, 2];
        while !order.is_empty() {
            let which: usize = order.remove(chance.below(order.len()));
            world.try_import("log.jsonl", &logs[which]).map_err(|failure| failure.to_string())?;
        }
        in_order(world)?;
    }
    for other in 1..3 {
        compare(&found(&worlds[0]), &found(&worlds[other]), &format!("devices 1 and {}", other + 1))?;
        let days = |world: &World| format!("{:?}", world.store.day_totals(&DeckSet::All));
        if days(&worlds[0]) != days(&worlds[other]) {
            return Err(format!("{}\n{}", days(&worlds[0]), days(&worlds[other])));
        }
    }
    Ok(())
}
