use crate::cli::Ctx;
use crate::cli::faults::draw;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::cli::json;
use crate::cli::parse;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops::import::Options;
use crate::ops::import::Report;
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

/// Bad rows that are shown; --json has the first 1,000.
const MOST_SHOWN: usize = 20;

/// Import decks, tables, notes, or the history of another database
///
/// Reads deck files (TOML), CSV and TSV with or without a header, Anki's text exports, lmq's own JSON and JSON lines,
/// and histories written by `lmq export --what history`. A folder means the files in it; `-` is standard input. The same
/// file again changes nothing; an edited card keeps its history and your own words. All files together are one step for
/// `lmq undo`, but a history is none: uniting two can't be undone, so a copy of the database is made before.
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

    /// Where a card was changed in the file and by you, take the file's text; yours stays otherwise
    #[arg(long)]
    theirs: bool,

    /// Take a history from more than a year ahead of this clock, too
    #[arg(long)]
    accept_future: bool,

    /// Follow the files from now on: changes come in at the next start
    #[arg(long, conflicts_with = "dry_run")]
    link: bool,

    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct ImportJson<'o> {
    dry_run: bool,
    files: u64,
    added: u64,
    changed: u64,
    same: u64,
    restored: u64,
    duplicates: u64,
    missing: u64,
    retired: u64,
    kept: u64,
    rejected: u64,
    rejections: &'o [String],
    warnings: &'o [String],
    entries_added: u64,
    entries_known: u64,
    texts_erased: u64,
    copies: Vec<String>,
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
        folders: args.files.iter().filter(|file| args.link && file.is_dir()).cloned().collect(),
        theirs: args.theirs,
        accept_future: args.accept_future,
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
    let done = import(&mut store, stamp, sources, &options, &draw, &mut progress);
    bar.finish_and_clear();
    // Also where a file after the history was refused.
    let cleaned = if args.dry_run { Ok(None) } else { clean_traces(&mut store, ctx) };
    let mut report = done?;
    let cleaned = cleaned.unwrap_or_else(|failed| {
        report.warnings.push(one_line(&failed.what));
        None
    });
    if report.erased.texts > 0 {
        let texts = counted(report.erased.texts, "text", "texts");
        report.warnings.push(format!("erased {texts}, as another device did"));
    }
    if let Some(first) = report.rewritten.first() {
        let (cards, have) = match report.rewritten.len() {
            1 => (one_line(first), "has"),
            more => (format!("{} and {} more", one_line(first), counted(more - 1, "card", "cards")), "have"),
        };
        report.warnings.push(format!(
            "{cards} {have} words again: they were written after the old ones were erased, maybe where that was not known; \
             `lmq forget` erases them too"
        ));
    }
    report.warnings.extend(still_there(&cleaned.unwrap_or_default(), &report.erased.followed));
    for path in &skipped {
        ctx.say(&format!("skipped {path}: no deck"));
    }
    tell(args, ctx, &report)
}

fn tell(args: &Args, ctx: &mut Ctx, report: &Report) -> Result<(), Failure> {
    for warning in &report.warnings {
        ctx.say(warning);
    }
    for copy in &report.copies {
        ctx.say(&format!("uniting can't be undone; the database from before is at {}", copy.display()));
    }
    if args.json {
        return json::print(
            ctx,
            &ImportJson {
                dry_run: args.dry_run,
                files: report.files,
                added: report.added,
                changed: report.changed,
                same: report.same,
                restored: report.restored,
                duplicates: report.duplicates,
                missing: report.missing,
                retired: report.retired,
                kept: report.kept,
                rejected: report.rejections,
                rejections: &report.rejected,
                warnings: &report.warnings,
                entries_added: report.entries_added,
                entries_known: report.entries_known,
                texts_erased: report.erased.texts,
                copies: report.copies.iter().map(|path| path.display().to_string()).collect(),
            },
        );
    }
    for rejected in report.rejected.iter().take(MOST_SHOWN) {
        crate::cli::complain(rejected);
    }
    let more = report.rejections.saturating_sub(u64::try_from(MOST_SHOWN).unwrap_or(0));
    if more > 0 {
        crate::cli::complain(&format!("and {more} more; --json lists the first 1,000"));
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
        let notes = counted(report.missing, "note of the deck stays that is", "notes of the deck stay that are");
        ctx.say(&format!("{notes} not in the file"));
    }
    Ok(())
}
