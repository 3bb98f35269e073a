use crate::cli::Ctx;
use crate::cli::bulk::Sure;
use crate::cli::bulk::confirmed;
use crate::cli::bulk::unsure;
use crate::cli::colour::Role;
use crate::cli::json;
use crate::cli::output::table;
use crate::core::card::side_by_side;
use crate::core::pause::Pause;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops;
use crate::ops::decks;
use crate::store::DeckLine;
use serde::Serialize;

/// List decks with what is waiting in them; add, rename, hide or remove one
///
/// Your own decks come first, those that you use most on top. A hidden deck is left out of this list and of your daily
/// reviews; `lmq review DECK` still asks it. `lmq config set active false --deck DECK` leaves a deck in the list and only takes
/// it out of your daily reviews.
#[derive(Debug, clap::Args)]
#[command(
    alias = "deck",
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  lmq decks
  lmq decks add work::hiring
  lmq decks hide quotes          out of sight, until `lmq decks show quotes`
  lmq decks remove quotes        with its cards; `lmq undo` brings it back
  lmq decks --edited             the cards that you changed, beside the text of their file"
)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,

    /// List hidden and removed decks too
    #[arg(long)]
    all: bool,

    /// List the cards whose text you changed, with the text that lmq or a followed file has
    #[arg(long, conflicts_with = "all")]
    edited: bool,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make an empty deck
    #[command(after_help = "\
Examples:
  lmq decks add hiring
  lmq decks add work::hiring     inside the deck `work`")]
    Add {
        /// Its name; `a::b` puts deck b inside a
        name: String,
    },
    /// Give a deck another name, and the decks inside it
    ///
    /// Its id stays, and so do the names of its cards. Your name also stays when a new version of the deck's file comes in.
    #[command(after_help = "\
Examples:
  lmq decks rename team work::team      team::start becomes work::team::start
  lmq decks rename work job --dry-run")]
    Rename {
        /// The deck, by id or name, or the beginning of a path
        deck: String,
        /// Its new name; `a::b` puts deck b inside a
        new: String,
        #[command(flatten)]
        sure: Sure,
    },
    /// Hide a deck: out of lists and daily reviews, until you show it again
    ///
    /// Nothing is lost, updates of lmq leave it hidden, and `lmq review DECK` still asks it.
    #[command(after_help = "\
Examples:
  lmq decks hide quotes")]
    Hide {
        /// The deck, by id or name; decks inside it are hidden too
        deck: String,
    },
    /// Show a hidden deck again, or bring back a removed one
    #[command(after_help = "\
Examples:
  lmq decks --all              lists the hidden and removed ones
  lmq decks show quotes")]
    Show {
        /// The deck, by id or name
        deck: String,
    },
    /// Remove a deck with all its cards
    ///
    /// Their history still counts in statistics. `lmq undo` or `lmq decks show` brings the deck back, a built-in one too.
    #[command(
        alias = "rm",
        after_help = "\
Examples:
  lmq decks remove quotes
  lmq decks remove work --dry-run"
    )]
    Remove {
        /// The deck, by id or name; decks inside it are removed too
        deck: String,
        #[command(flatten)]
        sure: Sure,
    },
}

#[derive(Serialize, Default)]
struct Deck<'d> {
    id: &'d str,
    name: &'d str,
    title: Option<&'d str>,
    description: Option<&'d str>,
    language: Option<&'d str>,
    license: Option<&'d str>,
    version: Option<&'d str>,
    origin: &'d str,
    linked: Option<&'d str>,
    hidden: bool,
    removed: bool,
    active: bool,
    notes: u64,
    cards: u64,
    new: u64,
    due: u64,
}

impl<'d> Deck<'d> {
    fn of(line: &'d DeckLine, active: bool) -> Self {
        Self {
            id: &line.id,
            name: &line.name,
            title: line.title.as_deref(),
            description: line.description.as_deref(),
            language: line.language.as_deref(),
            license: line.license.as_deref(),
            version: line.version.as_deref(),
            origin: &line.origin,
            linked: line.linked.as_deref(),
            hidden: line.hidden,
            removed: false,
            active,
            notes: line.notes,
            cards: line.cards,
            new: line.new,
            due: line.due,
        }
    }
}

#[derive(Serialize)]
struct Edited<'e> {
    card: &'e str,
    upstream: &'e crate::core::card::NoteText,
    shown: &'e crate::core::card::NoteText,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    match &args.what {
        None if args.edited => edited(args, ctx),
        None => list(args, ctx),
        Some(What::Add { name }) => {
            let mut store = ctx.store()?;
            let name = decks::make(&mut store, ctx.stamp(), name)?;
            ctx.line(format!("added the deck {}", one_line(&name)))
        }
        Some(What::Rename { deck, new, sure }) => rename(ctx, deck, new, sure),
        Some(What::Hide { deck }) => {
            let mut store = ctx.store()?;
            let hidden = decks::hide(&mut store, ctx.stamp(), deck)?;
            told(ctx, "hid", "nothing to change: it is already hidden", &hidden)
        }
        Some(What::Show { deck }) => {
            let mut store = ctx.store()?;
            let again = decks::show(&mut store, ctx.stamp(), deck)?;
            told(ctx, "showing", "nothing to change: it is not hidden", &again.decks)?;
            match again.notes {
                0 => Ok(()),
                notes => ctx.line(format!("brought back {}", counted(notes, "deleted note", "deleted notes"))),
            }
        }
        Some(What::Remove { deck, sure }) => remove(ctx, deck, sure),
    }
}

impl Args {
    /// Whether it only lists.
    pub(super) fn only_looks(&self) -> bool {
        self.what.is_none()
    }
}

