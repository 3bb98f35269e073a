use crate::cli::Ctx;
use crate::cli::history::words;
use crate::cli::json;
use crate::cli::output::cut;
use crate::core::card::NoteText;
use crate::core::fact::Fact;
use crate::core::id::CardId;
use crate::core::state::Memory;
use crate::core::text::counted;
use crate::core::text::one_line;
use crate::core::units::Ease;
use crate::failure::Failure;
use crate::ops;
use crate::ops::card_details::is_of_source;
use crate::store::Found;
use crate::store::Happened;
use crate::store::HistoryRow;
use crate::store::Store;
use serde::Serialize;

/// So many of the cards that a search finds are listed.
const MOST_NAMED: usize = 9;

/// Show everything about a card
///
/// Its text, its schedule and its history; and if it had several texts, all of them: yours and those of its file, even those
/// that are not shown. Name the card, or write words that only this card has; if several match, they are listed.
#[derive(Debug, clap::Args)]
#[command(
    alias = "view",
    after_help = "\
Examples:
  lmq show quotes/q14-ladder#1
  lmq show 35a38e85 --json
  lmq show ladder wall                        the card with these words"
)]
pub(super) struct Args {
    /// The card: deck/key, deck/key#number, the key alone, or the beginning of its id; or a search, as for `lmq cards`
    #[arg(required = true)]
    card: Vec<String>,

