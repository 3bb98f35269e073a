use crate::cli::Ctx;
use crate::cli::parse;
use crate::cli::report::form;
use crate::cli::report::render;
use crate::core::team::Edition;
use crate::core::team::FEWEST;
use crate::core::team::Offered;
use crate::core::team::Roster;
use crate::core::team::Share;
use crate::core::team::Team;
use crate::core::text::counted;
use crate::failure::Failure;
use crate::formats::share;
use crate::ops::files;
use crate::ops::files::Existing;
use crate::ops::files::NewFile;
use crate::ops::files::Rights;
use crate::report;
use std::path::Path;
use std::path::PathBuf;

/// How far ahead of the clock a file may be dated before that is worth a word: the width of all time zones.
const AHEAD_MS: i64 = 26 * 3_600_000;

/// Files that are named one by one; the others are counted.
const MOST_NAMED: usize = 20;

/// Summarise what a team knows, from files of `lmq report --share`
///
/// Shows how far people are with each topic, check-ups before and after, and what is worth teaching next. No figure is about
/// fewer than three people, and none can be worked out by subtraction. A newer file from the same person replaces an older one;
/// a file that is cut off, changed or not a share file is named and left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq team shares/*.json
  lmq team shares/*.json --out team.html
  lmq team a.json b.json c.json --json
  lmq team shares/*.json --format md --strict")]
pub(super) struct Args {
    /// The files that people shared
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// The format [default: from --out's extension, else text]
    #[arg(long, value_name = "FORMAT", value_parser = parse::renderer())]
    format: Option<String>,

    /// The file to write; it is written completely or not at all
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replace the file if it exists
    #[arg(long, requires = "out")]
    force: bool,

    /// Write nothing if any file can't be used
    #[arg(long)]
    strict: bool,

    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// Reads one file, or says in a few words why not.
fn read(path: &Path) -> Result<(Share, [u8; 32]), String> {
    let bytes = files::read_up_to(path, share::MOST_BYTES).map_err(|error| error.to_string())?;
    share::read(&bytes).map_err(|error| error.to_string())
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let db = ctx.db.clone();
    let existing = if args.force { Existing::Replace } else { Existing::Keep };
    let file = args.out.as_deref().map(|path| NewFile { path, existing, rights: Rights::Usual, db: &db });
    if let Some(file) = file {
        file.check()?;
    }
    let stamp = ctx.stamp();
    let shown = |place: usize| args.files.get(place).map(|path| path.display().to_string()).unwrap_or_default();
    let mut roster = Roster::default();
    let mut bad = Vec::new();
    for (place, path) in args.files.iter().enumerate() {
        let (share, hash) = match read(path) {
            Ok(read) => read,
            Err(why) => {
                bad.push(format!("{}: {why}", path.display()));
                continue;
            }
        };
        if share.made.unix_ms > stamp.now.unix_ms.saturating_add(AHEAD_MS) {
            let day = share.made.to_rfc3339();
            ctx.say(&format!("{}: it is dated {day}, which is in the future; was a clock wrong?", path.display()));
        }
        let (left_out, kept) = match roster.offer(share.id, Edition { made_ms: share.made.unix_ms, hash }, place) {
            Offered::First => continue,
            Offered::Replaces(before) => (before, place),
            Offered::Older(newer) => (place, newer),
        };
        ctx.say(&format!("{}: left out, {} is from the same person and as new or newer", shown(left_out), shown(kept)));
    }
    if args.strict && !bad.is_empty() {
        return Err(unusable(&bad).hint("correct or leave out the files named above; nothing was written"));
    }
    let places = roster.places();
    if places.is_empty() {
        return Err(unusable(&bad).hint("each person writes one with `lmq report --share FILE`"));
    }
    if !bad.is_empty() {
        ctx.complain(&unusable(&bad).to_string());
    }
    // What counts is read once more, so that no more than one file is in memory at any time.
    let mut team = Team::default();
    for (place, hash) in places {
        match args.files.get(place).map(|path| read(path)) {
            Some(Ok((share, same))) if same == hash => team.add(&share),
            _ => {
                return Err(Failure::failed(format!("`{}` was changed while it was read", shown(place)))
                    .hint("try again once nothing writes to it"));
            }
        }
    }
    let Some(figures) = team.figures() else {
        let people = counted(team.people(), "person is", "people are");
        return Err(Failure::failed(format!("{people} too few for a team report")).hint(format!(
            "it has no figure about fewer than {FEWEST}; ask more people for `lmq report --share FILE`"
        )));
    };
    let renderer = form(args.format.as_deref(), args.json, args.out.as_deref())?;
    let report = report::team(&figures, stamp.now, stamp.today);
    let screen_reader = ctx.screen_reader;
    match file {
        None => render(renderer, &report, screen_reader, &mut ctx.out).map_err(|error| Failure::output(&error)),
        Some(file) => {
            file.write(|out| render(renderer, &report, screen_reader, out))?;
            ctx.say(&format!("wrote {}", file.path.display()));
            Ok(())
        }
    }
}

/// The files that can't be used, as a failure: of one that is named, or of all.
fn unusable(bad: &[String]) -> Failure {
    let what = counted(bad.len(), "file can't be used", "files can't be used");
    let mut failure = bad.iter().take(MOST_NAMED).fold(Failure::data(what), |failure, line| failure.at(line.clone()));
    if bad.len() > MOST_NAMED {
        failure = failure.at(format!("and {} more", bad.len() - MOST_NAMED));
    }
    failure
}
