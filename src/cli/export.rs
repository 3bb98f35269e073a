use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::parse;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::EXPORTERS;
use crate::formats::exporter;
use crate::ops;
use crate::ops::export::LogOptions;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::ops::files::of_format;
use crate::store::DeckSet;
use std::io;
use std::io::Write;
use std::path::PathBuf;

/// Export decks, or your whole history
///
/// Every format brings notes back unchanged. The history is the log itself: `lmq import` unites it with that of another
/// database, and both end up with the same schedules. The answers that you typed stay with you, unless you add --with-typed to
/// a history.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq export skills --format toml --out skills.toml
  lmq export --format json > all.json
  lmq export --search 'is:marked OR tag:team' --format csv --out some.csv
  lmq export --what history --out history.jsonl.zst     compressed, because of its name
  lmq export --what history --with-typed --out all.jsonl.zst     for another of your own devices")]
pub(super) struct Args {
    /// Decks, by id or name [default: all]
    decks: Vec<String>,

    /// Only notes with a card that matches this search, written as for `lmq cards`
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,

    /// The format [default: from --out's extension]
    #[arg(long, value_name = "FORMAT", value_parser = parse::exporter())]
    format: Option<String>,

    /// Notes, or the log itself as lines of JSON, compressed if --out ends in .zst
    #[arg(long, value_name = "WHAT", value_parser = ["notes", "history"], default_value = "notes")]
    what: String,

    /// Include the answers that you typed, to take the history to another device of yours
    #[arg(long)]
    with_typed: bool,

    /// The file to write; it is written completely or not at all
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,
}

/// The format of the log.
const LOG_FORMAT: &str = "jsonl";

/// Endings of files that mean formats which hold no history.
const OTHER_FORMATS: [&str; 4] = ["toml", "csv", "tsv", "xlsx"];

/// `a, b or c`
fn any_of(names: &[&str]) -> String {
    match names {
        [first @ .., before, last] => {
            let first: String = first.iter().map(|name| format!("{name}, ")).collect();
            format!("{first}{before} or {last}")
        }
        names => names.concat(),
    }
}

fn format(args: &Args) -> Result<String, Failure> {
    if let Some(format) = &args.format {
        return Ok(format.clone());
    }
    if args.what == "history" {
        return Ok(LOG_FORMAT.to_owned());
    }
    let ending =
        args.out.as_ref().and_then(|path| path.extension()).map(|ending| ending.to_string_lossy().to_lowercase());
    let names: Vec<&str> = EXPORTERS.iter().map(|exporter| exporter.name()).collect();
    match ending {
        Some(name) if names.contains(&name.as_str()) => Ok(name),
        Some(other) => Err(Failure::usage(format!("lmq can't export to `.{}`", one_line(&other)))
            .hint(format!("end the name in .{}, or use --format", names.join(", .")))),
        None => Err(Failure::usage("the format is not given").hint(format!("use --format {}", any_of(&names)))),
    }
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let format = format(args)?;
    let db = ctx.db.clone();
    let file = args.out.as_deref().map(|path| NewFile {
        path,
        existing: if args.force { Existing::Replace } else { Existing::Keep },
        // The log has what was typed, too.
        rights: if args.what == "history" { Rights::Private } else { Rights::Usual },
        db: &db,
    });
    if let Some(file) = file {
        file.check()?;
    }
    let store = ctx.store()?;
    let mut decks = ops::decks::named(&store, &args.decks)?;
    if args.with_typed && args.what != "history" {
        return Err(Failure::usage("only the history contains what you typed")
            .hint("lmq export --what history --with-typed --out FILE.jsonl.zst"));
    }
    if args.what == "history" {
        if format != LOG_FORMAT || !args.decks.is_empty() || args.search.is_some() {
            return Err(Failure::usage("the history is always exported whole, as lines of JSON")
                .hint("lmq export --what history --out FILE.jsonl.zst"));
        }
        let ending = args.out.as_ref().and_then(|path| path.extension()).map(|ending| ending.to_ascii_lowercase());
        if let Some(other) = ending.as_ref().filter(|ending| OTHER_FORMATS.iter().any(|other| *ending == other)) {
            return Err(Failure::usage(format!("the history can't be exported to `.{}`", other.to_string_lossy()))
                .hint("it is lines of JSON: end the name in .jsonl, or in .jsonl.zst to compress it"));
        }
        let compressed = ending.is_some_and(|ending| ending == "zst");
        let options = LogOptions { compressed, with_typed: args.with_typed };
        let (mut left_out, mut elsewhere) = (0, 0);
        let count = write(file, ctx, |out| {
            let written = ops::export::log(&store, options, out)?;
            Ok(written.map(|written| {
                (left_out, elsewhere) = (written.without_typed, written.elsewhere);
                written.entries
            }))
        })?;
        let mut said = format!("wrote {}", counted(count, "entry of the log", "entries of the log"));
        if left_out > 0 {
            let answers = counted(left_out, "answer", "answers");
            said.push_str(&format!(", without what you typed for {answers}: --with-typed includes it"));
        }
        if elsewhere > 0 && args.with_typed {
            let answers = counted(elsewhere, "answer", "answers");
            said.push_str(&format!(
                "; what you typed for {answers} is not here: export the history with --with-typed where you typed \
                 it, and import that"
            ));
        }
        ctx.say(&said);
        return Ok(());
    }
    let exporter = exporter(&format).ok_or_else(|| Failure::bug(format!("no exporter `{format}`")))?;
    let mut among = None;
    if let Some(query) = &args.search {
        let mut cards = ops::search::cards(&store, &ctx.settings, ctx.stamp().today, query)?;
        if decks != DeckSet::All {
            let named = store.cards_in(&decks)?;
            cards.retain(|card| named.contains(card));
        }
        decks = store.decks_of(&cards)?;
        among = Some(cards.into_iter().map(|card| card.note).collect());
    }
    if file.is_none() {
        // What a format can't hold is found before the first byte goes out: nobody is left with half a file. A copy on the disk
        // would need room there, and what is exported may be what is to be saved from a full one.
        ops::export::notes(&store, &decks, among.as_ref(), exporter, &mut io::sink())?
            .map_err(|error| failure_of(&error))?;
    }
    let count = write(file, ctx, |out| ops::export::notes(&store, &decks, among.as_ref(), exporter, out))?;
    ctx.say(&format!("wrote {}", counted(count, "note", "notes")));
    Ok(())
}

fn failure_of(error: &io::Error) -> Failure {
    of_format(error).unwrap_or_else(|| Failure::output(error))
}

fn write(
    file: Option<NewFile<'_>>,
    ctx: &mut Ctx,
    export: impl FnOnce(&mut dyn Write) -> Result<io::Result<u64>, Failure>,
) -> Result<usize, Failure> {
    let mut trouble = None;
    let mut count = 0;
    let work = |out: &mut dyn Write| match export(out) {
        Ok(Ok(written)) => {
            count = written;
            Ok(())
        }
        Ok(Err(error)) => Err(error),
        Err(failure) => {
            trouble = Some(failure);
            Err(io::Error::other("the database could not be read"))
        }
    };
    let busy = file.map(|_| Busy::new(ctx, "writing"));
    let done = match file {
        Some(file) => file.write(work),
        None => work(&mut ctx.out).map_err(|error| failure_of(&error)),
    };
    drop(busy);
    if let Some(failure) = trouble {
        return Err(failure);
    }
    done?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}
