use crate::cli::Ctx;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::cli::report::build_report;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::report::Wanted;
use crate::report::render_text;
use crate::report::renderer;

/// Show what you know
///
/// Charts are drawn with characters and fit the width of your terminal, with the numbers beside them. Through a pipe they are
/// 80 columns wide.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq stats
  lmq stats --since 30d --deck skills
  lmq stats tag:team
  lmq stats is:leech deck:skills")]
pub(super) struct Args {
    /// Only cards that match this search, written as for `lmq cards`
    #[arg(value_name = "SEARCH")]
    query: Vec<String>,

    /// From this day: 2026-01-15, or 30d for thirty days ago
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<Day>,

    /// Up to this day
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Day>,

    /// Only this deck; may be given several times
    #[arg(long = "deck", value_name = "DECK")]
    decks: Vec<String>,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let today = ctx.stamp().today;
    let query = args.query.join(" ");
    let wanted = Wanted {
        since: args.since.map(|day| day.resolve(today)),
        until: args.until.map(|day| day.resolve(today)),
        decks: &args.decks,
        with_cards: false,
        for_others: false,
        search: (!query.is_empty()).then_some(query.as_str()),
    };
    let report = build_report(&wanted, ctx)?;
    if args.json {
        let renderer = renderer("json").ok_or_else(|| Failure::bug("no renderer `json`"))?;
        return renderer.render(&report, &mut ctx.out).map_err(|error| Failure::output(&error));
    }
    let width = if Env::terminals().stdout { crate::ui::width() } else { 80 };
    render_text(&report, width, &mut ctx.out).map_err(|error| Failure::output(&error))
}
