use crate::cli::Ctx;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::failure::Failure;
use crate::ops;
use crate::ops::files;
use crate::ops::report::Wanted;
use crate::report::RENDERERS;
use crate::report::Renderer;
use crate::report::Report;
use crate::report::renderer;
use std::path::Path;
use std::path::PathBuf;

/// Write a progress report
///
/// It holds sums only: no card texts, no answers, no single times, unless you ask for cards. HTML is one file without
/// scripts that needs no network.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq report                                      in the terminal
  lmq report --out report.html                    for sending
  lmq report --since 2026-01-01 --until 2026-01-31 --format csv --out january.csv
  lmq report --summary --out summary.html         one page, for printing
  lmq report --deck skills --with-cards --format md
  lmq report --search tag:team")]
pub(super) struct Args {
    /// The form; by the ending of --out where it is not given, else text
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "html", "md", "csv", "json"])]
    format: Option<String>,

    /// The file to write; it is replaced whole or not at all
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// From this day on: 2026-01-15, or 30d for thirty days ago
    #[arg(long, value_name = "D", value_parser = day)]
    since: Option<Day>,

    /// Up to this day
    #[arg(long, value_name = "D", value_parser = day)]
    until: Option<Day>,

    /// One deck only; may be given several times
    #[arg(long = "deck", value_name = "D")]
    decks: Vec<String>,

    /// Only cards that this search means, in the language of `lmq cards`
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,

    /// List cards too, by key or prompt, with their state
    #[arg(long)]
    with_cards: bool,

    /// Only what fits on one page
    #[arg(long)]
    summary: bool,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// Reads the sums and judges them.
pub(super) fn make(wanted: &Wanted<'_>, ctx: &mut Ctx) -> Result<Report, Failure> {
    let store = ctx.store()?;
    ops::report::make(&store, &ctx.settings, ctx.stamp(), wanted)
}

/// The renderer that was asked for: by name, by `--json`, by the ending of the file, else text.
pub(super) fn form(format: Option<&str>, json: bool, out: Option<&Path>) -> Result<&'static dyn Renderer, Failure> {
    let by_ending = out.and_then(Path::extension).and_then(|ending| {
        let ending = ending.to_string_lossy().to_lowercase();
        RENDERERS.iter().find(|renderer| renderer.extension() == ending || renderer.name() == ending)
    });
    let name = match (format, json) {
        (Some(format), _) => format,
        (None, true) => "json",
        (None, false) => by_ending.map_or("text", |renderer| renderer.name()),
    };
    renderer(name).ok_or_else(|| Failure::bug(format!("no renderer `{name}`")))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let renderer = form(args.format.as_deref(), args.json, args.out.as_deref())?;
    let today = ctx.stamp().today;
    let wanted = Wanted {
        since: args.since.map(|day| day.resolve(today)),
        until: args.until.map(|day| day.resolve(today)),
        decks: &args.decks,
        with_cards: args.with_cards,
        search: args.search.as_deref(),
    };
    let mut report = make(&wanted, ctx)?;
    if args.summary {
        report = report.on_one_page();
    }
    match &args.out {
        None => renderer.render(&report, &mut ctx.out).map_err(|error| Failure::output(&error)),
        Some(path) => {
            files::write_whole(path, |out| renderer.render(&report, out))?;
            ctx.say(&format!("wrote {}", path.display()));
            Ok(())
        }
    }
}
