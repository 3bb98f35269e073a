use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::parse;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::env::Env;
use crate::failure::Failure;
use crate::formats::FileFault;
use crate::ops::import::Options;
use crate::ops::import::Report;
use crate::ops::import::follow_folder;
use crate::ops::import::import;
use crate::ops::import::open;
use crate::ops::import::spool;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use serde::Serialize;
use std::path::Path;
use std::path::PathBuf;

/// From when on an import shows its progress, in milliseconds.
const PATIENCE_MS: u64 = 500;

/// Bad rows that are shown; --json has all of them.
const MOST_SHOWN: usize = 20;

/// Lines up to this many bytes are shown with a caret; of longer ones there is only the place.
const LONGEST_DRAWN: usize = 300;

/// Import decks, tables, notes, or the history of another database
///
/// Reads deck files (TOML), CSV and TSV with or without a header, Anki's text exports, lmq's own JSON and JSON lines,
/// and histories written by `lmq export --what history`. A folder means the files in it; `-` is standard input. The same
/// file again changes nothing; an edited card keeps its history. All files together are one step for `lmq undo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq import team.toml
  lmq import capitals.csv --deck Geo::Capitals
  lmq import notes.txt --delimiter tab --dry-run
  lmq import ~/decks --link          follow the folder: edits come in by themselves
  cat words.tsv | lmq import - --deck Words")]
pub(super) struct Args {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The deck that the cards go into, whatever the file says
    #[arg(long, value_name = "NAME")]
    deck: Option<String>,

    /// The format; found out where it is not given
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,

    /// The separator of columns: one character, or tab, comma, semicolon, pipe
    #[arg(long, value_name = "C", value_parser = parse::delimiter)]
    delimiter: Option<u8>,

    /// Say what would happen and show the first cards; change nothing
    #[arg(long)]
    dry_run: bool,

    /// Import nothing if one row is bad
    #[arg(long)]
    strict: bool,

    /// Follow the files from now on: changes come in at the next start
    #[arg(long, conflicts_with = "dry_run")]
    link: bool,

    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Outcome<'o> {
    dry_run: bool,
    files: u64,
    added: u64,
    changed: u64,
    same: u64,
    restored: u64,
    duplicates: u64,
    missing: u64,
    rejected: u64,
    rejections: &'o [String],
    warnings: &'o [String],
    events_added: u64,
    events_known: u64,
}

