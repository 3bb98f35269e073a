//! What docs/reliability.md promises, tried on the real program: kills, power cuts, failing disks, many at once.
//!
//! `tests/proof/run` starts it, and so does `cargo test`: a *row* is one promise, and ends up as one row of a table. Each
//! case follows from the seed and its number alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a case fails by panicking, which is caught")]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table goes to standard output, progress to standard error"
)]

mod arguments;
mod chance;
mod crowd;
mod damage;
mod disk;
mod faults;
#[expect(dead_code, reason = "tests/it needs more of it")]
#[path = "../it/home.rs"]
mod home;
mod kills;
mod laws;
mod learner;
mod log;
mod mutate;
mod power;
mod readers;
mod scenes;
mod sittings;
mod stage;
#[expect(dead_code, reason = "tests/it needs more of it")]
#[path = "../it/terminal.rs"]
mod terminal;
mod tracer;
mod trial;
mod watch;
#[path = "../it/world.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod world;

use arguments::Arguments;
use arguments::Order;
use std::process::ExitCode;
use trial::Trial;
use trial::caught;

/// A promise, and what tries it.
pub(crate) struct Row {
    /// One word, by which it is asked for.
    pub(crate) name: &'static str,
    /// The promise, in the words of the table.
    pub(crate) promise: &'static str,
    /// Tries it.
    pub(crate) run: fn(&mut Trial),
}

/// In the order of the table in docs/reliability.md.
const ROWS: &[Row] = &[kills::ROW, power::ROW, faults::ROW, crowd::ROW, damage::ROW, readers::ROW, laws::ROW];

fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(Order::Run(arguments)) => arguments,
        Ok(Order::List) => {
            ROWS.iter().for_each(|row| println!("{}: test", row.name));
            return ExitCode::SUCCESS;
        }
        Ok(Order::Nothing) => return ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("proof: {why}");
            return ExitCode::from(2);
        }
    };
    let trials: Vec<(&Row, Trial)> =
        ROWS.iter().filter(|row| arguments.wants(row.name)).map(|row| (row, run(row, &arguments))).collect();
    if trials.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("\n{:<52} {:>10} {:>9}", "promise", "cases", "failures");
    for (row, trial) in &trials {
        println!("{:<52} {:>10} {:>9}", row.promise, trial.cases_done(), trial.failures());
        trial.remarks().iter().for_each(|remark| println!("  {remark}"));
    }
    let failures: u64 = trials.iter().map(|(_, trial)| trial.failures()).sum();
    if failures > 0 {
        println!("\nseed {seed}: LMQ_PROOF_SEED={seed} gives the same cases again", seed = arguments.seed);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(row: &Row, arguments: &Arguments) -> Trial {
    let mut trial = Trial::new(row.name, arguments);
    let to_the_end = caught(|| {
        (row.run)(&mut trial);
        Ok(())
    });
    if let Err(why) = to_the_end {
        trial.fail(&why);
    }
    trial
}
