use crate::cli::Ctx;
use crate::cli::bulk::Sure;
use crate::cli::bulk::confirmed;
use crate::cli::bulk::unsure;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops::decks;

/// Give a deck another name, and those inside it
///
/// Its id stays, and so do the names of its cards. The name outlives new versions of the deck's file.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq rename team work::team      team::start becomes work::team::start
  lmq rename work job --dry-run")]
pub(super) struct Args {
    /// The deck, by id or name; or the beginning of a path
    deck: String,

    /// Its new name, `a::b` for one inside another
    new: String,

    #[command(flatten)]
    sure: Sure,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    ctx.only_looks = args.sure.dry_run;
    let mut store = ctx.store()?;
    let renamings = decks::renamings(&store, &args.deck, &args.new)?;
    if renamings.is_empty() {
        return ctx.line("nothing to change: that is its name");
    }
    let count = counted(renamings.len(), "deck", "decks");
    let done = !args.sure.dry_run;
    if done && renamings.len() > 1 && !args.sure.yes && !confirmed(ctx, &format!("This renames {count}."))? {
        return Err(unsure(&count));
    }
    if done {
        decks::rename(&mut store, ctx.stamp(), &renamings)?;
    }
    for renaming in &renamings {
        let verb = if done { "renamed" } else { "would have renamed" };
        ctx.line(format!("{verb} {} to {}", one_line(&renaming.old), one_line(&renaming.new)))?;
    }
    Ok(())
}
