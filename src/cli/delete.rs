use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Delete notes with all their cards
///
/// They are retired: no longer asked or listed. The history stays, in statistics too, and `lmq undo` brings them back.
/// A followed deck file that still has them does not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq delete team/old-roadmap
  lmq delete deck:team added:1d --dry-run")]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, _| Ok(BulkChange::Delete))
}
