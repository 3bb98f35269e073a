use crate::cli::Ctx;
use crate::cli::json;
use crate::failure::Failure;
use crate::ops;
use crate::ops::queue::Options;

/// Show the card that would be asked now
///
/// The session for scripts and editors: `lmq next` asks, `lmq answer` grades. Order and limits are those of `lmq review`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq next
  lmq next skills --json
  lmq answer \"$(lmq next --json | jq -r .id)\" good")]
pub(super) struct Args {
    /// Decks, by id or name [default: all]
    decks: Vec<String>,

    /// New cards at most, instead of what is left of the day's limit
    #[arg(long, value_name = "N")]
    new: Option<usize>,

    /// Reviews at most, instead of what is left of the day's limit
    #[arg(long, value_name = "N")]
    limit: Option<usize>,

    /// Print the card as JSON, or null
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let options = Options {
        decks: ops::decks::named(&store, &args.decks)?,
        limit: args.limit,
        new: args.new,
        ..Options::default()
    };
    let when = ops::stamp_of_sitting(&store, &ctx.env, &ctx.settings)?;
    let today = when.today;
    let next = ops::queue::next(&store, &ctx.settings, &options, today)?;
    ctx.say_left_out(&store);
    let line = match &next {
        Some((loaded, _)) => store.card(loaded.card)?,
        None => None,
    };
    if args.json {
        let card = line.as_ref().map(|line| json::Card::of(line, today, &ctx.settings));
        return json::print(ctx, &card);
    }
    match line {
        Some(line) => {
            ctx.line(crate::core::text::one_line(&line.name()))?;
            for line in crate::ui::prompt_lines(&line.text.prompt_document(line.card.ordinal)) {
                ctx.line(line)?;
            }
            Ok(())
        }
        None => match ops::pause::current(&store, today)? {
            Some(pause) => ctx.line(format!("paused until {}", pause.until.iso())),
            None => {
                ctx.line("nothing waits")?;
                let nothing = ops::day::nothing(&store, &ctx.settings, when, &options)?;
                if nothing.is_held_back() {
                    for why in crate::ui::words::nothing(&nothing, &ctx.settings) {
                        ctx.sentence(&why)?;
                    }
                }
                Ok(())
            }
        },
    }
}
