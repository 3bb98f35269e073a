use crate::cli::Ctx;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::core::progress::Progress;
use crate::failure::Failure;
use crate::ops;
use crate::ops::files;
use crate::report::CardLine;
use crate::report::RENDERERS;
use crate::report::Renderer;
use crate::report::Report;
use crate::report::build;
use crate::report::renderer;
use crate::store::DeckSet;
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

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// What a report is asked about.
pub(super) struct Wanted<'w> {
    pub(super) since: Option<Day>,
    pub(super) until: Option<Day>,
    pub(super) decks: &'w [String],
    pub(super) with_cards: bool,
    pub(super) search: Option<&'w str>,
}

/// Reads the sums and judges them.
pub(super) fn make(wanted: &Wanted<'_>, ctx: &mut Ctx) -> Result<Report, Failure> {
    let store = ctx.store()?;
    let stamp = ctx.stamp();
    let (since, until) =
        (wanted.since.map(|day| day.resolve(stamp.today)), wanted.until.map(|day| day.resolve(stamp.today)));
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Failure::usage(format!("{} is after {}", since.iso(), until.iso()))
            .hint("give the earlier day to --since, the later to --until"));
    }
    let decks = ops::decks::named(&store, wanted.decks)?;
    let rules = ops::day::rules(&store, &ctx.settings).map_err(|error| ctx.failure(&error))?;
    let among = match wanted.search {
        Some(query) => {
            let mut cards = ops::search::cards(&store, &ctx.settings, stamp.today, query)?;
            if decks != DeckSet::All {
                let named = store.cards_in(&decks).map_err(|error| ctx.failure(&error))?;
                cards.retain(|card| named.contains(card));
            }
            Some(cards)
        }
        None => None,
    };
    let totals = match &among {
        Some(cards) => store.totals_of(cards, &ops::search::asked(&store, &ctx.settings, stamp.today)?, since, until),
        None => store.totals(&decks, stamp.today, since, until, &rules),
    }
    .map_err(|error| ctx.failure(&error))?;
    let mut cards = Vec::new();
    if wanted.with_cards {
        let add = |line: crate::store::CardLine| {
            let memory = line.state.memory.as_ref();
            cards.push(CardLine {
                deck: line.deck_name.clone(),
                card: line.key.clone().unwrap_or_else(|| line.text.prompt(line.card.ordinal)),
                state: line.state.word(stamp.today, ctx.settings.of_deck(&line.deck_name).drill()),
                due: memory.map(|m| m.due),
                interval: memory.map(|m| m.interval),
                ease: memory.map(|m| m.ease),
                lapses: u64::from(line.state.lapses()),
            });
            Ok(())
        };
        match &among {
            Some(among) => store.lines(among, add),
            None => store.cards(&decks, &[], add),
        }
        .map_err(|error| ctx.failure(&error))?;
    }
    let about: Vec<&str> = wanted.decks.iter().map(String::as_str).chain(wanted.search).collect();
    let names = (!about.is_empty()).then(|| about.join(", "));
    let progress = Progress::new(&totals);
    Ok(build(&progress, stamp.now, names.as_deref(), wanted.with_cards.then_some(cards.as_slice())))
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
    let wanted = Wanted {
        since: args.since,
        until: args.until,
        decks: &args.decks,
        with_cards: args.with_cards,
        search: args.search.as_deref(),
    };
    let report = make(&wanted, ctx)?;
    match &args.out {
        None => renderer.render(&report, &mut ctx.out).map_err(|error| Failure::output(&error)),
        Some(path) => {
            files::write_whole(path, |out| renderer.render(&report, out))?;
            ctx.say(&format!("wrote {}", path.display()));
            Ok(())
        }
    }
}
