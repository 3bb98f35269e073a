use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::core::event::Fact;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::store::HistoryRow;
use crate::store::StoreError;

/// Show the log: every answer, oldest first
///
/// Nothing is ever taken out of it: what was undone is marked as such.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq history
  lmq history differences/d08-leader-questions
  lmq history --json | jq 'map(select(.kind == \"answered\" and .quality < 3))'")]
pub(super) struct Args {
    /// One card only: deck/key, deck/key#number, or the beginning of its id
    card: Option<String>,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

/// An event on one line.
pub(super) fn words(row: &HistoryRow) -> String {
    let event = &row.event;
    let at = event.at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string());
    let what = match &event.fact {
        Fact::Answered { quality, took } | Fact::Crammed { quality, took } | Fact::Imported { quality, took } => {
            format!(
                "{} {} ({}) in {}.{} s",
                event.fact.name(),
                u8::from(*quality),
                quality.button().name(),
                took.0 / 1000,
                took.0 % 1000 / 100
            )
        }
        Fact::Buried { until } | Fact::Paused { until } => format!("{} until {}", event.fact.name(), until.iso()),
        Fact::Flagged { flag } => format!("flagged {flag}"),
        Fact::Undone { action } => format!("undid action {}", action.number),
        Fact::DueSet
        | Fact::Reset
        | Fact::Suspended
        | Fact::Unsuspended
        | Fact::Unburied
        | Fact::Marked
        | Fact::Unmarked
        | Fact::Adopted
        | Fact::Configured
        | Fact::Resumed => event.fact.name().to_owned(),
    };
    let then = match row.after.as_ref().and_then(|state| state.memory.as_ref()) {
        Some(memory) if !row.voided && event.fact.answer().is_some() => {
            format!(" → {}, due {}", memory.interval.short(), memory.due.iso())
        }
        _ => String::new(),
    };
    let undone = if row.voided { " (undone)" } else { "" };
    one_line(&format!("{at}  {} {what}{then}{undone}", row.card_name))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let card = match &args.card {
        Some(name) => Some(ctx.card(&store, name)?),
        None => None,
    };
    let mut array = if args.json { Some(json::Array::begin(ctx)?) } else { None };
    let mut failed = None;
    let mut count = 0_usize;
    let mut busy = Some(Busy::new(ctx, "reading the log"));
    let done = store.history(card, |row| {
        drop(busy.take());
        count += 1;
        let written = match &mut array {
            Some(array) => array.push(ctx, &json::History::of(&row)),
            None => ctx.line(words(&row)),
        };
        written.map_err(|failure| {
            failed = Some(failure);
            StoreError::Abandoned
        })
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    done.map_err(|error| ctx.failure(&error))?;
    match array {
        Some(array) => array.end(ctx),
        None if count == 0 => {
            ctx.say("no answers yet");
            Ok(())
        }
        None => Ok(()),
    }
}