fn told(ctx: &mut Ctx, verb: &str, nothing: &str, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return ctx.line(nothing);
    }
    names.iter().try_for_each(|name| ctx.line(format!("{verb} {}", one_line(name))))
}

fn rename(ctx: &mut Ctx, deck: &str, new: &str, sure: &Sure) -> Result<(), Failure> {
    ctx.only_looks = sure.dry_run;
    let mut store = ctx.store()?;
    let renamings = decks::renamings(&store, deck, new)?;
    if renamings.is_empty() {
        return ctx.line("nothing to change: that is its name");
    }
    let count = counted(renamings.len(), "deck", "decks");
    let done = !sure.dry_run;
    if done && renamings.len() > 1 && !sure.yes && !confirmed(ctx, &format!("This renames {count}."))? {
        return Err(unsure(&count));
    }
    if done {
        decks::rename(&mut store, ctx.stamp(), &renamings)?;
    }
    for renaming in &renamings {
        let verb = if done { "renamed" } else { "would have renamed" };
        ctx.line(format!("{verb} {} to {}", one_line(&renaming.old), one_line(&renaming.new)))?;
    }
    Ok(())
}

fn remove(ctx: &mut Ctx, deck: &str, sure: &Sure) -> Result<(), Failure> {
    ctx.only_looks = sure.dry_run;
    let mut store = ctx.store()?;
    let removal = decks::removal(&store, deck)?;
    let names: Vec<String> = removal.decks.iter().map(|(_, name)| one_line(name)).collect();
    let what = format!("{} with {}", names.join(", "), counted(removal.cards, "card", "cards"));
    if sure.dry_run {
        return ctx.line(format!("would have removed {what}"));
    }
    if removal.cards > 1 && !sure.yes && !confirmed(ctx, &format!("This removes {what}; their history stays."))? {
        return Err(unsure(&what));
    }
    decks::remove(&mut store, ctx.stamp(), &removal)?;
    ctx.line(format!("removed {what}"))
}

fn edited(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let edited = store.edited()?;
    if args.json {
        let rows: Vec<Edited<'_>> = edited
            .iter()
            .map(|edited| Edited { card: &edited.name, upstream: &edited.upstream, shown: &edited.shown })
            .collect();
        return json::print(ctx, &rows);
    }
    if edited.is_empty() {
        return ctx.line("you have not edited any card of lmq's or of a followed file");
    }
    for edited in &edited {
        ctx.line(one_line(&edited.name))?;
        let (brought, yours) = side_by_side(&edited.upstream, &edited.shown);
        ctx.line(format!("  brought: {brought}"))?;
        ctx.line(format!("  yours: {yours}"))?;
    }
    Ok(())
}

fn list(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let today = ctx.stamp().today;
    let mut decks = ops::day::decks(&store, &ctx.settings, today)?;
    let hidden = decks.extract_if(.., |deck| deck.hidden && !args.all).count();
    let pause = ops::pause::current(&store, today)?;
    let settings = ctx.settings.clone();
    let is_active = |deck: &DeckLine| settings.of_deck(&deck.name).active;
    let removed = if args.all { decks::removed(&store)? } else { Vec::new() };
    if args.json {
        let gone = removed.iter().map(|(id, name)| Deck { id, name, removed: true, ..Deck::default() });
        let rows: Vec<Deck<'_>> = decks.iter().map(|deck| Deck::of(deck, is_active(deck))).chain(gone).collect();
        return json::print(ctx, &rows);
    }
    let rows: Vec<Vec<String>> = decks
        .iter()
        .map(|deck| {
            let note = match (deck.hidden, is_active(deck)) {
                (true, _) => " (hidden)",
                (false, false) => " (not daily)",
                (false, true) => "",
            };
            vec![
                format!("{}{note}", deck.name),
                deck.title.clone().unwrap_or_default(),
                deck.due.to_string(),
                deck.new.to_string(),
                deck.cards.to_string(),
            ]
        })
        .collect();
    if ctx.screen_reader {
        for row in &rows {
            if let [name, title, due, new, cards] = row.as_slice() {
                let named = if title.is_empty() { name.clone() } else { format!("{name}, {title}") };
                ctx.sentence(&format!("{}: {due} due, {new} new, {cards} in all", one_line(&named)))?;
            }
        }
        return below(ctx, hidden, &removed, pause);
    }
    let lines = table(&["deck", "title", "due", "new", "cards"], &rows, 1, &[2, 3, 4], crate::ui::width());
    for (place, cells) in lines.iter().enumerate() {
        let parts: Vec<(Option<Role>, &str)> = cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let role = match (place, column) {
                    (0, _) => Some(Role::Heading),
                    (_, 2) if cell.trim() != "0" => Some(Role::Due),
                    (_, 3) if cell.trim() != "0" => Some(Role::New),
                    _ => None,
                };
                (role, cell.as_str())
            })
            .collect();
        ctx.painted(&parts)?;
    }
    below(ctx, hidden, &removed, pause)
}

/// What is said below the list: that some decks are not in it, which ones were removed, and that a break lasts.
fn below(ctx: &mut Ctx, hidden: usize, removed: &[(String, String)], pause: Option<Pause>) -> Result<(), Failure> {
    for (_, name) in removed {
        let name = one_line(name);
        ctx.sentence(&format!("{name} (removed): `lmq decks show {name}` brings it back with its cards"))?;
    }
    if hidden > 0 {
        ctx.line(format!("{}: `lmq decks --all`", counted(hidden, "deck is hidden", "decks are hidden")))?;
    }
    match pause {
        Some(pause) => ctx.line(crate::ui::words::paused(pause.until)),
        None => Ok(()),
    }
}
