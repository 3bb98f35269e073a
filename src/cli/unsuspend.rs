use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Put suspended cards back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq unsuspend quotes/q14-ladder
  lmq unsuspend is:suspended --yes")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(BulkChange::Unsuspend))
}
