use crate::cli::Ctx;
use crate::cli::parse;
use crate::cli::parse::Day;
use crate::cli::parse::day;
use crate::cli::share;
use crate::core::cadence::Cadence;
use crate::core::progress::period::Period;
use crate::failure::Failure;
use crate::ops;
use crate::ops::files;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::ops::report::Wanted;
use crate::report::Earlier;
use crate::report::Privacy;
use crate::report::RENDERERS;
use crate::report::Renderer;
use crate::report::Report;
use crate::report::render_words;
use crate::report::renderer;
use crate::store::Store;
use clap::ValueEnum;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

/// Write a progress report
///
/// It holds totals only: no card texts, no answers and no single times, unless you ask for cards; its last line says what it
/// contains and what it leaves out. HTML is one file without scripts that needs no network.
///
/// With --every it covers the last whole day, week or month, in a file named after it: run it as often as you like. With
/// --share it writes the small file that `lmq team` reads, after showing you what is in it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq report                                      in the terminal
  lmq report --out report.html                    for sending
  lmq report --since 2026-01-01 --until 2026-01-31 --format csv --out january.csv
  lmq report --since 30d --compare previous       the last thirty days and the thirty before
  lmq report --compare last.json                  with a report that --json wrote
  lmq report --every week --out reports --quiet   for cron: reports/report-2026-W05.html
  lmq report --summary --out summary.html         one page, for printing
  lmq report --privacy totals --format md         not even titles of topics
  lmq report --mine --out mine.html               your own words, for yourself
  lmq report --share me.json --name Amara         for the team report
  lmq report --deck skills --with-cards --format md
  lmq report --search tag:team")]
pub(super) struct Args {
    /// The format [default: from --out's extension, else text; html with --every]
    #[arg(long, value_name = "FORMAT", value_parser = parse::renderer())]
    format: Option<String>,

    /// The file to write, completely or not at all; with --every the folder
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// From this day: 2026-01-15, or 30d for thirty days ago
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<Day>,

    /// Up to this day
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<Day>,

    /// Cover the last whole day, week or month, in a file named after it in the folder --out
    #[arg(long, value_name = "PERIOD", requires = "out", conflicts_with_all = ["since", "until"])]
    every: Option<Often>,

    /// Compare with an earlier period: `previous` for the days before, 30d for thirty days earlier, or a JSON report
    #[arg(long, value_name = "WHAT")]
    compare: Option<String>,

    /// Only this deck; may be given several times
    #[arg(long = "deck", value_name = "DECK")]
    decks: Vec<String>,

    /// Only cards that match this search, written as for `lmq cards`
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,

    /// How much is revealed: totals without any title, topics (the default), or cards
    #[arg(long, value_name = "LEVEL")]
    privacy: Option<Level>,

    /// List cards too, by key or question, with their state: the same as --privacy cards
    #[arg(long, conflicts_with = "privacy")]
    with_cards: bool,

    /// Only what fits on one page
    #[arg(long)]
    summary: bool,

    /// Replace the file if it exists
    #[arg(long)]
    force: bool,

    /// Write the file for a team report, after showing you what is in it
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "format", "out", "since", "until", "every", "compare", "search", "privacy", "with_cards", "summary", "json",
    ])]
    share: Option<PathBuf>,

    /// Write a page for you alone: what you wrote in your own words, beside your check-ups
    #[arg(long, conflicts_with_all = [
        "since", "until", "every", "compare", "decks", "search", "privacy", "with_cards", "summary", "share",
    ])]
    mine: bool,

    /// Your name in the file that you share [default: only a number, always the same]
    #[arg(long, value_name = "NAME", requires = "share")]
    name: Option<String>,

    /// Don't ask before sharing
    #[arg(long, short, requires = "share")]
    yes: bool,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// `--every`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Often {
    /// The last whole study day
    Day,
    /// The last whole week, from Monday
    Week,
    /// The last whole month
    Month,
}

impl Often {
    fn every(self) -> Cadence {
        match self {
            Self::Day => Cadence::Day,
            Self::Week => Cadence::Week,
            Self::Month => Cadence::Month,
        }
    }
}

/// `--privacy`.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    /// No title or name of any deck or topic
    Totals,
    /// Titles of topics and names of decks
    Topics,
    /// The state of each card, with its key or prompt
    Cards,
}

impl Level {
    fn privacy(self) -> Privacy {
        match self {
            Self::Totals => Privacy::Totals,
            Self::Topics => Privacy::Topics,
            Self::Cards => Privacy::Cards,
        }
    }
}

/// Endings of files that mean formats which no renderer writes.
const FOREIGN: &[&str] =
    &["pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "tsv", "png", "svg", "toml", "jsonl"];

/// The renderer that was asked for: by name, by `--json`, by the ending of the file, else text.
pub(super) fn form(format: Option<&str>, json: bool, out: Option<&Path>) -> Result<&'static dyn Renderer, Failure> {
    let ending = out.and_then(Path::extension).map(|ending| ending.to_string_lossy().to_lowercase());
    let ending = ending.as_deref();
    if let (None, false, Some(ending)) = (format, json, ending.filter(|ending| FOREIGN.contains(ending))) {
        return Err(Failure::usage(format!("lmq can't write a report as `.{ending}`"))
            .hint("use .html, .md, .csv, .json or .txt; a browser prints the page, also to a PDF"));
    }
    let by_ending = || {
        let is_it = |name| Some(name) == ending;
        RENDERERS.iter().find(|renderer| is_it(renderer.extension()) || is_it(renderer.name()))
    };
    let name = match (format, json) {
        (Some(format), _) => format,
        (None, true) => "json",
        (None, false) => by_ending().map_or("text", |renderer| renderer.name()),
    };
    renderer(name).ok_or_else(|| Failure::bug(format!("no renderer `{name}`")))
}

