use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::ops;
use std::path::PathBuf;

/// Copy the whole database into a file
///
/// Safe at any time, also while `lmq review` is open elsewhere. The copy is checked before this says that it is there.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq backup ~/backups/lmq-$(date +%F).db")]
pub(super) struct Args {
    /// The file to write
    file: PathBuf,

    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ops::open_as_is(&ctx.db, &ctx.env)?;
    let busy = Busy::new(ctx, "copying and reading back");
    ops::backup::backup(&store, &args.file, args.force)?;
    drop(busy);
    ctx.line(printable(&format!("wrote {}", args.file.display())))
}
