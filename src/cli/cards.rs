use crate::cli::Ctx;
use crate::cli::colour::Role;
use crate::cli::json;
use crate::cli::output::cut;
use crate::core::text::one_line;
use crate::env::Env;
use crate::failure::Failure;
use crate::ops;
use crate::store::Fault;

/// List cards, all of them or those that match a search
///
/// Words are looked for anywhere in a card; case and accents don't count. `lmq help search` explains every condition.
#[derive(Debug, clap::Args)]
#[command(aliases = ["ls", "search", "find"], after_help = "\
Examples:
  lmq cards
  lmq cards culture tone                      both words
  lmq cards '\"on purpose\" OR vision'         words side by side, or the other one
  lmq cards deck:quotes ladder --json
  lmq cards is:due 'ease<2'                   also new, learning, review, suspended, buried, leech, marked
  lmq cards tag:team 'lapses>3' 'interval>=21d' 'due<=3d'
  lmq cards rated:7d:again                    also reviewed:7d, added:30d
  lmq cards -- -kind:sort topic:vision        without; also source: and speaker:")]
pub(super) struct Args {
    /// Words, and conditions such as deck:NAME
    query: Vec<String>,

    /// Print an array as JSON
    #[arg(long)]
    json: bool,
}

/// What the word for a card's state is coloured as.
fn role_of(state: &str) -> Role {
    match state {
        "new" => Role::New,
        "learning" => Role::Again,
        "review" => Role::Due,
        _ => Role::Muted,
    }
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let query = ops::search::read(&store, &ctx.settings, &args.query.join(" "))?.for_list();
    let today = ctx.stamp().today;
    let settings = ctx.settings.clone();
    let asked = ops::search::asked(&store, &settings, today)?;
    // Through a pipe no line is cut at the width of anything: another program reads it. Nor is one that is heard.
    let width = if Env::terminals().stdout && !ctx.screen_reader { crate::ui::width() } else { usize::MAX };
    let heard = ctx.screen_reader;
    let mut array = if args.json { Some(json::Array::begin(ctx)?) } else { None };
    let mut failed = None;
    let (mut of_note, mut prompts) = (None, Vec::new());
    let mut count = 0_usize;
    let done = store.found(&query, &asked, |line| {
        count += 1;
        let written = match &mut array {
            Some(array) => array.push(ctx, &json::Card::of(&line, today, &settings)),
            None => {
                let state = line.word(today, settings.of_deck(&line.deck_name).drill());
                let name = one_line(&line.name());
                if of_note != Some(line.card.note) {
                    (of_note, prompts) = (Some(line.card.note), line.text.listed_prompts());
                }
                let known = prompts.iter().find(|(ordinal, _)| *ordinal == line.card.ordinal);
                // A card that its note no longer has still has a prompt.
                let prompt =
                    known.map_or_else(|| line.text.listed_prompt(line.card.ordinal), |(_, prompt)| prompt.clone());
                let prompt = if heard { crate::ui::spoken::prompt(&prompt, &line.text) } else { prompt };
                let begin = format!("{name}  ");
                let word = format!("[{state}]");
                let line = cut(&format!("{begin}{word}  {prompt}"), width);
                match line.strip_prefix(&begin).and_then(|rest| rest.strip_prefix(&word)) {
                    Some(prompt) => ctx.painted(&[(None, &begin), (Some(role_of(state)), &word), (None, prompt)]),
                    None => ctx.line(line),
                }
            }
        };
        written.map_err(|failure| {
            failed = Some(failure);
            Fault::Abandoned
        })
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    done?;
    match array {
        Some(array) => array.end(ctx),
        None if count == 0 => {
            ctx.say("no card matches");
            crate::ops::search::hint(&args.query.join(" ")).iter().for_each(|hint| ctx.say(hint));
            Ok(())
        }
        None => Ok(()),
    }
}
