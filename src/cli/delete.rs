use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Delete notes with all their cards
///
/// They are no longer asked or listed. Their history still counts in statistics, and `lmq undo` brings them back. A followed
/// deck file that still has them does not.
#[derive(Debug, clap::Args)]
#[command(
    alias = "rm",
    after_help = "\
Examples:
  lmq delete team/old-roadmap
  lmq delete deck:team added:1d --dry-run"
)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(BulkChange::Delete))
}