/// The faults of a deck file, each with its line and a caret under what it is about.
fn draw(name: &str, text: &str, faults: &[FileFault]) -> Vec<String> {
    use miette::GraphicalReportHandler;
    use miette::GraphicalTheme;
    use miette::LabeledSpan;
    use miette::MietteDiagnostic;
    use miette::NamedSource;
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::none()).with_context_lines(1).with_width(100);
    // miette numbers lines by going through the text: for a file with very many faults the carets are left out.
    let source = (faults.len() <= 50 && text.len() <= 1 << 20).then(|| NamedSource::new(name, printable(text)));
    let same = printable(text) == text;
    faults
        .iter()
        .map(|fault| {
            let head = format!("{name}:{}: {}: {}", fault.place, fault.rule, printable(&fault.what));
            let help = printable(&fault.help);
            let mut drawn = String::new();
            let start = text.get(..fault.span.start).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
            let end = text.get(fault.span.start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| fault.span.start + at);
            if let Some(source) = source.as_ref().filter(|_| same && end - start <= LONGEST_DRAWN) {
                // A fault that goes on over lines is drawn where it begins.
                let span = LabeledSpan::at(fault.span.start..fault.span.end.min(end), "here");
                let report = miette::Report::new(MietteDiagnostic::new("x").with_label(span)).with_source_code(source.clone());
                handler.render_report(&mut drawn, report.as_ref()).ok();
            }
            // The first lines repeat what the head says, and miette shows whole lines only with their neighbours: what is
            // wanted is the line with its caret.
            let number = fault.place.line.to_string();
            let lines: Vec<&str> = drawn
                .lines()
                .filter(|line| {
                    let line = line.trim_start();
                    line.split_whitespace().next() == Some(&number) || line.starts_with(['·', ':'])
                })
                .collect();
            if lines.is_empty() { format!("{head}\n  {help}") } else { format!("{head}\n{}\n  {help}", lines.join("\n")) }
        })
        .collect()
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ctx.store()?;
    let options = Options {
        deck: args.deck.clone(),
        format: args.format.clone(),
        delimiter: args.delimiter,
        dry_run: args.dry_run,
        strict: args.strict,
        link: args.link,
    };
    let mut sources = Vec::new();
    let mut skipped = Vec::new();
    for file in &args.files {
        if file == Path::new("-") {
            if args.link {
                return Err(Failure::usage("standard input can't be followed").hint("name a file"));
            }
            sources.push(spool(std::io::stdin().lock())?);
            continue;
        }
        let (mut opened, left) = open(file)?;
        if file.is_dir() && opened.is_empty() {
            return Err(Failure::data(format!("there are no decks in `{}`", file.display()))
                .hint("decks are files that end in .toml, .csv, .tsv, .txt, .json or .jsonl"));
        }
        sources.append(&mut opened);
        skipped.extend(left);
    }
    let size: u64 = sources.iter().map(|source| source.size).sum();
    let bar = ProgressBar::hidden();
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {eta} left") {
        bar.set_style(style);
    }
    bar.set_length(size);
    let shows = !ctx.quiet && !args.json && Env::terminals().stderr;
    let (env, stamp) = (&ctx.env, ctx.stamp());
    let started = env.ticks_ms();
    let mut progress = |read: u64| {
        if shows && bar.is_hidden() && env.ticks_ms().saturating_sub(started) > PATIENCE_MS {
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
        }
        bar.set_position(read);
    };
    let done = import(&mut store, env, stamp, sources, &options, &draw, &mut progress);
    bar.finish_and_clear();
    let report = done?;
    if args.link {
        for folder in args.files.iter().filter(|file| file.is_dir()) {
            follow_folder(&mut store, stamp, folder, &options)?;
        }
    }
    for path in &skipped {
        ctx.say(&format!("skipped {path}: no deck"));
    }
    tell(args, ctx, &report)
}

fn tell(args: &Args, ctx: &mut Ctx, report: &Report) -> Result<(), Failure> {
    for warning in &report.warnings {
        ctx.say(warning);
    }
    if args.json {
        return json::print(ctx, &Outcome {
            dry_run: args.dry_run,
            files: report.files,
            added: report.added,
            changed: report.changed,
            same: report.same,
            restored: report.restored,
            duplicates: report.duplicates,
            missing: report.missing,
            rejected: report.rejections,
            rejections: &report.rejected,
            warnings: &report.warnings,
            events_added: report.events_added,
            events_known: report.events_known,
        });
    }
    for rejected in report.rejected.iter().take(MOST_SHOWN) {
        crate::cli::complain(rejected);
    }
    let more = report.rejections.saturating_sub(u64::try_from(MOST_SHOWN).unwrap_or(0));
    if more > 0 {
        crate::cli::complain(&format!("and {more} more; --json lists them"));
    }
    if args.dry_run {
        ctx.line(format!("would be: {}", report.sentence()))?;
        for (prompt, answer) in &report.first {
            ctx.line(format!("  {} → {}", one_line(prompt), one_line(answer)))?;
        }
        return Ok(());
    }
    ctx.line(report.sentence())?;
    if report.missing > 0 {
        let notes = crate::core::text::counted(
            usize::try_from(report.missing).unwrap_or(usize::MAX),
            "note of the deck stays that is",
            "notes of the deck stay that are",
        );
        ctx.say(&format!("{notes} not in the file"));
    }
    Ok(())
}
