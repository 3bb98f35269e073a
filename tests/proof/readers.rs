//! Readers don't panic: each of them gets valid files that were changed by chance.
//!
//! A law is held where there is one: what was read without a fault is written and read back equal.

mod config;
mod deck_files;
mod log;
mod notes;
mod queries;
mod share;
mod sitting;

use crate::Row;
use crate::mutate::Seeds;
use crate::trial::Chance;
use crate::trial::Trial;
use crate::watch::Watch;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::panic::resume_unwind;
use std::path::Path;

/// Something that reads what others wrote.
struct Target {
    name: String,
    /// What inputs are made from.
    seeds: Seeds,
    /// How many times fewer cases it gets than the others: where a case takes a database.
    rarer: u64,
    /// Reads an input; says which law does not hold.
    read: Box<Read>,
}

type Read = dyn Fn(&[u8], &mut Chance) -> Result<(), String> + Sync;

impl Target {
    fn new(
        name: impl Into<String>,
        seeds: Seeds,
        read: impl Fn(&[u8], &mut Chance) -> Result<(), String> + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), seeds, rarer: 1, read: Box::new(read) }
    }
}

/// Keeps an input that something is wrong with, and gives its path.
fn keep(target: &str, number: u64, input: &[u8]) -> String {
    let folder = Path::new(env!("CARGO_BIN_EXE_lmq")).ancestors().nth(2).unwrap().join("proof/found");
    let path = folder.join(format!("{}-{number}", target.replace(' ', "-")));
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, input)).unwrap();
    path.display().to_string()
}

pub(crate) const ROW: Row = Row { name: "readers", promise: "readers don't panic", run };

fn run(trial: &mut Trial) {
    let targets = [
        notes::targets(),
        deck_files::targets(),
        log::targets(),
        share::targets(),
        config::targets(),
        queries::targets(),
        sitting::targets(),
    ];
    for target in targets.iter().flatten() {
        let Target { name, seeds, rarer, read } = target;
        let count = trial.size(10_000, 10_000_000) / rarer;
        let seed = trial.seed();
        let watch = Watch::over(format!("readers {name}"));
        trial.cases(name, count, |number| {
            let mut chance = Chance::of(seed, &format!("readers {name}"), number);
            let input = seeds.input(number, &mut chance);
            let done = watch.case(number, || catch_unwind(AssertUnwindSafe(|| read(&input, &mut chance))));
            let told = || format!("\nthe input is kept in {}", keep(name, number, &input));
            match done {
                Ok(done) => done.map_err(|why| why + &told()),
                Err(panic) => {
                    println!("{}", told());
                    resume_unwind(panic)
                }
            }
        });
    }
}
