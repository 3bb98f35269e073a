use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Give cards your star
///
/// `is:marked` finds them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq mark quotes/q14-ladder
  lmq mark 'rated:7d:again' --yes")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(BulkChange::Mark))
}
