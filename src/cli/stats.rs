use crate::cli::Ctx;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::cli::report::Wanted;
use crate::cli::report::make;
use crate::failure::Failure;
use crate::report::renderer;

/// Show what you know, in the terminal
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq stats
  lmq stats --since 30d --deck skills
  lmq stats --search is:leech")]
pub(super) struct Args {
    /// From this day on: 2026-01-15, or 30d for thirty days ago
    #[arg(long, value_name = "D", value_parser = day)]
    since: Option<Day>,

    /// Up to this day
    #[arg(long, value_name = "D", value_parser = day)]
    until: Option<Day>,

    /// One deck only; may be given several times
    #[arg(long = "deck", value_name = "DECK")]
    decks: Vec<String>,

    /// Only cards that this search means, in the language of `lmq cards`
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let wanted = Wanted {
        since: args.since,
        until: args.until,
        decks: &args.decks,
        with_cards: false,
        search: args.search.as_deref(),
    };
    let report = make(&wanted, ctx)?;
    let name = if args.json { "json" } else { "text" };
    let renderer = renderer(name).ok_or_else(|| Failure::bug(format!("no renderer `{name}`")))?;
    renderer.render(&report, &mut ctx.out).map_err(|error| Failure::output(&error))
}
