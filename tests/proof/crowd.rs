//! Seven programs on one database: they answer, sit, import, undo and report. Beside them doctor looks again and again.

use crate::Row;
use crate::home::Lmq;
use crate::home::Run;
use crate::scenes::imported;
use crate::stage::is_sound;
use crate::trial::Chance;
use crate::trial::Trial;
use lmq::env::Env;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;

pub(crate) const ROW: Row = Row { name: "crowd", promise: "nor by others who write at the same time", run };

/// How long one crowd is at it.
const ROUND_MS: u64 = 10_000;

/// Why a command may refuse: somebody else was faster, or took back what it was about.
const REFUSALS: [&str; 4] = ["answered elsewhere", "another lmq is writing", "nothing to undo", "there is no deck"];

fn run(trial: &mut Trial) {
    let seed = trial.chance("crowd", 0).next();
    let commands = Mutex::new(0);
    let rounds = trial.size(1, 60);
    trial.cases_on(1, "rounds", rounds, |number| {
        let done = round(seed, number)?;
        *commands.lock().unwrap() += done;
        Ok(())
    });
    let commands = commands.into_inner().unwrap();
    trial.remark(format!("{rounds} × {} s, {commands} commands", ROUND_MS / 1000));
}

/// What one of the crowd does again and again.
type Work<'w> = &'w (dyn Fn(&mut Chance) + Sync);

/// What the crowd came to.
#[derive(Default)]
struct Tally {
    commands: usize,
    /// Answers that were acknowledged, by the number of milliseconds that each was given as its name.
    named: Vec<u64>,
    /// Those of sittings.
    unnamed: usize,
    /// Answers of which nobody knows: their command failed.
    unknown: usize,
    wrong: Vec<String>,
}

impl Tally {
    /// Whether a command did what it was to do. One that refused for a good reason did not, and that is right.
    fn did(&mut self, what: &str, run: &Run) -> bool {
        self.commands += 1;
        let may_refuse = matches!(run.code, 1 | 2) && REFUSALS.iter().any(|why| run.stderr.contains(why));
        if run.code != 0 && !may_refuse {
            self.wrong.push(format!("{what}: {run:?}"));
        }
        run.code == 0
    }
}

fn round(seed: u64, number: u64) -> Result<usize, String> {
    let lmq = Lmq::new();
    imported(&lmq);
    let tally = Mutex::new(Tally::default());
    let works: [(&str, Work<'_>); 8] = [
        ("answer 1", &|chance| answer(&lmq, &tally, chance, 1)),
        ("answer 2", &|chance| answer(&lmq, &tally, chance, 2)),
        ("answer 3", &|chance| answer(&lmq, &tally, chance, 3)),
        ("sit", &|_| sit(&lmq, &tally)),
        ("import", &|chance| import(&lmq, &tally, chance)),
        ("undo", &|_| simply(&lmq, &tally, &["undo", "--yes"])),
        ("report", &|chance| report(&lmq, &tally, chance)),
        ("doctor", &|_| look(&lmq, &tally)),
    ];
    std::thread::scope(|scope| {
        for (name, work) in works {
            scope.spawn(move || {
                let mut chance = Chance::of(seed, name, number);
                let clock = Env::from_process();
                let started = clock.ticks_ms();
                while clock.ticks_ms() - started < ROUND_MS {
                    work(&mut chance);
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    if !tally.wrong.is_empty() {
        return Err(tally.wrong.join("\n"));
    }
    judge(&lmq, &tally)?;
    Ok(tally.commands)
}

fn simply(lmq: &Lmq, tally: &Mutex<Tally>, args: &[&str]) {
    let run = lmq.run(args);
    tally.lock().unwrap().did(&args.join(" "), &run);
}

fn answer(lmq: &Lmq, tally: &Mutex<Tally>, chance: &mut Chance, who: u64) {
    // The number is the answer's name: nobody else has it.
    let name = 1_000_000 * who + chance.next() % 1_000_000;
    let (card, took) = (["a", "b", "c", "d"][chance.below(4)], name.to_string());
    let grade = ["again", "good", "easy"][chance.below(3)];
    let run = lmq.run(["answer", &format!("work/{card}"), grade, "--ms", &took]);
    let mut tally = tally.lock().unwrap();
    if tally.did("answer", &run) {
        tally.named.push(name);
    } else {
        tally.unknown += 1;
    }
}

fn sit(lmq: &Lmq, tally: &Mutex<Tally>) {
    let run = lmq.run_with("\n3\n\n3\n\n3\n:q\n", ["review", "table", "--new", "1000", "--limit", "1000"]);
    let said = run.stdout.lines().filter(|line| line.starts_with("Good:")).count();
    let mut tally = tally.lock().unwrap();
    if !tally.did("review", &run) {
        tally.unknown += 1;
    }
    tally.unnamed += said;
}

fn import(lmq: &Lmq, tally: &Mutex<Tally>, chance: &mut Chance) {
    let from = chance.below(50);
    let rows: String =
        (from..from + 30).map(|row| format!("What is new about {row}?,Nothing, or {}\n", row % 7)).collect();
    lmq.write("new.csv", rows);
    simply(lmq, tally, &["import", "new.csv"]);
}

fn report(lmq: &Lmq, tally: &Mutex<Tally>, chance: &mut Chance) {
    let all: [&[&str]; 4] = [
        &["report", "--format", "json"],
        &["stats"],
        &["export", "--what", "history", "--format", "jsonl"],
        &["cards", "--json"],
    ];
    simply(lmq, tally, all[chance.below(all.len())]);
}

fn look(lmq: &Lmq, tally: &Mutex<Tally>) {
    let run = lmq.run(["doctor"]);
    let mut tally = tally.lock().unwrap();
    tally.commands += 1;
    if run.code != 0 || run.stdout != "everything is in order\n" {
        tally.wrong.push(format!("doctor cries wolf: {run:?}"));
    }
}

/// Every answer that was acknowledged is there once, and none that nobody gave.
fn judge(lmq: &Lmq, tally: &Tally) -> Result<(), String> {
    is_sound(lmq)?;
    let history = lmq.run(["history", "--json"]).json();
    let answers: Vec<&Value> = history.as_array().unwrap().iter().filter(|row| row["kind"] == "answered").collect();
    let mut times: BTreeMap<u64, usize> = BTreeMap::new();
    for answer in &answers {
        *times.entry(answer["took_ms"].as_u64().unwrap_or(0)).or_default() += 1;
    }
    for name in &tally.named {
        match times.get(name) {
            Some(1) => {}
            found => return Err(format!("the answer {name} was acknowledged and is there {found:?} times")),
        }
    }
    // Two were given before the crowd came.
    let least = 2 + tally.named.len() + tally.unnamed;
    if !(least..=least + tally.unknown).contains(&answers.len()) {
        return Err(format!(
            "{} named and {} others were acknowledged, {} of unknown fate: {} are there",
            tally.named.len(),
            tally.unnamed,
            tally.unknown,
            answers.len()
        ));
    }
    Ok(())
}
