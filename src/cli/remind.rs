use crate::cli::Ctx;
use crate::core::text::printable;
use crate::core::text::thousands;
use crate::failure::Failure;
use crate::ops::day::Waiting;
use crate::ops::day::waiting;
use crate::store::Store;

/// Print one line when cards are due: for a prompt or a status bar
///
/// Prints nothing when nothing is due, and never fails: without a database, or with one that can't be read at once, there is no
/// line. It only reads, takes no lock and follows no files. New cards don't count.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq remind                          12 cards are due
  lmq remind --format '{due} due'     {due} is {reviews} plus {repeats}
  PS1='$(lmq remind --format \"[{due}] \")\\w $ '     in the prompt of bash")]
pub(super) struct Args {
    /// The line, with {due}, {reviews} and {repeats} in it
    #[arg(long, value_name = "TEXT")]
    format: Option<String>,
}

fn line(format: Option<&str>, waiting: Waiting) -> Option<String> {
    let due = waiting.reviews + waiting.repeats;
    let line = match format {
        _ if due == 0 => return None,
        Some(format) => printable(format)
            .replace('\n', " ")
            .replace("{due}", &due.to_string())
            .replace("{reviews}", &waiting.reviews.to_string())
            .replace("{repeats}", &waiting.repeats.to_string()),
        None if due == 1 => "1 card is due".to_owned(),
        None => format!("{} cards are due", thousands(due)),
    };
    Some(line)
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    // Whatever is wrong: a prompt is no place to say so, and the next command will.
    let store = Store::look(&ctx.db).ok().flatten();
    let waiting = store.and_then(|store| waiting(&store, &ctx.settings, ctx.stamp().today).ok());
    match waiting.and_then(|waiting| line(args.format.as_deref(), waiting)) {
        Some(line) => ctx.exactly(line),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_worded_and_absent_when_nothing_is_due() {
        let waiting = |reviews, repeats| Waiting { reviews, repeats };
        assert_eq!(line(None, waiting(0, 0)), None);
        assert_eq!(line(Some("x"), waiting(0, 0)), None);
        assert_eq!(line(None, waiting(1, 0)).unwrap(), "1 card is due");
        assert_eq!(line(None, waiting(1200, 34)).unwrap(), "1,234 cards are due");
        assert_eq!(line(Some("{due}={reviews}+{repeats}"), waiting(5, 2)).unwrap(), "7=5+2");
    }
}
