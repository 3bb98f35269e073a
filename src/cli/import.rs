use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::faults::draw;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::cli::import_json::TakenFor;
use crate::cli::import_json::in_json;
use crate::cli::import_question;
use crate::cli::json;
use crate::cli::parse;
use crate::cli::telling::complain;
use crate::core::card::Markup;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::failure::Kind;
use crate::formats::ColumnRole;
use crate::formats::Diagnosis;
use crate::formats::HeaderRow;
use crate::formats::Role;
use crate::formats::TableOptions;
use crate::ops::import::Options;
use crate::ops::import::Report;
use crate::ops::import::diagnose;
use crate::ops::import::import;
use crate::ops::import::is_conflict_copy;
use crate::ops::import::is_two_sided;
use crate::ops::import::open;
use crate::ops::import::spool;
use crate::ops::import::unclear;
use crate::ops::import::unfollow;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

/// From when on an import shows its progress, in milliseconds.
const PATIENCE_MS: u64 = 500;

/// Bad rows that are shown; --json has all of them.
const MOST_SHOWN: usize = 20;

/// Cards that a dry run shows of those that are new, and of those that change.
const MOST_NEWS_SHOWN: usize = 3;

/// Columns whose roles are shown.
const MOST_COLUMNS_SHOWN: usize = 20;

/// Files that were left out of a folder and are named; --json has all of them.
const MOST_SKIPPED_SHOWN: usize = 10;

/// Import decks, tables, notes, or the history of another database
///
/// Reads deck files (TOML), any CSV or TSV, lists such as `term - definition`, spreadsheets (XLSX), Anki's text exports, lmq's
/// own JSON and JSON lines, and histories written by `lmq export --what history`. A folder means the decks in it and in its
/// sub-folders; `-` is standard input. Importing the same file again changes nothing; a card whose text changed in the file
/// keeps its history, and your own changes stay. `lmq undo` takes a whole import back. A history can't be undone: lmq copies the
/// database first. `lmq help import` explains tables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq import team.toml
  lmq import capitals.csv --deck Geo::Capitals
  lmq import notes.txt --delimiter ' - ' --dry-run
  lmq import words.xlsx --sheet Verbs --columns front=2,back=3,tags=5
  lmq import ~/decks --link          follow the folder: edits come in by themselves
  lmq import ~/decks --unlink        stop following it
  cat words.tsv | lmq import - --deck Words")]
pub(super) struct Args {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Put the cards into this deck, whatever the file says
    #[arg(long, value_name = "NAME")]
    deck: Option<String>,

    /// The format [default: recognised by lmq]
    #[arg(long, value_name = "FORMAT", value_parser = parse::importer())]
    format: Option<String>,

    /// What separates the columns: any text, such as " - ", or tab, comma, semicolon, pipe
    #[arg(long, value_name = "TEXT", value_parser = parse::delimiter, allow_hyphen_values = true)]
    delimiter: Option<String>,

    /// Which column holds what, by number or name: front=2,back=3,tags=5; other columns are ignored
    #[arg(long, value_name = "ROLES", value_parser = parse::columns)]
    columns: Option<parse::Columns>,

    /// Whether the first row names the columns: yes or no
    #[arg(long, value_name = "YES|NO", value_parser = parse::yes_or_no)]
    header: Option<bool>,

    /// The encoding of the text, such as windows-1252 or shift_jis
    #[arg(long, value_name = "NAME", value_parser = parse::encoding)]
    encoding: Option<String>,

    /// How the text in tables is marked up: plain, html or markdown
    #[arg(long, value_name = "MARKUP", value_parser = parse::markup)]
    markup: Option<Markup>,

    /// The sheet of a spreadsheet, by name or number [default: the first]
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,

    /// Show what would happen and the first cards, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Import nothing if any row, or any file of a folder, is bad
    #[arg(long)]
    strict: bool,

    /// For cards that you changed, take the file's text, tags and deck [default: yours stay]
    #[arg(long)]
    theirs: bool,

    /// Accept a history dated more than a year ahead of this clock
    #[arg(long)]
    accept_future: bool,

    /// Follow the files from now on: later changes come in by themselves
    #[arg(long, conflicts_with = "dry_run")]
    link: bool,

    /// Stop following these files and folders; their cards stay
    #[arg(long, conflicts_with_all = ["link", "dry_run", "strict", "theirs", "deck", "json"])]
    unlink: bool,

    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
}

/// Whether a table is nothing but questions and answers, of which nothing has to be said.
fn is_obvious(diagnosis: &Diagnosis) -> bool {
    diagnosis.header == HeaderRow::None
        && matches!(diagnosis.columns.as_slice(), [front, back] if front.role == Role::Front && back.role == Role::Back)
}

