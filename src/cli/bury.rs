use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::cli::parse;
use crate::failure::Failure;
use crate::ops::bulk::BulkChange;

/// Hold cards back until tomorrow or a later day
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq bury quotes/q14-ladder
  lmq bury deck:skills --until 7d --yes
  lmq bury --off is:buried --yes")]
pub(super) struct Args {
    /// Stop holding them back
    #[arg(long, conflicts_with = "until")]
    off: bool,

    /// The first day on which they are asked again: 2026-01-15, or 7d for in seven days [default: tomorrow]
    #[arg(long, value_name = "DAY", value_parser = parse::ahead)]
    until: Option<parse::Ahead>,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |_, ctx| {
        if args.off {
            return Ok(BulkChange::Unbury);
        }
        let today = ctx.stamp().today;
        let until = args.until.map_or(today.plus(1), |day| day.resolve(today));
        if until <= today {
            return Err(Failure::usage(format!("{} is not after today", until.iso())).hint("give a later day"));
        }
        Ok(BulkChange::Bury(until))
    })
}
