use crate::cli::Ctx;
use crate::cli::ask;
use crate::cli::ask::asked_again;
use crate::cli::ask::in_terminal;
use crate::cli::edit::refused;
use crate::cli::editor;
use crate::cli::editor::Draft;
use crate::cli::editor::piped;
use crate::cli::json;
use crate::cli::parse;
use crate::core::card::CardKind;
use crate::core::card::Fields;
use crate::core::card::Markup;
use crate::core::card::NoteText;
use crate::core::card::Shape;
use crate::core::card::Value;
use crate::core::card::has_deletion;
use crate::core::card::kind;
use crate::core::card::numbered;
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
/// The deck is made if it is not there yet. The card gets a key from its question, so that you can name it: `deck/who-owns-it`.
/// A question with {{c1::hidden}} parts becomes a cloze, and so does one with {{hidden}} parts that has no answer. Without a
/// question your editor opens with a card of each kind to choose from, and without a deck you are asked line by line.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  lmq add team \"Who owns the roadmap?\" \"Amara\"
  lmq add team \"The retro is every {{second Friday}}\" --tag habits
  lmq add                           asks for deck, question and answer
  lmq add team                      in your editor, any kind of card
  lmq add geo \"Capital of Peru\" Lima --reversed
  lmq add team \"Who leads sales?\" Amara Bela Cem --kind choice     the right one first
  lmq add team \"Three parts of feedback?\" \"what was done\" effect \"next time\" --kind list")]
pub(super) struct Args {
    /// The deck; `a::b` is one inside another
    deck: Option<String>,

    /// The question; `-` reads a [[card]] from standard input
    #[arg(value_name = "QUESTION")]
    front: Option<String>,

    /// The answer; several where the kind has several: choices, sides, items, accepted answers
    #[arg(value_name = "ANSWER")]
    backs: Vec<String>,

    /// The kind of card [default: basic, or cloze]
    #[arg(long, value_name = "KIND", value_parser = parse::kind(), requires = "front")]
    kind: Option<String>,

    /// Ask both ways: the same as --kind reversed
    #[arg(long, requires = "backs", conflicts_with = "kind")]
    reversed: bool,

    /// Type the answer and have it checked: the same as --kind typed
    #[arg(long, requires = "backs", conflicts_with_all = ["reversed", "kind"])]
    typed: bool,

    /// A key to name it by [default: made from the question]
    #[arg(long)]
    key: Option<String>,

    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,

    /// Shown with the answer
    #[arg(long, value_name = "TEXT")]
    extra: Option<String>,

    /// Shown only when you ask for it
    #[arg(long, value_name = "TEXT")]
    hint: Option<String>,

    /// Reopen a saved draft
    #[arg(long, value_name = "FILE", conflicts_with_all = ["front", "key", "tags", "extra", "hint"])]
    resume: Option<PathBuf>,

    /// Print the cards as JSON
    #[arg(long)]
    json: bool,
}

impl Args {
    fn deck(&self) -> &str {
        self.deck.as_deref().unwrap_or_default()
    }
}

/// A card of each kind.
const TEMPLATE: &str = include_str!("new_card.toml");

/// How a card is added, for hints.
const HOW: &str = "lmq add DECK QUESTION ANSWER";

/// The kind that the options say, else the one that the texts look like.
fn kind_of(args: &Args, front: &str) -> &'static str {
    let named = args.kind.as_deref().and_then(kind).map(CardKind::name);
    match named {
        Some(kind) => kind,
        None if args.reversed => "reversed",
        None if args.typed => "typed",
        // Braces alone may be the question's own, as in one about a template language; with an answer beside it they are.
        None if args.backs.is_empty() || has_deletion(front) => "cloze",
        None => "basic",
    }
}

