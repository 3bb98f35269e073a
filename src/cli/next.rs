use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::parse;
use crate::core::card::Ask;
use crate::core::card::Question;
use crate::core::compare::search::plain;
use crate::core::document::Side;
use crate::core::study_day::StudyDay;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::text::words;
use crate::failure::Failure;
use crate::ops;
use crate::ops::queue::Options;
use crate::store::CardLine;
use serde::Serialize;
use std::collections::BTreeSet;

/// Show the card that would be asked now
///
/// A session for scripts and editors: `lmq next` asks and `lmq answer` grades, in the order and within the limits of
/// `lmq review`. Options are numbered as `lmq answer --response` takes them; they are shuffled from day to day.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq next
  lmq next skills --json
  lmq answer \"$(lmq next --json | jq -r .id)\" good")]
pub(super) struct Args {
    /// Decks, by id or name [default: all]
    decks: Vec<String>,

    /// New cards at most, instead of what is left of the day's limit
    #[arg(long, value_name = "N", value_parser = parse::count)]
    new: Option<usize>,

    /// Reviews at most, instead of what is left of the day's limit
    #[arg(long, short = 'n', value_name = "N", value_parser = parse::count)]
    limit: Option<usize>,

    /// Print the card as JSON, or null
    #[arg(long)]
    json: bool,
}

/// A card with the way in which it is asked now.
#[derive(Serialize)]
struct Asked {
    #[serde(flatten)]
    card: json::Card,
    ask: &'static str,
    question: String,
    options: Vec<String>,
    items: Option<usize>,
}

impl Asked {
    fn of(line: &CardLine, question: &Question, today: StudyDay, ctx: &Ctx) -> Self {
        Self {
            card: json::Card::of(line, today, &ctx.settings),
            ask: question.ask.name(),
            question: line.text.document(&question.prompt).shown(Side::Question),
            options: question.options.clone(),
            items: match question.ask {
                Ask::List(items) => Some(items),
                _ => None,
            },
        }
    }
}

/// What to call a card before it is answered: its name, or its id where a word of the answer is in the name.
fn harmless_name(line: &CardLine, prompt: &str) -> String {
    let set = |text: &str| words(&plain(text)).map(str::to_owned).collect();
    let asked: BTreeSet<String> = set(&line.text.plain(prompt));
    let named: BTreeSet<String> = set(&line.name());
    let answer: BTreeSet<String> = set(&line.text.listed_answer(line.card.ordinal));
    if answer.iter().any(|word| named.contains(word) && !asked.contains(word)) {
        return line.card.to_string();
    }
    line.name()
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let options = Options {
        decks: ops::decks::asked(&store, &ctx.settings, &args.decks)?,
        limit: args.limit,
        new: args.new,
        ..Options::default()
    };
    let when = ops::stamp_of_sitting(&store, &ctx.env, &ctx.settings)?;
    let today = when.today;
    let next = ops::queue::next(&store, &ctx.settings, &options, today)?;
    ctx.say_left_out(&store);
    let asked = match &next {
        Some((loaded, _)) => store.card(loaded.card)?.zip(loaded.question(today)),
        None => None,
    };
    if args.json {
        let card = asked.as_ref().map(|(line, question)| Asked::of(line, question, today, ctx));
        return json::print(ctx, &card);
    }
    match asked {
        Some((line, question)) => {
            ctx.line(one_line(&harmless_name(&line, &question.prompt)))?;
            let document = line.text.document(&question.prompt);
            let lines = match ctx.screen_reader {
                true => crate::ui::spoken::question(&document, &line.text),
                false => crate::ui::prompt_lines(&document),
            };
            for line in lines {
                ctx.line(line)?;
            }
            for (option, number) in question.options.iter().zip(1_u32..) {
                ctx.line(format!("  {number} {}", one_line(option)))?;
            }
            match question.ask {
                Ask::List(items) => ctx.line(format!("  ({})", counted(items, "item", "items"))),
                _ => Ok(()),
            }
        }
        None => match ops::pause::current(&store, today)? {
            Some(pause) => ctx.line(format!("paused until {}", pause.until.iso())),
            None => {
                ctx.line("nothing waits")?;
                let day = ops::day::day_of(&store, &ctx.settings, when, &options)?;
                let nothing = ops::day::nothing(&store, &ctx.settings, today, &options, &day)?;
                if nothing.is_held_back() {
                    for why in crate::ui::words::nothing(&nothing, &ctx.settings) {
                        ctx.sentence(&why)?;
                    }
                }
                Ok(())
            }
        },
    }
}
