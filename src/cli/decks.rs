use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::output::table;
use crate::core::card::side_by_side;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops;
use crate::store::DeckLine;
use serde::Serialize;

/// List decks with what waits in them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq decks
  lmq decks --edited     cards that you changed, with the text that lmq or a followed file brings")]
pub(super) struct Args {
    /// Show cards whose text is yours, with the text that this version of lmq, or a followed file, brings
    #[arg(long)]
    edited: bool,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
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
    notes: u64,
    cards: u64,
    new: u64,
    due: u64,
}

impl<'d> Deck<'d> {
    fn of(line: &'d DeckLine) -> Self {
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
    let store = ctx.store()?;
    if args.edited {
        let edited = store.edited()?;
        if args.json {
            let rows: Vec<Edited<'_>> = edited
                .iter()
                .map(|edited| Edited { card: &edited.name, upstream: &edited.upstream, shown: &edited.shown })
                .collect();
            return json::print(ctx, &rows);
        }
        if edited.is_empty() {
            return ctx.line("no card that lmq or a followed file brings is edited");
        }
        for edited in &edited {
            ctx.line(one_line(&edited.name))?;
            let (brought, yours) = side_by_side(&edited.upstream, &edited.shown);
            ctx.line(format!("  brought: {brought}"))?;
            ctx.line(format!("  yours: {yours}"))?;
        }
        return Ok(());
    }
    let today = ctx.stamp().today;
    let decks = ops::day::decks(&store, &ctx.settings, today)?;
    let pause = ops::pause::current(&store, today)?;
    if args.json {
        let rows: Vec<Deck<'_>> = decks.iter().map(Deck::of).collect();
        return json::print(ctx, &rows);
    }
    let rows: Vec<Vec<String>> = decks
        .iter()
        .map(|deck| {
            vec![
                deck.name.clone(),
                deck.title.clone().unwrap_or_default(),
                deck.due.to_string(),
                deck.new.to_string(),
                deck.cards.to_string(),
            ]
        })
        .collect();
    for line in table(&["deck", "title", "due", "new", "cards"], &rows, 1, &[2, 3, 4], crate::ui::width()) {
        ctx.line(line)?;
    }
    match pause {
        Some(pause) => ctx.line(crate::ui::words::paused(pause.until)),
        None => Ok(()),
    }
}