    /// Print the card as JSON, with its events
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Whole {
    #[serde(flatten)]
    card: json::Card,
    events: Vec<json::History>,
    texts: Vec<json::History>,
}

/// Whether a row gave the card's note a text.
fn is_text(row: &HistoryRow) -> bool {
    matches!(&row.what, Happened::Fact { fact: Fact::Brought { .. } | Fact::Edited { .. }, .. })
}

/// The ease factor; a new card has the one that it would begin with.
fn ease(memory: Option<&Memory>) -> String {
    let ease = memory.map_or(Some(Ease::START), Memory::ease);
    ease.map_or_else(|| "–".to_owned(), |ease| format!("{:.2}", ease.decimal()))
}

/// The card with that name, or the one that a search finds.
fn wanted(ctx: &Ctx, store: &Store, words: &[String]) -> Result<CardId, Failure> {
    let text = words.join(" ");
    // A name may have blanks in it, whatever the shell made of them.
    match store.find(&text)? {
        Found::Nothing => {}
        _ => return ctx.card(store, &text),
    }
    if let Found::One(_) = store.find_ever(&text)? {
        return ctx.card_ever(store, &text);
    }
    let is_name = |word: &String| word.contains('/') && !word.contains(':') && !word.contains('"');
    if let [word] = words
        && is_name(word)
    {
        return ctx.card(store, word);
    }
    let found = ops::search::cards(store, &ctx.settings, ctx.stamp().today, &text)?;
    match found.as_slice() {
        [] => {
            let hint = ops::search::hint(&text).map(str::to_owned);
            let near = || store.nearest_name(&text).map(|near| near.map(|near| format!("did you mean `{near}`?")));
            let hint = hint.map_or_else(near, |hint| Ok(Some(hint)))?;
            Err(Failure::usage(format!("there is no card `{0}`, and none has these words", one_line(&text)))
                .hint(hint.unwrap_or_else(|| "`lmq cards` lists all; `lmq help search` explains searches".to_owned())))
        }
        [card] => Ok(*card),
        many => {
            let mut names: Vec<String> = Vec::new();
            for card in many.iter().take(MOST_NAMED) {
                let line = store.card(*card)?;
                names.extend(
                    line.map(|line| format!("{}  {}", one_line(&line.name()), line.text.listed_prompt(card.ordinal))),
                );
            }
            if many.len() > MOST_NAMED {
                names.push(format!("and {}", counted(many.len() - MOST_NAMED, "other card", "other cards")));
            }
            let several = counted(many.len(), "card matches", "cards match");
            let mut failure = Failure::usage(format!("{several} `{}`", one_line(&text)));
            failure.places = names.iter().map(|name| cut(name, crate::ui::width())).collect();
            Err(failure.hint("name one of them, or add a word that only one has"))
        }
    }
}

/// Fields that are read as the card's question and answer.
const SIDES: [&str; 7] = ["front", "back", "prompt", "answer", "text", "items", "model"];

/// What else its author wrote: other ways to ask, wrong choices, other right answers. Each field with its lines.
fn beside(text: &NoteText) -> Vec<(&str, Vec<String>)> {
    let mut beside = Vec::new();
    if text.variants() > 1 {
        let asked = ["front", "prompt"].iter().flat_map(|field| text.texts(field).iter().skip(1));
        beside.push(("or asked as", asked.map(|prompt| text.line(prompt)).collect()));
    }
    for (name, value) in text.fields.iter().filter(|(name, _)| !SIDES.contains(&name.as_str())) {
        beside.push((name.as_str(), value.texts().iter().map(|each| text.line(each)).collect()));
    }
    beside.extend(text.hint.iter().map(|hint| ("hint", vec![text.line(hint)])));
    beside.extend((!text.after.is_empty()).then(|| ("after", text.after.clone())));
    beside
}

pub(super) fn run(args: &Args, ctx: &mut Ctx) -> Result<(), Failure> {
    let store = ctx.store()?;
    let card = wanted(ctx, &store, &args.card)?;
    let today = ctx.stamp().today;
    let line = store.card(card)?.ok_or_else(|| {
        Failure::failed("there is no text for this card yet").hint("import the deck that it belongs to")
    })?;
    let (mut rows, mut texts) = (Vec::new(), Vec::new());
    store.history(Some(card), |row| {
        if is_text(&row) {
            texts.push(row);
        } else if !is_of_source(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    if args.json {
        let whole = Whole {
            card: json::Card::of(&line, today, &ctx.settings),
            events: rows.iter().map(json::History::of).collect(),
            texts: texts.iter().map(json::History::of).collect(),
        };
        return json::print(ctx, &whole);
    }
    ctx.line(one_line(&line.name()))?;
    ctx.line("")?;
    let text = &line.text;
    let mut parts = vec![text.prompt_document(card.ordinal), text.answer_document(card.ordinal)];
    parts.extend(text.extra.as_ref().map(|extra| text.document(extra)));
    // Of what was erased there is none.
    parts.retain(|part| !part.blocks.is_empty());
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            ctx.line("")?;
        }
        for line in crate::ui::shown_lines(part) {
            let is_prompt = place == 0 && ctx.screen_reader;
            let line = if is_prompt { crate::ui::spoken::prompt(&line, text) } else { line };
            ctx.line(if line.is_empty() { line } else { format!("  {line}") })?;
        }
    }
    ctx.line("")?;
    for (label, lines) in beside(text) {
        for (place, line) in lines.iter().enumerate() {
            ctx.line(format!("{:<12} {}", if place == 0 { label } else { "" }, one_line(line)))?;
        }
    }
    let memory = line.state.memory.as_ref();
    let mut facts = vec![
        ("id", line.card.to_string()),
        ("deck", line.deck_name.clone()),
        ("kind", line.text.kind.clone()),
        ("state", line.word(today, ctx.settings.of_deck(&line.deck_name).drill()).to_owned()),
        (
            "due",
            match memory {
                _ if line.retired && !line.erased => "–".to_owned(),
                Some(memory) => memory.due.iso(),
                None => "not yet asked".to_owned(),
            },
        ),
        ("interval", memory.map_or_else(|| "–".to_owned(), |m| m.interval.short())),
        ("ease", ease(memory)),
        ("repetitions", memory.map_or(0, |m| m.repetitions).to_string()),
        ("lapses", line.state.lapses().to_string()),
    ];
    facts.extend(line.topic.clone().map(|topic| ("topic", topic)));
    facts.extend(line.text.speaker.as_ref().map(|speaker| ("speaker", line.text.line(speaker))));
    if !line.text.markup.is_usual() {
        facts.push(("markup", line.text.markup.name().to_owned()));
    }
    if !line.text.tags.is_empty() {
        facts.push(("tags", line.text.tags.join(", ")));
    }
    if !line.text.source.is_empty() {
        facts.push(("source", line.text.source.join(", ")));
    }
    for (label, value) in facts {
        ctx.line(format!("{label:<12} {}", one_line(&value)))?;
    }
    let several = if texts.len() > 1 { texts.as_slice() } else { &[] };
    for rows in [several, &rows].into_iter().filter(|rows| !rows.is_empty()) {
        ctx.line("")?;
        for row in rows {
            ctx.line(words(&store, row)?)?;
        }
    }
    Ok(())
}
