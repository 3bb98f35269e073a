use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::failure::Failure;
use crate::ops;
use serde::Serialize;

/// Look whether everything is in order
///
/// Checks the file, the log, and that every state and sum is what the log adds up to. Exit code 3 where something is
/// not.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq doctor
  lmq doctor --fix      makes states and sums again from the log, after a backup beside the database")]
pub(super) struct Args {
    /// Make states and sums again from the log
    #[arg(long)]
    fix: bool,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'r> {
    rule: &'r str,
    what: &'r str,
    fixed: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ops::open_as_is(&ctx.db, &ctx.env)?;
    let stamp = ctx.stamp();
    if args.fix {
        let date = stamp.now.to_rfc3339().replace(':', "");
        let copy = ops::files::free(&std::path::PathBuf::from(format!("{}.before-fix.{date}", ctx.db.display())));
        ops::backup::backup(&store, &copy, true)?;
        ctx.say(&format!("a copy from before is at {}", copy.display()));
    }
    let busy = Busy::new(ctx, "looking at everything");
    let findings = store.doctor(stamp, args.fix).map_err(|error| ctx.failure(&error))?;
    drop(busy);
    let open = findings.iter().filter(|finding| !(args.fix && finding.fixable)).count();
    if args.json {
        let rows: Vec<Row<'_>> = findings
            .iter()
            .map(|finding| Row { rule: finding.rule, what: &finding.what, fixed: args.fix && finding.fixable })
            .collect();
        json::print(ctx, &rows)?;
    } else {
        for finding in &findings {
            let fixed = if args.fix && finding.fixable { " (made right)" } else { "" };
            ctx.line(format!("{}: {}{fixed}", finding.rule, finding.what))?;
        }
        if findings.is_empty() {
            ctx.line("everything is in order")?;
        }
    }
    if open == 0 {
        return Ok(());
    }
    let fixable = findings.iter().any(|finding| finding.fixable) && !args.fix;
    Err(Failure::data("not everything is in order").hint(if fixable {
        "`lmq doctor --fix` makes states and sums again from the log"
    } else if findings.iter().all(|finding| finding.fixable || finding.rule == "future") {
        "check the clock; the order of the answers is kept, and `lmq undo` takes back what should not be"
    } else {
        "keep this file; `lmq restore` puts a backup in its place and sets it aside"
    }))
}
