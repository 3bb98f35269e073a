use crate::cli::Ctx;
use crate::cli::ask::asked_again;
use crate::cli::ask::in_terminal;
use crate::cli::edit::refused;
use crate::cli::editor;
use crate::cli::editor::Draft;
use crate::cli::editor::piped;
use crate::cli::json;
use crate::core::card::Fields;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Value;
use crate::core::card::kind;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::failure::Failure;
use crate::formats::card_words;
use crate::ops;
use crate::ops::add::Added;
use crate::store::Store;
use std::path::PathBuf;

/// Add one card
///
/// The deck is made when it is missing. A front with {{c1::hidden}} parts and no back becomes a cloze. Without a front
/// your editor opens with a card of each kind to choose from.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  lmq add team \"Who owns the roadmap?\" \"Amara\"
  lmq add team \"The retro is every {{c1::second Friday}}\" --tag habits
  lmq add team                      in your editor, any kind of card
  lmq add team \"Capital of Peru\" Lima --reversed")]
pub(super) struct Args {
    /// The deck, `a::b` for one inside another
    deck: String,

    /// What is asked; `-` reads a [[card]] from standard input
    front: Option<String>,

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

    /// Open a text again that was kept
    #[arg(long, value_name = "FILE", conflicts_with_all = ["front", "key", "tags", "extra", "hint"])]
    resume: Option<PathBuf>,

    /// Print the cards as JSON
    #[arg(long)]
    json: bool,
}

/// A card of each kind; docs/deck-format.md explains them.
const TEMPLATE: &str = include_str!("new_card.toml");

fn text(args: &Args, front: &str) -> Result<NoteText, Failure> {
    let blank = |text: &str| text.trim().is_empty();
    if blank(&args.deck) || blank(front) || args.back.as_deref().is_some_and(blank) {
        return Err(Failure::usage("deck, front and back must not be empty").hint("lmq add DECK FRONT BACK"));
    }
    if args.key.as_deref().is_some_and(blank) {
        return Err(
            Failure::usage("the key must not be empty").hint("leave --key out, and the card is named by its id")
        );
    }
    let one = |text: &str| Value::Text(text.trim().to_owned());
    let (name, fields) = match &args.back {
        None => ("cloze", Fields::from([("text".to_owned(), one(front))])),
        Some(back) if args.typed => {
            ("typed", Fields::from([("prompt".to_owned(), one(front)), ("answer".to_owned(), one(back))]))
        }
        Some(back) => (
            if args.reversed { "reversed" } else { "basic" },
            Fields::from([("front".to_owned(), one(front)), ("back".to_owned(), one(back))]),
        ),
    };
    let faults = kind(name).map_or_else(Vec::new, |kind| kind.check(&fields));
    if let Some(fault) = faults.into_iter().next() {
        let failure = if args.back.is_none() { "there is no back, and as a cloze" } else { "the card has a fault:" };
        return Err(Failure::usage(format!("{failure} {}", card_words::what(&fault)))
            .hint(format!("{}; or give a back: lmq add DECK FRONT BACK", card_words::help(&fault))));
    }
    Ok(NoteText {
        kind: name.to_owned(),
        fields,
        tags: args.tags.clone(),
        extra: args.extra.clone(),
        hint: args.hint.clone(),
        // What is typed here is meant as it is; a [[card]] may be Markdown.
        markup: Markup::Plain,
        ..NoteText::default()
    })
}

/// The one card of a text, with its key.
fn read(name: &str, text: &str, store: &Store, deck: &str) -> Result<(Option<String>, NoteText), Failure> {
    let read = ops::edit::read_new(store, deck, text)?.map_err(|faults| refused(name, text, &faults))?;
    match <[_; 1]>::try_from(read) {
        Ok([card]) => Ok(card),
        Err(cards) => Err(Failure::usage(format!("there are {} in the text", counted(cards.len(), "card", "cards")))
            .hint("add them one at a time; for many write a deck file: lmq new")),
    }
}

/// A card that was read, with what the options say besides. What the card itself says comes first.
fn with_options(args: &Args, (key, mut text): (Option<String>, NoteText)) -> (Option<String>, NoteText) {
    for tag in &args.tags {
        if !text.tags.contains(tag) {
            text.tags.push(tag.clone());
        }
    }
    text.extra = text.extra.or_else(|| args.extra.clone());
    text.hint = text.hint.or_else(|| args.hint.clone());
    (key.or_else(|| args.key.clone()), text)
}

/// A card written in the editor; nothing where its user left it.
fn written(args: &Args, ctx: &mut Ctx, store: &Store) -> Result<Option<(Option<String>, NoteText, Draft)>, Failure> {
    let again = format!("lmq add {} --resume", one_line(&args.deck));
    let editor = editor::named()?;
    let draft = match &args.resume {
        Some(path) => Draft::kept(path, &again)?.0,
        None => Draft::new(&ctx.db, &TEMPLATE.replace("DECK", &one_line(&args.deck)), &again)?,
    };
    loop {
        let Some(text) = draft.edit(&editor)? else {
            draft.drop_file();
            return Ok(None);
        };
        let failure = match read(&draft.name(), &text, store, &args.deck) {
            Ok((key, text)) => return Ok(Some((key, text, draft))),
            Err(failure) => failure,
        };
        if !in_terminal() {
            return Err(failure.hint(draft.how_to_resume()));
        }
        crate::cli::complain(&failure.to_string());
        if !asked_again(ctx)? {
            return Err(Failure::failed("nothing was added").hint(draft.how_to_resume()));
        }
    }
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    if args.deck.trim().is_empty() {
        return Err(Failure::usage("deck, front and back must not be empty").hint("lmq add DECK FRONT BACK"));
    }
    let given = args.front.as_deref().filter(|front| *front != "-" || args.back.is_some());
    let (mut store, key, text, draft) = match (given, &args.front) {
        (Some(front), _) => {
            let text = text(args, front)?;
            (ctx.store()?, args.key.clone(), text, None)
        }
        (None, Some(_)) => {
            let text = piped()?;
            let store = ctx.store()?;
            let (key, text) = with_options(args, read("-", &text, &store, &args.deck)?);
            (store, key, text, None)
        }
        (None, None) => {
            let store = ctx.store()?;
            let Some((key, text, draft)) = written(args, ctx, &store)? else {
                return if args.json {
                    json::print(ctx, &Vec::<json::Card>::new())
                } else {
                    ctx.line("nothing was added")
                };
            };
            let (key, text) = with_options(args, (key, text));
            (store, key, text, Some(draft))
        }
    };
    let stamp = ctx.stamp();
    let added = ops::add::add(&mut store, &ctx.env, stamp, &args.deck, key.as_deref().map(str::trim), &text);
    let Added { cards, known } = added.map_err(|failure| match &draft {
        Some(draft) => failure.hint(draft.how_to_resume()),
        None => failure,
    })?;
    if let Some(draft) = draft {
        draft.drop_file();
    }
    if known {
        ctx.say("the deck has this very card already; nothing was added");
    }
    if args.json {
        let cards: Vec<json::Card> =
            cards.iter().map(|line| json::Card::of(line, stamp.today, &ctx.settings)).collect();
        return json::print(ctx, &cards);
    }
    for line in cards.iter().filter(|_| !known) {
        let name = crate::core::text::one_line(&line.name());
        ctx.line(format!("added {name}"))?;
        // A card that had this name, and is no more, left its schedule and its history to it.
        if line.state.last_event.is_some() {
            ctx.say(&format!(
                "it goes on with the history of the card that had this name; `lmq reset {name}` begins anew"
            ));
        }
    }
    Ok(())
}