/// The fields of a card of that kind: what is asked, then its answers in the order in which people say them.
fn fields(kind: &str, front: &str, backs: &[String]) -> Result<Fields, Failure> {
    let one = |text: &str| Value::Text(text.trim().to_owned());
    let many = |texts: &[String]| Value::Texts(texts.iter().map(|text| text.trim().to_owned()).collect());
    let known = crate::core::card::kind(kind).map_or(&[][..], CardKind::fields);
    let Some((prompt, behind)) = known.split_first() else {
        return Err(Failure::bug(format!("no kind `{kind}`")));
    };
    let of_shape = |shape| behind.iter().find(|field| field.shape == shape).map(|field| field.name);
    let single = of_shape(Shape::Text);
    // What a cloze hides is its answer.
    let rest = of_shape(Shape::Texts).filter(|_| kind != "cloze");
    let mut fields = Fields::from([(prompt.name.to_owned(), one(front))]);
    let rest_of = match (single, backs) {
        (Some(field), [first, rest @ ..]) => {
            fields.insert(field.to_owned(), one(first));
            rest
        }
        (Some(_), []) => return Err(Failure::usage(format!("a `{kind}` card needs an answer")).hint(HOW)),
        (None, all) => all,
    };
    match (rest, rest_of) {
        (_, []) => {}
        // The right side is one of the sides, wherever it was said.
        (Some(field @ "categories"), rest) => {
            let mut sides = rest.to_vec();
            if let Some(right) = backs.first().filter(|right| !sides.contains(right)) {
                sides.insert(0, right.clone());
            }
            fields.insert(field.to_owned(), many(&sides));
        }
        (Some(field), rest) => {
            fields.insert(field.to_owned(), many(rest));
        }
        (None, _) => {
            return Err(Failure::usage(format!("a `{kind}` card has no room for {} answers", backs.len()))
                .hint("put several words between quotation marks; --kind list, choice or typed take several answers"));
        }
    }
    if let Some(missing) = known.iter().find(|field| field.required && !fields.contains_key(field.name)) {
        return Err(Failure::usage(format!("a `{kind}` card needs more answers: there are no {}", missing.name))
            .hint("`lmq help kinds` shows what each kind of card has"));
    }
    Ok(fields)
}

fn text(args: &Args, front: &str) -> Result<NoteText, Failure> {
    let blank = |text: &str| text.trim().is_empty();
    if blank(args.deck()) || blank(front) || args.backs.iter().any(|back| blank(back)) {
        return Err(Failure::usage("deck, question and answer must not be empty").hint(HOW));
    }
    if args.key.as_deref().is_some_and(blank) {
        return Err(
            Failure::usage("the key must not be empty").hint("leave --key out, and the card is named by its question")
        );
    }
    let name = kind_of(args, front);
    let (mut extra, mut backs) = (args.extra.clone(), args.backs.as_slice());
    let mut front = front.to_owned();
    if name == "cloze" {
        front = numbered(&front);
        // What a cloze hides is its answer: a second text is shown with it.
        if let ([back], None) = (backs, &extra) {
            extra = Some(back.clone());
            backs = &[];
        }
    }
    let fields = fields(name, &front, backs)?;
    let faults = kind(name).map_or_else(Vec::new, |kind| kind.check(&fields));
    if let Some(fault) = faults.into_iter().next() {
        let is_guess = args.kind.is_none() && args.backs.is_empty();
        let failure = if is_guess { "there is no answer, and as a cloze" } else { "the card has a fault:" };
        return Err(Failure::data(format!("{failure} {}", card_words::what(&fault)))
            .hint(format!("{}; or give an answer: {HOW}", card_words::help(&fault))));
    }
    Ok(NoteText {
        kind: name.to_owned(),
        fields,
        tags: tags(args)?,
        extra: extra.filter(|text| !blank(text)),
        hint: args.hint.clone().filter(|text| !blank(text)),
        // What is typed here is meant as it is; a [[card]] may be Markdown.
        markup: Markup::Plain,
        ..NoteText::default()
    })
}

