use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::bulk::BulkChange;

/// Give notes a tag, or take it away
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq tag team deck:skills hiring --yes
  lmq tag team::hiring skills/s03-interviews
  lmq tag --off team tag:team --yes")]
pub(super) struct Args {
    /// Take the tag away
    #[arg(long)]
    off: bool,

    /// The tag; `a::b` for one inside another
    tag: String,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let meant = |tag| if args.off { BulkChange::Untag(tag) } else { BulkChange::Tag(vec![tag]) };
    change(&args.which, ctx, |_, _| bulk::tag(&args.tag).map(meant))
}
