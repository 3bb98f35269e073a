use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::output::cut;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::ops;
use crate::store::StoreError;

/// List cards, all or those that match
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq cards
  lmq cards culture tone
  lmq cards deck:quotes ladder --json

Words are looked for anywhere in a card; case and accents don't count. deck:NAME narrows to a deck.")]
pub(super) struct Args {
    /// Words that a card must hold, and deck:NAME
    query: Vec<String>,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let terms = args.query.iter().flat_map(|text| text.split_whitespace());
    let (decks, words): (Vec<String>, Vec<String>) =
        terms.map(str::to_owned).partition(|term| term.starts_with("deck:"));
    let names: Vec<String> = decks
        .iter()
        .filter_map(|term| term.strip_prefix("deck:"))
        .map(|name| name.trim_matches('"').to_owned())
        .collect();
    let decks = ops::decks::named(&store, &names)?;
    let today = ctx.stamp().today;
    let settings = ctx.settings.clone();
    let width = crate::ui::width();
    let mut array = if args.json { Some(json::Array::begin(ctx)?) } else { None };
    let mut failed = None;
    let mut count = 0_usize;
    let done = store.cards(&decks, &words, |line| {
        count += 1;
        let written = match &mut array {
            Some(array) => array.push(ctx, &json::Card::of(&line, today, &settings)),
            None => {
                let state = line.state.word(today, settings.drill()).name();
                let name = one_line(&line.name());
                let prompt = one_line(&line.text.prompt(line.card.ordinal));
                ctx.line(cut(&format!("{name}  [{state}]  {prompt}"), width))
            }
        };
        written.map_err(|failure| {
            failed = Some(failure);
            StoreError::Abandoned
        })
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    done.map_err(|error| ctx.failure(&error))?;
    match array {
        Some(array) => array.end(ctx),
        None if count == 0 => {
            ctx.say("no card matches");
            Ok(())
        }
        None => Ok(()),
    }
}