/// What the columns of a table are taken for, in one line.
fn roles(diagnosis: &Diagnosis) -> String {
    let role = |column: &ColumnRole| {
        let name =
            column.name.as_ref().map_or_else(|| column.number.to_string(), |name| format!("`{}`", one_line(name)));
        let role = if column.role == Role::Option { "option" } else { column.role.word().unwrap_or("left out") };
        format!("{name} → {role}")
    };
    let is_filled = |row: &Vec<String>, at: usize| row.get(at).is_some_and(|cell| !cell.trim().is_empty());
    // Around the bars of a table in Markdown is nothing.
    let is_there = |column: &&ColumnRole| {
        let at = column.number.saturating_sub(1);
        column.role != Role::LeftOut || column.name.is_some() || diagnosis.rows.iter().any(|row| is_filled(row, at))
    };
    diagnosis.columns.iter().filter(is_there).take(MOST_COLUMNS_SHOWN).map(role).collect::<Vec<_>>().join(", ")
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let done = import_all(args, ctx);
    if let Err(failure) = &done
        && args.json
        && failure.kind != Kind::Closed
    {
        // Where it was the output that failed there is nowhere to say so.
        json::print(ctx, &json::Refused::of(failure)).ok();
    }
    done
}

fn import_all(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    if args.unlink {
        let store = ctx.store()?;
        for file in &args.files {
            unfollow(&store, file)?;
            ctx.line(format!("{} is not followed any more; its cards stay", file.display()))?;
        }
        return Ok(());
    }
    let mut store = if args.dry_run { ctx.store_to_try()? } else { ctx.store()? };
    let mut options = Options {
        deck: args.deck.clone(),
        format: args.format.clone(),
        table: TableOptions {
            delimiter: args.delimiter.clone(),
            columns: args.columns.clone().map(|columns| columns.0).unwrap_or_default(),
            header: args.header,
            encoding: args.encoding.clone(),
            markup: args.markup,
            sheet: args.sheet.clone(),
        },
        dry_run: args.dry_run,
        strict: args.strict,
        link: args.link,
        folders: Vec::new(),
        lists_all: args.json,
        theirs: args.theirs,
        accept_future: args.accept_future,
        told: None,
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
        if args.link && is_conflict_copy(file) {
            return Err(Failure::usage(format!(
                "`{}` is a copy that a sync tool made, which can't be followed",
                file.display()
            ))
            .hint("follow the original instead; without --link the copy is imported this once"));
        }
        let (mut opened, folder) = open(file)?;
        if file.is_dir() && opened.is_empty() {
            return Err(Failure::data(format!("there are no decks in `{}`", file.display()))
                .hint("decks are files that end in .toml, .csv, .tsv, .txt, .xlsx, .json or .jsonl"));
        }
        sources.append(&mut opened);
        skipped.extend(folder.skipped);
        if args.link {
            options.folders.extend(folder.folders);
        }
    }
    let mut taken_for = Vec::new();
    // What lies in folders is looked at one by one, and left out where it is not clear.
    let named = sources.iter().filter(|source| !source.in_folder).count();
    for source in sources.iter_mut().filter(|source| !source.in_folder) {
        let Some(diagnosis) = diagnose(source, &options) else { continue };
        if args.dry_run || is_two_sided(&diagnosis) {
            taken_for.push((source.shown.clone(), diagnosis));
            continue;
        }
        // For several files one answer would be a guess again.
        if args.json || named > 1 || !in_terminal() {
            return Err(unclear(&source.shown, &diagnosis));
        }
        match import_question::ask(ctx, &source.shown, &diagnosis)? {
            Some(columns) => options.table.columns = columns,
            None => {
                let failure = Failure::failed("not imported: the question was not answered");
                return Err(failure.hint("nothing was changed"));
            }
        }
    }
    let size: u64 = sources.iter().map(|source| source.size).sum();
    let bar = ProgressBar::hidden();
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes} of {total_bytes}, {eta} left") {
        bar.set_style(style);
    }
    bar.set_length(size);
    let mut shows = !ctx.quiet && !args.json && Env::terminals().stderr;
    let draws = !ctx.screen_reader;
    let (env, stamp) = (&ctx.env, ctx.stamp());
    let started = env.ticks_ms();
    let mut progress = |read: u64| {
        if shows && env.ticks_ms().saturating_sub(started) > PATIENCE_MS {
            shows = false;
            if draws {
                bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            } else {
                complain("importing …");
            }
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
            "{cards} {have} words again: they were written after the old ones were erased, perhaps on a device that \
             did not know; `lmq forget` erases them too"
        ));
    }
    report.warnings.extend(still_there(&cleaned.unwrap_or_default(), &report.erased.followed));
    skipped.append(&mut report.skipped);
    skipped.sort_by(|a, b| (a.reason.rank(), &a.path).cmp(&(b.reason.rank(), &b.path)));
    report.skipped = skipped;
    if args.link && !args.json {
        ctx.say("lmq follows this from now on: changes come in by themselves, until `lmq import --unlink` ends it");
    }
    tell(args, ctx, &report, &taken_for)
}

