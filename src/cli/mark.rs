use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Give cards your star, or take it away
///
/// `is:marked` finds them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq mark quotes/q14-ladder
  lmq mark 'rated:7d:again' --yes
  lmq mark --off is:marked --yes")]
pub(super) struct Args {
    /// Take your star away
    #[arg(long)]
    off: bool,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(if args.off { BulkChange::Unmark } else { BulkChange::Mark }))
}
