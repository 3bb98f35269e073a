use crate::cli::Ctx;
use crate::cli::json;
use crate::core::card::Fields;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::failure::Failure;
use crate::ops;
use crate::ops::add::Added;

/// Add one card
///
/// The deck is made when it is missing. A front with {{c1::hidden}} parts and no back becomes a cloze.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq add team \"Who owns the roadmap?\" \"Amara\"
  lmq add team \"The retro is every {{c1::second Friday}}\" --tag habits
  lmq add team \"Capital of Peru\" Lima --reversed")]
pub(super) struct Args {
    /// The deck, `a::b` for one inside another
    deck: String,

    /// What is asked
    front: String,

    /// The answer
    back: Option<String>,

    /// Ask both ways
    #[arg(long, requires = "back")]
    reversed: bool,

    /// Type the answer and have it checked
    #[arg(long, requires = "back", conflicts_with = "reversed")]
    typed: bool,

    /// A key to name it by
    #[arg(long)]
    key: Option<String>,

    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Shown with the answer
    #[arg(long)]
    extra: Option<String>,

    /// Shown on request only
    #[arg(long)]
    hint: Option<String>,

    /// Print the cards as JSON
    #[arg(long)]
    json: bool,
}

fn text(args: &Args) -> Result<NoteText, Failure> {
    let blank = |text: &str| text.trim().is_empty();
    if blank(&args.deck) || blank(&args.front) || args.back.as_deref().is_some_and(blank) {
        return Err(Failure::usage("deck, front and back must not be empty").hint("lmq add DECK FRONT BACK"));
    }
    if args.key.as_deref().is_some_and(blank) {
        return Err(
            Failure::usage("the key must not be empty").hint("leave --key out, and the card is named by its id")
        );
    }
    let one = |text: &str| Value::Text(text.trim().to_owned());
    let (name, fields) = match &args.back {
        None => ("cloze", Fields::from([("text".to_owned(), one(&args.front))])),
        Some(back) if args.typed => {
            ("typed", Fields::from([("prompt".to_owned(), one(&args.front)), ("answer".to_owned(), one(back))]))
        }
        Some(back) => (
            if args.reversed { "reversed" } else { "basic" },
            Fields::from([("front".to_owned(), one(&args.front)), ("back".to_owned(), one(back))]),
        ),
    };
    let faults = kind(name).map_or_else(Vec::new, |kind| kind.check(&fields));
    if let Some(fault) = faults.into_iter().next() {
        let failure = if args.back.is_none() { "there is no back, and as a cloze" } else { "the card has a fault:" };
        return Err(Failure::usage(format!("{failure} {}", fault.what))
            .hint(format!("{}; or give a back: lmq add DECK FRONT BACK", fault.help)));
    }
    Ok(NoteText {
        kind: name.to_owned(),
        fields,
        tags: args.tags.clone(),
        extra: args.extra.clone(),
        hint: args.hint.clone(),
        ..NoteText::default()
    })
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let text = text(args)?;
    let mut store = ctx.store()?;
    let stamp = ctx.stamp();
    let Added { cards, known } =
        ops::add::add(&mut store, &ctx.env, stamp, &args.deck, args.key.as_deref().map(str::trim), &text)?;
    if known {
        ctx.say("the deck has this very card already; nothing was added");
    }
    if args.json {
        let cards: Vec<json::Card> =
            cards.iter().map(|line| json::Card::of(line, stamp.today, &ctx.settings)).collect();
        return json::print(ctx, &cards);
    }
    for line in cards.iter().filter(|_| !known) {
        ctx.line(format!("added {}", crate::core::text::one_line(&line.name())))?;
    }
    Ok(())
}
