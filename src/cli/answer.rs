use crate::cli::Ctx;
use crate::cli::json;
use crate::cli::parse;
use crate::core::card::Correctness;
use crate::core::card::Verdict;
use crate::core::compare::answer::Difference;
use crate::core::grade::Quality;
use crate::core::id::CardId;
use crate::core::text::one_line;
use crate::core::units::Millis;
use crate::failure::Failure;
use crate::ops;
use crate::store::Store;
use crate::ui;
use serde::Serialize;

/// Answer one card outside a session: for scripts and editors
///
/// Give a grade, or a --response that lmq judges, or both: then yours counts. Any card is taken: early, past the day's limits,
/// or again on the same day (which changes no interval). Only a suspended card is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq answer differences/d08-leader-questions good
  lmq answer quotes/q14-ladder#2 easy --ms 6500 --json
  lmq answer geo/peru --response Lima          graded by what lmq makes of it
  lmq answer team/first-sentence good --response 'What did we learn?'")]
pub(super) struct Args {
    /// The card: deck/key, deck/key#number, the key alone, or the beginning of its id
    card: String,

    /// again, hard, good or easy, or the number of that key in a session
    grade: Option<String>,

    /// What you answered: judged as in a session, and kept with the answer; an option or its number, `3 1 2` or `a > b > c`
    /// for an order
    #[arg(long, alias = "typed", value_name = "TEXT")]
    response: Option<String>,

    /// Milliseconds that the answer took
    #[arg(long, value_name = "N", value_parser = parse::milliseconds, default_value = "0", hide_default_value = true)]
    ms: u32,

    /// Don't ask about a clock that seems wrong
    #[arg(long, short)]
    yes: bool,

    /// Print the card after the answer as JSON
    #[arg(long)]
    json: bool,
}

/// The card after the answer, and how what was typed compares.
#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    card: json::Card,
    verdict: Option<Judged>,
}

#[derive(Serialize)]
struct Judged {
    outcome: &'static str,
    differences: Vec<Difference>,
    remark: String,
}

impl Judged {
    fn of(verdict: &Verdict) -> Self {
        let outcome = match verdict.outcome {
            Correctness::Right => "right",
            Correctness::Near => "near",
            Correctness::Wrong => "wrong",
        };
        let differences = verdict.close.as_ref().map_or_else(Vec::new, |close| close.differences.clone());
        Self { outcome, differences, remark: verdict.remark.clone() }
    }
}

/// The grade on the scale of the card's deck.
fn graded(store: &Store, ctx: &Ctx, card: CardId, text: &str) -> Result<Quality, Failure> {
    let deck = store.card(card)?.map(|line| line.deck_name).unwrap_or_default();
    let scale = ctx.settings.of_deck(&deck).scale;
    scale.read(text).map_err(|error| Failure::usage(error.to_string()).hint("lmq answer CARD good"))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    match (&args.grade, &args.response) {
        (None, None) => return Err(Failure::usage("give a grade or --response").hint("lmq answer CARD good")),
        (None, Some(response)) if response.trim().is_empty() => {
            return Err(Failure::usage("--response is empty")
                .hint("give what you answered; if you did not know, the grade is `again`"));
        }
        _ => {}
    }
    let mut store = ctx.store()?;
    let card = ctx.card(&store, &args.card)?;
    ctx.ask_about_clock(args.yes)?;
    let took = Millis(args.ms);
    let grade = match &args.grade {
        Some(text) => Some(graded(&store, ctx, card, text)?),
        None => None,
    };
    let words = args.response.as_deref().unwrap_or_default();
    let ops::review::Answered { quality, leech, verdict } =
        ops::review::answer(&mut store, &ctx.env, &ctx.settings, card, grade, took, words)?;
    let line = store.card(card)?.ok_or_else(|| Failure::bug("a card vanished while it was answered"))?;
    let known_by = one_line(&line.known_by(line.name()));
    if let Some(lapses) = leech {
        ctx.say(&ui::words::leech(&known_by, lapses, false));
    }
    if let Some(verdict) = verdict.as_ref().filter(|_| !args.json) {
        ctx.say(&ui::words::judged(verdict));
        if verdict.outcome != Correctness::Right {
            ctx.say(&format!("the answer is `{}`", one_line(&verdict.expected)));
        }
    }
    let today = ops::stamp_of_sitting(&store, &ctx.env, &ctx.settings)?.today;
    if args.json {
        let card = json::Card::of(&line, today, &ctx.settings);
        return json::print(ctx, &Answer { card, verdict: verdict.as_ref().map(Judged::of) });
    }
    let due =
        line.state.memory.as_ref().map_or_else(String::new, |memory| {
            format!("due {} (interval {})", memory.due.iso(), memory.interval.short())
        });
    ctx.line(format!("{known_by}: {}, {due}", quality.button().name()))
}
