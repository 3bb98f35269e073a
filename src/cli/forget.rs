use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::bulk::confirmed;
use crate::cli::busy::Busy;
use crate::cli::json;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::ops::forget::Cleaned;
use crate::ops::forget::Done;
use crate::ops::forget::ErasurePlan;
use crate::ops::forget::Wanted;
use crate::ops::forget::clean;
use crate::ops::forget::forget;
use crate::ops::forget::plan;
use crate::store::Store;
use serde::Serialize;

/// Erase texts for good
///
/// Removes what cards say and what you typed for them from the database file, its log and the copies that lmq keeps beside it;
/// and from your other devices, once their histories are united with this one. Grades, schedules and statistics stay. Other
/// commands only hide: this is the only step that `lmq undo` can't take back. Backups that you made yourself and files that you
/// exported are yours to erase.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq forget team/salaries
  lmq forget tag:private --dry-run
  lmq forget --deck diary --yes
  lmq forget --typed              every answer that you typed")]
pub(super) struct Args {
    /// Cards by name (deck/key, deck/key#number, the beginning of an id), or a search as for `lmq cards`
    #[arg(required_unless_present_any = ["deck", "typed"], conflicts_with_all = ["deck", "typed"])]
    cards: Vec<String>,

    /// A whole deck, by id or name
    #[arg(long, value_name = "DECK", conflicts_with = "typed")]
    deck: Option<String>,

    /// The answers that you typed for any card
    #[arg(long)]
    typed: bool,

    /// Show what would be erased, and erase nothing
    #[arg(long)]
    dry_run: bool,

    /// Don't ask
    #[arg(long, short)]
    yes: bool,

    /// Print what was erased as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Erased {
    texts: u64,
    notes: usize,
    copies: Vec<String>,
    unreached: Vec<String>,
    followed: Vec<String>,
    drafts: Vec<String>,
}

/// So many deleted notes are named that no search finds.
const UNSEARCHED_NAMED: usize = 5;

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    ctx.only_looks = args.dry_run;
    let mut store = ctx.store()?;
    let stamp = ctx.stamp();
    let wanted = match &args.deck {
        Some(deck) => Wanted::Deck(deck),
        None if args.typed => Wanted::Typed,
        None => Wanted::Cards(&args.cards),
    };
    let plan = plan(&store, &ctx.settings, stamp.today, &wanted)?;
    if !plan.unsearched.is_empty() {
        let notes =
            counted(plan.unsearched.len(), "deleted note still has its words", "deleted notes still have their words");
        let first: Vec<String> = plan.unsearched.iter().take(UNSEARCHED_NAMED).map(|name| one_line(name)).collect();
        let more = if plan.unsearched.len() > first.len() { ", …" } else { "" };
        ctx.say(&format!("{notes}; no search finds them, so name them: {}{more}", first.join(", ")));
    }
    if !plan.inside.is_empty() {
        let inside: Vec<String> = plan.inside.iter().map(|name| one_line(name)).collect();
        ctx.say(&format!("the decks inside it stay: {}", inside.join(", ")));
    }
    if args.dry_run {
        ctx.line(format!("would have erased {}", plan.label))?;
        return names(&plan, ctx);
    }
    if !args.yes {
        if in_terminal() {
            names(&plan, ctx)?;
        }
        let question = format!("This erases {}, for good: `lmq undo` can't bring it back.", plan.label);
        if !confirmed(ctx, &question)? {
            if in_terminal() {
                return Err(Failure::failed("nothing was erased"));
            }
            return Err(Failure::usage(format!("nothing was erased: this would erase {}", plan.label))
                .hint("use --yes to erase it for good, or --dry-run to look"));
        }
    }
    let busy = Busy::new(ctx, "erasing");
    let done = forget(&mut store, &ctx.env, stamp, &plan)?;
    drop(busy);
    if args.json {
        return json::print(ctx, &erased(&plan, &done));
    }
    tell(&done, ctx)
}

fn erased(plan: &ErasurePlan, done: &Done) -> Erased {
    Erased {
        texts: done.texts,
        notes: plan.notes,
        copies: done.cleaned.copies.iter().map(|path| path.display().to_string()).collect(),
        unreached: done.cleaned.unreached.iter().map(|(path, _)| path.display().to_string()).collect(),
        followed: done.followed.clone(),
        drafts: done.drafts.iter().map(|path| path.display().to_string()).collect(),
    }
}

fn names(plan: &ErasurePlan, ctx: &mut Ctx) -> Result<(), Failure> {
    for name in &plan.names {
        ctx.line(format!("  {name}"))?;
    }
    match plan.notes.saturating_sub(plan.names.len()) {
        0 => Ok(()),
        more if plan.names.is_empty() => ctx.line(format!("  {}", counted(more, "note", "notes"))),
        more => ctx.line(format!("  and {more} more")),
    }
}

/// Ends what an erasure left to do: one that was interrupted, that came with a history, or that a backup brought. `None` where
/// there was nothing.
pub(super) fn clean_traces(store: &mut Store, ctx: &Ctx) -> Result<Option<Cleaned>, Failure> {
    if !store.has_traces()? {
        return Ok(None);
    }
    let _busy = Busy::new(ctx, "erasing");
    clean(store, &ctx.env, ctx.stamp()).map(Some)
}

/// Where erased words are still to be found, a line each.
pub(super) fn still_there(cleaned: &Cleaned, followed: &[String]) -> Vec<String> {
    let copies = cleaned
        .unreached
        .iter()
        .map(|(path, why)| printable(&format!("not erased in {}: {}", path.display(), one_line(why))));
    let followed = followed.iter().map(|path| {
        format!(
            "`{}` is followed and may still contain it: remove it there, or it comes back when the file changes",
            one_line(path)
        )
    });
    copies.chain(followed).collect()
}

fn tell(done: &Done, ctx: &mut Ctx) -> Result<(), Failure> {
    let texts = counted(done.texts, "text", "texts");
    let copies = done.cleaned.copies.len();
    let beside = format!("{} beside the database", counted(copies, "copy", "copies"));
    ctx.line(match (done.texts, copies) {
        (0, 0) => "there was nothing to erase here".to_owned(),
        (0, _) => format!("there was nothing to erase here, and nothing of it is left in {beside}"),
        (_, 0) => format!("erased {texts}"),
        (_, _) => format!("erased {texts}, here and in {beside}"),
    })?;
    for left in still_there(&done.cleaned, &done.followed) {
        ctx.line(left)?;
    }
    for draft in &done.drafts {
        let draft = printable(&draft.display().to_string());
        ctx.line(format!("{draft} was left by an editor and contains it: delete it"))?;
    }
    ctx.say(
        "backups and exports that you made yourself still contain it, and so do your other devices until they are \
         united with this one",
    );
    Ok(())
}
