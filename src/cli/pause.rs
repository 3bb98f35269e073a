use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::parse;
use crate::failure::Failure;
use crate::ops;
use serde::Serialize;

/// Take a break: nothing is due, and your streak is safe
///
/// Until the day that you give, no card is asked and the days don't count against your streak. The log keeps the break, so it
/// applies on all your devices. When you return, lmq shows what is waiting, most at risk first, within your daily limits.
/// `lmq answer` and `lmq review --cram` work all the time. Without options it says whether you are on a break.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq pause --until 2026-02-01
  lmq pause --until 14d
  lmq pause
  lmq pause --off")]
pub(super) struct Args {
    /// The first day on which cards are asked again: 2026-02-01, 14d for in fourteen days, or tomorrow
    #[arg(long, value_name = "DAY", value_parser = parse::ahead, conflicts_with = "off")]
    until: Option<parse::Ahead>,

    /// End the break today
    #[arg(long)]
    off: bool,

    /// Print an object as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Paused {
    paused: bool,
    since: Option<String>,
    until: Option<String>,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let mut store = ctx.store()?;
    let stamp = ctx.stamp();
    let mut ended = None;
    if let Some(until) = args.until {
        ops::pause::pause(&mut store, stamp, until.resolve(stamp.today))?;
    } else if args.off {
        ended = ops::pause::resume(&mut store, stamp)?;
    }
    let pause = ops::pause::current(&store, stamp.today)?;
    if args.json {
        let day = |day: crate::core::study_day::StudyDay| day.iso();
        let (since, until) = (pause.map(|pause| day(pause.from)), pause.map(|pause| day(pause.until)));
        return json::print(ctx, &Paused { paused: pause.is_some(), since, until });
    }
    match (pause, ended) {
        (Some(pause), _) => ctx.line(crate::ui::words::paused(pause.until)),
        (None, None) => ctx.line("no pause"),
        (None, Some(_)) => {
            ctx.line("the break is over")?;
            let day = ops::day::day(&store, &ctx.settings, stamp)?;
            match day.comeback {
                Some(comeback) => ctx.line(crate::ui::words::comeback(&comeback)),
                None => Ok(()),
            }
        }
    }
}
