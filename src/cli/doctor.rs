use crate::cli::Ctx;
use crate::cli::busy::Busy;
use crate::cli::forget::clean_traces;
use crate::cli::forget::still_there;
use crate::cli::json;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::printable;
use crate::failure::Failure;
use crate::failure::Kind;
use crate::ops;
use crate::store::Forked;
use crate::store::Rule;
use crate::store::Store;
use serde::Serialize;
use std::path::Path;
use std::path::PathBuf;

/// Check that everything is in order
///
/// Checks the file and the log, and checks schedules and totals against the log. Exit code 3 if something is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq doctor
  lmq doctor --fix      recalculates schedules and totals from the log, after a backup beside the database
  lmq doctor --rebuild  rebuilds everything except the log, whatever is wrong with it
  lmq doctor --fork     when two copies of one database were both used, and their histories don't unite
  lmq doctor --salvage saved.db
                        when the file is damaged: everything that can still be read of it, in a new database")]
pub(super) struct Args {
    /// Recalculate schedules and totals from the log
    #[arg(long)]
    fix: bool,

    /// Rebuild everything that follows from the log: texts, decks, schedules and totals
    #[arg(long, conflicts_with = "fix")]
    rebuild: bool,

    /// Treat this copy as a device of its own, if another copy of the database was used too
    #[arg(long, conflicts_with_all = ["fix", "rebuild"])]
    fork: bool,

    /// Save what can still be read of a damaged database to a new one, and count what is missing
    ///
    /// The damaged file is left as it is, and FILE must not exist. Close every other lmq first. Entries that follow a gap are kept
    /// under the name of a new device; if another device has the whole history, import that one instead, or these entries are
    /// counted twice. Exit code 3 if something is missing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["fix", "rebuild", "fork", "json"])]
    salvage: Option<PathBuf>,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct FindingJson<'r> {
    rule: &'r str,
    what: &'r str,
    fixed: bool,
}

/// Said where there is nothing to tell apart.
const NOTHING_SINCE: &str = "there is nothing to separate: nothing was written here after the two copies parted";
const NONE_MET: &str = "this database does not know of another copy. If there is one that was used too, import its \
    history here once: that is refused, but then this database knows where the two parted";

/// Tells this copy apart from another one of the same device.
fn fork(store: &mut Store, ctx: &mut Ctx) -> Result<(), Failure> {
    let stamp = ctx.stamp();
    let copy = ops::backup::beside(store, "fork", stamp)?;
    match store.fork(stamp)? {
        Forked::Entries(entries) => {
            let entries = counted(entries, "entry is", "entries are");
            ctx.say(&format!("the database from before is at {}", copy.display()));
            ctx.say(&format!("{entries} now under the name of a new device, so that both logs can be united"));
        }
        // Nothing was changed: nobody needs the copy.
        none @ (Forked::NothingSince | Forked::NoneMet) => {
            std::fs::remove_file(&copy).ok();
            ctx.say(if none == Forked::NoneMet { NONE_MET } else { NOTHING_SINCE });
        }
    }
    Ok(())
}

/// What is left where a file is damaged.
const RESTORE: &str = "keep this file; `lmq restore` puts a backup in its place and sets it aside. Without a backup, `lmq doctor --salvage \
     FILE` saves what can still be read of it";

/// Ends what an erasure began that was interrupted.
fn clean(store: &mut Store, ctx: &mut Ctx) -> Result<(), Failure> {
    let Some(cleaned) = clean_traces(store, ctx)? else { return Ok(()) };
    if cleaned.unreached.is_empty() {
        ctx.say("erased words are now gone from the file and the copies beside it too");
    }
    for left in still_there(&cleaned, &[]) {
        ctx.say(&left);
    }
    Ok(())
}

