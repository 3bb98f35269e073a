use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Make cards new again
///
/// Their schedule starts from the beginning; their history stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq reset quotes/q14-ladder
  lmq reset deck:skills --yes")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(BulkChange::Reset))
}
