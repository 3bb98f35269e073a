use crate::cli::Ctx;
use crate::cli::help;
use crate::failure::Failure;
use std::io::Write as _;

/// Print the manual page, or a topic as one
///
/// `lmq help topics` lists the topics.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq man | man -l -
  lmq man search | man -l -
  lmq man > ~/.local/share/man/man1/lmq.1
  lmq man search > ~/.local/share/man/man7/lmq-search.7")]
pub(super) struct Args {
    /// A topic [default: the commands]
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    // That of the commands is written from the help by a test, so that the program need not carry the generator.
    let page = match &args.topic {
        Some(topic) => help::manual(topic)?.into_bytes(),
        None => include_bytes!("../../docs/lmq.1").to_vec(),
    };
    ctx.out.write_all(&page).map_err(|error| Failure::output(&error))
}
