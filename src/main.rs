//! The program `lmq`: it reads the world, runs a command, and turns the outcome into an exit code.

use lmq::env::Env;
use std::process::ExitCode;

fn main() -> ExitCode {
    lmq::cli::run(Env::from_process(), Env::args())
}
