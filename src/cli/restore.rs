use crate::cli::Ctx;
use crate::cli::backup::print;
use crate::cli::busy::Busy;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::core::text::counted;
use crate::core::text::printable;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::ops::restore::restore;
use crate::store::Surplus;
use std::io::Write;
use std::path::PathBuf;

/// Replace the database with a backup
///
/// The present database is set aside under a name with the date, never overwritten. If it holds answers that the backup lacks,
/// lmq says how many and offers to unite both histories. No other lmq may have the database open meanwhile. Without a file it
/// lists the backups that lmq made.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq restore                                        lists the backups
  lmq restore ~/backups/lmq-2026-01-15.db
  lmq restore ~/backups/lmq-2026-01-15.db --unite    keep the newer answers too")]
pub(super) struct Args {
    /// The backup [default: list the backups that lmq made]
    file: Option<PathBuf>,

    /// Also keep what the present database has and the backup lacks
    #[arg(long, requires = "file")]
    unite: bool,

    /// Don't ask
    #[arg(long, short, requires = "file")]
    yes: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let Some(file) = &args.file else {
        print(ctx, &ops::backup::list(&ctx.db)?)?;
        ctx.say("`lmq restore FILE` puts one of them in the place of the database");
        return Ok(());
    };
    let stamp = ctx.stamp();
    let mut busy = Some(Busy::new(ctx, "copying and checking"));
    let out = &mut ctx.out;
    let restored = restore(&ctx.db, file, &ctx.env, stamp, |newer| {
        busy = None;
        Ok(args.unite || newer.entries > 0 && !args.yes && agreed(out, newer)?)
    })?;
    drop(busy);
    if let Some(aside) = &restored.aside {
        ctx.line(printable(&format!("set the database that was here aside: {}", aside.display())))?;
    }
    ctx.line(printable(&format!("restored {}", file.display())))?;
    let Some(aside) = &restored.aside else { return Ok(()) };
    let newer = restored.newer;
    if newer.entries > 0 {
        ctx.line(format!("the one set aside holds {} that the backup does not have", in_words(newer)))?;
    }
    // What was set aside is one of the copies.
    let mut store = ops::open_as_is(&ctx.db, &ctx.env)?;
    for left in still_there(&clean_traces(&mut store, ctx)?.unwrap_or_default(), &[]) {
        ctx.say(&left);
    }
    if !restored.damage.is_empty() {
        let whose = if newer.entries > 0 { "the log of " } else { "" };
        let (wrong, hint) = if restored.is_newer {
            (
                "was written by a newer lmq",
                "the backup is in place; the other database stays where it is, and that version of lmq can export \
                 its history",
            )
        } else {
            ("is damaged", "the backup is in place; the other database stays where it is")
        };
        let what = format!("{whose}`{}` {wrong}: nothing can be taken over from it", aside.display());
        let damaged = restored.damage.iter().fold(Failure::data(what), |failure, damage| failure.at(damage));
        let damaged = damaged.hint(hint);
        if args.unite {
            return Err(damaged);
        }
        ctx.say(&damaged.what);
        return Ok(());
    }
    if let Some(added) = restored.united {
        return ctx.line(format!("united both: {} taken over", counted(added, "entry", "entries")));
    }
    if newer.entries == 0 {
        return Ok(());
    }
    if newer.erasures > 0 {
        ctx.say("words that were erased since the backup was made are back, until those newer entries are taken over");
    }
    ctx.say(&format!(
        "to take them over later: lmq --db {} export --what history --with-typed --out newer.zst; lmq import newer.zst",
        aside.display()
    ));
    Ok(())
}

fn in_words(newer: Surplus) -> String {
    match newer.answers {
        0 => counted(newer.entries, "entry", "entries"),
        answers => counted(answers, "answer", "answers"),
    }
}

fn agreed(out: &mut dyn Write, newer: Surplus) -> Result<bool, Failure> {
    let terminals = Env::terminals();
    if !terminals.stdin || !terminals.stdout {
        return Ok(false);
    }
    let newer = in_words(newer);
    write!(out, "The database that is here holds {newer} that the backup does not have. Take them over? [Y/n] ")
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::output(&error))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}
