use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::core::card::NoteText;
use crate::core::event::EventKind;
use crate::core::fact::Fact;
use crate::core::grade::Quality;
use crate::core::text::one_line;
use crate::core::units::in_seconds;
use crate::failure::Failure;
use crate::ops::action_words::change;
use crate::ops::action_words::of_undo;
use crate::ops::card_details::is_of_source;
use crate::store::Fault;
use crate::store::Happened;
use crate::store::HistoryRow;
use crate::store::Store;
use crate::store::StoreError;

/// Show the log: every answer and everything else that you did, oldest first
///
/// Nothing is ever removed from it: what was undone is marked as such. What files say is left out; `lmq show` has all texts of a
/// card.
#[derive(Debug, clap::Args)]
#[command(
    alias = "log",
    after_help = "\
Examples:
  lmq history
  lmq history differences/d08-leader-questions
  lmq history --json | jq 'map(select(.kind == \"answered\" and .quality < 3))'"
)]
pub(super) struct Args {
    /// One card only: deck/key, deck/key#number, the key alone, or the beginning of its id
    card: Option<String>,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

/// An event on one line.
pub(super) fn words(store: &Store, row: &HistoryRow) -> Result<String, StoreError> {
    let (at, what) = match &row.what {
        Happened::Event(event) => {
            let said = event.detail.response.as_ref().map_or_else(String::new, |said| format!(", “{said}”"));
            (event.at, of_event(&event.kind) + &said)
        }
        Happened::Fact { at, fact, words, .. } => {
            let of_undo = match fact {
                Fact::Undone { action, mark } => of_undo(store, *action, *mark)?,
                _ => None,
            };
            (*at, of_undo.unwrap_or_else(|| of_fact(fact, words.as_deref())))
        }
    };
    let at = at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string());
    let gives_a_day = |kind: &EventKind| kind.answer().is_some() || *kind == EventKind::Rescheduled;
    let gives_a_day = matches!(&row.what, Happened::Event(event) if gives_a_day(&event.kind));
    let then = match row.after.as_ref().and_then(|state| state.memory.as_ref()) {
        Some(memory) if !row.voided && gives_a_day => {
            format!(" → {}, due {}", memory.interval.short(), memory.due.iso())
        }
        _ => String::new(),
    };
    let undone = if row.voided { " (undone)" } else { "" };
    let about = match &row.what {
        Happened::Event(event) => Some((event.card.note, Some(event.card.ordinal))),
        Happened::Fact { fact, .. } => fact.note().map(|note| (note, None)),
    };
    let name = about.map(|(note, ordinal)| store.known_by(note, ordinal)).transpose()?.flatten();
    let name = name.as_deref().unwrap_or(&row.name);
    Ok(one_line(&format!("{at}  {name} {what}{then}{undone}")))
}

/// A grade as its button is called, with its number where the button stands for another one: SM-2 has three that fail.
fn grade(quality: Quality) -> String {
    let button = quality.button();
    let word = button.name();
    if button.quality() == quality { word.to_owned() } else { format!("{word} ({})", u8::from(quality)) }
}

fn of_event(kind: &EventKind) -> String {
    match kind {
        EventKind::Answered { quality, took }
        | EventKind::Crammed { quality, took }
        | EventKind::Imported { quality, took } => {
            format!("{} {} in {}", kind.name(), grade(*quality), in_seconds(took.0.into()))
        }
        EventKind::Checked { quality, .. } => format!("checked {} in a check-up", grade(*quality)),
        EventKind::Buried { until } => format!("buried until {}", until.iso()),
        EventKind::Flagged { flag } => format!("flagged {flag}"),
        EventKind::Rescheduled
        | EventKind::Reset
        | EventKind::Restarted
        | EventKind::Suspended
        | EventKind::Unsuspended
        | EventKind::Unburied
        | EventKind::Marked
        | EventKind::Unmarked
        | EventKind::Adopted => kind.name().to_owned(),
    }
}

/// A fact with its words: of the text of a note what it asks and what it answers.
fn of_fact(fact: &Fact, words: Option<&str>) -> String {
    match (fact, words) {
        (Fact::Configured, Some(words)) => {
            if let Ok(changed) = serde_json::from_str(words) {
                return change(&changed);
            }
        }
        (Fact::Renamed { deck }, Some(words)) => return format!("renamed {deck} to {words}"),
        _ => {}
    }
    let said = words.and_then(|words| match fact {
        Fact::Brought { .. } | Fact::Edited { .. } => {
            let text: NoteText = serde_json::from_str(words).ok()?;
            Some(format!("{} → {}", text.listed_prompt(1), text.listed_answer(1)))
        }
        Fact::Tagged { .. } | Fact::Untagged { .. } | Fact::Keyed { .. } | Fact::Tried { .. } => Some(words.to_owned()),
        _ => None,
    });
    said.map_or_else(|| name_of(fact), |said| format!("{}: {said}", name_of(fact)))
}

fn name_of(fact: &Fact) -> String {
    match fact {
        Fact::Paused { until } => format!("paused until {}", until.iso()),
        Fact::Undone { .. } => "undid a step that is not in this database".to_owned(),
        Fact::Brought { deck, .. } => format!("brought into {deck}"),
        Fact::Placed { deck, .. } => format!("placed in {deck}"),
        Fact::Renamed { deck } => format!("renamed {deck}"),
        Fact::Tried { deck, tried } => format!("tried of {deck}, {}", tried.name()),
        Fact::Hidden { deck, hidden: true } => format!("hid the deck {deck}"),
        Fact::Hidden { deck, hidden: false } => format!("showed the deck {deck} again"),
        Fact::Head { deck, .. } | Fact::Topic { deck, .. } | Fact::Scheduler { deck, .. } => {
            format!("{} of {deck}", fact.name())
        }
        Fact::Gone { .. }
        | Fact::Ordered { .. }
        | Fact::Edited { .. }
        | Fact::Cleared { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::Deleted { .. }
        | Fact::Revived { .. }
        | Fact::Keyed { .. }
        | Fact::Aliased { .. }
        | Fact::Configured
        | Fact::Resumed
        | Fact::Erased { .. }
        | Fact::TookOver { .. } => fact.name().to_owned(),
    }
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let card = match &args.card {
        Some(name) => Some(ctx.card_ever(&store, name)?),
        None => None,
    };
    let mut array = if args.json { Some(json::Array::begin(ctx)?) } else { None };
    let mut failed = None;
    let mut count = 0_usize;
    let mut busy = Some(Busy::new(ctx, "reading the log"));
    let done = store.history(card, |row| {
        if is_of_source(&row) {
            return Ok(());
        }
        drop(busy.take());
        count += 1;
        let written = match &mut array {
            Some(array) => array.push(ctx, &json::History::of(&row)),
            None => ctx.line(words(&store, &row)?),
        };
        written.map_err(|failure| {
            failed = Some(failure);
            Fault::Abandoned
        })
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    done?;
    match array {
        Some(array) => array.end(ctx),
        None if count == 0 => {
            ctx.say("no answers yet");
            Ok(())
        }
        None => Ok(()),
    }
}
