use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::complain;
use crate::cli::faults::draw;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::cli::import_question;
use crate::cli::json;
use crate::cli::parse;
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
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeSeq as _;
use std::collections::BTreeMap;
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

    /// Print what happened as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct ImportJson<'o> {
    dry_run: bool,
    files: u64,
    added: u64,
    added_to: &'o BTreeMap<String, u64>,
    changed: u64,
    same: u64,
    restored: u64,
    duplicates: u64,
    missing: u64,
    retired: u64,
    kept: u64,
    deleted: u64,
    kept_notes: Vec<KeptJson<'o>>,
    rejected: u64,
    #[serde(serialize_with = "all_rejections")]
    rejections: &'o Report,
    skipped: Vec<SkippedJson>,
    losses: Vec<LossJson<'o>>,
    warnings: &'o [String],
    tables: Vec<TableJson<'o>>,
    first: Vec<FirstJson<'o>>,
    new: Vec<FirstJson<'o>>,
    changes: Vec<ChangeJson<'o>>,
    missing_notes: &'o [String],
    entries_added: u64,
    entries_known: u64,
    texts_erased: u64,
    copies: Vec<String>,
}

/// A note of which the learner's version stays.
#[derive(Serialize)]
struct KeptJson<'o> {
    name: &'o str,
    file: &'o str,
    parts: Vec<&'static str>,
    why: String,
    yours: Option<&'o str>,
    theirs: Option<&'o str>,
}

/// A file of a folder that was left out.
#[derive(Serialize)]
struct SkippedJson {
    file: String,
    reason: &'static str,
    why: String,
}

/// What was lost or changed on the way in.
#[derive(Serialize)]
struct LossJson<'o> {
    what: &'static str,
    count: u64,
    names: &'o [String],
    places: &'o [String],
    words: String,
}

/// A file with what it is taken for.
type TakenFor = (String, Box<Diagnosis>);

/// What a table is taken for.
#[derive(Serialize)]
struct TableJson<'o> {
    file: &'o str,
    encoding: &'o str,
    separator: &'o str,
    sheet: Option<&'o str>,
    header: &'static str,
    columns: Vec<ColumnJson<'o>>,
    is_clear: bool,
    asks: bool,
    as_columns: String,
}

/// A column of a table.
#[derive(Serialize)]
struct ColumnJson<'o> {
    number: usize,
    name: Option<&'o str>,
    role: Option<&'static str>,
    is_sure: bool,
}

impl<'o> TableJson<'o> {
    fn of(file: &'o str, diagnosis: &'o Diagnosis) -> Self {
        Self {
            file,
            encoding: diagnosis.encoding,
            separator: &diagnosis.separator,
            sheet: diagnosis.sheet.as_deref(),
            header: match diagnosis.header {
                HeaderRow::None => "no",
                HeaderRow::Sure => "yes",
                HeaderRow::Likely => "likely",
            },
            columns: diagnosis
                .columns
                .iter()
                .map(|column| ColumnJson {
                    number: column.number,
                    name: column.name.as_deref(),
                    role: column.role.word(),
                    is_sure: column.is_sure,
                })
                .collect(),
            is_clear: !diagnosis.is_unclear(),
            asks: !is_two_sided(diagnosis),
            as_columns: diagnosis.as_columns(),
        }
    }
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
        format!("{name} → {}", column.role.word().unwrap_or("left out"))
    };
    diagnosis.columns.iter().take(MOST_COLUMNS_SHOWN).map(role).collect::<Vec<_>>().join(", ")
}

/// One of the first cards.
#[derive(Serialize)]
struct FirstJson<'o> {
    prompt: &'o str,
    answer: &'o str,
}

/// A card that would change.
#[derive(Serialize)]
struct ChangeJson<'o> {
    before: &'o str,
    after: &'o str,
}