fn tell(args: &Args, ctx: &mut Ctx, report: &Report, taken_for: &[TakenFor]) -> Result<(), Failure> {
    if args.json {
        tell_attention(ctx, report);
        return json::stream(ctx, &in_json(args.dry_run, report, taken_for));
    }
    if args.dry_run {
        let asked: Vec<&TakenFor> = taken_for.iter().filter(|(_, diagnosis)| !is_two_sided(diagnosis)).collect();
        for (shown, diagnosis) in &asked {
            let shown = one_line(shown);
            ctx.line(format!("would ask: which column of `{shown}` is the question, and which the answer?"))?;
            for place in &unclear(&shown, diagnosis).places {
                ctx.line(format!("  {}", one_line(place)))?;
            }
        }
        match asked.first() {
            Some((_, diagnosis)) => ctx.line(format!(
                "with --columns {} it would be: {}",
                one_line(&diagnosis.as_columns()),
                report.sentence_with_deck()
            ))?,
            None => ctx.line(format!("would be: {}", report.sentence_with_deck()))?,
        }
        tell_decks(ctx, report)?;
        tell_news(ctx, report)?;
        for (shown, diagnosis) in taken_for.iter().filter(|(_, diagnosis)| !is_obvious(diagnosis)) {
            ctx.line(format!("columns of {}: {}", one_line(shown), roles(diagnosis)))?;
            ctx.line(format!("  to choose other columns: --columns {}", one_line(&diagnosis.as_columns())))?;
        }
    } else {
        ctx.line(report.sentence_with_deck())?;
        tell_decks(ctx, report)?;
    }
    // What comes now goes to another stream: the sentence has to be there before.
    ctx.out.flush().map_err(|error| Failure::output(&error))?;
    tell_attention(ctx, report);
    for rejected in report.rejected.iter().take(MOST_SHOWN) {
        ctx.complain(rejected);
    }
    let more = report.rejections.saturating_sub(u64::try_from(MOST_SHOWN).unwrap_or(0));
    if more > 0 {
        ctx.complain(&format!("and {more} more; --json lists them"));
    }
    for deck in report.removed.iter().map(|deck| one_line(deck)) {
        ctx.say(&format!("you removed the deck {deck}: `lmq decks show {deck}` brings it back with its cards"));
    }
    if report.deleted > 0 && report.removed.is_empty() {
        ctx.say("cards that you deleted stay deleted; --theirs brings back those that the file has");
    }
    if let Some(missing) = report.missing_words() {
        ctx.say(&missing);
    }
    Ok(())
}

/// Into which decks cards go, where the sentence names none.
fn tell_decks(ctx: &mut Ctx, report: &Report) -> Result<(), Failure> {
    for (what, decks) in [("decks", report.added_to_words()), ("moved to", report.moved_to_words())] {
        if let Some(decks) = decks {
            ctx.sentence(&format!("{what}: {decks}"))?;
        }
    }
    Ok(())
}

/// The first cards that would be new, and the first that would change.
fn tell_news(ctx: &mut Ctx, report: &Report) -> Result<(), Failure> {
    let card = |(prompt, answer): &(String, String)| format!("{} → {}", one_line(prompt), one_line(answer));
    let label = if report.changes.is_empty() { "" } else { "new: " };
    for new in report.new.iter().take(MOST_NEWS_SHOWN) {
        ctx.line(format!("  {label}{}", card(new)))?;
    }
    for (before, after) in report.changes.iter().take(MOST_NEWS_SHOWN) {
        ctx.line(format!("  was: {}", one_line(before)))?;
        ctx.line(format!("  now: {}", one_line(after)))?;
    }
    let is_more = |of: &[(String, String)]| of.len() > MOST_NEWS_SHOWN;
    if is_more(&report.changes) || (is_more(&report.new) && !report.changes.is_empty()) {
        ctx.line("  … --json lists all of them")?;
    }
    Ok(())
}

/// What a person should look at.
fn tell_attention(ctx: &Ctx, report: &Report) {
    for line in report.kept_words() {
        ctx.say(&line);
    }
    for warning in &report.warnings {
        ctx.say(warning);
    }
    for loss in report.losses.iter().filter(|loss| !loss.kind.is_warned_of()) {
        ctx.say(&loss.words());
    }
    for copy in &report.copies {
        ctx.say(&format!("uniting can't be undone; the database from before is at {}", copy.display()));
    }
    for skipped in report.skipped.iter().take(MOST_SKIPPED_SHOWN) {
        ctx.say(&format!("skipped {}: {}", skipped.path.display(), skipped.reason));
    }
    let more = report.skipped.len().saturating_sub(MOST_SKIPPED_SHOWN);
    if more > 0 {
        ctx.say(&format!("skipped {} more; --json lists them", counted(more, "file", "files")));
    }
}
