//! What the commands that change many cards have in common: which cards, a look before, and the question.

use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::ask::said_yes;
use crate::cli::json;
use crate::failure::Failure;
use crate::ops::bulk;
use crate::ops::bulk::BulkChange;
use crate::ops::bulk::BulkPlan;
use crate::store::Store;
use serde::Serialize;

/// Which cards, and how sure.
#[derive(Debug, clap::Args)]
pub(super) struct Which {
    /// Cards by name (deck/key, deck/key#number, the beginning of an id), or a search as for `lmq cards`
    #[arg(required = true)]
    query: Vec<String>,

    #[command(flatten)]
    sure: Sure,

    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// What was done, or would be.
#[derive(Serialize)]
struct Changed<'p> {
    dry_run: bool,
    changed: usize,
    unchanged: usize,
    label: Option<String>,
    names: &'p [String],
}

/// Tells a program what was done.
fn as_json(plan: &BulkPlan, dry_run: bool, ctx: &mut Ctx) -> Result<(), Failure> {
    let label = (plan.count() > 0).then(|| plan.label());
    json::print(ctx, &Changed { dry_run, changed: plan.count(), unchanged: plan.left, label, names: &plan.names })
}

/// How sure.
#[derive(Debug, clap::Args)]
pub(super) struct Sure {
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Don't ask
    #[arg(long, short)]
    pub(super) yes: bool,
}

/// Makes a change to the cards that are meant, after a look and a question where there is more than one.
pub(super) fn change(
    which: &Which,
    ctx: &mut Ctx,
    change: impl FnOnce(&Store, &Ctx) -> Result<BulkChange, Failure>,
) -> Result<(), Failure> {
    ctx.only_looks = which.sure.dry_run;
    let mut store = ctx.store()?;
    let stamp = ctx.stamp();
    let change = change(&store, ctx)?;
    // Of one whose words were erased there is nothing left to change, but it can be put away.
    let meant = if change == BulkChange::Delete { bulk::meant_ever } else { bulk::meant };
    let cards = meant(&store, &ctx.settings, stamp.today, &which.query)?;
    let plan = bulk::plan(&store, stamp.today, &cards, change)?;
    if let Some(left) = plan.without_due_in_words() {
        ctx.say(&left);
    }
    if which.json && (plan.count() == 0 || which.sure.dry_run) {
        return as_json(&plan, which.sure.dry_run, ctx);
    }
    if plan.count() == 0 {
        return ctx.line(format!("nothing to change in {}", plan.of(plan.left)));
    }
    if which.sure.dry_run {
        ctx.line(format!("would have {}", plan.label()))?;
        return names(&plan, ctx);
    }
    if plan.count() > 1 && !which.sure.yes {
        let what = plan.of(plan.count());
        // A program that gets JSON is asked nothing.
        if which.json {
            return Err(unasked(&what));
        }
        if in_terminal() {
            names(&plan, ctx)?;
        }
        if !confirmed(ctx, &format!("This changes {what}."))? {
            return Err(unsure(&what));
        }
    }
    for line in bulk::apply(&mut store, &ctx.settings, stamp, &plan)? {
        ctx.say(&line);
    }
    if which.json {
        return as_json(&plan, false, ctx);
    }
    ctx.line(plan.label())
}

fn names(plan: &BulkPlan, ctx: &mut Ctx) -> Result<(), Failure> {
    for name in &plan.names {
        ctx.line(format!("  {name}"))?;
    }
    match plan.count() - plan.names.len() {
        0 => Ok(()),
        more => ctx.line(format!("  and {more} more")),
    }
}

/// Nobody said that it should be done, or somebody said that it should not.
pub(super) fn unsure(what: &str) -> Failure {
    if in_terminal() {
        return Failure::failed("nothing was changed");
    }
    unasked(what)
}

/// Nobody could be asked.
fn unasked(what: &str) -> Failure {
    Failure::usage(format!("nothing was changed: this would change {what}"))
        .hint("use --yes to do it, or --dry-run to look first; `lmq undo` takes it back")
}

/// Asks in a terminal; elsewhere nobody can be asked.
pub(super) fn confirmed(ctx: &mut Ctx, question: &str) -> Result<bool, Failure> {
    if in_terminal() { said_yes(ctx, &format!("{question} Continue?")) } else { Ok(false) }
}