/// Writes a report. A text that is heard is written in words.
pub(super) fn render(
    renderer: &dyn Renderer,
    report: &Report,
    screen_reader: bool,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if screen_reader && renderer.name() == "text" { render_words(report, out) } else { renderer.render(report, out) }
}

/// The longest report that is read to be compared with.
const MOST_BYTES: u64 = 64 << 20;

/// The report that `--compare` names: an earlier period of this history, or a file.
fn earlier(
    what: &str,
    wanted: Wanted<'_>,
    every: Option<Cadence>,
    now: &Report,
    ctx: &Ctx,
    store: &Store,
) -> Result<Earlier, Failure> {
    let period = now.period;
    let before = if what == "previous" {
        match every {
            Some(every) => Some(every.previous(period)),
            None if wanted.since.is_none() => {
                return Err(Failure::usage("there is nothing before the first answer to compare with")
                    .hint("give the first day with --since, or compare with another period: --compare 30d"));
            }
            None => {
                let days = i64::try_from(period.days()).unwrap_or(i64::MAX);
                Some(Period { from: period.from.plus(-days), to: period.from.plus(-1) })
            }
        }
    } else {
        let days = what.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()).filter(|days| *days > 0);
        days.map(|days| Period { from: period.from.plus(-i64::from(days)), to: period.to.plus(-i64::from(days)) })
    };
    if let Some(before) = before {
        let since = wanted.since.map(|_| before.from);
        let wanted = Wanted { since, until: Some(before.to), with_cards: false, ..wanted };
        return Ok(Earlier::of_period(&ops::report::build_report(store, &ctx.settings, ctx.stamp(), &wanted)?));
    }
    let path = Path::new(what);
    let bytes = files::read_up_to(path, MOST_BYTES).map_err(|why| {
        Failure::data(format!("cannot compare with `{what}`"))
            .at(why.to_string())
            .hint("give `previous`, a number of days like 30d, or a file that `lmq report --json` wrote")
    })?;
    Earlier::of_file(&bytes, now).map_err(|error| {
        Failure::data(format!("cannot compare with `{what}`"))
            .at(error.to_string())
            .hint("give a file that `lmq report --json --out FILE` wrote")
    })
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    if let Some(path) = &args.share {
        let wanted =
            share::Wanted { path, name: args.name.as_deref(), decks: &args.decks, force: args.force, yes: args.yes };
        return share::run(&wanted, ctx);
    }
    let every = args.every.map(Often::every);
    let today = ctx.stamp().today;
    let whole = every.map(|every| every.last_whole(today));
    let usual = if every.is_some() { Some("html") } else { None };
    let format = args.format.as_deref().or(usual.filter(|_| !args.json));
    let renderer = form(format, args.json, args.out.as_deref())?;
    let out = match (&args.out, every, whole) {
        (Some(folder), Some(every), Some(whole)) => {
            if folder.exists() && !folder.is_dir() {
                return Err(Failure::failed(format!("`{}` is not a folder", folder.display()))
                    .hint("with --every, --out names the folder that the reports go to"));
            }
            let file = folder.join(format!("report-{}.{}", every.name(whole), renderer.extension()));
            // What is there was written for the same days: cron may come as often as it likes.
            if file.exists() && !args.force {
                ctx.say(&format!("{} already exists", file.display()));
                return Ok(());
            }
            Some(file)
        }
        (out, ..) => out.clone(),
    };
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let db = ctx.db.clone();
    // What was typed is the learner's alone.
    let rights = if args.mine { Rights::Private } else { Rights::Usual };
    let file = out.as_deref().map(|path| NewFile { path, existing, rights, db: &db });
    if let Some(file) = file {
        file.check()?;
    }
    let store = ctx.store()?;
    let report =
        if args.mine { ops::mine::page(&store, ctx.stamp())? } else { of_progress(args, every, whole, ctx, &store)? };
    let screen_reader = ctx.screen_reader;
    match file {
        None => render(renderer, &report, screen_reader, &mut ctx.out).map_err(|error| Failure::output(&error)),
        Some(file) => {
            if every.is_some() {
                files::make_folder_of(file.path)?;
            }
            file.write(|out| render(renderer, &report, screen_reader, out))?;
            ctx.say(&format!("wrote {}", file.path.display()));
            Ok(())
        }
    }
}

/// The report on what was learned, as it was asked for.
fn of_progress(
    args: &Args,
    every: Option<Cadence>,
    whole: Option<Period>,
    ctx: &Ctx,
    store: &Store,
) -> Result<Report, Failure> {
    let today = ctx.stamp().today;
    let privacy = match args.privacy {
        Some(level) => level.privacy(),
        None if args.with_cards => Privacy::Cards,
        None => Privacy::Topics,
    };
    let wanted = Wanted {
        since: whole.map(|period| period.from).or(args.since.map(|day| day.resolve(today))),
        until: whole.map(|period| period.to).or(args.until.map(|day| day.resolve(today))),
        decks: &args.decks,
        with_cards: privacy == Privacy::Cards,
        for_others: true,
        search: args.search.as_deref(),
    };
    let mut report = ops::report::build_report(store, &ctx.settings, ctx.stamp(), &wanted)?;
    if let Some(what) = &args.compare {
        let earlier = earlier(what, wanted, every, &report, ctx, store)?;
        report = report.compared_with(&earlier);
    }
    report = report.within(privacy);
    if args.summary {
        report = report.on_one_page();
    }
    Ok(report)
}
