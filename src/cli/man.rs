use crate::cli::Ctx;
use crate::failure::Failure;

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq man | man -l -
  lmq man > ~/.local/share/man/man1/lmq.1")]
pub(super) struct Args {}

pub(super) fn run(_: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    // Written from the help by a test, so that the program need not carry the generator.
    std::io::Write::write_all(&mut ctx.out, include_bytes!("../../docs/lmq.1")).map_err(|error| Failure::output(&error))
}
