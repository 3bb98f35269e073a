use crate::cli::Ctx;
use crate::cli::colour::Role;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::cli::width;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::ops::report::Wanted;
use crate::ops::report::report_of;
use crate::ops::report::sums;
use crate::report::renderer;
use crate::ui::Emphasis;
use crate::ui::stats_screen;
use crate::ui::stats_words;

/// Show what you know, on one screen
///
/// What you likely still know, how much of it you recalled, your practice, the next two weeks and the topics that need you most.
/// With --all everything that a report has. Through a pipe it is 80 columns wide.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq stats
  lmq stats --all
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

    /// Everything, not only what fits on one screen
    #[arg(long)]
    all: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let stamp = ctx.stamp();
    let today = stamp.today;
    let query = args.query.join(" ");
    let wanted = Wanted {
        since: args.since.map(|day| day.resolve(today)),
        until: args.until.map(|day| day.resolve(today)),
        decks: &args.decks,
        with_cards: false,
        for_others: false,
        search: (!query.is_empty()).then_some(query.as_str()),
    };
    let store = ctx.store()?;
    let sums = sums(&store, &ctx.settings, stamp, &wanted)?;
    if args.json {
        let report = report_of(&store, &ctx.settings, stamp, &wanted, sums)?;
        let renderer = renderer("json").ok_or_else(|| Failure::bug("no renderer `json`"))?;
        return renderer.render(&report, &mut ctx.out).map_err(|error| Failure::output(&error));
    }
    if sums.are_of_none() {
        ctx.line(format!("no card matches `{}`", one_line(&query)))?;
        return ops::search::hint(&query).map_or(Ok(()), |hint| ctx.line(hint));
    }
    if args.all {
        let report = report_of(&store, &ctx.settings, stamp, &wanted, sums)?;
        return ctx.report(&report);
    }
    let progress = sums.progress();
    let about: Vec<&str> = args.decks.iter().map(String::as_str).chain(wanted.search).collect();
    if !about.is_empty() {
        ctx.sentence(&about.join(", "))?;
    }
    if ctx.screen_reader {
        for line in stats_words(&progress) {
            ctx.line(line)?;
        }
    } else {
        for row in stats_screen(&progress, width()) {
            let role = |emphasis: &Emphasis| match emphasis {
                Emphasis::Plain => None,
                Emphasis::Strong => Some(Role::Heading),
                Emphasis::Quiet => Some(Role::Muted),
            };
            let parts: Vec<(Option<Role>, &str)> = row.iter().map(|(text, how)| (role(how), text.as_str())).collect();
            ctx.painted(&parts)?;
        }
    }
    if progress.has_history && Env::terminals().stdout && !ctx.quiet {
        ctx.sentence("`lmq stats --all` shows everything, `lmq report` writes it to a file.")?;
    }
    Ok(())
}
