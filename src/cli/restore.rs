use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::core::text::counted;
use crate::core::text::printable;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use std::io::Write as _;
use std::path::PathBuf;

/// Put a backup in the place of the database
///
/// The present database is set aside with the date, never written over. If it holds answers that the backup does not,
/// this says how many and offers to unite both logs.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq restore ~/backups/lmq-2026-01-15.db
  lmq restore ~/backups/lmq-2026-01-15.db --unite    keep the newer answers too")]
pub(super) struct Args {
    /// The backup
    file: PathBuf,

    /// Also take over what the present database has and the backup does not
    #[arg(long)]
    unite: bool,

    /// Don't ask
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let stamp = ctx.stamp();
    let busy = Busy::new(ctx, "copying and reading back");
    let restored = ops::backup::restore(&ctx.db, &args.file, &ctx.env, stamp)?;
    drop(busy);
    if let Some(aside) = &restored.aside {
        ctx.line(printable(&format!("set the database that was here aside: {}", aside.display())))?;
    }
    ctx.line(printable(&format!("restored {}", args.file.display())))?;
    let Some(aside) = &restored.aside else { return Ok(()) };
    let newer = restored.newer;
    if newer.entries > 0 {
        let newer = match newer.answers {
            0 => counted(newer.entries, "entry", "entries"),
            answers => counted(answers, "answer", "answers"),
        };
        ctx.line(format!("the one set aside holds {newer} that the backup does not have"))?;
    }
    let is_sound = restored.damage.is_empty();
    let added = if is_sound && (args.unite || newer.entries > 0 && !args.yes && agreed(ctx)?) {
        let _busy = Busy::new(ctx, "uniting");
        Some(ops::backup::unite(&ctx.db, aside, &ctx.env, stamp))
    } else {
        None
    };
    // Only now: what was set aside is one of the copies.
    let mut store = ops::open_as_is(&ctx.db, &ctx.env)?;
    for left in still_there(&clean_traces(&mut store, ctx)?.unwrap_or_default(), &[]) {
        ctx.say(&left);
    }
    if !is_sound {
        let what = format!("the log of `{}` is damaged: nothing of it can be taken over", aside.display());
        let damaged = restored.damage.iter().fold(Failure::data(what), |failure, damage| failure.at(damage));
        let damaged = damaged.hint("the backup is in place; the other database stays where it is");
        if args.unite {
            return Err(damaged);
        }
        ctx.say(&damaged.what);
        return Ok(());
    }
    if let Some(added) = added.transpose()? {
        return ctx.line(format!("united both: {} taken over", counted(added, "entry", "entries")));
    }
    if newer.entries == 0 {
        return Ok(());
    }
    if newer.erasures > 0 {
        ctx.say("what was forgotten since the backup was made is there again, until that is taken over");
    }
    ctx.say(&format!(
        "to take them over later: lmq --db {} export --what history --out newer.zst; lmq import newer.zst",
        aside.display()
    ));
    Ok(())
}

fn agreed(ctx: &mut Ctx) -> Result<bool, Failure> {
    let terminals = Env::terminals();
    if !terminals.stdin || !terminals.stdout {
        return Ok(false);
    }
    write!(ctx.out, "Take them over? [Y/n] ")
        .and_then(|()| ctx.out.flush())
        .map_err(|error| Failure::output(&error))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::output(&error))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}
