use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::core::text::counted;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::ops;
use crate::ops::backup::Holds;
use crate::ops::backup::Listed;
use crate::store::Surplus;
use serde::Serialize;
use std::path::PathBuf;

/// Copy the whole database to a file
///
/// Safe at any time, even while `lmq review` is open in another window. The copy is checked as `lmq doctor` checks a database
/// before it replaces anything. The first session of each day also makes a backup beside the database; --list shows those
/// backups and the other copies that lmq made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq backup ~/backups/lmq-$(date +%F).db
  lmq backup --list")]
pub(super) struct Args {
    /// The file to write
    #[arg(required_unless_present_any = ["list", "json"], conflicts_with_all = ["list", "json"])]
    file: Option<PathBuf>,

    /// Replace the file if it exists
    #[arg(long, conflicts_with = "list")]
    force: bool,

    /// List the copies that lmq made beside the database
    #[arg(long)]
    list: bool,

    /// Print the list as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct CopyJson<'c> {
    file: String,
    reason: &'c str,
    made: Option<String>,
    bytes: u64,
    answers: Option<u64>,
    answers_since: Option<u64>,
    entries_since: Option<u64>,
    answers_only_there: Option<u64>,
    entries_only_there: Option<u64>,
}

impl<'c> CopyJson<'c> {
    fn of(listed: &'c Listed) -> Self {
        let (copy, holds) = (&listed.copy, listed.holds.as_ref());
        let newer = holds.and_then(|holds| holds.newer);
        let more = holds.and_then(|holds| holds.more);
        Self {
            file: copy.path.display().to_string(),
            reason: copy.reason(),
            made: copy.made.map(crate::core::study_day::Timestamp::to_rfc3339),
            bytes: copy.bytes,
            answers: holds.map(|holds| holds.answers),
            answers_since: newer.map(|newer| newer.answers),
            entries_since: newer.map(|newer| newer.entries),
            answers_only_there: more.map(|more| more.answers),
            entries_only_there: more.map(|more| more.entries),
        }
    }
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let Some(file) = &args.file else {
        let listed = ops::backup::list(&ctx.db)?;
        if args.json {
            let rows: Vec<CopyJson<'_>> = listed.iter().map(CopyJson::of).collect();
            return json::print(ctx, &rows);
        }
        return print(ctx, &listed);
    };
    let store = ops::open_as_is(&ctx.db, &ctx.env)?;
    let busy = Busy::new(ctx, "copying and checking");
    ops::backup::backup(&store, file, args.force, &ctx.env, ctx.stamp())?;
    drop(busy);
    ctx.line(printable(&format!("wrote {}", file.display())))
}

/// Prints the copies beside the database, a line each.
pub(super) fn print(ctx: &mut Ctx, listed: &[Listed]) -> Result<(), Failure> {
    if listed.is_empty() {
        let db = ctx.db.display().to_string();
        return ctx.line(printable(&format!("there are no backups beside {db} yet")));
    }
    for Listed { copy, holds } in listed {
        let made = match copy.made.and_then(crate::core::study_day::Timestamp::to_datetime) {
            Some(made) => made.format("%Y-%m-%d %H:%M").to_string(),
            None => "at some time".to_owned(),
        };
        let holds = holds.as_ref().map_or_else(|| "can't be read by this version".to_owned(), in_words);
        let line = format!("{made}  {}: {holds}\n  {}", copy.reason(), copy.path.display());
        ctx.line(printable(&line))?;
    }
    Ok(())
}

fn in_words(holds: &Holds) -> String {
    let answers = counted(holds.answers, "answer", "answers");
    let told = |surplus: Option<Surplus>, of_answers: &str, of_entries: &str| {
        let surplus = surplus.filter(|surplus| surplus.entries > 0)?;
        Some(match surplus.answers {
            0 => of_entries.replace('#', &counted(surplus.entries, "entry", "entries")),
            answers => of_answers.replace('#', &counted(answers, "answer", "answers")),
        })
    };
    let lacks = told(holds.newer, "; lacks # given since then", "; lacks # of the log written since then");
    let more = told(holds.more, "; has # that the database lacks", "; has # of the log that the database lacks");
    let same = (holds.newer.is_some() && lacks.is_none() && more.is_none()).then_some("; the same as now");
    format!("{answers}{}{}{}", lacks.unwrap_or_default(), more.unwrap_or_default(), same.unwrap_or_default())
}