/// Writes all bad rows, those too that are not in memory.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to the field")]
fn all_rejections<S: Serializer>(report: &&Report, serializer: S) -> Result<S::Ok, S::Error> {
    /// A fault of the file that the lines lie in, or of what they are written to.
    enum Fault<E> {
        Io(std::io::Error),
        Serde(E),
    }
    impl<E> From<std::io::Error> for Fault<E> {
        fn from(error: std::io::Error) -> Self {
            Self::Io(error)
        }
    }
    let mut list = serializer.serialize_seq(None)?;
    for line in &report.rejected {
        list.serialize_element(line)?;
    }
    let done = report.more_rejected.each(|line| list.serialize_element(line).map_err(Fault::Serde));
    done.map_err(|fault| match fault {
        Fault::Io(error) => serde::ser::Error::custom(error),
        Fault::Serde(error) => error,
    })?;
    list.end()
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
    tell(args, ctx, &report, &taken_for)
}

fn tell(args: &Args, ctx: &mut Ctx, report: &Report, taken_for: &[TakenFor]) -> Result<(), Failure> {
    if args.json {
        tell_attention(ctx, report);
        return json::stream(ctx, &in_json(args, report, taken_for));
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
        crate::cli::complain(rejected);
    }
    let more = report.rejections.saturating_sub(u64::try_from(MOST_SHOWN).unwrap_or(0));
    if more > 0 {
        crate::cli::complain(&format!("and {more} more; --json lists them"));
    }
    if report.deleted > 0 {
        ctx.say("cards that you deleted stay deleted; --theirs brings back those that the file has");
    }
    if let Some(missing) = report.missing_words() {
        ctx.say(&missing);
    }
    Ok(())
}

/// Into which decks new cards go, where the sentence names none.
fn tell_decks(ctx: &mut Ctx, report: &Report) -> Result<(), Failure> {
    report.added_to_words().map_or(Ok(()), |decks| ctx.sentence(&format!("decks: {decks}")))
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

fn in_json<'o>(args: &Args, report: &'o Report, taken_for: &'o [TakenFor]) -> ImportJson<'o> {
    ImportJson {
        dry_run: args.dry_run,
        files: report.files,
        added: report.added,
        added_to: &report.added_to,
        changed: report.changed,
        same: report.same,
        restored: report.restored,
        duplicates: report.duplicates,
        missing: report.missing,
        retired: report.retired,
        kept: report.kept,
        deleted: report.deleted,
        kept_notes: report
            .kept_notes
            .iter()
            .map(|kept| KeptJson {
                name: &kept.name,
                file: &kept.file,
                parts: kept.parts.iter().map(|part| part.name()).collect(),
                why: kept.why(),
                yours: kept.texts.as_ref().map(|(mine, _)| mine.as_str()),
                theirs: kept.texts.as_ref().map(|(_, theirs)| theirs.as_str()),
            })
            .collect(),
        rejected: report.rejections,
        rejections: report,
        skipped: report
            .skipped
            .iter()
            .map(|skipped| SkippedJson {
                file: skipped.path.display().to_string(),
                reason: skipped.reason.name(),
                why: skipped.reason.to_string(),
            })
            .collect(),
        losses: report
            .losses
            .iter()
            .map(|loss| LossJson {
                what: loss.kind.name(),
                count: loss.count,
                names: loss.kind.names(),
                places: &loss.places,
                words: loss.words(),
            })
            .collect(),
        warnings: &report.warnings,
        tables: taken_for.iter().map(|(file, diagnosis)| TableJson::of(file, diagnosis)).collect(),
        first: report.first.iter().map(|(prompt, answer)| FirstJson { prompt, answer }).collect(),
        new: report.new.iter().map(|(prompt, answer)| FirstJson { prompt, answer }).collect(),
        changes: report.changes.iter().map(|(before, after)| ChangeJson { before, after }).collect(),
        missing_notes: &report.missing_notes,
        entries_added: report.entries_added,
        entries_known: report.entries_known,
        texts_erased: report.erased.texts,
        copies: report.copies.iter().map(|path| path.display().to_string()).collect(),
    }
}