/// The tags that the options give.
fn tags(args: &Args) -> Result<Vec<String>, Failure> {
    args.tags.iter().map(|tag| ops::bulk::tag(tag)).collect()
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
fn with_options(args: &Args, card: (Option<String>, NoteText)) -> Result<(Option<String>, NoteText), Failure> {
    let (key, mut text) = card;
    for tag in tags(args)? {
        if !text.tags.contains(&tag) {
            text.tags.push(tag);
        }
    }
    let given = |option: &Option<String>| option.clone().filter(|text| !text.trim().is_empty());
    text.extra = text.extra.or_else(|| given(&args.extra));
    text.hint = text.hint.or_else(|| given(&args.hint));
    Ok((key.or_else(|| args.key.clone()), text))
}

/// A card written in the editor; nothing where its user left it.
fn written(args: &Args, ctx: &mut Ctx, store: &Store) -> Result<Option<(Option<String>, NoteText, Draft)>, Failure> {
    let again = format!("lmq add {} --resume", one_line(args.deck()));
    let editor = editor::named()?;
    let draft = match &args.resume {
        Some(path) => Draft::kept(path, &again)?.0,
        None => Draft::new(&ctx.db, &TEMPLATE.replace("DECK", &one_line(args.deck())), &again)?,
    };
    loop {
        let Some(text) = draft.edit(&editor)? else {
            draft.drop_file();
            return Ok(None);
        };
        let failure = match read(&draft.name(), &text, store, args.deck()) {
            Ok((key, text)) => return Ok(Some((key, text, draft))),
            Err(failure) => failure,
        };
        if !in_terminal() {
            return Err(failure.hint(draft.how_to_resume()));
        }
        ctx.complain(&failure.to_string());
        if !asked_again(ctx)? {
            return Err(Failure::failed("nothing was added").hint(draft.how_to_resume()));
        }
    }
}

/// The card that an `add` without a deck is about, asked for line by line; nothing where an empty line leaves.
fn asked_for(args: &Args, ctx: &mut Ctx) -> Result<Option<Args>, Failure> {
    if !(in_terminal() || ctx.screen_reader) || args.resume.is_some() || args.json {
        return Err(Failure::usage("which deck?").hint(HOW));
    }
    ctx.line("A card of your own; an empty line leaves")?;
    let mut said = Vec::new();
    for what in ["Deck: ", "Question: ", "Answer: "] {
        let hides = |question: &String| has_deletion(&numbered(question));
        match ask::line(ctx, what)?.filter(|line| !line.is_empty()) {
            Some(line) => said.push(line),
            // What a cloze hides is its answer.
            None if said.get(1).is_some_and(hides) => {}
            None => return Ok(None),
        }
    }
    let mut said = said.into_iter();
    Ok(Some(Args { deck: said.next(), front: said.next(), backs: said.collect(), ..args.clone() }))
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    if args.deck.is_none() {
        return match asked_for(args, ctx)? {
            Some(args) => run(&args, ctx),
            None => ctx.line("nothing was added"),
        };
    }
    if args.deck().trim().is_empty() {
        return Err(Failure::usage("deck, question and answer must not be empty").hint(HOW));
    }
    let given = args.front.as_deref().filter(|front| *front != "-" || !args.backs.is_empty());
    let (mut store, key, text, draft) = match (given, &args.front) {
        (Some(front), _) => {
            let text = text(args, front)?;
            (ctx.store()?, args.key.clone(), text, None)
        }
        (None, Some(_)) => {
            let text = piped()?;
            let store = ctx.store()?;
            let (key, text) = with_options(args, read("-", &text, &store, args.deck())?)?;
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
            let (key, text) = with_options(args, (key, text))?;
            (store, key, text, Some(draft))
        }
    };
    let stamp = ctx.stamp();
    let told = ops::decks::told_of_id(&store, args.deck())?;
    let added = ops::add::add(&mut store, &ctx.env, stamp, args.deck(), key.as_deref().map(str::trim), &text);
    let Added { cards, known } = added.map_err(|failure| match &draft {
        Some(draft) => failure.hint(draft.how_to_resume()),
        None => failure,
    })?;
    if let Some(draft) = draft {
        draft.drop_file();
    }
    told.iter().for_each(|told| ctx.say(told));
    if known {
        ctx.say("the deck already has this card; nothing was added");
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
                "it continues the history of the card that had this name; `lmq reset {name}` starts again"
            ));
        }
    }
    Ok(())
}