/// Saves what can be read, and says what can't.
fn salvage(to: &Path, ctx: &mut Ctx) -> Result<(), Failure> {
    let busy = Busy::new(ctx, "reading what can be read");
    let saved = ops::salvage::salvage(&ctx.db, to, &ctx.env, &ctx.settings)?;
    drop(busy);
    let shown = printable(&to.display().to_string());
    let there = [
        counted(saved.events, "event", "events"),
        counted(saved.facts, "fact", "facts"),
        counted(saved.texts, "text", "texts"),
        counted(saved.media, "media file", "media files"),
    ];
    ctx.line(format!("saved in {shown}: {}", there.join(", ")))?;
    if saved.renamed > 0 {
        let entries = counted(saved.renamed, "entry goes", "entries go");
        ctx.line(format!(
            "{entries} under the name of a new device, because something before them is missing or was changed"
        ))?;
    }
    if saved.is_all() {
        return ctx.line("nothing is missing");
    }
    let missing = [
        (saved.lost_entries, counted(saved.lost_entries, "event or fact", "events and facts")),
        (saved.lost_texts, counted(saved.lost_texts, "text", "texts")),
        (saved.lost_names, counted(saved.lost_names, "name of a note or deck", "names of notes and decks")),
        (saved.lost_media, counted(saved.lost_media, "media file", "media files")),
    ];
    for (_, what) in missing.into_iter().filter(|(count, _)| *count > 0) {
        ctx.line(format!("missing: {what}"))?;
    }
    if saved.has_all() {
        ctx.line("nothing is missing, but something was changed: it does not match the hashes of the log")?;
    }
    if saved.unread_pages > 0 {
        ctx.line(format!("{} could not be read from the disk", counted(saved.unread_pages, "page", "pages")))?;
    }
    Err(Failure::data("not everything could be saved").hint(format!(
        "`lmq doctor --db {shown}` checks the new database; `lmq restore {shown}` puts it in the place of the \
         damaged one"
    )))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    if let Some(to) = &args.salvage {
        return salvage(to, ctx);
    }
    let will_write = args.fix || args.rebuild || args.fork;
    let open = if will_write { ops::open_as_is } else { ops::open_as_is_or_read_only };
    let mut store = open(&ctx.db, &ctx.env)?;
    let stamp = ctx.stamp();
    if args.fix || args.rebuild {
        let copy = ops::backup::beside(&store, if args.fix { "fix" } else { "rebuild" }, stamp)?;
        ctx.say(&format!("the database from before is at {}", copy.display()));
        clean(&mut store, ctx)?;
    }
    if args.rebuild {
        let busy = Busy::new(ctx, "rebuilding everything from the log");
        store.rebuild(stamp)?;
        drop(busy);
        ctx.say("everything was rebuilt from the log");
    }
    if args.fork {
        fork(&mut store, ctx)?;
    }
    let busy = Busy::new(ctx, "checking everything");
    let findings = store.doctor(stamp, args.fix).map_err(|error| match Failure::from(error) {
        damaged if damaged.kind == Kind::Data => damaged.hint(RESTORE),
        failure => failure,
    })?;
    drop(busy);
    let open = findings.iter().filter(|finding| !(args.fix && finding.fixable)).count();
    for (device, here, there) in store.awaited()? {
        ctx.say(&format!(
            "the device {} has written entries that are not here ({there} in all, {here} here): import its history",
            one_line(&device)
        ));
    }
    let lost = store.texts_lost_before()?;
    if lost > 0 {
        ctx.say(&format!(
            "{} lost before this database was salvaged; the history of another device brings back those that it has",
            counted(lost, "text was", "texts were")
        ));
    }
    if args.json {
        let rows: Vec<FindingJson<'_>> = findings
            .iter()
            .map(|finding| FindingJson {
                rule: finding.rule.name(),
                what: &finding.what,
                fixed: args.fix && finding.fixable,
            })
            .collect();
        json::print(ctx, &rows)?;
    } else {
        for finding in &findings {
            let fixed = if args.fix && finding.fixable { " (repaired)" } else { "" };
            ctx.line(format!("{}: {}{fixed}", finding.rule.name(), finding.what))?;
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
        "`lmq doctor --fix` repairs what can be rebuilt from the log"
    } else if findings.iter().all(|finding| finding.fixable || finding.rule == Rule::Future) {
        "check the clock; the order of the answers is right all the same, and `lmq undo` takes back those that \
         should not be there, on the device that wrote them"
    } else if findings.iter().all(|finding| finding.fixable || finding.rule == Rule::Erased) {
        "the files above could not be cleaned: close the programs that use them, or delete them, then run `lmq \
         doctor --fix` again"
    } else if findings.iter().any(|finding| finding.rule == Rule::Log) {
        "keep this file: `--fix` rebuilds nothing from such a log. `lmq restore` puts a backup in its place and sets \
         it aside; or import the history of another device into a new database. `lmq doctor --salvage FILE` saves \
         what can still be read of it"
    } else {
        RESTORE
    }))
}
