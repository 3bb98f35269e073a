use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Take cards out of reviews
///
/// They keep their history and their schedule; --off puts them back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq suspend quotes/q14-ladder
  lmq suspend --off quotes/q14-ladder      puts it back
  lmq suspend is:leech --dry-run
  lmq suspend deck:skills tag:later --yes")]
pub(super) struct Args {
    /// Put them back into reviews
    #[arg(long)]
    off: bool,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(if args.off { BulkChange::Unsuspend } else { BulkChange::Suspend }))
}
