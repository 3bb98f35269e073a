use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::cli::parse;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Set the day on which cards are due
///
/// Interval and ease stay as they are, and the next answer continues from them. Cards that were never answered are left alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq set-due today deck:skills --yes
  lmq set-due 3d tag:team --dry-run
  lmq set-due 2026-03-01 quotes/q14-ladder")]
pub(super) struct Args {
    /// The day: today, tomorrow, 2026-01-15, or 7d for in seven days
    #[arg(value_parser = parse::ahead)]
    day: parse::Ahead,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, ctx| Ok(BulkChange::SetDue(args.day.resolve(ctx.stamp().today))))
}
