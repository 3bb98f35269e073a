//! `lmq report --share`: shown to the person first, then written.

use crate::cli::Ctx;
use crate::cli::ask::in_terminal;
use crate::cli::ask::said_yes;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats;
use crate::formats::share::MOST_CHARS;
use crate::ops;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::report;
use std::io::Write as _;
use std::path::Path;

pub(super) struct Wanted<'w> {
    pub(super) path: &'w Path,
    pub(super) name: Option<&'w str>,
    pub(super) decks: &'w [String],
    pub(super) force: bool,
    pub(super) yes: bool,
}

pub(super) fn run(wanted: &Wanted<'_>, ctx: &mut Ctx) -> Result<(), Failure> {
    let existing = if wanted.force { Existing::Replace } else { Existing::Keep };
    let db = ctx.db.clone();
    let file = NewFile { path: wanted.path, existing, rights: Rights::Usual, db: &db };
    file.check()?;
    let name = match wanted.name.map(one_line) {
        Some(name) if name.is_empty() || name.chars().count() > MOST_CHARS => {
            return Err(Failure::usage(format!("a name has 1 to {MOST_CHARS} characters"))
                .hint("leave out --name to share without one"));
        }
        name => name,
    };
    let mut store = ctx.store()?;
    let stamp = ctx.stamp();
    let share = ops::share::share(&mut store, &ctx.settings, stamp, wanted.decks, name.as_deref())?;
    if !wanted.yes {
        ctx.report(&report::share(&share, stamp.today))?;
        if !in_terminal() {
            ctx.out.flush().map_err(|error| Failure::output(&error))?;
            return Err(Failure::usage("nothing was written: nobody could be asked whether to share this")
                .hint("use --yes once you have seen it"));
        }
        if !said_yes(ctx, &format!("\nWrite this to {}?", one_line(&wanted.path.display().to_string())))? {
            return Err(Failure::failed("nothing was written"));
        }
    }
    file.write(|out| formats::share::write(&share, out))?;
    ctx.say(&format!("wrote {}", wanted.path.display()));
    Ok(())
}
