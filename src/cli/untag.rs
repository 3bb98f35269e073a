use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::bulk::BulkChange;

/// Take a tag away from notes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq untag team tag:team --yes")]
pub(super) struct Args {
    /// The tag, in any case
    tag: String,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| bulk::tag(&args.tag).map(BulkChange::Untag))
}
