use crate::cli::Ctx;
use crate::failure::Failure;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use std::path::PathBuf;

/// Write a commented deck file to start from
///
/// It holds one card of each kind. Change what is there, `lmq check` it, and `lmq import --link` it: from then on your edits
/// come in by themselves.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq new onboarding
  lmq new onboarding --out ~/decks/onboarding.toml")]
pub(super) struct Args {
    /// The deck's id: letters, digits, - and _
    deck: String,

    /// The file to write [default: DECK.toml here]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

const TEMPLATE: &str = include_str!("new_deck.toml");

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let fits = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    if args.deck.is_empty() || !args.deck.chars().all(fits) {
        return Err(Failure::usage(format!("`{}` can't be a deck's id", args.deck.escape_debug()))
            .hint("use letters, digits, - and _"));
    }
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.toml", args.deck)));
    if path.exists() {
        return Err(
            Failure::failed(format!("`{}` already exists", path.display())).hint("name another file with --out")
        );
    }
    let text = TEMPLATE.replace("DECK-ID", &args.deck);
    let file = NewFile { path: &path, existing: Existing::Keep, rights: Rights::Usual, db: &ctx.db };
    file.write(|out| out.write_all(text.as_bytes()))?;
    ctx.line(format!("wrote {}", path.display()))?;
    ctx.say(&format!("next: edit it, then `lmq check {0}` and `lmq import {0} --link`", path.display()));
    Ok(())
}
