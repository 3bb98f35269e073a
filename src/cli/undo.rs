use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::ask::said_yes;
use crate::cli::json;
use crate::core::action::ActionKind;
use crate::core::id::NoteUid;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops;
use crate::ops::action_words::words;
use crate::store::ActionLine;
use serde::Serialize;

/// Undo the newest step
///
/// An answer, an import, a new card, a setting: whatever came last on this machine. Undoing adds to the log and never deletes;
/// cards that you answered since an import stay and are named.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq undo --list     lists the newest steps
  lmq undo            asks first if more than one card changes
  lmq undo --redo     redoes what you undid last")]
pub(super) struct Args {
    /// List the newest steps and change nothing
    #[arg(long)]
    list: bool,

    /// Don't ask
    #[arg(long, short)]
    yes: bool,

    /// Redo what was undone last
    #[arg(long, conflicts_with = "list")]
    redo: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct ActionJson {
    action: String,
    kind: &'static str,
    label: String,
    at: String,
    cards: u64,
    notes: u64,
    undone: bool,
}

impl ActionJson {
    fn of(line: &ActionLine) -> Self {
        Self {
            action: line.id.to_string(),
            kind: line.kind.name(),
            label: words(line),
            at: line.at.to_rfc3339(),
            cards: line.cards,
            notes: line.notes,
            undone: line.voided,
        }
    }
}

#[derive(Serialize)]
struct Undone {
    undone: String,
    cards: Vec<String>,
    kept: Vec<String>,
    hidden: Vec<String>,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    // What this very start reads of followed files is no step that anybody means yet.
    let before = match (args.list, args.redo) {
        (false, false) => ops::open_as_is(&ctx.db, &ctx.env)?.newest_action(&[])?,
        _ => None,
    };
    let mut store = ctx.store()?;
    if args.list {
        let actions = store.actions(20)?;
        if args.json {
            let steps: Vec<ActionJson> = actions.iter().map(ActionJson::of).collect();
            return json::print(ctx, &steps);
        }
        for action in &actions {
            let at = action.at.to_datetime().map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M").to_string());
            let undone = if action.voided { " (undone)" } else { "" };
            ctx.line(format!("{at}  {}{undone}", one_line(&words(action))))?;
        }
        if actions.is_empty() {
            ctx.say("there is nothing to undo");
        }
        return Ok(());
    }
    let (action, changes) = if args.redo {
        let action = store.newest_undone()?.ok_or_else(|| Failure::failed("there is nothing to bring back"))?;
        (action, 1)
    } else {
        // Erasing can't be taken back.
        if store.newest_kind()? == Some(ActionKind::Forget) {
            ctx.say("erased words can't be brought back; this is about the step before that");
        }
        let action = before.ok_or_else(|| Failure::failed("there is nothing to undo"))?;
        let changes = action.cards.max(action.notes);
        (action, changes)
    };
    let label = words(&action);
    if changes > 1 && !args.yes && !confirmed(ctx, &label, changes)? {
        if in_terminal() {
            return Err(Failure::failed("nothing was changed"));
        }
        return Err(Failure::usage(format!("this would change {}", cards(changes)))
            .at(one_line(&label))
            .hint("use --yes to do it"));
    }
    let (undo, talk) = if args.redo {
        ops::undo::redo(&mut store, ctx.stamp(), action.id)?
    } else {
        ops::undo::undo(&mut store, ctx.stamp(), action.id)?
    };
    for line in &talk {
        ctx.say(line);
    }
    if args.json {
        let names = |notes: &[NoteUid]| -> Result<Vec<String>, Failure> {
            let names = notes.iter().filter_map(|note| store.name_ever(*note).transpose());
            Ok(names.collect::<Result<_, _>>()?)
        };
        let cards = undo.cards.iter().map(ToString::to_string).collect();
        return json::print(
            ctx,
            &Undone { undone: label, cards, kept: names(&undo.kept)?, hidden: names(&undo.hidden)? },
        );
    }
    let verb = if args.redo { "brought back" } else { "undid" };
    ctx.line(format!("{verb}: {}", one_line(&label)))?;
    for name in ops::undo::known_by(&store, &undo.kept)? {
        ctx.line(format!("  kept, because it was answered: {name}"))?;
    }
    Ok(())
}

fn cards(count: u64) -> String {
    counted(count, "card", "cards")
}

/// Asks in a terminal; elsewhere nobody can be asked.
fn confirmed(ctx: &mut Ctx, label: &str, changes: u64) -> Result<bool, Failure> {
    if !in_terminal() {
        return Ok(false);
    }
    said_yes(ctx, &format!("Undo `{}`? This changes {}.", one_line(label), cards(changes)))
}
