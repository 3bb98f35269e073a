use crate::cli::Ctx;
use crate::cli::bulk::Which;
use crate::cli::bulk::change;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::decks;

/// Move notes with all their cards to another deck
///
/// Their history goes with them. The deck is made if it is not there yet.
#[derive(Debug, clap::Args)]
#[command(
    alias = "mv",
    after_help = "\
Examples:
  lmq move team::onboarding deck:team tag:start --yes
  lmq move archive team/old-roadmap"
)]
pub(super) struct Args {
    /// The deck, by id or name
    deck: String,

    #[command(flatten)]
    which: Which,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    change(&args.which, ctx, |store, ctx| {
        decks::told_of_id(store, &args.deck)?.iter().for_each(|told| ctx.say(told));
        bulk::move_to(store, &args.deck)
    })
}
